/* SPDX-License-Identifier: Apache-2.0 */
#include "solver/stent/sac.h"

#include <math.h>
#include <string.h>

#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/base/note.h"
#include "core/mesh/sections.h"
#include "core/num/vec3.h"
#include "core/plan/sac-remark.h"

#define STEP_MM 0.25
#define FRAME_LEAST 0.15  // packing that a framing coil should give (ProPack)
#define CHART_ROUNDING_MM 0.05 // charts go by tenths
#define WIDER_BY_MM 0.5   // than the sac: none
#define PACKING_MOST 0.31 // CNS 2015: above it recurrence falls no further

/* ---- the sac */

void
willis_sac_shape (const WillisAneurysm *aneurysm, WillisSacShape *out)
{
  const WillisMorphology *m = willis_aneurysm_morphology (aneurysm);
  const WillisNeck *neck = willis_aneurysm_neck (aneurysm);
  g_autoptr (WillisSectioner) sectioner = willis_sectioner_new (willis_aneurysm_sac (aneurysm));
  gsize n;

  *out = (WillisSacShape){ m->index[WILLIS_INDEX_VOLUME].value,        m->index[WILLIS_INDEX_VOLUME].sd,
                           m->index[WILLIS_INDEX_HEIGHT].value,        m->index[WILLIS_INDEX_WIDTH].value,
                           m->index[WILLIS_INDEX_NECK_DIAMETER].value, m->index[WILLIS_INDEX_NECK_MAX].value,
                           NULL,                                       0,
                           STEP_MM };
  n = (gsize) CLAMP (out->height_mm / STEP_MM, 1.0, 400.0);
  out->section_mm = g_new0 (double, n);
  out->n_sections = n;
  for (gsize i = 0; i < n; i++)
    {
      double p[3], best = 0.0;
      gsize curves;

      vec3_axpy (p, neck->centre_lps_mm, (i + 0.5) * STEP_MM, neck->normal);
      curves = willis_sectioner_cut (sectioner, p, neck->normal);
      for (gsize k = 0; k < curves; k++)
        best = fmax (best, willis_sectioner_section (sectioner, k)->area_mm2);
      out->section_mm[i] = sqrt (4.0 * best / G_PI);
    }
}

void
willis_sac_shape_clear (WillisSacShape *shape)
{
  g_clear_pointer (&shape->section_mm, g_free);
}

/* ---- coils */

double
willis_coil_volume_mm3 (double primary_diameter_mm, double length_mm)
{
  return 0.25 * G_PI * primary_diameter_mm * primary_diameter_mm * length_mm;
}

void
willis_coil_plan_free (WillisCoilPlan *plan)
{
  if (plan == NULL)
    return;
  g_array_unref (plan->steps);
  g_ptr_array_unref (plan->reasons);
  g_ptr_array_unref (plan->warnings);
  g_free (plan);
}

static WillisCoilPlan *
coil_plan_new (void)
{
  WillisCoilPlan *plan = g_new0 (WillisCoilPlan, 1);

  plan->steps = g_array_new (FALSE, FALSE, sizeof (WillisCoilStep));
  plan->reasons = g_ptr_array_new_with_free_func (g_free);
  plan->warnings = g_ptr_array_new_with_free_func (g_free);
  return plan;
}

static void
add_coil (WillisCoilPlan *plan, const WillisSacShape *sac, const WillisDevice *d)
{
  WillisCoilStep step = { d, willis_coil_volume_mm3 (d->primary_diameter_mm, d->length_mm), 0.0 };

  plan->packing += step.volume_mm3 / sac->volume_mm3;
  plan->packing_sd = plan->packing * sac->volume_sd_mm3 / sac->volume_mm3;
  plan->length_mm += d->length_mm;
  step.packing = plan->packing;
  g_array_append_val (plan->steps, step);
}

/* The first coil, where it frames: what it is for, and whether it gives what a frame should. */
static void
judge_frame (WillisCoilPlan *plan, const WillisSacShape *sac)
{
  const WillisCoilStep *first = plan->steps->len > 0 ? &g_array_index (plan->steps, WillisCoilStep, 0) : NULL;

  if (first == NULL || g_strcmp0 (first->device->role, "framing") != 0)
    return;
  willis_note_add (plan->reasons, WILLIS_REMARK_FRAME, first->device->secondary_diameter_mm,
                   fmin (sac->height_mm, sac->width_mm));
  if (first->packing < FRAME_LEAST)
    willis_note_add (plan->warnings, WILLIS_REMARK_FRAME_ALONE, 100.0 * first->packing, 100.0 * FRAME_LEAST);
}

static void
judge_packing (WillisCoilPlan *plan, double lo, double hi)
{
  if (plan->packing < lo)
    willis_note_add (plan->warnings, WILLIS_REMARK_PACKING_LOW, 100.0 * plan->packing, 100.0 * lo);
  else if (plan->packing > PACKING_MOST)
    willis_note_add (plan->warnings, WILLIS_REMARK_PACKING_HIGH, 100.0 * plan->packing, 100.0 * PACKING_MOST);
  else if (plan->packing <= hi + 0.005)
    willis_note_add (plan->reasons, WILLIS_REMARK_PACKING_WITHIN, 100.0 * plan->packing, 100.0 * lo, 100.0 * hi);
  if (plan->packing - 1.6449 * plan->packing_sd < lo && plan->packing >= lo)
    willis_note_add (plan->warnings, WILLIS_REMARK_PACKING_UNSURE, 100.0 * (plan->packing - 1.6449 * plan->packing_sd));
}

/* What a list by hand may do that a proposal does not. */
static void
judge_list (WillisCoilPlan *plan, const WillisSacShape *sac)
{
  double least = fmin (sac->height_mm, sac->width_mm), widest = 0.0, lo = 0.0, hi = INFINITY;

  for (guint i = 0; i < plan->steps->len; i++)
    {
      const WillisDevice *d = g_array_index (plan->steps, WillisCoilStep, i).device;

      widest = fmax (widest, d->secondary_diameter_mm);
      lo = fmax (lo, d->catheter_inner_min_mm);
      hi = fmin (hi, d->catheter_inner_max_mm);
    }
  if (widest > least + WIDER_BY_MM)
    willis_note_add (plan->warnings, WILLIS_REMARK_COIL_WIDE, widest, least);
  if (lo > hi + 1e-6)
    willis_note_add (plan->warnings, WILLIS_REMARK_CATHETERS, lo, hi);
}

WillisCoilPlan *
willis_coil_list (const WillisCatalogue *catalogue, const WillisSacShape *sac, const char *const *ids, GError **error)
{
  g_autoptr (WillisCoilPlan) plan = coil_plan_new ();

  for (int i = 0; ids[i] != NULL; i++)
    {
      const WillisDevice *d = willis_catalogue_find (catalogue, ids[i]);

      if (d == NULL || d->type != WILLIS_DEVICE_COIL)
        {
          willis_fail (error, WILLIS_ERROR_BAD_INPUT, _ ("the catalogue has no coil \"%s\""), ids[i]);
          return NULL;
        }
      add_coil (plan, sac, d);
    }
  judge_frame (plan, sac);
  judge_packing (plan, WILLIS_PACKING_LO, WILLIS_PACKING_HI);
  judge_list (plan, sac);
  return g_steal_pointer (&plan);
}

static gboolean
shares_catheter (const WillisDevice *a, const WillisDevice *b)
{
  return fmax (a->catheter_inner_min_mm, b->catheter_inner_min_mm) <= fmin (a->catheter_inner_max_mm, b->catheter_inner_max_mm) + 1e-6;
}

/* Whether coils small enough to end within a band of 5 % go through the same catheter. */
static gboolean
can_be_filled (const WillisCatalogue *catalogue, const WillisSacShape *sac, const WillisDevice *frame)
{
  for (gsize i = 0; i < willis_catalogue_n (catalogue); i++)
    {
      const WillisDevice *d = willis_catalogue_device (catalogue, i);

      if (d->type == WILLIS_DEVICE_COIL && d->secondary_diameter_mm <= fmax (frame->secondary_diameter_mm * 2.0 / 3.0, 1.5)
          && shares_catheter (d, frame)
          && willis_coil_volume_mm3 (d->primary_diameter_mm, d->length_mm) < 0.05 * sac->volume_mm3)
        return TRUE;
    }
  return FALSE;
}

/* The framing coil: as wide as the sac's smallest dimension, none wider; of its lengths the shortest that gives 15 %, else the longest.
 * It must leave room below hi. */
static const WillisDevice *
framing_coil (const WillisCatalogue *catalogue, const WillisSacShape *sac, double hi)
{
  double least = fmin (sac->height_mm, sac->width_mm);
  const WillisDevice *best = NULL;
  double best_score = INFINITY;

  for (gsize i = 0; i < willis_catalogue_n (catalogue); i++)
    {
      const WillisDevice *d = willis_catalogue_device (catalogue, i);
      double packing, score;

      if (d->type != WILLIS_DEVICE_COIL || g_strcmp0 (d->role, "framing") != 0
          || d->secondary_diameter_mm > least + WIDER_BY_MM)
        continue;
      packing = willis_coil_volume_mm3 (d->primary_diameter_mm, d->length_mm) / sac->volume_mm3;
      if (packing > hi || !can_be_filled (catalogue, sac, d))
        continue;
      score = fabs (d->secondary_diameter_mm - least) + 10.0 * fmax (FRAME_LEAST - packing, 0.0) + 3.0 * fmax (packing - FRAME_LEAST, 0.0);
      if (score < best_score)
        {
          best_score = score;
          best = d;
        }
    }
  return best;
}

/* The coil that brings the packing nearest to goal without passing hi, no wider than widest and narrower as the sac fills. */
static const WillisDevice *
next_coil (const WillisCatalogue *catalogue, const WillisSacShape *sac, const WillisDevice *frame, double packing, double goal, double hi,
           double widest)
{
  const WillisDevice *best = NULL;
  double best_score = INFINITY;

  for (gsize i = 0; i < willis_catalogue_n (catalogue); i++)
    {
      const WillisDevice *d = willis_catalogue_device (catalogue, i);
      double after, score;

      // in a large sac smaller framing coils fill
      if (d->type != WILLIS_DEVICE_COIL || d->secondary_diameter_mm > widest || !shares_catheter (d, frame))
        continue;
      after = packing + willis_coil_volume_mm3 (d->primary_diameter_mm, d->length_mm) / sac->volume_mm3;
      if (after > hi)
        continue;
      score = fabs (goal - after) + 0.002 * (widest - d->secondary_diameter_mm);
      if (score < best_score)
        {
          best_score = score;
          best = d;
        }
    }
  return best;
}

WillisCoilPlan *
willis_coil_propose (const WillisCatalogue *catalogue, const WillisSacShape *sac, double lo, double hi, GError **error)
{
  g_autoptr (WillisCoilPlan) plan = coil_plan_new ();
  const WillisDevice *frame = framing_coil (catalogue, sac, fmin (hi, PACKING_MOST));
  double widest;

  if (frame == NULL)
    {
      willis_fail (error, WILLIS_ERROR_FAILED, _ ("no framing coil of the catalogue is small enough for a sac of %.1f by %.1f mm"),
                   sac->height_mm, sac->width_mm);
      return NULL;
    }
  add_coil (plan, sac, frame);
  judge_frame (plan, sac);
  widest = fmax (2.0 / 3.0 * frame->secondary_diameter_mm, 1.5);
  for (int guard = 0; guard < 40 && plan->packing < 0.5 * (lo + hi); guard++)
    {
      const WillisDevice *d = next_coil (catalogue, sac, frame, plan->packing, 0.5 * (lo + hi), fmin (hi, PACKING_MOST), widest);

      if (d == NULL || (plan->packing >= lo && plan->packing + willis_coil_volume_mm3 (d->primary_diameter_mm, d->length_mm) / sac->volume_mm3
                                                 > 0.5 * (lo + hi) + 0.01))
        break;
      add_coil (plan, sac, d);
      widest = fmax (fmin (widest, d->secondary_diameter_mm), 1.5);
    }
  judge_packing (plan, lo, hi);
  return g_steal_pointer (&plan);
}

/* ---- intrasaccular devices */

void
willis_sac_choice_free (WillisSacChoice *choice)
{
  if (choice == NULL)
    return;
  g_ptr_array_unref (choice->reasons);
  g_ptr_array_unref (choice->warnings);
  g_free (choice);
}

/* What is said of one dimension of the sac, by the maker's chart. */
typedef struct
{
  const char *on, *off;
} ChartRemarks;

static const ChartRemarks on_width = { WILLIS_REMARK_WIDTH_ON, WILLIS_REMARK_WIDTH_OFF },
                          on_height = { WILLIS_REMARK_HEIGHT_ON, WILLIS_REMARK_HEIGHT_OFF },
                          on_neck = { WILLIS_REMARK_NECK_ON, WILLIS_REMARK_NECK_OFF };

static void
outside (WillisSacChoice *c, const ChartRemarks *remarks, double value, double lo, double hi, double grace)
{
  double off;

  if (isnan (lo) || isnan (hi))
    return;
  off = fmax (fmax (lo - value, value - hi), 0.0);
  if (off <= CHART_ROUNDING_MM)
    off = 0.0;
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
  if (off > 0.0)
    {
      willis_note_add (c->warnings, remarks->off, value, lo, hi);
      c->fit = MAX (c->fit, off > grace ? WILLIS_FIT_NOT : WILLIS_FIT_DEPENDS);
      c->score += 4.0 * off;
    }
  else
    {
      willis_note_add (c->reasons, remarks->on, value, lo, hi);
      c->score += 0.5 * fabs (value - 0.5 * (lo + hi)) / fmax (hi - lo, 0.1);
    }
#pragma GCC diagnostic pop
}

static void
judge_web (const WillisSacShape *sac, WillisSacChoice *c)
{
  const WillisDevice *d = c->device;
  double width = sac->width_mm, height = sac->height_mm;

  if (height > 1.4 * width) // tall: the device lies across
    willis_note_add (c->warnings, WILLIS_REMARK_TALL);
  outside (c, &on_width, width, d->width_min_mm, d->width_max_mm, 0.35);
  if (!isnan (d->height_mm) && strcmp (d->shape, "web-sl") == 0)
    outside (c, &on_height, height, d->height_mm + 0.5, d->height_mm + 1.4, 0.55);
  if (sac->neck_max_mm > d->diameter_mm)
    {
      willis_note_add (c->warnings, WILLIS_REMARK_NECK_WIDE, sac->neck_max_mm);
      c->fit = WILLIS_FIT_NOT;
      c->score += 10.0;
    }
  if (height < 0.5 * width)
    {
      willis_note_add (c->warnings, WILLIS_REMARK_LOW_SAC);
      c->fit = WILLIS_FIT_NOT;
      c->score += 10.0;
    }
}

static void
judge_contact (const WillisSacShape *sac, WillisSacChoice *c)
{
  double reach = isnan (c->device->height_mm) ? 0.4 * sac->height_mm : c->device->height_mm;
  gsize n = MIN ((gsize) fmax (reach / sac->step_mm, 1.0), sac->n_sections), touching = 0;

  for (gsize i = 0; i < n; i++)
    touching += sac->section_mm[i] > 0.0 && sac->section_mm[i] <= c->device->diameter_mm;
  c->contact = n > 0 ? (double) touching / (double) n : 0.0;
  if (c->contact < 0.7)
    {
      willis_note_add (c->warnings, WILLIS_REMARK_CONTACT, 100.0 * c->contact);
      c->score += 1.0 - c->contact;
    }
}

WillisSacChoice *
willis_sac_try (const WillisDevice *d, const WillisSacShape *sac, GError **error)
{
  WillisSacChoice *c;
  double r = 0.5 * d->diameter_mm;

  if (d->type != WILLIS_DEVICE_INTRASACCULAR)
    {
      willis_fail (error, WILLIS_ERROR_BAD_INPUT, _ ("%s is not made for the inside of a sac"), d->name);
      return NULL;
    }
  c = g_new0 (WillisSacChoice, 1);
  c->device = d;
  c->reasons = g_ptr_array_new_with_free_func (g_free);
  c->warnings = g_ptr_array_new_with_free_func (g_free);
  if (g_str_has_prefix (d->shape, "web"))
    judge_web (sac, c);
  else
    {
      outside (c, &on_neck, sac->neck_max_mm, d->neck_min_mm, d->neck_max_mm, 0.5);
      outside (c, &on_width, sac->width_mm, d->width_min_mm, d->width_max_mm, 0.5);
    }
  judge_contact (sac, c);
  c->volume_ratio = isnan (d->height_mm) ? NAN
                    : strcmp (d->shape, "web-sls") == 0 ? G_PI * r * r * d->height_mm * 2.0 / 3.0 / sac->volume_mm3
                                                        : G_PI * r * r * d->height_mm / sac->volume_mm3;
  return c;
}

static int
by_score (gconstpointer a, gconstpointer b)
{
  const WillisSacChoice *x = *(WillisSacChoice *const *) a, *y = *(WillisSacChoice *const *) b;

  return willis_fit_compare (x->fit, x->score, x->device->id, y->fit, y->score, y->device->id);
}

GPtrArray *
willis_sac_rank (const WillisCatalogue *catalogue, const WillisSacShape *sac)
{
  GPtrArray *out = g_ptr_array_new_with_free_func ((GDestroyNotify) willis_sac_choice_free);

  for (gsize i = 0; i < willis_catalogue_n (catalogue); i++)
    {
      const WillisDevice *d = willis_catalogue_device (catalogue, i);

      if (d->type == WILLIS_DEVICE_INTRASACCULAR)
        g_ptr_array_add (out, willis_sac_try (d, sac, NULL));
    }
  g_ptr_array_sort (out, by_score);
  return out;
}

/* ---- to look at */

#define AROUND 48
#define BODY_STEP_MM 0.2
#define BODY_IN_MM 0.08 // within the wall, so that neither hides the other

/* How far the wall is from the middle of a section along a direction; NAN where the section does not go round. */
static double
wall_along (const double *points, gsize n, const double middle[3], const double direction[3], const double normal[3])
{
  double across[3], farthest = NAN;

  vec3_cross (across, normal, direction);
  for (gsize i = 0; i < n; i++)
    {
      double a[3], b[3], ya, yb, x;

      vec3_sub (a, points + 3 * i, middle);
      vec3_sub (b, points + 3 * ((i + 1) % n), middle);
      ya = vec3_dot (a, across);
      yb = vec3_dot (b, across);
      if ((ya < 0.0) == (yb < 0.0))
        continue;
      x = vec3_dot (a, direction) + ya / (ya - yb) * (vec3_dot (b, direction) - vec3_dot (a, direction));
      if (x > 0.0 && !(x <= farthest))
        farthest = x;
    }
  return farthest;
}

/* Radius of the free device at a height above its base. */
static double
free_radius (const WillisDevice *d, double height_mm, double z)
{
  double r = 0.5 * d->diameter_mm, t = CLAMP (2.0 * z / height_mm - 1.0, -1.0, 1.0),
         edge = fmin (0.3, 0.25 * height_mm);

  if (strcmp (d->shape, "web-sls") == 0)
    return r * sqrt (fmax (1.0 - t * t, 0.0));
  if (!g_str_has_prefix (d->shape, "web"))
    return r;
  z = fmin (z, height_mm - z); // rounded over at both ends
  return z >= edge ? r : r - edge + sqrt (fmax (edge * edge - (edge - z) * (edge - z), 0.0));
}

typedef struct
{
  double *points, *gaps;
  guint n_rings;
  gint32 *triangles;
  gsize n_triangles;
} Body;

static void
add_body_ring (Body *b, WillisSectioner *sectioner, const WillisNeck *neck, double z, double radius, const double u[3],
               const double v[3])
{
  double p[3];
  int found;
  const WillisSection *section;

  vec3_axpy (p, neck->centre_lps_mm, z, neck->normal);
  willis_sectioner_cut (sectioner, p, neck->normal);
  found = willis_sectioner_around (sectioner, p);
  section = found >= 0 ? willis_sectioner_section (sectioner, (gsize) found) : NULL;
  if (section != NULL)
    vec3_copy (p, section->centre_lps_mm);
  for (int k = 0; k < AROUND; k++)
    {
      double a = 2.0 * G_PI * k / AROUND, direction[3], wall = NAN, r;

      for (int c = 0; c < 3; c++)
        direction[c] = cos (a) * u[c] + sin (a) * v[c];
      if (section != NULL)
        wall = wall_along (willis_sectioner_points (sectioner) + 3 * section->first, section->n, p, direction,
                           neck->normal);
      r = isnan (wall) ? radius : fmin (radius, wall);
      vec3_axpy (b->points + 3 * (b->n_rings * AROUND + (guint) k), p, fmax (r - BODY_IN_MM, 1e-3), direction);
      b->gaps[b->n_rings * AROUND + (guint) k] = wall - r;
    }
  b->n_rings++;
}

WillisSurface *
willis_sac_body (const WillisAneurysm *aneurysm, const WillisDevice *device, double **gaps_mm)
{
  const WillisNeck *neck = willis_aneurysm_neck (aneurysm);
  double sac_mm = willis_aneurysm_morphology (aneurysm)->index[WILLIS_INDEX_HEIGHT].value, u[3], v[3];
  double height = isnan (device->height_mm) ? 0.4 * sac_mm : device->height_mm;
  guint n = (guint) CLAMP (height / BODY_STEP_MM, 4.0, 200.0);
  g_autoptr (WillisSectioner) sectioner = willis_sectioner_new (willis_aneurysm_sac (aneurysm));
  Body b
      = { g_new (double, 3 * AROUND * (n + 1)), g_new (double, AROUND *(n + 1)), 0, g_new (gint32, 6 * AROUND * n), 0 };

  vec3_basis (neck->normal, u, v);
  for (guint i = 0; i <= n; i++)
    {
      double z = fmin (fmax (height * i / n, 0.02), height - 0.02);

      add_body_ring (&b, sectioner, neck, z, free_radius (device, height, z), u, v);
    }
  for (guint i = 0; i < n; i++)
    for (guint k = 0; k < AROUND; k++)
      {
        gint32 at = (gint32) (i * AROUND + k), next = (gint32) (i * AROUND + (k + 1) % AROUND);
        const gint32 two[6] = { at, next, at + AROUND, next, next + AROUND, at + AROUND };

        memcpy (b.triangles + 3 * b.n_triangles, two, sizeof two);
        b.n_triangles += 2;
      }
  if (gaps_mm != NULL)
    *gaps_mm = b.gaps;
  else
    g_free (b.gaps);
  return willis_surface_new_take (b.points, (gsize) b.n_rings * AROUND, b.triangles, b.n_triangles);
}
