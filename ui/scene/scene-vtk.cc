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

guint8 *
willis::render_vtk (WillisScene *scene, int width, int height, double scale, GError **error)
{
  willis_fail (error, WILLIS_ERROR_UNSUPPORTED, "not yet");
  return nullptr;
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
