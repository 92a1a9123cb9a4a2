# SPDX-License-Identifier: Apache-2.0
"""willis stent in tubes and lumens, against the helix law and open-coil springs written out again here."""
import json
import math
import os
import random
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "support"))
import tap

REF = dict(wires=48, wire_diameter_mm=0.030, free_diameter_mm=4.25, free_length_mm=20.0, free_angle_deg=74.0, young_gpa=200.0,
           poisson=0.3)


def write(folder, name, what):
    path = os.path.join(folder, name)
    with open(path, "w") as f:
        f.write(what if isinstance(what, str) else json.dumps(what))
    return path


def closed_form(dev, helix):
    """Length, coverage, pore density, radial force per length."""
    n, w, d0, l0 = dev["wires"], dev["wire_diameter_mm"], dev["free_diameter_mm"], dev["free_length_mm"]
    b0 = math.radians(90 - dev["free_angle_deg"])
    s, k3 = l0 / math.sin(b0), d0 / math.cos(b0)
    d = min(helix, d0)
    turns = l0 / (math.pi * d0 * math.tan(b0))
    length = math.sqrt(s * s - (turns * math.pi * d) ** 2)
    b = math.asin(length / s)
    p = 2 * math.pi * d / n * math.sin(b)
    e = dev["young_gpa"] * 1e3
    inertia = math.pi * w ** 4 / 64
    gj = e / (2 * (1 + dev["poisson"])) * 2 * inertia
    force = 2 * n / k3 * (gj * (2 * math.sin(b) / k3 - math.sin(2 * b0) / d0)
                          - e * inertia * math.tan(b) * (2 * math.cos(b) / k3 - 2 * math.cos(b0) ** 2 / d0))
    pressure = 2 * force * turns / (d * length * math.tan(b))
    return (length, 1 - (1 - w / p) ** 2, n * n / math.tan(b) / (2 * math.pi ** 2 * d * d), pressure * math.pi * d)


def compare(said, want, tol=1e-6):
    for key, value in zip(("length_mm", "coverage", "pore_density_mm2", "radial_force_n_mm"), want):
        assert abs(said[key] - value) <= tol * max(1.0, abs(value)), (key, said[key], value)


def test_tube(folder):
    rng = random.Random(7)
    for k in range(25):
        dev = REF if k == 0 else dict(wires=rng.choice([16, 24, 36, 48, 64, 96]), wire_diameter_mm=round(rng.uniform(.02, .06), 4),
                                      free_diameter_mm=round(rng.uniform(2.5, 6), 3), free_length_mm=round(rng.uniform(8, 40), 2),
                                      free_angle_deg=round(rng.uniform(40, 78), 2), young_gpa=round(rng.uniform(40, 230), 1),
                                      poisson=round(rng.uniform(0.25, 0.35), 3))
        tube = round(rng.uniform(0.5, 1.1) * dev["free_diameter_mm"], 3)
        for helix in (False, True):
            path = write(folder, "device.json", dict(dev, diameter="helix") if helix else dev)
            said = tap.willis_json("stent", "--device", path, "--tube", str(tube))
            want = closed_form(dev, tube - (0 if helix else 2 * dev["wire_diameter_mm"]))
            compare(said, want)
            gap = max(tube - (0 if helix else 2 * dev["wire_diameter_mm"]) - dev["free_diameter_mm"], 0) / 2
            assert abs(said["gap_mm"] - gap) < 1e-9


def test_profile(folder):
    device = write(folder, "device.json", dict(REF, diameter="helix"))
    rows = "s_mm,diameter_mm\n" + "".join(f"{x},{4 - 0.05 * x}\n" for x in range(0, 71))
    said = tap.willis_json("stent", "--device", device, "--profile", write(folder, "lumen.csv", rows))
    assert abs(said["length_mm"] - 53.012708) < 1e-6, said["length_mm"]
    assert said["warnings"] == [] and len(said["stations"]) > 50
    # a lumen with a step between two tubes: the wire is shared between them by the closed form
    rows = "s_mm,diameter_mm\n0,3.5\n10,3.5\n10.000001,3.0\n90,3.0\n"
    said = tap.willis_json("stent", "--device", device, "--profile", write(folder, "lumen.csv", rows))
    dmax, s = 4.25 / math.sin(math.radians(74)), 20 / math.cos(math.radians(74))
    want = 10 + (s - 10 / math.sqrt(1 - (3.5 / dmax) ** 2)) * math.sqrt(1 - (3 / dmax) ** 2)
    assert abs(said["length_mm"] - want) < 1e-5, (said["length_mm"], want)
    # a lumen that ends before the device does is said
    rows = "s_mm,diameter_mm\n0,3.5\n10,3.5\n"
    said = tap.willis_json("stent", "--device", device, "--profile", write(folder, "lumen.csv", rows))
    assert len(said["warnings"]) == 1 and said["beyond_mm"] > 30


def test_table(folder):
    rows = [(3.0, 46), (3.5, 43), (4.0, 39), (4.5, 34)]
    whole = {"table": [{"diameter_mm": d, "length_mm": l} for d, l in rows]}
    said = tap.willis_json("stent", "--device", write(folder, "whole.json", whole), "--tube", "3.75")
    assert 39.5 < said["length_mm"] < 42.5 and said["coverage"] is None and not said["extrapolated"], said
    assert said["braid"]["fit_worst_mm"] < 0.5
    for k in (1, 2):
        part = {"table": [{"diameter_mm": d, "length_mm": l} for i, (d, l) in enumerate(rows) if i != k]}
        said = tap.willis_json("stent", "--device", write(folder, "part.json", part), "--tube", str(rows[k][0]))
        assert abs(said["length_mm"] - rows[k][1]) <= 1.0, said
    said = tap.willis_json("stent", "--device", write(folder, "whole.json", whole), "--tube", "4.8")
    assert said["extrapolated"] and said["warnings"], said
    tap.refused("stent", "--device", write(folder, "whole.json", whole), "--tube", "9", words=["wider"])
    # any order of rows, with the wires that are known
    more = dict(whole, wires=16, wire_diameter_mm=0.06)
    more["table"] = more["table"][::-1]
    said = tap.willis_json("stent", "--device", write(folder, "more.json", more), "--tube", "4.0")
    assert abs(said["length_mm"] - 39) < 0.6 and 0.05 < said["coverage"] < 0.4


def test_refused(folder):
    for change, word in ((dict(colour="red"), "colour"), (dict(wires=7), "even"), (dict(wires="many"), "wires"),
                         (dict(free_angle_deg=95), "free_angle_deg"), (dict(diameter="radius"), "diameter")):
        tap.refused("stent", "--device", write(folder, "bad.json", dict(REF, **change)), "--tube", "3.5", words=["bad.json", word])
    for missing in ("wires", "free_angle_deg", "free_length_mm"):
        bad = {k: v for k, v in REF.items() if k != missing}
        tap.refused("stent", "--device", write(folder, "bad.json", bad), "--tube", "3.5", words=[missing])
    tap.refused("stent", "--device", os.path.join(folder, "none.json"), "--tube", "3.5", words=["none.json"])
    device = write(folder, "device.json", REF)
    for rows in ("", "s,d\n0,3\n1,3\n", "s_mm,diameter_mm\n0,3\n", "s_mm,diameter_mm\n1,3\n0,3\n", "s_mm,diameter_mm\n0,3\n1,x\n",
                 "s_mm,diameter_mm\n0,3\n1\n", "s_mm,diameter_mm\n0,-3\n1,3\n", "s_mm,diameter_mm\n0,0.05\n1,0.05\n"):
        tap.refused("stent", "--device", device, "--profile", write(folder, "lumen.csv", rows), words=["lumen.csv"])
    assert tap.willis("stent", "--device", device, "--tube", "abc").returncode == 1
    tap.refused("stent", "--device", device, "--tube", "-3")
    assert tap.willis("stent", "--device", device).returncode == 1
    assert tap.willis("stent", "--tube", "3").returncode == 1


def test_level_two(folder):
    device = write(folder, "device.json", dict(REF, diameter="helix"))
    for tube in (4.0, 3.5, 3.0):
        said = tap.willis_json("stent", "--device", device, "--tube", str(tube), "--level", "2")
        want = closed_form(REF, tube)
        assert abs(said["length_mm"] - want[0]) < 0.002, said["length_mm"]
        assert abs(said["radial_force_n_mm"] / want[3] - 1) < 0.01, said["radial_force_n_mm"]
    assert tap.willis("stent", "--device", device, "--tube", "3", "--level", "4").returncode == 1


def test_level_three(folder):
    """Every wire a rod, in a tube and round a bend; twelve wires are done in no time, a law of their own they do not get."""
    coarse = dict(REF, wires=12, wire_diameter_mm=0.08, free_length_mm=8, diameter="helix")
    device = write(folder, "coarse.json", coarse)
    said = tap.willis_json("stent", "--device", device, "--tube", "3.5", "--level", "3")
    assert abs(said["wires"]["length_mm"] - said["length_mm"]) < 0.2, said["wires"]
    assert abs(said["wires"]["radial_force_n_mm"] / said["radial_force_n_mm"] - 1) < 0.05, said["wires"]
    rows = "s_mm,diameter_mm,curvature_1_mm\n" + "".join(f"{x},3.5,0.1\n" for x in range(0, 41))
    bent = tap.willis_json("stent", "--device", device, "--profile", write(folder, "bent.csv", rows), "--level", "3")
    assert abs(bent["wires"]["length_mm"] / bent["length_mm"] - 1) < 0.03, (bent["wires"], bent["length_mm"])
    assert bent["wires"]["porosity_outer"] > bent["wires"]["porosity_inner"]
    # the same bend as a centreline in space, turned about: the same answers
    turn = lambda x: (10 - 10 * math.cos(x / 10), 0.6 * 10 * math.sin(x / 10), 0.8 * 10 * math.sin(x / 10))
    rows = "x_mm,y_mm,z_mm,diameter_mm\n" + "".join("%.6f,%.6f,%.6f,3.5\n" % turn(0.5 * k) for k in range(0, 81))
    path = write(folder, "curve.csv", rows)
    space = tap.willis_json("stent", "--device", device, "--profile", path, "--level", "3")
    assert abs(space["length_mm"] / bent["length_mm"] - 1) < 0.005, (space["length_mm"], bent["length_mm"])
    assert abs(space["wires"]["length_mm"] / bent["wires"]["length_mm"] - 1) < 0.01, (space["wires"], bent["wires"])
    for bad in ("x_mm,y_mm,z_mm,diameter_mm\n0,0,0,3\n", "x_mm,y_mm,z_mm,diameter_mm\n0,0,0,3\n0,0,900,3\n",
                "x_mm,y_mm,z_mm,diameter_mm\n0,0,0,3\n0,0,9,-3\n", "x_mm,y_mm,z_mm\n0,0,0\n0,0,9\n", "x_mm,y_mm,z_mm,diameter_mm\n1,1,1,3\n1,1,1,3\n"):
        tap.refused("stent", "--device", device, "--profile", write(folder, "bad.csv", bad), words=["bad.csv"])
    tap.refused("stent", "--device", write(folder, "odd.json", {"table": [{"diameter_mm": 3, "length_mm": 20},
                {"diameter_mm": 3.5, "length_mm": 18}]}), "--tube", "3.2", "--level", "3", words=["wires"])


def test_devices(folder):
    os.environ["XDG_DATA_HOME"] = folder
    said = tap.willis_json("devices", "--type", "microcatheter", "--fits", "pipeline-flex-4.00x20")["devices"]
    fits = {d["id"]: d["fits"] for d in said}
    assert fits["phenom-27"] and not fits["phenom-21"] and not fits["echelon-10"]
    assert all(d["reason"] and d["source"] and len(d["date"]) == 10 for d in said)
    table = write(folder, "table.csv", "diameter_mm,length_mm\n3.0,30\n3.5,28\n4.0,26\n4.5,23\n")
    options = ["--id", "my-braid-4.5x23", "--name", "My braid", "--maker", "Me", "--kind", "braided-stent", "--wires", "16",
               "--wire-diameter", "0.06", "--catheter", "0.021", "--source", "my bench", "--date", "2026-01-31"]
    said = tap.willis_json("devices", "--import", table, *options)
    assert said["fit_worst_mm"] < 0.3 and said["leave_one_out_worst_mm"] < 0.5 and len(said["rows"]) == 4, said
    mine = [d for d in tap.willis_json("devices", "--type", "braided-stent")["devices"] if d["user"]]
    assert [d["id"] for d in mine] == ["my-braid-4.5x23"] and mine[0]["source"] == "my bench"
    assert tap.willis("devices", "--import", table, *options[:-2]).returncode == 1
    bad = write(folder, "bad.csv", "diameter_mm,length_mm\n3.0,20\n3.5,28\n")
    tap.refused("devices", "--import", bad, *options, words=["bad.csv"])
    tap.refused("devices", "--fits", "nothing-such", words=["nothing-such"])
    os.makedirs(os.path.join(folder, "willis", "catalogue"), exist_ok=True)
    write(os.path.join(folder, "willis", "catalogue"), "broken.ini", "[manufacturer]\nname=B\n[x]\ntype=wire\nouter_mm=fat\n")
    tap.refused("devices", words=["broken.ini", "line 5"])


def test_catalogue_in_lumen(folder):
    """The catalogue in lumens that are given: in a straight tube every braid is as long as its own helix, in a bend a little shorter."""
    tube = write(folder, "tube.csv", "s_mm,diameter_mm\n0,3.4\n300,3.4\n")
    said = tap.willis_json("stent", "--profile", tube, "--neck", "120,124")
    devices = said["devices"]
    assert len(devices) > 400 and said["artery"]["neck_mm"] == [176, 180]
    order = ["safe", "depends", "not"]
    assert [d["fit"] for d in devices] == sorted((d["fit"] for d in devices), key=order.index)
    for d in devices:
        b, want = d["braid"], None
        if b:
            helix = min(3.4 - b["lumen_offset_mm"], b["free_diameter_mm"] or 99)
            want = b["wire_length_mm"] * math.sqrt(1 - (helix / b["d_max_mm"]) ** 2)
            assert abs(d["length_mm"] - want) < 1e-6 * want, (d["id"], d["length_mm"], want)
            assert abs(d["gap_max_mm"] - max(3.4 - b["lumen_offset_mm"] - helix, 0) / 2) < 1e-9, d["id"]
        lo, hi = d["length_90_mm"]
        assert 0 < lo < d["length_mm"] < hi and d["gap_max_mm"] >= 0, d
    named = tap.willis_json("stent", "--device", "pipeline-flex-3.50x14", "--tube", "3.4")  # by its id without a lumen's neck
    assert abs(named["length_mm"] - next(d["length_mm"] for d in devices if d["id"] == "pipeline-flex-3.50x14")) < 1e-6
    tap.refused("stent", "--device", "neuroform-atlas-3.0x15", "--tube", "3", words=["Atlas"])
    best = devices[0]
    one = tap.willis_json("stent", "--profile", tube, "--neck", "120,124", "--device", best["id"], "--diameter-sd", "0")["devices"]
    assert len(one) == 1 and one[0]["length_mm"] == best["length_mm"] and one[0]["length_sd_mm"] < best["length_sd_mm"]
    turn = lambda x: (8 - 8 * math.cos(x / 8), 8 * math.sin(x / 8))
    rows = "x_mm,y_mm,z_mm,diameter_mm\n" + "".join("%.6f,0,%.6f,3.4\n" % turn(0.5 * k) for k in range(0, 96))
    bent = tap.willis_json("stent", "--profile", write(folder, "bent.csv", rows), "--neck", "18,22", "--device", best["id"])["devices"][0]
    assert best["braid"] == {} or 0.9 * best["length_mm"] < bent["length_mm"] < best["length_mm"], (best, bent)
    energy = tap.willis_json("stent", "--profile", tube, "--neck", "120,124", "--device", "pipeline-flex-3.50x14", "--level", "2")
    # by energy it bulges into the neck, which takes length
    assert 0.9 < energy["energy"]["length_mm"] / energy["devices"][0]["length_mm"] < 1, energy["energy"]
    assert 0 < energy["energy"]["neck_bulge_mm"] < 0.3, energy["energy"]
    for neck in ("0,3", "3,2", "299,301", "nan,3"):
        bad = tap.willis("stent", "--profile", tube, "--neck", neck)
        assert bad.returncode in (1, 2) and bad.stderr.count(b"\n") == 1, (neck, bad.stderr)
    short = write(folder, "short.csv", "s_mm,diameter_mm\n0,3\n4,3\n")
    tap.refused("stent", "--profile", short, "--neck", "1,2", words=["short.csv"])
    assert tap.willis("stent", "--neck", "1,2").returncode == 1
    assert tap.willis("stent", "--profile", tube, "--neck", "1,2", "--level", "3").returncode == 1


def test_case(folder):
    """A computed scan: the ranking is whole, sorted, fast, and each verdict follows from its numbers."""
    spec = dict(grid=dict(dims=[72, 72, 72], spacing_mm=[.45, .45, .45]), noise_hu=8, lumen_hu=400, psf_fwhm_mm=[.7, .7],
                vessels=[dict(id="a", points=[[-2, 0, -22, 1.9], [0, 0, -8, 1.9], [0, 0, 8, 1.8], [2, 0, 22, 1.8]])],
                aneurysms=[dict(id="s", parent="a", at_mm=22, axis=[0, 1, 0], kind="sidewall", height_mm=5, width_mm=5, neck_mm=3.5)])
    tap.willis("phantom", "--spec", write(folder, "spec.json", spec), "-o", folder)
    case = os.path.join(folder, "case.h5")
    done = tap.willis("plan", os.path.join(folder, "ct.nii.gz"), "-o", case, timeout=200)
    assert done.returncode == 0, done.stderr
    said = tap.willis_json("stent", case)
    devices, artery = said["devices"], said["artery"]
    assert len(devices) > 400 and [d["fit"] for d in devices] == sorted((d["fit"] for d in devices), key=["safe", "depends", "not"].index)
    middle = [d for s, d in zip(artery["s_mm"], artery["diameter_mm"]) if 5 < s < artery["length_mm"] - 5]
    assert abs(sum(middle) / len(middle) - 3.7) < 0.15, sum(middle) / len(middle)
    neck = artery["neck_mm"][1] - artery["neck_mm"][0]
    assert 2.5 < neck < 5.5, artery["neck_mm"]
    for d in devices:
        lo, hi = d["length_90_mm"]
        assert lo <= d["length_mm"] <= hi and 0 <= d["apposition"] <= 1, d
        assert abs(d["distal_landing_mm"] + neck + d["proximal_landing_mm"] - d["working_length_mm"]) < 0.01, d
        assert 0.4 * d["length_mm"] < d["working_length_mm"] <= d["length_mm"], d
        assert d["fit"] != "safe" or d["proximal_landing_mm"] - (d["length_mm"] - lo) >= 3.99, d
        assert d["fit"] == "safe" or d["warnings"], d
    one = tap.willis_json("stent", case, "--device", devices[0]["id"])["devices"]
    assert len(one) == 1 and one[0]["length_mm"] == devices[0]["length_mm"]
    for lo, hi in ((18, 23), (24, 29), (28, 31)):  # a list of coils for every band that is asked for
        coils = tap.willis_json("stent", case, "--device", devices[0]["id"], "--packing", f"{lo},{hi}")["coils"]
        assert lo / 100 <= coils["packing"] <= hi / 100 + 1e-9, (lo, hi, coils["packing"])
        assert abs(coils["list"][-1]["packing"] - coils["packing"]) < 1e-9
    assert tap.willis("stent", case, "--packing", "30,20").returncode == 1
    nearer = tap.willis_json("stent", case, "--device", devices[0]["id"], "--distal", "3")["devices"][0]
    assert abs(nearer["distal_landing_mm"] - 3) < 1e-9
    tap.refused("stent", case, "--device", "no-such-device", words=["no-such-device"])
    assert tap.willis("stent", case, "--distal", "-4").returncode == 1
    check_plans(case, devices)


def check_plans(case, devices):
    """What is named can be kept in the case, each in its own place, is printed in the report, and goes again."""
    said = tap.willis_json("stent", case, "--coils", "proposed")
    assert said["plan"] == dict(stent=None, in_sac=None) and not said["kept"] and "devices" not in said
    proposed = [c["id"] for c in said["coils"]["list"]]
    fits = next(d["id"] for d in said["intrasaccular"] if d["fit"] != "not")
    wrong = next(d["id"] for d in said["intrasaccular"] if d["fit"] == "not")
    stent = next(d["id"] for d in devices if d["fit"] != "not")
    kept = tap.willis_json("stent", case, "--coils", "proposed", "--keep")
    assert kept["kept"] and kept["plan"]["in_sac"]["devices"] == proposed and kept["plan"]["in_sac"]["coils"], kept["plan"]
    assert abs(kept["plan"]["in_sac"]["packing"] - said["coils"]["packing"]) < 1e-12
    assert abs(kept["plan"]["in_sac"]["wire_mm3"] - sum(c["volume_mm3"] for c in said["coils"]["list"])) < 1e-9
    tap.willis_json("stent", case, "--device", stent, "--keep")
    plan = tap.willis_json("stent", case, "--device", stent)["plan"]  # as the case has them
    assert plan["stent"]["id"] == stent and plan["in_sac"]["devices"] == proposed and not plan["in_sac"]["stale"], plan
    report = os.path.join(os.path.dirname(case), "report.pdf")
    assert tap.willis("report", case, "-o", report, "--no-pictures").returncode == 0
    tap.refused("stent", case, "--in-sac", wrong, "--keep", words=["not taken into the plan"])
    plan = tap.willis_json("stent", case, "--in-sac", fits, "--keep")["plan"]
    assert plan["stent"]["id"] == stent and plan["in_sac"]["devices"] == [fits] and not plan["in_sac"]["coils"], plan
    tap.refused("stent", case, "--in-sac", stent, words=["sac"])
    plan = tap.willis_json("stent", case, "--drop", "sac")["plan"]
    assert plan["in_sac"] is None and plan["stent"]["id"] == stent, plan
    tap.refused("stent", case, "--drop", "sac", words=["nothing"])
    assert tap.willis_json("stent", case, "--drop", "stent")["plan"]["stent"] is None
    for wrong in (["--keep"], ["--keep", "--in-sac", fits, "--coils", "proposed"], ["--drop", "coils"],
                  ["--drop", "sac", "--keep"]):
        assert tap.willis("stent", case, *wrong).returncode == 1, wrong


if __name__ == "__main__":
    sys.exit(tap.run(sys.modules[__name__]))
