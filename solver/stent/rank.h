/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Every stent and flow diverter of the catalogue laid past a neck, with the uncertainty of its length, a verdict and the reasons
 * for it in words, best first.
 */
#include "core/plan/catalogue.h"
#include "solver/stent/artery.h"

G_BEGIN_DECLS

typedef enum
{
  WILLIS_FIT_SAFE,    // covers the neck with its landing zones over the whole 90 % interval, and fits the lumen
  WILLIS_FIT_DEPENDS, // does at the predicted length, not over the whole interval; or is at the rim of its label
  WILLIS_FIT_NOT,
} WillisFit;

typedef struct
{
  double distal_mm, proximal_mm; // landing of the working length beyond the neck's distal and proximal edge
  double diameter_sd_mm;         // of the lumen's diameter, the same along the artery
  double straightening;          // 0 .. 1: how much of the curvature the stent takes away, for the interval (King 2012: a third)
} WillisStentRequest;

#define WILLIS_STENT_LANDING_MM 5.0 // on either side, where nobody says

typedef struct
{
  const WillisDevice *device;   // borrowed: the catalogue must live on
  WillisBraid braid;            // as laid; zero for a laser-cut stent
  WillisFit fit;
  double score;                 // lower is better
  double length_mm, length_sd_mm, length_lo_mm, length_hi_mm; // 90 % interval
  double sd_diameter_mm, sd_packing_mm, sd_straightening_mm, sd_device_mm; // parts of length_sd_mm
  double distal_mm, proximal_mm; // abscissae of the ends on the artery
  double working_length_mm,
      end_mm; // what covers and holds, and how much at each end does not: flared ends, a single layer
  double distal_landing_mm, proximal_landing_mm, proximal_landing_lo_mm; // of the working length beyond the neck; the
                                                                         // last at the short end of the interval
  double gap_max_mm, apposition; // fraction of the length with a gap below 0.3 mm
  double coverage, porosity, pore_density_mm2, radial_force_n_mm; // means over the device
  double neck_coverage, neck_pore_density_mm2;
  double cell_opening_mm;       // laser-cut: largest circle between struts at the outer curve; NAN otherwise
  guint branches_covered;
  gboolean extrapolated;        // the length is from outside the maker's table
  GPtrArray *reasons;           // of char *, for people
  GPtrArray *warnings;          // likewise: what speaks against it
} WillisStentChoice;

/* The sd to ask with, from what the case knows of its lumen; 0.05 mm where it cannot tell. */
double willis_stent_diameter_sd (double known_mm);

void willis_stent_choice_free (WillisStentChoice *choice);

/* One device. stations (may be NULL): where it is laid, WillisStation by falling s, new GArray; of a laser-cut stent
 * they have diameters and gaps only, as a straight tube of its free diameter would have them. Errors:
 * WILLIS_ERROR_BAD_INPUT for a device that is no stent. */
WillisStentChoice *willis_stent_try (const WillisDevice *device, const WillisStentArtery *artery,
                                     const WillisStentRequest *request, GArray **stations, GError **error);

/* All stents of the catalogue, best first (new, of WillisStentChoice). */
GPtrArray *willis_stent_rank (const WillisCatalogue *catalogue, const WillisStentArtery *artery, const WillisStentRequest *request,
                              const WillisProgress *progress, GError **error);

/* Order of choices: fit, then score, then id. */
int willis_fit_compare (WillisFit a, double score_a, const char *id_a, WillisFit b, double score_b, const char *id_b);

const char *willis_fit_name (WillisFit fit); // "safe", "depends", "not"
const char *willis_fit_label (WillisFit fit); // for people, to translate

G_END_DECLS
