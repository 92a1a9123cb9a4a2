/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The session's inside, shared by its files only.
 */
#include "ui/model/file-mark.h"
#include "ui/model/session.h"

G_BEGIN_DECLS

typedef struct
{
  WillisCase *state;
  char *label;
} WillisUndo;

struct _WillisSession
{
  GObject parent_instance;
  WillisCase *c; // NULL: none open
  WillisCase *saved;
  WillisCase *reported; // the case of the report written last
  char *path;
  WillisFileMark mark;    // of the file at path, as it was opened or saved here
  GPtrArray *undo, *redo; // of WillisUndo
  GPtrArray *series;
  char **sources;
  double quantiles[2];

  double crosshair[3];
  WillisDisplay display;
  int preset;
  GArray *presets; // of WillisPreset
  double oblique_normal[3], oblique_up[3];
  WillisStep step;
  int likely_left; // places not measured yet; -1: not counted for this case
  int aneurysm, candidate, branch;
  GArray *way; // of int: branches in a row

  GPtrArray *jobs;      // of WillisJob, running
  WillisJob *case_job;  // borrowed from jobs
  WillisStep case_step;

  GHashTable *not_found; // of char *: aneurysms and the arteries that they were looked for in (session-measure.c)

  gboolean neck_in_hand;
  WillisNeck neck;
  WillisAneurysm *live;
  char *neck_problem;
  WillisJob *live_job; // owned; measures the neck in hand coarsely
  gboolean live_again; // the neck moved while it ran
  gboolean end_again;  // the neck was let go while an earlier exact measurement was still being cancelled

  WillisAneurysm *views_of;
  GArray *views;
  WillisCArmLimits limits;

  double roi_mm;
  WillisHandTool tool;
  double brush_mm, bridge_from[3];
  gboolean bridge_begun, branches_wanted; // the branches are to be found again when the tool is put away
  GPtrArray *pending, *applied;           // of WillisEdit: waiting, and in the job at work
  GArray *marks, *seeds;
  GArray *places, *place_line; // of WillisPlace; of double
  double place_radius_mm;
  gboolean place_in_hand;
};

enum
{
  WILLIS_SESSION_CASE_CHANGED,
  WILLIS_SESSION_CROSSHAIR_CHANGED,
  WILLIS_SESSION_DISPLAY_CHANGED,
  WILLIS_SESSION_SELECTION_CHANGED,
  WILLIS_SESSION_NECK_CHANGED,
  WILLIS_SESSION_TOOLS_CHANGED,
  WILLIS_SESSION_JOBS_CHANGED,
  WILLIS_SESSION_PLACES_CHANGED,
  WILLIS_SESSION_PLACE_MOVED,
  WILLIS_SESSION_MESSAGE,
  WILLIS_SESSION_N_SIGNALS
};

void _willis_session_emit (WillisSession *self, int signal);

/* Says text (taken) on the main thread; from a thread at work. */
void _willis_session_say_later (WillisSession *session, gboolean is_error, char *text);

/* A case job has ended: the edits that wait. */
void _willis_session_edits_go_on (WillisSession *self);

/* Do the way's branches still join in the tree at hand? */
gboolean _willis_session_way_holds (WillisSession *self);

/* The branch and the way that are picked stay with their arteries where another tree takes the place of old. */
void _willis_session_follow_tree (WillisSession *self, const WillisTree *old, const WillisTree *now);

void _willis_session_init_presets (WillisSession *self);

/* Puts c (taken) in place of the case without touching undo; keeps the selection valid. */
void _willis_session_replace (WillisSession *self, WillisCase *c);

G_END_DECLS
