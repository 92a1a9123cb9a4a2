# SPDX-License-Identifier: Apache-2.0
"""Hostile and odd files of other projects: each is read, or refused with exit 2 and one clear line; none crashes the
program or makes it hang. Files that only the reader process can end are part of that."""
import concurrent.futures
import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "..", "support"))
import tap

LONGEST_S = 20.0  # one file, on a loaded machine


def files_of(folder):
    return sorted(os.path.join(base, n) for base, _, names in os.walk(folder) for n in names
                  if not n.startswith(("LICENSE", "README", "COPYRIGHT", "COPYING")))


def check(path):
    start = time.monotonic()
    done = tap.willis("info", "--spacing", "1,1,1", path, "--json")
    took = time.monotonic() - start
    lines = [l for l in done.stderr.decode("utf-8", "replace").split("\n") if l]
    name = os.path.basename(path)
    if took > LONGEST_S:
        return f"{name}: took {took:.1f} s"
    if done.returncode == 0 and done.stdout.startswith(b"{"):
        return None
    if done.returncode == 2 and len(lines) == 1 and lines[0].startswith("willis: ") and len(lines[0]) > 12:
        return None
    return f"{name}: exit {done.returncode}, {lines}"


def check_all(*parts):
    folder = tap.need_data(*parts)
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        bad = [b for b in pool.map(check, files_of(folder)) if b]
    assert not bad, "\n".join(bad)


def test_hdf5(folder):
    check_all("hdf5", "malformed")


def test_tiff(folder):
    check_all("tiff")


def test_nifti(folder):
    check_all("nifti")


def test_nrrd(folder):
    check_all("nrrd")


def test_dicom_various(folder):
    check_all("dicom", "various")


def test_dicom_malformed(folder):
    # all in one process: the parser itself must take them; each has its reason
    source = tap.need_data("dicom", "malformed")
    line = tap.refused("info", source)
    assert "dcm" in line, line
    good = os.path.join(tap.need_data("circle-of-willis"), "cta.mha")
    listed = tap.willis_json("info", source, good)
    named = set(text.split(":")[0] for text in listed["skipped"])
    files = set(os.path.basename(f) for f in files_of(source))
    assert files <= named, sorted(files - named)[:5]
    assert [s["uid"] for s in listed["series"]] == ["cta.mha"]


sys.exit(tap.run(sys.modules[__name__]))
