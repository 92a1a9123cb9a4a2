/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The reader: foreign files are parsed in a helper process - this program run again as "willis --willis-reader
 * KIND" - with limits on memory, time and what it may do, so that a hostile file can end no more than the helper.
 * The request goes there as JSON; the answer is a JSON header and named blobs of bytes, which the asking process maps
 * without copying. Both sides live here: willis_reader_run () asks, a WillisReadHandler answers.
 */
#include <json-glib/json-glib.h>

#include "core/base/progress.h"

G_BEGIN_DECLS

/* ---- the asking side ---- */

typedef struct
{
  guint64 memory_bytes;  // address space of the helper; 0: three quarters of the machine's memory
  double seconds;        // the longest it may take in all
  double silent_seconds; // the longest it may take without a word of progress
  int file;              // the blobs go into this file, from the first page behind what it holds (borrowed, open for
                         // reading and writing); -1: into memory
} WillisReaderLimits;

#define WILLIS_READER_LIMITS_INIT { 0, 900.0, 60.0, -1 }

typedef struct _WillisReading WillisReading;

/* Has the helper of this kind answer request; blocks. subject names what is read ("brain.nii.gz") in errors. limits may
 * be NULL. Errors: what the handler said; WILLIS_ERROR_BAD_FILE where the helper crashed, hung or made no sense;
 * G_IO_ERROR_CANCELLED. The helper is dead when this returns. Any thread, several at a time. */
WillisReading *willis_reader_run (const char *kind, JsonObject *request, const char *subject,
                                  const WillisReaderLimits *limits, const WillisProgress *progress, GError **error);

WillisReading *willis_reading_ref (WillisReading *reading);
void willis_reading_unref (WillisReading *reading);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WillisReading, willis_reading_unref)

/* What the handler put into the header (borrowed). It comes from a process that met a hostile file: check it. */
JsonObject *willis_reading_header (const WillisReading *reading);

/* The bytes of a blob, aligned to a page, read only, valid while reading lives (use willis_reading_unref as the destroy
 * function of what borrows them). NULL where there is none of this name or its size is not what is expected:
 * pass expected_size G_MAXSIZE for any and get it in *size (may be NULL). */
const void *willis_reading_blob (const WillisReading *reading, const char *name, gsize expected_size, gsize *size);

/* ---- the answering side, in the helper ---- */

typedef struct _WillisReply WillisReply;

/* Reads what request asks for and fills reply. Runs in the helper: may crash, hang, leak. Errors are sentences for a
 * person that name the file. */
typedef gboolean (*WillisReadHandler) (JsonObject *request, WillisReply *reply, GError **error);

typedef struct
{
  const char *kind;
  WillisReadHandler handler;
} WillisReaderKind;

/* The header of the answer (borrowed), to be filled with members. */
JsonObject *willis_reply_header (WillisReply *reply);

/* New room for size bytes of the answer, cleared, to be filled in; valid to the end of the handler. */
void *willis_reply_blob (WillisReply *reply, const char *name, gsize size, GError **error);

/* The progress of the asking side (borrowed). */
const WillisProgress *willis_reply_progress (WillisReply *reply);

/* In the helper: says which file of a folder comes next, for the error if this process dies of it. Elsewhere nothing happens. */
void willis_reader_note_file (const char *path);

/* For main (), before anything else: when argv asks for the reader, runs it and returns TRUE with the exit status in
 * *status. The kinds are those of readers.c. */
gboolean willis_reader_main (int argc, char **argv, int *status);

/* The same with the kinds given (ended by a NULL kind). */
gboolean willis_reader_main_with (const WillisReaderKind *kinds, int argc, char **argv, int *status);

G_END_DECLS
