/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Frames, arches, trusses, springs. References: closed forms named at each row; where there is none, the same rod as a
 * boundary value problem of ordinary differential equations (Reissner's), solved apart by collocation or shooting with
 * tolerance 1e-9 to 1e-11. Timoshenko & Gere 1961 for buckling; Langhaar, Boresi & Carver 1954 for the hinged
 * semicircle; Williams 1964 for the toggle.
 */
#include "solver/verify/verify-private.h"

#define CLAMP_START "\"supports\":[{\"at\":\"start\",\"fix\":\"x y z rx ry rz\"}]"
#define PLANE ",\"axis2\":[0,0,1]"

/* Entry nth of limits[]; NULL where there are fewer. */
static const WillisRodState *
limit (const Solved *s, guint nth)
{
  return nth < s->path->limits->len ? s->path->limits->pdata[nth] : NULL;
}

static double
limit_factor (const Solved *s, guint nth)
{
  return limit (s, nth) != NULL ? limit (s, nth)->factor : NAN;
}

/* Two bars of base b and rise h that meet in a hinge: 2 EA (L - l) / L times the slope. */
static void
two_bars (Verify *v)
{
  double b = 10.0, h = 1.0, length = hypot (b, h), most = 0.0, at = 0.0, last, lo, hi;

  for (int arc = 1; arc >= 0; arc--)
    {
      Solved s;

      /* dP / dw = 0 where l^3 = b^2 L */
      last = cbrt (b * b * length);
      at = h - sqrt (last * last - b * b);
      most = 2e3 * (length - last) / length * (h - at) / last;
      s = _willis_verify_solve ("{\"rods\":[{\"id\":\"a\",\"line\":{\"from\":[-10,0,0],\"to\":[0,1,0]},\"elements\":4,"
                                "\"EA\":1e3,\"GA\":1e6,\"GJ\":1e3,\"EI\":1e5},"
                                "{\"id\":\"b\",\"line\":{\"from\":[10,0,0],\"to\":[0,1,0]},\"elements\":4,\"EA\":1e3,"
                                "\"GA\":1e6,\"GJ\":1e3,\"EI\":1e5}],"
                                "\"joints\":[{\"rods\":[\"a\",\"b\"],\"ends\":[\"end\",\"end\"],\"type\":\"hinge\"}],"
                                "\"supports\":[{\"rod\":\"a\",\"at\":\"start\","
                                "\"fix\":\"x y z rx ry\"},{\"rod\":\"b\",\"at\":\"start\",\"fix\":\"x y z rx "
                                "ry\"}],\"loads\":[{\"rod\":\"a\",\"at\":\"end\","
                                "\"force\":[0,-1,0]}],\"monitor\":[{\"rod\":\"a\",\"at\":\"end\"}],\"path\":{\"type\":"
                                "\"%s\",\"steps\":%d,\"max_factor\":%.17g}}",
                                arc ? "arc" : "load", arc ? 20 : 3, 1.5 * most);
      _willis_verify_add (v, arc ? "two bars: upper limit load, arc" : "two bars: upper limit load, load steps",
                          limit_factor (&s, 0), most, 1e-6 * most, "4 elements a bar");
      if (arc)
        _willis_verify_add (v, "two bars: lower limit load", limit_factor (&s, 1), -most, 1e-6 * most,
                            "4 elements a bar");
      else
        {
          /* beyond the snap both bars are pulled */
          lo = 2.0 * h;
          hi = 6.0 * h;
          for (int i = 0; i < 200; i++)
            {
              double w = 0.5 * (lo + hi), l = hypot (b, h - w);

              if (2e3 * (length - l) / length * (h - w) / l < 1.5 * most)
                lo = w;
              else
                hi = w;
            }
          _willis_verify_add (v, "two bars: down after the snap, at 1.5 times that load, mm",
                              h - _willis_verify_end (&s)[1], lo, 1e-6, "4 elements a bar");
          _willis_verify_add (v, "two bars: the snap is recorded (1 where so)",
                              limit (&s, 0) != NULL && limit (&s, 0)->snapped, 1.0, 0.0, "4 elements a bar");
        }
      _willis_verify_clear (&s);
    }
}

/* Williams's toggle: two clamped beams that meet at a blunt angle; limit points 0.16 mm of 26 apart. */
static void
toggle (Verify *v)
{
  for (int arc = 1; arc >= 0; arc--)
    {
      Solved s = _willis_verify_solve (
          "{\"rods\":[{\"id\":\"a\",\"line\":{\"from\":[-12.943,0,0],\"to\":[0,0.386,0]},\"elements\":20,\"EA\":1."
          "885e6,\"GA\":1e9,\"GJ\":1e6,"
          "\"EI\":[9274,1e9]" PLANE
          "},{\"id\":\"b\",\"line\":{\"from\":[0,0.386,0],\"to\":[12.943,0,0]},\"elements\":20,\"EA\":1.885e6,"
          "\"GA\":1e9,\"GJ\":1e6,\"EI\":[9274,1e9]" PLANE
          "}],\"joints\":[{\"rods\":[\"a\",\"b\"],\"ends\":[\"end\",\"start\"],\"type\":"
          "\"rigid\"}],\"supports\":[{\"rod\":\"a\",\"at\":\"start\",\"fix\":\"x y z rx ry "
          "rz\"},{\"rod\":\"b\",\"at\":\"end\",\"fix\":"
          "\"x y z rx ry "
          "rz\"}],\"loads\":[{\"rod\":\"a\",\"at\":\"end\",\"force\":[0,-1,0]}],\"path\":{\"type\":\"%s\",\"steps\":%d,"
          "\"max_factor\":80}}",
          arc ? "arc" : "load", arc ? 10 : 2);

      _willis_verify_add (v, arc ? "toggle: upper limit load, arc" : "toggle: upper limit load, two load steps",
                          limit_factor (&s, 0), 33.87179, 1e-3, "20 + 20 elements");
      if (arc)
        _willis_verify_add (v, "toggle: lower limit load", limit_factor (&s, 1), 31.27998, 1e-3, "20 + 20 elements");
      _willis_verify_clear (&s);
    }
}

static void
arches (Verify *v)
{
  static const char *const ends[] = { "x y z rx ry", "x y z rx ry rz" };
  static const char *const quantities[]
      = { "hinged semicircle: first branching, P R2 / EI", "clamped semicircle: limit load, P R2 / EI" };
  static const double exact[] = { 5.86, 10.45699 };

  for (int k = 0; k < 2; k++)
    {
      Solved s = _willis_verify_solve ("{\"rods\":[{\"arc\":{\"start\":[-100,0,0],\"tangent\":[0,1,0],\"normal\":[1,0,"
                                       "0],\"radius\":100,\"angle_deg\":180},\"elements\":"
                                       "100,\"EA\":1e9,\"GA\":1e9,\"GJ\":1e9,\"EI\":[1e6,1e10]" PLANE
                                       "}],\"supports\":[{\"at\":\"start\",\"fix\":\"%s\"},{\"at\":\"end\","
                                       "\"fix\":\"%s\"}],\"loads\":[{\"at\":%.17g,\"force\":[0,-100,0]}],\"path\":{"
                                       "\"type\":\"arc\",\"steps\":40,\"max_factor\":15,"
                                       "\"stop_after_limits\":1}}",
                                       ends[k], ends[k], 50.0 * M_PI);

      /* the published number has three digits */
      _willis_verify_add (v, quantities[k], limit_factor (&s, 0), exact[k], k == 0 ? 5e-3 : 1e-3, "100 elements");
      _willis_verify_clear (&s);
    }
  for (int steps = 1; steps <= 20; steps *= 20)
    {
      double a = M_PI / 12.0;
      Solved s = _willis_verify_solve (
          "{\"rods\":[{\"arc\":{\"start\":[%.17g,%.17g,0],\"tangent\":[%.17g,%.17g,0],\"normal\":[%.17g,%.17g,0],"
          "\"radius\":100,"
          "\"angle_deg\":30},\"elements\":80,\"EA\":1e5,\"GA\":1e5,\"GJ\":1e9,\"EI\":[2e4,1e10]" PLANE
          "}],\"supports\":[{\"at\":\"start\","
          "\"fix\":\"x y z rx ry rz\"},{\"at\":\"end\",\"fix\":\"x y z rx ry "
          "rz\"}],\"loads\":[{\"at\":%.17g,\"force\":[0,-1,0]}],\"path\":"
          "{\"type\":\"%s\",\"steps\":%d,\"max_factor\":%d}}",
          -100.0 * sin (a), 100.0 * cos (a), cos (a), sin (a), sin (a), -cos (a), 100.0 * a,
          steps == 1 ? "arc" : "load", steps, steps == 1 ? 4000 : 200);

      if (steps == 1)
        {
          _willis_verify_add (v, "shallow clamped arch: upper limit load, arc begun with a step of 48 times it",
                              limit_factor (&s, 0), 83.99953, 1e-2, "80 elements");
          _willis_verify_add (v, "shallow clamped arch: lower limit load", limit_factor (&s, 1), 67.63068, 1e-2,
                              "80 elements");
        }
      else
        _willis_verify_add (v, "shallow clamped arch: upper limit load, load steps", limit_factor (&s, 0), 83.99953,
                            1e-2, "80 elements");
      _willis_verify_clear (&s);
    }
}

void
_willis_verify_snap (Verify *v)
{
  two_bars (v);
  toggle (v);
  arches (v);
}

/* First branching of a straight rod of unit length with the given section, ends and loads. */
static void
branching (Verify *v, const char *quantity, const char *section, const char *rest, double exact, double tolerance)
{
  Solved s = _willis_verify_solve (
      "{\"rods\":[{\"line\":{\"from\":[0,0,0],\"to\":[1,0,0]},\"elements\":60,\"EA\":1e8,\"GA\":1e8,\"GJ\":1,%s}],%s}",
      section, rest);

  _willis_verify_add (v, quantity, limit_factor (&s, 0), exact, tolerance * exact, "60 elements");
  _willis_verify_clear (&s);
}

void
_willis_verify_buckling (Verify *v)
{
#define ROUND "\"EI\":1"
#define TWO "\"EI\":[1,1.5],\"axis2\":[0,1,0]"
#define NARROW "\"EI\":[1e5,1]" PLANE
#define ENDS(a, b) "\"supports\":[{\"at\":\"start\",\"fix\":\"" a "\"},{\"at\":\"end\",\"fix\":\"" b "\"}],"
#define THRUST "\"loads\":[{\"at\":\"end\",\"force\":[-9.869604401089358,0,0]}],\"path\":{\"steps\":8,\"max_factor\":5}"
#define DOWN "\"loads\":[{\"at\":0.5,\"force\":[0,-1,0]}],\"path\":{\"steps\":10,\"max_factor\":40}"
#define SPREAD(n) "\"distributed\":[{\"force_per_mm\":[0,-1,0]}],\"path\":{\"steps\":10,\"max_factor\":" n "}"
  branching (v, "Euler, clamped and free, over pi2 EI / L2", TWO, CLAMP_START "," THRUST, 0.25, 1e-6);
  branching (v, "Euler, clamped and hinged", TWO, ENDS ("x y z rx ry rz", "y z") THRUST, 2.045748, 1e-5);
  branching (v, "Euler, clamped both ends", TWO, ENDS ("x y z rx ry rz", "y z rx ry rz") THRUST, 4.0, 1e-5);
  branching (v, "twist alone, hinged: M L / EI", ROUND,
             ENDS ("x y z rx",
                   "y z") "\"loads\":[{\"at\":\"end\",\"moment\":[1,0,0]}],\"path\":{\"steps\":10,\"max_factor\":8}",
             2.0 * M_PI, 1e-5);
  branching (
      v, "twist alone, clamped: M L / EI", ROUND,
      ENDS ("x y z rx ry rz",
            "y z ry rz") "\"loads\":[{\"at\":\"end\",\"moment\":[1,0,0]}],\"path\":{\"steps\":10,\"max_factor\":12}",
      8.986819, 1e-5);
  branching (v, "column under its own weight, q L3 / EI", TWO,
             CLAMP_START ",\"distributed\":[{\"force_per_mm\":[-1,0,0]}],\"path\":{\"steps\":8,\"max_factor\":9}",
             7.837347, 1e-5);
  branching (v, "narrow beam on forks, load in the middle, over sqrt (EI GJ) / L2", NARROW,
             ENDS ("x y z rx", "y z rx") DOWN, 16.94, 1e-3);
  branching (v, "the same, ends held against turning sideways", NARROW, ENDS ("x y z rx ry", "y z rx ry") DOWN, 25.9,
             2e-3);
  branching (v, "narrow beam on forks, even load, over sqrt (EI GJ) / L3", NARROW,
             ENDS ("x y z rx", "y z rx") SPREAD ("35"), 28.3, 2e-3);
  branching (v, "narrow cantilever, even load", NARROW, CLAMP_START "," SPREAD ("15"), 12.85, 2e-3);
  branching (v, "narrow beam on forks, end moments, over sqrt (EI GJ) / L", NARROW,
             ENDS ("x y z rx", "y z rx") "\"loads\":[{\"at\":\"end\",\"moment\":[0,0,1]},{\"at\":\"start\",\"moment\":["
                                         "0,0,-1]}],\"path\":{\"steps\":10,\"max_factor\":6}",
             M_PI, 1e-3);
  {
    /* Beck's column loses its stability by flutter (20.05 EI / L2), never by another equilibrium */
    Solved s = _willis_verify_solve ("{\"rods\":[{\"line\":{\"from\":[0,0,0],\"to\":[1,0,0]},\"elements\":40,\"EA\":"
                                     "1e8,\"GA\":1e8,\"GJ\":1,\"EI\":1}]," CLAMP_START
                                     ",\"loads\":[{\"at\":\"end\",\"force\":[-1,0,0],\"follower\":true}],\"path\":{"
                                     "\"steps\":20,\"max_factor\":60}}");

    _willis_verify_add (v, "column with a thrust that follows it: branchings up to 60 EI / L2", s.path->limits->len,
                        0.0, 0.0, "40 elements");
    _willis_verify_clear (&s);
  }
}

/* Reaction number nth: component k of force (k < 3) or moment. */
static double
reaction (const Solved *s, guint nth, int k)
{
  double f[6];

  willis_rod_problem_reaction (s->problem, s->path, nth, f, f + 3);
  return f[k];
}

static void
small_loads (Verify *v)
{
  double h = 10.0, k = 200.0 / 15.0 / (100.0 / h), side = 1e-4, w = 1e-5;
  Solved s = _willis_verify_solve (
      "{\"rods\":[{\"id\":\"a\",\"line\":{\"from\":[0,0,0],\"to\":[0,10,0]},\"elements\":10,\"EA\":1e9,\"GA\":1e9,"
      "\"GJ\":100,\"EI\":100},"
      "{\"id\":\"b\",\"line\":{\"from\":[0,10,0],\"to\":[15,10,0]},\"elements\":10,\"EA\":1e9,\"GA\":1e9,\"GJ\":100,"
      "\"EI\":200},{\"id\":\"c\","
      "\"line\":{\"from\":[15,0,0],\"to\":[15,10,0]},\"elements\":10,\"EA\":1e9,\"GA\":1e9,\"GJ\":100,\"EI\":100}],"
      "\"joints\":[{\"rods\":[\"a\","
      "\"b\"],\"ends\":[\"end\",\"start\"],\"type\":\"rigid\"},{\"rods\":[\"b\",\"c\"],\"ends\":[\"end\",\"end\"],"
      "\"type\":\"rigid\"}],"
      "\"supports\":[{\"rod\":\"a\",\"at\":\"start\",\"fix\":\"x y z rx ry "
      "rz\"},{\"rod\":\"c\",\"at\":\"start\",\"fix\":\"x y z rx ry rz\"}],"
      "\"loads\":[{\"rod\":\"b\",\"at\":\"start\",\"force\":[1e-4,0,0]}],\"path\":{\"steps\":1}}");
  double sway = side * h * h * h / 1200.0 * (3.0 * k + 2.0) / (6.0 * k + 1.0),
         foot = 0.5 * side * h * (3.0 * k + 1.0) / (6.0 * k + 1.0);

  _willis_verify_add (v, "portal frame: sway, mm", s.path->last->frames[10].r[0], sway, 1e-6 * sway,
                      "10 elements a side");
  _willis_verify_add (v, "portal frame: moment at the foot, N mm", reaction (&s, 0, 5), foot, 1e-5 * foot,
                      "10 elements a side");
  _willis_verify_add (v, "portal frame: feet together, N", reaction (&s, 0, 0) + reaction (&s, 1, 0), -side, 1e-10,
                      "10 elements a side");
  _willis_verify_clear (&s);
  s = _willis_verify_solve ("{\"rods\":[{\"line\":{\"from\":[0,0,0],\"to\":[2,0,0]},\"elements\":40,\"EA\":1e6,\"GA\":"
                            "1e6,\"GJ\":1,\"EI\":1}],"
                            "\"supports\":[{\"at\":\"start\",\"fix\":\"x y z rx\"},{\"at\":1,\"fix\":\"y "
                            "z\"},{\"at\":\"end\",\"fix\":\"y z\"}],"
                            "\"distributed\":[{\"force_per_mm\":[0,-1e-5,0]}],\"path\":{\"steps\":1}}");
  _willis_verify_add (v, "beam over two spans: middle support over q L", reaction (&s, 1, 1) / w, 1.25, 1e-5,
                      "40 elements");
  _willis_verify_clear (&s);
  s = _willis_verify_solve (
      "{\"rods\":[{\"arc\":{\"start\":[0,0,0],\"tangent\":[1,0,0],\"normal\":[0,1,0],\"radius\":1,\"angle_deg\":90},"
      "\"elements\":80,\"EA\":1e8,\"GA\":1e8,\"GJ\":0.7,\"EI\":1}]," CLAMP_START
      ",\"loads\":[{\"at\":\"end\",\"force\":[0,0,1e-6]}],\"path\":{\"steps\":1}}");
  _willis_verify_add (v, "quarter circle loaded across its plane, over P R3 / EI", _willis_verify_end (&s)[2] / 1e-6,
                      0.25 * M_PI + (0.75 * M_PI - 2.0) / 0.7, 1e-4, "80 elements");
  _willis_verify_clear (&s);
}

/* A helical spring of six turns at 8 degrees with stiff arms to its axis: F R2 L (cos2 / GJ + sin2 / EI). */
static double
spring (int per_turn)
{
  double radius = 5.0, a = 8.0 * M_PI / 180.0, pull = 1e-3, length = 12.0 * M_PI * radius / cos (a),
         top = 12.0 * M_PI * radius * tan (a), moved;
  g_autoptr (GString) points = g_string_new (NULL);
  Solved s;

  for (int i = 0; i <= 6 * per_turn; i++)
    {
      double t = 2.0 * M_PI * i / per_turn;

      g_string_append_printf (points, "%s[%.17g,%.17g,%.17g]", i > 0 ? "," : "", radius * cos (t), radius * sin (t),
                              radius * tan (a) * t);
    }
  s = _willis_verify_solve (
      "{\"rods\":[{\"id\":\"h\",\"points\":[%s],\"elements\":%d,\"EA\":1e7,\"GA\":1e7,\"GJ\":80,\"EI\":100},{\"id\":"
      "\"a\",\"line\":{\"from\":[0,0,0],"
      "\"to\":[5,0,0]},\"elements\":2,\"EA\":1e9,\"GA\":1e9,\"GJ\":1e8,\"EI\":1e8},{\"id\":\"b\",\"line\":{\"from\":[5,"
      "0,%.17g],\"to\":[0,0,%.17g]},"
      "\"elements\":2,\"EA\":1e9,\"GA\":1e9,\"GJ\":1e8,\"EI\":1e8}],\"joints\":[{\"rods\":[\"a\",\"h\"],\"ends\":["
      "\"end\",\"start\"],\"type\":\"rigid\"},"
      "{\"rods\":[\"h\",\"b\"],\"ends\":[\"end\",\"start\"],\"type\":\"rigid\"}],\"supports\":[{\"rod\":\"a\",\"at\":"
      "\"start\",\"fix\":"
      "\"x y z rx ry rz\"}],\"loads\":[{\"rod\":\"b\",\"at\":\"end\",\"force\":[0,0,1e-3]}],\"path\":{\"steps\":1}}",
      points->str, 6 * per_turn, top, top);
  moved = _willis_verify_end (&s)[2] - top;
  _willis_verify_clear (&s);
  return moved / (pull * radius * radius * length * (cos (a) * cos (a) / 80.0 + sin (a) * sin (a) / 100.0));
}

void
_willis_verify_frames (Verify *v)
{
  Solved s;
  double errors[3];

  small_loads (v);
  for (int k = 0; k < 3; k++)
    errors[k] = spring (12 << k) - 1.0;
  {
    WillisVerifyRow *row = _willis_verify_add (v, "helical spring: stretch over the closed form", 1.0 + errors[2], 1.0,
                                               2e-3, "48 elements a turn");

    row->order = _willis_verify_order (errors);
    row->least_order = 1.8;
  }
  s = _willis_verify_solve (
      "{\"rods\":[{\"line\":{\"from\":[0,0,0],\"to\":[1,0,0]},\"elements\":60,\"EA\":1e6,\"GA\":1e6,\"GJ\":1,\"EI\":1}]"
      "," CLAMP_START ",\"loads\":[{\"at\":\"end\",\"force\":[0,20,0],\"follower\":true}],\"path\":{\"steps\":20}}");
  _willis_verify_add (v, "cantilever, force 20 EI / L2 that follows the tip: x / L", _willis_verify_end (&s)[0],
                      .27570438, 1e-6, "60 elements");
  _willis_verify_add (v, "the same: y / L", _willis_verify_end (&s)[1], .33013850, 1e-6, "60 elements");
  _willis_verify_clear (&s);
  s = _willis_verify_solve ("{\"rods\":[{\"arc\":{\"start\":[0,0,0],\"tangent\":[0,1,0],\"normal\":[-1,0,0],\"radius\":"
                            "1,\"angle_deg\":90},\"elements\":40,\"EA\":1e7,"
                            "\"GA\":1e7,\"GJ\":1,\"EI\":1}],\"supports\":[{\"at\":\"start\",\"fix\":\"y z rx ry "
                            "rz\"},{\"at\":\"end\",\"fix\":\"x z rx ry rz\"}],"
                            "\"loads\":[{\"at\":\"end\",\"force\":[0,5,0]}],\"path\":{\"steps\":10}}");
  _willis_verify_add (v, "ring pulled at two points, 10 EI / R2: half its height over R",
                      _willis_verify_end (&s)[1] - s.path->last->frames[0].r[1], 1.3121097, 3e-6,
                      "40 elements a quarter");
  _willis_verify_clear (&s);
}
