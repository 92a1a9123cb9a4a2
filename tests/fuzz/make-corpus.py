# SPDX-License-Identifier: Apache-2.0
"""Makes the seeds of the corpus anew: python3 tests/fuzz/make-corpus.py build/app/willis"""
import array
import bz2
import gzip
import os
import struct
import subprocess
import sys
import zlib

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "support"))
import dicom

VALUES = array.array("h", [(n * 37) % 401 - 100 for n in range(60)])


def put(kind, name, data):
    os.makedirs(os.path.join(HERE, "corpus", kind), exist_ok=True)
    with open(os.path.join(HERE, "corpus", kind, name), "wb") as f:
        f.write(data)


def nrrd(fields, data, version=5):
    return (f"NRRD000{version}\n" + "".join(f + "\n" for f in fields) + "\n").encode() + data


def nrrds():
    raw = VALUES.tobytes()
    space = ["space: left-posterior-superior", "space directions: (0.5,0,0) (0,0.5,0) (0,0,0.7)", "space origin: (1,2,3)"]
    base = ["type: int16", "dimension: 3", "sizes: 5 4 3", "endian: little"]
    put("nrrd", "raw", nrrd(base + space + ["kinds: domain domain domain", "encoding: raw"], raw))
    put("nrrd", "gzip", nrrd(base + ["spacings: 1 1 2", "encoding: gzip"], gzip.compress(raw, mtime=0), 4))
    put("nrrd", "bzip2", nrrd(base + ["spacings: 1 1 2", "encoding: bzip2"], bz2.compress(raw), 1))
    put("nrrd", "ascii", nrrd(["type: float", "dimension: 3", "sizes: 2 2 2", "spacings: 1 1 1", "encoding: ascii"],
                              b"1 2.5 nan -4 5e3 6 7 8\n"))
    put("nrrd", "left-handed", nrrd(base + ["space: right-anterior-superior", "space directions: (-1,0,0) (0,1,0) (0,0,1)",
                                            "space origin: (0, 0, 0)", "encoding: raw"], raw))
    put("nrrd", "skips", nrrd(base + ["spacings: 1 1 1", "encoding: raw", "byte skip: -1", "line skip: 1"], b"text\n\0\0" + raw))
    put("nrrd", "time", nrrd(["type: uchar", "dimension: 4", "sizes: 2 2 2 3", "kinds: domain domain domain time",
                              "space: RAS", "space directions: (1,0,0) (0,1,0) (0,0.5,1) none", "encoding: raw"], bytes(24)))


def metas():
    head = ("ObjectType = Image\nNDims = 3\nBinaryData = True\nBinaryDataByteOrderMSB = {msb}\nCompressedData = {packed}\n"
            "TransformMatrix = {matrix}\nOffset = 1 2 3\nElementSpacing = 0.5 0.5 0.7\nDimSize = 5 4 3\n"
            "ElementType = MET_SHORT\nElementDataFile = LOCAL\n")
    raw = VALUES.tobytes()
    straight, turned, sheared = "1 0 0 0 1 0 0 0 1", "0 1 0 -1 0 0 0 0 -1", "1 0 0 0 1 0 0 0.3 0.9539392"
    put("metaimage", "raw", head.format(msb="False", packed="False", matrix=straight).encode() + raw)
    put("metaimage", "packed", head.format(msb="True", packed="True", matrix=turned).encode() + zlib.compress(raw))
    put("metaimage", "sheared", head.format(msb="False", packed="False", matrix=sheared).encode() + raw)


def niftis():
    head = bytearray(352)
    struct.pack_into("<i", head, 0, 348)
    struct.pack_into("<8h", head, 40, 3, 5, 4, 3, 1, 1, 1, 1)
    struct.pack_into("<hh", head, 70, 4, 16)
    struct.pack_into("<8f", head, 76, -1, 0.5, 0.5, 0.7, 1, 0, 0, 0)
    struct.pack_into("<3f", head, 108, 352, 1.5, -3)
    struct.pack_into("<hh", head, 252, 1, 1)
    struct.pack_into("<6f", head, 256, 0.1, 0.2, 0.3, 1, 2, 3)
    struct.pack_into("<12f", head, 280, -0.5, 0, 0, 1, 0, -0.5, 0, 2, 0, 0, 0.7, 3)
    head[123] = 2
    head[344:348] = b"n+1\0"
    put("nifti", "matrix", bytes(head) + VALUES.tobytes())
    struct.pack_into("<h", head, 254, 0)
    put("nifti", "quaternion", bytes(head) + VALUES.tobytes())
    struct.pack_into("<h", head, 252, 0)
    struct.pack_into("<8h", head, 40, 4, 5, 4, 1, 3, 1, 1, 1)
    put("nifti", "unplaced-series", bytes(head) + VALUES.tobytes())
    two = bytearray(544)
    struct.pack_into(">i", two, 0, 540)
    two[4:12] = b"n+2\0\r\n\x1a\n"
    struct.pack_into(">hh", two, 12, 16, 32)
    struct.pack_into(">8q", two, 16, 3, 5, 4, 3, 1, 1, 1, 1)
    struct.pack_into(">8d", two, 104, 1, 1, 1, 1, 1, 0, 0, 0)
    struct.pack_into(">q2d", two, 168, 544, 0, 0)
    struct.pack_into(">ii", two, 344, 0, 2)
    struct.pack_into(">12d", two, 400, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0.2, 1, 0)
    put("nifti", "two-big-endian", bytes(two) + struct.pack(">60f", *VALUES))


def tiffs(willis):
    temporary = os.path.join(HERE, "corpus", "tiff", "stack.tif")
    os.makedirs(os.path.dirname(temporary), exist_ok=True)
    subprocess.run([willis, "convert", os.path.join(HERE, "corpus", "nrrd", "raw.nrrd"), temporary], check=True)

    def entry(tag, kind, count, value):
        return struct.pack("<HHII", tag, kind, count, value)
    for name, bits, photometric, tile in (("four-bits", 4, 0, 0), ("twelve-bits", 12, 1, 0), ("tiles", 8, 1, 16)):
        size = 16 * 16 * bits // 8
        tags = [entry(256, 3, 1, 16), entry(257, 3, 1, 16), entry(258, 3, 1, bits), entry(259, 3, 1, 1), entry(262, 3, 1, photometric)]
        data_at = 8 + 2 + 12 * (9 if tile else 8) + 4
        if tile:
            tags += [entry(322, 3, 1, tile), entry(323, 3, 1, tile), entry(324, 4, 1, data_at), entry(325, 4, 1, size)]
        else:
            tags += [entry(273, 4, 1, data_at), entry(278, 3, 1, 16), entry(279, 4, 1, size)]
        body = struct.pack("<2sHIH", b"II", 42, 8, len(tags)) + b"".join(tags) + struct.pack("<I", 0)
        put("tiff", name, body.ljust(data_at, b"\0") + bytes(n % 251 for n in range(size)))


def dicoms():
    folder = os.path.join(HERE, "corpus", "dicom")
    os.makedirs(folder, exist_ok=True)
    samples = array.array("H", [n * 11 for n in range(20)])
    for name, syntax in (("explicit", dicom.EXPLICIT), ("implicit", dicom.IMPLICIT), ("big-endian", dicom.BIG_ENDIAN),
                         ("deflated", dicom.DEFLATED), ("rle", dicom.RLE)):
        dicom.slice_file(os.path.join(folder, name), samples, 5, 4, syntax, sop="1.2.3.4", name="A^B", padding=7)
    dicom.enhanced_file(os.path.join(folder, "enhanced"), [((0.0, 0.0, float(k)), samples) for k in range(3)], 5, 4)


nrrds()
os.rename(os.path.join(HERE, "corpus", "nrrd", "raw"), os.path.join(HERE, "corpus", "nrrd", "raw.nrrd"))
metas()
niftis()
tiffs(sys.argv[1])
dicoms()
