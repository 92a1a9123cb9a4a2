/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/steps/risk-list.h"

#include <math.h>

#include "core/base/i18n.h"
#include "ui/steps/risk-window.h"
#include "ui/steps/step-page.h"

#define N_SCORES 3

struct _WillisRiskList
{
  AdwBin parent_instance;
  WillisSession *session;
  GtkWidget *rows[N_SCORES];
  GtkWindow *window; // weak
};

G_DEFINE_FINAL_TYPE (WillisRiskList, willis_risk_list, ADW_TYPE_BIN)

static int
n_missing (const WillisRiskScore *score)
{
  int n = 0;

  for (guint i = 0; i < score->items->len; i++)
    n += !g_array_index (score->items, WillisRiskItem, i).known;
  return n;
}

static char *
score_text (const WillisRiskScore *score)
{
  if (score->verdict != NULL)
    return g_strdup_printf (_ ("%.0f to %.0f, %s"), score->repair, score->observe, _ (score->verdict));
  if (isfinite (score->percent_5y))
    return g_strdup_printf (_ ("%.0f · growth %.1f %% in 3 years"), score->score, score->percent);
  return g_strdup_printf (_ ("%.0f · rupture %.1f %% in 5 years"), score->score, score->percent);
}

char *
willis_risk_text (const WillisRiskScore *score)
{
  if (!score->complete)
    return g_strdup_printf (_ ("inputs missing: %d"), n_missing (score));
  if (score->others->len == 0)
    return score_text (score);
  // the doubt before all else: a row cuts off what is long, and the window behind it says the rest
  if (score->verdict != NULL)
    return g_strdup_printf (_ ("%.0f to %.0f, near a cut-off"), score->repair, score->observe);
  if (score->others->len > 1)
    return g_strdup_printf (_ ("%.0f, near two cut-offs"), score->score);
  return g_strdup_printf (_ ("%.0f or %.0f, near a cut-off"), score->score,
                          g_array_index (score->others, WillisRiskOther, 0).score);
}

void
willis_risk_list_update (WillisRiskList *self)
{
  WillisCase *c = willis_session_case (self->session);
  int n = willis_session_aneurysm (self->session);
  WillisRiskScore *(*const make[N_SCORES]) (const WillisRiskInputs *)
      = { willis_risk_phases, willis_risk_elapss, willis_risk_uiats };
  WillisRiskInputs in;

  if (c == NULL || n < 0 || n >= (int) willis_case_n_aneurysms (c))
    return;
  in = willis_case_risk_inputs (c, (gsize) n);
  for (int i = 0; i < N_SCORES; i++)
    {
      g_autoptr (WillisRiskScore) score = make[i](&in);
      g_autofree char *text = willis_risk_text (score);

      willis_row_set_value (self->rows[i], text);
    }
}

void
willis_risk_list_open (WillisRiskList *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));

  if (self->window == NULL)
    {
      self->window = GTK_WINDOW (willis_risk_window_new (self->session));
      g_object_add_weak_pointer (G_OBJECT (self->window), (gpointer *) &self->window);
      if (GTK_IS_WINDOW (root))
        gtk_window_set_transient_for (self->window, GTK_WINDOW (root));
    }
  gtk_window_present (self->window);
}

static void
willis_risk_list_dispose (GObject *object)
{
  WillisRiskList *self = WILLIS_RISK_LIST (object);

  if (self->window != NULL)
    {
      g_object_remove_weak_pointer (G_OBJECT (self->window), (gpointer *) &self->window);
      gtk_window_destroy (self->window);
      self->window = NULL;
    }
  g_clear_object (&self->session);
  G_OBJECT_CLASS (willis_risk_list_parent_class)->dispose (object);
}

static void
willis_risk_list_class_init (WillisRiskListClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = willis_risk_list_dispose;
}

static void
willis_risk_list_init (WillisRiskList *self)
{
  static const char *const names[N_SCORES] = { "PHASES", "ELAPSS", "UIATS" };
  GtkWidget *group = adw_preferences_group_new (), *list = gtk_list_box_new ();
  GtkWidget *button = gtk_button_new_with_label (_ ("Inputs…"));

  adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (group), _ ("Risk scores"));
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_tooltip_text (button, _ ("What each score adds up, what the picture says and what is asked"));
  adw_preferences_group_set_header_suffix (ADW_PREFERENCES_GROUP (group), button);
  g_signal_connect_swapped (button, "clicked", G_CALLBACK (willis_risk_list_open), self);
  gtk_list_box_set_selection_mode (GTK_LIST_BOX (list), GTK_SELECTION_NONE);
  gtk_widget_add_css_class (list, "boxed-list");
  for (int i = 0; i < N_SCORES; i++)
    {
      self->rows[i] = willis_row_new (names[i], "");
      gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (self->rows[i]), TRUE);
      gtk_list_box_append (GTK_LIST_BOX (list), self->rows[i]);
    }
  g_signal_connect_swapped (list, "row-activated", G_CALLBACK (willis_risk_list_open), self);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), list);
  adw_bin_set_child (ADW_BIN (self), group);
}

GtkWidget *
willis_risk_list_new (WillisSession *session)
{
  WillisRiskList *self = g_object_new (WILLIS_TYPE_RISK_LIST, NULL);

  self->session = g_object_ref (session);
  return GTK_WIDGET (self);
}
