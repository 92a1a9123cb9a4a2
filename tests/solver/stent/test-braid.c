/* SPDX-License-Identifier: Apache-2.0 */
#include <glib.h>
#include <math.h>

#include "core/base/error.h"
#include "core/num/rng.h"
#include "solver/stent/device-file.h"

/* Makers' printed tables: every inner row predicted from the others, worst at most 1.0 mm and 0.5 mm rms. */
static void
test_leave_one_out (void)
{
  g_autoptr (WillisCatalogue) c = willis_catalogue_load (FALSE, NULL);
  double worst = 0.0, sum = 0.0;
  int n = 0;

  for (gsize i = 0; i < willis_catalogue_n (c); i++)
    {
      const WillisDevice *d = willis_catalogue_device (c, i);
      WillisBraid braid;
      WillisBraidFit fit;
      g_autoptr (GError) error = NULL;

      if (d->table_diameter_mm.n < 3)
        continue;
      g_assert_true (willis_braid_from_device (d, &braid, &fit, &error));
      g_test_message ("%-14s fit %.2f, left out %.2f, ends %.2f mm", d->id, fit.worst_mm, fit.loo_worst_mm, fit.loo_end_worst_mm);
      worst = fmax (worst, fit.loo_worst_mm);
      sum += fit.loo_rms_mm * fit.loo_rms_mm * (d->table_diameter_mm.n - 2);
      n += d->table_diameter_mm.n - 2;
      g_assert_cmpfloat (fit.worst_mm, <=, 0.6);
    }
  g_test_message ("%d rows: worst %.2f, rms %.2f mm", n, worst, sqrt (sum / n));
  g_assert_cmpint (n, >=, 10);
  g_assert_cmpfloat (worst, <=, 1.0);
  g_assert_cmpfloat (sqrt (sum / n), <=, 0.5);
}

/* Nominal and unconstrained lengths of whole families from one braid angle: the published check reaches 0.96 mm. */
static void
test_families (void)
{
  g_autoptr (WillisCatalogue) c = willis_catalogue_load (FALSE, NULL);
  int n = 0;
  double worst = 0.0;

  for (gsize i = 0; i < willis_catalogue_n (c); i++)
    {
      const WillisDevice *d = willis_catalogue_device (c, i);
      WillisBraid braid;
      WillisBraidFit fit;

      if (isnan (d->free_length_mm) || !g_str_has_prefix (d->id, "silk-vista"))
        continue;
      g_assert_true (willis_braid_from_device (d, &braid, &fit, NULL));
      worst = fmax (worst, fit.worst_mm);
      n++;
    }
  g_test_message ("%d devices, worst %.2f mm", n, worst);
  g_assert_cmpint (n, ==, 37);
  g_assert_cmpfloat (worst, <=, 1.0);
}

/* Every braid of the catalogue is one: shorter where it is wider, as long as its label says at the label's diameter. */
static void
test_catalogue (void)
{
  g_autoptr (WillisCatalogue) c = willis_catalogue_load (FALSE, NULL);

  for (gsize i = 0; i < willis_catalogue_n (c); i++)
    {
      const WillisDevice *d = willis_catalogue_device (c, i);
      WillisBraid braid;
      double at_label, before = INFINITY;
      g_autoptr (GError) error = NULL;

      if (d->type != WILLIS_DEVICE_BRAIDED_STENT && d->type != WILLIS_DEVICE_FLOW_DIVERTER)
        continue;
      g_assert_true (willis_braid_from_device (d, &braid, NULL, &error));
      at_label = willis_braid_length (&braid, d->label_diameter_mm - braid.lumen_offset_mm);
      g_test_message ("%s: %.2f mm at the label's diameter, label %.2f", d->id, at_label, d->length_mm);
      g_assert_cmpfloat (fabs (at_label - d->length_mm), <=, 1.0 + (isnan (d->label_slack_mm) ? 0.0 : d->label_slack_mm));
      g_assert_cmpfloat (braid.free_diameter_mm, <, braid.d_max_mm);
      for (double x = d->vessel_min_mm; x <= d->vessel_max_mm; x += 0.1)
        {
          double l = willis_braid_length (&braid, x - braid.lumen_offset_mm);

          g_assert_cmpfloat (l, <, before);
          before = l;
        }
    }
}

static void
test_table_errors (void)
{
  static const double d[] = { 3, 3.5, 4 }, rising[] = { 20, 22, 25 }, same[] = { 3, 3, 4 }, l[] = { 25, 22, 18 };
  WillisBraid braid;

  for (int k = 0; k < 3; k++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (willis_braid_from_table (&braid, k == 1 ? same : d, k == 0 ? rising : l, k == 2 ? 1 : 3, 0.0, NULL, &error));
      g_assert_error (error, WILLIS_ERROR, WILLIS_ERROR_BAD_INPUT);
    }
}

/* Laid either way over random lumens: the wire used, integrated apart from the code, is all of it. */
static void
test_wire_is_used_up (void)
{
  WillisRng rng;

  willis_rng_init (&rng, 6, 0);
  for (int run = 0; run < 200; run++)
    {
      enum
      {
        N = 61
      };
      double s[N], d[N], used = 0.0;
      WillisBraid braid;
      WillisDeployment out;
      WillisLumenLine line = { N, s, d, NULL, NULL };
      int direction = run % 2 ? 1 : -1;
      double start;
      g_autoptr (GError) error = NULL;

      g_assert_true (willis_braid_from_free (&braid, 64, 0.03, 3.5 + willis_rng_uniform (&rng), 8.0 + 12.0 * willis_rng_uniform (&rng),
                                             (60.0 + 14.0 * willis_rng_uniform (&rng)) * G_PI / 180.0, 200, 0.3, NULL));
      for (int i = 0; i < N; i++)
        {
          s[i] = 2.0 * i;
          d[i] = 2.5 + 2.2 * willis_rng_uniform (&rng);
        }
      start = direction > 0 ? 3.3 : 117.7;
      g_assert_true (willis_braid_deploy (&braid, &line, start, direction, 0.0, TRUE, &out, &error));
      g_assert_cmpfloat_with_epsilon (fabs (out.end_mm - out.start_mm), out.length_mm, 1e-9);
      for (guint k = 1; k < out.stations->len; k++)
        {
          const WillisStation *a = &g_array_index (out.stations, WillisStation, k - 1), *b = a + 1;
          int parts = 2000;

          for (int p = 0; p < parts; p++)
            {
              double t = (p + 0.5) / parts, x = a->state.diameter_mm + t * (b->state.diameter_mm - a->state.diameter_mm);

              used += fabs (b->s_mm - a->s_mm) / parts / cos (asin (x / braid.d_max_mm));
            }
          g_assert_cmpfloat (b->state.diameter_mm, <=, braid.free_diameter_mm + 1e-9);
          g_assert_cmpfloat (fabs (b->lumen_mm - 0.06 - 2.0 * b->gap_mm - b->state.diameter_mm), <, 1e-9);
        }
      g_assert_cmpfloat_with_epsilon (used, braid.wire_length_mm, 2e-3);
      willis_deployment_clear (&out);
    }
}

/* Pushed devices are shorter, pulled ones longer, where no wall holds them; where a wall does, nothing changes. */
static void
test_packing (void)
{
  const double s[2] = { 0, 200 }, tight[2] = { 3.5, 3.5 }, wide[2] = { 5.0, 5.0 };
  WillisBraid braid;
  double length[2][3];

  g_assert_true (willis_braid_from_free (&braid, 48, 0.03, 4.25, 20, 74 * G_PI / 180, 200, 0.3, NULL));
  for (int w = 0; w < 2; w++)
    for (int q = -1; q <= 1; q++)
      {
        WillisLumenLine line = { 2, s, w ? wide : tight, NULL, NULL };
        WillisDeployment out;

        g_assert_true (willis_braid_deploy (&braid, &line, 0.0, 1, q, FALSE, &out, NULL));
        length[w][q + 1] = out.length_mm;
        g_assert_true (w ? out.gap_max_mm > 0.0 : out.gap_max_mm == 0.0);
      }
  g_assert_cmpfloat (length[0][0], ==, length[0][1]);
  g_assert_cmpfloat (length[0][2], ==, length[0][1]);
  g_assert_cmpfloat (length[1][0], >, length[1][1] + 1.0);
  g_assert_cmpfloat (length[1][2], <, length[1][1] - 1.0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/stent/braid/leave-one-out", test_leave_one_out);
  g_test_add_func ("/stent/braid/families", test_families);
  g_test_add_func ("/stent/braid/catalogue", test_catalogue);
  g_test_add_func ("/stent/braid/table-errors", test_table_errors);
  g_test_add_func ("/stent/braid/wire", test_wire_is_used_up);
  g_test_add_func ("/stent/braid/packing", test_packing);
  return g_test_run ();
}
