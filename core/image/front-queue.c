/* SPDX-License-Identifier: Apache-2.0 */
#include "core/image/front-queue.h"

#define FEW 32 // entries that are sorted in place

void
willis_front_queue_clear (WillisFrontQueue *queue)
{
  for (int level = 0; level < 3; level++)
    for (int digit = 0; digit < 256; digit++)
      g_free (queue->buckets[level][digit].entries);
  g_free (queue->run.entries);
  memset (queue, 0, sizeof *queue);
}

void
willis_front_bucket_grow (WillisFrontBucket *bucket)
{
  bucket->room = MAX (64, 2 * bucket->room);
  bucket->entries = g_renew (WillisFrontEntry, bucket->entries, bucket->room);
}

/* Into the run that is being taken from, behind its equals. */
void
willis_front_queue_insert (WillisFrontQueue *queue, WillisFrontEntry entry)
{
  WillisFrontBucket *run = &queue->run;
  gsize at;

  willis_front_bucket_add (run, entry);
  for (at = run->n - 1; at > queue->run_at && run->entries[at - 1].key > entry.key; at--)
    run->entries[at] = run->entries[at - 1];
  run->entries[at] = entry;
}

static void
sort_in_place (WillisFrontBucket *run)
{
  for (gsize n = 1; n < run->n; n++)
    {
      WillisFrontEntry entry = run->entries[n];
      gsize at = n;

      for (; at > 0 && run->entries[at - 1].key > entry.key; at--)
        run->entries[at] = run->entries[at - 1];
      run->entries[at] = entry;
    }
}

/* By counting the last bytes of the keys: equal ones stay in their order. */
static void
sort_by_counting (WillisFrontBucket *from, WillisFrontBucket *to)
{
  gsize at[257] = { 0 };

  while (to->room < from->n)
    willis_front_bucket_grow (to);
  for (gsize n = 0; n < from->n; n++)
    at[(from->entries[n].key & 0xffu) + 1]++;
  for (int digit = 1; digit < 256; digit++)
    at[digit] += at[digit - 1];
  for (gsize n = 0; n < from->n; n++)
    to->entries[at[from->entries[n].key & 0xffu]++] = from->entries[n];
  to->n = from->n;
}

static int
first_used (const guint64 used[4])
{
  for (int word = 0; word < 4; word++)
    if (used[word] != 0)
      return 64 * word + __builtin_ctzll (used[word]);
  return -1;
}

/* Fills the run, which is at its end, with the earliest entries that are left. */
gboolean
willis_front_queue_open (WillisFrontQueue *queue)
{
  for (int level = 0; level < 3;)
    {
      int digit = first_used (queue->used[level]);
      WillisFrontBucket *bucket;

      if (digit < 0)
        {
          level++;
          continue;
        }
      bucket = &queue->buckets[level][digit];
      queue->used[level][digit / 64] &= ~(G_GUINT64_CONSTANT (1) << digit % 64);
      queue->base = bucket->entries[0].key & ~((1u << 8 * (level + 1)) - 1u);
      if (level > 0)
        {
          level--;
          for (gsize n = 0; n < bucket->n; n++)
            willis_front_queue_put (queue, level, bucket->entries[n]);
          g_free (bucket->entries); // it may have been long, and each of its level is filled once in a long time
          *bucket = (WillisFrontBucket){ 0 };
          continue;
        }
      queue->run_at = 0;
      if (bucket->n > FEW)
        sort_by_counting (bucket, &queue->run);
      else
        {
          WillisFrontBucket was = queue->run;

          queue->run = *bucket;
          *bucket = was;
          sort_in_place (&queue->run);
        }
      bucket->n = 0;
      return TRUE;
    }
  return FALSE;
}
