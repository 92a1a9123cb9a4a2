/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The keys of the catalogue: what they hold, in which range, for which devices.
 */
#include "core/plan/catalogue-private.h"

#define T(name) (1u << WILLIS_DEVICE_##name)
#define TUBES (T (MICROCATHETER) | T (GUIDE))
#define BRAIDS (T (BRAIDED_STENT) | T (FLOW_DIVERTER))
#define STENTS (BRAIDS | T (LASER_STENT))
#define IMPLANTS (STENTS | T (INTRASACCULAR) | T (COIL))
#define AT(member) G_STRUCT_OFFSET (WillisDevice, member)

/* clang-format off */
const WillisDeviceField willis_device_fields[] = {
  { "outer_proximal",   FIELD_LENGTH, AT (outer_proximal_mm), 0.1, 6, TUBES, TUBES },
  { "outer_distal",     FIELD_LENGTH, AT (outer_distal_mm), 0.1, 6, TUBES, T (MICROCATHETER) },
  { "outer",            FIELD_LENGTH, AT (outer_proximal_mm), 0.1, 2, T (WIRE), T (WIRE) },
  { "inner",            FIELD_LENGTH, AT (inner_mm), 0.1, 5, TUBES, TUBES },
  { "lengths",          FIELD_LENGTH_LIST, AT (lengths_mm), 1, 4000, TUBES | T (WIRE) | STENTS | T (COIL), TUBES | STENTS | T (COIL) },
  { "tip_forms",        FIELD_TEXT_LIST, AT (tip_forms), 0, 0, T (MICROCATHETER), T (MICROCATHETER) },
  { "role",             FIELD_TEXT, AT (role), 0, 0, T (GUIDE) | T (COIL), T (COIL) },
  { "stiffness_at",     FIELD_LENGTH_LIST, AT (stiffness_at_mm), 0, 3000, T (MICROCATHETER), 0 },
  { "stiffness_ei_n_mm2", FIELD_NUMBER_LIST, AT (stiffness_ei_n_mm2), 0.001, 1000, T (MICROCATHETER), 0 },
  { "set_fraction",     FIELD_NUMBER, AT (set_fraction), 0, 1, T (MICROCATHETER), 0 },
  { "set_fraction_sd",  FIELD_NUMBER, AT (set_fraction_sd), 0, 0.5, T (MICROCATHETER), 0 },
  { "set_loss_per_pass", FIELD_NUMBER, AT (set_loss_per_pass), 0, 0.5, T (MICROCATHETER), 0 },
  { "friction",         FIELD_NUMBER, AT (friction), 0, 2, T (MICROCATHETER), 0 },
  { "free_lengths",     FIELD_LENGTH_LIST, AT (family_free_lengths_mm), 1, 200, BRAIDS, 0 },
  { "working_lengths",  FIELD_LENGTH_LIST, 0, 1, 200, BRAIDS, 0 },
  { "label_diameter",   FIELD_LENGTH, AT (label_diameter_mm), 0.5, 12, STENTS, STENTS },
  { "free_diameter",    FIELD_LENGTH, AT (free_diameter_mm), 0.5, 12, STENTS, T (LASER_STENT) },
  { "label_angle_deg",  FIELD_NUMBER, AT (label_angle_deg), 5, 85, BRAIDS, 0 },
  { "label_slack",      FIELD_LENGTH, AT (label_slack_mm), 0, 5, BRAIDS, 0 },
  { "end_inset",        FIELD_LENGTH, AT (end_inset_mm), 0, 10, STENTS, 0 },
  { "vessel_min",       FIELD_LENGTH, AT (vessel_min_mm), 0.5, 12, STENTS, STENTS },
  { "vessel_max",       FIELD_LENGTH, AT (vessel_max_mm), 0.5, 12, STENTS, STENTS },
  { "landing_min",      FIELD_LENGTH, AT (landing_min_mm), 0, 20, STENTS, 0 },
  { "landing_spread_max", FIELD_LENGTH, AT (landing_spread_max_mm), 0, 5, STENTS, 0 },
  { "wires",            FIELD_NUMBER, AT (wires), 4, 144, BRAIDS, BRAIDS },
  { "wire_diameter",    FIELD_LENGTH, AT (wire_diameter_mm), 0.01, 0.2, BRAIDS, BRAIDS },
  { "young_gpa",        FIELD_NUMBER, AT (young_gpa), 1, 500, STENTS, 0 },
  { "poisson",          FIELD_NUMBER, AT (poisson), 0, 0.49, STENTS, 0 },
  { "table_diameter",   FIELD_LENGTH_LIST, AT (table_diameter_mm), 0.5, 12, BRAIDS, 0 },
  { "table_length",     FIELD_LENGTH_LIST, AT (table_length_mm), 1, 200, BRAIDS, 0 },
  { "catheter_inner_min", FIELD_LENGTH, AT (catheter_inner_min_mm), 0.1, 3, IMPLANTS, IMPLANTS },
  { "catheter_inner_max", FIELD_LENGTH, AT (catheter_inner_max_mm), 0.1, 3, IMPLANTS, IMPLANTS },
  { "cells",            FIELD_TEXT, AT (cells), 0, 0, T (LASER_STENT), T (LASER_STENT) },
  { "crowns",           FIELD_NUMBER, AT (crowns), 2, 40, T (LASER_STENT), 0 },
  { "strut_width",      FIELD_LENGTH, AT (strut_width_mm), 0.01, 0.3, T (LASER_STENT), 0 },
  { "row_length",       FIELD_LENGTH, AT (row_length_mm), 0.3, 10, T (LASER_STENT), 0 },
  { "connectors",       FIELD_NUMBER, AT (connectors), 1, 40, T (LASER_STENT), 0 },
  { "foreshortening",   FIELD_NUMBER, AT (foreshortening), 0, 0.3, T (LASER_STENT), 0 },
  { "coverage",         FIELD_NUMBER, AT (coverage), 0.01, 0.6, STENTS, 0 },
  { "cover_min",        FIELD_NUMBER, AT (cover_min), 0.01, 0.9, BRAIDS, 0 },
  { "cover_max",        FIELD_NUMBER, AT (cover_max), 0.01, 0.9, BRAIDS, 0 },
  { "shape",            FIELD_TEXT, AT (shape), 0, 0, T (INTRASACCULAR), T (INTRASACCULAR) },
  { "diameter",         FIELD_LENGTH, AT (diameter_mm), 1, 25, T (INTRASACCULAR), T (INTRASACCULAR) },
  { "heights",          FIELD_LENGTH_LIST, 0, 0.5, 20, T (INTRASACCULAR), 0 },
  { "width_min",        FIELD_LENGTH, AT (width_min_mm), 0.5, 25, T (INTRASACCULAR), 0 },
  { "width_max",        FIELD_LENGTH, AT (width_max_mm), 0.5, 25, T (INTRASACCULAR), 0 },
  { "neck_min",         FIELD_LENGTH, AT (neck_min_mm), 0.5, 25, T (INTRASACCULAR), 0 },
  { "neck_max",         FIELD_LENGTH, AT (neck_max_mm), 0.5, 25, T (INTRASACCULAR), 0 },
  { "height_lead",      FIELD_LENGTH, AT (height_lead_mm), 0, 5, T (INTRASACCULAR), 0 },
  { "form",             FIELD_TEXT, AT (form), 0, 0, T (COIL), 0 },
  { "primary_diameter", FIELD_LENGTH, AT (primary_diameter_mm), 0.1, 1, T (COIL), T (COIL) },
  { "secondary_diameter", FIELD_LENGTH, AT (secondary_diameter_mm), 0.5, 40, T (COIL), T (COIL) },
  { NULL },
};
/* clang-format on */
