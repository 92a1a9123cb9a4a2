/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/steps/report-job.h"

#include <cairo.h>

#include "core/base/i18n.h"
#include "core/vessel/working-angle.h"
#include "ui/scene/scene.h"

#define PICTURE_W 1200
#define PICTURE_H 900

void
willis_report_input_free (gpointer data)
{
  WillisReportInput *in = data;

  willis_case_unref (in->c);
  g_clear_pointer (&in->views, g_ptr_array_unref);
  g_free (in->language);
  g_free (in->save_path);
  g_free (in);
}

void
willis_report_result_free (gpointer data)
{
  WillisReportResult *r = data;

  g_clear_pointer (&r->report, willis_report_free);
  g_clear_pointer (&r->pages, g_ptr_array_unref);
  g_free (r);
}

/* One aneurysm, as "sac-N". */
static gboolean
show_sac (WillisScene *scene, WillisCase *c, gsize n, GError **error)
{
  WillisAneurysm *aneurysm = willis_case_aneurysm (c, n);
  g_autofree char *sac_id = g_strdup_printf ("sac-%u", (guint) n), *neck_id = g_strdup_printf ("neck-%u", (guint) n);
  g_autoptr (WillisSurface) sac = willis_surface_offset (willis_aneurysm_sac (aneurysm), WILLIS_SAC_LIFT_MM);
  const double *curve;
  gsize n_curve;

  if (!willis_scene_show_surface (scene, sac_id, sac, WILLIS_COLOUR_SAC, 1.0, error))
    return FALSE;
  curve = willis_aneurysm_neck_curve (aneurysm, &n_curve);
  return n_curve < 3 || willis_scene_show_curve (scene, neck_id, curve, n_curve, TRUE, WILLIS_COLOUR_NECK, 0.15, error);
}

static gboolean
fill_scene (WillisScene *scene, WillisCase *c, GError **error)
{
  willis_scene_set_style (scene, FALSE, TRUE);
  if (!willis_scene_show_surface (scene, "lumen", willis_case_surface (c), WILLIS_COLOUR_VESSEL, 1.0, error))
    return FALSE;
  for (gsize n = 0; n < willis_case_n_aneurysms (c); n++)
    if (!show_sac (scene, c, n, error))
      return FALSE;
  return TRUE;
}

static void
picture_clear (gpointer data)
{
  g_free ((gpointer) ((WillisReportPicture *) data)->rgba);
}

/* Takes what is framed; aneurysm -1: all arteries from the front, otherwise the sac in its first working view, where it
 * is known. */
static gboolean
take_picture (WillisScene *scene, int aneurysm, const GArray *views, GArray *pictures, GError **error)
{
  const WillisCArm front = { 0.0, 0.0 };
  g_autofree char *sac = aneurysm >= 0 ? g_strdup_printf ("sac-%d", aneurysm) : NULL;
  WillisReportPicture p = { .width = PICTURE_W, .height = PICTURE_H, .stride = PICTURE_W * 4, .aneurysm = aneurysm };
  WillisCamera camera;

  p.caption = aneurysm >= 0 ? N_ ("The aneurysm, seen across its neck") : N_ ("The arteries from the front");
  willis_scene_get_camera (scene, &camera);
  willis_camera_set_c_arm (
      &camera, views != NULL && views->len > 0 ? &g_array_index (views, WillisWorkingView, 0).angles : &front);
  willis_scene_set_camera (scene, &camera);
  willis_scene_frame (scene, sac);
  if (sac != NULL) // leave room for the parent artery
    {
      willis_scene_get_camera (scene, &camera);
      camera.height_mm *= 2.2;
      willis_scene_set_camera (scene, &camera);
    }
  p.rgba = willis_scene_render_rgba (scene, PICTURE_W, PICTURE_H, 2.0, WILLIS_RENDERER_RASTER, error);
  if (p.rgba == NULL)
    return FALSE;
  g_array_append_val (pictures, p);
  return TRUE;
}

/* Each sac in its neck view, and the whole tree from the front. */
static gboolean
draw_pictures (WillisCase *c, const GPtrArray *views, GArray *pictures, GError **error)
{
  WillisScene *scene = willis_scene_new (error);
  gboolean ok = scene != NULL && fill_scene (scene, c, error);

  for (int n = 0; ok && n < (int) willis_case_n_aneurysms (c); n++)
    if (willis_case_sac_before (c, (gsize) n) < 0)
      ok = take_picture (scene, n, willis_report_views_of (views, (gsize) n), pictures, error);
  ok = ok && take_picture (scene, -1, NULL, pictures, error);
  if (scene != NULL)
    willis_scene_free (scene);
  return ok;
}

static cairo_surface_t *
draw_page (const WillisReport *report, int page, double scale)
{
  double width, height;
  cairo_surface_t *surface;
  cairo_t *cr;

  willis_report_page_size (report, &width, &height);
  surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, (int) (width * scale), (int) (height * scale));
  cr = cairo_create (surface);
  cairo_set_source_rgb (cr, 1, 1, 1);
  cairo_paint (cr);
  cairo_scale (cr, scale, scale);
  willis_report_draw_page (report, page, cr);
  cairo_destroy (cr);
  cairo_surface_flush (surface);
  return surface;
}

gpointer
willis_report_work (const WillisProgress *progress, gpointer data, GError **error)
{
  WillisReportInput *in = data;
  WillisProgress part = willis_progress_part (progress, 0.0, 0.4, _ ("choosing the views"));
  g_autoptr (GArray) pictures = g_array_new (FALSE, FALSE, sizeof (WillisReportPicture));
  WillisReportResult *result = NULL;
  g_autoptr (GPtrArray) views = willis_report_views (in->c, in->views, &in->limits, &part, error);
  g_autoptr (WillisReport) report = NULL;

  g_array_set_clear_func (pictures, picture_clear);
  if (views == NULL || !willis_progress_step (progress, 0.4, error))
    return NULL;
  if ((in->options.sections & WILLIS_REPORT_PICTURES) != 0 && willis_case_surface (in->c) != NULL
      && !draw_pictures (in->c, views, pictures, error))
    return NULL;
  in->options.pictures = (const WillisReportPicture *) (void *) pictures->data;
  in->options.n_pictures = pictures->len;
  in->options.working_views = views;
  in->options.language = in->language;
  if (willis_progress_step (progress, 0.8, error))
    report = willis_report_new (in->c, &in->options, error);
  if (report != NULL && (in->save_path == NULL || willis_report_save (report, in->save_path, error)))
    {
      result = g_new0 (WillisReportResult, 1);
      result->pages = g_ptr_array_new_with_free_func ((GDestroyNotify) cairo_surface_destroy);
      for (int n = 0; in->page_scale > 0.0 && n < willis_report_n_pages (report); n++)
        g_ptr_array_add (result->pages, draw_page (report, n, in->page_scale));
      result->report = g_steal_pointer (&report);
    }
  return result;
}
