/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/scene/scene-stage.hh"

#include <epoxy/gl.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <stdexcept>

#include <vtkAutoInit.h>
#include <vtkCamera.h>
#include <vtkCellArray.h>
#include <vtkColorTransferFunction.h>
#include <vtkDoubleArray.h>
#include <vtkGPUVolumeRayCastMapper.h>
#include <vtkImageData.h>
#include <vtkMatrix4x4.h>
#include <vtkOpenGLFramebufferObject.h>
#include <vtkOpenGLState.h>
#include <vtkPiecewiseFunction.h>
#include <vtkPointData.h>
#include <vtkPolyData.h>
#include <vtkPolyDataMapper.h>
#include <vtkProperty.h>
#include <vtkShaderProperty.h>
#include <vtkShortArray.h>
#include <vtkFloatArray.h>
#include <vtkUnsignedCharArray.h>
#include <vtkVolumeProperty.h>

#include "core/num/vec3.h"
#include "ui/scene/raster.h"

VTK_MODULE_INIT (vtkRenderingOpenGL2)
VTK_MODULE_INIT (vtkRenderingVolumeOpenGL2)

using willis::Item;
using willis::VtkStage;

namespace
{

/* Frees what an array's memory belongs to when VTK lets go of the array. */
void
unref_surface_when_gone (vtkObject *array, WillisSurface *surface)
{
  vtkNew<vtkCallbackCommand> command;

  command->SetClientData (willis_surface_ref (surface));
  command->SetCallback ([] (vtkObject *, unsigned long, void *data, void *)
                        { willis_surface_unref (static_cast<WillisSurface *> (data)); });
  array->AddObserver (vtkCommand::DeleteEvent, command);
}

/* Triangles of a shape. Points and corners stay where they are in the surface; normals and colours in the shape, which
 * lives longer than the stage's entry. */
vtkSmartPointer<vtkPolyData>
triangles_of (const WillisShape *shape)
{
  auto data = vtkSmartPointer<vtkPolyData>::New ();
  vtkIdType n = (vtkIdType) willis_surface_n_points (shape->surface);
  vtkIdType m = (vtkIdType) willis_surface_n_triangles (shape->surface);
  vtkNew<vtkDoubleArray> coordinates, normals;
  vtkNew<vtkPoints> points;
  vtkNew<vtkTypeInt32Array> offsets, corners;
  vtkNew<vtkCellArray> cells;

  coordinates->SetNumberOfComponents (3);
  coordinates->SetArray (const_cast<double *> (willis_surface_points (shape->surface)), 3 * n, 1);
  unref_surface_when_gone (coordinates, shape->surface);
  points->SetData (coordinates);
  data->SetPoints (points);
  corners->SetArray (const_cast<gint32 *> (willis_surface_triangles (shape->surface)), 3 * m, 1);
  unref_surface_when_gone (corners, shape->surface);
  offsets->SetNumberOfValues (m + 1);
  for (vtkIdType i = 0; i <= m; i++)
    offsets->SetValue (i, (vtkTypeInt32) (3 * i));
  cells->SetData (offsets, corners);
  data->SetPolys (cells);
  normals->SetNumberOfComponents (3);
  normals->SetArray (shape->normals, 3 * n, 1);
  data->GetPointData ()->SetNormals (normals);
  if (shape->rgb != nullptr)
    {
      vtkNew<vtkUnsignedCharArray> rgb;

      rgb->SetNumberOfComponents (3);
      rgb->SetArray (shape->rgb, 3 * n, 1);
      data->GetPointData ()->SetScalars (rgb);
    }
  return data;
}

vtkSmartPointer<vtkPolyData>
polyline_of (const WillisLine *line, guint32 rgb)
{
  auto data = vtkSmartPointer<vtkPolyData>::New ();
  vtkNew<vtkPoints> points;
  vtkNew<vtkCellArray> cells;
  vtkNew<vtkUnsignedCharArray> colours;
  const guint8 one[3] = { (guint8) (rgb >> 16 & 255), (guint8) (rgb >> 8 & 255), (guint8) (rgb & 255) };

  colours->SetNumberOfComponents (3);
  cells->InsertNextCell ((int) line->n);
  for (gsize i = 0; i < line->n; i++)
    {
      const guint8 *c = line->rgb != nullptr ? line->rgb + 3 * i : one;

      cells->InsertCellPoint (points->InsertNextPoint (line->points_lps_mm + 3 * i));
      colours->InsertNextTuple3 (c[0], c[1], c[2]);
    }
  data->SetPoints (points);
  data->SetLines (cells);
  data->GetPointData ()->SetScalars (colours);
  return data;
}

void
set_look (vtkActor *actor, guint32 rgb, bool lit)
{
  vtkProperty *front = actor->GetProperty ();
  double c[3] = { (rgb >> 16 & 255) / 255.0, (rgb >> 8 & 255) / 255.0, (rgb & 255) / 255.0 };

  front->SetColor (c);
  front->SetAmbient (WILLIS_LIGHT_AMBIENT);
  front->SetDiffuse (WILLIS_LIGHT_DIFFUSE);
  front->SetSpecular (WILLIS_LIGHT_SPECULAR);
  front->SetSpecularColor (1, 1, 1);
  front->SetSpecularPower (WILLIS_LIGHT_POWER);
  front->SetInterpolationToPhong ();
  front->SetLighting (lit);
  if (!lit)
    return;
  /* VTK's back face property does not reach colours given at points, so the inside is darkened in the shader. */
  static_assert (WILLIS_LIGHT_INSIDE == 0.55, "the number below");
  actor->GetShaderProperty ()->AddFragmentShaderReplacement (
      "//VTK::Color::Impl", true,
      "//VTK::Color::Impl\n"
      "  if (!gl_FrontFacing) { ambientColor *= 0.55; diffuseColor *= 0.55; specularColor *= 0.0; }\n",
      false);
}

vtkSmartPointer<vtkActor>
make_actor (vtkPolyData *data, guint32 rgb, bool lit, vtkPlane *clip)
{
  auto actor = vtkSmartPointer<vtkActor>::New ();
  vtkNew<vtkPolyDataMapper> mapper;

  mapper->SetInputData (data);
  mapper->SetColorModeToDirectScalars ();
  if (clip != nullptr)
    mapper->AddClippingPlane (clip);
  actor->SetMapper (mapper);
  set_look (actor, rgb, lit);
  return actor;
}

vtkSmartPointer<vtkDataArray>
voxels_of (WillisVolume *volume)
{
  vtkIdType n = (vtkIdType) willis_grid_n_voxels (willis_volume_grid (volume));
  void *voxels = const_cast<void *> (willis_volume_voxels (volume));

  switch (willis_volume_scalar (volume))
    {
    case WILLIS_SCALAR_U8:
      {
        auto array = vtkSmartPointer<vtkUnsignedCharArray>::New ();

        array->SetArray (static_cast<unsigned char *> (voxels), n, 1);
        return array;
      }
    case WILLIS_SCALAR_I16:
      {
        auto array = vtkSmartPointer<vtkShortArray>::New ();

        array->SetArray (static_cast<short *> (voxels), n, 1);
        return array;
      }
    default:
      {
        auto array = vtkSmartPointer<vtkFloatArray>::New ();

        array->SetArray (static_cast<float *> (voxels), n, 1);
        return array;
      }
    }
}

/* For real graphics processors: VTK's ray casting with the same transfer table. */
vtkSmartPointer<vtkVolume>
make_volume (Item *item, vtkPlane *clip)
{
  const WillisGrid *grid = willis_volume_grid (item->volume);
  auto volume = vtkSmartPointer<vtkVolume>::New ();
  vtkNew<vtkImageData> image;
  vtkNew<vtkGPUVolumeRayCastMapper> mapper;
  vtkNew<vtkColorTransferFunction> colour;
  vtkNew<vtkPiecewiseFunction> opacity;
  vtkNew<vtkMatrix4x4> place;
  g_autofree WillisTransferTable *table = g_new (WillisTransferTable, 1);

  willis_transfer_table (&item->transfer, item->volume, table);
  image->SetDimensions (grid->dims[0], grid->dims[1], grid->dims[2]);
  image->SetSpacing (grid->spacing_mm[0], grid->spacing_mm[1], grid->spacing_mm[2]);
  image->GetPointData ()->SetScalars (voxels_of (item->volume));
  for (int i = 0; i < WILLIS_TRANSFER_SIZE; i += 4)
    {
      double v = table->lo + (table->hi - table->lo) * i / (WILLIS_TRANSFER_SIZE - 1.0);

      colour->AddRGBPoint (v, table->rgba[i][0], table->rgba[i][1], table->rgba[i][2]);
      opacity->AddPoint (v, table->rgba[i][3]);
    }
  volume->GetProperty ()->SetColor (colour);
  volume->GetProperty ()->SetScalarOpacity (opacity);
  volume->GetProperty ()->SetScalarOpacityUnitDistance (table->reference_mm);
  volume->GetProperty ()->SetInterpolationTypeToLinear ();
  volume->GetProperty ()->SetShade (!table->mip);
  volume->GetProperty ()->SetAmbient (WILLIS_LIGHT_AMBIENT);
  volume->GetProperty ()->SetDiffuse (WILLIS_LIGHT_DIFFUSE);
  volume->GetProperty ()->SetSpecular (WILLIS_LIGHT_SPECULAR);
  volume->GetProperty ()->SetSpecularPower (WILLIS_LIGHT_POWER);
  mapper->SetInputData (image);
  mapper->SetBlendMode (table->mip ? vtkVolumeMapper::MAXIMUM_INTENSITY_BLEND : vtkVolumeMapper::COMPOSITE_BLEND);
  mapper->AutoAdjustSampleDistancesOff ();
  mapper->SetSampleDistance ((float) (0.5 * table->reference_mm));
  mapper->UseJitteringOn ();
  if (clip != nullptr)
    mapper->AddClippingPlane (clip);
  for (int r = 0; r < 3; r++)
    {
      for (int c = 0; c < 3; c++)
        place->SetElement (r, c, grid->direction[3 * r + c]);
      place->SetElement (r, 3, grid->origin_lps_mm[r]);
    }
  volume->SetUserMatrix (place);
  volume->SetMapper (mapper);
  return volume;
}

} // namespace

VtkStage::VtkStage ()
{
  const char *name;

  window->SetOwnContext (0);
  yes->SetCallback ([] (vtkObject *, unsigned long event, void *, void *answer)
                    {
                      if (event == vtkCommand::WindowIsCurrentEvent)
                        *static_cast<bool *> (answer) = true;
                      else
                        *static_cast<int *> (answer) = 1;
                    });
  for (auto event : { vtkCommand::WindowIsCurrentEvent, vtkCommand::WindowIsDirectEvent,
                      vtkCommand::WindowSupportsOpenGLEvent })
    window->AddObserver (event, yes);
  window->SetMultiSamples (0);
  window->SetReadyForRendering (true);
  window->OpenGLInit ();
  window->AddRenderer (renderer);
  name = reinterpret_cast<const char *> (glGetString (GL_RENDERER));
  software = name == nullptr || strstr (name, "llvmpipe") != nullptr || strstr (name, "softpipe") != nullptr
             || strstr (name, "SWR") != nullptr || strstr (name, "swrast") != nullptr;
  /* On a graphics processor smooth edges cost nothing. */
  window->SetMultiSamples (software ? 0 : 4);
  g_debug ("OpenGL: %s%s", name != nullptr ? name : "?", software ? ", software" : "");
}

VtkStage::~VtkStage ()
{
  layer.release (window);
  for (auto &entry : entries)
    drop_entry (&entry.second);
  entries.clear ();
  window->Finalize ();
}

void
VtkStage::drop_entry (Entry *entry)
{
  for (auto &prop : entry->props)
    {
      for (vtkActor *actor : { prop.fine.Get (), prop.coarse.Get () })
        if (actor != nullptr)
          {
            renderer->RemoveActor (actor);
            actor->ReleaseGraphicsResources (window);
          }
    }
  entry->props.clear ();
  if (entry->volume)
    {
      renderer->RemoveVolume (entry->volume);
      entry->volume->ReleaseGraphicsResources (window);
    }
  entry->volume = nullptr;
}

void
VtkStage::make_entry (WillisScene *scene, Item *item, Entry *entry)
{
  vtkPlane *clip = scene->clip && item->kind != Kind::ring ? plane.Get () : nullptr;

  drop_entry (entry);
  entry->revision = item->revision;
  for (gsize i = 0; i < item->shapes.size (); i++)
    {
      Prop prop;

      if (willis_surface_n_triangles (item->shapes[i]->surface) == 0)
        continue;
      prop.fine = make_actor (triangles_of (software && item->resting[i] != nullptr ? item->resting[i] : item->shapes[i]),
                              item->rgb, true, clip);
      renderer->AddActor (prop.fine);
      if (item->coarse[i] != nullptr)
        {
          prop.coarse = make_actor (triangles_of (item->coarse[i]), item->rgb, true, clip);
          renderer->AddActor (prop.coarse);
        }
      entry->props.push_back (prop);
    }
  for (const auto *line : item->lines)
    {
      Prop prop;

      prop.fine = make_actor (polyline_of (line, item->rgb), item->rgb, false, clip);
      prop.line_px = line->width_px;
      renderer->AddActor (prop.fine);
      entry->props.push_back (prop);
    }
  if (item->volume != nullptr && !software)
    {
      entry->volume = make_volume (item, clip);
      renderer->AddVolume (entry->volume);
    }
}

/* Makes the stage's props what the scene says. */
void
VtkStage::sync (WillisScene *scene, double scale)
{
  bool clip_changed = scene->clip != clipped;

  clipped = scene->clip;
  for (auto it = entries.begin (); it != entries.end ();)
    if (scene->find (it->first.c_str ()) == nullptr)
      {
        drop_entry (&it->second);
        it = entries.erase (it);
      }
    else
      ++it;
  plane->SetOrigin (scene->clip_point);
  plane->SetNormal (scene->clip_normal);
  for (const auto &item : scene->items)
    {
      Entry &entry = entries[item->id];
      bool seen = item->visible && item->opacity > 0.0;

      if (entry.revision != item->revision || clip_changed)
        make_entry (scene, item.get (), &entry);
      for (auto &prop : entry.props)
        {
          bool coarse = scene->moving && prop.coarse;

          for (vtkActor *actor : { prop.fine.Get (), prop.coarse.Get () })
            if (actor != nullptr)
              {
                actor->SetVisibility (seen && (actor == prop.coarse.Get ()) == coarse);
                actor->GetProperty ()->SetOpacity (item->opacity);
                if (prop.line_px > 0.0)
                  actor->GetProperty ()->SetLineWidth ((float) (prop.line_px * scale));
              }
        }
      if (entry.volume)
        entry.volume->SetVisibility (seen);
    }
}

void
VtkStage::aim (const WillisScene *scene, int width, int height)
{
  const WillisCamera *from = &scene->camera;
  vtkCamera *camera = renderer->GetActiveCamera ();
  double distance = vec3_dist (from->eye_lps_mm, from->focus_lps_mm), up[3];
  guint32 background = scene->background ();
  double box[6], nearest = HUGE_VAL, farthest = -HUGE_VAL;

  willis_camera_axes (from, nullptr, up, nullptr);
  camera->SetPosition (from->eye_lps_mm);
  camera->SetFocalPoint (from->focus_lps_mm);
  camera->SetViewUp (up);
  camera->SetParallelProjection (!from->perspective);
  camera->SetParallelScale (0.5 * from->height_mm);
  camera->SetViewAngle (2.0 * std::atan2 (0.5 * from->height_mm, distance) * 180.0 / G_PI);
  scene->bounds (nullptr, box);
  for (int c = 0; c < 8; c++)
    {
      double p[3] = { box[c & 1 ? 3 : 0], box[c & 2 ? 4 : 1], box[c & 4 ? 5 : 2] }, x, y, depth;

      willis_camera_project (from, width, height, p, &x, &y, &depth);
      nearest = std::min (nearest, depth);
      farthest = std::max (farthest, depth);
    }
  nearest -= 1.0;
  farthest += 1.0;
  if (from->perspective)
    nearest = std::max (nearest, 1e-3 * farthest);
  camera->SetClippingRange (nearest, std::max (farthest, nearest + 1.0));
  renderer->SetBackground ((background >> 16 & 255) / 255.0, (background >> 8 & 255) / 255.0,
                           (background & 255) / 255.0);
  renderer->SetBackgroundAlpha (1.0);
  window->SetSize (width, height);
}

WillisDraw
VtkStage::draw (WillisScene *scene, int width, int height, double scale)
{
  Item *cast = nullptr;
  bool more = false;

  sync (scene, scale);
  aim (scene, width, height);
  for (const auto &item : scene->items)
    if (item->volume != nullptr && item->visible && item->opacity > 0.0 && software)
      cast = item.get ();
  if (cast == nullptr)
    {
      window->Render ();
      return WILLIS_DRAW_DONE;
    }

  /* The rays end at what OpenGL has drawn, so they come between the renderer's end and the window's. */
  struct Late
  {
    VtkStage *stage;
    WillisScene *scene;
    Item *item;
    int width, height;
    bool *more;
  } late = { this, scene, cast, width, height, &more };
  vtkNew<vtkCallbackCommand> command;

  command->SetClientData (&late);
  command->SetCallback ([] (vtkObject *, unsigned long, void *data, void *)
                        {
                          auto *l = static_cast<Late *> (data);
                          const double *range = l->stage->renderer->GetActiveCamera ()->GetClippingRange ();

                          *l->more = l->stage->layer.draw (l->scene, l->item, l->stage->window, l->width, l->height,
                                                           range[0], range[1], l->scene->at_once);
                        });
  unsigned long tag = renderer->AddObserver (vtkCommand::EndEvent, command);
  window->Render ();
  renderer->RemoveObserver (tag);
  return more ? WILLIS_DRAW_MORE : WILLIS_DRAW_DONE;
}

bool
VtkStage::refine (WillisScene *scene, double budget_ms)
{
  return layer.refine (scene, budget_ms);
}

/* Moving pictures that take longer than this get a quarter of the pixels; when those take less than the other, all of
 * them again. */
static const double SLOW_MS = 40.0, QUICK_MS = 9.0;

int
VtkStage::moving_divisor () const
{
  return slow ? 2 : 1;
}

void
VtkStage::note_time (double ms)
{
  slow = software && (slow ? ms > QUICK_MS : ms > SLOW_MS);
}

void
VtkStage::blit (unsigned int framebuffer, int width, int height)
{
  vtkOpenGLState *gl = window->GetState ();
  const int *size = window->GetSize ();

  gl->vtkglBindFramebuffer (GL_READ_FRAMEBUFFER, window->GetDisplayFramebuffer ()->GetFBOIndex ());
  gl->vtkglBindFramebuffer (GL_DRAW_FRAMEBUFFER, framebuffer);
  gl->vtkglViewport (0, 0, width, height);
  gl->vtkglScissor (0, 0, width, height);
  glBlitFramebuffer (0, 0, size[0], size[1], 0, 0, width, height, GL_COLOR_BUFFER_BIT,
                     size[0] == width ? GL_NEAREST : GL_LINEAR);
}

guint8 *
VtkStage::read (int width, int height)
{
  guint8 *rgba = static_cast<guint8 *> (g_malloc ((gsize) 4 * width * height));

  window->GetState ()->vtkglBindFramebuffer (GL_READ_FRAMEBUFFER, window->GetDisplayFramebuffer ()->GetFBOIndex ());
  glPixelStorei (GL_PACK_ALIGNMENT, 4);
  glReadPixels (0, 0, width, height, GL_RGBA, GL_UNSIGNED_BYTE, rgba);
  for (int y = 0; y < height / 2; y++)
    std::swap_ranges (rgba + (gsize) 4 * width * y, rgba + (gsize) 4 * width * (y + 1),
                      rgba + (gsize) 4 * width * (height - 1 - y));
  for (gsize i = 0; i < (gsize) width * height; i++)
    rgba[4 * i + 3] = 255;
  return rgba;
}

void
VtkStage::prove ()
{
  const int size = 16;

  renderer->SetBackground (0.2, 0.4, 0.6);
  renderer->SetBackgroundAlpha (1.0);
  window->SetSize (size, size);
  window->Render ();
  g_autofree guint8 *rgba = read (size, size);
  const guint8 *p = rgba + 4 * (size * size / 2 + size / 2);

  if (std::abs (p[0] - 51) > 2 || std::abs (p[1] - 102) > 2 || std::abs (p[2] - 153) > 2)
    throw std::runtime_error ("OpenGL draws, but nothing arrives in the picture");
}
