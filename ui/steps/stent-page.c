/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/steps/stent-page.h"

#include <math.h>
#include <string.h>

#include "core/base/error.h"
#include "core/base/i18n.h"
#include "solver/stent/plan.h"
#include "ui/model/format.h"
#include "ui/steps/artery-chart.h"
#include "ui/steps/sac-lists.h"
#include "ui/steps/stent-rows.h"
#include "ui/steps/stent-scene.h"
#include "ui/steps/stent-table.h"
#include "ui/steps/wires-group.h"

#define REACH_MM 50.0
#define MAX_ROWS 10
#define DRAW_PAUSE_MS 30
#define SEEN_THROUGH 0.35 // of the artery, so that what is in it is seen

/* Everything that one ranking rests on and gives. Made on a thread, never changed. */
typedef struct
{
  WillisCase *c;
  int aneurysm;
  WillisStentRequest request;
  WillisCatalogue *catalogue;
  WillisStentArtery *artery;
  gint *artery_users; // shared between rankings of the same neck, each of which is freed on one thread only
  GPtrArray *choices;
  WillisCoilPlan *coils; // NULL where none could be made
  GPtrArray *sac;        // of WillisSacChoice
} Ranking;

struct _WillisStentPage
{
  WillisStepPage parent_instance;
  GtkLabel *state_label, *problem_label;
  GtkTextView *why_text;
  GtkLabel *coils_label;
  GtkWidget *switcher, *kinds_stack, *compare_group, *compare_grid, *coils_group, *coils_list, *sac_group, *sac_list;
  GtkWidget *content, *chart_bin, *landing_group, *distal_spin, *proximal_spin, *type_row, *devices_group,
      *devices_list, *why_group, *run_button;
  GtkWidget *chart, *wires;
  WillisView3d *view; // borrowed
  WillisCatalogue *catalogue;
  WillisAneurysm *of; // whose ranking is shown or being made
  WillisTree *tree;
  WillisJob *job;
  Ranking *ranking;
  WillisStentChoice *live; // of the picked device at the marks' place
  GArray *stations;
  char *picked, *in_sac; // device ids
  WillisStentDrag drag;  // of a mark in 3D
  GPtrArray *compared;   // device ids, at most three
  double distal_mm, proximal_mm;
  WillisStentRows *rows;
  guint rest_id, draw_id;
  gboolean updating, shown, moving; // shown: the picked device stands in the scene; moving: a mark is in a hand
  gboolean rows_due;                // the table's numbers are of earlier marks
};

G_DEFINE_FINAL_TYPE (WillisStentPage, willis_stent_page, WILLIS_TYPE_STEP_PAGE)

static void
ranking_free (gpointer data)
{
  Ranking *r = data;

  if (r == NULL)
    return;
  g_clear_pointer (&r->choices, g_ptr_array_unref);
  g_clear_pointer (&r->coils, willis_coil_plan_free);
  g_clear_pointer (&r->sac, g_ptr_array_unref);
  if (r->artery_users != NULL && g_atomic_int_dec_and_test (r->artery_users))
    {
      willis_stent_artery_free (r->artery);
      g_free (r->artery_users);
    }
  g_clear_pointer (&r->catalogue, willis_catalogue_unref);
  g_clear_pointer (&r->c, willis_case_unref);
  g_free (r);
}

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

/* --- the work */

static void
share_artery (Ranking *to, const Ranking *from)
{
  to->artery = from->artery;
  to->artery_users = from->artery_users;
  g_atomic_int_inc (to->artery_users);
}

static void
fill_sac (Ranking *r)
{
  WillisSacShape sac;

  willis_sac_shape (willis_case_aneurysm (r->c, (gsize) r->aneurysm), &sac);
  r->coils = willis_coil_propose (r->catalogue, &sac, 0.20, 0.25, NULL);
  r->sac = willis_sac_rank (r->catalogue, &sac);
  willis_sac_shape_clear (&sac);
}

static gpointer
rank_work (const WillisProgress *progress, gpointer data, GError **error)
{
  Ranking *in = data, *out = g_new0 (Ranking, 1);
  WillisProgress first = willis_progress_part (progress, 0.0, 0.6, NULL),
                 second = willis_progress_part (progress, 0.6, 1.0, NULL);

  *out = (Ranking){ willis_case_ref (in->c), in->aneurysm, in->request, willis_catalogue_ref (in->catalogue) };
  if (in->artery != NULL)
    share_artery (out, in);
  else
    {
      out->request.diameter_sd_mm = willis_stent_diameter_sd (willis_case_diameter_sd_mm (in->c));
      out->artery
          = willis_stent_artery_new (willis_case_surface (in->c), willis_case_tree (in->c),
                                     willis_case_aneurysm (in->c, (gsize) in->aneurysm), -1, REACH_MM, &first, error);
      out->artery_users = out->artery != NULL ? g_new0 (gint, 1) : NULL;
      if (out->artery != NULL)
        *out->artery_users = 1;
    }
  if (out->artery != NULL)
    fill_sac (out);
  if (out->artery != NULL)
    out->choices = willis_stent_rank (out->catalogue, out->artery, &out->request, &second, error);
  if (out->choices == NULL)
    {
      ranking_free (out);
      return NULL;
    }
  return out;
}

/* --- the picked device, in chart and scene */

static gboolean
stents_seen (WillisStentPage *self)
{
  return g_strcmp0 (gtk_stack_get_visible_child_name (GTK_STACK (self->kinds_stack)), "stents") == 0;
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
  const Ranking *r = self->ranking;

  if (scene == NULL || r == NULL || willis_session_step (session_of (self)) != WILLIS_STEP_STENT)
    {
      hide_device (self);
      return;
    }
  self->shown = TRUE;
  willis_scene_set_opacity (scene, "lumen", SEEN_THROUGH);
  willis_stent_scene_show_in_sac (
      scene, self->of,
      self->in_sac != NULL && !stents_seen (self) ? willis_catalogue_find (r->catalogue, self->in_sac) : NULL);
  if (stents_seen (self) && self->live != NULL)
    willis_stent_scene_show_device (scene, r->artery, self->tree, self->live, self->stations, self->moving);
  else
    willis_stent_scene_hide_device (scene);
  if (stents_seen (self))
    willis_stent_scene_show_marks (scene, r->artery, self->distal_mm, self->proximal_mm);
  else
    willis_stent_scene_hide_marks (scene);
}

/* For marks that have moved: the numbers in the rows, not their order. */
static void
try_rows (WillisStentPage *self)
{
  WillisStentRequest request;

  if (!self->rows_due || self->ranking == NULL)
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

static void
update_button (WillisStentPage *self)
{
  WillisSession *session = session_of (self);
  gboolean ready = self->of != NULL;
  WillisCase *c = willis_session_case (session);
  WillisStentPlan *plan = c != NULL ? willis_case_stent_plan (c) : NULL;
  gboolean kept = plan != NULL && self->live != NULL
                  && g_strcmp0 (willis_stent_plan_data (plan)->device, self->live->device->id) == 0
                  && willis_case_stent_plan_state (c) == WILLIS_STATE_FRESH
                  && fabs (willis_stent_plan_data (plan)->length_mm - self->live->length_mm) < 1e-9;

  if (c == NULL || willis_case_tree (c) == NULL)
    gtk_button_set_label (GTK_BUTTON (self->run_button), _ ("Segment the arteries first"));
  else if (!ready)
    gtk_button_set_label (GTK_BUTTON (self->run_button), _ ("Measure an aneurysm first"));
  else if (self->live != NULL && self->live->fit == WILLIS_FIT_NOT)
    gtk_button_set_label (GTK_BUTTON (self->run_button), _ ("This device does not fit here"));
  else
    gtk_button_set_label (GTK_BUTTON (self->run_button),
                          kept ? _ ("This device is in the plan") : _ ("Take this device into the plan"));
  gtk_widget_set_visible (self->run_button, !ready || stents_seen (self)); // it is the stent that it takes
  gtk_widget_set_sensitive (self->run_button,
                            !ready || (self->live != NULL && self->live->fit != WILLIS_FIT_NOT && !kept));
}

static void
lay_picked (WillisStentPage *self)
{
  const WillisDevice *device;
  WillisStentRequest request;

  willis_artery_chart_show (WILLIS_ARTERY_CHART (self->chart), self->ranking != NULL ? self->ranking->artery : NULL,
                            NULL, NULL);
  g_clear_pointer (&self->live, willis_stent_choice_free);
  g_clear_pointer (&self->stations, g_array_unref);
  if (self->ranking != NULL && self->picked != NULL
      && (device = willis_catalogue_find (self->ranking->catalogue, self->picked)) != NULL)
    {
      request = request_of (self, self->ranking->request.diameter_sd_mm);
      self->live = willis_stent_try (device, self->ranking->artery, &request, &self->stations, NULL);
    }
  willis_artery_chart_show (WILLIS_ARTERY_CHART (self->chart), self->ranking != NULL ? self->ranking->artery : NULL,
                            self->live, self->stations);
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
                           self->ranking != NULL ? self->ranking->artery : NULL, self->compared, &request);
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

static void
fill_sac_lists (WillisStentPage *self) // only while their tab is seen
{
  const Ranking *r = self->ranking;

  if (stents_seen (self))
    return;
  self->updating = TRUE;
  willis_sac_lists_fill (self->coils_list, self->coils_label, self->sac_list, r != NULL ? r->coils : NULL,
                         r != NULL ? r->sac : NULL, self->in_sac);
  self->updating = FALSE;
}

static void
on_tab (WillisStentPage *self)
{
  fill_sac_lists (self);
  update_button (self);
  queue_device (self);
}

static void
on_sac_picked (GtkListBox *list, GtkListBoxRow *row, WillisStentPage *self)
{
  if (self->updating)
    return;
  g_free (self->in_sac);
  self->in_sac = row != NULL ? g_strdup (g_object_get_data (G_OBJECT (row), "device")) : NULL;
  queue_device (self);
}

static void
show_ranking (WillisStentPage *self)
{
  if (self->ranking != NULL)
    willis_artery_chart_set_landing (WILLIS_ARTERY_CHART (self->chart), self->distal_mm, self->proximal_mm);
  fill_table (self);
  fill_compare (self);
  fill_sac_lists (self);
  lay_picked (self);
  say_why (self);
  queue_device (self);
}

static void
rank_done (WillisJob *job, gpointer result, const GError *error, gpointer data)
{
  WillisStentPage *self = data;

  if (self->job == job)
    {
      g_clear_object (&self->job);
      willis_artery_chart_show (WILLIS_ARTERY_CHART (self->chart), NULL, NULL, NULL);
      g_clear_pointer (&self->live, willis_stent_choice_free);
      g_clear_pointer (&self->ranking, ranking_free);
      self->ranking = result;
      result = NULL;
      if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        error = NULL;
      gtk_label_set_text (self->problem_label, error != NULL ? error->message : "");
      gtk_widget_set_visible (GTK_WIDGET (self->problem_label), error != NULL);
      show_ranking (self);
    }
  ranking_free (result);
  g_object_unref (self);
}

static void
start_ranking (WillisStentPage *self, int aneurysm)
{
  Ranking *in = g_new0 (Ranking, 1);

  if (self->job != NULL)
    willis_job_cancel (self->job);
  g_clear_object (&self->job);
  *in = (Ranking){ willis_case_copy (willis_session_case (session_of (self))), aneurysm, request_of (self, 0.0),
                   willis_catalogue_ref (self->catalogue) };
  if (self->ranking != NULL) // only the marks have moved
    {
      share_artery (in, self->ranking);
      in->request.diameter_sd_mm = self->ranking->request.diameter_sd_mm;
    }
  self->job = willis_session_start_job (session_of (self), _ ("Trying devices"), rank_work, in, ranking_free,
                                        ranking_free, rank_done, g_object_ref (self));
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
  if (self->ranking == NULL)
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

  if (self->ranking == NULL
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
  else if (self->live != NULL)
    keep_plan (self);
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
      g_clear_pointer (&self->ranking, ranking_free);
      fill_table (self);
      fill_compare (self);
      fill_sac_lists (self);
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
  g_clear_pointer (&self->ranking, ranking_free);
  g_clear_pointer (&self->of, willis_aneurysm_unref);
  g_clear_pointer (&self->tree, willis_tree_unref);
  g_clear_pointer (&self->catalogue, willis_catalogue_unref);
  g_clear_pointer (&self->picked, g_free);
  g_clear_pointer (&self->in_sac, g_free);
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
  BIND (coils_group);
  BIND (coils_list);
  BIND (coils_label);
  BIND (sac_group);
  BIND (sac_list);
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
  g_signal_connect (self->sac_list, "row-selected", G_CALLBACK (on_sac_picked), self);
  g_signal_connect (self->devices_list, "row-selected", G_CALLBACK (on_picked), self);
  g_signal_connect_swapped (self->run_button, "clicked", G_CALLBACK (on_run), self);
}

GtkWidget *
willis_stent_page_new (WillisSession *session, WillisView3d *view)
{
  GtkWidget *page = willis_step_page_new (WILLIS_TYPE_STENT_PAGE, session);

  WILLIS_STENT_PAGE (page)->view = view;
  g_signal_connect_object (view, "ring-dragged", G_CALLBACK (on_hoop), page, 0);
  WILLIS_STENT_PAGE (page)->wires = willis_wires_group_new (session, view);
  gtk_box_insert_child_after (GTK_BOX (gtk_widget_get_parent (WILLIS_STENT_PAGE (page)->why_group)), WILLIS_STENT_PAGE (page)->wires,
                              WILLIS_STENT_PAGE (page)->why_group);
  return page;
}
