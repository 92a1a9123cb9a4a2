/* SPDX-License-Identifier: Apache-2.0 */
#include <cairo.h>
#include <algorithm>
#include <cmath>
#include <utility>

#include "core/base/i18n.h"
#include "core/num/vec3.h"
#include "ui/scene/raster.h"
#include "ui/scene/scene-guard.hh"

using willis::guard;
using willis::Item;
using willis::Kind;

/* How near a handle the pointer must be, in pixels of text scale. */
static const double HANDLE_PX = 9.0;

void
_WillisScene::clip_plane (double plane[4]) const
{
  vec3_copy (plane, clip_normal);
  plane[3] = vec3_dot (clip_normal, clip_point);
}

static gpointer
make_caster (gpointer data)
{
  Item *item = static_cast<Item *> (data); // waits for us before it goes
  WillisCaster *caster = willis_caster_new (item->volume, &item->transfer);

  g_atomic_int_set (&item->made, 1);
  return caster;
}

const WillisCaster *
_WillisScene::caster (Item *item, bool wait)
{
  if (item->caster != nullptr)
    return item->caster;
  if (item->making == nullptr && wait)
    item->caster = willis_caster_new (item->volume, &item->transfer);
  else if (item->making == nullptr)
    item->making = g_thread_new ("willis-caster", make_caster, item);
  if (item->making != nullptr && (wait || g_atomic_int_get (&item->made)))
    item->caster = static_cast<WillisCaster *> (g_thread_join (std::exchange (item->making, nullptr)));
  return item->caster;
}

/* --- Picking. */

struct Ray
{
  double origin[3], direction[3], back[3], t_lo, t_hi;
  double plane[4];
  bool clip;
};

static void
set_pick (WillisPick *pick, const Item *item, const Ray &ray, double t, gint64 cell)
{
  double d[3];

  pick->id = item->id.c_str ();
  pick->cell = cell;
  vec3_axpy (pick->point_lps_mm, ray.origin, t, ray.direction);
  vec3_sub (d, pick->point_lps_mm, ray.origin);
  pick->depth_mm = -vec3_dot (d, ray.back);
  vec3_set (pick->normal, 0, 0, 0);
}

static void
set_normal (WillisPick *pick, const WillisShape *shape, gsize triangle)
{
  const gint32 *v = willis_surface_triangles (shape->surface) + 3 * triangle;
  const double *p = willis_surface_points (shape->surface);
  double a[3], b[3];

  vec3_sub (a, p + 3 * v[1], p + 3 * v[0]);
  vec3_sub (b, p + 3 * v[2], p + 3 * v[0]);
  vec3_cross (pick->normal, a, b);
  vec3_normalize (pick->normal);
}

/* The piece of ring under the pointer, also when something is in front of it: it is there to be taken. Where pieces
 * overlap on the screen the smaller ones win by a few pixels. */
static bool
pick_handle (const WillisScene *scene, const Item *item, double x, double y, WillisPick *pick)
{
  const WillisShape *shape = item->shapes[0];
  const double *points = willis_surface_points (shape->surface);
  double best = HUGE_VAL, nearest = HUGE_VAL;

  for (gsize i = 0; i < 3 * willis_surface_n_triangles (shape->surface); i++)
    {
      const double bonus[] = { [WILLIS_RING_MOVE] = 4.0, [WILLIS_RING_SHIFT] = 1.0, [WILLIS_RING_TILT] = 3.0,
                               [WILLIS_RING_EDGE] = 0.0 };
      const double *p = points + 3 * willis_surface_triangles (shape->surface)[i];
      gint64 cell = shape->cells[i / 3];
      double px, py, depth, distance;

      if (!willis_camera_project (&scene->camera, scene->width, scene->height, p, &px, &py, &depth))
        continue;
      distance = std::hypot (px - x, py - y) / scene->scale;
      if (distance > HANDLE_PX)
        continue;
      distance = std::floor (distance) - bonus[cell];
      if (distance > best || (distance == best && depth >= nearest))
        continue;
      best = distance;
      nearest = depth;
      pick->id = item->id.c_str ();
      pick->cell = cell;
      pick->depth_mm = depth;
      vec3_copy (pick->point_lps_mm, p);
      vec3_copy (pick->normal, item->neck.normal);
    }
  return best < HUGE_VAL;
}

/* The branch drawn as a line nearest to the pointer, within its width and a little more. */
static bool
pick_lines (const WillisScene *scene, const Item *item, double x, double y, double farthest, WillisPick *pick)
{
  bool hit = false;

  for (const auto *line : item->lines)
    for (gsize i = 0; i < line->n; i++)
      {
        double px, py, depth;

        if (!willis_camera_project (&scene->camera, scene->width, scene->height, line->points_lps_mm + 3 * i, &px,
                                    &py, &depth))
          continue;
        if (depth >= farthest || std::hypot (px - x, py - y) > (0.5 * line->width_px + 3.0) * scene->scale)
          continue;
        hit = true;
        farthest = depth;
        pick->id = item->id.c_str ();
        pick->cell = line->cell;
        pick->depth_mm = depth;
        vec3_copy (pick->point_lps_mm, line->points_lps_mm + 3 * i);
        vec3_set (pick->normal, 0, 0, 0);
      }
  return hit;
}

static bool
pick_item (WillisScene *scene, Item *item, Ray *ray, WillisPick *pick)
{
  const double *plane = ray->clip ? ray->plane : nullptr;
  bool hit = false;
  double t;
  gsize triangle;

  for (const auto *shape : item->shapes)
    if (willis_shape_hit (shape, ray->origin, ray->direction, ray->t_lo, ray->t_hi, plane, &t, &triangle))
      {
        hit = true;
        ray->t_hi = t;
        set_pick (pick, item, *ray, t, shape->cells != nullptr ? shape->cells[triangle] : (gint64) triangle);
        set_normal (pick, shape, triangle);
      }
  if (item->volume != nullptr
      && willis_caster_hit (scene->caster (item, true), ray->origin, ray->direction, ray->t_lo, ray->t_hi, plane, &t))
    {
      hit = true;
      ray->t_hi = t;
      set_pick (pick, item, *ray, t, -1);
    }
  return hit;
}

extern "C" gboolean
willis_scene_pick (WillisScene *scene, double x, double y, WillisPick *pick)
{
  return guard (scene, nullptr, FALSE,
                [&] () -> gboolean
                  {
                    Ray ray{};
                    bool hit = false;

                    for (const auto &item : scene->items)
                      if (item->visible && item->kind == Kind::ring && pick_handle (scene, item.get (), x, y, pick))
                        return TRUE;
                    willis_camera_ray (&scene->camera, scene->width, scene->height, x, y, ray.origin, ray.direction);
                    willis_camera_axes (&scene->camera, nullptr, nullptr, ray.back);
                    ray.t_lo = scene->camera.perspective ? 0.0 : -1e6;
                    ray.t_hi = 1e6;
                    ray.clip = scene->clip;
                    scene->clip_plane (ray.plane);
                    for (const auto &item : scene->items)
                      if (item->visible && item->opacity >= 0.999 && item->kind != Kind::ring)
                        hit |= pick_item (scene, item.get (), &ray, pick);
                    for (const auto &item : scene->items)
                      if (item->visible && item->opacity >= 0.999)
                        hit |= pick_lines (scene, item.get (), x, y, hit ? pick->depth_mm : HUGE_VAL, pick);
                    return hit ? TRUE : FALSE;
                  });
}

/* --- Our own rasteriser. */

guint32
_WillisScene::background () const
{
  return dark ? 0x14171c : 0xffffff;
}

static void
raster_item (WillisScene *scene, WillisRaster *raster, const Item *item, double scale)
{
  if (item->kind == Kind::ring)
    willis_raster_set_clip (raster, nullptr); // handles are never cut
  for (const auto *shape : item->shapes)
    willis_raster_shape (raster, shape, item->rgb, item->opacity);
  for (const auto *line : item->lines)
    willis_raster_line (raster, line, item->rgb, scale);
  if (item->kind == Kind::ring && scene->clip)
    {
      double plane[4];

      scene->clip_plane (plane);
      willis_raster_set_clip (raster, plane);
    }
}

static guint8 *
render_raster (WillisScene *scene, int width, int height, double scale, GError **error)
{
  g_autoptr (WillisRaster) raster = nullptr;
  std::vector<const Item *> translucent;
  Item *volume = nullptr;
  double plane[4];

  /* The scene's camera looks through a picture of another shape: the height stays. */
  raster = willis_raster_new (&scene->camera, width, height, width * height > 3000000 ? 1 : 2,
                              0xff000000u | scene->background (), error);
  if (raster == nullptr)
    return nullptr;
  scene->clip_plane (plane);
  willis_raster_set_clip (raster, scene->clip ? plane : nullptr);
  for (const auto &item : scene->items)
    {
      if (!item->visible || item->opacity <= 0.0)
        continue;
      if (item->volume != nullptr)
        volume = item.get ();
      else if (item->opacity < 0.999)
        translucent.push_back (item.get ());
      else
        raster_item (scene, raster, item.get (), scale);
    }
  for (const Item *item : translucent)
    raster_item (scene, raster, item, scale);
  return willis_raster_finish (raster, volume != nullptr ? scene->caster (volume, true) : nullptr);
}

/* --- Pictures. */

static void
add_overlay (WillisScene *scene, guint8 *rgba, int width, int height, double scale)
{
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, width, height);
  int stride = cairo_image_surface_get_stride (surface);
  guint8 *data = cairo_image_surface_get_data (surface);
  cairo_t *cr;

  if (data == nullptr)
    {
      cairo_surface_destroy (surface);
      throw std::bad_alloc ();
    }
  auto pixel = [&] (int x, int y) { return (guint32 *) (void *) (data + (gsize) y * stride) + x; };

  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++)
      {
        const guint8 *p = rgba + 4 * ((gsize) y * width + x);

        *pixel (x, y) = (guint32) p[0] << 16 | (guint32) p[1] << 8 | p[2];
      }
  cairo_surface_mark_dirty (surface);
  cr = cairo_create (surface);
  willis_scene_draw_overlay (scene, cr, width, height, scale);
  cairo_destroy (cr);
  cairo_surface_flush (surface);
  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++)
      {
        guint8 *p = rgba + 4 * ((gsize) y * width + x);
        guint32 v = *pixel (x, y);

        p[0] = v >> 16 & 255;
        p[1] = v >> 8 & 255;
        p[2] = v & 255;
        p[3] = 255;
      }
  cairo_surface_destroy (surface);
}

static guint8 *
render (WillisScene *scene, int width, int height, double scale, WillisRenderer renderer, GError **error)
{
  guint8 *rgba = nullptr;

  if (width < 1 || height < 1 || width > 8192 || height > 8192)
    {
      willis_fail (error, WILLIS_ERROR_USAGE, "a picture of %d x %d pixels cannot be drawn", width, height);
      return nullptr;
    }
  if (renderer != WILLIS_RENDERER_RASTER)
    {
      g_autoptr (GError) reason = nullptr;

      rgba = willis::render_vtk (scene, width, height, scale, &reason);
      if (rgba == nullptr && renderer == WILLIS_RENDERER_VTK)
        {
          g_propagate_error (error, (GError *) g_steal_pointer (&reason));
          return nullptr;
        }
      if (rgba == nullptr)
        g_debug ("drawn without VTK: %s", reason->message);
    }
  if (rgba == nullptr)
    rgba = render_raster (scene, width, height, scale, error);
  if (rgba != nullptr && scene->overlay)
    add_overlay (scene, rgba, width, height, scale);
  return rgba;
}

extern "C" guint8 *
willis_scene_render_rgba (WillisScene *scene, int width, int height, double scale, WillisRenderer renderer,
                          GError **error)
{
  return guard (scene, error, (guint8 *) nullptr,
                [&] { return render (scene, width, height, scale, renderer, error); });
}

static gboolean
write_png (const char *path, const guint8 *rgba, int width, int height, GError **error)
{
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, width, height);
  int stride = cairo_image_surface_get_stride (surface);
  guint8 *data = cairo_image_surface_get_data (surface);
  cairo_status_t status = cairo_surface_status (surface);

  for (int y = 0; y < height && data != nullptr; y++)
    for (int x = 0; x < width; x++)
      {
        const guint8 *p = rgba + 4 * ((gsize) y * width + x);

        *((guint32 *) (void *) (data + (gsize) y * stride) + x) = (guint32) p[0] << 16 | (guint32) p[1] << 8 | p[2];
      }
  cairo_surface_mark_dirty (surface);
  if (status == CAIRO_STATUS_SUCCESS)
    status = cairo_surface_write_to_png (surface, path);
  cairo_surface_destroy (surface);
  if (status != CAIRO_STATUS_SUCCESS)
    return willis_fail (error, WILLIS_ERROR_FAILED, "cannot write the picture %s: %s", path,
                        cairo_status_to_string (status));
  return TRUE;
}

extern "C" gboolean
willis_scene_write_png (WillisScene *scene, const char *path, int width, int height, double scale,
                        WillisRenderer renderer, GError **error)
{
  return guard (scene, error, FALSE,
                [&] () -> gboolean
                  {
                    g_autofree guint8 *rgba = render (scene, width, height, scale, renderer, error);

                    return rgba != nullptr && write_png (path, rgba, width, height, error) ? TRUE : FALSE;
                  });
}
