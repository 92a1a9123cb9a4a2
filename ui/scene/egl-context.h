/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Private to ui/scene. An OpenGL context with no window and no display (EGL, surfaceless): pictures in a bare shell.
 */
#include <glib.h>

G_BEGIN_DECLS

typedef struct _WillisEglContext WillisEglContext;

/* NULL with WILLIS_ERROR_UNSUPPORTED where this machine cannot do it. */
WillisEglContext *willis_egl_context_new (GError **error);
void willis_egl_context_free (WillisEglContext *context);

/* Makes the context current, remembering whichever (EGL or GLX) was; leave puts that one back. */
gboolean willis_egl_context_enter (WillisEglContext *context, GError **error);
void willis_egl_context_leave (WillisEglContext *context);

G_END_DECLS
