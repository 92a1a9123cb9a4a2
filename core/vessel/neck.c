/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Finding the neck of a sac, after Piccinelli et al. (2012, Ann Biomed Eng 40:2188): along the axis on which the sac
 * rises out of its artery, the plane of least section area is sought among tilts. Low planes cut an artery short: it
 * lies partly beyond them, or their loops stretch along it, and the next plane is a leap away. From the lowest behind
 * these the plane goes up or down to where the wall has turned, all around, from lying along the artery to standing as
 * the sac's; that says the height without the tree. Side branches that leave the sac itself are passed. Evaluated on
 * the AneuRisk neck curves (tests/sweep/necks.c) and on drawn scans (tests/sweep/sacs.c); figures in
 * README-morphology.md.
 */
#include <math.h>
#include <string.h>

#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/mesh/bvh.h"
#include "core/mesh/check.h"
#include "core/mesh/edit.h"
#include "core/mesh/rims.h"
#include "core/num/vec3.h"
#include "core/vessel/alongside.h"
#include "core/vessel/aneurysm-cut.h"
#include "core/vessel/aneurysm.h"
#include "core/vessel/neck-field.h"
#include "core/vessel/neck-foot.h"
#include "core/vessel/segmentation.h"
#include "core/vessel/touching.h"

#define MAX_LEVEL_MM 1.9 // necks stand at most this far out of the tube of their artery
#define TILTS 8          // times 4 degrees
#define AZIMUTHS 12
#define JUMP_DEG 12.0   // a larger turn from one level to the next is a jump where the next two lose area, too
#define JUMP_PART 0.1   // and so is a loss of more than this part of the area
#define JUMP_TOP_MM 1.2 // jumps above this are no longer the artery's
#define LOW_PART 0.4    // of the sac's height: farther up the sections shrink towards the dome
#define JUMP_MORE 1.15  // nor are those to a larger section than the one below them
#define OPEN 0.05       // arteries beyond of more than this part of the section: it cuts an artery short ..
#define OPEN_TOP_MM 1.0 // .. up to here; farther up they leave the sac itself
#define LOSS 1.5        // so much more beyond than beyond the next plane: an artery, whether its end is seen or not
#define LEAST_ROUND_NECK 0.85 // of the neck that is chosen, where there is one
#define FLOOR_MM 0.7          // where arteries begin without a tree

#define SEED_MM 1.0 // so far off a sac a point is taken to be meant for it

#define LEAST_ROUND 0.72 // 4 pi A / P^2 of any neck; a slanting cut through an artery is less
#define SLIDE_MM 0.08    // up or down at a time
#define CLIMB_MM 1.5     // at most
#define CLIMB_RADIUS 0.35 // of the section, where that is more
#define BEHIND 0.3        // of that radius: so far what touches a sac may hide its wall
#define SHRINKS 0.985    // the section, from one place to the next below: the plane is above the waist
#define GROWS 1.2        // the section, from one place to the next below: the plane meets the artery
#define SIDE_MOST 1.0    // of the section's area, below a side branch that leaves the sac

/* The plane of least area at one level of the axis. */
typedef struct
{
  gsize at; // index of the axis
  double level, area, round;
  double open;  // cross-sections of arteries beyond, in parts of the area
  double side;  // the same of side branches
  gsize beyond; // triangles beyond
  double point[3], normal[3];
} Plane;

/* How round a section is: 4 pi A / P^2, 1 for a circle. */
static double
roundness (const WillisSection *section)
{
  return 4.0 * G_PI * section->area_mm2 / (section->perimeter_mm * section->perimeter_mm);
}

/* Takes the section through the plane's point across normal where it is smaller than the plane's own. */
static gboolean
take_smaller (WillisNeckField *field, const double normal[3], Plane *plane)
{
  WillisSection section;
  double open, side;
  gsize beyond;

  if (!willis_neck_section (field, plane->point, normal, &section) || section.area_mm2 >= plane->area
      || roundness (&section) < LEAST_ROUND || !willis_neck_section_parts (field, &section, &open, &side, &beyond))
    return FALSE;
  plane->area = section.area_mm2;
  plane->round = roundness (&section);
  plane->open = open;
  plane->side = side;
  plane->beyond = beyond;
  vec3_copy (plane->normal, normal);
  return TRUE;
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

/* The plane of least area through a point among the tilts about a direction; FALSE where none there parts the sac from
 * its artery. */
static gboolean
least_tilt (WillisNeckField *field, const double point[3], const double about[3], Plane *plane)
{
  double normal[3];

  plane->area = G_MAXDOUBLE;
  vec3_copy (plane->point, point);
  for (int tilt = 0; tilt <= TILTS; tilt++)
    for (int a = 0; a < (tilt > 0 ? AZIMUTHS : 1); a++)
      {
        tilted (about, tilt * 4.0 * G_PI / 180.0, a * 2.0 * G_PI / AZIMUTHS, normal);
        take_smaller (field, normal, plane);
      }
  return plane->area < G_MAXDOUBLE;
}

/* The same at axis point i. */
static gboolean
least_plane (WillisNeckField *field, gsize i, Plane *plane)
{
  double axis[3];

  plane->at = i;
  plane->level = g_array_index (field->level, double, i);
  axis_direction (field, i, axis);
  return least_tilt (field, &g_array_index (field->axis, double, 3 * i), axis, plane);
}

/* Is no more artery beyond a plane than beyond another, or than any neck may leave there, and is it as round? */
static gboolean
is_no_worse (const Plane *next, const Plane *than)
{
  double beyond = (next->open + next->side) * next->area;

  return beyond <= 1.001 * MAX ((than->open + than->side) * than->area, OPEN * next->area)
         && next->round >= MIN (than->round, LEAST_ROUND_NECK);
}

/* Finer tilts around the best, at most `turns` of them. */
static void
polish (WillisNeckField *field, Plane *plane, double finest_deg, int turns)
{
  for (double step = 2.0 * G_PI / 180.0; step > finest_deg * G_PI / 180.0; step *= 0.5)
    for (int a = 0; a < 8 && turns > 0; a++)
      {
        Plane next = *plane;
        double normal[3];

        tilted (plane->normal, step, a * G_PI / 4.0, normal);
        if (take_smaller (field, normal, &next) && is_no_worse (&next, plane))
          {
            *plane = next;
            turns--;
            a = -1; // again from here
          }
      }
}

static gboolean
is_upright (WillisNeckField *field, const Plane *plane)
{
  return willis_neck_is_upright (field, plane->point, plane->normal);
}

/* The plane so far up from another (down where negative), tilted by at most so many turns to its least area. */
static gboolean
shifted (WillisNeckField *field, const Plane *from, double up_mm, int turns, Plane *out)
{
  WillisSection section;

  if (!willis_neck_section (field, from->point, from->normal, &section))
    return FALSE;
  *out = *from;
  vec3_copy (out->point, section.centre_lps_mm);
  vec3_axpy (out->point, out->point, up_mm, from->normal);
  out->area = G_MAXDOUBLE;
  if (!take_smaller (field, from->normal, out))
    return FALSE;
  polish (field, out, 0.5, turns);
  return TRUE;
}

static double
turn_deg (const Plane *a, const Plane *b)
{
  return acos (CLAMP (fabs (vec3_dot (a->normal, b->normal)), 0.0, 1.0)) * 180.0 / G_PI;
}

/* The plane so far down from another where it may settle: not worse, with the wall upright all around. */
static gboolean
settles (WillisNeckField *field, const Plane *plane, double down_mm, Plane *out)
{
  return shifted (field, plane, -down_mm, 0, out) && out->area < GROWS * plane->area && is_no_worse (out, plane)
         && is_upright (field, out);
}

/* The same a little farther down, behind sections that are no neck's for what touches the sac there, though its wall
 * goes on upright. Returns how far, 0 where there is none. */
static double
settles_behind (WillisNeckField *field, const Plane *plane, Plane *out)
{
  double most = BEHIND * sqrt (plane->area / G_PI), point[3];
  WillisSection section;

  if (!willis_neck_section (field, plane->point, plane->normal, &section))
    return 0.0;
  for (double down = SLIDE_MM; down < most; down += SLIDE_MM)
    {
      vec3_axpy (point, section.centre_lps_mm, -SLIDE_MM, plane->normal);
      if (!willis_neck_section (field, point, plane->normal, &section) || section.area_mm2 > GROWS * plane->area
          || !willis_neck_is_upright (field, point, plane->normal))
        return 0.0;
      if (settles (field, plane, down, out))
        return down;
    }
  return 0.0;
}

/* Down from a plane to the lowest place where the wall is upright all around. */
static void
settle_down (WillisNeckField *field, Plane *plane)
{
  double moved = 0.0, most = MAX (CLIMB_MM, CLIMB_RADIUS * sqrt (plane->area / G_PI)), down;
  Plane next;

  field->past_small = TRUE;
  do
    {
      for (down = 0.0; moved < most && settles (field, plane, SLIDE_MM, &next); moved += SLIDE_MM)
        *plane = next;
      if (moved < most && (down = settles_behind (field, plane, &next)) > 0.0)
        *plane = next;
      moved += down;
    }
  while (down > 0.0);
  for (double step = 0.5 * SLIDE_MM; step > 0.0005; step *= 0.5)
    if (moved < most && settles (field, plane, step, &next))
      {
        *plane = next;
        moved += step;
      }
  field->past_small = FALSE;
}

/* Below a plane, the highest one behind a side branch that leaves the sac itself: upright, no wider than the neck above
 * the branch, and no farther down than the branch's radius, for so far it hides the wall of the sac. FALSE where
 * there is none. */
static gboolean
below_side_branch (WillisNeckField *field, const Plane *above, Plane *out)
{
  WillisSection section;
  double point[3];

  if (!willis_neck_section (field, above->point, above->normal, &section))
    return FALSE;
  vec3_copy (point, section.centre_lps_mm);
  for (double moved = SLIDE_MM; moved < CLIMB_MM; moved += SLIDE_MM)
    {
      Plane next = *above;
      double branch;

      vec3_axpy (point, point, -SLIDE_MM, above->normal);
      if (!least_tilt (field, point, above->normal, &next))
        continue;
      branch = next.side * next.area - above->side * above->area;
      if (branch < 0.01 || moved > sqrt (branch / G_PI) || next.open > MAX (above->open, OPEN)
          || next.area > SIDE_MOST * above->area || (double) next.beyond > LOSS * (double) above->beyond
          || next.round < LEAST_ROUND_NECK || !is_upright (field, &next))
        continue;
      *out = next;
      polish (field, out, 0.5, 24);
      if (!is_upright (field, out))
        *out = next;
      return TRUE;
    }
  return FALSE;
}

/* Down for as long as the section shrinks, whatever the tilt: to the waist. */
static void
slide_down (WillisNeckField *field, Plane *plane)
{
  Plane at, next;

  if (!shifted (field, plane, 0.0, 12, &at))
    return;
  while (shifted (field, &at, -SLIDE_MM, 12, &next) && next.area < SHRINKS * at.area && is_no_worse (&next, &at)
         && is_upright (field, &next))
    *plane = at = next;
}

/* Moves the plane to the lowest place where the wall is upright all around: up from the artery, then down to it, past
 * side branches of the sac. */
static void
settle_height (WillisNeckField *field, Plane *plane)
{
  Plane at = *plane, next;

  for (double moved = 0.0; !is_upright (field, &at); moved += SLIDE_MM, at = next)
    if (moved > CLIMB_MM || !shifted (field, &at, SLIDE_MM, 0, &next))
      return;
  slide_down (field, &at);
  settle_down (field, &at);
  while (below_side_branch (field, &at, &next))
    {
      at = next;
      slide_down (field, &at);
      settle_down (field, &at);
    }
  *plane = at;
}

/* The neck among the planes, lowest first. Low ones cut an artery short: they leave arteries beyond, or their loops are
 * stretched along one, or they leap in area or tilt to the next. The neck is the lowest behind all that. */
static guint
choose (const GArray *planes, double base, double height)
{
  const Plane *p = (const Plane *) (const void *) planes->data;
  const double jump_top = MIN (JUMP_TOP_MM, LOW_PART * height);
  guint n = planes->len, from = 0, high = 0;
  double stays;

  while (high + 1 < n && p[high].level - base <= OPEN_TOP_MM)
    high++;
  stays = n > 0 ? p[high].side * p[high].area : 0.0; // leaves the sac farther up
  for (guint i = 0; i < high; i++)
    if (p[i].open + p[i].side - stays / p[i].area > OPEN)
      from = i + 1;
  for (guint i = from; i + 1 < n && p[i].level - base <= OPEN_TOP_MM; i++)
    if ((double) p[i].beyond > LOSS * (double) p[i + 1].beyond && p[i + 1].area < JUMP_MORE * p[i].area)
      from = i + 1;
  while (from + 1 < n && p[from].round < LEAST_ROUND_NECK && p[from].level - base < jump_top)
    from++;
  for (guint i = from; i + 1 < n && p[i].level - base <= jump_top; i++)
    if ((p[i + 1].area < (1.0 - JUMP_PART) * p[i].area
         || (turn_deg (&p[i], &p[i + 1]) > JUMP_DEG && p[MIN (i + 2, n - 1)].area <= 0.95 * p[i].area))
        && p[i + 1].area < JUMP_MORE * p[from].area)
      from = i + 1;
  return from;
}

/* Does a sac hold the seed, which may lie in its wall or a little below its neck? */
static gboolean
holds (const WillisSurface *sac, const double normal[3], const double seed[3])
{
  g_autoptr (WillisBvh) bvh = willis_bvh_new ((WillisSurface *) sac);
  WillisNearest nearest;
  double up[3];

  vec3_axpy (up, seed, SEED_MM, normal);
  return willis_surface_winding (sac, seed) > 0.5 || willis_surface_winding (sac, up) > 0.5
         || willis_bvh_nearest (bvh, seed, SEED_MM, &nearest);
}

/* What a plane is for a seed. */
typedef enum
{
  NO_SAC, // it cuts none off
  BESIDE, // the sac that it cuts off does not hold the seed
  FOUND,
} Settled;

/* Sets the neck to the section of plane. */
static Settled
settle (WillisNeckField *field, const Plane *plane, const double seed[3], WillisNeck *out)
{
  Settled settled;
  gsize n = field->level->len;
  WillisSection section;
  WillisCut cut = { 0 };
  double up[3];

  if (!willis_neck_section (field, plane->point, plane->normal, &section))
    return NO_SAC;
  vec3_copy (out->centre_lps_mm, section.centre_lps_mm);
  vec3_copy (out->normal, plane->normal);
  vec3_copy (out->dome_lps_mm, &g_array_index (field->axis, double, 3 * ((plane->at + n) / 2)));
  vec3_sub (up, willis_surface_points (field->near) + 3 * field->dome, section.centre_lps_mm);
  if (vec3_dot (up, out->normal) < 0.0)
    vec3_scale (out->normal, out->normal, -1.0);
  if (!willis_cut_plane (field->near, out->centre_lps_mm, out->normal, out->dome_lps_mm, &cut, NULL))
    return NO_SAC;
  settled = holds (cut.sac, out->normal, seed) ? FOUND : BESIDE;
  willis_cut_clear (&cut);
  return settled;
}

/* A tree for a lumen that came without one: of the part around the seed, its open ends closed. NULL where there is
 * none (then the way over the surface from the seed must do) or when cancelled. */
static WillisTree *
own_tree (const WillisSurface *lumen, const double seed_lps_mm[3], const double *direction,
          const WillisProgress *progress)
{
  g_autoptr (WillisSurface) near = willis_cut_near (lumen, seed_lps_mm, NECK_REACH_MM);
  g_autoptr (WillisSurface) oriented = willis_surface_oriented (near);
  g_autoptr (WillisSurface) closed = willis_surface_fill_holes (oriented, 0, NULL);

  return willis_surface_n_triangles (closed) > 0 ? willis_tree_extract (closed, direction, progress, NULL) : NULL;
}

/* The same as willis_neck_find () in a lumen from which nothing has to be parted. */
static gboolean
find_in (const WillisSurface *lumen, const WillisTree *tree, const double seed_lps_mm[3], double blur_mm,
         const double *direction, const WillisProgress *progress, WillisNeck *out, GError **error)
{
  g_autoptr (WillisTree) own = NULL;
  g_autoptr (GArray) planes = g_array_new (FALSE, FALSE, sizeof (Plane));
  WillisNeckField field;
  WillisNeck neck;
  Settled settled = NO_SAC;
  gboolean beside = FALSE;
  double base, dome[3] = { 0 };

  if (tree == NULL)
    {
      WillisProgress part = willis_progress_part (progress, 0.0, 0.2, NULL);

      tree = own = own_tree (lumen, seed_lps_mm, direction, progress != NULL ? &part : NULL);
    }
  if (!willis_progress_step (progress, 0.2, error) || !willis_neck_field_init (&field, lumen, tree, seed_lps_mm, error))
    return FALSE;
  field.blur_mm = blur_mm;
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
  for (guint i = planes->len > 0 ? choose (planes, base, field.out[field.dome] - base) : 0;
       i < planes->len && settled != FOUND; i++)
    {
      Plane plane = g_array_index (planes, Plane, i);

      polish (&field, &plane, 0.05, 60);
      settle_height (&field, &plane);
      settled = settle (&field, &plane, seed_lps_mm, &neck);
      if (settled == BESIDE && !beside)
        vec3_copy (dome, neck.dome_lps_mm);
      beside = beside || settled == BESIDE;
    }
  willis_neck_field_clear (&field);
  if (settled != FOUND && beside)
    return willis_fail (error, WILLIS_ERROR_FAILED,
                        _ ("no sac is at this place, the nearest is another one, about %.1f,%.1f,%.1f: point into the "
                           "middle of the sac that is meant"),
                        dome[0], dome[1], dome[2]);
  if (settled != FOUND)
    return willis_fail (error, WILLIS_ERROR_FAILED, _ ("no plane parts the sac at the seed from its artery"));
  *out = neck;
  return willis_progress_step (progress, 1.0, error);
}

gboolean
willis_neck_find (const WillisSurface *lumen, const WillisTree *tree, const double seed_lps_mm[3], double blur_mm,
                  const double *direction, const WillisProgress *progress, WillisNeck *out, GError **error)
{
  WillisProgress first = willis_progress_part (progress, 0.0, 0.7, NULL),
                 second = willis_progress_part (progress, 0.7, 1.0, NULL);
  g_autoptr (WillisTree) tree_left = NULL;
  g_autoptr (WillisTree) own = NULL;
  g_autoptr (WillisSurface) alone = NULL;
  g_autoptr (WillisSurface) parted = NULL;
  g_autoptr (WillisSurface) left = NULL;
  WillisNeck again;

  if (!willis_surface_check (lumen, error) || !willis_progress_step (progress, 0.0, error))
    return FALSE;
  alone = willis_part_alongside (lumen, tree, seed_lps_mm, &tree_left);
  if (alone != NULL)
    {
      // the arteries' centrelines may have been drawn aside into the sac, between which it lay
      lumen = alone;
      tree = own = own_tree (alone, seed_lps_mm, direction, NULL);
    }
  parted = willis_part_touching (lumen, tree, seed_lps_mm, NULL);
  // of what is parted the tree no longer runs through the sac from one artery to the other
  if (!find_in (parted != NULL ? parted : lumen, parted != NULL ? NULL : tree, seed_lps_mm, blur_mm, direction,
                progress != NULL ? &first : NULL, out, error))
    return FALSE;
  left = willis_part_touching (lumen, tree, seed_lps_mm, out); // an artery that leaves the sac beyond that plane
  if (left != NULL
      && find_in (left, NULL, seed_lps_mm, blur_mm, direction, progress != NULL ? &second : NULL, &again, NULL))
    *out = again;
  return willis_progress_step (progress, 1.0, error);
}
