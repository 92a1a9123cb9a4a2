/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/steps/catheter-page.h"

#include <math.h>
#include <string.h>

#include "core/base/i18n.h"
#include "ui/steps/catheter-page-private.h"
#include "ui/steps/catheter-scene.h"
#include "ui/steps/mandrel-picture.h"

#define ON_WALL_MM 0.3 // a click nearer to the wall than this is on it
#define SCENE_PAUSE_MS 20
#define AIM_SHARE 0.42 // so deep towards a clicked place of the wall the target is put

G_DEFINE_FINAL_TYPE (WillisCatheterPage, willis_catheter_page, WILLIS_TYPE_STEP_PAGE)

static WillisSession *
session_of (WillisCatheterPage *self)
{
  return willis_step_page_session (WILLIS_STEP_PAGE (self));
}

/* --- alternatives */

WillisAlternative *
_willis_catheter_page_alternative (WillisCatheterPage *self, guint id)
{
  for (guint i = 0; i < self->alternatives->len; i++)
    {
      WillisAlternative *a = self->alternatives->pdata[i];

      if (a->id == id)
        return a;
    }
  return NULL;
}

const WillisShapeProposal *
_willis_alternative_proposal (const WillisAlternative *a)
{
  return a->cloud != NULL ? &g_array_index (a->cloud->design.proposals, WillisShapeProposal, 0) : a->proposal;
}

static void
stop_playing (WillisCatheterPage *self)
{
  g_clear_handle_id (&self->play_id, g_source_remove);
  g_clear_pointer (&self->play, willis_catheter_result_free);
  if (self->jobs[WILLIS_CATHETER_PLAY] != NULL)
    willis_job_cancel (self->jobs[WILLIS_CATHETER_PLAY]);
  g_clear_object (&self->jobs[WILLIS_CATHETER_PLAY]);
  self->updating = TRUE;
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (self->play_button), FALSE);
  gtk_adjustment_set_value (self->play_time, gtk_adjustment_get_upper (self->play_time));
  self->updating = FALSE;
}

void
_willis_catheter_page_pick (WillisCatheterPage *self, WillisAlternative *a)
{
  self->picked = a;
  self->values.shape = a->proposal->shape;
  self->has_shape = TRUE;
  self->of_plan = a->of_plan;
  stop_playing (self);
  willis_catheter_numbers_set (WILLIS_CATHETER_NUMBERS (self->numbers), &self->values);
  _willis_catheter_page_show (self);
}

/* --- what is seen */

static double
radius_of (WillisCatheterPage *self)
{
  return 0.5 * self->values.catheter.outer_mm;
}

static void
hide_scene (WillisCatheterPage *self)
{
  WillisScene *scene = willis_view3d_get_scene (self->view);

  if (scene == NULL || !self->shown)
    return;
  self->shown = FALSE;
  willis_session_show_places (session_of (self), NULL, 0, NULL, 0, 0.0);
  willis_catheter_scene_hide (scene);
  willis_scene_set_opacity (scene, "lumen", 1.0);
}

/* While a place is to be clicked the wall is solid, since only what is solid can be clicked. */
static void
set_walls (WillisCatheterPage *self, WillisScene *scene)
{
  willis_scene_set_opacity (scene, "lumen", self->click != WILLIS_CLICK_NONE ? 1.0 : WILLIS_CATHETER_SEEN_THROUGH);
}

/* Target, tip and catheter in the slices; while a hand moves the target its place is the hand's. */
static void
show_places (WillisCatheterPage *self, const WillisSeat *seat)
{
  WillisPlace places[2] = { { .caption = _ ("Target"), .rgb = WILLIS_COLOUR_SAC }, { .caption = _ ("Tip"), .rgb = WILLIS_COLOUR_DEVICE } };
  int n = seat != NULL && seat->frames != NULL ? seat->n_nodes : 0;
  g_autofree double *line = g_new (double, 3 * (gsize) MAX (n, 1));

  vec3_copy (places[0].lps_mm, self->in_hand ? self->wanted_target : self->site->site->target);
  for (int i = 0; i < n; i++)
    vec3_copy (line + 3 * i, seat->frames[i].r);
  if (seat != NULL)
    vec3_copy (places[1].lps_mm, seat->tip);
  willis_session_show_places (session_of (self), places, seat != NULL ? 2 : 1, line, (gsize) n, radius_of (self));
}

static void
show_scene (WillisCatheterPage *self)
{
  WillisScene *scene = willis_view3d_get_scene (self->view);
  const WillisShapeProposal *p = self->picked != NULL ? _willis_alternative_proposal (self->picked) : NULL;

  if (scene == NULL || self->site == NULL || willis_session_step (session_of (self)) != WILLIS_STEP_CATHETER)
    {
      hide_scene (self);
      return;
    }
  self->shown = TRUE;
  set_walls (self, scene);
  willis_catheter_scene_show (scene, self->site->site, radius_of (self), p != NULL ? &p->seat : NULL,
                              p != NULL ? &p->cloud : NULL, !self->in_hand);
  show_places (self, p != NULL ? &p->seat : NULL);
}

/* Panel and scene in rounds of their own: both at once would keep the window from answering. */
static gboolean
on_scene (gpointer data)
{
  WillisCatheterPage *self = data;

  self->scene_id = 0;
  show_scene (self);
  return G_SOURCE_REMOVE;
}

static void
say_way (WillisCatheterPage *self)
{
  const WillisShapingSite *site = self->site != NULL ? self->site->site : NULL;
  g_autofree char *entry
      = site != NULL ? g_strdup_printf (_ ("%.0f mm before the neck"), site->length_mm - site->target_depth_mm)
                     : g_strdup ("–");
  g_autofree char *target = site != NULL
                                ? g_strdup_printf (_ ("%.1f of %.1f mm deep"), site->target_depth_mm, site->depth_mm)
                                : g_strdup ("–");

  gtk_label_set_text (self->entry_label, entry);
  gtk_label_set_text (self->target_label, target);
}

static void
update_buttons (WillisCatheterPage *self)
{
  WillisSession *session = session_of (self);
  WillisCase *c = willis_session_case (session);
  gboolean shaped = self->picked != NULL && self->picked->proposal->shape.shaped
                    && self->picked->proposal->shape.mandrel.n_bends > 0;
  gboolean searching = self->jobs[WILLIS_CATHETER_SEARCH] != NULL;

  if (c == NULL || willis_case_tree (c) == NULL)
    gtk_button_set_label (GTK_BUTTON (self->run_button), _ ("Segment the arteries first"));
  else if (willis_session_shown_aneurysm (session) == NULL)
    gtk_button_set_label (GTK_BUTTON (self->run_button), _ ("Measure an aneurysm first"));
  else
    gtk_button_set_label (GTK_BUTTON (self->run_button), searching        ? _ ("Searching…")
                                                         : self->searched ? _ ("Search again")
                                                                          : _ ("Find the mandrel"));
  gtk_widget_set_sensitive (
      self->run_button,
      (self->of == NULL || (self->site != NULL && self->has_catheter && self->jobs[WILLIS_CATHETER_SITE] == NULL))
          && !searching);
  gtk_widget_set_visible (self->keep_button, self->picked != NULL);
  gtk_widget_set_sensitive (self->sheet_button, shaped);
  gtk_widget_set_sensitive (self->jig_button, shaped);
}

static void
show_panel (WillisCatheterPage *self)
{
  gboolean any = self->alternatives->len > 0;

  say_way (self);
  gtk_widget_set_visible (self->way_group, self->of != NULL);
  gtk_widget_set_visible (self->tools_group, self->of != NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->fit_text), self->of != NULL);
  gtk_widget_set_visible (self->test_bin, self->of != NULL);
  gtk_widget_set_visible (self->picture_bin, any);
  gtk_widget_set_visible (self->play_box, any);
  gtk_widget_set_visible (self->files_box, any);
  gtk_widget_set_visible (self->numbers_bin, any);
  willis_mandrel_picture_show (WILLIS_MANDREL_PICTURE (self->picture), &self->values.catheter,
                               self->picked != NULL ? &self->picked->proposal->shape : NULL);
  _willis_catheter_page_fill_shapes (self);
  _willis_catheter_page_fill_results (self);
  update_buttons (self);
}

static void
say_reach (WillisCatheterPage *self)
{
  g_autofree char *text = NULL;

  if (!self->searched || self->found == NULL || self->found->design.reachable)
    return;
  text = g_strdup_printf (
      _ ("No shape that was tried brings this catheter's tip within 1 mm and 15° of what is wanted; the nearest "
         "comes to rest %.1f mm from the target. Move the target, or take another catheter."),
      self->found->design.nearest_mm);
  gtk_label_set_text (self->problem_label, text);
  gtk_widget_set_visible (GTK_WIDGET (self->problem_label), TRUE);
}

void
_willis_catheter_page_show (WillisCatheterPage *self)
{
  show_panel (self);
  say_reach (self);
  if (self->scene_id == 0)
    self->scene_id = g_timeout_add (SCENE_PAUSE_MS, on_scene, self);
}

/* --- hands */

static void
set_click (WillisCatheterPage *self, WillisCatheterClick click)
{
  WillisScene *scene = willis_view3d_get_scene (self->view);

  self->click = click;
  self->updating = TRUE;
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (self->entry_button), click == WILLIS_CLICK_ENTRY);
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (self->target_button), click == WILLIS_CLICK_TARGET);
  self->updating = FALSE;
  if (scene != NULL && self->shown)
    set_walls (self, scene);
}

static void
on_click_button (GtkToggleButton *button, WillisCatheterPage *self)
{
  WillisCatheterClick click = GTK_WIDGET (button) == self->entry_button ? WILLIS_CLICK_ENTRY : WILLIS_CLICK_TARGET;

  if (!self->updating)
    set_click (self, gtk_toggle_button_get_active (button) ? click : WILLIS_CLICK_NONE);
}

/* A click inside the sac is the target; one on its wall is where the tip should point, from the neck. */
static void
click_target (WillisCatheterPage *self, const double at[3])
{
  const WillisShapingSite *site = self->site->site;
  double target[3], direction[3], depth;

  vec3_sub (direction, at, site->neck);
  depth = vec3_normalize (direction);
  if (willis_lumen_sample (site->lumen, at, NULL, NULL) > ON_WALL_MM)
    {
      vec3_copy (target, at);
      vec3_copy (direction, site->direction);
    }
  else
    vec3_axpy (target, site->neck, fmin (AIM_SHARE * depth, fmax (depth - WILLIS_DOME_CLEARANCE_MM, 0.25 * depth)),
               direction);
  _willis_catheter_page_follow (self, target, direction, TRUE);
}

/* Slices and 3D both move the crosshair to what was clicked. */
static void
on_crosshair (WillisCatheterPage *self)
{
  WillisCatheterClick click = self->click;
  double at[3];

  if (click == WILLIS_CLICK_NONE || self->site == NULL
      || willis_session_step (session_of (self)) != WILLIS_STEP_CATHETER)
    return;
  vec3_copy (at, willis_session_crosshair (session_of (self)));
  set_click (self, WILLIS_CLICK_NONE);
  if (click == WILLIS_CLICK_TARGET)
    click_target (self, at);
  else
    {
      vec3_copy (self->entry, at);
      _willis_catheter_page_start (self, WILLIS_CATHETER_SITE);
    }
}

static void
on_ring (WillisView3d *view, const char *id, gboolean finished, WillisCatheterPage *self)
{
  WillisScene *scene = willis_view3d_get_scene (view);
  double radius;
  WillisNeck ring;

  if (scene == NULL || self->site == NULL || g_strcmp0 (id, WILLIS_CATHETER_TARGET) != 0
      || !willis_scene_get_ring (scene, WILLIS_CATHETER_TARGET, &ring, &radius))
    return;
  _willis_catheter_page_follow (self, ring.centre_lps_mm, ring.normal, finished);
}

/* Nudged in a slice: 3D's ring follows with the answer. */
static void
on_place (WillisCatheterPage *self)
{
  WillisSession *session = session_of (self);
  gboolean finished;
  double at[3];

  if (self->site == NULL || !self->shown || willis_session_step (session) != WILLIS_STEP_CATHETER)
    return;
  finished = willis_session_moved_place (session, at);
  _willis_catheter_page_follow (self, at, self->site->site->direction, finished);
}

static void
on_shape_row (GtkListBox *list, GtkListBoxRow *row, WillisCatheterPage *self)
{
  WillisAlternative *a = row != NULL ? _willis_catheter_page_alternative (
                             self, GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (row), "alternative")))
                                     : NULL;

  if (self->updating || a == NULL || a == self->picked)
    return;
  _willis_catheter_page_pick (self, a);
}

static void
on_numbers (WillisCatheterPage *self)
{
  WillisCatheter before = self->values.catheter;

  willis_catheter_numbers_get (WILLIS_CATHETER_NUMBERS (self->numbers), &self->values);
  if (memcmp (&before, &self->values.catheter, sizeof before) != 0) // the others were for another catheter
    _willis_catheter_page_drop_alternatives (self);
  _willis_catheter_page_say_fit (self);
  self->has_shape = TRUE;
  self->of_plan = FALSE;
  _willis_catheter_page_start (self, WILLIS_CATHETER_SEAT);
}

static void
on_number_target (WillisCatheterPage *self)
{
  WillisCatheterValues values;

  willis_catheter_numbers_get (WILLIS_CATHETER_NUMBERS (self->numbers), &values);
  if (self->site != NULL)
    _willis_catheter_page_follow (self, values.target, self->site->site->direction, TRUE);
}

static void
on_play_button (WillisCatheterPage *self)
{
  if (self->updating)
    return;
  g_clear_handle_id (&self->play_id, g_source_remove);
  if (!gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (self->play_button)))
    {
      if (self->jobs[WILLIS_CATHETER_PLAY] != NULL)
        willis_job_cancel (self->jobs[WILLIS_CATHETER_PLAY]);
      return;
    }
  _willis_catheter_page_start (self, WILLIS_CATHETER_PLAY);
}

/* What a press would do. */
static void
on_play_shown (WillisCatheterPage *self)
{
  gboolean playing = gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (self->play_button));
  const char *says = playing ? _ ("Stop the insertion") : _ ("Play the insertion");

  gtk_button_set_icon_name (GTK_BUTTON (self->play_button),
                            playing ? "media-playback-stop-symbolic" : "media-playback-start-symbolic");
  gtk_widget_set_tooltip_text (self->play_button, says);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->play_button), GTK_ACCESSIBLE_PROPERTY_LABEL, says, -1);
}

void
willis_catheter_page_toggle_play (WillisCatheterPage *self)
{
  GtkToggleButton *button = GTK_TOGGLE_BUTTON (self->play_button);

  if (self->picked != NULL && gtk_widget_get_visible (self->play_box) && gtk_widget_is_sensitive (self->play_box))
    gtk_toggle_button_set_active (button, !gtk_toggle_button_get_active (button));
}

static void
on_play_time (WillisCatheterPage *self)
{
  WillisScene *scene = willis_view3d_get_scene (self->view);
  guint n = (guint) lrint (gtk_adjustment_get_value (self->play_time));
  const GArray *line;

  if (self->updating || self->play == NULL || scene == NULL || !self->shown || n >= self->play->stages->len)
    return;
  line = self->play->stages->pdata[n];
  if (n + 1 == self->play->stages->len)
    show_scene (self); // at rest, as it was worked out
  else
    willis_catheter_scene_play (scene, (const double *) line->data, line->len / 3, radius_of (self));
}

static void
on_sheet (WillisCatheterPage *self)
{
  _willis_catheter_page_export (self, FALSE);
}

static void
on_jig (WillisCatheterPage *self)
{
  _willis_catheter_page_export (self, TRUE);
}

static void
on_keep (WillisCatheterPage *self)
{
  if (self->picked != NULL && self->site != NULL)
    _willis_catheter_page_keep (self, _ ("Choose the catheter's shape"));
}

static void
on_run (WillisCatheterPage *self)
{
  WillisSession *session = session_of (self);
  WillisCase *c = willis_session_case (session);

  if (c == NULL || willis_case_tree (c) == NULL)
    willis_session_set_step (session, WILLIS_STEP_VESSELS);
  else if (willis_session_shown_aneurysm (session) == NULL)
    willis_session_set_step (session, WILLIS_STEP_ANEURYSM);
  else if (self->site != NULL && self->has_catheter)
    {
      _willis_catheter_page_start (self, WILLIS_CATHETER_SEARCH);
      update_buttons (self);
    }
}

/* --- the whole */

/* What the case's plan says becomes what is at hand: after opening, and after undo. */
static void
adopt_plan (WillisCatheterPage *self, WillisCase *c)
{
  WillisCatheterPlan *plan = willis_case_catheter_plan (c);
  const WillisCatheterPlanData *d;
  const WillisDevice *device;

  g_clear_pointer (&self->plan, willis_catheter_plan_unref);
  self->plan = plan != NULL ? willis_catheter_plan_ref (plan) : NULL;
  if (plan == NULL)
    return;
  d = willis_catheter_plan_data (plan);
  device = willis_catalogue_find (self->catalogue, d->device);
  if (d->aneurysm != willis_session_aneurysm (session_of (self)) || device == NULL
      || !willis_shaping_plan_shape (plan, &self->values.shape))
    return;
  _willis_catheter_page_list (self, d->device);
  _willis_catheter_page_take (self, device);
  self->values.catheter.set_fraction = d->set_fraction;
  self->values.catheter.set_fraction_sd = d->set_fraction_sd;
  self->values.catheter.friction = d->friction;
  for (int i = 0; i < self->values.catheter.n_stations; i++)
    self->values.catheter.ei_n_mm2[i] *= d->stiffness;
  self->values.stiffness = d->stiffness;
  self->has_shape = self->of_plan = TRUE;
  vec3_copy (self->entry, d->entry);
  vec3_copy (self->wanted_target, d->target);
  vec3_copy (self->wanted_direction, d->direction);
  _willis_catheter_page_say_fit (self);
}

static void
forget (WillisCatheterPage *self)
{
  _willis_catheter_page_cancel (self);
  _willis_catheter_page_drop_alternatives (self);
  stop_playing (self);
  g_clear_pointer (&self->site, willis_shared_site_unref);
  g_clear_pointer (&self->of, willis_aneurysm_unref);
  g_clear_pointer (&self->tree, willis_tree_unref);
  g_clear_pointer (&self->surface, willis_surface_unref);
  g_clear_pointer (&self->plan, willis_catheter_plan_unref);
  self->has_shape = self->of_plan = self->in_hand = FALSE;
  self->click = WILLIS_CLICK_NONE;
  for (int k = 0; k < 3; k++)
    self->entry[k] = self->wanted_target[k] = self->wanted_direction[k] = NAN;
}

static void
willis_catheter_page_update (WillisStepPage *page, WillisSession *session)
{
  WillisCatheterPage *self = WILLIS_CATHETER_PAGE (page);
  WillisCase *c = willis_session_case (session);
  WillisAneurysm *aneurysm = willis_session_neck_in_hand (session) ? NULL : willis_session_shown_aneurysm (session);
  WillisTree *tree = c != NULL ? willis_case_tree (c) : NULL;
  WillisSurface *surface = c != NULL ? willis_case_surface (c) : NULL;
  gboolean ready = aneurysm != NULL && tree != NULL && surface != NULL;
  gboolean other = aneurysm != self->of || tree != self->tree || surface != self->surface;

  willis_step_page_say_state (self->state_label, session, WILLIS_STEP_CATHETER);
  if (other)
    {
      forget (self);
      if (ready)
        {
          self->of = willis_aneurysm_ref (aneurysm);
          self->tree = willis_tree_ref (tree);
          self->surface = willis_surface_ref (surface);
        }
    }
  if (ready && (other || willis_case_catheter_plan (c) != self->plan))
    {
      adopt_plan (self, c);
      if (!self->has_catheter)
        {
          _willis_catheter_page_list (self, "echelon-10");
          _willis_catheter_page_catheter_picked (self);
        }
      else
        _willis_catheter_page_start (self, WILLIS_CATHETER_SITE);
      _willis_catheter_page_show (self);
    }
  else if (other)
    _willis_catheter_page_show (self);
  else
    update_buttons (self);
  if (willis_session_step (session) == WILLIS_STEP_CATHETER && !self->shown && self->scene_id == 0)
    self->scene_id = g_timeout_add (SCENE_PAUSE_MS, on_scene, self);
}

/* Away from this step nothing of it is drawn. */
static void
on_selection (WillisCatheterPage *self)
{
  if (willis_session_step (session_of (self)) == WILLIS_STEP_CATHETER)
    return;
  set_click (self, WILLIS_CLICK_NONE);
  hide_scene (self);
}

static void
willis_catheter_page_session_set (WillisStepPage *page, WillisSession *session)
{
  g_signal_connect_object (session, "selection-changed", G_CALLBACK (on_selection), page, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "crosshair-changed", G_CALLBACK (on_crosshair), page, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "place-moved", G_CALLBACK (on_place), page, G_CONNECT_SWAPPED);
}

static void
willis_catheter_page_dispose (GObject *object)
{
  WillisCatheterPage *self = WILLIS_CATHETER_PAGE (object);

  g_clear_handle_id (&self->play_id, g_source_remove);
  g_clear_handle_id (&self->scene_id, g_source_remove);
  g_clear_handle_id (&self->reveal_id, g_source_remove);
  g_clear_pointer (&self->play, willis_catheter_result_free);
  for (int kind = 0; kind < WILLIS_CATHETER_KINDS; kind++)
    {
      if (self->jobs[kind] != NULL)
        willis_job_cancel (self->jobs[kind]);
      g_clear_object (&self->jobs[kind]);
    }
  self->picked = NULL;
  g_clear_pointer (&self->alternatives, g_ptr_array_unref);
  g_clear_pointer (&self->found, willis_catheter_result_free);
  g_clear_pointer (&self->site, willis_shared_site_unref);
  g_clear_pointer (&self->of, willis_aneurysm_unref);
  g_clear_pointer (&self->tree, willis_tree_unref);
  g_clear_pointer (&self->surface, willis_surface_unref);
  g_clear_pointer (&self->plan, willis_catheter_plan_unref);
  g_clear_pointer (&self->choices, g_ptr_array_unref);
  g_clear_pointer (&self->guides, g_ptr_array_unref);
  g_clear_pointer (&self->catalogue, willis_catalogue_unref);
  g_clear_object (&self->chooser);
  G_OBJECT_CLASS (willis_catheter_page_parent_class)->dispose (object);
}

#define BIND(NAME) gtk_widget_class_bind_template_child (widget_class, WillisCatheterPage, NAME)

static void
willis_catheter_page_class_init (WillisCatheterPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = willis_catheter_page_dispose;
  WILLIS_STEP_PAGE_CLASS (klass)->update = willis_catheter_page_update;
  WILLIS_STEP_PAGE_CLASS (klass)->session_set = willis_catheter_page_session_set;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/willis/Willis/steps/catheter-page.ui");
  BIND (state_label);
  BIND (problem_label);
  BIND (content);
  BIND (way_group);
  BIND (entry_label);
  BIND (entry_button);
  BIND (target_label);
  BIND (target_button);
  BIND (tools_group);
  BIND (guide_row);
  BIND (through_row);
  BIND (catheter_row);
  BIND (heat_row);
  BIND (favourite_button);
  BIND (fit_text);
  BIND (test_bin);
  BIND (shapes_group);
  BIND (shapes_list);
  BIND (picture_bin);
  BIND (result_group);
  BIND (result_grid);
  BIND (play_box);
  BIND (play_button);
  BIND (play_scale);
  BIND (play_time);
  BIND (numbers_bin);
  BIND (files_box);
  BIND (sheet_button);
  BIND (jig_button);
  BIND (keep_button);
  BIND (run_button);
}

static void
connect_hands (WillisCatheterPage *self)
{
  g_signal_connect (self->entry_button, "toggled", G_CALLBACK (on_click_button), self);
  g_signal_connect (self->target_button, "toggled", G_CALLBACK (on_click_button), self);
  g_signal_connect (self->shapes_list, "row-selected", G_CALLBACK (on_shape_row), self);
  g_signal_connect_swapped (self->numbers, "changed", G_CALLBACK (on_numbers), self);
  g_signal_connect_swapped (self->numbers, "target-changed", G_CALLBACK (on_number_target), self);
  g_signal_connect_swapped (self->play_button, "toggled", G_CALLBACK (on_play_button), self);
  g_signal_connect_swapped (self->play_button, "notify::active", G_CALLBACK (on_play_shown), self);
  g_signal_connect_swapped (self->play_time, "value-changed", G_CALLBACK (on_play_time), self);
  g_signal_connect_swapped (self->sheet_button, "clicked", G_CALLBACK (on_sheet), self);
  g_signal_connect_swapped (self->jig_button, "clicked", G_CALLBACK (on_jig), self);
  g_signal_connect_swapped (self->keep_button, "clicked", G_CALLBACK (on_keep), self);
  g_signal_connect_swapped (self->run_button, "clicked", G_CALLBACK (on_run), self);
}

static void
willis_catheter_page_init (WillisCatheterPage *self)
{
  g_autoptr (GError) error = NULL;

  gtk_widget_init_template (GTK_WIDGET (self));
  for (int k = 0; k < 3; k++)
    self->entry[k] = self->wanted_target[k] = self->wanted_direction[k] = NAN;
  self->values.stiffness = 1.0;
  self->draws = WILLIS_SHAPING_DRAWS;
  self->effort = 1.0;
  _willis_catheter_page_drop_alternatives (self);
  self->catalogue = willis_catalogue_load (TRUE, &error);
  if (self->catalogue == NULL) // a file of the user's own is at fault: say so, go on with ours
    {
      gtk_label_set_text (self->problem_label, error->message);
      gtk_widget_set_visible (GTK_WIDGET (self->problem_label), TRUE);
      self->catalogue = willis_catalogue_load (FALSE, NULL);
    }
  self->guides = willis_guide_list (self->catalogue);
  self->choices = g_ptr_array_new ();
  self->picture = willis_mandrel_picture_new (TRUE);
  adw_bin_set_child (ADW_BIN (self->picture_bin), self->picture);
  self->numbers = willis_catheter_numbers_new ();
  adw_bin_set_child (ADW_BIN (self->numbers_bin), self->numbers);
  _willis_catheter_page_init_tools (self);
  connect_hands (self);
}

GtkWidget *
willis_catheter_page_new (WillisSession *session, WillisView3d *view)
{
  GtkWidget *page = willis_step_page_new (WILLIS_TYPE_CATHETER_PAGE, session);

  WILLIS_CATHETER_PAGE (page)->view = view;
  g_signal_connect_object (view, "ring-dragged", G_CALLBACK (on_ring), page, 0);
  return page;
}
