/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * A time line: one number over the scans of a patient, with error bars.
 */
#include <gtk/gtk.h>

#include "core/case/compare.h"

G_BEGIN_DECLS

#define WILLIS_TYPE_TREND_CHART (willis_trend_chart_get_type ())
G_DECLARE_FINAL_TYPE (WillisTrendChart, willis_trend_chart, WILLIS, TREND_CHART, GtkWidget)

GtkWidget *willis_trend_chart_new (void);

/* points are copied; where a year is not known they stand evenly; unit stands at the axis. */
void willis_trend_chart_set (WillisTrendChart *chart, const WillisTrendPoint *points, guint n, const char *unit);

G_END_DECLS
