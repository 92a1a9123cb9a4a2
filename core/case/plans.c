/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Plans in the case: which there are, whether what they were made from is still there, and their groups in the file.
 */
#include <math.h>
#include <string.h>

#include "core/base/i18n.h"
#include "core/case/case-private.h"

static char *
inputs_of (const WillisCase *c, int aneurysm)
{
  const WillisProvenance *a = willis_case_aneurysm_provenance (c, (gsize) MAX (aneurysm, 0));

  return g_strdup_printf ("surface=%s tree=%s aneurysm=%s", willis_case_digest (c, WILLIS_STAGE_SURFACE),
                          willis_case_digest (c, WILLIS_STAGE_TREE), a != NULL && a->digest != NULL ? a->digest : "");
}

WillisStentPlan *
willis_case_stent_plan (const WillisCase *c)
{
  return c->stent_plan;
}

WillisState
willis_case_stent_plan_state (const WillisCase *c)
{
  g_autofree char *now = NULL;

  if (c->stent_plan == NULL)
    return WILLIS_STATE_MISSING;
  now = inputs_of (c, willis_stent_plan_data (c->stent_plan)->aneurysm);
  return g_strcmp0 (now, c->stent_plan_inputs) == 0 ? WILLIS_STATE_FRESH : WILLIS_STATE_STALE;
}

void
willis_case_set_stent_plan (WillisCase *c, WillisStentPlan *plan)
{
  if (plan != NULL)
    willis_stent_plan_ref (plan);
  g_clear_pointer (&c->stent_plan, willis_stent_plan_unref);
  g_clear_pointer (&c->stent_plan_inputs, g_free);
  c->stent_plan = plan;
  if (plan != NULL)
    c->stent_plan_inputs = inputs_of (c, willis_stent_plan_data (plan)->aneurysm);
}

void
willis_case_copy_plans (WillisCase *to, const WillisCase *from)
{
  to->stent_plan = from->stent_plan != NULL ? willis_stent_plan_ref (from->stent_plan) : NULL;
  to->stent_plan_inputs = g_strdup (from->stent_plan_inputs);
}

void
willis_case_clear_plans (WillisCase *c)
{
  g_clear_pointer (&c->stent_plan, willis_stent_plan_unref);
  g_clear_pointer (&c->stent_plan_inputs, g_free);
}

/* ---- the file */

static const struct
{
  const char *name;
  gsize offset;
} numbers[] = {
#define NUMBER(member) { #member, G_STRUCT_OFFSET (WillisStentPlanData, member) }
  NUMBER (distal_mm),         NUMBER (proximal_mm),         NUMBER (length_mm),   NUMBER (length_sd_mm),
  NUMBER (length_lo_mm),      NUMBER (length_hi_mm),        NUMBER (distal_landing_mm), NUMBER (proximal_landing_mm),
  NUMBER (gap_max_mm),        NUMBER (apposition),          NUMBER (coverage),    NUMBER (neck_coverage),
  NUMBER (pore_density_mm2),  NUMBER (radial_force_n_mm),
#undef NUMBER
};

void
willis_save_plans (WillisArchive *root, const WillisCase *c)
{
  WillisArchive *group;
  const WillisStentPlanData *d;

  if (c->stent_plan == NULL)
    return;
  d = willis_stent_plan_data (c->stent_plan);
  group = willis_archive_group (willis_archive_group (root, "plans"), "stent");
  willis_archive_set_string (group, "device", d->device);
  willis_archive_set_string (group, "name", d->name);
  willis_archive_set_string (group, "manufacturer", d->manufacturer);
  willis_archive_set_string (group, "fit", d->fit);
  willis_archive_set_string (group, "inputs", c->stent_plan_inputs);
  willis_archive_set_int (group, "aneurysm", d->aneurysm);
  willis_archive_set_int (group, "into", d->into);
  willis_archive_set_int (group, "branches_covered", d->branches_covered);
  willis_archive_set_doubles (group, "ends_lps_mm", d->ends_lps_mm, 6);
  willis_archive_set_strings (group, "notes", (const char *const *) d->notes);
  for (gsize i = 0; i < G_N_ELEMENTS (numbers); i++)
    {
      double v = G_STRUCT_MEMBER (double, d, numbers[i].offset);

      willis_archive_set_double (group, numbers[i].name, isnan (v) ? NAN : v);
    }
}

gboolean
willis_load_plans (WillisCase *c, const WillisArchive *root, GError **error)
{
  const WillisArchive *plans = willis_archive_find_group (root, "plans");
  const WillisArchive *group = plans != NULL ? willis_archive_find_group (plans, "stent") : NULL;
  const char *device, *name, *manufacturer, *fit, *inputs;
  g_auto (GStrv) notes = NULL;
  WillisStentPlanData d = { 0 };
  gint64 aneurysm, into, covered;

  if (group == NULL)
    return TRUE;
  if (!willis_archive_get_string (group, "device", &device, error) || !willis_archive_get_string (group, "name", &name, error)
      || !willis_archive_get_string (group, "manufacturer", &manufacturer, error)
      || !willis_archive_get_string (group, "fit", &fit, error) || !willis_archive_get_string (group, "inputs", &inputs, error)
      || !willis_archive_get_int (group, "aneurysm", 0, 100000, &aneurysm, error)
      || !willis_archive_get_int (group, "into", -1, G_MAXINT32, &into, error)
      || !willis_archive_get_int (group, "branches_covered", 0, G_MAXINT32, &covered, error)
      || !willis_archive_get_doubles (group, "ends_lps_mm", 6, -1e6, 1e6, d.ends_lps_mm, error)
      || !willis_archive_get_strings (group, "notes", &notes, error))
    return FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS (numbers); i++)
    if (!willis_archive_get_double (group, numbers[i].name, NAN, NAN, &G_STRUCT_MEMBER (double, &d, numbers[i].offset), error))
      return FALSE;
  d.device = (char *) device;
  d.name = (char *) name;
  d.manufacturer = (char *) manufacturer;
  d.fit = (char *) fit;
  d.aneurysm = (int) aneurysm;
  d.into = (int) into;
  d.branches_covered = (int) covered;
  d.notes = notes;
  c->stent_plan = willis_stent_plan_new (&d);
  c->stent_plan_inputs = g_strdup (inputs);
  return TRUE;
}
