#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Rigid registration against elastix and plastimatch: the same two computed scans of known motion, from the same pose (that of
the scans' own coordinates), each program run as a whole (reading included); "registering" is the part without files by the
program's own clock; processor seconds tell more on a busy machine. Several sizes, and willis once more from a pose too far for
the others, where it must search. usage: bench-register.py WILLIS SOURCE_DIR [--data DIR] [SIZE...]
With --data the scans are kept in DIR, made where they are not there yet: so that a quiet machine is needed for the
measuring alone (--make: make them and measure nothing)."""
import json
import math
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time

WILLIS, SOURCE = sys.argv[1:3]
MAKE_ONLY = "--make" in sys.argv
DATA = sys.argv[sys.argv.index("--data") + 1] if "--data" in sys.argv else None
CENTRE, SITE = (14.0, -8.0, -14.0), (9.0, -10.0, -10.0)
NEAR, FAR = ((6.0, -4.0, 7.0), (3.0, -4.0, 5.0)), ((-24.0, 20.0, 28.0), (30.0, -25.0, 35.0))
SIZES = {"small": ([70, 70, 70], [0.8, 0.8, 0.8]), "crop": ([200, 200, 160], [0.45, 0.45, 0.5]),
         "large crop": ([256, 256, 150], [0.45, 0.45, 0.6]), "head": ([400, 400, 300], [0.5, 0.5, 0.5])}

ELASTIX = """(FixedInternalImagePixelType "float")
(MovingInternalImagePixelType "float")
(Registration "MultiResolutionRegistration")
(Interpolator "LinearInterpolator")
(ResampleInterpolator "FinalBSplineInterpolator")
(Resampler "DefaultResampler")
(FixedImagePyramid "FixedSmoothingImagePyramid")
(MovingImagePyramid "MovingSmoothingImagePyramid")
(Optimizer "AdaptiveStochasticGradientDescent")
(Transform "EulerTransform")
(Metric "AdvancedMattesMutualInformation")
(AutomaticScalesEstimation "true")
(AutomaticTransformInitialization "false")
(NumberOfResolutions 4)
(MaximumNumberOfIterations 250)
(NumberOfSpatialSamples 2048)
(NewSamplesEveryIteration "true")
(ImageSampler "RandomCoordinate")
(NumberOfHistogramBins 32)
(WriteResultImage "false")
"""
PLASTIMATCH = """[GLOBAL]
fixed={a}
moving={b}
xform_out={out}
[STAGE]
xform=rigid
optim=versor
metric=mi
max_its=200
res=4 4 4
[STAGE]
xform=rigid
optim=versor
metric=mi
max_its=200
res=2 2 2
"""

# plastimatch above stops at half the voxels' number along each edge, as its guide does; with this it uses all of them
FULL = PLASTIMATCH[PLASTIMATCH.rindex("[STAGE]"):].replace("2 2 2", "1 1 1")


def rotation(rx, ry, rz):
    """About x, then y, then z."""
    cx, sx, cy, sy, cz, sz = math.cos(rx), math.sin(rx), math.cos(ry), math.sin(ry), math.cos(rz), math.sin(rz)
    return [[cz * cy, cz * sy * sx - sz * cx, cz * sy * cx + sz * sx], [sz * cy, sz * sy * sx + cz * cx, sz * sy * cx - cz * sx],
            [-sy, cy * sx, cy * cx]]


def about(r, centre, shift):
    return lambda p: [sum(r[i][j] * (p[j] - centre[j]) for j in range(3)) + centre[i] + shift[i] for i in range(3)]


CPU = [0.0]  # processor seconds of the last program


def run(argv, cwd):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.monotonic()
    done = subprocess.run(argv, cwd=cwd, capture_output=True, text=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    CPU[0] = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return time.monotonic() - start, done


def by_willis(folder):
    seconds, done = run([WILLIS, "compare", "--registration", "--json", "a/ct.nii.gz", "b/ct.nii.gz"], folder)
    out = json.loads(done.stdout)
    m = out["registration"]["baseline_to_followup"]
    return seconds, out["seconds"], lambda p: [sum(m[4 * i + j] * p[j] for j in range(3)) + m[4 * i + 3] for i in range(3)]


def numbers(line):
    return [float(x) for x in line.strip("() \n").split()[1:]]


def by_elastix(folder):
    with open(folder + "/rigid.txt", "w") as f:
        f.write(ELASTIX)
    os.makedirs(folder + "/elastix", exist_ok=True)
    seconds, done = run(["elastix", "-f", "a/ct.nii.gz", "-m", "b/ct.nii.gz", "-p", "rigid.txt", "-out", "elastix", "-threads", "2"], folder)
    text = {line.split()[0].strip("("): line for line in open(folder + "/elastix/TransformParameters.0.txt") if line.startswith("(")}
    p, c = numbers(text["TransformParameters"]), numbers(text["CenterOfRotationPoint"])
    rx, ry, rz = p[:3]
    cx, sx, cy, sy, cz, sz = math.cos(rx), math.sin(rx), math.cos(ry), math.sin(ry), math.cos(rz), math.sin(rz)
    if "true" in text.get("ComputeZYX", ""):
        r = rotation(rx, ry, rz)
    else:  # ITK's own order: z, then x, then y innermost
        x = [[1, 0, 0], [0, cx, -sx], [0, sx, cx]]
        y = [[cy, 0, sy], [0, 1, 0], [-sy, 0, cy]]
        z = [[cz, -sz, 0], [sz, cz, 0], [0, 0, 1]]
        mul = lambda a, b: [[sum(a[i][k] * b[k][j] for k in range(3)) for j in range(3)] for i in range(3)]
        r = mul(mul(z, x), y)
    inner = sum(float(line.split()[-2]) for line in done.stdout.splitlines() if line.startswith("Time spent in resolution") and "ITK" in line)
    return seconds, inner or None, about(r, c, p[3:])


def by_plastimatch(folder, more=""):
    with open(folder + "/plastimatch.txt", "w") as f:
        f.write((PLASTIMATCH + more).format(a="a/ct.nii.gz", b="b/ct.nii.gz", out="plastimatch.tfm"))
    seconds, done = run(["plastimatch", "register", "plastimatch.txt"], folder)
    text = {line.split(":")[0]: line.split(":", 1)[1].split() for line in open(folder + "/plastimatch.tfm") if ":" in line}
    x, y, z, *shift = [float(v) for v in text["Parameters"]]
    c = [float(v) for v in text["FixedParameters"]][:3]
    w = math.sqrt(max(0.0, 1 - x * x - y * y - z * z))
    r = [[1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)], [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
         [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)]]
    own = [line.split()[-1] for line in done.stdout.splitlines() if line.strip().startswith("Run:")]
    return seconds, float(own[0]) if own else None, about(r, c, shift)


def field(motion):
    """The middle of the field of view, about which a phantom turns: the head's middle goes with it when it moves far."""
    if motion is not FAR:
        return CENTRE
    r = rotation(*[math.radians(t) for t in motion[0]])
    return [CENTRE[i] + sum(r[j][i] * motion[1][j] for j in range(3)) for i in range(3)]


def make(folder, name, grid, seed, motion=None):
    if os.path.exists(f"{folder}/{name}/ct.nii.gz"):
        return
    extra = {} if motion is None else {"rotation_deg": motion[0], "translation_mm": motion[1]}
    with open(f"{folder}/{name}.json", "w") as f:
        json.dump({"base": "circle-of-willis.json", "seed": seed,
                   "grid": {"dims": grid[0], "spacing_mm": grid[1], "centre_lps_mm": field(motion)}, **extra}, f)
    subprocess.run([WILLIS, "phantom", "--spec", f"{folder}/{name}.json", "-o", f"{folder}/{name}"], check=True,
                   stdout=subprocess.DEVNULL)


def measure(folder, size, pose, motion, programs):
    truth = about(rotation(*[math.radians(t) for t in motion[0]]), field(motion), motion[1])
    for name, function in programs:
        if name != "willis" and shutil.which(name.split()[0]) is None:
            print(f"# {name} is not installed")
            continue
        seconds, inner, found = function(folder)
        print(json.dumps({"bench": "register", "size": size, "pose": pose, "program": name, "seconds": round(seconds, 3),
                          "cpu_seconds": round(CPU[0], 3), "registering": inner and round(inner, 3),
                          "tre_mm": round(math.dist(truth(SITE), found(SITE)), 4)}), flush=True)


def pair(folder, size, pose, motion, programs):
    """The earlier scan and the later one of this pose, each a folder; programs run in one that holds them as a and b."""
    make(folder, "a", SIZES[size], 3)
    make(folder, pose, SIZES[size], 4, motion)
    if os.path.lexists(folder + "/b"):
        os.remove(folder + "/b")
    os.symlink(pose, folder + "/b")
    if not MAKE_ONLY:
        measure(folder, size, pose, motion, programs)


def main():
    for size in [a for a in sys.argv[3:] if a in SIZES] or SIZES:
        with tempfile.TemporaryDirectory() as temporary:
            folder = f"{DATA}/{size}" if DATA else temporary
            os.makedirs(folder, exist_ok=True)
            shutil.copy(SOURCE + "/data/phantoms/circle-of-willis.json", folder)
            pair(folder, size, "near", NEAR, (("willis", by_willis), ("elastix", by_elastix), ("plastimatch", by_plastimatch),
                                              ("plastimatch full", lambda f: by_plastimatch(f, FULL))))
            pair(folder, size, "far", FAR, (("willis", by_willis),))


main()
