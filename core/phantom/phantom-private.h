/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * What a phantom is made of, as read from its description. Everything in anatomy coordinates (LPS mm before
 * the rigid motion) unless a name says otherwise.
 */
#include "core/mesh/sdf.h"
#include "core/phantom/phantom.h"

/* A tube of linearly varying radius between two points. */
typedef struct
{
  double a[3], b[3];
  double ra, rb;
  int group; // tubes of one group are united without a fillet
} PhantomCapsule;

typedef struct
{
  char *id;
  GArray *points;  // of double[4]: x, y, z, radius; about 0.25 mm apart
  gboolean artery; // else a vein
  double hu;
} PhantomVessel;

typedef struct
{
  double centre[3], radius; // in anatomy coordinates
  double height;            // of the tip above the sac's ellipsoid
} PhantomBleb;

typedef struct
{
  char *id, *parent;
  char *kind;        // "sidewall" or "bifurcation"
  double base[3];    // point of the parent's centreline that the sac stands on
  double axis[3];    // unit, out of the parent
  double neck_at_mm; // height of the neck plane above base
  double height_mm, width_mm, neck_mm;
  double centre[3]; // of the ellipsoid
  double semi[2];   // semi-axes across and along the axis
  GArray *blebs;    // of PhantomBleb
} PhantomSac;

typedef enum
{
  PHANTOM_BONE_TUBE,
  PHANTOM_BONE_ELLIPSOID,
  PHANTOM_BONE_SHELL,
} PhantomBoneKind;

typedef struct
{
  PhantomBoneKind kind;
  double centre[3], radii[3], thickness;
  GArray *capsules; // of PhantomCapsule, for tubes
  double box[6];    // of the bone and PHANTOM_FAR_MM around it
  double hu;
  double gap_mm; // arteries keep this distance from it
} PhantomBone;

typedef struct
{
  double centre[3], radius, hu;
} PhantomPlaque;

/* An ellipsoid of other tissue inside the head: a cistern, air in a sinus. */
typedef struct
{
  double centre[3], radii[3], hu;
} PhantomPatch;

struct _WillisPhantom
{
  char *folder; // of the description
  char *name, *description;
  guint64 seed;
  WillisGrid grid;
  double psf_sigma_mm[2]; // in the slice, across slices
  double slice_mm;        // slices average over this thickness besides (a box)
  double sharpness;       // part of a wider Gaussian taken off in the slice: edges overshoot, as with sharp kernels
  double noise_hu, noise_sigma_mm;
  double lumen_hu, brain_hu, blend_mm, texture_hu;
  double rotation[9], translation_mm[3], pivot[3]; // scan point = rotation (anatomy - pivot) + pivot + translation
  double jolt_z_mm, jolt_mm[3]; // what the scan shows above z is moved by this besides: the head moved while it was scanned
  GPtrArray *vessels;                              // of PhantomVessel
  GPtrArray *lumens;                               // of WillisSdf: arteries given as surfaces
  GPtrArray *sacs;                                 // of PhantomSac
  GPtrArray *bones;                                // of PhantomBone
  GArray *plaques;                                 // of PhantomPlaque
  GArray *patches;                                 // of PhantomPatch
  struct _PhantomField *field;                     // built once
};

/* The smooth implicit functions: negative inside, about a distance in millimetres near the surface. */
typedef struct _PhantomField PhantomField;

PhantomField *phantom_field_new (const WillisPhantom *phantom);
void phantom_field_free (PhantomField *field);

/* Values farther than this from a surface are not resolved. */
#define PHANTOM_FAR_MM 3.5

double phantom_field_artery (const PhantomField *field, const double x[3]);  // with the sacs
double phantom_field_vessels (const PhantomField *field, const double x[3]); // drawn arteries without the sacs
double phantom_field_sac (const PhantomSac *sac, const double x[3]);         // one sac alone
double phantom_field_vein (const PhantomField *field, const double x[3], double *hu);
double phantom_field_bone (const PhantomField *field, const double x[3], double artery_mm, double *hu);
double phantom_field_plaque (const PhantomField *field, const double x[3], double *hu);
double phantom_tissue_hu (const WillisPhantom *phantom, const double x[3]);

/* The scan's values before noise ([k][j][i], to be freed with free), and the scan of such values with the phantom's
 * noise: for many scans of which little changes. */
float *phantom_scan_clean (const WillisPhantom *phantom, const WillisProgress *progress, GError **error);
WillisVolume *phantom_scan_noisy (const WillisPhantom *phantom, const float *clean, GError **error);

/* The matrix of a specification's rotation_deg: about x, then y, then z. */
void phantom_rotation (const double deg[3], double out[9]);

void phantom_to_scan (const WillisPhantom *phantom, const double anatomy[3], double scan[3]);
void phantom_to_anatomy (const WillisPhantom *phantom, const double scan[3], double anatomy[3]);

/* Sets where the neck is (smallest section across the axis near the parent's wall) and what follows. */
void phantom_sac_place (const WillisPhantom *phantom, PhantomSac *sac, double parent_radius_mm);

/* The true measures of a sac, from the implicit function alone (no mesh code of the product). */
typedef struct
{
  double neck_centre[3], neck_normal[3]; // scan coordinates
  double volume_mm3, area_mm2, ostium_area_mm2, neck_diameter_mm;
  double height_mm, max_height_mm, width_mm, size_mm;
  double seen_mm;         // largest extent of what is seen from deep in the sac, in arteries that touch it, too
  double dome[3];         // a point deep in the sac, scan coordinates
  GArray *neck_curve;     // of double[3], scan coordinates
  gboolean artery_beyond; // an artery runs on in the sac beyond the neck
  gboolean parted;        // a plane parts the sac from its arteries: none runs on in it or opens into its side
} PhantomSacTruth;

PhantomSacTruth *phantom_sac_truth (const WillisPhantom *phantom, const PhantomSac *sac);
void phantom_sac_truth_free (PhantomSacTruth *truth);
