/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Worked example: a pre-shaped microcatheter pushed 40 mm round a carotid-like S, turned by a quarter, and drawn back a little. Shows
 * a lumen from a line with radii, a tool in two pieces, the march, its records, its snaps and the wall forces.
 */
#include <glib.h>

#include "solver/insertion/insertion.h"

/* A line of two bends of 6 mm in planes turned against each other. */
static WillisLumen *
siphon (GError **error)
{
  double points[400][3], radius[400], x[3] = { 0, 0, -2 }, t[3] = { 0, 0, 1 }, n[3] = { 1, 0, 0 };
  int count = 0;

  for (double s = 0.0; s < 50.0; s += 0.25)
    {
      double bend = s < 14.0 ? 0.0 : s < 28.0 ? 1.0 / 6.0 : s < 42.0 ? -1.0 / 6.0 : 0.0;

      vec3_copy (points[count], x);
      radius[count++] = 1.9;
      vec3_axpy (x, x, 0.25, t);
      vec3_axpy (t, t, 0.25 * bend, n);
      vec3_normalize (t);
      vec3_axpy (n, n, -vec3_dot (n, t), t);
      vec3_normalize (n);
    }
  return willis_lumen_line (points[0], radius, count, FALSE, 0.3, error);
}

static void
report (const char *what, const WillisInsertion *in, WillisInsertionEnd end)
{
  const GArray *records = willis_insertion_records (in);
  const WillisInsertionRecord *r = &g_array_index (records, WillisInsertionRecord, records->len - 1);

  g_print ("%-10s %s\n  depth %.2f mm, push %.0f uN, torque %.0f uN mm, wall %.0f uN (most %.0f), tip %.2f %.2f %.2f\n", what,
           willis_insertion_end_text (end), r->depth_mm, r->push_un, r->torque, r->wall_un, r->most_un, r->tip_mm[0],
           r->tip_mm[1], r->tip_mm[2]);
}

int
main (void)
{
  /* uN and mm: a soft tip of 6 mm with a natural radius of 5 mm, then a stiffer shaft */
  const WillisTool catheter = { 2,
                                { { 6, { 30e6, 10e6, 10e6, 0.4e6, 0.5e6, 0.5e6 }, { 0, 0, 0.2 } },
                                  { 1e9, { 60e6, 20e6, 20e6, 1.2e6, 1.5e6, 1.5e6 }, { 0, 0, 0 } } },
                                0.3 };
  WillisInsertionParams params = WILLIS_INSERTION_PARAMS_INIT;
  WillisFrame mouth = { { 0, 0, 0 }, { 1, 0, 0, 0 } };
  const double up[3] = { 0, -G_PI_2, 0 }; /* turns the first axis from x to z */
  g_autoptr (GError) error = NULL;
  g_autoptr (WillisLumen) lumen = siphon (&error);
  g_autoptr (WillisInsertion) in = NULL;
  WillisInsertionEnd end;
  int tool;

  if (lumen == NULL)
    g_error ("%s", error->message);
  quat_exp (mouth.q, up);
  in = willis_insertion_new (lumen, &mouth, &params);
  tool = willis_insertion_add_tool (in, &catheter, 1.0, &error);
  if (tool < 0)
    g_error ("%s", error->message);
  end = willis_insertion_move (in, tool, 39.0, 0.0, NULL, &error);
  report ("pushed", in, end);
  end = willis_insertion_move (in, tool, 0.0, G_PI_2, NULL, &error);
  report ("turned", in, end);
  end = willis_insertion_move (in, tool, -5.0, 0.0, NULL, &error);
  report ("drawn back", in, end);
  for (guint i = 0; i < willis_insertion_snaps (in)->len; i++)
    {
      const WillisSnap *snap = &g_array_index (willis_insertion_snaps (in), WillisSnap, i);

      g_print ("snap at %.2f mm: %.0f uN mm set free, the tip jumped %.2f mm\n", snap->depth_mm, snap->released_un_mm,
               vec3_dist (snap->tip_from_mm, snap->tip_to_mm));
    }
  return end == WILLIS_INSERTION_DONE ? 0 : 1;
}
