/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <string.h>

#include "core/num/vec3.h"
#include "ui/scene/shape.h"

/* Which merged point each key got; open addressing. */
typedef struct
{
  guint64 *keys;
  gint32 *values; // -1: free
  gsize mask;
} Table;

static void
table_init (Table *table, gsize n)
{
  gsize size = 64;

  while (size < 2 * n)
    size *= 2;
  table->mask = size - 1;
  table->keys = g_new (guint64, size);
  table->values = g_new (gint32, size);
  memset (table->values, 0xff, size * sizeof (gint32));
}

/* The slot of key: its value, or -1 where it is new and the caller fills it in. */
static gint32 *
table_slot (Table *table, guint64 key)
{
  gsize i = (key * G_GUINT64_CONSTANT (0x9E3779B97F4A7C15)) >> 20;

  for (;; i++)
    {
      i &= table->mask;
      if (table->values[i] < 0)
        table->keys[i] = key;
      if (table->keys[i] == key)
        return &table->values[i];
    }
}

typedef struct
{
  double *points, *normals, *rgb; // sums, [n][3]
  gsize *counts;
  gsize n;
} Sums;

static void
sums_add (Sums *sums, gint32 to, const double p[3], const double n[3], const guint8 *rgb)
{
  vec3_add (sums->points + 3 * to, sums->points + 3 * to, p);
  vec3_add (sums->normals + 3 * to, sums->normals + 3 * to, n);
  for (int c = 0; c < 3 && rgb != NULL; c++)
    sums->rgb[3 * to + c] += rgb[c];
  sums->counts[to]++;
}

/* Points in the same box whose normals look the same way become one: opposite walls of a thin vessel stay
 * two. */
static gint32 *
merge_points (const WillisShape *shape, double h, Sums *sums)
{
  gsize n = willis_surface_n_points (shape->surface);
  const double *points = willis_surface_points (shape->surface);
  gint32 *to = g_new (gint32, n);
  double box[6];
  Table table;

  willis_surface_bounds (shape->surface, box);
  table_init (&table, n);
  for (gsize i = 0; i < n; i++)
    {
      guint64 key = 0;
      gint32 *slot;

      for (int a = 0; a < 3; a++)
        key = key << 20 | ((guint64) ((points[3 * i + a] - box[a]) / h) & 0xfffff);
      for (int a = 0; a < 3; a++)
        key = key << 1 | (shape->normals[3 * i + a] > 0.0);
      slot = table_slot (&table, key);
      if (*slot < 0)
        *slot = (gint32) sums->n++;
      to[i] = *slot;
      sums_add (sums, to[i], points + 3 * i, shape->normals + 3 * i, shape->rgb ? shape->rgb + 3 * i : NULL);
    }
  g_free (table.keys);
  g_free (table.values);
  return to;
}

WillisShape *
willis_shape_coarser (const WillisShape *shape, gsize n_triangles)
{
  gsize n = willis_surface_n_points (shape->surface), m = willis_surface_n_triangles (shape->surface), kept = 0;
  const gint32 *triangles = willis_surface_triangles (shape->surface);
  g_autofree gint32 *to = NULL;
  gint32 *out;
  Sums sums = { 0 };
  WillisShape *coarse;
  double h;

  if (m <= n_triangles || n_triangles == 0)
    return NULL;
  /* Each box that the surface passes gives about two and a half triangles. */
  h = sqrt (2.5 * willis_surface_area_mm2 (shape->surface) / n_triangles);
  if (!(h > 0.0))
    return NULL;
  sums.points = g_new0 (double, 3 * n);
  sums.normals = g_new0 (double, 3 * n);
  sums.rgb = g_new0 (double, 3 * n);
  sums.counts = g_new0 (gsize, n);
  to = merge_points (shape, h, &sums);
  out = g_new (gint32, 3 * m);
  coarse = g_new0 (WillisShape, 1);
  if (shape->cells != NULL)
    coarse->cells = g_new (gint64, m);
  for (gsize t = 0; t < m; t++)
    {
      gint32 a = to[triangles[3 * t]], b = to[triangles[3 * t + 1]], c = to[triangles[3 * t + 2]];

      if (a == b || b == c || a == c)
        continue;
      out[3 * kept] = a;
      out[3 * kept + 1] = b;
      out[3 * kept + 2] = c;
      if (shape->cells != NULL)
        coarse->cells[kept] = shape->cells[t];
      kept++;
    }
  if (shape->rgb != NULL)
    coarse->rgb = g_new (guint8, 3 * MAX (sums.n, 1));
  for (gsize i = 0; i < sums.n; i++)
    {
      vec3_scale (sums.points + 3 * i, sums.points + 3 * i, 1.0 / sums.counts[i]);
      vec3_normalize (sums.normals + 3 * i);
      for (int c = 0; c < 3 && shape->rgb != NULL; c++)
        coarse->rgb[3 * i + c] = (guint8) (sums.rgb[3 * i + c] / sums.counts[i]);
    }
  g_free (sums.rgb);
  g_free (sums.counts);
  coarse->normals = g_renew (double, sums.normals, 3 * MAX (sums.n, 1));
  coarse->surface = willis_surface_new_take (g_renew (double, sums.points, 3 * MAX (sums.n, 1)), sums.n,
                                             g_renew (gint32, out, 3 * MAX (kept, 1)), kept);
  return coarse;
}

/* --- The boundary of a label. */

typedef struct
{
  const guint8 *labels;
  const WillisGrid *grid;
  int label, step, dims[3]; // dims: samples along each axis, one empty sample before and after
  gint32 *vertex;           // [2][dims 1][dims 0], vertex of each cell of two slabs; -1 none
  GArray *points, *triangles;
} Nets;

/* Sample (i, j, k): the outermost samples are outside the scan, so the boundary is closed. */
static gboolean
nets_inside (const Nets *nets, int i, int j, int k)
{
  gsize x, y, z;

  if (i < 1 || j < 1 || k < 1 || i > nets->dims[0] - 2 || j > nets->dims[1] - 2 || k > nets->dims[2] - 2)
    return FALSE;
  x = (gsize) (i - 1) * nets->step;
  y = (gsize) (j - 1) * nets->step;
  z = (gsize) (k - 1) * nets->step;
  return nets->labels[(z * nets->grid->dims[1] + y) * nets->grid->dims[0] + x] == nets->label;
}

/* The vertex of the cell whose lowest corner is (i, j, k): mean of the middles of its crossed edges. */
static gint32
nets_vertex (Nets *nets, int i, int j, int k)
{
  double sum[3] = { 0, 0, 0 }, lps[3];
  gboolean in[8];
  int crossed = 0;

  for (int c = 0; c < 8; c++)
    in[c] = nets_inside (nets, i + (c & 1), j + (c >> 1 & 1), k + (c >> 2));
  for (int c = 0; c < 8; c++)
    for (int a = 0; a < 3; a++)
      {
        int d = c | 1 << a;

        if (d == c || in[c] == in[d])
          continue;
        for (int b = 0; b < 3; b++)
          sum[b] += 0.5 * ((c >> b & 1) + (d >> b & 1));
        crossed++;
      }
  if (crossed == 0)
    return -1;
  lps[0] = (i - 1 + sum[0] / crossed) * nets->step;
  lps[1] = (j - 1 + sum[1] / crossed) * nets->step;
  lps[2] = (k - 1 + sum[2] / crossed) * nets->step;
  willis_grid_ijk_to_lps (nets->grid, lps, lps);
  g_array_append_vals (nets->points, lps, 1);
  return (gint32) nets->points->len - 1;
}

static void
nets_quad (Nets *nets, gint32 a, gint32 b, gint32 c, gint32 d, gboolean flip)
{
  gint32 v[6] = { a, b, c, a, c, d }, w[6] = { a, c, b, a, d, c };

  if (a >= 0 && b >= 0 && c >= 0 && d >= 0)
    g_array_append_vals (nets->triangles, flip ? w : v, 2);
}

/* The quads around the edges that start at sample (i, j, k). */
static void
nets_faces (Nets *nets, int i, int j, int k)
{
  gsize row = (gsize) nets->dims[0], slab = row * nets->dims[1];
  const gint32 *here = nets->vertex + (k & 1) * slab, *below = nets->vertex + ((k + 1) & 1) * slab;
  gsize o = j * row + i;
  gboolean in = nets_inside (nets, i, j, k);

  if (j > 0 && k > 0 && i + 1 < nets->dims[0] && in != nets_inside (nets, i + 1, j, k))
    nets_quad (nets, below[o - row], below[o], here[o], here[o - row], !in);
  if (i > 0 && k > 0 && j + 1 < nets->dims[1] && in != nets_inside (nets, i, j + 1, k))
    nets_quad (nets, below[o - 1], here[o - 1], here[o], below[o], !in);
  if (i > 0 && j > 0 && k + 1 < nets->dims[2] && in != nets_inside (nets, i, j, k + 1))
    nets_quad (nets, here[o - row - 1], here[o - row], here[o], here[o - 1], !in);
}

/* Each point a part of the way to the mean of its neighbours: takes the staircase out. */
static void
smooth (double *points, gsize n, const gint32 *triangles, gsize m, int rounds)
{
  g_autofree double *sum = g_new (double, 3 * n);
  g_autofree guint32 *count = g_new (guint32, n);

  for (int r = 0; r < rounds; r++)
    {
      memset (sum, 0, 3 * n * sizeof (double));
      memset (count, 0, n * sizeof (guint32));
      for (gsize t = 0; t < 3 * m; t++)
        {
          gint32 a = triangles[t], b = triangles[t % 3 == 2 ? t - 2 : t + 1];

          vec3_add (sum + 3 * a, sum + 3 * a, points + 3 * b);
          count[a]++;
        }
      for (gsize i = 0; i < n; i++)
        if (count[i] > 0)
          {
            vec3_scale (sum + 3 * i, sum + 3 * i, 1.0 / count[i]);
            vec3_lerp (points + 3 * i, points + 3 * i, sum + 3 * i, 0.6);
          }
    }
}

static gsize
count_faces (const guint8 *labels, const WillisGrid *grid, int label)
{
  gsize faces = 0, nx = grid->dims[0], ny = grid->dims[1], n = willis_grid_n_voxels (grid);
  gsize stride[3] = { 1, nx, nx * ny };

  for (int a = 0; a < 3; a++)
    for (gsize i = 0; i + stride[a] < n; i++)
      faces += (labels[i] == label) != (labels[i + stride[a]] == label);
  return faces;
}

WillisShape *
willis_shape_from_label (WillisVolume *labels, int label, gsize max_triangles)
{
  const WillisGrid *grid = willis_volume_grid (labels);
  Nets nets = { willis_volume_u8 (labels), grid, label, 1, { 0 }, NULL, NULL, NULL };
  g_autoptr (WillisSurface) surface = NULL;
  gsize slab, n, m;
  double *points;
  gint32 *triangles;

  if (nets.labels == NULL)
    return NULL;
  nets.step = MAX (1, (int) ceil (sqrt (2.0 * count_faces (nets.labels, grid, label) / MAX (max_triangles, 1))));
  for (int a = 0; a < 3; a++)
    nets.dims[a] = (grid->dims[a] - 1) / nets.step + 3;
  slab = (gsize) nets.dims[0] * nets.dims[1];
  nets.vertex = g_new (gint32, 2 * slab);
  memset (nets.vertex, 0xff, 2 * slab * sizeof (gint32));
  nets.points = g_array_new (FALSE, FALSE, 3 * sizeof (double));
  nets.triangles = g_array_new (FALSE, FALSE, 3 * sizeof (gint32));
  for (int k = 0; k + 1 < nets.dims[2]; k++)
    for (int j = 0; j + 1 < nets.dims[1]; j++)
      for (int i = 0; i + 1 < nets.dims[0]; i++)
        {
          nets.vertex[(k & 1) * slab + (gsize) j * nets.dims[0] + i] = nets_vertex (&nets, i, j, k);
          nets_faces (&nets, i, j, k);
        }
  g_free (nets.vertex);
  n = nets.points->len;
  m = nets.triangles->len;
  points = (double *) g_array_free (nets.points, FALSE);
  triangles = (gint32 *) g_array_free (nets.triangles, FALSE);
  if (m > 0)
    smooth (points, n, triangles, m, 6);
  surface = willis_surface_new_take (points, n, triangles, m);
  return m > 0 ? willis_shape_new (surface) : NULL;
}
