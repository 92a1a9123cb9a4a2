/* SPDX-License-Identifier: Apache-2.0 */
#include "app/pictures.h"

#include <math.h>
#include <stdio.h>

#include "core/base/i18n.h"
#include "core/num/vec3.h"
#include "core/vessel/working-angle.h"
#include "ui/scene/scene.h"

#define WIDTH 900
#define HEIGHT 900

static void
picture_clear (gpointer data)
{
  WillisReportPicture *picture = data;

  g_free ((char *) picture->detail);
  g_free ((guint8 *) picture->rgba);
}

/* Middle and radius of a box around the sac, with some of its surroundings. */
static void
around_sac (const WillisAneurysm *aneurysm, double centre[3], double *radius_mm)
{
  double box[6];

  willis_surface_bounds (willis_aneurysm_sac (aneurysm), box);
  *radius_mm = 0;
  for (int a = 0; a < 3; a++)
    {
      centre[a] = (box[a] + box[a + 3]) / 2;
      *radius_mm += (box[a + 3] - box[a]) * (box[a + 3] - box[a]) / 4;
    }
  *radius_mm = MAX (1.9 * sqrt (*radius_mm), 6);
}

/* Takes the picture as the camera stands; detail is taken. FALSE with an error where it cannot be drawn. */
static gboolean
take (WillisScene *scene, GArray *pictures, int aneurysm, const char *caption, char *detail, GError **error)
{
  WillisReportPicture picture = { caption, WIDTH, HEIGHT, WIDTH * 4, NULL, detail, aneurysm };

  picture.rgba = willis_scene_render_rgba (scene, WIDTH, HEIGHT, 2.0, WILLIS_RENDERER_ANY, error);
  if (picture.rgba == NULL)
    {
      g_free (detail);
      return FALSE;
    }
  g_array_append_val (pictures, picture);
  return TRUE;
}

static gboolean
show_case (WillisScene *scene, const WillisCase *c, GError **error)
{
  willis_scene_set_style (scene, FALSE, TRUE);
  if (!willis_scene_show_surface (scene, "lumen", willis_case_surface (c), WILLIS_COLOUR_VESSEL, 1.0, error))
    return FALSE;
  for (gsize n = 0; n < willis_case_n_aneurysms (c); n++)
    {
      const WillisAneurysm *aneurysm = willis_case_aneurysm (c, n);
      g_autofree char *sac = g_strdup_printf ("sac-%u", (guint) n), *neck = g_strdup_printf ("neck-%u", (guint) n);
      gsize n_curve = 0;
      const double *curve = willis_aneurysm_neck_curve (aneurysm, &n_curve);
      double size = willis_aneurysm_morphology (aneurysm)->index[WILLIS_INDEX_SIZE].value;
      double thin_mm = 0.008 * (isfinite (size) ? size : 6);
      g_autoptr (WillisSurface) lifted = willis_surface_offset (willis_aneurysm_sac (aneurysm), thin_mm);

      if (!willis_scene_show_surface (scene, sac, lifted, WILLIS_COLOUR_SAC, 1.0, error)
          || (n_curve > 2
              && !willis_scene_show_curve (scene, neck, curve, n_curve, TRUE, WILLIS_COLOUR_NECK, 2.5 * thin_mm,
                                           error)))
        return FALSE;
    }
  return TRUE;
}

/* An aneurysm in each of its working views. */
static gboolean
take_views (const WillisCase *c, gsize n, const GArray *views, WillisScene *scene, GArray *pictures, GError **error)
{
  WillisCamera camera;
  double centre[3], radius_mm;

  willis_scene_get_camera (scene, &camera);
  around_sac (willis_case_aneurysm (c, n), centre, &radius_mm);
  for (guint i = 0; i < views->len; i++)
    {
      const WillisWorkingView *view = &g_array_index (views, WillisWorkingView, i);

      willis_camera_set_c_arm (&camera, &view->angles);
      willis_camera_frame (&camera, centre, radius_mm, 1.0);
      willis_scene_set_camera (scene, &camera);
      if (!take (scene, pictures, (int) n,
                 view->kind == WILLIS_WORKING_VIEW_NECK ? N_ ("Neck in profile, %s")
                                                        : N_ ("Along the parent artery, %s"),
                 willis_c_arm_text (&view->angles), error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
take_all (const WillisCase *c, const GPtrArray *views, WillisScene *scene, GArray *pictures, GError **error)
{
  WillisCamera camera;

  if (!show_case (scene, c, error))
    return FALSE;
  for (gsize n = 0; n < willis_case_n_aneurysms (c); n++)
    {
      const GArray *of = willis_report_views_of (views, n);

      if (of != NULL && !take_views (c, n, of, scene, pictures, error))
        return FALSE;
    }
  willis_scene_get_camera (scene, &camera);
  for (int n = 0; n < 2; n++)
    {
      willis_camera_set_standard (&camera, n == 0 ? WILLIS_VIEW_ANTERIOR : WILLIS_VIEW_SUPERIOR);
      willis_scene_set_camera (scene, &camera);
      willis_scene_frame (scene, NULL);
      if (!take (scene, pictures, -1, n == 0 ? N_ ("All arteries, from the front") : N_ ("All arteries, from above"),
                 NULL, error))
        return FALSE;
    }
  return TRUE;
}

GArray *
willis_case_pictures (const WillisCase *c, const GPtrArray *views)
{
  GArray *pictures = g_array_new (FALSE, TRUE, sizeof (WillisReportPicture));
  g_autoptr (GError) error = NULL;
  g_autoptr (WillisScene) scene = NULL;

  g_array_set_clear_func (pictures, picture_clear);
  if (willis_case_surface (c) == NULL)
    return pictures;
  scene = willis_scene_new (&error);
  if (scene == NULL || !take_all (c, views, scene, pictures, &error))
    fprintf (stderr, _ ("willis: no pictures in 3D: %s\n"), error->message);
  return pictures;
}
