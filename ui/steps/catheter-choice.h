/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Microcatheters of the catalogue in the order in which one would take them: those that go through the guiding catheter
 * and that let the chosen device through, first; of these the department's favourites, then the ones that the user has tested, then
 * by name.
 */
#include "core/plan/catalogue.h"

G_BEGIN_DECLS

typedef struct
{
  const WillisDevice *device; // borrowed from the catalogue
  gboolean fits;
  gboolean favourite;
  int tests;    // of the user's own
  char *reason; // one sentence a line, also where it fits
} WillisCatheterChoice;

/* guide and through may be NULL: not said. Of WillisCatheterChoice (new). */
GPtrArray *willis_catheter_choices (const WillisCatalogue *catalogue, const WillisDevice *guide,
                                    const WillisDevice *through);

/* Guiding and intermediate catheters (new, of borrowed WillisDevice). */
GPtrArray *willis_guide_list (const WillisCatalogue *catalogue);

/* What "coils" stands for: of the coils that go through a bore of 0.43 mm (0.017 inch), one that needs most; NULL:
 * none. */
const WillisDevice *willis_typical_coil (const WillisCatalogue *catalogue);

G_END_DECLS
