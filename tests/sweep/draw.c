/* SPDX-License-Identifier: Apache-2.0 */
#include <glib.h>
#include <glib/gstdio.h>
#include <math.h>

#include "core/mesh/isosurface.h"
#include "core/num/rng.h"
#include "core/num/vec3.h"
#include "tests/sweep/sweep.h"

static const Site sites[] = {
  { "ICA ophthalmic", "sidewall", "ICA left", 78, 15, { -0.75, 0.15, 0.65 }, { 12, -8, -12 } },
  { "ICA superior", "sidewall", "ICA right", 76, 15, { 0.2, 0.2, 1 }, { -12, -8, -12 } },
  { "ICA cavernous", "sidewall", "ICA left", 62, 15, { 1, -0.4, 0 }, { 13, -10, -20 } },
  { "PCom", "sidewall", "ICA right", 84, 10, { -0.6, 0.8, -0.1 }, { -13, -5, -9 } },
  { "ICA terminus", "bifurcation", "ICA left", -1, 12, { -0.1, 0.1, 1 }, { 14, -4, -2 } },
  { "ACom", "sidewall", "ACom", 2.3, 6, { 0.1, -0.9, -0.4 }, { 0, -12, -2 } },
  { "MCA right", "bifurcation", "MCA M1 right", -1, 12, { -0.75, -0.6, -0.25 }, { -31, -4, -3 } },
  { "MCA left", "bifurcation", "MCA M1 left", -1, 15, { 0.8, -0.5, -0.3 }, { 31, -4, -3 } },
  { "M1", "sidewall", "MCA M1 left", 8, 9, { 0, -0.3, 1 }, { 22, -5, -3 } },
  { "A1", "sidewall", "ACA A1 right", 7, 6, { 0, -0.6, 0.8 }, { -9, -8, -3 } },
  { "Basilar tip", "bifurcation", "Basilar", -1, 12, { 0, -0.35, 1 }, { 0, 8, -12 } },
  { "Vertebral", "sidewall", "VA left", 14, 8, { 0.9, -0.4, 0 }, { 10, 22, -55 } },
};

/* Arteries of 1 mm diameter, on both sides. */
static const char thin[] = "[{\"id\": \"Choroidal left\", \"mirror\": \"Choroidal right\", \"points\": "
                           "[[13.2,-6.6,-8.8,0.55],[15.5,-2,-9.5,0.5],[18,5,-9,0.5],[21,11,-7,0.5]]},"
                           "{\"id\": \"Ophthalmic left\", \"mirror\": \"Ophthalmic right\", \"points\": "
                           "[[11.6,-15.5,-16.5,0.55],[13,-20,-17,0.5],[17,-25,-17.5,0.5],[19,-32,-17,0.5]]}]";

static double
between (WillisRng *rng, double lo, double hi)
{
  return lo + (hi - lo) * willis_rng_uniform (rng);
}

Draw
sweep_draw (int number)
{
  WillisRng rng;
  Draw d = { .site = &sites[number % (int)G_N_ELEMENTS (sites)] };
  int kernel = number / (int)G_N_ELEMENTS (sites) + number;

  willis_rng_init (&rng, 20260101, (guint64)number);
  d.height_mm = exp (between (&rng, log (2.0), log (d.site->largest_mm)));
  d.width_mm = d.height_mm * between (&rng, 0.75, 1.05);
  d.neck_mm = d.width_mm * between (&rng, 0.45, 0.8);
  d.spacing_mm[0] = between (&rng, 0.35, 0.8);
  d.noise_hu = between (&rng, 8, 30);
  d.contrast_hu = between (&rng, 250, 500);
  d.gap_mm = between (&rng, 0.5, 3.0);
  d.psf_fwhm_mm[0] = between (&rng, 0.55, 0.85);
  /* three kinds of scanner: a Gaussian; thick slices that average; a sharp kernel */
  d.spacing_mm[1] = kernel % 3 == 1 ? between (&rng, d.spacing_mm[0], 0.8) : d.spacing_mm[0];
  d.psf_fwhm_mm[1] = kernel % 3 == 1 ? 0.5 : between (&rng, 0.6, 0.9);
  d.slice_mm = kernel % 3 == 1 ? MAX (d.spacing_mm[1], 0.6) : 0.0;
  d.sharpness = kernel % 3 == 2 ? between (&rng, 0.1, 0.4) : 0.0;
  return d;
}

WillisPhantom *
sweep_phantom (const Draw *d, int number, GError **error)
{
  g_autofree char *folder = g_dir_make_tmp ("willis-sweep-XXXXXX", NULL);
  g_autofree char *base
      = g_build_filename (g_getenv ("WILLIS_SOURCE_DIR"), "data/phantoms/circle-of-willis.json", NULL);
  g_autofree char *base_copy = g_build_filename (folder, "base.json", NULL);
  g_autofree char *path = g_build_filename (folder, "case.json", NULL);
  g_autofree char *text = NULL;
  g_autofree char *base_text = NULL;
  g_autofree char *at
      = d->site->at_mm >= 0 ? g_strdup_printf ("\"at_mm\": %g,", d->site->at_mm) : g_strdup ("");
  g_autofree char *blebs
      = d->bleb_radius_mm > 0.0
            ? g_strdup_printf ("{\"direction\": [%g, %g, %g], \"radius_mm\": %g, \"height_mm\": %g}",
                               d->bleb_direction[0], d->bleb_direction[1], d->bleb_direction[2], d->bleb_radius_mm,
                               d->bleb_height_mm)
            : g_strdup ("");
  int n = (int)ceil (60.0 / d->spacing_mm[0]), n_slices = (int)ceil (56.0 / d->spacing_mm[1]);
  WillisPhantom *phantom;

  text = g_strdup_printf (
      "{\"base\": \"base.json\", \"seed\": %d, \"noise_hu\": %g, \"lumen_hu\": %g,"
      "\"psf_fwhm_mm\": [%g, %g], \"slice_mm\": %g, \"sharpness\": %g,"
      "\"grid\": {\"dims\": [%d, %d, %d], \"spacing_mm\": [%g, %g, %g], \"centre_lps_mm\": [%g, %g, %g]},"
      "\"vessels\": %s,"
      "\"aneurysms\": [{\"parent\": \"%s\", \"kind\": \"%s\", %s \"axis\": [%g, %g, %g],"
      "\"height_mm\": %g, \"width_mm\": %g, \"neck_mm\": %g, \"blebs\": [%s]}]}",
      number + 1, d->noise_hu, 36.0 + d->contrast_hu, d->psf_fwhm_mm[0], d->psf_fwhm_mm[1], d->slice_mm,
      d->sharpness, n, n, n_slices, d->spacing_mm[0], d->spacing_mm[0], d->spacing_mm[1], d->site->centre[0],
      d->site->centre[1], d->site->centre[2], thin, d->site->parent, d->site->kind, at, d->site->axis[0],
      d->site->axis[1], d->site->axis[2], d->height_mm, d->width_mm, d->neck_mm, blebs);
  if (!g_file_get_contents (base, &base_text, NULL, error)
      || !g_file_set_contents (base_copy, base_text, -1, error)
      || !g_file_set_contents (path, text, -1, error))
    return NULL;
  phantom = willis_phantom_load (path, error);
  g_unlink (path);
  g_unlink (base_copy);
  g_rmdir (folder);
  for (guint b = 0; phantom != NULL && b < phantom->bones->len; b++)
    ((PhantomBone *)phantom->bones->pdata[b])->gap_mm = d->gap_mm;
  return phantom;
}

WillisCase *
sweep_case (const char *path, const WillisPhantom *phantom, GError **error)
{
  WillisStudy study = { .modality = (char *) "CT", .patient_age = -1 };
  g_autoptr (WillisVolume) scan = NULL;
  g_autoptr (WillisCase) c = NULL;

  if (phantom == NULL)
    return willis_case_load (path, NULL, error);
  c = willis_case_new ();
  scan = willis_phantom_scan (phantom, NULL, error);
  if (scan == NULL)
    return NULL;
  willis_case_set_scan (c, scan, &study);
  if (!willis_case_run_segment (c, NULL, NULL, error) || !willis_case_save (c, path, NULL, error))
    return NULL;
  return g_steal_pointer (&c);
}

#define BLOCK 5 // steps of the box, each way, that are far from the wall or not

/* Fills the block at b with the true lumen's distances, by its middle alone where that is far from the wall. */
static void
fill_block (const WillisPhantom *phantom, const WillisGrid *grid, const int b[3], float *v)
{
  double middle[3], x[3], far, half_diagonal = 0.5 * (BLOCK - 1) * grid->spacing_mm[0] * sqrt (3.0);

  for (int a = 0; a < 3; a++)
    middle[a] = b[a] + 0.5 * (BLOCK - 1);
  willis_grid_ijk_to_lps (grid, middle, x);
  phantom_to_anatomy (phantom, x, x);
  far = phantom_field_artery (phantom->field, x);
  for (int k = b[2]; k < MIN (b[2] + BLOCK, grid->dims[2]); k++)
    for (int j = b[1]; j < MIN (b[1] + BLOCK, grid->dims[1]); j++)
      for (int i = b[0]; i < MIN (b[0] + BLOCK, grid->dims[0]); i++)
        {
          double ijk[3] = { i, j, k }, d = far;

          if (fabs (far) < 2.0 * half_diagonal + grid->spacing_mm[0])
            {
              willis_grid_ijk_to_lps (grid, ijk, x);
              phantom_to_anatomy (phantom, x, x);
              d = phantom_field_artery (phantom->field, x);
            }
          v[((gsize) k * (gsize) grid->dims[1] + (gsize) j) * (gsize) grid->dims[0] + (gsize) i] = (float) -d;
        }
}

WillisSurface *
sweep_true_surface (const WillisPhantom *phantom, const double centre_lps_mm[3], double half_mm, double step_mm,
                    GError **error)
{
  WillisGrid grid = phantom->grid;
  g_autoptr (WillisVolume) volume = NULL;
  double corner[3];
  float *v;

  willis_grid_lps_to_ijk (&grid, centre_lps_mm, corner);
  for (int a = 0; a < 3; a++)
    corner[a] -= half_mm / grid.spacing_mm[a];
  willis_grid_ijk_to_lps (&grid, corner, grid.origin_lps_mm);
  for (int a = 0; a < 3; a++)
    {
      grid.spacing_mm[a] = step_mm;
      grid.dims[a] = (int) ceil (2.0 * half_mm / step_mm) + 1;
    }
  volume = willis_volume_new (&grid, WILLIS_SCALAR_F32, error);
  if (volume == NULL)
    return NULL;
  v = willis_volume_voxels_rw (volume);
#pragma omp parallel for schedule(dynamic, 1)
  for (int k = 0; k < grid.dims[2]; k += BLOCK)
    for (int j = 0; j < grid.dims[1]; j += BLOCK)
      for (int i = 0; i < grid.dims[0]; i += BLOCK)
        fill_block (phantom, &grid, (int[3]){ i, j, k }, v);
  return willis_isosurface (volume, 0.0, NULL, NULL, NULL, error);
}
