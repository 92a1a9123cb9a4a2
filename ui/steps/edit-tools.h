/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The tools that correct the arteries, in the panel: one button each, the brush's size, the region, what has been done.
 */
#include <adwaita.h>

#include "ui/model/session.h"

G_BEGIN_DECLS

#define WILLIS_TYPE_EDIT_TOOLS (willis_edit_tools_get_type ())
G_DECLARE_FINAL_TYPE (WillisEditTools, willis_edit_tools, WILLIS, EDIT_TOOLS, GtkBox)

GtkWidget *willis_edit_tools_new (WillisSession *session);
void willis_edit_tools_update (WillisEditTools *tools);

/* The button of a tool (borrowed). */
GtkWidget *willis_edit_tools_button (WillisEditTools *tools, WillisHandTool tool);

G_END_DECLS
