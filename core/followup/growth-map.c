/* SPDX-License-Identifier: Apache-2.0 */
#include "core/followup/growth-map.h"

#include <math.h>
#include <stdlib.h>

#include "core/base/parallel.h"
#include "core/mesh/topology.h"

#define PATCH_MM 0.45     // deviation of the average over neighbours
#define FAR_MM 6.0        // displacements beyond are not looked for
#define ODD_MM 1.2        // on an artery: a branch that one scan does not show
#define LEAST_AREA_MM2 60.0
#define REGION_Z 2.0
#define LEAST_REGION_MM2 0.4

typedef struct
{
  WillisMap *map;
  const WillisBvh *own, *other;
  const double *normals;
  const guint8 *use;
  double sign;
  double *raw;
} Displace;

static void
displace_range (gsize from, gsize to, gpointer context)
{
  Displace *d = context;
  const double *p = willis_surface_points (d->map->surface);

  for (gsize i = from; i < to; i++)
    {
      WillisNearest nearest;

      d->raw[i] = NAN;
      if (d->use != NULL && !d->use[i])
        continue;
      if (willis_bvh_nearest (d->other, p + 3 * i, FAR_MM, &nearest))
        d->raw[i] = -d->sign * willis_bvh_sign_distance (d->other, p + 3 * i, &nearest);
    }
}

/* The average over neighbours that face the same way. */
static void
smooth_range (gsize from, gsize to, gpointer context)
{
  Displace *d = context;
  const double *p = willis_surface_points (d->map->surface);

  for (gsize i = from; i < to; i++)
    {
      g_autoptr (GArray) near = NULL;
      double sum = 0.0, weight = 0.0;

      d->map->mm[i] = NAN;
      if (isnan (d->raw[i]))
        continue;
      near = willis_bvh_points_in_sphere (d->own, p + 3 * i, 2.0 * PATCH_MM);
      for (guint n = 0; n < near->len; n++)
        {
          gint32 j = g_array_index (near, gint32, n);
          double t = vec3_dist (p + 3 * i, p + 3 * j) / PATCH_MM, w;

          if (isnan (d->raw[j]) || vec3_dot (d->normals + 3 * i, d->normals + 3 * j) < 0.3)
            continue;
          w = exp (-0.5 * t * t) * d->map->area[j];
          sum += w * d->raw[j];
          weight += w;
        }
      d->map->mm[i] = weight > 0.0 ? sum / weight : d->raw[i];
    }
}

static void
point_areas (const WillisSurface *surface, double *area)
{
  const double *p = willis_surface_points (surface);
  const gint32 *t = willis_surface_triangles (surface);

  for (gsize i = 0; i < willis_surface_n_triangles (surface); i++)
    {
      double u[3], v[3], n[3];

      vec3_sub (u, p + 3 * t[3 * i + 1], p + 3 * t[3 * i]);
      vec3_sub (v, p + 3 * t[3 * i + 2], p + 3 * t[3 * i]);
      vec3_cross (n, u, v);
      for (int c = 0; c < 3; c++)
        area[t[3 * i + c]] += vec3_norm (n) / 6.0;
    }
}

void
willis_map_init (WillisMap *map, WillisSurface *surface, const WillisBvh *other, double sign, const guint8 *use)
{
  gsize n = willis_surface_n_points (surface);
  g_autofree double *raw = g_new (double, MAX (n, 1));
  g_autofree double *normals = willis_surface_point_normals (surface);
  g_autoptr (WillisBvh) own = willis_bvh_new (surface);
  Displace d = { map, own, other, normals, use, sign, raw };

  map->surface = surface;
  map->mm = g_new (double, MAX (n, 1));
  map->area = g_new0 (double, MAX (n, 1));
  point_areas (surface, map->area);
  willis_parallel_for (n, 128, displace_range, &d);
  willis_parallel_for (n, 128, smooth_range, &d);
}

void
willis_map_clear (WillisMap *map)
{
  g_clear_pointer (&map->mm, g_free);
  g_clear_pointer (&map->area, g_free);
}

/* ---- unchanged arteries ---- */

typedef struct
{
  double mm, area, at[3];
} Sample;

static int
compare_samples (gconstpointer a, gconstpointer b)
{
  const Sample *p = a, *q = b;

  return p->mm < q->mm ? -1 : p->mm > q->mm;
}

/* The value below which the part q of the area lies; samples ascending. */
static double
area_quantile (const GArray *samples, double total, double q)
{
  double sum = 0.0;

  for (guint i = 0; i < samples->len; i++)
    {
      sum += g_array_index (samples, Sample, i).area;
      if (sum >= q * total)
        return g_array_index (samples, Sample, i).mm;
    }
  return 0.0;
}

static int
compare_doubles (gconstpointer a, gconstpointer b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return x < y ? -1 : x > y;
}

/* What 99 in 100 patches stay below, from the largest displacements of some. A patch with a branch that one scan does
 * not show is no measure of noise: middle and spread by order, not by moments. In Gumbel's law the lower quartile lies
 * 0.54 deviations below the middle, 99 in 100 lie within 3.3 above it. Arteries of two widths part the peaks in two
 * heaps and the quartiles say more than is there: no farther beyond the largest of n peaks than 99 in 100 lie beyond
 * the largest of n in that law, its scale from both quartiles. */
static double
extreme_of (GArray *peaks, double sd_mm)
{
  double low, middle, high, last, beyond;
  guint n = peaks->len;

  if (n <= 3)
    return 5.0 * sd_mm;
  g_array_sort (peaks, compare_doubles);
  low = g_array_index (peaks, double, n / 4);
  middle = g_array_index (peaks, double, n / 2);
  high = g_array_index (peaks, double, 3 * n / 4);
  last = g_array_index (peaks, double, n - 1);
  // the largest of n lies at log n + 0.58 scales in the mean, 99 in 100 within 4.60; the quartiles 1.57 scales apart
  beyond = MAX (4.60 - log (n) - 0.58, 0.0) * (high - low) / 1.57;
  return MAX (MIN (middle + 3.3 * (middle - low) / 0.54, last + beyond), 4.0 * sd_mm);
}

/* Parts the samples in neighbourhoods of about the sac's area (seeds spread by distance, every sample to its nearest):
 * the spread of their means and the extremes within them. */
static void
patch_statistics (const GArray *samples, double sac_area, WillisNull *out)
{
  double apart = 1.1 * sqrt (sac_area);
  g_autoptr (GArray) seeds = g_array_new (FALSE, FALSE, sizeof (double) * 3);
  g_autoptr (GArray) peaks = g_array_new (FALSE, FALSE, sizeof (double));
  g_autofree double *sum = NULL;
  double variance = 0.0;
  guint used = 0;

  for (guint i = 0; i < samples->len; i += 3)
    {
      const Sample *s = &g_array_index (samples, Sample, i);
      gboolean far = TRUE;

      for (guint k = 0; k < seeds->len && far; k++)
        far = vec3_dist (s->at, &((const double *) seeds->data)[3 * k]) > apart;
      if (far)
        g_array_append_vals (seeds, s->at, 1);
    }
  sum = g_new0 (double, 3 * MAX (seeds->len, 1));
  for (guint i = 0; i < samples->len; i++)
    {
      const Sample *s = &g_array_index (samples, Sample, i);
      guint best = 0;
      double least = INFINITY;

      for (guint k = 0; k < seeds->len; k++)
        {
          double d = vec3_dist (s->at, &((const double *) seeds->data)[3 * k]);

          if (d < least)
            {
              least = d;
              best = k;
            }
        }
      sum[3 * best] += s->area;
      sum[3 * best + 1] += s->area * s->mm;
      sum[3 * best + 2] = MAX (sum[3 * best + 2], fabs (s->mm - out->mean_mm));
    }
  for (guint k = 0; k < seeds->len; k++)
    if (sum[3 * k] > 0.4 * sac_area)
      {
        double d = sum[3 * k + 1] / sum[3 * k] - out->mean_mm;

        variance += d * d;
        used++;
        g_array_append_val (peaks, sum[3 * k + 2]);
      }
  out->sac_mm = used > 2 ? sqrt (variance / (used - 1)) : 0.5 * out->sd_mm;
  out->extreme_mm = extreme_of (peaks, out->sd_mm);
}

gboolean
willis_null_measure (const WillisMap maps[2], const WillisArteryZone *zone, double sac_area_mm2, WillisNull *out)
{
  g_autoptr (GArray) samples = g_array_new (FALSE, FALSE, sizeof (Sample));
  double lo, mid, hi;

  memset (out, 0, sizeof *out);
  for (int side = 0; side < 2; side++)
    for (gsize i = 0; i < willis_surface_n_points (maps[side].surface); i++)
      if (!isnan (maps[side].mm[i]) && fabs (maps[side].mm[i]) < ODD_MM)
        {
          Sample s = { maps[side].mm[i], maps[side].area[i], { 0 } };

          vec3_copy (s.at, willis_surface_points (maps[side].surface) + 3 * i);
          g_array_append_val (samples, s);
          out->area_mm2 += 0.5 * s.area;
        }
  if (out->area_mm2 < LEAST_AREA_MM2)
    return FALSE;
  g_array_sort (samples, compare_samples);
  mid = area_quantile (samples, 2.0 * out->area_mm2, 0.5);
  lo = area_quantile (samples, 2.0 * out->area_mm2, 0.05);
  hi = area_quantile (samples, 2.0 * out->area_mm2, 0.95);
  out->mean_mm = mid;
  out->sd_mm = MAX ((hi - lo) / (2.0 * 1.645), 0.02);
  patch_statistics (samples, sac_area_mm2, out);
  return TRUE;
}

/* ---- regions ---- */

static int
compare_regions (gconstpointer a, gconstpointer b)
{
  const WillisGrowthRegion *p = a, *q = b;

  if (p->z != q->z)
    return p->z < q->z ? 1 : -1;
  return p->area_mm2 < q->area_mm2 ? 1 : -1;
}

/* The region of point seed: connected points with z from REGION_Z on. */
static WillisGrowthRegion
grow_region (const WillisMap *map, const WillisTopology *topology, const WillisNull *null, double sd_mm, double sign,
             gint32 seed, guint8 *seen)
{
  const double *p = willis_surface_points (map->surface);
  g_autoptr (GArray) stack = g_array_new (FALSE, FALSE, sizeof (gint32));
  WillisGrowthRegion r = { .max_mm = 0.0 };
  double sum = 0.0, half = 0.0;

  g_array_append_val (stack, seed);
  seen[seed] = 1;
  for (guint at = 0; at < stack->len; at++)
    {
      gint32 i = g_array_index (stack, gint32, at);
      double d = sign * (map->mm[i] - null->mean_mm);

      r.area_mm2 += map->area[i];
      sum += map->area[i] * d;
      vec3_axpy (r.centre_lps_mm, r.centre_lps_mm, map->area[i] * d, p + 3 * i);
      r.max_mm = MAX (r.max_mm, d);
      for (gint32 c = topology->first[i]; c < topology->first[i + 1]; c++)
        {
          gint32 h = topology->corners[c];
          const gint32 ends[2] = { topology->triangles[willis_half_edge_next (h)],
                                   topology->triangles[willis_half_edge_prev (h)] };

          for (int e = 0; e < 2; e++)
            if (!seen[ends[e]] && !isnan (map->mm[ends[e]])
                && sign * (map->mm[ends[e]] - null->mean_mm) > REGION_Z * sd_mm)
              {
                seen[ends[e]] = 1;
                g_array_append_val (stack, ends[e]);
              }
        }
    }
  for (guint at = 0; at < stack->len; at++)
    {
      gint32 i = g_array_index (stack, gint32, at);

      if (sign * (map->mm[i] - null->mean_mm) > 0.5 * r.max_mm)
        half += map->area[i];
    }
  vec3_scale (r.centre_lps_mm, r.centre_lps_mm, 1.0 / MAX (sum, 1e-12));
  r.z = r.max_mm / sd_mm;
  r.mean_mm = sign * sum / MAX (r.area_mm2, 1e-12);
  // a bulge of its own stands high on a small base
  r.daughter = r.max_mm > 0.6 && sign > 0.0 && r.max_mm > 0.35 * sqrt (half / G_PI);
  r.max_mm *= sign;
  return r;
}

void
willis_regions_find (const WillisMap *map, const WillisNull *null, double sd_mm, double sign, double peak_mm,
                     GArray *regions)
{
  g_autoptr (WillisTopology) topology = willis_topology_new (map->surface);
  gsize n = willis_surface_n_points (map->surface);
  g_autofree guint8 *seen = g_new0 (guint8, MAX (n, 1));

  for (gsize i = 0; i < n; i++)
    if (!seen[i] && !isnan (map->mm[i]) && sign * (map->mm[i] - null->mean_mm) > REGION_Z * sd_mm)
      {
        WillisGrowthRegion r = grow_region (map, topology, null, sd_mm, sign, (gint32) i, seen);

        if (fabs (r.max_mm) >= peak_mm && r.area_mm2 >= LEAST_REGION_MM2)
          g_array_append_val (regions, r);
      }
  g_array_sort (regions, compare_regions);
}
