/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Along a vessel: tubes of known diameters, bends of known curvature, a narrowing of known degree.
 */
#include <math.h>

#include "core/mesh/check.h"
#include "core/mesh/clip.h"
#include "core/mesh/edit.h"
#include "core/vessel/profile.h"
#include "core/num/rng.h"
#include "core/num/vec3.h"
#include "tests/support/shapes.h"

typedef double (*RadiusFunc) (double s);

/* A tube of elliptic section (radius across u, flat times that across v) about a curve, closed by fans. */
static WillisSurface *
tube (void (*curve) (double s, double p[3], double t[3]), RadiusFunc radius, double flat, double length, int n_along)
{
  enum { AROUND = 72 };
  GArray *points = g_array_new (FALSE, FALSE, sizeof (double)), *triangles = g_array_new (FALSE, FALSE, sizeof (gint32));
  WillisSurface *out;
  double p[3], t[3], u[3], v[3];
  gint32 caps[2];

  curve (0.0, p, t);
  vec3_basis (t, u, v);
  for (int k = 0; k <= n_along; k++)
    {
      double s = length * k / n_along;

      curve (s, p, t);
      vec3_axpy (u, u, -vec3_dot (u, t), t);
      vec3_normalize (u);
      vec3_cross (v, t, u);
      for (int a = 0; a < AROUND; a++)
        {
          double q[3];

          vec3_axpy (q, p, radius (s) * cos (2.0 * G_PI * a / AROUND), u);
          vec3_axpy (q, q, flat * radius (s) * sin (2.0 * G_PI * a / AROUND), v);
          g_array_append_vals (points, q, 3);
        }
    }
  for (int e = 0; e < 2; e++)
    {
      curve (e == 0 ? 0.0 : length, p, t);
      caps[e] = (gint32) (points->len / 3);
      g_array_append_vals (points, p, 3);
    }
  for (int k = 0; k < n_along; k++)
    for (int a = 0; a < AROUND; a++)
      {
        gint32 i = k * AROUND + a, j = k * AROUND + (a + 1) % AROUND;
        gint32 both[6] = { i, j, i + AROUND, j, j + AROUND, i + AROUND };

        g_array_append_vals (triangles, both, 6);
      }
  for (int a = 0; a < AROUND; a++)
    {
      gint32 last = n_along * AROUND, low[3] = { caps[0], (a + 1) % AROUND, a },
             high[3] = { caps[1], last + a, last + (a + 1) % AROUND };

      g_array_append_vals (triangles, low, 3);
      g_array_append_vals (triangles, high, 3);
    }
  out = willis_surface_new_copy ((const double *) (const void *) points->data, points->len / 3,
                                 (const gint32 *) (const void *) triangles->data, triangles->len / 3);
  g_array_unref (points);
  g_array_unref (triangles);
  return out;
}

static WillisTree *
line (void (*curve) (double s, double p[3], double t[3]), RadiusFunc radius, double flat, double length)
{
  WillisTreeNode *nodes = g_new0 (WillisTreeNode, 2);
  WillisBranch *b = g_new0 (WillisBranch, 1);
  double t[3];

  b->n_points = (gsize) (length / 0.2) + 1;
  b->points_lps_mm = g_new (double, 3 * b->n_points);
  b->radius_mm = g_new (double, b->n_points);
  for (gsize i = 0; i < b->n_points; i++)
    {
      curve (0.2 * (double) i, b->points_lps_mm + 3 * i, t);
      b->radius_mm[i] = radius (0.2 * (double) i) * MIN (flat, 1.0);
    }
  b->node[1] = 1;
  for (int e = 0; e < 2; e++)
    {
      vec3_copy (nodes[e].lps_mm, b->points_lps_mm + (e == 0 ? 0 : 3 * (b->n_points - 1)));
      nodes[e].degree = 1;
    }
  return willis_tree_new_take (nodes, 2, b, 1);
}

static void
straight (double s, double p[3], double t[3])
{
  vec3_set (p, 3.0 + 0.6 * s, -2.0 + 0.8 * s, 7.0);
  vec3_set (t, 0.6, 0.8, 0.0);
}

/* Helix of radius 8 and pitch 2 pi 3: curvature 8 / 73. */
static void
helix (double s, double p[3], double t[3])
{
  double w = s / sqrt (73.0);

  vec3_set (p, 8.0 * cos (w), 8.0 * sin (w), 3.0 * w);
  vec3_set (t, -8.0 * sin (w) / sqrt (73.0), 8.0 * cos (w) / sqrt (73.0), 3.0 / sqrt (73.0));
}

static double
two (double s)
{
  return 2.0;
}

/* Normal 2, narrowed to 0.8 at 20 mm over about 8 mm. */
static double
narrowed (double s)
{
  double d = (s - 20.0) / 4.0;

  return fabs (d) < 1.0 ? 2.0 - 1.2 * 0.5 * (1.0 + cos (G_PI * d)) : 2.0;
}

/* A straight artery of 45 mm and its profile: lumen (taken) NULL: all of it. */
static WillisProfile *
straight_profile (RadiusFunc radius, WillisSurface *lumen, WillisCourse **course)
{
  const int branch = 0;
  g_autoptr (WillisTree) tree = line (straight, radius, 1.0, 45.0);
  g_autoptr (WillisSurface) wall = lumen != NULL ? lumen : tube (straight, radius, 1.0, 45.0, 360);

  *course = willis_course_new (tree, &branch, 1, NULL);
  return willis_profile_new (*course, tree, wall, NULL, NULL);
}

static void
ellipse (void)
{
  const int branch = 0;
  g_autoptr (WillisTree) tree = line (straight, two, 0.6, 30.0);
  g_autoptr (WillisSurface) lumen = tube (straight, two, 0.6, 30.0, 120);
  g_autoptr (WillisCourse) course = willis_course_new (tree, &branch, 1, NULL);
  g_autoptr (WillisProfile) profile = willis_profile_new (course, tree, lumen, NULL, NULL);
  const WillisCrossSection *s = profile->sections + profile->n / 2;

  g_assert_cmpfloat_with_epsilon (willis_course_length_mm (course), 30.0, 0.3);
  g_assert_cmpfloat_with_epsilon (s->area_mm2, G_PI * 2.0 * 1.2, 0.03);
  g_assert_cmpfloat_with_epsilon (s->area_diameter_mm, 2.0 * sqrt (2.4), 0.01);
  g_assert_cmpfloat_with_epsilon (s->min_diameter_mm, 2.4, 0.01);
  g_assert_cmpfloat_with_epsilon (s->max_diameter_mm, 4.0, 0.01);
  g_assert_cmpfloat_with_epsilon (s->perimeter_mm, 10.2104, 0.02); // Ramanujan's formula gives five digits here
  g_assert_cmpfloat_with_epsilon (willis_course_points (course)[profile->n / 2].inscribed_mm, 2.4, 1e-9);
  g_assert_cmpfloat (willis_course_tortuosity (course), <, 1e-9);
  g_assert_cmpfloat (willis_course_total_curvature (course), <, 1e-6);
  {
    double torsion;

    g_assert_cmpfloat (willis_course_turning (course, 4.0, &torsion), <, 1e-6);
    g_assert_cmpfloat (torsion, ==, 0.0);
  }
}

static void
bends (void)
{
  const int branch = 0;
  g_autoptr (WillisTree) tree = line (helix, two, 1.0, 60.0);
  g_autoptr (WillisSurface) lumen = tube (helix, two, 1.0, 60.0, 400);
  g_autoptr (WillisCourse) course = willis_course_new (tree, &branch, 1, NULL);
  g_autoptr (WillisProfile) profile = willis_profile_new (course, tree, lumen, NULL, NULL);
  const WillisCoursePoint *p = willis_course_points (course);

  for (gsize i = 20; i + 20 < profile->n; i++)
    {
      double v[3];

      g_assert_cmpfloat_with_epsilon (p[i].curvature_per_mm, 8.0 / 73.0, 0.02 * 8.0 / 73.0);
      g_assert_cmpfloat_with_epsilon (profile->sections[i].area_diameter_mm, 4.0, 0.02);
      g_assert_cmpfloat_with_epsilon (vec3_norm (p[i].normal), 1.0, 1e-9);
      g_assert_cmpfloat_with_epsilon (vec3_dot (p[i].normal, p[i].tangent), 0.0, 1e-9);
      vec3_sub (v, p[i + 1].normal, p[i].normal);
      g_assert_cmpfloat (vec3_norm (v), <, 0.05);
    }
  g_assert_cmpfloat_with_epsilon (willis_course_total_curvature (course), 60.0 * 8.0 / 73.0, 0.15);
  {
    double torsion, curvature = willis_course_turning (course, 2.0, &torsion);

    g_assert_cmpfloat_with_epsilon (curvature, 60.0 * 8.0 / 73.0, 0.1);
    willis_course_turning (course, 4.0, &torsion);
    g_assert_cmpfloat_with_epsilon (torsion, 60.0 * 3.0 / 73.0, 0.05);
    g_assert_true (isnan (willis_course_turning (course, 31.0, &torsion)) && isnan (torsion));
  }
}

static void
narrowing (void)
{
  g_autoptr (WillisCourse) course = NULL;
  g_autoptr (WillisProfile) profile = straight_profile (narrowed, NULL, &course);
  WillisStenosis s = profile->stenosis;

  g_assert_cmpint (s.reference, ==, WILLIS_REFERENCE_DISTAL);
  g_assert_cmpfloat_with_epsilon (s.at_mm, 20.0, 0.3);
  g_assert_cmpfloat_with_epsilon (s.percent, 60.0, 0.7);
  g_assert_cmpfloat_with_epsilon (s.area_percent, 84.0, 0.7);
  g_assert_cmpfloat (s.reference_from_mm, >, 24.0);
  // only the narrow part and what lies before it: the reference is proximal then
  s = willis_profile_stenosis (course, profile, NAN, 30.0, 8.0);
  g_assert_cmpint (s.reference, ==, WILLIS_REFERENCE_GIVEN);
  g_assert_cmpfloat_with_epsilon (s.percent, 60.0, 0.7);
}

/* Normal 1.6, narrowed to 1.25 at 36.4 mm; the 5.4 mm beyond, up to where its free end is near, are its shoulder and 2
 * mm of artery. */
static double
narrowed_late (double s)
{
  double d = (s - 36.4) / 3.5;

  return fabs (d) < 1.0 ? 1.6 - 0.35 * 0.5 * (1.0 + cos (G_PI * d)) : 1.6;
}

/* The shoulder of a narrowing is no reference for it, where there is even artery on its other side. */
static void
shoulder (void)
{
  g_autoptr (WillisCourse) course = NULL;
  g_autoptr (WillisProfile) profile = straight_profile (narrowed_late, NULL, &course);

  g_assert_cmpint (profile->stenosis.reference, ==, WILLIS_REFERENCE_PROXIMAL);
  g_assert_cmpfloat_with_epsilon (profile->stenosis.at_mm, 36.4, 0.3);
  g_assert_cmpfloat_with_epsilon (profile->stenosis.reference_mm, 3.2, 0.02);
  g_assert_cmpfloat_with_epsilon (profile->stenosis.percent, 21.9, 0.6);
}

/* Beside a narrowing the artery is no sac: on either side of it. */
static void
beside_narrowing (void)
{
  g_autoptr (WillisCourse) course = NULL;
  g_autoptr (WillisProfile) profile = straight_profile (narrowed, NULL, &course);
  const WillisCoursePoint *p = willis_course_points (course);

  for (gsize i = 0; i < profile->n; i++)
    g_assert_true (p[i].near_junction || !profile->apart[i]);
}

/* Normal 1.2, with a sac around its far end from 16 mm on. */
static double
with_sac (double s)
{
  double d = (s - 20.0) / 4.0;

  return fabs (d) < 1.0 ? MAX (1.2, 3.0 * sqrt (1.0 - d * d)) : 1.2;
}

/* A sac along an artery is no reference for its width: nothing is narrowed here. */
static void
sac_along (void)
{
  g_autoptr (WillisCourse) course = NULL;
  g_autoptr (WillisProfile) profile = straight_profile (with_sac, NULL, &course);

  g_assert_cmpint (profile->stenosis.reference, !=, WILLIS_REFERENCE_NONE);
  g_assert_cmpfloat_with_epsilon (profile->stenosis.reference_mm, 2.4, 0.02);
  g_assert_cmpfloat (profile->stenosis.percent, <, 1.5);
  g_assert_cmpfloat (profile->max_diameter_mm, <, 1.3 * 2.4);
}

/* A tube of radius 2 that a plane cuts aslant: what is left beyond x. */
static void
cut_aslant (void)
{
  const double side[3] = { 6.0, 0.0, 0.0 }, along[3] = { 1.0, 0.0, 0.0 };
  g_autoptr (WillisSurface) whole = tube (straight, two, 1.0, 45.0, 360);
  g_autoptr (WillisSurface) cut = willis_surface_clip_plane (whole, side, along, -1.0, NULL);
  g_autoptr (WillisCourse) course = NULL;
  g_autoptr (WillisProfile) profile = straight_profile (two, willis_surface_fill_holes (cut, 0, NULL), &course);

  g_assert_cmpfloat (profile->stenosis.percent, <, 10.0);
  g_assert_cmpfloat (profile->min_diameter_mm, >, 3.6);
  for (gsize i = 0; i < profile->n; i++) // a section holds the ball around its point, or is none
    g_assert_false (profile->sections[i].area_diameter_mm < 0.75 * willis_course_points (course)[i].inscribed_mm);
}

/* Where the least width of an artery may be looked for: not where it fades towards a free end. */
static void
clear_of_ends (void)
{
  g_autoptr (WillisTree) tree = line (straight, two, 1.0, 30.0);
  const WillisBranch *b = willis_tree_branch (tree, 0);
  gsize from = 0, to = 0;

  b->radius_mm[0] = b->radius_mm[1] = 0.3;
  g_assert_true (willis_branch_clear (tree, 0, &from, &to));
  g_assert_cmpfloat (b->abscissa_mm[from], >=, 3.9);
  g_assert_cmpfloat (b->abscissa_mm[to], <=, b->length_mm - 3.9);
  g_assert_cmpfloat (b->abscissa_mm[from], <, 6.0);
}

/* A scan whose value is the squared distance from the axis: straightened, every row is a parabola. */
static void
straightened (void)
{
  const int branch = 0, dims[3] = { 60, 60, 40 };
  const double spacing[3] = { 0.7, 0.7, 0.7 }, origin[3] = { -12, -12, -10 };
  WillisGrid grid = willis_grid_new (dims, spacing, origin);
  g_autoptr (WillisVolume) volume = willis_volume_new (&grid, WILLIS_SCALAR_F32, NULL);
  g_autoptr (WillisTree) tree = line (straight, two, 1.0, 20.0);
  g_autoptr (WillisSurface) lumen = tube (straight, two, 1.0, 20.0, 80);
  g_autoptr (WillisCourse) course = willis_course_new (tree, &branch, 1, NULL);
  g_autofree float *picture = NULL;
  g_autofree double *edges = NULL;
  float *out = willis_volume_voxels_rw (volume);
  int width, height;

  for (int k = 0; k < dims[2]; k++)
    for (int j = 0; j < dims[1]; j++)
      for (int i = 0; i < dims[0]; i++)
        {
          double ijk[3] = { i, j, k }, x[3], along;

          willis_grid_ijk_to_lps (&grid, ijk, x);
          vec3_sub (x, x, (const double[3]){ 3, -2, 7 });
          along = 0.6 * x[0] + 0.8 * x[1];
          *out++ = (float) (vec3_norm2 (x) - along * along);
        }
  for (int kind = 0; kind < 2; kind++)
    {
      g_clear_pointer (&picture, g_free);
      picture = willis_reformat (volume, course, (WillisReformatKind) kind, 0.7, 4.0, 0.5, &width, &height);
      g_assert_cmpint (width, ==, 17);
      g_assert_cmpint (height, >=, 39);
      for (int y = 2; y + 2 < height; y++)
        for (int x = 0; x < width; x++)
          g_assert_cmpfloat_with_epsilon (picture[y * width + x], 0.25 * (x - 8) * (x - 8), 0.25);
    }
  edges = willis_reformat_edges (lumen, course, WILLIS_REFORMAT_STRAIGHT, 0.7, 4.0, 0.5, height);
  for (int y = 2; y + 2 < height; y++)
    g_assert_cmpfloat_with_epsilon (edges[2 * y], 2.0, 0.01);
}

/* A round tube with a wall that noise has made rough at the length of its triangles: its perimeter is that of its area. */
static void
rough_wall (void)
{
  const WillisCoursePoint at = { .at_mm = 0, .centre_lps_mm = { 0, 0, 0.13 }, .tangent = { 0, 0, 1 }, .normal = { 1, 0, 0 },
                                 .inscribed_mm = 3.5 };
  double tube[41][2], *p;
  g_autoptr (WillisSurface) smooth = NULL;
  g_autoptr (WillisSurface) rough = NULL;
  g_autoptr (WillisSectioner) cut = NULL;
  WillisCrossSection section;
  WillisRng rng;
  gsize n;

  for (int i = 0; i <= 40; i++)
    {
      tube[i][0] = 1.8;
      tube[i][1] = 0.3 * (i - 20);
    }
  smooth = shape_turned ((const double (*)[2]) tube, 41, 38);
  n = willis_surface_n_points (smooth);
  p = g_memdup2 (willis_surface_points (smooth), 3 * n * sizeof (double));
  willis_rng_init (&rng, 5, 0);
  for (gsize i = 0; i < n; i++)
    {
      double out = 1.0 + 0.03 * willis_rng_normal (&rng) / 1.8;

      p[3 * i] *= out;
      p[3 * i + 1] *= out;
    }
  rough = willis_surface_new_copy (p, n, willis_surface_triangles (smooth), willis_surface_n_triangles (smooth));
  g_free (p);
  cut = willis_sectioner_new (rough);
  section = willis_cross_section (cut, &at);
  g_test_message ("area's diameter %.4f, perimeter's %.4f", section.area_diameter_mm, section.perimeter_diameter_mm);
  g_assert_cmpfloat_with_epsilon (section.area_diameter_mm, 3.6, 0.02);
  g_assert_cmpfloat_with_epsilon (section.perimeter_diameter_mm, section.area_diameter_mm, 0.005);
}

static void
refusals (void)
{
  const int missing = 4, none = -1;
  g_autoptr (WillisTree) tree = line (straight, two, 1.0, 20.0);
  g_autoptr (WillisTree) speck = line (straight, two, 1.0, 0.6);
  g_autoptr (GError) error = NULL;
  const int zero = 0;

  g_assert_null (willis_course_new (tree, &missing, 1, &error));
  g_assert_nonnull (error);
  g_assert_null (willis_course_new (tree, &none, 1, NULL));
  g_assert_null (willis_course_new (speck, &zero, 1, NULL));
}

/* A straight branch with a name between two places. */
static void
branch_between (WillisBranch *b, const char *name, const double from[3], const double to[3], int start, int end, double r0, double r1)
{
  enum { N = 41 };

  b->name = g_strdup (name);
  b->node[0] = start;
  b->node[1] = end;
  b->n_points = N;
  b->points_lps_mm = g_new (double, 3 * N);
  b->radius_mm = g_new (double, N);
  for (int i = 0; i < N; i++)
    {
      vec3_lerp (b->points_lps_mm + 3 * i, from, to, i / (N - 1.0));
      b->radius_mm[i] = r0 + (r1 - r0) * i / (N - 1.0);
    }
}

/* However the tree happens to store them, a carotid is measured from below and a middle cerebral artery from the carotid. */
static void
test_flow (void)
{
  static const double a[3] = { 0, 0, -30 }, b[3] = { 0, 0, 0 }, c[3] = { 20, 0, 0 }, d[3] = { 35, 0, 12 };
  WillisTreeNode *nodes = g_new0 (WillisTreeNode, 4);
  WillisBranch *branches = g_new0 (WillisBranch, 3);
  g_autoptr (WillisTree) tree = NULL;
  const int carotid = 0, middle = 1, distal = 2, along[] = { 0, 1, 2 }, back[] = { 2, 1, 0 };

  vec3_copy (nodes[0].lps_mm, a);
  vec3_copy (nodes[1].lps_mm, b);
  vec3_copy (nodes[2].lps_mm, c);
  vec3_copy (nodes[3].lps_mm, d);
  nodes[0].degree = nodes[3].degree = 1;
  nodes[1].degree = nodes[2].degree = 2;
  branch_between (branches, "ICA left", b, a, 1, 0, 1.8, 2.4);             // stored from above
  branch_between (branches + 1, "MCA M1 left", c, b, 2, 1, 1.2, 1.5);      // stored from its end
  branch_between (branches + 2, "MCA M2 left", c, d, 2, 3, 1.1, 0.9);
  tree = willis_tree_new_take (nodes, 4, branches, 3);
  g_assert_true (willis_way_against_flow (tree, &carotid, 1));
  g_assert_true (willis_way_against_flow (tree, &middle, 1));
  g_assert_false (willis_way_against_flow (tree, &distal, 1));
  g_assert_false (willis_way_against_flow (tree, along, 3));
  g_assert_true (willis_way_against_flow (tree, back, 3));
  for (int turn = 0; turn < 2; turn++)
    {
      g_autoptr (WillisCourse) course = willis_course_new_with_flow (tree, turn == 0 ? along : back, 3, NULL);
      const WillisCoursePoint *p = willis_course_points (course);
      gsize n = willis_course_n (course);

      g_assert_cmpfloat (vec3_dist (p[0].centre_lps_mm, a), <, 0.5);
      g_assert_cmpfloat (vec3_dist (p[n - 1].centre_lps_mm, d), <, 0.5);
      g_assert_cmpfloat (p[0].at_mm, ==, 0.0);
      g_assert_cmpfloat_with_epsilon (p[n - 1].at_mm, willis_course_length_mm (course), 1e-12);
      for (gsize i = 1; i < n; i++)
        {
          double step[3];

          vec3_sub (step, p[i].centre_lps_mm, p[i - 1].centre_lps_mm);
          g_assert_cmpfloat (p[i].at_mm, >, p[i - 1].at_mm);
          g_assert_cmpfloat (vec3_dot (step, p[i].tangent), >, 0.0); // tangents run with it
        }
      g_assert_cmpint (p[2].branch, ==, 0);
      g_assert_cmpint (p[n - 3].branch, ==, 2);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/profile/ellipse", ellipse);
  g_test_add_func ("/profile/flow", test_flow);
  g_test_add_func ("/profile/bends", bends);
  g_test_add_func ("/profile/narrowing", narrowing);
  g_test_add_func ("/profile/shoulder", shoulder);
  g_test_add_func ("/profile/beside-narrowing", beside_narrowing);
  g_test_add_func ("/profile/sac-along", sac_along);
  g_test_add_func ("/profile/cut-aslant", cut_aslant);
  g_test_add_func ("/profile/clear-of-ends", clear_of_ends);
  g_test_add_func ("/profile/straightened", straightened);
  g_test_add_func ("/profile/rough-wall", rough_wall);
  g_test_add_func ("/profile/refusals", refusals);
  return g_test_run ();
}
