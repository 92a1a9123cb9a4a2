/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/sweep/shape-cases.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/io/surface-io.h"
#include "core/vessel/segmentation.h"
#include "tests/support/aneurisk.h"
#include "tests/sweep/sweep.h"

/* Vessels from the guiding catheter to the parent. */
static const struct
{
  const char *parent, *way[2];
} ways[] = {
  { "MCA M1 right", { "ICA right" } }, { "MCA M1 left", { "ICA left" } },      { "ACom", { "ICA left", "ACA A1 left" } },
  { "ACA A1 right", { "ICA right" } }, { "Basilar", { "VA left" } },           { "ACA A2 left", { "ICA left", "ACA A1 left" } },
};

/* One sac of usual size at every site that the clinical notes have a rule for. */
static const struct
{
  Site site;
  double height_mm, width_mm, neck_mm;
  const char *rule;
} rules[] = {
  { { "paraclinoid, superior", "sidewall", "ICA right", 76, 15, { 0.2, 0.2, 1 }, { 0 } }, 5, 4.6, 3.0, "S (69 %)" },
  { { "paraclinoid, lateral", "sidewall", "ICA left", 77, 15, { 1, 0.1, 0.2 }, { 0 } }, 5, 4.6, 3.0, "S (62.5 %)" },
  { { "paraclinoid, proximal medial", "sidewall", "ICA left", 74, 15, { -1, 0.1, -0.1 }, { 0 } }, 5, 4.6, 3.0, "J or C, acute (88.5 %)" },
  { { "paraclinoid, distal medial", "sidewall", "ICA left", 78, 15, { -1, 0.2, 0.3 }, { 0 } }, 5, 4.6, 3.0, "straight, 45 or 90 (75 %)" },
  { { "ophthalmic, carotid cave", "sidewall", "ICA left", 78, 15, { -0.75, 0.15, 0.65 }, { 0 } }, 5, 4.6, 3.0, "pigtail, or 90 and a curve opposite the siphon" },
  { { "PCom", "sidewall", "ICA right", 84, 10, { -0.6, 0.8, -0.1 }, { 0 } }, 5, 4.6, 3.0, "45 or 90; S if posterior" },
  { { "proximal A1", "sidewall", "ACA A1 right", 3, 6, { 0, 0.6, 0.8 }, { 0 } }, 4, 3.6, 2.6, "Z" },
  { { "ACom, superior", "sidewall", "ACom", 2.3, 6, { 0.1, -0.3, 1 }, { 0 } }, 4, 3.6, 2.6, "45" },
  { { "ACom, anterior", "sidewall", "ACom", 2.3, 6, { 0.1, -0.9, -0.4 }, { 0 } }, 4, 3.6, 2.6, "90 or S" },
  { { "MCA bifurcation", "bifurcation", "MCA M1 left", -1, 15, { 0.8, -0.5, -0.3 }, { 0 } }, 5, 4.6, 3.0, "straight or 45; 90 if off the axis of M1" },
  { { "basilar tip", "bifurcation", "Basilar", -1, 12, { 0, -0.35, 1 }, { 0 } }, 5, 4.6, 3.0, "straight or a slight 45" },
  { { "SCA", "sidewall", "Basilar", 20.5, 12, { 0.9, 0.3, 0.1 }, { 0 } }, 4, 3.6, 2.6, "90, J, small pigtail" },
  { { "AChA", "sidewall", "ICA right", 81, 12, { -0.5, 0.85, -0.1 }, { 0 } }, 4, 3.6, 2.6, "90, J, small pigtail" },
  { { "PICA", "sidewall", "VA left", 24, 8, { 0.9, -0.4, 0 }, { 0 } }, 4, 3.6, 2.6, "90, J, small pigtail" },
  { { "pericallosal", "sidewall", "ACA A2 left", 20, 8, { 0, -0.8, 0.6 }, { 0 } }, 4, 3.6, 2.6, "45 to 90, small" },
};

/* Read once, kept. */
static const GPtrArray *
aneurisk_lumens (void)
{
  static GPtrArray *files;

  if (files == NULL)
    files = aneurisk_files ("isolated");
  return files;
}

int
shape_cases_n (void)
{
  return SHAPE_PHANTOMS + (int) aneurisk_lumens ()->len;
}

static void
append_vessel (GArray *line, const WillisPhantom *phantom, const char *id, const double *until)
{
  for (guint v = 0; v < phantom->vessels->len; v++)
    {
      const PhantomVessel *vessel = phantom->vessels->pdata[v];
      const double(*x)[4] = (void *) vessel->points->data;
      guint last = vessel->points->len;

      if (strcmp (vessel->id, id) != 0)
        continue;
      for (guint i = 0; until != NULL && i < vessel->points->len; i++)
        if (vec3_dist (x[i], until) < vec3_dist (x[last - (last == vessel->points->len)], until))
          last = i;
      for (guint i = 0; i < MIN (last + 1, vessel->points->len); i++)
        g_array_append_vals (line, x[i], 3);
    }
}

/* Voxels within 5 mm of a point. */
static guint8 *
mark_near (const WillisGrid *grid, const double *line, gsize n, const double *sac, gsize n_sac)
{
  guint8 *near = g_new0 (guint8, willis_grid_n_voxels (grid));
  double h = grid->spacing_mm[0], last[3] = { INFINITY, 0, 0 };
  int reach = (int) ceil (5.0 / h);

  for (gsize p = 0; p < n + n_sac; p++)
    {
      const double *x = p < n ? line + 3 * p : sac + 3 * (p - n);
      int at[3];

      if (vec3_dist (x, last) < 0.8)
        continue;
      vec3_copy (last, x);
      for (int k = 0; k < 3; k++)
        at[k] = (int) lround ((x[k] - grid->origin_lps_mm[k]) / h);
      for (int k = MAX (0, at[2] - reach); k <= MIN (grid->dims[2] - 1, at[2] + reach); k++)
        for (int j = MAX (0, at[1] - reach); j <= MIN (grid->dims[1] - 1, at[1] + reach); j++)
          for (int i = MAX (0, at[0] - reach); i <= MIN (grid->dims[0] - 1, at[0] + reach); i++)
            near[((gsize) k * grid->dims[1] + j) * grid->dims[0] + i] = 1;
    }
  return near;
}

static gboolean
load_phantom (const Draw *draw, int number, double radius, double spacing, ShapeCase *out)
{
  g_autoptr (WillisPhantom) phantom = sweep_phantom (draw, number, NULL);
  g_autoptr (GArray) line = g_array_new (FALSE, FALSE, sizeof (double)), sac_points = g_array_new (FALSE, FALSE, sizeof (double));
  g_autoptr (WillisVolume) volume = NULL;
  g_autoptr (WillisLumen) lumen = NULL;
  const double h[3] = { spacing, spacing, spacing };
  double lo[3] = { INFINITY, INFINITY, INFINITY }, hi[3] = { -INFINITY, -INFINITY, -INFINITY }, neck[3], u[3], v[3];
  WillisShapingSiteParams params = { .catheter_radius_mm = radius };
  const PhantomSac *sac;
  g_autofree guint8 *near = NULL;
  PhantomField *field;
  WillisGrid grid;
  int dims[3];
  float *voxel;
  gsize n;
  GError *error = NULL;

  snprintf (out->name, sizeof out->name, "phantom %02d", number);
  g_strlcpy (out->place, draw->site->name, sizeof out->place);
  if (phantom == NULL || phantom->sacs->len != 1)
    return FALSE;
  sac = phantom->sacs->pdata[0];
  for (guint w = 0; w < G_N_ELEMENTS (ways); w++)
    for (int k = 0; k < 2 && strcmp (ways[w].parent, draw->site->parent) == 0; k++)
      if (ways[w].way[k] != NULL)
        append_vessel (line, phantom, ways[w].way[k], NULL);
  append_vessel (line, phantom, draw->site->parent, sac->base);
  vec3_axpy (neck, sac->base, sac->neck_at_mm, sac->axis);
  vec3_basis (sac->axis, u, v);
  for (int i = 0; i < 400; i++)
    {
      /* Fibonacci points on the ellipsoid, those of the sac */
      double z = 1.0 - (2.0 * i + 1.0) / 400.0, r = sqrt (1.0 - z * z), phi = i * 2.399963229728653, x[3], d[3];

      vec3_axpy (x, sac->centre, sac->semi[1] * z, sac->axis);
      vec3_axpy (x, x, sac->semi[0] * r * cos (phi), u);
      vec3_axpy (x, x, sac->semi[0] * r * sin (phi), v);
      vec3_sub (d, x, neck);
      if (vec3_dot (d, sac->axis) > 0.0)
        g_array_append_vals (sac_points, x, 3);
    }
  /* the last 80 mm only */
  n = line->len / 3;
  {
    gsize first = n - 1;
    double length = 0.0;

    for (; first > 0 && length < WILLIS_GUIDE_MM + 10.0; first--)
      length += vec3_dist ((double *) line->data + 3 * first, (double *) line->data + 3 * (first - 1));
    g_array_remove_range (line, 0, (guint) (3 * first));
    n = line->len / 3;
  }
  for (gsize i = 0; i < n + sac_points->len / 3; i++)
    for (int k = 0; k < 3; k++)
      {
        double x = i < n ? ((double *) line->data)[3 * i + k] : ((double *) sac_points->data)[3 * (i - n) + k];

        lo[k] = MIN (lo[k], x - 4.0);
        hi[k] = MAX (hi[k], x + 4.0);
      }
  for (int k = 0; k < 3; k++)
    dims[k] = (int) ceil ((hi[k] - lo[k]) / spacing) + 1;
  grid = willis_grid_new (dims, h, lo);
  volume = willis_volume_new (&grid, WILLIS_SCALAR_F32, NULL);
  voxel = willis_volume_voxels_rw (volume);
  near = mark_near (&grid, (double *) line->data, n, (double *) sac_points->data, sac_points->len / 3);
  field = phantom_field_new (phantom);
  for (int k = 0; k < dims[2]; k++)
    for (int j = 0; j < dims[1]; j++)
      for (int i = 0; i < dims[0]; i++)
        {
          double x[3] = { lo[0] + i * spacing, lo[1] + j * spacing, lo[2] + k * spacing };

          *voxel++ = near[((gsize) k * dims[1] + j) * dims[0] + i] ? (float) -phantom_field_artery (field, x) : (float) -PHANTOM_FAR_MM;
        }
  phantom_field_free (field);
  lumen = willis_lumen_volume (volume, NULL);
  out->site = willis_shaping_site_from_line (lumen, (double *) line->data, n, neck, sac->axis, 0.5 * sac->neck_mm,
                                             (double *) sac_points->data, sac_points->len / 3, &params, &error);
  if (out->site == NULL)
    printf ("# %s %s: %s\n", out->name, out->place, error->message);
  g_clear_error (&error);
  return out->site != NULL;
}

/* "ICA LAT" of the published table. */
static void
aneurisk_place (const char *name, char *place, gsize size)
{
  g_autofree char *path = aneurisk_file (".", "morphology.csv"), *text = NULL;

  g_strlcpy (place, "?", size);
  if (!g_file_get_contents (path, &text, NULL, NULL))
    return;
  for (char *row = strtok (text, "\n"); row != NULL; row = strtok (NULL, "\n"))
    {
      g_auto (GStrv) cell = g_strsplit (row, ",", 7);

      if (g_strv_length (cell) == 7 && strcmp (cell[0], name) == 0)
        snprintf (place, size, "%s %s", cell[2], cell[4]);
    }
}

static gboolean
load_aneurisk (int number, double radius, double spacing, ShapeCase *out)
{
  const char *base = aneurisk_lumens ()->pdata[number];
  g_autofree char *path = aneurisk_file ("isolated", base), *neck_path = aneurisk_file ("necks", base);
  g_autoptr (GArray) curves = willis_polylines_parse (neck_path, NULL);
  const WillisPolyline *curve = curves != NULL && curves->len > 0 ? &g_array_index (curves, WillisPolyline, 0) : NULL;
  g_autoptr (WillisSurface) surface = willis_surface_parse (path, NULL);
  g_autoptr (WillisTree) tree = NULL;
  g_autoptr (WillisAneurysm) aneurysm = NULL;
  WillisShapingSiteParams params = { .catheter_radius_mm = radius, .spacing_mm = spacing };
  GError *error = NULL;

  g_strlcpy (out->name, base, sizeof out->name);
  *strchr (out->name, '.') = '\0';
  aneurisk_place (out->name, out->place, sizeof out->place);
  if (surface != NULL && curve != NULL)
    tree = willis_tree_extract (surface, NULL, NULL, &error);
  if (tree != NULL)
    aneurysm = willis_aneurysm_isolate_curve (surface, tree, curve->points_lps_mm, curve->n, NULL, -1.0, NULL, &error);
  if (aneurysm != NULL)
    out->site = willis_shaping_site_new (surface, tree, willis_aneurysm_neck (aneurysm), willis_aneurysm_sac (aneurysm), &params,
                                         NULL, &error);
  if (out->site == NULL)
    printf ("# %s %s: %s\n", out->name, out->place, error != NULL ? error->message : "cannot be read");
  g_clear_error (&error);
  return out->site != NULL;
}

gboolean
shape_case_load (int number, double radius, double spacing, ShapeCase *out)
{
  Draw draw;

  memset (out, 0, sizeof *out);
  if (number >= SHAPE_PHANTOMS)
    return load_aneurisk (number - SHAPE_PHANTOMS, radius, spacing, out);
  draw = sweep_draw (number);
  return load_phantom (&draw, number, radius, spacing, out);
}

int
shape_rules_n (void)
{
  return G_N_ELEMENTS (rules);
}

const char *
shape_rule (int number)
{
  return rules[number].rule;
}

gboolean
shape_rule_load (int number, double radius, double spacing, ShapeCase *out)
{
  Draw draw = sweep_draw (0);

  memset (out, 0, sizeof *out);
  draw.site = &rules[number].site;
  draw.height_mm = rules[number].height_mm;
  draw.width_mm = rules[number].width_mm;
  draw.neck_mm = rules[number].neck_mm;
  return load_phantom (&draw, 1000 + number, radius, spacing, out);
}
