/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The morphological indices as rows: the five that people use, then all in groups; each with value, unit, deviation and
 * a "why?" that opens its formula and source.
 */
#include <adwaita.h>

#include "core/vessel/morphology.h"

G_BEGIN_DECLS

#define WILLIS_TYPE_INDEX_LIST (willis_index_list_get_type ())
G_DECLARE_FINAL_TYPE (WillisIndexList, willis_index_list, WILLIS, INDEX_LIST, GtkBox)

GtkWidget *willis_index_list_new (void);

/* morphology NULL: dashes. live: the neck is being moved, deviations are not known yet. */
void willis_index_list_show (WillisIndexList *list, const WillisMorphology *morphology, gboolean live);

/* A table for other programs: name, value, sd, unit, tab separated, with dots as decimal marks (new). */
char *willis_index_table (const WillisMorphology *morphology);

G_END_DECLS
