#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""segment, vessels and detect on a small made scan: a vessel with a sac beside bone. Prints TAP."""
import array
import json
import math
import os
import subprocess
import sys
import tempfile

EXE = sys.argv[1]
N, H = 64, 0.5
SAC = (16.0, 19.2, 16.0)
results = []


def scan(path, blood):
    """A tube of 3.6 mm along z with a sac of 6 mm at its side, bone 2 mm thick on the right and air beyond; blur 0.45 mm, little noise."""
    def soft(d):
        return 0.5 * math.erfc(-d / (0.45 * math.sqrt(2.0)))
    values = array.array("h")
    state = 12345
    for k in range(N):
        for j in range(N):
            for i in range(N):
                x, y, z = i * H, j * H, k * H
                depth = max(1.8 - math.hypot(x - 16.0, y - 15.0), 3.0 - math.dist((x, y, z), SAC))
                state = (1103515245 * state + 12345) % 2147483648
                v = 40.0 + (blood - 40.0) * soft(depth) + (state / 2147483648.0 - 0.5) * 30.0
                bone = soft(1.0 - abs(x - 27.0))
                v += (1000.0 - v) * bone
                v += (-1000.0 - v) * soft(x - 28.0)
                values.append(int(round(v)))
    with open(path, "wb") as f:
        f.write((f"NRRD0004\ntype: short\ndimension: 3\nsizes: {N} {N} {N}\nspace: left-posterior-superior\n"
                 f"space directions: ({H},0,0) (0,{H},0) (0,0,{H})\nspace origin: (0,0,0)\nendian: little\n"
                 "encoding: raw\n\n").encode())
        if sys.byteorder != "little":
            values.byteswap()
        f.write(values.tobytes())


def run(*args):
    return subprocess.run([EXE, *args], capture_output=True, text=True, timeout=300)


def check(name, good, detail=""):
    results.append(good)
    print(("ok" if good else "not ok") + f" {len(results)} {name}")
    if not good:
        print("# " + str(detail).replace("\n", "\n# "))


with tempfile.TemporaryDirectory() as folder:
    def path(name):
        return os.path.join(folder, name)

    scan(path("scan.nrrd"), 350)
    done = run("import", path("scan.nrrd"), "-o", path("case.h5"))
    check("import", done.returncode == 0, done.stderr)

    done = run("segment", path("case.h5"), "--json", "--mask", path("mask.nii.gz"), "--surface", path("lumen.vtp"))
    found = json.loads(done.stdout or "{}")
    truth = math.pi * 1.8 ** 2 * N * H + 4.0 / 3.0 * math.pi * 27.0  # less what tube and sac share
    check("segment", done.returncode == 0 and found.get("components") == 1
          and 0.85 * truth < found.get("volume_mm3", 0.0) < 1.05 * truth
          and abs(found.get("threshold_hu", 0.0) - 195.0) < 12.0 and "seconds" in found, done.stdout + done.stderr)
    check("segment writes", os.path.exists(path("mask.nii.gz")) and os.path.exists(path("lumen.vtp")))

    done = run("vessels", path("case.h5"), "--json")
    branches = json.loads(done.stdout or "{}").get("branches", [])
    longest = max(branches, key=lambda b: b["length_mm"], default=None)
    check("vessels", longest is not None and 29.0 < longest["length_mm"] < 34.0
          and len(longest["points_lps_mm"]) == len(longest["radius_mm"])
          and abs(sorted(longest["radius_mm"])[len(longest["radius_mm"]) // 4] - 1.8) < 0.1, done.stderr)

    done = run("detect", path("case.h5"), "--json")
    candidates = json.loads(done.stdout or "{}").get("candidates", [])
    check("detect", len(candidates) >= 1 and math.dist(candidates[0]["centre_lps_mm"], SAC) < 1.5
          and candidates[0]["score"] > 0.5 and {"size_mm", "neck_mm", "branch"} <= set(candidates[0]),
          done.stdout + done.stderr)

    done = run("vessels", path("case.h5"), "--name", "0=MCA M1 left", "--json")
    named = json.loads(done.stdout or "{}").get("branches", [{}])[0]
    check("name by hand", done.returncode == 0 and named.get("name") == "MCA M1 left" and named.get("name_by_hand") is True,
          done.stdout[:500] + done.stderr)
    said = [line for line in run("vessels", path("case.h5")).stdout.splitlines() if not line.startswith("note: ")]
    check("by hand is no share", "by hand" in said[0] and "100 %" not in said[0], said)
    done = run("detect", path("case.h5"), "--json")
    again = json.loads(done.stdout or "{}").get("candidates", [{}])
    check("the name reaches the candidates", len(again) == len(candidates)
          and any(c.get("branch_name") == "MCA M1 left" for c in again if c["branch"] == 0) or not any(c["branch"] == 0 for c in again),
          done.stdout + done.stderr)
    done = run("vessels", path("case.h5"), "--branch", str(branches.index(longest)), "--reference", "26", "--json")
    stenosis = json.loads(done.stdout or "{}").get("profile", {}).get("stenosis", {})
    check("reference as given", done.returncode == 0 and stenosis.get("reference") == "given"
          and stenosis.get("reference_from_mm", 99) <= 26 <= stenosis.get("reference_to_mm", 0)
          and abs(stenosis.get("reference_mm", 0) - 3.6) < 0.2, done.stdout[:600] + done.stderr)
    profile = json.loads(done.stdout or "{}").get("profile", {})
    check("a single place is less sure than the mean", 0 < profile.get("mean_diameter_sd_mm", 0) < stenosis.get("diameter_sd_mm", 0)
          and stenosis.get("percent_sd", 0) > 0 and all(sd is None or sd > profile["mean_diameter_sd_mm"] for sd in profile["diameter_sd_mm"]),
          done.stdout[:600])
    done = run("vessels", path("case.h5"), "--branch", str(branches.index(longest)), "--reference", "500")
    check("a reference beyond the artery", done.returncode == 1 and "mm long" in done.stderr, done.stdout + done.stderr)
    done = run("vessels", path("case.h5"), "--name", "0=none", "--json")
    check("a name taken away", done.returncode == 0 and json.loads(done.stdout)["branches"][0]["name"] == "not sure", done.stdout[:300] + done.stderr)
    done = run("vessels", path("case.h5"), "--name", "99=ICA left")
    check("no such branch", done.returncode == 2 and done.stderr.count("\n") == 1, done.stderr)
    done = run("vessels", path("case.h5"), "--name", "ICA left")
    check("name without a number is wrong usage", done.returncode == 1, done.stderr)

    # corrections: cut the tube in two, take one half away, bring it back, and what was made before is stale until it is made again
    done = run("segment", path("case.h5"), "--cut", "16,15,6", "--json")
    found = json.loads(done.stdout or "{}")
    check("cut", done.returncode == 0 and found.get("components") == 2, done.stdout + done.stderr)
    done = run("segment", path("case.h5"), "--remove", "16,15,2", "--json")
    less = json.loads(done.stdout or "{}")
    check("remove", done.returncode == 0 and less.get("components") == 1
          and less.get("volume_mm3", 0.0) < found.get("volume_mm3", 0.0) - 30.0, done.stdout + done.stderr)
    done = run("segment", path("case.h5"), "--bridge", "16,15,8,16,15,2", "--grow", "16,15,2", "--json")
    more = json.loads(done.stdout or "{}")
    check("bridge and grow", done.returncode == 0 and more.get("components") == 1
          and abs(more.get("volume_mm3", 0.0) - found.get("volume_mm3", 0.0)) < 12.0, done.stdout + done.stderr)
    done = run("segment", path("case.h5"), "--erase", "2,2,2,1")
    check("nothing to erase", done.returncode == 3 and done.stderr.count("\n") == 1, done.stderr)
    done = run("segment", path("case.h5"), "--cut", "19.4,15,6")
    check("no cut beside the artery", done.returncode == 2 and "within 3 mm" in done.stderr, done.stderr)
    done = run("segment", path("case.h5"), "--cut", "16,15")
    check("cut of two numbers is wrong usage", done.returncode == 1 and "3 or 6 numbers" in done.stderr, done.stderr)
    done = run("segment", path("case.h5"), "--seed", "2,2,2")
    check("no artery at the seed", done.returncode == 3 and "of the seed" in done.stderr and "contrast" not in done.stderr, done.stderr)
    done = run("segment", path("case.h5"), "--seed", "900,2,2")
    check("a seed outside the scan", done.returncode == 2 and "outside the scan" in done.stderr, done.stderr)
    # segmenting anew makes the corrections again, unless they are to be forgotten
    kept = json.loads(run("segment", path("case.h5"), "--min-piece", "21", "--json").stdout or "{}")
    check("corrections outlive segmenting anew", kept.get("edits") == more.get("edits") == 4
          and kept.get("edits_left_out") == 0
          and abs(kept.get("volume_mm3", 0.0) - more.get("volume_mm3", 9.0)) < 1.0, (more, kept))
    bare = json.loads(run("segment", path("case.h5"), "--discard-edits", "--json").stdout or "{}")
    check("corrections forgotten", bare.get("edits") == 0 and bare.get("volume_mm3") != kept.get("volume_mm3"), bare)

    done = run("segment", path("case.h5"), "--seed", "1,2")
    check("seed of two numbers is wrong usage", done.returncode == 1, done.stderr)
    done = run("detect", path("nothing.h5"))
    check("no such case", done.returncode == 2 and done.stderr.count("\n") == 1, done.stderr)

    scan(path("plain.nrrd"), 45)
    run("import", path("plain.nrrd"), "-o", path("plain.h5"))
    before = open(path("plain.h5"), "rb").read()
    done = run("segment", path("plain.h5"))
    check("a scan without contrast", done.returncode == 3 and "no vessels" in done.stderr
          and open(path("plain.h5"), "rb").read() == before, done.stderr)

print(f"1..{len(results)}")
sys.exit(0 if all(results) else 1)
