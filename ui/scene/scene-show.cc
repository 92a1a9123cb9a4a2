/* SPDX-License-Identifier: Apache-2.0 */
#include <algorithm>
#include <cmath>

#include "core/base/i18n.h"
#include "core/num/vec3.h"
#include "ui/scene/scene-guard.hh"

using willis::guard;
using willis::Item;
using willis::Kind;

/* Triangles of one shape that are drawn while the view moves. */
static const gsize MOVING_TRIANGLES = 25000;
/* What a surface is drawn with at rest where the processor draws: more are not told apart on the screen and keep the window from
 * answering. Picking and printing take the whole surface. */
static const gsize RESTING_TRIANGLES = 100000;

/* An item under construction; empty where the id is no name. */
static std::unique_ptr<Item>
make_item (const char *id, Kind kind, GError **error)
{
  if (id == nullptr || *id == '\0')
    {
      willis_fail (error, WILLIS_ERROR_USAGE, "a thing to show needs a name");
      return nullptr;
    }
  auto item = std::make_unique<Item> ();
  item->id = id;
  item->kind = kind;
  return item;
}

static void
add_coarser (Item *item)
{
  for (auto *shape : item->shapes)
    {
      WillisShape *resting = willis_shape_coarser (shape, RESTING_TRIANGLES);

      // from the coarser one: half the time, which the window waits for
      item->resting.push_back (resting);
      item->coarse.push_back (willis_shape_coarser (resting != nullptr ? resting : shape, MOVING_TRIANGLES));
    }
}

static gboolean
put (WillisScene *scene, std::unique_ptr<Item> item)
{
  add_coarser (item.get ());
  scene->put (std::move (item));
  return TRUE;
}

static void
put_rgb (guint8 *out, guint32 rgb)
{
  out[0] = rgb >> 16 & 255;
  out[1] = rgb >> 8 & 255;
  out[2] = rgb & 255;
}

static bool
finite_points (const double *points, gsize n)
{
  return std::all_of (points, points + 3 * n, [] (double x) { return std::isfinite (x); });
}

extern "C" gboolean
willis_scene_show_volume (WillisScene *scene, const char *id, WillisVolume *volume,
                          const WillisTransfer *transfer, GError **error)
{
  return guard (scene, error, FALSE,
                [&] () -> gboolean
                  {
                    auto item = make_item (id, Kind::volume, error);
                    double range[2];

                    if (item == nullptr)
                      return FALSE;
                    item->volume = willis_volume_ref (volume);
                    willis_volume_range (volume, range); // air is far below zero in Hounsfield units only
                    item->transfer.preset
                        = range[0] < -200.0 ? WILLIS_TRANSFER_CTA_VESSELS : WILLIS_TRANSFER_3DRA;
                    if (transfer != nullptr)
                      item->transfer = *transfer;
                    return put (scene, std::move (item));
                  });
}

struct _WillisReady
{
  std::unique_ptr<Item> item; // without a name
};

extern "C" WillisReady *
willis_ready_new (WillisSurface *surface, GError **error)
{
  try // without the lock of the scenes: nothing of VTK is touched
    {
      if (!willis_surface_check (surface, error))
        return nullptr;
      auto ready = std::make_unique<WillisReady> ();
      ready->item = std::make_unique<Item> ();
      ready->item->shapes.push_back (willis_shape_new (surface));
      add_coarser (ready->item.get ());
      return ready.release ();
    }
  catch (const std::bad_alloc &)
    {
      willis_fail (error, WILLIS_ERROR_NO_MEMORY, "not enough memory for the 3D view");
      return nullptr;
    }
}

extern "C" void
willis_ready_free (WillisReady *ready)
{
  delete ready;
}

extern "C" gboolean
willis_scene_show_ready (WillisScene *scene, const char *id, WillisReady *ready, guint32 rgb, double opacity,
                         GError **error)
{
  return guard (scene, error, FALSE,
                [&] () -> gboolean
                  {
                    auto item = make_item (id, Kind::surface, error);

                    if (item == nullptr)
                      return FALSE;
                    g_return_val_if_fail (ready->item != nullptr, FALSE);
                    item = std::move (ready->item);
                    item->id = id;
                    item->rgb = rgb;
                    item->opacity = CLAMP (opacity, 0.0, 1.0);
                    scene->put (std::move (item));
                    return TRUE;
                  });
}

extern "C" gboolean
willis_scene_show_surface (WillisScene *scene, const char *id, WillisSurface *surface, guint32 rgb,
                           double opacity, GError **error)
{
  WillisReady *ready = willis_ready_new (surface, error);
  gboolean shown = ready != nullptr && willis_scene_show_ready (scene, id, ready, rgb, opacity, error);

  willis_ready_free (ready);
  return shown;
}

/* The range to map: as given, or that of the finite values. */
static void
field_range (const double *values, gsize n, double *lo, double *hi)
{
  if (*lo < *hi)
    return;
  *lo = HUGE_VAL;
  *hi = -HUGE_VAL;
  for (gsize i = 0; i < n; i++)
    if (std::isfinite (values[i]))
      {
        *lo = std::min (*lo, values[i]);
        *hi = std::max (*hi, values[i]);
      }
  if (!(*lo <= *hi))
    *lo = *hi = 0.0;
  if (*lo == *hi)
    *hi = *lo + 1.0;
}

extern "C" gboolean
willis_scene_show_field (WillisScene *scene, const char *id, WillisSurface *surface, const double *values,
                         double lo, double hi, WillisColourMap map, const char *title, const char *unit,
                         GError **error)
{
  return guard (scene, error, FALSE,
                [&] () -> gboolean
                  {
                    auto item = make_item (id, Kind::field, error);
                    gsize n = willis_surface_n_points (surface);

                    if (item == nullptr || !willis_surface_check (surface, error))
                      return FALSE;
                    field_range (values, n, &lo, &hi);
                    item->lo = lo;
                    item->hi = hi;
                    item->map = map;
                    item->title = title != nullptr ? title : "";
                    item->unit = unit != nullptr ? unit : "";
                    WillisShape *shape = willis_shape_new (surface);
                    item->shapes.push_back (shape);
                    shape->rgb = g_new (guint8, 3 * MAX (n, 1));
                    for (gsize i = 0; i < n; i++)
                      put_rgb (shape->rgb + 3 * i, willis_colour_map (map, (values[i] - lo) / (hi - lo)));
                    return put (scene, std::move (item));
                  });
}

extern "C" gboolean
willis_scene_show_labels (WillisScene *scene, const char *id, WillisVolume *labels, int label, guint32 rgb,
                          double opacity, GError **error)
{
  return guard (scene, error, FALSE,
                [&] () -> gboolean
                  {
                    auto item = make_item (id, Kind::labels, error);

                    if (item == nullptr)
                      return FALSE;
                    if (willis_volume_scalar (labels) != WILLIS_SCALAR_U8)
                      return willis_fail (error, WILLIS_ERROR_USAGE, "labels must be bytes");
                    item->rgb = rgb;
                    item->opacity = CLAMP (opacity, 0.0, 1.0);
                    WillisShape *shape = willis_shape_from_label (labels, label, WILLIS_LABEL_TRIANGLES);
                    if (shape != nullptr)
                      item->shapes.push_back (shape);
                    return put (scene, std::move (item));
                  });
}

/* The points of a branch that a tube of its radii needs: at least a third of a radius apart. */
static std::vector<gsize>
thin_out (const WillisBranch *branch)
{
  std::vector<gsize> keep;

  for (gsize i = 0; i < branch->n_points; i++)
    if (keep.empty () || i + 1 == branch->n_points
        || vec3_dist (branch->points_lps_mm + 3 * i, branch->points_lps_mm + 3 * keep.back ())
               >= branch->radius_mm[i] / 3.0)
      keep.push_back (i);
  return keep;
}

static void
add_branch (Item *item, WillisShapeBuilder *builder, const WillisBranch *branch, gsize number,
            WillisTreeStyle style, bool bright)
{
  std::vector<gsize> keep = thin_out (branch);
  std::vector<double> points, radii;
  std::vector<guint8> rgb (3 * keep.size ());

  for (gsize k = 0; k < keep.size (); k++)
    {
      gsize i = keep[k];
      double t = (branch->radius_mm[i] - item->lo) / (item->hi - item->lo);

      points.insert (points.end (), branch->points_lps_mm + 3 * i, branch->points_lps_mm + 3 * i + 3);
      radii.push_back (branch->radius_mm[i]);
      put_rgb (&rgb[3 * k], bright ? 0xffffff : willis_colour_map (item->map, t));
    }
  if (style == WILLIS_TREE_TUBES)
    {
      willis_shape_add_tube (builder, points.data (), radii.data (), keep.size (), FALSE, rgb.data (), 12,
                             (gint64) number);
      return;
    }
  WillisLine *line = g_new0 (WillisLine, 1);
  line->n = keep.size ();
  line->points_lps_mm = (double *) g_memdup2 (points.data (), points.size () * sizeof (double));
  line->rgb = (guint8 *) g_memdup2 (rgb.data (), rgb.size ());
  line->width_px = bright ? 5.0 : 3.0;
  line->cell = (gint64) number;
  item->lines.push_back (line);
}

extern "C" gboolean
willis_scene_show_tree (WillisScene *scene, const char *id, WillisTree *tree, WillisTreeStyle style,
                        int highlight, GError **error)
{
  return guard (scene, error, FALSE,
                [&] () -> gboolean
                  {
                    auto item = make_item (id, Kind::tree, error);
                    WillisShapeBuilder builder;

                    if (item == nullptr || !willis_tree_check (tree, error))
                      return FALSE;
                    item->title = _("Radius");
                    item->unit = "mm";
                    item->lo = HUGE_VAL;
                    item->hi = 0.0;
                    for (gsize b = 0; b < willis_tree_n_branches (tree); b++)
                      {
                        const WillisBranch *branch = willis_tree_branch (tree, b);

                        for (gsize i = 0; i < branch->n_points; i++)
                          {
                            item->lo = std::min (item->lo, branch->radius_mm[i]);
                            item->hi = std::max (item->hi, branch->radius_mm[i]);
                          }
                      }
                    if (!(item->lo < item->hi))
                      item->lo = item->hi - 1.0;
                    willis_shape_builder_init (&builder);
                    for (gsize b = 0; b < willis_tree_n_branches (tree); b++)
                      add_branch (item.get (), &builder, willis_tree_branch (tree, b), b, style,
                                  highlight == (int) b);
                    item->shapes.push_back (willis_shape_builder_finish (&builder));
                    return put (scene, std::move (item));
                  });
}

static void
add_line (Item *item, const double *points_lps_mm, gsize n, gboolean closed)
{
  WillisLine *line = g_new0 (WillisLine, 1);

  item->lines.push_back (line);
  line->n = n + (closed ? 1 : 0);
  line->points_lps_mm = g_new (double, 3 * line->n);
  for (gsize i = 0; i < line->n; i++)
    vec3_copy (line->points_lps_mm + 3 * i, points_lps_mm + 3 * (i % n));
  line->width_px = 2.0;
}

extern "C" gboolean
willis_scene_show_curves (WillisScene *scene, const char *id, const double *points_lps_mm, gsize n_curves, gsize n,
                          gboolean closed, guint32 rgb, double radius_mm, GError **error)
{
  return guard (scene, error, FALSE, [&] () -> gboolean {
    auto item = make_item (id, Kind::curve, error);

    if (item == nullptr)
      return FALSE;
    if (n < 2 || n_curves < 1 || !finite_points (points_lps_mm, n_curves * n) || !(radius_mm >= 0.0))
      return willis_fail (error, WILLIS_ERROR_BAD_INPUT, "the curve %s has too few points or some that are not finite",
                          id);
    item->rgb = rgb;
    if (radius_mm > 0.0)
      {
        std::vector<double> radii (n, radius_mm);
        std::vector<guint8> colours (3 * n);
        WillisShapeBuilder builder;

        for (gsize i = 0; i < n; i++)
          put_rgb (&colours[3 * i], rgb);
        willis_shape_builder_init (&builder);
        for (gsize k = 0; k < n_curves; k++)
          willis_shape_add_tube (&builder, points_lps_mm + 3 * k * n, radii.data (), n, closed, colours.data (),
                                 n_curves > 1 ? 6 : 12, 0);
        item->shapes.push_back (willis_shape_builder_finish (&builder));
      }
    else
      for (gsize k = 0; k < n_curves; k++)
        add_line (item.get (), points_lps_mm + 3 * k * n, n, closed);
    return put (scene, std::move (item));
  });
}

extern "C" gboolean
willis_scene_show_curve (WillisScene *scene, const char *id, const double *points_lps_mm, gsize n, gboolean closed,
                         guint32 rgb, double radius_mm, GError **error)
{
  return willis_scene_show_curves (scene, id, points_lps_mm, 1, n, closed, rgb, radius_mm, error);
}

extern "C" gboolean
willis_scene_show_markers (WillisScene *scene, const char *id, const WillisMarker *markers, gsize n, GError **error)
{
  return guard (scene, error, FALSE,
                [&] () -> gboolean
                  {
                    auto item = make_item (id, Kind::markers, error);
                    WillisShapeBuilder builder;

                    if (item == nullptr)
                      return FALSE;
                    for (gsize i = 0; i < n; i++)
                      if (!finite_points (markers[i].lps_mm, 1) || !(markers[i].radius_mm > 0.0))
                        return willis_fail (error, WILLIS_ERROR_BAD_INPUT,
                                            "marker %" G_GSIZE_FORMAT " of %s has no place or no size", i, id);
                    willis_shape_builder_init (&builder);
                    for (gsize i = 0; i < n; i++)
                      {
                        willis::Marker marker = { { 0, 0, 0 }, markers[i].caption ? markers[i].caption : "" };

                        vec3_copy (marker.lps_mm, markers[i].lps_mm);
                        item->captions.push_back (marker);
                        willis_shape_add_ball (&builder, markers[i].lps_mm, markers[i].radius_mm, markers[i].rgb,
                                               (gint64) i);
                      }
                    item->shapes.push_back (willis_shape_builder_finish (&builder));
                    return put (scene, std::move (item));
                  });
}

/* A circle of n pieces in a plane as a tube, handle its cells' number. */
static void
add_hoop (WillisShapeBuilder *builder, const WillisNeck *plane, double radius, double thick, int n, guint32 colour, int handle)
{
  double u[3], v[3];
  std::vector<double> points (3 * n), radii (n, thick);
  std::vector<guint8> rgb (3 * n);

  vec3_basis (plane->normal, u, v);
  for (int i = 0; i < n; i++)
    {
      double a = 2.0 * G_PI * i / n;

      vec3_axpy (&points[3 * i], plane->centre_lps_mm, radius * cos (a), u);
      vec3_axpy (&points[3 * i], &points[3 * i], radius * sin (a), v);
      put_rgb (&rgb[3 * i], colour);
    }
  willis_shape_add_tube (builder, points.data (), radii.data (), n, TRUE, rgb.data (), 10, handle);
}

/* The ring, its arrow and its handles as triangles; cells say which handle. */
static WillisShape *
ring_shape (const WillisNeck *neck, double radius)
{
  const int steps = 12; // of the shaft; handles are found by their points
  double thin = std::max (0.035 * radius, 0.06), shaft[3 * steps], tip[3];
  std::vector<double> radii (steps, thin);
  std::vector<guint8> rgb (3 * steps);
  WillisShapeBuilder builder;

  willis_shape_builder_init (&builder);
  add_hoop (&builder, neck, radius, thin, 72, WILLIS_COLOUR_NECK, WILLIS_RING_EDGE);
  willis_shape_add_ball (&builder, neck->centre_lps_mm, 3.0 * thin, WILLIS_COLOUR_NECK, WILLIS_RING_MOVE);
  for (int i = 0; i < steps; i++)
    {
      vec3_axpy (shaft + 3 * i, neck->centre_lps_mm, radius * i / (steps - 1.0), neck->normal);
      put_rgb (&rgb[3 * i], WILLIS_COLOUR_NECK);
    }
  vec3_axpy (tip, neck->centre_lps_mm, 1.35 * radius, neck->normal);
  willis_shape_add_tube (&builder, shaft, radii.data (), steps, FALSE, rgb.data (), 10, WILLIS_RING_SHIFT);
  willis_shape_add_cone (&builder, shaft + 3 * (steps - 1), tip, 3.0 * thin, WILLIS_COLOUR_NECK, WILLIS_RING_TILT);
  return willis_shape_builder_finish (&builder);
}

static gboolean
show_ring (WillisScene *scene, const char *id, const WillisNeck *neck, double radius_mm, GError **error)
{
  auto item = make_item (id, Kind::ring, error);

  if (item == nullptr)
    return FALSE;
  if (!finite_points (neck->centre_lps_mm, 1) || !finite_points (neck->normal, 1)
      || !(std::fabs (vec3_norm (neck->normal) - 1.0) < 1e-3) || !(radius_mm > 0.0))
    return willis_fail (error, WILLIS_ERROR_BAD_INPUT, "the neck ring %s has no plane or no size", id);
  item->neck = *neck;
  vec3_normalize (item->neck.normal);
  item->radius_mm = radius_mm;
  item->rgb = WILLIS_COLOUR_NECK;
  item->shapes.push_back (ring_shape (&item->neck, radius_mm));
  return put (scene, std::move (item));
}

extern "C" gboolean
willis_scene_show_ring (WillisScene *scene, const char *id, const WillisNeck *neck, double radius_mm,
                        GError **error)
{
  return guard (scene, error, FALSE, [&] () -> gboolean { return show_ring (scene, id, neck, radius_mm, error); });
}

/* As thick as a finger can take at the size that arteries are looked at. */
static WillisShape *
hoop_shape (const WillisNeck *plane, double radius, guint32 colour)
{
  WillisShapeBuilder builder;

  willis_shape_builder_init (&builder);
  add_hoop (&builder, plane, radius, std::max (0.06 * radius, 0.12), 48, colour, WILLIS_RING_MOVE);
  return willis_shape_builder_finish (&builder);
}

static gboolean
show_hoop (WillisScene *scene, const char *id, const WillisNeck *plane, double radius_mm, guint32 rgb,
           const char *caption, GError **error)
{
  auto item = make_item (id, Kind::ring, error);
  willis::Marker marker = { { 0, 0, 0 }, caption != nullptr ? caption : "" };

  if (item == nullptr)
    return FALSE;
  if (!finite_points (plane->centre_lps_mm, 1) || !finite_points (plane->normal, 1)
      || !(std::fabs (vec3_norm (plane->normal) - 1.0) < 1e-3) || !(radius_mm > 0.0))
    return willis_fail (error, WILLIS_ERROR_BAD_INPUT, "the mark %s has no plane or no size", id);
  item->hoop = true;
  item->neck = *plane;
  vec3_normalize (item->neck.normal);
  item->radius_mm = radius_mm;
  item->rgb = rgb;
  vec3_copy (marker.lps_mm, plane->centre_lps_mm);
  item->captions.push_back (marker);
  item->shapes.push_back (hoop_shape (&item->neck, radius_mm, rgb));
  return put (scene, std::move (item));
}

extern "C" gboolean
willis_scene_show_hoop (WillisScene *scene, const char *id, const WillisNeck *plane, double radius_mm, guint32 rgb,
                        const char *caption, GError **error)
{
  return guard (scene, error, FALSE,
                [&] () -> gboolean { return show_hoop (scene, id, plane, radius_mm, rgb, caption, error); });
}

static Item *
find_ring (WillisScene *scene, const char *id)
{
  Item *item = scene->find (id);

  return item != nullptr && item->kind == Kind::ring ? item : nullptr;
}

extern "C" gboolean
willis_scene_get_ring (WillisScene *scene, const char *id, WillisNeck *neck, double *radius_mm)
{
  return guard (scene, nullptr, FALSE,
                [&] () -> gboolean
                  {
                    Item *item = find_ring (scene, id);

                    if (item == nullptr)
                      return FALSE;
                    if (neck != nullptr)
                      *neck = item->neck;
                    if (radius_mm != nullptr)
                      *radius_mm = item->radius_mm;
                    return TRUE;
                  });
}

/* Turns the normal by an arcball that sits on the ring's middle and has the radius of the handle taken. */
static void
tilt (const WillisScene *scene, WillisNeck *neck, double radius_mm, double x0, double y0, double x1, double y1)
{
  double w = scene->width, h = scene->height, cx, cy, size, n[3] = { 0, 0, 0 };
  double before[3][3], after[3][3];
  WillisCamera camera = scene->camera;

  if (!willis_camera_project (&camera, w, h, neck->centre_lps_mm, &cx, &cy, nullptr))
    return;
  size = 0.45 * std::min (w, h) * willis_camera_mm_per_px (&camera, h) / radius_mm;
  willis_camera_axes (&camera, before[0], before[1], before[2]);
  willis_camera_orbit (&camera, w, h, 0.5 * w + size * (x0 - cx), 0.5 * h + size * (y0 - cy),
                       0.5 * w + size * (x1 - cx), 0.5 * h + size * (y1 - cy));
  willis_camera_axes (&camera, after[0], after[1], after[2]);
  for (int a = 0; a < 3; a++) // what the turned camera sees, put before the old one
    vec3_axpy (n, n, vec3_dot (neck->normal, after[a]), before[a]);
  vec3_normalize (n);
  vec3_copy (neck->normal, n);
}

static void
drag_ring (WillisScene *scene, Item *item, WillisRingHandle handle, double x0, double y0, double x1, double y1)
{
  WillisNeck neck = item->neck;
  double p0[3], p1[3], d[3];
  std::string id = item->id; // item is replaced

  willis_camera_unproject (&scene->camera, scene->width, scene->height, x0, y0, neck.centre_lps_mm, p0);
  willis_camera_unproject (&scene->camera, scene->width, scene->height, x1, y1, neck.centre_lps_mm, p1);
  vec3_sub (d, p1, p0);
  if (handle == WILLIS_RING_MOVE)
    vec3_add (neck.centre_lps_mm, neck.centre_lps_mm, d);
  else if (handle == WILLIS_RING_SHIFT)
    {
      /* As far along the normal as its image moves under the pointer. */
      double back[3], seen[3], s;

      willis_camera_axes (&scene->camera, nullptr, nullptr, back);
      vec3_axpy (seen, neck.normal, -vec3_dot (neck.normal, back), back);
      s = vec3_norm2 (seen);
      if (s > 0.01)
        vec3_axpy (neck.centre_lps_mm, neck.centre_lps_mm, vec3_dot (d, seen) / s, neck.normal);
    }
  else
    tilt (scene, &neck, (handle == WILLIS_RING_TILT ? 1.35 : 1.0) * item->radius_mm, x0, y0, x1, y1);
  if (item->hoop)
    show_hoop (scene, id.c_str (), &neck, item->radius_mm, item->rgb, std::string (item->captions[0].caption).c_str (),
               nullptr);
  else
    show_ring (scene, id.c_str (), &neck, item->radius_mm, nullptr);
}

extern "C" void
willis_scene_drag_ring (WillisScene *scene, const char *id, WillisRingHandle handle, double x0, double y0,
                        double x1, double y1)
{
  return guard (scene,
                [&]
                  {
                    Item *item = find_ring (scene, id);

                    if (item != nullptr)
                      drag_ring (scene, item, handle, x0, y0, x1, y1);
                  });
}
