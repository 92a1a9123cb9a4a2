/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * What all subcommands share: exit codes, one clear error line, the progress bar, Ctrl+C, JSON on stdout.
 */
#include <json-glib/json-glib.h>

#include "core/base/progress.h"

G_BEGIN_DECLS

typedef enum
{
  WILLIS_EXIT_DONE = 0,
  WILLIS_EXIT_USAGE = 1,
  WILLIS_EXIT_BAD_INPUT = 2,
  WILLIS_EXIT_FAILED = 3,
  WILLIS_EXIT_CANCELLED = 130,
} WillisExit;

/* Parses options of a subcommand; entries may be NULL. argv[0] is the subcommand's name. "--json" and "--threads" are
 * added for all. Prints the error and returns FALSE on wrong usage (then return WILLIS_EXIT_USAGE).
 * What is left are the positional arguments, their number between n_min and n_max (-1: any). */
gboolean willis_cli_parse (int *argc, char ***argv, const char *usage, const char *summary,
                           const GOptionEntry *entries, int n_min, int n_max);

/* TRUE where --json was given. */
gboolean willis_cli_json (void);

/* The progress of this program: a bar on stderr when it is a terminal; cancelled by Ctrl+C. */
WillisProgress *willis_cli_progress (void);

/* Prints the error as one line on stderr, frees it, returns the exit code for it. error may be NULL. */
int willis_cli_fail (GError *error);

/* Prints message as one line on stderr and returns WILLIS_EXIT_USAGE. */
int willis_cli_usage (const char *message);

/* Prints what builder holds on stdout (only with --json) and returns WILLIS_EXIT_DONE. */
int willis_cli_done (JsonBuilder *builder);

/* Prints a line for people on stdout, or nothing with --json. */
void willis_cli_print (const char *format, ...) G_GNUC_PRINTF (1, 2);

/* text with spaces after it, so that it fills this many columns of a terminal, where a Chinese sign takes two (new). */
char *willis_cli_pad (const char *text, int columns);

/* Refuses a file to write (NULL: nothing is written) whose folder is not there, or that is one of the inputs
 * (NULL-terminated; links are followed): writing it would destroy what it is made from. */
gboolean willis_cli_check_output (const char *out, const char *const *inputs, GError **error);

/* "x,y,z" into three voxel spacings in mm, each above 0; NULL changes nothing. */
gboolean willis_cli_spacing (const char *text, double out[3], GError **error);

/* "x,y,z" into three (or n) numbers separated by commas. */
gboolean willis_cli_numbers (const char *text, gsize n, double *out, GError **error);

G_END_DECLS
