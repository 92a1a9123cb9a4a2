/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Small changes of the case by hand: answers, names; the way along the arteries.
 */
#include "core/base/i18n.h"
#include "core/vessel/anatomy.h"
#include "ui/model/session-private.h"

gboolean
willis_session_set_risk_answers (WillisSession *self, int aneurysm, const WillisRiskInputs *answers)
{
  WillisCase *copy;

  if (self->c == NULL || self->case_job != NULL || aneurysm < 0 || aneurysm >= (int) willis_case_n_aneurysms (self->c))
    return FALSE;
  copy = willis_case_copy (self->c);
  willis_case_set_risk_answers (copy, (gsize) aneurysm, answers);
  willis_session_commit (self, copy, _ ("Answer for the risk scores"));
  return TRUE;
}

gboolean
willis_session_rename_branch (WillisSession *self, int n, const char *name)
{
  g_autoptr (WillisCase) copy = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *doubt = NULL;

  if (self->c == NULL || self->case_job != NULL || n < 0)
    return FALSE;
  copy = willis_case_copy (self->c);
  if (!willis_case_rename_branch (copy, (gsize) n, name, &error))
    {
      willis_session_say (self, TRUE, "%s", error->message);
      return FALSE;
    }
  willis_session_commit (self, g_steal_pointer (&copy), _ ("Name the artery"));
  doubt = willis_anatomy_name_doubt (willis_case_tree (self->c), (gsize) n);
  if (doubt != NULL)
    willis_session_say (self, FALSE, "%s", doubt);
  return TRUE;
}

/* --- the way */

static WillisTree *
tree_of (WillisSession *self)
{
  return self->c != NULL ? willis_case_tree (self->c) : NULL;
}

/* The node where the way begins or ends; -1 where there is none. */
static int
end_node (WillisSession *self, gboolean at_end)
{
  WillisTree *tree = tree_of (self);
  const WillisBranch *first, *next;
  guint n = self->way->len;

  if (tree == NULL || n == 0)
    return -1;
  first = willis_tree_branch (tree, (gsize) g_array_index (self->way, int, at_end ? n - 1 : 0));
  if (n == 1)
    return first->node[at_end ? 1 : 0];
  next = willis_tree_branch (tree, (gsize) g_array_index (self->way, int, at_end ? n - 2 : 1));
  return first->node[0] == next->node[0] || first->node[0] == next->node[1] ? first->node[1] : first->node[0];
}

gboolean
_willis_session_way_holds (WillisSession *self)
{
  WillisTree *tree = tree_of (self);

  for (guint i = 0; i < self->way->len; i++)
    {
      int n = g_array_index (self->way, int, i);
      const WillisBranch *a, *b;

      if (tree == NULL || n < 0 || n >= (int) willis_tree_n_branches (tree))
        return FALSE;
      if (i == 0)
        continue;
      a = willis_tree_branch (tree, (gsize) g_array_index (self->way, int, i - 1));
      b = willis_tree_branch (tree, (gsize) n);
      if (a->node[0] != b->node[0] && a->node[0] != b->node[1] && a->node[1] != b->node[0] && a->node[1] != b->node[1])
        return FALSE;
    }
  return TRUE;
}

#define FOLLOW_SAMPLES 15

/* The branch of now that runs where most of the middle of branch n of old ran; -1: none. */
static int
same_artery (const WillisTree *old, int n, const WillisTree *now)
{
  const WillisBranch *b = willis_tree_branch (old, (gsize) n);
  g_autofree int *votes = g_new0 (int, willis_tree_n_branches (now) + 1);
  int best = -1;

  for (gsize k = 0; k < FOLLOW_SAMPLES; k++)
    {
      gsize i = (gsize) ((0.1 + 0.8 * (double) k / (FOLLOW_SAMPLES - 1)) * (double) (b->n_points - 1) + 0.5);
      double distance;
      int near;

      if (!willis_tree_nearest (now, b->points_lps_mm + 3 * i, &near, NULL, &distance)
          || distance > b->radius_mm[i] + 0.5)
        continue;
      votes[near]++;
      if (best < 0 || votes[near] > votes[best])
        best = near;
    }
  return best >= 0 && 3 * votes[best] >= FOLLOW_SAMPLES ? best : -1;
}

void
_willis_session_follow_tree (WillisSession *self, const WillisTree *old, const WillisTree *now)
{
  g_autoptr (GArray) way = g_array_new (FALSE, FALSE, sizeof (int));

  if (old == NULL || now == NULL || g_str_equal (willis_tree_digest (old), willis_tree_digest (now)))
    return;
  for (guint i = 0; i < self->way->len; i++)
    {
      int n = same_artery (old, g_array_index (self->way, int, i), now);

      if (n >= 0 && (way->len == 0 || g_array_index (way, int, way->len - 1) != n))
        g_array_append_val (way, n);
    }
  if (self->branch >= 0)
    self->branch = same_artery (old, self->branch, now);
  g_array_set_size (self->way, 0);
  g_array_append_vals (self->way, way->data, way->len);
}

const GArray *
willis_session_way (WillisSession *self)
{
  return self->way;
}

static gboolean
in_way (WillisSession *self, int n)
{
  for (guint i = 0; i < self->way->len; i++)
    if (g_array_index (self->way, int, i) == n)
      return TRUE;
  return FALSE;
}

GArray *
willis_session_way_neighbours (WillisSession *self, gboolean at_end)
{
  WillisTree *tree = tree_of (self);
  GArray *found = g_array_new (FALSE, FALSE, sizeof (int));
  int node = end_node (self, at_end);

  for (int n = 0; node >= 0 && n < (int) willis_tree_n_branches (tree); n++)
    {
      const WillisBranch *b = willis_tree_branch (tree, (gsize) n);

      if ((b->node[0] == node) != (b->node[1] == node) && !in_way (self, n))
        g_array_append_val (found, n);
    }
  return found;
}

gboolean
willis_session_extend_way (WillisSession *self, int n)
{
  for (int at_end = 1; at_end >= 0; at_end--)
    {
      g_autoptr (GArray) near = willis_session_way_neighbours (self, at_end != 0);

      for (guint i = 0; i < near->len; i++)
        if (g_array_index (near, int, i) == n)
          {
            if (at_end)
              g_array_append_val (self->way, n);
            else
              g_array_prepend_val (self->way, n);
            _willis_session_emit (self, WILLIS_SESSION_SELECTION_CHANGED);
            return TRUE;
          }
    }
  return FALSE;
}

/* --- the C-arm */

WillisCArmLimits
willis_session_c_arm_limits (WillisSession *self)
{
  return self->limits;
}

void
willis_session_set_c_arm_limits (WillisSession *self, const WillisCArmLimits *limits)
{
  const double least = 5.0 * G_PI / 180.0;
  const WillisCArmLimits now = { CLAMP (limits->primary_max, least, G_PI), CLAMP (limits->secondary_max, least, 0.5 * G_PI) };

  if (now.primary_max == self->limits.primary_max && now.secondary_max == self->limits.secondary_max)
    return;
  self->limits = now;
  g_clear_pointer (&self->views_of, willis_aneurysm_unref);
  g_clear_pointer (&self->views, g_array_unref);
  _willis_session_emit (self, WILLIS_SESSION_DISPLAY_CHANGED);
}
