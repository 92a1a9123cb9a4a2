# SPDX-License-Identifier: Apache-2.0
"""Writes small DICOM files and reads NIfTI, with the standard library alone; for tests and benchmarks."""
import array
import gzip
import struct
import sys
import zlib

EXPLICIT, IMPLICIT = "1.2.840.10008.1.2.1", "1.2.840.10008.1.2"
BIG_ENDIAN, DEFLATED, RLE = "1.2.840.10008.1.2.2", "1.2.840.10008.1.2.1.99", "1.2.840.10008.1.2.5"
CT = "1.2.840.10008.5.1.4.1.1.2"
LONG = (b"OB", b"OW", b"SQ", b"UN", b"UT")


def cross(a, b):
    return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]


def element(tag, vr, value, syntax=EXPLICIT):
    end = ">" if syntax == BIG_ENDIAN else "<"
    vr = vr.encode()
    if isinstance(value, str):
        value = value.encode("utf-8")
    if isinstance(value, (int, float)):
        value = [value]
    if isinstance(value, list) and vr in (b"US", b"SS", b"UL"):
        value = struct.pack(end + {b"US": "H", b"SS": "h", b"UL": "I"}[vr] * len(value), *value)
    elif isinstance(value, list):
        value = "\\".join(repr(v) if isinstance(v, float) else str(v) for v in value).encode()
    if len(value) % 2:
        value += b"\0" if vr in (b"UI", b"OB") else b" "
    head = struct.pack(end + "HH", tag >> 16, tag & 0xFFFF)
    if syntax == IMPLICIT:
        return head + struct.pack("<I", len(value)) + value
    if vr in LONG:
        return head + vr + b"\0\0" + struct.pack(end + "I", len(value)) + value
    return head + vr + struct.pack(end + "H", len(value)) + value


def sequence(tag, items):
    """Items are bytes of explicit little endian elements; undefined lengths, as scanners write them."""
    body = b"".join(b"\xfe\xff\x00\xe0" + struct.pack("<I", len(i)) + i for i in items)
    return struct.pack("<HH", tag >> 16, tag & 0xFFFF) + b"SQ\0\0\xff\xff\xff\xff" + body + b"\xfe\xff\xdd\xe0\0\0\0\0"


def rle_segment(data):
    out = bytearray()
    for at in range(0, len(data), 128):
        piece = data[at:at + 128]
        out.append(len(piece) - 1)
        out += piece
    return bytes(out) + (b"\0" if len(out) % 2 else b"")


def rle_pixels(samples):
    raw = samples.tobytes()
    segments = [rle_segment(raw[1::2]), rle_segment(raw[0::2])]
    head = struct.pack("<16I", 2, 64, 64 + len(segments[0]), *([0] * 13))
    frame = head + b"".join(segments)
    return (b"\xe0\x7f\x10\x00OB\0\0\xff\xff\xff\xff" + b"\xfe\xff\x00\xe0\0\0\0\0"
            + b"\xfe\xff\x00\xe0" + struct.pack("<I", len(frame)) + frame + b"\xfe\xff\xdd\xe0\0\0\0\0")


def pixels(samples, syntax):
    """samples: array of 'h' or 'H'."""
    if syntax == RLE:
        return rle_pixels(samples)
    samples = array.array(samples.typecode, samples)
    if (syntax == BIG_ENDIAN) != (sys.byteorder == "big"):
        samples.byteswap()
    return element(0x7FE00010, "OW", samples.tobytes(), syntax)


def data_file(path, syntax, body, preamble=True):
    meta = element(0x00020001, "OB", b"\0\1") + element(0x00020010, "UI", syntax)
    if syntax == DEFLATED:
        packer = zlib.compressobj(6, zlib.DEFLATED, -15)
        body = packer.compress(body) + packer.flush()
    with open(path, "wb") as f:
        if preamble:
            f.write(b"\0" * 128 + b"DICM" + element(0x00020000, "UL", len(meta)) + meta)
        f.write(body)


DEFAULTS = dict(sop_class=CT, modality="CT", series="1.2.3.4", study="1.2.3", description="", image_type="ORIGINAL\\PRIMARY\\AXIAL",
                row=[1.0, 0.0, 0.0], column=[0.0, 1.0, 0.0], position=[0.0, 0.0, 0.0], spacing=[0.5, 0.5], thickness=1.0,
                slope="1", intercept="-1024", signed=False, bits=16, high=None, instance=1, acquisition=None, padding=None, study_time=None, number=None,
                name="Doe^Jane", charset="ISO_IR 192", time=None, date="20240131", extra=b"", kernel="H30f", contrast="", said_rows=None, said_columns=None)


def slice_file(path, samples, columns, rows, syntax=EXPLICIT, preamble=True, **more):
    """One slice; positions and axes are LPS millimetres; spacing is [between columns, between rows]."""
    o = dict(DEFAULTS, **more)
    uid = o.get("sop") or f"1.2.3.5.{zlib.crc32(path.encode())}.{o['instance']}"
    e = [(0x00080005, "CS", o["charset"]), (0x00080008, "CS", o["image_type"]), (0x00080016, "UI", o["sop_class"]),
         (0x00080018, "UI", uid), (0x00080020, "DA", o["date"])]
    if o["study_time"]:
        e.append((0x00080030, "TM", o["study_time"]))
    if o["time"]:
        e.append((0x00080032, "TM", o["time"]))
    e += [(0x00080060, "CS", o["modality"]), (0x00080070, "LO", "Willis tests"), (0x0008103E, "LO", o["description"]),
          (0x00100010, "PN", o["name"]), (0x00100020, "LO", "id-1"), (0x00100030, "DA", "19700201"), (0x00100040, "CS", "F"),
          (0x00180010, "LO", o["contrast"]), (0x00180050, "DS", [o["thickness"]]), (0x00181210, "SH", o["kernel"]),
          (0x0020000D, "UI", o["study"]), (0x0020000E, "UI", o["series"])]
    if o["number"] is not None:
        e.append((0x00200011, "IS", [o["number"]]))
    if o["acquisition"] is not None:
        e.append((0x00200012, "IS", [o["acquisition"]]))
    e.append((0x00200013, "IS", [o["instance"]]))
    if o["position"] is not None:
        e += [(0x00200032, "DS", [float(v) for v in o["position"]]),
              (0x00200037, "DS", [float(v) for v in o["row"] + o["column"]])]
    e += [(0x00280002, "US", 1), (0x00280004, "CS", "MONOCHROME2"),
          (0x00280010, "US", o["said_rows"] or rows), (0x00280011, "US", o["said_columns"] or columns)]
    if o["spacing"]:
        e.append((0x00280030, "DS", [float(o["spacing"][1]), float(o["spacing"][0])]))
    e += [(0x00280100, "US", 16), (0x00280101, "US", o["bits"]),
          (0x00280102, "US", o["high"] if o["high"] is not None else o["bits"] - 1), (0x00280103, "US", int(o["signed"]))]
    if o["padding"] is not None:
        e.append((0x00280120, "SS" if o["signed"] else "US", o["padding"]))
    e += [(0x00281052, "DS", o["intercept"]), (0x00281053, "DS", o["slope"])]
    body = b"".join(element(t, vr, v, syntax if syntax != RLE else EXPLICIT) for t, vr, v in e) + o["extra"]
    data_file(path, syntax, body + pixels(samples, syntax), preamble)


def enhanced_file(path, frames, columns, rows, sop_class="1.2.840.10008.5.1.4.1.1.2.1", modality="CT", row=(1.0, 0.0, 0.0),
                  column=(0.0, 1.0, 0.0), spacing=(0.5, 0.5), slope="1", intercept="-1024"):
    """frames: list of (position, samples 'H'), one multi-frame file with functional groups."""
    def ds(tag, values):
        return element(tag, "DS", [float(v) for v in values])
    shared = (sequence(0x00209116, [ds(0x00200037, list(row) + list(column))])
              + sequence(0x00289110, [ds(0x00180050, [1.0]) + ds(0x00280030, [spacing[1], spacing[0]])])
              + sequence(0x00289145, [element(0x00281052, "DS", intercept) + element(0x00281053, "DS", slope)]))
    each = [sequence(0x00209113, [ds(0x00200032, p)]) for p, _ in frames]
    body = (element(0x00080016, "UI", sop_class) + element(0x00080018, "UI", "1.2.3.9") + element(0x00080060, "CS", modality)
            + element(0x0020000E, "UI", "1.2.3.8") + element(0x00280002, "US", 1) + element(0x00280004, "CS", "MONOCHROME2")
            + element(0x00280008, "IS", [len(frames)]) + element(0x00280010, "US", rows) + element(0x00280011, "US", columns)
            + element(0x00280100, "US", 16) + element(0x00280101, "US", 16) + element(0x00280102, "US", 15)
            + element(0x00280103, "US", 0) + sequence(0x52009229, [shared]) + sequence(0x52009230, each))
    body += element(0x7FE00010, "OW", b"".join(s.tobytes() for _, s in frames))
    data_file(path, EXPLICIT, body)


class Nifti:
    """A NIfTI-1 volume: dims, affine (rows, RAS mm), values (array, i fastest)."""

    def __init__(self, path):
        with (gzip.open if path.endswith(".gz") else open)(path, "rb") as f:
            raw = f.read()
        self.dims = list(struct.unpack_from("<8h", raw, 40))[1:4]
        code, = struct.unpack_from("<h", raw, 70)
        offset, slope, inter = struct.unpack_from("<3f", raw, 108)
        self.affine = [list(struct.unpack_from("<4f", raw, 280 + 16 * r)) for r in range(3)]
        self.values = array.array({2: "B", 4: "h", 8: "i", 16: "f", 512: "H"}[code])
        n = self.dims[0] * self.dims[1] * self.dims[2]
        self.values.frombytes(raw[int(offset):int(offset) + n * self.values.itemsize])
        self.slope, self.inter = (slope or 1.0), inter

    def lps(self, i, j, k):
        p = [r[0] * i + r[1] * j + r[2] * k + r[3] for r in self.affine]
        return [-p[0], -p[1], p[2]]

    def at(self, i, j, k):
        return self.values[(k * self.dims[1] + j) * self.dims[0] + i] * self.slope + self.inter
