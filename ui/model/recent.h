/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The cases and scans opened last, with a small picture each. Kept in the user's state folder; holds paths and
 * titles, nothing that a scan says about a person.
 */
#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct
{
  char *path;
  char *title;
  char *time;      // ISO 8601, UTC
  char *thumbnail; // a PNG that may be missing
} WillisRecent;

void willis_recent_free (WillisRecent *recent);

/* Newest first, at most 12, only what still exists (new GPtrArray of WillisRecent). */
GPtrArray *willis_recent_list (void);

/* Puts path first. Returns where its picture should be written (new). */
char *willis_recent_add (const char *path, const char *title);

void willis_recent_remove (const char *path);

G_END_DECLS
