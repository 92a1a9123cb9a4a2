/* SPDX-License-Identifier: Apache-2.0 */
#include "core/io/replace-file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/error.h"
#include "core/base/i18n.h"

static gboolean
fail (const WillisReplaceFile *file, GError **error)
{
  return willis_fail (error, WILLIS_ERROR_BAD_FILE, _ ("%s: cannot be written: %s"), file->path, g_strerror (errno));
}

static void
forget (WillisReplaceFile *file)
{
  if (file->lock >= 0)
    close (file->lock);
  file->lock = -1;
  g_clear_pointer (&file->path, g_free);
  g_clear_pointer (&file->temporary, g_free);
}

/* Opens and locks the temporary file; FALSE with errno where that is not possible. */
static gboolean
lock_temporary (WillisReplaceFile *file)
{
  struct stat held, named;

  for (int n = 0; n < 100; n++)
    {
      file->lock = open (file->temporary, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666);
      if (file->lock < 0 || flock (file->lock, LOCK_EX | LOCK_NB) != 0)
        return FALSE;
      // whoever held the lock before may have renamed the file since we opened it
      if (fstat (file->lock, &held) == 0 && stat (file->temporary, &named) == 0 && held.st_ino == named.st_ino
          && held.st_dev == named.st_dev)
        return ftruncate (file->lock, 0) == 0;
      close (file->lock);
      file->lock = -1;
    }
  errno = EBUSY;
  return FALSE;
}

gboolean
willis_replace_file_begin (WillisReplaceFile *file, const char *path, GError **error)
{
  char *real = realpath (path, NULL); // NULL where it is not there yet
  g_autofree char *folder = NULL, *name = NULL, *hidden = NULL;
  struct stat old;

  file->lock = -1;
  file->path = g_strdup (real != NULL ? real : path);
  free (real);
  folder = g_path_get_dirname (file->path);
  name = g_path_get_basename (file->path);
  hidden = g_strdup_printf (".%.200s.willis-new", name); // names have at most 255 bytes
  file->temporary = g_build_filename (folder, hidden, NULL);
  if (stat (file->path, &old) == 0 && !S_ISREG (old.st_mode))
    {
      willis_fail (error, WILLIS_ERROR_BAD_FILE, _ ("%s: cannot be written: it is not a file"), path);
      forget (file);
      return FALSE;
    }
  if (!lock_temporary (file))
    {
      if (errno == EWOULDBLOCK)
        willis_fail (error, WILLIS_ERROR_BAD_FILE, _ ("%s: cannot be written: another program is writing it"), path);
      else
        fail (file, error);
      forget (file);
      return FALSE;
    }
  if (stat (file->path, &old) == 0)
    fchmod (file->lock, old.st_mode & 07777);
  return TRUE;
}

static gboolean
sync_path (const char *path, int flags)
{
  int fd = open (path, flags | O_CLOEXEC);
  gboolean ok = fd >= 0 && fsync (fd) == 0;
  int reason = errno;

  if (fd >= 0)
    close (fd);
  errno = reason;
  return ok;
}

gboolean
willis_replace_file_finish (WillisReplaceFile *file, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (file->path);

  if (!sync_path (file->temporary, O_RDONLY) || rename (file->temporary, file->path) != 0)
    {
      fail (file, error);
      willis_replace_file_abandon (file);
      return FALSE;
    }
  sync_path (folder, O_RDONLY | O_DIRECTORY); // some file systems refuse; the file itself is safe
  forget (file);
  return TRUE;
}

void
willis_replace_file_abandon (WillisReplaceFile *file)
{
  if (file->temporary != NULL)
    unlink (file->temporary);
  forget (file);
}

static gboolean
write_all (int fd, const char *data, gsize size)
{
  while (size > 0)
    {
      gssize n = write (fd, data, size);

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        return FALSE;
      data += n;
      size -= (gsize) n;
    }
  return TRUE;
}

gboolean
willis_replace_file_write (const char *path, const void *data, gsize size, GError **error)
{
  WillisReplaceFile file;
  int fd;

  if (!willis_replace_file_begin (&file, path, error))
    return FALSE;
  fd = open (file.temporary, O_WRONLY | O_TRUNC | O_CLOEXEC);
  if (fd >= 0 && write_all (fd, data, size) && close (fd) == 0)
    return willis_replace_file_finish (&file, error);
  fail (&file, error);
  if (fd >= 0)
    close (fd);
  willis_replace_file_abandon (&file);
  return FALSE;
}
