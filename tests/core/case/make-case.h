/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * A small whole case made by hand: every artefact is there, none is sensible.
 */
#include <math.h>
#include <string.h>

#include "core/case/case.h"

static inline WillisVolume *
make_volume (const int dims[3], WillisScalar scalar, int seed)
{
  const double spacing[3] = { 0.4, 0.45, 0.7 }, origin[3] = { -12.5, 33.25, 1.0 / 3.0 };
  WillisGrid grid = willis_grid_new (dims, spacing, origin);
  WillisVolume *volume;
  guint8 *bytes;
  gsize n;

  // turned about the third axis by atan (3/4)
  memcpy (grid.direction, ((double[]){ 0.8, -0.6, 0, 0.6, 0.8, 0, 0, 0, 1 }), sizeof grid.direction);
  volume = willis_volume_new (&grid, scalar, NULL);
  bytes = willis_volume_voxels_rw (volume);
  n = willis_grid_n_voxels (&grid);
  for (gsize i = 0; i < n; i++)
    switch (scalar)
      {
      case WILLIS_SCALAR_U8:
        bytes[i] = (guint8) ((i + (gsize) seed) % 5);
        break;
      case WILLIS_SCALAR_I16:
        ((gint16 *) bytes)[i] = (gint16) ((i * 31 + (gsize) seed * 7) % 1500) - 500;
        break;
      case WILLIS_SCALAR_F32:
        ((float *) bytes)[i] = (float) ((i + (gsize) seed) % 97) / 3.0f;
        break;
      }
  return volume;
}

static inline WillisSurface *
make_tetrahedron (double size)
{
  const double points[] = { 0, 0, 0, size, 0, 0, 0, size, 0, 0, 0, size };
  const gint32 triangles[] = { 0, 2, 1, 0, 1, 3, 0, 3, 2, 1, 2, 3 };

  return willis_surface_new_copy (points, 4, triangles, 4);
}

static inline WillisTree *
make_tree (double radius_mm)
{
  WillisTreeNode *nodes = g_new0 (WillisTreeNode, 4);
  WillisBranch *branches = g_new0 (WillisBranch, 3);

  for (int b = 0; b < 3; b++)
    {
      WillisBranch *branch = &branches[b];

      branch->node[0] = 0;
      branch->node[1] = b + 1;
      branch->name = b == 1 ? g_strdup ("ICA left 左") : NULL;
      branch->n_points = (gsize) (3 + b);
      branch->points_lps_mm = g_new0 (double, branch->n_points * 3);
      branch->radius_mm = g_new0 (double, branch->n_points);
      for (gsize i = 0; i < branch->n_points; i++)
        {
          branch->points_lps_mm[3 * i + (gsize) b] = (double) i / 3.0;
          branch->radius_mm[i] = radius_mm;
        }
      nodes[b + 1].lps_mm[b] = (double) (branch->n_points - 1) / 3.0;
      nodes[b + 1].degree = 1;
    }
  nodes[0].degree = 3;
  return willis_tree_new_take (nodes, 4, branches, 3);
}

static inline WillisAneurysm *
make_aneurysm (double size)
{
  const WillisNeck neck = { { 1, 2, 3 }, { 0, 0.6, 0.8 }, { 1, 4, 6 } };
  const double curve[] = { 0, 0, 0, size, 0, 0, size, size, 0, 0, size, 0 };
  const WillisNeckDoubt doubt = { 0.3, 0.02, 0.1 };
  g_autoptr (WillisSurface) sac = make_tetrahedron (size), ostium = make_tetrahedron (size / 2);
  WillisMorphology morphology;

  for (int n = 0; n < WILLIS_N_INDICES; n++)
    morphology.index[n] = (WillisMeasure){ size * (n + 1) / 3.0, n % 3 == 0 ? NAN : 0.01 * n, NULL };
  morphology.index[WILLIS_INDEX_SIZE_RATIO] = (WillisMeasure){ NAN, NAN, "no parent artery" };
  return willis_aneurysm_new (&neck, curve, 4, sac, ostium, 1, &morphology, &doubt);
}

static inline WillisCase *
make_case (int seed)
{
  WillisCase *c = willis_case_new ();
  const int dims[3] = { 21, 19, 17 };
  char *warnings[] = { (char *) "slices overlap", (char *) "层厚不均", NULL };
  const WillisStudy study = { .modality = (char *) "CT",
                              .description = (char *) "CTA head",
                              .study_date = (char *) "2024-03-05",
                              .series_uid = (char *) "1.2.3",
                              .patient_name = (char *) "Zhang^San 张三",
                              .patient_id = (char *) "P-77",
                              .patient_birth_date = (char *) "1960-02-01",
                              .patient_sex = (char *) "F",
                              .patient_age = 64,
                              .pseudonym = (char *) "W-ABCDEFGH",
                              .warnings = warnings };
  g_autoptr (WillisVolume) volume = make_volume (dims, WILLIS_SCALAR_I16, seed);
  g_autoptr (WillisVolume) labels = make_volume (dims, WILLIS_SCALAR_U8, seed);
  g_autoptr (WillisSegmentation) segmentation
      = willis_segmentation_new (labels, WILLIS_MODALITY_CTA, 180.5, 40.25, 300, 2);
  g_autoptr (WillisSurface) surface = make_tetrahedron (10 + seed);
  g_autoptr (WillisTree) tree = make_tree (1.5);
  g_autoptr (WillisAneurysm) first = make_aneurysm (6), second = make_aneurysm (3);
  g_autoptr (GArray) candidates = g_array_new (FALSE, TRUE, sizeof (WillisCandidate));

  for (int n = 0; n < 3; n++)
    {
      WillisCandidate candidate = { { n, 2.0 / 3.0, -n }, 6.5 - n, 4, 0.9 - 0.1 * n, n - 1 };

      g_array_append_val (candidates, candidate);
    }
  willis_case_set_scan (c, volume, &study);
  willis_case_set_segmentation (c, segmentation, "{\"threshold\":180.5}");
  willis_case_set_surface (c, surface, NULL);
  willis_case_set_tree (c, tree, NULL);
  willis_case_set_candidates (c, candidates, NULL);
  willis_case_add_aneurysm (c, first, "{\"neck\":\"found\"}");
  willis_case_add_aneurysm (c, second, NULL);
  return c;
}
