#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""axes.py WILLIS FOLDER [FIRST [COUNT [pcom|fork]]]: sacs whose axis is drawn freely, so that some lie against arteries beside them.

The drawings of "sweep" set a sac where it would grow; here it may lean on the daughters of its fork or on a small branch at its neck. The
command line alone is used, as by somebody else: phantom, plan, then measure from the true place. Two drawings (A: freely; B: as sacs
lie at these sites, 12 degrees or so off) take turns of 12 and 5. "pcom": carotid sacs where the posterior communicating artery leaves,
that lean towards it, instead; "fork": sacs of a fork that lean on one of its arteries. Prints a line a case and, of those that a plane parts from the arteries
(truth.json), how many are within the limits."""
import json
import math
import os
import random
import shutil
import subprocess
import sys

SOURCE = os.environ.get("WILLIS_SOURCE_DIR", os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
BASE = os.path.join(SOURCE, "data", "phantoms", "circle-of-willis.json")
LIMITS = (("volume", 5.0), ("height", 0.3), ("width", 0.3), ("neck_diameter", 0.5))  # volume in %
FREE = [("ICA left", "sidewall", (60, 90)), ("ICA right", "sidewall", (60, 92)), ("MCA M1 left", "bifurcation", None),
        ("Basilar", "bifurcation", None), ("ACom", "sidewall", (1.8, 2.8)), ("MCA M1 right", "sidewall", (6, 12)),
        ("ACA A2 left", "sidewall", (8, 16)), ("Basilar", "sidewall", (10, 20)), ("PCA P2 right", "sidewall", (4, 14)),
        ("MCA M1 right", "bifurcation", None), ("PCom left", "sidewall", (2, 10)), ("VA left", "sidewall", (25, 35))]
USUAL = [("MCA M1 right", "bifurcation", None, (-.75, -.6, -.25)), ("ICA left", "bifurcation", None, (.15, .1, 1)),
         ("ACom", "sidewall", (1.6, 3.0), (.1, -.9, -.4)), ("MCA M1 left", "bifurcation", None, (.75, -.6, -.25)),
         ("ICA right", "bifurcation", None, (-.15, .1, 1))]
LEANING = [("Basilar", (0, -.1, 1), ((.9, -.34, .27), (-.9, -.34, .27)), (0, 9.5, -13)),  # site, axis, daughters, place
           ("MCA M1 left", (.97, .2, .1), ((.64, 0, .77), (.47, .7, -.54)), (31, -3.5, -2.5)),
           ("MCA M1 right", (-.97, .2, .1), ((-.64, 0, .77), (-.47, .7, -.54)), (-31, -3.5, -2.5)),
           ("ICA left", (.1, .1, 1), ((.98, -.12, .17), (-.85, -.43, .28)), (14, -4.5, -4.5))]
SMALL = ("ACom", "ACA A2 left", "PCom left", "PCA P2 right")


def free_axis(rng, site, kind):
    if site == "ACom":
        return [rng.uniform(-.3, .3), -1, rng.uniform(-1, .6)]
    if site == "ACA A2 left":
        return [rng.uniform(.2, 1), -1, 0]
    if kind == "sidewall":
        return [rng.gauss(0, 1) for _ in range(3)]
    if site == "Basilar":
        return [rng.uniform(-.3, .3), -rng.uniform(0, .4), 1]
    return [1 if site.endswith("left") else -1, rng.uniform(-.4, .2), rng.uniform(-.15, .15)]


def pcom_of(number):
    """A sac beside the root of the left PCom: what spec_of() draws for other sites."""
    rng = random.Random(91000 + number)
    at = rng.uniform(76, 82.5)
    axis = [rng.uniform(-1, .3), rng.uniform(.3, 1), rng.uniform(-.8, .8)]
    height = rng.uniform(4, 9)
    width = height * rng.uniform(.8, 1.15)
    sac = dict(id="x", kind="sidewall", parent="ICA left", axis=axis, height_mm=height, width_mm=width,
               neck_mm=width * rng.uniform(.5, .75), at_mm=at)
    spacing = rng.choice([.35, .45, .45, .5, .6])
    return dict(base="circle-of-willis.json", seed=number, noise_hu=rng.uniform(8, 25), lumen_hu=rng.uniform(280, 480),
                psf_fwhm_mm=[rng.uniform(.6, .8)] * 2, aneurysms=[sac],
                grid=dict(dims=[int(56 / spacing)] * 2 + [int(50 / spacing)], spacing_mm=[spacing] * 3, centre_lps_mm=[7.6, -3, -9.4])), \
        "%s PCom %.2f mm" % (number, spacing)


def fork_of(number):
    """A sac of a fork that leans on one of its arteries, or none."""
    rng = random.Random(92000 + number)
    site, axis, daughters, at = LEANING[number % 4]
    lean, towards = rng.uniform(0, .9), rng.choice(daughters)
    axis = [a + lean * t + rng.gauss(0, .1) for a, t in zip(axis, towards)]
    height = rng.uniform(3, 9)
    width = height * rng.uniform(.8, 1.15)
    sac = dict(id="x", kind="bifurcation", parent=site, axis=axis, height_mm=height, width_mm=width, neck_mm=width * rng.uniform(.5, .8))
    spacing = rng.choice([.35, .45, .45, .5, .6])
    return dict(base="circle-of-willis.json", seed=number, noise_hu=rng.uniform(8, 25), lumen_hu=rng.uniform(280, 480),
                psf_fwhm_mm=[rng.uniform(.6, .8)] * 2, aneurysms=[sac],
                grid=dict(dims=[int(50 / spacing)] * 3, spacing_mm=[spacing] * 3, centre_lps_mm=[.7 * at[0], .7 * at[1], at[2] - 3])), \
        "%s %-12s lean %.2f %.2f mm" % (number, site, lean, spacing)


def spec_of(number):
    """The description of a case and what it is called; numbers of 17 start with 12 free ones."""
    rng = random.Random(7000 + number)
    free = number % 17 < 12
    site, kind, at = (FREE[number % 17] if free else USUAL[number % 17 - 12])[:3]
    axis = free_axis(rng, site, kind) if free else [v + rng.gauss(0, .12) for v in USUAL[number % 17 - 12][3]]
    height = rng.uniform(3, 6 if site in SMALL else 9)
    width = height * (0.95 if site in SMALL else rng.uniform(.8, 1.15))
    sac = dict(id="x", kind=kind, parent=site, axis=axis, height_mm=height, width_mm=width,
               neck_mm=min(width * .6, 2.6) if site in SMALL else width * rng.uniform(.5, .75))
    if at is not None:
        sac["at_mm"] = rng.uniform(*at)
    spacing = rng.choice([.35, .45, .45, .5, .6, .8])
    with open(BASE) as f:
        base = json.load(f)
    vessel = [v for v in base["vessels"] if site in (v["id"], v.get("mirror"))][0]
    point = vessel["points"][len(vessel["points"]) // 2 if kind == "sidewall" else -1]
    mirrored = -1 if vessel.get("mirror") == site else 1
    centre = [.6 * mirrored * point[0], .5 * point[1], .6 * point[2] - 4]
    return dict(base="circle-of-willis.json", seed=number, noise_hu=rng.uniform(8, 30), lumen_hu=rng.uniform(250, 500),
                psf_fwhm_mm=[rng.uniform(.6, .8)] * 2, aneurysms=[sac],
                grid=dict(dims=[int(62 / spacing), int(62 / spacing), int(56 / spacing)], spacing_mm=[spacing] * 3, centre_lps_mm=centre)), \
        "%s %s %-14s %-11s %.2f mm" % (number, "A" if free else "B", site, kind, spacing)


def run(willis, *args):
    done = subprocess.run([willis, *args, "--json"], capture_output=True, text=True)
    return json.loads(done.stdout) if done.returncode == 0 else None


def measure(willis, folder, number, draw):
    """Differences by limit, or None where nothing was measured; the true sac; what was said against the numbers."""
    spec, name = draw(number)
    stem = os.path.join(folder, "axes-%d" % number)
    os.makedirs(stem, exist_ok=True)
    shutil.copy(BASE, stem)
    with open(os.path.join(stem, "spec.json"), "w") as f:
        json.dump(spec, f)
    run(willis, "phantom", "--spec", os.path.join(stem, "spec.json"), "-o", stem)
    run(willis, "plan", os.path.join(stem, "ct.nii.gz"), "-o", os.path.join(stem, "case.h5"))
    with open(os.path.join(stem, "truth.json")) as f:
        true = json.load(f)["aneurysms"][0]
    got = run(willis, "measure", os.path.join(stem, "case.h5"), "--seed=" + ",".join("%.2f" % v for v in true["dome_lps_mm"]))
    if got is None:
        return name, true, None, None
    diff = {k: got["indices"][k]["value"] - true[k] for k, _ in LIMITS}
    diff["volume"] *= 100 / true["volume"]
    return name, true, diff, got.get("doubt")


def main():
    willis, folder = sys.argv[1:3]
    first, count = (int(v) for v in (sys.argv[3:5] + ["0", "17"][len(sys.argv[3:5]):]))
    draw = {"pcom": pcom_of, "fork": fork_of}.get((sys.argv[5:] or [""])[0], spec_of)
    within, parted, found, said = {k: 0 for k, _ in LIMITS}, 0, 0, 0
    for number in range(first, first + count):
        name, true, diff, doubt = measure(willis, folder, number, draw)
        if diff is None:
            print(name, "| %.1f mm, parted: %s | nothing measured" % (true["size"], true["parted"]), flush=True)
        else:
            print(name, "| %.1f mm, parted: %s | volume %+.1f %% height %+.2f width %+.2f neck %+.2f |"
                  % (true["size"], true["parted"], *(diff[k] for k, _ in LIMITS)), doubt or "", flush=True)
        if not true["parted"]:
            continue
        parted += 1
        found += diff is not None
        said += doubt is not None
        for k, limit in LIMITS:
            within[k] += diff is not None and math.fabs(diff[k]) <= limit
    print("parted by a plane: %d; measured %d, doubt said of %d; within the limits:" % (parted, found, said),
          ", ".join("%s %d" % (k, within[k]) for k, _ in LIMITS))


if __name__ == "__main__":
    main()
