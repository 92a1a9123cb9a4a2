# SPDX-License-Identifier: Apache-2.0
"""The whole chain against stored results: "willis plan" on scans, each number beside its golden value and tolerance.

golden.py          TAP
golden.py update   writes results.csv anew; the difference is the review
"""
import csv
import json
import math
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "support"))
import tap

SOURCE = os.environ.get("WILLIS_SOURCE_DIR", os.path.join(HERE, "..", ".."))
TABLE = os.path.join(HERE, "results.csv")
# relative tolerances: a change of method that moves a number by more than this is to be looked at
TOLERANCE = {"volume_mm3": 0.01, "size": 0.02, "volume": 0.05, "area": 0.04, "neck_diameter": 0.06, "height": 0.04, "width": 0.03,
             "tree_mm": 0.05}
SCANS = {
    "rotational": os.path.join(SOURCE, "data", "demo", "rotational-aneurysm.nrrd"),
    "cta-crop": os.path.join("circle-of-willis", "cta.mha"),
}


def results(scan, folder):
    path = SCANS[scan]
    if not os.path.isabs(path):
        path = os.path.join(tap.need_data(os.path.dirname(path)), os.path.basename(path))
    plan = tap.willis_json("plan", path, "-o", os.path.join(folder, scan + ".h5"))
    found = {"volume_mm3": plan["volume_mm3"], "tree_mm": sum(b["length_mm"] for b in plan["branches"])}
    indices = plan.get("indices") or {}
    for name in ("size", "volume", "area", "neck_diameter", "height", "width"):
        if name in indices:
            found[name] = indices[name]["value"]
    for axis, value in zip("xyz", plan["candidates"][0]["centre_lps_mm"]):
        found["first_candidate_" + axis] = value
    return found


def check(scan, folder):
    found = results(scan, folder)
    golden = {row["quantity"]: float(row["value"]) for row in csv.DictReader(open(TABLE)) if row["case"] == scan}
    assert set(found) == set(golden), sorted(set(found) ^ set(golden))
    for name, value in found.items():
        allowed = 1.0 if name.startswith("first_candidate") else TOLERANCE[name] * abs(golden[name])
        assert math.isfinite(value) and abs(value - golden[name]) <= allowed, f"{scan} {name}: {value}, golden {golden[name]}"


def test_rotational(folder):
    check("rotational", folder)


def test_cta_crop(folder):
    check("cta-crop", folder)


def test_demonstration_against_its_truth(folder):
    """The demonstration's measures lie at their true values, which come from rays through the phantom, not from product code."""
    demo = tap.willis_json("demo", "-o", folder)
    truth = json.load(open(os.path.join(folder, "truth.json"), encoding="utf-8"))["aneurysms"][0]
    allowed = {"size": 0.3, "height": 0.4, "width": 0.3, "neck_diameter": 0.6, "volume": 0.08 * truth["volume"],
               "area": 0.08 * truth["area"]}
    for name, most in allowed.items():
        error = abs(demo["indices"][name]["value"] - truth[name])
        assert error <= most, f"{name}: {demo['indices'][name]['value']}, true {truth[name]}"
        assert error <= 3.0 * demo["indices"][name]["sd"], f"{name}: {error} beyond three deviations"
    for name in ("ct.nii.gz", "labels.nii.gz", "lumen.vtp", "case.h5", "report.pdf"):
        assert os.path.getsize(os.path.join(folder, name)) > 1000, name


def update(folder):
    with open(TABLE, "w", newline="") as f:
        writer = csv.writer(f, lineterminator="\n")
        writer.writerow(["case", "quantity", "value"])
        for scan in SCANS:
            for name, value in sorted(results(scan, folder).items()):
                writer.writerow([scan, name, f"{value:.6g}"])


if __name__ == "__main__":
    if sys.argv[1:] == ["update"]:
        import tempfile
        with tempfile.TemporaryDirectory() as tmp:
            update(tmp)
    else:
        tap.run(sys.modules[__name__])
