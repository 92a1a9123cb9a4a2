/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Notes: made in English whatever the locale, read in any language with their numbers.
 */
#include "core/base/note.h"

#include <locale.h>

static const char *
backwards (gconstpointer data, const char *text)
{
  if (g_strcmp0 (text, WILLIS_NOTE_OVERLAP) == 0)
    return "dick %.2f, weit %.2f";
  if (g_strcmp0 (text, WILLIS_NOTE_NOT_FINITE) == 0)
    return "<%zu|%g>";
  return g_strcmp0 (text, WILLIS_NOTE_ONE_SLICE) == 0 ? "nur eine" : text;
}

static void
check (char *note, const char *english, const char *other)
{
  g_autofree char *same = willis_note_text (note, NULL, NULL), *translated = willis_note_text (note, backwards, NULL);

  g_assert_cmpstr (note, ==, english);
  g_assert_cmpstr (same, ==, english); // the program's language is English here
  g_assert_cmpstr (translated, ==, other);
  g_free (note);
}

static void
test_languages (void)
{
  check (willis_note_new (WILLIS_NOTE_OVERLAP, 1.25, 0.7),
         "the slices overlap: they are 1.25 mm thick and 0.70 mm apart", "dick 1.25, weit 0.70");
  check (willis_note_new (WILLIS_NOTE_NOT_FINITE, (gsize) 12, -1e-5),
         "12 voxels are not finite numbers; they count as -1e-05", "<12|-1e-05>");
  check (willis_note_new (WILLIS_NOTE_ONE_SLICE), "there is only one slice", "nur eine");
  check (willis_note_new (WILLIS_NOTE_CUT_BY_HAND, 3, 4, 5), "Cut by hand to 3 × 4 × 5 voxels.",
         "Cut by hand to 3 × 4 × 5 voxels.");
}

/* What no format made, or made with something else in the place of a number, is left alone. */
static void
test_strangers (void)
{
  static const char *const texts[] = { "",
                                       "%.2f",
                                       "片层重叠：厚 1.25 mm，间距 0.70 mm",
                                       "there is only one slice ",
                                       "the slices overlap: they are  mm thick and 0.70 mm apart",
                                       "the slices overlap: they are 1.25 mm thick and 0.70 mm apart, or so" };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autofree char *text = willis_note_text (texts[i], backwards, NULL);

      g_assert_cmpstr (text, ==, texts[i]);
    }
}

/* Decimals of the reader's locale where it is shown, points where it is kept. */
static void
test_locale (void)
{
  char *note, *shown;

  if (setlocale (LC_NUMERIC, "de_DE.UTF-8") == NULL)
    {
      g_test_skip ("no German locale");
      return;
    }
  note = willis_note_new (WILLIS_NOTE_OVERLAP, 1.25, 0.7);
  shown = willis_note_text (note, backwards, NULL);
  setlocale (LC_NUMERIC, "C");
  g_assert_cmpstr (note, ==, "the slices overlap: they are 1.25 mm thick and 0.70 mm apart");
  g_assert_cmpstr (shown, ==, "dick 1,25, weit 0,70");
  g_free (note);
  g_free (shown);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/note/languages", test_languages);
  g_test_add_func ("/note/strangers", test_strangers);
  g_test_add_func ("/note/locale", test_locale);
  return g_test_run ();
}
