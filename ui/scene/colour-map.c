/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/scene/scene.h"

#include <math.h>

/* Equally spaced anchors, joined linearly in sRGB: viridis (van der Walt and Smith 2015), cividis (Nunez et al.
 * 2018), the cool-warm map of Moreland 2009, and grey to the house's magenta. */
static const guint32 viridis[] = { 0x440154, 0x481a6c, 0x472f7d, 0x414487, 0x39568c, 0x31688e, 0x2a788e, 0x23888e,
                                   0x1f988b, 0x22a884, 0x35b779, 0x54c568, 0x7ad151, 0xa5db36, 0xd2e21b, 0xfde725 };
static const guint32 cividis[] = { 0x00224e, 0x123570, 0x3b496c, 0x575d6d, 0x707173,
                                   0x8a8678, 0xa59c74, 0xc3b369, 0xe1cc55, 0xfee838 };
static const guint32 diverging[]
    = { 0x3b4cc0, 0x6788ee, 0x9abbff, 0xc9d7f0, 0xdddddd, 0xf2cbb7, 0xf7a889, 0xe26952, 0xb40426 };
static const guint32 growth[] = { 0xb8b8b8, 0xc89ec2, 0xd679c8, 0xe03ad0 };

guint32
willis_colour_map (WillisColourMap map, double t)
{
  static const struct
  {
    const guint32 *anchors;
    int n;
  } maps[] = {
    [WILLIS_MAP_VIRIDIS] = { viridis, G_N_ELEMENTS (viridis) },
    [WILLIS_MAP_CIVIDIS] = { cividis, G_N_ELEMENTS (cividis) },
    [WILLIS_MAP_DIVERGING] = { diverging, G_N_ELEMENTS (diverging) },
    [WILLIS_MAP_GROWTH] = { growth, G_N_ELEMENTS (growth) },
  };
  guint32 rgb = 0;
  double x;
  int i;

  if (map > WILLIS_MAP_GROWTH || !isfinite (t))
    return 0x9a9a9a;
  x = CLAMP (t, 0.0, 1.0) * (maps[map].n - 1);
  i = MIN ((int) x, maps[map].n - 2);
  for (int shift = 16; shift >= 0; shift -= 8)
    {
      double a = maps[map].anchors[i] >> shift & 255, b = maps[map].anchors[i + 1] >> shift & 255;

      rgb = rgb << 8 | (guint32) lround (a + (x - i) * (b - a));
    }
  return rgb;
}
