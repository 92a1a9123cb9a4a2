/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Scans read inside this process: what the helper process does, and what tests and fuzzers call. Everybody else uses
 * volume-io.h. Private to core/io.
 */
#include <json-glib/json-glib.h>

#include "core/io/reader.h"
#include "core/io/room.h"
#include "core/io/volume-io.h"

G_BEGIN_DECLS

/* As willis_series_list_all (); skipped (of char) takes the reasons. */
GPtrArray *willis_scan_list (const char *const *paths, const WillisReadOptions *options, GPtrArray *skipped,
                             const WillisProgress *progress, GError **error);

/* Reads a series that willis_scan_list () returned; adds to its warnings and sets its grid. room may be NULL. */
WillisVolume *willis_scan_read (WillisSeries *series, const WillisReadOptions *options, const WillisRoom *room,
                                const WillisProgress *progress, GError **error);

/* A series as JSON and back; what comes from the helper is checked. */
JsonNode *willis_series_to_json (const WillisSeries *series);
WillisSeries *willis_series_from_json (JsonObject *object, GError **error);

/* A new, empty series. */
WillisSeries *willis_series_new (void);

/* Adds a sentence to the warnings, once. */
void willis_series_warn (WillisSeries *series, const char *text);

void willis_series_source_free (struct _WillisSeriesSource *source);

/* What the reader process answers. */
gboolean willis_scan_handle_list (JsonObject *request, WillisReply *reply, GError **error);
gboolean willis_scan_handle_read (JsonObject *request, WillisReply *reply, GError **error);

G_END_DECLS
