/* SPDX-License-Identifier: Apache-2.0 */
#include "core/report/report.h"

#include <cairo-pdf.h>
#include <math.h>
#include <string.h>

#include "core/base/error.h"
#include "core/base/i18n.h"
#include "core/case/date.h"
#include "core/base/note.h"
#include "core/io/replace-file.h"
#include "core/report/sections.h"
#include "core/vessel/anatomy.h"
#include "core/vessel/doubts.h"

struct _WillisReport
{
  Pages pages;
  char *title;   // for the file's own metadata: no name of a person unless asked for
  char *created; // ISO 8601
};

/* ---- the first page's head ---- */

typedef struct
{
  char *label, *value;
} Field;

static void
field_clear (gpointer data)
{
  Field *field = data;

  g_free (field->label);
  g_free (field->value);
}

/* Adds a field where there is something to say. */
static void
add_field (Pages *pages, GArray *fields, const char *label, const char *value)
{
  Field field;

  if (value == NULL || *value == '\0')
    return;
  field.label = g_strdup (t (pages, label));
  field.value = g_strdup (value);
  g_array_append_val (fields, field);
}

char *
report_date (const Pages *pages, const char *text, gboolean with_day)
{
  GDate d;

  if (!willis_date_read (text, &d))
    return with_day ? g_strdup (text) : NULL;
  return with_day ? g_strdup_printf (t (pages, N_ ("%1$04d-%2$02d-%3$02d")), g_date_get_year (&d),
                                     g_date_get_month (&d), g_date_get_day (&d))
                  : g_strdup_printf (t (pages, N_ ("%1$04d-%2$02d")), g_date_get_year (&d), g_date_get_month (&d));
}

static void
add_person (Pages *pages, GArray *fields, const WillisStudy *study, gboolean identified)
{
  const char *sex = NULL;
  g_autofree char *age = NULL, *date = report_date (pages, study->study_date, identified);
  g_autofree char *born = report_date (pages, study->patient_birth_date, TRUE);

  add_field (pages, fields, N_ ("Pseudonym"), study->pseudonym != NULL ? study->pseudonym : "\xe2\x80\x93");
  if (identified)
    {
      add_field (pages, fields, N_ ("Name"), study->patient_name);
      add_field (pages, fields, N_ ("Patient number"), study->patient_id);
      add_field (pages, fields, N_ ("Born"), born);
    }
  if (g_strcmp0 (study->patient_sex, "F") == 0)
    sex = N_ ("female");
  else if (g_strcmp0 (study->patient_sex, "M") == 0)
    sex = N_ ("male");
  add_field (pages, fields, N_ ("Sex"), sex != NULL ? t (pages, sex) : NULL);
  if (study->patient_age >= 0)
    // ages over 89 single out a person
    age = !identified && study->patient_age > 89 ? g_strdup (t (pages, N_ ("90 years or over")))
                                                 : g_strdup_printf (t (pages, N_ ("%d years")), study->patient_age);
  add_field (pages, fields, N_ ("Age"), age);
  add_field (pages, fields, identified ? N_ ("Study date") : N_ ("Study month"), date);
}

/* What kind of scan it is (new), marked where the file does not say so and the voxels had to. */
static char *
modality_text (Pages *pages, const WillisCase *c)
{
  static const char *const names[] = {
    [WILLIS_MODALITY_CTA] = N_ ("CT angiography"),
    [WILLIS_MODALITY_3DRA] = N_ ("3D rotational angiography"),
    [WILLIS_MODALITY_MRA] = N_ ("MR angiography"),
  };
  const WillisSegmentation *s = willis_case_segmentation (c);
  WillisModality modality = s != NULL ? willis_segmentation_modality (s) : WILLIS_MODALITY_UNKNOWN;
  const char *said = willis_case_study (c)->modality;

  if (modality == WILLIS_MODALITY_UNKNOWN || (gsize) modality >= G_N_ELEMENTS (names))
    return g_strdup (said);
  if (said != NULL && *said != '\0')
    return g_strdup (t (pages, names[modality]));
  return g_strdup_printf (t (pages, N_ ("taken for %s")), t (pages, names[modality]));
}

static void
add_scan (Pages *pages, GArray *fields, const WillisCase *c, gboolean identified)
{
  const WillisStudy *study = willis_case_study (c);
  const WillisVolume *volume = willis_case_volume (c);
  g_autofree char *voxel = NULL, *dims = NULL, *count = NULL, *modality = modality_text (pages, c);

  add_field (pages, fields, N_ ("Modality"), modality);
  add_field (pages, fields, N_ ("Scanner"), study->manufacturer);
  add_field (pages, fields, N_ ("Kernel"), study->kernel);
  if (identified)
    add_field (pages, fields, N_ ("Series"), study->description);
  if (volume != NULL)
    {
      const WillisGrid *grid = willis_volume_grid (volume);

      voxel = g_strdup_printf ("%.3g × %.3g × %.3g mm", grid->spacing_mm[0], grid->spacing_mm[1], grid->spacing_mm[2]);
      dims = g_strdup_printf ("%d × %d × %d", grid->dims[0], grid->dims[1], grid->dims[2]);
      add_field (pages, fields, N_ ("Voxel"), voxel);
      add_field (pages, fields, N_ ("Matrix"), dims);
    }
  count = g_strdup_printf ("%u", (guint) willis_case_n_sacs (c));
  add_field (pages, fields, N_ ("Aneurysms measured"), count);
}

static void
draw_fields (Pages *pages, const GArray *fields)
{
  const Style label = { 7.2, FALSE, INK_SOFT, PANGO_ALIGN_LEFT }, value = { 9, TRUE, INK, PANGO_ALIGN_LEFT };
  guint n_columns = 4, n_rows = (fields->len + n_columns - 1) / n_columns;
  double width = (pages->right - pages->left - 16) / n_columns, height = 10;

  for (guint row = 0; row < n_rows; row++) // each as high as its highest value
    {
      double most = 0;

      for (guint n = row * n_columns; n < MIN ((row + 1) * n_columns, fields->len); n++)
        most = MAX (most, text_height (pages, &value, width - 10, g_array_index (fields, Field, n).value));
      height += most + 14;
    }
  pages_need (pages, height);
  fill_box (pages, pages->left, pages->y, pages->right - pages->left, height, PANEL);
  pages->y += 7;
  for (guint row = 0; row < n_rows; row++)
    {
      double most = 0;

      for (guint n = row * n_columns; n < MIN ((row + 1) * n_columns, fields->len); n++)
        {
          const Field *field = &g_array_index (fields, Field, n);
          double x = pages->left + 10 + (n % n_columns) * width;

          draw_text (pages, &label, x, pages->y, width - 10, field->label);
          most = MAX (most, draw_text (pages, &value, x, pages->y + 9.5, width - 10, field->value));
        }
      pages->y += most + 14;
    }
  pages->y += 4;
}

static void
draw_title (Pages *pages, const WillisStudy *study)
{
  const Style title = { 19, TRUE, INK, PANGO_ALIGN_LEFT }, brand = { 10, TRUE, ACCENT, PANGO_ALIGN_RIGHT };
  const Style small = { 7.5, FALSE, INK_SOFT, PANGO_ALIGN_RIGHT };
  double width = pages->right - pages->left;

  set_colour (pages->cr, ACCENT);
  cairo_rectangle (pages->cr, 0, 0, pages->width, 8);
  cairo_fill (pages->cr);
  draw_text (pages, &title, pages->left, pages->y - 4, width - 150, t (pages, N_ ("Intracranial aneurysm report")));
  draw_text (pages, &brand, pages->right - 150, pages->y - 2, 150, "Willis " WILLIS_VERSION);
  draw_text (pages, &small, pages->right - 150, pages->y + 11, 150, t (pages, N_ ("Research and training software")));
  pages->y += 28;
}

/* What speaks against trusting the arteries, where they are of the scan at hand. */
static void
draw_doubts (Pages *pages, const WillisCase *c)
{
  gboolean found = willis_case_volume (c) != NULL && willis_case_segmentation (c) != NULL
                   && willis_case_state (c, WILLIS_STAGE_SEGMENTATION) == WILLIS_STATE_FRESH;
  g_auto (GStrv) doubts = NULL;

  if (!found)
    return;
  doubts = willis_vessel_doubts_in (
      willis_case_volume (c), willis_case_segmentation (c),
      willis_case_state (c, WILLIS_STAGE_TREE) == WILLIS_STATE_FRESH ? willis_case_tree (c) : NULL, text_in_report,
      pages);
  if (doubts[0] != NULL)
    draw_notice (pages, t (pages, N_ ("About the arteries")), doubts, FALSE);
}

/* What must be read before any number. */
static void
draw_warnings (Pages *pages, const WillisCase *c)
{
  const WillisStudy *study = willis_case_study (c);
  g_autoptr (GPtrArray) stale = g_ptr_array_new (), notes = g_ptr_array_new_with_free_func (g_free);

  if (willis_case_state (c, WILLIS_STAGE_ANEURYSMS) == WILLIS_STATE_STALE)
    g_ptr_array_add (stale, (gpointer) t (pages, N_ ("The scan or the arteries have changed since the aneurysm was "
                                                     "measured. These numbers are of the earlier state.")));
  else
    for (int stage = WILLIS_STAGE_SEGMENTATION; stage < WILLIS_STAGE_ANEURYSMS; stage++)
      if (willis_case_state (c, stage) == WILLIS_STATE_STALE && stale->len == 0)
        g_ptr_array_add (stale, (gpointer) t (pages, N_ ("Part of this case was made from inputs that have changed "
                                                         "since.")));
  g_ptr_array_add (stale, NULL);
  if (stale->pdata[0] != NULL)
    draw_notice (pages, t (pages, N_ ("Not up to date")), (char **) stale->pdata, TRUE);
  for (char **note = study->warnings; note != NULL && *note != NULL; note++)
    {
      g_autofree char *text = willis_note_text (*note, text_in_report, pages);

      g_ptr_array_add (notes, willis_sentence (text));
    }
  g_ptr_array_add (notes, NULL);
  if (notes->pdata[0] != NULL)
    draw_notice (pages, t (pages, N_ ("About the scan")), (char **) notes->pdata, FALSE);
  draw_doubts (pages, c);
}

/* ---- an aneurysm ---- */

/* What speaks against the numbers of a sac, where they come next. */
static void
draw_sac_doubt (Pages *pages, const WillisCase *c, WillisAneurysm *aneurysm)
{
  const char *doubt = willis_case_sac_doubt (c, aneurysm);
  char *lines[] = { doubt != NULL ? (char *) t (pages, doubt) : NULL, NULL };

  if (doubt != NULL)
    draw_notice (pages, t (pages, N_ ("These numbers are in doubt")), lines, FALSE);
}

/* The aneurysms that are sac n once more, which the report does not print. */
static void
draw_repeats (Pages *pages, const WillisCase *c, gsize n)
{
  const Style style = { 8.5, FALSE, INK_SOFT, PANGO_ALIGN_LEFT };

  for (gsize i = n + 1; i < willis_case_n_aneurysms (c); i++)
    if (willis_case_sac_before (c, i) == (int) n)
      {
        g_autofree char *text = g_strdup_printf (
            t (pages, N_ ("Aneurysm %u of the case is this sac measured another time: it is left out.")),
            (guint) i + 1);

        pages->y += draw_text (pages, &style, pages->left, pages->y, pages->right - pages->left, text);
      }
}

static void
draw_site (Pages *pages, const WillisCase *c, gsize n)
{
  WillisAneurysm *aneurysm = willis_case_aneurysm (c, n);
  const WillisNeck *neck = willis_aneurysm_neck (aneurysm);
  const char *name = willis_tree_name_near (willis_case_tree (c), willis_aneurysm_branch (aneurysm), neck->centre_lps_mm);
  const Style style = { 8.5, FALSE, INK_SOFT, PANGO_ALIGN_LEFT };
  gboolean known = g_strcmp0 (name, WILLIS_NAME_UNSURE) != 0;
  g_autofree char *artery = willis_artery_text_with (name, text_in_report, pages);
  g_autofree char *title = known ? g_strdup_printf (t (pages, N_ ("Aneurysm %u: %s")), (guint) n + 1, artery)
                                 : g_strdup_printf (t (pages, N_ ("Aneurysm %u")), (guint) n + 1);
  const char *kind = t (pages, willis_sac_kind_label (willis_aneurysm_kind (aneurysm)));
  g_autofree char *place
      = g_strdup_printf (t (pages, N_ ("Neck centre %.1f, %.1f, %.1f mm (LPS), normal into the sac %.2f, %.2f, %.2f")),
                         neck->centre_lps_mm[0], neck->centre_lps_mm[1], neck->centre_lps_mm[2], neck->normal[0],
                         neck->normal[1], neck->normal[2]);
  g_autofree char *both = g_strdup_printf (t (pages, N_ ("%s. %s")), kind, place);

  draw_heading (pages, title, willis_case_sac_doubt (c, aneurysm) != NULL ? 140 : 80);
  pages->y += draw_text (pages, &style, pages->left, pages->y, pages->right - pages->left, both);
  draw_repeats (pages, c, n);
  draw_sac_doubt (pages, c, aneurysm);
}

/* The pictures of an aneurysm (-1: of all arteries) but for the first skipped ones, three a row. */
static void
draw_pictures (Pages *pages, const WillisReportOptions *o, int aneurysm, gsize skipped)
{
  double gap = 10, width = (pages->right - pages->left - 2 * gap) / 3, height = width;
  gsize n = 0, column;

  for (gsize i = 0; (o->sections & WILLIS_REPORT_PICTURES) != 0 && i < o->n_pictures; i++)
    if (o->pictures[i].aneurysm == aneurysm && n++ >= skipped)
      {
        column = (n - 1 - skipped) % 3;
        if (n == skipped + 1)
          draw_heading (pages, t (pages, N_ ("Pictures")), height + 20);
        else if (column == 0)
          pages->y += height + 20;
        if (column == 0)
          pages_need (pages, height + 20);
        report_picture (pages, &o->pictures[i], pages->left + (double) column * (width + gap), pages->y, width, height);
      }
  if (n > skipped)
    pages->y += height + 20;
}

/* The first picture of an aneurysm, which stands beside its slices; NULL where there is none. */
static const WillisReportPicture *
first_picture (const WillisReportOptions *o, gsize aneurysm)
{
  for (gsize i = 0; (o->sections & WILLIS_REPORT_PICTURES) != 0 && i < o->n_pictures; i++)
    if (o->pictures[i].aneurysm == (int) aneurysm)
      return &o->pictures[i];
  return NULL;
}

static void
lay_out_aneurysm (Pages *pages, const WillisCase *c, const WillisReportOptions *o, gsize n)
{
  gboolean slices = (o->sections & WILLIS_REPORT_SLICES) != 0 && willis_case_volume (c) != NULL;
  const WillisReportPicture *picture = slices ? first_picture (o, n) : NULL;

  draw_site (pages, c, n);
  report_headline (pages, willis_aneurysm_morphology (willis_case_aneurysm (c, n)));
  if (slices)
    report_slices (pages, c, n, picture);
  if ((o->sections & WILLIS_REPORT_INDICES) != 0)
    {
      pages_break (pages);
      report_indices (pages, c, n);
      report_conventions (pages);
    }
  report_working_views (pages, willis_report_views_of (o->working_views, n));
  draw_pictures (pages, o, (int) n, picture != NULL ? 1 : 0);
  report_risk (pages, c, n, o->identified);
}

static void
lay_out (Pages *pages, const WillisCase *c, const WillisReportOptions *o)
{
  const Style style = { 9, FALSE, INK, PANGO_ALIGN_LEFT };
  g_autoptr (GArray) fields = g_array_new (FALSE, FALSE, sizeof (Field));
  gsize n = willis_case_n_aneurysms (c);

  g_array_set_clear_func (fields, field_clear);
  draw_title (pages, willis_case_study (c));
  add_person (pages, fields, willis_case_study (c), o->identified);
  add_scan (pages, fields, c, o->identified);
  draw_fields (pages, fields);
  draw_warnings (pages, c);
  if (n == 0)
    {
      draw_heading (pages, t (pages, N_ ("No aneurysm was measured")), 40);
      pages->y
          += draw_text (pages, &style, pages->left, pages->y, pages->right - pages->left,
                        t (pages, N_ ("This does not mean that there is none. The search can miss aneurysms, above "
                                      "all those under 3 mm.")));
    }
  for (gsize i = 0; i < n; i++)
    {
      if (willis_case_sac_before (c, i) >= 0)
        continue;
      if (i > 0)
        pages_break (pages);
      lay_out_aneurysm (pages, c, o, i);
    }
  report_catheter_plan (pages, c);
  report_stent_plan (pages, c);
  for (gsize i = 0; i < n; i++)
    if (willis_case_sac_before (c, i) < 0)
      report_sac_plan (pages, c, i);
  draw_pictures (pages, o, -1, 0);
  for (gsize i = willis_case_n_comparisons (c); i > 0; i--) // the nearest in time first
    report_followup (pages, c, i - 1, o->identified);
  report_series (pages, c);
  report_candidates (pages, c);
  if ((o->sections & WILLIS_REPORT_PROVENANCE) != 0)
    report_provenance (pages, c);
}

/* The time of the newest artefact: the report of a case is the same whenever it is printed (new). */
static char *
newest_time (const WillisCase *c)
{
  const char *newest = "1970-01-01T00:00:00Z";

  for (int stage = 0; stage < WILLIS_STAGE_ANEURYSMS; stage++)
    {
      const WillisProvenance *p = willis_case_provenance (c, stage);

      if (p != NULL && g_strcmp0 (p->time, newest) > 0)
        newest = p->time;
    }
  for (gsize n = 0; n < willis_case_n_aneurysms (c); n++)
    if (g_strcmp0 (willis_case_aneurysm_provenance (c, n)->time, newest) > 0)
      newest = willis_case_aneurysm_provenance (c, n)->time;
  return g_strdup (newest);
}

WillisReport *
willis_report_new (const WillisCase *c, const WillisReportOptions *options, GError **error)
{
  const WillisReportOptions defaults = WILLIS_REPORT_OPTIONS_INIT;
  const WillisReportOptions *o = options != NULL ? options : &defaults;
  const WillisStudy *study = willis_case_study (c);
  g_autoptr (WillisTranslator) translator = willis_translator_new (o->language, error);
  const char *who = study->pseudonym != NULL ? study->pseudonym : "";
  WillisReport *report;

  if (translator == NULL)
    return NULL;
  if (o->identified && study->patient_name != NULL)
    who = study->patient_name;
  report = g_new0 (WillisReport, 1);
  pages_init (&report->pages, o->paper, translator);
  report->title = g_strdup_printf ("%s  %s", t (&report->pages, N_ ("Intracranial aneurysm report")), who);
  report->pages.running_head = g_strdup (report->title);
  report->created = newest_time (c);
  lay_out (&report->pages, c, o);
  pages_finish (&report->pages);
  report->pages.translator = NULL; // it ends here
  return report;
}

void
willis_report_free (WillisReport *report)
{
  if (report == NULL)
    return;
  pages_clear (&report->pages);
  g_free (report->title);
  g_free (report->created);
  g_free (report);
}

int
willis_report_n_pages (const WillisReport *report)
{
  return (int) report->pages.pages->len;
}

void
willis_report_page_size (const WillisReport *report, double *width_pt, double *height_pt)
{
  *width_pt = report->pages.width;
  *height_pt = report->pages.height;
}

void
willis_report_draw_page (const WillisReport *report, int page, cairo_t *cr)
{
  g_return_if_fail (page >= 0 && page < willis_report_n_pages (report));
  cairo_save (cr);
  cairo_set_source_surface (cr, g_ptr_array_index (report->pages.pages, (guint) page), 0, 0);
  cairo_paint (cr);
  cairo_restore (cr);
}

/* A writer for cairo that keeps all in memory (a GByteArray): cairo's own files say nothing when the disk is full. */
static cairo_status_t
keep (void *bytes, const unsigned char *data, unsigned int length)
{
  g_byte_array_append (bytes, data, length);
  return CAIRO_STATUS_SUCCESS;
}

gboolean
willis_report_save (const WillisReport *report, const char *path, GError **error)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  cairo_surface_t *pdf = cairo_pdf_surface_create_for_stream (keep, bytes, report->pages.width, report->pages.height);
  cairo_t *cr = cairo_create (pdf);
  cairo_status_t status;

  cairo_pdf_surface_set_metadata (pdf, CAIRO_PDF_METADATA_TITLE, report->title);
  cairo_pdf_surface_set_metadata (pdf, CAIRO_PDF_METADATA_CREATOR, "willis " WILLIS_VERSION);
  cairo_pdf_surface_set_metadata (pdf, CAIRO_PDF_METADATA_CREATE_DATE, report->created);
  for (int n = 0; n < willis_report_n_pages (report); n++)
    {
      willis_report_draw_page (report, n, cr);
      cairo_show_page (cr);
    }
  cairo_destroy (cr);
  cairo_surface_finish (pdf);
  status = cairo_surface_status (pdf);
  cairo_surface_destroy (pdf);
  if (status == CAIRO_STATUS_SUCCESS)
    return willis_replace_file_write (path, bytes->data, bytes->len, error);
  return willis_fail (error, WILLIS_ERROR_BAD_FILE, _ ("%s: cannot be written: %s"), path,
                      cairo_status_to_string (status));
}
