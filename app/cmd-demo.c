/* SPDX-License-Identifier: Apache-2.0 */
/* willis demo [-o DIR]: a demonstration case, from a computed scan of known truth to its report. */
#include <cairo.h>
#include <string.h>

#include "app/cli.h"
#include "app/commands.h"
#include "app/pictures.h"
#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/base/json.h"
#include "core/phantom/phantom.h"
#include "ui/library/demos.h"

/* The file of the demonstration with this name (new); the first where name is NULL. */
static char *
find_demo (const char *name, GError **error)
{
  g_autofree char *file = name != NULL ? g_strdup_printf ("phantoms/%s.json", name) : NULL;
  g_autoptr (GString) known = g_string_new (NULL);
  gsize n;
  const WillisDemo *demos = willis_demos (&n);

  for (gsize i = 0; i < n; i++)
    {
      if (!g_str_has_suffix (demos[i].file, ".json"))
        continue;
      if (file == NULL || strcmp (demos[i].file, file) == 0)
        return willis_demo_path (&demos[i]);
      if (name != NULL)
        g_string_append_printf (known, " %.*s", (int) strlen (strrchr (demos[i].file, '/')) - 6,
                                strrchr (demos[i].file, '/') + 1);
    }
  willis_fail (error, WILLIS_ERROR_USAGE, _ ("there is no demonstration \"%s\"; there are:%s"), name, known->str);
  return NULL;
}

static gboolean
write_png (const WillisReportPicture *picture, const char *path)
{
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, picture->width, picture->height);
  guint8 *out = cairo_image_surface_get_data (surface);
  int stride = cairo_image_surface_get_stride (surface);
  gboolean ok;

  for (int y = 0; out != NULL && y < picture->height; y++)
    for (int x = 0; x < picture->width; x++)
      {
        const guint8 *from = picture->rgba + (gsize) y * picture->stride + 4 * (gsize) x;
        guint32 pixel = (guint32) from[0] << 16 | (guint32) from[1] << 8 | from[2];

        memcpy (out + (gsize) y * (gsize) stride + 4 * (gsize) x, &pixel, 4);
      }
  cairo_surface_mark_dirty (surface);
  ok = cairo_surface_write_to_png (surface, path) == CAIRO_STATUS_SUCCESS;
  cairo_surface_destroy (surface);
  return ok;
}

/* The pictures of the report once more as files beside it. */
static void
write_pictures (const char *case_path, const char *folder)
{
  g_autoptr (WillisCase) c = willis_case_load (case_path, NULL, NULL);
  g_autoptr (GArray) pictures = c != NULL ? willis_case_pictures (c, NULL) : NULL;

  for (guint n = 0; pictures != NULL && n < pictures->len; n++)
    {
      g_autofree char *name = g_strdup_printf ("picture-%u.png", n + 1);
      g_autofree char *path = g_build_filename (folder, name, NULL);

      if (write_png (&g_array_index (pictures, WillisReportPicture, n), path))
        willis_cli_print ("%s\n", path);
    }
}

/* The truth beside what was measured, for people. */
static void
print_truth (const char *folder)
{
  static const char *const keys[] = { "size", "height", "width", "neck_diameter", "volume", "area" };
  g_autofree char *path = g_build_filename (folder, "truth.json", NULL);
  g_autoptr (JsonObject) truth = willis_json_load (path, NULL);
  JsonArray *list = NULL;
  JsonObject *first;

  if (truth == NULL || !willis_json_get_array (truth, path, "aneurysms", &list, NULL) || list == NULL
      || json_array_get_length (list) == 0)
    return;
  first = json_array_get_object_element (list, 0);
  willis_cli_print ("%s", _ ("True values of this computed scan:"));
  for (gsize n = 0; n < G_N_ELEMENTS (keys); n++)
    {
      const WillisIndexInfo *info = willis_index_info (willis_index_find (keys[n]));
      double value;

      if (willis_json_get_double (first, path, keys[n], 0.0, 0.0, 1e9, &value, NULL))
        willis_cli_print ("%s %s %.2f %s", n > 0 ? "," : "", _ (info->label), value, info->unit);
    }
  willis_cli_print ("\n");
}

int
willis_cmd_demo (int argc, char **argv)
{
  static char *folder, *name;
  const GOptionEntry entries[] = {
    { "output", 'o', 0, G_OPTION_ARG_FILENAME, &folder, N_ ("Folder for scan, case, report and pictures"), "DIR" },
    { "case", 0, 0, G_OPTION_ARG_STRING, &name, N_ ("Which demonstration: carotid-sidewall, mca-bifurcation or acom"),
      "NAME" },
    { NULL },
  };
  g_autofree char *spec = NULL, *ct = NULL, *case_path = NULL, *report = NULL;
  g_autoptr (WillisPhantom) phantom = NULL;
  GError *error = NULL;
  int status;

  if (!willis_cli_parse (&argc, &argv, "[-o DIR]",
                         N_ ("Runs a demonstration case through the whole pipeline: a computed scan of known truth."),
                         entries, 0, 0))
    return WILLIS_EXIT_USAGE;
  if (folder == NULL)
    folder = g_strdup ("willis-demo");
  spec = find_demo (name, &error);
  if (spec != NULL)
    phantom = willis_phantom_load (spec, &error);
  if (phantom == NULL || !willis_phantom_write (phantom, folder, NULL, willis_cli_progress (), &error))
    return willis_cli_fail (error);
  ct = g_build_filename (folder, "ct.nii.gz", NULL);
  case_path = g_build_filename (folder, "case.h5", NULL);
  report = g_build_filename (folder, "report.pdf", NULL);
  {
    char *plan[] = { (char *) "plan", ct, (char *) "-o", case_path, (char *) "--report", report, (char *) "--json", NULL };

    status = willis_cmd_plan (willis_cli_json () ? 7 : 6, plan);
  }
  if (status != WILLIS_EXIT_DONE || willis_cli_json ())
    return status;
  print_truth (folder);
  write_pictures (case_path, folder);
  willis_cli_print ("%s\n", report);
  return status;
}
