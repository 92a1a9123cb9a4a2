/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Private to ui/scene: a volume cast on the processor and laid over what OpenGL has drawn. Coarse at once, then finer
 * row by row in the time it is given, so that nothing ever waits for it.
 */
#include <memory>
#include <vector>

#include "ui/scene/scene-private.hh"

class vtkOpenGLRenderWindow;
class vtkOpenGLQuadHelper;
class vtkTextureObject;

namespace willis
{

class VolumeLayer
{
public:
  VolumeLayer ();
  ~VolumeLayer ();

  /* Blends the best picture there is over the bound framebuffer, from whose depth the rays end. near, far: of the
   * projection that drew it. at_once: the full quality, however long it takes. Returns whether refine has work. */
  bool draw (WillisScene *scene, Item *item, vtkOpenGLRenderWindow *window, int width, int height, double near_mm,
             double far_mm, bool at_once);
  /* Works about budget_ms on the next finer picture; TRUE when it is ready to be drawn. */
  bool refine (WillisScene *scene, double budget_ms);
  void release (vtkOpenGLRenderWindow *window);

private:
  struct Picture
  {
    int w = 0, h = 0;
    std::vector<guint8> rgba;
  };

  void read_depth (const WillisCamera &camera, int width, int height, double near_mm, double far_mm);
  void cast (const Picture &to, const WillisCaster *caster, int row_lo, int row_hi);
  bool same (WillisScene *scene, const Item *item, int width, int height) const;
  void remember (WillisScene *scene, const Item *item, int width, int height);
  void paint (vtkOpenGLRenderWindow *window);
  void note_cast (double ms);

  std::vector<float> depth; // [h][w] of the window, mm, from the top
  int depth_w = 0, depth_h = 0;
  Picture shown, next;
  int next_row = 0, factor = 0; // of shown
  int quick_factor = 5;         // of a first picture; follows how quick this machine is
  bool working = false, uploaded = false;
  const WillisCaster *caster = nullptr;
  Item *awaited = nullptr; // its caster is being made
  WillisCamera camera{};
  guint64 state = 0; // of what was seen
  double plane[4] = { 0, 0, 0, 0 };
  bool clip = false;
  std::unique_ptr<vtkOpenGLQuadHelper> quad;
  vtkTextureObject *texture = nullptr;
};

} // namespace willis
