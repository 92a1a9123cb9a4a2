/* SPDX-License-Identifier: Apache-2.0 */
#include "core/vessel/anatomy.h"

#include <math.h>
#include <string.h>

#include "core/base/i18n.h"
#include "core/num/vec3.h"
#include "core/vessel/anatomy-private.h"

#define STEP_MM 2.0
#define MAX_FITS 6
#define SHORT_PART_MM 2.5 // stretches shorter than this take the name beside them
#define CARRY_SHARE 0.5   // of an old branch that must lie in the new one
#define CONTACT_MM 0.8    // wall to wall: nearer two arteries may only touch; a communicating artery is 1 to 5 mm long
#define ACA_RADIUS_MM 1.5 // at most; the radius at a node may be that of a sac

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

/* side 0 of a paired artery: whichever it is. */
static double
title_belief (const Title *title, int side, const double *row)
{
  double sum = 0.0;

  for (int piece = (int) title->from; piece <= (int) title->to; piece++)
    sum += side == 0 ? row[ANATOMY_N_STATES + piece] : row[anatomy_state ((AnatomyPiece) piece, side)];
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
    sum += title_belief (title, side, beliefs + i * ANATOMY_N_BELIEFS);
  return sum / (double) (to - from);
}

/* The best title on one of the sides (0: of those without, or whatever the side); NULL where none is sure. */
static const Title *
best_title (const double *beliefs, gsize from, gsize to, gboolean sided, int *side_out, double *belief_out)
{
  const Title *best = NULL;

  *belief_out = 0.0;
  *side_out = 0;
  for (guint n = 0; n < G_N_ELEMENTS (titles); n++)
    for (int side = -1; side <= 1; side++)
      {
        double belief;
        gboolean coarser = best != NULL && *side_out == side && titles[n].from <= best->from && titles[n].to >= best->to;

        if ((side != 0) != (sided && titles[n].sided))
          continue;
        belief = mean_belief (titles + n, side, beliefs, from, to);
        // a coarser title must be surer by far than the finer one in it
        if (belief > (coarser && *belief_out >= WILLIS_NAME_SURE ? *belief_out + 0.25 : *belief_out))
          {
            best = titles + n;
            *side_out = side;
            *belief_out = belief;
          }
      }
  return *belief_out >= WILLIS_NAME_SURE ? best : NULL;
}

/* The best title for a branch; a branch that holds two pieces of an artery is called by the artery, and where the side
 * is not known it is left out. */
static void
name_branch (WillisTree *tree, gsize b, const double *beliefs, gsize from, gsize to)
{
  int side;
  double belief, unsided;
  const Title *title = best_title (beliefs, from, to, TRUE, &side, &belief);

  if (title == NULL)
    {
      title = best_title (beliefs, from, to, FALSE, &side, &unsided);
      belief = MAX (belief, unsided);
    }
  if (title != NULL)
    {
      g_autofree char *name = full_name (title->stem, side);

      willis_tree_set_name (tree, b, name, belief, FALSE);
    }
  else
    willis_tree_set_name (tree, b, NULL, 1.0 - belief, FALSE);
}

/* The finest name of a belief's column (borrowed stem); NULL for none. */
static const char *
column_stem (int column)
{
  AnatomyPiece piece = column < ANATOMY_N_STATES ? anatomy_piece (column) : (AnatomyPiece) (column - ANATOMY_N_STATES);

  if (piece == ANATOMY_OTHER)
    return NULL;
  if (piece >= ANATOMY_C1 && piece <= ANATOMY_C7)
    return carotid_segments[piece - ANATOMY_C1];
  for (guint n = 0; n < G_N_ELEMENTS (titles); n++)
    if (titles[n].from == piece && titles[n].to == piece)
      return titles[n].stem;
  return NULL;
}

/* The likeliest column: of the states where one is sure, or else of the pieces without their side. */
static int
likeliest (const double *row)
{
  int best = 0, piece = ANATOMY_N_STATES;

  for (int s = 1; s < ANATOMY_N_STATES; s++)
    if (row[s] > row[best])
      best = s;
  for (int p = ANATOMY_N_STATES; p < ANATOMY_N_BELIEFS; p++)
    if (row[p] > row[piece])
      piece = p;
  return row[best] >= WILLIS_NAME_SURE || row[piece] < WILLIS_NAME_SURE ? best : piece;
}

/* The likeliest state of each sample of a branch, without stretches too short to be meant (new, [n]). */
static int *
branch_states (const double *beliefs, gsize from, gsize n, double step_mm)
{
  int *state = g_new (int, n + 1);

  for (gsize i = 0; i < n; i++)
    state[i] = likeliest (beliefs + (from + i) * ANATOMY_N_BELIEFS);
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
part_branch (WillisTree *tree, gsize b, const double *beliefs, gsize from, gsize to)
{
  const WillisBranch *branch = willis_tree_branch (tree, b);
  gsize n = to - from;
  double step_mm = branch->length_mm / (double) n;
  g_autofree int *state = branch_states (beliefs, from, n, step_mm);
  GArray *parts = g_array_new (FALSE, TRUE, sizeof (WillisBranchPart));
  gsize n_parts;

  for (gsize i = 0; i < n;)
    {
      gsize end = i;
      double sum = 0.0;
      const char *stem = column_stem (state[i]);
      int side = state[i] < ANATOMY_N_STATES ? anatomy_side (state[i]) : 0;

      for (; end < n && state[end] == state[i]; end++)
        sum += beliefs[(from + end) * ANATOMY_N_BELIEFS + (gsize) state[i]];
      sum /= (double) (end - i);
      if (stem != NULL && sum >= WILLIS_NAME_SURE)
        {
          WillisBranchPart part = { full_name (stem, side), (double) i * step_mm, (double) end * step_mm, sum };

          g_array_append_val (parts, part);
        }
      i = end;
    }
  n_parts = parts->len;
  willis_tree_take_parts (tree, b, (WillisBranchPart *) (void *) g_array_free (parts, FALSE), n_parts);
}

/* Adds weight times the beliefs of one fit to sum. In another frame than the scan's own nobody knows left from right. */
static void
add_beliefs (const AnatomyFit *fit, const double *beliefs, gsize n_samples, double weight, double *sum)
{
  for (gsize i = 0; i < n_samples; i++)
    for (int s = 0; s < ANATOMY_N_STATES; s++)
      {
        double belief = weight * beliefs[i * ANATOMY_N_STATES + (gsize) s];

        if (!fit->turned || s == ANATOMY_OTHER || anatomy_side (s) == 0)
          sum[i * ANATOMY_N_BELIEFS + (gsize) s] += belief;
        sum[i * ANATOMY_N_BELIEFS + ANATOMY_N_STATES + (gsize) anatomy_piece (s)] += belief;
      }
}

/* Beliefs averaged over the fits, each as much as it fits (new, [samples][ANATOMY_N_BELIEFS]; NULL: cancelled). */
static double *
average_beliefs (const WillisTree *tree, const GArray *samples, const gsize *first, const WillisProgress *progress,
                 GError **error)
{
  WillisProgress fitting = willis_progress_part (progress, 0.0, 0.8, NULL);
  WillisProgress inferring = willis_progress_part (progress, 0.8, 1.0, NULL);
  g_autoptr (GArray) fits = anatomy_fit (samples, MAX_FITS, progress != NULL ? &fitting : NULL, error);
  g_autofree double *sum = NULL;
  double total = 0.0;

  if (fits == NULL)
    return NULL;
  sum = g_new0 (double, samples->len * ANATOMY_N_BELIEFS + 1);
  for (guint n = 0; n < fits->len; n++)
    {
      const AnatomyFit *fit = &g_array_index (fits, AnatomyFit, n);
      double weight = exp (fit->score - g_array_index (fits, AnatomyFit, 0).score);
      g_autofree double *evidence = NULL;
      g_autofree double *beliefs = NULL;

      if (!willis_progress_step (progress != NULL ? &inferring : NULL, (double) n / fits->len, error))
        return NULL;
      if (weight < 1e-3)
        continue;
      evidence = anatomy_evidence (samples, fit);
      beliefs = anatomy_beliefs (tree, samples, first, evidence);
      add_beliefs (fit, beliefs, samples->len, weight * anatomy_sureness (samples, fit), sum);
      total += weight;
    }
  for (gsize i = 0; i < (gsize) samples->len * ANATOMY_N_BELIEFS; i++)
    sum[i] = total > 0.0 ? sum[i] / total : 0.0;
  return g_steal_pointer (&sum);
}

/* From wall to wall of what the branch joins. */
static double
gap_mm (const WillisBranch *branch)
{
  const double *from = branch->points_lps_mm, *to = from + 3 * (branch->n_points - 1);

  return vec3_dist (from, to) - MIN (branch->radius_mm[0], ACA_RADIUS_MM)
         - MIN (branch->radius_mm[branch->n_points - 1], ACA_RADIUS_MM);
}

/* The belief that A1 comes to the node of branch b at this end. */
static double
a1_at (const WillisTree *tree, gsize b, int end, const double *beliefs, const gsize *first)
{
  int node = willis_tree_branch (tree, b)->node[end];
  double most = 0.0;

  for (gsize o = 0; o < willis_tree_n_branches (tree); o++)
    for (int e = 0; e < 2; e++)
      if (o != b && willis_tree_branch (tree, o)->node[e] == node)
        {
          gsize sample = e == 0 ? first[o] : first[o + 1] - 1;

          most = MAX (most, beliefs[sample * ANATOMY_N_BELIEFS + ANATOMY_N_STATES + ANATOMY_A1]);
        }
  return most;
}

static gboolean
is_named (const WillisBranch *branch, WillisArtery artery)
{
  return !branch->by_hand && willis_artery_of_name (branch->name, NULL) == artery;
}

/* Two A2 run side by side, and the blur of the scan may join them. What is called ACom is then not sure: where it is as
 * short as a contact, and no A1 comes to it, or another is there that is no contact. */
static void
forget_contacts (WillisTree *tree, const double *beliefs, const gsize *first)
{
  gsize n = willis_tree_n_branches (tree);
  gboolean real = FALSE;

  for (gsize b = 0; b < n; b++)
    real = real
           || (is_named (willis_tree_branch (tree, b), WILLIS_ARTERY_ACOM)
               && gap_mm (willis_tree_branch (tree, b)) >= CONTACT_MM);
  for (gsize b = 0; b < n; b++)
    {
      const WillisBranch *branch = willis_tree_branch (tree, b);

      if (is_named (branch, WILLIS_ARTERY_ACOM) && gap_mm (branch) < CONTACT_MM
          && (real
              || (a1_at (tree, b, 0, beliefs, first) < WILLIS_NAME_SURE
                  && a1_at (tree, b, 1, beliefs, first) < WILLIS_NAME_SURE)))
        {
          willis_tree_set_name (tree, b, NULL, 1.0 - branch->confidence, FALSE);
          willis_tree_take_parts (tree, b, NULL, 0);
        }
    }
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
      part_branch (named, b, beliefs, first[b], first[b + 1]);
    }
  forget_contacts (named, beliefs, first);
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

/* The mean position to the left of a branch. */
static double
mean_left_mm (const WillisBranch *b)
{
  double sum = 0.0;

  for (gsize i = 0; i < b->n_points; i++)
    sum += b->points_lps_mm[3 * i];
  return sum / (double) MAX (b->n_points, 1);
}

/* How far to the left of the middle between the other branches of either side branch n lies, where both are there: NAN
 * otherwise. */
static double
left_of_middle_mm (const WillisTree *tree, gsize n)
{
  double sum[2] = { 0.0, 0.0 };
  int count[2] = { 0, 0 }, side;

  for (gsize i = 0; i < willis_tree_n_branches (tree); i++)
    {
      const WillisBranch *b = willis_tree_branch (tree, i);

      if (i == n || b->by_hand || willis_artery_of_name (b->name, &side) == WILLIS_ARTERY_NONE || side == 0)
        continue;
      sum[side > 0] += mean_left_mm (b);
      count[side > 0]++;
    }
  return count[0] > 0 && count[1] > 0
             ? mean_left_mm (willis_tree_branch (tree, n)) - 0.5 * (sum[0] / count[0] + sum[1] / count[1])
             : NAN;
}

#define OTHER_SIDE_MM 3.0 // from the middle: less may be an artery that winds across it

char *
willis_anatomy_name_doubt (const WillisTree *tree, gsize n)
{
  const char *name = willis_tree_branch (tree, n)->name;
  g_autofree char *artery = name != NULL ? willis_artery_text (name) : NULL;
  g_autoptr (GString) text = g_string_new (NULL);
  int side = 0, same = 1;

  if (name == NULL)
    return NULL;
  if (willis_artery_of_name (name, &side) != WILLIS_ARTERY_NONE && side * left_of_middle_mm (tree, n) < -OTHER_SIDE_MM)
    g_string_append_printf (text,
                            side > 0 ? _ ("Named %s, but this branch lies on the right.")
                                     : _ ("Named %s, but this branch lies on the left."),
                            artery);
  for (gsize i = 0; i < willis_tree_n_branches (tree); i++)
    same += i != n && g_strcmp0 (willis_tree_branch (tree, i)->name, name) == 0;
  if (same > 1)
    {
      g_string_append (text, text->len > 0 ? " " : "");
      g_string_append_printf (text, _ ("Branches of the name %s: %d."), artery, same);
    }
  return text->len > 0 ? g_string_free (g_steal_pointer (&text), FALSE) : NULL;
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

const char *
willis_tree_name_near (const WillisTree *tree, int n, const double lps_mm[3])
{
  const WillisBranch *branch;
  const char *name;
  gsize best = 0;

  if (tree == NULL || n < 0 || (gsize) n >= willis_tree_n_branches (tree))
    return WILLIS_NAME_UNSURE;
  branch = willis_tree_branch (tree, (gsize) n);
  for (gsize i = 0; i < branch->n_points; i++)
    if (vec3_dist (branch->points_lps_mm + 3 * i, lps_mm) < vec3_dist (branch->points_lps_mm + 3 * best, lps_mm))
      best = i;
  name = willis_branch_name_at (branch, branch->abscissa_mm[best], NULL);
  return name != NULL ? name : WILLIS_NAME_UNSURE;
}
