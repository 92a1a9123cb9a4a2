/* SPDX-License-Identifier: Apache-2.0 */
/* A study as the beginning of a case. */
#include <math.h>

#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/base/note.h"
#include "core/case/case-private.h"
#include "core/case/date.h"

// slices thicker than this make small aneurysms uncertain
#define THICK_MM 1.0

/* text, unless part of the person's name or number stands in it (new or NULL). */
static char *
without_identity (const char *text, const WillisStudy *study)
{
  return text == NULL || *text == '\0' || willis_study_names (study, text) ? NULL : g_strdup (text);
}

static void
fill_study (WillisStudy *study, const WillisSeries *series, const char *path)
{
  g_autofree char *name = g_path_get_basename (path);
  g_autofree char *valid = g_utf8_make_valid (name, -1);

  study->modality = g_strdup (series->modality);
  study->study_date = willis_date_iso (series->study_date);
  study->series_uid = g_strdup (series->uid);
  study->kernel = g_strdup (series->kernel);
  study->manufacturer = g_strdup (series->manufacturer);
  study->patient_name = g_strdup (series->patient_name);
  study->patient_id = g_strdup (series->patient_id);
  study->patient_birth_date = g_strdup (series->patient_birth_date);
  study->patient_sex = g_strdup (series->patient_sex);
  study->patient_age = series->patient_age;
  study->description = without_identity (series->description, study);
  study->source = without_identity (valid, study);
}

/* The reader's notes, and what follows from the size of the voxels. */
static void
fill_warnings (WillisStudy *study, const WillisSeries *series, const WillisGrid *grid)
{
  g_autoptr (GPtrArray) warnings = g_ptr_array_new ();
  double thick = MAX (grid->spacing_mm[0], MAX (grid->spacing_mm[1], grid->spacing_mm[2]));

  for (char **text = series->warnings; text != NULL && *text != NULL; text++)
    g_ptr_array_add (warnings, g_strdup (*text));
  if (thick > THICK_MM + 1e-6)
    g_ptr_array_add (warnings, willis_note_new (WILLIS_NOTE_LARGE_VOXELS, thick,
                                                ceil (2 * thick)));
  g_ptr_array_add (warnings, NULL);
  if (warnings->len > 1)
    study->warnings = (char **) g_ptr_array_free (g_steal_pointer (&warnings), FALSE);
}

/* roi or the whole scan. */
static WillisVolume *
crop (WillisVolume *volume, const int roi[6], GError **error)
{
  const WillisGrid *grid = willis_volume_grid (volume);
  int lo[3], hi[3];

  if (roi == NULL)
    return willis_volume_ref (volume);
  for (int a = 0; a < 3; a++)
    {
      lo[a] = roi[2 * a];
      hi[a] = roi[2 * a + 1];
      if (lo[a] < 0 || hi[a] < lo[a] || hi[a] >= grid->dims[a])
        {
          willis_fail (error, WILLIS_ERROR_BAD_INPUT,
                       _ ("the region %d to %d along axis %d is not inside the scan of %d voxels"), lo[a], hi[a], a,
                       grid->dims[a]);
          return NULL;
        }
    }
  return willis_volume_crop (volume, lo, hi, error);
}

WillisCase *
willis_case_import (const char *const *paths, const char *uid, const WillisReadOptions *options, const int roi[6],
                    const WillisProgress *progress, WillisSeries **taken, GError **error)
{
  g_autoptr (WillisSeries) series = NULL;
  g_autoptr (WillisVolume) volume = willis_volume_read (paths, uid, options, progress, &series, error);
  g_autoptr (WillisVolume) cropped = volume != NULL ? crop (volume, roi, error) : NULL;
  WillisStudy study = WILLIS_STUDY_INIT;
  WillisCase *c;

  if (cropped == NULL)
    return NULL;
  fill_study (&study, series, paths[0]);
  fill_warnings (&study, series, willis_volume_grid (cropped));
  study.pseudonym = willis_study_make_pseudonym (&study, willis_volume_digest (cropped));
  c = willis_case_new ();
  willis_case_set_scan (c, cropped, &study);
  willis_study_clear (&study);
  if (taken != NULL)
    *taken = g_steal_pointer (&series);
  return c;
}
