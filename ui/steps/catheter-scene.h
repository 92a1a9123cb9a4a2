/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * What the catheter step shows in 3D: the wire's way, the target with its direction, the seated catheter, the places
 * where the wall carries it, the cloud of tips.
 */
#include "solver/shaping/cloud.h"
#include "ui/scene/scene.h"

G_BEGIN_DECLS

#define WILLIS_CATHETER_TARGET "catheter-target" // the ring that can be dragged
#define WILLIS_CATHETER_SEEN_THROUGH 0.35

/* seat and cloud may be NULL. target FALSE: the ring is in hand and stays as it is. */
void willis_catheter_scene_show (WillisScene *scene, const WillisShapingSite *site, double radius_mm,
                                 const WillisSeat *seat, const WillisShapingCloud *cloud, gboolean target);
/* One line of the insertion in place of the seated catheter: [n][3]. */
void willis_catheter_scene_play (WillisScene *scene, const double *line, gsize n, double radius_mm);
void willis_catheter_scene_hide (WillisScene *scene);

G_END_DECLS
