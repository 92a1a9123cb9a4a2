/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Private to ui/scene: VTK. A stage draws one scene in one OpenGL context, which must be current in every call.
 */
#include <map>
#include <string>
#include <vector>

#include <vtkActor.h>
#include <vtkCallbackCommand.h>
#include <vtkGenericOpenGLRenderWindow.h>
#include <vtkNew.h>
#include <vtkPlane.h>
#include <vtkRenderer.h>
#include <vtkSmartPointer.h>
#include <vtkVolume.h>

#include "ui/scene/scene-private.hh"
#include "ui/scene/volume-layer.hh"

namespace willis
{

class VtkStage : public Stage
{
public:
  VtkStage ();
  ~VtkStage () override;

  /* Draws a test picture and reads it back: throws where nothing arrives. */
  void prove ();
  /* Draws the scene into the stage's own framebuffer. */
  WillisDraw draw (WillisScene *scene, int width, int height, double scale) override;
  bool refine (WillisScene *scene, double budget_ms) override;
  /* Copies the last picture, stretched to this size, into a framebuffer of the caller's. */
  void blit (unsigned int framebuffer, int width, int height);
  /* By how much the sides of moving pictures are to be shortened: 2 where the last ones took too long. */
  int moving_divisor () const;
  /* Tells how long a moving picture took. */
  void note_time (double ms);
  /* The last picture, RGBA from the top left (new). */
  guint8 *read (int width, int height);
  vtkGenericOpenGLRenderWindow *
  render_window ()
  {
    return window;
  }

private:
  struct Prop
  {
    vtkSmartPointer<vtkActor> fine, coarse; // coarse may be null
    double line_px = 0.0;
  };
  struct Entry
  {
    guint64 revision = 0;
    std::vector<Prop> props;
    vtkSmartPointer<vtkVolume> volume; // hardware ray casting
  };

  void make_entry (WillisScene *scene, Item *item, Entry *entry);
  void drop_entry (Entry *entry);
  void sync (WillisScene *scene, double scale);
  void aim (const WillisScene *scene, int width, int height);

  vtkNew<vtkGenericOpenGLRenderWindow> window;
  vtkNew<vtkRenderer> renderer;
  vtkNew<vtkCallbackCommand> yes;
  vtkNew<vtkPlane> plane;
  std::map<std::string, Entry> entries;
  VolumeLayer layer; // volumes cast on the processor
  bool software = true, slow = false;
  bool clipped = false; // whether the entries were made with the clip plane
};

} // namespace willis
