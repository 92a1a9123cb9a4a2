/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * What "vessels" and "detect" share: bringing a case up to a stage.
 */
#include "core/case/case.h"

G_BEGIN_DECLS

/* Runs with defaults what is missing or stale up to last (surface, tree or candidates). *changed: whether anything was. */
gboolean willis_cli_run_until (WillisCase *c, WillisStage last, gboolean *changed, const WillisProgress *progress,
                               GError **error);

/* Loads the case file, brings it up to last, saves it where that changed it (new; NULL with error). */
WillisCase *willis_cli_case_at (const char *path, WillisStage last, GError **error);

G_END_DECLS
