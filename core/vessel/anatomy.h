/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The names of the arteries at the base of the brain: which branch of a centreline tree is which, left and right, with
 * how sure that is, and "not sure" where the picture does not say.
 */
#include "core/base/progress.h"
#include "core/vessel/tree.h"

G_BEGIN_DECLS

typedef enum
{
  WILLIS_ARTERY_NONE, // not sure, or none of these
  WILLIS_ARTERY_ICA,
  WILLIS_ARTERY_MCA_M1,
  WILLIS_ARTERY_MCA_M2,
  WILLIS_ARTERY_ACA_A1,
  WILLIS_ARTERY_ACA_A2,
  WILLIS_ARTERY_ACOM,
  WILLIS_ARTERY_PCOM,
  WILLIS_ARTERY_BASILAR,
  WILLIS_ARTERY_VERTEBRAL,
  WILLIS_ARTERY_PCA_P1,
  WILLIS_ARTERY_PCA_P2,
  WILLIS_ARTERY_SCA,
  WILLIS_ARTERY_AICA,
  WILLIS_ARTERY_PICA,
  WILLIS_ARTERY_OPHTHALMIC,
  WILLIS_ARTERY_CHOROIDAL, // anterior choroidal
} WillisArtery;

/* A name counts where its confidence is at least this; below it stays "not sure". */
#define WILLIS_NAME_SURE 0.5

/* The text that stands in files where a branch has no name. */
#define WILLIS_NAME_UNSURE "not sure"

/* A copy of tree whose branches carry names ("ICA left", "MCA M1 right", "Basilar"), confidences and parts (the
 * segments of the carotid after Bouthillier 1996, A1 and A2 where one branch holds both). Names given by hand stay.
 *
 * Method: an atlas of textbook centrelines (position, direction and calibre with their spread, in LPS) is laid on the
 * tree by expectation maximisation over translation, rotation and scale from many starts, after Myronenko and Song
 * (2010); rotation and scale are held near the scan's own axes. On each of the best fits the names are inferred on
 * samples 2 mm apart by belief propagation (Pearl 1988): along a branch a name goes on or changes to its successor, at
 * a junction only names that meet in anatomy meet, after Bogunovic et al. (2013). The confidence is the belief,
 * averaged over the fits by how well they fit: so what could be one or the other gets no name. Nor does a piece between
 * two A2 that is no longer than where they touch: it may be an anterior communicating artery or none. Deterministic.
 * A tree that holds less than a few millimetres comes back without names. Errors: cancelled. */
WillisTree *willis_anatomy_name (const WillisTree *tree, const WillisProgress *progress, GError **error);

/* Names given by hand in old are carried to the branches of tree that lie where theirs lay (at least half of the old
 * branch within the vessel). Returns a new tree. */
WillisTree *willis_anatomy_carry (const WillisTree *tree, const WillisTree *old);

/* A copy of tree with branch n named by hand; name NULL or "": not named (also by hand: it stays so). */
WillisTree *willis_anatomy_rename (const WillisTree *tree, gsize n, const char *name);

/* What speaks against the name of branch n: that it lies on the other side than the name says, as the branches named
 * without doubt have the sides; that other branches carry the name, too. A translated sentence or two (new), NULL where
 * nothing does. */
char *willis_anatomy_name_doubt (const WillisTree *tree, gsize n);

/* The artery that a name says, and its side: +1 left, -1 right, 0 none. NONE for others. */
WillisArtery willis_artery_of_name (const char *name, int *side);

/* The name at a point of a branch: that of its part, or else the branch's; NULL where not sure (borrowed). */
const char *willis_branch_name_at (const WillisBranch *branch, double abscissa_mm, double *confidence);

/* The name where branch n comes nearest to a place; WILLIS_NAME_UNSURE where there is none (borrowed). tree may be NULL
 * and n -1. */
const char *willis_tree_name_near (const WillisTree *tree, int n, const double lps_mm[3]);

/* A name as people read it in their language ("MCA M1, left"); texts that are no artery's come back as they are (new). */
char *willis_artery_text (const char *name);

/* The same in a language that need not be the program's: translate returns the translation of text (borrowed). */
typedef const char *(*WillisTextFunc) (gconstpointer data, const char *text);
char *willis_artery_text_with (const char *name, WillisTextFunc translate, gconstpointer data);

/* All names that a person may choose from ("ICA left" ...), ended by NULL (static). */
const char *const *willis_artery_names (void);

G_END_DECLS
