/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/views/way-sync.h"

#include <math.h>
#include <string.h>

#include "core/base/i18n.h"
#include "core/num/vec3.h"
#include "core/vessel/anatomy.h"

#define LUMEN "lumen"
#define WALL "way-wall"
#define NAMES "artery-names"
#define LIFT_MM 0.06
#define NAMED_MM 4.0  // branches shorter than this carry no caption
#define UNSURE_MM 8.0 // the same for those without a name

typedef struct
{
  WillisView3d *view; // owns this
  WillisSession *session;
  WillisTree *tree;
  WillisSurface *lumen;
  GArray *way;
  gboolean names_shown;
  WillisJob *job;
  guint late_id;
} WaySync;

/* --- the wall of the way */

WillisSurface *
willis_way_wall (const WillisSurface *lumen, const WillisTree *tree, const int *branches, gsize n_branches)
{
  gsize n = willis_surface_n_points (lumen), n_triangles = willis_surface_n_triangles (lumen), kept = 0, used = 0;
  const double *points = willis_surface_points (lumen);
  const gint32 *triangles = willis_surface_triangles (lumen);
  g_autofree guint8 *on = g_new0 (guint8, n + 1);
  g_autofree gint32 *number = g_new (gint32, n + 1);
  g_autoptr (WillisSurface) part = NULL;
  double lo[3] = { INFINITY, INFINITY, INFINITY }, hi[3] = { -INFINITY, -INFINITY, -INFINITY };
  double *at;
  gint32 *out;

  for (gsize b = 0; b < n_branches; b++)
    {
      const WillisBranch *branch = willis_tree_branch (tree, (gsize) branches[b]);

      for (gsize i = 0; i < branch->n_points; i++)
        for (int a = 0; a < 3; a++)
          {
            lo[a] = MIN (lo[a], branch->points_lps_mm[3 * i + a] - 2.0 * branch->radius_mm[i]);
            hi[a] = MAX (hi[a], branch->points_lps_mm[3 * i + a] + 2.0 * branch->radius_mm[i]);
          }
    }
  for (gsize v = 0; v < n; v++)
    {
      const double *p = points + 3 * v;
      double best = INFINITY;

      if (p[0] < lo[0] || p[1] < lo[1] || p[2] < lo[2] || p[0] > hi[0] || p[1] > hi[1] || p[2] > hi[2])
        continue;
      for (gsize b = 0; b < n_branches; b++)
        {
          const WillisBranch *branch = willis_tree_branch (tree, (gsize) branches[b]);

          for (gsize i = 0; i < branch->n_points && best > 1.3; i++)
            best = MIN (best, vec3_dist (p, branch->points_lps_mm + 3 * i) / branch->radius_mm[i]);
        }
      on[v] = best <= 1.3;
    }
  out = g_new (gint32, 3 * n_triangles + 1);
  at = g_new (double, 3 * n + 1);
  memset (number, -1, sizeof *number * (n + 1));
  for (gsize t = 0; t < n_triangles; t++)
    {
      const gint32 *c = triangles + 3 * t;

      if (!on[c[0]] || !on[c[1]] || !on[c[2]])
        continue;
      for (int k = 0; k < 3; k++)
        {
          if (number[c[k]] < 0)
            {
              vec3_copy (at + 3 * used, points + 3 * c[k]);
              number[c[k]] = (gint32) used++;
            }
          out[3 * kept + (gsize) k] = number[c[k]];
        }
      kept++;
    }
  part = willis_surface_new_take (at, used, out, kept);
  return kept > 0 ? willis_surface_offset (part, LIFT_MM) : g_steal_pointer (&part);
}

typedef struct
{
  WillisSurface *lumen;
  WillisTree *tree;
  GArray *way;
} WallInput;

static void
wall_input_free (gpointer data)
{
  WallInput *in = data;

  willis_surface_unref (in->lumen);
  willis_tree_unref (in->tree);
  g_array_unref (in->way);
  g_free (in);
}

static gpointer
wall_work (const WillisProgress *progress, gpointer data, GError **error)
{
  WallInput *in = data;

  return willis_way_wall (in->lumen, in->tree, (const int *) (const void *) in->way->data, in->way->len);
}

static void
wall_done (WillisJob *job, gpointer result, const GError *error, gpointer data)
{
  WillisView3d *view = data;
  WaySync *s = g_object_get_data (G_OBJECT (view), "way-sync");
  g_autoptr (WillisSurface) wall = result;
  WillisScene *scene = willis_view3d_get_scene (view);

  if (s != NULL && s->job == job)
    {
      g_clear_object (&s->job);
      if (wall != NULL && scene != NULL && willis_surface_n_triangles (wall) > 0)
        willis_scene_show_surface (scene, WALL, wall, WILLIS_COLOUR_DEVICE, 1.0, NULL);
    }
  g_object_unref (view);
}

static void
forget (WaySync *s, WillisScene *scene)
{
  if (s->job != NULL)
    willis_job_cancel (s->job);
  g_clear_object (&s->job);
  willis_scene_hide (scene, WALL);
  g_clear_pointer (&s->lumen, willis_surface_unref);
  g_array_set_size (s->way, 0);
}

static void
sync_wall (WaySync *s, WillisScene *scene, WillisCase *c, gboolean here)
{
  const GArray *way = willis_session_way (s->session);
  WillisSurface *lumen = c != NULL ? willis_case_surface (c) : NULL;
  WallInput *in;

  if (!here || lumen == NULL || willis_case_tree (c) == NULL || way->len == 0)
    {
      forget (s, scene);
      return;
    }
  if (lumen == s->lumen && way->len == s->way->len && memcmp (way->data, s->way->data, way->len * sizeof (int)) == 0)
    return;
  forget (s, scene);
  s->lumen = willis_surface_ref (lumen);
  g_array_append_vals (s->way, way->data, way->len);
  in = g_new0 (WallInput, 1);
  in->lumen = willis_surface_ref (lumen);
  in->tree = willis_tree_ref (willis_case_tree (c));
  in->way = g_array_copy (s->way);
  s->job = willis_job_start (_ ("Show the branch"), wall_work, in, wall_input_free, (GDestroyNotify) willis_surface_unref,
                             wall_done, g_object_ref (s->view));
}

/* --- names */

/* Branches with a name first, the largest first: what has no room is left out from the end. */
static int
by_weight (gconstpointer a, gconstpointer b)
{
  const WillisBranch *p = *(const WillisBranch *const *) a, *q = *(const WillisBranch *const *) b;
  double v = p->length_mm * p->radius_mm[p->n_points / 2], w = q->length_mm * q->radius_mm[q->n_points / 2];

  if ((p->name != NULL) != (q->name != NULL))
    return p->name != NULL ? -1 : 1;
  return (v < w) - (v > w);
}

/* One caption an artery, at its largest branch; a question mark at each branch without a name, where any has one. */
static void
show_names (WillisScene *scene, const WillisTree *tree)
{
  g_autoptr (GArray) markers = g_array_new (FALSE, FALSE, sizeof (WillisMarker));
  g_autoptr (GPtrArray) branches = g_ptr_array_new ();
  g_autoptr (GHashTable) named = g_hash_table_new (g_str_hash, g_str_equal);

  for (gsize n = 0; n < willis_tree_n_branches (tree); n++)
    g_ptr_array_add (branches, (gpointer) willis_tree_branch (tree, n));
  g_ptr_array_sort (branches, by_weight);
  for (guint n = 0; n < branches->len; n++)
    {
      const WillisBranch *b = branches->pdata[n];
      WillisMarker m = { .radius_mm = 0.05, .rgb = WILLIS_COLOUR_NECK };

      if (b->name == NULL && g_hash_table_size (named) == 0)
        break; // nothing was recognised: a field of question marks tells no more
      if (b->length_mm < (b->name != NULL ? NAMED_MM : UNSURE_MM)
          || (b->name != NULL && !g_hash_table_add (named, (gpointer) b->name)))
        continue;
      vec3_copy (m.lps_mm, b->points_lps_mm + 3 * (b->n_points / 2));
      m.caption = b->name != NULL ? willis_artery_text (b->name) : g_strdup ("?");
      g_array_append_val (markers, m);
    }
  willis_scene_show_markers (scene, NAMES, (const WillisMarker *) (const void *) markers->data, markers->len, NULL);
  for (guint n = 0; n < markers->len; n++)
    g_free ((char *) g_array_index (markers, WillisMarker, n).caption);
}

static void
sync_names (WaySync *s, WillisScene *scene, WillisCase *c, gboolean here)
{
  WillisTree *tree = c != NULL ? willis_case_tree (c) : NULL;
  gboolean wanted = here && tree != NULL && willis_tree_n_branches (tree) > 0;

  if (tree == s->tree && wanted == s->names_shown)
    return;
  g_clear_pointer (&s->tree, willis_tree_unref);
  s->tree = tree != NULL ? willis_tree_ref (tree) : NULL;
  s->names_shown = wanted;
  willis_scene_hide (scene, NAMES);
  if (wanted)
    show_names (scene, tree);
}

static gboolean
on_late (gpointer data)
{
  WaySync *s = data;
  WillisScene *scene = willis_view3d_get_scene (s->view);
  WillisCase *c = willis_session_case (s->session);
  gboolean here = willis_session_step (s->session) == WILLIS_STEP_VESSELS;

  s->late_id = 0;
  if (scene == NULL)
    return G_SOURCE_REMOVE;
  sync_wall (s, scene, c, here);
  sync_names (s, scene, c, here);
  return G_SOURCE_REMOVE;
}

/* The pointer says that a tool is in hand. */
static void
on_tools (WaySync *s)
{
  gtk_widget_set_cursor_from_name (GTK_WIDGET (s->view), willis_tool_is_edit (willis_session_tool (s->session)) ? "crosshair" : NULL);
}

static void
on_changed (WaySync *s)
{
  if (s->late_id == 0)
    s->late_id = g_timeout_add (25, on_late, s); // after the surfaces themselves
}

/* A tool that corrects the arteries, used on their surface: bridges begin and end within the vessel, a brush leaves a ball. */
static void
use_tool (WaySync *s, const double at[3])
{
  WillisTree *tree = willis_case_tree (willis_session_case (s->session));
  double point[3], distance;
  int branch;
  gsize n;

  vec3_copy (point, at);
  if (willis_session_tool (s->session) == WILLIS_TOOL_SEED)
    {
      willis_session_say (s->session, TRUE, "%s", _ ("Where an artery is missing, click in a slice."));
      return;
    }
  if (willis_session_tool (s->session) == WILLIS_TOOL_BRIDGE && tree != NULL && willis_tree_nearest (tree, at, &branch, &n, &distance)
      && distance < willis_tree_branch (tree, (gsize) branch)->radius_mm[n] + 1.5)
    vec3_copy (point, willis_tree_branch (tree, (gsize) branch)->points_lps_mm + 3 * n);
  willis_session_use_tool (s->session, point, 1, NULL);
}

/* A click on the lumen takes the branch that runs there, or is a tool's. */
static void
on_picked (WillisView3d *view, double x, double y, double z, const char *id, gint64 cell, WaySync *s)
{
  const double at[3] = { x, y, z };
  WillisCase *c = willis_session_case (s->session);
  int branch = -1;

  if (c != NULL && willis_tool_is_edit (willis_session_tool (s->session)))
    {
      if (g_strcmp0 (id, LUMEN) == 0 || g_strcmp0 (id, WALL) == 0)
        use_tool (s, at);
      return;
    }
  if (willis_session_step (s->session) != WILLIS_STEP_VESSELS || c == NULL || willis_case_tree (c) == NULL
      || willis_session_tool (s->session) != WILLIS_TOOL_NONE || (g_strcmp0 (id, LUMEN) != 0 && g_strcmp0 (id, WALL) != 0))
    return;
  if (!willis_tree_nearest (willis_case_tree (c), at, &branch, NULL, NULL))
    return;
  for (guint i = 0; i < willis_session_way (s->session)->len; i++)
    if (g_array_index (willis_session_way (s->session), int, i) == branch)
      return; // only the crosshair moves
  willis_session_select_branch (s->session, branch);
}

static void
sync_free (gpointer data)
{
  WaySync *s = data;

  g_signal_handlers_disconnect_by_data (s->session, s);
  g_clear_handle_id (&s->late_id, g_source_remove);
  g_clear_object (&s->job);
  g_clear_pointer (&s->tree, willis_tree_unref);
  g_clear_pointer (&s->lumen, willis_surface_unref);
  g_array_unref (s->way);
  g_object_unref (s->session);
  g_free (s);
}

void
willis_way_sync (WillisView3d *view, WillisSession *session)
{
  WaySync *s = g_new0 (WaySync, 1);

  s->view = view;
  s->session = g_object_ref (session);
  s->way = g_array_new (FALSE, FALSE, sizeof (int));
  g_object_set_data_full (G_OBJECT (view), "way-sync", s, sync_free);
  g_signal_connect_swapped (session, "case-changed", G_CALLBACK (on_changed), s);
  g_signal_connect_swapped (session, "selection-changed", G_CALLBACK (on_changed), s);
  g_signal_connect_swapped (session, "tools-changed", G_CALLBACK (on_tools), s);
  g_signal_connect (view, "picked", G_CALLBACK (on_picked), s);
  on_changed (s);
}
