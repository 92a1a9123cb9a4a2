/* SPDX-License-Identifier: Apache-2.0 */
#include "core/mesh/rims.h"

#include <math.h>
#include <string.h>

#include "core/num/vec3.h"

/* Start and end point of half-edge h. */
static gint32
edge_from (const gint32 *triangles, gint32 h)
{
  return triangles[h];
}

static gint32
edge_to (const gint32 *triangles, gint32 h)
{
  return triangles[h % 3 == 2 ? h - 2 : h + 1];
}

/* Half-edges bucketed by their lower point: list of point i is list[start[i] .. start[i + 1]). */
static gint32 *
bucket_edges (const WillisSurface *surface, gint32 **list)
{
  gsize n_points = willis_surface_n_points (surface), n = 3 * willis_surface_n_triangles (surface);
  const gint32 *t = willis_surface_triangles (surface);
  gint32 *start = g_new0 (gint32, n_points + 2);

  *list = g_new (gint32, MAX (n, 1));
  for (gsize h = 0; h < n; h++)
    start[MIN (edge_from (t, (gint32) h), edge_to (t, (gint32) h)) + 2]++;
  for (gsize i = 1; i < n_points + 2; i++)
    start[i] += start[i - 1];
  for (gsize h = 0; h < n; h++)
    (*list)[start[MIN (edge_from (t, (gint32) h), edge_to (t, (gint32) h)) + 1]++] = (gint32) h;
  return start;
}

gint32 *
willis_surface_opposites (const WillisSurface *surface)
{
  gsize n_points = willis_surface_n_points (surface), n = 3 * willis_surface_n_triangles (surface);
  const gint32 *t = willis_surface_triangles (surface);
  gint32 *opposite = g_new (gint32, MAX (n, 1));
  g_autofree gint32 *list = NULL;
  g_autofree gint32 *start = bucket_edges (surface, &list);

  memset (opposite, 0xff, n * sizeof (gint32));
  for (int against = 1; against >= 0; against--) // first those that run against each other, then the others
    for (gsize i = 0; i < n_points; i++)
      for (gint32 a = start[i]; a < start[i + 1]; a++)
        for (gint32 b = a + 1; b < start[i + 1] && opposite[list[a]] < 0; b++)
          {
            gint32 h = list[a], k = list[b];
            gboolean reversed = edge_from (t, h) == edge_to (t, k) && edge_to (t, h) == edge_from (t, k);
            gboolean same = edge_from (t, h) == edge_from (t, k) && edge_to (t, h) == edge_to (t, k);

            if (opposite[k] >= 0 || (against ? !reversed : !same) || h / 3 == k / 3)
              continue;
            opposite[h] = k;
            opposite[k] = h;
          }
  return opposite;
}

gint32 *
willis_surface_patches (const WillisSurface *surface, gsize *n_pieces)
{
  gsize n = willis_surface_n_triangles (surface);
  g_autofree gint32 *opposite = willis_surface_opposites (surface);
  g_autofree gint32 *stack = g_new (gint32, MAX (n, 1));
  gint32 *piece = g_new (gint32, MAX (n, 1));
  gint32 count = 0;

  memset (piece, 0xff, n * sizeof (gint32));
  for (gsize seed = 0; seed < n; seed++)
    {
      gsize top = 0;

      if (piece[seed] >= 0)
        continue;
      stack[top++] = (gint32) seed;
      piece[seed] = count;
      while (top > 0)
        {
          gint32 t = stack[--top];

          for (int c = 0; c < 3; c++)
            {
              gint32 k = opposite[3 * t + c];

              if (k >= 0 && piece[k / 3] < 0)
                {
                  piece[k / 3] = count;
                  stack[top++] = k / 3;
                }
            }
        }
      count++;
    }
  *n_pieces = (gsize) count;
  return piece;
}

void
willis_loops_free (WillisLoops *loops)
{
  if (loops == NULL)
    return;
  g_array_unref (loops->ids);
  g_array_unref (loops->ends);
  g_free (loops);
}

gsize
willis_loops_n (const WillisLoops *loops)
{
  return loops->ends->len;
}

const gint32 *
willis_loops_get (const WillisLoops *loops, gsize l, gsize *n)
{
  gsize start = l > 0 ? g_array_index (loops->ends, gsize, l - 1) : 0;

  *n = g_array_index (loops->ends, gsize, l) - start;
  return (const gint32 *) (const void *) loops->ids->data + start;
}

double *
willis_loops_points (const WillisLoops *loops, gsize l, const WillisSurface *surface, gsize *n)
{
  const gint32 *ids = willis_loops_get (loops, l, n);
  double *points = g_new (double, 3 * *n);

  for (gsize i = 0; i < *n; i++)
    vec3_copy (points + 3 * i, willis_surface_points (surface) + 3 * ids[i]);
  return points;
}

/* The rim half-edge that follows rim half-edge h: turn around its end point through the triangles there. */
static gint32
next_on_rim (const gint32 *opposite, gint32 h, gsize n)
{
  gint32 k = h % 3 == 2 ? h - 2 : h + 1;

  for (gsize guard = 0; opposite[k] >= 0 && guard < n; guard++)
    {
      k = opposite[k];
      k = k % 3 == 2 ? k - 2 : k + 1;
    }
  return k;
}

WillisLoops *
willis_surface_rims (const WillisSurface *surface)
{
  gsize n = 3 * willis_surface_n_triangles (surface);
  const gint32 *t = willis_surface_triangles (surface);
  g_autofree gint32 *opposite = willis_surface_opposites (surface);
  g_autofree guint8 *done = g_new0 (guint8, MAX (n, 1));
  WillisLoops *loops = g_new0 (WillisLoops, 1);

  loops->ids = g_array_new (FALSE, FALSE, sizeof (gint32));
  loops->ends = g_array_new (FALSE, FALSE, sizeof (gsize));
  for (gsize seed = 0; seed < n; seed++)
    {
      gint32 h = (gint32) seed;
      gsize end;

      if (opposite[seed] >= 0 || done[seed])
        continue;
      while (opposite[h] < 0 && !done[h])
        {
          gint32 from = edge_from (t, h);

          done[h] = TRUE;
          g_array_append_val (loops->ids, from);
          h = next_on_rim (opposite, h, n);
        }
      end = loops->ids->len;
      g_array_append_val (loops->ends, end);
    }
  return loops;
}

/* Turns triangles so that neighbours agree; a triangle is flipped where flip[t] is set on return. */
static void
agree (const WillisSurface *surface, const gint32 *opposite, const gint32 *piece, guint8 *flip)
{
  gsize n = willis_surface_n_triangles (surface);
  const gint32 *t = willis_surface_triangles (surface);
  g_autofree gint32 *stack = g_new (gint32, MAX (n, 1));
  g_autofree guint8 *seen = g_new0 (guint8, MAX (n, 1));

  for (gsize seed = 0; seed < n; seed++)
    {
      gsize top = 0;

      if (seen[seed])
        continue;
      seen[seed] = TRUE;
      stack[top++] = (gint32) seed;
      while (top > 0)
        {
          gint32 a = stack[--top];

          for (int c = 0; c < 3; c++)
            {
              gint32 h = 3 * a + c, k = opposite[h];

              if (k < 0 || seen[k / 3])
                continue;
              seen[k / 3] = TRUE;
              flip[k / 3] = flip[a] ^ (edge_from (t, h) == edge_from (t, k));
              stack[top++] = k / 3;
            }
        }
    }
}

static void
flip_triangle (gint32 *v)
{
  gint32 keep = v[1];

  v[1] = v[2];
  v[2] = keep;
}

/* Six times the volume of each piece, its rims closed by fans around their mean point. */
static double *
piece_volumes (const WillisSurface *surface, const gint32 *piece, gsize n_pieces)
{
  double *volume = g_new0 (double, MAX (n_pieces, 1));
  const double *p = willis_surface_points (surface);
  const gint32 *v = willis_surface_triangles (surface);
  g_autoptr (WillisLoops) rims = willis_surface_rims (surface);
  g_autofree gint32 *piece_of = g_new0 (gint32, MAX (willis_surface_n_points (surface), 1));
  double a[3], b[3], c[3], x[3];

  for (gsize t = 0; t < willis_surface_n_triangles (surface); t++, v += 3)
    {
      vec3_sub (a, p + 3 * v[0], p);
      vec3_sub (b, p + 3 * v[1], p);
      vec3_sub (c, p + 3 * v[2], p);
      vec3_cross (x, a, b);
      volume[piece[t]] += vec3_dot (x, c);
      for (int i = 0; i < 3; i++)
        piece_of[v[i]] = piece[t];
    }
  for (gsize l = 0; l < willis_loops_n (rims); l++)
    {
      gsize n;
      const gint32 *ids = willis_loops_get (rims, l, &n);
      double mean[3] = { 0 };

      for (gsize i = 0; i < n; i++)
        vec3_axpy (mean, mean, 1.0 / (double) n, p + 3 * ids[i]);
      vec3_sub (c, mean, p);
      for (gsize i = 0; i < n; i++)
        {
          vec3_sub (a, p + 3 * ids[(i + 1) % n], p);
          vec3_sub (b, p + 3 * ids[i], p);
          vec3_cross (x, a, b);
          volume[piece_of[ids[0]]] += vec3_dot (x, c);
        }
    }
  return volume;
}

WillisSurface *
willis_surface_oriented (const WillisSurface *surface)
{
  gsize n = willis_surface_n_triangles (surface), n_kept = 0, n_pieces;
  const gint32 *v = willis_surface_triangles (surface);
  gint32 *kept = g_new (gint32, MAX (3 * n, 1));
  g_autofree gint32 *opposite = NULL, *piece = NULL;
  g_autofree guint8 *flip = NULL;
  g_autofree double *volume = NULL;
  WillisSurface *out;

  for (gsize t = 0; t < n; t++, v += 3)
    if (v[0] != v[1] && v[1] != v[2] && v[0] != v[2])
      memcpy (kept + 3 * n_kept++, v, 3 * sizeof (gint32));
  out = willis_surface_new_take (g_memdup2 (willis_surface_points (surface),
                                            3 * willis_surface_n_points (surface) * sizeof (double)),
                                 willis_surface_n_points (surface), kept, n_kept);
  if (n_kept == 0)
    return out;
  opposite = willis_surface_opposites (out);
  piece = willis_surface_patches (out, &n_pieces);
  flip = g_new0 (guint8, n_kept);
  agree (out, opposite, piece, flip);
  for (gsize t = 0; t < n_kept; t++)
    if (flip[t])
      flip_triangle (kept + 3 * t);
  volume = piece_volumes (out, piece, n_pieces);
  for (gsize t = 0; t < n_kept; t++)
    if (volume[piece[t]] < 0.0)
      flip_triangle (kept + 3 * t);
  return out;
}

double
willis_polygon_measure (const double *points, gsize n, double area_vector[3], double centre[3])
{
  double mean[3] = { 0 }, total[3] = { 0 }, sum[3] = { 0 }, length = 0.0, weight = 0.0, normal[3];

  for (gsize i = 0; i < n; i++)
    vec3_axpy (mean, mean, 1.0 / (double) n, points + 3 * i);
  for (int pass = 0; pass < 2; pass++)
    {
      for (gsize i = 0; i < n; i++)
        {
          const double *p = points + 3 * i, *q = points + 3 * ((i + 1) % n);
          double a[3], b[3], x[3], m[3];

          vec3_sub (a, p, mean);
          vec3_sub (b, q, mean);
          vec3_cross (x, a, b);
          if (pass == 0)
            {
              vec3_axpy (total, total, 0.5, x);
              length += vec3_dist (p, q);
              continue;
            }
          vec3_add (m, a, b);
          vec3_axpy (sum, sum, vec3_dot (x, normal) / 3.0, m); // m / 3: the triangle's barycentre from mean
          weight += vec3_dot (x, normal);
        }
      vec3_copy (normal, total);
      vec3_normalize (normal);
    }
  if (area_vector != NULL)
    vec3_copy (area_vector, total);
  if (centre != NULL)
    vec3_axpy (centre, mean, weight > 0.0 ? 1.0 / weight : 0.0, sum);
  return length;
}
