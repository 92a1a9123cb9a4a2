#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writing to a full disk, a folder that may not be written and one that is not there: exit 2, one line, no file. The disk is a
small file system of its own, so these are skipped where this user may not make one."""
import array
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import tap  # noqa: E402

N = 64


def scan(folder):
    """Noise: no packing makes it small. In it a bright ball, so that a case can be made of it."""
    value, voxels = 1, array.array("h")
    for n in range(N ** 3):
        value = (value * 1103515245 + 12345) % 2 ** 31
        x, y, z = n % N - N / 2, n // N % N - N / 2, n // N ** 2 - N / 2
        voxels.append((value >> 12) % 400 - 100 + (3000 if x * x + y * y + z * z < 150 else 0))
    path = os.path.join(folder, "scan.nrrd")
    with open(path, "wb") as f:
        f.write((f"NRRD0004\ntype: short\ndimension: 3\nspace: left-posterior-superior\nencoding: raw\nendian: little\n"
                 f"sizes: {N} {N} {N}\nspace directions: (0.4,0,0) (0,0.4,0) (0,0,0.4)\n\n").encode())
        f.write(voxels.tobytes())
    return path


def on_small_disk(folder, kib, *arguments):
    """The program's end, its lines, and what it left on a disk of so many KiB mounted on folder."""
    script = 'mount -t tmpfs -o size="$1"k tmpfs "$2" || exit 99; shift 2; "$@"; s=$?; ls -A "$0" >&3; exit $s'
    read, write = os.pipe()
    command = ["unshare", "--user", "--map-root-user", "--mount", "bash", "-c", script.replace("$0", folder), "bash", str(kib), folder]
    command[6] = f"exec 3>&{write}; " + command[6]
    try:
        done = subprocess.run(command + [tap.EXE, *arguments], capture_output=True, timeout=60, pass_fds=(write,))
    except FileNotFoundError:
        raise tap.Skip("unshare is not here")
    finally:
        os.close(write)
    with os.fdopen(read) as pipe:
        left = pipe.read().split()
    lines = done.stderr.decode("utf-8", "replace").strip().split("\n")
    if done.returncode == 99 or "unshare" in lines[0]:
        raise tap.Skip("this user may not make a file system")
    return done.returncode, lines, left


def test_full_disk(folder):
    disk, source, case = os.path.join(folder, "disk"), scan(folder), os.path.join(folder, "case.h5")
    os.mkdir(disk)
    assert tap.willis("import", source, "-o", case).returncode == 0
    for kib in (4, 200):
        for name in ("out.nii.gz", "out.nii", "out.nrrd", "out.mha", "out.tif", "out.h5"):
            out = os.path.join(disk, name)
            code, lines, left = on_small_disk(disk, kib, "convert", source, out)
            assert code == 2 and len(lines) == 1 and left == [], (kib, name, code, lines, left)
        for arguments in (("import", source, "-o", os.path.join(disk, "new.h5")), ("report", case, "-o", os.path.join(disk, "r.pdf"))):
            code, lines, left = on_small_disk(disk, 4 if arguments[0] == "report" else kib, *arguments)
            assert code == 2 and len(lines) == 1 and left == [], (kib, arguments, code, lines, left)


def test_no_such_folder(folder):
    source = scan(folder)
    away = os.path.join(folder, "away")
    for name in ("out.nii.gz", "out.nrrd", "out.tif", "out.h5"):
        tap.refused("convert", source, os.path.join(away, name))
    tap.refused("import", source, "-o", os.path.join(away, "case.h5"))
    assert not os.path.exists(away)


if __name__ == "__main__":
    sys.exit(tap.run(sys.modules[__name__]))
