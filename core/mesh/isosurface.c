/* SPDX-License-Identifier: Apache-2.0 */
#include "core/mesh/isosurface.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/base/error.h"
#include "core/image/batch.h"
#include "core/mesh/isosurface-table.h"
#include "core/num/kernel.h"
#include "core/num/vec3.h"

/* Nearest a point comes to a voxel centre, in parts of the edge: no two points of a surface coincide. */
#define END_GAP 1e-3

/* Layers of cubes one task works on. */
#define SLAB 4

/* What one task makes: triangles with final indices, or -1 - m for its own m-th loop middle. */
typedef struct
{
  gint32 *triangles; // [n_triangles][3]
  double *middles;   // [n_middles][3]
  gsize n_triangles, n_middles, room_triangles, room_middles;
} Slab;

/* Padded indices (I, J, K) run over the box and one layer of background around it; I = i - lo[0] + 1. */
typedef struct
{
  const WillisVolume *volume;
  const WillisGrid *grid;
  const guint8 *mask; // may be NULL
  double level;
  int lo[3];
  int n[3];        // padded size
  gsize words;     // 64-bit words of a padded row, with a zero word behind
  guint64 *inside; // [n[2] - 2][n[1] - 2][words]: bit I of row (J, K)
  guint64 *none;   // [words] zeros: the rows of the padding
  gint32 *first;   // [n[2]][n[1]][3]: first point on the x, y, z edges that start in row (J, K)
  double *points;  // [n_points][3]
  gsize n_points;
  WillisCubeTable *table;
  Slab *slabs;
} Iso;

static const guint64 *
row_bits (const Iso *iso, int J, int K)
{
  if (J < 1 || K < 1 || J > iso->n[1] - 2 || K > iso->n[2] - 2)
    return iso->none;
  return iso->inside + ((gsize)(K - 1) * (gsize)(iso->n[1] - 2) + (gsize)(J - 1)) * iso->words;
}

static gint32 *
row_first (const Iso *iso, int J, int K)
{
  return iso->first + 3 * ((gsize)K * (gsize)iso->n[1] + (gsize)J);
}

/* Eight bytes of 0 or 1 to eight bits, lowest byte to lowest bit. */
static inline guint64
pack_bits (const guint8 *bytes)
{
  guint64 x;

  memcpy (&x, bytes, 8);
  return (GUINT64_FROM_LE (x) * 0x0102040810204080ULL) >> 56;
}

/* flags[x] = v[x] >= level for n voxels; level is in the voxels' own type. */
WILLIS_KERNEL static void
flag_u8 (const guint8 *v, gsize n, guint8 level, guint8 *flags)
{
  for (gsize x = 0; x < n; x++)
    flags[x] = v[x] >= level;
}

WILLIS_KERNEL static void
flag_i16 (const gint16 *v, gsize n, gint16 level, guint8 *flags)
{
  for (gsize x = 0; x < n; x++)
    flags[x] = v[x] >= level;
}

WILLIS_KERNEL static void
flag_f32 (const float *v, gsize n, float level, guint8 *flags)
{
  for (gsize x = 0; x < n; x++)
    flags[x] = v[x] >= level;
}

static void
flag_row (const Iso *iso, gsize idx, gsize n, guint8 *flags)
{
  switch (willis_volume_scalar (iso->volume))
    {
    case WILLIS_SCALAR_U8:
      flag_u8 (willis_volume_u8 (iso->volume) + idx, n, (guint8)CLAMP (ceil (iso->level), 0, 255), flags);
      break;
    case WILLIS_SCALAR_I16:
      flag_i16 (willis_volume_i16 (iso->volume) + idx, n, (gint16)CLAMP (ceil (iso->level), -32768, 32767),
                flags);
      break;
    case WILLIS_SCALAR_F32:
    default:
      {
        float level = (float)iso->level;

        if ((double)level < iso->level) // v >= level must mean the same in float
          level = nextafterf (level, INFINITY);
        flag_f32 (willis_volume_f32 (iso->volume) + idx, n, level, flags);
      }
    }
  if (iso->mask != NULL)
    for (gsize x = 0; x < n; x++)
      flags[x] &= iso->mask[idx + x] != 0;
}

/* Fills inside for layers [lo, hi) of the box. */
static void
classify (gsize lo, gsize hi, gpointer context)
{
  const Iso *iso = context;
  const int *dims = iso->grid->dims;
  gsize nx = (gsize)iso->n[0] - 2, ny = (gsize)iso->n[1] - 2;
  g_autofree guint8 *flags = g_malloc0 (iso->words * 64);

  for (gsize row = lo * ny; row < hi * ny; row++)
    {
      gsize j = row % ny + (gsize)iso->lo[1], k = row / ny + (gsize)iso->lo[2];
      guint64 *bits = iso->inside + row * iso->words, carry = 0;

      flag_row (iso, (k * (gsize)dims[1] + j) * (gsize)dims[0] + (gsize)iso->lo[0], nx, flags);
      for (gsize w = 0; w < iso->words; w++)
        {
          guint64 word = 0;

          for (int b = 0; b < 8; b++)
            word |= pack_bits (flags + 64 * w + 8 * b) << (8 * b);
          bits[w] = word << 1 | carry; // the padding voxel stands at bit 0
          carry = word >> 63;
        }
    }
}

/* Bit I of the result: bit I + 1 of the row. */
static inline guint64
next_bits (const guint64 *row, gsize w, gsize words)
{
  return row[w] >> 1 | (w + 1 < words ? row[w + 1] << 63 : 0);
}

/* Counts the crossings on the edges that start in each row of layers [lo, hi). */
WILLIS_KERNEL static void
count_points (gsize lo, gsize hi, gpointer context)
{
  const Iso *iso = context;

  for (int K = (int)lo; K < (int)hi; K++)
    for (int J = 0; J < iso->n[1]; J++)
      {
        const guint64 *row = row_bits (iso, J, K), *up = row_bits (iso, J + 1, K);
        const guint64 *over = row_bits (iso, J, K + 1);
        gint32 *count = row_first (iso, J, K), n[3] = { 0, 0, 0 };

        for (gsize w = 0; w < iso->words; w++)
          {
            n[0] += __builtin_popcountll (row[w] ^ next_bits (row, w, iso->words));
            n[1] += __builtin_popcountll (row[w] ^ up[w]);
            n[2] += __builtin_popcountll (row[w] ^ over[w]);
          }
        memcpy (count, n, sizeof n);
      }
}

/* The value of padded voxel at; NaN where it is not in the volume, or is outside by mask or box alone. */
static double
value_at (const Iso *iso, const int at[3], gboolean inside)
{
  int v[3];
  double value;

  for (int a = 0; a < 3; a++)
    {
      v[a] = at[a] - 1 + iso->lo[a];
      if (v[a] < 0 || v[a] >= iso->grid->dims[a])
        return NAN;
    }
  value = willis_volume_get (iso->volume, v[0], v[1], v[2]);
  return inside || value < iso->level ? value : NAN;
}

static gboolean
bit_at (const Iso *iso, const int at[3])
{
  return (row_bits (iso, at[1], at[2])[at[0] >> 6] >> (at[0] & 63)) & 1;
}

/* Where the edge from padded voxel at along axis is crossed. */
static void
cross_edge (const Iso *iso, const int at[3], int axis, double point[3])
{
  int to[3] = { at[0], at[1], at[2] };
  double ijk[3], a, b, t;
  gboolean inside = bit_at (iso, at);

  to[axis]++;
  a = value_at (iso, at, inside);
  b = value_at (iso, to, !inside);
  t = (iso->level - a) / (b - a);
  t = isfinite (t) ? CLAMP (t, END_GAP, 1.0 - END_GAP) : 0.5;
  for (int c = 0; c < 3; c++)
    ijk[c] = at[c] - 1 + iso->lo[c] + (c == axis ? t : 0.0);
  willis_grid_ijk_to_lps (iso->grid, ijk, point);
}

static void
place_points (gsize lo, gsize hi, gpointer context)
{
  const Iso *iso = context;

  for (int K = (int)lo; K < (int)hi; K++)
    for (int J = 0; J < iso->n[1]; J++)
      {
        const guint64 *row = row_bits (iso, J, K), *up = row_bits (iso, J + 1, K);
        const guint64 *over = row_bits (iso, J, K + 1);
        const gint32 *first = row_first (iso, J, K);
        double *out[3];

        for (int a = 0; a < 3; a++)
          out[a] = iso->points + 3 * (gsize)first[a];
        for (gsize w = 0; w < iso->words; w++)
          {
            guint64 crossed[3]
                = { row[w] ^ next_bits (row, w, iso->words), row[w] ^ up[w], row[w] ^ over[w] };

            for (int a = 0; a < 3; a++)
              for (guint64 left = crossed[a]; left != 0; left &= left - 1)
                {
                  int at[3] = { (int)(64 * w) + __builtin_ctzll (left), J, K };

                  cross_edge (iso, at, a, out[a]);
                  out[a] += 3;
                }
          }
      }
}

/* Whether the inside corners of an ambiguous face are joined: the sign of the face's saddle (Nielson & Hamann
 * 1991). Both cubes at the face compute the same products. Where a corner has no value they are kept apart.
 */
static gboolean
face_joined (const Iso *iso, const int cell[3], int code, int face)
{
  double in = 1.0, out = 1.0;

  for (int n = 0; n < 4; n++)
    {
      int c = willis_cube_faces[face][n];
      int at[3] = { cell[0] + (c & 1), cell[1] + ((c >> 1) & 1), cell[2] + (c >> 2) };
      gboolean inside = (code >> c) & 1;
      double v = value_at (iso, at, inside) - iso->level;

      *(inside ? &in : &out) *= v;
    }
  return in >= out; // false for NaN
}

static gint32
add_middle (const Iso *iso, Slab *slab, const WillisCubeCut *cut, int m, const gint32 id[])
{
  double *p;
  int n = 0;

  if (slab->n_middles == slab->room_middles)
    {
      slab->room_middles = MAX (64, 2 * slab->room_middles);
      slab->middles = g_renew (double, slab->middles, 3 * slab->room_middles);
    }
  p = slab->middles + 3 * slab->n_middles;
  vec3_set (p, 0, 0, 0);
  for (int t = 0; t < cut->n_triangles; t++)
    if (cut->triangles[t][2] == 12 + m) // a fan: its first corners go once around the loop
      {
        vec3_add (p, p, iso->points + 3 * (gsize)id[cut->triangles[t][0]]);
        n++;
      }
  vec3_scale (p, p, 1.0 / n);
  return -1 - (gint32)slab->n_middles++;
}

static void
cut_cell (const Iso *iso, Slab *slab, const int cell[3], int code, gint32 id[18])
{
  const WillisCubeTable *table = iso->table;
  const WillisCubeCut *cut;
  int decision = 0;

  for (int n = 0; n < table->n_ambiguous[code]; n++)
    if (face_joined (iso, cell, code, table->ambiguous[code][n]))
      decision |= 1 << n;
  cut = &table->cuts[table->first[code] + decision];
  for (int m = 0; m < cut->n_middles; m++)
    id[12 + m] = add_middle (iso, slab, cut, m, id);
  if (slab->n_triangles + 12 > slab->room_triangles)
    {
      slab->room_triangles = MAX (1024, 2 * slab->room_triangles);
      slab->triangles = g_renew (gint32, slab->triangles, 3 * slab->room_triangles);
    }
  for (int t = 0; t < cut->n_triangles; t++)
    {
      gint32 *out = slab->triangles + 3 * slab->n_triangles++;

      for (int c = 0; c < 3; c++)
        out[c] = id[cut->triangles[t][c]];
    }
}

/* Cuts the cubes between rows J, J + 1 of layers K, K + 1. */
WILLIS_KERNEL static void
cut_row (const Iso *iso, Slab *slab, int J, int K)
{
  const guint64 *row[4];
  gsize words = iso->words;
  gint32 x[4], y[2], z[2]; // points on these edges before the present word

  for (int r = 0; r < 4; r++)
    {
      row[r] = row_bits (iso, J + (r & 1), K + (r >> 1));
      x[r] = row_first (iso, J + (r & 1), K + (r >> 1))[0];
    }
  for (int r = 0; r < 2; r++)
    {
      y[r] = row_first (iso, J, K + r)[1];
      z[r] = row_first (iso, J + r, K)[2];
    }
  for (gsize w = 0; w < words; w++)
    {
      guint64 here[4], next[4], cx[4], cy[2], cz[2], any = 0, all = ~(guint64)0, active;

      for (int r = 0; r < 4; r++)
        {
          here[r] = row[r][w];
          next[r] = next_bits (row[r], w, words);
          any |= here[r] | next[r];
          all &= here[r] & next[r];
          cx[r] = here[r] ^ next[r];
        }
      active = any & ~all;
      if (active == 0)
        continue; // so there is no crossing on these edges either
      for (int r = 0; r < 2; r++)
        {
          cy[r] = here[2 * r] ^ here[2 * r + 1];
          cz[r] = here[r] ^ here[2 + r];
        }
      for (guint64 left = active; left != 0; left &= left - 1)
        {
          int b = __builtin_ctzll (left), code = 0;
          int cell[3] = { (int)(64 * w) + b, J, K };
          guint64 below = ((guint64)1 << b) - 1;
          gint32 id[18];

          for (int r = 0; r < 4; r++)
            {
              code |= (int)((here[r] >> b & 1) | (next[r] >> b & 1) << 1) << (2 * r);
              id[r] = x[r] + __builtin_popcountll (cx[r] & below);
            }
          for (int r = 0; r < 2; r++)
            {
              id[4 + 2 * r] = y[r] + __builtin_popcountll (cy[r] & below);
              id[5 + 2 * r] = id[4 + 2 * r] + (gint32)(cy[r] >> b & 1);
              id[8 + 2 * r] = z[r] + __builtin_popcountll (cz[r] & below);
              id[9 + 2 * r] = id[8 + 2 * r] + (gint32)(cz[r] >> b & 1);
            }
          cut_cell (iso, slab, cell, code, id);
        }
      for (int r = 0; r < 4; r++)
        x[r] += __builtin_popcountll (cx[r]);
      for (int r = 0; r < 2; r++)
        {
          y[r] += __builtin_popcountll (cy[r]);
          z[r] += __builtin_popcountll (cz[r]);
        }
    }
}

static void
cut_slabs (gsize lo, gsize hi, gpointer context)
{
  const Iso *iso = context;

  for (gsize s = lo; s < hi; s++)
    for (int K = (int)s * SLAB; K < MIN ((int)(s + 1) * SLAB, iso->n[2] - 1); K++)
      for (int J = 0; J < iso->n[1] - 1; J++)
        cut_row (iso, &iso->slabs[s], J, K);
}

/* Turns the counts of the rows into the index of their first point. */
static gboolean
number_points (Iso *iso, GError **error)
{
  gsize n_rows = (gsize)iso->n[1] * (gsize)iso->n[2], sum = 0;

  for (gsize n = 0; n < 3 * n_rows; n++)
    {
      gsize count = (gsize)iso->first[n];

      iso->first[n] = (gint32)sum;
      sum += count;
      if (sum > G_MAXINT32 / 2)
        return willis_fail (error, WILLIS_ERROR_BAD_INPUT,
                            "the surface at level %g would have more than 10^9 points", iso->level);
    }
  iso->n_points = sum;
  return TRUE;
}

/* Joins what the tasks made, in their order. */
static WillisSurface *
join_slabs (Iso *iso, gsize n_slabs)
{
  gsize n_points = iso->n_points, n_triangles = 0, at = 0;
  gint32 *triangles;

  for (gsize s = 0; s < n_slabs; s++)
    {
      n_triangles += iso->slabs[s].n_triangles;
      n_points += iso->slabs[s].n_middles;
    }
  triangles = g_new (gint32, 3 * MAX (n_triangles, 1));
  iso->points = g_renew (double, iso->points, 3 * MAX (n_points, 1));
  n_points = iso->n_points;
  for (gsize s = 0; s < n_slabs; s++)
    {
      Slab *slab = &iso->slabs[s];

      for (gsize c = 0; c < 3 * slab->n_triangles; c++)
        {
          gint32 id = slab->triangles[c];

          triangles[at++] = id >= 0 ? id : (gint32)n_points - 1 - id;
        }
      if (slab->n_middles > 0)
        memcpy (iso->points + 3 * n_points, slab->middles, 3 * slab->n_middles * sizeof (double));
      n_points += slab->n_middles;
      g_clear_pointer (&slab->triangles, g_free);
    }
  return willis_surface_new_take (g_steal_pointer (&iso->points), n_points, triangles, n_triangles);
}

static WillisSurface *
extract (Iso *iso, const WillisProgress *progress, GError **error)
{
  gsize nz = (gsize)iso->n[2], n_slabs = (nz - 1 + SLAB - 1) / SLAB;
  WillisSurface *surface = NULL;

  if (!willis_batch_for (nz - 2, 1, classify, iso, progress, 0.0, 0.3, error))
    return NULL;
  willis_parallel_for (nz, 1, count_points, iso);
  if (!number_points (iso, error))
    return NULL;
  iso->points = g_try_malloc_n (3 * MAX (iso->n_points, 1), sizeof (double));
  if (iso->points == NULL)
    {
      willis_fail (error, WILLIS_ERROR_NO_MEMORY,
                   "not enough memory for a surface of %" G_GSIZE_FORMAT " points", iso->n_points);
      return NULL;
    }
  if (!willis_batch_for (nz, 1, place_points, iso, progress, 0.3, 0.6, error))
    return NULL;
  iso->slabs = g_new0 (Slab, n_slabs);
  if (willis_batch_for (n_slabs, 1, cut_slabs, iso, progress, 0.6, 1.0, error))
    surface = join_slabs (iso, n_slabs);
  for (gsize s = 0; s < n_slabs; s++)
    {
      g_free (iso->slabs[s].triangles);
      g_free (iso->slabs[s].middles);
    }
  g_free (iso->slabs);
  return surface;
}

static gboolean
set_up (Iso *iso, const WillisVolume *mask, const int box[6], GError **error)
{
  if (!isfinite (iso->level))
    return willis_fail (error, WILLIS_ERROR_BAD_INPUT, "the level of the surface is not finite");
  if (mask != NULL
      && (willis_volume_u8 (mask) == NULL || !willis_grid_equal (willis_volume_grid (mask), iso->grid)))
    return willis_fail (error, WILLIS_ERROR_BAD_INPUT, "the mask of the surface is not on the volume's grid");
  iso->mask = mask != NULL ? willis_volume_u8 (mask) : NULL;
  for (int a = 0; a < 3; a++)
    {
      int lo = box != NULL ? box[a] : 0, hi = box != NULL ? box[3 + a] : iso->grid->dims[a] - 1;

      if (lo < 0 || hi < lo || hi >= iso->grid->dims[a])
        return willis_fail (error, WILLIS_ERROR_BAD_INPUT, "the box %d..%d along axis %d leaves the volume",
                            lo, hi, a);
      iso->lo[a] = lo;
      iso->n[a] = hi - lo + 3;
    }
  iso->words = (gsize)iso->n[0] / 64 + 1;
  iso->inside = willis_try_alloc (iso->words, (gsize)iso->n[1] - 2, (gsize)iso->n[2] - 2, 8, error);
  if (iso->inside == NULL)
    return FALSE;
  iso->first = willis_try_alloc (3, (gsize)iso->n[1], (gsize)iso->n[2], sizeof (gint32), error);
  if (iso->first == NULL)
    return FALSE;
  iso->none = g_new0 (guint64, iso->words);
  iso->table = willis_cube_table_new ();
  return TRUE;
}

WillisSurface *
willis_isosurface (const WillisVolume *volume, double level, const WillisVolume *mask, const int box[6],
                   const WillisProgress *progress, GError **error)
{
  Iso iso = { .volume = volume, .grid = willis_volume_grid (volume), .level = level };
  WillisSurface *surface = NULL;
  double top = willis_volume_scalar (volume) == WILLIS_SCALAR_U8    ? 255.0
               : willis_volume_scalar (volume) == WILLIS_SCALAR_I16 ? 32767.0
                                                                    : INFINITY;

  if (level > top) // nothing can reach it; the kernels compare in the voxels' own type
    return willis_surface_new_take (g_new0 (double, 3), 0, g_new0 (gint32, 3), 0);
  if (set_up (&iso, mask, box, error))
    surface = extract (&iso, progress, error);
  free (iso.inside);
  free (iso.first);
  g_free (iso.none);
  g_free (iso.points);
  willis_cube_table_free (iso.table);
  return surface;
}
