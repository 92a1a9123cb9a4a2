/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The one door into C++: every extern "C" body of this room is one "return guard (...)". It lets no exception
 * out, allows one thread at a time into VTK, and refuses a scene on a thread that did not make it.
 */
#include <exception>
#include <mutex>
#include <new>

#include "core/base/error.h"
#include "ui/scene/scene-private.hh"

namespace willis
{

/* VTK keeps global state, so two scenes on two threads take turns. */
std::recursive_mutex &door ();

/* Sends VTK's messages to g_log instead of the standard error stream; once. */
void route_messages ();

template <typename R, typename F>
R
guard (WillisScene *scene, GError **error, R on_error, F &&body) noexcept
{
  try
    {
      std::lock_guard<std::recursive_mutex> lock (door ());

      if (scene != nullptr && scene->thread != g_thread_self ())
        {
          g_critical ("a scene is used on a thread that did not make it");
          willis_fail (error, WILLIS_ERROR_USAGE, "a scene is used on a thread that did not make it");
          return on_error;
        }
      return body ();
    }
  catch (const std::bad_alloc &)
    {
      willis_fail (error, WILLIS_ERROR_NO_MEMORY, "not enough memory for the 3D view");
    }
  catch (const std::exception &e)
    {
      willis_fail (error, WILLIS_ERROR_FAILED, "the 3D view failed: %s", e.what ());
    }
  catch (...)
    {
      willis_fail (error, WILLIS_ERROR_FAILED, "the 3D view failed for a reason it does not tell");
    }
  return on_error;
}

/* For entries that return nothing and cannot fail but for a program error. */
template <typename F>
void
guard (WillisScene *scene, F &&body) noexcept
{
  guard (scene, nullptr, 0,
         [&]
           {
             body ();
             return 0;
           });
}

} // namespace willis
