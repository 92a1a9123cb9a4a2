/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The way of a device through the tree past a neck, with the blood: which branches it takes from the proximal to the
 * distal end. Which way the blood runs is what the names of the arteries say (willis_flow_along); a branch without a
 * name follows its neighbours, and where these say nothing, the order of its points.
 */
#include <glib.h>

#include "core/vessel/aneurysm.h"
#include "core/vessel/tree.h"

G_BEGIN_DECLS

/* The sac that the device is to cover. */
typedef struct
{
  const WillisNeck *neck;
  double height_mm, neck_mm; // of the sac over its neck; how wide the neck is
  int branch;                // that it is of; -1: the one that passes nearest
} WillisWayNeck;

typedef struct
{
  GArray *branches; // int, proximal to distal
  GArray *nodes;    // int, those that it passes or ends at
  gboolean *sac;    // [branches of the tree] runs in the sac
  gboolean *on;     // [branches of the tree] is on the way
  gboolean back;    // of one branch alone: from its last point to its first
} WillisStentWay;

/* Upstream by the widest, straightest branch that brings blood, downstream likewise by one that takes it on, or by the
 * shortest way with the blood to the branch named (into >= 0); as far as reach_mm on either side of the neck's branch.
 * Errors: WILLIS_ERROR_FAILED where the tree does not pass the neck, WILLIS_ERROR_BAD_INPUT where into is no branch
 * that the blood comes to from the neck. */
WillisStentWay *willis_stent_way_new (const WillisTree *tree, const WillisWayNeck *neck, int into, double reach_mm,
                                      GError **error);
void willis_stent_way_free (WillisStentWay *way);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WillisStentWay, willis_stent_way_free)

/* Which way the blood runs through every branch of the tree, those marked (may be NULL) left out: 1 from its first
 * point to its last, -1 back, 0 where it may run either way or nothing tells (new int[branches]). */
int *willis_stent_way_flow (const WillisTree *tree, const gboolean *left_out);

G_END_DECLS
