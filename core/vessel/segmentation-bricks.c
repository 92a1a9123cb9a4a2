/* SPDX-License-Identifier: Apache-2.0 */
/* Sparse fields, pieces and dilation on the marks of a scan. */
#include <math.h>
#include <string.h>

#include "core/base/parallel.h"
#include "core/num/kernel.h"
#include "core/vessel/segmentation-private.h"

void
willis_bricks_init (WillisBricks *b, const int dims[3], const guint8 *mark, guint8 mask, int margin, float fill)
{
  gsize n_bricks = 1;

  for (int a = 0; a < 3; a++)
    {
      b->dims[a] = dims[a];
      b->bricks[a] = (dims[a] + 7) / 8;
      n_bricks *= (gsize) b->bricks[a];
    }
  b->table = g_new (gint32, n_bricks);
  for (gsize n = 0; n < n_bricks; n++)
    b->table[n] = -1;
  for (int k = 0; k < dims[2]; k++)
    for (int j = 0; j < dims[1]; j++)
      {
        const guint8 *row = mark + ((gsize) k * dims[1] + j) * dims[0];

        for (int i = 0; i < dims[0]; i++)
          if (row[i] & mask)
            for (int z = MAX (k - margin, 0) >> 3; z <= MIN (k + margin, dims[2] - 1) >> 3; z++)
              for (int y = MAX (j - margin, 0) >> 3; y <= MIN (j + margin, dims[1] - 1) >> 3; y++)
                for (int x = MAX (i - margin, 0) >> 3; x <= MIN (i + margin, dims[0] - 1) >> 3; x++)
                  b->table[((gsize) z * b->bricks[1] + y) * b->bricks[0] + x] = 0;
      }
  b->n = 0;
  for (gsize n = 0; n < n_bricks; n++)
    if (b->table[n] == 0)
      b->table[n] = (gint32) b->n++;
  b->data = g_new (float, MAX (b->n, 1) << 9);
  for (gsize n = 0; n < b->n << 9; n++)
    b->data[n] = fill;
}

void
willis_bricks_init_like (WillisBricks *b, const WillisBricks *other, float fill)
{
  gsize n_bricks = (gsize) other->bricks[0] * other->bricks[1] * other->bricks[2];

  *b = *other;
  b->table = g_memdup2 (other->table, n_bricks * sizeof (gint32));
  b->data = g_new (float, MAX (b->n, 1) << 9);
  for (gsize n = 0; n < b->n << 9; n++)
    b->data[n] = fill;
}

void
willis_bricks_clear (WillisBricks *b)
{
  g_clear_pointer (&b->table, g_free);
  g_clear_pointer (&b->data, g_free);
}

void
willis_mark_pieces (guint8 *mark, const int dims[3], guint8 mask, guint8 not_mask, WillisPieceFunc func,
                    gpointer data)
{
  gsize n = (gsize) dims[0] * dims[1] * dims[2];
  g_autoptr (GArray) stack = g_array_new (FALSE, FALSE, sizeof (gsize));
  g_autoptr (GArray) all = g_array_new (FALSE, FALSE, sizeof (gsize));

#define WANTED(v) ((mark[v] & mask) == mask && (mark[v] & (not_mask | WILLIS_MARK_SEEN)) == 0)
  for (gsize start = 0; start < n; start++)
    {
      guint64 eight;

      if (start % 8 == 0 && start + 8 <= n) // most of a scan is empty: eight voxels at once
        {
          memcpy (&eight, mark + start, 8);
          if ((eight & (0x0101010101010101u * mask)) == 0)
            {
              start += 7;
              continue;
            }
        }
      if (!WANTED (start))
        continue;
      g_array_set_size (stack, 0);
      g_array_append_val (stack, start);
      mark[start] |= WILLIS_MARK_SEEN;
      for (guint next = 0; next < stack->len; next++)
        {
          gsize v = g_array_index (stack, gsize, next);
          int i = (int) (v % (gsize) dims[0]), j = (int) (v / (gsize) dims[0] % (gsize) dims[1]);
          int k = (int) (v / (gsize) dims[0] / (gsize) dims[1]);

          for (int z = MAX (k - 1, 0); z <= MIN (k + 1, dims[2] - 1); z++)
            for (int y = MAX (j - 1, 0); y <= MIN (j + 1, dims[1] - 1); y++)
              for (int x = MAX (i - 1, 0); x <= MIN (i + 1, dims[0] - 1); x++)
                {
                  gsize u = ((gsize) z * dims[1] + y) * dims[0] + x;

                  if (!WANTED (u))
                    continue;
                  mark[u] |= WILLIS_MARK_SEEN;
                  g_array_append_val (stack, u);
                }
        }
      g_array_append_vals (all, stack->data, stack->len);
      func ((const gsize *) (void *) stack->data, stack->len, data);
    }
#undef WANTED
  for (guint i = 0; i < all->len; i++)
    mark[g_array_index (all, gsize, i)] &= (guint8) ~WILLIS_MARK_SEEN;
}

#define FAR_AWAY 255

typedef struct
{
  guint8 *mark, *away; // away: [voxels] steps along the row to the nearest voxel of the set
  guint8 *any;         // [rows] is there one in the row?
  const WillisGrid *grid;
  guint8 in, out;
  double radius_mm;
} Dilate;

static void
away_range (gsize lo, gsize hi, gpointer data)
{
  Dilate *c = data;
  int n = c->grid->dims[0];

  for (gsize row = lo; row < hi; row++)
    {
      const guint8 *mark = c->mark + row * (gsize) n;
      guint8 *away = c->away + row * (gsize) n;
      int last = FAR_AWAY;

      c->any[row] = 0;
      for (int i = 0; i < n; i++)
        {
          last = mark[i] & c->in ? 0 : MIN (last + 1, FAR_AWAY);
          away[i] = (guint8) last;
          c->any[row] |= last == 0;
        }
      if (!c->any[row])
        continue;
      for (int i = n - 2; i >= 0; i--)
        away[i] = (guint8) MIN (away[i], away[i + 1] + 1);
    }
}

static WILLIS_KERNEL void
mark_near (guint8 *restrict mark, const guint8 *restrict away, int n, guint8 half, guint8 out)
{
#pragma omp simd
  for (int i = 0; i < n; i++)
    mark[i] = (guint8) (mark[i] | (away[i] <= half ? out : 0));
}

static void
dilate_range (gsize lo, gsize hi, gpointer data)
{
  Dilate *c = data;
  const int *d = c->grid->dims;
  const double *h = c->grid->spacing_mm;
  int reach[2] = { (int) floor (c->radius_mm / h[1]), (int) floor (c->radius_mm / h[2]) };

  for (gsize row = lo; row < hi; row++)
    {
      int j = (int) (row % (gsize) d[1]), k = (int) (row / (gsize) d[1]);
      guint8 *mark = c->mark + row * (gsize) d[0];

      for (int z = MAX (k - reach[1], 0); z <= MIN (k + reach[1], d[2] - 1); z++)
        for (int y = MAX (j - reach[0], 0); y <= MIN (j + reach[0], d[1] - 1); y++)
          {
            gsize from = (gsize) z * (gsize) d[1] + (gsize) y;
            const guint8 *away = c->away + from * (gsize) d[0];
            double dz = (z - k) * h[2], dy = (y - j) * h[1];
            double left = c->radius_mm * c->radius_mm - dz * dz - dy * dy;

            if (left < 0.0 || !c->any[from])
              continue;
            mark_near (mark, away, d[0], (guint8) MIN (floor (sqrt (left) / h[0]), FAR_AWAY - 1.0), c->out);
          }
    }
}

void
willis_mark_dilate (guint8 *mark, const WillisGrid *grid, guint8 in, guint8 out, double radius_mm)
{
  gsize rows = (gsize) grid->dims[1] * (gsize) grid->dims[2];
  g_autofree guint8 *away = g_new (guint8, rows * (gsize) grid->dims[0]), *any = g_new (guint8, rows);
  Dilate c = { mark, away, any, grid, in, out, radius_mm };

  willis_parallel_for (rows, 256, away_range, &c);
  willis_parallel_for (rows, 256, dilate_range, &c);
}
