/* SPDX-License-Identifier: Apache-2.0 */
#include "core/report/mandrel-sheet.h"

#include <cairo-pdf.h>
#include <math.h>
#include <pango/pangocairo.h>
#include <string.h>

#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/io/replace-file.h"
#include "core/num/vec3.h"

#define MM (72.0 / 25.4) // points
#define LEFT 18.0        // mm
#define WIRE_MM 0.4      // as drawn

static double
say (cairo_t *cr, double x, double y, double size, gboolean bold, const char *text)
{
  g_autoptr (PangoLayout) layout = pango_cairo_create_layout (cr);
  PangoFontDescription *font = pango_font_description_from_string (bold ? "Sans Bold" : "Sans");
  int height;

  pango_font_description_set_absolute_size (font, size * PANGO_SCALE);
  pango_layout_set_font_description (layout, font);
  pango_layout_set_width (layout, (int) (174.0 * MM * PANGO_SCALE));
  pango_layout_set_text (layout, text, -1);
  cairo_move_to (cr, x * MM, y * MM);
  pango_cairo_show_layout (cr, layout);
  pango_layout_get_size (layout, NULL, &height);
  pango_font_description_free (font);
  return height / (double) PANGO_SCALE / MM;
}

static double
say_f (cairo_t *cr, double x, double y, double size, const char *format, ...) G_GNUC_PRINTF (5, 6);

static double
say_f (cairo_t *cr, double x, double y, double size, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  return say (cr, x, y, size, FALSE, text);
}

/* 100 mm across and 50 mm down, with a mark every millimetre. */
static void
draw_rulers (cairo_t *cr, double x, double y)
{
  cairo_set_line_width (cr, 0.15 * MM);
  for (int way = 0; way < 2; way++)
    {
      int length = way == 0 ? 100 : 50;

      for (int i = 0; i <= length; i++)
        {
          double tick = i % 10 == 0 ? 4.0 : i % 5 == 0 ? 3.0 : 1.8;

          cairo_move_to (cr, (x + (way == 0 ? i : 0.0)) * MM, (y + (way == 0 ? 0.0 : i)) * MM);
          cairo_rel_line_to (cr, way == 0 ? 0.0 : tick * MM, way == 0 ? tick * MM : 0.0);
        }
      cairo_move_to (cr, x * MM, y * MM);
      cairo_line_to (cr, (x + (way == 0 ? 100.0 : 0.0)) * MM, (y + (way == 0 ? 0.0 : 50.0)) * MM);
      cairo_stroke (cr);
    }
  for (int i = 0; i <= 100; i += 10)
    {
      char text[8];

      g_snprintf (text, sizeof text, "%d", i);
      say (cr, x + i - 1.5, y + 4.2, 7.0, FALSE, text);
    }
}

/* The plane of bend b: along the wire before it, and where it bends to. */
static void
bend_plane (const WillisMandrelSheet *s, int b, double along[3], double aside[3])
{
  double step = vec3_dist (s->line + 3, s->line), half = 0.5 * s->angle_deg[b] * M_PI / 180.0 * s->radius_mm[b];
  gssize last = (gssize) s->n_line - 1;
  gssize before = CLAMP (last - (gssize) ceil ((s->from_tip_mm[b] + half) / step) - 1, 0, last - 1);
  gssize middle = CLAMP (last - (gssize) round (s->from_tip_mm[b] / step), before + 1, last);
  double later[3];

  vec3_sub (along, s->line + 3 * (before + 1), s->line + 3 * before);
  vec3_normalize (along);
  vec3_sub (later, s->line + 3 * middle, s->line + 3 * (middle - 1));
  vec3_axpy (aside, later, -vec3_dot (later, along), along);
  if (vec3_normalize (aside) < 1e-6)
    {
      double other[3];

      vec3_basis (along, aside, other);
    }
}

/* The wire seen square to the plane of bend b, in a box whose top left corner is x, y; returns its height. */
static double
draw_view (cairo_t *cr, const WillisMandrelSheet *s, int b, double x, double y)
{
  double u[3], v[3], lo[2] = { INFINITY, INFINITY }, hi[2] = { -INFINITY, -INFINITY };

  bend_plane (s, b, u, v);
  for (gsize i = 0; i < s->n_line; i++)
    {
      double a = vec3_dot (s->line + 3 * i, u), d = vec3_dot (s->line + 3 * i, v);

      lo[0] = fmin (lo[0], a);
      hi[0] = fmax (hi[0], a);
      lo[1] = fmin (lo[1], d);
      hi[1] = fmax (hi[1], d);
    }
  y += 7.0;
  say_f (cr, x, y - 7.0, 9.0, _ ("Plane of bend %d (true size)"), b + 1);
  cairo_set_line_width (cr, WIRE_MM * MM);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  for (gsize i = 0; i < s->n_line; i++)
    {
      double a = x + vec3_dot (s->line + 3 * i, u) - lo[0], d = y + hi[1] - vec3_dot (s->line + 3 * i, v);

      if (i == 0)
        cairo_move_to (cr, a * MM, d * MM);
      else
        cairo_line_to (cr, a * MM, d * MM);
    }
  cairo_stroke (cr);
  {
    const double *tip = s->line + 3 * (s->n_line - 1);

    cairo_arc (cr, (x + vec3_dot (tip, u) - lo[0]) * MM, (y + hi[1] - vec3_dot (tip, v)) * MM, 0.7 * MM, 0.0, 2.0 * M_PI);
    cairo_fill (cr);
  }
  return 7.0 + hi[1] - lo[1] + 6.0;
}

/* Straight pieces and bends as they come from the tip on. */
static double
draw_table (cairo_t *cr, const WillisMandrelSheet *s, double y)
{
  double at = 0.0;

  y += say (cr, LEFT, y, 11.0, TRUE, _ ("From the tip on")) + 1.5;
  for (int b = 0; b < s->n_bends; b++)
    {
      double half = 0.5 * s->angle_deg[b] * M_PI / 180.0 * s->radius_mm[b];

      y += say_f (cr, LEFT, y, 10.0, _ ("straight %.1f mm"), fmax (s->from_tip_mm[b] - half - at, 0.0)) + 0.8;
      if (b == 0)
        y += say_f (cr, LEFT, y, 10.0, _ ("bend %d: %.0f°, radius %.1f mm, arc %.1f mm (its plane is the reference)"), b + 1,
                    s->angle_deg[b], s->radius_mm[b], 2.0 * half)
             + 0.8;
      else
        y += say_f (cr, LEFT, y, 10.0, _ ("bend %d: %.0f°, radius %.1f mm, arc %.1f mm, rolled %+.0f° from the bend before"), b + 1,
                    s->angle_deg[b], s->radius_mm[b], 2.0 * half,
                    remainder (s->roll_deg[b] - s->roll_deg[b - 1], 360.0))
             + 0.8;
      at = s->from_tip_mm[b] + half;
    }
  y += say (cr, LEFT, y, 10.0, FALSE,
            _ ("Bend in this order, from the tip back. Roll: clockwise is positive, looking along the wire towards the tip."));
  return y + 3.0;
}

static cairo_status_t
keep (void *bytes, const unsigned char *data, unsigned int length)
{
  g_byte_array_append (bytes, data, length);
  return CAIRO_STATUS_SUCCESS;
}

gboolean
willis_mandrel_sheet_write (const WillisMandrelSheet *s, WillisPaper paper, const char *path, GError **error)
{
  double width = paper == WILLIS_PAPER_A4 ? 210.0 : 215.9, height = paper == WILLIS_PAPER_A4 ? 297.0 : 279.4, y = 15.0;
  g_autoptr (GByteArray) bytes = g_byte_array_new (); // cairo's own files say nothing when the disk is full
  cairo_surface_t *pdf = cairo_pdf_surface_create_for_stream (keep, bytes, width * MM, height * MM);
  cairo_t *cr = cairo_create (pdf);
  cairo_status_t status;

  cairo_pdf_surface_set_metadata (pdf, CAIRO_PDF_METADATA_TITLE, _ ("Mandrel"));
  cairo_pdf_surface_set_metadata (pdf, CAIRO_PDF_METADATA_CREATOR, "willis " WILLIS_VERSION);
  y += say_f (cr, LEFT, y, 15.0, _ ("Mandrel for %s"), s->catheter) + 1.0;
  if (s->person != NULL)
    y += say (cr, LEFT, y, 10.0, FALSE, s->person) + 1.0;
  y += say_f (cr, LEFT, y, 10.0, _ ("Heat: %s, %.0f s. Set fraction %.2f ± %.2f%s"), s->heat, s->heat_s, s->set_fraction,
              s->set_fraction_sd, s->assumed ? _ (" (assumption; calibrate with a test of your own)") : "")
       + 1.0;
  if (strcmp (s->tip_form, "straight") != 0)
    y += say_f (cr, LEFT, y, 10.0, _ ("Take a catheter with the tip %s as sold, its bend in the plane of the mandrel's first bend, the same way."),
                s->tip_form)
         + 1.0;
  if (isfinite (s->success))
    y += say_f (cr, LEFT, y, 10.0, _ ("The tip ends in its zone in %.0f %% of what was tried (± %.0f)."), 100.0 * s->success,
                100.0 * s->success_sd)
         + 2.0;
  y += say (cr, LEFT, y, 10.0, TRUE, _ ("Print at 100 %, without fitting to the page, and hold a ruler to the scales below.")) + 2.0;
  draw_rulers (cr, LEFT, y);
  y += 14.0;
  for (int b = 0; b < s->n_bends; b++)
    y += draw_view (cr, s, b, LEFT + 14.0, y);
  draw_table (cr, s, fmax (y, 125.0));
  say (cr, LEFT, height - 18.0, 9.0, TRUE, _ ("For research and training. Not for clinical decisions."));
  cairo_destroy (cr);
  cairo_surface_finish (pdf);
  status = cairo_surface_status (pdf);
  cairo_surface_destroy (pdf);
  if (status == CAIRO_STATUS_SUCCESS)
    return willis_replace_file_write (path, bytes->data, bytes->len, error);
  return willis_fail (error, WILLIS_ERROR_BAD_FILE, _ ("%s: cannot be written: %s"), path, cairo_status_to_string (status));
}

void
willis_mandrel_sheet_of_plan (const WillisCatheterPlanData *d, const double *line, gsize n_line, WillisMandrelSheet *out)
{
  *out = (WillisMandrelSheet){ .catheter = d->name, .tip_form = d->tip_form, .heat = d->heat, .heat_s = d->heat_s, .n_bends = d->n_bends, .line = line,
                               .n_line = n_line, .success = d->success, .success_sd = d->success_sd, .set_fraction = d->set_fraction,
                               .set_fraction_sd = d->set_fraction_sd, .assumed = d->assumed };
  for (int i = 0; i < d->n_bends; i++)
    {
      out->from_tip_mm[i] = d->from_tip_mm[i];
      out->angle_deg[i] = d->angle[i] * 180.0 / M_PI;
      out->roll_deg[i] = d->roll[i] * 180.0 / M_PI;
      out->radius_mm[i] = d->radius_mm[i];
    }
}
