/* SPDX-License-Identifier: Apache-2.0 */
#include "core/phantom/phantom-private.h"

#include <math.h>
#include <string.h>

#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/base/json.h"
#include "core/io/surface-io.h"
#include "core/mesh/edit.h"
#include "core/mesh/rims.h"
#include "core/num/vec3.h"

#define STEP_MM 0.25
#define MAX_DEPTH 4          // of "base" files
#define LUMEN_SPACING_MM 0.2 // of the distance field of a lumen given as a surface
#define FWHM_TO_SIGMA 0.42466090014400953

static void
vessel_free (PhantomVessel *vessel)
{
  g_free (vessel->id);
  g_array_unref (vessel->points);
  g_free (vessel);
}

static void
sac_free (PhantomSac *sac)
{
  g_free (sac->id);
  g_free (sac->parent);
  g_free (sac->kind);
  g_array_unref (sac->blebs);
  g_free (sac);
}

static void
bone_free (PhantomBone *bone)
{
  g_clear_pointer (&bone->capsules, g_array_unref);
  g_free (bone);
}

void
willis_phantom_free (WillisPhantom *phantom)
{
  if (phantom == NULL)
    return;
  phantom_field_free (phantom->field);
  g_free (phantom->folder);
  g_free (phantom->name);
  g_free (phantom->description);
  g_ptr_array_unref (phantom->vessels);
  g_ptr_array_unref (phantom->lumens);
  g_ptr_array_unref (phantom->sacs);
  g_ptr_array_unref (phantom->bones);
  g_array_unref (phantom->plaques);
  g_array_unref (phantom->patches);
  g_free (phantom);
}

/* "points": [[x, y, z, r], ...], 2 to 200 of them. */
static gboolean
read_points (JsonObject *object, const char *where, GArray *out, GError **error)
{
  JsonArray *rows = NULL;

  if (!willis_json_get_array (object, where, "points", &rows, error))
    return FALSE;
  if (rows == NULL || json_array_get_length (rows) < 2 || json_array_get_length (rows) > 200)
    return willis_fail (error, WILLIS_ERROR_BAD_INPUT, _ ("%s: \"points\" must hold 2 to 200 points"), where);
  for (guint i = 0; i < json_array_get_length (rows); i++)
    {
      JsonNode *node = json_array_get_element (rows, i);
      JsonArray *row = JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
      double p[4];

      for (int a = 0; a < 4; a++)
        {
          if (row == NULL || json_array_get_length (row) != 4)
            return willis_fail (error, WILLIS_ERROR_BAD_INPUT, _ ("%s: a point must be [x, y, z, radius]"), where);
          p[a] = json_array_get_double_element (row, (guint) a);
        }
      if (!isfinite (p[0] + p[1] + p[2] + p[3]) || !(p[3] >= 0.1 && p[3] <= 100.0)
          || fabs (p[0]) + fabs (p[1]) + fabs (p[2]) > 3000.0)
        return willis_fail (error, WILLIS_ERROR_BAD_INPUT, _ ("%s: a point or radius is out of range"), where);
      g_array_append_vals (out, p, 4);
    }
  return TRUE;
}

/* A centripetal Catmull-Rom curve through rough points (Barry and Goldman 1988), radii interpolated alike. */
static void
spline_point (const double *p0, const double *p1, const double *p2, const double *p3, double t, double out[4])
{
  double t0 = 0.0, t1 = t0 + sqrt (MAX (vec3_dist (p0, p1), 1e-6));
  double t2 = t1 + sqrt (MAX (vec3_dist (p1, p2), 1e-6)), t3 = t2 + sqrt (MAX (vec3_dist (p2, p3), 1e-6));
  double u = t1 + t * (t2 - t1);

  for (int a = 0; a < 4; a++)
    {
      double a1 = ((t1 - u) * p0[a] + (u - t0) * p1[a]) / (t1 - t0);
      double a2 = ((t2 - u) * p1[a] + (u - t1) * p2[a]) / (t2 - t1);
      double a3 = ((t3 - u) * p2[a] + (u - t2) * p3[a]) / (t3 - t2);
      double b1 = ((t2 - u) * a1 + (u - t0) * a2) / (t2 - t0);
      double b2 = ((t3 - u) * a2 + (u - t1) * a3) / (t3 - t1);

      out[a] = ((t2 - u) * b1 + (u - t1) * b2) / (t2 - t1);
    }
  out[3] = CLAMP (out[3], MIN (p1[3], p2[3]), MAX (p1[3], p2[3]));
}

static void
spline (const GArray *rough, GArray *out)
{
  const double *p = (const double *) rough->data;
  int n = (int) rough->len / 4;

  for (int i = 0; i + 1 < n; i++)
    {
      double before[4], after[4], q[4];
      int steps = MAX (1, (int) ceil (vec3_dist (p + 4 * i, p + 4 * i + 4) / STEP_MM));

      for (int a = 0; a < 4; a++)
        {
          before[a] = i > 0 ? p[4 * (i - 1) + a] : 2.0 * p[4 * i + a] - p[4 * i + 4 + a];
          after[a] = i + 2 < n ? p[4 * (i + 2) + a] : 2.0 * p[4 * i + 4 + a] - p[4 * i + a];
        }
      for (int s = 0; s < steps; s++)
        {
          spline_point (before, p + 4 * i, p + 4 * i + 4, after, (double) s / steps, q);
          g_array_append_val (out, q);
        }
    }
  g_array_append_vals (out, p + 4 * (n - 1), 1);
}

static PhantomVessel *
find_vessel (const WillisPhantom *phantom, const char *id)
{
  for (guint n = 0; n < phantom->vessels->len; n++)
    {
      PhantomVessel *vessel = phantom->vessels->pdata[n];

      if (strcmp (vessel->id, id) == 0)
        return vessel;
    }
  return NULL;
}

static void
put_vessel (WillisPhantom *phantom, const char *id, const GArray *rough, gboolean mirrored, gboolean artery, double hu)
{
  PhantomVessel *vessel = find_vessel (phantom, id);
  g_autoptr (GArray) points = g_array_new (FALSE, FALSE, sizeof (double));

  g_array_append_vals (points, rough->data, rough->len);
  for (guint i = 0; mirrored && i < points->len; i += 4)
    g_array_index (points, double, i) *= -1.0;
  if (vessel == NULL)
    {
      vessel = g_new0 (PhantomVessel, 1);
      vessel->id = g_strdup (id);
      vessel->points = g_array_new (FALSE, FALSE, 4 * sizeof (double));
      g_ptr_array_add (phantom->vessels, vessel);
    }
  g_array_set_size (vessel->points, 0);
  spline (points, vessel->points);
  vessel->artery = artery;
  vessel->hu = hu;
}

static gboolean
read_vessel (WillisPhantom *phantom, JsonObject *o, const char *where, GError **error)
{
  const char *const keys[] = { "id", "kind", "points", "mirror", "hu", NULL };
  const char *id, *kind, *mirror;
  g_autoptr (GArray) rough = g_array_new (FALSE, FALSE, sizeof (double));
  double hu;

  if (!willis_json_check_keys (o, where, keys, error) || !willis_json_get_string (o, where, "id", NULL, &id, error)
      || !willis_json_get_string (o, where, "kind", "artery", &kind, error)
      || !willis_json_get_string (o, where, "mirror", NULL, &mirror, error)
      || !willis_json_get_double (o, where, "hu", 180.0, -1000.0, 3000.0, &hu, error)
      || !read_points (o, where, rough, error))
    return FALSE;
  if (id == NULL || (strcmp (kind, "artery") != 0 && strcmp (kind, "vein") != 0))
    return willis_fail (error, WILLIS_ERROR_BAD_INPUT, _ ("%s: needs an \"id\", and \"kind\" artery or vein"), where);
  put_vessel (phantom, id, rough, FALSE, strcmp (kind, "artery") == 0, hu);
  if (mirror != NULL)
    put_vessel (phantom, mirror, rough, TRUE, strcmp (kind, "artery") == 0, hu);
  return TRUE;
}

/* The point at arc length at_mm of a vessel (clamped), its tangent and radius. */
static void
vessel_at (const PhantomVessel *vessel, double at_mm, double point[3], double tangent[3], double *radius)
{
  const double *p = (const double *) vessel->points->data;
  double gone = 0.0;
  guint i = 0;

  for (; i + 2 < vessel->points->len; i++)
    {
      double step = vec3_dist (p + 4 * i, p + 4 * i + 4);

      if (gone + step >= at_mm)
        break;
      gone += step;
    }
  {
    double step = MAX (vec3_dist (p + 4 * i, p + 4 * i + 4), 1e-9), t = CLAMP ((at_mm - gone) / step, 0.0, 1.0);

    vec3_lerp (point, p + 4 * i, p + 4 * i + 4, t);
    vec3_sub (tangent, p + 4 * i + 4, p + 4 * i);
    vec3_normalize (tangent);
    *radius = p[4 * i + 3] + t * (p[4 * i + 7] - p[4 * i + 3]);
  }
}

static gboolean
read_blebs (PhantomSac *sac, JsonObject *o, const char *where, GError **error)
{
  const char *const keys[] = { "direction", "radius_mm", "height_mm", NULL };
  JsonArray *rows = NULL;

  if (!willis_json_get_array (o, where, "blebs", &rows, error))
    return FALSE;
  for (guint i = 0; rows != NULL && i < MIN (json_array_get_length (rows), 20); i++)
    {
      JsonNode *node = json_array_get_element (rows, i);
      PhantomBleb bleb = { 0 };
      gsize n = 0;

      if (!JSON_NODE_HOLDS_OBJECT (node))
        return willis_fail (error, WILLIS_ERROR_BAD_INPUT, _ ("%s: a bleb must be an object"), where);
      if (!willis_json_check_keys (json_node_get_object (node), where, keys, error)
          || !willis_json_get_doubles (json_node_get_object (node), where, "direction", 3, 3, bleb.centre, &n, error)
          || !willis_json_get_double (json_node_get_object (node), where, "radius_mm", 1.0, 0.1, 10.0, &bleb.radius,
                                      error)
          || !willis_json_get_double (json_node_get_object (node), where, "height_mm", bleb.radius, 0.05,
                                      2.0 * bleb.radius, &bleb.height, error))
        return FALSE;
      if (n != 3 || vec3_norm (bleb.centre) < 1e-6)
        return willis_fail (error, WILLIS_ERROR_BAD_INPUT, _ ("%s: a bleb needs a \"direction\""), where);
      g_array_append_val (sac->blebs, bleb);
    }
  return TRUE;
}

static gboolean
read_sac (WillisPhantom *phantom, JsonObject *o, const char *where, GError **error)
{
  const char *const keys[]
      = { "id", "kind", "parent", "at_mm", "axis", "height_mm", "width_mm", "neck_mm", "blebs", NULL };
  PhantomSac *sac = g_new0 (PhantomSac, 1);
  const char *id, *kind, *parent;
  const PhantomVessel *vessel;
  double at_mm, radius, tangent[3];
  gsize n = 0;

  sac->blebs = g_array_new (FALSE, FALSE, sizeof (PhantomBleb));
  g_ptr_array_add (phantom->sacs, sac);
  if (!willis_json_check_keys (o, where, keys, error)
      || !willis_json_get_string (o, where, "id", "aneurysm", &id, error)
      || !willis_json_get_string (o, where, "kind", "sidewall", &kind, error)
      || !willis_json_get_string (o, where, "parent", NULL, &parent, error)
      || !willis_json_get_double (o, where, "at_mm", 1e6, 0.0, 1e6, &at_mm, error)
      || !willis_json_get_doubles (o, where, "axis", 3, 3, sac->axis, &n, error)
      || !willis_json_get_double (o, where, "height_mm", 6.0, 0.5, 40.0, &sac->height_mm, error)
      || !willis_json_get_double (o, where, "width_mm", 6.0, 0.5, 40.0, &sac->width_mm, error)
      || !willis_json_get_double (o, where, "neck_mm", 3.0, 0.3, 40.0, &sac->neck_mm, error)
      || !read_blebs (sac, o, where, error))
    return FALSE;
  vessel = parent != NULL ? find_vessel (phantom, parent) : NULL;
  if (vessel == NULL || n != 3 || vec3_norm (sac->axis) < 1e-6)
    return willis_fail (error, WILLIS_ERROR_BAD_INPUT, _ ("%s: needs a known \"parent\" and an \"axis\""), where);
  if (strcmp (kind, "sidewall") != 0 && strcmp (kind, "bifurcation") != 0)
    return willis_fail (error, WILLIS_ERROR_BAD_INPUT, _ ("%s: \"kind\" must be sidewall or bifurcation"), where);
  sac->id = g_strdup (id);
  sac->kind = g_strdup (kind);
  sac->parent = g_strdup (parent);
  vessel_at (vessel, at_mm, sac->base, tangent, &radius);
  if (strcmp (kind, "sidewall") == 0)
    vec3_axpy (sac->axis, sac->axis, -vec3_dot (sac->axis, tangent), tangent);
  if (vec3_normalize (sac->axis) < 1e-6)
    return willis_fail (error, WILLIS_ERROR_BAD_INPUT, _ ("%s: \"axis\" lies along the parent artery"), where);
  phantom_sac_place (phantom, sac, radius);
  return TRUE;
}

static void
bone_box (PhantomBone *bone)
{
  for (int a = 0; a < 3; a++)
    {
      bone->box[a] = bone->centre[a] - bone->radii[a];
      bone->box[3 + a] = bone->centre[a] + bone->radii[a];
    }
  for (guint i = 0; i < bone->capsules->len; i++)
    {
      const PhantomCapsule *c = &g_array_index (bone->capsules, PhantomCapsule, i);
      double r = MAX (c->ra, c->rb);

      for (int a = 0; a < 3; a++)
        {
          double lo = MIN (c->a[a], c->b[a]) - r, hi = MAX (c->a[a], c->b[a]) + r;

          bone->box[a] = i > 0 ? MIN (bone->box[a], lo) : lo;
          bone->box[3 + a] = i > 0 ? MAX (bone->box[3 + a], hi) : hi;
        }
    }
  for (int a = 0; a < 3; a++)
    {
      bone->box[a] -= PHANTOM_FAR_MM;
      bone->box[3 + a] += PHANTOM_FAR_MM;
    }
}

static gboolean
read_bone (WillisPhantom *phantom, JsonObject *o, const char *where, GError **error)
{
  const char *const keys[]
      = { "id", "kind", "points", "mirror", "centre", "radii", "thickness_mm", "hu", "gap_mm", NULL };
  const char *kind;
  gboolean mirror;
  gsize n_centre = 3, n_radii = 3;
  PhantomBone bone = { 0 };
  g_autoptr (GArray) points = g_array_new (FALSE, FALSE, sizeof (double));

  if (!willis_json_check_keys (o, where, keys, error) || !willis_json_get_string (o, where, "kind", NULL, &kind, error)
      || !willis_json_get_bool (o, where, "mirror", FALSE, &mirror, error)
      || !willis_json_get_double (o, where, "thickness_mm", 6.0, 0.1, 50.0, &bone.thickness, error)
      || !willis_json_get_double (o, where, "hu", 1000.0, -1000.0, 3000.0, &bone.hu, error)
      || !willis_json_get_double (o, where, "gap_mm", 0.0, 0.0, 2.9, &bone.gap_mm, error)
      || !willis_json_get_doubles (o, where, "centre", 3, 3, bone.centre, &n_centre, error)
      || !willis_json_get_doubles (o, where, "radii", 3, 3, bone.radii, &n_radii, error))
    return FALSE;
  if (g_strcmp0 (kind, "tube") == 0)
    {
      bone.kind = PHANTOM_BONE_TUBE;
      if (!read_points (o, where, points, error))
        return FALSE;
    }
  else if (g_strcmp0 (kind, "ellipsoid") == 0 || g_strcmp0 (kind, "shell") == 0)
    {
      bone.kind = strcmp (kind, "shell") == 0 ? PHANTOM_BONE_SHELL : PHANTOM_BONE_ELLIPSOID;
      if (n_centre != 3 || n_radii != 3 || MIN (bone.radii[0], MIN (bone.radii[1], bone.radii[2])) < 0.1)
        return willis_fail (error, WILLIS_ERROR_BAD_INPUT, _ ("%s: needs \"centre\" and \"radii\""), where);
    }
  else
    return willis_fail (error, WILLIS_ERROR_BAD_INPUT, _ ("%s: \"kind\" must be tube, ellipsoid or shell"), where);
  for (int side = 0; side < (mirror ? 2 : 1); side++)
    {
      PhantomBone *copy = g_memdup2 (&bone, sizeof bone);
      double sign = side == 0 ? 1.0 : -1.0;

      copy->centre[0] *= sign;
      copy->capsules = g_array_new (FALSE, FALSE, sizeof (PhantomCapsule));
      for (guint i = 0; i + 7 < points->len; i += 4)
        {
          const double *p = &g_array_index (points, double, i);
          PhantomCapsule c
              = { .a = { sign * p[0], p[1], p[2] }, .b = { sign * p[4], p[5], p[6] }, .ra = p[3], .rb = p[7] };

          g_array_append_val (copy->capsules, c);
        }
      bone_box (copy);
      g_ptr_array_add (phantom->bones, copy);
    }
  return TRUE;
}

static gboolean
read_plaque (WillisPhantom *phantom, JsonObject *o, const char *where, GError **error)
{
  const char *const keys[] = { "vessel", "at_mm", "angle_deg", "radius_mm", "hu", NULL };
  PhantomPlaque plaque = { 0 };
  const char *id;
  const PhantomVessel *vessel;
  double at_mm, angle, point[3], tangent[3], radius, u[3], v[3];

  if (!willis_json_check_keys (o, where, keys, error) || !willis_json_get_string (o, where, "vessel", "", &id, error)
      || !willis_json_get_double (o, where, "at_mm", 0.0, 0.0, 1e4, &at_mm, error)
      || !willis_json_get_double (o, where, "angle_deg", 0.0, -360.0, 360.0, &angle, error)
      || !willis_json_get_double (o, where, "radius_mm", 0.8, 0.1, 5.0, &plaque.radius, error)
      || !willis_json_get_double (o, where, "hu", 900.0, -1000.0, 3000.0, &plaque.hu, error))
    return FALSE;
  vessel = find_vessel (phantom, id);
  if (vessel == NULL)
    return willis_fail (error, WILLIS_ERROR_BAD_INPUT, _ ("%s: there is no vessel \"%s\""), where, id);
  vessel_at (vessel, at_mm, point, tangent, &radius);
  vec3_basis (tangent, u, v);
  angle *= M_PI / 180.0;
  vec3_axpy (plaque.centre, point, cos (angle) * (radius + 0.5 * plaque.radius), u);
  vec3_axpy (plaque.centre, plaque.centre, sin (angle) * (radius + 0.5 * plaque.radius), v);
  g_array_append_val (phantom->plaques, plaque);
  return TRUE;
}

static gboolean
read_patch (WillisPhantom *phantom, JsonObject *o, const char *where, GError **error)
{
  const char *const keys[] = { "id", "centre", "radii", "hu", NULL };
  PhantomPatch patch = { 0 };
  gsize n_centre = 0, n_radii = 0;

  if (!willis_json_check_keys (o, where, keys, error)
      || !willis_json_get_doubles (o, where, "centre", 3, 3, patch.centre, &n_centre, error)
      || !willis_json_get_doubles (o, where, "radii", 3, 3, patch.radii, &n_radii, error)
      || !willis_json_get_double (o, where, "hu", 8.0, -1000.0, 3000.0, &patch.hu, error))
    return FALSE;
  if (n_centre != 3 || n_radii != 3 || MIN (patch.radii[0], MIN (patch.radii[1], patch.radii[2])) < 0.1)
    return willis_fail (error, WILLIS_ERROR_BAD_INPUT, _ ("%s: needs \"centre\" and \"radii\""), where);
  g_array_append_val (phantom->patches, patch);
  return TRUE;
}

/* An artery as a surface in a file beside the description; open ends are closed flat. Its distances are computed where
 * the scan looks, and only there: the grid must be known. */
static gboolean
read_lumen (WillisPhantom *phantom, JsonObject *o, const char *where, GError **error)
{
  const char *const keys[] = { "surface", NULL };
  WillisSdfParams params = { LUMEN_SPACING_MM, PHANTOM_FAR_MM + LUMEN_SPACING_MM, NULL };
  const char *name;
  g_autofree char *path = NULL;
  g_autoptr (WillisSurface) surface = NULL;
  g_autoptr (WillisSurface) outward = NULL;
  g_autoptr (WillisSurface) closed = NULL;
  double box[6] = { INFINITY, INFINITY, INFINITY, -INFINITY, -INFINITY, -INFINITY };
  WillisSdf *sdf;

  if (!willis_json_check_keys (o, where, keys, error)
      || !willis_json_get_string (o, where, "surface", NULL, &name, error))
    return FALSE;
  if (name == NULL || strchr (name, G_DIR_SEPARATOR) != NULL)
    return willis_fail (error, WILLIS_ERROR_BAD_INPUT, _ ("%s: \"surface\" must name a file beside it"), where);
  path = g_build_filename (phantom->folder, name, NULL);
  surface = willis_surface_read (path, error);
  if (surface == NULL)
    return FALSE;
  outward = willis_surface_oriented (surface);
  closed = willis_surface_fill_holes (outward, 0, NULL);
  for (int corner = 0; corner < 8; corner++)
    {
      double ijk[3], x[3];

      for (int a = 0; a < 3; a++)
        ijk[a] = (corner >> a & 1) != 0 ? phantom->grid.dims[a] - 1 : 0;
      willis_grid_ijk_to_lps (&phantom->grid, ijk, x);
      phantom_to_anatomy (phantom, x, x);
      for (int a = 0; a < 3; a++)
        {
          box[a] = MIN (box[a], x[a] - PHANTOM_FAR_MM);
          box[3 + a] = MAX (box[3 + a], x[a] + PHANTOM_FAR_MM);
        }
    }
  params.box_lps_mm = box;
  sdf = willis_sdf_new (closed, &params, NULL, error);
  if (sdf == NULL)
    {
      g_prefix_error (error, "%s: ", name);
      return FALSE;
    }
  g_ptr_array_add (phantom->lumens, sdf);
  return TRUE;
}

typedef gboolean (*ReadItem) (WillisPhantom *, JsonObject *, const char *, GError **);

static gboolean
read_list (WillisPhantom *phantom, JsonObject *root, const char *where, const char *key, ReadItem item, GError **error)
{
  JsonArray *rows = NULL;

  if (!willis_json_get_array (root, where, key, &rows, error))
    return FALSE;
  for (guint i = 0; rows != NULL && i < json_array_get_length (rows); i++)
    {
      JsonNode *node = json_array_get_element (rows, i);
      g_autofree char *place = g_strdup_printf ("%s: %s[%u]", where, key, i);

      if (!JSON_NODE_HOLDS_OBJECT (node) || i >= 1000)
        return willis_fail (error, WILLIS_ERROR_BAD_INPUT, _ ("%s: must be an object"), place);
      if (!item (phantom, json_node_get_object (node), place, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
read_grid (WillisPhantom *phantom, JsonObject *root, const char *where, GError **error)
{
  const char *const keys[] = { "dims", "spacing_mm", "centre_lps_mm", NULL };
  JsonObject *o = NULL;
  double dims[3] = { 0 }, spacing[3] = { 0 }, centre[3] = { 0 };
  gsize nd = 0, ns = 0, nc = 0;

  if (!willis_json_get_object (root, where, "grid", &o, error))
    return FALSE;
  if (o == NULL)
    return TRUE;
  if (!willis_json_check_keys (o, where, keys, error)
      || !willis_json_get_doubles (o, where, "dims", 3, 3, dims, &nd, error)
      || !willis_json_get_doubles (o, where, "spacing_mm", 3, 3, spacing, &ns, error)
      || !willis_json_get_doubles (o, where, "centre_lps_mm", 3, 3, centre, &nc, error))
    return FALSE;
  if (nd != 3 || ns != 3)
    return willis_fail (error, WILLIS_ERROR_BAD_INPUT, _ ("%s: \"grid\" needs \"dims\" and \"spacing_mm\""), where);
  for (int a = 0; a < 3; a++)
    {
      if (!(dims[a] >= 1.0 && dims[a] <= 2048.0))
        return willis_fail (error, WILLIS_ERROR_BAD_INPUT, _ ("%s: \"dims\" must be 1 to 2048"), where);
      phantom->grid.dims[a] = (int) dims[a];
      phantom->grid.spacing_mm[a] = spacing[a];
      phantom->grid.origin_lps_mm[a] = centre[a] - 0.5 * ((int) dims[a] - 1) * spacing[a];
    }
  if (!willis_grid_check (&phantom->grid, error))
    {
      g_prefix_error (error, "%s: ", where);
      return FALSE;
    }
  vec3_copy (phantom->pivot, centre);
  return TRUE;
}

void
phantom_rotation (const double deg[3], double out[9])
{
  double a = deg[0] * M_PI / 180.0, b = deg[1] * M_PI / 180.0, c = deg[2] * M_PI / 180.0;
  double ca = cos (a), sa = sin (a), cb = cos (b), sb = sin (b), cc = cos (c), sc = sin (c);
  const double r[9] = { cc * cb,
                        cc * sb * sa - sc * ca,
                        cc * sb * ca + sc * sa,
                        sc * cb,
                        sc * sb * sa + cc * ca,
                        sc * sb * ca - cc * sa,
                        -sb,
                        cb * sa,
                        cb * ca };

  memcpy (out, r, sizeof r);
}

static gboolean
read_scanner (WillisPhantom *phantom, JsonObject *root, const char *where, GError **error)
{
  double fwhm[2] = { -1, -1 }, noise_fwhm, rotation[3], jolt[4];
  gint64 seed;
  gsize n = 0, n_rotation = 0, n_translation = 0, n_jolt = 0;

  if (!willis_json_get_doubles (root, where, "psf_fwhm_mm", 2, 2, fwhm, &n, error)
      || !willis_json_get_double (root, where, "noise_hu", phantom->noise_hu, 0, 500, &phantom->noise_hu, error)
      || !willis_json_get_double (root, where, "noise_fwhm_mm", phantom->noise_sigma_mm / FWHM_TO_SIGMA, 0, 10,
                                  &noise_fwhm, error)
      || !willis_json_get_double (root, where, "slice_mm", phantom->slice_mm, 0, 20, &phantom->slice_mm, error)
      || !willis_json_get_double (root, where, "sharpness", phantom->sharpness, 0, 1, &phantom->sharpness, error)
      || !willis_json_get_double (root, where, "lumen_hu", phantom->lumen_hu, -1000, 3000, &phantom->lumen_hu, error)
      || !willis_json_get_double (root, where, "brain_hu", phantom->brain_hu, -1000, 3000, &phantom->brain_hu, error)
      || !willis_json_get_double (root, where, "texture_hu", phantom->texture_hu, 0, 50, &phantom->texture_hu, error)
      || !willis_json_get_double (root, where, "blend_mm", phantom->blend_mm, 0, 3, &phantom->blend_mm, error)
      || !willis_json_get_int (root, where, "seed", (gint64) phantom->seed, 0, G_MAXINT32, &seed, error)
      || !willis_json_get_doubles (root, where, "rotation_deg", 3, 3, rotation, &n_rotation, error)
      || !willis_json_get_doubles (root, where, "translation_mm", 3, 3, phantom->translation_mm, &n_translation, error)
      || !willis_json_get_doubles (root, where, "jolt", 4, 4, jolt, &n_jolt, error))
    return FALSE;
  if (n_jolt == 4)
    {
      phantom->jolt_z_mm = jolt[0];
      vec3_copy (phantom->jolt_mm, jolt + 1);
    }
  for (gsize a = 0; a < n; a++)
    {
      if (!(fwhm[a] >= 0.0 && fwhm[a] <= 10.0))
        return willis_fail (error, WILLIS_ERROR_BAD_INPUT, _ ("%s: \"psf_fwhm_mm\" must be 0 to 10"), where);
      phantom->psf_sigma_mm[a] = fwhm[a] * FWHM_TO_SIGMA;
    }
  phantom->noise_sigma_mm = noise_fwhm * FWHM_TO_SIGMA;
  phantom->seed = (guint64) seed;
  if (n_rotation == 3)
    phantom_rotation (rotation, phantom->rotation);
  return TRUE;
}

static gboolean
read_file (WillisPhantom *phantom, const char *path, int depth, GError **error)
{
  const char *const keys[] = { "name",         "description",    "base",      "grid",      "seed",     "psf_fwhm_mm",
                               "noise_hu",     "noise_fwhm_mm",  "lumen_hu",  "brain_hu",  "blend_mm", "texture_hu",
                               "rotation_deg", "translation_mm", "vessels",   "aneurysms", "bones",    "plaques",
                               "patches",      "slice_mm",       "sharpness", "lumens",    "jolt",     NULL };
  g_autoptr (JsonObject) root = willis_json_load (path, error);
  g_autofree char *where = g_path_get_basename (path);
  const char *base = NULL, *name = NULL, *description = NULL;

  if (root == NULL || !willis_json_check_keys (root, where, keys, error)
      || !willis_json_get_string (root, where, "base", NULL, &base, error)
      || !willis_json_get_string (root, where, "name", NULL, &name, error)
      || !willis_json_get_string (root, where, "description", NULL, &description, error))
    return FALSE;
  if (base != NULL)
    {
      g_autofree char *folder = g_path_get_dirname (path);
      g_autofree char *base_path = g_build_filename (folder, base, NULL);

      if (depth >= MAX_DEPTH || strchr (base, G_DIR_SEPARATOR) != NULL)
        return willis_fail (error, WILLIS_ERROR_BAD_INPUT, _ ("%s: \"base\" must name a file beside it"), where);
      if (!read_file (phantom, base_path, depth + 1, error))
        return FALSE;
    }
  if (name != NULL)
    {
      g_free (phantom->name);
      phantom->name = g_strdup (name);
    }
  if (description != NULL)
    {
      g_free (phantom->description);
      phantom->description = g_strdup (description);
    }
  return read_grid (phantom, root, where, error) && read_scanner (phantom, root, where, error)
         && read_list (phantom, root, where, "lumens", read_lumen, error)
         && read_list (phantom, root, where, "vessels", read_vessel, error)
         && read_list (phantom, root, where, "bones", read_bone, error)
         && read_list (phantom, root, where, "patches", read_patch, error)
         && read_list (phantom, root, where, "plaques", read_plaque, error)
         && read_list (phantom, root, where, "aneurysms", read_sac, error);
}

WillisPhantom *
willis_phantom_load (const char *path, GError **error)
{
  const int dims[3] = { 128, 128, 128 };
  const double spacing[3] = { 0.45, 0.45, 0.45 }, origin[3] = { -28.575, -28.575, -28.575 }, none[3] = { 0 };
  g_autoptr (WillisPhantom) phantom = g_new0 (WillisPhantom, 1);

  phantom->grid = willis_grid_new (dims, spacing, origin);
  phantom->seed = 1;
  phantom->psf_sigma_mm[0] = 0.6 * FWHM_TO_SIGMA;
  phantom->psf_sigma_mm[1] = 0.7 * FWHM_TO_SIGMA;
  phantom->noise_hu = 15.0;
  phantom->noise_sigma_mm = 0.5 * FWHM_TO_SIGMA;
  phantom->lumen_hu = 380.0;
  phantom->brain_hu = 36.0;
  phantom->blend_mm = 0.5;
  phantom->jolt_z_mm = INFINITY;
  phantom_rotation (none, phantom->rotation);
  phantom->folder = g_path_get_dirname (path); // "base" and surfaces lie beside it
  phantom->vessels = g_ptr_array_new_with_free_func ((GDestroyNotify) vessel_free);
  phantom->lumens = g_ptr_array_new_with_free_func ((GDestroyNotify) willis_sdf_unref);
  phantom->sacs = g_ptr_array_new_with_free_func ((GDestroyNotify) sac_free);
  phantom->bones = g_ptr_array_new_with_free_func ((GDestroyNotify) bone_free);
  phantom->plaques = g_array_new (FALSE, FALSE, sizeof (PhantomPlaque));
  phantom->patches = g_array_new (FALSE, FALSE, sizeof (PhantomPatch));
  if (!read_file (phantom, path, 0, error))
    return NULL;
  phantom->field = phantom_field_new (phantom);
  return g_steal_pointer (&phantom);
}
