/* SPDX-License-Identifier: Apache-2.0 */
#include <glib.h>
#include <math.h>
#include <string.h>

#include "core/base/error.h"
#include "core/base/note.h"
#include "core/plan/sac-remark.h"
#include "solver/stent/plan.h"

/* Metal of 10 cm of coil, mm3 by primary diameter in inches, and how much coil a sac takes. */
static void
test_volumes (void)
{
  static const double rows[][2] = { { .010, 5.07 }, { .0115, 6.70 }, { .0125, 7.92 }, { .0135, 9.23 }, { .0145, 10.65 } };
  double ball = G_PI * 343.0 / 6.0, ellipsoid = G_PI * 7 * 6 * 5 / 6.0, per_mm = willis_coil_volume_mm3 (.0125 * 25.4, 1.0);

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    g_assert_cmpfloat_with_epsilon (willis_coil_volume_mm3 (rows[i][0] * 25.4, 100.0), rows[i][1], 0.0051);
  g_assert_cmpfloat_with_epsilon (0.25 * ball / per_mm / 10.0, 56.7, 0.06);
  g_assert_cmpfloat_with_epsilon (0.20 * ellipsoid / per_mm / 10.0, 27.8, 0.06);
  g_assert_cmpfloat_with_epsilon (0.30 * ellipsoid / per_mm / 10.0, 41.7, 0.06);
}

/* A ball of a sac, cut at its neck. */
static WillisSacShape
ball (double diameter, double neck)
{
  double r = 0.5 * diameter, depth = r + sqrt (fmax (r * r - 0.25 * neck * neck, 0.0));
  WillisSacShape s = { G_PI * depth * depth * (3 * r - depth) / 3.0, 0.0, depth, diameter, neck, neck, NULL, 0, 0.25 };

  s.n_sections = (gsize) (depth / s.step_mm);
  s.section_mm = g_new (double, s.n_sections);
  for (gsize i = 0; i < s.n_sections; i++)
    {
      double z = (i + 0.5) * s.step_mm - (depth - r);

      s.section_mm[i] = 2.0 * sqrt (fmax (r * r - z * z, 0.0));
    }
  return s;
}

/* Lists for sacs of 3 to 16 mm: the framing coil is as wide as the sac, none is wider, the band is reached, one catheter serves. */
static void
test_proposals (void)
{
  g_autoptr (WillisCatalogue) c = willis_catalogue_load (FALSE, NULL);
  int reached = 0, tried = 0;

  for (double d = 4.0; d <= 14.0; d += 0.5)
    {
      WillisSacShape sac = ball (d, 0.6 * d);
      g_autoptr (GError) error = NULL;
      g_autoptr (WillisCoilPlan) plan = willis_coil_propose (c, &sac, 0.20, 0.25, &error);
      double sum = 0.0, lo = 0.0, hi = INFINITY;

      g_assert_no_error (error);
      for (guint i = 0; i < plan->steps->len; i++)
        {
          const WillisCoilStep *s = &g_array_index (plan->steps, WillisCoilStep, i);

          sum += s->volume_mm3 / sac.volume_mm3;
          g_assert_cmpfloat_with_epsilon (s->packing, sum, 1e-12);
          g_assert_cmpfloat (s->device->secondary_diameter_mm, <=, sac.width_mm + 0.5);
          lo = fmax (lo, s->device->catheter_inner_min_mm);
          hi = fmin (hi, s->device->catheter_inner_max_mm);
        }
      g_test_message ("%.1f mm: %u coils, %.1f %%", d, plan->steps->len, 100.0 * plan->packing);
      g_assert_cmpfloat (lo, <=, hi + 1e-6);
      g_assert_cmpfloat (plan->packing, <=, 0.25 + 1e-9);
      tried++;
      reached += plan->packing >= 0.20;
      willis_sac_shape_clear (&sac);
    }
  g_assert_cmpint (reached, ==, tried);
}

static void
test_list (void)
{
  g_autoptr (WillisCatalogue) c = willis_catalogue_load (FALSE, NULL);
  static const char *const good[] = { "axium-prime-frame-7x30", "axium-prime-es-4x8", NULL }, *const bad[] = { "echelon-10", NULL };
  WillisSacShape sac = ball (7.0, 3.0);
  g_autoptr (GError) error = NULL;
  g_autoptr (WillisCoilPlan) plan = willis_coil_list (c, &sac, good, &error);

  g_assert_no_error (error);
  g_assert_cmpfloat_with_epsilon (plan->packing,
                                  (willis_coil_volume_mm3 (.0135 * 25.4, 300) + willis_coil_volume_mm3 (.0108 * 25.4, 80)) / sac.volume_mm3,
                                  1e-12);
  g_assert_null (willis_coil_list (c, &sac, bad, &error));
  g_assert_error (error, WILLIS_ERROR, WILLIS_ERROR_BAD_INPUT);
  willis_sac_shape_clear (&sac);
}

/* Every row of the maker's chart: the width chooses the diameter, the height the height, where that size is made. */
static void
test_web (void)
{
  static const double widths[][3] = { { 3, 2.0, 2.6 }, { 3.5, 2.7, 3.1 }, { 4, 3.2, 3.6 }, { 4.5, 3.7, 4.1 }, { 5, 4.2, 4.6 },
                                      { 6, 4.7, 5.5 }, { 7, 5.6, 6.5 }, { 8, 6.6, 7.4 }, { 9, 7.5, 8.3 }, { 10, 8.4, 9.2 }, { 11, 9.3, 10 } };
  g_autoptr (WillisCatalogue) c = willis_catalogue_load (FALSE, NULL);
  int checked = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (widths); i++)
    for (int h = 2; h <= 9; h++)
      for (int end = 0; end < 2; end++)
        {
          WillisSacShape sac = ball (widths[i][1 + end], 0.5 * widths[i][0]);
          g_autofree char *id = NULL;
          g_autoptr (GPtrArray) choices = NULL;

          sac.height_mm = end ? h + 1.4 : h + 0.5;
          id = g_strdup_printf ("web-sl-%gx%d", widths[i][0], h);
          if (willis_catalogue_find (c, id) == NULL || sac.height_mm < 0.5 * sac.width_mm)
            {
              willis_sac_shape_clear (&sac);
              continue;
            }
          choices = willis_sac_rank (c, &sac);
          for (guint k = 0; k < choices->len; k++)
            {
              const WillisSacChoice *choice = choices->pdata[k];

              if (strcmp (choice->device->id, id) == 0)
                g_assert_cmpint (choice->fit, ==, WILLIS_FIT_SAFE);
              else if (g_strcmp0 (choice->device->shape, "web-sl") == 0)
                g_assert_cmpint (choice->fit, !=, WILLIS_FIT_SAFE);
            }
          checked++;
          willis_sac_shape_clear (&sac);
        }
  g_test_message ("%d rows of the chart", checked);
  g_assert_cmpint (checked, >=, 50);
}

static const char *
to_x (gconstpointer data, const char *text)
{
  return "X";
}

/* Each is English and found again, so that it is said in the reader's language wherever the case is read. */
static void
assert_known (const GPtrArray *remarks)
{
  for (guint i = 0; i < remarks->len; i++)
    {
      g_autofree char *said = willis_sac_remark (remarks->pdata[i], to_x, NULL);

      g_test_message ("%s", (const char *) remarks->pdata[i]);
      g_assert_cmpstr (said, ==, "X");
    }
}

static gboolean
has_remark (const GPtrArray *remarks, const char *format)
{
  for (guint i = 0; i < remarks->len; i++)
    if (willis_note_is (remarks->pdata[i], format))
      return TRUE;
  return FALSE;
}

static void
test_remarks (void)
{
  static const char *const wide[] = { "axium-prime-frame-7x30", "pc400-standard-8x30", NULL };
  g_autoptr (WillisCatalogue) c = willis_catalogue_load (FALSE, NULL);
  gboolean frame = FALSE, contact = FALSE;

  for (double d = 3.0; d <= 12.0; d += 0.7)
    for (int flat = 0; flat < 3; flat++)
      {
        WillisSacShape sac = ball (d, (0.4 + 0.2 * flat) * d);
        g_autoptr (WillisCoilPlan) plan = willis_coil_propose (c, &sac, WILLIS_PACKING_LO, WILLIS_PACKING_HI, NULL);
        g_autoptr (GPtrArray) choices = NULL;

        sac.height_mm *= 0.4 + 0.6 * flat;
        choices = willis_sac_rank (c, &sac);
        for (guint i = 0; i < choices->len; i++)
          {
            const WillisSacChoice *choice = choices->pdata[i];

            assert_known (choice->reasons);
            assert_known (choice->warnings);
            contact |= has_remark (choice->warnings, WILLIS_REMARK_CONTACT);
          }
        if (plan != NULL)
          {
            assert_known (plan->reasons);
            assert_known (plan->warnings);
            frame |= has_remark (plan->reasons, WILLIS_REMARK_FRAME);
          }
        willis_sac_shape_clear (&sac);
      }
  g_assert_true (frame && contact);
  {
    WillisSacShape sac = ball (5.0, 3.0);
    g_autoptr (GError) error = NULL;
    g_autoptr (WillisCoilPlan) plan = willis_coil_list (c, &sac, wide, &error);

    g_assert_no_error (error);
    assert_known (plan->warnings);
    g_assert_true (has_remark (plan->warnings, WILLIS_REMARK_COIL_WIDE));
    g_assert_true (has_remark (plan->warnings, WILLIS_REMARK_CATHETERS));
    g_assert_true (has_remark (plan->warnings, WILLIS_REMARK_PACKING_HIGH));
    willis_sac_shape_clear (&sac);
  }
}

/* A chart's bounds are said as the chart has them: not "height 3.5 mm, the chart asks for 2.5 to 3.5 mm". */
static void
test_chart (void)
{
  g_autoptr (WillisCatalogue) c = willis_catalogue_load (FALSE, NULL);
  WillisSacShape sac = ball (4.0, 2.0);
  WillisSacChoice *choice;

  sac.height_mm = 3.46;
  choice = willis_sac_try (willis_catalogue_find (c, "web-sl-4x2"), &sac, NULL);
  g_assert_nonnull (choice);
  g_assert_true (g_ptr_array_find_with_equal_func (choice->warnings, "height 3.5 mm, the chart asks for 2.5 to 3.4 mm",
                                                   g_str_equal, NULL));
  willis_sac_choice_free (choice);
  willis_sac_shape_clear (&sac);
}

/* What the case keeps of a list and of a device; a sac whose deviation is not known says none of its packing. */
static void
test_plans (void)
{
  static const char *const ids[] = { "axium-prime-frame-7x30", "axium-prime-es-4x8", NULL };
  g_autoptr (WillisCatalogue) c = willis_catalogue_load (FALSE, NULL);
  WillisSacShape sac = ball (7.0, 3.0);
  g_autoptr (GError) error = NULL;
  g_autoptr (WillisCoilPlan) coils = NULL;
  g_autoptr (WillisSacPlan) plan = NULL, other = NULL;
  WillisSacChoice *choice;
  const WillisSacPlanData *d;

  sac.volume_sd_mm3 = NAN;
  coils = willis_coil_list (c, &sac, ids, &error);
  g_assert_no_error (error);
  g_assert_true (isnan (coils->packing_sd));
  plan = willis_sac_plan_of_coils (coils, &sac);
  d = willis_sac_plan_data (plan);
  g_assert_true (willis_sac_plan_is (plan, TRUE, ids));
  g_assert_cmpfloat_with_epsilon (d->wire_mm3 / d->sac_volume_mm3, d->packing, 1e-12);
  g_assert_cmpfloat (d->length_mm, ==, 380.0);
  g_assert_cmpfloat (d->devices[1].packing, ==, d->packing);
  g_assert_cmpuint (g_strv_length (d->notes), ==, coils->reasons->len + coils->warnings->len);
  g_assert_null (willis_sac_try (willis_catalogue_find (c, ids[0]), &sac, &error));
  g_assert_error (error, WILLIS_ERROR, WILLIS_ERROR_BAD_INPUT);
  choice = willis_sac_try (willis_catalogue_find (c, "web-sl-7x5"), &sac, NULL);
  other = willis_sac_plan_of_device (choice, &sac);
  g_assert_cmpstr (willis_sac_plan_data (other)->fit, ==, willis_fit_name (choice->fit));
  g_assert_cmpfloat (willis_sac_plan_data (other)->contact, ==, choice->contact);
  willis_sac_choice_free (choice);
  willis_sac_shape_clear (&sac);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/stent/sac/volumes", test_volumes);
  g_test_add_func ("/stent/sac/proposals", test_proposals);
  g_test_add_func ("/stent/sac/list", test_list);
  g_test_add_func ("/stent/sac/web", test_web);
  g_test_add_func ("/stent/sac/remarks", test_remarks);
  g_test_add_func ("/stent/sac/chart", test_chart);
  g_test_add_func ("/stent/sac/plans", test_plans);
  return g_test_run ();
}
