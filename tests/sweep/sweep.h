/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * A case of the sweep: what is drawn for a number, and how far the found is from the true.
 */
#include "core/case/case.h"
#include "core/phantom/phantom-private.h"

typedef struct
{
  const char *name, *kind, *parent;
  double at_mm; // < 0: the vessel's end
  double largest_mm;
  double axis[3];
  double centre[3]; // of the field of view
} Site;

/* What a case is made of. The same number gives the same draw on every machine. */
typedef struct
{
  const Site *site;
  double height_mm, width_mm, neck_mm; // of the sac
  double spacing_mm[2];                // in the slice, across slices
  double psf_fwhm_mm[2], slice_mm, sharpness;
  double noise_hu, contrast_hu, gap_mm;
  double bleb_radius_mm, bleb_height_mm, bleb_direction[3]; // radius 0 (as drawn): none
} Draw;

Draw sweep_draw (int number);
/* The phantom of a draw: the shared anatomy with two thin arteries, one sac, this scanner. */
WillisPhantom *sweep_phantom (const Draw *draw, int number, GError **error);

/* The phantom's scan with labels, saved at path; phantom NULL: what was saved there. */
WillisCase *sweep_case (const char *path, const WillisPhantom *phantom, GError **error);

/* The true lumen of a phantom within half_mm of a point along each axis of the scan (new), from its field at steps of
 * step_mm; closed where it leaves that box. */
WillisSurface *sweep_true_surface (const WillisPhantom *phantom, const double centre_lps_mm[3], double half_mm,
                                   double step_mm, GError **error);

/* What is true of a scan besides the phantom's field. */
typedef struct
{
  double dome[3]; // deep in the sac, scan coordinates
  double volume_mm3, height_mm, width_mm, size_mm, neck_diameter_mm;
  WillisTree *tree; // of the true surface, where arteries are given as one; else NULL
} SweepTruth;

void sweep_truth_clear (SweepTruth *truth);

/* The patients of whom there are files of a kind of the AneuRisk data ("models": whole trees, "isolated": the sac with its
 * arteries), in order (new); none where the data are absent. */
char **sweep_patient_names (const char *kind);
/* The file of a patient (new). */
char *sweep_patient_file (const char *kind, const char *name);
/* The sac of a patient beyond its published neck curve on surface, which is oriented; fills all of truth but the tree. */
gboolean sweep_patient_sac (WillisSurface *surface, const char *name, SweepTruth *truth, double neck[3], GError **error);
/* A scan made of a patient's arteries, with the scanner of the draw of number; fills draw and truth. */
WillisPhantom *sweep_patient (const char *name, int number, Draw *draw, SweepTruth *truth, GError **error);

/* NaN where nothing was measured. */
typedef struct
{
  double dice, mean_mm, p95_mm;                         // arteries over 1.2 mm diameter, both ways
  double surface_bias_mm;                               // mean signed distance of the found surface, positive outside
  double radius_bias_mm, radius_sd_mm, worst_branch_mm; // of the tree against the true tubes
  double foreign_mm3;                                   // the largest piece of the artery label that lies in no artery
  const char *foreign_is;                               // what it is
  double thin_part;                                     // part of the arteries of 1 mm diameter that the tree follows
  double size_mm;                                       // of the true sac
  gboolean found, first;
  int false_candidates;
  double volume_error, height_error_mm, width_error_mm, neck_error_mm;
  gboolean doubt; // is said of the sac
  double seconds;
} Score;

/* Runs the chain on scan and fills score. truth: of the only sac. */
gboolean sweep_score (const WillisPhantom *phantom, WillisVolume *scan, const SweepTruth *truth, Score *score,
                      GError **error);
