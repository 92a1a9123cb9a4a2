/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/steps/catheter-work.h"

#include <math.h>
#include <string.h>

#define PLAY_ELEMENT_MM 0.4

WillisSharedSite *
willis_shared_site_ref (WillisSharedSite *site)
{
  return g_atomic_rc_box_acquire (site);
}

static void
clear_site (gpointer data)
{
  WillisSharedSite *site = data;

  willis_shaping_site_free (site->site);
}

void
willis_shared_site_unref (WillisSharedSite *site)
{
  g_atomic_rc_box_release_full (site, clear_site);
}

static WillisSharedSite *
share (WillisShapingSite *site, const double entry[3])
{
  WillisSharedSite *shared;

  if (site == NULL)
    return NULL;
  shared = g_atomic_rc_box_new0 (WillisSharedSite);
  shared->site = site;
  vec3_copy (shared->entry, entry);
  return shared;
}

WillisCatheterTask *
willis_catheter_task_new (WillisCatheterKind kind)
{
  const WillisHeating heating = WILLIS_HEATING_INIT;
  WillisCatheterTask *task = g_new0 (WillisCatheterTask, 1);

  task->kind = kind;
  task->heating = heating;
  task->draws = WILLIS_SHAPING_DRAWS;
  task->effort = 1.0;
  for (int k = 0; k < 3; k++)
    task->entry[k] = task->target[k] = task->direction[k] = NAN;
  return task;
}

void
willis_catheter_task_free (gpointer data)
{
  WillisCatheterTask *task = data;

  if (task == NULL)
    return;
  g_clear_pointer (&task->c, willis_case_unref);
  g_clear_pointer (&task->site, willis_shared_site_unref);
  g_free (task);
}

void
willis_catheter_result_free (gpointer data)
{
  WillisCatheterResult *result = data;

  if (result == NULL)
    return;
  g_clear_pointer (&result->site, willis_shared_site_unref);
  g_clear_pointer (&result->stages, g_ptr_array_unref);
  willis_design_clear (&result->design);
  g_free (result);
}

static const double *
given (const double x[3])
{
  return isnan (x[0]) ? NULL : x;
}

static gboolean
find_site (const WillisProgress *progress, const WillisCatheterTask *t, WillisCatheterResult *out, GError **error)
{
  WillisAneurysm *a = willis_case_aneurysm (t->c, (gsize) t->aneurysm);
  WillisShapingSiteParams params
      = { given (t->entry), given (t->target), given (t->direction), 0.0, 0.5 * t->catheter.outer_mm };

  out->site
      = share (willis_shaping_site_new (willis_case_surface (t->c), willis_case_tree (t->c), willis_aneurysm_neck (a),
                                        willis_aneurysm_sac (a), &params, progress, error),
               t->entry);
  return out->site != NULL;
}

/* One proposal as the design's only one. */
static void
take_one (WillisDesign *design, const WillisShapeProposal *one)
{
  design->proposals = g_array_new (FALSE, TRUE, sizeof *one);
  g_array_append_vals (design->proposals, one, 1);
  design->reachable = one->reached;
  design->nearest_mm = one->seat.error_mm;
  vec3_copy (design->nearest, one->seat.tip);
}

static void
set_reached (WillisShapeProposal *p)
{
  p->reached = p->seat.error_mm <= WILLIS_REACHED_MM && p->seat.angle <= WILLIS_REACHED_ANGLE;
}

static gboolean
seat_one (const WillisCatheterTask *t, WillisShapeProposal *one, gboolean play, GError **error)
{
  WillisSeatParams params = WILLIS_SEAT_PARAMS_INIT;

  memset (one, 0, sizeof *one);
  one->shape = t->shape;
  params.from_mouth = play;
  if (play) // to look at: where it comes to rest is worked out with short elements
    params.element_mm = PLAY_ELEMENT_MM;
  if (!willis_shaping_seat (t->site->site, &t->catheter, &t->shape, NULL, &params, TRUE, play, &one->seat, error))
    return FALSE;
  set_reached (one);
  return TRUE;
}

static gboolean
follow (const WillisProgress *progress, const WillisCatheterTask *t, WillisCatheterResult *out, GError **error)
{
  WillisDesignParams params = willis_design_params_follow (&t->shape, t->at_rest);
  WillisShapingSite *moved = willis_shaping_site_retarget (t->site->site, t->target, given (t->direction), error);

  if (moved == NULL)
    return FALSE;
  g_clear_pointer (&out->site, willis_shared_site_unref);
  out->site = share (moved, t->site->entry);
  if (!t->has_shape)
    return TRUE;
  params.heating = t->heating;
  return willis_shaping_design (moved, &t->catheter, &params, progress, &out->design, error);
}

static gboolean
cloud (const WillisProgress *progress, const WillisCatheterTask *t, WillisCatheterResult *out, GError **error)
{
  WillisDesignParams params = WILLIS_DESIGN_PARAMS_INIT;
  WillisShapeProposal one;

  if (!seat_one (t, &one, FALSE, error))
    return FALSE;
  if (!willis_shaping_cloud (t->site->site, &t->catheter, &t->shape, &params.spread, params.seed, t->draws,
                             &params.seat, progress, &one.cloud, error)
      || !willis_shaping_handle (t->site->site, &t->catheter, &t->shape, &params.seat, &out->handling, error))
    {
      willis_shape_proposal_clear (&one);
      return FALSE;
    }
  take_one (&out->design, &one);
  return TRUE;
}

static gboolean
work (const WillisProgress *progress, const WillisCatheterTask *t, WillisCatheterResult *out, GError **error)
{
  WillisDesignParams params = WILLIS_DESIGN_PARAMS_INIT;
  WillisShapeProposal one;

  switch (t->kind)
    {
    case WILLIS_CATHETER_SITE:
      return find_site (progress, t, out, error);
    case WILLIS_CATHETER_SEARCH:
      params.heating = t->heating;
      params.effort = t->effort;
      params.n_cloud = 0; // they follow in the background
      return willis_shaping_design (t->site->site, &t->catheter, &params, progress, &out->design, error);
    case WILLIS_CATHETER_FOLLOW:
      return follow (progress, t, out, error);
    case WILLIS_CATHETER_CLOUD:
      return cloud (progress, t, out, error);
    case WILLIS_CATHETER_PLAY:
    case WILLIS_CATHETER_SEAT:
    default:
      if (!seat_one (t, &one, t->kind == WILLIS_CATHETER_PLAY, error))
        return FALSE;
      out->stages = g_steal_pointer (&one.seat.stages);
      take_one (&out->design, &one);
      return TRUE;
    }
}

gpointer
willis_catheter_work (const WillisProgress *progress, gpointer data, GError **error)
{
  const WillisCatheterTask *task = data;
  WillisCatheterResult *out = g_new0 (WillisCatheterResult, 1);

  out->kind = task->kind;
  if (task->site != NULL)
    out->site = willis_shared_site_ref (task->site);
  if (work (progress, task, out, error))
    return out;
  willis_catheter_result_free (out);
  return NULL;
}
