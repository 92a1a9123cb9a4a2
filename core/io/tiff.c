/* SPDX-License-Identifier: Apache-2.0 */
#include "core/io/tiff.h"

#include <math.h>
#include <string.h>
#include <tiffio.h>

#include "core/base/error.h"
#include "core/base/i18n.h"

#define MAX_PAGES 65535

/* ---- a file in memory ---- */

typedef struct
{
  const guint8 *data;
  toff_t size, at;
} Memory;

static tmsize_t
memory_read (thandle_t handle, void *out, tmsize_t n)
{
  Memory *m = handle;
  toff_t left = m->at < m->size ? m->size - m->at : 0;

  n = (tmsize_t) MIN ((toff_t) MAX (n, 0), left);
  memcpy (out, m->data + (n > 0 ? m->at : 0), (gsize) n);
  m->at += (toff_t) n;
  return n;
}

static tmsize_t
memory_write (thandle_t handle, void *in, tmsize_t n)
{
  return 0;
}

static toff_t
memory_seek (thandle_t handle, toff_t offset, int whence)
{
  Memory *m = handle;

  m->at = whence == SEEK_SET ? offset : whence == SEEK_CUR ? m->at + offset : m->size + offset;
  return m->at;
}

static int
memory_close (thandle_t handle)
{
  return 0;
}

static toff_t
memory_size (thandle_t handle)
{
  return ((Memory *) handle)->size;
}

static int
be_quiet (TIFF *tiff, void *data, const char *module, const char *format, va_list args)
{
  return 1;
}

static TIFF *
open_memory (Memory *memory, GError **error)
{
  TIFFOpenOptions *options = TIFFOpenOptionsAlloc ();
  TIFF *tiff;

  TIFFOpenOptionsSetErrorHandlerExtR (options, be_quiet, NULL);
  TIFFOpenOptionsSetWarningHandlerExtR (options, be_quiet, NULL);
  TIFFOpenOptionsSetMaxSingleMemAlloc (options, (tmsize_t) 1 << 30);
  tiff = TIFFClientOpenExt ("scan", "rm", memory, memory_read, memory_write, memory_seek, memory_close, memory_size,
                            NULL, NULL, options);
  TIFFOpenOptionsFree (options);
  if (tiff == NULL)
    willis_fail (error, WILLIS_ERROR_BAD_FILE, _("its TIFF header is damaged"));
  return tiff;
}

/* ---- what the pages say ---- */

static gboolean
is_thumbnail (TIFF *tiff)
{
  guint32 kind = 0;

  return TIFFGetField (tiff, TIFFTAG_SUBFILETYPE, &kind) && (kind & (FILETYPE_REDUCEDIMAGE | FILETYPE_MASK)) != 0;
}

static gboolean
set_type (WillisTiff *t, int bits, int format, GError **error)
{
  gboolean is_float = format == SAMPLEFORMAT_IEEEFP, is_signed = format == SAMPLEFORMAT_INT;

  t->bits = bits;
  if (bits == 32 && is_float)
    t->type = WILLIS_RAW_F32;
  else if (bits == 64 && is_float)
    t->type = WILLIS_RAW_F64;
  else if (is_float || format == SAMPLEFORMAT_COMPLEXINT || format == SAMPLEFORMAT_COMPLEXIEEEFP)
    return willis_fail (error, WILLIS_ERROR_UNSUPPORTED, _("its pixels of %d bits are not supported"), bits);
  else if (bits == 8)
    t->type = is_signed ? WILLIS_RAW_I8 : WILLIS_RAW_U8;
  else if (bits == 16)
    t->type = is_signed ? WILLIS_RAW_I16 : WILLIS_RAW_U16;
  else if (bits == 32)
    t->type = is_signed ? WILLIS_RAW_I32 : WILLIS_RAW_U32;
  else if (bits == 64)
    t->type = is_signed ? WILLIS_RAW_I64 : WILLIS_RAW_U64;
  else if (bits >= 1 && bits < 16 && !is_signed)
    t->type = WILLIS_RAW_U16;
  else
    return willis_fail (error, WILLIS_ERROR_UNSUPPORTED, _("its pixels of %d bits are not supported"), bits);
  return TRUE;
}

/* The page the library stands at. */
static gboolean
parse_page (TIFF *tiff, WillisTiff *page, GError **error)
{
  guint32 width = 0, height = 0;
  guint16 bits = 1, samples = 1, format = SAMPLEFORMAT_UINT, photometric = PHOTOMETRIC_MINISBLACK;

  TIFFGetField (tiff, TIFFTAG_IMAGEWIDTH, &width);
  TIFFGetField (tiff, TIFFTAG_IMAGELENGTH, &height);
  TIFFGetFieldDefaulted (tiff, TIFFTAG_BITSPERSAMPLE, &bits);
  TIFFGetFieldDefaulted (tiff, TIFFTAG_SAMPLESPERPIXEL, &samples);
  TIFFGetFieldDefaulted (tiff, TIFFTAG_SAMPLEFORMAT, &format);
  TIFFGetField (tiff, TIFFTAG_PHOTOMETRIC, &photometric);
  if (width < 1 || height < 1 || width > 65535 || height > 65535)
    return willis_fail (error, WILLIS_ERROR_BAD_FILE, _("its size of %u x %u pixels is not possible"), width, height);
  if (samples != 1 || (photometric != PHOTOMETRIC_MINISBLACK && photometric != PHOTOMETRIC_MINISWHITE))
    return willis_fail (error, WILLIS_ERROR_UNSUPPORTED, _("it holds colours, not a scan"));
  page->width = (int) width;
  page->height = (int) height;
  page->inverted = photometric == PHOTOMETRIC_MINISWHITE;
  return set_type (page, bits, format, error);
}

/* The numbers behind "key=" at the start of a line. */
static gboolean
line_numbers (const char *text, const char *key, int n, double *out)
{
  const char *at = text;
  gsize length = strlen (key);

  while (at != NULL)
    {
      if (g_str_has_prefix (at, key) && at[length] == '=')
        {
          double values[9];
          const char *p = at + length + 1;

          for (int k = 0; k < n; k++)
            {
              char *end = NULL;

              values[k] = g_ascii_strtod (p, &end);
              if (end == p || !isfinite (values[k]))
                return FALSE;
              p = end;
            }
          memcpy (out, values, sizeof (double) * (gsize) n);
          return TRUE;
        }
      at = strchr (at, '\n');
      at = at != NULL ? at + 1 : NULL;
    }
  return FALSE;
}

static double
unit_in_mm (const char *unit)
{
  if (g_str_has_prefix (unit, "mm") || g_str_has_prefix (unit, "millimet"))
    return 1;
  if (g_str_has_prefix (unit, "um") || g_str_has_prefix (unit, "micron") || g_str_has_prefix (unit, "\\u00B5m")
      || g_str_has_prefix (unit, "\302\265m") || g_str_has_prefix (unit, "\265m"))
    return 1e-3;
  if (g_str_has_prefix (unit, "cm"))
    return 10;
  if (g_str_has_prefix (unit, "inch"))
    return 25.4;
  return 0;
}

/* ImageJ writes pixels per unit into the resolution and the distance of slices into its description. */
static gboolean
imagej_spacing (TIFF *tiff, const char *text, double spacing[3])
{
  const char *unit = strstr (text, "unit=");
  double mm = unit != NULL ? unit_in_mm (unit + 5) : 0, step;
  float x = 0, y = 0;

  if (!g_str_has_prefix (text, "ImageJ=") || mm == 0 || !line_numbers (text, "spacing", 1, &step)
      || !TIFFGetField (tiff, TIFFTAG_XRESOLUTION, &x) || !TIFFGetField (tiff, TIFFTAG_YRESOLUTION, &y) || !(x > 0)
      || !(y > 0))
    return FALSE;
  spacing[0] = mm / (double) x;
  spacing[1] = mm / (double) y;
  spacing[2] = mm * fabs (step);
  return TRUE;
}

/* OME-XML: PhysicalSizeX="0.5" PhysicalSizeXUnit="mm", micrometres where no unit stands. */
static gboolean
ome_spacing (const char *text, double spacing[3])
{
  for (int a = 0; a < 3; a++)
    {
      const char key[] = { 'P', 'h', 'y', 's', 'i', 'c', 'a', 'l', 'S', 'i', 'z', 'e', "XYZ"[a], '=', '"', '\0' };
      const char unit_key[] = { 'P', 'h', 'y', 's', 'i', 'c', 'a', 'l', 'S', 'i', 'z', 'e', "XYZ"[a], 'U', 'n', 'i',
                                't', '=', '"', '\0' };
      const char *at = strstr (text, key), *unit = strstr (text, unit_key);
      double mm = unit != NULL ? unit_in_mm (unit + sizeof unit_key - 1) : 1e-3;

      if (at == NULL || mm == 0)
        return FALSE;
      spacing[a] = mm * g_ascii_strtod (at + sizeof key - 1, NULL);
      if (!(spacing[a] > 0) || !isfinite (spacing[a]))
        return FALSE;
    }
  return TRUE;
}

/* Fills where the pages lie; the number of pages that the text speaks of, 0 where it does not. */
static int
parse_place (TIFF *tiff, WillisTiff *t)
{
  char *raw = NULL;
  g_autofree char *text = NULL;
  double n = 0;

  if (!TIFFGetField (tiff, TIFFTAG_IMAGEDESCRIPTION, &raw) || raw == NULL)
    return 0;
  text = g_strndup (raw, 1 << 16);
  t->has_spacing = line_numbers (text, "willis_spacing_mm", 3, t->spacing_mm);
  t->has_place = t->has_spacing && line_numbers (text, "willis_origin_lps_mm", 3, t->origin_lps_mm)
                 && line_numbers (text, "willis_direction", 9, t->direction);
  if (!t->has_spacing)
    t->has_spacing = imagej_spacing (tiff, text, t->spacing_mm) || ome_spacing (text, t->spacing_mm);
  if (g_str_has_prefix (text, "ImageJ=") && line_numbers (text, "images", 1, &n))
    return (int) CLAMP (n, 0, 1e6);
  return 0;
}

gboolean
willis_tiff_parse (const guint8 *data, gsize size, WillisTiff *t, GError **error)
{
  Memory memory = { data, size, 0 };
  TIFF *tiff = open_memory (&memory, error);
  gboolean ok = tiff != NULL, last = FALSE;
  int n_seen = 0, n_said = 0;

  memset (t, 0, sizeof *t);
  if (!ok)
    return FALSE;
  do
    {
      WillisTiff page = { 0 };

      last = TIFFLastDirectory (tiff);
      if (is_thumbnail (tiff))
        continue;
      ok = parse_page (tiff, &page, error);
      if (ok && t->n_pages == 0)
        {
          *t = page;
          n_said = parse_place (tiff, t);
        }
      else if (ok && (page.width != t->width || page.height != t->height || page.type != t->type || page.bits != t->bits))
        ok = willis_fail (error, WILLIS_ERROR_BAD_INPUT, _("its pages differ in size or type"));
      t->n_pages++;
    }
  while (ok && !last && ++n_seen < MAX_PAGES && TIFFReadDirectory (tiff));
  // fewer slices than were written would look like a whole scan
  if (ok && (!last || (n_said > 0 && t->n_pages != n_said)))
    ok = willis_fail (error, WILLIS_ERROR_BAD_FILE, _("it is damaged or truncated after %d pages"), t->n_pages);
  if (ok && t->n_pages == 0)
    ok = willis_fail (error, WILLIS_ERROR_BAD_FILE, _("it holds no image"));
  // a picture cannot be much larger than what the best compression makes of its file
  if (ok && (double) t->width * t->height * t->n_pages / 8 * t->bits > ((double) size + 4096) * 20000)
    ok = willis_fail (error, WILLIS_ERROR_BAD_FILE, _("it is truncated"));
  TIFFClose (tiff);
  return ok;
}

/* ---- pixels ---- */

/* n samples of bits bits, most significant first, into 16 bits each. */
static void
unpack_row (const guint8 *in, int n, int bits, guint16 *out)
{
  guint32 window = 0;
  int have = 0;

  for (int k = 0; k < n; k++)
    {
      while (have < bits)
        {
          window = window << 8 | *in++;
          have += 8;
        }
      have -= bits;
      out[k] = (guint16) (window >> have & ((1u << bits) - 1));
    }
}

static gsize
sample_size (const WillisTiff *t)
{
  return willis_raw_size (t->type);
}

static gsize
packed_row (const WillisTiff *t, gsize n)
{
  return (n * (gsize) t->bits + 7) / 8;
}

/* Rows of n samples from in to their place on the page. */
static void
place_rows (const WillisTiff *t, const guint8 *in, gsize in_row, int x, int y, int n, int n_rows, guint8 *page)
{
  gsize size = sample_size (t);

  for (int r = 0; r < n_rows; r++)
    {
      guint8 *to = page + ((gsize) (y + r) * (gsize) t->width + (gsize) x) * size;

      if (t->bits == (int) size * 8)
        memcpy (to, in + (gsize) r * in_row, (gsize) n * size);
      else
        unpack_row (in + (gsize) r * in_row, n, t->bits, (guint16 *) (gpointer) to);
    }
}

static gboolean
read_tiles (TIFF *tiff, const WillisTiff *t, guint8 *page)
{
  guint32 tile_width = 0, tile_height = 0;
  tmsize_t size = TIFFTileSize (tiff);
  g_autofree guint8 *buffer = NULL;

  if (!TIFFGetField (tiff, TIFFTAG_TILEWIDTH, &tile_width) || !TIFFGetField (tiff, TIFFTAG_TILELENGTH, &tile_height)
      || tile_width < 1 || tile_height < 1 || tile_width > 65536 || tile_height > 65536 || size <= 0
      || size > (tmsize_t) 1 << 30 || (gsize) size < packed_row (t, tile_width) * tile_height)
    return FALSE;
  buffer = g_try_malloc0 ((gsize) size);
  if (buffer == NULL)
    return FALSE;
  for (guint32 y = 0; y < (guint32) t->height; y += tile_height)
    for (guint32 x = 0; x < (guint32) t->width; x += tile_width)
      {
        if (TIFFReadEncodedTile (tiff, TIFFComputeTile (tiff, x, y, 0, 0), buffer, size) != size)
          return FALSE;
        place_rows (t, buffer, packed_row (t, tile_width), (int) x, (int) y,
                    (int) MIN (tile_width, (guint32) t->width - x), (int) MIN (tile_height, (guint32) t->height - y),
                    page);
      }
  return TRUE;
}

static gboolean
read_strips (TIFF *tiff, const WillisTiff *t, guint8 *page)
{
  guint32 rows = 0;
  gsize row = packed_row (t, (gsize) t->width);
  tmsize_t size = TIFFStripSize (tiff);
  g_autofree guint8 *buffer = NULL;

  TIFFGetFieldDefaulted (tiff, TIFFTAG_ROWSPERSTRIP, &rows);
  rows = MIN (rows, (guint32) t->height);
  if (rows < 1 || size <= 0 || (gsize) size < row * rows || size > (tmsize_t) 1 << 30)
    return FALSE;
  buffer = g_try_malloc0 ((gsize) size);
  if (buffer == NULL)
    return FALSE;
  for (guint32 y = 0; y < (guint32) t->height; y += rows)
    {
      guint32 n = MIN (rows, (guint32) t->height - y);

      if (TIFFReadEncodedStrip (tiff, TIFFComputeStrip (tiff, y, 0), buffer, (tmsize_t) (row * n)) != (tmsize_t) (row * n))
        return FALSE;
      place_rows (t, buffer, row, 0, (int) y, t->width, (int) n, page);
    }
  return TRUE;
}

/* 0 is white: turn the scale around. */
static void
invert (const WillisTiff *t, guint8 *page, gsize n)
{
  guint16 top = (guint16) ((1u << MIN (t->bits, 16)) - 1);

  if (t->type == WILLIS_RAW_U8)
    for (gsize k = 0; k < n; k++)
      page[k] = (guint8) ~page[k];
  else if (t->type == WILLIS_RAW_U16)
    for (gsize k = 0; k < n; k++)
      ((guint16 *) (gpointer) page)[k] = (guint16) (top - ((guint16 *) (gpointer) page)[k]);
}

gboolean
willis_tiff_pixels (const guint8 *data, gsize size, const WillisTiff *t, guint8 *out, const WillisProgress *progress,
                    GError **error)
{
  Memory memory = { data, size, 0 };
  TIFF *tiff = open_memory (&memory, error);
  gsize n = (gsize) t->width * (gsize) t->height;
  gboolean ok = tiff != NULL;
  int k = 0;

  if (!ok)
    return FALSE;
  do
    {
      WillisTiff page = { 0 };
      guint8 *to = out + (gsize) k * n * sample_size (t);

      if (is_thumbnail (tiff))
        continue;
      ok = willis_progress_step (progress, (double) k / t->n_pages, error) && parse_page (tiff, &page, error);
      if (!ok)
        break;
      if (page.width != t->width || page.height != t->height || page.bits != t->bits
          || !(TIFFIsTiled (tiff) ? read_tiles (tiff, t, to) : read_strips (tiff, t, to)))
        ok = willis_fail (error, WILLIS_ERROR_BAD_FILE, _("page %d is damaged or truncated"), k + 1);
      else if (t->inverted)
        invert (t, to, n);
      k++;
    }
  while (ok && k < t->n_pages && TIFFReadDirectory (tiff));
  if (ok && k < t->n_pages)
    ok = willis_fail (error, WILLIS_ERROR_BAD_FILE, _("it is truncated"));
  TIFFClose (tiff);
  return ok;
}

/* ---- writing ---- */

static char *
describe (const WillisGrid *g)
{
  GString *text = g_string_new (NULL);
  char number[G_ASCII_DTOSTR_BUF_SIZE];

  g_string_append_printf (text, "ImageJ=1.53\nimages=%d\nslices=%d\nunit=mm\nspacing=%s\nloop=false\n", g->dims[2],
                          g->dims[2], g_ascii_dtostr (number, sizeof number, g->spacing_mm[2]));
  g_string_append (text, "willis_spacing_mm=");
  for (int a = 0; a < 3; a++)
    g_string_append_printf (text, "%s ", g_ascii_dtostr (number, sizeof number, g->spacing_mm[a]));
  g_string_append (text, "\nwillis_origin_lps_mm=");
  for (int a = 0; a < 3; a++)
    g_string_append_printf (text, "%s ", g_ascii_dtostr (number, sizeof number, g->origin_lps_mm[a]));
  g_string_append (text, "\nwillis_direction=");
  for (int a = 0; a < 9; a++)
    g_string_append_printf (text, "%s ", g_ascii_dtostr (number, sizeof number, g->direction[a]));
  g_string_append_c (text, '\n');
  return g_string_free (text, FALSE);
}

static gboolean
write_page (TIFF *tiff, const WillisVolume *volume, const char *description, int k)
{
  const WillisGrid *g = willis_volume_grid (volume);
  WillisScalar scalar = willis_volume_scalar (volume);
  gsize size = willis_scalar_size (scalar), page = (gsize) g->dims[0] * (gsize) g->dims[1] * size;
  const guint8 *voxels = willis_volume_voxels (volume);
  gboolean ok;

  TIFFSetField (tiff, TIFFTAG_IMAGEWIDTH, (guint32) g->dims[0]);
  TIFFSetField (tiff, TIFFTAG_IMAGELENGTH, (guint32) g->dims[1]);
  TIFFSetField (tiff, TIFFTAG_BITSPERSAMPLE, (int) (8 * size));
  TIFFSetField (tiff, TIFFTAG_SAMPLESPERPIXEL, 1);
  TIFFSetField (tiff, TIFFTAG_SAMPLEFORMAT,
                scalar == WILLIS_SCALAR_U8    ? SAMPLEFORMAT_UINT
                : scalar == WILLIS_SCALAR_I16 ? SAMPLEFORMAT_INT
                                              : SAMPLEFORMAT_IEEEFP);
  TIFFSetField (tiff, TIFFTAG_PHOTOMETRIC, PHOTOMETRIC_MINISBLACK);
  TIFFSetField (tiff, TIFFTAG_PLANARCONFIG, PLANARCONFIG_CONTIG);
  TIFFSetField (tiff, TIFFTAG_ROWSPERSTRIP, (guint32) g->dims[1]);
  TIFFSetField (tiff, TIFFTAG_COMPRESSION, COMPRESSION_NONE);
  TIFFSetField (tiff, TIFFTAG_XRESOLUTION, 1 / g->spacing_mm[0]);
  TIFFSetField (tiff, TIFFTAG_YRESOLUTION, 1 / g->spacing_mm[1]);
  TIFFSetField (tiff, TIFFTAG_RESOLUTIONUNIT, RESUNIT_NONE);
  if (k == 0)
    TIFFSetField (tiff, TIFFTAG_IMAGEDESCRIPTION, description);
  ok = TIFFWriteEncodedStrip (tiff, 0, (void *) (voxels + (gsize) k * page), (tmsize_t) page) == (tmsize_t) page;
  return ok && TIFFWriteDirectory (tiff);
}

gboolean
willis_tiff_write (const WillisVolume *volume, const char *path, const WillisProgress *progress, GError **error)
{
  const WillisGrid *g = willis_volume_grid (volume);
  gboolean big = (double) willis_grid_n_voxels (g) * (double) willis_scalar_size (willis_volume_scalar (volume)) > 4e9;
  TIFFOpenOptions *options = TIFFOpenOptionsAlloc ();
  g_autofree char *description = describe (g);
  gboolean ok = TRUE;
  TIFF *tiff;

  TIFFOpenOptionsSetErrorHandlerExtR (options, be_quiet, NULL);
  TIFFOpenOptionsSetWarningHandlerExtR (options, be_quiet, NULL);
  tiff = TIFFOpenExt (path, big ? "w8" : "w", options);
  TIFFOpenOptionsFree (options);
  if (tiff == NULL)
    return willis_fail (error, WILLIS_ERROR_BAD_FILE, _("the TIFF file cannot be written"));
  for (int k = 0; k < g->dims[2] && ok; k++)
    {
      ok = willis_progress_step (progress, (double) k / g->dims[2], error);
      if (ok && !write_page (tiff, volume, description, k))
        ok = willis_fail (error, WILLIS_ERROR_BAD_FILE, _("the TIFF file cannot be written (disk full?)"));
    }
  TIFFClose (tiff);
  return ok;
}
