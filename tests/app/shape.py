# SPDX-License-Identifier: Apache-2.0
"""willis shape on a small case: a mandrel given by hand is seated, its sheet and jig are written, the case keeps it."""
import math
import os
import shutil
import subprocess
import sys

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
                           "--jig", jig)
    assert said["aneurysm"] == 1 and said["stale"] is False and said["stale_doubt"] is None
    target, tip = said["target"], said["tip"]
    assert math.dist(target["lps_mm"], (0, plan.LIFT, 0)) < plan.BALL, target
    assert abs(math.dist(target["lps_mm"], tip["lps_mm"]) - tip["distance_to_target_mm"]) < 1e-6
    assert 0 < said["success_probability"] < 1 and said["draws"] == 16
    assert said["reached"] == (tip["distance_to_target_mm"] <= 1 and tip["angle_to_direction_deg"] <= 15)
    bends = [s for s in said["mandrel"]["segments"] if s["kind"] == "bend"]
    assert len(bends) == 1 and abs(bends[0]["angle_deg"] - 110) < 1e-9
    assert open(sheet, "rb").read(5) == b"%PDF-" and os.path.getsize(jig) > 1000
    tap.willis_json("report", case, "-o", report, "--no-pictures")
    if shutil.which("pdftotext"):
        text = subprocess.run(["pdftotext", "-layout", report, "-"], capture_output=True, text=True, check=True).stdout
        assert "Microcatheter in the plan" in text and "Echelon 10" in text, text[:2000]
    # the same mandrel in a bent tip as sold keeps more of a bend, and everything that is handed out says which tip it is
    more = tap.willis_json("shape", case, "--catheter", "echelon-10", "--mandrel", "5,110,90", "--tip", "90", "--draws", "16", "--sheet",
                           sheet)
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
    # a mandrel that a hand cannot bend is refused, and the case keeps what it had
    tap.refused("shape", case, "--catheter", "echelon-10", "--mandrel", "5,110,90,0.5", words=["radius"])


if __name__ == "__main__":
    sys.exit(tap.run(sys.modules[__name__]))
