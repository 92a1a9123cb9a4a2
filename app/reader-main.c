/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The reader process as a program of its own: core/io and nothing of the window, so that it is there in a fifth of the
 * time that loading GTK and VTK takes. What it is asked and answers is core/io/reader.h.
 */
#include <locale.h>
#include <stdio.h>

#include <libintl.h>

#include "core/base/i18n.h"
#include "core/io/dicom.h"
#include "core/io/reader.h"

int
main (int argc, char **argv)
{
  const char *folder = g_getenv ("WILLIS_LOCALE_DIR");
  int status;

  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, folder != NULL ? folder : WILLIS_LOCALE_DIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
  willis_dicom_set_codec (willis_gdcm_decode);
  if (willis_reader_main (argc, argv, &status))
    return status;
  fputs ("willis-reader: willis starts this program itself\n", stderr);
  return 1;
}
