#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The help is whole in every language: the same pages, line by line of the same kind, and in the program's resources."""
import os
import re
import sys

ROOT = sys.argv[1]
HELP = os.path.join(ROOT, "data", "help")
LINGUAS = open(os.path.join(ROOT, "po", "LINGUAS"), encoding="utf-8").read().split()
bad = []


def kind(line):
    return next((k for k in ("# ", "## ", "- ", "! ", "|") if line.startswith(k)), "" if not line.strip() else "text")


def lines(language, page):
    with open(os.path.join(HELP, language, page), encoding="utf-8") as f:
        return f.read().splitlines()


pages = sorted(os.listdir(os.path.join(HELP, "en")))
resources = open(os.path.join(ROOT, "ui", "willis.gresource.xml"), encoding="utf-8").read()
shown = re.search(r"names\[\] = \{(.*?)\};", open(os.path.join(ROOT, "ui/window/help-window.c"), encoding="utf-8").read(), re.S).group(1)
for page in pages:
    if f'"{page[:-4]}"' not in shown:
        bad.append(f"{page}: is not in the list of help-window.c")
    if not lines("en", page)[0].startswith("# "):
        bad.append(f"en/{page}: does not begin with its title")
for language in ["en"] + LINGUAS:
    if sorted(os.listdir(os.path.join(HELP, language))) != pages:
        bad.append(f"{language}: other pages than in English")
        continue
    for page in pages:
        if f'help/{language}/{page}"' not in resources:
            bad.append(f"{language}/{page}: is not in willis.gresource.xml")
        english, here = lines("en", page), lines(language, page)
        if [kind(l) for l in english] != [kind(l) for l in here]:
            bad.append(f"{language}/{page}: its lines are of other kinds than in English")
        for n, line in enumerate(here, 1):
            if kind(line) == "|" and line.count("|") != 3:
                bad.append(f"{language}/{page}:{n}: a row needs two cells")
            if language == "zh_CN" and kind(line) != "|" and not re.search(r"[\u4e00-\u9fff]", line):
                bad.append(f"{language}/{page}:{n}: is not translated")
print("1..1")
for line in bad:
    print("# " + line)
print(("not ok" if bad else "ok") + " 1 help")
sys.exit(1 if bad else 0)
