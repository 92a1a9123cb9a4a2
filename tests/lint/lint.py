#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""House rules that a machine can check. Prints TAP: one line a rule, with the offending places below it."""
import os
import re
import subprocess
import sys

ROOT = sys.argv[1]
SOURCE = (".c", ".h", ".cc", ".hh")

# pattern, where it is allowed (path prefixes), what to do instead
BANNED = [
    (r'#include\s+"\.\./', (), "includes start at the source root"),
    (r'#include\s+<vtk', ("ui/scene/", "core/io/", "tests/bench/", "tests/core/case/vtkhdf.cc"), "VTK stays in ui/scene and core/io"),
    (r'#include\s+<gtk/|#include\s+<adwaita', ("ui/", "app/", "tests/ui/"), "GTK stays in ui and app"),
    (r'#include\s+<hdf5', ("core/io/", "core/case/", "tests/"), "HDF5 stays in core/io and core/case"),
    (r'#include\s+<tiffio', ("core/io/", "tests/"), "libtiff stays in core/io"),
    (r'(?<![\w])printf \(|(?<![\w])puts \(|fprintf \(std', ("app/", "tests/"), "only app prints"),
    (r'\b(strcpy|strcat|sprintf|vsprintf|gets|atoi|atof|sscanf|alloca|setjmp) \(', (), "banned call"),
    (r'(?<![\w])(strtod|strtof) \(', (), "use g_ascii_strtod"),
    (r'(?<![\w])(rand|srand|drand48) \(', (), "use core/num/rng.h"),
    (r'g_auto(free|ptr|)\b[^;=]*;', (), "g_auto without initialiser"),
    (r'-ffast-math', (), "results must not depend on it"),
    (r'\b(issue|ticket) #?\d+|/work/|\bsession\s+\d', (), "the project speaks of itself alone"),
]


def files():
    out = subprocess.run(["git", "-C", ROOT, "ls-files", "-co", "--exclude-standard"], capture_output=True, text=True)
    names = out.stdout.split("\n") if out.returncode == 0 else []
    if not names:
        for base, dirs, found in os.walk(ROOT):
            dirs[:] = [d for d in dirs if not d.startswith((".", "build"))]
            names += [os.path.relpath(os.path.join(base, f), ROOT) for f in found]
    return [n for n in names if n and os.path.exists(os.path.join(ROOT, n))]


def read(name):
    with open(os.path.join(ROOT, name), encoding="utf-8", errors="replace") as f:
        return f.read()


def room_of(name):
    parts = os.path.dirname(name).split("/")
    return parts[0] if parts[0] in ("app", "tests") else "/".join(parts[:2])


def rooms():
    table = {}
    for line in read("tests/lint/rooms.txt").splitlines():
        line = line.split("#")[0].strip()
        if line:
            room, allowed = line.split(":")
            table[room.strip()] = allowed.split()
    return table


def may_include(table, room, other):
    if room == other:
        return True
    for allowed in table.get(room, []):
        if allowed == other or (allowed.endswith("/*") and other.startswith(allowed[:-1])):
            return True
    return False


def without_comments(text):
    return re.sub(r"/\*.*?\*/", lambda m: "\n" * m.group().count("\n"), text, flags=re.S)


def check_rooms(names):
    table, bad = rooms(), []
    for name in names:
        if not name.endswith(SOURCE):
            continue
        for n, line in enumerate(read(name).splitlines(), 1):
            m = re.match(r'\s*#include\s+"([^"]+)"', line)
            if not m:
                continue
            if not os.path.exists(os.path.join(ROOT, m.group(1))):
                if "/" not in m.group(1) or not m.group(1).startswith(("core/", "solver/", "ui/", "app/", "tests/")):
                    bad.append(f"{name}:{n}: include {m.group(1)} does not start at the source root")
                continue
            if not may_include(table, room_of(name), room_of(m.group(1))):
                bad.append(f"{name}:{n}: {room_of(name)} may not include {m.group(1)}")
    return bad


def check_banned(names):
    bad = []
    for name in names:
        if not name.endswith(SOURCE):
            continue
        for n, line in enumerate(without_comments(read(name)).splitlines(), 1):
            code = line.split("//")[0]
            for pattern, allowed, why in BANNED:
                if not name.startswith(allowed or ("\0",)) and re.search(pattern, code) and "lint-allow" not in line:
                    bad.append(f"{name}:{n}: {why}: {line.strip()[:80]}")
    return bad


def check_heads(names):
    return [n for n in names if n.endswith(SOURCE + (".py", ".build")) and "SPDX-License-Identifier: Apache-2.0" not in read(n)[:300]]


def check_headers(names):
    return [n for n in names if n.endswith(".h") and "#pragma once" not in read(n)]


def check_lengths(names):
    bad = []
    for name in names:
        if name.endswith(SOURCE):
            lines = read(name).count("\n")
            if lines > 800:
                bad.append(f"{name}: {lines} lines, at most 800")
    return bad


def check_functions(names):
    """Bodies that open with a brace in column 0: at most 150 lines."""
    bad = []
    for name in names:
        if not name.endswith((".c", ".cc")):
            continue
        start = None
        for n, line in enumerate(read(name).splitlines(), 1):
            if line.startswith("{"):
                start = n
            elif line.startswith("}") and start is not None:
                if n - start > 150:
                    bad.append(f"{name}:{start}: a function of {n - start} lines, at most 150")
                start = None
    return bad


def check_sizes(names):
    bad, total = [], 0
    for name in names:
        size = os.path.getsize(os.path.join(ROOT, name))
        total += size
        if size > 5 << 20:
            bad.append(f"{name}: {size} bytes, at most 5 MB")
    if total > 30 << 20:
        bad.append(f"all files together: {total} bytes, at most 30 MB")
    return bad


def check_potfiles(names):
    listed = set(l.strip() for l in read("po/POTFILES").splitlines() if l.strip() and not l.startswith("#"))
    bad = []
    for name in names:
        if name.startswith("tests/"):
            continue
        text = read(name) if name.endswith(SOURCE + (".ui", ".desktop.in", ".metainfo.xml.in", ".gschema.xml")) else ""
        marked = re.search(r'\b(N?_|C_) ?\("', text) or 'translatable="yes"' in text
        if marked and name not in listed:
            bad.append(f"{name}: has strings to translate but is not in po/POTFILES")
    bad += [f"po/POTFILES: {n} is not there" for n in sorted(listed) if n not in names]
    return bad


def check_notes(names):
    """Each note stands in the table by which it is found again in another language; none is made otherwise."""
    for stem in ("core/base/note", "core/plan/sac-remark", "core/plan/stent-remark"):
        known = set(re.findall(r"#define (WILLIS_(?:NOTE|REMARK)_\w+)", read(stem + ".h")))
        table = set(re.findall(r"WILLIS_(?:NOTE|REMARK)_\w+", read(stem + ".c")))
        for name in sorted(known - table):
            yield f"{stem}.c: {name} is not in the table"
    for name in names:
        if name.startswith(("core/io/", "solver/stent/")) and name.endswith((".c", ".cc")):
            for call in re.findall(r"\bwillis_note_add \([^,;{]+,\s*([^,;]+)", without_comments(read(name))):
                if not call.startswith(("WILLIS_NOTE_", "WILLIS_REMARK_", "remarks->")):
                    yield f"{name}: a note that is none of the tables: {call.strip()}"


def main():
    names = files()
    rules = [("rooms", check_rooms), ("banned", check_banned), ("licence-lines", check_heads), ("pragma-once", check_headers),
             ("file-length", check_lengths), ("function-length", check_functions), ("file-size", check_sizes), ("potfiles", check_potfiles),
             ("notes", lambda names: list(check_notes(names)))]
    print(f"1..{len(rules)}")
    failed = 0
    for n, (title, rule) in enumerate(rules, 1):
        bad = rule(names)
        for line in bad[:40]:
            print("# " + line)
        print(("not ok" if bad else "ok") + f" {n} {title}")
        failed += bool(bad)
    return 1 if failed else 0


sys.exit(main())
