/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * What lies around parts that Tab visits in the order of the work, whatever their places on the screen: the last widget
 * of one part is followed by the first of the next, and Shift+Tab goes back the same way.
 */
#include <adwaita.h>

G_BEGIN_DECLS

#define WILLIS_TAB_ORDER_MAX 4

#define WILLIS_TYPE_TAB_ORDER (willis_tab_order_get_type ())
G_DECLARE_FINAL_TYPE (WillisTabOrder, willis_tab_order, WILLIS, TAB_ORDER, AdwBin)

/* A part, after those given so far; it lies inside self and is borrowed. What is not shown is passed over. */
void willis_tab_order_add (WillisTabOrder *self, GtkWidget *part);

G_END_DECLS
