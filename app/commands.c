/* SPDX-License-Identifier: Apache-2.0 */
#include "app/commands.h"

#include <string.h>

#include "app/cmd-solver.h"
#include "app/cmd-stent.h"
#include "core/base/i18n.h"

static const WillisCommand commands[] = {
  { "info", willis_cmd_info, N_ ("list the series in files and folders") },
  { "convert", willis_cmd_convert, N_ ("convert a scan to another format") },
  { "rod", willis_cmd_rod, N_ ("solve one static rod problem") },
  { "shape", willis_cmd_shape, N_ ("find the mandrel that brings a microcatheter into the sac") },
  { "import", willis_cmd_import, N_ ("make a case of a scan") },
  { "plan", willis_cmd_plan, N_ ("a scan to a measured aneurysm: everything with defaults"), WILLIS_DRAWS_REPORT },
  { "deidentify", willis_cmd_deidentify, N_ ("copy a case without what says whose it is") },
  { "report", willis_cmd_report, N_ ("write the report of a case as PDF"), WILLIS_DRAWS_ALWAYS },
  { "measure", willis_cmd_measure, N_ ("measure an aneurysm: size, ratios, shape, curvature") },
  { "phantom", willis_cmd_phantom, N_ ("make a head CT angiography of known truth") },
  { "compare", willis_cmd_compare, N_ ("what has grown between two cases of one patient"), WILLIS_DRAWS_REPORT },
  { "risk", willis_cmd_risk, N_ ("score PHASES, ELAPSS and UIATS") },
  { "devices", willis_cmd_devices, N_ ("the device catalogue: list, what fits in what, import") },
  { "stent", willis_cmd_stent, N_ ("the deployed length of a stent or flow diverter") },
  { "verify", willis_cmd_verify, N_ ("run the verification problems") },
  { "demo", NULL, N_ ("run a demonstration case through the whole pipeline"), WILLIS_DRAWS_ALWAYS },
  { "segment", willis_cmd_segment, N_ ("segment the arteries of a case") },
  { "vessels", willis_cmd_vessels, N_ ("find the centreline tree of the arteries") },
  { "detect", willis_cmd_detect, N_ ("look for aneurysms") },
  { NULL },
};

const WillisCommand *
willis_commands (void)
{
  return commands;
}

const WillisCommand *
willis_command_find (const char *name)
{
  for (const WillisCommand *c = commands; c->name != NULL; c++)
    if (strcmp (c->name, name) == 0)
      return c;
  return NULL;
}
