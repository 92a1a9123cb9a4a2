/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Translation for libraries and program alike: mark every string that a person reads.
 * Use "_(text)" where it is shown, "N_(text)" in tables. Numbers in files and JSON are never localised.
 */
#include <glib.h>

#define _(text) g_dgettext (GETTEXT_PACKAGE, text)
#define N_(text) text
#define C_(context, text) g_dpgettext2 (GETTEXT_PACKAGE, context, text)

/* From an English text to that of the language wanted (borrowed). */
typedef const char *(*WillisTranslate) (gconstpointer data, const char *text);

/* A note that reads on after "file: " in a shell, as a sentence of its own: its first letter is large (new). note is
 * UTF-8. */
char *willis_sentence (const char *note);
