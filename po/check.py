#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Keeps the translations whole.

check.py ROOT           TAP: every language has every string, with equal placeholders; glossary terms hold
check.py ROOT update    merges new strings into po/*.po (run through "./dev po")
check.py ROOT todo      prints the strings that still lack a Chinese text
"""
import json
import os
import re
import subprocess
import sys
import tempfile

ROOT = sys.argv[1]
MODE = sys.argv[2] if len(sys.argv) > 2 else "check"
PO = os.path.join(ROOT, "po")


def run(*args):
    return subprocess.run(args, cwd=ROOT, check=True, capture_output=True, text=True).stdout


def catalogue_notes(path):
    """Notes and sources of implants in the device catalogue as a C file: they are shown beside a device's sizes. A source
    is several, between semicolons; addresses are no text."""
    notes, shown = set(), False
    for name in sorted(os.listdir(os.path.join(ROOT, "data", "catalogue"))):
        if name.endswith(".ini"):
            for line in open(os.path.join(ROOT, "data", "catalogue", name), encoding="utf-8"):
                key, _, value = line.rstrip("\n").partition("=")
                if key == "type":
                    shown = value in ("laser-stent", "braided-stent", "flow-diverter", "intrasaccular", "coil")
                elif key == "note" and shown:
                    notes.add(value)
                elif key == "source" and shown:
                    notes.update(part for part in value.split("; ") if not re.match(r"https?:|www\.", part))
    with open(path, "w", encoding="utf-8") as f:
        for note in sorted(notes):
            f.write("/* xgettext:no-c-format */ N_ (%s)\n" % json.dumps(note, ensure_ascii=False))


def template(path):
    notes = path + "-notes.c"
    catalogue_notes(notes)
    run("xgettext", "--from-code=UTF-8", "--add-comments", "--keyword=_", "--keyword=N_", "--keyword=C_:1c,2",
        "--files-from=po/POTFILES", "--output=" + path, "--package-name=willis", "--no-location", "--sort-output", notes)


def entries(path):
    """(msgid, msgstr, fuzzy) of a PO file whose lines are not wrapped; plural forms are not used here."""
    text = run("msgcat", "--no-wrap", path)
    found = []
    for block in text.split("\n\n"):
        fuzzy = re.search(r"^#,.*fuzzy", block, re.M) is not None
        if re.search(r"^#~", block, re.M):
            continue
        m = re.search(r'^msgid ((?:".*"\n?)+)^msgstr ((?:".*"\n?)+)', block + "\n", re.M)
        if m:
            join = lambda s: "".join(re.findall(r'"(.*)"', s))
            found.append((join(m.group(1)), join(m.group(2)), fuzzy))
    return [e for e in found if e[0]]


def placeholders(text):
    return sorted(re.findall(r"%(?:\d+\$)?[-+ #0]*\d*(?:\.\d+|\.\*)?(?:hh|h|ll|l|z)?[a-zA-Z]", text.replace("%%", "")))


def glossary():
    pairs = []
    for line in open(os.path.join(PO, "glossary-zh_CN.txt"), encoding="utf-8"):
        line = line.split("#")[0].strip()
        if "=" in line:
            english, chinese = (p.strip() for p in line.split("=", 1))
            pairs.append((english, [c.strip() for c in chinese.split("|")]))
    return pairs


def languages():
    return open(os.path.join(PO, "LINGUAS")).read().split()


def main():
    with tempfile.TemporaryDirectory() as tmp:
        pot = os.path.join(tmp, "willis.pot")
        template(pot)
        if MODE == "update":
            for lang in languages():
                po = os.path.join(PO, lang + ".po")
                run("msgmerge", "--quiet", "--no-fuzzy-matching", "--no-wrap", "--sort-output", "--output-file=" + po, po, pot)
                run("msgattrib", "--no-obsolete", "--no-wrap", "--output-file=" + po, po)
            return 0
        status, number = 0, 0
        rows = []
        for lang in languages():
            merged = os.path.join(tmp, lang + ".po")
            run("msgmerge", "--quiet", "--no-fuzzy-matching", "--output-file=" + merged, os.path.join(PO, lang + ".po"), pot)
            all_entries = entries(merged)
            missing = [e[0] for e in all_entries if not e[1] or e[2]]
            if MODE == "todo":
                print("\n".join(missing))
                continue
            wrong = [e[0] for e in all_entries if e[1] and placeholders(e[0]) != placeholders(e[1])]
            terms = [f"{e[0]!r}: {english} is {' or '.join(chinese)}" for e in all_entries for english, chinese in glossary()
                     if e[1] and re.search(r"\b" + english + r"\b", e[0], re.I) and not any(c in e[1] for c in chinese)]
            for title, bad in (("complete", missing), ("placeholders", wrong), ("glossary", terms)):
                number += 1
                rows += ["# " + b for b in bad[:20]]
                rows.append(("not ok" if bad else "ok") + f" {number} {lang} {title} ({len(all_entries)} strings, {len(bad)} bad)")
                status |= bool(bad)
        if MODE == "check":
            print(f"1..{number}")
            print("\n".join(rows))
        return status


sys.exit(main())
