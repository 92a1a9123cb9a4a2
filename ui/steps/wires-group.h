/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "solver/stent/rank.h"
#include "ui/model/session.h"
#include "ui/views/view3d.h"

G_BEGIN_DECLS

/* The picked device once more, every wire or strut a rod, when somebody asks for it: a button, then what came out. A job of the session,
 * so the bottom bar shows its progress and cancels it. Wires are drawn in view as curves "stent-wire-0" and on. */
GtkWidget *willis_wires_group_new (WillisSession *session, WillisView3d *view);

/* The device that is picked, in catalogue (kept), past this aneurysm of the session's case; NULL: none. An answer for another one goes
 * away. */
void willis_wires_group_set (GtkWidget *group, const WillisStentChoice *choice, WillisCatalogue *catalogue, int aneurysm);

G_END_DECLS
