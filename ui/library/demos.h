/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The demonstration cases that come with the program.
 */
#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  const char *file;  // below data/: a phantom's description (.json) or a scan
  const char *title; // to translate
  const char *text;  // to translate
} WillisDemo;

const WillisDemo *willis_demos (gsize *n);

/* $WILLIS_DATA_DIR, the source tree or where the program was installed (new). */
char *willis_demo_path (const WillisDemo *demo);

G_END_DECLS
