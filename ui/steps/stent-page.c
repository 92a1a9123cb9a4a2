/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/steps/stent-page.h"

#include <math.h>
#include <string.h>

#include "core/base/error.h"
#include "core/base/i18n.h"
#include "solver/stent/plan.h"
#include "ui/model/format.h"
#include "ui/steps/artery-chart.h"
#include "ui/steps/coil-tab.h"
#include "ui/steps/device-words.h"
#include "ui/steps/sac-tab.h"
#include "ui/steps/stent-ranking.h"
#include "ui/steps/stent-rows.h"
#include "ui/steps/stent-scene.h"
#include "ui/steps/stent-table.h"
#include "ui/steps/wires-group.h"

#define MAX_ROWS 10
#define DRAW_PAUSE_MS 30
#define SEEN_THROUGH 0.35 // of the artery, so that what is in it is seen

struct _WillisStentPage
{
  WillisStepPage parent_instance;
  GtkLabel *state_label, *plan_label, *problem_label, *coils_label;
  GtkTextView *why_text, *coils_why_text, *sac_why_text;
  GtkWidget *switcher, *kinds_stack, *compare_group, *compare_grid, *coils_list, *coils_why_group, *add_coil_button,
      *propose_button, *sac_list, *sac_why_group;
  GtkWidget *content, *chart_bin, *landing_group, *distal_spin, *proximal_spin, *type_row, *devices_group,
      *devices_list, *why_group, *run_button, *drop_button;
  GtkWidget *chart, *wires;
  WillisView3d *view; // borrowed
  WillisCatalogue *catalogue;
  WillisAneurysm *of; // whose ranking is shown or being made
  WillisTree *tree;
  WillisJob *job;
  WillisStentRanking *ranking;
  WillisStentChoice *live; // of the picked device at the marks' place
  GArray *stations;
  char *picked; // id
  WillisCoilTab *coil_tab;
  WillisSacTab *sac_tab;
  WillisStentDrag drag; // of a mark in 3D
  GPtrArray *compared;  // device ids, at most three
  double distal_mm, proximal_mm;
  WillisStentRows *rows;
  guint rest_id, draw_id;
  gboolean updating, shown, moving; // shown: the picked device stands in the scene; moving: a mark is in a hand
  gboolean rows_due;                // the table's numbers are of earlier marks
};

G_DEFINE_FINAL_TYPE (WillisStentPage, willis_stent_page, WILLIS_TYPE_STEP_PAGE)

static WillisSession *
session_of (WillisStentPage *self)
{
  return willis_step_page_session (WILLIS_STEP_PAGE (self));
}

static WillisStentRequest
request_of (WillisStentPage *self, double diameter_sd_mm)
{
  return (WillisStentRequest){ self->distal_mm, self->proximal_mm, diameter_sd_mm, 1.0 / 3.0 };
}

/* NULL: there is none, or no device has room in it. */
static const WillisStentArtery *
artery_of (WillisStentPage *self)
{
  return self->ranking != NULL ? self->ranking->artery : NULL;
}

/* --- the picked device, in chart and scene */

static gboolean
seen (WillisStentPage *self, const char *tab)
{
  return g_strcmp0 (gtk_stack_get_visible_child_name (GTK_STACK (self->kinds_stack)), tab) == 0;
}

static gboolean
stents_seen (WillisStentPage *self)
{
  return seen (self, "stents");
}

static gboolean
sac_seen (WillisStentPage *self)
{
  return seen (self, "sac");
}

static void
hide_device (WillisStentPage *self)
{
  WillisScene *scene = willis_view3d_get_scene (self->view);

  if (scene == NULL || !self->shown)
    return;
  self->shown = FALSE;
  willis_stent_scene_hide_device (scene);
  willis_stent_scene_hide_marks (scene);
  willis_stent_scene_show_in_sac (scene, NULL, NULL);
  willis_scene_set_opacity (scene, "lumen", willis_session_display (session_of (self))->show_tree ? SEEN_THROUGH : 1.0);
}

/* The picked device with its marks, or the one in the sac. */
static void
show_device (WillisStentPage *self)
{
  WillisScene *scene = willis_view3d_get_scene (self->view);
  const WillisStentRanking *r = self->ranking;

  if (scene == NULL || r == NULL || willis_session_step (session_of (self)) != WILLIS_STEP_STENT)
    {
      hide_device (self);
      return;
    }
  self->shown = TRUE;
  willis_scene_set_opacity (scene, "lumen", SEEN_THROUGH);
  willis_stent_scene_show_in_sac (scene, self->of, sac_seen (self) ? willis_sac_tab_picked (self->sac_tab) : NULL);
  if (stents_seen (self) && self->live != NULL)
    willis_stent_scene_show_device (scene, r->artery, self->tree, self->live, self->stations, self->moving);
  else
    willis_stent_scene_hide_device (scene);
  if (stents_seen (self) && r->artery != NULL)
    willis_stent_scene_show_marks (scene, r->artery, self->distal_mm, self->proximal_mm);
  else
    willis_stent_scene_hide_marks (scene);
}

/* For marks that have moved: the numbers in the rows, not their order. */
static void
try_rows (WillisStentPage *self)
{
  WillisStentRequest request;

  if (!self->rows_due || artery_of (self) == NULL)
    return;
  self->rows_due = FALSE;
  request = request_of (self, self->ranking->request.diameter_sd_mm);
  willis_stent_rows_try (self->rows, self->ranking->artery, &request);
}

static gboolean
on_draw (gpointer data)
{
  WillisStentPage *self = data;

  if (willis_stent_rows_showing (self->rows)) // row by row, each laid out in a frame: not in the same one
    return G_SOURCE_CONTINUE;
  self->draw_id = 0;
  show_device (self);
  try_rows (self);
  return G_SOURCE_REMOVE;
}

/* In a frame of its own: the panel takes one too, and the table, whose text is laid out again, a third. */
static void
queue_device (WillisStentPage *self)
{
  if (self->draw_id == 0)
    self->draw_id = g_timeout_add (DRAW_PAUSE_MS, on_draw, self);
}

static void update_button (WillisStentPage *self);

static void
say_why (WillisStentPage *self)
{
  g_autofree char *text = willis_stent_why (self->live);

  gtk_text_buffer_set_text (gtk_text_view_get_buffer (self->why_text), text, -1);
  gtk_widget_set_visible (self->why_group, self->live != NULL);
  if (self->wires != NULL)
    willis_wires_group_set (self->wires, self->live, self->ranking != NULL ? self->ranking->catalogue : NULL,
                            self->ranking != NULL ? self->ranking->aneurysm : 0);
  update_button (self);
}

static WillisStentPlan *
stent_plan_of (WillisStentPage *self)
{
  WillisCase *c = willis_session_case (session_of (self));
  WillisStentPlan *plan = c != NULL ? willis_case_stent_plan (c) : NULL;

  return plan != NULL && willis_stent_plan_data (plan)->aneurysm == willis_session_aneurysm (session_of (self)) ? plan
                                                                                                                : NULL;
}

static WillisTake
stent_take (WillisStentPage *self)
{
  WillisStentPlan *plan = stent_plan_of (self);

  if (self->live == NULL)
    return WILLIS_TAKE_NOTHING;
  if (plan != NULL && g_strcmp0 (willis_stent_plan_data (plan)->device, self->live->device->id) == 0
      && willis_case_stent_plan_state (willis_session_case (session_of (self))) == WILLIS_STATE_FRESH
      && fabs (willis_stent_plan_data (plan)->length_mm - self->live->length_mm) < 1e-9)
    return WILLIS_TAKE_TAKEN;
  return self->live->fit == WILLIS_FIT_NOT ? WILLIS_TAKE_NOT : WILLIS_TAKE_IT;
}

/* Whether the plan holds something of the kind that is seen. */
static gboolean
is_planned (WillisStentPage *self)
{
  const WillisStentRanking *r = self->ranking;

  return stents_seen (self)
             ? stent_plan_of (self) != NULL
             : r != NULL
                   && willis_sac_offer_plan (r->offer, willis_session_case (session_of (self)), !sac_seen (self))
                          != NULL;
}

/* What the plan holds, and the buttons that take what is picked in the tab that is seen into it and out of it. */
static void
update_button (WillisStentPage *self)
{
  WillisSession *session = session_of (self);
  WillisCase *c = willis_session_case (session);
  gboolean ready = self->of != NULL, coils = seen (self, "coils");
  WillisTake take = stents_seen (self) ? stent_take (self)
                    : coils            ? willis_coil_tab_take (self->coil_tab)
                                       : willis_sac_tab_take (self->sac_tab);
  const char *label = coils ? _ ("Take these coils into the plan") : _ ("Take this device into the plan");
  g_autofree char *line = ready ? willis_plan_line (c, (gsize) willis_session_aneurysm (session)) : NULL;

  if (c == NULL || willis_case_tree (c) == NULL)
    label = _ ("Segment the arteries first");
  else if (!ready)
    label = _ ("Measure an aneurysm first");
  else if (take == WILLIS_TAKE_NOT)
    label = _ ("This device does not fit here");
  else if (take == WILLIS_TAKE_TAKEN)
    label = coils ? _ ("These coils are in the plan") : _ ("This device is in the plan");
  gtk_button_set_label (GTK_BUTTON (self->run_button), label);
  gtk_widget_set_sensitive (self->run_button, !ready || take == WILLIS_TAKE_IT);
  gtk_widget_set_visible (self->drop_button, ready && is_planned (self));
  gtk_label_set_text (self->plan_label, line != NULL ? line : "");
  gtk_widget_set_visible (GTK_WIDGET (self->plan_label), line != NULL);
}

static void
lay_picked (WillisStentPage *self)
{
  const WillisDevice *device;
  WillisStentRequest request;

  willis_artery_chart_show (WILLIS_ARTERY_CHART (self->chart), artery_of (self), NULL, NULL);
  g_clear_pointer (&self->live, willis_stent_choice_free);
  g_clear_pointer (&self->stations, g_array_unref);
  if (artery_of (self) != NULL && self->picked != NULL
      && (device = willis_catalogue_find (self->ranking->catalogue, self->picked)) != NULL)
    {
      request = request_of (self, self->ranking->request.diameter_sd_mm);
      self->live = willis_stent_try (device, self->ranking->artery, &request, &self->stations, NULL);
    }
  willis_artery_chart_show (WILLIS_ARTERY_CHART (self->chart), artery_of (self), self->live, self->stations);
}

/* --- the table */

static gboolean
wanted (WillisStentPage *self, const WillisStentChoice *c)
{
  guint kind = adw_combo_row_get_selected (ADW_COMBO_ROW (self->type_row));

  return kind == 0 || (kind == 1 && c->device->type == WILLIS_DEVICE_FLOW_DIVERTER)
         || (kind == 2 && c->device->type == WILLIS_DEVICE_BRAIDED_STENT)
         || (kind == 3 && c->device->type == WILLIS_DEVICE_LASER_STENT);
}

/* The first that are wanted; where none is picked yet, the best is. */
static void
fill_table (WillisStentPage *self)
{
  g_autoptr (GPtrArray) choices = g_ptr_array_new ();
  const GPtrArray *all = self->ranking != NULL ? self->ranking->choices : NULL;

  for (guint n = 0; all != NULL && n < all->len && choices->len < MAX_ROWS; n++)
    if (wanted (self, all->pdata[n]))
      g_ptr_array_add (choices, all->pdata[n]);
  if (self->picked == NULL && choices->len > 0)
    self->picked = g_strdup (((WillisStentChoice *) choices->pdata[0])->device->id);
  gtk_widget_set_visible (self->devices_group, choices->len > 0);
  if (all != NULL && all->len > 0)
    adw_preferences_group_set_description (ADW_PREFERENCES_GROUP (self->devices_group),
                                           ((WillisStentChoice *) all->pdata[0])->fit == WILLIS_FIT_NOT
                                               ? _ ("None fits between these marks. The nearest are listed "
                                                    "with what speaks against them.")
                                               : NULL);
  willis_stent_rows_show (self->rows, choices, self->picked);
}

/* --- side by side */

static void
fill_compare (WillisStentPage *self)
{
  WillisStentRequest request = request_of (self, self->ranking != NULL ? self->ranking->request.diameter_sd_mm : 0.0);

  gtk_widget_set_visible (self->compare_group, self->ranking != NULL && self->compared->len > 0);
  willis_stent_table_fill (GTK_GRID (self->compare_grid), self->ranking != NULL ? self->ranking->catalogue : NULL,
                           artery_of (self), self->compared, &request);
}

static void
on_compare (GtkCheckButton *check, WillisStentPage *self)
{
  const char *id = g_object_get_data (G_OBJECT (check), "device");
  guint at;

  if (g_ptr_array_find_with_equal_func (self->compared, id, g_str_equal, &at))
    g_ptr_array_remove_index (self->compared, at);
  if (gtk_check_button_get_active (check))
    {
      if (self->compared->len == 3)
        g_ptr_array_remove_index (self->compared, 0);
      g_ptr_array_add (self->compared, g_strdup (id));
    }
  willis_stent_rows_check (self->rows, self->compared);
  fill_compare (self);
}

static void
on_tried (gpointer data, gpointer unused)
{
  WillisStentPage *self = data;

  fill_compare (self);
  if (!self->moving)
    say_why (self);
}

/* For the ranking there is now, or none. */
static void
offer_sac (WillisStentPage *self)
{
  const WillisSacOffer *offer = self->ranking != NULL ? self->ranking->offer : NULL;

  willis_coil_tab_set (self->coil_tab, offer);
  willis_sac_tab_set (self->sac_tab, offer);
}

static void
fill_sac_tabs (WillisStentPage *self) // only while their tab is seen
{
  if (sac_seen (self))
    willis_sac_tab_fill (self->sac_tab);
  else if (!stents_seen (self))
    willis_coil_tab_fill (self->coil_tab);
}

static void
on_tab (WillisStentPage *self)
{
  fill_sac_tabs (self);
  update_button (self);
  queue_device (self);
}

static void
on_sac_picked (gpointer self)
{
  update_button (self);
  queue_device (self);
}

static void
show_ranking (WillisStentPage *self)
{
  if (artery_of (self) != NULL)
    willis_artery_chart_set_landing (WILLIS_ARTERY_CHART (self->chart), self->distal_mm, self->proximal_mm);
  fill_table (self);
  fill_compare (self);
  offer_sac (self);
  fill_sac_tabs (self);
  lay_picked (self);
  say_why (self);
  queue_device (self);
}

static void
rank_done (WillisJob *job, gpointer result, const GError *error, gpointer data)
{
  WillisStentPage *self = data;
  const char *problem;

  if (self->job == job)
    {
      g_clear_object (&self->job);
      willis_artery_chart_show (WILLIS_ARTERY_CHART (self->chart), NULL, NULL, NULL);
      g_clear_pointer (&self->live, willis_stent_choice_free);
      g_clear_pointer (&self->ranking, willis_stent_ranking_free);
      self->ranking = result;
      result = NULL;
      if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        error = NULL;
      problem = error != NULL ? error->message : self->ranking != NULL ? self->ranking->problem : NULL;
      gtk_label_set_text (self->problem_label, problem != NULL ? problem : "");
      gtk_widget_set_visible (GTK_WIDGET (self->problem_label), problem != NULL);
      show_ranking (self);
    }
  willis_stent_ranking_free (result);
  g_object_unref (self);
}

static void
start_ranking (WillisStentPage *self, int aneurysm)
{
  WillisStentRequest request = request_of (self, 0.0);
  WillisStentRanking *in = willis_stent_ranking_ask (willis_case_copy (willis_session_case (session_of (self))),
                                                     aneurysm, &request, self->catalogue, self->ranking);

  if (self->job != NULL)
    willis_job_cancel (self->job);
  g_clear_object (&self->job);
  self->job
      = willis_session_start_job (session_of (self), _ ("Trying devices"), willis_stent_ranking_work, in,
                                  willis_stent_ranking_free, willis_stent_ranking_free, rank_done, g_object_ref (self));
  if (self->job != NULL)
    g_object_ref (self->job);
}

/* --- hands */

static gboolean
on_rest (gpointer data)
{
  WillisStentPage *self = data;
  self->rest_id = 0;
  if (self->ranking != NULL)
    start_ranking (self, self->ranking->aneurysm);
  return G_SOURCE_REMOVE;
}

static void
landing_moved (WillisStentPage *self, gboolean finished)
{
  if (artery_of (self) == NULL)
    return;
  self->moving = !finished;
  self->updating = TRUE;
  gtk_spin_button_set_value (GTK_SPIN_BUTTON (self->distal_spin), self->distal_mm);
  gtk_spin_button_set_value (GTK_SPIN_BUTTON (self->proximal_spin), self->proximal_mm);
  self->updating = FALSE;
  willis_artery_chart_set_landing (WILLIS_ARTERY_CHART (self->chart), self->distal_mm, self->proximal_mm);
  lay_picked (self);
  self->rows_due = TRUE;
  g_clear_handle_id (&self->rest_id, g_source_remove);
  self->rest_id = g_timeout_add (finished ? 50 : 600, on_rest, self);
  {
    WillisScene *scene = willis_view3d_get_scene (self->view);

    if (scene != NULL && self->shown
        && stents_seen (self)) // the mark under the hand at once, the device in a frame of its own
      willis_stent_scene_show_marks (scene, self->ranking->artery, self->distal_mm, self->proximal_mm);
  }
  queue_device (self);
}

static void
on_landing (WillisArteryChart *chart, double distal_mm, double proximal_mm, gboolean finished, WillisStentPage *self)
{
  self->distal_mm = distal_mm;
  self->proximal_mm = proximal_mm;
  landing_moved (self, finished);
}

/* A mark dragged in 3D. */
static void
on_hoop (WillisView3d *view, const char *id, gboolean finished, WillisStentPage *self)
{
  double landing[2] = { self->distal_mm, self->proximal_mm };

  if (artery_of (self) == NULL
      || !willis_stent_scene_dragged (willis_view3d_get_scene (view), self->ranking->artery, id, &self->drag, landing))
    return;
  if (finished)
    self->drag = (WillisStentDrag){ 0 };
  self->distal_mm = landing[0];
  self->proximal_mm = landing[1];
  landing_moved (self, finished);
}

static void
on_spin (GtkSpinButton *spin, WillisStentPage *self)
{
  if (self->updating)
    return;
  self->distal_mm = gtk_spin_button_get_value (GTK_SPIN_BUTTON (self->distal_spin));
  self->proximal_mm = gtk_spin_button_get_value (GTK_SPIN_BUTTON (self->proximal_spin));
  landing_moved (self, TRUE);
}

static void
on_kind (WillisStentPage *self)
{
  if (self->updating)
    return;
  g_clear_pointer (&self->picked, g_free);
  show_ranking (self);
}

static void
on_picked (GtkListBox *list, GtkListBoxRow *row, WillisStentPage *self)
{
  const char *id = row != NULL ? g_object_get_data (G_OBJECT (row), "device") : NULL;

  if (self->updating || id == NULL || g_strcmp0 (id, self->picked) == 0)
    return;
  g_free (self->picked);
  self->picked = g_strdup (id);
  lay_picked (self);
  say_why (self);
  queue_device (self);
}

static void
keep_plan (WillisStentPage *self)
{
  WillisCase *copy = willis_case_copy (willis_session_case (session_of (self)));
  g_autoptr (WillisStentPlan) plan = willis_stent_plan_of (self->live, self->ranking->artery, self->ranking->aneurysm,
                                                           self->distal_mm, self->proximal_mm);

  willis_case_set_stent_plan (copy, plan);
  willis_session_commit (session_of (self), copy, _ ("Choose the stent"));
}

static void
on_run (WillisStentPage *self)
{
  WillisSession *session = session_of (self);
  WillisCase *c = willis_session_case (session);

  if (c == NULL || willis_case_tree (c) == NULL)
    willis_session_set_step (session, WILLIS_STEP_VESSELS);
  else if (willis_session_shown_aneurysm (session) == NULL)
    willis_session_set_step (session, WILLIS_STEP_ANEURYSM);
  else if (seen (self, "coils"))
    willis_coil_tab_keep (self->coil_tab);
  else if (sac_seen (self))
    willis_sac_tab_keep (self->sac_tab);
  else if (self->live != NULL)
    keep_plan (self);
}

static void
on_drop (WillisStentPage *self)
{
  WillisSession *session = session_of (self);

  if (!is_planned (self))
    return;
  if (stents_seen (self))
    {
      WillisCase *copy = willis_case_copy (willis_session_case (session));

      willis_case_set_stent_plan (copy, NULL);
      willis_session_commit (session, copy, _ ("Take the stent out of the plan"));
    }
  else
    willis_sac_offer_commit (self->ranking->offer, session, NULL,
                             sac_seen (self) ? _ ("Take the device out of the plan")
                                             : _ ("Take the coils out of the plan"));
}

/* --- the whole */

static void
willis_stent_page_update (WillisStepPage *page, WillisSession *session)
{
  WillisStentPage *self = WILLIS_STENT_PAGE (page);
  WillisCase *c = willis_session_case (session);
  WillisAneurysm *aneurysm = willis_session_neck_in_hand (session) ? NULL : willis_session_shown_aneurysm (session);
  WillisTree *tree = c != NULL ? willis_case_tree (c) : NULL;
  gboolean ready = aneurysm != NULL && tree != NULL;

  willis_step_page_say_state (self->state_label, session, WILLIS_STEP_STENT);
  if (aneurysm != self->of || tree != self->tree)
    {
      if (self->job != NULL)
        willis_job_cancel (self->job);
      g_clear_object (&self->job);
      g_clear_pointer (&self->of, willis_aneurysm_unref);
      g_clear_pointer (&self->tree, willis_tree_unref);
      willis_artery_chart_show (WILLIS_ARTERY_CHART (self->chart), NULL, NULL, NULL);
      g_clear_pointer (&self->live, willis_stent_choice_free);
      g_clear_pointer (&self->stations, g_array_unref);
      g_clear_pointer (&self->ranking, willis_stent_ranking_free);
      fill_table (self);
      fill_compare (self);
      offer_sac (self);
      fill_sac_tabs (self);
      say_why (self);
      hide_device (self);
      if (ready && self->catalogue != NULL)
        {
          self->of = willis_aneurysm_ref (aneurysm);
          self->tree = willis_tree_ref (tree);
          start_ranking (self, willis_session_aneurysm (session));
        }
    }
  gtk_widget_set_visible (self->switcher, ready);
  gtk_widget_set_visible (self->kinds_stack, ready);
  gtk_widget_set_visible (self->chart_bin, ready);
  gtk_widget_set_visible (self->landing_group, ready);
  fill_sac_tabs (self);
  update_button (self);
  if (willis_session_step (session) == WILLIS_STEP_STENT && !self->shown)
    queue_device (self);
}

/* Away from this step the device is not drawn. */
static void
on_selection (WillisStentPage *self)
{
  if (willis_session_step (session_of (self)) != WILLIS_STEP_STENT)
    hide_device (self);
}

static void
willis_stent_page_session_set (WillisStepPage *page, WillisSession *session)
{
  g_signal_connect_object (session, "selection-changed", G_CALLBACK (on_selection), page, G_CONNECT_SWAPPED);
}

static void
willis_stent_page_dispose (GObject *object)
{
  WillisStentPage *self = WILLIS_STENT_PAGE (object);

  g_clear_pointer (&self->rows, willis_stent_rows_free);
  g_clear_pointer (&self->coil_tab, willis_coil_tab_free);
  g_clear_pointer (&self->sac_tab, willis_sac_tab_free);
  g_clear_handle_id (&self->rest_id, g_source_remove);
  g_clear_handle_id (&self->draw_id, g_source_remove);
  if (self->job != NULL)
    willis_job_cancel (self->job);
  g_clear_object (&self->job);
  if (self->chart != NULL)
    willis_artery_chart_show (WILLIS_ARTERY_CHART (self->chart), NULL, NULL, NULL);
  self->chart = NULL;
  self->wires = NULL;
  g_clear_pointer (&self->live, willis_stent_choice_free);
  g_clear_pointer (&self->stations, g_array_unref);
  g_clear_pointer (&self->ranking, willis_stent_ranking_free);
  g_clear_pointer (&self->of, willis_aneurysm_unref);
  g_clear_pointer (&self->tree, willis_tree_unref);
  g_clear_pointer (&self->catalogue, willis_catalogue_unref);
  g_clear_pointer (&self->picked, g_free);
  g_clear_pointer (&self->compared, g_ptr_array_unref);
  G_OBJECT_CLASS (willis_stent_page_parent_class)->dispose (object);
}

#define BIND(NAME) gtk_widget_class_bind_template_child (widget_class, WillisStentPage, NAME)

static void
willis_stent_page_class_init (WillisStentPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = willis_stent_page_dispose;
  WILLIS_STEP_PAGE_CLASS (klass)->update = willis_stent_page_update;
  WILLIS_STEP_PAGE_CLASS (klass)->session_set = willis_stent_page_session_set;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/willis/Willis/steps/stent-page.ui");
  BIND (state_label);
  BIND (problem_label);
  BIND (content);
  BIND (switcher);
  BIND (kinds_stack);
  BIND (compare_group);
  BIND (compare_grid);
  BIND (plan_label);
  BIND (coils_list);
  BIND (coils_label);
  BIND (coils_why_group);
  BIND (coils_why_text);
  BIND (add_coil_button);
  BIND (propose_button);
  BIND (sac_list);
  BIND (sac_why_group);
  BIND (sac_why_text);
  BIND (drop_button);
  BIND (chart_bin);
  BIND (landing_group);
  BIND (distal_spin);
  BIND (proximal_spin);
  BIND (type_row);
  BIND (devices_group);
  BIND (devices_list);
  BIND (why_group);
  BIND (why_text);
  BIND (run_button);
}

static void
willis_stent_page_init (WillisStentPage *self)
{
  GtkWidget **spins[] = { &self->distal_spin, &self->proximal_spin };
  g_autoptr (GtkStringList) kinds = gtk_string_list_new (NULL);
  g_autoptr (GError) error = NULL;

  gtk_widget_init_template (GTK_WIDGET (self));
  self->distal_mm = self->proximal_mm = WILLIS_STENT_LANDING_MM;
  self->compared = g_ptr_array_new_with_free_func (g_free);
  self->chart = willis_artery_chart_new ();
  adw_bin_set_child (ADW_BIN (self->chart_bin), self->chart);
  gtk_string_list_append (kinds, _ ("All stents"));
  gtk_string_list_append (kinds, _ ("Flow diverters"));
  gtk_string_list_append (kinds, _ ("Braided stents"));
  gtk_string_list_append (kinds, _ ("Laser-cut stents"));
  adw_combo_row_set_model (ADW_COMBO_ROW (self->type_row), G_LIST_MODEL (kinds));
  for (gsize n = 0; n < G_N_ELEMENTS (spins); n++)
    {
      gtk_spin_button_set_range (GTK_SPIN_BUTTON (*spins[n]), 0.0, WILLIS_LANDING_MOST_MM);
      gtk_spin_button_set_increments (GTK_SPIN_BUTTON (*spins[n]), 0.1, 1.0);
      gtk_spin_button_set_value (GTK_SPIN_BUTTON (*spins[n]), WILLIS_STENT_LANDING_MM);
      g_signal_connect (*spins[n], "value-changed", G_CALLBACK (on_spin), self);
    }
  self->catalogue = willis_catalogue_load (TRUE, &error);
  if (self->catalogue == NULL) // a file of the user's own is at fault: say so, go on with ours
    {
      gtk_label_set_text (self->problem_label, error->message);
      gtk_widget_set_visible (GTK_WIDGET (self->problem_label), TRUE);
      self->catalogue = willis_catalogue_load (FALSE, NULL);
    }
  self->rows = willis_stent_rows_new (GTK_LIST_BOX (self->devices_list), G_CALLBACK (on_compare), on_tried, self);
  willis_stent_rows_check (self->rows, self->compared);
  g_signal_connect (self->chart, "landing-moved", G_CALLBACK (on_landing), self);
  g_signal_connect_swapped (self->type_row, "notify::selected", G_CALLBACK (on_kind), self);
  g_signal_connect_swapped (self->kinds_stack, "notify::visible-child", G_CALLBACK (on_tab), self);
  g_signal_connect (self->devices_list, "row-selected", G_CALLBACK (on_picked), self);
  g_signal_connect_swapped (self->run_button, "clicked", G_CALLBACK (on_run), self);
  g_signal_connect_swapped (self->drop_button, "clicked", G_CALLBACK (on_drop), self);
}

static void
make_tabs (WillisStentPage *self)
{
  const WillisCoilWidgets coils = { self->coils_list,     self->coils_why_group, self->add_coil_button,
                                    self->propose_button, self->coils_label,     self->coils_why_text };
  const WillisSacWidgets sac = { self->sac_list, self->sac_why_group, self->sac_why_text };

  self->coil_tab = willis_coil_tab_new (session_of (self), &coils);
  self->sac_tab = willis_sac_tab_new (session_of (self), &sac, on_sac_picked, self);
}

GtkWidget *
willis_stent_page_new (WillisSession *session, WillisView3d *view)
{
  GtkWidget *page = willis_step_page_new (WILLIS_TYPE_STENT_PAGE, session);

  WILLIS_STENT_PAGE (page)->view = view;
  make_tabs (WILLIS_STENT_PAGE (page));
  g_signal_connect_object (view, "ring-dragged", G_CALLBACK (on_hoop), page, 0);
  WILLIS_STENT_PAGE (page)->wires = willis_wires_group_new (session, view);
  gtk_box_insert_child_after (GTK_BOX (gtk_widget_get_parent (WILLIS_STENT_PAGE (page)->why_group)), WILLIS_STENT_PAGE (page)->wires,
                              WILLIS_STENT_PAGE (page)->why_group);
  return page;
}
