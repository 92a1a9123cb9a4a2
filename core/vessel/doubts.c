/* SPDX-License-Identifier: Apache-2.0 */
#include "core/vessel/doubts.h"

#include <math.h>
#include <stdarg.h>

#include "core/base/i18n.h"
#include "core/image/morphology.h"
#include "core/num/vec3.h"
#include "core/vessel/anatomy.h"
#include "core/vessel/missing.h"
#include "core/vessel/motion.h"
#include "core/vessel/segmentation-edit.h"
#include "core/vessel/segmentation-private.h"

#define LONG_VOXEL_MM 1.25     // thicker slices than CT angiography is read in
#define LITTLE_CONTRAST_HU 150 // arteries of a good one are 250 and more above brain
#define METAL_HU 2800.0        // dense bone stays below, clips and coils reach the top of the scale (README.md)
#define METAL_MM3 4.0
#define METAL_REACH_MM 20.0 // streaks blind about so far
#define AIR_PART 0.7        // of the contrast below the background: darker than fat
#define AIR_REACH_MM 1.2    // the wall, mucosa and the blur
#define AIR_MM2 4.0
#define AIR_CELL_MM 10.0    // of which the one with the most is named
#define SINUS_RADIUS_MM 3.2 // no artery of the brain is as thick over
#define SINUS_MM 20.0       // such a length
#define BESIDE_MOST_MM 20.0 // two of which one is a vein lie no farther apart
#define BESIDE_END_MM 2.0   // beyond its end an artery may go on
#define DOUBLED_MM 20.0     // side by side; of the trees of real patients up to 16 are, as siphons and M2 fold
#define DOUBLED_SURE 0.9    // of both names
#define LEAST_KNOWN 3       // kinds of artery with a name, of five, that make a circle of Willis
#define MUCH_MM3 20e3       // the arteries of a whole head hold 4 to 10 cm3
#define LEAST_NAMED 0.1     // of the tree's length: of patients half and more, of bone taken for arteries nothing
#define MORE_VEINS 1.5      // times the arteries, where these are no circle of Willis: they may have changed places

/* How many voxels hold metal, without near (may be NULL): of those that it marks. */
static gsize
count_metal (WillisVolume *volume, const WillisVolume *near)
{
  const void *voxels = willis_volume_voxels (volume);
  const guint8 *marked = near != NULL ? willis_volume_u8 (near) : NULL;
  gsize n = willis_grid_n_voxels (willis_volume_grid (volume)), count = 0;

  for (gsize v = 0; v < n; v++)
    count += willis_voxel (volume, voxels, v) > METAL_HU && (marked == NULL || marked[v]);
  return count;
}

/* 1 where an artery is (new); NULL where there is no memory for it. */
static WillisVolume *
artery_mask (const WillisVolume *labels)
{
  const guint8 *l = willis_volume_u8 (labels);
  WillisVolume *out = willis_volume_new (willis_volume_grid (labels), WILLIS_SCALAR_U8, NULL);
  guint8 *mask = out != NULL ? willis_volume_voxels_rw (out) : NULL;

  for (gsize v = 0, n = willis_grid_n_voxels (willis_volume_grid (labels)); out != NULL && v < n; v++)
    mask[v] = willis_label_is_artery (l[v]);
  return out;
}

/* Is there metal within reach of an artery? A filled tooth is farther off. Most scans hold none anywhere. */
static gboolean
is_metal_near (WillisVolume *volume, const WillisVolume *labels)
{
  const WillisGrid *grid = willis_volume_grid (volume);
  const double least = METAL_MM3 / (grid->spacing_mm[0] * grid->spacing_mm[1] * grid->spacing_mm[2]);
  g_autoptr (WillisVolume) arteries = NULL;
  g_autoptr (WillisVolume) near = NULL;

  if ((double) count_metal (volume, NULL) <= least)
    return FALSE;
  arteries = artery_mask (labels);
  near = arteries != NULL ? willis_mask_dilate (arteries, METAL_REACH_MM, NULL, NULL) : NULL;
  return (double) count_metal (volume, near) > least; // without memory to tell, any is said
}

/* Is there air within reach of voxel v, n voxels from the end along one axis that a step of stride leads to, with
 * nothing told between? */
static gboolean
faces_air (WillisVolume *volume, const guint8 *labels, gsize v, gssize stride, int n, double air)
{
  const void *voxels = willis_volume_voxels (volume);

  for (int s = 1; s <= n; s++)
    {
      gsize next = (gsize) ((gssize) v + s * stride);

      if (labels[next] != WILLIS_LABEL_NONE)
        return FALSE;
      if (willis_voxel (volume, voxels, next) < air)
        return TRUE;
    }
  return FALSE;
}

/* Wall with air close behind it: mm2, and the sum of where it lies, in voxels by mm2. */
typedef struct
{
  double area, sum[3];
} Facing;

/* The area of the faces of artery voxel at, number v, that have air close behind them, mm2. */
static double
faces_at (WillisVolume *volume, const guint8 *labels, gsize v, const int at[3], double air)
{
  const WillisGrid *grid = willis_volume_grid (volume);
  const double *h = grid->spacing_mm;
  const gssize stride[3] = { 1, grid->dims[0], (gssize) grid->dims[0] * grid->dims[1] };
  double area = 0.0;

  for (int a = 0; a < 3; a++)
    {
      const int reach = (int) MAX (AIR_REACH_MM / h[a], 1.0);

      area += h[0] * h[1] * h[2] / h[a]
              * (faces_air (volume, labels, v, -stride[a], MIN (reach, at[a]), air)
                 + faces_air (volume, labels, v, stride[a], MIN (reach, grid->dims[a] - 1 - at[a]), air));
    }
  return area;
}

/* How much of the arteries' wall has air close behind it, mm2, and where most of it lies. */
static double
against_air_mm2 (WillisVolume *volume, const WillisSegmentation *segmentation, double lps_mm[3])
{
  const WillisGrid *grid = willis_volume_grid (volume);
  const int *dims = grid->dims;
  const guint8 *labels = willis_volume_u8 (willis_segmentation_labels (segmentation));
  const double air
      = willis_segmentation_background (segmentation) - AIR_PART * willis_segmentation_contrast (segmentation);
  int cells[3];
  g_autofree Facing *in = NULL;
  Facing *most;
  double all = 0.0, middle[3] = { 0 };
  gsize v = 0;

  for (int a = 0; a < 3; a++)
    cells[a] = (int) (dims[a] * grid->spacing_mm[a] / AIR_CELL_MM) + 1;
  most = in = g_new0 (Facing, (gsize) cells[0] * cells[1] * cells[2]);
  for (int k = 0; k < dims[2]; k++)
    for (int j = 0; j < dims[1]; j++)
      for (int i = 0; i < dims[0]; i++, v++)
        {
          const int at[3] = { i, j, k };
          gsize cell = 0;
          double area;

          if (labels[v] != WILLIS_LABEL_ARTERY)
            continue;
          area = faces_at (volume, labels, v, at, air);
          for (int a = 2; a >= 0; a--)
            cell = cell * cells[a] + (gsize) (at[a] * grid->spacing_mm[a] / AIR_CELL_MM);
          all += area;
          in[cell].area += area;
          for (int a = 0; a < 3; a++)
            in[cell].sum[a] += area * at[a];
          most = in[cell].area > most->area ? &in[cell] : most;
        }
  for (int a = 0; a < 3 && most->area > 0.0; a++)
    middle[a] = most->sum[a] / most->area;
  willis_grid_ijk_to_lps (grid, middle, lps_mm);
  return all;
}

/* The longest stretch of a branch that is as thick as a sinus. */
static double
sinus_length (const WillisTree *tree)
{
  double longest = 0.0;

  for (gsize b = 0; b < willis_tree_n_branches (tree); b++)
    {
      const WillisBranch *branch = willis_tree_branch (tree, b);
      double from = NAN;

      for (gsize i = 0; i < branch->n_points; i++)
        {
          if (branch->radius_mm[i] < SINUS_RADIUS_MM)
            from = NAN;
          else if (isnan (from))
            from = branch->abscissa_mm[i];
          else
            longest = MAX (longest, branch->abscissa_mm[i] - from);
        }
    }
  return longest;
}

/* How long one branch runs beside another: what of it is nearest to the other's middle, outside its wall. */
static double
beside_mm (const WillisBranch *branch, const WillisBranch *other)
{
  double sum = 0.0;

  for (gsize i = 1; i < branch->n_points; i++)
    {
      const double *p = branch->points_lps_mm + 3 * i;
      double least = BESIDE_MOST_MM;
      gsize at = 0;

      for (gsize k = 0; k < other->n_points; k++)
        if (vec3_dist (other->points_lps_mm + 3 * k, p) < least)
          {
            least = vec3_dist (other->points_lps_mm + 3 * k, p);
            at = k;
          }
      if (least < BESIDE_MOST_MM && least > other->radius_mm[at] && other->abscissa_mm[at] > BESIDE_END_MM
          && other->abscissa_mm[at] < other->length_mm - BESIDE_END_MM)
        sum += branch->abscissa_mm[i] - branch->abscissa_mm[i - 1];
    }
  return sum;
}

/* Do two branches surely have the same name, without one going on from the other or leaving where it does? */
static gboolean
is_same_artery (const WillisBranch *one, const WillisBranch *two)
{
  return willis_artery_of_name (one->name, NULL) != WILLIS_ARTERY_NONE && g_strcmp0 (one->name, two->name) == 0
         && MIN (one->confidence, two->confidence) > DOUBLED_SURE && one->node[0] != two->node[0]
         && one->node[0] != two->node[1] && one->node[1] != two->node[0] && one->node[1] != two->node[1];
}

/* The longest way over which two branches of the same artery run side by side. */
static double
doubled_mm (const WillisTree *tree)
{
  double longest = 0.0;

  for (gsize a = 0; a < willis_tree_n_branches (tree); a++)
    for (gsize b = 0; b < willis_tree_n_branches (tree); b++)
      if (a != b && is_same_artery (willis_tree_branch (tree, a), willis_tree_branch (tree, b)))
        longest = MAX (longest, beside_mm (willis_tree_branch (tree, a), willis_tree_branch (tree, b)));
  return longest;
}

static double
veins_mm3 (const WillisVolume *labels)
{
  const WillisGrid *grid = willis_volume_grid (labels);
  const guint8 *l = willis_volume_u8 ((WillisVolume *) labels);
  gsize n = willis_grid_n_voxels (grid), count = 0;

  for (gsize v = 0; v < n; v++)
    count += l[v] == WILLIS_LABEL_VEIN;
  return (double) count * grid->spacing_mm[0] * grid->spacing_mm[1] * grid->spacing_mm[2];
}

static gboolean
has_name (const WillisTree *tree, const char *stem)
{
  for (gsize b = 0; b < willis_tree_n_branches (tree); b++)
    {
      const WillisBranch *branch = willis_tree_branch (tree, b);

      if (branch->name != NULL && g_str_has_prefix (branch->name, stem))
        return TRUE;
      for (gsize k = 0; k < branch->n_parts; k++)
        if (g_str_has_prefix (branch->parts[k].name, stem))
          return TRUE;
    }
  return FALSE;
}

/* How many of the arteries of the circle of Willis have a name in the tree. */
static int
count_known (const WillisTree *tree)
{
  static const char *const circle[] = { "ICA", "MCA", "ACA", "Basilar", "PCA" };
  int known = 0;

  for (gsize n = 0; n < G_N_ELEMENTS (circle); n++)
    known += has_name (tree, circle[n]);
  return known;
}

/* Part of the tree's length that has an artery's name. */
static double
named_part (const WillisTree *tree)
{
  double all = 0.0, named = 0.0;

  for (gsize b = 0; b < willis_tree_n_branches (tree); b++)
    {
      const WillisBranch *branch = willis_tree_branch (tree, b);

      all += branch->length_mm;
      if (branch->n_parts == 0 && willis_artery_of_name (branch->name, NULL) != WILLIS_ARTERY_NONE)
        named += branch->length_mm;
      for (gsize k = 0; k < branch->n_parts; k++)
        if (willis_artery_of_name (branch->parts[k].name, NULL) != WILLIS_ARTERY_NONE)
          named += branch->parts[k].to_mm - branch->parts[k].from_mm;
    }
  return all > 0.0 ? named / all : 0.0;
}

/* Sentences in the language that is wanted. */
typedef struct
{
  GPtrArray *texts;
  WillisTextFunc translate;
  gconstpointer data;
} Doubts;

static void G_GNUC_PRINTF (2, 3) say (const Doubts *out, const char *text, ...)
{
  va_list values;

  va_start (values, text);
  g_ptr_array_add (out->texts, g_strdup_vprintf (out->translate (out->data, text), values));
  va_end (values);
}

static void
doubt_scan (const Doubts *out, WillisVolume *volume, const WillisSegmentation *segmentation)
{
  const WillisGrid *grid = willis_volume_grid (volume);
  const double *h = grid->spacing_mm;
  double longest = MAX (h[0], MAX (h[1], h[2])), contrast = willis_segmentation_contrast (segmentation);
  gboolean cta = willis_segmentation_modality (segmentation) == WILLIS_MODALITY_CTA;
  double place[3];
  WillisMotion motion;

  if (longest > LONG_VOXEL_MM && willis_segmentation_modality (segmentation) != WILLIS_MODALITY_3DRA)
    say (out,
         N_ ("The scan's voxels are %.1f mm long: aneurysms below about %.0f mm may not show in it, sizes under "
             "that are not reliable, and larger ones less certain than stated."),
         longest, ceil (2.0 * longest)); // as the scan's own note says
  if (cta && contrast < LITTLE_CONTRAST_HU)
    say (out,
         N_ ("Arteries are only %.0f HU brighter than their surroundings: too little contrast agent, or "
             "a scan that is too early or too late."),
         contrast);
  if (cta && is_metal_near (volume, willis_segmentation_labels (segmentation)))
    say (out, N_ ("There is metal (a clip or coils) near the arteries: within about 20 mm of it they may be "
                  "missing, and streaks may look like arteries."));
  if (cta && against_air_mm2 (volume, segmentation, place) > AIR_MM2)
    say (
        out,
        N_ ("An artery or a sac lies against air, as in a sinus of the skull base, with no bone that could be told "
            "between, most of it about %.0f,%.0f,%.0f. Its wall there may be off by half a millimetre, the volume of a "
            "sac by a fifth, and daughter sacs there may not be real."),
        place[0], place[1], place[2]);
  if (cta && willis_motion_find (volume, &motion))
    {
      const double at[3] = { 0.5 * grid->dims[0], 0.5 * grid->dims[1], motion.slice };

      willis_grid_ijk_to_lps (grid, at, place);
      say (out,
           N_ ("The head moved while it was scanned: at slice %d (S %.0f mm) the picture jumps by at least %.1f mm. "
               "Sizes and diameters there are not to be relied on."),
           motion.slice + 1, place[2], motion.jump_mm);
    }
}

/* Veins that may have been taken for arteries in a CT angiography. */
static void
doubt_phase (const Doubts *out, const WillisSegmentation *segmentation, const WillisTree *tree, gboolean has_circle)
{
  if (sinus_length (tree) > SINUS_MM)
    say (out, N_ ("A vessel as thick as a venous sinus was taken for an artery: veins may be as bright as "
                  "arteries (late phase). Cut them off before anything is measured."));
  if (doubled_mm (tree) > DOUBLED_MM)
    say (out,
         N_ ("An artery was found twice, side by side: one of the two may be a vein as bright as the arteries (late "
             "phase). Cut it off before anything is measured."));
  if (!has_circle)
    {
      double arteries = willis_segmentation_volume_mm3 (segmentation);
      double veins = veins_mm3 (willis_segmentation_labels (segmentation));

      if (veins > MORE_VEINS * arteries)
        say (out,
             N_ ("Vessels that are less bright than what was taken for arteries hold %.1f times as much: the scan may "
                 "be of a late phase, when veins are brighter than arteries."),
             veins / arteries);
    }
}

/* More than the arteries of a head, and none of it has a name. Rotational scans, which are of one artery's tree and
 * seldom have names, are no finer than that only where a file puts 1 mm for what it does not know. */
static void
doubt_much (const Doubts *out, const WillisVolume *volume, WillisModality modality, double mm3)
{
  const double *h = willis_volume_grid (volume)->spacing_mm;

  if (modality == WILLIS_MODALITY_3DRA && h[0] == 1.0 && h[1] == 1.0 && h[2] == 1.0)
    say (out,
         N_ ("The scan's voxels are said to be 1 mm long each way, as in files that do not know their size, and the "
             "arteries would hold %.0f cm³, more than a head has: sizes in millimetres are not to be relied on."),
         1e-3 * mm3);
  else
    say (out,
         N_ ("%.0f cm³ were taken for arteries, more than a head has, and hardly any of it is like an artery that "
             "has a name: it may be bone, brain or veins. Is the scan an angiography, and of the kind it was taken "
             "for? Do not rely on what was measured."),
         1e-3 * mm3);
}

/* Main arteries that have no name where the others have. */
static void
doubt_missing (const Doubts *out, const WillisTree *tree)
{
  g_autofree char *missing = willis_arteries_missing (tree, out->translate, out->data);

  if (missing != NULL)
    say (out,
         N_ ("Not recognised in the scan: %s. They lie outside it, are closed, too thin or not there, or could not be "
             "told apart. Aneurysms of arteries that are not shown were not looked for."),
         missing);
}

char **
willis_vessel_doubts_in (WillisVolume *volume, const WillisSegmentation *segmentation, const WillisTree *tree,
                         WillisTextFunc translate, gconstpointer data)
{
  const Doubts out = { g_ptr_array_new (), translate, data };
  double mm3 = tree != NULL ? willis_segmentation_volume_mm3 (segmentation) : 0.0;

  doubt_scan (&out, volume, segmentation);
  if (mm3 > MUCH_MM3 && named_part (tree) < LEAST_NAMED)
    doubt_much (&out, volume, willis_segmentation_modality (segmentation), mm3);
  if (tree != NULL && willis_segmentation_modality (segmentation) == WILLIS_MODALITY_CTA)
    {
      gboolean has_circle = count_known (tree) >= LEAST_KNOWN;

      doubt_phase (&out, segmentation, tree, has_circle);
      if (!has_circle)
        say (&out, N_ ("The circle of Willis was not recognised: it is not wholly in the scan, or its arteries "
                       "could not be told apart. Aneurysms outside what is shown were not looked for."));
      else
        doubt_missing (&out, tree);
    }
  g_ptr_array_add (out.texts, NULL);
  return (char **) g_ptr_array_free (out.texts, FALSE);
}

static const char *
of_program (gconstpointer data, const char *text)
{
  return _ (text);
}

char **
willis_vessel_doubts (WillisVolume *volume, const WillisSegmentation *segmentation, const WillisTree *tree)
{
  return willis_vessel_doubts_in (volume, segmentation, tree, of_program, NULL);
}
