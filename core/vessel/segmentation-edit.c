/* SPDX-License-Identifier: Apache-2.0 */
#include "core/vessel/segmentation-edit.h"

#include <math.h>
#include <string.h>

#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/image/fast-marching.h"
#include "core/num/vec3.h"
#include "core/vessel/segmentation-private.h"

#define SNAP_MM 2.0        // a click so far from an artery still means it
#define GROW_MOST_MM3 4000.0
#define SPECK 8 // voxels: fewer of them as bright as an artery are noise

static const char *const names[WILLIS_N_EDITS] = { "add", "erase", "cut", "grow", "remove", "keep" };

/* --- the edit itself */

static gboolean
all_finite (const double *v, gsize n)
{
  for (gsize i = 0; i < n; i++)
    if (!isfinite (v[i]) || fabs (v[i]) > 1e6)
      return FALSE;
  return TRUE;
}

WillisEdit *
willis_edit_new (WillisEditKind kind, const double *points_lps_mm, const double *radius_mm, gsize n, const double normal[3],
                 GError **error)
{
  gboolean radii = kind != WILLIS_EDIT_REMOVE && kind != WILLIS_EDIT_KEEP;
  WillisEdit *edit;
  gboolean good = (guint) kind < WILLIS_N_EDITS && n >= (kind == WILLIS_EDIT_KEEP ? 2 : 1) && n <= WILLIS_EDIT_MOST_POINTS
                  && all_finite (points_lps_mm, 3 * n) && (!radii || radius_mm != NULL)
                  && (kind != WILLIS_EDIT_CUT || (normal != NULL && all_finite (normal, 3) && vec3_norm (normal) > 1e-9));

  for (gsize i = 0; good && radii && i < n; i++)
    good = radius_mm[i] > 0.0 && radius_mm[i] <= 50.0;
  if (!good)
    {
      willis_fail (error, WILLIS_ERROR_BAD_INPUT, _ ("this correction of the arteries has no proper place or size"));
      return NULL;
    }
  edit = g_new0 (WillisEdit, 1);
  g_atomic_ref_count_init (&edit->refs);
  edit->kind = kind;
  edit->n_points = n;
  edit->points_lps_mm = g_memdup2 (points_lps_mm, 3 * n * sizeof (double));
  edit->radius_mm = g_new0 (double, n);
  if (radii)
    memcpy (edit->radius_mm, radius_mm, n * sizeof (double));
  if (kind == WILLIS_EDIT_CUT)
    {
      vec3_copy (edit->normal, normal);
      vec3_normalize (edit->normal);
    }
  return edit;
}

WillisEdit *
willis_edit_ref (WillisEdit *edit)
{
  g_atomic_ref_count_inc (&edit->refs);
  return edit;
}

void
willis_edit_unref (WillisEdit *edit)
{
  if (edit == NULL || !g_atomic_ref_count_dec (&edit->refs))
    return;
  g_free (edit->points_lps_mm);
  g_free (edit->radius_mm);
  g_free (edit);
}

const char *
willis_edit_name (WillisEditKind kind)
{
  return names[kind];
}

const char *
willis_edit_title (const WillisEdit *edit)
{
  static const char *const titles[WILLIS_N_EDITS]
      = { N_ ("Add with the brush"), N_ ("Erase with the brush"), N_ ("Cut"), N_ ("Add an artery"), N_ ("Remove a piece"),
          N_ ("Keep only the region") };

  return edit->bridge ? N_ ("Bridge") : titles[edit->kind];
}

/* --- shapes */

/* How deep p lies in the stroke: radius less distance, the most of all its stretches. */
static double
depth_in_stroke (const WillisEdit *e, const double p[3])
{
  double best = -INFINITY;

  for (gsize i = 0; i < MAX (e->n_points, 2) - 1; i++)
    {
      gsize j = MIN (i + 1, e->n_points - 1);
      const double *a = e->points_lps_mm + 3 * i, *b = e->points_lps_mm + 3 * j;
      double d[3], to[3], on[3], length2, t;

      vec3_sub (d, b, a);
      vec3_sub (to, p, a);
      length2 = vec3_dot (d, d);
      t = length2 > 0.0 ? CLAMP (vec3_dot (to, d) / length2, 0.0, 1.0) : 0.0;
      vec3_axpy (on, a, t, d);
      best = MAX (best, (1.0 - t) * e->radius_mm[i] + t * e->radius_mm[j] - vec3_dist (p, on));
    }
  return best;
}

/* Half the thickness of a cut: no two voxels on its sides touch, not even by a corner. */
static double
cut_half_mm (const WillisGrid *grid)
{
  return 0.9 * MAX (grid->spacing_mm[0], MAX (grid->spacing_mm[1], grid->spacing_mm[2]));
}

static double
depth_in_cut (const WillisEdit *e, const WillisGrid *grid, const double p[3])
{
  double d[3], along, across;

  vec3_sub (d, p, e->points_lps_mm);
  along = vec3_dot (d, e->normal);
  across = sqrt (MAX (vec3_dot (d, d) - along * along, 0.0));
  return MIN (cut_half_mm (grid) - fabs (along), e->radius_mm[0] - across);
}

/* How far p lies outside the box; below 0 inside. */
static double
outside_box (const WillisEdit *e, const WillisGrid *grid, const double p[3])
{
  double a[3], b[3], at[3], worst = -INFINITY;

  willis_grid_lps_to_ijk (grid, e->points_lps_mm, a);
  willis_grid_lps_to_ijk (grid, e->points_lps_mm + 3, b);
  willis_grid_lps_to_ijk (grid, p, at);
  for (int k = 0; k < 3; k++)
    worst = MAX (worst, MAX (MIN (a[k], b[k]) - at[k], at[k] - MAX (a[k], b[k])) * grid->spacing_mm[k]);
  return worst;
}

/* How deep p lies in what an edit takes away; -INFINITY for edits that take nothing by their shape. */
static double
depth_taken (const WillisEdit *e, const WillisGrid *grid, const double p[3])
{
  switch (e->kind)
    {
    case WILLIS_EDIT_ERASE:
      return depth_in_stroke (e, p);
    case WILLIS_EDIT_CUT:
      return depth_in_cut (e, grid, p);
    case WILLIS_EDIT_KEEP:
      return outside_box (e, grid, p);
    case WILLIS_EDIT_ADD:
    case WILLIS_EDIT_GROW:
    case WILLIS_EDIT_REMOVE:
    case WILLIS_N_EDITS:
    default:
      return -INFINITY;
    }
}

static void box_about (const WillisGrid *grid, const WillisEdit *e, int lo[3], int hi[3]);

static gboolean
beside_hand (const guint8 *labels, const int dims[3], int i, int j, int k)
{
  for (int z = MAX (k - 1, 0); z <= MIN (k + 1, dims[2] - 1); z++)
    for (int y = MAX (j - 1, 0); y <= MIN (j + 1, dims[1] - 1); y++)
      for (int x = MAX (i - 1, 0); x <= MIN (i + 1, dims[0] - 1); x++)
        if (labels[((gsize) z * (gsize) dims[1] + (gsize) y) * (gsize) dims[0] + (gsize) x] == WILLIS_LABEL_BY_HAND)
          return TRUE;
  return FALSE;
}

/* What one edit makes of the field at a voxel. */
static double
reshaped (const WillisEdit *e, const WillisGrid *grid, const guint8 *labels, int i, int j, int k, double field)
{
  const double ijk[3] = { i, j, k };
  double slope = 0.5 / willis_grid_min_spacing (grid), p[3], taken;
  guint8 label = labels[((gsize) k * (gsize) grid->dims[1] + (gsize) j) * (gsize) grid->dims[0] + (gsize) i];

  willis_grid_ijk_to_lps (grid, ijk, p);
  if (e->kind == WILLIS_EDIT_ADD)
    return beside_hand (labels, grid->dims, i, j, k) ? MAX (field, CLAMP (slope * depth_in_stroke (e, p), -0.5, 1.0)) : field;
  taken = depth_taken (e, grid, p);
  if (taken >= 0.0 && willis_label_is_artery (label)) // a later edit has given it back
    return field;
  return MIN (field, CLAMP (-slope * taken, -0.5, 1.0));
}

void
willis_edits_shape_field (const GPtrArray *edits, const WillisGrid *grid, const guint8 *labels, const int lo[3], const int hi[3],
                          double scale, gint16 *field)
{
  for (guint n = 0; edits != NULL && n < edits->len; n++)
    {
      const WillisEdit *e = edits->pdata[n];
      int from[3] = { lo[0], lo[1], lo[2] }, to[3] = { hi[0], hi[1], hi[2] };

      if (e->kind == WILLIS_EDIT_GROW || e->kind == WILLIS_EDIT_REMOVE)
        continue;
      if (e->kind != WILLIS_EDIT_KEEP)
        box_about (grid, e, from, to);
      for (int k = MAX (from[2], lo[2]); k <= MIN (to[2], hi[2]); k++)
        for (int j = MAX (from[1], lo[1]); j <= MIN (to[1], hi[1]); j++)
          for (int i = MAX (from[0], lo[0]); i <= MIN (to[0], hi[0]); i++)
            {
              gint16 *f = field + ((gsize) (k - lo[2]) * (gsize) (hi[1] - lo[1] + 1) + (gsize) (j - lo[1])) * (gsize) (hi[0] - lo[0] + 1)
                          + (gsize) (i - lo[0]);

              *f = (gint16) lrint (scale * reshaped (e, grid, labels, i, j, k, *f / scale));
            }
    }
}

double
willis_edits_depth_added (const GPtrArray *edits, const double lps_mm[3])
{
  double best = -INFINITY;

  for (guint n = 0; edits != NULL && n < edits->len; n++)
    if (((const WillisEdit *) edits->pdata[n])->kind == WILLIS_EDIT_ADD)
      best = MAX (best, depth_in_stroke (edits->pdata[n], lps_mm));
  return best;
}

/* --- the labels */

typedef struct
{
  WillisVolume *volume;
  const void *voxels;
  const WillisGrid *grid;
  guint8 *labels;
  const WillisSegmentation *before;
  gsize changed;
} Work;

static void
box_about (const WillisGrid *grid, const WillisEdit *e, int lo[3], int hi[3])
{
  for (int a = 0; a < 3; a++)
    {
      lo[a] = grid->dims[a];
      hi[a] = -1;
    }
  for (gsize i = 0; i < e->n_points; i++)
    {
      double ijk[3];

      willis_grid_lps_to_ijk (grid, e->points_lps_mm + 3 * i, ijk);
      for (int a = 0; a < 3; a++)
        {
          double reach = (e->radius_mm[i] + 2.0 * cut_half_mm (grid)) / grid->spacing_mm[a];

          lo[a] = (int) CLAMP (floor (ijk[a] - reach), 0.0, (double) lo[a]);
          hi[a] = (int) CLAMP (ceil (ijk[a] + reach), (double) hi[a], grid->dims[a] - 1.0);
        }
    }
  for (int a = 0; a < 3; a++)
    {
      lo[a] = CLAMP (lo[a], 0, grid->dims[a] - 1);
      hi[a] = CLAMP (hi[a], 0, grid->dims[a] - 1);
    }
}

static gsize
at_voxel (const WillisGrid *grid, int i, int j, int k)
{
  return ((gsize) k * (gsize) grid->dims[1] + (gsize) j) * (gsize) grid->dims[0] + (gsize) i;
}

/* Voxels whose middle lies in the shape. */
static void
apply_shape (Work *w, const WillisEdit *e)
{
  const int *d = w->grid->dims;
  int lo[3] = { 0, 0, 0 }, hi[3] = { d[0] - 1, d[1] - 1, d[2] - 1 };

  if (e->kind != WILLIS_EDIT_KEEP)
    box_about (w->grid, e, lo, hi);
  for (int k = lo[2]; k <= hi[2]; k++)
    for (int j = lo[1]; j <= hi[1]; j++)
      for (int i = lo[0]; i <= hi[0]; i++)
        {
          guint8 *l = w->labels + at_voxel (w->grid, i, j, k);
          const double ijk[3] = { i, j, k };
          double p[3];

          if (e->kind == WILLIS_EDIT_ADD ? *l == WILLIS_LABEL_ARTERY || *l == WILLIS_LABEL_BY_HAND : !willis_label_is_artery (*l))
            continue;
          willis_grid_ijk_to_lps (w->grid, ijk, p);
          if ((e->kind == WILLIS_EDIT_ADD ? depth_in_stroke (e, p) : depth_taken (e, w->grid, p)) < 0.0)
            continue;
          *l = e->kind == WILLIS_EDIT_ADD ? WILLIS_LABEL_BY_HAND : WILLIS_LABEL_NONE;
          w->changed++;
        }
}

/* The nearest voxel within reach for which good holds; FALSE where there is none. */
static gboolean
nearest_voxel (const Work *w, const double lps_mm[3], double reach_mm, gboolean (*good) (const Work *w, gsize v), int out[3])
{
  double ijk[3], best = reach_mm * reach_mm * (1.0 + 1e-9);
  gboolean found = FALSE;
  int lo[3], hi[3];

  willis_grid_lps_to_ijk (w->grid, lps_mm, ijk);
  for (int a = 0; a < 3; a++)
    {
      double reach = reach_mm / w->grid->spacing_mm[a] + 1.0;

      if (ijk[a] < -reach || ijk[a] > w->grid->dims[a] - 1.0 + reach)
        return FALSE;
      lo[a] = (int) CLAMP (floor (ijk[a] - reach), 0.0, w->grid->dims[a] - 1.0);
      hi[a] = (int) CLAMP (ceil (ijk[a] + reach), 0.0, w->grid->dims[a] - 1.0);
    }
  for (int k = lo[2]; k <= hi[2]; k++)
    for (int j = lo[1]; j <= hi[1]; j++)
      for (int i = lo[0]; i <= hi[0]; i++)
        {
          const int at[3] = { i, j, k };
          double sum = 0.0;

          for (int a = 0; a < 3; a++)
            sum += pow ((at[a] - ijk[a]) * w->grid->spacing_mm[a], 2.0);
          if (sum < best && good (w, at_voxel (w->grid, i, j, k)))
            {
              best = sum;
              found = TRUE;
              memcpy (out, at, 3 * sizeof *out);
            }
        }
  return found;
}

static gboolean
is_artery (const Work *w, gsize v)
{
  return willis_label_is_artery (w->labels[v]);
}

static double
bright_level (const Work *w)
{
  return willis_segmentation_threshold (w->before);
}

/* As bright as an artery and not as bright as bone. */
static gboolean
could_be_artery (const Work *w, gsize v)
{
  double value = willis_voxel (w->volume, w->voxels, v), contrast = willis_segmentation_contrast (w->before);
  double lumen = willis_segmentation_background (w->before) + contrast;

  return value >= bright_level (w) && (willis_segmentation_modality (w->before) != WILLIS_MODALITY_CTA || value < lumen + 0.25 * contrast);
}

static gboolean
could_grow (const Work *w, gsize v)
{
  return could_be_artery (w, v) && !is_artery (w, v);
}

typedef gboolean (*FloodFunc) (const Work *w, gsize v, gboolean in_bone);

/* Voxels that hang together with start; ends early above most. label NONE and ARTERY: what they become. */
static gboolean
flood (Work *w, const int start[3], double reach_mm, gboolean corners, gsize most, FloodFunc good, gboolean in_bone, guint8 becomes)
{
  const WillisGrid *grid = w->grid;
  g_autoptr (GArray) queue = g_array_new (FALSE, FALSE, 3 * sizeof (int));
  g_autoptr (GArray) old = g_array_new (FALSE, FALSE, sizeof (guint8));
  gsize first = at_voxel (grid, start[0], start[1], start[2]);

  g_array_append_val (old, w->labels[first]);
  w->labels[first] = becomes;
  g_array_append_vals (queue, start, 1);
  for (guint q = 0; q < queue->len && queue->len <= most; q++)
    {
      int at[3];

      memcpy (at, queue->data + q * 3 * sizeof (int), sizeof at);
      for (int dk = -1; dk <= 1; dk++)
        for (int dj = -1; dj <= 1; dj++)
          for (int di = -1; di <= 1; di++)
            {
              int to[3] = { at[0] + di, at[1] + dj, at[2] + dk };
              double sum = 0.0;
              gboolean inside = abs (di) + abs (dj) + abs (dk) > 0 && (corners || abs (di) + abs (dj) + abs (dk) == 1);
              gsize v;

              for (int a = 0; a < 3; a++)
                {
                  inside = inside && to[a] >= 0 && to[a] < grid->dims[a];
                  sum += pow ((to[a] - start[a]) * grid->spacing_mm[a], 2.0);
                }
              if (!inside || sum > reach_mm * reach_mm)
                continue;
              v = at_voxel (grid, to[0], to[1], to[2]);
              if (w->labels[v] == becomes || !good (w, v, in_bone))
                continue;
              g_array_append_val (old, w->labels[v]);
              w->labels[v] = becomes;
              g_array_append_vals (queue, to, 1);
            }
    }
  if (queue->len > most) // as it was
    {
      for (guint q = 0; q < queue->len; q++)
        {
          const int *at = (const int *) (const void *) (queue->data + q * 3 * sizeof (int));

          w->labels[at_voxel (grid, at[0], at[1], at[2])] = g_array_index (old, guint8, q);
        }
      return FALSE;
    }
  w->changed += queue->len;
  return TRUE;
}

static gboolean
good_to_grow (const Work *w, gsize v, gboolean in_bone)
{
  return could_grow (w, v) && (in_bone || w->labels[v] != WILLIS_LABEL_BONE);
}

static gboolean
good_to_remove (const Work *w, gsize v, gboolean in_bone)
{
  return is_artery (w, v);
}

/* Does no place of an edit come within its reach of the scan? */
static gboolean
is_outside (const WillisGrid *grid, const WillisEdit *e)
{
  for (gsize n = 0; n < e->n_points; n++)
    {
      double ijk[3], off2 = 0.0;

      willis_grid_lps_to_ijk (grid, e->points_lps_mm + 3 * n, ijk);
      for (int a = 0; a < 3; a++)
        off2 += pow (MAX (MAX (-ijk[a], ijk[a] - (grid->dims[a] - 1.0)), 0.0) * grid->spacing_mm[a], 2.0);
      if (off2 <= pow (e->kind == WILLIS_EDIT_GROW ? SNAP_MM : MAX (e->radius_mm[n], SNAP_MM), 2.0))
        return FALSE;
    }
  return TRUE;
}

static gboolean
apply (Work *w, const WillisEdit *e, GError **error)
{
  double voxel_mm3 = w->grid->spacing_mm[0] * w->grid->spacing_mm[1] * w->grid->spacing_mm[2];
  int at[3];

  if (e->kind != WILLIS_EDIT_KEEP && is_outside (w->grid, e))
    return willis_fail (error, WILLIS_ERROR_FAILED, _ ("that place lies outside the scan"));
  switch (e->kind)
    {
    case WILLIS_EDIT_GROW:
      if (!nearest_voxel (w, e->points_lps_mm, 1.0, could_grow, at))
        return willis_fail (error, WILLIS_ERROR_FAILED,
                            _ ("nothing as bright as an artery there that is not one already; lower the threshold or use the brush"));
      if (!flood (w, at, e->radius_mm[0], FALSE, (gsize) (GROW_MOST_MM3 / voxel_mm3), good_to_grow,
                  w->labels[at_voxel (w->grid, at[0], at[1], at[2])] == WILLIS_LABEL_BONE, WILLIS_LABEL_ARTERY))
        return willis_fail (error, WILLIS_ERROR_FAILED,
                            _ ("what is as bright as an artery there has no end (bone or a large vein?); use the brush or a smaller reach"));
      return TRUE;
    case WILLIS_EDIT_REMOVE:
      if (!nearest_voxel (w, e->points_lps_mm, SNAP_MM, is_artery, at))
        return willis_fail (error, WILLIS_ERROR_FAILED, _ ("there is no artery within 2 mm of that place"));
      return flood (w, at, INFINITY, TRUE, G_MAXUINT - 1, good_to_remove, FALSE, WILLIS_LABEL_NONE);
    case WILLIS_EDIT_ADD:
    case WILLIS_EDIT_ERASE:
    case WILLIS_EDIT_CUT:
    case WILLIS_EDIT_KEEP:
    case WILLIS_N_EDITS:
    default:
      apply_shape (w, e);
      return w->changed > 0 || e->kind == WILLIS_EDIT_KEEP
             || willis_fail (error, WILLIS_ERROR_FAILED,
                             e->kind == WILLIS_EDIT_ADD ? _ ("all of that is artery already") : _ ("there is no artery at that place"));
    }
}

static void
count_piece (const gsize *voxels, gsize n, gpointer data)
{
  (*(int *) data)++;
}

/* Pieces of artery, over their box only. */
static int
count_components (const WillisGrid *grid, const guint8 *labels)
{
  int lo[3] = { G_MAXINT, G_MAXINT, G_MAXINT }, hi[3] = { -1, -1, -1 }, dims[3], count = 0;
  g_autofree guint8 *mark = NULL;
  gsize v = 0;

  for (int k = 0; k < grid->dims[2]; k++)
    for (int j = 0; j < grid->dims[1]; j++)
      for (int i = 0; i < grid->dims[0]; i++, v++)
        if (willis_label_is_artery (labels[v]))
          {
            lo[0] = MIN (lo[0], i);
            lo[1] = MIN (lo[1], j);
            lo[2] = MIN (lo[2], k);
            hi[0] = MAX (hi[0], i);
            hi[1] = MAX (hi[1], j);
            hi[2] = MAX (hi[2], k);
          }
  if (hi[0] < 0)
    return 0;
  for (int a = 0; a < 3; a++)
    dims[a] = hi[a] - lo[a] + 1;
  mark = g_new0 (guint8, (gsize) dims[0] * (gsize) dims[1] * (gsize) dims[2]);
  v = 0;
  for (int k = lo[2]; k <= hi[2]; k++)
    for (int j = lo[1]; j <= hi[1]; j++)
      for (int i = lo[0]; i <= hi[0]; i++, v++)
        if (willis_label_is_artery (labels[at_voxel (grid, i, j, k)]))
          mark[v] = WILLIS_MARK_ARTERY;
  willis_mark_pieces (mark, dims, WILLIS_MARK_ARTERY, 0, count_piece, &count);
  return count;
}

WillisSegmentation *
willis_segmentation_edit (WillisVolume *volume, const WillisSegmentation *before, WillisEdit *edit, const WillisProgress *progress,
                          GError **error)
{
  WillisVolume *old = willis_segmentation_labels (before);
  const GPtrArray *edits = willis_segmentation_edits (before);
  g_autoptr (WillisVolume) labels = NULL;
  GPtrArray *all;
  WillisSegmentation *out;
  Work w = { volume, willis_volume_voxels (volume), willis_volume_grid (volume), NULL, before, 0 };
  int components;

  if (!willis_grid_equal (w.grid, willis_volume_grid (old)))
    {
      willis_fail (error, WILLIS_ERROR_BAD_INPUT, _ ("the segmentation belongs to another scan"));
      return NULL;
    }
  labels = willis_volume_new (w.grid, WILLIS_SCALAR_U8, error);
  if (labels == NULL || !willis_progress_step (progress, 0.1, error))
    return NULL;
  w.labels = willis_volume_voxels_rw (labels);
  memcpy (w.labels, willis_volume_voxels (old), willis_grid_n_voxels (w.grid));
  if (!apply (&w, edit, error) || !willis_progress_step (progress, 0.5, error))
    return NULL;
  components = count_components (w.grid, w.labels);
  if (components == 0)
    {
      willis_fail (error, WILLIS_ERROR_FAILED,
                   edit->kind == WILLIS_EDIT_REMOVE ? _ (
                       "all arteries hang together with what is there, and nothing would be left: cut it off first")
                                                    : _ ("nothing would be left of the arteries"));
      return NULL;
    }
  if (edit->kind == WILLIS_EDIT_GROW && w.changed < SPECK
      && components >= count_components (w.grid, willis_volume_u8 (old))) // unless it closes a gap
    {
      willis_fail (error, WILLIS_ERROR_FAILED,
                   _ ("only %d voxels there are as bright as an artery, a speck of noise; use the brush"),
                   (int) w.changed);
      return NULL;
    }
  out = willis_segmentation_new (labels, willis_segmentation_modality (before), willis_segmentation_threshold (before),
                                 willis_segmentation_background (before), willis_segmentation_contrast (before), components);
  all = g_ptr_array_new_with_free_func ((GDestroyNotify) willis_edit_unref);
  for (guint n = 0; edits != NULL && n < edits->len; n++)
    g_ptr_array_add (all, willis_edit_ref (edits->pdata[n]));
  g_ptr_array_add (all, willis_edit_ref (edit));
  willis_segmentation_take_edits (out, all);
  return out;
}

/* --- bridges */

/* The radius of the artery at a place: how far it is to what is no artery, at the deepest voxel close by. */
static double
radius_near (const Work *w, const double lps_mm[3])
{
  const WillisGrid *grid = w->grid;
  double best = 0.0, step = willis_grid_min_spacing (grid);

  for (double dz = -1.5; dz <= 1.5; dz += step)
    for (double dy = -1.5; dy <= 1.5; dy += step)
      for (double dx = -1.5; dx <= 1.5; dx += step)
        {
          const double p[3] = { lps_mm[0] + dx, lps_mm[1] + dy, lps_mm[2] + dz };
          double ijk[3], nearest = 4.0;
          int at[3];
          gboolean inside = TRUE;

          willis_grid_lps_to_ijk (grid, p, ijk);
          for (int a = 0; a < 3; a++)
            {
              at[a] = (int) lrint (ijk[a]);
              inside = inside && at[a] >= 0 && at[a] < grid->dims[a];
            }
          if (!inside || !is_artery (w, at_voxel (grid, at[0], at[1], at[2])))
            continue;
          for (int dir = 0; dir < 26 && nearest > best; dir++)
            {
              int n = dir < 13 ? dir : dir + 1;
              const double d[3] = { n % 3 - 1, n / 3 % 3 - 1, n / 9 - 1 };
              double length = vec3_norm (d), t = 0.0;

              for (t = step; t < nearest; t += 0.5 * step)
                {
                  double q[3], qi[3];
                  int c[3];
                  gboolean in = TRUE;

                  vec3_axpy (q, p, t / length, d);
                  willis_grid_lps_to_ijk (grid, q, qi);
                  for (int a = 0; a < 3; a++)
                    {
                      c[a] = (int) lrint (qi[a]);
                      in = in && c[a] >= 0 && c[a] < grid->dims[a];
                    }
                  if (!in || !is_artery (w, at_voxel (grid, c[0], c[1], c[2])))
                    break;
                }
              nearest = MIN (nearest, t);
            }
          best = MAX (best, nearest);
        }
  return best > 0.0 ? CLAMP (best, 0.4, 3.0) : 0.8;
}

/* How readily a way runs: where it is bright as blood; through dark gaps slowly, through bone hardly. */
static WillisVolume *
speed_between (const Work *w, const double a[3], const double b[3], GError **error)
{
  int lo[3], hi[3];
  double ends[2][3];
  WillisGrid grid;
  WillisVolume *speed;
  float *s;

  willis_grid_lps_to_ijk (w->grid, a, ends[0]);
  willis_grid_lps_to_ijk (w->grid, b, ends[1]);
  for (int n = 0; n < 3; n++)
    {
      double margin = 10.0 / w->grid->spacing_mm[n];

      lo[n] = (int) CLAMP (floor (MIN (ends[0][n], ends[1][n]) - margin), 0.0, w->grid->dims[n] - 1.0);
      hi[n] = (int) CLAMP (ceil (MAX (ends[0][n], ends[1][n]) + margin), 0.0, w->grid->dims[n] - 1.0);
    }
  grid = willis_grid_crop (w->grid, lo, hi);
  speed = willis_volume_new (&grid, WILLIS_SCALAR_F32, error);
  if (speed == NULL)
    return NULL;
  s = willis_volume_voxels_rw (speed);
  for (int k = lo[2]; k <= hi[2]; k++)
    for (int j = lo[1]; j <= hi[1]; j++)
      for (int i = lo[0]; i <= hi[0]; i++)
        {
          gsize v = at_voxel (w->grid, i, j, k);
          double t = (willis_voxel (w->volume, w->voxels, v) - willis_segmentation_background (w->before))
                     / willis_segmentation_contrast (w->before);

          *s++ = w->labels[v] == WILLIS_LABEL_BONE ? 0.1f : (float) (0.25 + 0.75 * CLAMP (t, 0.0, 1.0));
        }
  return speed;
}

WillisEdit *
willis_edit_bridge (WillisVolume *volume, const WillisSegmentation *segmentation, const double a[3], const double b[3], double radius_mm,
                    GError **error)
{
  // only read from
  Work w = { volume, willis_volume_voxels (volume), willis_volume_grid (volume),
             (guint8 *) willis_volume_u8 (willis_segmentation_labels (segmentation)), segmentation, 0 };
  WillisMarchParams march = WILLIS_MARCH_PARAMS_INIT;
  g_autoptr (WillisVolume) speed = NULL;
  g_autoptr (WillisVolume) time = NULL;
  g_autofree double *path = NULL;
  g_autofree double *smooth = NULL;
  g_autofree double *radii = NULL;
  double ra, rb;
  gsize n = 0;
  WillisEdit *edit;

  if (!willis_grid_equal (w.grid, willis_volume_grid (willis_segmentation_labels (segmentation))))
    {
      willis_fail (error, WILLIS_ERROR_BAD_INPUT, _ ("the segmentation belongs to another scan"));
      return NULL;
    }
  if (!(vec3_dist (a, b) <= 60.0))
    {
      willis_fail (error, WILLIS_ERROR_FAILED, _ ("the two places are more than 60 mm apart"));
      return NULL;
    }
  speed = speed_between (&w, a, b, error);
  if (speed == NULL)
    return NULL;
  march.starts_lps_mm = a;
  march.n_starts = 1;
  march.stop_lps_mm = b;
  march.n_stops = 1;
  time = willis_fast_march (speed, &march, NULL, error);
  path = time != NULL ? willis_fast_march_path (time, b, 0.5 * willis_grid_min_spacing (w.grid), &n, error) : NULL;
  if (path == NULL)
    return NULL;
  n = MIN (n, WILLIS_EDIT_MOST_POINTS);
  smooth = g_new (double, 3 * n);
  radii = g_new (double, n);
  ra = isfinite (radius_mm) ? radius_mm : radius_near (&w, a);
  rb = isfinite (radius_mm) ? radius_mm : radius_near (&w, b);
  for (gsize i = 0; i < n; i++) // the path runs from b to a; corners of the grid are smoothed away
    {
      gsize reach = MIN (MIN (i, n - 1 - i), 4);

      vec3_set (smooth + 3 * i, 0, 0, 0);
      for (gsize k = i - reach; k <= i + reach; k++)
        vec3_axpy (smooth + 3 * i, smooth + 3 * i, 1.0 / (double) (2 * reach + 1), path + 3 * k);
      radii[i] = n > 1 ? rb + (ra - rb) * (double) i / (double) (n - 1) : ra;
    }
  edit = willis_edit_new (WILLIS_EDIT_ADD, smooth, radii, n, NULL, error);
  if (edit != NULL)
    edit->bridge = TRUE;
  return edit;
}
