/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The catheter step's work on threads: finding the way, searching shapes, following a dragged target, seating a shape
 * given by hand, the cloud, the insertion to play. Inputs and results are immutable once made.
 */
#include "core/case/case.h"
#include "solver/shaping/plan.h"
#include "ui/model/job.h"

G_BEGIN_DECLS

typedef enum
{
  WILLIS_CATHETER_SITE,   // the lumen, the way and the proposed target
  WILLIS_CATHETER_SEARCH, // alternatives, without their clouds
  WILLIS_CATHETER_FOLLOW, // the shape at hand for another target, coarse
  WILLIS_CATHETER_SEAT,   // the shape at hand as it is
  WILLIS_CATHETER_CLOUD,  // the cloud of the shape at hand, and what it does when handled
  WILLIS_CATHETER_PLAY,   // how it is brought in
} WillisCatheterKind;

/* A site that several results share. */
typedef struct
{
  WillisShapingSite *site;
  double entry[3]; // where the guide comes from; NAN: proposed
} WillisSharedSite;

WillisSharedSite *willis_shared_site_ref (WillisSharedSite *site);
void willis_shared_site_unref (WillisSharedSite *site);

typedef struct
{
  WillisCatheterKind kind;
  WillisCase *c; // of SITE
  int aneurysm;
  double entry[3], target[3], direction[3]; // of SITE and FOLLOW; NAN: proposed
  WillisSharedSite *site;                   // of all others
  WillisCatheter catheter;                  // with what was set by hand
  WillisHeating heating;
  WillisShape shape;
  gboolean has_shape; // FOLLOW without one only moves the target
  gboolean at_rest;   // FOLLOW: the target was let go
  int draws;          // of CLOUD
  double effort;      // of SEARCH: 1
} WillisCatheterTask;

typedef struct
{
  WillisCatheterKind kind;
  WillisSharedSite *site;
  WillisDesign design;     // proposals: of SEARCH all, of FOLLOW, SEAT, CLOUD one
  WillisHandling handling; // of CLOUD
  GPtrArray *stages;       // of PLAY: GArray of double[3]
} WillisCatheterResult;

WillisCatheterTask *willis_catheter_task_new (WillisCatheterKind kind);
void willis_catheter_task_free (gpointer task);
void willis_catheter_result_free (gpointer result);
gpointer willis_catheter_work (const WillisProgress *progress, gpointer task, GError **error); // a WillisJobWork

G_END_DECLS
