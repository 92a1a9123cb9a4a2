/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/steps/catheter-numbers.h"

#include <math.h>

#include "core/base/i18n.h"

#define DEG(x) ((x) *180.0 / G_PI)
#define RAD(x) ((x) *G_PI / 180.0)
#define REST_MS 400

typedef enum
{
  N_BENDS,
  BEND_FROM, // three a bend
  BEND_ANGLE,
  BEND_ROLL,
  FEED = BEND_FROM + 3 * WILLIS_MANDREL_BENDS,
  SECONDS,
  PASSES,
  SET_FRACTION,
  SET_FRACTION_SD,
  FRICTION,
  STIFFNESS,
  TARGET_X,
  TARGET_Y,
  TARGET_Z,
  N_NUMBERS
} Number;

struct _WillisCatheterNumbers
{
  AdwBin parent_instance;
  GtkWidget *expander, *list, *spins[N_NUMBERS], *rows[N_NUMBERS];
  WillisCatheterValues values;
  guint rest_id;
  gboolean updating, target_too;
};

G_DEFINE_FINAL_TYPE (WillisCatheterNumbers, willis_catheter_numbers, ADW_TYPE_BIN)

static guint signals[2];

static double
value_of (const WillisCatheterNumbers *self, int n)
{
  const WillisShape *s = &self->values.shape;
  const WillisCatheter *c = &self->values.catheter;

  if (n >= BEND_FROM && n < FEED)
    {
      int bend = (n - BEND_FROM) / 3;
      const WillisMandrelBend *b = &s->mandrel.bends[bend];

      if (bend >= s->mandrel.n_bends)
        return 0.0;
      return (n - BEND_FROM) % 3 == 0   ? b->from_tip_mm
             : (n - BEND_FROM) % 3 == 1 ? DEG (b->angle)
                                        : DEG (remainder (b->roll - s->mandrel.bends[0].roll, 2.0 * G_PI));
    }
  switch (n)
    {
    case N_BENDS:
      return s->shaped ? s->mandrel.n_bends : 0;
    case FEED:
      return s->feed_mm;
    case SECONDS:
      return s->heating.seconds;
    case PASSES:
      return s->heating.wire_passes;
    case SET_FRACTION:
      return c->set_fraction;
    case SET_FRACTION_SD:
      return c->set_fraction_sd;
    case FRICTION:
      return c->friction;
    case STIFFNESS:
      return self->values.stiffness;
    default:
      return self->values.target[n - TARGET_X];
    }
}

/* The first bend's plane is where the rolls are counted from; as a number of its own its roll turns all of them: the
 * hub. */
static void
take_bends (WillisCatheterNumbers *self, const double *v)
{
  WillisShape *s = &self->values.shape;
  double hub = s->mandrel.n_bends > 0 ? s->mandrel.bends[0].roll : s->form_roll;
  int n = (int) lrint (v[N_BENDS]);

  hub += RAD (v[BEND_ROLL]);
  for (int i = 0; i < n; i++)
    {
      WillisMandrelBend *b = &s->mandrel.bends[i];
      gboolean made = i >= s->mandrel.n_bends;

      b->from_tip_mm = made ? (i == 0 ? 5.0 : s->mandrel.bends[i - 1].from_tip_mm + 8.0) : v[BEND_FROM + 3 * i];
      b->angle = made ? RAD (45.0) : RAD (v[BEND_ANGLE + 3 * i]);
      b->roll = hub + (i == 0 || made ? 0.0 : RAD (v[BEND_ROLL + 3 * i]));
      b->radius_mm = made ? WILLIS_MANDREL_RADIUS_MM : b->radius_mm;
    }
  s->mandrel.n_bends = n;
  s->shaped = n > 0;
  if (s->shaped && s->heating.heat == WILLIS_HEAT_NONE)
    {
      const WillisHeating usual = WILLIS_HEATING_INIT;

      s->heating.heat = usual.heat;
      s->heating.seconds = usual.seconds;
    }
  willis_mandrel_mend (&s->mandrel);
  if (s->shaped && s->form != WILLIS_TIP_STRAIGHT) // a bent tip lies in the plane of the mandrel's first bend
    s->form_roll = s->mandrel.bends[0].roll;
}

static void
take (WillisCatheterNumbers *self)
{
  WillisCatheter *c = &self->values.catheter;
  double v[N_NUMBERS];

  for (int n = 0; n < N_NUMBERS; n++)
    v[n] = gtk_spin_button_get_value (GTK_SPIN_BUTTON (self->spins[n]));
  take_bends (self, v);
  self->values.shape.feed_mm = v[FEED];
  if (self->values.shape.shaped)
    self->values.shape.heating.seconds = v[SECONDS];
  self->values.shape.heating.wire_passes = (int) lrint (v[PASSES]);
  c->set_fraction = v[SET_FRACTION];
  c->set_fraction_sd = v[SET_FRACTION_SD];
  c->friction = v[FRICTION];
  for (int i = 0; i < c->n_stations; i++)
    c->ei_n_mm2[i] *= v[STIFFNESS] / self->values.stiffness;
  self->values.stiffness = v[STIFFNESS];
  for (int k = 0; k < 3; k++)
    self->values.target[k] = v[TARGET_X + k];
}

static void
fill (WillisCatheterNumbers *self)
{
  if (self->spins[0] == NULL)
    return;
  self->updating = TRUE;
  for (int n = 0; n < N_NUMBERS; n++)
    {
      gtk_spin_button_set_value (GTK_SPIN_BUTTON (self->spins[n]), value_of (self, n));
      if (n >= BEND_FROM && n < FEED)
        gtk_widget_set_visible (self->rows[n], (n - BEND_FROM) / 3 < self->values.shape.mandrel.n_bends);
    }
  self->updating = FALSE;
}

static gboolean
on_rest (gpointer data)
{
  WillisCatheterNumbers *self = data;
  gboolean target = self->target_too;

  self->rest_id = 0;
  self->target_too = FALSE;
  take (self);
  fill (self); // what cannot be bent was mended
  g_signal_emit (self, signals[target], 0);
  return G_SOURCE_REMOVE;
}

static void
on_value (GtkSpinButton *spin, WillisCatheterNumbers *self)
{
  if (self->updating)
    return;
  for (int k = TARGET_X; k <= TARGET_Z; k++)
    self->target_too = self->target_too || GTK_WIDGET (spin) == self->spins[k];
  g_clear_handle_id (&self->rest_id, g_source_remove);
  self->rest_id = g_timeout_add (REST_MS, on_rest, self);
}

static void
add_row (WillisCatheterNumbers *self, int n, const char *title, double lo, double hi, double step, int digits)
{
  GtkWidget *row = adw_action_row_new (), *spin = gtk_spin_button_new_with_range (lo, hi, step);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  gtk_spin_button_set_digits (GTK_SPIN_BUTTON (spin), (guint) digits);
  gtk_widget_set_valign (spin, GTK_ALIGN_CENTER);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), spin);
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (row), spin);
  gtk_widget_add_css_class (row, "compact");
  gtk_list_box_append (GTK_LIST_BOX (self->list), row);
  self->spins[n] = spin;
  self->rows[n] = row;
  g_signal_connect (spin, "value-changed", G_CALLBACK (on_value), self);
}

static void
make_rows (WillisCatheterNumbers *self)
{
  static const char *const axes[]
      = { N_ ("Target, left (mm)"), N_ ("Target, posterior (mm)"), N_ ("Target, superior (mm)") };

  self->updating = TRUE;
  add_row (self, N_BENDS, _ ("Bends"), 0.0, WILLIS_MANDREL_BENDS, 1.0, 0);
  for (int i = 0; i < WILLIS_MANDREL_BENDS; i++)
    {
      g_autofree char *from = g_strdup_printf (_ ("Bend %d from the tip (mm)"), i + 1);
      g_autofree char *angle = g_strdup_printf (_ ("Bend %d angle (°)"), i + 1);
      g_autofree char *roll
          = i == 0 ? g_strdup (_ ("Turn at the hub (°)")) : g_strdup_printf (_ ("Bend %d roll (°)"), i + 1);

      add_row (self, BEND_FROM + 3 * i, from, 0.0, WILLIS_MANDREL_REACH_MM, 0.5, 1);
      add_row (self, BEND_ANGLE + 3 * i, angle, 0.0, DEG (WILLIS_MANDREL_MOST_ANGLE), 5.0, 0);
      add_row (self, BEND_ROLL + 3 * i, roll, -180.0, 180.0, 5.0, 0);
    }
  add_row (self, FEED, _ ("Fed beyond the way (mm)"), -6.0, 12.0, 0.5, 1);
  add_row (self, SECONDS, _ ("Heated for (s)"), 0.0, 600.0, 5.0, 0);
  add_row (self, PASSES, _ ("Passes of the wire"), 0.0, 200.0, 1.0, 0);
  add_row (self, SET_FRACTION, _ ("Part of the bend that stays"), 0.05, 0.98, 0.01, 2);
  add_row (self, SET_FRACTION_SD, _ ("± of that"), 0.0, 0.4, 0.01, 2);
  add_row (self, FRICTION, _ ("Friction"), 0.0, 0.5, 0.01, 2);
  add_row (self, STIFFNESS, _ ("Stiffness, times the catalogue's"), 0.2, 5.0, 0.1, 2);
  for (int k = 0; k < 3; k++)
    add_row (self, TARGET_X + k, _ (axes[k]), -1000.0, 1000.0, 0.1, 1);
  g_object_set_data (G_OBJECT (self), "feed", self->spins[FEED]);
  self->updating = FALSE;
}

static void
on_expanded (WillisCatheterNumbers *self)
{
  if (!gtk_expander_get_expanded (GTK_EXPANDER (self->expander)) || self->spins[0] != NULL)
    return;
  make_rows (self);
  fill (self);
}

void
willis_catheter_numbers_set (WillisCatheterNumbers *self, const WillisCatheterValues *values)
{
  g_clear_handle_id (&self->rest_id, g_source_remove);
  self->target_too = FALSE;
  self->values = *values;
  fill (self);
}

void
willis_catheter_numbers_get (WillisCatheterNumbers *self, WillisCatheterValues *values)
{
  *values = self->values;
}

static void
willis_catheter_numbers_dispose (GObject *object)
{
  g_clear_handle_id (&WILLIS_CATHETER_NUMBERS (object)->rest_id, g_source_remove);
  G_OBJECT_CLASS (willis_catheter_numbers_parent_class)->dispose (object);
}

static void
willis_catheter_numbers_class_init (WillisCatheterNumbersClass *klass)
{
  GType type = G_TYPE_FROM_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = willis_catheter_numbers_dispose;
  signals[0] = g_signal_new ("changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[1] = g_signal_new ("target-changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
willis_catheter_numbers_init (WillisCatheterNumbers *self)
{
  self->values.stiffness = 1.0;
  self->expander = gtk_expander_new (_ ("Every number"));
  self->list = gtk_list_box_new ();
  gtk_list_box_set_selection_mode (GTK_LIST_BOX (self->list), GTK_SELECTION_NONE);
  gtk_widget_add_css_class (self->list, "boxed-list");
  gtk_widget_set_margin_top (self->list, 6);
  gtk_expander_set_child (GTK_EXPANDER (self->expander), self->list);
  adw_bin_set_child (ADW_BIN (self), self->expander);
  g_signal_connect_swapped (self->expander, "notify::expanded", G_CALLBACK (on_expanded), self);
}

GtkWidget *
willis_catheter_numbers_new (void)
{
  return g_object_new (WILLIS_TYPE_CATHETER_NUMBERS, NULL);
}
