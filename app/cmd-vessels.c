/* SPDX-License-Identifier: Apache-2.0 */
/*
 * willis vessels CASE: the centreline tree, branch by branch.
 */
#include <string.h>

#include "app/case-json.h"
#include "app/cli.h"
#include "app/commands.h"
#include "app/vessel-stages.h"
#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/vessel/anatomy.h"

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

/* "ID=NAME" of the command line. */
static gboolean
rename_branch (WillisCase *c, const char *text, GError **error)
{
  const char *equals = strchr (text, '=');
  g_autofree char *number = equals != NULL ? g_strndup (text, (gsize) (equals - text)) : NULL;
  guint64 id = 0;

  if (equals == NULL || !g_ascii_string_to_unsigned (number, 10, 0, G_MAXINT, &id, NULL))
    return willis_fail (error, WILLIS_ERROR_USAGE, _ ("\"%s\" is not the number of a branch, = and its name"), text);
  return willis_case_rename_branch (c, (gsize) id, equals + 1, error);
}

/* The case with its tree, the given names set and saved (new; NULL with error). */
static WillisCase *
case_with_names (const char *path, char **names, GError **error)
{
  g_autoptr (WillisCase) c = willis_cli_case_at (path, WILLIS_STAGE_TREE, error);

  if (c == NULL || names == NULL)
    return g_steal_pointer (&c);
  for (char **name = names; *name != NULL; name++)
    if (!rename_branch (c, *name, error))
      return NULL;
  return willis_case_save (c, path, NULL, error) ? g_steal_pointer (&c) : NULL;
}

static void
print_branch (const WillisBranch *b, gsize n)
{
  g_autofree char *name = willis_artery_text (b->name);
  double sum = 0.0;

  for (gsize i = 0; i < b->n_points; i++)
    sum += b->radius_mm[i];
  willis_cli_print (_ ("%3u  %-28s %3.0f %%  %7.1f mm long, mean radius %.2f mm\n"), (guint) n, name,
                    b->name != NULL ? 100.0 * b->confidence : 0.0, b->length_mm, sum / (double) b->n_points);
}

int
willis_cmd_vessels (int argc, char **argv)
{
  g_auto (GStrv) names = NULL;
  const GOptionEntry entries[] = {
    { "name", 0, 0, G_OPTION_ARG_STRING_ARRAY, &names,
      N_ ("Give a branch a name by hand, or none (may be given several times)"), "ID=NAME" },
    { NULL },
  };
  GError *error = NULL;
  g_autoptr (WillisCase) c = NULL;
  g_autoptr (JsonBuilder) builder = NULL;
  const WillisTree *tree;

  if (!willis_cli_parse (&argc, &argv, _ ("CASE - find the centrelines"),
                         N_ ("Finds the centreline tree of the arteries with its radii and names; segments them first "
                             "where that has not been done."),
                         entries, 1, 1))
    return WILLIS_EXIT_USAGE;
  c = case_with_names (argv[1], names, &error);
  if (c == NULL)
    return willis_cli_fail (error);
  tree = willis_case_tree (c);
  builder = json_builder_new ();
  json_builder_begin_object (builder);
  willis_cli_add_branches (builder, tree);
  for (gsize n = 0; n < willis_tree_n_branches (tree); n++)
    print_branch (willis_tree_branch (tree, n), n);
  json_builder_end_object (builder);
  return willis_cli_done (builder);
}
