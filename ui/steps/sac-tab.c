/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/steps/sac-tab.h"

#include "core/base/i18n.h"
#include "core/plan/sac-remark.h"
#include "ui/steps/device-words.h"
#include "ui/steps/step-page.h"

#define MAX_ROWS 6

struct _WillisSacTab
{
  WillisSession *session; // borrowed
  WillisSacWidgets w;
  void (*on_picked) (gpointer data);
  gpointer data;
  const WillisSacOffer *offer; // borrowed
  WillisSacPlan *plan;         // that the rows were made for
  char *picked;                // id
  gboolean due, filling;       // due: the rows are of another offer
};

static WillisSacPlan *
plan_of (const WillisSacTab *tab)
{
  return willis_sac_offer_plan (tab->offer, willis_session_case (tab->session), FALSE);
}

/* The choice of that id; NULL: there is none. */
static const WillisSacChoice *
choice_of (const WillisSacTab *tab, const char *id)
{
  for (guint i = 0; id != NULL && tab->offer != NULL && i < tab->offer->devices->len; i++)
    {
      const WillisSacChoice *c = tab->offer->devices->pdata[i];

      if (g_str_equal (c->device->id, id))
        return c;
    }
  return NULL;
}

/* The first thing against a device, else the first for it (new). */
static char *
first_remark (const WillisSacChoice *c)
{
  const GPtrArray *remarks = c->warnings->len > 0 ? c->warnings : c->reasons;

  return remarks->len > 0 ? willis_sac_remark (remarks->pdata[0], NULL, NULL) : g_strdup ("");
}

static void
add_row (WillisSacTab *tab, const WillisSacChoice *c)
{
  g_autofree char *remark = first_remark (c);
  g_autofree char *contact = g_strdup_printf (_ ("contact %.0f %%"), 100.0 * c->contact);
  GtkWidget *row = willis_row_new (c->device->name, contact),
            *icon = gtk_image_new_from_icon_name (willis_fit_icons[c->fit]);

  // a number is never cut off: the name and what is said beside it wrap
  gtk_label_set_ellipsize (g_object_get_data (G_OBJECT (row), "value"), PANGO_ELLIPSIZE_NONE);
  gtk_widget_set_tooltip_text (icon, _ (willis_fit_label (c->fit)));
  adw_action_row_add_prefix (ADW_ACTION_ROW (row), icon);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), remark);
  g_object_set_data_full (G_OBJECT (row), "device", g_strdup (c->device->id), g_free);
  gtk_list_box_append (GTK_LIST_BOX (tab->w.list), row);
  if (g_strcmp0 (c->device->id, tab->picked) == 0)
    gtk_list_box_select_row (GTK_LIST_BOX (tab->w.list), GTK_LIST_BOX_ROW (row));
}

static void
say_why (WillisSacTab *tab)
{
  const WillisSacChoice *c = choice_of (tab, tab->picked);
  GString *text = g_string_new (NULL);

  if (c != NULL)
    {
      g_string_append_printf (text, "%s  %s\n", c->device->name, c->device->manufacturer);
      g_string_append_printf (text, _ ("%s: touches the wall over %.0f %% of its height\n"),
                              _ (willis_fit_label (c->fit)), 100.0 * c->contact);
      willis_append_remarks (text, c->warnings, c->reasons, willis_sac_remark);
      willis_append_source (text, c->device);
    }
  gtk_text_buffer_set_text (gtk_text_view_get_buffer (tab->w.why_text), text->str, -1);
  gtk_widget_set_visible (tab->w.why_group, c != NULL);
  g_string_free (text, TRUE);
}

static void
on_row (GtkListBox *list, GtkListBoxRow *row, WillisSacTab *tab)
{
  if (tab->filling)
    return;
  g_free (tab->picked);
  tab->picked = row != NULL ? g_strdup (g_object_get_data (G_OBJECT (row), "device")) : NULL;
  say_why (tab);
  tab->on_picked (tab->data);
}

void
willis_sac_tab_fill (WillisSacTab *tab)
{
  WillisSacPlan *plan = plan_of (tab);
  guint n = tab->offer != NULL ? tab->offer->devices->len : 0;
  const WillisSacChoice *picked;

  if (!tab->due && plan == tab->plan)
    return;
  tab->due = FALSE;
  if (plan != NULL && plan != tab->plan) // chosen, or back by undo: seen
    {
      g_free (tab->picked);
      tab->picked = g_strdup (willis_sac_plan_data (plan)->devices[0].id);
    }
  g_clear_pointer (&tab->plan, willis_sac_plan_unref);
  tab->plan = plan != NULL ? willis_sac_plan_ref (plan) : NULL;
  picked = choice_of (tab, tab->picked);
  tab->filling = TRUE;
  willis_list_clear (tab->w.list);
  for (guint i = 0; i < MIN (n, MAX_ROWS); i++)
    {
      add_row (tab, tab->offer->devices->pdata[i]);
      picked = picked == tab->offer->devices->pdata[i] ? NULL : picked;
    }
  if (picked != NULL) // not among the best
    add_row (tab, picked);
  tab->filling = FALSE;
  say_why (tab);
}

void
willis_sac_tab_set (WillisSacTab *tab, const WillisSacOffer *offer)
{
  tab->offer = offer;
  tab->due = TRUE;
  if (offer == NULL)
    g_clear_pointer (&tab->picked, g_free);
}

const WillisDevice *
willis_sac_tab_picked (const WillisSacTab *tab)
{
  const WillisSacChoice *c = choice_of (tab, tab->picked);

  return c != NULL ? c->device : NULL;
}

WillisTake
willis_sac_tab_take (const WillisSacTab *tab)
{
  const WillisSacChoice *c = choice_of (tab, tab->picked);
  WillisSacPlan *plan = plan_of (tab);
  const char *const ids[] = { tab->picked, NULL };

  if (c == NULL)
    return WILLIS_TAKE_NOTHING;
  if (plan != NULL && willis_sac_plan_is (plan, FALSE, ids) && willis_sac_offer_fresh (tab->offer, tab->session))
    return WILLIS_TAKE_TAKEN;
  return c->fit == WILLIS_FIT_NOT ? WILLIS_TAKE_NOT : WILLIS_TAKE_IT;
}

void
willis_sac_tab_keep (WillisSacTab *tab)
{
  g_autoptr (WillisSacPlan) plan = NULL;

  if (willis_sac_tab_take (tab) != WILLIS_TAKE_IT)
    return;
  plan = willis_sac_plan_of_device (choice_of (tab, tab->picked), &tab->offer->shape);
  willis_sac_offer_commit (tab->offer, tab->session, plan, _ ("Choose the device for the sac"));
}

WillisSacTab *
willis_sac_tab_new (WillisSession *session, const WillisSacWidgets *widgets, void (*on_picked) (gpointer data),
                    gpointer data)
{
  WillisSacTab *tab = g_new0 (WillisSacTab, 1);

  tab->session = session;
  tab->w = *widgets;
  tab->on_picked = on_picked;
  tab->data = data;
  tab->due = TRUE;
  g_signal_connect (tab->w.list, "row-selected", G_CALLBACK (on_row), tab);
  return tab;
}

void
willis_sac_tab_free (WillisSacTab *tab)
{
  if (tab == NULL)
    return;
  g_signal_handlers_disconnect_by_data (tab->w.list, tab);
  g_clear_pointer (&tab->plan, willis_sac_plan_unref);
  g_free (tab->picked);
  g_free (tab);
}
