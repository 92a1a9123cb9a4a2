/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Sites for shaping: sacs of the sweep's phantoms with their true lumen, and the AneuRisk lumens (where they are).
 */
#include "solver/shaping/site.h"

typedef struct
{
  char name[64];
  char place[48]; // "Basilar tip"; "ICA LAT"
  WillisShapingSite *site;
} ShapeCase;

#define SHAPE_PHANTOMS 36

/* Sites that clinical notes have a rule of shape for. */
int shape_rules_n (void);
const char *shape_rule (int number);
gboolean shape_rule_load (int number, double catheter_radius_mm, double spacing_mm, ShapeCase *out);

/* Number of cases: phantoms first, then AneuRisk. */
int shape_cases_n (void);

/* Makes case number; FALSE (with a line on stdout) where it cannot be. */
gboolean shape_case_load (int number, double catheter_radius_mm, double spacing_mm, ShapeCase *out);
