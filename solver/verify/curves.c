/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rods in curved paths, and what every solver has to keep: forces that are the energy's slope, answers that do not
 * depend on where the scene lies, on how often a march is taken up again, on the number of threads.
 */
#include <string.h>

#include "core/base/parallel.h"
#include "core/num/rng.h"
#include "solver/insertion/insertion.h"
#include "solver/verify/verify-private.h"

/* A path of straight pieces and bends: appends points every step mm. t and normal turn with it; it bends towards normal. */
static void
go (GArray *points, double x[3], double t[3], double normal[3], double length, double curvature, double step)
{
  int n = MAX (1, (int) ceil (length / step));

  for (int i = 0; i < n; i++)
    {
      double h = length / n, a = curvature * h, side[3], turned[3], w[3];

      vec3_copy (side, normal);
      vec3_axpy (x, x, curvature != 0.0 ? sin (a) / curvature : h, t);
      if (curvature != 0.0)
        vec3_axpy (x, x, (1.0 - cos (a)) / curvature, side);
      g_array_append_vals (points, x, 3);
      /* both turn in their plane */
      vec3_cross (w, t, side);
      vec3_scale (turned, t, cos (a));
      vec3_axpy (turned, turned, sin (a), side);
      vec3_cross (side, w, turned);
      vec3_copy (t, turned);
      vec3_copy (normal, side);
    }
}

/* Rope through two opposite bends of 90 degrees, radius 10, in a tube that leaves it 0.5 to either side: it lies on the
 * inner wall of each and goes straight over between, so it is wrapped less than the tube bends: by acos (9.5 / 10) in
 * each. */
static void
s_curve (Verify *v, double mu, double step)
{
  double bend = 10.0, side = 0.5, rope = bend - side, over = acos (rope / bend), wrap = 0.5 * M_PI - over,
         exact = exp (2.0 * mu * wrap);
  double x[3] = { -3, 0, 0 }, t[3] = { 1, 0, 0 }, n[3] = { 0, 1, 0 }, ratio = NAN;
  g_autoptr (GArray) wall = g_array_new (FALSE, FALSE, sizeof (double));
  g_autoptr (GArray) line = g_array_new (FALSE, FALSE, sizeof (double));
  g_autoptr (GString) text = g_string_new ("{\"rods\":[{\"points\":[");
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (WillisRodProblem) problem = NULL;
  g_autoptr (WillisLumen) lumen = NULL;
  g_autoptr (WillisContact) contact = NULL;
  g_autoptr (WillisRodPath) path = NULL;
  g_autofree double *radius = NULL;
  g_autofree char *name
      = g_strdup_printf ("pull through an S of two bends, mu = %g: ratio of the end's force to the start's", mu);
  g_autofree char *mesh = g_strdup_printf ("elements of %g mm", step);
  WillisContactParams params = WILLIS_CONTACT_PARAMS_INIT;
  WillisRodField field;

  g_array_append_vals (wall, x, 3);
  go (wall, x, t, n, 3.0, 0.0, 0.1);
  go (wall, x, t, n, 0.5 * M_PI * bend, 1.0 / bend, 0.1);
  go (wall, x, t, n, 0.5 * M_PI * bend, -1.0 / bend, 0.1);
  go (wall, x, t, n, 3.0, 0.0, 0.1);
  radius = g_new (double, wall->len / 3);
  for (guint i = 0; i < wall->len / 3; i++)
    radius[i] = 0.75;
  lumen = willis_lumen_line ((double *) (void *) wall->data, radius, wall->len / 3, FALSE, 0.1, NULL);
  vec3_set (x, 0.0, side, 0.0);
  vec3_set (t, 1.0, 0.0, 0.0);
  vec3_set (n, 0.0, 1.0, 0.0);
  g_array_append_vals (line, x, 3);
  go (line, x, t, n, wrap * rope, 1.0 / rope, step);
  go (line, x, t, n, 2.0 * bend * sin (over), 0.0, step);
  go (line, x, t, n, wrap * rope, -1.0 / rope, step);
  for (guint i = 0; i < line->len; i += 3)
    g_string_append_printf (text, "%s[%.15g,%.15g,%.15g]", i > 0 ? "," : "", g_array_index (line, double, i),
                            g_array_index (line, double, i + 1), g_array_index (line, double, i + 2));
  g_string_append_printf (
      text,
      "],\"elements\":%u,\"EA\":1e3,\"GA\":1e3,\"GJ\":0.01,\"EI\":0.01}],\"supports\":[{\"at\":\"start\",\"fix\":"
      "\"x y z rx ry rz\"},{\"at\":\"end\",\"fix\":\"z\"}],\"loads\":[{\"at\":\"end\",\"force\":[1,0,0]}],"
      "\"path\":{\"steps\":4}}",
      line->len / 3 - 1);
  g_assert (json_parser_load_from_data (parser, text->str, -1, NULL));
  problem = willis_rod_problem_new (json_node_get_object (json_parser_get_root (parser)), ".", 1, FALSE, NULL);
  g_assert (problem != NULL && lumen != NULL);
  params.friction = mu;
  params.coupled = TRUE;
  contact = willis_contact_new (problem->model, lumen, &params);
  field = willis_contact_field (contact);
  willis_rod_model_add_field (problem->model, &field);
  path = willis_rod_path_follow (problem->model, &problem->params, NULL, NULL);
  if (path != NULL && path->end == WILLIS_ROD_END_MAX_FACTOR)
    {
      double force[3], moment[3];

      willis_rod_problem_reaction (problem, path, 0, force, moment);
      ratio = 1.0 / vec3_norm (force);
    }
  /* the ends lift off a little, as in one bend; the wall is sampled every 0.1 mm */
  _willis_verify_add (v, name, ratio, exact, 0.01 * exact, mesh);
}

void
_willis_verify_scurve (Verify *v)
{
  s_curve (v, 0.1, 0.15);
  s_curve (v, 0.3, 0.2);
}

/* A rod in a tube, bent and pressed into the wall at random. */
static void
shaken (WillisRodModel *model, WillisFrame *frames)
{
  WillisRng rng;

  willis_rng_init (&rng, 9, 9);
  for (int i = 0; i < model->n_nodes; i++)
    {
      double h[6];

      for (int k = 0; k < 6; k++)
        h[k] = (k < 3 ? 0.02 : 0.1) * willis_rng_normal (&rng);
      willis_frame_move (&frames[i], h);
    }
}

/* Largest difference between the forces and the slope of the energy (central differences), over the largest force. */
static double
slope_error (const Solved *s, WillisRodSolver *solver, WillisFrame *frames)
{
  const WillisRodModel *model = s->problem->model;
  g_autofree double *force = g_new (double, model->n_dof);
  double most = 0.0, off = 0.0, step = 1e-5;

  willis_rod_assemble (solver, frames, 0.7, FALSE, TRUE);
  memcpy (force, solver->residual, sizeof (double) * model->n_dof);
  for (int i = 0; i < model->n_nodes; i++)
    for (int k = 0; k < 6; k++)
      {
        WillisFrame keep = frames[i];
        double e[4], h[6] = { 0 };

        if (model->dof[i][k] < 0)
          continue;
        for (int side = 0; side < 4; side++)
          {
            static const double at[4] = { -2, -1, 1, 2 };

            frames[i] = keep;
            h[k] = at[side] * step;
            willis_frame_move (&frames[i], h);
            e[side] = willis_rod_potential (solver, frames, 0.7);
          }
        frames[i] = keep;
        off = fmax (off, fabs ((8.0 * (e[2] - e[1]) - (e[3] - e[0])) / (12.0 * step) - force[model->dof[i][k]]));
        most = fmax (most, fabs (force[model->dof[i][k]]));
      }
  return off / most;
}

/* How far the slope of the forces (by differences) of a rod in balance is from being symmetric, over its largest entry.
 * Without a wall: its points come and go. */
static double
asymmetry (void)
{
  Solved s = _willis_verify_solve (
      "{\"rods\":[{\"line\":{\"from\":[0,0,0],\"to\":[20,0,0]},\"elements\":20,\"EA\":10,\"GA\":5,"
      "\"GJ\":0.8,\"EI\":[1,2],\"axis2\":[0,1,0]}],\"supports\":[{\"at\":\"start\",\"fix\":"
      "\"x y z rx ry rz\"}],\"loads\":[{\"at\":\"end\",\"force\":[0.01,0.02,0.03]}],\"distributed\":"
      "[{\"force_per_mm\":[0,-0.002,0.003]}],\"path\":{\"steps\":4}}");
  g_autoptr (WillisRodSolver) solver = willis_rod_solver_new (s.problem->model);
  WillisFrame *frames = s.path->last->frames;
  int n = s.problem->model->n_dof;
  g_autofree double *k = g_new (double, (gsize) n *n);
  double off = 0.0, most = 0.0;

  for (int node = 0; node < s.problem->model->n_nodes; node++)
    for (int i = 0; i < 6; i++)
      {
        int d = s.problem->model->dof[node][i];
        WillisFrame keep = frames[node];
        double h[6] = { 0 };

        if (d < 0)
          continue;
        for (int side = 0; side < 2; side++)
          {
            frames[node] = keep;
            h[i] = side == 0 ? -1e-5 : 1e-5;
            willis_frame_move (&frames[node], h);
            willis_rod_assemble (solver, frames, s.path->last->factor, FALSE, TRUE);
            for (int r = 0; r < n; r++)
              k[(gsize) r * n + d]
                  = side == 0 ? -solver->residual[r] : (k[(gsize) r * n + d] + solver->residual[r]) / 2e-5;
          }
        frames[node] = keep;
      }
  for (int a = 0; a < n; a++)
    for (int b = 0; b < a; b++)
      {
        off = fmax (off, fabs (k[(gsize) a * n + b] - k[(gsize) b * n + a]));
        most = fmax (most, fabs (k[(gsize) a * n + b]));
      }
  _willis_verify_clear (&s);
  return off / most;
}

static void
gates_of_forces (Verify *v)
{
  Solved s = _willis_verify_solve ("{\"rods\":[{\"line\":{\"from\":[0,-0.5,0],\"to\":[20,-0.5,0]},\"elements\":20,"
                                   "\"EA\":10,\"GA\":5,\"GJ\":0.8,\"EI\":[1,2],\"axis2\":"
                                   "[0,1,0]}],\"supports\":[{\"at\":\"start\",\"fix\":\"x y z "
                                   "rx ry rz\"},{\"at\":\"end\",\"fix\":\"y z\"}],\"loads\":[{\"at\":\"end\",\"force\":"
                                   "[-0.05,0,0]}],\"distributed\":[{\"force_per_mm\":[0,-0.01,0.003]}],\"lumen\":{"
                                   "\"cylinder\":{\"from\":[0,0,0],\"to\":[1,0,0],"
                                   "\"radius\":1}},\"radius_mm\":0.45,\"path\":{\"steps\":2}}");
  g_autoptr (WillisRodSolver) solver = willis_rod_solver_new (s.problem->model);
  g_autofree WillisFrame *frames = g_memdup2 (s.path->last->frames, sizeof (WillisFrame) * s.problem->model->n_nodes);
  const double w[3]
      = { 37.0 * M_PI / 180.0 / sqrt (14.0), 74.0 * M_PI / 180.0 / sqrt (14.0), 111.0 * M_PI / 180.0 / sqrt (14.0) };
  const double move[3] = { 30, -7, 400 };
  double energy, moved, q[4];

  _willis_verify_add (v, "slope of the forces in equilibrium: asymmetry over its largest entry", asymmetry (), 0.0,
                      1e-7, "20 elements");
  shaken (s.problem->model, frames);
  _willis_verify_add (v, "forces of rod, wall and loads against the energy's slope", slope_error (&s, solver, frames),
                      0.0, 1e-7, "20 elements, frames shaken");
  /* the rod alone moves as a whole */
  energy = 0.0;
  moved = 0.0;
  quat_exp (q, w);
  for (int e = 0; e < s.problem->model->n_elements; e++)
    energy += willis_rod_element_energy (&s.problem->model->elements[e], &frames[e], &frames[e + 1]);
  for (int i = 0; i < s.problem->model->n_nodes; i++)
    {
      quat_apply (frames[i].r, q, frames[i].r);
      quat_mul (frames[i].q, q, frames[i].q);
      vec3_add (frames[i].r, frames[i].r, move);
    }
  for (int e = 0; e < s.problem->model->n_elements; e++)
    moved += willis_rod_element_energy (&s.problem->model->elements[e], &frames[e], &frames[e + 1]);
  _willis_verify_add (v, "energy of a rod turned and moved as a whole, over what it was", moved / energy, 1.0, 1e-12,
                      "20 elements");
  _willis_verify_clear (&s);
}

/* Energy of wall and rod for a bent tube and a rod in it, the scene turned by 37 degrees about (1, 2, 3). */
static void
gates_of_scene (Verify *v)
{
  for (int sampled = 0; sampled < 2; sampled++)
    {
      double energy[2], x[3] = { -3, 0, 0 }, t[3] = { 1, 0, 0 }, n[3] = { 0, 1, 0 };
      g_autoptr (GArray) line = g_array_new (FALSE, FALSE, sizeof (double));

      g_array_append_vals (line, x, 3);
      go (line, x, t, n, 3.0, 0.0, 0.1);
      go (line, x, t, n, 12.0, 0.1, 0.1);
      for (int turned = 0; turned < 2; turned++)
        {
          const double angle = turned * 37.0 * M_PI / 180.0 / sqrt (14.0), w[3] = { angle, 2.0 * angle, 3.0 * angle };
          double q[4], centre[3] = { 0, 10, 0 }, axis[3] = { 0, 0, 1 };
          g_autoptr (WillisRodModel) model = willis_rod_model_new ();
          g_autoptr (WillisLumen) lumen = NULL;
          g_autoptr (WillisContact) contact = NULL;
          WillisContactParams params = WILLIS_CONTACT_PARAMS_INIT;
          g_autofree double *points = g_memdup2 (line->data, sizeof (double) * line->len),
                            *radius = g_new (double, line->len / 3);
          static const double stiff[6] = { 1e3, 1e3, 1e3, 1, 1, 1 };

          quat_exp (q, w);
          for (guint i = 0; i < line->len; i += 3)
            {
              quat_apply (points + i, q, points + i);
              radius[i / 3] = 1.0;
            }
          quat_apply (centre, q, centre);
          quat_apply (axis, q, axis);
          lumen = sampled ? willis_lumen_line (points, radius, line->len / 3, FALSE, 0.1, NULL)
                          : willis_lumen_torus (centre, axis, 10.0, 1.0);
          for (int i = 0; i <= 10; i++)
            {
              WillisFrame f = { { 0.8 * i, 0.5 + 0.06 * 0.64 * i * i, 0.3 * sin (i) }, { 1, 0, 0, 0 } };

              quat_apply (f.r, q, f.r);
              memcpy (f.q, q, sizeof f.q);
              willis_rod_model_add_node (model, &f);
              if (i > 0)
                willis_rod_model_add_element_as_given (model, i - 1, i, stiff, TRUE);
            }
          params.stiffness = 1.0;
          params.radius_mm = 0.45;
          contact = willis_contact_new (model, lumen, &params);
          energy[turned] = willis_contact_field (contact).eval (contact, model->start, NULL, NULL, NULL);
          for (int e = 0; e < 10; e++)
            energy[turned] += willis_rod_element_energy (&model->elements[e], &model->start[e], &model->start[e + 1]);
        }
      _willis_verify_add (v,
                          sampled ? "the same, the wall sampled anew"
                                  : "scene turned by 37 degrees about (1, 2, 3): energy over what it was",
                          energy[1] / energy[0], 1.0, sampled ? 1e-6 : 1e-12,
                          sampled ? "voxels of 0.1 mm" : "10 elements");
    }
}

/* A march that is copied half way goes on to the same bits, with any number of threads. */
static void
gates_of_march (Verify *v)
{
  static const int threads[3] = { 1, 2, 3 };
  const WillisFrame mouth = { { 0, 0, 0 }, { 1, 0, 0, 0 } };
  WillisTool tool = { 1, { { 1e9, { 60e6, 20e6, 20e6, 0.8e6, 1e6, 1e6 }, { 0, 0.05, 0.1 } } }, 0.3 };
  double tips[4][3];
  gboolean same = TRUE, restarted;

  for (int k = 0; k < 4; k++)
    {
      double x[3] = { -3, 0, 0 }, t[3] = { 1, 0, 0 }, n[3] = { 0, 1, 0 };
      g_autoptr (GArray) line = g_array_new (FALSE, FALSE, sizeof (double));
      g_autofree double *radius = NULL;
      g_autoptr (WillisLumen) lumen = NULL;
      g_autoptr (WillisInsertion) in = NULL;
      WillisInsertionParams params = WILLIS_INSERTION_PARAMS_INIT;

      willis_parallel_set_threads (threads[MIN (k, 2)]);
      g_array_append_vals (line, x, 3);
      go (line, x, t, n, 6.0, 0.0, 0.2);
      go (line, x, t, n, 20.0, 0.15, 0.2);
      radius = g_new (double, line->len / 3);
      for (guint i = 0; i < line->len / 3; i++)
        radius[i] = 1.5;
      lumen = willis_lumen_line ((double *) (void *) line->data, radius, line->len / 3, FALSE, 0.2, NULL);
      params.friction = 0.1;
      in = willis_insertion_new (lumen, &mouth, &params);
      willis_insertion_add_tool (in, &tool, 1.0, NULL);
      willis_insertion_move (in, 0, 8.0, 0.5, NULL, NULL);
      if (k == 3)
        {
          WillisInsertion *copy = willis_insertion_copy (in);

          willis_insertion_free (in);
          in = copy;
        }
      willis_insertion_move (in, 0, 6.0, 0.0, NULL, NULL);
      vec3_copy (tips[k], willis_insertion_frames (in)[willis_insertion_n_nodes (in) - 1].r);
    }
  willis_parallel_set_threads (0);
  for (int k = 1; k < 3; k++)
    same = same && memcmp (tips[0], tips[k], sizeof tips[0]) == 0;
  restarted = memcmp (tips[2], tips[3], sizeof tips[0]) == 0;
  _willis_verify_add (v, "march with 1, 2, 3 threads: the same bits (1 where so)", same, 1.0, 0.0, "0.4 mm");
  _willis_verify_add (v, "march taken up from a copy half way: the same bits (1 where so)", restarted, 1.0, 0.0,
                      "0.4 mm");
}

void
_willis_verify_gates (Verify *v)
{
  gates_of_forces (v);
  gates_of_scene (v);
  gates_of_march (v);
}
