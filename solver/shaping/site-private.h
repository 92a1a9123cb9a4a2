/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "solver/shaping/site.h"

G_BEGIN_DECLS

/* The way along the tree from an entry (NULL: the end of the tree with the widest way) to where it comes nearest to the neck
 * (new, double[3] a point). sac_reach_mm: centrelines beyond the neck plane and nearer than this are the sac's own. */
GArray *_willis_shaping_tree_way (const WillisTree *tree, const WillisNeck *neck, double sac_reach_mm,
                                  const double *entry_lps_mm, GError **error);

/* The line [3 n] at even steps of about step_mm, both ends kept (new). */
GArray *_willis_shaping_resample (const double *line, gsize n, double step_mm);

/* Lets the line go straight like a soft wire: smooths it, ends and end directions kept, clear of the wall by margin_mm. */
void _willis_shaping_relax (const WillisLumen *lumen, double *line, gsize n, double margin_mm, int rounds);

G_END_DECLS
