/* SPDX-License-Identifier: Apache-2.0 */
/* The cards of the shapes, and the table that sets them side by side. */
#include <math.h>

#include "core/base/i18n.h"
#include "ui/steps/catheter-page-private.h"
#include "ui/steps/mandrel-picture.h"

#define DEG(x) ((x) *180.0 / G_PI)
#define SPREAD_FLOOR_MM 1.0 // benches show this spread with one catheter in one model: a smaller region is not believed

static char *
title_of (const WillisAlternative *a, const WillisShapeProposal *p)
{
  g_autofree char *shape = NULL;

  if (!p->shape.shaped)
    shape = p->shape.form == WILLIS_TIP_STRAIGHT
                ? g_strdup (_ ("Straight, no shaping needed"))
                : g_strdup_printf (_ ("Tip %s as sold"), willis_tip_form_name (p->shape.form));
  else if (p->shape.form == WILLIS_TIP_STRAIGHT)
    shape = g_strdup_printf (_ ("Mandrel, bends: %d"), p->shape.mandrel.n_bends);
  else
    shape = g_strdup_printf (_ ("Mandrel in the tip %s, bends: %d"), willis_tip_form_name (p->shape.form), p->shape.mandrel.n_bends);
  if (a->own == NULL)
    return g_steal_pointer (&shape);
  return a->of_plan ? g_strdup_printf (_ ("%s · of the plan"), shape) : g_strdup_printf (_ ("%s · by hand"), shape);
}

static char *
chance_of (const WillisAlternative *a, const WillisShapeProposal *p)
{
  if (a->no_cloud)
    return g_strdup (_ ("chance not known"));
  if (p->cloud.n == 0)
    return g_strdup (_ ("counting the chance…"));
  return g_strdup_printf (_ ("chance %.0f %% ± %.0f"), 100.0 * p->cloud.in_zone, 100.0 * p->cloud.in_zone_sd);
}

static char *
bends_of (const WillisShapeProposal *p)
{
  GString *text = g_string_new (NULL);

  for (int i = 0; p->shape.shaped && i < p->shape.mandrel.n_bends; i++)
    {
      const WillisMandrelBend *b = &p->shape.mandrel.bends[i];

      g_string_append_printf (text, _ ("%s%.0f° at %.1f mm"), i > 0 ? ", " : "", DEG (b->angle), b->from_tip_mm);
      if (i > 0)
        g_string_append_printf (text, _ (" (roll %+.0f°)"),
                                DEG (remainder (b->roll - p->shape.mandrel.bends[0].roll, 2.0 * G_PI)));
    }
  return g_string_free (text, FALSE);
}

static GtkWidget *
card_label (const char *text, const char *css)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0.0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 26);
  gtk_widget_add_css_class (label, css);
  return label;
}

static GtkWidget *
new_card (WillisCatheterPage *self, const WillisAlternative *a)
{
  const WillisShapeProposal *p = _willis_alternative_proposal (a);
  g_autofree char *title = title_of (a, p), *bends = bends_of (p), *chance = chance_of (a, p);
  g_autofree char *rest = g_strdup_printf (p->reached ? _ ("%.1f mm from the target, %.0f° off")
                                                      : _ ("⚠ misses: %.1f mm from the target, %.0f° off"),
                                           p->seat.error_mm, DEG (p->seat.angle));
  GtkWidget *row = gtk_list_box_row_new (), *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *texts = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2), *picture = willis_mandrel_picture_new (FALSE);
  GtkWidget *label = card_label (chance, "caption");

  willis_mandrel_picture_show (WILLIS_MANDREL_PICTURE (picture), &self->values.catheter, &p->shape);
  gtk_widget_set_size_request (picture, 88, 64);
  gtk_widget_set_valign (picture, GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (texts), card_label (title, "heading"));
  if (bends[0] != '\0')
    gtk_box_append (GTK_BOX (texts), card_label (bends, "caption"));
  gtk_box_append (GTK_BOX (texts), card_label (rest, "caption"));
  gtk_box_append (GTK_BOX (texts), label);
  g_object_set_data (G_OBJECT (row), "chance", label);
  gtk_box_append (GTK_BOX (box), picture);
  gtk_box_append (GTK_BOX (box), texts);
  gtk_widget_add_css_class (box, "candidate-card");
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
  g_object_set_data (G_OBJECT (row), "alternative", GUINT_TO_POINTER (a->id));
  willis_labels_steady (row);
  return row;
}

/* Whether the cards are already those of the alternatives, in their order. */
static gboolean
same_cards (WillisCatheterPage *self)
{
  GtkWidget *row = gtk_widget_get_first_child (self->shapes_list);

  for (guint i = 0; i < self->alternatives->len; i++, row = gtk_widget_get_next_sibling (row))
    {
      const WillisAlternative *a = self->alternatives->pdata[i];

      if (row == NULL || GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (row), "alternative")) != a->id)
        return FALSE;
    }
  return row == NULL;
}

/* Cards stay where they are while their chance is counted: a hand may be on one. */
void
_willis_catheter_page_fill_shapes (WillisCatheterPage *self)
{
  gboolean was = self->updating, keep = same_cards (self);
  GtkWidget *row;

  self->updating = TRUE;
  if (!keep)
    willis_list_clear (self->shapes_list);
  for (guint i = 0; i < self->alternatives->len && !keep; i++)
    gtk_list_box_append (GTK_LIST_BOX (self->shapes_list), new_card (self, self->alternatives->pdata[i]));
  row = gtk_widget_get_first_child (self->shapes_list);
  for (guint i = 0; i < self->alternatives->len && row != NULL; i++, row = gtk_widget_get_next_sibling (row))
    {
      const WillisAlternative *a = self->alternatives->pdata[i];
      g_autofree char *chance = chance_of (a, _willis_alternative_proposal (a));

      gtk_label_set_text (GTK_LABEL (g_object_get_data (G_OBJECT (row), "chance")), chance);
      if (a == self->picked)
        gtk_list_box_select_row (GTK_LIST_BOX (self->shapes_list), GTK_LIST_BOX_ROW (row));
    }
  gtk_widget_set_visible (self->shapes_group, self->alternatives->len > 0);
  self->updating = was;
}

/* --- the table */

typedef enum
{
  ROW_HEAD,
  ROW_DISTANCE,
  ROW_ANGLE,
  ROW_CHANCE,
  ROW_REGION,
  ROW_DOME,
  ROW_SUPPORT,
  ROW_CONTACTS,
  ROW_KICK,
  ROW_FED,
  ROW_ROLLED,
  ROW_INSERTED,
  N_ROWS
} Row;

static const char *const heads[N_ROWS] = { N_ ("Shape"),
                                           N_ ("From the target"),
                                           N_ ("Direction off"),
                                           N_ ("In the target zone"),
                                           N_ ("Eight in ten tips within"),
                                           N_ ("Touches the dome"),
                                           N_ ("Opposite wall carries"),
                                           N_ ("Places on the wall"),
                                           N_ ("Push that drives it out"),
                                           N_ ("Fed ±2 mm moves it"),
                                           N_ ("Hub ±20° moves it"),
                                           N_ ("Inserted") };

static double
farther (const double moved[2][3], const double tip[3])
{
  return fmax (vec3_dist (moved[0], tip), vec3_dist (moved[1], tip));
}

static char *
cell (const WillisAlternative *a, guint number, int row)
{
  const WillisShapeProposal *p = _willis_alternative_proposal (a);
  const WillisHandling *h = a->cloud != NULL ? &a->cloud->handling : NULL;
  const WillisShapingCloud *c = &p->cloud;

  if (row >= ROW_CHANCE && row <= ROW_DOME && c->n == 0)
    return g_strdup (a->no_cloud ? "–" : "…");
  if (row >= ROW_KICK && row <= ROW_ROLLED && h == NULL)
    return g_strdup (a->no_cloud ? "–" : "…");
  switch ((Row) row)
    {
    case ROW_HEAD:
      return a->own == NULL ? g_strdup_printf ("%u", number) : g_strdup (a->of_plan ? _ ("of the plan") : _ ("by hand"));
    case ROW_DISTANCE:
      return g_strdup_printf ("%.1f mm", p->seat.error_mm);
    case ROW_ANGLE:
      return g_strdup_printf ("%.0f°", DEG (p->seat.angle));
    case ROW_CHANCE:
      return g_strdup_printf ("%.0f %%", 100.0 * c->in_zone);
    case ROW_REGION:
      if (!isfinite (c->region_mm))
        return g_strdup (_ ("wide"));
      return g_strdup_printf ("%.1f mm", fmax (c->region_mm, SPREAD_FLOOR_MM));
    case ROW_DOME:
      return g_strdup_printf ("%.0f %%", 100.0 * c->touches_dome);
    case ROW_SUPPORT:
      return g_strdup_printf ("%.1f mN", 1e-3 * p->seat.support_un);
    case ROW_CONTACTS:
      return g_strdup_printf ("%u", p->seat.contacts != NULL ? p->seat.contacts->len : 0);
    case ROW_KICK:
      return h->kicked ? g_strdup_printf ("%.0f mN", 1e-3 * h->kick_un)
                       : g_strdup_printf ("> %.0f mN", 1e-3 * h->most_un);
    case ROW_FED:
      return g_strdup_printf ("%.1f mm", farther (h->fed_mm, p->seat.tip));
    case ROW_ROLLED:
      return g_strdup_printf ("%.1f mm", farther (h->rolled_mm, p->seat.tip));
    case ROW_INSERTED:
    default:
      return g_strdup_printf ("%.0f mm", p->seat.inserted_mm);
    }
}

static void
put (WillisCatheterPage *self, int column, int row, const char *text, gboolean strong)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), column == 0 ? 0.0 : 1.0);
  if (column == 0) // so that three shapes fit beside each other
    {
      gtk_label_set_wrap (GTK_LABEL (label), TRUE);
      gtk_label_set_max_width_chars (GTK_LABEL (label), 18);
    }
  gtk_widget_add_css_class (label, strong ? "caption-heading" : "caption");
  if (column > 0)
    gtk_widget_add_css_class (label, "numeric");
  gtk_widget_set_hexpand (label, column > 0);
  gtk_grid_attach (GTK_GRID (self->result_grid), label, column, row, 1, 1);
}

/* The labels stay while the numbers change: making them anew takes longer than a frame. */
void
_willis_catheter_page_fill_results (WillisCatheterPage *self)
{
  guint n = self->alternatives->len;
  GtkGrid *grid = GTK_GRID (self->result_grid);
  GtkWidget *child;

  gtk_widget_set_visible (self->result_group, n > 0);
  if (n == 0)
    return;
  if (gtk_grid_get_child_at (grid, (int) n, 0) == NULL || gtk_grid_get_child_at (grid, (int) n + 1, 0) != NULL)
    {
      while ((child = gtk_widget_get_first_child (self->result_grid)) != NULL)
        gtk_grid_remove (grid, child);
      for (int row = 0; row < N_ROWS; row++)
        for (guint k = 0; k <= n; k++)
          put (self, (int) k, row, k == 0 ? _ (heads[row]) : "", k == 0 || row == 0);
    }
  for (guint k = 0; k < n; k++)
    {
      const WillisAlternative *a = self->alternatives->pdata[k];

      for (int row = 0; row < N_ROWS; row++)
        {
          GtkWidget *label = gtk_grid_get_child_at (grid, (int) k + 1, row);
          g_autofree char *text = cell (a, k + 1, row);

          gtk_label_set_text (GTK_LABEL (label), text);
          gtk_widget_remove_css_class (label, a == self->picked ? "caption" : "caption-heading");
          gtk_widget_add_css_class (label, a == self->picked || row == 0 ? "caption-heading" : "caption");
        }
    }
}
