/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The device catalogue: microcatheters, guiding catheters, wires, stents, flow diverters, intrasaccular devices and
 * coils. The rows stand in data/catalogue (one file a maker, compiled into the program); a person's own files in
 * $XDG_DATA_HOME/willis/catalogue are read after them, and a group there replaces the group of the same name.
 * README.md says how the files are written. Lengths are millimetres here whatever unit the file uses.
 */
#include "core/base/i18n.h"

G_BEGIN_DECLS

typedef enum
{
  WILLIS_DEVICE_MICROCATHETER,
  WILLIS_DEVICE_GUIDE, // guiding and intermediate catheters
  WILLIS_DEVICE_WIRE,
  WILLIS_DEVICE_LASER_STENT,
  WILLIS_DEVICE_BRAIDED_STENT,
  WILLIS_DEVICE_FLOW_DIVERTER,
  WILLIS_DEVICE_INTRASACCULAR,
  WILLIS_DEVICE_COIL,
  WILLIS_N_DEVICE_TYPES
} WillisDeviceType;

typedef struct
{
  double *v;
  gsize n;
} WillisValues;

/* One device of one size. Numbers that the row does not give are NAN, texts NULL, lists empty. */
typedef struct
{
  char *id;     // unique: the group's name, with "x" and the size where a group holds several sizes
  char *family; // the group's name
  char *name, *manufacturer;
  WillisDeviceType type;
  char *source, *date, *note; // where the row is from, ISO 8601
  char **assumed;             // keys (without unit) whose values are estimates; NULL-terminated, never NULL
  gboolean user;              // from a file of the user's own
  char *file;
  int line;                   // of the group's head in file

  /* tubes and wires; stiffness from the tip on */
  double outer_proximal_mm, outer_distal_mm, inner_mm;
  WillisValues lengths_mm;    // all lengths that the row offers
  char **tip_forms;           // "straight", "45", "90", "J"
  char *role;                 // guide, intermediate; framing, filling, finishing
  WillisValues stiffness_at_mm, stiffness_ei_n_mm2;
  double set_fraction, set_fraction_sd; // curvature kept after shaping over curvature of the mandrel
  double set_loss_per_pass;             // fraction of the set lost with each pass of a wire
  double friction;

  /* implants */
  double length_mm;           // of this size, at the label diameter (laser-cut: crimped and deployed)
  double working_length_mm, free_length_mm;
  double label_diameter_mm, free_diameter_mm;
  double label_angle_deg;     // of the wires to the axis, at the label diameter
  double label_slack_mm;      // by how much the label may differ from the table
  double end_inset_mm;        // each end that does not count as working length, at any diameter
  double vessel_min_mm, vessel_max_mm, landing_min_mm, landing_spread_max_mm;
  double wires, wire_diameter_mm, young_gpa, poisson;
  WillisValues table_diameter_mm, table_length_mm; // as printed: length in a vessel of this diameter
  WillisValues family_lengths_mm, family_free_lengths_mm; // of all sizes of this group
  double catheter_inner_min_mm, catheter_inner_max_mm;    // microcatheter the device goes through
  char *cells;                // closed, open, hybrid, closed-slit
  double crowns, strut_width_mm, row_length_mm, connectors, foreshortening, coverage;
  double cover_min, cover_max; // metal cover of the braid as published, fractions
  char *shape;                // web-sl, web-sls, contour, neqstent
  double diameter_mm, height_mm, width_min_mm, width_max_mm, neck_min_mm, neck_max_mm;
  double height_lead_mm;      // by how much the device is lower than the sac
  char *form;                 // complex, helix
  double primary_diameter_mm, secondary_diameter_mm;
} WillisDevice;

typedef struct _WillisCatalogue WillisCatalogue;

/* The compiled-in catalogue and, where user is TRUE, the files in $XDG_DATA_HOME/willis/catalogue. Errors
 * (WILLIS_ERROR_BAD_FILE) name file, line and reason. Immutable, reference counted. */
WillisCatalogue *willis_catalogue_load (gboolean user, GError **error);

/* The same of one text, for checks; name stands in messages. */
WillisCatalogue *willis_catalogue_parse (const char *text, const char *name, GError **error);

WillisCatalogue *willis_catalogue_ref (WillisCatalogue *catalogue);
void willis_catalogue_unref (WillisCatalogue *catalogue);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WillisCatalogue, willis_catalogue_unref)

gsize willis_catalogue_n (const WillisCatalogue *catalogue);
const WillisDevice *willis_catalogue_device (const WillisCatalogue *catalogue, gsize n);

/* NULL where no device has this id. */
const WillisDevice *willis_catalogue_find (const WillisCatalogue *catalogue, const char *id);

/* The folder of the user's own files (new); it need not exist. */
char *willis_catalogue_user_folder (void);

const char *willis_device_type_name (WillisDeviceType type);  // "flow-diverter", as in files
const char *willis_device_type_label (WillisDeviceType type); // for people, to translate
gboolean willis_device_type_find (const char *name, WillisDeviceType *type);

/* What a coil is for, in words to translate: "framing", "filling", "finishing"; a dash for any other
 * role, NULL too. */
const char *willis_coil_role_label (const char *role);

/* Where a device's numbers are from, in the language of translate (NULL: the program's); addresses and titles stay as
 * they are (new). */
char *willis_device_source (const WillisDevice *device, WillisTranslate translate, gconstpointer data);

/* Whether the value of a key (without unit, "wire_diameter") is marked as an assumption. */
gboolean willis_device_assumes (const WillisDevice *device, const char *key);

/* Whether the metal cover that is computed for an implant rests on assumptions about its wires or struts. */
gboolean willis_device_assumes_cover (const WillisDevice *device);

/* Whether inner goes through outer: wire or implant through a microcatheter, microcatheter or wire through a guide, guide
 * through guide. reason (new, may be NULL): one sentence for a person, also where it fits. */
gboolean willis_device_fits (const WillisDevice *inner, const WillisDevice *outer, char **reason);

G_END_DECLS
