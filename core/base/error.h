/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The one error domain of Willis. Who detects an error writes the message: one sentence for a person,
 * naming the file or object and the reason; callers above only g_prefix_error. Cancellation is always
 * G_IO_ERROR / G_IO_ERROR_CANCELLED.
 */
#include <gio/gio.h>

G_BEGIN_DECLS

#define WILLIS_ERROR (willis_error_quark ())
GQuark willis_error_quark (void);

typedef enum
{
  WILLIS_ERROR_USAGE,       // the call itself is wrong (exit 1)
  WILLIS_ERROR_BAD_FILE,    // a file is damaged, missing or not what it says (exit 2)
  WILLIS_ERROR_BAD_INPUT,   // a value or a datum cannot be used (exit 2)
  WILLIS_ERROR_UNSUPPORTED, // readable, but not something Willis can use (exit 2)
  WILLIS_ERROR_FAILED,      // the calculation did not reach a result (exit 3)
  WILLIS_ERROR_NO_MEMORY,   // not enough memory (exit 3)
} WillisErrorCode;

/* Sets a WILLIS_ERROR; returns FALSE so that "return willis_fail (...)" reads well. */
gboolean willis_fail (GError **error, WillisErrorCode code, const char *format, ...)
    G_GNUC_PRINTF (3, 4);

G_END_DECLS
