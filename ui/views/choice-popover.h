/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * A popover with a search line above a list to choose one from.
 */
#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Called when it opens, to add what there is to choose from. */
typedef void (*WillisChoiceFill) (GtkWidget *popover, gpointer data);
/* Called once one is chosen, by click, Enter in the list, or Enter in the search line, which takes the first that is
 * left; key is that of its row. The popover is closed already. */
typedef void (*WillisChoiceMade) (const char *key, gpointer data);

GtkWidget *willis_choice_popover_new (WillisChoiceFill fill, WillisChoiceMade made, gpointer data,
                                      GDestroyNotify free_data);

/* One more row: text, and beside it value (may be NULL). Words that are typed are looked for in text and key (copied;
 * may be NULL). */
void willis_choice_popover_add (GtkWidget *popover, const char *key, const char *text, const char *value);

G_END_DECLS
