/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/library/demos.h"

#include "core/base/i18n.h"

static const WillisDemo demos[] = {
  { "demo/rotational-aneurysm.nrrd", N_ ("Rotational angiography"),
    N_ ("A real scan with a large aneurysm (Philips Research); its lengths are in voxels") },
  { "phantoms/carotid-sidewall.json", N_ ("Carotid sidewall"),
    N_ ("6.5 mm, left internal carotid artery, beside the anterior clinoid process") },
  { "phantoms/mca-bifurcation.json", N_ ("Middle cerebral bifurcation"), N_ ("7 mm with a daughter sac, right side") },
  { "phantoms/acom.json", N_ ("Anterior communicating artery"), N_ ("5 mm, pointing forward and down") },
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

  return g_build_filename (folder != NULL ? folder : WILLIS_SOURCE_DATA_DIR, demo->file, NULL);
}
