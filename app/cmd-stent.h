/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>

G_BEGIN_DECLS

int willis_cmd_stent (int argc, char **argv);

G_END_DECLS
