/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The way forward: a shaped catheter over its soft wire into the sac, the wire taken out, and where the tip comes to rest.
 *
 * The wire leads along the site's path; the pair is pushed over the last stretch with friction; the wire is then drawn back
 * in stages and taken out, each stage an equilibrium with the wall and with friction that remembers the one before. The roll
 * of the catheter is that of its hub: held at the mouth of the guide.
 */
#include "solver/shaping/mandrel.h"
#include "solver/shaping/site.h"

G_BEGIN_DECLS

/* What a plan fixes. */
typedef struct
{
  WillisTipForm form;      // as bought
  double form_roll;
  gboolean shaped;         // heated over the mandrel
  WillisMandrel mandrel;
  WillisHeating heating;
  double feed_mm;          // pushed beyond the length of the path (negative: less)
} WillisShape;

/* What may be otherwise on the day. */
typedef struct
{
  double set_fraction;     // NAN: the catheter's own
  double friction;         // NAN: the catheter's own
  double stiffness;        // factor
  double feed_mm, roll;    // added
  double surface_mm;       // the wall stands so far outside where it was found
} WillisShapingWorld;

#define WILLIS_SHAPING_WORLD_INIT { NAN, NAN, 1.0, 0.0, 0.0, 0.0 }

typedef struct
{
  double element_mm, step_mm; // of the last 25 mm before the tip; coarser behind
  double wall_stiffness;   // uN / mm2 per length of catheter
  gboolean quick;          // longer elements, the wire drawn back in two stages: for searching
  gboolean from_mouth;     // the pair is pushed all the way from the guide in a corridor about the path, not laid along it
} WillisSeatParams;

/* The wall: 2 N / mm2, stiffer than arteries, so that what gives way is the catheter (some hundredths of a millimetre). */
#define WILLIS_SEAT_PARAMS_INIT { 0.125, 0.5, 2e6, FALSE, FALSE }

/* A place where the wall carries the catheter: neighbouring points taken together. */
typedef struct
{
  double at_mm[3];         // on the catheter's centreline, weighted by force
  double normal[3];        // that the wall pushes along
  double force_un;
  double from_tip_mm;
  gboolean supports;       // it bears against what a coil pushes: on the wall opposite the neck
} WillisShapingContact;

typedef struct
{
  double tip[3], direction[3];
  double error_mm;         // from the target
  double angle;            // from the wanted direction, radians
  double depth_mm;         // of the tip beyond the neck plane
  double clearance_mm;     // from the tip's edge to the wall
  double ahead_mm;         // free way ahead of the tip
  gboolean in_zone, touches_dome;
  double wall_un, most_un; // sum of wall forces, largest contact
  double support_un;       // of the contacts on the wall opposite the neck
  double torque;           // at the hub that holds the roll, uN mm
  double inserted_mm;
  int n_nodes;
  WillisFrame *frames;     // [n_nodes] mouth to tip (owned)
  GArray *contacts;        // WillisShapingContact, or NULL
  GPtrArray *stages;       // GArray of double[3]: centrelines on the way, for playing it; or NULL
} WillisSeat;

void willis_seat_clear (WillisSeat *seat);

/* Where the tip comes to rest. detail: also contacts; play: also the stages. FAILED where no equilibrium is found. */
gboolean willis_shaping_seat (const WillisShapingSite *site, const WillisCatheter *catheter, const WillisShape *shape,
                              const WillisShapingWorld *world, const WillisSeatParams *params, gboolean detail, gboolean play,
                              WillisSeat *out, GError **error);

/* The same, as meant and in brief, for a shape much like one that was seated with these params: follow is that one's
 * trail, keep gets this one's (either may be NULL). */
gboolean willis_shaping_seat_near (const WillisShapingSite *site, const WillisCatheter *catheter,
                                   const WillisShape *shape, const WillisSeatParams *params, const WillisTrail *follow,
                                   WillisTrail *keep, WillisSeat *out, GError **error);

/* What the seated catheter does when it is handled. */
typedef struct
{
  double kick_un;          // force back along the tip's axis at which the tip leaves the sac; most_un where it does not
  gboolean kicked;         // it left within most_un
  double most_un;          // that was tried
  double stiffness_un_mm;  // of the tip against such a force, at first
  double fed_mm[2][3];     // tip after 2 mm of feed back and forth
  double rolled_mm[2][3];  // tip after the hub is turned by -20 and +20 degrees
} WillisHandling;

gboolean willis_shaping_handle (const WillisShapingSite *site, const WillisCatheter *catheter, const WillisShape *shape,
                                const WillisSeatParams *params, WillisHandling *out, GError **error);

G_END_DECLS
