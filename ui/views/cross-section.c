/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/views/cross-section.h"

#include "core/image/reslice.h"
#include "core/num/vec3.h"
#include "ui/scene/scene.h"
#include "ui/views/section.h"

#define SECTION_PX 168
#define SECTION_MM 14.0

void
willis_cross_section_draw (cairo_t *cr, int width, int height, WillisVolume *volume, const WillisSurface *lumen,
                           const WillisCoursePoint *p, const WillisDisplay *display)
{
  WillisPlane plane = { .width = SECTION_PX, .height = SECTION_PX, .pixel_mm = SECTION_MM / SECTION_PX };
  WillisResliceParams params = WILLIS_RESLICE_PARAMS_INIT;
  g_autoptr (GArray) lines = g_array_new (FALSE, FALSE, sizeof (WillisSegment));
  cairo_surface_t *picture;
  double scale = MIN (width, height) / SECTION_MM;

  vec3_copy (plane.right, p->normal);
  vec3_cross (plane.down, p->tangent, p->normal);
  vec3_axpy (plane.corner_lps_mm, p->centre_lps_mm, -0.5 * SECTION_MM, plane.right);
  vec3_axpy (plane.corner_lps_mm, plane.corner_lps_mm, -0.5 * SECTION_MM, plane.down);
  params.window = display->window;
  params.level = display->level;
  picture = cairo_image_surface_create (CAIRO_FORMAT_RGB24, SECTION_PX, SECTION_PX);
  willis_reslice_argb (volume, &plane, &params, (guint32 *) (void *) cairo_image_surface_get_data (picture),
                       cairo_image_surface_get_stride (picture) / 4);
  cairo_surface_mark_dirty (picture);
  cairo_save (cr);
  cairo_translate (cr, 0.5 * (width - scale * SECTION_MM), 0.5 * (height - scale * SECTION_MM));
  cairo_save (cr);
  cairo_scale (cr, scale * plane.pixel_mm, scale * plane.pixel_mm);
  cairo_set_source_surface (cr, picture, 0, 0);
  cairo_paint (cr);
  cairo_restore (cr);
  cairo_surface_destroy (picture);
  if (lumen != NULL)
    willis_section_append (lumen, p->centre_lps_mm, p->tangent, lines);
  cairo_rectangle (cr, 0, 0, scale * SECTION_MM, scale * SECTION_MM);
  cairo_clip (cr);
  for (guint n = 0; n < lines->len; n++)
    for (int e = 0; e < 2; e++)
      {
        double d[3], x, y;

        vec3_sub (d, g_array_index (lines, WillisSegment, n).lps_mm[e], plane.corner_lps_mm);
        x = scale * vec3_dot (d, plane.right);
        y = scale * vec3_dot (d, plane.down);
        if (e == 0)
          cairo_move_to (cr, x, y);
        else
          cairo_line_to (cr, x, y);
      }
  cairo_set_source_rgb (cr, ((WILLIS_COLOUR_VESSEL >> 16) & 255) / 255.0, ((WILLIS_COLOUR_VESSEL >> 8) & 255) / 255.0,
                        (WILLIS_COLOUR_VESSEL & 255) / 255.0);
  cairo_set_line_width (cr, 1.5);
  cairo_stroke (cr);
  cairo_set_source_rgba (cr, 1, 1, 1, 0.9); // 5 mm
  cairo_move_to (cr, 6, scale * SECTION_MM - 6);
  cairo_line_to (cr, 6 + 5.0 * scale, scale * SECTION_MM - 6);
  cairo_stroke (cr);
  cairo_restore (cr);
}
