/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/window/tab-order.h"

struct _WillisTabOrder
{
  AdwBin parent_instance;
  GtkWidget *parts[WILLIS_TAB_ORDER_MAX]; // borrowed
  int n_parts;
};

G_DEFINE_FINAL_TYPE (WillisTabOrder, willis_tab_order, ADW_TYPE_BIN)

/* The part that has the keys, -1: none. */
static int
part_in_focus (WillisTabOrder *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;

  for (int n = 0; n < self->n_parts && focus != NULL; n++)
    if (focus == self->parts[n] || gtk_widget_is_ancestor (focus, self->parts[n]))
      return n;
  return -1;
}

static gboolean
willis_tab_order_focus (GtkWidget *widget, GtkDirectionType direction)
{
  WillisTabOrder *self = WILLIS_TAB_ORDER (widget);
  gboolean forward = direction == GTK_DIR_TAB_FORWARD;
  int at = part_in_focus (self);

  if (!forward && direction != GTK_DIR_TAB_BACKWARD)
    return GTK_WIDGET_CLASS (willis_tab_order_parent_class)->focus (widget, direction);
  if (at >= 0 && gtk_widget_child_focus (self->parts[at], direction))
    return TRUE;
  at = at >= 0 ? at : (forward ? -1 : self->n_parts);
  for (int n = forward ? at + 1 : at - 1; n >= 0 && n < self->n_parts; n += forward ? 1 : -1)
    if (gtk_widget_get_mapped (self->parts[n]) && gtk_widget_child_focus (self->parts[n], direction))
      return TRUE;
  return FALSE;
}

static void
willis_tab_order_class_init (WillisTabOrderClass *klass)
{
  GTK_WIDGET_CLASS (klass)->focus = willis_tab_order_focus;
}

static void
willis_tab_order_init (WillisTabOrder *self)
{
}

void
willis_tab_order_add (WillisTabOrder *self, GtkWidget *part)
{
  g_return_if_fail (self->n_parts < WILLIS_TAB_ORDER_MAX);
  self->parts[self->n_parts++] = part;
}
