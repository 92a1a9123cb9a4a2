/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From a whole-head CT angiography to the listed candidates, stage by stage, on two threads. usage: bench-chain [SCAN]
 * (without one the phantom carotid-sidewall is made on 512 x 512 x 320 voxels of 0.45 mm, which takes minutes)
 */
#include <glib/gstdio.h>

#include "core/base/parallel.h"
#include "core/case/case.h"
#include "core/io/reader.h"
#include "core/io/volume-io.h"
#include "core/phantom/phantom.h"
#include "core/vessel/segmentation.h"
#include "tests/bench/bench.h"

static WillisVolume *
whole_head (const char *path, GError **error)
{
  const char *const paths[] = { path, NULL };
  g_autofree char *folder = g_build_filename (g_getenv ("WILLIS_SOURCE_DIR"), "data", "phantoms", NULL);
  g_autofree char *spec = NULL;
  g_autofree char *text = NULL;
  g_autofree char *copies = NULL;
  g_autoptr (WillisPhantom) phantom = NULL;
  const char *const files[] = { "circle-of-willis.json", "carotid-sidewall.json" };

  if (path != NULL)
    return willis_volume_read (paths, NULL, NULL, NULL, NULL, error);
  copies = g_dir_make_tmp ("willis-bench-XXXXXX", error);
  for (gsize n = 0; n < G_N_ELEMENTS (files); n++)
    {
      g_autofree char *from = g_build_filename (folder, files[n], NULL);
      g_autofree char *to = g_build_filename (copies, files[n], NULL);
      g_autofree char *body = NULL;

      if (!g_file_get_contents (from, &body, NULL, error) || !g_file_set_contents (to, body, -1, error))
        return NULL;
    }
  spec = g_build_filename (copies, "head.json", NULL);
  text = g_strdup ("{\"base\": \"carotid-sidewall.json\", \"grid\": {\"dims\": [512, 512, 320],"
                   "\"spacing_mm\": [0.45, 0.45, 0.45], \"centre_lps_mm\": [0, 2, -2]}}");
  if (!g_file_set_contents (spec, text, -1, error))
    return NULL;
  phantom = willis_phantom_load (spec, error);
  g_unlink (spec);
  for (gsize n = 0; n < G_N_ELEMENTS (files); n++)
    {
      g_autofree char *copy = g_build_filename (copies, files[n], NULL);

      g_unlink (copy);
    }
  g_rmdir (copies);
  return phantom != NULL ? willis_phantom_scan (phantom, NULL, error) : NULL;
}

typedef struct
{
  double wall, cpu;
} Clock;

static Clock
now (void)
{
  return (Clock) { bench_now (), bench_cpu () };
}

static void
stage (const char *name, Clock from)
{
  Clock to = now ();

  printf ("{\"bench\": \"chain\", \"stage\": \"%s\", \"seconds\": %.3f, \"cpu_seconds\": %.3f, \"peak_bytes\": %.0f}\n", name,
          to.wall - from.wall, to.cpu - from.cpu, bench_peak ());
  fflush (stdout);
}

int
main (int argc, char **argv)
{
  WillisSegmentParams params = WILLIS_SEGMENT_PARAMS_INIT;
  WillisStudy study = { .modality = (char *) "CT", .patient_age = -1 };
  g_autoptr (GError) error = NULL;
  g_autoptr (WillisVolume) scan = NULL;
  g_autoptr (WillisCase) c = NULL;
  Clock all, from;
  int status = 0;

  if (willis_reader_main (argc, argv, &status))
    return status;
  willis_parallel_set_threads (2);
  scan = whole_head (argc > 1 ? argv[1] : NULL, &error);
  if (scan == NULL)
    g_error ("%s", error->message);
  c = willis_case_new ();
  willis_case_set_scan (c, scan, &study);
  bench_peak_reset ();
  all = from = now ();
  if (!willis_case_run_segment (c, &params, NULL, &error))
    g_error ("%s", error->message);
  stage ("segmentation and surface", from);
  from = now ();
  if (!willis_case_run_tree (c, NULL, &error))
    g_error ("%s", error->message);
  stage ("tree and names", from);
  from = now ();
  if (!willis_case_run_detect (c, NULL, &error))
    g_error ("%s", error->message);
  stage ("candidates", from);
  stage ("all", all);
  printf ("# %u candidates; first score %.2f\n", willis_case_candidates (c)->len,
          willis_case_candidates (c)->len > 0 ? g_array_index (willis_case_candidates (c), WillisCandidate, 0).score : 0.0);
  return 0;
}
