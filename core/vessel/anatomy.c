/* SPDX-License-Identifier: Apache-2.0 */
#include "core/vessel/anatomy.h"

#include <math.h>
#include <string.h>

#include "core/num/vec3.h"
#include "core/vessel/anatomy-private.h"

#define STEP_MM 2.0
#define MAX_FITS 6
#define SHORT_PART_MM 2.5 // stretches shorter than this take the name beside them
#define CARRY_SHARE 0.5   // of an old branch that must lie in the new one

/* What a branch can be called: a set of states under one text. */
typedef struct
{
  const char *stem;
  gboolean sided;
  AnatomyPiece from, to; // pieces, inclusive
} Title;

/* Finest first; the coarser are used where no finer one is sure. */
static const Title titles[] = {
  { "ICA", TRUE, ANATOMY_C1, ANATOMY_C7 },
  { "MCA M1", TRUE, ANATOMY_M1, ANATOMY_M1 },
  { "MCA M2 superior", TRUE, ANATOMY_M2_SUPERIOR, ANATOMY_M2_SUPERIOR },
  { "MCA M2 inferior", TRUE, ANATOMY_M2_INFERIOR, ANATOMY_M2_INFERIOR },
  { "ACA A1", TRUE, ANATOMY_A1, ANATOMY_A1 },
  { "ACA A2", TRUE, ANATOMY_A2, ANATOMY_A2 },
  { "ACom", FALSE, ANATOMY_ACOM, ANATOMY_ACOM },
  { "PCom", TRUE, ANATOMY_PCOM, ANATOMY_PCOM },
  { "Basilar", FALSE, ANATOMY_BASILAR, ANATOMY_BASILAR },
  { "VA", TRUE, ANATOMY_VA, ANATOMY_VA },
  { "PCA P1", TRUE, ANATOMY_P1, ANATOMY_P1 },
  { "PCA P2", TRUE, ANATOMY_P2, ANATOMY_P2 },
  { "SCA", TRUE, ANATOMY_SCA, ANATOMY_SCA },
  { "AICA", TRUE, ANATOMY_AICA, ANATOMY_AICA },
  { "PICA", TRUE, ANATOMY_PICA, ANATOMY_PICA },
  { "Ophthalmic", TRUE, ANATOMY_OPHTHALMIC, ANATOMY_OPHTHALMIC },
  { "Anterior choroidal", TRUE, ANATOMY_CHOROIDAL, ANATOMY_CHOROIDAL },
  { "MCA M2", TRUE, ANATOMY_M2_SUPERIOR, ANATOMY_M2_INFERIOR },
  { "MCA", TRUE, ANATOMY_M1, ANATOMY_M2_INFERIOR },
  { "ACA", TRUE, ANATOMY_A1, ANATOMY_A2 },
  { "PCA", TRUE, ANATOMY_P1, ANATOMY_P2 },
};

static const char *const carotid_segments[] = { "ICA C1", "ICA C2", "ICA C3", "ICA C4", "ICA C5", "ICA C6", "ICA C7" };

static double
title_belief (const Title *title, int side, const double *row)
{
  double sum = 0.0;

  for (int piece = (int) title->from; piece <= (int) title->to; piece++)
    sum += row[anatomy_state ((AnatomyPiece) piece, side)];
  return sum;
}

static char *
full_name (const char *stem, int side)
{
  return side == 0 ? g_strdup (stem) : g_strdup_printf ("%s %s", stem, side > 0 ? "left" : "right");
}

/* Mean belief over a branch's samples. */
static double
mean_belief (const Title *title, int side, const double *beliefs, gsize from, gsize to)
{
  double sum = 0.0;

  for (gsize i = from; i < to; i++)
    sum += title_belief (title, side, beliefs + i * ANATOMY_N_STATES);
  return sum / (double) (to - from);
}

/* The best title for a branch; a branch that holds two pieces of an artery is called by the artery. */
static void
name_branch (WillisTree *tree, gsize b, const double *beliefs, gsize from, gsize to)
{
  const Title *best = NULL;
  int best_side = 0;
  double best_belief = 0.0;

  for (guint n = 0; n < G_N_ELEMENTS (titles); n++)
    for (int side = 1; side >= (titles[n].sided ? -1 : 1); side -= 2)
      {
        int s = titles[n].sided ? side : 0;
        double belief = mean_belief (titles + n, s, beliefs, from, to);
        // a coarser title must be surer by far than the finer one in it
        gboolean coarser = best != NULL && best_side == s && titles[n].from <= best->from && titles[n].to >= best->to;

        if (belief > (coarser && best_belief >= WILLIS_NAME_SURE ? best_belief + 0.25 : best_belief))
          {
            best = titles + n;
            best_side = s;
            best_belief = belief;
          }
      }
  if (best != NULL && best_belief >= WILLIS_NAME_SURE)
    {
      g_autofree char *name = full_name (best->stem, best_side);

      willis_tree_set_name (tree, b, name, best_belief, FALSE);
    }
  else
    willis_tree_set_name (tree, b, NULL, 1.0 - best_belief, FALSE);
}

/* The finest name of a state (borrowed stem). */
static const char *
state_stem (int state)
{
  AnatomyPiece piece = anatomy_piece (state);

  if (state == ANATOMY_OTHER)
    return NULL;
  if (piece >= ANATOMY_C1 && piece <= ANATOMY_C7)
    return carotid_segments[piece - ANATOMY_C1];
  for (guint n = 0; n < G_N_ELEMENTS (titles); n++)
    if (titles[n].from == piece && titles[n].to == piece)
      return titles[n].stem;
  return NULL;
}

static int
likeliest (const double *row)
{
  int best = 0;

  for (int s = 1; s < ANATOMY_N_STATES; s++)
    if (row[s] > row[best])
      best = s;
  return best;
}

/* The likeliest state of each sample of a branch, without stretches too short to be meant (new, [n]). */
static int *
branch_states (const double *beliefs, gsize from, gsize n, double step_mm)
{
  int *state = g_new (int, n + 1);

  for (gsize i = 0; i < n; i++)
    state[i] = likeliest (beliefs + (from + i) * ANATOMY_N_STATES);
  for (gsize i = 0; i < n;)
    {
      gsize end = i;

      while (end < n && state[end] == state[i])
        end++;
      if ((double) (end - i) * step_mm < SHORT_PART_MM && (i > 0 || end < n))
        {
          int other = i > 0 ? state[i - 1] : state[end];

          for (gsize k = i; k < end; k++)
            state[k] = other;
        }
      i = end;
    }
  return state;
}

static void
part_branch (WillisTree *tree, gsize b, const double *beliefs, const GArray *samples, gsize from, gsize to)
{
  const WillisBranch *branch = willis_tree_branch (tree, b);
  gsize n = to - from;
  double step_mm = branch->length_mm / (double) n;
  g_autofree int *state = branch_states (beliefs, from, n, step_mm);
  GArray *parts = g_array_new (FALSE, TRUE, sizeof (WillisBranchPart));
  gsize n_parts;

  (void) samples;
  for (gsize i = 0; i < n;)
    {
      gsize end = i;
      double sum = 0.0;
      const char *stem = state_stem (state[i]);

      for (; end < n && state[end] == state[i]; end++)
        sum += beliefs[(from + end) * ANATOMY_N_STATES + (gsize) state[i]];
      sum /= (double) (end - i);
      if (stem != NULL && sum >= WILLIS_NAME_SURE)
        {
          WillisBranchPart part = { full_name (stem, anatomy_side (state[i])), (double) i * step_mm, (double) end * step_mm, sum };

          g_array_append_val (parts, part);
        }
      i = end;
    }
  n_parts = parts->len;
  willis_tree_take_parts (tree, b, (WillisBranchPart *) (void *) g_array_free (parts, FALSE), n_parts);
}

/* Beliefs averaged over the fits, each as much as it fits (new; NULL: cancelled). */
static double *
average_beliefs (const WillisTree *tree, const GArray *samples, const gsize *first, const WillisProgress *progress,
                 GError **error)
{
  WillisProgress fitting = willis_progress_part (progress, 0.0, 0.8, NULL);
  WillisProgress inferring = willis_progress_part (progress, 0.8, 1.0, NULL);
  g_autoptr (GArray) fits = anatomy_fit (samples, MAX_FITS, progress != NULL ? &fitting : NULL, error);
  double *sum, total = 0.0;

  if (fits == NULL)
    return NULL;
  sum = g_new0 (double, samples->len * ANATOMY_N_STATES + 1);
  for (guint n = 0; n < fits->len; n++)
    {
      const AnatomyFit *fit = &g_array_index (fits, AnatomyFit, n);
      double weight = exp (fit->score - g_array_index (fits, AnatomyFit, 0).score);
      g_autofree double *evidence = NULL;
      g_autofree double *beliefs = NULL;

      if (!willis_progress_step (progress != NULL ? &inferring : NULL, (double) n / fits->len, error))
        {
          g_free (sum);
          return NULL;
        }
      if (weight < 1e-3)
        continue;
      evidence = anatomy_evidence (samples, fit);
      beliefs = anatomy_beliefs (tree, samples, first, evidence);
      for (gsize i = 0; i < (gsize) samples->len * ANATOMY_N_STATES; i++)
        sum[i] += weight * beliefs[i];
      total += weight;
    }
  for (gsize i = 0; i < (gsize) samples->len * ANATOMY_N_STATES; i++)
    sum[i] = total > 0.0 ? sum[i] / total : 0.0;
  return sum;
}

WillisTree *
willis_anatomy_name (const WillisTree *tree, const WillisProgress *progress, GError **error)
{
  g_autofree gsize *first = NULL;
  double total_mm = 0.0;
  g_autoptr (GArray) samples = NULL;
  g_autofree double *beliefs = NULL;
  WillisTree *named;

  for (gsize b = 0; b < willis_tree_n_branches (tree); b++)
    total_mm += willis_tree_branch (tree, b)->length_mm;
  samples = anatomy_samples (tree, STEP_MM, &first);
  if (samples->len == 0 || total_mm < 10.0)
    return willis_tree_copy (tree);
  beliefs = average_beliefs (tree, samples, first, progress, error);
  if (beliefs == NULL)
    return NULL;
  named = willis_tree_copy (tree);
  for (gsize b = 0; b < willis_tree_n_branches (tree); b++)
    {
      if (willis_tree_branch (tree, b)->by_hand)
        continue;
      name_branch (named, b, beliefs, first[b], first[b + 1]);
      part_branch (named, b, beliefs, samples, first[b], first[b + 1]);
    }
  return named;
}

WillisTree *
willis_anatomy_rename (const WillisTree *tree, gsize n, const char *name)
{
  WillisTree *named = willis_tree_copy (tree);

  willis_tree_set_name (named, n, name, 1.0, TRUE);
  willis_tree_take_parts (named, n, NULL, 0);
  return named;
}

/* Share of old's points that lie within the vessel around a point of branch b, which it may not leave. */
static double
share_within (const WillisTree *tree, gsize b, const WillisBranch *old)
{
  const WillisBranch *branch = willis_tree_branch (tree, b);
  gsize inside = 0;

  for (gsize i = 0; i < old->n_points; i++)
    for (gsize k = 0; k < branch->n_points; k++)
      if (vec3_dist (old->points_lps_mm + 3 * i, branch->points_lps_mm + 3 * k) < MAX (0.6 * branch->radius_mm[k], 0.5))
        {
          inside++;
          break;
        }
  return (double) inside / (double) old->n_points;
}

WillisTree *
willis_anatomy_carry (const WillisTree *tree, const WillisTree *old)
{
  WillisTree *named = willis_tree_copy (tree);

  for (gsize n = 0; n < willis_tree_n_branches (old); n++)
    {
      const WillisBranch *hand = willis_tree_branch (old, n);
      double best = CARRY_SHARE;
      gssize best_branch = -1;

      if (!hand->by_hand)
        continue;
      for (gsize b = 0; b < willis_tree_n_branches (tree); b++)
        {
          double share = share_within (tree, b, hand);

          if (share >= best)
            {
              best = share;
              best_branch = (gssize) b;
            }
        }
      if (best_branch >= 0)
        willis_tree_set_name (named, (gsize) best_branch, hand->name, 1.0, TRUE);
    }
  return named;
}

const char *
willis_branch_name_at (const WillisBranch *branch, double abscissa_mm, double *confidence)
{
  for (gsize k = 0; k < branch->n_parts && !branch->by_hand; k++)
    if (abscissa_mm >= branch->parts[k].from_mm && abscissa_mm <= branch->parts[k].to_mm)
      {
        if (confidence != NULL)
          *confidence = branch->parts[k].confidence;
        return branch->parts[k].name;
      }
  if (confidence != NULL)
    *confidence = branch->confidence;
  return branch->name;
}
