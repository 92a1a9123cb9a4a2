/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The wire mandrel over which a catheter's tip is heated, and the shape that the tip keeps. A mandrel is straight pieces and
 * bends in planes turned about the wire (roll). Distances are along the wire from the catheter's tip; angles in radians.
 *
 * What stays (composite law): heat relaxes the polymer, the metal of the wall stays elastic, so that after cooling
 *   kappa_free = r kappa_mandrel + (1 - r) kappa_before,   r = x(t) EI_polymer / (EI_polymer + EI_metal).
 * r at the full time is the catalogue's set fraction of the product (or the user's own calibration); x(t) is the relaxed
 * part of the polymer. Each pass of a wire takes a part of the set away again.
 */
#include "core/plan/catalogue.h"
#include "solver/insertion/insertion.h"

G_BEGIN_DECLS

#define WILLIS_MANDREL_BENDS 3

typedef struct
{
  double from_tip_mm; // to the middle of the bend
  double angle;       // 0 .. pi
  double roll;        // plane of the bend about the wire, from the mandrel's mark
  double radius_mm;   // of the wire's centreline
} WillisMandrelBend;

typedef struct
{
  int n_bends; // nearest to the tip first; 0: a straight wire, or none at all
  WillisMandrelBend bends[WILLIS_MANDREL_BENDS];
} WillisMandrel;

/* Limits of what a hand bends into a mandrel without kinking the liner (2 mm: assumption within the 1.5 to 2 mm in use). */
#define WILLIS_MANDREL_RADIUS_MM 2.0
#define WILLIS_MANDREL_MOST_ANGLE (170.0 * G_PI / 180.0)
#define WILLIS_MANDREL_TIP_MM 1.0 // straight before the tip
#define WILLIS_MANDREL_REACH_MM 34.0

/* The middles of bends kept apart, angles and radii within their limits: the nearest mandrel that can be bent. */
void willis_mandrel_mend (WillisMandrel *mandrel);

/* Smallest radius of any bend, INFINITY without. */
double willis_mandrel_least_radius (const WillisMandrel *mandrel);

/* Centreline of the wire (new [*n][3]), from proximal to the tip at step_mm, the wire's proximal end at the origin along +x;
 * share scales the angles at the same length (1: the mandrel, r: the free shape of a straight catheter). */
double *willis_mandrel_line (const WillisMandrel *mandrel, double share, double step_mm, gsize *n);

typedef enum
{
  WILLIS_HEAT_NONE,
  WILLIS_HEAT_STEAM,
  WILLIS_HEAT_AIR,
} WillisHeat;

const char *willis_heat_name (WillisHeat heat); // "steam", as on the command line
gboolean willis_heat_find (const char *name, WillisHeat *heat);

/* Manufacturer's tip forms. */
typedef enum
{
  WILLIS_TIP_STRAIGHT,
  WILLIS_TIP_45,
  WILLIS_TIP_90,
  WILLIS_TIP_J,
  WILLIS_TIP_S,
  WILLIS_TIP_C,
  WILLIS_N_TIPS
} WillisTipForm;

const char *willis_tip_form_name (WillisTipForm form); // "straight", "45", ...
gboolean willis_tip_form_find (const char *name, WillisTipForm *form);

/* The curve of a manufacturer's tip (assumption: no maker prints radii; 3 mm straight, then bends of 3 mm radius). */
void willis_tip_form_curve (WillisTipForm form, double roll, WillisMandrel *out);

/* How a catheter was heated and used. */
typedef struct
{
  WillisHeat heat;
  double seconds;
  int wire_passes;
} WillisHeating;

#define WILLIS_HEATING_INIT { WILLIS_HEAT_STEAM, 30.0, 1 }

/* A catheter as the shaping needs it; filled from the catalogue. Stiffness is that of the tube alone. */
#define WILLIS_CATHETER_STATIONS 8
typedef struct
{
  char id[64], name[96];
  double outer_mm, inner_mm; // at the tip
  int n_stations;
  double at_mm[WILLIS_CATHETER_STATIONS], ei_n_mm2[WILLIS_CATHETER_STATIONS]; // between them in proportion of logarithms
  double set_fraction, set_fraction_sd, loss_per_pass, friction;
  guint tip_forms;   // bits of WillisTipForm
  gboolean assumed;  // some of these values are assumptions
  int calibrations;  // measured pairs behind the set fraction, 0: none
} WillisCatheter;

/* From a microcatheter of the catalogue; values that the row lacks are filled with assumptions. */
gboolean willis_catheter_init (WillisCatheter *catheter, const WillisDevice *device, GError **error);

/* Part of the mandrel's curvature that stays after heating (r). */
double willis_catheter_set_fraction (const WillisCatheter *catheter, const WillisHeating *heating);

/* Part of the set that is left after the wire's passes. */
double willis_catheter_retention (const WillisCatheter *catheter, const WillisHeating *heating);

/* The catheter with its free shape as a tool of a march, with a wire inside whose tip stands wire_back_mm behind the
 * catheter's (negative: no wire). mandrel may be NULL (not heated). */
void willis_catheter_tool (const WillisCatheter *catheter, WillisTipForm form, double form_roll, const WillisMandrel *mandrel,
                           const WillisHeating *heating, double set_fraction, double stiffness, double wire_back_mm,
                           WillisTool *out);

/* Centreline of the free shape (new [*n][3]), as willis_mandrel_line; after the wire's passes. */
double *willis_catheter_free_line (const WillisCatheter *catheter, WillisTipForm form, double form_roll,
                                   const WillisMandrel *mandrel, const WillisHeating *heating, double set_fraction,
                                   double step_mm, gsize *n);

G_END_DECLS
