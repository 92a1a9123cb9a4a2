/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Below the views, in the arteries' step: what is measured along the branch in hand. Chart of diameter, area or curvature, the scan
 * straightened along it, the cross-section at the cursor, narrowing against a reference that can be moved, name. The cursor is the
 * crosshair of all views; the oblique plane is set square to the vessel there.
 */
#include <gtk/gtk.h>

#include "core/vessel/profile.h"
#include "ui/model/session.h"

G_BEGIN_DECLS

#define WILLIS_TYPE_VESSEL_DOCK (willis_vessel_dock_get_type ())
G_DECLARE_FINAL_TYPE (WillisVesselDock, willis_vessel_dock, WILLIS, VESSEL_DOCK, GtkBox)

GtkWidget *willis_vessel_dock_new (WillisSession *session);

/* For tests: what is measured now (borrowed, NULL while it is computed or nothing is in hand), and the cursor (NaN: none). */
const WillisCourse *willis_vessel_dock_course (WillisVesselDock *dock);
const WillisProfile *willis_vessel_dock_profile (WillisVesselDock *dock);
WillisStenosis willis_vessel_dock_stenosis (WillisVesselDock *dock);
double willis_vessel_dock_cursor_mm (WillisVesselDock *dock);

G_END_DECLS
