/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The window on a stage of its own: what every test of the whole window needs before its first act and after its last,
 * pictures of it, and the judgement that no round of the main loop may keep the processor over 100 ms.
 *
 * WILLIS_SHOTS names a folder for pictures; WILLIS_SHOTS_DARK and WILLIS_LOCALE_DIR have them dark, and in LANGUAGE.
 */
#include <adwaita.h>
#include <libintl.h>
#include <locale.h>

#include "core/io/reader.h"
#include "tests/support/keep-loaded.h"
#include "tests/ui/window/hands.h"
#include "ui/model/session-file.h"
#include "ui/window/window.h"

static AdwApplication *application;
static WillisWindow *window;
static WillisSession *session;

/* One act of a play. */
typedef struct
{
  const char *name;
  void (*run) (void);
  gboolean free_of_time; // not judged by the time its rounds take
  double most_ms;        // what a round of it may take; 0: ROUND_MS
} Act;

static gboolean
idle (void)
{
  return !willis_session_busy (session) && willis_session_jobs (session)->len == 0;
}

/* A picture of the window as it is drawn, where pictures are asked for. */
static void G_GNUC_UNUSED
shot (const char *name)
{
  const char *to = g_getenv ("WILLIS_SHOTS");
  g_autoptr (GdkPaintable) paintable = NULL;
  g_autoptr (GskRenderNode) node = NULL;
  g_autoptr (GdkTexture) texture = NULL;
  g_autofree char *path = NULL;
  GtkSnapshot *snapshot;
  int w = gtk_widget_get_width (GTK_WIDGET (window)), h = gtk_widget_get_height (GTK_WIDGET (window));

  if (to == NULL)
    return;
  spin (0.5);
  time_round (FALSE);
  paintable = gtk_widget_paintable_new (GTK_WIDGET (window));
  for (int tries = 0; tries < 20 && node == NULL; tries++) // nothing is there before the next frame
    {
      spin (0.1);
      time_round (FALSE);
      snapshot = gtk_snapshot_new ();
      gdk_paintable_snapshot (paintable, snapshot, w, h);
      node = gtk_snapshot_free_to_node (snapshot);
    }
  g_assert_nonnull (node);
  texture = gsk_renderer_render_texture (gtk_native_get_renderer (GTK_NATIVE (window)), node, NULL);
  path = g_strdup_printf ("%s/%s.png", to, name);
  gdk_texture_save_to_png (texture, path);
  round_wall = 0.0; // this round is not the window's
}

/* The window, empty, of this height and 1280 wide (or as WILLIS_SHOTS_SIZE says: "1920x1080"), with the keys going to it. */
static void
raise_curtain (int height)
{
  const char *asked = g_getenv ("WILLIS_SHOTS_SIZE"), *by = asked != NULL ? strchr (asked, 'x') : NULL;
  int width = by != NULL ? (int) g_ascii_strtoll (asked, NULL, 10) : 1280;

  height = by != NULL ? (int) g_ascii_strtoll (by + 1, NULL, 10) : height;
  window = WILLIS_WINDOW (willis_window_new (application));
  session = willis_window_session (window);
  gtk_window_set_default_size (GTK_WINDOW (window), width, height);
  gtk_window_present (GTK_WINDOW (window));
  WAIT_FOR (gtk_widget_get_mapped (GTK_WIDGET (window)), 20);
  spin (1.0);
  focus_window (GTK_WINDOW (window));
}

/* The phantom of a specification beside the test's sources, opened. */
static void G_GNUC_UNUSED
open_phantom (const char *name)
{
  g_autofree char *spec = g_test_build_filename (G_TEST_DIST, name, NULL);

  willis_session_open_demo (session, spec);
  WAIT_FOR (willis_session_case (session) != NULL && idle (), 60);
}

static void G_GNUC_UNUSED
find_arteries (void)
{
  g_assert_true (willis_session_run_vessels (session, NAN, NULL, 0));
  WAIT_FOR (willis_session_step_state (session, WILLIS_STEP_VESSELS) == WILLIS_STEP_FRESH && idle (), 100);
}

/* The aneurysm at the place of the dome (LPS, mm) measured. */
static void G_GNUC_UNUSED
measure_at (const double dome[3])
{
  g_assert_true (willis_session_run_measure (session, dome, -1));
  WAIT_FOR (willis_case_n_aneurysms (willis_session_case (session)) == 1 && idle (), 100);
}

/* Nothing holds the window any more once it is gone. end: gtk_window_close, which may ask, or gtk_window_destroy. */
static void
drop_curtain (void (*end) (GtkWindow *))
{
  g_object_add_weak_pointer (G_OBJECT (window), (gpointer *) &window);
  end (GTK_WINDOW (window));
  WAIT_FOR (window == NULL, 20);
}

#define ROUND_MS 100.0

/* A round with what GTK draws in it by the processor, which is not judged as closely: what is drawn may not be too
 * much. */
#define DRAWN_ROUND_MS 250.0

/* An act under the watch: whatever is done, no round of the loop may keep the processor over 100 ms before it is drawn.
 */
static void G_GNUC_UNUSED
watched (gconstpointer data)
{
  const Act *act = data;
  const double most_ms = act->most_ms > 0.0 ? act->most_ms : ROUND_MS;

  watch_start ();
  act->run ();
  g_test_message ("longest round %.0f ms processor, %.0f ms with its drawing, %.0f ms clock, %d of %d over 100 ms; "
                  "%.0f ms in all for the driver's compiler",
                  watch.worst_cpu_ms, watch.worst_drawn_ms, watch.worst_wall_ms, watch.over_100_wall, watch.rounds,
                  watch.driver_ms);
#ifndef SANITIZED
  if (!act->free_of_time && (watch.worst_cpu_ms >= most_ms || watch.worst_drawn_ms >= DRAWN_ROUND_MS))
    {
      g_test_message ("%s: %.0f ms, %.0f ms with its drawing", act->name, watch.worst_cpu_ms, watch.worst_drawn_ms);
      g_test_fail (); // the acts after it are still seen
    }
#endif
}

/* The dialog above the window. */
static GtkWindow *G_GNUC_UNUSED
other_window (void)
{
  GListModel *all = gtk_window_get_toplevels ();

  for (guint n = 0; n < g_list_model_get_n_items (all); n++)
    {
      g_autoptr (GtkWindow) other = g_list_model_get_item (all, n);

      if (other != GTK_WINDOW (window) && gtk_widget_get_mapped (GTK_WIDGET (other)))
        return other; // the list holds it
    }
  g_assert_not_reached ();
}

/* A panel is rebuilt in the loop's next round, then shown by a cross-fade. */
static void G_GNUC_UNUSED
settle (void)
{
  spin (0.4);
}

/* For main (): the reader, a user of its own with nothing kept, the application. FALSE where this process was the reader;
 * *status is then its exit status. */
static gboolean
set_up_stage (int argc, char **argv, int *status)
{
  g_autofree char *home = NULL;

  if (willis_reader_main (argc, argv, status)) // foreign files are read by this program run again
    return FALSE;
  home = g_dir_make_tmp ("willis-home-XXXXXX", NULL);
  g_setenv ("XDG_STATE_HOME", home, TRUE);
  g_setenv ("XDG_CACHE_HOME", home, TRUE);
  g_setenv ("XDG_DATA_HOME", home, TRUE);
  g_test_init (&argc, &argv, NULL);
  if (g_getenv ("WILLIS_LOCALE_DIR") != NULL)
    {
      setlocale (LC_ALL, "");
      bindtextdomain (GETTEXT_PACKAGE, g_getenv ("WILLIS_LOCALE_DIR"));
      textdomain (GETTEXT_PACKAGE);
    }
  adw_init ();
  willis_window_init_renderer ();
  willis_window_init_resources ();
  application = adw_application_new ("org.willis.Willis.Test", G_APPLICATION_NON_UNIQUE);
  g_application_set_resource_base_path (G_APPLICATION (application), "/org/willis/Willis"); // the style is part of it
  g_assert_true (g_application_register (G_APPLICATION (application), NULL, NULL));
  willis_window_add_keys (GTK_APPLICATION (application));
  if (g_getenv ("WILLIS_SHOTS_DARK") != NULL)
    adw_style_manager_set_color_scheme (adw_style_manager_get_default (), ADW_COLOR_SCHEME_FORCE_DARK);
  return TRUE;
}
