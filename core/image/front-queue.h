/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * A queue for fronts: what comes out is never earlier than what came out before, so that nothing needs to be kept
 * in order but what comes out next. Private to core/image.
 */
#include <glib.h>
#include <string.h>

G_BEGIN_DECLS

typedef struct
{
  guint32 key; // bits of the time as a float: they grow with it
  guint32 item;
} WillisFrontEntry;

typedef struct
{
  WillisFrontEntry *entries; // [room], owned
  gsize n, room;
} WillisFrontBucket;

/* Entries wait by the highest of their key's four bytes that differs from base: those of the last byte sorted in run,
 * the others in the bucket of that byte. A bucket is opened when all before it are empty, and its entries go one byte
 * down: at most three times each, whatever the number of entries. Zero-filled: empty. Not thread-safe. */
typedef struct
{
  guint32 base; // what the keys in run begin with; its last byte is 0
  WillisFrontBucket run;
  gsize run_at; // the next of run
  WillisFrontBucket buckets[3][256];
  guint64 used[3][4]; // a bit a bucket that is not empty
} WillisFrontQueue;

void willis_front_queue_clear (WillisFrontQueue *queue);

/* The slow paths of what follows. */
void willis_front_bucket_grow (WillisFrontBucket *bucket);
void willis_front_queue_insert (WillisFrontQueue *queue, WillisFrontEntry entry);
gboolean willis_front_queue_open (WillisFrontQueue *queue);

static inline void
willis_front_bucket_add (WillisFrontBucket *bucket, WillisFrontEntry entry)
{
  if (bucket->n == bucket->room)
    willis_front_bucket_grow (bucket);
  bucket->entries[bucket->n++] = entry;
}

static inline void
willis_front_queue_put (WillisFrontQueue *queue, int level, WillisFrontEntry entry)
{
  guint digit = entry.key >> (8 * (level + 1)) & 0xffu;

  willis_front_bucket_add (&queue->buckets[level][digit], entry);
  queue->used[level][digit / 64] |= G_GUINT64_CONSTANT (1) << digit % 64;
}

/* Puts in an item at a time that is not negative, nor earlier than that of the last one taken. */
static inline void
willis_front_queue_push (WillisFrontQueue *queue, float time, guint32 item)
{
  WillisFrontEntry entry = { 0, item };
  guint32 differs;

  memcpy (&entry.key, &time, sizeof time);
  differs = entry.key ^ queue->base;
  if (differs < 0x100u)
    willis_front_queue_insert (queue, entry);
  else
    willis_front_queue_put (queue, (31 - __builtin_clz (differs)) / 8 - 1, entry);
}

/* Takes the earliest; of equal times that which was put in first. FALSE where none is left. */
static inline gboolean
willis_front_queue_pop (WillisFrontQueue *queue, float *time, guint32 *item)
{
  const WillisFrontEntry *entry;

  if (queue->run_at == queue->run.n && !willis_front_queue_open (queue))
    return FALSE;
  entry = &queue->run.entries[queue->run_at++];
  memcpy (time, &entry->key, sizeof *time);
  *item = entry->item;
  return TRUE;
}

/* The item that comes up some pops from now, as far as is known: to have its memory at hand by then. After a pop
 * only. */
static inline guint32
willis_front_queue_ahead (const WillisFrontQueue *queue, gsize pops)
{
  gsize at = MIN (queue->run_at + pops, queue->run.n - 1);

  return queue->run.entries[at].item;
}

G_END_DECLS
