/* SPDX-License-Identifier: Apache-2.0 */
/*
 * willis shape CASE --catheter ID: which mandrel brings the tip of a microcatheter to the target in the sac, and how
 * surely.
 */
#include <math.h>
#include <string.h>

#include "app/case-json.h"
#include "app/cli.h"
#include "app/cmd-solver.h"
#include "app/shape-json.h"
#include "app/vessel-stages.h"
#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/base/json.h"
#include "core/io/surface-io.h"
#include "core/report/mandrel-sheet.h"
#include "solver/shaping/calibration.h"
#include "solver/shaping/jig.h"
#include "solver/shaping/plan.h"

typedef struct
{
  char *catheter, *target, *direction, *entry, *heat, *calibrate, *mandrel, *form, *sheet, *jig;
  double seconds, feed, hub_roll, wire;
  double set_fraction, set_fraction_sd, friction, stiffness; // NAN: the catalogue's or the user's own
  int aneurysm, passes, draws;
  gboolean keep; // a try-out in the case, too
  WillisCase *c; // once it is read
} Options;

static void
options_clear (Options *o)
{
  g_free (o->catheter);
  g_free (o->target);
  g_free (o->direction);
  g_free (o->entry);
  g_free (o->heat);
  g_free (o->calibrate);
  g_free (o->mandrel);
  g_free (o->form);
  g_free (o->sheet);
  g_free (o->jig);
  g_clear_pointer (&o->c, willis_case_unref);
}

/* Microcatheters by id, for the message where none or a wrong one is given. */
static gboolean
fail_catheter (const WillisCatalogue *catalogue, const char *id, GError **error)
{
  g_autoptr (GString) list = g_string_new (NULL);

  for (gsize i = 0; i < willis_catalogue_n (catalogue); i++)
    {
      const WillisDevice *d = willis_catalogue_device (catalogue, i);

      if (d->type == WILLIS_DEVICE_MICROCATHETER)
        g_string_append_printf (list, "%s%s", list->len > 0 ? ", " : "", d->id);
    }
  if (id == NULL)
    return willis_fail (error, WILLIS_ERROR_USAGE, _ ("--catheter is missing; there are: %s"), list->str);
  return willis_fail (error, WILLIS_ERROR_BAD_INPUT, _ ("the catalogue has no microcatheter %s; there are: %s"), id,
                      list->str);
}

static gboolean
find_catheter (const char *id, WillisCatheter *out, GError **error)
{
  g_autoptr (WillisCatalogue) catalogue = willis_catalogue_load (TRUE, error);
  const WillisDevice *device;

  if (catalogue == NULL)
    return FALSE;
  device = id != NULL ? willis_catalogue_find (catalogue, id) : NULL;
  if (device == NULL || device->type != WILLIS_DEVICE_MICROCATHETER)
    return fail_catheter (catalogue, id, error);
  return willis_catheter_init (out, device, error) && willis_catheter_calibrate (out, error);
}

/* A number of the user's own in place of the catheter's. */
static gboolean
override (const Options *o, WillisCatheter *c, GError **error)
{
  const struct
  {
    const char *name;
    double value, lo, hi, *to;
  } numbers[] = { { "--set-fraction", o->set_fraction, 0.05, 0.98, &c->set_fraction },
                  { "--set-fraction-sd", o->set_fraction_sd, 0.0, 0.4, &c->set_fraction_sd },
                  { "--friction", o->friction, 0.0, 0.5, &c->friction },
                  { "--stiffness", o->stiffness, 0.2, 5.0, NULL } };

  for (gsize i = 0; i < G_N_ELEMENTS (numbers); i++)
    {
      if (isnan (numbers[i].value))
        continue;
      if (!(numbers[i].value >= numbers[i].lo && numbers[i].value <= numbers[i].hi))
        return willis_fail (error, WILLIS_ERROR_USAGE, _ ("%s is %g to %g"), numbers[i].name, numbers[i].lo, numbers[i].hi);
      if (numbers[i].to != NULL)
        *numbers[i].to = numbers[i].value;
    }
  for (int i = 0; i < c->n_stations && !isnan (o->stiffness); i++)
    c->ei_n_mm2[i] *= o->stiffness;
  return TRUE;
}

static gboolean
read_heating (const Options *o, WillisHeating *out, GError **error)
{
  if (o->heat != NULL && !willis_heat_find (o->heat, &out->heat))
    return willis_fail (error, WILLIS_ERROR_USAGE, _ ("--heat is steam, air or none"));
  if (!(o->seconds >= 0.0 && o->seconds <= 600.0) || o->passes < 0 || o->passes > 200)
    return willis_fail (error, WILLIS_ERROR_USAGE, _ ("--seconds is 0 to 600 and --wire-passes 0 to 200"));
  out->seconds = o->seconds;
  out->wire_passes = o->passes;
  return TRUE;
}

/* "distance,angle,roll[,radius];...": from the tip on, millimetres and degrees; rolls are counted from hub_roll. */
static gboolean
read_mandrel (const char *text, double hub_roll, WillisMandrel *out, GError **error)
{
  g_auto (GStrv) bends = g_strsplit (text, ";", 0);

  memset (out, 0, sizeof *out);
  for (char **b = bends; *b != NULL; b++)
    {
      g_auto (GStrv) parts = g_strsplit (*b, ",", 0);
      gsize n = g_strv_length (parts);
      double v[4] = { 0, 0, 0, 2.5 };

      if (out->n_bends == WILLIS_MANDREL_BENDS || n < 3 || n > 4)
        return willis_fail (
            error, WILLIS_ERROR_USAGE,
            _ ("--mandrel takes at most %d bends, each \"mm from the tip,degrees,roll[,radius]\", with ; between"),
            WILLIS_MANDREL_BENDS);
      if (!willis_cli_numbers (*b, n, v, error))
        return FALSE;
      if (!(v[0] > 0.0 && v[0] <= WILLIS_MANDREL_REACH_MM) || !(fabs (v[1]) <= 170.0)
          || !(v[3] >= WILLIS_MANDREL_RADIUS_MM))
        return willis_fail (
            error, WILLIS_ERROR_BAD_INPUT,
            _ ("--mandrel: a bend lies 0 to %g mm from the tip, turns by at most 170 degrees and has a radius of at "
               "least %g mm"),
            WILLIS_MANDREL_REACH_MM, WILLIS_MANDREL_RADIUS_MM);
      out->bends[out->n_bends++]
          = (WillisMandrelBend){ v[0], v[1] * G_PI / 180.0, (hub_roll + v[2]) * G_PI / 180.0, v[3] };
    }
  willis_mandrel_mend (out);
  return TRUE;
}

static int
run_calibration (const Options *o, const WillisCatheter *before, GError **error)
{
  WillisShapingTest test = { .heating = WILLIS_HEATING_INIT };
  WillisCatheter c = *before;
  g_autoptr (JsonBuilder) builder = NULL;
  double pair[2], r;

  if (!willis_cli_numbers (o->calibrate, 2, pair, error) || !read_heating (o, &test.heating, error))
    return -1;
  test.mandrel_deg = pair[0];
  test.result_deg = pair[1];
  if (!willis_shaping_test_fraction (&c, &test, &r, error) || !willis_shaping_test_add (c.id, &test, error)
      || !find_catheter (o->catheter, &c, error))
    return -1;
  willis_cli_print (_ ("%s: %d tests; set fraction %.2f ± %.2f\n"), c.name, c.calibrations, c.set_fraction,
                    c.set_fraction_sd);
  builder = json_builder_new ();
  json_builder_begin_object (builder);
  willis_json_add_string (builder, "catheter", c.id);
  willis_json_add_double (builder, "test_fraction", r);
  willis_json_add_double (builder, "set_fraction", c.set_fraction);
  willis_json_add_double (builder, "set_fraction_sd", c.set_fraction_sd);
  willis_json_add_int (builder, "tests", c.calibrations);
  json_builder_end_object (builder);
  return willis_cli_done (builder);
}

/* The case's aneurysm and what leads to it. */
static WillisShapingSite *
find_site (const char *path, Options *o, const WillisCatheter *catheter, GError **error)
{
  g_autoptr (WillisCase) c = willis_cli_case_at (path, WILLIS_STAGE_CANDIDATES, error);
  WillisShapingSiteParams params = { .catheter_radius_mm = 0.5 * catheter->outer_mm };
  double entry[3], target[3], direction[3];
  const WillisAneurysm *a;

  if (c == NULL)
    return NULL;
  if (willis_case_n_aneurysms (c) == 0
      && (!willis_case_run_best (c, willis_cli_progress (), error)
          || !willis_case_save (c, path, willis_cli_progress (), error)))
    return NULL;
  if (willis_case_n_aneurysms (c) == 0)
    {
      willis_fail (error, WILLIS_ERROR_FAILED, _ ("%s: no aneurysm stands out; measure one with --seed first"), path);
      return NULL;
    }
  if (o->aneurysm < 1 || (gsize) o->aneurysm > willis_case_n_aneurysms (c))
    {
      willis_fail (error, WILLIS_ERROR_USAGE, _ ("%s: there is no aneurysm %d among its %d"), path, o->aneurysm,
                   (int) willis_case_n_aneurysms (c));
      return NULL;
    }
  if ((o->entry != NULL && !willis_cli_numbers (o->entry, 3, entry, error))
      || (o->target != NULL && !willis_cli_numbers (o->target, 3, target, error))
      || (o->direction != NULL && !willis_cli_numbers (o->direction, 3, direction, error)))
    return NULL;
  params.entry_lps_mm = o->entry != NULL ? entry : NULL;
  params.target_lps_mm = o->target != NULL ? target : NULL;
  params.direction = o->direction != NULL ? direction : NULL;
  a = willis_case_aneurysm (c, (gsize) o->aneurysm - 1);
  willis_cli_warn_stale (c, (gsize) o->aneurysm - 1, path);
  o->c = willis_case_ref (c);
  return willis_shaping_site_new (willis_case_surface (c), willis_case_tree (c), willis_aneurysm_neck (a),
                                  willis_aneurysm_sac (a), &params, willis_cli_progress (), error);
}

/* Shapes by hand are tried out, not searched for. */
static gboolean
is_tryout (const Options *o)
{
  return o->mandrel != NULL || o->form != NULL;
}

static gboolean
design (const WillisShapingSite *site, const WillisCatheter *catheter, const Options *o, WillisDesign *out,
        GError **error)
{
  WillisDesignParams params = WILLIS_DESIGN_PARAMS_INIT;
  WillisShape shape = { .heating = WILLIS_HEATING_INIT };
  WillisShapeProposal one;

  if (o->draws < 16 || o->draws > 2000)
    return willis_fail (error, WILLIS_ERROR_USAGE, _ ("--draws is 16 to 2000"));
  params.n_cloud = o->draws;
  if (!read_heating (o, &params.heating, error))
    return FALSE;
  if (!is_tryout (o))
    return willis_shaping_design (site, catheter, &params, willis_cli_progress (), out, error);
  shape.heating = params.heating;
  shape.feed_mm = o->feed;
  if (o->form != NULL && !willis_tip_form_find (o->form, &shape.form))
    return willis_fail (error, WILLIS_ERROR_USAGE, _ ("--tip is straight, 45, 90, J, S or C"));
  shape.shaped = o->mandrel != NULL;
  if (!isfinite (o->feed) || !(fabs (o->hub_roll) <= 360.0))
    return willis_fail (error, WILLIS_ERROR_USAGE,
                        _ ("--feed is a number of millimetres and --hub-roll one of degrees, -360 to 360"));
  if (o->mandrel != NULL && !read_mandrel (o->mandrel, o->hub_roll, &shape.mandrel, error))
    return FALSE;
  // a bent tip lies in the plane of the first bend
  shape.form_roll = o->mandrel != NULL ? shape.mandrel.bends[0].roll : o->hub_roll * G_PI / 180.0;
  if (!willis_shaping_evaluate (site, catheter, &shape, &params, willis_cli_progress (), &one, error))
    return FALSE;
  memset (out, 0, sizeof *out);
  out->proposals = g_array_new (FALSE, TRUE, sizeof one);
  g_array_append_val (out->proposals, one);
  out->reachable = one.reached;
  out->nearest_mm = one.seat.error_mm;
  vec3_copy (out->nearest, one.seat.tip);
  out->seatings = 1;
  return TRUE;
}

/* The first proposal that is bent over a mandrel; NULL where none is. */
static const WillisShapeProposal *
first_shaped (const WillisDesign *design)
{
  for (guint i = 0; i < design->proposals->len; i++)
    {
      const WillisShapeProposal *p = &g_array_index (design->proposals, WillisShapeProposal, i);

      if (p->shape.shaped && p->shape.mandrel.n_bends > 0)
        return p;
    }
  return NULL;
}

static gboolean
write_outputs (const Options *o, const WillisShapingSite *site, const WillisCatheter *c, const WillisDesign *design,
               GError **error)
{
  const WillisShapeProposal *p = first_shaped (design);
  g_autofree double *line = NULL;

  if (o->sheet == NULL && o->jig == NULL)
    return TRUE;
  if (p == NULL)
    return willis_fail (error, WILLIS_ERROR_FAILED, _ ("no proposal needs a mandrel, so there is no sheet and no jig"));
  if (o->jig != NULL)
    {
      g_autoptr (WillisSurface) jig = willis_mandrel_jig (&p->shape.mandrel, o->wire, error);

      if (jig == NULL || !willis_surface_write (jig, o->jig, error))
        return FALSE;
    }
  if (o->sheet != NULL)
    {
      g_autoptr (WillisCatheterPlan) plan
          = willis_shaping_plan_new (site, c, NULL, o->aneurysm - 1, NULL, p, design, NULL, isnan (o->stiffness) ? 1.0 : o->stiffness);
      WillisMandrelSheet sheet;
      gsize n;

      line = willis_mandrel_line (&p->shape.mandrel, 1.0, 0.1, &n);
      willis_mandrel_sheet_of_plan (willis_catheter_plan_data (plan), line, n, &sheet);
      sheet.person = willis_case_study (o->c)->pseudonym;
      if (!willis_mandrel_sheet_write (&sheet, WILLIS_PAPER_A4, o->sheet, error))
        return FALSE;
    }
  return TRUE;
}

/* The first proposal becomes the case's plan, as the window keeps it; a try-out only where that is asked for. */
static gboolean
keep_plan (const char *path, const Options *o, const WillisShapingSite *site, const WillisCatheter *c,
           const WillisDesign *design, const WillisHandling *handling, GError **error)
{
  g_autoptr (WillisCase) kept = NULL;
  g_autoptr (WillisCatheterPlan) plan = NULL;
  double entry[3];

  if (is_tryout (o) && !o->keep)
    return TRUE;
  kept = willis_case_load (path, willis_cli_progress (), error);
  if (kept == NULL || (o->entry != NULL && !willis_cli_numbers (o->entry, 3, entry, error)))
    return FALSE;
  plan = willis_shaping_plan_new (site, c, NULL, o->aneurysm - 1, o->entry != NULL ? entry : NULL,
                                  &g_array_index (design->proposals, WillisShapeProposal, 0), design, handling,
                                  isnan (o->stiffness) ? 1.0 : o->stiffness);
  willis_case_set_catheter_plan (kept, plan);
  return willis_case_save (kept, path, willis_cli_progress (), error);
}

int
willis_cmd_shape (int argc, char **argv)
{
  Options o = { .wire = 0.4,
                .aneurysm = 1,
                .passes = 1,
                .seconds = 30.0,
                .draws = WILLIS_SHAPING_DRAWS,
                .set_fraction = NAN,
                .set_fraction_sd = NAN,
                .friction = NAN,
                .stiffness = NAN };
  const GOptionEntry entries[] = {
    { "catheter", 0, 0, G_OPTION_ARG_STRING, &o.catheter, N_ ("Microcatheter of the catalogue"), "ID" },
    { "aneurysm", 0, 0, G_OPTION_ARG_INT, &o.aneurysm, N_ ("Which aneurysm of the case, from 1"), "N" },
    { "target", 0, 0, G_OPTION_ARG_STRING, &o.target, N_ ("Where the tip should be, in the sac"), "x,y,z" },
    { "direction", 0, 0, G_OPTION_ARG_STRING, &o.direction, N_ ("Where the tip should point"), "x,y,z" },
    { "entry", 0, 0, G_OPTION_ARG_STRING, &o.entry, N_ ("Where the guiding catheter comes from"), "x,y,z" },
    { "heat", 0, 0, G_OPTION_ARG_STRING, &o.heat, N_ ("steam, air or none"), "HOW" },
    { "seconds", 0, 0, G_OPTION_ARG_DOUBLE, &o.seconds, N_ ("How long it is heated"), "S" },
    { "wire-passes", 0, 0, G_OPTION_ARG_INT, &o.passes, N_ ("How often a wire goes through the shaped tip"), "N" },
    { "draws", 0, 0, G_OPTION_ARG_INT, &o.draws, N_ ("Draws of the probability cloud"), "N" },
    { "mandrel", 0, 0, G_OPTION_ARG_STRING, &o.mandrel,
      N_ ("Try this mandrel out instead of searching one; rolls are counted from --hub-roll"),
      "mm,deg,roll[,radius];..." },
    { "tip", 0, 0, G_OPTION_ARG_STRING, &o.form, N_ ("Try a tip as sold: straight, 45, 90, J, S, C"), "FORM" },
    { "feed", 0, 0, G_OPTION_ARG_DOUBLE, &o.feed, N_ ("With --mandrel or --tip: fed beyond the wire's way"), "MM" },
    { "hub-roll", 0, 0, G_OPTION_ARG_DOUBLE, &o.hub_roll,
      N_ ("With --mandrel or --tip: how its plane is turned at the guide's mouth (hub_roll_deg in JSON)"), "DEG" },
    { "keep", 0, 0, G_OPTION_ARG_NONE, &o.keep,
      N_ ("With --mandrel or --tip: put it into the case in place of its microcatheter plan"), NULL },
    { "sheet", 0, 0, G_OPTION_ARG_FILENAME, &o.sheet,
      N_ ("Write the sheet of the first shaped proposal at true size (PDF)"), "FILE" },
    { "jig", 0, 0, G_OPTION_ARG_FILENAME, &o.jig, N_ ("Write a bending jig of it for a 3D printer (STL)"), "FILE" },
    { "wire", 0, 0, G_OPTION_ARG_DOUBLE, &o.wire, N_ ("Diameter of the mandrel's wire, for the jig"), "MM" },
    { "set-fraction", 0, 0, G_OPTION_ARG_DOUBLE, &o.set_fraction,
      N_ ("Part of the mandrel's bend that stays, in place of the catheter's"), "R" },
    { "set-fraction-sd", 0, 0, G_OPTION_ARG_DOUBLE, &o.set_fraction_sd, N_ ("Its standard deviation"), "SD" },
    { "friction", 0, 0, G_OPTION_ARG_DOUBLE, &o.friction, N_ ("Friction of the catheter on the wall"), "MU" },
    { "stiffness", 0, 0, G_OPTION_ARG_DOUBLE, &o.stiffness, N_ ("Stiffness, times the catalogue's"), "X" },
    { "calibrate", 0, 0, G_OPTION_ARG_STRING, &o.calibrate,
      N_ ("Add a test: angle of the mandrel, angle that the tip kept"), "DEG,DEG" },
    { NULL },
  };
  g_autoptr (WillisShapingSite) site = NULL;
  g_autoptr (JsonBuilder) builder = NULL;
  WillisDesign found = { 0 };
  WillisHandling handling = { 0 };
  WillisCatheter catheter;
  WillisSeatParams seat = WILLIS_SEAT_PARAMS_INIT;
  GError *error = NULL;
  int code = -1;

  if (!willis_cli_parse (
          &argc, &argv, "CASE --catheter ID | --catheter ID --calibrate DEG,DEG",
          N_ ("Finds the mandrel that brings the tip of a microcatheter to its target in the sac, and says how "
              "surely. The first proposal becomes the microcatheter plan of the case; what is tried out with --mandrel "
              "or --tip does so only with --keep. In JSON \"arguments\" gives a proposal back."),
          entries, 0, 1))
    code = WILLIS_EXIT_USAGE;
  else if ((argc == 2) == (o.calibrate != NULL))
    willis_fail (&error, WILLIS_ERROR_USAGE, _ ("shape needs either a case or --calibrate"));
  else if (willis_cli_check_output (o.sheet, (const char *const[]){ argv[1], NULL }, &error)
           && willis_cli_check_output (o.jig, (const char *const[]){ argv[1], NULL }, &error)
           && find_catheter (o.catheter, &catheter, &error) && override (&o, &catheter, &error))
    {
      if (o.calibrate != NULL)
        code = run_calibration (&o, &catheter, &error);
      else if ((site = find_site (argv[1], &o, &catheter, &error)) != NULL
               && design (site, &catheter, &o, &found, &error)
               && willis_shaping_handle (site, &catheter,
                                         &g_array_index (found.proposals, WillisShapeProposal, 0).shape, &seat,
                                         &handling, &error)
               && write_outputs (&o, site, &catheter, &found, &error)
               && keep_plan (argv[1], &o, site, &catheter, &found, &handling, &error))
        {
          builder = json_builder_new ();
          json_builder_begin_object (builder);
          willis_cli_add_aneurysm_state (builder, o.c, (gsize) o.aneurysm - 1);
          willis_cli_add_shape (builder, site, &catheter, &found, &handling);
          willis_json_add_bool (builder, "kept", !is_tryout (&o) || o.keep);
          json_builder_end_object (builder);
          willis_cli_print_shape (site, &catheter, &found, &handling);
          if (is_tryout (&o) && !o.keep)
            willis_cli_print ("%s\n",
                              _ ("This was tried out: the case keeps the plan that it has. --keep puts it there."));
          code = willis_cli_done (builder);
        }
    }
  willis_design_clear (&found);
  options_clear (&o);
  return code >= 0 ? code : willis_cli_fail (error);
}
