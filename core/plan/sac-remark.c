/* SPDX-License-Identifier: Apache-2.0 */
#include "core/plan/sac-remark.h"

#include "core/base/note.h"

static const char *const formats[] = {
  WILLIS_REMARK_PACKING_LOW, WILLIS_REMARK_PACKING_HIGH, WILLIS_REMARK_PACKING_WITHIN, WILLIS_REMARK_PACKING_UNSURE,
  WILLIS_REMARK_FRAME,       WILLIS_REMARK_FRAME_ALONE,  WILLIS_REMARK_COIL_WIDE,      WILLIS_REMARK_CATHETERS,
  WILLIS_REMARK_WIDTH_OFF,   WILLIS_REMARK_WIDTH_ON,     WILLIS_REMARK_HEIGHT_OFF,     WILLIS_REMARK_HEIGHT_ON,
  WILLIS_REMARK_NECK_OFF,    WILLIS_REMARK_NECK_ON,      WILLIS_REMARK_TALL,           WILLIS_REMARK_NECK_WIDE,
  WILLIS_REMARK_LOW_SAC,     WILLIS_REMARK_CONTACT,
};

char *
willis_sac_remark (const char *remark, WillisTranslate translate, gconstpointer data)
{
  return willis_note_text_of (formats, G_N_ELEMENTS (formats), remark, translate, data);
}
