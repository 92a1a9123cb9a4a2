/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>

G_BEGIN_DECLS

int willis_cmd_stent (int argc, char **argv);
int willis_cmd_devices (int argc, char **argv);

typedef struct
{
  const char *device;
  const char *in_sac; // id of an intrasaccular device; NULL: all
  const char *coils;  // ids between commas or "proposed"; NULL: propose some
  double distal_mm, proximal_mm, straightening;
  double diameter_sd_mm; // NAN: as the scan or, without one, the default says
  double packing[2];     // band that coils are to reach, fractions
  int aneurysm, into, level;
  gboolean straighten; // also say where the artery comes to lie
  gboolean keep;       // device, in_sac or coils become the plan
} WillisStentCaseArgs;

/* Devices in a lumen that is given as a file, past a neck from neck[0] to neck[1] (mm of the lumen). */
int willis_cmd_stent_lumen (const char *path, const double neck[2], const WillisStentCaseArgs *args);

/* Devices for an aneurysm of a case. */
int willis_cmd_stent_case (const char *path, const WillisStentCaseArgs *args);

/* Takes the "stent" or what is in the "sac" out of the plan. */
int willis_cmd_stent_drop (const char *path, const char *what, const WillisStentCaseArgs *args);

G_END_DECLS
