/* SPDX-License-Identifier: Apache-2.0 */
#include "core/case/case.h"

#include <string.h>

#include "core/case/case-private.h"

const WillisStudyField willis_study_fields[] = {
  { "modality", offsetof (WillisStudy, modality), FALSE },
  { "description", offsetof (WillisStudy, description), FALSE },
  { "study_date", offsetof (WillisStudy, study_date), FALSE },
  { "kernel", offsetof (WillisStudy, kernel), FALSE },
  { "manufacturer", offsetof (WillisStudy, manufacturer), FALSE },
  { "sex", offsetof (WillisStudy, patient_sex), FALSE },
  { "pseudonym", offsetof (WillisStudy, pseudonym), FALSE },
  { "series_uid", offsetof (WillisStudy, series_uid), TRUE },
  { "source", offsetof (WillisStudy, source), TRUE },
  { "name", offsetof (WillisStudy, patient_name), TRUE },
  { "id", offsetof (WillisStudy, patient_id), TRUE },
  { "birth_date", offsetof (WillisStudy, patient_birth_date), TRUE },
  { NULL, 0, FALSE },
};

char **
willis_study_field (const WillisStudy *study, const WillisStudyField *field)
{
  return (char **) ((char *) study + field->offset);
}

void
willis_study_clear (WillisStudy *study)
{
  const WillisStudy empty = WILLIS_STUDY_INIT;

  for (const WillisStudyField *f = willis_study_fields; f->name != NULL; f++)
    g_free (*willis_study_field (study, f));
  g_strfreev (study->warnings);
  *study = empty;
}

void
willis_study_copy (WillisStudy *out, const WillisStudy *in)
{
  *out = *in;
  for (const WillisStudyField *f = willis_study_fields; f->name != NULL; f++)
    *willis_study_field (out, f) = g_strdup (*willis_study_field (in, f));
  out->warnings = g_strdupv (in->warnings);
}
