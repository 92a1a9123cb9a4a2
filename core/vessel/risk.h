/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Published scores for unruptured aneurysms: PHASES (5-year rupture), ELAPSS (growth), UIATS (treat or observe).
 * Each score lists the items it added up, where each came from, and what the score was derived on. A score whose
 * inputs are not all known is not given a number.
 */
#include <glib.h>

#include "core/vessel/aneurysm.h"

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
  double size_mm, aspect_ratio, size_ratio;          // NaN unknown
  double size_sd_mm, aspect_ratio_sd, size_ratio_sd; // standard deviations; NaN unknown
  WillisAnswer irregular, multiple;
  gboolean site_from_picture, size_from_picture, irregular_from_picture, multiple_from_picture; // who said it
  gboolean age_from_header;                                                                     // the scan's, not asked
} WillisRiskInputs;

/* All unknown, all "no". */
void willis_risk_inputs_init (WillisRiskInputs *inputs);

typedef enum
{
  WILLIS_RISK_VALUE_NONE, // the same for everybody
  WILLIS_RISK_VALUE_YES_NO,
  WILLIS_RISK_VALUE_YEARS,
  WILLIS_RISK_VALUE_MM,
  WILLIS_RISK_VALUE_CHOICE,
  WILLIS_RISK_VALUE_RATIOS, // yes or no, by the two ratios
} WillisRiskValueKind;

/* What an item was scored on. */
typedef struct
{
  WillisRiskValueKind kind;
  gboolean known;
  gboolean yes;
  double number, sd;       // years, mm; sd NaN where not known
  const char *name, *text; // of a choice: stable ("acom"), and to translate
  WillisEstimate size_ratio, aspect_ratio;
} WillisRiskValue;

typedef enum
{
  WILLIS_RISK_ASKED,
  WILLIS_RISK_PICTURE,
  WILLIS_RISK_HEADER, // of the scan's files
  WILLIS_RISK_ALWAYS, // the same for everybody, neither asked nor seen
} WillisRiskOrigin;

typedef struct
{
  const char *key;   // stable: "hypertension"
  const char *label; // to translate
  WillisRiskValue value;
  double points;
  gboolean known;
  WillisRiskOrigin origin;
  gboolean assumed; // nobody said it: it counts as no
  gboolean unsure;  // about these points sources disagree, or
  gboolean near_cutoff; // a cut-off lies within the value's deviation
  int side;         // UIATS: +1 favours repair, -1 favours observation; 0 otherwise
} WillisRiskItem;

/* Where an item comes from: "picture", "asked", "header" or "always" (static). */
const char *willis_risk_item_origin (const WillisRiskItem *item);
/* The same for people (static, to translate): also "not answered" and "not ticked". */
const char *willis_risk_item_origin_text (const WillisRiskItem *item);
/* What the item adds: below 0 where it favours observation. */
double willis_risk_item_points (const WillisRiskItem *item);

/* Another score that the measured values allow, as a cut-off lies within their deviation. */
typedef enum
{
  WILLIS_RISK_SIZE_UNDER, // cutoff_mm
  WILLIS_RISK_SIZE_FROM,  // cutoff_mm or more
  WILLIS_RISK_RATIO_OVER, // size ratio over 3 or aspect ratio over 1.6
  WILLIS_RISK_RATIO_NOT,
} WillisRiskWhere;

typedef struct
{
  WillisRiskWhere where;
  double cutoff_mm;                                   // NaN for ratios
  double score, percent, percent_5y, repair, observe; // as in WillisRiskScore, NaN where it is not complete
  const char *verdict;
} WillisRiskOther;

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
  GArray *others;     // of WillisRiskOther
} WillisRiskScore;

/* Sizes are read to a tenth of a millimetre, as the tables print them (6.95 is 7.0), which is noted where that takes
 * one over a cut-off. Cut-offs within a deviation of the size, at least those that rounding leaps, make its items
 * unsure and give others. */
WillisRiskScore *willis_risk_phases (const WillisRiskInputs *inputs);
WillisRiskScore *willis_risk_elapss (const WillisRiskInputs *inputs);
WillisRiskScore *willis_risk_uiats (const WillisRiskInputs *inputs);
void willis_risk_score_free (WillisRiskScore *score);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WillisRiskScore, willis_risk_score_free)

/* By stable names ("china", "acom"); UNKNOWN for others. */
WillisPopulation willis_population_find (const char *name);
WillisSite willis_site_find (const char *name);

const char *willis_site_name (WillisSite site);             // "acom"; "unknown"
const char *willis_site_text (WillisSite site);             // for people, to translate
const char *willis_population_name (WillisPopulation population);
const char *willis_population_text (WillisPopulation population);
const char *willis_life_name (WillisLife life); // "under-5"; "not-limited"
const char *willis_life_text (WillisLife life);
WillisLife willis_life_find (const char *name); // NOT_LIMITED for others

/* The site that a branch's name says ("MCA M1 left" is the MCA); UNKNOWN where it does not. */
WillisSite willis_site_of_branch (const char *branch_name);

/* Where an aneurysm sits, by what meets at its neck: a junction counts where its sphere comes within 1 mm of the neck curve.
 * Basilar and P1 are the basilar tip, A1 and A2 (or ACom) the ACom, the carotid and a PCom that leaves within 1 mm of the
 * neck the PCom - none of which the parent artery's name alone would say - and otherwise the parent artery's site. */
typedef struct
{
  WillisSite site;   // UNKNOWN where the names do not say
  double confidence; // of the names that it rests on, the least; 0 where unknown
  const char *doubt; // to translate, NULL where there is none
} WillisSiteFound;

WillisSiteFound willis_site_of_aneurysm (const WillisTree *tree, const WillisAneurysm *aneurysm);

/* What the picture says: size, ratios, site; irregular where daughter sacs are counted; several aneurysms where count
 * > 1. That a sac has none, or that no other is known, says nothing. What was asked stays as it is, a size that is
 * given too. is_sac: FALSE where more than a sac was cut off, a fusiform widening or an artery with it: then its size
 * and shape say nothing, and are asked. */
void willis_risk_inputs_from_picture (WillisRiskInputs *inputs, const WillisTree *tree, const WillisAneurysm *aneurysm,
                                      gsize count, gboolean is_sac);

/* What a person is asked, in the order in which one asks. */
typedef enum
{
  WILLIS_QUESTION_NUMBER, // int
  WILLIS_QUESTION_SEX,    // char
  WILLIS_QUESTION_CHOICE, // an enumeration of n_choices values, the first of which is "unknown" or "not limited"
  WILLIS_QUESTION_ANSWER, // WillisAnswer
  WILLIS_QUESTION_FLAG,   // gboolean: not ticked counts as no
} WillisQuestionKind;

typedef enum
{
  WILLIS_QUESTION_PATIENT,
  WILLIS_QUESTION_HISTORY,
  WILLIS_QUESTION_ANEURYSM, // differs between aneurysms of one patient
  WILLIS_QUESTION_TREATMENT,
  WILLIS_N_QUESTION_GROUPS
} WillisQuestionGroup;

typedef struct
{
  const char *key;   // as in files
  const char *label; // to translate
  WillisQuestionKind kind;
  WillisQuestionGroup group;
  gsize offset; // in WillisRiskInputs
  const char *const *choices; // to translate
  int n_choices;
} WillisRiskQuestion;

const WillisRiskQuestion *willis_risk_questions (gsize *n);
int willis_risk_answer (const WillisRiskInputs *inputs, const WillisRiskQuestion *question);
void willis_risk_set_answer (WillisRiskInputs *inputs, const WillisRiskQuestion *question, int value);
/* What "not answered" is for a question. */
int willis_risk_no_answer (const WillisRiskQuestion *question);
/* TRUE where the picture answers in place of a person. */
gboolean willis_risk_answer_from_picture (const WillisRiskInputs *inputs, const WillisRiskQuestion *question);
/* By its key, "-" for "_" allowed; NULL where there is none. */
const WillisRiskQuestion *willis_risk_question_find (const char *key);
/* TRUE where the question concerns one aneurysm, not the patient. */
gboolean willis_risk_question_of_aneurysm (const WillisRiskQuestion *question);

G_END_DECLS
