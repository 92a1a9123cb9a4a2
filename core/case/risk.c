/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a person answered for the risk scores: kept with the patient, or with the aneurysm that it concerns.
 */
#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/case/case-private.h"

static WillisRiskInputs *
answers_for (const WillisCase *c, const WillisRiskQuestion *question, gsize aneurysm)
{
  if (!willis_risk_question_of_aneurysm (question))
    return (WillisRiskInputs *) &c->risk;
  return &((WillisCaseAneurysm *) g_ptr_array_index (c->aneurysms, aneurysm))->risk;
}

WillisRiskInputs
willis_case_risk_answers (const WillisCase *c, gsize aneurysm)
{
  WillisRiskInputs out;
  gsize n;
  const WillisRiskQuestion *questions = willis_risk_questions (&n);

  willis_risk_inputs_init (&out);
  for (gsize i = 0; i < n; i++)
    if (!willis_risk_question_of_aneurysm (questions + i) || aneurysm < c->aneurysms->len)
      willis_risk_set_answer (&out, questions + i, willis_risk_answer (answers_for (c, questions + i, aneurysm), questions + i));
  if (out.age < 0 && c->study.patient_age >= 0 && c->study.patient_age <= 130)
    {
      out.age = c->study.patient_age;
      out.age_from_header = TRUE;
    }
  if (out.sex == 0 && c->study.patient_sex != NULL && (c->study.patient_sex[0] == 'M' || c->study.patient_sex[0] == 'F'))
    out.sex = c->study.patient_sex[0];
  return out;
}

void
willis_case_risk_add_picture (const WillisCase *c, gsize aneurysm, WillisRiskInputs *inputs)
{
  WillisAneurysm *sac = willis_case_aneurysm (c, aneurysm);

  willis_risk_inputs_from_picture (inputs, c->tree, sac, willis_case_n_sacs (c), !willis_case_sac_is_more (c, sac));
}

WillisRiskInputs
willis_case_risk_inputs (const WillisCase *c, gsize aneurysm)
{
  WillisRiskInputs out = willis_case_risk_answers (c, aneurysm);

  if (aneurysm < c->aneurysms->len)
    willis_case_risk_add_picture (c, aneurysm, &out);
  return out;
}

/* The age that the scan's header gave and nobody typed: it is no answer. */
static gboolean
said_by_header (const WillisCase *c, const WillisRiskQuestion *question, const WillisRiskInputs *answers)
{
  return question->kind == WILLIS_QUESTION_NUMBER && c->risk.age < 0 && answers->age == c->study.patient_age;
}

void
willis_case_set_risk_answers (WillisCase *c, gsize aneurysm, const WillisRiskInputs *answers)
{
  gsize n;
  const WillisRiskQuestion *questions = willis_risk_questions (&n);

  for (gsize i = 0; i < n; i++)
    if ((!willis_risk_question_of_aneurysm (questions + i) || aneurysm < c->aneurysms->len)
        && !said_by_header (c, questions + i, answers))
      willis_risk_set_answer (answers_for (c, questions + i, aneurysm), questions + i,
                              willis_risk_answer (answers, questions + i));
}

/* ---- the file: only what was answered */

void
willis_save_risk (WillisArchive *parent, const WillisRiskInputs *answers, gboolean of_aneurysm)
{
  gsize n;
  const WillisRiskQuestion *questions = willis_risk_questions (&n);

  for (gsize i = 0; i < n; i++)
    {
      int value = willis_risk_answer (answers, questions + i);

      if (willis_risk_question_of_aneurysm (questions + i) == of_aneurysm && value != willis_risk_no_answer (questions + i))
        willis_archive_set_int (willis_archive_group (parent, "risk"), questions[i].key, value);
    }
}

gboolean
willis_load_risk (const WillisArchive *parent, WillisRiskInputs *answers, GError **error)
{
  const WillisArchive *group = willis_archive_find_group (parent, "risk");
  gsize n;
  const WillisRiskQuestion *questions = willis_risk_questions (&n);

  willis_risk_inputs_init (answers);
  for (gsize i = 0; group != NULL && i < n; i++)
    {
      gint64 value;

      if (!willis_archive_has (group, questions[i].key))
        continue;
      if (!willis_archive_get_int (group, questions[i].key, -1, 255, &value, error))
        return FALSE;
      willis_risk_set_answer (answers, questions + i, (int) value);
    }
  return TRUE;
}
