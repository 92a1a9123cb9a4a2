/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Working views of the selected aneurysm, within the reach of the C-arm, each with its picture; a click turns the 3D view there.
 */
#include <adwaita.h>

#include "ui/model/session.h"
#include "ui/views/view3d.h"

G_BEGIN_DECLS

#define WILLIS_TYPE_VIEW_LIST (willis_view_list_get_type ())
G_DECLARE_FINAL_TYPE (WillisViewList, willis_view_list, WILLIS, VIEW_LIST, AdwBin)

GtkWidget *willis_view_list_new (WillisSession *session, WillisView3d *view);

/* Looks whether the aneurysm or the machine is another now. */
void willis_view_list_update (WillisViewList *list);

/* The list of views, a row each, once they are known (borrowed). */
GtkWidget *willis_view_list_rows (WillisViewList *list);

G_END_DECLS
