/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The atlas: mean courses of the arteries of the left side and the midline, drawn from textbook and radiological
 * dimensions (Rhoton 2002 for the anterior circulation, the posterior circulation and the distances between them;
 * Bouthillier 1996 for the carotid's segments; calibres after Krabbe-Hartkamp 1998). LPS millimetres, origin between
 * the two carotid bifurcations. sigma is how far people differ from the mean after a fit of the whole.
 */
#include <math.h>

#include "core/num/vec3.h"
#include "core/vessel/anatomy-private.h"

#define MAX_NODES 8

typedef struct
{
  AnatomyPiece piece;
  double sigma_from, sigma_to; // mm, at the first and last node
  int n;
  double node[MAX_NODES][4]; // x, y, z, radius
} AtlasCurve;

static const AtlasCurve curves[] = {
  { ANATOMY_C1, 10, 6, 4, { { 27, 17, -110, 2.5 }, { 27, 17, -85, 2.5 }, { 26.5, 16, -65, 2.5 }, { 26, 15, -52, 2.5 } } },
  { ANATOMY_C2, 6, 5, 4, { { 26, 15, -52, 2.5 }, { 25.5, 14, -44, 2.4 }, { 22.5, 11, -39.5, 2.4 }, { 16.5, 6.5, -36, 2.3 } } },
  { ANATOMY_C3, 5, 4.5, 3, { { 16.5, 6.5, -36, 2.3 }, { 14.5, 5.5, -34, 2.3 }, { 13.5, 5.5, -31, 2.3 } } },
  { ANATOMY_C4, 4.5, 4, 5,
    { { 13.5, 5.5, -31, 2.3 }, { 13, 5, -25, 2.25 }, { 12.5, 1, -21, 2.2 }, { 11.5, -5, -19.5, 2.2 }, { 11, -10.5, -17.5, 2.15 } } },
  { ANATOMY_C5, 4, 4, 3, { { 11, -10.5, -17.5, 2.15 }, { 11, -12.8, -14.5, 2.1 }, { 11.2, -12, -11.5, 2.1 } } },
  { ANATOMY_C6, 4, 3.5, 3, { { 11.2, -12, -11.5, 2.1 }, { 11.6, -8.5, -9.3, 2.0 }, { 12.2, -4, -6.8, 1.95 } } },
  { ANATOMY_C7, 3.5, 3.5, 3, { { 12.2, -4, -6.8, 1.95 }, { 12.8, -1.8, -4, 1.9 }, { 13.5, 0, 0, 1.85 } } },
  { ANATOMY_M1, 3.5, 6, 4, { { 13.5, 0, 0, 1.6 }, { 18, -1, 1, 1.4 }, { 24, -1, 1.2, 1.35 }, { 30, 0, 1, 1.3 } } },
  { ANATOMY_M2_SUPERIOR, 6, 10, 6,
    { { 30, 0, 1, 1.15 }, { 33, 0, 4, 1.05 }, { 36, 2, 9, 1.0 }, { 38.5, 7, 14, 0.95 }, { 40, 14, 18, 0.9 }, { 42, 24, 24, 0.8 } } },
  { ANATOMY_M2_INFERIOR, 6, 10, 5,
    { { 30, 0, 1, 1.15 }, { 33, 3, 0, 1.05 }, { 37, 8, 0, 1.0 }, { 40, 16, 3, 0.95 }, { 42, 28, 10, 0.8 } } },
  { ANATOMY_A1, 3.5, 4.5, 4, { { 13.5, 0, 0, 1.3 }, { 9.5, -2.5, 1.2, 1.15 }, { 5.5, -5.5, 2, 1.1 }, { 2, -7.5, 2.8, 1.1 } } },
  { ANATOMY_A2, 4.5, 10, 7,
    { { 2, -7.5, 2.8, 1.1 }, { 1.8, -10.5, 6, 1.1 }, { 1.8, -13, 11, 1.05 }, { 1.8, -13.5, 18, 1.0 }, { 1.8, -10, 26, 0.95 },
      { 1.8, -1, 33, 0.9 }, { 1.8, 16, 39, 0.8 } } },
  { ANATOMY_PCOM, 4, 4, 4, { { 12.4, -3, -6.2, 0.75 }, { 11.5, 2, -7.2, 0.7 }, { 10, 7.5, -7.4, 0.7 }, { 8, 12.5, -6.5, 0.75 } } },
  { ANATOMY_VA, 5, 10, 6,
    { { 0.5, 17, -37, 1.5 }, { 4.5, 19, -45, 1.5 }, { 9, 24, -54, 1.55 }, { 13, 29, -62, 1.6 }, { 18, 30, -72, 1.7 }, { 19, 24, -95, 1.7 } } },
  { ANATOMY_P1, 4, 4, 3, { { 0, 12.5, -7.5, 1.2 }, { 4, 12, -6.8, 1.1 }, { 8, 12.5, -6.5, 1.1 } } },
  { ANATOMY_P2, 4, 10, 6,
    { { 8, 12.5, -6.5, 1.1 }, { 12.5, 17, -5.8, 1.05 }, { 15.5, 23, -4.5, 1.0 }, { 17, 31, -2.5, 0.95 }, { 15, 41, 0.5, 0.9 },
      { 12, 54, 4, 0.8 } } },
  { ANATOMY_SCA, 4, 8, 4, { { 0.5, 12.8, -10.5, 0.85 }, { 6, 13.5, -10.8, 0.75 }, { 12, 19, -10.5, 0.7 }, { 16, 29, -8, 0.6 } } },
  { ANATOMY_AICA, 5, 8, 3, { { 0.5, 15, -27, 0.6 }, { 7, 17.5, -29, 0.55 }, { 15, 22, -31, 0.5 } } },
  { ANATOMY_PICA, 7, 10, 3, { { 8, 23, -52, 0.7 }, { 8, 31, -52, 0.65 }, { 6, 39, -47, 0.6 } } },
  { ANATOMY_OPHTHALMIC, 3.5, 6, 4, { { 11.5, -9.5, -9.8, 0.65 }, { 13.5, -14, -10.5, 0.6 }, { 16, -21, -12, 0.6 }, { 17, -31, -12, 0.55 } } },
  { ANATOMY_CHOROIDAL, 3.5, 6, 3, { { 12.9, -1.5, -3.2, 0.5 }, { 14.5, 4, -3, 0.45 }, { 17, 11, -2, 0.4 } } },
  { ANATOMY_ACOM, 4, 4, 2, { { -1.9, -7.6, 2.8, 0.8 }, { 1.9, -7.6, 2.8, 0.8 } } },
  { ANATOMY_BASILAR, 4, 5, 4, { { 0, 12.5, -7.5, 1.6 }, { 0, 12.8, -16, 1.6 }, { 0, 14.3, -26, 1.65 }, { 0, 17, -37, 1.7 } } },
};

/* Centripetal enough for gentle curves: uniform Catmull-Rom between nodes k and k + 1. */
static void
spline (const AtlasCurve *c, int k, double u, double out[4])
{
  const double *a = c->node[MAX (k - 1, 0)], *b = c->node[k], *d = c->node[k + 1], *e = c->node[MIN (k + 2, c->n - 1)];

  for (int i = 0; i < 4; i++)
    out[i] = 0.5 * (2 * b[i] + (d[i] - a[i]) * u + (2 * a[i] - 5 * b[i] + 4 * d[i] - e[i]) * u * u
                    + (3 * b[i] - a[i] - 3 * d[i] + e[i]) * u * u * u);
}

static void
add_curve (GArray *out, const AtlasCurve *c, int side, double step_mm)
{
  for (int k = 0; k + 1 < c->n; k++)
    {
      int n = MAX (1, (int) lround (vec3_dist (c->node[k], c->node[k + 1]) / step_mm));

      for (int i = 0; i < n; i++)
        {
          double u = (i + 0.5) / n, x[4], before[4], after[4], along = (k + u) / (c->n - 1);
          AnatomyPoint point = { .state = anatomy_state (c->piece, side) };

          spline (c, k, u, x);
          spline (c, k, MAX (u - 0.05, 0.0), before);
          spline (c, k, MIN (u + 0.05, 1.0), after);
          vec3_copy (point.p, x);
          vec3_sub (point.t, after, before);
          vec3_normalize (point.t);
          point.r = x[3];
          point.sigma = c->sigma_from + along * (c->sigma_to - c->sigma_from);
          if (side < 0)
            {
              point.p[0] = -point.p[0];
              point.t[0] = -point.t[0];
            }
          g_array_append_val (out, point);
        }
    }
}

GArray *
anatomy_atlas (double step_mm)
{
  GArray *out = g_array_new (FALSE, FALSE, sizeof (AnatomyPoint));

  for (guint n = 0; n < G_N_ELEMENTS (curves); n++)
    {
      add_curve (out, curves + n, 1, step_mm);
      if (curves[n].piece < ANATOMY_ACOM)
        add_curve (out, curves + n, -1, step_mm);
    }
  return out;
}
