/* SPDX-License-Identifier: Apache-2.0 */
#include "core/vessel/c-arm.h"

#include <math.h>

#include "core/base/i18n.h"
#include "core/num/vec3.h"

void
willis_c_arm_to_view (const WillisCArm *angles, double to_detector[3], double up[3])
{
  double sp = sin (angles->primary), cp = cos (angles->primary);
  double ss = sin (angles->secondary), cs = cos (angles->secondary);

  if (to_detector != NULL)
    vec3_set (to_detector, sp * cs, -cp * cs, ss);
  if (up != NULL)
    vec3_set (up, -sp * ss, cp * ss, cs); // derivative by the secondary angle
}

WillisCArm
willis_c_arm_from_view (const double to_detector[3])
{
  WillisCArm angles = { 0.0, 0.0 };
  double across = hypot (to_detector[0], to_detector[1]);
  double length = vec3_norm (to_detector);

  if (!(length > 0.0))
    return angles;
  angles.secondary = atan2 (to_detector[2], across);
  if (across > 1e-9 * length)
    angles.primary = atan2 (to_detector[0], -to_detector[1]);
  return angles;
}

char *
willis_c_arm_text (const WillisCArm *angles)
{
  int p = (int) lround (angles->primary * 180.0 / G_PI);
  int s = (int) lround (angles->secondary * 180.0 / G_PI);

  /* The abbreviations are those of the C-arm's own display; the translator may change the order. */
  return g_strdup_printf (_("%s %d° %s %d°"), p < 0 ? _("RAO") : _("LAO"), ABS (p), s < 0 ? _("CAU") : _("CRA"),
                          ABS (s));
}
