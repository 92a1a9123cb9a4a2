/* SPDX-License-Identifier: Apache-2.0 */
/* The lumen surface between the voxels, and how far it may be off. */
#include <math.h>
#include <string.h>

#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/image/resample.h"
#include "core/mesh/components.h"
#include "core/mesh/isosurface.h"
#include "core/mesh/smooth.h"
#include "core/num/vec3.h"
#include "core/vessel/lumen-blur.h"
#include "core/vessel/lumen-fit.h"
#include "core/vessel/segmentation-edit.h"

#define FIELD_SCALE 16000.0 // the field as int16: steps of 1 / 16000 of the contrast
#define LEAST_PIECE_MM3 2.0
#define COARSE_MM 0.5
#define PASS_BAND 0.3     // less smoothing than usual: it would fill the neck of a small sac and take off its top
#define BEND_REACH_MM 0.8 // curvature is averaged so far

/* What the segmentation remembers of the levels; noise and lumen as they were found. */
static void
levels_of (const WillisSegmentation *segmentation, WillisLevels *out, double *fraction)
{
  double contrast = willis_segmentation_contrast (segmentation);

  out->modality = willis_segmentation_modality (segmentation);
  out->background = willis_segmentation_background (segmentation);
  out->lumen = out->background + contrast;
  out->noise = 0.05 * contrast;
  *fraction = (willis_segmentation_threshold (segmentation) - out->background) / contrast;
}

static gboolean
artery_box (const WillisVolume *labels, int lo[3], int hi[3])
{
  const WillisGrid *grid = willis_volume_grid (labels);
  const guint8 *l = willis_volume_u8 (labels);
  gsize v = 0;

  for (int a = 0; a < 3; a++)
    {
      lo[a] = G_MAXINT;
      hi[a] = -1;
    }
  for (int k = 0; k < grid->dims[2]; k++)
    for (int j = 0; j < grid->dims[1]; j++)
      for (int i = 0; i < grid->dims[0]; i++, v++)
        if (willis_label_is_artery (l[v]))
          {
            const int at[3] = { i, j, k };

            for (int a = 0; a < 3; a++)
              {
                lo[a] = MIN (lo[a], at[a]);
                hi[a] = MAX (hi[a], at[a]);
              }
          }
  for (int a = 0; a < 3; a++)
    {
      lo[a] = MAX (lo[a] - 3, 0);
      hi[a] = MIN (hi[a] + 3, grid->dims[a] - 1);
    }
  return hi[0] >= lo[0];
}

static gboolean
beside_artery (const guint8 *labels, const int dims[3], int i, int j, int k)
{
  for (int z = MAX (k - 1, 0); z <= MIN (k + 1, dims[2] - 1); z++)
    for (int y = MAX (j - 1, 0); y <= MIN (j + 1, dims[1] - 1); y++)
      for (int x = MAX (i - 1, 0); x <= MIN (i + 1, dims[0] - 1); x++)
        if (willis_label_is_artery (labels[((gsize) z * dims[1] + y) * dims[0] + x]))
          return TRUE;
  return FALSE;
}

/* The same volume with voxels of at most COARSE_MM along every axis, the old ones among them: on coarse voxels the flat
 * triangles of the surface would cut off too much of a small sac. For CT only: rotational scans are fine enough, and
 * their millimetres often nominal. */
static WillisVolume *
refine_field (WillisVolume *field, const WillisProgress *progress, GError **error)
{
  WillisGrid fine = *willis_volume_grid (field);

  for (int a = 0; a < 3; a++)
    {
      int factor = (int) CLAMP (ceil (fine.spacing_mm[a] / COARSE_MM - 1e-6), 1.0, 6.0);

      fine.dims[a] = (fine.dims[a] - 1) * factor + 1;
      fine.spacing_mm[a] /= factor;
    }
  if (willis_grid_equal (&fine, willis_volume_grid (field)))
    return willis_volume_ref (field);
  return willis_resample (field, &fine, WILLIS_INTERPOLATE_CUBIC, NULL, -0.5 * FIELD_SCALE, progress, error);
}

/* The field as a volume over the box of the arteries; positive only in and beside the label. */
static WillisVolume *
field_volume (const WillisVolume *labels, const WillisBricks *field, const int lo[3], const int hi[3], GError **error)
{
  const WillisGrid *grid = willis_volume_grid (labels);
  WillisGrid box = willis_grid_crop (grid, lo, hi);
  WillisVolume *out = willis_volume_new (&box, WILLIS_SCALAR_I16, error);
  const guint8 *l = willis_volume_u8 (labels);
  gint16 *p;

  if (out == NULL)
    return NULL;
  p = willis_volume_voxels_rw (out);
  for (int k = lo[2]; k <= hi[2]; k++)
    for (int j = lo[1]; j <= hi[1]; j++)
      for (int i = lo[0]; i <= hi[0]; i++)
        {
          const float *f = willis_bricks_at (field, i, j, k);
          double value = f != NULL ? CLAMP (*f, -0.5, 1.0) : -0.5;

          /* another bright thing close by is not lumen */
          if (value > 0.0 && l[((gsize) k * grid->dims[1] + j) * grid->dims[0] + i] != WILLIS_LABEL_ARTERY
              && !beside_artery (l, grid->dims, i, j, k))
            value = -0.1;
          *p++ = (gint16) lrint (value * FIELD_SCALE);
        }
  return out;
}

/* Without specks and without inner shells: dark spots in the blood are noise or plaque, not wall. */
static WillisSurface *
drop_specks (const WillisSurface *surface)
{
  gsize n = willis_surface_n_triangles (surface), n_points = willis_surface_n_points (surface), kept = 0, used = 0;
  const gint32 *triangles = willis_surface_triangles (surface);
  const double *points = willis_surface_points (surface);
  g_autofree gint32 *label = g_new (gint32, MAX (n, 1));
  g_autoptr (GArray) pieces = willis_surface_pieces (surface, label);
  g_autofree gint32 *number = g_new (gint32, MAX (n_points, 1));
  gint32 *out = g_new (gint32, MAX (3 * n, 1));
  double *at = g_new (double, MAX (3 * n_points, 1));

  for (gsize i = 0; i < n_points; i++)
    number[i] = -1;
  for (gsize t = 0; t < n; t++)
    {
      if (g_array_index (pieces, WillisSurfacePiece, label[t]).volume_mm3 < LEAST_PIECE_MM3)
        continue;
      for (int c = 0; c < 3; c++)
        {
          gint32 v = triangles[3 * t + c];

          if (number[v] < 0)
            {
              vec3_copy (at + 3 * used, points + 3 * v);
              number[v] = (gint32) used++;
            }
          out[3 * kept + c] = number[v];
        }
      kept++;
    }
  return willis_surface_new_take (at, used, out, kept);
}

/* The smooth surface where field passes zero. */
static WillisSurface *
half_maximum (WillisVolume *field, gboolean refine, const WillisProgress *parts, GError **error)
{
  WillisSmoothParams smooth = WILLIS_SMOOTH_PARAMS_INIT;
  g_autoptr (WillisVolume) fine = refine ? refine_field (field, NULL, error) : willis_volume_ref (field);
  g_autoptr (WillisSurface) raw = fine != NULL ? willis_isosurface (fine, 0.0, NULL, NULL, &parts[0], error) : NULL;
  g_autoptr (WillisSurface) clean = NULL;

  if (raw == NULL)
    return NULL;
  if (refine) // a CT: rotational scans have eight bits and coarser noise
    smooth.pass_band = PASS_BAND;
  clean = drop_specks (raw);
  if (willis_surface_n_triangles (clean) == 0)
    {
      willis_fail (error, WILLIS_ERROR_FAILED, _ ("the arteries are too thin for a surface"));
      return NULL;
    }
  return willis_surface_smooth (clean, &smooth, &parts[1], error);
}

/* What was added by hand has no blur to be corrected for: there the surface stays where the shape has it. Takes
 * corrected. */
static WillisSurface *
keep_shapes (WillisSurface *corrected, const WillisSurface *plain, const WillisSegmentation *segmentation)
{
  const GPtrArray *edits = willis_segmentation_edits (segmentation);
  gsize n = willis_surface_n_points (plain), n_triangles = willis_surface_n_triangles (plain);
  double *points, close = willis_grid_min_spacing (willis_volume_grid (willis_segmentation_labels (segmentation)));
  WillisSurface *out;

  if (edits == NULL || corrected == NULL || willis_surface_n_points (corrected) != n)
    return corrected;
  points = g_memdup2 (willis_surface_points (corrected), 3 * n * sizeof (double));
  for (gsize i = 0; i < n; i++)
    if (fabs (willis_edits_depth_added (edits, willis_surface_points (plain) + 3 * i)) < 0.5 * close)
      vec3_copy (points + 3 * i, willis_surface_points (plain) + 3 * i);
  out = willis_surface_new_take (
      points, n, g_memdup2 (willis_surface_triangles (corrected), 3 * n_triangles * sizeof (gint32)), n_triangles);
  willis_surface_unref (corrected);
  return out;
}

/* The labels (new) with what shapes made of the field marked as made by hand: there the scan does not say where the
 * wall is. before: the field over the voxels lo to hi without the shapes. */
static guint8 *
labels_and_shapes (const WillisVolume *labels, const int lo[3], const int hi[3], const gint16 *before,
                   const gint16 *after)
{
  const WillisGrid *grid = willis_volume_grid (labels);
  guint8 *out = g_memdup2 (willis_volume_u8 (labels), willis_grid_n_voxels (grid));

  for (int k = lo[2]; k <= hi[2]; k++)
    for (int j = lo[1]; j <= hi[1]; j++)
      for (int i = lo[0]; i <= hi[0]; i++)
        if (*before++ != *after++)
          out[((gsize) k * grid->dims[1] + j) * grid->dims[0] + i] = WILLIS_LABEL_BY_HAND;
  return out;
}

/* The lumen field with what was corrected by hand in it; labels with that marked into out_labels (NULL: nothing was).
 */
static WillisVolume *
shaped_field (const WillisSegmentation *segmentation, const WillisBricks *field, guint8 **out_labels, GError **error)
{
  WillisVolume *labels = willis_segmentation_labels (segmentation), *box;
  const GPtrArray *edits = willis_segmentation_edits (segmentation);
  g_autofree gint16 *before = NULL;
  int lo[3], hi[3];

  *out_labels = NULL;
  artery_box (labels, lo, hi);
  box = field_volume (labels, field, lo, hi, error);
  if (box == NULL || edits == NULL)
    return box;
  before = g_memdup2 (willis_volume_voxels (box), willis_grid_n_voxels (willis_volume_grid (box)) * sizeof (gint16));
  willis_edits_shape_field (edits, willis_volume_grid (labels), willis_volume_u8 (labels), lo, hi, FIELD_SCALE,
                            willis_volume_voxels_rw (box));
  *out_labels = labels_and_shapes (labels, lo, hi, before, willis_volume_voxels (box));
  return box;
}

/* From the half maximum to the wall: by the rule of its curvature, then by the voxels themselves: where these are
 * numbers of a linear scale, which rotational scans (eight bits, cut off at both ends) and MR are not, and no person
 * has set the lumen's end elsewhere than half way. labels: with shapes as made by hand. */
static WillisSurface *
wall (WillisVolume *volume, const guint8 *labels, const WillisBricks *field, const WillisBricks *contrast,
      WillisModality modality, double fraction, const WillisSurface *half, const WillisProgress *progress,
      GError **error)
{
  const WillisGrid *grid = willis_volume_grid (volume);
  g_autofree double *most = NULL;
  g_autofree double *least = NULL;
  g_autoptr (WillisSurface) start = NULL;
  WillisBlur blur;

  willis_patch_curvatures (half, BEND_REACH_MM, &most, &least);
  blur = willis_blur_measure (grid, field, labels, half, most);
  start = willis_blur_correct (grid, &blur, half, most, least);
  if (modality != WILLIS_MODALITY_CTA || fabs (fraction - 0.5) > 0.01)
    return g_steal_pointer (&start);
  return willis_lumen_fit (grid, field, contrast, fraction, labels, &blur, start, progress, error);
}

WillisSurface *
willis_lumen_surface (WillisVolume *volume, const WillisSegmentation *segmentation, const WillisProgress *progress,
                      GError **error)
{
  WillisVolume *labels = willis_segmentation_labels (segmentation);
  WillisProgress all = willis_progress_part (progress, 0.0, 1.0, _ ("Finding the lumen surface"));
  WillisProgress parts[4];
  WillisLevels levels;
  WillisBricks field, contrast;
  g_autoptr (WillisVolume) box = NULL;
  g_autoptr (WillisSurface) half = NULL;
  g_autofree guint8 *shaped = NULL;
  WillisSurface *out = NULL;
  double fraction;
  int lo[3], hi[3];

  if (!willis_grid_equal (willis_volume_grid (volume), willis_volume_grid (labels)))
    {
      willis_fail (error, WILLIS_ERROR_BAD_INPUT, _ ("the segmentation belongs to another scan"));
      return NULL;
    }
  if (!artery_box (labels, lo, hi))
    {
      willis_fail (error, WILLIS_ERROR_FAILED, _ ("the segmentation holds no artery"));
      return NULL;
    }
  for (int p = 0; p < 4; p++)
    parts[p] = willis_progress_part (&all, p / 4.0, (p + 1) / 4.0, NULL);
  levels_of (segmentation, &levels, &fraction);
  if (!willis_lumen_field (volume, labels, &levels, fraction, &parts[0], &field, &contrast, error))
    return NULL;
  box = shaped_field (segmentation, &field, &shaped, error);
  if (box != NULL)
    half = half_maximum (box, levels.modality == WILLIS_MODALITY_CTA, parts + 1, error);
  if (half != NULL)
    out = wall (volume, shaped != NULL ? shaped : willis_volume_u8 (labels), &field, &contrast, levels.modality,
                fraction, half, &parts[3], error);
  out = half != NULL ? keep_shapes (out, half, segmentation) : NULL;
  willis_bricks_clear (&field);
  willis_bricks_clear (&contrast);
  return out;
}

/* What the surface's place is uncertain by: the noise of one point, the level, the blur; and how wide that is. */
typedef struct
{
  double noise_mm, level_mm, blur_mm, width_mm;
} SurfaceSd;

#define LEVEL 0.05       // of the contrast
#define POINTS 3.0       // the root of how many the smoothing averages
#define MOST_BLUR_MM 1.0 // more is an edge of the label that is not the artery's

static SurfaceSd
surface_sd (WillisVolume *volume, const WillisSegmentation *segmentation)
{
  const WillisGrid *grid = willis_volume_grid (volume);
  const guint8 *l = willis_volume_u8 (willis_segmentation_labels (segmentation));
  const void *voxels = willis_volume_voxels (volume);
  double contrast = willis_segmentation_contrast (segmentation), slope = 0.0, blur, count = 0.0, noise = 0.0,
         pairs = 0.0;
  double mean_mm = cbrt (grid->spacing_mm[0] * grid->spacing_mm[1] * grid->spacing_mm[2]);
  gsize stride[3] = { 1, (gsize) grid->dims[0], (gsize) grid->dims[0] * grid->dims[1] };

  /* the mean step across the artery's rim gives the slope of the edge; steps inside it give the noise */
  for (int k = 0; k + 1 < grid->dims[2]; k++)
    for (int j = 0; j + 1 < grid->dims[1]; j++)
      for (int i = 0; i + 1 < grid->dims[0]; i++)
        {
          gsize v = (gsize) k * stride[2] + (gsize) j * stride[1] + (gsize) i;

          for (int a = 0; a < 3; a++)
            {
              gsize u = v + stride[a];
              double step;

              if (l[v] != WILLIS_LABEL_ARTERY && l[u] != WILLIS_LABEL_ARTERY)
                continue;
              step = fabs (willis_voxel (volume, voxels, u) - willis_voxel (volume, voxels, v));
              if (l[v] == l[u])
                {
                  noise += MIN (step, 0.2 * contrast); // the wall's own slope is not noise
                  pairs += 1.0;
                }
              else if (l[v] == WILLIS_LABEL_NONE || l[u] == WILLIS_LABEL_NONE)
                {
                  slope += step / grid->spacing_mm[a];
                  count += 1.0;
                }
            }
        }
  if (count == 0.0 || !(contrast > 0.0))
    return (SurfaceSd){ 0.0, 0.5 * mean_mm, 0.0, 0.0 };
  slope = MAX (slope / count, 0.05 * contrast / mean_mm);
  noise = pairs > 0.0 ? noise / pairs * 0.886 : 0.0; // mean |a - b| of two normal values is 2 s / sqrt (pi)
  blur = contrast / (slope * sqrt (2.0 * G_PI));     // an edge of a Gaussian blur has slope A / (s sqrt (2 pi))
  {
    /* noise averaged over the smoothing's nine points; 5 % of contrast in the level; 15 % in the blur, whose bias on
     * a tube of 1.5 mm is blur^2 / 3 (methods F3) */
    return (SurfaceSd){ noise / slope / POINTS, LEVEL * contrast / slope, 2.0 * 0.15 * blur * blur / (2.0 * 1.5),
                        blur };
  }
}

double
willis_lumen_surface_sd_mm (WillisVolume *volume, const WillisSegmentation *segmentation)
{
  SurfaceSd sd = surface_sd (volume, segmentation);

  return sqrt (sd.noise_mm * sd.noise_mm + sd.level_mm * sd.level_mm + sd.blur_mm * sd.blur_mm);
}

double
willis_lumen_blur_mm (WillisVolume *volume, const WillisSegmentation *segmentation)
{
  return willis_segmentation_modality (segmentation) == WILLIS_MODALITY_CTA
             ? MIN (surface_sd (volume, segmentation).width_mm, MOST_BLUR_MM)
             : 0.0;
}

/* Of what level and blur could do to it, this much is seen: fifteen computed scans (0.45 mm voxels, blur 0.6 to 0.9 mm,
 * 300 to 450 HU, tests/sweep/stent-lengths.py 0 to 14) held nine in ten of their lengths within 0.32 of the sum below,
 * the mean off by 0.03 mm. */
#define SEEN 0.32

double
willis_lumen_diameter_sd_mm (WillisVolume *volume, const WillisSegmentation *segmentation)
{
  SurfaceSd sd = surface_sd (volume, segmentation);

  return SEEN * 2.0
         * sqrt (0.36 * sd.level_mm * sd.level_mm + sd.blur_mm * sd.blur_mm + 0.01 * sd.noise_mm * sd.noise_mm);
}

WillisDiameterSd
willis_lumen_diameter_sd (WillisVolume *volume, const WillisSegmentation *segmentation)
{
  const double *spacing = willis_volume_grid (volume)->spacing_mm;
  SurfaceSd sd = surface_sd (volume, segmentation);

  return (WillisDiameterSd){ willis_lumen_diameter_sd_mm (volume, segmentation), POINTS * sd.noise_mm,
                             cbrt (spacing[0] * spacing[1] * spacing[2]), MIN (sd.width_mm, MOST_BLUR_MM) };
}

/* tests/sweep/sections 0 240, least squares of the squares. The noise as it is measured has the steps of the wall from
 * voxel to voxel in it, so that widths need no part of the voxel's own. */
#define AREA_NOISE 0.2
#define AREA_VOXEL 0.05
#define AREA_DIM 0.36
#define WIDTH_NOISE 0.63
#define WIDTH_DIM 0.82

/* What little contrast is left of an artery that is hardly wider than the blur does to its diameter. */
static double
dimming_mm (const WillisDiameterSd *sd, double diameter_mm)
{
  double thin = sd->blur_mm / MAX (diameter_mm, 0.5 * sd->blur_mm);

  return sd->blur_mm > 0.0 ? sd->blur_mm * thin * thin : 0.0;
}

double
willis_section_sd_mm (const WillisDiameterSd *sd, double diameter_mm)
{
  double noise = AREA_NOISE * sd->noise_mm, voxel = AREA_VOXEL * sd->voxel_mm,
         dim = AREA_DIM * dimming_mm (sd, diameter_mm);

  return sqrt (sd->mean_mm * sd->mean_mm + noise * noise + voxel * voxel + dim * dim);
}

double
willis_narrowest_sd_mm (const WillisDiameterSd *sd, double diameter_mm)
{
  double noise = WIDTH_NOISE * sd->noise_mm, dim = WIDTH_DIM * dimming_mm (sd, diameter_mm);

  return sqrt (sd->mean_mm * sd->mean_mm + noise * noise + dim * dim);
}
