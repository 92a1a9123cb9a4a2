# SPDX-License-Identifier: Apache-2.0
"""Hostile and odd files of other projects: each is read, or refused with exit 2 and one clear line; none crashes the
program or makes it hang. Files that only the reader process can end are part of that."""
import concurrent.futures
import json
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


def check_batch(paths, good):
    """Several files in one process: each must be listed or have its reason. Where the process dies, one by one."""
    done = tap.willis("info", "--spacing", "1,1,1", good, *paths, "--json", timeout=110)
    if done.returncode != 0:
        return [b for b in map(check, paths) if b]
    told = json.loads(done.stdout)
    named = set(s["uid"].split("#")[0] for s in told["series"])
    reasons = [text for text in told["skipped"] if len(text) > 12]
    return [f"{os.path.basename(p)}: neither read nor refused" for p in paths
            if os.path.basename(p) not in named and not any(r.startswith(os.path.basename(p)) for r in reasons)]


def check_all(folder, *parts):
    good = os.path.join(folder, "good.nrrd")
    with open(good, "wb") as f:
        f.write(b"NRRD0004\ntype: uchar\ndimension: 3\nsizes: 2 2 2\nspacings: 1 1 1\nencoding: raw\n\n12345678")
    files = files_of(tap.need_data(*parts))
    batches = [files[n:n + 24] for n in range(0, len(files), 24)]
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        bad = [b for found in pool.map(lambda batch: check_batch(batch, good), batches) for b in found]
    assert not bad, "\n".join(bad)


def test_hdf5(folder):
    check_all(folder, "hdf5", "malformed")


def test_tiff(folder):
    check_all(folder, "tiff")


def test_nifti(folder):
    check_all(folder, "nifti")


def test_nrrd(folder):
    check_all(folder, "nrrd")


def test_dicom_various(folder):
    # series have uids, not the names of files: one by one
    bad = [b for b in map(check, files_of(tap.need_data("dicom", "various"))) if b]
    assert not bad, "\n".join(bad)


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
