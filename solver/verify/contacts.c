/* SPDX-License-Identifier: Apache-2.0 */
/*
 * References: capstan (Euler); Paslay & Dawson 1984 for the rod in a tube; a straight rod in a bend and the energy of a free
 * march are derived in a line each.
 */
#include <string.h>

#include "solver/insertion/insertion.h"
#include "solver/verify/verify-private.h"

/* A rod in a bend of 10 mm, drawn against the inner wall or pushed against the outer one. */
static Solved
wrapped (int degrees, double mu, gboolean push)
{
  double a = degrees * M_PI / 180.0, force = push ? -0.1 : 1.0;

  return _willis_verify_solve (
      "{\"rods\":[{\"arc\":{\"start\":[10,0,0],\"tangent\":[0,1,0],\"normal\":[-1,0,0],\"radius\":10,\"angle_deg\":%d},"
      "\"elements\":%d,\"EA\":1e3,\"GA\":1e3,\"GJ\":%g,\"EI\":%g}],\"supports\":[{\"at\":\"start\",\"fix\":\"x y z rx ry rz\"},"
      "{\"at\":\"end\",\"fix\":\"z\"}],\"loads\":[{\"at\":\"end\",\"force\":[%.17g,%.17g,0]}],\"lumen\":{\"torus\":{\"centre\":[0,0,0],"
      "\"axis\":[0,0,1],\"major\":%g,\"minor\":0.75}},\"radius_mm\":0.25,\"friction\":%g,\"path\":{\"steps\":%d}}",
      degrees, 60 + degrees / 3, push ? 1.0 : 0.01, push ? 1.0 : 0.01, -force * sin (a), force * cos (a), push ? 9.5 : 10.5, mu,
      push ? 2 : 4);
}

/* What the wall, the load and the support leave of each other. */
static double
unbalance (const Solved *s, const WillisRodSolver *solver)
{
  const WillisContact *c = s->problem->contact;
  const WillisFrame *frames = s->path->last->frames;
  double sum[3];

  vec3_add (sum, solver->node_gradient[0], s->problem->model->loads[0].force);
  sum[2] += solver->node_gradient[s->problem->model->n_nodes - 1][2];
  for (int p = 0; p < c->n_points; p++)
    {
      double x[3], n[3], normal, friction[3];

      willis_contact_place (c, p, frames, x);
      willis_lumen_sample (c->lumen, x, n, NULL);
      willis_contact_forces (c, p, frames, &normal, friction);
      vec3_axpy (sum, sum, normal, n);
      vec3_sub (sum, sum, friction);
    }
  return vec3_norm (sum);
}

void
_willis_verify_capstan (Verify *v)
{
  static const int degrees[3] = { 90, 180, 360 };
  static const double mu[2] = { 0.05, 0.1 };

  for (int k = 0; k < 8; k++)
    {
      gboolean push = k >= 6;
      double m = mu[push ? k - 6 : k / 3];
      int angle = push ? 90 : degrees[k % 3];
      Solved s = wrapped (angle, m, push);
      g_autoptr (WillisRodSolver) solver = willis_rod_solver_new (s.problem->model);
      g_autofree char *name = g_strdup_printf ("%s over %d degrees, mu = %g: ratio of the end's force to the start's",
                                               push ? "push" : "pull", angle, m);
      g_autofree char *mesh = g_strdup_printf ("%d elements", 60 + angle / 3);
      double exact = exp (m * angle * M_PI / 180.0);

      willis_rod_assemble (solver, s.path->last->frames, s.path->last->factor, FALSE, TRUE);
      /* the ends lift off a little (EI), and the first rows of nodes share the wall unevenly: 0.6 % */
      _willis_verify_add (v, name, vec3_norm (s.problem->model->loads[0].force) / vec3_norm (solver->node_gradient[0]), exact,
                          6e-3 * exact, mesh);
      if (k == 1)
        {
          int half = s.problem->model->n_elements / 2, n_nodes = s.problem->model->n_nodes;
          double normal, friction[3], sum = 0.0, length = 0.0;

          /* nodes and middles share the wall's force */
          for (int i = half - 5; i < half + 5; i++)
            {
              willis_contact_forces (s.problem->contact, i, s.path->last->frames, &normal, friction);
              sum += normal;
              willis_contact_forces (s.problem->contact, n_nodes + i, s.path->last->frames, &normal, friction);
              sum += normal;
              length += s.problem->model->elements[i].length;
            }
          _willis_verify_add (v, "half way round: wall force per length times R over the tension",
                              sum / length * 10.0 / solver->own[half][0], 1.0, 1e-2, mesh);
          _willis_verify_add (v, "wall, load and support together, N", unbalance (&s, solver), 0.0, 1e-8, mesh);
        }
      _willis_verify_clear (&s);
    }
}

void
_willis_verify_tube (Verify *v)
{
  double q = 0.01, force = 2.0 * sqrt (q), wave = pow (q, 0.25), length = 4.0 * M_PI / wave, exact[3];
  Solved s = _willis_verify_solve (
      "{\"rods\":[{\"line\":{\"from\":[0,-1,0],\"to\":[%.17g,-1,0]},\"elements\":60,\"EA\":1e4,\"GA\":1e4,\"GJ\":1,\"EI\":1}],"
      "\"supports\":[{\"at\":\"start\",\"fix\":\"x y z rx\"},{\"at\":\"end\",\"fix\":\"y z\"}],\"distributed\":[{\"force_per_mm\":"
      "[0,%.17g,0]}],\"loads\":[{\"at\":\"end\",\"force\":[%.17g,0,0]}],\"lumen\":{\"cylinder\":{\"from\":[0,0,0],\"to\":[1,0,0],"
      "\"radius\":1.2}},\"radius_mm\":0.2,\"path\":{\"steps\":5,\"max_factor\":1.5}}",
      length, -q, -force);

  /* weight and thrust grow together: mode n leaves at (n pi / L)^4 EI / ((n pi / L)^2 F - q / r) */
  for (int n = 4; n <= 6; n++)
    {
      double k2 = pow (n * M_PI / length, 2.0);

      exact[n - 4] = k2 * k2 / (k2 * force - q);
    }
  for (guint i = 0; i < 3; i++)
    {
      g_autofree char *name = g_strdup_printf ("heavy rod in a tube, %u half waves: load over 2 sqrt (EI q / r)", 4 + i);
      double value = i < s.path->limits->len ? ((WillisRodState *) s.path->limits->pdata[i])->factor : NAN;

      _willis_verify_add (v, name, value, exact[i], 5e-4, "60 elements");
    }
  _willis_verify_clear (&s);
}

/* The rod of the next function in a bend that is not so gentle. */
static double
tip_force (double major, double clearance, double degrees)
{
  double inner = major - 0.5 * clearance, force = 0.0;
  Solved s = _willis_verify_solve (
      "{\"rods\":[{\"arc\":{\"start\":[%.17g,0,0],\"tangent\":[0,1,0],\"normal\":[-1,0,0],\"radius\":%.17g,\"angle_deg\":%.17g},"
      "\"elements\":140,\"EA\":1e4,\"GA\":1e4,\"GJ\":1,\"EI\":1,\"rest\":\"straight\"}],\"supports\":[{\"at\":\"start\",\"fix\":"
      "\"x y z rx ry rz\"}],\"lumen\":{\"torus\":{\"centre\":[0,0,0],\"axis\":[0,0,1],\"major\":%.17g,\"minor\":%.17g}},"
      "\"radius_mm\":0.25,\"path\":{\"steps\":1}}",
      inner + 1e-3 * clearance, inner + 1e-3 * clearance, degrees, major, 0.5 * clearance + 0.25);
  int last = s.problem->model->n_nodes - 1;

  for (int p = 0; p < s.problem->contact->n_points; p++)
    {
      double normal, friction[3], x[3];

      willis_contact_forces (s.problem->contact, p, s.path->last->frames, &normal, friction);
      willis_contact_place (s.problem->contact, p, s.path->last->frames, x);
      if (vec3_dist (x, s.path->last->frames[last].r) < 2.0)
        force += normal;
    }
  _willis_verify_clear (&s);
  return force;
}

void
_willis_verify_torus (Verify *v)
{
  /* a straight rod along the inner wall of a gentle bend: its tip springs out to the outer one and leaves the inner at
   * l = sqrt (6 clearance R) before the tip, which presses with EI / (R l) (small angles) */
  double major = 1e4, clearance = 0.01, inner = major - 0.5 * clearance, first = NAN, force = 0.0, none = 0.0;
  Solved s = _willis_verify_solve (
      "{\"rods\":[{\"arc\":{\"start\":[%.17g,0,0],\"tangent\":[0,1,0],\"normal\":[-1,0,0],\"radius\":%.17g,\"angle_deg\":0.4},"
      "\"elements\":140,\"EA\":1e4,\"GA\":1e4,\"GJ\":1,\"EI\":1,\"rest\":\"straight\"}],\"supports\":[{\"at\":\"start\",\"fix\":"
      "\"x y z rx ry rz\"}],\"lumen\":{\"torus\":{\"centre\":[0,0,0],\"axis\":[0,0,1],\"major\":%.17g,\"minor\":%.17g}},"
      "\"radius_mm\":0.25,\"path\":{\"steps\":1}}",
      inner + 1e-3 * clearance, inner + 1e-3 * clearance, major, 0.5 * clearance + 0.25);
  const WillisContact *c = s.problem->contact;
  int last = s.problem->model->n_nodes - 1;
  double length = 0.4 * M_PI / 180.0 * inner;

  for (int p = 0; p < c->n_points; p++)
    {
      double normal, friction[3], x[3], from_tip;

      willis_contact_forces (c, p, s.path->last->frames, &normal, friction);
      willis_contact_place (c, p, s.path->last->frames, x);
      from_tip = vec3_dist (x, s.path->last->frames[last].r);
      if (from_tip < 2.0)
        force += normal;
      else if (from_tip < 20.0)
        none += normal;
      if (from_tip > 10.0 && normal > 0.2 * 4.0825e-6 && !(first < from_tip))
        first = from_tip;
    }
  _willis_verify_add (v, "force of the tip on the outer wall, N", force, 4.0825e-6, 0.02 * 4.0825e-6, "140 elements");
  /* l / R = 0.25: the small-angle law leaves out its square */
  _willis_verify_add (v, "the same for R = 100 mm, clearance 1 mm, N", tip_force (100.0, 1.0, 40.0), 4.0825e-4, 0.06 * 4.0825e-4,
                      "140 elements");
  _willis_verify_add (v, "wall force between tip and first touch, N", none, 0.0, 1e-10, "140 elements");
  _willis_verify_add (v, "distance from the tip to the first inner touch, mm", first, 24.495, 2.0 * length / 140.0,
                      "140 elements");
  _willis_verify_clear (&s);
}

void
_willis_verify_stick (Verify *v)
{
  g_autoptr (WillisRodModel) model = willis_rod_model_new ();
  const double from[3] = { 0, 0, 0 }, to[3] = { 1, 0, 0 }, stiff[6] = { 1e3, 1e3, 1e3, 1, 1, 1 };
  WillisFrame frames[2] = { { { 0, -1.01, 0 }, { 1, 0, 0, 0 } }, { { 1, -1.01, 0 }, { 1, 0, 0, 0 } } };
  g_autoptr (WillisLumen) lumen = willis_lumen_cylinder (from, to, 1.25);
  WillisContactParams params = WILLIS_CONTACT_PARAMS_INIT;
  g_autoptr (WillisContact) contact = NULL;
  WillisRodField field;
  double pressed = 0.0, work = 0.0, most = 0.0, stroke = 0.5, last = 0.0;

  willis_rod_model_add_node (model, &frames[0]);
  willis_rod_model_add_node (model, &frames[1]);
  willis_rod_model_add_element_as_given (model, 0, 1, stiff, FALSE);
  params.friction = 0.3;
  params.coupled = TRUE;
  contact = willis_contact_new (model, lumen, &params);
  field = willis_contact_field (contact);
  field.accept (contact, frames);
  for (int p = 0; p < contact->n_points; p++)
    {
      double normal, friction[3];

      willis_contact_forces (contact, p, frames, &normal, friction);
      pressed += normal;
    }
  /* once to and fro at constant pressure: the loop's area is four times the bound times the stroke, half of it each way */
  for (int k = 0; k <= 600; k++)
    {
      double u = stroke * (k <= 100 ? k / 100.0 : k <= 300 ? 1.0 - (k - 100) / 100.0 : k <= 500 ? (k - 400) / 100.0 : 1.0 - (k - 500) / 100.0);
      double force = 0.0, before = frames[0].r[0];

      frames[0].r[0] = u;
      frames[1].r[0] = 1.0 + u;
      for (int p = 0; p < contact->n_points; p++)
        {
          double normal, friction[3];

          willis_contact_forces (contact, p, frames, &normal, friction);
          force += friction[0];
        }
      if (k > 100 && k <= 500)
        work += 0.5 * (force + last) * (u - before);
      most = MAX (most, fabs (force));
      last = force;
      field.accept (contact, frames);
    }
  _willis_verify_add (v, "largest friction over mu N", most / (0.3 * pressed), 1.0, 1e-3, "one element");
  /* the elastic part of the spring takes a little from the corners of the loop */
  _willis_verify_add (v, "work of one cycle over 4 mu N stroke", work / (4.0 * 0.3 * pressed * stroke), 1.0, 1e-2, "one element");
}

static const WillisFrame mouth = { { 0, 0, 0 }, { 1, 0, 0, 0 } };

static WillisInsertion *
march (WillisLumen *lumen, const WillisTool *tool, double friction, double push)
{
  WillisInsertionParams params = WILLIS_INSERTION_PARAMS_INIT;
  WillisInsertion *in;

  params.friction = friction;
  in = willis_insertion_new (lumen, &mouth, &params);
  if (willis_insertion_add_tool (in, tool, 1.0, NULL) == 0)
    willis_insertion_move (in, 0, push, 0.0, NULL, NULL);
  return in;
}

/* What the hub put in over a march, by the trapezoid rule. */
static double
hub_work (const WillisInsertion *in)
{
  const GArray *records = willis_insertion_records (in);
  double work = 0.0;

  for (guint i = 1; i < records->len; i++)
    {
      const WillisInsertionRecord *a = &g_array_index (records, WillisInsertionRecord, i - 1);
      const WillisInsertionRecord *b = &g_array_index (records, WillisInsertionRecord, i);

      work += 0.5 * (a->push_un + b->push_un) * (b->depth_mm - a->depth_mm);
    }
  return work;
}

void
_willis_verify_insertion (Verify *v)
{
  const double from[3] = { 0, 0, 0 }, to[3] = { 1, 0, 0 }, centre[3] = { 0, 40, 0 }, axis[3] = { 0, 0, 1 }, kappa = 0.1;
  g_autoptr (WillisLumen) wide = willis_lumen_cylinder (from, to, 100.0);
  g_autoptr (WillisLumen) bend = willis_lumen_torus (centre, axis, 40.0, 2.0);
  WillisTool tool = { 1, { { 1e9, { 60e6, 20e6, 20e6, 0.8e6, 1e6, 1e6 }, { 0, 0, kappa } } }, 0.3 };
  g_autoptr (WillisInsertion) free_tip = march (wide, &tool, 0.0, 11.0);
  g_autoptr (WillisInsertion) pushed = NULL;
  g_autoptr (WillisInsertion) rubbed = NULL;
  const WillisInsertionRecord *last;
  const GArray *records;
  double arc[3], turned[3];

  /* a pre-shaped tip springs back to its arc as soon as it is free */
  last = &g_array_index (willis_insertion_records (free_tip), WillisInsertionRecord, willis_insertion_records (free_tip)->len - 1);
  vec3_set (arc, sin (12.0 * kappa) / kappa, (1.0 - cos (12.0 * kappa)) / kappa, 0.0);
  _willis_verify_add (v, "pre-shaped tip out of the guide: distance from its arc, mm", vec3_dist (last->tip_mm, arc), 0.0, 1e-6,
                      "0.4 mm");
  willis_insertion_move (free_tip, 0, 0.0, 2.0, NULL, NULL);
  last = &g_array_index (willis_insertion_records (free_tip), WillisInsertionRecord, willis_insertion_records (free_tip)->len - 1);
  vec3_set (turned, arc[0], arc[1] * cos (2.0), arc[1] * sin (2.0));
  _willis_verify_add (v, "the same turned by 2 rad at the hub, mm", vec3_dist (last->tip_mm, turned), 0.0, 1e-6, "0.4 mm");
  tool.pieces[0].rest[2] = 0.0;
  pushed = march (bend, &tool, 0.0, 39.0);
  records = willis_insertion_records (pushed);
  last = &g_array_index (records, WillisInsertionRecord, records->len - 1);
  /* no friction: what the hub puts in is what the rod holds (steps of 0.5 mm, trapezoid rule) */
  _willis_verify_add (v, "push into a bend without friction: hub work over energy held", hub_work (pushed) / last->energy, 1.0,
                      0.02, "0.4 mm, steps of 0.5 mm");
  rubbed = march (bend, &tool, 0.2, 39.0);
  _willis_verify_add (v, "friction costs push: ratio of hub work is above 1 (1 where so)",
                      hub_work (rubbed) > 1.02 * hub_work (pushed), 1.0, 0.0, "0.4 mm, steps of 0.5 mm");
}
