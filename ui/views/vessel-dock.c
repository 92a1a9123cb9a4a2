/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/views/vessel-dock.h"

#include <math.h>
#include <string.h>

#include "core/base/i18n.h"
#include "core/vessel/anatomy.h"
#include "ui/model/format.h"
#include "ui/views/cross-section.h"
#include "ui/views/name-popover.h"
#include "ui/views/profile-chart.h"
#include "ui/views/vessel-strip.h"

#define PIXEL_MM 0.2
#define HALF_WIDTH_MM 12.0

typedef struct
{
  WillisCourse *course;
  WillisProfile *profile;
  WillisDiameterSd sd;
} Along;

typedef struct
{
  float *values;
  double *edges;
  int width, height;
} Strip;

struct _WillisVesselDock
{
  GtkBox parent_instance;
  WillisSession *session;
  GtkWidget *name_button, *before_button, *after_button, *facts_label, *narrow_label, *chart, *strip, *section, *at_label;
  GtkWidget *what_drop, *kind_drop, *reset_button, *copy_button, *spinner;
  // what is measured
  WillisTree *tree;
  WillisSurface *surface;
  GArray *way; // of int
  Along *along;
  WillisStenosis stenosis;
  double reference_mm; // NaN: found
  WillisJob *job, *strip_job;
  gboolean strip_again;
  double angle, cursor_mm;
  gboolean moving; // the cursor moves the crosshair
};

G_DEFINE_FINAL_TYPE (WillisVesselDock, willis_vessel_dock, GTK_TYPE_BOX)

static void
along_free (gpointer data)
{
  Along *a = data;

  g_clear_pointer (&a->course, willis_course_free);
  g_clear_pointer (&a->profile, willis_profile_free);
  g_free (a);
}

/* --- measuring along the way, on a thread */

typedef struct
{
  WillisCase *c; // a copy
  GArray *way;
} AlongInput;

static void
along_input_free (gpointer data)
{
  AlongInput *in = data;

  willis_case_unref (in->c);
  g_array_unref (in->way);
  g_free (in);
}

static gpointer
along_work (const WillisProgress *progress, gpointer data, GError **error)
{
  AlongInput *in = data;
  Along *a = g_new0 (Along, 1);

  a->course = willis_course_new_with_flow (willis_case_tree (in->c), (const int *) (const void *) in->way->data, in->way->len, error);
  if (a->course != NULL)
    a->profile = willis_profile_new (a->course, willis_case_tree (in->c), willis_case_surface (in->c), progress, error);
  if (a->profile == NULL)
    {
      along_free (a);
      return NULL;
    }
  a->sd = willis_case_diameter_sd (in->c);
  return a;
}

/* --- the scan along it, on a thread; it makes a course of its own from the same branches */

typedef struct
{
  WillisCase *c;
  GArray *way;
  WillisReformatKind kind;
  double angle;
} StripInput;

static void
strip_input_free (gpointer data)
{
  StripInput *in = data;

  willis_case_unref (in->c);
  g_array_unref (in->way);
  g_free (in);
}

static void
strip_free (gpointer data)
{
  Strip *s = data;

  g_free (s->values);
  g_free (s->edges);
  g_free (s);
}

static gpointer
strip_work (const WillisProgress *progress, gpointer data, GError **error)
{
  StripInput *in = data;
  g_autoptr (WillisCourse) course
      = willis_course_new_with_flow (willis_case_tree (in->c), (const int *) (const void *) in->way->data, in->way->len, error);
  Strip *s;

  if (course == NULL)
    return NULL;
  s = g_new0 (Strip, 1);
  s->values = willis_reformat (willis_case_volume (in->c), course, in->kind, in->angle, HALF_WIDTH_MM, PIXEL_MM, &s->width, &s->height);
  s->edges = willis_reformat_edges (willis_case_surface (in->c), course, in->kind, in->angle, HALF_WIDTH_MM, PIXEL_MM, s->height);
  return s;
}

static void start_strip (WillisVesselDock *self);

static void
strip_done (WillisJob *job, gpointer result, const GError *error, gpointer data)
{
  WillisVesselDock *self = data;
  Strip *s = result;

  if (self->strip_job == job)
    {
      g_clear_object (&self->strip_job);
      if (s != NULL && self->along != NULL && !self->strip_again)
        willis_vessel_strip_show (WILLIS_VESSEL_STRIP (self->strip), s->values, s->edges, s->width, s->height, PIXEL_MM,
                                  willis_course_length_mm (self->along->course));
      if (self->strip_again && self->along != NULL)
        start_strip (self);
    }
  g_clear_pointer (&s, strip_free);
  g_object_unref (self);
}

static void
start_strip (WillisVesselDock *self)
{
  WillisCase *c = willis_session_case (self->session);
  StripInput *in;

  self->strip_again = self->strip_job != NULL;
  if (self->strip_again || c == NULL || willis_case_volume (c) == NULL)
    return;
  in = g_new0 (StripInput, 1);
  in->c = willis_case_copy (c);
  in->way = g_array_copy (self->way);
  in->kind = gtk_drop_down_get_selected (GTK_DROP_DOWN (self->kind_drop)) == 1 ? WILLIS_REFORMAT_STRETCHED : WILLIS_REFORMAT_STRAIGHT;
  in->angle = self->angle;
  self->strip_job = willis_job_start (_ ("Straighten"), strip_work, in, strip_input_free, strip_free, strip_done, g_object_ref (self));
}

/* --- texts */

/* "3.9 ± 0.1 mm" (new). */
static char *
with_sd (double value, double sd, const char *unit)
{
  const WillisMeasure m = { value, sd, NULL };

  return willis_text_measure (&m, unit);
}

static void
show_narrowing (WillisVesselDock *self)
{
  const WillisStenosis *s = &self->stenosis;
  g_autofree char *text = NULL;

  gtk_widget_set_sensitive (self->reset_button, isfinite (self->reference_mm));
  if (s->reference == WILLIS_REFERENCE_NONE)
    {
      gtk_label_set_text (GTK_LABEL (self->narrow_label), _ ("no stretch of 5 mm to compare the narrowest place with"));
      return;
    }
  {
    const WillisDiameterSd *sd = &self->along->sd;
    g_autofree char *narrow = with_sd (s->diameter_mm, willis_narrowest_sd_mm (sd, s->diameter_mm), "mm");
    g_autofree char *reference = with_sd (s->reference_mm, willis_narrowest_sd_mm (sd, s->reference_mm), "mm");
    g_autofree char *percent = with_sd (s->percent, willis_stenosis_percent_sd (s, sd), "%");

    text = g_strdup_printf (s->reference == WILLIS_REFERENCE_DISTAL     ? _ ("narrowing %s: %s at %.1f mm against %s distally")
                            : s->reference == WILLIS_REFERENCE_PROXIMAL ? _ ("narrowing %s: %s at %.1f mm against %s proximally")
                                                                        : _ ("narrowing %s: %s at %.1f mm against %s where you put it"),
                            percent, narrow, s->at_mm, reference);
  }
  gtk_label_set_text (GTK_LABEL (self->narrow_label), text);
}

/* "3.94 (3.5 to 4.2)": a diameter between a least and a greatest one, each with its own deviation and no finer (new).
 */
static char *
between (double value, double sd, double least, double least_sd, double most, double most_sd)
{
  g_autofree char *middle = with_sd (value, sd, "mm"), *lo = willis_text_value (least, least_sd, ""),
                  *hi = willis_text_value (most, most_sd, "");

  return g_strdup_printf (_ ("%s (%s to %s)"), middle, lo, hi);
}

static void
show_facts (WillisVesselDock *self)
{
  const Along *a = self->along;
  const WillisProfile *p = a->profile;
  g_autofree char *mean = between (p->mean_diameter_mm, a->sd.mean_mm, p->min_diameter_mm,
                                   willis_section_sd_mm (&a->sd, p->min_diameter_mm), p->max_diameter_mm,
                                   willis_section_sd_mm (&a->sd, p->max_diameter_mm));
  g_autofree char *text = g_strdup_printf (
      _ ("%.1f mm long, ⌀ %s, tortuosity %.2f, bends %.0f° in all"), willis_course_length_mm (a->course), mean,
      willis_course_tortuosity (a->course), willis_course_total_curvature (a->course) * 180.0 / G_PI);

  gtk_label_set_text (GTK_LABEL (self->facts_label), text);
}

static gsize
cursor_index (WillisVesselDock *self)
{
  const WillisCoursePoint *p = willis_course_points (self->along->course);
  gsize i = 0, n = willis_course_n (self->along->course);

  while (i + 1 < n && fabs (p[i + 1].at_mm - self->cursor_mm) <= fabs (p[i].at_mm - self->cursor_mm))
    i++;
  return i;
}

static void
show_cursor (WillisVesselDock *self)
{
  g_autofree char *text = NULL;

  willis_profile_chart_set_cursor (WILLIS_PROFILE_CHART (self->chart), self->along != NULL ? self->cursor_mm : NAN);
  willis_vessel_strip_set_cursor (WILLIS_VESSEL_STRIP (self->strip), self->along != NULL ? self->cursor_mm : NAN);
  gtk_widget_queue_draw (self->section);
  if (self->along == NULL || !isfinite (self->cursor_mm))
    {
      gtk_label_set_text (GTK_LABEL (self->at_label), "");
      return;
    }
  {
    gsize n = cursor_index (self);
    const WillisCrossSection *s = self->along->profile->sections + n;
    const WillisCoursePoint *p = willis_course_points (self->along->course) + n;

    const WillisDiameterSd *sd = &self->along->sd;

    if (isfinite (s->area_mm2))
      {
        double round_sd = willis_section_sd_mm (sd, s->area_diameter_mm);
        g_autofree char *round = between (s->area_diameter_mm, round_sd, s->min_diameter_mm,
                                          willis_narrowest_sd_mm (sd, s->min_diameter_mm), s->max_diameter_mm,
                                          willis_narrowest_sd_mm (sd, s->max_diameter_mm));
        g_autofree char *area = with_sd (s->area_mm2, 0.5 * G_PI * s->area_diameter_mm * round_sd, "mm2");

        text = g_strdup_printf (_ ("at %.1f mm\n⌀ %s\narea %s\ncurvature %.2f/mm"), p->at_mm, round, area,
                                p->curvature_per_mm);
      }
    else
      text = g_strdup_printf (_ ("at %.1f mm\nno closed section\ninscribed ⌀ %.2f mm\ncurvature %.2f/mm"), p->at_mm, p->inscribed_mm,
                              p->curvature_per_mm);
  }
  gtk_label_set_text (GTK_LABEL (self->at_label), text);
}

static void
restate_stenosis (WillisVesselDock *self)
{
  self->stenosis = willis_profile_stenosis (self->along->course, self->along->profile, NAN, NAN, self->reference_mm);
  willis_profile_chart_show (WILLIS_PROFILE_CHART (self->chart), self->along->course, self->along->profile, &self->stenosis);
  show_narrowing (self);
}

/* --- the cursor and the crosshair */

static void
move_cursor (WillisVesselDock *self, double at_mm)
{
  const WillisCoursePoint *p;

  if (self->along == NULL)
    return;
  self->cursor_mm = at_mm;
  p = willis_course_points (self->along->course) + cursor_index (self);
  self->moving = TRUE;
  willis_session_set_oblique (self->session, p->tangent, p->normal);
  willis_session_set_crosshair (self->session, p->centre_lps_mm);
  self->moving = FALSE;
  show_cursor (self);
}

static void
on_cursor_moved (GtkWidget *widget, double at_mm, WillisVesselDock *self)
{
  move_cursor (self, at_mm);
}

/* The crosshair set elsewhere: the cursor goes where it is nearest, if it is in or beside the vessel. */
static void
on_crosshair (WillisVesselDock *self)
{
  double distance;
  gsize n;

  if (self->moving || self->along == NULL)
    return;
  n = willis_course_nearest (self->along->course, willis_session_crosshair (self->session), &distance);
  if (distance > MAX (4.0, willis_course_points (self->along->course)[n].inscribed_mm))
    return;
  self->cursor_mm = willis_course_points (self->along->course)[n].at_mm;
  show_cursor (self);
}

static void
on_reference_moved (GtkWidget *widget, double at_mm, WillisVesselDock *self)
{
  self->reference_mm = at_mm;
  restate_stenosis (self);
}

static void
on_reset (WillisVesselDock *self)
{
  self->reference_mm = NAN;
  if (self->along != NULL)
    restate_stenosis (self);
}

static void
on_turned (GtkWidget *widget, double by_rad, WillisVesselDock *self)
{
  self->angle = fmod (self->angle + by_rad, 2.0 * G_PI);
  if (self->along != NULL)
    start_strip (self);
}

static void
on_kind (WillisVesselDock *self)
{
  if (self->along != NULL)
    start_strip (self);
}

static void
on_what (WillisVesselDock *self)
{
  willis_profile_chart_set_what (WILLIS_PROFILE_CHART (self->chart),
                                 (WillisAlongWhat) gtk_drop_down_get_selected (GTK_DROP_DOWN (self->what_drop)));
}

static void
on_copy (WillisVesselDock *self)
{
  g_autofree char *csv = self->along != NULL ? willis_profile_csv (self->along->course, self->along->profile) : NULL;

  if (csv == NULL)
    return;
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), csv);
  willis_session_say (self->session, FALSE, _ ("The table is on the clipboard."));
}

static void
on_close (WillisVesselDock *self)
{
  willis_session_select_branch (self->session, -1);
}

/* --- the cross-section at the cursor */

static void
draw_section (GtkDrawingArea *area, cairo_t *cr, int width, int height, gpointer data)
{
  WillisVesselDock *self = data;
  WillisCase *c = willis_session_case (self->session);

  cairo_set_source_rgb (cr, 0.05, 0.05, 0.06);
  cairo_paint (cr);
  if (self->along != NULL && isfinite (self->cursor_mm) && c != NULL && willis_case_volume (c) != NULL)
    willis_cross_section_draw (cr, width, height, willis_case_volume (c), self->surface,
                               willis_course_points (self->along->course) + cursor_index (self), willis_session_display (self->session));
}

/* --- following the session */

static void
along_done (WillisJob *job, gpointer result, const GError *error, gpointer data)
{
  WillisVesselDock *self = data;
  Along *a = result;

  if (self->job == job)
    {
      g_clear_object (&self->job);
      gtk_spinner_stop (GTK_SPINNER (self->spinner));
      self->along = g_steal_pointer (&a);
      if (self->along != NULL)
        {
          restate_stenosis (self);
          show_facts (self);
          self->cursor_mm = NAN;
          on_crosshair (self);
          if (!isfinite (self->cursor_mm))
            move_cursor (self, 0.5 * willis_course_length_mm (self->along->course));
          start_strip (self);
        }
      else if (error != NULL)
        gtk_label_set_text (GTK_LABEL (self->facts_label), error->message);
    }
  g_clear_pointer (&a, along_free);
  g_object_unref (self);
}

/* Takes away what no longer holds. */
static void
retire (WillisVesselDock *self)
{
  if (self->job != NULL)
    willis_job_cancel (self->job);
  g_clear_object (&self->job);
  if (self->strip_job != NULL)
    willis_job_cancel (self->strip_job);
  g_clear_object (&self->strip_job);
  self->strip_again = FALSE;
  willis_profile_chart_show (WILLIS_PROFILE_CHART (self->chart), NULL, NULL, NULL);
  willis_vessel_strip_show (WILLIS_VESSEL_STRIP (self->strip), NULL, NULL, 0, 0, PIXEL_MM, 0.0);
  g_clear_pointer (&self->along, along_free);
  g_clear_pointer (&self->tree, willis_tree_unref);
  g_clear_pointer (&self->surface, willis_surface_unref);
  g_array_set_size (self->way, 0);
  self->reference_mm = NAN;
  self->cursor_mm = NAN;
  gtk_label_set_text (GTK_LABEL (self->facts_label), "");
  gtk_label_set_text (GTK_LABEL (self->narrow_label), "");
  show_cursor (self);
}

static gboolean
same_way (const GArray *a, const GArray *b)
{
  return a->len == b->len && (a->len == 0 || memcmp (a->data, b->data, a->len * sizeof (int)) == 0);
}

static char *
branch_text (const WillisTree *tree, int n)
{
  const char *name = willis_tree_branch (tree, (gsize) n)->name;
  g_autofree char *text = willis_artery_text (name != NULL ? name : WILLIS_NAME_UNSURE);

  return name != NULL ? g_steal_pointer (&text) : g_strdup_printf (_ ("%s (branch %d)"), text, n + 1);
}

static void
action_extend (GtkWidget *widget, const char *name, GVariant *parameter)
{
  willis_session_extend_way (WILLIS_VESSEL_DOCK (widget)->session, g_variant_get_int32 (parameter));
}

/* What joins at either end, to go on along. */
static void
show_neighbours (WillisVesselDock *self)
{
  GtkWidget *buttons[2] = { self->before_button, self->after_button };
  gboolean against = willis_way_against_flow (self->tree, (const int *) (const void *) self->way->data, self->way->len);

  for (int e = 0; e < 2; e++)
    {
      g_autoptr (GArray) near = willis_session_way_neighbours (self->session, (e == 1) != against);
      g_autoptr (GMenu) menu = g_menu_new ();

      for (guint i = 0; i < near->len; i++)
        {
          int n = g_array_index (near, int, i);
          g_autofree char *text = branch_text (self->tree, n), *action = g_strdup_printf ("dock.extend(%d)", n);

          g_menu_append (menu, text, action);
        }
      gtk_menu_button_set_menu_model (GTK_MENU_BUTTON (buttons[e]), G_MENU_MODEL (menu));
      gtk_widget_set_sensitive (buttons[e], near->len > 0);
    }
}

static void
show_name (WillisVesselDock *self)
{
  int n = willis_session_branch (self->session);
  const WillisBranch *b;
  g_autofree char *name = NULL, *tip = NULL;
  GString *all;
  gboolean against;

  if (n < 0 || self->tree == NULL)
    return;
  all = g_string_new (NULL);
  against = willis_way_against_flow (self->tree, (const int *) (const void *) self->way->data, self->way->len);
  b = willis_tree_branch (self->tree, (gsize) n);
  for (guint i = 0; i < self->way->len; i++)
    {
      g_autofree char *text = branch_text (self->tree, g_array_index (self->way, int, against ? self->way->len - 1 - i : i));

      g_string_append_printf (all, "%s%s", i > 0 ? " › " : "", text);
    }
  name = g_string_free (all, FALSE);
  tip = b->by_hand ? g_strdup (_ ("Named by hand. Click to choose another name.")) :
        b->name != NULL ? g_strdup_printf (_ ("The name is %.0f %% sure. Click to choose another."), 100.0 * b->confidence)
                        : g_strdup (_ ("The picture does not say which artery this is. Click to choose a name."));
  gtk_menu_button_set_label (GTK_MENU_BUTTON (self->name_button), name);
  gtk_widget_set_tooltip_text (self->name_button, tip);
}

static void
update (WillisVesselDock *self)
{
  WillisCase *c = willis_session_case (self->session);
  const GArray *way = willis_session_way (self->session);
  WillisTree *tree = c != NULL ? willis_case_tree (c) : NULL;
  WillisSurface *surface = c != NULL ? willis_case_surface (c) : NULL;
  gboolean wanted = tree != NULL && surface != NULL && way->len > 0 && willis_session_step (self->session) == WILLIS_STEP_VESSELS;
  AlongInput *in;

  gtk_widget_set_visible (GTK_WIDGET (self), wanted);
  if (!wanted)
    {
      if (tree == NULL || surface == NULL || way->len == 0)
        retire (self);
      return;
    }
  willis_vessel_strip_set_window (WILLIS_VESSEL_STRIP (self->strip), willis_session_display (self->session)->window,
                                  willis_session_display (self->session)->level);
  // names alone may have changed: the same digest
  if (self->tree != NULL && self->tree != tree && g_strcmp0 (willis_tree_digest (self->tree), willis_tree_digest (tree)) == 0)
    {
      willis_tree_unref (self->tree);
      self->tree = willis_tree_ref (tree);
    }
  if (tree != self->tree || surface != self->surface || !same_way (way, self->way))
    {
      retire (self);
      self->tree = willis_tree_ref (tree);
      self->surface = willis_surface_ref (surface);
      if (way->len > 0)
        g_array_append_vals (self->way, way->data, way->len);
      in = g_new0 (AlongInput, 1);
      in->c = willis_case_copy (c);
      in->way = g_array_copy (self->way);
      gtk_spinner_start (GTK_SPINNER (self->spinner));
      self->job = willis_job_start (_ ("Measure along the vessel"), along_work, in, along_input_free, along_free, along_done,
                                    g_object_ref (self));
    }
  show_name (self);
  show_neighbours (self);
}

/* --- the widget */

static void
willis_vessel_dock_dispose (GObject *object)
{
  WillisVesselDock *self = WILLIS_VESSEL_DOCK (object);

  if (self->session != NULL)
    retire (self);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (willis_vessel_dock_parent_class)->dispose (object);
}

static void
willis_vessel_dock_finalize (GObject *object)
{
  g_array_unref (WILLIS_VESSEL_DOCK (object)->way);
  G_OBJECT_CLASS (willis_vessel_dock_parent_class)->finalize (object);
}

static void
willis_vessel_dock_class_init (WillisVesselDockClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = willis_vessel_dock_dispose;
  G_OBJECT_CLASS (klass)->finalize = willis_vessel_dock_finalize;
  gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (klass), "vesseldock");
  gtk_widget_class_install_action (GTK_WIDGET_CLASS (klass), "dock.extend", "i", action_extend);
}

static GtkWidget *
drop_down (const char *const *texts, const char *label)
{
  g_autoptr (GtkStringList) list = gtk_string_list_new (NULL);
  GtkWidget *drop;

  for (gsize n = 0; texts[n] != NULL; n++)
    gtk_string_list_append (list, _ (texts[n]));
  drop = gtk_drop_down_new (G_LIST_MODEL (g_steal_pointer (&list)), NULL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (drop), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  return drop;
}

static GtkWidget *
flat_button (const char *icon, const char *tip, GCallback callback, gpointer data)
{
  GtkWidget *button = gtk_button_new_from_icon_name (icon);

  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_tooltip_text (button, tip);
  g_signal_connect_swapped (button, "clicked", callback, data);
  return button;
}

static GtkWidget *
menu_button (const char *icon, const char *tip)
{
  GtkWidget *button = gtk_menu_button_new ();

  gtk_menu_button_set_icon_name (GTK_MENU_BUTTON (button), icon);
  gtk_menu_button_set_direction (GTK_MENU_BUTTON (button), GTK_ARROW_UP);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_tooltip_text (button, tip);
  return button;
}

static GtkWidget *
build_head (WillisVesselDock *self)
{
  static const char *const whats[] = { N_ ("Diameter"), N_ ("Area"), N_ ("Curvature"), NULL };
  static const char *const kinds[] = { N_ ("Straightened"), N_ ("Curved plane"), NULL };
  GtkWidget *head = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 4), *space = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);

  self->before_button = menu_button ("go-previous-symbolic", _ ("Begin one artery earlier"));
  self->name_button = gtk_menu_button_new ();
  gtk_widget_add_css_class (self->name_button, "flat");
  gtk_menu_button_set_direction (GTK_MENU_BUTTON (self->name_button), GTK_ARROW_UP);
  self->after_button = menu_button ("go-next-symbolic", _ ("Go on into the next artery"));
  self->spinner = gtk_spinner_new ();
  gtk_widget_set_hexpand (space, TRUE);
  self->what_drop = drop_down (whats, _ ("What the chart shows"));
  self->kind_drop = drop_down (kinds, _ ("How the scan is laid out"));
  g_signal_connect_swapped (self->what_drop, "notify::selected", G_CALLBACK (on_what), self);
  g_signal_connect_swapped (self->kind_drop, "notify::selected", G_CALLBACK (on_kind), self);
  self->reset_button = flat_button ("edit-undo-symbolic", _ ("Find the reference by itself again"), G_CALLBACK (on_reset), self);
  self->copy_button = flat_button ("edit-copy-symbolic", _ ("Copy the table"), G_CALLBACK (on_copy), self);
  gtk_box_append (GTK_BOX (head), self->before_button);
  gtk_box_append (GTK_BOX (head), self->name_button);
  gtk_box_append (GTK_BOX (head), self->after_button);
  gtk_box_append (GTK_BOX (head), self->spinner);
  gtk_box_append (GTK_BOX (head), space);
  gtk_box_append (GTK_BOX (head), self->what_drop);
  gtk_box_append (GTK_BOX (head), self->kind_drop);
  gtk_box_append (GTK_BOX (head), self->reset_button);
  gtk_box_append (GTK_BOX (head), self->copy_button);
  gtk_box_append (GTK_BOX (head), flat_button ("window-close-symbolic", _ ("Close"), G_CALLBACK (on_close), self));
  return head;
}

static GtkWidget *
line_label (void)
{
  GtkWidget *label = gtk_label_new ("");

  gtk_label_set_xalign (GTK_LABEL (label), 0.0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_label_set_selectable (GTK_LABEL (label), FALSE);
  gtk_widget_add_css_class (label, "caption");
  return label;
}

static void
willis_vessel_dock_init (WillisVesselDock *self)
{
  GtkWidget *columns = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6), *left = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);
  GtkWidget *right = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);

  gtk_orientable_set_orientation (GTK_ORIENTABLE (self), GTK_ORIENTATION_VERTICAL);
  self->way = g_array_new (FALSE, FALSE, sizeof (int));
  self->reference_mm = self->cursor_mm = NAN;
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
  gtk_box_append (GTK_BOX (self), build_head (self));
  self->facts_label = line_label ();
  self->narrow_label = line_label ();
  gtk_label_set_wrap (GTK_LABEL (self->narrow_label), TRUE); // against what is said last
  gtk_label_set_lines (GTK_LABEL (self->narrow_label), 2);
  self->chart = willis_profile_chart_new ();
  gtk_widget_set_size_request (self->chart, -1, 92);
  self->strip = willis_vessel_strip_new ();
  gtk_widget_set_size_request (self->strip, -1, 76);
  self->section = gtk_drawing_area_new ();
  gtk_widget_set_size_request (self->section, 120, 110);
  gtk_drawing_area_set_draw_func (GTK_DRAWING_AREA (self->section), draw_section, self, NULL);
  gtk_widget_set_vexpand (self->section, TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->section), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Cross-section of the vessel"), -1);
  self->at_label = line_label ();
  gtk_widget_set_size_request (self->at_label, 150, -1);
  gtk_box_append (GTK_BOX (left), self->facts_label);
  gtk_box_append (GTK_BOX (left), self->narrow_label);
  gtk_box_append (GTK_BOX (left), self->chart);
  gtk_box_append (GTK_BOX (left), self->strip);
  gtk_widget_set_hexpand (left, TRUE);
  gtk_box_append (GTK_BOX (right), self->section);
  gtk_box_append (GTK_BOX (right), self->at_label);
  gtk_box_append (GTK_BOX (columns), left);
  gtk_box_append (GTK_BOX (columns), right);
  gtk_box_append (GTK_BOX (self), columns);
  g_signal_connect (self->chart, "cursor-moved", G_CALLBACK (on_cursor_moved), self);
  g_signal_connect (self->strip, "cursor-moved", G_CALLBACK (on_cursor_moved), self);
  g_signal_connect (self->chart, "reference-moved", G_CALLBACK (on_reference_moved), self);
  g_signal_connect (self->strip, "turned", G_CALLBACK (on_turned), self);
}

GtkWidget *
willis_vessel_dock_new (WillisSession *session)
{
  WillisVesselDock *self = g_object_new (WILLIS_TYPE_VESSEL_DOCK, NULL);

  self->session = g_object_ref (session);
  gtk_menu_button_set_popover (GTK_MENU_BUTTON (self->name_button), willis_name_popover_new (session));
  g_signal_connect_object (session, "case-changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "selection-changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "display-changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "crosshair-changed", G_CALLBACK (on_crosshair), self, G_CONNECT_SWAPPED);
  return GTK_WIDGET (self);
}

const WillisCourse *
willis_vessel_dock_course (WillisVesselDock *self)
{
  return self->along != NULL ? self->along->course : NULL;
}

const WillisProfile *
willis_vessel_dock_profile (WillisVesselDock *self)
{
  return self->along != NULL ? self->along->profile : NULL;
}

WillisStenosis
willis_vessel_dock_stenosis (WillisVesselDock *self)
{
  return self->stenosis;
}

double
willis_vessel_dock_cursor_mm (WillisVesselDock *self)
{
  return self->cursor_mm;
}
