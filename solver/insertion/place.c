/* SPDX-License-Identifier: Apache-2.0 */
/*
 * States that are put, not marched to: a tool laid along a line, as a wire leads it; changed tools, walls and friction in place; a
 * force on the tip. For shaping, where the march starts from the wire's way into the sac.
 */
#include <string.h>

#include "core/base/error.h"
#include "core/base/i18n.h"
#include "solver/insertion/insertion-private.h"

#define FINE_MM 25.0  // from the tip on, elements have their full fineness
#define COARSEST 4.0  // elements farther back grow to so many times their length
#define GROWTH 0.05   // per element

/* Turns the frame so that its first axis is the unit vector t, by the smallest rotation. */
static void
carry (WillisFrame *frame, const double t[3])
{
  double now[3], w[3], q[4], sine, angle;

  willis_frame_axis (frame, 0, now);
  vec3_cross (w, now, t);
  sine = vec3_normalize (w);
  angle = atan2 (sine, vec3_dot (now, t));
  vec3_scale (w, w, angle);
  quat_exp (q, w);
  quat_mul (frame->q, q, frame->q);
  quat_normalize (frame->q);
}

int
willis_insertion_place (WillisInsertion *in, const WillisTool *tool, const double *points_mm, gsize n, GError **error)
{
  g_autofree double *s = g_new0 (double, MAX (n, 1));
  g_autoptr (GArray) at = g_array_new (FALSE, FALSE, sizeof (double));
  double h = in->params.element_mm, size = h, x = 0.0, length;
  WillisFrame frame = in->mouth;
  gsize k = 0;
  int count;

  for (gsize i = 1; i < n; i++)
    s[i] = s[i - 1] + vec3_dist (points_mm + 3 * i, points_mm + 3 * (i - 1));
  length = n > 0 ? s[n - 1] : 0.0;
  if (in->lead >= 0 || !(length >= 2.0 * h) || length / h > 20000)
    {
      willis_fail (error, WILLIS_ERROR_BAD_INPUT, _ ("The tool cannot be put in at %g mm"), length);
      return -1;
    }
  /* distances from the tip */
  for (; x < length - 0.5 * size; x += size)
    {
      g_array_append_val (at, x);
      if (x > FINE_MM)
        size = MIN (COARSEST * h, size * (1.0 + GROWTH));
    }
  g_array_append_val (at, length);
  count = at->len;
  in->tools[0] = *tool;
  in->present[0] = TRUE;
  in->roll[0] = 0.0;
  in->depth[0] = length;
  in->lead = 0;
  _willis_insertion_room (in, count);
  in->model.n_nodes = count;
  for (int i = 0; i < count; i++)
    {
      double from_tip = g_array_index (at, double, count - 1 - i), along = length - from_tip, t[3], f;

      while (k + 2 < n && s[k + 1] < along)
        k++;
      f = (along - s[k]) / MAX (s[k + 1] - s[k], 1e-12);
      vec3_lerp (frame.r, points_mm + 3 * k, points_mm + 3 * (k + 1), f);
      vec3_sub (t, points_mm + 3 * (k + 1), points_mm + 3 * k);
      vec3_normalize (t);
      if (i > 0)
        carry (&frame, t);
      else
        frame = in->mouth;
      in->from_tip[i] = from_tip;
      in->frames[i] = frame;
    }
  _willis_insertion_rebuild (in);
  for (int p = 0; p < in->contact.n_points; p++)
    _willis_insertion_forget (in, p);
  return 0;
}

gboolean
willis_insertion_settle (WillisInsertion *in, GError **error)
{
  int newton = 0;

  _willis_insertion_rebuild (in);
  if (!_willis_insertion_solve (in, &newton))
    return willis_fail (error, WILLIS_ERROR_FAILED, _ ("No equilibrium of the tool was found"));
  willis_contact_field (&in->contact).accept (&in->contact, in->frames);
  _willis_insertion_record (in, newton);
  return TRUE;
}

void
willis_insertion_set_tool (WillisInsertion *in, int tool, const WillisTool *to)
{
  g_return_if_fail (tool >= 0 && tool < WILLIS_TOOLS && in->present[tool]);
  in->tools[tool] = *to;
}

void
willis_insertion_set_friction (WillisInsertion *in, double friction)
{
  in->params.friction = in->contact.params.friction = friction;
}

void
willis_insertion_set_lumen (WillisInsertion *in, WillisLumen *lumen)
{
  willis_lumen_ref (lumen);
  willis_lumen_unref (in->contact.lumen);
  in->contact.lumen = lumen;
  for (int p = 0; p < in->contact.n_points; p++)
    in->contact.memory[p].room_mm = 0.0;
}

void
willis_insertion_set_tip_force (WillisInsertion *in, const double force_un[3])
{
  vec3_copy (in->tip_force, force_un);
}
