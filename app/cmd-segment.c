/* SPDX-License-Identifier: Apache-2.0 */
/*
 * willis segment CASE: the arteries of a case's scan and their surface.
 */
#include <math.h>
#include <string.h>

#include "app/case-json.h"
#include "app/cli.h"
#include "app/commands.h"
#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/case/case.h"
#include "core/io/surface-io.h"
#include "core/io/volume-io.h"

typedef struct
{
  char **seeds, *mask, *surface, *modality, *threshold;
  double min_mm3;
} Options;

static gboolean
read_modality (const char *text, WillisModality *out, GError **error)
{
  static const char *const names[] = { "auto", "cta", "3dra", "mra" };

  for (guint m = 0; m < G_N_ELEMENTS (names); m++)
    if (text == NULL || g_ascii_strcasecmp (text, names[m]) == 0)
      {
        *out = (WillisModality) m;
        return TRUE;
      }
  return willis_fail (error, WILLIS_ERROR_USAGE, _ ("the modality \"%s\" is not known: auto, cta, 3dra or mra"), text);
}

/* The parameters of the command line; *seeds (new) belongs to them. */
static gboolean
read_params (const Options *options, WillisSegmentParams *params, double **seeds, GError **error)
{
  guint n = options->seeds != NULL ? g_strv_length (options->seeds) : 0;

  *seeds = g_new (double, 3 * MAX (n, 1));
  for (guint i = 0; i < n; i++)
    if (!willis_cli_numbers (options->seeds[i], 3, *seeds + 3 * i, error))
      return FALSE;
  params->seeds_lps_mm = *seeds;
  params->n_seeds = n;
  if (options->threshold != NULL && !willis_cli_numbers (options->threshold, 1, &params->threshold, error))
    return FALSE;
  if (!(options->min_mm3 >= 0.0) || !isfinite (options->min_mm3))
    return willis_fail (error, WILLIS_ERROR_USAGE, _ ("the smallest piece must be 0 mm3 or more"));
  params->min_component_mm3 = options->min_mm3;
  return read_modality (options->modality, &params->modality, error);
}

static gboolean
write_results (const WillisCase *c, const Options *options, const char *path, const WillisProgress *progress,
               GError **error)
{
  if (options->mask != NULL
      && !willis_volume_write (willis_segmentation_labels (willis_case_segmentation (c)), options->mask, progress, error))
    return FALSE;
  if (options->surface != NULL && !willis_surface_write (willis_case_surface (c), options->surface, error))
    return FALSE;
  return willis_case_save (c, path, progress, error);
}

static int
report_result (const WillisCase *c, double seconds)
{
  const WillisSegmentation *s = willis_case_segmentation (c);
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  willis_cli_add_segmentation (builder, c, seconds);
  json_builder_end_object (builder);
  willis_cli_print (_ ("arteries: %.0f mm3 in %d pieces, threshold %.0f, %.1f s\n"), willis_segmentation_volume_mm3 (s),
                    willis_segmentation_components (s), willis_segmentation_threshold (s), seconds);
  return willis_cli_done (builder);
}

int
willis_cmd_segment (int argc, char **argv)
{
  Options options = { .min_mm3 = 20.0 };
  const GOptionEntry entries[] = {
    { "seed", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options.seeds,
      N_ ("Keep only arteries at this place (LPS mm; may be given several times)"), "X,Y,Z" },
    { "mask", 0, 0, G_OPTION_ARG_FILENAME, &options.mask, N_ ("Write the labels to this file"), "OUT.nii.gz" },
    { "surface", 0, 0, G_OPTION_ARG_FILENAME, &options.surface, N_ ("Write the lumen surface to this file"),
      "OUT.vtp" },
    { "modality", 0, 0, G_OPTION_ARG_STRING, &options.modality, N_ ("auto, cta, 3dra or mra"), "KIND" },
    { "threshold", 0, 0, G_OPTION_ARG_STRING, &options.threshold,
      N_ ("Where the lumen ends, in values of the scan, instead of half way"), "VALUE" },
    { "min-piece", 0, 0, G_OPTION_ARG_DOUBLE, &options.min_mm3, N_ ("Leave out pieces smaller than this"), "MM3" },
    { NULL },
  };
  WillisSegmentParams params = WILLIS_SEGMENT_PARAMS_INIT;
  WillisProgress loading, working, saving;
  g_autofree double *seeds = NULL;
  g_autoptr (WillisCase) c = NULL;
  GError *error = NULL;
  gint64 start;
  int status;

  if (!willis_cli_parse (&argc, &argv, _ ("CASE - segment the arteries"),
                         N_ ("Finds the arteries in the scan of a case, bone left out, and their surface."), entries, 1,
                         1))
    return WILLIS_EXIT_USAGE;
  loading = willis_progress_part (willis_cli_progress (), 0.0, 0.1, _ ("Reading"));
  working = willis_progress_part (willis_cli_progress (), 0.1, 0.9, NULL);
  saving = willis_progress_part (willis_cli_progress (), 0.9, 1.0, _ ("Saving"));
  start = g_get_monotonic_time ();
  if (!read_params (&options, &params, &seeds, &error)
      || !willis_cli_check_output (options.mask, (const char *const[]) { argv[1], NULL }, &error)
      || !willis_cli_check_output (options.surface, (const char *const[]) { argv[1], NULL }, &error)
      || (c = willis_case_load (argv[1], &loading, &error)) == NULL
      || !willis_case_run_segment (c, &params, &working, &error)
      || !write_results (c, &options, argv[1], &saving, &error))
    status = willis_cli_fail (error);
  else
    status = report_result (c, (double) (g_get_monotonic_time () - start) * 1e-6);
  g_strfreev (options.seeds);
  g_free (options.mask);
  g_free (options.surface);
  g_free (options.modality);
  g_free (options.threshold);
  return status;
}
