/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * A mandrel and the shape that the catheter keeps of it, seen square to the plane in which it bends most, and square to
 * that.
 */
#include <gtk/gtk.h>

#include "solver/shaping/mandrel.h"
#include "solver/shaping/seat.h"

G_BEGIN_DECLS

#define WILLIS_TYPE_MANDREL_PICTURE (willis_mandrel_picture_get_type ())
G_DECLARE_FINAL_TYPE (WillisMandrelPicture, willis_mandrel_picture, WILLIS, MANDREL_PICTURE, GtkWidget)

/* large: with both views, captions and a scale; else one view. */
GtkWidget *willis_mandrel_picture_new (gboolean large);

/* NULL shape: nothing is drawn. */
void willis_mandrel_picture_show (WillisMandrelPicture *self, const WillisCatheter *catheter, const WillisShape *shape);

G_END_DECLS
