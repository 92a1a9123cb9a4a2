#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Two rod problems by PyElastica (explicit Cosserat dynamics, damped until it rests) and by willis: errors against a fine mesh of
willis's own and times, side by side. willis takes the fewest elements whose error is no larger than PyElastica's. "to solve": without the start of a process (the time of
one that solves next to nothing), at least a millisecond.
usage: compare-elastica.py WILLIS   (python with the package pyelastica; says so and ends well where it is not there)"""
import json
import math
import os
import subprocess
import sys
import tempfile
import time

try:
    import elastica as ea
    import numpy as np
except ImportError:
    print("# pyelastica is not installed: left out")
    sys.exit(0)

WILLIS = sys.argv[1]
LENGTH, RADIUS, YOUNG, DENSITY, N = 1.0, 0.05, 1e6, 1000.0, 20
DT, SECONDS, DAMPING = 4e-4, 12.0, 1.2


class Simulator(ea.BaseSystemCollection, ea.Constraints, ea.Forcing, ea.Damping):
    pass


def cosserat(force, curvature):
    """Tip where the rod rests, stiffnesses that PyElastica uses, seconds of its integration (compiled beforehand)."""
    seconds = 0.0
    for end in (10 * DT, SECONDS):
        sim = Simulator()
        rod = ea.CosseratRod.straight_rod(N, np.zeros(3), np.array([1.0, 0, 0]), np.array([0, 0, 1.0]), LENGTH, RADIUS, DENSITY,
                                          youngs_modulus=YOUNG, shear_modulus=YOUNG / 3)
        # bending about the normal z: towards +y
        rod.rest_kappa[0, :] = curvature
        sim.append(rod)
        sim.constrain(rod).using(ea.OneEndFixedBC, constrained_position_idx=(0,), constrained_director_idx=(0,))
        sim.add_forcing_to(rod).using(ea.EndpointForces, np.zeros(3), np.array(force), ramp_up_time=2.0)
        sim.dampen(rod).using(ea.AnalyticalLinearDamper, damping_constant=DAMPING, time_step=DT)
        sim.finalize()
        start = time.time()
        ea.integrate(ea.PositionVerlet(), sim, end, int(round(end / DT)), progress_bar=False)
        seconds = time.time() - start
    area = math.pi * RADIUS ** 2
    inertia = area ** 2 / (4 * math.pi)
    shear = float(rod.shear_matrix[0, 0, 0])
    twist = float(rod.bend_matrix[2, 2, 0])
    moving = float(np.abs(rod.velocity_collection).max())
    return [float(x) for x in rod.position_collection[:, -1]], (YOUNG * area, shear, twist, YOUNG * inertia), seconds, moving


def willis(folder, force, curvature, stiffness, elements):
    ea_, ga, gj, ei = stiffness
    rod = {"elements": elements, "EA": ea_, "GA": ga, "GJ": gj, "EI": ei}
    if curvature:
        rod["arc"] = {"start": [0, 0, 0], "tangent": [1, 0, 0], "normal": [0, math.copysign(1, curvature), 0],
                      "radius": 1 / abs(curvature), "angle_deg": math.degrees(abs(curvature) * LENGTH)}
    else:
        rod["line"] = {"from": [0, 0, 0], "to": [LENGTH, 0, 0]}
    problem = {"rods": [rod], "supports": [{"at": "start", "fix": ["x", "y", "z", "rx", "ry", "rz"]}],
               "loads": [{"at": "end", "force": force}], "path": {"steps": 2}}
    name = os.path.join(folder, "rod.json")
    with open(name, "w") as f:
        json.dump(problem, f)
    start = time.time()
    out = json.loads(subprocess.run([WILLIS, "rod", "--json", name], capture_output=True, text=True).stdout)
    return out["rods"][0]["points"][-1], time.time() - start


def startup(folder):
    """Seconds of a process of willis that solves next to nothing."""
    return min(willis(folder, [0.0, 0.0, 0.0], 0.0, (1.0, 1.0, 1.0, 1.0), 1)[1] for _ in range(5))


def main():
    ei = YOUNG * (math.pi * RADIUS ** 2) ** 2 / (4 * math.pi)
    cases = [("cantilever, P L2 / EI = 2", [0.0, 2 * ei, 0.0], 0.0),
             ("naturally bent by 60 degrees, pushed out of its plane", [0.0, 0.0, 1.5 * ei], math.pi / 3)]
    print(f"{'problem':56} {'error PyElastica':>16} {'error willis':>13} {'elements':>8} {'s PyElastica':>12} {'s willis':>9} {'to solve':>9} {'times':>6}")
    for name, force, curvature in cases:
        tip, stiffness, slow, moving = cosserat(force, curvature)
        with tempfile.TemporaryDirectory() as folder:
            best = None
            for sign in ((1, -1) if curvature else (1,)):
                fine, _ = willis(folder, force, sign * curvature, stiffness, 200)
                if best is None or math.dist(tip, fine) < best[0]:
                    best = (math.dist(tip, fine), fine, sign)
            error, fine, sign = best
            for n in (2, 3, 4, 6, 8, 12, 20, 40):
                mine, _ = willis(folder, force, sign * curvature, stiffness, n)
                if math.dist(mine, fine) <= error:
                    break
            fast = min(willis(folder, force, sign * curvature, stiffness, n)[1] for _ in range(5))
            solve = max(fast - startup(folder), 1e-3)
        print(f"{name:56} {error:16.2e} {math.dist(mine, fine):13.2e} {n:8d} {slow:12.2f} {fast:9.3f} {solve:9.3f} {slow / solve:6.0f}"
              + (f"  # still moves by {moving:.1e} a second" if moving > 1e-4 else ""))


main()
