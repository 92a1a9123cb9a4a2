/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Headers of files. Source: DICOM PS3.10 (files), PS3.3 C.7.6.16 (functional groups).
 */
#include <math.h>
#include <string.h>

#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/io/bytes.h"
#include "core/io/dicom.h"
#include "core/num/vec3.h"

#define MAX_FRAMES 65535
#define MAX_INFLATED ((guint64) 3 << 30)

#define ITEM 0xFFFEE000u

/* ---- values ---- */

/* The text of e without padding (new); NUL and control characters end or leave it. */
static char *
text_of (const WillisDicomElement *e)
{
  char *text = g_strndup ((const char *) e->value, MIN (e->length, (gsize) 4096));

  for (char *c = text; *c != '\0'; c++)
    if ((guchar) *c < 32 && *c != 27)
      *c = ' ';
  return g_strstrip (text);
}

/* The n-th of numbers separated by backslashes. */
static gboolean
decimals_of (const WillisDicomElement *e, int n, double *out)
{
  g_autofree char *text = text_of (e);
  g_auto (GStrv) parts = g_strsplit (text, "\\", n + 1);
  double values[6];

  if ((int) g_strv_length (parts) < n || n > 6)
    return FALSE;
  for (int k = 0; k < n; k++)
    {
      char *end = NULL, *word = g_strstrip (parts[k]);

      values[k] = g_ascii_strtod (word, &end);
      if (end == word || *end != '\0' || !isfinite (values[k]))
        return FALSE;
    }
  memcpy (out, values, sizeof (double) * (gsize) n);
  return TRUE;
}

static void
decimal_of (const WillisDicomElement *e, double *out)
{
  decimals_of (e, 1, out);
}

static int
integer_of (const WillisDicomElement *e)
{
  double value = 0;

  decimals_of (e, 1, &value);
  return fabs (value) < 2e9 ? (int) value : 0;
}

static int
short_of (const WillisDicomElement *e, const WillisDicomCursor *c)
{
  return e->length >= 2 ? willis_dicom_get16 (e->value, c->big_endian) : 0;
}

static int
long_of (const WillisDicomElement *e, const WillisDicomCursor *c)
{
  return e->length >= 4 ? (int) willis_dicom_get32 (e->value, c->big_endian) : 0;
}

static void
keep_text (char **slot, const WillisDicomElement *e)
{
  g_free (*slot);
  *slot = text_of (e);
}

/* ---- headers ---- */

static gboolean
take_frame_element (WillisDicomFrame *f, const WillisDicomElement *e, const WillisDicomCursor *c)
{
  double v[6];
  g_autofree char *text = NULL;

  switch (e->tag)
    {
    case 0x00200032: // image position (patient)
      f->has_position = decimals_of (e, 3, f->position_lps_mm);
      break;
    case 0x00200037: // image orientation (patient)
      f->has_orientation = decimals_of (e, 6, v);
      if (f->has_orientation)
        {
          vec3_copy (f->row_axis, v);
          vec3_copy (f->column_axis, v + 3);
        }
      break;
    case 0x00280030: // pixel spacing: between rows, between columns
      f->has_spacing = decimals_of (e, 2, v);
      if (f->has_spacing)
        {
          f->spacing_mm[0] = v[1];
          f->spacing_mm[1] = v[0];
        }
      break;
    case 0x00180050:
      decimal_of (e, &f->thickness_mm);
      break;
    case 0x00180088:
      decimal_of (e, &f->between_mm);
      break;
    case 0x00281052:
      decimal_of (e, &f->intercept);
      break;
    case 0x00281053:
      decimal_of (e, &f->slope);
      break;
    case 0x00200012:
      f->acquisition = integer_of (e);
      break;
    case 0x00209156: // frame acquisition number
      f->acquisition = short_of (e, c);
      break;
    case 0x00200100:
      f->temporal = integer_of (e);
      break;
    case 0x00209128: // temporal position index
      f->temporal = long_of (e, c);
      break;
    case 0x00180086:
      f->echo = integer_of (e);
      break;
    case 0x00181060:
      f->trigger_ms = integer_of (e);
      break;
    case 0x00209056: // stack
      f->stack = integer_of (e);
      break;
    case 0x00080032: // acquisition time, before content time
      text = text_of (e);
      g_strlcpy (f->time, text, sizeof f->time);
      break;
    case 0x00080033:
      text = text_of (e);
      if (f->time[0] == '\0')
        g_strlcpy (f->time, text, sizeof f->time);
      break;
    default:
      return FALSE;
    }
  return TRUE;
}

static char **
text_slot (WillisDicomFile *file, guint32 tag)
{
  switch (tag)
    {
    case 0x00080005:
      return &file->charset;
    case 0x00080008:
      return &file->image_type;
    case 0x00080016:
      return &file->sop_class;
    case 0x00080018:
      return &file->sop_uid;
    case 0x00080020:
      return &file->study_date;
    case 0x00080022:
      return &file->acquisition_date;
    case 0x00080030:
      return &file->study_time;
    case 0x00080060:
      return &file->modality;
    case 0x00080070:
      return &file->manufacturer;
    case 0x0008103E:
      return &file->description;
    case 0x00100010:
      return &file->patient_name;
    case 0x00100020:
      return &file->patient_id;
    case 0x00100030:
      return &file->patient_birth_date;
    case 0x00100040:
      return &file->patient_sex;
    case 0x00101010:
      return &file->patient_age;
    case 0x00180010:
      return &file->contrast;
    case 0x00181210:
      return &file->kernel;
    case 0x0020000D:
      return &file->study_uid;
    case 0x0020000E:
      return &file->series_uid;
    case 0x00200052:
      return &file->frame_of_reference;
    case 0x00280004:
      return &file->photometric;
    default:
      return NULL;
    }
}

static gboolean
take_file_element (WillisDicomFile *file, const WillisDicomElement *e, const WillisDicomCursor *c)
{
  char **slot = text_slot (file, e->tag);

  if (slot != NULL)
    {
      keep_text (slot, e);
      return TRUE;
    }
  switch (e->tag)
    {
    case 0x00200011:
      file->series_number = integer_of (e);
      break;
    case 0x00200013:
      file->instance = integer_of (e);
      break;
    case 0x00280002:
      file->samples = short_of (e, c);
      break;
    case 0x00280008:
      file->n_frames = integer_of (e);
      break;
    case 0x00280010:
      file->rows = short_of (e, c);
      break;
    case 0x00280011:
      file->columns = short_of (e, c);
      break;
    case 0x00280100:
      file->bits_allocated = short_of (e, c);
      break;
    case 0x00280101:
      file->bits_stored = short_of (e, c);
      break;
    case 0x00280102:
      file->high_bit = short_of (e, c);
      break;
    case 0x00280103:
      file->is_signed = short_of (e, c) == 1;
      break;
    case 0x00280120:
      file->has_padding = e->length >= 2;
      file->padding = (guint16) short_of (e, c);
      break;
    default:
      return FALSE;
    }
  return TRUE;
}

/* The sequences whose items tell of frames (PS3.3 C.7.6.16.2), and that of the reconstruction. */
static gboolean
is_frame_sequence (guint32 tag)
{
  switch (tag)
    {
    case 0x00209111: // frame content
    case 0x00209113: // plane position
    case 0x00209116: // plane orientation
    case 0x00289110: // pixel measures
    case 0x00289145: // pixel value transformation
    case 0x00189314: // CT reconstruction
      return TRUE;
    default:
      return FALSE;
    }
}

static WillisDicomCursor
inside (const WillisDicomElement *e, const WillisDicomCursor *c)
{
  WillisDicomCursor inner = { e->value, e->value + e->length, c->explicit_vr, c->big_endian };

  if (memcmp (e->vr, "UN", 2) == 0)
    inner.explicit_vr = inner.big_endian = FALSE;
  return inner;
}

/* All of one item of functional groups, into f. */
static gboolean
parse_groups (WillisDicomFile *file, WillisDicomFrame *f, WillisDicomCursor c, int depth, GError **error)
{
  WillisDicomElement e;
  GError *local = NULL;

  while (willis_dicom_next (&c, &e, &local))
    {
      if (depth < 4 && (e.tag == ITEM || is_frame_sequence (e.tag)))
        {
          if (!parse_groups (file, f, inside (&e, &c), depth + 1, error))
            return FALSE;
        }
      else if (e.tag == 0x00181210)
        keep_text (&file->kernel, &e);
      else
        take_frame_element (f, &e, &c);
    }
  if (local != NULL)
    g_propagate_error (error, local);
  return local == NULL;
}

static gboolean
parse_per_frame (WillisDicomFile *file, WillisDicomCursor c, GError **error)
{
  WillisDicomElement e;
  GError *local = NULL;
  int n = 0;

  if (file->n_frames < 1 || file->n_frames > MAX_FRAMES)
    return willis_fail (error, WILLIS_ERROR_BAD_FILE, _("its number of frames, %d, is not possible"), file->n_frames);
  g_free (file->frames);
  file->frames = g_new0 (WillisDicomFrame, file->n_frames);
  while (n < file->n_frames && willis_dicom_next (&c, &e, &local))
    {
      if (e.tag != ITEM)
        continue;
      file->frames[n] = file->shared;
      if (!parse_groups (file, &file->frames[n], inside (&e, &c), 0, error))
        return FALSE;
      n++;
    }
  if (local != NULL)
    {
      g_propagate_error (error, local);
      return FALSE;
    }
  if (n < file->n_frames)
    return willis_fail (error, WILLIS_ERROR_BAD_FILE, _("it describes %d of its %d frames"), n, file->n_frames);
  return TRUE;
}

static void
take_pixels (WillisDicomFile *file, const WillisDicomElement *e, const guint8 *base)
{
  file->pixels = e->tag == 0x7FE00010u ? WILLIS_DICOM_INTEGERS : WILLIS_DICOM_FLOATS;
  file->encapsulated = e->undefined;
  file->pixel_offset = (gsize) (e->value - base);
  file->pixel_length = e->length;
}

static gboolean
parse_data_set (WillisDicomFile *file, WillisDicomCursor c, const guint8 *base, GError **error)
{
  WillisDicomElement e;
  GError *local = NULL;

  while (willis_dicom_next (&c, &e, &local))
    {
      if (willis_dicom_is_pixels (e.tag))
        {
          take_pixels (file, &e, base);
          return TRUE;
        }
      if (e.tag == 0x52009229)
        {
          if (!parse_groups (file, &file->shared, inside (&e, &c), 0, error))
            return FALSE;
        }
      else if (e.tag == 0x52009230)
        {
          if (!parse_per_frame (file, inside (&e, &c), error))
            return FALSE;
        }
      else if (!take_file_element (file, &e, &c))
        take_frame_element (&file->shared, &e, &c);
    }
  if (local != NULL)
    g_propagate_error (error, local);
  return local == NULL;
}

/* ---- characters ---- */

static const char *
charset_of (const char *dicom)
{
  static const struct
  {
    const char *dicom, *iconv;
  } sets[] = {
    { "ISO_IR 192", "UTF-8" },          { "GB18030", "GB18030" },           { "GBK", "GBK" },
    { "ISO_IR 100", "ISO-8859-1" },     { "ISO_IR 101", "ISO-8859-2" },     { "ISO_IR 109", "ISO-8859-3" },
    { "ISO_IR 110", "ISO-8859-4" },     { "ISO_IR 144", "ISO-8859-5" },     { "ISO_IR 127", "ISO-8859-6" },
    { "ISO_IR 126", "ISO-8859-7" },     { "ISO_IR 138", "ISO-8859-8" },     { "ISO_IR 148", "ISO-8859-9" },
    { "ISO_IR 13", "SHIFT_JIS" },       { "ISO_IR 166", "TIS-620" },        { "ISO 2022 IR 100", "ISO-8859-1" },
    { "ISO 2022 IR 87", "ISO-2022-JP" }, { "ISO 2022 IR 149", "EUC-KR" },   { "ISO 2022 IR 58", "GB2312" },
  };

  for (gsize n = 0; dicom != NULL && n < G_N_ELEMENTS (sets); n++)
    if (strstr (dicom, sets[n].dicom) != NULL)
      return sets[n].iconv;
  return NULL;
}

static void
to_utf8 (char **text, const char *charset)
{
  char *utf8 = NULL;

  if (*text == NULL)
    return;
  if (charset != NULL && !g_str_is_ascii (*text))
    utf8 = g_convert (*text, -1, "UTF-8", charset, NULL, NULL, NULL);
  if (utf8 == NULL)
    utf8 = g_utf8_make_valid (*text, -1);
  g_free (*text);
  *text = utf8;
}

static void
finish_texts (WillisDicomFile *file)
{
  const char *charset = charset_of (file->charset);
  char **texts[] = { &file->transfer_syntax,
                     &file->sop_class,
                     &file->sop_uid,
                     &file->study_uid,
                     &file->series_uid,
                     &file->frame_of_reference,
                     &file->modality,
                     &file->description,
                     &file->image_type,
                     &file->study_date,
                     &file->study_time,
                     &file->acquisition_date,
                     &file->kernel,
                     &file->manufacturer,
                     &file->contrast,
                     &file->photometric,
                     &file->patient_name,
                     &file->patient_id,
                     &file->patient_birth_date,
                     &file->patient_sex,
                     &file->patient_age };

  for (gsize n = 0; n < G_N_ELEMENTS (texts); n++)
    to_utf8 (texts[n], charset);
}

/* ---- files ---- */

void
willis_dicom_file_free (WillisDicomFile *file)
{
  if (file == NULL)
    return;
  g_free (file->path);
  g_free (file->transfer_syntax);
  g_free (file->sop_class);
  g_free (file->sop_uid);
  g_free (file->study_uid);
  g_free (file->series_uid);
  g_free (file->frame_of_reference);
  g_free (file->modality);
  g_free (file->description);
  g_free (file->image_type);
  g_free (file->study_date);
  g_free (file->study_time);
  g_free (file->acquisition_date);
  g_free (file->kernel);
  g_free (file->manufacturer);
  g_free (file->contrast);
  g_free (file->photometric);
  g_free (file->patient_name);
  g_free (file->patient_id);
  g_free (file->patient_birth_date);
  g_free (file->patient_sex);
  g_free (file->patient_age);
  g_free (file->charset);
  g_free (file->frames);
  g_free (file);
}

/* Where the file meta information starts; *size_ok of a data set without any where there is no preamble. */
static gboolean
has_preamble (const guint8 *data, gsize size)
{
  return size >= 132 && memcmp (data + 128, "DICM", 4) == 0;
}

gboolean
willis_dicom_is (const guint8 *data, gsize size)
{
  guint16 group, element;

  if (has_preamble (data, size))
    return TRUE;
  if (size < 16)
    return FALSE;
  // a bare data set starts with a low element of group 2 or 8
  group = willis_dicom_get16 (data, FALSE);
  element = willis_dicom_get16 (data + 2, FALSE);
  if ((group != 2 && group != 8) || element > 0x20)
    return FALSE;
  return willis_dicom_is_vr (data + 4) ? willis_dicom_get16 (data + 6, FALSE) < 256 : willis_dicom_get32 (data + 4, FALSE) < 256;
}

/* The file meta information: always little endian with explicit representation. */
static gboolean
parse_meta (WillisDicomFile *file, const guint8 *data, gsize size, gsize *at, GError **error)
{
  WillisDicomCursor c = { data + *at, data + size, TRUE, FALSE };
  WillisDicomElement e;

  while (c.end - c.at >= 8 && willis_dicom_get16 (c.at, FALSE) == 2)
    {
      GError *local = NULL;

      if (!willis_dicom_next (&c, &e, &local))
        {
          if (local == NULL)
            return willis_dicom_damaged (0x00020000, error);
          g_propagate_error (error, local);
          return FALSE;
        }
      if (e.tag == 0x00020010)
        keep_text (&file->transfer_syntax, &e);
    }
  *at = (gsize) (c.at - data);
  return TRUE;
}

static gsize
data_set_start (const guint8 *data, gsize size)
{
  WillisDicomFile scratch = { 0 };
  gsize at = has_preamble (data, size) ? 132 : 0;

  parse_meta (&scratch, data, size, &at, NULL);
  g_free (scratch.transfer_syntax);
  return at;
}

static GBytes *
inflate_data_set (const guint8 *data, gsize size, gsize at, GError **error)
{
  guint64 total = willis_inflate_size (WILLIS_CODEC_DEFLATE, data + at, size - at, MAX_INFLATED);
  gsize got = 0;
  g_autofree guint8 *out = NULL;

  if (total == 0 || total >= MAX_INFLATED)
    {
      willis_fail (error, WILLIS_ERROR_BAD_FILE, _("its compressed data is damaged"));
      return NULL;
    }
  out = g_try_malloc (total);
  if (out == NULL)
    {
      willis_fail (error, WILLIS_ERROR_NO_MEMORY, _("not enough memory for %.1f GB"), (double) total / 1e9);
      return NULL;
    }
  if (!willis_inflate (WILLIS_CODEC_DEFLATE, data + at, size - at, 0, out, total, &got, error))
    return NULL;
  return g_bytes_new_take (g_steal_pointer (&out), got);
}

GBytes *
willis_dicom_bytes (GBytes *bytes, gboolean inflated, GError **error)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);

  return inflated ? inflate_data_set (data, size, data_set_start (data, size), error) : g_bytes_ref (bytes);
}

WillisDicomFile *
willis_dicom_parse (const guint8 *data, gsize size, GError **error)
{
  g_autoptr (WillisDicomFile) file = g_new0 (WillisDicomFile, 1);
  g_autoptr (GBytes) inflated = NULL;
  WillisDicomCursor c = { NULL, NULL, TRUE, FALSE };
  const guint8 *base = data;
  gsize at = has_preamble (data, size) ? 132 : 0;
  const char *syntax;

  file->shared.slope = 1;
  file->samples = 1;
  file->n_frames = 1;
  if (!willis_dicom_is (data, size))
    {
      willis_fail (error, WILLIS_ERROR_BAD_FILE, _("it is not a DICOM file"));
      return NULL;
    }
  if (!parse_meta (file, data, size, &at, error))
    return NULL;
  syntax = file->transfer_syntax != NULL ? file->transfer_syntax : "";
  if (strcmp (syntax, "1.2.840.10008.1.2.1.99") == 0)
    {
      inflated = inflate_data_set (data, size, at, error);
      if (inflated == NULL)
        return NULL;
      base = g_bytes_get_data (inflated, &size);
      at = 0;
      file->inflated = TRUE;
    }
  c.at = base + at;
  c.end = base + size;
  c.big_endian = strcmp (syntax, "1.2.840.10008.1.2.2") == 0;
  // many files lie about the representation: the letters tell
  c.explicit_vr = c.end - c.at >= 8 && willis_dicom_is_vr (c.at + 4);
  if (syntax[0] == '\0')
    {
      g_free (file->transfer_syntax);
      file->transfer_syntax = g_strdup (c.explicit_vr ? "1.2.840.10008.1.2.1" : "1.2.840.10008.1.2");
    }
  if (!parse_data_set (file, c, base, error))
    return NULL;
  finish_texts (file);
  if (file->n_frames < 1)
    file->n_frames = 1;
  return g_steal_pointer (&file);
}

const WillisDicomFrame *
willis_dicom_frame (const WillisDicomFile *file, int n)
{
  return file->frames != NULL ? &file->frames[n] : &file->shared;
}
