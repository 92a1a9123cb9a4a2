/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "solver/insertion/insertion-private.h"

#define WALL 0.3    // default wall stiffness over bending stiffness / element^4: softer than the elements' own
#define SKIN_MM 0.02

static const WillisToolPiece *
piece_at (const WillisTool *tool, double from_tip)
{
  int k = 0;

  while (k + 1 < tool->n_pieces && from_tip > tool->pieces[k].to_mm)
    k++;
  return &tool->pieces[k];
}

/* Adds the mean over [near, far] of a tool's stiffness and of stiffness times natural curvature. */
static void
add_tool (const WillisTool *tool, double far, double near, double weight, double roll, double stiffness[6], double moment[3])
{
  double at = near, c = cos (roll), s = sin (roll);

  while (at < far - 1e-12)
    {
      const WillisToolPiece *p = piece_at (tool, at + 1e-9);
      gboolean last = p == &tool->pieces[tool->n_pieces - 1];
      double to = last ? far : MIN (far, MAX (p->to_mm, at + 1e-9)), part = weight * (to - at) / (far - near);
      double k2 = c * p->rest[1] - s * p->rest[2], k3 = s * p->rest[1] + c * p->rest[2];

      for (int i = 0; i < 6; i++)
        stiffness[i] += part * p->stiffness[i];
      moment[0] += part * p->stiffness[3] * p->rest[0];
      moment[1] += part * p->stiffness[4] * k2;
      moment[2] += part * p->stiffness[5] * k3;
      at = to;
    }
}

void
_willis_insertion_section (const WillisInsertion *in, double far, double near, double stiffness[6], double rest[6],
                           double *radius_mm)
{
  double moment[3] = { 0 };

  memset (stiffness, 0, sizeof (double) * 6);
  *radius_mm = 0.0;
  for (int k = 0; k < WILLIS_TOOLS; k++)
    {
      /* from the leading tip to this tool's own */
      double behind = in->depth[in->lead] - in->depth[k];
      double lo = near - behind, hi = far - behind, share;

      if (!in->present[k] || hi <= 0.0)
        continue;
      share = lo >= 0.0 ? 1.0 : hi / (hi - lo);
      add_tool (&in->tools[k], hi, MAX (lo, 0.0), share, in->roll[k] - in->roll[in->lead], stiffness, moment);
      if (hi > 0.5 * (far - near))
        *radius_mm = MAX (*radius_mm, in->tools[k].radius_mm);
    }
  if (*radius_mm == 0.0)
    *radius_mm = in->tools[in->lead].radius_mm;
  rest[0] = 1.0;
  rest[1] = rest[2] = 0.0;
  for (int i = 0; i < 3; i++)
    rest[3 + i] = moment[i] / stiffness[3 + i];
}

static void
set_point (WillisInsertion *in, int p, int element, int a, int b, double weight, double k, double radius)
{
  in->contact.points[p] = (WillisContactPoint){ element, a, b, weight, k, radius };
}

void
_willis_insertion_rebuild (WillisInsertion *in)
{
  int n = in->model.n_nodes;
  double k = in->params.wall_stiffness, softest = 0.0;

  in->model.n_elements = n - 1;
  in->unit_turn = 0.0;
  for (int e = 0; e < n - 1; e++)
    {
      WillisRodElement *el = &in->model.elements[e];
      double radius, length = in->from_tip[e] - in->from_tip[e + 1];

      _willis_insertion_section (in, in->from_tip[e], in->from_tip[e + 1], el->stiffness, el->rest, &radius);
      el->node[0] = e;
      el->node[1] = e + 1;
      el->length = length;
      softest = MAX (softest, MAX (el->stiffness[4], el->stiffness[5]));
      in->unit_turn = MAX (in->unit_turn, MAX (el->stiffness[4], el->stiffness[5]) / in->params.element_mm);
      /* residual bending flexibility, as in solver/rod/model.h */
      for (int i = 0; i < 2; i++)
        el->stiffness[1 + i] = 1.0 / (1.0 / el->stiffness[1 + i] + length * length / (12.0 * el->stiffness[5 - i]));
      set_point (in, n + e, e, e, e + 1, length * 4.0 / 6.0, 0.0, radius);
    }
  if (k <= 0.0)
    k = in->wall_scale * WALL * softest / pow (in->params.element_mm, 4.0);
  for (int i = 0; i < n; i++)
    {
      double length = 0.0, radius = i > 0 ? in->contact.points[n + i - 1].radius_mm : in->contact.points[n].radius_mm;

      length += i > 0 ? in->model.elements[i - 1].length / 6.0 : 0.0;
      length += i + 1 < n ? in->model.elements[i].length / 6.0 : 0.0;
      /* the tip bears with its round cap; the mouth holds its node itself */
      set_point (in, i, -1, i, i, i == 0 ? 0.0 : i + 1 == n ? 6.0 * length : length, k, radius);
    }
  for (int e = 0; e < n - 1; e++)
    in->contact.points[n + e].stiffness = k;
  in->contact.n_points = 2 * n - 1;
  in->contact.params.stiffness = k;
  in->contact.params.skin_mm = SKIN_MM;
  in->tangent.n = n - 1;
}
