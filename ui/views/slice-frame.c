/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/views/slice-frame.h"

#include <math.h>

#include "core/base/i18n.h"
#include "core/num/vec3.h"

const char *
willis_orient_name (WillisOrient orient)
{
  static const char *const names[WILLIS_N_ORIENTS] = { N_ ("Axial"), N_ ("Coronal"), N_ ("Sagittal"), N_ ("Oblique") };

  return _ (names[orient]);
}

void
willis_slice_frame_axes (WillisSliceFrame *f, WillisOrient orient, const double oblique_normal[3],
                         const double oblique_up[3])
{
  static const double axes[3][2][3] = {
    { { 1, 0, 0 }, { 0, 1, 0 } },  // axial: left on the right, back below
    { { 1, 0, 0 }, { 0, 0, -1 } }, // coronal: left on the right, feet below
    { { 0, 1, 0 }, { 0, 0, -1 } }, // sagittal: back on the right, feet below
  };

  if (orient == WILLIS_ORIENT_OBLIQUE)
    {
      vec3_scale (f->down, oblique_up, -1.0);
      vec3_cross (f->right, f->down, oblique_normal);
      vec3_normalize (f->right);
    }
  else
    {
      vec3_copy (f->right, axes[orient][0]);
      vec3_copy (f->down, axes[orient][1]);
    }
  vec3_cross (f->normal, f->right, f->down);
}

void
willis_slice_frame_to_lps (const WillisSliceFrame *f, double x, double y, double lps[3])
{
  vec3_axpy (lps, f->centre_lps_mm, (x - 0.5 * f->width_px) / f->px_per_mm, f->right);
  vec3_axpy (lps, lps, (y - 0.5 * f->height_px) / f->px_per_mm, f->down);
}

double
willis_slice_frame_to_px (const WillisSliceFrame *f, const double lps[3], double *x, double *y)
{
  double d[3];

  vec3_sub (d, lps, f->centre_lps_mm);
  *x = 0.5 * f->width_px + vec3_dot (d, f->right) * f->px_per_mm;
  *y = 0.5 * f->height_px + vec3_dot (d, f->down) * f->px_per_mm;
  return vec3_dot (d, f->normal);
}

void
willis_slice_frame_fit (WillisSliceFrame *f, const WillisGrid *grid)
{
  double lo[2] = { INFINITY, INFINITY }, hi[2] = { -INFINITY, -INFINITY }, middle[3], shift;
  double scale;

  for (int corner = 0; corner < 8; corner++)
    {
      double ijk[3], p[3], u, v;

      for (int n = 0; n < 3; n++)
        ijk[n] = corner >> n & 1 ? grid->dims[n] - 0.5 : -0.5;
      willis_grid_ijk_to_lps (grid, ijk, p);
      u = vec3_dot (p, f->right);
      v = vec3_dot (p, f->down);
      lo[0] = MIN (lo[0], u);
      hi[0] = MAX (hi[0], u);
      lo[1] = MIN (lo[1], v);
      hi[1] = MAX (hi[1], v);
    }
  scale = MIN (f->width_px / MAX (hi[0] - lo[0], 1e-3), f->height_px / MAX (hi[1] - lo[1], 1e-3));
  f->px_per_mm = CLAMP (scale, 0.05, 200.0);
  shift = vec3_dot (f->centre_lps_mm, f->normal);
  vec3_scale (middle, f->normal, shift);
  vec3_axpy (middle, middle, 0.5 * (lo[0] + hi[0]), f->right);
  vec3_axpy (middle, middle, 0.5 * (lo[1] + hi[1]), f->down);
  vec3_copy (f->centre_lps_mm, middle);
}

void
willis_slice_frame_zoom (WillisSliceFrame *f, double factor, double x, double y)
{
  double before[3], after[3], d[3];

  willis_slice_frame_to_lps (f, x, y, before);
  f->px_per_mm = CLAMP (f->px_per_mm * factor, 0.05, 200.0);
  willis_slice_frame_to_lps (f, x, y, after);
  vec3_sub (d, before, after);
  vec3_add (f->centre_lps_mm, f->centre_lps_mm, d);
}

WillisPlane
willis_slice_frame_plane (const WillisSliceFrame *f, int width, int height)
{
  double scale = width / f->width_px;
  WillisPlane plane = { .width = width, .height = height, .pixel_mm = 1.0 / (f->px_per_mm * scale) };

  vec3_copy (plane.right, f->right);
  vec3_copy (plane.down, f->down);
  willis_slice_frame_to_lps (f, 0.5 / scale, 0.5 / scale, plane.corner_lps_mm);
  return plane;
}

void
willis_direction_letters (const double direction[3], char letters[4])
{
  static const char names[3][2] = { { 'R', 'L' }, { 'A', 'P' }, { 'I', 'S' } };
  int n = 0, first = 0;

  for (int a = 1; a < 3; a++)
    if (fabs (direction[a]) > fabs (direction[first]))
      first = a;
  letters[n++] = names[first][direction[first] > 0.0];
  for (int a = 0; a < 3 && n < 2; a++)
    if (a != first && fabs (direction[a]) > 0.38) // more than about 22 degrees towards it
      letters[n++] = names[a][direction[a] > 0.0];
  letters[n] = '\0';
}

double
willis_slice_step (const WillisGrid *grid, const double normal[3], const double crosshair[3], int *number, int *count)
{
  double ijk[3];

  *number = *count = 0;
  for (int a = 0; a < 3; a++)
    {
      double axis[3] = { grid->direction[a], grid->direction[3 + a], grid->direction[6 + a] };
      double c = vec3_dot (axis, normal);

      if (fabs (c) < 0.999)
        continue;
      willis_grid_lps_to_ijk (grid, crosshair, ijk);
      *count = grid->dims[a];
      *number = (int) CLAMP (floor (ijk[a] + 0.5) + 1, 1, grid->dims[a]);
      return grid->spacing_mm[a];
    }
  return willis_grid_min_spacing (grid);
}
