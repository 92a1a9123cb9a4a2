/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which names can follow and meet which, and the beliefs that follow from that: sums and products passed along the
 * branches (exact, forward and backward) and through the junctions until they stand still (Pearl 1988; in trees with
 * loops an approximation that is damped).
 */
#include <math.h>
#include <string.h>

#include "core/vessel/anatomy-private.h"

#define N ANATOMY_N_STATES
#define ROUNDS 14
#define DAMPING 0.4
#define NEVER 1e-4   // what anatomy does not have, but a wrong tree may
#define TO_OTHER 0.3 // a branch that is none of these, at a named one

typedef struct
{
  AnatomyPiece a, b;
  double follow; // likelihood that a turns into b along a branch, without a junction (per change)
  double meet;   // that they meet at a junction
} Neighbours;

/* Where sides matter both are on the same side. */
static const Neighbours neighbours[] = {
  { ANATOMY_C1, ANATOMY_C2, 0.5, 0.5 },
  { ANATOMY_C2, ANATOMY_C3, 0.5, 0.5 },
  { ANATOMY_C3, ANATOMY_C4, 0.5, 0.5 },
  { ANATOMY_C4, ANATOMY_C5, 0.5, 0.5 },
  { ANATOMY_C5, ANATOMY_C6, 0.5, 0.5 },
  { ANATOMY_C6, ANATOMY_C7, 0.4, 1.0 },
  { ANATOMY_C7, ANATOMY_M1, 0.06, 1.0 },
  { ANATOMY_C7, ANATOMY_A1, 0.02, 1.0 },
  { ANATOMY_M1, ANATOMY_A1, 0.005, 1.0 },
  { ANATOMY_M1, ANATOMY_M2_SUPERIOR, 0.1, 1.0 },
  { ANATOMY_M1, ANATOMY_M2_INFERIOR, 0.1, 1.0 },
  { ANATOMY_M2_SUPERIOR, ANATOMY_M2_INFERIOR, 0.01, 1.0 },
  { ANATOMY_A1, ANATOMY_A2, 0.2, 1.0 },
  { ANATOMY_A1, ANATOMY_ACOM, 0.03, 1.0 },
  { ANATOMY_A2, ANATOMY_ACOM, 0.02, 1.0 },
  { ANATOMY_C7, ANATOMY_PCOM, 0.001, 1.0 },
  { ANATOMY_C6, ANATOMY_PCOM, 0.001, 1.0 },
  { ANATOMY_PCOM, ANATOMY_P2, 0.1, 1.0 },
  { ANATOMY_PCOM, ANATOMY_P1, 0.005, 1.0 },
  { ANATOMY_P1, ANATOMY_P2, 0.3, 1.0 },
  { ANATOMY_BASILAR, ANATOMY_P1, 0.02, 1.0 },
  { ANATOMY_BASILAR, ANATOMY_SCA, 0.005, 1.0 },
  { ANATOMY_P1, ANATOMY_SCA, 0.001, 0.6 },
  { ANATOMY_BASILAR, ANATOMY_AICA, 0.005, 1.0 },
  { ANATOMY_BASILAR, ANATOMY_VA, 0.1, 1.0 },
  { ANATOMY_VA, ANATOMY_PICA, 0.02, 1.0 },
  { ANATOMY_C6, ANATOMY_OPHTHALMIC, 0.001, 1.0 },
  { ANATOMY_C5, ANATOMY_OPHTHALMIC, 0.001, 0.5 },
  { ANATOMY_C7, ANATOMY_CHOROIDAL, 0.001, 1.0 },
};

/* Across the midline. */
static const Neighbours across[] = {
  { ANATOMY_A1, ANATOMY_A1, 0.003, 0.3 }, { ANATOMY_A1, ANATOMY_A2, 0.01, 0.4 },  { ANATOMY_A2, ANATOMY_A2, 0.003, 0.4 },
  { ANATOMY_P1, ANATOMY_P1, 0.02, 1.0 },  { ANATOMY_SCA, ANATOMY_SCA, 0.001, 0.8 }, { ANATOMY_VA, ANATOMY_VA, 0.005, 1.0 },
  { ANATOMY_P1, ANATOMY_SCA, 0.001, 0.5 }, { ANATOMY_AICA, ANATOMY_AICA, 0.001, 0.6 },
};

typedef struct
{
  int a, b, c;
  double extra; // likelihood above NEVER^
} Triple;

typedef struct
{
  double follow[N * N], meet[N * N];
  GArray *triples; // of Triple, ordered, all that may be; the others count floor3
  double floor3;
} Rules;

static void
set_both (Rules *rules, int a, int b, const Neighbours *n)
{
  rules->follow[a * N + b] = rules->follow[b * N + a] = MAX (rules->follow[a * N + b], n->follow);
  rules->meet[a * N + b] = rules->meet[b * N + a] = MAX (rules->meet[a * N + b], n->meet);
}

/* Arteries that give branches off and go on under the same name. */
static gboolean
goes_on (AnatomyPiece p)
{
  return p != ANATOMY_ACOM;
}

/* Those that are one tube, which passes a junction at most once. */
static gboolean
is_path (AnatomyPiece p)
{
  return (p >= ANATOMY_C1 && p <= ANATOMY_M1) || p == ANATOMY_A1 || p == ANATOMY_PCOM || p == ANATOMY_VA || p == ANATOMY_P1
         || p == ANATOMY_ACOM || p == ANATOMY_BASILAR;
}

static gboolean
is_carotid (AnatomyPiece p)
{
  return p >= ANATOMY_C1 && p <= ANATOMY_C7;
}

static gboolean
same_tube (int a, int b)
{
  AnatomyPiece p = anatomy_piece (a), q = anatomy_piece (b);

  return anatomy_side (a) == anatomy_side (b) && (p == q || (is_carotid (p) && is_carotid (q)));
}

/* How likely the three names meet, beyond what pairs say. */
static double
triple_factor (int a, int b, int c)
{
  const int s[3] = { a, b, c };
  double f = 1.0;

  for (int i = 0; i < 3; i++)
    {
      int x = s[i], y = s[(i + 1) % 3], z = s[(i + 2) % 3];
      AnatomyPiece p = anatomy_piece (x), r = anatomy_piece (z);

      if (is_path (p) && same_tube (x, y) && same_tube (y, z))
        return NEVER; // counted three times over, the same number each
      // a tube that ends here does not go on
      if (same_tube (x, y) && is_carotid (p) && (r == ANATOMY_M1 || r == ANATOMY_A1))
        f *= 0.02;
      if (same_tube (x, y) && p == ANATOMY_BASILAR && r == ANATOMY_P1)
        f *= 0.1;
      if (same_tube (x, y) && p == ANATOMY_A1 && (r == ANATOMY_A2 || r == ANATOMY_ACOM))
        f *= 0.2;
      if (same_tube (x, y) && p == ANATOMY_P1 && (r == ANATOMY_PCOM || r == ANATOMY_P2))
        f *= 0.3;
      if (same_tube (x, y) && p == ANATOMY_M1 && r == ANATOMY_A1)
        f *= 0.02;
    }
  return f;
}

static void
rules_init (Rules *rules)
{
  memset (rules, 0, sizeof *rules);
  for (int s = 0; s < N; s++)
    {
      rules->follow[s * N + s] = 1.0;
      rules->meet[s * N + s] = goes_on (anatomy_piece (s)) ? 1.0 : 0.3;
      rules->follow[s * N] = rules->follow[s] = MAX (rules->follow[s], 0.01);
      rules->meet[s * N] = rules->meet[s] = MAX (rules->meet[s], TO_OTHER);
    }
  rules->follow[0] = rules->meet[0] = 1.0;
  for (guint n = 0; n < G_N_ELEMENTS (neighbours); n++)
    for (int side = -1; side <= 1; side += 2)
      set_both (rules, anatomy_state (neighbours[n].a, side), anatomy_state (neighbours[n].b, side), neighbours + n);
  for (guint n = 0; n < G_N_ELEMENTS (across); n++)
    for (int side = -1; side <= 1; side += 2)
      set_both (rules, anatomy_state (across[n].a, side), anatomy_state (across[n].b, -side), across + n);
  for (int n = 0; n < N * N; n++)
    {
      rules->follow[n] = MAX (rules->follow[n], 1e-6);
      rules->meet[n] = MAX (rules->meet[n], NEVER);
    }
  rules->floor3 = NEVER * NEVER;
  rules->triples = g_array_new (FALSE, FALSE, sizeof (Triple));
  for (int a = 0; a < N; a++)
    for (int b = 0; b < N; b++)
      for (int c = 0; c < N; c++)
        {
          double ab = rules->meet[a * N + b], bc = rules->meet[b * N + c], ac = rules->meet[a * N + c];
          Triple t = { a, b, c, ab * bc * ac * triple_factor (a, b, c) - rules->floor3 };

          if (t.extra > 0.0)
            g_array_append_val (rules->triples, t);
        }
}

static void
normalise (double *m)
{
  double sum = 0.0;

  for (int s = 0; s < N; s++)
    sum += m[s];
  for (int s = 0; s < N; s++)
    m[s] = sum > 0.0 ? m[s] / sum : 1.0 / N;
}

/* out = M^T in, M symmetric. */
static void
pass (const double *matrix, const double *in, double *out)
{
  for (int b = 0; b < N; b++)
    out[b] = 0.0;
  for (int a = 0; a < N; a++)
    {
      if (in[a] < 1e-12)
        continue;
      for (int b = 0; b < N; b++)
        out[b] += in[a] * matrix[a * N + b];
    }
  normalise (out);
}

typedef struct
{
  const Rules *rules;
  gsize n_branches;
  const gsize *first;
  double *likelihood; // [samples][N]
  double *in, *out;   // [branches][2][N]: into an end from its junction, and out of it
  double *belief;     // [samples][N]
} Inference;

/* Forward and backward along branch b. */
static void
sweep_branch (Inference *inf, gsize b)
{
  gsize from = inf->first[b], n = inf->first[b + 1] - from;
  g_autofree double *forward = g_new (double, n * N);
  double m[N], next[N];

  memcpy (m, inf->in + (2 * b) * N, sizeof m);
  for (gsize i = 0; i < n; i++)
    {
      if (i > 0)
        {
          pass (inf->rules->follow, m, next);
          memcpy (m, next, sizeof m);
        }
      memcpy (forward + i * N, m, sizeof m);
      for (int s = 0; s < N; s++)
        m[s] *= inf->likelihood[(from + i) * N + (gsize) s];
      normalise (m);
    }
  memcpy (inf->out + (2 * b + 1) * N, m, sizeof m);
  memcpy (m, inf->in + (2 * b + 1) * N, sizeof m);
  for (gsize i = n; i-- > 0;)
    {
      double *belief = inf->belief + (from + i) * N;

      if (i + 1 < n)
        {
          pass (inf->rules->follow, m, next);
          memcpy (m, next, sizeof m);
        }
      for (int s = 0; s < N; s++)
        {
          m[s] *= inf->likelihood[(from + i) * N + (gsize) s];
          belief[s] = m[s] * forward[i * N + (gsize) s];
        }
      normalise (m);
      normalise (belief);
    }
  memcpy (inf->out + (2 * b) * N, m, sizeof m);
}

static void
damp (double *old, double *fresh)
{
  normalise (fresh);
  for (int s = 0; s < N; s++)
    old[s] = DAMPING * old[s] + (1.0 - DAMPING) * fresh[s];
}

/* ends: indices 2 * branch + end of all branch ends at one node. */
static void
update_node (Inference *inf, const gsize *ends, guint n)
{
  const double *m[3];
  double fresh[3][N];

  if (n < 2)
    return;
  if (n == 3)
    {
      for (int k = 0; k < 3; k++)
        {
          m[k] = inf->out + ends[k] * N;
          for (int s = 0; s < N; s++)
            fresh[k][s] = inf->rules->floor3;
        }
      for (guint i = 0; i < inf->rules->triples->len; i++)
        {
          const Triple *t = &g_array_index (inf->rules->triples, Triple, i);

          fresh[0][t->a] += t->extra * m[1][t->b] * m[2][t->c];
          fresh[1][t->b] += t->extra * m[0][t->a] * m[2][t->c];
          fresh[2][t->c] += t->extra * m[0][t->a] * m[1][t->b];
        }
      for (int k = 0; k < 3; k++)
        damp (inf->in + ends[k] * N, fresh[k]);
      return;
    }
  for (guint i = 0; i < n; i++)
    {
      double product[N], one[N];

      for (int s = 0; s < N; s++)
        product[s] = 1.0;
      for (guint j = 0; j < n; j++)
        if (j != i)
          {
            pass (inf->rules->meet, inf->out + ends[j] * N, one);
            for (int s = 0; s < N; s++)
              product[s] *= n == 2 ? one[s] : sqrt (one[s]); // every pair is seen from both
            normalise (product);
          }
      damp (inf->in + ends[i] * N, product);
    }
}

/* A dead end that swells is a sac; none of the arteries ends so. */
static void
end_prior (const WillisTree *tree, gsize b, int end, double *m)
{
  const WillisBranch *branch = willis_tree_branch (tree, b);
  gsize n = branch->n_points, root = end == 0 ? n - 1 : 0;
  double widest = 0.0, root_radius = branch->radius_mm[root];

  if (willis_tree_node (tree, (gsize) branch->node[end])->degree != 1 || branch->length_mm > 25.0 || n < 4)
    return;
  for (gsize i = 0; i < n; i++)
    if (fabs (branch->abscissa_mm[i] - branch->abscissa_mm[root]) > 0.4 * branch->length_mm)
      widest = MAX (widest, branch->radius_mm[i]);
  if (widest > 1.25 * root_radius || branch->length_mm < 2.0 * widest)
    for (int s = 1; s < N; s++)
      m[s] *= 0.1;
  normalise (m);
}

static gsize *
node_ends (const WillisTree *tree, gsize **first_out)
{
  gsize n_nodes = willis_tree_n_nodes (tree), n_branches = willis_tree_n_branches (tree);
  gsize *first = g_new0 (gsize, n_nodes + 1), *ends = g_new (gsize, 2 * n_branches + 1);
  g_autofree gsize *at = g_new0 (gsize, n_nodes + 1);

  for (gsize b = 0; b < n_branches; b++)
    for (int e = 0; e < 2; e++)
      first[willis_tree_branch (tree, b)->node[e] + 1]++;
  for (gsize n = 0; n < n_nodes; n++)
    first[n + 1] += first[n];
  for (gsize b = 0; b < n_branches; b++)
    for (int e = 0; e < 2; e++)
      {
        gsize node = (gsize) willis_tree_branch (tree, b)->node[e];

        ends[first[node] + at[node]++] = 2 * b + (gsize) e;
      }
  *first_out = first;
  return ends;
}

double *
anatomy_beliefs (const WillisTree *tree, const GArray *samples, const gsize *first, const double *evidence)
{
  g_autofree Rules *rules = g_new (Rules, 1);
  gsize n_branches = willis_tree_n_branches (tree);
  g_autofree gsize *node_first = NULL;
  g_autofree gsize *ends = node_ends (tree, &node_first);
  Inference inf = { .rules = rules, .n_branches = n_branches, .first = first };

  rules_init (rules);
  inf.likelihood = g_new (double, samples->len * N + 1);
  inf.belief = g_new0 (double, samples->len * N + 1);
  inf.in = g_new (double, 2 * n_branches * N + 1);
  inf.out = g_new (double, 2 * n_branches * N + 1);
  for (gsize i = 0; i < (gsize) samples->len * N; i++)
    inf.likelihood[i] = exp (evidence[i]);
  for (gsize i = 0; i < 2 * n_branches * N; i++)
    inf.in[i] = inf.out[i] = 1.0 / N;
  for (gsize b = 0; b < n_branches; b++)
    for (int e = 0; e < 2; e++)
      end_prior (tree, b, e, inf.in + (2 * b + (gsize) e) * N);
  for (int round = 0; round < ROUNDS; round++)
    {
      for (gsize b = 0; b < n_branches; b++)
        sweep_branch (&inf, b);
      for (gsize n = 0; n < willis_tree_n_nodes (tree); n++)
        update_node (&inf, ends + node_first[n], (guint) (node_first[n + 1] - node_first[n]));
    }
  for (gsize b = 0; b < n_branches; b++)
    sweep_branch (&inf, b);
  g_array_unref (rules->triples);
  g_free (inf.likelihood);
  g_free (inf.in);
  g_free (inf.out);
  return inf.belief;
}
