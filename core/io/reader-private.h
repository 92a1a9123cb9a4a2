/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * What both sides of the reader agree on: the words of the command line and the file descriptors. On the answer pipe
 * every line is one JSON object: {"progress", "label"}, then one of {"answer", "blobs"} and {"error", "message"}.
 */
#include <glib.h>

#define WILLIS_READER_FLAG "--willis-reader"

// willis --willis-reader KIND PARENT_PID MEMORY_BYTES CPU_SECONDS
#define WILLIS_READER_ARGC 6

enum
{
  WILLIS_READER_FD_REQUEST = 3,
  WILLIS_READER_FD_ANSWER = 4,
  WILLIS_READER_FD_BLOBS = 5,
};

// what may come through a pipe at all
#define WILLIS_READER_MAX_TEXT ((gsize) 256 << 20)

#define WILLIS_READER_MAX_BLOBS 65536

/* In the helper, after PR_SET_NO_NEW_PRIVS: from here on files are read only, and no programs or connections start. */
void willis_reader_restrict_calls (void);
