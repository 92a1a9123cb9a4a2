/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/views/slice-view-private.h"

#include <math.h>
#include <string.h>

#include "core/base/i18n.h"
#include "core/num/vec3.h"
#include "ui/views/section.h"

#define FRAME_BUDGET_NS 12e6 // what a picture may take on the main thread while things move
#define REFINE_IN_PLACE_NS 25e6
#define SETTLE_MS 120
#define MAX_COARSE 6

G_DEFINE_FINAL_TYPE (WillisSliceView, willis_slice_view, GTK_TYPE_WIDGET)

enum
{
  PROP_0,
  PROP_ORIENT,
  N_PROPS
};

static GParamSpec *props[N_PROPS];
static guint toggle_full_signal;

/* Lumen, bone, calcium and vein laid over the grey: 0xAARRGGBB premultiplied. */
static const guint32 *
label_palette (void)
{
  static const guint32 palette[256] = { 0, 0x50441712, 0, 0x504f4a44, 0x50142c4f, 0x602a5c22 };

  return palette;
}

gboolean
_willis_slice_view_update_frame (WillisSliceView *self)
{
  WillisCase *c = willis_session_case (self->session);
  WillisVolume *volume = c != NULL ? willis_case_volume (c) : NULL;
  double normal[3], up[3], d[3];
  int width = gtk_widget_get_width (GTK_WIDGET (self)), height = gtk_widget_get_height (GTK_WIDGET (self));

  if (volume == NULL || width < 8 || height < 8)
    return FALSE;
  willis_session_get_oblique (self->session, normal, up);
  willis_slice_frame_axes (&self->frame, self->orient, normal, up);
  self->frame.width_px = width;
  self->frame.height_px = height;
  if (!self->framed)
    {
      vec3_copy (self->frame.centre_lps_mm, willis_session_crosshair (self->session));
      willis_slice_frame_fit (&self->frame, willis_volume_grid (volume));
      self->framed = TRUE;
    }
  // the plane runs through the crosshair; the place of the picture in it stays
  vec3_sub (d, willis_session_crosshair (self->session), self->frame.centre_lps_mm);
  vec3_axpy (self->frame.centre_lps_mm, self->frame.centre_lps_mm, vec3_dot (d, self->frame.normal),
             self->frame.normal);
  return TRUE;
}

/* --- the grey picture */

static void
fill_params (const WillisSliceKey *key, WillisResliceParams *params)
{
  static const WillisSlab slabs[] = { WILLIS_SLAB_MAX, WILLIS_SLAB_MAX, WILLIS_SLAB_MIN, WILLIS_SLAB_MEAN };

  params->window = key->window;
  params->level = key->level;
  params->slab = slabs[key->slab];
  params->thickness_mm = key->slab == WILLIS_SLAB_OFF ? 0.0 : key->slab_mm;
  params->outside = 0xff000000;
  params->labels = key->labels;
  params->palette = label_palette ();
}

static double
samples_of (const WillisSliceKey *key)
{
  double step = willis_grid_min_spacing (willis_volume_grid (key->volume));

  return (double) key->plane.width * key->plane.height
         * (key->slab == WILLIS_SLAB_OFF ? 1.0 : ceil (key->slab_mm / step) + 1.0);
}

typedef struct
{
  WillisVolume *volume, *labels;
  WillisSliceKey key;
} RefineInput;

static void
refine_input_free (gpointer data)
{
  RefineInput *in = data;

  willis_volume_unref (in->volume);
  g_clear_pointer (&in->labels, willis_volume_unref);
  g_free (in);
}

static gpointer
refine_work (const WillisProgress *progress, gpointer data, GError **error)
{
  RefineInput *in = data;
  WillisResliceParams params = WILLIS_RESLICE_PARAMS_INIT;
  guint32 *pixels;

  if (!willis_progress_step (progress, 0.0, error))
    return NULL;
  pixels = g_new (guint32, (gsize) in->key.plane.width * (gsize) in->key.plane.height);
  fill_params (&in->key, &params);
  willis_reslice_argb (in->volume, &in->key.plane, &params, pixels, (gsize) in->key.plane.width);
  return pixels;
}

typedef struct
{
  GWeakRef view;
  WillisSliceKey key;
} RefineData;

static void
refine_done (WillisJob *job, gpointer result, const GError *error, gpointer data)
{
  RefineData *d = data;
  g_autoptr (WillisSliceView) self = g_weak_ref_get (&d->view);

  if (self != NULL && self->refine == job)
    {
      g_clear_object (&self->refine);
      if (result != NULL)
        {
          g_free (self->pixels);
          self->pixels = g_steal_pointer (&result);
          self->key = d->key;
          self->coarse = 1;
          gtk_widget_queue_draw (GTK_WIDGET (self));
        }
    }
  g_free (result);
  g_weak_ref_clear (&d->view);
  g_free (d);
}

static void
drop_refine (WillisSliceView *self)
{
  g_clear_handle_id (&self->settle_id, g_source_remove);
  if (self->refine != NULL)
    willis_job_cancel (self->refine);
  g_clear_object (&self->refine);
}

static void
draw_picture (WillisSliceView *self, const WillisSliceKey *key)
{
  WillisResliceParams params = WILLIS_RESLICE_PARAMS_INIT;
  gint64 start = g_get_monotonic_time ();
  gsize n = (gsize) key->plane.width * (gsize) key->plane.height;
  double took;

  if (self->pixels == NULL || (gsize) self->key.plane.width * (gsize) self->key.plane.height != n)
    {
      g_free (self->pixels);
      self->pixels = g_new (guint32, n);
    }
  fill_params (key, &params);
  willis_reslice_argb (key->volume, &key->plane, &params, self->pixels, (gsize) key->plane.width);
  self->key = *key;
  took = (double) (g_get_monotonic_time () - start) * 1e3 / samples_of (key);
  self->ns_per_sample = self->ns_per_sample == 0.0 ? took : 0.8 * self->ns_per_sample + 0.2 * took;
}

static WillisSliceKey
wanted_key (WillisSliceView *self, int coarse)
{
  WillisCase *c = willis_session_case (self->session);
  WillisSegmentation *segmentation = willis_case_segmentation (c);
  const WillisDisplay *display = willis_session_display (self->session);
  int scale = gtk_widget_get_scale_factor (GTK_WIDGET (self));
  WillisSliceKey key;

  memset (&key, 0, sizeof key); // padding too: keys are compared as bytes
  key.volume = willis_case_volume (c);
  key.labels = display->show_labels && segmentation != NULL ? willis_segmentation_labels (segmentation) : NULL;
  key.window = display->window;
  key.level = display->level;
  key.slab = (int) display->slab;
  key.slab_mm = display->slab_mm;
  key.plane = willis_slice_frame_plane (&self->frame, MAX (1, (int) self->frame.width_px * scale / coarse),
                                        MAX (1, (int) self->frame.height_px * scale / coarse));
  return key;
}

static gboolean
on_settle (gpointer data)
{
  WillisSliceView *self = data;
  WillisSliceKey key;
  RefineInput *in;
  RefineData *d;

  self->settle_id = 0;
  if (!_willis_slice_view_update_frame (self) || self->coarse <= 1)
    return G_SOURCE_REMOVE;
  key = wanted_key (self, 1);
  if (samples_of (&key) * self->ns_per_sample < REFINE_IN_PLACE_NS)
    {
      draw_picture (self, &key);
      self->coarse = 1;
      gtk_widget_queue_draw (GTK_WIDGET (self));
      return G_SOURCE_REMOVE;
    }
  in = g_new0 (RefineInput, 1);
  in->volume = willis_volume_ref ((WillisVolume *) key.volume);
  in->labels = key.labels != NULL ? willis_volume_ref ((WillisVolume *) key.labels) : NULL;
  in->key = key;
  d = g_new0 (RefineData, 1);
  g_weak_ref_init (&d->view, self);
  d->key = key;
  self->refine = willis_job_start (_ ("Draw the slab"), refine_work, in, refine_input_free, g_free, refine_done, d);
  return G_SOURCE_REMOVE;
}

/* Makes self->pixels hold the wanted picture, coarser where a full one would take longer than a frame. */
static void
update_picture (WillisSliceView *self)
{
  WillisSliceKey key = wanted_key (self, 1), coarse_key = key;
  double cost = samples_of (&key) * (self->ns_per_sample > 0.0 ? self->ns_per_sample : 4.0);
  int coarse = 1;

  if (self->pixels != NULL && memcmp (&key, &self->key, sizeof key) == 0)
    return;
  if (self->pixels != NULL && self->coarse > 1)
    {
      coarse_key = wanted_key (self, self->coarse);
      if (memcmp (&coarse_key, &self->key, sizeof key) == 0)
        return; // already shown coarsely; the full one is on its way
    }
  drop_refine (self);
  while (coarse < MAX_COARSE && cost / (coarse * coarse) > FRAME_BUDGET_NS)
    coarse++;
  if (coarse > 1)
    {
      key = wanted_key (self, coarse);
      self->settle_id = g_timeout_add (SETTLE_MS, on_settle, self);
    }
  self->coarse = coarse;
  draw_picture (self, &key);
}

/* --- the outline of lumen and sac */

static void
update_lines (WillisSliceView *self)
{
  WillisCase *c = willis_session_case (self->session);
  WillisAneurysm *aneurysm = willis_session_shown_aneurysm (self->session);
  WillisSurface *lumen = willis_session_display (self->session)->show_contours ? willis_case_surface (c) : NULL;
  WillisSurface *sac = aneurysm != NULL && lumen != NULL ? willis_aneurysm_sac (aneurysm) : NULL;
  const WillisSliceFrame *f = &self->frame;
  double plane[4] = { f->normal[0], f->normal[1], f->normal[2], vec3_dot (f->normal, f->centre_lps_mm) };
  gboolean moved = memcmp (plane, self->lines_plane, sizeof plane) != 0;

  if (moved || self->lines_of[0] != (gpointer) lumen)
    {
      g_array_set_size (self->lumen_lines, 0);
      if (lumen != NULL)
        willis_section_append (lumen, f->centre_lps_mm, f->normal, self->lumen_lines);
    }
  if (moved || self->lines_of[1] != (gpointer) sac)
    {
      g_array_set_size (self->sac_lines, 0);
      if (sac != NULL)
        willis_section_append (sac, f->centre_lps_mm, f->normal, self->sac_lines);
    }
  self->lines_of[0] = (gpointer) lumen;
  self->lines_of[1] = (gpointer) sac;
  memcpy (self->lines_plane, plane, sizeof plane);
}

/* --- the whole */

static void
free_surface_data (gpointer data)
{
  cairo_surface_destroy (data);
}

GdkTexture *
willis_slice_view_texture (WillisSliceView *self)
{
  int scale = gtk_widget_get_scale_factor (GTK_WIDGET (self));
  cairo_surface_t *surface, *picture;
  g_autoptr (GBytes) bytes = NULL;
  cairo_t *cr;
  int width, height;

  if (!_willis_slice_view_update_frame (self))
    return NULL;
  update_picture (self);
  update_lines (self);
  width = (int) self->frame.width_px * scale;
  height = (int) self->frame.height_px * scale;
  surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, width, height);
  cr = cairo_create (surface);
  picture = cairo_image_surface_create_for_data ((guchar *) self->pixels, CAIRO_FORMAT_ARGB32, self->key.plane.width,
                                                 self->key.plane.height, self->key.plane.width * 4);
  cairo_save (cr);
  cairo_scale (cr, (double) width / self->key.plane.width, (double) height / self->key.plane.height);
  cairo_set_source_surface (cr, picture, 0, 0);
  cairo_pattern_set_filter (cairo_get_source (cr), self->coarse > 1 ? CAIRO_FILTER_BILINEAR : CAIRO_FILTER_NEAREST);
  cairo_pattern_set_extend (cairo_get_source (cr), CAIRO_EXTEND_PAD);
  cairo_set_operator (cr, CAIRO_OPERATOR_SOURCE);
  cairo_paint (cr);
  cairo_restore (cr);
  cairo_surface_destroy (picture);
  cairo_scale (cr, scale, scale);
  _willis_slice_view_paint (self, cr);
  cairo_destroy (cr);
  cairo_surface_flush (surface);
  bytes = g_bytes_new_with_free_func (cairo_image_surface_get_data (surface),
                                      (gsize) cairo_image_surface_get_stride (surface) * (gsize) height,
                                      free_surface_data, surface);
  return gdk_memory_texture_new (width, height, GDK_MEMORY_DEFAULT, bytes,
                                 (gsize) cairo_image_surface_get_stride (surface));
}

static void
willis_slice_view_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  WillisSliceView *self = WILLIS_SLICE_VIEW (widget);
  graphene_rect_t bounds = GRAPHENE_RECT_INIT (0, 0, (float) gtk_widget_get_width (widget),
                                               (float) gtk_widget_get_height (widget));
  const GdkRGBA black = { 0, 0, 0, 1 };
  g_autoptr (GdkTexture) texture = willis_slice_view_texture (self);

  if (texture != NULL)
    gtk_snapshot_append_texture (snapshot, texture, &bounds);
  else
    gtk_snapshot_append_color (snapshot, &black, &bounds);
}

static void
willis_slice_view_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  WillisSliceView *self = WILLIS_SLICE_VIEW (widget);

  // a view that shows the whole keeps showing the whole; one that was zoomed keeps its scale
  if (self->framed && self->frame.width_px > 0.0 && (self->frame.width_px != width || self->frame.height_px != height))
    {
      double before = MIN (self->frame.width_px, self->frame.height_px), now = MIN (width, height);

      if (now > 8 && before > 8)
        self->frame.px_per_mm *= now / before;
    }
  if (self->menu != NULL)
    gtk_popover_present (GTK_POPOVER (self->menu));
}

static void
on_crosshair_changed (WillisSession *session, WillisSliceView *self)
{
  const double margin = 0.06;
  double x, y;

  if (_willis_slice_view_update_frame (self) && self->button == 0)
    {
      willis_slice_frame_to_px (&self->frame, willis_session_crosshair (session), &x, &y);
      if (x < margin * self->frame.width_px || x > (1.0 - margin) * self->frame.width_px
          || y < margin * self->frame.height_px || y > (1.0 - margin) * self->frame.height_px)
        vec3_copy (self->frame.centre_lps_mm, willis_session_crosshair (session)); // never out of sight
    }
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
on_case_changed (WillisSession *session, WillisSliceView *self)
{
  WillisCase *c = willis_session_case (session);
  WillisVolume *volume = c != NULL ? willis_case_volume (c) : NULL;

  if (volume == NULL || volume != self->key.volume)
    {
      self->framed = FALSE;
      drop_refine (self);
      g_clear_pointer (&self->pixels, g_free);
      memset (&self->key, 0, sizeof self->key);
    }
  self->lines_of[0] = self->lines_of[1] = NULL; // a new artefact may stand at an old one's address
  self->lines_plane[0] = NAN;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
willis_slice_view_dispose (GObject *object)
{
  WillisSliceView *self = WILLIS_SLICE_VIEW (object);

  drop_refine (self);
  g_clear_pointer (&self->menu, gtk_widget_unparent);
  g_clear_object (&self->session);
  g_clear_pointer (&self->pixels, g_free);
  g_clear_pointer (&self->lumen_lines, g_array_unref);
  g_clear_pointer (&self->stroke, g_array_unref);
  g_clear_pointer (&self->sac_lines, g_array_unref);
  G_OBJECT_CLASS (willis_slice_view_parent_class)->dispose (object);
}

static void
willis_slice_view_get_property (GObject *object, guint id, GValue *value, GParamSpec *spec)
{
  if (id == PROP_ORIENT)
    g_value_set_int (value, (int) WILLIS_SLICE_VIEW (object)->orient);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
}

static void
willis_slice_view_set_property (GObject *object, guint id, const GValue *value, GParamSpec *spec)
{
  if (id == PROP_ORIENT)
    willis_slice_view_set_orient (WILLIS_SLICE_VIEW (object), (WillisOrient) g_value_get_int (value));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
}

static void
willis_slice_view_class_init (WillisSliceViewClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = willis_slice_view_dispose;
  object_class->get_property = willis_slice_view_get_property;
  object_class->set_property = willis_slice_view_set_property;
  widget_class->snapshot = willis_slice_view_snapshot;
  widget_class->size_allocate = willis_slice_view_size_allocate;
  props[PROP_ORIENT] = g_param_spec_int ("orient", NULL, NULL, 0, WILLIS_N_ORIENTS - 1, 0,
                                         G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, props);
  toggle_full_signal = g_signal_new ("toggle-full", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                     G_TYPE_NONE, 0);
  gtk_widget_class_set_css_name (widget_class, "sliceview");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
  _willis_slice_view_class_init_actions (widget_class);
}

static void
willis_slice_view_init (WillisSliceView *self)
{
  self->lumen_lines = g_array_new (FALSE, FALSE, sizeof (WillisSegment));
  self->stroke = g_array_new (FALSE, FALSE, 3 * sizeof (double));
  self->sac_lines = g_array_new (FALSE, FALSE, sizeof (WillisSegment));
  self->coarse = 1;
  self->lines_plane[0] = NAN;
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  gtk_widget_set_hexpand (GTK_WIDGET (self), TRUE);
  gtk_widget_set_vexpand (GTK_WIDGET (self), TRUE);
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
}

GtkWidget *
willis_slice_view_new (WillisSession *session, WillisOrient orient)
{
  WillisSliceView *self = g_object_new (WILLIS_TYPE_SLICE_VIEW, NULL);

  self->session = g_object_ref (session);
  willis_slice_view_set_orient (self, orient);
  g_signal_connect_object (session, "crosshair-changed", G_CALLBACK (on_crosshair_changed), self, 0);
  g_signal_connect_object (session, "case-changed", G_CALLBACK (on_case_changed), self, 0);
  g_signal_connect_object (session, "display-changed", G_CALLBACK (gtk_widget_queue_draw), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "selection-changed", G_CALLBACK (gtk_widget_queue_draw), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "neck-changed", G_CALLBACK (gtk_widget_queue_draw), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "tools-changed", G_CALLBACK (gtk_widget_queue_draw), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "places-changed", G_CALLBACK (gtk_widget_queue_draw), self, G_CONNECT_SWAPPED);
  _willis_slice_view_init_input (self);
  return GTK_WIDGET (self);
}

void
willis_slice_view_set_orient (WillisSliceView *self, WillisOrient orient)
{
  g_autofree char *label = NULL;

  self->orient = orient;
  self->framed = FALSE;
  // translators: %s is Axial, Coronal, Sagittal or Oblique
  label = g_strdup_printf (_ ("%s slice"), willis_orient_name (orient));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_ORIENT]);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

WillisOrient
willis_slice_view_get_orient (WillisSliceView *self)
{
  return self->orient;
}

void
willis_slice_view_reset (WillisSliceView *self)
{
  self->framed = FALSE;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

gboolean
willis_slice_view_locate (WillisSliceView *self, const double lps_mm[3], double *x, double *y)
{
  if (!_willis_slice_view_update_frame (self))
    return FALSE;
  willis_slice_frame_to_px (&self->frame, lps_mm, x, y);
  return TRUE;
}

gboolean
willis_slice_view_neck_handles (WillisSliceView *self, double centre[2], double ends[2][2], double arrow[2])
{
  WillisNeckTrace trace;

  if (!_willis_slice_view_update_frame (self) || !_willis_slice_view_neck_trace (self, &trace))
    return FALSE;
  memcpy (centre, trace.centre, sizeof trace.centre);
  memcpy (ends, trace.ends, sizeof trace.ends);
  memcpy (arrow, trace.arrow, sizeof trace.arrow);
  return TRUE;
}
