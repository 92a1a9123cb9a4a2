/* SPDX-License-Identifier: Apache-2.0 */
/* willis info PATH...: the series in files and folders. */
#include <math.h>
#include <stdio.h>

#include "app/cli.h"
#include "app/commands.h"
#include "core/base/i18n.h"
#include "core/base/json.h"
#include "core/base/note.h"
#include "core/case/date.h"
#include "core/io/volume-io.h"

static gboolean quick;
static char *spacing_text;

static const GOptionEntry entries[] = {
  { "quick", 0, 0, G_OPTION_ARG_NONE, &quick, N_("Read headers only, not the range of values"), NULL },
  { "spacing", 0, 0, G_OPTION_ARG_STRING, &spacing_text, N_("Voxel spacing in millimetres, for files that do not say it"),
    "X,Y,Z" },
  { NULL },
};

static void
add_series (JsonBuilder *b, const WillisSeries *s)
{
  g_autofree char *date = willis_date_iso (s->study_date);

  json_builder_begin_object (b);
  willis_json_add_string (b, "uid", s->uid);
  willis_json_add_string (b, "modality", s->modality);
  willis_json_add_string (b, "description", s->description);
  json_builder_set_member_name (b, "dims");
  json_builder_begin_array (b);
  for (int a = 0; a < 3; a++)
    json_builder_add_int_value (b, s->grid.dims[a]);
  json_builder_end_array (b);
  willis_json_add_doubles (b, "spacing_mm", s->grid.spacing_mm, 3);
  willis_json_add_doubles (b, "origin_lps_mm", s->grid.origin_lps_mm, 3);
  willis_json_add_doubles (b, "direction", s->grid.direction, 9);
  willis_json_add_doubles (b, "range", s->range, 2);
  willis_json_add_string (b, "transfer_syntax", s->transfer_syntax);
  willis_json_add_string (b, "study_date", date != NULL ? date : s->study_date);
  willis_json_add_string (b, "kernel", s->kernel);
  willis_json_add_string (b, "manufacturer", s->manufacturer);
  willis_json_add_int (b, "n_files", g_strv_length (s->files));
  json_builder_set_member_name (b, "warnings");
  json_builder_begin_array (b);
  for (char **text = s->warnings; *text != NULL; text++)
    json_builder_add_string_value (b, *text);
  json_builder_end_array (b);
  json_builder_end_object (b);
}

static void
print_series (const WillisSeries *s)
{
  willis_cli_print ("%s\n", s->uid);
  willis_cli_print ("  %s  %s\n", s->modality[0] != '\0' ? s->modality : s->transfer_syntax,
                    s->description != NULL ? s->description : "");
  willis_cli_print ("  %d x %d x %d, %.4g x %.4g x %.4g mm\n", s->grid.dims[0], s->grid.dims[1], s->grid.dims[2],
                    s->grid.spacing_mm[0], s->grid.spacing_mm[1], s->grid.spacing_mm[2]);
  if (isfinite (s->range[0]))
    willis_cli_print (_("  values %g to %g\n"), s->range[0], s->range[1]);
  for (char **text = s->warnings; *text != NULL; text++)
    {
      g_autofree char *note = willis_note_text (*text, NULL, NULL);

      willis_cli_print (_("  note: %s\n"), note);
    }
}

int
willis_cmd_info (int argc, char **argv)
{
  WillisReadOptions options = WILLIS_READ_OPTIONS_INIT;
  g_autoptr (JsonBuilder) b = NULL;
  g_autoptr (GPtrArray) list = NULL;
  g_auto (GStrv) skipped = NULL;
  GError *error = NULL;

  if (!willis_cli_parse (&argc, &argv, _("PATH..."), N_("Lists the series in files or folders."), entries, 1, -1))
    return WILLIS_EXIT_USAGE;
  if (!willis_cli_spacing (spacing_text, options.spacing_mm, &error))
    return willis_cli_fail (error);
  options.with_range = !quick;
  list = willis_series_list_all ((const char *const *) argv + 1, &options, &skipped, willis_cli_progress (), &error);
  if (list == NULL)
    return willis_cli_fail (error);
  b = json_builder_new ();
  json_builder_begin_object (b);
  json_builder_set_member_name (b, "series");
  json_builder_begin_array (b);
  for (guint n = 0; n < list->len; n++)
    {
      add_series (b, list->pdata[n]);
      print_series (list->pdata[n]);
    }
  json_builder_end_array (b);
  json_builder_set_member_name (b, "skipped");
  json_builder_begin_array (b);
  for (char **text = skipped; *text != NULL; text++)
    {
      json_builder_add_string_value (b, *text);
      willis_cli_print (_("left out: %s\n"), *text);
    }
  json_builder_end_array (b);
  json_builder_end_object (b);
  return willis_cli_done (b);
}
