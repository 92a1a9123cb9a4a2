/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a rod problem's run gives: positions, forces in the rods, at the supports and on the wall.
 */
#include "core/base/json.h"
#include "solver/problem/problem-private.h"

/* Forces of the last state: internal minus applied at every node, and each element's stress. */
static WillisRodSolver *
forces_of (const WillisRodProblem *problem, const WillisRodPath *path)
{
  WillisRodSolver *solver = willis_rod_solver_new (problem->model);

  willis_rod_assemble (solver, path->last->frames, path->last->factor, FALSE, TRUE);
  return solver;
}

static int
root (const int *tie, int n)
{
  while (tie[n] != n)
    n = tie[n];
  return n;
}

/* What is left over at the support's node and all that are tied to it. */
static void
reaction (const WillisRodProblem *problem, const WillisRodSolver *solver, guint i, double force[3], double moment[3])
{
  const WillisProblemSupport *support = &g_array_index (problem->supports, WillisProblemSupport, i);
  const WillisRodModel *model = problem->model;

  vec3_set (force, 0.0, 0.0, 0.0);
  vec3_set (moment, 0.0, 0.0, 0.0);
  for (int n = 0; n < model->n_nodes; n++)
    for (int k = 0; k < 3; k++)
      {
        if (support->mask >> k & 1 && root (model->tie_place, n) == root (model->tie_place, support->node))
          force[k] += solver->node_gradient[n][k];
        if (support->mask >> (3 + k) & 1 && root (model->tie_turn, n) == root (model->tie_turn, support->node))
          moment[k] += solver->node_gradient[n][3 + k];
      }
}

void
willis_rod_problem_reaction (const WillisRodProblem *problem, const WillisRodPath *path, guint i, double force[3],
                             double moment[3])
{
  g_autoptr (WillisRodSolver) solver = forces_of (problem, path);

  reaction (problem, solver, i, force, moment);
}

static void
write_state (const WillisRodProblem *problem, const WillisRodState *state, JsonBuilder *builder)
{
  willis_json_add_double (builder, "factor", state->factor);
  willis_json_add_int (builder, "unstable_modes", state->unstable_modes);
  willis_json_add_double (builder, "energy_n_mm", state->energy);
  json_builder_set_member_name (builder, "monitor");
  json_builder_begin_array (builder);
  for (guint i = 0; i < problem->monitor->len; i++)
    willis_json_add_doubles (builder, NULL, state->frames[g_array_index (problem->monitor, int, i)].r, 3);
  json_builder_end_array (builder);
}

static void
write_states (const WillisRodProblem *problem, const char *key, GPtrArray *states, gboolean limits,
              JsonBuilder *builder)
{
  static const char *const kinds[] = { NULL, "limit", "bifurcation" };

  json_builder_set_member_name (builder, key);
  json_builder_begin_array (builder);
  for (guint i = 0; i < states->len; i++)
    {
      const WillisRodState *state = states->pdata[i];

      json_builder_begin_object (builder);
      write_state (problem, state, builder);
      if (limits)
        {
          willis_json_add_string (builder, "type", kinds[state->kind]);
          willis_json_add_bool (builder, "snapped", state->snapped);
          willis_json_add_double (builder, "released_energy_n_mm", state->released_energy);
        }
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
}

static void
write_reactions (const WillisRodProblem *problem, const WillisRodSolver *solver, JsonBuilder *builder)
{
  json_builder_set_member_name (builder, "reactions");
  json_builder_begin_array (builder);
  for (guint i = 0; i < problem->supports->len; i++)
    {
      const WillisProblemSupport *support = &g_array_index (problem->supports, WillisProblemSupport, i);
      double force[3], moment[3];

      reaction (problem, solver, i, force, moment);
      json_builder_begin_object (builder);
      willis_json_add_string (builder, "rod", ((WillisProblemRod *) problem->rods->pdata[support->rod])->id);
      willis_json_add_double (builder, "at_mm", support->station);
      willis_json_add_doubles (builder, "force_n", force, 3);
      willis_json_add_doubles (builder, "moment_n_mm", moment, 3);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
}

/* Where the wall presses; forces on the rods. */
static void
write_contacts (const WillisRodProblem *problem, const WillisFrame *frames, JsonBuilder *builder)
{
  double sum = 0.0;

  json_builder_set_member_name (builder, "contacts");
  json_builder_begin_array (builder);
  for (int p = 0; p < problem->contact->n_points; p++)
    {
      double x[3], direction[3], friction[3], normal;

      willis_contact_forces (problem->contact, p, frames, &normal, friction);
      if (normal <= 0.0)
        continue;
      sum += normal;
      willis_contact_place (problem->contact, p, frames, x);
      willis_lumen_sample (problem->contact->lumen, x, direction, NULL);
      vec3_scale (direction, direction, normal);
      vec3_scale (friction, friction, -1.0); // the wall's spring pulls the rod back
      json_builder_begin_object (builder);
      willis_json_add_doubles (builder, "point", x, 3);
      willis_json_add_doubles (builder, "normal_n", direction, 3);
      willis_json_add_doubles (builder, "friction_n", friction, 3);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  willis_json_add_double (builder, "wall_n", sum);
}

static void
write_rod (const WillisRodProblem *problem, const WillisProblemRod *rod, const WillisFrame *frames,
           const WillisRodSolver *solver, JsonBuilder *builder)
{
  static const char *const axes[] = { "tangents", "axes2" };

  json_builder_begin_object (builder);
  willis_json_add_string (builder, "id", rod->id);
  willis_json_add_int (builder, "elements", rod->n_nodes - 1);
  json_builder_set_member_name (builder, "points");
  json_builder_begin_array (builder);
  for (int n = 0; n < rod->n_nodes; n++)
    willis_json_add_doubles (builder, NULL, frames[rod->nodes[n]].r, 3);
  json_builder_end_array (builder);
  willis_json_add_doubles (builder, "stations_mm", rod->stations, rod->n_nodes);
  for (int k = 0; k < 2; k++)
    {
      json_builder_set_member_name (builder, axes[k]);
      json_builder_begin_array (builder);
      for (int n = 0; n < rod->n_nodes; n++)
        {
          double axis[3];

          willis_frame_axis (&frames[rod->nodes[n]], k, axis);
          willis_json_add_doubles (builder, NULL, axis, 3);
        }
      json_builder_end_array (builder);
    }
  for (int k = 0; k < 2; k++)
    {
      json_builder_set_member_name (builder, k == 0 ? "forces_n" : "moments_n_mm");
      json_builder_begin_array (builder);
      for (int e = 0; e + 1 < rod->n_nodes; e++)
        willis_json_add_doubles (builder, NULL, solver->own[rod->first_element + e] + 3 * k, 3);
      json_builder_end_array (builder);
    }
  json_builder_end_object (builder);
}

void
willis_rod_problem_write (const WillisRodProblem *problem, const WillisRodPath *path, JsonBuilder *builder)
{
  g_autoptr (WillisRodSolver) solver = forces_of (problem, path);

  willis_json_add_double (builder, "factor", path->last->factor);
  willis_json_add_string (builder, "reason", willis_rod_end_name (path->end));
  willis_json_add_int (builder, "unstable_modes", path->last->unstable_modes);
  willis_json_add_double (builder, "energy_n_mm", path->last->energy);
  willis_json_add_int (builder, "newton_iterations", path->newton_iterations);
  if (problem->contact != NULL)
    willis_json_add_double (builder, "penetration_mm", problem->contact->worst_mm);
  json_builder_set_member_name (builder, "rods");
  json_builder_begin_array (builder);
  for (guint i = 0; i < problem->rods->len; i++)
    write_rod (problem, problem->rods->pdata[i], path->last->frames, solver, builder);
  json_builder_end_array (builder);
  write_reactions (problem, solver, builder);
  if (problem->contact != NULL)
    write_contacts (problem, path->last->frames, builder);
  write_states (problem, "limits", path->limits, TRUE, builder);
  write_states (problem, "path", path->states, FALSE, builder);
}
