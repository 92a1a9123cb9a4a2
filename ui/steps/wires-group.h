/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "solver/stent/rank.h"
#include "ui/model/session.h"
#include "ui/views/view3d.h"

G_BEGIN_DECLS

/* What is asked of the picked device on request, a button each, then what came out: the device once more with every
 * wire or strut a rod, drawn in view in place of the wires of the first model; and where the artery comes to lie after
 * release, drawn as the curve "stent-artery-after", with what that does to the length. Jobs of the session, so the
 * bottom bar shows their progress and cancels them. */
GtkWidget *willis_wires_group_new (WillisSession *session, WillisView3d *view);

/* The device that is picked, in catalogue (kept), past this aneurysm of the session's case; NULL: none. An answer for another one goes
 * away. */
void willis_wires_group_set (GtkWidget *group, const WillisStentChoice *choice, WillisCatalogue *catalogue, int aneurysm);

G_END_DECLS
