/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/steps/coil-tab.h"

#include "core/base/i18n.h"
#include "core/base/note.h"
#include "core/plan/sac-remark.h"
#include "ui/model/format.h"
#include "ui/steps/device-words.h"
#include "ui/steps/step-page.h"
#include "ui/views/choice-popover.h"

struct _WillisCoilTab
{
  WillisSession *session; // borrowed
  WillisCoilWidgets w;
  const WillisSacOffer *offer; // borrowed
  WillisCoilPlan *shown;       // NULL: no list
  WillisSacPlan *plan;         // that the rows were made for
  gboolean due;                // the rows are of another offer
  gboolean emptied;            // by hand: no proposal in place of what was removed
  int focus;                   // the row that gets the keys once the rows are new; -1: none
};

static WillisSacPlan *
plan_of (const WillisCoilTab *tab)
{
  return willis_sac_offer_plan (tab->offer, willis_session_case (tab->session), TRUE);
}

static guint
n_shown (const WillisCoilTab *tab)
{
  return tab->shown != NULL ? tab->shown->steps->len : 0;
}

static const WillisDevice *
coil_at (const WillisCoilPlan *plan, guint n)
{
  return g_array_index (plan->steps, WillisCoilStep, n).device;
}

/* The ids of what is shown, without the one at without (-1: all), with add (may be NULL) behind the last that is as
 * wide: wide coils go first (new list of borrowed ids). */
static char **
ids_of (const WillisCoilTab *tab, int without, const WillisDevice *add)
{
  GPtrArray *ids = g_ptr_array_new ();
  guint at = 0;

  for (guint i = 0; i < n_shown (tab); i++)
    if ((int) i != without)
      {
        const WillisDevice *d = coil_at (tab->shown, i);

        g_ptr_array_add (ids, d->id);
        if (add != NULL && d->secondary_diameter_mm >= add->secondary_diameter_mm)
          at = ids->len;
      }
  if (add != NULL)
    g_ptr_array_insert (ids, (int) at, add->id);
  g_ptr_array_add (ids, NULL);
  return (char **) g_ptr_array_free (ids, FALSE);
}

static WillisCoilPlan *
list_of (const WillisCoilTab *tab, char **ids, GError **error)
{
  return willis_coil_list (tab->offer->catalogue, &tab->offer->shape, (const char *const *) ids, error);
}

/* --- hands */

static void
put (WillisCoilTab *tab, const WillisCoilPlan *coils, const char *label)
{
  g_autoptr (WillisSacPlan) plan = coils->steps->len > 0 ? willis_sac_plan_of_coils (coils, &tab->offer->shape) : NULL;

  tab->emptied = plan == NULL;
  willis_sac_offer_commit (tab->offer, tab->session, plan, label);
}

static void
remove_coil (WillisCoilTab *tab, int at)
{
  g_autofree char **ids = ids_of (tab, at, NULL);
  g_autoptr (WillisCoilPlan) coils = list_of (tab, ids, NULL);

  if (coils == NULL)
    return;
  tab->focus = MAX (MIN (at, (int) coils->steps->len - 1), 0);
  put (tab, coils, _ ("Remove the coil"));
}

static void
on_remove (GtkButton *button, WillisCoilTab *tab)
{
  remove_coil (tab, GPOINTER_TO_INT (g_object_get_data (G_OBJECT (button), "index")));
}

static gboolean
on_key (GtkEventControllerKey *keys, guint key, guint code, GdkModifierType state, WillisCoilTab *tab)
{
  GtkWidget *row = gtk_widget_get_focus_child (tab->w.list);

  if ((key != GDK_KEY_Delete && key != GDK_KEY_KP_Delete && key != GDK_KEY_BackSpace) || row == NULL)
    return FALSE;
  remove_coil (tab, gtk_list_box_row_get_index (GTK_LIST_BOX_ROW (row)));
  return TRUE;
}

static void
on_propose (GtkButton *button, WillisCoilTab *tab)
{
  tab->emptied = FALSE;
  if (plan_of (tab) != NULL)
    put (tab, tab->offer->proposal, _ ("Choose the coils"));
  else
    {
      tab->due = TRUE;
      willis_coil_tab_fill (tab);
    }
}

/* --- one more */

typedef struct
{
  const WillisDevice *device;
  double packing; // with it
  gboolean against;
} Candidate;

static gboolean
speaks_against (const WillisCoilPlan *coils)
{
  static const char *const grave[] = { WILLIS_REMARK_PACKING_HIGH, WILLIS_REMARK_COIL_WIDE, WILLIS_REMARK_CATHETERS };

  for (guint i = 0; i < coils->warnings->len; i++)
    for (gsize k = 0; k < G_N_ELEMENTS (grave); k++)
      if (willis_note_is (coils->warnings->pdata[i], grave[k]))
        return TRUE;
  return FALSE;
}

/* What goes with the others first, then the widest, then the longest. */
static int
by_use (gconstpointer a, gconstpointer b)
{
  const Candidate *x = a, *y = b;

  if (x->against != y->against)
    return x->against - y->against;
  if (x->device->secondary_diameter_mm != y->device->secondary_diameter_mm)
    return x->device->secondary_diameter_mm < y->device->secondary_diameter_mm ? 1 : -1;
  return (x->device->length_mm < y->device->length_mm) - (x->device->length_mm > y->device->length_mm);
}

static void
fill_choice (GtkWidget *popover, gpointer data)
{
  const WillisCoilTab *tab = data;
  g_autoptr (GArray) candidates = g_array_new (FALSE, FALSE, sizeof (Candidate));

  for (gsize i = 0; tab->offer != NULL && i < willis_catalogue_n (tab->offer->catalogue); i++)
    {
      const WillisDevice *d = willis_catalogue_device (tab->offer->catalogue, i);
      g_autofree char **ids = d->type == WILLIS_DEVICE_COIL ? ids_of (tab, -1, d) : NULL;
      g_autoptr (WillisCoilPlan) coils = ids != NULL ? list_of (tab, ids, NULL) : NULL;

      if (coils != NULL)
        {
          const Candidate one = { d, coils->packing, speaks_against (coils) };

          g_array_append_val (candidates, one);
        }
    }
  g_array_sort (candidates, by_use);
  for (guint i = 0; i < candidates->len; i++)
    {
      const Candidate *c = &g_array_index (candidates, Candidate, i);
      g_autofree char *value = g_strdup_printf ("%s%.1f %%", c->against ? "⚠ " : "", 100.0 * c->packing);

      willis_choice_popover_add (popover, c->device->id, c->device->name, value);
    }
}

static void
on_chosen (const char *id, gpointer data)
{
  WillisCoilTab *tab = data;
  const WillisDevice *d = tab->offer != NULL ? willis_catalogue_find (tab->offer->catalogue, id) : NULL;
  g_autofree char **ids = d != NULL ? ids_of (tab, -1, d) : NULL;
  g_autoptr (WillisCoilPlan) coils = ids != NULL ? list_of (tab, ids, NULL) : NULL;

  if (coils != NULL)
    put (tab, coils, _ ("Add the coil"));
}

/* --- what is shown */

static void
add_row (WillisCoilTab *tab, const WillisCoilStep *step, int n)
{
  g_autofree char *packing = g_strdup_printf ("%.1f %%", 100.0 * step->packing);
  GtkWidget *row = willis_row_new (step->device->name, packing),
            *button = gtk_button_new_from_icon_name ("list-remove-symbolic");
  g_autofree char *name = g_strdup_printf (_ ("Remove %s"), step->device->name);

  adw_action_row_set_title_lines (ADW_ACTION_ROW (row), 2);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), _ (willis_coil_role_label (step->device->role)));
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_tooltip_text (button, _ ("Remove (Delete)"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  g_object_set_data (G_OBJECT (button), "index", GINT_TO_POINTER (n));
  g_signal_connect (button, "clicked", G_CALLBACK (on_remove), tab);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), button);
  g_object_set_data_full (G_OBJECT (row), "device", g_strdup (step->device->id), g_free);
  gtk_list_box_append (GTK_LIST_BOX (tab->w.list), row);
}

static void
say_sum (WillisCoilTab *tab, const GError *error)
{
  const WillisCoilPlan *p = tab->shown;
  g_autofree char *text = NULL;

  if (p == NULL)
    text = g_strdup (error != NULL ? error->message : _ ("No coils."));
  else
    {
      const WillisSacShape *s = &tab->offer->shape;
      const WillisMeasure packing = { 100.0 * p->packing, 100.0 * p->packing_sd, NULL },
                          sac = { s->volume_mm3, s->volume_sd_mm3, NULL };
      g_autofree char *share = willis_text_measure (&packing, "%"), *volume = willis_text_measure (&sac, "mm3");

      text = g_strdup_printf (_ ("Packing %s with %.0f cm of coil: %.1f mm³ embolised of %s"), share,
                              0.1 * p->length_mm, p->packing * s->volume_mm3, volume);
    }
  gtk_label_set_text (tab->w.sum_label, text);
}

/* Remarks, and where the numbers of each kind of coil are from. */
static void
say_why (WillisCoilTab *tab)
{
  GString *text = g_string_new (NULL);
  const char *family = NULL;

  for (guint i = 0; i < n_shown (tab); i++)
    {
      const WillisDevice *d = coil_at (tab->shown, i);

      if (i == 0)
        willis_append_remarks (text, tab->shown->warnings, tab->shown->reasons, willis_sac_remark);
      if (g_strcmp0 (family, d->family) == 0)
        continue;
      family = d->family;
      g_string_append_printf (text, "%s%s  %s\n", i > 0 ? "\n" : "", d->name, d->manufacturer);
      willis_append_source (text, d);
    }
  gtk_text_buffer_set_text (gtk_text_view_get_buffer (tab->w.why_text), text->str, -1);
  gtk_widget_set_visible (tab->w.why_group, text->len > 0);
  g_string_free (text, TRUE);
}

/* The list of the plan, else the proposal, in tab->shown. */
static void
find_list (WillisCoilTab *tab, GError **error)
{
  const WillisSacPlanData *d = tab->plan != NULL ? willis_sac_plan_data (tab->plan) : NULL;
  g_autofree char **ids = NULL;

  g_clear_pointer (&tab->shown, willis_coil_plan_free);
  if (d != NULL)
    {
      tab->emptied = FALSE;
      ids = g_new0 (char *, d->n_devices + 1);
      for (guint i = 0; i < d->n_devices; i++)
        ids[i] = d->devices[i].id;
    }
  else if (tab->offer != NULL && tab->offer->proposal != NULL && !tab->emptied)
    {
      ids = g_new0 (char *, tab->offer->proposal->steps->len + 1);
      for (guint i = 0; i < tab->offer->proposal->steps->len; i++)
        ids[i] = coil_at (tab->offer->proposal, i)->id;
    }
  if (ids != NULL)
    tab->shown = list_of (tab, ids, error);
}

/* Whether the list shown is another one than the proposal. */
static gboolean
is_own (const WillisCoilTab *tab)
{
  const WillisCoilPlan *proposal = tab->offer != NULL ? tab->offer->proposal : NULL;

  if (proposal == NULL)
    return FALSE;
  if (n_shown (tab) != proposal->steps->len)
    return TRUE;
  for (guint i = 0; i < proposal->steps->len; i++)
    if (coil_at (tab->shown, i) != coil_at (proposal, i))
      return TRUE;
  return FALSE;
}

void
willis_coil_tab_fill (WillisCoilTab *tab)
{
  WillisSacPlan *plan = plan_of (tab);
  g_autoptr (GError) error = NULL;

  if (!tab->due && plan == tab->plan)
    return;
  tab->due = FALSE;
  g_clear_pointer (&tab->plan, willis_sac_plan_unref);
  tab->plan = plan != NULL ? willis_sac_plan_ref (plan) : NULL;
  find_list (tab, &error);
  willis_list_clear (tab->w.list);
  for (guint i = 0; i < n_shown (tab); i++)
    add_row (tab, &g_array_index (tab->shown->steps, WillisCoilStep, i), (int) i);
  gtk_widget_set_visible (tab->w.list, n_shown (tab) > 0);
  gtk_widget_set_sensitive (tab->w.add_button, tab->offer != NULL && n_shown (tab) < WILLIS_SAC_PLAN_MOST);
  gtk_widget_set_visible (tab->w.propose_button, is_own (tab));
  say_sum (tab, error);
  say_why (tab);
  if (tab->focus >= 0)
    {
      GtkListBoxRow *row = gtk_list_box_get_row_at_index (GTK_LIST_BOX (tab->w.list), tab->focus);

      gtk_widget_grab_focus (row != NULL ? GTK_WIDGET (row) : tab->w.add_button);
    }
  tab->focus = -1;
}

void
willis_coil_tab_set (WillisCoilTab *tab, const WillisSacOffer *offer)
{
  tab->offer = offer;
  tab->due = TRUE;
  if (offer == NULL)
    tab->emptied = FALSE;
}

WillisTake
willis_coil_tab_take (const WillisCoilTab *tab)
{
  WillisSacPlan *plan = plan_of (tab);

  if (n_shown (tab) == 0 || tab->due)
    return WILLIS_TAKE_NOTHING;
  return plan != NULL && willis_sac_offer_fresh (tab->offer, tab->session) ? WILLIS_TAKE_TAKEN : WILLIS_TAKE_IT;
}

void
willis_coil_tab_keep (WillisCoilTab *tab)
{
  if (willis_coil_tab_take (tab) == WILLIS_TAKE_IT)
    put (tab, tab->shown, _ ("Choose the coils"));
}

WillisCoilTab *
willis_coil_tab_new (WillisSession *session, const WillisCoilWidgets *widgets)
{
  WillisCoilTab *tab = g_new0 (WillisCoilTab, 1);
  GtkEventController *keys = gtk_event_controller_key_new ();

  tab->session = session;
  tab->w = *widgets;
  tab->focus = -1;
  tab->due = TRUE;
  g_signal_connect (keys, "key-pressed", G_CALLBACK (on_key), tab);
  gtk_widget_add_controller (tab->w.list, keys);
  gtk_menu_button_set_popover (GTK_MENU_BUTTON (tab->w.add_button),
                               willis_choice_popover_new (fill_choice, on_chosen, tab, NULL));
  g_signal_connect (tab->w.propose_button, "clicked", G_CALLBACK (on_propose), tab);
  return tab;
}

void
willis_coil_tab_free (WillisCoilTab *tab)
{
  if (tab == NULL)
    return;
  g_clear_pointer (&tab->shown, willis_coil_plan_free);
  g_clear_pointer (&tab->plan, willis_sac_plan_unref);
  g_free (tab);
}
