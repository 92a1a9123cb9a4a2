/* SPDX-License-Identifier: Apache-2.0 */
/* A maker's file of the catalogue; what is taken is made into braids and asked for its length. */
#include <math.h>

#include "core/plan/catalogue.h"
#include "solver/stent/device-file.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_autoptr (GError) error = NULL;
  g_autoptr (WillisCatalogue) catalogue = willis_catalogue_parse (text, "fuzz.ini", &error);

  if ((catalogue == NULL) != (error != NULL))
    g_error ("an answer without a reason, or a reason without need");
  for (gsize i = 0; catalogue != NULL && i < willis_catalogue_n (catalogue); i++)
    {
      const WillisDevice *d = willis_catalogue_device (catalogue, i);
      g_autofree char *reason = NULL;
      WillisBraidFit fit;
      WillisBraid braid;

      willis_device_fits (d, willis_catalogue_device (catalogue, 0), &reason);
      if (!willis_braid_from_device (d, &braid, &fit, NULL))
        continue;
      if (!(braid.d_max_mm > 0.0) || !(braid.wire_length_mm > 0.0))
        g_error ("a braid without size");
      if (braid.free_diameter_mm > braid.d_max_mm)
        g_error ("a free braid beyond flat cells");
    }
  return 0;
}
