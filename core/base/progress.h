/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Progress and cancellation of long work, in one small argument that may be NULL everywhere.
 * A child reports a part [lo, hi] of its parent. Only the thread that runs the calculation may call
 * willis_progress_step (never a worker of a parallel loop); call it at least every 50 ms.
 */
#include <gio/gio.h>

G_BEGIN_DECLS

/* Called on the calculating thread: fraction in [0, 1], label in the user's language or NULL. */
typedef void (*WillisProgressFunc) (double fraction, const char *label, gpointer data);

typedef struct
{
  GCancellable *cancellable; // borrowed, may be NULL
  WillisProgressFunc func;   // may be NULL
  gpointer data;
  double lo, hi;
  const char *label;
} WillisProgress;

#define WILLIS_PROGRESS_INIT { NULL, NULL, NULL, 0.0, 1.0, NULL }

/* The part [lo, hi] of parent, under its own label (NULL: the parent's). parent may be NULL. */
WillisProgress willis_progress_part (const WillisProgress *parent, double lo, double hi,
                                     const char *label);

/* Reports fraction done of this part and polls for cancellation.
 * Returns FALSE with G_IO_ERROR_CANCELLED set when the user asked to stop. progress may be NULL. */
gboolean willis_progress_step (const WillisProgress *progress, double fraction, GError **error);

G_END_DECLS
