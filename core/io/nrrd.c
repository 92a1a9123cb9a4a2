/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Headers of NRRD. Source: the format's definition, teem.sourceforge.net/nrrd/format.html.
 */
#include <math.h>
#include <string.h>

#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/base/note.h"
#include "core/io/raw-image.h"
#include "core/num/vec3.h"

#define MAX_AXES 16

typedef struct
{
  int n_axes, space_dims;
  gint64 sizes[MAX_AXES];
  gboolean has_sizes, has_type, has_directions[MAX_AXES], any_directions, has_origin, has_spacings;
  double directions[MAX_AXES][3], origin[3], spacings[MAX_AXES], mins[MAX_AXES];
  gboolean spatial[MAX_AXES]; // what "kinds" says
  gboolean has_kinds;
  double sign[3];             // from the file's space to LPS
  gboolean known_space;
  gint64 byte_skip, line_skip;
  char *encoding;
} Nrrd;

static char **
words_of (const char *text)
{
  char **all = g_strsplit_set (text, " \t", -1);
  GPtrArray *kept = g_ptr_array_new ();

  for (char **w = all; *w != NULL; w++)
    if (**w != '\0')
      g_ptr_array_add (kept, *w);
    else
      g_free (*w);
  g_free (all);
  g_ptr_array_add (kept, NULL);
  return (char **) g_ptr_array_free (kept, FALSE);
}

static gboolean
fail_field (const char *field, GError **error)
{
  return willis_fail (error, WILLIS_ERROR_BAD_FILE, _("the field \"%s\" of its NRRD header makes no sense"), field);
}

static gboolean
number (const char *word, double *out)
{
  char *end = NULL;

  *out = g_ascii_strtod (word, &end);
  return end != word && *end == '\0';
}

/* "(x,y,z)" into up to three numbers; *n how many. */
static gboolean
vector (const char *word, double out[3], int *n)
{
  g_autofree char *inner = NULL;
  g_auto (GStrv) parts = NULL;
  gsize length = strlen (word);

  if (length < 3 || word[0] != '(' || word[length - 1] != ')')
    return FALSE;
  inner = g_strndup (word + 1, length - 2);
  parts = g_strsplit (inner, ",", -1);
  *n = (int) g_strv_length (parts);
  if (*n < 1 || *n > 3)
    return FALSE;
  for (int a = 0; a < *n; a++)
    if (!number (g_strstrip (parts[a]), &out[a]))
      return FALSE;
  return TRUE;
}

static gboolean
take_type (WillisRawImage *image, const char *value, GError **error)
{
  static const struct
  {
    const char *name;
    WillisRawType type;
  } types[] = {
    { "signed char", WILLIS_RAW_I8 }, { "int8", WILLIS_RAW_I8 }, { "int8_t", WILLIS_RAW_I8 },
    { "uchar", WILLIS_RAW_U8 }, { "unsigned char", WILLIS_RAW_U8 }, { "uint8", WILLIS_RAW_U8 },
    { "uint8_t", WILLIS_RAW_U8 }, { "short", WILLIS_RAW_I16 }, { "short int", WILLIS_RAW_I16 },
    { "signed short", WILLIS_RAW_I16 }, { "signed short int", WILLIS_RAW_I16 }, { "int16", WILLIS_RAW_I16 },
    { "int16_t", WILLIS_RAW_I16 }, { "ushort", WILLIS_RAW_U16 }, { "unsigned short", WILLIS_RAW_U16 },
    { "unsigned short int", WILLIS_RAW_U16 }, { "uint16", WILLIS_RAW_U16 }, { "uint16_t", WILLIS_RAW_U16 },
    { "int", WILLIS_RAW_I32 }, { "signed int", WILLIS_RAW_I32 }, { "int32", WILLIS_RAW_I32 },
    { "int32_t", WILLIS_RAW_I32 }, { "uint", WILLIS_RAW_U32 }, { "unsigned int", WILLIS_RAW_U32 },
    { "uint32", WILLIS_RAW_U32 }, { "uint32_t", WILLIS_RAW_U32 }, { "longlong", WILLIS_RAW_I64 },
    { "long long", WILLIS_RAW_I64 }, { "long long int", WILLIS_RAW_I64 }, { "signed long long", WILLIS_RAW_I64 },
    { "signed long long int", WILLIS_RAW_I64 }, { "int64", WILLIS_RAW_I64 }, { "int64_t", WILLIS_RAW_I64 },
    { "ulonglong", WILLIS_RAW_U64 }, { "unsigned long long", WILLIS_RAW_U64 },
    { "unsigned long long int", WILLIS_RAW_U64 }, { "uint64", WILLIS_RAW_U64 }, { "uint64_t", WILLIS_RAW_U64 },
    { "float", WILLIS_RAW_F32 }, { "double", WILLIS_RAW_F64 },
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
take_sizes (Nrrd *nrrd, const char *value, GError **error)
{
  g_auto (GStrv) words = words_of (value);

  if (nrrd->n_axes == 0 || (int) g_strv_length (words) != nrrd->n_axes)
    return fail_field ("sizes", error);
  for (int a = 0; a < nrrd->n_axes; a++)
    if (!g_ascii_string_to_signed (words[a], 10, 1, 65535, &nrrd->sizes[a], NULL))
      return willis_fail (error, WILLIS_ERROR_BAD_FILE, _("its sizes \"%s\" are not possible"), value);
  nrrd->has_sizes = TRUE;
  return TRUE;
}

static gboolean
take_numbers (const Nrrd *nrrd, const char *field, const char *value, double *out, GError **error)
{
  g_auto (GStrv) words = words_of (value);

  if (nrrd->n_axes == 0 || (int) g_strv_length (words) != nrrd->n_axes)
    return fail_field (field, error);
  for (int a = 0; a < nrrd->n_axes; a++)
    if (g_ascii_strcasecmp (words[a], "nan") == 0)
      out[a] = NAN;
    else if (!number (words[a], &out[a]))
      return fail_field (field, error);
  return TRUE;
}

/* Vectors may hold spaces after their commas: close them up first. */
static char *
without_inner_spaces (const char *value)
{
  GString *out = g_string_new (NULL);
  gboolean inside = FALSE;

  for (const char *c = value; *c != '\0'; c++)
    {
      if (*c == '(')
        inside = TRUE;
      if (*c == ')')
        inside = FALSE;
      if (!inside || !g_ascii_isspace (*c))
        g_string_append_c (out, *c);
      if (*c == ')')
        g_string_append_c (out, ' ');
    }
  return g_string_free (out, FALSE);
}

static gboolean
take_directions (Nrrd *nrrd, const char *value, GError **error)
{
  g_autofree char *closed = without_inner_spaces (value);
  g_auto (GStrv) words = words_of (closed);

  if (nrrd->n_axes == 0 || (int) g_strv_length (words) != nrrd->n_axes)
    return fail_field ("space directions", error);
  for (int a = 0; a < nrrd->n_axes; a++)
    {
      int n = 0;

      if (strcmp (words[a], "none") == 0)
        continue;
      if (!vector (words[a], nrrd->directions[a], &n) || n != 3)
        return fail_field ("space directions", error);
      nrrd->has_directions[a] = nrrd->any_directions = TRUE;
    }
  return TRUE;
}

static gboolean
take_space (Nrrd *nrrd, WillisRawImage *image, const char *value, GError **error)
{
  static const struct
  {
    const char *name, *short_name;
    double sign[3];
  } spaces[] = {
    { "left-posterior-superior", "lps", { 1, 1, 1 } },
    { "right-anterior-superior", "ras", { -1, -1, 1 } },
    { "left-anterior-superior", "las", { 1, -1, 1 } },
    { "left-posterior-superior-time", "lpst", { 1, 1, 1 } },
    { "right-anterior-superior-time", "rast", { -1, -1, 1 } },
    { "left-anterior-superior-time", "last", { 1, -1, 1 } },
  };
  g_autofree char *lower = g_ascii_strdown (value, -1);

  for (gsize n = 0; n < G_N_ELEMENTS (spaces); n++)
    if (strcmp (spaces[n].name, lower) == 0 || strcmp (spaces[n].short_name, lower) == 0)
      {
        vec3_copy (nrrd->sign, spaces[n].sign);
        nrrd->known_space = TRUE;
        return TRUE;
      }
  if (strstr (lower, "left-handed") != NULL)
    {
      vec3_set (nrrd->sign, 1, 1, -1);
      return TRUE;
    }
  if (strstr (lower, "scanner-xyz") != NULL || strstr (lower, "3d-right-handed") != NULL)
    return TRUE;
  return fail_field ("space", error);
}

static gboolean
take_kinds (Nrrd *nrrd, const char *value, GError **error)
{
  g_auto (GStrv) words = words_of (value);

  if (nrrd->n_axes == 0 || (int) g_strv_length (words) != nrrd->n_axes)
    return fail_field ("kinds", error);
  nrrd->has_kinds = TRUE;
  for (int a = 0; a < nrrd->n_axes; a++)
    nrrd->spatial[a] = strcmp (words[a], "domain") == 0 || strcmp (words[a], "space") == 0
                       || strcmp (words[a], "???") == 0 || strcmp (words[a], "none") == 0;
  return TRUE;
}

static gboolean
take_data_file (WillisRawImage *image, const char *value, GError **error)
{
  g_auto (GStrv) words = words_of (value);
  guint n = g_strv_length (words);

  if (n == 0 || strcmp (words[0], "LIST") == 0 || strchr (value, '%') != NULL)
    return willis_fail (error, WILLIS_ERROR_UNSUPPORTED, _("lists of data files are not supported"));
  g_strfreev (image->data_files);
  image->data_files = g_new0 (char *, 2);
  image->data_files[0] = g_strdup (value);
  return TRUE;
}

static gboolean
take_integer (const char *field, const char *value, gint64 lo, gint64 *out, GError **error)
{
  return g_ascii_string_to_signed (value, 10, lo, G_MAXINT64 / 2, out, NULL) || fail_field (field, error);
}

static gboolean
take_field (Nrrd *nrrd, WillisRawImage *image, const char *field, const char *value, GError **error)
{
  gint64 integer;
  int n = 0;

  if (strcmp (field, "type") == 0)
    return nrrd->has_type = take_type (image, value, error);
  if (strcmp (field, "dimension") == 0)
    {
      if (!g_ascii_string_to_signed (value, 10, 1, MAX_AXES, &integer, NULL))
        return fail_field (field, error);
      nrrd->n_axes = (int) integer;
      return TRUE;
    }
  if (strcmp (field, "sizes") == 0)
    return take_sizes (nrrd, value, error);
  if (strcmp (field, "spacings") == 0)
    return nrrd->has_spacings = take_numbers (nrrd, field, value, nrrd->spacings, error);
  if (strcmp (field, "axis mins") == 0 || strcmp (field, "axismins") == 0)
    return take_numbers (nrrd, field, value, nrrd->mins, error);
  if (strcmp (field, "space") == 0)
    return take_space (nrrd, image, value, error);
  if (strcmp (field, "space directions") == 0)
    return take_directions (nrrd, value, error);
  if (strcmp (field, "space origin") == 0)
    {
      g_autofree char *closed = without_inner_spaces (value);

      nrrd->has_origin = vector (g_strstrip (closed), nrrd->origin, &n) && n == 3;
      return nrrd->has_origin || fail_field (field, error);
    }
  if (strcmp (field, "kinds") == 0)
    return take_kinds (nrrd, value, error);
  if (strcmp (field, "endian") == 0)
    {
      image->format.big_endian = strcmp (value, "big") == 0;
      return strcmp (value, "big") == 0 || strcmp (value, "little") == 0 || fail_field (field, error);
    }
  if (strcmp (field, "encoding") == 0)
    {
      g_free (nrrd->encoding);
      nrrd->encoding = g_ascii_strdown (value, -1);
      return TRUE;
    }
  if (strcmp (field, "byte skip") == 0 || strcmp (field, "byteskip") == 0)
    return take_integer (field, value, -1, &nrrd->byte_skip, error);
  if (strcmp (field, "line skip") == 0 || strcmp (field, "lineskip") == 0)
    return take_integer (field, value, 0, &nrrd->line_skip, error);
  if (strcmp (field, "data file") == 0 || strcmp (field, "datafile") == 0)
    return take_data_file (image, value, error);
  if (strcmp (field, "content") == 0)
    {
      g_free (image->description);
      image->description = g_utf8_make_valid (value, -1);
    }
  return TRUE; // others do not matter here
}

/* One line of the header: "field: value", a comment, or "key:=value". */
static gboolean
take_line (Nrrd *nrrd, WillisRawImage *image, char *line, GError **error)
{
  char *colon;
  g_autofree char *field = NULL;

  if (line[0] == '#' || strstr (line, ":=") != NULL)
    return TRUE;
  colon = strstr (line, ": ");
  if (colon == NULL)
    {
      colon = strchr (line, ':');
      if (colon == NULL)
        return willis_fail (error, WILLIS_ERROR_BAD_FILE, _("its NRRD header holds a line that is no field"));
    }
  *colon = '\0';
  field = g_ascii_strdown (line, -1);
  return take_field (nrrd, image, g_strstrip (field), g_strstrip (colon + 1), error);
}

static gboolean
set_encoding (const Nrrd *nrrd, WillisRawImage *image, GError **error)
{
  const char *e = nrrd->encoding != NULL ? nrrd->encoding : "";

  if (strcmp (e, "raw") == 0)
    image->codec = WILLIS_CODEC_RAW;
  else if (strcmp (e, "gzip") == 0 || strcmp (e, "gz") == 0)
    image->codec = WILLIS_CODEC_GZIP;
  else if (strcmp (e, "bzip2") == 0 || strcmp (e, "bz2") == 0)
    image->codec = WILLIS_CODEC_BZIP2;
  else if (strcmp (e, "ascii") == 0 || strcmp (e, "txt") == 0 || strcmp (e, "text") == 0)
    image->text = TRUE;
  else
    return willis_fail (error, WILLIS_ERROR_UNSUPPORTED, _("its encoding is not supported"));
  image->skip = image->text ? 0 : nrrd->byte_skip;
  image->skip_lines = (int) MIN (nrrd->line_skip, 1000000);
  return TRUE;
}

/* Finds the three axes of space; what is left over must lie outside them (time) or have one sample. */
static gboolean
set_axes (const Nrrd *nrrd, WillisRawImage *image, int axis[3], GError **error)
{
  int n = 0;

  for (int a = 0; a < nrrd->n_axes; a++)
    {
      gboolean spatial = nrrd->any_directions ? nrrd->has_directions[a] : !nrrd->has_kinds || nrrd->spatial[a];

      if (spatial && n < 3)
        {
          image->dims[n] = (int) nrrd->sizes[a];
          axis[n++] = a;
        }
      else if (n < 3 && nrrd->sizes[a] > 1)
        return willis_fail (error, WILLIS_ERROR_UNSUPPORTED, _("it holds %d values for each voxel, not a scan"),
                            (int) nrrd->sizes[a]);
      else
        image->n_parts *= nrrd->sizes[a];
      if (image->n_parts > 100000)
        return willis_fail (error, WILLIS_ERROR_BAD_FILE, _("it claims too many volumes"));
    }
  if (n < 3)
    return willis_fail (error, WILLIS_ERROR_UNSUPPORTED, _("it has %d dimensions in space, a scan has three"), n);
  return TRUE;
}

static gboolean
set_place (const Nrrd *nrrd, WillisRawImage *image, const int axis[3], GError **error)
{
  gboolean assumed = FALSE;

  for (int c = 0; c < 3; c++)
    {
      int a = axis[c];

      if (nrrd->any_directions)
        for (int k = 0; k < 3; k++)
          image->axis_lps_mm[c][k] = nrrd->sign[k] * nrrd->directions[a][k];
      else
        {
          double spacing = nrrd->has_spacings && isfinite (nrrd->spacings[a]) ? nrrd->spacings[a] : 1;

          assumed = assumed || (nrrd->has_spacings && !isfinite (nrrd->spacings[a]));
          image->axis_lps_mm[c][c] = nrrd->sign[c] * spacing;
          image->origin_lps_mm[c] = isfinite (nrrd->mins[a]) ? nrrd->sign[c] * nrrd->mins[a] : 0;
        }
      if (nrrd->has_origin)
        image->origin_lps_mm[c] = nrrd->sign[c] * nrrd->origin[c];
    }
  image->spacing_missing = !nrrd->any_directions && (!nrrd->has_spacings || assumed);
  if (!nrrd->any_directions || !nrrd->known_space)
    willis_note_add (image->warnings, WILLIS_NOTE_NO_PLACE);
  return TRUE;
}

static gboolean
parse_header (Nrrd *nrrd, const guint8 *data, gsize size, WillisRawImage *image, GError **error)
{
  const char *at = (const char *) data, *stop = at + size;
  int axis[3];

  for (int n = 0; at < stop; n++)
    {
      const char *end = memchr (at, '\n', (gsize) (stop - at));
      g_autofree char *line = g_strndup (at, (gsize) ((end != NULL ? end : stop) - at));

      at = end != NULL ? end + 1 : stop;
      g_strchomp (line);
      if (n == 0)
        {
          if (strlen (line) != 8 || !g_str_has_prefix (line, "NRRD000") || line[7] < '1' || line[7] > '6')
            return willis_fail (error, WILLIS_ERROR_BAD_FILE, _("it is not an NRRD file"));
        }
      else if (line[0] == '\0')
        break;
      else if (!take_line (nrrd, image, line, error))
        return FALSE;
    }
  image->offset = image->data_files != NULL ? 0 : (gsize) (at - (const char *) data);
  if (!nrrd->has_type || !nrrd->has_sizes)
    return willis_fail (error, WILLIS_ERROR_BAD_FILE, _("its NRRD header lacks type or sizes"));
  return set_encoding (nrrd, image, error) && set_axes (nrrd, image, axis, error)
         && set_place (nrrd, image, axis, error);
}

gboolean
willis_nrrd_parse (const guint8 *data, gsize size, WillisRawImage *image, GError **error)
{
  Nrrd nrrd = { .sign = { 1, 1, 1 } };
  gboolean ok = parse_header (&nrrd, data, MIN (size, (gsize) 1 << 24), image, error);

  g_free (nrrd.encoding);
  return ok;
}
