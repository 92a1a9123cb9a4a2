/* SPDX-License-Identifier: Apache-2.0 */
/* In which projections of the C-arm the aneurysms of a case are seen, as the report prints them. */
#include "core/report/report.h"
#include "core/vessel/working-angle.h"

static void
views_free (gpointer views)
{
  if (views != NULL)
    g_array_unref (views);
}

GPtrArray *
willis_report_views (const WillisCase *c, const GPtrArray *known, const WillisCArmLimits *limits,
                     const WillisProgress *progress, GError **error)
{
  gsize n_all = willis_case_n_aneurysms (c);
  g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func (views_free);

  for (gsize n = 0; n < n_all; n++)
    {
      WillisProgress part
          = willis_progress_part (progress, (double) n / (double) n_all, (double) (n + 1) / (double) n_all, NULL);
      GArray *views = known != NULL && n < known->len ? known->pdata[n] : NULL;

      if (views != NULL)
        g_array_ref (views);
      else if (willis_case_surface (c) != NULL && willis_case_sac_before (c, n) < 0
               && willis_case_aneurysm_state (c, n) == WILLIS_STATE_FRESH)
        {
          views = willis_working_views_in_tree (willis_case_surface (c), willis_case_tree (c),
                                                willis_case_aneurysm (c, n), limits, &part, error);
          if (views == NULL)
            return NULL;
        }
      g_ptr_array_add (all, views);
    }
  return g_steal_pointer (&all);
}

const GArray *
willis_report_views_of (const GPtrArray *views, gsize n)
{
  return views != NULL && n < views->len ? views->pdata[n] : NULL;
}
