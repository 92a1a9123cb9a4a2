/* SPDX-License-Identifier: Apache-2.0 */
#include "core/case/compare.h"

#include <math.h>
#include <string.h>

#include "core/base/digest.h"
#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/case/case-private.h"
#include "core/case/date.h"

#define SAME_PLACE_MM 4.0 // sacs whose middles are nearer than this and half their sizes are one

WillisComparison *
willis_comparison_new (WillisGrowth *growth)
{
  WillisComparison *c = g_new0 (WillisComparison, 1);

  g_atomic_ref_count_init (&c->refs);
  c->growth = growth;
  c->remarks = g_array_new (FALSE, FALSE, sizeof (WillisRemark));
  return c;
}

WillisComparison *
willis_comparison_ref (WillisComparison *comparison)
{
  g_atomic_ref_count_inc (&comparison->refs);
  return comparison;
}

void
willis_comparison_unref (WillisComparison *comparison)
{
  if (comparison == NULL || !g_atomic_ref_count_dec (&comparison->refs))
    return;
  g_clear_pointer (&comparison->growth, willis_growth_unref);
  g_clear_pointer (&comparison->remarks, g_array_unref);
  g_free (comparison->earlier_date);
  g_free (comparison->earlier_file);
  g_free (comparison->earlier);
  willis_provenance_clear (&comparison->provenance);
  g_free (comparison);
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
                              willis_case_tree (c), aneurysm >= 0 ? willis_case_aneurysm (c, (gsize) aneurysm) : NULL };

  return scan;
}

double
willis_study_years (const WillisStudy *from, const WillisStudy *to)
{
  return willis_date_years (from->study_date, to->study_date);
}

static gboolean
differ (const char *a, const char *b)
{
  return a != NULL && b != NULL && *a != '\0' && *b != '\0' && g_ascii_strcasecmp (a, b) != 0;
}

static void
remark (GArray *remarks, WillisRemarkKind kind, int number, double value)
{
  const WillisRemark r = { kind, number, value };

  g_array_append_val (remarks, r);
}

/* What the studies themselves say against a comparison. */
static void
study_remarks (const WillisCase *baseline, const WillisCase *followup, double years, GArray *remarks)
{
  const WillisStudy *a = willis_case_study (baseline), *b = willis_case_study (followup);

  if (differ (a->patient_id, b->patient_id) || differ (a->patient_birth_date, b->patient_birth_date)
      || differ (a->patient_sex, b->patient_sex))
    remark (remarks, WILLIS_REMARK_OTHER_PATIENT, 0, 0.0);
  if (years < 0.0)
    remark (remarks, WILLIS_REMARK_TIME_ORDER, 0, 0.0);
  if (years == 0.0)
    remark (remarks, WILLIS_REMARK_SAME_DAY, 0, 0.0);
  if (g_strcmp0 (willis_case_digest (baseline, WILLIS_STAGE_SCAN), willis_case_digest (followup, WILLIS_STAGE_SCAN))
      == 0)
    remark (remarks, WILLIS_REMARK_SAME_SCAN, 0, 0.0);
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

/* The aneurysms of one case that have no counterpart in the other. */
static void
unmatched_remarks (const WillisCase *from, const WillisCase *to, const WillisRigid *motion, int skip,
                   WillisRemarkKind kind, GArray *remarks)
{
  for (gsize i = 0; i < willis_case_n_aneurysms (from); i++)
    if ((int) i != skip && counterpart (from, (int) i, to, motion) < 0)
      {
        double at[3], size;

        sac_place (from, (int) i, at, &size);
        remark (remarks, kind, (int) i + 1, size);
      }
}

/* ---- what was compared ---- */

char *
willis_case_compared_text (const WillisCase *c)
{
  const char *scan = willis_case_digest (c, WILLIS_STAGE_SCAN), *surface = willis_case_digest (c, WILLIS_STAGE_SURFACE);
  GString *text = g_string_new (NULL);

  g_string_append_printf (text, "scan=%s surface=%s aneurysms=", scan != NULL ? scan : "-",
                          surface != NULL ? surface : "-");
  for (gsize i = 0; i < willis_case_n_aneurysms (c); i++)
    g_string_append_printf (text, "%s%s", i > 0 ? "," : "", willis_aneurysm_digest (willis_case_aneurysm (c, i)));
  if (willis_case_n_aneurysms (c) == 0)
    g_string_append_c (text, '-');
  return g_string_free (text, FALSE);
}

gboolean
willis_comparison_holds_for (const WillisComparison *comparison, const WillisCase *earlier)
{
  g_autofree char *now = willis_case_compared_text (earlier);

  return g_str_equal (now, comparison->earlier);
}

gboolean
willis_comparison_is_with (const WillisComparison *comparison, const WillisCase *earlier)
{
  const char *scan = willis_case_digest (earlier, WILLIS_STAGE_SCAN);
  g_autofree char *start = g_strdup_printf ("scan=%s ", scan != NULL ? scan : "-");

  return g_str_has_prefix (comparison->earlier, start);
}

/* Of everything that a comparison says (new). */
static char *
digest_of (const WillisComparison *c)
{
  const WillisGrowth *g = c->growth;
  WillisDigest *digest = willis_digest_new ();

  willis_digest_string (digest, c->earlier);
  willis_digest_string (digest, c->provenance.inputs);
  willis_digest_int (digest, g->verdict);
  willis_digest_int (digest, g->rule);
  willis_digest_doubles (digest, g->align.motion.r, 9);
  willis_digest_doubles (digest, g->align.motion.t, 3);
  for (int i = 0; i < WILLIS_N_INDICES; i++)
    {
      const double v[3] = { g->before[i].value, g->after[i].value, g->delta[i].sd };

      willis_digest_doubles (digest, v, 3);
    }
  willis_digest_doubles (digest, (const double[3]){ g->limit_mm, g->mean_mm, g->mean_sd_mm }, 3);
  if (g->displacement_mm != NULL)
    willis_digest_doubles (digest, g->displacement_mm, willis_surface_n_points (g->sac));
  return willis_digest_finish (digest);
}

static WillisComparison *
comparison_begin (const WillisCase *baseline, const WillisCase *followup, const WillisRigid *motion,
                  const char *earlier_file)
{
  WillisComparison *c = willis_comparison_new (NULL);

  c->years = willis_study_years (willis_case_study (baseline), willis_case_study (followup));
  c->by_hand = motion != NULL;
  c->earlier_date = willis_date_iso (willis_case_study (baseline)->study_date);
  c->earlier_file = earlier_file != NULL ? g_path_get_basename (earlier_file) : NULL;
  c->earlier = willis_case_compared_text (baseline);
  c->provenance.inputs = willis_case_compared_text (followup);
  c->provenance.params = motion != NULL ? g_strdup ("{\"motion\":\"by hand\"}") : g_strdup ("");
  willis_provenance_sign (&c->provenance);
  return c;
}

WillisComparison *
willis_case_compare (const WillisCase *baseline, const WillisCase *followup, int n, const WillisRigid *motion,
                     const char *earlier_file, const WillisProgress *progress, GError **error)
{
  WillisProgress first = willis_progress_part (progress, 0.0, 0.5, _ ("Registering the scans"));
  WillisProgress second = willis_progress_part (progress, 0.5, 1.0, _ ("Measuring the change"));
  gsize n_baseline = willis_case_n_aneurysms (baseline), n_followup = willis_case_n_aneurysms (followup);
  g_autoptr (WillisComparison) out = NULL;
  WillisFollowupScan a, b;
  WillisAlign align;
  WillisRigid back;

  if (n < 0 || (gsize) n >= (n_baseline > 0 ? n_baseline : MAX (n_followup, 1)))
    {
      willis_fail (error, WILLIS_ERROR_USAGE, _ ("there is no aneurysm %d in the baseline"), n + 1);
      return NULL;
    }
  if (n_baseline == 0 && n_followup == 0)
    {
      willis_fail (error, WILLIS_ERROR_BAD_INPUT, _ ("neither scan has an aneurysm to compare"));
      return NULL;
    }
  out = comparison_begin (baseline, followup, motion, earlier_file);
  out->aneurysm[0] = n_baseline > 0 ? n : -1;
  out->aneurysm[1] = n_baseline > 0 ? (n_followup > 0 ? 0 : -1) : n;
  a = willis_case_followup_scan (baseline, out->aneurysm[0]);
  // which of the follow-up's is meant is known after registration; the place is the baseline's until then
  b = willis_case_followup_scan (followup, n_baseline > 0 ? -1 : out->aneurysm[1]);
  if (!willis_followup_align (&a, &b, motion, progress != NULL ? &first : NULL, &align, error))
    return NULL;
  if (n_baseline > 0)
    out->aneurysm[1] = counterpart (baseline, n, followup, &align.motion);
  b = willis_case_followup_scan (followup, out->aneurysm[1]);
  out->growth = willis_growth_measure (&a, &b, &align, progress != NULL ? &second : NULL, error);
  if (out->growth == NULL)
    return NULL;
  back = willis_rigid_invert (&align.motion);
  study_remarks (baseline, followup, out->years, out->remarks);
  unmatched_remarks (followup, baseline, &back, out->aneurysm[1], WILLIS_REMARK_NEW, out->remarks);
  unmatched_remarks (baseline, followup, &align.motion, out->aneurysm[0], WILLIS_REMARK_GONE, out->remarks);
  g_array_append_vals (out->remarks, out->growth->remarks->data, out->growth->remarks->len);
  out->provenance.digest = digest_of (out);
  return g_steal_pointer (&out);
}

/* ---- over all scans ---- */

static int
compare_years (gconstpointer a, gconstpointer b)
{
  const WillisTrendPoint *p = a, *q = b;

  return p->year < q->year ? -1 : p->year > q->year;
}

GArray *
willis_case_trend (const WillisCase *c, WillisIndex index, gboolean *dated)
{
  GArray *points = g_array_new (FALSE, FALSE, sizeof (WillisTrendPoint));
  gsize n = willis_case_n_comparisons (c);
  WillisTrendPoint now = { willis_date_year (willis_case_study (c)->study_date), NAN, NAN };
  gboolean all = isfinite (now.year);

  for (gsize i = 0; i < n; i++)
    if (isfinite (willis_case_comparison (c, i)->growth->after[index].value))
      now.value = willis_case_comparison (c, i)->growth->after[index].value;
  for (gsize i = 0; i < n; i++)
    {
      const WillisComparison *e = willis_case_comparison (c, i);
      const WillisMeasure *delta = &e->growth->delta[index];
      WillisTrendPoint p = { willis_date_year (e->earlier_date), now.value - delta->value, delta->sd };

      all = all && isfinite (p.year);
      g_array_append_val (points, p);
    }
  if (n > 0)
    g_array_append_val (points, now);
  if (all)
    g_array_sort (points, compare_years);
  if (dated != NULL)
    *dated = all;
  return points;
}
