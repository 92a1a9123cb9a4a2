/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * What is shown while no case is open: open, drop, go on with a recent case, try a demonstration.
 */
#include <adwaita.h>

#include "ui/model/session.h"

G_BEGIN_DECLS

#define WILLIS_TYPE_START_PAGE (willis_start_page_get_type ())
G_DECLARE_FINAL_TYPE (WillisStartPage, willis_start_page, WILLIS, START_PAGE, AdwBin)

GtkWidget *willis_start_page_new (WillisSession *session);

/* Reads the recent cases and the demonstrations again. */
void willis_start_page_refresh (WillisStartPage *page);

G_END_DECLS
