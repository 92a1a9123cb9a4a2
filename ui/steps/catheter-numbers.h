/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Every number of a shaping, to be set by hand: bends, feed, heating, what the catheter is assumed to be, the target.
 * The rows are made when they are first looked at.
 */
#include <adwaita.h>

#include "solver/shaping/seat.h"

G_BEGIN_DECLS

#define WILLIS_TYPE_CATHETER_NUMBERS (willis_catheter_numbers_get_type ())
G_DECLARE_FINAL_TYPE (WillisCatheterNumbers, willis_catheter_numbers, WILLIS, CATHETER_NUMBERS, AdwBin)

/* stiffness is a factor on the catalogue's, which catheter has already. */
typedef struct
{
  WillisShape shape;
  WillisCatheter catheter;
  double stiffness;
  double target[3];
} WillisCatheterValues;

/* Signals: "changed" (a number of the shape or the catheter), "target-changed". */
GtkWidget *willis_catheter_numbers_new (void);
void willis_catheter_numbers_set (WillisCatheterNumbers *self, const WillisCatheterValues *values);
void willis_catheter_numbers_get (WillisCatheterNumbers *self, WillisCatheterValues *values);

G_END_DECLS
