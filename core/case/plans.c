/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Plans in the case: which there are, whether what they were made from is still there, and their groups in the file.
 */
#include <math.h>
#include <string.h>

#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/case/case-private.h"

static char *
inputs_of (const WillisCase *c, int aneurysm)
{
  const WillisProvenance *a = willis_case_aneurysm_provenance (c, (gsize) MAX (aneurysm, 0));

  return g_strdup_printf ("surface=%s tree=%s aneurysm=%s", willis_case_digest (c, WILLIS_STAGE_SURFACE),
                          willis_case_digest (c, WILLIS_STAGE_TREE), a != NULL && a->digest != NULL ? a->digest : "");
}

/* A plan of an earlier way of laying devices is no longer the answer: 2 goes with the blood and counts the working
 * length. */
#define STENT_METHOD 2

static char *
stent_inputs_of (const WillisCase *c, int aneurysm)
{
  g_autofree char *inputs = inputs_of (c, aneurysm);

  return g_strdup_printf ("%s method=%d", inputs, STENT_METHOD);
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
  now = stent_inputs_of (c, willis_stent_plan_data (c->stent_plan)->aneurysm);
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
    c->stent_plan_inputs = stent_inputs_of (c, willis_stent_plan_data (plan)->aneurysm);
}

WillisCatheterPlan *
willis_case_catheter_plan (const WillisCase *c)
{
  return c->catheter_plan;
}

WillisState
willis_case_catheter_plan_state (const WillisCase *c)
{
  g_autofree char *now = NULL;

  if (c->catheter_plan == NULL)
    return WILLIS_STATE_MISSING;
  now = inputs_of (c, willis_catheter_plan_data (c->catheter_plan)->aneurysm);
  return g_strcmp0 (now, c->catheter_plan_inputs) == 0 ? WILLIS_STATE_FRESH : WILLIS_STATE_STALE;
}

void
willis_case_set_catheter_plan (WillisCase *c, WillisCatheterPlan *plan)
{
  if (plan != NULL)
    willis_catheter_plan_ref (plan);
  g_clear_pointer (&c->catheter_plan, willis_catheter_plan_unref);
  g_clear_pointer (&c->catheter_plan_inputs, g_free);
  c->catheter_plan = plan;
  if (plan != NULL)
    c->catheter_plan_inputs = inputs_of (c, willis_catheter_plan_data (plan)->aneurysm);
}

void
willis_case_copy_plans (WillisCase *to, const WillisCase *from)
{
  to->catheter_plan = from->catheter_plan != NULL ? willis_catheter_plan_ref (from->catheter_plan) : NULL;
  to->catheter_plan_inputs = g_strdup (from->catheter_plan_inputs);
  to->stent_plan = from->stent_plan != NULL ? willis_stent_plan_ref (from->stent_plan) : NULL;
  to->stent_plan_inputs = g_strdup (from->stent_plan_inputs);
}

void
willis_case_clear_plans (WillisCase *c)
{
  g_clear_pointer (&c->catheter_plan, willis_catheter_plan_unref);
  g_clear_pointer (&c->catheter_plan_inputs, g_free);
  g_clear_pointer (&c->stent_plan, willis_stent_plan_unref);
  g_clear_pointer (&c->stent_plan_inputs, g_free);
}

/* ---- what goes into a sac */

/* As STENT_METHOD, of how packing and contact are computed. */
#define SAC_METHOD 1

static WillisCaseAneurysm *
item_at (const WillisCase *c, gsize n)
{
  return n < c->aneurysms->len ? g_ptr_array_index (c->aneurysms, n) : NULL;
}

static char *
sac_inputs_of (const WillisCase *c, const WillisCaseAneurysm *item)
{
  return g_strdup_printf ("surface=%s aneurysm=%s method=%d", willis_case_digest (c, WILLIS_STAGE_SURFACE),
                          item->provenance.digest, SAC_METHOD);
}

WillisSacPlan *
willis_case_sac_plan (const WillisCase *c, gsize n)
{
  const WillisCaseAneurysm *item = item_at (c, n);

  return item != NULL ? item->sac_plan : NULL;
}

WillisState
willis_case_sac_plan_state (const WillisCase *c, gsize n)
{
  const WillisCaseAneurysm *item = item_at (c, n);
  g_autofree char *now = NULL;

  if (item == NULL || item->sac_plan == NULL)
    return WILLIS_STATE_MISSING;
  now = sac_inputs_of (c, item);
  return g_strcmp0 (now, item->sac_plan_inputs) == 0 ? WILLIS_STATE_FRESH : WILLIS_STATE_STALE;
}

void
willis_case_set_sac_plan (WillisCase *c, gsize n, WillisSacPlan *plan)
{
  WillisCaseAneurysm *item = item_at (c, n);

  g_return_if_fail (item != NULL);
  if (plan != NULL)
    willis_sac_plan_ref (plan);
  willis_case_clear_sac_plan (item);
  item->sac_plan = plan;
  if (plan != NULL)
    item->sac_plan_inputs = sac_inputs_of (c, item);
}

void
willis_case_copy_sac_plan (WillisCaseAneurysm *to, const WillisCaseAneurysm *from)
{
  to->sac_plan = from->sac_plan != NULL ? willis_sac_plan_ref (from->sac_plan) : NULL;
  to->sac_plan_inputs = g_strdup (from->sac_plan_inputs);
}

void
willis_case_clear_sac_plan (WillisCaseAneurysm *item)
{
  g_clear_pointer (&item->sac_plan, willis_sac_plan_unref);
  g_clear_pointer (&item->sac_plan_inputs, g_free);
}

/* ---- the file */

typedef struct
{
  const char *name;
  gsize offset;
} Number;

static const Number stent_numbers[] = {
#define NUMBER(member) { #member, G_STRUCT_OFFSET (WillisStentPlanData, member) }
  NUMBER (distal_mm),        NUMBER (proximal_mm),       NUMBER (length_mm),         NUMBER (length_sd_mm),
  NUMBER (length_lo_mm),     NUMBER (length_hi_mm),      NUMBER (distal_landing_mm), NUMBER (proximal_landing_mm),
  NUMBER (gap_max_mm),       NUMBER (apposition),        NUMBER (coverage),          NUMBER (neck_coverage),
  NUMBER (pore_density_mm2), NUMBER (radial_force_n_mm),
#undef NUMBER
};

static const Number sac_numbers[] = {
#define NUMBER(member)                                                                                                 \
  {                                                                                                                    \
#member, G_STRUCT_OFFSET(WillisSacPlanData, member)                                                                \
  }
  NUMBER (sac_volume_mm3), NUMBER (sac_volume_sd_mm3), NUMBER (packing), NUMBER (packing_sd),
  NUMBER (length_mm),      NUMBER (wire_mm3),          NUMBER (contact), NUMBER (volume_ratio),
#undef NUMBER
};

static void
save_numbers (WillisArchive *group, const Number *numbers, gsize n, gconstpointer data)
{
  for (gsize i = 0; i < n; i++)
    {
      double v = G_STRUCT_MEMBER (double, data, numbers[i].offset);

      willis_archive_set_double (group, numbers[i].name, isnan (v) ? NAN : v); // one kind of NaN
    }
}

static gboolean
load_numbers (const WillisArchive *group, const Number *numbers, gsize n, gpointer data, GError **error)
{
  for (gsize i = 0; i < n; i++)
    if (!willis_archive_get_double (group, numbers[i].name, NAN, NAN,
                                    &G_STRUCT_MEMBER (double, data, numbers[i].offset), error))
      return FALSE;
  return TRUE;
}

static void
save_catheter (WillisArchive *group, const WillisCase *c)
{
  const WillisCatheterPlanData *d = willis_catheter_plan_data (c->catheter_plan);

  willis_archive_set_string (group, "device", d->device);
  willis_archive_set_string (group, "name", d->name);
  willis_archive_set_string (group, "guide", d->guide);
  willis_archive_set_string (group, "tip_form", d->tip_form);
  willis_archive_set_string (group, "heat", d->heat);
  willis_archive_set_string (group, "inputs", c->catheter_plan_inputs);
  willis_archive_set_int (group, "aneurysm", d->aneurysm);
  willis_archive_set_int (group, "shaped", d->shaped);
  willis_archive_set_int (group, "n_bends", d->n_bends);
  willis_archive_set_int (group, "wire_passes", d->wire_passes);
  willis_archive_set_int (group, "assumed", d->assumed);
  willis_archive_set_int (group, "reached", d->reached);
  willis_archive_set_int (group, "reachable", d->reachable);
  willis_archive_set_int (group, "draws", d->draws);
  for (const WillisCatheterPlanNumber *f = willis_catheter_plan_numbers; f->name != NULL; f++)
    {
      double v[3];

      for (gsize k = 0; k < f->n; k++)
        {
          v[k] = (&G_STRUCT_MEMBER (double, d, f->offset))[k];
          v[k] = isnan (v[k]) ? NAN : v[k]; // one kind of NaN
        }
      willis_archive_set_doubles (group, f->name, v, f->n);
    }
}

static gboolean
load_catheter (WillisCase *c, const WillisArchive *group, GError **error)
{
  WillisCatheterPlanData d = { 0 };
  const char *device, *name, *guide, *form, *heat, *inputs;
  gint64 aneurysm, shaped, n_bends, passes, assumed, reached, reachable, draws;

  if (!willis_archive_get_string (group, "device", &device, error) || !willis_archive_get_string (group, "name", &name, error)
      || !willis_archive_get_string (group, "guide", &guide, error) || !willis_archive_get_string (group, "tip_form", &form, error)
      || !willis_archive_get_string (group, "heat", &heat, error) || !willis_archive_get_string (group, "inputs", &inputs, error)
      || !willis_archive_get_int (group, "aneurysm", 0, 100000, &aneurysm, error)
      || !willis_archive_get_int (group, "shaped", 0, 1, &shaped, error)
      || !willis_archive_get_int (group, "n_bends", 0, WILLIS_CATHETER_PLAN_BENDS, &n_bends, error)
      || !willis_archive_get_int (group, "wire_passes", 0, 1000, &passes, error)
      || !willis_archive_get_int (group, "assumed", 0, 1, &assumed, error)
      || !willis_archive_get_int (group, "reached", 0, 1, &reached, error)
      || !willis_archive_get_int (group, "reachable", 0, 1, &reachable, error)
      || !willis_archive_get_int (group, "draws", 0, 1000000, &draws, error))
    return FALSE;
  for (const WillisCatheterPlanNumber *f = willis_catheter_plan_numbers; f->name != NULL; f++)
    if (!willis_archive_get_doubles (group, f->name, f->n, NAN, NAN, &G_STRUCT_MEMBER (double, &d, f->offset), error))
      return FALSE;
  d.device = (char *) device;
  d.name = (char *) name;
  d.guide = (char *) guide;
  d.tip_form = (char *) form;
  d.heat = (char *) heat;
  d.aneurysm = (int) aneurysm;
  d.shaped = (int) shaped;
  d.n_bends = (int) n_bends;
  d.wire_passes = (int) passes;
  d.assumed = (int) assumed;
  d.reached = (int) reached;
  d.reachable = (int) reachable;
  d.draws = (int) draws;
  c->catheter_plan = willis_catheter_plan_new (&d);
  c->catheter_plan_inputs = g_strdup (inputs);
  return TRUE;
}

void
willis_save_plans (WillisArchive *root, const WillisCase *c)
{
  WillisArchive *group;
  const WillisStentPlanData *d;

  if (c->catheter_plan != NULL)
    save_catheter (willis_archive_group (willis_archive_group (root, "plans"), "catheter"), c);
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
  save_numbers (group, stent_numbers, G_N_ELEMENTS (stent_numbers), d);
}

gboolean
willis_load_plans (WillisCase *c, const WillisArchive *root, GError **error)
{
  const WillisArchive *plans = willis_archive_find_group (root, "plans");
  const WillisArchive *group = plans != NULL ? willis_archive_find_group (plans, "stent") : NULL;
  const WillisArchive *catheter = plans != NULL ? willis_archive_find_group (plans, "catheter") : NULL;
  const char *device, *name, *manufacturer, *fit, *inputs;
  g_auto (GStrv) notes = NULL;
  WillisStentPlanData d = { 0 };
  gint64 aneurysm, into, covered;

  if (catheter != NULL && !load_catheter (c, catheter, error))
    return FALSE;
  if (group == NULL)
    return TRUE;
  if (!willis_archive_get_string (group, "device", &device, error)
      || !willis_archive_get_string (group, "name", &name, error)
      || !willis_archive_get_string (group, "manufacturer", &manufacturer, error)
      || !willis_archive_get_string (group, "fit", &fit, error)
      || !willis_archive_get_string (group, "inputs", &inputs, error)
      || !willis_archive_get_int (group, "aneurysm", 0, 100000, &aneurysm, error)
      || !willis_archive_get_int (group, "into", -1, G_MAXINT32, &into, error)
      || !willis_archive_get_int (group, "branches_covered", 0, G_MAXINT32, &covered, error)
      || !willis_archive_get_doubles (group, "ends_lps_mm", 6, -1e6, 1e6, d.ends_lps_mm, error)
      || !willis_archive_get_strings (group, "notes", &notes, error)
      || !load_numbers (group, stent_numbers, G_N_ELEMENTS (stent_numbers), &d, error))
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

/* Texts and numbers of the devices by name, a list each. */
static const Number device_texts[] = { { "devices", G_STRUCT_OFFSET (WillisSacPlanDevice, id) },
                                       { "names", G_STRUCT_OFFSET (WillisSacPlanDevice, name) },
                                       { "manufacturers", G_STRUCT_OFFSET (WillisSacPlanDevice, manufacturer) },
                                       { "roles", G_STRUCT_OFFSET (WillisSacPlanDevice, role) } };
static const Number device_numbers[] = { { "device_length_mm", G_STRUCT_OFFSET (WillisSacPlanDevice, length_mm) },
                                         { "device_volume_mm3", G_STRUCT_OFFSET (WillisSacPlanDevice, volume_mm3) },
                                         { "device_packing", G_STRUCT_OFFSET (WillisSacPlanDevice, packing) } };

void
willis_save_sac_plan (WillisArchive *group, const WillisCaseAneurysm *item)
{
  const WillisSacPlanData *d;

  if (item->sac_plan == NULL)
    return;
  d = willis_sac_plan_data (item->sac_plan);
  group = willis_archive_group (group, "in_sac");
  willis_archive_set_int (group, "coils", d->coils);
  willis_archive_set_string (group, "fit", d->fit);
  willis_archive_set_string (group, "inputs", item->sac_plan_inputs);
  willis_archive_set_strings (group, "notes", (const char *const *) d->notes);
  save_numbers (group, sac_numbers, G_N_ELEMENTS (sac_numbers), d);
  for (gsize k = 0; k < G_N_ELEMENTS (device_texts); k++)
    {
      g_autofree const char **texts = g_new0 (const char *, d->n_devices + 1);

      for (guint i = 0; i < d->n_devices; i++)
        texts[i] = G_STRUCT_MEMBER (char *, &d->devices[i], device_texts[k].offset);
      willis_archive_set_strings (group, device_texts[k].name, texts);
    }
  for (gsize k = 0; k < G_N_ELEMENTS (device_numbers); k++)
    {
      g_autofree double *values = g_new (double, d->n_devices);

      for (guint i = 0; i < d->n_devices; i++)
        {
          values[i] = G_STRUCT_MEMBER (double, &d->devices[i], device_numbers[k].offset);
          values[i] = isnan (values[i]) ? NAN : values[i];
        }
      willis_archive_set_doubles (group, device_numbers[k].name, values, d->n_devices);
    }
}

/* As many devices as there are ids; lists[k] holds what their texts borrow. */
static gboolean
load_devices (const WillisArchive *group, WillisSacPlanDevice *devices, guint *n, GStrv lists[], GError **error)
{
  for (gsize k = 0; k < G_N_ELEMENTS (device_texts); k++)
    {
      if (!willis_archive_get_strings (group, device_texts[k].name, &lists[k], error))
        return FALSE;
      if (k == 0)
        *n = g_strv_length (lists[0]);
      if (*n == 0 || *n > WILLIS_SAC_PLAN_MOST || g_strv_length (lists[k]) != *n)
        return willis_fail (error, WILLIS_ERROR_BAD_FILE, _ ("%s in %s is not possible"), device_texts[k].name,
                            willis_archive_path (group));
      for (guint i = 0; i < *n; i++)
        G_STRUCT_MEMBER (char *, &devices[i], device_texts[k].offset) = lists[k][i];
    }
  for (gsize k = 0; k < G_N_ELEMENTS (device_numbers); k++)
    {
      double values[WILLIS_SAC_PLAN_MOST];

      if (!willis_archive_get_doubles (group, device_numbers[k].name, *n, NAN, NAN, values, error))
        return FALSE;
      for (guint i = 0; i < *n; i++)
        G_STRUCT_MEMBER (double, &devices[i], device_numbers[k].offset) = values[i];
    }
  return TRUE;
}

gboolean
willis_load_sac_plan (WillisCaseAneurysm *item, const WillisArchive *group, GError **error)
{
  g_autofree WillisSacPlanDevice *devices = NULL;
  GStrv lists[G_N_ELEMENTS (device_texts)] = { NULL };
  g_auto (GStrv) notes = NULL;
  WillisSacPlanData d = { 0 };
  const char *fit, *inputs;
  gint64 coils;
  gboolean ok;

  group = willis_archive_find_group (group, "in_sac");
  if (group == NULL) // not chosen, or of an older Willis
    return TRUE;
  devices = g_new0 (WillisSacPlanDevice, WILLIS_SAC_PLAN_MOST);
  ok = willis_archive_get_int (group, "coils", 0, 1, &coils, error)
       && willis_archive_get_string (group, "fit", &fit, error)
       && willis_archive_get_string (group, "inputs", &inputs, error)
       && willis_archive_get_strings (group, "notes", &notes, error)
       && load_numbers (group, sac_numbers, G_N_ELEMENTS (sac_numbers), &d, error)
       && load_devices (group, devices, &d.n_devices, lists, error);
  if (ok)
    {
      d.coils = (gboolean) coils;
      d.fit = (char *) fit;
      d.devices = devices;
      d.notes = notes;
      item->sac_plan = willis_sac_plan_new (&d);
      item->sac_plan_inputs = g_strdup (inputs);
    }
  for (gsize k = 0; k < G_N_ELEMENTS (lists); k++)
    g_strfreev (lists[k]);
  return ok;
}
