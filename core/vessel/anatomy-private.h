/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Inside of the naming: the atlas, its fit to a tree, and the inference on it.
 */
#include "core/vessel/anatomy.h"

G_BEGIN_DECLS

/* The states of the inference are finer than the names: the carotid has seven, M2 two. */
typedef enum
{
  ANATOMY_OTHER,
  ANATOMY_C1,
  ANATOMY_C2,
  ANATOMY_C3,
  ANATOMY_C4,
  ANATOMY_C5,
  ANATOMY_C6,
  ANATOMY_C7,
  ANATOMY_M1,
  ANATOMY_M2_SUPERIOR,
  ANATOMY_M2_INFERIOR,
  ANATOMY_A1,
  ANATOMY_A2,
  ANATOMY_PCOM,
  ANATOMY_VA,
  ANATOMY_P1,
  ANATOMY_P2,
  ANATOMY_SCA,
  ANATOMY_AICA,
  ANATOMY_PICA,
  ANATOMY_OPHTHALMIC,
  ANATOMY_CHOROIDAL,
  ANATOMY_ACOM, // from here on unpaired
  ANATOMY_BASILAR,
  ANATOMY_N_PIECES,
} AnatomyPiece;

/* State: the piece on the left (paired pieces on the right come after all). */
#define ANATOMY_N_STATES (ANATOMY_N_PIECES + ANATOMY_ACOM - ANATOMY_C1)

/* Beliefs of a sample as naming wants them: of the states, then of the pieces whatever their side. */
#define ANATOMY_N_BELIEFS (ANATOMY_N_STATES + ANATOMY_N_PIECES)

static inline AnatomyPiece
anatomy_piece (int state)
{
  return (AnatomyPiece) (state < ANATOMY_N_PIECES ? state : state - ANATOMY_N_PIECES + ANATOMY_C1);
}

/* +1 left, -1 right, 0 neither. */
static inline int
anatomy_side (int state)
{
  return state >= ANATOMY_N_PIECES ? -1 : state >= ANATOMY_C1 && state < ANATOMY_ACOM ? 1 : 0;
}

static inline int
anatomy_state (AnatomyPiece piece, int side)
{
  return side < 0 && piece >= ANATOMY_C1 && piece < ANATOMY_ACOM ? (int) piece + ANATOMY_N_PIECES - ANATOMY_C1
                                                                 : (int) piece;
}

typedef struct
{
  double p[3], t[3]; // mm, unit direction
  double r, sigma;   // mm: radius, and how far people differ
  int state;
} AnatomyPoint;

/* Points of the atlas about step_mm apart (new GArray of AnatomyPoint). LPS, origin between the two ends of the
 * carotids. */
GArray *anatomy_atlas (double step_mm);

/* A sample of the tree. */
typedef struct
{
  double p[3], t[3], r, log_r;
  double mm, at_mm; // length it stands for; abscissa
  int branch;
} AnatomySample;

/* Samples of all branches, branch after branch in their order along it (new); first[n_branches + 1] (new). */
GArray *anatomy_samples (const WillisTree *tree, double step_mm, gsize **first);

/* Scan point = scale R B p + t of an atlas point p. B turns by right angles: not at all where the scan's axes are the
 * patient's. */
typedef struct
{
  double rotation[9], translation[3], scale;
  double base[9];
  gboolean turned; // base is not the identity
  double score; // log likelihood, per tempered evidence
} AnatomyFit;

/* The best fits, best first, different from each other (new GArray of AnatomyFit; at most max). NULL: cancelled. */
GArray *anatomy_fit (const GArray *samples, int max, const WillisProgress *progress, GError **error);

/* How far a fit is one at all, 0 .. 1. */
double anatomy_sureness (const GArray *samples, const AnatomyFit *fit);

/* log likelihood of each state at each sample on one fit (new, [samples][ANATOMY_N_STATES]). */
double *anatomy_evidence (const GArray *samples, const AnatomyFit *fit);

/* Beliefs of the states at each sample (new, [samples][ANATOMY_N_STATES], each row sums to 1). */
double *anatomy_beliefs (const WillisTree *tree, const GArray *samples, const gsize *first, const double *evidence);

G_END_DECLS
