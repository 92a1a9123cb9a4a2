/* SPDX-License-Identifier: Apache-2.0 */
/* What the helper process can read. A kind is one function: declare it here, add its row. */
#include "core/io/reader.h"

#include "core/io/archive.h"
#include "core/io/scan.h"
#include "core/io/surface-io.h"

static const WillisReaderKind kinds[] = {
  { "archive", willis_archive_handle_read },
  { "scan-list", willis_scan_handle_list },
  { "scan-read", willis_scan_handle_read },
  { "surface", willis_surface_handle_read },
  { NULL, NULL },
};

gboolean
willis_reader_main (int argc, char **argv, int *status)
{
  return willis_reader_main_with (kinds, argc, argv, status);
}
