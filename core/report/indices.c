/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers: the headline, the table of all indices, candidates, working views. */
#include <math.h>
#include <string.h>

#include "core/base/i18n.h"
#include "core/report/format.h"
#include "core/report/sections.h"
#include "core/vessel/anatomy.h"
#include "core/vessel/working-angle.h"

#define N_COLUMNS_MAX 6

void
table_head (Pages *pages, const Column *columns, int n, const char *const *texts)
{
  double x = pages->left + 6;

  for (int i = 0; i < n; i++)
    {
      const Style style = { 7.5, TRUE, INK_SOFT, columns[i].align };

      draw_text (pages, &style, x, pages->y, columns[i].width - 8, texts[i]);
      x += columns[i].width;
    }
  pages->y += 12;
  draw_rule (pages, pages->y, RULE);
  pages->y += 1;
}

void
table_row (Pages *pages, const Column *columns, int n, const char *const *texts, gboolean shaded)
{
  double x = pages->left + 6, height = 0;
  Style style = { 7.9, FALSE, INK, PANGO_ALIGN_LEFT, FALSE };

  for (int i = 0; i < n; i++)
    {
      style.formula = columns[i].formula;
      height = MAX (height, text_height (pages, &style, columns[i].width - 8, texts[i]));
    }
  height += 3;
  pages_need (pages, height);
  if (shaded)
    {
      set_colour (pages->cr, PANEL);
      cairo_rectangle (pages->cr, pages->left, pages->y, pages->right - pages->left, height);
      cairo_fill (pages->cr);
    }
  for (int i = 0; i < n; i++)
    {
      style.align = columns[i].align;
      style.formula = columns[i].formula;
      draw_text (pages, &style, x, pages->y + 1.0, columns[i].width - 8, texts[i]);
      x += columns[i].width;
    }
  pages->y += height;
}

void
report_headline (Pages *pages, const WillisMorphology *morphology)
{
  const Style label = { 8, FALSE, INK_SOFT, PANGO_ALIGN_LEFT }, number = { 19, TRUE, INK, PANGO_ALIGN_LEFT };
  const Style small = { 8.5, FALSE, INK_SOFT, PANGO_ALIGN_LEFT };
  double gap = 7, width = (pages->right - pages->left - 4 * gap) / 5, x = pages->left;

  pages_need (pages, 66);
  pages->y += 4;
  for (int n = 0; n < WILLIS_N_INDICES; n++)
    {
      const WillisIndexInfo *info = willis_index_info (n);
      const WillisMeasure *m = &morphology->index[n];
      g_autofree char *value = NULL, *sd = NULL, *rest = NULL;

      if (!info->headline)
        continue;
      willis_format_index (n, m->value, m->sd, &value, &sd);
      if (isfinite (m->value))
        rest = sd != NULL ? g_strdup_printf ("± %s %s", sd, willis_format_unit (info->unit))
                          : g_strdup (willis_format_unit (info->unit));
      else
        rest = g_strdup (m->reason != NULL ? t (pages, m->reason) : "");
      fill_box (pages, x, pages->y, width, 56, PANEL);
      set_colour (pages->cr, ACCENT);
      cairo_rectangle (pages->cr, x, pages->y + 6, 2.5, 44);
      cairo_fill (pages->cr);
      draw_text (pages, &label, x + 10, pages->y + 6, width - 12, t (pages, info->label));
      draw_text (pages, &number, x + 10, pages->y + 15, 0, value);
      draw_text (pages, &small, x + 10, pages->y + 41, width - 12, rest);
      x += width + gap;
    }
  pages->y += 62;
}

typedef struct
{
  const char *title;
  WillisIndex first, last; // in the order of WillisIndex
} IndexGroup;

static const IndexGroup groups[] = {
  { N_ ("Size"), WILLIS_INDEX_SIZE, WILLIS_INDEX_PERPENDICULAR_WIDTH },
  { N_ ("Neck"), WILLIS_INDEX_NECK_DIAMETER, WILLIS_INDEX_OSTIUM_AREA },
  { N_ ("Volume and area"), WILLIS_INDEX_VOLUME, WILLIS_INDEX_AREA },
  { N_ ("Ratios"), WILLIS_INDEX_ASPECT_RATIO, WILLIS_INDEX_CONICITY },
  { N_ ("Shape"), WILLIS_INDEX_UNDULATION, WILLIS_INDEX_VOLUME_OSTIUM },
  { N_ ("Curvature"), WILLIS_INDEX_MAA, WILLIS_INDEX_WRITHE },
  { N_ ("Moments"), WILLIS_INDEX_ZERNIKE_0_0, WILLIS_INDEX_ZERNIKE_8_8 },
  { N_ ("Angles and parent artery"), WILLIS_INDEX_ANEURYSM_ANGLE, WILLIS_INDEX_PARENT_TORSION },
};

/* ditto: the row before has the same definition and source. */
static void
index_row (Pages *pages, const Column *columns, WillisIndex index, const WillisMeasure *m, gboolean ditto, gboolean shaded)
{
  const WillisIndexInfo *info = willis_index_info (index);
  g_autofree char *value = NULL, *sd = NULL, *definition = NULL;
  gboolean measured = isfinite (m->value);
  const char *texts[6];

  willis_format_index (index, m->value, m->sd, &value, &sd);
  definition = measured || m->reason == NULL
                   ? g_strdup (t (pages, info->formula))
                   : g_strdup_printf (t (pages, N_ ("not measurable: %s")), t (pages, m->reason));
  texts[0] = t (pages, info->label);
  texts[1] = value;
  texts[2] = sd != NULL ? sd : "";
  texts[3] = measured ? willis_format_unit (info->unit) : "";
  texts[4] = definition;
  texts[5] = info->source;
  if (ditto && measured)
    texts[4] = texts[5] = "\xe2\x80\xb3";
  table_row (pages, columns, 6, texts, shaded);
}

void
report_indices (Pages *pages, const WillisCase *c, gsize n)
{
  const WillisMorphology *morphology = willis_aneurysm_morphology (willis_case_aneurysm (c, n));
  const Style title = { 8.2, TRUE, ACCENT, PANGO_ALIGN_LEFT };
  double width = pages->right - pages->left - 6;
  const Column columns[6] = {
    { width * 0.22, PANGO_ALIGN_LEFT }, { width * 0.085, PANGO_ALIGN_RIGHT },      { width * 0.065, PANGO_ALIGN_RIGHT },
    { width * 0.07, PANGO_ALIGN_LEFT }, { width * 0.395, PANGO_ALIGN_LEFT, TRUE }, { width * 0.165, PANGO_ALIGN_LEFT },
  };
  const char *const head[6] = { t (pages, N_ ("Index")), t (pages, N_ ("Value")),      t (pages, N_ ("± SD")),
                                t (pages, N_ ("Unit")),  t (pages, N_ ("Definition")), t (pages, N_ ("Source")) };

  draw_heading (pages, t (pages, N_ ("All measurements")), 60);
  table_head (pages, columns, 6, head);
  for (gsize g = 0; g < G_N_ELEMENTS (groups); g++)
    {
      pages_need (pages, 34);
      pages->y += 3;
      pages->y += draw_text (pages, &title, pages->left + 6, pages->y, 0, t (pages, groups[g].title)) + 1;
      for (int i = (int) groups[g].first; i <= (int) groups[g].last; i++)
        {
          const char *formula = willis_index_info ((WillisIndex) i)->formula;
          gboolean ditto = i > (int) groups[g].first
                           && strcmp (formula, willis_index_info ((WillisIndex) (i - 1))->formula) == 0;

          index_row (pages, columns, (WillisIndex) i, &morphology->index[i], ditto, (i - (int) groups[g].first) % 2 == 0);
        }
    }
  pages->y += 6;
}

void
report_conventions (Pages *pages)
{
  const Style style = { 8, FALSE, INK_SOFT, PANGO_ALIGN_LEFT };
  const char *const lines[] = {
    N_ ("The sac is the surface beyond the neck without the flat ostium that closes it; its hull leaves out the ostium "
        "too. "
        "c is the centre of the ostium, n its normal into the sac. H and K are mean and Gaussian curvature."),
    N_ ("± is one standard deviation from moving the neck plane (0.5 mm, 5 degrees) and the lumen surface (its own "
        "uncertainty). Other errors (scan, contrast, reader) are not in it."),
    N_ ("Thresholds published for these indices come from ruptured and unruptured aneurysms compared at one time; they "
        "do not predict rupture."),
    N_ ("Positions are in patient coordinates (LPS: left, posterior and superior are positive) in millimetres. "
        "In slices the patient's left is on the right, seen from the feet or from the front."),
  };

  draw_heading (pages, t (pages, N_ ("Conventions and limits")), 80);
  for (gsize n = 0; n < G_N_ELEMENTS (lines); n++)
    pages->y += draw_text (pages, &style, pages->left, pages->y, pages->right - pages->left, t (pages, lines[n])) + 3;
}

/* "12.3, −4.5, 30.1" (new) */
static char *
point_text (const double p[3])
{
  GString *text = g_string_new (NULL);

  for (int a = 0; a < 3; a++)
    g_string_append_printf (text, "%s%s%.1f", a > 0 ? ", " : "", p[a] < -0.05 ? "\xe2\x88\x92" : "", fabs (p[a]));
  return g_string_free (text, FALSE);
}

static char *
plain (double value, int decimals)
{
  return g_strdup_printf ("%.*f", decimals, value);
}

void
report_candidates (Pages *pages, const WillisCase *c)
{
  const GArray *candidates = willis_case_candidates (c);
  const WillisTree *tree = willis_case_tree (c);
  double width = pages->right - pages->left - 6;
  const Column columns[6] = {
    { width * 0.08, PANGO_ALIGN_LEFT },  { width * 0.26, PANGO_ALIGN_LEFT },  { width * 0.14, PANGO_ALIGN_RIGHT },
    { width * 0.16, PANGO_ALIGN_RIGHT }, { width * 0.12, PANGO_ALIGN_RIGHT }, { width * 0.24, PANGO_ALIGN_LEFT },
  };
  const char *const head[6] = { "#",
                                t (pages, N_ ("Centre, mm (LPS)")),
                                t (pages, N_ ("Size, mm")),
                                t (pages, N_ ("Neck width, mm")),
                                t (pages, N_ ("Score")),
                                t (pages, N_ ("Artery")) };
  guint shown = candidates != NULL ? MIN (candidates->len, 8) : 0;

  if (shown == 0)
    return;
  draw_heading (pages, t (pages, N_ ("Places found by the search for aneurysms")),
                30 + 14 * (shown + 1)); // in one piece
  table_head (pages, columns, 6, head);
  for (guint n = 0; n < shown; n++)
    {
      const WillisCandidate *candidate = &g_array_index (candidates, WillisCandidate, n);
      g_autofree char *number = g_strdup_printf ("%u", n + 1), *centre = point_text (candidate->centre_lps_mm);
      g_autofree char *size = plain (candidate->size_mm, 1), *neck = plain (candidate->neck_mm, 1);
      g_autofree char *score = plain (candidate->score, 2);
      const char *name
          = tree != NULL && candidate->branch >= 0 && (gsize) candidate->branch < willis_tree_n_branches (tree)
                ? willis_tree_branch (tree, (gsize) candidate->branch)->name
                : NULL;
      g_autofree char *artery = name != NULL ? willis_artery_text_with (name, text_in_report, pages) : NULL;
      const char *texts[6] = { number, centre, size, neck, score, artery != NULL ? artery : "\xe2\x80\x93" };

      table_row (pages, columns, 6, texts, n % 2 == 0);
    }
  if (candidates->len > shown)
    {
      const Style style = { 8, FALSE, INK_SOFT, PANGO_ALIGN_LEFT };
      g_autofree char *text
          = g_strdup_printf (t (pages, N_ ("and %u more with lower scores")), candidates->len - shown);

      pages->y += 2 + draw_text (pages, &style, pages->left + 6, pages->y + 2, 0, text);
    }
  pages->y += 6;
}

void
report_working_views (Pages *pages, const GArray *views)
{
  double width = pages->right - pages->left - 6;
  const Column columns[5] = {
    { width * 0.24, PANGO_ALIGN_LEFT },  { width * 0.24, PANGO_ALIGN_LEFT },  { width * 0.18, PANGO_ALIGN_RIGHT },
    { width * 0.17, PANGO_ALIGN_RIGHT }, { width * 0.17, PANGO_ALIGN_RIGHT },
  };
  const char *const head[5] = { t (pages, N_ ("View")), t (pages, N_ ("C-arm")), t (pages, N_ ("Projected neck, mm")),
                                t (pages, N_ ("Foreshortening")), t (pages, N_ ("Overlap")) };

  if (views == NULL || views->len == 0)
    return;
  draw_heading (pages, t (pages, N_ ("Working projections")), 50);
  table_head (pages, columns, 5, head);
  for (guint n = 0; n < views->len; n++)
    {
      const WillisWorkingView *view = &g_array_index (views, WillisWorkingView, n);
      g_autofree char *angles = willis_c_arm_text (&view->angles);
      g_autofree char *neck = plain (view->neck_mm, 1);
      g_autofree char *shortened = g_strdup_printf ("%.0f %%", 100 * view->foreshortening);
      g_autofree char *overlap = g_strdup_printf ("%.0f %%", 100 * view->overlap);
      const char *kind = view->kind == WILLIS_WORKING_VIEW_NECK ? t (pages, N_ ("Neck in profile"))
                                                                : t (pages, N_ ("Along the parent artery"));
      g_autofree char *name
          = view->at_limit ? g_strdup_printf (t (pages, N_ ("%s (limit of the C-arm)")), kind) : g_strdup (kind);
      const char *texts[5] = { name, angles, neck, shortened, overlap };

      table_row (pages, columns, 5, texts, n % 2 == 0);
    }
  pages->y += 6;
}
