/* SPDX-License-Identifier: Apache-2.0 */
#include "core/vessel/neck-ostium.h"

#include <string.h>

#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/mesh/rims.h"
#include "core/num/vec3.h"

#define RING 48  // points on an inner ring
#define RINGS 10 // inner rings
#define PASSES 12
#define SWEEPS 60

double
willis_curve_plane (const double *curve_lps_mm, gsize n, double centre[3], double normal[3])
{
  double worst = 0.0, d[3];

  willis_polygon_measure (curve_lps_mm, n, normal, centre);
  vec3_normalize (normal);
  for (gsize i = 0; i < n; i++)
    {
      vec3_sub (d, curve_lps_mm + 3 * i, centre);
      worst = MAX (worst, fabs (vec3_dot (d, normal)));
    }
  return worst;
}

/* The point at fraction t of the length of the closed curve. */
static void
point_at (const double *curve, gsize n, const double *length, double t, double out[3])
{
  double at = t * length[n];
  gsize i = 0;

  while (i + 1 < n && length[i + 1] <= at)
    i++;
  vec3_lerp (out, curve + 3 * i, curve + 3 * ((i + 1) % n),
             length[i + 1] > length[i] ? (at - length[i]) / (length[i + 1] - length[i]) : 0.0);
}

/* Triangles of a disc: the curve outside, RINGS rings of RING points, the centre last. The curve is joined to the
 * first ring like a zip, by arc length. The order makes normals right-handed around the reversed curve. */
static gint32 *
disc_triangles (gsize n, const double *length, gsize *n_triangles)
{
  GArray *out = g_array_new (FALSE, FALSE, sizeof (gint32));
  gsize i = 0, k = 0;
  gint32 first = (gint32) n, centre = (gint32) (n + RING * RINGS);

  while (i < n || k < RING)
    {
      gboolean outer = k >= RING || (i < n && length[i + 1] / length[n] <= (double) (k + 1) / RING);
      gint32 a = (gint32) (i % n), b = first + (gint32) (k % RING);
      gint32 c = outer ? (gint32) ((i + 1) % n) : first + (gint32) ((k + 1) % RING);
      gint32 t[3] = { a, b, c };

      g_array_append_vals (out, t, 3);
      if (outer)
        i++;
      else
        k++;
    }
  for (gint32 r = 0; r < RINGS; r++)
    for (gint32 j = 0; j < RING; j++)
      {
        gint32 a = first + r * RING + j, b = first + r * RING + (j + 1) % RING;
        gint32 c = r + 1 < RINGS ? a + RING : centre, d = r + 1 < RINGS ? b + RING : centre;
        gint32 t[6] = { a, c, b, b, c, d };

        g_array_append_vals (out, t, c == d ? 3 : 6);
      }
  *n_triangles = out->len / 3;
  return (gint32 *) (void *) g_array_free (out, FALSE);
}

/* Half the cotangent of the angle at c over the edge a, b. */
static double
cotangent (const double *a, const double *b, const double *c)
{
  double u[3], v[3], x[3], s;

  vec3_sub (u, a, c);
  vec3_sub (v, b, c);
  vec3_cross (x, u, v);
  s = vec3_norm (x);
  return s > 0.0 ? 0.5 * vec3_dot (u, v) / s : 0.0;
}

/* Area minimisation after Pinkall and Polthier (1993): the Dirichlet energy with the cotangents of the present mesh is
 * minimised (Gauss-Seidel), again and again. Points before n_fixed stay. */
static void
relax (double *points, gsize n_points, gsize n_fixed, const gint32 *triangles, gsize n_triangles, int passes)
{
  gsize n_edges = 3 * n_triangles;
  g_autofree double *weight = g_new (double, n_edges);
  g_autofree double *sum = g_new (double, 4 * n_points);
  g_autofree gint32 *start = g_new0 (gint32, n_points + 2), *other = g_new (gint32, 2 * n_edges),
                    *edge = g_new (gint32, 2 * n_edges);

  for (gsize h = 0; h < n_edges; h++)
    {
      start[triangles[h] + 2]++;
      start[triangles[h % 3 == 2 ? h - 2 : h + 1] + 2]++;
    }
  for (gsize i = 1; i < n_points + 2; i++)
    start[i] += start[i - 1];
  for (gsize h = 0; h < n_edges; h++)
    {
      gint32 a = triangles[h], b = triangles[h % 3 == 2 ? h - 2 : h + 1];

      other[start[a + 1]] = b;
      edge[start[a + 1]++] = (gint32) h;
      other[start[b + 1]] = a;
      edge[start[b + 1]++] = (gint32) h;
    }
  for (int pass = 0; pass < passes; pass++)
    {
      for (gsize h = 0; h < n_edges; h++)
        {
          const gint32 *t = triangles + h / 3 * 3;
          int c = (int) (h % 3);

          /* first with equal weights: the plain start may be folded */
          weight[h] = pass == 0 ? 1.0 : MAX (cotangent (points + 3 * t[c], points + 3 * t[(c + 1) % 3],
                                                        points + 3 * t[(c + 2) % 3]), 1e-3);
        }
      for (int sweep = 0; sweep < SWEEPS; sweep++)
        for (gsize i = n_fixed; i < n_points; i++)
          {
            double total = 0.0, p[3] = { 0 };

            for (gint32 k = start[i]; k < start[i + 1]; k++)
              {
                vec3_axpy (p, p, weight[edge[k]], points + 3 * other[k]);
                total += weight[edge[k]];
              }
            vec3_scale (points + 3 * i, p, 1.0 / total);
          }
    }
}

/* Barycentre and area of a surface. */
static double
barycentre (const WillisSurface *surface, double centre[3])
{
  const double *p = willis_surface_points (surface);
  const gint32 *v = willis_surface_triangles (surface);
  double total = 0.0, sum[3] = { 0 };

  for (gsize t = 0; t < willis_surface_n_triangles (surface); t++, v += 3)
    {
      double a[3], b[3], x[3], area;

      vec3_sub (a, p + 3 * v[1], p + 3 * v[0]);
      vec3_sub (b, p + 3 * v[2], p + 3 * v[0]);
      vec3_cross (x, a, b);
      area = 0.5 * vec3_norm (x);
      for (int c = 0; c < 3; c++)
        vec3_axpy (sum, sum, area / 3.0, p + 3 * v[c]);
      total += area;
    }
  vec3_scale (centre, sum, total > 0.0 ? 1.0 / total : 0.0);
  return total;
}

gboolean
willis_ostium_init (WillisOstium *ostium, const double *curve_lps_mm, gsize n, GError **error)
{
  g_autofree double *length = g_new0 (double, n + 1);
  gsize n_points = n + RING * RINGS + 1, n_triangles;
  double *points = g_new (double, 3 * n_points), area[3];
  gint32 *triangles;

  memset (ostium, 0, sizeof *ostium);
  ostium->perimeter_mm = willis_polygon_measure (curve_lps_mm, n, area, ostium->centre_lps_mm);
  ostium->area_mm2 = vec3_norm (area);
  ostium->max_off_mm = willis_curve_plane (curve_lps_mm, n, ostium->centre_lps_mm, ostium->normal);
  if (n < 3 || !(ostium->area_mm2 > 1e-9 * ostium->perimeter_mm * ostium->perimeter_mm))
    {
      g_free (points);
      return willis_fail (error, WILLIS_ERROR_BAD_INPUT, _ ("the neck curve encloses no area"));
    }
  ostium->flat = ostium->max_off_mm < 1e-3 * 2.0 * sqrt (ostium->area_mm2 / G_PI);
  memcpy (points, curve_lps_mm, 3 * n * sizeof (double));
  for (gsize i = 0; i < n; i++)
    length[i + 1] = length[i] + vec3_dist (curve_lps_mm + 3 * i, curve_lps_mm + 3 * ((i + 1) % n));
  for (gsize r = 0; r < RINGS; r++)
    for (gsize j = 0; j < RING; j++)
      {
        double p[3];

        point_at (curve_lps_mm, n, length, (double) j / RING, p);
        vec3_lerp (points + 3 * (n + r * RING + j), p, ostium->centre_lps_mm, (double) (r + 1) / (RINGS + 1));
      }
  vec3_copy (points + 3 * (n_points - 1), ostium->centre_lps_mm);
  triangles = disc_triangles (n, length, &n_triangles);
  relax (points, n_points, n, triangles, n_triangles, ostium->flat ? 1 : PASSES);
  ostium->surface = willis_surface_new_take (points, n_points, triangles, n_triangles);
  if (!ostium->flat)
    ostium->area_mm2 = barycentre (ostium->surface, ostium->centre_lps_mm);
  return TRUE;
}

void
willis_ostium_clear (WillisOstium *ostium)
{
  g_clear_pointer (&ostium->surface, willis_surface_unref);
}
