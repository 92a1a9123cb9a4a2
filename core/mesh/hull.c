/* SPDX-License-Identifier: Apache-2.0 */
#include "core/mesh/hull.h"

#include <string.h>

#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/num/rng.h"
#include "core/num/vec3.h"

typedef struct
{
  gint32 v[3];       // corners, counter-clockwise from outside
  gint32 next[3];    // face over edge v[c], v[c + 1]
  double normal[3];  // unit
  double offset;
  GArray *outside;   // gint32: points above this face
  gboolean alive;
  guint32 mark;
} Face;

typedef struct
{
  const double *p;
  gsize n;
  double eps;
  GArray *faces; // Face
  GArray *horizon; // gint32 pairs: face beyond, its edge towards us
  GArray *visible; // gint32
  guint32 stamp;
} Hull;

static Face *
face_at (Hull *hull, gint32 f)
{
  return &g_array_index (hull->faces, Face, f);
}

static double
height (const Face *face, const double p[3])
{
  return vec3_dot (face->normal, p) - face->offset;
}

static gint32
add_face (Hull *hull, gint32 a, gint32 b, gint32 c)
{
  Face face = { { a, b, c }, { -1, -1, -1 }, { 0 }, 0.0, NULL, TRUE, 0 };
  double e[3], f[3];

  vec3_sub (e, hull->p + 3 * b, hull->p + 3 * a);
  vec3_sub (f, hull->p + 3 * c, hull->p + 3 * a);
  vec3_cross (face.normal, e, f);
  vec3_normalize (face.normal);
  face.offset = (vec3_dot (face.normal, hull->p + 3 * a) + vec3_dot (face.normal, hull->p + 3 * b)
                 + vec3_dot (face.normal, hull->p + 3 * c)) / 3.0;
  face.outside = g_array_new (FALSE, FALSE, sizeof (gint32));
  g_array_append_val (hull->faces, face);
  return (gint32) hull->faces->len - 1;
}

/* Four points that span a volume; FALSE where there are none. */
static gboolean
first_points (const Hull *hull, gint32 out[4])
{
  const double *p = hull->p;
  double best = -1.0, d[3], e[3], x[3];

  out[0] = out[1] = out[2] = out[3] = 0;
  for (gsize i = 0; i < hull->n; i++) // lowest along x
    if (p[3 * i] < p[3 * out[0]])
      out[0] = (gint32) i;
  for (gsize i = 0; i < hull->n; i++)
    if (vec3_dist (p + 3 * i, p + 3 * out[0]) > best)
      {
        best = vec3_dist (p + 3 * i, p + 3 * out[0]);
        out[1] = (gint32) i;
      }
  vec3_sub (d, p + 3 * out[1], p + 3 * out[0]);
  best = -1.0;
  for (gsize i = 0; i < hull->n; i++)
    {
      vec3_sub (e, p + 3 * i, p + 3 * out[0]);
      vec3_cross (x, d, e);
      if (vec3_norm (x) > best)
        {
          best = vec3_norm (x);
          out[2] = (gint32) i;
        }
    }
  vec3_sub (e, p + 3 * out[2], p + 3 * out[0]);
  vec3_cross (x, d, e);
  if (vec3_normalize (x) == 0.0)
    return FALSE;
  best = -1.0;
  for (gsize i = 0; i < hull->n; i++)
    {
      vec3_sub (e, p + 3 * i, p + 3 * out[0]);
      if (fabs (vec3_dot (e, x)) > best)
        {
          best = fabs (vec3_dot (e, x));
          out[3] = (gint32) i;
        }
    }
  if (best <= 1e-9 * vec3_norm (d))
    return FALSE;
  vec3_sub (e, p + 3 * out[3], p + 3 * out[0]);
  if (vec3_dot (e, x) > 0.0)
    {
      gint32 keep = out[1];

      out[1] = out[2];
      out[2] = keep;
    }
  return TRUE;
}

/* Gives point i to the first of the faces [from, n_faces) that it is above. */
static void
assign (Hull *hull, gint32 i, gint32 from)
{
  for (gint32 f = from; f < (gint32) hull->faces->len; f++)
    {
      Face *face = face_at (hull, f);

      if (face->alive && height (face, hull->p + 3 * i) > hull->eps)
        {
          g_array_append_val (face->outside, i);
          return;
        }
    }
}

static gboolean
start (Hull *hull)
{
  static const int corners[4][3] = { { 0, 1, 2 }, { 0, 2, 3 }, { 0, 3, 1 }, { 1, 3, 2 } };
  gint32 v[4];

  if (!first_points (hull, v))
    return FALSE;
  for (int f = 0; f < 4; f++)
    add_face (hull, v[corners[f][0]], v[corners[f][1]], v[corners[f][2]]);
  for (int f = 0; f < 4; f++)
    for (int c = 0; c < 3; c++)
      for (int g = 0; g < 4; g++)
        for (int d = 0; d < 3; d++)
          if (corners[f][c] == corners[g][(d + 1) % 3] && corners[f][(c + 1) % 3] == corners[g][d])
            face_at (hull, f)->next[c] = g;
  for (gsize i = 0; i < hull->n; i++)
    assign (hull, (gint32) i, 0);
  return TRUE;
}

/* All faces that see the eye, and the edges around them in order (depth first, edges counter-clockwise). */
static void
find_horizon (Hull *hull, gint32 f, int from_edge, const double eye[3])
{
  face_at (hull, f)->mark = hull->stamp;
  g_array_append_val (hull->visible, f);
  for (int k = from_edge < 0 ? 0 : 1; k < 3; k++)
    {
      int c = from_edge < 0 ? k : (from_edge + k) % 3;
      gint32 g = face_at (hull, f)->next[c], back = 0;

      if (face_at (hull, g)->mark == hull->stamp)
        continue;
      for (int d = 0; d < 3; d++)
        if (face_at (hull, g)->next[d] == f && face_at (hull, g)->v[(d + 1) % 3] == face_at (hull, f)->v[c])
          back = d;
      if (height (face_at (hull, g), eye) > hull->eps)
        find_horizon (hull, g, back, eye);
      else
        {
          g_array_append_val (hull->horizon, g);
          g_array_append_val (hull->horizon, back);
        }
    }
}

/* A cone from the eye to the horizon in place of the faces that see it. FALSE where rounding broke the horizon. */
static gboolean
add_eye (Hull *hull, gint32 eye, gint32 f)
{
  gint32 first = (gint32) hull->faces->len, n;

  hull->stamp++;
  g_array_set_size (hull->horizon, 0);
  g_array_set_size (hull->visible, 0);
  find_horizon (hull, f, -1, hull->p + 3 * eye);
  n = (gint32) hull->horizon->len / 2;
  if (n < 3)
    return FALSE;
  for (gint32 e = 0; e < n; e++)
    {
      gint32 g = g_array_index (hull->horizon, gint32, 2 * e), d = g_array_index (hull->horizon, gint32, 2 * e + 1);
      gint32 a = face_at (hull, g)->v[(d + 1) % 3], b = face_at (hull, g)->v[d], face = add_face (hull, a, b, eye);

      face_at (hull, face)->next[0] = g;
      face_at (hull, g)->next[d] = face;
    }
  for (gint32 e = 0; e < n; e++)
    {
      gint32 follow = first + (e + 1) % n;

      if (face_at (hull, first + e)->v[1] != face_at (hull, follow)->v[0])
        return FALSE;
      face_at (hull, first + e)->next[1] = follow;
      face_at (hull, follow)->next[2] = first + e;
    }
  for (guint k = 0; k < hull->visible->len; k++)
    {
      Face *gone = face_at (hull, g_array_index (hull->visible, gint32, k));
      GArray *orphans = g_steal_pointer (&gone->outside);

      gone->alive = FALSE;
      for (guint i = 0; i < orphans->len; i++)
        if (g_array_index (orphans, gint32, i) != eye)
          assign (hull, g_array_index (orphans, gint32, i), first);
      g_array_unref (orphans);
    }
  return TRUE;
}

static gboolean
run (Hull *hull)
{
  if (!start (hull))
    return FALSE;
  for (gint32 f = 0; f < (gint32) hull->faces->len; f++)
    while (face_at (hull, f)->alive && face_at (hull, f)->outside->len > 0)
      {
        Face *face = face_at (hull, f);
        gint32 eye = -1;
        double best = 0.0;

        for (guint k = 0; k < face->outside->len; k++)
          {
            gint32 i = g_array_index (face->outside, gint32, k);

            if (height (face, hull->p + 3 * i) > best)
              {
                best = height (face, hull->p + 3 * i);
                eye = i;
              }
          }
        if (eye < 0 || !add_eye (hull, eye, f))
          return FALSE;
      }
  return TRUE;
}

static void
hull_clear (Hull *hull)
{
  for (guint f = 0; f < hull->faces->len; f++)
    if (face_at (hull, (gint32) f)->outside != NULL)
      g_array_unref (face_at (hull, (gint32) f)->outside);
  g_array_set_size (hull->faces, 0);
}

GArray *
willis_convex_hull (const double *points_lps_mm, gsize n, GError **error)
{
  Hull hull = { points_lps_mm, n, 0.0, NULL, NULL, NULL, 0 };
  g_autofree double *joggled = g_memdup2 (points_lps_mm, 3 * MAX (n, 1) * sizeof (double));
  GArray *out = NULL;
  double extent = 0.0;
  WillisRng rng;
  gint32 corners[4];

  if (n < 4 || !first_points (&hull, corners)) // asked of the points as given: moved ones never lie in a plane
    {
      willis_fail (error, WILLIS_ERROR_BAD_INPUT, _ ("the convex hull needs points that do not lie in a plane"));
      return NULL;
    }
  for (gsize i = 0; i < n; i++)
    extent = MAX (extent, vec3_dist (points_lps_mm + 3 * i, points_lps_mm));
  hull.faces = g_array_new (FALSE, FALSE, sizeof (Face));
  hull.horizon = g_array_new (FALSE, FALSE, sizeof (gint32));
  hull.visible = g_array_new (FALSE, FALSE, sizeof (gint32));
  hull.eps = 1e-12 * extent;
  willis_rng_init (&rng, 1, 1);
  /* where rounding breaks the horizon, tiny moves of the points (Barber's joggle) mend it */
  for (int attempt = 0; attempt < 6 && out == NULL; attempt++)
    {
      hull.p = joggled;
      if (run (&hull))
        {
          out = g_array_new (FALSE, FALSE, sizeof (gint32));
          for (guint f = 0; f < hull.faces->len; f++)
            if (face_at (&hull, (gint32) f)->alive)
              g_array_append_vals (out, face_at (&hull, (gint32) f)->v, 3);
        }
      for (gsize i = 0; i < 3 * n; i++)
        joggled[i] = points_lps_mm[i] + (willis_rng_uniform (&rng) - 0.5) * extent * 1e-11 * pow (10.0, attempt);
      hull_clear (&hull);
    }
  g_array_unref (hull.faces);
  g_array_unref (hull.horizon);
  g_array_unref (hull.visible);
  if (out == NULL)
    willis_fail (error, WILLIS_ERROR_BAD_INPUT, _ ("the convex hull of these points cannot be found"));
  return out;
}
