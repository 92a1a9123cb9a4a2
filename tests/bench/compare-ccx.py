#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Three rod problems by CalculiX (B32R beams, 32 elements) and by willis: tip positions and times, side by side. CalculiX's error is
taken against willis with 256 elements, and willis takes the fewest elements whose error is no larger; "to solve" is its time without
the start of a process (the time of one that solves next to nothing), at least a millisecond.
usage: compare-ccx.py WILLIS [CCX]"""
import json
import math
import os
import subprocess
import sys
import tempfile
import time

WILLIS = sys.argv[1]
CCX = sys.argv[2] if len(sys.argv) > 2 else "ccx"
N = 32


def ccx(folder, points, e, nu, width, height, normal, force, steps):
    """points: 2 N + 1 places along the rod; section width along normal."""
    lines = ["*NODE,NSET=ALL"] + [f"{i + 1},{p[0]:.12g},{p[1]:.12g},{p[2]:.12g}" for i, p in enumerate(points)]
    lines += ["*ELEMENT,TYPE=B32R,ELSET=ROD"] + [f"{k + 1},{2 * k + 1},{2 * k + 2},{2 * k + 3}" for k in range(N)]
    lines += ["*MATERIAL,NAME=M", "*ELASTIC", f"{e},{nu}", "*BEAM SECTION,ELSET=ROD,MATERIAL=M,SECTION=RECT",
              f"{width},{height}", ",".join(str(x) for x in normal), "*BOUNDARY", "1,1,6", "*STEP,NLGEOM,INC=500",
              "*STATIC", f"{1.0 / steps},1.", "*CLOAD"]
    last = len(points)
    lines += [f"{last},{d + 1},{f:.12g}" for d, f in enumerate(force) if f] + ["*NSET,NSET=TIP", str(last),
              "*NODE PRINT,NSET=TIP,FREQUENCY=100000", "U", "*END STEP"]
    with open(os.path.join(folder, "job.inp"), "w") as f:
        f.write("\n".join(lines) + "\n")
    start = time.time()
    subprocess.run([CCX, "job"], cwd=folder, stdout=subprocess.DEVNULL, env=dict(os.environ, OMP_NUM_THREADS="1"))
    seconds = time.time() - start
    rows = [r.split() for r in open(os.path.join(folder, "job.dat")) if r.split() and r.split()[0] == str(last)]
    u = [float(x) for x in rows[-1][1:4]]
    return [points[-1][k] + u[k] for k in range(3)], seconds


def willis(folder, rod, force, steps, elements):
    rod = dict(rod, elements=elements, id="rod")
    problem = {"rods": [rod], "supports": [{"at": "start", "fix": ["x", "y", "z", "rx", "ry", "rz"]}],
               "loads": [{"at": "end", "force": force}], "path": {"steps": steps}}
    name = os.path.join(folder, "rod.json")
    with open(name, "w") as f:
        json.dump(problem, f)
    start = time.time()
    out = subprocess.run([WILLIS, "rod", "--json", name], capture_output=True, text=True).stdout
    seconds = time.time() - start
    return json.loads(out)["rods"][0]["points"][-1], seconds


def startup(folder):
    rod = {"line": {"from": [0, 0, 0], "to": [1, 0, 0]}, "EA": 1, "GA": 1, "GJ": 1, "EI": 1}
    return min(willis(folder, rod, [0, 0, 0], 1, 1)[1] for _ in range(5))


def section(e, nu, width, height, axis2):
    """width along axis2: EI[0] resists bending about axis2, so it holds height cubed."""
    g, b, t = e / (2 + 2 * nu), max(width, height), min(width, height)
    # CalculiX expands its beams into solids with reduced integration, which twist like the polar moment of a square
    j = b * t * (b * b + t * t) / 12
    return {"EA": e * width * height, "GA": g * width * height * 5 / 6, "GJ": g * j,
            "EI": [e * width * height ** 3 / 12, e * height * width ** 3 / 12], "axis2": axis2}


def main():
    m = 2 * N
    line = lambda length: [(length * i / m, 0.0, 0.0) for i in range(m + 1)]
    arc = [(100 * (1 - math.cos(math.pi / 4 * i / m)), 100 * math.sin(math.pi / 4 * i / m), 0.0) for i in range(m + 1)]
    ei = 1e6 / 12
    cases = [
        ("elastica, P L2 / EI = 10", line(100), 1e6, 0.0, 1, 1, (0, 0, 1), [0, 10 * ei / 1e4, 0], 20,
         {"line": {"from": [0, 0, 0], "to": [100, 0, 0]}}, [0, 0, 1]),
        ("45 degree bend, P = 600", arc, 1e7, 0.0, 1, 1, (0, 0, 1), [0, 0, 600], 10,
         {"arc": {"start": [0, 0, 0], "tangent": [0, 1, 0], "normal": [1, 0, 0], "radius": 100, "angle_deg": 45}}, [0, 0, 1]),
        ("45 degree bend pulled in its plane, P = 600", arc, 1e7, 0.0, 1, 1, (0, 0, 1), [600, 0, 0], 10,
         {"arc": {"start": [0, 0, 0], "tangent": [0, 1, 0], "normal": [1, 0, 0], "radius": 100, "angle_deg": 45}}, [0, 0, 1]),
    ]
    print(f"{'problem':44} {'apart, mm':>10} {'error CalculiX':>14} {'error willis':>13} {'elements':>8} {'s CalculiX':>10} {'s willis':>9} "
          f"{'to solve':>9} {'times':>6}")
    for name, points, e, nu, width, height, normal, force, steps, rod, axis2 in cases:
        with tempfile.TemporaryDirectory() as folder:
            a, ta = ccx(folder, points, e, nu, width, height, normal, force, steps)
            rod.update(section(e, nu, width, height, axis2))
            same, _ = willis(folder, rod, force, steps, N)
            fine, _ = willis(folder, rod, force, steps, 256)
            for n in (4, 6, 8, 12, 16, 24, 32, 64, 128):
                b, _ = willis(folder, rod, force, 2, n)
                if math.dist(b, fine) <= math.dist(a, fine):
                    break
            tb = min(willis(folder, rod, force, 2, n)[1] for _ in range(5))
            solve = max(tb - startup(folder), 1e-3)
            print(f"{name:44} {math.dist(a, same):10.4f} {math.dist(a, fine):14.2e} {math.dist(b, fine):13.2e} {n:8d} {ta:10.2f} {tb:9.3f} {solve:9.3f} "
                  f"{ta / solve:6.0f}")


main()
