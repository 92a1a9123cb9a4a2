/* SPDX-License-Identifier: Apache-2.0 */
#include <glib.h>
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "core/base/error.h"
#include "core/plan/catalogue.h"

/* Every row that is shipped has its source and date, is in range (the loader refuses it otherwise), and every kind is
 * there. */
static void
test_rows (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WillisCatalogue) c = willis_catalogue_load (FALSE, &error);
  g_autoptr (GHashTable) ids = g_hash_table_new (g_str_hash, g_str_equal);
  int count[WILLIS_N_DEVICE_TYPES] = { 0 };

  g_assert_no_error (error);
  for (gsize i = 0; i < willis_catalogue_n (c); i++)
    {
      const WillisDevice *d = willis_catalogue_device (c, i);

      count[d->type]++;
      g_assert_true (g_hash_table_add (ids, d->id));
      g_assert_true (willis_catalogue_find (c, d->id) == d);
      g_assert_cmpuint (strlen (d->source), >, 5);
      g_assert_cmpuint (strlen (d->date), ==, 10);
      g_assert_nonnull (d->manufacturer);
      g_assert_false (d->user);
      /* what nobody publishes must say that it is an assumption */
      if (d->type == WILLIS_DEVICE_MICROCATHETER)
        {
          g_assert_true (willis_device_assumes (d, "set_fraction"));
          g_assert_true (willis_device_assumes (d, "stiffness_ei_n_mm2"));
          g_assert_cmpuint (d->stiffness_at_mm.n, ==, d->stiffness_ei_n_mm2.n);
          g_assert_cmpfloat (d->set_fraction_sd, >, 0.0);
        }
      if (d->type == WILLIS_DEVICE_BRAIDED_STENT || d->type == WILLIS_DEVICE_FLOW_DIVERTER)
        g_assert_true (willis_device_assumes (d, "wire_diameter"));
    }
  g_assert_cmpint (count[WILLIS_DEVICE_MICROCATHETER], >=, 25);
  g_assert_cmpint (count[WILLIS_DEVICE_GUIDE], >=, 20);
  g_assert_cmpint (count[WILLIS_DEVICE_WIRE], >=, 10);
  g_assert_cmpint (count[WILLIS_DEVICE_LASER_STENT], >=, 10);
  g_assert_cmpint (count[WILLIS_DEVICE_BRAIDED_STENT], >=, 40);
  g_assert_cmpint (count[WILLIS_DEVICE_FLOW_DIVERTER], >=, 200);
  g_assert_cmpint (count[WILLIS_DEVICE_INTRASACCULAR], >=, 30);
  g_assert_cmpint (count[WILLIS_DEVICE_COIL], >=, 30);
}

static void
test_values (void)
{
  g_autoptr (WillisCatalogue) c = willis_catalogue_load (FALSE, NULL);
  const WillisDevice *echelon = willis_catalogue_find (c, "echelon-10");
  const WillisDevice *lvis = willis_catalogue_find (c, "lvis-4.5x34");
  const WillisDevice *vista = willis_catalogue_find (c, "silk-vista-3.50x30");
  const WillisDevice *web = willis_catalogue_find (c, "web-sl-6x4");
  const WillisDevice *coil = willis_catalogue_find (c, "axium-prime-frame-5x15");

  g_assert_nonnull (echelon);
  g_assert_cmpfloat_with_epsilon (echelon->outer_distal_mm, 1.7 / 3.0, 1e-12);
  g_assert_cmpfloat_with_epsilon (echelon->inner_mm, 0.4318, 1e-12);
  g_assert_cmpfloat (echelon->lengths_mm.v[0], ==, 1500.0);
  g_assert_true (g_strv_contains ((const char *const *) echelon->tip_forms, "45"));
  g_assert_nonnull (lvis);
  g_assert_cmpuint (lvis->table_diameter_mm.n, ==, 4);
  g_assert_cmpfloat (lvis->table_length_mm.v[0], ==, 46.0);
  g_assert_cmpfloat (lvis->working_length_mm, ==, 30.0);
  g_assert_nonnull (vista);
  g_assert_cmpfloat (vista->free_length_mm, ==, 22.5);
  g_assert_cmpuint (vista->family_lengths_mm.n, ==, 6);
  g_assert_cmpfloat (vista->length_mm, ==, 30.0);
  g_assert_nonnull (web);
  g_assert_cmpfloat (web->height_mm, ==, 4.0);
  g_assert_nonnull (coil);
  g_assert_cmpfloat (coil->length_mm, ==, 150.0);
}

static void
test_fits (void)
{
  g_autoptr (WillisCatalogue) c = willis_catalogue_load (FALSE, NULL);
  static const struct
  {
    const char *inner, *outer;
    gboolean fits;
  } pairs[] = {
    { "pipeline-flex-4.00x20", "phenom-27", TRUE },   { "pipeline-flex-4.00x20", "phenom-21", FALSE },
    { "axium-prime-frame-5x15", "echelon-10", TRUE }, { "axium-prime-frame-5x15", "phenom-27", FALSE },
    { "echelon-10", "6f-envoy", TRUE },               { "phenom-27", "6f-envoy", TRUE },
    { "6f-envoy", "phenom-27", FALSE },               { "synchro-14", "echelon-10", TRUE },
    { "headliner-016", "echelon-10", FALSE },         { "echelon-10", "6f-envoy", TRUE },
    { "neuroform-atlas-3.0x21", "excelsior-sl-10", TRUE }, { "6f-envoy", "echelon-10", FALSE },
    { "pipeline-flex-4.00x20", "6f-envoy", FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (pairs); i++)
    {
      const WillisDevice *inner = willis_catalogue_find (c, pairs[i].inner), *outer = willis_catalogue_find (c, pairs[i].outer);
      g_autofree char *reason = NULL;

      g_assert_nonnull (inner);
      g_assert_nonnull (outer);
      g_test_message ("%s in %s", pairs[i].inner, pairs[i].outer);
      g_assert_cmpint (willis_device_fits (inner, outer, &reason), ==, pairs[i].fits);
      g_assert_nonnull (reason);
      g_assert_nonnull (strstr (reason, inner->name));
    }
}

#define HEAD "[manufacturer]\nname=M\n"
#define WIRE HEAD "[w]\ntype=wire\nname=W\nouter_mm=0.36\nlengths_cm=200\nsource=somewhere\ndate=2026-01-31\n"
#define BRAID                                                                                                                \
  HEAD "[b]\ntype=flow-diverter\nname=B\nlabel_diameter_mm=4\nvessel_min_mm=3\nvessel_max_mm=4\nlengths_mm=20\nwires=48\n"   \
       "wire_diameter_mm=0.03\ncatheter_inner_min_in=.027\ncatheter_inner_max_in=.027\nsource=here it is\ndate=2026-01-31\n"

static void
test_errors (void)
{
  static const struct
  {
    const char *text, *line, *reason;
  } bad[] = {
    { WIRE "outer_mm=0.4\n", "line 10", "twice" },
    { WIRE "[w]\n", "line 10", "twice" },
    { WIRE "inner_mm=0.2\n", "line 10", "no key" },
    { WIRE "colour=red\n", "line 10", "no key" },
    { WIRE "nonsense\n", "line 10", "neither" },
    { HEAD "[w]\ntype=wire\nname=W\nouter_mm=99\nsource=somewhere\ndate=2026-01-31\n", "line 6", "outside" },
    { HEAD "[w]\ntype=wire\nname=W\nouter_mm=abc\nsource=somewhere\ndate=2026-01-31\n", "line 6", "no number" },
    { HEAD "[w]\ntype=wire\nname=W\nouter=0.36\nsource=somewhere\ndate=2026-01-31\n", "line 6", "no key" },
    { HEAD "[w]\ntype=wire\nname=W\nouter_mm=0.36\ndate=2026-01-31\n", "line 3", "source" },
    { HEAD "[w]\ntype=wire\nname=W\nouter_mm=0.36\nsource=somewhere\ndate=last year\n", "line 8", "date" },
    { HEAD "[w]\ntype=sword\nname=W\nsource=somewhere\ndate=2026-01-31\n", "line 3", "type" },
    { WIRE "assumed=inner_mm\n", "line 10", "no key" },
    { "[w]\ntype=wire\n", "line 1", "manufacturer" },
    { BRAID, "line 3", "braid wants" },
    { BRAID "table_diameter_mm=3;4\ntable_length_mm=20\n", "line 3", "same number" },
    { BRAID "table_diameter_mm=3;4\ntable_length_mm=20;22\n", "line 3", "lengths fall" },
    { BRAID "label_angle_deg=60\nfree_diameter_mm=3.5\n", "line 3", "more than" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (willis_catalogue_parse (bad[i].text, "mine.ini", &error));
      g_assert_error (error, WILLIS_ERROR, WILLIS_ERROR_BAD_FILE);
      g_test_message ("%s", error->message);
      g_assert_nonnull (strstr (error->message, "mine.ini"));
      g_assert_nonnull (strstr (error->message, bad[i].line));
      g_assert_nonnull (strstr (error->message, bad[i].reason));
    }
}

static void
test_user (void)
{
  g_autofree char *folder = willis_catalogue_user_folder ();
  g_autofree char *path = g_build_filename (folder, "mine.ini", NULL);
  g_autoptr (WillisCatalogue) c = NULL;
  g_autoptr (GError) error = NULL;
  const WillisDevice *d;

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  g_assert_true (g_file_set_contents (path,
                                      HEAD "[synchro-14]\ntype=wire\nname=Mine\nouter_mm=0.3\nsource=measured\ndate=2026-01-31\n"
                                           "[other]\ntype=wire\nname=Other\nouter_mm=0.3\nsource=measured\ndate=2026-01-31\n",
                                      -1, NULL));
  c = willis_catalogue_load (TRUE, &error);
  g_unlink (path);
  g_assert_no_error (error);
  d = willis_catalogue_find (c, "synchro-14");
  g_assert_nonnull (d);
  g_assert_cmpstr (d->name, ==, "Mine");
  g_assert_true (d->user);
  g_assert_nonnull (willis_catalogue_find (c, "other"));
  g_assert_nonnull (willis_catalogue_find (c, "echelon-10"));
}

int
main (int argc, char **argv)
{
  g_autofree char *home = g_dir_make_tmp ("willis-catalogue-XXXXXX", NULL);
  int status;

  g_setenv ("XDG_DATA_HOME", home, TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/plan/catalogue/rows", test_rows);
  g_test_add_func ("/plan/catalogue/values", test_values);
  g_test_add_func ("/plan/catalogue/fits", test_fits);
  g_test_add_func ("/plan/catalogue/errors", test_errors);
  g_test_add_func ("/plan/catalogue/user", test_user);
  status = g_test_run ();
  return status;
}
