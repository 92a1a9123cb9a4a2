/* SPDX-License-Identifier: Apache-2.0 */
#include "core/vessel/morphology.h"

#include <string.h>

#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/mesh/curvature.h"
#include "core/mesh/hull.h"
#include "core/mesh/rims.h"
#include "core/mesh/sections.h"
#include "core/mesh/writhe.h"
#include "core/mesh/zernike.h"
#include "core/num/vec3.h"
#include "core/vessel/blebs.h"
#include "core/vessel/neck-ostium.h"

#define LEVELS 128      // sections of the width scan
#define CROSS_LEVELS 48 // sections across the line of maximum height

/* A sac being measured. */
typedef struct
{
  WillisSurface *sac;
  WillisSurface *closed; // sac (its triangles first), ostium and flat lids on any other rim
  guint8 *on_rim;        // [n_points of sac] on the neck rim
  WillisOstium ostium;
  double normal[3];   // into the sac
  double dome[3];     // farthest point from the ostium's barycentre
  double centroid[3]; // of the closed sac
  double volume, area;
  WillisMorphology *out;
} Sac;

static void
set (Sac *sac, WillisIndex index, double value)
{
  sac->out->index[index].value = value;
}

static void
missing (Sac *sac, WillisIndex index, const char *reason)
{
  sac->out->index[index].value = NAN;
  sac->out->index[index].reason = reason;
}

static double
degrees (double cosine)
{
  return acos (CLAMP (cosine, -1.0, 1.0)) * 180.0 / G_PI;
}

/* Mean distance of the points of rim to the nearest points of the curve; the curve may be NULL (then the longest rim
 * is the nearest). */
static double
rim_distance (const double *points, const gint32 *rim, gsize n, const double *curve, gsize n_curve)
{
  double sum = 0.0;

  for (gsize i = 0; i < n; i++)
    {
      double best = G_MAXDOUBLE;

      if (curve == NULL)
        {
          sum -= vec3_dist (points + 3 * rim[i], points + 3 * rim[(i + 1) % n]) * (double) n;
          continue;
        }
      for (gsize k = 0; k < n_curve; k++)
        {
          double d[3];

          vec3_sub (d, curve + 3 * k, points + 3 * rim[i]);
          best = MIN (best, vec3_norm2 (d));
        }
      sum += sqrt (best);
    }
  return sum / (double) n;
}

static int
find_neck_rim (const WillisSurface *sac, const WillisLoops *rims, const double *curve, gsize n_curve)
{
  double best = G_MAXDOUBLE;
  int found = -1;

  for (gsize l = 0; l < willis_loops_n (rims); l++)
    {
      gsize n;
      const gint32 *ids = willis_loops_get (rims, l, &n);
      double distance = rim_distance (willis_surface_points (sac), ids, n, curve, n_curve);

      if (n >= 3 && distance < best)
        {
          best = distance;
          found = (int) l;
        }
    }
  return found;
}

/* Appends a lid over a rim: a fan around its mean point. */
static void
add_lid (GArray *points, GArray *triangles, const double *p, const gint32 *ids, gsize n)
{
  gint32 middle = (gint32) (points->len / 3);
  double mean[3] = { 0 };

  for (gsize i = 0; i < n; i++)
    vec3_axpy (mean, mean, 1.0 / (double) n, p + 3 * ids[i]);
  g_array_append_vals (points, mean, 3);
  for (gsize i = 0; i < n; i++)
    {
      gint32 t[3] = { ids[(i + 1) % n], ids[i], middle };

      g_array_append_vals (triangles, t, 3);
    }
}

/* Closes the sac: the ostium on the neck rim, lids on the others. */
static gboolean
close_sac (Sac *sac, const double *curve, gsize n_curve, GError **error)
{
  gsize n_points = willis_surface_n_points (sac->sac), n;
  const double *p = willis_surface_points (sac->sac);
  g_autoptr (WillisLoops) rims = willis_surface_rims (sac->sac);
  int neck = find_neck_rim (sac->sac, rims, curve, n_curve);
  g_autoptr (GArray) points = g_array_new (FALSE, FALSE, sizeof (double));
  g_autoptr (GArray) triangles = g_array_new (FALSE, FALSE, sizeof (gint32));
  g_autofree double *rim = NULL;
  const gint32 *ids, *v;

  if (neck < 0)
    return willis_fail (error, WILLIS_ERROR_BAD_INPUT, _ ("the sac has no open rim that could be its neck"));
  ids = willis_loops_get (rims, (gsize) neck, &n);
  rim = g_new (double, 3 * n);
  for (gsize i = 0; i < n; i++)
    {
      vec3_copy (rim + 3 * i, p + 3 * ids[i]);
      sac->on_rim[ids[i]] = TRUE;
    }
  if (!willis_ostium_init (&sac->ostium, rim, n, error))
    return FALSE;
  g_array_append_vals (points, p, (guint) (3 * n_points));
  g_array_append_vals (triangles, willis_surface_triangles (sac->sac),
                       (guint) (3 * willis_surface_n_triangles (sac->sac)));
  g_array_append_vals (points, willis_surface_points (sac->ostium.surface) + 3 * n,
                       (guint) (3 * (willis_surface_n_points (sac->ostium.surface) - n)));
  v = willis_surface_triangles (sac->ostium.surface);
  for (gsize k = 0; k < 3 * willis_surface_n_triangles (sac->ostium.surface); k++)
    {
      gint32 i = v[k] < (gint32) n ? ids[v[k]] : v[k] - (gint32) n + (gint32) n_points;

      g_array_append_val (triangles, i);
    }
  for (gsize l = 0; l < willis_loops_n (rims); l++)
    if ((int) l != neck)
      {
        ids = willis_loops_get (rims, l, &n);
        add_lid (points, triangles, p, ids, n);
      }
  sac->closed = willis_surface_new_copy ((const double *) (const void *) points->data, points->len / 3,
                                         (const gint32 *) (const void *) triangles->data, triangles->len / 3);
  return TRUE;
}

static void
measure_neck (Sac *sac)
{
  const WillisOstium *ostium = &sac->ostium;
  const double *p = willis_surface_points (ostium->surface);
  double u[3], v[3], longest = 0.0, shortest = G_MAXDOUBLE;
  gsize n = 0;

  for (gsize i = 0; i < willis_surface_n_points (sac->sac); i++)
    n += sac->on_rim[i];
  for (gsize i = 0; i < n; i++)
    for (gsize k = i + 1; k < n; k++)
      longest = MAX (longest, vec3_dist (p + 3 * i, p + 3 * k));
  vec3_basis (ostium->normal, u, v);
  for (int a = 0; a < 180; a++)
    {
      double c = cos (a * G_PI / 180.0), s = sin (a * G_PI / 180.0), lo = G_MAXDOUBLE, hi = -G_MAXDOUBLE;

      for (gsize i = 0; i < n; i++)
        {
          double x = c * vec3_dot (p + 3 * i, u) + s * vec3_dot (p + 3 * i, v);

          lo = MIN (lo, x);
          hi = MAX (hi, x);
        }
      shortest = MIN (shortest, hi - lo);
    }
  set (sac, WILLIS_INDEX_OSTIUM_AREA, ostium->area_mm2);
  set (sac, WILLIS_INDEX_NECK_DIAMETER, 4.0 * ostium->area_mm2 / ostium->perimeter_mm);
  set (sac, WILLIS_INDEX_NECK_MIN, shortest);
  set (sac, WILLIS_INDEX_NECK_MAX, longest);
}

static void
measure_heights (Sac *sac)
{
  const double *p = willis_surface_points (sac->sac);
  double height = 0.0, farthest = -1.0;

  for (gsize i = 0; i < willis_surface_n_points (sac->sac); i++)
    {
      double d[3];

      vec3_sub (d, p + 3 * i, sac->ostium.centre_lps_mm);
      height = MAX (height, vec3_dot (d, sac->normal));
      if (vec3_norm (d) > farthest)
        {
          farthest = vec3_norm (d);
          vec3_copy (sac->dome, p + 3 * i);
        }
    }
  set (sac, WILLIS_INDEX_HEIGHT, height);
  set (sac, WILLIS_INDEX_MAX_HEIGHT, farthest);
}

/* 4 A / P of the largest closed section at height z above the neck plane. */
static double
width_at (const Sac *sac, WillisSectioner *sectioner, double z)
{
  double origin[3], best = 0.0, area = 0.0;

  vec3_axpy (origin, sac->ostium.centre_lps_mm, z, sac->normal);
  for (gsize n = willis_sectioner_cut (sectioner, origin, sac->normal); n > 0; n--)
    {
      const WillisSection *section = willis_sectioner_section (sectioner, n - 1);

      if (section->closed && section->area_mm2 > area)
        {
          area = section->area_mm2;
          best = willis_section_diameter (section);
        }
    }
  return best;
}

/* The top of a parabola fitted to the widths near the widest level: a section through facets is rough at the scale
 * of the triangles, and the widest level alone would follow that. */
static double
smooth_top (const double *z, const double *w, int n, int top)
{
  int lo = top, hi = top;
  double s[5] = { 0 }, b[3] = { 0 }, det, linear, square;

  while (lo > 0 && w[lo - 1] > 0.99 * w[top])
    lo--;
  while (hi + 1 < n && w[hi + 1] > 0.99 * w[top])
    hi++;
  if (hi - lo < 2)
    return z[top];
  for (int i = lo; i <= hi; i++)
    {
      double x = z[i] - z[top], power = 1.0;

      for (int k = 0; k < 5; k++, power *= x)
        {
          s[k] += power;
          if (k < 3)
            b[k] += power * (w[i] - w[top]);
        }
    }
  det = s[0] * (s[2] * s[4] - s[3] * s[3]) - s[1] * (s[1] * s[4] - s[3] * s[2]) + s[2] * (s[1] * s[3] - s[2] * s[2]);
  if (det == 0.0)
    return z[top];
  linear
      = (s[0] * (b[1] * s[4] - b[2] * s[3]) - b[0] * (s[1] * s[4] - s[3] * s[2]) + s[2] * (s[1] * b[2] - s[2] * b[1]))
        / det;
  square
      = (s[0] * (s[2] * b[2] - s[3] * b[1]) - s[1] * (s[1] * b[2] - s[2] * b[1]) + b[0] * (s[1] * s[3] - s[2] * s[2]))
        / det;
  if (square >= 0.0)
    return z[top];
  return CLAMP (z[top] - linear / (2.0 * square), z[lo], z[hi]);
}

static void
measure_width (Sac *sac)
{
  g_autoptr (WillisSectioner) sectioner = willis_sectioner_new (sac->closed);
  double height = sac->out->index[WILLIS_INDEX_HEIGHT].value, z[LEVELS], w[LEVELS], neck, widest, bulge;
  int top = 0;

  neck = sac->out->index[WILLIS_INDEX_NECK_DIAMETER].value;
  for (int k = 0; k < LEVELS; k++)
    {
      z[k] = height * k / LEVELS;
      /* a level in the ostium itself is no section: the neck curve stands for it */
      w[k] = k == 0 ? neck : width_at (sac, sectioner, z[k]);
      if (w[k] > w[top])
        top = k;
    }
  bulge = smooth_top (z, w, LEVELS, top);
  widest = MAX (w[top], width_at (sac, sectioner, bulge));
  if (widest <= neck * (1.0 + 1e-3)) // no wider than its neck within the facets: it bulges nowhere
    {
      widest = MAX (widest, neck);
      bulge = 0.0;
    }
  set (sac, WILLIS_INDEX_WIDTH, widest);
  set (sac, WILLIS_INDEX_BULGE_HEIGHT, bulge);
}

/* Longest chord of a section. */
static double
longest_chord (const double *p, gsize n)
{
  double best = 0.0;
  gsize step = MAX (n / 300, 1);

  for (gsize i = 0; i < n; i += step)
    for (gsize k = i + 1; k < n; k++)
      {
        double d[3];

        vec3_sub (d, p + 3 * i, p + 3 * k);
        best = MAX (best, vec3_norm2 (d));
      }
  return sqrt (best);
}

static void
measure_across (Sac *sac)
{
  g_autoptr (WillisSectioner) sectioner = willis_sectioner_new (sac->closed);
  double axis[3], best = 0.0, reach;

  vec3_sub (axis, sac->dome, sac->ostium.centre_lps_mm);
  reach = vec3_normalize (axis);
  for (int k = 0; k < CROSS_LEVELS; k++)
    {
      double origin[3];

      vec3_axpy (origin, sac->ostium.centre_lps_mm, reach * (k + 0.5) / CROSS_LEVELS, axis);
      for (gsize n = willis_sectioner_cut (sectioner, origin, axis); n > 0; n--)
        {
          const WillisSection *section = willis_sectioner_section (sectioner, n - 1);

          best = MAX (best, longest_chord (willis_sectioner_points (sectioner) + 3 * section->first, section->n));
        }
    }
  set (sac, WILLIS_INDEX_PERPENDICULAR_WIDTH, best);
}

/* Index of the point farthest from p. */
static gint32
farthest_from (const double *points, const gpointer *ids, guint n, const double p[3], double *distance)
{
  double best = -1.0;
  gint32 found = 0;

  for (guint i = 0; i < n; i++)
    {
      double d[3];

      vec3_sub (d, points + 3 * GPOINTER_TO_INT (ids[i]), p);
      if (vec3_norm2 (d) > best)
        {
          best = vec3_norm2 (d);
          found = GPOINTER_TO_INT (ids[i]);
        }
    }
  *distance = sqrt (best);
  return found;
}

/* Largest distance of two of the points: all pairs of few; of many, the extreme points of 512 even directions and
 * from each the farthest of the farthest until it grows no more. */
static double
diameter (const double *points, const gpointer *ids, guint n)
{
  double best = 0.0;

  for (guint i = 0; n <= 1500 && i < n; i++)
    for (guint k = i + 1; k < n; k++)
      best = MAX (best, vec3_dist (points + 3 * GPOINTER_TO_INT (ids[i]), points + 3 * GPOINTER_TO_INT (ids[k])));
  for (int k = 0; n > 1500 && k < 512; k++)
    {
      double z = (k + 0.5) / 512.0, a = k * G_PI * (3.0 - sqrt (5.0)), r = sqrt (1.0 - z * z), top = -G_MAXDOUBLE;
      double direction[3] = { r * cos (a), r * sin (a), z }, now = 0.0, before;
      gint32 at = 0;

      for (guint i = 0; i < n; i++)
        if (vec3_dot (points + 3 * GPOINTER_TO_INT (ids[i]), direction) > top)
          {
            top = vec3_dot (points + 3 * GPOINTER_TO_INT (ids[i]), direction);
            at = GPOINTER_TO_INT (ids[i]);
          }
      do
        {
          before = now;
          at = farthest_from (points, ids, n, points + 3 * at, &now);
        }
      while (now > before * (1.0 + 1e-9));
      best = MAX (best, now);
    }
  return best;
}

typedef struct
{
  double x, y;
} Flat;

static int
compare_flat (gconstpointer a, gconstpointer b)
{
  const Flat *p = a, *q = b;

  return p->x != q->x ? (p->x > q->x) - (p->x < q->x) : (p->y > q->y) - (p->y < q->y);
}

static double
turn (const Flat *a, const Flat *b, const Flat *c)
{
  return (b->x - a->x) * (c->y - a->y) - (b->y - a->y) * (c->x - a->x);
}

/* Area of the convex hull of the neck rim seen along the normal, mm2 (monotone chain; Andrew 1979): what closes the
 * hull of the sac where the rim is flat, and nearly so where a bleb hangs below it, when no facet of the hull lies on
 * the rim alone. */
static double
rim_hull_area (const Sac *sac)
{
  const double *p = willis_surface_points (sac->sac);
  gsize n_points = willis_surface_n_points (sac->sac), n = 0, m = 0;
  g_autofree Flat *rim = g_new (Flat, n_points), *chain = g_new (Flat, 2 * n_points + 1);
  double u[3], v[3], twice = 0.0;

  vec3_basis (sac->normal, u, v);
  for (gsize i = 0; i < n_points; i++)
    if (sac->on_rim[i])
      rim[n++] = (Flat){ vec3_dot (p + 3 * i, u), vec3_dot (p + 3 * i, v) };
  qsort (rim, n, sizeof *rim, compare_flat);
  for (int side = 0; side < 2; side++) // below from left to right, above from right to left
    {
      gsize start = m;

      for (gsize k = 0; k < n; k++)
        {
          const Flat *at = side == 0 ? &rim[k] : &rim[n - 1 - k];

          while (m >= start + 2 && turn (&chain[m - 2], &chain[m - 1], at) <= 0.0)
            m--;
          chain[m++] = *at;
        }
      m -= m > start; // the last is the first of the other side
    }
  for (gsize k = 0; k < m; k++)
    twice += chain[k].x * chain[(k + 1) % m].y - chain[(k + 1) % m].x * chain[k].y;
  return 0.5 * twice;
}

static void
measure_hull (Sac *sac)
{
  const double *p = willis_surface_points (sac->sac);
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) hull = willis_convex_hull (p, willis_surface_n_points (sac->sac), &error);
  g_autoptr (GHashTable) corners = g_hash_table_new (NULL, NULL);
  g_autofree gpointer *keys = NULL;
  double volume = 0.0, area = 0.0, size = 0.0, hull_constant = cbrt (18.0 * G_PI);
  guint n = 0;

  for (guint k = 0; hull != NULL && k < hull->len; k += 3)
    {
      const gint32 *v = &g_array_index (hull, gint32, k);
      double a[3], b[3], x[3], c[3];

      vec3_sub (a, p + 3 * v[1], p + 3 * v[0]);
      vec3_sub (b, p + 3 * v[2], p + 3 * v[0]);
      vec3_sub (c, p + 3 * v[0], p);
      vec3_cross (x, a, b);
      volume += vec3_dot (x, c) / 6.0;
      area += 0.5 * vec3_norm (x);
      for (int i = 0; i < 3; i++)
        g_hash_table_add (corners, GINT_TO_POINTER (v[i]));
    }
  area -= rim_hull_area (sac);
  keys = g_hash_table_get_keys_as_array (corners, &n);
  size = diameter (p, keys, n);
  set (sac, WILLIS_INDEX_SIZE, size);
  set (sac, WILLIS_INDEX_CONVEXITY, sac->volume / volume);
  set (sac, WILLIS_INDEX_UNDULATION, 1.0 - sac->volume / volume);
  set (sac, WILLIS_INDEX_ELLIPTICITY, 1.0 - hull_constant * pow (volume, 2.0 / 3.0) / area);
  if (hull == NULL)
    for (int i = 0; i < 4; i++)
      missing (sac,
               (WillisIndex[]){ WILLIS_INDEX_SIZE, WILLIS_INDEX_CONVEXITY, WILLIS_INDEX_UNDULATION,
                                WILLIS_INDEX_ELLIPTICITY }[i],
               N_ ("the sac is flat"));
}

static void
measure_curvature (Sac *sac)
{
  gsize n = willis_surface_n_points (sac->sac);
  g_autofree double *mean = g_new (double, n), *gauss = g_new (double, n);
  g_autofree double *area = willis_surface_point_areas (sac->sac);
  double known = 0.0, h = 0.0, k = 0.0, hh = 0.0, kk = 0.0, kk_saddle = 0.0, share, writhe;
  static const WillisIndex indices[] = { WILLIS_INDEX_MAA,  WILLIS_INDEX_GAA,   WILLIS_INDEX_MLN,   WILLIS_INDEX_GLN,
                                         WILLIS_INDEX_HGLN, WILLIS_INDEX_WRITHE };

  willis_surface_curvature (sac->sac, mean, gauss);
  for (gsize i = 0; i < n; i++)
    {
      if (!isfinite (mean[i]) || !isfinite (gauss[i]))
        continue;
      known += area[i];
      h += area[i] * mean[i];
      k += area[i] * gauss[i];
      hh += area[i] * mean[i] * mean[i];
      kk += area[i] * gauss[i] * gauss[i];
      if (gauss[i] < 0.0)
        kk_saddle += area[i] * gauss[i] * gauss[i];
    }
  if (known < 0.8 * sac->area)
    {
      for (gsize i = 0; i < G_N_ELEMENTS (indices); i++)
        missing (sac, indices[i], N_ ("the surface has too few points for its curvature"));
      return;
    }
  share = sac->area / known;
  set (sac, WILLIS_INDEX_MAA, h / known);
  set (sac, WILLIS_INDEX_GAA, k / known);
  set (sac, WILLIS_INDEX_MLN, sqrt (hh * share) / (4.0 * G_PI));
  set (sac, WILLIS_INDEX_GLN, sqrt (sac->area * kk * share) / (4.0 * G_PI));
  set (sac, WILLIS_INDEX_HGLN, sqrt (sac->area * kk_saddle * share) / (4.0 * G_PI));
  willis_surface_writhe (sac->sac, mean, gauss, area, &writhe, NULL);
  set (sac, WILLIS_INDEX_WRITHE, writhe);
}

static void
measure_blebs (Sac *sac)
{
  g_autoptr (GArray) blebs = willis_sac_blebs (sac->sac, sac->closed);

  set (sac, WILLIS_INDEX_BLEBS, blebs->len);
}

static void
measure_moments (Sac *sac)
{
  double f[WILLIS_ZERNIKE_ORDER + 1][WILLIS_ZERNIKE_ORDER + 1];
  int index = WILLIS_INDEX_ZERNIKE_0_0;

  willis_zernike_moments (sac->closed, f);
  for (int n = 0; n <= WILLIS_ZERNIKE_ORDER; n++)
    for (int l = n % 2; l <= n; l += 2)
      if (n != 1)
        set (sac, (WillisIndex) index++, f[n][l]);
}

static void
measure_ratios (Sac *sac)
{
  const WillisMeasure *m = sac->out->index;
  double height = m[WILLIS_INDEX_HEIGHT].value, width = m[WILLIS_INDEX_WIDTH].value,
         neck = m[WILLIS_INDEX_NECK_DIAMETER].value, bulge = m[WILLIS_INDEX_BULGE_HEIGHT].value;

  set (sac, WILLIS_INDEX_VOLUME, sac->volume);
  set (sac, WILLIS_INDEX_AREA, sac->area);
  set (sac, WILLIS_INDEX_ASPECT_RATIO, height / neck);
  set (sac, WILLIS_INDEX_BOTTLENECK_FACTOR, width / neck);
  set (sac, WILLIS_INDEX_HEIGHT_WIDTH, height / width);
  set (sac, WILLIS_INDEX_BULGE_LOCATION, bulge / height);
  set (sac, WILLIS_INDEX_CONICITY, 0.5 - bulge / height);
  set (sac, WILLIS_INDEX_NONSPHERICITY, 1.0 - cbrt (18.0 * G_PI) * pow (sac->volume, 2.0 / 3.0) / sac->area);
  set (sac, WILLIS_INDEX_ISOPERIMETRIC, sac->area / pow (sac->volume, 2.0 / 3.0));
  set (sac, WILLIS_INDEX_SURFACE_VOLUME, sac->area / sac->volume);
  set (sac, WILLIS_INDEX_VOLUME_OSTIUM, sac->volume / sac->ostium.area_mm2);
}

static void
measure_parent (Sac *sac, const WillisParent *parent)
{
  static const char *const unknown = N_ ("the parent artery is not known");
  double top[3], axis[3];

  vec3_sub (top, sac->dome, sac->ostium.centre_lps_mm);
  vec3_normalize (top);
  set (sac, WILLIS_INDEX_ANEURYSM_ANGLE, 90.0 - degrees (fabs (vec3_dot (top, sac->normal))));
  vec3_sub (axis, sac->centroid, sac->ostium.centre_lps_mm);
  vec3_normalize (axis);
  if (parent != NULL && parent->diameter_mm > 0.0)
    {
      set (sac, WILLIS_INDEX_PARENT_DIAMETER, parent->diameter_mm);
      set (sac, WILLIS_INDEX_SIZE_RATIO, sac->out->index[WILLIS_INDEX_MAX_HEIGHT].value / parent->diameter_mm);
    }
  else
    {
      missing (sac, WILLIS_INDEX_PARENT_DIAMETER, unknown);
      missing (sac, WILLIS_INDEX_SIZE_RATIO, unknown);
    }
  if (parent != NULL && vec3_norm (parent->axis) > 0.0)
    {
      set (sac, WILLIS_INDEX_VESSEL_ANGLE, 90.0 - degrees (fabs (vec3_dot (parent->axis, sac->normal))));
      set (sac, WILLIS_INDEX_INFLOW_ANGLE, degrees (vec3_dot (parent->axis, axis)));
    }
  else
    {
      missing (sac, WILLIS_INDEX_VESSEL_ANGLE, unknown);
      missing (sac, WILLIS_INDEX_INFLOW_ANGLE, unknown);
    }
  if (parent != NULL && vec3_norm (parent->upstream) > 0.0)
    set (sac, WILLIS_INDEX_FLOW_ANGLE, degrees (vec3_dot (parent->upstream, top)));
  else
    missing (sac, WILLIS_INDEX_FLOW_ANGLE, unknown);
}

static void
take (Sac *sac, WillisIndex index, const WillisEstimate *from, double scale, const char *reason)
{
  if (from == NULL || !isfinite (from->value))
    {
      missing (sac, index, reason);
      return;
    }
  set (sac, index, scale * from->value);
  sac->out->index[index].sd = scale * from->sd;
}

/* What only the centreline tree tells. */
static void
measure_tree (Sac *sac, const WillisParent *parent)
{
  static const char *const unknown = N_ ("the parent artery is not known");
  const char *fork = parent == NULL ? unknown : N_ ("the tree shows no bifurcation with two daughters at the neck");
  const char *course = parent == NULL ? unknown : N_ ("the parent branch is too short");
  double degree = 180.0 / G_PI;

  take (sac, WILLIS_INDEX_BIFURCATION_ANGLE, parent != NULL ? &parent->bifurcation_angle : NULL, degree, fork);
  take (sac, WILLIS_INDEX_DAUGHTER_LARGE, parent != NULL ? &parent->daughter_angle[0] : NULL, degree, fork);
  take (sac, WILLIS_INDEX_DAUGHTER_SMALL, parent != NULL ? &parent->daughter_angle[1] : NULL, degree, fork);
  take (sac, WILLIS_INDEX_LATERAL_RATIO, parent != NULL ? &parent->lateral_ratio : NULL, 1.0, fork);
  take (sac, WILLIS_INDEX_PARENT_TORTUOSITY, parent != NULL ? &parent->tortuosity : NULL, 1.0, course);
  take (sac, WILLIS_INDEX_PARENT_CURVATURE, parent != NULL ? &parent->curvature : NULL, 1.0, course);
  take (sac, WILLIS_INDEX_PARENT_TORSION, parent != NULL ? &parent->torsion : NULL, 1.0, course);
}

static gboolean
measure_all (Sac *sac, const double *curve, gsize n_curve, const double *normal, const WillisParent *parent,
             GError **error)
{
  double d[3];

  if (!close_sac (sac, curve, n_curve, error))
    return FALSE;
  sac->volume = willis_surface_barycentre (sac->closed, sac->centroid);
  sac->area = willis_surface_area_mm2 (sac->sac);
  if (!(sac->volume > 1e-9 * pow (sac->area, 1.5)))
    return willis_fail (error, WILLIS_ERROR_BAD_INPUT, _ ("the sac encloses no volume"));
  vec3_copy (sac->normal, normal != NULL ? normal : sac->ostium.normal);
  vec3_normalize (sac->normal);
  vec3_sub (d, sac->centroid, sac->ostium.centre_lps_mm);
  if (vec3_dot (d, sac->normal) < 0.0)
    vec3_scale (sac->normal, sac->normal, -1.0);
  measure_neck (sac);
  measure_heights (sac);
  measure_width (sac);
  measure_across (sac);
  measure_hull (sac);
  measure_curvature (sac);
  measure_blebs (sac);
  measure_moments (sac);
  measure_ratios (sac);
  measure_parent (sac, parent);
  measure_tree (sac, parent);
  return TRUE;
}

gboolean
willis_morphology_measure (const WillisSurface *sac, const double *neck_curve_lps_mm, gsize n_neck,
                           const double neck_normal[3], const WillisParent *parent, WillisMorphology *out,
                           GError **error)
{
  g_autoptr (WillisSurface) oriented = NULL;
  WillisMorphology result;
  Sac work = { 0 };
  gboolean ok;

  if (willis_surface_n_triangles (sac) == 0)
    return willis_fail (error, WILLIS_ERROR_BAD_INPUT, _ ("the sac is empty"));
  if (!willis_surface_check (sac, error))
    return FALSE;
  for (int i = 0; i < WILLIS_N_INDICES; i++)
    result.index[i] = (WillisMeasure){ NAN, NAN, NULL };
  oriented = willis_surface_oriented (sac);
  work.sac = oriented;
  work.on_rim = g_new0 (guint8, willis_surface_n_points (oriented));
  work.out = &result;
  ok = measure_all (&work, n_neck >= 3 ? neck_curve_lps_mm : NULL, n_neck, neck_normal, parent, error);
  if (ok)
    *out = result;
  g_clear_pointer (&work.closed, willis_surface_unref);
  willis_ostium_clear (&work.ostium);
  g_free (work.on_rim);
  return ok;
}

/* 4 pi A / P^2 of the ostium, from the indices (neck diameter 4 A / P). */
static double
ostium_roundness (const WillisMorphology *m)
{
  double diameter = m->index[WILLIS_INDEX_NECK_DIAMETER].value;

  return G_PI * diameter * diameter / (4.0 * m->index[WILLIS_INDEX_OSTIUM_AREA].value);
}

gboolean
willis_morphology_same_neck (const WillisMorphology *base, const WillisMorphology *changed)
{
  return changed->index[WILLIS_INDEX_OSTIUM_AREA].value < 1.8 * base->index[WILLIS_INDEX_OSTIUM_AREA].value
         && ostium_roundness (changed) > 0.8 * ostium_roundness (base);
}
