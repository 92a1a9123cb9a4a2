/* SPDX-License-Identifier: Apache-2.0 */
#include "core/io/raw-image.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/base/note.h"
#include "core/io/stack.h"
#include "core/num/vec3.h"

#define ROUNDING 1e-4 // cosines between axes that are the file's rounding
#define SLANTED 1e-3  // ... that are tolerated, with a warning

void
willis_raw_image_init (WillisRawImage *image)
{
  memset (image, 0, sizeof *image);
  image->n_parts = 1;
  image->format.slope = 1;
  image->warnings = g_ptr_array_new_with_free_func (g_free);
}

void
willis_raw_image_clear (WillisRawImage *image)
{
  g_clear_pointer (&image->data_files, g_strfreev);
  g_clear_pointer (&image->modality, g_free);
  g_clear_pointer (&image->description, g_free);
  g_clear_pointer (&image->warnings, g_ptr_array_unref);
}

/* Unit axes at right angles, nearest to those given: each is moved by half of what it leans on the others. */
static void
straighten (double axis[3][3])
{
  for (int round = 0; round < 8; round++)
    for (int a = 0; a < 3; a++)
      for (int b = a + 1; b < 3; b++)
        {
          double lean = 0.5 * vec3_dot (axis[a], axis[b]), old[3];

          vec3_copy (old, axis[a]);
          vec3_axpy (axis[a], axis[a], -lean, axis[b]);
          vec3_axpy (axis[b], axis[b], -lean, old);
          vec3_normalize (axis[a]);
          vec3_normalize (axis[b]);
        }
}

void
willis_raw_image_settle_spacing (WillisRawImage *image, const double spacing_mm[3])
{
  gboolean all_one = TRUE;

  for (int a = 0; a < 3; a++)
    all_one = all_one && fabs (vec3_norm (image->axis_lps_mm[a]) - 1) < 1e-6;
  if (!all_one)
    return;
  for (int a = 0; a < 3 && spacing_mm[0] > 0; a++)
    vec3_scale (image->axis_lps_mm[a], image->axis_lps_mm[a], spacing_mm[a]);
  if (spacing_mm[0] > 0)
    return;
  if (image->spacing_missing)
    willis_note_add (image->warnings, WILLIS_NOTE_NO_SPACING);
  else
    willis_note_add (image->warnings, WILLIS_NOTE_UNIT_SPACING);
}

static void
origins_of (const WillisRawImage *image, gboolean flip, double (*origin)[3])
{
  int n = image->dims[2];

  for (int k = 0; k < n; k++)
    vec3_axpy (origin[flip ? n - 1 - k : k], image->origin_lps_mm, k, image->axis_lps_mm[2]);
}

/* The slices of a sheared image as a stack; origin has room for all. */
static WillisStack
stack_of (const WillisRawImage *image, gboolean flip, double (*origin)[3])
{
  WillisStack stack = { .dims = { image->dims[0], image->dims[1] }, .n = image->dims[2] };
  double lean;

  origins_of (image, flip, origin);
  stack.origin_lps_mm = (const double (*)[3]) origin;
  for (int a = 0; a < 2; a++)
    stack.spacing_mm[a] = vec3_norm (image->axis_lps_mm[a]);
  vec3_scale (stack.axis_i, image->axis_lps_mm[0], 1 / stack.spacing_mm[0]);
  vec3_scale (stack.axis_j, image->axis_lps_mm[1], 1 / stack.spacing_mm[1]);
  lean = vec3_dot (stack.axis_i, stack.axis_j);
  vec3_axpy (stack.axis_j, stack.axis_j, -lean, stack.axis_i);
  vec3_normalize (stack.axis_j);
  return stack;
}

static gboolean
check_sizes (const WillisRawImage *image, GError **error)
{
  for (int a = 0; a < 3; a++)
    {
      double step = vec3_norm (image->axis_lps_mm[a]);

      if (image->dims[a] < 1 || image->dims[a] > 65535)
        return willis_fail (error, WILLIS_ERROR_BAD_FILE, _("its size of %d x %d x %d voxels is not possible"),
                            image->dims[0], image->dims[1], image->dims[2]);
      if (!isfinite (step))
        return willis_fail (error, WILLIS_ERROR_BAD_FILE, _("its voxel spacing along axis %d is not a number"), a + 1);
      if (step < 1e-4 || step > 1e3)
        return willis_fail (error, WILLIS_ERROR_BAD_FILE, _("its voxel spacing of %g mm along axis %d is not possible"),
                            step, a + 1);
      if (!isfinite (image->origin_lps_mm[a]) || fabs (image->origin_lps_mm[a]) > 1e6)
        return willis_fail (error, WILLIS_ERROR_BAD_FILE, _("its position is not possible"));
    }
  if (!isfinite (image->format.slope) || !isfinite (image->format.intercept) || image->format.slope == 0)
    return willis_fail (error, WILLIS_ERROR_BAD_FILE, _("the scale of its values is not possible"));
  if (image->n_parts < 1)
    return willis_fail (error, WILLIS_ERROR_BAD_FILE, _("it holds no volume"));
  return TRUE;
}

gboolean
willis_raw_image_grid (WillisRawImage *image, WillisGrid *grid, gboolean *flip, gboolean *sheared, GError **error)
{
  double unit[3][3], cross[3], det, lean = 0;

  if (!check_sizes (image, error))
    return FALSE;
  memcpy (grid->dims, image->dims, sizeof grid->dims);
  for (int a = 0; a < 3; a++)
    {
      grid->spacing_mm[a] = vec3_norm (image->axis_lps_mm[a]);
      vec3_scale (unit[a], image->axis_lps_mm[a], 1 / grid->spacing_mm[a]);
    }
  vec3_cross (cross, unit[0], unit[1]);
  det = vec3_dot (cross, unit[2]);
  if (fabs (det) < 0.1)
    return willis_fail (error, WILLIS_ERROR_BAD_FILE, _("its axes lie in one plane"));
  *flip = det < 0;
  *sheared = FALSE;
  vec3_copy (grid->origin_lps_mm, image->origin_lps_mm);
  if (*flip)
    {
      vec3_axpy (grid->origin_lps_mm, grid->origin_lps_mm, image->dims[2] - 1, image->axis_lps_mm[2]);
      vec3_scale (unit[2], unit[2], -1);
    }
  for (int a = 0; a < 3; a++)
    for (int b = a + 1; b < 3; b++)
      lean = MAX (lean, fabs (vec3_dot (unit[a], unit[b])));
  if (lean > SLANTED && fabs (vec3_dot (unit[0], unit[1])) > SLANTED)
    return willis_fail (error, WILLIS_ERROR_UNSUPPORTED, _("its rows and columns are not at right angles"));
  if (lean > SLANTED)
    {
      g_autofree double (*origin)[3] = g_malloc0_n ((gsize) image->dims[2], sizeof (double[3]));
      WillisStack stack = stack_of (image, *flip, origin);
      WillisStackPlan plan = { 0 };

      if (!willis_stack_plan (&stack, &plan, image->warnings, error))
        return FALSE;
      *grid = plan.grid;
      *sheared = plan.resample;
      return willis_grid_check (grid, error);
    }
  if (lean > ROUNDING)
    willis_note_add (image->warnings, WILLIS_NOTE_SLANTED, asin (lean) * 180 / G_PI);
  straighten (unit);
  for (int a = 0; a < 3; a++)
    for (int c = 0; c < 3; c++)
      grid->direction[3 * a + c] = unit[c][a];
  return willis_grid_check (grid, error);
}

/* ---- voxels ---- */

static gboolean
fail_short (gsize got, gsize need, GError **error)
{
  return willis_fail (error, WILLIS_ERROR_BAD_FILE,
                      _("it is truncated: %zu of %zu bytes of voxels are there"), got,
                      need);
}

/* Where the coded data starts in the mapped data file. */
static gboolean
find_start (const WillisRawImage *image, const guint8 *data, gsize size, gsize *start, GError **error)
{
  gsize at = image->offset;

  for (int n = 0; n < image->skip_lines && at < size; n++)
    {
      const guint8 *end = memchr (data + at, '\n', size - at);

      at = end != NULL ? (gsize) (end - data) + 1 : size;
    }
  if (at >= size)
    return willis_fail (error, WILLIS_ERROR_BAD_FILE, _("it is truncated: it ends before its voxels"));
  *start = at;
  return TRUE;
}

/* Numbers written as text, as doubles of this machine. */
static gboolean
parse_text (const guint8 *data, gsize size, guint64 skip, double *out, gsize n, GError **error)
{
  const char *at = (const char *) data, *stop = at + size;
  char word[64];

  for (guint64 index = 0; index < skip + n; index++)
    {
      gsize length = 0;
      char *end = NULL;
      double value;

      while (at < stop && (g_ascii_isspace (*at) || *at == ','))
        at++;
      while (at < stop && !g_ascii_isspace (*at) && *at != ',' && length < sizeof word - 1)
        word[length++] = *at++;
      word[length] = '\0';
      if (length == 0)
        return fail_short ((gsize) index, (gsize) (skip + n), error);
      value = g_ascii_strtod (word, &end);
      if (*end != '\0')
        return willis_fail (error, WILLIS_ERROR_BAD_FILE, _("its voxels hold something that is not a number"));
      if (index >= skip)
        out[index - skip] = value;
    }
  return TRUE;
}

/* Decodes need bytes that lie first bytes behind the first voxel of this file, into out or, where they lie bare in
 * the file, *in_place. */
static gboolean
fetch (const WillisRawImage *image, GBytes *file, guint64 first, gsize need, gsize all, guint8 *out,
       const guint8 **in_place, GError **error)
{
  gsize size, start, got = 0;
  const guint8 *data = g_bytes_get_data (file, &size);
  guint64 skip;

  if (!find_start (image, data, size, &start, error))
    return FALSE;
  data += start;
  size -= start;
  if (image->skip >= 0)
    skip = (guint64) image->skip;
  else
    {
      guint64 total = willis_inflate_size (image->codec, data, size, G_MAXINT64);

      if (total < all)
        return fail_short ((gsize) total, all, error);
      skip = total - all;
    }
  skip += first;
  if (image->codec == WILLIS_CODEC_RAW)
    {
      if (skip > size || need > size - skip)
        return fail_short (skip > size ? 0 : size - (gsize) skip, need, error);
      if (in_place != NULL)
        *in_place = data + skip;
      else
        memcpy (out, data + skip, need);
      return TRUE;
    }
  if (!willis_inflate (image->codec, data, size, skip, out, need, &got, error))
    return FALSE;
  return got == need ? TRUE : fail_short (got, need, error);
}

/* Compressed data cannot grow without bound: refuse before the memory is taken. */
static gboolean
check_ratio (const WillisRawImage *image, gsize file_size, gsize need, GError **error)
{
  gsize most = image->codec == WILLIS_CODEC_BZIP2 ? 50000 : image->codec == WILLIS_CODEC_RAW ? 1 : 1040;

  if (image->text)
    most = 4;
  if (file_size < G_MAXSIZE / 65536 && need / most > file_size + 65536 && (need / most) / 2 > file_size)
    return fail_short (0, need, error);
  return TRUE;
}

/* The data file that a header names (new). A header from elsewhere may name any file of this computer, whose bytes would then lie in
 * the case as voxels: only what is in the header's folder or below it is read. */
static char *
beside (const char *folder, const char *name, GError **error)
{
  g_autofree char *base = g_canonicalize_filename (folder, NULL), *full = g_canonicalize_filename (name, base);
  gsize n = strlen (base);

  if (strncmp (full, base, n) == 0 && (full[n] == G_DIR_SEPARATOR || (n > 0 && base[n - 1] == G_DIR_SEPARATOR)))
    return g_steal_pointer (&full);
  willis_fail (error, WILLIS_ERROR_BAD_FILE, _ ("its data file %s lies outside its own folder, so it is not read"), name);
  return NULL;
}

static gboolean
fetch_files (const WillisRawImage *image, const char *path, guint64 first, guint8 *out, gsize need, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);
  guint n = g_strv_length (image->data_files);
  gsize each = need / n;

  if (n > 1 && (first != 0 || need % n != 0))
    return willis_fail (error, WILLIS_ERROR_UNSUPPORTED, _("its %u data files do not divide its slices evenly"), n);
  for (guint k = 0; k < n; k++)
    {
      g_autofree char *full = beside (folder, image->data_files[k], error);
      g_autoptr (GBytes) bytes = full != NULL ? willis_file_map (full, error) : NULL;

      if (bytes == NULL)
        return FALSE;
      if (!fetch (image, bytes, first, each, n > 1 ? each : each * (gsize) image->n_parts, out + k * each, NULL, error))
        {
          g_prefix_error (error, "%s: ", image->data_files[k]);
          return FALSE;
        }
    }
  return TRUE;
}

static WillisVolume *
finish (WillisRawImage *image, const WillisGrid *grid, gboolean flip, gboolean sheared, const guint8 *data,
        const WillisRawFormat *format, const WillisRoom *room, const WillisProgress *progress, GError **error)
{
  WillisGrid as_stored = *grid;
  g_autofree double (*origin)[3] = NULL;
  g_autoptr (WillisVolume) volume = NULL;
  WillisStack stack;
  WillisStackPlan plan = { 0 };
  double range[2];

  if (!sheared)
    return willis_raw_to_volume (grid, format, data, flip, room, image->warnings, progress, error);
  memcpy (as_stored.dims, image->dims, sizeof as_stored.dims);
  volume = willis_raw_to_volume (&as_stored, format, data, flip, NULL, image->warnings, NULL, error);
  if (volume == NULL)
    return NULL;
  origin = g_malloc0_n ((gsize) image->dims[2], sizeof (double[3]));
  stack = stack_of (image, flip, origin);
  if (!willis_stack_plan (&stack, &plan, NULL, error))
    return NULL;
  willis_volume_range (volume, range);
  return willis_stack_resample (&stack, &plan, volume, range[0], room, progress, error);
}

WillisVolume *
willis_raw_image_read (WillisRawImage *image, const char *path, GBytes *file, gint64 part,
                       const WillisRoom *room, const WillisProgress *progress, GError **error)
{
  WillisGrid grid;
  gboolean flip, sheared;
  WillisRawFormat format = image->format;
  g_autofree guint8 *buffer = NULL;
  gsize n, need, all = 0;
  const guint8 *data;

  if (!willis_raw_image_grid (image, &grid, &flip, &sheared, error))
    return NULL;
  n = (gsize) image->dims[0] * (gsize) image->dims[1] * (gsize) image->dims[2];
  if (n > WILLIS_MAX_VOXELS || !g_size_checked_mul (&all, n * willis_raw_size (format.type), (gsize) image->n_parts))
    {
      willis_fail (error, WILLIS_ERROR_BAD_FILE, _("its %d x %d x %d voxels are too many"), image->dims[0],
                   image->dims[1], image->dims[2]);
      return NULL;
    }
  if (image->text)
    format = (WillisRawFormat){ WILLIS_RAW_F64, G_BYTE_ORDER == G_BIG_ENDIAN, format.slope, format.intercept };
  need = n * willis_raw_size (format.type);
  if (image->data_files == NULL && !check_ratio (image, g_bytes_get_size (file), need, error))
    return NULL;
  if (image->text || image->codec != WILLIS_CODEC_RAW || image->data_files != NULL)
    {
      buffer = g_try_malloc (need);
      if (buffer == NULL)
        {
          willis_fail (error, WILLIS_ERROR_NO_MEMORY, _("not enough memory for %.1f GB"), (double) need / 1e9);
          return NULL;
        }
    }
  data = buffer;
  if (image->text && image->data_files == NULL)
    {
      gsize size, start;
      const guint8 *bytes = g_bytes_get_data (file, &size);

      if (!find_start (image, bytes, size, &start, error)
          || !parse_text (bytes + start, size - start, (guint64) part * n, (double *) buffer, n, error))
        return NULL;
    }
  else if (image->text)
    {
      willis_fail (error, WILLIS_ERROR_UNSUPPORTED, _("voxels as text in a file of their own are not supported"));
      return NULL;
    }
  else if (image->data_files != NULL)
    {
      if (!fetch_files (image, path, (guint64) part * need, buffer, need, error))
        return NULL;
    }
  else if (!fetch (image, file, (guint64) part * need, need, all, buffer, buffer == NULL ? &data : NULL, error))
    return NULL;
  return finish (image, &grid, flip, sheared, data, &format, room, progress, error);
}
