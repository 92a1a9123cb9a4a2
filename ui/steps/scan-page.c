/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/steps/scan-page.h"

#include <math.h>

#include "core/base/i18n.h"
#include "core/base/note.h"
#include "core/case/date.h"
#include "ui/model/session-file.h"

struct _WillisScanPage
{
  WillisStepPage parent_instance;
  GtkLabel *state_label;
  GtkWidget *content, *warnings_group, *warnings_list, *series_group, *series_list, *facts_group, *facts_list;
  GtkWidget *open_button, *next_button, *roi_group, *roi_spin, *roi_switch, *crop_row;
  gboolean updating;
  WillisVolume *shown; // what the lists describe
  GPtrArray *shown_series;
};

G_DEFINE_FINAL_TYPE (WillisScanPage, willis_scan_page, WILLIS_TYPE_STEP_PAGE)

static gboolean
fill_warnings (WillisScanPage *self, const WillisStudy *study)
{
  gboolean any = FALSE;

  willis_list_clear (self->warnings_list);
  for (gsize n = 0; study->warnings != NULL && study->warnings[n] != NULL; n++, any = TRUE)
    {
      g_autofree char *note = willis_note_text (study->warnings[n], NULL, NULL);

      gtk_list_box_append (GTK_LIST_BOX (self->warnings_list), willis_warning_row_new (note));
    }
  return any;
}

static void
add_fact (WillisScanPage *self, const char *title, const char *value)
{
  if (value != NULL && *value != '\0')
    gtk_list_box_append (GTK_LIST_BOX (self->facts_list), willis_row_new (title, value));
}

static void
fill_facts (WillisScanPage *self, WillisVolume *volume, const WillisStudy *study)
{
  const WillisGrid *grid = willis_volume_grid (volume);
  g_autofree char *dims = g_strdup_printf ("%d × %d × %d", grid->dims[0], grid->dims[1], grid->dims[2]);
  g_autofree char *spacing
      = g_strdup_printf ("%.2f × %.2f × %.2f mm", grid->spacing_mm[0], grid->spacing_mm[1], grid->spacing_mm[2]);
  g_autofree char *extent = g_strdup_printf ("%.0f × %.0f × %.0f mm", grid->dims[0] * grid->spacing_mm[0],
                                             grid->dims[1] * grid->spacing_mm[1], grid->dims[2] * grid->spacing_mm[2]);

  g_autofree char *date = willis_date_local (study->study_date);

  willis_list_clear (self->facts_list);
  add_fact (self, _ ("Modality"), study->modality);
  add_fact (self, _ ("Description"), study->description);
  add_fact (self, _ ("Voxels"), dims);
  add_fact (self, _ ("Spacing"), spacing);
  add_fact (self, _ ("Extent"), extent);
  add_fact (self, _ ("Kernel"), study->kernel);
  add_fact (self, _ ("Scanner"), study->manufacturer);
  add_fact (self, _ ("Date"), date);
  add_fact (self, _ ("File"), study->source);
}

static void
fill_series (WillisScanPage *self, GPtrArray *series, const char *chosen)
{
  willis_list_clear (self->series_list);
  for (guint n = 0; series != NULL && n < series->len; n++)
    {
      const WillisSeries *s = series->pdata[n];
      GtkWidget *row = adw_action_row_new (), *check = gtk_image_new_from_icon_name ("object-select-symbolic");
      g_autofree char *subtitle
          = g_strdup_printf ("%s  %d × %d × %d, %.2f mm", s->modality != NULL ? s->modality : "", s->grid.dims[0],
                             s->grid.dims[1], s->grid.dims[2], s->grid.spacing_mm[2]);

      adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
      adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row),
                                     s->description != NULL && *s->description != '\0' ? s->description : s->uid);
      adw_action_row_set_subtitle (ADW_ACTION_ROW (row), g_strchug (subtitle));
      gtk_widget_set_opacity (check, g_strcmp0 (s->uid, chosen) == 0 ? 1.0 : 0.0);
      adw_action_row_add_suffix (ADW_ACTION_ROW (row), check);
      gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), TRUE);
      g_object_set_data_full (G_OBJECT (row), "uid", g_strdup (s->uid), g_free);
      gtk_list_box_append (GTK_LIST_BOX (self->series_list), row);
    }
}

static void
on_series (GtkListBox *list, GtkListBoxRow *row, WillisScanPage *self)
{
  WillisSession *session = willis_step_page_session (WILLIS_STEP_PAGE (self));
  const char *uid = g_object_get_data (G_OBJECT (row), "uid");
  const WillisStudy *study = willis_case_study (willis_session_case (session));

  if (willis_session_sources (session) != NULL && g_strcmp0 (study->series_uid, uid) != 0)
    willis_session_open (session, willis_session_sources (session), uid);
}

static void
willis_scan_page_update (WillisStepPage *page, WillisSession *session)
{
  WillisScanPage *self = WILLIS_SCAN_PAGE (page);
  WillisCase *c = willis_session_case (session);
  WillisVolume *volume = c != NULL ? willis_case_volume (c) : NULL;
  GPtrArray *series = willis_session_series (session);

  willis_step_page_say_state (self->state_label, session, WILLIS_STEP_SCAN);
  gtk_widget_set_visible (self->facts_group, volume != NULL);
  gtk_widget_set_sensitive (self->next_button, volume != NULL && !willis_session_busy (session));
  self->updating = TRUE;
  gtk_switch_set_active (GTK_SWITCH (self->roi_switch), willis_session_roi_mm (session) > 0.0);
  gtk_widget_set_visible (self->roi_group, volume != NULL);
  gtk_widget_set_sensitive (self->crop_row, willis_session_roi_mm (session) > 0.0 && !willis_session_busy (session));
  self->updating = FALSE;
  gtk_button_set_label (GTK_BUTTON (self->next_button),
                        willis_session_step_state (session, WILLIS_STEP_VESSELS) == WILLIS_STEP_WAITING
                            ? _ ("Segment the arteries")
                            : _ ("On to the vessels"));
  if (volume == self->shown && series == self->shown_series)
    return;
  self->shown = volume;
  self->shown_series = series;
  gtk_widget_set_visible (self->series_group, series != NULL && series->len > 0);
  gtk_widget_set_visible (self->warnings_group, FALSE);
  if (volume == NULL)
    return;
  gtk_widget_set_visible (self->warnings_group, fill_warnings (self, willis_case_study (c)));
  fill_facts (self, volume, willis_case_study (c));
  fill_series (self, series, willis_case_study (c)->series_uid);
}

static void
on_next (WillisScanPage *self)
{
  WillisSession *session = willis_step_page_session (WILLIS_STEP_PAGE (self));
  gboolean missing = willis_session_step_state (session, WILLIS_STEP_VESSELS) == WILLIS_STEP_WAITING;

  willis_session_set_step (session, WILLIS_STEP_VESSELS);
  if (missing)
    willis_session_run_vessels (session, NAN, NULL, 0);
}

static void
on_open (WillisScanPage *self)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "win.open", NULL);
}

static void
on_roi (WillisScanPage *self)
{
  if (!self->updating)
    willis_session_set_roi_mm (willis_step_page_session (WILLIS_STEP_PAGE (self)),
                               gtk_switch_get_active (GTK_SWITCH (self->roi_switch))
                                   ? gtk_spin_button_get_value (GTK_SPIN_BUTTON (self->roi_spin))
                                   : 0.0);
}

static void
on_crop (WillisScanPage *self)
{
  willis_session_run_crop (willis_step_page_session (WILLIS_STEP_PAGE (self)));
}

static void
willis_scan_page_class_init (WillisScanPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  WILLIS_STEP_PAGE_CLASS (klass)->update = willis_scan_page_update;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/willis/Willis/steps/scan-page.ui");
  gtk_widget_class_bind_template_child (widget_class, WillisScanPage, state_label);
  gtk_widget_class_bind_template_child (widget_class, WillisScanPage, content);
  gtk_widget_class_bind_template_child (widget_class, WillisScanPage, warnings_group);
  gtk_widget_class_bind_template_child (widget_class, WillisScanPage, warnings_list);
  gtk_widget_class_bind_template_child (widget_class, WillisScanPage, series_group);
  gtk_widget_class_bind_template_child (widget_class, WillisScanPage, series_list);
  gtk_widget_class_bind_template_child (widget_class, WillisScanPage, facts_group);
  gtk_widget_class_bind_template_child (widget_class, WillisScanPage, facts_list);
  gtk_widget_class_bind_template_child (widget_class, WillisScanPage, open_button);
  gtk_widget_class_bind_template_child (widget_class, WillisScanPage, next_button);
  gtk_widget_class_bind_template_child (widget_class, WillisScanPage, roi_group);
  gtk_widget_class_bind_template_child (widget_class, WillisScanPage, roi_spin);
  gtk_widget_class_bind_template_child (widget_class, WillisScanPage, roi_switch);
  gtk_widget_class_bind_template_child (widget_class, WillisScanPage, crop_row);
}

static void
willis_scan_page_init (WillisScanPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect (self->series_list, "row-activated", G_CALLBACK (on_series), self);
  gtk_spin_button_set_range (GTK_SPIN_BUTTON (self->roi_spin), 10, 400);
  gtk_spin_button_set_increments (GTK_SPIN_BUTTON (self->roi_spin), 5, 20);
  gtk_spin_button_set_value (GTK_SPIN_BUTTON (self->roi_spin), 100); // the circle of Willis and its first branches
  g_signal_connect_swapped (self->roi_spin, "value-changed", G_CALLBACK (on_roi), self);
  g_signal_connect_swapped (self->roi_switch, "notify::active", G_CALLBACK (on_roi), self);
  g_signal_connect_swapped (self->crop_row, "activated", G_CALLBACK (on_crop), self);
  g_signal_connect_swapped (self->open_button, "clicked", G_CALLBACK (on_open), self);
  g_signal_connect_swapped (self->next_button, "clicked", G_CALLBACK (on_next), self);
}
