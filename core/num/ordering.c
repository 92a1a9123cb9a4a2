/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "core/num/sparse.h"

#define SMALL_PART 48 // ordered by minimum degree instead of being cut further

typedef struct
{
  const WillisCsr *a;
  int *part;  // [n] which part an unknown belongs to now
  int *level; // [n] of the breadth-first search, -1 elsewhere
  int *queue; // [n]
  int *order; // [n] the result, filled from the end
  int last;   // where the next goes
  int parts;
} Cut;

/* Levels within the part of root; returns how many unknowns were reached, queue holds them in order. */
static int
search (Cut *c, int root, int part)
{
  int n = 1;

  c->queue[0] = root;
  c->level[root] = 0;
  for (int i = 0; i < n; i++)
    for (int k = c->a->start[c->queue[i]]; k < c->a->start[c->queue[i] + 1]; k++)
      {
        int j = c->a->column[k];

        if (c->part[j] == part && c->level[j] < 0)
          {
            c->level[j] = c->level[c->queue[i]] + 1;
            c->queue[n++] = j;
          }
      }
  return n;
}

static void
forget (Cut *c, const int *members, int n)
{
  for (int i = 0; i < n; i++)
    c->level[members[i]] = -1;
}

/* A small part by minimum degree on a dense bit pattern. */
static void
order_small (Cut *c, const int *members, int n)
{
  unsigned char near[SMALL_PART][SMALL_PART] = { { 0 } };
  int done[SMALL_PART] = { 0 }, at[SMALL_PART];

  for (int i = 0; i < n; i++)
    c->level[members[i]] = i;
  for (int i = 0; i < n; i++)
    for (int k = c->a->start[members[i]]; k < c->a->start[members[i] + 1]; k++)
      {
        int j = c->a->column[k];

        if (c->part[j] == c->part[members[i]] && c->level[j] >= 0)
          near[i][c->level[j]] = near[c->level[j]][i] = 1;
      }
  forget (c, members, n);
  for (int step = 0; step < n; step++)
    {
      int best = -1, least = n + 1;

      for (int i = 0; i < n; i++)
        {
          int degree = 0;

          for (int j = 0; j < n && !done[i]; j++)
            degree += near[i][j] && !done[j] && j != i;
          if (!done[i] && degree < least)
            {
              least = degree;
              best = i;
            }
        }
      done[best] = 1;
      at[step] = best;
      for (int i = 0; i < n; i++)
        for (int j = 0; j < n && near[best][i]; j++)
          near[i][j] |= near[best][j];
    }
  for (int step = n - 1; step >= 0; step--)
    c->order[c->last--] = members[at[step]];
}

/* Orders the unknowns members [n] of one part: the separator last, the two sides before it. members is rearranged. */
static void
dissect (Cut *c, int *members, int n)
{
  while (n > SMALL_PART)
    {
      int part = c->part[members[0]], root = members[0], reached = 0, middle, ends[2] = { 0, 0 }, *side[2];

      for (int pass = 0; pass < 3; pass++)
        {
          if (pass > 0)
            forget (c, c->queue, reached);
          reached = search (c, root, part);
          if (pass < 2)
            root = c->queue[reached - 1];
        }
      side[0] = malloc (sizeof (int) * (size_t) n);
      side[1] = malloc (sizeof (int) * (size_t) n);
      if (side[0] == NULL || side[1] == NULL)
        abort ();
      /* a part that hangs together not is split into what was reached and the rest; else a level is the separator */
      middle = reached < n ? -1 : c->level[c->queue[reached / 2]];
      for (int i = 0; i < n; i++)
        {
          int m = members[i], s = reached < n ? c->level[m] < 0 : c->level[m] > middle;

          if (reached == n && c->level[m] == middle)
            c->order[c->last--] = m;
          else
            side[s][ends[s]++] = m;
        }
      forget (c, c->queue, reached);
      for (int i = 0; i < n; i++)
        c->part[members[i]] = -1;
      for (int s = 0; s < 2; s++)
        {
          c->parts++;
          for (int i = 0; i < ends[s]; i++)
            c->part[side[s][i]] = c->parts;
        }
      dissect (c, side[1], ends[1]);
      memcpy (members, side[0], sizeof (int) * (size_t) ends[0]);
      n = ends[0];
      free (side[0]);
      free (side[1]);
    }
  if (n > 0)
    order_small (c, members, n);
}

int
willis_order_dissection (const WillisCsr *a, int *order)
{
  int n = a->rows, *memory = malloc (sizeof (int) * 4 * ((size_t) n + 1));
  Cut c = { a, memory, memory + n + 1, memory + 2 * (n + 1), order, n - 1, 0 };
  int *members = memory + 3 * (n + 1);

  if (memory == NULL)
    return -1;
  for (int i = 0; i < n; i++)
    {
      c.part[i] = 0;
      c.level[i] = -1;
      members[i] = i;
    }
  if (n > 0)
    dissect (&c, members, n);
  free (memory);
  return 0;
}
