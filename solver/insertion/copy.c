/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "solver/insertion/insertion-private.h"

static GArray *
copy_array (const GArray *a, guint size)
{
  GArray *out = g_array_new (FALSE, FALSE, size);

  return g_array_append_vals (out, a->data, a->len);
}

WillisInsertion *
willis_insertion_copy (const WillisInsertion *in)
{
  WillisInsertion *out = g_memdup2 (in, sizeof *in);
  int n = in->model.n_nodes;

  out->keep = NULL;
  out->follow = NULL;
  willis_lumen_ref (out->contact.lumen);
  out->contact.model = &out->model;
  /* what belongs to the state is copied, what a solve fills is made anew */
  out->from_tip = g_new (double, in->room);
  out->frames = g_new (WillisFrame, in->room);
  out->trial = g_new (WillisFrame, in->room);
  out->model.elements = g_new0 (WillisRodElement, in->room);
  out->contact.points = g_new0 (WillisContactPoint, 2 * in->room);
  out->contact.memory = g_new0 (WillisContactMemory, 2 * in->room);
  out->gradient = g_malloc0_n (MAX (1, in->room), sizeof *out->gradient);
  out->step = g_new0 (double, 6 * in->room);
  out->krylov = g_new0 (double, 24 * in->room);
  memset (&out->tangent, 0, sizeof out->tangent);
  if (in->room > 0 && willis_blocktri_init (&out->tangent, in->room) != 0)
    g_error ("out of memory for a rod of %d nodes", in->room);
  out->pairs = copy_array (in->pairs, sizeof (WillisSelfPair));
  out->records = copy_array (in->records, sizeof (WillisInsertionRecord));
  out->snaps = copy_array (in->snaps, sizeof (WillisSnap));
  if (n == 0)
    return out;
  memcpy (out->from_tip, in->from_tip, sizeof *in->from_tip * n);
  memcpy (out->frames, in->frames, sizeof *in->frames * n);
  memcpy (out->model.elements, in->model.elements, sizeof *in->model.elements * in->model.n_elements);
  memcpy (out->contact.points, in->contact.points, sizeof *in->contact.points * in->contact.n_points);
  memcpy (out->contact.memory, in->contact.memory, sizeof *in->contact.memory * in->contact.n_points);
  memcpy (out->gradient, in->gradient, sizeof *in->gradient * n);
  out->tangent.n = in->tangent.n;
  return out;
}
