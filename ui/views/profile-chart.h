/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Diameter, area or curvature along a vessel, with a cursor and the stretch that narrowing is measured against, which can be
 * dragged. Arrow keys move the cursor by a step, with Shift by a millimetre.
 *
 * Signals: "cursor-moved" (double at_mm); "reference-moved" (double at_mm).
 */
#include <gtk/gtk.h>

#include "core/vessel/profile.h"

G_BEGIN_DECLS

/* Chart and strip share these, so that one place stands below the other. */
#define WILLIS_ALONG_LEFT_PX 46.0
#define WILLIS_ALONG_RIGHT_PX 10.0
#define WILLIS_ALONG_MOST_PX_PER_MM 16.0

/* The width in which a vessel of this length is drawn in a widget of this width. */
double willis_along_width_px (int width_px, double length_mm);

typedef enum
{
  WILLIS_ALONG_DIAMETER,
  WILLIS_ALONG_AREA,
  WILLIS_ALONG_CURVATURE,
  WILLIS_N_ALONG
} WillisAlongWhat;

#define WILLIS_TYPE_PROFILE_CHART (willis_profile_chart_get_type ())
G_DECLARE_FINAL_TYPE (WillisProfileChart, willis_profile_chart, WILLIS, PROFILE_CHART, GtkDrawingArea)

GtkWidget *willis_profile_chart_new (void);

/* What is drawn, borrowed until the next call; all NULL: nothing. */
void willis_profile_chart_show (WillisProfileChart *chart, const WillisCourse *course, const WillisProfile *profile,
                                const WillisStenosis *stenosis);
void willis_profile_chart_set_what (WillisProfileChart *chart, WillisAlongWhat what);
void willis_profile_chart_set_cursor (WillisProfileChart *chart, double at_mm);

/* What stands at a place of the course; NaN where there is nothing. */
double willis_along_value (const WillisCourse *course, const WillisProfile *profile, gsize n, WillisAlongWhat what);

G_END_DECLS
