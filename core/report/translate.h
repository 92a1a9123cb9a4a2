/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Texts in a language that need not be the program's: a report in Chinese from an English window. gettext itself has one
 * language a process, so the catalogue is read here.
 */
#include <glib.h>

G_BEGIN_DECLS

typedef struct _WillisTranslator WillisTranslator;

/* language NULL: the program's own; "en": as written; else the catalogue of that name. WILLIS_ERROR_BAD_INPUT where
 * there is none. */
WillisTranslator *willis_translator_new (const char *language, GError **error);
void willis_translator_free (WillisTranslator *translator);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WillisTranslator, willis_translator_free)

/* The translation of text, or text itself (borrowed). */
const char *willis_translate (const WillisTranslator *translator, const char *text);

G_END_DECLS
