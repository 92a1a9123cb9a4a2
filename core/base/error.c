/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/error.h"

G_DEFINE_QUARK (willis-error-quark, willis_error)

gboolean
willis_fail (GError **error, WillisErrorCode code, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  if (error != NULL)
    *error = g_error_new_valist (WILLIS_ERROR, (int) code, format, args);
  va_end (args);
  return FALSE;
}
