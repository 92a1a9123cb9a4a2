/* SPDX-License-Identifier: Apache-2.0 */
/* Where the search begins: mandrels that bend as the way does, and mandrels from everywhere. */
#include <math.h>
#include <string.h>

#include "solver/shaping/design-private.h"

#define BEND_RADIUS_MM WILLIS_MANDREL_RADIUS_MM // tight: the set bend is wider by 1 / r

/* Turning of the path, from the tip back, in the frame that is carried along without twist: between two distances. */
static void
path_turn (const WillisShapingSite *site, double from, double to, double *middle, double turn[2])
{
  WillisFrame frame = site->mouth;
  double left = site->length_mm, weight = 0.0;

  turn[0] = turn[1] = *middle = 0.0;
  for (int i = 0; i + 2 < site->n_path; i++)
    {
      double a[3], b[3], w[3], q[4], u[3], v[3], sine, angle;

      vec3_sub (a, site->path + 3 * (i + 1), site->path + 3 * i);
      vec3_sub (b, site->path + 3 * (i + 2), site->path + 3 * (i + 1));
      left -= vec3_normalize (a);
      vec3_normalize (b);
      vec3_cross (w, a, b);
      sine = vec3_normalize (w);
      angle = atan2 (sine, vec3_dot (a, b));
      if (left >= from && left < to)
        {
          double towards[3], c, s;

          willis_frame_axis (&frame, 1, u);
          willis_frame_axis (&frame, 2, v);
          vec3_axpy (towards, b, -vec3_dot (a, b), a);
          c = vec3_dot (towards, u);
          s = vec3_dot (towards, v);
          turn[0] += c;
          turn[1] += s;
          weight += angle;
          *middle += angle * left;
        }
      vec3_scale (w, w, angle);
      quat_exp (q, w);
      quat_mul (frame.q, q, frame.q);
    }
  *middle = weight > 1e-6 ? *middle / weight : 0.5 * (from + to);
}

/* A mandrel of n bends that follows the path's last stretch, over-bent by the set. */
static void
start_shape (const WillisShapingSite *site, const WillisCatheter *c, const WillisDesignParams *p, int n, double over,
             WillisShape *out)
{
  double keep = willis_catheter_set_fraction (c, &p->heating) * willis_catheter_retention (c, &p->heating);
  double bound[WILLIS_MANDREL_BENDS + 1];

  memset (out, 0, sizeof *out);
  out->heating = p->heating;
  out->shaped = TRUE;
  bound[0] = WILLIS_MANDREL_TIP_MM;
  bound[1] = site->target_depth_mm + 2.5 * site->parent_radius_mm + 1.5;
  bound[2] = bound[1] + 9.0;
  bound[3] = bound[2] + 9.0;
  out->mandrel.n_bends = n;
  for (int i = 0; i < n; i++)
    {
      WillisMandrelBend *b = &out->mandrel.bends[i];
      double turn[2];

      path_turn (site, bound[i], bound[i + 1], &b->from_tip_mm, turn);
      b->angle = MIN (over * hypot (turn[0], turn[1]) / keep, 0.85 * WILLIS_MANDREL_MOST_ANGLE);
      b->roll = atan2 (turn[1], turn[0]);
      b->radius_mm = BEND_RADIUS_MM;
    }
  willis_mandrel_mend (&out->mandrel);
}

/* Anywhere that a mandrel can be bent: turns beyond what the path shows are wanted where walls press the catheter. */
static void
wide_start (const double *u, int n, WillisShape *out)
{
  double hub = out->mandrel.n_bends > 0 ? out->mandrel.bends[0].roll : 0.0, at = 0.0;
  int k = 0;

  out->feed_mm = 1.0 + 6.0 * u[k++];
  for (int bend = 0; bend < n; bend++)
    {
      WillisMandrelBend *b = &out->mandrel.bends[bend];

      at += bend == 0 ? 5.5 + 7.0 * u[k] : 8.0 + 9.0 * u[k];
      k++;
      b->from_tip_mm = at;
      b->angle = (90.0 + 140.0 * u[k++]) * G_PI / 180.0;
      b->roll = hub + (bend == 0 ? 0.6 : 1.0) * 2.0 * G_PI * u[k++];
    }
}

/* Point number i of Halton's sequence, each of u in -0.5 to 0.5. */
static void
halton (int i, double u[WILLIS_DESIGN_VARIABLES])
{
  static const int primes[] = { 2, 3, 5, 7, 11, 13, 17, 19, 23, 29 };

  for (int v = 0; v < WILLIS_DESIGN_VARIABLES; v++)
    {
      double f = 1.0;

      u[v] = 0.0;
      for (int left = i; left > 0; left /= primes[v])
        {
          f /= primes[v];
          u[v] += f * (left % primes[v]);
        }
      u[v] -= 0.5;
    }
}

void
_willis_design_anywhere (const WillisDesignParams *params, int n, int i, WillisShape *out)
{
  double u[WILLIS_DESIGN_VARIABLES], at = WILLIS_MANDREL_TIP_MM;
  int k = 0;

  halton (i, u);
  memset (out, 0, sizeof *out);
  out->heating = params->heating;
  out->shaped = TRUE;
  out->feed_mm = 1.5 + 5.0 * u[k++];
  out->mandrel.n_bends = n;
  for (int bend = 0; bend < n; bend++)
    {
      WillisMandrelBend *b = &out->mandrel.bends[bend];

      at += 5.5 + 9.0 * u[k++];
      b->from_tip_mm = at;
      b->angle = WILLIS_MANDREL_MOST_ANGLE * (0.5 + u[k++]);
      b->roll = 2.0 * G_PI * u[k++];
      b->radius_mm = BEND_RADIUS_MM;
    }
  willis_mandrel_mend (&out->mandrel);
}

void
_willis_design_start (const WillisShapingSite *site, const WillisCatheter *catheter, const WillisDesignParams *params,
                      int n, int i, WillisShape *out)
{
  double u[WILLIS_DESIGN_VARIABLES];
  int k = 0;

  halton (i, u);
  start_shape (site, catheter, params, n, 1.0, out);
  if (i == 0)
    return;
  if (i % 2 == 0)
    {
      wide_start (u, n, out);
      willis_mandrel_mend (&out->mandrel);
      return;
    }
  out->feed_mm = 1.0 + 5.0 * u[k++];
  for (int bend = 0; bend < n; bend++)
    {
      WillisMandrelBend *b = &out->mandrel.bends[bend];

      b->from_tip_mm += 6.0 * u[k++];
      b->angle = b->angle * (1.1 + 1.4 * u[k]) + (bend > 0 ? 1.2 * u[k] : 0.0);
      k++;
      b->roll += (bend > 0 ? 3.0 : 1.6) * u[k++];
    }
  willis_mandrel_mend (&out->mandrel);
}

void
_willis_design_bend_more (const WillisShape *from, WillisShape *out)
{
  WillisMandrel *m = &out->mandrel;
  const WillisMandrelBend *last = &from->mandrel.bends[from->mandrel.n_bends - 1];

  *out = *from;
  m->bends[m->n_bends++]
      = (WillisMandrelBend){ last->from_tip_mm + 9.0, 20.0 * G_PI / 180.0, last->roll + 0.5 * G_PI, last->radius_mm };
  willis_mandrel_mend (m);
}
