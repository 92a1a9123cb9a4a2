/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Speed of stent planning: the whole catalogue ranked past a neck, what a landing point that is dragged asks for (the picked device and the
 * ten rows that are seen), and every wire of a flow diverter of 48 wires, 4 x 20 mm, as a rod in a bent lumen. Prints JSON.
 */
#include "core/base/error.h"
#include "core/num/vec3.h"
#include "solver/stent/device-file.h"
#include "solver/stent/energy.h"
#include "solver/stent/rank.h"
#include "solver/stent/wires.h"
#include "tests/bench/bench.h"

#define N 401
#define ROWS 10

typedef struct
{
  double s[N], d[N], k[N], points[3 * N];
  WillisLumenLine line;
  WillisCatalogue *catalogue;
  WillisStentArtery *artery;
  WillisStentRequest request;
  GPtrArray *choices;
  WillisBraid braid;
  WillisLumen *lumen;
  double length_mm;
} Bench;

/* 100 mm that bend with a radius of 8 mm at most and taper from 4.0 to 3.4 mm. */
static void
draw (Bench *b)
{
  double turn = 0.0;

  for (int i = 0; i < N; i++)
    {
      b->s[i] = 0.25 * i;
      b->d[i] = 3.4 + 0.006 * b->s[i];
      b->k[i] = 0.125 * pow (sin (0.1 * b->s[i]), 2.0);
      if (i > 0)
        {
          turn += 0.25 * b->k[i - 1];
          vec3_set (b->points + 3 * i, b->points[3 * i - 3] + 0.25 * sin (turn), 0.0, b->points[3 * i - 1] + 0.25 * cos (turn));
        }
    }
  b->line = (WillisLumenLine){ N, b->s, b->d, b->k, NULL };
}

static void
rank (gpointer data)
{
  Bench *b = data;

  g_clear_pointer (&b->choices, g_ptr_array_unref);
  b->choices = willis_stent_rank (b->catalogue, b->artery, &b->request, NULL, NULL);
}

static void
drag (gpointer data)
{
  Bench *b = data;

  for (int i = 0; i <= ROWS; i++)
    {
      GArray *stations = NULL;

      willis_stent_choice_free (willis_stent_try (((WillisStentChoice *) b->choices->pdata[i])->device, b->artery, &b->request,
                                                  i == 0 ? &stations : NULL, NULL));
      g_clear_pointer (&stations, g_array_unref);
    }
}

static void
energy (gpointer data)
{
  Bench *b = data;
  WillisDeployment out;

  if (willis_braid_relax (&b->braid, &b->line, 20.0, 1, NULL, &out, NULL))
    {
      b->length_mm = out.length_mm;
      willis_deployment_clear (&out);
    }
}

static void
wires (gpointer data)
{
  Bench *b = data;
  const WillisWirePath path = { N, b->s, b->points };
  const WillisWireOptions options = { .wall_n_mm = 0.0 };
  WillisWires out;

  if (willis_wires_settle (&b->braid, &b->line, &path, b->lumen, 20.0, 1, &options, NULL, &out, NULL))
    {
      b->length_mm = out.length_mm;
      willis_wires_clear (&out);
    }
}

int
main (void)
{
  Bench b = { .request = { 5.0, 5.0, 0.03, 1.0 / 3.0 } };
  double radius[N];
  const WillisDevice *device;
  g_autofree char *extra = NULL;
  WillisDeployment first;

  draw (&b);
  b.catalogue = willis_catalogue_load (FALSE, NULL);
  b.artery = willis_stent_artery_of_line (&b.line, b.points, 48.0, 52.0, NULL);
  bench_print ("stent-catalogue", "willis", 2, bench_run (rank, &b, 3), "");
  extra = g_strdup_printf ("\"devices\": %u, \"first\": \"%s\"", b.choices->len, ((WillisStentChoice *) b.choices->pdata[0])->device->id);
  printf ("# %s\n", extra);
  bench_print ("stent-drag", "willis", 1, bench_run (drag, &b, 5), "");
  device = willis_catalogue_find (b.catalogue, "pipeline-flex-4.00x20");
  if (device == NULL || !willis_braid_from_device (device, &b.braid, NULL, NULL)
      || !willis_braid_deploy (&b.braid, &b.line, 20.0, 1, 0.0, FALSE, &first, NULL))
    return 1;
  printf ("# geometry: %.2f mm\n", first.length_mm);
  bench_print ("stent-energy", "willis", 1, bench_run (energy, &b, 3), "");
  printf ("# energy: %.2f mm\n", b.length_mm);
  for (int i = 0; i < N; i++)
    radius[i] = 0.5 * b.d[i];
  b.lumen = willis_lumen_line (b.points, radius, N, FALSE, 0.2, NULL);
  bench_print ("stent-wires-48-4x20", "willis", 2, bench_run (wires, &b, 1), "");
  printf ("# wires: %.2f mm\n", b.length_mm);
  g_ptr_array_unref (b.choices);
  willis_stent_artery_free (b.artery);
  willis_lumen_unref (b.lumen);
  willis_catalogue_unref (b.catalogue);
  return 0;
}
