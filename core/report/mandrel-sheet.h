/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The sheet that a mandrel is bent by: one page at true size, with the case it is for, a ruler to check the printer,
 * the wire in the plane of each bend, and a table of lengths, angles and rolls in the order of bending.
 */
#include "core/plan/catheter-plan.h"
#include "core/report/report.h"

G_BEGIN_DECLS

#define WILLIS_SHEET_BENDS 3

typedef struct
{
  const char *catheter, *person; // name of the product; pseudonym or NULL
  int aneurysm;                  // number in the case, from 1; 0: not said
  double target_mm[3];           // LPS; NAN: not said
  double inserted_mm, feed_mm;   // beyond the guide, beyond the length of the wire's way; NAN: not said
  const char *tip_form;          // as sold: "straight", "90", ...
  const char *heat;              // "steam"
  double heat_s;
  int n_bends;                   // from the tip on
  double from_tip_mm[WILLIS_SHEET_BENDS], angle_deg[WILLIS_SHEET_BENDS], roll_deg[WILLIS_SHEET_BENDS], radius_mm[WILLIS_SHEET_BENDS];
  const double *line;            // [n_line][3] mm: the wire, proximal end first, even steps
  gsize n_line;
  double success, success_sd;    // probability of the tip in its zone; NAN: not known
  double set_fraction, set_fraction_sd;
  gboolean assumed;
} WillisMandrelSheet;

/* The sheet of a plan; line (borrowed, as is the plan) is that of its mandrel. */
void willis_mandrel_sheet_of_plan (const WillisCatheterPlanData *plan, const double *line, gsize n_line, WillisMandrelSheet *out);

/* Writes the PDF. BAD_FILE where it cannot be written. */
gboolean willis_mandrel_sheet_write (const WillisMandrelSheet *sheet, WillisPaper paper, const char *path, GError **error);

G_END_DECLS
