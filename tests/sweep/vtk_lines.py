# SPDX-License-Identifier: Apache-2.0
"""Centrelines and curves of the AneuRisk data set, for the sweeps of stents."""
import struct


def vtk_lines(path):
    """Lines of (x, y, z, diameter) of a binary VTK file, or of (x, y, z) of an ASCII one."""
    data = open(path, "rb").read()
    at = data.index(b"POINTS ")
    n, kind = data[at:data.index(b"\n", at)].split()[1:3]
    n, start = int(n), data.index(b"\n", at) + 1
    if b"ASCII" in data[:120]:
        v = [float(x) for x in data[start:].split()[:3 * n]]
        return [[tuple(v[3 * i:3 * i + 3]) for i in range(n)]]
    size = 4 if kind == b"float" else 8
    xyz = struct.unpack(f">{3 * n}{'f' if size == 4 else 'd'}", data[start:start + 3 * n * size])
    at = data.index(b"LINES ")
    cells, total = (int(x) for x in data[at:data.index(b"\n", at)].split()[1:3])
    at = data.index(b"\n", at) + 1
    ids = struct.unpack(f">{total}i", data[at:at + 4 * total])
    at = data.index(b"MaximumInscribedSphereRadius")
    kind = data[at:data.index(b"\n", at)].split()[-1]
    if b"double" not in data[at:at + 60] and b"float" not in data[at:at + 60]:
        kind = b"double"
    at = data.index(b"\n", at) + 1
    if data[at:at + 12].startswith(b"LOOKUP"):
        at = data.index(b"\n", at) + 1
    size = 4 if b"float" in kind else 8
    radius = struct.unpack(f">{n}{'f' if size == 4 else 'd'}", data[at:at + n * size])
    lines, i = [], 0
    for _ in range(cells):
        lines.append([(xyz[3 * k], xyz[3 * k + 1], xyz[3 * k + 2], 2 * radius[k]) for k in ids[i + 1:i + 1 + ids[i]]])
        i += 1 + ids[i]
    return lines
