/* SPDX-License-Identifier: Apache-2.0 */
#include "solver/shaping/seat.h"

#include <math.h>
#include <string.h>

#include "core/base/error.h"
#include "core/base/i18n.h"

#define PUSH_MM 2.0       // of the last stretch, with friction
#define KICK_MOST_UN 1e5  // 0.1 N: several times what a coil pushes with
#define KICK_FIRST_UN 1e3
#define KICK_GROWTH 1.5
#define HANDLE_FEED_MM 2.0
#define HANDLE_ROLL (20.0 * G_PI / 180.0)
#define CONTACT_LEAST_UN 20.0
#define CONTACT_GAP_MM 1.2 // contact points nearer than this are one place
#define SUPPORT_COS 0.5

/* Places of the wire's tip behind the catheter's while it is drawn back. */
static const double wire_back[] = { 1.0, 3.0, 6.0, 10.0, 16.0, 25.0, 40.0 }, quick_back[] = { 4.0, 14.0 };
#define QUICK 3.2 // times longer elements

void
willis_seat_clear (WillisSeat *seat)
{
  g_free (seat->frames);
  g_clear_pointer (&seat->contacts, g_array_unref);
  g_clear_pointer (&seat->stages, g_ptr_array_unref);
  memset (seat, 0, sizeof *seat);
}

static double
or_own (double value, double own)
{
  return isnan (value) ? own : value;
}

static void
make_tool (const WillisCatheter *c, const WillisShape *shape, const WillisShapingWorld *world, double wire_back_mm, WillisTool *out)
{
  WillisMandrel rolled = shape->mandrel;
  double own = willis_catheter_set_fraction (c, &shape->heating);
  double fraction = shape->shaped ? own * or_own (world->set_fraction, c->set_fraction) / fmax (c->set_fraction, 1e-9) : 0.0;

  for (int i = 0; i < rolled.n_bends; i++)
    rolled.bends[i].roll += world->roll;
  willis_catheter_tool (c, shape->form, shape->form_roll + world->roll, shape->shaped ? &rolled : NULL, &shape->heating,
                        fraction, world->stiffness, wire_back_mm, out);
  out->radius_mm -= world->surface_mm;
}

/* The first length_mm of the path, straight on beyond its end. */
static GArray *
path_to (const WillisShapingSite *site, double length_mm)
{
  GArray *line = g_array_new (FALSE, FALSE, sizeof (double));
  double s = 0.0;

  g_array_append_vals (line, site->path, 3);
  for (int i = 1; i < site->n_path; i++)
    {
      const double *a = site->path + 3 * (i - 1), *b = site->path + 3 * i;
      double l = vec3_dist (a, b), x[3];

      if (s + l >= length_mm)
        {
          vec3_lerp (x, a, b, (length_mm - s) / l);
          if (length_mm - s > 0.05)
            g_array_append_vals (line, x, 3);
          return line;
        }
      g_array_append_vals (line, b, 3);
      s += l;
    }
  if (length_mm > s + 0.05)
    {
      const double *b = site->path + 3 * (site->n_path - 1);
      double t[3], x[3];

      vec3_sub (t, b, b - 3);
      vec3_normalize (t);
      vec3_axpy (x, b, length_mm - s, t);
      g_array_append_vals (line, x, 3);
    }
  return line;
}

static void
keep_stage (GPtrArray *stages, const WillisInsertion *in)
{
  const WillisFrame *frames = willis_insertion_frames (in);
  GArray *line;

  if (stages == NULL)
    return;
  line = g_array_new (FALSE, FALSE, sizeof (double));
  for (int i = 0; i < willis_insertion_n_nodes (in); i++)
    g_array_append_vals (line, frames[i].r, 3);
  g_ptr_array_add (stages, line);
}

/* The march from the mouth: in a corridor about the path, as the wire steers. */
static gboolean
march (WillisInsertion *in, const WillisShapingSite *site, const WillisTool *tool, double length, GPtrArray *stages, GError **error)
{
  g_autoptr (GArray) line = path_to (site, length + 4.0);
  g_autofree double *radius = g_new (double, line->len / 3);
  g_autoptr (WillisLumen) corridor = NULL;
  int n = (int) (line->len / 3);

  for (int i = 0; i < n; i++)
    radius[i] = CLAMP (willis_lumen_sample (site->lumen, (double *) line->data + 3 * i, NULL, NULL), 0.45, 0.8);
  corridor = willis_lumen_line ((double *) line->data, radius, n, FALSE, 0.2, error);
  if (corridor == NULL)
    return FALSE;
  willis_insertion_set_lumen (in, corridor);
  if (willis_insertion_add_tool (in, tool, 1.0, error) < 0)
    return FALSE;
  for (double done = 1.0; done < length - 1e-6;)
    {
      double push = fmin (2.0, length - done);
      WillisInsertionEnd end = willis_insertion_move (in, 0, push, 0.0, NULL, error);

      if (end != WILLIS_INSERTION_DONE)
        return end == WILLIS_INSERTION_CANCELLED
               || willis_fail (error, WILLIS_ERROR_FAILED, "%s", willis_insertion_end_text (end));
      done += push;
      keep_stage (stages, in);
    }
  willis_insertion_set_lumen (in, site->lumen);
  return TRUE;
}

/* Laid along the path, pushed the last stretch, wire out. */
static WillisInsertion *
bring_in (const WillisShapingSite *site, const WillisCatheter *c, const WillisShape *shape,
          const WillisShapingWorld *world, const WillisSeatParams *params, GPtrArray *stages, const WillisTrail *follow,
          WillisTrail *keep, GError **error)
{
  WillisInsertionParams ip = WILLIS_INSERTION_PARAMS_INIT;
  g_autoptr (WillisInsertion) in = NULL;
  g_autoptr (GArray) line = NULL;
  double length = site->length_mm + shape->feed_mm + world->feed_mm;
  const double *back = params->quick ? quick_back : wire_back;
  int n_back = params->quick ? G_N_ELEMENTS (quick_back) : G_N_ELEMENTS (wire_back);
  WillisTool tool;

  if (!(length > PUSH_MM + 2.0))
    {
      willis_fail (error, WILLIS_ERROR_BAD_INPUT, _ ("The catheter is fed too little to reach the neck"));
      return NULL;
    }
  ip.element_mm = params->element_mm * (params->quick ? QUICK : 1.0);
  ip.step_mm = params->quick ? 0.5 * PUSH_MM : params->step_mm;
  ip.wall_stiffness = params->wall_stiffness;
  ip.friction = params->from_mouth ? or_own (world->friction, c->friction) : 0.0;
  ip.self_contact = FALSE;
  ip.rough = params->quick;
  make_tool (c, shape, world, 0.0, &tool);
  in = willis_insertion_new (site->lumen, &site->mouth, &ip);
  willis_insertion_set_trail (in, keep, follow);
  if (params->from_mouth)
    {
      if (!march (in, site, &tool, length - PUSH_MM, stages, error))
        return NULL;
    }
  else
    {
      line = path_to (site, length - PUSH_MM);
      if (willis_insertion_place (in, &tool, (double *) line->data, line->len / 3, error) < 0)
        return NULL;
    }
  if (!willis_insertion_settle (in, error))
    return NULL;
  keep_stage (stages, in);
  willis_insertion_set_friction (in, or_own (world->friction, c->friction));
  if (willis_insertion_move (in, 0, PUSH_MM, 0.0, NULL, error) != WILLIS_INSERTION_DONE)
    {
      if (error != NULL && *error == NULL)
        willis_fail (error, WILLIS_ERROR_FAILED, _ ("The catheter could not be pushed into the sac"));
      return NULL;
    }
  keep_stage (stages, in);
  for (int i = 0; i <= n_back; i++)
    {
      make_tool (c, shape, world, i < n_back ? back[i] : -1.0, &tool);
      willis_insertion_set_tool (in, 0, &tool);
      if (!willis_insertion_settle (in, error))
        return NULL;
      keep_stage (stages, in);
    }
  willis_insertion_set_trail (in, NULL, NULL);
  return g_steal_pointer (&in);
}

static void
tip_of (const WillisInsertion *in, double tip[3], double direction[3])
{
  const WillisFrame *f = &willis_insertion_frames (in)[willis_insertion_n_nodes (in) - 1];

  vec3_copy (tip, f->r);
  willis_frame_axis (f, 0, direction);
}

static int
by_station (gconstpointer a, gconstpointer b)
{
  double x = ((const WillisShapingContact *) a)->from_tip_mm, y = ((const WillisShapingContact *) b)->from_tip_mm;

  return (x > y) - (x < y);
}

/* Contact points that lie together become one place. */
static GArray *
gather_contacts (const WillisInsertion *in, const WillisShapingSite *site)
{
  g_autoptr (GArray) points = g_array_new (FALSE, FALSE, sizeof (WillisShapingContact));
  GArray *out = g_array_new (FALSE, FALSE, sizeof (WillisShapingContact));
  const double *from_tip = willis_insertion_from_tip (in);
  int n = willis_insertion_n_nodes (in);

  for (int p = 1; p < willis_insertion_n_contacts (in); p++)
    {
      WillisShapingContact c = { 0 };
      double friction[3];

      willis_insertion_contact (in, p, c.at_mm, &c.force_un, friction);
      if (c.force_un < 1.0)
        continue;
      c.from_tip_mm = p < n ? from_tip[p] : 0.5 * (from_tip[p - n] + from_tip[p - n + 1]);
      willis_lumen_sample (site->lumen, c.at_mm, c.normal, NULL);
      vec3_normalize (c.normal);
      g_array_append_val (points, c);
    }
  g_array_sort (points, by_station);
  for (guint i = 0; i < points->len; i++)
    {
      const WillisShapingContact *p = &g_array_index (points, WillisShapingContact, i);
      WillisShapingContact *last = out->len > 0 ? &g_array_index (out, WillisShapingContact, out->len - 1) : NULL;
      double f;

      if (last == NULL || p->from_tip_mm - g_array_index (points, WillisShapingContact, i - 1).from_tip_mm > CONTACT_GAP_MM
          || vec3_dot (p->normal, last->normal) < 0.3)
        {
          g_array_append_val (out, *p);
          continue;
        }
      f = p->force_un / (p->force_un + last->force_un);
      vec3_lerp (last->at_mm, last->at_mm, p->at_mm, f);
      vec3_lerp (last->normal, last->normal, p->normal, f);
      vec3_normalize (last->normal);
      last->from_tip_mm += f * (p->from_tip_mm - last->from_tip_mm);
      last->force_un += p->force_un;
    }
  for (guint i = out->len; i-- > 0;)
    {
      WillisShapingContact *c = &g_array_index (out, WillisShapingContact, i);

      c->supports = vec3_dot (c->normal, site->axis) > SUPPORT_COS && willis_shaping_site_depth (site, c->at_mm) < 0.0
                    && vec3_dist (c->at_mm, site->neck) < 6.0 * site->parent_radius_mm;
      if (c->force_un < CONTACT_LEAST_UN)
        g_array_remove_index (out, i);
    }
  return out;
}

static void
measure (const WillisInsertion *in, const WillisShapingSite *site, const WillisCatheter *c, const WillisShapingWorld *world,
         gboolean detail, WillisSeat *out)
{
  const WillisInsertionRecord *r
      = &g_array_index (willis_insertion_records (in), WillisInsertionRecord, willis_insertion_records (in)->len - 1);
  double gap, gradient[3];

  tip_of (in, out->tip, out->direction);
  out->error_mm = vec3_dist (out->tip, site->target);
  out->angle = acos (CLAMP (vec3_dot (out->direction, site->direction), -1.0, 1.0));
  out->depth_mm = willis_shaping_site_depth (site, out->tip);
  gap = willis_lumen_sample (site->lumen, out->tip, gradient, NULL) + world->surface_mm;
  out->clearance_mm = gap - 0.5 * c->outer_mm;
  out->ahead_mm = willis_shaping_site_ahead (site, out->tip, out->direction, 60.0) + world->surface_mm;
  out->in_zone = willis_shaping_site_in_zone (site, out->tip);
  /* the tip's end meets the wall head on */
  out->touches_dome = out->depth_mm > 0.0
                      && (out->ahead_mm < 0.1
                          || (out->clearance_mm < 0.03 && vec3_dot (gradient, out->direction) < -0.5 * vec3_norm (gradient)));
  out->wall_un = r->wall_un;
  out->most_un = r->most_un;
  out->torque = r->torque;
  out->inserted_mm = r->depth_mm;
  out->n_nodes = willis_insertion_n_nodes (in);
  out->frames = g_memdup2 (willis_insertion_frames (in), sizeof (WillisFrame) * (gsize) out->n_nodes);
  if (!detail)
    return;
  out->contacts = gather_contacts (in, site);
  for (guint i = 0; i < out->contacts->len; i++)
    if (g_array_index (out->contacts, WillisShapingContact, i).supports)
      out->support_un += g_array_index (out->contacts, WillisShapingContact, i).force_un;
}

gboolean
willis_shaping_seat (const WillisShapingSite *site, const WillisCatheter *catheter, const WillisShape *shape,
                     const WillisShapingWorld *world, const WillisSeatParams *params, gboolean detail, gboolean play,
                     WillisSeat *out, GError **error)
{
  const WillisShapingWorld usual = WILLIS_SHAPING_WORLD_INIT;
  g_autoptr (WillisInsertion) in = NULL;

  memset (out, 0, sizeof *out);
  if (world == NULL)
    world = &usual;
  if (play)
    out->stages = g_ptr_array_new_with_free_func ((GDestroyNotify) g_array_unref);
  in = bring_in (site, catheter, shape, world, params, out->stages, NULL, NULL, error);
  if (in == NULL)
    {
      willis_seat_clear (out);
      return FALSE;
    }
  measure (in, site, catheter, world, detail, out);
  return TRUE;
}

gboolean
willis_shaping_seat_near (const WillisShapingSite *site, const WillisCatheter *catheter, const WillisShape *shape,
                          const WillisSeatParams *params, const WillisTrail *follow, WillisTrail *keep, WillisSeat *out,
                          GError **error)
{
  const WillisShapingWorld usual = WILLIS_SHAPING_WORLD_INIT;
  g_autoptr (WillisInsertion) in = bring_in (site, catheter, shape, &usual, params, NULL, follow, keep, error);

  memset (out, 0, sizeof *out);
  if (in == NULL)
    return FALSE;
  measure (in, site, catheter, &usual, FALSE, out);
  g_clear_pointer (&out->frames, g_free);
  return TRUE;
}

/* Pushes back along the tip with rising force until the tip has left the sac. */
static void
kick (WillisInsertion *in, const WillisShapingSite *site, WillisHandling *out)
{
  double tip[3], t[3], x[3], d[3], depth, push[3], last = 0.0;

  tip_of (in, tip, t);
  depth = willis_shaping_site_depth (site, tip);
  out->most_un = KICK_MOST_UN;
  out->kick_un = KICK_MOST_UN;
  out->stiffness_un_mm = NAN;
  if (depth <= 0.0)
    {
      out->kicked = TRUE;
      out->kick_un = 0.0;
      return;
    }
  for (double force = KICK_FIRST_UN; force <= KICK_MOST_UN; force *= KICK_GROWTH)
    {
      vec3_scale (push, t, -force);
      willis_insertion_set_tip_force (in, push);
      if (!willis_insertion_settle (in, NULL))
        break;
      tip_of (in, x, d);
      if (isnan (out->stiffness_un_mm))
        {
          vec3_sub (d, x, tip);
          out->stiffness_un_mm = force / fmax (vec3_norm (d), 1e-6);
        }
      if (willis_shaping_site_depth (site, x) <= 0.0)
        {
          out->kicked = TRUE;
          out->kick_un = 0.5 * (last + force);
          return;
        }
      last = force;
    }
}

gboolean
willis_shaping_handle (const WillisShapingSite *site, const WillisCatheter *catheter, const WillisShape *shape,
                       const WillisSeatParams *params, WillisHandling *out, GError **error)
{
  const WillisShapingWorld usual = WILLIS_SHAPING_WORLD_INIT;
  g_autoptr (WillisInsertion) seated = NULL;
  double t[3];

  memset (out, 0, sizeof *out);
  seated = bring_in (site, catheter, shape, &usual, params, NULL, NULL, NULL, error);
  if (seated == NULL)
    return FALSE;
  for (int what = 0; what < 5; what++)
    {
      g_autoptr (WillisInsertion) in = willis_insertion_copy (seated);
      int side = (what - 1) % 2;

      if (what == 0)
        {
          kick (in, site, out);
          continue;
        }
      willis_insertion_move (in, 0, what < 3 ? (side == 0 ? -HANDLE_FEED_MM : HANDLE_FEED_MM) : 0.0,
                             what < 3 ? 0.0 : (side == 0 ? -HANDLE_ROLL : HANDLE_ROLL), NULL, NULL);
      tip_of (in, what < 3 ? out->fed_mm[side] : out->rolled_mm[side], t);
    }
  return TRUE;
}
