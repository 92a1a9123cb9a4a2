/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Repairing a segmentation by hand. An edit is a shape in space (a brush stroke, a bridge, a cut, a box) or a choice of a piece; edits are
 * kept in order with the segmentation, so that what a person did is known and the surface follows the shapes themselves, finer than
 * the voxels.
 */
#include "core/base/progress.h"
#include "core/vessel/segmentation.h"

G_BEGIN_DECLS

typedef enum
{
  WILLIS_EDIT_ADD,    // along points, each with its radius: artery, whatever the scan says (brush, bridge)
  WILLIS_EDIT_ERASE,  // along points: no artery
  WILLIS_EDIT_CUT,    // a disc about the point, square to the normal: what it separates hangs together no more
  WILLIS_EDIT_GROW,   // from the point through what is as bright as artery, at most radius_mm away
  WILLIS_EDIT_REMOVE, // the piece at the point
  WILLIS_EDIT_KEEP,   // only what lies in the box from the first point to the second, along the scan's axes
  WILLIS_N_EDITS
} WillisEditKind;

typedef struct
{
  gatomicrefcount refs;
  WillisEditKind kind;
  gboolean bridge; // ADD that joins two places
  gsize n_points;
  double *points_lps_mm; // [n_points][3]
  double *radius_mm;     // [n_points]
  double normal[3];      // of CUT, unit
} WillisEdit;

#define WILLIS_EDIT_MOST_POINTS 10000
#define WILLIS_GROW_MM 20.0

/* Copies what it is given; radius_mm and normal may be NULL where the kind has none. NULL with BAD_INPUT for what cannot be: no or
 * too many points, values not finite, radii not in (0, 50], a normal of no length. */
WillisEdit *willis_edit_new (WillisEditKind kind, const double *points_lps_mm, const double *radius_mm, gsize n_points,
                             const double normal[3], GError **error);
WillisEdit *willis_edit_ref (WillisEdit *edit);
void willis_edit_unref (WillisEdit *edit);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WillisEdit, willis_edit_unref)

const char *willis_edit_name (WillisEditKind kind);  // "add", as in files
const char *willis_edit_title (const WillisEdit *edit); // for people, to translate: "Cut"

/* An ADD along the brightest way from a to b (within 10 mm of the straight line), as wide as the artery is at its ends and in between
 * so: radius_mm NaN. FAILED where they are more than 60 mm apart. */
WillisEdit *willis_edit_bridge (WillisVolume *volume, const WillisSegmentation *segmentation, const double a_lps_mm[3],
                                const double b_lps_mm[3], double radius_mm, GError **error);

/* The segmentation with one more edit (new): a copy of its labels changed where the edit is, everything else as it was.
 * FAILED where nothing changes: no artery to cut or remove there, nothing bright to grow from, or what grows has no end. */
WillisSegmentation *willis_segmentation_edit (WillisVolume *volume, const WillisSegmentation *before, WillisEdit *edit,
                                              const WillisProgress *progress, GError **error);

/* In order; NULL where there are none (borrowed, of WillisEdit). */
const GPtrArray *willis_segmentation_edits (const WillisSegmentation *segmentation);
/* For a segmentation that nobody else has seen: takes the array. */
void willis_segmentation_take_edits (WillisSegmentation *segmentation, GPtrArray *edits);

/* Lets the shapes speak in the lumen field (see willis_lumen_field; field[k][j][i] over the voxels lo to hi, in steps of 1 / scale):
 * ADD lifts it and ERASE, CUT and KEEP lower it to a slope of a half per voxel about their own boundary, where the labels agree. */
void willis_edits_shape_field (const GPtrArray *edits, const WillisGrid *grid, const guint8 *labels, const int lo[3], const int hi[3],
                               double scale, gint16 *field);

/* How deep a place lies in the shapes that were added, mm, below 0 outside; -INFINITY where there are none. */
double willis_edits_depth_added (const GPtrArray *edits, const double lps_mm[3]);

/* Artery, found or added by hand. */
static inline gboolean
willis_label_is_artery (guint8 label)
{
  return label == WILLIS_LABEL_ARTERY || label == WILLIS_LABEL_BY_HAND;
}

G_END_DECLS
