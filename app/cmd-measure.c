/* SPDX-License-Identifier: Apache-2.0 */
/*
 * willis measure: every morphological index of an aneurysm of a case or of a bare surface.
 */
#include <math.h>

#include "app/case-json.h"
#include "app/cli.h"
#include "app/commands.h"
#include "app/vessel-stages.h"
#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/base/json.h"
#include "core/io/surface-io.h"

static void
print_measures (WillisAneurysm *aneurysm)
{
  const WillisMorphology *morphology = willis_aneurysm_morphology (aneurysm);
  const char *doubt = willis_aneurysm_doubt (aneurysm);

  for (int i = 0; i < WILLIS_N_INDICES; i++)
    {
      const WillisMeasure *measure = &morphology->index[i];
      const WillisIndexInfo *info = willis_index_info (i);
      g_autofree char *deviation = g_strdup_printf (" ± %.4f", measure->sd);

      if (isnan (measure->value))
        willis_cli_print ("%-22s %s\n", info->name, measure->reason != NULL ? _ (measure->reason) : "-");
      else if (info->count)
        willis_cli_print ("%-22s %10.0f%s\n", info->name, measure->value, isfinite (measure->sd) ? deviation : "");
      else if (isnan (measure->sd))
        willis_cli_print ("%-22s %10.4f %s\n", info->name, measure->value, info->unit);
      else
        willis_cli_print ("%-22s %10.4f ± %.4f %s\n", info->name, measure->value, measure->sd, info->unit);
    }
  if (doubt != NULL)
    willis_cli_print (_ ("note: %s\n"), _ (doubt));
}

static WillisAneurysm *
measure_surface (const char *path, const char *neck_text, const char *curve_path, const char *dome_text,
                 double surface_sd_mm, GError **error)
{
  g_autoptr (WillisSurface) surface = NULL;
  g_autofree double *curve = NULL;
  double numbers[6], dome[3] = { NAN, NAN, NAN };
  gsize n = 0;

  if ((neck_text != NULL) == (curve_path != NULL))
    {
      willis_fail (error, WILLIS_ERROR_USAGE, _ ("--surface needs either --neck or --neck-curve"));
      return NULL;
    }
  if ((neck_text != NULL && !willis_cli_numbers (neck_text, 6, numbers, error))
      || (dome_text != NULL && !willis_cli_numbers (dome_text, 3, dome, error)))
    return NULL;
  surface = willis_surface_read (path, error);
  if (surface == NULL)
    return NULL;
  if (curve_path != NULL)
    {
      curve = willis_polyline_read (curve_path, &n, NULL, error);
      return curve != NULL ? willis_aneurysm_isolate_curve (surface, NULL, curve, n, dome_text != NULL ? dome : NULL,
                                                            surface_sd_mm, willis_cli_progress (), error)
                           : NULL;
    }
  {
    WillisNeck neck = { { numbers[3], numbers[4], numbers[5] }, { numbers[0], numbers[1], numbers[2] },
                        { dome[0], dome[1], dome[2] } };

    return willis_aneurysm_isolate (surface, NULL, &neck, surface_sd_mm, willis_cli_progress (), error);
  }
}

/* Aneurysm number (from 1) of a case, new reference. With a seed a new one is isolated there first; where the case has none
 * yet, the best candidate is. What was computed is saved in the case. */
static WillisAneurysm *
measure_case (const char *path, int number, const char *seed_text, GError **error)
{
  g_autoptr (WillisCase) c = NULL;
  double seed[3];
  gsize n, before;

  if (seed_text != NULL && !willis_cli_numbers (seed_text, 3, seed, error))
    return NULL;
  c = willis_cli_case_at (path, seed_text != NULL ? WILLIS_STAGE_TREE : WILLIS_STAGE_CANDIDATES, error);
  if (c == NULL)
    return NULL;
  before = n = willis_case_n_aneurysms (c);
  if (seed_text != NULL ? !willis_case_run_aneurysm_at (c, seed, -1, willis_cli_progress (), error)
                        : n == 0 && !willis_case_run_best (c, willis_cli_progress (), error))
    return NULL;
  n = willis_case_n_aneurysms (c);
  if (n != before && !willis_case_save (c, path, willis_cli_progress (), error))
    return NULL;
  if (seed_text != NULL)
    number = (int) n;
  if (n == 0)
    willis_fail (error, WILLIS_ERROR_FAILED, _ ("%s: no aneurysm stands out; give its place with --seed"), path);
  else if (number < 1 || (gsize) number > n)
    willis_fail (error, WILLIS_ERROR_USAGE, _ ("%s: there is no aneurysm %d among its %d"), path, number, (int) n);
  else
    return willis_aneurysm_ref (willis_case_aneurysm (c, (gsize) number - 1));
  return NULL;
}

int
willis_cmd_measure (int argc, char **argv)
{
  g_autofree char *surface = NULL, *neck = NULL, *curve = NULL, *dome = NULL, *sac = NULL, *seed = NULL;
  double surface_sd = 0.0;
  int number = 1;
  const GOptionEntry entries[] = {
    { "aneurysm", 0, 0, G_OPTION_ARG_INT, &number, N_ ("Which aneurysm of the case, from 1"), "N" },
    { "seed", 0, 0, G_OPTION_ARG_STRING, &seed, N_ ("Isolate a new aneurysm of the case at this point of its sac"),
      "x,y,z" },
    { "surface", 0, 0, G_OPTION_ARG_FILENAME, &surface, N_ ("Measure a bare surface (STL, PLY, OBJ, VTP, VTK)"), "FILE" },
    { "neck", 0, 0, G_OPTION_ARG_STRING, &neck, N_ ("Neck plane: normal into the sac, then a point"),
      "nx,ny,nz,px,py,pz" },
    { "neck-curve", 0, 0, G_OPTION_ARG_FILENAME, &curve, N_ ("Neck as a closed curve"), "FILE" },
    { "dome", 0, 0, G_OPTION_ARG_STRING, &dome, N_ ("A point in the sac, where the neck alone does not tell it"), "x,y,z" },
    { "surface-sd", 0, 0, G_OPTION_ARG_DOUBLE, &surface_sd, N_ ("How far the surface may be off"), "MM" },
    { "sac", 0, 0, G_OPTION_ARG_FILENAME, &sac, N_ ("Write the sac, open at its neck, to this file"), "FILE" },
    { NULL },
  };
  g_autoptr (WillisAneurysm) aneurysm = NULL;
  g_autoptr (JsonBuilder) builder = NULL;
  GError *error = NULL;

  if (!willis_cli_parse (&argc, &argv, "CASE | --surface FILE --neck nx,ny,nz,px,py,pz | --surface FILE --neck-curve FILE",
                         N_ ("Measures every morphological index of an aneurysm of a case or of a bare surface."),
                         entries, 0, 1))
    return WILLIS_EXIT_USAGE;
  if ((surface != NULL) == (argc == 2))
    willis_fail (&error, WILLIS_ERROR_USAGE, _ ("measure needs either a case or --surface"));
  else if (!(surface_sd >= 0.0))
    willis_fail (&error, WILLIS_ERROR_USAGE, _ ("--surface-sd cannot be negative"));
  else if (willis_cli_check_output (sac, (const char *const[]) { surface != NULL ? surface : argv[1], curve, NULL },
                                    &error))
    aneurysm = surface != NULL ? measure_surface (surface, neck, curve, dome, surface_sd, &error)
                               : measure_case (argv[1], number, seed, &error);
  if (aneurysm == NULL)
    return willis_cli_fail (error);
  if (sac != NULL && !willis_surface_write (willis_aneurysm_sac (aneurysm), sac, &error))
    return willis_cli_fail (error);
  print_measures (aneurysm);
  builder = json_builder_new ();
  json_builder_begin_object (builder);
  willis_cli_add_measures (builder, aneurysm);
  json_builder_end_object (builder);
  return willis_cli_done (builder);
}
