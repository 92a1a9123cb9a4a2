/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The elements of a data set. Source: DICOM PS3.5.
 */
#include <string.h>

#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/io/dicom.h"

#define MAX_DEPTH 64

#define ITEM 0xFFFEE000u
#define ITEM_END 0xFFFEE00Du
#define SEQUENCE_END 0xFFFEE0DDu

guint16
willis_dicom_get16 (const guint8 *p, gboolean big_endian)
{
  return big_endian ? (guint16) (p[0] << 8 | p[1]) : (guint16) (p[1] << 8 | p[0]);
}

guint32
willis_dicom_get32 (const guint8 *p, gboolean big_endian)
{
  guint32 a = willis_dicom_get16 (p, big_endian), b = willis_dicom_get16 (p + 2, big_endian);

  return big_endian ? a << 16 | b : b << 16 | a;
}

gboolean
willis_dicom_damaged (guint32 tag, GError **error)
{
  return willis_fail (error, WILLIS_ERROR_BAD_FILE, _("it is damaged or truncated at element (%04X,%04X)"), tag >> 16,
                      tag & 0xFFFF);
}

static gboolean
is_long_vr (const char *vr)
{
  static const char *const list[] = { "OB", "OW", "OF", "OD", "OL", "OV", "SQ", "UN", "UT", "UC", "UR", "SV", "UV" };

  for (gsize n = 0; n < G_N_ELEMENTS (list); n++)
    if (memcmp (vr, list[n], 2) == 0)
      return TRUE;
  return FALSE;
}

gboolean
willis_dicom_is_vr (const guint8 *p)
{
  return p[0] >= 'A' && p[0] <= 'Z' && p[1] >= 'A' && p[1] <= 'Z';
}

/* Tag, value representation and length; *undefined where the length is. */
static gboolean
read_head (WillisDicomCursor *c, WillisDicomElement *e, GError **error)
{
  gsize left = (gsize) (c->end - c->at);
  guint32 length;

  memset (e, 0, sizeof *e);
  if (left == 0)
    return FALSE;
  if (left < 8)
    return willis_dicom_damaged (0, error);
  e->tag = (guint32) willis_dicom_get16 (c->at, c->big_endian) << 16 | willis_dicom_get16 (c->at + 2, c->big_endian);
  if (!c->explicit_vr || e->tag >> 16 == 0xFFFE)
    {
      length = willis_dicom_get32 (c->at + 4, c->big_endian);
      c->at += 8;
    }
  else
    {
      if (!willis_dicom_is_vr (c->at + 4))
        return willis_dicom_damaged (e->tag, error);
      memcpy (e->vr, c->at + 4, 2);
      if (is_long_vr (e->vr))
        {
          if (left < 12)
            return willis_dicom_damaged (e->tag, error);
          length = willis_dicom_get32 (c->at + 8, c->big_endian);
          c->at += 12;
        }
      else
        {
          length = willis_dicom_get16 (c->at + 6, c->big_endian);
          c->at += 8;
        }
    }
  e->undefined = length == 0xFFFFFFFFu;
  e->length = e->undefined ? 0 : length;
  e->value = c->at;
  return TRUE;
}

/* Moves the cursor behind a sequence or item of undefined length; *length of what lies before its delimiter. */
static gboolean
skip_undefined (WillisDicomCursor *c, guint32 tag, gboolean in_items, int depth, gsize *length, GError **error)
{
  const guint8 *start = c->at;
  WillisDicomElement e;
  GError *local = NULL;

  if (depth > MAX_DEPTH)
    return willis_fail (error, WILLIS_ERROR_BAD_FILE, _("its sequences are nested too deeply"));
  for (;;)
    {
      const guint8 *before = c->at;
      gsize inner;

      if (!read_head (c, &e, &local))
        {
          g_clear_error (&local);
          return willis_dicom_damaged (tag, error);
        }
      if (e.tag == (in_items ? ITEM_END : SEQUENCE_END))
        {
          *length = (gsize) (before - start);
          return TRUE;
        }
      if (!in_items && e.tag != ITEM)
        return willis_dicom_damaged (tag, error);
      if (!e.undefined)
        {
          if (e.length > (gsize) (c->end - c->at))
            return willis_dicom_damaged (e.tag, error);
          c->at += e.length;
        }
      else if (e.tag == ITEM)
        {
          if (!skip_undefined (c, e.tag, TRUE, depth + 1, &inner, error))
            return FALSE;
        }
      else
        {
          WillisDicomCursor nested = *c;

          // unknown values of undefined length are sequences with implicit representation (PS3.5 6.2.2)
          if (memcmp (e.vr, "UN", 2) == 0)
            {
              nested.explicit_vr = FALSE;
              nested.big_endian = FALSE;
            }
          if (!skip_undefined (&nested, e.tag, FALSE, depth + 1, &inner, error))
            return FALSE;
          c->at = nested.at;
        }
    }
}

gboolean
willis_dicom_is_pixels (guint32 tag)
{
  return tag == 0x7FE00010u || tag == 0x7FE00008u || tag == 0x7FE00009u;
}

gboolean
willis_dicom_next (WillisDicomCursor *c, WillisDicomElement *e, GError **error)
{
  gsize left;

  if (!read_head (c, e, error))
    return FALSE;
  left = (gsize) (c->end - c->at);
  if (!e->undefined)
    {
      if (e->length > left)
        return willis_dicom_is_pixels (e->tag)
                   ? willis_fail (error, WILLIS_ERROR_BAD_FILE,
                                  _("it is truncated: %zu of %zu bytes of pixels are there"),
                                  left, e->length)
                   : willis_dicom_damaged (e->tag, error);
      c->at += e->length;
      return TRUE;
    }
  if (willis_dicom_is_pixels (e->tag))
    {
      // fragments; their delimiter is looked for when they are decoded
      e->length = left;
      c->at = c->end;
      return TRUE;
    }
  if (memcmp (e->vr, "UN", 2) == 0)
    {
      WillisDicomCursor nested = { c->at, c->end, FALSE, FALSE };

      if (!skip_undefined (&nested, e->tag, FALSE, 0, &e->length, error))
        return FALSE;
      c->at = nested.at;
      return TRUE;
    }
  return skip_undefined (c, e->tag, e->tag == ITEM, 0, &e->length, error);
}
