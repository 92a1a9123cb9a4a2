/* SPDX-License-Identifier: Apache-2.0 */
/*
 * willis devices: the catalogue in the shell: what is in it, what fits in what, and a maker's table as a new device.
 */
#include <errno.h>
#include <math.h>
#include <string.h>

#include <glib/gstdio.h>

#include "app/cli.h"
#include "app/cmd-stent.h"
#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/base/json.h"
#include "solver/stent/device-file.h"

typedef struct
{
  char *type, *fits, *import, *id, *name, *maker, *kind, *catheter, *source, *date;
  double wires, wire_mm;
} Args;

static void
args_clear (Args *a)
{
  char **texts[] = { &a->type, &a->fits, &a->import, &a->id, &a->name, &a->maker, &a->kind, &a->catheter, &a->source, &a->date };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    g_free (*texts[i]);
}

static void
add_device (JsonBuilder *builder, const WillisDevice *d)
{
  willis_json_add_string (builder, "id", d->id);
  willis_json_add_string (builder, "type", willis_device_type_name (d->type));
  willis_json_add_string (builder, "name", d->name);
  willis_json_add_string (builder, "manufacturer", d->manufacturer);
  willis_json_add_string (builder, "source", d->source);
  willis_json_add_string (builder, "date", d->date);
  willis_json_add_bool (builder, "user", d->user);
  json_builder_set_member_name (builder, "assumed");
  json_builder_begin_array (builder);
  for (int i = 0; d->assumed[i] != NULL; i++)
    json_builder_add_string_value (builder, d->assumed[i]);
  json_builder_end_array (builder);
}

static gboolean
list (const WillisCatalogue *catalogue, const Args *a, GError **error)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  const WillisDevice *with = a->fits != NULL ? willis_catalogue_find (catalogue, a->fits) : NULL;
  WillisDeviceType type = WILLIS_N_DEVICE_TYPES;

  if (a->fits != NULL && with == NULL)
    return willis_fail (error, WILLIS_ERROR_BAD_INPUT, _ ("the catalogue has no device \"%s\""), a->fits);
  if (a->type != NULL && !willis_device_type_find (a->type, &type))
    return willis_fail (error, WILLIS_ERROR_BAD_INPUT, _ ("there is no kind of device \"%s\""), a->type);
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "devices");
  json_builder_begin_array (builder);
  for (gsize i = 0; i < willis_catalogue_n (catalogue); i++)
    {
      const WillisDevice *d = willis_catalogue_device (catalogue, i);
      g_autofree char *reason = NULL;
      gboolean fits = TRUE;

      if (type != WILLIS_N_DEVICE_TYPES && d->type != type)
        continue;
      /* implants and wires are asked what they go through, tubes what goes through them as well */
      if (with != NULL)
        {
          gboolean inside = d->type == WILLIS_DEVICE_WIRE || d->type >= WILLIS_DEVICE_LASER_STENT
                            || (d->type == WILLIS_DEVICE_MICROCATHETER && with->type == WILLIS_DEVICE_GUIDE);

          if (d == with || (d->type >= WILLIS_DEVICE_LASER_STENT && with->type >= WILLIS_DEVICE_LASER_STENT))
            continue;
          fits = inside ? willis_device_fits (d, with, &reason) : willis_device_fits (with, d, &reason);
        }
      json_builder_begin_object (builder);
      add_device (builder, d);
      if (with != NULL)
        {
          willis_json_add_bool (builder, "fits", fits);
          willis_json_add_string (builder, "reason", reason);
        }
      json_builder_end_object (builder);
      willis_cli_print ("%-30s %-34s %-18s %s\n", d->id, d->name, d->manufacturer,
                        with == NULL ? d->date : reason);
    }
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  willis_cli_done (builder);
  return TRUE;
}

static void
put_list (GString *out, const char *key, const double *v, gsize n)
{
  g_string_append_printf (out, "%s=", key);
  for (gsize i = 0; i < n; i++)
    {
      char number[G_ASCII_DTOSTR_BUF_SIZE];

      g_string_append_printf (out, "%s%s", i ? ";" : "", g_ascii_formatd (number, sizeof number, "%.6g", v[i]));
    }
  g_string_append_c (out, '\n');
}

/* The device as a group of a catalogue file (new). */
static char *
group_text (const Args *a, const double *d, const double *l, gsize n)
{
  GString *out = g_string_new (NULL);
  double catheter = g_ascii_strtod (a->catheter, NULL), label = l[n - 1];

  g_string_append_printf (out, "[manufacturer]\nname=%s\n\n[%s]\ntype=%s\nname=%s\n", a->maker, a->id, a->kind, a->name);
  put_list (out, "label_diameter_mm", &d[n - 1], 1);
  put_list (out, "vessel_min_mm", &d[0], 1);
  put_list (out, "vessel_max_mm", &d[n - 1], 1);
  put_list (out, "table_diameter_mm", d, n);
  put_list (out, "table_length_mm", l, n);
  put_list (out, "lengths_mm", &label, 1);
  put_list (out, "wires", &a->wires, 1);
  put_list (out, "wire_diameter_mm", &a->wire_mm, 1);
  put_list (out, "catheter_inner_min_in", &catheter, 1);
  put_list (out, "catheter_inner_max_in", &catheter, 1);
  g_string_append_printf (out, "source=%s\ndate=%s\n", a->source, a->date);
  return g_string_free (out, FALSE);
}

static gboolean
check_import (const Args *a, GError **error)
{
  const char *const texts[] = { a->id, a->name, a->maker, a->kind, a->catheter, a->source, a->date };
  const char *const options[] = { "--id", "--name", "--maker", "--kind", "--catheter", "--source", "--date" };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    if (texts[i] == NULL || strpbrk (texts[i], "\n\r[]") != NULL || *texts[i] == '\0')
      return willis_fail (error, WILLIS_ERROR_USAGE, _ ("an import needs %s, one line without brackets"), options[i]);
  if (strspn (a->id, "abcdefghijklmnopqrstuvwxyz0123456789.-") != strlen (a->id))
    return willis_fail (error, WILLIS_ERROR_USAGE, _ ("an id is made of small letters, digits, dots and hyphens, not \"%s\""), a->id);
  if (isnan (a->wires) || isnan (a->wire_mm))
    return willis_fail (error, WILLIS_ERROR_USAGE, _ ("an import needs --wires and --wire-diameter"));
  return TRUE;
}

static gboolean
write_group (const char *path, const char *text, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);
  GError *inner = NULL;

  if (g_mkdir_with_parents (folder, 0700) != 0)
    return willis_fail (error, WILLIS_ERROR_BAD_FILE, _ ("%s cannot be made: %s"), folder, g_strerror (errno));
  if (!g_file_set_contents (path, text, -1, &inner))
    {
      willis_fail (error, WILLIS_ERROR_BAD_FILE, _ ("%s cannot be written: %s"), path, inner->message);
      g_error_free (inner);
      return FALSE;
    }
  return TRUE;
}

/* Fits the table, shows the residuals, and keeps the device in the user's own catalogue. */
static gboolean
import_table (const Args *a, GError **error)
{
  g_autofree double *d = NULL, *l = NULL;
  g_autofree char *text = NULL, *path = NULL, *folder = willis_catalogue_user_folder (), *file = NULL;
  g_autoptr (WillisCatalogue) check = NULL;
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  WillisBraid braid;
  WillisBraidFit fit;
  gsize n;

  if (!check_import (a, error) || !willis_table_load (a->import, &d, &l, &n, error))
    return FALSE;
  if (!willis_braid_from_table (&braid, d, l, n, 2.0 * a->wire_mm, &fit, error))
    {
      g_prefix_error (error, "%s: ", a->import);
      return FALSE;
    }
  text = group_text (a, d, l, n);
  check = willis_catalogue_parse (text, a->import, error);
  if (check == NULL)
    return FALSE;
  file = g_strconcat (a->id, ".ini", NULL);
  path = g_build_filename (folder, file, NULL);
  if (!write_group (path, text, error))
    return FALSE;
  json_builder_begin_object (builder);
  willis_json_add_string (builder, "file", path);
  willis_json_add_string (builder, "id", a->id);
  willis_json_add_double (builder, "d_max_mm", braid.d_max_mm);
  willis_json_add_double (builder, "wire_length_mm", braid.wire_length_mm);
  willis_json_add_double (builder, "fit_worst_mm", fit.worst_mm);
  willis_json_add_double (builder, "fit_rms_mm", fit.rms_mm);
  willis_json_add_double (builder, "leave_one_out_worst_mm", fit.loo_worst_mm);
  willis_json_add_double (builder, "leave_one_out_rms_mm", fit.loo_rms_mm);
  json_builder_set_member_name (builder, "rows");
  json_builder_begin_array (builder);
  for (gsize i = 0; i < n; i++)
    {
      double fitted = willis_braid_length (&braid, d[i] - braid.lumen_offset_mm);

      json_builder_begin_object (builder);
      willis_json_add_double (builder, "diameter_mm", d[i]);
      willis_json_add_double (builder, "length_mm", l[i]);
      willis_json_add_double (builder, "fitted_mm", fitted);
      json_builder_end_object (builder);
      willis_cli_print (_ ("%6.2f mm wide: printed %6.2f, fitted %6.2f, residual %+.2f mm\n"), d[i], l[i], fitted, l[i] - fitted);
    }
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  if (n < 3)
    willis_cli_print (_ ("Two rows are met by any braid: this fit tests nothing.\n"));
  else
    willis_cli_print (_ ("fit of the table: worst %.2f mm, rms %.2f mm\n"), fit.worst_mm, fit.rms_mm);
  willis_cli_print (_ ("Written: %s\n"), path);
  willis_cli_done (builder);
  return TRUE;
}

int
willis_cmd_devices (int argc, char **argv)
{
  Args a = { .wires = NAN, .wire_mm = NAN };
  const GOptionEntry entries[] = {
    { "type", 0, 0, G_OPTION_ARG_STRING, &a.type, N_ ("Only this kind: microcatheter, guide, wire, laser-stent, braided-stent, flow-diverter, intrasaccular, coil"), "KIND" },
    { "fits", 0, 0, G_OPTION_ARG_STRING, &a.fits, N_ ("Say of each whether it goes together with this device, and why"), "ID" },
    { "import", 0, 0, G_OPTION_ARG_FILENAME, &a.import, N_ ("Make a device of a maker's table: CSV with diameter_mm,length_mm"), "FILE" },
    { "id", 0, 0, G_OPTION_ARG_STRING, &a.id, N_ ("Import: id of the new device"), "ID" },
    { "name", 0, 0, G_OPTION_ARG_STRING, &a.name, N_ ("Import: its name"), "NAME" },
    { "maker", 0, 0, G_OPTION_ARG_STRING, &a.maker, N_ ("Import: its manufacturer"), "NAME" },
    { "kind", 0, 0, G_OPTION_ARG_STRING, &a.kind, N_ ("Import: braided-stent or flow-diverter"), "KIND" },
    { "wires", 0, 0, G_OPTION_ARG_DOUBLE, &a.wires, N_ ("Import: number of wires"), "N" },
    { "wire-diameter", 0, 0, G_OPTION_ARG_DOUBLE, &a.wire_mm, N_ ("Import: diameter of a wire"), "MM" },
    { "catheter", 0, 0, G_OPTION_ARG_STRING, &a.catheter, N_ ("Import: bore of its microcatheter in inches"), "INCH" },
    { "source", 0, 0, G_OPTION_ARG_STRING, &a.source, N_ ("Import: where the table is from"), "TEXT" },
    { "date", 0, 0, G_OPTION_ARG_STRING, &a.date, N_ ("Import: date of the table, like 2026-01-31"), "DATE" },
    { NULL },
  };
  g_autoptr (WillisCatalogue) catalogue = NULL;
  GError *error = NULL;
  gboolean ok;

  if (!willis_cli_parse (&argc, &argv, "", N_ ("Lists the device catalogue, says what fits in what, or takes in a maker's table."), entries,
                         0, 0))
    return WILLIS_EXIT_USAGE;
  if (a.import != NULL)
    ok = import_table (&a, &error);
  else
    ok = (catalogue = willis_catalogue_load (TRUE, &error)) != NULL && list (catalogue, &a, &error);
  args_clear (&a);
  return ok ? WILLIS_EXIT_DONE : willis_cli_fail (error);
}
