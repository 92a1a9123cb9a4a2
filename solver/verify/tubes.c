/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rods that buckle in tubes and bends. References: Lubinski 1962 and Mitchell 1988 (weightless helix: pitch 2 pi sqrt
 * (2 EI / F), contact r F^2 / 4 EI), Chen, Lin & Cheatham 1990 (full helix of a heavy rod), He & Kyllingstad 1995
 * (bends), Paslay & Dawson 1984.
 */
#include <string.h>

#include "solver/verify/verify-private.h"

/* A helix in a tube of clearance r about the x axis, given pitch, straight when free, pinned at its start, free at its
 * end. */
static Solved
helix (double r, double force, double weight, double pitch, int turns, int n)
{
  g_autoptr (GString) text = g_string_new ("{\"rods\":[{\"points\":[");
  g_autoptr (JsonParser) parser = json_parser_new ();
  Solved s = { 0 };

  for (int i = 0; i <= n; i++)
    {
      double x = turns * pitch * i / n, a = 2.0 * M_PI * turns * i / n;

      g_string_append_printf (text, "%s[%.15g,%.15g,%.15g]", i > 0 ? "," : "", x, -r * cos (a), r * sin (a));
    }
  g_string_append_printf (
      text,
      "],\"elements\":%d,\"EA\":1e4,\"GA\":1e4,\"GJ\":1,\"EI\":1,\"rest\":\"straight\"}],\"supports\":[{\"at\":"
      "\"start\",\"fix\":\"x y z rx\"}],\"loads\":[{\"at\":\"end\",\"force\":[%.15g,0,0]}],\"distributed\":"
      "[{\"force_per_mm\":[0,%.15g,0]}],\"lumen\":{\"cylinder\":{\"from\":[0,0,0],\"to\":[1,0,0],\"radius\":%.15g}},"
      "\"radius_mm\":0.25}",
      n, -force, -weight, r + 0.25);
  if (json_parser_load_from_data (parser, text->str, -1, NULL))
    s.problem = willis_rod_problem_new (json_node_get_object (json_parser_get_root (parser)), ".", 1, FALSE, NULL);
  g_assert (s.problem != NULL);
  return s;
}

/* The equilibrium downhill from the given helix under the whole load; new frames, or NULL. */
static WillisFrame *
relaxed (const Solved *s, WillisRodSolver *solver)
{
  WillisFrame *frames = g_memdup2 (s->problem->model->start, sizeof (WillisFrame) * s->problem->model->n_nodes);

  if (willis_rod_downhill (solver, frames, 1.0))
    return frames;
  g_free (frames);
  return NULL;
}

/* Turns over a length in the middle third, and the wall's force there per length. */
static void
middle (const Solved *s, const WillisFrame *frames, double *pitch, double *contact)
{
  int n = s->problem->model->n_nodes, lo = n / 3, hi = 2 * n / 3;
  double angle = 0.0, sum = 0.0, length = 0.0;

  for (int i = lo; i < hi; i++)
    {
      const double *a = frames[i].r, *b = frames[i + 1].r;
      double normal, friction[3];

      angle += atan2 (a[1] * b[2] - a[2] * b[1], a[1] * b[1] + a[2] * b[2]);
      willis_contact_forces (s->problem->contact, i, frames, &normal, friction);
      sum += normal;
      willis_contact_forces (s->problem->contact, n + i, frames, &normal, friction);
      sum += normal;
      length += s->problem->model->elements[i].length;
    }
  *pitch = 2.0 * M_PI * (frames[hi].r[0] - frames[lo].r[0]) / fabs (angle);
  *contact = sum / length;
}

/* All points slide along the tube: friction against it, as large as it can be. Axial force at the start, pushed so. */
static double
rubbed (Solved *s, WillisRodSolver *solver, WillisFrame *frames, double mu)
{
  WillisContact *c = s->problem->contact;

  c->params.friction = mu;
  c->params.coupled = FALSE;
  willis_contact_field (c).accept (c, frames);
  for (int p = 0; p < c->n_points; p++)
    vec3_set (c->memory[p].drift, -100.0, 0.0, 0.0);
  if (!willis_rod_downhill (solver, frames, 1.0))
    return NAN;
  willis_rod_assemble (solver, frames, 1.0, FALSE, TRUE);
  return solver->node_gradient[0][0];
}

static void
weightless (Verify *v)
{
  double r = 0.3, force = 0.1, pitch = 2.0 * M_PI * sqrt (2.0 / force), found = NAN, contact = NAN, mu = 0.2,
         length = 6.0 * 1.1 * pitch;
  /* begun with a tenth too long a pitch: the free end lets it find its own */
  Solved s = helix (r, force, 0.0, 1.1 * pitch, 6, 180);
  g_autoptr (WillisRodSolver) solver = willis_rod_solver_new (s.problem->model);
  g_autofree WillisFrame *frames = relaxed (&s, solver);
  double pushed = NAN;

  if (frames != NULL)
    {
      middle (&s, frames, &found, &contact);
      pushed = rubbed (&s, solver, frames, mu);
    }
  /* small angles: the helix climbs by r times 2 pi / pitch = 0.07, whose square is 0.5 % */
  _willis_verify_add (v, "weightless helix: pitch, mm", found, pitch, 0.01 * pitch, "180 elements, 6 turns");
  _willis_verify_add (v, "weightless helix: wall force per length, N/mm", contact, 0.25 * r * force * force,
                      0.02 * 0.25 * r * force * force, "180 elements, 6 turns");
  _willis_verify_add (v, "helix pushed with friction 0.2: force at the start over that at the end", pushed / force,
                      1.0 / (1.0 - 0.25 * mu * r * force * length), 0.03, "180 elements, 6 turns");
  _willis_verify_clear (&s);
}

/* Potential of a heavy rod as a helix of the given turns and pitch, less that of the same rod lying straight; relaxed
 * or as given. */
static double
helix_less_straight (double r, double force, double weight, double pitch, int turns, int per_turn, gboolean relax,
                     double *length)
{
  double straight, potential = NAN;
  Solved s = helix (r, force, weight, pitch, turns, per_turn * turns);
  g_autoptr (WillisRodSolver) solver = willis_rod_solver_new (s.problem->model);
  g_autofree WillisFrame *frames = NULL;
  const WillisProblemRod *rod = s.problem->rods->pdata[0];

  frames = relax ? relaxed (&s, solver) : g_memdup2 (s.problem->model->start, sizeof (WillisFrame) * rod->n_nodes);
  *length = rod->stations[rod->n_nodes - 1];
  /* work of the thrust from where the end was given, and of the weight from where the rod was given; both rods are
   * squeezed (EA is 1e4), unless left as given */
  straight = (relax ? -0.5e-4 * force * force * *length : 0.0)
             + force * (*length - s.problem->model->start[rod->nodes[rod->n_nodes - 1]].r[0]) - weight * r * *length;
  if (frames != NULL)
    potential = willis_rod_potential (solver, frames, 1.0);
  _willis_verify_clear (&s);
  return potential - straight;
}

/* Energy of a long helix per length over q r: what six more turns cost, so that the ends do not count. */
static double
helix_energy (double load, int per_turn, gboolean relax)
{
  double r = 0.1, weight = 1e-4, force = load * sqrt (weight / r), pitch = 2.0 * M_PI * sqrt (2.0 / force), length[2],
         energy[2];

  for (int k = 0; k < 2; k++)
    energy[k] = helix_less_straight (r, force, weight, pitch, 6 + 6 * k, per_turn, relax, &length[k]);
  return (energy[1] - energy[0]) / (length[1] - length[0]) / (weight * r);
}

#define FIRST_TURN_STEP 0.02

/* A heavy rod snakes in a tube from F = 2 sqrt (EI q / r) on; from which load on does it make a whole turn? Weight and
 * thrust grow together, so F over sqrt (EI q / r) is twice the root of the factor. */
static double
first_turn (int waves, int per_wave)
{
  double r = 0.05, k = sqrt (0.1), q = r * k * k * k * k, length = waves * M_PI / k, found = NAN;
  Solved s = { 0 };
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autofree char *text = g_strdup_printf ("{\"rods\":[{\"line\":{\"from\":[0,%.17g,0],\"to\":[%.17g,%.17g,0]},"
                                           "\"elements\":%d,\"EA\":1e4,\"GA\":1e4,\"GJ\":1,\"EI\":1}],"
                                           "\"supports\":[{\"at\":\"start\",\"fix\":\"x y z "
                                           "rx\"},{\"at\":\"end\",\"fix\":\"y z\"}],\"distributed\":[{\"force_per_mm\":"
                                           "[0,%.17g,0]}],\"loads\":[{\"at\":\"end\",\"force\":[%.17g,0,0]}],\"lumen\":"
                                           "{\"cylinder\":{\"from\":[0,0,0],\"to\":[1,0,0],"
                                           "\"radius\":%.17g}},\"radius_mm\":0.2}",
                                           -r, length, -r, waves * per_wave, -q, -2.0 * sqrt (q / r), r + 0.2);
  g_autoptr (WillisRodSolver) solver = NULL;
  g_autofree WillisFrame *frames = NULL;

  if (json_parser_load_from_data (parser, text, -1, NULL))
    s.problem = willis_rod_problem_new (json_node_get_object (json_parser_get_root (parser)), ".", 1, FALSE, NULL);
  g_assert (s.problem != NULL);
  solver = willis_rod_solver_new (s.problem->model);
  frames = g_memdup2 (s.problem->model->start, sizeof (WillisFrame) * s.problem->model->n_nodes);
  for (double load = 2.5; load < 5.0 && isnan (found); load += FIRST_TURN_STEP)
    {
      /* a thousandth of the clearance to the sides, so that it finds its way off the ridge */
      for (int i = 1; i < s.problem->model->n_nodes - 1; i++)
        frames[i].r[2] += 1e-3 * r * sin (M_PI * i / per_wave);
      if (!willis_rod_downhill (solver, frames, 0.25 * load * load))
        break;
      for (int i = 0; i < s.problem->model->n_nodes; i++)
        if (frames[i].r[1] > 0.9 * r)
          found = load - 0.5 * FIRST_TURN_STEP;
    }
  _willis_verify_clear (&s);
  return found;
}

void
_willis_verify_helical (Verify *v)
{
  /* Mitchell's equation for a heavy rod on the wall, theta (x) = w x + sum a_k sin (k w x), its energy least over w and
   * a_k (12 of them): energy per length over q r at F / sqrt (EI q / r) = 4 */
  const double exact = -1.012605;
  double errors[2];

  weightless (v);
  /* the published 2 sqrt 2 is of a helix that is even and costs what lying straight does; left to itself the rod
   * becomes uneven, cheaper, and near that load snakes in part, so that load is no state to converge to: an even helix
   * is given as it is */
  errors[0] = helix_energy (2.8, 60, FALSE);
  errors[1] = helix_energy (2.86, 60, FALSE);
  _willis_verify_add (
      v, "even helix of a heavy rod: thrust at which it costs what lying straight does, over 2 sqrt (2 EI q / r)",
      (2.8 + 0.06 * errors[0] / (errors[0] - errors[1])) / sqrt (8.0), 1.0, 5e-3,
      "60 elements a turn, 12 less 6 turns");
  _willis_verify_add (v, "helix of a heavy rod at 4 sqrt (EI q / r): energy per length over q r",
                      helix_energy (4.0, 30, TRUE), exact, 0.02 * fabs (exact), "30 elements a turn, 12 less 6 turns");
  _willis_verify_add (v, "the same", helix_energy (4.0, 60, TRUE), exact, 0.01 * fabs (exact),
                      "60 elements a turn, 12 less 6 turns");
  /* 3.66, published for the load of initiation (Wu & Juvkam-Wold 1993), is 2 times 2.83 less 2: the end's load if the
   * mean of it and of the 2 at which snaking begins is to be 2 sqrt 2. A rod in balance at every step turns over at
   * that mean itself: 2.79 with 12, 16, 20 half waves and with twice the elements */
  for (int waves = 12; waves <= 16; waves += 4)
    {
      g_autofree char *mesh
          = g_strdup_printf ("%d elements, %d half waves, steps of %g", 10 * waves, waves, FIRST_TURN_STEP);

      _willis_verify_add (v,
                          "heavy rod that snakes makes its first turn: thrust over sqrt (EI q / r), mean of 2 and 3.66",
                          first_turn (waves, 10), sqrt (8.0), 0.05 * sqrt (8.0), mesh);
    }
}

void
_willis_verify_bend (Verify *v)
{
  double r = 0.1, major = 20.0, outer = major + r, wave = sqrt (2.0 / (r * outer)), critical = 4.0 / (r * outer),
         value = NAN;
  double angle = 10.0 * M_PI / wave / outer;
  Solved s = _willis_verify_solve (
      "{\"rods\":[{\"arc\":{\"start\":[%.17g,0,0],\"tangent\":[0,1,0],\"normal\":[-1,0,0],\"radius\":%.17g,\"angle_"
      "deg\":%.17g},"
      "\"elements\":200,\"EA\":1e6,\"GA\":1e6,\"GJ\":1,\"EI\":1}],\"supports\":[{\"at\":\"start\",\"fix\":\"x y z rx "
      "ry\"},{\"at\":\"end\","
      "\"fix\":\"z\"}],\"loads\":[{\"at\":\"end\",\"force\":[%.17g,%.17g,0]}],\"lumen\":{\"torus\":{\"centre\":[0,0,0],"
      "\"axis\":[0,0,1],"
      "\"major\":%.17g,\"minor\":%.17g}},\"radius_mm\":0.25,\"path\":{\"steps\":3,\"max_factor\":1.02}}",
      outer, outer, angle * 180.0 / M_PI, critical * sin (angle), -critical * cos (angle), major, r + 0.25);

  if (s.path->limits->len > 0)
    value = ((WillisRodState *) s.path->limits->pdata[0])->factor;
  /* r / R = 0.005 is what the small-clearance formula leaves out */
  _willis_verify_add (v, "thrust at which a rod on the outer wall of a bend snakes, over 4 EI / r R", value, 1.0, 0.01,
                      "200 elements, 10 half waves");
  _willis_verify_clear (&s);
}

void
_willis_verify_fit (Verify *v)
{
  static const double over[2] = { 0.999, 1.02 };

  for (int k = 0; k < 2; k++)
    {
      double major = 6.0, clearance = 1.7, length = 4.0 * sqrt (major * clearance) * over[k];
      Solved s = _willis_verify_solve ("{\"rods\":[{\"line\":{\"from\":[%.17g,%.17g,0],\"to\":[%.17g,%.17g,0]},"
                                       "\"elements\":40,\"EA\":1e4,\"GA\":1e4,\"GJ\":1,\"EI\":1}],"
                                       "\"supports\":[{\"at\":%.17g,\"fix\":\"y z rx "
                                       "ry\"}],\"lumen\":{\"torus\":{\"centre\":[0,0,0],\"axis\":[0,0,1],\"major\":6,"
                                       "\"minor\":1.95}},\"radius_mm\":0.25,\"path\":{\"steps\":1}}",
                                       major - clearance, -0.5 * length, major - clearance, 0.5 * length, 0.5 * length);

      if (k == 0)
        _willis_verify_add (v, "straight rod of 0.999 x 4 sqrt (R c) in a bend: energy of bending, N mm",
                            s.path->last->energy, 0.0, 1e-12, "40 elements");
      else
        _willis_verify_add (v, "the same of 1.02 x: it has to bend (1 where so)", s.path->last->energy > 1e-5, 1.0, 0.0,
                            "40 elements");
      _willis_verify_clear (&s);
    }
}
