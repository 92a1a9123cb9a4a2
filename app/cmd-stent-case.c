/* SPDX-License-Identifier: Apache-2.0 */
/*
 * willis stent CASE: every stent and flow diverter of the catalogue past the neck of an aneurysm, best first.
 */
#include <math.h>
#include <string.h>

#include "app/case-json.h"
#include "app/cli.h"
#include "app/cmd-stent.h"
#include "app/stent-sac.h"
#include "app/stent-wires.h"
#include "app/vessel-stages.h"
#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/base/json.h"
#include "core/plan/stent-remark.h"
#include "solver/stent/device-file.h"
#include "solver/stent/energy.h"
#include "solver/stent/plan.h"

#define REACH_MM 50.0

static void
add_choice (JsonBuilder *builder, const WillisStentArtery *a, const WillisStentChoice *c)
{
  const double interval[2] = { c->length_lo_mm, c->length_hi_mm },
               published[2] = { c->device->cover_min, c->device->cover_max };
  double distal[3], proximal[3];

  willis_stent_artery_point (a, c->distal_mm, distal, NULL);
  willis_stent_artery_point (a, c->proximal_mm, proximal, NULL);

  json_builder_begin_object (builder);
  willis_json_add_string (builder, "id", c->device->id);
  willis_json_add_string (builder, "name", c->device->name);
  willis_json_add_string (builder, "manufacturer", c->device->manufacturer);
  willis_json_add_string (builder, "type", willis_device_type_name (c->device->type));
  willis_json_add_string (builder, "fit", willis_fit_name (c->fit));
  willis_json_add_double (builder, "score", c->score);
  willis_json_add_double (builder, "length_mm", c->length_mm);
  willis_json_add_double (builder, "length_sd_mm", c->length_sd_mm);
  willis_json_add_doubles (builder, "length_90_mm", interval, 2);
  json_builder_set_member_name (builder, "sd_mm");
  json_builder_begin_object (builder);
  willis_json_add_double (builder, "diameter", c->sd_diameter_mm);
  willis_json_add_double (builder, "packing", c->sd_packing_mm);
  willis_json_add_double (builder, "straightening", c->sd_straightening_mm);
  willis_json_add_double (builder, "device", c->sd_device_mm);
  json_builder_end_object (builder);
  json_builder_set_member_name (builder, "braid");
  json_builder_begin_object (builder);
  if (c->braid.wire_length_mm > 0.0)
    {
      willis_json_add_double (builder, "wire_length_mm", c->braid.wire_length_mm);
      willis_json_add_double (builder, "d_max_mm", c->braid.d_max_mm);
      willis_json_add_double (builder, "free_diameter_mm", c->braid.free_diameter_mm);
      willis_json_add_double (builder, "lumen_offset_mm", c->braid.lumen_offset_mm);
    }
  json_builder_end_object (builder);
  willis_json_add_doubles (builder, "distal_lps_mm", distal, 3);
  willis_json_add_doubles (builder, "proximal_lps_mm", proximal, 3);
  willis_json_add_double (builder, "working_length_mm", c->working_length_mm);
  willis_json_add_double (builder, "distal_landing_mm", c->distal_landing_mm);
  willis_json_add_double (builder, "proximal_landing_mm", c->proximal_landing_mm);
  willis_json_add_double (builder, "apposition", c->apposition);
  willis_json_add_double (builder, "gap_max_mm", c->gap_max_mm);
  willis_json_add_double (builder, "coverage", c->coverage);
  willis_json_add_double (builder, "neck_coverage", c->neck_coverage);
  willis_json_add_bool (builder, "coverage_assumed", willis_device_assumes_cover (c->device));
  willis_json_add_doubles (builder, "coverage_published", published, 2);
  willis_json_add_double (builder, "pore_density_mm2", c->pore_density_mm2);
  willis_json_add_double (builder, "radial_force_n_mm", c->radial_force_n_mm);
  willis_json_add_double (builder, "cell_opening_mm", c->cell_opening_mm);
  willis_json_add_int (builder, "branches_covered", c->branches_covered);
  willis_json_add_bool (builder, "extrapolated", c->extrapolated);
  willis_json_add_texts (builder, "reasons", c->reasons);
  willis_json_add_texts (builder, "warnings", c->warnings);
  json_builder_end_object (builder);
}

/* The device once more by the energy of its wires: what it does at the neck, and the forces. */
static gboolean
add_relaxed (JsonBuilder *builder, const WillisStentArtery *a, const WillisStentChoice *c, GError **error)
{
  WillisLumenLine line = willis_stent_artery_line (a);
  const WillisBraidEnergy options = { .open = a->open };
  WillisDeployment out;
  double bulge = 0.0, most = 0.0;

  if (!(c->braid.wire_length_mm > 0.0))
    return willis_fail (error, WILLIS_ERROR_BAD_INPUT, _ ("%s is no braid: the energy model is for braids"), c->device->name);
  if (!willis_braid_relax (&c->braid, &line, c->distal_mm, -1, &options, &out, error))
    return FALSE;
  for (guint i = 0; i < out.stations->len; i++)
    {
      const WillisStation *s = &g_array_index (out.stations, WillisStation, i);

      if (s->unsupported)
        bulge = fmax (bulge, 0.5 * (s->state.diameter_mm + c->braid.lumen_offset_mm - s->lumen_mm));
      most = fmax (most, s->state.radial_force_n_mm);
    }
  json_builder_set_member_name (builder, "energy");
  json_builder_begin_object (builder);
  willis_json_add_double (builder, "length_mm", out.length_mm);
  willis_json_add_double (builder, "radial_force_n_mm", out.radial_force_n_mm);
  willis_json_add_double (builder, "radial_force_most_n_mm", most);
  willis_json_add_double (builder, "neck_bulge_mm", bulge);
  willis_json_add_double (builder, "gap_max_mm", out.gap_max_mm);
  willis_json_add_double (builder, "coverage", out.coverage);
  json_builder_end_object (builder);
  willis_cli_print (_ ("by energy: %.2f mm long, bulges %.2f mm into the neck, %.4f N/mm on the wall\n"), out.length_mm, bulge,
                    out.radial_force_n_mm);
  willis_deployment_clear (&out);
  return TRUE;
}

/* The device once more, every wire or strut a rod. */
static gboolean
add_wires (JsonBuilder *builder, WillisCase *c, const WillisStentArtery *a, const WillisStentChoice *choice, GError **error)
{
  if (!(choice->braid.wire_length_mm > 0.0))
    return willis_cli_cells_in_artery (builder, choice->device, a, willis_case_surface (c), choice->distal_mm, error);
  return willis_cli_wires_in_artery (builder, &choice->braid, a, willis_case_surface (c), choice->distal_mm, error);
}

static void
add_artery (JsonBuilder *builder, const WillisStentArtery *a, double diameter_sd)
{
  const double neck[2] = { a->neck_lo_mm, a->neck_hi_mm };

  json_builder_set_member_name (builder, "artery");
  json_builder_begin_object (builder);
  willis_json_add_double (builder, "length_mm", a->s_mm[a->n - 1]);
  willis_json_add_doubles (builder, "neck_mm", neck, 2);
  willis_json_add_double (builder, "diameter_sd_mm", diameter_sd);
  willis_json_add_doubles (builder, "s_mm", a->s_mm, a->n);
  willis_json_add_doubles (builder, "diameter_mm", a->diameter_mm, a->n);
  willis_json_add_doubles (builder, "area_diameter_mm", a->area_diameter_mm, a->n);
  json_builder_set_member_name (builder, "points_lps_mm");
  json_builder_begin_array (builder);
  for (gsize i = 0; i < a->n; i++)
    {
      json_builder_begin_array (builder);
      for (int k = 0; k < 3; k++)
        json_builder_add_double_value (builder, a->points_lps_mm[3 * i + k]);
      json_builder_end_array (builder);
    }
  json_builder_end_array (builder);
  willis_json_add_doubles (builder, "inscribed_mm", a->inscribed_mm, a->n);
  willis_json_add_doubles (builder, "curvature_1_mm", a->curvature_1_mm, a->n);
  json_builder_set_member_name (builder, "side_branches");
  json_builder_begin_array (builder);
  for (guint i = 0; i < a->side_branches->len; i++)
    {
      const WillisSideBranch *b = &g_array_index (a->side_branches, WillisSideBranch, i);

      json_builder_begin_object (builder);
      willis_json_add_int (builder, "branch", b->branch);
      willis_json_add_double (builder, "s_mm", b->s_mm);
      willis_json_add_double (builder, "diameter_mm", b->diameter_mm);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  json_builder_end_object (builder);
}

static void
print_choice (const WillisStentChoice *c)
{
  willis_cli_print ("%-10s %-32s %5.1f (%.1f - %.1f) mm  %s %.2f mm", _ (willis_fit_label (c->fit)), c->device->name, c->length_mm,
                    c->length_lo_mm, c->length_hi_mm, _ ("gap"), c->gap_max_mm);
  if (!isnan (c->neck_coverage))
    willis_cli_print ("  %s %s%.0f %%", _ ("coverage"), willis_device_assumes_cover (c->device) ? "≈ " : "",
                      100.0 * c->neck_coverage);
  willis_cli_print ("\n");
  for (guint i = 0; i < c->warnings->len && i < 3; i++)
    {
      g_autofree char *warning = willis_stent_remark (c->warnings->pdata[i], NULL, NULL);

      willis_cli_print ("           %s\n", warning);
    }
}

/* The case with its tree and at least one aneurysm; what was computed is saved. */
static WillisCase *
prepare_case (const char *path, int number, GError **error)
{
  g_autoptr (WillisCase) c = willis_cli_case_at (path, WILLIS_STAGE_TREE, error);
  gsize n;

  if (c == NULL)
    return NULL;
  if (willis_case_n_aneurysms (c) == 0)
    {
      gboolean changed;

      if (!willis_cli_run_until (c, WILLIS_STAGE_CANDIDATES, &changed, willis_cli_progress (), error)
          || !willis_case_run_best (c, willis_cli_progress (), error) || !willis_case_save (c, path, willis_cli_progress (), error))
        return NULL;
    }
  n = willis_case_n_aneurysms (c);
  if (n == 0)
    willis_fail (error, WILLIS_ERROR_BAD_INPUT, _ ("%s: no aneurysm stands out; measure one with --seed first"), path);
  else if (number < 1 || (gsize) number > n)
    willis_fail (error, WILLIS_ERROR_USAGE, _ ("%s: there is no aneurysm %d among its %d"), path, number, (int) n);
  else
    return g_steal_pointer (&c);
  return NULL;
}

static GPtrArray *
choices_for (const WillisCatalogue *catalogue, const WillisStentArtery *artery, const char *id, const WillisStentRequest *request,
             GError **error)
{
  g_autoptr (GPtrArray) list = NULL;
  const WillisDevice *device;
  WillisStentChoice *choice;

  if (id == NULL)
    return willis_stent_rank (catalogue, artery, request, willis_cli_progress (), error);
  device = willis_catalogue_find (catalogue, id);
  if (device == NULL)
    {
      willis_fail (error, WILLIS_ERROR_BAD_INPUT, _ ("the catalogue has no device \"%s\""), id);
      return NULL;
    }
  choice = willis_stent_try (device, artery, request, NULL, error);
  if (choice == NULL)
    return NULL;
  list = g_ptr_array_new_with_free_func ((GDestroyNotify) willis_stent_choice_free);
  g_ptr_array_add (list, choice);
  return g_steal_pointer (&list);
}

static void
add_choices (JsonBuilder *builder, const WillisStentArtery *artery, const GPtrArray *choices)
{
  json_builder_set_member_name (builder, "devices");
  json_builder_begin_array (builder);
  for (guint i = 0; i < choices->len; i++)
    {
      const WillisStentChoice *choice = choices->pdata[i];

      add_choice (builder, artery, choice);
      if (choice->fit != WILLIS_FIT_NOT || i < 5)
        print_choice (choice);
    }
  json_builder_end_array (builder);
}

/* As in a case, without what takes the lumen's surface. */
int
willis_cmd_stent_lumen (const char *path, const double neck[2], const WillisStentCaseArgs *args)
{
  GError *error = NULL;
  g_autoptr (WillisCatalogue) catalogue = willis_catalogue_load (TRUE, &error);
  g_autoptr (WillisStentArtery) artery = NULL;
  g_autoptr (GPtrArray) choices = NULL;
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_auto (WillisLumenCurve) curve = { 0 };
  g_autofree double *data = NULL;
  WillisLumenLine line;
  WillisStentRequest request = { args->distal_mm, args->proximal_mm, args->diameter_sd_mm, args->straightening };

  if (isnan (request.diameter_sd_mm))
    request.diameter_sd_mm = willis_stent_diameter_sd (NAN);
  if (catalogue != NULL)
    {
      if (!willis_lumen_is_curve (path))
        {
          if (willis_lumen_line_load (path, &line, &data, &error))
            artery = willis_stent_artery_of_line (&line, NULL, neck[0], neck[1], &error);
        }
      else if (willis_lumen_curve_load (path, &curve, &error))
        artery = willis_stent_artery_of_line (&curve.line, curve.points_lps_mm, neck[0], neck[1], &error);
    }
  if (artery != NULL)
    choices = choices_for (catalogue, artery, args->device, &request, &error);
  if (choices == NULL)
    {
      g_prefix_error (&error, "%s: ", path);
      return willis_cli_fail (error);
    }
  json_builder_begin_object (builder);
  add_choices (builder, artery, choices);
  if ((args->level == 2 && !add_relaxed (builder, artery, choices->pdata[0], &error))
      || (args->straighten && !willis_cli_straightened (builder, choices->pdata[0], artery, args->straightening, &error)))
    return willis_cli_fail (error);
  add_artery (builder, artery, request.diameter_sd_mm);
  json_builder_end_object (builder);
  return willis_cli_done (builder);
}

/* What was asked for becomes the plan: as in the window, only what fits. */
static gboolean
keep_stent (WillisCase *c, const WillisStentArtery *artery, const WillisStentChoice *choice,
            const WillisStentCaseArgs *args, GError **error)
{
  g_autoptr (WillisStentPlan) plan = NULL;

  if (choice->fit == WILLIS_FIT_NOT)
    return willis_cli_refuse_plan (choice->device, error);
  plan = willis_stent_plan_of (choice, artery, args->aneurysm - 1, args->distal_mm, args->proximal_mm);
  willis_case_set_stent_plan (c, plan);
  return TRUE;
}

/* The stents past the neck, and what --level and --straighten ask of the first. */
static gboolean
add_stents (JsonBuilder *builder, WillisCase *c, const WillisCatalogue *catalogue, const WillisStentCaseArgs *args,
            GError **error)
{
  g_autoptr (WillisStentArtery) artery = NULL;
  g_autoptr (GPtrArray) choices = NULL;
  WillisStentRequest request = { args->distal_mm, args->proximal_mm, 0.0, args->straightening };

  artery = willis_stent_artery_new (willis_case_surface (c), willis_case_tree (c),
                                    willis_case_aneurysm (c, (gsize) args->aneurysm - 1), args->into, REACH_MM,
                                    willis_cli_progress (), error);
  if (artery == NULL)
    return FALSE;
  request.diameter_sd_mm
      = isnan (args->diameter_sd_mm) ? willis_stent_diameter_sd (willis_case_diameter_sd_mm (c)) : args->diameter_sd_mm;
  choices = choices_for (catalogue, artery, args->device, &request, error);
  if (choices == NULL)
    return FALSE;
  add_choices (builder, artery, choices);
  if ((args->level == 2 && !add_relaxed (builder, artery, choices->pdata[0], error))
      || (args->level == 3 && !add_wires (builder, c, artery, choices->pdata[0], error))
      || (args->straighten && !willis_cli_straightened (builder, choices->pdata[0], artery, args->straightening, error))
      || (args->keep && args->device != NULL && !keep_stent (c, artery, choices->pdata[0], args, error)))
    return FALSE;
  add_artery (builder, artery, request.diameter_sd_mm);
  return TRUE;
}

int
willis_cmd_stent_case (const char *path, const WillisStentCaseArgs *args)
{
  GError *error = NULL;
  g_autoptr (WillisCatalogue) catalogue = willis_catalogue_load (TRUE, &error);
  g_autoptr (WillisCase) c = catalogue != NULL ? prepare_case (path, args->aneurysm, &error) : NULL;
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  gsize n = (gsize) args->aneurysm - 1;
  gboolean of_sac_alone = args->device == NULL && (args->in_sac != NULL || args->coils != NULL);

  if (c == NULL)
    return willis_cli_fail (error);
  json_builder_begin_object (builder);
  if ((!of_sac_alone && !add_stents (builder, c, catalogue, args, &error))
      || !willis_cli_add_sac (builder, c, catalogue, args, &error)
      || (args->keep && !willis_case_save (c, path, willis_cli_progress (), &error)))
    return willis_cli_fail (error);
  willis_json_add_bool (builder, "kept", args->keep);
  willis_cli_add_plans (builder, c, n);
  willis_cli_add_aneurysm_state (builder, c, n);
  willis_cli_warn_stale (c, n, path);
  json_builder_end_object (builder);
  return willis_cli_done (builder);
}

int
willis_cmd_stent_drop (const char *path, const char *what, const WillisStentCaseArgs *args)
{
  GError *error = NULL;
  g_autoptr (WillisCase) c = prepare_case (path, args->aneurysm, &error);
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  gsize n = (gsize) args->aneurysm - 1;
  gboolean stent = strcmp (what, "stent") == 0;

  if (c == NULL)
    return willis_cli_fail (error);
  if (stent ? willis_case_stent_plan (c) == NULL : willis_case_sac_plan (c, n) == NULL)
    {
      willis_fail (&error, WILLIS_ERROR_BAD_INPUT, _ ("%s: there is nothing of that kind in the plan"), path);
      return willis_cli_fail (error);
    }
  if (stent)
    willis_case_set_stent_plan (c, NULL);
  else
    willis_case_set_sac_plan (c, n, NULL);
  if (!willis_case_save (c, path, willis_cli_progress (), &error))
    return willis_cli_fail (error);
  json_builder_begin_object (builder);
  willis_json_add_string (builder, "dropped", what);
  willis_cli_add_plans (builder, c, n);
  willis_cli_add_aneurysm_state (builder, c, n);
  json_builder_end_object (builder);
  return willis_cli_done (builder);
}
