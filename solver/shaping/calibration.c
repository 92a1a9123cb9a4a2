/* SPDX-License-Identifier: Apache-2.0 */
#include "solver/shaping/calibration.h"

#include <glib/gstdio.h>
#include <math.h>

#include "core/base/error.h"
#include "core/base/i18n.h"

static char *
file_path (void)
{
  return g_build_filename (g_get_user_data_dir (), "willis", "shaping.ini", NULL);
}

void
willis_set_fraction_update (double mean, double sd, const double *r, int n, double *mean_out, double *sd_out)
{
  double prior = 1.0 / (sd * sd), each = 1.0 / (WILLIS_TEST_SD * WILLIS_TEST_SD), sum = 0.0, scatter = 0.0, own;

  for (int i = 0; i < n; i++)
    sum += r[i];
  *mean_out = (prior * mean + each * sum) / (prior + n * each);
  for (int i = 0; i < n; i++)
    scatter += (r[i] - sum / n) * (r[i] - sum / n);
  /* what one shaping differs from the mean by: at least the tests' own scatter */
  own = n > 2 ? fmax (WILLIS_TEST_SD, sqrt (scatter / (n - 1))) : WILLIS_TEST_SD;
  *sd_out = n == 0 ? sd : fmin (sd, sqrt (1.0 / (prior + n * each) + own * own));
}

gboolean
willis_shaping_test_fraction (const WillisCatheter *c, const WillisShapingTest *t, double *r, GError **error)
{
  double full = willis_catheter_set_fraction (c, &t->heating) / c->set_fraction, keep = willis_catheter_retention (c, &t->heating);

  if (!(t->mandrel_deg >= 10.0 && t->mandrel_deg <= 270.0) || !(t->result_deg > 0.0 && t->result_deg <= t->mandrel_deg))
    return willis_fail (error, WILLIS_ERROR_BAD_INPUT,
                        _ ("A test needs a mandrel angle of 10 to 270 degrees and a result above 0 and not above it"));
  if (!(full > 0.05))
    return willis_fail (error, WILLIS_ERROR_BAD_INPUT, _ ("A test needs a catheter that was heated"));
  *r = fmin (1.0, t->result_deg / t->mandrel_deg / (full * keep));
  return TRUE;
}

gboolean
willis_shaping_test_add (const char *id, const WillisShapingTest *t, GError **error)
{
  g_autofree char *path = file_path (), *folder = g_path_get_dirname (path), *row = NULL;
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func (g_free);
  g_auto (GStrv) old = NULL;
  char mandrel[32], result[32], seconds[32];

  if (g_file_test (path, G_FILE_TEST_EXISTS) && !g_key_file_load_from_file (file, path, G_KEY_FILE_KEEP_COMMENTS, error))
    {
      g_prefix_error (error, "%s: ", path);
      return FALSE;
    }
  old = g_key_file_get_string_list (file, id, "tests", NULL, NULL);
  for (char **s = old; s != NULL && *s != NULL; s++)
    g_ptr_array_add (rows, g_strdup (*s));
  row = g_strdup_printf ("%s %s %s %s %d", g_ascii_dtostr (mandrel, 32, t->mandrel_deg), g_ascii_dtostr (result, 32, t->result_deg),
                         willis_heat_name (t->heating.heat), g_ascii_dtostr (seconds, 32, t->heating.seconds), t->heating.wire_passes);
  g_ptr_array_add (rows, g_steal_pointer (&row));
  g_key_file_set_string_list (file, id, "tests", (const char *const *) rows->pdata, rows->len);
  if (g_mkdir_with_parents (folder, 0700) != 0)
    return willis_fail (error, WILLIS_ERROR_BAD_FILE, _ ("%s: the folder cannot be made"), folder);
  return g_key_file_save_to_file (file, path, error);
}

gboolean
willis_shaping_test_forget (const char *id, GError **error)
{
  g_autofree char *path = file_path ();
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_auto (GStrv) rows = NULL;
  gsize n = 0;

  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    return FALSE;
  if (!g_key_file_load_from_file (file, path, G_KEY_FILE_KEEP_COMMENTS, NULL))
    return willis_fail (error, WILLIS_ERROR_BAD_FILE, _ ("%s: is damaged; mend it or take it away"), path);
  rows = g_key_file_get_string_list (file, id, "tests", &n, NULL);
  if (n == 0)
    return FALSE;
  g_key_file_set_string_list (file, id, "tests", (const char *const *) rows, n - 1);
  return g_key_file_save_to_file (file, path, error);
}

gboolean
willis_catheter_calibrate (WillisCatheter *c, GError **error)
{
  g_autofree char *path = file_path ();
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autoptr (GArray) r = g_array_new (FALSE, FALSE, sizeof (double));
  g_auto (GStrv) rows = NULL;

  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    return TRUE;
  if (!g_key_file_load_from_file (file, path, G_KEY_FILE_NONE, NULL))
    return willis_fail (error, WILLIS_ERROR_BAD_FILE, _ ("%s: is damaged; mend it or take it away"), path);
  rows = g_key_file_get_string_list (file, c->id, "tests", NULL, NULL);
  for (char **s = rows; s != NULL && *s != NULL; s++)
    {
      g_auto (GStrv) f = g_strsplit (*s, " ", 0);
      WillisShapingTest t = { 0 };
      double fraction;

      if (g_strv_length (f) != 5 || !willis_heat_find (f[2], &t.heating.heat))
        return willis_fail (error, WILLIS_ERROR_BAD_FILE, _ ("%s: the test \"%s\" of %s is damaged"), path, *s, c->id);
      t.mandrel_deg = g_ascii_strtod (f[0], NULL);
      t.result_deg = g_ascii_strtod (f[1], NULL);
      t.heating.seconds = g_ascii_strtod (f[3], NULL);
      t.heating.wire_passes = (int) g_ascii_strtoll (f[4], NULL, 10);
      if (!willis_shaping_test_fraction (c, &t, &fraction, error))
        {
          g_prefix_error (error, "%s: ", path);
          return FALSE;
        }
      g_array_append_val (r, fraction);
    }
  if (r->len == 0)
    return TRUE;
  willis_set_fraction_update (c->set_fraction, c->set_fraction_sd, (double *) r->data, (int) r->len, &c->set_fraction,
                              &c->set_fraction_sd);
  c->calibrations = (int) r->len;
  return TRUE;
}
