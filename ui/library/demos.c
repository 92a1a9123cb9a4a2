/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/library/demos.h"

#include "core/base/i18n.h"

static const WillisDemo demos[] = {
  { "carotid-sidewall.json", N_ ("Carotid sidewall"),
    N_ ("6.5 mm, left internal carotid artery, beside the anterior clinoid process") },
  { "mca-bifurcation.json", N_ ("Middle cerebral bifurcation"), N_ ("7 mm with a daughter sac, right side") },
  { "acom.json", N_ ("Anterior communicating artery"), N_ ("5 mm, pointing forward and down") },
};

const WillisDemo *
willis_demos (gsize *n)
{
  *n = G_N_ELEMENTS (demos);
  return demos;
}

char *
willis_demo_path (const WillisDemo *demo)
{
  const char *folder = g_getenv ("WILLIS_DATA_DIR");

  return g_build_filename (folder != NULL ? folder : WILLIS_SOURCE_DATA_DIR, "phantoms", demo->file, NULL);
}
