/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/steps/sac-offer.h"

WillisSacOffer *
willis_sac_offer_new (const WillisCase *c, int aneurysm, WillisCatalogue *catalogue)
{
  WillisSacOffer *offer = g_new0 (WillisSacOffer, 1);

  offer->aneurysm = aneurysm;
  offer->catalogue = willis_catalogue_ref (catalogue);
  willis_sac_shape (willis_case_aneurysm (c, (gsize) aneurysm), &offer->shape);
  offer->proposal = willis_coil_propose (catalogue, &offer->shape, WILLIS_PACKING_LO, WILLIS_PACKING_HI, NULL);
  offer->devices = willis_sac_rank (catalogue, &offer->shape);
  return offer;
}

void
willis_sac_offer_free (WillisSacOffer *offer)
{
  if (offer == NULL)
    return;
  g_clear_pointer (&offer->proposal, willis_coil_plan_free);
  g_clear_pointer (&offer->devices, g_ptr_array_unref);
  willis_sac_shape_clear (&offer->shape);
  willis_catalogue_unref (offer->catalogue);
  g_free (offer);
}

WillisSacPlan *
willis_sac_offer_plan (const WillisSacOffer *offer, const WillisCase *c, gboolean coils)
{
  WillisSacPlan *plan = offer != NULL && c != NULL ? willis_case_sac_plan (c, (gsize) offer->aneurysm) : NULL;

  return plan != NULL && willis_sac_plan_data (plan)->coils == coils ? plan : NULL;
}

gboolean
willis_sac_offer_fresh (const WillisSacOffer *offer, WillisSession *session)
{
  return willis_case_sac_plan_state (willis_session_case (session), (gsize) offer->aneurysm) == WILLIS_STATE_FRESH;
}

void
willis_sac_offer_commit (const WillisSacOffer *offer, WillisSession *session, WillisSacPlan *plan, const char *label)
{
  WillisCase *copy = willis_case_copy (willis_session_case (session));

  if ((gsize) offer->aneurysm < willis_case_n_aneurysms (copy))
    willis_case_set_sac_plan (copy, (gsize) offer->aneurysm, plan);
  willis_session_commit (session, copy, label);
}
