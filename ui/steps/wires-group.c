/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/steps/wires-group.h"

#include <adwaita.h>
#include <math.h>

#include "core/base/i18n.h"
#include "solver/stent/laser.h"
#include "solver/stent/wires.h"
#include "ui/model/format.h"

#define REACH_MM 50.0
#define MAX_WIRES 24

typedef struct
{
  WillisCase *c;
  WillisCatalogue *catalogue;
  const WillisDevice *device;
  WillisBraid braid;
  int aneurysm;
  double distal_mm;
} Asked;

typedef struct
{
  gboolean braided;
  WillisWires wires;
  WillisLaserCut cut;
} Answer;

typedef struct
{
  GtkWidget *group, *button, *label;
  WillisSession *session; // borrowed
  WillisView3d *view;     // borrowed
  Asked asked;            // without a case; device NULL: nothing picked
  WillisJob *job;
} Group;

static void
asked_clear (Asked *asked)
{
  g_clear_pointer (&asked->c, willis_case_unref);
  g_clear_pointer (&asked->catalogue, willis_catalogue_unref);
  asked->device = NULL;
}

static void
asked_free (gpointer data)
{
  asked_clear (data);
  g_free (data);
}

static void
answer_free (gpointer data)
{
  Answer *answer = data;

  if (answer == NULL)
    return;
  willis_wires_clear (&answer->wires);
  willis_laser_cut_clear (&answer->cut);
  g_free (answer);
}

static gpointer
work (const WillisProgress *progress, gpointer data, GError **error)
{
  const Asked *in = data;
  WillisProgress first = willis_progress_part (progress, 0.0, 0.1, NULL), second = willis_progress_part (progress, 0.1, 0.2, NULL);
  WillisProgress third = willis_progress_part (progress, 0.2, 1.0, NULL);
  g_autoptr (WillisStentArtery) artery
      = willis_stent_artery_new (willis_case_surface (in->c), willis_case_tree (in->c),
                                 willis_case_aneurysm (in->c, (gsize) in->aneurysm), -1, REACH_MM, &first, error);
  g_autoptr (WillisLumen) lumen
      = artery != NULL ? willis_lumen_from_surface (willis_case_surface (in->c), 0.0, &second, error) : NULL;
  const WillisWireOptions options = { .wall_n_mm = WILLIS_WIRES_SCAN_WALL_N_MM };
  Answer *out;
  gboolean ok;

  if (lumen == NULL)
    return NULL;
  out = g_new0 (Answer, 1);
  out->braided = in->braid.wire_length_mm > 0.0;
  {
    WillisLumenLine line = willis_stent_artery_line (artery);
    const WillisWirePath path = { artery->n, artery->s_mm, artery->points_lps_mm };

    ok = out->braided ? willis_wires_settle (&in->braid, &line, &path, lumen, in->distal_mm, -1, &options, &third, &out->wires, error)
                      : willis_laser_cut_settle (in->device, &line, &path, lumen, in->distal_mm, -1, &third, &out->cut, error);
  }
  if (ok)
    return out;
  answer_free (out);
  return NULL;
}

static void
say (Group *g, const char *text)
{
  gtk_label_set_text (GTK_LABEL (g->label), text != NULL ? text : "");
  gtk_widget_set_visible (g->label, text != NULL);
}

static void
draw (Group *g, const WillisWires *wires)
{
  WillisScene *scene = willis_view3d_get_scene (g->view);
  g_autofree double *points = g_new (double, 3 * (gsize) wires->n_rings);
  int step = MAX (2 * wires->around / MAX_WIRES, 1);

  if (scene == NULL || willis_session_step (g->session) != WILLIS_STEP_STENT)
    return;
  for (int w = 0; w < MAX_WIRES && w * step < 2 * wires->around; w++)
    {
      g_autofree char *id = g_strdup_printf ("stent-wire-%d", w);

      for (int k = 0; k < wires->n_rings; k++)
        {
          int at = willis_wires_crossing (wires, w / 2 * 2 * step + w % 2, k);

          for (int c = 0; c < 3; c++)
            points[3 * k + c] = wires->points_lps_mm[3 * at + c];
        }
      willis_scene_show_curve (scene, id, points, (gsize) wires->n_rings, FALSE, WILLIS_COLOUR_DEVICE, 0.05, NULL);
    }
}

static void
show (Group *g, const Answer *answer)
{
  const WillisWires *w = &answer->wires;
  const WillisLaserCut *c = &answer->cut;
  g_autofree char *length = willis_text_value (answer->braided ? w->length_mm : NAN, 0.1, "mm");
  g_autofree char *gap = willis_text_value (answer->braided ? w->gap_max_mm : c->gap_max_mm, 0.01, "mm");
  g_autofree char *outer = willis_text_value (c->opening_outer_mm, 0.1, "mm"), *inner = willis_text_value (c->opening_inner_mm, 0.1, "mm");
  g_autofree char *text = NULL;

  if (!answer->braided)
    text = g_strdup_printf (_ ("Crowns stand up to %s off the wall. Cells open to %s at the outer curve, %s at the inner."), gap, outer,
                            inner);
  else if (isnan (w->porosity_outer))
    text = g_strdup_printf (_ ("%s long by its wires, up to %s off the wall."), length, gap);
  else
    text = g_strdup_printf (_ ("%s long by its wires, up to %s off the wall. Porosity %.0f %% at the outer curve, %.0f %% at the inner."),
                            length, gap, 100.0 * w->porosity_outer, 100.0 * w->porosity_inner);
  say (g, text);
  if (answer->braided)
    draw (g, w);
}

static void
done (WillisJob *job, gpointer result, const GError *error, gpointer data)
{
  GtkWidget *widget = data;
  Group *g = g_object_get_data (G_OBJECT (widget), "wires");

  if (g != NULL && g->job == job)
    {
      g_clear_object (&g->job);
      gtk_widget_set_sensitive (g->button, TRUE);
      if (result != NULL)
        show (g, result);
      else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        say (g, error->message);
    }
  answer_free (result);
  g_object_unref (widget);
}

static void
on_clicked (Group *g)
{
  Asked *in = g_new (Asked, 1);

  *in = g->asked;
  in->catalogue = willis_catalogue_ref (g->asked.catalogue);
  in->c = willis_case_copy (willis_session_case (g->session));
  gtk_widget_set_sensitive (g->button, FALSE);
  g->job = willis_session_start_job (g->session, _ ("Following every wire"), work, in, asked_free, answer_free, done,
                                     g_object_ref (g->group));
  if (g->job != NULL)
    g_object_ref (g->job);
  else
    gtk_widget_set_sensitive (g->button, TRUE);
}

static void
stop (Group *g)
{
  if (g->job != NULL)
    willis_job_cancel (g->job);
  g_clear_object (&g->job);
}

static void
group_free (gpointer data)
{
  Group *g = data;

  stop (g);
  asked_clear (&g->asked);
  g_free (g);
}

GtkWidget *
willis_wires_group_new (WillisSession *session, WillisView3d *view)
{
  Group *g = g_new0 (Group, 1);

  g->group = adw_preferences_group_new ();
  g->session = session;
  g->view = view;
  g->button = gtk_button_new_with_label (_ ("Follow every wire"));
  g->label = gtk_label_new (NULL);
  gtk_label_set_wrap (GTK_LABEL (g->label), TRUE);
  gtk_label_set_width_chars (GTK_LABEL (g->label), 24);
  gtk_label_set_xalign (GTK_LABEL (g->label), 0.0);
  gtk_widget_set_margin_top (g->label, 6);
  gtk_widget_set_visible (g->label, FALSE);
  gtk_widget_set_tooltip_text (g->button, _ ("Each wire of the device as an elastic rod in the artery: up to a minute"));
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (g->group), g->button);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (g->group), g->label);
  gtk_widget_set_visible (g->group, FALSE);
  g_object_set_data_full (G_OBJECT (g->group), "wires", g, group_free);
  g_signal_connect_swapped (g->button, "clicked", G_CALLBACK (on_clicked), g);
  return g->group;
}

void
willis_wires_group_set (GtkWidget *group, const WillisStentChoice *choice, WillisCatalogue *catalogue, int aneurysm)
{
  Group *g = g_object_get_data (G_OBJECT (group), "wires");
  gboolean same = choice != NULL && g->asked.device == choice->device && g->asked.catalogue == catalogue
                  && g->asked.aneurysm == aneurysm && g->asked.distal_mm == choice->distal_mm;

  gtk_widget_set_visible (group, choice != NULL);
  if (same)
    return;
  stop (g);
  say (g, NULL);
  gtk_widget_set_sensitive (g->button, TRUE);
  asked_clear (&g->asked);
  if (choice != NULL)
    g->asked = (Asked){ NULL, willis_catalogue_ref (catalogue), choice->device, choice->braid, aneurysm, choice->distal_mm };
}
