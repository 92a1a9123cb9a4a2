/* SPDX-License-Identifier: Apache-2.0 */
#include "core/followup/register.h"

#include <math.h>
#include <stdlib.h>

#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/followup/followup-private.h"

/* As in core/vessel/segmentation.h. */
#define LABEL_ARTERY 1

/* Values of CT beyond these say nothing of where the head is. */
#define CT_LOW (-200.0)
#define CT_HIGH 900.0
#define CT_BRIGHT 200.0 // bone and filled arteries, in blocks of 2 mm

#define SHAPE_MM 2.0     // voxels of the search
#define FIT_NCC 0.70     // below: not the same anatomy
#define SURE_NCC 0.85    // below: worth a thorough search
#define FIT_OVERLAP 0.25 // of what could overlap: a small corner of another head can be much alike
#define FIT_SHAPE 0.50   // the same for shapes of arteries, where values do not say it
#define SURE_SHAPE 0.80
#define FINE_SAMPLES 160000
#define FEW_SAMPLES 8000 // of them for the way there
#define MUCH_LARGER 1.25 // of two shapes
#define PLAIN_NCC 0.93   // and PLAIN_OVERLAP: nothing else fits like this
#define PLAIN_OVERLAP 0.6

/* The value that would stand at k if v were sorted (Hoare's selection); reorders v. */
static float
select_value (float *v, gsize n, gsize k)
{
  gsize lo = 0, hi = n - 1;

  while (lo < hi)
    {
      float pivot = v[lo + (hi - lo) / 2];
      gsize i = lo, j = hi;

      for (;;)
        {
          float swap;

          while (v[i] < pivot)
            i++;
          while (v[j] > pivot)
            j--;
          if (i >= j)
            break;
          swap = v[i];
          v[i++] = v[j];
          v[j--] = swap;
        }
      if (k <= j)
        hi = j;
      else
        lo = j + 1;
    }
  return v[k];
}

/* The values below which the parts q (ascending) of the voxels lie, from some fifty thousand of them. */
static void
quantiles (const WillisVolume *volume, const double *q, int n, double *out)
{
  const WillisGrid *g = willis_volume_grid (volume);
  gsize step = (gsize) MAX (1.0, rint (cbrt ((double) willis_grid_n_voxels (g) / 50000.0))), done = 0;
  g_autoptr (GArray) values = g_array_new (FALSE, FALSE, sizeof (float));

  for (int k = (int) step / 2; k < g->dims[2]; k += (int) step)
    for (int j = (int) step / 2; j < g->dims[1]; j += (int) step)
      for (int i = (int) step / 2; i < g->dims[0]; i += (int) step)
        {
          float v = (float) willis_volume_get (volume, i, j, k);

          if (isfinite (v))
            g_array_append_val (values, v);
        }
  for (int i = 0; i < n; i++)
    {
      gsize at = values->len > 0 ? (gsize) (q[i] * (values->len - 1)) : 0;

      // what is at its place already lies below all that follows
      out[i] = values->len > 0 ? (double) select_value ((float *) values->data + done, values->len - done, at - done)
                               : 0.0;
      done = at;
    }
}

WillisScanView
willis_scan_view (WillisVolume *volume, const WillisVolume *labels)
{
  const double q[4] = { 0.0, 0.001, 0.5, 0.998 };
  WillisScanView view = { .volume = volume, .labels = labels };
  gboolean air, brain;
  double v[4];

  quantiles (volume, q, 4, v);
  // only Hounsfield units go far below zero: air, or where there is none, fat and noise about the brain's value
  air = v[0] <= -150.0 && v[0] >= -4000.0;
  brain = v[1] < -20.0 && v[2] > 5.0 && v[2] < 120.0;
  view.hounsfield = (air || brain) && v[3] >= 200.0 && willis_volume_scalar (volume) != WILLIS_SCALAR_U8;
  view.bone = view.hounsfield && v[3] > 600.0;
  return view;
}

/* One scan with what is made of it. */
typedef struct
{
  const WillisScanView *view;
  double lo, hi;         // window of values
  double bright;         // shape of scans without labels
  WillisLevel coarse[2]; // about 4 and 2 mm
  WillisLevel fine;
  WillisVolume *shape; // u8, about 2 mm
} Side;

static void
side_clear (Side *side)
{
  for (int i = 0; i < 2; i++)
    willis_level_clear (&side->coarse[i]);
  willis_level_clear (&side->fine);
  g_clear_pointer (&side->shape, willis_volume_unref);
}

/* Blocks of the 2 mm level above a value, or with artery in them. */
static WillisVolume *
side_shape (const Side *side, gboolean arteries, GError **error)
{
  const WillisLevel *level = &side->coarse[1];
  WillisVolume *shape;
  guint8 *out;
  gsize n = willis_grid_n_voxels (&level->grid);

  if (arteries && side->view->labels != NULL)
    return willis_level_labels (side->view->labels, LABEL_ARTERY, level->grid.spacing_mm[0], error);
  shape = willis_volume_new (&level->grid, WILLIS_SCALAR_U8, error);
  if (shape == NULL)
    return NULL;
  out = willis_volume_voxels_rw (shape);
  for (gsize i = 0; i < n; i++)
    out[i] = (double) level->v[i] > side->bright;
  return shape;
}

/* Where blocks of 2 mm count as bright in units that mean nothing: the brightest three in a hundred, but well above the
 * middle of what there is. */
static double
bright_of (const WillisLevel *level)
{
  gsize n = willis_grid_n_voxels (&level->grid);
  g_autofree float *v = g_memdup2 (level->v, n * sizeof (float));
  double high = (double) select_value (v, n, (gsize) (0.97 * (double) (n - 1)));
  double middle = (double) select_value (v, n, n / 2),
         top = (double) select_value (v, n, (gsize) (0.998 * (double) (n - 1)));

  return MAX (high, 0.75 * middle + 0.25 * top);
}

/* coarsest_mm: the finest level need not be finer than this. */
static gboolean
side_init (Side *side, const WillisScanView *view, double coarsest_mm, GError **error)
{
  const WillisGrid *g = willis_volume_grid (view->volume);
  double least = willis_grid_min_spacing (g), edge = least * floor (MAX (coarsest_mm / least + 1e-6, 1.0));
  double extent = INFINITY;

  side->view = view;
  if (view->hounsfield)
    {
      side->lo = CT_LOW;
      side->hi = CT_HIGH;
      side->bright = CT_BRIGHT;
    }
  else
    {
      const double q[2] = { 0.005, 0.998 };
      double v[2];

      quantiles (view->volume, q, 2, v);
      side->lo = v[0];
      side->hi = v[1];
    }
  if (!(side->hi > side->lo))
    return willis_fail (error, WILLIS_ERROR_BAD_INPUT, _ ("the scan has the same value everywhere"));
  for (int a = 0; a < 3; a++)
    extent = MIN (extent, g->dims[a] * g->spacing_mm[a]);
  // the finest level holds at most some fifty million values
  while (willis_grid_n_voxels (g) / pow (edge / least, 3.0) > 5e7)
    edge *= 2.0;
  if (!willis_level_init (&side->coarse[0], view->volume, MIN (4.0, extent / 8.0), side->lo, side->hi, error)
      || !willis_level_init (&side->coarse[1], view->volume, MIN (SHAPE_MM, extent / 12.0), side->lo, side->hi, error)
      || !willis_level_init (&side->fine, view->volume, edge, side->lo, side->hi, error))
    return FALSE;
  if (!view->hounsfield)
    side->bright = bright_of (&side->coarse[1]);
  return TRUE;
}

/* Which part of the fixed scan's places could lie in the moving one at the most: small in a large scan. */
static double
could_overlap (const Side *fixed, const Side *moving)
{
  double room[2] = { 1.0, 1.0 };

  for (int a = 0; a < 3; a++)
    {
      room[0] *= fixed->fine.grid.dims[a] * fixed->fine.grid.spacing_mm[a];
      room[1] *= moving->fine.grid.dims[a] * moving->fine.grid.spacing_mm[a];
    }
  return MIN (1.0, room[1] / room[0]);
}

/* ---- same kind: correlation ---- */

typedef struct
{
  WillisRigid motion;
  double score;
  double shape;       // of its start
  WillisAlignment at; // of the last level; for the same kind
} Trial;

static gboolean
fits_plainly (const Trial *best)
{
  return best->at.ncc > PLAIN_NCC && best->at.overlap > PLAIN_OVERLAP;
}

/* From the starts, the motion that correlates best at 2 mm. coarse: the fixed scan's places on both coarse levels. */
static void
best_by_correlation (const WillisSamples coarse[2], Side *fixed, Side *moving, const GArray *starts, Trial *best)
{
  double most = could_overlap (fixed, moving);

  for (guint i = 0; i < starts->len; i++)
    {
      WillisRigid motion = g_array_index (starts, WillisStart, i).motion;
      WillisAlignment at;
      double score;

      willis_align (&coarse[0], &moving->coarse[0], 12, FALSE, NULL, &motion, &at);
      willis_align (&coarse[1], &moving->coarse[1], 8, FALSE, NULL, &motion, &at);
      score = at.ncc * MIN (1.0, 0.4 + 1.5 * at.overlap / most);
      g_debug ("start %u: %.3f, correlation %.3f, overlap %.2f", i, g_array_index (starts, WillisStart, i).score,
               at.ncc, at.overlap);
      if (score > best->score)
        {
          best->score = score;
          best->motion = motion;
          best->at = at;
        }
      if (fits_plainly (best))
        break;
    }
}

static gboolean
by_correlation (Side *fixed, Side *moving, const Trial *best, WillisRegistration *out, GError **error)
{
  WillisSamples fine, few;
  WillisAlignment near, at;
  double block = 1e6;

  if (best->at.ncc < FIT_NCC || best->at.overlap < FIT_OVERLAP * could_overlap (fixed, moving))
    return willis_fail (error, WILLIS_ERROR_FAILED,
                        _ ("the two scans do not fit each other (correlation %.2f where they agree best): another "
                           "patient, another part of the body, or no common field of view"),
                        best->at.ncc);
  for (int a = 0; a < 3; a++)
    block = MIN (block, fixed->fine.grid.dims[a] * fixed->fine.grid.spacing_mm[a] / 3.0);
  willis_samples_init (&fine, &fixed->fine, NULL, MIN (FINE_SAMPLES, willis_grid_n_voxels (&fixed->fine.grid) / 12),
                       MAX (block, 5.0));
  out->motion = best->motion;
  willis_samples_thin (&fine, FEW_SAMPLES, &few);
  willis_align (&few, &moving->fine, 15, FALSE, NULL, &out->motion, &near);
  willis_align (&fine, &moving->fine, 8, TRUE, &near, &out->motion, &at);
  out->similarity = at.ncc;
  out->overlap = at.overlap;
  out->scale = at.scale;
  memcpy (out->covariance, at.covariance, sizeof at.covariance);
  vec3_copy (out->centre_lps_mm, fine.centre);
  out->bone_sd_mm = sqrt (willis_covariance_at (at.covariance, fine.centre, fine.centre));
  willis_samples_clear (&few);
  willis_samples_clear (&fine);
  return TRUE;
}

/* ---- different kinds: mutual information ---- */

/* From the starts, the motion under which shapes and values tell most of each other at 2 mm. coarse: places there. */
static gboolean
best_by_information (const WillisSamples *coarse, Side *fixed, Side *moving, const GArray *starts,
                     const WillisProgress *progress, Trial *best, GError **error)
{
  double overlap;
  gboolean ok = TRUE;

  for (guint i = 0; i < starts->len && ok; i++)
    {
      WillisStart start = g_array_index (starts, WillisStart, i);
      double info = willis_align_information (coarse, &moving->coarse[1], 12, &start.motion, &overlap);
      double score = info * MIN (1.0, 0.5 + overlap) * (0.3 + start.score);

      g_debug ("start %u: %.3f, information %.3f, overlap %.2f", i, start.score, info, overlap);
      if (score > best->score)
        {
          best->score = score;
          best->shape = start.score;
          best->motion = start.motion;
        }
      ok = willis_progress_step (progress, (i + 1.0) / starts->len, error);
    }
  return ok;
}

static gboolean
by_information (Side *fixed, Side *moving, const Trial *best, WillisRegistration *out, GError **error)
{
  WillisSamples fine;

  if (best->shape < FIT_SHAPE)
    return willis_fail (error, WILLIS_ERROR_FAILED,
                        _ ("the two scans do not fit each other (%.0f %% of the arteries meet where they agree best): "
                           "another patient, another part of the body, or no common field of view"),
                        100.0 * best->shape);
  willis_samples_init (&fine, &fixed->fine, NULL, 60000, 1e6);
  out->motion = best->motion;
  out->similarity = willis_align_information (&fine, &moving->fine, 40, &out->motion, &out->overlap);
  vec3_copy (out->centre_lps_mm, fine.centre);
  out->bone_sd_mm = NAN;
  out->scale = NAN;
  willis_samples_clear (&fine);
  return TRUE;
}

/* ---- both ---- */

static gboolean
is_sure (const Trial *best, const Side *fixed, const Side *moving, gboolean same)
{
  return same ? best->at.ncc >= SURE_NCC && best->at.overlap >= FIT_OVERLAP * could_overlap (fixed, moving)
              : best->shape >= SURE_SHAPE;
}

static double
shape_room (const WillisVolume *shape)
{
  const WillisGrid *g = willis_volume_grid (shape);
  const guint8 *v = willis_volume_u8 (shape);
  gsize n = willis_grid_n_voxels (g), set = 0;

  for (gsize i = 0; i < n; i++)
    set += v[i] != 0;
  return (double) set * g->spacing_mm[0] * g->spacing_mm[1] * g->spacing_mm[2];
}

/* Where to begin, fixed to moving. The search lays the points of one shape on the other, so most of them must have a
 * counterpart: where the one scan shows much more (all of the skull's base against a corner of it) the smaller shape
 * lends them, whichever way the scans are carried. */
static GArray *
find_starts (const Side *fixed, const Side *moving, const WillisRigid *pose, gboolean thorough, GError **error)
{
  WillisRigid back = willis_rigid_invert (pose);
  GArray *starts;

  if (shape_room (fixed->shape) <= MUCH_LARGER * shape_room (moving->shape) || shape_room (moving->shape) <= 0.0)
    return willis_starts_find (fixed->shape, moving->shape, pose, thorough, error);
  starts = willis_starts_find (moving->shape, fixed->shape, &back, thorough, error);
  for (guint i = 0; i < starts->len; i++)
    {
      WillisStart *s = &g_array_index (starts, WillisStart, i);

      s->motion = willis_rigid_invert (&s->motion);
    }
  return starts;
}

/* One search on shapes of arteries, or of all that is bright. found: whether there was anything to begin at. */
static gboolean
search_shapes (const WillisSamples coarse[2], Side *fixed, Side *moving, gboolean same, const WillisRigid *pose,
               gboolean arteries, gboolean thorough, const WillisProgress *progress, Trial *best, gboolean *found,
               GError **error)
{
  g_autoptr (GArray) starts = NULL;

  g_clear_pointer (&fixed->shape, willis_volume_unref);
  g_clear_pointer (&moving->shape, willis_volume_unref);
  fixed->shape = side_shape (fixed, arteries, error);
  moving->shape = fixed->shape != NULL ? side_shape (moving, arteries, error) : NULL;
  if (moving->shape == NULL || !willis_progress_step (progress, 0.0, error))
    return FALSE;
  starts = find_starts (fixed, moving, pose, thorough, error);
  *found = *found || starts->len > 0;
  if (same)
    best_by_correlation (coarse, fixed, moving, starts, best);
  else
    return best_by_information (&coarse[1], fixed, moving, starts, progress, best, error);
  return TRUE;
}

/* The search for where to begin: quick first, thorough where that finds nothing sure. */
static gboolean
search (const WillisSamples coarse[2], Side *fixed, Side *moving, gboolean same, const WillisRigid *pose,
        const WillisProgress *progress, Trial *best, GError **error)
{
  const WillisScanView *a = fixed->view, *b = moving->view;
  // in Hounsfield units all that is bright holds the head best, and known arteries are tried after it (two crops may
  // have little bone in common); where one scan shows no bone (it may have been taken off, or not be in the picture)
  // the arteries come first; else only they mean the same in both
  WillisProgress middle = willis_progress_part (progress, 0.3, 0.7, NULL);
  gboolean bright = a->hounsfield && b->hounsfield, doubt = bright && a->bone != b->bone, found = FALSE;
  gboolean both = doubt || (bright && a->labels != NULL && b->labels != NULL);

  for (int thorough = 0; thorough < 2; thorough++)
    for (int second = 0; second < 1 + both; second++)
      {
        gboolean arteries = bright ? doubt != second : TRUE;

        if (!search_shapes (coarse, fixed, moving, same, pose, arteries, thorough, progress != NULL ? &middle : NULL,
                            best, &found, error))
          return FALSE;
        if (is_sure (best, fixed, moving, same))
          return TRUE;
      }
  return found
         || willis_fail (error, WILLIS_ERROR_FAILED,
                         _ ("the two scans show nothing in common: no overlap, or another part of the body"));
}

/* Where the scans lie as pose says, or nearly so, no search is needed; the same for who wants none. */
static gboolean
begin_at (const WillisSamples coarse[2], Side *fixed, Side *moving, gboolean same, const WillisRigid *pose, Trial *best,
          GError **error)
{
  const WillisStart start = { *pose, 1.0 };
  g_autoptr (GArray) starts = g_array_new (FALSE, FALSE, sizeof start);

  g_array_append_val (starts, start);
  if (same)
    best_by_correlation (coarse, fixed, moving, starts, best);
  else
    return best_by_information (&coarse[1], fixed, moving, starts, NULL, best, error);
  return TRUE;
}

static gboolean
carry (const WillisScanView *fixed_view, const WillisScanView *moving_view, const WillisRegisterParams *params,
       const WillisRigid *pose, const WillisProgress *progress, WillisRegistration *out, GError **error)
{
  Side fixed = { 0 }, moving = { 0 };
  WillisSamples coarse[2] = { { { 0 } } };
  Trial best = { .score = -1.0 };
  gboolean ok, same = out->match == WILLIS_MATCH_CORRELATION;

  // a fine scan carried onto a coarse one gives no more than that one's detail
  ok = side_init (&fixed, fixed_view, willis_grid_min_spacing (willis_volume_grid (moving_view->volume)), error)
       && side_init (&moving, moving_view, 0.0, error) && willis_progress_step (progress, 0.1, error);
  for (int level = 0; level < 2 && ok; level++)
    willis_samples_init (&coarse[level], &fixed.coarse[level], NULL, level == 0 ? 3000 : 12000, 1e6);
  if (ok && (same || params->local_only))
    ok = begin_at (coarse, &fixed, &moving, same, pose, &best, error);
  if (ok && !params->local_only && !(same && fits_plainly (&best)))
    ok = search (coarse, &fixed, &moving, same, pose, progress, &best, error);
  ok = ok && willis_progress_step (progress, 0.7, error)
       && (same ? by_correlation (&fixed, &moving, &best, out, error)
                : by_information (&fixed, &moving, &best, out, error))
       && willis_progress_step (progress, 1.0, error);
  for (int level = 0; level < 2; level++)
    willis_samples_clear (&coarse[level]);
  side_clear (&fixed);
  side_clear (&moving);
  return ok;
}

/* TRUE where a is carried onto b: of a large and a small scan the small one, so that its places lie in the other; else
 * the one with the coarser voxels. The same answer, the other way round, for exchanged scans. */
static gboolean
is_carried (const WillisVolume *a, const WillisVolume *b)
{
  const WillisGrid *g = willis_volume_grid (a), *h = willis_volume_grid (b);
  double va = g->spacing_mm[0] * g->spacing_mm[1] * g->spacing_mm[2];
  double vb = h->spacing_mm[0] * h->spacing_mm[1] * h->spacing_mm[2];
  double room_a = va * (double) willis_grid_n_voxels (g), room_b = vb * (double) willis_grid_n_voxels (h);

  if (MIN (room_a, room_b) < 0.5 * MAX (room_a, room_b))
    return room_a < room_b;
  if (fabs (va - vb) > 1e-3 * (va + vb))
    return va > vb;
  if (willis_grid_n_voxels (g) != willis_grid_n_voxels (h))
    return willis_grid_n_voxels (g) < willis_grid_n_voxels (h);
  if (willis_volume_scalar (a) != willis_volume_scalar (b))
    return willis_volume_scalar (a) > willis_volume_scalar (b);
  // any order that looks at the values alone will do; a digest would take longer than the rest
  return memcmp (willis_volume_voxels (a), willis_volume_voxels (b),
                 willis_grid_n_voxels (g) * willis_scalar_size (willis_volume_scalar (a)))
         > 0;
}

/* The covariance of the motion's inverse: seen from the other scan, the same error. */
static void
turn_covariance (WillisRegistration *r)
{
  double in[36], centre[3];

  memcpy (in, r->covariance, sizeof in);
  for (int block = 0; block < 4; block++)
    {
      double m[9], half[9], back[9];
      int row = 3 * (block / 2), column = 3 * (block % 2);

      for (int i = 0; i < 3; i++)
        for (int j = 0; j < 3; j++)
          {
            m[3 * i + j] = in[6 * (row + i) + column + j];
            back[3 * i + j] = r->motion.r[3 * j + i];
          }
      mat3_mul (half, r->motion.r, m);
      mat3_mul (m, half, back);
      for (int i = 0; i < 3; i++)
        for (int j = 0; j < 3; j++)
          r->covariance[6 * (row + i) + column + j] = m[3 * i + j];
    }
  willis_rigid_apply (&r->motion, r->centre_lps_mm, centre);
  vec3_copy (r->centre_lps_mm, centre);
  r->motion = willis_rigid_invert (&r->motion);
  r->scale = -r->scale;
}

gboolean
willis_register (const WillisScanView *baseline, const WillisScanView *followup, const WillisRegisterParams *params,
                 const WillisProgress *progress, WillisRegistration *out, GError **error)
{
  WillisRegisterParams p = WILLIS_REGISTER_PARAMS_INIT;
  WillisRigid pose = WILLIS_RIGID_INIT;
  g_autoptr (GError) local = NULL;
  g_autoptr (GError) second = NULL;
  gboolean swapped;

  if (params != NULL)
    p = *params;
  if (p.start != NULL)
    pose = *p.start;
  memset (out, 0, sizeof *out);
  out->match = p.match;
  if (out->match == WILLIS_MATCH_AUTO)
    out->match = baseline->hounsfield == followup->hounsfield ? WILLIS_MATCH_CORRELATION : WILLIS_MATCH_INFORMATION;
  // the carried scan lends the places, the other is read between its voxels
  swapped = !is_carried (baseline->volume, followup->volume);
  if (swapped)
    pose = willis_rigid_invert (&pose);
  if (!carry (swapped ? followup : baseline, swapped ? baseline : followup, &p, &pose, progress, out, &local))
    {
      // bone in one of them only (taken off, or hardly in the picture): their values may not be linear in each other
      // though they are of one kind; and what looked like two kinds may be one, where a scan shows too little to tell
      if (p.match != WILLIS_MATCH_AUTO
          || (baseline->bone == followup->bone && baseline->hounsfield == followup->hounsfield)
          || !g_error_matches (local, WILLIS_ERROR, WILLIS_ERROR_FAILED))
        {
          g_propagate_error (error, g_steal_pointer (&local));
          return FALSE;
        }
      out->match = out->match == WILLIS_MATCH_CORRELATION ? WILLIS_MATCH_INFORMATION : WILLIS_MATCH_CORRELATION;
      if (!carry (swapped ? followup : baseline, swapped ? baseline : followup, &p, &pose, progress, out, &second))
        {
          gboolean failed = g_error_matches (second, WILLIS_ERROR, WILLIS_ERROR_FAILED);

          g_propagate_error (error, failed ? g_steal_pointer (&local) : g_steal_pointer (&second));
          return FALSE;
        }
    }
  if (swapped)
    turn_covariance (out);
  return TRUE;
}

double
willis_registration_sd_at (const WillisRegistration *registration, const double lps_mm[3])
{
  return sqrt (willis_covariance_at (registration->covariance, registration->centre_lps_mm, lps_mm));
}
