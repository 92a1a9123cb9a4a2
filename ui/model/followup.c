/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/model/followup.h"

#include <math.h>
#include <string.h>

#include "core/base/i18n.h"

typedef struct
{
  GPtrArray *earlier;
  char *scan; // digest of the scan that they belong to
  int shown;
} Followup;

static void
earlier_free (gpointer data)
{
  WillisEarlier *e = data;

  g_free (e->path);
  willis_case_unref (e->c);
  willis_case_unref (e->with);
  willis_comparison_clear (&e->comparison);
  g_free (e);
}

static void
followup_free (gpointer data)
{
  Followup *f = data;

  g_ptr_array_unref (f->earlier);
  g_free (f->scan);
  g_free (f);
}

static Followup *
followup_of (WillisSession *session)
{
  Followup *f = g_object_get_data (G_OBJECT (session), "willis-followup");
  WillisCase *c = willis_session_case (session);
  const char *scan = c != NULL ? willis_case_digest (c, WILLIS_STAGE_SCAN) : NULL;

  if (f == NULL)
    {
      f = g_new0 (Followup, 1);
      f->earlier = g_ptr_array_new_with_free_func (earlier_free);
      f->shown = -1;
      g_object_set_data_full (G_OBJECT (session), "willis-followup", f, followup_free);
    }
  if (g_strcmp0 (f->scan, scan) != 0)
    {
      g_ptr_array_set_size (f->earlier, 0);
      f->shown = -1;
      g_free (f->scan);
      f->scan = g_strdup (scan);
    }
  return f;
}

const GPtrArray *
willis_session_earlier (WillisSession *session)
{
  return followup_of (session)->earlier;
}

int
willis_session_shown_earlier (WillisSession *session)
{
  return followup_of (session)->shown;
}

static void
tell (WillisSession *session)
{
  g_signal_emit_by_name (session, "selection-changed");
}

void
willis_session_show_earlier (WillisSession *session, int n)
{
  Followup *f = followup_of (session);

  if (n >= (int) f->earlier->len || n == f->shown)
    return;
  f->shown = n;
  tell (session);
}

void
willis_session_forget_earlier (WillisSession *session, int n)
{
  Followup *f = followup_of (session);

  if (n < 0 || n >= (int) f->earlier->len)
    return;
  g_ptr_array_remove_index (f->earlier, (guint) n);
  f->shown = MIN (f->shown, (int) f->earlier->len - 1);
  tell (session);
}

gboolean
willis_session_earlier_stale (WillisSession *session)
{
  Followup *f = followup_of (session);
  WillisCase *c = willis_session_case (session);
  const WillisEarlier *e;

  if (f->shown < 0 || c == NULL)
    return FALSE;
  e = g_ptr_array_index (f->earlier, (guint) f->shown);
  if (g_strcmp0 (willis_case_digest (c, WILLIS_STAGE_SURFACE), willis_case_digest (e->with, WILLIS_STAGE_SURFACE)) != 0)
    return TRUE;
  return willis_case_n_aneurysms (c) != willis_case_n_aneurysms (e->with)
         || (willis_case_n_aneurysms (c) > 0
             && g_strcmp0 (willis_aneurysm_digest (willis_case_aneurysm (c, 0)),
                           willis_aneurysm_digest (willis_case_aneurysm (e->with, 0)))
                    != 0);
}

/* ---- the work ---- */

typedef struct
{
  char *path;
  WillisCase *c, *open;
  WillisRigid motion;
  gboolean by_hand;
} Input;

static void
input_free (gpointer data)
{
  Input *in = data;

  g_free (in->path);
  g_clear_pointer (&in->c, willis_case_unref);
  willis_case_unref (in->open);
  g_free (in);
}

static gpointer
compare_work (const WillisProgress *progress, gpointer data, GError **error)
{
  Input *in = data;
  WillisProgress first = willis_progress_part (progress, 0.0, 0.3, NULL);
  WillisProgress second = willis_progress_part (progress, 0.3, 0.4, NULL);
  WillisProgress third = willis_progress_part (progress, 0.4, 1.0, NULL);
  WillisEarlier *e = g_new0 (WillisEarlier, 1);
  g_autoptr (WillisCase) loaded = in->c != NULL ? willis_case_ref (in->c) : willis_case_load (in->path, NULL, error);

  e->path = g_strdup (in->path);
  e->by_hand = in->by_hand;
  if (loaded != NULL)
    e->c = willis_case_prepare (loaded, &first, error);
  if (e->c != NULL)
    e->with = willis_case_prepare (in->open, &second, error);
  if (e->with == NULL
      || !willis_case_compare (e->c, e->with, 0, in->by_hand ? &in->motion : NULL, &third, &e->comparison, error))
    {
      g_clear_pointer (&e->c, willis_case_unref);
      g_clear_pointer (&e->with, willis_case_unref);
      g_free (e->path);
      g_free (e);
      return NULL;
    }
  return e;
}

static int
compare_dates (gconstpointer a, gconstpointer b)
{
  const WillisEarlier *p = *(const WillisEarlier *const *) a, *q = *(const WillisEarlier *const *) b;
  int order = g_strcmp0 (willis_case_study (p->c)->study_date, willis_case_study (q->c)->study_date);

  return order != 0 ? order : g_strcmp0 (p->path, q->path);
}

static void
compare_done (WillisJob *job, gpointer result, const GError *error, gpointer data)
{
  WillisSession *session = data;
  WillisEarlier *e = result;

  if (e == NULL)
    {
      if (error != NULL && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        willis_session_say (session, TRUE, "%s", error->message);
    }
  else
    {
      Followup *f = followup_of (session);

      if (g_strcmp0 (f->scan, willis_case_digest (e->with, WILLIS_STAGE_SCAN)) != 0)
        earlier_free (e); // another scan was opened meanwhile
      else
        {
          for (guint i = 0; i < f->earlier->len; i++)
            if (g_strcmp0 (((WillisEarlier *) f->earlier->pdata[i])->path, e->path) == 0)
              {
                g_ptr_array_remove_index (f->earlier, i);
                break;
              }
          g_ptr_array_add (f->earlier, e);
          g_ptr_array_sort (f->earlier, compare_dates);
          for (guint i = 0; i < f->earlier->len; i++)
            if (f->earlier->pdata[i] == e)
              f->shown = (int) i;
        }
    }
  tell (session);
  g_object_unref (session);
}

static gboolean
start (WillisSession *session, const char *path, WillisCase *c, const WillisRigid *motion)
{
  WillisCase *open = willis_session_case (session);
  Input *in;

  if (open == NULL || willis_session_busy (session) || willis_session_jobs (session)->len > 0)
    return FALSE;
  in = g_new0 (Input, 1);
  in->path = g_strdup (path);
  in->c = c != NULL ? willis_case_ref (c) : NULL;
  in->open = willis_case_copy (open);
  in->by_hand = motion != NULL;
  if (motion != NULL)
    in->motion = *motion;
  willis_session_start_job (session, _ ("Comparing the scans"), compare_work, in, input_free, earlier_free, compare_done,
                            g_object_ref (session));
  return TRUE;
}

gboolean
willis_session_compare_with (WillisSession *session, const char *path)
{
  return start (session, path, NULL, NULL);
}

gboolean
willis_session_compare_again (WillisSession *session, const WillisRigid *motion)
{
  Followup *f = followup_of (session);
  const WillisEarlier *e;

  if (f->shown < 0)
    return FALSE;
  e = g_ptr_array_index (f->earlier, (guint) f->shown);
  return start (session, e->path, e->c, motion);
}
