/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One plane section of the surface around a sac: what it parts, and how the wall stands along it.
 */
#include <math.h>
#include <stdlib.h>

#include "core/num/vec3.h"
#include "core/vessel/neck-field.h"

#define LEAST_PART 0.1 // of a section that leans less than is told
#define MOST_PART 0.95
#define SMALL_PART 0.05 // of a section: vessels beside it that are so small are cut with it
#define SMALL_NEAR 2.0  // radii of the section from its centre

gboolean
willis_neck_section (WillisNeckField *field, const double point[3], const double normal[3], WillisSection *section)
{
  int found;

  field->n_sections = willis_sectioner_cut (field->sectioner, point, normal);
  found = willis_sectioner_around (field->sectioner, point);
  if (found < 0)
    return FALSE;
  *section = *willis_sectioner_section (field->sectioner, (gsize) found);
  return section->closed;
}

/* Stamps the triangles of a section. */
static void
stamp_section (WillisNeckField *field, const WillisSection *section)
{
  const gint32 *through = willis_sectioner_triangles (field->sectioner) + section->first;

  for (gsize i = 0; i < section->n; i++)
    field->stamp[through[i]] = field->now;
}

/* Floods the surface from the dome, not through what is stamped: does it stay out of the arteries? */
static gboolean
flood (WillisNeckField *field, const WillisSection *section, double *open, double *side, gsize *beyond)
{
  gsize top = 0;
  double counted[256] = { 0 };

  *open = *side = 0.0;
  *beyond = 0;
  if (field->stamp[field->dome_triangle] == field->now)
    return FALSE;
  field->stack[top++] = field->dome_triangle;
  field->stamp[field->dome_triangle] = field->now;
  while (top > 0)
    {
      gint32 t = field->stack[--top];

      *beyond += 1;
      if (field->artery[t] && counted[field->artery[t]] == 0.0)
        {
          /* a small artery may leave the sac itself */
          counted[field->artery[t]] = g_array_index (field->sizes, double, field->artery[t] - 1);
          *(g_array_index (field->sides, gboolean, field->artery[t] - 1) ? side : open)
              += counted[field->artery[t]] / section->area_mm2;
          if (*open + *side > 0.35)
            return FALSE;
        }
      for (int c = 0; c < 3; c++)
        {
          gint32 k = field->opposite[3 * t + c];

          if (k >= 0 && field->stamp[k / 3] != field->now)
            {
              field->stamp[k / 3] = field->now;
              field->stack[top++] = k / 3;
            }
        }
    }
  return TRUE;
}

/* Stamps what the same plane cuts beside the section that is small against it; FALSE where there is nothing. */
static gboolean
stamp_small (WillisNeckField *field, const WillisSection *section)
{
  gboolean any = FALSE;
  double total = 0.0;

  for (gsize k = 0; k < field->n_sections; k++)
    {
      const WillisSection *other = willis_sectioner_section (field->sectioner, k);

      if (other->first == section->first || !other->closed || other->area_mm2 > SMALL_PART * section->area_mm2
          || vec3_dist (other->centre_lps_mm, section->centre_lps_mm) > SMALL_NEAR * sqrt (section->area_mm2 / G_PI))
        continue;
      stamp_section (field, other);
      total += other->area_mm2;
      any = TRUE;
    }
  return any && total < SMALL_PART * section->area_mm2;
}

gboolean
willis_neck_section_parts (WillisNeckField *field, const WillisSection *section, double *open, double *side,
                           gsize *beyond)
{
  field->now++;
  stamp_section (field, section);
  if (flood (field, section, open, side, beyond))
    return TRUE;
  if (!field->past_small)
    return FALSE;
  field->now++; // a small vessel that touches the sac, too, may lead around the section to an artery
  stamp_section (field, section);
  return stamp_small (field, section) && flood (field, section, open, side, beyond);
}

/* A piece of a section: how the wall leans there, and how long it is. */
typedef struct
{
  double lean, length;
} Lean;

static int
compare_leans (const void *a, const void *b)
{
  const Lean *x = a, *y = b;

  return x->lean != y->lean ? (x->lean > y->lean) - (x->lean < y->lean)
                            : (x->length > y->length) - (x->length < y->length);
}

void
willis_neck_section_lean (const WillisNeckField *field, const WillisSection *section, const double normal[3],
                          double *least, double *most)
{
  const gint32 *through = willis_sectioner_triangles (field->sectioner) + section->first;
  const double *p = willis_sectioner_points (field->sectioner) + 3 * section->first;
  const gint32 *v = willis_surface_triangles (field->near);
  g_autofree Lean *piece = g_new (Lean, section->n);
  double total = 0.0, gone = 0.0;
  gsize i;

  for (i = 0; i < section->n; i++)
    {
      double wall[3] = { 0 };

      for (int c = 0; c < 3; c++)
        vec3_axpy (wall, wall, 1.0, field->normal + 3 * v[3 * through[i] + c]);
      vec3_normalize (wall);
      piece[i] = (Lean){ vec3_dot (wall, normal), vec3_dist (p + 3 * i, p + 3 * ((i + 1) % section->n)) };
      total += piece[i].length;
    }
  qsort (piece, section->n, sizeof (Lean), compare_leans);
  *least = *most = piece[0].lean;
  for (i = 0; i < section->n && gone < MOST_PART * total; gone += piece[i++].length)
    {
      *most = piece[i].lean;
      if (gone < LEAST_PART * total)
        *least = piece[i].lean;
    }
}
