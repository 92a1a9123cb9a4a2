# SPDX-License-Identifier: Apache-2.0
"""The whole way in one command: a ball on a tube, in Hounsfield units, to a measured aneurysm and its report."""
import array
import json
import math
import os
import shutil
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "support"))
import tap

N, SPACING, TUBE, BALL, LIFT = 72, 0.4, 1.6, 3.2, 4.0


def value(x, y, z):
    """Blood at 350, brain at 40, blurred over a quarter of a millimetre; noise that is the same every time."""
    inside = max(TUBE - math.hypot(y, z), BALL - math.sqrt(x * x + (y - LIFT) ** 2 + z * z))
    return 40 + 310 / (1 + math.exp(-inside / 0.25))


def scan(folder, slices=N, thick=SPACING):
    half = (N - 1) / 2
    low = (slices - 1) / 2
    noise = [((n * 7919) % 1009) % 31 - 15 for n in range(4096)]
    voxels = array.array("h", [round(value((i - half) * SPACING, (j - half) * SPACING, (k - low) * thick)
                                     + noise[(i * 31 + j * 97 + k * 53) % 4096])
                               for k in range(slices) for j in range(N) for i in range(N)])
    path = os.path.join(folder, "scan.nrrd")
    with open(path, "wb") as f:
        f.write(("NRRD0004\ntype: short\ndimension: 3\nspace: left-posterior-superior\nencoding: raw\nendian: little\n"
                 f"sizes: {N} {N} {slices}\nspace origin: ({-half * SPACING},{-half * SPACING},{-low * thick})\n"
                 f"space directions: ({SPACING},0,0) (0,{SPACING},0) (0,0,{thick})\n\n").encode())
        f.write(voxels.tobytes())
    return path


def check_measures(said):
    size, volume = said["indices"]["size"], said["indices"]["volume"]
    # the ball above the tube: a little less than 4/3 pi r^3 = 137 mm3, and its diameter; a voxel either way
    assert abs(size["value"] - 2 * BALL) < 1.0, size
    assert 90 < volume["value"] < 140, volume
    assert size["unit"] == "mm" and size["sd"] > 0 and volume["sd"] > 0
    assert all(m["sd"] > 0 for name, m in said["indices"].items()
               if m["value"] is not None and name not in ("bleb_count", "parent_torsion")), said["indices"]
    for name in ("bleb_count", "parent_torsion"):  # a ball has no daughter sac, a straight tube no torsion
        assert said["indices"][name]["value"] == 0 and said["indices"][name]["sd"] == 0, said["indices"][name]
    centre = said["candidates"][0]["centre_lps_mm"]
    assert math.dist(centre, (0, LIFT, 0)) < BALL, centre
    neck = said["neck"]
    assert neck["normal"][1] > 0.9 and 0 < neck["centre_lps_mm"][1] < LIFT, neck


def test_plan(folder):
    case, out = os.path.join(folder, "c.h5"), os.path.join(folder, "r.pdf")
    said = tap.willis_json("plan", scan(folder), "-o", case, "--report", out, "--no-pictures")
    for key in ("case", "dims", "spacing_mm", "warnings", "volume_mm3", "seconds", "threshold_hu", "components", "branches",
                "candidates", "doubts", "left_out", "site", "scores", "indices", "neck", "out", "pages"):
        assert key in said, key
    assert said["dims"] == [N, N, N] and said["pages"] >= 3
    assert all(len(b["points_lps_mm"]) == len(b["radius_mm"]) for b in said["branches"]) and said["branches"]
    check_measures(said)
    # the scores are those of "risk", with what is still asked for
    risk = tap.willis_json("risk", case)
    assert said["scores"] == risk["scores"] and said["site"] == risk["site"], said["scores"]
    assert not said["scores"]["phases"]["complete"] and not next(
        i for i in said["scores"]["phases"]["inputs"] if i["key"] == "hypertension")["known"], said["scores"]["phases"]
    # the case holds the same, and prints the same report
    again = os.path.join(folder, "again.pdf")
    assert tap.willis_json("report", case, "-o", again, "--no-pictures")["pages"] == said["pages"]
    assert open(out, "rb").read() == open(again, "rb").read()
    # a case given to plan goes on where it stands; done already, it stays as it is
    bare = os.path.join(folder, "bare.h5")
    tap.willis_json("import", os.path.join(folder, "scan.nrrd"), "-o", bare)
    done = tap.willis_json("plan", bare, "-o", bare)
    assert done["indices"]["volume"] == said["indices"]["volume"], done["indices"]["volume"]
    tap.willis_json("plan", bare, "-o", case)
    measured = tap.willis_json("measure", case)
    assert measured["indices"] == done["indices"] and measured["neck"] == done["neck"]
    check_numbered(case)
    check_stale(case)
    check_gone(case)
    # a file of another kind in HDF5, or a damaged case: the reason of the case, nothing written
    broken = os.path.join(folder, "broken.h5")
    with open(broken, "wb") as f:
        f.write(open(case, "rb").read()[:20000])
    tap.refused("plan", broken, "-o", os.path.join(folder, "none.h5"), words=["broken.h5"])
    assert not os.path.exists(os.path.join(folder, "none.h5"))


def check_views(views, text):
    """The tube runs along x, the sac stands behind it: the neck is seen from the side or from above, within the C-arm's reach."""
    assert [v["kind"] for v in views][:2] == ["neck", "neck"], views
    for v in views:
        assert abs(v["primary_deg"]) <= 110.5 and abs(v["secondary_deg"]) <= 45.5 and 0 <= v["overlap"] <= 1, v
        assert 0 <= v["foreshortening"] <= 1 and isinstance(v["at_limit"], bool), v
        assert v["angles"] in text and ("LAO" in v["angles"] or "RAO" in v["angles"]), (v, text)
    assert views[0]["foreshortening"] < 0.1 and views[0]["neck_mm"] > 2, views


def check_numbered(case):
    """measure CASE: by number, with a seed, and the sac written out."""
    sac = case + ".sac.ply"
    one = tap.willis_json("measure", case, "--aneurysm", "1", "--sac", sac)
    check_views(one["working_views"], tap.willis("measure", case, "--aneurysm", "1").stdout.decode())
    assert os.path.getsize(sac) > 1000
    assert tap.willis("measure", case, "--aneurysm", "2").returncode == 1
    assert tap.willis("measure", case, "--aneurysm", "0").returncode == 1
    assert (one["aneurysm"], one["stale"], one["stale_doubt"]) == (1, False, None)
    # the same sac, pointed at in its middle: it is one all the same, and said
    done = tap.willis("measure", case, "--seed", f"0,{LIFT},0", "--json")
    seeded = json.loads(done.stdout)
    assert b"already, as aneurysm 1" in done.stderr and seeded["aneurysm"] == 1, done.stderr
    assert tap.willis_json("measure", case)["indices"] == seeded["indices"]
    a, b = one["indices"]["volume"], seeded["indices"]["volume"]
    assert abs(a["value"] - b["value"]) < 2 * a["sd"], (a, b)
    assert tap.willis("measure", case, "--aneurysm", "2").returncode == 1
    assert tap.willis("measure", case, "--seed", "50,50,50").returncode == 3
    assert tap.willis("measure", case, "--seed", "0,1").returncode == 1


def check_stale(case):
    """After a correction of the arteries the numbers are marked, and made again on request, of the same aneurysm."""
    tap.willis_json("segment", case, "--add=-13,0,0,2")
    for command in ("measure", "risk", "stent"):
        done = tap.willis(command, case, "--aneurysm", "1", "--json")
        said = json.loads(done.stdout)
        assert said["stale"] is True and said["aneurysm"] == 1 and "have changed" in said["stale_doubt"], (command, said)
        assert b"have changed" in done.stderr and b"--again" in done.stderr, (command, done.stderr)
    other = case + ".other.h5"
    shutil.copy(case, other)
    again = tap.willis("measure", case, "--again", "--json")
    assert json.loads(again.stdout)["stale"] is False and b"have changed" not in again.stderr, again
    planned = tap.willis_json("plan", other, "-o", other)
    assert planned["stale"] is False and planned["measured"] == [1] and planned["aneurysm"] == 1, planned["measured"]
    assert tap.willis("measure", other, "--aneurysm", "2").returncode == 1
    assert planned["indices"]["volume"] == tap.willis_json("measure", other)["indices"]["volume"]
    assert tap.willis_json("plan", other, "-o", other)["measured"] == []
    tap.refused("measure", case, "--again", "--seed", "0,4,0", words=["--again"], code=1)


def check_gone(case):
    """A second sac, by hand, and taken away again: its numbers stay what they were, and it is said which and why."""
    tap.willis_json("segment", case, "--add=-8,-3.4,0,2.6")
    assert tap.willis_json("measure", case, "--seed=-8,-3.8,0")["aneurysm"] == 2
    tap.willis_json("segment", case, "--erase=-8,-4.6,0,3.1")
    again = tap.willis("measure", case, "--again", "--json")
    assert json.loads(again.stdout)["stale"] is False, again
    assert b"aneurysm 2 are still of the earlier state" in again.stderr and b"--aneurysm 2 --again" in again.stderr, again.stderr
    tap.refused("measure", case, "--aneurysm", "2", "--again", words=["another one"], code=3)
    planned = tap.willis("plan", case, "-o", case, "--json")
    assert b"aneurysm 2 was not found again in these arteries" in planned.stderr and b"another one" in planned.stderr, planned.stderr


def test_rotational(folder):
    """A real rotational angiography: the large aneurysm first, before any end of an artery where the picture fades out."""
    scan = os.path.join(tap.need_data("rotational"), "aneurysm.nrrd")
    found = tap.willis_json("plan", scan, "-o", os.path.join(folder, "real.h5"))
    first = found["candidates"][0]
    assert sum((a - b) ** 2 for a, b in zip(first["centre_lps_mm"], (111, 105, 159))) < 10 ** 2, found["candidates"][:3]
    assert 35 < first["size_mm"] < 46, first  # voxels of unknown size count as 1 mm
    # the neck stands at the foot of the sac, though small vessels run along its wall above that
    assert 7200 < found["indices"]["volume"]["value"] < 8600, found["indices"]["volume"]
    assert 20 < found["indices"]["neck_diameter"]["value"] < 24, found["indices"]["neck_diameter"]
    assert found["doubt"] is None, found["doubt"]


def test_doubts(folder):
    """What speaks against the scan is said by every command that prints numbers of it, not by "plan" alone."""
    case = os.path.join(folder, "thick.h5")
    tap.willis_json("import", scan(folder, 22, 1.3), "-o", case)
    texts = [tap.willis("segment", case, "--modality", "cta").stdout.decode()]
    said = tap.willis_json("plan", case, "-o", case)
    assert said["doubts"] and "1.3 mm long" in said["doubts"][0], said["doubts"]
    for command in ("vessels", "detect", "measure", "risk"):
        texts.append(tap.willis(command, case).stdout.decode())
        assert tap.willis_json(command, case)["doubts"] == said["doubts"], command
    for text in texts:
        assert "note: The scan's voxels are 1.3 mm long" in text, text
    assert tap.willis_json("segment", case, "--modality", "cta")["doubts"][0] == said["doubts"][0]


def test_no_vessels(folder):
    case, path = os.path.join(folder, "c.h5"), os.path.join(folder, "flat.nrrd")
    with open(path, "wb") as f:
        f.write(b"NRRD0004\ntype: short\ndimension: 3\nspace: left-posterior-superior\nencoding: raw\nendian: little\n"
                b"sizes: 20 20 20\nspace directions: (0.5,0,0) (0,0.5,0) (0,0,0.5)\n\n" + bytes(16000))
    done = tap.willis("plan", path, "-o", case)
    assert done.returncode == 3 and done.stderr.startswith(b"willis: ") and done.stderr.count(b"\n") == 1, done
    assert not os.path.exists(case)


def test_without_contrast(folder):
    """A real head CT in which no artery stands out: brims of bone are no arteries."""
    case = os.path.join(folder, "c.h5")
    done = tap.willis("plan", os.path.join(tap.need_data("dicom"), "tilted-ge"), "-o", case)
    assert done.returncode == 3 and b"no vessels found" in done.stderr, done
    assert not os.path.exists(case)


def test_skull_base(folder):
    """Most arteries of a crop around the foramen magnum run beside bone: they are arteries all the same."""
    base, spec, out = (os.path.join(folder, name) for name in ("base.json", "low.json", "low.nii.gz"))
    shutil.copy(os.path.join(os.environ["WILLIS_SOURCE_DIR"], "data/phantoms/circle-of-willis.json"), base)
    with open(spec, "w") as f:
        json.dump({"base": "base.json", "seed": 7, "noise_hu": 16, "lumen_hu": 500,
                   "grid": {"dims": [100, 100, 92], "spacing_mm": [0.6, 0.6, 0.6], "centre_lps_mm": [10, 22, -55]},
                   "aneurysms": [{"parent": "VA left", "kind": "sidewall", "at_mm": 14, "axis": [0.9, -0.4, 0],
                                  "height_mm": 5, "width_mm": 4.5, "neck_mm": 3}]}, f)
    tap.willis("phantom", "--spec", spec, "-o", out, timeout=240)
    found = tap.willis_json("plan", out, "-o", os.path.join(folder, "low.h5"))
    assert found["candidates"] and found["candidates"][0]["score"] > 0.5, found["candidates"][:2]
    assert 3.5 < found["indices"]["height"]["value"] < 6.5, found["indices"]["height"]
    assert not [text for text in found["doubts"] if "moved" in text], found["doubts"]  # the skull begins: no motion


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as home:
        os.environ["XDG_DATA_HOME"] = home  # the secret of pseudonyms
        sys.exit(tap.run(sys.modules[__name__]))
