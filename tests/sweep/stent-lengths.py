#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""stent-lengths.py WILLIS FOLDER [FIRST [COUNT]]: from image to deployed length on computed scans of known lumen.

Each scan (0.45 mm voxels, blur and noise of an ordinary CTA) holds one artery with a sidewall aneurysm, drawn by its number. The whole
chain runs on it; the devices whose predicted length is 15 to 40 mm are laid once more by the helix law, written out here, on the true
centreline with the true radius, from the same distal point. Prints one line a device and the summary."""
import json
import math
import os
import random
import subprocess
import sys



def spec_of(number):
    rng = random.Random(1000 + number)
    d0 = rng.uniform(2.9, 4.4)
    d1 = d0 * rng.uniform(0.86, 1.0)
    turn = [rng.uniform(-9, 9) for _ in range(2)]
    points = []
    for k, z in enumerate((-34, -22, -10, 2, 14, 26, 36)):
        bend = [turn[0] * math.sin(0.09 * z + rng.uniform(-.15, .15)), turn[1] * math.cos(0.07 * z + rng.uniform(-.15, .15))]
        points.append([bend[0], bend[1], z, 0.5 * (d0 + (d1 - d0) * k / 6)])
    angle = rng.uniform(0, 2 * math.pi)
    return dict(grid=dict(dims=[110, 110, 130], spacing_mm=[.45, .45, .45]), seed=number, noise_hu=rng.uniform(8, 18), noise_fwhm_mm=0.6,
                psf_fwhm_mm=[rng.uniform(.6, .9)] * 2, lumen_hu=rng.uniform(300, 450), brain_hu=40, texture_hu=6,
                translation_mm=[rng.uniform(-.2, .2) for _ in range(3)],
                vessels=[dict(id="a", points=points)],
                aneurysms=[dict(id="s", parent="a", at_mm=rng.uniform(34, 44), axis=[math.cos(angle), math.sin(angle), 0], kind="sidewall",
                                height_mm=rng.uniform(4, 7), width_mm=rng.uniform(4, 7), neck_mm=rng.uniform(3, 4.5))])


def true_line(truth):
    v = [v for v in truth["vessels"] if v["id"] == "a"][0]
    p, r = v["points_lps_mm"], v["radius_mm"]
    s = [0.0]
    for a, b in zip(p, p[1:]):
        s.append(s[-1] + math.dist(a, b))
    return p, r, s


def lay(braid, p, r, s, start, direction):
    """Wires of fixed length over the true line; curvature by the chord angle over 1 mm either side, first order in its square."""
    wire, i, at = braid["wire"], min(range(len(s)), key=lambda k: abs(s[k] - start)), 0.0
    while 0 <= i + direction < len(s):
        ds = abs(s[i + direction] - s[i])
        lo, hi = i, i
        while lo > 0 and s[i] - s[lo] < 1:
            lo -= 1
        while hi < len(s) - 1 and s[hi] - s[i] < 1:
            hi += 1
        u = [b - a for a, b in zip(p[lo], p[i])]
        w = [b - a for a, b in zip(p[i], p[hi])]
        nu, nw = math.hypot(*u), math.hypot(*w)
        curvature = 0.0
        if nu > .3 and nw > .3:
            curvature = math.acos(max(-1, min(1, sum(a * b for a, b in zip(u, w)) / nu / nw))) / (0.5 * (nu + nw))
        d = min(2 * r[i] - braid["offset"], braid["free"])
        x = d / braid["dmax"]
        cosine = math.sqrt(1 - x * x) * (1 - (curvature * d / 2) ** 2 / (4 * x * x))
        used = ds / cosine
        if used > wire:
            return at + wire * cosine
        wire -= used
        at += ds
        i += direction
    return None


def run(willis, *args):
    return subprocess.run([willis, *args, "--threads", "1"], capture_output=True, text=True)


def main():
    willis, folder = sys.argv[1:3]
    first, count = (int(sys.argv[3]) if len(sys.argv) > 3 else 0), (int(sys.argv[4]) if len(sys.argv) > 4 else 10)
    errors, inside, lumen_inside, shifts = [], [], [], []
    for number in range(first, first + count):
        here = os.path.join(folder, f"stent-{number}")
        os.makedirs(here, exist_ok=True)
        with open(os.path.join(here, "spec.json"), "w") as f:
            json.dump(spec_of(number), f)
        case = os.path.join(here, "case.h5")
        if not os.path.exists(case):
            run(willis, "phantom", "--spec", os.path.join(here, "spec.json"), "-o", here)
            run(willis, "plan", os.path.join(here, "ct.nii.gz"), "-o", case)
        said = run(willis, "stent", case, "--straightening", "0", "--json")
        if said.returncode != 0:
            print(number, "FAILED", said.stderr.strip())
            continue
        said, truth = json.loads(said.stdout), json.load(open(os.path.join(here, "truth.json")))
        p, r, s = true_line(truth)
        shift = [min((math.dist(q, a), d - 2 * b) for a, b in zip(p, r))[1]
                 for q, d in list(zip(said["artery"]["points_lps_mm"], said["artery"]["diameter_mm"]))[20:-20:8]]
        shifts.append(sum(shift) / len(shift))
        done = 0
        for d in said["devices"]:
            if d["fit"] == "not" or d["type"] == "laser-stent" or not 18 <= d["length_mm"] <= 32 or done >= 6:
                continue
            braid = dict(wire=d["braid"]["wire_length_mm"], dmax=d["braid"]["d_max_mm"], free=d["braid"]["free_diameter_mm"],
                         offset=d["braid"]["lumen_offset_mm"])
            at = s[min(range(len(p)), key=lambda k: math.dist(p[k], d["distal_lps_mm"]))]
            end = s[min(range(len(p)), key=lambda k: math.dist(p[k], d["proximal_lps_mm"]))]
            want = lay(braid, p, r, s, at, 1 if end > at else -1)
            if want is None:
                continue
            done += 1
            sd = d["sd_mm"]["diameter"]
            # the scan tests what the interval says of the lumen; how the device and its packing turn out is drawn as the interval says
            draw = random.Random(f"{number} {d['id']}")
            other = draw.gauss(0, d["sd_mm"]["device"]) + draw.gauss(0, d["sd_mm"]["packing"])
            errors.append(d["length_mm"] - want)
            inside.append(abs(errors[-1] + other) <= 1.645 * d["length_sd_mm"])
            lumen_inside.append(abs(errors[-1]) <= 1.645 * max(sd, 1e-9))
            print(f"{number:3d} {d['id']:28s} {d['length_mm']:6.2f} true {want:6.2f} error {errors[-1]:+5.2f} sd {d['length_sd_mm']:.2f} "
                  f"(lumen {sd:.2f}) {'in' if inside[-1] else 'OUT'} {'in' if lumen_inside[-1] else 'OUT'}", flush=True)
        print(f"{number:3d} diameter off by {shifts[-1]:+.3f} mm, stated sd {said['artery']['diameter_sd_mm']:.3f}", flush=True)
    size = sorted(abs(e) for e in errors)
    if size:
        print(f"{len(size)} devices: median {size[len(size) // 2]:.2f} mm, nine in ten {size[int(0.9 * (len(size) - 1))]:.2f} mm, "
              f"worst {size[-1]:.2f} mm, mean {sum(errors) / len(errors):+.2f} mm; interval holds {100 * sum(inside) / len(inside):.0f} %, its "
              f"lumen's part alone {100 * sum(lumen_inside) / len(lumen_inside):.0f} %; "
              f"diameter {sum(shifts) / len(shifts):+.3f} mm")


main()
