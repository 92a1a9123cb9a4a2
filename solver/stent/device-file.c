/* SPDX-License-Identifier: Apache-2.0 */
#include "solver/stent/device-file.h"

#include <gio/gio.h>
#include <math.h>
#include <string.h>

#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/base/json.h"
#include "core/num/vec3.h"
#include "solver/stent/wire-path.h"

#define CURVE_STEP_MM 0.25
#define FREE_SINE 0.966 // of 75 degrees to the axis

static const char *const device_keys[] = { "wires",     "wire_diameter_mm", "free_diameter_mm", "free_length_mm", "free_angle_deg",
                                           "young_gpa", "poisson",          "table",            "diameter",       NULL };
static const char *const row_keys[] = { "diameter_mm", "length_mm", NULL };

typedef struct
{
  double wires, wire_mm, free_diameter_mm, free_length_mm, free_angle_deg, young_gpa, poisson;
  const char *diameter;
  JsonArray *table;
} DeviceFile;

static gboolean
read_device (JsonObject *o, const char *path, DeviceFile *f, GError **error)
{
  return willis_json_check_keys (o, path, device_keys, error)
         && willis_json_get_double (o, path, "wires", NAN, 4, 400, &f->wires, error)
         && willis_json_get_double (o, path, "wire_diameter_mm", NAN, 0.001, 1, &f->wire_mm, error)
         && willis_json_get_double (o, path, "free_diameter_mm", NAN, 0.1, 50, &f->free_diameter_mm, error)
         && willis_json_get_double (o, path, "free_length_mm", NAN, 0.1, 1000, &f->free_length_mm, error)
         && willis_json_get_double (o, path, "free_angle_deg", NAN, 0.1, 89.9, &f->free_angle_deg, error)
         && willis_json_get_double (o, path, "young_gpa", NAN, 0.01, 1000, &f->young_gpa, error)
         && willis_json_get_double (o, path, "poisson", 0.3, 0, 0.4999, &f->poisson, error)
         && willis_json_get_string (o, path, "diameter", "lumen", &f->diameter, error)
         && willis_json_get_array (o, path, "table", &f->table, error);
}

static int
by_diameter (gconstpointer a, gconstpointer b)
{
  const double *x = a, *y = b;

  return (x[0] > y[0]) - (x[0] < y[0]);
}

static gboolean
read_rows (JsonArray *array, const char *path, GArray *rows, GError **error)
{
  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      JsonNode *node = json_array_get_element (array, i);
      g_autofree char *where = g_strdup_printf ("%s: table[%u]", path, i);
      double row[2] = { NAN, NAN };

      if (!JSON_NODE_HOLDS_OBJECT (node))
        return willis_fail (error, WILLIS_ERROR_BAD_INPUT, _ ("%s is no object with diameter_mm and length_mm"), where);
      if (!willis_json_check_keys (json_node_get_object (node), where, row_keys, error)
          || !willis_json_get_double (json_node_get_object (node), where, "diameter_mm", NAN, 0.1, 50, &row[0], error)
          || !willis_json_get_double (json_node_get_object (node), where, "length_mm", NAN, 0.1, 1000, &row[1], error))
        return FALSE;
      if (isnan (row[0]) || isnan (row[1]))
        return willis_fail (error, WILLIS_ERROR_BAD_INPUT, _ ("%s wants diameter_mm and length_mm"), where);
      g_array_append_val (rows, row);
    }
  g_array_sort (rows, by_diameter);
  return TRUE;
}

static gboolean
braid_of_table (const DeviceFile *f, const char *path, double offset_mm, WillisBraid *out, WillisBraidFit *fit, GError **error)
{
  g_autoptr (GArray) rows = g_array_new (FALSE, FALSE, 2 * sizeof (double));
  g_autofree double *d = NULL, *l = NULL;
  const double *v;

  if (!read_rows (f->table, path, rows, error))
    return FALSE;
  v = (const double *) (gpointer) rows->data;
  d = g_new (double, rows->len);
  l = g_new (double, rows->len);
  for (guint i = 0; i < rows->len; i++)
    {
      d[i] = v[2 * i];
      l[i] = v[2 * i + 1];
    }
  if (!willis_braid_from_table (out, d, l, rows->len, offset_mm, fit, error))
    {
      g_prefix_error (error, "%s: ", path);
      return FALSE;
    }
  out->wires = f->wires;
  out->wire_diameter_mm = f->wire_mm;
  out->young_gpa = f->young_gpa;
  out->poisson = f->poisson;
  out->free_diameter_mm = f->free_diameter_mm;
  if (f->free_diameter_mm >= out->d_max_mm)
    return willis_fail (error, WILLIS_ERROR_BAD_INPUT,
                        _ ("%s: the table's braid is flat at %.3f mm and cannot be %.3f mm wide when free"), path, out->d_max_mm,
                        f->free_diameter_mm);
  return TRUE;
}

gboolean
willis_braid_load (const char *path, WillisBraid *out, WillisBraidFit *fit, GError **error)
{
  g_autoptr (JsonObject) object = willis_json_load (path, error);
  DeviceFile f = { 0 };
  gboolean helix;
  double offset;

  if (fit != NULL)
    *fit = (WillisBraidFit){ 0 };
  if (object == NULL || !read_device (object, path, &f, error))
    return FALSE;
  helix = strcmp (f.diameter, "helix") == 0;
  if (!helix && strcmp (f.diameter, "lumen") != 0)
    return willis_fail (error, WILLIS_ERROR_BAD_INPUT, _ ("%s: \"diameter\" is \"lumen\" or \"helix\", not \"%s\""), path, f.diameter);
  if (!isnan (f.wires) && fmod (f.wires, 2.0) != 0.0)
    return willis_fail (error, WILLIS_ERROR_BAD_INPUT, _ ("%s: half of the wires run each way, so their number is even, not %g"),
                        path, f.wires);
  offset = helix || isnan (f.wire_mm) ? 0.0 : 2.0 * f.wire_mm;
  if (f.table != NULL)
    return braid_of_table (&f, path, offset, out, fit, error);
  if (isnan (f.wires) || isnan (f.wire_mm) || isnan (f.free_diameter_mm) || isnan (f.free_length_mm) || isnan (f.free_angle_deg))
    return willis_fail (error, WILLIS_ERROR_BAD_INPUT,
                        _ ("%s wants wires, wire_diameter_mm, free_diameter_mm, free_length_mm and free_angle_deg, or a table"), path);
  if (!willis_braid_from_free (out, f.wires, f.wire_mm, f.free_diameter_mm, f.free_length_mm, f.free_angle_deg * G_PI / 180.0,
                               f.young_gpa, f.poisson, error))
    {
      g_prefix_error (error, "%s: ", path);
      return FALSE;
    }
  out->lumen_offset_mm = offset;
  return TRUE;
}

/* ---- CSV */

static gboolean
bad_line (GError **error, const char *path, int line, const char *why)
{
  return willis_fail (error, WILLIS_ERROR_BAD_INPUT, _ ("%s, line %d: %s"), path, line, why);
}

/* The numbers of a CSV whose head is the first n_least .. n of names; row by row into values. */
static gboolean
read_csv (const char *path, const char *const *names, guint n_least, guint n, GArray *values, guint *n_columns, GError **error)
{
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  GError *inner = NULL;
  gsize size;

  if (!g_file_get_contents (path, &text, &size, &inner))
    {
      willis_fail (error, WILLIS_ERROR_BAD_FILE, _ ("%s cannot be read: %s"), path, inner->message);
      g_error_free (inner);
      return FALSE;
    }
  if (memchr (text, '\0', size) != NULL || !g_utf8_validate (text, size, NULL))
    return willis_fail (error, WILLIS_ERROR_BAD_FILE, _ ("%s is not UTF-8 text"), path);
  lines = g_strsplit (g_str_has_prefix (text, "\xef\xbb\xbf") ? text + 3 : text, "\n", -1);
  *n_columns = 0;
  for (int k = 0; lines[k] != NULL; k++)
    {
      g_auto (GStrv) cells = NULL;
      guint count;

      if (*g_strstrip (lines[k]) == '\0' || *lines[k] == '#')
        continue;
      cells = g_strsplit (lines[k], ",", -1);
      count = g_strv_length (cells);
      if (*n_columns == 0) // the head
        {
          for (guint i = 0; i < count; i++)
            if (i >= n || strcmp (g_strstrip (cells[i]), names[i]) != 0)
              return bad_line (error, path, k + 1, _ ("the head does not name the columns that are wanted"));
          if (count < n_least)
            return bad_line (error, path, k + 1, _ ("the head does not name the columns that are wanted"));
          *n_columns = count;
          continue;
        }
      if (count != *n_columns)
        return bad_line (error, path, k + 1, _ ("not as many numbers as columns"));
      for (guint i = 0; i < count; i++)
        {
          char *end;
          double v = g_ascii_strtod (g_strstrip (cells[i]), &end);

          if (end == cells[i] || *end != '\0' || !isfinite (v))
            return bad_line (error, path, k + 1, _ ("what stands there is no number"));
          g_array_append_val (values, v);
        }
    }
  if (*n_columns == 0)
    return willis_fail (error, WILLIS_ERROR_BAD_INPUT, _ ("%s is empty"), path);
  return TRUE;
}

gboolean
willis_lumen_line_load (const char *path, WillisLumenLine *out, double **data, GError **error)
{
  static const char *const names[] = { "s_mm", "diameter_mm", "curvature_1_mm" };
  g_autoptr (GArray) values = g_array_new (FALSE, FALSE, sizeof (double));
  const double *v;
  guint columns, n;
  double *all;

  if (!read_csv (path, names, 2, 3, values, &columns, error))
    return FALSE;
  n = values->len / columns;
  if (n < 2)
    return willis_fail (error, WILLIS_ERROR_BAD_INPUT, _ ("%s: a lumen wants at least two places"), path);
  v = (const double *) (gpointer) values->data;
  all = g_new (double, 3 * n);
  for (guint i = 0; i < n; i++)
    {
      for (guint c = 0; c < columns; c++)
        all[c * n + i] = v[i * columns + c];
      if ((i > 0 && all[i] <= all[i - 1]) || all[n + i] <= 0.0 || (columns > 2 && all[2 * n + i] < 0.0))
        {
          g_free (all);
          return willis_fail (error, WILLIS_ERROR_BAD_INPUT,
                              _ ("%s, place %u: s_mm must rise, diameters be above 0 and curvatures not below 0"), path, i + 1);
        }
    }
  *out = (WillisLumenLine){ n, all, all + n, columns > 2 ? all + 2 * n : NULL, NULL };
  *data = all;
  return TRUE;
}

void
willis_lumen_curve_clear (WillisLumenCurve *curve)
{
  g_clear_pointer (&curve->points_lps_mm, g_free);
  g_clear_pointer (&curve->data, g_free);
}

gboolean
willis_lumen_is_curve (const char *path)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GFileInputStream) stream = g_file_read (file, NULL, NULL);
  char head[5] = { 0 };

  return stream != NULL && g_input_stream_read (G_INPUT_STREAM (stream), head, 4, NULL, NULL) == 4 && strcmp (head, "x_mm") == 0;
}

/* Rows (x, y, z, diameter) at equal steps along them; new. */
static double *
resample (const double *rows, gsize n, gsize *n_out)
{
  g_autoptr (GArray) out = g_array_new (FALSE, FALSE, 4 * sizeof (double));
  double at = 0.0, next = 0.0;

  for (gsize i = 0; i + 1 < n; i++)
    {
      double d = vec3_dist (rows + 4 * i, rows + 4 * i + 4);

      for (; d > 0.0 && next <= at + d; next += CURVE_STEP_MM)
        {
          double row[4], t = (next - at) / d;

          for (int k = 0; k < 4; k++)
            row[k] = rows[4 * i + k] + t * (rows[4 * i + 4 + k] - rows[4 * i + k]);
          g_array_append_val (out, row);
        }
      at += d;
    }
  *n_out = out->len;
  return (double *) (gpointer) g_array_free (g_steal_pointer (&out), FALSE);
}

/* Gaussian over sigma_mm along column k of four; beyond its ends a line goes on as it was, turned about its end point. */
static void
smooth_column (const double *rows, gsize n, int k, double sigma_mm, double *out, gsize stride)
{
  gssize half = (gssize) ceil (3.0 * sigma_mm / CURVE_STEP_MM), last = (gssize) n - 1;

  for (gssize i = 0; i <= last; i++)
    {
      double sum = 0.0, weight = 0.0;

      for (gssize j = i - half; j <= i + half; j++)
        {
          double g = exp (-0.5 * (j - i) * (j - i) * CURVE_STEP_MM * CURVE_STEP_MM / (sigma_mm * sigma_mm)), v;

          if (j < 0)
            v = 2.0 * rows[k] - rows[4 * MIN (-j, last) + k];
          else if (j > last)
            v = 2.0 * rows[4 * last + k] - rows[4 * MAX (2 * last - j, 0) + k];
          else
            v = rows[4 * j + k];
          sum += g * v;
          weight += g;
        }
      out[i * (gssize) stride] = sum / weight;
    }
}

gboolean
willis_lumen_curve_load (const char *path, WillisLumenCurve *out, GError **error)
{
  static const char *const names[] = { "x_mm", "y_mm", "z_mm", "diameter_mm" };
  g_autoptr (GArray) values = g_array_new (FALSE, FALSE, sizeof (double));
  g_autofree double *rows = NULL;
  const double *v;
  guint columns;
  gsize n, given;
  double *s, *d, *k, *p;

  *out = (WillisLumenCurve){ 0 };
  if (!read_csv (path, names, 4, 4, values, &columns, error))
    return FALSE;
  v = (const double *) (gpointer) values->data;
  given = values->len / 4;
  for (gsize i = 0; i < given; i++)
    if (!(v[4 * i + 3] > 0.0 && v[4 * i + 3] < 50.0) || fabs (v[4 * i]) + fabs (v[4 * i + 1]) + fabs (v[4 * i + 2]) > 1e4
        || (i > 0 && vec3_dist (v + 4 * i, v + 4 * i - 4) > 100.0))
      return willis_fail (error, WILLIS_ERROR_BAD_INPUT, _ ("%s, place %u: diameters are above 0, points within 100 mm of the one before"),
                          path, (guint) i + 1);
  rows = resample (v, given, &n);
  if (n < 4)
    return willis_fail (error, WILLIS_ERROR_BAD_INPUT, _ ("%s: a lumen wants at least two places"), path);
  out->data = g_new (double, 3 * n);
  out->points_lps_mm = p = g_new (double, 3 * n);
  s = out->data;
  d = s + n;
  k = d + n;
  for (int c = 0; c < 3; c++)
    smooth_column (rows, n, c, 1.0, p + c, 3);
  smooth_column (rows, n, 3, 0.5, d, 1);
  s[0] = 0.0;
  for (gsize i = 1; i < n; i++)
    s[i] = s[i - 1] + fmax (vec3_dist (p + 3 * i, p + 3 * i - 3), 1e-6);
  _willis_wire_path_curvature (p, s, n, k);
  for (gsize i = 1; i + 1 < n; i++)
    d[i] = fmax (d[i], 0.05);
  out->line = (WillisLumenLine){ n, s, d, k, NULL };
  return TRUE;
}

static int
by_first (gconstpointer a, gconstpointer b)
{
  const double *x = a, *y = b;

  return (*x > *y) - (*x < *y);
}

gboolean
willis_table_load (const char *path, double **diameter_mm, double **length_mm, gsize *n, GError **error)
{
  static const char *const names[] = { "diameter_mm", "length_mm" };
  g_autoptr (GArray) values = g_array_new (FALSE, FALSE, sizeof (double));
  const double *v;
  guint columns;

  if (!read_csv (path, names, 2, 2, values, &columns, error))
    return FALSE;
  *n = values->len / 2;
  qsort (values->data, *n, 2 * sizeof (double), by_first); // makers print either way
  v = (const double *) (gpointer) values->data;
  *diameter_mm = g_new (double, MAX (*n, 1));
  *length_mm = g_new (double, MAX (*n, 1));
  for (gsize i = 0; i < *n; i++)
    {
      (*diameter_mm)[i] = v[2 * i];
      (*length_mm)[i] = v[2 * i + 1];
    }
  return TRUE;
}

/* ---- the catalogue */

/* Ratio of nominal to free length is cos alpha_n / cos alpha_f, one D_max for the family: least squares of the lengths. */
static double
family_d_max (const WillisDevice *d, double nominal_mm)
{
  double lo = d->free_diameter_mm * 1.0005, hi = d->free_diameter_mm * 4.0;
  const double golden = 0.6180339887498949;
  double m[2] = { hi - golden * (hi - lo), lo + golden * (hi - lo) };

  for (int step = 0; step < 80; step++)
    {
      double sum[2] = { 0 };

      for (int k = 0; k < 2; k++)
        for (gsize i = 0; i < d->family_lengths_mm.n; i++)
          {
            double cn = sqrt (1.0 - nominal_mm * nominal_mm / (m[k] * m[k]));
            double cf = sqrt (1.0 - d->free_diameter_mm * d->free_diameter_mm / (m[k] * m[k]));
            double ln = d->family_lengths_mm.v[i], lf = d->family_free_lengths_mm.v[i];
            double s = (ln * cn + lf * cf) / (cn * cn + cf * cf), rn = ln - s * cn, rf = lf - s * cf;

            sum[k] += rn * rn + rf * rf;
          }
      if (sum[0] < sum[1])
        hi = m[1];
      else
        lo = m[0];
      m[0] = hi - golden * (hi - lo);
      m[1] = lo + golden * (hi - lo);
    }
  return 0.5 * (lo + hi);
}

static void
braid_of_family (const WillisDevice *d, WillisBraid *out, WillisBraidFit *fit)
{
  double nominal = d->label_diameter_mm - out->lumen_offset_mm, d_max = family_d_max (d, nominal);
  double cn = sqrt (1.0 - nominal * nominal / (d_max * d_max));
  double cf = sqrt (1.0 - d->free_diameter_mm * d->free_diameter_mm / (d_max * d_max));

  out->d_max_mm = d_max;
  out->wire_length_mm = (d->length_mm * cn + d->free_length_mm * cf) / (cn * cn + cf * cf);
  out->known_lo_mm = nominal;
  out->known_hi_mm = d->free_diameter_mm;
  if (fit != NULL)
    {
      double rn = d->length_mm - out->wire_length_mm * cn, rf = d->free_length_mm - out->wire_length_mm * cf;

      *fit = (WillisBraidFit){ fmax (fabs (rn), fabs (rf)), sqrt (0.5 * (rn * rn + rf * rf)), NAN, NAN, NAN };
    }
}

gboolean
willis_braid_from_device (const WillisDevice *device, WillisBraid *out, WillisBraidFit *fit, GError **error)
{
  double offset = isnan (device->wire_diameter_mm) ? 0.0 : 2.0 * device->wire_diameter_mm;

  if (fit != NULL)
    *fit = (WillisBraidFit){ 0.0, 0.0, NAN, NAN, NAN };
  *out = (WillisBraid){ .lumen_offset_mm = offset, .known_lo_mm = NAN, .known_hi_mm = NAN };
  if (device->table_diameter_mm.n > 0)
    {
      if (!willis_braid_from_table (out, device->table_diameter_mm.v, device->table_length_mm.v, device->table_diameter_mm.n, offset,
                                    fit, error))
        return FALSE;
    }
  else if (!isnan (device->free_length_mm) && !isnan (device->free_diameter_mm))
    braid_of_family (device, out, fit);
  else if (!isnan (device->label_angle_deg))
    {
      double angle = device->label_angle_deg * G_PI / 180.0;

      out->d_max_mm = (device->label_diameter_mm - offset) / sin (angle);
      out->wire_length_mm = device->length_mm / cos (angle);
    }
  else
    return willis_fail (error, WILLIS_ERROR_BAD_INPUT, _ ("%s is no braid"), device->name);
  out->wires = device->wires;
  out->wire_diameter_mm = device->wire_diameter_mm;
  out->young_gpa = device->young_gpa;
  out->poisson = device->poisson;
  // an assumed angle must not make the free braid flat: 15 degrees of pitch are left, about what flow diverters have that were measured
  out->free_diameter_mm = isnan (device->free_diameter_mm)
                              ? NAN
                              : fmin (device->free_diameter_mm, out->d_max_mm * (isnan (device->free_length_mm) ? FREE_SINE : 0.999));
  if (isnan (out->free_diameter_mm) && !isnan (out->known_hi_mm)) // a table's widest vessel is all that is known of it
    out->free_diameter_mm = fmin (out->known_hi_mm * 1.05, out->d_max_mm * 0.999);
  return TRUE;
}
