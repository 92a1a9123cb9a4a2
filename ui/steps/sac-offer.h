/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * What there is to put into one sac. Made on a thread, never changed.
 */
#include "core/case/case.h"
#include "solver/stent/plan.h"
#include "ui/model/session.h"

G_BEGIN_DECLS

typedef struct
{
  int aneurysm;
  WillisCatalogue *catalogue;
  WillisSacShape shape;
  WillisCoilPlan *proposal; // NULL where none could be made
  GPtrArray *devices;       // of WillisSacChoice, best first
} WillisSacOffer;

/* For aneurysm (from 0) of the case (new). */
WillisSacOffer *willis_sac_offer_new (const WillisCase *c, int aneurysm, WillisCatalogue *catalogue);
void willis_sac_offer_free (WillisSacOffer *offer);

/* How the button that takes a choice into the plan stands. */
typedef enum
{
  WILLIS_TAKE_NOTHING, // nothing is chosen
  WILLIS_TAKE_NOT,     // it does not fit
  WILLIS_TAKE_IT,
  WILLIS_TAKE_TAKEN, // it is in the plan, as it is here
} WillisTake;

/* What the case has in the plan for this sac, where that is of the kind asked for; borrowed, NULL. */
WillisSacPlan *willis_sac_offer_plan (const WillisSacOffer *offer, const WillisCase *c, gboolean coils);

/* Whether it is of the sac as it is now. */
gboolean willis_sac_offer_fresh (const WillisSacOffer *offer, WillisSession *session);

/* Puts plan (NULL: nothing) into the session's case for this sac, as one step that can be undone. */
void willis_sac_offer_commit (const WillisSacOffer *offer, WillisSession *session, WillisSacPlan *plan,
                              const char *label);

G_END_DECLS
