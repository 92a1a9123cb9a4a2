/* SPDX-License-Identifier: Apache-2.0 */
#include "solver/shaping/jig.h"

#include <math.h>

#include "core/base/error.h"
#include "core/base/i18n.h"

#define CLEARANCE_MM 0.1 // a printer's hole comes out narrower
#define DEPTH_MM 0.9     // of the groove
#define STEP_MM 0.25
#define CORNERS 8

/* The section, counter-clockwise seen against the way of the wire: a bar with a groove that opens along v. */
static void
section (double groove, double uv[CORNERS][2])
{
  const double half = WILLIS_JIG_HALF_MM, top = DEPTH_MM - 0.5 * groove, bottom = -0.5 * groove, foot = -WILLIS_JIG_HALF_MM;
  const double points[CORNERS][2] = { { -half, foot },      { half, foot },          { half, top },           { 0.5 * groove, top },
                                      { 0.5 * groove, bottom }, { -0.5 * groove, bottom }, { -0.5 * groove, top }, { -half, top } };

  for (int i = 0; i < CORNERS; i++)
    for (int k = 0; k < 2; k++)
      uv[i][k] = points[i][k];
}

WillisSurface *
willis_mandrel_jig (const WillisMandrel *mandrel, double wire_mm, GError **error)
{
  /* the section's six triangles */
  static const int cap[6][3] = { { 0, 1, 4 }, { 0, 4, 5 }, { 1, 2, 3 }, { 1, 3, 4 }, { 0, 5, 6 }, { 0, 6, 7 } };
  gsize n, triangle = 0;
  g_autofree double *line = NULL;
  double uv[CORNERS][2], *points, u[3], v[3] = { 0, 0, 1 }, t[3];
  gint32 *triangles;

  if (mandrel->n_bends < 1 || !(wire_mm >= 0.2 && wire_mm <= 1.0))
    {
      willis_fail (error, WILLIS_ERROR_BAD_INPUT, _ ("A jig needs a mandrel with a bend and a wire of 0.2 to 1 mm"));
      return NULL;
    }
  line = willis_mandrel_line (mandrel, 1.0, STEP_MM, &n);
  section (wire_mm + CLEARANCE_MM, uv);
  points = g_new (double, 3 * n * CORNERS);
  triangles = g_new (gint32, 3 * (2 * CORNERS * (n - 1) + 12));
  /* the groove opens square to the plane of the bend that is farthest from the tip: the wire is bent in the jig's own plane */
  vec3_set (v, 0.0, -sin (mandrel->bends[mandrel->n_bends - 1].roll), cos (mandrel->bends[mandrel->n_bends - 1].roll));
  for (gsize i = 0; i < n; i++)
    {
      vec3_sub (t, line + 3 * MIN (i + 1, n - 1), line + 3 * (i > 0 ? i - 1 : 0));
      vec3_normalize (t);
      vec3_axpy (v, v, -vec3_dot (v, t), t);
      vec3_normalize (v);
      vec3_cross (u, v, t);
      for (int c = 0; c < CORNERS; c++)
        {
          double *x = points + 3 * (CORNERS * i + c);

          vec3_axpy (x, line + 3 * i, uv[c][0], u);
          vec3_axpy (x, x, uv[c][1], v);
        }
    }
#define ADD(a, b, c)                                                                                                              \
  (triangles[3 * triangle] = (gint32) (a), triangles[3 * triangle + 1] = (gint32) (b), triangles[3 * triangle + 2] = (gint32) (c), \
   triangle++)
  for (gsize i = 0; i + 1 < n; i++)
    for (int c = 0; c < CORNERS; c++)
      {
        gsize a = CORNERS * i + c, b = CORNERS * i + (c + 1) % CORNERS;

        ADD (a, b + CORNERS, b);
        ADD (a, a + CORNERS, b + CORNERS);
      }
  for (int k = 0; k < 6; k++)
    {
      gsize last = CORNERS * (n - 1);

      ADD (cap[k][0], cap[k][1], cap[k][2]);
      ADD (last + cap[k][0], last + cap[k][2], last + cap[k][1]);
    }
#undef ADD
  {
    g_autoptr (WillisSurface) surface = willis_surface_new_take (points, n * CORNERS, triangles, triangle);

    /* whichever way the section runs: outward */
    if (willis_surface_volume_mm3 (surface) > 0.0)
      return g_steal_pointer (&surface);
    {
      g_autofree gint32 *flipped = g_memdup2 (willis_surface_triangles (surface), sizeof (gint32) * 3 * triangle);

      for (gsize k = 0; k < triangle; k++)
        {
          gint32 keep = flipped[3 * k + 1];

          flipped[3 * k + 1] = flipped[3 * k + 2];
          flipped[3 * k + 2] = keep;
        }
      return willis_surface_new_copy (willis_surface_points (surface), n * CORNERS, flipped, triangle);
    }
  }
}
