/* SPDX-License-Identifier: Apache-2.0 */
#include "core/image/components.h"

#include <string.h>

#include "core/base/error.h"
#include "core/image/batch.h"

/* Voxels [start, end) of one row; label is the union-find parent while joining, then the piece. */
typedef struct
{
  gint32 start, end;
  gint32 label;
} Run;

struct _WillisComponents
{
  WillisGrid grid;
  Run *runs;      // [first[n_rows]], by row then start
  gint32 *first;  // [n_rows + 1] where each row's runs begin
  GArray *pieces; // of WillisComponent, largest first
};

typedef struct
{
  WillisComponents *out;
  const guint8 *voxels;
  guint8 value;
  gboolean nonzero;
} Scan;

/* The end of the row, or where the wanted state next changes. */
static gint32
skip_while (const Scan *scan, const guint8 *row, gint32 at, gint32 n, gboolean wanted)
{
  if (!wanted && scan->nonzero) // mostly background: eight voxels at a time
    for (guint64 eight; at + 8 <= n; at += 8)
      {
        memcpy (&eight, row + at, 8);
        if (eight != 0)
          break;
      }
  while (at < n && (scan->nonzero ? row[at] != 0 : row[at] == scan->value) == wanted)
    at++;
  return at;
}

/* Counts the runs of each row, or writes them once there is room. */
static void
scan_rows (gsize lo, gsize hi, gpointer context)
{
  const Scan *scan = context;
  gint32 n = scan->out->grid.dims[0];

  for (gsize r = lo; r < hi; r++)
    {
      const guint8 *row = scan->voxels + r * (gsize)n;
      Run *out = scan->out->runs != NULL ? scan->out->runs + scan->out->first[r] : NULL;
      gint32 count = 0;

      for (gint32 at = skip_while (scan, row, 0, n, FALSE); at < n; at = skip_while (scan, row, at, n, FALSE))
        {
          gint32 end = skip_while (scan, row, at, n, TRUE);

          if (out != NULL)
            out[count] = (Run){ at, end, scan->out->first[r] + count };
          count++;
          at = end;
        }
      if (out == NULL)
        scan->out->first[r] = count;
    }
}

static gint32
find_root (Run *runs, gint32 r)
{
  while (runs[r].label != r)
    r = runs[r].label = runs[runs[r].label].label;
  return r;
}

/* Joins the runs of two rows that touch; reach 1 lets corners touch. */
static void
join_rows (WillisComponents *self, gsize row_a, gsize row_b, gint32 reach)
{
  gint32 a = self->first[row_a], end_a = self->first[row_a + 1];
  gint32 b = self->first[row_b], end_b = self->first[row_b + 1];
  Run *runs = self->runs;

  while (a < end_a && b < end_b)
    {
      if (runs[a].start < runs[b].end + reach && runs[b].start < runs[a].end + reach)
        {
          gint32 root_a = find_root (runs, a), root_b = find_root (runs, b);

          runs[MAX (root_a, root_b)].label = MIN (root_a, root_b);
        }
      if (runs[a].end < runs[b].end)
        a++;
      else
        b++;
    }
}

static gboolean
join_all (WillisComponents *self, int connectivity, const WillisProgress *progress, GError **error)
{
  int ny = self->grid.dims[1], nz = self->grid.dims[2];
  gint32 side = connectivity == 6 ? 0 : 1, corner = connectivity == 26 ? 1 : 0;

  for (int k = 0; k < nz; k++)
    {
      if (k % 16 == 0 && !willis_progress_step (progress, 0.5 + 0.4 * k / nz, error))
        return FALSE;
      for (int j = 0; j < ny; j++)
        {
          gsize row = (gsize)k * (gsize)ny + (gsize)j;

          if (self->first[row] == self->first[row + 1])
            continue;
          if (j > 0)
            join_rows (self, row, row - 1, side);
          if (k > 0)
            join_rows (self, row, row - (gsize)ny, side);
          if (k > 0 && connectivity > 6)
            {
              if (j > 0)
                join_rows (self, row, row - (gsize)ny - 1, corner);
              if (j + 1 < ny)
                join_rows (self, row, row - (gsize)ny + 1, corner);
            }
        }
    }
  return TRUE;
}

static void
add_run (WillisComponent *piece, const Run *run, int j, int k)
{
  double n = run->end - run->start;

  if (piece->n_voxels == 0)
    {
      piece->first[0] = run->start;
      piece->first[1] = j;
      piece->first[2] = k;
      for (int a = 0; a < 6; a++)
        piece->box[a] = piece->first[a % 3];
    }
  piece->n_voxels += (gsize)(run->end - run->start);
  piece->box[0] = MIN (piece->box[0], run->start);
  piece->box[3] = MAX (piece->box[3], run->end - 1);
  piece->box[1] = MIN (piece->box[1], j);
  piece->box[4] = MAX (piece->box[4], j);
  piece->box[5] = k;                                         // rows come in ascending k
  piece->centre[0] += n * (run->start + run->end - 1) / 2.0; // sums here, means at the end
  piece->centre[1] += n * j;
  piece->centre[2] += n * k;
}

static int
compare_pieces (gconstpointer a, gconstpointer b, gpointer data)
{
  const WillisComponent *pieces = data;
  gint32 na = *(const gint32 *)a, nb = *(const gint32 *)b;

  if (pieces[na].n_voxels != pieces[nb].n_voxels)
    return pieces[na].n_voxels > pieces[nb].n_voxels ? -1 : 1;
  return na < nb ? -1 : 1; // found in the order of their first voxels
}

/* Numbers the pieces, measures them, sorts them and labels the runs with their rank. */
static void
number_pieces (WillisComponents *self)
{
  gsize n_rows = (gsize)self->grid.dims[1] * (gsize)self->grid.dims[2];
  gint32 n_runs = self->first[n_rows];
  g_autofree gint32 *piece_of = g_new (gint32, MAX (n_runs, 1)); // of a root run
  g_autoptr (GArray) found = g_array_new (FALSE, TRUE, sizeof (WillisComponent));
  g_autofree gint32 *order = NULL;
  g_autofree gint32 *rank = NULL;

  for (gsize row = 0; row < n_rows; row++)
    for (gint32 r = self->first[row]; r < self->first[row + 1]; r++)
      {
        gint32 root = find_root (self->runs, r);

        if (root == r) // a root is the first run of its piece
          {
            WillisComponent piece = { 0 };

            piece_of[r] = (gint32)found->len;
            g_array_append_val (found, piece);
          }
        add_run (&g_array_index (found, WillisComponent, piece_of[root]), &self->runs[r],
                 (int)(row % (gsize)self->grid.dims[1]), (int)(row / (gsize)self->grid.dims[1]));
      }
  order = g_new (gint32, MAX (found->len, 1));
  rank = g_new (gint32, MAX (found->len, 1));
  for (guint n = 0; n < found->len; n++)
    order[n] = (gint32)n;
  g_qsort_with_data (order, (int)found->len, sizeof (gint32), compare_pieces, found->data);
  for (guint n = 0; n < found->len; n++)
    {
      WillisComponent piece = g_array_index (found, WillisComponent, order[n]);

      for (int a = 0; a < 3; a++)
        piece.centre[a] /= (double)piece.n_voxels;
      rank[order[n]] = (gint32)n;
      g_array_append_val (self->pieces, piece);
    }
  for (gint32 r = n_runs - 1; r >= 0; r--) // roots come first, so they are needed last
    self->runs[r].label = rank[piece_of[find_root (self->runs, r)]] | G_MININT32;
  for (gint32 r = 0; r < n_runs; r++)
    self->runs[r].label &= G_MAXINT32;
}

WillisComponents *
willis_components_new (const WillisVolume *mask, int value, int connectivity, const WillisProgress *progress,
                       GError **error)
{
  const WillisGrid *grid = willis_volume_grid (mask);
  gsize n_rows = (gsize)grid->dims[1] * (gsize)grid->dims[2], sum = 0;
  g_autoptr (WillisComponents) self = NULL;
  Scan scan = { NULL, willis_volume_u8 (mask), (guint8)value, value < 0 };

  if (scan.voxels == NULL || value > 255 || (connectivity != 6 && connectivity != 18 && connectivity != 26))
    {
      willis_fail (error, WILLIS_ERROR_BAD_INPUT, "pieces need an 8-bit mask and connectivity 6, 18 or 26");
      return NULL;
    }
  self = g_new0 (WillisComponents, 1);
  self->grid = *grid;
  self->first = g_new0 (gint32, n_rows + 1);
  self->pieces = g_array_new (FALSE, TRUE, sizeof (WillisComponent));
  scan.out = self;
  if (!willis_batch_for (n_rows, 256, scan_rows, &scan, progress, 0.0, 0.3, error))
    return NULL;
  for (gsize row = 0; row <= n_rows; row++)
    {
      gint32 count = row < n_rows ? self->first[row] : 0;

      self->first[row] = (gint32)sum;
      sum += (gsize)count;
      if (sum > G_MAXINT32)
        {
          willis_fail (error, WILLIS_ERROR_BAD_INPUT, "the mask has too many pieces");
          return NULL;
        }
    }
  self->runs = g_try_new (Run, MAX (sum, 1));
  if (self->runs == NULL)
    {
      willis_fail (error, WILLIS_ERROR_NO_MEMORY, "not enough memory for the pieces of a mask");
      return NULL;
    }
  if (!willis_batch_for (n_rows, 256, scan_rows, &scan, progress, 0.3, 0.5, error)
      || !join_all (self, connectivity, progress, error))
    return NULL;
  number_pieces (self);
  if (!willis_progress_step (progress, 1.0, error))
    return NULL;
  return g_steal_pointer (&self);
}

void
willis_components_free (WillisComponents *components)
{
  if (components == NULL)
    return;
  g_free (components->runs);
  g_free (components->first);
  g_array_unref (components->pieces);
  g_free (components);
}

gsize
willis_components_n (const WillisComponents *components)
{
  return components->pieces->len;
}

const WillisComponent *
willis_components_get (const WillisComponents *components, gsize n)
{
  return &g_array_index (components->pieces, WillisComponent, n);
}

gssize
willis_components_at (const WillisComponents *components, int i, int j, int k)
{
  const int *dims = components->grid.dims;
  gint32 lo, hi;
  gsize row;

  if (i < 0 || j < 0 || k < 0 || i >= dims[0] || j >= dims[1] || k >= dims[2])
    return -1;
  row = (gsize)k * (gsize)dims[1] + (gsize)j;
  lo = components->first[row];
  hi = components->first[row + 1];
  while (lo < hi) // the first run that ends beyond i
    {
      gint32 mid = lo + (hi - lo) / 2;

      if (components->runs[mid].end <= i)
        lo = mid + 1;
      else
        hi = mid;
    }
  if (lo < components->first[row + 1] && components->runs[lo].start <= i)
    return components->runs[lo].label;
  return -1;
}

WillisVolume *
willis_components_paint (const WillisComponents *components, const guint8 *paint, GError **error)
{
  WillisVolume *volume = willis_volume_new (&components->grid, WILLIS_SCALAR_U8, error);
  gsize n_rows = (gsize)components->grid.dims[1] * (gsize)components->grid.dims[2];
  gsize n = (gsize)components->grid.dims[0];
  guint8 *v;

  if (volume == NULL)
    return NULL;
  v = willis_volume_voxels_rw (volume);
  memset (v, 0, n * n_rows);
  for (gsize row = 0; row < n_rows; row++)
    for (gint32 r = components->first[row]; r < components->first[row + 1]; r++)
      {
        const Run *run = &components->runs[r];

        memset (v + row * n + run->start, paint[run->label], (gsize)(run->end - run->start));
      }
  return volume;
}

WillisVolume *
willis_components_keep_large (const WillisComponents *components, gsize min_voxels, gsize max_pieces,
                              GError **error)
{
  g_autofree guint8 *paint = g_new0 (guint8, MAX (components->pieces->len, 1));

  for (gsize n = 0; n < components->pieces->len; n++)
    paint[n] = willis_components_get (components, n)->n_voxels >= min_voxels
               && (max_pieces == 0 || n < max_pieces);
  return willis_components_paint (components, paint, error);
}

WillisVolume *
willis_mask_fill_cavities (const WillisVolume *mask, const WillisProgress *progress, GError **error)
{
  g_autoptr (WillisComponents) outside = willis_components_new (mask, 0, 6, progress, error);
  g_autofree guint8 *paint = NULL;
  WillisVolume *filled;
  guint8 *v;

  if (outside == NULL)
    return NULL;
  paint = g_new0 (guint8, MAX (outside->pieces->len, 1));
  for (gsize n = 0; n < outside->pieces->len; n++)
    {
      const WillisComponent *piece = willis_components_get (outside, n);

      for (int a = 0; a < 3; a++)
        paint[n] |= piece->box[a] == 0 || piece->box[3 + a] == outside->grid.dims[a] - 1;
    }
  filled = willis_components_paint (outside, paint, error);
  if (filled == NULL)
    return NULL;
  v = willis_volume_voxels_rw (filled);
  for (gsize n = 0; n < willis_grid_n_voxels (&outside->grid); n++)
    v[n] = !v[n];
  return filled;
}
