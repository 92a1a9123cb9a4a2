/* SPDX-License-Identifier: Apache-2.0 */
/* An archive as an HDF5 file: no times in it, chunks packed by all threads, the same bytes for the same content. */
#include <hdf5.h>
#include <string.h>
#include <zlib.h>

#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/base/parallel.h"
#include "core/io/archive-private.h"
#include "core/io/replace-file.h"

#define PACK_BYTES ((gsize) 64 << 10) // arrays larger than this are packed
#define CHUNK_BYTES ((gsize) 1 << 20) // about, of whole rows
#define PACK_BATCH 16                 // chunks in memory at a time

static GRecMutex hdf5_mutex;

void
willis_hdf5_lock (void)
{
  g_rec_mutex_lock (&hdf5_mutex);
  H5dont_atexit (); // after a file that could not be written out the library crashes when it tidies up
  H5Eset_auto2 (H5E_DEFAULT, NULL, NULL);
}

void
willis_hdf5_unlock (void)
{
  g_rec_mutex_unlock (&hdf5_mutex);
}

typedef struct
{
  gsize bytes_done, bytes_all;
  const WillisProgress *progress;
} Writing;

/* One array cut into chunks of whole rows along its first axis. */
typedef struct
{
  const WillisArray *array;
  gsize rows, row_bytes, chunk_bytes, n_chunks;
  gsize first; // chunk of this batch
  guint8 *packed[PACK_BATCH];
  uLongf packed_size[PACK_BATCH];
  gboolean failed[PACK_BATCH];
} Chunks;

static hid_t
file_type (WillisArrayType type)
{
  const hid_t types[WILLIS_N_ARRAY_TYPES]
      = { H5T_STD_U8LE, H5T_STD_I16LE, H5T_STD_I32LE, H5T_STD_I64LE, H5T_IEEE_F32LE, H5T_IEEE_F64LE };

  return types[type];
}

static hid_t
memory_type (WillisArrayType type)
{
  const hid_t types[WILLIS_N_ARRAY_TYPES]
      = { H5T_NATIVE_UINT8, H5T_NATIVE_INT16, H5T_NATIVE_INT32, H5T_NATIVE_INT64, H5T_NATIVE_FLOAT, H5T_NATIVE_DOUBLE };

  return types[type];
}

/* Bytes of equal weight together, as HDF5's shuffle filter has them. */
static void
shuffle (guint8 *out, const guint8 *in, gsize n, gsize size)
{
  for (gsize b = 0; b < size; b++)
    for (gsize i = 0; i < n; i++)
      out[b * n + i] = in[i * size + b];
}

static void
pack_range (gsize lo, gsize hi, gpointer context)
{
  Chunks *chunks = context;
  gsize size = willis_array_type_size (chunks->array->type);
  guint8 *plain = g_malloc0 (chunks->chunk_bytes), *shuffled = g_malloc (chunks->chunk_bytes);

  for (gsize i = lo; i < hi; i++)
    {
      gsize row = (chunks->first + i) * chunks->rows;
      gsize n = MIN (chunks->rows, chunks->array->extents[0] - row) * chunks->row_bytes;

      memcpy (plain, (const guint8 *) chunks->array->data + row * chunks->row_bytes, n);
      memset (plain + n, 0, chunks->chunk_bytes - n);
      shuffle (shuffled, plain, chunks->chunk_bytes / size, size);
      chunks->packed_size[i] = compressBound (chunks->chunk_bytes);
      chunks->packed[i] = g_malloc (chunks->packed_size[i]);
      chunks->failed[i]
          = compress2 (chunks->packed[i], &chunks->packed_size[i], shuffled, chunks->chunk_bytes, 1) != Z_OK;
    }
  g_free (plain);
  g_free (shuffled);
}

static gboolean
write_batch (hid_t dataset, Chunks *chunks, gsize n)
{
  gboolean ok = TRUE;

  willis_parallel_for (n, 1, pack_range, chunks);
  for (gsize i = 0; i < n; i++)
    {
      hsize_t offset[WILLIS_ARRAY_MAX_RANK] = { (chunks->first + i) * chunks->rows };

      ok = ok && !chunks->failed[i]
           && H5Dwrite_chunk (dataset, H5P_DEFAULT, 0, offset, chunks->packed_size[i], chunks->packed[i]) >= 0;
      g_free (chunks->packed[i]);
    }
  return ok;
}

static gboolean
step (Writing *writing, gsize bytes, GError **error)
{
  writing->bytes_done += bytes;
  return willis_progress_step (writing->progress, (double) writing->bytes_done / (double) MAX (writing->bytes_all, 1),
                               error);
}

/* *failed is set where the library refused; error is set only on cancellation. */
static gboolean
write_chunks (hid_t dataset, Chunks *chunks, Writing *writing, GError **error)
{
  for (chunks->first = 0; chunks->first < chunks->n_chunks; chunks->first += PACK_BATCH)
    {
      gsize n = MIN (PACK_BATCH, chunks->n_chunks - chunks->first);

      if (!write_batch (dataset, chunks, n) || !step (writing, n * chunks->chunk_bytes, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
write_array (hid_t group, const char *name, const WillisArray *array, Writing *writing, GError **error)
{
  gsize size = willis_array_type_size (array->type), bytes = willis_array_length (array) * size;
  Chunks chunks = { .array = array };
  hsize_t extents[WILLIS_ARRAY_MAX_RANK];
  hid_t space, plist = H5Pcreate (H5P_DATASET_CREATE), dataset;
  gboolean ok;

  G_STATIC_ASSERT (G_BYTE_ORDER == G_LITTLE_ENDIAN); // packed chunks are written as they lie in memory
  for (int a = 0; a < array->rank; a++)
    extents[a] = array->extents[a];
  space = H5Screate_simple (array->rank, extents, NULL);
  H5Pset_obj_track_times (plist, 0);
  if (bytes > PACK_BYTES)
    {
      chunks.row_bytes = bytes / array->extents[0];
      chunks.rows = CLAMP (CHUNK_BYTES / chunks.row_bytes, 1, array->extents[0]);
      chunks.chunk_bytes = chunks.rows * chunks.row_bytes;
      chunks.n_chunks = (array->extents[0] + chunks.rows - 1) / chunks.rows;
      extents[0] = chunks.rows;
      H5Pset_chunk (plist, array->rank, extents);
      H5Pset_shuffle (plist);
      H5Pset_deflate (plist, 1);
    }
  dataset = H5Dcreate2 (group, name, file_type (array->type), space, H5P_DEFAULT, plist, H5P_DEFAULT);
  ok = dataset >= 0;
  if (ok && bytes > PACK_BYTES)
    ok = write_chunks (dataset, &chunks, writing, error);
  else if (ok)
    ok = (bytes == 0 || H5Dwrite (dataset, memory_type (array->type), H5S_ALL, H5S_ALL, H5P_DEFAULT, array->data) >= 0)
         && step (writing, bytes, error);
  if (dataset >= 0) // small data are written only now
    ok = H5Dclose (dataset) >= 0 && ok;
  H5Pclose (plist);
  H5Sclose (space);
  return ok;
}

static gboolean
write_attribute (hid_t group, const char *name, const WillisAttribute *attribute)
{
  hsize_t n = attribute->n;
  hid_t space, type, made;
  const void *data;
  gboolean ok;

  if (attribute->text != NULL)
    {
      space = H5Screate (H5S_SCALAR);
      type = H5Tcopy (H5T_C_S1);
      H5Tset_size (type, MAX (strlen (attribute->text), 1));
      H5Tset_strpad (type, H5T_STR_NULLPAD);
      H5Tset_cset (type, g_str_is_ascii (attribute->text) ? H5T_CSET_ASCII : H5T_CSET_UTF8);
      data = attribute->text;
    }
  else
    {
      space = n == 1 ? H5Screate (H5S_SCALAR) : H5Screate_simple (1, &n, NULL);
      type = H5Tcopy (attribute->ints != NULL ? H5T_STD_I64LE : H5T_IEEE_F64LE);
      data = attribute->ints != NULL ? (const void *) attribute->ints : attribute->doubles;
    }
  made = H5Acreate2 (group, name, type, space, H5P_DEFAULT, H5P_DEFAULT);
  ok = made >= 0 && H5Awrite (made, type, data) >= 0;
  if (made >= 0)
    ok = H5Aclose (made) >= 0 && ok;
  H5Tclose (type);
  H5Sclose (space);
  return ok;
}

static gboolean
write_group (hid_t group, const WillisArchive *archive, Writing *writing, GError **error)
{
  hid_t plist = H5Pcreate (H5P_GROUP_CREATE);
  gboolean ok = TRUE;

  H5Pset_obj_track_times (plist, 0);
  for (GTreeNode *n = g_tree_node_first (archive->attributes); n != NULL && ok; n = g_tree_node_next (n))
    ok = write_attribute (group, g_tree_node_key (n), g_tree_node_value (n));
  for (GTreeNode *n = g_tree_node_first (archive->arrays); n != NULL && ok; n = g_tree_node_next (n))
    ok = write_array (group, g_tree_node_key (n), g_tree_node_value (n), writing, error);
  for (GTreeNode *n = g_tree_node_first (archive->groups); n != NULL && ok; n = g_tree_node_next (n))
    {
      hid_t child = H5Gcreate2 (group, g_tree_node_key (n), H5P_DEFAULT, plist, H5P_DEFAULT);

      ok = child >= 0 && write_group (child, g_tree_node_value (n), writing, error);
      if (child >= 0)
        ok = H5Gclose (child) >= 0 && ok;
    }
  H5Pclose (plist);
  return ok;
}

static gsize
count_bytes (const WillisArchive *archive)
{
  gsize bytes = 0;

  for (GTreeNode *n = g_tree_node_first (archive->arrays); n != NULL; n = g_tree_node_next (n))
    {
      const WillisArray *array = g_tree_node_value (n);

      bytes += willis_array_length (array) * willis_array_type_size (array->type);
    }
  for (GTreeNode *n = g_tree_node_first (archive->groups); n != NULL; n = g_tree_node_next (n))
    bytes += count_bytes (g_tree_node_value (n));
  return bytes;
}

static gboolean
write_file (const WillisArchive *root, const char *path, const WillisProgress *progress, GError **error)
{
  hid_t creation = H5Pcreate (H5P_FILE_CREATE), access = H5Pcreate (H5P_FILE_ACCESS), file;
  Writing writing = { 0, count_bytes (root), progress };
  gboolean ok;

  H5Pset_obj_track_times (creation, 0);
  H5Pset_libver_bounds (access, H5F_LIBVER_V18, H5F_LIBVER_V18);
  H5Pset_file_locking (access, 0, 1); // we hold our own lock on it
  H5Pset_fclose_degree (access, H5F_CLOSE_STRONG);
  file = H5Fcreate (path, H5F_ACC_TRUNC, creation, access);
  ok = file >= 0;
  if (ok)
    {
      hid_t group = H5Gopen2 (file, "/", H5P_DEFAULT);

      ok = group >= 0 && write_group (group, root, &writing, error);
      if (group >= 0)
        H5Gclose (group);
      ok = H5Fflush (file, H5F_SCOPE_GLOBAL) >= 0 && ok;
      ok = H5Fclose (file) >= 0 && ok;
    }
  H5Pclose (access);
  H5Pclose (creation);
  return ok;
}

gboolean
willis_archive_write (const WillisArchive *root, const char *path, const WillisProgress *progress, GError **error)
{
  WillisReplaceFile file;
  g_autoptr (GError) local = NULL;
  gboolean ok;

  if (!willis_replace_file_begin (&file, path, error))
    return FALSE;
  willis_hdf5_lock ();
  ok = write_file (root, file.temporary, progress, &local);
  willis_hdf5_unlock ();
  if (ok)
    return willis_replace_file_finish (&file, error);
  willis_replace_file_abandon (&file);
  if (local != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  return willis_fail (error, WILLIS_ERROR_BAD_FILE, _ ("%s: cannot be written; is the disk full?"), path);
}
