/* SPDX-License-Identifier: Apache-2.0 */
/* Where a march's solves ended, for marches nearby to start theirs from. */
#include <string.h>

#include "solver/insertion/insertion-private.h"

#define NEAR_MM 0.5 // depths farther apart are not of the same stage

static void
stage_clear (gpointer data)
{
  WillisTrailStage *s = data;

  g_free (s->frames);
  g_free (s->memory);
}

WillisTrail *
willis_trail_new (void)
{
  WillisTrail *trail = g_new (WillisTrail, 1);

  trail->stages = g_array_new (FALSE, FALSE, sizeof (WillisTrailStage));
  g_array_set_clear_func (trail->stages, stage_clear);
  return trail;
}

void
willis_trail_free (WillisTrail *trail)
{
  if (trail == NULL)
    return;
  g_array_unref (trail->stages);
  g_free (trail);
}

void
willis_insertion_set_trail (WillisInsertion *in, WillisTrail *keep, const WillisTrail *follow)
{
  in->keep = keep;
  in->follow = follow;
  in->stage = 0;
}

void
_willis_trail_keep (WillisInsertion *in)
{
  int n = in->model.n_nodes;
  WillisTrailStage s = { n, in->depth[in->lead] };

  if (in->keep == NULL)
    return;
  s.frames = g_memdup2 (in->frames, sizeof *s.frames * n);
  s.memory = g_memdup2 (in->contact.memory, sizeof *s.memory * (2 * n - 1));
  g_array_append_val (in->keep->stages, s);
}

gboolean
_willis_trail_start (WillisInsertion *in)
{
  const WillisTrailStage *s;

  if (in->follow == NULL || in->stage >= in->follow->stages->len)
    return FALSE;
  s = &g_array_index (in->follow->stages, WillisTrailStage, in->stage++);
  if (s->n_nodes != in->model.n_nodes || fabs (s->depth - in->depth[in->lead]) > NEAR_MM)
    return FALSE;
  /* the mouth's own frame stays; a march that stands deeper stands so much farther along the same line */
  memcpy (in->frames + 1, s->frames + 1, sizeof *s->frames * (s->n_nodes - 1));
  if (in->depth[in->lead] != s->depth)
    {
      in->from_tip[0] = s->depth;
      _willis_insertion_slide (in, in->depth[in->lead] - s->depth, s->depth);
      in->from_tip[0] = in->depth[in->lead];
    }
  for (int p = 0; p < in->contact.n_points && in->params.friction > 0.0; p++)
    {
      in->contact.memory[p].bound = s->memory[p].bound;
      vec3_copy (in->contact.memory[p].normal, s->memory[p].normal);
    }
  return TRUE;
}
