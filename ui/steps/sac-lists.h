/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <gtk/gtk.h>

#include "solver/stent/sac.h"

G_BEGIN_DECLS

/* Fills the lists of coils and of devices for the sac anew; both may be NULL. picked (may be NULL): the device whose
 * row is chosen. Rows of devices carry their id as "device". */
void willis_sac_lists_fill (GtkWidget *coils_list, GtkLabel *coils_label, GtkWidget *sac_list,
                            const WillisCoilPlan *coils, const GPtrArray *sac, const char *picked);

G_END_DECLS
