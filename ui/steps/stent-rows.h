/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The list of devices of the stent's step. It is brought up to date in place: the row of a device stays while the
 * device stays, only what is new in it is set, and at most one row that changes is laid out a frame: all at once would
 * keep the window from answering.
 */
#include <gtk/gtk.h>

#include "solver/stent/rank.h"

G_BEGIN_DECLS

typedef struct _WillisStentRows WillisStentRows;

/* on_compare: of a row's check button ("toggled"), which has the device's id as "device", with data. on_tried: all rows
 * show what willis_stent_rows_try () has asked for; with data. list must outlive what is made. */
WillisStentRows *willis_stent_rows_new (GtkListBox *list, GCallback on_compare, GFunc on_tried, gpointer data);
void willis_stent_rows_free (WillisStentRows *rows);

/* Rows for choices (of WillisStentChoice, the array kept, what is in it borrowed until the next call; NULL: none), in
 * their order, that of the device picked selected. */
void willis_stent_rows_show (WillisStentRows *rows, GPtrArray *choices, const char *picked);

/* Checks the devices of these ids (of char *, borrowed as long as rows lives), no others. */
void willis_stent_rows_check (WillisStentRows *rows, const GPtrArray *compared);

/* The numbers of the same devices, each tried again in artery (borrowed until the next call of either), in the same
 * order. */
void willis_stent_rows_try (WillisStentRows *rows, const WillisStentArtery *artery, const WillisStentRequest *request);

/* Has willis_stent_rows_show () rows left to bring up to date? */
gboolean willis_stent_rows_showing (const WillisStentRows *rows);

G_END_DECLS
