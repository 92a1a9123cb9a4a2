/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Where the wall of a sac turns into that of its artery. Private to core/vessel.
 */
#include "core/vessel/aneurysm.h"
#include "core/vessel/neck-field.h"

G_BEGIN_DECLS

/* Does the wall stand up from its artery all along the section through point across normal? FALSE where there is no
 * closed one. */
gboolean willis_neck_is_upright (WillisNeckField *field, const double point[3], const double normal[3]);

/* How much farther down, in mm, a neck could stand with the wall upright all around, until it turns into that of an
 * artery or the section meets one: some tenths where the neck is at the sac's foot. At most WILLIS_NECK_FOOT_MOST_MM.
 * lumen: oriented. */
double willis_neck_foot_mm (const WillisSurface *lumen, const WillisNeck *neck);

#define WILLIS_NECK_FOOT_MOST_MM 12.0

G_END_DECLS
