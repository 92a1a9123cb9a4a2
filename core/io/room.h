/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Where a volume that is read gets its memory: of its own, or (in the reader process) straight in the answer, which
 * saves a copy of the whole scan. Private to core/io.
 */
#include "core/image/volume.h"

G_BEGIN_DECLS

typedef struct
{
  /* As willis_volume_new (). */
  WillisVolume *(*make) (const WillisGrid *grid, WillisScalar scalar, gpointer data, GError **error);
  gpointer data;
} WillisRoom;

/* room may be NULL. */
static inline WillisVolume *
willis_room_volume (const WillisRoom *room, const WillisGrid *grid, WillisScalar scalar, GError **error)
{
  return room != NULL ? room->make (grid, scalar, room->data, error) : willis_volume_new (grid, scalar, error);
}

G_END_DECLS
