/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the scores need to know: from the picture, and asked.
 */
#include <math.h>
#include <string.h>

#include "core/base/i18n.h"
#include "core/num/vec3.h"
#include "core/vessel/anatomy.h"
#include "core/vessel/risk.h"

#define NEAR_MM 1.0 // from the neck curve to the sphere of a junction

static const char *const population_names[]
    = { "unknown", "north-america-europe", "japan", "finland", "china", "other" };
static const char *const site_names[]
    = { "unknown", "ica", "mca", "aca", "acom", "pcom", "basilar-tip", "posterior" };

static const char *const population_texts[]
    = { N_ ("not answered"), N_ ("North America, Europe"), N_ ("Japan"), N_ ("Finland"), N_ ("China"), N_ ("another") };
static const char *const site_texts[]
    = { N_ ("not known"), N_ ("ICA"), N_ ("MCA"), N_ ("ACA"), N_ ("ACom"), N_ ("PCom"), N_ ("Basilar tip"),
        N_ ("posterior circulation") };
static const char *const site_choices[]
    = { N_ ("as the picture says"), N_ ("ICA"), N_ ("MCA"), N_ ("ACA"), N_ ("ACom"), N_ ("PCom"), N_ ("Basilar tip"),
        N_ ("posterior circulation") };
static const char *const life_names[] = { "not-limited", "over-10", "5-10", "under-5" };
static const char *const life_choices[]
    = { N_ ("not limited by disease"), N_ ("over 10 years"), N_ ("5 to 10 years"), N_ ("under 5 years") };

#define AT(MEMBER) G_STRUCT_OFFSET (WillisRiskInputs, MEMBER)
#define CHOICES(LIST) LIST, (int) G_N_ELEMENTS (LIST)
#define FLAG(MEMBER, LABEL, GROUP) { #MEMBER, LABEL, WILLIS_QUESTION_FLAG, GROUP, AT (MEMBER), NULL, 2 }
#define ANSWER(MEMBER, LABEL, GROUP) { #MEMBER, LABEL, WILLIS_QUESTION_ANSWER, GROUP, AT (MEMBER), NULL, 3 }

static const WillisRiskQuestion questions[] = {
  { "age", N_ ("Age"), WILLIS_QUESTION_NUMBER, WILLIS_QUESTION_PATIENT, AT (age), NULL, 0 },
  { "sex", N_ ("Sex"), WILLIS_QUESTION_SEX, WILLIS_QUESTION_PATIENT, AT (sex), NULL, 0 },
  { "population", N_ ("Population"), WILLIS_QUESTION_CHOICE, WILLIS_QUESTION_PATIENT, AT (population), CHOICES (population_texts) },
  FLAG (inuit, N_ ("Inuit"), WILLIS_QUESTION_PATIENT),
  ANSWER (hypertension, N_ ("Hypertension"), WILLIS_QUESTION_PATIENT),
  ANSWER (earlier_sah, N_ ("Earlier subarachnoid haemorrhage from another aneurysm"), WILLIS_QUESTION_PATIENT),
  FLAG (familial, N_ ("Aneurysm or haemorrhage in the family"), WILLIS_QUESTION_HISTORY),
  FLAG (smoker, N_ ("Current smoking"), WILLIS_QUESTION_HISTORY),
  FLAG (adpkd, N_ ("Autosomal dominant polycystic kidney disease"), WILLIS_QUESTION_HISTORY),
  FLAG (drugs, N_ ("Drug abuse (cocaine, amphetamine)"), WILLIS_QUESTION_HISTORY),
  FLAG (alcohol, N_ ("Alcohol abuse"), WILLIS_QUESTION_HISTORY),
  FLAG (epilepsy, N_ ("Epilepsy"), WILLIS_QUESTION_HISTORY),
  FLAG (fear, N_ ("Reduced quality of life by fear of rupture"), WILLIS_QUESTION_HISTORY),
  FLAG (neurocognitive, N_ ("Neurocognitive disorder"), WILLIS_QUESTION_HISTORY),
  FLAG (coagulopathy, N_ ("Coagulopathy or thrombophilia"), WILLIS_QUESTION_HISTORY),
  FLAG (psychiatric, N_ ("Psychiatric disorder"), WILLIS_QUESTION_HISTORY),
  ANSWER (multiple, N_ ("Several aneurysms"), WILLIS_QUESTION_HISTORY),
  FLAG (steno_occlusive, N_ ("Contralateral steno-occlusive disease"), WILLIS_QUESTION_HISTORY),
  { "site", N_ ("Site"), WILLIS_QUESTION_CHOICE, WILLIS_QUESTION_ANEURYSM, AT (site), CHOICES (site_choices) },
  ANSWER (irregular, N_ ("Irregular or lobulated"), WILLIS_QUESTION_ANEURYSM),
  FLAG (growth, N_ ("Growth seen on imaging"), WILLIS_QUESTION_ANEURYSM),
  FLAG (de_novo, N_ ("New aneurysm on imaging"), WILLIS_QUESTION_ANEURYSM),
  FLAG (nerve_deficit, N_ ("Cranial nerve deficit"), WILLIS_QUESTION_ANEURYSM),
  FLAG (mass_effect, N_ ("Mass effect"), WILLIS_QUESTION_ANEURYSM),
  FLAG (thromboembolism, N_ ("Thrombo-embolic events from the aneurysm"), WILLIS_QUESTION_ANEURYSM),
  FLAG (complex_treatment, N_ ("Complex to treat"), WILLIS_QUESTION_TREATMENT),
  { "life", N_ ("Life expectancy"), WILLIS_QUESTION_CHOICE, WILLIS_QUESTION_TREATMENT, AT (life), CHOICES (life_choices) },
};

const WillisRiskQuestion *
willis_risk_questions (gsize *n)
{
  *n = G_N_ELEMENTS (questions);
  return questions;
}

gboolean
willis_risk_question_of_aneurysm (const WillisRiskQuestion *question)
{
  return question->group == WILLIS_QUESTION_ANEURYSM || question->offset == AT (complex_treatment);
}

int
willis_risk_no_answer (const WillisRiskQuestion *question)
{
  return question->kind == WILLIS_QUESTION_NUMBER ? -1 : 0;
}

int
willis_risk_answer (const WillisRiskInputs *inputs, const WillisRiskQuestion *question)
{
  if (question->kind == WILLIS_QUESTION_SEX)
    return G_STRUCT_MEMBER (char, inputs, question->offset);
  return G_STRUCT_MEMBER (int, inputs, question->offset); // enumerations and gboolean are ints
}

gboolean
willis_risk_answer_from_picture (const WillisRiskInputs *inputs, const WillisRiskQuestion *question)
{
  return (question->offset == AT (site) && inputs->site_from_picture)
         || (question->offset == AT (irregular) && inputs->irregular_from_picture)
         || (question->offset == AT (multiple) && inputs->multiple_from_picture);
}

const WillisRiskQuestion *
willis_risk_question_find (const char *key)
{
  g_autofree char *wanted = g_strdelimit (g_strdup (key), "-", '_');

  for (gsize n = 0; n < G_N_ELEMENTS (questions); n++)
    if (g_str_equal (questions[n].key, wanted))
      return questions + n;
  return NULL;
}

void
willis_risk_set_answer (WillisRiskInputs *inputs, const WillisRiskQuestion *question, int value)
{
  if (question->kind == WILLIS_QUESTION_SEX)
    G_STRUCT_MEMBER (char, inputs, question->offset) = value == 'M' || value == 'F' ? (char) value : 0;
  else if (question->kind == WILLIS_QUESTION_NUMBER)
    G_STRUCT_MEMBER (int, inputs, question->offset) = value >= 0 && value <= 130 ? value : -1;
  else
    G_STRUCT_MEMBER (int, inputs, question->offset) = value >= 0 && value < question->n_choices ? value : 0;
}

static int
find_name (const char *const *names, gsize n, const char *name)
{
  for (gsize i = 1; i < n; i++)
    if (g_ascii_strcasecmp (names[i], name) == 0)
      return (int) i;
  return 0;
}

WillisPopulation
willis_population_find (const char *name)
{
  return (WillisPopulation) find_name (population_names, G_N_ELEMENTS (population_names), name);
}

WillisSite
willis_site_find (const char *name)
{
  return (WillisSite) find_name (site_names, G_N_ELEMENTS (site_names), name);
}

const char *
willis_site_name (WillisSite site)
{
  return site_names[site];
}

const char *
willis_site_text (WillisSite site)
{
  return site_texts[site];
}

WillisLife
willis_life_find (const char *name)
{
  return (WillisLife) find_name (life_names, G_N_ELEMENTS (life_names), name);
}

const char *
willis_life_name (WillisLife life)
{
  return life_names[life];
}

const char *
willis_life_text (WillisLife life)
{
  return life_choices[life];
}

const char *
willis_population_name (WillisPopulation population)
{
  return population_names[population];
}

const char *
willis_population_text (WillisPopulation population)
{
  return population_texts[population];
}

/* --- the site */

WillisSite
willis_site_of_branch (const char *branch_name)
{
  if (branch_name != NULL && g_str_has_prefix (branch_name, "Basilar tip"))
    return WILLIS_SITE_BASILAR_TIP;
  switch (willis_artery_of_name (branch_name, NULL))
    {
    case WILLIS_ARTERY_ICA:
    case WILLIS_ARTERY_OPHTHALMIC:
    case WILLIS_ARTERY_CHOROIDAL:
      return WILLIS_SITE_ICA;
    case WILLIS_ARTERY_MCA_M1:
    case WILLIS_ARTERY_MCA_M2:
      return WILLIS_SITE_MCA;
    case WILLIS_ARTERY_ACA_A1:
    case WILLIS_ARTERY_ACA_A2:
      return WILLIS_SITE_ACA;
    case WILLIS_ARTERY_ACOM:
      return WILLIS_SITE_ACOM;
    case WILLIS_ARTERY_PCOM:
      return WILLIS_SITE_PCOM;
    case WILLIS_ARTERY_BASILAR:
    case WILLIS_ARTERY_VERTEBRAL:
    case WILLIS_ARTERY_PCA_P1:
    case WILLIS_ARTERY_PCA_P2:
    case WILLIS_ARTERY_SCA:
    case WILLIS_ARTERY_AICA:
    case WILLIS_ARTERY_PICA:
      return WILLIS_SITE_POSTERIOR;
    case WILLIS_ARTERY_NONE:
    default:
      return WILLIS_SITE_UNKNOWN;
    }
}

/* Which arteries meet near the neck, each with the best confidence of its name there. */
typedef struct
{
  double artery[WILLIS_ARTERY_CHOROIDAL + 1]; // below 0: it does not
} Meeting;

/* Does the branch run into the sac from this end? One with a name is an artery, which may well lie along the sac. */
static gboolean
runs_into_sac (const WillisBranch *b, gboolean from_end, const WillisNeck *neck)
{
  gsize last = b->n_points - 1, i = from_end ? last : 0;
  double d[3], r = b->radius_mm[i], reach = 2.0 * r + 0.5;

  if (b->name != NULL || b->n_parts > 0)
    return FALSE;
  while ((from_end ? i > 0 : i < last)
         && fabs (b->abscissa_mm[i] - b->abscissa_mm[from_end ? last : 0]) < reach)
    i = from_end ? i - 1 : i + 1;
  vec3_sub (d, b->points_lps_mm + 3 * i, neck->centre_lps_mm);
  return vec3_dot (d, neck->normal) > 0.5 * r;
}

static double
distance_to_curve (const double *curve, gsize n, const WillisNeck *neck, const double p[3])
{
  double best = n == 0 ? vec3_dist (neck->centre_lps_mm, p) : G_MAXDOUBLE;

  for (gsize i = 0; i < n; i++)
    best = MIN (best, vec3_dist (curve + 3 * i, p));
  return best;
}

/* The name at an end of a branch, looked up a little way in, where it is that of the branch and not of the junction. */
static void
meet_end (Meeting *m, const WillisBranch *b, gboolean at_end)
{
  double in = MIN (0.3 * b->length_mm, 1.0), confidence = 0.0;
  const char *name = willis_branch_name_at (b, at_end ? b->length_mm - in : in, &confidence);
  WillisArtery artery = willis_artery_of_name (name, NULL);

  m->artery[artery] = MAX (m->artery[artery], b->by_hand ? 1.0 : confidence);
}

/* A thin artery leaves a thick one at one side of it: does it leave at the neck, and not merely at the neck's level? The place is
 * where its centreline comes out of the thick artery. */
static gboolean
leaves_at_neck (const WillisBranch *b, gboolean from_end, double parent_radius, const double *curve, gsize n_curve, const WillisNeck *neck)
{
  gsize last = b->n_points - 1, i = from_end ? last : 0;
  const double *p;

  while ((from_end ? i > 0 : i < last) && fabs (b->abscissa_mm[i] - b->abscissa_mm[from_end ? last : 0]) < parent_radius)
    i = from_end ? i - 1 : i + 1;
  p = b->points_lps_mm + 3 * i;
  return MIN (distance_to_curve (curve, n_curve, neck, p), vec3_dist (neck->centre_lps_mm, p)) <= b->radius_mm[i] + NEAR_MM;
}

static void
meet (const WillisTree *tree, const WillisAneurysm *aneurysm, Meeting *m)
{
  const WillisNeck *neck = willis_aneurysm_neck (aneurysm);
  gsize n_curve = 0;
  const double *curve = willis_aneurysm_neck_curve (aneurysm, &n_curve);

  for (gsize node = 0; node < willis_tree_n_nodes (tree); node++)
    {
      const WillisTreeNode *at = willis_tree_node (tree, node);
      double radius = 0.0;

      if (at->degree < 2)
        continue;
      for (gsize n = 0; n < willis_tree_n_branches (tree); n++)
        {
          const WillisBranch *b = willis_tree_branch (tree, n);

          for (int e = 0; e < 2; e++)
            if (b->node[e] == (int) node && !runs_into_sac (b, e == 1, neck))
              radius = MAX (radius, b->radius_mm[e == 0 ? 0 : b->n_points - 1]);
        }
      if (distance_to_curve (curve, n_curve, neck, at->lps_mm) > radius + NEAR_MM)
        continue;
      for (gsize n = 0; n < willis_tree_n_branches (tree); n++)
        {
          const WillisBranch *b = willis_tree_branch (tree, n);

          for (int e = 0; e < 2; e++)
            if (b->node[e] == (int) node && !runs_into_sac (b, e == 1, neck)
                && (willis_artery_of_name (b->name, NULL) != WILLIS_ARTERY_PCOM
                    || leaves_at_neck (b, e == 1, radius, curve, n_curve, neck)))
              meet_end (m, b, e == 1);
        }
    }
}

/* The names that must be there together; the least confidence of them, below 0 where one is missing. */
static double
both (const Meeting *m, WillisArtery a, WillisArtery b)
{
  return MIN (m->artery[a], m->artery[b]);
}

WillisSiteFound
willis_site_of_aneurysm (const WillisTree *tree, const WillisAneurysm *aneurysm)
{
  WillisSiteFound found = { WILLIS_SITE_UNKNOWN, 0.0, NULL };
  const WillisNeck *neck = willis_aneurysm_neck (aneurysm);
  Meeting m;
  int branch = willis_aneurysm_branch (aneurysm);
  const char *name;

  if (tree == NULL || branch < 0 || (gsize) branch >= willis_tree_n_branches (tree))
    return found;
  for (gsize n = 0; n < G_N_ELEMENTS (m.artery); n++)
    m.artery[n] = -1.0;
  meet (tree, aneurysm, &m);
  found.confidence = both (&m, WILLIS_ARTERY_BASILAR, WILLIS_ARTERY_PCA_P1);
  found.site = WILLIS_SITE_BASILAR_TIP;
  if (found.confidence >= 0.0)
    return found;
  found.confidence = MAX (m.artery[WILLIS_ARTERY_ACOM], both (&m, WILLIS_ARTERY_ACA_A1, WILLIS_ARTERY_ACA_A2));
  found.site = WILLIS_SITE_ACOM;
  if (found.confidence >= 0.0)
    return found;
  found.confidence = both (&m, WILLIS_ARTERY_ICA, WILLIS_ARTERY_PCOM);
  found.site = WILLIS_SITE_PCOM;
  if (found.confidence >= 0.0)
    return found;
  found.confidence = MIN (both (&m, WILLIS_ARTERY_ICA, WILLIS_ARTERY_MCA_M1), m.artery[WILLIS_ARTERY_ACA_A1]);
  found.site = WILLIS_SITE_ICA; // where the carotid ends
  if (found.confidence >= 0.0)
    return found;
  name = willis_tree_name_near (tree, branch, neck->centre_lps_mm);
  found.site = willis_site_of_branch (name);
  found.confidence = willis_tree_branch (tree, (gsize) branch)->by_hand ? 1.0 : willis_tree_branch (tree, (gsize) branch)->confidence;
  if (found.site == WILLIS_SITE_UNKNOWN)
    {
      found.confidence = 0.0;
      found.doubt = N_ ("The artery at the neck has no name: choose the site.");
    }
  else if (name != NULL && g_str_has_prefix (name, "ICA C7"))
    found.doubt = N_ ("No PCom is seen at the neck. Where the sac leaves at the origin of a PCom too thin for the scan, choose PCom: it scores more.");
  else if (name != NULL && g_str_has_prefix (name, "ICA C4"))
    found.doubt = N_ ("In the cavernous sinus a sac lies outside the dura; the scores were not derived on such.");
  return found;
}

void
willis_risk_inputs_from_picture (WillisRiskInputs *inputs, const WillisTree *tree, const WillisAneurysm *aneurysm,
                                 gsize count, gboolean is_sac)
{
  const WillisMeasure *m = willis_aneurysm_morphology (aneurysm)->index;

  inputs->size_from_picture = is_sac && !isfinite (inputs->size_mm);
  if (inputs->size_from_picture)
    {
      inputs->size_mm = m[WILLIS_INDEX_SIZE].value;
      inputs->size_sd_mm = m[WILLIS_INDEX_SIZE].sd;
    }
  if (is_sac)
    {
      inputs->aspect_ratio = m[WILLIS_INDEX_ASPECT_RATIO].value;
      inputs->aspect_ratio_sd = m[WILLIS_INDEX_ASPECT_RATIO].sd;
      inputs->size_ratio = m[WILLIS_INDEX_SIZE_RATIO].value;
      inputs->size_ratio_sd = m[WILLIS_INDEX_SIZE_RATIO].sd;
    }
  inputs->irregular_from_picture
      = is_sac && inputs->irregular == WILLIS_ANSWER_UNKNOWN && m[WILLIS_INDEX_BLEBS].value >= 1.0;
  if (inputs->irregular_from_picture)
    inputs->irregular = WILLIS_ANSWER_YES;
  inputs->multiple_from_picture = inputs->multiple == WILLIS_ANSWER_UNKNOWN && count > 1;
  if (inputs->multiple_from_picture)
    inputs->multiple = WILLIS_ANSWER_YES;
  inputs->site_from_picture = inputs->site == WILLIS_SITE_UNKNOWN;
  if (inputs->site_from_picture)
    inputs->site = willis_site_of_aneurysm (tree, aneurysm).site;
}
