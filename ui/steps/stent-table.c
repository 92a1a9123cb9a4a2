/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/steps/stent-table.h"

#include <math.h>

#include "core/base/i18n.h"
#include "core/plan/stent-remark.h"
#include "ui/steps/device-words.h"
#include "ui/steps/step-page.h"

/* A cell that is there already gets the text only where it is another one: the others need no new layout. */
static void
put_cell (GtkGrid *grid, int column, int row, const char *text, gboolean head)
{
  GtkWidget *label = gtk_grid_get_child_at (grid, column, row);

  if (label != NULL)
    {
      if (g_strcmp0 (gtk_label_get_text (GTK_LABEL (label)), text) != 0)
        gtk_label_set_text (GTK_LABEL (label), text);
      return;
    }
  label = gtk_label_new (text);
  gtk_label_set_xalign (GTK_LABEL (label), column == 0 ? 0.0 : 1.0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_width_chars (GTK_LABEL (label), 6);
  gtk_widget_add_css_class (label, head ? "caption-heading" : "caption");
  gtk_widget_set_hexpand (label, column > 0);
  gtk_grid_attach (grid, label, column, row, 1, 1);
}

/* Columns from this one on go. */
static void
remove_columns (GtkGrid *grid, int from)
{
  GtkWidget *next;

  for (GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (grid)); child != NULL; child = next)
    {
      int column;

      next = gtk_widget_get_next_sibling (child);
      gtk_grid_query_child (grid, child, &column, NULL, NULL, NULL);
      if (column >= from)
        gtk_grid_remove (grid, child);
    }
}

void
willis_stent_table_fill (GtkGrid *grid, WillisCatalogue *catalogue, const WillisStentArtery *artery,
                         const GPtrArray *devices, const WillisStentRequest *request)
{
  static const char *const heads[] = { N_ ("Device"),       N_ ("Verdict"),           N_ ("Length"),
                                       N_ ("Nine in ten"),  N_ ("Landing distal"),    N_ ("Landing proximal"),
                                       N_ ("Gap"),          N_ ("Cover at the neck"), N_ ("Pores per mm²"),
                                       N_ ("Radial force"), N_ ("Branches covered") };
  int columns = 0;

  if (artery == NULL || devices->len == 0)
    {
      remove_columns (grid, 0);
      return;
    }
  for (guint i = 0; i < G_N_ELEMENTS (heads); i++)
    put_cell (grid, 0, (int) i, _ (heads[i]), TRUE);
  for (guint k = 0; k < devices->len; k++)
    {
      const WillisDevice *d = willis_catalogue_find (catalogue, devices->pdata[k]);
      WillisStentChoice *c = d != NULL ? willis_stent_try (d, artery, request, NULL, NULL) : NULL;
      const char *dash = "\xe2\x80\x93";

      if (c == NULL)
        continue;
      columns++;
      {
        char *texts[] = {
          g_strdup (d->name),
          g_strdup (_ (willis_fit_label (c->fit))),
          g_strdup_printf ("%.1f mm", c->length_mm),
          g_strdup_printf ("%.1f \xe2\x80\x93 %.1f", c->length_lo_mm, c->length_hi_mm),
          g_strdup_printf ("%.1f mm", c->distal_landing_mm),
          g_strdup_printf ("%.1f mm", c->proximal_landing_mm),
          g_strdup_printf ("%.2f mm", c->gap_max_mm),
          isnan (c->neck_coverage) ? g_strdup (dash) : willis_stent_cover_text (c),
          isnan (c->neck_pore_density_mm2) ? g_strdup (dash) : g_strdup_printf ("%.0f", c->neck_pore_density_mm2),
          isnan (c->radial_force_n_mm) ? g_strdup (dash) : g_strdup_printf ("%.3f N/mm", c->radial_force_n_mm),
          g_strdup_printf ("%u", c->branches_covered),
        };

        for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
          {
            put_cell (grid, columns, (int) i, texts[i], i == 0);
            g_free (texts[i]);
          }
      }
      willis_stent_choice_free (c);
    }
  remove_columns (grid, columns + 1);
}

char *
willis_stent_cover_text (const WillisStentChoice *c)
{
  return g_strdup_printf ("%s%.0f %%", willis_device_assumes_cover (c->device) ? "≈ " : "", 100.0 * c->neck_coverage);
}

static char *
row_subtitle (const WillisStentChoice *c)
{
  GString *text = g_string_new (NULL);

  g_string_append_printf (text, _ ("%s · ± %.1f mm · gap %.2f mm"), _ (willis_fit_label (c->fit)), c->length_sd_mm,
                          c->gap_max_mm);
  if (!isnan (c->neck_coverage))
    {
      g_autofree char *cover = willis_stent_cover_text (c);

      g_string_append_printf (text, _ (" · cover %s"), cover);
    }
  if (c->warnings->len > 0)
    {
      g_autofree char *against = willis_stent_remark (c->warnings->pdata[0], NULL, NULL);

      g_string_append_printf (text, "\n%s", against);
    }
  return g_string_free (text, FALSE);
}

static char *
row_length (const WillisStentChoice *c)
{
  return g_strdup_printf (_ ("%.1f mm"), c->length_mm);
}

gboolean
willis_stent_row_fill (GtkWidget *row, const WillisStentChoice *c)
{
  g_autofree char *subtitle = row_subtitle (c), *length = row_length (c);
  GtkWidget *icon = g_object_get_data (G_OBJECT (row), "icon");
  gboolean changed = willis_row_set_value (row, length);

  if (g_strcmp0 (gtk_image_get_icon_name (GTK_IMAGE (icon)), willis_fit_icons[c->fit]) != 0)
    {
      gtk_image_set_from_icon_name (GTK_IMAGE (icon), willis_fit_icons[c->fit]);
      gtk_widget_set_tooltip_text (icon, _ (willis_fit_label (c->fit)));
      changed = TRUE;
    }
  if (g_strcmp0 (adw_action_row_get_subtitle (ADW_ACTION_ROW (row)), subtitle) != 0)
    {
      adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
      changed = TRUE;
    }
  return changed;
}

GtkWidget *
willis_stent_row_new (const WillisStentChoice *c)
{
  GtkWidget *row = willis_row_new (c->device->name, ""), *icon = gtk_image_new ();

  adw_action_row_set_title_lines (ADW_ACTION_ROW (row), 2);
  adw_action_row_add_prefix (ADW_ACTION_ROW (row), icon);
  g_object_set_data (G_OBJECT (row), "icon", icon);
  gtk_label_set_width_chars (GTK_LABEL (g_object_get_data (G_OBJECT (row), "value")), 7);
  willis_stent_row_fill (row, c);
  g_object_set_data_full (G_OBJECT (row), "device", g_strdup (c->device->id), g_free);
  return row;
}

char *
willis_stent_why (const WillisStentChoice *c)
{
  GString *text = g_string_new (NULL);

  if (c != NULL)
    {
      const WillisDevice *d = c->device;

      g_string_append_printf (text, "%s  %s\n", d->name, d->manufacturer);
      g_string_append_printf (text, _ ("%s: %.1f mm long, 90 %% between %.1f and %.1f mm\n"),
                              _ (willis_fit_label (c->fit)), c->length_mm, c->length_lo_mm, c->length_hi_mm);
      willis_append_remarks (text, c->warnings, c->reasons, willis_stent_remark);
      g_string_append_printf (
          text, _ ("Uncertainty of the length: lumen %.1f, packing %.1f, straightening %.1f, device %.1f mm (sd)\n"),
          c->sd_diameter_mm, c->sd_packing_mm, c->sd_straightening_mm, c->sd_device_mm);
      if (!isnan (c->neck_coverage))
        {
          g_autofree char *cover = willis_stent_cover_text (c);

          g_string_append_printf (text, _ ("Over the neck: %s metal"), cover);
        }
      if (!isnan (c->neck_pore_density_mm2))
        g_string_append_printf (text, _ (", %.0f pores per mm²"), c->neck_pore_density_mm2);
      g_string_append_c (text, '\n');
      willis_append_source (text, d);
    }
  return g_string_free (text, FALSE);
}
