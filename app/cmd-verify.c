/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include "app/cli.h"
#include "app/cmd-solver.h"
#include "core/base/i18n.h"
#include "core/base/json.h"
#include "solver/verify/verify.h"

static void
print_row (const WillisVerifyRow *row)
{
  willis_cli_print ("%-4s %-10s %-72s %14.8g %14.8g %9.2e %9.2e  %s",
                    row->information                 ? _ ("info")
                    : willis_verify_row_passed (row) ? _ ("ok")
                                                     : _ ("BAD"),
                    row->problem, row->quantity, row->value, row->reference, fabs (row->value - row->reference),
                    row->tolerance, row->mesh);
  if (isfinite (row->order))
    willis_cli_print (_ (", order %.2f"), row->order);
  willis_cli_print ("\n");
}

static void
write_row (const WillisVerifyRow *row, JsonBuilder *builder)
{
  json_builder_begin_object (builder);
  willis_json_add_string (builder, "problem", row->problem);
  willis_json_add_string (builder, "room", row->room);
  willis_json_add_string (builder, "quantity", row->quantity);
  willis_json_add_double (builder, "value", row->value);
  willis_json_add_double (builder, "reference", row->reference);
  willis_json_add_double (builder, "error", fabs (row->value - row->reference));
  willis_json_add_double (builder, "tolerance", row->tolerance);
  willis_json_add_string (builder, "mesh", row->mesh);
  willis_json_add_double (builder, "order", row->order);
  willis_json_add_bool (builder, "passed", willis_verify_row_passed (row));
  willis_json_add_bool (builder, "information", row->information);
  json_builder_end_object (builder);
}

int
willis_cmd_verify (int argc, char **argv)
{
  g_autoptr (GPtrArray) rows = NULL;
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  GError *error = NULL;
  guint failed = 0, judged = 0;
  int status;

  if (!willis_cli_parse (&argc, &argv, "[NAME]",
                         N_ ("Runs the verification problems: value, reference, error, tolerance."), NULL, 0, 1))
    return WILLIS_EXIT_USAGE;
  rows = willis_verify_run (argc > 1 ? argv[1] : NULL, willis_cli_progress (), &error);
  if (rows == NULL)
    return willis_cli_fail (error);
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "problems");
  json_builder_begin_array (builder);
  for (guint i = 0; i < rows->len; i++)
    {
      print_row (rows->pdata[i]);
      write_row (rows->pdata[i], builder);
      judged += !((const WillisVerifyRow *) rows->pdata[i])->information;
      failed += !((const WillisVerifyRow *) rows->pdata[i])->information && !willis_verify_row_passed (rows->pdata[i]);
    }
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  willis_cli_print (_ ("%u of %u within tolerance\n"), judged - failed, judged);
  status = willis_cli_done (builder);
  return failed > 0 ? WILLIS_EXIT_FAILED : status;
}
