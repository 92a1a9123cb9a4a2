/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Series of a scan: made from DICOM stacks, put in order, read.
 */
#include <math.h>
#include <string.h>

#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/base/note.h"
#include "core/io/bytes.h"
#include "core/io/hdf5-volume.h"
#include "core/io/scan-private.h"
#include "core/io/tiff.h"

void
willis_series_source_free (struct _WillisSeriesSource *source)
{
  if (source == NULL)
    return;
  if (source->stack != NULL)
    willis_dicom_stack_free (source->stack);
  g_free (source->when);
  g_clear_pointer (&source->files, g_ptr_array_unref);
  g_free (source);
}

/* ---- DICOM ---- */

static char *
copy_text (const char *text)
{
  return g_strdup (text != NULL ? text : "");
}

/* The files of a stack, each once, in the order of its slices. */
static char **
files_of (const WillisDicomStack *stack)
{
  GPtrArray *list = g_ptr_array_new ();
  const WillisDicomFile *last = NULL;

  for (int k = 0; k < stack->n; k++)
    {
      if (stack->slices[k].file != last)
        g_ptr_array_add (list, g_strdup (stack->slices[k].file->path));
      last = stack->slices[k].file;
    }
  g_ptr_array_add (list, NULL);
  return (char **) g_ptr_array_free (list, FALSE);
}

static gboolean
has_word (const char *text, const char *const *words)
{
  g_autofree char *lower = text != NULL ? g_ascii_strdown (text, -1) : NULL;

  for (; lower != NULL && *words != NULL; words++)
    if (strstr (lower, *words) != NULL)
      return TRUE;
  return FALSE;
}

/* How likely an image of arteries: a plain sum of marks, only used for the order of the list. */
static int
likeliness_of (const WillisSeries *s, const WillisDicomFile *f)
{
  static const char *const angio[]
      = { "angio", "cta", "contrast", "carotid", "willis", "circle", "arter", "3dra", "rotation", "tof", "mra",
          "aneur", "vessel", "ce ", "+c", NULL };
  static const char *const scout[] = { "locali", "scout", "topogram", "survey", "surview", "screen save", NULL };
  static const char *const derived[] = { "mip", "mpr", "thick", "monitoring", "smart prep", "smartprep", "timing", "bone",
                                         NULL };
  const char *modality = s->modality;
  int n = s->grid.dims[2], mark = 0;

  mark += strcmp (modality, "CT") == 0 ? 60 : strcmp (modality, "XA") == 0 ? 70 : strcmp (modality, "MR") == 0 ? 30 : 40;
  if (f != NULL && f->contrast != NULL && f->contrast[0] != '\0')
    mark += 30;
  if (has_word (s->description, angio))
    mark += 40;
  if (has_word (s->description, derived) || has_word (s->kernel, derived))
    mark -= 25;
  if (has_word (s->description, scout) || (f != NULL && has_word (f->image_type, scout)))
    mark -= 200;
  mark += s->grid.spacing_mm[2] <= 1.01 ? 30 : s->grid.spacing_mm[2] <= 2 ? 10 : 0;
  mark += n >= 100 ? 30 : n >= 30 ? 15 : n < 8 ? -100 : 0;
  return mark;
}

/* Adds the first n digits of a text, 0 for those that are not there; of times without a fraction. */
static void
add_digits (GString *out, const char *text, gsize n)
{
  for (; text != NULL && *text != '\0' && *text != (n == 6 ? '.' : '\0') && n > 0; text++)
    if (g_ascii_isdigit (*text))
      {
        g_string_append_c (out, *text);
        n--;
      }
  while (n-- > 0)
    g_string_append_c (out, '0');
}

/* yyyymmddhhmmss of a file's study, else of its acquisition; "" where it says neither (new). */
static char *
when_of (const WillisDicomFile *f)
{
  GString *when = g_string_new (NULL);
  const gboolean has_study = f->study_date != NULL && *f->study_date != '\0';
  const char *date = has_study ? f->study_date : f->acquisition_date;
  const char *time = has_study ? f->study_time : f->shared.time;

  if (date != NULL && *date != '\0')
    {
      add_digits (when, date, 8);
      add_digits (when, time, 6);
    }
  return g_string_free (when, FALSE);
}

static WillisSeries *
series_of_stack (WillisDicomStack *stack, GPtrArray *files, GError **error)
{
  g_autoptr (WillisSeries) s = willis_series_new ();
  g_autoptr (GPtrArray) warnings = g_ptr_array_new_with_free_func (g_free);
  const WillisDicomFile *f = stack->slices[0].file;
  static const char *const mosaic[] = { "mosaic", NULL };

  if (!willis_dicom_stack_grid (stack, &s->grid, warnings, error))
    return NULL;
  for (guint n = 0; n < warnings->len; n++)
    willis_series_warn (s, warnings->pdata[n]);
  if (has_word (f->image_type, mosaic))
    willis_series_warn (s, WILLIS_NOTE_MOSAIC);
  s->uid = copy_text (f->series_uid);
  s->modality = copy_text (f->modality);
  s->description = copy_text (f->description);
  s->transfer_syntax = copy_text (f->transfer_syntax);
  s->study_date = copy_text (f->study_date);
  s->kernel = copy_text (f->kernel);
  s->manufacturer = copy_text (f->manufacturer);
  s->patient_name = copy_text (f->patient_name);
  s->patient_id = copy_text (f->patient_id);
  s->patient_birth_date = copy_text (f->patient_birth_date);
  s->patient_sex = copy_text (f->patient_sex);
  s->patient_age = willis_series_age (f->patient_age, f->patient_birth_date, f->study_date);
  g_strfreev (s->files);
  s->files = files_of (stack);
  s->source = g_new0 (struct _WillisSeriesSource, 1);
  s->source->kind = WILLIS_SCAN_DICOM;
  s->source->files = g_ptr_array_ref (files);
  s->source->likeliness = likeliness_of (s, f);
  s->source->when = when_of (f);
  s->source->number = f->series_number;
  s->source->stack = g_memdup2 (stack, sizeof *stack);
  stack->slices = NULL; // now of the series
  return g_steal_pointer (&s);
}

void
willis_scan_add_dicom (GPtrArray *series, GPtrArray *files, GPtrArray *skipped)
{
  g_autoptr (GPtrArray) stacks = willis_dicom_sort (files, skipped);

  for (guint n = 0; n < stacks->len; n++)
    {
      WillisDicomStack *stack = stacks->pdata[n];
      g_autoptr (GError) error = NULL;
      WillisSeries *s = series_of_stack (stack, files, &error);
      g_autofree char *name = willis_file_name (stack->slices != NULL ? stack->slices[0].file->path : "");

      if (s != NULL)
        g_ptr_array_add (series, s);
      else
        g_ptr_array_add (skipped, g_strdup_printf (_("the series of %s: %s"), name, error->message));
    }
}

/* ---- order ---- */

#define AS_LIKELY 25 // less than what marks a series as derived

static int
compare_series (gconstpointer a, gconstpointer b)
{
  const WillisSeries *sa = *(WillisSeries *const *) a, *sb = *(WillisSeries *const *) b;
  int order = sb->source->likeliness - sa->source->likeliness;

  if (order == 0)
    order = g_strcmp0 (sb->source->when, sa->source->when);
  if (order == 0)
    order = (sa->source->number > sb->source->number) - (sa->source->number < sb->source->number);
  if (order == 0)
    order = strcmp (sa->uid, sb->uid);
  if (order == 0)
    order = strcmp (sa->files[0], sb->files[0]);
  if (order == 0)
    order = (sa->source->part > sb->source->part) - (sa->source->part < sb->source->part);
  return order;
}

/* Puts the likeliest series of the newest study first among those that are likely to a like degree as the first. */
static void
put_newest_first (GPtrArray *series)
{
  const WillisSeries *first = series->len > 0 ? series->pdata[0] : NULL, *newest = first;
  guint at = 0;

  for (guint n = 1; n < series->len; n++)
    {
      const WillisSeries *s = series->pdata[n];

      if (first->source->likeliness - s->source->likeliness >= AS_LIKELY)
        break;
      if (g_strcmp0 (s->source->when, newest->source->when) <= 0)
        continue;
      newest = s;
      at = n;
    }
  if (at > 0)
    g_ptr_array_insert (series, 0, g_ptr_array_steal_index (series, at));
}

void
willis_scan_sort (GPtrArray *series)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  // number what came in under one uid before the order by likeliness, so that names do not hang on it
  for (guint n = 0; n < series->len; n++)
    {
      WillisSeries *s = series->pdata[n];
      int times = GPOINTER_TO_INT (g_hash_table_lookup (seen, s->uid)) + 1;

      g_hash_table_insert (seen, g_strdup (s->uid), GINT_TO_POINTER (times));
      if (times > 1)
        {
          g_autofree char *uid = g_steal_pointer (&s->uid);

          s->uid = g_strdup_printf ("%s#%d", uid, times);
        }
      if (s->source->kind != WILLIS_SCAN_DICOM)
        s->source->likeliness = likeliness_of (s, NULL) - (int) MIN (s->source->part, 20);
    }
  g_ptr_array_sort (series, compare_series);
  put_newest_first (series);
}

#define NO_SCOUT 100 // of another study what is no scout counts
#define MOST_OTHERS 20u

static gboolean
is_of_other_date (const WillisSeries *a, const WillisSeries *b)
{
  return a->study_date != NULL && b->study_date != NULL && *a->study_date != '\0' && *b->study_date != '\0'
         && strcmp (a->study_date, b->study_date) != 0;
}

void
willis_scan_note_others (GPtrArray *series)
{
  WillisSeries *taken = series->pdata[0];
  g_autoptr (GPtrArray) others = g_ptr_array_new ();
  g_autofree char *note = NULL;
  int of_other_date = 0;

  for (guint n = 1; n < series->len && others->len < MOST_OTHERS; n++)
    {
      WillisSeries *s = series->pdata[n];
      gboolean other_date = is_of_other_date (s, taken);
      int less = taken->source->likeliness - s->source->likeliness;

      if (less >= (other_date ? NO_SCOUT : AS_LIKELY) || strcmp (s->files[0], taken->files[0]) == 0)
        continue;
      g_ptr_array_add (others, s);
      of_other_date += other_date;
    }
  if (others->len == 0)
    return;
  note = willis_note_new (WILLIS_NOTE_OTHER_SERIES, (int) others->len, of_other_date);
  willis_series_warn (taken, note);
  taken->others = g_steal_pointer (&others);
}

/* ---- reading ---- */

static WillisVolume *
read_raw (const WillisSeries *s, const WillisReadOptions *options, const WillisRoom *room, GPtrArray *warnings,
          const WillisProgress *progress, GError **error)
{
  g_auto (WillisRawImage) image = { 0 };
  g_autoptr (GBytes) file = willis_file_map (s->files[0], error);
  WillisVolume *volume;

  willis_raw_image_init (&image);
  if (file == NULL || !willis_scan_parse_raw (s->source->kind, s->files[0], file, &image, error))
    return NULL;
  willis_raw_image_settle_spacing (&image, options->spacing_mm);
  volume = willis_raw_image_read (&image, s->files[0], file, s->source->part, room, progress, error);
  for (guint n = 0; n < image.warnings->len; n++)
    g_ptr_array_add (warnings, g_strdup (image.warnings->pdata[n]));
  return volume;
}

static WillisVolume *
read_hdf5 (const WillisSeries *s, const WillisReadOptions *options, const WillisRoom *room,
           const WillisProgress *progress, GError **error)
{
  g_auto (WillisRawImage) image = { 0 };
  g_autofree char *data_set = NULL;

  willis_raw_image_init (&image);
  if (!willis_hdf5_parse (s->files[0], options->spacing_mm, &image, &data_set, error))
    return NULL;
  willis_raw_image_settle_spacing (&image, options->spacing_mm);
  return willis_hdf5_read (s->files[0], data_set, &image, room, progress, error);
}

static WillisVolume *
read_tiff (const WillisSeries *s, const WillisRoom *room, GPtrArray *warnings,
           const WillisProgress *progress, GError **error)
{
  int n = (int) g_strv_length (s->files);
  WillisTiff first = { 0 };
  g_autofree guint8 *buffer = NULL;
  WillisRawFormat format = { WILLIS_RAW_U8, G_BYTE_ORDER == G_BIG_ENDIAN, 1, 0 };
  gsize size, page = 0;

  for (int k = 0; k < n; k++)
    {
      g_autoptr (GBytes) file = willis_file_map (s->files[k], error);
      WillisProgress part = willis_progress_part (progress, (double) k / n, (k + 1.0) / n, NULL);
      WillisTiff t;

      if (file == NULL || !willis_tiff_parse (g_bytes_get_data (file, NULL), g_bytes_get_size (file), &t, error))
        return NULL;
      if (k == 0)
        {
          first = t;
          page = (gsize) t.width * (gsize) t.height * willis_raw_size (t.type);
          size = page * (gsize) (n > 1 ? n : t.n_pages);
          buffer = size / page <= 65535 ? g_try_malloc (size) : NULL;
          if (buffer == NULL)
            {
              willis_fail (error, WILLIS_ERROR_NO_MEMORY, _("not enough memory for %.1f GB"), (double) size / 1e9);
              return NULL;
            }
        }
      else if (t.width != first.width || t.height != first.height || t.type != first.type || t.bits != first.bits
               || t.n_pages != 1)
        {
          g_autofree char *name = willis_file_name (s->files[k]);

          willis_fail (error, WILLIS_ERROR_BAD_INPUT, _("%s differs from the other pages in size or type"), name);
          return NULL;
        }
      if (!willis_tiff_pixels (g_bytes_get_data (file, NULL), g_bytes_get_size (file), &t, buffer + (gsize) k * page,
                               &part, error))
        return NULL;
    }
  format.type = first.type;
  return willis_raw_to_volume (&s->grid, &format, buffer, FALSE, room, warnings, NULL, error);
}

WillisVolume *
willis_scan_read (WillisSeries *s, const WillisReadOptions *options, const WillisRoom *room,
                  const WillisProgress *progress, GError **error)
{
  const WillisReadOptions none = WILLIS_READ_OPTIONS_INIT;
  g_autoptr (GPtrArray) warnings = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *name = willis_file_name (s->files[0]);
  g_autoptr (GError) local = NULL;
  WillisVolume *volume;

  options = options != NULL ? options : &none;
  switch (s->source->kind)
    {
    case WILLIS_SCAN_DICOM:
      volume = willis_dicom_stack_read (s->source->stack, room, warnings, progress, &local);
      break;
    case WILLIS_SCAN_TIFF:
      volume = read_tiff (s, room, warnings, progress, &local);
      break;
    case WILLIS_SCAN_HDF5:
      volume = read_hdf5 (s, options, room, progress, &local);
      break;
    default:
      volume = read_raw (s, options, room, warnings, progress, &local);
    }
  for (guint n = 0; n < warnings->len; n++)
    willis_series_warn (s, warnings->pdata[n]);
  if (volume == NULL)
    {
      if (local->domain == WILLIS_ERROR && !g_str_has_prefix (local->message, name))
        g_prefix_error (&local, "%s: ", name);
      g_propagate_error (error, g_steal_pointer (&local));
      return NULL;
    }
  s->grid = *willis_volume_grid (volume);
  return volume;
}
