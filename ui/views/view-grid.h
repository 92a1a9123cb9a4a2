/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The four linked views in one of several layouts: axial, coronal, sagittal, 3D. Double click makes a view full and back.
 *
 * Property: "layout" (int, WillisLayout; notify).
 */
#include <gtk/gtk.h>

#include "ui/model/session.h"
#include "ui/views/slice-view.h"
#include "ui/views/view3d.h"

G_BEGIN_DECLS

typedef enum
{
  WILLIS_LAYOUT_FOUR,       // two by two
  WILLIS_LAYOUT_3D_LARGE,   // 3D large, three slices in a column
  WILLIS_LAYOUT_SLICES,     // axial large, two slices and 3D in a column
  WILLIS_LAYOUT_ONE,        // the view in hand alone
  WILLIS_N_LAYOUTS
} WillisLayout;

#define WILLIS_TYPE_VIEW_GRID (willis_view_grid_get_type ())
G_DECLARE_FINAL_TYPE (WillisViewGrid, willis_view_grid, WILLIS, VIEW_GRID, GtkWidget)

GtkWidget *willis_view_grid_new (WillisSession *session);

WillisLayout willis_view_grid_get_layout (WillisViewGrid *grid);
void willis_view_grid_set_layout (WillisViewGrid *grid, WillisLayout layout);
const char *willis_layout_name (WillisLayout layout); // translated

/* Makes the view with the focus (or under the last press) full, or brings all back. */
void willis_view_grid_toggle_full (WillisViewGrid *grid);

/* n: 0 axial, 1 coronal, 2 sagittal (as first arranged). */
WillisSliceView *willis_view_grid_slice (WillisViewGrid *grid, int n);
WillisView3d *willis_view_grid_view3d (WillisViewGrid *grid);

G_END_DECLS
