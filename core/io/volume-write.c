/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Volumes out, by the ending of the path. Every file appears whole or not at all.
 */
#include <math.h>
#include <string.h>
#include <unistd.h>

#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/io/archive.h"
#include "core/io/bytes.h"
#include "core/io/hdf5-volume.h"
#include "core/io/tiff.h"
#include "core/io/volume-io.h"
#include "core/io/volume-write.h"

static gsize
voxel_bytes (const WillisVolume *volume)
{
  return willis_grid_n_voxels (willis_volume_grid (volume)) * willis_scalar_size (willis_volume_scalar (volume));
}

/* ---- NIfTI ---- */

static void
put_i16 (guint8 *head, gsize at, int value)
{
  gint16 v = (gint16) GINT16_TO_LE ((gint16) value);

  memcpy (head + at, &v, 2);
}

static void
put_f32 (guint8 *head, gsize at, double value)
{
  float f = (float) value;
  guint32 v;

  memcpy (&v, &f, 4);
  v = GUINT32_TO_LE (v);
  memcpy (head + at, &v, 4);
}

/* The quaternion of a rotation by its columns (r[row][column]), a >= 0; as nifti_mat44_to_quatern. */
static void
quaternion_of (double r[3][3], double q[3])
{
  double a = r[0][0] + r[1][1] + r[2][2] + 1, b, c, d;

  if (a > 0.5)
    {
      a = 0.5 * sqrt (a);
      b = 0.25 * (r[2][1] - r[1][2]) / a;
      c = 0.25 * (r[0][2] - r[2][0]) / a;
      d = 0.25 * (r[1][0] - r[0][1]) / a;
    }
  else
    {
      double x = 1 + r[0][0] - r[1][1] - r[2][2], y = 1 + r[1][1] - r[0][0] - r[2][2];
      double z = 1 + r[2][2] - r[0][0] - r[1][1];

      if (x > 1)
        {
          b = 0.5 * sqrt (x);
          c = 0.25 * (r[0][1] + r[1][0]) / b;
          d = 0.25 * (r[0][2] + r[2][0]) / b;
          a = 0.25 * (r[2][1] - r[1][2]) / b;
        }
      else if (y > 1)
        {
          c = 0.5 * sqrt (y);
          b = 0.25 * (r[0][1] + r[1][0]) / c;
          d = 0.25 * (r[1][2] + r[2][1]) / c;
          a = 0.25 * (r[0][2] - r[2][0]) / c;
        }
      else
        {
          d = 0.5 * sqrt (z);
          b = 0.25 * (r[0][2] + r[2][0]) / d;
          c = 0.25 * (r[1][2] + r[2][1]) / d;
          a = 0.25 * (r[1][0] - r[0][1]) / d;
        }
      if (a < 0)
        {
          b = -b;
          c = -c;
          d = -d;
        }
    }
  q[0] = b;
  q[1] = c;
  q[2] = d;
}

gboolean
willis_nifti_head (const WillisVolume *volume, gsize voxels_at, guint8 head[WILLIS_NIFTI_HEAD], GError **error)
{
  const WillisGrid *g = willis_volume_grid (volume);
  static const int types[] = { 2, 4, 16 };
  WillisScalar scalar = willis_volume_scalar (volume);
  double ras[3][3], q[3];

  for (int a = 0; a < 3; a++)
    if (g->dims[a] > 32767)
      return willis_fail (error, WILLIS_ERROR_UNSUPPORTED, _("the volume is too large for NIfTI"));
  memset (head, 0, WILLIS_NIFTI_HEAD);
  head[0] = 92; // 348
  head[1] = 1;
  head[38] = 'r';
  put_i16 (head, 40, 3);
  for (int a = 0; a < 7; a++)
    put_i16 (head, 42 + 2 * (gsize) a, a < 3 ? (int) (guint16) g->dims[a] : 1);
  put_i16 (head, 70, types[scalar]);
  put_i16 (head, 72, (int) (8 * willis_scalar_size (scalar)));
  put_f32 (head, 76, 1);
  for (int a = 0; a < 3; a++)
    put_f32 (head, 80 + 4 * (gsize) a, g->spacing_mm[a]);
  put_f32 (head, 108, (double) voxels_at);
  put_f32 (head, 112, 1);
  head[123] = 2; // millimetres
  memcpy (head + 148, "Willis", 6);
  put_i16 (head, 252, 1);
  put_i16 (head, 254, 1);
  // LPS to RAS
  for (int row = 0; row < 3; row++)
    for (int c = 0; c < 3; c++)
      ras[row][c] = (row < 2 ? -1 : 1) * g->direction[3 * row + c];
  quaternion_of (ras, q);
  for (int row = 0; row < 3; row++)
    {
      double origin = (row < 2 ? -1 : 1) * g->origin_lps_mm[row];

      put_f32 (head, 256 + 4 * (gsize) row, q[row]);
      put_f32 (head, 268 + 4 * (gsize) row, origin);
      for (int c = 0; c < 3; c++)
        put_f32 (head, 280 + 16 * (gsize) row + 4 * (gsize) c, ras[row][c] * g->spacing_mm[c]);
      put_f32 (head, 280 + 16 * (gsize) row + 12, origin);
    }
  memcpy (head + 344, "n+1", 4);
  return TRUE;
}

static gboolean
write_nifti (const WillisVolume *volume, WillisAtomicFile *file, const WillisProgress *progress, GError **error)
{
  guint8 head[WILLIS_NIFTI_HEAD];

  if (!willis_nifti_head (volume, sizeof head, head, error))
    {
      willis_atomic_abort (file);
      return FALSE;
    }
  return willis_atomic_write (file, head, sizeof head, error)
         && willis_atomic_write (file, willis_volume_voxels (volume), voxel_bytes (volume), error);
}

/* Header and voxels go through one stream of gzip: two members, as every reader of gzip takes them. */
static gboolean
write_nifti_gz (const WillisVolume *volume, WillisAtomicFile *file, const WillisProgress *progress, GError **error)
{
  guint8 head[WILLIS_NIFTI_HEAD];

  if (!willis_nifti_head (volume, sizeof head, head, error))
    {
      willis_atomic_abort (file);
      return FALSE;
    }
  return willis_atomic_deflate (file, TRUE, head, sizeof head, NULL, NULL, error)
         && willis_atomic_deflate (file, TRUE, willis_volume_voxels (volume), voxel_bytes (volume), NULL, progress,
                                   error);
}

/* ---- NRRD, MetaImage ---- */

static void
append_number (GString *text, double value)
{
  char number[G_ASCII_DTOSTR_BUF_SIZE];

  g_string_append (text, g_ascii_dtostr (number, sizeof number, value));
}

static gboolean
write_nrrd (const WillisVolume *volume, WillisAtomicFile *file, const WillisProgress *progress, GError **error)
{
  static const char *const types[] = { "uint8", "int16", "float" };
  const WillisGrid *g = willis_volume_grid (volume);
  g_autoptr (GString) head = g_string_new ("NRRD0005\n");

  g_string_append_printf (head, "type: %s\ndimension: 3\nspace: left-posterior-superior\nsizes: %d %d %d\n",
                          types[willis_volume_scalar (volume)], g->dims[0], g->dims[1], g->dims[2]);
  g_string_append (head, "space directions:");
  for (int c = 0; c < 3; c++)
    for (int row = 0; row < 3; row++)
      {
        g_string_append (head, row == 0 ? " (" : ",");
        append_number (head, g->direction[3 * row + c] * g->spacing_mm[c]);
        g_string_append (head, row == 2 ? ")" : "");
      }
  g_string_append (head, "\nkinds: domain domain domain\nendian: little\nencoding: gzip\nspace origin: ");
  for (int row = 0; row < 3; row++)
    {
      g_string_append (head, row == 0 ? "(" : ",");
      append_number (head, g->origin_lps_mm[row]);
    }
  g_string_append (head, ")\n\n");
  return willis_atomic_write (file, head->str, head->len, error)
         && willis_atomic_deflate (file, TRUE, willis_volume_voxels (volume), voxel_bytes (volume), NULL, progress,
                                   error);
}

static void
append_numbers (GString *text, const char *key, const double *values, int n)
{
  g_string_append_printf (text, "%s =", key);
  for (int k = 0; k < n; k++)
    {
      g_string_append_c (text, ' ');
      append_number (text, values[k]);
    }
  g_string_append_c (text, '\n');
}

static gboolean
write_metaimage (const WillisVolume *volume, WillisAtomicFile *file, const WillisProgress *progress, GError **error)
{
  static const char *const types[] = { "MET_UCHAR", "MET_SHORT", "MET_FLOAT" };
  const WillisGrid *g = willis_volume_grid (volume);
  g_autoptr (GString) head
      = g_string_new ("ObjectType = Image\nNDims = 3\nBinaryData = True\nBinaryDataByteOrderMSB = False\n"
                      "CompressedData = True\nCompressedDataSize = ");
  gsize size_at = head->len, n_packed = 0;
  char digits[16];
  double axes[9];

  g_string_append (head, "              \n"); // filled in at the end
  for (int c = 0; c < 3; c++)
    for (int row = 0; row < 3; row++)
      axes[3 * c + row] = g->direction[3 * row + c];
  append_numbers (head, "TransformMatrix", axes, 9);
  append_numbers (head, "Offset", g->origin_lps_mm, 3);
  g_string_append (head, "CenterOfRotation = 0 0 0\n");
  append_numbers (head, "ElementSpacing", g->spacing_mm, 3);
  g_string_append_printf (head, "DimSize = %d %d %d\nElementType = %s\nElementDataFile = LOCAL\n", g->dims[0], g->dims[1],
                          g->dims[2], types[willis_volume_scalar (volume)]);
  if (!willis_atomic_write (file, head->str, head->len, error)
      || !willis_atomic_deflate (file, FALSE, willis_volume_voxels (volume), voxel_bytes (volume), &n_packed, progress,
                                 error))
    return FALSE;
  g_snprintf (digits, sizeof digits, "%" G_GSIZE_FORMAT, n_packed);
  if (pwrite (file->fd, digits, strlen (digits), (off_t) size_at) == (gssize) strlen (digits))
    return TRUE;
  willis_atomic_abort (file);
  return willis_fail (error, WILLIS_ERROR_BAD_FILE, _("the file cannot be written"));
}

/* ---- the door ---- */

typedef gboolean (*WriteFile) (const WillisVolume *volume, WillisAtomicFile *file, const WillisProgress *progress,
                               GError **error);
typedef gboolean (*WritePath) (const WillisVolume *volume, const char *path, const WillisProgress *progress,
                               GError **error);

static gboolean
write_hdf5 (const WillisVolume *volume, const char *path, const WillisProgress *progress, GError **error)
{
  gboolean ok;

  willis_hdf5_lock ();
  ok = willis_hdf5_write (volume, path, progress, error);
  willis_hdf5_unlock ();
  return ok;
}

static const struct
{
  const char *ending;
  WriteFile to_file;
  WritePath to_path;
} writers[] = {
  { ".nii.gz", write_nifti_gz, NULL }, { ".nii", write_nifti, NULL }, { ".nrrd", write_nrrd, NULL },
  { ".mha", write_metaimage, NULL },   { ".tif", NULL, willis_tiff_write }, { ".tiff", NULL, willis_tiff_write },
  { ".h5", NULL, write_hdf5 },         { ".hdf5", NULL, write_hdf5 }, { ".vtkhdf", NULL, write_hdf5 },
};

static gboolean
has_ending (const char *path, const char *ending)
{
  gsize n = strlen (path), m = strlen (ending);

  return n > m && g_ascii_strcasecmp (path + n - m, ending) == 0;
}

gboolean
willis_volume_write (const WillisVolume *volume, const char *path, const WillisProgress *progress, GError **error)
{
  g_autofree char *name = willis_file_name (path);

  for (gsize k = 0; k < G_N_ELEMENTS (writers); k++)
    {
      WillisAtomicFile file = { 0 };
      WillisReplaceFile replace = { 0 };

      if (!has_ending (path, writers[k].ending))
        continue;
      if (writers[k].to_file != NULL)
        return willis_atomic_begin (&file, path, error) && writers[k].to_file (volume, &file, progress, error)
               && willis_atomic_commit (&file, error);
      if (!willis_replace_file_begin (&replace, path, error))
        return FALSE;
      if (!writers[k].to_path (volume, replace.temporary, progress, error))
        {
          willis_replace_file_abandon (&replace);
          g_prefix_error (error, "%s: ", name);
          return FALSE;
        }
      return willis_replace_file_finish (&replace, error);
    }
  return willis_fail (error, WILLIS_ERROR_USAGE,
                      _("%s: the ending must be one of .nii.gz .nii .nrrd .mha .tif .h5"), name);
}
