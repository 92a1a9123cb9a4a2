#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Seated catheters by PyElastica and by willis: where the tip of a shaped catheter comes to rest in a lumen, without friction, on three
geometries. PyElastica (Cosserat rods, explicit dynamics) starts from the catheter lying along the lumen's axis with its free curvature
as rest curvature, pressed back by the same wall (2 N/mm2 for each millimetre of catheter, setting in over 0.02 mm), damped until it
rests; with N and 2 N elements, of which the tip is extrapolated (its error falls with the element's length). willis takes the elements
and the wall of its seatings.
usage: compare-elastica-seat.py BENCH_SEAT [N]   (python with the package pyelastica; says so and ends well where it is not there)"""
import json
import math
import subprocess
import sys
import time

try:
    import elastica as ea
    import numpy as np
    from numba import njit
except ImportError:
    print("# pyelastica is not installed: left out")
    sys.exit(0)

EI, GJ, RADIUS = 0.3, 0.21, 0.28           # N mm2, N mm2, mm
ROD = 0.355                                # radius of the solid rod with the EA of a tube of this EI (9.5 N)
AREA, INERTIA = math.pi * ROD ** 2, math.pi * ROD ** 4 / 4
YOUNG, SHEAR = EI / INERTIA, GJ / (2 * INERTIA)
WALL, SKIN = 2.0, 0.02                     # N / mm2, mm

# a bend: middle and length in mm from the tip, kept angle, roll about the catheter in degrees
GEOMETRIES = {
    "straight artery, one bend": dict(major=0.0, lumen=1.5, length=24.0, bends=[(4.6, 5.2, 80, 0)]),
    "straight artery, two bends in different planes": dict(major=0.0, lumen=1.5, length=24.0, bends=[(4.0, 4.0, 60, 0), (12.4, 4.4, 70, 150)]),
    "siphon, a bend out of its plane and one behind": dict(major=8.0, lumen=2.0, length=20.0, bends=[(4.6, 4.8, 75, 90), (13.0, 3.6, 50, 200)]),
}


@njit(cache=False)
def press(x, force, weight, major, lumen):
    for i in range(1, x.shape[1]):
        if major == 0.0:
            vx, vy, vz = 0.0, x[1, i], x[2, i]
        else:  # from the nearest point of the ring's circle about (0, major, 0)
            dx, dy = x[0, i], x[1, i] - major
            s = math.sqrt(dx * dx + dy * dy)
            vx, vy, vz = dx * (1 - major / s), dy * (1 - major / s), x[2, i]
        rho = math.sqrt(vx * vx + vy * vy + vz * vz)
        gap = lumen - RADIUS - rho
        if gap < SKIN:
            p = WALL * ((SKIN - gap) ** 2 / (2 * SKIN) if gap > 0 else 0.5 * SKIN - gap) * weight[i] / rho
            force[0, i] -= p * vx
            force[1, i] -= p * vy
            force[2, i] -= p * vz


class Wall(ea.NoForces):
    def __init__(self, g, n):
        super().__init__()
        h = g["length"] / n
        self.weight = np.full(n + 1, h)
        self.weight[-1] = 0.5 * h + 0.5 * h  # the tip bears with its round cap
        self.major, self.lumen = g["major"], g["lumen"]

    def apply_forces(self, system, time=0.0):
        press(system.position_collection, system.external_forces, self.weight, self.major, self.lumen)


class Simulator(ea.BaseSystemCollection, ea.Constraints, ea.Forcing, ea.Damping):
    pass


def line(g, n, free):
    """Nodes and directors (normal, binormal, tangent) of the lumen's axis, or of the free catheter."""
    h = g["length"] / n
    frame = np.array([[1.0, 0, 0], [0, 1.0, 0], [0, 0, 1.0]])  # tangent, towards the ring's centre, across
    x, nodes, directors = np.zeros(3), [np.zeros(3)], []
    for i in range(n):
        for half in (0, 1):
            s = (i + 0.25 + 0.5 * half) * h
            k = np.array([1 / g["major"] if g["major"] else 0.0, 0.0])
            if free:
                k = np.zeros(2)
                for middle, length, angle, roll in g["bends"]:
                    if abs(g["length"] - s - middle) < length / 2:
                        k += math.radians(angle) / length * np.array([math.cos(math.radians(roll)), math.sin(math.radians(roll))])
            w = (k[0] * frame[2] - k[1] * frame[1]) * h / 2  # turns the tangent towards the second and third axis
            a = np.linalg.norm(w)
            if half == 1:
                directors.append(np.array([frame[1], frame[2], frame[0]]))
                nodes.append(nodes[-1] + h * frame[0])
            if a > 0:
                u = w / a
                frame = np.array([f * math.cos(a) + np.cross(u, f) * math.sin(a) + u * np.dot(u, f) * (1 - math.cos(a)) for f in frame])
    return np.array(nodes).T.copy(), np.array(directors).transpose(1, 2, 0).copy()


def rod_along(g, n, free, density):
    x, q = line(g, n, free)
    return ea.CosseratRod.straight_rod(n, np.zeros(3), q[2, :, 0].copy(), q[0, :, 0].copy(), g["length"], ROD, density, youngs_modulus=YOUNG,
                                       shear_modulus=SHEAR, position=x, directors=q)


def cosserat(g, n):
    density = EI / (1.787 * 24.0 ** 2) ** 2 / AREA  # the slowest motion takes about a second
    h = g["length"] / n
    dt = 0.25 * h / math.sqrt(YOUNG / density)
    sim = Simulator()
    rod = rod_along(g, n, False, density)
    rod.rest_kappa[:] = rod_along(g, n, True, density).kappa
    rod.rest_sigma[:] = 0.0
    sim.append(rod)
    sim.constrain(rod).using(ea.OneEndFixedBC, constrained_position_idx=(0,), constrained_director_idx=(0,))
    sim.add_forcing_to(rod).using(Wall, g, n)
    sim.dampen(rod).using(ea.AnalyticalLinearDamper, damping_constant=6.0, time_step=dt)
    sim.finalize()
    start = time.time()
    ea.integrate(ea.PositionVerlet(), sim, 6.0, int(round(6.0 / dt)), progress_bar=False)
    return rod.position_collection[:, -1].copy(), float(np.abs(rod.velocity_collection).max()), time.time() - start


def main():
    bench, n = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 60
    for title, g in GEOMETRIES.items():
        problem = [g["major"], g["lumen"], RADIUS, g["length"], EI, GJ, YOUNG * AREA, SHEAR * AREA * 27 / 28] + [x for b in g["bends"] for x in b]
        ours = json.loads(subprocess.run([bench] + [str(x) for x in problem], capture_output=True, text=True, check=True).stdout)
        coarse, _, _ = cosserat(g, n)
        fine, moving, seconds = cosserat(g, 2 * n)
        theirs = 2 * fine - coarse
        print(f"{title:48} willis {np.round(ours['tip'], 3)} PyElastica {np.round(theirs, 3)}: apart {math.dist(theirs, ours['tip']):.3f} mm; "
              f"PyElastica's last halving {math.dist(fine, coarse):.3f} mm, still moving at {moving:.0e} mm/s, {seconds:.0f} s; "
              f"willis's halving {math.dist(ours['tip'], ours['fine']):.3f} mm, a wall ten times as stiff {math.dist(ours['tip'], ours['stiff']):.3f} mm",
              flush=True)


main()
