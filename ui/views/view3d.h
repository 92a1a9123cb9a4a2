/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The 3D view: a widget that shows a WillisScene of its own in OpenGL, or, where there is none, as pictures
 * drawn by the processor. Left drag turns, middle drag (or Shift + left) pans, the wheel zooms about the
 * pointer, a click picks. Change the scene directly; the widget redraws by itself.
 *
 * Properties: "dark" (gboolean, default TRUE), "software" (gboolean, read only: drawn without OpenGL),
 *   "c-arm" (string, read only: "RAO 32° CRA 14°"; notify follows the view).
 * Signals:
 *   "picked" (gdouble x, gdouble y, gdouble z, const char *id, gint64 cell): a click on an opaque thing; LPS mm.
 *   "view-changed" (gdouble primary_deg, gdouble secondary_deg): the camera turned; + LAO, + CRA.
 *   "ring-dragged" (const char *id, gboolean finished): a ring's handle moved; read it with willis_scene_get_ring.
 *   "context-menu" (gdouble x_px, gdouble y_px): right click or the menu key, in widget coordinates.
 */
#include <gtk/gtk.h>

#include "ui/scene/scene.h"

G_BEGIN_DECLS

#define WILLIS_TYPE_VIEW3D (willis_view3d_get_type ())
G_DECLARE_FINAL_TYPE (WillisView3d, willis_view3d, WILLIS, VIEW3D, GtkWidget)

GtkWidget *willis_view3d_new (void);

/* The scene (borrowed); NULL only where VTK cannot be used at all. */
WillisScene *willis_view3d_get_scene (WillisView3d *view);

/* Looks at all of the scene, or at one thing. */
void willis_view3d_frame (WillisView3d *view, const char *id);

/* Turns to a standard view or to C-arm angles in degrees (+ LAO, + CRA). */
void willis_view3d_set_standard (WillisView3d *view, WillisStandardView standard);
void willis_view3d_set_c_arm (WillisView3d *view, double primary_deg, double secondary_deg);
void willis_view3d_get_c_arm (WillisView3d *view, double *primary_deg, double *secondary_deg);

/* The picture as it would be saved, at most max_px wide or high (new, or NULL with an error). */
GdkTexture *willis_view3d_snapshot (WillisView3d *view, int max_px, GError **error);

G_END_DECLS
