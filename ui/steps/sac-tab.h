/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The devices for the sac of the stent's step: a list, best first, and why the picked one fits or does not.
 */
#include <gtk/gtk.h>

#include "ui/steps/sac-offer.h"

G_BEGIN_DECLS

typedef struct _WillisSacTab WillisSacTab;

typedef struct
{
  GtkWidget *list, *why_group; // borrowed; must outlive what is made
  GtkTextView *why_text;
} WillisSacWidgets;

/* on_picked: another device is picked, or none; with data. */
WillisSacTab *willis_sac_tab_new (WillisSession *session, const WillisSacWidgets *widgets,
                                  void (*on_picked) (gpointer data), gpointer data);
void willis_sac_tab_free (WillisSacTab *tab);

/* What is offered from now on (borrowed; NULL: nothing). */
void willis_sac_tab_set (WillisSacTab *tab, const WillisSacOffer *offer);

/* Brings the rows up to date with offer and case, where they are not; for while the tab is seen. Rows carry their
 * device's id as "device"; where none is picked, that of the plan is. */
void willis_sac_tab_fill (WillisSacTab *tab);

const WillisDevice *willis_sac_tab_picked (const WillisSacTab *tab); // of the offer's catalogue; NULL: none
WillisTake willis_sac_tab_take (const WillisSacTab *tab);
void willis_sac_tab_keep (WillisSacTab *tab); // into the plan

G_END_DECLS
