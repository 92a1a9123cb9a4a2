/* SPDX-License-Identifier: Apache-2.0 */
/*
 * willis stent: deployed length of a braided device, in a straight tube, in a lumen given as a table, or in a case.
 */
#include <math.h>
#include <string.h>

#include "app/cli.h"
#include "app/cmd-stent.h"
#include "app/stent-wires.h"
#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/base/json.h"
#include "solver/stent/device-file.h"
#include "solver/stent/energy.h"
#include "solver/stent/sac.h"

static void
add_warnings (JsonBuilder *builder, const WillisBraid *braid, const WillisDeployment *d)
{
  json_builder_set_member_name (builder, "warnings");
  json_builder_begin_array (builder);
  if (d->outside_table_mm > 0.0)
    {
      g_autofree char *text
          = g_strdup_printf (_ ("extrapolated: %.1f mm of the device lie at diameters outside the maker's table (%.2f to %.2f mm)"),
                             d->outside_table_mm, braid->known_lo_mm + braid->lumen_offset_mm,
                             braid->known_hi_mm + braid->lumen_offset_mm);

      json_builder_add_string_value (builder, text);
      g_printerr ("willis: %s\n", text);
    }
  if (d->beyond_mm > 0.0)
    {
      g_autofree char *text = g_strdup_printf (
          _ ("the device is longer than the lumen that is given: its last diameter was taken for the last %.1f mm"), d->beyond_mm);

      json_builder_add_string_value (builder, text);
      g_printerr ("willis: %s\n", text);
    }
  if (d->gap_max_mm > 1e-9)
    {
      g_autofree char *text = g_strdup_printf (_ ("the lumen is wider than the free device: a gap of %.2f mm at the wall"), d->gap_max_mm);

      json_builder_add_string_value (builder, text);
      g_printerr ("willis: %s\n", text);
    }
  json_builder_end_array (builder);
}

static void
add_stations (JsonBuilder *builder, const GArray *stations)
{
  json_builder_set_member_name (builder, "stations");
  json_builder_begin_array (builder);
  for (guint i = 0; i < stations->len; i++)
    {
      const WillisStation *s = &g_array_index (stations, WillisStation, i);

      json_builder_begin_object (builder);
      willis_json_add_double (builder, "s_mm", s->s_mm);
      willis_json_add_double (builder, "lumen_mm", s->lumen_mm);
      willis_json_add_double (builder, "helix_mm", s->state.diameter_mm);
      willis_json_add_double (builder, "angle_deg", s->state.angle * 180.0 / G_PI);
      willis_json_add_double (builder, "gap_mm", s->gap_mm);
      willis_json_add_double (builder, "coverage", s->state.coverage);
      willis_json_add_double (builder, "pore_density_mm2", s->state.pore_density_mm2);
      willis_json_add_double (builder, "radial_force_n_mm", s->state.radial_force_n_mm);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
}

static void
write_deployment (JsonBuilder *builder, const WillisBraid *braid, const WillisBraidFit *fit, const WillisDeployment *d, gboolean map)
{
  WillisBraidState state;

  willis_braid_state (braid, d->diameter_mm, &state);
  willis_json_add_double (builder, "length_mm", d->length_mm);
  willis_json_add_double (builder, "coverage", d->coverage);
  willis_json_add_double (builder, "porosity", d->porosity);
  willis_json_add_double (builder, "pore_density_mm2", d->pore_density_mm2);
  willis_json_add_double (builder, "radial_force_n_mm", d->radial_force_n_mm);
  willis_json_add_double (builder, "helix_diameter_mm", d->diameter_mm);
  willis_json_add_double (builder, "angle_deg", state.angle * 180.0 / G_PI);
  willis_json_add_double (builder, "spacing_mm", state.spacing_mm);
  willis_json_add_double (builder, "axial_force_n", map ? NAN : state.axial_force_n);
  willis_json_add_double (builder, "pressure_pa", map ? NAN : state.pressure_mpa * 1e6);
  willis_json_add_double (builder, "dl_l_per_dd_d", state.dl_l_per_dd_d);
  willis_json_add_double (builder, "gap_mm", d->gap_max_mm);
  willis_json_add_double (builder, "start_mm", d->start_mm);
  willis_json_add_double (builder, "end_mm", d->end_mm);
  willis_json_add_double (builder, "beyond_mm", d->beyond_mm);
  willis_json_add_bool (builder, "extrapolated", d->outside_table_mm > 0.0);
  json_builder_set_member_name (builder, "braid");
  json_builder_begin_object (builder);
  willis_json_add_double (builder, "d_max_mm", braid->d_max_mm);
  willis_json_add_double (builder, "wire_length_mm", braid->wire_length_mm);
  willis_json_add_double (builder, "turns", braid->wire_length_mm / (G_PI * braid->d_max_mm));
  if (!isnan (braid->known_lo_mm))
    {
      willis_json_add_double (builder, "fit_worst_mm", fit->worst_mm);
      willis_json_add_double (builder, "fit_rms_mm", fit->rms_mm);
      willis_json_add_double (builder, "leave_one_out_worst_mm", fit->loo_worst_mm);
      willis_json_add_double (builder, "leave_one_out_rms_mm", fit->loo_rms_mm);
    }
  json_builder_end_object (builder);
  add_warnings (builder, braid, d);
  if (map)
    add_stations (builder, d->stations);
}

static void
print_deployment (const WillisBraid *braid, const WillisBraidFit *fit, const WillisDeployment *d)
{
  willis_cli_print (_ ("length %.2f mm\n"), d->length_mm);
  if (!isnan (d->coverage))
    willis_cli_print (_ ("coverage %.1f %%, porosity %.1f %%, %.1f pores/mm2\n"), 100.0 * d->coverage, 100.0 * d->porosity,
                      d->pore_density_mm2);
  if (!isnan (d->radial_force_n_mm))
    willis_cli_print (_ ("radial force %.4f N/mm\n"), d->radial_force_n_mm);
  if (!isnan (braid->known_lo_mm))
    willis_cli_print (_ ("fit of the table: worst %.2f mm, rms %.2f mm\n"), fit->worst_mm, fit->rms_mm);
}

/* A device file, or where there is none of that name a device of the catalogue. */
static gboolean
load_braid (const char *device, WillisBraid *braid, WillisBraidFit *fit, GError **error)
{
  g_autoptr (WillisCatalogue) catalogue = g_file_test (device, G_FILE_TEST_EXISTS) ? NULL : willis_catalogue_load (TRUE, NULL);
  const WillisDevice *d = catalogue != NULL ? willis_catalogue_find (catalogue, device) : NULL;

  return d != NULL ? willis_braid_from_device (d, braid, fit, error) : willis_braid_load (device, braid, fit, error);
}

static int
in_lumen (const char *device, const char *tube, const char *profile, int level)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autofree double *data = NULL;
  GError *error = NULL;
  WillisLumenLine line;
  WillisDeployment deployment;
  WillisBraid braid;
  WillisBraidFit fit;
  g_auto (WillisLumenCurve) curve = { 0 };
  double s[2], d[2];

  if (!load_braid (device, &braid, &fit, &error))
    return willis_cli_fail (error);
  if (tube != NULL)
    {
      if (!willis_cli_numbers (tube, 1, d, &error))
        return willis_cli_fail (error);
      if (!(d[0] > 0.0 && d[0] < 100.0))
        {
          willis_fail (&error, WILLIS_ERROR_BAD_INPUT, _ ("a tube of %g mm is none"), d[0]);
          return willis_cli_fail (error);
        }
      s[0] = 0.0;
      s[1] = 1.01 * braid.wire_length_mm;
      d[1] = d[0];
      line = (WillisLumenLine){ 2, s, d, NULL, NULL };
    }
  else if (willis_lumen_is_curve (profile))
    {
      if (!willis_lumen_curve_load (profile, &curve, &error))
        return willis_cli_fail (error);
      line = curve.line;
    }
  else if (!willis_lumen_line_load (profile, &line, &data, &error))
    return willis_cli_fail (error);
  if (!(level == 2 ? willis_braid_relax (&braid, &line, line.s_mm[0], 1, NULL, &deployment, &error)
                   : willis_braid_deploy (&braid, &line, line.s_mm[0], 1, 0.0, TRUE, &deployment, &error)))
    {
      g_prefix_error (&error, "%s: ", profile != NULL ? profile : device);
      return willis_cli_fail (error);
    }
  json_builder_begin_object (builder);
  write_deployment (builder, &braid, &fit, &deployment, tube == NULL);
  if (level == 3 && !willis_cli_wires_in_line (builder, &braid, &line, curve.points_lps_mm, tube != NULL, &error))
    {
      willis_deployment_clear (&deployment);
      return willis_cli_fail (error);
    }
  json_builder_end_object (builder);
  print_deployment (&braid, &fit, &deployment);
  willis_deployment_clear (&deployment);
  return willis_cli_done (builder);
}

int
willis_cmd_stent (int argc, char **argv)
{
  g_autofree char *device = NULL, *tube = NULL, *profile = NULL, *in_sac = NULL, *drop = NULL, *coils = NULL,
                  *neck = NULL, *packing = NULL;
  WillisStentCaseArgs args = { .distal_mm = WILLIS_STENT_LANDING_MM,
                               .proximal_mm = WILLIS_STENT_LANDING_MM,
                               .straightening = 1.0 / 3.0,
                               .diameter_sd_mm = NAN,
                               .packing = { WILLIS_PACKING_LO, WILLIS_PACKING_HI },
                               .aneurysm = 1,
                               .into = -1,
                               .level = 1 };
  const GOptionEntry entries[] = {
    { "device", 'd', 0, G_OPTION_ARG_STRING, &device,
      N_ ("The device: its id in the catalogue, or with --tube and --profile also a JSON file"), "FILE|ID" },
    { "tube", 0, 0, G_OPTION_ARG_STRING, &tube, N_ ("Diameter of a straight tube in millimetres"), "D" },
    { "profile", 0, 0, G_OPTION_ARG_FILENAME, &profile,
      N_ ("A lumen: CSV with s_mm,diameter_mm, or a centreline with x_mm,y_mm,z_mm,diameter_mm, from the distal end "
          "on"),
      "FILE" },
    { "neck", 0, 0, G_OPTION_ARG_STRING, &neck,
      N_ ("With --profile: where the neck lies along it; then the catalogue is tried as in a case"), "FROM,TO" },
    { "diameter-sd", 0, 0, G_OPTION_ARG_DOUBLE, &args.diameter_sd_mm,
      N_ ("How sure the lumen's diameter is (sd in mm), instead of what the scan says"), "MM" },
    { "distal", 0, 0, G_OPTION_ARG_DOUBLE, &args.distal_mm,
      N_ ("Landing of the working length beyond the distal edge of the neck (default 5)"), "MM" },
    { "proximal", 0, 0, G_OPTION_ARG_DOUBLE, &args.proximal_mm,
      N_ ("Landing of the working length before the proximal edge of the neck (default 5)"), "MM" },
    { "aneurysm", 0, 0, G_OPTION_ARG_INT, &args.aneurysm, N_ ("Which aneurysm of the case, from 1"), "N" },
    { "into", 0, 0, G_OPTION_ARG_INT, &args.into,
      N_ ("Branch in which the distal end is to land, as \"vessels\" numbers them"), "BRANCH" },
    { "level", 0, 0, G_OPTION_ARG_INT, &args.level,
      N_ ("1: geometry (default); 2: energy, with the forces on the wall and the passage over the neck; 3: every wire "
          "a rod (a minute)"),
      "N" },
    { "in-sac", 0, 0, G_OPTION_ARG_STRING, &in_sac, N_ ("This intrasaccular device of the catalogue instead of all"),
      "ID" },
    { "coils", 0, 0, G_OPTION_ARG_STRING, &coils,
      N_ ("Packing of these coils, in this order, instead of a proposal (\"proposed\" asks for that)"), "ID,ID..." },
    { "keep", 0, 0, G_OPTION_ARG_NONE, &args.keep,
      N_ ("Put what --device, --in-sac or --coils names into the plan of the case"), NULL },
    { "drop", 0, 0, G_OPTION_ARG_STRING, &drop,
      N_ ("Take the stent, or what goes into the sac, out of the plan: stent or sac"), "WHAT" },
    { "packing", 0, 0, G_OPTION_ARG_STRING, &packing,
      N_ ("The band of packing that proposed coils are to reach (default 20,25)"), "FROM,TO" },
    { "straighten", 0, 0, G_OPTION_ARG_NONE, &args.straighten,
      N_ ("Also where the artery's centreline comes to lie under the device, and what that does to its length"), NULL },
    { "straightening", 0, 0, G_OPTION_ARG_DOUBLE, &args.straightening,
      N_ ("How much of the curvature the stent may take away, 0 to 1 (default a third)"), "X" },
    { NULL },
  };

  double at[2];
  GError *error = NULL;

  if (!willis_cli_parse (
          &argc, &argv, "CASE | --device FILE --tube D | --device FILE --profile FILE | --profile FILE --neck FROM,TO",
          N_ ("Ranks the stents and flow diverters for an aneurysm of a case with their deployed lengths, and what "
              "goes into its sac, or says how long a braided device becomes in a tube or a lumen. What --device, "
              "--in-sac or --coils names goes into the plan of the case with --keep."),
          entries, 0, 1))
    return WILLIS_EXIT_USAGE;
  if (args.level < 1 || args.level > 3)
    return willis_cli_usage (_ ("--level is 1, 2 or 3"));
  if (packing != NULL)
    {
      if (!willis_cli_numbers (packing, 2, args.packing, &error))
        return willis_cli_fail (error);
      if (!(args.packing[0] >= 5.0 && args.packing[1] >= args.packing[0] + 1.0 && args.packing[1] <= 45.0))
        return willis_cli_usage (_ ("packing is a band within 5 and 45 percent, at least 1 wide"));
      args.packing[0] *= 0.01;
      args.packing[1] *= 0.01;
    }
  if (!isnan (args.diameter_sd_mm) && !(args.diameter_sd_mm >= 0.0 && args.diameter_sd_mm <= 2.0))
    return willis_cli_usage (_ ("the sd of the diameter is 0 to 2 mm"));
  if (!(args.distal_mm >= 0.0 && args.distal_mm <= 60.0) || !(args.proximal_mm >= 0.0 && args.proximal_mm <= 60.0)
      || !(args.straightening >= 0.0 && args.straightening <= 1.0))
    return willis_cli_usage (_ ("landings are 0 to 60 mm, straightening is 0 to 1"));
  args.device = device;
  args.in_sac = in_sac;
  args.coils = coils;
  if (neck != NULL)
    {
      if (profile == NULL || tube != NULL || argc > 1 || args.level > 2)
        return willis_cli_usage (_ ("--neck goes with --profile, without a case, and level 1 or 2"));
      if (!willis_cli_numbers (neck, 2, at, &error))
        return willis_cli_fail (error);
      return willis_cmd_stent_lumen (profile, at, &args);
    }
  if (tube != NULL || profile != NULL)
    {
      if (argc > 1 || device == NULL || (tube != NULL && profile != NULL))
        return willis_cli_usage (_ ("give --device FILE and one of --tube and --profile, without a case"));
      return in_lumen (device, tube, profile, args.level);
    }
  if (args.keep && drop == NULL && device == NULL && in_sac == NULL && coils == NULL)
    return willis_cli_usage (_ ("--keep needs --device, --in-sac or --coils: what is to go into the plan?"));
  if (args.keep && in_sac != NULL && coils != NULL)
    return willis_cli_usage (_ ("a sac takes a device or coils: keep one of --in-sac and --coils"));
  if (drop != NULL && (args.keep || (strcmp (drop, "stent") != 0 && strcmp (drop, "sac") != 0)))
    return willis_cli_usage (_ ("--drop takes stent or sac, and not --keep"));
  if (argc != 2)
    return willis_cli_usage (_ ("give a case, or --device FILE with --tube D or --profile FILE"));
  return drop != NULL ? willis_cmd_stent_drop (argv[1], drop, &args) : willis_cmd_stent_case (argv[1], &args);
}
