/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For looking at the 3D view and for measuring it: shows a ball of 300 000 triangles with everything around it, or a file.
 * usage: view3d-demo [FILE] [--spin FRAMES] [--shot OUT.png]
 * --spin turns it that often as a pointer would, prints the frames per second and leaves.
 */
#include <gtk/gtk.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "core/io/reader.h"
#include "core/io/surface-io.h"
#include "core/io/volume-io.h"
#include "tests/ui/scene/ball.h"
#include "ui/views/view3d.h"

typedef struct
{
  const char *file, *shot;
  int spin, turned;
  gint64 start, worst, last;
  double start_cpu; // s
  WillisView3d *view;
  GtkWindow *window;
} Demo;

static gboolean
leave (gpointer data)
{
  Demo *demo = data;
  g_autoptr (GError) error = NULL;

  if (demo->shot != NULL)
    {
      GtkNative *native = gtk_widget_get_native (GTK_WIDGET (demo->view));
      g_autoptr (GdkPaintable) paintable = gtk_widget_paintable_new (GTK_WIDGET (demo->window));
      GtkSnapshot *snapshot = gtk_snapshot_new ();
      g_autoptr (GskRenderNode) node = NULL;
      g_autoptr (GdkTexture) texture = NULL;

      gdk_paintable_snapshot (paintable, snapshot, gdk_paintable_get_intrinsic_width (paintable),
                              gdk_paintable_get_intrinsic_height (paintable));
      node = gtk_snapshot_free_to_node (snapshot);
      texture = gsk_renderer_render_texture (gtk_native_get_renderer (native), node, NULL);
      gdk_texture_save_to_png (texture, demo->shot);
    }
  gtk_window_destroy (demo->window);
  return G_SOURCE_REMOVE;
}

static double
cpu_seconds (void)
{
  struct timespec t;

  clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &t);
  return t.tv_sec + 1e-9 * t.tv_nsec;
}

/* One step of the turn for each frame that GTK shows. */
static gboolean
on_frame (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  Demo *demo = data;
  WillisScene *scene = willis_view3d_get_scene (demo->view);
  gint64 now = g_get_monotonic_time ();
  int w, h;

  willis_scene_get_size (scene, &w, &h);
  if (demo->turned == 0)
    {
      willis_scene_set_moving (scene, TRUE);
      demo->start = now;
      demo->start_cpu = cpu_seconds ();
    }
  else
    demo->worst = MAX (demo->worst, now - demo->last);
  demo->last = now;
  if (demo->turned == demo->spin)
    {
      printf ("%d x %d: %.1f frames a second, the slowest took %.0f ms; %.0f ms of processor time each\n", w, h,
              demo->spin * 1e6 / (now - demo->start), demo->worst / 1000.0,
              1000.0 * (cpu_seconds () - demo->start_cpu) / demo->spin);
      willis_scene_set_moving (scene, FALSE);
      g_timeout_add (3000, leave, demo);
      return G_SOURCE_REMOVE;
    }
  willis_scene_orbit (scene, 0.5 * w, 0.5 * h, 0.5 * w + 8, 0.5 * h + 3);
  demo->turned++;
  return G_SOURCE_CONTINUE;
}

static gboolean
start_spin (gpointer data)
{
  Demo *demo = data;

  if (demo->spin > 0)
    gtk_widget_add_tick_callback (GTK_WIDGET (demo->view), on_frame, demo, NULL);
  else if (demo->shot != NULL)
    leave (demo);
  return G_SOURCE_REMOVE;
}

static void
fill (WillisScene *scene)
{
  const double o[3] = { 0, 0, 0 };
  const WillisMarker marks[] = { { { 16, -6, 8 }, 1.2, WILLIS_COLOUR_SAC, "1: 6.2 mm" },
                                 { { -15, -8, -9 }, 0.9, WILLIS_COLOUR_DEVICE, "2: 3.0 mm" } };
  const WillisNeck neck = { { 0, -13, 0 }, { 0, -1, 0 }, { 0, -16, 0 } };
  g_autoptr (WillisSurface) ball = make_ball (o, 12, 316), bone = make_ball (o, 24, 60);

  willis_scene_show_surface (scene, "vessels", ball, WILLIS_COLOUR_VESSEL, 1.0, NULL);
  willis_scene_show_surface (scene, "bone", bone, WILLIS_COLOUR_BONE, 0.15, NULL);
  willis_scene_show_markers (scene, "candidates", marks, 2, NULL);
  willis_scene_show_ring (scene, "neck", &neck, 5.0, NULL);
  willis_scene_set_crosshair (scene, marks[0].lps_mm);
}

static void
fill_from (WillisScene *scene, const char *file, GError **error)
{
  const char *paths[] = { file, NULL };

  if (g_str_has_suffix (file, ".vtk") || g_str_has_suffix (file, ".vtp") || g_str_has_suffix (file, ".stl"))
    {
      g_autoptr (WillisSurface) surface = willis_surface_read (file, error);

      if (surface != NULL)
        willis_scene_show_surface (scene, "surface", surface, WILLIS_COLOUR_VESSEL, 1.0, error);
    }
  else
    {
      g_autoptr (WillisVolume) volume = willis_volume_read (paths, NULL, NULL, NULL, NULL, error);

      if (volume != NULL)
        willis_scene_show_volume (scene, "volume", volume, NULL, error);
    }
}

static void
on_activate (GtkApplication *app, Demo *demo)
{
  g_autoptr (GError) error = NULL;
  WillisScene *scene;

  demo->window = GTK_WINDOW (gtk_application_window_new (app));
  demo->view = WILLIS_VIEW3D (willis_view3d_new ());
  scene = willis_view3d_get_scene (demo->view);
  gtk_window_set_default_size (demo->window, 900, 700);
  gtk_window_set_child (demo->window, GTK_WIDGET (demo->view));
  if (demo->file != NULL)
    fill_from (scene, demo->file, &error);
  else
    fill (scene);
  if (error != NULL)
    fprintf (stderr, "%s\n", error->message);
  gtk_window_present (demo->window);
  willis_scene_set_size (scene, 900, 700, 1.0);
  willis_view3d_frame (demo->view, NULL);
  g_timeout_add (1500, start_spin, demo);
}

int
main (int argc, char **argv)
{
  Demo demo = { 0 };
  GtkApplication *app;
  int status;

  if (willis_reader_main (argc, argv, &status))
    return status;
  for (int i = 1; i < argc; i++)
    if (strcmp (argv[i], "--spin") == 0 && i + 1 < argc)
      demo.spin = (int) g_ascii_strtoll (argv[++i], NULL, 10);
    else if (strcmp (argv[i], "--shot") == 0 && i + 1 < argc)
      demo.shot = argv[++i];
    else
      demo.file = argv[i];
  app = gtk_application_new (NULL, G_APPLICATION_NON_UNIQUE);
  g_signal_connect (app, "activate", G_CALLBACK (on_activate), &demo);
  status = g_application_run (G_APPLICATION (app), 1, argv);
  g_object_unref (app);
  return status;
}
