# SPDX-License-Identifier: Apache-2.0
"""Agreement with dcm2niix, an independent reader: every voxel of ours lies where dcm2niix puts the same value."""
import glob
import math
import os
import random
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "..", "support"))
import array

import dicom
import tap

PLACE_MM = 2e-3  # both files hold single precision: 1e-3 mm of the reader, the rest is rounding at 300 mm


def other(folder, source):
    if shutil.which("dcm2niix") is None:
        raise tap.Skip("dcm2niix is not installed")
    out = os.path.join(folder, "dcm2niix")
    os.makedirs(out, exist_ok=True)
    subprocess.run(["dcm2niix", "-o", out, "-f", "%s_%p", "-z", "n", "-b", "n", source], capture_output=True, timeout=60)
    return sorted(glob.glob(os.path.join(out, "*.nii")))


def ours(folder, source, *args):
    out = os.path.join(folder, "ours.nii")
    tap.willis_json("convert", source, out, *args)
    return dicom.Nifti(out)


def invert(affine):
    """The inverse of the 3 x 4 affine, as a function of a point."""
    m = [row[:3] for row in affine]
    det = (m[0][0] * (m[1][1] * m[2][2] - m[1][2] * m[2][1]) - m[0][1] * (m[1][0] * m[2][2] - m[1][2] * m[2][0])
           + m[0][2] * (m[1][0] * m[2][1] - m[1][1] * m[2][0]))
    inv = [[(m[(c + 1) % 3][(r + 1) % 3] * m[(c + 2) % 3][(r + 2) % 3] - m[(c + 1) % 3][(r + 2) % 3] * m[(c + 2) % 3][(r + 1) % 3])
            / det for c in range(3)] for r in range(3)]
    t = [row[3] for row in affine]
    return lambda p: [sum(inv[r][c] * (p[c] - t[c]) for c in range(3)) for r in range(3)]


def compare(mine, theirs, step=1, floor=-math.inf):
    """At each voxel of ours, dcm2niix has a voxel at the same place with the same value, at least floor."""
    back = invert(theirs.affine)
    size = min(math.sqrt(sum(row[c] ** 2 for row in theirs.affine)) for c in range(3))
    worst, n = 0.0, 0
    for k in range(0, mine.dims[2]):
        for j in range(0, mine.dims[1], step):
            for i in range(0, mine.dims[0], step):
                p = [r[0] * i + r[1] * j + r[2] * k + r[3] for r in mine.affine]
                at = back(p)
                near = [round(x) for x in at]
                worst = max(worst, max(abs(a - b) for a, b in zip(at, near)) * size)
                assert all(0 <= near[a] < theirs.dims[a] for a in range(3)), (i, j, k, at)
                assert abs(mine.at(i, j, k) - max(theirs.at(*near), floor)) <= 1e-3, (i, j, k, mine.at(i, j, k), theirs.at(*near))
                n += 1
    assert worst < PLACE_MM, worst
    return n


def made(folder, row, column, heights, **more):
    scan = os.path.join(folder, "scan")
    os.mkdir(scan)
    normal = dicom.cross(row, column)
    noise = random.Random(3)
    for n, h in enumerate(heights):
        p = [(-31.25, 12.5, 40.75)[a] + normal[a] * h for a in range(3)]
        samples = array.array("H", [noise.randrange(0, 3000) for _ in range(30 * 26)])
        dicom.slice_file(os.path.join(scan, f"{n:03d}.dcm"), samples, 30, 26, position=p, row=list(row), column=list(column),
                         instance=n + 1, **more)
    return scan


def test_axial_and_oblique(folder):
    c, s = math.cos(0.35), math.sin(0.35)
    for n, (row, column) in enumerate([((1.0, 0.0, 0.0), (0.0, 1.0, 0.0)), ((c, s, 0.0), (-s, c, 0.0)),
                                       ((0.0, 1.0, 0.0), (0.0, 0.0, -1.0)), ((1.0, 0.0, 0.0), (0.0, 0.0, -1.0)),
                                       ((-1.0, 0.0, 0.0), (0.0, -1.0, 0.0)), ((c, s, 0.0), (-s * 0.8, c * 0.8, 0.6))]):
        sub = os.path.join(folder, str(n))
        os.mkdir(sub)
        scan = made(sub, row, column, [0.8 * k for k in range(8)], spacing=[0.45, 0.5], thickness=0.8)
        files = other(sub, scan)
        assert len(files) == 1, files
        assert compare(ours(sub, scan), dicom.Nifti(files[0])) == 30 * 26 * 8


def test_real_slices(folder):
    """Real rescaled CT."""
    source = tap.need_data("dicom")
    for name in ("transfer-syntaxes/CTImage.dcm", "various/693_UNCR.dcm"):
        sub = os.path.join(folder, name.replace("/", "-"))
        scan = os.path.join(sub, "scan")
        os.makedirs(scan)
        shutil.copy(os.path.join(source, name), os.path.join(scan, "a.dcm"))
        files = other(sub, scan)
        assert len(files) == 1, files
        # padding outside the scanned circle is air to us, -3024 to dcm2niix
        compare(ours(sub, scan), dicom.Nifti(files[0]), 4, -1024 if "693" in name else -math.inf)


def test_tilted_gantry(folder):
    """dcm2niix writes the slices unchanged (their rows and columns are right, one mean step is not) and a straightened
    volume. Slices of ours that stand where one was scanned must hold its pixels, slid along its columns."""
    source = tap.need_data("dicom", "tilted-ge")
    files = other(folder, source)
    mine = ours(folder, source)
    raw = dicom.Nifti(next(f for f in files if "Tilt" not in f))
    straight = dicom.Nifti(next(f for f in files if f.endswith("_Tilt_Eq_1.nii")))
    assert mine.dims[:2] == straight.dims[:2], (mine.dims, straight.dims)
    # the first slice: ours is the scanned one, moved by whole pixels and a fraction; dcm2niix turns rows around
    places = [mine.lps(0, 0, 0), mine.lps(0, 1, 0), mine.lps(0, 0, 1)]
    down = [(places[1][a] - places[0][a]) / 0.4882812 for a in range(3)]
    first = [-125.0, -123.5404569, 5.8360586]
    shift = sum((first[a] - places[0][a]) * down[a] for a in range(3)) / 0.4882812
    assert abs(sum((places[2][a] - places[0][a]) ** 2 for a in range(3)) - 4.00193 ** 2) < 1e-3
    n = close = 0
    for i in range(0, 512, 7):
        for j in range(4, 506, 5):
            y = j - shift
            lo = math.floor(y)
            if lo < 1 or lo > 509:
                continue
            column = [raw.at(i, 511 - (lo + d), 0) for d in (0, 1)]
            v, t = mine.at(i, j, 0), y - lo
            smooth = max(column) - min(column) < 60
            if smooth and min(column) > -1000:
                n += 1
                close += abs(v - (column[0] * (1 - t) + column[1] * t)) <= 25
    # a linear and a cubic kernel may differ by a part of the noise, not more
    assert n > 1000 and close > 0.95 * n, (n, close)
    # the straightened volumes, where both are smooth: same slice order and side
    mean = [0.0, 0.0, 0.0, 0.0, 0.0]
    for i in range(0, 512, 16):
        for j in range(0, 611, 13):
            a, b = max(mine.at(i, j, 0), -1024), max(straight.at(i, straight.dims[1] - 1 - j, 0), -1024)
            for s, v in enumerate((a, b, a * a, b * b, a * b)):
                mean[s] += v
    m = 32 * 47
    cov = mean[4] / m - mean[0] * mean[1] / m ** 2
    correlation = cov / math.sqrt((mean[2] / m - (mean[0] / m) ** 2) * (mean[3] / m - (mean[1] / m) ** 2))
    print(f"# {close} of {n} smooth pixels within 25 HU; correlation with the straightened volume {correlation:.4f}")
    assert correlation > 0.98, correlation


sys.exit(tap.run(sys.modules[__name__]))
