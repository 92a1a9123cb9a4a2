/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/plan/catalogue.h"

G_BEGIN_DECLS

typedef enum
{
  FIELD_LENGTH,      // in files with _mm, _cm, _in or _fr behind the key
  FIELD_LENGTH_LIST,
  FIELD_NUMBER,      // the key carries its unit, if any
  FIELD_NUMBER_LIST,
  FIELD_TEXT,
  FIELD_TEXT_LIST,
} WillisFieldKind;

typedef struct
{
  const char *key; // without the unit of a length
  WillisFieldKind kind;
  gsize offset;    // in WillisDevice; 0: taken apart by hand
  double lo, hi;   // of each number, in millimetres where it is a length
  guint types;     // bits of WillisDeviceType that may have it
  guint required;  // that must have it
} WillisDeviceField;

extern const WillisDeviceField willis_device_fields[]; // ended by a NULL key

/* One group as read, before it is made into one device a size. */
typedef struct
{
  WillisDevice base;             // family, file, line, manufacturer set
  WillisValues working_lengths_mm, heights_mm;
} WillisDeviceRow;

WillisDevice *willis_device_new (void);
WillisDevice *willis_device_copy (const WillisDevice *device);
void willis_device_free (WillisDevice *device);

G_END_DECLS
