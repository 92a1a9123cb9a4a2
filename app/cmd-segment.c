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
#include "core/base/json.h"
#include "core/case/case.h"
#include "core/io/surface-io.h"
#include "core/io/volume-io.h"
#include "core/vessel/cut-square.h"

#define FREE_CUT_MM 4.0 // the radius of a cut where no centreline tells how wide the artery is

/* A correction as it was typed; bridges are found once the arteries are. */
typedef struct
{
  const char *option; // "cut"
  double v[6];
  int n;
} TypedEdit;

static GArray *typed; // of TypedEdit, in the order of the command line

static gboolean
on_edit_option (const char *name, const char *value, gpointer data, GError **error)
{
  static const struct
  {
    const char *option;
    int least, most;
  } shapes[] = { { "--add", 4, 4 }, { "--erase", 4, 4 }, { "--cut", 3, 6 }, { "--bridge", 6, 6 }, { "--grow", 3, 3 }, { "--remove", 3, 3 }, { "--keep", 6, 6 } };

  for (gsize k = 0; k < G_N_ELEMENTS (shapes); k++)
    if (g_str_equal (name, shapes[k].option))
      {
        TypedEdit edit = { shapes[k].option + 2, { 0 }, shapes[k].most };
        g_auto (GStrv) words = g_strsplit (value, ",", -1);

        if ((int) g_strv_length (words) == shapes[k].least)
          edit.n = shapes[k].least;
        else if (shapes[k].least < shapes[k].most && (int) g_strv_length (words) != shapes[k].most)
          return willis_fail (error, WILLIS_ERROR_USAGE, _ ("%s \"%s\" must be %d or %d numbers separated by commas"),
                              name, value, shapes[k].least, shapes[k].most);
        if (!willis_cli_numbers (value, edit.n, edit.v, error))
          return FALSE;
        if (typed == NULL)
          typed = g_array_new (FALSE, FALSE, sizeof (TypedEdit));
        g_array_append_val (typed, edit);
        return TRUE;
      }
  return FALSE;
}

/* Square to the artery nearest to a place, or as the direction given says, as wide as the artery there. */
static WillisEdit *
cut_at (const WillisCase *c, const TypedEdit *t, GError **error)
{
  g_autoptr (GError) none = NULL;
  double centre[3], normal[3], radius;

  if (willis_cut_square (willis_case_tree (c), t->v, centre, normal, &radius, &none))
    return t->n == 3 ? willis_edit_new (WILLIS_EDIT_CUT, centre, &radius, 1, normal, error)
                     : willis_edit_new (WILLIS_EDIT_CUT, t->v, &radius, 1, t->v + 3, error);
  radius = FREE_CUT_MM;
  if (t->n != 3)
    return willis_edit_new (WILLIS_EDIT_CUT, t->v, &radius, 1, t->v + 3, error);
  willis_fail (error, WILLIS_ERROR_BAD_INPUT, _ ("--cut: %s; give the cut's direction, or run vessels first"),
               none->message);
  return NULL;
}

static WillisEdit *
make_edit (const WillisCase *c, const TypedEdit *t, GError **error)
{
  const double reach = WILLIS_GROW_MM;

  if (g_str_equal (t->option, "add") || g_str_equal (t->option, "erase"))
    return willis_edit_new (g_str_equal (t->option, "add") ? WILLIS_EDIT_ADD : WILLIS_EDIT_ERASE, t->v, t->v + 3, 1, NULL, error);
  if (g_str_equal (t->option, "bridge"))
    return willis_edit_bridge (willis_case_volume (c), willis_case_segmentation (c), t->v, t->v + 3, NAN, error);
  if (g_str_equal (t->option, "grow"))
    return willis_edit_new (WILLIS_EDIT_GROW, t->v, &reach, 1, NULL, error);
  if (g_str_equal (t->option, "remove"))
    return willis_edit_new (WILLIS_EDIT_REMOVE, t->v, NULL, 1, NULL, error);
  if (g_str_equal (t->option, "keep"))
    return willis_edit_new (WILLIS_EDIT_KEEP, t->v, NULL, 2, NULL, error);
  return cut_at (c, t, error);
}

/* The corrections one after the other: a bridge is found in what the ones before it left. The surface is made once, at the end. */
static gboolean
run_edits (WillisCase *c, const WillisProgress *progress, GError **error)
{
  g_autoptr (GPtrArray) edits = g_ptr_array_new_with_free_func ((GDestroyNotify) willis_edit_unref);

  if (willis_case_volume (c) == NULL || willis_case_segmentation (c) == NULL)
    return willis_fail (error, WILLIS_ERROR_BAD_INPUT, "%s", _ ("the case has no arteries yet: segment it first"));
  for (guint n = 0; typed != NULL && n < typed->len; n++)
    {
      WillisEdit *edit = make_edit (c, &g_array_index (typed, TypedEdit, n), error);

      if (edit == NULL)
        return FALSE;
      g_ptr_array_add (edits, edit);
    }
  return willis_case_run_edits (c, (WillisEdit *const *) edits->pdata, edits->len, FALSE, progress, error);
}

typedef struct
{
  char **seeds, *mask, *surface, *modality, *threshold;
  double min_mm3;
  gboolean discard_edits;
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
report_result (const WillisCase *c, gsize n_left_out, double seconds)
{
  const WillisSegmentation *s = willis_case_segmentation (c);
  const GPtrArray *edits = willis_segmentation_edits (s);
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  willis_cli_add_segmentation (builder, c, seconds);
  willis_json_add_int (builder, "edits", edits != NULL ? (gint64) edits->len : 0);
  willis_json_add_int (builder, "edits_left_out", (gint64) n_left_out);
  willis_cli_print (_ ("arteries: %.0f mm3 in %d pieces, threshold %.0f, %.1f s\n"), willis_segmentation_volume_mm3 (s),
                    willis_segmentation_components (s), willis_segmentation_threshold (s), seconds);
  if (edits != NULL && edits->len > 0)
    willis_cli_print (_ ("corrections by hand: %d\n"), (int) edits->len);
  if (n_left_out > 0)
    g_printerr (_ ("willis: corrections by hand that have nothing to do in these arteries were left out: %d\n"),
                (int) n_left_out);
  willis_cli_say_doubts (builder, c);
  json_builder_end_object (builder);
  return willis_cli_done (builder);
}

/* Corrections alone leave what was segmented as it is. */
static gboolean
only_edits (const Options *options, const WillisCase *c)
{
  return typed != NULL && !options->discard_edits && options->seeds == NULL && options->threshold == NULL
         && options->modality == NULL && willis_case_state (c, WILLIS_STAGE_SEGMENTATION) == WILLIS_STATE_FRESH;
}

/* The arteries as the options ask for them, corrections of before and new ones in their order. */
static gboolean
run (WillisCase *c, const Options *options, const WillisSegmentParams *params, gsize *n_left_out,
     const WillisProgress *progress, GError **error)
{
  gboolean ok = TRUE;

  if (options->discard_edits)
    ok = willis_case_run_segment (c, params, progress, error);
  else if (!only_edits (options, c))
    ok = willis_case_run_segment_again (c, params, n_left_out, progress, error);
  return ok && (typed == NULL || run_edits (c, progress, error));
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
    { "cut", 0, 0, G_OPTION_ARG_CALLBACK, (gpointer) on_edit_option,
      N_ ("Correct what is there: cut the vessel at a place, square to it or to a direction"), "X,Y,Z[,NX,NY,NZ]" },
    { "bridge", 0, 0, G_OPTION_ARG_CALLBACK, (gpointer) on_edit_option, N_ ("Join two places along the brightest way"),
      "X,Y,Z,X,Y,Z" },
    { "grow", 0, 0, G_OPTION_ARG_CALLBACK, (gpointer) on_edit_option, N_ ("Add the artery at a place"), "X,Y,Z" },
    { "remove", 0, 0, G_OPTION_ARG_CALLBACK, (gpointer) on_edit_option, N_ ("Remove the piece at a place"), "X,Y,Z" },
    { "add", 0, 0, G_OPTION_ARG_CALLBACK, (gpointer) on_edit_option,
      N_ ("Add a ball of this radius, whatever the scan says"), "X,Y,Z,R" },
    { "erase", 0, 0, G_OPTION_ARG_CALLBACK, (gpointer) on_edit_option, N_ ("Erase a ball of this radius"), "X,Y,Z,R" },
    { "keep", 0, 0, G_OPTION_ARG_CALLBACK, (gpointer) on_edit_option,
      N_ ("Keep only what lies in the box between two corners"), "X,Y,Z,X,Y,Z" },
    { "discard-edits", 0, 0, G_OPTION_ARG_NONE, &options.discard_edits,
      N_ ("Forget the corrections made so far; else they are made again after segmenting anew"), NULL },
    { NULL },
  };
  WillisSegmentParams params = WILLIS_SEGMENT_PARAMS_INIT;
  WillisProgress loading, working, saving;
  g_autofree double *seeds = NULL;
  g_autoptr (WillisCase) c = NULL;
  GError *error = NULL;
  gsize n_left_out = 0;
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
      || !willis_cli_check_output (options.mask, (const char *const[]){ argv[1], NULL }, &error)
      || !willis_cli_check_output (options.surface, (const char *const[]){ argv[1], NULL }, &error)
      || (c = willis_case_load (argv[1], &loading, &error)) == NULL
      || !run (c, &options, &params, &n_left_out, &working, &error)
      || !write_results (c, &options, argv[1], &saving, &error))
    status = willis_cli_fail (error);
  else
    status = report_result (c, n_left_out, (double) (g_get_monotonic_time () - start) * 1e-6);
  g_clear_pointer (&typed, g_array_unref);
  g_strfreev (options.seeds);
  g_free (options.mask);
  g_free (options.surface);
  g_free (options.modality);
  g_free (options.threshold);
  return status;
}
