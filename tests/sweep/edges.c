/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where the lumen surface lies beside the true wall, by the kind of wall, and what the blur is taken for. Scans with
 * their labels are kept in a folder as "sacs" keeps them. usage: edges FOLDER [FIRST [COUNT]]
 */
#include <glib.h>
#include <math.h>
#include <stdio.h>

#include "core/io/reader.h"
#include "core/mesh/bvh.h"
#include "core/mesh/curvature.h"
#include "core/num/vec3.h"
#include "tests/sweep/sweep.h"

enum
{
  ALL,
  WIDE, // arteries from 1.4 mm radius, round walls
  THIN, // the rest of the round walls of arteries
  BESIDE_BONE,
  DOME,   // of the sac
  SADDLE, // where the wall curves both ways: necks and forks
  KINDS
};

static const char *const names[KINDS] = { "all", "wide", "thin", "bone", "sac", "saddle" };

typedef struct
{
  double area, sum, sum2;
} Off;

static void
add (Off *o, double area, double d)
{
  o->area += area;
  o->sum += area * d;
  o->sum2 += area * d * d;
}

static gboolean
well_inside (const WillisGrid *grid, const double x[3])
{
  double ijk[3];

  willis_grid_lps_to_ijk (grid, x, ijk);
  for (int a = 0; a < 3; a++)
    if (ijk[a] * grid->spacing_mm[a] < 2.5 || (grid->dims[a] - 1 - ijk[a]) * grid->spacing_mm[a] < 2.5)
      return FALSE;
  return TRUE;
}

/* The radius of the artery nearest to anatomy point x. */
static double
artery_radius (const WillisPhantom *phantom, const double x[3])
{
  double best = 1e9, radius = 0.0;

  for (guint v = 0; v < phantom->vessels->len; v++)
    {
      const PhantomVessel *vessel = phantom->vessels->pdata[v];
      const double *p = (const double *) (void *) vessel->points->data;

      for (guint i = 0; vessel->artery && i < vessel->points->len; i++)
        if (vec3_dist (p + 4 * i, x) - p[4 * i + 3] < best)
          {
            best = vec3_dist (p + 4 * i, x) - p[4 * i + 3];
            radius = p[4 * i + 3];
          }
    }
  return radius;
}

static void
measure (const WillisPhantom *phantom, const PhantomSacTruth *truth, const WillisSurface *lumen, Off off[KINDS])
{
  gsize n = willis_surface_n_points (lumen);
  const double *p = willis_surface_points (lumen);
  const gint32 *t = willis_surface_triangles (lumen);
  g_autofree double *mean = g_new (double, n);
  g_autofree double *gauss = g_new (double, n);
  const PhantomSac *sac = phantom->sacs->pdata[0];

  willis_surface_curvature (lumen, mean, gauss);
  for (gsize k = 0; k < willis_surface_n_triangles (lumen); k += 7) // a seventh says enough
    {
      double c[3], e[3], f[3], a[3], x[3], d, area, bone, hu;
      const gint32 *id = t + 3 * k;
      double radius;
      int kind;

      for (int i = 0; i < 3; i++)
        c[i] = (p[3 * id[0] + i] + p[3 * id[1] + i] + p[3 * id[2] + i]) / 3.0;
      if (!well_inside (&phantom->grid, c))
        continue;
      vec3_sub (e, p + 3 * id[1], p + 3 * id[0]);
      vec3_sub (f, p + 3 * id[2], p + 3 * id[0]);
      vec3_cross (a, e, f);
      area = 0.5 * vec3_norm (a);
      phantom_to_anatomy (phantom, c, x);
      d = 0.75 * phantom_field_artery (phantom->field, x); // exact for the parabola over a triangle
      bone = phantom_field_bone (phantom->field, x, 0.0, &hu);
      for (int i = 0; i < 3; i++)
        {
          double y[3];

          phantom_to_anatomy (phantom, p + 3 * id[i], y);
          d += phantom_field_artery (phantom->field, y) / 12.0;
        }
      radius = artery_radius (phantom, x);
      if (fabs (d) > 0.6 || radius <= 0.6)
        continue;
      if (bone < 1.2)
        kind = BESIDE_BONE;
      else if (vec3_dist (c, truth->dome) < 0.62 * truth->size_mm
               && vec3_dist (x, sac->centre) < 1.1 * MAX (sac->semi[0], sac->semi[1]))
        kind = DOME;
      else if (gauss[id[0]] < -0.08)
        kind = SADDLE;
      else
        kind = radius >= 1.4 ? WIDE : THIN;
      add (&off[ALL], area, d);
      add (&off[kind], area, d);
    }
}

/* The deviation of what a phantom's scan is blurred by, in the slice or across: its Gaussian, the slices it averages,
 * the fine samples it is made of (core/phantom/scan.c). Without the skirt of a sharp kernel. */
static double
true_blur (const Draw *d, int across)
{
  double step = 0.0, sum = pow (d->psf_fwhm_mm[across] / 2.3548, 2.0), own = 0.0;

  for (int a = 0; a < 2; a++)
    {
      double fine = d->spacing_mm[a] / MAX (1.0, ceil (d->spacing_mm[a] / 0.25 - 1e-9));

      step = MAX (step, fine);
      own = a == across ? fine : own;
    }
  sum += step * step / 12.0;
  if (across && d->slice_mm > 0.0)
    sum += pow ((2.0 * floor (0.5 * d->slice_mm / own + 0.5) + 1.0) * own, 2.0) / 12.0;
  return sqrt (sum);
}

/* Edges of the surface that pierce it elsewhere, and triangles turned over against the normals of their points. */
static void
folds (const WillisSurface *lumen, int *pierced, int *turned)
{
  const double *p = willis_surface_points (lumen);
  const gint32 *t = willis_surface_triangles (lumen);
  g_autofree double *normals = willis_surface_point_normals (lumen);
  g_autoptr (WillisBvh) bvh = willis_bvh_new ((WillisSurface *) lumen);
  int n_pierced = 0, n_turned = 0;

#pragma omp parallel for schedule(dynamic, 256) reduction(+ : n_pierced, n_turned)
  for (gsize k = 0; k < willis_surface_n_triangles (lumen); k++)
    {
      const gint32 *id = t + 3 * k;
      double e[3], f[3], a[3];

      vec3_sub (e, p + 3 * id[1], p + 3 * id[0]);
      vec3_sub (f, p + 3 * id[2], p + 3 * id[0]);
      vec3_cross (a, e, f);
      for (int c = 0; c < 3; c++)
        {
          gint32 from = id[c], to = id[(c + 1) % 3];
          WillisRayHit hit;
          double way[3], length, start[3];
          const gint32 *other;

          n_turned += c == 0 && vec3_dot (a, normals + 3 * from) < 0.0;
          if (from > to)
            continue;
          vec3_sub (way, p + 3 * to, p + 3 * from);
          vec3_axpy (start, p + 3 * from, 1e-4, way);
          length = vec3_normalize (way);
          if (!willis_bvh_ray (bvh, start, way, 0.9998 * length, &hit))
            continue;
          other = t + 3 * hit.triangle;
          n_pierced += !(other[0] == from || other[1] == from || other[2] == from || other[0] == to || other[1] == to
                         || other[2] == to);
        }
    }
  *pierced = n_pierced;
  *turned = n_turned;
}

int
main (int argc, char **argv)
{
  int status;

  if (willis_reader_main (argc, argv, &status))
    return status;
  const char *folder = argc > 1 ? argv[1] : ".";
  int first = argc > 2 ? (int) g_ascii_strtoll (argv[2], NULL, 10) : 0;
  int count = argc > 3 ? (int) g_ascii_strtoll (argv[3], NULL, 10) : 12;
  Off total[KINDS] = { 0 };

  for (int i = first; i < first + count; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *name = g_strdup_printf ("%s/%03d.h5", folder, i);
      Draw d = sweep_draw (i);
      g_autoptr (WillisPhantom) phantom = sweep_phantom (&d, i, &error);
      g_autoptr (WillisCase) c = willis_case_load (name, NULL, &error);
      g_autoptr (WillisSurface) lumen = NULL;
      PhantomSacTruth *truth;
      Off off[KINDS] = { 0 };
      int pierced, turned;
      gint64 start = g_get_monotonic_time ();

      if (c == NULL)
        {
          printf ("%3d %s\n", i, error->message);
          continue;
        }
      truth = phantom_sac_truth (phantom, phantom->sacs->pdata[0]);
      lumen = willis_lumen_surface (willis_case_volume (c), willis_case_segmentation (c), NULL, &error);
      printf ("%3d %.2f x %.2f blur %.3f %.3f%s%s sd %.3f noise %4.1f %% sac %4.1f | %.2f s |", i, d.spacing_mm[0],
              d.spacing_mm[1], true_blur (&d, 0), true_blur (&d, 1), d.sharpness > 0.0 ? "s" : "",
              d.slice_mm > 0.0 ? "t" : "",
              willis_lumen_surface_sd_mm (willis_case_volume (c), willis_case_segmentation (c)),
              100.0 * d.noise_hu / d.contrast_hu, truth->size_mm, 1e-6 * (double) (g_get_monotonic_time () - start));
      measure (phantom, truth, lumen, off);
      for (int k = 0; k < KINDS; k++)
        {
          printf (" %s %+.3f %.3f |", names[k], off[k].sum / off[k].area,
                  sqrt (MAX (off[k].sum2 / off[k].area - pow (off[k].sum / off[k].area, 2.0), 0.0)));
          if (off[k].area > 0.0)
            {
              total[k].area += 1.0;
              total[k].sum += off[k].sum / off[k].area;
              total[k].sum2 += pow (off[k].sum / off[k].area, 2.0);
            }
        }
      folds (lumen, &pierced, &turned);
      printf (" folds %d %d\n", pierced, turned);
      fflush (stdout);
      phantom_sac_truth_free (truth);
    }
  printf ("mean of cases, root of the mean square:");
  for (int k = 0; k < KINDS; k++)
    printf (" %s %+.3f %.3f |", names[k], total[k].sum / total[k].area, sqrt (total[k].sum2 / total[k].area));
  printf ("\n");
  return 0;
}
