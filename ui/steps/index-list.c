/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/steps/index-list.h"

#include <math.h>

#include "core/base/i18n.h"
#include "ui/model/format.h"
#include "ui/steps/step-page.h"

struct _WillisIndexList
{
  GtkBox parent_instance;
  GtkLabel *values[2][WILLIS_N_INDICES]; // [0] headline rows (some NULL), [1] all
  GtkLabel *deviations[2][WILLIS_N_INDICES];
  WillisMorphology shown;
  gboolean known, live; // whether shown is filled; is of a neck in hand
};

G_DEFINE_FINAL_TYPE (WillisIndexList, willis_index_list, GTK_TYPE_BOX)

static const struct
{
  const char *title;
  WillisIndex first, last;
} groups[] = {
  { N_ ("Lengths"), WILLIS_INDEX_SIZE, WILLIS_INDEX_NECK_MAX },
  { N_ ("Areas and volume"), WILLIS_INDEX_OSTIUM_AREA, WILLIS_INDEX_AREA },
  { N_ ("Shape"), WILLIS_INDEX_ASPECT_RATIO, WILLIS_INDEX_VOLUME_OSTIUM },
  { N_ ("Curvature"), WILLIS_INDEX_MAA, WILLIS_INDEX_WRITHE },
  { N_ ("Moments"), WILLIS_INDEX_ZERNIKE_0_0, WILLIS_INDEX_ZERNIKE_8_8 },
  { N_ ("Angles and parent artery"), WILLIS_INDEX_ANEURYSM_ANGLE, WILLIS_INDEX_PARENT_TORSION },
};

static GtkWidget *
popover_label (GtkWidget *box, const char *text, const char *css)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_xalign (GTK_LABEL (label), 0.0);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 42);
  gtk_label_set_selectable (GTK_LABEL (label), TRUE);
  if (css != NULL)
    gtk_widget_add_css_class (label, css);
  gtk_box_append (GTK_BOX (box), label);
  return label;
}

/* Filled when it is asked for: dozens of them kept ready would make the panel slow to lay out. */
static void
fill_why (GtkMenuButton *button, gpointer data)
{
  WillisIndexList *self = data;
  WillisIndex index = (WillisIndex) GPOINTER_TO_INT (g_object_get_data (G_OBJECT (button), "index"));
  const WillisIndexInfo *info = willis_index_info (index);
  GtkWidget *popover = gtk_popover_new (), *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  g_autofree char *source = g_strdup_printf (_ ("Source: %s"), info->source);

  popover_label (box, _ (info->label), "heading");
  popover_label (box, _ (info->formula), NULL);
  popover_label (box, source, "dim-label");
  if (self->known && self->shown.index[index].reason != NULL)
    popover_label (box, _ (self->shown.index[index].reason), "warning");
  gtk_popover_set_child (GTK_POPOVER (popover), box);
  gtk_menu_button_set_popover (button, popover);
}

static GtkWidget *
why_button (WillisIndexList *self, WillisIndex index)
{
  GtkWidget *button = gtk_menu_button_new ();
  g_autofree char *name = g_strdup_printf (_ ("How %s is measured"), _ (willis_index_info (index)->label));

  g_object_set_data (G_OBJECT (button), "index", GINT_TO_POINTER (index));
  gtk_menu_button_set_create_popup_func (GTK_MENU_BUTTON (button), fill_why, self, NULL);
  gtk_menu_button_set_icon_name (GTK_MENU_BUTTON (button), "help-about-symbolic");
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_add_css_class (button, "circular");
  gtk_widget_set_tooltip_text (button, _ ("Why? Formula and source"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  return button;
}

static GtkWidget *
index_row (WillisIndexList *self, int kind, WillisIndex index)
{
  GtkWidget *row = adw_action_row_new (), *value = gtk_label_new ("–"), *sd = gtk_label_new ("");

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), _ (willis_index_info (index)->label));
  gtk_widget_add_css_class (row, "compact");
  gtk_widget_add_css_class (value, "numeric");
  gtk_widget_add_css_class (sd, "numeric");
  gtk_widget_add_css_class (sd, "headline-sd");
  if (kind == 0)
    gtk_widget_add_css_class (value, "headline-value");
  gtk_widget_set_name (value, willis_index_info (index)->name);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), value);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), sd);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), why_button (self, index));
  self->values[kind][index] = GTK_LABEL (value);
  self->deviations[kind][index] = GTK_LABEL (sd);
  return row;
}

static void
willis_index_list_class_init (WillisIndexListClass *klass)
{
}

static void
show_row (WillisIndexList *self, int kind, WillisIndex index)
{
  const WillisMeasure *m = self->known ? &self->shown.index[index] : NULL;
  g_autofree char *value = m != NULL ? willis_text_index (index, m->value, m->sd) : g_strdup ("–");
  g_autofree char *sd = m != NULL ? willis_text_sd (m->value, m->sd) : g_strdup ("");

  if (self->values[kind][index] == NULL)
    return;
  gtk_label_set_text (self->values[kind][index], value);
  gtk_label_set_text (self->deviations[kind][index],
                      self->live && *sd == '\0' && m != NULL && isfinite (m->value) ? "± …" : sd);
}

/* A group's rows are made when it is opened first. */
static void
on_expanded (AdwExpanderRow *expander, GParamSpec *spec, WillisIndexList *self)
{
  gsize g = GPOINTER_TO_SIZE (g_object_get_data (G_OBJECT (expander), "group"));

  if (!adw_expander_row_get_expanded (expander) || self->values[1][groups[g].first] != NULL)
    return;
  for (int i = groups[g].first; i <= (int) groups[g].last; i++)
    {
      adw_expander_row_add_row (expander, index_row (self, 1, (WillisIndex) i));
      show_row (self, 1, (WillisIndex) i);
    }
  willis_labels_steady (GTK_WIDGET (expander));
}

static void
willis_index_list_init (WillisIndexList *self)
{
  GtkWidget *headline = adw_preferences_group_new (), *all = adw_preferences_group_new ();

  gtk_orientable_set_orientation (GTK_ORIENTABLE (self), GTK_ORIENTATION_VERTICAL);
  gtk_box_set_spacing (GTK_BOX (self), 18);
  for (int i = 0; i < WILLIS_N_INDICES; i++)
    if (willis_index_info ((WillisIndex) i)->headline)
      adw_preferences_group_add (ADW_PREFERENCES_GROUP (headline), index_row (self, 0, (WillisIndex) i));
  gtk_box_append (GTK_BOX (self), headline);
  adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (all), _ ("All indices"));
  for (gsize g = 0; g < G_N_ELEMENTS (groups); g++)
    {
      GtkWidget *expander = adw_expander_row_new ();

      adw_preferences_row_set_title (ADW_PREFERENCES_ROW (expander), _ (groups[g].title));
      g_object_set_data (G_OBJECT (expander), "group", GSIZE_TO_POINTER (g));
      g_signal_connect (expander, "notify::expanded", G_CALLBACK (on_expanded), self);
      adw_preferences_group_add (ADW_PREFERENCES_GROUP (all), expander);
    }
  gtk_box_append (GTK_BOX (self), all);
}

GtkWidget *
willis_index_list_new (void)
{
  return g_object_new (WILLIS_TYPE_INDEX_LIST, NULL);
}

void
willis_index_list_show (WillisIndexList *self, const WillisMorphology *morphology, gboolean live)
{
  self->known = morphology != NULL;
  self->live = live;
  if (morphology != NULL)
    self->shown = *morphology;
  for (int kind = 0; kind < 2; kind++)
    for (int i = 0; i < WILLIS_N_INDICES; i++)
      show_row (self, kind, (WillisIndex) i);
}

char *
willis_index_table (const WillisMorphology *morphology)
{
  GString *table = g_string_new ("name\tvalue\tsd\tunit\n");

  for (int i = 0; i < WILLIS_N_INDICES; i++)
    {
      const WillisIndexInfo *info = willis_index_info ((WillisIndex) i);
      const WillisMeasure *m = &morphology->index[i];
      char value[G_ASCII_DTOSTR_BUF_SIZE] = "", sd[G_ASCII_DTOSTR_BUF_SIZE] = "";

      if (isfinite (m->value))
        g_ascii_formatd (value, sizeof value, "%.6g", m->value);
      if (isfinite (m->sd))
        g_ascii_formatd (sd, sizeof sd, "%.3g", m->sd);
      g_string_append_printf (table, "%s\t%s\t%s\t%s\n", info->name, value, sd, info->unit);
    }
  return g_string_free (table, FALSE);
}
