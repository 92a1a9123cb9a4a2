/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * What "shape" says, in JSON and for people.
 */
#include <json-glib/json-glib.h>

#include "solver/shaping/design.h"

G_BEGIN_DECLS

/* Members of the object that builder has open: the first proposal as mandrel, tip, success_probability, contacts; all of them as
 * proposals. */
void willis_cli_add_shape (JsonBuilder *builder, const WillisShapingSite *site, const WillisCatheter *catheter,
                           const WillisDesign *design, const WillisHandling *handling);
void willis_cli_print_shape (const WillisShapingSite *site, const WillisCatheter *catheter, const WillisDesign *design,
                             const WillisHandling *handling);

G_END_DECLS
