/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For looking at the scene: draws a picture of a surface or a volume file into a PNG.
 * usage: scene-picture FILE OUT.png [raster|vtk] [surface|volume|mip|both|ghost|field] [PRIMARY SECONDARY]
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/io/reader.h"
#include "core/io/surface-io.h"
#include "core/io/volume-io.h"
#include "ui/scene/scene.h"

static gboolean
is_surface (const char *path)
{
  return g_str_has_suffix (path, ".vtk") || g_str_has_suffix (path, ".vtp") || g_str_has_suffix (path, ".stl");
}

/* Values above half of the ramp as a label, for a surface to look at. */
static WillisVolume *
threshold (WillisVolume *volume, double level)
{
  const WillisGrid *grid = willis_volume_grid (volume);
  WillisVolume *labels = willis_volume_new (grid, WILLIS_SCALAR_U8, NULL);
  guint8 *out = willis_volume_voxels_rw (labels);

  for (int k = 0; k < grid->dims[2]; k++)
    for (int j = 0; j < grid->dims[1]; j++)
      for (int i = 0; i < grid->dims[0]; i++)
        *out++ = willis_volume_get (volume, i, j, k) > level;
  return labels;
}

static gboolean
fill (WillisScene *scene, const char *path, const char *what, GError **error)
{
  const char *paths[] = { path, NULL };
  g_autoptr (WillisVolume) volume = NULL;
  WillisTransfer mip = { WILLIS_TRANSFER_MIP, 0, 0 };
  double range[2];

  if (is_surface (path))
    {
      g_autoptr (WillisSurface) surface = willis_surface_read (path, error);

      if (surface == NULL)
        return FALSE;
      if (strcmp (what, "field") == 0)
        {
          gsize n = willis_surface_n_points (surface);
          g_autofree double *z = g_new (double, n);

          for (gsize i = 0; i < n; i++)
            z[i] = willis_surface_points (surface)[3 * i + 2];
          return willis_scene_show_field (scene, "field", surface, z, 0, 0, WILLIS_MAP_VIRIDIS, "Height", "mm", error);
        }
      return willis_scene_show_surface (scene, "surface", surface, WILLIS_COLOUR_VESSEL,
                                        strcmp (what, "ghost") == 0 ? 0.3 : 1.0, error);
    }
  volume = willis_volume_read (paths, NULL, NULL, NULL, NULL, error);
  if (volume == NULL)
    return FALSE;
  willis_volume_range (volume, range);
  if (strcmp (what, "surface") == 0 || strcmp (what, "both") == 0)
    {
      g_autoptr (WillisVolume) labels = threshold (volume, range[0] + 0.3 * (range[1] - range[0]));

      if (!willis_scene_show_labels (scene, "labels", labels, 1, WILLIS_COLOUR_VESSEL, 1.0, error))
        return FALSE;
    }
  if (strcmp (what, "surface") == 0)
    return TRUE;
  return willis_scene_show_volume (scene, "volume", volume, strcmp (what, "mip") == 0 ? &mip : NULL, error);
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WillisScene) scene = NULL;
  int status;
  gint64 start;

  if (willis_reader_main (argc, argv, &status))
    return status;
  if (argc < 3)
    return 1;
  scene = willis_scene_new (&error);
  if (scene == NULL || !fill (scene, argv[1], argc > 4 ? argv[4] : "surface", &error))
    {
      fprintf (stderr, "%s\n", error->message);
      return 2;
    }
  if (argc > 6)
    {
      WillisCArm angles = { g_ascii_strtod (argv[5], NULL) * G_PI / 180.0, g_ascii_strtod (argv[6], NULL) * G_PI / 180.0 };
      WillisCamera camera;

      willis_scene_get_camera (scene, &camera);
      willis_camera_set_c_arm (&camera, &angles);
      willis_scene_set_camera (scene, &camera);
    }
  willis_scene_set_size (scene, 900, 700, 1.0);
  willis_scene_frame (scene, NULL);
  start = g_get_monotonic_time ();
  for (int i = 0; i < 2; i++)
    {
      if (!willis_scene_write_png (scene, argv[2], 900, 700, 1.0,
                                   argc > 3 && strcmp (argv[3], "vtk") == 0 ? WILLIS_RENDERER_VTK : WILLIS_RENDERER_RASTER,
                                   &error))
        {
          fprintf (stderr, "%s\n", error->message);
          return 3;
        }
      fprintf (stderr, "picture %d after %.0f ms\n", i, (g_get_monotonic_time () - start) / 1000.0);
    }
  return 0;
}
