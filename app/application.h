/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The program with its window.
 */
#include <glib.h>

G_BEGIN_DECLS

/* "willis" alone or "willis PATH...": opens the window. Returns a WillisExit. */
int willis_application_run (int argc, char **argv);

G_END_DECLS
