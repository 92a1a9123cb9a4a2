/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/scene/egl-context.h"

#include <epoxy/egl.h>
#include <epoxy/glx.h>

#include "core/base/error.h"

struct _WillisEglContext
{
  EGLDisplay display;
  EGLContext context;
  EGLDisplay old_display; // what was current before enter
  EGLSurface old_draw, old_read;
  EGLContext old_context;
  Display *old_x;
  GLXDrawable old_glx_draw, old_glx_read;
  GLXContext old_glx;
};

WillisEglContext *
willis_egl_context_new (GError **error)
{
  static const EGLint wanted[]
      = { EGL_SURFACE_TYPE, EGL_PBUFFER_BIT, EGL_RENDERABLE_TYPE, EGL_OPENGL_BIT, EGL_NONE };
  static const EGLint version[] = { EGL_CONTEXT_MAJOR_VERSION,
                                    3,
                                    EGL_CONTEXT_MINOR_VERSION,
                                    3,
                                    EGL_CONTEXT_OPENGL_PROFILE_MASK,
                                    EGL_CONTEXT_OPENGL_CORE_PROFILE_BIT,
                                    EGL_NONE };
  WillisEglContext *self;
  EGLDisplay display;
  EGLContext context;
  EGLConfig config;
  EGLint n = 0, major, minor;
  EGLenum api;

  if (!epoxy_has_egl () || !epoxy_has_egl_extension (EGL_NO_DISPLAY, "EGL_MESA_platform_surfaceless"))
    {
      willis_fail (error, WILLIS_ERROR_UNSUPPORTED, "there is no EGL that draws without a display");
      return NULL;
    }
  display = eglGetPlatformDisplayEXT (EGL_PLATFORM_SURFACELESS_MESA, EGL_DEFAULT_DISPLAY, NULL);
  if (display == EGL_NO_DISPLAY || !eglInitialize (display, &major, &minor))
    {
      willis_fail (error, WILLIS_ERROR_UNSUPPORTED, "EGL does not start");
      return NULL;
    }
  api = eglQueryAPI ();
  eglBindAPI (EGL_OPENGL_API);
  context = eglChooseConfig (display, wanted, &config, 1, &n) && n > 0
                ? eglCreateContext (display, config, EGL_NO_CONTEXT, version)
                : EGL_NO_CONTEXT;
  eglBindAPI (api);
  if (context == EGL_NO_CONTEXT)
    {
      willis_fail (error, WILLIS_ERROR_UNSUPPORTED, "EGL makes no OpenGL 3.3 context");
      return NULL;
    }
  self = g_new0 (WillisEglContext, 1);
  self->display = display; // never terminated: the display is one for the whole process
  self->context = context;
  return self;
}

void
willis_egl_context_free (WillisEglContext *context)
{
  if (context == NULL)
    return;
  eglDestroyContext (context->display, context->context);
  g_free (context);
}

gboolean
willis_egl_context_enter (WillisEglContext *self, GError **error)
{
  self->old_context = eglGetCurrentContext ();
  self->old_display = eglGetCurrentDisplay ();
  self->old_draw = eglGetCurrentSurface (EGL_DRAW);
  self->old_read = eglGetCurrentSurface (EGL_READ);
  self->old_glx = NULL;
  /* One thread holds one context: a GLX one must be let go before EGL may have its own. */
  if (self->old_context == EGL_NO_CONTEXT && glXGetCurrentContext () != NULL)
    {
      self->old_glx = glXGetCurrentContext ();
      self->old_x = glXGetCurrentDisplay ();
      self->old_glx_draw = glXGetCurrentDrawable ();
      self->old_glx_read = glXGetCurrentReadDrawable ();
      glXMakeContextCurrent (self->old_x, None, None, NULL);
    }
  eglBindAPI (EGL_OPENGL_API);
  if (!eglMakeCurrent (self->display, EGL_NO_SURFACE, EGL_NO_SURFACE, self->context))
    {
      willis_egl_context_leave (self);
      return willis_fail (error, WILLIS_ERROR_UNSUPPORTED, "EGL does not let its context be used");
    }
  return TRUE;
}

void
willis_egl_context_leave (WillisEglContext *self)
{
  if (self->old_context != EGL_NO_CONTEXT)
    eglMakeCurrent (self->old_display, self->old_draw, self->old_read, self->old_context);
  else
    eglMakeCurrent (self->display, EGL_NO_SURFACE, EGL_NO_SURFACE, EGL_NO_CONTEXT);
  if (self->old_glx != NULL)
    glXMakeContextCurrent (self->old_x, self->old_glx_draw, self->old_glx_read, self->old_glx);
  self->old_glx = NULL;
}
