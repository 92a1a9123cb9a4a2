/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * A test of the user's own, entered in the window: the mandrel's angle, the angle that the tip kept, how it was heated. "changed": a
 * test of the catheter at hand was added, or the last one was taken back.
 */
#include <adwaita.h>

#include "solver/shaping/mandrel.h"

G_BEGIN_DECLS

#define WILLIS_TYPE_CATHETER_TEST (willis_catheter_test_get_type ())
G_DECLARE_FINAL_TYPE (WillisCatheterTest, willis_catheter_test, WILLIS, CATHETER_TEST, AdwBin)

GtkWidget *willis_catheter_test_new (void);

/* Of which product the tests are; n of them are there. */
void willis_catheter_test_set (WillisCatheterTest *self, const WillisCatheter *catheter, WillisHeat heat);

G_END_DECLS
