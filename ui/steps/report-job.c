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
  g_clear_pointer (&in->views, g_array_unref);
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

static gboolean
fill_scene (WillisScene *scene, WillisCase *c, GError **error)
{
  WillisAneurysm *aneurysm = willis_case_n_aneurysms (c) > 0 ? willis_case_aneurysm (c, 0) : NULL;
  g_autoptr (WillisSurface) sac = NULL;
  const double *curve;
  gsize n;

  willis_scene_set_style (scene, FALSE, TRUE);
  if (!willis_scene_show_surface (scene, "lumen", willis_case_surface (c), WILLIS_COLOUR_VESSEL, 1.0, error))
    return FALSE;
  if (aneurysm == NULL)
    return TRUE;
  sac = willis_surface_offset (willis_aneurysm_sac (aneurysm), WILLIS_SAC_LIFT_MM);
  if (!willis_scene_show_surface (scene, "sac", sac, WILLIS_COLOUR_SAC, 1.0, error))
    return FALSE;
  curve = willis_aneurysm_neck_curve (aneurysm, &n);
  return n < 3 || willis_scene_show_curve (scene, "neck", curve, n, TRUE, WILLIS_COLOUR_NECK, 0.15, error);
}

/* The first picture: the sac in its neck view; the second: the whole tree from the front. */
static gboolean
draw_pictures (WillisCase *c, const GArray *views, WillisReportPicture pictures[2], gsize *n_pictures, GError **error)
{
  const char *captions[2] = { N_ ("The aneurysm, seen across its neck"), N_ ("The arteries from the front") };
  WillisScene *scene = willis_scene_new (error);
  WillisCArm front = { 0.0, 0.0 };

  *n_pictures = 0;
  if (scene == NULL)
    return FALSE;
  if (!fill_scene (scene, c, error))
    {
      willis_scene_free (scene);
      return FALSE;
    }
  for (int n = willis_case_n_aneurysms (c) > 0 ? 0 : 1; n < 2; n++)
    {
      WillisReportPicture *p = &pictures[*n_pictures];
      WillisCamera camera;

      willis_scene_get_camera (scene, &camera);
      willis_camera_set_c_arm (&camera, n == 0 && views != NULL && views->len > 0
                                            ? &g_array_index (views, WillisWorkingView, 0).angles
                                            : &front);
      willis_scene_set_camera (scene, &camera);
      willis_scene_frame (scene, n == 0 ? "sac" : NULL);
      if (n == 0) // leave room for the parent artery
        {
          willis_scene_get_camera (scene, &camera);
          camera.height_mm *= 2.2;
          willis_scene_set_camera (scene, &camera);
        }
      p->caption = captions[n];
      p->width = PICTURE_W;
      p->height = PICTURE_H;
      p->stride = PICTURE_W * 4;
      p->rgba = willis_scene_render_rgba (scene, PICTURE_W, PICTURE_H, 2.0, WILLIS_RENDERER_RASTER, error);
      if (p->rgba == NULL)
        break;
      (*n_pictures)++;
    }
  willis_scene_free (scene);
  return error == NULL || *error == NULL;
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
  WillisReportPicture pictures[2] = { { NULL } };
  WillisReportResult *result = NULL;
  g_autoptr (GArray) views = NULL;
  g_autoptr (WillisReport) report = NULL;
  gboolean ok = TRUE;

  if (in->views != NULL)
    views = g_array_ref (in->views);
  else if (willis_case_n_aneurysms (in->c) > 0 && willis_case_surface (in->c) != NULL)
    {
      views = willis_working_views_in_tree (willis_case_surface (in->c), willis_case_tree (in->c),
                                            willis_case_aneurysm (in->c, 0), &in->limits, &part, error);
      if (views == NULL)
        return NULL;
    }
  if (!willis_progress_step (progress, 0.4, error))
    return NULL;
  if ((in->options.sections & WILLIS_REPORT_PICTURES) != 0 && willis_case_surface (in->c) != NULL)
    ok = draw_pictures (in->c, views, pictures, &in->options.n_pictures, error);
  in->options.pictures = pictures;
  in->options.working_views = views;
  in->options.language = in->language;
  if (ok && willis_progress_step (progress, 0.8, error))
    report = willis_report_new (in->c, &in->options, error);
  if (report != NULL && (in->save_path == NULL || willis_report_save (report, in->save_path, error)))
    {
      result = g_new0 (WillisReportResult, 1);
      result->pages = g_ptr_array_new_with_free_func ((GDestroyNotify) cairo_surface_destroy);
      for (int n = 0; in->page_scale > 0.0 && n < willis_report_n_pages (report); n++)
        g_ptr_array_add (result->pages, draw_page (report, n, in->page_scale));
      result->report = g_steal_pointer (&report);
    }
  for (int n = 0; n < 2; n++)
    g_free ((gpointer) pictures[n].rgba);
  return result;
}
