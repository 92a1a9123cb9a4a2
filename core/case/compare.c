/* SPDX-License-Identifier: Apache-2.0 */
#include "core/case/compare.h"

#include <math.h>
#include <string.h>

#include "core/base/error.h"
#include "core/base/i18n.h"

#define SAME_PLACE_MM 4.0 // sacs whose middles are nearer than this and half their sizes are one

void
willis_comparison_clear (WillisComparison *comparison)
{
  g_clear_pointer (&comparison->growth, willis_growth_unref);
  g_clear_pointer (&comparison->warnings, g_strfreev);
}

WillisCase *
willis_case_prepare (const WillisCase *c, const WillisProgress *progress, GError **error)
{
  WillisCase *copy = willis_case_copy (c);
  gboolean ok = TRUE;

  if (willis_case_surface (copy) == NULL || willis_case_segmentation (copy) == NULL)
    ok = willis_case_run_all (copy, progress, error);
  else
    {
      if (willis_case_tree (copy) == NULL)
        ok = willis_case_run_tree (copy, progress, error);
      if (ok && willis_case_n_aneurysms (copy) == 0)
        ok = (willis_case_candidates (copy) != NULL || willis_case_run_detect (copy, progress, error))
             && willis_case_run_best (copy, progress, error);
    }
  if (!ok)
    g_clear_pointer (&copy, willis_case_unref);
  return copy;
}

WillisFollowupScan
willis_case_followup_scan (const WillisCase *c, int aneurysm)
{
  WillisFollowupScan scan = { willis_case_volume (c), willis_case_segmentation (c), willis_case_surface (c),
                              willis_case_tree (c),
                              aneurysm >= 0 ? willis_case_aneurysm (c, (gsize) aneurysm) : NULL };

  return scan;
}

/* "2026-01-31" or "20260131" to a day number; 0 where it is neither. */
static guint32
day_of (const char *text)
{
  int digits[8], n = 0;
  GDate date;

  for (const char *c = text != NULL ? text : ""; *c != '\0' && n < 8; c++)
    if (g_ascii_isdigit (*c))
      digits[n++] = *c - '0';
    else if (*c != '-')
      break;
  if (n < 8)
    return 0;
  {
    int year = digits[0] * 1000 + digits[1] * 100 + digits[2] * 10 + digits[3];
    int month = digits[4] * 10 + digits[5], day = digits[6] * 10 + digits[7];

    if (!g_date_valid_dmy ((GDateDay) day, month, (GDateYear) year))
      return 0;
    g_date_clear (&date, 1);
    g_date_set_dmy (&date, (GDateDay) day, month, (GDateYear) year);
  }
  return g_date_get_julian (&date);
}

double
willis_study_years (const WillisStudy *from, const WillisStudy *to)
{
  guint32 a = day_of (from->study_date), b = day_of (to->study_date);

  return a > 0 && b > 0 ? ((double) b - (double) a) / 365.25 : NAN;
}

static gboolean
differ (const char *a, const char *b)
{
  return a != NULL && b != NULL && *a != '\0' && *b != '\0' && g_ascii_strcasecmp (a, b) != 0;
}

/* What the studies themselves say against a comparison. */
static void
study_warnings (const WillisCase *baseline, const WillisCase *followup, double years, GStrvBuilder *list)
{
  const WillisStudy *a = willis_case_study (baseline), *b = willis_case_study (followup);

  if (differ (a->patient_id, b->patient_id) || differ (a->patient_birth_date, b->patient_birth_date)
      || differ (a->patient_sex, b->patient_sex))
    g_strv_builder_add (list, _ ("the two studies carry different patients' data"));
  if (years < 0.0)
    g_strv_builder_add (list, _ ("wrong time order: the follow-up was made before the baseline; exchange the two"));
  if (years == 0.0)
    g_strv_builder_add (list, _ ("both scans were made on the same day: no growth per year"));
  if (g_strcmp0 (willis_case_digest (baseline, WILLIS_STAGE_SCAN), willis_case_digest (followup, WILLIS_STAGE_SCAN)) == 0)
    g_strv_builder_add (list, _ ("both cases hold the same scan"));
}

static void
sac_place (const WillisCase *c, int n, double out[3], double *size)
{
  WillisSurface *sac = willis_aneurysm_sac (willis_case_aneurysm (c, (gsize) n));
  gsize points = willis_surface_n_points (sac);

  vec3_set (out, 0, 0, 0);
  for (gsize i = 0; i < points; i++)
    vec3_axpy (out, out, 1.0 / (double) points, willis_surface_points (sac) + 3 * i);
  *size = willis_aneurysm_morphology (willis_case_aneurysm (c, (gsize) n))->index[WILLIS_INDEX_SIZE].value;
}

/* The aneurysm of to where that of from lies under motion; -1: none. */
static int
counterpart (const WillisCase *from, int n, const WillisCase *to, const WillisRigid *motion)
{
  double at[3], size, best = INFINITY;
  int found = -1;

  sac_place (from, n, at, &size);
  willis_rigid_apply (motion, at, at);
  for (gsize i = 0; i < willis_case_n_aneurysms (to); i++)
    {
      double other[3], other_size, d;

      sac_place (to, (int) i, other, &other_size);
      d = vec3_dist (at, other);
      if (d < SAME_PLACE_MM + 0.5 * MAX (size, other_size) && d < best)
        {
          best = d;
          found = (int) i;
        }
    }
  return found;
}

/* Names the aneurysms of one case that have no counterpart in the other. */
static void
unmatched_warnings (const WillisCase *from, const WillisCase *to, const WillisRigid *motion, int skip,
                    const char *format, GStrvBuilder *list)
{
  for (gsize i = 0; i < willis_case_n_aneurysms (from); i++)
    if ((int) i != skip && counterpart (from, (int) i, to, motion) < 0)
      {
        g_autofree char *text = NULL;
        double at[3], size;

        sac_place (from, (int) i, at, &size);
        text = g_strdup_printf (format, (int) i + 1, size);
        g_strv_builder_add (list, text);
      }
}

gboolean
willis_case_compare (const WillisCase *baseline, const WillisCase *followup, int n, const WillisRigid *motion,
                     const WillisProgress *progress, WillisComparison *out, GError **error)
{
  WillisProgress first = willis_progress_part (progress, 0.0, 0.5, _ ("Registering the scans"));
  WillisProgress second = willis_progress_part (progress, 0.5, 1.0, _ ("Measuring the change"));
  gsize n_baseline = willis_case_n_aneurysms (baseline), n_followup = willis_case_n_aneurysms (followup);
  WillisFollowupScan a, b;
  WillisAlign align;
  WillisRigid back;
  g_autoptr (GStrvBuilder) list = g_strv_builder_new ();

  memset (out, 0, sizeof *out);
  out->aneurysm[0] = n_baseline > 0 ? n : -1;
  out->aneurysm[1] = n_baseline > 0 ? (n_followup > 0 ? 0 : -1) : n;
  if (n < 0 || (gsize) n >= (n_baseline > 0 ? n_baseline : MAX (n_followup, 1)))
    return willis_fail (error, WILLIS_ERROR_USAGE, _ ("there is no aneurysm %d in the baseline"), n + 1);
  if (n_baseline == 0 && n_followup == 0)
    return willis_fail (error, WILLIS_ERROR_BAD_INPUT, _ ("neither scan has an aneurysm to compare"));
  out->years = willis_study_years (willis_case_study (baseline), willis_case_study (followup));
  a = willis_case_followup_scan (baseline, out->aneurysm[0]);
  // which of the follow-up's is meant is known after registration; the place is the baseline's until then
  b = willis_case_followup_scan (followup, n_baseline > 0 ? -1 : out->aneurysm[1]);
  if (!willis_followup_align (&a, &b, motion, progress != NULL ? &first : NULL, &align, error))
    return FALSE;
  if (n_baseline > 0)
    out->aneurysm[1] = counterpart (baseline, n, followup, &align.motion);
  b = willis_case_followup_scan (followup, out->aneurysm[1]);
  out->growth = willis_growth_measure (&a, &b, &align, progress != NULL ? &second : NULL, error);
  if (out->growth == NULL)
    return FALSE;
  back = willis_rigid_invert (&align.motion);
  study_warnings (baseline, followup, out->years, list);
  unmatched_warnings (followup, baseline, &back, out->aneurysm[1],
                      _ ("aneurysm %d of the follow-up (%.1f mm) has no counterpart in the baseline: new, or not marked "
                         "there"),
                      list);
  unmatched_warnings (baseline, followup, &align.motion, out->aneurysm[0],
                      _ ("aneurysm %d of the baseline (%.1f mm) has no counterpart in the follow-up: vanished, or not "
                         "marked there"),
                      list);
  for (char **w = out->growth->warnings; w != NULL && *w != NULL; w++)
    g_strv_builder_add (list, *w);
  out->warnings = g_strv_builder_end (list);
  return TRUE;
}
