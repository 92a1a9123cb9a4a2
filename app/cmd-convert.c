/* SPDX-License-Identifier: Apache-2.0 */
/* willis convert PATH OUT: a scan into another format. */
#include "app/cli.h"
#include "app/commands.h"
#include "core/base/i18n.h"
#include "core/base/json.h"
#include "core/io/volume-io.h"

static char *series_uid, *spacing_text;

static const GOptionEntry entries[] = {
  { "series", 0, 0, G_OPTION_ARG_STRING, &series_uid, N_("The series to take, as \"willis info\" names it"), "UID" },
  { "spacing", 0, 0, G_OPTION_ARG_STRING, &spacing_text, N_("Voxel spacing in millimetres, for files that do not say it"),
    "X,Y,Z" },
  { NULL },
};

static void
report (JsonBuilder *b, const char *out, const WillisVolume *volume, const WillisSeries *series)
{
  const WillisGrid *g = willis_volume_grid (volume);

  json_builder_begin_object (b);
  willis_json_add_string (b, "out", out);
  json_builder_set_member_name (b, "dims");
  json_builder_begin_array (b);
  for (int a = 0; a < 3; a++)
    json_builder_add_int_value (b, g->dims[a]);
  json_builder_end_array (b);
  willis_json_add_doubles (b, "spacing_mm", g->spacing_mm, 3);
  json_builder_set_member_name (b, "warnings");
  json_builder_begin_array (b);
  for (char **text = series->warnings; *text != NULL; text++)
    {
      json_builder_add_string_value (b, *text);
      willis_cli_print (_("note: %s\n"), *text);
    }
  json_builder_end_array (b);
  json_builder_end_object (b);
  willis_cli_print ("%s: %d x %d x %d\n", out, g->dims[0], g->dims[1], g->dims[2]);
}

int
willis_cmd_convert (int argc, char **argv)
{
  WillisReadOptions options = WILLIS_READ_OPTIONS_INIT;
  g_autoptr (WillisSeries) series = NULL;
  g_autoptr (WillisVolume) volume = NULL;
  g_autoptr (JsonBuilder) b = NULL;
  const char *paths[2] = { NULL, NULL };
  GError *error = NULL;

  if (!willis_cli_parse (&argc, &argv, _("PATH OUT"),
                         N_("Converts a scan to .nii.gz, .nii, .nrrd, .mha, .tif or .h5."), entries, 2, 2))
    return WILLIS_EXIT_USAGE;
  paths[0] = argv[1];
  if (!willis_cli_spacing (spacing_text, options.spacing_mm, &error)
      || !willis_cli_check_output (argv[2], paths, &error))
    return willis_cli_fail (error);
  volume = willis_volume_transfer (paths, series_uid, &options, argv[2], willis_cli_progress (), &series, &error);
  if (volume == NULL)
    return willis_cli_fail (error);
  b = json_builder_new ();
  report (b, argv[2], volume, series);
  return willis_cli_done (b);
}
