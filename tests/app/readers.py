# SPDX-License-Identifier: Apache-2.0
"""A case file as other programs read it: opened by h5py and h5dump, its layout as core/case/README.md says.
Skipped where the system's Python has no h5py or the HDF5 tools are missing."""
import os
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import plan
import tap

PYTHON = "/usr/bin/python3"  # Debian's, which python3-h5py is for

READ = r"""
import json, sys
import h5py
import numpy as np

file, said, out = h5py.File(sys.argv[1], "r"), json.load(open(sys.argv[2])), {}

def texts(group, name):
    return bytes(group[name][...]).decode("utf-8").split("\0")[:-1]

def surface(group):
    assert group.attrs["Type"] == b"PolyData" and list(group.attrs["Version"]) == [2, 0], dict(group.attrs)
    points, polygons = group["Points"][...], group["Polygons"]
    assert points.shape[1:] == (3,) and group["NumberOfPoints"][0] == len(points)
    offsets, corners = polygons["Offsets"][...], polygons["Connectivity"][...]
    assert polygons["NumberOfCells"][0] == len(offsets) - 1 and offsets[-1] == len(corners) == polygons["NumberOfConnectivityIds"][0]
    assert (np.diff(offsets) == 3).all() and 0 <= corners.min() and corners.max() < len(points)
    for kind in ("Vertices", "Lines", "Strips"):
        assert len(group[kind]["Connectivity"]) == 0
    return points[corners.reshape(-1, 3)]

def area(triangles):
    return np.linalg.norm(np.cross(triangles[:, 1] - triangles[:, 0], triangles[:, 2] - triangles[:, 0]), axis=1).sum() / 2

def enclosed(triangles):
    return np.linalg.norm(np.cross(triangles[:, 1] - triangles[:, 0], triangles[:, 2] - triangles[:, 0]).sum(axis=0)) / 2

assert file.attrs["willis_format"] == b"willis case" and file.attrs["willis_schema"] == 2
assert file.attrs["willis_program"].startswith(b"willis ")
image = file["VTKHDF"]
dims = said["dims"]
assert image.attrs["Type"] == b"ImageData" and list(image.attrs["Version"]) == [1, 0]
assert list(image.attrs["WholeExtent"]) == [0, dims[0] - 1, 0, dims[1] - 1, 0, dims[2] - 1]
assert np.allclose(image.attrs["Spacing"], said["spacing_mm"]) and image.attrs["Direction"].shape == (9,)
scan, labels = image["PointData/scan"], image["PointData/labels"]
assert scan.shape == labels.shape == tuple(dims[::-1]) and labels.dtype == np.uint8
voxel = np.prod(image.attrs["Spacing"])
assert abs((labels[...] == 1).sum() * voxel - said["volume_mm3"]) < 1e-6 * said["volume_mm3"]
# arteries are bright, and the barycentre of their voxels lies in them: the axes are [k][j][i]
assert scan[...][labels[...] == 1].mean() > scan[...][labels[...] != 1].mean()
wall = surface(file["surface"])
low, high = wall.reshape(-1, 3).min(0), wall.reshape(-1, 3).max(0)
where = np.argwhere(labels[...] == 1)[:, ::-1] * image.attrs["Spacing"] + image.attrs["Origin"]
assert (where.min(0) > low - 1.5).all() and (where.max(0) < high + 1.5).all(), (where.min(0), low, where.max(0), high)

sac = file["aneurysms/0000"]
indices, morphology = said["indices"], sac["morphology"]
names, units, reasons = (texts(morphology, key) for key in ("names", "units", "reasons"))
assert names == list(indices) and units == [indices[name]["unit"] for name in names]
for name, value, sd, reason in zip(names, morphology["values"][...], morphology["deviations"][...], reasons):
    expected = indices[name]
    assert (np.isnan(value) and expected["value"] is None and reason) or value == expected["value"], name
    assert (np.isnan(sd) and expected["sd"] is None) or sd == expected["sd"], name
assert np.allclose(sac.attrs["neck_centre_lps_mm"], said["neck"]["centre_lps_mm"])
assert np.allclose(sac["neck_curve_lps_mm"][...], said["neck"]["curve_lps_mm"])
assert abs(area(surface(sac["sac"])) - indices["area"]["value"]) < 1e-9 * indices["area"]["value"]
# a fan over a curve that is not star-shaped folds over itself in its plane: the index is the area that the curve encloses
assert abs(enclosed(surface(sac["ostium"])) - indices["ostium_area"]["value"]) < 1e-6 * indices["ostium_area"]["value"]

tree = file["tree"]
first = tree["branch_first_point"][...]
assert len(first) == len(said["branches"]) + 1 and first[-1] == len(tree["points_lps_mm"])
for b, branch in enumerate(said["branches"]):
    part = slice(first[b], first[b + 1])
    assert np.allclose(tree["points_lps_mm"][part], branch["points_lps_mm"]), b
    assert np.allclose(tree["radius_mm"][part], branch["radius_mm"]), b
assert len(texts(tree, "branch_names")) == len(said["branches"])
columns = file["candidates"].attrs["columns"].decode().split()
assert columns == ["x_lps_mm", "y_lps_mm", "z_lps_mm", "size_mm", "neck_mm", "score"]
assert np.allclose(file["candidates/values"][:, :3], [c["centre_lps_mm"] for c in said["candidates"]])
for stage in ("scan", "segmentation", "surface", "tree", "candidates"):
    made = file["provenance"][stage].attrs
    assert len(made["digest"]) == 64 and made["program"].startswith(b"willis "), stage
assert b"scan=" + file["provenance/scan"].attrs["digest"] in file["provenance/segmentation"].attrs["inputs"].split()
assert "identity" in file["study"]
"""


def make(folder):
    case, said = os.path.join(folder, "Fälle 病例.h5"), os.path.join(folder, "said.json")
    done = tap.willis("plan", plan.scan(folder), "-o", case, "--json", timeout=240)
    assert done.returncode == 0, done.stderr.decode()
    with open(said, "wb") as f:
        f.write(done.stdout)
    return case, said


def test_h5py(folder):
    if subprocess.run([PYTHON, "-c", "import h5py"], capture_output=True).returncode != 0:
        raise tap.Skip("h5py is not installed")
    done = subprocess.run([PYTHON, "-c", READ, *make(folder)], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr


def test_h5dump(folder):
    if shutil.which("h5dump") is None:
        raise tap.Skip("h5dump is not installed")
    case, _ = make(folder)
    done = subprocess.run(["h5dump", case], capture_output=True, timeout=120)  # every byte of every data set
    assert done.returncode == 0 and b"unable" not in done.stderr, done.stderr
    assert b'GROUP "VTKHDF"' in done.stdout and b'ATTRIBUTE "willis_schema"' in done.stdout


if __name__ == "__main__":
    sys.exit(tap.run(sys.modules[__name__]))
