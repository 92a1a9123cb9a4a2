/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * One slice of the session's scan: axial, coronal, sagittal or oblique, drawn by the processor. All views of a session
 * are linked by its crosshair.
 *
 * Wheel: next slice (Shift: 5; Ctrl: zoom about the pointer). Left drag: crosshair when on it, handles, else window and
 * level. Left click: crosshair there. Middle drag: pan. Right click: menu. Arrow keys move the neck 0.1 mm (Shift: 1 mm,
 * Alt: tilt) while the neck is shown, else change the slice.
 *
 * Property: "orient" (int, WillisOrient). Signal: "toggle-full": double click.
 */
#include <gtk/gtk.h>

#include "ui/model/session.h"
#include "ui/views/slice-frame.h"

G_BEGIN_DECLS

#define WILLIS_TYPE_SLICE_VIEW (willis_slice_view_get_type ())
G_DECLARE_FINAL_TYPE (WillisSliceView, willis_slice_view, WILLIS, SLICE_VIEW, GtkWidget)

GtkWidget *willis_slice_view_new (WillisSession *session, WillisOrient orient);
void willis_slice_view_set_orient (WillisSliceView *view, WillisOrient orient);
WillisOrient willis_slice_view_get_orient (WillisSliceView *view);

/* The whole volume again. */
void willis_slice_view_reset (WillisSliceView *view);

/* Where an LPS point lies in the widget; for tests and hints. FALSE before the first allocation. */
gboolean willis_slice_view_locate (WillisSliceView *view, const double lps_mm[3], double *x, double *y);

/* The handles of the neck in widget coordinates: centre, two tilt ends, arrow. FALSE where it is not in this slice. */
gboolean willis_slice_view_neck_handles (WillisSliceView *view, double centre[2], double ends[2][2], double arrow[2]);

/* The picture as drawn, without reading the screen (new, or NULL before the first allocation). */
GdkTexture *willis_slice_view_texture (WillisSliceView *view);

G_END_DECLS
