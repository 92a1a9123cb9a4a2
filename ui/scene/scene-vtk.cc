/* SPDX-License-Identifier: Apache-2.0 */
#include <cstring>

#include <epoxy/gl.h>

#include <vtkLogger.h>
#include <vtkObjectFactory.h>
#include <vtkOpenGLState.h>
#include <vtkOutputWindow.h>

#include "ui/scene/egl-context.h"
#include "ui/scene/scene-guard.hh"
#include "ui/scene/scene-stage.hh"

using willis::guard;
using willis::VtkStage;

namespace
{

/* VTK's messages, as ours. */
class LogWindow : public vtkOutputWindow
{
public:
  static LogWindow *New ();
  vtkTypeMacro (LogWindow, vtkOutputWindow);

  void
  DisplayText (const char *words) override
  {
    say (G_LOG_LEVEL_INFO, words);
  }
  void
  DisplayErrorText (const char *words) override
  {
    static bool told = false;

    if (strstr (words, "GLEW could not be initialized") == nullptr)
      say (G_LOG_LEVEL_WARNING, words);
    /* On EGL contexts GLEW misses the GLX display, which nothing needs: pictures are proved by reading back. */
    else if (!told)
      {
        say (G_LOG_LEVEL_DEBUG, words);
        told = true;
      }
  }
  void
  DisplayWarningText (const char *words) override
  {
    say (G_LOG_LEVEL_MESSAGE, words);
  }
  void
  DisplayGenericWarningText (const char *words) override
  {
    say (G_LOG_LEVEL_MESSAGE, words);
  }
  void
  DisplayDebugText (const char *words) override
  {
    say (G_LOG_LEVEL_DEBUG, words);
  }

private:
  static void
  say (GLogLevelFlags level, const char *words)
  {
    g_autofree char *line = g_strstrip (g_strdup (words));

    g_log ("VTK", level, "%s", line);
  }
};
vtkStandardNewMacro (LogWindow);

/* The off-screen stage: a context of our own. */
class EglStage : public willis::Stage
{
public:
  explicit EglStage (WillisEglContext *with) : context (with)
  {
    enter ();
    try
      {
        stage = std::make_unique<VtkStage> ();
        stage->prove ();
      }
    catch (...)
      {
        stage.reset ();
        willis_egl_context_leave (context);
        willis_egl_context_free (context);
        throw;
      }
    willis_egl_context_leave (context);
  }

  ~EglStage () override
  {
    if (willis_egl_context_enter (context, nullptr))
      {
        stage.reset ();
        willis_egl_context_leave (context);
      }
    willis_egl_context_free (context);
  }

  WillisDraw
  draw (WillisScene *scene, int width, int height, double scale) override
  {
    return stage->draw (scene, width, height, scale);
  }

  bool
  refine (WillisScene *, double) override
  {
    return false;
  }

  guint8 *
  picture (WillisScene *scene, int width, int height, double scale)
  {
    bool moving = scene->moving;
    guint8 *rgba;

    enter ();
    scene->moving = false;
    scene->at_once = true;
    try
      {
        draw (scene, width, height, scale);
        rgba = stage->read (width, height);
      }
    catch (...)
      {
        leave (scene, moving);
        throw;
      }
    leave (scene, moving);
    return rgba;
  }

private:
  void
  enter ()
  {
    g_autoptr (GError) error = nullptr;

    if (!willis_egl_context_enter (context, &error))
      throw std::runtime_error (error->message);
  }
  void
  leave (WillisScene *scene, bool moving)
  {
    scene->moving = moving;
    scene->at_once = false;
    willis_egl_context_leave (context);
  }

  WillisEglContext *context;
  std::unique_ptr<VtkStage> stage;
};

} // namespace

std::recursive_mutex &
willis::door ()
{
  static std::recursive_mutex mutex;

  return mutex;
}

void
willis::route_messages ()
{
  static bool done = false;

  if (done)
    return;
  vtkNew<LogWindow> log;
  vtkLogger::SetStderrVerbosity (vtkLogger::VERBOSITY_OFF); // it would print each message a second time
  vtkOutputWindow::SetInstance (log);
  done = true;
}

guint8 *
willis::render_vtk (WillisScene *scene, int width, int height, double scale, GError **error)
{
  if (scene->offscreen == nullptr)
    {
      WillisEglContext *context = willis_egl_context_new (error);

      if (context == nullptr)
        return nullptr;
      scene->offscreen = std::make_unique<EglStage> (context);
    }
  return static_cast<EglStage *> (scene->offscreen.get ())->picture (scene, width, height, scale);
}

extern "C" gboolean
willis_scene_begin_gl (WillisScene *scene, GError **error)
{
  return guard (scene, error, FALSE,
                [&] () -> gboolean
                  {
                    auto stage = std::make_unique<VtkStage> ();

                    stage->prove ();
                    scene->screen = std::move (stage);
                    return TRUE;
                  });
}

static WillisDraw
draw_gl (WillisScene *scene, GError **error)
{
  auto *stage = static_cast<VtkStage *> (scene->screen.get ());
  gint64 start = g_get_monotonic_time ();
  WillisDraw drawn;
  GLint target = 0;
  int divisor;

  if (stage == nullptr)
    {
      willis_fail (error, WILLIS_ERROR_USAGE, "nothing was begun to draw into");
      return WILLIS_DRAW_FAILED;
    }
  glGetIntegerv (GL_DRAW_FRAMEBUFFER_BINDING, &target);
  vtkOpenGLState *gl = stage->render_window ()->GetState ();
  gl->Reset ();
  gl->Push ();
  divisor = scene->moving ? stage->moving_divisor () : 1;
  drawn = stage->draw (scene, MAX (scene->width / divisor, 1), MAX (scene->height / divisor, 1),
                       scene->scale / divisor);
  stage->blit ((unsigned int) target, scene->width, scene->height);
  if (scene->moving)
    {
      glFinish ();
      stage->note_time ((g_get_monotonic_time () - start) / 1000.0);
    }
  gl->Pop ();
  gl->vtkglBindFramebuffer (GL_FRAMEBUFFER, (unsigned int) target);
  return drawn;
}

extern "C" WillisDraw
willis_scene_draw_gl (WillisScene *scene, GError **error)
{
  return guard (scene, error, WILLIS_DRAW_FAILED, [&] { return draw_gl (scene, error); });
}

extern "C" WillisDraw
willis_scene_refine (WillisScene *scene, double budget_ms)
{
  return guard (scene, nullptr, WILLIS_DRAW_DONE,
                [&]
                  {
                    return scene->screen == nullptr || scene->screen->refine (scene, budget_ms) ? WILLIS_DRAW_DONE
                                                                                                  : WILLIS_DRAW_MORE;
                  });
}

extern "C" void
willis_scene_end_gl (WillisScene *scene)
{
  return guard (scene, [&] { scene->screen.reset (); });
}
