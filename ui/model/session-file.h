/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The session's files: opening scans and cases, saving, and the copy for recovery that follows every change.
 */
#include "ui/model/session.h"

G_BEGIN_DECLS

/* Opens a case file, scan files or folders in a job; the session changes when it is done. uid: the series to take
 * (NULL: the likeliest). Errors arrive as "message". */
void willis_session_open (WillisSession *session, const char *const *paths, const char *uid);

/* Computes the phantom described in a file and opens its scan. */
void willis_session_open_demo (WillisSession *session, const char *description_path);

/* Saves the case as it is now to path in a job. done (may be NULL) runs afterwards on the main thread. */
typedef void (*WillisSavedFunc) (gboolean saved, gpointer data);
void willis_session_save (WillisSession *session, const char *path, WillisSavedFunc done, gpointer data);

/* Saves a copy without what says whose the case is (willis_case_deidentified) to path; the session stays as it is. */
void willis_session_save_deidentified (WillisSession *session, const char *path, WillisSavedFunc done, gpointer data);

/* Has somebody else written the case's file since it was opened or saved here? Saving writes over it all the same. */
gboolean willis_session_file_changed (WillisSession *session);
/* Is the file at path the one that the open case is of, under whatever name? */
gboolean willis_session_shows_file (WillisSession *session, const char *path);

/* Follows every change of the session with a copy under folder (created; NULL: the user's state folder), written
 * quietly a few seconds after the last change. */
void willis_session_autosave_start (WillisSession *session, const char *folder);
/* Removes the copy: the work is saved or was thrown away on purpose. */
void willis_session_autosave_stop (WillisSession *session);

/* Copies left behind by programs that ended without saying goodbye: their paths (new GPtrArray of char *). */
GPtrArray *willis_recovery_list (const char *folder);
char *willis_recovery_title (const char *path); // "Case · 14:05" (new)
void willis_recovery_discard (const char *path);
/* Opens such a copy as an unsaved case and removes it once a new copy exists. */
void willis_session_recover (WillisSession *session, const char *path);

G_END_DECLS
