/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Pages being laid out, from top to bottom: text, boxes, tables. Lengths in points. Private to this room.
 */
#include <cairo.h>
#include <pango/pangocairo.h>

#include "core/report/report.h"
#include "core/report/translate.h"

G_BEGIN_DECLS

// colours, 0xRRGGBB
#define INK 0x1c2733u
#define INK_SOFT 0x5d6b7au
#define ACCENT 0x0b6073u
#define PANEL 0xf2f6f8u
#define RULE 0xd5dee4u
#define AMBER_INK 0x7a4b00u
#define AMBER_PANEL 0xfff4dcu
#define RED_INK 0x9b1c1cu

typedef struct
{
  double size;
  gboolean bold;
  guint32 rgb;
  PangoAlignment align;
  gboolean formula; // "V_ch^(2/3)" is set with a subscript and a superscript
} Style;

typedef struct
{
  GPtrArray *pages; // of cairo_surface_t, recordings
  cairo_t *cr;      // of the last page
  double width, height;
  double left, right, top, bottom; // of what may be written on
  double y;                        // where the next thing goes
  const WillisTranslator *translator;
  char *running_head; // on every page but the first
} Pages;

void pages_init (Pages *pages, WillisPaper paper, const WillisTranslator *translator);
void pages_clear (Pages *pages);

/* Starts a new page where fewer than height points are left. */
void pages_need (Pages *pages, double height);
void pages_break (Pages *pages);

/* Closes the last page, draws foot and running head on all. */
void pages_finish (Pages *pages);

/* The text, marked for translation where it stands, in the language of the report. */
const char *t (const Pages *pages, const char *text);

/* The same for what is given a function to translate with, and the pages as its data. */
const char *text_in_report (gconstpointer pages, const char *text);

/* Draws text in a column at x, wide width (0: one line, any width), top at y; returns its height. */
double draw_text (Pages *pages, const Style *style, double x, double y, double width, const char *text);

/* The same, drawing nothing. */
double text_height (Pages *pages, const Style *style, double width, const char *text);
double text_width (Pages *pages, const Style *style, const char *text);

void set_colour (cairo_t *cr, guint32 rgb);
void rounded (cairo_t *cr, double x, double y, double width, double height, double radius);
void fill_box (Pages *pages, double x, double y, double width, double height, guint32 rgb);
void draw_rule (Pages *pages, double y, guint32 rgb);

/* A heading with room for what follows it; moves y. */
void draw_heading (Pages *pages, const char *text, double room);

/* A box with a warning sign, in amber (or red), with a title and lines; moves y. */
void draw_notice (Pages *pages, const char *title, char **lines, gboolean severe);

G_END_DECLS
