/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Keeps a 3D view showing the session: lumen, bone, tree, candidates, sac and neck, crosshair, volume; and takes the
 * view's picks and drags back to the session.
 */
#include "ui/model/session.h"
#include "ui/views/view3d.h"

G_BEGIN_DECLS

/* Lives as long as the view. */
void willis_scene_sync (WillisView3d *view, WillisSession *session);

G_END_DECLS
