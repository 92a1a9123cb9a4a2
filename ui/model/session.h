/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * What the window shows: one case (a value), how it is looked at, the steps' states, undo and redo, and the jobs that run.
 * Widgets read the session and listen to it; none holds clinical data of its own. Main thread only.
 *
 * Signals, all without arguments unless said:
 *   "case-changed"      another case or other artefacts in it (opening, a step's result, undo)
 *   "crosshair-changed" the common point moved
 *   "display-changed"   window, level, slab, layers
 *   "selection-changed" step, aneurysm, candidate or branch picked
 *   "neck-changed"      the neck in hand moved, or its live numbers arrived
 *   "tools-changed"     rulers, angles, seeds, the tool in hand
 *   "places-changed"    what the step at hand shows in the slices
 *   "place-moved"       the first of these places was moved by hand: ask willis_session_moved_place
 *   "jobs-changed"      a job started, ended or made progress
 *   "message" (gboolean is_error, const char *text): something a person should know
 */
#include <gio/gio.h>

#include "core/case/case.h"
#include "core/vessel/working-angle.h"
#include "core/io/volume-io.h"
#include "ui/model/job.h"

G_BEGIN_DECLS

#define WILLIS_TYPE_SESSION (willis_session_get_type ())
G_DECLARE_FINAL_TYPE (WillisSession, willis_session, WILLIS, SESSION, GObject)

/* The steps of the work, in order. */
typedef enum
{
  WILLIS_STEP_SCAN,
  WILLIS_STEP_VESSELS,
  WILLIS_STEP_ANEURYSM,
  WILLIS_STEP_CATHETER,
  WILLIS_STEP_STENT,
  WILLIS_STEP_FOLLOWUP,
  WILLIS_STEP_REPORT,
  WILLIS_N_STEPS
} WillisStep;

typedef enum
{
  WILLIS_STEP_EMPTY,   // nothing there, and something before it is missing
  WILLIS_STEP_WAITING, // all it needs is there: it needs the person
  WILLIS_STEP_RUNNING,
  WILLIS_STEP_FRESH,
  WILLIS_STEP_STALE,   // made from inputs that have changed since
} WillisStepState;

typedef enum
{
  WILLIS_TOOL_NONE,
  WILLIS_TOOL_RULER, // two points
  WILLIS_TOOL_ANGLE, // three points, the second is the corner
  // corrections of the arteries
  WILLIS_TOOL_SEED,
  WILLIS_TOOL_REMOVE,
  WILLIS_TOOL_CUT,
  WILLIS_TOOL_BRIDGE,
  WILLIS_TOOL_BRUSH,
  WILLIS_TOOL_ERASER,
} WillisHandTool;

/* A ruler or angle, finished or still growing. */
typedef struct
{
  WillisHandTool kind;
  int n_points;
  double lps_mm[3][3];
} WillisMark;

/* Where the arteries start, as pointed out by hand. */
typedef struct
{
  double lps_mm[3];
} WillisSeed;

typedef enum
{
  WILLIS_SLAB_OFF,
  WILLIS_SLAB_MIP,
  WILLIS_SLAB_MINIP,
  WILLIS_SLAB_AVERAGE,
} WillisSlabMode;

typedef struct
{
  double window, level; // scan units
  WillisSlabMode slab;
  double slab_mm;
  gboolean show_labels;   // lumen laid over the slices
  gboolean show_contours; // its outline
  gboolean show_crosshair;
  gboolean show_bone;     // ghost in 3D
  gboolean show_tree;
  gboolean show_volume;   // ray casting instead of the surface
} WillisDisplay;

typedef struct
{
  const char *name;     // to translate, unless it is the person's own
  double window, level; // NaN: from the scan's 1st and 99.5th percentile
  gboolean own;
} WillisPreset;

WillisSession *willis_session_new (void);

/* --- The case. NULL while none is open. */
WillisCase *willis_session_case (WillisSession *session); // borrowed; never change it in place
const char *willis_session_path (WillisSession *session); // of the case file, or NULL
char *willis_session_title (WillisSession *session);      // for people, without identity (new)
char *willis_session_subtitle (WillisSession *session);   // e.g. "6.2 mm, neck 3.1 mm" (new, may be "")
gboolean willis_session_dirty (WillisSession *session);   // changed since saved

/* Replaces the case as one step that can be undone; label names it ("Move the neck"), translated. Takes c. */
void willis_session_commit (WillisSession *session, WillisCase *c, const char *label);
void willis_session_undo (WillisSession *session);
void willis_session_redo (WillisSession *session);
const char *willis_session_undo_label (WillisSession *session); // NULL where there is nothing to undo
const char *willis_session_redo_label (WillisSession *session);

/* Installs a freshly opened case (takes it): no undo, crosshair in the middle. path may be NULL; quantiles: the
 * scan's 1st and 99.5th percentile. */
void willis_session_install (WillisSession *session, WillisCase *c, const char *path, const double quantiles[2]);
void willis_session_close (WillisSession *session);
void willis_session_set_saved (WillisSession *session, WillisCase *saved, const char *path);

/* The series the open scan was chosen from (borrowed, of WillisSeries, may be NULL), the paths they came from. */
GPtrArray *willis_session_series (WillisSession *session);
const char *const *willis_session_sources (WillisSession *session);
void willis_session_take_series (WillisSession *session, GPtrArray *series, char **sources);

/* The report of this case (as it is now) lies in a file. */
void willis_session_set_reported (WillisSession *session, WillisCase *reported);

WillisStepState willis_session_step_state (WillisSession *session, WillisStep step);
const char *willis_step_title (WillisStep step); // translated
const char *willis_step_state_text (WillisStepState state); // translated: "inputs changed; recompute"
/* How many of the places found, likely aneurysms all (WILLIS_LIKELY_SCORE), are not measured. */
guint willis_session_likely_left (WillisSession *session);
/* The same of a step as it is now, where more is known of it. */
const char *willis_session_step_text (WillisSession *session, WillisStep step);

/* --- Work on the case. Runs work on a copy of the case on a thread; a success is committed under label, unless the
 * case has changed meanwhile (then it is dropped and a message says so). One at a time: FALSE while one runs.
 * input is freed with free_input. */
typedef gboolean (*WillisCaseWork) (WillisCase *copy, const WillisProgress *progress, gpointer input, GError **error);
gboolean willis_session_run (WillisSession *session, WillisStep step, const char *label, WillisCaseWork work,
                             gpointer input, GDestroyNotify free_input);
/* The same, any other work that the bottom bar shows. */
WillisJob *willis_session_start_job (WillisSession *session, const char *label, WillisJobWork work, gpointer input,
                                     GDestroyNotify free_input, GDestroyNotify free_result, WillisJobDone done,
                                     gpointer data);
gboolean willis_session_busy (WillisSession *session); // a case job runs
void willis_session_cancel_jobs (WillisSession *session);
/* The jobs that run, oldest first (of WillisJob; borrowed). */
GPtrArray *willis_session_jobs (WillisSession *session);
void willis_session_say (WillisSession *session, gboolean is_error, const char *format, ...) G_GNUC_PRINTF (3, 4);

/* The steps' work with defaults. seeds [n][3] may be NULL. threshold NaN: found by itself. */
gboolean willis_session_run_vessels (WillisSession *session, double threshold, const double *seeds_lps_mm,
                                     gsize n_seeds);
gboolean willis_session_run_measure (WillisSession *session, const double seed_lps_mm[3], int replace);
/* Measures the aneurysms whose inputs have changed in the arteries as they are now: a neck that a hand has set stays
 * where it is, the others are found anew. One that is not found keeps its numbers, stays stale, and it is said. */
gboolean willis_session_run_again (WillisSession *session);
/* Has that something to do: is one stale that was not looked for in these arteries yet? */
gboolean willis_session_wants_again (WillisSession *session);
/* Was aneurysm n looked for in the arteries as they are now, since the case was opened, and not found? */
gboolean willis_session_not_found (WillisSession *session, gsize n);
gboolean willis_session_remove_aneurysm (WillisSession *session, int n);
gboolean willis_session_dismiss_candidate (WillisSession *session, int n);

/* Answers for the risk scores of an aneurysm, as one step that can be undone. FALSE while a case job runs. */
gboolean willis_session_set_risk_answers (WillisSession *session, int aneurysm, const WillisRiskInputs *answers);

/* --- How it is looked at. */
const double *willis_session_crosshair (WillisSession *session); // LPS mm
void willis_session_set_crosshair (WillisSession *session, const double lps_mm[3]);
const WillisDisplay *willis_session_display (WillisSession *session);
void willis_session_set_display (WillisSession *session, const WillisDisplay *display);
/* The program's presets, then the person's own (borrowed until one of them changes). */
const WillisPreset *willis_session_presets (WillisSession *session, gsize *n);
const char *willis_preset_title (const WillisPreset *preset); // translated
/* Keeps the window and level that are set under a name, in place of an own preset of that name; drops own preset n. */
void willis_session_keep_preset (WillisSession *session, const char *name);
void willis_session_drop_preset (WillisSession *session, int n);
/* The own ones as a(sdd): name, window, level; floating. Taking replaces them and leaves out what cannot be. */
GVariant *willis_session_own_presets (WillisSession *session);
void willis_session_take_own_presets (WillisSession *session, GVariant *presets);
void willis_session_set_preset (WillisSession *session, int preset); // wraps around
int willis_session_preset (WillisSession *session);                  // -1: set by hand

/* The oblique plane: its unit normal and the direction that is up in its picture. */
void willis_session_get_oblique (WillisSession *session, double normal[3], double up[3]);
void willis_session_set_oblique (WillisSession *session, const double normal[3], const double up[3]);

WillisStep willis_session_step (WillisSession *session);
void willis_session_set_step (WillisSession *session, WillisStep step);
int willis_session_aneurysm (WillisSession *session); // selected, -1 none
void willis_session_select_aneurysm (WillisSession *session, int n);
/* The same, and the crosshair goes to its neck; nothing where there is no such one. */
void willis_session_go_to_aneurysm (WillisSession *session, int n);
int willis_session_candidate (WillisSession *session); // selected, -1 none
void willis_session_select_candidate (WillisSession *session, int n);
int willis_session_branch (WillisSession *session);
void willis_session_select_branch (WillisSession *session, int n); // the way is this branch alone; -1: none
/* The branches in a row along which is measured (of int; empty: none). Extending adds a branch that joins at either end;
 * FALSE where it does not. */
const GArray *willis_session_way (WillisSession *session);
gboolean willis_session_extend_way (WillisSession *session, int n);
/* The branches that join the way at its start (FALSE) or end (TRUE): new GArray of int. */
GArray *willis_session_way_neighbours (WillisSession *session, gboolean at_end);
/* A name by hand, NULL or "": not sure; one step that can be undone. FALSE while a case job runs. */
gboolean willis_session_rename_branch (WillisSession *session, int n, const char *name);

/* --- The neck in hand: begin, move often, end. Moving starts coarse measurements, one at a time, always of the newest
 * position; end measures exactly and commits. Nothing selected: the calls do nothing. */
gboolean willis_session_get_neck (WillisSession *session, WillisNeck *neck); // in hand, else of the case
double willis_session_neck_radius_mm (WillisSession *session);
void willis_session_neck_move (WillisSession *session, const WillisNeck *neck);
void willis_session_neck_end (WillisSession *session);
void willis_session_neck_cancel (WillisSession *session);
gboolean willis_session_neck_in_hand (WillisSession *session);
/* The aneurysm to show: the live one while the neck is in hand, else the case's (borrowed, may be NULL). */
WillisAneurysm *willis_session_shown_aneurysm (WillisSession *session);
const char *willis_session_neck_problem (WillisSession *session); // why the live one is not measurable, or NULL

/* --- Places of the step at hand in the slices: a line [n_line][3] as thick as radius_mm says, and points with captions (borrowed for
 * good, as gettext gives them). All is copied; n 0 and n_line 0: nothing more. The first point can be moved: the arrow keys in a
 * slice that shows it. It is where the hand has put it until the step shows its places anew. */
typedef struct
{
  double lps_mm[3];
  const char *caption;
  guint32 rgb;
} WillisPlace;

void willis_session_show_places (WillisSession *session, const WillisPlace *places, gsize n, const double *line_lps_mm, gsize n_line,
                                 double radius_mm);
const GArray *willis_session_places (WillisSession *session);                         // of WillisPlace
const GArray *willis_session_place_line (WillisSession *session, double *radius_mm);  // of double
void willis_session_move_place (WillisSession *session, const double lps_mm[3], gboolean finished);
void willis_session_end_move (WillisSession *session); // the hand lets go; nothing where no place was moved
gboolean willis_session_moved_place (WillisSession *session, double lps_mm[3]); // TRUE: and is let go of

/* --- Rulers, angles, seeds. */
WillisHandTool willis_session_tool (WillisSession *session);
void willis_session_set_tool (WillisSession *session, WillisHandTool tool);
const GArray *willis_session_marks (WillisSession *session); // of WillisMark
void willis_session_add_mark_point (WillisSession *session, const double lps_mm[3]);
void willis_session_move_mark_point (WillisSession *session, guint mark, guint point, const double lps_mm[3]);
void willis_session_remove_mark (WillisSession *session, guint mark);
double willis_mark_value (const WillisMark *mark); // mm, or degrees
const GArray *willis_session_seeds (WillisSession *session); // of WillisSeed
void willis_session_add_seed (WillisSession *session, const double lps_mm[3]);
void willis_session_clear_seeds (WillisSession *session);

/* --- Correcting the arteries by hand. Each use of a tool is one step that can be undone; uses made while one is computed wait. The
 * surface follows at once, the branches when the tool is put away. */
gboolean willis_tool_is_edit (WillisHandTool tool);
const char *willis_tool_title (WillisHandTool tool); // what to do with it, translated
double willis_session_brush_mm (WillisSession *session); // radius
void willis_session_set_brush_mm (WillisSession *session, double radius_mm);
/* The tool in hand at these places [n][3]; slice_normal where it was drawn in a slice, else NULL. FALSE where nothing comes of it. */
gboolean willis_session_use_tool (WillisSession *session, const double *points_lps_mm, gsize n, const double slice_normal[3]);
/* Where a bridge that still lacks its end begins; FALSE where there is none. */
gboolean willis_session_bridge_begin (WillisSession *session, double lps_mm[3]);
gboolean willis_session_edit (WillisSession *session, WillisEdit *edit); // takes edit
const GPtrArray *willis_session_pending_edits (WillisSession *session);  // waiting (borrowed)
const GPtrArray *willis_session_applied_edits (WillisSession *session);  // being computed (borrowed, may be NULL)
gboolean willis_session_keep_region (WillisSession *session); // arteries outside the box of interest go
gboolean willis_session_branches_stale (WillisSession *session); // the arteries were corrected since the branches were found
gboolean willis_session_run_branches (WillisSession *session);
gboolean willis_session_forget_edits (WillisSession *session); // segments anew without the corrections

/* What was computed for an aneurysm beside the case (working views, of WillisWorkingView); kept while it is shown, so
 * that panel and report compute it once. Takes views. */
void willis_session_take_working_views (WillisSession *session, WillisAneurysm *aneurysm, GArray *views);
GArray *willis_session_working_views (WillisSession *session, WillisAneurysm *aneurysm); // borrowed, or NULL
/* What the C-arm at hand can reach; views that were computed for another are forgotten ("display-changed"). */
WillisCArmLimits willis_session_c_arm_limits (WillisSession *session);
void willis_session_set_c_arm_limits (WillisSession *session, const WillisCArmLimits *limits);

/* The region of interest: a box of this edge along the scan's axes about the crosshair; 0: none is shown. */
double willis_session_roi_mm (WillisSession *session);
void willis_session_set_roi_mm (WillisSession *session, double edge_mm);
/* The box in voxel indices, inclusive, within the scan; FALSE where there is no scan or no box. */
gboolean willis_session_roi_box (WillisSession *session, int lo[3], int hi[3]);
/* Keeps only what lies in it; one step that can be undone. */
gboolean willis_session_run_crop (WillisSession *session);

/* Escape: drops the tool, the neck in hand or the jobs, in this order. TRUE where there was something. */
gboolean willis_session_escape (WillisSession *session);

G_END_DECLS
