/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Which of the main arteries have no name in a tree. Private to core/vessel; willis_vessel_doubts () says it.
 */
#include "core/vessel/anatomy.h"

G_BEGIN_DECLS

/* Those of the two carotids, middle, anterior and posterior cerebral arteries and the basilar artery that are not
 * there, as people read them, separated by semicolons (new); NULL where none is missing. Where the sides are not known,
 * one that is there stands for one side. */
char *willis_arteries_missing (const WillisTree *tree, WillisTextFunc translate, gconstpointer data);

G_END_DECLS
