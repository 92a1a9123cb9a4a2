/* SPDX-License-Identifier: Apache-2.0 */
#include "solver/stent/lattice.h"

#include <math.h>
#include <string.h>

#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/base/parallel.h"
#include "core/num/chain.h"
#include "core/num/vec3.h"

#define LEAST_SHIFT 1e-9  // of the tangent, over a typical stiffness
#define FIRST_SHIFT 1e-4
#define WALL_ROUNDS 1     // renewals of the multipliers

typedef struct
{
  double energy, gradient[14], tangent[14][14]; // unknowns of the first node, then of the second
} RodPart;

typedef struct
{
  WillisLattice *l;
  RodPart *parts;
  WillisChain chain;
  int dof;
  double shift, stiffness, length; // of the shift: stiffness against translation, and a length that makes rotations of it
  double *gradient, *step;
  WillisFrame *frames;  // before a step
  double *angle;
  gboolean tangent;
  int failed[2];
} Newton;

WillisLattice *
willis_lattice_new (int n_rings, int around, gboolean hinged)
{
  WillisLattice *l = g_new0 (WillisLattice, 1);
  gsize n = (gsize) n_rings * around;

  l->n_rings = n_rings;
  l->around = around;
  l->hinged = hinged;
  l->frames = g_new0 (WillisFrame, n);
  l->angle = g_new0 (double, n);
  l->load = g_malloc0_n (n, sizeof *l->load);
  l->multiplier = g_new0 (double, n);
  l->wall = g_new0 (double, n);
  l->hold_at = g_new0 (double, around);
  l->rods = g_array_new (FALSE, FALSE, sizeof (WillisLatticeRod));
  l->soft = 1.0;
  return l;
}

void
willis_lattice_free (WillisLattice *lattice)
{
  if (lattice == NULL)
    return;
  g_free (lattice->frames);
  g_free (lattice->angle);
  g_free (lattice->load);
  g_free (lattice->multiplier);
  g_free (lattice->wall);
  g_free (lattice->hold_at);
  g_array_unref (lattice->rods);
  willis_lumen_unref (lattice->lumen);
  g_free (lattice);
}

void
willis_lattice_add_rod (WillisLattice *lattice, int a, int b, double side, double length, const double rest[6],
                        const double stiffness[6])
{
  WillisLatticeRod rod = { { { a, b }, length }, side };

  memcpy (rod.rod.rest, rest, sizeof rod.rod.rest);
  memcpy (rod.rod.stiffness, stiffness, sizeof rod.rod.stiffness);
  for (int k = 0; k < 2; k++)
    rod.rod.stiffness[1 + k] = 1.0 / (1.0 / stiffness[1 + k] + length * length / (12.0 * stiffness[5 - k]));
  g_array_append_val (lattice->rods, rod);
}

void
willis_lattice_hold (WillisLattice *lattice, const double axis[3], double stiffness_n_mm)
{
  vec3_copy (lattice->hold_axis, axis);
  lattice->hold_n_mm = stiffness_n_mm;
  for (int m = 0; m < lattice->around; m++)
    lattice->hold_at[m] = vec3_dot (lattice->frames[m].r, axis);
}

/* ---- rods */

/* The frame of a rod where it ends at a node, and the axis about which the hinge turns it. */
static void
rod_frame (const WillisLattice *l, int node, double side, WillisFrame *out, double axis[3])
{
  const WillisFrame *f = &l->frames[node];

  *out = *f;
  vec3_set (axis, 0.0, 0.0, 0.0);
  if (side == 0.0)
    return;
  if (l->hinged)
    willis_frame_axis (f, 1, axis);
  {
    double half = 0.5 * side * l->angle[node];
    const double turn[4] = { cos (half), 0.0, sin (half), 0.0 };

    quat_mul (out->q, f->q, turn); // about the node's own second axis
    vec3_scale (axis, axis, side);
  }
}

static WillisRodElement
softened (const WillisLattice *l, const WillisLatticeRod *rod)
{
  WillisRodElement e = rod->rod;

  e.stiffness[0] /= l->soft;
  return e;
}

static void
eval_rod (const WillisLattice *l, const WillisLatticeRod *rod, gboolean tangent, RodPart *out)
{
  WillisRodElement e = softened (l, rod);
  WillisRodElementForces f;
  WillisFrame ends[2];
  double axis[2][3];

  for (int k = 0; k < 2; k++)
    rod_frame (l, e.node[k], rod->side, &ends[k], axis[k]);
  willis_rod_element_eval (&e, &ends[0], &ends[1], NULL, &f);
  out->energy = f.energy;
  for (int k = 0; k < 2; k++)
    {
      for (int i = 0; i < 6; i++)
        out->gradient[7 * k + i] = f.gradient[6 * k + i];
      out->gradient[7 * k + 6] = vec3_dot (axis[k], f.gradient + 6 * k + 3);
    }
  if (!tangent)
    return;
  for (int i = 0; i < 12; i++)
    for (int j = 0; j < i; j++)
      f.tangent[i][j] = f.tangent[j][i] = 0.5 * (f.tangent[i][j] + f.tangent[j][i]);
  {
    double half[12][14];

    for (int i = 0; i < 12; i++)
      for (int j = 0; j < 14; j++)
        {
          int k = j / 7, c = j % 7;

          half[i][j] = c < 6 ? f.tangent[i][6 * k + c] : vec3_dot (f.tangent[i] + 6 * k + 3, axis[k]);
        }
    for (int i = 0; i < 14; i++)
      for (int j = 0; j < 14; j++)
        {
          int k = i / 7, c = i % 7;

          out->tangent[i][j] = c < 6 ? half[6 * k + c][j]
                                     : axis[k][0] * half[6 * k + 3][j] + axis[k][1] * half[6 * k + 4][j]
                                           + axis[k][2] * half[6 * k + 5][j];
        }
  }
  for (int k = 0; k < 2; k++)
    {
      /* turning the node after turning about its hinge: exp (w) exp (a) = exp (w + a + w x a / 2 ...) */
      double twice[3];

      vec3_cross (twice, axis[k], f.gradient + 6 * k + 3);
      for (int i = 0; i < 3; i++)
        {
          out->tangent[7 * k + 3 + i][7 * k + 6] += 0.5 * twice[i];
          out->tangent[7 * k + 6][7 * k + 3 + i] += 0.5 * twice[i];
        }
    }
}

static void
eval_range (gsize lo, gsize hi, gpointer context)
{
  Newton *n = context;

  for (gsize i = lo; i < hi; i++)
    eval_rod (n->l, &g_array_index (n->l->rods, WillisLatticeRod, i), TRUE, &n->parts[i]);
}

typedef struct
{
  const WillisLattice *l;
  double *energies;
} Energies;

static void
energy_range (gsize lo, gsize hi, gpointer context)
{
  const Energies *e = context;

  for (gsize i = lo; i < hi; i++)
    {
      const WillisLatticeRod *rod = &g_array_index (e->l->rods, WillisLatticeRod, i);
      WillisRodElement soft = softened (e->l, rod);
      WillisFrame ends[2];
      double axis[3];

      for (int k = 0; k < 2; k++)
        rod_frame (e->l, soft.node[k], rod->side, &ends[k], axis);
      e->energies[i] = willis_rod_element_energy (&soft, &ends[0], &ends[1]);
    }
}

/* ---- what else acts on nodes */

/* Wall, hold and loads at one node: energy; gradient [3] and tangent [9] of the place where not NULL (set, not added). */
static double
node_energy (const WillisLattice *l, int node, double gradient[3], double tangent[9])
{
  const double *x = l->frames[node].r;
  double energy = -vec3_dot (l->load[node], x), g[3], h[9];

  if (gradient != NULL)
    vec3_scale (gradient, l->load[node], -1.0);
  if (tangent != NULL)
    memset (tangent, 0, 9 * sizeof *tangent);
  if (l->lumen != NULL)
    {
      double gap = willis_lumen_sample (l->lumen, x, gradient != NULL ? g : NULL, tangent != NULL ? h : NULL) - l->clearance_mm;
      double force = l->multiplier[node] - l->wall_n_mm * gap;

      if (force > 0.0)
        {
          energy += 0.5 * force * force / l->wall_n_mm;
          if (gradient != NULL)
            vec3_axpy (gradient, gradient, -force, g);
          for (int i = 0; tangent != NULL && i < 3; i++)
            for (int j = 0; j < 3; j++)
              tangent[3 * i + j] += l->wall_n_mm * g[i] * g[j] - force * h[3 * i + j];
        }
    }
  if (node < l->around && l->hold_n_mm > 0.0)
    {
      double off = vec3_dot (x, l->hold_axis) - l->hold_at[node];

      energy += 0.5 * l->hold_n_mm * off * off;
      if (gradient != NULL)
        vec3_axpy (gradient, gradient, l->hold_n_mm * off, l->hold_axis);
      for (int i = 0; tangent != NULL && i < 3; i++)
        for (int j = 0; j < 3; j++)
          tangent[3 * i + j] += l->hold_n_mm * l->hold_axis[i] * l->hold_axis[j];
    }
  return energy;
}

double
willis_lattice_energy (const WillisLattice *lattice, double (*gradient)[7])
{
  int n = lattice->n_rings * lattice->around;
  double energy = 0.0;

  if (gradient != NULL)
    {
      memset (gradient, 0, (gsize) n * sizeof *gradient);
      for (guint i = 0; i < lattice->rods->len; i++)
        {
          const WillisLatticeRod *rod = &g_array_index (lattice->rods, WillisLatticeRod, i);
          RodPart part;

          eval_rod (lattice, rod, FALSE, &part);
          energy += part.energy;
          for (int k = 0; k < 14; k++)
            gradient[rod->rod.node[k / 7]][k % 7] += part.gradient[k];
        }
    }
  else
    {
      g_autofree double *energies = g_new (double, MAX (lattice->rods->len, 1));
      Energies e = { lattice, energies };

      willis_parallel_for (lattice->rods->len, 256, energy_range, &e);
      for (guint i = 0; i < lattice->rods->len; i++)
        energy += energies[i];
    }
  for (int i = 0; i < n; i++)
    {
      double g[3];

      energy += node_energy (lattice, i, gradient != NULL ? g : NULL, NULL);
      if (gradient != NULL)
        for (int k = 0; k < 3; k++)
          gradient[i][k] += g[k];
    }
  return energy;
}

/* ---- Newton */

/* Adds to the entry of two unknowns, in rings that are one or neighbours. */
static void
add_entry (Newton *n, int node_a, int a, int node_b, int b, double value)
{
  int around = n->l->around, ring_a = node_a / around, ring_b = node_b / around;
  int i = node_a % around * n->dof + a, j = node_b % around * n->dof + b;

  if (ring_a == ring_b)
    {
      if (i >= j)
        willis_chain_diag (&n->chain, ring_a)[(gsize) i * n->chain.stride + j] += value;
    }
  else if (ring_a == ring_b + 1)
    willis_chain_below (&n->chain, ring_b)[(gsize) i * n->chain.stride + j] += value;
}

static void
fill (Newton *n)
{
  const WillisLattice *l = n->l;
  int nodes = l->n_rings * l->around, dof = n->dof;

  willis_chain_zero (&n->chain);
  for (guint r = 0; r < l->rods->len; r++)
    {
      const int *node = g_array_index (l->rods, WillisLatticeRod, r).rod.node;

      for (int i = 0; i < 14; i++)
        for (int j = 0; j < 14; j++)
          if (i % 7 < dof && j % 7 < dof)
            add_entry (n, node[i / 7], i % 7, node[j / 7], j % 7, n->parts[r].tangent[i][j]);
    }
  for (int i = 0; i < nodes; i++)
    {
      double g[3], h[9];

      node_energy (l, i, g, h);
      for (int a = 0; a < 3; a++)
        for (int b = 0; b < 3; b++)
          add_entry (n, i, a, i, b, h[3 * a + b]);
      for (int a = 0; a < dof; a++)
        add_entry (n, i, a, i, a, n->shift * n->stiffness * (a < 3 ? 1.0 : n->length * n->length));
    }
}

static void
half_range (gsize lo, gsize hi, gpointer context)
{
  Newton *n = context;

  for (gsize i = lo; i < hi; i++)
    n->failed[i] = willis_chain_factor_half (&n->chain, (int) i);
}

/* Gradient and rods' parts at the present frames; returns the energy. */
static double
assemble (Newton *n)
{
  const WillisLattice *l = n->l;
  int nodes = l->n_rings * l->around, dof = n->dof;
  double energy = 0.0;

  willis_parallel_for (l->rods->len, 128, eval_range, n);
  memset (n->gradient, 0, (gsize) nodes * dof * sizeof *n->gradient);
  for (guint r = 0; r < l->rods->len; r++)
    {
      const int *node = g_array_index (l->rods, WillisLatticeRod, r).rod.node;

      energy += n->parts[r].energy;
      for (int i = 0; i < 14; i++)
        if (i % 7 < dof)
          n->gradient[node[i / 7] * dof + i % 7] += n->parts[r].gradient[i];
    }
  for (int i = 0; i < nodes; i++)
    {
      double g[3];

      energy += node_energy (l, i, g, NULL);
      for (int a = 0; a < 3; a++)
        n->gradient[i * dof + a] += g[a];
    }
  return energy;
}

static gboolean
solve (Newton *n)
{
  gsize size = (gsize) n->l->n_rings * n->l->around * n->dof;

  for (int attempt = 0; attempt < 14; attempt++)
    {
      fill (n);
      willis_parallel_for (2, 1, half_range, n);
      if (n->failed[0] == 0 && n->failed[1] == 0 && willis_chain_factor_finish (&n->chain) == 0)
        {
          for (gsize i = 0; i < size; i++)
            n->step[i] = -n->gradient[i];
          willis_chain_solve (&n->chain, n->step);
          return TRUE;
        }
      n->shift = fmax (10.0 * n->shift, FIRST_SHIFT);
    }
  return FALSE;
}

static void
move (Newton *n, double t)
{
  WillisLattice *l = n->l;

  for (int i = 0; i < l->n_rings * l->around; i++)
    {
      double h[6];

      for (int k = 0; k < 6; k++)
        h[k] = t * n->step[i * n->dof + k];
      l->frames[i] = n->frames[i];
      willis_frame_move (&l->frames[i], h);
      if (n->dof == 7)
        l->angle[i] = n->angle[i] + t * n->step[i * 7 + 6];
    }
}

/* Largest motion of the step in mm, rotations by the length of a rod. */
static double
largest (const Newton *n)
{
  double most = 0.0;

  for (gsize i = 0; i < (gsize) n->l->n_rings * n->l->around * n->dof; i++)
    most = fmax (most, fabs (n->step[i]) * (i % n->dof < 3 ? 1.0 : n->length));
  return most;
}

/* One step; returns its length in mm, negative where the energy cannot be lowered. */
static double
newton_step (Newton *n)
{
  WillisLattice *l = n->l;
  int nodes = l->n_rings * l->around;
  double energy = assemble (n), slope = 0.0, most, t;

  if (!solve (n))
    return -1.0;
  for (gsize i = 0; i < (gsize) nodes * n->dof; i++)
    slope += n->gradient[i] * n->step[i];
  most = largest (n);
  t = fmin (1.0, 0.5 * n->length / fmax (most, 1e-300));
  memcpy (n->frames, l->frames, (gsize) nodes * sizeof *n->frames);
  memcpy (n->angle, l->angle, (gsize) nodes * sizeof *n->angle);
  if (-slope <= 1e-20 * nodes * n->stiffness * n->length * n->length + 1e-15 * fabs (energy)) // less than the energy can tell
    {
      move (n, t);
      n->shift = fmax (0.2 * n->shift, LEAST_SHIFT);
      return t * most;
    }
  for (int cut = 0; cut < 12; cut++, t *= 0.5)
    {
      double then;

      move (n, t);
      then = willis_lattice_energy (l, NULL);
      if (then <= energy + 1e-4 * t * slope + 1e-13 * fabs (energy))
        {
          n->shift = cut == 0 ? fmax (0.2 * n->shift, LEAST_SHIFT) : cut > 2 ? fmax (5.0 * n->shift, 1e-6) : n->shift;
          return t * most;
        }
    }
  move (n, 0.0);
  n->shift = fmax (20.0 * n->shift, FIRST_SHIFT);
  return n->shift > 1e3 ? -1.0 : INFINITY;
}

static gboolean
run (Newton *n, double tolerance, int max_steps, const WillisProgress *progress, GError **error)
{
  WillisLattice *l = n->l;
  double moved = INFINITY;

  while (l->steps < max_steps)
    {
      if (!willis_progress_step (progress, (double) l->steps / max_steps, error))
        return FALSE;
      moved = newton_step (n);
      l->steps++;
      if (moved < 0.0)
        break;
      if (moved < tolerance && n->shift < 1e-3)
        return TRUE;
    }
  return willis_fail (error, WILLIS_ERROR_FAILED, _ ("the wires do not come to rest in this lumen (they still move by %.2g mm)"),
                      fmax (moved, 0.0));
}

static void
note_wall (WillisLattice *l)
{
  for (int i = 0; l->lumen != NULL && i < l->n_rings * l->around; i++)
    l->wall[i] = fmax (l->multiplier[i]
                           - l->wall_n_mm * (willis_lumen_sample (l->lumen, l->frames[i].r, NULL, NULL) - l->clearance_mm),
                       0.0);
}

static double
mean_stiffness (const WillisLattice *l, double *length)
{
  double k = 0.0;

  *length = 0.0;
  for (guint i = 0; i < l->rods->len; i++)
    {
      const WillisRodElement *e = &g_array_index (l->rods, WillisLatticeRod, i).rod;

      k += e->stiffness[5] / (e->length * e->length * e->length) / l->rods->len;
      *length += e->length / l->rods->len;
    }
  return k;
}

gboolean
willis_lattice_settle (WillisLattice *lattice, double tolerance_mm, int max_steps, const WillisProgress *progress, GError **error)
{
  gsize nodes = (gsize) lattice->n_rings * lattice->around;
  Newton n = { .l = lattice, .dof = lattice->hinged ? 7 : 6, .shift = FIRST_SHIFT };
  g_autofree RodPart *parts = g_new (RodPart, MAX (lattice->rods->len, 1));
  g_autofree double *gradient = g_new (double, nodes * n.dof), *step = g_new (double, nodes * n.dof), *angle = g_new (double, nodes);
  g_autofree WillisFrame *frames = g_new (WillisFrame, nodes);
  double soft = lattice->soft;
  gboolean ok;

  if (willis_chain_init (&n.chain, lattice->n_rings, lattice->around * n.dof) != 0)
    return willis_fail (error, WILLIS_ERROR_FAILED, _ ("there is not enough memory for the wires of this device"));
  n.parts = parts;
  n.gradient = gradient;
  n.step = step;
  n.frames = frames;
  n.angle = angle;
  n.stiffness = mean_stiffness (lattice, &n.length);
  lattice->steps = 0;
  ok = run (&n, soft > 1.0 ? 100.0 * tolerance_mm : tolerance_mm, max_steps, progress, error);
  if (ok && soft > 1.0)
    {
      lattice->soft = 1.0;
      ok = run (&n, tolerance_mm, max_steps, progress, error);
      lattice->soft = soft;
    }
  for (int round = 0; ok && round < WALL_ROUNDS && lattice->lumen != NULL && !lattice->elastic_wall; round++)
    {
      note_wall (lattice);
      memcpy (lattice->multiplier, lattice->wall, nodes * sizeof *lattice->multiplier);
      lattice->soft = 1.0;
      ok = run (&n, tolerance_mm, max_steps, progress, error);
      lattice->soft = soft;
    }
  note_wall (lattice);
  willis_chain_clear (&n.chain);
  return ok;
}
