/* SPDX-License-Identifier: Apache-2.0 */
#include "core/vessel/profile.h"

#include <math.h>
#include <string.h>

#include "core/mesh/rims.h"
#include "core/num/vec3.h"
#include "core/vessel/healthy.h"

#define REFERENCE_MM 5.0 // length of the stretch that serves as reference
#define REFERENCE_REACH_MM 30.0
#define REFERENCE_WIDE 0.85
#define REFERENCE_EVEN 0.15 // of its mean: so little an even stretch changes, a shoulder changes by more
#define RIPPLE_PASSES 4
#define SAC_WIDE 1.3 // times the artery that is healthy there: what is wider is the section of a sac
#define BESIDE 3.0   // times the width of a section: so far to both sides the artery's own width is looked for
#define BESIDE_MM 10.0 // and no farther
#define CUT_PART 0.2 // of a perimeter: more of it lies flat on a side of the scan than where a wall just touches that
#define LEAST_OF_BALL 0.8 // of the inscribed ball's diameter: a smaller section is the tip of an end, not the vessel's
#define N_WIDTHS 36 // directions in which a section's width is taken

static const WillisCrossSection no_section = { NAN, NAN, NAN, NAN, NAN, NAN, NAN };

/* Widths between parallel tangents of a polygon in the plane of u and v. */
static void
widths (const double *points, gsize n, const double u[3], const double v[3], double *narrow, double *wide)
{
  *narrow = INFINITY;
  *wide = 0.0;
  for (int k = 0; k < N_WIDTHS; k++)
    {
      double a = G_PI * k / N_WIDTHS, lo = INFINITY, hi = -INFINITY, d[3];

      for (int c = 0; c < 3; c++)
        d[c] = cos (a) * u[c] + sin (a) * v[c];
      for (gsize i = 0; i < n; i++)
        {
          double x = vec3_dot (points + 3 * i, d);

          lo = MIN (lo, x);
          hi = MAX (hi, x);
        }
      *narrow = MIN (*narrow, hi - lo);
      *wide = MAX (*wide, hi - lo);
    }
}

/* The perimeter of a round curve of n points that encloses area: of its points drawn towards their neighbours, since
 * ripples of noise as long as a triangle add to it, scaled to the area; and of arcs, not chords: a polygon of chords c
 * has more of it than the circle of its area, by pi^2 sum c^3 / 6 P^2. */
static double
round_perimeter (const double *points, gsize n, double area)
{
  g_autofree double *p = g_memdup2 (points, 3 * n * sizeof (double));
  g_autofree double *q = g_new (double, 3 * n);
  double vector[3], perimeter, cubes = 0.0, scale;

  for (int pass = 0; pass < RIPPLE_PASSES; pass++)
    {
      for (gsize i = 0; i < n; i++)
        for (int a = 0; a < 3; a++)
          q[3 * i + a] = 0.5 * p[3 * i + a] + 0.25 * (p[3 * ((i + n - 1) % n) + a] + p[3 * ((i + 1) % n) + a]);
      memcpy (p, q, 3 * n * sizeof (double));
    }
  perimeter = willis_polygon_measure (p, n, vector, NULL);
  scale = sqrt (area / MAX (vec3_norm (vector), 1e-12));
  for (gsize i = 0; i < n; i++)
    cubes += pow (scale * vec3_dist (p + 3 * i, p + 3 * ((i + 1) % n)), 3.0);
  perimeter *= scale;
  return perimeter - G_PI * G_PI * cubes / (6.0 * perimeter * perimeter);
}

/* The section of the lumen around a point of a course, square to it; NULL where there is none, or none of this vessel.
 */
static const WillisSection *
cut_at (WillisSectioner *lumen, const WillisCoursePoint *at)
{
  const WillisSection *section;
  int n;

  willis_sectioner_cut (lumen, at->centre_lps_mm, at->tangent);
  n = willis_sectioner_around (lumen, at->centre_lps_mm);
  if (n < 0)
    return NULL;
  section = willis_sectioner_section (lumen, (gsize) n);
  // a curve that lies elsewhere is another vessel's
  return vec3_dist (section->centre_lps_mm, at->centre_lps_mm) <= 2.0 * at->inscribed_mm + 1.0
                 && section->area_mm2 > 0.0
             ? section
             : NULL;
}

static WillisCrossSection
measure_section (WillisSectioner *lumen, const WillisSection *section, const WillisCoursePoint *at)
{
  const double *points = willis_sectioner_points (lumen) + 3 * section->first;
  WillisCrossSection out;
  double v[3];

  vec3_cross (v, at->tangent, at->normal);
  out.off_mm = vec3_dist (section->centre_lps_mm, at->centre_lps_mm);
  out.area_mm2 = section->area_mm2; // the lumen's flat triangles enclose what its wall does
  out.perimeter_mm
      = section->closed && section->n > 5 ? round_perimeter (points, section->n, out.area_mm2) : section->perimeter_mm;
  out.area_diameter_mm = 2.0 * sqrt (out.area_mm2 / G_PI);
  out.perimeter_diameter_mm = out.perimeter_mm / G_PI;
  widths (points, section->n, at->normal, v, &out.min_diameter_mm, &out.max_diameter_mm);
  return out;
}

WillisCrossSection
willis_cross_section (WillisSectioner *lumen, const WillisCoursePoint *at)
{
  const WillisSection *section = cut_at (lumen, at);

  return section != NULL ? measure_section (lumen, section, at) : no_section;
}

static gboolean
usable (const WillisCourse *course, const WillisProfile *profile, gsize i)
{
  return !willis_course_points (course)[i].near_junction && !profile->apart[i]
         && isfinite (profile->sections[i].min_diameter_mm);
}

/* Does a side of the lumen's box, where the scan ends, cut a section short? */
static gboolean
is_cut_short (WillisSectioner *sectioner, const WillisSection *section, const WillisSurface *lumen, const double box[6])
{
  const gint32 *triangles = willis_sectioner_triangles (sectioner) + section->first;
  const double *points = willis_sectioner_points (sectioner) + 3 * section->first;
  double flat = 0.0;

  if (!section->closed)
    return TRUE;
  for (gsize i = 0; i < section->n; i++)
    if (willis_flat_area (lumen, box, (gsize) triangles[i]) > 0.0)
      flat += vec3_dist (points + 3 * i, points + 3 * ((i + 1) % section->n));
  return flat > CUT_PART * section->perimeter_mm;
}

/* How thick the artery is about point i of a course, at most reach_mm to both sides on the same branch, as the
 * diameters of artery there have it. Beside a narrowing the opening of the radius takes its width for the artery's:
 * what is beyond is healthy. */
static double
artery_about (const WillisCourse *course, const double *artery, gsize i, double reach_mm)
{
  const WillisCoursePoint *p = willis_course_points (course);
  gsize lo = i, hi = i;
  double most = artery[i];

  for (; lo > 0 && p[lo - 1].branch == p[i].branch && p[i].at_mm - p[lo - 1].at_mm <= reach_mm; lo--)
    if (!p[lo - 1].near_junction)
      most = MAX (most, artery[lo - 1]);
  for (;
       hi + 1 < willis_course_n (course) && p[hi + 1].branch == p[i].branch && p[hi + 1].at_mm - p[i].at_mm <= reach_mm;
       hi++)
    if (!p[hi + 1].near_junction)
      most = MAX (most, artery[hi + 1]);
  return most;
}

/* Marks the sections that are of a sac rather than of the artery along which it lies. */
static void
mark_sacs (const WillisCourse *course, const WillisTree *tree, const WillisSurface *lumen, WillisProfile *profile)
{
  g_autoptr (WillisHealthy) healthy = willis_healthy_new (tree, lumen);
  g_autofree double *artery = g_new (double, profile->n);
  const WillisCoursePoint *p = willis_course_points (course);

  for (gsize i = 0; i < profile->n; i++)
    {
      const WillisBranch *branch = willis_tree_branch (tree, (gsize) p[i].branch);

      artery[i] = 2.0 * healthy->radius[p[i].branch][willis_branch_nearest (branch, p[i].centre_lps_mm, NULL)];
    }
  for (gsize i = 0; i < profile->n; i++)
    {
      double width = fmax (p[i].inscribed_mm, profile->sections[i].min_diameter_mm); // NaN: no section

      profile->apart[i] |= healthy->sac[p[i].branch]
                           || width > SAC_WIDE * artery_about (course, artery, i, MIN (BESIDE * width, BESIDE_MM));
    }
}

static void
summarise (const WillisCourse *course, WillisProfile *profile)
{
  double sum = 0.0;
  gsize n = 0;

  profile->min_diameter_mm = INFINITY;
  profile->max_diameter_mm = -INFINITY;
  for (gsize i = 0; i < profile->n; i++)
    if (usable (course, profile, i))
      {
        double d = profile->sections[i].area_diameter_mm;

        sum += d;
        n++;
        profile->min_diameter_mm = MIN (profile->min_diameter_mm, d);
        profile->max_diameter_mm = MAX (profile->max_diameter_mm, d);
      }
  profile->mean_diameter_mm = n > 0 ? sum / (double) n : NAN;
  if (n == 0)
    profile->min_diameter_mm = profile->max_diameter_mm = NAN;
}

WillisProfile *
willis_profile_new (const WillisCourse *course, const WillisTree *tree, WillisSurface *lumen,
                    const WillisProgress *progress, GError **error)
{
  g_autoptr (WillisSectioner) sectioner = willis_sectioner_new (lumen);
  g_autoptr (WillisProfile) profile = g_new0 (WillisProfile, 1);
  double box[6];

  profile->n = willis_course_n (course);
  profile->sections = g_new (WillisCrossSection, profile->n);
  willis_surface_bounds (lumen, box);
  profile->apart = g_new0 (guint8, profile->n);
  for (gsize i = 0; i < profile->n; i++)
    {
      const WillisCoursePoint *at = willis_course_points (course) + i;
      const WillisSection *section;

      if (!willis_progress_step (progress, (double) i / (double) profile->n, error))
        return NULL;
      section = cut_at (sectioner, at);
      profile->sections[i] = section != NULL ? measure_section (sectioner, section, at) : no_section;
      if (profile->sections[i].area_diameter_mm < LEAST_OF_BALL * at->inscribed_mm)
        {
          profile->sections[i] = no_section;
          section = NULL;
        }
      profile->apart[i] = section == NULL || is_cut_short (sectioner, section, lumen, box);
    }
  mark_sacs (course, tree, lumen, profile);
  summarise (course, profile);
  profile->stenosis = willis_profile_stenosis (course, profile, NAN, NAN, NAN);
  return g_steal_pointer (&profile);
}

void
willis_profile_free (WillisProfile *profile)
{
  if (profile == NULL)
    return;
  g_free (profile->sections);
  g_free (profile->apart);
  g_free (profile);
}

/* A stretch of usable sections. */
typedef struct
{
  gsize from, to; // inclusive
  double diameter, area, spread;
} Stretch;

/* The stretch of REFERENCE_MM that starts at i; FALSE where it is not usable throughout. */
static gboolean
stretch_at (const WillisCourse *course, const WillisProfile *profile, gsize from, double length_mm, Stretch *out)
{
  const WillisCoursePoint *p = willis_course_points (course);
  double lo = INFINITY, hi = 0.0;
  gsize n = 0;

  out->from = from;
  out->diameter = out->area = 0.0;
  for (gsize i = from; i < profile->n; i++)
    {
      double d = profile->sections[i].min_diameter_mm;

      if (!usable (course, profile, i))
        return FALSE;
      out->diameter += d;
      out->area += profile->sections[i].area_mm2;
      lo = MIN (lo, d);
      hi = MAX (hi, d);
      n++;
      out->to = i;
      if (p[i].at_mm - p[from].at_mm >= length_mm - 1e-9)
        {
          out->diameter /= (double) n;
          out->area /= (double) n;
          out->spread = (hi - lo) / out->diameter;
          return TRUE;
        }
    }
  return FALSE;
}

/* The steadiest wide stretch between two indices, of a spread up to most. */
static gboolean
find_reference (const WillisCourse *course, const WillisProfile *profile, gsize lo, gsize hi, double most,
                Stretch *best)
{
  double widest = 0.0;
  Stretch s;
  gboolean found = FALSE;

  for (gsize i = lo; i <= hi; i++)
    if (stretch_at (course, profile, i, REFERENCE_MM, &s) && s.to <= hi)
      widest = MAX (widest, s.diameter);
  for (gsize i = lo; i <= hi; i++)
    if (stretch_at (course, profile, i, REFERENCE_MM, &s) && s.to <= hi && s.diameter >= REFERENCE_WIDE * widest
        && s.spread <= most && (!found || s.spread < best->spread))
      {
        *best = s;
        found = TRUE;
      }
  return found;
}

/* Distal to the narrowest place, else proximal: an even stretch on either side comes before one that holds the shoulder
 * of the narrowing. */
static WillisReference
choose_reference (const WillisCourse *course, const WillisProfile *profile, gsize at, gsize lo, gsize hi, Stretch *s)
{
  const double most[] = { REFERENCE_EVEN, INFINITY };

  for (gsize n = 0; n < G_N_ELEMENTS (most); n++)
    {
      if (find_reference (course, profile, at, hi, most[n], s))
        return WILLIS_REFERENCE_DISTAL;
      if (find_reference (course, profile, lo, at, most[n], s))
        return WILLIS_REFERENCE_PROXIMAL;
    }
  return WILLIS_REFERENCE_NONE;
}

static gsize
index_at (const WillisCourse *course, double mm)
{
  const WillisCoursePoint *p = willis_course_points (course);
  gsize i = 0;

  while (i + 1 < willis_course_n (course) && p[i].at_mm < mm - 1e-9)
    i++;
  return i;
}

static gssize
narrowest (const WillisCourse *course, const WillisProfile *profile, double from_mm, double to_mm)
{
  const WillisCoursePoint *p = willis_course_points (course);
  gssize best = -1;

  for (gsize i = 0; i < profile->n; i++)
    if (usable (course, profile, i) && !(p[i].at_mm < from_mm) && !(p[i].at_mm > to_mm)
        && (best < 0 || profile->sections[i].min_diameter_mm < profile->sections[best].min_diameter_mm))
      best = (gssize) i;
  return best;
}

WillisStenosis
willis_profile_stenosis (const WillisCourse *course, const WillisProfile *profile, double from_mm, double to_mm,
                         double reference_mm)
{
  const WillisCoursePoint *p = willis_course_points (course);
  WillisStenosis out = { WILLIS_REFERENCE_NONE, NAN, NAN, NAN, NAN, NAN, NAN, NAN };
  gssize at = narrowest (course, profile, from_mm, to_mm);
  Stretch s = { 0 };
  gsize lo, hi;

  if (at < 0)
    return out;
  out.at_mm = p[at].at_mm;
  out.diameter_mm = profile->sections[at].min_diameter_mm;
  lo = index_at (course, out.at_mm - REFERENCE_REACH_MM);
  hi = index_at (course, out.at_mm + REFERENCE_REACH_MM);
  if (isfinite (reference_mm))
    {
      gsize around = index_at (course, reference_mm - 0.5);

      if (stretch_at (course, profile, around, 1.0, &s))
        out.reference = WILLIS_REFERENCE_GIVEN;
    }
  else
    out.reference = choose_reference (course, profile, (gsize) at, lo, hi, &s);
  if (out.reference == WILLIS_REFERENCE_NONE)
    return out;
  out.reference_from_mm = p[s.from].at_mm;
  out.reference_to_mm = p[s.to].at_mm;
  out.reference_mm = s.diameter;
  out.percent = 100.0 * MAX (1.0 - out.diameter_mm / s.diameter, 0.0);
  out.area_percent = 100.0 * MAX (1.0 - profile->sections[at].area_mm2 / s.area, 0.0);
  return out;
}

double
willis_stenosis_percent_sd (const WillisStenosis *s, const WillisDiameterSd *sd)
{
  double ratio = s->diameter_mm / s->reference_mm;

  return 100.0
         * hypot (willis_narrowest_sd_mm (sd, s->diameter_mm), ratio * willis_narrowest_sd_mm (sd, s->reference_mm))
         / s->reference_mm;
}

static void
append_number (GString *text, double value)
{
  char number[G_ASCII_DTOSTR_BUF_SIZE];

  g_string_append_c (text, ',');
  if (isfinite (value))
    g_string_append (text, g_ascii_formatd (number, sizeof number, "%.4f", value));
}

char *
willis_profile_csv (const WillisCourse *course, const WillisProfile *profile)
{
  GString *text
      = g_string_new ("s_mm,diameter_mm,inscribed_diameter_mm,min_diameter_mm,max_diameter_mm,perimeter_diameter_mm,"
                      "area_mm2,perimeter_mm,curvature_per_mm,x_lps_mm,y_lps_mm,z_lps_mm,branch,near_junction\n");

  for (gsize i = 0; i < profile->n; i++)
    {
      const WillisCoursePoint *p = willis_course_points (course) + i;
      const WillisCrossSection *s = profile->sections + i;
      char number[G_ASCII_DTOSTR_BUF_SIZE];

      g_string_append (text, g_ascii_formatd (number, sizeof number, "%.4f", p->at_mm));
      append_number (text, isfinite (s->area_diameter_mm) ? s->area_diameter_mm : p->inscribed_mm);
      append_number (text, p->inscribed_mm);
      append_number (text, s->min_diameter_mm);
      append_number (text, s->max_diameter_mm);
      append_number (text, s->perimeter_diameter_mm);
      append_number (text, s->area_mm2);
      append_number (text, s->perimeter_mm);
      append_number (text, p->curvature_per_mm);
      for (int a = 0; a < 3; a++)
        append_number (text, p->centre_lps_mm[a]);
      g_string_append_printf (text, ",%d,%d\n", p->branch, p->near_junction);
    }
  return g_string_free (text, FALSE);
}
