/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * In the arteries' step the 3D view also shows the names of the branches and the one that is measured, and a click on the lumen
 * takes the branch there.
 */
#include "ui/model/session.h"
#include "ui/views/view3d.h"

G_BEGIN_DECLS

void willis_way_sync (WillisView3d *view, WillisSession *session);

/* The part of the lumen that lies about the branches of a way, lifted a little (new; empty where there is none). */
WillisSurface *willis_way_wall (const WillisSurface *lumen, const WillisTree *tree, const int *branches, gsize n_branches);

G_END_DECLS
