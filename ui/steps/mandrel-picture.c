/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/steps/mandrel-picture.h"

#include <math.h>

#include "core/base/i18n.h"
#include "core/num/vec3.h"

#define STEP_MM 0.2
#define SHOWN_MM 40.0 // from the tip

typedef struct
{
  double *points; // [n][3]
  gsize n;
} Line;

struct _WillisMandrelPicture
{
  GtkWidget parent_instance;
  gboolean large;
  Line mandrel, free; // the mandrel may be none
  double turn;        // of the plane of the first view about the wire
};

G_DEFINE_FINAL_TYPE (WillisMandrelPicture, willis_mandrel_picture, GTK_TYPE_WIDGET)

static void
clear (WillisMandrelPicture *self)
{
  g_clear_pointer (&self->mandrel.points, g_free);
  g_clear_pointer (&self->free.points, g_free);
  self->mandrel.n = self->free.n = 0;
}

/* Only what lies within SHOWN_MM of the tip. */
static void
cut (Line *line)
{
  gsize most = (gsize) (SHOWN_MM / STEP_MM);

  if (line->n > most)
    {
      memmove (line->points, line->points + 3 * (line->n - most), 3 * most * sizeof (double));
      line->n = most;
    }
}

/* From the bends' straight proximal end on, so that both lines start at one place in one direction. */
static void
to_start (Line *line)
{
  for (gsize i = line->n; i-- > 0;)
    vec3_sub (line->points + 3 * i, line->points + 3 * i, line->points);
}

static double
widest_plane (const Line *line)
{
  double yy = 0.0, zz = 0.0, yz = 0.0;

  for (gsize i = 0; i < line->n; i++)
    {
      double y = line->points[3 * i + 1], z = line->points[3 * i + 2];

      yy += y * y;
      zz += z * z;
      yz += y * z;
    }
  return 0.5 * atan2 (2.0 * yz, yy - zz);
}

void
willis_mandrel_picture_show (WillisMandrelPicture *self, const WillisCatheter *c, const WillisShape *s)
{
  clear (self);
  if (s != NULL)
    {
      gboolean bent = s->shaped && s->mandrel.n_bends > 0;
      g_autofree char *text = NULL;

      if (bent)
        self->mandrel.points = willis_mandrel_line (&s->mandrel, 1.0, STEP_MM, &self->mandrel.n);
      self->free.points = willis_catheter_free_line (c, s->form, s->form_roll, bent ? &s->mandrel : NULL, &s->heating,
                                                     bent ? willis_catheter_set_fraction (c, &s->heating) : 0.0,
                                                     STEP_MM, &self->free.n);
      cut (&self->mandrel);
      cut (&self->free);
      to_start (&self->mandrel);
      to_start (&self->free);
      self->turn = widest_plane (bent ? &self->mandrel : &self->free);
      text = g_strdup_printf (_ ("Mandrel with %d bends and the shape that stays"), bent ? s->mandrel.n_bends : 0);
      gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
    }
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
place (const WillisMandrelPicture *self, const double *x, int view, double out[2])
{
  double c = cos (self->turn), s = sin (self->turn);

  out[0] = x[0];
  out[1] = view == 0 ? c * x[1] + s * x[2] : -s * x[1] + c * x[2];
}

static void
grow (const WillisMandrelPicture *self, const Line *line, int view, double lo[2], double hi[2])
{
  for (gsize i = 0; i < line->n; i++)
    {
      double p[2];

      place (self, line->points + 3 * i, view, p);
      for (int k = 0; k < 2; k++)
        {
          lo[k] = fmin (lo[k], p[k]);
          hi[k] = fmax (hi[k], p[k]);
        }
    }
}

static void
stroke (const WillisMandrelPicture *self, cairo_t *cr, const Line *line, int view, const double middle[2], double scale)
{
  for (gsize i = 0; i < line->n; i++)
    {
      double p[2];

      place (self, line->points + 3 * i, view, p);
      cairo_line_to (cr, scale * (p[0] - middle[0]), -scale * (p[1] - middle[1]));
    }
  cairo_stroke (cr);
}

static void
say (WillisMandrelPicture *self, cairo_t *cr, const char *text, double x, double y)
{
  g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (GTK_WIDGET (self), text);
  PangoFontDescription *font = pango_font_description_copy (
      pango_context_get_font_description (gtk_widget_get_pango_context (GTK_WIDGET (self))));

  pango_font_description_set_absolute_size (font, 11 * PANGO_SCALE);
  pango_layout_set_font_description (layout, font);
  pango_font_description_free (font);
  cairo_move_to (cr, x, y);
  pango_cairo_show_layout (cr, layout);
}

static void
legend (WillisMandrelPicture *self, cairo_t *cr, const GdkRGBA *ink, double width, double height, double scale)
{
  double y = height - 12.0;

  gdk_cairo_set_source_rgba (cr, ink);
  cairo_set_dash (cr, NULL, 0, 0.0);
  cairo_set_line_width (cr, 1.0);
  cairo_move_to (cr, width - 12.0 - 10.0 * scale, y - 6.0);
  cairo_rel_line_to (cr, 0.0, 6.0);
  cairo_rel_line_to (cr, 10.0 * scale, 0.0);
  cairo_rel_line_to (cr, 0.0, -6.0);
  cairo_stroke (cr);
  say (self, cr, "10 mm", width - 12.0 - 5.0 * scale - 18.0, y - 16.0);
  say (self, cr, self->mandrel.n > 0 ? _ ("— mandrel   - - shape that stays") : _ ("- - shape as sold"), 10.0, y - 8.0);
}

static void
willis_mandrel_picture_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  WillisMandrelPicture *self = WILLIS_MANDREL_PICTURE (widget);
  double width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget), scale = INFINITY,
         foot = self->large ? 26.0 : 0.0;
  double lo[2][2] = { { INFINITY, INFINITY }, { INFINITY, INFINITY } },
         hi[2][2] = { { -INFINITY, -INFINITY }, { -INFINITY, -INFINITY } };
  int views = self->large ? 2 : 1;
  const double dash[] = { 4.0, 3.0 };
  cairo_t *cr;
  GdkRGBA ink;

  if (self->free.n < 2 || width < 20 || height < 20)
    return;
  gtk_style_context_get_color (gtk_widget_get_style_context (widget), &ink);
  cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0, 0, (float) width, (float) height));
  for (int v = 0; v < views; v++)
    {
      grow (self, &self->mandrel, v, lo[v], hi[v]);
      grow (self, &self->free, v, lo[v], hi[v]);
      scale = fmin (scale, fmin ((width / views - 16.0) / fmax (hi[v][0] - lo[v][0], 1.0),
                                 (height - foot - 16.0) / fmax (hi[v][1] - lo[v][1], 1.0)));
    }
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  cairo_set_line_cap (cr, CAIRO_LINE_CAP_ROUND);
  for (int v = 0; v < views; v++)
    {
      double middle[2] = { 0.5 * (lo[v][0] + hi[v][0]), 0.5 * (lo[v][1] + hi[v][1]) };

      cairo_save (cr);
      cairo_translate (cr, width * (v + 0.5) / views, 0.5 * (height - foot));
      gdk_cairo_set_source_rgba (cr, &ink);
      cairo_set_line_width (cr, self->large ? 2.5 : 2.0);
      stroke (self, cr, &self->mandrel, v, middle, scale);
      cairo_set_source_rgb (cr, 0x6f / 255.0, 0x9f / 255.0, 0xc8 / 255.0);
      cairo_set_dash (cr, dash, 2, 0.0);
      stroke (self, cr, &self->free, v, middle, scale);
      cairo_restore (cr);
    }
  if (self->large)
    legend (self, cr, &ink, width, height, scale);
  cairo_destroy (cr);
}

static void
willis_mandrel_picture_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
                                int *min_base, int *nat_base)
{
  gboolean large = WILLIS_MANDREL_PICTURE (widget)->large;

  *minimum = *natural = large ? (orientation == GTK_ORIENTATION_HORIZONTAL ? 240 : 150) : 64;
}

static void
willis_mandrel_picture_finalize (GObject *object)
{
  clear (WILLIS_MANDREL_PICTURE (object));
  G_OBJECT_CLASS (willis_mandrel_picture_parent_class)->finalize (object);
}

static void
willis_mandrel_picture_class_init (WillisMandrelPictureClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = willis_mandrel_picture_finalize;
  GTK_WIDGET_CLASS (klass)->snapshot = willis_mandrel_picture_snapshot;
  GTK_WIDGET_CLASS (klass)->measure = willis_mandrel_picture_measure;
  gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (klass), GTK_ACCESSIBLE_ROLE_IMG);
}

static void
willis_mandrel_picture_init (WillisMandrelPicture *self)
{
}

GtkWidget *
willis_mandrel_picture_new (gboolean large)
{
  WillisMandrelPicture *self = g_object_new (WILLIS_TYPE_MANDREL_PICTURE, NULL);

  self->large = large;
  return GTK_WIDGET (self);
}
