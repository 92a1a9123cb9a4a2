/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Strict reading of small JSON files, and writing of results. Unknown keys, wrong types and numbers out
 * of range are errors that name the file's key. Written numbers never depend on the locale;
 * a number that is not finite is written as null.
 */
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* Reads a file that must hold one object (at most 64 MB). Returns it (new) or NULL with
 * WILLIS_ERROR_BAD_FILE. */
JsonObject *willis_json_load (const char *path, GError **error);

/* Refuses members that are not among the NULL-terminated keys. where names the object in the message. */
gboolean willis_json_check_keys (JsonObject *object, const char *where, const char *const *keys,
                                 GError **error);

/* The getters below: a missing key gives the fallback and TRUE; a wrong type or a number outside [lo, hi]
 * gives FALSE with WILLIS_ERROR_BAD_INPUT. *out is untouched on failure. */
gboolean willis_json_get_double (JsonObject *object, const char *where, const char *key, double fallback,
                                 double lo, double hi, double *out, GError **error);
gboolean willis_json_get_int (JsonObject *object, const char *where, const char *key, gint64 fallback,
                              gint64 lo, gint64 hi, gint64 *out, GError **error);
gboolean willis_json_get_bool (JsonObject *object, const char *where, const char *key, gboolean fallback,
                               gboolean *out, GError **error);

/* *out borrows from object. */
gboolean willis_json_get_string (JsonObject *object, const char *where, const char *key,
                                 const char *fallback, const char **out, GError **error);

/* Between n_min and n_max finite numbers into out (room for n_max); *n_out how many (0 where missing). */
gboolean willis_json_get_doubles (JsonObject *object, const char *where, const char *key, gsize n_min,
                                  gsize n_max, double *out, gsize *n_out, GError **error);

/* Object / array members; *out borrows, NULL where missing. */
gboolean willis_json_get_object (JsonObject *object, const char *where, const char *key, JsonObject **out,
                                 GError **error);
gboolean willis_json_get_array (JsonObject *object, const char *where, const char *key, JsonArray **out,
                                GError **error);

/* Writing: null where value is not finite. */
void willis_json_add_double (JsonBuilder *builder, const char *key, double value);
void willis_json_add_doubles (JsonBuilder *builder, const char *key, const double *values, gsize n);
void willis_json_add_int (JsonBuilder *builder, const char *key, gint64 value);
void willis_json_add_string (JsonBuilder *builder, const char *key, const char *value); // NULL: null
void willis_json_add_bool (JsonBuilder *builder, const char *key, gboolean value);
void willis_json_add_texts (JsonBuilder *builder, const char *key, const GPtrArray *texts); // of char *

/* The text of what builder holds, indented (new). */
char *willis_json_to_text (JsonBuilder *builder);

/* The text of a node (new). Never json_to_string (): that writes 1e-10 as "1e-10.0", which is no JSON. */
char *willis_json_node_to_text (JsonNode *node, gboolean pretty);

G_END_DECLS
