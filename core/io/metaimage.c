/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Headers of MetaImage (.mha, .mhd). Source: the MetaIO documentation and ITK's reader: each line of TransformMatrix
 * is the direction of one index axis; coordinates are LPS.
 */
#include <math.h>
#include <string.h>

#include "core/base/error.h"
#include "core/base/note.h"
#include "core/base/i18n.h"
#include "core/io/raw-image.h"
#include "core/num/vec3.h"

#define MAX_AXES 8

typedef struct
{
  int n_axes;
  gint64 sizes[MAX_AXES];
  double matrix[MAX_AXES * MAX_AXES], offset[MAX_AXES], spacing[MAX_AXES], size[MAX_AXES];
  gboolean has_sizes, has_type, has_matrix, has_spacing, has_size, compressed, ascii;
  gint64 header_size, channels;
  char *data_file;
} Meta;

static gboolean
fail_key (const char *key, GError **error)
{
  return willis_fail (error, WILLIS_ERROR_BAD_FILE, _("the value of \"%s\" in its MetaImage header makes no sense"),
                      key);
}

/* Exactly n numbers, or n_less where that is enough. */
static gboolean
numbers (const char *key, const char *value, int n, double *out, GError **error)
{
  const char *at = value;

  for (int k = 0; k < n; k++)
    {
      char *end = NULL;

      out[k] = g_ascii_strtod (at, &end);
      if (end == at || !isfinite (out[k]))
        return fail_key (key, error);
      at = end;
    }
  return TRUE;
}

static gboolean
is_true (const char *value)
{
  return g_ascii_strcasecmp (value, "true") == 0 || strcmp (value, "1") == 0;
}

static gboolean
take_type (WillisRawImage *image, const char *value, GError **error)
{
  static const struct
  {
    const char *name;
    WillisRawType type;
  } types[] = {
    { "MET_CHAR", WILLIS_RAW_I8 },       { "MET_UCHAR", WILLIS_RAW_U8 },      { "MET_SHORT", WILLIS_RAW_I16 },
    { "MET_USHORT", WILLIS_RAW_U16 },    { "MET_INT", WILLIS_RAW_I32 },       { "MET_UINT", WILLIS_RAW_U32 },
    { "MET_LONG", WILLIS_RAW_I32 },      { "MET_ULONG", WILLIS_RAW_U32 },     { "MET_LONG_LONG", WILLIS_RAW_I64 },
    { "MET_ULONG_LONG", WILLIS_RAW_U64 }, { "MET_FLOAT", WILLIS_RAW_F32 },    { "MET_DOUBLE", WILLIS_RAW_F64 },
  };

  for (gsize n = 0; n < G_N_ELEMENTS (types); n++)
    if (strcmp (types[n].name, value) == 0)
      {
        image->format.type = types[n].type;
        return TRUE;
      }
  return willis_fail (error, WILLIS_ERROR_UNSUPPORTED, _("its voxel type is not supported"));
}

static gboolean
take_sizes (Meta *meta, const char *key, const char *value, GError **error)
{
  const char *at = value;

  if (meta->n_axes == 0)
    return fail_key (key, error);
  for (int a = 0; a < meta->n_axes; a++)
    {
      char *end = NULL;

      meta->sizes[a] = g_ascii_strtoll (at, &end, 10);
      if (end == at || meta->sizes[a] < 1 || meta->sizes[a] > 65535)
        return willis_fail (error, WILLIS_ERROR_BAD_FILE, _("its sizes \"%s\" are not possible"), value);
      at = end;
    }
  return meta->has_sizes = TRUE;
}

static gboolean
take_key (Meta *meta, WillisRawImage *image, const char *key, const char *value, GError **error)
{
  gint64 n;

  if (strcmp (key, "ObjectType") == 0)
    return g_ascii_strcasecmp (value, "Image") == 0
           || willis_fail (error, WILLIS_ERROR_UNSUPPORTED, _("it is a MetaIO file of another kind than image"));
  if (strcmp (key, "NDims") == 0)
    {
      if (!g_ascii_string_to_signed (value, 10, 1, MAX_AXES, &n, NULL))
        return fail_key (key, error);
      meta->n_axes = (int) n;
      return TRUE;
    }
  if (strcmp (key, "DimSize") == 0)
    return take_sizes (meta, key, value, error);
  if (strcmp (key, "ElementType") == 0)
    return meta->has_type = take_type (image, value, error);
  if (strcmp (key, "ElementSpacing") == 0)
    return meta->has_spacing = numbers (key, value, meta->n_axes, meta->spacing, error);
  if (strcmp (key, "ElementSize") == 0)
    return meta->has_size = numbers (key, value, meta->n_axes, meta->size, error);
  if (strcmp (key, "Offset") == 0 || strcmp (key, "Position") == 0 || strcmp (key, "Origin") == 0)
    return numbers (key, value, meta->n_axes, meta->offset, error);
  if (strcmp (key, "TransformMatrix") == 0 || strcmp (key, "Rotation") == 0 || strcmp (key, "Orientation") == 0)
    return meta->has_matrix = numbers (key, value, meta->n_axes * meta->n_axes, meta->matrix, error);
  if (strcmp (key, "BinaryDataByteOrderMSB") == 0 || strcmp (key, "ElementByteOrderMSB") == 0)
    image->format.big_endian = is_true (value);
  else if (strcmp (key, "BinaryData") == 0)
    meta->ascii = !is_true (value);
  else if (strcmp (key, "CompressedData") == 0)
    meta->compressed = is_true (value);
  else if (strcmp (key, "HeaderSize") == 0)
    return g_ascii_string_to_signed (value, 10, -1, G_MAXINT64 / 2, &meta->header_size, NULL) || fail_key (key, error);
  else if (strcmp (key, "ElementNumberOfChannels") == 0)
    return g_ascii_string_to_signed (value, 10, 1, 1000, &meta->channels, NULL) || fail_key (key, error);
  else if (strcmp (key, "Modality") == 0)
    {
      const char *known[] = { "MET_MOD_CT", "MET_MOD_MR" };

      for (gsize k = 0; k < G_N_ELEMENTS (known); k++)
        if (strcmp (value, known[k]) == 0)
          {
            g_free (image->modality);
            image->modality = g_strdup (known[k] + strlen ("MET_MOD_"));
          }
    }
  else if (strcmp (key, "ElementDataFile") == 0)
    {
      g_free (meta->data_file);
      meta->data_file = g_strdup (value);
    }
  return TRUE;
}

static gboolean
parse_lines (Meta *meta, const guint8 *data, gsize size, WillisRawImage *image, GError **error)
{
  const char *at = (const char *) data, *stop = at + size;

  while (at < stop && meta->data_file == NULL)
    {
      const char *end = memchr (at, '\n', (gsize) (stop - at));
      g_autofree char *line = g_strndup (at, (gsize) ((end != NULL ? end : stop) - at));
      char *equals = strchr (line, '=');

      at = end != NULL ? end + 1 : stop;
      g_strstrip (line);
      if (line[0] == '\0')
        continue;
      equals = strchr (line, '=');
      if (equals == NULL)
        return willis_fail (error, WILLIS_ERROR_BAD_FILE, _("its MetaImage header holds a line that is no field"));
      *equals = '\0';
      if (!take_key (meta, image, g_strchomp (line), g_strstrip (equals + 1), error))
        return FALSE;
    }
  image->offset = (gsize) (at - (const char *) data);
  if (!meta->has_sizes || !meta->has_type || meta->data_file == NULL)
    return willis_fail (error, WILLIS_ERROR_BAD_FILE, _("its MetaImage header lacks sizes, type or data"));
  return TRUE;
}

static gboolean
set_data (const Meta *meta, WillisRawImage *image, GError **error)
{
  image->text = meta->ascii;
  image->codec = meta->compressed ? WILLIS_CODEC_GZIP : WILLIS_CODEC_RAW;
  image->skip = meta->header_size;
  if (g_ascii_strcasecmp (meta->data_file, "LOCAL") == 0)
    return TRUE;
  if (g_str_has_prefix (meta->data_file, "LIST") || strchr (meta->data_file, '%') != NULL)
    return willis_fail (error, WILLIS_ERROR_UNSUPPORTED, _("lists of data files are not supported"));
  image->offset = 0;
  image->data_files = g_new0 (char *, 2);
  image->data_files[0] = g_strdup (meta->data_file);
  return TRUE;
}

static gboolean
set_place (const Meta *meta, WillisRawImage *image, GError **error)
{
  const double *spacing = meta->has_spacing ? meta->spacing : meta->size;
  int n = meta->n_axes;

  if (n < 3)
    return willis_fail (error, WILLIS_ERROR_UNSUPPORTED, _("it has %d dimensions in space, a scan has three"), n);
  if (meta->channels > 1)
    return willis_fail (error, WILLIS_ERROR_UNSUPPORTED, _("it holds %d values for each voxel, not a scan"),
                        (int) meta->channels);
  image->spacing_missing = !meta->has_spacing && !meta->has_size;
  if (!meta->has_matrix)
    willis_note_add (image->warnings, WILLIS_NOTE_NO_PLACE);
  for (int c = 0; c < 3; c++)
    {
      double step = meta->has_spacing || meta->has_size ? spacing[c] : 1;

      image->dims[c] = (int) meta->sizes[c];
      image->origin_lps_mm[c] = meta->offset[c];
      if (!(step > 0))
        return willis_fail (error, WILLIS_ERROR_BAD_FILE,
                            _("its voxel spacing of %g mm along axis %d is not possible"), step, c + 1);
      for (int k = 0; k < 3; k++)
        image->axis_lps_mm[c][k] = step * (meta->has_matrix ? meta->matrix[c * n + k] : c == k);
    }
  for (int a = 3; a < n; a++)
    {
      image->n_parts *= meta->sizes[a];
      if (image->n_parts > 100000)
        return willis_fail (error, WILLIS_ERROR_BAD_FILE, _("it claims too many volumes"));
    }
  return TRUE;
}

gboolean
willis_metaimage_parse (const guint8 *data, gsize size, WillisRawImage *image, GError **error)
{
  Meta meta = { .channels = 1 };
  gboolean ok = parse_lines (&meta, data, MIN (size, (gsize) 1 << 20), image, error) && set_data (&meta, image, error)
                && set_place (&meta, image, error);

  g_free (meta.data_file);
  return ok;
}
