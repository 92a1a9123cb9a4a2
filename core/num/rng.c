/* SPDX-License-Identifier: Apache-2.0 */
#include "core/num/rng.h"

#include <math.h>

void
willis_rng_init (WillisRng *rng, uint64_t seed, uint64_t stream)
{
  rng->state = 0;
  rng->stream = (stream << 1) | 1u;
  willis_rng_u32 (rng);
  rng->state += seed;
  willis_rng_u32 (rng);
}

uint32_t
willis_rng_u32 (WillisRng *rng)
{
  uint64_t old = rng->state;
  uint32_t xorshifted = (uint32_t) (((old >> 18) ^ old) >> 27);
  uint32_t rot = (uint32_t) (old >> 59);

  rng->state = old * 6364136223846793005ull + rng->stream;
  return (xorshifted >> rot) | (xorshifted << ((32 - rot) & 31));
}

double
willis_rng_uniform (WillisRng *rng)
{
  uint64_t hi = willis_rng_u32 (rng) >> 5;
  uint64_t lo = willis_rng_u32 (rng) >> 6;

  return ((double) hi * 67108864.0 + (double) lo) / 9007199254740992.0;
}

double
willis_rng_normal (WillisRng *rng)
{
  double u = 1.0 - willis_rng_uniform (rng);
  double v = willis_rng_uniform (rng);

  return sqrt (-2.0 * log (u)) * cos (2.0 * M_PI * v);
}
