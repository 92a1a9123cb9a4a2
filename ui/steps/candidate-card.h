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
/* Shows the artery's name and as which aneurysm its candidate is measured now, the same list of candidates given. */
void willis_candidate_card_update (GtkWidget *card, WillisSession *session);

/* What of a card the keys can go to. */
typedef enum
{
  WILLIS_CARD_ROW,
  WILLIS_CARD_MAIN, // measures it, or goes to what is measured
  WILLIS_CARD_DISMISS,
  WILLIS_CARD_NONE,
} WillisCardPart;

WillisCardPart willis_candidate_card_focused (GtkWidget *card);
void willis_candidate_card_focus (GtkWidget *card, WillisCardPart part);

G_END_DECLS
