/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * How a file looked, to see whether somebody has written it since.
 */
#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  gboolean exists;
  guint64 device, inode, size;
  gint64 changed_ns; // when its bytes changed last
} WillisFileMark;

WillisFileMark willis_file_mark (const char *path);
gboolean willis_file_mark_same (const WillisFileMark *a, const WillisFileMark *b);

G_END_DECLS
