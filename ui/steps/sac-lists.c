/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/steps/sac-lists.h"

#include "core/base/i18n.h"
#include "core/plan/sac-remark.h"
#include "ui/steps/step-page.h"

static void
append_remarks (GString *text, const char *mark, const GPtrArray *remarks)
{
  for (guint i = 0; i < remarks->len; i++)
    {
      g_autofree char *remark = willis_sac_remark (remarks->pdata[i], NULL, NULL);

      g_string_append_printf (text, "%s %s\n", mark, remark);
    }
}

/* The first thing against a device, else the first for it (new). */
static char *
first_remark (const WillisSacChoice *c)
{
  const GPtrArray *remarks = c->warnings->len > 0 ? c->warnings : c->reasons;

  return remarks->len > 0 ? willis_sac_remark (remarks->pdata[0], NULL, NULL) : g_strdup ("");
}

void
willis_sac_lists_fill (GtkWidget *coils_list, GtkLabel *coils_label, GtkWidget *sac_list, const WillisCoilPlan *coils,
                       const GPtrArray *sac, const char *picked)
{
  static const char *const icons[] = { "emblem-ok-symbolic", "dialog-warning-symbolic", "window-close-symbolic" };
  GString *text = g_string_new (NULL);

  willis_list_clear (coils_list);
  willis_list_clear (sac_list);
  for (guint i = 0; coils != NULL && i < coils->steps->len; i++)
    {
      const WillisCoilStep *s = &g_array_index (coils->steps, WillisCoilStep, i);
      g_autofree char *packing = g_strdup_printf ("%.1f %%", 100.0 * s->packing);

      gtk_list_box_append (GTK_LIST_BOX (coils_list), willis_row_new (s->device->name, packing));
    }
  if (coils != NULL)
    {
      g_string_append_printf (text, _ ("Packing %.0f ± %.0f %% with %.0f cm of coil\n"), 100.0 * coils->packing,
                              100.0 * coils->packing_sd, 0.1 * coils->length_mm);
      append_remarks (text, "⚠", coils->warnings);
      append_remarks (text, "•", coils->reasons);
    }
  gtk_label_set_text (coils_label, text->str);
  for (guint i = 0; sac != NULL && i < MIN (sac->len, 6); i++)
    {
      const WillisSacChoice *c = sac->pdata[i];
      g_autofree char *remark = first_remark (c);
      g_autofree char *contact = g_strdup_printf (_ ("contact %.0f %%"), 100.0 * c->contact);
      GtkWidget *row = willis_row_new (c->device->name, contact);

      // a number is never cut off: the name and what is said beside it wrap
      gtk_label_set_ellipsize (g_object_get_data (G_OBJECT (row), "value"), PANGO_ELLIPSIZE_NONE);
      adw_action_row_add_prefix (ADW_ACTION_ROW (row), gtk_image_new_from_icon_name (icons[c->fit]));
      adw_action_row_set_subtitle (ADW_ACTION_ROW (row), remark);
      g_object_set_data_full (G_OBJECT (row), "device", g_strdup (c->device->id), g_free);
      gtk_list_box_append (GTK_LIST_BOX (sac_list), row);
      if (g_strcmp0 (c->device->id, picked) == 0)
        gtk_list_box_select_row (GTK_LIST_BOX (sac_list), GTK_LIST_BOX_ROW (row));
    }
  g_string_free (text, TRUE);
}
