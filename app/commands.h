/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The subcommands, one file each (cmd-NAME.c). To add one: declare its function here, add its row in commands.c.
 */
#include <glib.h>

G_BEGIN_DECLS

/* When a subcommand draws in 3D, which only willis-window can. */
typedef enum
{
  WILLIS_DRAWS_NEVER,
  WILLIS_DRAWS_REPORT, // with --report
  WILLIS_DRAWS_ALWAYS,
} WillisDraws;

typedef struct
{
  const char *name;
  int (*run) (int argc, char **argv); // argv[0] is the subcommand's name; returns a WillisExit; NULL: the desktop's
  const char *summary;                // to translate
  WillisDraws draws;
} WillisCommand;

/* NULL where there is none of this name. */
const WillisCommand *willis_command_find (const char *name);

/* All, ended by a row whose name is NULL. */
const WillisCommand *willis_commands (void);

int willis_cmd_compare (int argc, char **argv);
int willis_cmd_convert (int argc, char **argv);
int willis_cmd_deidentify (int argc, char **argv);
int willis_cmd_import (int argc, char **argv);
int willis_cmd_info (int argc, char **argv);
int willis_cmd_measure (int argc, char **argv);
int willis_cmd_plan (int argc, char **argv);
int willis_cmd_report (int argc, char **argv);

int willis_cmd_phantom (int argc, char **argv);

int willis_cmd_risk (int argc, char **argv);
int willis_cmd_segment (int argc, char **argv);
int willis_cmd_vessels (int argc, char **argv);
int willis_cmd_detect (int argc, char **argv);

int willis_cmd_demo (int argc, char **argv);

G_END_DECLS
