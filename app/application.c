/* SPDX-License-Identifier: Apache-2.0 */
#include "app/application.h"

#include <adwaita.h>
#include <stdio.h>

#include "app/cli.h"
#include "core/base/i18n.h"
#include "ui/model/session-file.h"
#include "ui/window/window.h"

static void
apply_style (const char *style)
{
  AdwColorScheme scheme = g_strcmp0 (style, "dark") == 0    ? ADW_COLOR_SCHEME_FORCE_DARK
                          : g_strcmp0 (style, "light") == 0 ? ADW_COLOR_SCHEME_FORCE_LIGHT
                                                            : ADW_COLOR_SCHEME_DEFAULT;

  adw_style_manager_set_color_scheme (adw_style_manager_get_default (), scheme);
}

static void
change_style (GSimpleAction *action, GVariant *state, gpointer data)
{
  GSettings *settings = willis_window_settings ();

  apply_style (g_variant_get_string (state, NULL));
  if (settings != NULL)
    g_settings_set_string (settings, "style", g_variant_get_string (state, NULL));
  g_simple_action_set_state (action, state);
}

static void
action_about (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  adw_show_about_window (gtk_application_get_active_window (GTK_APPLICATION (data)), "application-name", "Willis",
                         "application-icon", WILLIS_APP_ID, "version", WILLIS_VERSION, "license-type",
                         GTK_LICENSE_APACHE_2_0, "comments",
                         _ ("Plans the endovascular treatment of intracranial aneurysms. "
                            "For research and training, not for clinical decisions."),
                         NULL);
}

static void
action_quit (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  GList *windows = g_list_copy (gtk_application_get_windows (GTK_APPLICATION (data)));

  for (GList *l = windows; l != NULL; l = l->next)
    gtk_window_close (GTK_WINDOW (l->data)); // each asks about its own unsaved work
  g_list_free (windows);
}

static const GActionEntry entries[] = {
  { .name = "style", .parameter_type = "s", .state = "'default'", .change_state = change_style },
  { .name = "about", .activate = action_about },
  { .name = "quit", .activate = action_quit },
};

static void
on_startup (GApplication *application)
{
  GSettings *settings;

  settings = willis_window_settings ();
  g_action_map_add_action_entries (G_ACTION_MAP (application), entries, G_N_ELEMENTS (entries), application);
  willis_window_add_keys (GTK_APPLICATION (application));
  if (settings != NULL)
    {
      g_autofree char *style = g_settings_get_string (settings, "style");
      GAction *action = g_action_map_lookup_action (G_ACTION_MAP (application), "style");

      apply_style (style);
      g_simple_action_set_state (G_SIMPLE_ACTION (action), g_variant_new_string (style));
    }
}

static void
on_activate (GApplication *application)
{
  GtkWidget *window = GTK_WIDGET (gtk_application_get_active_window (GTK_APPLICATION (application)));

  if (window == NULL)
    window = willis_window_new (ADW_APPLICATION (application));
  gtk_window_present (GTK_WINDOW (window));
}

/* The window that shows this file already, or NULL. */
static GtkWindow *
window_of (GtkApplication *application, const char *path)
{
  for (GList *l = gtk_application_get_windows (application); l != NULL; l = l->next)
    if (WILLIS_IS_WINDOW (l->data) && willis_session_shows_file (willis_window_session (l->data), path))
      return l->data;
  return NULL;
}

static void
on_open (GApplication *application, GFile **files, int n_files, const char *hint)
{
  GtkWindow *window;
  g_autoptr (GPtrArray) paths = g_ptr_array_new_with_free_func (g_free);
  gboolean shown;

  for (int n = 0; n < n_files; n++)
    {
      char *path = g_file_get_path (files[n]);

      if (path != NULL)
        g_ptr_array_add (paths, path);
    }
  g_ptr_array_add (paths, NULL);
  window = paths->len == 2 ? window_of (GTK_APPLICATION (application), paths->pdata[0]) : NULL;
  shown = window != NULL;
  if (!shown)
    window = GTK_WINDOW (willis_window_new (ADW_APPLICATION (application)));
  gtk_window_present (window);
  if (!shown && paths->len > 1)
    willis_window_open (WILLIS_WINDOW (window), (const char *const *) paths->pdata);
}

int
willis_application_run (int argc, char **argv)
{
  g_autoptr (AdwApplication) application = NULL;

  if (!gtk_init_check ())
    {
      fprintf (stderr, "willis: %s\n",
               _ ("there is no display to open a window on; \"willis --help\" lists what works without one"));
      return WILLIS_EXIT_USAGE;
    }
  willis_window_init_renderer ();
  willis_window_init_resources (); // before the application looks for its style
  application = adw_application_new (WILLIS_APP_ID, G_APPLICATION_HANDLES_OPEN);
  g_signal_connect (application, "startup", G_CALLBACK (on_startup), NULL);
  g_signal_connect (application, "activate", G_CALLBACK (on_activate), NULL);
  g_signal_connect (application, "open", G_CALLBACK (on_open), NULL);
  return g_application_run (G_APPLICATION (application), argc, argv) == 0 ? WILLIS_EXIT_DONE : WILLIS_EXIT_FAILED;
}
