/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * "Beware": what speaks against trusting the arteries of a case, looked for on a thread. Hidden where nothing does.
 */
#include <adwaita.h>

#include "core/case/case.h"

G_BEGIN_DECLS

#define WILLIS_TYPE_DOUBTS_LIST (willis_doubts_list_get_type ())
G_DECLARE_FINAL_TYPE (WillisDoubtsList, willis_doubts_list, WILLIS, DOUBTS_LIST, AdwBin)

GtkWidget *willis_doubts_list_new (void);

/* Shows those of c, where its arteries are of the scan at hand; asked for again with the same arteries it does nothing.
 * c may be NULL. */
void willis_doubts_list_update (WillisDoubtsList *self, const WillisCase *c);

/* How many are shown. */
guint willis_doubts_list_n (WillisDoubtsList *self);

G_END_DECLS
