/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * An earlier scan laid over the session's, in one slice through the crosshair: blended, as a checkerboard, or behind a
 * curtain. The cursors are linked: a click moves the session's crosshair, which stands in both scans. Wheel: next slice.
 */
#include <gtk/gtk.h>

#include "core/followup/rigid.h"
#include "ui/model/session.h"
#include "ui/views/slice-frame.h"

G_BEGIN_DECLS

typedef enum
{
  WILLIS_COMPARE_BLEND,
  WILLIS_COMPARE_CHECKER,
  WILLIS_COMPARE_CURTAIN,
  WILLIS_N_COMPARES
} WillisCompareMode;

#define WILLIS_TYPE_COMPARE_VIEW (willis_compare_view_get_type ())
G_DECLARE_FINAL_TYPE (WillisCompareView, willis_compare_view, WILLIS, COMPARE_VIEW, GtkWidget)

GtkWidget *willis_compare_view_new (WillisSession *session);

/* The earlier scan (referenced) and the motion from it to the session's; NULL: none. */
void willis_compare_view_set (WillisCompareView *view, WillisVolume *earlier, const WillisRigid *motion);
void willis_compare_view_set_motion (WillisCompareView *view, const WillisRigid *motion);

/* part: 0 only the earlier one ... 1 only this one; for the checkerboard the size of its fields. */
void willis_compare_view_set_mode (WillisCompareView *view, WillisCompareMode mode, double part);
void willis_compare_view_set_orient (WillisCompareView *view, WillisOrient orient);

G_END_DECLS
