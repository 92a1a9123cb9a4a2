/* SPDX-License-Identifier: Apache-2.0 */
#include "core/phantom/phantom-private.h"

#include <glib/gstdio.h>
#include <math.h>

#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/base/json.h"
#include "core/io/surface-io.h"
#include "core/io/volume-io.h"
#include "core/mesh/isosurface.h"
#include "core/num/vec3.h"

static void
add_vessels (JsonBuilder *b, const WillisPhantom *phantom)
{
  json_builder_set_member_name (b, "vessels");
  json_builder_begin_array (b);
  for (guint v = 0; v < phantom->vessels->len; v++)
    {
      const PhantomVessel *vessel = phantom->vessels->pdata[v];

      json_builder_begin_object (b);
      willis_json_add_string (b, "id", vessel->id);
      willis_json_add_string (b, "kind", vessel->artery ? "artery" : "vein");
      json_builder_set_member_name (b, "points_lps_mm");
      json_builder_begin_array (b);
      for (guint i = 0; i < vessel->points->len; i++)
        {
          double x[3];

          phantom_to_scan (phantom, (const double *) vessel->points->data + 4 * i, x);
          willis_json_add_doubles (b, NULL, x, 3);
        }
      json_builder_end_array (b);
      json_builder_set_member_name (b, "radius_mm");
      json_builder_begin_array (b);
      for (guint i = 0; i < vessel->points->len; i++)
        json_builder_add_double_value (b, ((const double *) vessel->points->data)[4 * i + 3]);
      json_builder_end_array (b);
      json_builder_end_object (b);
    }
  json_builder_end_array (b);
}

/* unparted gets its id where no plane parts it. */
static void
add_aneurysm (JsonBuilder *b, const WillisPhantom *phantom, const PhantomSac *sac, GPtrArray *unparted)
{
  PhantomSacTruth *t = phantom_sac_truth (phantom, sac);

  json_builder_begin_object (b);
  willis_json_add_string (b, "id", sac->id);
  willis_json_add_string (b, "kind", sac->kind);
  willis_json_add_string (b, "parent", sac->parent);
  willis_json_add_doubles (b, "neck_centre_lps_mm", t->neck_centre, 3);
  willis_json_add_doubles (b, "neck_normal", t->neck_normal, 3);
  willis_json_add_doubles (b, "dome_lps_mm", t->dome, 3);
  willis_json_add_double (b, "volume", t->volume_mm3);
  willis_json_add_double (b, "area", t->area_mm2);
  willis_json_add_double (b, "ostium_area", t->ostium_area_mm2);
  willis_json_add_double (b, "neck_diameter", t->neck_diameter_mm);
  willis_json_add_double (b, "height", t->height_mm);
  willis_json_add_double (b, "max_height", t->max_height_mm);
  willis_json_add_double (b, "width", t->width_mm);
  willis_json_add_double (b, "size", t->size_mm);
  willis_json_add_bool (b, "parted", t->parted);
  json_builder_set_member_name (b, "neck_curve_lps_mm");
  json_builder_begin_array (b);
  for (guint i = 0; i + 2 < t->neck_curve->len; i += 3)
    willis_json_add_doubles (b, NULL, &g_array_index (t->neck_curve, double, i), 3);
  json_builder_end_array (b);
  json_builder_end_object (b);
  if (!t->parted && unparted != NULL)
    g_ptr_array_add (unparted, g_strdup (sac->id));
  phantom_sac_truth_free (t);
}

static gboolean
write_truth (const WillisPhantom *phantom, const char *path, GPtrArray *unparted, GError **error)
{
  g_autoptr (JsonBuilder) b = json_builder_new ();
  g_autofree char *text = NULL;
  g_autoptr (GError) local = NULL;

  json_builder_begin_object (b);
  willis_json_add_string (b, "name", phantom->name);
  willis_json_add_string (b, "description", phantom->description);
  willis_json_add_double (b, "lumen_hu", phantom->lumen_hu);
  willis_json_add_double (b, "noise_hu", phantom->noise_hu);
  willis_json_add_doubles (b, "psf_sigma_mm", phantom->psf_sigma_mm, 2);
  willis_json_add_doubles (b, "rotation", phantom->rotation, 9);
  willis_json_add_doubles (b, "translation_mm", phantom->translation_mm, 3);
  willis_json_add_doubles (b, "pivot_lps_mm", phantom->pivot, 3);
  json_builder_set_member_name (b, "aneurysms");
  json_builder_begin_array (b);
  for (guint s = 0; s < phantom->sacs->len; s++)
    add_aneurysm (b, phantom, phantom->sacs->pdata[s], unparted);
  json_builder_end_array (b);
  add_vessels (b, phantom);
  json_builder_end_object (b);
  text = willis_json_to_text (b);
  if (!g_file_set_contents (path, text, -1, &local))
    return willis_fail (error, WILLIS_ERROR_BAD_FILE, "%s", local->message);
  return TRUE;
}

/* The lumen's own surface at a quarter of a millimetre, over the scan's field of view. */
static WillisSurface *
true_surface (const WillisPhantom *phantom, const WillisProgress *progress, GError **error)
{
  WillisGrid grid = phantom->grid;
  g_autoptr (WillisVolume) field = NULL;
  float *out;

  for (int a = 0; a < 3; a++)
    {
      double length = (phantom->grid.dims[a] - 1) * phantom->grid.spacing_mm[a];

      grid.dims[a] = MAX (2, (int) ceil (length / 0.25) + 1);
      grid.spacing_mm[a] = MAX (length, 0.25) / (grid.dims[a] - 1);
    }
  field = willis_volume_new (&grid, WILLIS_SCALAR_F32, error);
  if (field == NULL)
    return NULL;
  out = willis_volume_voxels_rw (field);
  for (int k = 0; k < grid.dims[2]; k++)
    {
      if (!willis_progress_step (progress, 0.9 * k / grid.dims[2], error))
        return NULL;
#pragma omp parallel for schedule(dynamic, 8)
      for (int j = 0; j < grid.dims[1]; j++)
        for (int i = 0; i < grid.dims[0]; i++)
          {
            double ijk[3] = { i, j, k }, x[3];

            willis_grid_ijk_to_lps (&grid, ijk, x);
            phantom_to_anatomy (phantom, x, x);
            out[((gsize) k * (gsize) grid.dims[1] + (gsize) j) * (gsize) grid.dims[0] + (gsize) i]
                = (float) -phantom_field_artery (phantom->field, x);
          }
    }
  return willis_isosurface (field, 0.0, NULL, NULL, NULL, error);
}

gboolean
willis_phantom_write (const WillisPhantom *phantom, const char *folder, GPtrArray *unparted,
                      const WillisProgress *progress, GError **error)
{
  WillisProgress scanning = willis_progress_part (progress, 0.0, 0.6, _ ("scanning"));
  WillisProgress labelling = willis_progress_part (progress, 0.6, 0.75, _ ("labelling"));
  WillisProgress surfacing = willis_progress_part (progress, 0.75, 0.95, _ ("true surface"));
  g_autofree char *ct = g_build_filename (folder, "ct.nii.gz", NULL);
  g_autofree char *labels = g_build_filename (folder, "labels.nii.gz", NULL);
  g_autofree char *lumen = g_build_filename (folder, "lumen.vtp", NULL);
  g_autofree char *truth = g_build_filename (folder, "truth.json", NULL);
  g_autoptr (WillisVolume) scan = NULL;
  g_autoptr (WillisVolume) map = NULL;
  g_autoptr (WillisSurface) surface = NULL;

  if (g_mkdir_with_parents (folder, 0777) != 0)
    return willis_fail (error, WILLIS_ERROR_BAD_INPUT, _ ("%s: this folder cannot be made"), folder);
  scan = willis_phantom_scan (phantom, &scanning, error);
  if (scan == NULL || !willis_volume_write (scan, ct, NULL, error))
    return FALSE;
  map = willis_phantom_labels (phantom, &labelling, error);
  if (map == NULL || !willis_volume_write (map, labels, NULL, error))
    return FALSE;
  surface = true_surface (phantom, &surfacing, error);
  if (surface == NULL || !willis_surface_write (surface, lumen, error))
    return FALSE;
  return write_truth (phantom, truth, unparted, error) && willis_progress_step (progress, 1.0, error);
}
