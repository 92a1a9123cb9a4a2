/* SPDX-License-Identifier: Apache-2.0 */
#include "app/cli.h"
#include "app/commands.h"
#include "core/base/i18n.h"
#include "core/base/json.h"
#include "core/phantom/phantom.h"

/* Says which true values are none. */
static void
warn_unparted (const GPtrArray *ids)
{
  for (guint i = 0; i < ids->len; i++)
    g_printerr (
        _ ("willis: aneurysm \"%s\": an artery runs through the sac beyond its neck. No plane parts the two: the "
           "true neck and volume are not defined (\"parted\" is false in truth.json)\n"),
        (const char *) ids->pdata[i]);
}

int
willis_cmd_phantom (int argc, char **argv)
{
  static char *spec, *folder;
  const GOptionEntry entries[] = {
    { "spec", 's', 0, G_OPTION_ARG_FILENAME, &spec, N_ ("Description of the phantom (JSON)"), "FILE" },
    { "output", 'o', 0, G_OPTION_ARG_FILENAME, &folder, N_ ("Folder for the scan and its truth"), "DIR" },
    { NULL },
  };
  g_autoptr (WillisPhantom) phantom = NULL;
  g_autoptr (GPtrArray) unparted = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (JsonBuilder) result = json_builder_new ();
  g_autofree char *ct = NULL;
  g_autofree char *truth = NULL;
  GError *error = NULL;

  if (!willis_cli_parse (&argc, &argv, "--spec FILE -o DIR", N_ ("Makes a head CT angiography of known truth."), entries,
                         0, 0))
    return WILLIS_EXIT_USAGE;
  if (spec == NULL || folder == NULL)
    return willis_cli_usage (_ ("phantom needs --spec FILE and -o DIR"));
  phantom = willis_phantom_load (spec, &error);
  if (phantom == NULL || !willis_phantom_write (phantom, folder, unparted, willis_cli_progress (), &error))
    return willis_cli_fail (error);
  warn_unparted (unparted);
  ct = g_build_filename (folder, "ct.nii.gz", NULL);
  truth = g_build_filename (folder, "truth.json", NULL);
  willis_cli_print ("%s\n%s\n", ct, truth);
  json_builder_begin_object (result);
  willis_json_add_string (result, "ct", ct);
  willis_json_add_string (result, "truth", truth);
  json_builder_end_object (result);
  return willis_cli_done (result);
}
