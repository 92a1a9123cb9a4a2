/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/steps/view-list.h"

#include <math.h>

#include "core/base/i18n.h"
#include "ui/scene/scene.h"
#include "ui/steps/step-page.h"

#define THUMB_PX 128
#define SHOWN_PX 64

struct _WillisViewList
{
  AdwBin parent_instance;
  WillisSession *session;
  WillisView3d *view; // borrowed
  GtkWidget *group, *list, *primary_spin, *secondary_spin;
  WillisAneurysm *of; // whose views are listed or being computed
  WillisCArmLimits limits;
  WillisJob *job;
  gboolean updating;
};

G_DEFINE_FINAL_TYPE (WillisViewList, willis_view_list, ADW_TYPE_BIN)

/* --- computing them and their pictures, on a thread */

typedef struct
{
  WillisSurface *lumen;
  WillisTree *tree; // may be NULL
  WillisAneurysm *aneurysm;
  WillisCArmLimits limits;
  GArray *known; // views that need pictures only, or NULL
} ViewsInput;

typedef struct
{
  GArray *views;      // of WillisWorkingView
  GPtrArray *pictures; // of GBytes: THUMB_PX x THUMB_PX RGBA; fewer than views where they cannot be drawn
} ViewsResult;

static void
views_input_free (gpointer data)
{
  ViewsInput *in = data;

  willis_surface_unref (in->lumen);
  g_clear_pointer (&in->tree, willis_tree_unref);
  g_clear_pointer (&in->known, g_array_unref);
  willis_aneurysm_unref (in->aneurysm);
  g_free (in);
}

static void
views_result_free (gpointer data)
{
  ViewsResult *r = data;

  g_clear_pointer (&r->views, g_array_unref);
  g_ptr_array_unref (r->pictures);
  g_free (r);
}

/* By the scene's own rasteriser, which needs no OpenGL context and so may run here. */
static void
draw_pictures (const ViewsInput *in, ViewsResult *r)
{
  g_autoptr (WillisScene) scene = willis_scene_new (NULL);
  g_autoptr (WillisSurface) sac = willis_surface_offset (willis_aneurysm_sac (in->aneurysm), WILLIS_SAC_LIFT_MM);
  double box[6], centre[3], radius = 0.0;
  WillisCamera camera;

  if (scene == NULL || !willis_scene_show_surface (scene, "lumen", in->lumen, WILLIS_COLOUR_VESSEL, 1.0, NULL)
      || !willis_scene_show_surface (scene, "sac", sac, WILLIS_COLOUR_SAC, 1.0, NULL))
    return;
  willis_scene_set_style (scene, TRUE, FALSE);
  willis_surface_bounds (sac, box);
  for (int a = 0; a < 3; a++)
    {
      centre[a] = 0.5 * (box[a] + box[a + 3]);
      radius += 0.25 * (box[a + 3] - box[a]) * (box[a + 3] - box[a]);
    }
  for (guint n = 0; n < r->views->len; n++)
    {
      guint8 *rgba;

      willis_scene_get_camera (scene, &camera);
      willis_camera_set_c_arm (&camera, &g_array_index (r->views, WillisWorkingView, n).angles);
      willis_camera_frame (&camera, centre, MAX (1.3 * sqrt (radius), 3.5), 1.0);
      willis_scene_set_camera (scene, &camera);
      rgba = willis_scene_render_rgba (scene, THUMB_PX, THUMB_PX, 1.0, WILLIS_RENDERER_RASTER, NULL);
      if (rgba == NULL)
        return;
      g_ptr_array_add (r->pictures, g_bytes_new_take (rgba, 4 * THUMB_PX * THUMB_PX));
    }
}

static gpointer
views_work (const WillisProgress *progress, gpointer data, GError **error)
{
  ViewsInput *in = data;
  WillisProgress part = willis_progress_part (progress, 0.0, 0.8, NULL);
  ViewsResult *r = g_new0 (ViewsResult, 1);

  r->pictures = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  r->views = in->known != NULL ? g_array_ref (in->known)
                               : willis_working_views_in_tree (in->lumen, in->tree, in->aneurysm, &in->limits, &part, error);
  if (r->views == NULL || !willis_progress_step (progress, 0.8, error))
    {
      views_result_free (r);
      return NULL;
    }
  draw_pictures (in, r);
  return r;
}

/* --- the rows */

static char *
subtitle_of (const WillisWorkingView *v)
{
  g_autofree char *text
      = v->kind == WILLIS_WORKING_VIEW_BARREL
            ? g_strdup_printf (_ ("%.0f° off the artery's axis, %.0f %% of the sac covered"),
                               acos (CLAMP (1.0 - v->foreshortening, 0.0, 1.0)) * 180.0 / M_PI, 100.0 * v->overlap)
            : g_strdup_printf (_ ("neck seen %.1f mm wide, %.0f %% of the sac covered"), v->neck_mm, 100.0 * v->overlap);

  return v->at_limit ? g_strdup_printf (_ ("%s; at the limit of the C-arm"), text) : g_steal_pointer (&text);
}

static void
add_row (WillisViewList *self, const WillisWorkingView *v, int number, GBytes *picture)
{
  g_autofree char *angles = willis_c_arm_text (&v->angles);
  g_autofree char *subtitle = subtitle_of (v);
  g_autofree char *title = v->kind == WILLIS_WORKING_VIEW_BARREL ? g_strdup_printf (_ ("Barrel view  %s"), angles)
                                                                 : g_strdup_printf (_ ("Neck view %d  %s"), number, angles);
  GtkWidget *row = adw_action_row_new ();
  double *pair = g_new (double, 2);

  pair[0] = v->angles.primary * 180.0 / M_PI;
  pair[1] = v->angles.secondary * 180.0 / M_PI;
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  if (picture != NULL)
    {
      g_autoptr (GdkTexture) texture = gdk_memory_texture_new (THUMB_PX, THUMB_PX, GDK_MEMORY_R8G8B8A8, picture, 4 * THUMB_PX);
      GtkWidget *image = gtk_picture_new_for_paintable (GDK_PAINTABLE (texture));

      gtk_widget_set_size_request (image, SHOWN_PX, SHOWN_PX);
      gtk_picture_set_can_shrink (GTK_PICTURE (image), TRUE);
      gtk_widget_set_valign (image, GTK_ALIGN_CENTER);
      gtk_widget_add_css_class (image, "candidate-picture");
      gtk_picture_set_alternative_text (GTK_PICTURE (image), title);
      adw_action_row_add_prefix (ADW_ACTION_ROW (row), image);
    }
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), TRUE);
  gtk_widget_set_tooltip_text (row, _ ("Turn the 3D view there"));
  g_object_set_data_full (G_OBJECT (row), "angles", pair, g_free);
  gtk_list_box_append (GTK_LIST_BOX (self->list), row);
}

static void
list_views (WillisViewList *self, const ViewsResult *r)
{
  willis_list_clear (self->list);
  for (guint n = 0; r != NULL && n < r->views->len; n++)
    add_row (self, &g_array_index (r->views, WillisWorkingView, n), (int) n + 1,
             n < r->pictures->len ? g_ptr_array_index (r->pictures, n) : NULL);
  gtk_widget_set_visible (self->group, r != NULL && r->views->len > 0);
}

/* Until they are known. */
static void
list_spinner (WillisViewList *self)
{
  GtkWidget *row = willis_row_new (_ ("Trying all angles…"), ""), *spinner = gtk_spinner_new ();

  gtk_spinner_start (GTK_SPINNER (spinner));
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), spinner);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), FALSE);
  gtk_list_box_append (GTK_LIST_BOX (self->list), row);
  gtk_widget_set_visible (self->group, TRUE);
}

static void
views_done (WillisJob *job, gpointer result, const GError *error, gpointer data)
{
  WillisViewList *self = data;
  ViewsResult *r = result;

  if (self->job == job)
    {
      g_clear_object (&self->job);
      list_views (self, r);
      if (r != NULL)
        willis_session_take_working_views (self->session, self->of, g_array_ref (r->views));
    }
  g_clear_pointer (&r, views_result_free);
  g_object_unref (self);
}

static gboolean
same_limits (const WillisCArmLimits *a, const WillisCArmLimits *b)
{
  return a->primary_max == b->primary_max && a->secondary_max == b->secondary_max;
}

void
willis_view_list_update (WillisViewList *self)
{
  WillisAneurysm *aneurysm = willis_session_neck_in_hand (self->session) ? NULL : willis_session_shown_aneurysm (self->session);
  WillisCase *c = willis_session_case (self->session);
  WillisCArmLimits limits = willis_session_c_arm_limits (self->session);
  GArray *known = willis_session_working_views (self->session, aneurysm);
  ViewsInput *in;

  self->updating = TRUE;
  gtk_spin_button_set_value (GTK_SPIN_BUTTON (self->primary_spin), limits.primary_max * 180.0 / M_PI);
  gtk_spin_button_set_value (GTK_SPIN_BUTTON (self->secondary_spin), limits.secondary_max * 180.0 / M_PI);
  self->updating = FALSE;
  if (aneurysm == self->of && same_limits (&limits, &self->limits))
    return;
  if (self->job != NULL)
    willis_job_cancel (self->job);
  g_clear_object (&self->job);
  g_clear_pointer (&self->of, willis_aneurysm_unref);
  willis_list_clear (self->list);
  gtk_widget_set_visible (self->group, FALSE);
  if (aneurysm == NULL || willis_case_surface (c) == NULL)
    return;
  self->of = willis_aneurysm_ref (aneurysm);
  self->limits = limits;
  list_spinner (self);
  in = g_new0 (ViewsInput, 1);
  in->lumen = willis_surface_ref (willis_case_surface (c));
  in->tree = willis_case_tree (c) != NULL ? willis_tree_ref (willis_case_tree (c)) : NULL;
  in->aneurysm = willis_aneurysm_ref (aneurysm);
  in->limits = limits;
  in->known = known != NULL ? g_array_ref (known) : NULL;
  self->job = willis_job_start (_ ("Working views"), views_work, in, views_input_free, views_result_free, views_done,
                                g_object_ref (self));
}

static void
on_view (GtkListBox *list, GtkListBoxRow *row, WillisViewList *self)
{
  const double *pair = g_object_get_data (G_OBJECT (row), "angles");

  if (pair != NULL)
    willis_view3d_set_c_arm (self->view, pair[0], pair[1]);
}

static void
on_limit (WillisViewList *self)
{
  const WillisCArmLimits limits = { gtk_spin_button_get_value (GTK_SPIN_BUTTON (self->primary_spin)) * M_PI / 180.0,
                                    gtk_spin_button_get_value (GTK_SPIN_BUTTON (self->secondary_spin)) * M_PI / 180.0 };

  if (!self->updating)
    willis_session_set_c_arm_limits (self->session, &limits);
}

static void
willis_view_list_dispose (GObject *object)
{
  WillisViewList *self = WILLIS_VIEW_LIST (object);

  if (self->job != NULL)
    willis_job_cancel (self->job);
  g_clear_object (&self->job);
  g_clear_pointer (&self->of, willis_aneurysm_unref);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (willis_view_list_parent_class)->dispose (object);
}

static void
willis_view_list_class_init (WillisViewListClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = willis_view_list_dispose;
}

static GtkWidget *
limit_spin (WillisViewList *self, double most, const char *label)
{
  GtkWidget *spin = gtk_spin_button_new_with_range (5.0, most, 5.0);

  gtk_editable_set_width_chars (GTK_EDITABLE (spin), 3);
  gtk_widget_set_tooltip_text (spin, label);
  gtk_accessible_update_property (GTK_ACCESSIBLE (spin), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  g_signal_connect_swapped (spin, "value-changed", G_CALLBACK (on_limit), self);
  return spin;
}

static void
willis_view_list_init (WillisViewList *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6), *reach = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *label = gtk_label_new (_ ("C-arm reach (°)"));

  self->updating = TRUE; // no session yet
  self->group = adw_preferences_group_new ();
  adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (self->group), _ ("Working views"));
  self->list = gtk_list_box_new ();
  gtk_list_box_set_selection_mode (GTK_LIST_BOX (self->list), GTK_SELECTION_NONE);
  gtk_widget_add_css_class (self->list, "boxed-list");
  g_signal_connect (self->list, "row-activated", G_CALLBACK (on_view), self);
  gtk_label_set_xalign (GTK_LABEL (label), 0.0);
  gtk_widget_set_hexpand (label, TRUE);
  gtk_widget_add_css_class (label, "caption");
  self->primary_spin = limit_spin (self, 180.0, _ ("RAO and LAO at most"));
  self->secondary_spin = limit_spin (self, 90.0, _ ("CRA and CAU at most"));
  gtk_box_append (GTK_BOX (reach), label);
  gtk_box_append (GTK_BOX (reach), self->primary_spin);
  gtk_box_append (GTK_BOX (reach), self->secondary_spin);
  gtk_box_append (GTK_BOX (box), self->list);
  gtk_box_append (GTK_BOX (box), reach);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (self->group), box);
  gtk_widget_set_visible (self->group, FALSE);
  adw_bin_set_child (ADW_BIN (self), self->group);
}

GtkWidget *
willis_view_list_new (WillisSession *session, WillisView3d *view)
{
  WillisViewList *self = g_object_new (WILLIS_TYPE_VIEW_LIST, NULL);

  self->view = view;
  self->session = g_object_ref (session);
  g_signal_connect_object (session, "display-changed", G_CALLBACK (willis_view_list_update), self, G_CONNECT_SWAPPED);
  return GTK_WIDGET (self);
}

GtkWidget *
willis_view_list_rows (WillisViewList *self)
{
  return self->list;
}
