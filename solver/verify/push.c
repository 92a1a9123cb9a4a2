/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The push force on the bench of Zoarski, Mathis & Hebel, AJNR 1998;19:1571: tools pushed through 200 mm of PTFE tubing
 * of 1.65 mm (0.065 inch) "simulating the intracranial carotid circulation", a 0.014 inch uncoated steel wire alone
 * (most 8 gf) and reinforced microcatheters on it, its tip 10 mm ahead (most 9 to 14 gf). The abstract gives neither
 * the path's bends nor the tools' stiffness: they are assumed here, fixed before the first run and not fitted.
 */
#include <math.h>

#include "solver/insertion/insertion.h"
#include "solver/verify/verify-private.h"

#define LENGTH_MM 200.0
#define TUBE_MM 0.825 // its radius
#define FRICTION 0.07 // middle of what is given for PTFE
#define LEAST_FRICTION 0.04
#define MOST_FRICTION 0.1
#define AHEAD_MM 10.0 // of the wire's tip before the catheter's
#define GF 9.80665e-3 // N
#define POINT_MM 0.5

/* Straight, bend in degrees of the given radius, and the turn of the bending plane before it. */
static const struct
{
  double straight_mm, bend_deg, radius_mm, plane_deg;
} path[] = {
  { 60, 90, 8, 0 },    // neck, first petrous bend
  { 15, 60, 8, 180 },  // up to the foramen lacerum
  { 10, 90, 6, 0 },    // posterior genu
  { 10, 150, 6, 180 }, // anterior genu
  { 5, 90, 6, 90 },    // to the first segment of the middle cerebral artery
  { 20, 90, 6, 90 },   // over the insula
  { 30, 0, 6, 0 },
};

static WillisLumen *
tubing (void)
{
  int count = 0, room = (int) (2.0 * LENGTH_MM / POINT_MM);
  g_autofree double *points = g_new (double, 3 * room), *radii = g_new (double, room);
  WillisFrame at = { { -4.0, 0, 0 }, { 1, 0, 0, 0 } };

  for (gsize k = 0; k < G_N_ELEMENTS (path); k++)
    {
      double angle = path[k].bend_deg * M_PI / 180.0, arc = angle * path[k].radius_mm,
             straight = path[k].straight_mm + (k == 0 ? 4.0 : 0.0);
      int n = 1, m = (int) ceil (arc / POINT_MM);

      for (int i = 0; i < n + m; i++)
        {
          double step[6] = { i < n ? straight / n : arc / m, 0, 0, 0, 0, i < n ? 0.0 : angle / m };

          if (i == 0)
            {
              const double turn[6] = { 0, 0, 0, path[k].plane_deg * M_PI / 180.0, 0, 0 };

              willis_frame_exp (&at, turn, 1.0, &at);
            }
          vec3_copy (points + 3 * count, at.r);
          radii[count++] = TUBE_MM;
          willis_frame_exp (&at, step, 1.0, &at);
        }
    }
  vec3_copy (points + 3 * count, at.r);
  radii[count++] = TUBE_MM;
  return willis_lumen_line (points, radii, count, FALSE, 0.2, NULL);
}

/* Bending stiffness in N mm2 from the tip. Wire: steel (200 GPa) ground from 0.36 mm to 0.06 mm over its last 300 mm.
 * Catheter: by its section, 0.268, 1.55 and 15.1 at 0, 60 and 300 mm (1.7 F of 0.43 mm bore, as in the catalogue). */
static double
wire_stiffness (double s)
{
  double d = 0.06 + 0.3 * CLAMP (s / 300.0, 0.0, 1.0);

  return 2e5 * M_PI / 64.0 * pow (d, 4.0);
}

static double
catheter_stiffness (double s)
{
  return s < 0.0 ? 0.0 : s < 60.0 ? 0.268 * pow (1.55 / 0.268, s / 60.0) : 1.55 * pow (15.1 / 1.55, (s - 60.0) / 240.0);
}

/* Wire and catheter held together at the hub are one rod: on one centreline their stiffnesses add. */
static WillisTool
tool (gboolean catheter)
{
  WillisTool t = { WILLIS_TOOL_PIECES, { { 0 } }, catheter ? 0.285 : 0.18 };

  for (int k = 0; k < WILLIS_TOOL_PIECES; k++)
    {
      double to = AHEAD_MM * (k + 1), s = to - 0.5 * AHEAD_MM;
      double ei = 1e6 * (wire_stiffness (s) + (catheter ? catheter_stiffness (s - AHEAD_MM) : 0.0));

      t.pieces[k] = (WillisToolPiece){ to, { 60.0 * ei, 20.0 * ei, 20.0 * ei, 0.77 * ei, ei, ei }, { 0, 0, 0 } };
    }
  return t;
}

/* Largest push over the whole path, N; NAN where the march does not reach its end. */
static double
most_push (WillisLumen *lumen, gboolean catheter, double friction)
{
  static const WillisFrame mouth = { { 0, 0, 0 }, { 1, 0, 0, 0 } };
  WillisInsertionParams params = WILLIS_INSERTION_PARAMS_INIT;
  WillisTool pushed = tool (catheter);
  g_autoptr (WillisInsertion) in = NULL;
  double most = 0.0;

  params.friction = friction;
  in = willis_insertion_new (lumen, &mouth, &params);
  if (willis_insertion_add_tool (in, &pushed, 1.0, NULL) != 0
      || willis_insertion_move (in, 0, LENGTH_MM - 1.0, 0.0, NULL, NULL) != WILLIS_INSERTION_DONE)
    return NAN;
  for (guint i = 0; i < willis_insertion_records (in)->len; i++)
    most = fmax (most, 1e-6 * g_array_index (willis_insertion_records (in), WillisInsertionRecord, i).push_un);
  return most;
}

void
_willis_verify_push (Verify *v)
{
  const char *mesh = "0.4 mm, 200 mm, 570 degrees";
  g_autoptr (WillisLumen) lumen = tubing ();
  double alone = most_push (lumen, FALSE, FRICTION), on_wire = most_push (lumen, TRUE, FRICTION);
  double least = most_push (lumen, TRUE, LEAST_FRICTION), most = most_push (lumen, TRUE, MOST_FRICTION);

  _willis_verify_add (v, "200 mm of tube in six bends: all four marches reach its end (1 where so)",
                      isfinite (alone + on_wire + least + most), 1.0, 0.0, mesh);
  _willis_verify_add (v, "more friction, more push (1 where so)", least < on_wire && on_wire < most && alone < on_wire,
                      1.0, 0.0, mesh);
  /* bends and stiffness are assumed: to be read beside the published range, not passed or failed */
  _willis_verify_add (v, "path assumed: wire alone, most push, N (published: below 8 gf)", alone, 4.0 * GF, 4.0 * GF,
                      mesh)
      ->information
      = TRUE;
  _willis_verify_add (v, "path assumed: catheter on a wire, N (published: 9 to 14 gf)", on_wire, 11.5 * GF, 2.5 * GF,
                      mesh)
      ->information
      = TRUE;
  _willis_verify_add (v, "the same with friction 0.04", least, 11.5 * GF, 2.5 * GF, mesh)->information = TRUE;
  _willis_verify_add (v, "the same with friction 0.1", most, 11.5 * GF, 2.5 * GF, mesh)->information = TRUE;
}
