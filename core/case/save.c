/* SPDX-License-Identifier: Apache-2.0 */
/* A case as an archive. README.md describes the layout; a change of it is a new schema (migrate.c). */
#include <math.h>
#include <string.h>

#include "core/case/case-private.h"

static void
put_array (WillisArchive *group, const char *name, WillisArrayType type, gsize n, gsize width, const void *data)
{
  const gsize extents[2] = { n, width };

  willis_archive_take_array (group, name, willis_array_new_copy (type, width > 1 ? 2 : 1, extents, data));
}

/* VTKHDF: an image of this grid. */
static void
put_grid (WillisArchive *group, const WillisGrid *grid)
{
  const gint64 version[2] = { 1, 0 };
  gint64 extent[6] = { 0 };

  for (int a = 0; a < 3; a++)
    extent[2 * a + 1] = grid->dims[a] - 1;
  willis_archive_set_ints (group, "Version", version, 2);
  willis_archive_set_string (group, "Type", "ImageData");
  willis_archive_set_ints (group, "WholeExtent", extent, 6);
  willis_archive_set_doubles (group, "Origin", grid->origin_lps_mm, 3);
  willis_archive_set_doubles (group, "Spacing", grid->spacing_mm, 3);
  willis_archive_set_doubles (group, "Direction", grid->direction, 9);
}

static void
put_voxels (WillisArchive *image, const char *name, WillisVolume *volume)
{
  static const WillisArrayType types[] = {
    [WILLIS_SCALAR_U8] = WILLIS_ARRAY_U8,
    [WILLIS_SCALAR_I16] = WILLIS_ARRAY_I16,
    [WILLIS_SCALAR_F32] = WILLIS_ARRAY_F32,
  };
  const WillisGrid *grid = willis_volume_grid (volume);
  const gsize extents[3] = { (gsize) grid->dims[2], (gsize) grid->dims[1], (gsize) grid->dims[0] };

  willis_archive_take_array (willis_archive_group (image, "PointData"), name,
                             willis_array_new (types[willis_volume_scalar (volume)], 3, extents,
                                               willis_volume_voxels (volume), (GDestroyNotify) willis_volume_unref,
                                               willis_volume_ref (volume)));
}

/* VTKHDF: cells of one kind. */
static void
put_cells (WillisArchive *group, const char *name, gsize n_cells, gsize cell_size, const gint32 *points)
{
  WillisArchive *cells = willis_archive_group (group, name);
  gsize n_ids = n_cells * cell_size;
  gint64 *ids = g_new0 (gint64, MAX (n_ids, 1)), *offsets = g_new (gint64, n_cells + 1);
  const gint64 numbers[2] = { (gint64) n_cells, (gint64) n_ids };
  const gsize ids_extent = n_ids, offsets_extent = n_cells + 1;

  for (gsize i = 0; i < n_ids; i++)
    ids[i] = points[i];
  for (gsize i = 0; i <= n_cells; i++)
    offsets[i] = (gint64) (i * cell_size);
  put_array (cells, "NumberOfCells", WILLIS_ARRAY_I64, 1, 1, &numbers[0]);
  put_array (cells, "NumberOfConnectivityIds", WILLIS_ARRAY_I64, 1, 1, &numbers[1]);
  willis_archive_take_array (cells, "Connectivity",
                             willis_array_new (WILLIS_ARRAY_I64, 1, &ids_extent, ids, g_free, ids));
  willis_archive_take_array (cells, "Offsets",
                             willis_array_new (WILLIS_ARRAY_I64, 1, &offsets_extent, offsets, g_free, offsets));
}

void
willis_save_surface (WillisArchive *group, WillisSurface *surface)
{
  const gint64 version[2] = { 2, 0 }, n_points = (gint64) willis_surface_n_points (surface);
  const gsize extents[2] = { (gsize) n_points, 3 };

  willis_archive_set_ints (group, "Version", version, 2);
  willis_archive_set_string (group, "Type", "PolyData");
  put_array (group, "NumberOfPoints", WILLIS_ARRAY_I64, 1, 1, &n_points);
  willis_archive_take_array (group, "Points",
                             willis_array_new (WILLIS_ARRAY_F64, 2, extents, willis_surface_points (surface),
                                               (GDestroyNotify) willis_surface_unref, willis_surface_ref (surface)));
  put_cells (group, "Polygons", willis_surface_n_triangles (surface), 3, willis_surface_triangles (surface));
  put_cells (group, "Vertices", 0, 1, NULL);
  put_cells (group, "Lines", 0, 1, NULL);
  put_cells (group, "Strips", 0, 1, NULL);
}

void
willis_save_provenance (WillisArchive *group, const WillisProvenance *provenance)
{
  willis_archive_set_string (group, "digest", provenance->digest);
  willis_archive_set_string (group, "inputs", provenance->inputs);
  willis_archive_set_string (group, "params", provenance->params);
  willis_archive_set_string (group, "program", provenance->program);
  willis_archive_set_string (group, "time", provenance->time);
}

static void
save_study (WillisArchive *root, const WillisStudy *study)
{
  WillisArchive *group = willis_archive_group (root, "study"), *identity = willis_archive_group (group, "identity");

  for (const WillisStudyField *f = willis_study_fields; f->name != NULL; f++)
    {
      const char *text = *willis_study_field ((WillisStudy *) study, f);

      if (text != NULL && strlen (text) <= 1024 && g_utf8_validate (text, -1, NULL))
        willis_archive_set_string (f->identity ? identity : group, f->name, text);
    }
  willis_archive_set_int (group, "age_years", study->patient_age);
  willis_archive_set_strings (group, "warnings", (const char *const *) study->warnings);
}

static void
save_segmentation (WillisArchive *root, const WillisCase *c)
{
  const WillisSegmentation *s = c->segmentation;
  WillisVolume *labels = willis_segmentation_labels (s);
  WillisArchive *group = willis_archive_group (root, "segmentation");

  willis_archive_set_int (group, "modality", willis_segmentation_modality (s));
  willis_archive_set_double (group, "threshold", willis_segmentation_threshold (s));
  willis_archive_set_double (group, "background", willis_segmentation_background (s));
  willis_archive_set_double (group, "contrast", willis_segmentation_contrast (s));
  willis_archive_set_int (group, "components", willis_segmentation_components (s));
  willis_save_edits (group, willis_segmentation_edits (s));
  if (c->volume != NULL && willis_grid_equal (willis_volume_grid (c->volume), willis_volume_grid (labels)))
    put_voxels (willis_archive_group (root, "VTKHDF"), "labels", labels);
  else // of another scan than the one that is here now
    {
      put_grid (group, willis_volume_grid (labels));
      put_voxels (group, "labels", labels);
    }
}

/* How sure the names are, which are by hand, and the named stretches of branches. */
static void
save_names (WillisArchive *group, const WillisTree *tree)
{
  g_autoptr (GArray) confidence = g_array_new (FALSE, FALSE, sizeof (double));
  g_autoptr (GArray) by_hand = g_array_new (FALSE, FALSE, sizeof (gint32));
  g_autoptr (GArray) part_branch = g_array_new (FALSE, FALSE, sizeof (gint32));
  g_autoptr (GArray) parts = g_array_new (FALSE, FALSE, sizeof (double));
  g_autoptr (GPtrArray) part_names = g_ptr_array_new ();

  for (gsize n = 0; n < willis_tree_n_branches (tree); n++)
    {
      const WillisBranch *branch = willis_tree_branch (tree, n);
      gint32 hand = branch->by_hand, b = (gint32) n;

      g_array_append_val (confidence, branch->confidence);
      g_array_append_val (by_hand, hand);
      for (gsize k = 0; k < branch->n_parts; k++)
        {
          const WillisBranchPart *part = branch->parts + k;
          double row[3] = { part->from_mm, part->to_mm, part->confidence };

          g_array_append_val (part_branch, b);
          g_array_append_vals (parts, row, 3);
          g_ptr_array_add (part_names, part->name);
        }
    }
  g_ptr_array_add (part_names, NULL);
  put_array (group, "name_confidence", WILLIS_ARRAY_F64, confidence->len, 1, confidence->data);
  put_array (group, "name_by_hand", WILLIS_ARRAY_I32, by_hand->len, 1, by_hand->data);
  put_array (group, "part_branch", WILLIS_ARRAY_I32, part_branch->len, 1, part_branch->data);
  put_array (group, "part_from_to_confidence", WILLIS_ARRAY_F64, part_branch->len, 3, parts->data);
  willis_archive_set_strings (group, "part_names", (const char *const *) part_names->pdata);
}

/* Points of all branches one after the other; first[b] .. first[b + 1] are those of branch b. */
static void
save_tree (WillisArchive *root, const WillisTree *tree)
{
  WillisArchive *group = willis_archive_group (root, "tree");
  gsize n_nodes = willis_tree_n_nodes (tree), n_branches = willis_tree_n_branches (tree);
  g_autoptr (GArray) nodes = g_array_new (FALSE, FALSE, sizeof (double));
  g_autoptr (GArray) degrees = g_array_new (FALSE, FALSE, sizeof (gint32));
  g_autoptr (GArray) ends = g_array_new (FALSE, FALSE, sizeof (gint32));
  g_autoptr (GArray) components = g_array_new (FALSE, FALSE, sizeof (gint32));
  g_autoptr (GArray) first = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (GArray) points = g_array_new (FALSE, FALSE, sizeof (double));
  g_autoptr (GArray) radii = g_array_new (FALSE, FALSE, sizeof (double));
  g_autoptr (GArray) abscissae = g_array_new (FALSE, FALSE, sizeof (double));
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  gint64 n_points = 0;

  for (gsize n = 0; n < n_nodes; n++)
    {
      gint32 degree = willis_tree_node (tree, n)->degree;

      g_array_append_vals (nodes, willis_tree_node (tree, n)->lps_mm, 3);
      g_array_append_val (degrees, degree);
    }
  g_array_append_val (first, n_points);
  for (gsize n = 0; n < n_branches; n++)
    {
      const WillisBranch *branch = willis_tree_branch (tree, n);
      gint32 component = branch->component, node[2] = { branch->node[0], branch->node[1] };

      g_array_append_vals (ends, node, 2);
      g_array_append_val (components, component);
      g_array_append_vals (points, branch->points_lps_mm, (guint) branch->n_points * 3);
      g_array_append_vals (radii, branch->radius_mm, (guint) branch->n_points);
      g_array_append_vals (abscissae, branch->abscissa_mm, (guint) branch->n_points);
      n_points += (gint64) branch->n_points;
      g_array_append_val (first, n_points);
      g_ptr_array_add (names, branch->name != NULL ? branch->name : (char *) "");
    }
  g_ptr_array_add (names, NULL);
  put_array (group, "nodes_lps_mm", WILLIS_ARRAY_F64, n_nodes, 3, nodes->data);
  put_array (group, "node_degrees", WILLIS_ARRAY_I32, n_nodes, 1, degrees->data);
  put_array (group, "branch_nodes", WILLIS_ARRAY_I32, n_branches, 2, ends->data);
  put_array (group, "branch_components", WILLIS_ARRAY_I32, n_branches, 1, components->data);
  put_array (group, "branch_first_point", WILLIS_ARRAY_I64, n_branches + 1, 1, first->data);
  willis_archive_set_strings (group, "branch_names", (const char *const *) names->pdata);
  save_names (group, tree);
  put_array (group, "points_lps_mm", WILLIS_ARRAY_F64, (gsize) n_points, 3, points->data);
  put_array (group, "radius_mm", WILLIS_ARRAY_F64, (gsize) n_points, 1, radii->data);
  put_array (group, "abscissa_mm", WILLIS_ARRAY_F64, (gsize) n_points, 1, abscissae->data);
}

static void
save_candidates (WillisArchive *root, const GArray *candidates)
{
  WillisArchive *group = willis_archive_group (root, "candidates");
  g_autofree double *values = g_new0 (double, candidates->len * 6 + 1);
  g_autofree gint32 *branches = g_new0 (gint32, candidates->len + 1);

  for (guint n = 0; n < candidates->len; n++)
    {
      const WillisCandidate *candidate = &g_array_index (candidates, WillisCandidate, n);
      double *row = values + (gsize) n * 6;

      memcpy (row, candidate->centre_lps_mm, 3 * sizeof *row);
      row[3] = candidate->size_mm;
      row[4] = candidate->neck_mm;
      row[5] = candidate->score;
      branches[n] = candidate->branch;
    }
  willis_archive_set_string (group, "columns", "x_lps_mm y_lps_mm z_lps_mm size_mm neck_mm score");
  put_array (group, "values", WILLIS_ARRAY_F64, candidates->len, 6, values);
  put_array (group, "branch", WILLIS_ARRAY_I32, candidates->len, 1, branches);
}

/* Indices by name, so that a later list of indices reads an earlier file. */
static void
save_morphology (WillisArchive *group, const WillisMorphology *morphology)
{
  const char *names[WILLIS_N_INDICES + 1] = { NULL }, *units[WILLIS_N_INDICES + 1] = { NULL };
  const char *reasons[WILLIS_N_INDICES + 1] = { NULL };
  double values[WILLIS_N_INDICES], deviations[WILLIS_N_INDICES];

  for (int n = 0; n < WILLIS_N_INDICES; n++)
    {
      const WillisMeasure *m = &morphology->index[n];

      names[n] = willis_index_info (n)->name;
      units[n] = willis_index_info (n)->unit;
      reasons[n] = m->reason != NULL ? m->reason : "";
      values[n] = isnan (m->value) ? NAN : m->value; // one NaN among many, so that files compare
      deviations[n] = isnan (m->sd) ? NAN : m->sd;
    }
  willis_archive_set_strings (group, "names", names);
  willis_archive_set_strings (group, "units", units);
  willis_archive_set_strings (group, "reasons", reasons);
  put_array (group, "values", WILLIS_ARRAY_F64, WILLIS_N_INDICES, 1, values);
  put_array (group, "deviations", WILLIS_ARRAY_F64, WILLIS_N_INDICES, 1, deviations);
}

static void
save_aneurysm (WillisArchive *group, const WillisCaseAneurysm *item)
{
  const WillisAneurysm *aneurysm = item->aneurysm;
  const WillisNeck *neck = willis_aneurysm_neck (aneurysm);
  const WillisNeckDoubt *doubt = willis_aneurysm_neck_doubt (aneurysm);
  gsize n_curve = 0;
  const double *curve = willis_aneurysm_neck_curve (aneurysm, &n_curve);

  willis_archive_set_doubles (group, "neck_centre_lps_mm", neck->centre_lps_mm, 3);
  willis_archive_set_doubles (group, "neck_normal", neck->normal, 3);
  willis_archive_set_doubles (group, "dome_lps_mm", neck->dome_lps_mm, 3);
  willis_archive_set_int (group, "branch", willis_aneurysm_branch (aneurysm));
  if (isfinite (doubt->foot_mm))
    willis_archive_set_double (group, "foot_mm", doubt->foot_mm);
  if (isfinite (doubt->below))
    willis_archive_set_double (group, "below_neck", doubt->below);
  if (isfinite (doubt->through_mm))
    willis_archive_set_double (group, "through_mm", doubt->through_mm);
  put_array (group, "neck_curve_lps_mm", WILLIS_ARRAY_F64, n_curve, 3, curve);
  willis_save_surface (willis_archive_group (group, "sac"), willis_aneurysm_sac (aneurysm));
  if (willis_aneurysm_ostium (aneurysm) != NULL)
    willis_save_surface (willis_archive_group (group, "ostium"), willis_aneurysm_ostium (aneurysm));
  save_morphology (willis_archive_group (group, "morphology"), willis_aneurysm_morphology (aneurysm));
  willis_save_provenance (willis_archive_group (group, "provenance"), &item->provenance);
  willis_save_risk (group, &item->risk, TRUE);
  willis_save_sac_plan (group, item);
}

gboolean
willis_case_save (const WillisCase *c, const char *path, const WillisProgress *progress, GError **error)
{
  g_autoptr (WillisArchive) root = willis_archive_new ();
  WillisArchive *provenance = willis_archive_group (root, "provenance");

  willis_archive_set_string (root, "willis_format", WILLIS_CASE_FORMAT);
  willis_archive_set_int (root, "willis_schema", WILLIS_CASE_SCHEMA);
  willis_archive_set_string (root, "willis_program", "willis " WILLIS_VERSION);
  save_study (root, &c->study);
  if (c->volume != NULL)
    {
      put_grid (willis_archive_group (root, "VTKHDF"), willis_volume_grid (c->volume));
      put_voxels (willis_archive_group (root, "VTKHDF"), "scan", c->volume);
    }
  if (c->segmentation != NULL)
    save_segmentation (root, c);
  if (c->surface != NULL)
    willis_save_surface (willis_archive_group (root, "surface"), c->surface);
  if (c->tree != NULL)
    save_tree (root, c->tree);
  if (c->candidates != NULL)
    save_candidates (root, c->candidates);
  for (guint n = 0; n < c->aneurysms->len; n++)
    {
      g_autofree char *name = g_strdup_printf ("%04u", n);

      save_aneurysm (willis_archive_group (willis_archive_group (root, "aneurysms"), name),
                     g_ptr_array_index (c->aneurysms, n));
    }
  willis_save_plans (root, c);
  willis_save_risk (root, &c->risk, FALSE);
  willis_save_comparisons (root, c);
  for (int stage = 0; stage < WILLIS_STAGE_ANEURYSMS; stage++)
    if (c->provenance[stage].digest != NULL)
      willis_save_provenance (willis_archive_group (provenance, willis_stage_name (stage)), &c->provenance[stage]);
  return willis_archive_write (root, path, progress, error);
}
