/* SPDX-License-Identifier: Apache-2.0 */
#include "core/vessel/segmentation.h"

#include <math.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/base/digest.h"
#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/image/gaussian.h"
#include "core/vessel/segmentation-edit.h"
#include "core/vessel/segmentation-grow.h"

#define NOISY 0.09              // of the contrast: so much noise is smoothed before anything is marked ..
#define SMOOTH 0.5              // .. by so much of a voxel, which leaves less than half of it
#define BESIDE 0.5              // of what is found lies beside bone or air: it may be bone ..
#define ONE_BLOOD 0.4           // .. and is where its values spread by more than this part of the contrast
#define BESIDE_UNLESS_SEEN 0.63 // the same where too little is deep to tell
#define LEAST_DEEP 50           // voxels ..
#define LEAST_DEEP_PART 0.02    // .. and of all: arteries have far more of it, but where slices are thicker than they

struct _WillisSegmentation
{
  gatomicrefcount refs;
  WillisVolume *labels;
  WillisModality modality;
  double threshold, background, contrast;
  int components;
  GPtrArray *edits; // of WillisEdit, or NULL
  GMutex lock; // guards digest
  char *digest;
};

WillisSegmentation *
willis_segmentation_new (WillisVolume *labels, WillisModality modality, double threshold, double background,
                         double contrast, int components)
{
  WillisSegmentation *s = g_new0 (WillisSegmentation, 1);

  g_atomic_ref_count_init (&s->refs);
  g_mutex_init (&s->lock);
  s->labels = willis_volume_ref (labels);
  s->modality = modality;
  s->threshold = threshold;
  s->background = background;
  s->contrast = contrast;
  s->components = components;
  return s;
}

WillisSegmentation *
willis_segmentation_ref (WillisSegmentation *segmentation)
{
  g_atomic_ref_count_inc (&segmentation->refs);
  return segmentation;
}

void
willis_segmentation_unref (WillisSegmentation *segmentation)
{
  if (segmentation == NULL || !g_atomic_ref_count_dec (&segmentation->refs))
    return;
  willis_volume_unref (segmentation->labels);
  g_clear_pointer (&segmentation->edits, g_ptr_array_unref);
  g_free (segmentation->digest);
  g_mutex_clear (&segmentation->lock);
  g_free (segmentation);
}

const GPtrArray *
willis_segmentation_edits (const WillisSegmentation *segmentation)
{
  return segmentation->edits;
}

void
willis_segmentation_take_edits (WillisSegmentation *segmentation, GPtrArray *edits)
{
  g_clear_pointer (&segmentation->edits, g_ptr_array_unref);
  segmentation->edits = edits;
}

WillisVolume *
willis_segmentation_labels (const WillisSegmentation *segmentation)
{
  return segmentation->labels;
}

WillisModality
willis_segmentation_modality (const WillisSegmentation *segmentation)
{
  return segmentation->modality;
}

double
willis_segmentation_threshold (const WillisSegmentation *segmentation)
{
  return segmentation->threshold;
}

double
willis_segmentation_background (const WillisSegmentation *segmentation)
{
  return segmentation->background;
}

double
willis_segmentation_contrast (const WillisSegmentation *segmentation)
{
  return segmentation->contrast;
}

int
willis_segmentation_components (const WillisSegmentation *segmentation)
{
  return segmentation->components;
}

double
willis_segmentation_volume_mm3 (const WillisSegmentation *segmentation)
{
  const WillisGrid *grid = willis_volume_grid (segmentation->labels);
  const guint8 *labels = willis_volume_u8 (segmentation->labels);
  gsize n = willis_grid_n_voxels (grid), count = 0;

  for (gsize v = 0; v < n; v++)
    count += willis_label_is_artery (labels[v]);
  return (double) count * grid->spacing_mm[0] * grid->spacing_mm[1] * grid->spacing_mm[2];
}

const char *
willis_segmentation_digest (const WillisSegmentation *segmentation)
{
  WillisSegmentation *self = (WillisSegmentation *) segmentation; // only the remembered value changes, under the lock

  g_mutex_lock (&self->lock);
  if (self->digest == NULL)
    {
      const double values[3] = { self->threshold, self->background, self->contrast };
      WillisDigest *digest = willis_digest_new ();

      willis_digest_string (digest, willis_volume_digest (self->labels));
      willis_digest_int (digest, self->modality);
      willis_digest_doubles (digest, values, 3);
      willis_digest_int (digest, self->components);
      for (guint n = 0; self->edits != NULL && n < self->edits->len; n++)
        {
          const WillisEdit *e = self->edits->pdata[n];

          willis_digest_int (digest, e->kind);
          willis_digest_int (digest, (gint64) e->n_points);
          willis_digest_doubles (digest, e->points_lps_mm, 3 * e->n_points);
          willis_digest_doubles (digest, e->radius_mm, e->n_points);
          willis_digest_doubles (digest, e->normal, 3);
        }
      self->digest = willis_digest_finish (digest);
    }
  g_mutex_unlock (&self->lock);
  return self->digest;
}

typedef struct
{
  const WillisGrowth *g;
  guint8 *labels;
} CalciumContext;

/* A small bone piece that leans on an artery is calcified plaque. */
static void
judge_calcium (const gsize *voxels, gsize n, gpointer data)
{
  CalciumContext *c = data;
  const int *d = c->g->grid->dims;
  gsize stride[3] = { 1, (gsize) d[0], (gsize) d[0] * d[1] }, beside = 0;

  if ((double) n * c->g->voxel_mm3 > 60.0)
    return;
  for (gsize i = 0; i < n; i++)
    {
      gsize v = voxels[i];
      int at[3] = { (int) (v % stride[1]), (int) (v % stride[2] / stride[1]), (int) (v / stride[2]) };
      gboolean touches = FALSE;

      for (int a = 0; a < 3; a++)
        touches |= (at[a] > 0 && c->labels[v - stride[a]] == WILLIS_LABEL_ARTERY)
                   || (at[a] + 1 < d[a] && c->labels[v + stride[a]] == WILLIS_LABEL_ARTERY);
      beside += touches;
    }
  if (5 * beside < n)
    return;
  for (gsize i = 0; i < n; i++)
    c->labels[voxels[i]] = WILLIS_LABEL_CALCIUM;
}

static void
mark_calcium (const WillisGrowth *g, guint8 *labels)
{
  CalciumContext c = { g, labels };

  willis_mark_pieces (g->mark, g->grid->dims, WILLIS_MARK_BONE, 0, judge_calcium, &c);
}

/* Moves the edge of the artery label to the local half maximum: drops voxels below it, takes in face neighbours above. */
static gboolean
trim_to_half_maximum (const WillisGrowth *g, WillisVolume *labels, double fraction, const WillisProgress *progress,
                      GError **error)
{
  const int *d = g->grid->dims;
  gsize stride[3] = { 1, (gsize) d[0], (gsize) d[0] * d[1] };
  guint8 *l = willis_volume_voxels_rw (labels);
  WillisBricks field;

  if (!willis_lumen_field (g->volume, labels, g->levels, fraction, progress, &field, NULL, error))
    return FALSE;
  for (int k = 0; k < d[2]; k++)
    for (int j = 0; j < d[1]; j++)
      for (int i = 0; i < d[0]; i++)
        {
          const float *p = willis_bricks_at (&field, i, j, k);
          gsize v = (gsize) k * stride[2] + (gsize) j * stride[1] + (gsize) i;
          int at[3] = { i, j, k };
          gboolean beside = FALSE;

          if (p == NULL)
            {
              i |= 7;
              continue;
            }
          g->mark[v] &= (guint8) ~WILLIS_MARK_ARTERY;
          if (*p < 0.0f || (l[v] != WILLIS_LABEL_NONE && l[v] != WILLIS_LABEL_ARTERY))
            continue;
          for (int a = 0; a < 3 && l[v] == WILLIS_LABEL_NONE; a++)
            beside |= (at[a] > 0 && l[v - stride[a]] == WILLIS_LABEL_ARTERY)
                      || (at[a] + 1 < d[a] && l[v + stride[a]] == WILLIS_LABEL_ARTERY);
          if (beside || l[v] == WILLIS_LABEL_ARTERY)
            g->mark[v] |= WILLIS_MARK_ARTERY;
        }
  willis_bricks_clear (&field);
  return TRUE;
}

static void
labels_from_marks (const WillisGrowth *g, guint8 *labels)
{
  gsize n = willis_grid_n_voxels (g->grid);

  for (gsize v = 0; v < n; v++)
    labels[v] = g->mark[v] & WILLIS_MARK_ARTERY ? WILLIS_LABEL_ARTERY
                : g->mark[v] & WILLIS_MARK_BONE ? WILLIS_LABEL_BONE
                : labels[v] == WILLIS_LABEL_VEIN ? WILLIS_LABEL_VEIN
                                                 : WILLIS_LABEL_NONE;
}

/* The part of the arteries that lies within 3 mm of bone or air (walls of sinuses, turbinates). The CORE and VISITED
 * bits are free by now. */
static double
part_beside_bone (const WillisGrowth *g)
{
  gsize n = willis_grid_n_voxels (g->grid);
  double near = 0.0, all = 0.0;

  for (gsize v = 0; v < n; v++)
    {
      g->mark[v] &= (guint8) ~(WILLIS_MARK_CORE | WILLIS_MARK_VISITED);
      if (willis_voxel (g->volume, g->voxels, v) < -200.0f)
        g->mark[v] |= WILLIS_MARK_VISITED;
    }
  willis_mark_dilate (g->mark, g->grid, WILLIS_MARK_BONE | WILLIS_MARK_VISITED, WILLIS_MARK_CORE, 3.0);
  for (gsize v = 0; v < n; v++)
    if (g->mark[v] & WILLIS_MARK_ARTERY)
      {
        near += (g->mark[v] & WILLIS_MARK_CORE) != 0;
        all += 1.0;
      }
  return all > 0.0 ? near / all : 1.0;
}

static int
compare_floats (gconstpointer a, gconstpointer b)
{
  float x = *(const float *) a, y = *(const float *) b;

  return (x > y) - (x < y);
}

/* Is voxel v, which is not on the grid's rim, of an artery together with its six neighbours? */
static gboolean
is_deep (const WillisGrowth *g, gsize v)
{
  gsize stride[3] = { 1, (gsize) g->grid->dims[0], (gsize) g->grid->dims[0] * (gsize) g->grid->dims[1] };
  gboolean deep = (g->mark[v] & WILLIS_MARK_ARTERY) != 0;

  for (int a = 0; a < 3 && deep; a++)
    deep = (g->mark[v - stride[a]] & WILLIS_MARK_ARTERY) && (g->mark[v + stride[a]] & WILLIS_MARK_ARTERY);
  return deep;
}

/* How unlike the values deep in the arteries are: from the first to the last tenth, less what noise makes, as a part of
 * the contrast. Blood is of one value all through a scan; brims of bone, which stand in for arteries where there is no
 * contrast agent, are of every value. NaN where too little is deep. */
static double
spread_of_blood (const WillisGrowth *g)
{
  const int *d = g->grid->dims;
  g_autoptr (GArray) values = g_array_new (FALSE, FALSE, sizeof (float));
  double spread, noise = 2.56 * g->levels->noise; // from the first to the last tenth of a Gaussian
  gsize all = 0;

  for (int k = 1; k < d[2] - 1; k++)
    for (int j = 1; j < d[1] - 1; j++)
      for (int i = 1; i < d[0] - 1; i++)
        {
          gsize v = ((gsize) k * (gsize) d[1] + (gsize) j) * (gsize) d[0] + (gsize) i;
          float value;

          all += (g->mark[v] & WILLIS_MARK_ARTERY) != 0;
          if (!is_deep (g, v))
            continue;
          value = (float) willis_voxel (g->volume, g->voxels, v);
          g_array_append_val (values, value);
        }
  if (values->len < MAX (LEAST_DEEP, LEAST_DEEP_PART * (double) all))
    return NAN;
  g_array_sort (values, compare_floats);
  spread = g_array_index (values, float, values->len * 9 / 10) - g_array_index (values, float, values->len / 10);
  return sqrt (MAX (spread * spread - noise * noise, 0.0)) / (g->levels->lumen - g->levels->background);
}

/* What is found in bone only is bone, for arteries leave the skull base; in a crop of it that holds good only where what
 * is found is not alike, either. */
static gboolean
is_bone_only (const WillisGrowth *g)
{
  double beside = part_beside_bone (g), spread = beside > BESIDE ? spread_of_blood (g) : 0.0;

  return isnan (spread) ? beside > BESIDE_UNLESS_SEEN : spread > ONE_BLOOD;
}

static gboolean
fail_no_vessels (GError **error)
{
  return willis_fail (error, WILLIS_ERROR_FAILED,
                      _ ("no vessels found: no connected artery stands out in the scan (was contrast agent given?)"));
}

/* Nothing at the seeds is not nothing in the scan. */
static gboolean
fail_no_artery (const WillisSegmentParams *params, GError **error)
{
  if (params->n_seeds == 0)
    return fail_no_vessels (error);
  return willis_fail (error, WILLIS_ERROR_FAILED,
                      params->n_seeds == 1 ? _ ("there is no artery within 2 mm of the seed")
                                           : _ ("there is no artery within 2 mm of any seed"));
}

static gboolean
seeds_in_scan (const WillisGrid *grid, const WillisSegmentParams *params, GError **error)
{
  for (gsize s = 0; s < params->n_seeds; s++)
    {
      const double *p = params->seeds_lps_mm + 3 * s;
      double ijk[3];

      willis_grid_lps_to_ijk (grid, p, ijk);
      for (int a = 0; a < 3; a++)
        if (!(ijk[a] >= -0.5 && ijk[a] <= grid->dims[a] - 0.5))
          return willis_fail (error, WILLIS_ERROR_BAD_INPUT, _ ("the seed %.1f, %.1f, %.1f lies outside the scan"),
                              p[0], p[1], p[2]);
    }
  return TRUE;
}

static gboolean
segment (const WillisGrowth *g, const WillisSegmentParams *params, double fraction, WillisVolume *labels,
         int *components, const WillisProgress *progress, GError **error)
{
  WillisProgress grow = willis_progress_part (progress, 0.1, 0.75, NULL);
  WillisProgress trim = willis_progress_part (progress, 0.8, 1.0, NULL);
  guint8 *l = willis_volume_voxels_rw (labels);
  gboolean cta = g->levels->modality == WILLIS_MODALITY_CTA;
  double longest;

  memset (l, WILLIS_LABEL_NONE, willis_grid_n_voxels (g->grid));
  if (!(cta ? willis_grow_beside_bone (g, &grow, error) : willis_grow_bright (g, &grow, error)))
    return FALSE;
  if (willis_keep_arteries (g, params->seeds_lps_mm, params->n_seeds, &longest) == 0)
    return fail_no_artery (params, error);
  if (cta)
    willis_veins_part (g, l);
  labels_from_marks (g, l);
  if (cta)
    mark_calcium (g, l);
  if (!trim_to_half_maximum (g, labels, fraction, &trim, error))
    return FALSE;
  if (cta)
    willis_limbs_part (g, l);
  *components = willis_keep_arteries (g, params->seeds_lps_mm, params->n_seeds, &longest);
  /* an artery is long; noise, calcified plexus and bits of bone are not */
  if (*components == 0 || longest < 12.0)
    return fail_no_artery (params, error);
  if (cta && params->n_seeds == 0 && is_bone_only (g))
    return fail_no_vessels (error);
  labels_from_marks (g, l);
  if (cta)
    mark_calcium (g, l);
  return TRUE;
}

/* The levels of a scan; where noise is a large part of the contrast, the scan is smoothed for the marks (smooth, else
 * NULL), and the levels are those of that. */
static gboolean
find_levels (WillisVolume *volume, WillisModality modality, const WillisProgress *progress, WillisLevels *levels,
             WillisVolume **smooth, GError **error)
{
  const double *h = willis_volume_grid (volume)->spacing_mm;
  WillisProgress first = willis_progress_part (progress, 0.0, 0.4, NULL),
                 blur = willis_progress_part (progress, 0.4, 0.7, NULL),
                 again = willis_progress_part (progress, 0.7, 1.0, NULL);

  *smooth = NULL;
  if (!willis_levels_find (volume, modality, &first, levels, error))
    return FALSE;
  if (levels->modality != WILLIS_MODALITY_CTA || levels->noise < NOISY * (levels->lumen - levels->background))
    return TRUE;
  *smooth = willis_gaussian (volume, SMOOTH * cbrt (h[0] * h[1] * h[2]), &blur, error);
  return *smooth != NULL && willis_levels_find (*smooth, levels->modality, &again, levels, error);
}

WillisSegmentation *
willis_segment (WillisVolume *volume, const WillisSegmentParams *params, const WillisProgress *progress,
                GError **error)
{
  const WillisSegmentParams defaults = WILLIS_SEGMENT_PARAMS_INIT;
  const WillisGrid *grid = willis_volume_grid (volume);
  WillisProgress all = willis_progress_part (progress, 0.0, 1.0, _ ("Segmenting the arteries"));
  WillisProgress first = willis_progress_part (&all, 0.0, 0.1, NULL);
  WillisLevels levels;
  WillisGrowth g = { volume, NULL, grid, &levels, NULL, 0.0, 0.0 };
  g_autoptr (WillisVolume) labels = NULL;
  g_autoptr (WillisVolume) smooth = NULL;
  double fraction = 0.5, contrast;
  int components = 0;
  gboolean ok;

  if (params == NULL)
    params = &defaults;
  if (!seeds_in_scan (grid, params, error) || !find_levels (volume, params->modality, &first, &levels, &smooth, error))
    return NULL;
  if (params->is_ct && params->modality == WILLIS_MODALITY_UNKNOWN && levels.modality == WILLIS_MODALITY_MRA)
    levels.modality = WILLIS_MODALITY_3DRA;
  if (smooth != NULL)
    g.volume = smooth;
  g.voxels = willis_volume_voxels (g.volume);
  contrast = levels.lumen - levels.background;
  if (isfinite (params->threshold))
    {
      fraction = (params->threshold - levels.background) / contrast;
      if (fraction < 0.05 || fraction > 0.95)
        {
          willis_fail (error, WILLIS_ERROR_BAD_INPUT,
                       _ ("the threshold %g is not between the background (%.0f) and the vessels (%.0f)"),
                       params->threshold, levels.background, levels.lumen);
          return NULL;
        }
    }
  labels = willis_volume_new (grid, WILLIS_SCALAR_U8, error);
  g.mark = labels != NULL ? willis_try_alloc ((gsize) grid->dims[0], (gsize) grid->dims[1], (gsize) grid->dims[2], 1, error)
                          : NULL;
  if (g.mark == NULL)
    return NULL;
  memset (g.mark, 0, willis_grid_n_voxels (grid));
  g.voxel_mm3 = grid->spacing_mm[0] * grid->spacing_mm[1] * grid->spacing_mm[2];
  g.min_mm3 = params->min_component_mm3;
  ok = segment (&g, params, fraction, labels, &components, &all, error);
  free (g.mark);
  if (!ok)
    return NULL;
  return willis_segmentation_new (labels, levels.modality, levels.background + fraction * contrast, levels.background,
                                  contrast, components);
}
