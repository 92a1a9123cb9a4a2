/* SPDX-License-Identifier: Apache-2.0 */
/* What a comparison says, in sentences, in a language that need not be the program's. */
#include <math.h>

#include "core/base/i18n.h"
#include "core/followup/growth-map.h"
#include "core/followup/growth.h"

static const char *
in_program (gconstpointer data, const char *text)
{
  return _ (text);
}

double
willis_growth_best_region (const WillisGrowth *g, double sign)
{
  double best = 0.0;

  for (guint i = 0; i < g->regions->len; i++)
    best = MAX (best, sign * g_array_index (g->regions, WillisGrowthRegion, i).max_mm);
  return best;
}

char *
willis_growth_rule_text (const WillisGrowth *g, WillisTranslate translate, gconstpointer data)
{
  double out = willis_growth_best_region (g, 1.0), in = willis_growth_best_region (g, -1.0);

  if (translate == NULL)
    translate = in_program;
  switch (g->rule)
    {
    case WILLIS_RULE_NO_VERDICT:
      return g_strdup_printf (
          translate (data, N_ ("The scans do not allow a verdict: expected registration error %.2f mm, "
                               "and a region would have to move %.2f mm to be told from noise.")),
          g->align.tre_mm, g->limit_mm);
    case WILLIS_RULE_BOTH_WAYS:
      return g_strdup_printf (
          translate (data, N_ ("Parts of the sac moved outwards (%.2f mm) and parts inwards (%.2f mm), "
                               "both beyond the %.2f mm that unchanged arteries of this pair show.")),
          out, in, g->limit_mm);
    case WILLIS_RULE_REGION_OUT:
      return g_strdup_printf (
          translate (data, N_ ("Grown: a region of the wall moved outwards by %.2f mm; patches of "
                               "unchanged artery as large as the sac stay within %.2f mm in this pair, "
                               "99 in 100.")),
          out, g->limit_mm);
    case WILLIS_RULE_REGION_IN:
      return g_strdup_printf (
          translate (data, N_ ("Shrunk: a region of the wall moved inwards by %.2f mm; patches of "
                               "unchanged artery as large as the sac stay within %.2f mm in this pair, "
                               "99 in 100.")),
          in, g->limit_mm);
    case WILLIS_RULE_WHOLE:
      return g_strdup_printf (translate (data, N_ ("The sac's wall moved by %+.2f ± %.2f mm in the mean against the "
                                                   "unchanged arteries: more than 2.6 deviations.")),
                              g->mean_mm, g->mean_sd_mm);
    case WILLIS_RULE_NO_CHANGE:
      return g_strdup_printf (
          translate (data, N_ ("No change: no region of the wall moved by %.2f mm, within which 99 in "
                               "100 patches of unchanged artery as large as the sac stay in this pair; "
                               "the wall moved by %+.2f ± %.2f mm in the mean.")),
          g->limit_mm, g->mean_mm, g->mean_sd_mm);
    case WILLIS_RULE_NEW:
      return g_strdup (translate (data, N_ ("New: the follow-up shows an aneurysm where the baseline has none.")));
    case WILLIS_RULE_VANISHED:
      return g_strdup (translate (data, N_ ("Vanished: the baseline shows an aneurysm where the follow-up has none.")));
    case WILLIS_RULE_MAY_BE_MIRRORED:
      return g_strdup (
          translate (data, N_ ("One scan shows an aneurysm where the other has none, but the scans fit about as "
                               "well with left and right exchanged: it may be the same aneurysm, mirrored.")));
    case WILLIS_N_RULES:
      break;
    }
  g_return_val_if_reached (g_strdup (""));
}

char *
willis_remark_text (const WillisRemark *remark, WillisTranslate translate, gconstpointer data)
{
  if (translate == NULL)
    translate = in_program;
  switch (remark->kind)
    {
    case WILLIS_REMARK_SCALE:
      return g_strdup_printf (
          translate (data, N_ ("the follow-up's anatomy is %+.1f %% larger: the voxel sizes of the two "
                               "scans disagree")),
          remark->value);
    case WILLIS_REMARK_FEW_MEET:
      return g_strdup_printf (
          translate (data, N_ ("only %.0f %% of the arteries around the aneurysm meet: check that this "
                               "is the same patient")),
          remark->value);
    case WILLIS_REMARK_LITTLE_ARTERY:
      return g_strdup (translate (data, N_ ("too little artery around the aneurysm to refine the registration on")));
    case WILLIS_REMARK_MAY_BE_MIRRORED:
      return g_strdup (translate (data, N_ ("the scans fit as well with left and right exchanged: one of them may be "
                                            "mirrored")));
    case WILLIS_REMARK_NO_COMMON_NECK:
      return g_strdup (translate (data, N_ ("the two sacs could not be cut with one neck: no changes of indices")));
    case WILLIS_REMARK_OTHER_PATIENT:
      return g_strdup (translate (data, N_ ("the two studies carry different patients' data")));
    case WILLIS_REMARK_TIME_ORDER:
      return g_strdup (
          translate (data, N_ ("wrong time order: the follow-up was made before the baseline; exchange the "
                               "two")));
    case WILLIS_REMARK_SAME_DAY:
      return g_strdup (translate (data, N_ ("both scans were made on the same day: no growth per year")));
    case WILLIS_REMARK_SAME_SCAN:
      return g_strdup (translate (data, N_ ("both cases hold the same scan")));
    case WILLIS_REMARK_NEW:
      return g_strdup_printf (translate (data, N_ ("aneurysm %d of the follow-up (%.1f mm) has no counterpart in the "
                                                   "baseline: new, or not marked there")),
                              remark->number, remark->value);
    case WILLIS_REMARK_GONE:
      return g_strdup_printf (translate (data, N_ ("aneurysm %d of the baseline (%.1f mm) has no counterpart in the "
                                                   "follow-up: vanished, or not marked there")),
                              remark->number, remark->value);
    case WILLIS_N_REMARKS:
      break;
    }
  g_return_val_if_reached (g_strdup (""));
}
