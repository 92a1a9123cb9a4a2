/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Surfaces and curves through every format and back, files written by others, and files that lie.
 */
#include <glib.h>
#include <glib/gstdio.h>
#include <stdio.h>

#include "core/base/error.h"
#include "core/io/surface-io.h"
#include "tests/support/shapes.h"

static char *folder;

static char *
temp_path (const char *name)
{
  return g_build_filename (folder, name, NULL);
}

static char *
write_text (const char *name, const char *text, gssize size)
{
  char *path = temp_path (name);

  FILE *file = g_fopen (path, "wb"); // not g_file_set_contents: it syncs, and this is done thousands of times
  gsize n = size < 0 ? strlen (text) : (gsize) size;

  g_assert_cmpuint (fwrite (text, 1, n, file), ==, n);
  fclose (file);
  return path;
}

static void
check_same (const WillisSurface *a, const WillisSurface *b, double tolerance)
{
  g_assert_cmpuint (willis_surface_n_points (a), ==, willis_surface_n_points (b));
  g_assert_cmpuint (willis_surface_n_triangles (a), ==, willis_surface_n_triangles (b));
  g_assert_cmpfloat_with_epsilon (willis_surface_area_mm2 (a), willis_surface_area_mm2 (b), tolerance * 100);
  g_assert_cmpfloat_with_epsilon (willis_surface_volume_mm3 (a), willis_surface_volume_mm3 (b), tolerance * 100);
}

static void
test_round_trip (void)
{
  static const char *const names[] = { "a.stl", "a.ply", "a.obj", "a.vtp", "a.vtk", "umlaut ü 动脉瘤.VTP" };
  const double move[3] = { 11, 22, -33 };
  g_autoptr (WillisSurface) sphere = shape_sphere (3);
  g_autoptr (WillisSurface) surface = shape_moved (sphere, 3, 2, 1, 0.3, move);

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = temp_path (names[i]);
      g_autoptr (WillisSurface) back = NULL;
      g_autoptr (GError) error = NULL;

      g_assert_true (willis_surface_write (surface, path, &error));
      back = i == 5 ? willis_surface_read (path, &error) : willis_surface_parse (path, &error); // one through the helper
      g_assert_no_error (error);
      check_same (surface, back, i == 0 ? 1e-6 : 1e-14); // STL is single precision
      if (i > 0)
        g_assert_cmpstr (willis_surface_digest (surface), ==, willis_surface_digest (back));
    }
}

static void
test_foreign_texts (void)
{
  static const struct
  {
    const char *name, *text;
    gsize n_points, n_triangles;
  } cases[] = {
    { "a.stl", "solid x\nfacet normal 0 0 1\nouter loop\nvertex 0 0 0\nvertex 1 0 0\nvertex 0 1 0\nendloop\nendfacet\n"
               "facet normal 0 0 1\n outer loop\n  vertex 1 0 0\n  vertex 1 1 0\n  vertex 0 1 0\n endloop\nendfacet\n"
               "endsolid x\n", 4, 2 },
    { "quad.obj", "# c\no thing\nv 0 0 0\nv 1 0 0\nv 1 1 0\nv 0 1 0\nvt 0 0\nvn 0 0 1\nf 1/1/1 2/1/1 3//1 4\n", 4, 2 },
    { "neg.obj", "v 0 0 0\r\nv 1 0 0\r\nv 1 1 0\r\nf -3 -2 -1\r\n", 3, 1 },
    { "a.ply", "ply\nformat ascii 1.0\ncomment made by hand\nelement vertex 4\nproperty float x\nproperty float y\n"
               "property float z\nproperty uchar red\nelement face 1\nproperty list uchar int vertex_index\nend_header\n"
               "0 0 0 9\n1 0 0 9\n1 1 0 9\n0 1 0 9\n4 0 1 2 3\n", 4, 2 },
    { "strips.vtk", "# vtk DataFile Version 2.0\nx\nASCII\nDATASET POLYDATA\nPOINTS 5 float\n0 0 0 1 0 0 0 1 0 1 1 0 0 2 0\n"
                    "TRIANGLE_STRIPS 1 6\n5 0 1 2 3 4\nPOINT_DATA 5\nSCALARS s float 1\nLOOKUP_TABLE default\n1 2 3 4 5\n", 5, 3 },
    { "v5.vtk", "# vtk DataFile Version 5.1\nx\nASCII\nDATASET POLYDATA\nPOINTS 4 double\n0 0 0 1 0 0 1 1 0 0 1 0\n"
                "METADATA\nINFORMATION 0\n\nPOLYGONS 2 4\nOFFSETS vtktypeint64\n0 4 \nCONNECTIVITY vtktypeint64\n0 1 2 3 \n", 4, 2 },
    { "a.vtp", "<?xml version=\"1.0\"?><VTKFile type=\"PolyData\" byte_order=\"LittleEndian\"><PolyData>"
               "<Piece NumberOfPoints=\"3\" NumberOfPolys=\"1\"><Points><DataArray type=\"Float32\" NumberOfComponents=\"3\" "
               "format=\"ascii\">0 0 0 1 0 0 0 1 0</DataArray></Points><Polys><DataArray type=\"Int32\" Name=\"connectivity\" "
               "format=\"ascii\">0 1 2</DataArray><DataArray type=\"Int32\" Name=\"offsets\" format=\"ascii\">3</DataArray>"
               "</Polys></Piece></PolyData></VTKFile>", 3, 1 },
    /* a polygon that is not convex: an L of area 3 */
    { "ell.obj", "v 0 0 0\nv 2 0 0\nv 2 1 0\nv 1 1 0\nv 1 2 0\nv 0 2 0\nf 1 2 3 4 5 6\n", 6, 4 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = write_text (cases[i].name, cases[i].text, -1);
      g_autoptr (GError) error = NULL;
      g_autoptr (WillisSurface) surface = willis_surface_parse (path, &error);

      g_assert_no_error (error);
      g_assert_cmpuint (willis_surface_n_points (surface), ==, cases[i].n_points);
      g_assert_cmpuint (willis_surface_n_triangles (surface), ==, cases[i].n_triangles);
      if (i + 1 == G_N_ELEMENTS (cases))
        g_assert_cmpfloat_with_epsilon (willis_surface_area_mm2 (surface), 3.0, 1e-12);
      g_assert_true (willis_surface_check (surface, &error));
    }
}

static void
test_curves (void)
{
  g_autofree char *vtk = write_text ("c.vtk", "# vtk DataFile Version 3.0\nx\nASCII\nDATASET POLYDATA\nPOINTS 4 float\n"
                                     "0 0 0 1 0 0 1 1 0 0 1 0\nLINES 2 6\n2 0 1\n2 2 3\nPOINT_DATA 4\n"
                                     "FIELD FieldData 1\nMaximumInscribedSphereRadius 1 4 double\n1 2 3 4\n", -1);
  g_autofree char *closed = write_text ("d.vtk", "# vtk DataFile Version 3.0\nx\nASCII\nDATASET POLYDATA\nPOINTS 3 float\n"
                                        "0 0 0 1 0 0 1 1 0\nPOLYGONS 1 4\n3 0 1 2\n", -1);
  g_autofree char *text = write_text ("e.csv", "x,y,z\n0,0,0\n1,0,0\n1,1,0\n0,0,0\n", -1);
  g_autofree double *points = NULL, *radius = NULL, *more = NULL;
  g_autoptr (GArray) lines = NULL;
  GError *error = NULL;
  gsize n;

  points = willis_polyline_read (vtk, &n, &radius, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (n, ==, 4);
  g_assert_nonnull (radius);
  g_assert_cmpfloat (radius[3], ==, 4.0);
  lines = willis_polylines_read (closed, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (lines->len, ==, 1);
  g_assert_true (g_array_index (lines, WillisPolyline, 0).closed);
  more = willis_polyline_read (text, &n, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (n, ==, 4);
  g_assert_null (willis_surface_read (vtk, &error));
  g_assert_error (error, WILLIS_ERROR, WILLIS_ERROR_BAD_FILE);
  g_clear_error (&error);
}

/* Every shorter version of a good file and thousands of damaged ones: read or refused in one line, never a crash, and
 * what is read is sound. */
static void
test_damaged (void)
{
  static const char *const names[] = { "b.stl", "b.ply", "b.obj", "b.vtp", "b.vtk" };
  g_autoptr (WillisSurface) sphere = shape_sphere (0);
  g_autoptr (GRand) rand = g_rand_new_with_seed (7);

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = temp_path (names[i]);
      g_autofree char *text = NULL;
      gsize size;

      g_assert_true (willis_surface_write (sphere, path, NULL));
      g_assert_true (g_file_get_contents (path, &text, &size, NULL));
      for (int k = 0; k < 400; k++)
        {
          g_autofree char *bad = g_memdup2 (text, size);
          gsize length = k < 200 ? (gsize) g_rand_int_range (rand, 0, (gint32) size) : size;
          g_autofree char *bad_path = NULL;
          g_autoptr (GError) error = NULL;
          g_autoptr (WillisSurface) surface = NULL; // parsed here: a crash must show

          for (int m = 0; k >= 200 && m < 3; m++)
            bad[g_rand_int_range (rand, 0, (gint32) size)] = (char) g_rand_int_range (rand, 0, 256);
          bad_path = write_text (names[i], bad, (gssize) length);
          surface = willis_surface_parse (bad_path, &error);
          g_assert_true ((surface == NULL) == (error != NULL));
          if (surface != NULL)
            g_assert_true (willis_surface_check (surface, NULL));
          else
            {
              g_assert_error (error, WILLIS_ERROR, WILLIS_ERROR_BAD_FILE);
              g_assert_nonnull (strstr (error->message, bad_path));
            }
        }
    }
}

static void
test_liars (void)
{
  static const struct
  {
    const char *name, *text;
  } cases[] = {
    { "l.stl", "solid nothing\nendsolid nothing\n" },
    { "empty.ply", "" },
    { "l.txt.stl", "just a text that is long enough to be taken for a binary STL file, eighty-four bytes and some more" },
    { "l.vtk", "# vtk DataFile Version 3.0\nx\nBINARY\nDATASET POLYDATA\nPOINTS 2000000000 double\n0" },
    { "m.vtk", "# vtk DataFile Version 3.0\nx\nASCII\nDATASET POLYDATA\nPOINTS 3 float\n0 0 0 1 0 0 1 1 0\nPOLYGONS 1 4\n3 0 1 7\n" },
    { "n.vtk", "# vtk DataFile Version 3.0\nx\nASCII\nDATASET STRUCTURED_POINTS\nDIMENSIONS 1 1 1\n" },
    { "o.ply", "ply\nformat ascii 1.0\nelement vertex 99999999999999\nproperty float x\nend_header\n" },
    { "p.ply", "ply\nformat ascii 1.0\nelement vertex 2147483647\nproperty float x\nend_header\n1\n" },
    { "q.obj", "v 1 2\n" },
    { "r.obj", "v 0 0 0\nv nan 0 0\nv 0 1 0\nf 1 2 3\n" },
    { "s.vtp", "<VTKFile type=\"ImageData\"/>" },
    { "t.vtp", "<VTKFile type=\"PolyData\" compressor=\"vtkLZ4DataCompressor\"/>" },
    { "u.vtp", "<VTKFile type=\"PolyData\"><PolyData><Piece><Points><DataArray type=\"Float64\" format=\"binary\">"
               "////////</DataArray></Points></Piece></PolyData></VTKFile>" },
    { "v.jpg", "\377\330\377" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = write_text (cases[i].name, cases[i].text, -1);
      g_autoptr (GError) error = NULL;

      g_assert_null (willis_surface_parse (path, &error));
      g_assert_error (error, WILLIS_ERROR, WILLIS_ERROR_BAD_FILE);
      g_assert_nonnull (strstr (error->message, cases[i].name));
    }
}

static void
test_paths (void)
{
  g_autoptr (WillisSurface) sphere = shape_sphere (0);
  g_autofree char *odd = temp_path ("a.docx"), *nowhere = temp_path ("no/such/folder/a.stl");
  GError *error = NULL;

  g_assert_false (willis_surface_write (sphere, odd, &error));
  g_assert_error (error, WILLIS_ERROR, WILLIS_ERROR_USAGE);
  g_clear_error (&error);
  g_assert_false (willis_surface_write (sphere, nowhere, &error));
  g_assert_error (error, WILLIS_ERROR, WILLIS_ERROR_BAD_FILE);
  g_clear_error (&error);
  g_assert_null (willis_surface_read (nowhere, &error));
  g_assert_error (error, WILLIS_ERROR, WILLIS_ERROR_BAD_FILE);
  g_clear_error (&error);
  g_assert_null (willis_surface_read (folder, &error));
  g_assert_error (error, WILLIS_ERROR, WILLIS_ERROR_BAD_FILE);
  g_clear_error (&error);
}

/* Files of other programs, skipped where they are absent: VTP with compressed appended data among them. */
static void
test_shared_files (void)
{
  static const struct
  {
    const char *name;
    gsize least_triangles;
  } cases[] = {
    { "id1_model.vtp", 1000 }, { "id2_model.vtp", 1000 }, { "aneurysm3d_surface.obj", 1000 },
    { "aneurysm_vascular_model.stl", 5000 }, { "carotid-left-lumen.stl", 5000 },
  };
  const char *data = g_getenv ("WILLIS_DATA");
  g_autofree char *root = data != NULL ? g_build_filename (data, "surfaces", NULL)
                                       : g_build_filename (g_getenv ("WILLIS_SOURCE_DIR"), "..", "shared", "data",
                                                           "surfaces", NULL);
  g_autofree char *line_path = g_build_filename (root, "carotid-left-centreline.vtp", NULL);
  g_autofree double *line = NULL, *radius = NULL;
  g_autoptr (GError) error = NULL;
  gsize n;

  if (!g_file_test (root, G_FILE_TEST_IS_DIR))
    {
      g_test_skip ("no shared surfaces");
      return;
    }
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_build_filename (root, cases[i].name, NULL);
      g_autoptr (WillisSurface) surface = willis_surface_parse (path, &error);

      g_assert_no_error (error);
      g_assert_cmpuint (willis_surface_n_triangles (surface), >=, cases[i].least_triangles);
      /* triangles share points: about half as many points as triangles */
      g_assert_cmpuint (willis_surface_n_points (surface), <, willis_surface_n_triangles (surface));
      g_assert_true (willis_surface_check (surface, NULL));
    }
  line = willis_polyline_read (line_path, &n, &radius, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (n, >, 50);
  g_assert_nonnull (radius);
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  folder = g_dir_make_tmp ("willis-surface-XXXXXX", NULL);
  g_test_add_func ("/surface-io/round-trip", test_round_trip);
  g_test_add_func ("/surface-io/foreign-texts", test_foreign_texts);
  g_test_add_func ("/surface-io/curves", test_curves);
  g_test_add_func ("/surface-io/damaged", test_damaged);
  g_test_add_func ("/surface-io/liars", test_liars);
  g_test_add_func ("/surface-io/paths", test_paths);
  g_test_add_func ("/surface-io/shared-files", test_shared_files);
  status = g_test_run ();
  {
    g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
    const char *name;

    while ((name = g_dir_read_name (dir)) != NULL)
      {
        g_autofree char *path = temp_path (name);

        g_unlink (path);
      }
  }
  g_rmdir (folder);
  g_free (folder);
  return status;
}
