/* SPDX-License-Identifier: Apache-2.0 */
#include "core/mesh/surface.h"

#include <math.h>

#include "core/base/digest.h"
#include "core/base/error.h"
#include "core/num/vec3.h"

struct _WillisSurface
{
  gatomicrefcount refs;
  double *points;    // [n_points][3], mm LPS
  gint32 *triangles; // [n_triangles][3]
  gsize n_points, n_triangles;
  GMutex lock; // guards digest
  char *digest;
};

WillisSurface *
willis_surface_new_take (double *points_lps_mm, gsize n_points, gint32 *triangles, gsize n_triangles)
{
  WillisSurface *surface = g_new0 (WillisSurface, 1);

  g_atomic_ref_count_init (&surface->refs);
  g_mutex_init (&surface->lock);
  surface->points = points_lps_mm;
  surface->n_points = n_points;
  surface->triangles = triangles;
  surface->n_triangles = n_triangles;
  return surface;
}

WillisSurface *
willis_surface_new_copy (const double *points_lps_mm, gsize n_points, const gint32 *triangles,
                         gsize n_triangles)
{
  return willis_surface_new_take (g_memdup2 (points_lps_mm, n_points * 3 * sizeof (double)), n_points,
                                  g_memdup2 (triangles, n_triangles * 3 * sizeof (gint32)), n_triangles);
}

WillisSurface *
willis_surface_ref (WillisSurface *surface)
{
  g_atomic_ref_count_inc (&surface->refs);
  return surface;
}

void
willis_surface_unref (WillisSurface *surface)
{
  if (surface == NULL || !g_atomic_ref_count_dec (&surface->refs))
    return;
  g_free (surface->points);
  g_free (surface->triangles);
  g_free (surface->digest);
  g_mutex_clear (&surface->lock);
  g_free (surface);
}

gsize
willis_surface_n_points (const WillisSurface *surface)
{
  return surface->n_points;
}

gsize
willis_surface_n_triangles (const WillisSurface *surface)
{
  return surface->n_triangles;
}

const double *
willis_surface_points (const WillisSurface *surface)
{
  return surface->points;
}

const gint32 *
willis_surface_triangles (const WillisSurface *surface)
{
  return surface->triangles;
}

gboolean
willis_surface_check (const WillisSurface *surface, GError **error)
{
  for (gsize i = 0; i < surface->n_points * 3; i++)
    if (!isfinite (surface->points[i]))
      return willis_fail (error, WILLIS_ERROR_BAD_INPUT, "surface point %" G_GSIZE_FORMAT " is not finite",
                          i / 3);
  for (gsize t = 0; t < surface->n_triangles; t++)
    {
      const gint32 *v = surface->triangles + 3 * t;

      for (int c = 0; c < 3; c++)
        if (v[c] < 0 || (gsize) v[c] >= surface->n_points)
          return willis_fail (error, WILLIS_ERROR_BAD_INPUT,
                              "surface triangle %" G_GSIZE_FORMAT " uses a point that is not there", t);
      if (v[0] == v[1] || v[1] == v[2] || v[0] == v[2])
        return willis_fail (error, WILLIS_ERROR_BAD_INPUT,
                            "surface triangle %" G_GSIZE_FORMAT " uses a point twice", t);
    }
  return TRUE;
}

void
willis_surface_bounds (const WillisSurface *surface, double box_lps_mm[6])
{
  for (int a = 0; a < 6; a++)
    box_lps_mm[a] = surface->n_points > 0 ? surface->points[a % 3] : 0.0;
  for (gsize i = 0; i < surface->n_points; i++)
    for (int a = 0; a < 3; a++)
      {
        box_lps_mm[a] = MIN (box_lps_mm[a], surface->points[3 * i + a]);
        box_lps_mm[3 + a] = MAX (box_lps_mm[3 + a], surface->points[3 * i + a]);
      }
}

/* Twice the area vector of triangle t. */
static void
area_vector (const WillisSurface *surface, gsize t, double out[3])
{
  const gint32 *v = surface->triangles + 3 * t;
  double e1[3], e2[3];

  vec3_sub (e1, surface->points + 3 * v[1], surface->points + 3 * v[0]);
  vec3_sub (e2, surface->points + 3 * v[2], surface->points + 3 * v[0]);
  vec3_cross (out, e1, e2);
}

double
willis_surface_area_mm2 (const WillisSurface *surface)
{
  double sum = 0.0, n[3];

  for (gsize t = 0; t < surface->n_triangles; t++)
    {
      area_vector (surface, t, n);
      sum += 0.5 * vec3_norm (n);
    }
  return sum;
}

double
willis_surface_volume_mm3 (const WillisSurface *surface)
{
  double sum = 0.0, n[3], p[3];

  for (gsize t = 0; t < surface->n_triangles; t++)
    {
      /* relative to the first point, so that far-off surfaces lose no digits */
      vec3_sub (p, surface->points + 3 * surface->triangles[3 * t], surface->points);
      area_vector (surface, t, n);
      sum += vec3_dot (p, n) / 6.0;
    }
  return sum;
}

double
willis_surface_barycentre (const WillisSurface *surface, double centre_lps_mm[3])
{
  const double *p = willis_surface_points (surface);
  const gint32 *v = willis_surface_triangles (surface);
  double total = 0.0, sum[3] = { 0 };

  for (gsize t = 0; t < willis_surface_n_triangles (surface); t++, v += 3)
    {
      double a[3], b[3], c[3], x[3], volume;

      vec3_sub (a, p + 3 * v[0], p);
      vec3_sub (b, p + 3 * v[1], p);
      vec3_sub (c, p + 3 * v[2], p);
      vec3_cross (x, a, b);
      volume = vec3_dot (x, c) / 6.0;
      total += volume;
      vec3_add (a, a, b);
      vec3_add (a, a, c);
      vec3_axpy (sum, sum, volume / 4.0, a);
    }
  if (total != 0.0)
    vec3_axpy (centre_lps_mm, p, 1.0 / total, sum);
  return total;
}

double *
willis_surface_point_normals (const WillisSurface *surface)
{
  double *normals = g_new0 (double, 3 * MAX (surface->n_points, 1));

  for (gsize t = 0; t < surface->n_triangles; t++)
    {
      const gint32 *v = surface->triangles + 3 * t;
      double n[3];

      area_vector (surface, t, n);
      if (vec3_normalize (n) == 0.0)
        continue;
      for (int c = 0; c < 3; c++)
        {
          const double *p = surface->points + 3 * v[c];
          double a[3], b[3], x[3];

          vec3_sub (a, surface->points + 3 * v[(c + 1) % 3], p);
          vec3_sub (b, surface->points + 3 * v[(c + 2) % 3], p);
          vec3_cross (x, a, b);
          vec3_axpy (normals + 3 * v[c], normals + 3 * v[c], atan2 (vec3_norm (x), vec3_dot (a, b)), n);
        }
    }
  for (gsize i = 0; i < surface->n_points; i++)
    vec3_normalize (normals + 3 * i);
  return normals;
}

WillisSurface *
willis_surface_offset (const WillisSurface *surface, double by_mm)
{
  g_autofree double *normals = willis_surface_point_normals (surface);
  double *points = g_memdup2 (surface->points, surface->n_points * 3 * sizeof (double));

  for (gsize i = 0; i < surface->n_points; i++)
    vec3_axpy (points + 3 * i, points + 3 * i, by_mm, normals + 3 * i);
  return willis_surface_new_take (points, surface->n_points,
                                  g_memdup2 (surface->triangles, surface->n_triangles * 3 * sizeof (gint32)),
                                  surface->n_triangles);
}

const char *
willis_surface_digest (const WillisSurface *surface)
{
  WillisSurface *self = (WillisSurface *) surface; // only the remembered value changes, under the lock

  g_mutex_lock (&self->lock);
  if (self->digest == NULL)
    {
      WillisDigest *digest = willis_digest_new ();

      willis_digest_doubles (digest, surface->points, 3 * surface->n_points);
      willis_digest_int (digest, (gint64) surface->n_triangles);
      willis_digest_bytes (digest, surface->triangles, 3 * surface->n_triangles * sizeof (gint32));
      self->digest = willis_digest_finish (digest);
    }
  g_mutex_unlock (&self->lock);
  return self->digest;
}
