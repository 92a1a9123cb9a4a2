/* SPDX-License-Identifier: Apache-2.0 */
#include <glib.h>
#include <math.h>
#include <string.h>

#include "core/plan/stent-remark.h"
#include "solver/stent/rank.h"

#define N 201
#define DEVICE "pipeline-flex-3.50x20"

static double s[N], d[N];

/* A straight tube of 50 mm, the neck in its middle, as wide at the proximal end as end_mm. */
static WillisStentArtery *
artery (double end_mm)
{
  const WillisLumenLine line = { N, s, d, NULL, NULL };
  GError *error = NULL;
  WillisStentArtery *a;

  for (int i = 0; i < N; i++)
    {
      s[i] = 0.25 * i;
      d[i] = s[i] < 25.5 ? 3.4 : 3.4 + (end_mm - 3.4) * fmin (s[i] - 25.5, 1.0);
    }
  a = willis_stent_artery_of_line (&line, NULL, 12.0, 15.0, &error);
  g_assert_no_error (error);
  return a;
}

static WillisStentChoice *
tried (WillisCatalogue *c, const WillisStentArtery *a, double proximal_mm)
{
  const WillisStentRequest request = { 5.0, proximal_mm, 0.02, 1.0 / 3.0 };
  GError *error = NULL;
  WillisStentChoice *out = willis_stent_try (willis_catalogue_find (c, DEVICE), a, &request, NULL, &error);

  g_assert_no_error (error);
  return out;
}

static gboolean
warned (const WillisStentChoice *c, const char *of)
{
  for (guint i = 0; i < c->warnings->len; i++)
    if (strstr (c->warnings->pdata[i], of) != NULL)
      return TRUE;
  return FALSE;
}

static void
add_branch (WillisStentArtery *a, double at_mm)
{
  const WillisSideBranch side = { at_mm, 1.2, 0 };

  g_array_append_val (a->side_branches, side);
}

/* A branch is covered, or it is not, or that depends on how long the device becomes. */
static void
test_branches (void)
{
  g_autoptr (WillisCatalogue) c = willis_catalogue_load (FALSE, NULL);
  g_autoptr (WillisStentArtery) plain = artery (3.4);
  WillisStentChoice *without = tried (c, plain, 5.0);

  g_assert_cmpint (without->fit, ==, WILLIS_FIT_SAFE);
  g_assert_cmpuint (without->branches_covered, ==, 0);
  for (int kind = 0; kind < 3; kind++)
    {
      g_autoptr (WillisStentArtery) a = artery (3.4);
      double off = without->length_hi_mm - without->length_mm;
      WillisStentChoice *with;

      add_branch (a, kind == 0 ? without->proximal_mm + 2.0 * off : kind == 1 ? without->proximal_mm - 2.0 * off : without->proximal_mm - 0.5 * off);
      with = tried (c, a, 5.0);
      g_assert_cmpuint (with->branches_covered, ==, kind == 0 ? 1 : 0);
      g_assert_cmpint (with->fit, ==, kind == 2 ? WILLIS_FIT_DEPENDS : WILLIS_FIT_SAFE);
      g_assert_true (warned (with, "depends on how long") == (kind == 2));
      willis_stent_choice_free (with);
    }
  willis_stent_choice_free (without);
}

/* A mark that the device does not come to is said; so is an end in an artery wider than its label, however far from the neck. */
static void
test_ends (void)
{
  g_autoptr (WillisCatalogue) c = willis_catalogue_load (FALSE, NULL);
  g_autoptr (WillisStentArtery) even = artery (3.4), wide = artery (3.95);
  WillisStentChoice *marked = tried (c, even, 30.0), *stands_off = tried (c, wide, 5.0);

  g_assert_cmpint (marked->fit, ==, WILLIS_FIT_DEPENDS);
  g_assert_true (warned (marked, "before the proximal mark"));
  g_assert_cmpfloat (wide->neck_lo_mm - stands_off->proximal_mm, >, 10.0);
  g_assert_cmpint (stands_off->fit, ==, WILLIS_FIT_NOT);
  g_assert_true (warned (stands_off, "too narrow"));
  willis_stent_choice_free (marked);
  willis_stent_choice_free (stands_off);
}

/* Of laser-cut stents too it is known where they touch. */
static void
test_stations (void)
{
  g_autoptr (WillisCatalogue) c = willis_catalogue_load (FALSE, NULL);
  g_autoptr (WillisStentArtery) a = artery (6.0);
  const WillisStentRequest request = { 5.0, 5.0, 0.02, 1.0 / 3.0 };
  GArray *stations = NULL;
  WillisStentChoice *out = willis_stent_try (willis_catalogue_find (c, "neuroform-atlas-4.0x24"), a, &request, &stations, NULL);
  double widest = 0.0;

  g_assert_nonnull (stations);
  for (guint i = 0; i < stations->len; i++)
    {
      const WillisStation *p = &g_array_index (stations, WillisStation, i);

      g_assert_true (i == 0 || p->s_mm <= (p - 1)->s_mm);
      widest = fmax (widest, p->gap_mm);
    }
  g_assert_cmpfloat_with_epsilon (widest, out->gap_max_mm, 0.05);
  g_array_unref (stations);
  willis_stent_choice_free (out);
}

/* What of a device is no working length neither covers the neck nor counts as landing: of a flow diverter its single
 * layer, in proportion to its label, of a braid as much at each end as its maker says. */
static void
test_working_length (void)
{
  g_autoptr (WillisCatalogue) c = willis_catalogue_load (FALSE, NULL);
  g_autoptr (WillisStentArtery) a = artery (3.4);
  const WillisStentRequest request = { 5.0, 5.0, 0.02, 1.0 / 3.0 };
  const struct
  {
    const char *id;
    double label, working; // of the label's length
    gboolean fits;
  } cases[] = { { "fred-3.5x13", 13.0, 7.0, FALSE },
                { "fred-3.5x22", 22.0, 16.0, TRUE },
                { "lvis-4.0x12", 12.0, 8.0, FALSE },
                { "pipeline-flex-3.50x20", 20.0, 20.0, TRUE } };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const WillisDevice *device = willis_catalogue_find (c, cases[i].id);
      WillisStentChoice *out = willis_stent_try (device, a, &request, NULL, NULL);
      double end = g_str_has_prefix (cases[i].id, "fred")
                       ? 0.5 * out->length_mm * (1.0 - cases[i].working / cases[i].label)
                       : 0.5 * (cases[i].label - cases[i].working);

      g_assert_cmpfloat_with_epsilon (out->end_mm, end, 1e-9);
      g_assert_cmpfloat_with_epsilon (out->working_length_mm, out->length_mm - 2.0 * end, 1e-9);
      g_assert_cmpfloat_with_epsilon (out->distal_landing_mm, 5.0, 0.01);
      g_assert_cmpfloat_with_epsilon (out->distal_mm - end - a->neck_hi_mm, out->distal_landing_mm, 1e-9);
      g_assert_cmpfloat_with_epsilon (out->distal_landing_mm + a->neck_hi_mm - a->neck_lo_mm + out->proximal_landing_mm,
                                      out->working_length_mm, 1e-9);
      g_assert_true (warned (out, "too short") == !cases[i].fits);
      g_assert_true ((out->fit == WILLIS_FIT_NOT) == !cases[i].fits);
      willis_stent_choice_free (out);
    }
}

static const char *
to_x (gconstpointer data, const char *text)
{
  return "x";
}

static void
assert_known (const GPtrArray *remarks)
{
  for (guint i = 0; i < remarks->len; i++)
    {
      g_autofree char *said = willis_stent_remark (remarks->pdata[i], to_x, NULL),
                      *same = willis_stent_remark (remarks->pdata[i], NULL, NULL);

      g_assert_cmpstr (said, ==, "x");
      g_assert_cmpstr (same, ==, remarks->pdata[i]); // the program's language is English here
    }
}

/* Whatever is said of a device can be said in another language, from the text that is kept. */
static void
test_remarks (void)
{
  g_autoptr (WillisCatalogue) c = willis_catalogue_load (FALSE, NULL);

  for (int kind = 0; kind < 4; kind++)
    {
      const WillisStentRequest request = { 5.0, kind == 1 ? 12.0 : 5.0, kind == 2 ? 0.3 : 0.02, 1.0 / 3.0 };
      g_autoptr (WillisStentArtery) a = artery (kind == 3 ? 4.6 : 3.4);
      g_autoptr (GPtrArray) choices = NULL;

      add_branch (a, a->neck_lo_mm - 8.0);
      choices = willis_stent_rank (c, a, &request, NULL, NULL);
      for (guint i = 0; i < choices->len; i++)
        {
          const WillisStentChoice *choice = choices->pdata[i];
          gboolean on_cover = FALSE;

          assert_known (choice->reasons);
          assert_known (choice->warnings);
          for (guint k = 0; k < choice->reasons->len; k++)
            on_cover |= willis_stent_remark_on_cover (choice->reasons->pdata[k]);
          g_assert_true (on_cover == (willis_device_assumes_cover (choice->device) && !isnan (choice->neck_coverage)));
        }
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rank/branches", test_branches);
  g_test_add_func ("/rank/ends", test_ends);
  g_test_add_func ("/rank/stations", test_stations);
  g_test_add_func ("/rank/working-length", test_working_length);
  g_test_add_func ("/rank/remarks", test_remarks);
  return g_test_run ();
}
