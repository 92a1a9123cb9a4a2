/* SPDX-License-Identifier: Apache-2.0 */
/* willis plan PATH... -o CASE [--report OUT.pdf]: everything with defaults, from the scan to the measured aneurysm. */
#include <string.h>

#include "app/case-file.h"
#include "app/case-json.h"
#include "app/cli.h"
#include "app/commands.h"
#include "app/risk-json.h"
#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/base/json.h"
#include "core/report/format.h"

typedef struct
{
  WillisImportArgs import;
  WillisReportArgs report;
  char *report_out;
  double segment_seconds;
  int n_pages;
  char **doubts; // about the scan, once it is segmented
  GArray *measured; // of int: the aneurysms that were measured now, from 0
  GPtrArray *left;  // of sentences: those that were not found again, and likely candidates that were left out
} Plan;

/* The case file at paths[0] where it is the only one and nothing of a scan is asked for (new); else NULL, where it is an HDF5
 * file with the reason in *why. */
static WillisCase *
given_case (const Plan *plan, char **paths, const WillisProgress *progress, GError **why)
{
  if (paths[1] != NULL || plan->import.out == NULL || plan->import.series != NULL || plan->import.roi != NULL
      || plan->import.spacing != NULL || !willis_cli_is_hdf5 (paths[0]))
    return NULL;
  return willis_case_load (paths[0], progress, why);
}

/* What is not measured yet, or no longer of these arteries. */
static gboolean
run_aneurysms (Plan *plan, WillisCase *c, const WillisProgress *progress, GError **error)
{
  gsize n = willis_case_n_aneurysms (c);
  g_autofree gboolean *fresh = g_new0 (gboolean, n + 1);

  for (gsize i = 0; i < n; i++)
    fresh[i] = willis_case_aneurysm_state (c, i) == WILLIS_STATE_FRESH;
  plan->left = g_ptr_array_new_with_free_func (g_free);
  if (!willis_case_run_aneurysms (c, plan->left, progress, error))
    return FALSE;
  plan->measured = g_array_new (FALSE, FALSE, sizeof (int));
  for (int i = 0; i < (int) willis_case_n_aneurysms (c); i++)
    if (((gsize) i >= n || !fresh[i]) && willis_case_aneurysm_state (c, (gsize) i) == WILLIS_STATE_FRESH)
      g_array_append_val (plan->measured, i);
  return TRUE;
}

/* The aneurysm that the JSON is about: the first that was measured now, else the first. */
static gsize
main_aneurysm (const Plan *plan)
{
  return plan->measured->len > 0 ? (gsize) g_array_index (plan->measured, int, 0) : 0;
}

/* The case of these paths, all stages run; not saved yet. What a given case holds and is fresh stays as it is. */
static WillisCase *
compute (Plan *plan, char **paths, const WillisProgress *whole, GError **error)
{
  WillisProgress import = willis_progress_part (whole, 0.0, 0.1, _ ("Reading"));
  WillisProgress segment = willis_progress_part (whole, 0.1, 0.5, _ ("Segmenting the arteries"));
  WillisProgress tree = willis_progress_part (whole, 0.5, 0.65, _ ("Finding the centrelines"));
  WillisProgress detect = willis_progress_part (whole, 0.65, 0.7, _ ("Looking for aneurysms"));
  WillisProgress best = willis_progress_part (whole, 0.7, 0.85, _ ("Measuring the aneurysm"));
  g_autoptr (GError) no_case = NULL;
  g_autoptr (WillisCase) c = given_case (plan, paths, &import, &no_case);
  gint64 started;

  if (c == NULL)
    c = willis_cli_import (paths, &plan->import, &import, no_case == NULL ? error : NULL);
  if (c == NULL)
    {
      if (no_case != NULL) // why it is not a case says more than why it is not a scan
        g_propagate_error (error, g_steal_pointer (&no_case));
      return NULL;
    }
  started = g_get_monotonic_time ();
  if (willis_case_state (c, WILLIS_STAGE_SURFACE) != WILLIS_STATE_FRESH
      && !willis_case_run_segment (c, NULL, &segment, error))
    return NULL;
  plan->segment_seconds = (double) (g_get_monotonic_time () - started) / 1e6;
  if ((willis_case_state (c, WILLIS_STAGE_TREE) != WILLIS_STATE_FRESH && !willis_case_run_tree (c, &tree, error))
      || (willis_case_state (c, WILLIS_STAGE_CANDIDATES) != WILLIS_STATE_FRESH
          && !willis_case_run_detect (c, &detect, error))
      || !run_aneurysms (plan, c, &best, error))
    return NULL;
  return g_steal_pointer (&c);
}

/* Refuses one file as case and report. */
static gboolean
same_name (const char *report, const char *out, GError **error)
{
  g_autofree char *a = report != NULL && out != NULL ? g_canonicalize_filename (report, NULL) : NULL;
  g_autofree char *b = a != NULL ? g_canonicalize_filename (out, NULL) : NULL;

  if (a == NULL || strcmp (a, b) != 0)
    return FALSE;
  willis_fail (error, WILLIS_ERROR_USAGE, _ ("%s: the case and the report need different names"), out);
  return TRUE;
}

static void
add_risk (JsonBuilder *builder, const WillisCase *c, gsize n)
{
  WillisRiskInputs in;
  WillisSiteFound found;

  if (n >= willis_case_n_aneurysms (c))
    {
      willis_cli_add_risk (builder, NULL, NULL);
      return;
    }
  in = willis_case_risk_inputs (c, n);
  found = willis_site_of_aneurysm (willis_case_tree (c), willis_case_aneurysm (c, n));
  willis_cli_add_risk (builder, &in, &found);
}

static void
add_all (JsonBuilder *builder, const Plan *plan, const WillisCase *c)
{
  willis_cli_add_import (builder, c, plan->import.out);
  willis_cli_add_others (builder, plan->import.taken);
  willis_cli_add_segmentation (builder, c, plan->segment_seconds);
  willis_cli_add_doubts (builder, plan->doubts);
  willis_cli_add_branches (builder, willis_case_tree (c));
  willis_cli_add_candidates (builder, c);
  willis_cli_add_aneurysm_state (builder, c, main_aneurysm (plan));
  json_builder_set_member_name (builder, "measured");
  json_builder_begin_array (builder);
  for (guint i = 0; i < plan->measured->len; i++)
    json_builder_add_int_value (builder, g_array_index (plan->measured, int, i) + 1);
  json_builder_end_array (builder);
  json_builder_set_member_name (builder, "left_out");
  json_builder_begin_array (builder);
  for (guint i = 0; i < plan->left->len; i++)
    json_builder_add_string_value (builder, plan->left->pdata[i]);
  json_builder_end_array (builder);
  willis_cli_add_measures (builder, c, willis_case_aneurysm (c, main_aneurysm (plan)));
  add_risk (builder, c, main_aneurysm (plan));
  if (plan->report_out != NULL)
    {
      willis_json_add_string (builder, "out", plan->report_out);
      willis_json_add_int (builder, "pages", plan->n_pages);
    }
}

static void
print_aneurysm (const WillisCase *c, gsize number)
{
  WillisAneurysm *aneurysm = willis_case_aneurysm (c, number);
  const char *doubt = willis_case_sac_doubt (c, aneurysm);

  if (willis_case_n_aneurysms (c) > 1)
    willis_cli_print (_ ("Aneurysm %d\n"), (int) number + 1);
  if (doubt != NULL)
    willis_cli_print (_ ("  note: %s\n"), _ (doubt));
  for (int n = 0; n < WILLIS_N_INDICES; n++)
    {
      const WillisIndexInfo *info = willis_index_info (n);
      const WillisMeasure *m = &willis_aneurysm_morphology (aneurysm)->index[n];
      g_autofree char *value = NULL, *sd = NULL;

      if (!info->headline)
        continue;
      willis_format_index (n, m->value, m->sd, &value, &sd);
      willis_cli_print ("  %s: %s%s%s %s\n", _ (info->label), value, sd != NULL ? " ± " : "", sd != NULL ? sd : "",
                        willis_format_unit (info->unit));
    }
}

/* Why nothing was measured, and how to measure all the same. */
static void
print_none (const Plan *plan, const WillisCase *c)
{
  const GArray *candidates = willis_case_candidates (c);

  willis_cli_print (_ ("No aneurysm was measured. This does not mean that there is none.\n"));
  for (guint i = 0; i < plan->left->len; i++)
    willis_cli_print ("  %s\n", (const char *) plan->left->pdata[i]);
  if (plan->left->len == 0 && candidates->len > 0)
    willis_cli_print (
        _ ("  the likeliest of %u candidates has a likelihood of %.2f: below %.1f none is measured unasked\n"),
        candidates->len, g_array_index (candidates, WillisCandidate, 0).score, WILLIS_LIKELY_SCORE);
  if (candidates->len > 0)
    willis_cli_print (
        _ ("  \"willis measure %s --seed=x,y,z\" measures what is at a place, \"willis detect %s\" lists the "
           "candidates\n"),
        plan->import.out, plan->import.out);
}

static void
print_all (const Plan *plan, const WillisCase *c)
{
  gsize n = willis_case_n_aneurysms (c);

  willis_cli_print (_ ("%s: %u branches, %u candidates\n"), plan->import.out,
                    (guint) willis_tree_n_branches (willis_case_tree (c)), willis_case_candidates (c)->len);
  willis_cli_print_series (c, plan->import.taken);
  willis_cli_print_warnings (c);
  for (char **text = plan->doubts; *text != NULL; text++)
    willis_cli_print (_ ("  note: %s\n"), *text);
  if (n == 0)
    print_none (plan, c);
  else if (plan->measured->len == 0)
    print_aneurysm (c, 0);
  for (guint i = 0; i < plan->measured->len; i++)
    print_aneurysm (c, (gsize) g_array_index (plan->measured, int, i));
  for (guint i = 0; n > 0 && i < plan->left->len; i++)
    g_printerr ("willis: %s\n", (const char *) plan->left->pdata[i]);
  if (plan->report_out != NULL)
    willis_cli_print (_ ("%s: %d page(s)\n"), plan->report_out, plan->n_pages);
}

int
willis_cmd_plan (int argc, char **argv)
{
  Plan plan = { 0 };
  const GOptionEntry entries[] = {
    WILLIS_IMPORT_ENTRIES (plan.import),
    { "report", 0, 0, G_OPTION_ARG_FILENAME, &plan.report_out, N_ ("Write the report to this PDF file"), "OUT.pdf" },
    WILLIS_REPORT_ENTRIES (plan.report),
    { NULL },
  };
  g_autoptr (WillisCase) c = NULL;
  g_autoptr (JsonBuilder) builder = NULL;
  WillisProgress saving, printing;
  GError *error = NULL;
  int status;

  if (!willis_cli_parse (&argc, &argv, _ ("PATH... -o CASE"),
                         N_ ("Segments the arteries of a scan, looks for aneurysms and measures the likeliest. Of a case, "
                             "does what is not done yet."),
                         entries, 1, -1))
    return WILLIS_EXIT_USAGE;
  saving = willis_progress_part (willis_cli_progress (), 0.85, 0.9, _ ("Saving"));
  printing = willis_progress_part (willis_cli_progress (), 0.9, 1.0, _ ("Printing"));
  if (willis_report_args_check (&plan.report, &error)
      && willis_cli_check_output (plan.report_out, (const char *const *) argv + 1, &error)
      && !same_name (plan.report_out, plan.import.out, &error))
    c = compute (&plan, argv + 1, willis_cli_progress (), &error);
  if (c == NULL || !willis_case_save (c, plan.import.out, &saving, &error)
      || (plan.report_out != NULL
          && !willis_cli_report (c, &plan.report, plan.report_out, &plan.n_pages, &printing, &error)))
    status = willis_cli_fail (error);
  else
    {
      plan.doubts = willis_cli_doubts (c);
      builder = json_builder_new ();
      json_builder_begin_object (builder);
      add_all (builder, &plan, c);
      json_builder_end_object (builder);
      print_all (&plan, c);
      status = willis_cli_done (builder);
    }
  g_free (plan.report_out);
  g_strfreev (plan.doubts);
  g_clear_pointer (&plan.measured, g_array_unref);
  g_clear_pointer (&plan.left, g_ptr_array_unref);
  willis_import_args_clear (&plan.import);
  willis_report_args_clear (&plan.report);
  return status;
}
