/* SPDX-License-Identifier: Apache-2.0 */
#include "app/cli.h"
#include "app/cmd-solver.h"
#include "core/base/i18n.h"
#include "solver/problem/problem.h"

static void
print_people (const WillisRodProblem *problem, const WillisRodPath *path)
{
  willis_cli_print (_ ("load factor %.8g, ended by %s, unstable modes: %d\n"), path->last->factor,
                    willis_rod_end_name (path->end), path->last->unstable_modes);
  for (guint i = 0; i < path->limits->len; i++)
    {
      const WillisRodState *s = path->limits->pdata[i];

      willis_cli_print (_ ("critical at factor %.8g (%s), unstable modes beyond: %d\n"), s->factor,
                        s->kind == WILLIS_ROD_LIMIT_LOAD ? _ ("limit point") : _ ("bifurcation"), s->unstable_modes);
    }
  for (guint i = 0; i < problem->rods->len; i++)
    {
      const WillisProblemRod *rod = problem->rods->pdata[i];
      const double *end = path->last->frames[rod->nodes[rod->n_nodes - 1]].r;

      willis_cli_print (_ ("rod %s ends at %.6f %.6f %.6f mm\n"), rod->id, end[0], end[1], end[2]);
    }
  for (guint i = 0; i < problem->supports->len; i++)
    {
      const WillisProblemSupport *support = &g_array_index (problem->supports, WillisProblemSupport, i);
      double f[3], m[3];

      willis_rod_problem_reaction (problem, path, i, f, m);
      willis_cli_print (_ ("the support of rod %s at %.6g mm gives %.6g %.6g %.6g N, %.6g %.6g %.6g N mm\n"),
                        ((const WillisProblemRod *) problem->rods->pdata[support->rod])->id, support->station, f[0], f[1], f[2],
                        m[0], m[1], m[2]);
    }
}

int
willis_cmd_rod (int argc, char **argv)
{
  g_autoptr (WillisRodProblem) problem = NULL;
  g_autoptr (WillisRodPath) path = NULL;
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  GError *error = NULL;
  int status;

  if (!willis_cli_parse (&argc, &argv, "FILE.json", N_ ("Solves one static rod problem."), NULL, 1, 1))
    return WILLIS_EXIT_USAGE;
  problem = willis_rod_problem_run (argv[1], willis_cli_progress (), &path, &error);
  if (problem == NULL)
    return willis_cli_fail (error);
  print_people (problem, path);
  json_builder_begin_object (builder);
  willis_rod_problem_write (problem, path, builder);
  json_builder_end_object (builder);
  status = willis_cli_done (builder);
  if (path->end == WILLIS_ROD_END_NOT_CONVERGED || path->end == WILLIS_ROD_END_NO_START)
    {
      g_printerr ("willis: %s: %s\n", argv[1],
                  path->end == WILLIS_ROD_END_NO_START ? _ ("no equilibrium was found without loads")
                                                       : _ ("did not converge; the result is the last equilibrium found"));
      return WILLIS_EXIT_FAILED;
    }
  return status;
}
