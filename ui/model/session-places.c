/* SPDX-License-Identifier: Apache-2.0 */
/* What a step shows in the slices, and the one place of it that hands move. */
#include "core/num/vec3.h"
#include "ui/model/session-private.h"

void
willis_session_show_places (WillisSession *self, const WillisPlace *places, gsize n, const double *line, gsize n_line,
                            double radius_mm)
{
  if (n == 0 && n_line == 0 && self->places->len == 0 && self->place_line->len == 0)
    return;
  g_array_set_size (self->places, 0);
  g_array_set_size (self->place_line, 0);
  if (n > 0)
    g_array_append_vals (self->places, places, (guint) n);
  if (n_line > 0)
    g_array_append_vals (self->place_line, line, (guint) (3 * n_line));
  self->place_radius_mm = radius_mm;
  _willis_session_emit (self, WILLIS_SESSION_PLACES_CHANGED);
}

const GArray *
willis_session_places (WillisSession *self)
{
  return self->places;
}

const GArray *
willis_session_place_line (WillisSession *self, double *radius_mm)
{
  *radius_mm = self->place_radius_mm;
  return self->place_line;
}

void
willis_session_move_place (WillisSession *self, const double lps_mm[3], gboolean finished)
{
  if (self->places->len == 0)
    return;
  vec3_copy (g_array_index (self->places, WillisPlace, 0).lps_mm, lps_mm);
  self->place_in_hand = !finished;
  _willis_session_emit (self, WILLIS_SESSION_PLACES_CHANGED);
  _willis_session_emit (self, WILLIS_SESSION_PLACE_MOVED);
}

void
willis_session_end_move (WillisSession *self)
{
  if (!self->place_in_hand)
    return;
  self->place_in_hand = FALSE;
  if (self->places->len > 0)
    _willis_session_emit (self, WILLIS_SESSION_PLACE_MOVED);
}

gboolean
willis_session_moved_place (WillisSession *self, double lps_mm[3])
{
  if (self->places->len > 0)
    vec3_copy (lps_mm, g_array_index (self->places, WillisPlace, 0).lps_mm);
  return !self->place_in_hand;
}
