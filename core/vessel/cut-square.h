/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * A cut that is asked for by a place alone: which artery it is of, and how it lies across it.
 */
#include "core/vessel/tree.h"

G_BEGIN_DECLS

/* A place farther than this from every centreline, and outside the artery too, means no artery. */
#define WILLIS_CUT_REACH_MM 3.0

/* The cut square to the artery at a place: its centre on the centreline nearest to it, its normal (unit), and its
 * radius, which takes in the artery's wall. tree may be NULL. Errors: FAILED where no centreline is near. */
gboolean willis_cut_square (const WillisTree *tree, const double at_lps_mm[3], double centre_lps_mm[3],
                            double normal[3], double *radius_mm, GError **error);

G_END_DECLS
