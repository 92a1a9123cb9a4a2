/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The artery past a neck drawn straight, proximal on the left, with the device in it and two landing marks that can be dragged or
 * moved with the arrow keys (0.1 mm, with Shift 1 mm; Tab changes the mark).
 *
 * Signal "landing-moved" (double distal_mm, double proximal_mm, gboolean finished): landing beyond the edges of the neck.
 */
#include <gtk/gtk.h>

#include "solver/stent/rank.h"

G_BEGIN_DECLS

#define WILLIS_LANDING_MOST_MM 30.0 // that a mark may be from the neck

#define WILLIS_TYPE_ARTERY_CHART (willis_artery_chart_get_type ())
G_DECLARE_FINAL_TYPE (WillisArteryChart, willis_artery_chart, WILLIS, ARTERY_CHART, GtkDrawingArea)

GtkWidget *willis_artery_chart_new (void);

/* What is drawn, borrowed until the next call; all may be NULL. stations: of the device, may be NULL. */
void willis_artery_chart_show (WillisArteryChart *chart, const WillisStentArtery *artery, const WillisStentChoice *choice,
                               const GArray *stations);

/* Where the marks stand. */
void willis_artery_chart_set_landing (WillisArteryChart *chart, double distal_mm, double proximal_mm);

G_END_DECLS
