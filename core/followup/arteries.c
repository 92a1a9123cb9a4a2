/* SPDX-License-Identifier: Apache-2.0 */
#include "core/followup/arteries.h"

#include <math.h>
#include <stdlib.h>

#include "core/base/parallel.h"
#include "core/followup/followup-private.h"
#include "core/num/dense.h"

#define BLOCK_MM 8.0
#define MOST_POINTS 4000 // of each surface
#define LEAST_POINTS 150
#define PRIOR_SHIFT_MM 0.4
#define PRIOR_TURN_RAD 0.01
#define PATCH_MM2 1.5    // area over which the surface's errors go together

gboolean
willis_artery_zone_has (const WillisArteryZone *zone, const double lps_mm[3])
{
  double moved[3];
  WillisNearest nearest;

  if (vec3_dist (lps_mm, zone->centre) > zone->radius_mm)
    return FALSE;
  willis_rigid_apply (&zone->motion, lps_mm, moved);
  for (int side = 0; side < 2; side++)
    {
      const WillisGrid *g = zone->grids[side];
      double ijk[3];

      willis_grid_lps_to_ijk (g, side == 0 ? lps_mm : moved, ijk);
      for (int a = 0; a < 3; a++)
        if (ijk[a] * g->spacing_mm[a] < 2.0 || (g->dims[a] - 1 - ijk[a]) * g->spacing_mm[a] < 2.0)
          return FALSE;
      if (zone->sacs[side] != NULL && willis_bvh_nearest (zone->sacs[side], lps_mm, zone->margin_mm, &nearest))
        return FALSE;
    }
  return TRUE;
}

/* A point of one surface against the other. */
typedef struct
{
  double at[3];      // in the coordinates of its own scan
  double arm[3];     // from the zone's centre, baseline coordinates
  double normal[3];  // of the other surface there, baseline coordinates
  double residual;   // along it
  double sign;       // +1: of the baseline, so that its motion moves it; -1: of the follow-up
  gboolean met;
  guint32 block;
} Contact;

typedef struct
{
  Contact *contacts;
  const WillisBvh *bvh[2]; // baseline, follow-up, each in its own coordinates
  WillisRigid motion, back;
  const double *centre;
  double reach_mm;
} Meeting;

static void
meet_range (gsize from, gsize to, gpointer context)
{
  Meeting *m = context;

  for (gsize i = from; i < to; i++)
    {
      Contact *c = &m->contacts[i];
      const WillisBvh *other = m->bvh[c->sign > 0.0];
      WillisNearest nearest;
      double x[3], d[3];

      willis_rigid_apply (c->sign > 0.0 ? &m->motion : &m->back, c->at, x);
      c->met = willis_bvh_nearest (other, x, m->reach_mm, &nearest);
      if (!c->met)
        continue;
      willis_bvh_normal (other, &nearest, c->normal);
      vec3_sub (d, x, nearest.lps_mm);
      c->residual = vec3_dot (d, c->normal);
      // glancing contacts (beyond an edge or an end) say little
      c->met = fabs (c->residual) > 0.5 * nearest.distance_mm - 0.05;
      if (c->sign > 0.0)
        {
          mat3_apply_t (c->normal, m->motion.r, c->normal);
          vec3_sub (c->arm, c->at, m->centre);
        }
      else
        vec3_sub (c->arm, x, m->centre);
    }
}

static GArray *
collect (WillisSurface *const lumens[2], const WillisArteryZone *zone)
{
  GArray *out = g_array_new (FALSE, TRUE, sizeof (Contact));
  WillisRigid back = willis_rigid_invert (&zone->motion);

  for (int side = 0; side < 2; side++)
    {
      const double *p = willis_surface_points (lumens[side]);
      gsize n = willis_surface_n_points (lumens[side]), found = 0, step;
      g_autofree guint8 *use = g_new0 (guint8, MAX (n, 1));

      for (gsize i = 0; i < n; i++)
        {
          double x[3];

          vec3_copy (x, p + 3 * i);
          if (side == 1)
            willis_rigid_apply (&back, x, x);
          use[i] = vec3_dist (x, zone->centre) < zone->radius_mm && willis_artery_zone_has (zone, x);
          found += use[i];
        }
      step = MAX (found / MOST_POINTS, 1);
      found = 0;
      for (gsize i = 0; i < n; i++)
        if (use[i] && found++ % step == 0)
          {
            Contact c = { .sign = side == 0 ? 1.0 : -1.0 };
            double x[3];

            vec3_copy (c.at, p + 3 * i);
            vec3_copy (x, c.at);
            if (side == 1)
              willis_rigid_apply (&back, x, x);
            for (int a = 0; a < 3; a++)
              c.block = c.block * 64 + (guint32) CLAMP (32.0 + (x[a] - zone->centre[a]) / BLOCK_MM, 0, 63);
            g_array_append_val (out, c);
          }
    }
  return out;
}

static int
compare_doubles (gconstpointer a, gconstpointer b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return x < y ? -1 : x > y;
}

static double
middle_of (GArray *values)
{
  g_array_sort (values, compare_doubles);
  return values->len > 0 ? g_array_index (values, double, values->len / 2) : 0.0;
}

/* Thickness between the surfaces (follow-up's outside is positive) and spread of the residuals about it. */
static void
spread_of (const GArray *contacts, double *thicker, double *sd)
{
  g_autoptr (GArray) values = g_array_new (FALSE, FALSE, sizeof (double));

  for (guint i = 0; i < contacts->len; i++)
    {
      const Contact *c = &g_array_index (contacts, Contact, i);
      double v = -c->sign * c->residual;

      if (c->met)
        g_array_append_val (values, v);
    }
  *thicker = middle_of (values);
  for (guint i = 0; i < values->len; i++)
    g_array_index (values, double, i) = fabs (g_array_index (values, double, i) - *thicker);
  *sd = MAX (1.4826 * middle_of (values), 0.02);
}

typedef struct
{
  double a[49], b[7]; // turn, shift, thickness
} Equations;

static void
add_contact (Equations *e, const Contact *c, double thicker, double sd, double unit)
{
  double j[7], u = (c->residual + c->sign * thicker) / (4.685 * sd), w;

  if (!c->met || fabs (u) >= 1.0)
    return;
  w = (1.0 - u * u) * (1.0 - u * u) * unit;
  vec3_cross (j, c->arm, c->normal);
  vec3_copy (j + 3, c->normal);
  vec3_scale (j, j, c->sign);
  vec3_scale (j + 3, j + 3, c->sign);
  j[6] = c->sign;
  for (int r = 0; r < 7; r++)
    {
      for (int q = 0; q <= r; q++)
        e->a[7 * r + q] += w * j[r] * j[q];
      e->b[r] -= w * j[r] * (c->residual + c->sign * thicker);
    }
}

/* Solves with the prior, which pulls back what was moved already. */
static gboolean
solve (const Equations *e, const double moved[6], double step[7])
{
  double a[49];

  memcpy (a, e->a, sizeof a);
  memcpy (step, e->b, 7 * sizeof (double));
  for (int i = 0; i < 6; i++)
    {
      double w = i < 3 ? 1.0 / (PRIOR_TURN_RAD * PRIOR_TURN_RAD) : 1.0 / (PRIOR_SHIFT_MM * PRIOR_SHIFT_MM);

      a[8 * i] += w;
      step[i] -= w * moved[i];
    }
  a[48] += 1e-9;
  if (willis_cholesky_factor (a, 7) != 0)
    return FALSE;
  willis_cholesky_solve (a, 7, step, 1);
  return TRUE;
}

/* Variance of the motion at the zone's centre: one block after another left out. */
static double
jackknife (const GArray *contacts, double thicker, double sd, double unit, const double moved[6])
{
  g_autoptr (GHashTable) seen = g_hash_table_new (NULL, NULL);
  g_autoptr (GArray) blocks = g_array_new (FALSE, FALSE, sizeof (guint32));
  double full[7], sum = 0.0;
  Equations all = { { 0 } };
  guint used = 0;

  for (guint i = 0; i < contacts->len; i++)
    {
      const Contact *c = &g_array_index (contacts, Contact, i);

      add_contact (&all, c, thicker, sd, unit);
      if (g_hash_table_add (seen, GUINT_TO_POINTER (c->block)))
        g_array_append_val (blocks, c->block);
    }
  if (!solve (&all, moved, full))
    return NAN;
  for (guint b = 0; b < blocks->len; b++)
    {
      Equations rest = { { 0 } };
      double step[7];

      for (guint i = 0; i < contacts->len; i++)
        if (g_array_index (contacts, Contact, i).block != g_array_index (blocks, guint32, b))
          add_contact (&rest, &g_array_index (contacts, Contact, i), thicker, sd, unit);
      if (!solve (&rest, moved, step))
        continue;
      used++;
      for (int a = 3; a < 6; a++)
        sum += (step[a] - full[a]) * (step[a] - full[a]);
    }
  return used > 1 ? sum * (used - 1) / used : NAN;
}

gboolean
willis_arteries_align (WillisSurface *const lumens[2], const WillisArteryZone *zone, WillisAlign *align)
{
  g_autoptr (GArray) contacts = collect (lumens, zone);
  g_autoptr (WillisBvh) first = NULL;
  g_autoptr (WillisBvh) second = NULL;
  Meeting m = { .motion = zone->motion, .centre = zone->centre, .reach_mm = 2.0 };
  double moved[6] = { 0 }, thicker = 0.0, sd = 0.3, unit = 1.0, sum = 0.0;
  guint near = 0, met = 0;

  align->motion = zone->motion;
  align->artery_mm = align->artery_share = NAN;
  align->refined_mm = align->artery_area_mm2 = 0.0;
  if (contacts->len < LEAST_POINTS)
    return FALSE;
  m.bvh[0] = first = willis_bvh_new (lumens[0]);
  m.bvh[1] = second = willis_bvh_new (lumens[1]);
  m.contacts = (Contact *) contacts->data;
  for (int it = 0; it < 12; it++)
    {
      Equations e = { { 0 } };
      double step[7];
      WillisRigid change;

      m.back = willis_rigid_invert (&m.motion);
      willis_parallel_for (contacts->len, 64, meet_range, &m);
      spread_of (contacts, &thicker, &sd);
      // points of one patch err together, so each counts for its share of a patch
      unit = MIN (1.0, zone->radius_mm * 40.0 / PATCH_MM2 / contacts->len) / (sd * sd);
      for (guint i = 0; i < contacts->len; i++)
        add_contact (&e, &g_array_index (contacts, Contact, i), thicker, sd, unit);
      if (it == 11 || !solve (&e, moved, step))
        break;
      for (int i = 0; i < 6; i++)
        moved[i] += step[i];
      change = willis_rigid_about (step, zone->centre, step + 3);
      m.motion = willis_rigid_compose (&m.motion, &change);
      m.reach_mm = MAX (1.0, 0.8 * m.reach_mm);
      if (vec3_norm (step + 3) + 20.0 * vec3_norm (step) < 1e-4)
        break;
    }
  m.reach_mm = 0.8;
  m.back = willis_rigid_invert (&m.motion);
  willis_parallel_for (contacts->len, 64, meet_range, &m);
  for (guint i = 0; i < contacts->len; i++)
    {
      const Contact *c = &g_array_index (contacts, Contact, i);

      near += c->met;
      if (c->met)
        {
          double r = c->residual + c->sign * thicker;

          sum += r * r;
          met++;
        }
    }
  align->artery_share = (double) near / contacts->len;
  align->artery_mm = met > 0 ? sqrt (sum / met) : NAN;
  if (align->artery_share < 0.3)
    return FALSE;
  align->tre_mm = sqrt (jackknife (contacts, thicker, sd, unit, moved));
  align->refined_mm = willis_rigid_gap (&m.motion, &zone->motion, zone->centre);
  align->motion = m.motion;
  return isfinite (align->tre_mm);
}
