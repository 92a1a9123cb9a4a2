/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/steps/doubts-list.h"

#include "core/base/i18n.h"
#include "core/vessel/doubts.h"
#include "ui/model/job.h"
#include "ui/steps/step-page.h"

/* Looked at on a thread: metal is looked for in the whole scan. */
typedef struct
{
  WillisVolume *volume;
  WillisSegmentation *segmentation;
  WillisTree *tree; // or NULL
} Subject;

struct _WillisDoubtsList
{
  AdwBin parent_instance;
  GtkWidget *list;
  WillisJob *job; // owned
  Subject shown;  // only compared
};

G_DEFINE_FINAL_TYPE (WillisDoubtsList, willis_doubts_list, ADW_TYPE_BIN)

static void
subject_free (gpointer data)
{
  Subject *s = data;

  willis_volume_unref (s->volume);
  willis_segmentation_unref (s->segmentation);
  g_clear_pointer (&s->tree, willis_tree_unref);
  g_free (s);
}

static gpointer
work (const WillisProgress *progress, gpointer data, GError **error)
{
  const Subject *s = data;

  if (!willis_progress_step (progress, 0.0, error))
    return NULL;
  return willis_vessel_doubts (s->volume, s->segmentation, s->tree);
}

static void
done (WillisJob *job, gpointer result, const GError *error, gpointer data)
{
  WillisDoubtsList *self = data;
  g_auto (GStrv) doubts = result;

  if (self->job == job)
    {
      g_clear_object (&self->job);
      for (char **text = doubts; text != NULL && *text != NULL; text++)
        gtk_list_box_append (GTK_LIST_BOX (self->list), willis_warning_row_new (*text));
      gtk_widget_set_visible (GTK_WIDGET (self), doubts != NULL && doubts[0] != NULL);
      willis_labels_steady (self->list);
    }
  g_object_unref (self);
}

/* What is to be looked at of c, borrowed; nothing where its arteries are not of the scan at hand. */
static Subject
subject_of (const WillisCase *c)
{
  Subject s = { NULL, NULL, NULL };

  if (c == NULL || willis_case_volume (c) == NULL || willis_case_segmentation (c) == NULL
      || willis_case_state (c, WILLIS_STAGE_SEGMENTATION) != WILLIS_STATE_FRESH)
    return s;
  s.volume = willis_case_volume (c);
  s.segmentation = willis_case_segmentation (c);
  if (willis_case_tree (c) != NULL && willis_case_state (c, WILLIS_STAGE_TREE) == WILLIS_STATE_FRESH)
    s.tree = willis_case_tree (c);
  return s;
}

void
willis_doubts_list_update (WillisDoubtsList *self, const WillisCase *c)
{
  const Subject now = subject_of (c);
  Subject *in;

  if (now.volume == self->shown.volume && now.segmentation == self->shown.segmentation && now.tree == self->shown.tree)
    return;
  self->shown = now;
  if (self->job != NULL)
    willis_job_cancel (self->job);
  g_clear_object (&self->job);
  willis_list_clear (self->list);
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
  if (now.volume == NULL)
    return;
  in = g_new0 (Subject, 1);
  in->volume = willis_volume_ref (now.volume);
  in->segmentation = willis_segmentation_ref (now.segmentation);
  in->tree = now.tree != NULL ? willis_tree_ref (now.tree) : NULL;
  self->job = willis_job_start (_ ("Look for what speaks against the arteries"), work, in, subject_free,
                                (GDestroyNotify) g_strfreev, done, g_object_ref (self));
}

guint
willis_doubts_list_n (WillisDoubtsList *self)
{
  guint n = 0;

  while (gtk_list_box_get_row_at_index (GTK_LIST_BOX (self->list), (int) n) != NULL)
    n++;
  return n;
}

static void
willis_doubts_list_dispose (GObject *object)
{
  WillisDoubtsList *self = WILLIS_DOUBTS_LIST (object);

  g_clear_object (&self->job);
  G_OBJECT_CLASS (willis_doubts_list_parent_class)->dispose (object);
}

static void
willis_doubts_list_class_init (WillisDoubtsListClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = willis_doubts_list_dispose;
}

static void
willis_doubts_list_init (WillisDoubtsList *self)
{
  GtkWidget *group = adw_preferences_group_new ();

  self->list = gtk_list_box_new ();
  gtk_list_box_set_selection_mode (GTK_LIST_BOX (self->list), GTK_SELECTION_NONE);
  gtk_widget_add_css_class (self->list, "boxed-list");
  adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (group), _ ("Beware"));
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), self->list);
  adw_bin_set_child (ADW_BIN (self), group);
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}

GtkWidget *
willis_doubts_list_new (void)
{
  return g_object_new (WILLIS_TYPE_DOUBTS_LIST, NULL);
}
