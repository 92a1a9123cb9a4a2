/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * A 3D scene: what is shown (by name), from where, and its pictures. Plain C around VTK; no VTK or GTK type
 * leaves it, so the command line and the report draw with it too. World is LPS millimetres; colours are
 * 0xRRGGBB. All functions are for one thread (the one that made the scene; with GTK the main thread).
 *
 * Three ways to a picture: begin_gl / draw_gl / end_gl draw with VTK into the caller's OpenGL context (the
 * window); render_rgba draws with VTK off screen, no display needed; where no OpenGL works at all, and where
 * asked, the same contents are drawn by our own rasteriser. Captions, scale bar, legend and orientation
 * figure are an overlay in two dimensions, the same for all three.
 *
 * A scene holds references to what it shows and never copies large arrays.
 */
#include "core/image/volume.h"
#include "core/mesh/surface.h"
#include "core/vessel/aneurysm.h"
#include "core/vessel/tree.h"
#include "ui/scene/camera.h"

G_BEGIN_DECLS

#define WILLIS_COLOUR_VESSEL 0xd8473fu // red
#define WILLIS_COLOUR_BONE 0xede3ccu   // ivory
#define WILLIS_COLOUR_SAC 0xf0a830u    // amber
#define WILLIS_COLOUR_DEVICE 0x6f9fc8u // steel blue
#define WILLIS_COLOUR_GROWTH 0xe03ad0u // magenta
#define WILLIS_COLOUR_NECK 0x4fd0e0u   // cyan: neck curve and ring

typedef struct _WillisScene WillisScene;
typedef struct _cairo WillisCairo; // cairo_t

typedef enum
{
  WILLIS_TRANSFER_CTA_VESSELS, // Hounsfield units, contrast 150 .. 500
  WILLIS_TRANSFER_3DRA,        // percentiles of the scan: only bright vessels
  WILLIS_TRANSFER_BONE,        // Hounsfield units, 300 and above
  WILLIS_TRANSFER_MIP,         // maximum intensity, window lo .. hi
} WillisTransferPreset;

typedef struct
{
  WillisTransferPreset preset;
  double lo, hi; // scan units where the ramp starts and is full; both 0: as the preset and the scan say
} WillisTransfer;

typedef enum
{
  WILLIS_TREE_LINES, // constant width, coloured by radius
  WILLIS_TREE_TUBES, // with their own radii, coloured by radius
} WillisTreeStyle;

typedef enum
{
  WILLIS_MAP_VIRIDIS,   // perceptually uniform, colour-blind safe: the default of all fields
  WILLIS_MAP_CIVIDIS,   // the same, blue to yellow
  WILLIS_MAP_DIVERGING, // blue - grey - red about the middle: differences
  WILLIS_MAP_GROWTH,    // grey to magenta
} WillisColourMap;

/* A ball with an optional caption: candidate, target, contact. */
typedef struct
{
  double lps_mm[3];
  double radius_mm;
  guint32 rgb;
  const char *caption; // UTF-8 or NULL; copied
} WillisMarker;

/* The parts of a ring that can be taken by the pointer; WillisPick.cell says which. */
typedef enum
{
  WILLIS_RING_MOVE,  // ball in the middle: moves in the plane of the picture
  WILLIS_RING_SHIFT, // shaft of the arrow: moves along the normal
  WILLIS_RING_TILT,  // tip of the arrow: aims the normal
  WILLIS_RING_EDGE,  // the ring itself: turns about the middle so that the taken point follows
} WillisRingHandle;

typedef struct
{
  const char *id;          // of the thing hit; borrowed until it is hidden
  double point_lps_mm[3];  // on the thing
  double normal[3];        // unit, towards the outside; zero where it has none
  gint64 cell;             // triangle, marker index, branch index or WillisRingHandle; -1 where none
  double depth_mm;         // in front of the eye
} WillisPick;

typedef enum
{
  WILLIS_DRAW_FAILED, // error is set
  WILLIS_DRAW_DONE,   // nothing finer to come
  WILLIS_DRAW_MORE,   // a finer one can be had: willis_scene_refine
} WillisDraw;

typedef enum
{
  WILLIS_RENDERER_ANY,    // VTK where OpenGL works, the rasteriser else
  WILLIS_RENDERER_VTK,    // VTK or an error
  WILLIS_RENDERER_RASTER, // our own, always
} WillisRenderer;

/* Makes an empty scene. NULL with WILLIS_ERROR_FAILED where VTK cannot be used at all. */
WillisScene *willis_scene_new (GError **error);
void willis_scene_free (WillisScene *scene);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WillisScene, willis_scene_free)

/* Called (on the scene's thread) whenever a new picture is due; one function, NULL for none. */
typedef void (*WillisSceneChanged) (WillisScene *scene, gpointer data);
void willis_scene_on_change (WillisScene *scene, WillisSceneChanged func, gpointer data);

/* --- What is shown. Showing under an id that exists replaces it. All return FALSE with an error (bad input or
 * memory) and then leave the scene as it was. */

/* Ray-cast volume. transfer may be NULL (guessed: CTA vessels where values go below -200, 3DRA else). */
gboolean willis_scene_show_volume (WillisScene *scene, const char *id, WillisVolume *volume,
                                   const WillisTransfer *transfer, GError **error);

/* A surface in one colour; opacity 0 .. 1. Only opaque surfaces are hit by picks. */
gboolean willis_scene_show_surface (WillisScene *scene, const char *id, WillisSurface *surface, guint32 rgb,
                                    double opacity, GError **error);

/* A surface made ready to be shown: checked, with its normals and coarser forms. Made on any thread, for a large one
 * takes longer than a frame. NULL with an error (bad input). */
typedef struct _WillisReady WillisReady;
WillisReady *willis_ready_new (WillisSurface *surface, GError **error);
void willis_ready_free (WillisReady *ready); // NULL is no error

/* As willis_scene_show_surface. Takes what is in ready, which is empty afterwards and still the caller's. */
gboolean willis_scene_show_ready (WillisScene *scene, const char *id, WillisReady *ready, guint32 rgb, double opacity,
                                  GError **error);

/* A surface coloured by one number per point: [n_points], NaN is drawn grey. range lo == hi: the values'. title
 * (translated) and unit stand at the legend; title NULL: no legend. values are copied. */
gboolean willis_scene_show_field (WillisScene *scene, const char *id, WillisSurface *surface,
                                  const double *values, double lo, double hi, WillisColourMap map,
                                  const char *title, const char *unit, GError **error);

/* The boundary of one label of a u8 volume, e.g. WILLIS_LABEL_BONE as a ghost (opacity 0.15). Drawn from every
 * step-th voxel so that at most about 150 000 triangles result; for looking at, not for measuring. */
gboolean willis_scene_show_labels (WillisScene *scene, const char *id, WillisVolume *labels, int label,
                                   guint32 rgb, double opacity, GError **error);

/* The surface that show_labels draws (new; empty where the label does not occur). It needs no scene and may be called on
 * any thread: large labels take longer than a frame. */
WillisSurface *willis_scene_label_surface (WillisVolume *labels, int label);

/* The centreline tree; highlight is a branch drawn brighter, -1 none. */
gboolean willis_scene_show_tree (WillisScene *scene, const char *id, WillisTree *tree, WillisTreeStyle style,
                                 int highlight, GError **error);

/* A curve as a tube: neck curve, catheter, mandrel. radius_mm 0: a line two pixels wide. */
gboolean willis_scene_show_curve (WillisScene *scene, const char *id, const double *points_lps_mm, gsize n,
                                  gboolean closed, guint32 rgb, double radius_mm, GError **error);

/* Many curves as one thing, [n_curves][n][3]: the wires of a device. Thinner tubes have fewer sides. */
gboolean willis_scene_show_curves (WillisScene *scene, const char *id, const double *points_lps_mm, gsize n_curves,
                                   gsize n, gboolean closed, guint32 rgb, double radius_mm, GError **error);

gboolean willis_scene_show_markers (WillisScene *scene, const char *id, const WillisMarker *markers, gsize n,
                                    GError **error);

/* The neck as a ring with handles. radius_mm > 0. */
gboolean willis_scene_show_ring (WillisScene *scene, const char *id, const WillisNeck *neck, double radius_mm,
                                 GError **error);
/* The ring as it is now, after drags. FALSE where id is no ring. */
gboolean willis_scene_get_ring (WillisScene *scene, const char *id, WillisNeck *neck, double *radius_mm);

/* A mark on a vessel that can be taken and moved: a hoop about its course, all of it the handle WILLIS_RING_MOVE. To
 * willis_scene_get_ring, willis_scene_drag_ring and picks it is a ring; whoever shows it puts it back on the course
 * after a drag. caption (UTF-8, copied) or NULL. */
gboolean willis_scene_show_hoop (WillisScene *scene, const char *id, const WillisNeck *plane, double radius_mm,
                                 guint32 rgb, const char *caption, GError **error);

/* Takes the ring's handle from one pixel to another. */
void willis_scene_drag_ring (WillisScene *scene, const char *id, WillisRingHandle handle, double x0, double y0,
                             double x1, double y1);

/* The crosshair point as three thin lines; NULL takes it away. */
void willis_scene_set_crosshair (WillisScene *scene, const double lps_mm[3]);

/* Removes / keeps but does not draw / asks. An id that is not there is no error. */
void willis_scene_hide (WillisScene *scene, const char *id);
void willis_scene_hide_all (WillisScene *scene);
void willis_scene_set_visible (WillisScene *scene, const char *id, gboolean visible);
gboolean willis_scene_has (WillisScene *scene, const char *id);
void willis_scene_set_opacity (WillisScene *scene, const char *id, double opacity);

/* Cuts surfaces and volumes: what lies on the side of the normal stays. NULL point: no clipping. */
void willis_scene_set_clip (WillisScene *scene, const double point_lps_mm[3], const double normal[3]);

/* Background and overlay: dark (default) or light; overlay FALSE leaves captions, figure and bar away. */
void willis_scene_set_style (WillisScene *scene, gboolean dark, gboolean overlay);

/* --- The camera. */
void willis_scene_get_camera (WillisScene *scene, WillisCamera *camera);
void willis_scene_set_camera (WillisScene *scene, const WillisCamera *camera);
/* Fills the picture with one thing, or with all (NULL); keeps the direction of view. */
void willis_scene_frame (WillisScene *scene, const char *id);
/* The box of one thing or of all; FALSE where there is nothing. */
gboolean willis_scene_bounds (WillisScene *scene, const char *id, double box_lps_mm[6]);
/* The picture's size; pixel coordinates below and gestures refer to it. scale: device pixels per unit of text
 * and line width (1 on plain screens, 2 on dense ones). */
void willis_scene_set_size (WillisScene *scene, int width_px, int height_px, double scale);
void willis_scene_get_size (WillisScene *scene, int *width_px, int *height_px);
/* Gestures in pixels; see willis_camera_orbit and friends. */
void willis_scene_orbit (WillisScene *scene, double x0, double y0, double x1, double y1);
void willis_scene_pan (WillisScene *scene, double x0, double y0, double x1, double y1);
void willis_scene_zoom (WillisScene *scene, double factor, double x, double y);
/* While moving, pictures are coarser and quicker. */
void willis_scene_set_moving (WillisScene *scene, gboolean moving);

/* What is seen at a pixel: the nearest opaque thing. FALSE where there is nothing. */
gboolean willis_scene_pick (WillisScene *scene, double x, double y, WillisPick *pick);

/* --- Pictures. */

/* For a GtkGLArea: begin in realize, end in unrealize, draw in render, each with the context current. */
gboolean willis_scene_begin_gl (WillisScene *scene, GError **error);
WillisDraw willis_scene_draw_gl (WillisScene *scene, GError **error);
/* After WILLIS_DRAW_MORE, whenever there is nothing else to do: works about budget_ms on a finer picture (no context
 * needed). WILLIS_DRAW_MORE: call again; WILLIS_DRAW_DONE: it is ready, draw. */
WillisDraw willis_scene_refine (WillisScene *scene, double budget_ms);
void willis_scene_end_gl (WillisScene *scene);

/* A picture of width x height device pixels, RGBA bytes from the top left (new, g_free). Uses the scene's camera;
 * the size set for the window does not matter and is not changed. */
guint8 *willis_scene_render_rgba (WillisScene *scene, int width, int height, double scale,
                                  WillisRenderer renderer, GError **error);
gboolean willis_scene_write_png (WillisScene *scene, const char *path, int width, int height, double scale,
                                 WillisRenderer renderer, GError **error);

/* Draws captions, legend, scale bar and orientation figure for a picture of this size (device pixels). */
void willis_scene_draw_overlay (WillisScene *scene, WillisCairo *cairo, int width, int height, double scale);

/* The colour of t in [0, 1] (clamped). */
guint32 willis_colour_map (WillisColourMap map, double t);

G_END_DECLS
