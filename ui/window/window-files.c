/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The window's actions on files: opening, saving, closing, and what it asks before work is lost.
 */
#include <string.h>

#include "core/base/i18n.h"
#include "ui/model/session-file.h"
#include "ui/window/window-private.h"

/* --- unsaved work */

typedef struct
{
  WillisWindow *window;
  void (*then) (WillisWindow *self);
} Question;

static void
after_save (gboolean saved, gpointer data)
{
  Question *q = data;

  if (saved)
    q->then (q->window);
  g_object_unref (q->window);
  g_free (q);
}

static void save_with (WillisWindow *self, gboolean ask, WillisSavedFunc done, gpointer data);

static void
on_answer (AdwMessageDialog *dialog, const char *answer, Question *q)
{
  if (strcmp (answer, "save") == 0)
    {
      save_with (q->window, FALSE, after_save, q);
      return;
    }
  if (strcmp (answer, "discard") == 0)
    q->then (q->window);
  g_object_unref (q->window);
  g_free (q);
}

void
_willis_window_ask_then (WillisWindow *self, void (*then) (WillisWindow *self))
{
  GtkWidget *dialog;
  Question *q;

  if (!willis_session_dirty (self->session))
    {
      then (self);
      return;
    }
  q = g_new0 (Question, 1);
  q->window = g_object_ref (self);
  q->then = then;
  dialog = adw_message_dialog_new (GTK_WINDOW (self), _ ("Save the case?"),
                                   _ ("What was done since the last save will be lost otherwise."));
  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _ ("_Cancel"), "discard", _ ("_Discard"),
                                    "save", _ ("_Save"), NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "discard", ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "save", ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "save");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  g_signal_connect (dialog, "response", G_CALLBACK (on_answer), q);
  gtk_window_present (GTK_WINDOW (dialog));
}

/* --- files */

static void
remember_folder (WillisWindow *self, GFile *file)
{
  g_autoptr (GFile) folder = g_file_get_parent (file);
  g_autofree char *path = folder != NULL ? g_file_get_path (folder) : NULL;

  if (self->settings != NULL && path != NULL)
    g_settings_set_string (self->settings, "last-folder", path);
}

static GtkFileChooserNative *
new_chooser (WillisWindow *self, const char *title, GtkFileChooserAction action, const char *accept)
{
  g_autofree char *last = self->settings != NULL ? g_settings_get_string (self->settings, "last-folder") : NULL;

  g_clear_object (&self->chooser);
  self->chooser = gtk_file_chooser_native_new (title, GTK_WINDOW (self), action, accept, _ ("_Cancel"));
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (self->chooser), TRUE);
  if (last != NULL && *last != '\0' && g_file_test (last, G_FILE_TEST_IS_DIR))
    {
      g_autoptr (GFile) folder = g_file_new_for_path (last);

      gtk_file_chooser_set_current_folder (GTK_FILE_CHOOSER (self->chooser), folder, NULL);
    }
  return self->chooser;
}

static void
on_open_response (GtkNativeDialog *dialog, int response, WillisWindow *self)
{
  g_autoptr (GListModel) files = NULL;
  g_autoptr (GPtrArray) paths = g_ptr_array_new_with_free_func (g_free);

  if (response != GTK_RESPONSE_ACCEPT)
    return;
  files = gtk_file_chooser_get_files (GTK_FILE_CHOOSER (dialog));
  for (guint n = 0; n < g_list_model_get_n_items (files); n++)
    {
      g_autoptr (GFile) file = g_list_model_get_item (files, n);
      char *path = g_file_get_path (file);

      remember_folder (self, file);
      if (path != NULL)
        g_ptr_array_add (paths, path);
    }
  g_ptr_array_add (paths, NULL);
  if (paths->len > 1)
    willis_window_open (self, (const char *const *) paths->pdata);
}

static void
show_open (WillisWindow *self)
{
  GtkFileChooserNative *chooser
      = new_chooser (self, _ ("Open a Scan or a Case"), GTK_FILE_CHOOSER_ACTION_OPEN, _ ("_Open"));

  gtk_file_chooser_set_select_multiple (GTK_FILE_CHOOSER (chooser), TRUE);
  g_signal_connect (chooser, "response", G_CALLBACK (on_open_response), self);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (chooser));
}

static void
show_open_folder (WillisWindow *self)
{
  GtkFileChooserNative *chooser
      = new_chooser (self, _ ("Open a Folder of Images"), GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER, _ ("_Open"));

  g_signal_connect (chooser, "response", G_CALLBACK (on_open_response), self);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (chooser));
}

static void
action_open (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  _willis_window_ask_then (data, show_open);
}

static void
action_open_folder (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  _willis_window_ask_then (data, show_open_folder);
}

typedef struct
{
  WillisWindow *window;
  WillisSavedFunc done;
  gpointer data;
} SaveAs;

static void
on_saved_toast (gboolean saved, gpointer data)
{
  WillisWindow *self = data;

  if (saved)
    willis_session_say (self->session, FALSE, _ ("The case is saved."));
  g_object_unref (self);
}

static char *
with_ending (const char *path)
{
  g_autofree char *base = g_path_get_basename (path);

  return strrchr (base, '.') != NULL ? g_strdup (path) : g_strconcat (path, ".willis", NULL);
}

static void
on_save_response (GtkNativeDialog *dialog, int response, SaveAs *s)
{
  g_autoptr (GFile) file = NULL;
  g_autofree char *path = NULL;

  if (response == GTK_RESPONSE_ACCEPT)
    {
      file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
      path = g_file_get_path (file);
    }
  if (path != NULL)
    {
      g_autofree char *full = with_ending (path);

      remember_folder (s->window, file);
      willis_session_save (s->window->session, full, s->done, s->data);
    }
  else if (s->done != NULL)
    s->done (FALSE, s->data);
  g_free (s);
}

static void
choose_and_save (WillisWindow *self, WillisSavedFunc done, gpointer data)
{
  g_autofree char *title = willis_session_title (self->session);
  g_autofree char *name = g_strconcat (g_strdelimit (title, "/\\:", '-'), ".willis", NULL);
  SaveAs *s = g_new0 (SaveAs, 1);

  s->window = self;
  s->done = done;
  s->data = data;
  new_chooser (self, _ ("Save the Case"), GTK_FILE_CHOOSER_ACTION_SAVE, _ ("_Save"));
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (self->chooser), name);
  g_signal_connect (self->chooser, "response", G_CALLBACK (on_save_response), s);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

/* --- a file that somebody else has written since */

static void
on_changed_answer (AdwMessageDialog *dialog, const char *answer, SaveAs *s)
{
  WillisWindow *self = s->window;
  g_autofree char *path = g_strdup (willis_session_path (self->session));
  const char *const paths[] = { path, NULL };

  if (strcmp (answer, "save-as") == 0)
    choose_and_save (self, s->done, s->data);
  else if (strcmp (answer, "overwrite") == 0 && path != NULL)
    willis_session_save (self->session, path, s->done, s->data);
  else
    {
      if (strcmp (answer, "reload") == 0 && path != NULL)
        willis_session_open (self->session, paths, NULL);
      if (s->done != NULL)
        s->done (FALSE, s->data);
    }
  g_object_unref (self);
  g_free (s);
}

static void
ask_about_change (WillisWindow *self, WillisSavedFunc done, gpointer data)
{
  g_autofree char *name = g_filename_display_basename (willis_session_path (self->session));
  g_autofree char *text = g_strdup_printf (
      _ ("Another program or window has written to “%s” since it was opened or saved here. Saving over it "
         "loses what they wrote; reading it again loses what was done here since."),
      name);
  GtkWidget *widget = adw_message_dialog_new (GTK_WINDOW (self), _ ("The file has changed"), text);
  AdwMessageDialog *dialog = ADW_MESSAGE_DIALOG (widget);
  SaveAs *s = g_new0 (SaveAs, 1);

  s->window = g_object_ref (self);
  s->done = done;
  s->data = data;
  adw_message_dialog_add_responses (dialog, "cancel", _ ("_Cancel"), "reload", _ ("_Read It Again"), "overwrite",
                                    _ ("Save _Over It"), "save-as", _ ("Save _As…"), NULL);
  adw_message_dialog_set_response_appearance (dialog, "reload", ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_response_appearance (dialog, "overwrite", ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_response_appearance (dialog, "save-as", ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_default_response (dialog, "save-as");
  adw_message_dialog_set_close_response (dialog, "cancel");
  g_signal_connect (dialog, "response", G_CALLBACK (on_changed_answer), s);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
save_with (WillisWindow *self, gboolean ask, WillisSavedFunc done, gpointer data)
{
  const char *path = willis_session_path (self->session);

  if (path == NULL || ask)
    choose_and_save (self, done, data);
  else if (willis_session_file_changed (self->session))
    ask_about_change (self, done, data);
  else
    willis_session_save (self->session, path, done, data);
}

static void
action_save (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  save_with (data, FALSE, on_saved_toast, g_object_ref (data));
}

static void
action_save_as (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  save_with (data, TRUE, on_saved_toast, g_object_ref (data));
}

/* --- a copy for teaching and research */

static void
on_copied (gboolean saved, gpointer data)
{
  WillisWindow *self = data;

  if (saved)
    willis_session_say (
        self->session, FALSE,
        _ ("The copy is saved without name, number and dates. A scan of the whole head still shows the face."));
  g_object_unref (self);
}

static void
on_copy_response (GtkNativeDialog *dialog, int response, WillisWindow *self)
{
  g_autoptr (GFile) file = NULL;
  g_autofree char *path = NULL, *full = NULL;

  if (response != GTK_RESPONSE_ACCEPT || willis_session_case (self->session) == NULL)
    return;
  file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
  path = g_file_get_path (file);
  if (path == NULL)
    return;
  full = with_ending (path);
  remember_folder (self, file);
  if (willis_session_shows_file (self->session, full))
    willis_session_say (self->session, TRUE, "%s",
                        _ ("The copy needs a file of its own: this one is the case itself."));
  else
    willis_session_save_deidentified (self->session, full, on_copied, g_object_ref (self));
}

static void
action_save_deidentified (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  WillisWindow *self = data;
  g_autofree char *title = NULL, *name = NULL;
  const WillisStudy *study = willis_case_study (willis_session_case (self->session));

  // not the title, which may be the name of a file that names the patient
  title = g_strdup (study->pseudonym != NULL && *study->pseudonym != '\0' ? study->pseudonym : _ ("De-identified"));
  name = g_strconcat (g_strdelimit (title, "/\\:", '-'), ".willis", NULL);
  new_chooser (self, _ ("Save a De-identified Copy"), GTK_FILE_CHOOSER_ACTION_SAVE, _ ("_Save"));
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (self->chooser), name);
  g_signal_connect (self->chooser, "response", G_CALLBACK (on_copy_response), self);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

static void
close_case (WillisWindow *self)
{
  _willis_window_remember (self); // with its picture, which was drawn by now
  willis_session_autosave_stop (self->session);
  willis_session_close (self->session);
}

static void
action_close_case (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  _willis_window_ask_then (data, close_case);
}

static const GActionEntry entries[] = {
  { .name = "open", .activate = action_open },
  { .name = "open-folder", .activate = action_open_folder },
  { .name = "save", .activate = action_save },
  { .name = "save-as", .activate = action_save_as },
  { .name = "save-deidentified", .activate = action_save_deidentified },
  { .name = "close-case", .activate = action_close_case },
};

void
_willis_window_init_files (WillisWindow *self)
{
  g_action_map_add_action_entries (G_ACTION_MAP (self), entries, G_N_ELEMENTS (entries), self);
}
