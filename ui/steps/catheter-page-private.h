/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The inside of the catheter step, for its files.
 */
#include "ui/steps/catheter-choice.h"
#include "ui/steps/catheter-numbers.h"
#include "ui/steps/catheter-page.h"
#include "ui/steps/catheter-test.h"
#include "ui/steps/catheter-work.h"

G_BEGIN_DECLS

#define WILLIS_CATHETER_KINDS (WILLIS_CATHETER_PLAY + 1)

/* One shape that can be chosen. */
typedef struct
{
  guint id;                            // of this page; never used twice
  const WillisShapeProposal *proposal; // in found or in own
  WillisCatheterResult *own;           // of a shape given by hand or that followed the target; else NULL
  WillisCatheterResult *cloud;         // NULL until it is there
  gboolean no_cloud;                   // it could not be made
  gboolean of_plan;                    // own: as the case's plan says, seated anew
} WillisAlternative;

typedef enum
{
  WILLIS_CLICK_NONE,
  WILLIS_CLICK_ENTRY,
  WILLIS_CLICK_TARGET,
} WillisCatheterClick;

struct _WillisCatheterPage
{
  WillisStepPage parent_instance;
  GtkLabel *state_label, *problem_label, *entry_label, *target_label;
  GtkTextView *fit_text;
  GtkWidget *content, *way_group, *entry_button, *target_button, *tools_group, *guide_row, *through_row, *catheter_row,
      *heat_row;
  GtkWidget *shapes_group, *shapes_list, *picture_bin, *result_group, *result_grid, *play_box, *play_button,
      *play_scale;
  GtkWidget *numbers_bin, *files_box, *sheet_button, *jig_button, *keep_button, *run_button;
  GtkAdjustment *play_time;
  GtkWidget *picture, *numbers, *favourite_button, *test_bin, *test;
  WillisView3d *view; // borrowed
  WillisCatalogue *catalogue;
  GPtrArray *guides;  // of WillisDevice
  GPtrArray *choices; // of WillisCatheterChoice: what catheter_row lists

  WillisAneurysm *of; // what the site is or will be of
  WillisTree *tree;
  WillisSurface *surface;
  WillisCatheterPlan *plan; // the case's, as it was last looked at
  double entry[3];          // set by hand; NAN: proposed
  WillisSharedSite *site;
  WillisCatheterValues values;
  gboolean has_catheter, has_shape, searched;
  gboolean of_plan; // the shape at hand is that of the case's plan
  WillisCatheterResult *found; // of the last search
  GPtrArray *alternatives;     // of WillisAlternative
  WillisAlternative *picked;   // borrowed
  guint next_id, cloud_of;     // alternative whose cloud is being made

  WillisJob *jobs[WILLIS_CATHETER_KINDS];
  WillisCatheterClick click;
  double wanted_target[3], wanted_direction[3]; // of the drag, newest
  gboolean wanted, in_hand, settle;             // not yet followed; ring still held; let go
  gboolean updating, shown;
  WillisCatheterResult *play;
  guint play_id, scene_id, reveal_id;
  GtkFileChooserNative *chooser;
  int draws;           // of a cloud
  double effort;       // of a search; tests ask for less
  gboolean jig_wanted; // what the chooser is for
};

/* catheter-page.c */
WillisAlternative *_willis_catheter_page_alternative (WillisCatheterPage *self, guint id);
const WillisShapeProposal *_willis_alternative_proposal (const WillisAlternative *alternative);
void _willis_catheter_page_pick (WillisCatheterPage *self, WillisAlternative *alternative);
void _willis_catheter_page_show (WillisCatheterPage *self);

/* catheter-tools.c: the list anew, the same catheter picked where it is still there (wanted NULL: the first); a catheter with what the
 * user's tests say of it; what is said of the one at hand; and when another one is picked. */
void _willis_catheter_page_init_tools (WillisCatheterPage *self);
void _willis_catheter_page_list (WillisCatheterPage *self, const char *wanted);
void _willis_catheter_page_take (WillisCatheterPage *self, const WillisDevice *device);
void _willis_catheter_page_say_fit (WillisCatheterPage *self);
void _willis_catheter_page_catheter_picked (WillisCatheterPage *self);

/* catheter-jobs.c: starting work and taking what it gives. */
void _willis_catheter_page_start (WillisCatheterPage *self, WillisCatheterKind kind);
void _willis_catheter_page_cancel (WillisCatheterPage *self);
void _willis_catheter_page_follow (WillisCatheterPage *self, const double target[3], const double direction[3],
                                   gboolean finished);
void _willis_catheter_page_next_cloud (WillisCatheterPage *self);
void _willis_catheter_page_drop_alternatives (WillisCatheterPage *self);
void _willis_catheter_page_keep (WillisCatheterPage *self, const char *label);

/* catheter-lists.c: cards and the table. */
void _willis_catheter_page_fill_shapes (WillisCatheterPage *self);
void _willis_catheter_page_fill_results (WillisCatheterPage *self);

/* catheter-files.c: sheet and jig. */
void _willis_catheter_page_export (WillisCatheterPage *self, gboolean jig);

G_END_DECLS
