/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Random numbers that are the same on every machine: PCG32 (O'Neill 2014, HMC-CS-2014-0905).
 * Every use stores its seed in the result. One generator belongs to one thread.
 */
#include <stdint.h>

typedef struct
{
  uint64_t state;
  uint64_t stream; // odd
} WillisRng;

/* Starts generator *rng; two streams of one seed are independent. */
void willis_rng_init (WillisRng *rng, uint64_t seed, uint64_t stream);

/* Uniform on 0 .. 2^32-1. */
uint32_t willis_rng_u32 (WillisRng *rng);

/* Uniform on [0, 1) with 53 bits. */
double willis_rng_uniform (WillisRng *rng);

/* Standard normal (Box and Muller 1958; the second value is not kept, so that a draw has no memory). */
double willis_rng_normal (WillisRng *rng);
