/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * One step's panel. Holds no clinical data: it reads the session and asks it for work. Derive from it, set the
 * template, override update (called whenever case, selection or jobs change, while the page is seen, and when it comes
 * into sight).
 */
#include <adwaita.h>

#include "ui/model/session.h"

G_BEGIN_DECLS

#define WILLIS_TYPE_STEP_PAGE (willis_step_page_get_type ())
G_DECLARE_DERIVABLE_TYPE (WillisStepPage, willis_step_page, WILLIS, STEP_PAGE, AdwBin)

struct _WillisStepPageClass
{
  AdwBinClass parent_class;
  void (*session_set) (WillisStepPage *page, WillisSession *session); // once
  void (*update) (WillisStepPage *page, WillisSession *session);
};

/* Gives a new page of this type its session. */
GtkWidget *willis_step_page_new (GType type, WillisSession *session);

WillisSession *willis_step_page_session (WillisStepPage *page); // borrowed

/* Puts the main action of a step, and what is missing before it, into words. */
void willis_step_page_say_state (GtkLabel *label, WillisSession *session, WillisStep step);

/* Small rows. value may be NULL. The value label of a row made so can be set again: whether it was another one. */
GtkWidget *willis_row_new (const char *title, const char *value);
gboolean willis_row_set_value (GtkWidget *row, const char *value);
/* A row that warns, with a sign before text. */
GtkWidget *willis_warning_row_new (const char *text);

/* Gives every wrapping label in root a least width. Without one GTK looks for it by laying the text out again and
 * again, one or two letters a line: 15 ms for each row of two sentences, where one layout takes a tenth of one. Done
 * for all of a page when it is made and after each update; what is added in between is given here by who adds it. */
void willis_labels_steady (GtkWidget *root);

/* Removes all rows from a boxed list. */
void willis_list_clear (GtkWidget *list);

G_END_DECLS
