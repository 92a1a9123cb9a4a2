/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The centreline tree: branches of points with maximal inscribed sphere radii, joined at nodes.
 * Loops (circle of Willis) and several components are allowed. Immutable, reference counted.
 */
#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  double lps_mm[3];
  int degree;  // number of branch ends that meet here; 1: an end of the picture, 0: alone
} WillisTreeNode;

/* A stretch of a branch with a name of its own: a segment of the carotid, A1 of an A1 and A2 without a junction. */
typedef struct
{
  char *name; // "ICA C4 left"
  double from_mm, to_mm; // along the branch
  double confidence;     // 0 .. 1
} WillisBranchPart;

typedef struct
{
  int node[2];          // start and end node; start is the proximal (thicker, nearer the root) one
  char *name;           // "ICA left" ...; NULL where not known
  double confidence;    // of the name, or of there being none; 0 .. 1, 0 where nothing was named
  gboolean by_hand;     // named, or left without a name, by a person
  WillisBranchPart *parts; // [n_parts], rising along the branch; stretches without a name are not listed
  gsize n_parts;
  gsize n_points;       // >= 1
  double *points_lps_mm; // [n_points][3], from start to end, about 0.5 voxel apart
  double *radius_mm;    // [n_points], of the lumen: that of the maximal inscribed sphere, with the dents that noise makes
                        // in the wall averaged out (directions in which the wall is up to 1.2 times as far)
  double *abscissa_mm;  // [n_points], arc length from the start
  double length_mm;     // abscissa of the last point
  int component;        // connected piece, 0 the largest
} WillisBranch;

typedef struct _WillisTree WillisTree;

/* Takes everything in the arrays (g_malloc'd, names and point arrays too). Fills abscissa and length where
 * abscissa_mm is NULL. */
WillisTree *willis_tree_new_take (WillisTreeNode *nodes, gsize n_nodes, WillisBranch *branches,
                                  gsize n_branches);
/* A copy of nodes, branches, names and parts whose names may be changed before anybody else sees it. */
WillisTree *willis_tree_copy (const WillisTree *tree);
/* Sets the name of a branch of a tree that nobody else sees yet (copies name; NULL: none). */
void willis_tree_set_name (WillisTree *tree, gsize n, const char *name, double confidence, gboolean by_hand);
/* The same for its parts; takes the array and its texts. */
void willis_tree_take_parts (WillisTree *tree, gsize n, WillisBranchPart *parts, gsize n_parts);

WillisTree *willis_tree_ref (WillisTree *tree);
void willis_tree_unref (WillisTree *tree);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WillisTree, willis_tree_unref)

gsize willis_tree_n_nodes (const WillisTree *tree);
const WillisTreeNode *willis_tree_node (const WillisTree *tree, gsize n);
gsize willis_tree_n_branches (const WillisTree *tree);
const WillisBranch *willis_tree_branch (const WillisTree *tree, gsize n);

/* Finite, indices inside, radii positive, abscissae rising. */
gboolean willis_tree_check (const WillisTree *tree, GError **error);

/* The index of the branch's point nearest to a point, the first of equally near ones, and its distance (may be NULL).
 */
gsize willis_branch_nearest (const WillisBranch *branch, const double lps_mm[3], double *distance_mm);
/* The nearest centreline point: branch and point index and distance (any may be NULL).
 * FALSE for an empty tree. */
gboolean willis_tree_nearest (const WillisTree *tree, const double lps_mm[3], int *branch, gsize *point,
                              double *distance_mm);

/* Digest of all of it but the names, which change nothing that is computed from the tree (borrowed; remembered). */
const char *willis_tree_digest (const WillisTree *tree);

G_END_DECLS
