/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The list of coils of the stent's step: that of the plan, else a proposal. A coil that is added or removed makes the
 * list the plan's, each as one step that can be undone.
 */
#include <gtk/gtk.h>

#include "ui/steps/sac-offer.h"

G_BEGIN_DECLS

typedef struct _WillisCoilTab WillisCoilTab;

/* What the list is shown in: rows, what it comes to, why, the menu button that adds, and the button that goes back to
 * the proposal. Borrowed; must outlive what is made. */
typedef struct
{
  GtkWidget *list, *why_group, *add_button, *propose_button;
  GtkLabel *sum_label;
  GtkTextView *why_text;
} WillisCoilWidgets;

WillisCoilTab *willis_coil_tab_new (WillisSession *session, const WillisCoilWidgets *widgets);
void willis_coil_tab_free (WillisCoilTab *tab);

/* What is offered from now on (borrowed; NULL: nothing). */
void willis_coil_tab_set (WillisCoilTab *tab, const WillisSacOffer *offer);

/* Brings the rows up to date with offer and case, where they are not; for while the tab is seen. Rows carry their
 * coil's id as "device". */
void willis_coil_tab_fill (WillisCoilTab *tab);

WillisTake willis_coil_tab_take (const WillisCoilTab *tab);
void willis_coil_tab_keep (WillisCoilTab *tab); // into the plan

G_END_DECLS
