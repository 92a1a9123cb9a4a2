/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Private to ui/scene: what a scene consists of, and the stages (VTK) that draw it.
 */
#include <memory>
#include <string>
#include <vector>

#include "ui/scene/scene.h"
#include "ui/scene/shape.h"
#include "ui/scene/volume-caster.h"

namespace willis
{

struct Marker
{
  double lps_mm[3];
  std::string caption;
};

enum class Kind
{
  surface,
  field,
  volume,
  labels,
  tree,
  curve,
  markers,
  ring,
  crosshair,
};

/* One thing that is shown. Owns all it points at. */
struct Item
{
  std::string id;
  Kind kind = Kind::surface;
  bool visible = true;
  double opacity = 1.0;
  guint32 rgb = 0xffffff;
  guint64 revision = 0; // changes with the contents (not with visibility, opacity)
  std::vector<WillisShape *> shapes, coarse, resting; // coarse: while moving; resting: where the processor draws; both may be null
  std::vector<WillisLine *> lines;
  WillisVolume *volume = nullptr;
  WillisTransfer transfer{};
  WillisCaster *caster = nullptr; // of the volume; made when first needed
  GThread *making = nullptr;      // makes one on the side: nothing waits for large scans
  gint made = 0;                  // set by it, atomically, when it is done
  std::vector<Marker> captions;
  std::string title, unit; // of the legend
  double lo = 0.0, hi = 1.0;
  WillisColourMap map = WILLIS_MAP_VIRIDIS;
  WillisNeck neck{}; // of a ring
  double radius_mm = 0.0;
  bool hoop = false;                    // a ring without arrow
  double box[6] = { 0, 0, 0, 0, 0, 0 }; // mm; empty: lowest above highest

  void measure (); // fills box; when the contents are complete
  Item () = default;
  Item (const Item &) = delete;
  Item &operator= (const Item &) = delete;
  ~Item ();
};

/* Draws a scene with VTK in one OpenGL context, which must be current in every call. */
class Stage
{
public:
  virtual ~Stage () = default;
  virtual WillisDraw draw (WillisScene *scene, int width, int height, double scale) = 0;
  /* Works on a finer picture; TRUE when it is ready to be drawn. Needs no context. */
  virtual bool refine (WillisScene *scene, double budget_ms) = 0;
};

/* A picture with VTK off screen; NULL with an error where there is no OpenGL. Without overlay. */
guint8 *render_vtk (WillisScene *scene, int width, int height, double scale, GError **error);

} // namespace willis

struct _WillisScene
{
  GThread *thread = nullptr;
  std::vector<std::unique_ptr<willis::Item>> items;
  guint64 next_revision = 1;
  guint64 state = 1; // changes whenever the picture below the overlay does
  WillisCamera camera{};
  int width = 640, height = 480;
  double scale = 1.0;
  bool moving = false, dark = true, overlay = true;
  bool at_once = false; // the picture being drawn must be the finest
  bool clip = false;
  double clip_point[3] = { 0, 0, 0 }, clip_normal[3] = { 0, 0, 1 };
  bool crosshair = false;
  double crosshair_lps_mm[3] = { 0, 0, 0 };
  WillisSceneChanged changed = nullptr;
  gpointer changed_data = nullptr;
  std::unique_ptr<willis::Stage> screen, offscreen; // GtkGLArea's context; our own

  _WillisScene ();
  ~_WillisScene ();
  willis::Item *find (const char *id) const;
  void put (std::unique_ptr<willis::Item> item); // replaces, notifies
  void touch ();                                 // contents or camera changed: a new picture is due
  void notify ();                                // only the overlay or the quality changed
  bool bounds (const char *id, double box[6]) const;
  void clip_plane (double plane[4]) const; // what stays: plane[0..2] . x >= plane[3]
  guint32 background () const;
  /* The item's ray caster. wait FALSE: begins to make it and returns NULL until it is ready. */
  const WillisCaster *caster (willis::Item *item, bool wait);
};
