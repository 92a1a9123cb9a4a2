/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * A list of the names that an artery can have, with a search line. A choice goes to the session as one step that can be undone.
 */
#include <gtk/gtk.h>

#include "ui/model/session.h"

G_BEGIN_DECLS

/* A popover for the branch that is selected when it opens; its list is made then. */
GtkWidget *willis_name_popover_new (WillisSession *session);

G_END_DECLS
