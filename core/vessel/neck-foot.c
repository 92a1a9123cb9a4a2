/* SPDX-License-Identifier: Apache-2.0 */
#include "core/vessel/neck-foot.h"

#include "core/num/vec3.h"

#define UPRIGHT 0.75  // of the way from the least lean of the wall to lying flat
#define VALLEY_MM 1.0 // a blur as wide doubles how far the valley around a neck is filled
#define STEP_MM 0.1   // down at a time
#define MEETS 1.2     // times the smallest section so far: one that has met the artery

/* Below the neck the wall lies flat over the artery (it leans by 1), above it stands as it does where it leans least;
 * it stands up where it has turned the first quarter of that. A scan's blur fills the valley between the two, so that
 * the wall turns over a longer way: the quarter is of the valley without it. */
static gboolean
section_is_upright (const WillisNeckField *field, const WillisSection *section, const double normal[3])
{
  double turned = (1.0 - UPRIGHT) / (1.0 + field->blur_mm / VALLEY_MM), least, most;

  willis_neck_section_lean (field, section, normal, &least, &most);
  return most <= least + (1.0 - turned) * (1.0 - least);
}

gboolean
willis_neck_is_upright (WillisNeckField *field, const double point[3], const double normal[3])
{
  WillisSection section;

  return willis_neck_section (field, point, normal, &section) && section_is_upright (field, &section, normal);
}

double
willis_neck_foot_mm (const WillisSurface *lumen, const WillisNeck *neck)
{
  WillisNeckField field;
  WillisSection section;
  double point[3], least = G_MAXDOUBLE, down = 0.0;

  vec3_copy (point, neck->centre_lps_mm);
  if (!willis_neck_field_init_wall (&field, lumen, point))
    return 0.0;
  for (; down < WILLIS_NECK_FOOT_MOST_MM; down += STEP_MM)
    {
      if (!willis_neck_section (&field, point, neck->normal, &section) || section.area_mm2 > MEETS * least
          || !section_is_upright (&field, &section, neck->normal))
        break;
      least = MIN (least, section.area_mm2);
      vec3_copy (point, section.centre_lps_mm);
      vec3_axpy (point, point, -STEP_MM, neck->normal);
    }
  willis_neck_field_clear (&field);
  return down > 0.0 ? down - STEP_MM : 0.0; // the last one that was upright
}
