/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The projections of the C-arm in which an aneurysm of a case is treated, as JSON and as lines for people.
 */
#include <math.h>

#include "app/cli.h"
#include "app/working-views.h"
#include "core/base/i18n.h"
#include "core/base/json.h"
#include "core/vessel/working-angle.h"

#define DEGREES (180.0 / G_PI)

static void
print_view (const WillisWorkingView *v)
{
  g_autofree char *angles = willis_c_arm_text (&v->angles), *text = NULL, *limited = NULL;

  if (v->kind == WILLIS_WORKING_VIEW_NECK)
    text = g_strdup_printf (_ ("neck view %s: neck seen %.1f mm wide, %.0f %% of the sac covered by other arteries"),
                            angles, v->neck_mm, 100.0 * v->overlap);
  else
    text = g_strdup_printf (
        _ ("barrel view %s: %.0f° off the artery's axis, %.0f %% of the sac covered by other arteries"), angles,
        acos (CLAMP (1.0 - v->foreshortening, 0.0, 1.0)) * DEGREES, 100.0 * v->overlap);
  limited = v->at_limit ? g_strdup_printf (_ ("%s; at the limit of the C-arm"), text) : g_strdup (text);
  willis_cli_print ("%s\n", limited);
}

static void
add_view (JsonBuilder *builder, const WillisWorkingView *v)
{
  g_autofree char *angles = willis_c_arm_text (&v->angles);

  json_builder_begin_object (builder);
  willis_json_add_string (builder, "kind", v->kind == WILLIS_WORKING_VIEW_NECK ? "neck" : "barrel");
  willis_json_add_string (builder, "angles", angles);
  willis_json_add_double (builder, "primary_deg", v->angles.primary * DEGREES);
  willis_json_add_double (builder, "secondary_deg", v->angles.secondary * DEGREES);
  willis_json_add_double (builder, "neck_mm", v->neck_mm);
  willis_json_add_double (builder, "foreshortening", v->foreshortening);
  willis_json_add_double (builder, "overlap", v->overlap);
  willis_json_add_bool (builder, "at_limit", v->at_limit);
  json_builder_end_object (builder);
}

void
willis_cli_add_working_views (JsonBuilder *builder, const WillisCase *c, gsize aneurysm)
{
  WillisSurface *lumen = c != NULL ? willis_case_surface (c) : NULL;
  g_autoptr (GArray) views = NULL;

  if (lumen != NULL && willis_case_aneurysm_state (c, aneurysm) == WILLIS_STATE_FRESH)
    views = willis_working_views_in_tree (lumen, willis_case_tree (c), willis_case_aneurysm (c, aneurysm), NULL,
                                          willis_cli_progress (), NULL);
  json_builder_set_member_name (builder, "working_views");
  json_builder_begin_array (builder);
  for (guint n = 0; views != NULL && n < views->len; n++)
    {
      print_view (&g_array_index (views, WillisWorkingView, n));
      add_view (builder, &g_array_index (views, WillisWorkingView, n));
    }
  json_builder_end_array (builder);
}
