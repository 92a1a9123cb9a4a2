/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <gtk/gtk.h>

#include "solver/stent/sac.h"

G_BEGIN_DECLS

/* Fills the lists of coils and of devices for the sac anew; both may be NULL. */
void willis_sac_lists_fill (GtkWidget *coils_list, GtkLabel *coils_label, GtkWidget *sac_list, const WillisCoilPlan *coils,
                            const GPtrArray *sac);

G_END_DECLS
