/* SPDX-License-Identifier: Apache-2.0 */
#include "solver/stent/rank.h"

#include <math.h>
#include <string.h>

#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/base/note.h"
#include "core/base/parallel.h"
#include "core/plan/stent-remark.h"
#include "solver/stent/device-file.h"
#include "solver/stent/laser.h"

#define Z90 1.6449                    // half the 90 % interval of a normal value
#define ANGLE_SD (3.0 * G_PI / 180.0) // of a braid angle that is assumed
#define UNKNOWN_DIAMETER_SD_MM 0.05 // of a lumen whose scan is not there
#define EXTRAPOLATION_SD_MM 0.76 // end rows of ten makers' tables predicted from the others: rms
#define ROUNDING_SD_MM 0.29  // of lengths printed as whole millimetres

void
willis_stent_choice_free (WillisStentChoice *choice)
{
  if (choice == NULL)
    return;
  g_ptr_array_unref (choice->reasons);
  g_ptr_array_unref (choice->warnings);
  g_free (choice);
}

const char *
willis_fit_name (WillisFit fit)
{
  static const char *const names[] = { "safe", "depends", "not" };

  return names[fit];
}

double
willis_stent_diameter_sd (double known_mm)
{
  return known_mm > 0.0 ? known_mm : UNKNOWN_DIAMETER_SD_MM;
}

int
willis_fit_compare (WillisFit a, double score_a, const char *id_a, WillisFit b, double score_b, const char *id_b)
{
  if (a != b)
    return (int) a - (int) b;
  if (score_a != score_b)
    return (score_a > score_b) - (score_a < score_b);
  return strcmp (id_a, id_b);
}

const char *
willis_fit_label (WillisFit fit)
{
  static const char *const labels[] = { N_ ("Safe"), N_ ("Depends"), N_ ("Does not fit") };

  return labels[fit];
}

static double
landing_of (const WillisDevice *d)
{
  return isnan (d->landing_min_mm) ? WILLIS_STENT_LANDING_MM : d->landing_min_mm;
}

/* ---- lengths */

typedef struct
{
  const WillisDevice *device;
  const WillisStentArtery *artery;
  WillisBraid braid;
  gboolean braided;
  double start_mm;
  double *diameter_mm, *curvature_1_mm; // scratch
} Trial;

static double
mean_diameter (const WillisStentArtery *a, const double *diameter, double from, double to)
{
  double sum = 0.0;
  gsize n = 0;

  for (gsize i = 0; i < a->n; i++)
    if (a->s_mm[i] >= from && a->s_mm[i] <= to)
      {
        sum += diameter[i];
        n++;
      }
  return n > 0 ? sum / (double) n : diameter[(gsize) CLAMP (from / a->step_mm, 0.0, (double) (a->n - 1))];
}

/* Length with the lumen widened by dd and its curvature scaled; NAN where the device cannot be laid. */
static double
length_with (const Trial *t, const WillisBraid *braid, double dd, double curvature, double packing)
{
  const WillisStentArtery *a = t->artery;
  WillisLumenLine line = willis_stent_artery_line (a);
  WillisDeployment out;

  for (gsize i = 0; i < a->n; i++)
    {
      t->diameter_mm[i] = fmax (a->diameter_mm[i] + dd, 0.3);
      t->curvature_1_mm[i] = curvature * a->curvature_1_mm[i];
    }
  if (!t->braided)
    return willis_laser_length (t->device, mean_diameter (a, t->diameter_mm, t->start_mm - t->device->length_mm, t->start_mm), NULL);
  line.diameter_mm = t->diameter_mm;
  line.curvature_1_mm = t->curvature_1_mm;
  return willis_braid_deploy (braid, &line, t->start_mm, -1, packing, FALSE, &out, NULL) ? out.length_mm : NAN;
}

/* How much of each end is no working length in a device of this length: as the maker has it for all diameters, or in
 * proportion to the label. */
static double
end_of (const WillisDevice *d, double length)
{
  if (!isnan (d->end_inset_mm))
    return fmin (d->end_inset_mm, 0.5 * length);
  return isnan (d->working_length_mm) ? 0.0 : 0.5 * length * (1.0 - d->working_length_mm / d->length_mm);
}

/* So that the working length lands as asked for: the ends reach farther, by a part of a length that depends on where
 * they are. */
static void
place (Trial *t, double landing)
{
  const WillisStentArtery *a = t->artery;
  double length = t->device->length_mm;

  for (int pass = 0; pass < 4 && !isnan (length); pass++)
    {
      t->start_mm = fmin (a->neck_hi_mm + landing + end_of (t->device, length), a->s_mm[a->n - 1]);
      if (!isnan (t->device->end_inset_mm) || isnan (t->device->working_length_mm))
        break;
      length = length_with (t, &t->braid, 0.0, 1.0, 0.0);
    }
}

/* What the device itself leaves open: the fit of its table, the rounding of its label, an angle that is assumed. */
static double
device_sd (const Trial *t, const WillisBraidFit *fit, double length, gboolean extrapolated)
{
  const WillisDevice *d = t->device;

  if (!t->braided)
    {
      double sd, wide = mean_diameter (t->artery, t->artery->diameter_mm, t->start_mm - length, t->start_mm);

      willis_laser_length (d, wide, &sd);
      return sd;
    }
  if (d->table_diameter_mm.n > 0 || !isnan (d->free_length_mm))
    return hypot (hypot (fit->rms_mm, ROUNDING_SD_MM * (d->table_diameter_mm.n > 2 ? 0.7 : 1.0)),
                  extrapolated ? EXTRAPOLATION_SD_MM : 0.0);
  if (willis_device_assumes (d, "label_angle_deg"))
    {
      double x[2];

      for (int k = 0; k < 2; k++)
        {
          double angle = d->label_angle_deg * G_PI / 180.0 + (k ? ANGLE_SD : -ANGLE_SD);
          WillisBraid braid = t->braid;

          braid.d_max_mm = (d->label_diameter_mm - braid.lumen_offset_mm) / sin (angle);
          braid.wire_length_mm = d->length_mm / cos (angle);
          braid.free_diameter_mm = fmin (braid.free_diameter_mm, 0.999 * braid.d_max_mm);
          x[k] = length_with (t, &braid, 0.0, 1.0, 0.0);
        }
      return hypot (ROUNDING_SD_MM, isnan (x[0] + x[1]) ? 0.1 * length : 0.5 * fabs (x[1] - x[0]));
    }
  return ROUNDING_SD_MM;
}

static double
half_range (double a, double b)
{
  return isnan (a) || isnan (b) ? 0.0 : 0.5 * fabs (a - b);
}

static void
spread (const Trial *t, const WillisBraidFit *fit, const WillisStentRequest *r, WillisStentChoice *c)
{
  double straight = CLAMP (r->straightening, 0.0, 1.0);

  c->sd_diameter_mm = half_range (length_with (t, &t->braid, r->diameter_sd_mm, 1.0, 0.0),
                                  length_with (t, &t->braid, -r->diameter_sd_mm, 1.0, 0.0));
  c->sd_packing_mm = t->braided ? half_range (length_with (t, &t->braid, 0.0, 1.0, 1.0), length_with (t, &t->braid, 0.0, 1.0, -1.0)) / Z90
                                : 0.0;
  c->sd_straightening_mm = half_range (length_with (t, &t->braid, 0.0, 1.0 - straight, 0.0), c->length_mm);
  c->sd_device_mm = device_sd (t, fit, c->length_mm, c->extrapolated);
  c->length_sd_mm = sqrt (c->sd_diameter_mm * c->sd_diameter_mm + c->sd_packing_mm * c->sd_packing_mm
                          + c->sd_straightening_mm * c->sd_straightening_mm + c->sd_device_mm * c->sd_device_mm);
  c->length_lo_mm = fmax (c->length_mm - Z90 * c->length_sd_mm, 0.0);
  c->length_hi_mm = c->length_mm + Z90 * c->length_sd_mm;
}

/* ---- what is covered */

static void
neck_means (const WillisStentArtery *a, const GArray *stations, WillisStentChoice *c)
{
  double coverage = 0.0, pores = 0.0, n = 0.0;

  for (guint i = 0; i < stations->len; i++)
    {
      const WillisStation *s = &g_array_index (stations, WillisStation, i);

      if (s->s_mm < a->neck_lo_mm || s->s_mm > a->neck_hi_mm)
        continue;
      coverage += s->state.coverage;
      pores += s->state.pore_density_mm2;
      n += 1.0;
    }
  c->neck_coverage = n > 0.0 ? coverage / n : NAN;
  c->neck_pore_density_mm2 = n > 0.0 ? pores / n : NAN;
}

/* A cell at the outer side of a bend is longer by curvature x radius; where rows are joined at some crowns only, the free crowns
 * open by as much as the row. The largest circle between struts of a rhombus with diagonals p and q is p q / sqrt (p^2 + q^2). */
static double
cell_opening (const WillisDevice *d, double diameter, double curvature)
{
  double across = G_PI * diameter / (isnan (d->crowns) ? 6.0 : d->crowns), along = 2.0 * (isnan (d->row_length_mm) ? 2.2 : d->row_length_mm);
  double open = g_strcmp0 (d->cells, "closed") == 0 ? 0.0 : 1.0;

  along *= (1.0 + curvature * diameter / 2.0) * (1.0 + open * curvature * diameter / 2.0);
  return across * along / hypot (across, along) - (isnan (d->strut_width_mm) ? 0.06 : d->strut_width_mm);
}

static void
laser_state (const Trial *t, WillisStentChoice *c)
{
  const WillisStentArtery *a = t->artery;
  const WillisDevice *d = t->device;
  double length = 0.0, fine = 0.0, curvature = 0.0, mean = mean_diameter (a, a->diameter_mm, c->proximal_mm, c->distal_mm);

  for (gsize i = 0; i < a->n; i++)
    {
      double gap;

      if (a->s_mm[i] < c->proximal_mm || a->s_mm[i] > c->distal_mm || a->unsupported[i])
        continue;
      gap = 0.5 * (a->diameter_mm[i] - d->free_diameter_mm);
      /* a closed cell cannot open at the outer curve: the tube flattens and leaves a crescent at the inner one */
      if (g_strcmp0 (d->cells, "closed") == 0)
        gap = fmax (gap, 0.0) + 0.5 * a->curvature_1_mm[i] * a->diameter_mm[i] * a->diameter_mm[i] * 0.125;
      c->gap_max_mm = fmax (c->gap_max_mm, gap);
      length += 1.0;
      fine += gap < 0.3 ? 1.0 : 0.0;
      curvature = fmax (curvature, a->curvature_1_mm[i]);
    }
  c->apposition = length > 0.0 ? fine / length : 1.0;
  c->coverage = c->neck_coverage = (isnan (d->coverage) ? NAN : d->coverage * d->label_diameter_mm / fmin (mean, d->free_diameter_mm));
  c->porosity = 1.0 - c->coverage;
  c->pore_density_mm2 = c->neck_pore_density_mm2 = c->radial_force_n_mm = NAN;
  c->cell_opening_mm = cell_opening (d, fmin (mean, d->free_diameter_mm), curvature);
}

static GArray *
laser_stations (const WillisStentArtery *a, const WillisStentChoice *c)
{
  GArray *out = g_array_new (FALSE, TRUE, sizeof (WillisStation));
  WillisLumenLine line = willis_stent_artery_line (a);

  for (gsize k = 0; k <= a->n + 1; k++)
    {
      double s = k == 0 ? c->distal_mm : k == a->n + 1 ? c->proximal_mm : a->s_mm[a->n - k];
      WillisStation station = { .s_mm = s, .lumen_mm = willis_lumen_line_diameter (&line, s) };
      gsize i = (gsize) CLAMP (s / a->step_mm, 0.0, (double) (a->n - 1));

      if (s > c->distal_mm || s < c->proximal_mm)
        continue;
      station.unsupported = a->unsupported[i];
      station.state.diameter_mm = fmin (station.lumen_mm, c->device->free_diameter_mm);
      station.gap_mm = station.unsupported ? 0.0 : 0.5 * (station.lumen_mm - station.state.diameter_mm);
      station.state.coverage = station.state.porosity = station.state.pore_density_mm2 = NAN;
      station.state.radial_force_n_mm = station.state.axial_force_n = station.state.pressure_mpa = NAN;
      station.bend = 0.5 * a->curvature_1_mm[i] * station.lumen_mm;
      g_array_append_val (out, station);
    }
  return out;
}

static gboolean
lay (Trial *t, WillisStentChoice *c, GArray **stations, GError **error)
{
  WillisLumenLine line = willis_stent_artery_line (t->artery);
  WillisDeployment out;

  c->distal_mm = t->start_mm;
  c->cell_opening_mm = NAN;
  if (!t->braided)
    {
      c->length_mm = length_with (t, NULL, 0.0, 1.0, 0.0);
      c->proximal_mm = c->distal_mm - c->length_mm;
      laser_state (t, c);
      if (stations != NULL)
        *stations = laser_stations (t->artery, c);
      return TRUE;
    }
  if (!willis_braid_deploy (&t->braid, &line, t->start_mm, -1, 0.0, TRUE, &out, error))
    return FALSE;
  c->length_mm = out.length_mm;
  c->proximal_mm = out.end_mm;
  c->gap_max_mm = out.gap_max_mm;
  c->apposition = out.apposed_03;
  c->coverage = out.coverage;
  c->porosity = out.porosity;
  c->pore_density_mm2 = out.pore_density_mm2;
  c->radial_force_n_mm = out.radial_force_n_mm;
  c->extrapolated = out.outside_table_mm > 0.0;
  neck_means (t->artery, out.stations, c);
  if (stations != NULL)
    *stations = g_steal_pointer (&out.stations);
  willis_deployment_clear (&out);
  return TRUE;
}

/* ---- the verdict */

static void
worsen (WillisStentChoice *c, WillisFit fit)
{
  c->fit = MAX (c->fit, fit);
}

static void
zone (const WillisStentArtery *a, double from, double to, double *lo, double *hi)
{
  for (gsize i = 0; i < a->n; i++)
    if (a->s_mm[i] >= from && a->s_mm[i] <= to && !a->unsupported[i])
      {
        *lo = fmin (*lo, a->diameter_mm[i]);
        *hi = fmax (*hi, a->diameter_mm[i]);
      }
}

static void
judge_diameter (const WillisStentArtery *a, const WillisStentRequest *r, WillisStentChoice *c)
{
  const WillisDevice *d = c->device;
  double lo = INFINITY, hi = 0.0, sd = r->diameter_sd_mm, least, most;

  zone (a, a->neck_hi_mm, c->distal_mm, &lo, &hi);
  zone (a, c->proximal_mm, a->neck_lo_mm, &lo, &hi); // to its end: a long device that ends in a wider vessel stands off there
  if (!(hi > 0.0))
    return;
  least = lo;
  most = hi;
  zone (a, c->distal_mm - c->length_hi_mm, c->proximal_mm, &least, &most);
  if (most > d->vessel_max_mm + fmax (Z90 * sd, 0.1) && hi <= d->vessel_max_mm - Z90 * sd + 0.05)
    {
      willis_note_add (c->warnings, WILLIS_REMARK_LONG_END, most, d->vessel_max_mm);
      c->score += 2.0;
      worsen (c, WILLIS_FIT_DEPENDS);
    }
  if (hi > d->vessel_max_mm + fmax (Z90 * sd, 0.1))
    {
      willis_note_add (c->warnings, WILLIS_REMARK_NARROW, hi, d->vessel_max_mm);
      c->score += 20.0 * (hi - d->vessel_max_mm);
      worsen (c, WILLIS_FIT_NOT);
    }
  else if (hi > d->vessel_max_mm - Z90 * sd + 0.05)
    {
      willis_note_add (c->warnings, WILLIS_REMARK_RIM, hi, d->vessel_max_mm);
      c->score += 3.0 + fmax (hi - d->vessel_max_mm, 0.0) * 10.0;
      worsen (c, WILLIS_FIT_DEPENDS);
    }
  if (hi < d->vessel_min_mm - 0.05)
    {
      willis_note_add (c->warnings, WILLIS_REMARK_WIDE, hi, d->vessel_min_mm);
      c->score += 10.0 * (d->vessel_min_mm - hi) + 5.0;
      worsen (c, d->vessel_min_mm - hi > 0.5 ? WILLIS_FIT_NOT : WILLIS_FIT_DEPENDS);
    }
  else if (lo < d->vessel_min_mm - 0.05)
    {
      willis_note_add (c->warnings, WILLIS_REMARK_NARROWEST, lo, d->vessel_min_mm);
      c->score += 2.0 * (d->vessel_min_mm - lo);
      worsen (c, d->vessel_min_mm - lo > 1.0 ? WILLIS_FIT_NOT : WILLIS_FIT_DEPENDS);
    }
  if (!isnan (d->landing_spread_max_mm) && hi - lo > d->landing_spread_max_mm)
    {
      willis_note_add (c->warnings, WILLIS_REMARK_SPREAD, hi - lo, d->landing_spread_max_mm);
      c->score += 4.0;
      worsen (c, WILLIS_FIT_DEPENDS);
    }
  // oversizing opens the cells and lengthens the device: 20 % coverage where the wires are at 45 degrees
  c->score += 1.5 * fmax (d->label_diameter_mm - hi - 0.25, 0.0);
  if (!isnan (c->neck_coverage) && d->type == WILLIS_DEVICE_FLOW_DIVERTER && c->neck_coverage < 0.22)
    {
      willis_note_add (c->warnings, WILLIS_REMARK_OVERSIZED, 100.0 * c->neck_coverage);
      c->score += 2.0;
    }
}

static void
judge_length (const WillisStentArtery *a, const WillisStentRequest *r, WillisStentChoice *c)
{
  double land = r->proximal_mm, least = landing_of (c->device), extra;

  c->end_mm = end_of (c->device, c->length_mm);
  c->working_length_mm = c->length_mm - 2.0 * c->end_mm;
  c->distal_landing_mm = c->distal_mm - c->end_mm - a->neck_hi_mm;
  c->proximal_landing_mm = a->neck_lo_mm - c->proximal_mm - c->end_mm;
  c->proximal_landing_lo_mm = a->neck_lo_mm - (c->distal_mm - c->length_lo_mm + end_of (c->device, c->length_lo_mm));
  extra = c->proximal_landing_mm - land;
  if (c->proximal_landing_mm < 0.0)
    {
      willis_note_add (c->warnings, WILLIS_REMARK_STOPS_SHORT, -c->proximal_landing_mm);
      c->score += 50.0 - c->proximal_landing_mm;
      worsen (c, WILLIS_FIT_NOT);
    }
  else if (c->proximal_landing_mm < least - 0.05)
    {
      willis_note_add (c->warnings, WILLIS_REMARK_SHORT, c->proximal_landing_mm, least);
      c->score += 20.0 + 3.0 * (least - c->proximal_landing_mm);
      worsen (c, WILLIS_FIT_NOT);
    }
  else if (c->proximal_landing_lo_mm < least)
    {
      willis_note_add (c->warnings, WILLIS_REMARK_SHORT_END, c->proximal_landing_lo_mm);
      c->score += 1.0 + 0.5 * (least - c->proximal_landing_lo_mm);
      worsen (c, WILLIS_FIT_DEPENDS);
    }
  if (land > least && extra < -0.05 && c->proximal_landing_mm >= least - 0.05)
    {
      willis_note_add (c->warnings, WILLIS_REMARK_BEFORE_MARK, -extra);
      c->score += 1.0 - 1.5 * extra;
      worsen (c, WILLIS_FIT_DEPENDS);
    }
  if (extra > 0.0)
    {
      c->score += 0.3 * extra;
      if (extra > 6.0)
        willis_note_add (c->warnings, WILLIS_REMARK_LONGER, extra);
    }
  if (c->proximal_mm < a->s_mm[0])
    {
      willis_note_add (c->warnings, WILLIS_REMARK_UNSEEN);
      c->score += 10.0;
      worsen (c, WILLIS_FIT_DEPENDS);
    }
  if (c->distal_landing_mm < least - 0.05)
    {
      willis_note_add (c->warnings, WILLIS_REMARK_DISTAL, c->distal_landing_mm, least);
      c->score += 10.0;
      worsen (c, WILLIS_FIT_DEPENDS);
    }
  if (c->proximal_landing_mm >= 0.0)
    willis_note_add (c->reasons, WILLIS_REMARK_COVERS, c->distal_landing_mm, c->proximal_landing_mm);
  if (c->end_mm > 0.0)
    willis_note_add (c->reasons, WILLIS_REMARK_WORKING, c->working_length_mm, c->end_mm);
}

/* Branches by where they leave the artery: covered where the device passes the middle of the origin; where that is so
 * at one end of the length's interval only, it depends. */
static void
judge_branches (const WillisStentArtery *a, WillisStentChoice *c)
{
  for (guint i = 0; i < a->side_branches->len; i++)
    {
      const WillisSideBranch *b = &g_array_index (a->side_branches, WillisSideBranch, i);

      if (b->s_mm <= c->distal_mm && b->s_mm >= c->proximal_mm)
        {
          c->branches_covered++;
          c->score += 0.5;
        }
      if (b->s_mm <= c->distal_mm - c->length_lo_mm && b->s_mm >= c->distal_mm - c->length_hi_mm)
        {
          willis_note_add (c->warnings, WILLIS_REMARK_BRANCH_DEPENDS, b->diameter_mm, a->neck_lo_mm - b->s_mm);
          c->score += 0.5;
          worsen (c, WILLIS_FIT_DEPENDS);
        }
    }
  if (c->branches_covered > 0)
    willis_note_add (c->warnings, WILLIS_REMARK_BRANCHES, c->branches_covered);
}

static void
judge_wall (const WillisStentArtery *a, WillisStentChoice *c)
{
  double end_bend = 0.0, end_curvature = 0.0;

  if (c->gap_max_mm > 0.1)
    {
      willis_note_add (c->warnings, WILLIS_REMARK_GAP, c->gap_max_mm);
      c->score += 8.0 * c->gap_max_mm;
      worsen (c, c->gap_max_mm > 0.5 ? WILLIS_FIT_NOT : WILLIS_FIT_DEPENDS);
    }
  else
    willis_note_add (c->reasons, WILLIS_REMARK_ON_WALL);
  for (gsize i = 0; i < a->n; i++)
    if (fabs (a->s_mm[i] - c->proximal_mm) < 1.0 || fabs (a->s_mm[i] - c->distal_mm) < 1.0)
      {
        end_bend = fmax (end_bend, a->curvature_1_mm[i] * a->diameter_mm[i] / 2.0);
        end_curvature = fmax (end_curvature, a->curvature_1_mm[i]);
      }
  if (end_bend > 0.35)
    {
      willis_note_add (c->warnings, WILLIS_REMARK_BEND, 1.0 / end_curvature);
      c->score += 1.5;
    }
  if (!isnan (c->cell_opening_mm) && c->cell_opening_mm > 2.5)
    willis_note_add (c->warnings, WILLIS_REMARK_CELLS, c->cell_opening_mm);
}

/* On what the metal cover rests, and what is published of it. */
static void
say_cover (WillisStentChoice *c)
{
  const WillisDevice *d = c->device;

  if (isnan (c->neck_coverage) || !willis_device_assumes_cover (d))
    return;
  if (d->type == WILLIS_DEVICE_LASER_STENT)
    willis_note_add (c->reasons, WILLIS_REMARK_COVER_STRUTS);
  else if (isnan (d->cover_max))
    willis_note_add (c->reasons, WILLIS_REMARK_COVER);
  else if (isnan (d->cover_min))
    willis_note_add (c->reasons, WILLIS_REMARK_COVER_MOST, 100.0 * d->cover_max);
  else if (d->cover_min == d->cover_max)
    willis_note_add (c->reasons, WILLIS_REMARK_COVER_ABOUT, 100.0 * d->cover_max);
  else
    willis_note_add (c->reasons, WILLIS_REMARK_COVER_RANGE, 100.0 * d->cover_min, 100.0 * d->cover_max);
}

static void
judge_device (WillisStentChoice *c)
{
  const WillisDevice *d = c->device;

  if (c->extrapolated)
    {
      willis_note_add (c->warnings, WILLIS_REMARK_EXTRAPOLATED);
      c->score += 1.0;
    }
  if (willis_device_assumes (d, "label_angle_deg"))
    {
      willis_note_add (c->reasons, WILLIS_REMARK_ANGLE);
      c->score += 0.5;
    }
  else if (d->type != WILLIS_DEVICE_LASER_STENT)
    willis_note_add (c->reasons, WILLIS_REMARK_PRINTED);
  if (d->type != WILLIS_DEVICE_FLOW_DIVERTER)
    c->score += 0.2; // an aneurysm without coils asks for a flow diverter first
}

WillisStentChoice *
willis_stent_try (const WillisDevice *device, const WillisStentArtery *artery, const WillisStentRequest *request, GArray **stations,
                  GError **error)
{
  WillisStentChoice *c;
  WillisBraidFit fit = { 0 };
  Trial t = { .device = device, .artery = artery, .braided = device->type != WILLIS_DEVICE_LASER_STENT };
  g_autofree double *diameter = g_new (double, artery->n), *curvature = g_new (double, artery->n);

  if (stations != NULL)
    *stations = NULL;
  if (device->type != WILLIS_DEVICE_LASER_STENT && device->type != WILLIS_DEVICE_BRAIDED_STENT
      && device->type != WILLIS_DEVICE_FLOW_DIVERTER)
    {
      willis_fail (error, WILLIS_ERROR_BAD_INPUT, _ ("%s is no stent"), device->name);
      return NULL;
    }
  if (t.braided && !willis_braid_from_device (device, &t.braid, &fit, error))
    return NULL;
  t.diameter_mm = diameter;
  t.curvature_1_mm = curvature;
  place (&t, request->distal_mm);
  c = g_new0 (WillisStentChoice, 1);
  c->device = device;
  c->reasons = g_ptr_array_new_with_free_func (g_free);
  c->warnings = g_ptr_array_new_with_free_func (g_free);
  if (!lay (&t, c, stations, error))
    {
      willis_stent_choice_free (c);
      return NULL;
    }
  c->braid = t.braid;
  spread (&t, &fit, request, c);
  judge_length (artery, request, c);
  judge_diameter (artery, request, c);
  judge_wall (artery, c);
  judge_branches (artery, c);
  judge_device (c);
  say_cover (c);
  c->score += 100.0 * (c->fit == WILLIS_FIT_NOT) + 5.0 * (c->fit == WILLIS_FIT_DEPENDS);
  return c;
}

typedef struct
{
  GPtrArray *devices; // borrowed
  const WillisStentArtery *artery;
  const WillisStentRequest *request;
  WillisStentChoice **choices;
} Ranking;

static void
try_range (gsize lo, gsize hi, gpointer context)
{
  Ranking *r = context;

  for (gsize i = lo; i < hi; i++)
    r->choices[i] = willis_stent_try (r->devices->pdata[i], r->artery, r->request, NULL, NULL);
}

static int
by_score (gconstpointer a, gconstpointer b)
{
  const WillisStentChoice *x = *(WillisStentChoice *const *) a, *y = *(WillisStentChoice *const *) b;

  return willis_fit_compare (x->fit, x->score, x->device->id, y->fit, y->score, y->device->id);
}

GPtrArray *
willis_stent_rank (const WillisCatalogue *catalogue, const WillisStentArtery *artery, const WillisStentRequest *request,
                   const WillisProgress *progress, GError **error)
{
  g_autoptr (GPtrArray) devices = g_ptr_array_new ();
  GPtrArray *out = g_ptr_array_new_with_free_func ((GDestroyNotify) willis_stent_choice_free);
  g_autofree WillisStentChoice **choices = NULL;

  for (gsize i = 0; i < willis_catalogue_n (catalogue); i++)
    {
      const WillisDevice *d = willis_catalogue_device (catalogue, i);

      if (d->type == WILLIS_DEVICE_LASER_STENT || d->type == WILLIS_DEVICE_BRAIDED_STENT || d->type == WILLIS_DEVICE_FLOW_DIVERTER)
        g_ptr_array_add (devices, (gpointer) d);
    }
  choices = g_new0 (WillisStentChoice *, MAX (devices->len, 1));
  for (guint done = 0; done < devices->len; done += 64)
    {
      Ranking part = { g_ptr_array_new (), artery, request, choices + done };

      for (guint i = done; i < MIN (done + 64, devices->len); i++)
        g_ptr_array_add (part.devices, devices->pdata[i]);
      willis_parallel_for (part.devices->len, 4, try_range, &part);
      g_ptr_array_unref (part.devices);
      if (!willis_progress_step (progress, (double) done / devices->len, error))
        {
          for (guint i = 0; i < devices->len; i++)
            willis_stent_choice_free (choices[i]);
          g_ptr_array_unref (out);
          return NULL;
        }
    }
  for (guint i = 0; i < devices->len; i++)
    if (choices[i] != NULL)
      g_ptr_array_add (out, choices[i]);
  g_ptr_array_sort (out, by_score);
  return out;
}
