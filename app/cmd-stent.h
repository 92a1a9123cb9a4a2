/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>

G_BEGIN_DECLS

int willis_cmd_stent (int argc, char **argv);
int willis_cmd_devices (int argc, char **argv);

typedef struct
{
  const char *device;
  const char *coils; // ids between commas; NULL: propose some
  double distal_mm, proximal_mm, straightening;
  int aneurysm, into, level;
  gboolean straighten; // also say where the artery comes to lie
} WillisStentCaseArgs;

/* Devices for an aneurysm of a case. */
int willis_cmd_stent_case (const char *path, const WillisStentCaseArgs *args);

G_END_DECLS
