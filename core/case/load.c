/* SPDX-License-Identifier: Apache-2.0 */
/* A case from an archive: every length, index and number is checked before it is believed. */
#include <math.h>
#include <string.h>

#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/case/case-private.h"

static gboolean
bad (const WillisArchive *group, const char *what, GError **error)
{
  return willis_fail (error, WILLIS_ERROR_BAD_FILE, _ ("%s in %s is not possible"), what, willis_archive_path (group));
}

static gboolean
load_grid (const WillisArchive *group, WillisGrid *grid, GError **error)
{
  gint64 extent[6];

  memset (grid, 0, sizeof *grid);
  if (!willis_archive_get_ints (group, "WholeExtent", 6, 0, 65534, extent, error)
      || !willis_archive_get_doubles (group, "Origin", 3, -1e6, 1e6, grid->origin_lps_mm, error)
      || !willis_archive_get_doubles (group, "Spacing", 3, 0, 1e3, grid->spacing_mm, error)
      || !willis_archive_get_doubles (group, "Direction", 9, -1.01, 1.01, grid->direction, error))
    return FALSE;
  for (int a = 0; a < 3; a++)
    {
      if (extent[2 * a] != 0)
        return bad (group, "WholeExtent", error);
      grid->dims[a] = (int) extent[2 * a + 1] + 1;
    }
  return willis_grid_check (grid, error);
}

/* A volume whose voxels stay where the reader put them; scalar -1: any. */
static WillisVolume *
load_voxels (const WillisArchive *image, const char *name, const WillisGrid *grid, int scalar, GError **error)
{
  static const WillisArrayType types[] = { WILLIS_ARRAY_U8, WILLIS_ARRAY_I16, WILLIS_ARRAY_F32 };
  const WillisArchive *data = willis_archive_find_group (image, "PointData");
  const gsize extents[3] = { (gsize) grid->dims[2], (gsize) grid->dims[1], (gsize) grid->dims[0] };

  for (int s = 0; s < (int) G_N_ELEMENTS (types) && data != NULL; s++)
    {
      WillisArray *array = willis_archive_get_array (data, name, types[s], 3, extents, NULL);

      if (array != NULL && (scalar < 0 || s == scalar))
        return willis_volume_new_take (grid, (WillisScalar) s, (void *) array->data,
                                       (GDestroyNotify) willis_array_unref, willis_array_ref (array));
    }
  bad (image, name, error);
  return NULL;
}

/* The triangles of a VTKHDF PolyData (new, *n of them). */
static gint32 *
load_triangles (const WillisArchive *group, gsize n_points, gsize *n, GError **error)
{
  const WillisArchive *cells = willis_archive_find_group (group, "Polygons");
  const WillisArray *ids, *offsets;
  const gint64 *id, *offset;
  gint32 *triangles;

  if (cells == NULL)
    {
      bad (group, "Polygons", error);
      return NULL;
    }
  ids = willis_archive_get_array (cells, "Connectivity", WILLIS_ARRAY_I64, 1, NULL, error);
  offsets = ids != NULL ? willis_archive_get_array (cells, "Offsets", WILLIS_ARRAY_I64, 1, NULL, error) : NULL;
  if (offsets == NULL)
    return NULL;
  *n = ids->extents[0] / 3;
  id = ids->data;
  offset = offsets->data;
  if (ids->extents[0] % 3 != 0 || *n > G_MAXINT32 || offsets->extents[0] != *n + 1)
    {
      bad (cells, "Offsets", error);
      return NULL;
    }
  triangles = g_new (gint32, MAX (*n * 3, 1));
  for (gsize t = 0; t <= *n; t++)
    for (int a = 0; a < 3; a++)
      {
        if (offset[t] != (gint64) t * 3 || (t < *n && (id[3 * t + a] < 0 || id[3 * t + a] >= (gint64) n_points)))
          {
            g_free (triangles);
            bad (cells, "Connectivity", error);
            return NULL;
          }
        if (t < *n)
          triangles[3 * t + a] = (gint32) id[3 * t + a];
      }
  return triangles;
}

WillisSurface *
willis_load_surface (const WillisArchive *group, GError **error)
{
  const gsize extents[2] = { 0, 3 };
  const WillisArray *points = willis_archive_get_array (group, "Points", WILLIS_ARRAY_F64, 2, extents, error);
  g_autoptr (WillisSurface) surface = NULL;
  gint32 *triangles;
  gsize n = 0;

  if (points == NULL)
    return NULL;
  if (points->extents[0] > G_MAXINT32)
    {
      bad (group, "Points", error);
      return NULL;
    }
  triangles = load_triangles (group, points->extents[0], &n, error);
  if (triangles == NULL)
    return NULL;
  surface = willis_surface_new_take (g_memdup2 (points->data, points->extents[0] * 3 * sizeof (double)),
                                     points->extents[0], triangles, n);
  if (!willis_surface_check (surface, error))
    return NULL;
  return g_steal_pointer (&surface);
}

gboolean
willis_load_provenance (const WillisArchive *group, WillisProvenance *out, GError **error)
{
  const char *digest, *inputs, *params, *program, *time;

  if (!willis_archive_get_string (group, "digest", &digest, error)
      || !willis_archive_get_string (group, "inputs", &inputs, error)
      || !willis_archive_get_string (group, "params", &params, error)
      || !willis_archive_get_string (group, "program", &program, error)
      || !willis_archive_get_string (group, "time", &time, error))
    return FALSE;
  out->digest = g_strdup (digest);
  out->inputs = g_strdup (inputs);
  out->params = g_strdup (params);
  out->program = g_strdup (program);
  out->time = g_strdup (time);
  return TRUE;
}

static gboolean
load_study (WillisCase *c, const WillisArchive *root, GError **error)
{
  const WillisArchive *group = willis_archive_find_group (root, "study");
  const WillisArchive *identity = group != NULL ? willis_archive_find_group (group, "identity") : NULL;
  gint64 age = -1;

  if (identity == NULL)
    return bad (root, "study", error);
  for (const WillisStudyField *f = willis_study_fields; f->name != NULL; f++)
    {
      const char *text = NULL;

      if (willis_archive_get_string (f->identity ? identity : group, f->name, &text, NULL))
        *willis_study_field (&c->study, f) = g_strdup (text);
    }
  if (!willis_archive_get_int (group, "age_years", -1, 150, &age, error)
      || !willis_archive_get_strings (group, "warnings", &c->study.warnings, error))
    return FALSE;
  c->study.patient_age = (int) age;
  if (c->study.warnings[0] == NULL)
    g_clear_pointer (&c->study.warnings, g_strfreev);
  return TRUE;
}

static gboolean
load_scan (WillisCase *c, const WillisArchive *root, GError **error)
{
  const WillisArchive *image = willis_archive_find_group (root, "VTKHDF");
  WillisGrid grid;

  if (image == NULL)
    return TRUE;
  if (!load_grid (image, &grid, error))
    return FALSE;
  c->volume = load_voxels (image, "scan", &grid, -1, error);
  return c->volume != NULL;
}

static gboolean
load_segmentation (WillisCase *c, const WillisArchive *root, GError **error)
{
  const WillisArchive *group = willis_archive_find_group (root, "segmentation");
  g_autoptr (WillisVolume) labels = NULL;
  gint64 modality, components;
  double threshold, background, contrast;
  WillisGrid grid;

  if (group == NULL)
    return TRUE;
  if (!willis_archive_get_int (group, "modality", 0, WILLIS_MODALITY_MRA, &modality, error)
      || !willis_archive_get_int (group, "components", 0, G_MAXINT32, &components, error)
      || !willis_archive_get_double (group, "threshold", -1e9, 1e9, &threshold, error)
      || !willis_archive_get_double (group, "background", -1e9, 1e9, &background, error)
      || !willis_archive_get_double (group, "contrast", -1e9, 1e9, &contrast, error))
    return FALSE;
  if (willis_archive_find_group (group, "PointData") != NULL)
    {
      if (!load_grid (group, &grid, error))
        return FALSE;
      labels = load_voxels (group, "labels", &grid, WILLIS_SCALAR_U8, error);
    }
  else if (c->volume != NULL)
    labels = load_voxels (willis_archive_find_group (root, "VTKHDF"), "labels", willis_volume_grid (c->volume),
                          WILLIS_SCALAR_U8, error);
  else
    return bad (group, "labels", error);
  if (labels == NULL)
    return FALSE;
  c->segmentation = willis_segmentation_new (labels, (WillisModality) modality, threshold, background, contrast,
                                             (int) components);
  return willis_load_edits (c->segmentation, group, error);
}

/* The arrays of a tree, of matching lengths. */
typedef struct
{
  const WillisArray *nodes, *degrees, *ends, *components, *first, *points, *radii, *abscissae;
  char **names;
} TreeArrays;

static gboolean
get_tree_arrays (const WillisArchive *group, TreeArrays *t, GError **error)
{
  const gsize by3[2] = { 0, 3 };
  gsize n_branches[2] = { 0, 2 }, n_points[1], n_nodes[1], n_first[1];

  t->nodes = willis_archive_get_array (group, "nodes_lps_mm", WILLIS_ARRAY_F64, 2, by3, error);
  t->ends = t->nodes != NULL ? willis_archive_get_array (group, "branch_nodes", WILLIS_ARRAY_I32, 2, n_branches, error)
                             : NULL;
  t->points
      = t->ends != NULL ? willis_archive_get_array (group, "points_lps_mm", WILLIS_ARRAY_F64, 2, by3, error) : NULL;
  if (t->points == NULL)
    return FALSE;
  n_nodes[0] = t->nodes->extents[0];
  n_branches[0] = t->ends->extents[0];
  n_points[0] = t->points->extents[0];
  n_first[0] = n_branches[0] + 1;
  t->degrees = willis_archive_get_array (group, "node_degrees", WILLIS_ARRAY_I32, 1, NULL, error);
  t->components = willis_archive_get_array (group, "branch_components", WILLIS_ARRAY_I32, 1, NULL, error);
  t->first = willis_archive_get_array (group, "branch_first_point", WILLIS_ARRAY_I64, 1, NULL, error);
  t->radii = willis_archive_get_array (group, "radius_mm", WILLIS_ARRAY_F64, 1, NULL, error);
  t->abscissae = willis_archive_get_array (group, "abscissa_mm", WILLIS_ARRAY_F64, 1, NULL, error);
  if (t->degrees == NULL || t->components == NULL || t->first == NULL || t->radii == NULL || t->abscissae == NULL)
    return FALSE;
  if (t->degrees->extents[0] != n_nodes[0] || t->components->extents[0] != n_branches[0]
      || t->first->extents[0] != n_first[0] || t->radii->extents[0] != n_points[0]
      || t->abscissae->extents[0] != n_points[0])
    return bad (group, "branch_first_point", error);
  return willis_archive_get_strings (group, "branch_names", &t->names, error);
}

/* Where each branch's points begin: rising, from nothing to all. */
static gboolean
check_first (const TreeArrays *t)
{
  const gint64 *first = t->first->data;
  gsize n = t->ends->extents[0];

  for (gsize b = 0; b < n; b++)
    if (first[b + 1] <= first[b])
      return FALSE;
  return first[0] == 0 && first[n] == (gint64) t->points->extents[0] && g_strv_length (t->names) == n;
}

/* What is known of the names, in files that have it. Parts out of place are left out. */
static gboolean
load_names (WillisTree *tree, const WillisArchive *group, GError **error)
{
  gsize n_branches = willis_tree_n_branches (tree);
  const gsize by3[2] = { 0, 3 };
  const WillisArray *confidence, *by_hand, *branch, *values;
  g_auto (GStrv) names = NULL;
  g_autofree GArray **parts = NULL;

  if (willis_archive_get_array (group, "name_confidence", WILLIS_ARRAY_F64, 1, NULL, NULL) == NULL)
    return TRUE; // of an earlier program
  confidence = willis_archive_get_array (group, "name_confidence", WILLIS_ARRAY_F64, 1, NULL, error);
  by_hand = willis_archive_get_array (group, "name_by_hand", WILLIS_ARRAY_I32, 1, NULL, error);
  if (confidence == NULL || by_hand == NULL)
    return FALSE;
  if (confidence->extents[0] != n_branches || by_hand->extents[0] != n_branches)
    return bad (group, "name_confidence", error);
  for (gsize b = 0; b < n_branches; b++)
    {
      g_autofree char *name = g_strdup (willis_tree_branch (tree, b)->name);

      willis_tree_set_name (tree, b, name, ((const double *) confidence->data)[b],
                            ((const gint32 *) by_hand->data)[b] != 0);
    }
  if (willis_archive_get_array (group, "part_branch", WILLIS_ARRAY_I32, 1, NULL, NULL) == NULL)
    return TRUE;
  branch = willis_archive_get_array (group, "part_branch", WILLIS_ARRAY_I32, 1, NULL, error);
  values = willis_archive_get_array (group, "part_from_to_confidence", WILLIS_ARRAY_F64, 2, by3, error);
  if (branch == NULL || values == NULL || !willis_archive_get_strings (group, "part_names", &names, error))
    return FALSE;
  if (values->extents[0] != branch->extents[0] || g_strv_length (names) != branch->extents[0])
    return bad (group, "part_names", error);
  parts = g_new0 (GArray *, n_branches + 1);
  for (gsize k = 0; k < branch->extents[0]; k++)
    {
      gint32 b = ((const gint32 *) branch->data)[k];
      const double *row = (const double *) values->data + 3 * k;
      WillisBranchPart part = { NULL, row[0], row[1], row[2] };

      if (b < 0 || (gsize) b >= n_branches || !(row[0] <= row[1]))
        continue;
      part.name = g_strdup (names[k]);
      if (parts[b] == NULL)
        parts[b] = g_array_new (FALSE, FALSE, sizeof part);
      g_array_append_val (parts[b], part);
    }
  for (gsize b = 0; b < n_branches; b++)
    if (parts[b] != NULL)
      {
        gsize n = parts[b]->len;

        willis_tree_take_parts (tree, b, (WillisBranchPart *) (void *) g_array_free (parts[b], FALSE), n);
      }
  return TRUE;
}

static gboolean
load_tree (WillisCase *c, const WillisArchive *root, GError **error)
{
  const WillisArchive *group = willis_archive_find_group (root, "tree");
  TreeArrays t = { 0 };
  g_auto (GStrv) names = NULL;
  WillisTreeNode *nodes;
  WillisBranch *branches;

  if (group == NULL)
    return TRUE;
  if (!get_tree_arrays (group, &t, error))
    return FALSE;
  names = t.names;
  if (!check_first (&t))
    return bad (group, "branch_first_point", error);
  nodes = g_new0 (WillisTreeNode, t.nodes->extents[0] + 1);
  branches = g_new0 (WillisBranch, t.ends->extents[0] + 1);
  for (gsize n = 0; n < t.nodes->extents[0]; n++)
    {
      memcpy (nodes[n].lps_mm, (const double *) t.nodes->data + 3 * n, 3 * sizeof (double));
      nodes[n].degree = ((const gint32 *) t.degrees->data)[n];
    }
  for (gsize b = 0; b < t.ends->extents[0]; b++)
    {
      gsize first = (gsize) ((const gint64 *) t.first->data)[b];
      gsize n = (gsize) ((const gint64 *) t.first->data)[b + 1] - first;

      branches[b].node[0] = ((const gint32 *) t.ends->data)[2 * b];
      branches[b].node[1] = ((const gint32 *) t.ends->data)[2 * b + 1];
      branches[b].component = ((const gint32 *) t.components->data)[b];
      branches[b].name = *names[b] != '\0' ? g_strdup (names[b]) : NULL;
      branches[b].n_points = n;
      branches[b].points_lps_mm = g_memdup2 ((const double *) t.points->data + 3 * first, 3 * n * sizeof (double));
      branches[b].radius_mm = g_memdup2 ((const double *) t.radii->data + first, n * sizeof (double));
      branches[b].abscissa_mm = g_memdup2 ((const double *) t.abscissae->data + first, n * sizeof (double));
    }
  c->tree = willis_tree_new_take (nodes, t.nodes->extents[0], branches, t.ends->extents[0]);
  return willis_tree_check (c->tree, error) && load_names (c->tree, group, error);
}

static gboolean
load_candidates (WillisCase *c, const WillisArchive *root, GError **error)
{
  const WillisArchive *group = willis_archive_find_group (root, "candidates");
  const gsize extents[2] = { 0, 6 };
  const WillisArray *values, *branches;

  if (group == NULL)
    return TRUE;
  values = willis_archive_get_array (group, "values", WILLIS_ARRAY_F64, 2, extents, error);
  branches = values != NULL ? willis_archive_get_array (group, "branch", WILLIS_ARRAY_I32, 1, NULL, error) : NULL;
  if (branches == NULL)
    return FALSE;
  if (branches->extents[0] != values->extents[0] || values->extents[0] > 100000)
    return bad (group, "branch", error);
  c->candidates = g_array_new (FALSE, TRUE, sizeof (WillisCandidate));
  for (gsize n = 0; n < values->extents[0]; n++)
    {
      const double *row = (const double *) values->data + 6 * n;
      WillisCandidate candidate = { .size_mm = row[3], .neck_mm = row[4], .score = row[5] };

      for (int a = 0; a < 6; a++)
        if (!isfinite (row[a]) || fabs (row[a]) > 1e6)
          return bad (group, "values", error);
      memcpy (candidate.centre_lps_mm, row, 3 * sizeof *row);
      candidate.branch = ((const gint32 *) branches->data)[n];
      g_array_append_val (c->candidates, candidate);
    }
  return TRUE;
}

static gboolean
load_morphology (const WillisArchive *group, WillisMorphology *out, GError **error)
{
  const WillisArray *values, *deviations;
  g_auto (GStrv) names = NULL, reasons = NULL;
  gsize n;

  for (int i = 0; i < WILLIS_N_INDICES; i++)
    out->index[i] = (WillisMeasure){ NAN, NAN, N_ ("not in this file") };
  if (!willis_archive_get_strings (group, "names", &names, error)
      || !willis_archive_get_strings (group, "reasons", &reasons, error))
    return FALSE;
  values = willis_archive_get_array (group, "values", WILLIS_ARRAY_F64, 1, NULL, error);
  deviations = values != NULL ? willis_archive_get_array (group, "deviations", WILLIS_ARRAY_F64, 1, NULL, error) : NULL;
  if (deviations == NULL)
    return FALSE;
  n = g_strv_length (names);
  if (g_strv_length (reasons) != n || values->extents[0] != n || deviations->extents[0] != n)
    return bad (group, "values", error);
  for (gsize i = 0; i < n; i++)
    {
      int index = willis_index_find (names[i]);

      if (index < 0)
        continue;
      out->index[index].value = ((const double *) values->data)[i];
      out->index[index].sd = ((const double *) deviations->data)[i];
      out->index[index].reason = *reasons[i] != '\0' ? g_intern_string (reasons[i]) : NULL;
    }
  return TRUE;
}

static gboolean
load_aneurysm (WillisCase *c, const WillisArchive *group, GError **error)
{
  const WillisArchive *sac_group = willis_archive_find_group (group, "sac");
  const WillisArchive *ostium_group = willis_archive_find_group (group, "ostium");
  const WillisArchive *morphology_group = willis_archive_find_group (group, "morphology");
  const WillisArchive *provenance_group = willis_archive_find_group (group, "provenance");
  const gsize extents[2] = { 0, 3 };
  const WillisArray *curve;
  g_autoptr (WillisSurface) sac = NULL, ostium = NULL;
  g_autoptr (WillisAneurysm) aneurysm = NULL;
  WillisCaseAneurysm *item;
  WillisProvenance provenance = { 0 };
  WillisMorphology morphology;
  WillisNeck neck;
  WillisNeckDoubt doubt = { NAN, NAN, NAN }; // files of an older Willis do not say it
  gint64 branch;

  if (sac_group == NULL || morphology_group == NULL || provenance_group == NULL)
    return bad (group, "sac", error);
  curve = willis_archive_get_array (group, "neck_curve_lps_mm", WILLIS_ARRAY_F64, 2, extents, error);
  if (curve == NULL
      || !willis_archive_get_doubles (group, "neck_centre_lps_mm", 3, -1e6, 1e6, neck.centre_lps_mm, error)
      || !willis_archive_get_doubles (group, "neck_normal", 3, -1.01, 1.01, neck.normal, error)
      || !willis_archive_get_doubles (group, "dome_lps_mm", 3, -1e6, 1e6, neck.dome_lps_mm, error)
      || !willis_archive_get_int (group, "branch", -1, G_MAXINT32, &branch, error)
      || (willis_archive_has (group, "foot_mm")
          && !willis_archive_get_double (group, "foot_mm", 0.0, 1e3, &doubt.foot_mm, error))
      || (willis_archive_has (group, "below_neck")
          && !willis_archive_get_double (group, "below_neck", 0.0, 1e6, &doubt.below, error))
      || (willis_archive_has (group, "through_mm")
          && !willis_archive_get_double (group, "through_mm", 0.0, 1e3, &doubt.through_mm, error))
      || !load_morphology (morphology_group, &morphology, error))
    return FALSE;
  for (gsize i = 0; i < curve->extents[0] * 3; i++)
    if (!isfinite (((const double *) curve->data)[i]))
      return bad (group, "neck_curve_lps_mm", error);
  sac = willis_load_surface (sac_group, error);
  if (sac == NULL)
    return FALSE;
  if (ostium_group != NULL && (ostium = willis_load_surface (ostium_group, error)) == NULL)
    return FALSE;
  aneurysm
      = willis_aneurysm_new (&neck, curve->data, curve->extents[0], sac, ostium, (int) branch, &morphology, &doubt);
  if (!willis_load_provenance (provenance_group, &provenance, error))
    return FALSE;
  willis_case_put_aneurysm (c, aneurysm, &provenance);
  item = g_ptr_array_index (c->aneurysms, c->aneurysms->len - 1);
  return willis_load_risk (group, &item->risk, error) && willis_load_sac_plan (item, group, error);
}

static gboolean
load_aneurysms (WillisCase *c, const WillisArchive *root, GError **error)
{
  const WillisArchive *group = willis_archive_find_group (root, "aneurysms");
  g_auto (GStrv) names = group != NULL ? willis_archive_group_names (group) : NULL;

  for (char **name = names; name != NULL && *name != NULL; name++)
    if (!load_aneurysm (c, willis_archive_find_group (group, *name), error))
      return FALSE;
  return TRUE;
}

/* Every artefact has its provenance. */
static gboolean
load_all_provenance (WillisCase *c, const WillisArchive *root, GError **error)
{
  const WillisArchive *all = willis_archive_find_group (root, "provenance");
  const gboolean there[WILLIS_STAGE_ANEURYSMS]
      = { c->volume != NULL, c->segmentation != NULL, c->surface != NULL, c->tree != NULL, c->candidates != NULL };

  for (int stage = 0; stage < WILLIS_STAGE_ANEURYSMS; stage++)
    {
      const WillisArchive *group = all != NULL ? willis_archive_find_group (all, willis_stage_name (stage)) : NULL;

      if (there[stage] && group == NULL)
        return bad (root, "provenance", error);
      if (there[stage] && !willis_load_provenance (group, &c->provenance[stage], error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
load_surface (WillisCase *c, const WillisArchive *root, GError **error)
{
  const WillisArchive *group = willis_archive_find_group (root, "surface");

  if (group == NULL)
    return TRUE;
  c->surface = willis_load_surface (group, error);
  return c->surface != NULL;
}

WillisCase *
willis_case_load (const char *path, const WillisProgress *progress, GError **error)
{
  g_autoptr (WillisCase) c = willis_case_new ();
  g_autoptr (WillisArchive) root = willis_archive_read (path, progress, error);

  if (root == NULL)
    return NULL;
  if (!willis_case_migrate (root, error) || !load_study (c, root, error) || !load_scan (c, root, error)
      || !load_segmentation (c, root, error) || !load_surface (c, root, error) || !load_tree (c, root, error)
      || !load_candidates (c, root, error) || !load_aneurysms (c, root, error) || !willis_load_plans (c, root, error)
      || !willis_load_comparisons (c, root, error) || !willis_load_risk (root, &c->risk, error) || !load_all_provenance (c, root, error))
    {
      g_prefix_error (error, "%s: ", path);
      return NULL;
    }
  willis_case_follow_tree (c, FALSE); // an older Willis kept the branches of a tree that is gone
  return g_steal_pointer (&c);
}
