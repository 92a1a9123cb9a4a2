/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * What goes into the sac: coils by packing density, and intrasaccular devices by their makers' charts.
 */
#include "core/plan/catalogue.h"
#include "core/vessel/aneurysm.h"
#include "solver/stent/rank.h"

G_BEGIN_DECLS

/* The sac in the numbers that devices are chosen by. */
typedef struct
{
  double volume_mm3, volume_sd_mm3;
  double height_mm, width_mm; // perpendicular height; mean diameter of the widest section parallel to the neck
  double neck_mm, neck_max_mm;
  double *section_mm;         // area-equivalent diameters parallel to the neck, every step_mm from the neck on
  gsize n_sections;
  double step_mm;
} WillisSacShape;

void willis_sac_shape (const WillisAneurysm *aneurysm, WillisSacShape *out);
void willis_sac_shape_clear (WillisSacShape *shape);

/* Volume of a coil's wire, pi / 4 p^2 L: the metal of volumetric packing. */
double willis_coil_volume_mm3 (double primary_diameter_mm, double length_mm);

typedef struct
{
  const WillisDevice *device; // borrowed
  double volume_mm3;
  double packing;             // of the sac, with all coils before it
} WillisCoilStep;

typedef struct
{
  GArray *steps;              // of WillisCoilStep, in the order of use
  double packing, packing_sd; // fractions of the sac's volume; sd from the volume's, NAN where that is not known
  double length_mm;
  GPtrArray *reasons, *warnings; // of char *, as core/plan/sac-remark.h
} WillisCoilPlan;

void willis_coil_plan_free (WillisCoilPlan *plan);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WillisCoilPlan, willis_coil_plan_free)

/* The band of packing where nobody says. */
#define WILLIS_PACKING_LO 0.20
#define WILLIS_PACKING_HI 0.25

/* Packing of a list of ids. Errors: WILLIS_ERROR_BAD_INPUT for ids that are no coils. */
WillisCoilPlan *willis_coil_list (const WillisCatalogue *catalogue, const WillisSacShape *sac, const char *const *ids, GError **error);

/* A list that reaches lo .. hi (fractions): a framing coil of the sac's smallest dimension
 * (Neki 2017) that alone gives 15 % where there is one, then filling coils of two thirds of it and less, then the
 * finest, all through one microcatheter; never above 0.31 (recurrence falls no further). NULL with WILLIS_ERROR_FAILED
 * where no framing coil is small enough. */
WillisCoilPlan *willis_coil_propose (const WillisCatalogue *catalogue, const WillisSacShape *sac, double lo, double hi, GError **error);

typedef struct
{
  const WillisDevice *device; // borrowed
  WillisFit fit;
  double score;
  double contact;             // fraction of the device's height whose sac section is no wider than the device
  double volume_ratio;        // device (a cylinder, SLS a ball) over sac
  GPtrArray *reasons, *warnings;
} WillisSacChoice;

void willis_sac_choice_free (WillisSacChoice *choice);

/* One device. Errors: WILLIS_ERROR_BAD_INPUT for a device that is not made for sacs. */
WillisSacChoice *willis_sac_try (const WillisDevice *device, const WillisSacShape *sac, GError **error);

/* All intrasaccular devices of the catalogue, best first (new, of WillisSacChoice). */
GPtrArray *willis_sac_rank (const WillisCatalogue *catalogue, const WillisSacShape *sac);

/* The device as it stands in the sac, to look at: a body about the sac's axis as wide as the device, or as the sac
 * where that is narrower (a barrel; SLS a ball; others a bowl along the wall). gaps_mm (new, may be NULL): at each
 * point the distance to the sac's wall across the axis, NaN where there is none. The base lies in the neck's plane; how
 * a device is pressed out of shape is not in it. */
WillisSurface *willis_sac_body (const WillisAneurysm *aneurysm, const WillisDevice *device, double **gaps_mm);

G_END_DECLS
