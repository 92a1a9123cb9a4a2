/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Pictures of a case in 3D for its report, drawn off screen.
 */
#include "core/case/case.h"
#include "core/report/report.h"

G_BEGIN_DECLS

/* The pictures (new GArray of WillisReportPicture, which owns pixels and captions): the aneurysm in its first
 * working view (views of WillisWorkingView, may be NULL), all arteries, and the other working views. Where nothing can be
 * drawn a line on stderr says why and the array is empty. */
GArray *willis_case_pictures (const WillisCase *c, const GArray *views);

G_END_DECLS
