/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From a heap of files to volumes: which files are images of a volume, which belong together, in which order.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/io/bytes.h"
#include "core/io/dicom.h"
#include "core/io/raw-image.h"
#include "core/num/vec3.h"

#define SAME_AXIS 2e-3     // largest difference of direction cosines within a series
#define SAME_PLACE_MM 1e-3 // slices closer than this along the normal are at one place

/* ---- which files can be used ---- */

static gboolean
is_scan_modality (const char *modality)
{
  static const char *const known[] = { "CT", "XA", "MR", "OT", "RF", "" };

  for (gsize n = 0; n < G_N_ELEMENTS (known); n++)
    if (g_strcmp0 (modality, known[n]) == 0)
      return TRUE;
  return modality == NULL;
}

static gboolean
check_pixels (const WillisDicomFile *f, GError **error)
{
  gsize need = willis_dicom_frame_size (f) * (gsize) f->n_frames;

  if (f->pixels == WILLIS_DICOM_NO_PIXELS)
    return willis_fail (error, WILLIS_ERROR_UNSUPPORTED, _("it holds no image"));
  if (f->pixels == WILLIS_DICOM_FLOATS)
    return willis_fail (error, WILLIS_ERROR_UNSUPPORTED, _("it holds a parametric map, not a scan"));
  if (f->rows < 1 || f->columns < 1)
    return willis_fail (error, WILLIS_ERROR_BAD_FILE, _("its size of %d x %d pixels is not possible"), f->columns,
                        f->rows);
  if (f->samples != 1 || (f->photometric != NULL && g_str_has_prefix (f->photometric, "PALETTE")))
    return willis_fail (error, WILLIS_ERROR_UNSUPPORTED, _("it holds colours, not a scan"));
  if ((f->bits_allocated != 8 && f->bits_allocated != 16 && f->bits_allocated != 32) || f->bits_stored < 1
      || f->bits_stored > f->bits_allocated || f->high_bit + 1 < f->bits_stored || f->high_bit >= f->bits_allocated)
    return willis_fail (error, WILLIS_ERROR_BAD_FILE, _("its pixels of %d in %d bits are not possible"),
                        f->bits_stored, f->bits_allocated);
  if (!f->encapsulated && f->pixel_length < need)
    return willis_fail (error, WILLIS_ERROR_BAD_FILE,
                        _("it is truncated: %zu of %zu bytes of pixels are there"),
                        f->pixel_length, need);
  return TRUE;
}

static gboolean
check_frame (const WillisDicomFrame *f, GError **error)
{
  double i = vec3_norm (f->row_axis), j = vec3_norm (f->column_axis);

  if (!f->has_position || !f->has_orientation)
    return willis_fail (error, WILLIS_ERROR_UNSUPPORTED, _("it does not say where its image lies in the patient"));
  if (!f->has_spacing)
    return willis_fail (error, WILLIS_ERROR_UNSUPPORTED, _("it does not say its pixel spacing"));
  for (int a = 0; a < 2; a++)
    if (!(f->spacing_mm[a] >= 1e-4 && f->spacing_mm[a] <= 1e3))
      return willis_fail (error, WILLIS_ERROR_BAD_FILE, _("its pixel spacing of %g mm is not possible"),
                          f->spacing_mm[a]);
  for (int a = 0; a < 3; a++)
    if (!(fabs (f->position_lps_mm[a]) < 1e6))
      return willis_fail (error, WILLIS_ERROR_BAD_FILE, _("its position is not possible"));
  if (fabs (i - 1) > 1e-2 || fabs (j - 1) > 1e-2 || fabs (vec3_dot (f->row_axis, f->column_axis)) > 1e-3)
    return willis_fail (error, WILLIS_ERROR_BAD_FILE, _("its orientation is not possible"));
  if (!isfinite (f->slope) || !isfinite (f->intercept) || f->slope == 0)
    return willis_fail (error, WILLIS_ERROR_BAD_FILE, _("the scale of its values is not possible"));
  return TRUE;
}

/* Frames of one file that only say their distance: put them one after the other. */
static void
place_frames (WillisDicomFile *f)
{
  double normal[3];

  if (f->n_frames < 2 || f->frames != NULL || !f->shared.has_position || !f->shared.has_orientation
      || f->shared.between_mm <= 0)
    return;
  vec3_cross (normal, f->shared.row_axis, f->shared.column_axis);
  f->frames = g_new (WillisDicomFrame, f->n_frames);
  for (int n = 0; n < f->n_frames; n++)
    {
      f->frames[n] = f->shared;
      vec3_axpy (f->frames[n].position_lps_mm, f->shared.position_lps_mm, n * f->shared.between_mm, normal);
    }
}

static gboolean
check_file (WillisDicomFile *f, GError **error)
{
  if (g_strcmp0 (f->modality, "SEG") == 0)
    return willis_fail (error, WILLIS_ERROR_UNSUPPORTED, _("it holds a segmentation, not a scan"));
  if (!is_scan_modality (f->modality))
    return willis_fail (error, WILLIS_ERROR_UNSUPPORTED, _("its modality is %s; Willis reads CT, XA and MR"),
                        f->modality);
  if (!check_pixels (f, error))
    return FALSE;
  if (f->n_frames > 65535)
    return willis_fail (error, WILLIS_ERROR_BAD_FILE, _("its number of frames, %d, is not possible"), f->n_frames);
  place_frames (f);
  if (f->n_frames > 1 && f->frames == NULL)
    return willis_fail (error, WILLIS_ERROR_UNSUPPORTED,
                        _("its %d frames do not say where they lie (projections, not a volume)"), f->n_frames);
  for (int n = 0; n < f->n_frames; n++)
    if (!check_frame (willis_dicom_frame (f, n), error))
      return FALSE;
  return TRUE;
}

/* ---- which slices belong together ---- */

static const WillisDicomFrame *
frame_of (const WillisDicomSlice *s)
{
  return willis_dicom_frame (s->file, s->frame);
}

static void
normal_of (const WillisDicomFrame *f, double normal[3])
{
  vec3_cross (normal, f->row_axis, f->column_axis);
  vec3_normalize (normal);
}

/* TRUE where b may stand in one volume with a. */
static gboolean
same_kind (const WillisDicomSlice *a, const WillisDicomSlice *b)
{
  const WillisDicomFrame *fa = frame_of (a), *fb = frame_of (b);

  if (a->file->rows != b->file->rows || a->file->columns != b->file->columns
      || g_strcmp0 (a->file->frame_of_reference, b->file->frame_of_reference) != 0)
    return FALSE;
  for (int k = 0; k < 3; k++)
    if (fabs (fa->row_axis[k] - fb->row_axis[k]) > SAME_AXIS
        || fabs (fa->column_axis[k] - fb->column_axis[k]) > SAME_AXIS)
      return FALSE;
  for (int k = 0; k < 2; k++)
    if (fabs (fa->spacing_mm[k] - fb->spacing_mm[k]) > 1e-4 * fa->spacing_mm[k])
      return FALSE;
  return fa->echo == fb->echo && fa->stack == fb->stack;
}

static double
height_of (const WillisDicomSlice *s, const double normal[3])
{
  return vec3_dot (frame_of (s)->position_lps_mm, normal);
}

typedef struct
{
  double normal[3];
} Order;

static int
compare_slices (gconstpointer a, gconstpointer b, gpointer data)
{
  const WillisDicomSlice *sa = a, *sb = b;
  const Order *order = data;
  double za = height_of (sa, order->normal), zb = height_of (sb, order->normal);

  if (fabs (za - zb) > SAME_PLACE_MM / 2)
    return za < zb ? -1 : 1;
  // the rest only makes the order independent of how the files came in
  if (sa->file->instance != sb->file->instance)
    return sa->file->instance < sb->file->instance ? -1 : 1;
  if (sa->frame != sb->frame)
    return sa->frame < sb->frame ? -1 : 1;
  if (g_strcmp0 (sa->file->sop_uid, sb->file->sop_uid) != 0)
    return g_strcmp0 (sa->file->sop_uid, sb->file->sop_uid);
  return strcmp (sa->file->path, sb->file->path);
}

static void
sort_slices (GArray *slices)
{
  Order order;

  if (slices->len < 2)
    return;
  normal_of (frame_of (&g_array_index (slices, WillisDicomSlice, 0)), order.normal);
  g_array_sort_with_data (slices, compare_slices, &order);
}

static gboolean
same_place (const WillisDicomSlice *a, const WillisDicomSlice *b)
{
  double normal[3];

  normal_of (frame_of (a), normal);
  return fabs (height_of (a, normal) - height_of (b, normal)) < SAME_PLACE_MM;
}

/* What may tell apart the acquisitions of a series, in the order in which it is tried. */
typedef enum
{
  BY_TEMPORAL,
  BY_ACQUISITION,
  BY_TRIGGER,
  BY_TIME,
  BY_IMAGE_TYPE,
  N_KEYS,
} Key;

static int
compare_keys (const WillisDicomSlice *a, const WillisDicomSlice *b, Key key)
{
  const WillisDicomFrame *fa = frame_of (a), *fb = frame_of (b);

  switch (key)
    {
    case BY_TEMPORAL:
      return (fa->temporal > fb->temporal) - (fa->temporal < fb->temporal);
    case BY_ACQUISITION:
      return (fa->acquisition > fb->acquisition) - (fa->acquisition < fb->acquisition);
    case BY_TRIGGER:
      return (fa->trigger_ms > fb->trigger_ms) - (fa->trigger_ms < fb->trigger_ms);
    case BY_TIME:
      return strcmp (fa->time, fb->time);
    case BY_IMAGE_TYPE:
    default:
      return g_strcmp0 (a->file->image_type, b->file->image_type);
    }
}

/* Splits slices (sorted along the normal) by key, in ascending order of it (new, of GArray). */
static GPtrArray *
split_by (GArray *slices, Key key)
{
  GPtrArray *groups = g_ptr_array_new_with_free_func ((GDestroyNotify) g_array_unref);

  for (guint n = 0; n < slices->len; n++)
    {
      const WillisDicomSlice *s = &g_array_index (slices, WillisDicomSlice, n);
      guint at = 0;
      int order = 1;

      for (at = 0; at < groups->len; at++)
        {
          order = compare_keys (s, &g_array_index ((GArray *) groups->pdata[at], WillisDicomSlice, 0), key);
          if (order <= 0)
            break;
        }
      if (order != 0 || at == groups->len)
        g_ptr_array_insert (groups, (int) at, g_array_new (FALSE, FALSE, sizeof (WillisDicomSlice)));
      g_array_append_val ((GArray *) groups->pdata[at], *s);
      if (groups->len > 1000)
        break;
    }
  return groups;
}

/* The largest number of slices at one place. */
static guint
depth_of (GArray *slices)
{
  guint depth = 1, deepest = 1;

  for (guint n = 1; n < slices->len; n++)
    {
      WillisDicomSlice *s = &g_array_index (slices, WillisDicomSlice, n);

      depth = same_place (s - 1, s) ? depth + 1 : 1;
      deepest = MAX (deepest, depth);
    }
  return deepest;
}

static int
compare_doubles (gconstpointer a, gconstpointer b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

/* How the slices, sorted along the normal, stand. */
typedef struct
{
  double lo, hi; // ends along the normal
  gboolean even; // the gaps are alike to a tenth
  gboolean torn; // a gap is too large to be filled
} Spread;

static Spread
spread_of (GArray *slices)
{
  guint n_gaps = slices->len - 1;
  g_autofree double *gaps = g_new (double, MAX (n_gaps, 1));
  double normal[3];
  Spread s = { 0, 0, FALSE, FALSE };

  normal_of (frame_of (&g_array_index (slices, WillisDicomSlice, 0)), normal);
  s.lo = height_of (&g_array_index (slices, WillisDicomSlice, 0), normal);
  s.hi = height_of (&g_array_index (slices, WillisDicomSlice, n_gaps), normal);
  if (n_gaps < 2)
    return s;
  for (guint n = 0; n < n_gaps; n++)
    gaps[n] = height_of (&g_array_index (slices, WillisDicomSlice, n + 1), normal)
              - height_of (&g_array_index (slices, WillisDicomSlice, n), normal);
  qsort (gaps, n_gaps, sizeof (double), compare_doubles);
  s.even = gaps[n_gaps - 1] <= 1.1 * gaps[0];
  s.torn = gaps[n_gaps - 1] > 3.5 * gaps[n_gaps / 10];
  return s;
}

/* Uneven slices are split only where that makes every part even, and where the parts are not just neighbours: scans
 * of the same place, or places far apart. A missing slice, or thinner slices below, make no acquisitions. */
static gboolean
explains_unevenness (GPtrArray *groups, gboolean torn)
{
  gboolean overlap = FALSE;

  for (guint pass = 0; pass < groups->len; pass++)
    {
      Spread s = spread_of (groups->pdata[pass]);

      if (!s.even)
        return FALSE;
      for (guint n = 0; n < groups->len; n++)
        {
          Spread other = spread_of (groups->pdata[n]);

          overlap = overlap || (n != pass && s.lo < other.hi && other.lo < s.hi);
        }
    }
  return overlap || torn;
}

/* The same file twice, under two names, is one slice. Returns whether one was dropped. */
static gboolean
drop_copies (GArray *slices)
{
  gboolean dropped = FALSE;

  for (guint n = slices->len; n-- > 1;)
    {
      const WillisDicomSlice *a = &g_array_index (slices, WillisDicomSlice, n - 1);
      const WillisDicomSlice *b = &g_array_index (slices, WillisDicomSlice, n);

      if (a->file->sop_uid != NULL && a->file->sop_uid[0] != '\0' && a->frame == b->frame
          && g_strcmp0 (a->file->sop_uid, b->file->sop_uid) == 0)
        {
          g_array_remove_index (slices, n);
          dropped = TRUE;
        }
    }
  return dropped;
}

static void
add_stack (GPtrArray *stacks, GArray *slices, gboolean duplicates)
{
  WillisDicomStack *stack = g_new0 (WillisDicomStack, 1);

  stack->n = (int) slices->len;
  stack->slices = g_memdup2 (slices->data, sizeof (WillisDicomSlice) * slices->len);
  stack->duplicates = duplicates;
  g_ptr_array_add (stacks, stack);
}

/* When nothing tells the acquisitions apart: the n-th slice at each place makes the n-th volume. */
static void
deal_out (GPtrArray *stacks, GArray *slices)
{
  GPtrArray *layers = g_ptr_array_new_with_free_func ((GDestroyNotify) g_array_unref);
  guint depth = 0;

  for (guint n = 0; n < slices->len; n++)
    {
      WillisDicomSlice *s = &g_array_index (slices, WillisDicomSlice, n);

      depth = n > 0 && same_place (s - 1, s) ? depth + 1 : 0;
      if (depth >= layers->len)
        g_ptr_array_add (layers, g_array_new (FALSE, FALSE, sizeof (WillisDicomSlice)));
      g_array_append_val ((GArray *) layers->pdata[depth], *s);
    }
  for (guint n = 0; n < layers->len; n++)
    add_stack (stacks, layers->pdata[n], TRUE);
  g_ptr_array_unref (layers);
}

/* TRUE where the key tells the acquisitions apart: every part has one slice at a place. A key that differs from slice to
 * slice (the time of each, the number of each turn of the gantry) makes many small parts and tells nothing. */
static gboolean
key_tells (GPtrArray *groups, GArray *slices, guint depth, gboolean torn)
{
  if (groups->len < 2 || groups->len > (depth > 1 ? 2 * depth : slices->len / 3))
    return FALSE;
  for (guint n = 0; n < groups->len; n++)
    if (depth_of (groups->pdata[n]) > 1)
      return FALSE;
  return depth > 1 || explains_unevenness (groups, torn);
}

/* Splits slices of one kind into the acquisitions they come from. */
static void
split_acquisitions (GPtrArray *stacks, GArray *slices)
{
  gboolean copies;
  guint depth;
  Spread spread;

  sort_slices (slices);
  copies = drop_copies (slices);
  depth = depth_of (slices);
  spread = spread_of (slices);
  for (int key = 0; key < N_KEYS && (depth > 1 || (slices->len >= 6 && !spread.even)); key++)
    {
      g_autoptr (GPtrArray) groups = split_by (slices, (Key) key);

      if (!key_tells (groups, slices, depth, spread.torn))
        continue;
      for (guint n = 0; n < groups->len; n++)
        add_stack (stacks, groups->pdata[n], copies);
      return;
    }
  if (depth > 1)
    deal_out (stacks, slices);
  else
    add_stack (stacks, slices, copies);
}

static void
split_series (GPtrArray *stacks, GArray *slices)
{
  g_autoptr (GPtrArray) kinds = g_ptr_array_new_with_free_func ((GDestroyNotify) g_array_unref);

  for (guint n = 0; n < slices->len; n++)
    {
      const WillisDicomSlice *s = &g_array_index (slices, WillisDicomSlice, n);
      guint at = 0;

      while (at < kinds->len
             && !same_kind (&g_array_index ((GArray *) kinds->pdata[at], WillisDicomSlice, 0), s))
        at++;
      if (at == kinds->len)
        g_ptr_array_add (kinds, g_array_new (FALSE, FALSE, sizeof (WillisDicomSlice)));
      g_array_append_val ((GArray *) kinds->pdata[at], *s);
    }
  for (guint n = 0; n < kinds->len; n++)
    split_acquisitions (stacks, kinds->pdata[n]);
}

static int
compare_files (gconstpointer a, gconstpointer b)
{
  const WillisDicomFile *fa = *(WillisDicomFile *const *) a, *fb = *(WillisDicomFile *const *) b;
  int order = g_strcmp0 (fa->series_uid, fb->series_uid);

  if (order == 0)
    order = (fa->instance > fb->instance) - (fa->instance < fb->instance);
  return order != 0 ? order : strcmp (fa->path, fb->path);
}

GPtrArray *
willis_dicom_sort (GPtrArray *files, GPtrArray *skipped)
{
  GPtrArray *stacks = g_ptr_array_new_with_free_func ((GDestroyNotify) willis_dicom_stack_free);
  g_autoptr (GPtrArray) usable = g_ptr_array_new ();

  for (guint n = 0; n < files->len; n++)
    {
      WillisDicomFile *file = files->pdata[n];
      g_autoptr (GError) error = NULL;
      g_autofree char *name = willis_file_name (file->path);

      if (check_file (file, &error))
        g_ptr_array_add (usable, file);
      else
        g_ptr_array_add (skipped, g_strdup_printf ("%s: %s", name, error->message));
    }
  g_ptr_array_sort (usable, compare_files);
  for (guint n = 0; n < usable->len;)
    {
      const WillisDicomFile *first = usable->pdata[n];
      g_autoptr (GArray) slices = g_array_new (FALSE, FALSE, sizeof (WillisDicomSlice));

      for (; n < usable->len; n++)
        {
          const WillisDicomFile *file = usable->pdata[n];

          if (g_strcmp0 (file->series_uid, first->series_uid) != 0)
            break;
          for (int k = 0; k < file->n_frames; k++)
            {
              WillisDicomSlice slice = { file, k };

              g_array_append_val (slices, slice);
            }
        }
      split_series (stacks, slices);
    }
  return stacks;
}

void
willis_dicom_stack_free (WillisDicomStack *stack)
{
  g_free (stack->slices);
  g_free (stack);
}
