/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Pairs of scans of one made-up person: case number -> site, size, two scanners, a motion between them and, in some, a
 * sac that has changed. The same number is the same pair on every machine.
 */
#include <glib.h>
#include <glib/gstdio.h>
#include <math.h>

#include "core/followup/rigid.h"
#include "core/num/rng.h"
#include "core/phantom/phantom-private.h"

typedef struct
{
  const char *name, *kind, *parent;
  double at_mm; // < 0: the vessel's end
  double axis[3];
  double centre[3]; // of the field of view
} PairSite;

static const PairSite pair_sites[] = {
  { "ICA ophthalmic", "sidewall", "ICA left", 78, { -0.75, 0.15, 0.65 }, { 12, -8, -12 } },
  { "PCom", "sidewall", "ICA right", 84, { -0.6, 0.8, -0.1 }, { -13, -5, -9 } },
  { "ICA terminus", "bifurcation", "ICA left", -1, { -0.1, 0.1, 1 }, { 14, -4, -2 } },
  { "ACom", "sidewall", "ACom", 2.3, { 0.1, -0.9, -0.4 }, { 0, -12, -2 } },
  { "MCA right", "bifurcation", "MCA M1 right", -1, { -0.75, -0.6, -0.25 }, { -31, -4, -3 } },
  { "MCA left", "bifurcation", "MCA M1 left", -1, { 0.8, -0.5, -0.3 }, { 31, -4, -3 } },
  { "Basilar tip", "bifurcation", "Basilar", -1, { 0, -0.35, 1 }, { 0, 8, -12 } },
};

typedef enum
{
  PAIR_UNCHANGED,
  PAIR_BLEB,   // one more bulge on the dome
  PAIR_LARGER, // the whole sac
} PairChange;

typedef struct
{
  double spacing[3], noise_hu, lumen_hu, psf_mm[2];
  int seed;
  double turn_deg[3], shift_mm[3], off_mm[3]; // off: of the site from the middle of the field of view
  double scale;                               // of the sac
  double bleb_height_mm, bleb_radius_mm, bleb[3];
} PairScan;

typedef struct
{
  const PairSite *site;
  double height_mm, width_mm, neck_mm, gap_mm, field_mm;
  PairScan scan[2];
} Pair;

static inline double
pair_between (WillisRng *rng, double lo, double hi)
{
  return lo + (hi - lo) * willis_rng_uniform (rng);
}

static inline void
pair_direction (WillisRng *rng, double out[3])
{
  do
    for (int a = 0; a < 3; a++)
      out[a] = willis_rng_normal (rng);
  while (vec3_normalize (out) < 1e-6);
}

/* Sacs of 2 to 15 mm and voxels of 0.35 to 0.8 mm instead of the usual ones. */
static inline void
pair_widen (Pair *p, int number)
{
  WillisRng rng;

  willis_rng_init (&rng, 20260708, (guint64) number);
  p->height_mm = 2.0 * pow (7.5, willis_rng_uniform (&rng));
  p->width_mm = p->height_mm * pair_between (&rng, 0.85, 1.05);
  p->neck_mm = MIN (p->width_mm * pair_between (&rng, 0.5, 0.7), 5.0); // no wider than the parent artery allows
  for (int s = 0; s < 2; s++)
    {
      double h = pair_between (&rng, 0.35, 0.8), slice = pair_between (&rng, 1.0, MIN (1.4, 0.8 / h));

      vec3_set (p->scan[s].spacing, h, h, h * slice);
      p->scan[s].psf_mm[1] = MAX (p->scan[s].psf_mm[0], p->scan[s].spacing[2]);
    }
}

/* max_turn_deg, max_shift_mm: bounds of the motion; spacing_mm > 0: of both scans, 0: drawn, < 0: drawn from a wide
 * range, and so is the size of the sac. */
static inline Pair
pair_draw (int number, double max_turn_deg, double max_shift_mm, double spacing_mm)
{
  WillisRng rng;
  Pair p = { 0 };
  double axis[3], q[4], r[9], angle;

  willis_rng_init (&rng, 20260707, (guint64) number);
  p.site = &pair_sites[number % (int) G_N_ELEMENTS (pair_sites)];
  p.height_mm = pair_between (&rng, 4.0, 7.0);
  p.width_mm = p.height_mm * pair_between (&rng, 0.85, 1.05);
  p.neck_mm = p.width_mm * pair_between (&rng, 0.5, 0.7);
  p.gap_mm = pair_between (&rng, 1.0, 2.9);
  p.field_mm = 56.0;
  for (int s = 0; s < 2; s++)
    {
      PairScan *scan = &p.scan[s];
      double slice = pair_between (&rng, 1.0, 1.4), h = pair_between (&rng, 0.38, 0.6);

      if (spacing_mm > 0.0)
        {
          h = spacing_mm;
          slice = 1.0;
        }
      vec3_set (scan->spacing, h, h, h * slice);
      scan->noise_hu = pair_between (&rng, 8, 22);
      scan->lumen_hu = pair_between (&rng, 280, 480);
      scan->psf_mm[0] = pair_between (&rng, 0.55, 0.75);
      scan->psf_mm[1] = MAX (scan->psf_mm[0], scan->spacing[2]);
      scan->seed = 2 * number + s + 1;
      scan->scale = 1.0;
      for (int a = 0; a < 3; a++)
        scan->off_mm[a] = pair_between (&rng, -5, 5);
    }
  pair_direction (&rng, axis);
  angle = max_turn_deg * cbrt (willis_rng_uniform (&rng)) * G_PI / 180.0;
  vec3_scale (q + 1, axis, sin (0.5 * angle));
  q[0] = cos (0.5 * angle);
  quat_to_matrix (r, q);
  // rotation_deg of a phantom: about x, then y, then z
  p.scan[1].turn_deg[0] = atan2 (r[7], r[8]) * 180.0 / G_PI;
  p.scan[1].turn_deg[1] = -asin (CLAMP (r[6], -1.0, 1.0)) * 180.0 / G_PI;
  p.scan[1].turn_deg[2] = atan2 (r[3], r[0]) * 180.0 / G_PI;
  pair_direction (&rng, axis);
  vec3_scale (p.scan[1].shift_mm, axis, max_shift_mm * cbrt (willis_rng_uniform (&rng)));
  if (spacing_mm < 0.0)
    pair_widen (&p, number);
  return p;
}

static inline WillisPhantom *
pair_phantom (const Pair *p, int which, GError **error)
{
  const PairScan *s = &p->scan[which];
  g_autofree char *base
      = g_build_filename (g_getenv ("WILLIS_SOURCE_DIR"), "data/phantoms/circle-of-willis.json", NULL);
  g_autofree char *folder = g_dir_make_tmp ("willis-pair-XXXXXX", NULL);
  g_autofree char *base_copy = g_build_filename (folder, "base.json", NULL);
  g_autofree char *path = g_build_filename (folder, "case.json", NULL);
  g_autofree char *at = p->site->at_mm >= 0 ? g_strdup_printf ("\"at_mm\": %g,", p->site->at_mm) : g_strdup ("");
  g_autofree char *bleb = g_strdup ("");
  g_autofree char *text = NULL;
  g_autofree char *base_text = NULL;
  double r[9], c[3], d[3];
  int n[3];
  WillisPhantom *phantom;

  // the field of view follows the head: its middle, about which the phantom turns, lies at the moved site
  phantom_rotation (s->turn_deg, r);
  vec3_sub (d, s->shift_mm, s->off_mm);
  mat3_apply_t (c, r, d);
  vec3_add (c, c, p->site->centre);
  for (int a = 0; a < 3; a++)
    n[a] = (int) ceil (p->field_mm / s->spacing[a]);
  if (s->bleb_height_mm > 0.0)
    {
      g_free (bleb);
      bleb = g_strdup_printf (", \"blebs\": [{\"direction\": [%g, %g, %g], \"radius_mm\": %g, \"height_mm\": %g}]",
                              s->bleb[0], s->bleb[1], s->bleb[2], s->bleb_radius_mm, s->bleb_height_mm);
    }
  text = g_strdup_printf (
      "{\"base\": \"base.json\", \"seed\": %d, \"noise_hu\": %g, \"lumen_hu\": %g, \"psf_fwhm_mm\": [%g, %g],"
      "\"rotation_deg\": [%.9g, %.9g, %.9g], \"translation_mm\": [%g, %g, %g],"
      "\"grid\": {\"dims\": [%d, %d, %d], \"spacing_mm\": [%g, %g, %g], \"centre_lps_mm\": [%.9g, %.9g, %.9g]},"
      "\"aneurysms\": [{\"parent\": \"%s\", \"kind\": \"%s\", %s \"axis\": [%g, %g, %g],"
      "\"height_mm\": %g, \"width_mm\": %g, \"neck_mm\": %g%s}]}",
      s->seed, s->noise_hu, s->lumen_hu, s->psf_mm[0], s->psf_mm[1], s->turn_deg[0], s->turn_deg[1], s->turn_deg[2],
      s->shift_mm[0], s->shift_mm[1], s->shift_mm[2], n[0], n[1], n[2], s->spacing[0], s->spacing[1], s->spacing[2],
      c[0], c[1], c[2], p->site->parent, p->site->kind, at, p->site->axis[0], p->site->axis[1], p->site->axis[2],
      p->height_mm * s->scale, p->width_mm * s->scale, p->neck_mm, bleb);
  g_file_get_contents (base, &base_text, NULL, NULL);
  g_file_set_contents (base_copy, base_text, -1, NULL);
  g_file_set_contents (path, text, -1, NULL);
  phantom = willis_phantom_load (path, error);
  g_unlink (path);
  g_unlink (base_copy);
  g_rmdir (folder);
  if (phantom != NULL)
    for (guint b = 0; b < phantom->bones->len; b++)
      ((PhantomBone *) phantom->bones->pdata[b])->gap_mm = p->gap_mm;
  return phantom;
}

/* From a phantom's anatomy to its scan. */
static inline WillisRigid
pair_motion_of (const WillisPhantom *p)
{
  WillisRigid m;
  double c[3];

  memcpy (m.r, p->rotation, sizeof m.r);
  mat3_apply (c, m.r, p->pivot);
  vec3_sub (m.t, p->pivot, c);
  vec3_add (m.t, m.t, p->translation_mm);
  return m;
}

/* The true motion from the first scan to the second. */
static inline WillisRigid
pair_truth (const WillisPhantom *baseline, const WillisPhantom *followup)
{
  WillisRigid a = pair_motion_of (baseline), b = pair_motion_of (followup), back = willis_rigid_invert (&a);

  return willis_rigid_compose (&b, &back);
}
