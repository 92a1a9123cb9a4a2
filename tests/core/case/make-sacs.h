/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * A case of bare arteries with one sac or two that can be measured.
 */
#include "core/case/case.h"
#include "tests/core/vessel/shape.h"

/* In the first sac, twice, and in the second. */
static const double seed[3] = { 10, 19, 14 }, other_seed[3] = { 10.6, 18.2, 13.6 }, second_seed[3] = { 26, 9, 14 };

/* A tube with a sac on either side, the second where it is there; without one the tube is bare. */
static inline WillisCase *
case_with_sacs (int n)
{
  const SceneTube parts[] = { { { 2, 14, 14 }, { 34, 14, 14 }, 2.0 },
                              { { 10, 18, 14 }, { 10, 18, 14 }, 2.6 },
                              { { 26, 10, 14 }, { 26, 10, 14 }, 2.6 } };
  g_autoptr (WillisSurface) surface = shape_surface (parts, 1 + n, 64, 0.56);
  WillisCase *c = willis_case_new ();
  GError *error = NULL;

  willis_case_set_surface (c, surface, NULL);
  willis_case_run_tree (c, NULL, &error);
  g_assert_no_error (error);
  return c;
}

static inline void
measure (WillisCase *c, const double at[3])
{
  GError *error = NULL;

  willis_case_run_aneurysm_at (c, at, -1, NULL, &error);
  g_assert_no_error (error);
}
