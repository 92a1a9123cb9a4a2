/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Worked example: a microcatheter tip of 10 mm, clamped at one end, under a rising side force at the other. Shows how to build a
 * structure, follow its load path and read it. Prints force (uN) and deflection (mm), beside the small-load formula P L^3 / 3 EI.
 */
#include <glib.h>

#include "solver/rod/path.h"

int
main (void)
{
  const double length = 10.0, ei = 0.5e6;                                /* mm, uN mm2 */
  const double stiffness[6] = { 30e6, 10e6, 10e6, 0.4e6, ei, ei };       /* EA, GA, GA, GJ, EI, EI */
  const double force[3] = { 0.0, 20000.0, 0.0 }, none[3] = { 0.0, 0.0, 0.0 }; /* uN at load factor 1 */
  const int n = 20;
  g_autoptr (WillisRodModel) model = willis_rod_model_new ();
  g_autoptr (WillisRodPath) path = NULL;
  g_autoptr (GError) error = NULL;
  WillisRodPathParams params = WILLIS_ROD_PATH_PARAMS_INIT;

  /* nodes along x; the identity quaternion has its first axis, the rod's, along x */
  for (int i = 0; i <= n; i++)
    {
      const WillisFrame frame = { { length * i / n, 0.0, 0.0 }, { 1.0, 0.0, 0.0, 0.0 } };

      willis_rod_model_add_node (model, &frame);
      if (i > 0)
        willis_rod_model_add_element_as_given (model, i - 1, i, stiffness, FALSE);
    }
  willis_rod_model_hold (model, 0, 63); /* all six increments of the first node */
  willis_rod_model_add_load (model, n, force, none, FALSE);
  if (!willis_rod_model_finish (model, &error))
    g_error ("%s", error->message);

  params.steps = 5;
  path = willis_rod_path_follow (model, &params, NULL, &error);
  if (path == NULL)
    g_error ("%s", error->message);
  for (guint i = 0; i < path->states->len; i++)
    {
      const WillisRodState *state = path->states->pdata[i];
      double p = state->factor * force[1];

      g_print ("force %7.0f uN  deflection %.4f mm  (small loads: %.4f)  unstable modes %d\n", p, state->frames[n].r[1],
               p * length * length * length / (3.0 * ei), state->unstable_modes);
    }
  return path->end == WILLIS_ROD_END_MAX_FACTOR ? 0 : 1;
}
