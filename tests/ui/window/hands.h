/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Real pointer and keys for a window under test, by xdotool, and waiting for what follows from them. Also a watch over
 * the main loop: how long each round keeps the window from answering.
 */
#include <dlfcn.h>
#include <execinfo.h>
#include <gdk/x11/gdkx.h>
#include <gtk/gtk.h>
#include <link.h>
#include <math.h>
#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

typedef struct
{
  double worst_cpu_ms;   // of a round, without what GTK drew and the graphics driver compiled
  double worst_drawn_ms; // with what GTK drew
  double worst_wall_ms;  // of the clock, with all
  double driver_ms;      // of the driver's compiler in all
  int rounds, over_100_wall;
} Watch;

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define SANITIZED
#endif
#ifdef SANITIZED // everything takes some times as long
#define PATIENCE 5.0
#else
#define PATIENCE 1.0
#endif

#define LATE_MS 70.0 // of processor time; a window must answer within 100
#define SAMPLE_MS 10.0

static Watch watch;
static volatile int own_samples, drawing_samples, driver_samples;
static double round_wall, round_cpu;

static double
clock_ms (clockid_t id)
{
  struct timespec t;

  clock_gettime (id, &t);
  return (double) t.tv_sec * 1e3 + (double) t.tv_nsec * 1e-6;
}

#define MAX_FRAMES 120
#define MAX_PLACES 12

typedef struct
{
  void *frames[MAX_FRAMES];
  int n;
} Place;

static Place places[MAX_PLACES]; // where the round was while it took long
static volatile int n_places;
static uintptr_t compiler_from, compiler_to; // of the driver's compiler, once it is loaded
static uintptr_t drawing_from, drawing_to;   // of the function of GTK that draws a frame

static int
find_compiler (struct dl_phdr_info *info, size_t size, void *data)
{
  if (info->dlpi_name == NULL || strstr (info->dlpi_name, "libLLVM") == NULL)
    return 0;
  compiler_from = UINTPTR_MAX;
  for (int n = 0; n < info->dlpi_phnum; n++)
    if (info->dlpi_phdr[n].p_type == PT_LOAD)
      {
        uintptr_t from = info->dlpi_addr + info->dlpi_phdr[n].p_vaddr;

        compiler_from = MIN (compiler_from, from);
        compiler_to = MAX (compiler_to, from + info->dlpi_phdr[n].p_memsz);
      }
  return 1;
}

static void
find_drawing (void)
{
  Dl_info info;
  const ElfW (Sym) *symbol = NULL;

  g_assert_true (dladdr1 ((void *) gsk_renderer_render, &info, (void **) &symbol, RTLD_DL_SYMENT) != 0);
  g_assert_nonnull (symbol);
  drawing_from = (uintptr_t) info.dli_saddr;
  drawing_to = drawing_from + symbol->st_size;
}

/* Every SAMPLE_MS of processor time in a round it is looked where the thread is. A graphics driver that draws by the
 * processor compiles each of its programs when it first meets it and keeps them on disk, once a machine: such time is
 * counted apart. So is that in which GTK draws by the processor what the window's parts have asked for: the whole
 * window takes 30 to 110 ms, by the machine and its neighbours, and nothing where there is a graphics processor. Where
 * a round comes near to what a person notices, the place is kept and printed after it (addr2line tells the lines):
 * looking up names here would itself take most of the time. */
static void
on_sample (int number)
{
  void *frames[MAX_FRAMES];
  int n = backtrace (frames, MAX_FRAMES);

  for (int f = 0; f < n; f++)
    {
      uintptr_t at = (uintptr_t) frames[f];

      if ((at >= compiler_from && at < compiler_to) || (at >= drawing_from && at < drawing_to))
        {
          *(at >= compiler_from && at < compiler_to ? &driver_samples : &drawing_samples) += 1;
          return;
        }
    }
  if (++own_samples * SAMPLE_MS >= LATE_MS && n_places < MAX_PLACES)
    {
      memcpy (places[n_places].frames, frames, (gsize) n * sizeof frames[0]);
      places[n_places++].n = n;
    }
}

static void
print_places (void)
{
  for (int n = 0; n < n_places; n++)
    {
      fputs ("a round of the main loop takes long, at:\n", stderr);
      backtrace_symbols_fd (places[n].frames, places[n].n, STDERR_FILENO);
    }
  n_places = 0;
}

static timer_t round_timer;
static gboolean round_timed;

/* Starts or stops sampling this thread. */
static void
time_round (gboolean on)
{
  struct sigevent event = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR2 };
  const long ns = on ? (long) (SAMPLE_MS * 1e6) : 0;
  const struct itimerspec spec = { .it_interval = { 0, ns }, .it_value = { 0, ns } };
  void *frame;

  if (!round_timed)
    {
      backtrace (&frame, 1); // loads what it needs, not in the handler
      signal (SIGUSR2, on_sample);
      round_timed = timer_create (CLOCK_THREAD_CPUTIME_ID, &event, &round_timer) == 0;
    }
  if (round_timed)
    timer_settime (round_timer, 0, &spec, NULL);
  own_samples = drawing_samples = driver_samples = 0;
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
      double driver = driver_samples * SAMPLE_MS, drawing = drawing_samples * SAMPLE_MS;

      watch.rounds++;
      if (g_getenv ("WILLIS_WATCH_LOG") != NULL && cpu > 25.0) // for perf script --time
        g_printerr ("round %.6f,%.6f cpu %.1f drawing %.0f driver %.0f\n", round_wall * 1e-3,
                    clock_ms (CLOCK_MONOTONIC) * 1e-3, cpu, drawing, driver);
      watch.worst_wall_ms = fmax (watch.worst_wall_ms, wall);
      watch.worst_cpu_ms = fmax (watch.worst_cpu_ms, cpu - driver - drawing);
      watch.worst_drawn_ms = fmax (watch.worst_drawn_ms, cpu - driver);
      watch.driver_ms += driver;
      watch.over_100_wall += wall > 100.0;
    }
  time_round (FALSE);
  print_places ();
  if (compiler_to == 0)
    dl_iterate_phdr (find_compiler, NULL);
  if (drawing_to == 0)
    find_drawing ();
  result = g_poll (fds, n, timeout);
  round_wall = clock_ms (CLOCK_MONOTONIC);
  round_cpu = clock_ms (CLOCK_THREAD_CPUTIME_ID);
  time_round (TRUE);
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
    double wait_end = clock_ms (CLOCK_MONOTONIC) + PATIENCE * (SECONDS) * 1e3;                                         \
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
static void G_GNUC_PRINTF (1, 2) hands (const char *format, ...)
{
  g_autofree char *words = NULL, *line = NULL;
  g_auto (GStrv) argv = NULL;
  gboolean done = FALSE;
  double started;
  va_list args;
  GPid pid;

  va_start (args, format);
  words = g_strdup_vprintf (format, args);
  va_end (args);
  line = g_strconcat ("xdotool ", words, NULL);
  argv = g_strsplit (line, " ", -1);
  started = clock_ms (CLOCK_THREAD_CPUTIME_ID);
  g_assert_true (
      g_spawn_async (NULL, argv, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL, &pid, NULL));
  round_cpu += clock_ms (CLOCK_THREAD_CPUTIME_ID) - started; // the copy of this process is not the window's work
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

/* Does all of a widget lie in what is seen of the panel around it? */
static gboolean G_GNUC_UNUSED
is_seen (GtkWidget *widget)
{
  GtkWidget *panel = gtk_widget_get_ancestor (widget, GTK_TYPE_SCROLLED_WINDOW);
  double x, y;

  g_assert_true (gtk_widget_translate_coordinates (widget, panel, 0, 0, &x, &y));
  return y >= 0.0 && y + gtk_widget_get_height (widget) <= gtk_widget_get_height (panel);
}

/* The widget under root with this type and, where label is given, this button label; NULL where there is none. */
static G_GNUC_UNUSED GtkWidget *
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
