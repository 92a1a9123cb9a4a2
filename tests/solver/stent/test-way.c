/* SPDX-License-Identifier: Apache-2.0 */
/* A device is led past a neck with the blood, whichever way the tree's points run. */
#include <glib.h>

#include "core/base/error.h"
#include "solver/stent/artery.h"
#include "solver/stent/way.h"
#include "tests/support/shapes.h"
#include "tests/support/tubes.h"

#define N 10

/* A carotid with its PCom, two daughters and what comes after; the other A1 joins by the ACom. */
static const Tube half_circle[N] = {
  { "ICA right", { -10, 0, -40 }, { -10, 0, -5 }, 1.8 },           // 0
  { "ICA right", { -10, 0, -5 }, { -10, 0, 0 }, 1.8 },             // 1
  { "PCom right", { -10, 0, -5 }, { -8, 15, -5 }, 0.7 },           // 2
  { "MCA M1 right", { -10, 0, 0 }, { -26, 0, 2 }, 1.3 },           // 3
  { "ACA A1 right", { -10, 0, 0 }, { -2, -8, 2 }, 1.1 },           // 4
  { "ACom", { -2, -8, 2 }, { 2, -8, 2 }, 0.9 },                    // 5
  { "ACA A1 left", { 10, 0, 0 }, { 2, -8, 2 }, 1.1 },              // 6
  { "MCA M2 superior right", { -26, 0, 2 }, { -40, 2, 14 }, 0.9 }, // 7
  { "MCA M2 inferior right", { -26, 0, 2 }, { -40, 6, 0 }, 1.0 },  // 8
  { "ICA left", { 10, 0, -40 }, { 10, 0, 0 }, 1.8 },               // 9
};

/* The arteries with the points of those in turned the other way about. */
static WillisTree *
tree_of (const Tube *tubes, guint n, guint turned)
{
  g_autofree Tube *some = g_memdup2 (tubes, n * sizeof *tubes);

  for (guint t = 0; t < n; t++)
    if (turned & (1u << t))
      {
        vec3_copy (some[t].from, tubes[t].to);
        vec3_copy (some[t].to, tubes[t].from);
      }
  return tubes_tree (some, n);
}

static WillisStentWay *
way_past (const WillisTree *tree, const double centre[3], int branch, int into, GError **error)
{
  WillisNeck plane = { .normal = { 0, 1, 0 } };
  const WillisWayNeck neck = { &plane, 5.0, 3.0, branch };

  vec3_copy (plane.centre_lps_mm, centre);
  return willis_stent_way_new (tree, &neck, into, 50.0, error);
}

static void
assert_way (const WillisTree *tree, const double centre[3], int branch, int into, const char *want)
{
  GError *error = NULL;
  g_autoptr (WillisStentWay) way = way_past (tree, centre, branch, into, &error);
  g_autoptr (GString) said = g_string_new ("");

  g_assert_no_error (error);
  for (guint i = 0; i < way->branches->len; i++)
    g_string_append_printf (said, "%s%d", i > 0 ? " " : "", g_array_index (way->branches, int, i));
  g_assert_cmpstr (said->str, ==, want);
  g_assert_cmpuint (way->nodes->len, ==, way->branches->len + 1);
  g_assert_false (way->back);
}

static void
assert_refused (const WillisTree *tree, const double centre[3], int branch, int into)
{
  GError *error = NULL;
  g_autoptr (WillisStentWay) way = way_past (tree, centre, branch, into, &error);

  g_assert_null (way);
  g_assert_error (error, WILLIS_ERROR, WILLIS_ERROR_BAD_INPUT);
  g_error_free (error);
}

/* However the points of any of the branches run, the way is the blood's. */
static void
test_with_the_blood (void)
{
  const double carotid[3] = { -10, 2, -12 }, fork[3] = { -26, 1.5, 2 }, top[3] = { -10, 1.5, 0 },
               front[3] = { -2, -6.5, 2 };

  for (guint turned = 0; turned < 1u << N; turned++)
    {
      g_autoptr (WillisTree) tree = tree_of (half_circle, N, turned);

      assert_way (tree, carotid, 0, -1, "0 1 3 8");
      assert_way (tree, carotid, 0, 7, "0 1 3 7");
      assert_way (tree, carotid, 0, 4, "0 1 4 5");
      assert_way (tree, fork, 3, -1, "0 1 3 8"); // down the carotid of its own side
      assert_way (tree, fork, 3, 7, "0 1 3 7");
      assert_way (tree, fork, 7, -1, "0 1 3 7"); // the neck may have been given to a daughter
      assert_way (tree, top, 1, 4, "0 1 4 5");
      assert_way (tree, carotid, 0, 2, "0 2"); // into a branch in which it may run either way
      assert_refused (tree, fork, 3, 0);
      assert_refused (tree, fork, 3, 1);
      assert_refused (tree, fork, 3, 3); // which feeds the fork: nothing of it lies beyond
      assert_refused (tree, fork, 3, 4);
      assert_refused (tree, carotid, 0, 6); // in which it comes from the other side
      assert_refused (tree, front, 4, 6);
    }
}

/* In the ACom the blood may run either way: from the better feeder, or as the branch that is asked for has it. */
static void
test_either_way (void)
{
  const Tube front[5] = { { "ACA A1 left", { -10, 0, 0 }, { -2, 0, 0 }, 0.8 },
                          { "ACA A1 right", { 10, 0, 0 }, { 2, 0, 0 }, 1.2 },
                          { "ACom", { -2, 0, 0 }, { 2, 0, 0 }, 0.9 },
                          { "ACA A2 left", { -2, 0, 0 }, { -2, -9, 9 }, 1.0 },
                          { "ACA A2 right", { 2, 0, 0 }, { 2, -9, 9 }, 1.0 } };
  const double middle[3] = { 0, 1, 0 };

  for (guint turned = 0; turned < 1u << 5; turned++)
    {
      g_autoptr (WillisTree) tree = tree_of (front, 5, turned);

      assert_way (tree, middle, 2, -1, "1 2 3");
      assert_way (tree, middle, 2, 4, "0 2 4");
    }
}

/* A branch alone is run with the blood too; without a name, as its points run. */
static void
test_alone (void)
{
  const Tube up[1] = { { "ICA left", { 0, 0, -20 }, { 0, 0, 20 }, 1.8 } },
             nameless[1] = { { NULL, { 0, 0, -20 }, { 0, 0, 20 }, 1.8 } };
  const double side[3] = { 0, 1.8, 0 };

  for (guint turned = 0; turned < 2; turned++)
    {
      g_autoptr (WillisTree) tree = tree_of (up, 1, turned), other = tree_of (nameless, 1, turned);
      g_autoptr (WillisStentWay) way = way_past (tree, side, 0, -1, NULL), plain = way_past (other, side, 0, -1, NULL);

      g_assert_true (way->back == (turned == 1));
      g_assert_false (plain->back);
    }
}

/* A branch without a name is fed by what comes to it, and feeds what leaves it; two vertebral arteries join. */
static void
test_nameless (void)
{
  const Tube some[5] = { { "VA left", { -5, 0, -20 }, { 0, 0, 0 }, 1.5 },
                         { NULL, { 5, 0, -20 }, { 0, 0, 0 }, 1.5 },
                         { NULL, { 0, 0, 0 }, { 0, 0, 10 }, 1.6 },
                         { "Basilar", { 0, 0, 10 }, { 0, 0, 20 }, 1.6 },
                         { NULL, { 0, 0, 20 }, { 5, 0, 22 }, 0.8 } };
  const int want[5] = { 1, 0, -1, 1, 1 }; // of the third the points are turned

  g_autoptr (WillisTree) tree = tree_of (some, 5, 1u << 2);
  g_autofree int *flow = willis_stent_way_flow (tree, NULL);

  for (int b = 0; b < 5; b++)
    g_assert_cmpint (flow[b], ==, want[b]);
}

/* An aneurysm on the side of an artery along z, at a height. */
static WillisAneurysm *
aneurysm_beside (double z)
{
  WillisNeck neck = { { 1.8, 0, z }, { 1, 0, 0 }, { 6.8, 0, z } };
  WillisMorphology m
      = { .index
          = { [WILLIS_INDEX_MAX_HEIGHT] = { 5.0, 0.3, NULL }, [WILLIS_INDEX_NECK_DIAMETER] = { 3.0, 0.3, NULL } } };
  g_autoptr (WillisSurface) sac = willis_surface_new_take (g_new0 (double, 3), 0, g_new0 (gint32, 3), 0);
  double curve[36];

  for (int i = 0; i < 12; i++)
    vec3_set (curve + 3 * i, 1.8, 1.5 * cos (i * G_PI / 6.0), z + 1.5 * sin (i * G_PI / 6.0));
  return willis_aneurysm_new (&neck, curve, 12, sac, NULL, 0, &m, NULL);
}

/* Along the artery s rises with the blood, whichever way its branches' points run: what lies above the neck is distal.
 */
static void
test_artery (void)
{
  const Tube up[2]
      = { { "ICA left", { 0, 0, -25 }, { 0, 0, 18 }, 1.8 }, { "MCA M1 left", { 0, 0, 18 }, { 0, 0, 25 }, 1.6 } };
  double profile[101][2];
  g_autoptr (WillisSurface) wall = NULL;
  g_autoptr (WillisAneurysm) aneurysm = aneurysm_beside (5.0);

  for (int i = 0; i <= 100; i++)
    {
      profile[i][0] = i < 86 ? 1.8 : 1.6;
      profile[i][1] = -25.0 + 0.5 * i;
    }
  wall = shape_turned (profile, 101, 24);
  for (guint n = 1; n <= 2; n++)
    for (guint turned = 0; turned < 1u << n; turned++)
      {
        GError *error = NULL;
        g_autoptr (WillisTree) tree = tree_of (up, n, turned);
        g_autoptr (WillisStentArtery) a = willis_stent_artery_new (wall, tree, aneurysm, -1, 50.0, NULL, &error);

        g_assert_no_error (error);
        g_assert_cmpfloat (a->points_lps_mm[2], <, -20.0);
        for (gsize i = 0; i < a->n; i++)
          {
            g_assert_cmpfloat (a->tangents[3 * i + 2], >, 0.99);
            g_assert_true (i == 0 || a->points_lps_mm[3 * i + 2] > a->points_lps_mm[3 * i - 1]);
          }
        g_assert_cmpfloat_with_epsilon (a->neck_lo_mm, 28.5, 0.3);
        g_assert_cmpfloat_with_epsilon (a->neck_hi_mm, 31.5, 0.3);
        g_assert_cmpuint (a->side_branches->len, ==, 0);
      }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/stent/way/with-the-blood", test_with_the_blood);
  g_test_add_func ("/stent/way/either-way", test_either_way);
  g_test_add_func ("/stent/way/alone", test_alone);
  g_test_add_func ("/stent/way/nameless", test_nameless);
  g_test_add_func ("/stent/way/artery", test_artery);
  return g_test_run ();
}
