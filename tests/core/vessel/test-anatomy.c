/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The names of the arteries: on phantoms in many poses, crops and variants, and on the AneuRisk centrelines, whose
 * aneurysm's artery is known.
 */
#include "core/vessel/anatomy.h"

#include "tests/core/vessel/truth-tree.h"
#include "tests/support/centrelines.h"

typedef struct
{
  int right, wrong, unsure;
  int wrong_side;
} Tally;

/* The phantom's names are finer than a branch may be named; the artery and side count. */
static gboolean
same_name (const char *name, const char *truth, gboolean *side_only)
{
  int side, true_side;
  WillisArtery artery = willis_artery_of_name (name, &side), true_artery = willis_artery_of_name (truth, &true_side);
  gboolean pca = g_str_has_prefix (truth, "PCA") && (g_strcmp0 (name, "PCA left") == 0 || g_strcmp0 (name, "PCA right") == 0);
  gboolean mca = g_str_has_prefix (truth, "MCA") && (g_strcmp0 (name, "MCA left") == 0 || g_strcmp0 (name, "MCA right") == 0);
  gboolean aca = g_str_has_prefix (truth, "ACA") && (g_strcmp0 (name, "ACA left") == 0 || g_strcmp0 (name, "ACA right") == 0);

  *side_only = (artery == true_artery || pca || mca || aca) && side != true_side;
  return (artery == true_artery || pca || mca || aca) && side == true_side;
}

static WillisTree *
without_names (const WillisTree *tree)
{
  WillisTree *bare = willis_tree_copy (tree);

  for (gsize n = 0; n < willis_tree_n_branches (tree); n++)
    willis_tree_set_name (bare, n, NULL, 0.0, FALSE);
  return bare;
}

static Tally
judge (const WillisTree *truth, const char *what)
{
  g_autoptr (WillisTree) bare = without_names (truth);
  g_autoptr (WillisTree) named = willis_anatomy_name (bare, NULL, NULL);
  Tally t = { 0 };

  for (gsize n = 0; n < willis_tree_n_branches (truth); n++)
    {
      const WillisBranch *is = willis_tree_branch (named, n), *was = willis_tree_branch (truth, n);
      gboolean side_only = FALSE;

      if (is->name == NULL)
        t.unsure++;
      else if (same_name (is->name, was->name, &side_only))
        t.right++;
      else
        {
          t.wrong++;
          t.wrong_side += side_only;
        }
      if (is->name == NULL || !same_name (is->name, was->name, &side_only))
        g_test_message ("%s: %s (%.1f mm) is called %s (%.2f)", what, was->name, was->length_mm, is->name != NULL ? is->name : "-", is->confidence);
    }
  g_test_message ("%s: %d right, %d wrong (%d by side), %d not sure", what, t.right, t.wrong, t.wrong_side, t.unsure);
  return t;
}

static WillisPhantom *
phantom (void)
{
  g_autofree char *path = g_build_filename (g_getenv ("WILLIS_SOURCE_DIR"), "data", "phantoms", "circle-of-willis.json", NULL);
  g_autoptr (GError) error = NULL;
  WillisPhantom *p = willis_phantom_load (path, &error);

  g_assert_no_error (error);
  return p;
}

static void
whole (void)
{
  g_autoptr (WillisPhantom) p = phantom ();
  TruthPose pose = TRUTH_POSE_INIT;
  g_autoptr (WillisTree) tree = truth_tree (p, &pose, 1);
  Tally t = judge (tree, "as it is");

  g_assert_cmpint (t.wrong, ==, 0);
}

static void
poses (void)
{
  g_autoptr (WillisPhantom) p = phantom ();
  Tally sum = { 0 };
  WillisRng rng;

  willis_rng_init (&rng, 11, 1);
  for (int n = 0; n < 8; n++)
    {
      TruthPose pose = TRUTH_POSE_INIT;
      g_autofree char *what = g_strdup_printf ("pose %d", n);
      g_autoptr (WillisTree) tree = NULL;
      Tally t;

      for (int a = 0; a < 3; a++)
        {
          pose.angles_deg[a] = 12.0 * CLAMP (willis_rng_normal (&rng), -1.7, 1.7);
          pose.translation_mm[a] = 60.0 * willis_rng_normal (&rng);
        }
      pose.scale = exp (0.06 * willis_rng_normal (&rng));
      pose.mirrored = n % 2;
      pose.jitter_mm = 1.0;
      tree = truth_tree (p, &pose, (guint64) n);
      t = judge (tree, what);
      sum.right += t.right;
      sum.wrong += t.wrong;
      sum.unsure += t.unsure;
    }
  g_test_message ("poses: %d right, %d wrong, %d not sure", sum.right, sum.wrong, sum.unsure);
  g_assert_cmpint (50 * sum.wrong, <=, sum.right + sum.wrong + sum.unsure);
  g_assert_cmpint (10 * sum.unsure, <=, sum.right + sum.wrong + sum.unsure);
}

static void
crops (void)
{
  static const struct
  {
    const char *what;
    double lo[3], hi[3];
    const char *without[4];
  } rows[] = {
    { "left half", { 1.2, -1e3, -1e3 }, { 1e3, 1e3, 1e3 }, { NULL } },
    { "right half", { -1e3, -1e3, -1e3 }, { -1.2, 1e3, 1e3 }, { NULL } },
    { "above the siphon", { -1e3, -1e3, -22 }, { 1e3, 1e3, 1e3 }, { NULL } },
    { "left front", { 5, -30, -30 }, { 60, 2, 20 }, { NULL } },
    { "back only", { -30, 3, -70 }, { 30, 60, 10 }, { NULL } },
    { "no PCom", { -1e3, -1e3, -1e3 }, { 1e3, 1e3, 1e3 }, { "PCom left", "PCom right", NULL } },
    { "one A1", { -1e3, -1e3, -1e3 }, { 1e3, 1e3, 1e3 }, { "ACA A1 right", NULL } },
    { "fetal PCA", { -1e3, -1e3, -1e3 }, { 1e3, 1e3, 1e3 }, { "PCA P1 left", "PCom right", NULL } },
    { "one vertebral", { -1e3, -1e3, -1e3 }, { 1e3, 1e3, 1e3 }, { "VA left", "ACom", NULL } },
  };
  g_autoptr (WillisPhantom) p = phantom ();
  Tally sum = { 0 };

  for (guint n = 0; n < G_N_ELEMENTS (rows); n++)
    {
      TruthPose pose = TRUTH_POSE_INIT;
      g_autoptr (WillisTree) tree = NULL;
      Tally t;

      vec3_copy (pose.lo, rows[n].lo);
      vec3_copy (pose.hi, rows[n].hi);
      pose.without = rows[n].without;
      pose.jitter_mm = 0.7;
      vec3_set (pose.angles_deg, 9, -6, 7);
      tree = truth_tree (p, &pose, n);
      t = judge (tree, rows[n].what);
      sum.right += t.right;
      sum.wrong += t.wrong;
      sum.unsure += t.unsure;
    }
  g_test_message ("crops: %d right, %d wrong, %d not sure", sum.right, sum.wrong, sum.unsure);
  g_assert_cmpint (25 * sum.wrong, <=, sum.right + sum.wrong + sum.unsure);
}

/* The phantom, in which the two A2 run side by side, 0.5 mm apart from z on, and are joined there: a piece "contact".
 */
static WillisPhantom *
phantom_with_contact (double z)
{
  static const char *const ids[] = { "ACA A2 left", "ACA A2 right" };
  WillisPhantom *p = phantom ();
  PhantomVessel *contact = g_new0 (PhantomVessel, 1);
  double end[2][4];

  for (guint v = 0; v < p->vessels->len; v++)
    for (int side = 0; side < 2; side++)
      {
        const PhantomVessel *vessel = g_ptr_array_index (p->vessels, v);
        double best = INFINITY;

        if (strcmp (vessel->id, ids[side]) != 0)
          continue;
        for (guint i = 0; i < vessel->points->len; i++)
          {
            double *x = (double *) (void *) vessel->points->data + 4 * i;
            double t = CLAMP ((x[2] + 1.0) / MIN (z + 1.0, 3.0), 0.0, 1.0);

            x[0] += t * ((side == 0 ? 1.25 : -1.25) - x[0]);
            if (fabs (x[2] - z) < best)
              {
                best = fabs (x[2] - z);
                memcpy (end[side], x, sizeof end[side]);
              }
          }
      }
  contact->id = g_strdup ("contact");
  contact->artery = TRUE;
  contact->points = g_array_new (FALSE, FALSE, 4 * sizeof (double));
  for (int k = 0; k <= 10; k++)
    {
      double x[4];

      for (int a = 0; a < 3; a++)
        x[a] = end[0][a] + 0.1 * k * (end[1][a] - end[0][a]);
      x[3] = 1.0 - 0.8 * sin (G_PI * 0.1 * k);
      g_array_append_val (contact->points, x);
    }
  g_ptr_array_add (p->vessels, contact);
  return p;
}

/* Where two A2 touch no communicating artery is named, whether there is one below or not; that one keeps its name. */
static void
touching (void)
{
  static const char *const without[] = { "ACom", NULL };

  for (int n = 0; n < 12; n++)
    {
      g_autoptr (WillisPhantom) p = phantom_with_contact (2.0 + n / 4);
      TruthPose pose = TRUTH_POSE_INIT;
      g_autoptr (WillisTree) truth = NULL;
      g_autoptr (WillisTree) bare = NULL;
      g_autoptr (WillisTree) named = NULL;
      int contacts = 0, real = 0;

      pose.without = n % 2 == 0 ? without : NULL;
      if (n / 2 % 2 == 1)
        {
          vec3_set (pose.angles_deg, 9, -6, 7);
          pose.jitter_mm = 0.5;
        }
      truth = truth_tree (p, &pose, (guint64) n);
      bare = without_names (truth);
      named = willis_anatomy_name (bare, NULL, NULL);
      for (gsize b = 0; b < willis_tree_n_branches (named); b++)
        {
          const WillisBranch *is = willis_tree_branch (named, b);
          gboolean acom = willis_artery_of_name (is->name, NULL) == WILLIS_ARTERY_ACOM;

          contacts += strcmp (willis_tree_branch (truth, b)->name, "contact") == 0;
          real += strcmp (willis_tree_branch (truth, b)->name, "ACom") == 0 && acom;
          if (strcmp (willis_tree_branch (truth, b)->name, "contact") != 0)
            continue;
          g_test_message ("contact of %.1f mm at %.0f: %s", is->length_mm, 2.0 + n / 4,
                          is->name != NULL ? is->name : "-");
          g_assert_false (acom);
          g_assert_true (is->name != NULL || is->n_parts == 0);
        }
      g_assert_cmpint (contacts, ==, 1);
      g_assert_cmpint (real, ==, n % 2);
    }
}

/* The aneurysms of AneuRisk lie on an artery that the table names; the models have no patient axes, but stand upright
 * with y to the head, x to the right and z to the back. */
static WillisTree *
turned_to_lps (const WillisTree *tree)
{
  WillisTree *out = willis_tree_copy (tree);

  for (gsize n = 0; n < willis_tree_n_branches (out); n++)
    for (gsize i = 0; i < willis_tree_branch (out, n)->n_points; i++)
      {
        double *p = willis_tree_branch (out, n)->points_lps_mm + 3 * i;

        vec3_set (p, -p[0], p[2], p[1]);
      }
  return out;
}

/* 1: the named artery nearest to the neck is the table's, -1: another one, 0: not sure or not to be judged. */
static int
aneurisk_case (const char *folder, const char *id, const char *location, gboolean turn)
{
  static const struct
  {
    const char *location;
    WillisArtery first, last;
  } arteries[] = { { "ICA", WILLIS_ARTERY_ICA, WILLIS_ARTERY_ICA },
                   { "MCA", WILLIS_ARTERY_MCA_M1, WILLIS_ARTERY_MCA_M2 },
                   { "ACA", WILLIS_ARTERY_ACA_A1, WILLIS_ARTERY_ACOM },
                   { "BAS", WILLIS_ARTERY_BASILAR, WILLIS_ARTERY_PCA_P1 } };
  g_autofree char *file = g_strconcat (id, ".vtk", NULL);
  g_autofree char *path = g_build_filename (folder, "centrelines", file, NULL);
  g_autofree char *neck_path = g_build_filename (folder, "necks", file, NULL);
  g_autoptr (WillisTree) as_is = centreline_tree (path, NULL);
  g_autoptr (GArray) necks = willis_polylines_parse (neck_path, NULL);
  g_autoptr (WillisTree) tree = as_is == NULL ? NULL : turn ? turned_to_lps (as_is) : willis_tree_copy (as_is);
  g_autoptr (WillisTree) named = tree != NULL ? willis_anatomy_name (tree, NULL, NULL) : NULL;
  g_autoptr (GString) met = g_string_new (NULL);
  double centre[3] = { 0 }, best = INFINITY;
  int verdict = 0;

  g_assert_nonnull (named);
  g_assert_nonnull (necks);
  for (guint l = 0; l < necks->len; l++)
    for (gsize i = 0; i < g_array_index (necks, WillisPolyline, l).n; i++)
      vec3_axpy (centre, centre, 1.0 / (double) (necks->len * g_array_index (necks, WillisPolyline, l).n),
                 g_array_index (necks, WillisPolyline, l).points_lps_mm + 3 * i);
  if (turn)
    vec3_set (centre, -centre[0], centre[2], centre[1]);
  willis_tree_nearest (named, centre, NULL, NULL, &best);
  for (gsize n = 0; n < willis_tree_n_branches (named); n++)
    {
      const WillisBranch *b = willis_tree_branch (named, n);
      gsize at = 0;
      const char *name;
      double confidence;

      for (gsize i = 0; i < b->n_points; i++)
        if (vec3_dist (b->points_lps_mm + 3 * i, centre) < vec3_dist (b->points_lps_mm + 3 * at, centre))
          at = i;
      if (vec3_dist (b->points_lps_mm + 3 * at, centre) > best + 1.5)
        continue;
      name = willis_branch_name_at (b, b->abscissa_mm[at], &confidence);
      g_string_append_printf (met, " %s %.2f", name != NULL ? name : "-", confidence);
      for (guint k = 0; k < G_N_ELEMENTS (arteries); k++)
        if (name != NULL && strcmp (arteries[k].location, location) == 0)
          {
            WillisArtery artery = willis_artery_of_name (name, NULL);

            if (artery >= arteries[k].first && artery <= arteries[k].last)
              verdict = 1;
            else if (verdict == 0)
              verdict = -1;
          }
    }
  if (verdict <= 0)
    g_test_message ("%s, on the %s: %s:%s", id, location, verdict < 0 ? "wrong" : "not sure", met->str);
  return verdict;
}

static void
aneurisk_cases (gboolean turn)
{
  int right = 0, wrong = 0, unsure = 0;
  const char *data = g_getenv ("WILLIS_DATA");
  g_autofree char *folder = data != NULL ? g_build_filename (data, "aneurisk", NULL)
                                         : g_build_filename (g_getenv ("WILLIS_SOURCE_DIR"), "..", "shared", "data", "aneurisk", NULL);
  g_autofree char *table = g_build_filename (folder, "morphology.csv", NULL);
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;

  if (!g_file_get_contents (table, &text, NULL, NULL))
    {
      g_test_skip ("no AneuRisk data beside the sources");
      return;
    }
  lines = g_strsplit (text, "\n", -1);
  for (char **line = lines + 1; *line != NULL && **line != '\0'; line++)
    {
      g_auto (GStrv) cells = g_strsplit (*line, ",", -1);
      int verdict;

      if ((line - lines) % (turn ? 2 : 5) != 0) // all of them take too long
        continue;
      verdict = aneurisk_case (folder, cells[0], cells[2], turn);

      right += verdict > 0;
      wrong += verdict < 0;
      unsure += verdict == 0;
    }
  g_test_message ("AneuRisk: artery of the aneurysm right %d, wrong %d, not sure %d", right, wrong, unsure);
  g_assert_cmpint (right + wrong + unsure, >=, turn ? 25 : 10);
  g_assert_cmpint (10 * right, >=, (turn ? 7 : 5) * (right + wrong + unsure));
  g_assert_cmpint ((turn ? 12 : 4) * wrong, <=, right + wrong + unsure);
}

static void
aneurisk (void)
{
  aneurisk_cases (TRUE);
}

static void
aneurisk_as_it_is (void)
{
  aneurisk_cases (FALSE);
}

/* Trees in a frame that is not the patient's: what is named may have no side, and little may be wrong. */
static void
other_frames (void)
{
  g_autoptr (WillisPhantom) p = phantom ();
  int right = 0, wrong = 0, sided = 0, all = 0;

  for (int n = 0; n < 4; n++)
    {
      TruthPose pose = TRUTH_POSE_INIT;
      g_autoptr (WillisTree) truth = NULL;
      g_autoptr (WillisTree) bare = NULL;
      g_autoptr (WillisTree) named = NULL;

      pose.angles_deg[n % 3] = n < 3 ? 90.0 : 180.0;
      truth = truth_tree (p, &pose, (guint64) n);
      bare = without_names (truth);
      named = willis_anatomy_name (bare, NULL, NULL);
      for (gsize b = 0; b < willis_tree_n_branches (named); b++)
        {
          int side;
          WillisArtery artery = willis_artery_of_name (willis_tree_branch (named, b)->name, &side);

          all++;
          if (artery == WILLIS_ARTERY_NONE)
            continue;
          sided += side != 0;
          right += artery == willis_artery_of_name (willis_tree_branch (truth, b)->name, NULL);
          wrong += artery != willis_artery_of_name (willis_tree_branch (truth, b)->name, NULL);
        }
    }
  g_test_message ("another frame: %d right, %d wrong, %d with a side, of %d", right, wrong, sided, all);
  g_assert_cmpint (20 * wrong, <=, all);
  g_assert_cmpint (20 * sided, <=, all);
}

/* By hand stays by hand, and moves along with a tree made anew. */
static void
by_hand (void)
{
  g_autoptr (WillisPhantom) p = phantom ();
  TruthPose pose = TRUTH_POSE_INIT;
  g_autoptr (WillisTree) truth = truth_tree (p, &pose, 1);
  g_autoptr (WillisTree) bare = without_names (truth);
  g_autoptr (WillisTree) renamed = willis_anatomy_rename (bare, 3, "Persistent trigeminal");
  g_autoptr (WillisTree) named = willis_anatomy_name (renamed, NULL, NULL);
  g_autoptr (WillisTree) again = NULL;
  g_autoptr (WillisTree) carried = NULL;

  g_assert_cmpstr (willis_tree_branch (named, 3)->name, ==, "Persistent trigeminal");
  g_assert_true (willis_tree_branch (named, 3)->by_hand);
  pose.jitter_mm = 0.2;
  again = truth_tree (p, &pose, 5);
  carried = willis_anatomy_carry (again, named);
  g_assert_cmpstr (willis_tree_branch (carried, 3)->name, ==, "Persistent trigeminal");
}

static void
names (void)
{
  int side = 7;

  for (const char *const *name = willis_artery_names (); *name != NULL; name++)
    g_assert_cmpint (willis_artery_of_name (*name, &side), !=, WILLIS_ARTERY_NONE);
  g_assert_cmpint (willis_artery_of_name ("ICA C4 left", &side), ==, WILLIS_ARTERY_ICA);
  g_assert_cmpint (side, ==, 1);
  g_assert_cmpint (willis_artery_of_name ("MCA M2 superior right", &side), ==, WILLIS_ARTERY_MCA_M2);
  g_assert_cmpint (side, ==, -1);
  g_assert_cmpint (willis_artery_of_name ("ICA lefty", &side), ==, WILLIS_ARTERY_NONE);
  g_assert_cmpint (willis_artery_of_name (NULL, &side), ==, WILLIS_ARTERY_NONE);
}

/* A straight branch along y, so far to the left. */
static void
put_branch (WillisTreeNode *nodes, WillisBranch *branches, int n, double left_mm, const char *name)
{
  const double points[6] = { left_mm, 0.0, 0.0, left_mm, 10.0, 0.0 }, radius[2] = { 1.0, 1.0 };

  nodes[2 * n] = (WillisTreeNode){ { left_mm, 0.0, 0.0 }, 1 };
  nodes[2 * n + 1] = (WillisTreeNode){ { left_mm, 10.0, 0.0 }, 1 };
  branches[n].node[0] = 2 * n;
  branches[n].node[1] = 2 * n + 1;
  branches[n].name = g_strdup (name);
  branches[n].n_points = 2;
  branches[n].points_lps_mm = g_memdup2 (points, sizeof points);
  branches[n].radius_mm = g_memdup2 (radius, sizeof radius);
}

/* A name by hand that the other side has is taken, and said; so is one that there are two of. */
static void
test_name_doubt (void)
{
  WillisTreeNode *nodes = g_new0 (WillisTreeNode, 6);
  WillisBranch *branches = g_new0 (WillisBranch, 3);
  g_autoptr (WillisTree) tree = NULL, wrong = NULL, right = NULL;
  g_autofree char *said = NULL;

  put_branch (nodes, branches, 0, 35.0, "MCA M1 left"); // the head lies 20 mm to the left
  put_branch (nodes, branches, 1, 5.0, "MCA M1 right");
  put_branch (nodes, branches, 2, 8.0, NULL);
  tree = willis_tree_new_take (nodes, 6, branches, 3);
  g_assert_null (willis_anatomy_name_doubt (tree, 2));
  right = willis_anatomy_rename (tree, 2, "ICA right");
  g_assert_null (willis_anatomy_name_doubt (right, 2));
  wrong = willis_anatomy_rename (tree, 2, "MCA M1 left");
  said = willis_anatomy_name_doubt (wrong, 2);
  g_assert_cmpstr (said, ==,
                   "Named MCA M1, left, but this branch lies on the right. Branches of the name MCA M1, left: 2.");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/anatomy/name-doubt", test_name_doubt);
  g_test_add_func ("/anatomy/whole", whole);
  g_test_add_func ("/anatomy/poses", poses);
  g_test_add_func ("/anatomy/crops", crops);
  g_test_add_func ("/anatomy/touching", touching);
  g_test_add_func ("/anatomy/other-frames", other_frames);
  g_test_add_func ("/anatomy/by-hand", by_hand);
  g_test_add_func ("/anatomy/names", names);
  g_test_add_func ("/anatomy/aneurisk", aneurisk);
  g_test_add_func ("/anatomy/aneurisk-as-it-is", aneurisk_as_it_is);
  return g_test_run ();
}
