#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""stent-patients.py WILLIS DATA FOLDER: the whole catalogue in the lumens of AneuRisk, and what no answer may be.

Of each case: the centreline that passes the neck (polygon of necks/), with its inscribed radii, 40 mm to either side. Counts verdicts and
names everything that cannot be right: lengths outside the wires or the label, gaps or cover outside their range, ends that do not fit the
length, "safe" where the label, the landing or the diameters of the maker's table say otherwise, a longer size of a family that lies shorter."""
import configparser
import json
import math
import os
import re
import subprocess
import sys

from vtk_lines import vtk_lines


def number_list(text):
    return [float(x) for x in text.split(";")]


def labels(folder):
    """What the catalogue prints of each stent: by id the numbers of its row."""
    out = {}
    for name in os.listdir(folder):
        if not name.endswith(".ini"):
            continue
        ini = configparser.ConfigParser(interpolation=None, strict=True)
        ini.read(os.path.join(folder, name))
        for group in ini.sections():
            kind = ini[group].get("type", "")
            if kind in ("laser-stent", "braided-stent", "flow-diverter"):
                out[group] = dict(ini[group])
    return out


def row_of(rows, device):
    if device in rows:
        return device
    fits = [g for g in rows if device.startswith(g) and device[len(g):len(g) + 1] in "-x"]
    return max(fits, key=len) if fits else None


def lumen_of(data, name):
    """Rows from the distal end on, and where the neck begins and ends along them; None where no line passes it."""
    neck = vtk_lines(os.path.join(data, "necks", name))[0]
    middle = [sum(p[c] for p in neck) / len(neck) for c in range(3)]
    best = None
    for line in vtk_lines(os.path.join(data, "centrelines", name)):
        if sum(r[3] for r in line[:30]) > sum(r[3] for r in line[-30:]):
            line = line[::-1]  # the thicker end is the proximal one
        s = [0.0]
        for a, b in zip(line, line[1:]):
            s.append(s[-1] + math.dist(a[:3], b[:3]))
        foot = min(range(len(line)), key=lambda i: math.dist(line[i][:3], middle))
        gap = math.dist(line[foot][:3], middle) - line[foot][3] / 2
        if s[foot] < 12 or s[-1] - s[foot] < 12:
            continue
        if best is None or gap < best[0]:
            best = (gap, line, s, foot)
    if best is None or best[0] > 4:
        return None
    _, line, s, foot = best
    feet = [s[min((i for i in range(len(line)) if abs(s[i] - s[foot]) < 12), key=lambda i: math.dist(line[i][:3], p))] for p in neck[::4]]
    keep = [i for i in range(len(line)) if abs(s[i] - s[foot]) < 40]
    first = s[keep[0]]
    return [line[i] for i in keep], max(min(feet) - first, 1.0), min(max(feet) - first, s[keep[-1]] - first - 1.0)


def complaints(d, label, artery):
    lo, hi = d["length_90_mm"]
    out = []
    bad = lambda text: out.append(f"{d['id']}: {text}")
    if not all(math.isfinite(d[k]) for k in ("length_mm", "length_sd_mm", "gap_max_mm", "score", "apposition")):
        bad("a number is none")
        return out
    if not 0 <= lo <= d["length_mm"] <= hi:
        bad(f"length {d['length_mm']} outside {lo} to {hi}")
    if d["gap_max_mm"] < 0 or not 0 <= d["apposition"] <= 1:
        bad(f"gap {d['gap_max_mm']}, apposition {d['apposition']}")
    for key in ("coverage", "neck_coverage"):
        if d["fit"] != "not" and d[key] is not None and not 0 < d[key] < 0.7:
            bad(f"{key} {d[key]}")
    if d["braid"] and not 0.3 * float(re.search(r"x([\d.]+)$", d["id"]).group(1)) < d["length_mm"] < d["braid"]["wire_length_mm"]:
        bad(f"length {d['length_mm']:.1f}, wires of {d['braid']['wire_length_mm']:.1f}")
    if not d["braid"] and abs(d["length_mm"] / float(re.search(r"x([\d.]+)$", d["id"]).group(1)) - 1) > 0.15:
        bad(f"laser-cut, {d['length_mm']:.1f} mm long")
    neck = artery["neck_mm"]
    if abs(d["distal_landing_mm"] + d["proximal_landing_mm"] + neck[1] - neck[0] - d["length_mm"]) > 0.01:
        bad("its ends do not fit its length")
    if d["fit"] == "safe":
        ends = [neck[0] - d["proximal_landing_mm"], neck[1] + d["distal_landing_mm"]]
        zone = [w for s, w in zip(artery["s_mm"], artery["diameter_mm"])
                if ends[0] <= s <= ends[1] and not neck[0] - 0.5 <= s <= neck[1] + 0.5]
        least, most = float(label["vessel_min_mm"]), float(label["vessel_max_mm"])
        if max(zone) > most + 0.01 or min(zone) < least - 0.06:
            bad(f"safe in {min(zone):.2f} to {max(zone):.2f} mm, label {least} to {most}")
        if d["proximal_landing_mm"] - (d["length_mm"] - lo) < float(label.get("landing_min_mm", 5)) - 0.06:
            bad("safe with a landing that may be too short")
        if d["gap_max_mm"] > 0.1:
            bad(f"safe with a gap of {d['gap_max_mm']:.2f}")
        if d["extrapolated"] and not any("extrapolated" in w for w in d["warnings"]):
            bad("safe and extrapolated without a word")
    return out


def main():
    willis, data, folder = sys.argv[1:4]
    data = os.path.join(data, "aneurisk")
    rows = labels(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "data", "catalogue"))
    os.makedirs(folder, exist_ok=True)
    total, count, tried, wrong = 0, {"safe": 0, "depends": 0, "not": 0}, 0, 0
    for name in sorted(os.listdir(os.path.join(data, "centrelines"))):
        if not os.path.exists(os.path.join(data, "necks", name)):
            continue
        lumen = lumen_of(data, name)
        if lumen is None:
            print(f"{name[:-4]}: no line passes its neck with 12 mm to both sides")
            continue
        path = os.path.join(folder, name[:-4] + ".csv")
        with open(path, "w") as f:
            f.write("x_mm,y_mm,z_mm,diameter_mm\n" + "".join("%.4f,%.4f,%.4f,%.4f\n" % r for r in lumen[0]))
        said = subprocess.run([willis, "stent", "--profile", path, "--neck", "%.2f,%.2f" % lumen[1:], "--json"], capture_output=True, text=True)
        if said.returncode != 0:
            print(f"{name[:-4]}: FAILED {said.stderr.strip()}")
            wrong += 1
            continue
        said = json.loads(said.stdout)
        tried += 1
        verdicts = {}
        family = {}
        for d in said["devices"]:
            group = row_of(rows, d["id"])
            total += 1
            verdicts[d["fit"]] = verdicts.get(d["fit"], 0) + 1
            count[d["fit"]] += 1
            found = complaints(d, rows[group], said["artery"])
            family.setdefault(group, []).append((float(re.search(r"x([\d.]+)$", d["id"]).group(1)), d["length_mm"], d["id"]))
            for text in found:
                print("   ", text)
            wrong += len(found)
        for sizes in family.values():
            sizes.sort()
            for a, b in zip(sizes, sizes[1:]):
                if b[0] > a[0] and b[1] <= a[1]:
                    print(f"    {b[2]} lies shorter than {a[2]}: {b[1]:.2f}, {a[1]:.2f}")
                    wrong += 1
        a, best = said["artery"], said["devices"][0]
        print(f"{name[:-4]}: {min(a['diameter_mm']):.1f} to {max(a['diameter_mm']):.1f} mm, neck {a['neck_mm'][1] - a['neck_mm'][0]:.1f} mm, "
              + ", ".join(f"{v} {k}" for k, v in sorted(verdicts.items())) + f"; first {best['id']} ({best['fit']}, {best['length_mm']:.1f} mm)",
              flush=True)
    print(f"{tried} lumens, {total} answers: " + ", ".join(f"{v} {k}" for k, v in count.items()) + f"; {wrong} that cannot be right")
    return 1 if wrong else 0


sys.exit(main())
