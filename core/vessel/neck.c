/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Finding the neck of a sac, after Piccinelli et al. (2012, Ann Biomed Eng 40:2188): along the axis on which the sac rises
 * out of its artery, the plane of least section area is sought among tilts; the neck is the lowest place from which
 * that plane runs smoothly up into the sac. Below that place the least section jumps: it cuts through the artery
 * aslant. Evaluated on the AneuRisk neck curves by tests/core/vessel/test-neck.c; figures in README-morphology.md.
 */
#include <math.h>
#include <string.h>

#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/mesh/edit.h"
#include "core/mesh/rims.h"
#include "core/num/vec3.h"
#include "core/vessel/aneurysm-cut.h"
#include "core/vessel/aneurysm.h"
#include "core/vessel/neck-field.h"
#include "core/vessel/segmentation.h"

#define MAX_LEVEL_MM 1.9     // necks stand at most this far out of the tube of their artery
#define TILTS 8              // times 4 degrees
#define AZIMUTHS 12
#define JUMP_DEG 12.0        // a larger turn from one level to the next is a jump
#define JUMP_TOP_MM 1.2      // jumps above this are no longer the artery's
#define FLOOR_MM 0.7         // below this the surface of an artery is rough; the slide goes lower
#define SHRINK 1.3           // how much larger than the waist above it a neck may be

#define LEAST_ROUND 0.72     // 4 pi A / P^2 of any neck; a slanting cut through an artery is less
#define SLIDE_MM 0.06
#define MAX_STEPS 60
#define LEAP 1.12            // a step that grows the area more has reached the artery
#define FRAY 0.95            // a loop less round than this share of the roundest frays out into the artery
#define SLIDE_TURNS 1        // tilts of up to 2 degrees a step

/* The plane of least area at one level of the axis. */
typedef struct
{
  gsize at; // index of the axis
  double level, area;
  double point[3], normal[3];
} Plane;

/* How round a section is: 4 pi A / P^2, 1 for a circle. */
static double
roundness (const WillisSection *section)
{
  return 4.0 * G_PI * section->area_mm2 / (section->perimeter_mm * section->perimeter_mm);
}

static double
section_area (WillisNeckField *field, const double point[3], const double normal[3], double below)
{
  WillisSection section;

  if (!willis_neck_section (field, point, normal, &section) || section.area_mm2 >= below
      || roundness (&section) < LEAST_ROUND || !willis_neck_section_parts (field, &section))
    return G_MAXDOUBLE;
  return section.area_mm2;
}

/* Axis direction at a point, over some of its neighbours. */
static void
axis_direction (const WillisNeckField *field, gsize i, double out[3])
{
  gsize n = field->level->len, lo = i >= 3 ? i - 3 : 0, hi = MIN (i + 5, n - 1);

  vec3_sub (out, &g_array_index (field->axis, double, 3 * hi), &g_array_index (field->axis, double, 3 * lo));
  vec3_normalize (out);
}

static void
tilted (const double normal[3], double tilt, double azimuth, double out[3])
{
  double u[3], v[3];

  vec3_basis (normal, u, v);
  vec3_scale (out, normal, cos (tilt));
  vec3_axpy (out, out, sin (tilt) * cos (azimuth), u);
  vec3_axpy (out, out, sin (tilt) * sin (azimuth), v);
}

/* Searches the tilts at axis point i. FALSE where no plane there parts the sac from its artery. */
static gboolean
least_plane (WillisNeckField *field, gsize i, Plane *plane)
{
  double axis[3], normal[3];

  plane->at = i;
  plane->level = g_array_index (field->level, double, i);
  plane->area = G_MAXDOUBLE;
  vec3_copy (plane->point, &g_array_index (field->axis, double, 3 * i));
  axis_direction (field, i, axis);
  for (int tilt = 0; tilt <= TILTS; tilt++)
    for (int a = 0; a < (tilt > 0 ? AZIMUTHS : 1); a++)
      {
        double area;

        tilted (axis, tilt * 4.0 * G_PI / 180.0, a * 2.0 * G_PI / AZIMUTHS, normal);
        area = section_area (field, plane->point, normal, plane->area);
        if (area < plane->area)
          {
            plane->area = area;
            vec3_copy (plane->normal, normal);
          }
      }
  return plane->area < G_MAXDOUBLE;
}

/* Finer tilts around the best, at most `turns` of them. */
static void
polish (WillisNeckField *field, Plane *plane, int turns)
{
  for (double step = 2.0 * G_PI / 180.0; step > 0.4 * G_PI / 180.0; step *= 0.5)
    for (int a = 0; a < 8 && turns > 0; a++)
      {
        double normal[3], area;

        tilted (plane->normal, step, a * G_PI / 4.0, normal);
        area = section_area (field, plane->point, normal, plane->area);
        if (area < plane->area)
          {
            plane->area = area;
            vec3_copy (plane->normal, normal);
            turns--;
            a = -1; // again from here
          }
      }
}

/* Moves the plane down towards the artery as far as its section stays one compact loop that parts the sac. Where it
 * reaches into the artery the loop tears, leaps in area or frays out; the neck is the last place before that. The
 * tilt follows the least area, but whether a step is possible is asked before tilting. */
static void
slide_down (WillisNeckField *field, Plane *plane)
{
  Plane path[MAX_STEPS];
  double round[MAX_STEPS], roundest = 0.0, last_area = 0.0;
  WillisSection section;
  int n = 0, at;

  while (n < MAX_STEPS && willis_neck_section (field, plane->point, plane->normal, &section)
         && (n == 0 || section.area_mm2 < LEAP * last_area) && willis_neck_section_parts (field, &section))
    {
      round[n] = roundness (&section);
      roundest = MAX (roundest, round[n]);
      if (round[n] < 0.88 * roundest)
        break;
      plane->area = last_area = section.area_mm2;
      vec3_copy (plane->point, section.centre_lps_mm);
      if (n > 0)
        polish (field, plane, SLIDE_TURNS);
      path[n++] = *plane;
      vec3_axpy (plane->point, plane->point, -SLIDE_MM, plane->normal);
    }
  if (n == 0)
    return;
  for (at = n - 1; at > 0 && round[at] < FRAY * roundest; at--)
    ;
  *plane = path[MAX (at - 1, 0)];
}

static double
turn_deg (const Plane *a, const Plane *b)
{
  return acos (CLAMP (fabs (vec3_dot (a->normal, b->normal)), 0.0, 1.0)) * 180.0 / G_PI;
}

/* The neck among the planes, lowest first: behind the last jump, above the roughness of the artery, and where a waist
 * lies above, at the lowest place not much larger than the waist. */
static guint
choose (const GArray *planes, double base)
{
  guint n = planes->len, from = 0, waist;

  for (guint i = 0; i + 1 < n; i++)
    {
      const Plane *a = &g_array_index (planes, Plane, i), *b = a + 1;

      if (a->level - base <= JUMP_TOP_MM && turn_deg (a, b) > JUMP_DEG && b->area <= a->area)
        from = i + 1;
    }
  while (from + 1 < n && g_array_index (planes, Plane, from).level - base < FLOOR_MM)
    from++;
  waist = from;
  while (waist + 1 < n && g_array_index (planes, Plane, waist + 1).level - base <= JUMP_TOP_MM + 0.4
         && g_array_index (planes, Plane, waist + 1).area <= 1.002 * g_array_index (planes, Plane, waist).area)
    waist++;
  if (waist + 1 >= n || g_array_index (planes, Plane, waist + 1).level - base > JUMP_TOP_MM + 0.4)
    return from; // no waist: it tapers to its top
  for (guint i = waist; i > from; i--)
    if (g_array_index (planes, Plane, i - 1).area > SHRINK * g_array_index (planes, Plane, waist).area)
      return i;
  return from;
}

/* Sets the neck to the section of plane; FALSE where it does not cut a sac off. */
static gboolean
settle (WillisNeckField *field, const Plane *plane, WillisNeck *out)
{
  gsize n = field->level->len;
  WillisSection section;
  WillisCut cut = { 0 };
  double up[3];

  if (!willis_neck_section (field, plane->point, plane->normal, &section))
    return FALSE;
  vec3_copy (out->centre_lps_mm, section.centre_lps_mm);
  vec3_copy (out->normal, plane->normal);
  vec3_copy (out->dome_lps_mm, &g_array_index (field->axis, double, 3 * ((plane->at + n) / 2)));
  vec3_sub (up, willis_surface_points (field->near) + 3 * field->dome, section.centre_lps_mm);
  if (vec3_dot (up, out->normal) < 0.0)
    vec3_scale (out->normal, out->normal, -1.0);
  if (!willis_cut_plane (field->near, out->centre_lps_mm, out->normal, out->dome_lps_mm, &cut, NULL))
    return FALSE;
  willis_cut_clear (&cut);
  return TRUE;
}

/* A tree for a lumen that came without one: of the part around the seed, its open ends closed. NULL where there is
 * none (then the way over the surface from the seed must do) or when cancelled. */
static WillisTree *
own_tree (const WillisSurface *lumen, const double seed_lps_mm[3], const WillisProgress *progress)
{
  g_autoptr (WillisSurface) near = willis_cut_near (lumen, seed_lps_mm, NECK_REACH_MM);
  g_autoptr (WillisSurface) oriented = willis_surface_oriented (near);
  g_autoptr (WillisSurface) closed = willis_surface_fill_holes (oriented, 0, NULL);

  return willis_surface_n_triangles (closed) > 0 ? willis_tree_extract (closed, progress, NULL) : NULL;
}

gboolean
willis_neck_find (const WillisSurface *lumen, const WillisTree *tree, const double seed_lps_mm[3],
                  const WillisProgress *progress, WillisNeck *out, GError **error)
{
  g_autoptr (WillisTree) own = NULL;
  g_autoptr (GArray) planes = g_array_new (FALSE, FALSE, sizeof (Plane));
  WillisNeckField field;
  WillisNeck neck;
  gboolean found = FALSE;
  double base;

  if (!willis_surface_check (lumen, error) || !willis_progress_step (progress, 0.0, error))
    return FALSE;
  if (tree == NULL)
    {
      WillisProgress part = willis_progress_part (progress, 0.0, 0.2, NULL);

      tree = own = own_tree (lumen, seed_lps_mm, progress != NULL ? &part : NULL);
    }
  if (!willis_progress_step (progress, 0.2, error)
      || !willis_neck_field_init (&field, lumen, tree, seed_lps_mm, error))
    return FALSE;
  base = field.has_tubes ? 0.0 : g_array_index (field.level, double, 0) - FLOOR_MM;
  for (gsize i = 0; i < field.level->len; i++)
    {
      Plane plane;

      if (g_array_index (field.level, double, i) - base > MAX_LEVEL_MM && planes->len > 0)
        break;
      if (!willis_progress_step (progress, 0.2 + 0.7 * (double) i / (double) field.level->len, error))
        {
          willis_neck_field_clear (&field);
          return FALSE;
        }
      if (least_plane (&field, i, &plane))
        g_array_append_val (planes, plane);
    }
  for (guint i = planes->len > 0 ? choose (planes, base) : 0; i < planes->len && !found; i++)
    {
      Plane plane = g_array_index (planes, Plane, i);

      polish (&field, &plane, 20);
      slide_down (&field, &plane);
      found = settle (&field, &plane, &neck);
    }
  willis_neck_field_clear (&field);
  if (!found)
    return willis_fail (error, WILLIS_ERROR_FAILED, _ ("no plane parts the sac at the seed from its artery"));
  *out = neck;
  return willis_progress_step (progress, 1.0, error);
}
