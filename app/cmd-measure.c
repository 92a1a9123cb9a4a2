/* SPDX-License-Identifier: Apache-2.0 */
/*
 * willis measure: every morphological index of an aneurysm of a case or of a bare surface.
 */
#include <math.h>

#include "app/case-json.h"
#include "app/cli.h"
#include "app/commands.h"
#include "app/vessel-stages.h"
#include "app/working-views.h"
#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/base/json.h"
#include "core/io/surface-io.h"

static void
print_measures (const WillisCase *c, WillisAneurysm *aneurysm)
{
  const WillisMorphology *morphology = willis_aneurysm_morphology (aneurysm);
  const char *doubt = willis_case_sac_doubt (c, aneurysm);

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

typedef struct
{
  char *surface, *neck, *curve, *dome, *sac, *seed;
  double surface_sd;
  int number; // of the aneurysm, from 1
  gboolean again;
} Options;

/* Measures what is asked for: a new aneurysm at a seed, one again, the best candidate where the case has none yet. */
static gboolean
run (WillisCase *c, const Options *o, const double *seed, GError **error)
{
  if (seed != NULL)
    return willis_case_run_aneurysm_at (c, seed, -1, willis_cli_progress (), error);
  if (willis_case_n_aneurysms (c) == 0)
    return willis_case_run_best (c, willis_cli_progress (), error);
  return !o->again || o->number < 1 || willis_case_run_again (c, (gsize) o->number - 1, willis_cli_progress (), error);
}

/* Which other aneurysms are still of the earlier arteries, after one was measured again. */
static void
warn_others (const WillisCase *c, int number, const char *path)
{
  for (int n = 1; n <= (int) willis_case_n_aneurysms (c); n++)
    if (n != number && willis_case_aneurysm_state (c, (gsize) n - 1) == WILLIS_STATE_STALE)
      g_printerr (
          _ ("willis: the numbers of aneurysm %d are still of the earlier state, it was not asked for: \"willis "
             "measure %s --aneurysm %d --again\" measures it again\n"),
          n, path, n);
}

/* The case (new) and which of its aneurysms is asked for, in o->number. What was computed is saved in it. */
static WillisCase *
measure_case (const char *path, Options *o, GError **error)
{
  g_autoptr (WillisCase) c = NULL;
  g_autoptr (WillisCase) before = NULL;
  double seed[3];
  int n, made;

  if (o->seed != NULL && !willis_cli_numbers (o->seed, 3, seed, error))
    return NULL;
  c = willis_cli_case_at (path, o->seed != NULL || o->again ? WILLIS_STAGE_TREE : WILLIS_STAGE_CANDIDATES, error);
  if (c == NULL)
    return NULL;
  before = willis_case_copy (c);
  if (!run (c, o, o->seed != NULL ? seed : NULL, error))
    return NULL;
  n = (int) willis_case_n_aneurysms (c);
  made = willis_case_new_aneurysm (before, c);
  if (made >= 0 && !willis_case_save (c, path, willis_cli_progress (), error))
    return NULL;
  if (made >= 0)
    o->number = made + 1;
  if (o->seed != NULL && (gsize) n == willis_case_n_aneurysms (before))
    g_printerr (
        _ ("willis: this sac was measured already, as aneurysm %d; the new measures take the place of the old\n"),
        o->number);
  if (o->again)
    warn_others (c, o->number, path);
  if (n == 0)
    willis_fail (error, WILLIS_ERROR_FAILED, _ ("%s: no aneurysm stands out; give its place with --seed"), path);
  else if (o->number < 1 || o->number > n)
    willis_fail (error, WILLIS_ERROR_USAGE, _ ("%s: there is no aneurysm %d among its %d"), path, o->number, n);
  else
    return g_steal_pointer (&c);
  return NULL;
}

static gboolean
check_options (const Options *o, int argc, char **argv, GError **error)
{
  if ((o->surface != NULL) == (argc == 2))
    return willis_fail (error, WILLIS_ERROR_USAGE, _ ("measure needs either a case or --surface"));
  if (!(o->surface_sd >= 0.0))
    return willis_fail (error, WILLIS_ERROR_USAGE, _ ("--surface-sd cannot be negative"));
  if (o->again && (o->seed != NULL || o->surface != NULL))
    return willis_fail (error, WILLIS_ERROR_USAGE, _ ("--again is about an aneurysm that a case has already"));
  return willis_cli_check_output (
      o->sac, (const char *const[]){ o->surface != NULL ? o->surface : argv[1], o->curve, NULL }, error);
}

static int
report_result (const WillisCase *c, WillisAneurysm *aneurysm, const Options *o, const char *path)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  gsize n = (gsize) o->number - 1;

  json_builder_begin_object (builder);
  willis_cli_say_doubts (builder, c);
  print_measures (c, aneurysm);
  if (c != NULL)
    willis_cli_warn_stale (c, n, path);
  willis_cli_add_aneurysm_state (builder, c, n);
  willis_cli_add_measures (builder, c, aneurysm);
  willis_cli_add_working_views (builder, c, n);
  json_builder_end_object (builder);
  return willis_cli_done (builder);
}

int
willis_cmd_measure (int argc, char **argv)
{
  Options o = { .number = 1 };
  const GOptionEntry entries[] = {
    { "aneurysm", 0, 0, G_OPTION_ARG_INT, &o.number, N_ ("Which aneurysm of the case, from 1"), "N" },
    { "again", 0, 0, G_OPTION_ARG_NONE, &o.again,
      N_ ("Measure it again in the arteries as they are now; its neck is found anew unless it was set by hand"), NULL },
    { "seed", 0, 0, G_OPTION_ARG_STRING, &o.seed,
      N_ ("Isolate an aneurysm of the case at this point of its sac; one that is measured already is measured again"),
      "x,y,z" },
    { "surface", 0, 0, G_OPTION_ARG_FILENAME, &o.surface, N_ ("Measure a bare surface (STL, PLY, OBJ, VTP, VTK)"),
      "FILE" },
    { "neck", 0, 0, G_OPTION_ARG_STRING, &o.neck, N_ ("Neck plane: normal into the sac, then a point"),
      "nx,ny,nz,px,py,pz" },
    { "neck-curve", 0, 0, G_OPTION_ARG_FILENAME, &o.curve, N_ ("Neck as a closed curve"), "FILE" },
    { "dome", 0, 0, G_OPTION_ARG_STRING, &o.dome, N_ ("A point in the sac, where the neck alone does not tell it"),
      "x,y,z" },
    { "surface-sd", 0, 0, G_OPTION_ARG_DOUBLE, &o.surface_sd, N_ ("How far the surface may be off"), "MM" },
    { "sac", 0, 0, G_OPTION_ARG_FILENAME, &o.sac, N_ ("Write the sac, open at its neck, to this file"), "FILE" },
    { NULL },
  };
  g_autoptr (WillisCase) c = NULL;
  g_autoptr (WillisAneurysm) aneurysm = NULL;
  GError *error = NULL;
  int status;

  if (!willis_cli_parse (&argc, &argv, "CASE | --surface FILE --neck nx,ny,nz,px,py,pz | --surface FILE --neck-curve FILE",
                         N_ ("Measures every morphological index of an aneurysm of a case or of a bare surface."),
                         entries, 0, 1))
    return WILLIS_EXIT_USAGE;
  if (check_options (&o, argc, argv, &error))
    {
      if (o.surface != NULL)
        aneurysm = measure_surface (o.surface, o.neck, o.curve, o.dome, o.surface_sd, &error);
      else if ((c = measure_case (argv[1], &o, &error)) != NULL)
        aneurysm = willis_aneurysm_ref (willis_case_aneurysm (c, (gsize) o.number - 1));
    }
  if (aneurysm == NULL || (o.sac != NULL && !willis_surface_write (willis_aneurysm_sac (aneurysm), o.sac, &error)))
    status = willis_cli_fail (error);
  else
    status = report_result (c, aneurysm, &o, argv[1]);
  g_free (o.surface);
  g_free (o.neck);
  g_free (o.curve);
  g_free (o.dome);
  g_free (o.sac);
  g_free (o.seed);
  return status;
}
