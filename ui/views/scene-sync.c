/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/views/scene-sync.h"

#include <math.h>
#include <string.h>

#include "core/base/i18n.h"
#include "core/num/vec3.h"
#include "ui/model/followup.h"

/* Ids of what the scene shows. */
#define LUMEN "lumen"
#define BONE "bone"
#define VOLUME "volume"
#define TREE "tree"
#define CANDIDATES "candidates"
#define SAC "sac"
#define NECK_CURVE "neck-curve"
#define NECK "neck"
#define GROWTH "growth"
#define EARLIER_SAC "earlier-sac"

#define AT_ONCE_TRIANGLES 60000 // more take longer than a few milliseconds to be made ready

typedef struct
{
  WillisView3d *view; // owns this
  WillisSession *session;
  WillisSurface *lumen; // what is shown now or will be, referenced so that addresses stay unique
  WillisJob *lumen_job; // makes a large one ready; borrowed from the session
  WillisSegmentation *segmentation;
  WillisJob *bone_job; // finds the bone's surface
  gboolean bone_known; // found, or tried
  WillisVolume *volume;
  WillisTree *tree;
  int branch;
  WillisAneurysm *aneurysm;
  WillisGrowth *growth;
  gboolean growth_significance;
  gboolean framed;
  gboolean dragging;
  guint late_id; // another look at everything, after the slices are drawn
} Sync;

static void on_changed (WillisSession *session, Sync *s);

static void
complain (Sync *s, GError *error)
{
  if (error == NULL)
    return;
  willis_session_say (s->session, TRUE, "%s", error->message);
  g_error_free (error);
}

static void
show_lumen (Sync *s, WillisScene *scene, WillisReady *ready)
{
  GError *error = NULL;

  if (!willis_scene_show_ready (scene, LUMEN, ready, WILLIS_COLOUR_VESSEL, 1.0, &error))
    complain (s, g_steal_pointer (&error));
  willis_scene_set_visible (scene, LUMEN, !willis_session_display (s->session)->show_volume);
  if (!s->framed)
    {
      s->framed = TRUE;
      willis_view3d_frame (s->view, LUMEN);
    }
}

static gpointer
lumen_work (const WillisProgress *progress, gpointer data, GError **error)
{
  return willis_progress_step (progress, 0.0, error) ? willis_ready_new (data, error) : NULL;
}

static void
lumen_done (WillisJob *job, gpointer result, const GError *error, gpointer data)
{
  WillisView3d *view = data;
  Sync *s = g_object_get_data (G_OBJECT (view), "scene-sync");
  WillisScene *scene = willis_view3d_get_scene (view);

  if (s != NULL && s->lumen_job == job)
    {
      s->lumen_job = NULL;
      if (result != NULL && scene != NULL)
        {
          show_lumen (s, scene, result);
          on_changed (s->session, s); // how it is to be seen
        }
      else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        {
          g_clear_pointer (&s->lumen, willis_surface_unref); // tried again at the next look
          if (scene != NULL)
            willis_scene_hide (scene, LUMEN);
        }
      else if (error != NULL)
        complain (s, g_error_copy (error));
    }
  willis_ready_free (result);
  g_object_unref (view);
}

/* The lumen. A large one is made ready on a thread: it takes longer than a frame; until then the one before is seen. */
static void
sync_surfaces (Sync *s, WillisScene *scene, WillisCase *c)
{
  WillisSurface *lumen = c != NULL ? willis_case_surface (c) : NULL;
  GError *error = NULL;

  if (lumen != s->lumen)
    {
      g_clear_pointer (&s->lumen, willis_surface_unref);
      s->lumen = lumen != NULL ? willis_surface_ref (lumen) : NULL;
      s->lumen_job = NULL; // what it brings is not wanted any more
      if (lumen == NULL || !s->framed) // of another scan
        willis_scene_hide (scene, LUMEN);
      if (lumen == NULL)
        ; // nothing to show
      else if (willis_surface_n_triangles (lumen) > AT_ONCE_TRIANGLES)
        s->lumen_job = willis_session_start_job (s->session, _ ("Draw the arteries"), lumen_work, willis_surface_ref (lumen),
                                                 (GDestroyNotify) willis_surface_unref,
                                                 (GDestroyNotify) willis_ready_free, lumen_done, g_object_ref (s->view));
      else
        {
          WillisReady *ready = willis_ready_new (lumen, &error);

          if (ready != NULL)
            show_lumen (s, scene, ready);
          else
            complain (s, error);
          willis_ready_free (ready);
        }
    }
  willis_scene_set_visible (scene, LUMEN, !willis_session_display (s->session)->show_volume);
}

/* Bone is drawn as a ghost whose surface is found on a thread: for a large head it takes longer than a frame. */
static gpointer
bone_work (const WillisProgress *progress, gpointer data, GError **error)
{
  if (!willis_progress_step (progress, 0.0, error))
    return NULL;
  return willis_scene_label_surface (willis_segmentation_labels (data), WILLIS_LABEL_BONE);
}

static void
bone_done (WillisJob *job, gpointer result, const GError *error, gpointer data)
{
  WillisView3d *view = data;
  Sync *s = g_object_get_data (G_OBJECT (view), "scene-sync");
  WillisScene *scene = willis_view3d_get_scene (view);
  g_autoptr (WillisSurface) surface = result;
  GError *shown = NULL;

  if (s != NULL && s->bone_job == job)
    {
      g_clear_object (&s->bone_job);
      s->bone_known = TRUE;
      if (surface != NULL && scene != NULL && willis_surface_n_triangles (surface) > 0)
        {
          if (!willis_scene_show_surface (scene, BONE, surface, WILLIS_COLOUR_BONE, 0.15, &shown))
            complain (s, shown);
          willis_scene_set_visible (scene, BONE, willis_session_display (s->session)->show_bone);
        }
    }
  g_object_unref (view);
}

static void
sync_bone (Sync *s, WillisScene *scene, WillisCase *c)
{
  WillisSegmentation *segmentation = c != NULL ? willis_case_segmentation (c) : NULL;
  const WillisDisplay *display = willis_session_display (s->session);

  if (segmentation != s->segmentation)
    {
      willis_scene_hide (scene, BONE);
      if (s->bone_job != NULL)
        willis_job_cancel (s->bone_job);
      g_clear_object (&s->bone_job);
      s->bone_known = FALSE;
      g_clear_pointer (&s->segmentation, willis_segmentation_unref);
      s->segmentation = segmentation != NULL ? willis_segmentation_ref (segmentation) : NULL;
    }
  if (segmentation != NULL && display->show_bone && !s->bone_known && s->bone_job == NULL)
    s->bone_job = willis_job_start (_ ("Find the bone"), bone_work, willis_segmentation_ref (segmentation),
                                    (GDestroyNotify) willis_segmentation_unref, (GDestroyNotify) willis_surface_unref,
                                    bone_done, g_object_ref (s->view));
  willis_scene_set_visible (scene, BONE, display->show_bone);
}

static void
sync_volume (Sync *s, WillisScene *scene, WillisCase *c)
{
  WillisVolume *volume = c != NULL ? willis_case_volume (c) : NULL;
  gboolean wanted = volume != NULL && willis_session_display (s->session)->show_volume;
  GError *error = NULL;

  if (volume != s->volume)
    {
      willis_scene_hide (scene, VOLUME);
      g_clear_pointer (&s->volume, willis_volume_unref);
      s->volume = volume != NULL ? willis_volume_ref (volume) : NULL;
      s->framed = FALSE;
    }
  if (wanted && !willis_scene_has (scene, VOLUME) && !willis_scene_show_volume (scene, VOLUME, volume, NULL, &error))
    complain (s, g_steal_pointer (&error));
  willis_scene_set_visible (scene, VOLUME, wanted);
  if (wanted && !s->framed)
    {
      s->framed = TRUE;
      willis_view3d_frame (s->view, VOLUME);
    }
}

static void
sync_tree (Sync *s, WillisScene *scene, WillisCase *c)
{
  WillisTree *tree = c != NULL ? willis_case_tree (c) : NULL;
  int branch = willis_session_branch (s->session);
  gboolean wanted = willis_session_display (s->session)->show_tree;
  GError *error = NULL;

  if (!wanted || tree == NULL)
    {
      willis_scene_hide (scene, TREE);
      g_clear_pointer (&s->tree, willis_tree_unref);
      // a device in the artery is to be seen
      willis_scene_set_opacity (scene, LUMEN, willis_session_step (s->session) == WILLIS_STEP_STENT || willis_session_step (s->session) == WILLIS_STEP_CATHETER ? 0.35 : 1.0);
      return;
    }
  if (tree != s->tree || branch != s->branch)
    {
      g_clear_pointer (&s->tree, willis_tree_unref);
      s->tree = willis_tree_ref (tree);
      s->branch = branch;
      if (!willis_scene_show_tree (scene, TREE, tree, WILLIS_TREE_LINES, branch, &error))
        complain (s, g_steal_pointer (&error));
    }
  willis_scene_set_opacity (scene, LUMEN, 0.35); // the lines run inside
}

static void
sync_candidates (Sync *s, WillisScene *scene, WillisCase *c)
{
  const GArray *candidates = c != NULL ? willis_case_candidates (c) : NULL;
  g_autofree WillisMarker *markers = NULL;
  GError *error = NULL;

  if (candidates == NULL || candidates->len == 0 || willis_case_n_aneurysms (c) > 0
      || willis_session_step (s->session) != WILLIS_STEP_ANEURYSM)
    {
      willis_scene_hide (scene, CANDIDATES);
      return;
    }
  markers = g_new0 (WillisMarker, candidates->len);
  for (guint n = 0; n < candidates->len; n++)
    {
      const WillisCandidate *k = &g_array_index (candidates, WillisCandidate, n);

      vec3_copy (markers[n].lps_mm, k->centre_lps_mm);
      markers[n].radius_mm = (int) n == willis_session_candidate (s->session) ? 1.0 : 0.6;
      markers[n].rgb = WILLIS_COLOUR_SAC;
      markers[n].caption = g_strdup_printf ("%u", n + 1);
    }
  if (!willis_scene_show_markers (scene, CANDIDATES, markers, candidates->len, &error))
    complain (s, g_steal_pointer (&error));
  for (guint n = 0; n < candidates->len; n++)
    g_free ((char *) markers[n].caption);
}

/* Looks at a sac that has just been measured, with its surroundings. */
static void
look_at_sac (Sync *s, WillisScene *scene)
{
  int width, height;

  s->framed = TRUE; // also where the lumen comes later
  willis_view3d_frame (s->view, SAC);
  willis_scene_get_size (scene, &width, &height);
  willis_scene_zoom (scene, 0.38, 0.5 * width, 0.5 * height);
}

static void
sync_aneurysm (Sync *s, WillisScene *scene)
{
  WillisAneurysm *aneurysm = willis_session_shown_aneurysm (s->session);
  gboolean wanted = willis_session_step (s->session) == WILLIS_STEP_ANEURYSM;
  GError *error = NULL;
  WillisNeck neck;
  gsize n = 0;

  if (aneurysm != s->aneurysm)
    {
      g_clear_pointer (&s->aneurysm, willis_aneurysm_unref);
      s->aneurysm = aneurysm != NULL ? willis_aneurysm_ref (aneurysm) : NULL;
      if (aneurysm == NULL)
        {
          willis_scene_hide (scene, SAC);
          willis_scene_hide (scene, NECK_CURVE);
        }
      else
        {
          const double *curve = willis_aneurysm_neck_curve (aneurysm, &n);
          g_autoptr (WillisSurface) sac = willis_surface_offset (willis_aneurysm_sac (aneurysm), WILLIS_SAC_LIFT_MM);
          gboolean first = !willis_scene_has (scene, SAC);

          if (willis_scene_show_surface (scene, SAC, sac, WILLIS_COLOUR_SAC, 1.0, &error) && n > 2)
            willis_scene_show_curve (scene, NECK_CURVE, curve, n, TRUE, WILLIS_COLOUR_NECK, 0.12, &error);
          complain (s, g_steal_pointer (&error));
          if (first)
            look_at_sac (s, scene);
        }
    }
  if (!wanted || !willis_session_get_neck (s->session, &neck))
    willis_scene_hide (scene, NECK);
  else if (!s->dragging
           && !willis_scene_show_ring (scene, NECK, &neck, willis_session_neck_radius_mm (s->session), &error))
    complain (s, g_steal_pointer (&error));
}

/* The sac in colours of its displacement, or of how many deviations of unchanged artery that is. */
static void
show_growth (Sync *s, WillisScene *scene, const WillisGrowth *g, gboolean significance)
{
  g_autoptr (WillisSurface) here = willis_surface_carried (g->sac, &g->align.motion);
  g_autoptr (WillisSurface) lifted = willis_surface_offset (here, 1.2 * WILLIS_SAC_LIFT_MM);
  g_autoptr (WillisSurface) before = willis_surface_carried (g->sac_before, &g->align.motion);
  double most = significance ? 8.0 : MAX (2.0 * g->limit_mm, 0.5);
  GError *error = NULL;

  for (gsize i = 0; i < willis_surface_n_points (g->sac) && !significance; i++)
    if (isfinite (g->displacement_mm[i]))
      most = MAX (most, fabs (g->displacement_mm[i]));
  if (willis_scene_show_field (scene, GROWTH, lifted, significance ? g->z : g->displacement_mm, -most, most,
                               WILLIS_MAP_DIVERGING,
                               significance ? _ ("Deviations of unchanged artery") : _ ("Wall moved outwards"),
                               significance ? "" : "mm", &error))
    willis_scene_show_surface (scene, EARLIER_SAC, before, WILLIS_COLOUR_DEVICE, 0.3, &error);
  complain (s, g_steal_pointer (&error));
}

/* In the follow-up step: the growth map on the sac instead of the amber one, the earlier sac as a ghost. */
static void
sync_growth (Sync *s, WillisScene *scene)
{
  WillisComparison *comparison
      = willis_session_step (s->session) == WILLIS_STEP_FOLLOWUP ? willis_session_comparison (s->session) : NULL;
  WillisGrowth *g = comparison != NULL ? comparison->growth : NULL;
  gboolean significance = willis_session_growth_significance (s->session), other = g != s->growth;

  if (other || significance != s->growth_significance)
    {
      s->growth_significance = significance;
      g_clear_pointer (&s->growth, willis_growth_unref);
      s->growth = g != NULL ? willis_growth_ref (g) : NULL;
      willis_scene_hide (scene, GROWTH);
      willis_scene_hide (scene, EARLIER_SAC);
      if (g != NULL && g->sac != NULL && g->displacement_mm != NULL)
        show_growth (s, scene, g, significance);
      if (other && g != NULL && g->sac != NULL && g->displacement_mm != NULL)
        {
          s->framed = TRUE;
          willis_view3d_frame (s->view, GROWTH);
        }
    }
  // the catheter in the sac is to be seen: its wall is the lumen's
  willis_scene_set_visible (scene, SAC, (g == NULL || g->displacement_mm == NULL) && willis_session_step (s->session) != WILLIS_STEP_CATHETER);
}

static void
sync_all (Sync *s)
{
  WillisScene *scene = willis_view3d_get_scene (s->view);
  WillisCase *c = willis_session_case (s->session);

  if (scene == NULL)
    return;
  sync_volume (s, scene, c);
  sync_surfaces (s, scene, c);
  sync_bone (s, scene, c);
  sync_tree (s, scene, c);
  sync_candidates (s, scene, c);
  sync_aneurysm (s, scene);
  sync_growth (s, scene);
}

static void
on_crosshair (Sync *s)
{
  WillisScene *scene = willis_view3d_get_scene (s->view);

  if (scene == NULL)
    return;
  willis_scene_set_crosshair (scene, willis_session_case (s->session) != NULL
                                             && willis_session_display (s->session)->show_crosshair
                                         ? willis_session_crosshair (s->session)
                                         : NULL);
}

static gboolean
on_late (gpointer data)
{
  Sync *s = data;

  s->late_id = 0;
  sync_all (s);
  on_crosshair (s);
  return G_SOURCE_REMOVE;
}

/* Another case, display or selection. Panels and slices follow in the frame at hand, the surfaces in a round of their
 * own: all at once would keep the window from answering, and several changes together need one look. */
static void
on_changed (WillisSession *session, Sync *s)
{
  if (s->late_id == 0)
    s->late_id = g_timeout_add (15, on_late, s); // an idle source may wait for long while frames follow each other
}

static void
on_neck_changed (WillisSession *session, Sync *s)
{
  WillisScene *scene = willis_view3d_get_scene (s->view);

  if (scene != NULL)
    sync_aneurysm (s, scene);
}

static void
on_crosshair_changed (WillisSession *session, Sync *s)
{
  on_crosshair (s);
}

static void
on_picked (WillisView3d *view, double x, double y, double z, const char *id, gint64 cell, Sync *s)
{
  const double at[3] = { x, y, z };

  if (g_strcmp0 (id, CANDIDATES) == 0)
    willis_session_select_candidate (s->session, (int) cell);
  else
    {
      if (g_strcmp0 (id, TREE) == 0)
        willis_session_select_branch (s->session, (int) cell);
      willis_session_set_crosshair (s->session, at);
    }
}

static void
on_ring_dragged (WillisView3d *view, const char *id, gboolean finished, Sync *s)
{
  WillisScene *scene = willis_view3d_get_scene (view);
  double radius;
  WillisNeck neck, now;

  if (scene == NULL || g_strcmp0 (id, NECK) != 0 || !willis_scene_get_ring (scene, NECK, &neck, &radius)
      || !willis_session_get_neck (s->session, &now))
    return;
  s->dragging = !finished;
  vec3_copy (neck.dome_lps_mm, now.dome_lps_mm);
  willis_session_neck_move (s->session, &neck);
  if (finished)
    willis_session_neck_end (s->session);
}

static void
sync_free (gpointer data)
{
  Sync *s = data;

  g_signal_handlers_disconnect_by_data (s->session, s);
  g_clear_handle_id (&s->late_id, g_source_remove);
  g_object_unref (s->session);
  g_clear_object (&s->bone_job);
  g_clear_pointer (&s->lumen, willis_surface_unref);
  g_clear_pointer (&s->segmentation, willis_segmentation_unref);
  g_clear_pointer (&s->volume, willis_volume_unref);
  g_clear_pointer (&s->tree, willis_tree_unref);
  g_clear_pointer (&s->aneurysm, willis_aneurysm_unref);
  g_clear_pointer (&s->growth, willis_growth_unref);
  g_free (s);
}

void
willis_scene_sync (WillisView3d *view, WillisSession *session)
{
  Sync *s = g_new0 (Sync, 1);

  s->view = view;
  s->session = g_object_ref (session);
  s->branch = -2;
  g_object_set_data_full (G_OBJECT (view), "scene-sync", s, sync_free);
  g_signal_connect (session, "case-changed", G_CALLBACK (on_changed), s);
  g_signal_connect (session, "display-changed", G_CALLBACK (on_changed), s);
  g_signal_connect (session, "selection-changed", G_CALLBACK (on_changed), s);
  g_signal_connect (session, "neck-changed", G_CALLBACK (on_neck_changed), s);
  g_signal_connect (session, "crosshair-changed", G_CALLBACK (on_crosshair_changed), s);
  g_signal_connect (view, "picked", G_CALLBACK (on_picked), s);
  g_signal_connect (view, "ring-dragged", G_CALLBACK (on_ring_dragged), s);
  sync_all (s);
}
