#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""willis measure on bare surfaces: exact shapes through STL soups, necks of both kinds, and input that is wrong."""
import json
import math
import os
import struct
import subprocess
import sys
import tempfile

EXE = os.environ["WILLIS_EXE"]
results = []


def check(name, ok, note=""):
    results.append(ok)
    print(("ok" if ok else "not ok") + f" {len(results)} {name}" + (f" # {note}" if note and not ok else ""), flush=True)


def run(*args):
    return subprocess.run([EXE, "measure", *args], capture_output=True, text=True)


def sphere(radius, move, rings=60, around=120):
    """Triangles of a sphere as three corners each, by latitude and longitude."""
    def at(i, j):
        a, b = math.pi * i / rings, 2 * math.pi * j / around
        return (move[0] + radius * math.sin(a) * math.cos(b), move[1] + radius * math.sin(a) * math.sin(b),
                move[2] + radius * math.cos(a))
    out = []
    for i in range(rings):
        for j in range(around):
            if i > 0:
                out.append((at(i, j), at(i + 1, j), at(i, j + 1)))
            if i + 1 < rings:
                out.append((at(i, j + 1), at(i + 1, j), at(i + 1, j + 1)))
    return out


def write_stl(path, triangles, ascii_form):
    if ascii_form:
        with open(path, "w", encoding="ascii") as f:
            f.write("solid ball\n")
            for t in triangles:
                f.write("facet normal 0 0 0\nouter loop\n" + "".join("vertex %.9g %.9g %.9g\n" % p for p in t)
                        + "endloop\nendfacet\n")
            f.write("endsolid ball\n")
        return
    with open(path, "wb") as f:
        f.write(b"solid in name only".ljust(80, b" ") + struct.pack("<I", len(triangles)))
        for t in triangles:
            f.write(struct.pack("<12fH", 0, 0, 0, *t[0], *t[1], *t[2], 0))


def near(value, expected, relative):
    return value is not None and abs(value - expected) <= relative * abs(expected)


def check_cap(name, done):
    """R = 3, h = 4.5."""
    if done.returncode != 0:
        check(name, False, done.stderr.strip())
        return None
    answer = json.loads(done.stdout)
    i = {k: v["value"] for k, v in answer["indices"].items()}
    check(name, near(i["volume"], 95.4259, 2e-3) and near(i["area"], 84.8230, 2e-3) and near(i["height"], 4.5, 1e-3)
          and near(i["neck_diameter"], 5.1962, 2e-3) and near(i["aspect_ratio"], 0.8660, 2e-3)
          and near(i["bottleneck_factor"], 1.1547, 2e-3) and near(i["mln"], 0.2443, 1e-2) and near(i["gln"], 0.75, 1e-2)
          and near(i["nonsphericity"], 0.0551, 2e-2) and abs(i["undulation"]) < 2e-3 and i["size_ratio"] is None, str(i))
    return answer


def test_shapes(folder):
    move = (-40.0, 25.5, 80.0)
    ball = sphere(3.0, move)
    for form in ("ascii", "binary"):
        path = os.path.join(folder, form + " Gefäß 血管.stl")
        write_stl(path, ball, form == "ascii")
        answer = check_cap(f"cap of a sphere, {form} STL", run("--json", "--surface", path, "--neck", "0,0,1,-40,25.5,78.5"))
        if answer:
            n = answer["neck"]
            check("neck of the cap", abs(n["normal"][2] - 1) < 1e-9 and abs(n["centre_lps_mm"][2] - 78.5) < 1e-3)
            sd = answer["indices"]["volume"]["sd"]
            check("deviation of the volume", near(sd, 10.54, 0.02), str(sd))  # caps of 5 and of 4 mm
    check_cap("normal that is not of unit length", run("--json", "--surface", path, "--neck", "0,0,7,-40,25.5,78.5"))
    check_cap("upside down", run("--json", "--surface", path, "--neck", "0,0,-1,-40,25.5,81.5"))
    r = math.sqrt(3 ** 2 - 1.5 ** 2)
    for turn in (1, -1):
        curve = os.path.join(folder, "curve.csv")
        with open(curve, "w", encoding="ascii") as f:
            f.write("x,y,z\n")
            for k in range(180):
                a = turn * 2 * math.pi * k / 180
                f.write(f"{move[0] + r * math.cos(a)},{move[1] + r * math.sin(a)},{move[2] + 1.5}\n")
        # no open end tells the sac: the smaller part is taken, h = 1.5
        done = run("--json", "--surface", path, "--neck-curve", curve)
        i = json.loads(done.stdout)["indices"] if done.returncode == 0 else {}
        check("curve either way round", bool(i) and near(i["volume"]["value"], 17.6715, 5e-3)
              and near(i["ostium_area"]["value"], math.pi * r * r, 3e-3), done.stderr)
    check("deviations by the curve", bool(i) and near(i["volume"]["sd"], 10.54, 0.02) and i["neck_diameter"]["sd"] > 0.1, str(i))
    check_cap("curve with the dome pointed at", run("--json", "--surface", path, "--neck-curve", curve, "--dome", "-40,25.5,80"))
    sac = os.path.join(folder, "sac.ply")
    check_cap("sac written out", run("--json", "--surface", path, "--neck", "0,0,1,-40,25.5,78.5", "--sac", sac))
    check_cap("open sac read back", run("--json", "--surface", sac, "--neck", "0,0,1,-40,25.5,78.5"))
    done = run("--surface", path, "--neck", "0,0,1,-40,25.5,78.5")
    check("lines for people", done.returncode == 0 and "aspect_ratio" in done.stdout and "±" in done.stdout)


def test_refusals(folder):
    ball = os.path.join(folder, "ball.stl")
    write_stl(ball, sphere(3.0, (0, 0, 0), 20, 40), False)
    text = os.path.join(folder, "text.stl")
    with open(text, "w", encoding="ascii") as f:
        f.write("no surface at all, but long enough to be looked at as one: " + "x" * 100)
    short = os.path.join(folder, "short.stl")
    with open(ball, "rb") as f, open(short, "wb") as g:
        g.write(f.read()[:5000])
    plane = ("--neck", "0,0,1,0,0,0")
    for name, args, status in [
            ("no arguments", (), 1), ("no neck", ("--surface", ball), 1), ("both necks", ("--surface", ball, *plane, "--neck-curve", ball), 1),
            ("five numbers", ("--surface", ball, "--neck", "0,0,1,0,0"), 1), ("a word", ("--surface", ball, "--neck", "0,0,1,0,0,up"), 1),
            ("unknown option", ("--surface", ball, "--nick", "1"), 1), ("missing file", ("--surface", folder + "/none.stl", *plane), 2),
            ("a folder", ("--surface", folder, *plane), 2), ("a text", ("--surface", text, *plane), 2),
            ("cut short", ("--surface", short, *plane), 2), ("zero normal", ("--surface", ball, "--neck", "0,0,0,0,0,0"), 2),
            ("plane beside the sac", ("--surface", ball, "--neck", "0,0,1,0,0,9"), 3), ("no such case", (folder + "/none.h5",), 2)]:
        done = run("--json", *args)
        check(f"refused: {name}", done.returncode == status and done.stdout == "" and "Traceback" not in done.stderr
              and (status == 1 or len(done.stderr.strip().splitlines()) == 1), f"{done.returncode} {done.stderr.strip()}")


with tempfile.TemporaryDirectory() as temp:
    test_shapes(temp)
    test_refusals(temp)
print(f"1..{len(results)}")
sys.exit(0 if all(results) else 1)
