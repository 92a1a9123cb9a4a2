/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/digest.h"

#include <string.h>

WillisDigest *
willis_digest_new (void)
{
  return g_checksum_new (G_CHECKSUM_SHA256);
}

void
willis_digest_bytes (WillisDigest *digest, const void *bytes, gsize size)
{
  const guchar *at = bytes;

  while (size > 0)
    {
      gsize part = MIN (size, (gsize) 1 << 30);

      g_checksum_update (digest, at, (gssize) part);
      at += part;
      size -= part;
    }
}

void
willis_digest_string (WillisDigest *digest, const char *text)
{
  gsize length = text != NULL ? strlen (text) : 0;

  willis_digest_int (digest, (gint64) length);
  if (length > 0)
    willis_digest_bytes (digest, text, length);
}

void
willis_digest_doubles (WillisDigest *digest, const double *values, gsize n)
{
  willis_digest_int (digest, (gint64) n);
  willis_digest_bytes (digest, values, n * sizeof (double));
}

void
willis_digest_int (WillisDigest *digest, gint64 value)
{
  gint64 little = GINT64_TO_LE (value);

  willis_digest_bytes (digest, &little, sizeof little);
}

char *
willis_digest_finish (WillisDigest *digest)
{
  char *text = g_strdup (g_checksum_get_string (digest));

  g_checksum_free (digest);
  return text;
}
