/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/steps/catheter-test.h"

#include "core/base/i18n.h"
#include "solver/shaping/calibration.h"

enum
{
  MANDREL,
  RESULT,
  SECONDS,
  PASSES,
  N_SPINS
};

struct _WillisCatheterTest
{
  AdwBin parent_instance;
  GtkWidget *spins[N_SPINS], *add, *forget;
  GtkLabel *said;
  WillisCatheter catheter;
  WillisHeat heat;
};

G_DEFINE_FINAL_TYPE (WillisCatheterTest, willis_catheter_test, ADW_TYPE_BIN)

static guint changed;

static void
read_test (const WillisCatheterTest *self, WillisShapingTest *out)
{
  double v[N_SPINS];

  for (int n = 0; n < N_SPINS; n++)
    v[n] = gtk_spin_button_get_value (GTK_SPIN_BUTTON (self->spins[n]));
  *out = (WillisShapingTest){ v[MANDREL], v[RESULT], { self->heat, v[SECONDS], (int) v[PASSES] } };
}

/* What the numbers would say, before they are added. */
static void
say (WillisCatheterTest *self)
{
  WillisShapingTest test;
  double r = 0.0;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  gboolean good;

  read_test (self, &test);
  good = willis_shaping_test_fraction (&self->catheter, &test, &r, &error);
  text = good ? g_strdup_printf (_ ("This test says that %.0f %% stay; tests so far: %d"), 100.0 * r, self->catheter.calibrations)
              : g_strdup (error->message);
  gtk_label_set_text (self->said, text);
  gtk_widget_set_sensitive (self->add, good);
  gtk_widget_set_sensitive (self->forget, self->catheter.calibrations > 0);
}

static void
done (WillisCatheterTest *self, gboolean good, GError *error)
{
  if (good)
    g_signal_emit (self, changed, 0);
  else if (error != NULL)
    gtk_label_set_text (self->said, error->message);
  g_clear_error (&error);
}

static void
on_add (WillisCatheterTest *self)
{
  WillisShapingTest test;
  GError *error = NULL;
  gboolean good;

  read_test (self, &test);
  good = willis_shaping_test_add (self->catheter.id, &test, &error);
  done (self, good, error);
}

static void
on_forget (WillisCatheterTest *self)
{
  GError *error = NULL;
  gboolean good = willis_shaping_test_forget (self->catheter.id, &error);

  done (self, good, error);
}

static void
add_spin (WillisCatheterTest *self, GtkWidget *list, int n, const char *title, double hi, double step, double value)
{
  GtkWidget *row = adw_action_row_new (), *spin = gtk_spin_button_new_with_range (0.0, hi, step);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  gtk_spin_button_set_value (GTK_SPIN_BUTTON (spin), value);
  gtk_widget_set_valign (spin, GTK_ALIGN_CENTER);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), spin);
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (row), spin);
  gtk_widget_add_css_class (row, "compact");
  gtk_list_box_append (GTK_LIST_BOX (list), row);
  self->spins[n] = spin;
}

void
willis_catheter_test_set (WillisCatheterTest *self, const WillisCatheter *catheter, WillisHeat heat)
{
  self->catheter = *catheter;
  self->heat = heat;
  say (self);
}

static void
willis_catheter_test_class_init (WillisCatheterTestClass *klass)
{
  changed = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
willis_catheter_test_init (WillisCatheterTest *self)
{
  GtkWidget *expander = gtk_expander_new (_ ("Calibrate with a test of your own")), *list = gtk_list_box_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6), *buttons = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);

  gtk_list_box_set_selection_mode (GTK_LIST_BOX (list), GTK_SELECTION_NONE);
  gtk_widget_add_css_class (list, "boxed-list");
  add_spin (self, list, MANDREL, _ ("Angle of the mandrel (°)"), 170.0, 1.0, 90.0);
  add_spin (self, list, RESULT, _ ("Angle that the tip kept (°)"), 170.0, 1.0, 50.0);
  add_spin (self, list, SECONDS, _ ("Heated for (s)"), 600.0, 5.0, 30.0);
  add_spin (self, list, PASSES, _ ("Passes of the wire"), 200.0, 1.0, 1.0);
  self->said = GTK_LABEL (gtk_label_new (""));
  gtk_label_set_wrap (self->said, TRUE);
  gtk_label_set_xalign (self->said, 0.0);
  gtk_widget_add_css_class (GTK_WIDGET (self->said), "caption");
  self->add = gtk_button_new_with_label (_ ("Add this test"));
  self->forget = gtk_button_new_with_label (_ ("Forget the last"));
  gtk_box_set_homogeneous (GTK_BOX (buttons), TRUE);
  gtk_box_append (GTK_BOX (buttons), self->add);
  gtk_box_append (GTK_BOX (buttons), self->forget);
  gtk_widget_set_margin_top (box, 6);
  gtk_box_append (GTK_BOX (box), list);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->said));
  gtk_box_append (GTK_BOX (box), buttons);
  gtk_expander_set_child (GTK_EXPANDER (expander), box);
  adw_bin_set_child (ADW_BIN (self), expander);
  g_object_set_data (G_OBJECT (self), "add", self->add);
  g_object_set_data (G_OBJECT (self), "forget", self->forget);
  for (int n = 0; n < N_SPINS; n++)
    g_signal_connect_swapped (self->spins[n], "value-changed", G_CALLBACK (say), self);
  g_signal_connect_swapped (self->add, "clicked", G_CALLBACK (on_add), self);
  g_signal_connect_swapped (self->forget, "clicked", G_CALLBACK (on_forget), self);
}

GtkWidget *
willis_catheter_test_new (void)
{
  return g_object_new (WILLIS_TYPE_CATHETER_TEST, NULL);
}
