/* SPDX-License-Identifier: Apache-2.0 */
/*
 * willis compare BASELINE FOLLOWUP: what has grown since the earlier scan, and how sure that is.
 */
#include <math.h>

#include "app/case-file.h"
#include "app/cli.h"
#include "app/commands.h"
#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/base/json.h"
#include "core/case/compare.h"
#include "core/io/volume-io.h"

static void
add_registration (JsonBuilder *builder, const WillisAlign *a)
{
  double rows[12];

  willis_rigid_to_rows (&a->motion, rows);
  json_builder_set_member_name (builder, "registration");
  json_builder_begin_object (builder);
  willis_json_add_double (builder, "tre_mm", a->tre_mm);
  willis_json_add_double (builder, "bone_mm", a->bone_mm);
  willis_json_add_double (builder, "artery_mm", a->artery_mm);
  willis_json_add_double (builder, "artery_share", a->artery_share);
  willis_json_add_double (builder, "refined_mm", a->refined_mm);
  willis_json_add_string (builder, "method",
                          a->rigid.match == WILLIS_MATCH_INFORMATION ? "mutual information" : "correlation");
  willis_json_add_double (builder, "similarity", a->rigid.similarity);
  willis_json_add_double (builder, "overlap", a->rigid.overlap);
  willis_json_add_double (builder, "scale_percent", 100.0 * a->rigid.scale);
  willis_json_add_double (builder, "rotation_deg", willis_rigid_angle (&a->motion) * 180.0 / G_PI);
  willis_json_add_doubles (builder, "baseline_to_followup", rows, 12);
  json_builder_end_object (builder);
}

static void
add_delta (JsonBuilder *builder, const WillisGrowth *g, double years)
{
  json_builder_set_member_name (builder, "delta");
  json_builder_begin_object (builder);
  for (int i = 0; i < WILLIS_N_INDICES; i++)
    {
      json_builder_set_member_name (builder, willis_index_info (i)->name);
      json_builder_begin_object (builder);
      willis_json_add_double (builder, "value", g->delta[i].value);
      willis_json_add_double (builder, "sd", g->delta[i].sd);
      willis_json_add_string (builder, "unit", willis_index_info (i)->unit);
      willis_json_add_double (builder, "before", g->before[i].value);
      willis_json_add_double (builder, "after", g->after[i].value);
      willis_json_add_double (builder, "per_year", years > 0.0 ? g->delta[i].value / years : NAN);
      willis_json_add_double (builder, "per_year_sd", years > 0.0 ? g->delta[i].sd / years : NAN);
      json_builder_end_object (builder);
    }
  json_builder_end_object (builder);
}

static void
add_regions (JsonBuilder *builder, const WillisGrowth *g)
{
  json_builder_set_member_name (builder, "regions");
  json_builder_begin_array (builder);
  for (guint i = 0; i < g->regions->len; i++)
    {
      const WillisGrowthRegion *r = &g_array_index (g->regions, WillisGrowthRegion, i);
      double there[3];

      willis_rigid_apply (&g->align.motion, r->centre_lps_mm, there);
      json_builder_begin_object (builder);
      willis_json_add_doubles (builder, "centre_lps_mm", r->centre_lps_mm, 3);
      willis_json_add_doubles (builder, "centre_followup_lps_mm", there, 3);
      willis_json_add_double (builder, "area_mm2", r->area_mm2);
      willis_json_add_double (builder, "max_mm", r->max_mm);
      willis_json_add_double (builder, "mean_mm", r->mean_mm);
      willis_json_add_double (builder, "z", r->z);
      willis_json_add_bool (builder, "daughter", r->daughter);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
}

static void
add_comparison (JsonBuilder *builder, const WillisComparison *c)
{
  const WillisGrowth *g = c->growth;
  g_autofree char *rule = willis_growth_rule_text (g, NULL, NULL);

  willis_json_add_string (builder, "verdict", willis_verdict_name (g->verdict));
  willis_json_add_string (builder, "rule", rule);
  willis_json_add_bool (builder, "new", g->is_new);
  willis_json_add_bool (builder, "vanished", g->vanished);
  json_builder_set_member_name (builder, "warnings");
  json_builder_begin_array (builder);
  for (guint i = 0; i < c->remarks->len; i++)
    {
      g_autofree char *text = willis_remark_text (&g_array_index (c->remarks, WillisRemark, i), NULL, NULL);

      json_builder_add_string_value (builder, text);
    }
  json_builder_end_array (builder);
  willis_json_add_string (builder, "earlier_date", c->earlier_date);
  willis_json_add_double (builder, "years", c->years);
  willis_json_add_int (builder, "baseline_aneurysm", c->aneurysm[0] + 1);
  willis_json_add_int (builder, "followup_aneurysm", c->aneurysm[1] + 1);
  add_delta (builder, g, c->years);
  willis_json_add_double (builder, "volume_percent", g->volume_percent);
  willis_json_add_double (builder, "volume_percent_sd", g->volume_percent_sd);
  add_regions (builder, g);
  json_builder_set_member_name (builder, "definitions");
  json_builder_begin_object (builder);
  willis_json_add_bool (builder, "one_mm_in_one_direction", g->one_mm);
  willis_json_add_bool (builder, "half_mm_in_two_directions", g->two_half_mm);
  willis_json_add_bool (builder, "volume_beyond_twice_cov", g->volume_cov);
  json_builder_end_object (builder);
  json_builder_set_member_name (builder, "yardstick");
  json_builder_begin_object (builder);
  willis_json_add_double (builder, "mean_mm", g->null_mean_mm);
  willis_json_add_double (builder, "sd_mm", g->null_sd_mm);
  willis_json_add_double (builder, "limit_mm", g->limit_mm);
  willis_json_add_double (builder, "artery_area_mm2", g->align.artery_area_mm2);
  willis_json_add_double (builder, "sac_mean_mm", g->mean_mm);
  willis_json_add_double (builder, "sac_mean_sd_mm", g->mean_sd_mm);
  json_builder_end_object (builder);
  add_registration (builder, &g->align);
  json_builder_set_member_name (builder, "provenance");
  json_builder_begin_object (builder);
  willis_json_add_string (builder, "digest", c->provenance.digest);
  willis_json_add_string (builder, "baseline", c->earlier);
  willis_json_add_string (builder, "followup", c->provenance.inputs);
  willis_json_add_string (builder, "program", c->provenance.program);
  willis_json_add_string (builder, "time", c->provenance.time);
  json_builder_end_object (builder);
}

static void
print_comparison (const WillisComparison *c)
{
  const WillisGrowth *g = c->growth;
  static const WillisIndex shown[] = { WILLIS_INDEX_SIZE,          WILLIS_INDEX_HEIGHT, WILLIS_INDEX_WIDTH,
                                       WILLIS_INDEX_NECK_DIAMETER, WILLIS_INDEX_VOLUME, WILLIS_INDEX_AREA };
  static const char *const names[] = { N_ ("uncertain"), N_ ("stable"), N_ ("grown"), N_ ("shrunk") };
  g_autofree char *rule = willis_growth_rule_text (g, NULL, NULL);

  willis_cli_print (_ ("verdict: %s\n%s\n"), _ (names[g->verdict]), rule);
  for (guint i = 0; i < c->remarks->len; i++)
    {
      g_autofree char *text = willis_remark_text (&g_array_index (c->remarks, WillisRemark, i), NULL, NULL);

      willis_cli_print (_ ("warning: %s\n"), text);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (shown); i++)
    if (isfinite (g->delta[shown[i]].value))
      willis_cli_print ("%-16s %9.2f -> %9.2f  %+8.2f ± %.2f %s\n", willis_index_info (shown[i])->name,
                        g->before[shown[i]].value, g->after[shown[i]].value, g->delta[shown[i]].value,
                        g->delta[shown[i]].sd, willis_index_info (shown[i])->unit);
  if (c->years > 0.0 && isfinite (g->delta[WILLIS_INDEX_SIZE].value))
    willis_cli_print (_ ("in %.2f years: %+.2f ± %.2f mm of size and %+.1f ± %.1f %% of volume a year\n"), c->years,
                      g->delta[WILLIS_INDEX_SIZE].value / c->years, g->delta[WILLIS_INDEX_SIZE].sd / c->years,
                      g->volume_percent / c->years, g->volume_percent_sd / c->years);
  for (guint i = 0; i < g->regions->len; i++)
    {
      const WillisGrowthRegion *r = &g_array_index (g->regions, WillisGrowthRegion, i);

      willis_cli_print (_ ("region at %.1f, %.1f, %.1f mm: %.1f mm2, up to %+.2f mm%s\n"), r->centre_lps_mm[0],
                        r->centre_lps_mm[1], r->centre_lps_mm[2], r->area_mm2, r->max_mm,
                        r->daughter ? _ (", a bulge of its own") : "");
    }
  willis_cli_print (_ ("clinic's definitions: 1 mm in one direction %s; 0.5 mm in two %s; volume beyond twice the "
                       "coefficient of variation %s\n"),
                    g->one_mm ? _ ("yes") : _ ("no"), g->two_half_mm ? _ ("yes") : _ ("no"),
                    g->volume_cov ? _ ("yes") : _ ("no"));
  willis_cli_print (
      _ ("registration: expected error %.2f mm at the aneurysm; %.0f %% of the arteries meet, %.2f mm apart\n"),
      g->align.tre_mm, 100.0 * g->align.artery_share, g->align.artery_mm);
}

/* What is registered. */
typedef struct
{
  const char *path;
  WillisCase *c; // NULL for a scan: its digests would take longer than the rest
  WillisVolume *scan;
  WillisScanView view;
  GError *error;
} Opened;

static void
opened_clear (Opened *o)
{
  g_clear_pointer (&o->c, willis_case_unref);
  g_clear_pointer (&o->scan, willis_volume_unref);
  g_clear_error (&o->error);
}

/* The scan of a case or a scan file, with what is known of it. An Opened; returns itself. */
static gpointer
open_scan (gpointer data)
{
  Opened *o = data;
  const char *const one[] = { o->path, NULL };
  const WillisSegmentation *segmentation = NULL;

  if (!willis_cli_is_hdf5 (o->path))
    o->scan = willis_volume_read (one, NULL, NULL, NULL, NULL, &o->error);
  else if ((o->c = willis_case_load (o->path, NULL, &o->error)) != NULL)
    {
      segmentation = willis_case_segmentation (o->c);
      if (willis_case_volume (o->c) != NULL)
        o->scan = willis_volume_ref (willis_case_volume (o->c));
      else
        willis_fail (&o->error, WILLIS_ERROR_BAD_INPUT, _ ("the case has no scan yet"));
    }
  if (o->scan != NULL)
    o->view = willis_scan_view (o->scan, segmentation != NULL ? willis_segmentation_labels (segmentation) : NULL);
  return o;
}

/* Both; scans at the same time, each by its own reader process. */
static gboolean
open_both (Opened opened[2], GError **error)
{
  GThread *second = NULL;

  if (!willis_cli_is_hdf5 (opened[0].path) && !willis_cli_is_hdf5 (opened[1].path))
    second = g_thread_new ("willis-read", open_scan, &opened[1]);
  open_scan (&opened[0]);
  if (second != NULL)
    g_thread_join (second);
  else if (opened[0].error == NULL)
    open_scan (&opened[1]);
  for (int i = 0; i < 2; i++)
    if (opened[i].error != NULL)
      {
        g_propagate_error (error, g_steal_pointer (&opened[i].error));
        return FALSE;
      }
  return TRUE;
}

static void
print_registration (const WillisAlign *align, double seconds, JsonBuilder *builder)
{
  json_builder_begin_object (builder);
  add_registration (builder, align);
  willis_json_add_double (builder, "seconds", seconds);
  json_builder_end_object (builder);
  willis_cli_print (_ ("turned by %.2f degrees; similarity %.3f; expected error %.3f mm\n"),
                    willis_rigid_angle (&align->motion) * 180.0 / G_PI, align->rigid.similarity, align->tre_mm);
}

/* The registration alone, of cases or scans. */
static int
register_only (char **paths)
{
  Opened opened[2] = { { .path = paths[0] }, { .path = paths[1] } };
  WillisAlign align = { 0 };
  GError *error = NULL;
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  gboolean ok = open_both (opened, &error);
  gint64 start = g_get_monotonic_time ();

  ok = ok && willis_register (&opened[0].view, &opened[1].view, NULL, willis_cli_progress (), &align.rigid, &error);
  if (ok)
    {
      align.motion = align.rigid.motion;
      align.bone_mm = align.rigid.bone_sd_mm;
      align.tre_mm = willis_registration_sd_at (&align.rigid, align.rigid.centre_lps_mm);
      align.artery_mm = align.artery_share = NAN;
      print_registration (&align, (double) (g_get_monotonic_time () - start) * 1e-6, builder);
    }
  for (int i = 0; i < 2; i++)
    opened_clear (&opened[i]);
  return ok ? willis_cli_done (builder) : willis_cli_fail (error);
}

/* Compares, keeps the comparison in followup and in its file where that is wanted. NULL on errors. */
static WillisComparison *
compare_cases (char **paths, int number, gboolean keep, WillisCase **followup, GError **error)
{
  g_autoptr (WillisCase) a = willis_case_load (paths[0], NULL, error);
  g_autoptr (WillisCase) b = a != NULL ? willis_case_load (paths[1], NULL, error) : NULL;
  g_autoptr (WillisCase) ready_a = NULL;
  g_autoptr (WillisCase) ready_b = NULL;
  g_autoptr (WillisComparison) comparison = NULL;

  if (b == NULL)
    return NULL;
  ready_a = willis_case_prepare (a, willis_cli_progress (), error);
  if (ready_a == NULL)
    g_prefix_error (error, "%s: ", paths[0]);
  else if ((ready_b = willis_case_prepare (b, willis_cli_progress (), error)) == NULL)
    g_prefix_error (error, "%s: ", paths[1]);
  if (ready_b == NULL)
    return NULL;
  comparison = willis_case_compare (ready_a, ready_b, number - 1, NULL, paths[0], willis_cli_progress (), error);
  if (comparison == NULL)
    return NULL;
  willis_case_add_comparison (ready_b, comparison);
  if (keep && !willis_case_save (ready_b, paths[1], willis_cli_progress (), error))
    return NULL;
  *followup = g_steal_pointer (&ready_b);
  return g_steal_pointer (&comparison);
}

int
willis_cmd_compare (int argc, char **argv)
{
  int number = 1, n_pages = 0;
  gboolean only = FALSE, keep = FALSE;
  g_autofree char *out = NULL;
  WillisReportArgs args = { 0 };
  const GOptionEntry entries[] = {
    { "aneurysm", 0, 0, G_OPTION_ARG_INT, &number, N_ ("Which aneurysm of the baseline, from 1"), "N" },
    { "save", 0, 0, G_OPTION_ARG_NONE, &keep, N_ ("Keep the comparison in the follow-up's case file"), NULL },
    { "report", 0, 0, G_OPTION_ARG_FILENAME, &out,
      N_ ("Write the follow-up's report with the comparison to this PDF file"), "OUT.pdf" },
    { "registration", 0, 0, G_OPTION_ARG_NONE, &only, N_ ("Only register the two, which may be scans"), NULL },
    WILLIS_REPORT_ENTRIES (args),
    { NULL },
  };
  GError *error = NULL;
  g_autoptr (WillisCase) followup = NULL;
  g_autoptr (WillisComparison) comparison = NULL;
  g_autoptr (JsonBuilder) builder = NULL;

  if (!willis_cli_parse (
          &argc, &argv, "BASELINE FOLLOWUP",
          N_ ("Registers the follow-up case to the baseline case and says whether the aneurysm has grown, "
              "against the unchanged arteries of the same two scans."),
          entries, 2, 2))
    return WILLIS_EXIT_USAGE;
  if (only)
    return register_only (argv + 1);
  if (willis_report_args_check (&args, &error)
      && willis_cli_check_output (out, (const char *const[]){ argv[1], argv[2], NULL }, &error))
    comparison = compare_cases (argv + 1, number, keep, &followup, &error);
  if (comparison == NULL || (out != NULL && !willis_cli_report (followup, &args, out, &n_pages, NULL, &error)))
    {
      willis_report_args_clear (&args);
      return willis_cli_fail (error);
    }
  willis_report_args_clear (&args);
  builder = json_builder_new ();
  json_builder_begin_object (builder);
  add_comparison (builder, comparison);
  willis_json_add_bool (builder, "saved", keep);
  if (out != NULL)
    willis_json_add_string (builder, "report", out);
  json_builder_end_object (builder);
  print_comparison (comparison);
  return willis_cli_done (builder);
}
