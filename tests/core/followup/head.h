/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Small made-up heads: a skull with lumps of bone and a few arteries in it, drawn from a seed, seen by scanners of
 * known position. A head of another seed is another person.
 */
#include <glib.h>
#include <math.h>

#include "core/followup/rigid.h"
#include "core/image/volume.h"
#include "core/num/rng.h"

#define HEAD_LUMPS 26
#define HEAD_TUBES 14

typedef struct
{
  double skull[3];            // squared semi-axes in units of 45 mm
  double lump[HEAD_LUMPS][6]; // centre, radii
  double tube[HEAD_TUBES][7]; // from, to, radius
} Head;

typedef struct
{
  int n;             // voxels along each edge
  double spacing_mm, noise;
  guint64 seed;
  gboolean inverted; // bone dark, brain middling, arteries bright: another modality
  double middle[3];  // of the field of view, in the scanner
  WillisRigid motion; // head to scanner
} HeadScanner;

static inline void
head_make (Head *head, guint64 seed)
{
  WillisRng rng;

  willis_rng_init (&rng, seed, 1);
  for (int a = 0; a < 3; a++)
    head->skull[a] = 0.9 + 0.6 * willis_rng_uniform (&rng);
  for (int l = 0; l < HEAD_LUMPS; l++)
    for (int a = 0; a < 3; a++)
      {
        head->lump[l][a] = 70.0 * (willis_rng_uniform (&rng) - 0.5);
        head->lump[l][3 + a] = 2.0 + 6.0 * willis_rng_uniform (&rng);
      }
  for (int t = 0; t < HEAD_TUBES; t++)
    {
      for (int a = 0; a < 3; a++)
        {
          head->tube[t][a] = t > 0 ? head->tube[t - 1][3 + a] : 0.0; // one chain that wanders through the head
          head->tube[t][3 + a] = 44.0 * (willis_rng_uniform (&rng) - 0.5);
        }
      head->tube[t][6] = 1.2 + 0.8 * willis_rng_uniform (&rng);
    }
}

static inline double
head_edge (double d) // 0 outside to 1 inside over a millimetre
{
  return CLAMP (0.5 - d, 0.0, 1.0);
}

static inline double
head_artery_mm (const Head *head, const double x[3])
{
  double best = 1e9;

  for (int t = 0; t < HEAD_TUBES; t++)
    {
      double ab[3], ax[3], d[3], s;

      vec3_sub (ab, head->tube[t] + 3, head->tube[t]);
      vec3_sub (ax, x, head->tube[t]);
      s = CLAMP (vec3_dot (ax, ab) / vec3_norm2 (ab), 0.0, 1.0);
      vec3_axpy (d, ax, -s, ab);
      best = MIN (best, vec3_norm (d) - head->tube[t][6]);
    }
  return best;
}

static inline double
head_value (const Head *head, const double x[3], gboolean inverted)
{
  double r = sqrt (x[0] * x[0] / head->skull[0] + x[1] * x[1] / head->skull[1] + x[2] * x[2] / head->skull[2]), bone = head_edge (fabs (r - 45.0) - 2.5);
  double skin = head_edge (r - 52.0), artery = head_edge (head_artery_mm (head, x)), v;

  for (int l = 0; l < HEAD_LUMPS; l++)
    {
      double q2 = 0.0, least = 1e9;

      for (int a = 0; a < 3; a++)
        {
          double u = (x[a] - head->lump[l][a]) / head->lump[l][3 + a];

          q2 += u * u;
          least = MIN (least, head->lump[l][3 + a]);
        }
      bone = MAX (bone, head_edge ((sqrt (q2) - 1.0) * least));
    }
  v = inverted ? 20.0 + skin * 300.0 : -1000.0 + skin * 1035.0;
  v += bone * ((inverted ? 60.0 : 1100.0) - v);
  return v + artery * ((inverted ? 900.0 : 380.0) - v);
}

static inline WillisVolume *
head_scan (const Head *head, const HeadScanner *s, WillisVolume **labels)
{
  const int dims[3] = { s->n, s->n, s->n };
  const double spacing[3] = { s->spacing_mm, s->spacing_mm, s->spacing_mm };
  double half = 0.5 * s->spacing_mm * (s->n - 1);
  const double origin[3] = { s->middle[0] - half, s->middle[1] - half, s->middle[2] - half };
  WillisGrid grid = willis_grid_new (dims, spacing, origin);
  WillisVolume *out = willis_volume_new (&grid, WILLIS_SCALAR_I16, NULL);
  gint16 *v = willis_volume_voxels_rw (out);
  guint8 *l = NULL;
  WillisRigid back = willis_rigid_invert (&s->motion);

  if (labels != NULL)
    {
      *labels = willis_volume_new (&grid, WILLIS_SCALAR_U8, NULL);
      l = willis_volume_voxels_rw (*labels);
    }
#pragma omp parallel for schedule(static)
  for (int k = 0; k < s->n; k++)
    {
      WillisRng rng;

      willis_rng_init (&rng, s->seed, (guint64) k);
      for (int j = 0; j < s->n; j++)
        for (int i = 0; i < s->n; i++)
          {
            gsize at = ((gsize) k * (gsize) s->n + (gsize) j) * (gsize) s->n + (gsize) i;
            double x[3] = { i, j, k };

            willis_grid_ijk_to_lps (&grid, x, x);
            willis_rigid_apply (&back, x, x);
            v[at] = (gint16) lrint (head_value (head, x, s->inverted) + s->noise * willis_rng_normal (&rng));
            if (l != NULL)
              l[at] = head_artery_mm (head, x) < 0.0;
          }
    }
  return out;
}
