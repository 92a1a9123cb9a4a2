/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Subcommands of the solvers; each takes argc, argv with argv[0] its name and returns a WillisExit.
 */
int willis_cmd_rod (int argc, char **argv);
int willis_cmd_shape (int argc, char **argv);
int willis_cmd_verify (int argc, char **argv);
