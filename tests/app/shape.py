# SPDX-License-Identifier: Apache-2.0
"""willis shape on a small case: a mandrel given by hand is seated, its sheet and jig are written; the case keeps
it where that is asked for; a proposal can be given back."""
import math
import os
import shutil
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "support"))
sys.path.insert(0, os.path.dirname(__file__))
import plan
import tap


def test_shape(folder):
    case = os.path.join(folder, "c.h5")
    sheet, jig, report = (os.path.join(folder, name) for name in ("sheet.pdf", "jig.stl", "report.pdf"))
    tap.willis_json("plan", plan.scan(folder), "-o", case)
    done = tap.willis("shape", case)
    assert done.returncode == 1 and b"echelon-10" in done.stderr, done
    said = tap.willis_json("shape", case, "--catheter", "echelon-10", "--mandrel", "5,110,90", "--draws", "16", "--sheet", sheet,
                           "--jig", jig, "--keep")
    assert said["kept"] is True and said["feed_mm"] == 0 and abs(said["hub_roll_deg"] - 90) < 1e-9
    assert said["aneurysm"] == 1 and said["stale"] is False and said["stale_doubt"] is None
    target, tip = said["target"], said["tip"]
    assert math.dist(target["lps_mm"], (0, plan.LIFT, 0)) < plan.BALL, target
    assert abs(math.dist(target["lps_mm"], tip["lps_mm"]) - tip["distance_to_target_mm"]) < 1e-6
    assert 0 < said["success_probability"] < 1 and said["draws"] == 16
    assert said["reached"] == (tip["distance_to_target_mm"] <= 1 and tip["angle_to_direction_deg"] <= 15)
    bends = [s for s in said["mandrel"]["segments"] if s["kind"] == "bend"]
    assert len(bends) == 1 and abs(bends[0]["angle_deg"] - 110) < 1e-9
    assert open(sheet, "rb").read(5) == b"%PDF-" and os.path.getsize(jig) > 1000
    if shutil.which("pdftotext"):  # the sheet says whose it is and what for
        text = subprocess.run(["pdftotext", "-layout", sheet, "-"], capture_output=True, text=True, check=True).stdout
        wanted = "Target " + ", ".join(f"{x:.1f}" for x in target["lps_mm"])
        for words in ("W-", "aneurysm 1", time.strftime("%Y-"), wanted, f"Inserted {said['inserted_mm']:.1f} mm", "+0.0 mm against"):
            assert words in text, (words, text)
    tap.willis_json("report", case, "-o", report, "--no-pictures")
    if shutil.which("pdftotext"):
        text = subprocess.run(["pdftotext", "-layout", report, "-"], capture_output=True, text=True, check=True).stdout
        assert "Microcatheter in the plan" in text and "Echelon 10" in text, text[:2000]
    # the same mandrel in a bent tip as sold keeps more of a bend, and everything that is handed out says which tip it is
    more = tap.willis_json("shape", case, "--catheter", "echelon-10", "--mandrel", "5,110,90", "--tip", "90", "--draws", "16", "--sheet",
                           sheet, "--keep")
    assert more["tip_form"] == "90" and abs(more["tip_form_roll_deg"] - 90) < 1e-9 and more["tip"]["lps_mm"] != tip["lps_mm"]
    told = tap.willis("shape", case, "--catheter", "echelon-10", "--mandrel", "5,110,90", "--tip", "90", "--draws", "16").stdout.decode()
    assert "the tip 90 as sold" in told, told
    tap.willis_json("report", case, "-o", report, "--no-pictures")
    for name in (sheet, report) if shutil.which("pdftotext") else ():
        text = subprocess.run(["pdftotext", "-layout", name, "-"], capture_output=True, text=True, check=True).stdout
        assert "in the plane of the mandrel's first bend" in " ".join(text.split()), text[:2000]
    # numbers by hand in place of the catheter's
    loose = tap.willis_json("shape", case, "--catheter", "echelon-10", "--mandrel", "5,110,90", "--set-fraction", "0.3", "--draws", "16")
    assert loose["catheter"]["set_fraction"] == 0.3 and loose["tip"]["lps_mm"] != tip["lps_mm"]
    tap.refused("shape", case, "--catheter", "echelon-10", "--friction", "-1", words=["--friction"], code=1)
    # a try-out leaves the plan as it is, unless it is to be kept
    with open(case, "rb") as f:
        before = f.read()
    tried = tap.willis_json("shape", case, "--catheter", "echelon-10", "--mandrel", "4,90,0", "--draws", "16")
    told = tap.willis("shape", case, "--catheter", "echelon-10", "--mandrel", "4,90,0", "--draws", "16").stdout.decode()
    with open(case, "rb") as f:
        assert tried["kept"] is False and "--keep" in told and f.read() == before
    assert "--keep" in tap.willis("shape", "--help").stdout.decode()
    tap.refused("shape", case, "--catheter", "echelon-10", "--mandrel", "4,90,0", "--hub-roll", "1000", words=["--hub-roll"], code=1)
    # a mandrel that a hand cannot bend is refused, and the case keeps what it had
    tap.refused("shape", case, "--catheter", "echelon-10", "--mandrel", "5,110,90,0.5", words=["radius"])


def test_given_back(folder):
    case = os.path.join(folder, "c.h5")
    tap.willis_json("plan", plan.scan(folder), "-o", case)
    first = ("--mandrel", "3.9,166,10,2;9.48,125,-103.4,2", "--hub-roll", "25", "--feed", "1.952", "--tip", "45")
    said = tap.willis_json("shape", case, "--catheter", "echelon-10", "--draws", "16", *first)
    bends = [s for s in said["mandrel"]["segments"] if s["kind"] == "bend"]
    assert abs(said["feed_mm"] - 1.952) < 1e-9 and abs(said["hub_roll_deg"] - 35) < 1e-9
    assert abs(bends[0]["roll_deg"]) < 1e-9 and abs(bends[1]["roll_deg"] + 113.4) < 1e-9
    again = tap.willis_json("shape", case, "--catheter", "echelon-10", "--draws", "16", *said["arguments"])
    for key in ("tip", "mandrel", "success_probability", "hub_roll_deg", "feed_mm", "inserted_mm", "tip_form"):
        assert close(said[key], again[key]), (key, said[key], again[key])
    # the bends as they stand in the list, with the roll at the hub and the feed
    text = ";".join(f"{b['from_tip_mm']},{b['angle_deg']},{b['roll_deg']},{b['radius_mm']}" for b in bends)
    again = tap.willis_json("shape", case, "--catheter", "echelon-10", "--draws", "16", f"--mandrel={text}", "--tip", "45",
                            f"--hub-roll={said['hub_roll_deg']}", f"--feed={said['feed_mm']}")
    assert close(said["tip"], again["tip"])
    # a tip as sold alone is turned, too
    sold = tap.willis_json("shape", case, "--catheter", "echelon-10", "--draws", "16", "--tip", "90", "--hub-roll=-40", "--feed", "1")
    again = tap.willis_json("shape", case, "--catheter", "echelon-10", "--draws", "16", *sold["arguments"])
    assert sold["arguments"][0] == "--tip=90" and abs(sold["hub_roll_deg"] + 40) < 1e-9 and close(sold["tip"], again["tip"])


def test_search_given_back(folder):
    """What the search itself proposes comes back with its own numbers."""
    case = os.path.join(folder, "c.h5")
    tap.willis_json("plan", plan.scan(folder), "-o", case)
    found = tap.willis_json("shape", case, "--catheter", "echelon-10", "--draws", "16")
    assert found["kept"] is True
    again = tap.willis_json("shape", case, "--catheter", "echelon-10", "--draws", "16", *found["arguments"])
    assert math.dist(found["tip"]["lps_mm"], again["tip"]["lps_mm"]) < 0.05, (found["tip"], again["tip"])


def close(a, b):
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(close(a[k], b[k]) for k in a)
    if isinstance(a, list):
        return len(a) == len(b) and all(map(close, a, b))
    return abs(a - b) < 1e-3 if isinstance(a, float) and isinstance(b, float) else a == b


if __name__ == "__main__":
    sys.exit(tap.run(sys.modules[__name__]))
