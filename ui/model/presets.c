/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Window presets: those of the program, then the person's own.
 */
#include <math.h>
#include <string.h>

#include "core/base/i18n.h"
#include "ui/model/session-private.h"

static const WillisPreset given[] = {
  { N_ ("CTA vessels"), 700.0, 250.0, FALSE },
  { N_ ("Brain"), 80.0, 40.0, FALSE },
  { N_ ("Bone"), 2500.0, 500.0, FALSE },
  { N_ ("Automatic"), NAN, NAN, FALSE },
};

static void
preset_clear (gpointer data)
{
  g_free ((char *) ((WillisPreset *) data)->name);
}

void
_willis_session_init_presets (WillisSession *self)
{
  self->presets = g_array_new (FALSE, FALSE, sizeof (WillisPreset));
  for (gsize n = 0; n < G_N_ELEMENTS (given); n++)
    {
      WillisPreset p = given[n];

      p.name = g_strdup (p.name);
      g_array_append_val (self->presets, p);
    }
  g_array_set_clear_func (self->presets, preset_clear);
}

const WillisPreset *
willis_session_presets (WillisSession *self, gsize *n)
{
  *n = self->presets->len;
  return (const WillisPreset *) (gpointer) self->presets->data;
}

const char *
willis_preset_title (const WillisPreset *preset)
{
  return preset->own ? preset->name : _ (preset->name);
}

void
willis_session_set_preset (WillisSession *self, int preset)
{
  WillisDisplay display = self->display;
  int n = (int) self->presets->len;
  const WillisPreset *p;

  preset = ((preset % n) + n) % n;
  p = &g_array_index (self->presets, WillisPreset, preset);
  display.window = isnan (p->window) ? MAX (self->quantiles[1] - self->quantiles[0], 1.0) : p->window;
  display.level = isnan (p->level) ? 0.5 * (self->quantiles[0] + self->quantiles[1]) : p->level;
  willis_session_set_display (self, &display);
  self->preset = preset;
  _willis_session_emit (self, WILLIS_SESSION_DISPLAY_CHANGED);
}

int
willis_session_preset (WillisSession *self)
{
  return self->preset;
}

static void
add_own (WillisSession *self, const char *name, double window, double level)
{
  WillisPreset p = { g_strdup (name), window, level, TRUE };

  g_array_append_val (self->presets, p);
}

void
willis_session_keep_preset (WillisSession *self, const char *name)
{
  for (guint n = G_N_ELEMENTS (given); n < self->presets->len; n++)
    {
      WillisPreset *p = &g_array_index (self->presets, WillisPreset, n);

      if (strcmp (p->name, name) != 0)
        continue;
      p->window = self->display.window;
      p->level = self->display.level;
      self->preset = (int) n;
      _willis_session_emit (self, WILLIS_SESSION_DISPLAY_CHANGED);
      return;
    }
  add_own (self, name, self->display.window, self->display.level);
  self->preset = (int) self->presets->len - 1;
  _willis_session_emit (self, WILLIS_SESSION_DISPLAY_CHANGED);
}

void
willis_session_drop_preset (WillisSession *self, int n)
{
  if (n < (int) G_N_ELEMENTS (given) || n >= (int) self->presets->len)
    return;
  g_array_remove_index (self->presets, (guint) n);
  self->preset = -1;
  _willis_session_emit (self, WILLIS_SESSION_DISPLAY_CHANGED);
}

GVariant *
willis_session_own_presets (WillisSession *self)
{
  GVariantBuilder builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a(sdd)"));

  for (guint n = G_N_ELEMENTS (given); n < self->presets->len; n++)
    {
      const WillisPreset *p = &g_array_index (self->presets, WillisPreset, n);

      g_variant_builder_add (&builder, "(sdd)", p->name, p->window, p->level);
    }
  return g_variant_builder_end (&builder);
}

void
willis_session_take_own_presets (WillisSession *self, GVariant *presets)
{
  GVariantIter iter;
  const char *name;
  double window, level;

  g_array_set_size (self->presets, G_N_ELEMENTS (given));
  g_variant_iter_init (&iter, presets);
  while (g_variant_iter_next (&iter, "(&sdd)", &name, &window, &level))
    if (*name != '\0' && window >= 1.0 && window < 1e6 && fabs (level) < 1e6)
      add_own (self, name, window, level);
}
