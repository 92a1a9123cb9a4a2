/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Centreline trees of phantoms straight from their description, in any pose and crop, with the true name of each branch:
 * vessels are cut where another one's end lies on them, as a tree of a real scan has its junctions there.
 */
#include <math.h>
#include <string.h>

#include "core/num/rng.h"
#include "core/num/so3.h"
#include "core/num/vec3.h"
#include "core/phantom/phantom-private.h"
#include "core/vessel/tree.h"

#define TRUTH_JOIN_MM 1.6

typedef struct
{
  double angles_deg[3], translation_mm[3], scale;
  gboolean mirrored;       // left and right exchanged
  double lo[3], hi[3];     // crop, before the pose
  const char *const *without; // vessels left out, NULL-terminated, may be NULL
  double jitter_mm;        // of the points, smooth along the vessel
} TruthPose;

#define TRUTH_POSE_INIT { { 0, 0, 0 }, { 0, 0, 0 }, 1.0, FALSE, { -1e3, -1e3, -1e3 }, { 1e3, 1e3, 1e3 }, NULL, 0.0 }

typedef struct
{
  GArray *nodes, *branches; // WillisTreeNode, WillisBranch; names are the true ones
} TruthBuild;

static inline void
truth_pose (const TruthPose *pose, const double p[3], double out[3])
{
  double w[3], q[4], x[3] = { pose->mirrored ? -p[0] : p[0], p[1], p[2] };

  vec3_scale (w, pose->angles_deg, G_PI / 180.0);
  quat_exp (q, w);
  quat_apply (out, q, x);
  vec3_scale (out, out, pose->scale);
  vec3_add (out, out, pose->translation_mm);
}

static inline int
truth_node (TruthBuild *build, const double p[3])
{
  WillisTreeNode node = { { p[0], p[1], p[2] }, 0 };

  for (guint n = 0; n < build->nodes->len; n++)
    if (vec3_dist (g_array_index (build->nodes, WillisTreeNode, n).lps_mm, p) < TRUTH_JOIN_MM)
      return (int) n;
  g_array_append_val (build->nodes, node);
  return (int) build->nodes->len - 1;
}

static inline char *
truth_name (const char *id, gboolean mirrored)
{
  if (mirrored && g_str_has_suffix (id, " left"))
    return g_strdup_printf ("%.*s right", (int) strlen (id) - 5, id);
  if (mirrored && g_str_has_suffix (id, " right"))
    return g_strdup_printf ("%.*s left", (int) strlen (id) - 6, id);
  return g_strdup (id);
}

static inline void
truth_branch (TruthBuild *build, const char *id, const TruthPose *pose, const double (*points)[4], gsize n, WillisRng *rng)
{
  WillisBranch b = { .n_points = n };
  double phase[3] = { 6.28 * willis_rng_uniform (rng), 6.28 * willis_rng_uniform (rng), 6.28 * willis_rng_uniform (rng) };

  if (n < 3)
    return;
  b.points_lps_mm = g_new (double, 3 * n);
  b.radius_mm = g_new (double, n);
  for (gsize i = 0; i < n; i++)
    {
      double x[3], fade = sin (G_PI * (double) i / (double) (n - 1));

      vec3_copy (x, points[i]);
      for (int a = 0; a < 3; a++)
        x[a] += pose->jitter_mm * fade * sin (phase[a] + 0.12 * (double) i);
      truth_pose (pose, x, b.points_lps_mm + 3 * i);
      b.radius_mm[i] = points[i][3] * pose->scale;
    }
  b.node[0] = truth_node (build, b.points_lps_mm);
  b.node[1] = truth_node (build, b.points_lps_mm + 3 * (n - 1));
  for (int e = 0; e < 2; e++)
    g_array_index (build->nodes, WillisTreeNode, b.node[e]).degree++;
  b.name = truth_name (id, pose->mirrored);
  g_array_append_val (build->branches, b);
}

static inline gboolean
truth_left_out (const TruthPose *pose, const PhantomVessel *v)
{
  return !v->artery || (pose->without != NULL && g_strv_contains (pose->without, v->id));
}

/* A joint of others within the vessel at point p (end points of other vessels). */
static inline gboolean
truth_is_joint (const WillisPhantom *phantom, const TruthPose *pose, const PhantomVessel *v, const double p[3])
{
  for (guint o = 0; o < phantom->vessels->len; o++)
    {
      const PhantomVessel *other = g_ptr_array_index (phantom->vessels, o);
      const double(*q)[4] = (const double(*)[4]) (const void *) other->points->data;

      if (other != v && !truth_left_out (pose, other)
          && (vec3_dist (q[0], p) < TRUTH_JOIN_MM || vec3_dist (q[other->points->len - 1], p) < TRUTH_JOIN_MM))
        return TRUE;
    }
  return FALSE;
}

static inline WillisTree *
truth_tree (const WillisPhantom *phantom, const TruthPose *pose, guint64 seed)
{
  TruthBuild build = { g_array_new (FALSE, FALSE, sizeof (WillisTreeNode)), g_array_new (FALSE, FALSE, sizeof (WillisBranch)) };
  WillisRng rng;
  gsize n_nodes, n_branches;

  willis_rng_init (&rng, seed, 3);
  for (guint v = 0; v < phantom->vessels->len; v++)
    {
      const PhantomVessel *vessel = g_ptr_array_index (phantom->vessels, v);
      const double(*p)[4] = (const double(*)[4]) (const void *) vessel->points->data;
      gsize from = 0, n = vessel->points->len;

      if (truth_left_out (pose, vessel))
        continue;
      for (gsize i = 0; i < n; i++)
        {
          gboolean in = TRUE, joint = i > from + 8 && i + 8 < n && truth_is_joint (phantom, pose, vessel, p[i]);

          for (int a = 0; a < 3; a++)
            in = in && p[i][a] >= pose->lo[a] && p[i][a] <= pose->hi[a];
          if (!in || joint || i + 1 == n)
            {
              truth_branch (&build, vessel->id, pose, p + from, i + (in ? 1 : 0) - from, &rng);
              from = in ? i : i + 1;
            }
        }
    }
  n_nodes = build.nodes->len;
  n_branches = build.branches->len;
  return willis_tree_new_take ((WillisTreeNode *) (void *) g_array_free (build.nodes, FALSE), n_nodes,
                               (WillisBranch *) (void *) g_array_free (build.branches, FALSE), n_branches);
}
