/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The window's inside, shared with its actions.
 */
#include "ui/window/tab-order.h"
#include "ui/window/window.h"

G_BEGIN_DECLS

struct _WillisWindow
{
  AdwApplicationWindow parent_instance;
  WillisSession *session;
  GSettings *settings; // borrowed; NULL where the schema is not installed
  AdwWindowTitle *title;
  AdwFlap *flap;
  WillisTabOrder *tab_order;
  AdwToastOverlay *toasts;
  GtkStack *main_stack, *step_stack;
  GtkWidget *start_bin, *rail_bin, *views_bin, *job_bin, *back_button, *undo_button, *redo_button, *layout_button;
  GtkWidget *panel_button, *save_button, *error_bar, *error_label, *recover_bar, *recover_label, *drop_revealer,
      *hint_bar, *hint_label, *hint_next_button;
  GMenu *own_presets, *drop_presets; // of the menu of layouts
  GtkWindow *help;                   // NULL where it is not open
  guint panel_id;                    // shows the panel once the views are drawn
  int hint; // which one is shown, -1 none yet
  GtkWidget *start_page, *views;
  char *recover_path;
  char *remembered; // the case that was put into the list of recent ones last
  GtkFileChooserNative *chooser;
  gboolean moving_focus; // a key that moves the focus is down
  gboolean focus_by_key; // the focus came where it is by such a key
  gboolean space_down;   // its repeats do not count
  gboolean closing; // the person has decided; no more questions
};

void _willis_window_init_actions (WillisWindow *self);
void _willis_window_init_files (WillisWindow *self);
void _willis_window_update_actions (WillisWindow *self);

/* Asks whether unsaved work may go, then calls then. */
void _willis_window_ask_then (WillisWindow *self, void (*then) (WillisWindow *self));

/* The case at hand goes to the head of the recent ones, with a picture where it has been drawn. */
void _willis_window_remember (WillisWindow *self);

G_END_DECLS
