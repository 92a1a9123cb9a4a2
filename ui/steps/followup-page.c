/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/steps/followup-page.h"

#include <math.h>

#include "core/base/i18n.h"
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
  GtkWidget *view, *mode, *part, *orient, *nudge[6], *nudge_apply, *nudge_back;
  GtkWidget *chart, *index;
  GtkFileChooserNative *chooser;
  const WillisGrowth *shown; // what the lists describe; only compared
  guint shown_n;
  gboolean updating;
};

G_DEFINE_FINAL_TYPE (WillisFollowupPage, willis_followup_page, WILLIS_TYPE_STEP_PAGE)

static const WillisIndex trend_indices[]
    = { WILLIS_INDEX_SIZE, WILLIS_INDEX_HEIGHT, WILLIS_INDEX_WIDTH, WILLIS_INDEX_NECK_DIAMETER, WILLIS_INDEX_VOLUME,
        WILLIS_INDEX_AREA, WILLIS_INDEX_ASPECT_RATIO, WILLIS_INDEX_UNDULATION, WILLIS_INDEX_NONSPHERICITY };

static WillisSession *
session_of (WillisFollowupPage *self)
{
  return willis_step_page_session (WILLIS_STEP_PAGE (self));
}

static const WillisEarlier *
shown_earlier (WillisFollowupPage *self)
{
  int n = willis_session_shown_earlier (session_of (self));

  return n >= 0 ? willis_session_earlier (session_of (self))->pdata[n] : NULL;
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
  const GPtrArray *earlier = willis_session_earlier (session_of (self));
  int shown = willis_session_shown_earlier (session_of (self));

  willis_list_clear (self->earlier_list);
  for (guint i = 0; i < earlier->len; i++)
    {
      const WillisEarlier *e = earlier->pdata[i];
      const char *date = willis_case_study (e->c)->study_date;
      g_autofree char *name = g_path_get_basename (e->path);
      g_autofree char *title = g_strdup_printf ("%s%s%s", (int) i == shown ? "● " : "", date != NULL ? date : "",
                                                date != NULL ? "" : name);
      GtkWidget *row = willis_row_new (title, verdict_text (e->comparison.growth));

      gtk_widget_set_tooltip_text (row, e->path);
      gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), TRUE);
      gtk_list_box_append (GTK_LIST_BOX (self->earlier_list), row);
    }
  gtk_widget_set_visible (self->earlier_group, earlier->len > 0);
}

static void
add_change (WillisFollowupPage *self, const char *title, double value, double sd, const char *unit)
{
  g_autofree char *number = NULL, *deviation = NULL, *text = NULL;

  if (!isfinite (value))
    return;
  willis_format_measure (value, sd, &number, &deviation);
  text = deviation != NULL
             ? g_strdup_printf ("%s%s ± %s %s", value > 0 ? "+" : "", number, deviation, willis_format_unit (unit))
             : g_strdup_printf ("%s%s %s", value > 0 ? "+" : "", number, willis_format_unit (unit));
  gtk_list_box_append (GTK_LIST_BOX (self->changes), willis_row_new (title, text));
}

static void
fill_changes (WillisFollowupPage *self, const WillisComparison *c)
{
  static const WillisIndex rows[] = { WILLIS_INDEX_SIZE, WILLIS_INDEX_HEIGHT, WILLIS_INDEX_WIDTH,
                                      WILLIS_INDEX_NECK_DIAMETER, WILLIS_INDEX_VOLUME, WILLIS_INDEX_AREA,
                                      WILLIS_INDEX_ASPECT_RATIO };
  const WillisGrowth *g = c->growth;
  g_autofree char *tre = g_strdup_printf ("%.2f mm", g->align.tre_mm);
  g_autofree char *bone = g_strdup_printf ("%.2f mm", g->align.bone_mm);
  g_autofree char *share = g_strdup_printf ("%.0f %%, %.2f mm", 100.0 * g->align.artery_share, g->align.artery_mm);

  willis_list_clear (self->changes);
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    add_change (self, _ (willis_index_info (rows[i])->label), g->delta[rows[i]].value, g->delta[rows[i]].sd,
                willis_index_info (rows[i])->unit);
  add_change (self, _ ("Volume, relative"), g->volume_percent, g->volume_percent_sd, "%");
  if (c->years > 0.0)
    {
      add_change (self, _ ("Size, a year"), g->delta[WILLIS_INDEX_SIZE].value / c->years,
                  g->delta[WILLIS_INDEX_SIZE].sd / c->years, "mm");
      add_change (self, _ ("Volume, a year"), g->volume_percent / c->years, g->volume_percent_sd / c->years, "%");
    }
  gtk_list_box_append (GTK_LIST_BOX (self->changes),
                       willis_row_new (_ ("At least 1 mm in one direction"), g->one_mm ? _ ("yes") : _ ("no")));
  gtk_list_box_append (GTK_LIST_BOX (self->changes),
                       willis_row_new (_ ("At least 0.5 mm in two directions"), g->two_half_mm ? _ ("yes") : _ ("no")));
  gtk_list_box_append (GTK_LIST_BOX (self->changes), willis_row_new (_ ("Volume beyond twice its variation"),
                                                                     g->volume_cov ? _ ("yes") : _ ("no")));
  gtk_list_box_append (GTK_LIST_BOX (self->changes), willis_row_new (_ ("Registration error at the aneurysm"), tre));
  if (isfinite (g->align.bone_mm))
    gtk_list_box_append (GTK_LIST_BOX (self->changes), willis_row_new (_ ("Registration error of the head"), bone));
  if (isfinite (g->align.artery_share))
    gtk_list_box_append (GTK_LIST_BOX (self->changes), willis_row_new (_ ("Arteries that meet, distance"), share));
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
  for (char **w = c->warnings; *w != NULL; w++)
    gtk_label_set_text (add_label (self->warnings, "warning"), *w);
}

/* A date as a calendar year with its part. */
static double
year_of (const WillisStudy *study)
{
  WillisStudy zero = WILLIS_STUDY_INIT;

  zero.study_date = (char *) "2000-01-01";
  return 2000.0 + willis_study_years (&zero, study);
}

/* All scans against the open one, with the necks that correspond: each earlier value is the open one's less the change. */
static void
fill_chart (WillisFollowupPage *self)
{
  const GPtrArray *earlier = willis_session_earlier (session_of (self));
  WillisCase *c = willis_session_case (session_of (self));
  WillisIndex index = trend_indices[MIN (gtk_drop_down_get_selected (GTK_DROP_DOWN (self->index)),
                                         G_N_ELEMENTS (trend_indices) - 1)];
  g_autoptr (GArray) points = g_array_new (FALSE, FALSE, sizeof (WillisTrendPoint));
  WillisTrendPoint now = { NAN, NAN, NAN };

  for (guint i = 0; i < earlier->len; i++)
    {
      const WillisEarlier *e = earlier->pdata[i];
      const WillisGrowth *g = e->comparison.growth;
      WillisTrendPoint p = { year_of (willis_case_study (e->c)), g->before[index].value, g->delta[index].sd };

      if (isfinite (g->after[index].value))
        now.value = g->after[index].value;
      g_array_append_val (points, p);
    }
  if (c != NULL && earlier->len > 0)
    {
      now.year = year_of (willis_case_study (c));
      g_array_append_val (points, now);
    }
  willis_trend_chart_set (WILLIS_TREND_CHART (self->chart), (const WillisTrendPoint *) points->data, points->len,
                          willis_format_unit (willis_index_info (index)->unit));
}

/* The position as shown, with what the fields add: a shift of the earlier scan in the open one's coordinates, and turns
 * about the aneurysm. */
static WillisRigid
nudged (WillisFollowupPage *self, const WillisEarlier *e)
{
  const WillisGrowth *g = e->comparison.growth;
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

static void
willis_followup_page_update (WillisStepPage *page, WillisSession *session)
{
  WillisFollowupPage *self = WILLIS_FOLLOWUP_PAGE (page);
  const WillisEarlier *e = shown_earlier (self);
  WillisCase *c = willis_session_case (session);
  gboolean idle = c != NULL && willis_case_volume (c) != NULL && willis_session_jobs (session)->len == 0;

  willis_step_page_say_state (self->state_label, session, WILLIS_STEP_FOLLOWUP);
  gtk_widget_set_sensitive (self->choose, idle);
  gtk_widget_set_sensitive (self->again, idle && e != NULL);
  gtk_widget_set_visible (self->again, e != NULL && (willis_session_earlier_stale (session) || e->by_hand));
  gtk_widget_set_sensitive (self->nudge_apply, idle);
  gtk_widget_set_visible (self->result, e != NULL);
  if (e == NULL)
    {
      fill_earlier (self);
      self->shown = NULL;
      return;
    }
  if (self->shown == e->comparison.growth && self->shown_n == willis_session_earlier (session)->len)
    return;
  self->shown = e->comparison.growth;
  self->shown_n = willis_session_earlier (session)->len;
  fill_earlier (self);
  gtk_label_set_text (self->verdict, verdict_text (e->comparison.growth));
  gtk_label_set_text (self->rule, e->comparison.growth->rule);
  fill_warnings (self, &e->comparison);
  fill_changes (self, &e->comparison);
  fill_regions (self, e->comparison.growth);
  fill_chart (self);
  self->updating = TRUE;
  for (int a = 0; a < 6; a++)
    gtk_spin_button_set_value (GTK_SPIN_BUTTON (self->nudge[a]), 0);
  self->updating = FALSE;
  willis_compare_view_set (WILLIS_COMPARE_VIEW (self->view), willis_case_volume (e->c), &e->comparison.growth->align.motion);
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
on_earlier_row (GtkListBox *list, GtkListBoxRow *row, WillisFollowupPage *self)
{
  willis_session_show_earlier (session_of (self), gtk_list_box_row_get_index (row));
}

static void
on_region (GtkListBox *list, GtkListBoxRow *row, WillisFollowupPage *self)
{
  const WillisEarlier *e = shown_earlier (self);
  guint n = (guint) gtk_list_box_row_get_index (row);
  double at[3];

  if (e == NULL || n >= e->comparison.growth->regions->len)
    return;
  willis_rigid_apply (&e->comparison.growth->align.motion,
                      g_array_index (e->comparison.growth->regions, WillisGrowthRegion, n).centre_lps_mm, at);
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
  const WillisEarlier *e = shown_earlier (self);
  WillisRigid motion;

  if (e == NULL || self->updating)
    return;
  motion = nudged (self, e);
  willis_compare_view_set_motion (WILLIS_COMPARE_VIEW (self->view), &motion);
}

static void
on_nudge_apply (WillisFollowupPage *self)
{
  const WillisEarlier *e = shown_earlier (self);
  WillisRigid motion;

  if (e == NULL)
    return;
  motion = nudged (self, e);
  willis_session_compare_again (session_of (self), &motion);
}

static void
on_nudge_back (WillisFollowupPage *self)
{
  for (int a = 0; a < 6; a++)
    gtk_spin_button_set_value (GTK_SPIN_BUTTON (self->nudge[a]), 0);
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
  const char *const names[6] = { _ ("To the left"), _ ("Backwards"), _ ("Upwards"), _ ("Turn about left"),
                                 _ ("Turn about back"), _ ("Turn about up") };
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
      g_signal_connect_swapped (self->nudge[a], "value-changed", G_CALLBACK (on_nudge), self);
    }
  gtk_box_append (GTK_BOX (inner), grid);
  self->nudge_apply = add_button (inner, _ ("Measure in this position"), G_CALLBACK (on_nudge_apply), self);
  self->nudge_back = add_button (inner, _ ("Back"), G_CALLBACK (on_nudge_back), self);
  gtk_expander_set_child (GTK_EXPANDER (expander), inner);
  gtk_box_append (GTK_BOX (box), expander);
}

static void
build_series (WillisFollowupPage *self, GtkWidget *box)
{
  const char *names[G_N_ELEMENTS (trend_indices) + 1];
  GtkWidget *group = add_group (box, _ ("Time line"));

  for (gsize i = 0; i < G_N_ELEMENTS (trend_indices); i++)
    names[i] = _ (willis_index_info (trend_indices[i])->label);
  names[G_N_ELEMENTS (trend_indices)] = NULL;
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
  gtk_label_set_text (add_label (box, "dim-label"),
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
  build_overlay (self, self->result, session);
  build_nudge (self, self->result);
  self->regions_group = add_group (self->result, _ ("Regions that moved"));
  self->regions = add_list (self->regions_group);
  g_signal_connect (self->regions, "row-activated", G_CALLBACK (on_region), self);
  self->changes = add_list (add_group (self->result, _ ("Changes")));
  build_series (self, self->result);
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
