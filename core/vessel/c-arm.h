/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * C-arm angles follow DICOM (PS3.3 C.8.7.5): the detector's place seen from the isocentre, patient supine.
 * primary: 0 in front of the chest, +90 degrees at the patient's left (LAO +, RAO -); secondary: +90 degrees
 * at the head (CRA +, CAU -). The picture is what an observer at the detector sees, head up.
 */
#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  double primary;   // rad, + LAO, - RAO, in [-pi, pi]
  double secondary; // rad, + CRA, - CAU, in [-pi/2, pi/2]
} WillisCArm;

/* Unit direction from the isocentre to the detector, and the unit direction of the picture's upper edge
 * (towards the head, perpendicular to it). Either may be NULL. */
void willis_c_arm_to_view (const WillisCArm *angles, double to_detector[3], double up[3]);

/* The angles that see along -to_detector (any length > 0). Straight from the head or feet, where the primary
 * angle has no meaning, it is 0. A zero vector gives 0/0. */
WillisCArm willis_c_arm_from_view (const double to_detector[3]);

/* "RAO 32° CRA 14°" for people (new); whole degrees. */
char *willis_c_arm_text (const WillisCArm *angles);

G_END_DECLS
