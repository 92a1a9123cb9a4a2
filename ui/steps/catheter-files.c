/* SPDX-License-Identifier: Apache-2.0 */
/* Sheet and jig of the shape at hand, to a file that the person names. */
#include <string.h>

#include "core/base/i18n.h"
#include "core/io/surface-io.h"
#include "core/report/mandrel-sheet.h"
#include "solver/shaping/jig.h"
#include "ui/steps/catheter-page-private.h"

#define WIRE_MM 0.4 // of the mandrel, for the groove of the jig

typedef struct
{
  WillisCatheterPlan *plan;
  WillisMandrel mandrel;
  char *path, *person;
  gboolean jig;
} Export;

static void
export_free (gpointer data)
{
  Export *e = data;

  willis_catheter_plan_unref (e->plan);
  g_free (e->path);
  g_free (e->person);
  g_free (e);
}

static gpointer
export_work (const WillisProgress *progress, gpointer data, GError **error)
{
  const Export *e = data;

  if (e->jig)
    {
      g_autoptr (WillisSurface) jig = willis_mandrel_jig (&e->mandrel, WIRE_MM, error);

      if (jig == NULL || !willis_surface_write (jig, e->path, error))
        return NULL;
    }
  else
    {
      WillisMandrelSheet sheet;
      gsize n;
      g_autofree double *line = willis_mandrel_line (&e->mandrel, 1.0, 0.1, &n);

      willis_mandrel_sheet_of_plan (willis_catheter_plan_data (e->plan), line, n, &sheet);
      sheet.person = e->person;
      if (!willis_mandrel_sheet_write (&sheet, WILLIS_PAPER_A4, e->path, error))
        return NULL;
    }
  return g_strdup (e->path);
}

static void
export_done (WillisJob *job, gpointer result, const GError *error, gpointer data)
{
  WillisCatheterPage *self = data;
  WillisSession *session = willis_step_page_session (WILLIS_STEP_PAGE (self));

  if (result != NULL)
    willis_session_say (session, FALSE, _ ("%s is written"), (const char *) result);
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    willis_session_say (session, TRUE, "%s", error->message);
  g_free (result);
  g_object_unref (self);
}

static void
on_chosen (GtkNativeDialog *dialog, int response, WillisCatheterPage *self)
{
  WillisSession *session = willis_step_page_session (WILLIS_STEP_PAGE (self));
  WillisCase *c = willis_session_case (session);

  if (response == GTK_RESPONSE_ACCEPT && self->picked != NULL && self->site != NULL && c != NULL)
    {
      g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
      const WillisShapeProposal *p = _willis_alternative_proposal (self->picked);
      Export *e = g_new0 (Export, 1);

      e->plan
          = willis_shaping_plan_new (self->site->site, &self->values.catheter, NULL, willis_session_aneurysm (session),
                                     NULL, p, NULL, NULL, self->values.stiffness);
      e->mandrel = p->shape.mandrel;
      e->path = g_file_get_path (file);
      e->person = g_strdup (willis_case_study (c)->pseudonym);
      e->jig = self->jig_wanted;
      willis_session_start_job (session, e->jig ? _ ("Write the jig") : _ ("Write the sheet"), export_work, e,
                                export_free, g_free, export_done, g_object_ref (self));
    }
  g_clear_object (&self->chooser);
}

void
_willis_catheter_page_export (WillisCatheterPage *self, gboolean jig)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));

  g_clear_object (&self->chooser);
  self->jig_wanted = jig;
  self->chooser = gtk_file_chooser_native_new (jig ? _ ("Save the bending jig") : _ ("Save the sheet of the mandrel"),
                                               GTK_WINDOW (root), GTK_FILE_CHOOSER_ACTION_SAVE, NULL, NULL);
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (self->chooser), jig ? "mandrel-jig.stl" : "mandrel-sheet.pdf");
  g_signal_connect (self->chooser, "response", G_CALLBACK (on_chosen), self);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}
