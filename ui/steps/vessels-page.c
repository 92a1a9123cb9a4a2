/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/steps/vessels-page.h"

#include <math.h>

#include "core/base/i18n.h"
#include "core/vessel/anatomy.h"
#include "core/vessel/profile.h"
#include "ui/model/format.h"
#include "ui/model/job.h"
#include "ui/steps/doubts-list.h"
#include "ui/steps/edit-tools.h"

#define MAX_BRANCH_ROWS 60
#define LEAST_BRANCH_MM 1.0 // a shorter one is a joint, not an artery to look at

struct _WillisVesselsPage
{
  WillisStepPage parent_instance;
  GtkLabel *state_label, *seeds_label;
  GtkWidget *content, *edit_tools, *threshold_spin, *threshold_switch, *labels_switch, *seeds_row, *clear_seeds_button;
  GtkWidget *doubts_list, *facts_group, *facts_list, *branches_group, *branches_list, *run_button, *next_button;
  WillisVolume *shown_volume;
  WillisSegmentation *shown_segmentation;
  WillisTree *shown_tree;
  gboolean shown_given; // the threshold of the arteries shown was one's own
  double shown_threshold;
  gboolean updating;
};

G_DEFINE_FINAL_TYPE (WillisVesselsPage, willis_vessels_page, WILLIS_TYPE_STEP_PAGE)

static const char *
modality_name (WillisModality modality)
{
  switch (modality)
    {
    case WILLIS_MODALITY_CTA:
      return _ ("CT angiography");
    case WILLIS_MODALITY_3DRA:
      return _ ("rotational angiography");
    case WILLIS_MODALITY_MRA:
      return _ ("MR angiography");
    case WILLIS_MODALITY_UNKNOWN:
    default:
      return _ ("unknown");
    }
}

static void
add_fact (WillisVesselsPage *self, const char *title, char *value)
{
  gtk_list_box_append (GTK_LIST_BOX (self->facts_list), willis_row_new (title, value));
  g_free (value);
}

static void
fill_facts (WillisVesselsPage *self, WillisCase *c)
{
  WillisSegmentation *s = willis_case_segmentation (c);

  willis_list_clear (self->facts_list);
  if (s == NULL)
    return;
  add_fact (self, _ ("Taken for"), g_strdup (modality_name (willis_segmentation_modality (s))));
  add_fact (self, _ ("Threshold"), g_strdup_printf ("%.0f", willis_segmentation_threshold (s)));
  add_fact (self, _ ("Artery volume"), willis_text_value (willis_segmentation_volume_mm3 (s), NAN, "mm3"));
  add_fact (self, _ ("Pieces"), g_strdup_printf ("%d", willis_segmentation_components (s)));
  if (willis_case_surface (c) != NULL)
    add_fact (self, _ ("Surface"), g_strdup_printf (_ ("%zu triangles"), willis_surface_n_triangles (willis_case_surface (c))));
}

/* Branches worth a row: named ones first, then by length. */
static int
compare_branches (gconstpointer a, gconstpointer b, gpointer data)
{
  const WillisBranch *x = willis_tree_branch (data, *(const guint *) a), *y = willis_tree_branch (data, *(const guint *) b);

  if ((x->name != NULL) != (y->name != NULL))
    return x->name != NULL ? -1 : 1;
  return (x->length_mm < y->length_mm) - (x->length_mm > y->length_mm);
}

static GtkWidget *
branch_row (WillisTree *tree, guint n)
{
  const WillisBranch *b = willis_tree_branch (tree, n);
  g_autofree char *own = g_strdup_printf (_ ("not sure (branch %u)"), n + 1);
  g_autofree char *tip = NULL;
  double sum = 0.0, least = INFINITY;
  gsize from = 1, to = 0;
  g_autofree char *value = NULL;
  g_autofree char *name = NULL;
  GtkWidget *row;

  for (gsize p = 0; p < b->n_points; p++)
    sum += b->radius_mm[p];
  willis_branch_clear (tree, n, &from, &to);
  for (gsize p = from; p <= to; p++)
    least = MIN (least, b->radius_mm[p]);
  value = isfinite (least)
              ? g_strdup_printf ("%.1f mm  ⌀ %.1f (%.1f)", b->length_mm, 2.0 * sum / (double) b->n_points, 2.0 * least)
              : g_strdup_printf ("%.1f mm  ⌀ %.1f", b->length_mm, 2.0 * sum / (double) b->n_points);
  if (b->name != NULL)
    name = willis_artery_text (b->name);
  row = willis_row_new (name != NULL ? name : own, value);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), TRUE);
  tip = b->by_hand         ? g_strdup (_ ("length, mean diameter (smallest); named by hand"))
        : b->name != NULL ? g_strdup_printf (_ ("length, mean diameter (smallest); the name is %.0f %% sure"), 100.0 * b->confidence)
                          : g_strdup (_ ("length, mean diameter (smallest); which artery it is, the picture does not say"));
  gtk_widget_set_tooltip_text (row, tip);
  g_object_set_data (G_OBJECT (row), "branch", GUINT_TO_POINTER (n));
  return row;
}

static void
fill_branches (WillisVesselsPage *self, WillisTree *tree)
{
  gsize n = tree != NULL ? willis_tree_n_branches (tree) : 0;
  g_autofree guint *order = g_new (guint, n + 1);

  willis_list_clear (self->branches_list);
  for (gsize i = 0; i < n; i++)
    order[i] = (guint) i;
  g_qsort_with_data (order, (int) n, sizeof (guint), compare_branches, tree);
  for (gsize i = 0; i < MIN (n, MAX_BRANCH_ROWS); i++)
    if (willis_tree_branch (tree, order[i])->length_mm >= LEAST_BRANCH_MM)
      gtk_list_box_append (GTK_LIST_BOX (self->branches_list), branch_row (tree, order[i]));
}

static void
on_branch (GtkListBox *list, GtkListBoxRow *row, WillisVesselsPage *self)
{
  WillisSession *session = willis_step_page_session (WILLIS_STEP_PAGE (self));
  WillisTree *tree = willis_case_tree (willis_session_case (session));
  int n = (int) GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (row), "branch"));
  const WillisBranch *b;

  if (tree == NULL || n >= (int) willis_tree_n_branches (tree))
    return;
  b = willis_tree_branch (tree, (gsize) n);
  willis_session_select_branch (session, n);
  willis_session_set_crosshair (session, b->points_lps_mm + 3 * (b->n_points / 2));
}

static void
set_threshold_range (WillisVesselsPage *self, WillisVolume *volume, WillisSegmentation *segmentation)
{
  double range[2], span;

  if (volume == NULL)
    return;
  if (volume != self->shown_volume)
    {
      willis_volume_range (volume, range);
      span = range[1] - range[0];
      gtk_spin_button_set_range (GTK_SPIN_BUTTON (self->threshold_spin), range[0], range[1]);
      gtk_spin_button_set_increments (GTK_SPIN_BUTTON (self->threshold_spin), span > 20.0 ? 1.0 : span / 100.0,
                                      span > 200.0 ? 10.0 : span / 20.0);
      gtk_spin_button_set_digits (GTK_SPIN_BUTTON (self->threshold_spin), span > 20.0 ? 0 : 3);
    }
  if (segmentation != NULL && !gtk_switch_get_active (GTK_SWITCH (self->threshold_switch)))
    gtk_spin_button_set_value (GTK_SPIN_BUTTON (self->threshold_spin), willis_segmentation_threshold (segmentation));
}

/* Other arteries, by a step or by undo, bring the threshold that they were found with; what is typed since stays else.
 */
static void
follow_threshold (WillisVesselsPage *self, const WillisCase *c)
{
  WillisSegmentation *segmentation = c != NULL ? willis_case_segmentation (c) : NULL;
  gboolean given = segmentation != NULL && willis_case_threshold_given (c);
  double threshold = segmentation != NULL ? willis_segmentation_threshold (segmentation) : NAN;

  if (segmentation == NULL || (given == self->shown_given && threshold == self->shown_threshold))
    return;
  self->shown_given = given;
  self->shown_threshold = threshold;
  gtk_switch_set_active (GTK_SWITCH (self->threshold_switch), given);
  gtk_spin_button_set_value (GTK_SPIN_BUTTON (self->threshold_spin), threshold);
}

/* Does the panel ask for another threshold than that of the arteries there are? */
static gboolean
wants_other_threshold (WillisVesselsPage *self)
{
  double step;

  gtk_spin_button_get_increments (GTK_SPIN_BUTTON (self->threshold_spin), &step, NULL);
  return gtk_switch_get_active (GTK_SWITCH (self->threshold_switch))
             ? !self->shown_given
                   || fabs (gtk_spin_button_get_value (GTK_SPIN_BUTTON (self->threshold_spin)) - self->shown_threshold)
                          > 0.5 * step
             : self->shown_given;
}

/* Segmenting finds the branches, too: it is offered where it was asked for. */
static gboolean
wants_branches_only (WillisVesselsPage *self, WillisSession *session)
{
  return willis_session_branches_stale (session) && !wants_other_threshold (self);
}

static void
say_run (WillisVesselsPage *self, WillisSession *session)
{
  WillisStepState state = willis_session_step_state (session, WILLIS_STEP_VESSELS);

  gtk_button_set_label (GTK_BUTTON (self->run_button),
                        wants_branches_only (self, session)                        ? _ ("Find the branches again")
                        : state == WILLIS_STEP_FRESH || state == WILLIS_STEP_STALE ? _ ("Segment again")
                                                                                   : _ ("Segment the arteries"));
}

static void
willis_vessels_page_update (WillisStepPage *page, WillisSession *session)
{
  WillisVesselsPage *self = WILLIS_VESSELS_PAGE (page);
  WillisCase *c = willis_session_case (session);
  WillisVolume *volume = c != NULL ? willis_case_volume (c) : NULL;
  WillisSegmentation *segmentation = c != NULL ? willis_case_segmentation (c) : NULL;
  WillisTree *tree = c != NULL ? willis_case_tree (c) : NULL;
  WillisStepState state = willis_session_step_state (session, WILLIS_STEP_VESSELS);
  g_autofree char *seeds = g_strdup_printf ("%u", willis_session_seeds (session)->len);

  self->updating = TRUE;
  willis_step_page_say_state (self->state_label, session, WILLIS_STEP_VESSELS);
  gtk_label_set_text (self->seeds_label, seeds);
  gtk_widget_set_sensitive (self->clear_seeds_button, willis_session_seeds (session)->len > 0);
  gtk_widget_set_sensitive (self->run_button, volume != NULL && !willis_session_busy (session));
  gtk_widget_set_visible (self->edit_tools, segmentation != NULL);
  willis_edit_tools_update (WILLIS_EDIT_TOOLS (self->edit_tools));
  gtk_widget_set_visible (self->next_button, state == WILLIS_STEP_FRESH);
  if (state == WILLIS_STEP_FRESH)
    {
      gtk_widget_remove_css_class (self->run_button, "suggested-action");
      gtk_widget_remove_css_class (self->next_button, "flat");
      gtk_widget_add_css_class (self->next_button, "suggested-action");
    }
  else
    gtk_widget_add_css_class (self->run_button, "suggested-action");
  gtk_switch_set_active (GTK_SWITCH (self->labels_switch), willis_session_display (session)->show_labels);
  set_threshold_range (self, volume, segmentation);
  follow_threshold (self, c);
  say_run (self, session);
  willis_doubts_list_update (WILLIS_DOUBTS_LIST (self->doubts_list), c);
  self->shown_volume = volume;
  gtk_widget_set_visible (self->facts_group, segmentation != NULL);
  gtk_widget_set_visible (self->branches_group, tree != NULL && willis_tree_n_branches (tree) > 0);
  if (segmentation != self->shown_segmentation || tree != self->shown_tree)
    {
      if (c != NULL)
        fill_facts (self, c);
      fill_branches (self, tree);
    }
  self->shown_segmentation = segmentation;
  self->shown_tree = tree;
  self->updating = FALSE;
}

static void
on_run (WillisVesselsPage *self)
{
  WillisSession *session = willis_step_page_session (WILLIS_STEP_PAGE (self));
  const GArray *seeds = willis_session_seeds (session);
  double threshold = gtk_switch_get_active (GTK_SWITCH (self->threshold_switch))
                         ? gtk_spin_button_get_value (GTK_SPIN_BUTTON (self->threshold_spin))
                         : NAN;

  if (wants_branches_only (self, session))
    willis_session_run_branches (session);
  else
    willis_session_run_vessels (session, threshold, (const double *) (const void *) seeds->data, seeds->len);
}

static void
on_next (WillisVesselsPage *self)
{
  willis_session_set_step (willis_step_page_session (WILLIS_STEP_PAGE (self)), WILLIS_STEP_ANEURYSM);
}

static void
on_clear_seeds (WillisVesselsPage *self)
{
  willis_session_clear_seeds (willis_step_page_session (WILLIS_STEP_PAGE (self)));
}

static void
on_threshold (WillisVesselsPage *self)
{
  if (!self->updating)
    say_run (self, willis_step_page_session (WILLIS_STEP_PAGE (self)));
}

static void
on_labels (WillisVesselsPage *self)
{
  WillisSession *session = willis_step_page_session (WILLIS_STEP_PAGE (self));
  WillisDisplay display = *willis_session_display (session);

  if (self->updating)
    return;
  display.show_labels = gtk_switch_get_active (GTK_SWITCH (self->labels_switch));
  willis_session_set_display (session, &display);
}

static void
willis_vessels_page_session_set (WillisStepPage *page, WillisSession *session)
{
  WillisVesselsPage *self = WILLIS_VESSELS_PAGE (page);

  self->doubts_list = willis_doubts_list_new ();
  gtk_box_prepend (GTK_BOX (self->content), self->doubts_list);
  self->edit_tools = willis_edit_tools_new (session);
  gtk_box_insert_child_after (GTK_BOX (self->content), self->edit_tools, gtk_widget_get_first_child (self->content));
}

static void
willis_vessels_page_class_init (WillisVesselsPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  WILLIS_STEP_PAGE_CLASS (klass)->update = willis_vessels_page_update;
  WILLIS_STEP_PAGE_CLASS (klass)->session_set = willis_vessels_page_session_set;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/willis/Willis/steps/vessels-page.ui");
  gtk_widget_class_bind_template_child (widget_class, WillisVesselsPage, state_label);
  gtk_widget_class_bind_template_child (widget_class, WillisVesselsPage, seeds_label);
  gtk_widget_class_bind_template_child (widget_class, WillisVesselsPage, content);
  gtk_widget_class_bind_template_child (widget_class, WillisVesselsPage, threshold_spin);
  gtk_widget_class_bind_template_child (widget_class, WillisVesselsPage, threshold_switch);
  gtk_widget_class_bind_template_child (widget_class, WillisVesselsPage, labels_switch);
  gtk_widget_class_bind_template_child (widget_class, WillisVesselsPage, seeds_row);
  gtk_widget_class_bind_template_child (widget_class, WillisVesselsPage, clear_seeds_button);
  gtk_widget_class_bind_template_child (widget_class, WillisVesselsPage, facts_group);
  gtk_widget_class_bind_template_child (widget_class, WillisVesselsPage, facts_list);
  gtk_widget_class_bind_template_child (widget_class, WillisVesselsPage, branches_group);
  gtk_widget_class_bind_template_child (widget_class, WillisVesselsPage, branches_list);
  gtk_widget_class_bind_template_child (widget_class, WillisVesselsPage, run_button);
  gtk_widget_class_bind_template_child (widget_class, WillisVesselsPage, next_button);
}

static void
willis_vessels_page_init (WillisVesselsPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->shown_threshold = NAN;
  g_signal_connect (self->branches_list, "row-activated", G_CALLBACK (on_branch), self);
  g_signal_connect_swapped (self->run_button, "clicked", G_CALLBACK (on_run), self);
  g_signal_connect_swapped (self->next_button, "clicked", G_CALLBACK (on_next), self);
  g_signal_connect_swapped (self->clear_seeds_button, "clicked", G_CALLBACK (on_clear_seeds), self);
  g_signal_connect_swapped (self->threshold_switch, "notify::active", G_CALLBACK (on_threshold), self);
  g_signal_connect_swapped (self->threshold_spin, "value-changed", G_CALLBACK (on_threshold), self);
  g_signal_connect_swapped (self->labels_switch, "notify::active", G_CALLBACK (on_labels), self);
}
