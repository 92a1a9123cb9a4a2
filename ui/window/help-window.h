/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The help: a window of pages, one for each step and some for all. The texts are resources, a folder a language
 * (data/help/README.md says how they are written).
 */
#include "ui/window/window.h"

G_BEGIN_DECLS

/* Opens the help of this window at a step (WillisStep; -1: at the beginning), or brings it there. */
void willis_help_show (WillisWindow *window, int step);

/* The help that is open, or NULL, and the page that it shows, by its name ("scan"). */
GtkWindow *willis_help_window (WillisWindow *window);
const char *willis_help_page (GtkWindow *help);

G_END_DECLS
