/* SPDX-License-Identifier: Apache-2.0 */
#include "core/report/pages.h"

#include <math.h>

#include "core/base/i18n.h"

#define MARGIN 42.0
#define FOOT 40.0

const char *
t (const Pages *pages, const char *text)
{
  return willis_translate (pages->translator, text);
}

const char *
text_in_report (gconstpointer pages, const char *text)
{
  return t (pages, text);
}

void
set_colour (cairo_t *cr, guint32 rgb)
{
  cairo_set_source_rgb (cr, (double) (rgb >> 16 & 255) / 255.0, (double) (rgb >> 8 & 255) / 255.0,
                        (double) (rgb & 255) / 255.0);
}

void
rounded (cairo_t *cr, double x, double y, double width, double height, double radius)
{
  cairo_new_sub_path (cr);
  cairo_arc (cr, x + width - radius, y + radius, radius, -G_PI / 2, 0);
  cairo_arc (cr, x + width - radius, y + height - radius, radius, 0, G_PI / 2);
  cairo_arc (cr, x + radius, y + height - radius, radius, G_PI / 2, G_PI);
  cairo_arc (cr, x + radius, y + radius, radius, G_PI, 1.5 * G_PI);
  cairo_close_path (cr);
}

void
fill_box (Pages *pages, double x, double y, double width, double height, guint32 rgb)
{
  set_colour (pages->cr, rgb);
  rounded (pages->cr, x, y, width, height, 4);
  cairo_fill (pages->cr);
}

void
draw_rule (Pages *pages, double y, guint32 rgb)
{
  set_colour (pages->cr, rgb);
  cairo_set_line_width (pages->cr, 0.6);
  cairo_move_to (pages->cr, pages->left, y);
  cairo_line_to (pages->cr, pages->right, y);
  cairo_stroke (pages->cr);
}

/* Signs that the Chinese font draws as wide as a Chinese character; taken from another one. */
static gboolean
is_wide_sign (gunichar c)
{
  return c == 0xb1 || c == 0xb7 || c == 0xd7 || c == 0x221a || c == 0x222b || c == 0x2212; // ± · × √ ∫ −
}

static void
add_attribute (PangoAttrList *list, PangoAttribute *attribute, gsize start, gsize end)
{
  attribute->start_index = (guint) start;
  attribute->end_index = (guint) end;
  pango_attr_list_insert (list, attribute);
}

/* "_ch" and "^(2/3)" at in: copies what they hold to out as sub- or superscript and returns what follows;
 * NULL where there is neither. */
static const char *
take_script (const char *in, GString *out, PangoAttrList *list)
{
  gboolean super = g_str_has_prefix (in, "^(");
  const char *from = in + (super ? 2 : 1), *to = from;
  gsize start = out->len;

  if (!super && *in != '_')
    return NULL;
  while (super ? *to != ')' && *to != '\0' : g_ascii_isalpha (*to))
    to++;
  if (to == from || (super && *to == '\0'))
    return NULL;
  g_string_append_len (out, from, to - from);
  add_attribute (list,
                 pango_attr_baseline_shift_new (super ? PANGO_BASELINE_SHIFT_SUPERSCRIPT
                                                      : PANGO_BASELINE_SHIFT_SUBSCRIPT),
                 start, out->len);
  add_attribute (list, pango_attr_font_scale_new (super ? PANGO_FONT_SCALE_SUPERSCRIPT : PANGO_FONT_SCALE_SUBSCRIPT),
                 start, out->len);
  return super ? to + 1 : to;
}

static void
set_text (PangoLayout *layout, const char *text, gboolean formula)
{
  g_autoptr (GString) out = g_string_new (NULL);
  PangoAttrList *list = pango_attr_list_new ();

  while (*text != '\0')
    {
      gunichar c = g_utf8_get_char_validated (text, -1);
      const char *next = formula ? take_script (text, out, list) : NULL;
      gsize start = out->len;

      if (next != NULL)
        {
          text = next;
          continue;
        }
      if (c == (gunichar) -1 || c == (gunichar) -2) // not text: shown as such
        {
          g_string_append (out, "\xef\xbf\xbd");
          text++;
          continue;
        }
      g_string_append_unichar (out, c);
      if (is_wide_sign (c))
        add_attribute (list, pango_attr_family_new ("DejaVu Sans"), start, out->len);
      text = g_utf8_next_char (text);
    }
  pango_layout_set_text (layout, out->str, (int) out->len);
  pango_layout_set_attributes (layout, list);
  pango_attr_list_unref (list);
}

static PangoLayout *
layout_new (Pages *pages, const Style *style, double width, const char *text)
{
  PangoLayout *layout = pango_cairo_create_layout (pages->cr);
  PangoFontDescription *font = pango_font_description_new ();

  pango_cairo_context_set_resolution (pango_layout_get_context (layout), 72.0);
  pango_font_description_set_family (font, "Noto Sans CJK SC,DejaVu Sans,sans-serif");
  pango_font_description_set_size (font, (int) lround (style->size * PANGO_SCALE));
  pango_font_description_set_weight (font, style->bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
  pango_layout_set_font_description (layout, font);
  pango_font_description_free (font);
  if (width > 0)
    {
      pango_layout_set_width (layout, (int) lround (width * PANGO_SCALE));
      pango_layout_set_wrap (layout, PANGO_WRAP_WORD_CHAR);
    }
  pango_layout_set_alignment (layout, style->align);
  set_text (layout, text, style->formula);
  return layout;
}

static double
layout_height (PangoLayout *layout, const Style *style)
{
  return pango_layout_get_line_count (layout) * style->size * 1.3;
}

double
text_height (Pages *pages, const Style *style, double width, const char *text)
{
  g_autoptr (PangoLayout) layout = layout_new (pages, style, width, text);

  return layout_height (layout, style);
}

double
text_width (Pages *pages, const Style *style, const char *text)
{
  g_autoptr (PangoLayout) layout = layout_new (pages, style, 0, text);
  PangoRectangle box;

  pango_layout_get_extents (layout, NULL, &box);
  return (double) box.width / PANGO_SCALE;
}

double
draw_text (Pages *pages, const Style *style, double x, double y, double width, const char *text)
{
  g_autoptr (PangoLayout) layout = layout_new (pages, style, width, text);
  int n = pango_layout_get_line_count (layout);

  set_colour (pages->cr, style->rgb);
  for (int line = 0; line < n; line++)
    {
      PangoLayoutLine *at = pango_layout_get_line_readonly (layout, line);
      PangoRectangle box;
      double shift = 0;

      pango_layout_line_get_extents (at, NULL, &box);
      if (width > 0 && style->align == PANGO_ALIGN_RIGHT)
        shift = width - (double) box.width / PANGO_SCALE;
      else if (width > 0 && style->align == PANGO_ALIGN_CENTER)
        shift = (width - (double) box.width / PANGO_SCALE) / 2;
      // lines a fixed 1.3 of the size apart, whatever font a glyph comes from
      cairo_move_to (pages->cr, x + shift, y + style->size * (1.3 * line + 1.0));
      pango_cairo_show_layout_line (pages->cr, at);
    }
  return layout_height (layout, style);
}

static void
page_start (Pages *pages)
{
  const cairo_rectangle_t extents = { 0, 0, pages->width, pages->height };
  cairo_surface_t *surface = cairo_recording_surface_create (CAIRO_CONTENT_COLOR_ALPHA, &extents);
  cairo_font_options_t *options = cairo_font_options_create ();

  g_clear_pointer (&pages->cr, cairo_destroy);
  g_ptr_array_add (pages->pages, surface);
  pages->cr = cairo_create (surface);
  // the same layout at any scale and on any machine
  cairo_font_options_set_hint_style (options, CAIRO_HINT_STYLE_NONE);
  cairo_font_options_set_hint_metrics (options, CAIRO_HINT_METRICS_OFF);
  cairo_set_font_options (pages->cr, options);
  cairo_font_options_destroy (options);
  set_colour (pages->cr, 0xffffff);
  cairo_paint (pages->cr);
  pages->y = pages->top + (pages->pages->len > 1 ? 22 : 0);
}

void
pages_init (Pages *pages, WillisPaper paper, const WillisTranslator *translator)
{
  pages->pages = g_ptr_array_new_with_free_func ((GDestroyNotify) cairo_surface_destroy);
  pages->cr = NULL;
  pages->width = paper == WILLIS_PAPER_A4 ? 595.276 : 612.0;
  pages->height = paper == WILLIS_PAPER_A4 ? 841.890 : 792.0;
  pages->left = MARGIN;
  pages->right = pages->width - MARGIN;
  pages->top = MARGIN - 4;
  pages->bottom = pages->height - MARGIN - FOOT + 18;
  pages->translator = translator;
  pages->running_head = NULL;
  page_start (pages);
}

void
pages_clear (Pages *pages)
{
  g_clear_pointer (&pages->cr, cairo_destroy);
  g_clear_pointer (&pages->pages, g_ptr_array_unref);
  g_clear_pointer (&pages->running_head, g_free);
}

void
pages_break (Pages *pages)
{
  page_start (pages);
}

void
pages_need (Pages *pages, double height)
{
  if (pages->y + height > pages->bottom)
    page_start (pages);
}

static void
draw_foot (Pages *pages, guint n)
{
  const Style line = { 8, TRUE, RED_INK, PANGO_ALIGN_LEFT }, number = { 8, FALSE, INK_SOFT, PANGO_ALIGN_RIGHT };
  const Style head = { 8, FALSE, INK_SOFT, PANGO_ALIGN_LEFT };
  double y = pages->height - MARGIN - 4, width = pages->right - pages->left;
  g_autofree char *text = g_strdup_printf (t (pages, N_ ("Page %u of %u")), n + 1, pages->pages->len);

  draw_rule (pages, y - 6, RULE);
  draw_text (pages, &line, pages->left, y, width - 80,
             t (pages, N_ ("Research and training software. Not for clinical decisions.")));
  draw_text (pages, &number, pages->right - 80, y, 80, text);
  if (n > 0 && pages->running_head != NULL)
    {
      draw_text (pages, &head, pages->left, pages->top - 2, width, pages->running_head);
      draw_rule (pages, pages->top + 12, RULE);
    }
}

void
pages_finish (Pages *pages)
{
  for (guint n = 0; n < pages->pages->len; n++)
    {
      g_clear_pointer (&pages->cr, cairo_destroy);
      pages->cr = cairo_create (g_ptr_array_index (pages->pages, n));
      draw_foot (pages, n);
    }
  g_clear_pointer (&pages->cr, cairo_destroy);
}

void
draw_heading (Pages *pages, const char *text, double room)
{
  const Style style = { 11.5, TRUE, ACCENT, PANGO_ALIGN_LEFT };

  pages_need (pages, 26 + room);
  pages->y += 10;
  pages->y += draw_text (pages, &style, pages->left, pages->y, pages->right - pages->left, text);
  draw_rule (pages, pages->y + 1.5, ACCENT);
  pages->y += 6;
}

/* The triangle with a mark of exclamation, centred at x, y; it is seen on grey paper, too. */
static void
draw_warning_sign (Pages *pages, double x, double y, double size, guint32 rgb)
{
  cairo_t *cr = pages->cr;
  double half = 0.5 * size;

  cairo_save (cr);
  cairo_translate (cr, x, y);
  set_colour (cr, rgb);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  cairo_set_line_width (cr, 0.12 * size);
  cairo_move_to (cr, 0, -0.8 * half);
  cairo_line_to (cr, 0.9 * half, 0.75 * half);
  cairo_line_to (cr, -0.9 * half, 0.75 * half);
  cairo_close_path (cr);
  cairo_fill_preserve (cr);
  cairo_stroke (cr);
  set_colour (cr, 0xffffffu);
  cairo_set_line_cap (cr, CAIRO_LINE_CAP_ROUND);
  cairo_move_to (cr, 0, -0.3 * half);
  cairo_line_to (cr, 0, 0.2 * half);
  cairo_move_to (cr, 0, 0.53 * half);
  cairo_line_to (cr, 0, 0.53 * half);
  cairo_stroke (cr);
  cairo_restore (cr);
}

void
draw_notice (Pages *pages, const char *title, char **lines, gboolean severe)
{
  const guint32 ink = severe ? RED_INK : AMBER_INK;
  const Style head = { 9.5, TRUE, ink, PANGO_ALIGN_LEFT }, body = { 9, FALSE, ink, PANGO_ALIGN_LEFT };
  double width = pages->right - pages->left - 46, height = 12 + text_height (pages, &head, width, title), y;

  for (char **line = lines; *line != NULL; line++)
    height += text_height (pages, &body, width, *line) + 1.5;
  pages_need (pages, height + 8);
  pages->y += 6;
  fill_box (pages, pages->left, pages->y, pages->right - pages->left, height, severe ? 0xfde8e8u : AMBER_PANEL);
  set_colour (pages->cr, ink); // dark, so that the box stands out where colours are lost
  cairo_set_line_width (pages->cr, 0.8);
  rounded (pages->cr, pages->left, pages->y, pages->right - pages->left, height, 4);
  cairo_stroke (pages->cr);
  cairo_rectangle (pages->cr, pages->left, pages->y + 3, 4, height - 6);
  cairo_fill (pages->cr);
  draw_warning_sign (pages, pages->left + 20, pages->y + MIN (0.5 * height, 18), 17, ink);
  y = pages->y + 5;
  y += draw_text (pages, &head, pages->left + 36, y, width, title) + 1;
  for (char **line = lines; *line != NULL; line++)
    y += draw_text (pages, &body, pages->left + 36, y, width, *line) + 1.5;
  pages->y += height + 4;
}
