/* SPDX-License-Identifier: Apache-2.0 */
/* What is chosen for a sac: kept with it, in copies and files, and out of date once the sac is measured anew. This test
 * is its own reader process. */
#include <glib/gstdio.h>

#include "core/base/error.h"
#include "core/case/case.h"
#include "core/io/archive.h"
#include "tests/core/case/make-case.h"

static WillisSacPlan *
two_coils (void)
{
  const char *const notes[] = { "packing 22 % is within 20 to 25 %", NULL };
  WillisSacPlanDevice devices[]
      = { { (char *) "frame-5x15", (char *) "Frame 5 mm x 15 cm", (char *) "Maker", (char *) "framing", 150, 13.0,
            0.15 },
          { (char *) "fill-3x8", (char *) "充填 3 mm x 8 cm", (char *) "Maker", (char *) "", 80, 6.0, 0.22 } };
  const WillisSacPlanData data = { .coils = TRUE,
                                   .devices = devices,
                                   .n_devices = 2,
                                   .sac_volume_mm3 = 86.5,
                                   .sac_volume_sd_mm3 = NAN,
                                   .packing = 0.22,
                                   .packing_sd = 0.013,
                                   .length_mm = 230,
                                   .wire_mm3 = 19.0,
                                   .contact = NAN,
                                   .volume_ratio = NAN,
                                   .notes = (char **) notes };

  return willis_sac_plan_new (&data);
}

static WillisSacPlan *
one_device (void)
{
  WillisSacPlanDevice device
      = { (char *) "web-sl-5x3", (char *) "WEB SL 5 mm x 3 mm", (char *) "Maker", NULL, NAN, NAN, NAN };
  const WillisSacPlanData data = { .devices = &device,
                                   .n_devices = 1,
                                   .fit = (char *) "depends",
                                   .sac_volume_mm3 = 86.5,
                                   .sac_volume_sd_mm3 = 4.5,
                                   .packing = NAN,
                                   .packing_sd = NAN,
                                   .length_mm = NAN,
                                   .wire_mm3 = NAN,
                                   .contact = 0.875,
                                   .volume_ratio = 0.7 };

  return willis_sac_plan_new (&data);
}

static gboolean
same (double a, double b)
{
  return a == b || (isnan (a) && isnan (b));
}

static void
assert_same_plan (const WillisSacPlan *a, const WillisSacPlan *b)
{
  const WillisSacPlanData *x = willis_sac_plan_data (a), *y = willis_sac_plan_data (b);

  g_assert_cmpint (x->coils, ==, y->coils);
  g_assert_cmpuint (x->n_devices, ==, y->n_devices);
  for (guint i = 0; i < x->n_devices; i++)
    {
      const WillisSacPlanDevice *p = &x->devices[i], *q = &y->devices[i];

      g_assert_cmpstr (p->id, ==, q->id);
      g_assert_cmpstr (p->name, ==, q->name);
      g_assert_cmpstr (p->manufacturer, ==, q->manufacturer);
      g_assert_cmpstr (p->role, ==, q->role);
      g_assert_true (same (p->length_mm, q->length_mm) && same (p->volume_mm3, q->volume_mm3)
                     && same (p->packing, q->packing));
    }
  g_assert_cmpstr (x->fit, ==, y->fit);
  g_assert_true (same (x->sac_volume_mm3, y->sac_volume_mm3) && same (x->sac_volume_sd_mm3, y->sac_volume_sd_mm3));
  g_assert_true (same (x->packing, y->packing) && same (x->packing_sd, y->packing_sd));
  g_assert_true (same (x->length_mm, y->length_mm) && same (x->wire_mm3, y->wire_mm3));
  g_assert_true (same (x->contact, y->contact) && same (x->volume_ratio, y->volume_ratio));
  g_assert_cmpstrv (x->notes, y->notes);
}

/* One choice for each of two sacs: it stays where the case is copied, goes out of date where its sac is another one,
 * and goes with its aneurysm. */
static void
test_states (void)
{
  g_autoptr (WillisCase) c = make_case (0);
  g_autoptr (WillisCase) before = NULL;
  g_autoptr (WillisSacPlan) coils = two_coils (), device = one_device ();
  g_autoptr (WillisAneurysm) anew = make_aneurysm (2), first = make_aneurysm (6);
  g_autoptr (WillisSurface) surface = make_tetrahedron (99);

  g_assert_null (willis_case_sac_plan (c, 0));
  g_assert_cmpint (willis_case_sac_plan_state (c, 0), ==, WILLIS_STATE_MISSING);
  g_assert_cmpint (willis_case_sac_plan_state (c, 7), ==, WILLIS_STATE_MISSING);
  willis_case_set_sac_plan (c, 0, coils);
  willis_case_set_sac_plan (c, 1, device);
  g_assert_true (willis_case_sac_plan (c, 0) == coils && willis_case_sac_plan (c, 1) == device);
  g_assert_cmpint (willis_case_sac_plan_state (c, 0), ==, WILLIS_STATE_FRESH);
  before = willis_case_copy (c);
  willis_case_replace_aneurysm (c, 0, anew, NULL);
  g_assert_cmpint (willis_case_sac_plan_state (c, 0), ==, WILLIS_STATE_STALE);
  g_assert_cmpint (willis_case_sac_plan_state (c, 1), ==, WILLIS_STATE_FRESH);
  g_assert_cmpint (willis_case_sac_plan_state (before, 0), ==, WILLIS_STATE_FRESH);
  willis_case_replace_aneurysm (c, 0, first, NULL); // measured again as it was
  g_assert_cmpint (willis_case_sac_plan_state (c, 0), ==, WILLIS_STATE_FRESH);
  willis_case_remove_aneurysm (c, 0);
  g_assert_true (willis_case_sac_plan (c, 0) == device);
  willis_case_set_surface (c, surface, NULL);
  g_assert_cmpint (willis_case_sac_plan_state (c, 0), ==, WILLIS_STATE_STALE);
  willis_case_set_sac_plan (c, 0, device); // chosen again in the arteries of now
  g_assert_cmpint (willis_case_sac_plan_state (c, 0), ==, WILLIS_STATE_FRESH);
  willis_case_set_sac_plan (c, 0, NULL);
  g_assert_cmpint (willis_case_sac_plan_state (c, 0), ==, WILLIS_STATE_MISSING);
  g_assert_true (willis_case_sac_plan (before, 1) == device);
}

static void
test_is (void)
{
  g_autoptr (WillisSacPlan) coils = two_coils (), device = one_device ();
  const char *const both[] = { "frame-5x15", "fill-3x8", NULL }, *const turned[] = { "fill-3x8", "frame-5x15", NULL },
                    *const web[] = { "web-sl-5x3", NULL };

  g_assert_true (willis_sac_plan_is (coils, TRUE, both));
  g_assert_false (willis_sac_plan_is (coils, TRUE, turned));
  g_assert_false (willis_sac_plan_is (coils, TRUE, both + 1));
  g_assert_true (willis_sac_plan_is (device, FALSE, web));
  g_assert_false (willis_sac_plan_is (device, TRUE, web));
}

/* Through a file and back; of a file that lacks a list, or whose lists differ, there is no case. */
static void
test_file (void)
{
  static const char *const lists[] = { "devices", "roles", "device_packing" };
  g_autofree char *folder = g_dir_make_tmp ("willis-plans-XXXXXX", NULL),
                  *path = g_build_filename (folder, "a.h5", NULL);
  g_autoptr (WillisCase) c = make_case (0);
  g_autoptr (WillisCase) loaded = NULL;
  g_autoptr (WillisSacPlan) coils = two_coils (), device = one_device ();
  g_autoptr (GError) error = NULL;

  willis_case_set_sac_plan (c, 0, coils);
  willis_case_set_sac_plan (c, 1, device);
  g_assert_true (willis_case_save (c, path, NULL, &error));
  loaded = willis_case_load (path, NULL, &error);
  g_assert_no_error (error);
  assert_same_plan (willis_case_sac_plan (loaded, 0), coils);
  assert_same_plan (willis_case_sac_plan (loaded, 1), device);
  g_assert_cmpint (willis_case_sac_plan_state (loaded, 0), ==, WILLIS_STATE_FRESH);
  for (gsize i = 0; i < G_N_ELEMENTS (lists); i++)
    {
      static const char *const three[] = { "a", "b", "c", NULL };
      g_autoptr (WillisArchive) root = willis_archive_read (path, NULL, NULL);
      g_autofree char *other = g_build_filename (folder, "b.h5", NULL);
      WillisArchive *group
          = willis_archive_group (willis_archive_group (willis_archive_group (root, "aneurysms"), "0000"), "in_sac");

      if (i == 0)
        willis_archive_set_strings (group, lists[i], NULL);
      else if (i == 1)
        willis_archive_set_strings (group, lists[i], three);
      else
        willis_archive_remove (group, lists[i]);
      g_assert_true (willis_archive_write (root, other, NULL, NULL));
      g_assert_null (willis_case_load (other, NULL, &error));
      g_assert_error (error, WILLIS_ERROR, WILLIS_ERROR_BAD_FILE);
      g_assert_nonnull (strstr (error->message, lists[i]));
      g_clear_error (&error);
      g_remove (other);
    }
  g_remove (path);
  g_rmdir (folder);
}

int
main (int argc, char **argv)
{
  int status;

  if (willis_reader_main (argc, argv, &status))
    return status;
  g_setenv ("WILLIS_EXE", "/proc/self/exe", TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/case/plans/states", test_states);
  g_test_add_func ("/case/plans/is", test_is);
  g_test_add_func ("/case/plans/file", test_file);
  return g_test_run ();
}
