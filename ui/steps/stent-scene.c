/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/steps/stent-scene.h"

#include <math.h>

#include "core/base/i18n.h"
#include "core/num/vec3.h"
#include "solver/stent/sac.h"
#include "solver/stent/tube.h"
#include "ui/steps/artery-chart.h"
#include "ui/steps/stent-table.h"

#define WALL "stent-wall"
#define NOTES "stent-notes"
#define IN_SAC "stent-in-sac"
#define SAC "sac" // as ui/views shows them
#define LUMEN "lumen"
#define MAX_WIRES 24
#define MOVING_WIRES 12
#define WIRE_MM 0.05    // thicker than they are
#define TRIANGLES 24000 // of all wires: more would be thinned out while the view moves
#define GAP_SEEN_MM 0.1
#define GAP_FULL_MM 0.5 // end of the colours
#define COLOUR_MARK 0xf4f4f4u
#define COLOUR_FREE 0x9a9a9au // of a branch that is not covered
#define MARK_OFF_MM 0.6       // of the hoop from the wall
#define JUMP_MM 6.0           // along the artery between two events of the pointer

static const char *const marks[2] = { "stent-mark-distal", "stent-mark-proximal" };

/* ---- the device */

void
willis_stent_scene_hide_device (WillisScene *scene)
{
  willis_scene_hide (scene, WALL);
  willis_scene_hide (scene, NOTES);
  willis_scene_hide (scene, WILLIS_STENT_WIRES);
}

/* Where a branch leaves the lumen: the first of its points outside it, from the end that is nearer. */
static void
mouth (const WillisStentArtery *a, const WillisTree *tree, const WillisSideBranch *side, double at[3])
{
  const WillisBranch *b = willis_tree_branch (tree, (gsize) side->branch);
  double line[3],
      wide = willis_lumen_line_diameter (&(WillisLumenLine){ a->n, a->s_mm, a->diameter_mm, NULL, NULL }, side->s_mm);
  gboolean from_start;

  willis_stent_artery_point (a, side->s_mm, line, NULL);
  from_start = vec3_dist (b->points_lps_mm, line) < vec3_dist (b->points_lps_mm + 3 * (b->n_points - 1), line);
  for (gsize k = 0; k < b->n_points; k++)
    {
      vec3_copy (at, b->points_lps_mm + 3 * (from_start ? k : b->n_points - 1 - k));
      if (vec3_dist (at, line) > 0.5 * wide)
        return;
    }
}

/* In words beside what they are about: the device's length at its proximal end, its cover over the neck, the branches.
 */
static void
show_notes (WillisScene *scene, const WillisStentArtery *a, const WillisTree *tree, const WillisStentChoice *c)
{
  guint n = 0, most = a->side_branches->len + 2;
  g_autofree WillisMarker *notes = g_new0 (WillisMarker, most);
  g_autofree char *length = g_strdup_printf (_ ("%.1f ± %.1f mm"), c->length_mm, c->length_sd_mm);
  g_autofree char *part = willis_stent_cover_text (c),
                  *cover = isnan (c->neck_coverage) ? NULL : g_strdup_printf (_ ("cover %s"), part);
  g_autoptr (GPtrArray) captions = g_ptr_array_new_with_free_func (g_free);

  willis_stent_artery_point (a, c->proximal_mm, notes[n].lps_mm, NULL);
  notes[n++] = (WillisMarker){
    { notes[0].lps_mm[0], notes[0].lps_mm[1], notes[0].lps_mm[2] }, 0.3, WILLIS_COLOUR_DEVICE, length
  };
  if (cover != NULL)
    {
      willis_stent_artery_point (a, a->neck_mm, notes[n].lps_mm, NULL);
      notes[n].radius_mm = 0.15;
      notes[n].rgb = WILLIS_COLOUR_NECK;
      notes[n++].caption = cover;
    }
  for (guint i = 0; i < a->side_branches->len; i++)
    {
      const WillisSideBranch *side = &g_array_index (a->side_branches, WillisSideBranch, i);
      gboolean covered = side->s_mm >= c->proximal_mm && side->s_mm <= c->distal_mm;

      if (tree == NULL || side->branch < 0 || (gsize) side->branch >= willis_tree_n_branches (tree))
        continue;
      mouth (a, tree, side, notes[n].lps_mm);
      notes[n].radius_mm = fmax (0.35 * side->diameter_mm, 0.3);
      notes[n].rgb = covered ? WILLIS_COLOUR_SAC : COLOUR_FREE;
      if (covered) // by a word too, for those who do not see the colour
        {
          g_ptr_array_add (captions, g_strdup_printf (_ ("covered, %.1f mm"), side->diameter_mm));
          notes[n].caption = captions->pdata[captions->len - 1];
        }
      n++;
    }
  willis_scene_show_markers (scene, NOTES, notes, n, NULL);
}

void
willis_stent_scene_show_device (WillisScene *scene, const WillisStentArtery *artery, const WillisTree *tree,
                                const WillisStentChoice *choice, const GArray *stations, gboolean moving)
{
  g_autoptr (WillisSurface) tube = NULL;
  g_autofree double *gaps = NULL, *curves = NULL;
  const WillisDevice *d = choice->device;
  guint n = 0, n_points = 0, most;
  gboolean cut = d->type == WILLIS_DEVICE_LASER_STENT;

  willis_stent_scene_hide_device (scene);
  if (stations == NULL || stations->len < 2)
    return;
  if (choice->gap_max_mm > GAP_SEEN_MM)
    {
      tube = willis_stent_tube (artery, stations, &gaps);
      willis_scene_show_field (scene, WALL, tube, gaps, 0.0, GAP_FULL_MM, WILLIS_MAP_VIRIDIS, _ ("Gap to the wall"),
                               "mm", NULL);
    }
  most = MIN (moving ? MOVING_WIRES : MAX_WIRES, MAX (TRIANGLES / (12 * stations->len), 8));
  if (cut)
    curves = willis_stent_crowns (artery, stations, isnan (d->crowns) ? 6 : (guint) d->crowns,
                                  isnan (d->row_length_mm) ? 2.0 : d->row_length_mm, 60, &n, &n_points);
  else
    curves = willis_stent_wires (artery, stations, isnan (d->wires) ? 16 : (guint) d->wires, most, &n, &n_points);
  willis_scene_show_curves (scene, WILLIS_STENT_WIRES, curves, n, n_points, cut, WILLIS_COLOUR_DEVICE, WIRE_MM, NULL);
  show_notes (scene, artery, tree, choice);
}

/* ---- the marks */

static double
mark_s (const WillisStentArtery *a, int mark, double landing_mm)
{
  double s = mark == 0 ? a->neck_hi_mm + landing_mm : a->neck_lo_mm - landing_mm;

  return CLAMP (s, 0.0, a->s_mm[a->n - 1]);
}

void
willis_stent_scene_show_marks (WillisScene *scene, const WillisStentArtery *artery, double distal_mm,
                               double proximal_mm)
{
  const double landing[2] = { distal_mm, proximal_mm };

  for (int mark = 0; mark < 2; mark++)
    {
      double s = mark_s (artery, mark, landing[mark]);
      double wide = willis_lumen_line_diameter (
          &(WillisLumenLine){ artery->n, artery->s_mm, artery->diameter_mm, NULL, NULL }, s);
      g_autofree char *caption
          = g_strdup_printf (mark == 0 ? _ ("distal %.1f mm") : _ ("proximal %.1f mm"), landing[mark]);
      WillisNeck plane = { 0 };

      willis_stent_artery_point (artery, s, plane.centre_lps_mm, plane.normal);
      willis_scene_show_hoop (scene, marks[mark], &plane, 0.5 * wide + MARK_OFF_MM, COLOUR_MARK, caption, NULL);
    }
}

void
willis_stent_scene_hide_marks (WillisScene *scene)
{
  for (int mark = 0; mark < 2; mark++)
    willis_scene_hide (scene, marks[mark]);
}

/* The place of the line between lo and hi, near s, whose image is nearest to (x, y). The image of a line that runs
 * towards the eye stands still: what is near along the artery is preferred a little. */
static double
nearest_seen (WillisScene *scene, const WillisStentArtery *a, double x, double y, double lo, double hi, double s)
{
  WillisCamera camera;
  int w, h;
  double best = INFINITY, found = s, px_per_mm;

  willis_scene_get_camera (scene, &camera);
  willis_scene_get_size (scene, &w, &h);
  px_per_mm = 1.0 / willis_camera_mm_per_px (&camera, h);
  lo = fmax (lo, s - JUMP_MM);
  hi = fmin (hi, s + JUMP_MM);
  for (double at = lo; at <= hi + 1e-9; at += 0.05)
    {
      double p[3], px, py, cost;

      willis_stent_artery_point (a, at, p, NULL);
      if (!willis_camera_project (&camera, w, h, p, &px, &py, NULL))
        continue;
      cost = hypot (px - x, py - y) / px_per_mm + 0.1 * fabs (at - s);
      if (cost < best)
        {
          best = cost;
          found = at;
        }
    }
  return found;
}

gboolean
willis_stent_scene_dragged (WillisScene *scene, const WillisStentArtery *artery, const char *id, WillisStentDrag *drag,
                            double landing[2])
{
  int mark = g_strcmp0 (id, marks[0]) == 0 ? 0 : g_strcmp0 (id, marks[1]) == 0 ? 1 : -1, w, h;
  double s, lo, hi, shown[3], moved[3], x, y;
  WillisCamera camera;
  WillisNeck now;

  if (mark < 0 || !willis_scene_get_ring (scene, id, &now, NULL))
    return FALSE;
  s = mark_s (artery, mark, landing[mark]);
  willis_stent_artery_point (artery, s, shown, NULL);
  if (!drag->held)
    vec3_copy (drag->hand_lps_mm, shown);
  drag->held = TRUE;
  vec3_sub (moved, now.centre_lps_mm, shown);
  vec3_add (drag->hand_lps_mm, drag->hand_lps_mm, moved);
  willis_scene_get_camera (scene, &camera);
  willis_scene_get_size (scene, &w, &h);
  if (willis_camera_project (&camera, w, h, drag->hand_lps_mm, &x, &y, NULL))
    {
      lo = mark == 0 ? artery->neck_hi_mm : fmax (artery->neck_lo_mm - WILLIS_LANDING_MOST_MM, 0.0);
      hi = mark == 0 ? fmin (artery->neck_hi_mm + WILLIS_LANDING_MOST_MM, artery->s_mm[artery->n - 1])
                     : artery->neck_lo_mm;
      s = nearest_seen (scene, artery, x, y, lo, hi, s);
    }
  landing[mark] = fmax (mark == 0 ? s - artery->neck_hi_mm : artery->neck_lo_mm - s, 0.0);
  landing[mark] = 0.1 * round (10.0 * landing[mark]);
  return TRUE;
}

/* ---- in the sac */

void
willis_stent_scene_show_in_sac (WillisScene *scene, const WillisAneurysm *aneurysm, const WillisDevice *device)
{
  g_autoptr (WillisSurface) body = NULL;
  g_autofree double *gaps = NULL;

  willis_scene_hide (scene, IN_SAC);
  willis_scene_set_opacity (scene, SAC, device != NULL ? 0.15 : 1.0);
  if (aneurysm == NULL || device == NULL)
    return;
  willis_scene_set_opacity (scene, LUMEN, 0.15); // two walls lie before it
  body = willis_sac_body (aneurysm, device, &gaps);
  if (body != NULL)
    willis_scene_show_field (scene, IN_SAC, body, gaps, 0.0, GAP_FULL_MM, WILLIS_MAP_VIRIDIS, _ ("Gap to the sac"),
                             "mm", NULL);
}
