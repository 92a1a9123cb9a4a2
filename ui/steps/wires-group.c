/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/steps/wires-group.h"

#include <adwaita.h>
#include <math.h>

#include "core/base/i18n.h"
#include "core/num/vec3.h"
#include "solver/stent/laser.h"
#include "solver/stent/straighten.h"
#include "solver/stent/wires.h"
#include "ui/model/format.h"
#include "ui/steps/stent-scene.h"

#define REACH_MM 50.0
#define MAX_WIRES 24
#define STRAIGHTENING (1.0 / 3.0) // of the curvature: King et al. 2012
#define ARTERY_AFTER "stent-artery-after"

typedef enum
{
  QUESTION_WIRES,
  QUESTION_STRAIGHT,
  N_QUESTIONS
} Question;

typedef struct
{
  Question question;
  WillisCase *c;
  WillisCatalogue *catalogue;
  const WillisDevice *device;
  WillisBraid braid;
  int aneurysm;
  double distal_mm, proximal_mm;
} Asked;

typedef struct
{
  Question question;
  gboolean braided;
  WillisWires wires;
  WillisLaserCut cut;
  WillisStraightened after;
  gsize n_after;    // points of after
  double change_mm; // of the length; NAN where the device is no braid
} Answer;

typedef struct
{
  GtkWidget *group, *button[N_QUESTIONS], *label[N_QUESTIONS];
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
  willis_straightened_clear (&answer->after);
  g_free (answer);
}

static gboolean
follow_wires (const Asked *in, const WillisStentArtery *artery, const WillisProgress *progress, Answer *out,
              GError **error)
{
  WillisProgress first = willis_progress_part (progress, 0.0, 0.1, NULL),
                 second = willis_progress_part (progress, 0.1, 1.0, NULL);
  g_autoptr (WillisLumen) lumen = willis_lumen_from_surface (willis_case_surface (in->c), 0.0, &first, error);
  const WillisWireOptions options = { .wall_n_mm = WILLIS_WIRES_SCAN_WALL_N_MM };
  WillisLumenLine line = willis_stent_artery_line (artery);
  const WillisWirePath path = { artery->n, artery->s_mm, artery->points_lps_mm };

  if (lumen == NULL)
    return FALSE;
  return out->braided
             ? willis_wires_settle (&in->braid, &line, &path, lumen, in->distal_mm, -1, &options, &second, &out->wires,
                                    error)
             : willis_laser_cut_settle (in->device, &line, &path, lumen, in->distal_mm, -1, &second, &out->cut, error);
}

static gboolean
straighten (const Asked *in, const WillisStentArtery *artery, Answer *out, GError **error)
{
  out->n_after = artery->n;
  out->change_mm = NAN;
  return willis_stent_straighten (artery, in->distal_mm, in->proximal_mm, STRAIGHTENING, 0.0, &out->after, error)
         && (!out->braided
             || willis_stent_straighten_change (artery, &in->braid, in->distal_mm, in->proximal_mm, &out->after,
                                                &out->change_mm, error));
}

static gpointer
work (const WillisProgress *progress, gpointer data, GError **error)
{
  const Asked *in = data;
  WillisProgress first = willis_progress_part (progress, 0.0, 0.1, NULL),
                 second = willis_progress_part (progress, 0.1, 1.0, NULL);
  g_autoptr (WillisStentArtery) artery
      = willis_stent_artery_new (willis_case_surface (in->c), willis_case_tree (in->c),
                                 willis_case_aneurysm (in->c, (gsize) in->aneurysm), -1, REACH_MM, &first, error);
  Answer *out;

  if (artery == NULL)
    return NULL;
  out = g_new0 (Answer, 1);
  out->question = in->question;
  out->braided = in->braid.wire_length_mm > 0.0;
  if (in->question == QUESTION_WIRES ? follow_wires (in, artery, &second, out, error)
                                     : straighten (in, artery, out, error))
    return out;
  answer_free (out);
  return NULL;
}

static void
say (Group *g, Question question, const char *text)
{
  gtk_label_set_text (GTK_LABEL (g->label[question]), text != NULL ? text : "");
  gtk_widget_set_visible (g->label[question], text != NULL);
}

static void
set_sensitive (Group *g, gboolean sensitive)
{
  for (int q = 0; q < N_QUESTIONS; q++)
    gtk_widget_set_sensitive (g->button[q], sensitive);
}

static void
draw (Group *g, const WillisWires *wires)
{
  WillisScene *scene = willis_view3d_get_scene (g->view);
  int step = MAX (2 * wires->around / MAX_WIRES, 1), n = MIN (MAX_WIRES, 2 * wires->around / step);
  g_autofree double *points = g_new (double, 3 * (gsize) wires->n_rings * (gsize) MAX (n, 1));

  if (scene == NULL || willis_session_step (g->session) != WILLIS_STEP_STENT)
    return;
  for (int w = 0; w < n; w++)
    for (int k = 0; k < wires->n_rings; k++)
      vec3_copy (points + 3 * (w * wires->n_rings + k),
                 wires->points_lps_mm + 3 * willis_wires_crossing (wires, w / 2 * 2 * step + w % 2, k));
  willis_scene_show_curves (scene, WILLIS_STENT_WIRES, points, (gsize) n, (gsize) wires->n_rings, FALSE,
                            WILLIS_COLOUR_DEVICE, 0.05, NULL);
}

/* The artery's centreline as it comes to lie. */
static void
show_straight (Group *g, const Answer *answer)
{
  const WillisStraightened *s = &answer->after;
  WillisScene *scene = willis_view3d_get_scene (g->view);
  g_autofree char *before = willis_text_value (1.0 / fmax (s->mean_curvature_before, 1e-9), 0.1, "mm");
  g_autofree char *after = willis_text_value (1.0 / fmax (s->mean_curvature_after, 1e-9), 0.1, "mm");
  g_autofree char *moved = willis_text_value (s->moved_mm, 0.1, "mm"), *text = NULL;

  if (isnan (answer->change_mm))
    text = g_strdup_printf (_ ("Mean radius of curvature %s instead of %s; the centreline moves up to %s."), after,
                            before, moved);
  else
    text = g_strdup_printf (
        _ ("Mean radius of curvature %s instead of %s; the centreline moves up to %s. The device's length "
           "changes by %+.1f mm with it."),
        after, before, moved, answer->change_mm);
  say (g, QUESTION_STRAIGHT, text);
  if (scene != NULL && willis_session_step (g->session) == WILLIS_STEP_STENT)
    willis_scene_show_curve (scene, ARTERY_AFTER, s->points_lps_mm, answer->n_after, FALSE, WILLIS_COLOUR_GROWTH, 0.12,
                             NULL);
}

static void
show_wires (Group *g, const Answer *answer)
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
    text = g_strdup_printf (
        _ ("%s long by its wires, up to %s off the wall. Porosity %.0f %% at the outer curve, %.0f %% at the inner."),
        length, gap, 100.0 * w->porosity_outer, 100.0 * w->porosity_inner);
  say (g, QUESTION_WIRES, text);
  if (answer->braided)
    draw (g, w);
}

typedef struct
{
  GtkWidget *widget;
  Question question;
} Waiting;

static void
done (WillisJob *job, gpointer result, const GError *error, gpointer data)
{
  Waiting *waiting = data;
  Group *g = g_object_get_data (G_OBJECT (waiting->widget), "wires");
  Answer *answer = result;

  if (g != NULL && g->job == job)
    {
      g_clear_object (&g->job);
      set_sensitive (g, TRUE);
      if (answer != NULL && answer->question == QUESTION_WIRES)
        show_wires (g, answer);
      else if (answer != NULL)
        show_straight (g, answer);
      else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        say (g, waiting->question, error->message);
    }
  answer_free (answer);
  g_object_unref (waiting->widget);
  g_free (waiting);
}

static void
ask (Group *g, Question question)
{
  Asked *in = g_new (Asked, 1);
  Waiting *waiting = g_new (Waiting, 1);

  *in = g->asked;
  in->question = question;
  in->catalogue = willis_catalogue_ref (g->asked.catalogue);
  in->c = willis_case_copy (willis_session_case (g->session));
  *waiting = (Waiting){ g_object_ref (g->group), question };
  set_sensitive (g, FALSE);
  g->job = willis_session_start_job (
      g->session, question == QUESTION_WIRES ? _ ("Following every wire") : _ ("Straightening the artery"), work, in,
      asked_free, answer_free, done, waiting);
  if (g->job != NULL)
    g_object_ref (g->job);
  else
    set_sensitive (g, TRUE);
}

static void
on_wires (Group *g)
{
  ask (g, QUESTION_WIRES);
}

static void
on_straight (Group *g)
{
  ask (g, QUESTION_STRAIGHT);
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

static void
add_question (Group *g, Question question, const char *name, const char *tip, GCallback clicked)
{
  g->button[question] = gtk_button_new_with_label (name);
  g->label[question] = gtk_label_new (NULL);
  gtk_label_set_wrap (GTK_LABEL (g->label[question]), TRUE);
  gtk_label_set_width_chars (GTK_LABEL (g->label[question]), 24);
  gtk_label_set_xalign (GTK_LABEL (g->label[question]), 0.0);
  gtk_widget_set_margin_top (g->label[question], 6);
  gtk_widget_set_margin_bottom (g->label[question], 6);
  gtk_widget_set_visible (g->label[question], FALSE);
  gtk_widget_set_margin_top (g->button[question], question > 0 ? 6 : 0);
  gtk_widget_set_tooltip_text (g->button[question], tip);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (g->group), g->button[question]);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (g->group), g->label[question]);
  g_signal_connect_swapped (g->button[question], "clicked", clicked, g);
}

GtkWidget *
willis_wires_group_new (WillisSession *session, WillisView3d *view)
{
  Group *g = g_new0 (Group, 1);

  g->group = adw_preferences_group_new ();
  g->session = session;
  g->view = view;
  add_question (g, QUESTION_WIRES, _ ("Follow every wire"),
                _ ("Each wire of the device as an elastic rod in the artery: up to a minute"), G_CALLBACK (on_wires));
  add_question (g, QUESTION_STRAIGHT, _ ("Straighten the artery"),
                _ ("Where the artery's centreline comes to lie under the device after release (a rod in an elastic "
                   "wall that loses a third of its "
                   "curvature), and what that does to the length"),
                G_CALLBACK (on_straight));
  gtk_widget_set_visible (g->group, FALSE);
  g_object_set_data_full (G_OBJECT (g->group), "wires", g, group_free);
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
  for (Question q = 0; q < N_QUESTIONS; q++)
    say (g, q, NULL);
  set_sensitive (g, TRUE);
  if (willis_view3d_get_scene (g->view) != NULL)
    willis_scene_hide (willis_view3d_get_scene (g->view), ARTERY_AFTER);
  asked_clear (&g->asked);
  if (choice != NULL)
    g->asked = (Asked){ .catalogue = willis_catalogue_ref (catalogue),
                        .device = choice->device,
                        .braid = choice->braid,
                        .aneurysm = aneurysm,
                        .distal_mm = choice->distal_mm,
                        .proximal_mm = choice->proximal_mm };
}
