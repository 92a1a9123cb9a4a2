/* SPDX-License-Identifier: Apache-2.0 */
#include "core/vessel/missing.h"

#include <string.h>

#include "core/base/i18n.h"

/* One of which there are two, or the basilar artery: what it is called, and what stands for it. */
typedef struct
{
  const char *name;
  const char *whole; // what is called so holds it, too; NULL: any part of it will do
  gboolean pair;
} Main;

static const Main mains[] = {
  { "ICA", NULL, TRUE },      { "MCA M1", "MCA", TRUE }, { "ACA A1", "ACA", TRUE },
  { "Basilar", NULL, FALSE }, { "PCA", NULL, TRUE },
};

/* Where an artery was found, a bit each. */
enum
{
  LEFT = 1,
  RIGHT = 2,
  SOMEWHERE = 4, // on a side that is not known
};

/* Is it this one, or a part of it? "MCA" alone is all of it, M1 with it; M2 alone is not M1. */
static gboolean
is_of (const Main *m, const char *name)
{
  g_autofree char *stem = name != NULL ? g_strdup (name) : NULL;

  if (stem == NULL)
    return FALSE;
  if (g_str_has_suffix (stem, " left"))
    stem[strlen (stem) - 5] = '\0';
  else if (g_str_has_suffix (stem, " right"))
    stem[strlen (stem) - 6] = '\0';
  return m->whole == NULL ? g_str_has_prefix (stem, m->name)
                          : g_str_equal (stem, m->name) || g_str_equal (stem, m->whole);
}

static int
where (const Main *m, const char *name)
{
  int side = 0;

  if (!is_of (m, name))
    return 0;
  willis_artery_of_name (name, &side);
  return side > 0 ? LEFT : side < 0 ? RIGHT : SOMEWHERE;
}

static int
where_in (const WillisTree *tree, const Main *m)
{
  int found = 0;

  for (gsize b = 0; b < willis_tree_n_branches (tree); b++)
    {
      const WillisBranch *branch = willis_tree_branch (tree, b);

      found |= where (m, branch->name);
      for (gsize k = 0; k < branch->n_parts; k++)
        found |= where (m, branch->parts[k].name);
    }
  return found;
}

/* What of an artery is missing (new); NULL: nothing. */
static char *
missing_of (const Main *m, int found, WillisTextFunc translate, gconstpointer data)
{
  g_autofree char *sided = NULL, *text = NULL;

  if (found == 0 || (m->pair && found == SOMEWHERE))
    {
      text = willis_artery_text_with (m->name, translate, data);
      return found == 0 ? g_steal_pointer (&text)
                        // Translators: an artery, of which there is one on either side
                        : g_strdup_printf (translate (data, N_ ("%s of one side")), text);
    }
  if (!m->pair || found == (LEFT | RIGHT) || (found & SOMEWHERE) != 0)
    return NULL;
  sided = g_strconcat (m->name, found == LEFT ? " right" : " left", NULL);
  return willis_artery_text_with (sided, translate, data);
}

char *
willis_arteries_missing (const WillisTree *tree, WillisTextFunc translate, gconstpointer data)
{
  g_autoptr (GPtrArray) texts = g_ptr_array_new_with_free_func (g_free);

  for (gsize n = 0; n < G_N_ELEMENTS (mains); n++)
    {
      char *text = missing_of (&mains[n], where_in (tree, &mains[n]), translate, data);

      if (text != NULL)
        g_ptr_array_add (texts, text);
    }
  if (texts->len == 0)
    return NULL;
  g_ptr_array_add (texts, NULL);
  return g_strjoinv ("; ", (char **) texts->pdata);
}
