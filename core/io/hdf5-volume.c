/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Source of the layout: VTKHDF file format 1.0 (ImageData), docs.vtk.org.
 */
#include "core/io/hdf5-volume.h"

#include <hdf5.h>
#include <math.h>
#include <string.h>

#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/base/note.h"

#define MAX_VISITED 100000

static void
quieten (void)
{
  H5dont_atexit (); // see willis_hdf5_lock
  H5Eset_auto2 (H5E_DEFAULT, NULL, NULL);
}

/* ---- attributes ---- */

/* n numbers of the attribute name on the object; FALSE where it is not there or of another size. */
static gboolean
attribute (hid_t object, const char *name, hsize_t n, double *out)
{
  hid_t id, space;
  gboolean ok;
  double values[16];

  if (n > G_N_ELEMENTS (values) || H5Aexists (object, name) <= 0)
    return FALSE;
  id = H5Aopen (object, name, H5P_DEFAULT);
  if (id < 0)
    return FALSE;
  space = H5Aget_space (id);
  ok = space >= 0 && H5Sget_simple_extent_npoints (space) == (hssize_t) n
       && H5Aread (id, H5T_NATIVE_DOUBLE, values) >= 0;
  if (space >= 0)
    H5Sclose (space);
  H5Aclose (id);
  for (hsize_t k = 0; k < n && ok; k++)
    ok = isfinite (values[k]);
  if (ok)
    memcpy (out, values, sizeof (double) * n);
  return ok;
}

/* On the array itself, else on the root. */
static gboolean
attribute_near (hid_t file, hid_t data, const char *name, hsize_t n, double *out)
{
  return attribute (data, name, n, out) || attribute (file, name, n, out);
}

/* ---- finding the array ---- */

static gboolean
number_type (hid_t data, WillisRawType *type)
{
  hid_t stored = H5Dget_type (data);
  gboolean known = FALSE;

  if (stored < 0)
    return FALSE;
  if (H5Tget_class (stored) == H5T_INTEGER)
    {
      gboolean is_signed = H5Tget_sign (stored) == H5T_SGN_2;
      static const WillisRawType with_sign[] = { WILLIS_RAW_I8, WILLIS_RAW_I16, WILLIS_RAW_I32, WILLIS_RAW_I64 };
      static const WillisRawType without[] = { WILLIS_RAW_U8, WILLIS_RAW_U16, WILLIS_RAW_U32, WILLIS_RAW_U64 };

      for (int n = 0; n < 4 && !known; n++)
        if (H5Tget_size (stored) == (gsize) 1 << n)
          {
            *type = is_signed ? with_sign[n] : without[n];
            known = TRUE;
          }
    }
  else if (H5Tget_class (stored) == H5T_FLOAT && H5Tget_size (stored) <= 8)
    {
      *type = H5Tget_size (stored) <= 4 ? WILLIS_RAW_F32 : WILLIS_RAW_F64;
      known = TRUE;
    }
  H5Tclose (stored);
  return known;
}

/* The sizes of a three-dimensional array, slowest first. */
static gboolean
sizes_of (hid_t data, hsize_t sizes[3])
{
  hid_t space = H5Dget_space (data);
  gboolean ok
      = space >= 0 && H5Sget_simple_extent_ndims (space) == 3 && H5Sget_simple_extent_dims (space, sizes, NULL) == 3;

  if (space >= 0)
    H5Sclose (space);
  return ok;
}

typedef struct
{
  char *best;
  double most;
  int n;
} Search;

static herr_t
visit (hid_t root, const char *name, const H5O_info_t *info, void *data)
{
  Search *search = data;
  hsize_t sizes[3];
  WillisRawType type;
  hid_t id;

  if (++search->n > MAX_VISITED)
    return 1;
  if (info->type != H5O_TYPE_DATASET)
    return 0;
  id = H5Dopen2 (root, name, H5P_DEFAULT);
  if (id < 0)
    return 0;
  if (sizes_of (id, sizes) && number_type (id, &type))
    {
      double size = (double) sizes[0] * (double) sizes[1] * (double) sizes[2];

      if (size > search->most)
        {
          g_free (search->best);
          search->best = g_strdup (name);
          search->most = size;
        }
    }
  H5Dclose (id);
  return 0;
}

/* The largest three-dimensional array below group (new path from the file's root). */
static char *
find_array (hid_t file, const char *group)
{
  Search search = { NULL, 0, 0 };
  hid_t id = H5Oopen (file, group, H5P_DEFAULT);
  char *path = NULL;

  if (id < 0)
    return NULL;
  H5Ovisit1 (id, H5_INDEX_NAME, H5_ITER_INC, visit, &search);
  H5Oclose (id);
  if (search.best != NULL)
    path = g_strdup_printf ("%s/%s", strcmp (group, "/") == 0 ? "" : group, search.best);
  g_free (search.best);
  return path;
}

/* ---- its place ---- */

static void
set_axes (WillisRawImage *image, const double spacing[3], const double direction[9])
{
  for (int c = 0; c < 3; c++)
    for (int k = 0; k < 3; k++)
      image->axis_lps_mm[c][k] = spacing[c] * direction[3 * k + c];
}

static gboolean
place_vtk (hid_t group, WillisRawImage *image, GError **error)
{
  double extent[6], spacing[3], origin[3] = { 0 }, direction[9] = { 1, 0, 0, 0, 1, 0, 0, 0, 1 };

  if (!attribute (group, "WholeExtent", 6, extent) || !attribute (group, "Spacing", 3, spacing))
    return willis_fail (error, WILLIS_ERROR_BAD_FILE, _ ("its VTKHDF group lacks extent or spacing"));
  attribute (group, "Origin", 3, origin);
  attribute (group, "Direction", 9, direction);
  for (int a = 0; a < 3; a++)
    if (extent[2 * a + 1] - extent[2 * a] + 1 != image->dims[a])
      return willis_fail (error, WILLIS_ERROR_BAD_FILE, _ ("its VTKHDF extent does not fit its point data"));
  set_axes (image, spacing, direction);
  // the extent need not start at 0
  for (int k = 0; k < 3; k++)
    {
      image->origin_lps_mm[k] = origin[k];
      for (int c = 0; c < 3; c++)
        image->origin_lps_mm[k] += extent[2 * c] * image->axis_lps_mm[c][k];
    }
  return TRUE;
}

static gboolean
place_plain (hid_t file, hid_t data, const double wanted_mm[3], WillisRawImage *image, GError **error)
{
  double spacing[3], direction[9] = { 1, 0, 0, 0, 1, 0, 0, 0, 1 }, um[3];
  gboolean placed = attribute_near (file, data, "origin_lps_mm", 3, image->origin_lps_mm);

  placed = attribute_near (file, data, "direction", 9, direction) && placed;
  if (wanted_mm[0] > 0)
    memcpy (spacing, wanted_mm, sizeof spacing);
  else if (!attribute_near (file, data, "spacing_mm", 3, spacing)
           && !attribute_near (file, data, "spacing", 3, spacing))
    {
      // as ImageJ and ilastik write it: slowest first, micrometres
      if (!attribute_near (file, data, "element_size_um", 3, um))
        return willis_fail (error, WILLIS_ERROR_BAD_INPUT,
                            _ ("it does not say its voxel spacing; give it with --spacing X,Y,Z (millimetres)"));
      for (int a = 0; a < 3; a++)
        spacing[a] = um[2 - a] * 1e-3;
    }
  set_axes (image, spacing, direction);
  if (!placed)
    willis_note_add (image->warnings, WILLIS_NOTE_NO_PLACE);
  return TRUE;
}

static gboolean
parse_open (hid_t file, const double spacing_mm[3], WillisRawImage *image, char **data_set, GError **error)
{
  gboolean vtk = H5Lexists (file, "VTKHDF", H5P_DEFAULT) > 0;
  // the scan of a case lies beside its labels
  gboolean named = vtk && H5Lexists (file, "/VTKHDF/PointData", H5P_DEFAULT) > 0
                   && H5Lexists (file, "/VTKHDF/PointData/scan", H5P_DEFAULT) > 0;
  g_autofree char *path
      = named ? g_strdup ("/VTKHDF/PointData/scan") : find_array (file, vtk ? "/VTKHDF/PointData" : "/");
  hid_t data, group;
  hsize_t sizes[3] = { 0 };
  gboolean ok = FALSE;

  if (path == NULL)
    return willis_fail (error, WILLIS_ERROR_UNSUPPORTED, _ ("it holds no three-dimensional array of numbers"));
  data = H5Dopen2 (file, path, H5P_DEFAULT);
  group = vtk ? H5Gopen2 (file, "/VTKHDF", H5P_DEFAULT) : -1;
  if (data < 0 || (vtk && group < 0) || !sizes_of (data, sizes) || !number_type (data, &image->format.type))
    willis_fail (error, WILLIS_ERROR_BAD_FILE, _ ("its HDF5 structure is damaged"));
  else if (sizes[0] < 1 || sizes[1] < 1 || sizes[2] < 1 || sizes[0] > 65535 || sizes[1] > 65535 || sizes[2] > 65535)
    willis_fail (error, WILLIS_ERROR_BAD_FILE, _ ("its size of %lu x %lu x %lu voxels is not possible"),
                 (guint64) sizes[2], (guint64) sizes[1], (guint64) sizes[0]);
  else if ((double) H5Dget_storage_size (data) * 2000 + 65536
           < (double) sizes[0] * (double) sizes[1] * (double) sizes[2] * (double) willis_raw_size (image->format.type))
    willis_fail (error, WILLIS_ERROR_BAD_FILE, _ ("it is truncated: it claims far more voxels than it holds"));
  else
    {
      for (int a = 0; a < 3; a++)
        image->dims[a] = (int) sizes[2 - a];
      image->format.big_endian = G_BYTE_ORDER == G_BIG_ENDIAN;
      ok = vtk ? place_vtk (group, image, error) : place_plain (file, data, spacing_mm, image, error);
    }
  if (ok)
    *data_set = g_steal_pointer (&path);
  if (group >= 0)
    H5Gclose (group);
  if (data >= 0)
    H5Dclose (data);
  return ok;
}

gboolean
willis_hdf5_parse (const char *path, const double spacing_mm[3], WillisRawImage *image, char **data_set, GError **error)
{
  hid_t file;
  gboolean ok;

  quieten ();
  file = H5Fopen (path, H5F_ACC_RDONLY, H5P_DEFAULT);
  if (file < 0)
    return willis_fail (error, WILLIS_ERROR_BAD_FILE, _ ("its HDF5 structure is damaged"));
  ok = parse_open (file, spacing_mm, image, data_set, error);
  H5Fclose (file);
  return ok;
}

static hid_t
native_type (WillisRawType type)
{
  const hid_t types[] = { H5T_NATIVE_UINT8, H5T_NATIVE_INT8,   H5T_NATIVE_UINT16, H5T_NATIVE_INT16, H5T_NATIVE_UINT32,
                          H5T_NATIVE_INT32, H5T_NATIVE_UINT64, H5T_NATIVE_INT64,  H5T_NATIVE_FLOAT, H5T_NATIVE_DOUBLE };

  return types[type];
}

static gboolean
read_slices (hid_t data, const WillisRawImage *image, guint8 *out, const WillisProgress *progress, GError **error)
{
  hsize_t count[3] = { 1, (hsize_t) image->dims[1], (hsize_t) image->dims[0] };
  gsize slice = (gsize) image->dims[0] * (gsize) image->dims[1] * willis_raw_size (image->format.type);
  int block = (int) CLAMP (((gsize) 1 << 24) / slice, 1, 256);

  for (int k = 0; k < image->dims[2]; k += block)
    {
      hsize_t start[3] = { (hsize_t) k, 0, 0 };
      hid_t from = H5Dget_space (data), to;
      herr_t status;

      count[0] = (hsize_t) MIN (block, image->dims[2] - k);
      to = H5Screate_simple (3, count, NULL);
      H5Sselect_hyperslab (from, H5S_SELECT_SET, start, NULL, count, NULL);
      status = H5Dread (data, native_type (image->format.type), to, from, H5P_DEFAULT, out + (gsize) k * slice);
      H5Sclose (from);
      H5Sclose (to);
      if (status < 0)
        return willis_fail (error, WILLIS_ERROR_BAD_FILE, _ ("its voxels are damaged or truncated"));
      if (!willis_progress_step (progress, (double) k / image->dims[2], error))
        return FALSE;
    }
  return TRUE;
}

WillisVolume *
willis_hdf5_read (const char *path, const char *data_set, WillisRawImage *image, const WillisRoom *room,
                  const WillisProgress *progress, GError **error)
{
  WillisGrid grid;
  gboolean flip, sheared, ok = FALSE;
  g_autofree guint8 *buffer = NULL;
  gsize n;
  hid_t file, data;

  if (!willis_raw_image_grid (image, &grid, &flip, &sheared, error))
    return NULL;
  if (sheared)
    {
      willis_fail (error, WILLIS_ERROR_UNSUPPORTED, _ ("its rows and columns are not at right angles"));
      return NULL;
    }
  n = willis_grid_n_voxels (&grid) * willis_raw_size (image->format.type);
  buffer = g_try_malloc (n);
  if (buffer == NULL)
    {
      willis_fail (error, WILLIS_ERROR_NO_MEMORY, _ ("not enough memory for %.1f GB"), (double) n / 1e9);
      return NULL;
    }
  quieten ();
  file = H5Fopen (path, H5F_ACC_RDONLY, H5P_DEFAULT);
  data = file >= 0 ? H5Dopen2 (file, data_set, H5P_DEFAULT) : -1;
  if (data < 0)
    willis_fail (error, WILLIS_ERROR_BAD_FILE, _ ("its HDF5 structure is damaged"));
  else
    ok = read_slices (data, image, buffer, progress, error);
  if (data >= 0)
    H5Dclose (data);
  if (file >= 0)
    H5Fclose (file);
  return ok ? willis_raw_to_volume (&grid, &image->format, buffer, flip, room, image->warnings, NULL, error) : NULL;
}

/* ---- writing ---- */

static gboolean
put_attribute (hid_t object, const char *name, hid_t stored, hid_t native, hsize_t n, const void *values)
{
  hid_t space = H5Screate_simple (1, &n, NULL), id;
  gboolean ok;

  id = H5Acreate2 (object, name, stored, space, H5P_DEFAULT, H5P_DEFAULT);
  ok = id >= 0 && H5Awrite (id, native, values) >= 0;
  if (id >= 0)
    H5Aclose (id);
  H5Sclose (space);
  return ok;
}

static gboolean
put_text (hid_t object, const char *name, const char *text)
{
  hid_t type = H5Tcopy (H5T_C_S1), space = H5Screate (H5S_SCALAR), id;
  gboolean ok;

  H5Tset_size (type, strlen (text));
  H5Tset_strpad (type, H5T_STR_NULLPAD);
  id = H5Acreate2 (object, name, type, space, H5P_DEFAULT, H5P_DEFAULT);
  ok = id >= 0 && H5Awrite (id, type, text) >= 0;
  if (id >= 0)
    H5Aclose (id);
  H5Sclose (space);
  H5Tclose (type);
  return ok;
}

static gboolean
put_place (hid_t group, const WillisGrid *g)
{
  const gint64 version[2] = { 1, 0 };
  gint64 extent[6];

  for (int a = 0; a < 3; a++)
    {
      extent[2 * a] = 0;
      extent[2 * a + 1] = g->dims[a] - 1;
    }
  return put_attribute (group, "Version", H5T_STD_I64LE, H5T_NATIVE_INT64, 2, version)
         && put_text (group, "Type", "ImageData")
         && put_attribute (group, "WholeExtent", H5T_STD_I64LE, H5T_NATIVE_INT64, 6, extent)
         && put_attribute (group, "Origin", H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, 3, g->origin_lps_mm)
         && put_attribute (group, "Spacing", H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, 3, g->spacing_mm)
         && put_attribute (group, "Direction", H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, 9, g->direction);
}

static gboolean
put_voxels (hid_t group, const WillisVolume *volume, const WillisProgress *progress, GError **error)
{
  const WillisGrid *g = willis_volume_grid (volume);
  const hid_t stored[] = { H5T_STD_U8LE, H5T_STD_I16LE, H5T_IEEE_F32LE };
  const hid_t native[] = { H5T_NATIVE_UINT8, H5T_NATIVE_INT16, H5T_NATIVE_FLOAT };
  WillisScalar scalar = willis_volume_scalar (volume);
  hsize_t sizes[3] = { (hsize_t) g->dims[2], (hsize_t) g->dims[1], (hsize_t) g->dims[0] };
  hsize_t chunk[3] = { 1, sizes[1], sizes[2] };
  gsize slice = sizes[1] * sizes[2] * willis_scalar_size (scalar);
  hid_t space = H5Screate_simple (3, sizes, NULL), one = H5Screate_simple (3, chunk, NULL);
  hid_t how = H5Pcreate (H5P_DATASET_CREATE), data;
  gboolean ok;

  H5Pset_obj_track_times (how, FALSE);
  H5Pset_chunk (how, 3, chunk);
  H5Pset_shuffle (how);
  H5Pset_deflate (how, 1);
  data = H5Dcreate2 (group, "scan", stored[scalar], space, H5P_DEFAULT, how, H5P_DEFAULT);
  ok = data >= 0 || willis_fail (error, WILLIS_ERROR_BAD_FILE, _ ("the HDF5 file cannot be written"));
  for (int k = 0; ok && k < g->dims[2]; k++)
    {
      hsize_t start[3] = { (hsize_t) k, 0, 0 };

      H5Sselect_hyperslab (space, H5S_SELECT_SET, start, NULL, chunk, NULL);
      ok = willis_progress_step (progress, (double) k / g->dims[2], error);
      if (ok
          && H5Dwrite (data, native[scalar], one, space, H5P_DEFAULT,
                       (const guint8 *) willis_volume_voxels (volume) + (gsize) k * slice)
                 < 0)
        ok = willis_fail (error, WILLIS_ERROR_BAD_FILE, _ ("the HDF5 file cannot be written (disk full?)"));
    }
  // what the library has kept to itself so far is written now, and only its closing says whether it could be
  if (data >= 0 && H5Dclose (data) < 0 && ok)
    ok = willis_fail (error, WILLIS_ERROR_BAD_FILE, _ ("the HDF5 file cannot be written (disk full?)"));
  H5Pclose (how);
  H5Sclose (one);
  H5Sclose (space);
  return ok;
}

gboolean
willis_hdf5_write (const WillisVolume *volume, const char *path, const WillisProgress *progress, GError **error)
{
  hid_t access = H5Pcreate (H5P_FILE_ACCESS), file, group, points;
  gboolean ok;

  quieten ();
  H5Pset_file_locking (access, 0, 1); // who replaces the file holds a lock on it
  file = H5Fcreate (path, H5F_ACC_TRUNC, H5P_DEFAULT, access);
  H5Pclose (access);
  if (file < 0)
    return willis_fail (error, WILLIS_ERROR_BAD_FILE, _ ("the HDF5 file cannot be written"));
  group = H5Gcreate2 (file, "VTKHDF", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
  points = group >= 0 ? H5Gcreate2 (group, "PointData", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT) : -1;
  if (points < 0 || !put_place (group, willis_volume_grid (volume)) || !put_text (points, "Scalars", "scan")
      || !put_text (group, "Coordinates", "LPS mm"))
    ok = willis_fail (error, WILLIS_ERROR_BAD_FILE, _ ("the HDF5 file cannot be written"));
  else
    ok = put_voxels (points, volume, progress, error);
  if (points >= 0)
    H5Gclose (points);
  if (group >= 0)
    H5Gclose (group);
  if ((H5Fflush (file, H5F_SCOPE_GLOBAL) < 0 || H5Fclose (file) < 0) && ok)
    ok = willis_fail (error, WILLIS_ERROR_BAD_FILE, _ ("the HDF5 file cannot be written (disk full?)"));
  return ok;
}
