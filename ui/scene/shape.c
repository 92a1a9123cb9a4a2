/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/scene/shape.h"
#include "ui/scene/scene.h"

#include <math.h>

#include "core/num/vec3.h"

WillisShape *
willis_shape_new (WillisSurface *surface)
{
  WillisShape *shape = g_new0 (WillisShape, 1);

  shape->surface = willis_surface_ref (surface);
  shape->normals = willis_surface_point_normals (surface);
  return shape;
}

void
willis_shape_free (WillisShape *shape)
{
  if (shape == NULL)
    return;
  willis_surface_unref (shape->surface);
  g_free (shape->normals);
  g_free (shape->rgb);
  g_free (shape->cells);
  g_free (shape);
}

void
willis_line_free (WillisLine *line)
{
  if (line == NULL)
    return;
  g_free (line->points_lps_mm);
  g_free (line->rgb);
  g_free (line);
}

void
willis_shape_builder_init (WillisShapeBuilder *builder)
{
  builder->points = g_array_new (FALSE, FALSE, 3 * sizeof (double));
  builder->normals = g_array_new (FALSE, FALSE, 3 * sizeof (double));
  builder->rgb = g_array_new (FALSE, FALSE, 3);
  builder->triangles = g_array_new (FALSE, FALSE, 3 * sizeof (gint32));
  builder->cells = g_array_new (FALSE, FALSE, sizeof (gint64));
}

WillisShape *
willis_shape_builder_finish (WillisShapeBuilder *builder)
{
  WillisShape *shape = g_new0 (WillisShape, 1);
  gsize n_points = builder->points->len, n_triangles = builder->triangles->len;

  shape->surface = willis_surface_new_take ((double *) g_array_free (builder->points, FALSE), n_points,
                                            (gint32 *) g_array_free (builder->triangles, FALSE), n_triangles);
  shape->normals = (double *) g_array_free (builder->normals, FALSE);
  shape->rgb = (guint8 *) g_array_free (builder->rgb, FALSE);
  shape->cells = (gint64 *) g_array_free (builder->cells, FALSE);
  return shape;
}

static void
add_triangle (WillisShapeBuilder *builder, gint32 a, gint32 b, gint32 c, gint64 cell)
{
  gint32 v[3] = { a, b, c };

  g_array_append_vals (builder->triangles, v, 1);
  g_array_append_vals (builder->cells, &cell, 1);
}

/* A circle of points; n = cosine radial + sine t is the normal's tilt along the tube. */
static void
add_ring (WillisShapeBuilder *builder, const double centre[3], const double u[3], const double v[3],
          const double t[3], double radius, double cosine, double sine, const guint8 rgb[3], int sides)
{
  for (int k = 0; k < sides; k++)
    {
      double a = 2.0 * G_PI * k / sides, radial[3], p[3], n[3];

      vec3_scale (radial, u, cos (a));
      vec3_axpy (radial, radial, sin (a), v);
      vec3_axpy (p, centre, radius, radial);
      vec3_scale (n, radial, cosine);
      vec3_axpy (n, n, sine, t);
      g_array_append_vals (builder->points, p, 1);
      g_array_append_vals (builder->normals, n, 1);
      g_array_append_vals (builder->rgb, rgb, 1);
    }
}

/* Joins the ring that starts at point a with the one at b, b further along the tube. */
static void
join_rings (WillisShapeBuilder *builder, gint32 a, gint32 b, int sides, gint64 cell)
{
  for (int k = 0; k < sides; k++)
    {
      int l = (k + 1) % sides;

      add_triangle (builder, a + k, a + l, b + k, cell);
      add_triangle (builder, a + l, b + l, b + k, cell);
    }
}

/* Unit direction of the tube at point i: from the points around it. */
static void
tangent_at (const double *points, gsize n, gsize i, gboolean closed, double t[3])
{
  gsize a = i > 0 ? i - 1 : (closed ? n - 1 : 0), b = i + 1 < n ? i + 1 : (closed ? 0 : n - 1);

  vec3_sub (t, points + 3 * b, points + 3 * a);
  if (!(vec3_normalize (t) > 0.0))
    vec3_set (t, 0.0, 0.0, 1.0);
}

#define CAP_RINGS 3

/* A half ball beyond an end: side is -1 before the start, +1 after the end. */
static void
add_cap (WillisShapeBuilder *builder, const double p[3], const double u[3], const double v[3],
         const double t[3], double radius, int side, const guint8 rgb[3], int sides, gint64 cell)
{
  for (int k = 1; k <= CAP_RINGS; k++)
    {
      int step = side > 0 ? k : CAP_RINGS + 1 - k; // before the start the tip comes first
      double a = 0.5 * G_PI * step / CAP_RINGS, c[3];
      gint32 first = (gint32) builder->points->len;

      vec3_axpy (c, p, side * radius * sin (a), t);
      add_ring (builder, c, u, v, t, MAX (radius * cos (a), 1e-9), cos (a), side * sin (a), rgb, sides);
      if (side > 0 || k > 1)
        join_rings (builder, first - sides, first, sides, cell);
    }
}

void
willis_shape_add_tube (WillisShapeBuilder *builder, const double *points, const double *radii, gsize n,
                       gboolean closed, const guint8 *rgb, int sides, gint64 cell)
{
  double u[3] = { 0, 0, 0 }, v[3], t[3], d;
  gint32 start = -1, first = 0;

  for (gsize i = 0; i < n; i++)
    {
      gsize before = i > 0 ? i - 1 : 0, after = i + 1 < n ? i + 1 : i;
      double ds, slope = 0.0, c;

      tangent_at (points, n, i, closed, t);
      if (i == 0)
        vec3_basis (t, u, v);
      d = vec3_dot (u, t); // parallel transport: keep u, made perpendicular again
      vec3_axpy (u, u, -d, t);
      if (!(vec3_normalize (u) > 1e-9))
        vec3_basis (t, u, v);
      vec3_cross (v, t, u);
      ds = vec3_dist (points + 3 * before, points + 3 * after);
      if (ds > 0.0)
        slope = CLAMP ((radii[after] - radii[before]) / ds, -1.0, 1.0);
      c = 1.0 / sqrt (1.0 + slope * slope);
      if (i == 0 && !closed)
        add_cap (builder, points, u, v, t, radii[0], -1, rgb, sides, cell);
      first = (gint32) builder->points->len;
      add_ring (builder, points + 3 * i, u, v, t, radii[i], c, -slope * c, rgb + 3 * i, sides);
      if (i == 0)
        start = first;
      if (i > 0 || !closed)
        join_rings (builder, first - sides, first, sides, cell);
    }
  if (n > 0 && !closed)
    add_cap (builder, points + 3 * (n - 1), u, v, t, radii[n - 1], 1, rgb + 3 * (n - 1), sides, cell);
  else if (n > 2)
    {
      /* The frame has turned on its way round: join with the start ring where it fits best. */
      int best = 0;
      double least = HUGE_VAL;
      const double *p = &g_array_index (builder->points, double, 3 * first);

      for (int k = 0; k < sides; k++)
        {
          double e = vec3_dist (p, &g_array_index (builder->points, double, 3 * (start + k)));

          if (e < least)
            {
              least = e;
              best = k;
            }
        }
      for (int k = 0; k < sides; k++)
        {
          int l = (k + 1) % sides;
          gint32 a = start + (k + best) % sides, b = start + (l + best) % sides;

          add_triangle (builder, first + k, first + l, a, cell);
          add_triangle (builder, first + l, b, a, cell);
        }
    }
}

void
willis_shape_add_ellipsoid (WillisShapeBuilder *builder, const double centre[3], const double half[3],
                            guint32 rgb, gint64 cell)
{
  const int rows = 12, sides = 20;
  guint8 colour[3] = { rgb >> 16 & 255, rgb >> 8 & 255, rgb & 255 };

  for (int r = 0; r <= rows; r++)
    {
      double a = G_PI * ((double) r / rows - 0.5);
      gint32 first = (gint32) builder->points->len;

      for (int k = 0; k < sides; k++)
        {
          double b = 2.0 * G_PI * k / sides, s[3] = { cos (a) * cos (b), cos (a) * sin (b), sin (a) }, p[3], n[3];

          for (int c = 0; c < 3; c++)
            {
              p[c] = centre[c] + half[c] * s[c];
              n[c] = s[c] / half[c];
            }
          vec3_normalize (n);
          g_array_append_vals (builder->points, p, 1);
          g_array_append_vals (builder->normals, n, 1);
          g_array_append_vals (builder->rgb, colour, 1);
        }
      if (r > 0)
        join_rings (builder, first - sides, first, sides, cell);
    }
}

void
willis_shape_add_ball (WillisShapeBuilder *builder, const double centre[3], double radius, guint32 rgb,
                       gint64 cell)
{
  double half[3] = { radius, radius, radius };

  willis_shape_add_ellipsoid (builder, centre, half, rgb, cell);
}

void
willis_shape_add_cone (WillisShapeBuilder *builder, const double base[3], const double tip[3], double radius,
                       guint32 rgb, gint64 cell)
{
  const int sides = 20;
  guint8 colour[3] = { rgb >> 16 & 255, rgb >> 8 & 255, rgb & 255 };
  double t[3], u[3], v[3], length, slant;
  gint32 first = (gint32) builder->points->len;

  vec3_sub (t, tip, base);
  length = vec3_normalize (t);
  if (!(length > 0.0))
    return;
  vec3_basis (t, u, v);
  slant = hypot (length, radius);
  add_ring (builder, base, u, v, t, 1e-9, 0.0, -1.0, colour, sides); // the flat base
  add_ring (builder, base, u, v, t, radius, 0.0, -1.0, colour, sides);
  join_rings (builder, first, first + sides, sides, cell);
  add_ring (builder, base, u, v, t, radius, length / slant, radius / slant, colour, sides);
  add_ring (builder, tip, u, v, t, 1e-9, length / slant, radius / slant, colour, sides);
  join_rings (builder, first + 2 * sides, first + 3 * sides, sides, cell);
}

gboolean
willis_shape_hit (const WillisShape *shape, const double origin[3], const double direction[3], double t_lo,
                  double t_hi, const double plane[4], double *t, gsize *triangle)
{
  const double *points = willis_surface_points (shape->surface);
  const gint32 *triangles = willis_surface_triangles (shape->surface);
  gsize n = willis_surface_n_triangles (shape->surface);
  gboolean hit = FALSE;

  /* Moller and Trumbore 1997, both sides. */
  for (gsize i = 0; i < n; i++)
    {
      const double *a = points + 3 * triangles[3 * i];
      double e1[3], e2[3], s[3], p[3], q[3], det, u, v, d;

      vec3_sub (e1, points + 3 * triangles[3 * i + 1], a);
      vec3_sub (e2, points + 3 * triangles[3 * i + 2], a);
      vec3_cross (p, direction, e2);
      det = vec3_dot (e1, p);
      if (det == 0.0)
        continue;
      vec3_sub (s, origin, a);
      u = vec3_dot (s, p) / det;
      if (!(u >= 0.0 && u <= 1.0))
        continue;
      vec3_cross (q, s, e1);
      v = vec3_dot (direction, q) / det;
      if (!(v >= 0.0 && u + v <= 1.0))
        continue;
      d = vec3_dot (e2, q) / det;
      if (!(d > t_lo && d < t_hi))
        continue;
      if (plane != NULL && vec3_dot (plane, origin) + d * vec3_dot (plane, direction) < plane[3])
        continue;
      t_hi = d;
      *t = d;
      *triangle = i;
      hit = TRUE;
    }
  return hit;
}

WillisSurface *
willis_scene_label_surface (WillisVolume *labels, int label)
{
  WillisShape *shape = willis_shape_from_label (labels, label, WILLIS_LABEL_TRIANGLES);
  WillisSurface *surface = shape != NULL ? willis_surface_ref (shape->surface)
                                         : willis_surface_new_take (g_new (double, 1), 0, g_new (gint32, 1), 0);

  g_clear_pointer (&shape, willis_shape_free);
  return surface;
}
