/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * What is said for and against coils and intrasaccular devices, as core/plan/stent-remark.h of stents. To add one: its
 * text here and in the table of sac-remark.c.
 */
#include "core/base/i18n.h"

G_BEGIN_DECLS

#define WILLIS_REMARK_PACKING_LOW N_ ("packing %.1f %% stays below %.0f %%")
#define WILLIS_REMARK_PACKING_HIGH N_ ("packing %.0f %% is above %.0f %%: recurrence falls no further there")
#define WILLIS_REMARK_PACKING_WITHIN N_ ("packing %.0f %% is within %.0f to %.0f %%")
#define WILLIS_REMARK_PACKING_UNSURE N_ ("with the uncertainty of the sac's volume it may be as low as %.1f %%")
#define WILLIS_REMARK_FRAME N_ ("framing coil of %.1f mm for a smallest dimension of %.1f mm")
#define WILLIS_REMARK_FRAME_ALONE N_ ("the frame alone gives %.1f %%, %.0f %% are wanted")
#define WILLIS_REMARK_COIL_WIDE N_ ("a coil of %.1f mm is wider than the sac's smallest dimension of %.1f mm")
#define WILLIS_REMARK_CATHETERS                                                                                        \
  N_ ("no one microcatheter takes all of these coils: they ask for bores of %.2f to %.2f mm")
#define WILLIS_REMARK_WIDTH_OFF N_ ("width %.1f mm, the chart asks for %.1f to %.1f mm")
#define WILLIS_REMARK_WIDTH_ON N_ ("width %.1f mm is within the chart's %.1f to %.1f mm")
#define WILLIS_REMARK_HEIGHT_OFF N_ ("height %.1f mm, the chart asks for %.1f to %.1f mm")
#define WILLIS_REMARK_HEIGHT_ON N_ ("height %.1f mm is within the chart's %.1f to %.1f mm")
#define WILLIS_REMARK_NECK_OFF N_ ("neck %.1f mm, the chart asks for %.1f to %.1f mm")
#define WILLIS_REMARK_NECK_ON N_ ("neck %.1f mm is within the chart's %.1f to %.1f mm")
#define WILLIS_REMARK_TALL N_ ("a tall sac: width and height may be exchanged (20 of 20 adequate in one series)")
#define WILLIS_REMARK_NECK_WIDE N_ ("the neck, %.1f mm, is wider than the device")
#define WILLIS_REMARK_LOW_SAC N_ ("the sac is lower than half its width: not suited")
#define WILLIS_REMARK_CONTACT N_ ("touches the sac over %.0f %% of its height only")

/* A remark in the language of translate (NULL: the program's) (new). */
char *willis_sac_remark (const char *remark, WillisTranslate translate, gconstpointer data);

G_END_DECLS
