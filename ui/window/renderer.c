/* SPDX-License-Identifier: Apache-2.0 */
#include <epoxy/gl.h>
#include <gtk/gtk.h>
#include <string.h>

#include "ui/window/window.h"

/* Whether this display's OpenGL is drawn by the processor. TRUE also where there is none. */
static gboolean
is_software (GdkDisplay *display)
{
  static const char *const names[] = { "llvmpipe", "softpipe", "swrast", "SWR", "SwiftShader" };
  g_autoptr (GdkGLContext) context = gdk_display_create_gl_context (display, NULL);
  const char *name = NULL;
  gboolean software;

  if (context == NULL || !gdk_gl_context_realize (context, NULL))
    return TRUE;
  gdk_gl_context_make_current (context);
  name = (const char *) glGetString (GL_RENDERER);
  software = name == NULL;
  for (gsize n = 0; n < G_N_ELEMENTS (names) && !software; n++)
    software = strstr (name, names[n]) != NULL;
  gdk_gl_context_clear_current ();
  return software;
}

void
willis_window_init_renderer (void)
{
  GdkDisplay *display = gdk_display_get_default ();

  if (display != NULL && g_getenv ("GSK_RENDERER") == NULL && is_software (display))
    g_setenv ("GSK_RENDERER", "cairo", FALSE);
}
