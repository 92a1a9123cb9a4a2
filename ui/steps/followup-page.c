/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/steps/followup-page.h"

#include <math.h>

#include "core/base/i18n.h"
#include "core/case/date.h"
#include "core/report/format.h"
#include "ui/model/followup.h"
#include "ui/model/format.h"
#include "ui/steps/trend-chart.h"
#include "ui/views/compare-view.h"

struct _WillisFollowupPage
{
  WillisStepPage parent_instance;
  GtkLabel *state_label, *verdict, *rule;
  GtkWidget *choose, *again, *earlier_list, *earlier_group, *result, *warnings, *changes, *regions, *regions_group;
  GtkWidget *overlay, *closed, *view, *mode, *part, *orient, *nudge[6], *nudge_apply, *nudge_back, *forget;
  GtkWidget *chart, *index, *colours;
  GtkFileChooserNative *chooser;
  const WillisComparison *shown;                // what the lists describe; only compared
  const WillisCase *shown_case, *shown_earlier; // the same
  gboolean updating;
};

G_DEFINE_FINAL_TYPE (WillisFollowupPage, willis_followup_page, WILLIS_TYPE_STEP_PAGE)

static WillisSession *
session_of (WillisFollowupPage *self)
{
  return willis_step_page_session (WILLIS_STEP_PAGE (self));
}

/* ---- small builders ---- */

static GtkWidget *
add_group (GtkWidget *box, const char *title)
{
  GtkWidget *group = adw_preferences_group_new ();

  adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (group), title);
  gtk_box_append (GTK_BOX (box), group);
  return group;
}

static GtkWidget *
add_list (GtkWidget *group)
{
  GtkWidget *list = gtk_list_box_new ();

  gtk_list_box_set_selection_mode (GTK_LIST_BOX (list), GTK_SELECTION_NONE);
  gtk_widget_add_css_class (list, "boxed-list");
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), list);
  return list;
}

static GtkLabel *
add_label (GtkWidget *box, const char *css)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_width_chars (GTK_LABEL (label), 20);
  if (css != NULL)
    gtk_widget_add_css_class (label, css);
  gtk_box_append (GTK_BOX (box), label);
  return GTK_LABEL (label);
}

/* ---- filling in ---- */

static const char *
verdict_text (const WillisGrowth *g)
{
  if (g->is_new)
    return _ ("New aneurysm");
  if (g->vanished)
    return _ ("No longer there");
  switch (g->verdict)
    {
    case WILLIS_VERDICT_GROWN:
      return _ ("Grown");
    case WILLIS_VERDICT_SHRUNK:
      return _ ("Shrunk");
    case WILLIS_VERDICT_STABLE:
      return _ ("No change seen");
    case WILLIS_VERDICT_UNCERTAIN:
    default:
      return _ ("Cannot be told");
    }
}

static void
fill_earlier (WillisFollowupPage *self)
{
  WillisCase *c = willis_session_case (session_of (self));
  int shown = willis_session_shown_comparison (session_of (self));
  gsize n = c != NULL ? willis_case_n_comparisons (c) : 0;

  willis_list_clear (self->earlier_list);
  for (gsize i = 0; i < n; i++)
    {
      const WillisComparison *e = willis_case_comparison (c, i);
      g_autofree char *date = willis_date_local (e->earlier_date);
      const char *name = date != NULL              ? date
                         : e->earlier_file != NULL ? e->earlier_file
                                                   : _ ("earlier");
      g_autofree char *title = g_strdup_printf ("%s%s", (int) i == shown ? "● " : "", name);
      GtkWidget *row = willis_row_new (title, verdict_text (e->growth));

      if (e->earlier_file != NULL)
        gtk_widget_set_tooltip_text (row, e->earlier_file);
      gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), TRUE);
      gtk_list_box_append (GTK_LIST_BOX (self->earlier_list), row);
    }
  gtk_widget_set_visible (self->earlier_group, n > 0);
}

/* number, deviation: the texts of value and its sd; deviation may be NULL. */
static void
add_texts (WillisFollowupPage *self, const char *title, double value, const char *number, const char *deviation,
           const char *unit)
{
  g_autofree char *text
      = deviation != NULL
            ? g_strdup_printf ("%s%s ± %s %s", value > 0 ? "+" : "", number, deviation, willis_format_unit (unit))
            : g_strdup_printf ("%s%s %s", value > 0 ? "+" : "", number, willis_format_unit (unit));
  gtk_list_box_append (GTK_LIST_BOX (self->changes), willis_row_new (title, text));
}

static void
add_change (WillisFollowupPage *self, const char *title, double value, double sd, const char *unit)
{
  g_autofree char *number = NULL, *deviation = NULL;

  if (!isfinite (value))
    return;
  willis_format_measure (value, sd, &number, &deviation);
  add_texts (self, title, value, number, deviation, unit);
}

static void
add_index (WillisFollowupPage *self, const WillisGrowth *g, WillisIndex index)
{
  const WillisMeasure *delta = &g->delta[index];
  g_autofree char *number = NULL, *deviation = NULL;

  if (!isfinite (delta->value))
    return;
  willis_format_index (index, delta->value, delta->sd, &number, &deviation);
  add_texts (self, _ (willis_index_info (index)->label), delta->value, number, deviation,
             willis_index_info (index)->unit);
}

/* What people ask for first; the others follow. */
static const WillisIndex first_indices[]
    = { WILLIS_INDEX_SIZE,   WILLIS_INDEX_HEIGHT, WILLIS_INDEX_WIDTH,       WILLIS_INDEX_NECK_DIAMETER,
        WILLIS_INDEX_VOLUME, WILLIS_INDEX_AREA,   WILLIS_INDEX_ASPECT_RATIO };

static gboolean
is_first (WillisIndex index)
{
  for (gsize i = 0; i < G_N_ELEMENTS (first_indices); i++)
    if (first_indices[i] == index)
      return TRUE;
  return FALSE;
}

/* Number n of all indices in the order shown. */
static WillisIndex
index_in_order (guint n)
{
  guint at = G_N_ELEMENTS (first_indices);

  if (n < at)
    return first_indices[n];
  for (int i = 0; i < WILLIS_N_INDICES; i++)
    if (!is_first ((WillisIndex) i) && at++ == n)
      return (WillisIndex) i;
  return WILLIS_INDEX_SIZE;
}

static void
fill_changes (WillisFollowupPage *self, const WillisComparison *c)
{
  const WillisGrowth *g = c->growth;
  g_autofree char *tre = g_strdup_printf ("%.2f mm", g->align.tre_mm);
  g_autofree char *bone = g_strdup_printf ("%.2f mm", g->align.bone_mm);
  g_autofree char *share = g_strdup_printf ("%.0f %%, %.2f mm", 100.0 * g->align.artery_share, g->align.artery_mm);

  willis_list_clear (self->changes);
  for (gsize i = 0; i < G_N_ELEMENTS (first_indices); i++)
    add_index (self, g, first_indices[i]);
  add_change (self, _ ("Volume, relative"), g->volume_percent, g->volume_percent_sd, "%");
  if (c->years > 0.0)
    {
      add_change (self, _ ("Size, a year"), g->delta[WILLIS_INDEX_SIZE].value / c->years,
                  g->delta[WILLIS_INDEX_SIZE].sd / c->years, "mm");
      add_change (self, _ ("Volume, a year"), g->volume_percent / c->years, g->volume_percent_sd / c->years, "%");
    }
  if (isfinite (g->delta[WILLIS_INDEX_SIZE].value))
    {
      gtk_list_box_append (GTK_LIST_BOX (self->changes),
                           willis_row_new (_ ("At least 1 mm in one direction"), g->one_mm ? _ ("yes") : _ ("no")));
      gtk_list_box_append (GTK_LIST_BOX (self->changes), willis_row_new (_ ("At least 0.5 mm in two directions"),
                                                                         g->two_half_mm ? _ ("yes") : _ ("no")));
      gtk_list_box_append (GTK_LIST_BOX (self->changes), willis_row_new (_ ("Volume beyond twice its variation"),
                                                                         g->volume_cov ? _ ("yes") : _ ("no")));
    }
  gtk_list_box_append (GTK_LIST_BOX (self->changes), willis_row_new (_ ("Registration error at the aneurysm"), tre));
  if (isfinite (g->align.bone_mm))
    gtk_list_box_append (GTK_LIST_BOX (self->changes), willis_row_new (_ ("Registration error of the head"), bone));
  if (isfinite (g->align.artery_share))
    gtk_list_box_append (GTK_LIST_BOX (self->changes), willis_row_new (_ ("Arteries that meet, distance"), share));
  for (int i = 0; i < WILLIS_N_INDICES; i++)
    if (!is_first ((WillisIndex) i))
      add_index (self, g, (WillisIndex) i);
}

static void
fill_regions (WillisFollowupPage *self, const WillisGrowth *g)
{
  willis_list_clear (self->regions);
  gtk_widget_set_visible (self->regions_group, g->regions->len > 0);
  for (guint i = 0; i < g->regions->len; i++)
    {
      const WillisGrowthRegion *r = &g_array_index (g->regions, WillisGrowthRegion, i);
      g_autofree char *title = g_strdup_printf (_ ("%+.2f mm on %.1f mm²"), r->max_mm, r->area_mm2);
      GtkWidget *row = willis_row_new (title, r->daughter ? _ ("daughter sac") : "");

      gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), TRUE);
      gtk_list_box_append (GTK_LIST_BOX (self->regions), row);
    }
}

static void
fill_warnings (WillisFollowupPage *self, const WillisComparison *c)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (self->warnings)) != NULL)
    gtk_box_remove (GTK_BOX (self->warnings), child);
  for (guint i = 0; i < c->remarks->len; i++)
    {
      g_autofree char *text = willis_remark_text (&g_array_index (c->remarks, WillisRemark, i), NULL, NULL);

      gtk_label_set_text (add_label (self->warnings, "warning"), text);
    }
}

/* All scans against the open one, with the necks that correspond. */
static void
fill_chart (WillisFollowupPage *self)
{
  WillisCase *c = willis_session_case (session_of (self));
  WillisIndex index = index_in_order (gtk_drop_down_get_selected (GTK_DROP_DOWN (self->index)));
  g_autoptr (GArray) points = c != NULL ? willis_case_trend (c, index, NULL) : NULL;

  willis_trend_chart_set (WILLIS_TREND_CHART (self->chart),
                          points != NULL ? (const WillisTrendPoint *) points->data : NULL,
                          points != NULL ? points->len : 0, willis_format_unit (willis_index_info (index)->unit));
}

/* The position as shown, with what the fields add: a shift of the earlier scan in the open one's coordinates, and turns
 * about the aneurysm. */
static WillisRigid
nudged (WillisFollowupPage *self, const WillisGrowth *g)
{
  WillisSurface *sac = g->sac != NULL ? g->sac : g->sac_before;
  double box[6] = { 0 }, middle[3], w[3], t[3];
  WillisRigid change;

  if (sac != NULL)
    willis_surface_bounds (sac, box);
  for (int a = 0; a < 3; a++)
    {
      middle[a] = 0.5 * (box[a] + box[a + 3]);
      t[a] = gtk_spin_button_get_value (GTK_SPIN_BUTTON (self->nudge[a]));
      w[a] = gtk_spin_button_get_value (GTK_SPIN_BUTTON (self->nudge[3 + a])) * G_PI / 180.0;
    }
  willis_rigid_apply (&g->align.motion, middle, middle);
  change = willis_rigid_about (w, middle, t);
  return willis_rigid_compose (&change, &g->align.motion);
}

/* The overlay, where the earlier scan is open; else how to get it. */
static void
update_overlay (WillisFollowupPage *self, WillisSession *session, const WillisComparison *e)
{
  WillisCase *earlier = willis_session_earlier_case (session);
  g_autofree char *text = NULL;

  gtk_widget_set_visible (self->overlay, earlier != NULL);
  gtk_widget_set_visible (self->closed, earlier == NULL);
  if (earlier != NULL)
    {
      willis_compare_view_set (WILLIS_COMPARE_VIEW (self->view), willis_case_volume (earlier),
                               &e->growth->align.motion);
      return;
    }
  text = e->earlier_file != NULL ? g_strdup_printf (
             _ ("To see both scans, choose the earlier case (%s): it does not lie beside this one."), e->earlier_file)
                                 : g_strdup (_ ("To see both scans, choose the earlier case."));
  gtk_label_set_text (GTK_LABEL (self->closed), text);
}

static void
show_comparison (WillisFollowupPage *self, WillisSession *session, const WillisComparison *e)
{
  g_autofree char *rule = willis_growth_rule_text (e->growth, NULL, NULL);

  fill_earlier (self);
  gtk_label_set_text (self->verdict, verdict_text (e->growth));
  gtk_label_set_text (self->rule, rule);
  fill_warnings (self, e);
  fill_changes (self, e);
  fill_regions (self, e->growth);
  fill_chart (self);
  self->updating = TRUE;
  for (int a = 0; a < 6; a++)
    gtk_spin_button_set_value (GTK_SPIN_BUTTON (self->nudge[a]), 0);
  self->updating = FALSE;
  update_overlay (self, session, e);
}

static void
willis_followup_page_update (WillisStepPage *page, WillisSession *session)
{
  WillisFollowupPage *self = WILLIS_FOLLOWUP_PAGE (page);
  const WillisComparison *e = willis_session_comparison (session);
  WillisCase *c = willis_session_case (session), *earlier = willis_session_earlier_case (session);
  gboolean idle = c != NULL && willis_case_volume (c) != NULL && willis_session_jobs (session)->len == 0;

  willis_step_page_say_state (self->state_label, session, WILLIS_STEP_FOLLOWUP);
  gtk_widget_set_sensitive (self->choose, idle);
  gtk_widget_set_sensitive (self->again, idle && earlier != NULL);
  gtk_widget_set_visible (self->again,
                          e != NULL && (willis_session_comparison_state (session) == WILLIS_STATE_STALE || e->by_hand));
  gtk_widget_set_sensitive (self->nudge_apply, idle && earlier != NULL);
  gtk_widget_set_sensitive (self->forget, idle);
  gtk_widget_set_visible (self->result, e != NULL);
  if (self->shown == e && self->shown_case == c && self->shown_earlier == earlier)
    return;
  self->shown = e;
  self->shown_case = c;
  self->shown_earlier = earlier;
  if (e != NULL)
    show_comparison (self, session, e);
  else
    fill_earlier (self);
  if (e != NULL && idle && earlier == NULL && willis_session_step (session) == WILLIS_STEP_FOLLOWUP)
    willis_session_open_earlier (session);
}

/* ---- what a person does ---- */

static void
on_chosen (GtkNativeDialog *dialog, int response, WillisFollowupPage *self)
{
  g_autoptr (GFile) file = NULL;
  g_autofree char *path = NULL;

  if (response == GTK_RESPONSE_ACCEPT)
    {
      file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
      path = file != NULL ? g_file_get_path (file) : NULL;
    }
  if (path != NULL)
    willis_session_compare_with (session_of (self), path);
  g_clear_object (&self->chooser);
}

static void
on_choose (WillisFollowupPage *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));

  g_clear_object (&self->chooser);
  self->chooser = gtk_file_chooser_native_new (_ ("Choose the earlier case"), GTK_WINDOW (root),
                                               GTK_FILE_CHOOSER_ACTION_OPEN, NULL, NULL);
  g_signal_connect (self->chooser, "response", G_CALLBACK (on_chosen), self);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

static void
on_again (WillisFollowupPage *self)
{
  willis_session_compare_again (session_of (self), NULL);
}

static void
on_forget (WillisFollowupPage *self)
{
  willis_session_forget_comparison (session_of (self), willis_session_shown_comparison (session_of (self)));
}

static void
on_earlier_row (GtkListBox *list, GtkListBoxRow *row, WillisFollowupPage *self)
{
  willis_session_show_comparison (session_of (self), gtk_list_box_row_get_index (row));
}

static void
on_region (GtkListBox *list, GtkListBoxRow *row, WillisFollowupPage *self)
{
  const WillisComparison *e = willis_session_comparison (session_of (self));
  guint n = (guint) gtk_list_box_row_get_index (row);
  double at[3];

  if (e == NULL || n >= e->growth->regions->len)
    return;
  willis_rigid_apply (&e->growth->align.motion, g_array_index (e->growth->regions, WillisGrowthRegion, n).centre_lps_mm,
                      at);
  willis_session_set_crosshair (session_of (self), at);
}

static void
on_mode (WillisFollowupPage *self)
{
  willis_compare_view_set_mode (WILLIS_COMPARE_VIEW (self->view),
                                (WillisCompareMode) gtk_drop_down_get_selected (GTK_DROP_DOWN (self->mode)),
                                gtk_range_get_value (GTK_RANGE (self->part)));
  willis_compare_view_set_orient (WILLIS_COMPARE_VIEW (self->view),
                                  (WillisOrient) gtk_drop_down_get_selected (GTK_DROP_DOWN (self->orient)));
}

static void
on_nudge (WillisFollowupPage *self)
{
  const WillisComparison *e = willis_session_comparison (session_of (self));
  WillisRigid motion;

  if (e == NULL || self->updating)
    return;
  motion = nudged (self, e->growth);
  willis_compare_view_set_motion (WILLIS_COMPARE_VIEW (self->view), &motion);
}

static void
on_nudge_apply (WillisFollowupPage *self)
{
  const WillisComparison *e = willis_session_comparison (session_of (self));
  WillisRigid motion;

  if (e == NULL)
    return;
  motion = nudged (self, e->growth);
  willis_session_compare_again (session_of (self), &motion);
}

static void
on_nudge_back (WillisFollowupPage *self)
{
  for (int a = 0; a < 6; a++)
    gtk_spin_button_set_value (GTK_SPIN_BUTTON (self->nudge[a]), 0);
}

static void
on_colours (WillisFollowupPage *self)
{
  willis_session_set_growth_significance (session_of (self),
                                          gtk_drop_down_get_selected (GTK_DROP_DOWN (self->colours)) == 1);
}

/* ---- building ---- */

static GtkWidget *
add_button (GtkWidget *box, const char *text, GCallback func, WillisFollowupPage *self)
{
  GtkWidget *button = gtk_button_new_with_label (text);

  g_signal_connect_swapped (button, "clicked", func, self);
  gtk_box_append (GTK_BOX (box), button);
  return button;
}

static void
build_overlay (WillisFollowupPage *self, GtkWidget *box, WillisSession *session)
{
  const char *const modes[] = { _ ("Blend"), _ ("Checkerboard"), _ ("Curtain"), NULL };
  const char *const orients[] = { willis_orient_name (WILLIS_ORIENT_AXIAL), willis_orient_name (WILLIS_ORIENT_CORONAL),
                                  willis_orient_name (WILLIS_ORIENT_SAGITTAL), NULL };
  GtkWidget *bar = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);

  self->view = willis_compare_view_new (session);
  gtk_widget_set_size_request (self->view, -1, 260);
  gtk_box_append (GTK_BOX (box), self->view);
  self->mode = gtk_drop_down_new_from_strings (modes);
  self->orient = gtk_drop_down_new_from_strings (orients);
  self->part = gtk_scale_new_with_range (GTK_ORIENTATION_HORIZONTAL, 0, 1, 0.01);
  gtk_range_set_value (GTK_RANGE (self->part), 0.5);
  gtk_widget_set_tooltip_text (self->part, _ ("Earlier scan on the left, this one on the right"));
  gtk_box_append (GTK_BOX (bar), self->mode);
  gtk_box_append (GTK_BOX (bar), self->orient);
  gtk_box_append (GTK_BOX (box), bar);
  gtk_box_append (GTK_BOX (box), self->part);
  g_signal_connect_swapped (self->mode, "notify::selected", G_CALLBACK (on_mode), self);
  g_signal_connect_swapped (self->orient, "notify::selected", G_CALLBACK (on_mode), self);
  g_signal_connect_swapped (self->part, "value-changed", G_CALLBACK (on_mode), self);
}

static void
build_nudge (WillisFollowupPage *self, GtkWidget *box)
{
  const char *const names[6] = { _ ("To the left"),     _ ("Backwards"),       _ ("Upwards"),
                                 _ ("Turn about left"), _ ("Turn about back"), _ ("Turn about up") };
  GtkWidget *expander = gtk_expander_new (_ ("Correct the position by hand")), *grid = gtk_grid_new ();
  GtkWidget *inner = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);

  gtk_grid_set_row_spacing (GTK_GRID (grid), 4);
  gtk_grid_set_column_spacing (GTK_GRID (grid), 8);
  for (int a = 0; a < 6; a++)
    {
      GtkWidget *label = gtk_label_new (names[a]), *unit = gtk_label_new (a < 3 ? "mm" : "°");

      self->nudge[a] = gtk_spin_button_new_with_range (a < 3 ? -20 : -20, 20, a < 3 ? 0.1 : 0.1);
      gtk_spin_button_set_digits (GTK_SPIN_BUTTON (self->nudge[a]), 1);
      gtk_label_set_xalign (GTK_LABEL (label), 0);
      gtk_widget_set_hexpand (label, TRUE);
      gtk_grid_attach (GTK_GRID (grid), label, 0, a, 1, 1);
      gtk_grid_attach (GTK_GRID (grid), self->nudge[a], 1, a, 1, 1);
      gtk_grid_attach (GTK_GRID (grid), unit, 2, a, 1, 1);
      gtk_accessible_update_relation (GTK_ACCESSIBLE (self->nudge[a]), GTK_ACCESSIBLE_RELATION_LABELLED_BY, label, NULL,
                                      -1);
      g_signal_connect_swapped (self->nudge[a], "value-changed", G_CALLBACK (on_nudge), self);
    }
  gtk_box_append (GTK_BOX (inner), grid);
  self->nudge_apply = add_button (inner, _ ("Measure in this position"), G_CALLBACK (on_nudge_apply), self);
  self->nudge_back = add_button (inner, _ ("Back"), G_CALLBACK (on_nudge_back), self);
  gtk_expander_set_child (GTK_EXPANDER (expander), inner);
  gtk_box_append (GTK_BOX (box), expander);
}

/* What the colours on the sac in 3D say. */
static void
build_colours (WillisFollowupPage *self, GtkWidget *box)
{
  const char *const names[] = { _ ("Displacement of the wall"), _ ("Its significance"), NULL };
  GtkWidget *group = add_group (box, _ ("Colours on the sac"));

  self->colours = gtk_drop_down_new_from_strings (names);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), self->colours);
  g_signal_connect_swapped (self->colours, "notify::selected", G_CALLBACK (on_colours), self);
}

static void
build_series (WillisFollowupPage *self, GtkWidget *box)
{
  const char *names[WILLIS_N_INDICES + 1];
  GtkWidget *group = add_group (box, _ ("Time line"));

  for (guint i = 0; i < WILLIS_N_INDICES; i++)
    names[i] = _ (willis_index_info (index_in_order (i))->label);
  names[WILLIS_N_INDICES] = NULL;
  self->index = gtk_drop_down_new_from_strings (names);
  self->chart = willis_trend_chart_new ();
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), self->index);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), self->chart);
  g_signal_connect_swapped (self->index, "notify::selected", G_CALLBACK (fill_chart), self);
}

static void
willis_followup_page_session_set (WillisStepPage *page, WillisSession *session)
{
  WillisFollowupPage *self = WILLIS_FOLLOWUP_PAGE (page);
  GtkWidget *all = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0), *head = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *scrolled = gtk_scrolled_window_new (), *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12);

  gtk_widget_add_css_class (head, "step-head");
  gtk_label_set_text (add_label (head, "title-2"), willis_step_title (WILLIS_STEP_FOLLOWUP));
  self->state_label = add_label (head, "caption");
  gtk_box_append (GTK_BOX (all), head);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scrolled), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_widget_set_vexpand (scrolled, TRUE);
  gtk_widget_add_css_class (box, "step-content");
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), box);
  gtk_box_append (GTK_BOX (all), scrolled);
  gtk_label_set_text (
      add_label (box, "dim-label"),
      _ ("Lays an earlier case of this patient over this one and measures whether the aneurysm has grown, "
         "with the unchanged arteries of both scans as the yardstick."));
  self->choose = add_button (box, _ ("Choose the earlier case…"), G_CALLBACK (on_choose), self);
  gtk_widget_add_css_class (self->choose, "suggested-action");
  self->again = add_button (box, _ ("Register and measure again"), G_CALLBACK (on_again), self);
  self->earlier_group = add_group (box, _ ("Earlier scans"));
  self->earlier_list = add_list (self->earlier_group);
  g_signal_connect (self->earlier_list, "row-activated", G_CALLBACK (on_earlier_row), self);
  self->result = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12);
  gtk_box_append (GTK_BOX (box), self->result);
  self->verdict = add_label (self->result, "title-3");
  self->rule = add_label (self->result, NULL);
  self->warnings = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  gtk_box_append (GTK_BOX (self->result), self->warnings);
  self->closed = GTK_WIDGET (add_label (self->result, "dim-label"));
  self->overlay = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12);
  gtk_box_append (GTK_BOX (self->result), self->overlay);
  build_overlay (self, self->overlay, session);
  build_nudge (self, self->overlay);
  build_colours (self, self->result);
  self->regions_group = add_group (self->result, _ ("Regions that moved"));
  self->regions = add_list (self->regions_group);
  g_signal_connect (self->regions, "row-activated", G_CALLBACK (on_region), self);
  self->changes = add_list (add_group (self->result, _ ("Changes")));
  build_series (self, self->result);
  self->forget = add_button (self->result, _ ("Remove this comparison"), G_CALLBACK (on_forget), self);
  adw_bin_set_child (ADW_BIN (self), all);
}

static void
willis_followup_page_dispose (GObject *object)
{
  g_clear_object (&WILLIS_FOLLOWUP_PAGE (object)->chooser);
  G_OBJECT_CLASS (willis_followup_page_parent_class)->dispose (object);
}

static void
willis_followup_page_class_init (WillisFollowupPageClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = willis_followup_page_dispose;
  WILLIS_STEP_PAGE_CLASS (klass)->update = willis_followup_page_update;
  WILLIS_STEP_PAGE_CLASS (klass)->session_set = willis_followup_page_session_set;
}

static void
willis_followup_page_init (WillisFollowupPage *self)
{
}

GtkWidget *
willis_followup_page_new (WillisSession *session)
{
  return willis_step_page_new (WILLIS_TYPE_FOLLOWUP_PAGE, session);
}
