/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Real pointer and keys for a window under test, by xdotool, and waiting for what follows from them. Also a watch over
 * the main loop: how long each round keeps the window from answering.
 */
#include <gdk/x11/gdkx.h>
#include <gtk/gtk.h>
#include <math.h>
#include <time.h>

typedef struct
{
  double worst_cpu_ms, worst_wall_ms;
  int rounds, over_100_wall;
} Watch;

static Watch watch;
static double round_wall, round_cpu;

static double
clock_ms (clockid_t id)
{
  struct timespec t;

  clock_gettime (id, &t);
  return (double) t.tv_sec * 1e3 + (double) t.tv_nsec * 1e-6;
}

/* What is measured is the time from one poll to the next, as processor time of this thread too, which a busy machine
 * does not stretch. */
static gint
watched_poll (GPollFD *fds, guint n, gint timeout)
{
  gint result;

  if (round_wall > 0.0)
    {
      double wall = clock_ms (CLOCK_MONOTONIC) - round_wall, cpu = clock_ms (CLOCK_THREAD_CPUTIME_ID) - round_cpu;

      watch.rounds++;
      watch.worst_wall_ms = fmax (watch.worst_wall_ms, wall);
      watch.worst_cpu_ms = fmax (watch.worst_cpu_ms, cpu);
      watch.over_100_wall += wall > 100.0;
    }
  result = g_poll (fds, n, timeout);
  round_wall = clock_ms (CLOCK_MONOTONIC);
  round_cpu = clock_ms (CLOCK_THREAD_CPUTIME_ID);
  return result;
}

static void G_GNUC_UNUSED
watch_start (void)
{
  watch = (Watch){ 0 };
  round_wall = 0.0;
  g_main_context_set_poll_func (NULL, watched_poll);
}

static void
spin (double seconds)
{
  double end = clock_ms (CLOCK_MONOTONIC) + seconds * 1e3;

  while (clock_ms (CLOCK_MONOTONIC) < end)
    if (!g_main_context_iteration (NULL, FALSE))
      g_usleep (2000);
}

#define WAIT_FOR(CONDITION, SECONDS)                                                                                   \
  G_STMT_START                                                                                                         \
  {                                                                                                                    \
    double wait_end = clock_ms (CLOCK_MONOTONIC) + (SECONDS) * 1e3;                                                    \
    while (!(CONDITION) && clock_ms (CLOCK_MONOTONIC) < wait_end)                                                      \
      if (!g_main_context_iteration (NULL, FALSE))                                                                     \
        g_usleep (2000);                                                                                               \
    g_assert_true (CONDITION);                                                                                         \
  }                                                                                                                    \
  G_STMT_END

static void
on_hand_done (GPid pid, gint status, gpointer data)
{
  g_spawn_close_pid (pid);
  g_assert_cmpint (status, ==, 0);
  *(gboolean *) data = TRUE;
}

/* Runs "xdotool WORDS" while the main loop goes on, then lets the window answer. */
static void G_GNUC_PRINTF (1, 2)
hands (const char *format, ...)
{
  g_autofree char *words = NULL, *line = NULL;
  g_auto (GStrv) argv = NULL;
  gboolean done = FALSE;
  va_list args;
  GPid pid;

  va_start (args, format);
  words = g_strdup_vprintf (format, args);
  va_end (args);
  line = g_strconcat ("xdotool ", words, NULL);
  argv = g_strsplit (line, " ", -1);
  g_assert_true (g_spawn_async (NULL, argv, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL, &pid, NULL));
  g_child_watch_add (pid, on_hand_done, &done);
  while (!done)
    g_main_context_iteration (NULL, TRUE);
  spin (0.15);
}

/* Where a point of a widget lies on the screen. */
static void
on_screen (GtkWidget *widget, double x, double y, int *sx, int *sy)
{
  GtkNative *native = gtk_widget_get_native (widget);
  double wx, wy, ox, oy;

  g_assert_true (gtk_widget_translate_coordinates (widget, GTK_WIDGET (native), x, y, &wx, &wy));
  gtk_native_get_surface_transform (native, &ox, &oy);
  *sx = (int) lrint (wx + ox);
  *sy = (int) lrint (wy + oy);
}

static void
move_to (GtkWidget *widget, double x, double y)
{
  int sx, sy;

  on_screen (widget, x, y, &sx, &sy);
  hands ("mousemove %d %d", sx, sy);
}

static void G_GNUC_UNUSED
click_on (GtkWidget *widget)
{
  g_assert_true (gtk_widget_get_mapped (widget));
  move_to (widget, 0.5 * gtk_widget_get_width (widget), 0.5 * gtk_widget_get_height (widget));
  hands ("click 1");
}

/* Drags in steps, as a hand does. */
static void G_GNUC_UNUSED
drag (GtkWidget *widget, double x0, double y0, double x1, double y1, int button)
{
  move_to (widget, x0, y0);
  hands ("mousedown %d", button);
  for (int n = 1; n <= 6; n++)
    move_to (widget, x0 + (x1 - x0) * n / 6.0, y0 + (y1 - y0) * n / 6.0);
  hands ("mouseup %d", button);
}

static void G_GNUC_UNUSED
focus_window (GtkWindow *window)
{
  GdkSurface *surface = gtk_native_get_surface (GTK_NATIVE (window));

  hands ("windowmove %lu 0 0", (gulong) gdk_x11_surface_get_xid (surface));
  hands ("windowfocus %lu", (gulong) gdk_x11_surface_get_xid (surface));
}

/* The widget under root with this type and, where label is given, this button label; NULL where there is none. */
static GtkWidget *
find_widget (GtkWidget *root, GType type, const char *label)
{
  if (g_type_is_a (G_OBJECT_TYPE (root), type)
      && (label == NULL || (GTK_IS_BUTTON (root) && g_strcmp0 (gtk_button_get_label (GTK_BUTTON (root)), label) == 0)))
    return root;
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL; child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = gtk_widget_get_child_visible (child) ? find_widget (child, type, label) : NULL;

      if (found != NULL)
        return found;
    }
  return NULL;
}
