# SPDX-License-Identifier: Apache-2.0
"""Cases and reports from the shell: what comes out, what is refused, and that nothing is left half written."""
import array
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "support"))
import dicom
import tap

N = 12
SECRETS = (b"secretson", b"id-1", b"1970")  # of the person whom dicom.slice_file makes up, and the name given here


def nrrd(path, dims=(N, N, N), spacing=1.0):
    """A 16-bit volume that says where it lies."""
    head = ("NRRD0004\ntype: short\ndimension: 3\nspace: left-posterior-superior\nencoding: raw\nendian: little\n"
            f"sizes: {dims[0]} {dims[1]} {dims[2]}\nspace origin: (1,2,3)\n"
            f"space directions: ({spacing},0,0) (0,{spacing},0) (0,0,{spacing})\n\n")
    with open(path, "wb") as f:
        f.write(head.encode())
        f.write(random.Random(1).randbytes(2 * dims[0] * dims[1] * dims[2]))
    return path


def series(folder):
    """A CT series of a person with a name, described by it too."""
    scan = os.path.join(folder, "series")
    os.mkdir(scan)
    for k in range(6):
        dicom.slice_file(os.path.join(scan, f"IM{k}"), array.array("H", [1000 + k] * (N * N)), N, N,
                         position=[0, 0, float(k)], row=[1, 0, 0], column=[0, 1, 0], spacing=[1.0, 1.0], instance=k + 1,
                         name="SECRETSON^ANNA", description="CTA of Secretson")
    return scan


def hidden_names(folder):
    return [n for n in os.listdir(folder) if n.startswith(".")]


def test_import(folder):
    case = os.path.join(folder, "病例 1.h5")
    scan = nrrd(os.path.join(folder, "scan.nrrd"), (12, 13, 14), 0.5)
    said = tap.willis_json("import", scan, "-o", case)
    assert said["case"] == case and said["dims"] == [12, 13, 14], said
    assert said["spacing_mm"] == [0.5, 0.5, 0.5] and isinstance(said["warnings"], list), said
    assert open(case, "rb").read(4) == b"\x89HDF"
    assert hidden_names(folder) == []


def test_region(folder):
    case, scan = os.path.join(folder, "c.h5"), nrrd(os.path.join(folder, "scan.nrrd"))
    assert tap.willis_json("import", scan, "-o", case, "--roi", "1,4,0,11,3,3")["dims"] == [4, 12, 1]
    os.remove(case)
    for bad in ("0,12,0,5,0,5", "5,4,0,5,0,5", "-1,4,0,5,0,5"):
        tap.refused("import", scan, "-o", case, f"--roi={bad}", words=["region"])
    for bad in ("0,1,2", "a,b,c,d,e,f", "0.5,3,0,3,0,3"):
        assert tap.willis("import", scan, "-o", case, f"--roi={bad}").returncode == 1
    assert not os.path.exists(case)


def study(folder, name, date, uid, n=10, description="CTA", **more):
    path = os.path.join(folder, name)
    os.makedirs(path)
    for k in range(n):
        dicom.slice_file(os.path.join(path, f"im{k:04d}.dcm"), array.array("H", [1000 + k] * 64), 8, 8, instance=k + 1, study="1.9" + uid,
                         position=[0.0, 0.0, 0.5 * k], series=uid, date=date, description=description, **dict(dict(thickness=0.5), **more))
    return path


def test_two_studies(folder):
    """Which of two studies is taken is said, and that the other fits as well; a scout or the voxels of one series do not count."""
    both, case = os.path.join(folder, "both"), os.path.join(folder, "c.h5")
    study(both, "a", "20240131", "1.2.3.41")
    b = study(both, "b", "20250228", "1.2.3.42")
    study(both, "s", "20250228", "1.2.3.43", description="scout")
    said = tap.willis_json("import", both, "-o", case)
    assert said["series_uid"] == "1.2.3.42" and said["study_date"] == "2025-02-28", said
    assert [(o["series_uid"], o["study_date"]) for o in said["others"]] == [("1.2.3.41", "2024-01-31")], said
    assert said["warnings"] == ["1 other series there fit as well, 1 of them of another date"], said
    told = tap.willis("import", both, "-o", case).stdout.decode()
    for words in ("1.2.3.41", "2024-01-31", "1.2.3.42", "2025-02-28", "--series", "of the newest study"):
        assert words in told, (words, told)
    asked = tap.willis_json("import", both, "-o", case, "--series", "1.2.3.42")
    assert asked["series_uid"] == "1.2.3.42" and asked["study_date"] == "2025-02-28"
    assert asked["warnings"] == asked["others"] == [] and tap.willis_json("import", b, "-o", case)["others"] == []


def test_newest(folder):
    """Of studies that fit alike the newest is taken, by date, then time; in a study the first as numbered; by UID only where nothing else tells."""
    case, both = os.path.join(folder, "c.h5"), os.path.join(folder, "both")
    study(both, "a", "20250228", "1.2.3.41", study_time="091500")
    study(both, "b", "20250228", "1.2.3.42", study_time="143000.5")
    taken = tap.willis_json("import", both, "-o", case)
    assert taken["series_uid"] == "1.2.3.42", taken
    assert "1.2.3.41" in tap.willis("import", both, "-o", case).stdout.decode()
    one = os.path.join(folder, "one")
    for name, uid, number in (("a", "1.2.3.51", 4), ("b", "1.2.3.52", 3)):
        study(one, name, "20250228", uid, number=number)
    assert tap.willis_json("import", one, "-o", case)["series_uid"] == "1.2.3.52"
    same = os.path.join(folder, "same")
    study(same, "a", "20250228", "1.2.3.62")
    study(same, "b", "20250228", "1.2.3.61")
    assert tap.willis_json("import", same, "-o", case)["series_uid"] == "1.2.3.61"
    unlike = os.path.join(folder, "unlike")  # a newer one that is far less likely is not taken, and said
    study(unlike, "a", "20250228", "1.2.3.71")
    study(unlike, "b", "20260228", "1.2.3.72", description="bone MPR")
    taken = tap.willis_json("import", unlike, "-o", case)
    assert taken["series_uid"] == "1.2.3.71" and [o["series_uid"] for o in taken["others"]] == ["1.2.3.72"], taken


def test_one_slice(folder):
    """A slice stands for its series, without what else lies beside it."""
    a, case = study(folder, "a", "20240131", "1.2.3.41"), os.path.join(folder, "c.h5")
    for name in os.listdir(study(folder, "b", "20250228", "1.2.3.42", 4)):
        os.rename(os.path.join(folder, "b", name), os.path.join(a, "b" + name))
    said = tap.willis_json("import", os.path.join(a, "im0005.dcm"), "-o", case)
    assert said["dims"] == [8, 8, 10] and said["series_uid"] == "1.2.3.41" and said["warnings"] == said["others"] == [], said
    assert tap.willis_json("import", os.path.join(a, "bim0002.dcm"), "-o", case)["dims"] == [8, 8, 4]
    assert tap.willis_json("import", *(os.path.join(a, f"im000{k}.dcm") for k in (2, 3, 4)), "-o", case)["dims"] == [8, 8, 3]


def test_same_bytes(folder):
    scan = nrrd(os.path.join(folder, "scan.nrrd"), (40, 40, 40))
    os.environ["SOURCE_DATE_EPOCH"] = "1700000000"
    try:
        for name in ("a.h5", "b.h5"):
            tap.willis_json("import", scan, "-o", os.path.join(folder, name), "--threads", "1" if name[0] == "a" else "4")
    finally:
        del os.environ["SOURCE_DATE_EPOCH"]
    a, b = (open(os.path.join(folder, n), "rb").read() for n in ("a.h5", "b.h5"))
    assert a == b


def test_refusals(folder):
    scan, case = nrrd(os.path.join(folder, "scan.nrrd")), os.path.join(folder, "c.h5")
    text = os.path.join(folder, "notes.txt")
    with open(text, "w") as f:
        f.write("keep me")
    tap.refused("import", os.path.join(folder, "nothing"), "-o", case)
    tap.refused("import", text, "-o", case)
    tap.refused("import", scan, "-o", text, words=["notes.txt", "no case"])
    tap.refused("import", scan, "-o", os.path.join(folder, "no", "where.h5"))
    tap.refused("import", scan, "-o", folder)
    assert open(text).read() == "keep me"
    assert tap.willis("import", scan).returncode == 1
    assert tap.willis("import", scan, "-o", scan).returncode == 1  # would overwrite the scan
    assert tap.willis("import", "-o", case).returncode == 1
    assert not os.path.exists(case) and hidden_names(folder) == []


def test_report(folder):
    scan, case, out = nrrd(os.path.join(folder, "scan.nrrd")), os.path.join(folder, "c.h5"), os.path.join(folder, "r.pdf")
    tap.willis_json("import", scan, "-o", case)
    said = tap.willis_json("report", case, "-o", out)
    assert said["out"] == out and said["pages"] >= 1, said
    assert open(out, "rb").read(5) == b"%PDF-"
    tap.refused("report", scan, "-o", out)
    tap.refused("report", os.path.join(folder, "missing.h5"), "-o", out, words=["missing.h5"])
    tap.refused("report", case, "-o", out, "--language", "tlh", words=["tlh"])
    tap.refused("report", case, "-o", os.path.join(folder, "no", "where.pdf"))
    assert tap.willis("report", case).returncode == 1
    assert tap.willis("report", case, "-o", out, "--paper", "a3").returncode == 1
    assert tap.willis("report", case, "-o", case).returncode == 1  # would overwrite the case
    assert open(case, "rb").read(4) == b"\x89HDF"
    assert hidden_names(folder) == []


def test_nothing_overwrites_its_input(folder):
    scan, case = nrrd(os.path.join(folder, "scan.nrrd")), os.path.join(folder, "c.h5")
    link = os.path.join(folder, "link.nrrd")
    os.symlink(scan, link)
    before = open(scan, "rb").read()
    for args in (("convert", scan, scan), ("convert", scan, link), ("convert", link, scan),
                 ("plan", scan, "-o", case, "--report", scan), ("plan", scan, "-o", case, "--report", case)):
        assert tap.willis(*args).returncode == 1, args
    assert open(scan, "rb").read() == before and not os.path.exists(case)
    tap.willis_json("import", scan, "-o", case)
    whole = open(case, "rb").read()
    assert tap.willis("segment", case, "--mask", case).returncode == 1
    assert open(case, "rb").read() == whole


def test_spacing_is_above_zero(folder):
    scan, out = nrrd(os.path.join(folder, "scan.nrrd")), os.path.join(folder, "o.nii")
    for bad in ("0,0,0", "1,1,0", "-1,1,1", "nan,1,1"):
        for args in (("convert", scan, out), ("info", scan), ("import", scan, "-o", os.path.join(folder, "c.h5"))):
            assert tap.willis(*args, f"--spacing={bad}").returncode == 1, args
    assert os.listdir(folder) == ["scan.nrrd"]


def test_identity_stays_inside(folder):
    """The person's name is in the case and in a report that asks for it, and nowhere else."""
    scan, case = series(folder), os.path.join(folder, "c.h5")
    out, named = os.path.join(folder, "r.pdf"), os.path.join(folder, "named.pdf")
    said = [tap.willis("import", scan, "-o", case, "--json"), tap.willis("import", scan, "-o", case),
            tap.willis("report", case, "-o", out), tap.willis("report", case, "-o", named, "--identified")]
    for done in said:
        assert done.returncode == 0, done.stderr
        heard = (done.stdout + done.stderr).lower()
        for secret in SECRETS:
            assert secret not in heard, heard
    assert b"SECRETSON" in open(case, "rb").read()
    assert b"CTA of Secretson" not in open(case, "rb").read()  # a description with the name in it is left out
    text = subprocess.run(["pdftotext", out, "-"], capture_output=True).stdout.lower()
    assert b"w-" in text and not [s for s in SECRETS if s in text], text
    assert b"secretson" in subprocess.run(["pdftotext", named, "-"], capture_output=True).stdout.lower()


def strings_of(case):
    """Every text in the file: attributes and data sets, as HDF5's own tool reads them."""
    if shutil.which("h5dump") is None:
        return ""
    return subprocess.run(["h5dump", case], capture_output=True, timeout=120, check=True).stdout.decode()


def test_deidentify(folder):
    """No text of a de-identified copy names the person, and the copy is a case."""
    scan, case, out = series(folder), os.path.join(folder, "c.h5"), os.path.join(folder, "copy.h5")
    tap.willis_json("import", scan, "-o", case)
    uids = {s["uid"] for s in tap.willis_json("info", scan)["series"]}
    said = tap.willis_json("deidentify", case, "-o", out)
    assert said["case"] == out and said["pseudonym"].startswith("W-"), said
    for text in (open(out, "rb").read().decode("latin-1"), strings_of(out)):
        assert not [s for s in SECRETS if s.decode() in text.lower()], text[:2000]
        assert not [uid for uid in uids if uid in text] and "IM0" not in text and "series" not in text
    assert "SECRETSON" in open(case, "rb").read().decode("latin-1")
    assert tap.willis_json("deidentify", case, "-o", out, "--pseudonym", "Trainee 7")["pseudonym"] == "Trainee 7"
    assert tap.willis("report", out, "-o", os.path.join(folder, "r.pdf")).returncode == 0
    whole = open(case, "rb").read()
    tap.refused("deidentify", case, "-o", out, "--pseudonym", "Anna S.", words=["pseudonym"], code=1)
    assert tap.willis("deidentify", case, "-o", case).returncode == 1
    assert tap.willis("deidentify", case).returncode == 1
    assert open(case, "rb").read() == whole and hidden_names(folder) == []


def test_interrupted(folder):
    """Ctrl+C ends with 130 and leaves no file; whenever it comes."""
    scan = nrrd(os.path.join(folder, "scan.nrrd"), (200, 200, 120))
    codes = []
    for n in range(6):
        case = os.path.join(folder, f"c{n}.h5")
        run = subprocess.Popen([tap.EXE, "import", scan, "-o", case], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        time.sleep(0.06 + 0.12 * n)
        run.send_signal(signal.SIGINT)
        err = run.communicate(timeout=60)[1].decode()
        codes.append(run.returncode)
        assert run.returncode in (0, 130, -signal.SIGINT), (run.returncode, err)
        assert os.path.exists(case) == (run.returncode == 0), (n, run.returncode)
    assert hidden_names(folder) == []
    assert 130 in codes or -signal.SIGINT in codes or os.environ.get("WILLIS_SLOW"), codes


def test_damaged_case(folder):
    scan, case = nrrd(os.path.join(folder, "scan.nrrd"), (30, 30, 30)), os.path.join(folder, "c.h5")
    tap.willis_json("import", scan, "-o", case)
    whole = open(case, "rb").read()
    for n in range(8):
        with open(case, "wb") as f:
            f.write(whole[:len(whole) * n // 8])
        tap.refused("report", case, "-o", os.path.join(folder, "r.pdf"), words=["c.h5"])
    assert not os.path.exists(os.path.join(folder, "r.pdf"))


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as home:
        os.environ["XDG_DATA_HOME"] = home  # the secret of pseudonyms
        sys.exit(tap.run(sys.modules[__name__]))
