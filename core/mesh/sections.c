/* SPDX-License-Identifier: Apache-2.0 */
#include "core/mesh/sections.h"

#include <math.h>
#include <string.h>

#include "core/mesh/rims.h"
#include "core/num/vec3.h"

struct _WillisSectioner
{
  WillisSurface *surface;
  gint32 *opposite; // [3 n_triangles]
  double *height;   // [n_points] above the plane
  guint8 *seen;     // [n_triangles]
  GArray *crossed;  // gint32: triangles that the plane crosses
  GArray *points;   // double
  GArray *triangles; // gint32, one a point
  GArray *back;     // double: points found walking backwards from the start of an open curve
  GArray *sections; // WillisSection
  double normal[3];
};

WillisSectioner *
willis_sectioner_new (WillisSurface *surface)
{
  WillisSectioner *s = g_new0 (WillisSectioner, 1);

  s->surface = willis_surface_ref (surface);
  s->opposite = willis_surface_opposites (surface);
  s->height = g_new (double, MAX (willis_surface_n_points (surface), 1));
  s->seen = g_new0 (guint8, MAX (willis_surface_n_triangles (surface), 1));
  s->crossed = g_array_new (FALSE, FALSE, sizeof (gint32));
  s->points = g_array_new (FALSE, FALSE, sizeof (double));
  s->triangles = g_array_new (FALSE, FALSE, sizeof (gint32));
  s->back = g_array_new (FALSE, FALSE, sizeof (double));
  s->sections = g_array_new (FALSE, FALSE, sizeof (WillisSection));
  return s;
}

void
willis_sectioner_free (WillisSectioner *s)
{
  if (s == NULL)
    return;
  willis_surface_unref (s->surface);
  g_free (s->opposite);
  g_free (s->height);
  g_free (s->seen);
  g_array_unref (s->crossed);
  g_array_unref (s->points);
  g_array_unref (s->triangles);
  g_array_unref (s->back);
  g_array_unref (s->sections);
  g_free (s);
}

/* Where the plane crosses half-edge h; the same from both sides. */
static void
crossing (const WillisSectioner *s, gint32 h, double out[3])
{
  const gint32 *t = willis_surface_triangles (s->surface);
  const double *p = willis_surface_points (s->surface);
  gint32 a = t[h], b = t[h % 3 == 2 ? h - 2 : h + 1], lo = MIN (a, b), hi = MAX (a, b);

  vec3_lerp (out, p + 3 * lo, p + 3 * hi, s->height[lo] / (s->height[lo] - s->height[hi]));
}

/* The half-edge of triangle t over which a walker leaves: from above to below (forwards) or from below to above. */
static gint32
exit_edge (const WillisSectioner *s, gint32 t, gboolean forwards)
{
  const gint32 *v = willis_surface_triangles (s->surface) + 3 * t;

  for (int c = 0; c < 3; c++)
    {
      gboolean above = s->height[v[c]] >= 0.0, next_above = s->height[v[(c + 1) % 3]] >= 0.0;

      if (above != next_above && above == forwards)
        return 3 * t + c;
    }
  return -1;
}

/* Walks from triangle t over its exit edges; appends the crossings. TRUE where it comes back to start. */
static gboolean
walk (WillisSectioner *s, gint32 start, gboolean forwards, GArray *out)
{
  gint32 t = start;

  for (;;)
    {
      gint32 h = exit_edge (s, t, forwards);
      double p[3];

      if (h < 0)
        return FALSE;
      crossing (s, h, p);
      g_array_append_vals (out, p, 3);
      g_array_append_val (s->triangles, t);
      s->seen[t] = TRUE;
      if (s->opposite[h] < 0)
        return FALSE;
      t = s->opposite[h] / 3;
      if (t == start)
        return TRUE;
      if (s->seen[t])
        return FALSE;
    }
}

static void
measure (WillisSectioner *s, WillisSection *section)
{
  double area[3];

  section->n = s->points->len / 3 - section->first;
  section->perimeter_mm = willis_polygon_measure ((const double *) (const void *) s->points->data + 3 * section->first,
                                                  section->n, area, section->centre_lps_mm);
  section->area_mm2 = fabs (vec3_dot (area, s->normal));
}

static void
trace (WillisSectioner *s, gint32 start)
{
  WillisSection section = { 0 };

  section.first = s->points->len / 3;
  g_array_set_size (s->back, 0);
  section.closed = walk (s, start, TRUE, s->points);
  if (!section.closed)
    {
      gsize n, n_back;
      double *p;

      /* an open curve: what lies behind the start comes first, turned round. (The triangles keep the order in which
       * they were met; they are the same ones.) */
      walk (s, start, FALSE, s->back);
      n = s->points->len / 3 - section.first;
      n_back = s->back->len / 3;
      g_array_set_size (s->points, s->points->len + s->back->len);
      p = (double *) (void *) s->points->data + 3 * section.first;
      memmove (p + 3 * n_back, p, 3 * n * sizeof (double));
      for (gsize i = 0; i < n_back; i++)
        vec3_copy (p + 3 * i, (const double *) (const void *) s->back->data + 3 * (n_back - 1 - i));
    }
  measure (s, &section);
  g_array_append_val (s->sections, section);
}

gsize
willis_sectioner_cut (WillisSectioner *s, const double origin_lps_mm[3], const double normal[3])
{
  const double *p = willis_surface_points (s->surface);
  const gint32 *v = willis_surface_triangles (s->surface);
  gsize n = willis_surface_n_triangles (s->surface), n_points = willis_surface_n_points (s->surface);
  double offset = vec3_dot (origin_lps_mm, normal);

  vec3_copy (s->normal, normal);
  g_array_set_size (s->crossed, 0);
  g_array_set_size (s->points, 0);
  g_array_set_size (s->triangles, 0);
  g_array_set_size (s->sections, 0);
  for (gsize i = 0; i < n_points; i++)
    s->height[i] = p[3 * i] * normal[0] + p[3 * i + 1] * normal[1] + p[3 * i + 2] * normal[2] - offset;
  for (gsize t = 0; t < n; t++)
    {
      int above = (s->height[v[3 * t]] >= 0.0) + (s->height[v[3 * t + 1]] >= 0.0) + (s->height[v[3 * t + 2]] >= 0.0);
      gint32 index = (gint32) t;

      if (above == 0 || above == 3)
        continue;
      s->seen[t] = FALSE;
      g_array_append_val (s->crossed, index);
    }
  for (guint i = 0; i < s->crossed->len; i++)
    {
      gint32 t = g_array_index (s->crossed, gint32, i);

      if (!s->seen[t])
        trace (s, t);
    }
  return s->sections->len;
}

const WillisSection *
willis_sectioner_section (const WillisSectioner *s, gsize n)
{
  return &g_array_index (s->sections, WillisSection, n);
}

const double *
willis_sectioner_points (const WillisSectioner *s)
{
  return (const double *) (const void *) s->points->data;
}

const gint32 *
willis_sectioner_triangles (const WillisSectioner *s)
{
  return (const gint32 *) (const void *) s->triangles->data;
}

/* Is the point inside the polygon, seen along the normal? *distance: to its nearest edge. */
static gboolean
holds (const WillisSectioner *s, const WillisSection *section, const double point[3], double *distance)
{
  const double *p = willis_sectioner_points (s) + 3 * section->first;
  double u[3], v[3], best = G_MAXDOUBLE;
  gboolean inside = FALSE;

  vec3_basis (s->normal, u, v);
  for (gsize i = 0; i < section->n; i++)
    {
      double a[3], b[3], ax, ay, bx, by, t, dx, dy;

      vec3_sub (a, p + 3 * i, point);
      vec3_sub (b, p + 3 * ((i + 1) % section->n), point);
      ax = vec3_dot (a, u), ay = vec3_dot (a, v), bx = vec3_dot (b, u), by = vec3_dot (b, v);
      if ((ay > 0.0) != (by > 0.0) && ax + (bx - ax) * ay / (ay - by) > 0.0)
        inside = !inside;
      dx = bx - ax, dy = by - ay;
      t = dx * dx + dy * dy > 0.0 ? CLAMP (-(ax * dx + ay * dy) / (dx * dx + dy * dy), 0.0, 1.0) : 0.0;
      best = MIN (best, hypot (ax + t * dx, ay + t * dy));
    }
  *distance = best;
  return inside;
}

int
willis_sectioner_around (const WillisSectioner *s, const double point_lps_mm[3])
{
  int best_inside = -1, best_near = -1;
  double best_distance = G_MAXDOUBLE;

  for (guint i = 0; i < s->sections->len; i++)
    {
      const WillisSection *section = willis_sectioner_section (s, i);
      double distance;

      if (!section->closed || section->n < 3)
        continue;
      if (holds (s, section, point_lps_mm, &distance)
          && (best_inside < 0 || section->area_mm2 < willis_sectioner_section (s, best_inside)->area_mm2))
        best_inside = (int) i;
      if (distance < best_distance)
        {
          best_distance = distance;
          best_near = (int) i;
        }
    }
  return best_inside >= 0 ? best_inside : best_near;
}

double
willis_section_diameter (const WillisSection *section)
{
  return section->perimeter_mm > 0.0 ? 4.0 * section->area_mm2 / section->perimeter_mm : 0.0;
}
