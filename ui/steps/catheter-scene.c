/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/steps/catheter-scene.h"

#include "core/base/i18n.h"
#include "core/num/vec3.h"

#define WAY "catheter-way"
#define SEATED "catheter-seated"
#define MARKS "catheter-marks"
#define CONTACTS "catheter-contacts"
#define CLOUD "catheter-cloud"
#define RING_MM 1.0
#define MOST_CONTACTS 32
#define COLOUR_WAY 0xb8b8b8u

static void
show_contacts (WillisScene *scene, const WillisSeat *seat, double radius)
{
  WillisMarker markers[MOST_CONTACTS];
  char *captions[MOST_CONTACTS] = { NULL };
  double most = 1.0;
  guint n = MIN (seat->contacts->len, MOST_CONTACTS), strongest = 0;

  for (guint i = 0; i < n; i++)
    {
      double f = g_array_index (seat->contacts, WillisShapingContact, i).force_un;

      if (f > most)
        {
          most = f;
          strongest = i;
        }
    }
  for (guint i = 0; i < n; i++)
    {
      const WillisShapingContact *c = &g_array_index (seat->contacts, WillisShapingContact, i);

      if (i == strongest) // the others are read from colour and size
        captions[i] = g_strdup_printf (_ ("%.1f mN"), 1e-3 * c->force_un);
      markers[i] = (WillisMarker){ .radius_mm = radius * (1.05 + 0.8 * c->force_un / most),
                                   .rgb = willis_colour_map (WILLIS_MAP_VIRIDIS, c->force_un / most),
                                   .caption = captions[i] };
      vec3_copy (markers[i].lps_mm, c->at_mm);
    }
  if (n > 0)
    willis_scene_show_markers (scene, CONTACTS, markers, n, NULL);
  for (guint i = 0; i < n; i++)
    g_clear_pointer (&captions[i], g_free);
}

static void
show_cloud (WillisScene *scene, const WillisShapingCloud *cloud)
{
  int n = cloud->n - cloud->n_failed;
  g_autofree WillisMarker *markers = g_new0 (WillisMarker, MAX (n, 1));

  for (int i = 0; i < n; i++)
    {
      markers[i] = (WillisMarker){ .radius_mm = 0.09, .rgb = 0xf4f4f4u };
      vec3_copy (markers[i].lps_mm, cloud->tips[i]);
    }
  if (n > 0)
    willis_scene_show_markers (scene, CLOUD, markers, (gsize) n, NULL);
}

static void
show_seat (WillisScene *scene, const WillisSeat *seat, double radius)
{
  g_autofree double *line = g_new (double, 3 * (gsize) seat->n_nodes);

  for (int i = 0; i < seat->n_nodes; i++)
    vec3_copy (line + 3 * i, seat->frames[i].r);
  willis_scene_show_curve (scene, SEATED, line, (gsize) seat->n_nodes, FALSE, WILLIS_COLOUR_DEVICE, radius, NULL);
}

void
willis_catheter_scene_show (WillisScene *scene, const WillisShapingSite *site, double radius, const WillisSeat *seat,
                            const WillisShapingCloud *cloud, gboolean target)
{
  WillisMarker marks[2] = { { .radius_mm = 0.8, .rgb = WILLIS_COLOUR_DEVICE, .caption = _ ("Guide") },
                            { .radius_mm = 1.1 * radius, .rgb = WILLIS_COLOUR_DEVICE, .caption = _ ("Tip") } };
  WillisNeck ring = { 0 };

  willis_scene_show_curve (scene, WAY, site->path, (gsize) site->n_path, FALSE, COLOUR_WAY, 0.0, NULL);
  vec3_copy (marks[0].lps_mm, site->mouth.r);
  if (seat != NULL)
    vec3_copy (marks[1].lps_mm, seat->tip);
  willis_scene_show_markers (scene, MARKS, marks, seat != NULL ? 2 : 1, NULL);
  if (target)
    {
      vec3_copy (ring.centre_lps_mm, site->target);
      vec3_copy (ring.normal, site->direction);
      willis_scene_show_ring (scene, WILLIS_CATHETER_TARGET, &ring, RING_MM, NULL);
    }
  if (seat != NULL && seat->frames != NULL && seat->n_nodes > 1)
    show_seat (scene, seat, radius);
  else
    willis_scene_hide (scene, SEATED);
  willis_scene_hide (scene, CONTACTS);
  if (seat != NULL && seat->contacts != NULL)
    show_contacts (scene, seat, radius);
  willis_scene_hide (scene, CLOUD);
  if (cloud != NULL && cloud->n > 0)
    show_cloud (scene, cloud);
}

void
willis_catheter_scene_play (WillisScene *scene, const double *line, gsize n, double radius)
{
  willis_scene_hide (scene, CONTACTS);
  willis_scene_hide (scene, CLOUD);
  if (n > 1)
    willis_scene_show_curve (scene, SEATED, line, n, FALSE, WILLIS_COLOUR_DEVICE, radius, NULL);
}

void
willis_catheter_scene_hide (WillisScene *scene)
{
  static const char *const ids[] = { WAY, SEATED, MARKS, CONTACTS, CLOUD, WILLIS_CATHETER_TARGET };

  for (gsize i = 0; i < G_N_ELEMENTS (ids); i++)
    willis_scene_hide (scene, ids[i]);
}
