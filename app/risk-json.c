/* SPDX-License-Identifier: Apache-2.0 */
#include "app/risk-json.h"

#include <math.h>

#include "core/base/json.h"
#include "core/report/risk-text.h"

static void
add_estimate (JsonBuilder *b, const char *name, const WillisEstimate *e)
{
  json_builder_set_member_name (b, name);
  json_builder_begin_object (b);
  willis_json_add_double (b, "value", e->value);
  willis_json_add_double (b, "sd", e->sd);
  json_builder_end_object (b);
}

/* "value": a number with its "unit" (and "sd"), true or false, or the name of a choice; null where it is not known. */
static void
add_value (JsonBuilder *b, const WillisRiskValue *v)
{
  gboolean number = v->kind == WILLIS_RISK_VALUE_YEARS || v->kind == WILLIS_RISK_VALUE_MM;

  if (!v->known || v->kind == WILLIS_RISK_VALUE_NONE)
    willis_json_add_string (b, "value", NULL);
  else if (number)
    willis_json_add_double (b, "value", v->number);
  else if (v->kind == WILLIS_RISK_VALUE_CHOICE)
    willis_json_add_string (b, "value", v->name);
  else
    willis_json_add_bool (b, "value", v->yes);
  if (v->kind == WILLIS_RISK_VALUE_MM)
    willis_json_add_double (b, "sd", v->sd);
  if (number)
    willis_json_add_string (b, "unit", v->kind == WILLIS_RISK_VALUE_MM ? "mm" : "years");
  if (v->kind == WILLIS_RISK_VALUE_RATIOS)
    {
      add_estimate (b, "size_ratio", &v->size_ratio);
      add_estimate (b, "aspect_ratio", &v->aspect_ratio);
    }
}

static void
add_items (JsonBuilder *b, const WillisRiskScore *s)
{
  json_builder_set_member_name (b, "inputs");
  json_builder_begin_array (b);
  for (guint n = 0; n < s->items->len; n++)
    {
      const WillisRiskItem *item = &g_array_index (s->items, WillisRiskItem, n);

      json_builder_begin_object (b);
      willis_json_add_string (b, "key", item->key);
      willis_json_add_bool (b, "known", item->known);
      willis_json_add_double (b, "points", item->known ? item->points : NAN);
      willis_json_add_string (b, "from", willis_risk_item_origin (item));
      willis_json_add_bool (b, "unsure", item->unsure);
      willis_json_add_string (b, "unsure_because", item->near_cutoff ? "cut-off" : item->unsure ? "sources" : NULL);
      add_value (b, &item->value);
      if (item->side != 0)
        willis_json_add_string (b, "side", item->side > 0 ? "repair" : "observation");
      json_builder_end_object (b);
    }
  json_builder_end_array (b);
  json_builder_set_member_name (b, "notes");
  json_builder_begin_array (b);
  for (guint n = 0; n < s->notes->len; n++)
    json_builder_add_string_value (b, s->notes->pdata[n]);
  json_builder_end_array (b);
}

/* "others": what the score is where a value lies on the other side of a cut-off within its deviation. */
static void
add_others (JsonBuilder *b, const WillisRiskScore *s)
{
  static const char *const where[] = { "size_under", "size_from", "ratio_over", "ratio_not" };

  json_builder_set_member_name (b, "others");
  json_builder_begin_array (b);
  for (guint n = 0; n < s->others->len; n++)
    {
      const WillisRiskOther *other = &g_array_index (s->others, WillisRiskOther, n);

      json_builder_begin_object (b);
      willis_json_add_string (b, "where", where[other->where]);
      willis_json_add_double (b, "cutoff_mm", other->where <= WILLIS_RISK_SIZE_FROM ? other->cutoff_mm : NAN);
      willis_json_add_double (b, "score", other->score);
      willis_json_add_double (b, "percent", other->percent);
      willis_json_add_string (b, "verdict", other->verdict);
      json_builder_end_object (b);
    }
  json_builder_end_array (b);
}

static void
add_score (JsonBuilder *b, const char *key, const WillisRiskScore *s)
{
  json_builder_set_member_name (b, key);
  json_builder_begin_object (b);
  willis_json_add_double (b, "score", s->score);
  willis_json_add_bool (b, "complete", s->complete);
  willis_json_add_double (b, "percent", s->percent);
  if (g_str_equal (key, "phases"))
    willis_json_add_doubles (b, "percent_ci95", (const double[]){ s->percent_low, s->percent_high }, 2);
  if (g_str_equal (key, "elapss"))
    willis_json_add_double (b, "percent_5y", s->percent_5y);
  if (g_str_equal (key, "uiats"))
    {
      willis_json_add_double (b, "repair", s->repair);
      willis_json_add_double (b, "observation", s->observe);
      willis_json_add_string (b, "verdict", s->verdict);
    }
  willis_json_add_bool (b, "unsure", s->others->len > 0);
  add_others (b, s);
  willis_json_add_string (b, "source", s->source);
  willis_json_add_string (b, "derived_on", s->derived_on);
  add_items (b, s);
  json_builder_end_object (b);
}

void
willis_cli_add_risk (JsonBuilder *b, const WillisRiskInputs *in, const WillisSiteFound *found)
{
  WillisRiskScore *(*const make[]) (const WillisRiskInputs *)
      = { willis_risk_phases, willis_risk_elapss, willis_risk_uiats };
  static const char *const keys[] = { "phases", "elapss", "uiats" };

  willis_json_add_string (b, "site", in != NULL ? willis_site_name (in->site) : NULL);
  willis_json_add_string (b, "site_from", in != NULL ? in->site_from_picture ? "picture" : "asked" : NULL);
  willis_json_add_string (b, "site_doubt", in != NULL && in->site_from_picture ? found->doubt : NULL);
  json_builder_set_member_name (b, "scores");
  if (in == NULL)
    {
      json_builder_add_null_value (b);
      return;
    }
  json_builder_begin_object (b);
  for (gsize n = 0; n < G_N_ELEMENTS (make); n++)
    {
      g_autoptr (WillisRiskScore) score = make[n](in);

      add_score (b, keys[n], score);
    }
  json_builder_end_object (b);
}
