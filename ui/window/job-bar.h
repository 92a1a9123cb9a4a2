/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The bottom of the window: what runs, how far it is, how to stop it; and the standing line.
 */
#include <gtk/gtk.h>

#include "ui/model/session.h"

G_BEGIN_DECLS

#define WILLIS_TYPE_JOB_BAR (willis_job_bar_get_type ())
G_DECLARE_FINAL_TYPE (WillisJobBar, willis_job_bar, WILLIS, JOB_BAR, GtkWidget)

GtkWidget *willis_job_bar_new (WillisSession *session);

G_END_DECLS
