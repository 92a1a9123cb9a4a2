# SPDX-License-Identifier: Apache-2.0
"""willis compare from the shell: growth found, nothing seen where nothing changed, what is kept, and bad pairs."""
import array
import gzip
import json
import os
import subprocess
import struct
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "support"))
import dicom
import tap

# A piece of a head with nothing symmetric in it: two arteries, one with a sac, and lumps of bone.
HEAD = {
    "grid": {"dims": [70, 70, 70], "spacing_mm": [0.5, 0.5, 0.5], "centre_lps_mm": [0, 0, 0]},
    "lumen_hu": 380, "brain_hu": 36, "texture_hu": 3, "noise_hu": 9, "psf_fwhm_mm": [0.6, 0.6], "noise_fwhm_mm": 0.5,
    "blend_mm": 0.4,
    "vessels": [
        {"id": "ICA left", "points": [[-2, 2, -24, 2.0], [-4, 1, -8, 2.0], [-4.5, 0, 0, 1.9], [-3, 1, 8, 1.8], [2, 4, 24, 1.7]]},
        {"id": "MCA M1 left", "points": [[-3, 1, 8, 1.5], [-9, -2, 10, 1.4], [-15, -8, 9, 1.3], [-24, -10, 12, 1.2]]}],
    "aneurysms": [{"id": "A", "kind": "sidewall", "parent": "ICA left", "at_mm": 24, "axis": [1, 0, 0], "height_mm": 5.5,
                   "width_mm": 5.5, "neck_mm": 3.4}],
    "bones": [{"id": "petrous", "kind": "ellipsoid", "centre": [11, 9, -10], "radii": [5, 3, 3], "hu": 1000, "gap_mm": 0.8},
              {"id": "clinoid", "kind": "ellipsoid", "centre": [-12, 11, 4], "radii": [2, 4, 5], "hu": 1000, "gap_mm": 0.8},
              {"id": "clivus", "kind": "ellipsoid", "centre": [4, -12, -13], "radii": [3, 2, 6], "hu": 1000, "gap_mm": 0.8}],
    "patches": [{"centre": [13, -13, 12], "radii": [5, 4, 4], "hu": -1000}]}  # air, as in a sinus: a CT
MOVED = {"seed": 4, "rotation_deg": [9, -6, 11], "translation_mm": [6, -5, 4], "lumen_hu": 330, "noise_hu": 12,
         "grid": {"dims": [66, 66, 66], "spacing_mm": [0.55, 0.55, 0.55], "centre_lps_mm": [6, -5, 4]}}
BLEB = {"direction": [0.7, 0.5, 0.5], "radius_mm": 1.2, "height_mm": 1.2}


def scan(folder, name, **changes):
    """The file of a scan of HEAD with some of it changed."""
    spec = os.path.join(folder, name + ".json")
    with open(spec, "w") as f:
        json.dump({**HEAD, **changes}, f)
    done = tap.willis("phantom", "--spec", spec, "-o", os.path.join(folder, name), timeout=240)
    assert done.returncode == 0, done.stderr
    return os.path.join(folder, name, "ct.nii.gz")


def plan(folder, name, paths):
    case = os.path.join(folder, name + ".h5")
    tap.willis_json("plan", *paths, "-o", case)
    return case


def voxels(path):
    """Dimensions, header and 16-bit values of a scan as a phantom is written."""
    data = gzip.open(path).read()
    dims = struct.unpack_from("<8h", data, 40)[1:4]
    at = int(struct.unpack_from("<f", data, 108)[0])
    assert struct.unpack_from("<h", data, 70)[0] == 4
    return dims, data[:at], array.array("h", data[at:at + 2 * dims[0] * dims[1] * dims[2]])


def mirrored(path, out):
    dims, head, values = voxels(path)
    turned = array.array("h")
    for at in range(0, len(values), dims[0]):
        turned.extend(values[at:at + dims[0]][::-1])
    with gzip.open(out, "wb", 1) as f:
        f.write(head + turned.tobytes())
    return out


def dated(path, folder, date, spacing, name="Doe^Jane"):
    """The same scan as a DICOM series of that day."""
    dims, _, values = voxels(path)
    os.mkdir(folder)
    for k in range(dims[2]):
        samples = array.array("H", (min(max(v + 1024, 0), 65535) for v in values[k * dims[0] * dims[1]:(k + 1) * dims[0] * dims[1]]))
        dicom.slice_file(os.path.join(folder, f"IM{k:03d}"), samples, dims[0], dims[1], position=[0.0, 0.0, k * spacing],
                         spacing=[spacing, spacing], thickness=spacing, instance=k + 1, date=date, name=name)
    return folder


def test_compare(folder):
    a = plan(folder, "a", [dated(scan(folder, "a1", seed=3), os.path.join(folder, "a"), "20230131", 0.5)])
    sac = dict(HEAD["aneurysms"][0], blebs=[BLEB])
    b = plan(folder, "b", [dated(scan(folder, "b1", **MOVED, aneurysms=[sac]), os.path.join(folder, "b"), "20240801", 0.55)])

    # grown, where the bleb stands, as a rate, and kept
    said = tap.willis_json("compare", a, b, "--save", "--report", os.path.join(folder, "r.pdf"), "--no-pictures")
    assert said["verdict"] == "grown" and not said["new"] and said["saved"], said
    assert said["warnings"] == [], said["warnings"]
    assert abs(said["years"] - 1.5) < 0.01, said["years"]
    assert len(said["regions"]) == 1 and 0.5 < said["regions"][0]["max_mm"] < 1.4, said["regions"]
    assert said["regions"][0]["daughter"] is True, said["regions"]
    size = said["delta"]["volume"]
    assert size["value"] > 0 and size["sd"] > 0 and abs(size["per_year"] - size["value"] / said["years"]) < 1e-6, size
    assert said["registration"]["tre_mm"] < 0.1, said["registration"]
    assert abs(said["registration"]["rotation_deg"] - 15.75) < 0.2, said["registration"]
    assert open(os.path.join(folder, "r.pdf"), "rb").read(5) == b"%PDF-"
    assert said["earlier_date"] == "2023-01-31", said["earlier_date"]
    # a day singles out a person: the report that names nobody gives months
    text = subprocess.run(["pdftotext", os.path.join(folder, "r.pdf"), "-"], capture_output=True, text=True, check=True).stdout
    assert "2023-01" in text and "2023-01-31" not in text and "20230131" not in text and "2024-08-01" not in text, text
    report = tap.willis_json("report", b, "-o", os.path.join(folder, "kept.pdf"), "--no-pictures", "--language", "zh_CN")
    assert report["pages"] >= 3, report

    # the other way round: the sign turns, and the order is remarked on
    back = tap.willis_json("compare", b, a)
    assert back["verdict"] == "shrunk" and "wrong time order" in " ".join(back["warnings"]), back
    for name, there in said["delta"].items():
        here = back["delta"][name]
        if there["value"] is not None and here["value"] is not None and there["sd"]:
            assert abs(there["value"] + here["value"]) <= 1.5 * (there["sd"] + here["sd"]) + 1e-9, (name, there, here)

    # the same scan, and one that is no case
    same = tap.willis_json("compare", a, a)
    assert same["verdict"] == "stable" and "same scan" in " ".join(same["warnings"]), same
    tap.refused("compare", a, os.path.join(folder, "missing.h5"))
    tap.refused("compare", a, b, "--aneurysm", "2", words=["aneurysm 2"], code=1, timeout=240)


def test_bad_pairs(folder):
    still = scan(folder, "s1", seed=3)
    a = plan(folder, "a", [still])
    moved = scan(folder, "m1", **MOVED)

    # a mirrored scan, another person, another part of the body
    m = plan(folder, "m", [mirrored(moved, os.path.join(folder, "mirrored.nii.gz"))])
    tap.refused("compare", a, m, words=["mirrored"], code=3, timeout=240)
    other = {"vessels": [{"id": "ICA left", "points": [[6, -8, -24, 2.2], [2, -3, -6, 2.1], [-5, 4, 4, 1.9], [-10, 10, 24, 1.7]]}],
             "bones": [{"id": "x", "kind": "ellipsoid", "centre": [-8, -9, 8], "radii": [6, 3, 4], "hu": 1000, "gap_mm": 0.8},
                       {"id": "y", "kind": "ellipsoid", "centre": [9, 3, 10], "radii": [3, 6, 3], "hu": 1000, "gap_mm": 0.8}],
             "patches": [{"centre": [-12, 12, -13], "radii": [3, 5, 4], "hu": -1000}]}
    o = plan(folder, "o", [scan(folder, "o1", seed=9, **other)])
    done = tap.willis("compare", a, o, "--json", timeout=240)  # nothing is said of growth, and why not
    if done.returncode == 0:
        said = json.loads(done.stdout)
        assert said["verdict"] == "uncertain" and said["warnings"], said
    else:
        assert done.returncode == 3 and any(w in done.stderr for w in (b"fit", b"common", b"meet")), done


if __name__ == "__main__":
    sys.exit(tap.run(sys.modules[__name__]))
