/* SPDX-License-Identifier: Apache-2.0 */
/* Device files (JSON), lumens and tables (CSV); what is taken is laid. */
#include <glib.h>
#include <math.h>
#include <sys/mman.h>
#include <unistd.h>

#include "solver/stent/device-file.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

static void
lay (const WillisBraid *braid, const WillisLumenLine *line)
{
  WillisDeployment out = { 0 };

  if (!willis_braid_deploy (braid, line, line->s_mm[0], 1, 0.0, TRUE, &out, NULL))
    {
      willis_deployment_clear (&out);
      return;
    }
  if (!(out.length_mm >= 0.0) || out.length_mm > braid->wire_length_mm * 1.001)
    g_error ("longer than its wires: %g of %g mm", out.length_mm, braid->wire_length_mm);
  willis_deployment_clear (&out);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  int file = memfd_create ("fuzz", 0);
  g_autofree char *path = g_strdup_printf ("/proc/self/fd/%d", file);
  const double s[2] = { 0.0, 100.0 }, d[2] = { 3.5, 2.5 };
  const WillisLumenLine tube = { 2, s, d, NULL, NULL };
  WillisBraid braid, known;
  WillisLumenLine line;
  g_autofree double *values = NULL, *diameter = NULL, *length = NULL;
  g_auto (WillisLumenCurve) curve = { 0 };
  WillisBraidFit fit;
  gsize n;

  if (file < 0 || write (file, data, size) != (gssize) size)
    g_error ("no file in memory");
  willis_braid_from_free (&known, 48, 0.03, 4.25, 20.0, 1.2915, 200.0, 0.3, NULL);
  if (willis_braid_load (path, &braid, &fit, NULL))
    lay (&braid, &tube);
  if (willis_lumen_line_load (path, &line, &values, NULL))
    lay (&known, &line);
  if (willis_lumen_curve_load (path, &curve, NULL))
    lay (&known, &curve.line);
  if (willis_table_load (path, &diameter, &length, &n, NULL) && willis_braid_from_table (&braid, diameter, length, n, 0.0, &fit, NULL))
    lay (&braid, &tube);
  close (file);
  return 0;
}
