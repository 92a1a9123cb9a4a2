# SPDX-License-Identifier: Apache-2.0
"""Reading a series of 512 x 512 x 400 DICOM slices, against dcm2niix; and the peak of memory against the volume's size.

Both programs read the folder and write an uncompressed NIfTI file to memory (/dev/shm), so no disk is measured; "info"
reads all voxels and writes nothing. Prints one JSON object a line."""
import array
import hashlib
import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "support"))
import dicom
import tap

N, SLICES, ROUNDS = 512, 400, 5
VOLUME = N * N * SLICES * 2


def make(folder):
    noise = random.Random(1)
    base = array.array("H", [noise.randrange(900, 1200) for _ in range(N * N)])
    for k in range(SLICES):
        turn = (k * 7919) % (N * N)
        samples = base[turn:] + base[:turn]
        dicom.slice_file(os.path.join(folder, f"IM{(k * 37) % SLICES:05d}"), samples, N, N, position=[-120.0, -120.0, 0.5 * k],
                         spacing=[0.46875, 0.46875], thickness=0.5, instance=k + 1)


def family(pid):
    """The process and all below it."""
    found, new = [], [pid]
    while new:
        p = new.pop()
        found.append(p)
        try:
            for task in os.listdir(f"/proc/{p}/task"):
                with open(f"/proc/{p}/task/{task}/children") as f:
                    new += [int(c) for c in f.read().split()]
        except OSError:
            pass
    return found


def memory_of(pid):
    """Bytes of own and shared memory; shared pages count once, mapped files (which the system may drop) not."""
    total = 0
    for p in family(pid):
        try:
            with open(f"/proc/{p}/smaps_rollup") as f:
                for line in f:
                    if line.startswith(("Pss_Anon:", "Pss_Shmem:")):
                        total += int(line.split()[1]) * 1024
        except OSError:
            pass
    return total


def timed(args, watch=False):
    start = time.monotonic()
    process = subprocess.Popen(args, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    peak = [0]

    def look():
        while process.poll() is None:
            peak[0] = max(peak[0], memory_of(process.pid))
            time.sleep(0.005)
    watcher = threading.Thread(target=look) if watch else None
    if watcher:
        watcher.start()
    out = process.stdout.read()
    if process.wait() != 0:
        sys.exit(f"{args[0]} failed")
    if watcher:
        watcher.join()
    return time.monotonic() - start, peak[0], out


def voxels_digest(path):
    return hashlib.sha256(dicom.Nifti(path).values.tobytes()).hexdigest()


def main():
    room = tempfile.mkdtemp(prefix="willis-bench-", dir="/dev/shm" if os.access("/dev/shm", os.W_OK) else None)
    try:
        scan, out = os.path.join(room, "scan"), os.path.join(room, "out")
        os.mkdir(scan)
        os.mkdir(out)
        make(scan)
        ours, info, theirs = [], [], []
        mine = os.path.join(out, "willis.nii")
        for _ in range(ROUNDS):
            ours.append(timed([tap.EXE, "convert", scan, mine])[0])
            info.append(timed([tap.EXE, "info", scan])[0])
            if shutil.which("dcm2niix"):
                theirs.append(timed(["dcm2niix", "-z", "n", "-b", "n", "-w", "1", "-o", out, "-f", "peer", scan])[0])
        _, peak, _ = timed([tap.EXE, "convert", scan, mine], True)
        result = {"name": "read-dicom-512x512x400", "rounds": ROUNDS, "convert_s": round(statistics.median(ours), 3),
                  "info_s": round(statistics.median(info), 3), "digest": voxels_digest(mine),
                  "dcm2niix_s": round(statistics.median(theirs), 3) if theirs else None,
                  "ratio": round(statistics.median(ours) / statistics.median(theirs), 3) if theirs else None}
        print(json.dumps(result))
        print(json.dumps({"name": "read-dicom-512x512x400-memory", "peak_bytes": peak, "volume_bytes": VOLUME,
                          "ratio": round(peak / VOLUME, 2)}))
        if theirs and statistics.median(ours) > statistics.median(theirs):
            print("# slower than dcm2niix in this run; times mean little on a busy machine")
        # memory does not hang on how busy the machine is
        return 0 if peak < 4 * VOLUME else 1
    finally:
        shutil.rmtree(room, ignore_errors=True)


sys.exit(main())
