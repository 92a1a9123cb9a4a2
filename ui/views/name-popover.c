/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/views/name-popover.h"

#include "core/vessel/anatomy.h"
#include "ui/views/choice-popover.h"

static void
add_name (GtkWidget *popover, const char *name)
{
  g_autofree char *text = willis_artery_text (name);

  willis_choice_popover_add (popover, name, text, NULL);
}

static void
fill (GtkWidget *popover, gpointer session)
{
  const char *const *all = willis_artery_names ();

  add_name (popover, NULL); // not sure
  for (gsize n = 0; all[n] != NULL; n++)
    add_name (popover, all[n]);
}

static void
made (const char *name, gpointer session)
{
  willis_session_rename_branch (session, willis_session_branch (session), name);
}

GtkWidget *
willis_name_popover_new (WillisSession *session)
{
  return willis_choice_popover_new (fill, made, g_object_ref (session), g_object_unref);
}
