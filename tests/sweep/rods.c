/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Random insertions over phantoms, closed forms and the AneuRisk lumens (left out where they are absent):
 * stiffness over three decades, friction 0 to 0.3, pre-shaped tips, turns, drawing back, wires inside. Every
 * march must end with a reason, stay finite and in the lumen. Prints one line a lumen and the sum; exit 1
 * where a bound is broken. usage: rods [insertions [first]]   (an insertion of one number is the same on
 * every machine)
 */
#include <glib.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/io/surface-io.h"
#include "core/num/rng.h"
#include "core/phantom/phantom-private.h"
#include "solver/insertion/insertion.h"
#include "tests/support/aneurisk.h"

#define MOST_PENETRATION_MM 0.02
#define PUSH_LIMIT_UN 5e6 // a hand pushes no harder

typedef struct
{
  char *name;
  WillisLumen *lumen;
  WillisFrame mouth;
  double reach_mm;  // along the line that it was made about
  double narrow_mm; // smallest radius there
} Place;

typedef struct
{
  int runs, done, push_limit, not_converged, bad;
  int snaps;
  double penetration_mm, seconds;
  long newton;
  guint32 digest; // of all records' bits: the same on one machine whatever the number of threads
} Sum;

static double
between (WillisRng *rng, double lo, double hi)
{
  return lo + (hi - lo) * willis_rng_uniform (rng);
}

/* The mouth lies where the line has come inset radii into the lumen; the way ends where it leaves it, or
 * narrows. */
static gboolean
find_mouth (Place *place, const double *points, gsize n, double tool_mm)
{
  gsize i = 0, start;
  double x[3], t[3], gone = 0.0, wide;

  while (i + 1 < n && (wide = willis_lumen_sample (place->lumen, points + 3 * i, NULL, NULL)) < tool_mm + 0.1)
    i++;
  for (; i + 1 < n && gone < 2.0 * wide; i++)
    gone += vec3_dist (points + 3 * i, points + 3 * (i + 1));
  start = i;
  if (start + 2 >= n)
    return FALSE;
  place->narrow_mm = INFINITY;
  for (place->reach_mm = 0.0; i + 1 < n; i++)
    {
      double r = willis_lumen_sample (place->lumen, points + 3 * i, NULL, NULL);

      if (r < tool_mm + 0.1)
        break;
      place->narrow_mm = MIN (place->narrow_mm, r);
      place->reach_mm += vec3_dist (points + 3 * i, points + 3 * (i + 1));
    }
  vec3_copy (x, points + 3 * start);
  vec3_sub (t, points + 3 * MIN (n - 1, start + 3), x);
  vec3_normalize (t);
  {
    double u[3], v[3], m[9];

    vec3_basis (t, u, v);
    for (int k = 0; k < 3; k++)
      {
        m[3 * k] = t[k];
        m[3 * k + 1] = u[k];
        m[3 * k + 2] = v[k];
      }
    vec3_copy (place->mouth.r, x);
    quat_from_matrix (place->mouth.q, m);
  }
  return place->reach_mm > 6.0;
}

/* One of the bends of closed form. */
static void
bend_place (Place *place, WillisRng *rng)
{
  const double axis[3] = { 0, 0, 1 };
  double major = between (rng, 5.0, 25.0), centre[3] = { 0, major, 0 }, minor = between (rng, 1.0, 2.5);

  place->lumen = willis_lumen_torus (centre, axis, major, minor);
  place->mouth = (WillisFrame){ { 0, 0, 0 }, { 1, 0, 0, 0 } };
  place->reach_mm = 4.0 * major;
  place->narrow_mm = minor;
  place->name = g_strdup_printf ("bend %.0f/%.1f", major, minor);
}

static gboolean
phantom_place (Place *place, const char *file, const char *vessel)
{
  g_autofree char *path = g_build_filename (g_getenv ("WILLIS_SOURCE_DIR") ? g_getenv ("WILLIS_SOURCE_DIR") : ".",
                                            "data", "phantoms", file, NULL);
  g_autoptr (WillisPhantom) phantom = willis_phantom_load (path, NULL);
  g_autoptr (WillisVolume) volume = NULL;
  g_autofree double *points = NULL;
  const double spacing[3] = { 0.3, 0.3, 0.3 };
  double lo[3] = { INFINITY, INFINITY, INFINITY }, hi[3] = { -INFINITY, -INFINITY, -INFINITY };
  GArray *line = NULL;
  PhantomField *field;
  WillisGrid grid;
  int dims[3];
  float *out;

  for (guint i = 0; phantom != NULL && i < phantom->vessels->len; i++)
    if (strcmp (((PhantomVessel *) phantom->vessels->pdata[i])->id, vessel) == 0)
      line = ((PhantomVessel *) phantom->vessels->pdata[i])->points;
  if (line == NULL)
    return FALSE;
  points = g_new (double, 3 * line->len);
  for (guint i = 0; i < line->len; i++)
    for (int k = 0; k < 3; k++)
      {
        points[3 * i + k] = ((double (*)[4]) (void *) line->data)[i][k];
        lo[k] = MIN (lo[k], points[3 * i + k] - 4.0);
        hi[k] = MAX (hi[k], points[3 * i + k] + 4.0);
      }
  for (int k = 0; k < 3; k++)
    dims[k] = (int) ceil ((hi[k] - lo[k]) / spacing[k]);
  grid = willis_grid_new (dims, spacing, lo);
  volume = willis_volume_new (&grid, WILLIS_SCALAR_F32, NULL);
  out = willis_volume_voxels_rw (volume);
  field = phantom_field_new (phantom);
  for (int k = 0; k < dims[2]; k++)
    for (int j = 0; j < dims[1]; j++)
      for (int i = 0; i < dims[0]; i++)
        {
          double ijk[3] = { i, j, k }, x[3];

          willis_grid_ijk_to_lps (&grid, ijk, x);
          *out++ = (float) -phantom_field_artery (field, x);
        }
  phantom_field_free (field);
  place->lumen = willis_lumen_volume (volume, NULL);
  place->name = g_strdup_printf ("%s: %s", file, vessel);
  return find_mouth (place, points, line->len, 0.45);
}

static gboolean
aneurisk_place (Place *place, const char *name)
{
  g_autofree char *base = g_strndup (name, strcspn (name, ".")), *vtk = g_strdup_printf ("%s.vtk", base);
  g_autofree char *surface_path = aneurisk_file ("isolated", name);
  g_autofree char *line_path = aneurisk_file ("centrelines", vtk);
  g_autoptr (WillisSurface) surface = willis_surface_parse (surface_path, NULL);
  g_autoptr (GArray) lines = willis_polylines_parse (line_path, NULL);
  static const double tools[3] = { 0.45, 0.3, 0.2 };
  GError *error = NULL;

  if (surface == NULL || lines == NULL)
    return FALSE;
  place->lumen = willis_lumen_from_surface (surface, 0.2, NULL, &error);
  if (place->lumen == NULL)
    {
      printf ("# %s: %s\n", name, error->message);
      g_clear_error (&error);
      return FALSE;
    }
  place->name = g_strdup (base);
  /* peripheral arteries may let only a thinner tool in */
  for (int t = 0; t < 3; t++)
    for (guint l = 0; l < lines->len; l++)
      {
        const WillisPolyline *line = &g_array_index (lines, WillisPolyline, l);

        if (find_mouth (place, line->points_lps_mm, line->n, tools[t]))
          return TRUE;
      }
  return FALSE;
}

static void
draw_tool (WillisRng *rng, double narrow, WillisTool *tool, double friction_free_scale)
{
  double ei = 1e6 * pow (10.0, between (rng, -1.5, 1.5)) * friction_free_scale; // 0.03 to 30 N mm2
  double r = between (rng, 0.2, MIN (0.45, narrow - 0.1)), shaft = between (rng, 1.0, 4.0);

  *tool = (WillisTool){ .n_pieces = 3, .radius_mm = r };
  for (int k = 0; k < 3; k++)
    {
      double e = k < 2 ? ei : shaft * ei, axial = 4.0 * e / (r * r);
      const double stiffness[6] = { axial, axial / 3, axial / 3, 0.8 * e, e, e };

      memcpy (tool->pieces[k].stiffness, stiffness, sizeof stiffness);
    }
  tool->pieces[0].to_mm = between (rng, 1.0, 3.0);
  tool->pieces[1].to_mm = tool->pieces[0].to_mm + between (rng, 2.0, 6.0);
  tool->pieces[2].to_mm = 1e9;
  tool->pieces[1].rest[1] = 0.2 * willis_rng_normal (rng);
  tool->pieces[1].rest[2] = 0.2 * willis_rng_normal (rng);
}

/* FNV-1a. */
static guint32
digest (guint32 so_far, const void *data, gsize n)
{
  const guint8 *byte = data;

  for (gsize i = 0; i < n; i++)
    so_far = (so_far ^ byte[i]) * 16777619u;
  return so_far;
}

/* Looks through what was recorded; FALSE where something is not finite or through the wall. */
static gboolean
check_records (const WillisInsertion *in, Sum *sum)
{
  const GArray *records = willis_insertion_records (in);
  gboolean good = TRUE;

  for (guint i = 0; i < records->len; i++)
    {
      const WillisInsertionRecord *r = &g_array_index (records, WillisInsertionRecord, i);

      good = good && isfinite (r->push_un) && isfinite (r->energy) && isfinite (r->torque) && isfinite (r->tip_mm[0])
             && r->penetration_mm <= MOST_PENETRATION_MM;
      sum->penetration_mm = MAX (sum->penetration_mm, r->penetration_mm);
      sum->newton += r->newton;
      sum->digest = digest (sum->digest, r->tip_mm, sizeof r->tip_mm);
      sum->digest = digest (sum->digest, &r->push_un, sizeof r->push_un);
    }
  sum->snaps += willis_insertion_snaps (in)->len;
  return good;
}

/* In, turned, drawn back, in again; every third over a wire, which is drawn back in between. */
static WillisInsertionEnd
march (WillisInsertion *in, WillisRng *rng, const WillisTool *tool, double depth, gboolean with_wire)
{
  WillisTool wire = *tool;
  double back = MIN (0.5 * depth, between (rng, 3.0, 8.0)), turn = between (rng, -3.0, 3.0);
  WillisInsertionEnd end = WILLIS_INSERTION_DONE;
  int first = -1, second = -1;

  wire.radius_mm = 0.6 * tool->radius_mm;
  for (int k = 0; k < 3; k++)
    for (int i = 0; i < 6; i++)
      wire.pieces[k].stiffness[i] *= 0.7;
  if (with_wire)
    {
      first = willis_insertion_add_tool (in, &wire, 1.0, NULL);
      end = first >= 0 ? willis_insertion_move (in, first, depth - 1.0, 0.0, NULL, NULL)
                       : WILLIS_INSERTION_NOT_CONVERGED;
    }
  if (end == WILLIS_INSERTION_DONE)
    {
      second = willis_insertion_add_tool (in, tool, 1.0, NULL);
      end = second >= 0 ? willis_insertion_move (in, second, depth - 1.5, 0.0, NULL, NULL)
                        : WILLIS_INSERTION_NOT_CONVERGED;
    }
  if (end == WILLIS_INSERTION_DONE && with_wire)
    end = willis_insertion_move (in, first, -back, 0.0, NULL, NULL);
  if (end == WILLIS_INSERTION_DONE)
    end = willis_insertion_move (in, second, 0.0, turn, NULL, NULL);
  if (end == WILLIS_INSERTION_DONE)
    end = willis_insertion_move (in, second, -back, 0.3, NULL, NULL);
  if (end == WILLIS_INSERTION_DONE)
    end = willis_insertion_move (in, second, back, 0.0, NULL, NULL);
  return end;
}

static void
run_one (const Place *place, int number, Sum *sum)
{
  WillisInsertionParams params = WILLIS_INSERTION_PARAMS_INIT;
  g_autoptr (WillisInsertion) in = NULL;
  WillisInsertionEnd end;
  gint64 start = g_get_monotonic_time ();
  WillisTool tool;
  WillisRng rng;
  double depth;
  Sum own = { 0 };

  willis_rng_init (&rng, 20, (guint64) number);
  draw_tool (&rng, place->narrow_mm, &tool, 1.0);
  params.friction = between (&rng, 0.0, 0.3);
  params.most_push_un = PUSH_LIMIT_UN;
  params.self_contact = number % 2 == 0;
  depth = between (&rng, 0.4, 1.0) * MIN (60.0, place->reach_mm);
  in = willis_insertion_new (place->lumen, &place->mouth, &params);
  end = march (in, &rng, &tool, depth, number % 3 == 0);
  own.bad = !check_records (in, &own);
  own.seconds = 1e-6 * (g_get_monotonic_time () - start);
  sum->runs++;
  sum->done += end == WILLIS_INSERTION_DONE;
  sum->push_limit += end == WILLIS_INSERTION_PUSH_LIMIT;
  sum->not_converged += end == WILLIS_INSERTION_NOT_CONVERGED;
  sum->bad += own.bad;
  sum->snaps += own.snaps;
  sum->newton += own.newton;
  sum->digest = digest (sum->digest, &own.digest, sizeof own.digest);
  sum->penetration_mm = MAX (sum->penetration_mm, own.penetration_mm);
  sum->seconds += own.seconds;
  if (own.bad || end == WILLIS_INSERTION_NOT_CONVERGED)
    printf ("#   insertion %d: depth %.1f of %.1f mm, EI %.3f N mm2, radius %.2f, friction %.2f, penetration "
            "%.4f mm: %s\n",
            number, willis_insertion_depth (in, 0), depth, 1e-6 * tool.pieces[0].stiffness[4], tool.radius_mm,
            params.friction, own.penetration_mm, willis_insertion_end_text (end));
}

static void
print_sum (const char *name, const Sum *s)
{
  printf ("%-34s %5d %5d %6d %8d %4d %6d %9.4f %8ld %7.2f %08x\n", name, s->runs, s->done, s->push_limit,
          s->not_converged, s->bad, s->snaps, s->penetration_mm, s->newton / MAX (1, s->runs),
          s->seconds / MAX (1, s->runs), s->digest);
  fflush (stdout);
}

static void
add_sum (Sum *a, const Sum *b)
{
  a->runs += b->runs;
  a->done += b->done;
  a->push_limit += b->push_limit;
  a->not_converged += b->not_converged;
  a->bad += b->bad;
  a->snaps += b->snaps;
  a->newton += b->newton;
  a->digest = digest (a->digest, &b->digest, sizeof b->digest);
  a->seconds += b->seconds;
  a->penetration_mm = MAX (a->penetration_mm, b->penetration_mm);
}

static gboolean
make_place (Place *place, guint k, const GPtrArray *aneurisk)
{
  static const char *const phantoms[][2] = {
    { "circle-of-willis.json", "ICA left" },   { "circle-of-willis.json", "ICA right" },
    { "circle-of-willis.json", "Basilar" },    { "carotid-sidewall.json", "ICA left" },
    { "mca-bifurcation.json", "MCA M1 left" }, { "acom.json", "ACA A1 right" },
  };
  WillisRng rng;

  memset (place, 0, sizeof *place);
  if (k < 8)
    {
      willis_rng_init (&rng, 21, k);
      bend_place (place, &rng);
      return TRUE;
    }
  k -= 8;
  if (k < G_N_ELEMENTS (phantoms))
    return phantom_place (place, phantoms[k][0], phantoms[k][1]);
  return aneurisk_place (place, aneurisk->pdata[k - G_N_ELEMENTS (phantoms)]);
}

int
main (int argc, char **argv)
{
  int wanted = argc > 1 ? (int) g_ascii_strtoll (argv[1], NULL, 10) : 1000;
  int first = argc > 2 ? (int) g_ascii_strtoll (argv[2], NULL, 10) : 0;
  g_autoptr (GPtrArray) names = aneurisk_files ("isolated");
  Sum total = { 0 };
  int places, each;

  if (names->len == 0)
    printf ("# AneuRisk lumens are not there: left out\n");
  places = 14 + (int) names->len;
  each = (wanted + places - 1) / places;
  printf ("%-34s %5s %5s %6s %8s %4s %6s %9s %8s %7s %8s\n", "lumen", "runs", "done", "limit", "no conv.", "bad",
          "snaps", "depth mm", "newton", "s each", "bits");
  for (int k = 0; k < places; k++)
    {
      Place place;
      Sum sum = { 0 };

      if (!make_place (&place, (guint) k, names))
        printf ("# %s: no way in\n", place.name != NULL ? place.name : "a lumen");
      else
        for (int i = 0; i < each; i++)
          run_one (&place, first + k * each + i, &sum);
      if (sum.runs > 0)
        print_sum (place.name, &sum);
      add_sum (&total, &sum);
      g_clear_pointer (&place.lumen, willis_lumen_unref);
      g_free (place.name);
    }
  print_sum ("all", &total);
  return total.bad > 0 || total.not_converged * 200 > total.runs;
}
