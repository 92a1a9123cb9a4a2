/* SPDX-License-Identifier: Apache-2.0 */
#include "core/phantom/phantom-private.h"

#include <math.h>
#include <string.h>

#include "core/num/vec3.h"

/* Bins of this edge list the tubes that may matter inside them. */
#define BIN_MM 3.0

/* A shell at least this wide is the vault: beyond it come scalp and air. */
#define HEAD_MM 40.0

typedef struct
{
  PhantomCapsule *capsules;
  double (*ball)[4]; // a ball around each: middle, radius
  gsize n;
  double lo[3];
  int bins[3];
  guint32 *first;  // [bins + 1], into members
  guint32 *member; // capsule indices, by bin
} TubeSet;

struct _PhantomField
{
  const WillisPhantom *phantom;
  TubeSet arteries, veins;
  double *vein_hu; // by capsule
};

static double
capsule_distance (const PhantomCapsule *c, const double x[3])
{
  double ab[3], ax[3], d[3], h, len2;

  vec3_sub (ab, c->b, c->a);
  vec3_sub (ax, x, c->a);
  len2 = vec3_norm2 (ab);
  h = len2 > 0.0 ? vec3_dot (ax, ab) / len2 : 0.0;
  h = CLAMP (h, 0.0, 1.0);
  vec3_axpy (d, ax, -h, ab);
  return vec3_norm (d) - (c->ra + h * (c->rb - c->ra));
}

/* First-order distance to an ellipsoid, exact on its surface. q: point relative to the centre in its axes. */
static double
ellipsoid_distance (const double q[3], const double radii[3])
{
  double u[3] = { q[0] / radii[0], q[1] / radii[1], q[2] / radii[2] };
  double w[3] = { u[0] / radii[0], u[1] / radii[1], u[2] / radii[2] };
  double k0 = vec3_norm (u), k1 = vec3_norm (w);

  if (k1 < 1e-12)
    return -MIN (radii[0], MIN (radii[1], radii[2]));
  return k0 * (k0 - 1.0) / k1;
}

/* Polynomial smooth minimum: a fillet of size k where a and b meet. */
static double
smooth_min (double a, double b, double k)
{
  double h;

  if (k <= 0.0 || fabs (a - b) >= k)
    return MIN (a, b);
  h = (k - fabs (a - b)) / k;
  return MIN (a, b) - h * h * k * 0.25;
}

/* TRUE where x is certainly not nearer to the capsule in ball than best: most of those in a bin. */
static inline gboolean
ball_is_farther (const double ball[4], const double x[3], double best)
{
  double reach = best + ball[3], d[3];

  vec3_sub (d, x, ball);
  return reach > 0.0 && vec3_norm2 (d) > reach * reach * (1.0 + 1e-12);
}

static void
bin_range (const TubeSet *set, const PhantomCapsule *c, int lo[3], int hi[3])
{
  double pad = MAX (c->ra, c->rb) + PHANTOM_FAR_MM;

  for (int a = 0; a < 3; a++)
    {
      lo[a] = CLAMP ((int) floor ((MIN (c->a[a], c->b[a]) - pad - set->lo[a]) / BIN_MM), 0, set->bins[a] - 1);
      hi[a] = CLAMP ((int) floor ((MAX (c->a[a], c->b[a]) + pad - set->lo[a]) / BIN_MM), 0, set->bins[a] - 1);
    }
}

static void
tube_set_bounds (TubeSet *set)
{
  double hi[3] = { -1e9, -1e9, -1e9 };
  double pad = PHANTOM_FAR_MM + BIN_MM;

  vec3_set (set->lo, 1e9, 1e9, 1e9);
  for (gsize n = 0; n < set->n; n++)
    for (int a = 0; a < 3; a++)
      {
        double r = MAX (set->capsules[n].ra, set->capsules[n].rb) + pad;

        set->lo[a] = MIN (set->lo[a], MIN (set->capsules[n].a[a], set->capsules[n].b[a]) - r);
        hi[a] = MAX (hi[a], MAX (set->capsules[n].a[a], set->capsules[n].b[a]) + r);
      }
  for (int a = 0; a < 3; a++)
    set->bins[a] = set->n > 0 ? (int) ((hi[a] - set->lo[a]) / BIN_MM) + 1 : 0;
}

/* Lists the capsules of every bin: counted first, then filled in order of index. */
static void
tube_set_build (TubeSet *set, GArray *capsules)
{
  gsize n_bins;

  set->n = capsules->len;
  set->capsules = (PhantomCapsule *) g_array_free (capsules, FALSE);
  set->ball = g_malloc_n (MAX (set->n, 1), sizeof *set->ball);
  for (gsize n = 0; n < set->n; n++)
    {
      const PhantomCapsule *c = &set->capsules[n];

      vec3_lerp (set->ball[n], c->a, c->b, 0.5);
      set->ball[n][3] = 0.5 * vec3_dist (c->a, c->b) + MAX (c->ra, c->rb);
    }
  tube_set_bounds (set);
  n_bins = (gsize) set->bins[0] * (gsize) set->bins[1] * (gsize) set->bins[2];
  set->first = g_new0 (guint32, n_bins + 1);
  for (int pass = 0; pass < 2; pass++)
    {
      guint32 *cursor = pass == 1 ? g_memdup2 (set->first, (n_bins + 1) * sizeof (guint32)) : NULL;

      for (gsize n = 0; n < set->n; n++)
        {
          int lo[3], hi[3];

          bin_range (set, &set->capsules[n], lo, hi);
          for (int k = lo[2]; k <= hi[2]; k++)
            for (int j = lo[1]; j <= hi[1]; j++)
              for (int i = lo[0]; i <= hi[0]; i++)
                {
                  gsize bin = ((gsize) k * (gsize) set->bins[1] + (gsize) j) * (gsize) set->bins[0] + (gsize) i;

                  if (pass == 0)
                    set->first[bin + 1]++;
                  else
                    set->member[cursor[bin]++] = (guint32) n;
                }
        }
      if (pass == 0)
        {
          for (gsize b = 0; b < n_bins; b++)
            set->first[b + 1] += set->first[b];
          set->member = g_new (guint32, MAX (set->first[n_bins], 1));
        }
      g_free (cursor);
    }
}

/* The bin of x, or -1 outside all of them. */
static gssize
tube_set_bin (const TubeSet *set, const double x[3])
{
  int at[3];

  for (int a = 0; a < 3; a++)
    {
      double t = (x[a] - set->lo[a]) / BIN_MM;

      if (!(t >= 0.0) || t >= set->bins[a])
        return -1;
      at[a] = (int) t;
    }
  return ((gssize) at[2] * set->bins[1] + at[1]) * set->bins[0] + at[0];
}

static void
add_vessel_capsules (GArray *capsules, const PhantomVessel *vessel, int group)
{
  const double *p = (const double *) vessel->points->data;

  for (guint i = 0; i + 1 < vessel->points->len; i++)
    {
      PhantomCapsule c = { .ra = p[4 * i + 3], .rb = p[4 * i + 7], .group = group };

      vec3_copy (c.a, p + 4 * i);
      vec3_copy (c.b, p + 4 * i + 4);
      g_array_append_val (capsules, c);
    }
}

PhantomField *
phantom_field_new (const WillisPhantom *phantom)
{
  PhantomField *field = g_new0 (PhantomField, 1);
  GArray *arteries = g_array_new (FALSE, FALSE, sizeof (PhantomCapsule));
  GArray *veins = g_array_new (FALSE, FALSE, sizeof (PhantomCapsule));
  g_autoptr (GArray) hu = g_array_new (FALSE, FALSE, sizeof (double));

  field->phantom = phantom;
  for (guint v = 0; v < phantom->vessels->len; v++)
    {
      const PhantomVessel *vessel = phantom->vessels->pdata[v];

      add_vessel_capsules (vessel->artery ? arteries : veins, vessel, (int) v);
      while (!vessel->artery && hu->len < veins->len)
        g_array_append_val (hu, vessel->hu);
    }
  tube_set_build (&field->arteries, arteries);
  tube_set_build (&field->veins, veins);
  field->vein_hu = (double *) g_array_free (g_steal_pointer (&hu), FALSE);
  return field;
}

void
phantom_field_free (PhantomField *field)
{
  TubeSet *sets[2];

  if (field == NULL)
    return;
  sets[0] = &field->arteries;
  sets[1] = &field->veins;
  for (int s = 0; s < 2; s++)
    {
      g_free (sets[s]->capsules);
      g_free (sets[s]->ball);
      g_free (sets[s]->first);
      g_free (sets[s]->member);
    }
  g_free (field->vein_hu);
  g_free (field);
}

double
phantom_field_sac (const PhantomSac *sac, const double x[3])
{
  double q[3], along, across2, local[3], radii[3] = { sac->semi[0], sac->semi[0], sac->semi[1] };
  double d, below;

  vec3_sub (q, x, sac->centre);
  along = vec3_dot (q, sac->axis);
  across2 = MAX (vec3_norm2 (q) - along * along, 0.0);
  vec3_set (local, sqrt (across2), 0.0, along);
  d = ellipsoid_distance (local, radii);
  /* a wide sac must not come out of the parent's far wall */
  vec3_sub (q, x, sac->base);
  below = -vec3_dot (q, sac->axis);
  d = MAX (d, below);
  for (guint b = 0; b < sac->blebs->len; b++)
    {
      const PhantomBleb *bleb = &g_array_index (sac->blebs, PhantomBleb, b);

      d = smooth_min (d, vec3_dist (x, bleb->centre) - bleb->radius, 0.3 * bleb->radius);
    }
  return d;
}

/* The union of two arteries; one that is far plays no part, or its limit would be blended in as if it were a wall. */
static double
blend (double a, double b, double k)
{
  return a >= PHANTOM_FAR_MM || b >= PHANTOM_FAR_MM ? MIN (a, b) : smooth_min (a, b, k);
}

double
phantom_field_vessels (const PhantomField *field, const double x[3])
{
  const TubeSet *set = &field->arteries;
  gssize bin = tube_set_bin (set, x);
  double k = field->phantom->blend_mm, all = PHANTOM_FAR_MM;
  double best = PHANTOM_FAR_MM;
  int group = -1;

  /* members stand in order of group, so each group's minimum is complete when the next begins */
  for (guint32 m = bin >= 0 ? set->first[bin] : 0; bin >= 0 && m < set->first[bin + 1]; m++)
    {
      const PhantomCapsule *c = &set->capsules[set->member[m]];

      if (c->group != group)
        {
          all = blend (all, best, k);
          best = PHANTOM_FAR_MM;
          group = c->group;
        }
      if (!ball_is_farther (set->ball[set->member[m]], x, best))
        best = MIN (best, capsule_distance (c, x));
    }
  return blend (all, best, k);
}

double
phantom_field_artery (const PhantomField *field, const double x[3])
{
  double k = field->phantom->blend_mm, all = phantom_field_vessels (field, x);

  for (guint s = 0; s < field->phantom->sacs->len; s++)
    {
      const PhantomSac *sac = field->phantom->sacs->pdata[s];

      if (vec3_dist (x, sac->centre) < sac->semi[0] + sac->semi[1] + 3.0 * PHANTOM_FAR_MM)
        all = blend (all, phantom_field_sac (sac, x), k);
    }
  for (guint l = 0; l < field->phantom->lumens->len; l++)
    all = MIN (all,
               -willis_sdf_sample (field->phantom->lumens->pdata[l], x, NULL)); // no fillet: the surface has its own
  return all;
}

double
phantom_field_vein (const PhantomField *field, const double x[3], double *hu)
{
  const TubeSet *set = &field->veins;
  gssize bin = tube_set_bin (set, x);
  double best = PHANTOM_FAR_MM;

  for (guint32 m = bin >= 0 ? set->first[bin] : 0; bin >= 0 && m < set->first[bin + 1]; m++)
    {
      double d;

      if (ball_is_farther (set->ball[set->member[m]], x, best))
        continue;
      d = capsule_distance (&set->capsules[set->member[m]], x);
      if (d < best)
        {
          best = d;
          *hu = field->vein_hu[set->member[m]];
        }
    }
  return best;
}

/* TRUE where x is certainly farther than PHANTOM_FAR_MM from the bone: most samples of a scan. */
static gboolean
bone_is_far (const PhantomBone *bone, const double x[3])
{
  double q[3], u2 = 0.0, thin;

  for (int a = 0; a < 3; a++)
    if (x[a] < bone->box[a] || x[a] > bone->box[3 + a])
      return TRUE;
  if (bone->kind != PHANTOM_BONE_SHELL)
    return FALSE;
  vec3_sub (q, x, bone->centre);
  for (int a = 0; a < 3; a++)
    u2 += q[a] / bone->radii[a] * (q[a] / bone->radii[a]);
  thin = 1.0 - (bone->thickness + 2.0 * PHANTOM_FAR_MM) / MIN (bone->radii[0], MIN (bone->radii[1], bone->radii[2]));
  return thin > 0.0 && u2 < thin * thin;
}

static double
bone_distance (const PhantomBone *bone, const double x[3])
{
  double q[3], best = 1e3;

  vec3_sub (q, x, bone->centre);
  switch (bone->kind)
    {
    case PHANTOM_BONE_TUBE:
      for (guint i = 0; i < bone->capsules->len; i++)
        best = MIN (best, capsule_distance (&g_array_index (bone->capsules, PhantomCapsule, i), x));
      return best;
    case PHANTOM_BONE_SHELL:
      return fabs (ellipsoid_distance (q, bone->radii) + 0.5 * bone->thickness) - 0.5 * bone->thickness;
    case PHANTOM_BONE_ELLIPSOID:
    default:
      return ellipsoid_distance (q, bone->radii);
    }
}

double
phantom_field_bone (const PhantomField *field, const double x[3], double artery_mm, double *hu)
{
  double best = PHANTOM_FAR_MM;

  for (guint n = 0; n < field->phantom->bones->len; n++)
    {
      const PhantomBone *bone = field->phantom->bones->pdata[n];
      double d;

      if (bone_is_far (bone, x))
        continue;
      d = bone_distance (bone, x);
      if (artery_mm < PHANTOM_FAR_MM) // farther ones are not resolved
        d = MAX (d, bone->gap_mm - artery_mm);
      if (d < best)
        {
          best = d;
          *hu = bone->hu;
        }
    }
  return best;
}

double
phantom_field_plaque (const PhantomField *field, const double x[3], double *hu)
{
  double best = PHANTOM_FAR_MM;

  for (guint n = 0; n < field->phantom->plaques->len; n++)
    {
      const PhantomPlaque *p = &g_array_index (field->phantom->plaques, PhantomPlaque, n);
      double d = vec3_dist (x, p->centre) - p->radius;

      if (d < best)
        {
          best = d;
          *hu = p->hu;
        }
    }
  return best;
}

/* A cheap, smooth wave of period 1 and height 1: two parabolas. */
static double
wave (double t)
{
  t -= floor (t);
  return t < 0.5 ? 8.0 * t * (1.0 - 2.0 * t) : -8.0 * (t - 0.5) * (2.0 - 2.0 * t);
}

double
phantom_tissue_hu (const WillisPhantom *phantom, const double x[3])
{
  double hu = phantom->brain_hu;

  for (guint n = 0; n < phantom->bones->len; n++)
    {
      const PhantomBone *bone = phantom->bones->pdata[n];
      double q[3], d;

      if (bone->kind != PHANTOM_BONE_SHELL || bone->radii[0] < HEAD_MM)
        continue;
      vec3_sub (q, x, bone->centre);
      d = ellipsoid_distance (q, bone->radii);
      if (d > 6.0)
        return -1000.0; // beyond the scalp
      if (d > 0.0)
        return 40.0;
    }
  for (guint n = 0; n < phantom->patches->len; n++)
    {
      const PhantomPatch *patch = &g_array_index (phantom->patches, PhantomPatch, n);
      double q[3];

      vec3_sub (q, x, patch->centre);
      for (int a = 0; a < 3; a++)
        q[a] /= patch->radii[a];
      if (vec3_norm2 (q) < 1.0)
        hu = patch->hu;
    }
  if (phantom->texture_hu > 0.0)
    hu += phantom->texture_hu
          * (wave (0.034 * x[0] + 0.2 * wave (0.021 * x[1])) + wave (0.027 * x[1] + 0.2 * wave (0.031 * x[2]))
             + wave (0.037 * x[2] + 0.3 * wave (0.017 * x[0])))
          / 3.0;
  return hu;
}

void
phantom_to_scan (const WillisPhantom *phantom, const double anatomy[3], double scan[3])
{
  const double *r = phantom->rotation;
  double q[3];

  vec3_sub (q, anatomy, phantom->pivot);
  for (int a = 0; a < 3; a++)
    scan[a]
        = r[3 * a] * q[0] + r[3 * a + 1] * q[1] + r[3 * a + 2] * q[2] + phantom->pivot[a] + phantom->translation_mm[a];
}

void
phantom_to_anatomy (const WillisPhantom *phantom, const double scan[3], double anatomy[3])
{
  const double *r = phantom->rotation;
  double q[3];

  vec3_sub (q, scan, phantom->pivot);
  vec3_sub (q, q, phantom->translation_mm);
  if (scan[2] > phantom->jolt_z_mm)
    vec3_sub (q, q, phantom->jolt_mm);
  vec3_set (anatomy, r[0] * q[0] + r[3] * q[1] + r[6] * q[2] + phantom->pivot[0],
            r[1] * q[0] + r[4] * q[1] + r[7] * q[2] + phantom->pivot[1],
            r[2] * q[0] + r[5] * q[1] + r[8] * q[2] + phantom->pivot[2]);
}
