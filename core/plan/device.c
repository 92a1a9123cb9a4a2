/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One device of the catalogue: memory, names, and what fits in what.
 */
#include <math.h>
#include <string.h>

#include "core/base/i18n.h"
#include "core/plan/catalogue-private.h"

static const struct
{
  const char *name, *label;
} types[WILLIS_N_DEVICE_TYPES] = {
  { "microcatheter", N_ ("Microcatheter") },
  { "guide", N_ ("Guiding catheter") },
  { "wire", N_ ("Guidewire") },
  { "laser-stent", N_ ("Laser-cut stent") },
  { "braided-stent", N_ ("Braided stent") },
  { "flow-diverter", N_ ("Flow diverter") },
  { "intrasaccular", N_ ("Intrasaccular device") },
  { "coil", N_ ("Coil") },
};

/* Clearance between a wire or a catheter and the bore it slides in, and length that a catheter needs beyond the one
 * around it (its hub, the valve in between and the way from the outer tip to the lesion). */
#define CLEARANCE_MM 0.05
#define REACH_MM 150.0
#define WIRE_REACH_MM 250.0

const char *
willis_device_type_name (WillisDeviceType type)
{
  g_return_val_if_fail (type < WILLIS_N_DEVICE_TYPES, "");
  return types[type].name;
}

const char *
willis_device_type_label (WillisDeviceType type)
{
  g_return_val_if_fail (type < WILLIS_N_DEVICE_TYPES, "");
  return types[type].label;
}

gboolean
willis_device_type_find (const char *name, WillisDeviceType *type)
{
  for (guint i = 0; i < WILLIS_N_DEVICE_TYPES; i++)
    if (strcmp (name, types[i].name) == 0)
      {
        *type = i;
        return TRUE;
      }
  return FALSE;
}

gboolean
willis_device_assumes (const WillisDevice *device, const char *key)
{
  return g_strv_contains ((const char *const *) device->assumed, key);
}

gboolean
willis_device_assumes_cover (const WillisDevice *device)
{
  static const char *const keys[] = { "wires", "wire_diameter", "label_angle_deg", "coverage" };

  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
    if (willis_device_assumes (device, keys[i]))
      return TRUE;
  return FALSE;
}

WillisDevice *
willis_device_new (void)
{
  WillisDevice *d = g_new0 (WillisDevice, 1);
  static const gsize singles[] = { G_STRUCT_OFFSET (WillisDevice, length_mm), G_STRUCT_OFFSET (WillisDevice, working_length_mm),
                                   G_STRUCT_OFFSET (WillisDevice, free_length_mm), G_STRUCT_OFFSET (WillisDevice, height_mm) };

  for (const WillisDeviceField *f = willis_device_fields; f->key != NULL; f++)
    if (f->offset != 0 && (f->kind == FIELD_LENGTH || f->kind == FIELD_NUMBER))
      G_STRUCT_MEMBER (double, d, f->offset) = NAN;
  for (gsize i = 0; i < G_N_ELEMENTS (singles); i++)
    G_STRUCT_MEMBER (double, d, singles[i]) = NAN;
  d->assumed = g_new0 (char *, 1);
  return d;
}

static WillisValues
values_copy (const WillisValues *in)
{
  return (WillisValues){ g_memdup2 (in->v, in->n * sizeof (double)), in->n };
}

WillisDevice *
willis_device_copy (const WillisDevice *device)
{
  WillisDevice *d = g_memdup2 (device, sizeof *device);

  d->id = g_strdup (device->id);
  d->family = g_strdup (device->family);
  d->name = g_strdup (device->name);
  d->manufacturer = g_strdup (device->manufacturer);
  d->source = g_strdup (device->source);
  d->date = g_strdup (device->date);
  d->note = g_strdup (device->note);
  d->assumed = g_strdupv (device->assumed);
  d->file = g_strdup (device->file);
  for (const WillisDeviceField *f = willis_device_fields; f->key != NULL; f++)
    {
      if (f->offset == 0)
        continue;
      if (f->kind == FIELD_TEXT)
        G_STRUCT_MEMBER (char *, d, f->offset) = g_strdup (G_STRUCT_MEMBER (char *, device, f->offset));
      else if (f->kind == FIELD_TEXT_LIST)
        G_STRUCT_MEMBER (char **, d, f->offset) = g_strdupv (G_STRUCT_MEMBER (char **, device, f->offset));
      else if (f->kind == FIELD_LENGTH_LIST || f->kind == FIELD_NUMBER_LIST)
        G_STRUCT_MEMBER (WillisValues, d, f->offset) = values_copy (&G_STRUCT_MEMBER (WillisValues, device, f->offset));
    }
  d->family_lengths_mm = values_copy (&device->family_lengths_mm);
  return d;
}

void
willis_device_free (WillisDevice *device)
{
  if (device == NULL)
    return;
  for (const WillisDeviceField *f = willis_device_fields; f->key != NULL; f++)
    {
      if (f->offset == 0)
        continue;
      if (f->kind == FIELD_TEXT)
        g_free (G_STRUCT_MEMBER (char *, device, f->offset));
      else if (f->kind == FIELD_TEXT_LIST)
        g_strfreev (G_STRUCT_MEMBER (char **, device, f->offset));
      else if (f->kind == FIELD_LENGTH_LIST || f->kind == FIELD_NUMBER_LIST)
        g_free (G_STRUCT_MEMBER (WillisValues, device, f->offset).v);
    }
  g_free (device->family_lengths_mm.v);
  g_free (device->id);
  g_free (device->family);
  g_free (device->name);
  g_free (device->manufacturer);
  g_free (device->source);
  g_free (device->date);
  g_free (device->note);
  g_strfreev (device->assumed);
  g_free (device->file);
  g_free (device);
}

const char *
willis_coil_role_label (const char *role)
{
  static const char *const roles[] = { N_ ("framing"), N_ ("filling"), N_ ("finishing") };

  for (gsize i = 0; role != NULL && i < G_N_ELEMENTS (roles); i++)
    if (g_str_equal (role, roles[i]))
      return roles[i];
  return "\xe2\x80\x93";
}

static const char *
said (const char *text, WillisTranslate translate, gconstpointer data)
{
  if (*text == '\0')
    return "";
  return translate != NULL ? translate (data, text) : _ (text);
}

char *
willis_device_source (const WillisDevice *device, WillisTranslate translate, gconstpointer data)
{
  g_auto (GStrv) parts = g_strsplit (device->source, "; ", -1); // each a text of its own, as po/check.py takes them
  GString *text = g_string_new (NULL);

  for (char **part = parts; *part != NULL; part++)
    {
      if (part > parts)
        g_string_append (text, said (N_ ("; "), translate, data));
      g_string_append (text, said (*part, translate, data));
    }
  return g_string_free (text, FALSE);
}

static gboolean
answer (char **reason, gboolean fits, char *text)
{
  if (reason != NULL)
    *reason = text;
  else
    g_free (text);
  return fits;
}

static double
thickest (const WillisDevice *d)
{
  return isnan (d->outer_distal_mm) ? d->outer_proximal_mm : fmax (d->outer_proximal_mm, d->outer_distal_mm);
}

static double
extreme_length (const WillisDevice *d, gboolean longest)
{
  double best = NAN;

  for (gsize i = 0; i < d->lengths_mm.n; i++)
    best = longest ? fmax (best, d->lengths_mm.v[i]) : fmin (best, d->lengths_mm.v[i]);
  return best;
}

static gboolean
implant_fits (const WillisDevice *inner, const WillisDevice *outer, char **reason)
{
  double lo = inner->catheter_inner_min_mm, hi = inner->catheter_inner_max_mm;

  if (outer->type != WILLIS_DEVICE_MICROCATHETER)
    return answer (reason, FALSE, g_strdup_printf (_ ("%s is delivered through a microcatheter"), inner->name));
  if (outer->inner_mm < lo - 0.005)
    return answer (reason, FALSE,
                   g_strdup_printf (_ ("%s needs a bore of at least %.2f mm (%.4g in); %s has %.2f mm"), inner->name, lo, lo / 25.4,
                                    outer->name, outer->inner_mm));
  if (outer->inner_mm > hi + 0.02)
    return answer (reason, FALSE,
                   g_strdup_printf (_ ("%s is made for bores up to %.2f mm (%.4g in) and is not held in the %.2f mm of %s"),
                                    inner->name, hi, hi / 25.4, outer->inner_mm, outer->name));
  return answer (reason, TRUE,
                 g_strdup_printf (_ ("The bore of %s, %.2f mm, is within the %.2f to %.2f mm that %s asks for"), outer->name,
                                  outer->inner_mm, lo, hi, inner->name));
}

gboolean
willis_device_fits (const WillisDevice *inner, const WillisDevice *outer, char **reason)
{
  double reach = inner->type == WILLIS_DEVICE_WIRE ? WIRE_REACH_MM : REACH_MM;
  double outer_mm = thickest (inner);

  if (inner->type >= WILLIS_DEVICE_LASER_STENT)
    return implant_fits (inner, outer, reason);
  if (outer->type != WILLIS_DEVICE_GUIDE && !(outer->type == WILLIS_DEVICE_MICROCATHETER && inner->type == WILLIS_DEVICE_WIRE))
    return answer (reason, FALSE,
                   g_strdup_printf (_ ("%s (%s) does not go into %s (%s)"), inner->name, _ (willis_device_type_label (inner->type)),
                                    outer->name, _ (willis_device_type_label (outer->type))));
  if (outer_mm + CLEARANCE_MM > outer->inner_mm)
    return answer (reason, FALSE,
                   g_strdup_printf (_ ("%s is %.2f mm thick and the bore of %s is %.2f mm: less than %.2f mm to slide"), inner->name,
                                    outer_mm, outer->name, outer->inner_mm, CLEARANCE_MM));
  if (inner->lengths_mm.n > 0 && outer->lengths_mm.n > 0
      && extreme_length (inner, TRUE) < extreme_length (outer, FALSE) + reach)
    return answer (reason, FALSE,
                   g_strdup_printf (_ ("%s is at most %.0f cm long: not %.0f cm beyond the %.0f cm of %s"), inner->name,
                                    extreme_length (inner, TRUE) / 10.0, reach / 10.0, extreme_length (outer, FALSE) / 10.0,
                                    outer->name));
  return answer (reason, TRUE,
                 g_strdup_printf (_ ("%s is %.2f mm thick and slides in the %.2f mm bore of %s"), inner->name, outer_mm,
                                  outer->inner_mm, outer->name));
}
