/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * CT scans whose values are no Hounsfield units but those stored otherwise: as scanners keep them, 1024 higher, or as
 * programs that learn like them, a thousandth.
 */
#include "core/image/volume.h"

G_BEGIN_DECLS

/* How a scan's values lie to Hounsfield units: HU = scale value + shift. */
typedef struct
{
  double scale, shift;
} WillisHounsfield;

/* Whether the values of volume are Hounsfield units stored otherwise: nothing is as far below zero as air is in them,
 * and otherwise stored the commonest value is soft tissue's, as narrow as no other scan has it, with hardly anything
 * between it and air, and, unless is_ct (the scan says that it is one), air and bone. */
gboolean willis_hounsfield_find (const WillisVolume *volume, gboolean is_ct, WillisHounsfield *out);

/* The volume in Hounsfield units (new, of whole ones). Errors: out of memory. */
WillisVolume *willis_hounsfield_convert (const WillisVolume *volume, const WillisHounsfield *stored, GError **error);

G_END_DECLS
