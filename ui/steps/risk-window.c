/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/steps/risk-window.h"

#include <math.h>
#include <stdlib.h>

#include "core/base/i18n.h"
#include "core/report/risk-text.h"
#include "ui/model/format.h"

#define TYPED_REST_MS 600

struct _WillisRiskWindow
{
  AdwWindow parent_instance;
  WillisSession *session;
  GtkWidget **askers; // [questions]
  GtkWidget **hints;  // [questions], what the picture says; NULL where it says nothing to the question
  GtkWidget *site_label, *scores_box, *busy_label;
  guint typed_id, fill_id;
  gboolean updating;
  gboolean unfolded; // the items that count nothing
};

G_DEFINE_FINAL_TYPE (WillisRiskWindow, willis_risk_window, ADW_TYPE_WINDOW)

static gsize
selected (WillisRiskWindow *self)
{
  return (gsize) MAX (willis_session_aneurysm (self->session), 0);
}

static GtkWidget *
new_label (const char *text, const char *css)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0.0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  if (css != NULL)
    gtk_widget_add_css_class (label, css);
  return label;
}

/* --- what is asked */

static int
read_asker (GtkWidget *asker, const WillisRiskQuestion *q)
{
  switch (q->kind)
    {
    case WILLIS_QUESTION_NUMBER:
      {
        const char *text = gtk_editable_get_text (GTK_EDITABLE (asker));
        char *end = NULL;
        long value = strtol (text, &end, 10);

        return end != text && *end == '\0' && value >= 0 && value <= 130 ? (int) value : -1;
      }
    case WILLIS_QUESTION_CHOICE:
      return (int) gtk_drop_down_get_selected (GTK_DROP_DOWN (asker));
    case WILLIS_QUESTION_SEX:
    case WILLIS_QUESTION_ANSWER:
      {
        gboolean first = gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (gtk_widget_get_first_child (asker)));
        gboolean second = gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (gtk_widget_get_last_child (asker)));

        if (q->kind == WILLIS_QUESTION_SEX)
          return first ? 'F' : second ? 'M' : 0;
        return first ? WILLIS_ANSWER_NO : second ? WILLIS_ANSWER_YES : WILLIS_ANSWER_UNKNOWN;
      }
    case WILLIS_QUESTION_FLAG:
    default:
      return gtk_check_button_get_active (GTK_CHECK_BUTTON (asker));
    }
}

static void
write_asker (GtkWidget *asker, const WillisRiskQuestion *q, int value)
{
  if (read_asker (asker, q) == value)
    return;
  switch (q->kind)
    {
    case WILLIS_QUESTION_NUMBER:
      {
        g_autofree char *text = value >= 0 ? g_strdup_printf ("%d", value) : g_strdup ("");

        gtk_editable_set_text (GTK_EDITABLE (asker), text);
        break;
      }
    case WILLIS_QUESTION_CHOICE:
      gtk_drop_down_set_selected (GTK_DROP_DOWN (asker), (guint) value);
      break;
    case WILLIS_QUESTION_SEX:
    case WILLIS_QUESTION_ANSWER:
      {
        gboolean sex = q->kind == WILLIS_QUESTION_SEX;

        gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (gtk_widget_get_first_child (asker)),
                                      value == (sex ? 'F' : WILLIS_ANSWER_NO));
        gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (gtk_widget_get_last_child (asker)),
                                      value == (sex ? 'M' : WILLIS_ANSWER_YES));
        break;
      }
    case WILLIS_QUESTION_FLAG:
    default:
      gtk_check_button_set_active (GTK_CHECK_BUTTON (asker), value != 0);
      break;
    }
}

/* What stands in the window becomes one step that can be undone. */
static void
take_answers (WillisRiskWindow *self)
{
  WillisCase *c = willis_session_case (self->session);
  gsize n;
  const WillisRiskQuestion *questions = willis_risk_questions (&n);
  WillisRiskInputs answers, before;
  gboolean changed = FALSE;

  g_clear_handle_id (&self->typed_id, g_source_remove);
  if (c == NULL || willis_case_n_aneurysms (c) == 0 || willis_session_busy (self->session) || self->fill_id != 0)
    return;
  answers = before = willis_case_risk_answers (c, selected (self));
  for (gsize i = 0; i < n; i++)
    {
      willis_risk_set_answer (&answers, questions + i, read_asker (self->askers[i], questions + i));
      changed |= willis_risk_answer (&answers, questions + i) != willis_risk_answer (&before, questions + i);
    }
  if (changed)
    willis_session_set_risk_answers (self->session, willis_session_aneurysm (self->session), &answers);
}

static void
on_changed (WillisRiskWindow *self)
{
  if (!self->updating)
    take_answers (self);
}

static gboolean
on_typed_rest (gpointer data)
{
  WillisRiskWindow *self = data;

  self->typed_id = 0;
  take_answers (self);
  return G_SOURCE_REMOVE;
}

static void
on_typed (WillisRiskWindow *self)
{
  if (self->updating)
    return;
  g_clear_handle_id (&self->typed_id, g_source_remove);
  self->typed_id = g_timeout_add (TYPED_REST_MS, on_typed_rest, self);
}

/* One of the two at most; pressing the one that is on takes the answer back. */
static void
on_toggled (GtkToggleButton *button, WillisRiskWindow *self)
{
  GtkWidget *box = gtk_widget_get_parent (GTK_WIDGET (button));
  GtkWidget *other = gtk_widget_get_first_child (box) == GTK_WIDGET (button) ? gtk_widget_get_last_child (box)
                                                                             : gtk_widget_get_first_child (box);

  if (self->updating)
    return;
  self->updating = TRUE;
  if (gtk_toggle_button_get_active (button))
    gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (other), FALSE);
  self->updating = FALSE;
  take_answers (self);
}

static GtkWidget *
two_buttons (WillisRiskWindow *self, const char *first, const char *second, const char *of)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
  const char *const texts[2] = { first, second };

  gtk_widget_add_css_class (box, "linked");
  for (int n = 0; n < 2; n++)
    {
      GtkWidget *button = gtk_toggle_button_new_with_label (texts[n]);
      g_autofree char *label = g_strdup_printf ("%s: %s", of, texts[n]);

      gtk_widget_add_css_class (button, "small");
      gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
      g_signal_connect (button, "toggled", G_CALLBACK (on_toggled), self);
      gtk_box_append (GTK_BOX (box), button);
    }
  return box;
}

static GtkWidget *
new_asker (WillisRiskWindow *self, const WillisRiskQuestion *q)
{
  GtkWidget *asker;

  switch (q->kind)
    {
    case WILLIS_QUESTION_NUMBER:
      asker = gtk_entry_new ();
      gtk_editable_set_width_chars (GTK_EDITABLE (asker), 4);
      gtk_editable_set_max_width_chars (GTK_EDITABLE (asker), 4);
      gtk_entry_set_input_purpose (GTK_ENTRY (asker), GTK_INPUT_PURPOSE_DIGITS);
      gtk_entry_set_max_length (GTK_ENTRY (asker), 3);
      g_signal_connect_swapped (asker, "changed", G_CALLBACK (on_typed), self);
      g_signal_connect_swapped (asker, "activate", G_CALLBACK (take_answers), self);
      gtk_accessible_update_property (GTK_ACCESSIBLE (asker), GTK_ACCESSIBLE_PROPERTY_LABEL, _ (q->label), -1);
      return asker;
    case WILLIS_QUESTION_CHOICE:
      {
        g_autoptr (GtkStringList) list = gtk_string_list_new (NULL);

        for (int n = 0; n < q->n_choices; n++)
          gtk_string_list_append (list, _ (q->choices[n]));
        asker = gtk_drop_down_new (G_LIST_MODEL (g_steal_pointer (&list)), NULL);
        g_signal_connect_swapped (asker, "notify::selected", G_CALLBACK (on_changed), self);
        gtk_accessible_update_property (GTK_ACCESSIBLE (asker), GTK_ACCESSIBLE_PROPERTY_LABEL, _ (q->label), -1);
        return asker;
      }
    case WILLIS_QUESTION_SEX:
      return two_buttons (self, _ ("F"), _ ("M"), _ (q->label));
    case WILLIS_QUESTION_ANSWER:
      return two_buttons (self, _ ("no"), _ ("yes"), _ (q->label));
    case WILLIS_QUESTION_FLAG:
    default:
      asker = gtk_check_button_new_with_label (_ (q->label));
      g_signal_connect_swapped (asker, "toggled", G_CALLBACK (on_changed), self);
      return asker;
    }
}

static GtkWidget *
build_questions (WillisRiskWindow *self)
{
  static const char *const titles[WILLIS_N_QUESTION_GROUPS]
      = { N_ ("Patient"), N_ ("History"), N_ ("This aneurysm"), N_ ("Treatment") };
  gsize n;
  const WillisRiskQuestion *questions = willis_risk_questions (&n);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);

  self->askers = g_new0 (GtkWidget *, n);
  self->hints = g_new0 (GtkWidget *, n);
  gtk_widget_add_css_class (box, "step-content");
  for (int group = 0; group < WILLIS_N_QUESTION_GROUPS; group++)
    {
      GtkWidget *heading = new_label (_ (titles[group]), "heading");

      gtk_widget_set_margin_top (heading, 10);
      gtk_box_append (GTK_BOX (box), heading);
      for (gsize i = 0; i < n; i++)
        {
          GtkWidget *row, *label;

          if ((int) questions[i].group != group)
            continue;
          self->askers[i] = new_asker (self, questions + i);
          if (questions[i].kind == WILLIS_QUESTION_FLAG)
            {
              gtk_box_append (GTK_BOX (box), self->askers[i]);
              continue;
            }
          row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
          label = new_label (_ (questions[i].label), NULL);
          gtk_widget_set_hexpand (label, TRUE);
          gtk_widget_set_valign (self->askers[i], GTK_ALIGN_CENTER);
          gtk_box_append (GTK_BOX (row), label);
          gtk_box_append (GTK_BOX (row), self->askers[i]);
          gtk_box_append (GTK_BOX (box), row);
          if (questions[i].kind == WILLIS_QUESTION_ANSWER)
            {
              self->hints[i] = new_label ("", "caption");
              gtk_widget_set_visible (self->hints[i], FALSE);
              gtk_box_append (GTK_BOX (box), self->hints[i]);
            }
        }
      if (group == WILLIS_QUESTION_ANEURYSM)
        {
          self->site_label = new_label ("", "caption");
          gtk_box_append (GTK_BOX (box), self->site_label);
        }
    }
  return box;
}

/* --- the scores */

static char *
result_text (const WillisRiskScore *s)
{
  if (!s->complete)
    return g_strdup (_ ("No score: inputs marked ? are missing."));
  if (s->verdict != NULL)
    return g_strdup_printf (_ ("repair %.0f, observation %.0f: %s"), s->repair, s->observe, _ (s->verdict));
  if (isfinite (s->percent_5y))
    return g_strdup_printf (_ ("%.0f points: growth %.1f %% in 3 years, %.1f %% in 5 years"), s->score, s->percent, s->percent_5y);
  return g_strdup_printf (_ ("%.0f points: rupture %.1f %% in 5 years (95 %% interval %.1f to %.1f)"), s->score, s->percent,
                          s->percent_low, s->percent_high);
}

static GtkWidget *
new_items_grid (void)
{
  GtkWidget *grid = gtk_grid_new ();

  gtk_grid_set_column_spacing (GTK_GRID (grid), 14);
  gtk_grid_set_row_spacing (GTK_GRID (grid), 2);
  return grid;
}

/* A row: item, what it was scored on, points, who said it. */
static void
add_item (GtkGrid *grid, int row, const WillisRiskItem *item)
{
  g_autofree char *points = g_strdup_printf (item->points != 0.0 ? "%+.0f" : "%.0f", willis_risk_item_points (item));
  g_autofree char *text = willis_risk_value_text (&item->value, NULL, NULL);
  GtkWidget *name = new_label (_ (item->label), item->known ? NULL : "warning");
  GtkWidget *value = new_label (item->known ? text : "", NULL);
  GtkWidget *number = new_label (item->known ? points : "?", item->known ? "numeric" : "warning");
  GtkWidget *origin
      = new_label (item->unsure ? _ (willis_risk_unsure_text (item)) : _ (willis_risk_item_origin_text (item)),
                   item->unsure ? "warning" : "dim-label");

  gtk_widget_set_hexpand (name, TRUE);
  gtk_label_set_max_width_chars (GTK_LABEL (value), 24);
  gtk_label_set_xalign (GTK_LABEL (value), 1.0);
  gtk_label_set_justify (GTK_LABEL (value), GTK_JUSTIFY_RIGHT);
  gtk_label_set_xalign (GTK_LABEL (number), 1.0);
  gtk_label_set_wrap (GTK_LABEL (origin), FALSE);
  gtk_grid_attach (grid, name, 0, row, 1, 1);
  gtk_grid_attach (grid, value, 1, row, 1, 1);
  gtk_grid_attach (grid, number, 2, row, 1, 1);
  gtk_grid_attach (grid, origin, 3, row, 1, 1);
}

static void
on_unfolded (GtkExpander *expander, GParamSpec *pspec, WillisRiskWindow *self)
{
  (void) pspec;
  self->unfolded = gtk_expander_get_expanded (expander);
}

/* All items; those of UIATS that count nothing, most of them, unfold below the others. */
static void
add_items (WillisRiskWindow *self, GtkBox *box, const WillisRiskScore *s)
{
  GtkWidget *counting = new_items_grid (), *rest = new_items_grid (), *expander;
  g_autofree char *text = NULL;
  int n_counting = 0, n_rest = 0;

  for (guint n = 0; n < s->items->len; n++)
    {
      const WillisRiskItem *item = &g_array_index (s->items, WillisRiskItem, n);

      if (item->known && item->points == 0.0 && item->side != 0)
        add_item (GTK_GRID (rest), n_rest++, item);
      else
        add_item (GTK_GRID (counting), n_counting++, item);
    }
  text = g_strdup_printf (_ ("%d more items count 0"), n_rest);
  expander = gtk_expander_new (text);
  gtk_expander_set_child (GTK_EXPANDER (expander), rest);
  gtk_expander_set_expanded (GTK_EXPANDER (expander), self->unfolded);
  g_signal_connect (expander, "notify::expanded", G_CALLBACK (on_unfolded), self);
  gtk_widget_set_visible (expander, n_rest > 0);
  gtk_box_append (box, counting);
  gtk_box_append (box, expander);
}

static void
add_score (WillisRiskWindow *self, WillisRiskScore *score)
{
  g_autoptr (WillisRiskScore) s = score;
  g_autofree char *result = result_text (s);
  g_autofree char *derived = g_strdup_printf (_ ("Derived on %s. %s."), _ (s->derived_on), s->source);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);

  gtk_box_append (GTK_BOX (box), new_label (s->name, "title-3"));
  gtk_box_append (GTK_BOX (box), new_label (result, s->complete ? "heading" : "warning"));
  for (guint n = 0; n < s->others->len; n++)
    {
      g_autofree char *other = willis_risk_other_text (s, &g_array_index (s->others, WillisRiskOther, n), NULL, NULL);

      gtk_box_append (GTK_BOX (box), new_label (other, "warning"));
    }
  add_items (self, GTK_BOX (box), s);
  for (guint n = 0; n < s->notes->len; n++)
    gtk_box_append (GTK_BOX (box), new_label (_ ((const char *) s->notes->pdata[n]), "caption"));
  gtk_box_append (GTK_BOX (box), new_label (derived, "caption"));
  gtk_widget_set_margin_bottom (box, 16);
  gtk_box_append (GTK_BOX (self->scores_box), box);
}

/* The picture's answers where a person has given none, and the numbers that the scores take from it. */
static void
fill_hints (WillisRiskWindow *self, const WillisCase *c, const WillisRiskInputs *in)
{
  const WillisAneurysm *aneurysm = willis_case_aneurysm (c, selected (self));
  const WillisMeasure *index = willis_aneurysm_morphology (aneurysm)->index;
  WillisSiteFound found = willis_site_of_aneurysm (willis_case_tree (c), aneurysm);
  g_autofree char *size = willis_text_measure (index + WILLIS_INDEX_SIZE, "mm");
  g_autofree char *blebs = willis_text_index (WILLIS_INDEX_BLEBS, index[WILLIS_INDEX_BLEBS].value, NAN);
  g_autofree char *text = NULL;
  gsize n;
  const WillisRiskQuestion *questions = willis_risk_questions (&n);

  text = g_strdup_printf (_ ("The picture says: site %s, size %s, daughter sacs %s.%s%s"),
                          _ (willis_site_text (found.site)), size, blebs, found.doubt != NULL ? " " : "",
                          found.doubt != NULL ? _ (found.doubt) : "");
  gtk_label_set_text (GTK_LABEL (self->site_label), text);
  for (gsize i = 0; i < n; i++)
    if (self->hints[i] != NULL)
      {
        gboolean yes = willis_risk_answer (in, questions + i) == WILLIS_ANSWER_YES;

        gtk_widget_set_visible (self->hints[i], willis_risk_answer_from_picture (in, questions + i));
        gtk_label_set_text (GTK_LABEL (self->hints[i]), yes ? _ ("From the picture: yes, unless answered here.") : "");
      }
}

static gboolean
on_fill (gpointer data)
{
  WillisRiskWindow *self = data;
  WillisCase *c = willis_session_case (self->session);
  gsize n;
  const WillisRiskQuestion *questions = willis_risk_questions (&n);
  WillisRiskInputs answers, in;
  GtkWidget *child;

  self->fill_id = 0;
  while ((child = gtk_widget_get_first_child (self->scores_box)) != NULL)
    gtk_box_remove (GTK_BOX (self->scores_box), child);
  if (c == NULL || willis_case_n_aneurysms (c) == 0)
    {
      gtk_box_append (GTK_BOX (self->scores_box), new_label (_ ("no aneurysm measured"), "dim-label"));
      return G_SOURCE_REMOVE;
    }
  answers = willis_case_risk_answers (c, selected (self));
  in = willis_case_risk_inputs (c, selected (self));
  self->updating = TRUE;
  for (gsize i = 0; i < n; i++)
    if (self->typed_id == 0 || questions[i].kind != WILLIS_QUESTION_NUMBER)
      write_asker (self->askers[i], questions + i, willis_risk_answer (&answers, questions + i));
  self->updating = FALSE;
  fill_hints (self, c, &in);
  add_score (self, willis_risk_phases (&in));
  add_score (self, willis_risk_elapss (&in));
  add_score (self, willis_risk_uiats (&in));
  return G_SOURCE_REMOVE;
}

static void
queue_fill (WillisRiskWindow *self)
{
  if (self->fill_id == 0)
    self->fill_id = g_timeout_add (15, on_fill, self);
}

static void
on_jobs (WillisRiskWindow *self)
{
  gtk_widget_set_visible (self->busy_label, willis_session_busy (self->session));
  if (!willis_session_busy (self->session) && !self->updating)
    take_answers (self); // what was answered meanwhile
}

static gboolean
on_key (GtkEventControllerKey *keys, guint key, guint code, GdkModifierType state, WillisRiskWindow *self)
{
  if (key == GDK_KEY_Escape)
    gtk_window_close (GTK_WINDOW (self));
  else if ((state & GDK_CONTROL_MASK) && gdk_keyval_to_lower (key) == GDK_KEY_z)
    {
      if (state & GDK_SHIFT_MASK)
        willis_session_redo (self->session);
      else
        willis_session_undo (self->session);
    }
  else
    return FALSE;
  return TRUE;
}

static void
willis_risk_window_dispose (GObject *object)
{
  WillisRiskWindow *self = WILLIS_RISK_WINDOW (object);

  g_clear_handle_id (&self->typed_id, g_source_remove);
  g_clear_handle_id (&self->fill_id, g_source_remove);
  g_clear_pointer (&self->askers, g_free);
  g_clear_pointer (&self->hints, g_free);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (willis_risk_window_parent_class)->dispose (object);
}

/* What was typed last counts, too. */
static gboolean
willis_risk_window_close (GtkWindow *window)
{
  if (WILLIS_RISK_WINDOW (window)->typed_id != 0)
    take_answers (WILLIS_RISK_WINDOW (window));
  return GTK_WINDOW_CLASS (willis_risk_window_parent_class)->close_request (window);
}

static void
willis_risk_window_class_init (WillisRiskWindowClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = willis_risk_window_dispose;
  GTK_WINDOW_CLASS (klass)->close_request = willis_risk_window_close;
}

static GtkWidget *
scrolled (GtkWidget *child, int width)
{
  GtkWidget *window = gtk_scrolled_window_new ();

  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (window), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (window), child);
  gtk_widget_set_vexpand (window, TRUE);
  gtk_widget_set_size_request (window, width, -1);
  return window;
}

static void
willis_risk_window_init (WillisRiskWindow *self)
{
  GtkWidget *all = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0), *columns = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
  GtkWidget *right;
  GtkEventController *keys = gtk_event_controller_key_new ();

  gtk_window_set_title (GTK_WINDOW (self), _ ("Risk scores"));
  gtk_window_set_default_size (GTK_WINDOW (self), 1080, 720);
  gtk_box_append (GTK_BOX (all), adw_header_bar_new ());
  self->busy_label = new_label (_ ("A step is being computed; answers are taken when it has ended."), "warning");
  gtk_widget_set_margin_start (self->busy_label, 16);
  gtk_widget_set_visible (self->busy_label, FALSE);
  gtk_box_append (GTK_BOX (all), self->busy_label);
  gtk_box_append (GTK_BOX (columns), scrolled (build_questions (self), 400));
  gtk_box_append (GTK_BOX (columns), gtk_separator_new (GTK_ORIENTATION_VERTICAL));
  self->scores_box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  gtk_widget_add_css_class (self->scores_box, "step-content");
  right = scrolled (self->scores_box, 420);
  gtk_widget_set_hexpand (right, TRUE);
  gtk_box_append (GTK_BOX (columns), right);
  gtk_box_append (GTK_BOX (all), columns);
  adw_window_set_content (ADW_WINDOW (self), all);
  g_signal_connect (keys, "key-pressed", G_CALLBACK (on_key), self);
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
}

GtkWidget *
willis_risk_window_new (WillisSession *session)
{
  WillisRiskWindow *self = g_object_new (WILLIS_TYPE_RISK_WINDOW, NULL);

  self->session = g_object_ref (session);
  g_signal_connect_object (session, "case-changed", G_CALLBACK (queue_fill), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "selection-changed", G_CALLBACK (queue_fill), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "jobs-changed", G_CALLBACK (on_jobs), self, G_CONNECT_SWAPPED);
  queue_fill (self);
  return GTK_WIDGET (self);
}

GtkWidget *
willis_risk_window_asker (WillisRiskWindow *self, const char *key)
{
  gsize n;
  const WillisRiskQuestion *questions = willis_risk_questions (&n);

  for (gsize i = 0; i < n; i++)
    if (g_str_equal (questions[i].key, key))
      return self->askers[i];
  return NULL;
}
