/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/steps/stent-ranking.h"

#include "core/base/error.h"

#define REACH_MM 50.0

void
willis_stent_ranking_free (gpointer data)
{
  WillisStentRanking *r = data;

  if (r == NULL)
    return;
  g_clear_pointer (&r->choices, g_ptr_array_unref);
  g_clear_pointer (&r->offer, willis_sac_offer_free);
  if (r->artery_users != NULL && g_atomic_int_dec_and_test (r->artery_users))
    {
      willis_stent_artery_free (r->artery);
      g_free (r->artery_users);
    }
  g_clear_pointer (&r->catalogue, willis_catalogue_unref);
  g_clear_pointer (&r->c, willis_case_unref);
  g_free (r->problem);
  g_free (r);
}

static void
share_artery (WillisStentRanking *to, const WillisStentRanking *from)
{
  to->artery = from->artery;
  to->artery_users = from->artery_users;
  g_atomic_int_inc (to->artery_users);
}

WillisStentRanking *
willis_stent_ranking_ask (WillisCase *c, int aneurysm, const WillisStentRequest *request, WillisCatalogue *catalogue,
                          const WillisStentRanking *before)
{
  WillisStentRanking *r = g_new0 (WillisStentRanking, 1);

  *r = (WillisStentRanking){ c, aneurysm, *request, willis_catalogue_ref (catalogue) };
  if (before != NULL && before->artery != NULL)
    {
      share_artery (r, before);
      r->request.diameter_sd_mm = before->request.diameter_sd_mm;
    }
  return r;
}

/* Past this neck; where there is no room for a device, that is the answer. */
static gboolean
find_artery (WillisStentRanking *r, const WillisProgress *progress, GError **error)
{
  g_autoptr (GError) local = NULL;

  r->request.diameter_sd_mm = willis_stent_diameter_sd (willis_case_diameter_sd_mm (r->c));
  r->artery
      = willis_stent_artery_new (willis_case_surface (r->c), willis_case_tree (r->c),
                                 willis_case_aneurysm (r->c, (gsize) r->aneurysm), -1, REACH_MM, progress, &local);
  if (r->artery != NULL)
    {
      r->artery_users = g_new0 (gint, 1);
      *r->artery_users = 1;
      return TRUE;
    }
  if (!g_error_matches (local, WILLIS_ERROR, WILLIS_ERROR_FAILED))
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  r->problem = g_strdup (local->message);
  return TRUE;
}

gpointer
willis_stent_ranking_work (const WillisProgress *progress, gpointer data, GError **error)
{
  WillisStentRanking *in = data, *out = willis_stent_ranking_ask (willis_case_ref (in->c), in->aneurysm, &in->request,
                                                                  in->catalogue, in);
  WillisProgress first = willis_progress_part (progress, 0.0, 0.6, NULL),
                 second = willis_progress_part (progress, 0.6, 1.0, NULL);
  gboolean ok = out->artery != NULL || find_artery (out, &first, error);

  if (ok)
    out->offer = willis_sac_offer_new (out->c, out->aneurysm, out->catalogue);
  if (out->artery != NULL)
    {
      out->choices = willis_stent_rank (out->catalogue, out->artery, &out->request, &second, error);
      ok = out->choices != NULL;
    }
  else if (ok)
    out->choices = g_ptr_array_new ();
  if (!ok)
    g_clear_pointer (&out, willis_stent_ranking_free);
  return out;
}
