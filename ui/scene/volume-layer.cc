/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/scene/volume-layer.hh"

#include <epoxy/gl.h>

#include <algorithm>
#include <cmath>

#include <vtkOpenGLQuadHelper.h>
#include <vtkOpenGLRenderWindow.h>
#include <vtkOpenGLShaderCache.h>
#include <vtkOpenGLState.h>
#include <vtkShaderProgram.h>
#include <vtkTextureObject.h>

using willis::VolumeLayer;

/* Sides of the blocks of pixels that share a ray in the first picture of a place: as many rays as this machine casts in
 * time. The picture at rest is then made finer in the time that is left. */
static const int LEAST_FACTOR = 2, MOST_FACTOR = 8; // the least where the moving picture has half the sides already
static const int QUICK_FACTOR = 3;
/* A first picture that takes longer to cast gets fewer rays the next time, one that takes less than the other more. */
static const double SLOW_CAST_MS = 45.0, QUICK_CAST_MS = 15.0;

// clang-format off: it knows no raw strings here
static const char *const FRAGMENT_SHADER = R"(//VTK::System::Dec
in vec2 texCoord;
uniform sampler2D rays;
//VTK::Output::Dec
void main ()
{
  gl_FragData[0] = texture (rays, vec2 (texCoord.x, 1.0 - texCoord.y));
}
)";
// clang-format on

VolumeLayer::VolumeLayer () = default;

VolumeLayer::~VolumeLayer ()
{
  if (texture != nullptr)
    texture->Delete ();
}

void
VolumeLayer::release (vtkOpenGLRenderWindow *window)
{
  if (quad)
    quad->ReleaseGraphicsResources (window);
  quad.reset ();
  if (texture != nullptr)
    {
      texture->ReleaseGraphicsResources (window);
      texture->Delete ();
      texture = nullptr;
    }
}

/* The window's depths as distances, top row first; what was not drawn on is infinitely far. */
void
VolumeLayer::read_depth (const WillisCamera &view, int width, int height, double near_mm, double far_mm)
{
  std::vector<float> raw ((gsize) width * height);

  glPixelStorei (GL_PACK_ALIGNMENT, 4);
  glReadPixels (0, 0, width, height, GL_DEPTH_COMPONENT, GL_FLOAT, raw.data ());
  depth.resize (raw.size ());
  depth_w = width;
  depth_h = height;
  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++)
      {
        double z = raw[(gsize) (height - 1 - y) * width + x], mm = INFINITY;

        if (z < 1.0)
          mm = view.perspective ? near_mm * far_mm / (far_mm - z * (far_mm - near_mm))
                                : near_mm + z * (far_mm - near_mm);
        depth[(gsize) y * width + x] = (float) mm;
      }
}

/* Casts rows of a picture of to.w x to.h; each of its rays ends at the depth of its middle. */
void
VolumeLayer::cast (const Picture &to, const WillisCaster *with, int row_lo, int row_hi)
{
  std::vector<float> ends;
  const float *end = depth.data ();
  bool coarse = to.w != depth_w;

  if (coarse)
    {
      ends.resize ((gsize) to.w * to.h);
      for (int y = row_lo; y < row_hi; y++)
        for (int x = 0; x < to.w; x++)
          ends[(gsize) y * to.w + x]
              = depth[(gsize) ((y + 0.5) * depth_h / to.h) * depth_w + (gsize) ((x + 0.5) * depth_w / to.w)];
      end = ends.data ();
    }
  willis_caster_cast (with, &camera, to.w, to.h, end, clip ? plane : nullptr, coarse ? 1.0 : 0.5, row_lo, row_hi,
                      const_cast<guint8 *> (to.rgba.data ()));
}

bool
VolumeLayer::same (WillisScene *scene, const Item *item, int width, int height) const
{
  return caster == item->caster && state == scene->state && depth_w == width && depth_h == height;
}

void
VolumeLayer::remember (WillisScene *scene, const Item *item, int width, int height)
{
  caster = item->caster;
  state = scene->state;
  camera = scene->camera;
  clip = scene->clip;
  scene->clip_plane (plane);
  working = false;
  factor = 0;
}

void
VolumeLayer::note_cast (double ms)
{
  if (ms > SLOW_CAST_MS)
    quick_factor = std::min (quick_factor + 1, MOST_FACTOR);
  else if (ms < QUICK_CAST_MS)
    quick_factor = std::max (quick_factor - 1, QUICK_FACTOR);
}

bool
VolumeLayer::draw (WillisScene *scene, Item *item, vtkOpenGLRenderWindow *window, int width, int height, double near_mm,
                   double far_mm, bool at_once)
{
  gint64 start;
  bool shortened;

  awaited = scene->caster (item, at_once) == nullptr ? item : nullptr;
  if (awaited != nullptr)
    return true;
  if (!same (scene, item, width, height) || factor == 0 || (at_once && factor != 1))
    {
      remember (scene, item, width, height);
      read_depth (camera, width, height, near_mm, far_mm);
      shortened = 2 * width <= scene->width;
      factor = std::max (scene->moving && shortened ? quick_factor / 2 : quick_factor, LEAST_FACTOR);
      if (at_once)
        factor = 1;
      start = g_get_monotonic_time ();
      shown.w = (width + factor - 1) / factor;
      shown.h = (height + factor - 1) / factor;
      shown.rgba.assign ((gsize) 4 * shown.w * shown.h, 0);
      cast (shown, caster, 0, shown.h);
      if (!at_once)
        note_cast ((double) (g_get_monotonic_time () - start) * 1e-3);
      uploaded = false;
    }
  if (factor > 1 && !scene->moving && !working)
    {
      next.w = depth_w;
      next.h = depth_h;
      next.rgba.assign ((gsize) 4 * next.w * next.h, 0);
      next_row = 0;
      working = true;
    }
  paint (window);
  return working;
}

bool
VolumeLayer::refine (WillisScene *scene, double budget_ms)
{
  gint64 start = g_get_monotonic_time ();

  if (awaited != nullptr)
    {
      /* The item may have gone meanwhile: then there is nothing to wait for. */
      for (const auto &item : scene->items)
        if (item.get () == awaited && !g_atomic_int_get (&awaited->made))
          {
            g_usleep ((gulong) MIN (budget_ms, 5.0) * 1000);
            return false;
          }
      return true;
    }
  if (!working || state != scene->state)
    {
      working = false;
      return true; // what was begun is of no use: draw anew
    }
  while (next_row < next.h)
    {
      int to = std::min (next_row + 8, next.h);

      cast (next, caster, next_row, to);
      next_row = to;
      if (g_get_monotonic_time () - start > budget_ms * 1000.0)
        break;
    }
  if (next_row < next.h)
    return false;
  std::swap (shown, next);
  factor = 1;
  working = false;
  uploaded = false;
  return true;
}

void
VolumeLayer::paint (vtkOpenGLRenderWindow *window)
{
  vtkOpenGLState *gl = window->GetState ();

  if (texture == nullptr)
    {
      texture = vtkTextureObject::New ();
      texture->SetContext (window);
    }
  if (!uploaded)
    {
      texture->Create2DFromRaw (shown.w, shown.h, 4, VTK_UNSIGNED_CHAR, shown.rgba.data ());
      texture->SetMinificationFilter (vtkTextureObject::Linear);
      texture->SetMagnificationFilter (vtkTextureObject::Linear);
      texture->SetWrapS (vtkTextureObject::ClampToEdge);
      texture->SetWrapT (vtkTextureObject::ClampToEdge);
      uploaded = true;
    }
  if (!quad)
    quad = std::make_unique<vtkOpenGLQuadHelper> (window, nullptr, FRAGMENT_SHADER, nullptr);
  else
    window->GetShaderCache ()->ReadyShaderProgram (quad->Program);
  if (quad->Program == nullptr)
    return;
  {
    vtkOpenGLState::ScopedglEnableDisable depth_test (gl, GL_DEPTH_TEST), blend (gl, GL_BLEND);
    vtkOpenGLState::ScopedglBlendFuncSeparate function (gl);

    gl->vtkglDisable (GL_DEPTH_TEST);
    gl->vtkglEnable (GL_BLEND);
    gl->vtkglBlendFuncSeparate (GL_ONE, GL_ONE_MINUS_SRC_ALPHA, GL_ONE, GL_ONE_MINUS_SRC_ALPHA);
    texture->Activate ();
    quad->Program->SetUniformi ("rays", texture->GetTextureUnit ());
    quad->Render ();
    texture->Deactivate ();
  }
}
