/* SPDX-License-Identifier: Apache-2.0 */
#include <cairo.h>
#include <pango/pangocairo.h>

#include <algorithm>
#include <cmath>

#include "core/base/i18n.h"
#include "core/num/vec3.h"
#include "ui/scene/raster.h"
#include "ui/scene/scene-guard.hh"

using willis::guard;
using willis::Item;
using willis::Kind;

namespace
{

/* Where and how the overlay is drawn. */
struct Paper
{
  cairo_t *cr;
  double w, h, unit; // unit: device pixels per pixel of text and lines
  bool dark;
};

void
set_rgb (cairo_t *cr, guint32 rgb, double alpha)
{
  cairo_set_source_rgba (cr, (rgb >> 16 & 255) / 255.0, (rgb >> 8 & 255) / 255.0, (rgb & 255) / 255.0, alpha);
}

guint32
ink (const Paper &paper)
{
  return paper.dark ? 0xf0f0f0 : 0x202020;
}

guint32
halo (const Paper &paper)
{
  return paper.dark ? 0x000000 : 0xffffff;
}

/* Text whose box has its point (ax, ay), each 0 .. 1, at (x, y); with a halo, so that it reads on anything.
 * Returns its width. */
double
text (const Paper &paper, double x, double y, double ax, double ay, double size, const char *words,
      guint32 rgb, double alpha = 1.0, bool bold = false)
{
  PangoLayout *layout = pango_cairo_create_layout (paper.cr);
  PangoFontDescription *font = pango_font_description_from_string (bold ? "Sans Bold" : "Sans");
  int width, height;

  pango_font_description_set_absolute_size (font, size * paper.unit * PANGO_SCALE);
  pango_layout_set_font_description (layout, font);
  pango_layout_set_text (layout, words, -1);
  pango_layout_get_pixel_size (layout, &width, &height);
  cairo_save (paper.cr);
  /* The halo is the text itself, moved: glyphs are kept, strokes along their outlines would be made anew each time. */
  set_rgb (paper.cr, halo (paper), 0.42 * alpha);
  for (int k = 0; k < 8; k++)
    {
      cairo_move_to (paper.cr, x - ax * width + 1.15 * paper.unit * std::cos (k * G_PI / 4.0),
                     y - ay * height + 1.15 * paper.unit * std::sin (k * G_PI / 4.0));
      pango_cairo_show_layout (paper.cr, layout);
    }
  cairo_move_to (paper.cr, x - ax * width, y - ay * height);
  set_rgb (paper.cr, rgb, alpha);
  pango_cairo_show_layout (paper.cr, layout);
  cairo_restore (paper.cr);
  pango_font_description_free (font);
  g_object_unref (layout);
  return width;
}

/* A length of 1, 2 or 5 times a power of ten that takes at most most_px. */
void
draw_scale_bar (const Paper &paper, const WillisCamera &camera)
{
  double mm_per_px = willis_camera_mm_per_px (&camera, paper.h), most = 0.22 * paper.w * mm_per_px;
  double power = std::pow (10.0, std::floor (std::log10 (most))), length = power, px;
  double x = 16 * paper.unit, y = paper.h - 16 * paper.unit, tick = 5 * paper.unit;
  g_autofree char *words = nullptr;

  for (double factor : { 2.0, 5.0 })
    if (factor * power <= most)
      length = factor * power;
  px = length / mm_per_px;
  for (int pass = 0; pass < 2; pass++)
    {
      cairo_move_to (paper.cr, x, y - tick);
      cairo_line_to (paper.cr, x, y);
      cairo_line_to (paper.cr, x + px, y);
      cairo_line_to (paper.cr, x + px, y - tick);
      cairo_set_line_width (paper.cr, (pass == 0 ? 4.0 : 1.8) * paper.unit);
      set_rgb (paper.cr, pass == 0 ? halo (paper) : ink (paper), pass == 0 ? 0.6 : 1.0);
      cairo_stroke (paper.cr);
    }
  words = g_strdup_printf ("%g mm", length);
  text (paper, x + 0.5 * px, y - 3 * paper.unit, 0.5, 1.0, 12, words, ink (paper));
}

/* A small head: looks to -y (anterior), up is +z. Half a millimetre wide, as if at the origin. */
const WillisShape *
head ()
{
  static WillisShape *shape = nullptr; // made once and kept

  if (shape == nullptr)
    {
      const guint32 skin = 0xd9c3ae;
      const double skull[3] = { 0.60, 0.74, 0.80 }, jaw[3] = { 0.42, 0.48, 0.50 }, ear[3] = { 0.09, 0.16, 0.22 };
      const double o[3] = { 0, 0, 0.12 }, j[3] = { 0, -0.20, -0.50 }, left[3] = { 0.60, 0.05, -0.05 };
      const double right[3] = { -0.60, 0.05, -0.05 }, nose[3] = { 0, -0.60, -0.12 }, tip[3] = { 0, -0.98, -0.22 };
      const double eye[2][3] = { { 0.24, -0.60, 0.12 }, { -0.24, -0.60, 0.12 } };
      WillisShapeBuilder builder;

      willis_shape_builder_init (&builder);
      willis_shape_add_ellipsoid (&builder, o, skull, skin, 0);
      willis_shape_add_ellipsoid (&builder, j, jaw, skin, 0);
      willis_shape_add_ellipsoid (&builder, left, ear, skin, 0);
      willis_shape_add_ellipsoid (&builder, right, ear, skin, 0);
      willis_shape_add_cone (&builder, nose, tip, 0.16, skin, 0);
      for (const auto &e : eye)
        willis_shape_add_ball (&builder, e, 0.10, 0x303840, 0);
      shape = willis_shape_builder_finish (&builder);
    }
  return shape;
}

void
paint_head (const Paper &paper, const WillisCamera &camera, double x, double y, int size)
{
  g_autoptr (WillisRaster) raster = willis_raster_new (&camera, size, size, 2, 0x00000000, nullptr);
  g_autofree guint8 *rgba = nullptr;
  int stride = cairo_format_stride_for_width (CAIRO_FORMAT_ARGB32, size);
  cairo_surface_t *surface;

  if (raster == nullptr)
    return;
  willis_raster_shape (raster, head (), 0xffffff, 1.0);
  rgba = willis_raster_finish (raster, nullptr);
  surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, size, size);
  for (int row = 0; row < size; row++)
    for (int i = 0; i < size; i++)
      {
        const guint8 *p = rgba + 4 * (row * size + i);
        guint32 *out = (guint32 *) (void *) (cairo_image_surface_get_data (surface) + row * stride) + i;

        *out = (guint32) p[3] << 24 | (p[0] * p[3] / 255) << 16 | (p[1] * p[3] / 255) << 8 | (p[2] * p[3] / 255);
      }
  cairo_surface_mark_dirty (surface);
  cairo_set_source_surface (paper.cr, surface, std::floor (x - 0.5 * size), std::floor (y - 0.5 * size));
  cairo_paint (paper.cr);
  cairo_surface_destroy (surface);
}

const double FIGURE = 92.0; // edge of the head's picture

/* The head as the patient's lies in the scene, and the six letters around it. */
void
draw_orientation (const Paper &paper, const WillisCamera &scene_camera)
{
  /* The six sides, as cut into every radiological picture. */
  const struct
  {
    const char *letter;
    double at[3];
  } sides[] = {
    { C_ ("orientation", "L"), { 1, 0, 0 } },  { C_ ("orientation", "R"), { -1, 0, 0 } },
    { C_ ("orientation", "P"), { 0, 1, 0 } },  { C_ ("orientation", "A"), { 0, -1, 0 } },
    { C_ ("orientation", "S"), { 0, 0, 1 } },  { C_ ("orientation", "I"), { 0, 0, -1 } },
  };
  double size = FIGURE * paper.unit, x = paper.w - 0.5 * size - 8 * paper.unit, y = paper.h - 0.5 * size - 8 * paper.unit;
  WillisCamera camera = scene_camera;
  double back[3];

  willis_camera_axes (&scene_camera, nullptr, camera.up, back);
  camera.perspective = FALSE;
  camera.height_mm = 3.2;
  vec3_set (camera.focus_lps_mm, 0, 0, 0);
  vec3_scale (camera.eye_lps_mm, back, 10.0);
  for (int front = 0; front < 2; front++)
    {
      for (const auto &side : sides)
        {
          double p[3], px, py, depth, towards = vec3_dot (side.at, back);

          if ((towards >= -0.05) != (front == 1))
            continue;
          vec3_scale (p, side.at, 1.28);
          willis_camera_project (&camera, size, size, p, &px, &py, &depth);
          text (paper, x - 0.5 * size + px, y - 0.5 * size + py, 0.5, 0.5, 12, side.letter,
                front ? ink (paper) : 0x909090, front ? 1.0 : 0.8, true);
        }
      if (front == 0)
        paint_head (paper, camera, x, y, (int) std::lround (size));
    }
}

void
draw_legend (const Paper &paper, const Item &item)
{
  double x = 16 * paper.unit, y = 0.28 * paper.h, width = 14 * paper.unit, height = 0.40 * paper.h;
  const int steps = 64, ticks = 5;
  g_autofree char *head_line
      = item.unit.empty () ? g_strdup (item.title.c_str ())
                           : g_strdup_printf ("%s (%s)", item.title.c_str (), item.unit.c_str ());

  for (int i = 0; i < steps; i++)
    {
      set_rgb (paper.cr, willis_colour_map (item.map, (i + 0.5) / steps), 1.0);
      cairo_rectangle (paper.cr, x, y + height * (steps - 1 - i) / steps, width, height / steps + 1.0);
      cairo_fill (paper.cr);
    }
  cairo_rectangle (paper.cr, x, y, width, height);
  set_rgb (paper.cr, ink (paper), 0.8);
  cairo_set_line_width (paper.cr, paper.unit);
  cairo_stroke (paper.cr);
  text (paper, x, y - 8 * paper.unit, 0.0, 1.0, 12, head_line, ink (paper));
  for (int i = 0; i < ticks; i++)
    {
      double t = i / (ticks - 1.0), value = item.lo + t * (item.hi - item.lo);
      g_autofree char *words = g_strdup_printf ("%.3g", std::fabs (value) < 1e-9 * (item.hi - item.lo) ? 0.0 : value);

      text (paper, x + width + 6 * paper.unit, y + height * (1.0 - t), 0.0, 0.5, 11, words, ink (paper));
    }
}

struct Box
{
  double x0, y0, x1, y1;
};

/* Where a text of this size stands whose box has its point (ax, ay) at (x, y). */
Box
text_box (const Paper &paper, double x, double y, double ax, double ay, double size, const char *words)
{
  PangoLayout *layout = pango_cairo_create_layout (paper.cr);
  PangoFontDescription *font = pango_font_description_from_string ("Sans");
  int width, height;

  pango_font_description_set_absolute_size (font, size * paper.unit * PANGO_SCALE);
  pango_layout_set_font_description (layout, font);
  pango_layout_set_text (layout, words, -1);
  pango_layout_get_pixel_size (layout, &width, &height);
  pango_font_description_free (font);
  g_object_unref (layout);
  return { x - ax * width, y - ay * height, x + (1.0 - ax) * width, y + (1.0 - ay) * height };
}

/* Where a caption would stand that belongs to (x, y): moved to the left where the picture ends. */
Box
caption_box (const Paper &paper, double x, double y, double size, const char *words)
{
  Box box = text_box (paper, x, y, 0.0, 1.0, size, words);
  double shift = MIN (MAX (box.x1 - (paper.w - 4 * paper.unit), 0.0), box.x0);

  return { box.x0 - shift, box.y0, box.x1 - shift, box.y1 };
}

const double NARROW = 430.0; // of a view with buttons along its top
const double BUTTONS_WIDE = 290.0, BUTTONS_HIGH = 38.0;

/* A narrow view's buttons take all of the first line: the angles then stand below them. */
bool
is_narrow (const Paper &paper)
{
  return paper.w < NARROW * paper.unit;
}

/* The angles of the C-arm and where they stand. */
Box
c_arm_box (const Paper &paper, const char *words)
{
  return is_narrow (paper) ? text_box (paper, 16 * paper.unit, 38 * paper.unit, 0.0, 0.0, 13, words)
                           : text_box (paper, paper.w - 12 * paper.unit, 10 * paper.unit, 1.0, 0.0, 13, words);
}

void
draw_c_arm (const Paper &paper, const WillisCamera &camera)
{
  WillisCArm angles = willis_camera_get_c_arm (&camera);
  g_autofree char *words = willis_c_arm_text (&angles);
  Box box = c_arm_box (paper, words);

  text (paper, box.x0, box.y0, 0.0, 0.0, 13, words, ink (paper));
}

/* What captions keep clear of: the head in the corner, the scale bar, the angles, and the buttons that lie over the
 * picture. */
std::vector<Box>
taken_places (const Paper &paper, const WillisCamera &camera)
{
  WillisCArm angles = willis_camera_get_c_arm (&camera);
  g_autofree char *words = willis_c_arm_text (&angles);
  double size = (FIGURE + 8.0) * paper.unit;

  return { { paper.w - size, paper.h - size, paper.w, paper.h },
           { 0.0, paper.h - 40 * paper.unit, 0.22 * paper.w + 16 * paper.unit, paper.h },
           c_arm_box (paper, words),
           { 0.0, 0.0, is_narrow (paper) ? paper.w : BUTTONS_WIDE * paper.unit, BUTTONS_HIGH * paper.unit } };
}

/* Captions in their order; one that would run into an earlier one or into what stands there already is left out, for
 * neither could be read, and so is that of a place out of the picture. */
void
draw_captions (const Paper &paper, const Item &item, const WillisCamera &camera, std::vector<Box> &taken)
{
  for (const auto &marker : item.captions)
    {
      double x, y, depth;

      if (marker.caption.empty () || !willis_camera_project (&camera, paper.w, paper.h, marker.lps_mm, &x, &y, &depth)
          || x < 0.0 || y < 0.0 || x > paper.w || y > paper.h)
        continue;
      x += 8 * paper.unit;
      y -= 8 * paper.unit;

      Box box = caption_box (paper, x, y, 12, marker.caption.c_str ());
      bool free = true;

      for (const Box &other : taken)
        free = free && (box.x1 < other.x0 || box.x0 > other.x1 || box.y1 < other.y0 || box.y0 > other.y1);
      if (!free)
        continue;
      taken.push_back (box);
      text (paper, box.x0, box.y1, 0.0, 1.0, 12, marker.caption.c_str (), ink (paper));
    }
}

/* Where the crosshair is, also when something is in front of it: a ring and three short axes. */
void
draw_crosshair (const Paper &paper, const WillisCamera &camera, const double at[3])
{
  double x, y, depth, mm = 14 * paper.unit * willis_camera_mm_per_px (&camera, paper.h);

  if (!willis_camera_project (&camera, paper.w, paper.h, at, &x, &y, &depth))
    return;
  for (int a = 0; a < 3; a++)
    for (int side = -1; side <= 1; side += 2)
      {
        double p[3], x0, y0, x1, y1;

        vec3_copy (p, at);
        p[a] += 0.35 * side * mm;
        willis_camera_project (&camera, paper.w, paper.h, p, &x0, &y0, &depth);
        p[a] += 0.65 * side * mm;
        willis_camera_project (&camera, paper.w, paper.h, p, &x1, &y1, &depth);
        cairo_move_to (paper.cr, x0, y0);
        cairo_line_to (paper.cr, x1, y1);
      }
  for (int pass = 0; pass < 2; pass++)
    {
      set_rgb (paper.cr, pass == 0 ? halo (paper) : 0x58c8ff, pass == 0 ? 0.5 : 1.0);
      cairo_set_line_width (paper.cr, (pass == 0 ? 3.5 : 1.6) * paper.unit);
      cairo_stroke_preserve (paper.cr);
    }
  cairo_new_path (paper.cr);
}

} // namespace

extern "C" void
willis_scene_draw_overlay (WillisScene *scene, WillisCairo *cairo, int width, int height, double scale)
{
  return guard (scene,
                [&]
                  {
                    Paper paper = { cairo, (double) width, (double) height, scale, scene->dark };
                    const Item *legend = nullptr;
                    std::vector<Box> taken = taken_places (paper, scene->camera);

                    if (!scene->overlay)
                      return;
                    if (scene->crosshair)
                      draw_crosshair (paper, scene->camera, scene->crosshair_lps_mm);
                    for (const auto &item : scene->items)
                      {
                        if (!item->visible || item->opacity <= 0.0)
                          continue;
                        draw_captions (paper, *item, scene->camera, taken);
                        if (!item->title.empty () && (legend == nullptr || item->kind == Kind::field))
                          legend = item.get ();
                      }
                    if (legend != nullptr)
                      draw_legend (paper, *legend);
                    draw_scale_bar (paper, scene->camera);
                    draw_orientation (paper, scene->camera);
                    draw_c_arm (paper, scene->camera);
                  });
}
