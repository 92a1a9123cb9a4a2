/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Scans made of patients' arteries: the surfaces of AneuRisk set into tissue and bone, their open ends led on, scanned like
 * the drawn phantoms. The truth is the surface itself, the tree of it, and the sac beyond its published neck curve.
 */
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

#include "core/io/surface-io.h"
#include "core/mesh/rims.h"
#include "core/num/rng.h"
#include "core/num/vec3.h"
#include "tests/support/aneurisk.h"
#include "tests/sweep/sweep.h"

#define MARGIN_MM 6.0    // of the field of view around the surface
#define LED_ON_MM 14.0   // beyond the open ends of the surface
#define CANAL_MM 22.0    // of bone around the artery that comes in
#define CANAL_WALL_MM 3.5

void
sweep_truth_clear (SweepTruth *truth)
{
  g_clear_pointer (&truth->tree, willis_tree_unref);
}

char *
sweep_patient_file (const char *kind, const char *name)
{
  g_autofree char *file = g_strconcat (name, ".vtk", NULL);

  return aneurisk_file (kind, file);
}

char **
sweep_patient_names (const char *kind)
{
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();
  g_autoptr (GPtrArray) files = aneurisk_files (kind);

  for (guint n = 0; n < files->len; n++)
    {
      char *file = files->pdata[n];

      file[strlen (file) - 4] = '\0'; // the ending
      g_strv_builder_add (names, file);
    }
  return g_strv_builder_end (names);
}

static void
add_point (GString *text, const double x[3], double radius, gboolean last)
{
  g_string_append_printf (text, "[%.4f, %.4f, %.4f, %.4f]%s", x[0], x[1], x[2], radius, last ? "" : ", ");
}

/* Every open end goes on as a tapering tube in its own direction, out of the field of view where that is near. */
static void
lead_on (WillisSurface *surface, GString *vessels)
{
  g_autoptr (WillisLoops) rims = willis_surface_rims (surface);
  const double *points = willis_surface_points (surface);

  for (gsize l = 0; l < willis_loops_n (rims); l++)
    {
      gsize n;
      const gint32 *ids = willis_loops_get (rims, l, &n);
      g_autofree double *loop = g_new (double, 3 * n);
      double area[3], centre[3], radius, x[3];

      for (gsize i = 0; i < n; i++)
        vec3_copy (loop + 3 * i, points + 3 * ids[i]);
      willis_polygon_measure (loop, n, area, centre);
      radius = sqrt (vec3_normalize (area) / M_PI);
      if (radius < 0.2)
        continue;
      /* the rim runs with the surface on its left, seen from outside: its area points back into the artery */
      g_string_append_printf (vessels, "%s{\"id\": \"end %zu\", \"points\": [", vessels->len > 0 ? ", " : "", l);
      vec3_axpy (x, centre, 0.3, area);
      add_point (vessels, x, 0.96 * radius, FALSE);
      vec3_axpy (x, centre, -LED_ON_MM, area);
      add_point (vessels, x, 0.85 * radius, TRUE);
      g_string_append (vessels, "]}");
    }
}

/* Bone around the artery that comes in, and a process beside the artery where the sac stands, away from the sac. */
static void
set_bone (const WillisPolyline *way, const double neck[3], const double dome[3], GString *bones)
{
  const double *p = way->points_lps_mm;
  double gone = 0.0, to_neck = INFINITY, u[3], v[3], tangent[3], off[3], x[3];
  gsize at = 0, before;

  for (gsize i = 0; i < way->n; i++)
    if (vec3_dist (p + 3 * i, neck) < to_neck)
      {
        to_neck = vec3_dist (p + 3 * i, neck);
        at = i;
      }
  before = at > 60 ? at - 60 : 0;
  g_string_append (bones, "{\"id\": \"canal\", \"kind\": \"tube\", \"hu\": 1100, \"points\": [");
  for (gsize i = 0, stop = 0; i + 2 < way->n && !stop; i++)
    {
      gone += i > 0 ? vec3_dist (p + 3 * i, p + 3 * (i - 1)) : 0.0;
      stop = gone > CANAL_MM || i + 2 >= before;
      if (i % 12 != 0 && !stop)
        continue;
      vec3_sub (tangent, p + 3 * (i + 2), p + 3 * i);
      vec3_normalize (tangent);
      vec3_basis (tangent, u, v);
      vec3_axpy (x, p + 3 * i, 1.5, u);
      add_point (bones, x, way->radius_mm[i] + CANAL_WALL_MM, stop);
    }
  g_string_append (bones, "]}");
  vec3_sub (tangent, p + 3 * MIN (at + 4, way->n - 1), p + 3 * (at > 4 ? at - 4 : 0));
  vec3_normalize (tangent);
  vec3_sub (off, p + 3 * at, dome);
  vec3_axpy (off, off, -vec3_dot (off, tangent), tangent);
  if (vec3_normalize (off) < 1e-6)
    vec3_basis (tangent, off, v);
  g_string_append (bones, ", {\"id\": \"process\", \"kind\": \"tube\", \"hu\": 1000, \"points\": [");
  vec3_axpy (x, p + 3 * at, way->radius_mm[at] + 2.0, off);
  add_point (bones, x, 1.8, FALSE);
  vec3_axpy (x, p + 3 * at, way->radius_mm[at] + 14.0, off);
  add_point (bones, x, 3.0, TRUE);
  g_string_append (bones, "]}");
}

/* A vein along the canal, as the cavernous sinus lies around the carotid. */
static void
set_vein (const WillisPolyline *way, GString *vessels)
{
  const double *p = way->points_lps_mm;
  double tangent[3], u[3], v[3], x[3], gone = 0.0;
  gboolean first = TRUE;

  g_string_append (vessels, ", {\"id\": \"sinus\", \"kind\": \"vein\", \"hu\": 170, \"points\": [");
  for (gsize i = 0; i + 2 < way->n && gone < CANAL_MM + 6.0; i++)
    {
      gone += i > 0 ? vec3_dist (p + 3 * i, p + 3 * (i - 1)) : 0.0;
      if (gone < 8.0 || i % 20 != 0)
        continue;
      vec3_sub (tangent, p + 3 * (i + 2), p + 3 * i);
      vec3_normalize (tangent);
      vec3_basis (tangent, u, v);
      vec3_axpy (x, p + 3 * i, -way->radius_mm[i] - 1.2, u);
      g_string_append (vessels, first ? "" : ", ");
      add_point (vessels, x, 2.2, TRUE);
      first = FALSE;
    }
  g_string_append (vessels, "]}");
}

/* Cerebrospinal fluid around the sac, and an air cell in a corner. */
static void
set_patches (const double neck[3], const double box[6], GString *patches)
{
  g_string_append_printf (patches, "{\"centre\": [%g, %g, %g], \"radii\": [11, 9, 7], \"hu\": 8},", neck[0], neck[1], neck[2]);
  g_string_append_printf (patches, "{\"centre\": [%g, %g, %g], \"radii\": [7, 6, 5], \"hu\": -950}", box[0], box[1], box[2]);
}

/* The middle of the space that a sac and its ostium enclose, seen from the neck. */
static void
middle_of (WillisSurface *sac, const double neck[3], double out[3])
{
  const double *p = willis_surface_points (sac);
  const gint32 *t = willis_surface_triangles (sac);
  double all = 0.0, sum[3] = { 0 };

  for (gsize n = 0; n < willis_surface_n_triangles (sac); n++)
    {
      double a[3], b[3], c[3], ab[3], volume;

      vec3_sub (a, p + 3 * t[3 * n], neck);
      vec3_sub (b, p + 3 * t[3 * n + 1], neck);
      vec3_sub (c, p + 3 * t[3 * n + 2], neck);
      vec3_cross (ab, a, b);
      volume = vec3_dot (ab, c);
      all += volume;
      for (int k = 0; k < 3; k++)
        sum[k] += 0.25 * volume * (a[k] + b[k] + c[k]);
    }
  for (int k = 0; k < 3; k++)
    out[k] = neck[k] + sum[k] / all;
}

gboolean
sweep_patient_sac (WillisSurface *surface, const char *name, SweepTruth *truth, double neck[3], GError **error)
{
  g_autofree char *path = sweep_patient_file ("necks", name);
  g_autoptr (GArray) necks = willis_polylines_parse (path, error);
  g_autoptr (WillisAneurysm) aneurysm = NULL;
  const WillisPolyline *curve;
  const WillisMorphology *m;

  if (necks == NULL)
    return FALSE;
  curve = &g_array_index (necks, WillisPolyline, 0);
  aneurysm = willis_aneurysm_isolate_curve (surface, NULL, curve->points_lps_mm, curve->n, NULL, -1.0, NULL, error);
  if (aneurysm == NULL)
    return FALSE;
  m = willis_aneurysm_morphology (aneurysm);
  truth->volume_mm3 = m->index[WILLIS_INDEX_VOLUME].value;
  truth->height_mm = m->index[WILLIS_INDEX_HEIGHT].value;
  truth->width_mm = m->index[WILLIS_INDEX_WIDTH].value;
  truth->size_mm = m->index[WILLIS_INDEX_SIZE].value;
  truth->neck_diameter_mm = m->index[WILLIS_INDEX_NECK_DIAMETER].value;
  vec3_copy (neck, willis_aneurysm_neck (aneurysm)->centre_lps_mm);
  middle_of (willis_aneurysm_sac (aneurysm), neck, truth->dome);
  return TRUE;
}

static WillisPhantom *
load (const char *name, const char *text, GError **error)
{
  g_autofree char *folder = g_dir_make_tmp ("willis-sweep-XXXXXX", error);
  g_autofree char *model = sweep_patient_file ("models", name);
  g_autofree char *link_path = g_build_filename (folder, "model.vtk", NULL);
  g_autofree char *path = g_build_filename (folder, "case.json", NULL);
  WillisPhantom *phantom = NULL;

  if (g_file_set_contents (path, text, -1, error) && symlink (model, link_path) == 0)
    phantom = willis_phantom_load (path, error);
  g_unlink (link_path);
  g_unlink (path);
  g_rmdir (folder);
  return phantom;
}

/* The scanner of case number, as for the drawn phantoms; a spacing that the question is about. */
WillisPhantom *
sweep_patient (const char *name, int number, Draw *d, SweepTruth *truth, GError **error)
{
  g_autofree char *model = sweep_patient_file ("models", name);
  g_autofree char *lines = sweep_patient_file ("centrelines", name);
  g_autoptr (WillisSurface) surface = willis_surface_parse (model, error);
  g_autoptr (WillisSurface) outward = NULL;
  g_autoptr (GArray) ways = NULL;
  g_autoptr (GString) vessels = g_string_new (NULL);
  g_autoptr (GString) bones = g_string_new (NULL);
  g_autoptr (GString) patches = g_string_new (NULL);
  g_autofree char *text = NULL;
  double box[6], neck[3];
  int dims[3];
  WillisPhantom *phantom;

  ways = surface != NULL ? willis_polylines_parse (lines, error) : NULL;
  if (ways == NULL)
    return NULL;
  outward = willis_surface_oriented (surface);
  truth->tree = willis_tree_extract (outward, NULL, NULL, error);
  if (truth->tree == NULL)
    return NULL;
  if (!sweep_patient_sac (outward, name, truth, neck, error))
    return NULL;
  *d = sweep_draw (number);
  lead_on (outward, vessels);
  set_vein (&g_array_index (ways, WillisPolyline, 0), vessels);
  set_bone (&g_array_index (ways, WillisPolyline, 0), neck, truth->dome, bones);
  willis_surface_bounds (outward, box);
  set_patches (neck, box, patches);
  for (int a = 0; a < 3; a++)
    dims[a] = (int) ceil ((box[3 + a] - box[a] + 2.0 * MARGIN_MM) / d->spacing_mm[a == 2]) + 1;
  text = g_strdup_printf ("{\"seed\": %d, \"noise_hu\": %g, \"lumen_hu\": %g, \"texture_hu\": 4, \"noise_fwhm_mm\": 0.6,"
                          "\"psf_fwhm_mm\": [%g, %g], \"slice_mm\": %g, \"sharpness\": %g, \"blend_mm\": 0,"
                          "\"grid\": {\"dims\": [%d, %d, %d], \"spacing_mm\": [%g, %g, %g], \"centre_lps_mm\": [%g, %g, %g]},"
                          "\"patches\": [%s], \"lumens\": [{\"surface\": \"model.vtk\"}], \"vessels\": [%s], \"bones\": [%s]}",
                          number + 1, d->noise_hu, 36.0 + d->contrast_hu, d->psf_fwhm_mm[0], d->psf_fwhm_mm[1], d->slice_mm,
                          d->sharpness, dims[0], dims[1], dims[2], d->spacing_mm[0], d->spacing_mm[0], d->spacing_mm[1],
                          0.5 * (box[0] + box[3]), 0.5 * (box[1] + box[4]), 0.5 * (box[2] + box[5]), patches->str, vessels->str,
                          bones->str);
  phantom = load (name, text, error);
  for (guint b = 0; phantom != NULL && b < phantom->bones->len; b++)
    ((PhantomBone *) phantom->bones->pdata[b])->gap_mm = d->gap_mm;
  return phantom;
}
