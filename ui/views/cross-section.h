/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The scan in a small plane square to a vessel, with the lumen's outline and a bar of 5 mm.
 */
#include <gtk/gtk.h>

#include "core/vessel/profile.h"
#include "ui/model/session.h"

G_BEGIN_DECLS

/* lumen may be NULL. */
void willis_cross_section_draw (cairo_t *cr, int width, int height, WillisVolume *volume, const WillisSurface *lumen,
                                const WillisCoursePoint *at, const WillisDisplay *display);

G_END_DECLS
