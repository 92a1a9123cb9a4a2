/* SPDX-License-Identifier: Apache-2.0 */
#include "app/stent-sac.h"

#include <math.h>
#include <string.h>

#include "app/cli.h"
#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/base/json.h"
#include "core/plan/sac-remark.h"
#include "solver/stent/plan.h"

#define PROPOSED "proposed" // in place of the ids of coils

static void
print_remarks (const GPtrArray *remarks)
{
  for (guint i = 0; i < remarks->len; i++)
    {
      g_autofree char *remark = willis_sac_remark (remarks->pdata[i], NULL, NULL);

      willis_cli_print ("           %s\n", remark);
    }
}

static void
print_coil (const char *role, const char *name, double packing)
{
  g_autofree char *padded = willis_cli_pad (_ (willis_coil_role_label (role)), 10);

  willis_cli_print ("  %s %-32s %5.1f %%\n", padded, name, 100.0 * packing);
}

static void
add_coils (JsonBuilder *builder, const WillisCoilPlan *plan)
{
  double wire_mm3 = 0.0;

  json_builder_set_member_name (builder, "coils");
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "list");
  json_builder_begin_array (builder);
  for (guint i = 0; plan != NULL && i < plan->steps->len; i++)
    {
      const WillisCoilStep *s = &g_array_index (plan->steps, WillisCoilStep, i);

      json_builder_begin_object (builder);
      willis_json_add_string (builder, "id", s->device->id);
      willis_json_add_string (builder, "name", s->device->name);
      willis_json_add_string (builder, "role", s->device->role);
      willis_json_add_double (builder, "length_mm", s->device->length_mm);
      willis_json_add_double (builder, "volume_mm3", s->volume_mm3);
      willis_json_add_double (builder, "packing", s->packing);
      json_builder_end_object (builder);
      print_coil (s->device->role, s->device->name, s->packing);
      wire_mm3 += s->volume_mm3;
    }
  json_builder_end_array (builder);
  willis_json_add_double (builder, "packing", plan != NULL ? plan->packing : NAN);
  willis_json_add_double (builder, "packing_sd", plan != NULL ? plan->packing_sd : NAN);
  willis_json_add_double (builder, "length_mm", plan != NULL ? plan->length_mm : NAN);
  willis_json_add_double (builder, "wire_mm3", plan != NULL ? wire_mm3 : NAN);
  if (plan != NULL)
    {
      willis_json_add_texts (builder, "reasons", plan->reasons);
      willis_json_add_texts (builder, "warnings", plan->warnings);
      print_remarks (plan->warnings);
    }
  json_builder_end_object (builder);
}

static void
add_sac_devices (JsonBuilder *builder, const GPtrArray *choices)
{
  json_builder_set_member_name (builder, "intrasaccular");
  json_builder_begin_array (builder);
  for (guint i = 0; i < choices->len; i++)
    {
      const WillisSacChoice *c = choices->pdata[i];

      json_builder_begin_object (builder);
      willis_json_add_string (builder, "id", c->device->id);
      willis_json_add_string (builder, "name", c->device->name);
      willis_json_add_string (builder, "fit", willis_fit_name (c->fit));
      willis_json_add_double (builder, "score", c->score);
      willis_json_add_double (builder, "contact", c->contact);
      willis_json_add_double (builder, "volume_ratio", c->volume_ratio);
      willis_json_add_texts (builder, "reasons", c->reasons);
      willis_json_add_texts (builder, "warnings", c->warnings);
      json_builder_end_object (builder);
      if ((c->fit != WILLIS_FIT_NOT && i < 5) || choices->len == 1)
        {
          g_autofree char *fit = willis_cli_pad (_ (willis_fit_label (c->fit)), 10);

          willis_cli_print (_ ("%s %-32s contact %.0f %%\n"), fit, c->device->name, 100.0 * c->contact);
          print_remarks (c->warnings);
        }
    }
  json_builder_end_array (builder);
}

/* The coils of --coils, or a proposal; NULL with a line said where there is none to propose. */
static gboolean
find_coils (const WillisCatalogue *catalogue, const WillisSacShape *sac, const WillisStentCaseArgs *args,
            WillisCoilPlan **out, GError **error)
{
  g_autoptr (GError) local = NULL;

  if (args->coils != NULL && strcmp (args->coils, PROPOSED) != 0)
    {
      g_auto (GStrv) ids = g_strsplit (args->coils, ",", -1);

      *out = willis_coil_list (catalogue, sac, (const char *const *) ids, error);
      return *out != NULL;
    }
  *out = willis_coil_propose (catalogue, sac, args->packing[0], args->packing[1], &local);
  if (*out == NULL && args->coils != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  if (*out == NULL)
    willis_cli_print ("%s\n", local->message);
  return TRUE;
}

/* The device of --in-sac, or all. */
static GPtrArray *
find_sac_devices (const WillisCatalogue *catalogue, const WillisSacShape *sac, const char *id, GError **error)
{
  const WillisDevice *device = id != NULL ? willis_catalogue_find (catalogue, id) : NULL;
  WillisSacChoice *choice;
  GPtrArray *list;

  if (id == NULL)
    return willis_sac_rank (catalogue, sac);
  if (device == NULL)
    {
      willis_fail (error, WILLIS_ERROR_BAD_INPUT, _ ("the catalogue has no device \"%s\""), id);
      return NULL;
    }
  choice = willis_sac_try (device, sac, error);
  if (choice == NULL)
    return NULL;
  list = g_ptr_array_new_with_free_func ((GDestroyNotify) willis_sac_choice_free);
  g_ptr_array_add (list, choice);
  return list;
}

gboolean
willis_cli_refuse_plan (const WillisDevice *device, GError **error)
{
  return willis_fail (error, WILLIS_ERROR_BAD_INPUT, _ ("%s does not fit here: it is not taken into the plan"),
                      device->name);
}

static gboolean
keep_in_sac (WillisCase *c, const WillisSacShape *sac, const WillisCoilPlan *coils, const GPtrArray *devices,
             const WillisStentCaseArgs *args, GError **error)
{
  g_autoptr (WillisSacPlan) plan = NULL;

  if (args->in_sac != NULL)
    {
      const WillisSacChoice *choice = devices->pdata[0];

      if (choice->fit == WILLIS_FIT_NOT)
        return willis_cli_refuse_plan (choice->device, error);
      plan = willis_sac_plan_of_device (choice, sac);
    }
  else
    plan = willis_sac_plan_of_coils (coils, sac);
  willis_case_set_sac_plan (c, (gsize) args->aneurysm - 1, plan);
  return TRUE;
}

gboolean
willis_cli_add_sac (JsonBuilder *builder, WillisCase *c, const WillisCatalogue *catalogue,
                    const WillisStentCaseArgs *args, GError **error)
{
  g_autoptr (GPtrArray) devices = NULL;
  g_autoptr (WillisCoilPlan) coils = NULL;
  WillisSacShape sac;
  gboolean ok;

  willis_sac_shape (willis_case_aneurysm (c, (gsize) args->aneurysm - 1), &sac);
  ok = find_coils (catalogue, &sac, args, &coils, error)
       && (devices = find_sac_devices (catalogue, &sac, args->in_sac, error)) != NULL;
  if (ok)
    {
      add_sac_devices (builder, devices);
      add_coils (builder, coils);
    }
  if (ok && args->keep && (args->in_sac != NULL || args->coils != NULL))
    ok = keep_in_sac (c, &sac, coils, devices, args, error);
  willis_sac_shape_clear (&sac);
  return ok;
}

/* ---- the plan */

static const char *
stale_text (WillisState state)
{
  return state == WILLIS_STATE_STALE ? _ (" (out of date: choose again)") : "";
}

static void
add_stent_plan (JsonBuilder *builder, const WillisCase *c)
{
  const WillisStentPlan *plan = willis_case_stent_plan (c);
  const WillisStentPlanData *d;
  WillisState state = willis_case_stent_plan_state (c);

  json_builder_set_member_name (builder, "stent");
  if (plan == NULL)
    {
      json_builder_add_null_value (builder);
      return;
    }
  d = willis_stent_plan_data (plan);
  json_builder_begin_object (builder);
  willis_json_add_string (builder, "id", d->device);
  willis_json_add_string (builder, "name", d->name);
  willis_json_add_int (builder, "aneurysm", d->aneurysm + 1);
  willis_json_add_string (builder, "fit", d->fit);
  willis_json_add_double (builder, "length_mm", d->length_mm);
  willis_json_add_double (builder, "length_sd_mm", d->length_sd_mm);
  willis_json_add_bool (builder, "stale", state == WILLIS_STATE_STALE);
  json_builder_end_object (builder);
  willis_cli_print (_ ("In the plan: %s, %.1f mm long%s\n"), d->name, d->length_mm, stale_text (state));
}

static void
add_sac_plan (JsonBuilder *builder, const WillisCase *c, gsize n)
{
  const WillisSacPlan *plan = willis_case_sac_plan (c, n);
  const WillisSacPlanData *d;
  WillisState state = willis_case_sac_plan_state (c, n);

  json_builder_set_member_name (builder, "in_sac");
  if (plan == NULL)
    {
      json_builder_add_null_value (builder);
      return;
    }
  d = willis_sac_plan_data (plan);
  json_builder_begin_object (builder);
  willis_json_add_int (builder, "aneurysm", (int) n + 1);
  willis_json_add_bool (builder, "coils", d->coils);
  json_builder_set_member_name (builder, "devices");
  json_builder_begin_array (builder);
  for (guint i = 0; i < d->n_devices; i++)
    json_builder_add_string_value (builder, d->devices[i].id);
  json_builder_end_array (builder);
  if (d->coils)
    {
      willis_json_add_double (builder, "packing", d->packing);
      willis_json_add_double (builder, "packing_sd", d->packing_sd);
      willis_json_add_double (builder, "length_mm", d->length_mm);
      willis_json_add_double (builder, "wire_mm3", d->wire_mm3);
      willis_cli_print (_ ("In the plan: %u coils, packing %.0f %%%s\n"), d->n_devices, 100.0 * d->packing,
                        stale_text (state));
    }
  else
    {
      willis_json_add_string (builder, "fit", d->fit);
      willis_json_add_double (builder, "contact", d->contact);
      willis_json_add_double (builder, "volume_ratio", d->volume_ratio);
      willis_cli_print (_ ("In the plan: %s, contact %.0f %%%s\n"), d->devices[0].name, 100.0 * d->contact,
                        stale_text (state));
    }
  willis_json_add_double (builder, "sac_volume_mm3", d->sac_volume_mm3);
  willis_json_add_bool (builder, "stale", state == WILLIS_STATE_STALE);
  json_builder_end_object (builder);
}

void
willis_cli_add_plans (JsonBuilder *builder, const WillisCase *c, gsize n)
{
  json_builder_set_member_name (builder, "plan");
  json_builder_begin_object (builder);
  add_stent_plan (builder, c);
  add_sac_plan (builder, c, n);
  json_builder_end_object (builder);
}
