/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bone that hangs on an artery. Where bone is as bright as blood and thin, a spur or the rim of a canal, an artery that
 * touches it grows into it. Such a limb is thinner than the artery, bone lines much of it, and in places it is brighter
 * than blood, which what is thin never is for blood: blur dims it. Only all three together are bone; an artery in a
 * canal or on a bone is as much lined, but not as bright.
 */
#include "core/vessel/segmentation-grow.h"

#define THIN_MM 1.1      // no ball of this radius lies in a limb ..
#define ROOT_MM 0.5      // .. nor does a limb begin so near to one: that is its artery's own rim
#define LEAST_MM3 6.0    // of a limb: about that ball
#define LINED 0.25       // so much of a limb's rim is bone
#define BRIGHTER 0.1     // part of the contrast above blood, ..
#define NOISE 2.0        // .. but so many deviations of the noise at least, ..
#define BRIGHT_PART 0.08 // .. of so much of it

typedef struct
{
  const WillisGrowth *g;
  const guint8 *labels;
} Limbs;

static guint8
with_bit (int mark, int bit, gboolean set)
{
  return (guint8) (set ? mark | bit : mark & ~bit);
}

/* Marks VISITED what of the arteries a ball reaches that lies in them, or that is ROOT_MM from one. Beyond the scan's
 * end the arteries go on. VISITED first stands for what is no artery, then for the middles of such balls; SEEN serves
 * as the scratch bit. */
static void
mark_body (const WillisGrowth *g)
{
  guint8 *mark = g->mark;
  gsize n = willis_grid_n_voxels (g->grid);

  for (gsize v = 0; v < n; v++)
    mark[v] = with_bit (mark[v], WILLIS_MARK_VISITED, !(mark[v] & WILLIS_MARK_ARTERY));
  willis_mark_dilate (mark, g->grid, WILLIS_MARK_VISITED, WILLIS_MARK_SEEN, THIN_MM);
  for (gsize v = 0; v < n; v++)
    mark[v] = with_bit (mark[v] & ~WILLIS_MARK_SEEN, WILLIS_MARK_VISITED, !(mark[v] & WILLIS_MARK_SEEN));
  willis_mark_dilate (mark, g->grid, WILLIS_MARK_VISITED, WILLIS_MARK_SEEN, THIN_MM + ROOT_MM);
  for (gsize v = 0; v < n; v++)
    mark[v] = with_bit (mark[v] & ~WILLIS_MARK_SEEN, WILLIS_MARK_VISITED,
                        (mark[v] & WILLIS_MARK_SEEN) && (mark[v] & WILLIS_MARK_ARTERY));
}

static void
judge_limb (const gsize *voxels, gsize n, gpointer data)
{
  const Limbs *c = data;
  const WillisGrowth *g = c->g;
  const int *d = g->grid->dims;
  gsize stride[3] = { 1, (gsize) d[0], (gsize) d[0] * (gsize) d[1] }, rim = 0, bone = 0, bright = 0;
  double blood
      = g->levels->lumen + MAX (BRIGHTER * (g->levels->lumen - g->levels->background), NOISE * g->levels->noise);

  if ((double) n * g->voxel_mm3 < LEAST_MM3)
    return;
  for (gsize i = 0; i < n; i++)
    {
      gsize v = voxels[i];
      int at[3] = { (int) (v % stride[1]), (int) (v % stride[2] / stride[1]), (int) (v / stride[2]) };

      bright += willis_voxel (g->volume, g->voxels, v) > blood;
      for (int a = 0; a < 3; a++)
        for (int s = -1; s <= 1; s += 2)
          {
            gsize u = s > 0 ? v + stride[a] : v - stride[a];

            if (at[a] + s < 0 || at[a] + s >= d[a] || (g->mark[u] & WILLIS_MARK_ARTERY))
              continue;
            rim++;
            bone += c->labels[u] == WILLIS_LABEL_BONE; // not plaque
          }
    }
  if ((double) bone <= LINED * (double) rim || (double) bright <= BRIGHT_PART * (double) n)
    return;
  for (gsize i = 0; i < n; i++)
    g->mark[voxels[i]] = (guint8) ((g->mark[voxels[i]] & ~WILLIS_MARK_ARTERY) | WILLIS_MARK_BONE);
}

void
willis_limbs_part (const WillisGrowth *g, const guint8 *labels)
{
  Limbs c = { g, labels };

  mark_body (g);
  willis_mark_pieces (g->mark, g->grid->dims, WILLIS_MARK_ARTERY, WILLIS_MARK_VISITED, judge_limb, &c);
}
