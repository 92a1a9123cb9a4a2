/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Notes about a scan: what its reader assumed, mended or warns of. They are made, stored and printed as JSON in English
 * with points for decimals, and put into the reader's language where they are shown, numbers and all: a case imported
 * in one language is complete in another. To add one: its text here and in the table of note.c.
 */
#include "core/base/i18n.h"

G_BEGIN_DECLS

#define WILLIS_NOTE_NO_PLACE N_ ("it does not say how it lies in the patient; left, posterior, superior is assumed")
#define WILLIS_NOTE_NO_PLACE_NIFTI                                                                                     \
  N_ ("it does not say how it lies in the patient; sides are taken as in NIfTI (right, anterior, superior) and may "   \
      "be wrong")
#define WILLIS_NOTE_NO_MATRIX N_ ("its matrix is not usable; placed by its quaternion")
#define WILLIS_NOTE_NO_SPACING N_ ("it does not say its voxel spacing; 1 mm is assumed and sizes may be wrong")
#define WILLIS_NOTE_UNIT_SPACING                                                                                       \
  N_ ("its voxels are given as exactly 1 x 1 x 1 mm, which may be a stand-in: do not trust lengths before checking")
#define WILLIS_NOTE_SLANTED N_ ("its axes are off right angles by %.2f degrees; straightened")
#define WILLIS_NOTE_NOT_FINITE N_ ("%zu voxels are not finite numbers; they count as %g")
#define WILLIS_NOTE_SINGLE N_ ("values up to %g are rounded to single precision")
#define WILLIS_NOTE_ROUNDED N_ ("Hounsfield units were rounded to whole numbers")
#define WILLIS_NOTE_SHIFTED                                                                                            \
  N_ ("its values look like Hounsfield units of a CT, but stored too high; %d was taken off them")
#define WILLIS_NOTE_SCALED                                                                                             \
  N_ ("its values look like thousandths of Hounsfield units of a CT; they were multiplied by %d")
#define WILLIS_NOTE_ONE_SLICE N_ ("there is only one slice")
#define WILLIS_NOTE_NO_THICKNESS N_ ("it does not say its thickness; 1 mm is assumed")
#define WILLIS_NOTE_MOSAIC N_ ("it is a mosaic: many slices side by side in one image, so places in it mean nothing")
#define WILLIS_NOTE_MISSING_SLICES N_ ("%d slices are missing; they were interpolated between their neighbours")
#define WILLIS_NOTE_UNEVEN_SLICES N_ ("the distance between slices varies from %.2f to %.2f mm; resampled to %.2f mm")
#define WILLIS_NOTE_TILTED N_ ("the slices are sheared by %.1f degrees (tilted gantry); straightened")
#define WILLIS_NOTE_OVERLAP N_ ("the slices overlap: they are %.2f mm thick and %.2f mm apart")
#define WILLIS_NOTE_SAME_PLACE N_ ("the folder holds several slices for the same place")
#define WILLIS_NOTE_LARGE_VOXELS N_ ("voxels of %.2g mm: sizes under %.0f mm are not reliable")
#define WILLIS_NOTE_OTHER_SERIES N_ ("%d other series there fit as well, %d of them of another date")
#define WILLIS_NOTE_CUT_BY_HAND N_ ("Cut by hand to %d × %d × %d voxels.")

/* A note from one of the formats above, in English (new). */
char *willis_note_new (const char *format, ...) G_GNUC_PRINTF (1, 2);
void willis_note_add (GPtrArray *list, const char *format, ...) G_GNUC_PRINTF (2, 3); // the same to a list; NULL: not

/* The note in the language of translate (NULL: the program's), its numbers as the program's locale writes them (new). A
 * sentence that none of the formats made, such as one of an older file, stays as it is. */
char *willis_note_text (const char *note, WillisTranslate translate, gconstpointer data);
/* The same for notes of other formats, of[n]: numbers in them by %d, %u, %f and %g, at most eight. */
char *willis_note_text_of (const char *const *of, gsize n, const char *note, WillisTranslate translate,
                           gconstpointer data);

/* Whether a format made a note. */
gboolean willis_note_is (const char *note, const char *format);

G_END_DECLS
