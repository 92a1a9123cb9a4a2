/* SPDX-License-Identifier: Apache-2.0 */
/*
 * willis vessels CASE: the centreline tree, branch by branch.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "app/case-json.h"
#include "app/cli.h"
#include "app/commands.h"
#include "app/vessel-stages.h"
#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/base/json.h"
#include "core/io/volume-io.h"
#include "core/report/format.h"
#include "core/vessel/anatomy.h"
#include "core/vessel/profile.h"

gboolean
willis_cli_run_until (WillisCase *c, WillisStage last, gboolean *changed, const WillisProgress *progress, GError **error)
{
  const WillisStage stages[] = { WILLIS_STAGE_SURFACE, WILLIS_STAGE_TREE, WILLIS_STAGE_CANDIDATES };

  *changed = FALSE;
  for (guint s = 0; s < G_N_ELEMENTS (stages) && stages[s] <= last; s++)
    {
      WillisProgress part = willis_progress_part (progress, s / 3.0, (s + 1) / 3.0, NULL);
      gboolean ok;

      if (willis_case_state (c, stages[s]) == WILLIS_STATE_FRESH)
        continue;
      *changed = TRUE;
      if (stages[s] == WILLIS_STAGE_SURFACE)
        ok = willis_case_run_segment (c, NULL, &part, error);
      else if (stages[s] == WILLIS_STAGE_TREE)
        ok = willis_case_run_tree (c, &part, error);
      else
        ok = willis_case_run_detect (c, &part, error);
      if (!ok)
        return FALSE;
    }
  return TRUE;
}

WillisCase *
willis_cli_case_at (const char *path, WillisStage last, GError **error)
{
  WillisProgress loading = willis_progress_part (willis_cli_progress (), 0.0, 0.1, _ ("Reading"));
  WillisProgress working = willis_progress_part (willis_cli_progress (), 0.1, 0.9, NULL);
  WillisProgress saving = willis_progress_part (willis_cli_progress (), 0.9, 1.0, _ ("Saving"));
  g_autoptr (WillisCase) c = willis_case_load (path, &loading, error);
  gboolean changed;

  if (c == NULL || !willis_cli_run_until (c, last, &changed, &working, error)
      || (changed && !willis_case_save (c, path, &saving, error)))
    return NULL;
  return g_steal_pointer (&c);
}

/* "ID=NAME" of the command line. */
static gboolean
rename_branch (WillisCase *c, const char *text, GError **error)
{
  const char *equals = strchr (text, '=');
  g_autofree char *number = equals != NULL ? g_strndup (text, (gsize) (equals - text)) : NULL, *doubt = NULL;
  guint64 id = 0;

  if (equals == NULL || !g_ascii_string_to_unsigned (number, 10, 0, G_MAXINT, &id, NULL))
    return willis_fail (error, WILLIS_ERROR_USAGE, _ ("\"%s\" is not the number of a branch, = and its name"), text);
  if (!willis_case_rename_branch (c, (gsize) id, g_ascii_strcasecmp (equals + 1, "none") == 0 ? NULL : equals + 1,
                                  error))
    return FALSE;
  doubt = willis_anatomy_name_doubt (willis_case_tree (c), (gsize) id);
  if (doubt != NULL)
    fprintf (stderr, "willis: %s\n", doubt);
  return TRUE;
}

/* The case with its tree, the given names set and saved (new; NULL with error). */
static WillisCase *
case_with_names (const char *path, char **names, GError **error)
{
  g_autoptr (WillisCase) c = willis_cli_case_at (path, WILLIS_STAGE_TREE, error);

  if (c == NULL || names == NULL)
    return g_steal_pointer (&c);
  for (char **name = names; *name != NULL; name++)
    if (!rename_branch (c, *name, error))
      return NULL;
  return willis_case_save (c, path, NULL, error) ? g_steal_pointer (&c) : NULL;
}

static void
print_branch (const WillisBranch *b, gsize n)
{
  g_autofree char *name = willis_artery_text (b->name);
  g_autofree char *sure = b->by_hand ? g_strdup (_ ("by hand"))
                                     : g_strdup_printf ("%3.0f %%", b->name != NULL ? 100.0 * b->confidence : 0.0);
  double sum = 0.0;

  for (gsize i = 0; i < b->n_points; i++)
    sum += b->radius_mm[i];
  willis_cli_print (_ ("%3u  %-28s %7s  %7.1f mm long, mean radius %.2f mm\n"), (guint) n, name, sure, b->length_mm,
                    sum / (double) b->n_points);
}

/* "3,5,7": the branches of a way, in a row. */
static GArray *
read_way (const char *text, GError **error)
{
  g_autoptr (GArray) way = g_array_new (FALSE, FALSE, sizeof (int));
  g_auto (GStrv) words = g_strsplit (text, ",", -1);

  for (char **word = words; *word != NULL; word++)
    {
      guint64 id = 0;
      int n;

      if (!g_ascii_string_to_unsigned (*word, 10, 0, G_MAXINT, &id, NULL))
        {
          willis_fail (error, WILLIS_ERROR_USAGE, _ ("\"%s\" is not the number of a branch"), *word);
          return NULL;
        }
      n = (int) id;
      g_array_append_val (way, n);
    }
  return g_steal_pointer (&way);
}

static void
add_stenosis (JsonBuilder *builder, const WillisStenosis *s, const WillisDiameterSd *sd)
{
  static const char *const references[] = { "none", "distal", "proximal", "given" };

  json_builder_set_member_name (builder, "stenosis");
  json_builder_begin_object (builder);
  willis_json_add_double (builder, "percent", s->percent);
  willis_json_add_double (builder, "percent_sd", willis_stenosis_percent_sd (s, sd));
  willis_json_add_double (builder, "area_percent", s->area_percent);
  willis_json_add_double (builder, "at_mm", s->at_mm);
  willis_json_add_double (builder, "diameter_mm", s->diameter_mm);
  willis_json_add_double (builder, "diameter_sd_mm", willis_narrowest_sd_mm (sd, s->diameter_mm));
  willis_json_add_string (builder, "reference", references[s->reference]);
  willis_json_add_double (builder, "reference_mm", s->reference_mm);
  willis_json_add_double (builder, "reference_sd_mm",
                          s->reference != WILLIS_REFERENCE_NONE ? willis_narrowest_sd_mm (sd, s->reference_mm) : NAN);
  willis_json_add_double (builder, "reference_from_mm", s->reference_from_mm);
  willis_json_add_double (builder, "reference_to_mm", s->reference_to_mm);
  json_builder_end_object (builder);
}

/* One column of the profile as an array. */
static void
add_column (JsonBuilder *builder, const char *key, const double *first, gsize stride, gsize n)
{
  json_builder_set_member_name (builder, key);
  json_builder_begin_array (builder);
  for (gsize i = 0; i < n; i++)
    {
      double value = *(const double *) (const void *) ((const char *) first + i * stride);

      if (isfinite (value))
        json_builder_add_double_value (builder, value);
      else
        json_builder_add_null_value (builder);
    }
  json_builder_end_array (builder);
}

/* The deviations of the sections' diameters as an array. */
static void
add_section_sd (JsonBuilder *builder, const WillisProfile *profile, const WillisDiameterSd *sd)
{
  g_autofree double *values = g_new (double, profile->n);

  for (gsize i = 0; i < profile->n; i++)
    values[i] = willis_section_sd_mm (sd, profile->sections[i].area_diameter_mm);
  add_column (builder, "diameter_sd_mm", values, sizeof *values, profile->n);
}

static void
add_profile (JsonBuilder *builder, const WillisCourse *course, const WillisProfile *profile, const WillisDiameterSd *sd)
{
  const WillisCoursePoint *p = willis_course_points (course);
  const WillisCrossSection *s = profile->sections;

  json_builder_set_member_name (builder, "profile");
  json_builder_begin_object (builder);
  willis_json_add_double (builder, "length_mm", willis_course_length_mm (course));
  willis_json_add_double (builder, "tortuosity", willis_course_tortuosity (course));
  willis_json_add_double (builder, "total_curvature_rad", willis_course_total_curvature (course));
  willis_json_add_double (builder, "mean_diameter_mm", profile->mean_diameter_mm);
  willis_json_add_double (builder, "mean_diameter_sd_mm", sd->mean_mm);
  willis_json_add_double (builder, "min_diameter_mm", profile->min_diameter_mm);
  willis_json_add_double (builder, "max_diameter_mm", profile->max_diameter_mm);
  add_stenosis (builder, &profile->stenosis, sd);
  add_column (builder, "s_mm", &p->at_mm, sizeof *p, profile->n);
  add_column (builder, "inscribed_diameter_mm", &p->inscribed_mm, sizeof *p, profile->n);
  add_column (builder, "curvature_per_mm", &p->curvature_per_mm, sizeof *p, profile->n);
  add_column (builder, "area_mm2", &s->area_mm2, sizeof *s, profile->n);
  add_column (builder, "diameter_mm", &s->area_diameter_mm, sizeof *s, profile->n);
  add_section_sd (builder, profile, sd);
  add_column (builder, "perimeter_diameter_mm", &s->perimeter_diameter_mm, sizeof *s, profile->n);
  add_column (builder, "section_min_mm", &s->min_diameter_mm, sizeof *s, profile->n);
  add_column (builder, "section_max_mm", &s->max_diameter_mm, sizeof *s, profile->n);
  json_builder_end_object (builder);
}

/* "2.41 ± 0.09 mm", or "2.41 mm" without a scan to tell a deviation by (new). */
static char *
measure_text (double value, double sd, const char *unit)
{
  g_autofree char *number = NULL, *deviation = NULL;

  willis_format_measure (value, sd, &number, &deviation);
  return deviation != NULL ? g_strdup_printf ("%s ± %s %s", number, deviation, unit)
                           : g_strdup_printf ("%s %s", number, unit);
}

static void
print_narrowing (const WillisStenosis *s, const WillisDiameterSd *sd)
{
  g_autofree char *narrow = measure_text (s->diameter_mm, willis_narrowest_sd_mm (sd, s->diameter_mm), "mm");
  g_autofree char *reference = measure_text (s->reference_mm, willis_narrowest_sd_mm (sd, s->reference_mm), "mm");
  g_autofree char *percent = measure_text (s->percent, willis_stenosis_percent_sd (s, sd), "%");

  willis_cli_print (s->reference == WILLIS_REFERENCE_PROXIMAL
                        ? _ ("narrowest %s at %.1f mm: narrowed by %s against %s (proximal, %.1f to %.1f mm)\n")
                    : s->reference == WILLIS_REFERENCE_GIVEN
                        ? _ ("narrowest %s at %.1f mm: narrowed by %s against %s (as given, %.1f to %.1f mm)\n")
                        : _ ("narrowest %s at %.1f mm: narrowed by %s against %s (distal, %.1f to %.1f mm)\n"),
                    narrow, s->at_mm, percent, reference, s->reference_from_mm, s->reference_to_mm);
}

static void
print_profile (const WillisCourse *course, const WillisProfile *profile, const WillisDiameterSd *sd)
{
  g_autofree char *mean = measure_text (profile->mean_diameter_mm, sd->mean_mm, "mm");
  g_autofree char *least = NULL, *most = NULL;

  willis_format_measure (profile->min_diameter_mm, willis_section_sd_mm (sd, profile->min_diameter_mm), &least, NULL);
  willis_format_measure (profile->max_diameter_mm, willis_section_sd_mm (sd, profile->max_diameter_mm), &most, NULL);
  willis_cli_print (_ ("%.1f mm long, diameter %s (%s to %s), tortuosity %.2f\n"), willis_course_length_mm (course),
                    mean, least, most, willis_course_tortuosity (course));
  if (profile->stenosis.reference == WILLIS_REFERENCE_NONE)
    willis_cli_print ("%s\n", _ ("no stretch of 5 mm to compare the narrowest place with"));
  else
    print_narrowing (&profile->stenosis, sd);
}

typedef struct
{
  char *way, *csv, *straight, *reference;
} Along;

/* The straightened scan as a volume of one slice: x across the vessel, y along it. */
static gboolean
write_straight (const WillisCase *c, const WillisCourse *course, const char *path, GError **error)
{
  g_autofree float *values = NULL;
  g_autoptr (WillisVolume) picture = NULL;
  int width, height, dims[3] = { 0, 0, 1 };
  const double pixel = 0.2, spacing[3] = { pixel, pixel, 1.0 }, origin[3] = { 0, 0, 0 };
  WillisGrid grid;

  if (willis_case_volume (c) == NULL)
    return willis_fail (error, WILLIS_ERROR_BAD_INPUT, _ ("the case has no scan yet"));
  values = willis_reformat (willis_case_volume (c), course, WILLIS_REFORMAT_STRAIGHT, 0.0, 12.0, pixel, &width, &height);
  dims[0] = width;
  dims[1] = height;
  grid = willis_grid_new (dims, spacing, origin);
  picture = willis_volume_new (&grid, WILLIS_SCALAR_F32, error);
  if (picture == NULL)
    return FALSE;
  for (gsize i = 0; i < (gsize) width * (gsize) height; i++)
    ((float *) willis_volume_voxels_rw (picture))[i] = isfinite (values[i]) ? values[i] : -1024.0f;
  return willis_volume_write (picture, path, NULL, error);
}

/* Narrowing against the artery at reference_mm. */
static gboolean
take_reference (const WillisCourse *course, WillisProfile *profile, double reference_mm, GError **error)
{
  double length_mm = willis_course_length_mm (course);

  if (!(reference_mm >= 0.0 && reference_mm <= length_mm))
    return willis_fail (error, WILLIS_ERROR_USAGE, _ ("--reference %g lies beyond the artery, which is %.1f mm long"),
                        reference_mm, length_mm);
  profile->stenosis = willis_profile_stenosis (course, profile, NAN, NAN, reference_mm);
  return isnan (profile->stenosis.diameter_mm) || profile->stenosis.reference != WILLIS_REFERENCE_NONE
         || willis_fail (error, WILLIS_ERROR_BAD_INPUT,
                         _ ("--reference %g: the artery has no width of its own within 0.5 mm of that place (a "
                            "junction, a sac, or its end)"),
                         reference_mm);
}

/* The profile along the branches that were asked for, into the JSON and the files. */
static gboolean
along (const WillisCase *c, const Along *a, JsonBuilder *builder, GError **error)
{
  g_autoptr (GArray) way = a->way != NULL ? read_way (a->way, error) : NULL;
  g_autoptr (WillisCourse) course = NULL;
  g_autoptr (WillisProfile) profile = NULL;
  WillisDiameterSd sd;
  double reference_mm = NAN;

  if (a->way == NULL)
    return a->csv == NULL && a->straight == NULL && a->reference == NULL
               ? TRUE
               : willis_fail (error, WILLIS_ERROR_USAGE, _ ("--profile, --straight and --reference need a --branch"));
  if (way == NULL)
    return FALSE;
  course = willis_course_new_with_flow (willis_case_tree (c), (const int *) (const void *) way->data, way->len, error);
  if (course == NULL)
    return FALSE;
  profile = willis_profile_new (course, willis_case_tree (c), willis_case_surface (c), willis_cli_progress (), error);
  if (profile == NULL || (a->reference != NULL && !willis_cli_numbers (a->reference, 1, &reference_mm, error)))
    return FALSE;
  if (a->reference != NULL && !take_reference (course, profile, reference_mm, error))
    return FALSE;
  if (a->csv != NULL)
    {
      g_autofree char *text = willis_profile_csv (course, profile);
      g_autoptr (GError) local = NULL;

      if (!g_file_set_contents (a->csv, text, -1, &local))
        return willis_fail (error, WILLIS_ERROR_BAD_FILE, "%s", local->message);
    }
  if (a->straight != NULL && !write_straight (c, course, a->straight, error))
    return FALSE;
  sd = willis_case_diameter_sd (c);
  add_profile (builder, course, profile, &sd);
  print_profile (course, profile, &sd);
  return TRUE;
}

int
willis_cmd_vessels (int argc, char **argv)
{
  g_auto (GStrv) names = NULL;
  Along a = { 0 };
  const GOptionEntry entries[] = {
    { "name", 0, 0, G_OPTION_ARG_STRING_ARRAY, &names,
      N_ ("Give a branch a name by hand; ID=none takes its name away (may be given several times)"), "ID=NAME" },
    { "branch", 0, 0, G_OPTION_ARG_STRING, &a.way, N_ ("Measure along this branch, or along several in a row"),
      "ID[,ID...]" },
    { "profile", 0, 0, G_OPTION_ARG_FILENAME, &a.csv, N_ ("Write diameters and sections along it to this table"),
      "OUT.csv" },
    { "straight", 0, 0, G_OPTION_ARG_FILENAME, &a.straight, N_ ("Write the scan straightened along it to this file"),
      "OUT.nii.gz" },
    { "reference", 0, 0, G_OPTION_ARG_STRING, &a.reference,
      N_ ("Measure narrowing against the artery at this place along it, instead of one that is found"), "MM" },
    { NULL },
  };
  GError *error = NULL;
  g_autoptr (WillisCase) c = NULL;
  g_autoptr (JsonBuilder) builder = NULL;
  const WillisTree *tree;
  gboolean ok;

  if (!willis_cli_parse (&argc, &argv, _ ("CASE - find the centrelines"),
                         N_ ("Finds the centreline tree of the arteries with its radii and names; segments them first "
                             "where that has not been done."),
                         entries, 1, 1))
    return WILLIS_EXIT_USAGE;
  ok = willis_cli_check_output (a.csv, (const char *const[]) { argv[1], NULL }, &error)
       && willis_cli_check_output (a.straight, (const char *const[]) { argv[1], NULL }, &error)
       && (c = case_with_names (argv[1], names, &error)) != NULL;
  if (!ok)
    goto out;
  tree = willis_case_tree (c);
  builder = json_builder_new ();
  json_builder_begin_object (builder);
  willis_cli_add_branches (builder, tree);
  willis_cli_say_doubts (builder, c);
  for (gsize n = 0; n < willis_tree_n_branches (tree) && a.way == NULL; n++)
    print_branch (willis_tree_branch (tree, n), n);
  ok = along (c, &a, builder, &error);
  json_builder_end_object (builder);
out:
  g_free (a.way);
  g_free (a.csv);
  g_free (a.straight);
  g_free (a.reference);
  return ok ? willis_cli_done (builder) : willis_cli_fail (error);
}
