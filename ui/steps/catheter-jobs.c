/* SPDX-License-Identifier: Apache-2.0 */
/* Work of the catheter step on threads: what is started, and what becomes of what it gives. */
#include <math.h>

#include "core/base/i18n.h"
#include "ui/steps/catheter-page-private.h"
#include "ui/steps/catheter-scene.h"

#define REVEAL_MS 100

typedef struct
{
  WillisCatheterPage *page;
  WillisCatheterKind kind;
  guint alternative; // of CLOUD
} Errand;

static WillisSession *
session_of (WillisCatheterPage *self)
{
  return willis_step_page_session (WILLIS_STEP_PAGE (self));
}

static void
say_problem (WillisCatheterPage *self, const char *text)
{
  gtk_label_set_text (self->problem_label, text != NULL ? text : "");
  gtk_widget_set_visible (GTK_WIDGET (self->problem_label), text != NULL);
}

static void
alternative_free (gpointer data)
{
  WillisAlternative *a = data;

  willis_catheter_result_free (a->own);
  willis_catheter_result_free (a->cloud);
  g_free (a);
}

void
_willis_catheter_page_drop_alternatives (WillisCatheterPage *self)
{
  if (self->jobs[WILLIS_CATHETER_CLOUD] != NULL)
    willis_job_cancel (self->jobs[WILLIS_CATHETER_CLOUD]);
  g_clear_object (&self->jobs[WILLIS_CATHETER_CLOUD]);
  self->picked = NULL;
  self->searched = FALSE;
  g_clear_pointer (&self->alternatives, g_ptr_array_unref);
  self->alternatives = g_ptr_array_new_with_free_func (alternative_free);
  g_clear_pointer (&self->found, willis_catheter_result_free);
}

static WillisAlternative *
add_alternative (WillisCatheterPage *self, const WillisShapeProposal *proposal, WillisCatheterResult *own)
{
  WillisAlternative *a = g_new0 (WillisAlternative, 1);

  a->id = ++self->next_id;
  a->proposal = proposal;
  a->own = own;
  g_ptr_array_add (self->alternatives, a);
  return a;
}

/* A shape by hand or of the plan is the last one of the list; there is one. */
static WillisAlternative *
put_by_hand (WillisCatheterPage *self, WillisCatheterResult *own)
{
  WillisAlternative *put;

  for (guint i = self->alternatives->len; i-- > 0;)
    {
      WillisAlternative *a = self->alternatives->pdata[i];

      if (a->own == NULL)
        continue;
      if (self->cloud_of == a->id && self->jobs[WILLIS_CATHETER_CLOUD] != NULL)
        {
          willis_job_cancel (self->jobs[WILLIS_CATHETER_CLOUD]);
          g_clear_object (&self->jobs[WILLIS_CATHETER_CLOUD]);
        }
      if (self->picked == a)
        self->picked = NULL;
      g_ptr_array_remove_index (self->alternatives, i);
    }
  put = add_alternative (self, &g_array_index (own->design.proposals, WillisShapeProposal, 0), own);
  put->of_plan = self->of_plan;
  return put;
}

void
_willis_catheter_page_keep (WillisCatheterPage *self, const char *label)
{
  WillisSession *session = session_of (self);
  guint guide = adw_combo_row_get_selected (ADW_COMBO_ROW (self->guide_row));
  const WillisDevice *g = guide > 0 && guide <= self->guides->len ? self->guides->pdata[guide - 1] : NULL;
  WillisCase *copy = willis_case_copy (willis_session_case (session));
  WillisCatheterPlan *plan = willis_shaping_plan_new (
      self->site->site, &self->values.catheter, g != NULL ? g->id : NULL, willis_session_aneurysm (session),
      isnan (self->site->entry[0]) ? NULL : self->site->entry, _willis_alternative_proposal (self->picked),
      self->picked->own == NULL && self->found != NULL ? &self->found->design : NULL,
      self->picked->cloud != NULL ? &self->picked->cloud->handling : NULL, self->values.stiffness);

  willis_case_set_catheter_plan (copy, plan);
  g_clear_pointer (&self->plan, willis_catheter_plan_unref);
  self->plan = plan; // ours: no need to look at it again
  willis_session_commit (session, copy, label);
}

/* --- what came back */

static void
site_done (WillisCatheterPage *self, WillisCatheterResult *result)
{
  gboolean seat = self->has_shape;

  g_clear_pointer (&self->site, willis_shared_site_unref);
  _willis_catheter_page_drop_alternatives (self);
  self->site = willis_shared_site_ref (result->site);
  vec3_copy (self->values.target, self->site->site->target);
  willis_catheter_numbers_set (WILLIS_CATHETER_NUMBERS (self->numbers), &self->values);
  _willis_catheter_page_show (self);
  if (seat)
    _willis_catheter_page_start (self, WILLIS_CATHETER_SEAT);
}

/* The cards come into view once they are laid out. */
static gboolean
reveal_shapes (gpointer data)
{
  WillisCatheterPage *self = data;
  GtkWidget *scrolled = gtk_widget_get_ancestor (self->content, GTK_TYPE_SCROLLED_WINDOW);
  double x, y;

  self->reveal_id = 0;
  if (scrolled != NULL && gtk_widget_translate_coordinates (self->shapes_group, self->content, 0, 0, &x, &y))
    gtk_adjustment_set_value (gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (scrolled)), y);
  return G_SOURCE_REMOVE;
}

static void
search_done (WillisCatheterPage *self, WillisCatheterResult *result)
{
  _willis_catheter_page_drop_alternatives (self);
  self->found = result;
  self->searched = TRUE;
  for (guint i = 0; i < result->design.proposals->len; i++)
    add_alternative (self, &g_array_index (result->design.proposals, WillisShapeProposal, i), NULL);
  if (self->alternatives->len > 0)
    _willis_catheter_page_pick (self, self->alternatives->pdata[0]);
  _willis_catheter_page_next_cloud (self);
  g_clear_handle_id (&self->reveal_id, g_source_remove);
  self->reveal_id = g_timeout_add (REVEAL_MS, reveal_shapes, self);
}

/* The newest place of the target that was not followed yet; where the ring was let go, the cloud of what came out. */
static void
follow_next (WillisCatheterPage *self)
{
  if (self->wanted)
    _willis_catheter_page_start (self, WILLIS_CATHETER_FOLLOW);
  else if (self->settle)
    {
      WillisCase *c = willis_session_case (session_of (self));

      self->settle = FALSE;
      _willis_catheter_page_show (self);
      if (self->picked != NULL && self->plan != NULL && willis_case_catheter_plan_state (c) == WILLIS_STATE_FRESH)
        _willis_catheter_page_keep (self, _ ("Move the target of the catheter"));
      _willis_catheter_page_next_cloud (self);
    }
}

static void
follow_done (WillisCatheterPage *self, WillisCatheterResult *result)
{
  WillisSharedSite *site = willis_shared_site_ref (result->site);

  _willis_catheter_page_drop_alternatives (self); // they were for another target
  g_clear_pointer (&self->site, willis_shared_site_unref);
  self->site = site;
  vec3_copy (self->values.target, site->site->target);
  self->of_plan = FALSE; // the plan's was for the target before
  if (result->design.proposals != NULL)
    _willis_catheter_page_pick (self, put_by_hand (self, result));
  else
    {
      willis_catheter_result_free (result);
      _willis_catheter_page_show (self);
    }
}

static void
cloud_done (WillisCatheterPage *self, guint alternative, WillisCatheterResult *result)
{
  WillisAlternative *a = _willis_catheter_page_alternative (self, alternative);

  if (a == NULL)
    {
      willis_catheter_result_free (result);
      return;
    }
  if (result != NULL)
    {
      WillisShapeProposal *p = &g_array_index (result->design.proposals, WillisShapeProposal, 0);

      p->rank = a->proposal->rank;
      a->cloud = result;
    }
  a->no_cloud = result == NULL;
  _willis_catheter_page_show (self);
  _willis_catheter_page_next_cloud (self);
}

static gboolean
on_play (gpointer data)
{
  WillisCatheterPage *self = data;
  double at = gtk_adjustment_get_value (self->play_time), end = gtk_adjustment_get_upper (self->play_time);

  if (at + 1.0 > end)
    {
      self->play_id = 0;
      gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (self->play_button), FALSE);
      return G_SOURCE_REMOVE;
    }
  gtk_adjustment_set_value (self->play_time, at + 1.0);
  return G_SOURCE_CONTINUE;
}

static void
play_done (WillisCatheterPage *self, WillisCatheterResult *result)
{
  g_clear_pointer (&self->play, willis_catheter_result_free);
  self->play = result;
  self->updating = TRUE;
  gtk_adjustment_set_upper (self->play_time, (double) MAX (result->stages->len, 2) - 1.0);
  gtk_adjustment_set_value (self->play_time, 0.0);
  self->updating = FALSE;
  if (self->play_id == 0)
    self->play_id = g_timeout_add (150, on_play, self);
}

static void
take (WillisCatheterPage *self, const Errand *errand, WillisCatheterResult *result)
{
  switch (errand->kind)
    {
    case WILLIS_CATHETER_SITE:
      site_done (self, result);
      willis_catheter_result_free (result);
      break;
    case WILLIS_CATHETER_SEARCH:
      search_done (self, result);
      break;
    case WILLIS_CATHETER_FOLLOW:
      follow_done (self, result);
      follow_next (self);
      break;
    case WILLIS_CATHETER_SEAT:
      _willis_catheter_page_pick (self, put_by_hand (self, result));
      _willis_catheter_page_next_cloud (self);
      break;
    case WILLIS_CATHETER_CLOUD:
      cloud_done (self, errand->alternative, result);
      break;
    case WILLIS_CATHETER_PLAY:
    default:
      play_done (self, result);
      break;
    }
}

static void
failed (WillisCatheterPage *self, const Errand *errand, const GError *error)
{
  gboolean cancelled = g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);

  if (!cancelled)
    say_problem (self, error->message);
  if (!cancelled && errand->kind == WILLIS_CATHETER_SITE && !isnan (self->wanted_target[0]))
    {
      /* the target of a plan that the sac has outgrown: the proposed one instead */
      self->wanted_target[0] = self->wanted_direction[0] = NAN;
      _willis_catheter_page_start (self, WILLIS_CATHETER_SITE);
    }
  if (errand->kind == WILLIS_CATHETER_CLOUD)
    cloud_done (self, errand->alternative, NULL);
  else if (errand->kind == WILLIS_CATHETER_FOLLOW)
    follow_next (self);
  else if (errand->kind == WILLIS_CATHETER_PLAY)
    gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (self->play_button), FALSE);
  _willis_catheter_page_show (self);
}

static void
done (WillisJob *job, gpointer result, const GError *error, gpointer data)
{
  Errand *errand = data;
  WillisCatheterPage *self = errand->page;

  if (self->jobs[errand->kind] == job)
    {
      g_clear_object (&self->jobs[errand->kind]);
      if (result != NULL)
        {
          if (errand->kind != WILLIS_CATHETER_CLOUD)
            say_problem (self, NULL);
          take (self, errand, result);
        }
      else
        failed (self, errand, error);
    }
  else
    willis_catheter_result_free (result);
  g_object_unref (self);
  g_free (errand);
}

/* --- what is started */

static const char *
label_of (WillisCatheterKind kind)
{
  switch (kind)
    {
    case WILLIS_CATHETER_SITE:
      return _ ("Finding the way to the sac");
    case WILLIS_CATHETER_SEARCH:
      return _ ("Searching mandrels");
    case WILLIS_CATHETER_CLOUD:
      return _ ("Counting the chance");
    case WILLIS_CATHETER_PLAY:
      return _ ("Working out the insertion");
    default:
      return _ ("Seating the catheter");
    }
}

static void
stop (WillisCatheterPage *self, WillisCatheterKind kind)
{
  if (self->jobs[kind] != NULL)
    willis_job_cancel (self->jobs[kind]);
  g_clear_object (&self->jobs[kind]);
}

void
_willis_catheter_page_cancel (WillisCatheterPage *self)
{
  for (int kind = 0; kind < WILLIS_CATHETER_KINDS; kind++)
    stop (self, (WillisCatheterKind) kind);
  self->wanted = self->settle = FALSE;
}

/* What is at hand becomes the task; an older one of the same kind is given up, and what it makes void. */
static void
start (WillisCatheterPage *self, WillisCatheterKind kind, const WillisAlternative *of)
{
  WillisCatheterTask *task = willis_catheter_task_new (kind);
  Errand *errand = g_new0 (Errand, 1);
  WillisSession *session = session_of (self);
  WillisJob *job;

  stop (self, kind);
  if (kind == WILLIS_CATHETER_SITE || kind == WILLIS_CATHETER_SEARCH || kind == WILLIS_CATHETER_FOLLOW)
    for (int other = WILLIS_CATHETER_SEARCH; other < WILLIS_CATHETER_KINDS; other++)
      stop (self, (WillisCatheterKind) other);
  task->catheter = self->values.catheter;
  task->shape = of != NULL ? of->proposal->shape : self->values.shape;
  task->at_rest = self->settle;
  task->draws = self->draws;
  task->effort = self->effort;
  task->has_shape = of != NULL || self->has_shape;
  if (self->has_shape && self->values.shape.shaped)
    task->heating = self->values.shape.heating;
  task->heating.heat
      = adw_combo_row_get_selected (ADW_COMBO_ROW (self->heat_row)) == 1 ? WILLIS_HEAT_AIR : WILLIS_HEAT_STEAM;
  if (kind == WILLIS_CATHETER_SITE)
    {
      task->c = willis_case_copy (willis_session_case (session));
      task->aneurysm = willis_session_aneurysm (session);
      vec3_copy (task->entry, self->entry);
    }
  else
    task->site = willis_shared_site_ref (self->site);
  if (kind == WILLIS_CATHETER_FOLLOW || kind == WILLIS_CATHETER_SITE)
    {
      vec3_copy (task->target, self->wanted_target);
      vec3_copy (task->direction, self->wanted_direction);
      self->wanted = FALSE;
    }
  errand->page = g_object_ref (self);
  errand->kind = kind;
  errand->alternative = self->cloud_of = of != NULL ? of->id : 0;
  if (kind == WILLIS_CATHETER_FOLLOW || kind == WILLIS_CATHETER_SEAT) // as quick as hands: not worth a bar
    job = willis_job_start (label_of (kind), willis_catheter_work, task, willis_catheter_task_free,
                            willis_catheter_result_free, done, errand);
  else
    job = g_object_ref (willis_session_start_job (session, label_of (kind), willis_catheter_work, task,
                                                  willis_catheter_task_free, willis_catheter_result_free, done,
                                                  errand));
  self->jobs[kind] = job;
}

void
_willis_catheter_page_start (WillisCatheterPage *self, WillisCatheterKind kind)
{
  if (kind != WILLIS_CATHETER_SITE && self->site == NULL)
    return;
  start (self, kind, NULL);
}

void
_willis_catheter_page_next_cloud (WillisCatheterPage *self)
{
  const WillisAlternative *next = NULL;

  if (self->jobs[WILLIS_CATHETER_CLOUD] != NULL || self->in_hand || self->site == NULL)
    return;
  if (self->picked != NULL && self->picked->cloud == NULL && !self->picked->no_cloud)
    next = self->picked;
  for (guint i = 0; i < self->alternatives->len && next == NULL; i++)
    {
      const WillisAlternative *a = self->alternatives->pdata[i];

      if (a->cloud == NULL && !a->no_cloud)
        next = a;
    }
  if (next != NULL)
    start (self, WILLIS_CATHETER_CLOUD, next);
}

void
_willis_catheter_page_follow (WillisCatheterPage *self, const double target[3], const double direction[3],
                              gboolean finished)
{
  vec3_copy (self->wanted_target, target);
  vec3_copy (self->wanted_direction, direction);
  self->wanted = TRUE;
  self->in_hand = !finished;
  self->settle = self->settle || finished;
  if (self->jobs[WILLIS_CATHETER_FOLLOW] == NULL)
    _willis_catheter_page_start (self, WILLIS_CATHETER_FOLLOW);
}
