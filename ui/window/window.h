/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The window: header, rail of steps, views, the step's panel, the job bar. One session each.
 */
#include <adwaita.h>

#include "ui/model/session.h"
#include "ui/views/view-grid.h"

G_BEGIN_DECLS

#define WILLIS_TYPE_WINDOW (willis_window_get_type ())
G_DECLARE_FINAL_TYPE (WillisWindow, willis_window, WILLIS, WINDOW, AdwApplicationWindow)

/* To be called once before any widget of ours is made: resources, style, icons. */
void willis_window_init_resources (void);

/* To be called once with a display open, before the first window and any other thread. Where OpenGL is drawn by the processor,
 * GTK draws the window's own parts with cairo: a whole frame then takes a third of the time, and no shaders are compiled
 * while the window opens. The 3D view stays with OpenGL. GSK_RENDERER in the environment is obeyed. */
void willis_window_init_renderer (void);

/* The keys with Ctrl; those without work in every window by themselves. */
void willis_window_add_keys (GtkApplication *application);

GtkWidget *willis_window_new (AdwApplication *application);

/* The person's preferences, or NULL where the schema is not installed (borrowed, one for all windows). */
GSettings *willis_window_settings (void);

WillisSession *willis_window_session (WillisWindow *window); // borrowed
WillisViewGrid *willis_window_views (WillisWindow *window);  // borrowed

/* Opens files and folders (paths NULL-terminated). */
void willis_window_open (WillisWindow *window, const char *const *paths);

G_END_DECLS
