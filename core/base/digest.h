/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Digests say what an artefact was made from: SHA-256 over its bytes and parameters, as 64 hex digits.
 */
#include <glib.h>

G_BEGIN_DECLS

typedef GChecksum WillisDigest;

WillisDigest *willis_digest_new (void);
void willis_digest_bytes (WillisDigest *digest, const void *bytes, gsize size);
void willis_digest_string (WillisDigest *digest, const char *text); // NULL counts as ""
void willis_digest_doubles (WillisDigest *digest, const double *values, gsize n);
void willis_digest_int (WillisDigest *digest, gint64 value);

/* Frees digest and returns its text (new). */
char *willis_digest_finish (WillisDigest *digest);

G_END_DECLS
