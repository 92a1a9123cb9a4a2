/* SPDX-License-Identifier: Apache-2.0 */
/*
 * willis measure: every morphological index of an aneurysm of a case or of a bare surface.
 */
#include <math.h>

#include "app/cli.h"
#include "app/commands.h"
#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/base/json.h"
#include "core/io/surface-io.h"
#include "core/vessel/aneurysm.h"

static void
add_measures (JsonBuilder *builder, const WillisAneurysm *aneurysm)
{
  const WillisMorphology *morphology = willis_aneurysm_morphology (aneurysm);
  const WillisNeck *neck = willis_aneurysm_neck (aneurysm);
  gsize n_curve;
  const double *curve = willis_aneurysm_neck_curve (aneurysm, &n_curve);

  json_builder_set_member_name (builder, "indices");
  json_builder_begin_object (builder);
  for (int i = 0; i < WILLIS_N_INDICES; i++)
    {
      const WillisMeasure *measure = &morphology->index[i];

      json_builder_set_member_name (builder, willis_index_info (i)->name);
      json_builder_begin_object (builder);
      willis_json_add_double (builder, "value", measure->value);
      willis_json_add_string (builder, "unit", willis_index_info (i)->unit);
      willis_json_add_double (builder, "sd", measure->sd);
      if (measure->reason != NULL)
        willis_json_add_string (builder, "reason", measure->reason);
      json_builder_end_object (builder);
    }
  json_builder_end_object (builder);
  json_builder_set_member_name (builder, "neck");
  json_builder_begin_object (builder);
  willis_json_add_doubles (builder, "centre_lps_mm", neck->centre_lps_mm, 3);
  willis_json_add_doubles (builder, "normal", neck->normal, 3);
  json_builder_set_member_name (builder, "curve_lps_mm");
  json_builder_begin_array (builder);
  for (gsize i = 0; i < n_curve; i++)
    {
      json_builder_begin_array (builder);
      for (int a = 0; a < 3; a++)
        json_builder_add_double_value (builder, curve[3 * i + a]);
      json_builder_end_array (builder);
    }
  json_builder_end_array (builder);
  json_builder_end_object (builder);
}

static void
print_measures (const WillisAneurysm *aneurysm)
{
  const WillisMorphology *morphology = willis_aneurysm_morphology (aneurysm);

  for (int i = 0; i < WILLIS_N_INDICES; i++)
    {
      const WillisMeasure *measure = &morphology->index[i];
      const WillisIndexInfo *info = willis_index_info (i);

      if (isnan (measure->value))
        willis_cli_print ("%-22s %s\n", info->name, measure->reason != NULL ? _ (measure->reason) : "-");
      else if (isnan (measure->sd))
        willis_cli_print ("%-22s %10.4f %s\n", info->name, measure->value, info->unit);
      else
        willis_cli_print ("%-22s %10.4f ± %.4f %s\n", info->name, measure->value, measure->sd, info->unit);
    }
}

static WillisAneurysm *
measure_surface (const char *path, const char *neck_text, const char *curve_path, double surface_sd_mm, GError **error)
{
  g_autoptr (WillisSurface) surface = NULL;
  g_autofree double *curve = NULL;
  double numbers[6];
  gsize n = 0;

  if ((neck_text != NULL) == (curve_path != NULL))
    {
      willis_fail (error, WILLIS_ERROR_USAGE, _ ("--surface needs either --neck or --neck-curve"));
      return NULL;
    }
  if (neck_text != NULL && !willis_cli_numbers (neck_text, 6, numbers, error))
    return NULL;
  surface = willis_surface_read (path, error);
  if (surface == NULL)
    return NULL;
  if (curve_path != NULL)
    {
      curve = willis_polyline_read (curve_path, &n, NULL, error);
      return curve != NULL ? willis_aneurysm_isolate_curve (surface, NULL, curve, n, willis_cli_progress (), error)
                           : NULL;
    }
  {
    WillisNeck neck = { { numbers[3], numbers[4], numbers[5] }, { numbers[0], numbers[1], numbers[2] },
                        { NAN, NAN, NAN } };

    return willis_aneurysm_isolate (surface, NULL, &neck, surface_sd_mm, willis_cli_progress (), error);
  }
}

int
willis_cmd_measure (int argc, char **argv)
{
  g_autofree char *surface = NULL, *neck = NULL, *curve = NULL, *sac = NULL;
  double surface_sd = 0.0;
  const GOptionEntry entries[] = {
    { "surface", 0, 0, G_OPTION_ARG_FILENAME, &surface, N_ ("Measure a bare surface (STL, PLY, OBJ, VTP, VTK)"), "FILE" },
    { "neck", 0, 0, G_OPTION_ARG_STRING, &neck, N_ ("Neck plane: normal into the sac, then a point"),
      "nx,ny,nz,px,py,pz" },
    { "neck-curve", 0, 0, G_OPTION_ARG_FILENAME, &curve, N_ ("Neck as a closed curve"), "FILE" },
    { "surface-sd", 0, 0, G_OPTION_ARG_DOUBLE, &surface_sd, N_ ("How far the surface may be off"), "MM" },
    { "sac", 0, 0, G_OPTION_ARG_FILENAME, &sac, N_ ("Write the sac, open at its neck, to this file"), "FILE" },
    { NULL },
  };
  g_autoptr (WillisAneurysm) aneurysm = NULL;
  g_autoptr (JsonBuilder) builder = NULL;
  GError *error = NULL;

  if (!willis_cli_parse (&argc, &argv, "--surface FILE --neck nx,ny,nz,px,py,pz | --neck-curve FILE",
                         N_ ("Measures every morphological index of an aneurysm."), entries, 0, 0))
    return WILLIS_EXIT_USAGE;
  if (surface == NULL)
    willis_fail (&error, WILLIS_ERROR_USAGE, _ ("measure needs --surface"));
  else
    aneurysm = measure_surface (surface, neck, curve, surface_sd, &error);
  if (aneurysm == NULL)
    return willis_cli_fail (error);
  if (sac != NULL && !willis_surface_write (willis_aneurysm_sac (aneurysm), sac, &error))
    return willis_cli_fail (error);
  print_measures (aneurysm);
  builder = json_builder_new ();
  json_builder_begin_object (builder);
  add_measures (builder, aneurysm);
  json_builder_end_object (builder);
  return willis_cli_done (builder);
}
