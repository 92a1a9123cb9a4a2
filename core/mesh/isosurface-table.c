/* SPDX-License-Identifier: Apache-2.0 */
#include "core/mesh/isosurface-table.h"

#include <math.h>
#include <string.h>

const guint8 willis_cube_faces[6][4] = {
  { 0, 4, 6, 2 }, { 1, 3, 7, 5 }, // x = 0, 1
  { 0, 1, 5, 4 }, { 2, 6, 7, 3 }, // y = 0, 1
  { 0, 2, 3, 1 }, { 4, 5, 7, 6 }, // z = 0, 1
};

/* The edge between two corners that differ in one bit. */
static int
edge_between (int a, int b)
{
  int lo = MIN (a, b), x = lo & 1, y = (lo >> 1) & 1, z = lo >> 2;

  switch (a ^ b)
    {
    case 1:
      return y + 2 * z;
    case 2:
      return 4 + x + 2 * z;
    default:
      return 8 + x + 2 * y;
    }
}

static void
edge_middle (int edge, double p[3])
{
  int axis = edge / 4, u = edge & 1, v = (edge >> 1) & 1;

  p[axis] = 0.5;
  p[(axis == 0) ? 1 : 0] = u;
  p[(axis == 2) ? 1 : 2] = v;
}

/* Which faces an edge lies in, as a bit set. */
static int
edge_faces (int edge)
{
  int set = 0;

  for (int f = 0; f < 6; f++)
    for (int n = 0; n < 4; n++)
      if (edge_between (willis_cube_faces[f][n], willis_cube_faces[f][(n + 1) % 4]) == edge)
        set |= 1 << f;
  return set;
}

static gboolean
is_inside (int code, int face, int n)
{
  return (code >> willis_cube_faces[face][n & 3]) & 1;
}

static gboolean
is_ambiguous (int code, int face)
{
  gboolean a = is_inside (code, face, 0), b = is_inside (code, face, 1);

  return a != b && a == is_inside (code, face, 2) && b == is_inside (code, face, 3);
}

/* next[e]: the crossing that follows e on its loop, -1 where e has no crossing. On each face a segment runs
 * from the crossing where one leaves the inside, walking counter-clockwise, to one where one enters it. An
 * edge is walked in opposite ways on its two faces, so each crossing begins one segment and ends one. */
static void
link_crossings (int code, int joined, int next[12])
{
  for (int e = 0; e < 12; e++)
    next[e] = -1;
  for (int f = 0; f < 6; f++)
    for (int n = 0; n < 4; n++)
      {
        const guint8 *c = willis_cube_faces[f];
        int m;

        if (!is_inside (code, f, n) || is_inside (code, f, n + 1))
          continue; // edge n does not leave the inside
        /* around the outside corners ahead, or back around the inside corner just left */
        if (is_ambiguous (code, f) && !((joined >> f) & 1))
          m = n + 3;
        else
          for (m = n + 1; !(!is_inside (code, f, m) && is_inside (code, f, m + 1)); m++)
            ;
        next[edge_between (c[n], c[(n + 1) & 3])] = edge_between (c[m & 3], c[(m + 1) & 3]);
      }
}

/* Cost of the chord between loop positions a < b: infinite where it lies in a face of the cube, because the
 * cube on the other side might draw the same chord and four triangles would meet there. */
static double
chord_cost (const int *loop, int n, int a, int b)
{
  double p[3], q[3];

  if (b == a + 1 || (a == 0 && b == n - 1))
    return 0.0;
  if (edge_faces (loop[a]) & edge_faces (loop[b]))
    return INFINITY;
  edge_middle (loop[a], p);
  edge_middle (loop[b], q);
  return sqrt ((p[0] - q[0]) * (p[0] - q[0]) + (p[1] - q[1]) * (p[1] - q[1]) + (p[2] - q[2]) * (p[2] - q[2]));
}

/* A loop runs clockwise seen from the low side, so its triangles are turned. */
static void
emit (WillisCubeCut *cut, int a, int b, int c)
{
  guint8 *t = cut->triangles[cut->n_triangles++];

  t[0] = (guint8)b;
  t[1] = (guint8)a;
  t[2] = (guint8)c;
}

static void
emit_split (WillisCubeCut *cut, const int *loop, int split[12][12], int a, int b)
{
  int m = split[a][b];

  if (b - a < 2)
    return;
  emit (cut, loop[a], loop[m], loop[b]);
  emit_split (cut, loop, split, a, m);
  emit_split (cut, loop, split, m, b);
}

/* The triangulation of one loop with the shortest allowed chords (Klincsek 1980), or a fan about its middle.
 */
static void
cut_loop (WillisCubeCut *cut, const int *loop, int n)
{
  double cost[12][12] = { { 0 } };
  int split[12][12] = { { 0 } };

  for (int span = 2; span < n; span++)
    for (int a = 0; a + span < n; a++)
      {
        int b = a + span;

        cost[a][b] = INFINITY;
        for (int m = a + 1; m < b; m++)
          if (cost[a][m] + cost[m][b] < cost[a][b])
            {
              cost[a][b] = cost[a][m] + cost[m][b];
              split[a][b] = m;
            }
        cost[a][b] += chord_cost (loop, n, a, b);
      }
  if (isfinite (cost[0][n - 1]))
    {
      emit_split (cut, loop, split, 0, n - 1);
      return;
    }
  for (int m = 0; m < n; m++)
    emit (cut, loop[m], loop[(m + 1) % n], 12 + cut->n_middles);
  cut->n_middles++;
}

static void
cut_cube (int code, int joined, WillisCubeCut *cut)
{
  int next[12];

  memset (cut, 0, sizeof *cut);
  link_crossings (code, joined, next);
  for (int e = 0; e < 12; e++)
    {
      int loop[12], n = 0;

      for (int at = e; next[at] >= 0;)
        {
          int to = next[at];

          loop[n++] = at;
          next[at] = -1;
          at = to;
        }
      if (n > 0)
        cut_loop (cut, loop, n);
    }
}

WillisCubeTable *
willis_cube_table_new (void)
{
  WillisCubeTable *table = g_new0 (WillisCubeTable, 1);

  for (int code = 0; code < 256; code++)
    {
      table->first[code] = (guint16)table->n_cuts;
      for (int f = 0; f < 6; f++)
        if (is_ambiguous (code, f))
          table->ambiguous[code][table->n_ambiguous[code]++] = (guint8)f;
      table->n_cuts += (gsize)1 << table->n_ambiguous[code];
    }
  table->cuts = g_new (WillisCubeCut, table->n_cuts);
  for (int code = 0; code < 256; code++)
    for (int decision = 0; decision < 1 << table->n_ambiguous[code]; decision++)
      {
        int joined = 0;

        for (int n = 0; n < table->n_ambiguous[code]; n++)
          if ((decision >> n) & 1)
            joined |= 1 << table->ambiguous[code][n];
        cut_cube (code, joined, &table->cuts[table->first[code] + decision]);
      }
  return table;
}

void
willis_cube_table_free (WillisCubeTable *table)
{
  if (table == NULL)
    return;
  g_free (table->cuts);
  g_free (table);
}
