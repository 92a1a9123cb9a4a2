/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/window/job-bar.h"

#include "core/base/i18n.h"
#include "ui/model/format.h"

struct _WillisJobBar
{
  GtkWidget parent_instance;
  WillisSession *session;
  GtkWidget *box, *progress_bar, *cancel_button;
  GtkLabel *text_label, *position_label;
};

G_DEFINE_FINAL_TYPE (WillisJobBar, willis_job_bar, GTK_TYPE_WIDGET)

static void
update_jobs (WillisJobBar *self)
{
  GPtrArray *jobs = willis_session_jobs (self->session);
  gboolean any = jobs->len > 0;

  gtk_widget_set_visible (GTK_WIDGET (self->text_label), any);
  gtk_widget_set_visible (self->progress_bar, any);
  gtk_widget_set_visible (self->cancel_button, any);
  gtk_widget_set_visible (GTK_WIDGET (self->position_label), !any);
  if (any)
    {
      WillisJob *job = jobs->pdata[jobs->len - 1]; // the newest; Cancel and Esc stop all
      g_autofree char *text = g_strdup_printf ("%s %.0f\u00a0%%", willis_job_text (job), 100.0 * willis_job_fraction (job));

      gtk_label_set_text (self->text_label, text);
      gtk_progress_bar_set_fraction (GTK_PROGRESS_BAR (self->progress_bar), CLAMP (willis_job_fraction (job), 0.0, 1.0));
    }
}

static void
update_position (WillisJobBar *self)
{
  g_autofree char *text = willis_session_case (self->session) != NULL
                              ? willis_text_position (willis_session_crosshair (self->session))
                              : g_strdup ("");

  gtk_label_set_text (self->position_label, text);
}

static void
on_cancel (WillisJobBar *self)
{
  willis_session_cancel_jobs (self->session);
}

static void
willis_job_bar_dispose (GObject *object)
{
  WillisJobBar *self = WILLIS_JOB_BAR (object);

  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (willis_job_bar_parent_class)->dispose (object);
}

static void
willis_job_bar_class_init (WillisJobBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = willis_job_bar_dispose;
  gtk_widget_class_set_css_name (widget_class, "jobbar");
  gtk_widget_class_set_template_from_resource (widget_class, "/org/willis/Willis/window/job-bar.ui");
  gtk_widget_class_bind_template_child (widget_class, WillisJobBar, box);
  gtk_widget_class_bind_template_child (widget_class, WillisJobBar, text_label);
  gtk_widget_class_bind_template_child (widget_class, WillisJobBar, progress_bar);
  gtk_widget_class_bind_template_child (widget_class, WillisJobBar, cancel_button);
  gtk_widget_class_bind_template_child (widget_class, WillisJobBar, position_label);
}

static void
willis_job_bar_init (WillisJobBar *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect_swapped (self->cancel_button, "clicked", G_CALLBACK (on_cancel), self);
}

GtkWidget *
willis_job_bar_new (WillisSession *session)
{
  WillisJobBar *self = g_object_new (WILLIS_TYPE_JOB_BAR, NULL);

  self->session = g_object_ref (session);
  g_signal_connect_object (session, "jobs-changed", G_CALLBACK (update_jobs), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "crosshair-changed", G_CALLBACK (update_position), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "case-changed", G_CALLBACK (update_position), self, G_CONNECT_SWAPPED);
  update_jobs (self);
  update_position (self);
  return GTK_WIDGET (self);
}
