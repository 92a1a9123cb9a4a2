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
#define ENLARGED_WIRE_MM 0.7
#define TITLE_MM 7.0      // above a picture
#define ENLARGED_MM 100.0 // room across for the enlarged picture
#define ROW_MM 6.0
#define NUMBER_ROOM_MM 3.0 // from the middle of a number to the wire

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

static double say_f (cairo_t *cr, double x, double y, double size, const char *format, ...) G_GNUC_PRINTF (5, 6);

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

static const char *
heat_name (const char *id)
{
  return strcmp (id, "steam") == 0 ? _ ("steam") : strcmp (id, "air") == 0 ? _ ("hot air") : _ ("none");
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

/* The wire in the plane of a bend: along it and, upwards, where it bends to; and the box it lies in. */
typedef struct
{
  double u[3], v[3], lo[2], hi[2];
} View;

static View
view_of (const WillisMandrelSheet *s, int b)
{
  View view = { .lo = { INFINITY, INFINITY }, .hi = { -INFINITY, -INFINITY } };

  bend_plane (s, b, view.u, view.v);
  for (gsize i = 0; i < s->n_line; i++)
    {
      double at[2] = { vec3_dot (s->line + 3 * i, view.u), vec3_dot (s->line + 3 * i, view.v) };

      for (int k = 0; k < 2; k++)
        {
          view.lo[k] = fmin (view.lo[k], at[k]);
          view.hi[k] = fmax (view.hi[k], at[k]);
        }
    }
  return view;
}

/* Where point i of the wire lies on the page: the view's box has its top left corner at x, y. */
static void
put_point (const WillisMandrelSheet *s, const View *view, double scale, double x, double y, gsize i, double at[2])
{
  at[0] = x + scale * (vec3_dot (s->line + 3 * i, view->u) - view->lo[0]);
  at[1] = y + scale * (view->hi[1] - vec3_dot (s->line + 3 * i, view->v));
}

/* How far a place on the page is from the wire and from the numbers that stand there already. */
static double
room_at (const WillisMandrelSheet *s, const View *view, double scale, double x, double y, const double place[2],
         double (*numbers)[2], int n_numbers)
{
  double room = INFINITY;

  for (gsize i = 0; i < s->n_line; i++)
    {
      double at[2];

      put_point (s, view, scale, x, y, i, at);
      room = fmin (room, hypot (at[0] - place[0], at[1] - place[1]));
    }
  for (int k = 0; k < n_numbers; k++)
    room = fmin (room, hypot (numbers[k][0] - place[0], numbers[k][1] - place[1]) - 1.0);
  return room;
}

/* A place beside the middle of bend b, off the wire: the nearest with enough room, or the one with most. */
static void
place_number (const WillisMandrelSheet *s, const View *view, double scale, double x, double y, int b,
              double (*numbers)[2])
{
  double step = vec3_dist (s->line + 3, s->line), most = -1.0, middle[2];
  gssize last = (gssize) s->n_line - 1;

  put_point (s, view, scale, x, y, (gsize) CLAMP (last - (gssize) round (s->from_tip_mm[b] / step), 0, last), middle);
  for (double away = 3.5; away < 9.0 && most < NUMBER_ROOM_MM; away += 1.0)
    for (int k = 0; k < 24; k++)
      {
        double place[2] = { middle[0] + away * cos (k * M_PI / 12.0), middle[1] - away * sin (k * M_PI / 12.0) };
        double room = room_at (s, view, scale, x, y, place, numbers, b);

        if (place[1] < y - 2.0 || room <= most + 1e-6)
          continue;
        most = room;
        memcpy (numbers[b], place, sizeof place);
      }
}

/* The wire seen square to a plane, its box's top left corner at x, y; times scale. The tip is a dot, the bends' middles
 * are numbered. */
static void
draw_wire (cairo_t *cr, const WillisMandrelSheet *s, const View *view, double scale, gboolean numbers, double x,
           double y)
{
  double places[WILLIS_SHEET_BENDS][2];

  cairo_set_line_width (cr, (scale > 1.0 ? ENLARGED_WIRE_MM : WIRE_MM) * MM);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  for (gsize i = 0; i < s->n_line; i++)
    {
      double at[2];

      put_point (s, view, scale, x, y, i, at);
      if (i == 0)
        cairo_move_to (cr, at[0] * MM, at[1] * MM);
      else
        cairo_line_to (cr, at[0] * MM, at[1] * MM);
      if (i + 1 < s->n_line)
        continue;
      cairo_stroke (cr);
      cairo_arc (cr, at[0] * MM, at[1] * MM, (scale > 1.0 ? 1.2 : 0.7) * MM, 0.0, 2.0 * M_PI);
      cairo_fill (cr);
    }
  for (int b = 0; numbers && b < s->n_bends; b++)
    {
      place_number (s, view, scale, x, y, b, places);
      say_f (cr, places[b][0] - 1.0, places[b][1] - 1.9, 9.0, "%d", b + 1);
    }
}

/* The plane of bend b at true size and, beside it, as large as goes into the room; returns the height that was used. */
static double
draw_plane (cairo_t *cr, const WillisMandrelSheet *s, int b, double y, double room)
{
  View view = view_of (s, b);
  double height = view.hi[1] - view.lo[1], width = view.hi[0] - view.lo[0], x = LEFT + 14.0, scale;

  scale = floor (fmin ((room - TITLE_MM) / fmax (height, 1.0), ENLARGED_MM / fmax (width, 1.0)));
  scale = CLAMP (scale, 1.0, 4.0);
  say_f (cr, x, y, 9.0, _ ("Plane of bend %d (true size)"), b + 1);
  draw_wire (cr, s, &view, 1.0, FALSE, x, y + TITLE_MM);
  if (scale > 1.0)
    {
      say_f (cr, x + 56.0, y, 9.0, _ ("%.0f times as large"), scale);
      draw_wire (cr, s, &view, scale, TRUE, x + 56.0, y + TITLE_MM);
    }
  return TITLE_MM + scale * height + 7.0; // a number may stand below
}

static const double column[] = { 0.0, 34.0, 56.0, 78.0, 98.0, 118.0 }; // mm from the table's left edge

/* One row of the table; cells are freed. */
static double
draw_row (cairo_t *cr, double y, gboolean bold, char *cell[G_N_ELEMENTS (column)])
{
  for (guint k = 0; k < G_N_ELEMENTS (column); k++)
    {
      if (cell[k] != NULL)
        say (cr, LEFT + column[k] + 1.0, y + 1.0, 9.5, bold, cell[k]);
      g_free (cell[k]);
    }
  cairo_set_line_width (cr, 0.15 * MM);
  cairo_move_to (cr, LEFT * MM, (y + ROW_MM) * MM);
  cairo_rel_line_to (cr, 174.0 * MM, 0.0);
  cairo_stroke (cr);
  return ROW_MM;
}

/* Straight pieces and bends as they come from the tip on. */
static double
draw_table (cairo_t *cr, const WillisMandrelSheet *s, double y)
{
  double at = 0.0;

  y += draw_row (cr, y, TRUE,
                 (char *[]){ g_strdup (_ ("From the tip on")), g_strdup (_ ("Length")), g_strdup (_ ("Ends at")),
                             g_strdup (_ ("Angle")), g_strdup (_ ("Radius")),
                             g_strdup (_ ("Rolled from the bend before")) });
  for (int b = 0; b < s->n_bends; b++)
    {
      double arc = s->angle_deg[b] * M_PI / 180.0 * s->radius_mm[b],
             straight = fmax (s->from_tip_mm[b] - 0.5 * arc - at, 0.0);

      at += straight;
      y += draw_row (cr, y, FALSE,
                     (char *[]){ g_strdup (_ ("straight")), g_strdup_printf ("%.1f mm", straight),
                                 g_strdup_printf ("%.1f mm", at), NULL, NULL, NULL });
      at += arc;
      y += draw_row (
          cr, y, FALSE,
          (char *[]){ g_strdup_printf (_ ("bend %d"), b + 1), g_strdup_printf ("%.1f mm", arc),
                      g_strdup_printf ("%.1f mm", at), g_strdup_printf ("%.0f°", s->angle_deg[b]),
                      g_strdup_printf ("%.1f mm", s->radius_mm[b]),
                      b == 0 ? g_strdup (_ ("its plane is the reference"))
                             : g_strdup_printf ("%+.0f°", remainder (s->roll_deg[b] - s->roll_deg[b - 1], 360.0)) });
    }
  y += 2.0;
  y += say (cr, LEFT, y, 10.0, FALSE,
            _ ("Bend in this order, from the tip back. Roll: clockwise is positive, looking along the wire towards the "
               "tip."));
  return y + 3.0;
}

/* Whose mandrel it is and what for; when and by what it was made. */
static double
say_case (cairo_t *cr, const WillisMandrelSheet *s, double y)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *date = g_date_time_format (now, "%Y-%m-%d");
  double from = y;

  if (s->person != NULL && s->aneurysm > 0)
    y += say_f (cr, LEFT, y, 10.0, _ ("%s, aneurysm %d. Made on %s by Willis %s"), s->person, s->aneurysm, date,
                WILLIS_VERSION)
         + 1.0;
  else
    y += say_f (cr, LEFT, y, 10.0, _ ("%s. Made on %s by Willis %s"), s->person != NULL ? s->person : "–", date,
                WILLIS_VERSION)
         + 1.0;
  if (isfinite (s->target_mm[0]))
    y += say_f (cr, LEFT, y, 10.0, _ ("Target %.1f, %.1f, %.1f mm (left, posterior, superior)"), s->target_mm[0],
                s->target_mm[1], s->target_mm[2])
         + 1.0;
  if (isfinite (s->inserted_mm))
    y += say_f (cr, LEFT, y, 10.0,
                _ ("Inserted %.1f mm beyond the guide: %+.1f mm against the length of the wire's way"), s->inserted_mm,
                s->feed_mm)
         + 1.0;
  return y - from;
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
  double width = paper == WILLIS_PAPER_A4 ? 210.0 : 215.9, height = paper == WILLIS_PAPER_A4 ? 297.0 : 279.4, y = 15.0,
         least, room;
  g_autoptr (GByteArray) bytes = g_byte_array_new (); // cairo's own files say nothing when the disk is full
  cairo_surface_t *pdf = cairo_pdf_surface_create_for_stream (keep, bytes, width * MM, height * MM);
  cairo_t *cr = cairo_create (pdf);
  cairo_status_t status;

  cairo_pdf_surface_set_metadata (pdf, CAIRO_PDF_METADATA_TITLE, _ ("Mandrel"));
  cairo_pdf_surface_set_metadata (pdf, CAIRO_PDF_METADATA_CREATOR, "willis " WILLIS_VERSION);
  y += say_f (cr, LEFT, y, 15.0, _ ("Mandrel for %s"), s->catheter) + 1.0;
  y += say_case (cr, s, y);
  y += say_f (cr, LEFT, y, 10.0, _ ("Heat: %s, %.0f s. Set fraction %.2f ± %.2f%s"), heat_name (s->heat), s->heat_s,
              s->set_fraction, s->set_fraction_sd,
              s->assumed ? _ (" (assumption; calibrate with a test of your own)") : "")
       + 1.0;
  if (strcmp (s->tip_form, "straight") != 0)
    y += say_f (cr, LEFT, y, 10.0,
                _ ("Take a catheter with the tip %s as sold, its bend in the plane of the mandrel's first bend, the "
                   "same way."),
                s->tip_form)
         + 1.0;
  if (isfinite (s->success))
    y += say_f (cr, LEFT, y, 10.0, _ ("The tip ends in its zone in %.0f %% of what was tried (± %.0f)."),
                100.0 * s->success, 100.0 * s->success_sd)
         + 2.0;
  y += say (cr, LEFT, y, 10.0, TRUE,
            _ ("Print at 100 %, without fitting to the page, and hold a ruler to the scales below."))
       + 2.0;
  draw_rulers (cr, LEFT, y);
  y += 14.0;
  least = y + 38.0; // past the ruler
  room = (height - 24.0 - (2.0 * s->n_bends + 3.0) * ROW_MM - y) / fmax (s->n_bends, 1.0) - 7.0;
  for (int b = 0; b < s->n_bends; b++)
    y += draw_plane (cr, s, b, y, room);
  draw_table (cr, s, fmax (y, least));
  say (cr, LEFT, height - 18.0, 9.0, TRUE, _ ("For research and training. Not for clinical decisions."));
  cairo_destroy (cr);
  cairo_surface_finish (pdf);
  status = cairo_surface_status (pdf);
  cairo_surface_destroy (pdf);
  if (status == CAIRO_STATUS_SUCCESS)
    return willis_replace_file_write (path, bytes->data, bytes->len, error);
  return willis_fail (error, WILLIS_ERROR_BAD_FILE, _ ("%s: cannot be written: %s"), path,
                      cairo_status_to_string (status));
}

void
willis_mandrel_sheet_of_plan (const WillisCatheterPlanData *d, const double *line, gsize n_line,
                              WillisMandrelSheet *out)
{
  *out = (WillisMandrelSheet){ .catheter = d->name,
                               .aneurysm = d->aneurysm + 1,
                               .target_mm = { d->target[0], d->target[1], d->target[2] },
                               .inserted_mm = d->inserted_mm,
                               .feed_mm = d->feed_mm,
                               .tip_form = d->tip_form,
                               .heat = d->heat,
                               .heat_s = d->heat_s,
                               .n_bends = d->n_bends,
                               .line = line,
                               .n_line = n_line,
                               .success = d->success,
                               .success_sd = d->success_sd,
                               .set_fraction = d->set_fraction,
                               .set_fraction_sd = d->set_fraction_sd,
                               .assumed = d->assumed };
  for (int i = 0; i < d->n_bends; i++)
    {
      out->from_tip_mm[i] = d->from_tip_mm[i];
      out->angle_deg[i] = d->angle[i] * 180.0 / M_PI;
      out->roll_deg[i] = d->roll[i] * 180.0 / M_PI;
      out->radius_mm[i] = d->radius_mm[i];
    }
}
