/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Working projections in the shell.
 */
#include <json-glib/json-glib.h>

#include "core/case/case.h"

G_BEGIN_DECLS

/* Adds "working_views" of an aneurysm, which may be empty: kind (neck or barrel), the angles as text and in degrees as
 * DICOM counts them (primary + LAO, secondary + CRA), the neck's projected length, foreshortening (0 is ideal), the
 * share of the sac's picture that other arteries cover, and whether a better view lies beyond the machine; and prints
 * them. None for a bare surface (c NULL), and where the arteries have changed since it was measured. */
void willis_cli_add_working_views (JsonBuilder *builder, const WillisCase *c, gsize aneurysm);

G_END_DECLS
