/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A shaped catheter at rest in a straight or ring-shaped lumen, without friction, with the elements and the wall of the seatings: for
 * compare-elastica-seat.py. The lumen's axis starts at the origin along x; the ring bends towards y.
 * usage: bench-seat MAJOR LUMEN RADIUS LENGTH EI GJ EA GA [MIDDLE LENGTH DEGREES ROLL]...   mm, N mm2, N; MAJOR 0: straight
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "solver/insertion/insertion.h"

#define MOST_BENDS 4

typedef struct
{
  double major, lumen, radius, length, ei, gj, ea, ga;
  int n_bends;
  double bend[MOST_BENDS][4];
} Problem;

static int
compare (const void *a, const void *b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

static void
make_tool (const Problem *p, WillisTool *out)
{
  double bounds[2 * MOST_BENDS + 1], from = 0.0;
  int n = 0;

  for (int i = 0; i < p->n_bends; i++)
    {
      bounds[n++] = p->bend[i][0] - 0.5 * p->bend[i][1];
      bounds[n++] = p->bend[i][0] + 0.5 * p->bend[i][1];
    }
  bounds[n++] = 1e9;
  qsort (bounds, (size_t) n, sizeof (double), compare);
  memset (out, 0, sizeof *out);
  out->radius_mm = p->radius;
  for (int i = 0; i < n; i++)
    {
      WillisToolPiece *piece = &out->pieces[out->n_pieces++];
      double at = 0.5 * (from + fmin (bounds[i], from + 1.0));

      piece->to_mm = from = bounds[i];
      piece->stiffness[0] = 1e6 * p->ea;
      piece->stiffness[1] = piece->stiffness[2] = 1e6 * p->ga;
      piece->stiffness[3] = 1e6 * p->gj;
      piece->stiffness[4] = piece->stiffness[5] = 1e6 * p->ei;
      for (int b = 0; b < p->n_bends; b++)
        if (fabs (at - p->bend[b][0]) < 0.5 * p->bend[b][1])
          {
            double k = p->bend[b][2] * G_PI / 180.0 / p->bend[b][1], roll = p->bend[b][3] * G_PI / 180.0;

            piece->rest[1] -= k * sin (roll);
            piece->rest[2] += k * cos (roll);
          }
    }
}

static gboolean
seat (const Problem *p, double element, double wall, double tip[3])
{
  enum
  {
    N = 400
  };
  const double at[3] = { 0, 0, 0 }, to[3] = { 1, 0, 0 }, centre[3] = { 0, p->major, 0 }, up[3] = { 0, 0, 1 };
  WillisInsertionParams params = WILLIS_INSERTION_PARAMS_INIT;
  WillisFrame mouth = { { 0, 0, 0 }, { 1, 0, 0, 0 } };
  WillisLumen *lumen = p->major > 0.0 ? willis_lumen_torus (centre, up, p->major, p->lumen)
                                      : willis_lumen_cylinder (at, to, p->lumen);
  g_autoptr (WillisInsertion) in = NULL;
  double line[N + 1][3];
  WillisTool tool;
  gboolean good;

  params.element_mm = element;
  params.wall_stiffness = wall;
  params.friction = 0.0;
  params.self_contact = FALSE;
  for (int i = 0; i <= N; i++)
    {
      double s = p->length * i / N, a = p->major > 0.0 ? s / p->major : 0.0;

      vec3_set (line[i], p->major > 0.0 ? p->major * sin (a) : s, p->major * (1.0 - cos (a)), 0.0);
    }
  make_tool (p, &tool);
  in = willis_insertion_new (lumen, &mouth, &params);
  willis_lumen_unref (lumen);
  good = willis_insertion_place (in, &tool, line[0], N + 1, NULL) == 0 && willis_insertion_settle (in, NULL);
  if (good)
    vec3_copy (tip, willis_insertion_frames (in)[willis_insertion_n_nodes (in) - 1].r);
  return good;
}

int
main (int argc, char **argv)
{
  Problem p = { 0 };
  double *first = &p.major, tip[3], fine[3], stiff[3];

  if (argc < 9 || (argc - 9) % 4 != 0 || (argc - 9) / 4 > MOST_BENDS)
    return 1;
  for (int i = 0; i < 8; i++)
    first[i] = g_ascii_strtod (argv[1 + i], NULL);
  for (int i = 9; i < argc; i++)
    p.bend[(i - 9) / 4][(i - 9) % 4] = g_ascii_strtod (argv[i], NULL);
  p.n_bends = (argc - 9) / 4;
  if (!seat (&p, 0.125, 2e6, tip) || !seat (&p, 0.0625, 2e6, fine) || !seat (&p, 0.125, 2e7, stiff))
    return 1;
  printf ("{\"tip\": [%.6f, %.6f, %.6f], \"fine\": [%.6f, %.6f, %.6f], \"stiff\": [%.6f, %.6f, %.6f]}\n", tip[0], tip[1], tip[2],
          fine[0], fine[1], fine[2], stiff[0], stiff[1], stiff[2]);
  return 0;
}
