/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * What speaks against trusting the arteries that were found in a scan.
 */
#include "core/vessel/anatomy.h"
#include "core/vessel/segmentation.h"
#include "core/vessel/tree.h"

G_BEGIN_DECLS

/* New NULL-terminated array of translated sentences (g_strfreev), empty where nothing is wrong: long voxels, little
 * contrast, metal near arteries, arteries against air, much that cannot be arteries, a head that moved, veins taken for
 * arteries, arteries that were not recognised. tree, with its names, may be NULL: then what needs it is left out.
 * Thresholds are rules of thumb, written down with each. */
char **willis_vessel_doubts (WillisVolume *volume, const WillisSegmentation *segmentation, const WillisTree *tree);

/* The same sentences in the language of translate. */
char **willis_vessel_doubts_in (WillisVolume *volume, const WillisSegmentation *segmentation, const WillisTree *tree,
                                WillisTextFunc translate, gconstpointer data);

G_END_DECLS
