/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/steps/report-page.h"

#include <string.h>

#include "core/base/i18n.h"
#include "ui/steps/report-job.h"

#define REST_MS 250
#define PREVIEW_SCALE 1.3

struct _WillisReportPage
{
  WillisStepPage parent_instance;
  GtkLabel *state_label, *missing_label;
  GtkWidget *content, *slices_switch, *pictures_switch, *indices_switch, *provenance_switch, *language_row, *paper_row;
  GtkWidget *identified_switch, *pages_box, *print_button, *save_button;
  WillisCase *shown; // what the preview shows
  WillisReport *report;
  WillisJob *job;
  guint rest_id;
  gboolean stale;
  gboolean print_wanted; // once it is laid out
  char *export_path;     // where to, then; NULL: ask
  GtkFileChooserNative *chooser;
};

G_DEFINE_FINAL_TYPE (WillisReportPage, willis_report_page, WILLIS_TYPE_STEP_PAGE)

static const char *const languages[] = { "en", "zh_CN" };

static void
views_free (gpointer views)
{
  if (views != NULL)
    g_array_unref (views);
}

/* The working views that the session knows already (new), as the report takes them. */
static GPtrArray *
known_views (WillisSession *session, const WillisCase *c)
{
  GPtrArray *known = g_ptr_array_new_with_free_func (views_free);

  for (gsize n = 0; n < willis_case_n_aneurysms (c); n++)
    {
      GArray *views = willis_session_working_views (session, willis_case_aneurysm (c, n));

      g_ptr_array_add (known, views != NULL ? g_array_ref (views) : NULL);
    }
  return known;
}

static WillisReportInput *
new_input (WillisReportPage *self, WillisCase *c)
{
  const WillisReportOptions defaults = WILLIS_REPORT_OPTIONS_INIT;
  WillisReportInput *in = g_new0 (WillisReportInput, 1);
  WillisSession *session = willis_step_page_session (WILLIS_STEP_PAGE (self));
  guint language = adw_combo_row_get_selected (ADW_COMBO_ROW (self->language_row));

  in->c = willis_case_copy (c);
  in->views = known_views (session, c);
  in->limits = willis_session_c_arm_limits (session);
  in->options = defaults;
  in->options.paper = (WillisPaper) adw_combo_row_get_selected (ADW_COMBO_ROW (self->paper_row));
  in->options.identified = gtk_switch_get_active (GTK_SWITCH (self->identified_switch));
  in->options.sections = (gtk_switch_get_active (GTK_SWITCH (self->slices_switch)) ? WILLIS_REPORT_SLICES : 0)
                         | (gtk_switch_get_active (GTK_SWITCH (self->pictures_switch)) ? WILLIS_REPORT_PICTURES : 0)
                         | (gtk_switch_get_active (GTK_SWITCH (self->indices_switch)) ? WILLIS_REPORT_INDICES : 0)
                         | (gtk_switch_get_active (GTK_SWITCH (self->provenance_switch)) ? WILLIS_REPORT_PROVENANCE : 0);
  in->language = language > 0 && language <= G_N_ELEMENTS (languages) ? g_strdup (languages[language - 1]) : NULL;
  return in;
}

/* --- the preview */

static void
show_pages (WillisReportPage *self, GPtrArray *pages)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (self->pages_box)) != NULL)
    gtk_box_remove (GTK_BOX (self->pages_box), child);
  for (guint n = 0; pages != NULL && n < pages->len; n++)
    {
      cairo_surface_t *s = pages->pdata[n];
      int w = cairo_image_surface_get_width (s), h = cairo_image_surface_get_height (s);
      g_autoptr (GBytes) bytes
          = g_bytes_new_with_free_func (cairo_image_surface_get_data (s), (gsize) cairo_image_surface_get_stride (s) * (gsize) h,
                                        (GDestroyNotify) cairo_surface_destroy, cairo_surface_reference (s));
      g_autoptr (GdkTexture) texture
          = gdk_memory_texture_new (w, h, GDK_MEMORY_DEFAULT, bytes, (gsize) cairo_image_surface_get_stride (s));
      GtkWidget *picture = gtk_picture_new_for_paintable (GDK_PAINTABLE (texture));
      g_autofree char *text = g_strdup_printf (_ ("Page %u"), n + 1);

      gtk_picture_set_alternative_text (GTK_PICTURE (picture), text);
      gtk_widget_add_css_class (picture, "card");
      gtk_widget_set_size_request (picture, -1, (int) (300.0 * h / w));
      gtk_box_append (GTK_BOX (self->pages_box), picture);
    }
}

static void queue_preview (WillisReportPage *self);
static void print_now (WillisReportPage *self);

static void
preview_done (WillisJob *job, gpointer data_result, const GError *error, gpointer data)
{
  WillisReportPage *self = data;
  WillisReportResult *result = data_result;

  if (self->job == job)
    {
      self->job = NULL;
      g_clear_pointer (&self->report, willis_report_free);
      if (result != NULL)
        {
          self->report = g_steal_pointer (&result->report);
          show_pages (self, result->pages);
        }
      else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        willis_session_say (willis_step_page_session (WILLIS_STEP_PAGE (self)), TRUE, "%s", error->message);
      gtk_widget_set_sensitive (self->print_button, self->report != NULL);
      if (self->print_wanted && !self->stale)
        print_now (self);
    }
  if (result != NULL)
    willis_report_result_free (result);
  g_object_unref (self);
}

static gboolean
on_rest (gpointer data)
{
  WillisReportPage *self = data;
  WillisSession *session = willis_step_page_session (WILLIS_STEP_PAGE (self));
  WillisCase *c = willis_session_case (session);
  WillisReportInput *in;

  self->rest_id = 0;
  if (c == NULL)
    return G_SOURCE_REMOVE;
  if (self->job != NULL)
    willis_job_cancel (self->job);
  in = new_input (self, c);
  in->page_scale = PREVIEW_SCALE;
  self->stale = FALSE;
  self->job = willis_session_start_job (session, _ ("Lay out the report"), willis_report_work, in,
                                        willis_report_input_free, willis_report_result_free, preview_done,
                                        g_object_ref (self));
  return G_SOURCE_REMOVE;
}

static void
queue_preview (WillisReportPage *self)
{
  self->stale = TRUE;
  if (!gtk_widget_get_mapped (GTK_WIDGET (self)))
    return; // when it is looked at
  g_clear_handle_id (&self->rest_id, g_source_remove);
  self->rest_id = g_timeout_add (REST_MS, on_rest, self);
}

static void
on_map (WillisReportPage *self)
{
  if (self->stale)
    queue_preview (self);
}

static void
willis_report_page_update (WillisStepPage *page, WillisSession *session)
{
  WillisReportPage *self = WILLIS_REPORT_PAGE (page);
  WillisCase *c = willis_session_case (session);
  const char *missing = NULL;

  if (c == NULL || willis_case_surface (c) == NULL)
    missing = _ ("The arteries are not segmented yet; the report says so.");
  else if (willis_case_n_aneurysms (c) == 0)
    missing = _ ("No aneurysm is measured yet; the report says so.");
  willis_step_page_say_state (self->state_label, session, WILLIS_STEP_REPORT);
  gtk_label_set_text (self->missing_label, missing != NULL ? missing : "");
  gtk_widget_set_visible (GTK_WIDGET (self->missing_label), missing != NULL);
  gtk_widget_set_sensitive (self->save_button, c != NULL);
  if (c == self->shown)
    return;
  g_clear_pointer (&self->shown, willis_case_unref);
  self->shown = c != NULL ? willis_case_ref (c) : NULL;
  queue_preview (self);
}

/* --- save and print */

typedef struct
{
  WillisSession *session;
  WillisCase *c;
} Saving;

static void
saved_done (WillisJob *job, gpointer result, const GError *error, gpointer data)
{
  Saving *saving = data;
  WillisSession *session = saving->session;

  if (result != NULL)
    {
      willis_session_set_reported (session, saving->c);
      willis_session_say (session, FALSE, _ ("The report is saved."));
      willis_report_result_free (result);
    }
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    willis_session_say (session, TRUE, "%s", error->message);
  willis_case_unref (saving->c);
  g_object_unref (session);
  g_free (saving);
}

void
willis_report_page_save (WillisReportPage *self, const char *path)
{
  WillisSession *session = willis_step_page_session (WILLIS_STEP_PAGE (self));
  WillisReportInput *in;
  Saving *saving;

  if (willis_session_case (session) == NULL)
    return;
  saving = g_new0 (Saving, 1);
  saving->session = g_object_ref (session);
  saving->c = willis_case_ref (willis_session_case (session));
  in = new_input (self, willis_session_case (session));
  in->save_path = g_strdup (path);
  willis_session_start_job (session, _ ("Save the report"), willis_report_work, in, willis_report_input_free,
                            willis_report_result_free, saved_done, saving);
}

static void
on_chosen (GtkNativeDialog *dialog, int response, WillisReportPage *self)
{
  g_autoptr (GFile) file = NULL;
  g_autofree char *path = NULL;

  if (response != GTK_RESPONSE_ACCEPT)
    return;
  file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
  path = g_file_get_path (file);
  if (path != NULL)
    {
      g_autofree char *full = g_str_has_suffix (path, ".pdf") ? g_strdup (path) : g_strconcat (path, ".pdf", NULL);

      willis_report_page_save (self, full);
    }
}

static void
on_save (WillisReportPage *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  g_autofree char *title = willis_session_title (willis_step_page_session (WILLIS_STEP_PAGE (self)));
  g_autofree char *name = g_strconcat (g_strdelimit (title, "/\\:", '-'), ".pdf", NULL);

  g_clear_object (&self->chooser);
  self->chooser = gtk_file_chooser_native_new (_ ("Save the Report"), GTK_WINDOW (root), GTK_FILE_CHOOSER_ACTION_SAVE,
                                               _ ("_Save"), _ ("_Cancel"));
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (self->chooser), TRUE);
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (self->chooser), name);
  g_signal_connect (self->chooser, "response", G_CALLBACK (on_chosen), self);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

static void
on_begin_print (GtkPrintOperation *operation, GtkPrintContext *context, WillisReportPage *self)
{
  gtk_print_operation_set_n_pages (operation, willis_report_n_pages (self->report));
}

static void
on_draw_page (GtkPrintOperation *operation, GtkPrintContext *context, int page, WillisReportPage *self)
{
  cairo_t *cr = gtk_print_context_get_cairo_context (context);
  double width, height;

  if (self->report == NULL || page >= willis_report_n_pages (self->report)) // changed while the dialog was open
    return;
  willis_report_page_size (self->report, &width, &height);
  cairo_scale (cr, gtk_print_context_get_width (context) / width, gtk_print_context_get_width (context) / width);
  willis_report_draw_page (self->report, page, cr);
}

static void
print_now (WillisReportPage *self)
{
  g_autoptr (GtkPrintOperation) operation = gtk_print_operation_new ();
  g_autoptr (GtkPageSetup) setup = gtk_page_setup_new ();
  g_autoptr (GtkPaperSize) paper = NULL;
  g_autofree char *path = g_steal_pointer (&self->export_path);
  g_autoptr (GError) error = NULL;

  self->print_wanted = FALSE;
  if (self->report == NULL)
    return;
  paper = gtk_paper_size_new (adw_combo_row_get_selected (ADW_COMBO_ROW (self->paper_row)) == WILLIS_PAPER_LETTER
                                  ? GTK_PAPER_NAME_LETTER
                                  : GTK_PAPER_NAME_A4);
  gtk_page_setup_set_paper_size (setup, paper);
  gtk_print_operation_set_default_page_setup (operation, setup);
  if (path != NULL)
    gtk_print_operation_set_export_filename (operation, path);
  gtk_print_operation_set_use_full_page (operation, TRUE);
  g_signal_connect (operation, "begin-print", G_CALLBACK (on_begin_print), self);
  g_signal_connect (operation, "draw-page", G_CALLBACK (on_draw_page), self);
  if (gtk_print_operation_run (operation, path != NULL ? GTK_PRINT_OPERATION_ACTION_EXPORT : GTK_PRINT_OPERATION_ACTION_PRINT_DIALOG,
                               GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))), &error)
      == GTK_PRINT_OPERATION_RESULT_ERROR)
    willis_session_say (willis_step_page_session (WILLIS_STEP_PAGE (self)), TRUE, "%s", error->message);
}

void
willis_report_page_print (WillisReportPage *self, const char *export_path)
{
  g_free (self->export_path);
  self->export_path = g_strdup (export_path);
  self->print_wanted = TRUE;
  if (self->report != NULL && !self->stale && self->job == NULL && self->rest_id == 0)
    print_now (self);
  else if (self->job == NULL && self->rest_id == 0)
    queue_preview (self);
}

static void
on_print (WillisReportPage *self)
{
  willis_report_page_print (self, NULL);
}

static void
willis_report_page_dispose (GObject *object)
{
  WillisReportPage *self = WILLIS_REPORT_PAGE (object);

  g_clear_handle_id (&self->rest_id, g_source_remove);
  g_clear_pointer (&self->shown, willis_case_unref);
  g_clear_pointer (&self->report, willis_report_free);
  g_clear_object (&self->chooser);
  g_clear_pointer (&self->export_path, g_free);
  G_OBJECT_CLASS (willis_report_page_parent_class)->dispose (object);
}

#define BIND(NAME) gtk_widget_class_bind_template_child (widget_class, WillisReportPage, NAME)

static void
willis_report_page_class_init (WillisReportPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = willis_report_page_dispose;
  WILLIS_STEP_PAGE_CLASS (klass)->update = willis_report_page_update;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/willis/Willis/steps/report-page.ui");
  BIND (state_label);
  BIND (missing_label);
  BIND (content);
  BIND (slices_switch);
  BIND (pictures_switch);
  BIND (indices_switch);
  BIND (provenance_switch);
  BIND (language_row);
  BIND (paper_row);
  BIND (identified_switch);
  BIND (pages_box);
  BIND (print_button);
  BIND (save_button);
}

static void
willis_report_page_init (WillisReportPage *self)
{
  const char *const language_names[] = { _ ("As the program"), "English", "简体中文", NULL };
  const char *const paper_names[] = { "A4", _ ("Letter"), NULL };
  g_autoptr (GtkStringList) language_list = gtk_string_list_new (language_names);
  g_autoptr (GtkStringList) paper_list = gtk_string_list_new (paper_names);
  GtkWidget **switches[] = { &self->slices_switch, &self->pictures_switch, &self->indices_switch, &self->provenance_switch,
                             &self->identified_switch };

  gtk_widget_init_template (GTK_WIDGET (self));
  adw_combo_row_set_model (ADW_COMBO_ROW (self->language_row), G_LIST_MODEL (language_list));
  adw_combo_row_set_model (ADW_COMBO_ROW (self->paper_row), G_LIST_MODEL (paper_list));
  for (gsize n = 0; n < G_N_ELEMENTS (switches); n++)
    g_signal_connect_swapped (*switches[n], "notify::active", G_CALLBACK (queue_preview), self);
  g_signal_connect_swapped (self->language_row, "notify::selected", G_CALLBACK (queue_preview), self);
  g_signal_connect_swapped (self->paper_row, "notify::selected", G_CALLBACK (queue_preview), self);
  g_signal_connect (self, "map", G_CALLBACK (on_map), NULL);
  g_signal_connect_swapped (self->save_button, "clicked", G_CALLBACK (on_save), self);
  g_signal_connect_swapped (self->print_button, "clicked", G_CALLBACK (on_print), self);
  gtk_widget_set_sensitive (self->print_button, FALSE);
}

GtkWidget *
willis_report_page_new (WillisSession *session)
{
  return willis_step_page_new (WILLIS_TYPE_REPORT_PAGE, session);
}
