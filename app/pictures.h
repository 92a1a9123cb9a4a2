/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Pictures of a case in 3D for its report, drawn off screen.
 */
#include "core/case/case.h"
#include "core/report/report.h"

G_BEGIN_DECLS

/* The pictures (new GArray of WillisReportPicture, which owns pixels and captions): each aneurysm in its working views
 * (as of willis_report_views; may be NULL), and all arteries. Where nothing can be drawn a line on stderr says why and
 * the array is empty. */
GArray *willis_case_pictures (const WillisCase *c, const GPtrArray *views);

G_END_DECLS
