/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every wire of the picked device, asked for in the stent's step: cancelled once, then carried through. WILLIS_SHOTS names a folder for a
 * picture of the window.
 */
#include <adwaita.h>
#include <string.h>

#include "core/io/reader.h"
#include "tests/ui/window/hands.h"
#include "ui/model/session-file.h"
#include "ui/steps/stent-page.h"
#include "ui/window/window.h"

static AdwApplication *application;
static WillisWindow *window;
static WillisSession *session;

static gboolean
idle (void)
{
  return !willis_session_busy (session) && willis_session_jobs (session)->len == 0;
}

static void
shot (const char *name)
{
  const char *folder = g_getenv ("WILLIS_SHOTS");
  g_autoptr (GdkPaintable) paintable = gtk_widget_paintable_new (GTK_WIDGET (window));
  g_autoptr (GskRenderNode) node = NULL;
  g_autoptr (GdkTexture) texture = NULL;
  g_autofree char *path = NULL;

  for (int tries = 0; folder != NULL && tries < 20 && node == NULL; tries++)
    {
      GtkSnapshot *snapshot = gtk_snapshot_new ();

      spin (0.3);
      gdk_paintable_snapshot (paintable, snapshot, gtk_widget_get_width (GTK_WIDGET (window)), gtk_widget_get_height (GTK_WIDGET (window)));
      node = gtk_snapshot_free_to_node (snapshot);
    }
  if (node == NULL)
    return;
  texture = gsk_renderer_render_texture (gtk_native_get_renderer (GTK_NATIVE (window)), node, NULL);
  path = g_strdup_printf ("%s/%s.png", folder, name);
  gdk_texture_save_to_png (texture, path);
}

static void
test_open (void)
{
  g_autofree char *spec = g_test_build_filename (G_TEST_DIST, "small-phantom.json", NULL);
  const double dome[3] = { 1.5, 0.0, 0.0 };

  window = WILLIS_WINDOW (willis_window_new (application));
  session = willis_window_session (window);
  gtk_window_set_default_size (GTK_WINDOW (window), 1280, 900);
  gtk_window_present (GTK_WINDOW (window));
  WAIT_FOR (gtk_widget_get_mapped (GTK_WIDGET (window)), 20);
  spin (1.0);
  focus_window (GTK_WINDOW (window));
  willis_session_open_demo (session, spec);
  WAIT_FOR (willis_session_case (session) != NULL && idle (), 60);
  g_assert_true (willis_session_run_vessels (session, NAN, NULL, 0));
  WAIT_FOR (willis_session_step_state (session, WILLIS_STEP_VESSELS) == WILLIS_STEP_FRESH && idle (), 100);
  g_assert_true (willis_session_run_measure (session, dome, -1));
  WAIT_FOR (willis_case_n_aneurysms (willis_session_case (session)) == 1 && idle (), 100);
}

/* The label of the group that the button stands in, where something is said. */
static const char *
said (GtkWidget *button)
{
  GtkWidget *label = gtk_widget_get_next_sibling (button);

  return label != NULL && gtk_widget_get_visible (label) ? gtk_label_get_text (GTK_LABEL (label)) : NULL;
}

static void
test_wires (void)
{
  GtkWidget *page, *button;

  hands ("key 5");
  spin (0.5);
  page = find_widget (GTK_WIDGET (window), WILLIS_TYPE_STENT_PAGE, NULL);
  g_assert_nonnull (page);
  WAIT_FOR ((button = find_widget (page, GTK_TYPE_BUTTON, "Follow every wire")) != NULL && gtk_widget_get_mapped (button) && idle (), 60);
  spin (1.0);
  g_signal_emit_by_name (button, "clicked");
  WAIT_FOR (!idle (), 10);
  g_assert_false (gtk_widget_get_sensitive (button));
  willis_session_cancel_jobs (session);
  WAIT_FOR (idle () && gtk_widget_get_sensitive (button), 20);
  g_assert_null (said (button));
  g_signal_emit_by_name (button, "clicked");
  WAIT_FOR (idle () && gtk_widget_get_sensitive (button), 200);
  g_assert_nonnull (said (button));
  g_test_message ("%s", said (button));
  g_assert_nonnull (strstr (said (button), "wall"));
  shot ("wires");
}

static void
test_close (void)
{
  willis_session_cancel_jobs (session);
  gtk_window_destroy (GTK_WINDOW (window));
  spin (0.5);
}

int
main (int argc, char **argv)
{
  g_autofree char *home = NULL;
  int status;

  if (willis_reader_main (argc, argv, &status)) // foreign files are read by this program run again
    return status;
  home = g_dir_make_tmp ("willis-home-XXXXXX", NULL);
  g_setenv ("XDG_STATE_HOME", home, TRUE);
  g_setenv ("XDG_CACHE_HOME", home, TRUE);
  g_setenv ("XDG_DATA_HOME", home, TRUE);
  g_test_init (&argc, &argv, NULL);
  adw_init ();
  willis_window_init_renderer ();
  willis_window_init_resources ();
  application = adw_application_new ("org.willis.Willis.Test", G_APPLICATION_NON_UNIQUE);
  g_application_set_resource_base_path (G_APPLICATION (application), "/org/willis/Willis");
  g_assert_true (g_application_register (G_APPLICATION (application), NULL, NULL));
  willis_window_add_keys (GTK_APPLICATION (application));
  g_test_add_func ("/wires/open", test_open);
  g_test_add_func ("/wires/ask", test_wires);
  g_test_add_func ("/wires/close", test_close);
  return g_test_run ();
}
