/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A thin artery that lies against a sac is one lumen with it, and the centreline, which runs where there is most room,
 * leads through the sac. But on its other side the artery's wall is still seen. So its course is followed from where it
 * is on its own, a small step at a time: the middle is put where a tube of its radius fits the wall around the best
 * (least squares of the triangles whose normals point away from it), held by the step where no wall is seen.
 */
#include "core/vessel/thin-course.h"

#include <math.h>

#include "core/num/vec3.h"
#include "core/vessel/artery-tubes.h"

#define STEP 0.25       // radii
#define SLAB 0.6        // radii to both sides along the artery: what tells where its middle is
#define OFF 0.5         // radii: wall farther off the tube is not its own
#define ON 0.35         // radii: wall that is seen
#define REACH 1.7       // radii from the middle to there, at most
#define OUTWARD 0.5     // cosine of the angle between the wall's normal and the way from the middle
#define SECTORS 16      // around
#define FITS 4          // a step
#define HELD 0.1        // by the step, beside a wall all around
#define TURNS 0.5       // how much a step turns the direction
#define LEAST_SEEN 0.55 // around, more than half: less, and the artery is lost, ..
#define LOST 1.0        // .. after so many radii

/* A triangle of the wall as seen from the middle of an artery. */
typedef struct
{
  double across[3]; // unit, away from the middle
  double off;       // mm beyond the radius
  double area;
} Wall;

/* The wall of the artery through at: new array of Wall. */
static GArray *
wall_around (const WillisBvh *lumen, const double at[3], const double along[3], double radius)
{
  GArray *out = g_array_new (FALSE, FALSE, sizeof (Wall));
  const double *p = willis_surface_points (willis_bvh_surface (lumen));
  g_autoptr (GArray) near = willis_bvh_triangles_in_sphere (lumen, at, REACH * radius);

  for (guint i = 0; i < near->len; i++)
    {
      const gint32 *v = willis_surface_triangles (willis_bvh_surface (lumen)) + 3 * g_array_index (near, gint32, i);
      double middle[3], a[3], b[3], normal[3], slab;
      Wall wall;

      for (int c = 0; c < 3; c++)
        middle[c] = (p[3 * v[0] + c] + p[3 * v[1] + c] + p[3 * v[2] + c]) / 3.0 - at[c];
      slab = vec3_dot (middle, along);
      vec3_axpy (wall.across, middle, -slab, along);
      wall.off = vec3_normalize (wall.across) - radius;
      if (fabs (slab) > SLAB * radius || fabs (wall.off) > OFF * radius)
        continue;
      vec3_sub (a, p + 3 * v[1], p + 3 * v[0]);
      vec3_sub (b, p + 3 * v[2], p + 3 * v[0]);
      vec3_cross (normal, a, b);
      wall.area = 0.5 * vec3_normalize (normal);
      if (vec3_dot (normal, wall.across) > OUTWARD)
        g_array_append_val (out, wall);
    }
  return out;
}

double
willis_thin_seen (const WillisBvh *lumen, const double at[3], const double along[3], double radius)
{
  g_autoptr (GArray) walls = wall_around (lumen, at, along, radius);
  gboolean seen[SECTORS] = { FALSE };
  double u[3], v[3];
  int n = 0;

  vec3_basis (along, u, v);
  for (guint i = 0; i < walls->len; i++)
    {
      const Wall *wall = &g_array_index (walls, Wall, i);
      double turn = 0.5 + atan2 (vec3_dot (wall->across, v), vec3_dot (wall->across, u)) / (2.0 * G_PI);

      if (fabs (wall->off) < ON * radius)
        seen[MIN ((int) (SECTORS * turn), SECTORS - 1)] = TRUE;
    }
  for (int s = 0; s < SECTORS; s++)
    n += seen[s];
  return (double) n / SECTORS;
}

/* Moves a point across the artery to where a tube fits the wall best. */
static void
fit (const WillisBvh *lumen, const double along[3], double radius, double at[3])
{
  double step[3], u[3], v[3];

  vec3_copy (step, at);
  vec3_basis (along, u, v);
  for (int pass = 0; pass < FITS; pass++)
    {
      g_autoptr (GArray) walls = wall_around (lumen, at, along, radius);
      double held = HELD * 2.0 * G_PI * radius * 2.0 * SLAB * radius, moved[3];
      double uu = held, uv = 0.0, vv = held, gu, gv, det;

      vec3_sub (moved, step, at);
      gu = held * vec3_dot (moved, u);
      gv = held * vec3_dot (moved, v);
      for (guint i = 0; i < walls->len; i++)
        {
          const Wall *wall = &g_array_index (walls, Wall, i);
          double part = wall->off / (OFF * radius), weight = wall->area * (1.0 - part * part);
          double cu = vec3_dot (wall->across, u), cv = vec3_dot (wall->across, v);

          uu += weight * cu * cu;
          uv += weight * cu * cv;
          vv += weight * cv * cv;
          gu += weight * cu * wall->off;
          gv += weight * cv * wall->off;
        }
      det = uu * vv - uv * uv;
      vec3_axpy (at, at, (vv * gu - uv * gv) / det, u);
      vec3_axpy (at, at, (uu * gv - uv * gu) / det, v);
    }
}

static void
reverse (GArray *balls)
{
  for (guint i = 0; i < balls->len / 2; i++)
    {
      WillisTubeBall ball = g_array_index (balls, WillisTubeBall, i);

      g_array_index (balls, WillisTubeBall, i) = g_array_index (balls, WillisTubeBall, balls->len - 1 - i);
      g_array_index (balls, WillisTubeBall, balls->len - 1 - i) = ball;
    }
}

GArray *
willis_thin_course (const WillisBvh *lumen, const GArray *tubes, const double from[3], const double along[3],
                    double radius, double longest_mm)
{
  g_autoptr (GArray) balls = g_array_new (FALSE, FALSE, sizeof (WillisTubeBall));
  WillisTubeBall ball = { { from[0], from[1], from[2] }, radius };
  double way[3], unseen = 0.0, length = 0.0, out;

  vec3_copy (way, along);
  fit (lumen, way, radius, ball.at);
  while (length < longest_mm && unseen < LOST * radius)
    {
      double next[3], seen;

      willis_tubes_nearest (tubes, tubes->len, ball.at, &out);
      if (out <= 0.0)
        {
          reverse (balls);
          return balls->len > 0 ? g_steal_pointer (&balls) : NULL;
        }
      g_array_append_val (balls, ball);
      vec3_axpy (next, ball.at, STEP * radius, way);
      fit (lumen, way, radius, next);
      seen = willis_thin_seen (lumen, next, way, radius);
      unseen = seen < LEAST_SEEN ? unseen + STEP * radius : 0.0;
      vec3_sub (ball.at, next, ball.at); // the step that was made
      vec3_normalize (ball.at);
      vec3_axpy (way, way, TURNS, ball.at);
      vec3_normalize (way);
      vec3_copy (ball.at, next);
      length += STEP * radius;
    }
  return NULL;
}
