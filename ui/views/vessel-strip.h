/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The scan straightened along a vessel (or unrolled along one direction), arc length from left to right as in the chart above,
 * the wall as a line. A drag moves the cursor, the wheel turns the plane about the vessel.
 *
 * Signals: "cursor-moved" (double at_mm); "turned" (double by_rad).
 */
#include <gtk/gtk.h>

G_BEGIN_DECLS

#define WILLIS_TYPE_VESSEL_STRIP (willis_vessel_strip_get_type ())
G_DECLARE_FINAL_TYPE (WillisVesselStrip, willis_vessel_strip, WILLIS, VESSEL_STRIP, GtkDrawingArea)

GtkWidget *willis_vessel_strip_new (void);

/* values [height][width] as of willis_reformat, edges [height][2] as of willis_reformat_edges; copied into a picture with this
 * window. values NULL: nothing. */
void willis_vessel_strip_show (WillisVesselStrip *strip, const float *values, const double *edges, int width, int height,
                               double pixel_mm, double length_mm);
void willis_vessel_strip_set_window (WillisVesselStrip *strip, double window, double level);
void willis_vessel_strip_set_cursor (WillisVesselStrip *strip, double at_mm);

G_END_DECLS
