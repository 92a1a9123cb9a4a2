/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Everything that one ranking of devices rests on and gives. Made on a thread, never changed.
 */
#include "core/base/progress.h"
#include "ui/steps/sac-offer.h"

G_BEGIN_DECLS

typedef struct
{
  WillisCase *c;
  int aneurysm;
  WillisStentRequest request;
  WillisCatalogue *catalogue;
  WillisStentArtery *artery; // NULL where no device has room to land: problem says why
  gint *artery_users;        // shared between rankings of the same neck, each of which is freed on one thread only
  char *problem;
  GPtrArray *choices;    // of WillisStentChoice, best first
  WillisSacOffer *offer; // what there is for the sac
} WillisStentRanking;

void willis_stent_ranking_free (gpointer ranking); // NULL is none

/* What is asked for, as input of the work below (new): c is taken. before: an earlier one of the same neck, whose
 * artery is taken over; NULL: none. */
WillisStentRanking *willis_stent_ranking_ask (WillisCase *c, int aneurysm, const WillisStentRequest *request,
                                              WillisCatalogue *catalogue, const WillisStentRanking *before);

/* A WillisJobWork: what was asked for, with its answer (new). */
gpointer willis_stent_ranking_work (const WillisProgress *progress, gpointer asked, GError **error);

G_END_DECLS
