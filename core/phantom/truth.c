/* SPDX-License-Identifier: Apache-2.0 */
#include "core/phantom/phantom-private.h"

#include <math.h>

#include "core/num/vec3.h"

#define N_AROUND 360 // rays of a section
#define N_POLAR 200  // rings of rays for volume and area
#define TOUCH_MM 0.5 // more than a fillet adds

/* The lumen, or the sac alone without fillets, at a point of the anatomy. */
static double
field_at (const PhantomField *field, const PhantomSac *alone, const double x[3])
{
  return alone != NULL ? phantom_field_sac (alone, x) : phantom_field_artery (field, x);
}

/* Distance from a point inside to the surface along unit u, at most limit. */
static double
ray_length (const PhantomField *field, const PhantomSac *alone, const double from[3], const double u[3], double limit)
{
  double s = 0.0, x[3], lo, hi;

  for (;;)
    {
      double d;

      vec3_axpy (x, from, s, u);
      d = field_at (field, alone, x);
      if (d >= 0.0)
        break;
      s += CLAMP (-0.7 * d, 0.01, 0.5);
      if (s >= limit)
        return limit;
    }
  hi = s;
  lo = MAX (s - 0.5, 0.0);
  for (int n = 0; n < 16; n++)
    {
      double mid = 0.5 * (lo + hi);

      vec3_axpy (x, from, mid, u);
      if (field_at (field, alone, x) < 0.0)
        lo = mid;
      else
        hi = mid;
    }
  return 0.5 * (lo + hi);
}

/* A neck as it is sought: height of its point on the axis, tilt against the axis and the tilt's direction. */
typedef struct
{
  double t, tilt, azimuth, area;
  double point[3], normal[3]; // anatomy
} Neck;

/* The same to the wall of a sac. Where an artery touches the sac beyond its neck, the lumen goes on through the artery,
 * but the sac ends at its own wall: a ray that sees on by more than TOUCH_MM there, in or beside the artery. through
 * (may be NULL): how far it sees. */
static double
sac_ray (const WillisPhantom *phantom, const PhantomSac *sac, const Neck *neck, const double from[3], const double u[3],
         double limit, double *through)
{
  double all = ray_length (phantom->field, NULL, from, u, limit), own, x[3], q[3];

  if (through != NULL)
    *through = all;
  if (sac == NULL)
    return all;
  own = ray_length (phantom->field, sac, from, u, all);
  vec3_axpy (x, from, own, u);
  vec3_sub (q, x, neck->point);
  return all - own > TOUCH_MM && vec3_dot (q, neck->normal) > TOUCH_MM
                 && phantom_field_vessels (phantom->field, x) < phantom->blend_mm
             ? own
             : all;
}

/* The section of the lumen (with sac and neck: of the sac) by the plane through centre across normal, seen from centre
 * by n rays: area, perimeter, contour (anatomy; may be NULL). */
static void
section (const WillisPhantom *phantom, const PhantomSac *sac, const Neck *neck, const double centre[3],
         const double normal[3], int n, double limit, double *area, double *perimeter, GArray *contour)
{
  double u[3], v[3], first[3], last[3];

  vec3_basis (normal, u, v);
  *area = *perimeter = 0.0;
  for (int i = 0; i < n; i++)
    {
      double phi = 2.0 * M_PI * i / n, dir[3], x[3], r;

      vec3_scale (dir, u, cos (phi));
      vec3_axpy (dir, dir, sin (phi), v);
      r = sac_ray (phantom, sac, neck, centre, dir, limit, NULL);
      vec3_axpy (x, centre, r, dir);
      *area += 0.5 * r * r * 2.0 * M_PI / n;
      if (i > 0)
        *perimeter += vec3_dist (x, last);
      else
        vec3_copy (first, x);
      vec3_copy (last, x);
      if (contour != NULL)
        g_array_append_vals (contour, x, 3);
    }
  *perimeter += vec3_dist (last, first);
}

/* Puts the ellipsoid so that its section at the neck plane has the wanted neck width. */
static void
place_ellipsoid (PhantomSac *sac)
{
  double ratio = MIN (sac->neck_mm / sac->width_mm, 1.0);
  double q = sqrt (MAX (1.0 - ratio * ratio, 0.0));

  sac->semi[0] = 0.5 * sac->width_mm;
  sac->semi[1] = sac->height_mm / (1.0 + q);
  vec3_axpy (sac->centre, sac->base, sac->neck_at_mm + q * sac->semi[1], sac->axis);
}

void
phantom_sac_place (const WillisPhantom *phantom, PhantomSac *sac, double parent_radius_mm)
{
  sac->neck_at_mm = parent_radius_mm;
  place_ellipsoid (sac);
  for (guint b = 0; b < sac->blebs->len; b++)
    {
      PhantomBleb *bleb = &g_array_index (sac->blebs, PhantomBleb, b);
      double u[3], along, across, k;

      /* the description gives a direction; the bleb's tip stands height above where this leaves the ellipsoid */
      vec3_copy (u, bleb->centre);
      vec3_normalize (u);
      along = vec3_dot (u, sac->axis) / sac->semi[1];
      across = (1.0 - vec3_dot (u, sac->axis) * vec3_dot (u, sac->axis)) / (sac->semi[0] * sac->semi[0]);
      k = 1.0 / sqrt (along * along + MAX (across, 0.0));
      vec3_axpy (bleb->centre, sac->centre, k + bleb->height - bleb->radius, u);
    }
}

static void
neck_set (const PhantomSac *sac, double t, double tilt, double azimuth, Neck *neck)
{
  double u[3], v[3];

  vec3_basis (sac->axis, u, v);
  *neck = (Neck){ .t = t, .tilt = tilt, .azimuth = azimuth, .area = INFINITY };
  vec3_axpy (neck->point, sac->base, t, sac->axis);
  vec3_scale (neck->normal, sac->axis, cos (tilt));
  vec3_axpy (neck->normal, neck->normal, sin (tilt) * cos (azimuth), u);
  vec3_axpy (neck->normal, neck->normal, sin (tilt) * sin (azimuth), v);
}

/* Does an artery run on beyond the plane, in the sac or (touching) along its wall? */
static gboolean
artery_beyond (const WillisPhantom *phantom, const PhantomSac *sac, const Neck *neck, gboolean touching)
{
  for (guint v = 0; v < phantom->vessels->len; v++)
    {
      const PhantomVessel *vessel = phantom->vessels->pdata[v];
      const double *p = (const double *) (void *) vessel->points->data;

      for (guint i = 0; vessel->artery && i < vessel->points->len; i++)
        {
          double q[3], along, more = touching ? p[4 * i + 3] : 0.0, a = sac->semi[0] + more, b = sac->semi[1] + more;

          vec3_sub (q, p + 4 * i, sac->centre);
          along = vec3_dot (q, sac->axis);
          if ((vec3_norm2 (q) - along * along) / (a * a) + along * along / (b * b) > 1.0)
            continue;
          vec3_sub (q, p + 4 * i, neck->point);
          if (vec3_dot (q, neck->normal) > 0.0)
            return TRUE;
        }
    }
  return FALSE;
}

/* Takes the plane where its section is smaller than the best so far and all arteries stay before it. */
static gboolean
neck_try (const WillisPhantom *phantom, const PhantomSac *sac, double t, double tilt, double azimuth, int rays,
          Neck *best)
{
  double perimeter;
  Neck neck;

  neck_set (sac, t, tilt, azimuth, &neck);
  if (tilt > 0.0 && artery_beyond (phantom, sac, &neck, TRUE))
    return FALSE;
  section (phantom, NULL, NULL, neck.point, neck.normal, rays, 1.5 * sac->width_mm + 5.0, &neck.area, &perimeter, NULL);
  if (neck.area >= best->area)
    return FALSE;
  *best = neck;
  return TRUE;
}

#define SEEN_MOST 1.15 // of the diagonal of the sac: what is seen from within it is the sac's own

#define TILT_STEP (8.0 * M_PI / 180.0)
#define TILTS 3
#define AZIMUTHS 12

/* The neck: the smallest section between the parent's wall and the sac's belly, across the axis or tilted by up to 28
 * degrees: where a sac sits aslant on a fork, the plane across its axis is larger than what parts it from the arteries.
 */
static Neck
find_neck (const WillisPhantom *phantom, const PhantomSac *sac)
{
  double belly[3], top, low = MAX (sac->neck_at_mm - 0.3, 0.0), step = 0.05, turn = 0.5 * TILT_STEP;
  Neck best, straight;

  vec3_sub (belly, sac->centre, sac->base);
  top = MAX (vec3_dot (belly, sac->axis), sac->neck_at_mm + 0.02);
  neck_set (sac, sac->neck_at_mm, 0.0, 0.0, &straight);
  for (double t = low; t <= top; t += 0.02)
    neck_try (phantom, sac, t, 0.0, 0.0, N_AROUND, &straight);
  /* no waist: the smallest section would be at the belly itself; then the neck is the parent's wall */
  if (straight.t >= top - 0.03)
    {
      neck_set (sac, sac->neck_at_mm, 0.0, 0.0, &straight);
      return straight;
    }
  best = straight;
  for (double t = low; t <= MIN (top, straight.t + 0.5); t += 0.1)
    for (int tilt = 1; tilt <= TILTS; tilt++)
      for (int a = 0; a < AZIMUTHS; a++)
        neck_try (phantom, sac, t, tilt * TILT_STEP, a * 2.0 * M_PI / AZIMUTHS, N_AROUND / 4, &best);
  if (best.tilt == 0.0)
    return straight;
  for (; step > 0.004; step *= 0.5, turn *= 0.5) // a pattern search around it
    for (gboolean better = TRUE; better;)
      {
        const Neck from = best;
        double round = turn / MAX (sin (from.tilt), 0.05);

        better
            = from.t - step >= low && neck_try (phantom, sac, from.t - step, from.tilt, from.azimuth, N_AROUND, &best);
        better
            |= from.t + step <= top && neck_try (phantom, sac, from.t + step, from.tilt, from.azimuth, N_AROUND, &best);
        better |= neck_try (phantom, sac, from.t, MAX (from.tilt - turn, 0.0), from.azimuth, N_AROUND, &best);
        better |= from.tilt + turn < (TILTS + 0.5) * TILT_STEP
                  && neck_try (phantom, sac, from.t, from.tilt + turn, from.azimuth, N_AROUND, &best);
        better |= neck_try (phantom, sac, from.t, from.tilt, from.azimuth - round, N_AROUND, &best);
        better |= neck_try (phantom, sac, from.t, from.tilt, from.azimuth + round, N_AROUND, &best);
      }
  return best.area < 0.98 * straight.area ? best : straight;
}

/* A point deep in the sac, well beyond the neck. */
static double
deep_point (const PhantomSac *sac, const Neck *neck, double point[3])
{
  double height;

  vec3_sub (point, sac->centre, neck->point);
  height = vec3_dot (point, neck->normal);
  vec3_axpy (point, sac->centre, MAX (0.25 * sac->height_mm - height, 0.0), neck->normal);
  return MAX (height, 0.25 * sac->height_mm);
}

/* Volume, area and points of the sac by rays from a centre inside it; seen: the points of all that is seen from there,
 * in arteries that touch the sac, too. */
static void
integrate (const WillisPhantom *phantom, const PhantomSac *sac, const Neck *neck, PhantomSacTruth *truth,
           GArray *points, GArray *seen)
{
  double centre[3], u[3], v[3], pole[3], height = deep_point (sac, neck, centre);
  const PhantomField *field = phantom->field;
  const double *w = neck->normal;
  double through;

  vec3_basis (w, u, v);
  /* the pole lies between the rings */
  vec3_axpy (pole, centre, sac_ray (phantom, sac, neck, centre, w, 1e3, &through), w);
  g_array_append_vals (points, pole, 3);
  vec3_axpy (pole, centre, through, w);
  g_array_append_vals (seen, pole, 3);
  for (int i = 0; i < N_POLAR; i++)
    for (int j = 0; j < 2 * N_POLAR; j++)
      {
        double c = 1.0 - 2.0 * (i + 0.5) / N_POLAR, s = sqrt (1.0 - c * c);
        double phi = M_PI * (j + 0.5) / N_POLAR, omega = 2.0 / N_POLAR * M_PI / N_POLAR;
        double limit = c < 0.0 ? height / -c : 1e3, dir[3], r, x[3], g[3];
        const PhantomSac *alone;

        for (int a = 0; a < 3; a++)
          dir[a] = s * (cos (phi) * u[a] + sin (phi) * v[a]) + c * w[a];
        r = sac_ray (phantom, sac, neck, centre, dir, limit, &through);
        truth->volume_mm3 += r * r * r / 3.0 * omega;
        vec3_axpy (x, centre, through, dir);
        if (through < limit && i % 2 == 0 && j % 4 == 0)
          g_array_append_vals (seen, x, 3);
        if (r >= limit)
          continue;
        vec3_axpy (x, centre, r, dir);
        alone = phantom_field_artery (field, x) < -0.01 ? sac : NULL; // where an artery touches it
        for (int a = 0; a < 3; a++)
          {
            double p[3] = { x[0], x[1], x[2] }, m[3] = { x[0], x[1], x[2] };

            p[a] += 1e-4;
            m[a] -= 1e-4;
            g[a] = field_at (field, alone, p) - field_at (field, alone, m);
          }
        vec3_normalize (g);
        truth->area_mm2 += r * r * omega / MAX (vec3_dot (dir, g), 0.05);
        if (i % 2 == 0 && j % 4 == 0)
          g_array_append_vals (points, x, 3);
      }
  vec3_copy (truth->dome, centre);
}

/* The largest distance of two points, as the largest extent in many directions. */
static double
largest_extent (const GArray *points)
{
  const double *p = (const double *) points->data;
  double largest = 0.0;

  for (int d = 0; d < 4000; d++)
    {
      double c = (d + 0.5) / 4000, s = sqrt (1.0 - c * c), phi = d * M_PI * (3.0 - sqrt (5.0));
      double dir[3] = { s * cos (phi), s * sin (phi), c }, lo = INFINITY, hi = -INFINITY;

      for (guint i = 0; i < points->len / 3; i++)
        {
          double along = vec3_dot (p + 3 * i, dir);

          lo = MIN (lo, along);
          hi = MAX (hi, along);
        }
      largest = MAX (largest, hi - lo);
    }
  return largest;
}

/* Heights over the neck plane and the size. */
static void
extents (const Neck *neck, const GArray *points, PhantomSacTruth *truth)
{
  const double *p = (const double *) points->data;
  guint n = points->len / 3;

  for (guint i = 0; i < n; i++)
    {
      double q[3];

      vec3_sub (q, p + 3 * i, neck->point);
      truth->height_mm = MAX (truth->height_mm, vec3_dot (q, neck->normal));
      truth->max_height_mm = MAX (truth->max_height_mm, vec3_norm (q));
    }
  truth->size_mm = largest_extent (points);
}

PhantomSacTruth *
phantom_sac_truth (const WillisPhantom *phantom, const PhantomSac *sac)
{
  PhantomSacTruth *truth = g_new0 (PhantomSacTruth, 1);
  g_autoptr (GArray) points = g_array_new (FALSE, FALSE, sizeof (double));
  g_autoptr (GArray) seen = g_array_new (FALSE, FALSE, sizeof (double));
  double limit = 1.5 * sac->width_mm + 5.0, perimeter, zero[3] = { 0 }, origin[3], deep[3];
  Neck neck = find_neck (phantom, sac);

  truth->neck_curve = g_array_new (FALSE, FALSE, sizeof (double));
  section (phantom, NULL, NULL, neck.point, neck.normal, N_AROUND, limit, &truth->ostium_area_mm2, &perimeter,
           truth->neck_curve);
  truth->neck_diameter_mm = 4.0 * truth->ostium_area_mm2 / perimeter;
  truth->artery_beyond = artery_beyond (phantom, sac, &neck, FALSE);
  integrate (phantom, sac, &neck, truth, points, seen);
  g_array_append_vals (points, truth->neck_curve->data, truth->neck_curve->len);
  g_array_append_vals (seen, truth->neck_curve->data, truth->neck_curve->len);
  extents (&neck, points, truth);
  truth->seen_mm = largest_extent (seen);
  truth->parted = !truth->artery_beyond && truth->seen_mm <= SEEN_MOST * hypot (sac->height_mm, sac->width_mm);
  for (double h = 0.0, start = deep_point (sac, &neck, deep); h < truth->height_mm; h += 0.1)
    {
      double area, at[3];

      /* the sections' middles: straight up from the neck's to the sac's */
      vec3_lerp (at, neck.point, deep, MIN (h / start, 1.0));
      vec3_axpy (at, at, MAX (h - start, 0.0), neck.normal);
      section (phantom, sac, &neck, at, neck.normal, N_AROUND, limit, &area, &perimeter, NULL);
      if (perimeter > 0.0)
        truth->width_mm = MAX (truth->width_mm, 4.0 * area / perimeter);
    }
  vec3_copy (truth->neck_centre, neck.point);
  phantom_to_scan (phantom, truth->neck_centre, truth->neck_centre);
  phantom_to_scan (phantom, truth->dome, truth->dome);
  phantom_to_scan (phantom, zero, origin);
  phantom_to_scan (phantom, neck.normal, truth->neck_normal);
  vec3_sub (truth->neck_normal, truth->neck_normal, origin);
  for (guint i = 0; i + 2 < truth->neck_curve->len; i += 3)
    phantom_to_scan (phantom, &g_array_index (truth->neck_curve, double, i),
                     &g_array_index (truth->neck_curve, double, i));
  return truth;
}

void
phantom_sac_truth_free (PhantomSacTruth *truth)
{
  if (truth == NULL)
    return;
  g_array_unref (truth->neck_curve);
  g_free (truth);
}
