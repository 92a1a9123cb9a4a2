/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What lies in files and folders: each file by its first bytes, DICOM files sorted into series, TIFF pages into stacks.
 */
#include "core/io/scan.h"

#include <dirent.h>
#include <errno.h>
#include <math.h>
#include <string.h>

#include <glib/gstdio.h>

#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/base/note.h"
#include "core/io/bytes.h"
#include "core/io/dicom.h"
#include "core/io/hdf5-volume.h"
#include "core/io/raw-image.h"
#include "core/io/reader.h"
#include "core/io/scan-private.h"
#include "core/io/tiff.h"

#define MAX_DEPTH 16
#define MAX_FILES 200000
#define HEAD ((gsize) 4096) // bytes that tell a format

/* ---- what kind of file ---- */

static gboolean
is_nifti_head (const guint8 *d, gsize n)
{
  static const guint8 heads[4][4] = { { 92, 1, 0, 0 }, { 0, 0, 1, 92 }, { 28, 2, 0, 0 }, { 0, 0, 2, 28 } };

  if (n < 348)
    return FALSE;
  for (int k = 0; k < 4; k++)
    if (memcmp (d, heads[k], 4) == 0)
      return k < 2 || memcmp (d + 4, "n+2", 3) == 0 || memcmp (d + 4, "ni2", 3) == 0;
  return FALSE;
}

static gboolean
is_hdf5 (const guint8 *d, gsize n)
{
  static const guint8 magic[8] = { 0x89, 'H', 'D', 'F', '\r', '\n', 0x1a, '\n' };

  for (gsize at = 0; at + 8 <= n && at <= 1 << 16; at = at == 0 ? 512 : 2 * at)
    if (memcmp (d + at, magic, 8) == 0)
      return TRUE;
  return FALSE;
}

static gboolean
is_metaimage (const guint8 *d, gsize n)
{
  g_autofree char *text = g_strndup ((const char *) d, MIN (n, 512));

  return (strncmp (text, "ObjectType", 10) == 0 || strncmp (text, "NDims", 5) == 0) && strchr (text, '=') != NULL;
}

WillisScanKind
willis_scan_kind (const guint8 *d, gsize n)
{
  static const guint8 tiff_magic[4][4]
      = { { 'I', 'I', 42, 0 }, { 'M', 'M', 0, 42 }, { 'I', 'I', 43, 0 }, { 'M', 'M', 0, 43 } };

  // some DICOM files carry the head of a TIFF in their preamble
  if (n >= 132 && memcmp (d + 128, "DICM", 4) == 0)
    return WILLIS_SCAN_DICOM;
  for (int k = 0; n >= 8 && k < 4; k++)
    if (memcmp (d, tiff_magic[k], 4) == 0)
      return WILLIS_SCAN_TIFF;
  if (n >= 8 && memcmp (d, "NRRD000", 7) == 0)
    return WILLIS_SCAN_NRRD;
  if (is_hdf5 (d, n))
    return WILLIS_SCAN_HDF5;
  if (is_nifti_head (d, n))
    return WILLIS_SCAN_NIFTI;
  if (n >= 2 && d[0] == 0x1f && d[1] == 0x8b)
    {
      guint8 head[540];
      gsize got = 0;

      if (willis_inflate (WILLIS_CODEC_GZIP, d, n, 0, head, sizeof head, &got, NULL) && is_nifti_head (head, got))
        return WILLIS_SCAN_NIFTI;
      return WILLIS_SCAN_UNKNOWN;
    }
  if (is_metaimage (d, n))
    return WILLIS_SCAN_METAIMAGE;
  if (willis_dicom_is (d, n))
    return WILLIS_SCAN_DICOM;
  return WILLIS_SCAN_UNKNOWN;
}

/* ---- files that hold a header of the raw kind ---- */

static gboolean
ends_with (const char *path, const char *ending)
{
  gsize n = strlen (path), m = strlen (ending);

  return n >= m && g_ascii_strcasecmp (path + n - m, ending) == 0;
}

/* The .img beside a .hdr, packed or not. */
static gboolean
find_img (const char *path, WillisRawImage *image, GError **error)
{
  static const char *const endings[] = { ".img", ".img.gz", ".IMG" };
  gsize n = strlen (path) - (ends_with (path, ".hdr.gz") ? 7 : ends_with (path, ".hdr") ? 4 : 0);

  for (gsize k = 0; k < G_N_ELEMENTS (endings); k++)
    {
      g_autofree char *stem = g_strndup (path, n);
      g_autofree char *img = g_strconcat (stem, endings[k], NULL);

      if (!g_file_test (img, G_FILE_TEST_EXISTS) || strcmp (img, path) == 0)
        continue;
      g_free (image->data_files[0]);
      image->data_files[0] = g_path_is_absolute (img) ? g_steal_pointer (&img) : g_path_get_basename (img);
      image->codec = k == 1 ? WILLIS_CODEC_GZIP : WILLIS_CODEC_RAW;
      image->offset = 0;
      return TRUE;
    }
  return willis_fail (error, WILLIS_ERROR_BAD_FILE, _("its voxels, in a file ending in .img, are missing"));
}

gboolean
willis_scan_parse_raw (WillisScanKind kind, const char *path, GBytes *file, WillisRawImage *image, GError **error)
{
  gsize size, got = 0;
  const guint8 *data = g_bytes_get_data (file, &size);
  gboolean gzip = size >= 2 && data[0] == 0x1f && data[1] == 0x8b;
  guint8 head[540];

  switch (kind)
    {
    case WILLIS_SCAN_NRRD:
      return willis_nrrd_parse (data, size, image, error);
    case WILLIS_SCAN_METAIMAGE:
      return willis_metaimage_parse (data, size, image, error);
    default:
      if (gzip && !willis_inflate (WILLIS_CODEC_GZIP, data, size, 0, head, sizeof head, &got, error))
        return FALSE;
      if (!willis_nifti_parse (gzip ? head : data, gzip ? got : size, gzip, image, error))
        return FALSE;
      return image->data_files == NULL || find_img (path, image, error);
    }
}

static const char *
kind_name (WillisScanKind kind)
{
  static const char *const names[] = { "", "DICOM", "NIfTI", "NRRD", "MetaImage", "TIFF", "HDF5" };

  return names[kind];
}

/* ---- the search ---- */

typedef struct
{
  const WillisReadOptions *options;
  const WillisProgress *progress;
  GPtrArray *series, *skipped, *dicom; // of WillisSeries, char, WillisDicomFile
  GPtrArray *tiff_pages;               // paths of single pages found in one folder
  guint n_files;
  GError *stop; // cancelled
} Search;

static void
skip (Search *search, const char *path, const GError *error)
{
  g_autofree char *name = willis_file_name (path);

  if (g_str_has_prefix (error->message, name))
    g_ptr_array_add (search->skipped, g_strdup (error->message));
  else
    g_ptr_array_add (search->skipped, g_strdup_printf ("%s: %s", name, error->message));
}

static WillisSeries *
series_of (WillisScanKind kind, const char *path)
{
  WillisSeries *s = willis_series_new ();

  s->uid = willis_file_name (path);
  s->modality = g_strdup ("");
  s->transfer_syntax = g_strdup (kind_name (kind));
  g_strfreev (s->files);
  s->files = g_new0 (char *, 2);
  s->files[0] = g_strdup (path);
  s->source = g_new0 (struct _WillisSeriesSource, 1);
  s->source->kind = kind;
  return s;
}

static void
take_warnings (WillisSeries *s, GPtrArray *warnings)
{
  for (guint n = 0; n < warnings->len; n++)
    willis_series_warn (s, warnings->pdata[n]);
}

static gboolean
add_raw (Search *search, WillisScanKind kind, const char *path, GBytes *file, GError **error)
{
  g_auto (WillisRawImage) image = { 0 };
  WillisGrid grid;
  gboolean flip, sheared;

  willis_raw_image_init (&image);
  if (!willis_scan_parse_raw (kind, path, file, &image, error))
    return FALSE;
  willis_raw_image_settle_spacing (&image, search->options->spacing_mm);
  if (!willis_raw_image_grid (&image, &grid, &flip, &sheared, error))
    return FALSE;
  for (gint64 part = 0; part < MIN (image.n_parts, 1000); part++)
    {
      WillisSeries *s = series_of (kind, path);

      s->grid = grid;
      s->source->part = part;
      s->description = g_strdup (image.description != NULL ? image.description : "");
      if (image.modality != NULL)
        {
          g_free (s->modality);
          s->modality = g_strdup (image.modality);
        }
      take_warnings (s, image.warnings);
      g_ptr_array_add (search->series, s);
    }
  return TRUE;
}

static gboolean
add_hdf5 (Search *search, const char *path, GError **error)
{
  g_auto (WillisRawImage) image = { 0 };
  g_autofree char *data_set = NULL;
  gboolean flip, sheared;
  WillisGrid grid;
  WillisSeries *s;

  willis_raw_image_init (&image);
  willis_reader_note_file (path);
  if (!willis_hdf5_parse (path, search->options->spacing_mm, &image, &data_set, error))
    return FALSE;
  willis_raw_image_settle_spacing (&image, search->options->spacing_mm);
  if (!willis_raw_image_grid (&image, &grid, &flip, &sheared, error))
    return FALSE;
  s = series_of (WILLIS_SCAN_HDF5, path);
  s->grid = grid;
  s->description = g_strdup (data_set);
  take_warnings (s, image.warnings);
  g_ptr_array_add (search->series, s);
  return TRUE;
}

/* A stack from one file of pages, or files of one page each. */
static gboolean
add_tiff (Search *search, const WillisTiff *t, const char *const *paths, const char *name_path, GError **error)
{
  const double *wanted = search->options->spacing_mm;
  guint n_files = g_strv_length ((char **) paths);
  WillisGrid grid = { .dims = { t->width, t->height, n_files > 1 ? (int) n_files : t->n_pages },
                      .direction = { 1, 0, 0, 0, 1, 0, 0, 0, 1 } };
  WillisSeries *s;

  if (wanted[0] <= 0 && !t->has_spacing)
    return willis_fail (error, WILLIS_ERROR_BAD_INPUT,
                        _("it does not say its voxel spacing; give it with --spacing X,Y,Z (millimetres)"));
  memcpy (grid.spacing_mm, wanted[0] > 0 ? wanted : t->spacing_mm, sizeof grid.spacing_mm);
  if (t->has_place)
    {
      memcpy (grid.origin_lps_mm, t->origin_lps_mm, sizeof grid.origin_lps_mm);
      memcpy (grid.direction, t->direction, sizeof grid.direction);
    }
  if (!willis_grid_check (&grid, error))
    return FALSE;
  s = series_of (WILLIS_SCAN_TIFF, name_path);
  s->grid = grid;
  s->description = g_strdup ("");
  g_strfreev (s->files);
  s->files = g_strdupv ((char **) paths);
  if (!t->has_place)
    willis_series_warn (s, WILLIS_NOTE_NO_PLACE);
  if (wanted[0] <= 0 && grid.spacing_mm[0] == 1 && grid.spacing_mm[1] == 1 && grid.spacing_mm[2] == 1)
    willis_series_warn (s, WILLIS_NOTE_UNIT_SPACING);
  if (grid.dims[2] == 1)
    willis_series_warn (s, WILLIS_NOTE_ONE_SLICE);
  g_ptr_array_add (search->series, s);
  return TRUE;
}

static gboolean
add_tiff_file (Search *search, const char *path, GBytes *file, gboolean in_folder, GError **error)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (file, &size);
  const char *paths[] = { path, NULL };
  WillisTiff t;

  willis_reader_note_file (path);
  if (!willis_tiff_parse (data, size, &t, error))
    return FALSE;
  if (in_folder && t.n_pages == 1)
    {
      g_ptr_array_add (search->tiff_pages, g_strdup (path));
      return TRUE;
    }
  return add_tiff (search, &t, paths, path, error);
}

static gboolean
add_dicom (Search *search, const char *path, GBytes *file, GError **error)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (file, &size);
  WillisDicomFile *dicom = willis_dicom_parse (data, size, error);

  if (dicom == NULL)
    return FALSE;
  dicom->path = g_strdup (path);
  g_ptr_array_add (search->dicom, dicom);
  return TRUE;
}

static gboolean
add_unknown (const char *path, GError **error)
{
  g_autofree char *name = willis_file_name (path);

  if (ends_with (path, ".dcm"))
    return willis_fail (error, WILLIS_ERROR_BAD_FILE, _("%s: it is not a DICOM file, whatever its name says"), name);
  return willis_fail (error, WILLIS_ERROR_UNSUPPORTED,
                      _("%s is not a scan that Willis reads (DICOM, NIfTI, NRRD, MetaImage, TIFF, HDF5)"), name);
}

/* Endings of files that only accompany others. */
static gboolean
is_companion (const char *path)
{
  static const char *const endings[] = { ".img", ".img.gz", ".raw", ".zraw", ".raw.gz" };

  for (gsize n = 0; n < G_N_ELEMENTS (endings); n++)
    if (ends_with (path, endings[n]))
      return TRUE;
  return FALSE;
}

static gboolean
has_scan_ending (const char *path)
{
  static const char *const endings[] = { ".dcm", ".nii", ".nii.gz", ".nrrd", ".nhdr", ".mha", ".mhd", ".tif", ".tiff",
                                         ".h5", ".hdf5", ".vtkhdf" };

  for (gsize n = 0; n < G_N_ELEMENTS (endings); n++)
    if (ends_with (path, endings[n]))
      return TRUE;
  return FALSE;
}

static gboolean
add_file_here (Search *search, const char *path, gboolean in_folder, GError **error)
{
  g_autoptr (GBytes) file = willis_file_map (path, error);
  gsize size;
  const guint8 *data;
  WillisScanKind kind;

  if (file == NULL)
    return FALSE;
  data = g_bytes_get_data (file, &size);
  kind = willis_scan_kind (data, size);
  // voxels without their header say nothing: the header stands for both
  if (in_folder && is_companion (path) && kind != WILLIS_SCAN_DICOM)
    return TRUE;
  switch (kind)
    {
    case WILLIS_SCAN_DICOM:
      return add_dicom (search, path, file, error);
    case WILLIS_SCAN_NIFTI:
    case WILLIS_SCAN_NRRD:
    case WILLIS_SCAN_METAIMAGE:
      return add_raw (search, kind, path, file, error);
    case WILLIS_SCAN_TIFF:
      return add_tiff_file (search, path, file, in_folder, error);
    case WILLIS_SCAN_HDF5:
      return add_hdf5 (search, path, error);
    case WILLIS_SCAN_UNKNOWN:
    default:
      return (in_folder && !has_scan_ending (path)) || add_unknown (path, error);
    }
}

static void
add_file (Search *search, const char *path, gboolean in_folder)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *other = NULL;

  if (search->stop != NULL || ++search->n_files > MAX_FILES
      || !willis_progress_step (search->progress, 1 - exp (-0.005 * search->n_files), &search->stop))
    return;
  // a picture of voxels named by the user: its header is meant
  if (!in_folder && ends_with (path, ".img"))
    {
      other = g_strndup (path, strlen (path) - 4);
      other = g_strconcat (g_steal_pointer (&other), ".hdr", NULL);
      path = g_file_test (other, G_FILE_TEST_EXISTS) ? other : path;
    }
  if (!add_file_here (search, path, in_folder, &error))
    skip (search, path, error);
}

static int
compare_natural (gconstpointer a, gconstpointer b)
{
  g_autofree char *ka = g_utf8_collate_key_for_filename (*(char *const *) a, -1);
  g_autofree char *kb = g_utf8_collate_key_for_filename (*(char *const *) b, -1);
  int order = strcmp (ka, kb);

  return order != 0 ? order : strcmp (*(char *const *) a, *(char *const *) b);
}

/* The single TIFF pages of one folder: one stack where they are alike. */
static void
stack_pages (Search *search, const char *folder)
{
  g_autoptr (GPtrArray) pages = search->tiff_pages;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) file = NULL;
  WillisTiff t;

  search->tiff_pages = g_ptr_array_new_with_free_func (g_free);
  if (pages->len == 0)
    return;
  g_ptr_array_sort (pages, compare_natural);
  g_ptr_array_add (pages, NULL);
  file = willis_file_map (pages->pdata[0], &error);
  if (file == NULL || !willis_tiff_parse (g_bytes_get_data (file, NULL), g_bytes_get_size (file), &t, &error)
      || !add_tiff (search, &t, (const char *const *) pages->pdata, folder, &error))
    skip (search, folder, error);
}

/* The index of a medium stands for what lies beside and below it. */
static gboolean
is_dicomdir (const char *path)
{
  g_autofree char *name = g_path_get_basename (path);

  return g_ascii_strcasecmp (name, "DICOMDIR") == 0;
}

/* What a folder holds, in natural order (new, of full paths); NULL where it cannot be read. */
static GPtrArray *
folder_paths (const char *folder, GError **error)
{
  g_autoptr (GPtrArray) paths = g_ptr_array_new_with_free_func (g_free);
  GDir *dir = g_dir_open (folder, 0, NULL);
  const char *name;

  if (dir == NULL)
    {
      DIR *again = opendir (folder); // g_dir_open () does not keep errno
      const char *reason = g_strerror (errno);
      g_autofree char *shown = willis_file_name (folder);

      if (again != NULL)
        closedir (again);
      willis_fail (error, WILLIS_ERROR_BAD_FILE, _("the folder %s cannot be read: %s"), shown, reason);
      return NULL;
    }
  while ((name = g_dir_read_name (dir)) != NULL)
    g_ptr_array_add (paths, g_strdup (name));
  g_dir_close (dir);
  g_ptr_array_sort (paths, compare_natural);
  for (guint n = 0; n < paths->len; n++)
    {
      g_autofree char *last = paths->pdata[n];

      paths->pdata[n] = g_build_filename (folder, last, NULL);
    }
  return g_steal_pointer (&paths);
}

static void
add_folder (Search *search, const char *folder, int depth)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) paths = folder_paths (folder, &error);

  if (paths == NULL)
    {
      g_ptr_array_add (search->skipped, g_strdup (error->message));
      return;
    }
  for (guint n = 0; n < paths->len && search->stop == NULL; n++)
    {
      const char *path = paths->pdata[n];

      if (g_file_test (path, G_FILE_TEST_IS_REGULAR))
        add_file (search, path, TRUE);
      else if (depth < MAX_DEPTH && g_file_test (path, G_FILE_TEST_IS_DIR) && !g_file_test (path, G_FILE_TEST_IS_SYMLINK))
        {
          g_autoptr (GPtrArray) outer = g_steal_pointer (&search->tiff_pages);

          search->tiff_pages = g_ptr_array_new_with_free_func (g_free);
          add_folder (search, path, depth + 1);
          g_ptr_array_unref (search->tiff_pages);
          search->tiff_pages = g_steal_pointer (&outer);
        }
    }
  stack_pages (search, folder);
}

/* Whether one slice is a copy of another: the same image, or another version of it at the same place. */
static gboolean
is_copy (const WillisDicomFile *a, const WillisDicomFile *b)
{
  const WillisDicomFrame *fa = &a->shared, *fb = &b->shared;

  if (a->sop_uid != NULL && g_strcmp0 (a->sop_uid, b->sop_uid) == 0)
    return TRUE;
  return fa->has_position && fb->has_position
         && memcmp (fa->position_lps_mm, fb->position_lps_mm, sizeof fa->position_lps_mm) == 0
         && a->instance == b->instance && fa->acquisition == fb->acquisition && fa->temporal == fb->temporal
         && fa->echo == fb->echo && fa->trigger_ms == fb->trigger_ms;
}

static void
add_if_of_series (Search *search, const char *path, const WillisDicomFile *named)
{
  g_autoptr (GBytes) file = willis_file_map (path, NULL);
  g_autoptr (WillisDicomFile) dicom = NULL;
  gsize size;
  const guint8 *data = file != NULL ? g_bytes_get_data (file, &size) : NULL;

  if (data == NULL || willis_scan_kind (data, size) != WILLIS_SCAN_DICOM)
    return;
  dicom = willis_dicom_parse (data, size, NULL);
  if (dicom == NULL || g_strcmp0 (dicom->series_uid, named->series_uid) != 0 || is_copy (dicom, named))
    return;
  dicom->path = g_strdup (path);
  g_ptr_array_add (search->dicom, g_steal_pointer (&dicom));
}

/* Whether what was found can be read as it is; where not, its own reason is what is said. */
static gboolean
is_sound (const Search *search)
{
  g_autoptr (GPtrArray) series = g_ptr_array_new_with_free_func ((GDestroyNotify) willis_series_free);
  g_autoptr (GPtrArray) reasons = g_ptr_array_new_with_free_func (g_free);

  willis_scan_add_dicom (series, search->dicom, reasons);
  return series->len > 0;
}

/* A single slice stands for its series: the others of it, in the same folder, copies of it left out. */
static void
add_rest_of_series (Search *search, const char *path)
{
  const WillisDicomFile *named = search->dicom->len == 1 ? search->dicom->pdata[0] : NULL;
  g_autofree char *folder = g_path_get_dirname (path);
  g_autoptr (GPtrArray) paths = NULL;

  if (named == NULL || named->series_uid == NULL || *named->series_uid == '\0' || named->n_frames > 1
      || !is_sound (search))
    return;
  paths = folder_paths (folder, NULL);
  for (guint n = 0; paths != NULL && n < paths->len && n < MAX_FILES; n++)
    if (willis_progress_step (search->progress, 1 - exp (-0.005 * n), &search->stop)
        && strcmp (paths->pdata[n], path) != 0 && g_file_test (paths->pdata[n], G_FILE_TEST_IS_REGULAR))
      add_if_of_series (search, paths->pdata[n], named);
}

/* Where a series has several acquisitions, the one that the named slice is of comes first. */
static void
put_first (GPtrArray *series, const char *path)
{
  for (guint n = 1; n < series->len; n++)
    {
      WillisSeries *s = series->pdata[n];

      if (!g_strv_contains ((const char *const *) s->files, path))
        continue;
      g_ptr_array_insert (series, 0, g_ptr_array_steal_index (series, n));
      return;
    }
}

/* ---- the list ---- */

static gboolean
make_list (Search *search, const char *first, GError **error)
{
  willis_scan_add_dicom (search->series, search->dicom, search->skipped);
  willis_scan_sort (search->series);
  if (search->options->with_range)
    for (guint n = 0; n < search->series->len;)
      {
        WillisSeries *s = search->series->pdata[n];
        WillisProgress part = willis_progress_part (search->progress, (double) n / search->series->len,
                                                    (n + 1.0) / search->series->len, NULL);
        g_autoptr (GError) local = NULL;
        g_autoptr (WillisVolume) volume = willis_scan_read (s, search->options, NULL, &part, &local);

        if (volume == NULL && g_error_matches (local, G_IO_ERROR, G_IO_ERROR_CANCELLED))
          {
            g_propagate_error (error, g_steal_pointer (&local));
            return FALSE;
          }
        if (volume == NULL)
          {
            g_ptr_array_add (search->skipped, g_strdup (local->message));
            g_ptr_array_remove_index (search->series, n);
            continue;
          }
        willis_volume_range (volume, s->range);
        n++;
      }
  if (search->series->len > 0)
    return TRUE;
  if (search->skipped->len > 0)
    return willis_fail (error, WILLIS_ERROR_BAD_FILE, "%s", (const char *) search->skipped->pdata[0]);
  return willis_fail (error, WILLIS_ERROR_BAD_FILE, _("%s: there is no scan here"), first != NULL ? first : "");
}

GPtrArray *
willis_scan_list (const char *const *paths, const WillisReadOptions *options, GPtrArray *skipped,
                  const WillisProgress *progress, GError **error)
{
  const WillisReadOptions none = WILLIS_READ_OPTIONS_INIT;
  Search search = { .options = options != NULL ? options : &none, .progress = progress };
  g_autoptr (GPtrArray) own_skipped = g_ptr_array_new_with_free_func (g_free);
  gboolean ok = FALSE, one = paths[0] != NULL && paths[1] == NULL && !is_dicomdir (paths[0])
                             && g_file_test (paths[0], G_FILE_TEST_IS_REGULAR);

  search.series = g_ptr_array_new_with_free_func ((GDestroyNotify) willis_series_free);
  search.skipped = skipped != NULL ? skipped : own_skipped;
  search.dicom = g_ptr_array_new_with_free_func ((GDestroyNotify) willis_dicom_file_free);
  search.tiff_pages = g_ptr_array_new_with_free_func (g_free);
  for (const char *const *path = paths; *path != NULL && search.stop == NULL; path++)
    if (g_file_test (*path, G_FILE_TEST_IS_DIR))
      add_folder (&search, *path, 0);
    else if (is_dicomdir (*path))
      {
        g_autofree char *folder = g_path_get_dirname (*path);

        add_folder (&search, folder, 0);
      }
    else
      add_file (&search, *path, FALSE);
  if (one && search.stop == NULL)
    add_rest_of_series (&search, paths[0]);
  if (search.stop != NULL)
    g_propagate_error (error, search.stop);
  else
    ok = make_list (&search, paths[0], error);
  if (ok && one)
    put_first (search.series, paths[0]);
  g_ptr_array_unref (search.tiff_pages);
  g_ptr_array_unref (search.dicom);
  if (!ok)
    g_clear_pointer (&search.series, g_ptr_array_unref);
  return search.series;
}
