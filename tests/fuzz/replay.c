/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Stands in for libFuzzer in ordinary builds: gives every file of the folders and files named to the target once.
 * The names are TAP's; a crash ends the program and so fails the test.
 */
#include <glib.h>
#include <stdio.h>

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

static int count;

static void
replay (const char *path)
{
  g_autofree char *bytes = NULL;
  gsize size = 0;

  if (!g_file_get_contents (path, &bytes, &size, NULL))
    return;
  LLVMFuzzerTestOneInput ((const guint8 *) bytes, size);
  printf ("ok %d %s\n", ++count, path);
  // a shorter file, and one whose middle is wrong, cost nothing
  LLVMFuzzerTestOneInput ((const guint8 *) bytes, size / 2);
  if (size > 0)
    bytes[size / 2] ^= 0x55;
  LLVMFuzzerTestOneInput ((const guint8 *) bytes, size);
}

int
main (int argc, char **argv)
{
  for (int n = 1; n < argc; n++)
    {
      GDir *dir = g_dir_open (argv[n], 0, NULL);
      const char *name;

      if (dir == NULL)
        {
          replay (argv[n]);
          continue;
        }
      while ((name = g_dir_read_name (dir)) != NULL)
        {
          g_autofree char *path = g_build_filename (argv[n], name, NULL);

          replay (path);
        }
      g_dir_close (dir);
    }
  printf ("1..%d\n", count);
  return count > 0 ? 0 : 1;
}
