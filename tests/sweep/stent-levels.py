#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""stent-levels.py WILLIS DATA FOLDER [FIRST [COUNT]]: the first model of a braid against the third in curved lumens.

Twenty centrelines with radii: even numbers are drawn (bends in space, tapers), odd ones are stretches of AneuRisk centrelines with their
inscribed radii, the sharpest bend of each in the middle. The braid is free at 1.08 times the widest diameter. Prints deployed lengths by
both models; nine in ten are to agree within 1 mm or 3 %."""
import json
import math
import os
import random
import subprocess
import sys

from vtk_lines import vtk_lines


def drawn(number):
    rng = random.Random(7000 + number)
    d0, taper = rng.uniform(2.8, 4.4), rng.uniform(0.85, 1.0)
    k = [rng.uniform(0.05, 0.16) for _ in range(2)]
    turn, rows, p, t = rng.uniform(0, math.pi), [], [0.0, 0.0, 0.0], [0.0, 0.0, 1.0]
    for i in range(900):
        s = 0.1 * i
        rows.append(p + [d0 * (1 - (1 - taper) * s / 90)])
        kappa = k[0] * math.sin(0.12 * s) ** 2 if s < 45 else k[1] * math.cos(0.1 * s) ** 2
        phi = turn + 0.03 * s
        n = [math.cos(phi), math.sin(phi), 0.0]
        along = sum(a * b for a, b in zip(n, t))
        n = [a - along * b for a, b in zip(n, t)]
        size = math.sqrt(sum(a * a for a in n)) or 1.0
        t = [a + 0.1 * kappa * b / size for a, b in zip(t, n)]
        size = math.sqrt(sum(a * a for a in t))
        t = [a / size for a in t]
        p = [a + 0.1 * b for a, b in zip(p, t)]
    return rows


def patient(number, folder):
    """45 mm of the longest line about the place where it turns most within 6 mm."""
    names = sorted(n for n in os.listdir(folder) if n.endswith(".vtk"))
    name = names[(number // 2 * 3) % len(names)]
    line = max(vtk_lines(os.path.join(folder, name)), key=len)
    s = [0.0]
    for a, b in zip(line, line[1:]):
        s.append(s[-1] + math.dist(a[:3], b[:3]))
    at = lambda x: min(range(len(s)), key=lambda i: abs(s[i] - x))
    best, place = -1.0, s[-1] / 2
    x = 25.0
    while x < s[-1] - 25:
        a, b, c = (line[at(x + o)][:3] for o in (-3, 0, 3))
        u, v = [q - p for p, q in zip(a, b)], [q - p for p, q in zip(b, c)]
        cosine = sum(p * q for p, q in zip(u, v)) / (math.hypot(*u) * math.hypot(*v) or 1)
        turn = math.acos(max(-1, min(1, cosine)))
        wide = line[at(x)][3]
        if turn > best and 2.4 < wide < 5:
            best, place = turn, x
        x += 1.0
    rows = [line[i] for i in range(at(place - 24), at(place + 30))]
    return rows, name


def main():
    willis, data, folder = sys.argv[1:4]
    first, count = (int(sys.argv[4]) if len(sys.argv) > 4 else 0), (int(sys.argv[5]) if len(sys.argv) > 5 else 20)
    os.makedirs(folder, exist_ok=True)
    good = done = 0
    for number in range(first, first + count):
        rows, name = (drawn(number), "drawn") if number % 2 == 0 else patient(number, os.path.join(data, "aneurisk", "centrelines"))
        rng = random.Random(number)
        widest = max(r[3] for r in rows[:len(rows) * 2 // 3])
        device = dict(wires=24, wire_diameter_mm=0.04, free_diameter_mm=round(1.08 * widest, 3), free_length_mm=round(rng.uniform(8, 12), 1),
                      free_angle_deg=round(rng.uniform(64, 74), 1), young_gpa=200, poisson=0.3)
        device_path, rows_path = os.path.join(folder, "device.json"), os.path.join(folder, f"line-{number}.csv")
        json.dump(device, open(device_path, "w"))
        with open(rows_path, "w") as f:
            f.write("x_mm,y_mm,z_mm,diameter_mm\n" + "".join("%.4f,%.4f,%.4f,%.4f\n" % tuple(r) for r in rows))
        said = subprocess.run([willis, "stent", "--device", device_path, "--profile", rows_path, "--level", "3", "--json", "--threads", "1"],
                              capture_output=True, text=True)
        if said.returncode != 0:
            print(number, name, "FAILED", said.stderr.strip()[-200:], flush=True)
            done += 1
            continue
        said = json.loads(said.stdout)
        one, three = said["length_mm"], said["wires"]["length_mm"]
        ok = abs(one - three) <= max(1.0, 0.03 * three)
        good += ok
        done += 1
        print(f"{number:3d} {name:10s} first {one:6.2f} third {three:6.2f} differ {one - three:+5.2f} mm ({100 * (one / three - 1):+.1f} %) "
              f"gap {said['wires']['gap_max_mm']:.2f} {said['wires']['steps']} steps{'' if ok else ' APART'}"
              f"{' beyond' if said['beyond_mm'] > 0 else ''}", flush=True)
    print(f"{good} of {done} within 1 mm or 3 %")


main()
