/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Stents in words: side by side in a grid (one column each, a row for each thing that one compares), as rows of a list,
 * and why one fits.
 */
#include <gtk/gtk.h>

#include "core/case/case.h"
#include "solver/stent/rank.h"

G_BEGIN_DECLS

/* Brings what the grid holds up to date; artery NULL empties it. devices: ids (char *) in the catalogue; those that are
 * not in it are left out. */
void willis_stent_table_fill (GtkGrid *grid, WillisCatalogue *catalogue, const WillisStentArtery *artery,
                              const GPtrArray *devices, const WillisStentRequest *request);

/* A row of the list of devices, its id as "device": name, length, verdict, gap, cover and the first thing against it.
 */
GtkWidget *willis_stent_row_new (const WillisStentChoice *c);
/* What differs from c in it anew; whether anything did. */
gboolean willis_stent_row_fill (GtkWidget *row, const WillisStentChoice *c);

/* Metal over the neck in per cent, marked where it rests on an assumed braid (new). */
char *willis_stent_cover_text (const WillisStentChoice *c);

/* Why a device fits or does not, how sure its length is and where its numbers are from, in lines of text (new). c NULL:
 * empty. */
char *willis_stent_why (const WillisStentChoice *c);

G_END_DECLS
