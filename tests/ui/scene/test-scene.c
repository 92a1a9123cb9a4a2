/* SPDX-License-Identifier: Apache-2.0 */
#include <glib.h>
#include <math.h>
#include <string.h>

#include "core/base/error.h"
#include "core/num/vec3.h"
#include "tests/ui/scene/ball.h"
#include "ui/scene/scene.h"

#define W 240
#define H 200

static const double origin[3] = { 0, 0, 0 };

/* A scene seen from the front, H pixels for 50 mm, no overlay. */
static WillisScene *
make_scene (void)
{
  g_autoptr (GError) error = NULL;
  WillisScene *scene = willis_scene_new (&error);
  WillisCamera camera;

  g_assert_no_error (error);
  willis_scene_set_style (scene, TRUE, FALSE);
  willis_scene_set_size (scene, W, H, 1.0);
  willis_scene_get_camera (scene, &camera);
  willis_camera_set_standard (&camera, WILLIS_VIEW_ANTERIOR);
  willis_camera_frame (&camera, origin, 10.0, 1.0);
  camera.height_mm = 50.0;
  willis_scene_set_camera (scene, &camera);
  return scene;
}

static void
show_ball (WillisScene *scene, const char *id, double x, double y, double z, double r, guint32 rgb, double opacity)
{
  const double c[3] = { x, y, z };
  g_autoptr (WillisSurface) ball = make_ball (c, r, 80);
  g_autoptr (GError) error = NULL;

  willis_scene_show_surface (scene, id, ball, rgb, opacity, &error);
  g_assert_no_error (error);
}

static guint8 *
draw (WillisScene *scene, WillisRenderer renderer)
{
  g_autoptr (GError) error = NULL;
  guint8 *rgba = willis_scene_render_rgba (scene, W, H, 1.0, renderer, &error);

  g_assert_no_error (error);
  g_assert_nonnull (rgba);
  return rgba;
}

/* The colour where a world point is seen. */
static const guint8 *
seen_at (WillisScene *scene, const guint8 *rgba, double x, double y, double z)
{
  const double p[3] = { x, y, z };
  WillisCamera camera;
  double px, py;

  willis_scene_get_camera (scene, &camera);
  willis_camera_project (&camera, W, H, p, &px, &py, NULL);
  return rgba + 4 * ((int) py * W + (int) px);
}

/* Whether VTK can draw on this machine; says so once where it cannot. */
static gboolean
have_vtk (void)
{
  g_autoptr (WillisScene) scene = make_scene ();
  g_autoptr (GError) error = NULL;
  g_autofree guint8 *rgba = willis_scene_render_rgba (scene, 8, 8, 1.0, WILLIS_RENDERER_VTK, &error);

  if (rgba == NULL)
    g_test_skip (error->message);
  return rgba != NULL;
}

/* Mean absolute difference of two pictures, 0 .. 255, and the share of pixels that differ by more than 40. */
static double
difference (const guint8 *a, const guint8 *b, double *far)
{
  double sum = 0;
  gsize n = 0;

  for (gsize i = 0; i < 4 * W * H; i++)
    {
      int d = ABS ((int) a[i] - (int) b[i]);

      sum += d;
      n += d > 40;
    }
  *far = (double) n / (4 * W * H);
  return sum / (4 * W * H);
}

/* The patient's left is on the right of a frontal picture, the head is up, near hides far: with both renderers. */
static void
check_sides (WillisRenderer renderer)
{
  g_autoptr (WillisScene) scene = make_scene ();
  g_autofree guint8 *rgba = NULL;

  show_ball (scene, "left", 15, 0, 0, 5, 0x00ff00, 1.0);
  show_ball (scene, "right", -15, 0, 0, 5, 0xff0000, 1.0);
  show_ball (scene, "head", 0, 0, 15, 5, 0x0000ff, 1.0);
  show_ball (scene, "front", 0, -10, -10, 4, 0xffff00, 1.0);
  show_ball (scene, "behind", 0, 10, -10, 6, 0x00ffff, 1.0);
  rgba = draw (scene, renderer);
  g_assert_cmpint (rgba[4 * (H / 2 * W + W / 2 + 60) + 1], >, 200); // green, 15 mm = 60 px right of the middle
  g_assert_cmpint (rgba[4 * (H / 2 * W + W / 2 + 60)], <, 80);
  g_assert_cmpint (rgba[4 * (H / 2 * W + W / 2 - 60)], >, 200); // red on the left
  g_assert_cmpint (rgba[4 * ((H / 2 - 60) * W + W / 2) + 2], >, 200); // blue above
  g_assert_cmpint (seen_at (scene, rgba, 0, -10, -10)[0], >, 200); // yellow before cyan
  g_assert_cmpint (seen_at (scene, rgba, 5, 10, -10)[0], <, 80);
  g_assert_cmpint (seen_at (scene, rgba, 5, 10, -10)[1], >, 80);
  g_assert_cmpint (rgba[3], ==, 255);
  g_assert_cmpint (rgba[0], <, 40); // dark background
}

static void
test_sides_raster (void)
{
  check_sides (WILLIS_RENDERER_RASTER);
}

static void
test_sides_vtk (void)
{
  if (have_vtk ())
    check_sides (WILLIS_RENDERER_VTK);
}

static void
fill (WillisScene *scene)
{
  const double curve[] = { -20, -12, -15, -10, -12, -18, 0, -12, -15, 20, -12, -18 };
  const WillisNeck neck = { { 5, -8, 4 }, { 0, 0, 1 }, { 5, -8, 8 } };
  g_autoptr (WillisSurface) ball = make_ball (origin, 11, 60);
  gsize n = willis_surface_n_points (ball);
  g_autofree double *z = g_new (double, n);

  for (gsize i = 0; i < n; i++)
    z[i] = i % 500 == 0 ? NAN : willis_surface_points (ball)[3 * i + 2];
  g_assert_true (willis_scene_show_field (scene, "field", ball, z, 0, 0, WILLIS_MAP_VIRIDIS, "Height", "mm", NULL));
  show_ball (scene, "ghost", 0, 0, 3, 17, WILLIS_COLOUR_BONE, 0.25);
  g_assert_true (willis_scene_show_curve (scene, "line", curve, 4, FALSE, 0x00ff00, 0.0, NULL));
  g_assert_true (willis_scene_show_curve (scene, "tube", curve, 4, TRUE, WILLIS_COLOUR_DEVICE, 0.8, NULL));
  g_assert_true (willis_scene_show_ring (scene, "ring", &neck, 5.0, NULL));
}

/* Two ways to draw that share no code below the shapes must agree: colour, light, depth, translucency, field. Only edges
 * differ (the rasteriser smooths them): under 2 % of samples by more than 40 of 255. */
static void
check_against_vtk (gboolean perspective, gboolean clip)
{
  g_autoptr (WillisScene) scene = make_scene ();
  g_autofree guint8 *a = NULL, *b = NULL;
  const double normal[3] = { 0.3, 0.8, 0.1 };
  WillisCamera camera;
  double mean, far;
  WillisCArm angles = { 0.4, 0.3 };

  if (!have_vtk ())
    return;
  fill (scene);
  willis_scene_get_camera (scene, &camera);
  willis_camera_set_c_arm (&camera, &angles);
  camera.perspective = perspective;
  willis_scene_set_camera (scene, &camera);
  if (clip)
    willis_scene_set_clip (scene, origin, normal);
  a = draw (scene, WILLIS_RENDERER_RASTER);
  b = draw (scene, WILLIS_RENDERER_VTK);
  mean = difference (a, b, &far);
  g_test_message ("mean %.3f, beyond 40: %.4f", mean, far);
  g_assert_cmpfloat (mean, <, 2.0);
  g_assert_cmpfloat (far, <, 0.02);
}

static void
test_agree_parallel (void)
{
  check_against_vtk (FALSE, FALSE);
}

static void
test_agree_perspective (void)
{
  check_against_vtk (TRUE, FALSE);
}

static void
test_agree_clipped (void)
{
  check_against_vtk (FALSE, TRUE);
}

/* The same scene gives the same bytes, with one thread or many, whatever was drawn in between. */
static void
test_raster_repeats (void)
{
  g_autoptr (WillisScene) scene = make_scene ();
  g_autofree guint8 *a = NULL, *b = NULL;

  fill (scene);
  a = draw (scene, WILLIS_RENDERER_RASTER);
  willis_scene_set_moving (scene, TRUE);
  willis_scene_set_moving (scene, FALSE);
  b = draw (scene, WILLIS_RENDERER_RASTER);
  g_assert_cmpmem (a, 4 * W * H, b, 4 * W * H);
}

/* What is picked is what is seen, to half a pixel, parallel and in perspective, on both sides of a clip plane. */
static void
test_pick (void)
{
  g_autoptr (WillisScene) scene = make_scene ();
  const double normal[3] = { 0, 1, 0 };
  WillisCamera camera;
  WillisPick pick;

  show_ball (scene, "ball", 0, 0, 0, 10, 0xff0000, 1.0);
  show_ball (scene, "ghost", 0, 0, 0, 15, 0xffffff, 0.2); // translucent: looked through
  for (int perspective = 0; perspective < 2; perspective++)
    {
      willis_scene_get_camera (scene, &camera);
      camera.perspective = perspective;
      willis_scene_set_camera (scene, &camera);
      for (int i = 0; i < 40; i++)
        {
          double a = 2 * G_PI * i / 40, p[3] = { 7 * cos (a), 0, 7 * sin (a) }, x, y, px, py, depth;

          p[1] = -sqrt (51);
          willis_camera_project (&camera, W, H, p, &x, &y, NULL);
          g_assert_true (willis_scene_pick (scene, x, y, &pick));
          g_assert_cmpstr (pick.id, ==, "ball");
          g_assert_cmpfloat (vec3_dist (pick.point_lps_mm, p), <, 0.05); // facets of the ball
          willis_camera_project (&camera, W, H, pick.point_lps_mm, &px, &py, &depth);
          g_assert_cmpfloat (hypot (px - x, py - y), <, 0.01);
          g_assert_cmpfloat_with_epsilon (pick.depth_mm, depth, 1e-6);
          g_assert_cmpfloat (vec3_dot (pick.normal, p) / 10.0, >, 0.99);
        }
      g_assert_false (willis_scene_pick (scene, 3, 3, &pick));
    }
  willis_scene_set_clip (scene, origin, normal); // the front half is gone: the inside of the back is hit
  g_assert_true (willis_scene_pick (scene, W / 2.0, H / 2.0, &pick));
  g_assert_cmpfloat_with_epsilon (pick.point_lps_mm[1], 10.0, 0.05);
  willis_scene_set_clip (scene, NULL, NULL);
  willis_scene_set_visible (scene, "ball", FALSE);
  g_assert_false (willis_scene_pick (scene, W / 2.0, H / 2.0, &pick));
  willis_scene_hide (scene, "ball");
  g_assert_false (willis_scene_has (scene, "ball"));
}

/* Picked points are on drawn pixels and the other way round: the silhouettes of pick and picture agree to a pixel. */
static void
test_pick_meets_picture (void)
{
  g_autoptr (WillisScene) scene = make_scene ();
  g_autofree guint8 *rgba = NULL;
  int wrong = 0;

  show_ball (scene, "a", 4, 3, -6, 9, 0xff0000, 1.0);
  show_ball (scene, "b", -9, -3, 8, 6, 0xff0000, 1.0);
  rgba = draw (scene, WILLIS_RENDERER_RASTER);
  for (int y = 0; y < H; y += 3)
    for (int x = 0; x < W; x += 3)
      {
        WillisPick pick;
        int red = rgba[4 * (y * W + x)], edge = red > 35 && red < 60; // part of a pixel

        if (!edge && willis_scene_pick (scene, x + 0.5, y + 0.5, &pick) != (red >= 60))
          wrong++;
      }
  g_assert_cmpint (wrong, ==, 0);
}

/* Markers report which of them, tubes of a tree which branch, lines too. */
static void
test_pick_parts (void)
{
  g_autoptr (WillisScene) scene = make_scene ();
  const WillisMarker markers[] = { { { -10, 0, 10 }, 2, 0xff0000, "one" }, { { 10, 0, 10 }, 2, 0x00ff00, NULL } };
  WillisTreeNode *nodes = g_new0 (WillisTreeNode, 4);
  WillisBranch *branches = g_new0 (WillisBranch, 2);
  g_autoptr (WillisTree) tree = NULL;
  WillisPick pick;

  g_assert_true (willis_scene_show_markers (scene, "marks", markers, 2, NULL));
  for (int b = 0; b < 2; b++)
    {
      branches[b].n_points = 21;
      branches[b].points_lps_mm = g_new (double, 63);
      branches[b].radius_mm = g_new (double, 21);
      branches[b].node[0] = 2 * b;
      branches[b].node[1] = 2 * b + 1;
      for (int i = 0; i < 21; i++)
        {
          vec3_set (branches[b].points_lps_mm + 3 * i, -10 + i, 0, -5 - 8 * b);
          branches[b].radius_mm[i] = 1 + b;
        }
      for (int e = 0; e < 2; e++)
        {
          vec3_copy (nodes[2 * b + e].lps_mm, branches[b].points_lps_mm + 60 * e);
          nodes[2 * b + e].degree = 1;
        }
    }
  tree = willis_tree_new_take (nodes, 4, branches, 2);
  for (int style = 0; style < 2; style++)
    {
      g_autoptr (GError) error = NULL;

      willis_scene_show_tree (scene, "tree", tree, style ? WILLIS_TREE_TUBES : WILLIS_TREE_LINES, -1, &error);
      g_assert_no_error (error);
      for (int b = 0; b < 2; b++)
        {
          g_assert_true (willis_scene_pick (scene, W / 2.0, H / 2.0 + 4 * (5 + 8 * b), &pick));
          g_assert_cmpstr (pick.id, ==, "tree");
          g_assert_cmpint (pick.cell, ==, b);
        }
    }
  g_assert_true (willis_scene_pick (scene, W / 2.0 + 40, H / 2.0 - 40, &pick));
  g_assert_cmpstr (pick.id, ==, "marks");
  g_assert_cmpint (pick.cell, ==, 1);
}

/* A ring follows the pointer: the middle moves with it, the shaft along the normal, tip and edge turn it. */
static void
test_ring (void)
{
  g_autoptr (WillisScene) scene = make_scene ();
  const WillisNeck neck = { { 0, 0, 0 }, { 0, 0, 1 }, { 0, 0, 3 } };
  WillisNeck moved;
  WillisPick pick;
  double radius, mm = 50.0 / H;

  g_assert_true (willis_scene_show_ring (scene, "ring", &neck, 8.0, NULL));
  show_ball (scene, "hides", 0, -20, 0, 12, 0xff0000, 1.0); // handles can be taken through what hides them
  g_assert_true (willis_scene_pick (scene, W / 2.0, H / 2.0, &pick));
  g_assert_cmpstr (pick.id, ==, "ring");
  g_assert_cmpint (pick.cell, ==, WILLIS_RING_MOVE);
  g_assert_true (willis_scene_pick (scene, W / 2.0 - 8 / mm, H / 2.0, &pick));
  g_assert_cmpint (pick.cell, ==, WILLIS_RING_EDGE);
  g_assert_true (willis_scene_pick (scene, W / 2.0, H / 2.0 - 10.7 / mm, &pick));
  g_assert_cmpint (pick.cell, ==, WILLIS_RING_TILT);

  willis_scene_drag_ring (scene, "ring", WILLIS_RING_MOVE, 100, 100, 120, 92);
  g_assert_true (willis_scene_get_ring (scene, "ring", &moved, &radius));
  g_assert_cmpfloat_with_epsilon (moved.centre_lps_mm[0], 20 * mm, 1e-9);
  g_assert_cmpfloat_with_epsilon (moved.centre_lps_mm[1], 0.0, 1e-9);
  g_assert_cmpfloat_with_epsilon (moved.centre_lps_mm[2], 8 * mm, 1e-9);
  g_assert_cmpfloat (radius, ==, 8.0);

  willis_scene_show_ring (scene, "ring", &neck, 8.0, NULL);
  willis_scene_drag_ring (scene, "ring", WILLIS_RING_SHIFT, 100, 100, 130, 92); // sideways is ignored
  willis_scene_get_ring (scene, "ring", &moved, NULL);
  g_assert_cmpfloat_with_epsilon (moved.centre_lps_mm[0], 0.0, 1e-9);
  g_assert_cmpfloat_with_epsilon (moved.centre_lps_mm[2], 8 * mm, 1e-9);

  willis_scene_show_ring (scene, "ring", &neck, 8.0, NULL);
  willis_scene_drag_ring (scene, "ring", WILLIS_RING_TILT, W / 2.0, H / 2.0 - 7 / mm, W / 2.0 + 5 / mm,
                          H / 2.0 - 7 / mm); // to the patient's left
  willis_scene_get_ring (scene, "ring", &moved, NULL);
  g_assert_cmpfloat (moved.normal[0], >, 0.2);
  g_assert_cmpfloat_with_epsilon (vec3_norm (moved.normal), 1.0, 1e-12);
  g_assert_false (willis_scene_get_ring (scene, "hides", NULL, NULL));
}

static WillisVolume *
make_volume (gboolean tilted)
{
  const int dims[3] = { 60, 64, 56 };
  const double spacing[3] = { 0.5, 0.5, 0.6 }, corner[3] = { -15, -16, -17 };
  WillisGrid grid = willis_grid_new (dims, spacing, corner);
  WillisVolume *volume;
  gint16 *v;

  if (tilted)
    {
      const double c = cos (0.4), s = sin (0.4), turned[9] = { 1, 0, 0, 0, c, -s, 0, s, c };

      memcpy (grid.direction, turned, sizeof turned);
    }
  volume = willis_volume_new (&grid, WILLIS_SCALAR_I16, NULL);
  v = willis_volume_voxels_rw (volume);
  for (int k = 0; k < dims[2]; k++)
    for (int j = 0; j < dims[1]; j++)
      for (int i = 0; i < dims[0]; i++)
        {
          double p[3] = { i, j, k }, left[3] = { 7, 0, 0 };

          willis_grid_ijk_to_lps (&grid, p, p);
          *v++ = vec3_dist (p, left) < 5 ? 400 : i == 0 ? -1000 : 30; // a lumen on the patient's left
        }
  return volume;
}

/* A ball of 400 HU on the left is seen there, red, and picked at its rim; a surface before it hides it. */
static void
check_volume (WillisRenderer renderer, gboolean tilted)
{
  g_autoptr (WillisScene) scene = make_scene ();
  g_autoptr (WillisVolume) volume = make_volume (tilted);
  g_autofree guint8 *rgba = NULL, *hidden = NULL;
  WillisPick pick;

  g_assert_true (willis_scene_show_volume (scene, "scan", volume, NULL, NULL));
  rgba = draw (scene, renderer);
  g_assert_cmpint (seen_at (scene, rgba, 7, 0, 0)[0], >, 150);
  g_assert_cmpint (seen_at (scene, rgba, 7, 0, 4)[0], >, 60);
  g_assert_cmpint (seen_at (scene, rgba, 7, 0, 6)[0], <, 40);
  g_assert_cmpint (seen_at (scene, rgba, -7, 0, 0)[0], <, 40);
  g_assert_true (willis_scene_pick (scene, W / 2.0 + 28, H / 2.0, &pick));
  g_assert_cmpstr (pick.id, ==, "scan");
  g_assert_cmpfloat_with_epsilon (pick.point_lps_mm[0], 7.0, 0.01);
  g_assert_cmpfloat_with_epsilon (pick.point_lps_mm[1], -5.0, 0.8); // half opaque about a voxel inside
  show_ball (scene, "before", 7, -12, 0, 4, 0x0000ff, 1.0);
  hidden = draw (scene, renderer);
  g_assert_cmpint (seen_at (scene, hidden, 7, 0, 0)[2], >, 200);
  g_assert_cmpint (seen_at (scene, hidden, 7, 0, 0)[0], <, 80);
  g_assert_cmpint (seen_at (scene, hidden, 11, 0, 1.5)[0], >, 60); // beside it the lumen is still seen
}

static void
test_volume_raster (void)
{
  check_volume (WILLIS_RENDERER_RASTER, FALSE);
  check_volume (WILLIS_RENDERER_RASTER, TRUE);
}

static void
test_volume_vtk (void)
{
  if (have_vtk ())
    {
      check_volume (WILLIS_RENDERER_VTK, FALSE);
      check_volume (WILLIS_RENDERER_VTK, TRUE);
    }
}

/* What cannot be shown is refused with a reason, and the scene stays as it was. */
static void
test_refuses (void)
{
  g_autoptr (WillisScene) scene = make_scene ();
  const double bad[] = { 0, 0, 0, NAN, 0, 0, 1, 1, 1 };
  const gint32 triangle[] = { 0, 1, 2 }, outside[] = { 0, 1, 7 };
  g_autoptr (WillisSurface) nan = willis_surface_new_copy (bad, 3, triangle, 1);
  g_autoptr (WillisSurface) wild = willis_surface_new_copy (bad + 6, 1, outside, 1);
  const WillisNeck neck = { { 0, 0, 0 }, { 0, 0, 0 }, { 0, 0, 0 } };
  g_autoptr (GError) error = NULL;
  double box[6];

  g_assert_false (willis_scene_show_surface (scene, "s", nan, 0, 1, &error));
  g_assert_error (error, WILLIS_ERROR, WILLIS_ERROR_BAD_INPUT);
  g_clear_error (&error);
  g_assert_false (willis_scene_show_surface (scene, "s", wild, 0, 1, &error));
  g_clear_error (&error);
  g_assert_false (willis_scene_show_curve (scene, "s", bad, 3, FALSE, 0, 1, &error));
  g_clear_error (&error);
  g_assert_false (willis_scene_show_ring (scene, "s", &neck, 1, &error));
  g_clear_error (&error);
  g_assert_false (willis_scene_show_markers (scene, "", NULL, 0, &error));
  g_assert_error (error, WILLIS_ERROR, WILLIS_ERROR_USAGE);
  g_clear_error (&error);
  g_assert_false (willis_scene_has (scene, "s"));
  g_assert_false (willis_scene_bounds (scene, NULL, box));
  g_assert_null (willis_scene_render_rgba (scene, 0, 10, 1, WILLIS_RENDERER_ANY, &error));
  g_assert_error (error, WILLIS_ERROR, WILLIS_ERROR_USAGE);
  willis_scene_frame (scene, NULL); // nothing to look at: nothing happens
}

static void
count_changes (WillisScene *scene, gpointer n)
{
  (*(int *) n)++;
}

static void
test_contents (void)
{
  g_autoptr (WillisScene) scene = make_scene ();
  WillisCamera camera;
  double box[6];
  int n = 0;

  willis_scene_on_change (scene, count_changes, &n);
  show_ball (scene, "a", 10, 20, 30, 5, 0, 1);
  g_assert_cmpint (n, ==, 1);
  show_ball (scene, "a", 10, 20, 30, 8, 0, 1); // replaces
  g_assert_true (willis_scene_bounds (scene, "a", box));
  g_assert_cmpfloat_with_epsilon (box[2], 22, 1e-6);
  willis_scene_frame (scene, "a");
  willis_scene_get_camera (scene, &camera);
  g_assert_cmpfloat_with_epsilon (camera.focus_lps_mm[2], 30, 1e-6);
  g_assert_cmpfloat (camera.height_mm, >, 16);
  g_assert_cmpfloat (camera.height_mm, <, 20);
  willis_scene_hide (scene, "not there");
  willis_scene_hide_all (scene);
  g_assert_false (willis_scene_has (scene, "a"));
}

/* Is a caption there in the picture of a marker at x, z? */
static gboolean
caption_is_drawn (double x, double z)
{
  g_autoptr (WillisScene) scene = make_scene ();
  WillisMarker marker = { .lps_mm = { x, 0, z }, .radius_mm = 0.05, .rgb = WILLIS_COLOUR_NECK };
  g_autofree guint8 *bare = NULL, *named = NULL;

  willis_scene_set_style (scene, TRUE, TRUE);
  willis_scene_show_markers (scene, "m", &marker, 1, NULL);
  bare = draw (scene, WILLIS_RENDERER_RASTER);
  marker.caption = "MCA M1";
  willis_scene_show_markers (scene, "m", &marker, 1, NULL);
  named = draw (scene, WILLIS_RENDERER_RASTER);
  return memcmp (bare, named, (gsize) W * H * 4) != 0;
}

/* Names keep clear of what stands in the picture already, and places beside it have none in it. */
static void
test_captions (void)
{
  g_assert_true (caption_is_drawn (0, 0));
  g_assert_false (caption_is_drawn (40, 0));    // to the right of the picture
  g_assert_false (caption_is_drawn (0, -27));   // below it
  g_assert_false (caption_is_drawn (-27, 11));  // on the angles of the C-arm
  g_assert_false (caption_is_drawn (0, 22));    // under the buttons
  g_assert_false (caption_is_drawn (-27, -24)); // on the scale bar
}

static void
test_colour_maps (void)
{
  g_assert_cmphex (willis_colour_map (WILLIS_MAP_VIRIDIS, 0.0), ==, 0x440154);
  g_assert_cmphex (willis_colour_map (WILLIS_MAP_VIRIDIS, 1.0), ==, 0xfde725);
  g_assert_cmphex (willis_colour_map (WILLIS_MAP_VIRIDIS, 7.0), ==, 0xfde725);
  g_assert_cmphex (willis_colour_map (WILLIS_MAP_VIRIDIS, NAN), ==, 0x9a9a9a);
  for (int map = 0; map <= WILLIS_MAP_CIVIDIS; map++) // brightness rises all the way: readable in grey
    for (int i = 1, before = -1; i <= 100; i++)
      {
        guint32 c = willis_colour_map (map, i / 100.0);
        int luma = 2126 * (c >> 16 & 255) + 7152 * (c >> 8 & 255) + 722 * (c & 255);

        g_assert_cmpint (luma, >, before);
        before = luma;
      }
}

static gpointer
make_ready (gpointer surface)
{
  return willis_ready_new (surface, NULL);
}

/* A surface that is made ready on another thread is drawn as one that is shown at once; ready is empty afterwards. */
static void
test_ready (void)
{
  const double c[3] = { 0, 0, 0 };
  g_autoptr (WillisSurface) ball = make_ball (c, 10, 300);
  g_autoptr (GError) error = NULL;
  WillisScene *scenes[2] = { willis_scene_new (&error), willis_scene_new (&error) };
  WillisReady *ready = g_thread_join (g_thread_new ("ready", make_ready, ball));
  guint8 *pictures[2];

  g_assert_nonnull (ready);
  g_assert_true (willis_scene_show_ready (scenes[0], "ball", ready, 0xff8040, 1.0, &error));
  willis_ready_free (ready);
  g_assert_true (willis_scene_show_surface (scenes[1], "ball", ball, 0xff8040, 1.0, &error));
  for (int n = 0; n < 2; n++)
    {
      willis_scene_frame (scenes[n], "ball");
      pictures[n] = draw (scenes[n], WILLIS_RENDERER_RASTER);
    }
  g_assert_cmpmem (pictures[0], W * H * 4, pictures[1], W * H * 4);
  for (int n = 0; n < 2; n++)
    {
      g_free (pictures[n]);
      willis_scene_free (scenes[n]);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/scene/ready", test_ready);
  g_test_add_func ("/scene/sides-raster", test_sides_raster);
  g_test_add_func ("/scene/sides-vtk", test_sides_vtk);
  g_test_add_func ("/scene/agree-parallel", test_agree_parallel);
  g_test_add_func ("/scene/agree-perspective", test_agree_perspective);
  g_test_add_func ("/scene/agree-clipped", test_agree_clipped);
  g_test_add_func ("/scene/raster-repeats", test_raster_repeats);
  g_test_add_func ("/scene/pick", test_pick);
  g_test_add_func ("/scene/pick-meets-picture", test_pick_meets_picture);
  g_test_add_func ("/scene/pick-parts", test_pick_parts);
  g_test_add_func ("/scene/ring", test_ring);
  g_test_add_func ("/scene/volume-raster", test_volume_raster);
  g_test_add_func ("/scene/volume-vtk", test_volume_vtk);
  g_test_add_func ("/scene/refuses", test_refuses);
  g_test_add_func ("/scene/contents", test_contents);
  g_test_add_func ("/scene/captions", test_captions);
  g_test_add_func ("/scene/colour-maps", test_colour_maps);
  return g_test_run ();
}
