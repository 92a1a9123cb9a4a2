/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/steps/aneurysm-page.h"

#include <math.h>
#include <string.h>

#include "core/base/i18n.h"
#include "core/num/vec3.h"
#include "core/vessel/anatomy.h"
#include "ui/model/format.h"
#include "ui/steps/candidate-card.h"
#include "ui/steps/doubts-list.h"
#include "ui/steps/index-list.h"
#include "ui/steps/risk-list.h"
#include "ui/steps/view-list.h"

#define TYPED_REST_MS 500 // after the last typed change the neck counts as let go
#define MAX_CARDS 8

struct _WillisAneurysmPage
{
  WillisStepPage parent_instance;
  GtkLabel *state_label, *problem_label, *site_label;
  GtkScrolledWindow *scroll;
  GtkWidget *content, *chooser_group, *chooser_row, *candidates_group, *candidates_list, *less_expander, *less_list,
      *doubts_list, *index_bin, *risk_bin, *neck_group;
  GtkWidget *left_spin, *back_spin, *up_spin, *turn_spin, *tilt_spin, *refind_row, *remove_row;
  GtkWidget *views_bin, *view_list, *here_button, *copy_button, *run_button, *index_list;
  WillisView3d *view; // borrowed
  GtkWidget *held_card; // weak: it has the keys, and is seen
  float held_y;         // where
  double held_upper, held_value;
  gulong layout_id;
  const GArray *shown_candidates;
  WillisCase *shown_case; // only compared
  WillisVolume *shown_volume;
  guint shown_aneurysms;
  guint typed_id;
  gboolean updating;
};

G_DEFINE_FINAL_TYPE (WillisAneurysmPage, willis_aneurysm_page, WILLIS_TYPE_STEP_PAGE)

static WillisSession *
session_of (WillisAneurysmPage *self)
{
  return willis_step_page_session (WILLIS_STEP_PAGE (self));
}

/* --- the neck, typed */

#define N_SPINS 5
#define SHOWN_STEP 0.1 // of the last digit that is shown

/* A neck as it is typed: the centre left, posterior, superior in mm, turn and tilt of the normal in degrees. */
static void
neck_values (const WillisNeck *neck, double values[N_SPINS])
{
  vec3_copy (values, neck->centre_lps_mm);
  values[3] = atan2 (neck->normal[1], neck->normal[0]) * 180.0 / M_PI;
  values[4] = asin (CLAMP (neck->normal[2], -1.0, 1.0)) * 180.0 / M_PI;
}

static void
list_spins (WillisAneurysmPage *self, GtkWidget *spins[N_SPINS])
{
  GtkWidget *all[N_SPINS] = { self->left_spin, self->back_spin, self->up_spin, self->turn_spin, self->tilt_spin };

  memcpy (spins, all, sizeof all);
}

static void
fill_spins (WillisAneurysmPage *self, WillisSession *session)
{
  GtkWidget *spins[N_SPINS];
  double values[N_SPINS];
  WillisNeck neck;

  if (!willis_session_get_neck (session, &neck))
    return;
  list_spins (self, spins);
  neck_values (&neck, values);
  for (int n = 0; n < N_SPINS; n++)
    gtk_spin_button_set_value (GTK_SPIN_BUTTON (spins[n]), values[n]);
}

static gboolean
on_typed_rest (gpointer data)
{
  WillisAneurysmPage *self = data;

  self->typed_id = 0;
  willis_session_neck_end (session_of (self));
  return G_SOURCE_REMOVE;
}

/* Only what was typed changes; the other coordinates keep their full precision. A spin button that the keys leave gives
 * what it shows, rounded: nothing has been typed then. */
static void
on_spin (GtkSpinButton *spin, WillisAneurysmPage *self)
{
  WillisSession *session = session_of (self);
  double value = gtk_spin_button_get_value (spin), values[N_SPINS];
  GtkWidget *spins[N_SPINS];
  WillisNeck neck;
  int which = 0;

  if (self->updating || !willis_session_get_neck (session, &neck))
    return;
  list_spins (self, spins);
  neck_values (&neck, values);
  while (spins[which] != GTK_WIDGET (spin))
    which++;
  if (fabs (value - values[which]) <= 0.501 * SHOWN_STEP)
    return;
  values[which] = value;
  if (which < 3)
    neck.centre_lps_mm[which] = value;
  else
    {
      double turn = values[3] * M_PI / 180.0, tilt = values[4] * M_PI / 180.0;

      vec3_set (neck.normal, cos (tilt) * cos (turn), cos (tilt) * sin (turn), sin (tilt));
    }
  willis_session_neck_move (session, &neck);
  g_clear_handle_id (&self->typed_id, g_source_remove);
  self->typed_id = g_timeout_add (TYPED_REST_MS, on_typed_rest, self);
}

/* --- the whole */

/* The cards of the likely candidates, then those of the others. */
static GtkWidget *
first_card (WillisAneurysmPage *self)
{
  GtkWidget *card = gtk_widget_get_first_child (self->candidates_list);

  return card != NULL ? card : gtk_widget_get_first_child (self->less_list);
}

static GtkWidget *
next_card (WillisAneurysmPage *self, GtkWidget *card)
{
  GtkWidget *next = gtk_widget_get_next_sibling (card);

  return next == NULL && gtk_widget_get_parent (card) == self->candidates_list
             ? gtk_widget_get_first_child (self->less_list)
             : next;
}

/* The card that has the keys; NULL where they are elsewhere. */
static GtkWidget *
focused_card (WillisAneurysmPage *self)
{
  GtkWidget *card = gtk_widget_get_focus_child (self->candidates_list);

  return card != NULL ? card : gtk_widget_get_focus_child (self->less_list);
}

/* The card that has the keys, where it is seen, stays where it is on the screen, whatever comes and goes above it,
 * until it is scrolled. Connected after GTK's own, which lays the window out; a value set here is laid out before the
 * frame is drawn. */
static void
on_layout (GdkFrameClock *clock, WillisAneurysmPage *self)
{
  GtkAdjustment *scroll = gtk_scrolled_window_get_vadjustment (self->scroll);
  GtkWidget *card = focused_card (self);
  double upper = gtk_adjustment_get_upper (scroll);
  graphene_point_t at = GRAPHENE_POINT_INIT_ZERO, in;

  if (card != NULL
      && (!gtk_widget_compute_point (card, GTK_WIDGET (self), &GRAPHENE_POINT_INIT_ZERO, &at)
          || !gtk_widget_compute_point (card, GTK_WIDGET (self->scroll), &GRAPHENE_POINT_INIT_ZERO, &in)))
    card = NULL;
  if (card != NULL && card == self->held_card && upper != self->held_upper)
    gtk_adjustment_set_value (scroll, gtk_adjustment_get_value (scroll) + at.y - self->held_y);
  else if (card != self->held_card || gtk_adjustment_get_value (scroll) != self->held_value)
    {
      gboolean seen = card != NULL && in.y + (float) gtk_widget_get_height (card) > 0.0f
                      && in.y < gtk_adjustment_get_page_size (scroll);

      g_set_weak_pointer (&self->held_card, seen ? card : NULL);
      self->held_y = at.y;
    }
  self->held_upper = upper;
  self->held_value = gtk_adjustment_get_value (scroll);
}

static void
on_map (WillisAneurysmPage *self)
{
  self->layout_id = g_signal_connect_object (gtk_widget_get_frame_clock (GTK_WIDGET (self)), "layout",
                                             G_CALLBACK (on_layout), self, 0);
}

static void
on_unmap (WillisAneurysmPage *self)
{
  g_clear_signal_handler (&self->layout_id, gtk_widget_get_frame_clock (GTK_WIDGET (self)));
}

/* Cards of the candidates shown: the likely ones in sight, the others folded away unless there is nothing else. */
static void
add_cards (WillisAneurysmPage *self, WillisSession *session, guint n_cards)
{
  g_autofree char *label = NULL;
  guint n_less = 0;

  for (guint n = 0; n < n_cards; n++)
    {
      gboolean likely
          = g_array_index (self->shown_candidates, WillisCandidate, n).score >= WILLIS_LIKELY_SCORE;

      n_less += !likely;
      gtk_list_box_append (GTK_LIST_BOX (likely ? self->candidates_list : self->less_list),
                           willis_candidate_card_new (session, (int) n));
    }
  label = g_strdup_printf (_ ("Less likely: %u"), n_less);
  gtk_expander_set_label (GTK_EXPANDER (self->less_expander), label);
  gtk_widget_set_visible (self->less_expander, n_less > 0);
  gtk_widget_set_visible (self->candidates_list, n_less < n_cards);
  if (n_less == n_cards)
    gtk_expander_set_expanded (GTK_EXPANDER (self->less_expander), TRUE);
}

/* Cards for other candidates. The keys stay where they were, as far as a card is left there, and so does the panel. */
static void
remake_cards (WillisAneurysmPage *self, WillisSession *session)
{
  GtkAdjustment *scroll = gtk_scrolled_window_get_vadjustment (self->scroll);
  guint n_cards = self->shown_candidates != NULL ? MIN (self->shown_candidates->len, MAX_CARDS) : 0;
  double at = gtk_adjustment_get_value (scroll);
  GtkWidget *card = focused_card (self);
  WillisCardPart part = card != NULL ? willis_candidate_card_focused (card) : WILLIS_CARD_NONE;
  gboolean held = self->held_card != NULL;
  int focused = 0;

  for (GtkWidget *before = first_card (self); before != NULL && before != card; before = next_card (self, before))
    focused++;
  willis_list_clear (self->candidates_list);
  willis_list_clear (self->less_list);
  add_cards (self, session, n_cards);
  if (part == WILLIS_CARD_NONE || n_cards == 0)
    return;
  card = first_card (self);
  for (int n = 0; n < MIN (focused, (int) n_cards - 1); n++)
    card = next_card (self, card);
  willis_candidate_card_focus (card, part);
  gtk_adjustment_set_value (scroll, at); // a card that has no place yet is looked for at the top
  if (held)
    g_set_weak_pointer (&self->held_card, card); // and held in the place of the other
}

static void
fill_candidates (WillisAneurysmPage *self, WillisSession *session)
{
  WillisCase *c = willis_session_case (session);
  const GArray *candidates = c != NULL ? willis_case_candidates (c) : NULL;
  WillisVolume *volume = c != NULL ? willis_case_volume (c) : NULL;
  GtkWidget *card;

  if (c == self->shown_case && candidates == self->shown_candidates && volume == self->shown_volume)
    return;
  self->shown_case = c;
  if (candidates == self->shown_candidates && volume == self->shown_volume)
    {
      for (card = first_card (self); card != NULL; card = next_card (self, card))
        willis_candidate_card_update (card, session);
      return;
    }
  self->shown_candidates = candidates;
  self->shown_volume = volume;
  remake_cards (self, session);
}

static void
fill_chooser (WillisAneurysmPage *self, WillisSession *session)
{
  guint n = willis_session_case (session) != NULL ? (guint) willis_case_n_aneurysms (willis_session_case (session)) : 0;

  gtk_widget_set_visible (self->chooser_group, n > 1);
  if (n != self->shown_aneurysms)
    {
      g_autoptr (GtkStringList) names = gtk_string_list_new (NULL);

      for (guint i = 0; i < n; i++)
        {
          g_autofree char *name = g_strdup_printf (_ ("Aneurysm %u"), i + 1);

          gtk_string_list_append (names, name);
        }
      adw_combo_row_set_model (ADW_COMBO_ROW (self->chooser_row), G_LIST_MODEL (names));
      self->shown_aneurysms = n;
    }
  if (n > 0 && willis_session_aneurysm (session) >= 0)
    adw_combo_row_set_selected (ADW_COMBO_ROW (self->chooser_row), (guint) willis_session_aneurysm (session));
}

/* What kind of aneurysm it is, of which artery, how many daughter sacs stand on it, and what speaks against it. */
static void
fill_site (WillisAneurysmPage *self, WillisSession *session, WillisAneurysm *aneurysm)
{
  const WillisCase *c = willis_session_case (session);
  const char *kind = _ (willis_sac_kind_label (willis_aneurysm_kind (aneurysm)));
  const char *name = willis_tree_name_near (willis_case_tree (c), willis_aneurysm_branch (aneurysm),
                                            willis_aneurysm_neck (aneurysm)->centre_lps_mm);
  double n = willis_aneurysm_morphology (aneurysm)->index[WILLIS_INDEX_BLEBS].value;
  g_autofree char *artery = willis_artery_text (name);
  g_autofree char *blebs
      = n >= 1.0 ? g_strdup_printf (_ ("; daughter sacs: %d"), (int) n) : g_strdup ("");
  // Translators: the kind, the artery, daughter sacs
  g_autofree char *text = g_strdup_printf (_ ("%s (%s)%s"), kind, artery, blebs);

  const char *doubt = willis_session_not_found (session, (gsize) willis_session_aneurysm (session))
                          ? N_ ("Not found in these arteries any more: the numbers are of the earlier ones.")
                          : willis_case_sac_doubt (c, aneurysm);
  g_autofree char *all = doubt != NULL ? g_strconcat (text, "\n", _ (doubt), NULL) : g_strdup (text);

  gtk_label_set_text (self->site_label, all);
  if (doubt != NULL)
    gtk_widget_add_css_class (GTK_WIDGET (self->site_label), "warning");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->site_label), "warning");
}

/* Are there numbers of arteries that have changed since, which may be taken anew? */
static gboolean
wants_again (WillisSession *session)
{
  return willis_session_shown_aneurysm (session) != NULL && willis_session_wants_again (session);
}

/* An aneurysm needs arteries, and those of the scan at hand where it is to be measured again. */
static gboolean
wants_arteries (WillisSession *session)
{
  const WillisCase *c = willis_session_case (session);

  return c == NULL || willis_case_surface (c) == NULL
         || (wants_again (session) && willis_case_state (c, WILLIS_STAGE_SURFACE) != WILLIS_STATE_FRESH);
}

static void
update_buttons (WillisAneurysmPage *self, WillisSession *session, gboolean measured)
{
  WillisCase *c = willis_session_case (session);
  const GArray *candidates = c != NULL ? willis_case_candidates (c) : NULL;
  gboolean surface = c != NULL && willis_case_surface (c) != NULL, busy = willis_session_busy (session);

  gtk_widget_set_sensitive (self->here_button, surface && !busy);
  gtk_widget_set_visible (self->copy_button, measured);
  gtk_widget_set_sensitive (self->neck_group, !busy || willis_session_neck_in_hand (session));
  gtk_widget_set_sensitive (self->run_button, !busy);
  if (wants_arteries (session))
    gtk_button_set_label (GTK_BUTTON (self->run_button), _ ("Segment the arteries first"));
  else if (wants_again (session))
    gtk_button_set_label (GTK_BUTTON (self->run_button), _ ("Measure again"));
  else if (measured)
    gtk_button_set_label (GTK_BUTTON (self->run_button), _ ("On to the report"));
  else
    {
      gtk_button_set_label (GTK_BUTTON (self->run_button), _ ("Measure the first candidate"));
      gtk_widget_set_sensitive (self->run_button, !busy && candidates != NULL && candidates->len > 0);
    }
}

static void
willis_aneurysm_page_update (WillisStepPage *page, WillisSession *session)
{
  WillisAneurysmPage *self = WILLIS_ANEURYSM_PAGE (page);
  WillisAneurysm *aneurysm = willis_session_shown_aneurysm (session);
  const char *problem = willis_session_neck_problem (session);
  gboolean first = aneurysm != NULL && self->shown_aneurysms == 0;

  self->updating = TRUE;
  willis_step_page_say_state (self->state_label, session, WILLIS_STEP_ANEURYSM);
  willis_doubts_list_update (WILLIS_DOUBTS_LIST (self->doubts_list), willis_session_case (session));
  fill_chooser (self, session);
  fill_candidates (self, session);
  if (first && self->held_card == NULL) // else the panel goes along with the card that was pressed
    gtk_adjustment_set_value (gtk_scrolled_window_get_vadjustment (self->scroll), 0.0);
  gtk_widget_set_visible (self->candidates_group, self->shown_candidates != NULL && self->shown_candidates->len > 0);
  gtk_label_set_text (self->problem_label, problem != NULL ? problem : "");
  gtk_widget_set_visible (GTK_WIDGET (self->problem_label), problem != NULL);
  gtk_widget_set_visible (self->index_bin, aneurysm != NULL);
  gtk_widget_set_visible (self->neck_group, aneurysm != NULL);
  gtk_widget_set_visible (self->risk_bin, aneurysm != NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->site_label), aneurysm != NULL && problem == NULL);
  if (aneurysm != NULL)
    fill_site (self, session, aneurysm);
  if (aneurysm != NULL)
    willis_risk_list_update (WILLIS_RISK_LIST (adw_bin_get_child (ADW_BIN (self->risk_bin))));
  if (aneurysm != NULL)
    {
      willis_index_list_show (WILLIS_INDEX_LIST (self->index_list), problem != NULL ? NULL : willis_aneurysm_morphology (aneurysm),
                              willis_session_neck_in_hand (session));
      fill_spins (self, session);
    }
  willis_view_list_update (WILLIS_VIEW_LIST (self->view_list));
  update_buttons (self, session, aneurysm != NULL);
  self->updating = FALSE;
}

static void
on_chosen (WillisAneurysmPage *self)
{
  if (!self->updating)
    willis_session_go_to_aneurysm (session_of (self),
                                   (int) adw_combo_row_get_selected (ADW_COMBO_ROW (self->chooser_row)));
}

static void
on_candidate (GtkListBox *list, GtkListBoxRow *row, WillisAneurysmPage *self)
{
  willis_session_select_candidate (session_of (self), GPOINTER_TO_INT (g_object_get_data (G_OBJECT (row), "candidate")));
}

static void
on_here (WillisAneurysmPage *self)
{
  WillisSession *session = session_of (self);

  willis_session_run_measure (session, willis_session_crosshair (session), -1);
}

static void
on_copy (WillisAneurysmPage *self)
{
  WillisAneurysm *aneurysm = willis_session_shown_aneurysm (session_of (self));
  g_autofree char *table = aneurysm != NULL ? willis_index_table (willis_aneurysm_morphology (aneurysm)) : NULL;

  if (table == NULL)
    return;
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), table);
  willis_session_say (session_of (self), FALSE, _ ("The numbers are on the clipboard."));
}

static void
on_refind (WillisAneurysmPage *self)
{
  WillisSession *session = session_of (self);
  WillisNeck neck;

  if (willis_session_get_neck (session, &neck))
    willis_session_run_measure (session, neck.dome_lps_mm, willis_session_aneurysm (session));
}

static void
on_remove (WillisAneurysmPage *self)
{
  willis_session_remove_aneurysm (session_of (self), willis_session_aneurysm (session_of (self)));
}

static void
on_run (WillisAneurysmPage *self)
{
  WillisSession *session = session_of (self);
  WillisCase *c = willis_session_case (session);
  const GArray *candidates = c != NULL ? willis_case_candidates (c) : NULL;

  if (wants_arteries (session))
    willis_session_set_step (session, WILLIS_STEP_VESSELS);
  else if (wants_again (session))
    willis_session_run_again (session);
  else if (willis_session_shown_aneurysm (session) != NULL)
    willis_session_set_step (session, WILLIS_STEP_REPORT);
  else if (candidates != NULL && candidates->len > 0)
    {
      willis_session_select_candidate (session, 0);
      willis_session_run_measure (session, g_array_index (candidates, WillisCandidate, 0).centre_lps_mm, -1);
    }
}

static void
willis_aneurysm_page_dispose (GObject *object)
{
  WillisAneurysmPage *self = WILLIS_ANEURYSM_PAGE (object);

  g_clear_handle_id (&self->typed_id, g_source_remove);
  g_clear_weak_pointer (&self->held_card);
  G_OBJECT_CLASS (willis_aneurysm_page_parent_class)->dispose (object);
}

#define BIND(NAME) gtk_widget_class_bind_template_child (widget_class, WillisAneurysmPage, NAME)

static void
willis_aneurysm_page_class_init (WillisAneurysmPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = willis_aneurysm_page_dispose;
  WILLIS_STEP_PAGE_CLASS (klass)->update = willis_aneurysm_page_update;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/willis/Willis/steps/aneurysm-page.ui");
  BIND (state_label);
  BIND (problem_label);
  BIND (site_label);
  BIND (scroll);
  BIND (content);
  BIND (chooser_group);
  BIND (chooser_row);
  BIND (candidates_group);
  BIND (candidates_list);
  BIND (less_expander);
  BIND (less_list);
  BIND (index_bin);
  BIND (risk_bin);
  BIND (neck_group);
  BIND (left_spin);
  BIND (back_spin);
  BIND (up_spin);
  BIND (turn_spin);
  BIND (tilt_spin);
  BIND (refind_row);
  BIND (remove_row);
  BIND (views_bin);
  BIND (here_button);
  BIND (copy_button);
  BIND (run_button);
}

static void
willis_aneurysm_page_init (WillisAneurysmPage *self)
{
  GtkWidget *spins[N_SPINS];

  gtk_widget_init_template (GTK_WIDGET (self));
  list_spins (self, spins);
  for (int n = 0; n < N_SPINS; n++)
    {
      gboolean angle = n >= 3;

      gtk_spin_button_set_range (GTK_SPIN_BUTTON (spins[n]), angle ? (n == 3 ? -180 : -90) : -2000,
                                 angle ? (n == 3 ? 180 : 90) : 2000);
      gtk_spin_button_set_increments (GTK_SPIN_BUTTON (spins[n]), angle ? 1.0 : 0.1, angle ? 5.0 : 1.0);
      gtk_spin_button_set_wrap (GTK_SPIN_BUTTON (spins[n]), n == 3);
      g_signal_connect (spins[n], "value-changed", G_CALLBACK (on_spin), self);
    }
  g_signal_connect (self, "map", G_CALLBACK (on_map), NULL);
  g_signal_connect (self, "unmap", G_CALLBACK (on_unmap), NULL);
  self->doubts_list = willis_doubts_list_new ();
  gtk_box_prepend (GTK_BOX (self->content), self->doubts_list);
  self->index_list = willis_index_list_new ();
  adw_bin_set_child (ADW_BIN (self->index_bin), self->index_list);
  g_signal_connect_swapped (self->chooser_row, "notify::selected", G_CALLBACK (on_chosen), self);
  g_signal_connect (self->candidates_list, "row-activated", G_CALLBACK (on_candidate), self);
  g_signal_connect (self->less_list, "row-activated", G_CALLBACK (on_candidate), self);
  g_signal_connect_swapped (self->refind_row, "activated", G_CALLBACK (on_refind), self);
  g_signal_connect_swapped (self->remove_row, "activated", G_CALLBACK (on_remove), self);
  g_signal_connect_swapped (self->here_button, "clicked", G_CALLBACK (on_here), self);
  g_signal_connect_swapped (self->copy_button, "clicked", G_CALLBACK (on_copy), self);
  g_signal_connect_swapped (self->run_button, "clicked", G_CALLBACK (on_run), self);
}

GtkWidget *
willis_aneurysm_page_new (WillisSession *session, WillisView3d *view)
{
  GtkWidget *page = willis_step_page_new (WILLIS_TYPE_ANEURYSM_PAGE, session);

  WILLIS_ANEURYSM_PAGE (page)->view = view;
  WILLIS_ANEURYSM_PAGE (page)->view_list = willis_view_list_new (session, view);
  adw_bin_set_child (ADW_BIN (WILLIS_ANEURYSM_PAGE (page)->views_bin), WILLIS_ANEURYSM_PAGE (page)->view_list);
  adw_bin_set_child (ADW_BIN (WILLIS_ANEURYSM_PAGE (page)->risk_bin), willis_risk_list_new (session));
  return page;
}
