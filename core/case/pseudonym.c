/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "core/case/case.h"

#define SECRET_BYTES 32

static gboolean
read_secret (const char *path, guint8 *secret)
{
  g_autofree char *bytes = NULL;
  gsize size = 0;

  if (!g_file_get_contents (path, &bytes, &size, NULL) || size != SECRET_BYTES)
    return FALSE;
  memcpy (secret, bytes, SECRET_BYTES);
  return TRUE;
}

/* The secret of this user on this machine, made at its first use. Where it cannot be kept it lives for this call
 * only: pseudonyms are then random. */
static void
get_secret (guint8 *secret)
{
  g_autofree char *folder = g_build_filename (g_get_user_data_dir (), "willis", NULL);
  g_autofree char *path = g_build_filename (folder, "pseudonym-secret", NULL);
  g_autofree char *mine = g_strdup_printf ("%s.%ld", path, (long) getpid ());
  int fd;
  gboolean written;

  if (read_secret (path, secret))
    return;
  if (getrandom (secret, SECRET_BYTES, 0) != SECRET_BYTES)
    g_error ("no random numbers"); // never happens once the system is up
  g_mkdir_with_parents (folder, 0700);
  fd = open (mine, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0)
    return;
  written = write (fd, secret, SECRET_BYTES) == SECRET_BYTES && fsync (fd) == 0;
  close (fd);
  if (written && link (mine, path) != 0 && errno == EEXIST)
    read_secret (path, secret); // another program was first: its secret holds
  g_unlink (mine);
}

char *
willis_study_make_pseudonym (const WillisStudy *study, const char *digest)
{
  static const char letters[] = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"; // none that look alike
  guint8 secret[SECRET_BYTES], hash[32];
  gsize size = sizeof hash;
  GHmac *hmac;
  gboolean known = study->patient_id != NULL && *study->patient_id != '\0';
  const char *what = known ? study->patient_id : digest != NULL ? digest : "";
  const char *birth = known && study->patient_birth_date != NULL ? study->patient_birth_date : "";
  char text[9];

  get_secret (secret);
  hmac = g_hmac_new (G_CHECKSUM_SHA256, secret, sizeof secret);
  g_hmac_update (hmac, (const guchar *) what, (gssize) strlen (what) + 1);
  g_hmac_update (hmac, (const guchar *) birth, (gssize) strlen (birth) + 1);
  g_hmac_get_digest (hmac, hash, &size);
  g_hmac_unref (hmac);
  for (int n = 0; n < 8; n++)
    text[n] = letters[hash[n] % 32];
  text[8] = '\0';
  return g_strconcat ("W-", text, NULL);
}
