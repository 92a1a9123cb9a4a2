/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/steps/catheter-choice.h"

#include <math.h>
#include <string.h>

#include "solver/shaping/calibration.h"
#include "ui/model/favourites.h"

static void
choice_free (gpointer data)
{
  WillisCatheterChoice *c = data;

  g_free (c->reason);
  g_free (c);
}

static int
by_fit (gconstpointer a, gconstpointer b)
{
  const WillisCatheterChoice *x = *(WillisCatheterChoice *const *) a, *y = *(WillisCatheterChoice *const *) b;

  if (x->fits != y->fits)
    return y->fits - x->fits;
  if (x->favourite != y->favourite)
    return y->favourite - x->favourite;
  if ((x->tests > 0) != (y->tests > 0))
    return (y->tests > 0) - (x->tests > 0);
  return strcmp (x->device->name, y->device->name);
}

GPtrArray *
willis_catheter_choices (const WillisCatalogue *catalogue, const WillisDevice *guide, const WillisDevice *through)
{
  GPtrArray *list = g_ptr_array_new_with_free_func (choice_free);
  g_autoptr (GHashTable) favourites = willis_favourites ();

  for (gsize i = 0; i < willis_catalogue_n (catalogue); i++)
    {
      const WillisDevice *d = willis_catalogue_device (catalogue, i);
      g_autofree char *in_guide = NULL;
      g_autofree char *inside = NULL;
      WillisCatheterChoice *c;
      WillisCatheter catheter;

      if (d->type != WILLIS_DEVICE_MICROCATHETER || !willis_catheter_init (&catheter, d, NULL))
        continue;
      c = g_new0 (WillisCatheterChoice, 1);
      c->device = d;
      c->fits = TRUE;
      c->favourite = g_hash_table_contains (favourites, d->id);
      if (guide != NULL)
        c->fits = willis_device_fits (d, guide, &in_guide) && c->fits;
      if (through != NULL)
        c->fits = willis_device_fits (through, d, &inside) && c->fits;
      if (willis_catheter_calibrate (&catheter, NULL))
        c->tests = catheter.calibrations;
      c->reason = g_strdup_printf ("%s%s%s", in_guide != NULL ? in_guide : "",
                                   in_guide != NULL && inside != NULL ? "\n" : "", inside != NULL ? inside : "");
      g_ptr_array_add (list, c);
    }
  g_ptr_array_sort (list, by_fit);
  return list;
}

GPtrArray *
willis_guide_list (const WillisCatalogue *catalogue)
{
  GPtrArray *list = g_ptr_array_new ();

  for (gsize i = 0; i < willis_catalogue_n (catalogue); i++)
    if (willis_catalogue_device (catalogue, i)->type == WILLIS_DEVICE_GUIDE)
      g_ptr_array_add (list, (gpointer) willis_catalogue_device (catalogue, i));
  return list;
}

const WillisDevice *
willis_typical_coil (const WillisCatalogue *catalogue)
{
  const WillisDevice *best = NULL;

  for (gsize i = 0; i < willis_catalogue_n (catalogue); i++)
    {
      const WillisDevice *d = willis_catalogue_device (catalogue, i);

      /* the common 0.010 inch coils; thicker ones ask for more */
      if (d->type == WILLIS_DEVICE_COIL && d->catheter_inner_min_mm <= 0.43
          && (best == NULL || d->catheter_inner_min_mm > best->catheter_inner_min_mm))
        best = d;
    }
  return best;
}
