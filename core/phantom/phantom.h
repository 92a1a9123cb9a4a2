/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Scans of known truth: a head CTA computed from a small text description.
 */
#include "core/base/progress.h"
#include "core/image/volume.h"
#include "core/mesh/surface.h"
#include "core/vessel/aneurysm.h"
#include "core/vessel/segmentation.h"
#include "core/vessel/tree.h"

G_BEGIN_DECLS

typedef struct _WillisPhantom WillisPhantom;

/* Reads a description (JSON; documented in data/phantoms/README.md). */
WillisPhantom *willis_phantom_load (const char *path, GError **error);
void willis_phantom_free (WillisPhantom *phantom);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WillisPhantom, willis_phantom_free)

/* The scan, int16 Hounsfield units. Deterministic. */
WillisVolume *willis_phantom_scan (const WillisPhantom *phantom, const WillisProgress *progress,
                                   GError **error);

/* The truth on the scan's grid: labels as WillisLabel, artery where the voxel centre is in the lumen. */
WillisVolume *willis_phantom_labels (const WillisPhantom *phantom, const WillisProgress *progress,
                                     GError **error);

/* Writes ct.nii.gz, labels.nii.gz, lumen.vtp and truth.json into folder. unparted (may be NULL) gets the
 * ids (g_free) of the aneurysms that no plane parts from the arteries: one runs on inside the sac or opens into its
 * side. Their true neck, volume and height are those of a plane that leaves a part of the sac or an artery on the wrong
 * side, and measure nothing. */
gboolean willis_phantom_write (const WillisPhantom *phantom, const char *folder, GPtrArray *unparted,
                               const WillisProgress *progress, GError **error);

G_END_DECLS
