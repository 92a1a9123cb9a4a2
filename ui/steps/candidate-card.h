/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * A candidate as a row: picture, size, neck, branch, score; measure it or dismiss it. One that is measured says as
 * which aneurysm, and goes to it.
 */
#include <adwaita.h>

#include "ui/model/session.h"

G_BEGIN_DECLS

GtkWidget *willis_candidate_card_new (WillisSession *session, int n);

G_END_DECLS
