/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every wire of the picked device, asked for in the stent's step: cancelled once, then carried through. WILLIS_SHOTS names a folder for a
 * picture of the window.
 */
#include <string.h>

#include "tests/ui/window/stage.h"
#include "ui/steps/stent-page.h"

static void
test_open (void)
{
  const double dome[3] = { 1.5, 0.0, 0.0 };

  raise_curtain (900);
  open_phantom ("small-phantom.json");
  find_arteries ();
  measure_at (dome);
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
  drop_curtain (gtk_window_destroy);
}

int
main (int argc, char **argv)
{
  int status;

  if (!set_up_stage (argc, argv, &status))
    return status;
  g_test_add_func ("/wires/open", test_open);
  g_test_add_func ("/wires/ask", test_wires);
  g_test_add_func ("/wires/close", test_close);
  return g_test_run ();
}
