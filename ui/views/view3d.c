/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/views/view3d.h"

#include <math.h>

#include "core/base/error.h"
#include "core/base/i18n.h"

/* The wheel's step: one click is this factor. */
#define ZOOM_STEP 1.15
/* After the last wheel click the view counts as at rest. */
#define REST_MS 250

struct _WillisView3d
{
  GtkWidget parent;
  GtkWidget *area;    // GtkGLArea, or a GtkDrawingArea where there is no OpenGL
  GtkWidget *overlay; // GtkDrawingArea: captions, figure, bar
  WillisScene *scene;
  gboolean software, gl_ready, dark;
  double pressed_x, pressed_y, last_x, last_y; // of the drag, picture pixels
  gboolean dragged;
  char *ring; // id of the ring in hand, or NULL
  WillisRingHandle handle;
  guint rest_source, redraw_tick;
  double shown_primary, shown_secondary; // deg, last notified
};

enum
{
  PROP_0,
  PROP_DARK,
  PROP_SOFTWARE,
  PROP_C_ARM,
  N_PROPS
};

enum
{
  SIGNAL_PICKED,
  SIGNAL_VIEW_CHANGED,
  SIGNAL_RING_DRAGGED,
  SIGNAL_CONTEXT_MENU,
  N_SIGNALS
};

static GParamSpec *props[N_PROPS];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (WillisView3d, willis_view3d, GTK_TYPE_WIDGET)

static void
willis_view3d_dispose (GObject *object)
{
  WillisView3d *self = WILLIS_VIEW3D (object);

  g_clear_handle_id (&self->rest_source, g_source_remove);
  if (self->scene != NULL)
    willis_scene_on_change (self->scene, NULL, NULL);
  g_clear_pointer (&self->area, gtk_widget_unparent);
  g_clear_pointer (&self->overlay, gtk_widget_unparent);
  g_clear_pointer (&self->scene, willis_scene_free);
  g_clear_pointer (&self->ring, g_free);
  G_OBJECT_CLASS (willis_view3d_parent_class)->dispose (object);
}

static void
willis_view3d_get_property (GObject *object, guint id, GValue *value, GParamSpec *spec)
{
  WillisView3d *self = WILLIS_VIEW3D (object);

  switch (id)
    {
    case PROP_DARK:
      g_value_set_boolean (value, self->dark);
      break;
    case PROP_SOFTWARE:
      g_value_set_boolean (value, self->software);
      break;
    case PROP_C_ARM:
      {
        WillisCArm angles = { self->shown_primary * G_PI / 180.0, self->shown_secondary * G_PI / 180.0 };

        g_value_take_string (value, willis_c_arm_text (&angles));
        break;
      }
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
    }
}

static void
willis_view3d_set_property (GObject *object, guint id, const GValue *value, GParamSpec *spec)
{
  WillisView3d *self = WILLIS_VIEW3D (object);

  switch (id)
    {
    case PROP_DARK:
      if (self->dark == g_value_get_boolean (value))
        break;
      self->dark = g_value_get_boolean (value);
      if (self->scene != NULL)
        willis_scene_set_style (self->scene, self->dark, TRUE);
      g_object_notify_by_pspec (object, spec);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
    }
}

static void
willis_view3d_class_init (WillisView3dClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GType type = G_TYPE_FROM_CLASS (klass);

  object_class->dispose = willis_view3d_dispose;
  object_class->get_property = willis_view3d_get_property;
  object_class->set_property = willis_view3d_set_property;
  props[PROP_DARK] = g_param_spec_boolean ("dark", NULL, NULL, TRUE,
                                           G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  props[PROP_SOFTWARE]
      = g_param_spec_boolean ("software", NULL, NULL, FALSE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  props[PROP_C_ARM] = g_param_spec_string ("c-arm", NULL, NULL, NULL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
  signals[SIGNAL_PICKED] = g_signal_new ("picked", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 5,
                                         G_TYPE_DOUBLE, G_TYPE_DOUBLE, G_TYPE_DOUBLE, G_TYPE_STRING, G_TYPE_INT64);
  signals[SIGNAL_VIEW_CHANGED] = g_signal_new ("view-changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                               G_TYPE_NONE, 2, G_TYPE_DOUBLE, G_TYPE_DOUBLE);
  signals[SIGNAL_RING_DRAGGED] = g_signal_new ("ring-dragged", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                               G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_BOOLEAN);
  signals[SIGNAL_CONTEXT_MENU] = g_signal_new ("context-menu", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                               G_TYPE_NONE, 2, G_TYPE_DOUBLE, G_TYPE_DOUBLE);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "view3d");
}

static void
willis_view3d_init (WillisView3d *self)
{
  g_autoptr (GError) error = NULL;

  self->dark = TRUE;
  self->scene = willis_scene_new (&error);
  if (self->scene == NULL)
    g_warning ("%s", error->message);
  self->area = gtk_gl_area_new ();
  gtk_widget_set_hexpand (self->area, TRUE);
  gtk_widget_set_vexpand (self->area, TRUE);
  gtk_widget_set_parent (self->area, GTK_WIDGET (self));
  self->overlay = gtk_drawing_area_new ();
  gtk_widget_set_can_target (self->overlay, FALSE);
  gtk_widget_set_parent (self->overlay, GTK_WIDGET (self));
}

GtkWidget *
willis_view3d_new (void)
{
  return g_object_new (WILLIS_TYPE_VIEW3D, NULL);
}

WillisScene *
willis_view3d_get_scene (WillisView3d *view)
{
  g_return_val_if_fail (WILLIS_IS_VIEW3D (view), NULL);
  return view->scene;
}

void
willis_view3d_frame (WillisView3d *view, const char *id)
{
  g_return_if_fail (WILLIS_IS_VIEW3D (view));
  if (view->scene != NULL)
    willis_scene_frame (view->scene, id);
}

void
willis_view3d_set_standard (WillisView3d *view, WillisStandardView standard)
{
  WillisCamera camera;

  g_return_if_fail (WILLIS_IS_VIEW3D (view));
  if (view->scene == NULL)
    return;
  willis_scene_get_camera (view->scene, &camera);
  willis_camera_set_standard (&camera, standard);
  willis_scene_set_camera (view->scene, &camera);
}

void
willis_view3d_set_c_arm (WillisView3d *view, double primary_deg, double secondary_deg)
{
  WillisCArm angles = { primary_deg * G_PI / 180.0, secondary_deg * G_PI / 180.0 };
  WillisCamera camera;

  g_return_if_fail (WILLIS_IS_VIEW3D (view));
  if (view->scene == NULL)
    return;
  willis_scene_get_camera (view->scene, &camera);
  willis_camera_set_c_arm (&camera, &angles);
  willis_scene_set_camera (view->scene, &camera);
}

void
willis_view3d_get_c_arm (WillisView3d *view, double *primary_deg, double *secondary_deg)
{
  WillisCArm angles = { 0.0, 0.0 };
  WillisCamera camera;

  g_return_if_fail (WILLIS_IS_VIEW3D (view));
  if (view->scene != NULL)
    {
      willis_scene_get_camera (view->scene, &camera);
      angles = willis_camera_get_c_arm (&camera);
    }
  *primary_deg = angles.primary * 180.0 / G_PI;
  *secondary_deg = angles.secondary * 180.0 / G_PI;
}

GdkTexture *
willis_view3d_snapshot (WillisView3d *view, int max_px, GError **error)
{
  g_return_val_if_fail (WILLIS_IS_VIEW3D (view), NULL);
  willis_fail (error, WILLIS_ERROR_UNSUPPORTED, "not drawn yet");
  return NULL;
}
