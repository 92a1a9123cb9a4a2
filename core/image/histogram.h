/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * How often each value occurs in a volume.
 */
#include "core/image/volume.h"

G_BEGIN_DECLS

typedef struct
{
  double lo, hi; // the bins cover [lo, hi) evenly
  gsize n_bins;
  guint64 *counts;      // [n_bins]
  guint64 below, above; // finite values outside
  guint64 n_total;      // counted in bins
} WillisHistogram;

/* Counts the values of volume (where mask, u8 on the same grid or NULL, is not zero) in n_bins (1 .. 2^20)
 * bins from lo to hi > lo. Values that are not finite are left out. Errors: WILLIS_ERROR_BAD_INPUT for range,
 * bins or mask. */
WillisHistogram *willis_histogram_new (const WillisVolume *volume, const WillisVolume *mask, double lo,
                                       double hi, gsize n_bins, GError **error);
void willis_histogram_free (WillisHistogram *histogram);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WillisHistogram, willis_histogram_free)

/* The value below which the part q (0 .. 1) of the binned values lies, linear within a bin; lo where there
 * are none. */
double willis_histogram_quantile (const WillisHistogram *histogram, double q);

/* The threshold that parts the binned values best in two classes (Otsu 1979): the upper edge of the last bin
 * of the lower class; lo where there are none. */
double willis_histogram_otsu (const WillisHistogram *histogram);

/* The centre of the highest bin in [from, to] after smoothing by a Gaussian of sigma bins (0: none), refined
 * by a parabola; NAN where no value lies there. */
double willis_histogram_peak (const WillisHistogram *histogram, double from, double to, double sigma_bins);

/* Mean and standard deviation of the binned values in [from, to] by bin centres; n how many (any may be
 * NULL). */
void willis_histogram_moments (const WillisHistogram *histogram, double from, double to, double *mean,
                               double *sd, guint64 *n);

G_END_DECLS
