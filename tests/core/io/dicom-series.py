# SPDX-License-Identifier: Apache-2.0
"""Generated DICOM series through the program: order, geometry, scaling, encodings, and refusals.

The scans hold a linear function of the position in the patient, so wherever a voxel comes to lie after sorting,
straightening or interpolation its value is known: both interpolations used reproduce linear functions."""
import array
import math
import os
import random
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "..", "support"))
import dicom
import tap

NX, NY = 24, 20
MILLIMETRE = 1e-3


def truth(p):
    """Hounsfield units at a point of the patient, LPS mm."""
    return 7.0 * p[0] + 5.0 * p[1] - 6.0 * p[2] + 40.0


def point(origin, row, column, spacing, i, j):
    return [origin[a] + row[a] * spacing[0] * i + column[a] * spacing[1] * j for a in range(3)]


def slice_samples(origin, row, column, spacing, offset=1024, kind="H"):
    return array.array(kind, [round(truth(point(origin, row, column, spacing, i, j))) + offset
                              for j in range(NY) for i in range(NX)])


def write_slice(path, origin, row=(1.0, 0.0, 0.0), column=(0.0, 1.0, 0.0), spacing=(0.5, 0.5), **more):
    row, column = list(row), list(column)
    kind = "h" if more.get("signed") else "H"
    offset = -round(float(more.get("intercept", "-1024")))
    dicom.slice_file(path, slice_samples(origin, row, column, spacing, offset, kind), NX, NY, position=origin, row=row,
                     column=column, spacing=list(spacing), **more)


def series(folder, heights, row=(1.0, 0.0, 0.0), column=(0.0, 1.0, 0.0), origin=(-6.0, -5.0, 10.0), slide=None, **more):
    """Slices at heights along the normal; slide shifts them along the columns per millimetre of height."""
    normal = dicom.cross(row, column)
    order = list(range(len(heights)))
    random.Random(7).shuffle(order)
    for n, k in enumerate(order):
        p = [origin[a] + normal[a] * heights[k] + (column[a] * slide * heights[k] if slide else 0) for a in range(3)]
        # names say nothing about the order, and have no ending
        write_slice(os.path.join(folder, f"IM{n:04d}"), p, row, column, instance=k + 1, **more)


def converted(folder, source, *args):
    out = os.path.join(folder, "out.nii")
    info = tap.willis_json("convert", source, out, *args)
    return dicom.Nifti(out), info


def check_truth(nifti, tolerance, inside=None):
    """Every voxel is the truth at its own place; inside leaves out what no slice reaches."""
    n = 0
    for k in range(nifti.dims[2]):
        for j in range(nifti.dims[1]):
            for i in range(nifti.dims[0]):
                p = nifti.lps(i, j, k)
                if inside is None or inside(p):
                    v = nifti.at(i, j, k)
                    assert abs(v - truth(p)) <= tolerance, (i, j, k, p, v, truth(p))
                    n += 1
    assert n > 0.5 * NX * NY * (nifti.dims[2] - 1), n


def sub(folder, name="scan"):
    path = os.path.join(folder, name)
    os.mkdir(path)
    return path


def test_unsorted(folder):
    scan = sub(folder)
    series(scan, [0.7 * k for k in range(12)], thickness=0.7)
    nifti, info = converted(folder, scan)
    assert nifti.dims == [NX, NY, 12] and info["warnings"] == [], info
    check_truth(nifti, 0.5 + 0.02)
    p = nifti.lps(0, 0, 0)
    assert max(abs(a - b) for a, b in zip(p, (-6.0, -5.0, 10.0))) < MILLIMETRE, p


def test_descending_and_oblique(folder):
    # any rotation: world points must hold, and the grid must be right-handed
    c, s = math.cos(0.6), math.sin(0.6)
    row, column = (c, s, 0.0), (-s * 0.8, c * 0.8, 0.6)
    scan = sub(folder)
    series(scan, [-0.9 * k for k in range(9)], row, column)
    nifti, _ = converted(folder, scan)
    check_truth(nifti, 0.5 + 0.05)
    info = tap.willis_json("info", scan)["series"][0]
    d = info["direction"]
    det = sum(d[a] * (d[3 + (a + 1) % 3] * d[6 + (a + 2) % 3] - d[3 + (a + 2) % 3] * d[6 + (a + 1) % 3]) for a in range(3))
    assert abs(det - 1) < 1e-6, det


def test_decubitus_and_feet_first(folder):
    # head first decubitus right, feet first supine, head first prone, sagittal, coronal
    for n, (row, column) in enumerate([((0.0, 1.0, 0.0), (-1.0, 0.0, 0.0)), ((-1.0, 0.0, 0.0), (0.0, 1.0, 0.0)),
                                       ((-1.0, 0.0, 0.0), (0.0, -1.0, 0.0)), ((0.0, 1.0, 0.0), (0.0, 0.0, -1.0)),
                                       ((1.0, 0.0, 0.0), (0.0, 0.0, -1.0))]):
        scan = sub(folder, f"scan{n}")
        series(scan, [1.0 * k for k in range(6)], row, column)
        nifti, _ = converted(folder, scan)
        check_truth(nifti, 0.5 + 0.02)


def test_missing_slices(folder):
    scan = sub(folder)
    series(scan, [0.8 * k for k in range(14) if k not in (5, 9, 10)])
    nifti, info = converted(folder, scan)
    assert nifti.dims[2] == 14, nifti.dims
    assert any("3 slices are missing" in w for w in info["warnings"]), info
    check_truth(nifti, 1.0 + 0.02)


def test_gap_too_large(folder):
    scan = sub(folder)
    series(scan, [0.8 * k for k in range(20) if k not in (9, 10, 11, 12)])
    tap.refused("info", scan, words=["gap"])
    tap.refused("convert", scan, os.path.join(folder, "out.nii.gz"), words=["gap"])
    assert not os.path.exists(os.path.join(folder, "out.nii.gz"))


def test_irregular(folder):
    scan = sub(folder)
    heights = [k * 1.0 + 0.15 * math.sin(2.4 * k) for k in range(15)]
    series(scan, heights)
    nifti, info = converted(folder, scan)
    assert any("varies" in w for w in info["warnings"]), info
    check_truth(nifti, 1.0 + 0.02)


def test_overlapping(folder):
    scan = sub(folder)
    series(scan, [0.5 * k for k in range(8)], thickness=1.0)
    nifti, info = converted(folder, scan)
    assert any("overlap" in w for w in info["warnings"]), info
    check_truth(nifti, 0.5 + 0.02)


def test_tilted_gantry(folder):
    c, s = math.cos(0.3), math.sin(0.3)
    row, column = (1.0, 0.0, 0.0), (0.0, c, -s)
    scan = sub(folder)
    series(scan, [0.8 * k for k in range(16)], row, column, slide=math.tan(0.3))
    nifti, info = converted(folder, scan)
    assert any("17.2 degrees" in w for w in info["warnings"]), info
    normal = dicom.cross(row, column)

    def inside(p):
        d = [p[a] - (-6.0, -5.0, 10.0)[a] for a in range(3)]
        h = sum(d[a] * normal[a] for a in range(3))
        v = sum(d[a] * column[a] for a in range(3)) - math.tan(0.3) * h
        # two samples from the border the cubic kernel has all its neighbours
        return 0.5 <= v <= (NY - 2) * 0.5
    # the samples were rounded to 0.5; the kernel's weights add to at most 1.25 in magnitude, and the result is rounded
    check_truth(nifti, 0.5 * 1.25 + 0.5 + 0.05, inside)


def test_tilted_and_missing(folder):
    c, s = math.cos(-0.2), math.sin(-0.2)
    row, column = (1.0, 0.0, 0.0), (0.0, c, -s)
    scan = sub(folder)
    series(scan, [0.8 * k for k in range(16) if k != 7], row, column, slide=math.tan(-0.2))
    nifti, info = converted(folder, scan)
    assert len(info["warnings"]) == 2, info
    normal = dicom.cross(row, column)

    def inside(p):
        d = [p[a] - (-6.0, -5.0, 10.0)[a] for a in range(3)]
        h = sum(d[a] * normal[a] for a in range(3))
        v = sum(d[a] * column[a] for a in range(3)) - math.tan(-0.2) * h
        return 1.0 <= v <= (NY - 3) * 0.5
    check_truth(nifti, 0.5 * 1.25 + 0.5 + 0.05, inside)


def test_acquisitions_in_one_series(folder):
    scan = sub(folder)
    for acquisition in (1, 2, 3):
        part = sub(scan, f"a{acquisition}")
        series(part, [0.7 * k for k in range(6)], acquisition=acquisition, intercept=str(-1024 - 10 * (acquisition - 1)))
    listed = tap.willis_json("info", scan)["series"]
    assert [s["uid"] for s in listed] == ["1.2.3.4", "1.2.3.4#2", "1.2.3.4#3"], listed
    assert all(s["dims"] == [NX, NY, 6] for s in listed)
    nifti, _ = converted(folder, scan, "--series", "1.2.3.4#2")
    check_truth(nifti, 0.5 + 0.02)
    tap.refused("convert", scan, os.path.join(folder, "o.nii"), "--series", "1.2.3.4#4", words=["1.2.3.4#4"])


def test_phases_told_by_nothing(folder):
    scan = sub(folder)
    for n in (0, 1):
        series(sub(scan, str(n)), [0.7 * k for k in range(6)])
    listed = tap.willis_json("info", scan)["series"]
    assert len(listed) == 2 and listed[0]["dims"] == [NX, NY, 6], listed
    assert any("several slices" in w for w in listed[0]["warnings"]), listed


def test_phases_with_a_time_for_each_slice(folder):
    scan = sub(folder)
    for phase in (0, 1):
        for k in range(6):
            write_slice(os.path.join(scan, f"{phase}-{k}"), [-6.0, -5.0, 10.0 + 0.7 * k], instance=6 * phase + k + 1,
                        acquisition=6 * phase + k, time=f"1200{phase}{k}.00")
    listed = tap.willis_json("info", scan)["series"]
    assert [s["dims"] for s in listed] == [[NX, NY, 6]] * 2, listed


def test_rising_acquisition_numbers(folder):
    # an axial scan counts every turn of the gantry, and one slice is missing: still one volume
    scan = sub(folder)
    for k in (0, 1, 2, 3, 5, 6, 7, 8):
        write_slice(os.path.join(scan, f"{k}"), [-6.0, -5.0, 10.0 + 0.7 * k], instance=k + 1, acquisition=k // 2, time=f"12000{k}.00")
    listed = tap.willis_json("info", scan)["series"]
    assert [s["dims"] for s in listed] == [[NX, NY, 9]], listed


def test_interleaved_acquisitions(folder):
    scan = sub(folder)
    series(sub(scan, "a"), [1.0 * k for k in range(8)], acquisition=1)
    series(sub(scan, "b"), [1.0 * k + 0.3 for k in range(8)], acquisition=2)
    listed = tap.willis_json("info", scan)["series"]
    assert [s["dims"][2] for s in listed] == [8, 8], listed


def test_two_series_and_localiser(folder):
    scan = sub(folder)
    series(sub(scan, "loc"), [10.0 * k for k in range(3)], series="1.2.3.1", image_type="ORIGINAL\\PRIMARY\\LOCALIZER")
    series(sub(scan, "plain"), [5.0 * k for k in range(10)], series="1.2.3.2", description="Head plain")
    series(sub(scan, "cta"), [0.5 * k for k in range(40)], series="1.2.3.3", description="CTA Circle of Willis",
           contrast="Iomeprol")
    with open(os.path.join(scan, "README"), "w") as f:
        f.write("not an image")
    listed = tap.willis_json("info", scan)["series"]
    assert [s["uid"] for s in listed] == ["1.2.3.3", "1.2.3.2", "1.2.3.1"], listed


def test_encodings(folder):
    for n, syntax in enumerate((dicom.EXPLICIT, dicom.IMPLICIT, dicom.BIG_ENDIAN, dicom.DEFLATED, dicom.RLE)):
        scan = sub(folder, f"scan{n}")
        series(scan, [0.7 * k for k in range(5)], syntax=syntax)
        nifti, _ = converted(folder, scan)
        check_truth(nifti, 0.5 + 0.02)
    scan = sub(folder, "bare")
    series(scan, [0.7 * k for k in range(5)], syntax=dicom.IMPLICIT, preamble=False)
    nifti, _ = converted(folder, scan)
    check_truth(nifti, 0.5 + 0.02)


def test_twelve_bits_with_overlay(folder):
    scan = sub(folder)
    for k in range(5):
        p = [-6.0, -5.0, 10.0 + k]
        samples = slice_samples(p, [1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.5, 0.5])
        assert max(samples) < 4096
        samples = array.array("H", [v | (0xF000 if n % 3 else 0x5000) for n, v in enumerate(samples)])
        dicom.slice_file(os.path.join(scan, f"{k}"), samples, NX, NY, position=p, bits=12, instance=k)
    nifti, _ = converted(folder, scan)
    check_truth(nifti, 0.5 + 0.02)


def test_signed_twelve_bits_shifted(folder):
    scan = sub(folder)
    for k in range(5):
        p = [-6.0, -5.0, 10.0 + k]
        samples = slice_samples(p, [1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.5, 0.5], 0, "h")
        samples = array.array("H", [((v & 0xFFF) << 4) | 0xF for v in samples])
        dicom.slice_file(os.path.join(scan, f"{k}"), samples, NX, NY, position=p, bits=12, high=15, signed=True, instance=k,
                         intercept="0")
    nifti, _ = converted(folder, scan)
    check_truth(nifti, 0.5 + 0.02)


def test_padding_is_air(folder):
    scan = sub(folder)
    for k in range(4):
        p = [-6.0, -5.0, 10.0 + k]
        samples = slice_samples(p, [1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.5, 0.5], 0, "h")
        samples[0] = -2000
        dicom.slice_file(os.path.join(scan, f"{k}"), samples, NX, NY, position=p, signed=True, instance=k, intercept="-50",
                         padding=-2000)
    nifti, _ = converted(folder, scan)
    assert nifti.at(0, 0, 2) == -1024 and nifti.at(1, 0, 2) != -1024


def test_slope_per_slice(folder):
    scan = sub(folder)
    for k in range(4):
        p = [-6.0, -5.0, 10.0 + k]
        slope = (1.0, 0.5, 0.25, 2.0)[k]
        samples = array.array("H", [round((truth(point(p, [1, 0, 0], [0, 1, 0], [0.5, 0.5], i, j)) + 1024) / slope)
                                    for j in range(NY) for i in range(NX)])
        dicom.slice_file(os.path.join(scan, f"{k}"), samples, NX, NY, position=p, instance=k, slope=str(slope))
    nifti, info = converted(folder, scan)
    assert any("rounded" in w for w in info["warnings"]), info
    check_truth(nifti, 1.0 + 0.5)


def test_enhanced(folder):
    for modality, sop in (("CT", "1.2.840.10008.5.1.4.1.1.2.1"), ("XA", "1.2.840.10008.5.1.4.1.1.13.1.1")):
        frames = []
        for k in (4, 2, 0, 1, 3, 5):
            p = [-6.0, -5.0, 10.0 + 0.7 * k]
            frames.append((p, slice_samples(p, [1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.5, 0.5])))
        path = os.path.join(folder, modality)
        dicom.enhanced_file(path, frames, NX, NY, sop, modality)
        nifti, _ = converted(folder, path)
        assert nifti.dims == [NX, NY, 6], nifti.dims
        check_truth(nifti, 0.5 + 0.02)


def test_chinese_names(folder):
    scan = sub(folder, "病人 扫描 ü")
    series(scan, [0.7 * k for k in range(5)], name="王^小东", description="头部 CTA")
    out = os.path.join(folder, "结果 一.nii.gz")
    info = tap.willis_json("convert", scan, out)
    assert info["out"] == out and os.path.exists(out)
    check_truth(dicom.Nifti(out), 0.5 + 0.02)
    listed = tap.willis_json("info", scan)["series"][0]
    assert listed["description"] == "头部 CTA", listed
    assert "王" not in str(listed), "a patient's name must not be printed"


def test_gb18030_description(folder):
    scan = sub(folder)
    series(scan, [0.7 * k for k in range(3)], charset="GB18030", description="头部".encode("gb18030"))
    assert tap.willis_json("info", scan)["series"][0]["description"] == "头部"


def one_slice(folder, name, **more):
    path = os.path.join(folder, name)
    samples = slice_samples([0.0, 0.0, 0.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.5, 0.5])
    dicom.slice_file(path, samples, NX, NY, **more)
    return path


def test_refusals(folder):
    text = os.path.join(folder, "notes.dcm")
    with open(text, "w") as f:
        f.write("This is only text.\n" * 40)
    empty = os.path.join(folder, "empty.dcm")
    open(empty, "w").close()
    tap.refused("info", text, words=["notes.dcm", "not a DICOM file"])
    tap.refused("info", empty, words=["empty.dcm", "empty"])
    tap.refused("info", os.path.join(folder, "nowhere.dcm"), words=["nowhere.dcm", "No such file"])
    tap.refused("info", one_slice(folder, "us.dcm", modality="US"), words=["us.dcm", "US"])
    tap.refused("info", one_slice(folder, "zero.dcm", spacing=[0.0, 0.0]), words=["zero.dcm", "spacing"])
    tap.refused("info", one_slice(folder, "absurd.dcm", said_rows=65535, said_columns=65535), words=["absurd.dcm", "truncated"])
    tap.refused("info", one_slice(folder, "nowhere-in-patient.dcm", position=None), words=["where its image lies"])
    tap.refused("info", one_slice(folder, "skewed.dcm", row=[1.0, 0.5, 0.0]), words=["orientation"])
    whole = one_slice(folder, "short.dcm")
    with open(whole, "r+b") as f:
        f.truncate(os.path.getsize(whole) - 100)
    tap.refused("info", whole, words=["short.dcm", "truncated"])
    tap.refused("convert", whole, os.path.join(folder, "o.nii.gz"), words=["short.dcm"])
    bare = sub(folder, "nothing here")
    tap.refused("info", bare, words=["no scan"])
    if os.getuid() != 0:
        os.chmod(bare, 0)
        tap.refused("info", bare, words=["nothing here", "Permission denied"])
        os.chmod(bare, 0o700)
    left = sorted(os.listdir(folder))
    assert not any(n.startswith("o.nii") or "willis-new" in n for n in left), left


def test_usage(folder):
    assert tap.willis("info").returncode == 1
    assert tap.willis("convert", "x").returncode == 1
    path = one_slice(folder, "a.dcm")
    done = tap.willis("convert", path, os.path.join(folder, "a.png"))
    assert done.returncode == 1 and b".nii.gz" in done.stderr, done.stderr
    assert not os.path.exists(os.path.join(folder, "a.png"))


sys.exit(tap.run(sys.modules[__name__]))
