/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Small changes of the case by hand: answers, names.
 */
#include "core/base/i18n.h"
#include "ui/model/session-private.h"

gboolean
willis_session_set_risk_answers (WillisSession *self, int aneurysm, const WillisRiskInputs *answers)
{
  WillisCase *copy;

  if (self->c == NULL || self->case_job != NULL || aneurysm < 0 || aneurysm >= (int) willis_case_n_aneurysms (self->c))
    return FALSE;
  copy = willis_case_copy (self->c);
  willis_case_set_risk_answers (copy, (gsize) aneurysm, answers);
  willis_session_commit (self, copy, _ ("Answer for the risk scores"));
  return TRUE;
}
