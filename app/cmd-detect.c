/* SPDX-License-Identifier: Apache-2.0 */
/*
 * willis detect CASE: places that may be aneurysms, best first.
 */
#include "app/case-json.h"
#include "app/cli.h"
#include "app/commands.h"
#include "app/vessel-stages.h"
#include "core/base/i18n.h"
#include "core/vessel/anatomy.h"

int
willis_cmd_detect (int argc, char **argv)
{
  GError *error = NULL;
  g_autoptr (WillisCase) c = NULL;
  g_autoptr (JsonBuilder) builder = NULL;
  const GArray *found;

  if (!willis_cli_parse (&argc, &argv, _ ("CASE - look for aneurysms"),
                         N_ ("Lists places that bulge out of the arteries, likeliest aneurysm first. A second look, never "
                             "a proof that there is none."),
                         NULL, 1, 1))
    return WILLIS_EXIT_USAGE;
  c = willis_cli_case_at (argv[1], WILLIS_STAGE_CANDIDATES, &error);
  if (c == NULL)
    return willis_cli_fail (error);
  found = willis_case_candidates (c);
  builder = json_builder_new ();
  json_builder_begin_object (builder);
  willis_cli_add_candidates (builder, c);
  willis_cli_say_doubts (builder, c);
  for (guint n = 0; found != NULL && n < found->len; n++)
    {
      const WillisCandidate *k = &g_array_index (found, WillisCandidate, n);

      g_autofree char *artery = willis_artery_text (willis_tree_name_near (willis_case_tree (c), k->branch, k->centre_lps_mm));

      willis_cli_print (_ ("%2u  at %.1f, %.1f, %.1f mm (%s): size %.1f mm, neck %.1f mm, score %.2f\n"), n + 1,
                        k->centre_lps_mm[0], k->centre_lps_mm[1], k->centre_lps_mm[2], artery, k->size_mm, k->neck_mm,
                        k->score);
    }
  if (found == NULL || found->len == 0)
    willis_cli_print ("%s\n", _ ("no place stands out"));
  json_builder_end_object (builder);
  return willis_cli_done (builder);
}
