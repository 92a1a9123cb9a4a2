/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * What both programs do with their arguments. "willis" is the command line and loads nothing of the window, so that it
 * starts in a few milliseconds; what needs GTK or VTK (the window, pictures in 3D) it hands to "willis-window", which
 * lies beside it, knows all the commands too, and takes over the very process.
 */
#include "core/case/case.h"

G_BEGIN_DECLS

/* What only willis-window has. */
typedef struct
{
  int (*open) (int argc, char **argv); // the window; returns a WillisExit
  int (*demo) (int argc, char **argv); // the subcommand, which needs the start page's list
  GArray *(*pictures) (const WillisCase *c, const GPtrArray *views);
} WillisDesktop;

/* The whole of main (). desktop: NULL in willis; borrowed. */
int willis_run (int argc, char **argv, const WillisDesktop *desktop);

/* As willis_case_pictures; NULL where this program has none. */
GArray *willis_run_pictures (const WillisCase *c, const GPtrArray *views);

G_END_DECLS
