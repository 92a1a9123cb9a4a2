/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * What is said for and against a stent: made, kept in the case and printed as JSON in English (core/base/note.h), and
 * put into the reader's language where it is shown. To add one: its text here and in the table of stent-remark.c.
 */
#include "core/base/i18n.h"

G_BEGIN_DECLS

#define WILLIS_REMARK_LONG_END N_ ("at the long end of its interval it ends in %.2f mm, the label ends at %.2f mm")
#define WILLIS_REMARK_NARROW N_ ("too narrow: the landing zones are up to %.2f mm wide, the label ends at %.2f mm")
#define WILLIS_REMARK_RIM N_ ("at the rim of the label: landing zones up to %.2f mm, label up to %.2f mm")
#define WILLIS_REMARK_WIDE N_ ("too wide: the landing zones are at most %.2f mm, the label begins at %.2f mm")
#define WILLIS_REMARK_NARROWEST N_ ("the narrowest landing zone, %.2f mm, is below the label's %.2f mm")
#define WILLIS_REMARK_SPREAD N_ ("the landing zones differ by %.2f mm, the maker allows %.2f mm")
#define WILLIS_REMARK_OVERSIZED N_ ("coverage over the neck is only %.0f %%: the device is oversized here")
#define WILLIS_REMARK_STOPS_SHORT N_ ("too short: what covers stops %.1f mm before the proximal edge of the neck")
#define WILLIS_REMARK_SHORT N_ ("too short: %.1f mm of proximal landing, %.1f mm are asked for")
#define WILLIS_REMARK_SHORT_END N_ ("at the short end of its interval only %.1f mm of proximal landing are left")
#define WILLIS_REMARK_BEFORE_MARK N_ ("ends %.1f mm before the proximal mark")
#define WILLIS_REMARK_LONGER N_ ("%.0f mm longer than needed")
#define WILLIS_REMARK_UNSEEN N_ ("the proximal end lies beyond the artery that is seen")
#define WILLIS_REMARK_DISTAL N_ ("%.1f mm of distal landing, %.1f mm are asked for")
#define WILLIS_REMARK_COVERS N_ ("covers the neck with %.1f mm beyond it distally and %.1f mm proximally")
#define WILLIS_REMARK_WORKING N_ ("its working length is %.1f mm: %.1f mm at each end neither cover nor hold")
#define WILLIS_REMARK_BRANCH_DEPENDS                                                                                   \
  N_ ("whether it covers a branch of %.1f mm, %.1f mm before the neck, depends on how long it becomes")
#define WILLIS_REMARK_BRANCHES N_ ("covers the origins of %u branches")
#define WILLIS_REMARK_GAP N_ ("gap of up to %.2f mm at the wall")
#define WILLIS_REMARK_ON_WALL N_ ("lies on the wall all along")
#define WILLIS_REMARK_BEND N_ ("an end lies on a bend of %.1f mm radius")
#define WILLIS_REMARK_CELLS N_ ("cells open to %.1f mm at the outer curve: coils thinner than that may pass")
#define WILLIS_REMARK_EXTRAPOLATED N_ ("extrapolated: some of the lumen is outside the diameters of the maker's table")
#define WILLIS_REMARK_ANGLE                                                                                            \
  N_ ("the braid angle of this device is assumed: enter the maker's table for a narrower interval")
#define WILLIS_REMARK_PRINTED N_ ("length from the maker's printed lengths")
#define WILLIS_REMARK_COVER N_ ("the metal cover is computed from an assumed braid")
#define WILLIS_REMARK_COVER_STRUTS N_ ("the metal cover is computed from assumed struts")
#define WILLIS_REMARK_COVER_ABOUT N_ ("the metal cover is computed from an assumed braid; published is about %.0f %%")
#define WILLIS_REMARK_COVER_MOST N_ ("the metal cover is computed from an assumed braid; published is at most %.0f %%")
#define WILLIS_REMARK_COVER_RANGE                                                                                      \
  N_ ("the metal cover is computed from an assumed braid; published are %.0f to %.0f %%")
// as it was said once, and is in cases of that time
#define WILLIS_REMARK_END_SHORT N_ ("too short: the proximal end stops %.1f mm before the proximal edge of the neck")

/* A remark in the language of translate (NULL: the program's) (new). What was kept in another language than English
 * stays as it is. */
char *willis_stent_remark (const char *remark, WillisTranslate translate, gconstpointer data);

/* Whether a remark says that the metal cover rests on assumptions. */
gboolean willis_stent_remark_on_cover (const char *remark);

G_END_DECLS
