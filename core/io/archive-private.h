/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The inside of an archive, for the files that write and read it.
 */
#include "core/io/archive.h"

// an attribute must fit into an object header of HDF5
#define WILLIS_ARCHIVE_MAX_TEXT 60000

typedef struct
{
  char *text;      // one of the three is set
  gint64 *ints;
  double *doubles;
  gsize n;
} WillisAttribute;

void willis_attribute_free (gpointer attribute);

struct _WillisArchive
{
  char *path;
  GTree *groups;     // sorted by name: WillisArchive
  GTree *attributes; // WillisAttribute
  GTree *arrays;     // WillisArray
};
