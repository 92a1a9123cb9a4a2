/* SPDX-License-Identifier: Apache-2.0 */
#include "app/shape-json.h"

#include <math.h>

#include "app/cli.h"
#include "core/base/i18n.h"
#include "core/base/json.h"

#define DEG(x) ((x) * 180.0 / G_PI)

static void
begin (JsonBuilder *b, const char *key)
{
  if (key != NULL)
    json_builder_set_member_name (b, key);
  json_builder_begin_object (b);
}

static void
begin_list (JsonBuilder *b, const char *key)
{
  json_builder_set_member_name (b, key);
  json_builder_begin_array (b);
}

static void
add_straight (JsonBuilder *b, double length)
{
  if (length < 1e-6)
    return;
  begin (b, NULL);
  willis_json_add_string (b, "kind", "straight");
  willis_json_add_double (b, "length_mm", length);
  json_builder_end_object (b);
}

/* Straight pieces and bends from the tip on. Rolls are counted from the first bend's plane. */
static void
add_mandrel (JsonBuilder *b, const WillisMandrel *m)
{
  double at = 0.0;

  begin (b, "mandrel");
  willis_json_add_double (b, "least_radius_mm", willis_mandrel_least_radius (m));
  begin_list (b, "segments");
  for (int i = 0; i < m->n_bends; i++)
    {
      const WillisMandrelBend *bend = &m->bends[i];
      double half = 0.5 * bend->angle * bend->radius_mm;

      add_straight (b, bend->from_tip_mm - half - at);
      begin (b, NULL);
      willis_json_add_string (b, "kind", "bend");
      willis_json_add_double (b, "length_mm", 2.0 * half);
      willis_json_add_double (b, "from_tip_mm", bend->from_tip_mm);
      willis_json_add_double (b, "angle_deg", DEG (bend->angle));
      willis_json_add_double (b, "roll_deg", DEG (remainder (bend->roll - m->bends[0].roll, 2.0 * G_PI)));
      willis_json_add_double (b, "radius_mm", bend->radius_mm);
      json_builder_end_object (b);
      at = bend->from_tip_mm + half;
    }
  if (m->n_bends > 0)
    add_straight (b, WILLIS_MANDREL_REACH_MM + 6.0 - at);
  json_builder_end_array (b);
  json_builder_end_object (b);
}

static void
add_tip (JsonBuilder *b, const WillisShapeProposal *p)
{
  begin (b, "tip");
  willis_json_add_doubles (b, "lps_mm", p->seat.tip, 3);
  willis_json_add_double (b, "sd_mm", p->cloud.n > 0 ? p->cloud.sd_mm : NAN);
  willis_json_add_doubles (b, "sd_axes_mm", p->cloud.sd, 3);
  willis_json_add_double (b, "region_80_mm", p->cloud.region_mm);
  willis_json_add_doubles (b, "mean_lps_mm", p->cloud.mean, 3);
  willis_json_add_doubles (b, "direction", p->seat.direction, 3);
  willis_json_add_double (b, "distance_to_target_mm", p->seat.error_mm);
  willis_json_add_double (b, "angle_to_direction_deg", DEG (p->seat.angle));
  willis_json_add_double (b, "depth_mm", p->seat.depth_mm);
  willis_json_add_double (b, "clearance_mm", p->seat.clearance_mm);
  willis_json_add_double (b, "ahead_mm", p->seat.ahead_mm);
  json_builder_end_object (b);
}

static void
add_contacts (JsonBuilder *b, const WillisSeat *seat)
{
  begin_list (b, "contacts");
  for (guint i = 0; seat->contacts != NULL && i < seat->contacts->len; i++)
    {
      const WillisShapingContact *c = &g_array_index (seat->contacts, WillisShapingContact, i);

      begin (b, NULL);
      willis_json_add_doubles (b, "lps_mm", c->at_mm, 3);
      willis_json_add_doubles (b, "normal", c->normal, 3);
      willis_json_add_double (b, "force_n", 1e-6 * c->force_un);
      willis_json_add_double (b, "from_tip_mm", c->from_tip_mm);
      willis_json_add_bool (b, "supports", c->supports);
      json_builder_end_object (b);
    }
  json_builder_end_array (b);
}

/* How far the plane of the first bend, or of the tip as sold, is turned against the frame of the guide's mouth. */
static double
hub_roll (const WillisShape *s)
{
  return s->shaped && s->mandrel.n_bends > 0 ? s->mandrel.bends[0].roll : s->form_roll;
}

/* Numbers with a point, whatever the language of the shell. */
static void
append_number (GString *text, const char *before, double value)
{
  char number[G_ASCII_DTOSTR_BUF_SIZE];

  g_ascii_formatd (number, sizeof number, "%.10g", value);
  g_string_append_printf (text, "%s%s", before, number);
}

static void
add_option (JsonBuilder *b, const char *name, double value)
{
  g_autoptr (GString) text = g_string_new (name);

  append_number (text, "=", value); // with =, as a value may begin with a minus
  json_builder_add_string_value (b, text->str);
}

/* The options of the command line that this shape is tried out again by. */
static void
add_arguments (JsonBuilder *b, const WillisShape *s)
{
  g_autoptr (GString) mandrel = g_string_new (NULL);
  g_autofree char *form = g_strconcat ("--tip=", willis_tip_form_name (s->form), NULL);

  for (int i = 0; s->shaped && i < s->mandrel.n_bends; i++)
    {
      const WillisMandrelBend *bend = &s->mandrel.bends[i];

      append_number (mandrel, i == 0 ? "--mandrel=" : ";", bend->from_tip_mm);
      append_number (mandrel, ",", DEG (bend->angle));
      append_number (mandrel, ",", DEG (remainder (bend->roll - hub_roll (s), 2.0 * G_PI)));
      append_number (mandrel, ",", bend->radius_mm);
    }
  begin_list (b, "arguments");
  if (mandrel->len > 0)
    json_builder_add_string_value (b, mandrel->str);
  json_builder_add_string_value (b, form);
  add_option (b, "--hub-roll", DEG (hub_roll (s)));
  add_option (b, "--feed", s->feed_mm);
  json_builder_end_array (b);
}

static void
add_proposal (JsonBuilder *b, const WillisShapeProposal *p)
{
  const WillisShapingCloud *c = &p->cloud;

  willis_json_add_string (b, "tip_form", willis_tip_form_name (p->shape.form));
  willis_json_add_bool (b, "shaped", p->shape.shaped);
  willis_json_add_double (b, "tip_form_roll_deg", DEG (p->shape.form_roll));
  /* the mark at the hub: where the first bend's plane stands against the frame of the guide's mouth */
  willis_json_add_double (b, "hub_roll_deg", DEG (hub_roll (&p->shape)));
  willis_json_add_double (b, "feed_mm", p->shape.feed_mm);
  willis_json_add_string (b, "heat", willis_heat_name (p->shape.heating.heat));
  willis_json_add_double (b, "heat_s", p->shape.heating.seconds);
  willis_json_add_int (b, "wire_passes", p->shape.heating.wire_passes);
  add_arguments (b, &p->shape);
  add_mandrel (b, &p->shape.mandrel);
  add_tip (b, p);
  willis_json_add_double (b, "inserted_mm", p->seat.inserted_mm);
  willis_json_add_bool (b, "reached", p->reached);
  willis_json_add_double (b, "success_probability", c->n > 0 ? c->in_zone : NAN);
  willis_json_add_double (b, "success_probability_sd", c->n > 0 ? c->in_zone_sd : NAN);
  willis_json_add_double (b, "in_sac_probability", c->n > 0 ? c->in_sac : NAN);
  willis_json_add_double (b, "dome_touch_probability", c->n > 0 ? c->touches_dome : NAN);
  willis_json_add_int (b, "draws", c->n);
  willis_json_add_double (b, "support_n", 1e-6 * p->seat.support_un);
  willis_json_add_double (b, "wall_force_n", 1e-6 * p->seat.wall_un);
  willis_json_add_double (b, "hub_torque_n_mm", 1e-6 * p->seat.torque);
  add_contacts (b, &p->seat);
}

static void
add_handling (JsonBuilder *b, const WillisHandling *h)
{
  begin (b, "handling");
  willis_json_add_double (b, "kick_back_n", h->kicked ? 1e-6 * h->kick_un : NAN);
  willis_json_add_double (b, "kick_back_tried_n", 1e-6 * h->most_un);
  willis_json_add_double (b, "tip_stiffness_n_mm", 1e-6 * h->stiffness_un_mm);
  willis_json_add_doubles (b, "tip_after_pulling_2mm", h->fed_mm[0], 3);
  willis_json_add_doubles (b, "tip_after_feeding_2mm", h->fed_mm[1], 3);
  willis_json_add_doubles (b, "tip_after_roll_minus_20", h->rolled_mm[0], 3);
  willis_json_add_doubles (b, "tip_after_roll_plus_20", h->rolled_mm[1], 3);
  json_builder_end_object (b);
}

void
willis_cli_add_shape (JsonBuilder *b, const WillisShapingSite *site, const WillisCatheter *catheter, const WillisDesign *design,
                      const WillisHandling *handling)
{
  begin (b, "catheter");
  willis_json_add_string (b, "id", catheter->id);
  willis_json_add_string (b, "name", catheter->name);
  willis_json_add_double (b, "set_fraction", catheter->set_fraction);
  willis_json_add_double (b, "set_fraction_sd", catheter->set_fraction_sd);
  willis_json_add_int (b, "tests", catheter->calibrations);
  willis_json_add_bool (b, "assumptions", catheter->assumed);
  json_builder_end_object (b);
  begin (b, "target");
  willis_json_add_doubles (b, "lps_mm", site->target, 3);
  willis_json_add_doubles (b, "direction", site->direction, 3);
  willis_json_add_double (b, "zone_mm", WILLIS_TARGET_ZONE_MM);
  willis_json_add_double (b, "depth_mm", site->target_depth_mm);
  willis_json_add_double (b, "sac_depth_mm", site->depth_mm);
  willis_json_add_double (b, "clearance_mm", site->clearance_mm);
  willis_json_add_bool (b, "cramped", site->cramped);
  willis_json_add_doubles (b, "guide_lps_mm", site->mouth.r, 3);
  json_builder_end_object (b);
  willis_json_add_bool (b, "reachable", design->reachable);
  willis_json_add_doubles (b, "nearest_lps_mm", design->nearest, 3);
  willis_json_add_double (b, "nearest_mm", design->nearest_mm);
  add_proposal (b, &g_array_index (design->proposals, WillisShapeProposal, 0));
  add_handling (b, handling);
  begin_list (b, "proposals");
  for (guint i = 0; i < design->proposals->len; i++)
    {
      json_builder_begin_object (b);
      add_proposal (b, &g_array_index (design->proposals, WillisShapeProposal, i));
      json_builder_end_object (b);
    }
  json_builder_end_array (b);
}

static void
print_proposal (int number, const WillisShapeProposal *p)
{
  const WillisMandrel *m = &p->shape.mandrel;

  if (!p->shape.shaped)
    willis_cli_print (p->shape.form == WILLIS_TIP_STRAIGHT ? _ ("%d  straight, no shaping needed\n") : _ ("%d  tip %s as sold\n"),
                      number, willis_tip_form_name (p->shape.form));
  else
    willis_cli_print (_ ("%d  mandrel with %d bends\n"), number, m->n_bends);
  if (p->shape.shaped && p->shape.form != WILLIS_TIP_STRAIGHT)
    willis_cli_print (_ ("   in a catheter with the tip %s as sold, its bend in the plane of the mandrel's first bend\n"),
                      willis_tip_form_name (p->shape.form));
  for (int i = 0; p->shape.shaped && i < m->n_bends; i++)
    willis_cli_print (_ ("   bend %d: %.1f mm from the tip, %.0f degrees, rolled %+.0f degrees from the first, radius %.1f mm\n"), i + 1,
                      m->bends[i].from_tip_mm, DEG (m->bends[i].angle),
                      DEG (remainder (m->bends[i].roll - m->bends[0].roll, 2.0 * G_PI)), m->bends[i].radius_mm);
  willis_cli_print (_ ("   turned by %+.0f degrees at the hub, fed %+.1f mm beyond the wire's way: %.1f mm of catheter "
                       "past the guide\n"),
                    DEG (hub_roll (&p->shape)), p->shape.feed_mm, p->seat.inserted_mm);
  willis_cli_print (_ ("   tip %.1f mm from the target, %.0f degrees off; within the zone in %.0f %% (± %.0f), touches the dome in "
                       "%.0f %%; 80 %% of tips within %.1f mm\n"),
                    p->seat.error_mm, DEG (p->seat.angle), 100.0 * p->cloud.in_zone, 100.0 * p->cloud.in_zone_sd,
                    100.0 * p->cloud.touches_dome, p->cloud.region_mm);
}

void
willis_cli_print_shape (const WillisShapingSite *site, const WillisCatheter *catheter, const WillisDesign *design,
                        const WillisHandling *handling)
{
  if (!design->reachable)
    willis_cli_print (_ ("No shape brings the tip within 1 mm and 15 degrees of what is wanted; the nearest tip is %.1f mm away.\n"), design->nearest_mm);
  if (site->cramped)
    willis_cli_print (_ ("The sac is small: %.1f mm are left ahead of the target.\n"), site->clearance_mm);
  for (guint i = 0; i < design->proposals->len; i++)
    print_proposal ((int) i + 1, &g_array_index (design->proposals, WillisShapeProposal, i));
  if (handling->kicked)
    willis_cli_print (_ ("A push of %.3f N at the tip drives the first one out of the sac.\n"), 1e-6 * handling->kick_un);
  else
    willis_cli_print (_ ("A push of %.2f N at the tip does not drive the first one out of the sac.\n"), 1e-6 * handling->most_un);
  if (catheter->assumed && catheter->calibrations == 0)
    willis_cli_print ("%s\n", _ ("Stiffness and set fraction of this catheter are assumptions; calibrate with a test of your own."));
}
