/* SPDX-License-Identifier: Apache-2.0 */
/*
 * willis vessels CASE: the centreline tree, branch by branch.
 */
#include "app/case-json.h"
#include "app/cli.h"
#include "app/commands.h"
#include "app/vessel-stages.h"
#include "core/base/i18n.h"

gboolean
willis_cli_run_until (WillisCase *c, WillisStage last, gboolean *changed, const WillisProgress *progress, GError **error)
{
  const WillisStage stages[] = { WILLIS_STAGE_SURFACE, WILLIS_STAGE_TREE, WILLIS_STAGE_CANDIDATES };

  *changed = FALSE;
  for (guint s = 0; s < G_N_ELEMENTS (stages) && stages[s] <= last; s++)
    {
      WillisProgress part = willis_progress_part (progress, s / 3.0, (s + 1) / 3.0, NULL);
      gboolean ok;

      if (willis_case_state (c, stages[s]) == WILLIS_STATE_FRESH)
        continue;
      *changed = TRUE;
      if (stages[s] == WILLIS_STAGE_SURFACE)
        ok = willis_case_run_segment (c, NULL, &part, error);
      else if (stages[s] == WILLIS_STAGE_TREE)
        ok = willis_case_run_tree (c, &part, error);
      else
        ok = willis_case_run_detect (c, &part, error);
      if (!ok)
        return FALSE;
    }
  return TRUE;
}

WillisCase *
willis_cli_case_at (const char *path, WillisStage last, GError **error)
{
  WillisProgress loading = willis_progress_part (willis_cli_progress (), 0.0, 0.1, _ ("Reading"));
  WillisProgress working = willis_progress_part (willis_cli_progress (), 0.1, 0.9, NULL);
  WillisProgress saving = willis_progress_part (willis_cli_progress (), 0.9, 1.0, _ ("Saving"));
  g_autoptr (WillisCase) c = willis_case_load (path, &loading, error);
  gboolean changed;

  if (c == NULL || !willis_cli_run_until (c, last, &changed, &working, error)
      || (changed && !willis_case_save (c, path, &saving, error)))
    return NULL;
  return g_steal_pointer (&c);
}

int
willis_cmd_vessels (int argc, char **argv)
{
  GError *error = NULL;
  g_autoptr (WillisCase) c = NULL;
  g_autoptr (JsonBuilder) builder = NULL;
  const WillisTree *tree;

  if (!willis_cli_parse (&argc, &argv, _ ("CASE - find the centrelines"),
                         N_ ("Finds the centreline tree of the arteries with its radii; segments them first where that "
                             "has not been done."),
                         NULL, 1, 1))
    return WILLIS_EXIT_USAGE;
  c = willis_cli_case_at (argv[1], WILLIS_STAGE_TREE, &error);
  if (c == NULL)
    return willis_cli_fail (error);
  tree = willis_case_tree (c);
  builder = json_builder_new ();
  json_builder_begin_object (builder);
  willis_cli_add_branches (builder, tree);
  for (gsize n = 0; n < willis_tree_n_branches (tree); n++)
    {
      const WillisBranch *b = willis_tree_branch (tree, n);
      double sum = 0.0;

      for (gsize i = 0; i < b->n_points; i++)
        sum += b->radius_mm[i];
      willis_cli_print (_ ("%3u  %-12s %7.1f mm long, mean radius %.2f mm\n"), (guint) n,
                        b->name != NULL ? b->name : "-", b->length_mm, sum / (double) b->n_points);
    }
  json_builder_end_object (builder);
  return willis_cli_done (builder);
}
