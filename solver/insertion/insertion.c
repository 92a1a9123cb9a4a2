/* SPDX-License-Identifier: Apache-2.0 */
#include "solver/insertion/insertion.h"

#include <string.h>

#include "core/base/error.h"
#include "core/base/i18n.h"
#include "solver/insertion/insertion-private.h"

#define MAX_NODES 20000
#define SMALLEST 1e-3 // of a step: below this the march gives up

WillisInsertion *
willis_insertion_new (WillisLumen *lumen, const WillisFrame *mouth, const WillisInsertionParams *params)
{
  WillisInsertion *in = g_new0 (WillisInsertion, 1);

  in->params = *params;
  in->mouth = *mouth;
  in->lead = -1;
  in->wall_scale = 1.0;
  in->contact.model = &in->model;
  in->contact.lumen = willis_lumen_ref (lumen);
  in->contact.params.friction = params->friction;
  in->contact.tolerance_mm = 1.0;
  in->records = g_array_new (FALSE, FALSE, sizeof (WillisInsertionRecord));
  in->snaps = g_array_new (FALSE, FALSE, sizeof (WillisSnap));
  in->pairs = g_array_new (FALSE, FALSE, sizeof (WillisSelfPair));
  return in;
}

void
willis_insertion_free (WillisInsertion *in)
{
  if (in == NULL)
    return;
  willis_lumen_unref (in->contact.lumen);
  willis_blocktri_clear (&in->tangent);
  g_free (in->from_tip);
  g_free (in->frames);
  g_free (in->trial);
  g_free (in->model.elements);
  g_free (in->contact.points);
  g_free (in->contact.memory);
  g_free (in->gradient);
  g_free (in->step);
  g_free (in->krylov);
  g_array_unref (in->pairs);
  g_array_unref (in->records);
  g_array_unref (in->snaps);
  g_free (in);
}

/* Room for n nodes. Contact memory lies as nodes, then elements, so it is moved when the numbers change. */
void
_willis_insertion_room (WillisInsertion *in, int n)
{
  if (n <= in->room)
    return;
  in->room = MAX (256, 2 * n);
  in->from_tip = g_renew (double, in->from_tip, in->room);
  in->frames = g_renew (WillisFrame, in->frames, in->room);
  in->trial = g_renew (WillisFrame, in->trial, in->room);
  in->model.elements = g_renew (WillisRodElement, in->model.elements, in->room);
  in->contact.points = g_renew (WillisContactPoint, in->contact.points, 2 * in->room);
  in->contact.memory = g_renew (WillisContactMemory, in->contact.memory, 2 * in->room);
  in->gradient = g_realloc_n (in->gradient, in->room, sizeof *in->gradient);
  in->step = g_renew (double, in->step, 6 * in->room);
  in->krylov = g_renew (double, in->krylov, 24 * in->room);
  willis_blocktri_clear (&in->tangent);
  if (willis_blocktri_init (&in->tangent, in->room) != 0)
    g_error ("out of memory for a rod of %d nodes", in->room);
}

/* Adds a node at index at (taken from frame), or takes one out; memory of contact follows. */
static void
insert_node (WillisInsertion *in, int at, double from_tip, const WillisFrame *frame)
{
  int n = in->model.n_nodes;
  WillisContactMemory *m;

  _willis_insertion_room (in, n + 1);
  m = in->contact.memory;
  memmove (in->from_tip + at + 1, in->from_tip + at, sizeof (double) * (n - at));
  memmove (in->frames + at + 1, in->frames + at, sizeof (WillisFrame) * (n - at));
  in->from_tip[at] = from_tip;
  in->frames[at] = *frame;
  /* elements' part: n .. 2 n - 2 becomes n + 1 .. 2 n, with one more at n + 1 + MIN (at, n - 1) */
  for (int e = n - 2; e >= 0; e--)
    m[n + 1 + e + (e >= at - 1)] = m[n + e];
  memmove (m + at + 1, m + at, sizeof *m * (n - at));
  in->model.n_nodes = n + 1;
}

static void
remove_node (WillisInsertion *in, int at)
{
  int n = in->model.n_nodes;
  WillisContactMemory *m = in->contact.memory;

  memmove (m + at, m + at + 1, sizeof *m * (n - at - 1));
  for (int e = 0; e < n - 2; e++)
    m[n - 1 + e] = m[n + e + (e >= at)];
  memmove (in->from_tip + at, in->from_tip + at + 1, sizeof (double) * (n - at - 1));
  memmove (in->frames + at, in->frames + at + 1, sizeof (WillisFrame) * (n - at - 1));
  in->model.n_nodes = n - 1;
}

/* A point that starts anew: no friction yet, standing where it is. */
void
_willis_insertion_forget (WillisInsertion *in, int p)
{
  memset (&in->contact.memory[p], 0, sizeof in->contact.memory[p]);
  willis_contact_place (&in->contact, p, in->frames, in->contact.memory[p].anchor);
  willis_lumen_sample (in->contact.lumen, in->contact.memory[p].anchor, in->contact.memory[p].normal, NULL);
}

static void
start_chain (WillisInsertion *in, double depth)
{
  int n = MAX (2, (int) ceil (depth / in->params.element_mm) + 1);
  const double ahead[6] = { 1.0, 0.0, 0.0, 0.0, 0.0, 0.0 };

  _willis_insertion_room (in, n);
  in->model.n_nodes = n;
  for (int i = 0; i < n; i++)
    {
      double x = depth * i / (n - 1);

      in->from_tip[i] = depth - x;
      willis_frame_exp (&in->mouth, ahead, x, &in->frames[i]);
    }
  in->from_tip[n - 1] = 0.0;
  _willis_insertion_rebuild (in);
  for (int p = 0; p < in->contact.n_points; p++)
    _willis_insertion_forget (in, p);
}

static gboolean
check_tool (const WillisTool *tool, GError **error)
{
  if (tool->n_pieces < 1 || tool->n_pieces > WILLIS_TOOL_PIECES || !(tool->radius_mm > 0.0))
    return willis_fail (error, WILLIS_ERROR_BAD_INPUT, _ ("The tool has no pieces or no radius"));
  for (int k = 0; k < tool->n_pieces; k++)
    for (int i = 0; i < 6; i++)
      if (!(tool->pieces[k].stiffness[i] > 0.0) || !isfinite (tool->pieces[k].stiffness[i]))
        return willis_fail (error, WILLIS_ERROR_BAD_INPUT, _ ("Piece %d of the tool has a stiffness that is not above zero"),
                            k);
  return TRUE;
}

void
_willis_insertion_record (WillisInsertion *in, int newton)
{
  WillisInsertionRecord r = { 0 };
  const WillisRodElement *el = &in->model.elements[0];
  double d[6], axis[3], moment[3];

  r.depth_mm = in->depth[in->lead];
  r.newton = newton;
  vec3_copy (r.tip_mm, in->frames[in->model.n_nodes - 1].r);
  /* dE/d(depth) at fixed frames, with what bending the rod stored while it was straight in the guide */
  willis_frame_log (&in->frames[0], &in->frames[1], d);
  for (int i = 0; i < 6; i++)
    {
      double e = d[i] / el->length - el->rest[i], s = el->stiffness[i] * e;

      r.push_un -= 0.5 * s * e + s * el->rest[i];
      if (i >= 3)
        r.push_un -= 0.5 * el->stiffness[i] * el->rest[i] * el->rest[i];
    }
  willis_frame_axis (&in->mouth, 0, axis);
  vec3_copy (moment, in->gradient[0] + 3);
  r.torque = vec3_dot (moment, axis);
  for (int p = 1; p < in->contact.n_points; p++)
    {
      double normal, friction[3];
      double gap = willis_contact_forces (&in->contact, p, in->frames, &normal, friction);

      r.wall_un += normal;
      r.most_un = MAX (r.most_un, normal);
      r.penetration_mm = MAX (r.penetration_mm, -gap);
    }
  for (int e = 0; e < in->model.n_elements; e++)
    r.energy += willis_rod_element_energy (&in->model.elements[e], &in->frames[e], &in->frames[e + 1]);
  g_array_append_val (in->records, r);
}

int
willis_insertion_add_tool (WillisInsertion *in, const WillisTool *tool, double depth_mm, GError **error)
{
  int k = 0, newton = 0;

  while (k < WILLIS_TOOLS && in->present[k])
    k++;
  if (!check_tool (tool, error))
    return -1;
  if (k == WILLIS_TOOLS || !(depth_mm >= 0.0) || depth_mm / in->params.element_mm > MAX_NODES
      || (in->lead >= 0 && depth_mm > in->depth[in->lead] + 1e-9))
    {
      willis_fail (error, WILLIS_ERROR_BAD_INPUT, _ ("The tool cannot be put in at %g mm"), depth_mm);
      return -1;
    }
  in->tools[k] = *tool;
  in->present[k] = TRUE;
  in->roll[k] = 0.0;
  in->depth[k] = depth_mm;
  if (in->lead < 0)
    {
      in->lead = k;
      in->depth[k] = MAX (depth_mm, in->params.element_mm);
      start_chain (in, in->depth[k]);
    }
  _willis_insertion_rebuild (in);
  if (!_willis_insertion_solve (in, &newton))
    {
      willis_fail (error, WILLIS_ERROR_FAILED, _ ("The tool finds no equilibrium in front of the guiding catheter"));
      return -1;
    }
  willis_contact_field (&in->contact).accept (&in->contact, in->frames);
  _willis_insertion_record (in, newton);
  return k;
}

/* The frame at distance x along the chain from the mouth; beyond the tip it goes on as the last element bends. */
static void
frame_along (const WillisInsertion *in, const WillisFrame *frames, double depth, double x, int *hint, WillisFrame *out)
{
  int n = in->model.n_nodes, e = *hint;
  double d[6], length;

  while (e + 1 < n - 1 && depth - in->from_tip[e + 1] < x)
    e++;
  while (e > 0 && depth - in->from_tip[e] > x)
    e--;
  *hint = e;
  length = in->from_tip[e] - in->from_tip[e + 1];
  willis_frame_log (&frames[e], &frames[e + 1], d);
  willis_frame_exp (&frames[e], d, (x - (depth - in->from_tip[e])) / length, out);
}

void
_willis_insertion_slide (WillisInsertion *in, double push, double depth)
{
  int hint = 0, n = in->model.n_nodes;

  memcpy (in->trial, in->frames, sizeof *in->frames * n);
  for (int i = 1; i < n; i++)
    {
      double x = depth - in->from_tip[i] + push;

      frame_along (in, in->trial, depth, MAX (x, 0.0), &hint, &in->frames[i]);
    }
}

/* Splits or joins elements at the mouth so that its element stays between half and one and a half of the usual length after
 * a push. */
static void
mend_mouth (WillisInsertion *in, double push)
{
  double h = in->params.element_mm;

  while (in->from_tip[0] - in->from_tip[1] + push > 1.5 * h)
    {
      double length = in->from_tip[0] - in->from_tip[1], d[6], at = in->from_tip[1] + MIN (h, length * 0.999);
      WillisFrame frame;

      if (length <= h)
        break;
      willis_frame_log (&in->frames[0], &in->frames[1], d);
      willis_frame_exp (&in->frames[0], d, (in->from_tip[0] - at) / length, &frame);
      insert_node (in, 1, at, &frame);
      _willis_insertion_rebuild (in);
      _willis_insertion_forget (in, 1);
      _willis_insertion_forget (in, in->model.n_nodes);
      _willis_insertion_forget (in, in->model.n_nodes + 1);
    }
  while (in->model.n_nodes > 2 && in->from_tip[0] - in->from_tip[1] + push < 0.5 * h)
    {
      remove_node (in, 1);
      _willis_insertion_rebuild (in);
      _willis_insertion_forget (in, in->model.n_nodes);
    }
}

/* All that one step may change, to take it back. */
typedef struct
{
  int n_nodes;
  double *from_tip, energy;
  WillisFrame *frames;
  WillisContactMemory *memory;
  double depth[WILLIS_TOOLS], roll[WILLIS_TOOLS];
  int lead;
} Backup;

static void
backup (const WillisInsertion *in, Backup *b)
{
  b->n_nodes = in->model.n_nodes;
  b->from_tip = g_memdup2 (in->from_tip, sizeof (double) * b->n_nodes);
  b->frames = g_memdup2 (in->frames, sizeof (WillisFrame) * b->n_nodes);
  b->memory = g_memdup2 (in->contact.memory, sizeof (WillisContactMemory) * (2 * b->n_nodes - 1));
  memcpy (b->depth, in->depth, sizeof b->depth);
  memcpy (b->roll, in->roll, sizeof b->roll);
  b->lead = in->lead;
  b->energy = in->energy;
}

static void
restore (WillisInsertion *in, const Backup *b)
{
  in->model.n_nodes = b->n_nodes;
  memcpy (in->from_tip, b->from_tip, sizeof (double) * b->n_nodes);
  memcpy (in->frames, b->frames, sizeof (WillisFrame) * b->n_nodes);
  memcpy (in->contact.memory, b->memory, sizeof (WillisContactMemory) * (2 * b->n_nodes - 1));
  memcpy (in->depth, b->depth, sizeof b->depth);
  memcpy (in->roll, b->roll, sizeof b->roll);
  in->lead = b->lead;
  in->energy = b->energy;
  _willis_insertion_rebuild (in);
}

static void
backup_clear (Backup *b)
{
  g_free (b->from_tip);
  g_free (b->frames);
  g_free (b->memory);
}

/* Turns every frame about its own first axis. */
static void
roll_frames (WillisInsertion *in, double turn)
{
  const double w[3] = { turn, 0.0, 0.0 };
  double q[4];

  quat_exp (q, w);
  for (int i = 0; i < in->model.n_nodes; i++)
    quat_mul (in->frames[i].q, in->frames[i].q, q);
}

/* The tool that leads: the farthest; a tie goes to the one that moves. */
static int
leader (const WillisInsertion *in, int moving)
{
  int best = moving;

  for (int k = 0; k < WILLIS_TOOLS; k++)
    if (in->present[k] && in->depth[k] > in->depth[best] + 1e-9)
      best = k;
  return best;
}

/* Level with the leading tip, another tool takes over the chain; its roll becomes that of the frames. */
static void
set_leader (WillisInsertion *in, int lead)
{
  roll_frames (in, in->roll[lead] - in->roll[in->lead]);
  in->lead = lead;
}

/* Friction's share of the last step's work: force times slip at every point. */
static double
friction_work (const WillisInsertion *in)
{
  double work = 0.0;

  for (int p = 1; p < in->contact.n_points; p++)
    {
      const WillisContactMemory *m = &in->contact.memory[p];
      double normal, friction[3], x[3], d[3];

      willis_contact_forces (&in->contact, p, in->frames, &normal, friction);
      willis_contact_place (&in->contact, p, in->frames, x);
      vec3_sub (d, x, m->anchor);
      work += vec3_dot (friction, d);
    }
  return fabs (work);
}

static void
note_snap (WillisInsertion *in, int tool, double push, double turn, const Backup *before, const WillisInsertionRecord *last)
{
  const WillisInsertionRecord *now = &g_array_index (in->records, WillisInsertionRecord, in->records->len - 1);
  double work = 0.5 * (last->push_un + now->push_un) * push + 0.5 * (last->torque + now->torque) * turn;
  double released = work - friction_work (in) - (now->energy - last->energy);
  double jump = vec3_dist (now->tip_mm, last->tip_mm);
  WillisSnap snap = { tool, in->depth[tool], in->roll[tool], released };

  /* the tip goes farther than it was driven, and energy is missing */
  if (jump < 2.0 * fabs (push) + 0.1 + fabs (turn) * 0.2 || released < 0.01 * last->energy)
    return;
  vec3_copy (snap.tip_from_mm, last->tip_mm);
  vec3_copy (snap.tip_to_mm, now->tip_mm);
  g_array_append_val (in->snaps, snap);
}

/* One step; FALSE where no equilibrium is found (the state is then as before). */
static gboolean
step (WillisInsertion *in, int tool, double push, double turn)
{
  WillisInsertionRecord last = g_array_index (in->records, WillisInsertionRecord, in->records->len - 1);
  Backup before;
  int newton = 0, lead;
  gboolean good;

  backup (in, &before);
  lead = leader (in, tool);
  if (lead == tool && push < 0.0)
    for (int k = 0; k < WILLIS_TOOLS; k++)
      if (k != tool && in->present[k] && in->depth[k] > in->depth[tool] - 1e-9)
        lead = k;
  if (lead != in->lead)
    set_leader (in, lead);
  if (tool == in->lead)
    {
      double depth = in->depth[tool];

      mend_mouth (in, push);
      _willis_insertion_slide (in, push, depth);
      in->depth[tool] += push;
      in->from_tip[0] = in->depth[tool];
    }
  else
    in->depth[tool] += push;
  in->roll[tool] += turn;
  if (tool == in->lead)
    roll_frames (in, turn);
  _willis_insertion_rebuild (in);
  good = _willis_insertion_solve (in, &newton);
  if (!good)
    restore (in, &before);
  else
    {
      _willis_insertion_record (in, newton);
      note_snap (in, tool, push, turn, &before, &last);
      willis_contact_field (&in->contact).accept (&in->contact, in->frames);
    }
  backup_clear (&before);
  return good;
}

/* How far the tool may go in one step: not past another tip, nor back into the guide. */
static double
limit_push (const WillisInsertion *in, int tool, double push)
{
  for (int k = 0; k < WILLIS_TOOLS; k++)
    {
      double to = in->depth[k] - in->depth[tool];

      if (k != tool && in->present[k] && fabs (to) > 1e-9 && to * push > 0.0 && fabs (to) < fabs (push))
        push = to;
    }
  return push;
}

WillisInsertionEnd
willis_insertion_move (WillisInsertion *in, int tool, double push_mm, double turn_rad, const WillisProgress *progress,
                       GError **error)
{
  double done = 0.0, size = 1.0;
  int steps;

  g_return_val_if_fail (tool >= 0 && tool < WILLIS_TOOLS && in->present[tool], WILLIS_INSERTION_NOT_CONVERGED);
  /* the tip stays one element out of the mouth */
  push_mm = MAX (push_mm, in->params.element_mm - in->depth[tool]);
  steps = MAX (1, (int) ceil (MAX (fabs (push_mm) / in->params.step_mm, fabs (turn_rad) / in->params.turn_rad) - 1e-9));
  while (done < 1.0 - 1e-9)
    {
      double part = MIN (size / steps, 1.0 - done), push = limit_push (in, tool, part * push_mm);
      const WillisInsertionRecord *now;

      if (!willis_progress_step (progress, done, error))
        return WILLIS_INSERTION_CANCELLED;
      if (push_mm != 0.0)
        part = push / push_mm;
      if (!step (in, tool, push, part * turn_rad))
        {
          size *= 0.5;
          if (size < SMALLEST)
            return WILLIS_INSERTION_NOT_CONVERGED;
          continue;
        }
      done += part;
      size = MIN (1.0, 2.0 * size);
      now = &g_array_index (in->records, WillisInsertionRecord, in->records->len - 1);
      if (in->params.most_push_un > 0.0 && now->push_un > in->params.most_push_un && push_mm > 0.0)
        return WILLIS_INSERTION_PUSH_LIMIT;
    }
  return WILLIS_INSERTION_DONE;
}

gboolean
willis_insertion_remove_tool (WillisInsertion *in, int tool, GError **error)
{
  int others = 0, newton = 0;

  for (int k = 0; k < WILLIS_TOOLS; k++)
    others += k != tool && in->present[k];
  if (tool < 0 || tool >= WILLIS_TOOLS || !in->present[tool] || (tool == in->lead && others > 0))
    return willis_fail (error, WILLIS_ERROR_BAD_INPUT, _ ("The leading tool cannot be taken out; draw it back first"));
  in->present[tool] = FALSE;
  if (others == 0)
    {
      in->lead = -1;
      in->model.n_nodes = 0;
      return TRUE;
    }
  _willis_insertion_rebuild (in);
  if (!_willis_insertion_solve (in, &newton))
    return willis_fail (error, WILLIS_ERROR_FAILED, _ ("No equilibrium was found without the tool"));
  willis_contact_field (&in->contact).accept (&in->contact, in->frames);
  _willis_insertion_record (in, newton);
  return TRUE;
}

const char *
willis_insertion_end_text (WillisInsertionEnd end)
{
  switch (end)
    {
    case WILLIS_INSERTION_DONE:
      return _ ("The tool was moved as asked.");
    case WILLIS_INSERTION_CANCELLED:
      return _ ("The march was cancelled.");
    case WILLIS_INSERTION_PUSH_LIMIT:
      return _ ("The march stopped: the hub would need more force than allowed.");
    default:
      return _ ("The march did not converge: even the smallest step has no equilibrium that could be found.");
    }
}

int
willis_insertion_n_nodes (const WillisInsertion *in)
{
  return in->model.n_nodes;
}

const WillisFrame *
willis_insertion_frames (const WillisInsertion *in)
{
  return in->frames;
}

const double *
willis_insertion_from_tip (const WillisInsertion *in)
{
  return in->from_tip;
}

double
willis_insertion_depth (const WillisInsertion *in, int tool)
{
  return in->depth[tool];
}

const GArray *
willis_insertion_records (const WillisInsertion *in)
{
  return in->records;
}

const GArray *
willis_insertion_snaps (const WillisInsertion *in)
{
  return in->snaps;
}

int
willis_insertion_n_contacts (const WillisInsertion *in)
{
  return in->contact.n_points;
}

double
willis_insertion_contact (const WillisInsertion *in, int i, double place_mm[3], double *normal_un, double friction_un[3])
{
  willis_contact_place (&in->contact, i, in->frames, place_mm);
  return willis_contact_forces (&in->contact, i, in->frames, normal_un, friction_un);
}
