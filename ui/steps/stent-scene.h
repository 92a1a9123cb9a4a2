/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The stent's step in 3D: the picked device with its gaps in colour, two landing marks to take hold of, the side
 * branches that it covers, and how long it becomes, all of which follow while a mark is dragged; or a device in the
 * sac.
 */
#include "solver/stent/rank.h"
#include "ui/scene/scene.h"

G_BEGIN_DECLS

#define WILLIS_STENT_WIRES "stent-wires" // id of the device's wires or struts

/* The device as laid (choice and stations of willis_stent_try; tree that of the artery); with fewer wires while moving.
 */
void willis_stent_scene_show_device (WillisScene *scene, const WillisStentArtery *artery, const WillisTree *tree,
                                     const WillisStentChoice *choice, const GArray *stations, gboolean moving);
void willis_stent_scene_hide_device (WillisScene *scene);

/* The marks where the landing zones end: hoops about the artery. */
void willis_stent_scene_show_marks (WillisScene *scene, const WillisStentArtery *artery, double distal_mm,
                                    double proximal_mm);
void willis_stent_scene_hide_marks (WillisScene *scene);

/* Where a mark is while a hand holds it. Zero before the first drag and after the last. */
typedef struct
{
  gboolean held;
  double hand_lps_mm[3]; // where the pointer is, in the plane of the picture through the mark
} WillisStentDrag;

/* After a hoop was dragged: the place on the artery that is seen nearest to the pointer, as landing {distal, proximal}
 * beyond the neck. FALSE where id is no landing mark. The marks are to be shown again. */
gboolean willis_stent_scene_dragged (WillisScene *scene, const WillisStentArtery *artery, const char *id,
                                     WillisStentDrag *drag, double landing[2]);

/* A device in the sac with the gaps to its wall in colour; NULL: none. */
void willis_stent_scene_show_in_sac (WillisScene *scene, const WillisAneurysm *aneurysm, const WillisDevice *device);

G_END_DECLS
