/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/steps/candidate-card.h"

#include "core/base/i18n.h"
#include "core/vessel/anatomy.h"
#include "core/image/reslice.h"
#include "core/num/vec3.h"
#include "ui/model/format.h"

#define PICTURE_PX 144
#define SHOWN_PX 88

/* The brightest voxels over the bulge, from the front: small, and enough to know it again. */
static GdkTexture *
picture (WillisSession *session, const WillisCandidate *k)
{
  WillisVolume *volume = willis_case_volume (willis_session_case (session));
  WillisPlane plane = { .right = { 1, 0, 0 }, .down = { 0, 0, -1 }, .width = PICTURE_PX, .height = PICTURE_PX };
  WillisResliceParams params = WILLIS_RESLICE_PARAMS_INIT;
  double side = CLAMP (3.0 * k->size_mm, 10.0, 40.0);
  g_autoptr (GBytes) bytes = NULL;
  guint32 *pixels;

  if (volume == NULL)
    return NULL;
  plane.pixel_mm = side / PICTURE_PX;
  vec3_set (plane.corner_lps_mm, k->centre_lps_mm[0] - 0.5 * side, k->centre_lps_mm[1], k->centre_lps_mm[2] + 0.5 * side);
  params.thickness_mm = MAX (k->size_mm, 2.0);
  params.window = willis_session_display (session)->window;
  params.level = willis_session_display (session)->level;
  pixels = g_new (guint32, PICTURE_PX * PICTURE_PX);
  willis_reslice_argb (volume, &plane, &params, pixels, PICTURE_PX);
  bytes = g_bytes_new_take (pixels, sizeof (guint32) * PICTURE_PX * PICTURE_PX);
  return gdk_memory_texture_new (PICTURE_PX, PICTURE_PX, GDK_MEMORY_DEFAULT, bytes, PICTURE_PX * 4);
}

/* The aneurysm that candidate n is measured as, -1: none. */
static int
measured_as (WillisSession *session, int n)
{
  WillisCase *c = willis_session_case (session);
  const GArray *candidates = c != NULL ? willis_case_candidates (c) : NULL;

  return candidates != NULL && n < (int) candidates->len
             ? willis_case_aneurysm_at (c, g_array_index (candidates, WillisCandidate, n).centre_lps_mm)
             : -1;
}

static void
measure (WillisSession *session, int n)
{
  const GArray *candidates = willis_case_candidates (willis_session_case (session));

  willis_session_select_candidate (session, n);
  if (candidates != NULL && n < (int) candidates->len)
    willis_session_run_measure (session, g_array_index (candidates, WillisCandidate, n).centre_lps_mm, -1);
}

/* Measures the candidate, or goes to the aneurysm that it is measured as. */
static void
on_main (GtkButton *button, WillisSession *session)
{
  int n = GPOINTER_TO_INT (g_object_get_data (G_OBJECT (button), "candidate")), aneurysm = measured_as (session, n);

  if (aneurysm < 0)
    {
      measure (session, n);
      return;
    }
  willis_session_go_to_aneurysm (session, aneurysm);
}

static void
on_dismiss (GtkButton *button, WillisSession *session)
{
  willis_session_dismiss_candidate (session, GPOINTER_TO_INT (g_object_get_data (G_OBJECT (button), "candidate")));
}

static GtkWidget *
card_button (WillisSession *session, int n, GCallback callback)
{
  GtkWidget *button = gtk_button_new_with_label ("");

  gtk_widget_add_css_class (button, "small");
  g_object_set_data (G_OBJECT (button), "candidate", GINT_TO_POINTER (n));
  g_signal_connect_object (button, "clicked", callback, session, 0);
  return button;
}

static GtkWidget *
card_label (const char *text, const char *css)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0.0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_widget_add_css_class (label, css);
  return label;
}

static const char *const part_names[] = { [WILLIS_CARD_MAIN] = "main", [WILLIS_CARD_DISMISS] = "dismiss" };

static GtkWidget *
part_of (GtkWidget *card, int part)
{
  return part == WILLIS_CARD_ROW ? card : g_object_get_data (G_OBJECT (card), part_names[part]);
}

GtkWidget *
willis_candidate_card_new (WillisSession *session, int n)
{
  WillisCase *c = willis_session_case (session);
  const WillisCandidate *k = &g_array_index (willis_case_candidates (c), WillisCandidate, n);
  g_autofree char *size = willis_text_value (k->size_mm, 0.3, "mm");
  g_autofree char *title = g_strdup_printf ("%d · %s", n + 1, size);
  g_autoptr (GdkTexture) texture = picture (session, k);
  GtkWidget *row = gtk_list_box_row_new (), *image = gtk_picture_new_for_paintable (GDK_PAINTABLE (texture));
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12), *texts = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);
  GtkWidget *buttons = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6), *subtitle = card_label ("", "caption");
  GtkWidget *measured = card_label ("", "success");
  GtkWidget *main_button = card_button (session, n, G_CALLBACK (on_main));
  GtkWidget *dismiss = card_button (session, n, G_CALLBACK (on_dismiss));

  gtk_widget_set_size_request (image, SHOWN_PX, SHOWN_PX);
  gtk_picture_set_can_shrink (GTK_PICTURE (image), TRUE);
  gtk_widget_set_valign (image, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (image, "candidate-picture");
  gtk_picture_set_alternative_text (GTK_PICTURE (image), title);
  gtk_box_append (GTK_BOX (texts), card_label (title, "heading"));
  gtk_box_append (GTK_BOX (texts), subtitle);
  gtk_box_append (GTK_BOX (texts), measured);
  gtk_button_set_label (GTK_BUTTON (dismiss), _ ("Dismiss"));
  gtk_widget_set_tooltip_text (dismiss, _ ("Not an aneurysm"));
  gtk_box_append (GTK_BOX (buttons), main_button);
  gtk_box_append (GTK_BOX (buttons), dismiss);
  gtk_widget_set_margin_top (buttons, 4);
  gtk_box_append (GTK_BOX (texts), buttons);
  gtk_widget_set_valign (texts, GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (box), image);
  gtk_box_append (GTK_BOX (box), texts);
  gtk_widget_add_css_class (box, "candidate-card");
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
  g_object_set_data (G_OBJECT (row), "candidate", GINT_TO_POINTER (n));
  g_object_set_data (G_OBJECT (row), "subtitle", subtitle);
  g_object_set_data (G_OBJECT (row), "measured", measured);
  g_object_set_data (G_OBJECT (row), part_names[WILLIS_CARD_MAIN], main_button);
  g_object_set_data (G_OBJECT (row), part_names[WILLIS_CARD_DISMISS], dismiss);
  willis_candidate_card_update (row, session);
  return row;
}

void
willis_candidate_card_update (GtkWidget *card, WillisSession *session)
{
  int n = GPOINTER_TO_INT (g_object_get_data (G_OBJECT (card), "candidate")), aneurysm = measured_as (session, n);
  WillisCase *c = willis_session_case (session);
  const WillisCandidate *k = &g_array_index (willis_case_candidates (c), WillisCandidate, n);
  g_autofree char *branch
      = willis_artery_text (willis_tree_name_near (willis_case_tree (c), k->branch, k->centre_lps_mm));
  g_autofree char *neck = willis_text_value (k->neck_mm, 0.3, "mm");
  g_autofree char *subtitle
      = g_strdup_printf (_ ("neck about %s · score %.2f%s%s"), neck, k->score, "\n", branch);
  GtkWidget *measured = g_object_get_data (G_OBJECT (card), "measured"),
            *main_button = part_of (card, WILLIS_CARD_MAIN);
  const WillisMeasure *size
      = aneurysm >= 0
            ? &willis_aneurysm_morphology (willis_case_aneurysm (c, (gsize) aneurysm))->index[WILLIS_INDEX_SIZE]
            : NULL;
  g_autofree char *size_text = size != NULL ? willis_text_measure (size, "mm") : g_strdup ("");
  // Translators: the aneurysm's number, its size
  g_autofree char *text = g_strdup_printf (_ ("Measured: aneurysm %d, %s"), aneurysm + 1, size_text);

  gtk_label_set_text (GTK_LABEL (g_object_get_data (G_OBJECT (card), "subtitle")), subtitle);
  gtk_label_set_text (GTK_LABEL (measured), text);
  gtk_widget_set_visible (measured, aneurysm >= 0);
  gtk_button_set_label (GTK_BUTTON (main_button), aneurysm >= 0 ? _ ("Go to it") : _ ("Measure"));
  gtk_widget_set_tooltip_text (main_button, aneurysm >= 0 ? _ ("To the aneurysm that was measured here")
                                                          : _ ("Find the neck and measure"));
}

WillisCardPart
willis_candidate_card_focused (GtkWidget *card)
{
  for (int part = 0; part < WILLIS_CARD_NONE; part++)
    if (gtk_widget_is_focus (part_of (card, part)))
      return (WillisCardPart) part;
  return WILLIS_CARD_NONE;
}

void
willis_candidate_card_focus (GtkWidget *card, WillisCardPart part)
{
  gtk_widget_grab_focus (part_of (card, part));
}
