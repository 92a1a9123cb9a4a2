/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The reader process as a program of its own: core/io and nothing of the window, so that it is there in a fifth of the
 * time that loading GTK and VTK takes. What it is asked and answers is core/io/reader.h.
 */
#include <dlfcn.h>
#include <locale.h>
#include <stdio.h>

#include <libintl.h>

#include "core/base/i18n.h"
#include "core/io/dicom.h"
#include "core/io/reader.h"

/* The module lies beside this program in the build tree, or where modules were installed. */
static WillisDicomCodec
find_codec (void)
{
  g_autofree char *self = g_file_read_link ("/proc/self/exe", NULL);
  g_autofree char *folder = self != NULL ? g_path_get_dirname (self) : NULL;
  g_autofree char *beside = folder != NULL ? g_build_filename (folder, WILLIS_DICOM_CODEC_MODULE, NULL) : NULL;
  void *module = beside != NULL ? dlopen (beside, RTLD_NOW | RTLD_LOCAL) : NULL;

  if (module == NULL)
    module = dlopen (WILLIS_MODULES_DIR "/" WILLIS_DICOM_CODEC_MODULE, RTLD_NOW | RTLD_LOCAL);
  return module != NULL ? (WillisDicomCodec) dlsym (module, WILLIS_DICOM_CODEC_SYMBOL) : NULL;
}

int
main (int argc, char **argv)
{
  const char *folder = g_getenv ("WILLIS_LOCALE_DIR");
  int status;

  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, folder != NULL ? folder : WILLIS_LOCALE_DIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
  willis_dicom_set_codec_finder (find_codec);
  if (willis_reader_main (argc, argv, &status))
    return status;
  fputs ("willis-reader: willis starts this program itself\n", stderr);
  return 1;
}
