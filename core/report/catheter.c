/* SPDX-License-Identifier: Apache-2.0 */
/* The shaped microcatheter in the plan: how the mandrel is bent, where the tip comes to rest and how sure that is. */
#include <math.h>
#include <string.h>

#include "core/base/i18n.h"
#include "core/report/plan-rows.h"

#define DEG(x) ((x) *180.0 / G_PI)

static void
bends (Pages *pages, const WillisCatheterPlanData *d)
{
  const Column columns[5] = { { 60, PANGO_ALIGN_LEFT, FALSE },
                              { 120, PANGO_ALIGN_RIGHT, FALSE },
                              { 90, PANGO_ALIGN_RIGHT, FALSE },
                              { 90, PANGO_ALIGN_RIGHT, FALSE },
                              { 90, PANGO_ALIGN_RIGHT, FALSE } };
  const char *const head[5] = { t (pages, N_ ("Bend")), t (pages, N_ ("From the tip, mm")), t (pages, N_ ("Angle, °")),
                                t (pages, N_ ("Roll, °")), t (pages, N_ ("Radius, mm")) };

  table_head (pages, columns, 5, head);
  for (int i = 0; i < d->n_bends; i++)
    {
      g_autofree char *number = g_strdup_printf ("%d", i + 1), *from = g_strdup_printf ("%.1f", d->from_tip_mm[i]);
      g_autofree char *angle = g_strdup_printf ("%.0f", DEG (d->angle[i]));
      g_autofree char *roll = g_strdup_printf ("%+.0f", DEG (remainder (d->roll[i] - d->roll[0], 2.0 * G_PI)));
      g_autofree char *radius = g_strdup_printf ("%.1f", d->radius_mm[i]);
      const char *const texts[5] = { number, from, angle, roll, radius };

      table_row (pages, columns, 5, texts, i % 2 == 1);
    }
  pages->y += 6;
}

static void
warn (Pages *pages, const WillisCase *c, const WillisCatheterPlanData *d)
{
  char *lines[4] = { NULL };
  g_autofree char *nearest = NULL;
  int n = 0;

  if (willis_case_catheter_plan_state (c) != WILLIS_STATE_FRESH)
    lines[n++]
        = (char *) t (pages, N_ ("The arteries or the neck have changed since the mandrel was found: find it again."));
  if (!d->reached)
    lines[n++] = nearest = g_strdup_printf (
        t (pages, N_ ("This shape does not reach the target: the tip rests %.1f mm from it, %.0f° off.")), d->error_mm,
        DEG (d->angle_off));
  if (d->assumed)
    lines[n++] = (char *) t (
        pages, N_ ("Stiffness and set fraction of this catheter are assumptions, not measurements of the maker."));
  if (n > 0)
    draw_notice (pages, t (pages, N_ ("Mind")), lines,
                 willis_case_catheter_plan_state (c) != WILLIS_STATE_FRESH || !d->reached);
}

static const char *
heat (const Pages *pages, const WillisCatheterPlanData *d)
{
  return t (pages, strcmp (d->heat, "steam") == 0 ? N_ ("steam")
                   : strcmp (d->heat, "air") == 0 ? N_ ("hot air")
                                                  : N_ ("none"));
}

/* "straight" in words; the others are called by an angle or a letter. */
static const char *
tip_form (const Pages *pages, const WillisCatheterPlanData *d)
{
  return strcmp (d->tip_form, "straight") == 0 ? t (pages, N_ ("straight")) : d->tip_form;
}

void
report_catheter_plan (Pages *pages, const WillisCase *c)
{
  WillisCatheterPlan *plan = willis_case_catheter_plan (c);
  const WillisCatheterPlanData *d;
  int n = 0;

  if (plan == NULL)
    return;
  d = willis_catheter_plan_data (plan);
  draw_heading (pages, t (pages, N_ ("Microcatheter in the plan")), 220);
  warn (pages, c, d);
  plan_row (pages, &n, N_ ("Microcatheter"), d->name);
  if (!d->shaped)
    plan_row_f (pages, &n, N_ ("Shape"), t (pages, N_ ("Tip %s as sold, no shaping")), tip_form (pages, d));
  else
    plan_row_f (pages, &n, N_ ("Shape"), t (pages, N_ ("Mandrel with %d bends, %s for %.0f s")), d->n_bends,
                heat (pages, d), d->heat_s);
  if (d->shaped && strcmp (d->tip_form, "straight") != 0)
    plan_row_f (pages, &n, N_ ("Tip as sold"), t (pages, N_ ("%s, its bend in the plane of the mandrel's first bend")),
                d->tip_form);
  plan_row_f (pages, &n, N_ ("Inserted beyond the guide"), "%.1f mm", d->inserted_mm);
  plan_row_f (pages, &n, N_ ("Tip from the target"), "%.1f mm, %.0f°", d->error_mm, DEG (d->angle_off));
  plan_row_f (pages, &n, N_ ("Tip, LPS mm"), "%.1f %.1f %.1f", d->tip[0], d->tip[1], d->tip[2]);
  plan_row_f (pages, &n, N_ ("Target, LPS mm"), "%.1f %.1f %.1f", d->target[0], d->target[1], d->target[2]);
  if (d->draws > 0)
    {
      plan_row_f (pages, &n, N_ ("Tip in the target zone"), t (pages, N_ ("%.0f %% (± %.0f) of %d draws")),
                  100.0 * d->success, 100.0 * d->success_sd, d->draws);
      if (isfinite (d->region_mm))
        plan_row_f (pages, &n, N_ ("Eight in ten tips lie within"), "%.1f mm", fmax (d->region_mm, 0.1));
      plan_row_f (pages, &n, N_ ("Touches the dome"), "%.0f %%", 100.0 * d->dome);
    }
  if (!isnan (d->kick_n))
    plan_row_f (pages, &n, N_ ("Push at the tip that drives it out"), "%.3f N", d->kick_n);
  plan_row_f (pages, &n, N_ ("Part of the mandrel's bend that stays"), "%.2f ± %.2f", d->set_fraction,
              d->set_fraction_sd);
  pages->y += 6;
  if (d->shaped && d->n_bends > 0)
    bends (pages, d);
  pages->y += 2;
}
