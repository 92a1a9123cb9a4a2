/* SPDX-License-Identifier: Apache-2.0 */
#include "solver/verify/verify.h"

#include <string.h>

#include "core/base/error.h"
#include "core/base/i18n.h"
#include "solver/verify/verify-private.h"

static const struct
{
  const char *name, *room;
  VerifyFunc run;
} problems[] = {
  { "elastica", "rod", _willis_verify_elastica },
  { "column", "rod", _willis_verify_column },
  { "rollup", "rod", _willis_verify_rollup },
  { "bend45", "rod", _willis_verify_bend45 },
  { "lee", "rod", _willis_verify_lee },
  { "arch", "rod", _willis_verify_arch },
  { "helix", "rod", _willis_verify_helix },
  { "princeton", "rod", _willis_verify_princeton },
  { "stability", "rod", _willis_verify_stability },
  { "ring", "rod", _willis_verify_ring },
  { "frame", "rod", _willis_verify_frame },
  { "weight", "rod", _willis_verify_weight },
  { "snap", "rod", _willis_verify_snap },
  { "buckling", "rod", _willis_verify_buckling },
  { "frames", "rod", _willis_verify_frames },
  { "capstan", "contact", _willis_verify_capstan },
  { "tube", "contact", _willis_verify_tube },
  { "torus", "contact", _willis_verify_torus },
  { "stick", "contact", _willis_verify_stick },
  { "helical", "contact", _willis_verify_helical },
  { "bend", "contact", _willis_verify_bend },
  { "fit", "contact", _willis_verify_fit },
  { "scurve", "contact", _willis_verify_scurve },
  { "gates", "contact", _willis_verify_gates },
  { "insertion", "insertion", _willis_verify_insertion },
  { "push", "insertion", _willis_verify_push },
  { "braid", "stent", _willis_verify_braid },
  { "lumen", "stent", _willis_verify_lumen },
  { "bent", "stent", _willis_verify_bent },
  { "relax", "stent", _willis_verify_relax },
  { "ladder", "stent", _willis_verify_ladder },
  { "wires", "stent", _willis_verify_wires },
};

static void
row_free (gpointer data)
{
  WillisVerifyRow *row = data;

  g_free (row->quantity);
  g_free (row->mesh);
  g_free (row);
}

gboolean
willis_verify_row_passed (const WillisVerifyRow *row)
{
  return fabs (row->value - row->reference) <= row->tolerance
         && (isnan (row->least_order) || row->order >= row->least_order);
}

WillisVerifyRow *
_willis_verify_add (Verify *v, const char *quantity, double value, double reference, double tolerance, const char *mesh)
{
  WillisVerifyRow *row = g_new0 (WillisVerifyRow, 1);

  *row = (WillisVerifyRow){ v->problem, v->room, g_strdup (quantity), value, reference, tolerance, g_strdup (mesh), NAN, NAN };
  g_ptr_array_add (v->rows, row);
  return row;
}

Solved
_willis_verify_solve (const char *format, ...)
{
  g_autofree char *text = NULL;
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GError) error = NULL;
  Solved s = { 0 };
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  if (json_parser_load_from_data (parser, text, -1, &error))
    s.problem = willis_rod_problem_run_object (json_node_get_object (json_parser_get_root (parser)), ".", NULL, &s.path, &error);
  if (s.problem == NULL)
    g_error ("a verification problem cannot be read: %s: %s", error->message, text);
  return s;
}

void
_willis_verify_clear (Solved *s)
{
  willis_rod_path_free (s->path);
  willis_rod_problem_free (s->problem);
}

const double *
_willis_verify_end (const Solved *s)
{
  const WillisProblemRod *rod = s->problem->rods->pdata[s->problem->rods->len - 1];

  return s->path->last->frames[rod->nodes[rod->n_nodes - 1]].r;
}

double
_willis_verify_order (const double errors[3])
{
  return 0.5 * (log2 (fabs (errors[0] / errors[1])) + log2 (fabs (errors[1] / errors[2])));
}

GPtrArray *
willis_verify_run (const char *name, const WillisProgress *progress, GError **error)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func (row_free);

  for (gsize i = 0; i < G_N_ELEMENTS (problems); i++)
    {
      Verify v = { rows, problems[i].name, problems[i].room };

      if (!willis_progress_step (progress, (double) i / G_N_ELEMENTS (problems), error))
        return NULL;
      if (name == NULL || strcmp (name, v.problem) == 0 || strcmp (name, v.room) == 0
          || (strcmp (name, "rod") == 0 && (strcmp (v.room, "contact") == 0 || strcmp (v.room, "insertion") == 0)))
        problems[i].run (&v);
    }
  if (rows->len == 0)
    {
      willis_fail (error, WILLIS_ERROR_USAGE, _ ("There is no verification problem \"%s\""), name);
      return NULL;
    }
  return g_steal_pointer (&rows);
}

const char *const *
willis_verify_names (void)
{
  static const char *names[G_N_ELEMENTS (problems) + 1];

  for (gsize i = 0; i < G_N_ELEMENTS (problems); i++)
    names[i] = problems[i].name;
  return names;
}
