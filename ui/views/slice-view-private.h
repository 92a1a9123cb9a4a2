/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The slice view's inside, shared by its files: slice-view.c (widget and picture), slice-paint.c (what is drawn over
 * the picture), slice-input.c (hands).
 */
#include "ui/views/slice-view.h"

G_BEGIN_DECLS

#define WILLIS_PLACE_NEAR_MM 1.0 // a place nearer to a slice than this is in it

typedef enum
{
  WILLIS_HIT_NONE,
  WILLIS_HIT_CROSSHAIR,
  WILLIS_HIT_NECK_MOVE,
  WILLIS_HIT_NECK_TILT,  // index: which end
  WILLIS_HIT_NECK_SHIFT,
  WILLIS_HIT_MARK,       // index: mark, point: which of its points
  WILLIS_HIT_OBLIQUE,    // index: which end of the oblique plane's trace
} WillisHitKind;

typedef struct
{
  WillisHitKind kind;
  guint index, point;
} WillisHit;

/* The neck plane as seen in a slice. */
typedef struct
{
  double centre[2], ends[2][2], arrow[2]; // px
  double along[3];  // unit, in the slice: the trace of the neck plane
  double into[3];   // unit, in the slice: the normal's part
  gboolean flat;    // the neck plane lies (nearly) in the slice: only the centre can be taken
} WillisNeckTrace;

/* Everything the grey picture depends on; compared to know whether it must be drawn again. */
typedef struct
{
  const WillisVolume *volume, *labels;
  WillisPlane plane;
  double window, level, slab_mm;
  int slab;
} WillisSliceKey;

struct _WillisSliceView
{
  GtkWidget parent_instance;
  WillisSession *session;
  WillisOrient orient;
  WillisSliceFrame frame;
  gboolean framed; // frame holds a fitted or chosen centre and scale

  WillisSliceKey key;
  guint32 *pixels; // of key.plane
  int coarse;      // 1: full resolution, 2 ...: a pixel stands for so many
  double ns_per_sample;
  WillisJob *refine; // draws the full picture while a coarse one is shown
  guint settle_id;

  GArray *lumen_lines, *sac_lines; // of WillisSegment, in the plane of lines_key
  const gpointer *lines_of[2];
  double lines_plane[4];

  GtkWidget *menu;
  gboolean pointer_inside;
  double pointer[2];
  WillisHit hover;

  WillisHit grab; // what the left button took
  guint button;
  gboolean dragged;
  double grab_start[2], grab_last[2];
  double grab_window, grab_level;
  WillisNeck grab_neck;
  double grab_point[3];
  double scroll_rest;
  GArray *stroke; // double[3]: of the tool in hand
  double zoom_start;
};

/* The frame with the crosshair's plane; FALSE before there is a scan or a size. */
gboolean _willis_slice_view_update_frame (WillisSliceView *self);

gboolean _willis_slice_view_neck_trace (WillisSliceView *self, WillisNeckTrace *trace);
gboolean _willis_slice_view_oblique_trace (WillisSliceView *self, double ends[2][2]);
WillisHit _willis_slice_view_hit (WillisSliceView *self, double x, double y);

/* slice-edit.c: a tool that corrects the arteries, pressed, dragged, let go (widget pixels); what is seen of it. */
void _willis_slice_view_stroke_begin (WillisSliceView *self, double x, double y);
void _willis_slice_view_stroke_to (WillisSliceView *self, double x, double y);
void _willis_slice_view_stroke_end (WillisSliceView *self, double x, double y);
void _willis_slice_view_paint_edit (WillisSliceView *self, cairo_t *cr);

/* Draws what lies over the picture; cr in widget coordinates. */
void _willis_slice_view_paint (WillisSliceView *self, cairo_t *cr);

void _willis_slice_view_init_input (WillisSliceView *self);
void _willis_slice_view_class_init_actions (GtkWidgetClass *klass);

G_END_DECLS
