/* SPDX-License-Identifier: Apache-2.0 */
/*
 * willis stent --level 3: every wire a rod.
 */
#include "app/stent-wires.h"

#include <math.h>

#include "app/cli.h"
#include "core/base/i18n.h"
#include "core/base/json.h"
#include "core/num/vec3.h"
#include "solver/stent/laser.h"
#include "solver/stent/straighten.h"

#define MOST_VOXELS 2e6
#define LEAST_VOXEL_MM 0.15

static gboolean
settle (JsonBuilder *builder, const WillisBraid *braid, const WillisLumenLine *line, const WillisWirePath *path, WillisLumen *lumen,
        double start_mm, int direction, double wall_n_mm, GError **error)
{
  const WillisWireOptions options = { .wall_n_mm = wall_n_mm };
  WillisWires out;

  if (!willis_wires_settle (braid, line, path, lumen, start_mm, direction, &options, willis_cli_progress (), &out, error))
    return FALSE;
  json_builder_set_member_name (builder, "wires");
  json_builder_begin_object (builder);
  willis_json_add_double (builder, "length_mm", out.length_mm);
  willis_json_add_double (builder, "end_mm", out.end_mm);
  willis_json_add_double (builder, "helix_diameter_mm", out.diameter_mm);
  willis_json_add_double (builder, "angle_deg", out.angle * 180.0 / G_PI);
  willis_json_add_double (builder, "radial_force_n_mm", out.radial_force_n_mm);
  willis_json_add_double (builder, "gap_max_mm", out.gap_max_mm);
  willis_json_add_double (builder, "apposed_01", out.apposed_01);
  willis_json_add_double (builder, "apposed_03", out.apposed_03);
  willis_json_add_double (builder, "porosity_inner", out.porosity_inner);
  willis_json_add_double (builder, "porosity_outer", out.porosity_outer);
  willis_json_add_int (builder, "crossings", out.n_rings * out.around);
  willis_json_add_int (builder, "steps", out.steps);
  json_builder_end_object (builder);
  willis_cli_print (_ ("by its wires: %.2f mm long, gap of up to %.2f mm, %.4f N/mm on the wall\n"), out.length_mm, out.gap_max_mm,
                    out.radial_force_n_mm);
  willis_wires_clear (&out);
  return TRUE;
}

/* The line in one plane with its curvature, by the middle tangent of each piece. */
static double *
plane_curve (const WillisLumenLine *line)
{
  double *p = g_new0 (double, 3 * line->n), turn = 0.0;

  for (gsize i = 1; i < line->n; i++)
    {
      double ds = line->s_mm[i] - line->s_mm[i - 1];
      double by = line->curvature_1_mm != NULL ? 0.5 * (line->curvature_1_mm[i] + line->curvature_1_mm[i - 1]) * ds : 0.0;

      p[3 * i] = p[3 * i - 3] + ds * sin (turn + 0.5 * by);
      p[3 * i + 2] = p[3 * i - 1] + ds * cos (turn + 0.5 * by);
      turn += by;
    }
  return p;
}

static double
voxel_for (const double *points, const double *radius, gsize n)
{
  double lo[3] = { INFINITY, INFINITY, INFINITY }, hi[3] = { -INFINITY, -INFINITY, -INFINITY }, volume = 1.0;

  for (gsize i = 0; i < n; i++)
    for (int k = 0; k < 3; k++)
      {
        lo[k] = fmin (lo[k], points[3 * i + k] - radius[i]);
        hi[k] = fmax (hi[k], points[3 * i + k] + radius[i]);
      }
  for (int k = 0; k < 3; k++)
    volume *= hi[k] - lo[k];
  return fmax (cbrt (volume / MOST_VOXELS), LEAST_VOXEL_MM);
}

gboolean
willis_cli_wires_in_line (JsonBuilder *builder, const WillisBraid *braid, const WillisLumenLine *line, const double *given, gboolean tube,
                          GError **error)
{
  g_autofree double *points = given != NULL ? g_memdup2 (given, 3 * line->n * sizeof *given) : plane_curve (line);
  g_autofree double *radius = g_new (double, line->n);
  const WillisWirePath path = { line->n, line->s_mm, points };
  g_autoptr (WillisLumen) lumen = NULL;
  WillisDeployment first;
  gsize n = line->n;

  for (gsize i = 0; i < line->n; i++)
    radius[i] = 0.5 * line->diameter_mm[i];
  if (!willis_braid_deploy (braid, line, line->s_mm[0], 1, 0.0, FALSE, &first, error))
    return FALSE;
  while (n > 2 && line->s_mm[n - 2] > line->s_mm[0] + 1.3 * first.length_mm + 5.0) // no more of the lumen than the braid can reach
    n--;
  if (tube)
    lumen = willis_lumen_cylinder (points, points + 3, radius[0]);
  else
    lumen = willis_lumen_line (points, radius, n, FALSE, voxel_for (points, radius, n), error);
  return lumen != NULL && settle (builder, braid, line, &path, lumen, line->s_mm[0], 1, 0.0, error);
}

gboolean
willis_cli_wires_in_artery (JsonBuilder *builder, const WillisBraid *braid, const WillisStentArtery *artery, WillisSurface *surface,
                            double distal_mm, GError **error)
{
  WillisLumenLine line = willis_stent_artery_line (artery);
  const WillisWirePath path = { artery->n, artery->s_mm, artery->points_lps_mm };
  g_autoptr (WillisLumen) lumen = willis_lumen_from_surface (surface, 0.0, willis_cli_progress (), error);

  return lumen != NULL && settle (builder, braid, &line, &path, lumen, distal_mm, -1, WILLIS_WIRES_SCAN_WALL_N_MM, error);
}

gboolean
willis_cli_cells_in_artery (JsonBuilder *builder, const WillisDevice *device, const WillisStentArtery *artery, WillisSurface *surface,
                            double distal_mm, GError **error)
{
  WillisLumenLine line = willis_stent_artery_line (artery);
  const WillisWirePath path = { artery->n, artery->s_mm, artery->points_lps_mm };
  g_autoptr (WillisLumen) lumen = willis_lumen_from_surface (surface, 0.0, willis_cli_progress (), error);
  WillisLaserCut out;

  if (lumen == NULL || !willis_laser_cut_settle (device, &line, &path, lumen, distal_mm, -1, willis_cli_progress (), &out, error))
    return FALSE;
  json_builder_set_member_name (builder, "cells");
  json_builder_begin_object (builder);
  willis_json_add_double (builder, "length_mm", out.length_mm);
  willis_json_add_double (builder, "diameter_mm", out.diameter_mm);
  willis_json_add_double (builder, "radial_force_n_mm", out.radial_force_n_mm);
  willis_json_add_double (builder, "gap_max_mm", out.gap_max_mm);
  willis_json_add_double (builder, "apposed_03", out.apposed_03);
  willis_json_add_double (builder, "opening_outer_mm", out.opening_outer_mm);
  willis_json_add_double (builder, "opening_inner_mm", out.opening_inner_mm);
  willis_json_add_int (builder, "steps", out.steps);
  json_builder_end_object (builder);
  willis_cli_print (_ ("by its struts: %.2f mm long, gap of up to %.2f mm, cells open to %.2f mm at the outer curve and %.2f mm at the inner\n"),
                    out.length_mm, out.gap_max_mm, out.opening_outer_mm, out.opening_inner_mm);
  willis_laser_cut_clear (&out);
  return TRUE;
}

gboolean
willis_cli_straightened (JsonBuilder *builder, const WillisStentChoice *choice, const WillisStentArtery *artery, double fraction,
                         GError **error)
{
  WillisStraightened out;
  double change = NAN;

  if (!willis_stent_straighten (artery, choice->distal_mm, choice->proximal_mm, fraction, 0.0, &out, error))
    return FALSE;
  if (choice->braid.wire_length_mm > 0.0
      && !willis_stent_straighten_change (artery, &choice->braid, choice->distal_mm, choice->proximal_mm, &out, &change,
                                          error))
    {
      willis_straightened_clear (&out);
      return FALSE;
    }
  json_builder_set_member_name (builder, "straightened");
  json_builder_begin_object (builder);
  willis_json_add_double (builder, "fraction", fraction);
  willis_json_add_double (builder, "radius_before_mm", 1.0 / fmax (out.mean_curvature_before, 1e-9));
  willis_json_add_double (builder, "radius_after_mm", 1.0 / fmax (out.mean_curvature_after, 1e-9));
  willis_json_add_double (builder, "moved_mm", out.moved_mm);
  willis_json_add_double (builder, "artery_shorter_mm", out.shorter_mm);
  willis_json_add_double (builder, "length_change_mm", change);
  json_builder_set_member_name (builder, "points_lps_mm");
  json_builder_begin_array (builder);
  for (gsize i = 0; i < out.line.n; i++)
    {
      json_builder_begin_array (builder);
      for (int k = 0; k < 3; k++)
        json_builder_add_double_value (builder, out.points_lps_mm[3 * i + k]);
      json_builder_end_array (builder);
    }
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  willis_cli_print (_ ("after release: mean radius of curvature %.1f for %.1f mm, the centreline moves up to %.1f mm\n"),
                    1.0 / fmax (out.mean_curvature_after, 1e-9), 1.0 / fmax (out.mean_curvature_before, 1e-9), out.moved_mm);
  if (!isnan (change))
    willis_cli_print (_ ("its length changes by %+.2f mm with it\n"), change);
  willis_straightened_clear (&out);
  return TRUE;
}
