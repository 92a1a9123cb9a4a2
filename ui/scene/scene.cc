/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/scene/scene.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "core/num/vec3.h"
#include "ui/scene/scene-guard.hh"
#include "ui/scene/scene-private.hh"

using willis::guard;
using willis::Item;

Item::~Item ()
{
  for (auto *shape : shapes)
    willis_shape_free (shape);
  for (auto *shape : resting)
    willis_shape_free (shape);
  for (auto *shape : coarse)
    willis_shape_free (shape);
  for (auto *line : lines)
    willis_line_free (line);
  if (making != nullptr)
    caster = static_cast<WillisCaster *> (g_thread_join (making));
  willis_caster_free (caster);
  if (volume != nullptr)
    willis_volume_unref (volume);
}

_WillisScene::_WillisScene ()
{
  thread = g_thread_self ();
  camera.height_mm = 100.0;
  willis_camera_set_standard (&camera, WILLIS_VIEW_ANTERIOR);
}

_WillisScene::~_WillisScene () = default;

Item *
_WillisScene::find (const char *id) const
{
  for (const auto &item : items)
    if (id != nullptr && item->id == id)
      return item.get ();
  return nullptr;
}

void
_WillisScene::touch ()
{
  state++;
  notify ();
}

void
_WillisScene::notify ()
{
  if (changed != nullptr)
    changed (this, changed_data);
}

void
_WillisScene::put (std::unique_ptr<Item> item)
{
  item->revision = next_revision++;
  item->measure ();
  for (auto &old : items)
    if (old->id == item->id)
      {
        item->visible = old->visible;
        old = std::move (item);
        touch ();
        return;
      }
  items.push_back (std::move (item));
  touch ();
}

void
Item::measure ()
{
  auto add = [&] (const double p[3])
  {
    for (int a = 0; a < 3; a++)
      {
        box[a] = std::min (box[a], p[a]);
        box[3 + a] = std::max (box[3 + a], p[a]);
      }
  };

  for (int a = 0; a < 3; a++)
    {
      box[a] = HUGE_VAL;
      box[3 + a] = -HUGE_VAL;
    }
  for (const auto *shape : shapes)
    {
      double b[6];

      if (willis_surface_n_points (shape->surface) == 0)
        continue;
      willis_surface_bounds (shape->surface, b);
      add (b);
      add (b + 3);
    }
  for (const auto *line : lines)
    for (gsize i = 0; i < line->n; i++)
      add (line->points_lps_mm + 3 * i);
  for (int c = 0; c < 8 && volume != nullptr; c++)
    {
      const WillisGrid *grid = willis_volume_grid (volume);
      double p[3];

      for (int a = 0; a < 3; a++)
        p[a] = (c >> a & 1) ? grid->dims[a] - 1.0 : 0.0;
      willis_grid_ijk_to_lps (grid, p, p);
      add (p);
    }
}

bool
_WillisScene::bounds (const char *id, double box[6]) const
{
  for (int a = 0; a < 3; a++)
    {
      box[a] = HUGE_VAL;
      box[3 + a] = -HUGE_VAL;
    }
  for (const auto &item : items)
    if (id != nullptr ? item->id == id : item->visible)
      for (int a = 0; a < 3; a++)
        {
          box[a] = std::min (box[a], item->box[a]);
          box[3 + a] = std::max (box[3 + a], item->box[3 + a]);
        }
  if (box[0] <= box[3])
    return true;
  memset (box, 0, 6 * sizeof (double));
  return false;
}

extern "C" WillisScene *
willis_scene_new (GError **error)
{
  return guard (nullptr, error, (WillisScene *) nullptr,
                [&]
                  {
                    willis::route_messages ();
                    return new _WillisScene ();
                  });
}

extern "C" void
willis_scene_free (WillisScene *scene)
{
  return guard (scene, [&] { delete scene; });
}

extern "C" void
willis_scene_on_change (WillisScene *scene, WillisSceneChanged func, gpointer data)
{
  return guard (scene,
                [&]
                  {
                    scene->changed = func;
                    scene->changed_data = data;
                  });
}

extern "C" void
willis_scene_hide (WillisScene *scene, const char *id)
{
  return guard (scene,
                [&]
                  {
                    auto gone = [&] (const std::unique_ptr<Item> &item) { return item->id == id; };
                    auto &items = scene->items;

                    items.erase (std::remove_if (items.begin (), items.end (), gone), items.end ());
                    scene->touch ();
                  });
}

extern "C" void
willis_scene_hide_all (WillisScene *scene)
{
  return guard (scene,
                [&]
                  {
                    scene->items.clear ();
                    scene->crosshair = false;
                    scene->touch ();
                  });
}

extern "C" void
willis_scene_set_visible (WillisScene *scene, const char *id, gboolean visible)
{
  return guard (scene,
                [&]
                  {
                    Item *item = scene->find (id);

                    if (item == nullptr || item->visible == (visible != FALSE))
                      return;
                    item->visible = visible != FALSE;
                    scene->touch ();
                  });
}

extern "C" gboolean
willis_scene_has (WillisScene *scene, const char *id)
{
  return guard (scene, nullptr, FALSE, [&] () -> gboolean { return scene->find (id) != nullptr ? TRUE : FALSE; });
}

extern "C" void
willis_scene_set_opacity (WillisScene *scene, const char *id, double opacity)
{
  return guard (scene,
                [&]
                  {
                    Item *item = scene->find (id);

                    if (item == nullptr)
                      return;
                    item->opacity = CLAMP (opacity, 0.0, 1.0);
                    scene->touch ();
                  });
}

extern "C" void
willis_scene_set_crosshair (WillisScene *scene, const double lps_mm[3])
{
  return guard (scene,
                [&]
                  {
                    scene->crosshair = lps_mm != nullptr;
                    if (lps_mm != nullptr)
                      vec3_copy (scene->crosshair_lps_mm, lps_mm);
                    scene->notify ();
                  });
}

extern "C" void
willis_scene_set_clip (WillisScene *scene, const double point_lps_mm[3], const double normal[3])
{
  return guard (scene,
                [&]
                  {
                    scene->clip = point_lps_mm != nullptr && normal != nullptr && vec3_norm (normal) > 0.0;
                    if (scene->clip)
                      {
                        vec3_copy (scene->clip_point, point_lps_mm);
                        vec3_copy (scene->clip_normal, normal);
                        vec3_normalize (scene->clip_normal);
                      }
                    scene->touch ();
                  });
}

extern "C" void
willis_scene_set_style (WillisScene *scene, gboolean dark, gboolean overlay)
{
  return guard (scene,
                [&]
                  {
                    scene->dark = dark != FALSE;
                    scene->overlay = overlay != FALSE;
                    scene->touch ();
                  });
}

extern "C" void
willis_scene_get_camera (WillisScene *scene, WillisCamera *camera)
{
  return guard (scene, [&] { *camera = scene->camera; });
}

extern "C" void
willis_scene_set_camera (WillisScene *scene, const WillisCamera *camera)
{
  return guard (scene,
                [&]
                  {
                    g_return_if_fail (camera->height_mm > 0.0);
                    scene->camera = *camera;
                    scene->touch ();
                  });
}

/* Grows extent (lowest and highest along right, up, back) by the points of one item. */
static void
add_extent (const Item &item, const double axes[3][3], double extent[6])
{
  auto add = [&] (const double p[3])
  {
    for (int a = 0; a < 3; a++)
      {
        double x = vec3_dot (axes[a], p);

        extent[a] = std::min (extent[a], x);
        extent[3 + a] = std::max (extent[3 + a], x);
      }
  };

  for (const auto *shape : item.shapes)
    for (gsize i = 0; i < willis_surface_n_points (shape->surface); i++)
      add (willis_surface_points (shape->surface) + 3 * i);
  for (const auto *line : item.lines)
    for (gsize i = 0; i < line->n; i++)
      add (line->points_lps_mm + 3 * i);
  for (int c = 0; c < 8 && item.volume != nullptr; c++)
    {
      const WillisGrid *grid = willis_volume_grid (item.volume);
      double p[3];

      for (int a = 0; a < 3; a++)
        p[a] = (c >> a & 1) ? grid->dims[a] - 1.0 : 0.0;
      willis_grid_ijk_to_lps (grid, p, p);
      add (p);
    }
}

static void
frame (WillisScene *scene, const char *id)
{
  double axes[3][3], extent[6], centre[3] = { 0, 0, 0 }, half_w, half_h, aspect;

  willis_camera_axes (&scene->camera, axes[0], axes[1], axes[2]);
  for (int a = 0; a < 3; a++)
    {
      extent[a] = HUGE_VAL;
      extent[3 + a] = -HUGE_VAL;
    }
  for (const auto &item : scene->items)
    if (id != nullptr ? item->id == id : item->visible)
      add_extent (*item, axes, extent);
  if (!(extent[0] <= extent[3]))
    return;
  aspect = (double) scene->width / scene->height;
  half_w = 0.5 * (extent[3] - extent[0]);
  half_h = 0.5 * (extent[4] - extent[1]);
  for (int a = 0; a < 3; a++)
    vec3_axpy (centre, centre, 0.5 * (extent[a] + extent[3 + a]), axes[a]);
  /* As seen from here it fills the picture, but it never gets out of it by much when it is turned. */
  half_h = std::max ({ half_h, half_w / aspect, 0.25 * (extent[5] - extent[2]) });
  willis_camera_frame (&scene->camera, centre, 1.06 * half_h, 1.0);
  scene->touch ();
}

extern "C" void
willis_scene_frame (WillisScene *scene, const char *id)
{
  return guard (scene, [&] { frame (scene, id); });
}

extern "C" gboolean
willis_scene_bounds (WillisScene *scene, const char *id, double box_lps_mm[6])
{
  return guard (scene, nullptr, FALSE, [&] () -> gboolean { return scene->bounds (id, box_lps_mm) ? TRUE : FALSE; });
}

extern "C" void
willis_scene_set_size (WillisScene *scene, int width_px, int height_px, double scale)
{
  return guard (scene,
                [&]
                  {
                    scene->width = MAX (width_px, 1);
                    scene->height = MAX (height_px, 1);
                    scene->scale = scale > 0.0 ? scale : 1.0;
                    scene->touch ();
                  });
}

extern "C" void
willis_scene_get_size (WillisScene *scene, int *width_px, int *height_px)
{
  return guard (scene,
                [&]
                  {
                    *width_px = scene->width;
                    *height_px = scene->height;
                  });
}

extern "C" void
willis_scene_orbit (WillisScene *scene, double x0, double y0, double x1, double y1)
{
  return guard (scene,
                [&]
                  {
                    willis_camera_orbit (&scene->camera, scene->width, scene->height, x0, y0, x1, y1);
                    scene->touch ();
                  });
}

extern "C" void
willis_scene_pan (WillisScene *scene, double x0, double y0, double x1, double y1)
{
  return guard (scene,
                [&]
                  {
                    willis_camera_pan (&scene->camera, scene->width, scene->height, x0, y0, x1, y1);
                    scene->touch ();
                  });
}

extern "C" void
willis_scene_zoom (WillisScene *scene, double factor, double x, double y)
{
  return guard (scene,
                [&]
                  {
                    willis_camera_zoom (&scene->camera, scene->width, scene->height, factor, x, y);
                    scene->touch ();
                  });
}

extern "C" void
willis_scene_set_moving (WillisScene *scene, gboolean moving)
{
  return guard (scene,
                [&]
                  {
                    if (scene->moving == (moving != FALSE))
                      return;
                    scene->moving = moving != FALSE;
                    scene->notify ();
                  });
}
