/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * What every benchmark shares: time, memory, one line of JSON a result. Header only, so that C and C++ use it
 * alike.
 */
#include <glib.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

/* Wall clock in seconds. */
static inline double
bench_now (void)
{
  struct timespec t;

  clock_gettime (CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Seconds of processor time of all threads. */
static inline double
bench_cpu (void)
{
  struct timespec t;

  clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Bytes that this process holds, or has held at most since bench_peak_reset. */
static inline double
bench_memory (const char *field)
{
  g_autofree char *text = NULL;
  const char *at;

  if (!g_file_get_contents ("/proc/self/status", &text, NULL, NULL))
    return NAN;
  at = strstr (text, field);
  return at != NULL ? 1024.0 * g_ascii_strtod (at + strlen (field), NULL) : NAN;
}

static inline double
bench_peak (void)
{
  return bench_memory ("VmHWM:");
}

static inline void
bench_peak_reset (void)
{
  FILE *f = fopen ("/proc/self/clear_refs", "w");

  if (f != NULL)
    {
      fputs ("5", f);
      fclose (f);
    }
}

/* One measured run of something. */
typedef struct
{
  double seconds, cpu_seconds; // the fastest of the runs: other programs only ever slow one down
  double peak_bytes;           // over what was held before, results included
} BenchTime;

typedef void (*BenchFunc) (gpointer context);

static inline BenchTime
bench_run (BenchFunc func, gpointer context, int runs)
{
  BenchTime best = { INFINITY, INFINITY, 0.0 };

  for (int n = 0; n < runs; n++)
    {
      double held, start, cpu;

      bench_peak_reset ();
      held = bench_memory ("VmRSS:");
      start = bench_now ();
      cpu = bench_cpu ();
      func (context);
      best.seconds = MIN (best.seconds, bench_now () - start);
      best.cpu_seconds = MIN (best.cpu_seconds, bench_cpu () - cpu);
      best.peak_bytes = MAX (best.peak_bytes, bench_peak () - held);
    }
  return best;
}

/* Prints one line: {"name": ..., "who": ..., "threads": ..., "seconds": ..., ...}. extra: further members or
 * "". */
static inline void
bench_print (const char *name, const char *who, int threads, BenchTime t, const char *extra)
{
  printf ("{\"name\": \"%s\", \"who\": \"%s\", \"threads\": %d, \"seconds\": %.4f, \"cpu_seconds\": %.4f, "
          "\"peak_mb\": %.1f%s%s}\n",
          name, who, threads, t.seconds, t.cpu_seconds, t.peak_bytes / 1e6, extra[0] != '\0' ? ", " : "",
          extra);
  fflush (stdout);
}
