/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/steps/sac-lists.h"

#include "core/base/i18n.h"
#include "ui/steps/step-page.h"

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
      for (guint i = 0; i < coils->warnings->len; i++)
        g_string_append_printf (text, "⚠ %s\n", (const char *) coils->warnings->pdata[i]);
      for (guint i = 0; i < coils->reasons->len; i++)
        g_string_append_printf (text, "• %s\n", (const char *) coils->reasons->pdata[i]);
    }
  gtk_label_set_text (coils_label, text->str);
  for (guint i = 0; sac != NULL && i < MIN (sac->len, 6); i++)
    {
      const WillisSacChoice *c = sac->pdata[i];
      g_autofree char *contact = g_strdup_printf (_ ("contact %.0f %%"), 100.0 * c->contact);
      GtkWidget *row = willis_row_new (c->device->name, contact);

      // a number is never cut off: the name and what is said beside it wrap
      gtk_label_set_ellipsize (g_object_get_data (G_OBJECT (row), "value"), PANGO_ELLIPSIZE_NONE);
      adw_action_row_add_prefix (ADW_ACTION_ROW (row), gtk_image_new_from_icon_name (icons[c->fit]));
      adw_action_row_set_subtitle (ADW_ACTION_ROW (row), c->warnings->len > 0  ? c->warnings->pdata[0]
                                                         : c->reasons->len > 0 ? c->reasons->pdata[0]
                                                                               : "");
      g_object_set_data_full (G_OBJECT (row), "device", g_strdup (c->device->id), g_free);
      gtk_list_box_append (GTK_LIST_BOX (sac_list), row);
      if (g_strcmp0 (c->device->id, picked) == 0)
        gtk_list_box_select_row (GTK_LIST_BOX (sac_list), GTK_LIST_BOX_ROW (row));
    }
  g_string_free (text, TRUE);
}
