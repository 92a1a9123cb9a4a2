/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/views/scene-bar.h"

#include "core/num/vec3.h"

struct _WillisSceneBar
{
  GtkWidget parent_instance;
  WillisSession *session;
  WillisView3d *view; // borrowed: the bar lies over it
  GtkWidget *box, *surface_button, *volume_button, *bone_button, *tree_button, *clip_button, *views_button;
  gboolean updating;
};

G_DEFINE_FINAL_TYPE (WillisSceneBar, willis_scene_bar, GTK_TYPE_WIDGET)

/* Cuts at the crosshair, across the line of sight. */
static void
update_clip (WillisSceneBar *self)
{
  WillisScene *scene = willis_view3d_get_scene (self->view);
  WillisCamera camera;
  double away[3];

  if (scene == NULL)
    return;
  if (!gtk_check_button_get_active (GTK_CHECK_BUTTON (self->clip_button)))
    {
      willis_scene_set_clip (scene, NULL, NULL);
      return;
    }
  willis_scene_get_camera (scene, &camera);
  vec3_sub (away, camera.focus_lps_mm, camera.eye_lps_mm);
  vec3_normalize (away);
  willis_scene_set_clip (scene, willis_session_crosshair (self->session), away);
}

static void
on_toggled (WillisSceneBar *self)
{
  WillisDisplay display = *willis_session_display (self->session);

  if (self->updating)
    return;
  display.show_volume = gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (self->volume_button));
  display.show_bone = gtk_check_button_get_active (GTK_CHECK_BUTTON (self->bone_button));
  display.show_tree = gtk_check_button_get_active (GTK_CHECK_BUTTON (self->tree_button));
  willis_session_set_display (self->session, &display);
  update_clip (self);
}

static void
update (WillisSceneBar *self)
{
  const WillisDisplay *display = willis_session_display (self->session);
  WillisCase *c = willis_session_case (self->session);

  self->updating = TRUE;
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (self->volume_button), display->show_volume);
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (self->surface_button), !display->show_volume);
  gtk_check_button_set_active (GTK_CHECK_BUTTON (self->bone_button), display->show_bone);
  gtk_check_button_set_active (GTK_CHECK_BUTTON (self->tree_button), display->show_tree);
  gtk_widget_set_sensitive (self->bone_button, c != NULL && willis_case_segmentation (c) != NULL);
  gtk_widget_set_sensitive (self->tree_button, c != NULL && willis_case_tree (c) != NULL);
  gtk_widget_set_sensitive (self->volume_button, c != NULL && willis_case_volume (c) != NULL);
  self->updating = FALSE;
}

static void
on_crosshair_changed (WillisSceneBar *self)
{
  if (gtk_check_button_get_active (GTK_CHECK_BUTTON (self->clip_button)))
    update_clip (self);
}

static void
action_view (GtkWidget *widget, const char *name, GVariant *parameter)
{
  willis_view3d_set_standard (WILLIS_SCENE_BAR (widget)->view, (WillisStandardView) g_variant_get_int32 (parameter));
}

static void
action_frame (GtkWidget *widget, const char *name, GVariant *parameter)
{
  WillisSceneBar *self = WILLIS_SCENE_BAR (widget);
  WillisScene *scene = willis_view3d_get_scene (self->view);
  const char *id = g_variant_get_string (parameter, NULL);

  willis_view3d_frame (self->view, *id != '\0' && scene != NULL && willis_scene_has (scene, id) ? id : NULL);
}

static void
willis_scene_bar_dispose (GObject *object)
{
  WillisSceneBar *self = WILLIS_SCENE_BAR (object);

  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (willis_scene_bar_parent_class)->dispose (object);
}

static void
willis_scene_bar_class_init (WillisSceneBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = willis_scene_bar_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/willis/Willis/views/scene-bar.ui");
  gtk_widget_class_bind_template_child (widget_class, WillisSceneBar, box);
  gtk_widget_class_bind_template_child (widget_class, WillisSceneBar, surface_button);
  gtk_widget_class_bind_template_child (widget_class, WillisSceneBar, volume_button);
  gtk_widget_class_bind_template_child (widget_class, WillisSceneBar, bone_button);
  gtk_widget_class_bind_template_child (widget_class, WillisSceneBar, tree_button);
  gtk_widget_class_bind_template_child (widget_class, WillisSceneBar, clip_button);
  gtk_widget_class_bind_template_child (widget_class, WillisSceneBar, views_button);
  gtk_widget_class_install_action (widget_class, "scene.view", "i", action_view);
  gtk_widget_class_install_action (widget_class, "scene.frame", "s", action_frame);
}

static void
willis_scene_bar_init (WillisSceneBar *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
willis_scene_bar_new (WillisSession *session, WillisView3d *view)
{
  WillisSceneBar *self = g_object_new (WILLIS_TYPE_SCENE_BAR, NULL);
  GtkWidget *toggles[] = { self->volume_button, self->bone_button, self->tree_button, self->clip_button };

  self->session = g_object_ref (session);
  self->view = view;
  for (gsize n = 0; n < G_N_ELEMENTS (toggles); n++)
    g_signal_connect_swapped (toggles[n], "toggled", G_CALLBACK (on_toggled), self);
  g_signal_connect_object (session, "case-changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "display-changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "crosshair-changed", G_CALLBACK (on_crosshair_changed), self, G_CONNECT_SWAPPED);
  update (self);
  return GTK_WIDGET (self);
}
