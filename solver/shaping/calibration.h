/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * What a user measured: a catheter heated over a mandrel of one angle, and the angle that its tip kept. The pairs of a product
 * update its set fraction, for this user, with its spread. Kept in $XDG_DATA_HOME/willis/shaping.ini.
 */
#include "solver/shaping/mandrel.h"

G_BEGIN_DECLS

typedef struct
{
  double mandrel_deg, result_deg;
  WillisHeating heating;
} WillisShapingTest;

/* Mean and deviation of the set fraction after n tests whose fractions r are independent: the catalogue's value counts as one
 * test with the catalogue's deviation (normal-normal update); tests scatter among themselves by WILLIS_TEST_SD, so the deviation
 * of the next shaping never falls below what the tests themselves show. */
#define WILLIS_TEST_SD 0.05 // of a fraction read off a photograph (assumption; 4 degrees in 90)
void willis_set_fraction_update (double mean, double sd, const double *r, int n, double *mean_out, double *sd_out);

/* The set fraction at full heating that a test shows. BAD_INPUT where angles or heating cannot be. */
gboolean willis_shaping_test_fraction (const WillisCatheter *catheter, const WillisShapingTest *test, double *r, GError **error);

/* Adds a test to the user's file. */
gboolean willis_shaping_test_add (const char *catheter_id, const WillisShapingTest *test, GError **error);

/* Takes the last test of a product out of the file again; FALSE without error where there is none. */
gboolean willis_shaping_test_forget (const char *catheter_id, GError **error);

/* Applies the user's tests of this product, if any. A damaged file is BAD_FILE. */
gboolean willis_catheter_calibrate (WillisCatheter *catheter, GError **error);

G_END_DECLS
