/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Surfaces of known size for tests, made by calculation.
 */
#include <math.h>
#include <string.h>

#include "core/mesh/surface.h"
#include "core/num/vec3.h"

/* A sphere of radius 1 from the icosahedron, each edge halved `levels` times: 20 * 4^levels triangles. */
static inline WillisSurface *
shape_sphere (int levels)
{
  const double t = (1.0 + sqrt (5.0)) / 2.0;
  const double corners[12][3] = { { -1, t, 0 }, { 1, t, 0 }, { -1, -t, 0 }, { 1, -t, 0 }, { 0, -1, t }, { 0, 1, t },
                                  { 0, -1, -t }, { 0, 1, -t }, { t, 0, -1 }, { t, 0, 1 }, { -t, 0, -1 }, { -t, 0, 1 } };
  const gint32 faces[60] = { 0, 11, 5, 0, 5, 1, 0, 1, 7, 0, 7, 10, 0, 10, 11, 1, 5, 9, 5, 11, 4, 11, 10, 2, 10, 7, 6,
                             7, 1, 8, 3, 9, 4, 3, 4, 2, 3, 2, 6, 3, 6, 8, 3, 8, 9, 4, 9, 5, 2, 4, 11, 6, 2, 10,
                             8, 6, 7, 9, 8, 1 };
  GArray *points = g_array_new (FALSE, FALSE, sizeof (double));
  GArray *triangles = g_array_new (FALSE, FALSE, sizeof (gint32));
  WillisSurface *out;

  for (int i = 0; i < 12; i++)
    {
      double p[3];

      vec3_copy (p, corners[i]);
      vec3_normalize (p);
      g_array_append_vals (points, p, 3);
    }
  g_array_append_vals (triangles, faces, 60);
  for (int level = 0; level < levels; level++)
    {
      GArray *finer = g_array_new (FALSE, FALSE, sizeof (gint32));
      GHashTable *middles = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);

      for (guint k = 0; k < triangles->len; k += 3)
        {
          gint32 v[3], m[3];

          memcpy (v, &g_array_index (triangles, gint32, k), sizeof v);
          for (int c = 0; c < 3; c++)
            {
              gint32 a = v[c], b = v[(c + 1) % 3];
              gint64 key = (gint64) MIN (a, b) << 32 | MAX (a, b);
              gpointer found = g_hash_table_lookup (middles, &key);

              if (found == NULL)
                {
                  double p[3];

                  vec3_add (p, &g_array_index (points, double, 3 * a), &g_array_index (points, double, 3 * b));
                  vec3_normalize (p);
                  g_array_append_vals (points, p, 3);
                  found = GINT_TO_POINTER (points->len / 3);
                  g_hash_table_insert (middles, g_memdup2 (&key, sizeof key), found);
                }
              m[c] = GPOINTER_TO_INT (found) - 1;
            }
          {
            const gint32 four[12] = { v[0], m[0], m[2], v[1], m[1], m[0], v[2], m[2], m[1], m[0], m[1], m[2] };

            g_array_append_vals (finer, four, 12);
          }
        }
      g_hash_table_unref (middles);
      g_array_unref (triangles);
      triangles = finer;
    }
  out = willis_surface_new_copy ((double *) (void *) points->data, points->len / 3, (gint32 *) (void *) triangles->data,
                                 triangles->len / 3);
  g_array_unref (points);
  g_array_unref (triangles);
  return out;
}

/* Every point p becomes scale * p (by axis), then turned about the axis (1, 2, 3) by angle, then moved. */
static inline WillisSurface *
shape_moved (const WillisSurface *in, double sx, double sy, double sz, double angle, const double move[3])
{
  gsize n = willis_surface_n_points (in);
  double *points = g_new (double, 3 * MAX (n, 1)), k[3] = { 1, 2, 3 };

  vec3_normalize (k);
  for (gsize i = 0; i < n; i++)
    {
      const double *q = willis_surface_points (in) + 3 * i;
      double p[3] = { sx * q[0], sy * q[1], sz * q[2] }, x[3];
      double along = vec3_dot (k, p);

      vec3_cross (x, k, p);
      for (int a = 0; a < 3; a++)
        points[3 * i + a] = p[a] * cos (angle) + x[a] * sin (angle) + k[a] * along * (1.0 - cos (angle)) + move[a];
    }
  return willis_surface_new_take (points, n, g_memdup2 (willis_surface_triangles (in),
                                                        12 * willis_surface_n_triangles (in)),
                                  willis_surface_n_triangles (in));
}

/* The turn of shape_moved for a direction. */
static inline void
shape_turn (const double in[3], double angle, double out[3])
{
  double k[3] = { 1, 2, 3 }, x[3], along;

  vec3_normalize (k);
  along = vec3_dot (k, in);
  vec3_cross (x, k, in);
  for (int a = 0; a < 3; a++)
    out[a] = in[a] * cos (angle) + x[a] * sin (angle) + k[a] * along * (1.0 - cos (angle));
}

/* A profile (r, z)[n] from the lowest to the highest turned about z in `around` steps; r = 0 makes a pole. Outward
 * where the profile rises outside. Open at ends with r > 0. */
static inline WillisSurface *
shape_turned (const double (*profile)[2], gsize n, gsize around)
{
  GArray *points = g_array_new (FALSE, FALSE, sizeof (double));
  GArray *triangles = g_array_new (FALSE, FALSE, sizeof (gint32));
  gint32 before = -1;
  gsize count_before = 0;
  WillisSurface *out;

  for (gsize i = 0; i < n; i++)
    {
      gsize count = profile[i][0] > 0.0 ? around : 1;
      gint32 first = (gint32) (points->len / 3);

      for (gsize j = 0; j < count; j++)
        {
          /* every other ring turned by half a step: no long rows of equal triangles */
          double a = 2.0 * G_PI * ((double) j + 0.5 * (double) (i & 1)) / (double) around;
          double p[3] = { profile[i][0] * cos (a), profile[i][0] * sin (a), profile[i][1] };

          g_array_append_vals (points, p, 3);
        }
      for (gsize j = 0; before >= 0 && j < around; j++)
        {
          gint32 j1 = (gint32) ((j + 1) % around), a = before + (count_before > 1 ? (gint32) j : 0),
                 b = before + (count_before > 1 ? j1 : 0), c = first + (count > 1 ? (gint32) j : 0),
                 d = first + (count > 1 ? j1 : 0);
          gint32 t[6] = { a, b, (i & 1) ? c : d, (i & 1) ? b : a, d, c };

          if (count_before > 1)
            g_array_append_vals (triangles, t, 3);
          if (count > 1)
            g_array_append_vals (triangles, count_before > 1 ? t + 3 : (gint32[]){ a, d, c }, 3);
        }
      before = first;
      count_before = count;
    }
  out = willis_surface_new_copy ((double *) (void *) points->data, points->len / 3, (gint32 *) (void *) triangles->data,
                                 triangles->len / 3);
  g_array_unref (points);
  g_array_unref (triangles);
  return out;
}
