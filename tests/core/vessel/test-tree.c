/* SPDX-License-Identifier: Apache-2.0 */
#include <glib.h>
#include <math.h>

#include "core/base/error.h"
#include "core/vessel/tree.h"

/* Two branches in a row along x, each of 3 points 1 mm apart. */
static WillisTree *
make_tree (double radius)
{
  WillisTreeNode *nodes = g_new0 (WillisTreeNode, 3);
  WillisBranch *branches = g_new0 (WillisBranch, 2);

  for (int n = 0; n < 3; n++)
    {
      nodes[n].lps_mm[0] = 2.0 * n;
      nodes[n].degree = n == 1 ? 2 : 1;
    }
  for (int n = 0; n < 2; n++)
    {
      WillisBranch *b = branches + n;

      b->node[0] = n;
      b->node[1] = n + 1;
      b->name = n == 0 ? g_strdup ("ICA left") : NULL;
      b->n_points = 3;
      b->points_lps_mm = g_new0 (double, 9);
      b->radius_mm = g_new0 (double, 3);
      for (int i = 0; i < 3; i++)
        {
          b->points_lps_mm[3 * i] = 2.0 * n + i;
          b->radius_mm[i] = radius;
        }
    }
  return willis_tree_new_take (nodes, 3, branches, 2);
}

static void
test_container (void)
{
  g_autoptr (WillisTree) tree = make_tree (1.0);
  g_autoptr (WillisTree) other = make_tree (1.0);
  g_autoptr (WillisTree) thick = make_tree (1.5);
  const double near[3] = { 3.2, 2.0, 0.0 };
  int branch = -1;
  gsize point = 0;
  double distance = 0.0;

  g_assert_true (willis_tree_check (tree, NULL));
  g_assert_cmpfloat (willis_tree_branch (tree, 1)->length_mm, ==, 2.0);
  g_assert_true (willis_tree_nearest (tree, near, &branch, &point, &distance));
  g_assert_cmpint (branch, ==, 1);
  g_assert_cmpuint (point, ==, 1);
  g_assert_cmpfloat_with_epsilon (distance, sqrt (0.04 + 4.0), 1e-12);
  g_assert_cmpstr (willis_tree_digest (tree), ==, willis_tree_digest (other));
  g_assert_cmpstr (willis_tree_digest (tree), !=, willis_tree_digest (thick));
}

static void
test_check_refuses (void)
{
  g_autoptr (WillisTree) tree = make_tree (0.0);
  g_autoptr (WillisTree) empty = willis_tree_new_take (NULL, 0, NULL, 0);
  g_autoptr (GError) error = NULL;
  const double origin[3] = { 0 };

  g_assert_false (willis_tree_check (tree, &error));
  g_assert_error (error, WILLIS_ERROR, WILLIS_ERROR_BAD_INPUT);
  g_assert_true (willis_tree_check (empty, NULL));
  g_assert_false (willis_tree_nearest (empty, origin, NULL, NULL, NULL));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tree/container", test_container);
  g_test_add_func ("/tree/check-refuses", test_check_refuses);
  return g_test_run ();
}
