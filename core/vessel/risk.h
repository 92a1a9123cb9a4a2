/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Published scores for unruptured aneurysms: PHASES (5-year rupture), ELAPSS (growth), UIATS (treat or observe).
 * Each score lists the items it added up, where each came from, and what the score was derived on. A score whose
 * inputs are not all known is not given a number.
 */
#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  WILLIS_POPULATION_UNKNOWN,
  WILLIS_POPULATION_NORTH_AMERICA_EUROPE, // other than Finland
  WILLIS_POPULATION_JAPAN,
  WILLIS_POPULATION_FINLAND,
  WILLIS_POPULATION_CHINA,
  WILLIS_POPULATION_OTHER,
} WillisPopulation;

typedef enum
{
  WILLIS_SITE_UNKNOWN,
  WILLIS_SITE_ICA,
  WILLIS_SITE_MCA,
  WILLIS_SITE_ACA,
  WILLIS_SITE_ACOM,
  WILLIS_SITE_PCOM,
  WILLIS_SITE_BASILAR_TIP,
  WILLIS_SITE_POSTERIOR, // vertebral, basilar trunk, posterior cerebral, cerebellar
} WillisSite;

/* An answer that may be missing. */
typedef enum
{
  WILLIS_ANSWER_UNKNOWN = 0,
  WILLIS_ANSWER_NO,
  WILLIS_ANSWER_YES,
} WillisAnswer;

typedef enum
{
  WILLIS_LIFE_NOT_LIMITED, // by chronic or malignant disease
  WILLIS_LIFE_OVER_10_Y,
  WILLIS_LIFE_5_TO_10_Y,
  WILLIS_LIFE_UNDER_5_Y,
} WillisLife;

typedef struct
{
  /* asked */
  int age;  // years, -1 unknown
  char sex; // 'M', 'F', 0 unknown (shown, not scored)
  WillisPopulation population;
  gboolean inuit;
  WillisAnswer hypertension, earlier_sah;
  gboolean familial, smoker, adpkd, drugs, alcohol, nerve_deficit, mass_effect, thromboembolism, epilepsy, fear;
  gboolean growth, de_novo, steno_occlusive, neurocognitive, coagulopathy, psychiatric, complex_treatment;
  WillisLife life;
  /* from the picture, or asked where it does not say */
  WillisSite site;
  double size_mm, aspect_ratio, size_ratio; // NaN unknown
  WillisAnswer irregular, multiple;
} WillisRiskInputs;

/* All unknown, all "no". */
void willis_risk_inputs_init (WillisRiskInputs *inputs);

typedef struct
{
  const char *key;   // stable: "hypertension"
  const char *label; // to translate
  double points;
  gboolean known;
  gboolean from_picture;
  gboolean unsure; // sources disagree about these points
  int side;        // UIATS: +1 favours repair, -1 favours observation; 0 otherwise
} WillisRiskItem;

typedef struct
{
  const char *name;   // "PHASES"
  const char *source; // author, journal, year
  const char *derived_on; // to translate
  GArray *items;      // of WillisRiskItem
  gboolean complete;  // all inputs known
  double score;       // NaN where not complete
  /* PHASES: 5-year rupture; ELAPSS: 3-year growth; per cent; NaN otherwise */
  double percent, percent_low, percent_high;
  double percent_5y;  // ELAPSS: 5-year growth
  double repair, observe; // UIATS sums
  const char *verdict; // UIATS, to translate; NULL otherwise
  GPtrArray *notes;   // static texts, to translate
} WillisRiskScore;

WillisRiskScore *willis_risk_phases (const WillisRiskInputs *inputs);
WillisRiskScore *willis_risk_elapss (const WillisRiskInputs *inputs);
WillisRiskScore *willis_risk_uiats (const WillisRiskInputs *inputs);
void willis_risk_score_free (WillisRiskScore *score);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WillisRiskScore, willis_risk_score_free)

/* By stable names ("china", "acom"); UNKNOWN for others. */
WillisPopulation willis_population_find (const char *name);
WillisSite willis_site_find (const char *name);

/* The site that a branch's name says ("MCA M1 left" is the MCA); UNKNOWN where it does not. */
WillisSite willis_site_of_branch (const char *branch_name);

G_END_DECLS
