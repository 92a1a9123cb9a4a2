/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * WILLIS_KERNEL marks a hot loop that is compiled for several instruction sets and chosen when the
 * program starts, so that one binary is fast on every x86-64 machine. Results are equal to the bit on
 * one machine; between machines they may differ by fused multiply-adds. Not used under the
 * sanitizers, whose start-up runs before the resolvers may.
 */
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__) \
    && !defined(WILLIS_NO_CLONES)
#define WILLIS_KERNEL __attribute__ ((target_clones ("arch=x86-64-v4", "arch=x86-64-v3", "default"))) \
  __attribute__ ((optimize ("O3")))
#else
#define WILLIS_KERNEL
#endif
