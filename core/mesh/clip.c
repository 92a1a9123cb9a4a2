/* SPDX-License-Identifier: Apache-2.0 */
#include "core/mesh/clip.h"

#include <float.h>
#include <string.h>

#include "core/num/vec3.h"

typedef struct
{
  const double *p;     // old points
  const double *value; // snapped: exactly 0 on the cut
  GArray *points;
  GArray *triangles;
  GArray *on_cut;
  GArray *side;     // gint8
  gint32 *kept;     // new index of an old point, -1 not yet
  GHashTable *cuts; // edge (low << 32 | high) -> new point + 1
} Clip;

static gint32
new_point (Clip *clip, const double p[3], gboolean on_cut)
{
  gint32 index = (gint32) (clip->points->len / 3);
  guint8 flag = on_cut ? 1 : 0;

  g_array_append_vals (clip->points, p, 3);
  g_array_append_val (clip->on_cut, flag);
  return index;
}

static gint32
keep_point (Clip *clip, gint32 i)
{
  if (clip->kept[i] < 0)
    clip->kept[i] = new_point (clip, clip->p + 3 * i, clip->value[i] == 0.0);
  return clip->kept[i];
}

/* The point where the cut crosses edge i, j; the same from both sides. */
static gint32
cut_point (Clip *clip, gint32 i, gint32 j)
{
  gint32 lo = MIN (i, j), hi = MAX (i, j);
  gint64 *key = g_new (gint64, 1);
  gpointer found;
  double p[3];
  gint32 index;

  *key = (gint64) lo << 32 | hi;
  found = g_hash_table_lookup (clip->cuts, key);
  if (found != NULL)
    {
      g_free (key);
      return GPOINTER_TO_INT (found) - 1;
    }
  vec3_lerp (p, clip->p + 3 * lo, clip->p + 3 * hi, clip->value[lo] / (clip->value[lo] - clip->value[hi]));
  index = new_point (clip, p, TRUE);
  g_hash_table_insert (clip->cuts, key, GINT_TO_POINTER (index + 1));
  return index;
}

static void
add_triangle (Clip *clip, gint8 side, gint32 a, gint32 b, gint32 c)
{
  gint32 v[3] = { a, b, c };

  if (a == b || b == c || a == c)
    return;
  g_array_append_vals (clip->triangles, v, 3);
  g_array_append_val (clip->side, side);
}

/* The part of triangle v on one side (1 or -1). */
static void
add_part (Clip *clip, const gint32 *v, gint8 side)
{
  gint32 ring[4];
  int n = 0, inside = 0;
  const double *f = clip->value;

  for (int c = 0; c < 3; c++)
    inside += f[v[c]] * side > 0.0;
  if (inside == 0)
    return;
  for (int c = 0; c < 3; c++)
    {
      gint32 i = v[c], j = v[(c + 1) % 3];

      if (f[i] * side >= 0.0)
        ring[n++] = keep_point (clip, i);
      if ((f[i] > 0.0 && f[j] < 0.0) || (f[i] < 0.0 && f[j] > 0.0))
        ring[n++] = cut_point (clip, i, j);
    }
  if (n == 3)
    add_triangle (clip, side, ring[0], ring[1], ring[2]);
  else if (n == 4)
    {
      const double *p = (const double *) (const void *) clip->points->data;

      /* the shorter diagonal makes the better triangles */
      if (vec3_dist (p + 3 * ring[0], p + 3 * ring[2]) <= vec3_dist (p + 3 * ring[1], p + 3 * ring[3]))
        {
          add_triangle (clip, side, ring[0], ring[1], ring[2]);
          add_triangle (clip, side, ring[0], ring[2], ring[3]);
        }
      else
        {
          add_triangle (clip, side, ring[0], ring[1], ring[3]);
          add_triangle (clip, side, ring[1], ring[2], ring[3]);
        }
    }
}

static WillisSurface *
run (const WillisSurface *surface, const double *value, double snap, gboolean both, guint8 **on_cut, gint8 **side)
{
  gsize n_points = willis_surface_n_points (surface), n = willis_surface_n_triangles (surface);
  g_autofree double *snapped = g_new (double, MAX (n_points, 1));
  g_autofree gint32 *kept = g_new (gint32, MAX (n_points, 1));
  Clip clip = { willis_surface_points (surface), snapped, NULL, NULL, NULL, NULL, kept, NULL };
  gsize n_new, n_new_triangles;
  double *points;
  gint32 *triangles;

  memset (kept, 0xff, n_points * sizeof (gint32));
  for (gsize i = 0; i < n_points; i++)
    snapped[i] = fabs (value[i]) <= snap ? 0.0 : value[i];
  clip.points = g_array_new (FALSE, FALSE, sizeof (double));
  clip.triangles = g_array_new (FALSE, FALSE, sizeof (gint32));
  clip.on_cut = g_array_new (FALSE, FALSE, sizeof (guint8));
  clip.side = g_array_new (FALSE, FALSE, sizeof (gint8));
  clip.cuts = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  for (gsize t = 0; t < n; t++)
    {
      const gint32 *v = willis_surface_triangles (surface) + 3 * t;

      add_part (&clip, v, 1);
      if (!both)
        continue;
      add_part (&clip, v, -1);
      if (snapped[v[0]] == 0.0 && snapped[v[1]] == 0.0 && snapped[v[2]] == 0.0)
        add_triangle (&clip, 0, keep_point (&clip, v[0]), keep_point (&clip, v[1]), keep_point (&clip, v[2]));
    }
  g_hash_table_unref (clip.cuts);
  n_new = clip.points->len / 3;
  n_new_triangles = clip.triangles->len / 3;
  points = (double *) (void *) g_array_free (clip.points, FALSE);
  triangles = (gint32 *) (void *) g_array_free (clip.triangles, FALSE);
  if (on_cut != NULL)
    *on_cut = (guint8 *) g_array_free (clip.on_cut, FALSE);
  else
    g_array_unref (clip.on_cut);
  if (side != NULL)
    *side = (gint8 *) g_array_free (clip.side, FALSE);
  else
    g_array_unref (clip.side);
  return willis_surface_new_take (points, n_new, triangles, n_new_triangles);
}

WillisSurface *
willis_surface_clip_values (const WillisSurface *surface, const double *value, double snap, guint8 **on_cut)
{
  return run (surface, value, snap, FALSE, on_cut, NULL);
}

WillisSurface *
willis_surface_split_values (const WillisSurface *surface, const double *value, double snap, guint8 **on_cut,
                             gint8 **side)
{
  return run (surface, value, snap, TRUE, on_cut, side);
}

double
willis_surface_snap_mm (const WillisSurface *surface)
{
  double box[6], largest = 0.0;

  willis_surface_bounds (surface, box);
  for (int a = 0; a < 6; a++)
    largest = MAX (largest, fabs (box[a]));
  return 4.0 * FLT_EPSILON * largest;
}

WillisSurface *
willis_surface_clip_plane (const WillisSurface *surface, const double origin_lps_mm[3], const double normal[3],
                           double snap_mm, guint8 **on_cut)
{
  gsize n = willis_surface_n_points (surface);
  g_autofree double *value = g_new (double, MAX (n, 1));

  for (gsize i = 0; i < n; i++)
    {
      double d[3];

      vec3_sub (d, willis_surface_points (surface) + 3 * i, origin_lps_mm);
      value[i] = vec3_dot (d, normal);
    }
  return willis_surface_clip_values (surface, value, snap_mm < 0.0 ? willis_surface_snap_mm (surface) : snap_mm, on_cut);
}
