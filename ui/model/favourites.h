/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Devices that a department takes first, by their catalogue's id: kept in $XDG_DATA_HOME/willis/favourites.ini.
 */
#include <glib.h>

G_BEGIN_DECLS

/* The set of ids (new); empty where there is no file or it cannot be read. */
GHashTable *willis_favourites (void);

/* Puts an id in or takes it out. Errors: the file cannot be written. */
gboolean willis_favourite_set (const char *id, gboolean favourite, GError **error);

G_END_DECLS
