/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Headers of NIfTI-1 and NIfTI-2. Source: nifti1.h and nifti2.h of the NIfTI Data Format Working Group. World
 * coordinates there are RAS; this file turns them to LPS.
 */
#include <math.h>
#include <string.h>

#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/base/note.h"
#include "core/io/raw-image.h"
#include "core/num/vec3.h"

/* One reader for both layouts: numbers at byte offsets, swapped where the file is. */
typedef struct
{
  const guint8 *data;
  gboolean swap;
} Head;

static int
i16_at (const Head *h, gsize at)
{
  guint16 v;

  memcpy (&v, h->data + at, 2);
  return (gint16) (h->swap ? GUINT16_SWAP_LE_BE (v) : v);
}

static int
i32_at (const Head *h, gsize at)
{
  guint32 v;

  memcpy (&v, h->data + at, 4);
  return (gint32) (h->swap ? GUINT32_SWAP_LE_BE (v) : v);
}

static gint64
i64_at (const Head *h, gsize at)
{
  guint64 v;

  memcpy (&v, h->data + at, 8);
  return (gint64) (h->swap ? GUINT64_SWAP_LE_BE (v) : v);
}

static double
f32_at (const Head *h, gsize at)
{
  gint32 bits = i32_at (h, at);
  float v;

  memcpy (&v, &bits, 4);
  return (double) v;
}

static double
f64_at (const Head *h, gsize at)
{
  gint64 bits = i64_at (h, at);
  double v;

  memcpy (&v, &bits, 8);
  return v;
}

/* What both layouts say. */
typedef struct
{
  gint64 dim[8];
  double pixdim[8], vox_offset, slope, intercept, quatern[3], qoffset[3], srow[3][4];
  int datatype, qform, sform, units, intent;
  gboolean single; // header and voxels in one file
  char description[81];
} Nifti;

static void
load_nifti1 (const Head *h, Nifti *n)
{
  for (int a = 0; a < 8; a++)
    {
      n->dim[a] = i16_at (h, 40 + 2 * (gsize) a);
      n->pixdim[a] = f32_at (h, 76 + 4 * (gsize) a);
    }
  n->intent = i16_at (h, 68);
  n->datatype = i16_at (h, 70);
  n->vox_offset = f32_at (h, 108);
  n->slope = f32_at (h, 112);
  n->intercept = f32_at (h, 116);
  n->units = h->data[123];
  n->qform = i16_at (h, 252);
  n->sform = i16_at (h, 254);
  for (int a = 0; a < 3; a++)
    {
      n->quatern[a] = f32_at (h, 256 + 4 * (gsize) a);
      n->qoffset[a] = f32_at (h, 268 + 4 * (gsize) a);
      for (int c = 0; c < 4; c++)
        n->srow[a][c] = f32_at (h, 280 + 16 * (gsize) a + 4 * (gsize) c);
    }
  memcpy (n->description, h->data + 148, 80);
  n->single = h->data[345] == '+';
}

static void
load_nifti2 (const Head *h, Nifti *n)
{
  n->datatype = i16_at (h, 12);
  for (int a = 0; a < 8; a++)
    {
      n->dim[a] = i64_at (h, 16 + 8 * (gsize) a);
      n->pixdim[a] = f64_at (h, 104 + 8 * (gsize) a);
    }
  n->vox_offset = (double) i64_at (h, 168);
  n->slope = f64_at (h, 176);
  n->intercept = f64_at (h, 184);
  memcpy (n->description, h->data + 240, 80);
  n->qform = i32_at (h, 344);
  n->sform = i32_at (h, 348);
  for (int a = 0; a < 3; a++)
    {
      n->quatern[a] = f64_at (h, 352 + 8 * (gsize) a);
      n->qoffset[a] = f64_at (h, 376 + 8 * (gsize) a);
      for (int c = 0; c < 4; c++)
        n->srow[a][c] = f64_at (h, 400 + 32 * (gsize) a + 8 * (gsize) c);
    }
  n->units = i32_at (h, 500);
  n->intent = i32_at (h, 504);
  n->single = h->data[5] == '+';
}

static gboolean
load_head (const guint8 *data, gsize size, Nifti *n, gboolean *big_endian, GError **error)
{
  Head h = { data, FALSE };
  int head;

  if (size < 348)
    return willis_fail (error, WILLIS_ERROR_BAD_FILE, _("its NIfTI header is truncated"));
  head = i32_at (&h, 0);
  if (head != 348 && head != 540)
    {
      h.swap = TRUE;
      head = i32_at (&h, 0);
    }
  *big_endian = h.swap != (G_BYTE_ORDER == G_BIG_ENDIAN);
  if (head == 348 && memcmp (data + 344, "n+1", 4) != 0 && memcmp (data + 344, "ni1", 4) != 0)
    return willis_fail (error, WILLIS_ERROR_UNSUPPORTED,
                        _("it is an ANALYZE file, which does not say which side is left; use NIfTI"));
  if (head == 348)
    load_nifti1 (&h, n);
  else if (head == 540 && size >= 540 && (memcmp (data + 4, "n+2", 4) == 0 || memcmp (data + 4, "ni2", 4) == 0))
    load_nifti2 (&h, n);
  else
    return willis_fail (error, WILLIS_ERROR_BAD_FILE, _("its NIfTI header is damaged"));
  return TRUE;
}

static gboolean
set_type (WillisRawImage *image, int datatype, GError **error)
{
  static const struct
  {
    int code;
    WillisRawType type;
  } types[] = {
    { 2, WILLIS_RAW_U8 },   { 4, WILLIS_RAW_I16 },  { 8, WILLIS_RAW_I32 },   { 16, WILLIS_RAW_F32 },
    { 64, WILLIS_RAW_F64 }, { 256, WILLIS_RAW_I8 }, { 512, WILLIS_RAW_U16 }, { 768, WILLIS_RAW_U32 },
    { 1024, WILLIS_RAW_I64 }, { 1280, WILLIS_RAW_U64 },
  };

  for (gsize n = 0; n < G_N_ELEMENTS (types); n++)
    if (types[n].code == datatype)
      {
        image->format.type = types[n].type;
        return TRUE;
      }
  if (datatype == 128 || datatype == 2304)
    return willis_fail (error, WILLIS_ERROR_UNSUPPORTED, _("it holds colours, not a scan"));
  return willis_fail (error, WILLIS_ERROR_UNSUPPORTED, _("its voxel type (NIfTI code %d) is not supported"), datatype);
}

static gboolean
set_sizes (WillisRawImage *image, const Nifti *n, GError **error)
{
  gint64 n_dims = n->dim[0];

  if (n_dims < 1 || n_dims > 7)
    return willis_fail (error, WILLIS_ERROR_BAD_FILE, _("its number of dimensions, %ld, is not possible"), n_dims);
  for (int a = 1; a <= 7; a++)
    {
      gint64 size = a <= n_dims ? n->dim[a] : 1;

      if (size < 1 || size > 65535)
        return willis_fail (error, WILLIS_ERROR_BAD_FILE,
                            _("its size of %ld along dimension %d is not possible"), size, a);
      if (a <= 3)
        image->dims[a - 1] = (int) size;
      else
        image->n_parts *= size;
      if (a == 5 && size > 1)
        return willis_fail (error, WILLIS_ERROR_UNSUPPORTED,
                            _("it holds %ld values for each voxel, not a scan"), size);
      if (image->n_parts > 100000)
        return willis_fail (error, WILLIS_ERROR_BAD_FILE, _("it claims too many volumes"));
    }
  return TRUE;
}

/* The axes by the quaternion ("method 2" of nifti1.h), RAS. FALSE where it is not one. */
static gboolean
axes_of_quaternion (const Nifti *n, double axis[3][3])
{
  double b = n->quatern[0], c = n->quatern[1], d = n->quatern[2], a = 1 - (b * b + c * c + d * d);
  double qfac = n->pixdim[0] < 0 ? -1 : 1, r[3][3];

  if (!isfinite (a))
    return FALSE;
  if (a < 1e-7)
    {
      double s = 1 / sqrt (b * b + c * c + d * d);

      b *= s;
      c *= s;
      d *= s;
      a = 0;
    }
  else
    a = sqrt (a);
  vec3_set (r[0], a * a + b * b - c * c - d * d, 2 * (b * c + a * d), 2 * (b * d - a * c));
  vec3_set (r[1], 2 * (b * c - a * d), a * a + c * c - b * b - d * d, 2 * (c * d + a * b));
  vec3_set (r[2], 2 * (b * d + a * c), 2 * (c * d - a * b), a * a + d * d - c * c - b * b);
  for (int k = 0; k < 3; k++)
    vec3_scale (axis[k], r[k], fabs (n->pixdim[k + 1]) * (k == 2 ? qfac : 1));
  return TRUE;
}

/* The axes by the matrix; FALSE where it is singular or slants rows against columns. */
static gboolean
axes_of_matrix (const Nifti *n, double axis[3][3])
{
  double unit[3][3], cross[3];

  for (int k = 0; k < 3; k++)
    {
      double length;

      vec3_set (axis[k], n->srow[0][k], n->srow[1][k], n->srow[2][k]);
      vec3_copy (unit[k], axis[k]);
      length = vec3_normalize (unit[k]);
      if (!isfinite (length) || length < 1e-7)
        return FALSE;
    }
  vec3_cross (cross, unit[0], unit[1]);
  return fabs (vec3_dot (cross, unit[2])) > 0.1 && fabs (vec3_dot (unit[0], unit[1])) < 1e-3;
}

static double
unit_mm (int units)
{
  switch (units & 7)
    {
    case 1:
      return 1000;
    case 3:
      return 1e-3;
    default:
      return 1;
    }
}

static void
set_place (WillisRawImage *image, const Nifti *n)
{
  double mm = unit_mm (n->units), ras[3] = { 0, 0, 0 }, axis[3][3];

  if (n->sform > 0 && axes_of_matrix (n, axis))
    vec3_set (ras, n->srow[0][3], n->srow[1][3], n->srow[2][3]);
  else if (n->qform > 0 && axes_of_quaternion (n, axis))
    {
      vec3_copy (ras, n->qoffset);
      if (n->sform > 0)
        willis_note_add (image->warnings, WILLIS_NOTE_NO_MATRIX);
    }
  else
    {
      willis_note_add (image->warnings, WILLIS_NOTE_NO_PLACE_NIFTI);
      for (int k = 0; k < 3; k++)
        {
          vec3_set (axis[k], 0, 0, 0);
          axis[k][k] = fabs (n->pixdim[k + 1]);
        }
    }
  // a single slice often has no spacing of its own
  for (int k = 0; k < 3; k++)
    if (image->dims[k] == 1 && vec3_norm (axis[k]) == 0)
      axis[k][k] = 1 / mm;
  // RAS to LPS
  vec3_set (image->origin_lps_mm, -ras[0] * mm, -ras[1] * mm, ras[2] * mm);
  for (int k = 0; k < 3; k++)
    vec3_set (image->axis_lps_mm[k], -axis[k][0] * mm, -axis[k][1] * mm, axis[k][2] * mm);
}

gboolean
willis_nifti_parse (const guint8 *data, gsize size, gboolean gzip, WillisRawImage *image, GError **error)
{
  Nifti n = { 0 };

  if (!load_head (data, size, &n, &image->format.big_endian, error) || !set_sizes (image, &n, error)
      || !set_type (image, n.datatype, error))
    return FALSE;
  if (!(n.vox_offset >= 0 && n.vox_offset < 1e15))
    return willis_fail (error, WILLIS_ERROR_BAD_FILE, _("the place of its voxels, %g, is not possible"), n.vox_offset);
  image->skip = (gint64) n.vox_offset;
  if (n.single && image->skip < 348)
    image->skip = 352;
  image->codec = gzip ? WILLIS_CODEC_GZIP : WILLIS_CODEC_RAW;
  if (n.slope != 0 && isfinite (n.slope) && isfinite (n.intercept))
    {
      image->format.slope = n.slope;
      image->format.intercept = n.intercept;
    }
  if (!n.single)
    {
      image->data_files = g_new0 (char *, 2); // the reader puts the name of the .img here
      image->data_files[0] = g_strdup ("");
    }
  set_place (image, &n);
  image->description = g_utf8_make_valid (n.description, -1);
  return TRUE;
}
