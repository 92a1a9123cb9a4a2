/* SPDX-License-Identifier: Apache-2.0 */
#include <gtk/gtk.h>
#include <math.h>

#include "core/num/vec3.h"
#include "tests/support/keep-loaded.h"
#include "tests/ui/scene/ball.h"
#include "ui/views/view3d.h"

/* A view of 400 x 400 pixels in a window, looking from the front at a red ball of 10 mm about (5, 6, 7). */
typedef struct
{
  GtkWidget *window;
  WillisView3d *view;
  WillisScene *scene;
} Fixture;

static const double centre[3] = { 5, 6, 7 };

static gboolean
set_flag (gpointer flag)
{
  *(gboolean *) flag = TRUE;
  return G_SOURCE_REMOVE;
}

static void
run_loop (guint ms)
{
  gboolean done = FALSE;

  g_timeout_add (ms, set_flag, &done);
  while (!done)
    g_main_context_iteration (NULL, TRUE);
}

/* What the widget shows, as GTK would put it on the screen; NULL when nothing yet. */
static guint8 *
screen_shot (Fixture *f, int *w, int *h)
{
  GtkNative *native = gtk_widget_get_native (GTK_WIDGET (f->view));
  g_autoptr (GdkPaintable) paintable = gtk_widget_paintable_new (GTK_WIDGET (f->view));
  g_autoptr (GtkSnapshot) snapshot = gtk_snapshot_new ();
  g_autoptr (GskRenderNode) node = NULL;
  g_autoptr (GdkTexture) texture = NULL;
  guint8 *pixels;

  *w = gtk_widget_get_width (GTK_WIDGET (f->view));
  *h = gtk_widget_get_height (GTK_WIDGET (f->view));
  gdk_paintable_snapshot (paintable, snapshot, *w, *h);
  node = gtk_snapshot_to_node (snapshot);
  if (node == NULL)
    return NULL; // nothing drawn yet
  texture = gsk_renderer_render_texture (gtk_native_get_renderer (native), node, NULL);
  *w = gdk_texture_get_width (texture);
  *h = gdk_texture_get_height (texture);
  pixels = g_malloc ((gsize) 4 * *w * *h);
  gdk_texture_download (texture, pixels, (gsize) 4 * *w); // native BGRA
  return pixels;
}

static const guint8 *
at (const guint8 *pixels, int w, int x, int y)
{
  return pixels + 4 * (y * w + x);
}

/* Whether the middle is red: the ball, or what a volume shows in its place. Waits for it up to 20 s. */
static gboolean
wait_for_red (Fixture *f)
{
  for (int i = 0; i < 200; i++)
    {
      int w, h;
      g_autofree guint8 *pixels = NULL;

      run_loop (100);
      pixels = screen_shot (f, &w, &h);
      if (pixels != NULL && at (pixels, w, w / 2, h / 2)[2] > 150)
        return TRUE;
    }
  return FALSE;
}

static void
set_up (Fixture *f, gconstpointer data)
{
  g_autoptr (WillisSurface) surface = make_ball (centre, 10.0, 40);
  WillisCamera camera;

  f->window = gtk_window_new ();
  gtk_window_set_title (GTK_WINDOW (f->window), "view3d-test");
  gtk_window_set_decorated (GTK_WINDOW (f->window), FALSE);
  f->view = WILLIS_VIEW3D (willis_view3d_new ());
  gtk_window_set_default_size (GTK_WINDOW (f->window), 400, 400);
  gtk_window_set_child (GTK_WINDOW (f->window), GTK_WIDGET (f->view));
  f->scene = willis_view3d_get_scene (f->view);
  g_assert_nonnull (f->scene);
  g_assert_true (willis_scene_show_surface (f->scene, "ball", surface, 0xff0000, 1.0, NULL));
  willis_scene_get_camera (f->scene, &camera);
  willis_camera_set_standard (&camera, WILLIS_VIEW_ANTERIOR);
  willis_camera_frame (&camera, centre, 20.0, 1.0); // 42 mm high
  willis_scene_set_camera (f->scene, &camera);
  gtk_window_present (GTK_WINDOW (f->window));
  g_assert_true (wait_for_red (f));
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  WillisView3d *view = g_object_ref (f->view);

  gtk_window_destroy (GTK_WINDOW (f->window));
  run_loop (50);
  g_assert_finalize_object (view); // nobody else holds it
}

/* Red ball in the middle, dark around it: what VTK draws arrives on the screen. */
static void
test_arrives (Fixture *f, gconstpointer data)
{
  int w, h;
  g_autofree guint8 *pixels = screen_shot (f, &w, &h);
  gboolean software;

  g_object_get (f->view, "software", &software, NULL);
  g_test_message ("software: %d, %d x %d", software, w, h);
  g_assert_cmpint (w, >=, 400);
  g_assert_cmpint (at (pixels, w, w / 2, h / 2)[2], >, 200);
  g_assert_cmpint (at (pixels, w, w / 2, h / 2)[1], <, 120);
  g_assert_cmpint (at (pixels, w, w / 2, h / 8)[2], <, 60);
  /* Radius 10 mm at 42 mm over the height: just inside red, just outside dark. */
  g_assert_cmpint (at (pixels, w, w / 2 + (int) (h * 9.5 / 42), h / 2)[2], >, 60);
  g_assert_cmpint (at (pixels, w, w / 2 + (int) (h * 10.5 / 42), h / 2)[2], <, 60);
}

static void
note_angles (WillisView3d *view, double primary, double secondary, double out[2])
{
  out[0] = primary;
  out[1] = secondary;
}

static void
test_angles_told (Fixture *f, gconstpointer data)
{
  double told[2] = { 99, 99 }, p, s;
  g_autofree char *text = NULL;

  g_signal_connect (f->view, "view-changed", G_CALLBACK (note_angles), told);
  willis_view3d_set_c_arm (f->view, -32, 14);
  run_loop (100);
  g_assert_cmpfloat_with_epsilon (told[0], -32, 1e-6);
  g_assert_cmpfloat_with_epsilon (told[1], 14, 1e-6);
  willis_view3d_get_c_arm (f->view, &p, &s);
  g_assert_cmpfloat_with_epsilon (p, -32, 1e-6);
  g_object_get (f->view, "c-arm", &text, NULL);
  g_assert_cmpstr (text, ==, "RAO 32° CRA 14°");
}

/* %1 in the arguments stands for our window. */
static void
xdotool (const char *arguments)
{
  g_autofree char *line = g_strdup_printf ("xdotool search --name view3d-test %s", arguments);
  g_autoptr (GError) error = NULL;
  gboolean ok = g_spawn_command_line_sync (line, NULL, NULL, NULL, &error);

  g_assert_no_error (error);
  g_assert_true (ok);
  run_loop (120);
}

typedef struct
{
  int n;
  double point[3];
  char id[16];
} Picked;

static void
note_pick (WillisView3d *view, double x, double y, double z, const char *id, gint64 cell, Picked *picked)
{
  picked->n++;
  vec3_set (picked->point, x, y, z);
  g_strlcpy (picked->id, id, sizeof picked->id);
}

/* A real pointer: drag turns, click picks to half a pixel, the wheel zooms. */
static void
test_hands (Fixture *f, gconstpointer data)
{
  g_autofree char *tool = g_find_program_in_path ("xdotool");
  double p, s, mm = 42.0 / 400.0, expected[3], left, top;
  Picked picked = { 0 };
  WillisCamera camera;

  if (tool == NULL)
    {
      g_test_skip ("xdotool is not installed");
      return;
    }
  gtk_native_get_surface_transform (gtk_widget_get_native (f->window), &left, &top);
  g_assert_cmpfloat (left, ==, 0.0); // no shadow around the window
  g_signal_connect (f->view, "picked", G_CALLBACK (note_pick), &picked);
  xdotool ("mousemove --window %1 230 180");
  xdotool ("click 1");
  for (int i = 0; i < 100 && picked.n == 0; i++)
    run_loop (50);
  g_assert_cmpint (picked.n, ==, 1);
  g_assert_cmpstr (picked.id, ==, "ball");
  vec3_set (expected, centre[0] + 30 * mm, 0, centre[2] + 20 * mm);
  g_assert_cmpfloat_with_epsilon (picked.point[0], expected[0], 0.51 * mm);
  g_assert_cmpfloat_with_epsilon (picked.point[2], expected[2], 0.51 * mm);
  g_assert_cmpfloat_with_epsilon (vec3_dist (picked.point, centre), 10.0, 0.05); // facets

  xdotool ("mousemove --window %1 200 200 mousedown 1");
  xdotool ("mousemove --window %1 220 200");
  xdotool ("mousemove --window %1 260 200");
  xdotool ("mouseup 1");
  run_loop (500);
  g_assert_cmpint (picked.n, ==, 1); // a drag is no click
  willis_view3d_get_c_arm (f->view, &p, &s);
  g_assert_cmpfloat (p, <, -10);
  g_assert_cmpfloat_with_epsilon (s, 0, 2);

  xdotool ("click 4");
  for (int i = 0; i < 100; i++)
    {
      willis_scene_get_camera (f->scene, &camera);
      if (camera.height_mm < 42.0)
        break;
      run_loop (50);
    }
  g_assert_cmpfloat_with_epsilon (camera.height_mm, 42.0 / 1.15, 1e-6);
}

/* A picture to save, whoever draws: OpenGL of GLX or EGL, or, where it is switched off, the processor. */
static void
test_picture (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GdkTexture) texture = willis_view3d_snapshot (f->view, 200, &error);
  g_autofree guint8 *pixels = g_malloc (4 * 200 * 200);
  int w, h;
  g_autofree guint8 *after = NULL;
  gboolean software;

  g_object_get (f->view, "software", &software, NULL);
  g_assert_cmpint (software, ==, g_strcmp0 (g_getenv ("GDK_DEBUG"), "gl-disable") == 0);
  g_assert_no_error (error);
  g_assert_cmpint (gdk_texture_get_width (texture), ==, 200);
  gdk_texture_download (texture, pixels, 800);
  g_assert_cmpint (at (pixels, 200, 100, 100)[2], >, 200);
  run_loop (100);
  after = screen_shot (f, &w, &h); // taking a picture leaves the window's drawing alone
  g_assert_cmpint (at (after, w, w / 2, h / 2)[2], >, 200);
}

/* A volume comes by itself, coarse and then fine, although casting it is begun on the side. */
static void
test_volume (Fixture *f, gconstpointer data)
{
  const int dims[3] = { 64, 64, 64 };
  const double spacing[3] = { 0.5, 0.5, 0.5 }, corner[3] = { centre[0] - 16, centre[1] - 16, centre[2] - 16 };
  WillisGrid grid = willis_grid_new (dims, spacing, corner);
  g_autoptr (WillisVolume) volume = willis_volume_new (&grid, WILLIS_SCALAR_U8, NULL);
  guint8 *v = willis_volume_voxels_rw (volume);
  g_autofree guint8 *pixels = NULL, *fine = NULL;
  g_autoptr (GError) error = NULL;
  int w, h, far = 0;

  for (int k = 0; k < 64; k++)
    for (int j = 0; j < 64; j++)
      for (int i = 0; i < 64; i++)
        *v++ = hypot (hypot (i - 32, j - 32), k - 32) < 20 ? 200 : 10;
  willis_scene_hide (f->scene, "ball");
  run_loop (200);
  g_assert_true (willis_scene_show_volume (f->scene, "scan", volume, NULL, &error));
  g_assert_true (wait_for_red (f));
  run_loop (1500); // time to refine
  pixels = screen_shot (f, &w, &h);
  fine = willis_scene_render_rgba (f->scene, w, h, 1.0, WILLIS_RENDERER_RASTER, &error);
  g_assert_no_error (error);
  for (int y = 0; y < h; y += 7) // as far as the middle: no overlay there
    for (int x = 0; x < w / 2; x += 7)
      far += ABS ((int) at (pixels, w, x, y)[2] - (int) at (fine, w, x, y)[0]) > 30;
  g_assert_cmpint (far, <, 10); // of 1682: edges
}

int
main (int argc, char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  g_test_add ("/view3d/arrives", Fixture, NULL, set_up, test_arrives, tear_down);
  g_test_add ("/view3d/angles-told", Fixture, NULL, set_up, test_angles_told, tear_down);
  g_test_add ("/view3d/hands", Fixture, NULL, set_up, test_hands, tear_down);
  g_test_add ("/view3d/volume", Fixture, NULL, set_up, test_volume, tear_down);
  g_test_add ("/view3d/picture", Fixture, NULL, set_up, test_picture, tear_down);
  return g_test_run ();
}
