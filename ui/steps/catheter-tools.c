/* SPDX-License-Identifier: Apache-2.0 */
/* The catheter itself: what goes through the guide and lets the device through, favourites, tests of the user's own. */
#include "core/base/i18n.h"
#include "solver/shaping/calibration.h"
#include "ui/model/favourites.h"
#include "ui/steps/catheter-page-private.h"

static WillisSession *
session_of (WillisCatheterPage *self)
{
  return willis_step_page_session (WILLIS_STEP_PAGE (self));
}

static WillisHeat
heat_of (WillisCatheterPage *self)
{
  return adw_combo_row_get_selected (ADW_COMBO_ROW (self->heat_row)) == 1 ? WILLIS_HEAT_AIR : WILLIS_HEAT_STEAM;
}

static void
fill_combo (GtkWidget *row, GtkStringList *names, guint selected)
{
  adw_combo_row_set_model (ADW_COMBO_ROW (row), G_LIST_MODEL (names));
  adw_combo_row_set_selected (ADW_COMBO_ROW (row), selected);
}

static const WillisDevice *
guide_of (WillisCatheterPage *self)
{
  guint n = adw_combo_row_get_selected (ADW_COMBO_ROW (self->guide_row));

  return n > 0 && n <= self->guides->len ? self->guides->pdata[n - 1] : NULL;
}

static const WillisDevice *
through_of (WillisCatheterPage *self)
{
  WillisCase *c = willis_session_case (session_of (self));
  WillisStentPlan *plan = c != NULL ? willis_case_stent_plan (c) : NULL;

  switch (adw_combo_row_get_selected (ADW_COMBO_ROW (self->through_row)))
    {
    case 0:
      return willis_typical_coil (self->catalogue);
    case 1:
      return plan != NULL ? willis_catalogue_find (self->catalogue, willis_stent_plan_data (plan)->device) : NULL;
    default:
      return NULL;
    }
}

void
_willis_catheter_page_say_fit (WillisCatheterPage *self)
{
  guint n = adw_combo_row_get_selected (ADW_COMBO_ROW (self->catheter_row));
  const WillisCatheterChoice *choice = n < self->choices->len ? self->choices->pdata[n] : NULL;
  GString *text = g_string_new (NULL);

  if (choice != NULL)
    {
      if (choice->reason[0] != '\0')
        g_string_append_printf (text, "%s %s\n", choice->fits ? "✓" : "⚠", choice->reason);
      g_string_append_printf (text, _ ("Of the mandrel's bend %.0f %% ± %.0f stay"),
                              100.0 * self->values.catheter.set_fraction,
                              100.0 * self->values.catheter.set_fraction_sd);
      if (self->values.catheter.calibrations > 0)
        g_string_append_printf (text, _ (" (%d tests of yours)"), self->values.catheter.calibrations);
      else if (self->values.catheter.assumed)
        g_string_append (
            text, _ (": assumed, as is the stiffness. Calibrate with a test of your own."));
    }
  gtk_text_buffer_set_text (gtk_text_view_get_buffer (self->fit_text), text->str, -1);
  self->updating = TRUE;
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (self->favourite_button), choice != NULL && choice->favourite);
  gtk_button_set_icon_name (GTK_BUTTON (self->favourite_button),
                            choice != NULL && choice->favourite ? "starred-symbolic" : "non-starred-symbolic");
  self->updating = FALSE;
  willis_catheter_test_set (WILLIS_CATHETER_TEST (self->test), &self->values.catheter, heat_of (self));
  g_string_free (text, TRUE);
}

void
_willis_catheter_page_take (WillisCatheterPage *self, const WillisDevice *device)
{
  g_autoptr (GError) error = NULL;

  self->has_catheter = willis_catheter_init (&self->values.catheter, device, &error)
                       && willis_catheter_calibrate (&self->values.catheter, &error);
  self->values.stiffness = 1.0;
  if (error != NULL)
    willis_session_say (session_of (self), TRUE, "%s", error->message);
}

void
_willis_catheter_page_list (WillisCatheterPage *self, const char *wanted)
{
  g_autoptr (GtkStringList) names = gtk_string_list_new (NULL);
  g_autofree char *keep = g_strdup (wanted);
  guint selected = 0;

  g_clear_pointer (&self->choices, g_ptr_array_unref);
  self->choices = willis_catheter_choices (self->catalogue, guide_of (self), through_of (self));
  for (guint i = 0; i < self->choices->len; i++)
    {
      const WillisCatheterChoice *choice = self->choices->pdata[i];
      g_autofree char *name = g_strdup_printf ("%s%s%s", choice->fits ? "" : "⚠ ", choice->favourite ? "★ " : "", choice->device->name);

      gtk_string_list_append (names, name);
      if (g_strcmp0 (choice->device->id, keep) == 0)
        selected = i;
    }
  self->updating = TRUE;
  fill_combo (self->catheter_row, names, selected);
  self->updating = FALSE;
}

void
_willis_catheter_page_catheter_picked (WillisCatheterPage *self)
{
  guint n = adw_combo_row_get_selected (ADW_COMBO_ROW (self->catheter_row));

  if (n >= self->choices->len)
    return;
  _willis_catheter_page_take (self, ((WillisCatheterChoice *) self->choices->pdata[n])->device);
  _willis_catheter_page_say_fit (self);
  self->has_shape = FALSE;
  _willis_catheter_page_drop_alternatives (self);
  _willis_catheter_page_show (self);
  if (self->of != NULL && self->has_catheter)
    _willis_catheter_page_start (self, WILLIS_CATHETER_SITE);
}

static void
on_catheter (WillisCatheterPage *self)
{
  if (!self->updating)
    _willis_catheter_page_catheter_picked (self);
}

static void
on_tools (WillisCatheterPage *self)
{
  g_autofree char *was = g_strdup (self->has_catheter ? self->values.catheter.id : NULL);
  guint n;

  if (self->updating)
    return;
  _willis_catheter_page_list (self, was);
  n = adw_combo_row_get_selected (ADW_COMBO_ROW (self->catheter_row));
  if (n < self->choices->len && g_strcmp0 (((WillisCatheterChoice *) self->choices->pdata[n])->device->id, was) != 0)
    _willis_catheter_page_catheter_picked (self);
  else
    _willis_catheter_page_say_fit (self);
}

static void
on_favourite (WillisCatheterPage *self)
{
  guint n = adw_combo_row_get_selected (ADW_COMBO_ROW (self->catheter_row));
  g_autofree char *id = NULL;
  g_autoptr (GError) error = NULL;

  if (self->updating || n >= self->choices->len)
    return;
  id = g_strdup (((WillisCatheterChoice *) self->choices->pdata[n])->device->id);
  if (!willis_favourite_set (id, gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (self->favourite_button)), &error))
    willis_session_say (session_of (self), TRUE, "%s", error->message);
  _willis_catheter_page_list (self, id);
  _willis_catheter_page_say_fit (self);
}

/* What the user's tests say holds from now on: the catheter anew, its shapes are void. */
static void
on_test (WillisCatheterPage *self)
{
  g_autofree char *id = g_strdup (self->values.catheter.id);

  _willis_catheter_page_list (self, id);
  _willis_catheter_page_catheter_picked (self);
}

static void
on_heat (WillisCatheterPage *self)
{
  if (!self->updating)
    willis_catheter_test_set (WILLIS_CATHETER_TEST (self->test), &self->values.catheter, heat_of (self));
}

static void
fill_tools (WillisCatheterPage *self)
{
  g_autoptr (GtkStringList) guides = gtk_string_list_new (NULL), through = gtk_string_list_new (NULL),
                            heats = gtk_string_list_new (NULL);

  gtk_string_list_append (guides, _ ("Not said"));
  for (guint i = 0; i < self->guides->len; i++)
    gtk_string_list_append (guides, ((WillisDevice *) self->guides->pdata[i])->name);
  gtk_string_list_append (through, _ ("Coils"));
  gtk_string_list_append (through, _ ("The stent in the plan"));
  gtk_string_list_append (through, _ ("Not said"));
  gtk_string_list_append (heats, _ ("Steam"));
  gtk_string_list_append (heats, _ ("Hot air"));
  self->updating = TRUE;
  fill_combo (self->guide_row, guides, 0);
  fill_combo (self->through_row, through, 0);
  fill_combo (self->heat_row, heats, 0);
  self->updating = FALSE;
}

void
_willis_catheter_page_init_tools (WillisCatheterPage *self)
{
  self->test = willis_catheter_test_new ();
  adw_bin_set_child (ADW_BIN (self->test_bin), self->test);
  fill_tools (self);
  g_signal_connect_swapped (self->guide_row, "notify::selected", G_CALLBACK (on_tools), self);
  g_signal_connect_swapped (self->through_row, "notify::selected", G_CALLBACK (on_tools), self);
  g_signal_connect_swapped (self->catheter_row, "notify::selected", G_CALLBACK (on_catheter), self);
  g_signal_connect_swapped (self->heat_row, "notify::selected", G_CALLBACK (on_heat), self);
  g_signal_connect_swapped (self->favourite_button, "toggled", G_CALLBACK (on_favourite), self);
  g_signal_connect_swapped (self->test, "changed", G_CALLBACK (on_test), self);
}
