/* SPDX-License-Identifier: Apache-2.0 */
#include "solver/contact/contact.h"

#include <string.h>

#include "core/num/kernel.h"

/* Into the kernel whole, so that they are compiled for each instruction set. */
#define INLINE static inline __attribute__ ((always_inline))

#define STEEPEST 2.0 // a lumen's distance changes by at most so much per millimetre
#define PENALTY 30.0 // of a rigid wall, over bending stiffness / length^4: near that of the elements themselves

/* Gap and force at one point. */
typedef struct
{
  double gap, pressure, slope; // slope: d pressure / d depth
  double normal[3];            // into the lumen
  double hessian[9];
  double friction[3];          // that the wall's spring pulls with, along the wall
  double tangent[9];           // d friction / d x
  double energy;
} Touch;

WillisContact *
willis_contact_new (const WillisRodModel *model, WillisLumen *lumen, const WillisContactParams *params)
{
  WillisContact *c = g_new0 (WillisContact, 1);
  g_autofree double *length = g_new0 (double, model->n_nodes);
  g_autofree double *stiffness = g_new0 (double, model->n_nodes);
  g_autofree int *ends = g_new0 (int, model->n_nodes);
  double clearance = willis_lumen_scale_mm (lumen) - params->radius_mm;

  c->model = model;
  c->lumen = willis_lumen_ref (lumen);
  c->params = *params;
  c->n_points = model->n_nodes + model->n_elements;
  c->points = g_new0 (WillisContactPoint, c->n_points);
  c->memory = g_new0 (WillisContactMemory, c->n_points);
  c->tolerance_mm = 1e-4 * CLAMP (clearance, 1e-6, 1.0);
  for (int e = 0; e < model->n_elements; e++)
    {
      const WillisRodElement *el = &model->elements[e];
      WillisContactPoint *p = &c->points[model->n_nodes + e];
      double bending = MAX (el->stiffness[4], el->stiffness[5]), k = PENALTY * bending / pow (el->length, 4.0);

      *p = (WillisContactPoint){ e, el->node[0], el->node[1], el->length * 4.0 / 6.0, k, params->radius_mm };
      for (int i = 0; i < 2; i++)
        {
          length[el->node[i]] += el->length / 6.0;
          stiffness[el->node[i]] = MAX (stiffness[el->node[i]], k);
          ends[el->node[i]]++;
        }
    }
  for (int n = 0; n < model->n_nodes; n++)
    {
      /* an end carries its round cap: it bears like the neighbourhood of a node inside */
      double weight = length[n] * (ends[n] == 1 ? 3.0 : 1.0);

      c->points[n] = (WillisContactPoint){ -1, n, n, weight, stiffness[n], params->radius_mm };
    }
  for (int p = 0; p < c->n_points; p++)
    {
      if (params->stiffness > 0.0)
        c->points[p].stiffness = params->stiffness;
      willis_contact_place (c, p, model->start, c->memory[p].anchor);
    }
  return c;
}

void
willis_contact_free (WillisContact *c)
{
  if (c == NULL)
    return;
  willis_lumen_unref (c->lumen);
  g_free (c->points);
  g_free (c->memory);
  g_free (c);
}

void
willis_contact_place (const WillisContact *c, int p, const WillisFrame *frames, double x[3])
{
  const WillisContactPoint *point = &c->points[p];
  const WillisFrame *a = &frames[point->a], *b = &frames[point->b];
  double ta[3], tb[3], l;

  if (point->element < 0)
    {
      vec3_copy (x, a->r);
      return;
    }
  l = c->model->elements[point->element].length;
  willis_frame_axis (a, 0, ta);
  willis_frame_axis (b, 0, tb);
  for (int k = 0; k < 3; k++)
    x[k] = 0.5 * (a->r[k] + b->r[k]) + 0.125 * l * (ta[k] - tb[k]);
}

/* Pressure of the wall at a gap, its slope and its energy. */
INLINE void
press (const WillisContact *c, const WillisContactPoint *point, double multiplier, Touch *t)
{
  double k = point->stiffness, g = t->gap, e = c->params.skin_mm;

  if (c->params.stiffness <= 0.0)
    {
      double p = multiplier - k * g;

      t->pressure = MAX (0.0, p);
      t->slope = p > 0.0 ? k : 0.0;
      t->energy = (t->pressure * t->pressure - multiplier * multiplier) / (2.0 * k);
    }
  else if (g >= e)
    t->pressure = t->slope = t->energy = 0.0;
  else if (g > 0.0)
    {
      t->pressure = k * (e - g) * (e - g) / (2.0 * e);
      t->slope = k * (e - g) / e;
      t->energy = k * (e - g) * (e - g) * (e - g) / (6.0 * e);
    }
  else
    {
      t->pressure = k * (0.5 * e - g);
      t->slope = k;
      t->energy = 0.5 * k * (g * g - e * g + e * e / 3.0);
    }
}

/* Friction by return mapping: an elastic spring from the anchor that slips at mu times the bound. */
INLINE void
rub (const WillisContact *c, const WillisContactPoint *point, const WillisContactMemory *m, const double x[3], Touch *t)
{
  double bound = c->params.friction * (c->params.coupled ? t->pressure : m->bound), k = point->stiffness;
  double normal[3], trial[3], size, along;

  memset (t->friction, 0, sizeof t->friction);
  memset (t->tangent, 0, sizeof t->tangent);
  if (bound <= 0.0)
    return;
  /* a sampled distance's gradient is not of unit length everywhere */
  vec3_copy (normal, c->params.coupled ? t->normal : m->normal);
  vec3_normalize (normal);
  for (int i = 0; i < 3; i++)
    trial[i] = m->held[i] + k * (x[i] - m->anchor[i] - m->drift[i]);
  along = vec3_dot (trial, normal);
  vec3_axpy (trial, trial, -along, normal);
  size = vec3_norm (trial);
  if (size <= bound)
    {
      vec3_copy (t->friction, trial);
      for (int i = 0; i < 3; i++)
        for (int j = 0; j < 3; j++)
          t->tangent[3 * i + j] = k * ((i == j) - normal[i] * normal[j]);
      t->energy += 0.5 * size * size / k;
      return;
    }
  vec3_scale (t->friction, trial, bound / size);
  vec3_scale (trial, trial, 1.0 / size);
  for (int i = 0; i < 3; i++)
    for (int j = 0; j < 3; j++)
      t->tangent[3 * i + j] = k * bound / size * ((i == j) - normal[i] * normal[j] - trial[i] * trial[j]);
  t->energy += bound * (size - 0.5 * bound) / k;
  if (c->params.coupled)
    for (int i = 0; i < 3; i++)
      for (int j = 0; j < 3; j++)
        t->tangent[3 * i + j] -= c->params.friction * t->slope * trial[i] * t->normal[j];
}

INLINE gboolean
touch_at (const WillisContact *c, int p, const double x[3], Touch *t)
{
  const WillisContactPoint *point = &c->points[p];
  WillisContactMemory *m = &c->memory[p];

  vec3_copy (m->seen, x);
  m->room_mm = willis_lumen_sample (c->lumen, x, t->normal, t->hessian);
  t->gap = m->room_mm - point->radius_mm;
  press (c, point, m->multiplier, t);
  if (t->pressure <= 0.0 && (c->params.coupled || m->bound <= 0.0))
    return FALSE;
  rub (c, point, m, x, t);
  return TRUE;
}

INLINE gboolean
touch (const WillisContact *c, int p, const WillisFrame *frames, Touch *t)
{
  double x[3];

  willis_contact_place (c, p, frames, x);
  return touch_at (c, p, x, t);
}

/* Whether a point at x cannot feel a soft wall, by what was sampled near it: most points of a rod in a wide lumen. */
INLINE gboolean
clear_of_wall (const WillisContact *c, int p, const double x[3])
{
  const WillisContactMemory *m = &c->memory[p];

  return c->params.stiffness > 0.0 && m->bound <= 0.0
         && m->room_mm - STEEPEST * vec3_dist (x, m->seen) > c->points[p].radius_mm + c->params.skin_mm;
}

/* How the middle of an element follows its nodes: map[3][12], and t1, t2 scaled by a quarter of half the length. */
INLINE void
middle_map (const WillisContact *c, const WillisContactPoint *point, const WillisFrame *frames, double map[3][12],
            double arm[2][3])
{
  double l = c->model->elements[point->element].length;

  memset (map, 0, sizeof (double) * 36);
  for (int n = 0; n < 2; n++)
    {
      double s[9];

      willis_frame_axis (&frames[n == 0 ? point->a : point->b], 0, arm[n]);
      vec3_scale (arm[n], arm[n], n == 0 ? 0.125 * l : -0.125 * l);
      mat3_skew (s, arm[n]);
      for (int i = 0; i < 3; i++)
        {
          map[i][6 * n + i] = 0.5;
          for (int j = 0; j < 3; j++)
            map[i][6 * n + 3 + j] = -s[3 * i + j];
        }
    }
}

INLINE void
add_middle (const WillisContact *c, const WillisContactPoint *point, const WillisFrame *frames, const double force[3],
            const double stiffness[9], double (*gradient)[6], WillisRodAddBlock add, gpointer user)
{
  double map[3][12], pressed[3][12], arm[2][3], block[36];
  const int node[2] = { point->a, point->b };

  middle_map (c, point, frames, map, arm);
  for (int n = 0; n < 2 && gradient != NULL; n++)
    for (int i = 0; i < 6; i++)
      for (int k = 0; k < 3; k++)
        gradient[node[n]][i] += map[k][6 * n + i] * force[k];
  if (add == NULL)
    return;
  for (int k = 0; k < 3; k++)
    for (int j = 0; j < 12; j++)
      pressed[k][j] = stiffness[3 * k] * map[0][j] + stiffness[3 * k + 1] * map[1][j] + stiffness[3 * k + 2] * map[2][j];
  for (int a = 0; a < 2; a++)
    for (int b = 0; b < 2; b++)
      {
        for (int i = 0; i < 6; i++)
          for (int j = 0; j < 6; j++)
            {
              double v = map[0][6 * a + i] * pressed[0][6 * b + j] + map[1][6 * a + i] * pressed[1][6 * b + j]
                         + map[2][6 * a + i] * pressed[2][6 * b + j];

              /* the arms turn with their nodes: d (arm x f) = arm (f . dtheta) - (arm . f) dtheta */
              if (a == b && i >= 3 && j >= 3)
                v += arm[a][i - 3] * force[j - 3] - (i == j ? vec3_dot (arm[a], force) : 0.0);
              block[6 * i + j] = v;
            }
        add (user, node[a], node[b], block);
      }
}

WILLIS_KERNEL static double
contact_eval (gpointer context, const WillisFrame *frames, double (*gradient)[6], WillisRodAddBlock add, gpointer user)
{
  const WillisContact *c = context;
  double energy = 0.0;

  for (int p = 0; p < c->n_points; p++)
    {
      const WillisContactPoint *point = &c->points[p];
      double x[3], force[3], stiffness[9], block[36];
      Touch t;

      willis_contact_place (c, p, frames, x);
      if (clear_of_wall (c, p, x) || !touch_at (c, p, x, &t))
        continue;
      energy += point->weight * t.energy;
      for (int i = 0; i < 3; i++)
        {
          force[i] = point->weight * (-t.pressure * t.normal[i] + t.friction[i]);
          for (int j = 0; j < 3; j++)
            stiffness[3 * i + j] = point->weight * (t.slope * t.normal[i] * t.normal[j] - t.pressure * t.hessian[3 * i + j]
                                                    + t.tangent[3 * i + j]);
        }
      if (point->element >= 0)
        {
          add_middle (c, point, frames, force, stiffness, gradient, add, user);
          continue;
        }
      for (int i = 0; i < 3 && gradient != NULL; i++)
        gradient[point->a][i] += force[i];
      if (add == NULL)
        continue;
      memset (block, 0, sizeof block);
      for (int i = 0; i < 3; i++)
        for (int j = 0; j < 3; j++)
          block[6 * i + j] = stiffness[3 * i + j];
      add (user, point->a, point->a, block);
    }
  return energy;
}

static gboolean
contact_update (gpointer context, const WillisFrame *frames, int round)
{
  WillisContact *c = context;
  gboolean rigid = c->params.stiffness <= 0.0, lagged = c->params.friction > 0.0 && !c->params.coupled;
  double most = 0.0, off = 0.0;

  c->worst_mm = 0.0;
  for (int p = 0; p < c->n_points; p++)
    {
      const WillisContactMemory *m = &c->memory[p];
      Touch t;

      touch (c, p, frames, &t);
      c->worst_mm = MAX (c->worst_mm, -t.gap);
      most = MAX (most, t.pressure);
      if (rigid)
        off = MAX (off, fabs (t.pressure - m->multiplier));
      if (lagged)
        off = MAX (off, fabs (t.pressure - m->bound));
    }
  if (off <= (rigid ? 1e-4 : 1e-2) * most && (!rigid || c->worst_mm <= c->tolerance_mm))
    return FALSE;
  for (int p = 0; p < c->n_points; p++)
    {
      Touch t;

      touch (c, p, frames, &t);
      if (rigid)
        c->memory[p].multiplier = t.pressure;
      if (lagged)
        {
          c->memory[p].bound = t.pressure;
          vec3_copy (c->memory[p].normal, t.normal);
        }
    }
  return TRUE;
}

static void
contact_accept (gpointer context, const WillisFrame *frames)
{
  WillisContact *c = context;

  for (int p = 0; p < c->n_points; p++)
    {
      WillisContactMemory *m = &c->memory[p];
      Touch t;

      memset (m->held, 0, sizeof m->held);
      if (touch (c, p, frames, &t))
        vec3_copy (m->held, t.friction);
      willis_contact_place (c, p, frames, m->anchor);
      vec3_copy (m->normal, t.normal);
      vec3_set (m->drift, 0.0, 0.0, 0.0);
    }
}

WillisRodField
willis_contact_field (WillisContact *c)
{
  WillisRodField field = { c, contact_eval, contact_update, contact_accept,
                           c->params.coupled && c->params.friction > 0.0, sizeof *c->memory * c->n_points, c->memory };

  return field;
}

double
willis_contact_forces (const WillisContact *c, int p, const WillisFrame *frames, double *normal, double friction[3])
{
  Touch t;

  memset (&t, 0, sizeof t);
  if (!touch (c, p, frames, &t))
    memset (t.friction, 0, sizeof t.friction);
  *normal = c->points[p].weight * t.pressure;
  vec3_scale (friction, t.friction, c->points[p].weight);
  return t.gap;
}
