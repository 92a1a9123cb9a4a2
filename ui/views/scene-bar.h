/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The row of switches at the foot of the 3D view: volume or surface, bone, centrelines, clipping, standard views.
 */
#include "ui/model/session.h"
#include "ui/views/view3d.h"

G_BEGIN_DECLS

#define WILLIS_TYPE_SCENE_BAR (willis_scene_bar_get_type ())
G_DECLARE_FINAL_TYPE (WillisSceneBar, willis_scene_bar, WILLIS, SCENE_BAR, GtkWidget)

GtkWidget *willis_scene_bar_new (WillisSession *session, WillisView3d *view);

G_END_DECLS
