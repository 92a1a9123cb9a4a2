#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Adds up meson's test log into the closing line "N passed, N failed". TAP tests count each of their points."""
import json
import re
import sys

passed = failed = skipped = 0
for line in open(sys.argv[1], encoding="utf-8", errors="replace"):
    run = json.loads(line)
    rows = re.findall(r"^((?:not ok|ok)\b[^\n]*)", run.get("stdout") or "", flags=re.M)
    result = run.get("result")
    bad = sum(r.startswith("not ok") and "# TODO" not in r for r in rows)
    skip = sum(r.startswith("ok") and "# SKIP" in r.upper() for r in rows)
    good = len(rows) - bad - skip
    if not rows:
        good, bad, skip = (result == "OK"), 0, (result == "SKIP")
    if result not in ("OK", "SKIP", "EXPECTEDFAIL") and bad == 0:
        bad = 1
        print(f"{run['name']}: {result}")
    elif bad:
        for r in rows:
            if r.startswith("not ok"):
                print(f"{run['name']}: {r}")
    passed, failed, skipped = passed + good, failed + bad, skipped + skip
print(f"{passed} passed, {failed} failed, {skipped} skipped")
sys.exit(1 if failed or not passed else 0)
