/* SPDX-License-Identifier: Apache-2.0 */
/* Connected pieces of a surface, closed where they are open, and the voxels inside each. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/parallel.h"
#include "core/num/vec3.h"
#include "core/vessel/tree-private.h"

#define MAX_INSIDE 220000.0 // inside voxels a piece: enough for every vessel, quick enough for a person
#define MAX_CELLS 48e6      // cells of a piece's box

void
willis_piece_clear (WillisPiece *piece)
{
  g_clear_pointer (&piece->points, g_free);
  g_clear_pointer (&piece->triangles, g_free);
}

static gint32
find_root (gint32 *parent, gint32 i)
{
  while (parent[i] != i)
    {
      parent[i] = parent[parent[i]];
      i = parent[i];
    }
  return i;
}

/* Which piece each point belongs to (a dense number in order of first use), by union-find over triangles. */
static gint32 *
number_pieces (gsize n_points, const gint32 *triangles, gsize n_triangles, gint32 *n_pieces)
{
  g_autofree gint32 *parent = g_new (gint32, MAX (n_points, 1));
  gint32 *piece = g_new (gint32, MAX (n_points, 1));

  for (gsize i = 0; i < n_points; i++)
    {
      parent[i] = (gint32) i;
      piece[i] = -1;
    }
  for (gsize t = 0; t < n_triangles; t++)
    for (int c = 1; c < 3; c++)
      {
        gint32 a = find_root (parent, triangles[3 * t]), b = find_root (parent, triangles[3 * t + c]);

        parent[MAX (a, b)] = MIN (a, b);
      }
  *n_pieces = 0;
  for (gsize t = 0; t < n_triangles; t++)
    {
      gint32 r = find_root (parent, triangles[3 * t]);

      if (piece[r] < 0)
        piece[r] = (*n_pieces)++;
    }
  for (gsize i = 0; i < n_points; i++)
    piece[i] = piece[find_root (parent, (gint32) i)];
  return piece;
}

typedef struct
{
  gint32 lo, hi; // the edge's points
  gint32 from;   // start as its triangle runs
} Edge;

static int
compare_edges (const void *a, const void *b)
{
  const Edge *x = a, *y = b;

  if (x->lo != y->lo)
    return x->lo < y->lo ? -1 : 1;
  if (x->hi != y->hi)
    return x->hi < y->hi ? -1 : 1;
  return (x->from > y->from) - (x->from < y->from);
}

/* The edges of triangles that have no partner running the other way, as next[from] = to (-1: none). A point where two
 * rims touch keeps one; the rest of such a rim is then closed by its own fan. */
static gint32 *
find_rims (const gint32 *triangles, gsize n_triangles, gsize n_points, gsize *n_open)
{
  g_autofree Edge *edges = g_new (Edge, MAX (3 * n_triangles, 1));
  gint32 *next = g_new (gint32, MAX (n_points, 1));
  gsize n = 3 * n_triangles;

  for (gsize t = 0; t < n_triangles; t++)
    for (int c = 0; c < 3; c++)
      {
        gint32 a = triangles[3 * t + c], b = triangles[3 * t + (c + 1) % 3];

        edges[3 * t + c] = (Edge){ MIN (a, b), MAX (a, b), a };
      }
  qsort (edges, n, sizeof (Edge), compare_edges);
  for (gsize i = 0; i < n_points; i++)
    next[i] = -1;
  *n_open = 0;
  for (gsize i = 0; i < n;)
    {
      gsize j = i;
      int balance = 0;

      for (; j < n && edges[j].lo == edges[i].lo && edges[j].hi == edges[i].hi; j++)
        balance += edges[j].from == edges[j].lo ? 1 : -1;
      if (balance > 0) // the cap runs against the wall
        next[edges[i].hi] = edges[i].lo;
      else if (balance < 0)
        next[edges[i].lo] = edges[i].hi;
      *n_open += balance != 0;
      i = j;
    }
  return next;
}

/* Closes the rims of piece with fans about their centres. */
static void
close_rims (WillisPiece *piece)
{
  gsize n_open;
  g_autofree gint32 *next = find_rims (piece->triangles, piece->n_triangles, piece->n_points, &n_open);
  gsize n_walls = piece->n_triangles, n_old = piece->n_points;

  piece->n_wall = n_walls;
  if (n_open == 0)
    return;
  piece->triangles = g_renew (gint32, piece->triangles, 3 * (n_walls + 2 * n_open));
  piece->points = g_renew (double, piece->points, 3 * (n_old + n_open + 1));
  for (gsize i = 0; i < n_old; i++)
    {
      double sum[3] = { 0 };
      gint32 centre = (gint32) piece->n_points;
      gint32 p = (gint32) i;
      gsize count = 0;

      if (next[i] < 0)
        continue;
      while (p >= 0 && next[p] >= 0 && piece->n_triangles < n_walls + 2 * n_open)
        {
          gint32 q = next[p];
          gint32 *t = piece->triangles + 3 * piece->n_triangles++;

          vec3_add (sum, sum, piece->points + 3 * p);
          count++;
          t[0] = p;
          t[1] = q;
          t[2] = centre;
          next[p] = -1;
          p = q;
        }
      vec3_scale (piece->points + 3 * centre, sum, 1.0 / (double) count);
      piece->n_points++;
    }
}

static void
measure_piece (WillisPiece *piece)
{
  double edges = 0.0;

  vec3_set (piece->box, INFINITY, INFINITY, INFINITY);
  vec3_set (piece->box + 3, -INFINITY, -INFINITY, -INFINITY);
  for (gsize i = 0; i < piece->n_points; i++)
    for (int a = 0; a < 3; a++)
      {
        piece->box[a] = MIN (piece->box[a], piece->points[3 * i + a]);
        piece->box[3 + a] = MAX (piece->box[3 + a], piece->points[3 * i + a]);
      }
  piece->volume_mm3 = piece->area_mm2 = 0.0;
  for (gsize t = 0; t < piece->n_triangles; t++)
    {
      const gint32 *v = piece->triangles + 3 * t;
      double a[3], b[3], p[3], n[3];

      vec3_sub (a, piece->points + 3 * v[1], piece->points + 3 * v[0]);
      vec3_sub (b, piece->points + 3 * v[2], piece->points + 3 * v[0]);
      vec3_sub (p, piece->points + 3 * v[0], piece->points);
      vec3_cross (n, a, b);
      piece->volume_mm3 += vec3_dot (p, n) / 6.0;
      piece->area_mm2 += 0.5 * vec3_norm (n);
      if (t < piece->n_wall)
        edges += vec3_norm (a);
    }
  piece->edge_mm = piece->n_wall > 0 ? edges / (double) piece->n_wall : 0.0;
}

static int
compare_pieces (gconstpointer a, gconstpointer b)
{
  const WillisPiece *x = a, *y = b;

  if (x->volume_mm3 != y->volume_mm3)
    return x->volume_mm3 > y->volume_mm3 ? -1 : 1;
  for (int k = 0; k < 6; k++)
    if (x->box[k] != y->box[k])
      return x->box[k] < y->box[k] ? -1 : 1;
  return 0;
}

/* Moves the triangles of shell (a hole in the lumen) into the wall of host. */
static void
absorb_shell (WillisPiece *host, const WillisPiece *shell)
{
  gsize n_caps = host->n_triangles - host->n_wall;
  gint32 base = (gint32) host->n_points;
  gsize n = host->n_triangles + shell->n_triangles;

  host->points = g_renew (double, host->points, 3 * (host->n_points + shell->n_points));
  memcpy (host->points + 3 * host->n_points, shell->points, 3 * shell->n_points * sizeof (double));
  host->n_points += shell->n_points;
  host->triangles = g_renew (gint32, host->triangles, 3 * n);
  memmove (host->triangles + 3 * (host->n_wall + shell->n_triangles), host->triangles + 3 * host->n_wall,
           3 * n_caps * sizeof (gint32));
  for (gsize i = 0; i < 3 * shell->n_triangles; i++)
    host->triangles[3 * host->n_wall + i] = base + shell->triangles[i];
  host->n_wall += shell->n_triangles;
  host->n_triangles = n;
  host->volume_mm3 += shell->volume_mm3;
  host->area_mm2 += shell->area_mm2;
}

static gboolean
box_inside (const double inner[6], const double outer[6])
{
  for (int a = 0; a < 3; a++)
    if (inner[a] < outer[a] || inner[3 + a] > outer[3 + a])
      return FALSE;
  return TRUE;
}

/* Gives inner shells (negative volume) to the smallest piece whose box holds them; turns lone ones inside out. */
static void
place_shells (GArray *pieces)
{
  for (guint i = pieces->len; i-- > 0;)
    {
      WillisPiece *shell = &g_array_index (pieces, WillisPiece, i);
      WillisPiece *host = NULL;

      if (shell->volume_mm3 >= 0.0)
        continue;
      for (guint j = 0; j < pieces->len; j++)
        {
          WillisPiece *p = &g_array_index (pieces, WillisPiece, j);

          if (p->volume_mm3 > -shell->volume_mm3 && box_inside (shell->box, p->box)
              && (host == NULL || p->volume_mm3 < host->volume_mm3))
            host = p;
        }
      if (host != NULL)
        {
          absorb_shell (host, shell);
          g_array_remove_index (pieces, i);
          continue;
        }
      shell->volume_mm3 = -shell->volume_mm3;
      for (gsize t = 0; t < shell->n_triangles; t++)
        {
          gint32 v = shell->triangles[3 * t + 1];

          shell->triangles[3 * t + 1] = shell->triangles[3 * t + 2];
          shell->triangles[3 * t + 2] = v;
        }
    }
}

GArray *
willis_pieces_new (const double *points, gsize n_points, const gint32 *triangles, gsize n_triangles)
{
  GArray *pieces = g_array_new (FALSE, TRUE, sizeof (WillisPiece));
  gint32 n_pieces;
  g_autofree gint32 *piece_of = number_pieces (n_points, triangles, n_triangles, &n_pieces);
  g_autofree gint32 *local = g_new (gint32, MAX (n_points, 1));

  g_array_set_clear_func (pieces, (GDestroyNotify) willis_piece_clear);
  g_array_set_size (pieces, n_pieces);
  for (gsize i = 0; i < n_points; i++)
    if (piece_of[i] >= 0)
      local[i] = (gint32) g_array_index (pieces, WillisPiece, piece_of[i]).n_points++;
  for (gsize t = 0; t < n_triangles; t++)
    g_array_index (pieces, WillisPiece, piece_of[triangles[3 * t]]).n_triangles++;
  for (gint32 n = 0; n < n_pieces; n++)
    {
      WillisPiece *p = &g_array_index (pieces, WillisPiece, n);

      p->points = g_new (double, 3 * p->n_points);
      p->triangles = g_new (gint32, 3 * p->n_triangles);
      p->n_triangles = 0;
    }
  for (gsize i = 0; i < n_points; i++)
    if (piece_of[i] >= 0)
      vec3_copy (g_array_index (pieces, WillisPiece, piece_of[i]).points + 3 * local[i], points + 3 * i);
  for (gsize t = 0; t < n_triangles; t++)
    {
      WillisPiece *p = &g_array_index (pieces, WillisPiece, piece_of[triangles[3 * t]]);

      for (int c = 0; c < 3; c++)
        p->triangles[3 * p->n_triangles + c] = local[triangles[3 * t + c]];
      p->n_triangles++;
    }
  for (gint32 n = 0; n < n_pieces; n++)
    {
      WillisPiece *p = &g_array_index (pieces, WillisPiece, n);

      close_rims (p);
      measure_piece (p);
    }
  place_shells (pieces);
  g_array_sort (pieces, compare_pieces);
  return pieces;
}

void
willis_inside_clear (WillisInside *inside)
{
  g_clear_pointer (&inside->index, g_free);
  g_clear_pointer (&inside->cell, g_free);
  g_clear_pointer (&inside->phi, g_free);
}

void
willis_inside_point (const WillisInside *inside, gint32 n, double out[3])
{
  gint32 c = inside->cell[n];
  int ijk[3] = { c % inside->dims[0], c / inside->dims[0] % inside->dims[1],
                 c / inside->dims[0] / inside->dims[1] };

  for (int a = 0; a < 3; a++)
    out[a] = inside->origin[a] + inside->h * ijk[a];
}

double
willis_piece_spacing_mm (const WillisPiece *piece)
{
  double size[3], h, radius = 2.0 * piece->volume_mm3 / MAX (piece->area_mm2, 1e-300);

  vec3_sub (size, piece->box + 3, piece->box);
  h = MIN (0.7 * piece->edge_mm, 0.25 * radius);
  h = MAX (h, cbrt (piece->volume_mm3 / MAX_INSIDE));
  h = MAX (h, 1e-4 * (size[0] + size[1] + size[2]));
  while ((size[0] / h + 4.0) * (size[1] / h + 4.0) * (size[2] / h + 4.0) > MAX_CELLS)
    h *= 1.1;
  return h;
}

typedef struct
{
  gint32 row; // k * dims[1] + j
  gint32 sign;
  double x;
} Crossing;

static int
compare_crossings (const void *a, const void *b)
{
  const Crossing *p = a, *q = b;

  if (p->row != q->row)
    return p->row < q->row ? -1 : 1;
  if (p->x != q->x)
    return p->x < q->x ? -1 : 1;
  return p->sign - q->sign;
}

/* Where the rows of cells (lines along x) pass through triangle t. The rows are shifted by a small irrational part of
 * the spacing, so that they do not run through mesh points that lie on the grid. */
static void
cross_triangle (const WillisPiece *piece, gsize t, const WillisInside *in, GArray *crossings)
{
  const gint32 *v = piece->triangles + 3 * t;
  const double *a = piece->points + 3 * v[0], *b = piece->points + 3 * v[1], *c = piece->points + 3 * v[2];
  double oy = in->origin[1], oz = in->origin[2];
  double det = (b[1] - a[1]) * (c[2] - a[2]) - (c[1] - a[1]) * (b[2] - a[2]);
  int j0 = (int) ceil ((MIN (MIN (a[1], b[1]), c[1]) - oy) / in->h);
  int j1 = (int) floor ((MAX (MAX (a[1], b[1]), c[1]) - oy) / in->h);
  int k0 = (int) ceil ((MIN (MIN (a[2], b[2]), c[2]) - oz) / in->h);
  int k1 = (int) floor ((MAX (MAX (a[2], b[2]), c[2]) - oz) / in->h);

  if (det == 0.0)
    return;
  for (int k = MAX (k0, 0); k <= MIN (k1, in->dims[2] - 1); k++)
    for (int j = MAX (j0, 0); j <= MIN (j1, in->dims[1] - 1); j++)
      {
        double y = oy + j * in->h - a[1], z = oz + k * in->h - a[2];
        double u = (y * (c[2] - a[2]) - z * (c[1] - a[1])) / det;
        double w = (z * (b[1] - a[1]) - y * (b[2] - a[2])) / det;
        Crossing crossing;

        if (u < 0.0 || w < 0.0 || u + w > 1.0)
          continue;
        crossing.row = k * in->dims[1] + j;
        crossing.sign = det > 0.0 ? 1 : -1; // the normal's x: outward is leaving
        crossing.x = a[0] + u * (b[0] - a[0]) + w * (c[0] - a[0]);
        g_array_append_val (crossings, crossing);
      }
}

/* Marks inside cells: the winding number along each row, 0 outside. Rows that do not come back to 0 (a hit on an edge
 * counted twice or not at all) are left out where they would leak. */
static void
mark_rows (const GArray *crossings, WillisInside *in)
{
  const Crossing *c = (const Crossing *) (void *) crossings->data;

  for (guint i = 0; i < crossings->len;)
    {
      guint j = i;
      int winding = 0, sum = 0;

      while (j < crossings->len && c[j].row == c[i].row)
        sum += c[j++].sign;
      if (sum == 0)
        for (guint k = i; k + 1 < j; k++)
          {
            int x0 = (int) ceil ((c[k].x - in->origin[0]) / in->h);
            int x1 = (int) floor ((c[k + 1].x - in->origin[0]) / in->h);

            winding -= c[k].sign;
            if (winding > 0)
              for (int x = MAX (x0, 0); x <= MIN (x1, in->dims[0] - 1); x++)
                in->index[(gsize) c[i].row * in->dims[0] + x] = 0;
          }
      i = j;
    }
}

typedef struct
{
  const WillisBvh *wall;
  WillisInside *in;
  double limit;
} PhiContext;

static void
phi_range (gsize lo, gsize hi, gpointer data)
{
  PhiContext *context = data;
  double last = context->limit;

  for (gsize n = lo; n < hi; n++)
    {
      double p[3];

      /* neighbours along a row differ by at most their distance: a good first bound */
      willis_inside_point (context->in, (gint32) n, p);
      if (n > lo && context->in->cell[n] == context->in->cell[n - 1] + 1)
        last += 1.001 * context->in->h;
      else
        last = context->limit;
      last = willis_wall_distance (context->wall, p, MIN (last, context->limit));
      context->in->phi[n] = (float) last;
    }
}

gboolean
willis_inside_fill (const WillisPiece *piece, const WillisBvh *wall, const WillisProgress *progress,
                    WillisInside *out, GError **error)
{
  g_autoptr (GArray) crossings = g_array_new (FALSE, FALSE, sizeof (Crossing));
  PhiContext context = { wall, out, 0.0 };
  gsize n_cells = 1;

  memset (out, 0, sizeof *out);
  out->h = piece->spacing_mm > 0.0 ? piece->spacing_mm : willis_piece_spacing_mm (piece);
  for (int a = 0; a < 3; a++)
    {
      out->dims[a] = (int) ceil ((piece->box[3 + a] - piece->box[a]) / out->h) + 4;
      out->origin[a] = piece->box[a] - out->h * (1.5 + 0.0123 * sqrt (2.0 + a));
      n_cells *= (gsize) out->dims[a];
      context.limit += piece->box[3 + a] - piece->box[a];
    }
  for (gsize t = 0; t < piece->n_triangles; t++)
    cross_triangle (piece, t, out, crossings);
  qsort (crossings->data, crossings->len, sizeof (Crossing), compare_crossings);
  out->index = g_new (gint32, n_cells);
  memset (out->index, 0xff, n_cells * sizeof (gint32));
  mark_rows (crossings, out);
  for (gsize c = 0; c < n_cells; c++)
    if (out->index[c] == 0)
      out->index[c] = (gint32) out->n++;
  out->cell = g_new (gint32, MAX (out->n, 1));
  out->phi = g_new (float, MAX (out->n, 1));
  for (gsize c = 0; c < n_cells; c++)
    if (out->index[c] >= 0)
      out->cell[out->index[c]] = (gint32) c;
  /* in slabs, so that a person who cancels does not wait */
  for (gsize lo = 0; lo < out->n; lo += 65536)
    {
      PhiContext slab = context;
      WillisInside part = *out;

      if (!willis_progress_step (progress, (double) lo / (double) out->n, error))
        return FALSE;
      part.cell += lo;
      part.phi += lo;
      slab.in = &part;
      willis_parallel_for (MIN (65536, out->n - lo), 1024, phi_range, &slab);
    }
  return TRUE;
}
