/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Memory for arrays whose size comes from a file or a user: checked multiplication, a cap, and an
 * error instead of an abort. Small memory uses GLib's own functions.
 */
#include <glib.h>

G_BEGIN_DECLS

/* The most voxels a volume may have (2^31: a 1024 x 1024 x 2048 scan). */
#define WILLIS_MAX_VOXELS ((gsize) 1 << 31)

/* Allocates n0 x n1 x n2 items of item_size bytes, not cleared, aligned to 64 bytes; free with free ().
 * Returns NULL with WILLIS_ERROR_BAD_INPUT for absurd sizes, WILLIS_ERROR_NO_MEMORY where memory is short. */
void *willis_try_alloc (gsize n0, gsize n1, gsize n2, gsize item_size, GError **error);

G_END_DECLS
