/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Comparisons with earlier scans in the case: which there are, whether what they were made from is still there, and
 * their groups in the file.
 */
#include <math.h>
#include <string.h>

#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/case/case-private.h"
#include "core/case/compare.h"
#include "core/case/date.h"

gsize
willis_case_n_comparisons (const WillisCase *c)
{
  return c->comparisons->len;
}

WillisComparison *
willis_case_comparison (const WillisCase *c, gsize n)
{
  return n < c->comparisons->len ? g_ptr_array_index (c->comparisons, n) : NULL;
}

WillisState
willis_case_comparison_state (const WillisCase *c, gsize n)
{
  WillisComparison *comparison = willis_case_comparison (c, n);
  g_autofree char *now = NULL;

  if (comparison == NULL)
    return WILLIS_STATE_MISSING;
  now = willis_case_compared_text (c);
  return g_str_equal (now, comparison->provenance.inputs)
                 && willis_case_state (c, WILLIS_STAGE_SURFACE) != WILLIS_STATE_STALE
                 && willis_case_state (c, WILLIS_STAGE_ANEURYSMS) != WILLIS_STATE_STALE
             ? WILLIS_STATE_FRESH
             : WILLIS_STATE_STALE;
}

/* Oldest earlier scan first. */
static int
compare_ages (gconstpointer a, gconstpointer b)
{
  const WillisComparison *p = *(const WillisComparison *const *) a, *q = *(const WillisComparison *const *) b;
  int order = g_strcmp0 (p->earlier_date, q->earlier_date);

  return order != 0 ? order : g_strcmp0 (p->earlier, q->earlier);
}

static gboolean
same_scan (const WillisComparison *a, const WillisComparison *b)
{
  gsize n = strcspn (a->earlier, " "), m = strcspn (b->earlier, " ");

  return n == m && strncmp (a->earlier, b->earlier, n) == 0;
}

void
willis_case_add_comparison (WillisCase *c, WillisComparison *comparison)
{
  willis_comparison_ref (comparison);
  for (guint i = 0; i < c->comparisons->len; i++)
    if (same_scan (c->comparisons->pdata[i], comparison))
      {
        g_ptr_array_remove_index (c->comparisons, i);
        break;
      }
  g_ptr_array_add (c->comparisons, comparison);
  g_ptr_array_sort (c->comparisons, compare_ages);
}

void
willis_case_remove_comparison (WillisCase *c, gsize n)
{
  if (n < c->comparisons->len)
    g_ptr_array_remove_index (c->comparisons, (guint) n);
}

/* ---- the file ---- */

typedef struct
{
  const char *name;
  gsize offset;
} Number;

static const Number align_numbers[] = {
#define NUMBER(member)                                                                                                 \
  {                                                                                                                    \
#member, G_STRUCT_OFFSET(WillisAlign, member)                                                                      \
  }
  NUMBER (tre_mm),       NUMBER (bone_mm),    NUMBER (artery_mm),
  NUMBER (artery_share), NUMBER (refined_mm), NUMBER (artery_area_mm2),
#undef NUMBER
};

static const Number rigid_numbers[] = {
#define NUMBER(member)                                                                                                 \
  {                                                                                                                    \
#member, G_STRUCT_OFFSET(WillisRegistration, member)                                                               \
  }
  NUMBER (similarity),
  NUMBER (overlap),
  NUMBER (scale),
  NUMBER (bone_sd_mm),
#undef NUMBER
};

static const Number growth_numbers[] = {
#define NUMBER(member)                                                                                                 \
  {                                                                                                                    \
#member, G_STRUCT_OFFSET(WillisGrowth, member)                                                                     \
  }
  NUMBER (null_mean_mm), NUMBER (null_sd_mm),     NUMBER (limit_mm),          NUMBER (mean_mm),
  NUMBER (mean_sd_mm),   NUMBER (volume_percent), NUMBER (volume_percent_sd),
#undef NUMBER
};

static const Number growth_flags[] = {
#define FLAG(member)                                                                                                   \
  {                                                                                                                    \
#member, G_STRUCT_OFFSET(WillisGrowth, member)                                                                     \
  }
  FLAG (is_new), FLAG (vanished), FLAG (one_mm), FLAG (two_half_mm), FLAG (volume_cov),
#undef FLAG
};

static void
save_numbers (WillisArchive *group, const Number *numbers, gsize n, gconstpointer from)
{
  for (gsize i = 0; i < n; i++)
    {
      double v = G_STRUCT_MEMBER (double, from, numbers[i].offset);

      willis_archive_set_double (group, numbers[i].name, isnan (v) ? NAN : v); // one kind of NaN: the same bytes
    }
}

static gboolean
load_numbers (const WillisArchive *group, const Number *numbers, gsize n, gpointer to, GError **error)
{
  for (gsize i = 0; i < n; i++)
    if (!willis_archive_get_double (group, numbers[i].name, NAN, NAN, &G_STRUCT_MEMBER (double, to, numbers[i].offset),
                                    error))
      return FALSE;
  return TRUE;
}

static void
put_doubles (WillisArchive *group, const char *name, gsize n, gsize width, const double *values)
{
  const gsize extents[2] = { n, width };
  g_autofree double *copy = g_new (double, MAX (n * width, 1));

  for (gsize i = 0; i < n * width; i++)
    copy[i] = isnan (values[i]) ? NAN : values[i];
  willis_archive_take_array (group, name, willis_array_new_copy (WILLIS_ARRAY_F64, width > 1 ? 2 : 1, extents, copy));
}

static void
save_motion (WillisArchive *group, const char *name, const WillisRigid *motion)
{
  double rows[12];

  willis_rigid_to_rows (motion, rows);
  willis_archive_set_doubles (group, name, rows, 12);
}

static gboolean
bad (const WillisArchive *group, const char *what, GError **error)
{
  return willis_fail (error, WILLIS_ERROR_BAD_FILE, _ ("%s in %s is not possible"), what, willis_archive_path (group));
}

static gboolean
load_motion (const WillisArchive *group, const char *name, WillisRigid *motion, GError **error)
{
  double rows[12], product[9], transposed[9];

  if (!willis_archive_get_doubles (group, name, 12, -1e6, 1e6, rows, error))
    return FALSE;
  for (int i = 0; i < 3; i++)
    {
      for (int j = 0; j < 3; j++)
        motion->r[3 * i + j] = transposed[3 * j + i] = rows[4 * i + j];
      motion->t[i] = rows[4 * i + 3];
    }
  mat3_mul (product, motion->r, transposed);
  for (int i = 0; i < 9; i++)
    if (!(fabs (product[i] - (i % 4 == 0)) < 1e-6))
      return bad (group, name, error);
  return TRUE;
}

static void
save_indices (WillisArchive *group, const WillisGrowth *g)
{
  const char *names[WILLIS_N_INDICES + 1] = { NULL }, *units[WILLIS_N_INDICES + 1] = { NULL };
  double rows[WILLIS_N_INDICES][4];

  for (int i = 0; i < WILLIS_N_INDICES; i++)
    {
      names[i] = willis_index_info (i)->name;
      units[i] = willis_index_info (i)->unit;
      rows[i][0] = g->before[i].value;
      rows[i][1] = g->after[i].value;
      rows[i][2] = g->delta[i].value;
      rows[i][3] = g->delta[i].sd;
    }
  willis_archive_set_strings (group, "index_names", names);
  willis_archive_set_strings (group, "index_units", units);
  put_doubles (group, "index_before_after_change_deviation", WILLIS_N_INDICES, 4, rows[0]);
}

static gboolean
load_indices (const WillisArchive *group, WillisGrowth *g, GError **error)
{
  g_auto (GStrv) names = NULL;
  const gsize extents[2] = { 0, 4 };
  const WillisArray *rows;

  if (!willis_archive_get_strings (group, "index_names", &names, error))
    return FALSE;
  rows = willis_archive_get_array (group, "index_before_after_change_deviation", WILLIS_ARRAY_F64, 2, extents, error);
  if (rows == NULL)
    return FALSE;
  if (rows->extents[0] != g_strv_length (names))
    return bad (group, "index_names", error);
  for (gsize n = 0; names[n] != NULL; n++)
    {
      const double *row = (const double *) rows->data + 4 * n;
      int i = willis_index_find (names[n]);

      if (i < 0)
        continue;
      g->before[i] = (WillisMeasure){ row[0], row[3] / G_SQRT2, NULL };
      g->after[i] = (WillisMeasure){ row[1], row[3] / G_SQRT2, NULL };
      g->delta[i] = (WillisMeasure){ row[2], row[3], NULL };
    }
  return TRUE;
}

#define REGION_COLUMNS 8 // centre, area, max, mean, z, daughter

static void
save_regions (WillisArchive *group, const WillisGrowth *g)
{
  g_autoptr (GArray) rows = g_array_new (FALSE, FALSE, sizeof (double));

  for (guint i = 0; i < g->regions->len; i++)
    {
      const WillisGrowthRegion *r = &g_array_index (g->regions, WillisGrowthRegion, i);
      const double row[REGION_COLUMNS] = {
        r->centre_lps_mm[0],    r->centre_lps_mm[1], r->centre_lps_mm[2], r->area_mm2, r->max_mm, r->mean_mm, r->z,
        r->daughter ? 1.0 : 0.0
      };

      g_array_append_vals (rows, row, REGION_COLUMNS);
    }
  put_doubles (group, "region_centre_lps_mm_area_mm2_max_mm_mean_mm_z_daughter", g->regions->len, REGION_COLUMNS,
               (const double *) rows->data);
}

static gboolean
load_regions (const WillisArchive *group, WillisGrowth *g, GError **error)
{
  const gsize extents[2] = { 0, REGION_COLUMNS };
  const WillisArray *rows = willis_archive_get_array (group, "region_centre_lps_mm_area_mm2_max_mm_mean_mm_z_daughter",
                                                      WILLIS_ARRAY_F64, 2, extents, error);

  for (gsize i = 0; rows != NULL && i < rows->extents[0]; i++)
    {
      const double *row = (const double *) rows->data + REGION_COLUMNS * i;
      WillisGrowthRegion r = { { row[0], row[1], row[2] }, row[3], row[4], row[5], row[6], row[7] > 0.5 };

      for (int c = 0; c < REGION_COLUMNS; c++)
        if (!isfinite (row[c]))
          return bad (group, "region_centre_lps_mm_area_mm2_max_mm_mean_mm_z_daughter", error);
      g_array_append_val (g->regions, r);
    }
  return rows != NULL;
}

static void
save_remarks (WillisArchive *group, const GArray *remarks)
{
  g_autoptr (GArray) rows = g_array_new (FALSE, FALSE, sizeof (double));

  for (guint i = 0; i < remarks->len; i++)
    {
      const WillisRemark *r = &g_array_index (remarks, WillisRemark, i);
      const double row[3] = { r->kind, r->number, r->value };

      g_array_append_vals (rows, row, 3);
    }
  put_doubles (group, "remark_kind_number_value", remarks->len, 3, (const double *) rows->data);
}

static gboolean
load_remarks (const WillisArchive *group, GArray *remarks, GError **error)
{
  const gsize extents[2] = { 0, 3 };
  const WillisArray *rows
      = willis_archive_get_array (group, "remark_kind_number_value", WILLIS_ARRAY_F64, 2, extents, error);

  for (gsize i = 0; rows != NULL && i < rows->extents[0]; i++)
    {
      const double *row = (const double *) rows->data + 3 * i;
      WillisRemark r;

      if (!(row[0] >= 0.0 && row[0] < WILLIS_N_REMARKS && row[1] >= 0.0 && row[1] < 1e6 && isfinite (row[2])))
        return bad (group, "remark_kind_number_value", error);
      r = (WillisRemark){ (WillisRemarkKind) row[0], (int) row[1], row[2] };
      g_array_append_val (remarks, r);
    }
  return rows != NULL;
}

/* The sac with the map on it, as ParaView shows it too. */
static void
save_sac (WillisArchive *group, const WillisGrowth *g)
{
  WillisArchive *data;
  gsize n = willis_surface_n_points (g->sac);

  willis_save_surface (group, g->sac);
  if (g->displacement_mm == NULL)
    return;
  data = willis_archive_group (group, "PointData");
  put_doubles (data, "displacement_mm", n, 1, g->displacement_mm);
  put_doubles (data, "significance", n, 1, g->z);
}

static gboolean
load_sac (const WillisArchive *group, WillisGrowth *g, GError **error)
{
  const WillisArchive *data = willis_archive_find_group (group, "PointData");
  const WillisArray *mm, *z;
  gsize n;

  g->sac = willis_load_surface (group, error);
  if (g->sac == NULL || data == NULL)
    return g->sac != NULL;
  n = willis_surface_n_points (g->sac);
  mm = willis_archive_get_array (data, "displacement_mm", WILLIS_ARRAY_F64, 1, &n, error);
  z = mm != NULL ? willis_archive_get_array (data, "significance", WILLIS_ARRAY_F64, 1, &n, error) : NULL;
  if (z == NULL)
    return FALSE;
  if (n == 0)
    return bad (group, "Points", error);
  g->displacement_mm = g_memdup2 (mm->data, n * sizeof (double));
  g->z = g_memdup2 (z->data, n * sizeof (double));
  for (gsize i = 0; i < n; i++)
    if (!(fabs (g->displacement_mm[i]) < 1e3 && fabs (g->z[i]) < 1e6))
      g->displacement_mm[i] = g->z[i] = NAN; // not comparable there
  return TRUE;
}

static void
save_comparison (WillisArchive *group, const WillisComparison *c)
{
  const WillisGrowth *g = c->growth;

  willis_archive_set_int (group, "verdict", g->verdict);
  willis_archive_set_int (group, "rule", g->rule);
  for (gsize i = 0; i < G_N_ELEMENTS (growth_flags); i++)
    willis_archive_set_int (group, growth_flags[i].name, G_STRUCT_MEMBER (gboolean, g, growth_flags[i].offset));
  save_numbers (group, growth_numbers, G_N_ELEMENTS (growth_numbers), g);
  willis_archive_set_int (group, "baseline_aneurysm", c->aneurysm[0]);
  willis_archive_set_int (group, "followup_aneurysm", c->aneurysm[1]);
  willis_archive_set_int (group, "by_hand", c->by_hand);
  willis_archive_set_double (group, "years", isnan (c->years) ? NAN : c->years);
  willis_archive_set_string (group, "earlier_date", c->earlier_date);
  willis_archive_set_string (group, "earlier_file", c->earlier_file);
  willis_archive_set_string (group, "earlier", c->earlier);
  save_indices (group, g);
  save_regions (group, g);
  save_remarks (group, c->remarks);
  save_numbers (willis_archive_group (group, "registration"), align_numbers, G_N_ELEMENTS (align_numbers), &g->align);
  save_numbers (willis_archive_group (group, "registration"), rigid_numbers, G_N_ELEMENTS (rigid_numbers),
                &g->align.rigid);
  willis_archive_set_int (willis_archive_group (group, "registration"), "match", g->align.rigid.match);
  save_motion (willis_archive_group (group, "registration"), "motion", &g->align.motion);
  save_motion (willis_archive_group (group, "registration"), "motion_of_the_head", &g->align.rigid.motion);
  if (g->sac != NULL)
    save_sac (willis_archive_group (group, "sac"), g);
  if (g->sac_before != NULL)
    willis_save_surface (willis_archive_group (group, "sac_before"), g->sac_before);
  willis_save_provenance (willis_archive_group (group, "provenance"), &c->provenance);
}

void
willis_save_comparisons (WillisArchive *root, const WillisCase *c)
{
  for (guint n = 0; n < c->comparisons->len; n++)
    {
      g_autofree char *name = g_strdup_printf ("%04u", n);

      save_comparison (willis_archive_group (willis_archive_group (root, "comparisons"), name),
                       c->comparisons->pdata[n]);
    }
}

static gboolean
load_growth (const WillisArchive *group, WillisGrowth *g, GError **error)
{
  const WillisArchive *registration = willis_archive_find_group (group, "registration");
  const WillisArchive *sac = willis_archive_find_group (group, "sac"),
                      *before = willis_archive_find_group (group, "sac_before");
  gint64 verdict, rule, match, flag;

  if (registration == NULL)
    return bad (group, "registration", error);
  if (!willis_archive_get_int (group, "verdict", 0, WILLIS_VERDICT_SHRUNK, &verdict, error)
      || !willis_archive_get_int (group, "rule", 0, WILLIS_N_RULES - 1, &rule, error)
      || !load_numbers (group, growth_numbers, G_N_ELEMENTS (growth_numbers), g, error)
      || !load_numbers (registration, align_numbers, G_N_ELEMENTS (align_numbers), &g->align, error)
      || !load_numbers (registration, rigid_numbers, G_N_ELEMENTS (rigid_numbers), &g->align.rigid, error)
      || !willis_archive_get_int (registration, "match", 0, WILLIS_MATCH_INFORMATION, &match, error)
      || !load_motion (registration, "motion", &g->align.motion, error)
      || !load_motion (registration, "motion_of_the_head", &g->align.rigid.motion, error)
      || !load_indices (group, g, error) || !load_regions (group, g, error)
      || (sac != NULL && !load_sac (sac, g, error))
      || (before != NULL && (g->sac_before = willis_load_surface (before, error)) == NULL))
    return FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS (growth_flags); i++)
    {
      if (!willis_archive_get_int (group, growth_flags[i].name, 0, 1, &flag, error))
        return FALSE;
      G_STRUCT_MEMBER (gboolean, g, growth_flags[i].offset) = flag != 0;
    }
  // what is drawn needs both
  if (g->displacement_mm != NULL && g->sac_before == NULL)
    return bad (group, "sac_before", error);
  g->verdict = (WillisVerdict) verdict;
  g->rule = (WillisRule) rule;
  g->align.rigid.match = (WillisMatch) match;
  return TRUE;
}

static gboolean
load_comparison (WillisCase *c, const WillisArchive *group, GError **error)
{
  const WillisArchive *provenance = willis_archive_find_group (group, "provenance");
  const WillisAlign none = { 0 };
  WillisComparison *out = willis_comparison_new (willis_growth_new (&none));
  g_autoptr (WillisComparison) owner = out;
  const char *text, *earlier;
  gint64 first, second, by_hand;

  if (provenance == NULL)
    return bad (group, "provenance", error);
  if (!load_growth (group, out->growth, error) || !load_remarks (group, out->remarks, error)
      || !willis_archive_get_int (group, "baseline_aneurysm", -1, 100000, &first, error)
      || !willis_archive_get_int (group, "followup_aneurysm", -1, 100000, &second, error)
      || !willis_archive_get_int (group, "by_hand", 0, 1, &by_hand, error)
      || !willis_archive_get_double (group, "years", NAN, NAN, &out->years, error)
      || !willis_archive_get_string (group, "earlier", &earlier, error)
      || !willis_load_provenance (provenance, &out->provenance, error))
    return FALSE;
  if (willis_archive_get_string (group, "earlier_date", &text, NULL))
    out->earlier_date = strlen (text) == 4 && strspn (text, "0123456789") == 4
                            ? g_strdup (text)         // its year alone, of a de-identified case
                            : willis_date_iso (text); // older files have it as the scan gave it
  if (willis_archive_get_string (group, "earlier_file", &text, NULL))
    out->earlier_file = g_path_get_basename (text);
  out->aneurysm[0] = (int) first;
  out->aneurysm[1] = (int) second;
  out->by_hand = by_hand != 0;
  out->earlier = g_strdup (earlier);
  willis_case_add_comparison (c, out);
  return TRUE;
}

gboolean
willis_load_comparisons (WillisCase *c, const WillisArchive *root, GError **error)
{
  const WillisArchive *group = willis_archive_find_group (root, "comparisons");
  g_auto (GStrv) names = group != NULL ? willis_archive_group_names (group) : NULL;

  for (char **name = names; name != NULL && *name != NULL; name++)
    if (!load_comparison (c, willis_archive_find_group (group, *name), error))
      return FALSE;
  return TRUE;
}
