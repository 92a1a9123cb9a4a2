/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/scene/scene-guard.hh"

void
willis::route_messages ()
{
}

std::recursive_mutex &
willis::door ()
{
  static std::recursive_mutex mutex;

  return mutex;
}

extern "C" void willis_shape_free (WillisShape *) {}
extern "C" void willis_line_free (WillisLine *) {}

extern "C" gboolean
willis_scene_show_volume (WillisScene *scene, const char *id, WillisVolume *volume, const WillisTransfer *transfer, GError **error)
{
  return willis_fail (error, WILLIS_ERROR_UNSUPPORTED, "not drawn yet");
}

extern "C" gboolean
willis_scene_show_surface (WillisScene *scene, const char *id, WillisSurface *surface, guint32 rgb, double opacity, GError **error)
{
  return willis_fail (error, WILLIS_ERROR_UNSUPPORTED, "not drawn yet");
}

extern "C" gboolean
willis_scene_show_field (WillisScene *scene, const char *id, WillisSurface *surface, const double *values, double lo, double hi, WillisColourMap map, const char *title, const char *unit, GError **error)
{
  return willis_fail (error, WILLIS_ERROR_UNSUPPORTED, "not drawn yet");
}

extern "C" gboolean
willis_scene_show_labels (WillisScene *scene, const char *id, WillisVolume *labels, int label, guint32 rgb, double opacity, GError **error)
{
  return willis_fail (error, WILLIS_ERROR_UNSUPPORTED, "not drawn yet");
}

extern "C" gboolean
willis_scene_show_tree (WillisScene *scene, const char *id, WillisTree *tree, WillisTreeStyle style, int highlight, GError **error)
{
  return willis_fail (error, WILLIS_ERROR_UNSUPPORTED, "not drawn yet");
}

extern "C" gboolean
willis_scene_show_curve (WillisScene *scene, const char *id, const double *points_lps_mm, gsize n, gboolean closed, guint32 rgb, double radius_mm, GError **error)
{
  return willis_fail (error, WILLIS_ERROR_UNSUPPORTED, "not drawn yet");
}

extern "C" gboolean
willis_scene_show_markers (WillisScene *scene, const char *id, const WillisMarker *markers, gsize n, GError **error)
{
  return willis_fail (error, WILLIS_ERROR_UNSUPPORTED, "not drawn yet");
}

extern "C" gboolean
willis_scene_show_ring (WillisScene *scene, const char *id, const WillisNeck *neck, double radius_mm, GError **error)
{
  return willis_fail (error, WILLIS_ERROR_UNSUPPORTED, "not drawn yet");
}

extern "C" gboolean
willis_scene_get_ring (WillisScene *scene, const char *id, WillisNeck *neck, double *radius_mm)
{
  return FALSE;
}

extern "C" void
willis_scene_drag_ring (WillisScene *scene, const char *id, WillisRingHandle handle, double x0, double y0, double x1, double y1)
{
  
}

extern "C" gboolean
willis_scene_pick (WillisScene *scene, double x, double y, WillisPick *pick)
{
  return FALSE;
}

extern "C" gboolean
willis_scene_begin_gl (WillisScene *scene, GError **error)
{
  return willis_fail (error, WILLIS_ERROR_UNSUPPORTED, "not drawn yet");
}

extern "C" WillisDraw
willis_scene_draw_gl (WillisScene *scene, GError **error)
{
  return WILLIS_DRAW_DONE;
}

extern "C" void
willis_scene_end_gl (WillisScene *scene)
{
  
}

extern "C" guint8 *
willis_scene_render_rgba (WillisScene *scene, int width, int height, double scale, WillisRenderer renderer, GError **error)
{
  willis_fail (error, WILLIS_ERROR_UNSUPPORTED, "not drawn yet"); return nullptr;
}

extern "C" gboolean
willis_scene_write_png (WillisScene *scene, const char *path, int width, int height, double scale, WillisRenderer renderer, GError **error)
{
  return willis_fail (error, WILLIS_ERROR_UNSUPPORTED, "not drawn yet");
}

extern "C" void
willis_scene_draw_overlay (WillisScene *scene, WillisCairo *cairo, int width, int height, double scale)
{
  
}

extern "C" guint32
willis_colour_map (WillisColourMap map, double t)
{
  return 0x808080;
}
