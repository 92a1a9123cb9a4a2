/* SPDX-License-Identifier: Apache-2.0 */
#include "core/plan/stent-remark.h"

#include "core/base/note.h"

static const char *const on_cover[] = { WILLIS_REMARK_COVER, WILLIS_REMARK_COVER_STRUTS, WILLIS_REMARK_COVER_ABOUT,
                                        WILLIS_REMARK_COVER_MOST, WILLIS_REMARK_COVER_RANGE };

static const char *const formats[] = {
  WILLIS_REMARK_LONG_END,       WILLIS_REMARK_NARROW,     WILLIS_REMARK_RIM,          WILLIS_REMARK_WIDE,
  WILLIS_REMARK_NARROWEST,      WILLIS_REMARK_SPREAD,     WILLIS_REMARK_OVERSIZED,    WILLIS_REMARK_STOPS_SHORT,
  WILLIS_REMARK_SHORT,          WILLIS_REMARK_SHORT_END,  WILLIS_REMARK_BEFORE_MARK,  WILLIS_REMARK_LONGER,
  WILLIS_REMARK_UNSEEN,         WILLIS_REMARK_DISTAL,     WILLIS_REMARK_COVERS,       WILLIS_REMARK_WORKING,
  WILLIS_REMARK_BRANCH_DEPENDS, WILLIS_REMARK_BRANCHES,   WILLIS_REMARK_GAP,          WILLIS_REMARK_ON_WALL,
  WILLIS_REMARK_BEND,           WILLIS_REMARK_CELLS,      WILLIS_REMARK_EXTRAPOLATED, WILLIS_REMARK_ANGLE,
  WILLIS_REMARK_PRINTED,        WILLIS_REMARK_END_SHORT,  WILLIS_REMARK_COVER,        WILLIS_REMARK_COVER_STRUTS,
  WILLIS_REMARK_COVER_ABOUT,    WILLIS_REMARK_COVER_MOST, WILLIS_REMARK_COVER_RANGE,
};

gboolean
willis_stent_remark_on_cover (const char *remark)
{
  for (gsize i = 0; i < G_N_ELEMENTS (on_cover); i++)
    if (willis_note_is (remark, on_cover[i]))
      return TRUE;
  return FALSE;
}

char *
willis_stent_remark (const char *remark, WillisTranslate translate, gconstpointer data)
{
  return willis_note_text_of (formats, G_N_ELEMENTS (formats), remark, translate, data);
}
