/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/model/file-mark.h"

#include <sys/stat.h>

WillisFileMark
willis_file_mark (const char *path)
{
  WillisFileMark mark = { FALSE };
  struct stat s;

  if (stat (path, &s) != 0)
    return mark;
  mark.exists = TRUE;
  mark.device = s.st_dev;
  mark.inode = s.st_ino;
  mark.size = (guint64) s.st_size;
  mark.changed_ns = (gint64) s.st_mtim.tv_sec * G_GINT64_CONSTANT (1000000000) + s.st_mtim.tv_nsec;
  return mark;
}

gboolean
willis_file_mark_same (const WillisFileMark *a, const WillisFileMark *b)
{
  return a->exists == b->exists && a->device == b->device && a->inode == b->inode && a->size == b->size
         && a->changed_ns == b->changed_ns;
}
