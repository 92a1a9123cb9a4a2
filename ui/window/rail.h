/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The steps of the work on the left, in their order, each with its state as symbol and words.
 */
#include <gtk/gtk.h>

#include "ui/model/session.h"

G_BEGIN_DECLS

#define WILLIS_TYPE_RAIL (willis_rail_get_type ())
G_DECLARE_FINAL_TYPE (WillisRail, willis_rail, WILLIS, RAIL, GtkWidget)

/* Signal "opened": a person has chosen a step (also the one that is open): its panel is wanted. */
GtkWidget *willis_rail_new (WillisSession *session);

G_END_DECLS
