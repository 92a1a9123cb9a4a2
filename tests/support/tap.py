# SPDX-License-Identifier: Apache-2.0
"""A few lines of TAP: functions named test_* of a module are run, each is one result."""
import json
import os
import shutil
import subprocess
import sys
import tempfile
import traceback

EXE = os.environ.get("WILLIS_EXE", "build/app/willis")


def data_folder(*parts):
    base = os.environ.get("WILLIS_DATA") or os.path.join(os.environ.get("WILLIS_SOURCE_DIR", "."), "..", "shared", "data")
    path = os.path.join(base, *parts)
    return path if os.path.isdir(path) else None


class Skip(Exception):
    pass


def need_data(*parts):
    path = data_folder(*parts)
    if path is None:
        raise Skip("the sample data is not here")
    return path


def willis(*args, timeout=60):
    return subprocess.run([EXE, *args], capture_output=True, timeout=timeout)


def willis_json(*args, timeout=240):
    done = willis(*args, "--json", timeout=timeout)
    assert done.returncode == 0, done.stderr.decode()
    return json.loads(done.stdout)


def refused(*args, words=(), code=2, timeout=60):
    """Exit code and one line on standard error that holds all words."""
    done = willis(*args, timeout=timeout)
    lines = done.stderr.decode("utf-8", "replace").strip().split("\n")
    assert done.returncode == code, (args, done.returncode, lines)
    assert len(lines) == 1 and lines[0].startswith("willis: "), (args, lines)
    for word in words:
        assert word in lines[0], (word, lines[0])
    return lines[0]


def run(module):
    tests = [(n[5:], f) for n, f in vars(module).items() if n.startswith("test_")]
    print(f"1..{len(tests)}")
    failed = 0
    for n, (name, func) in enumerate(tests, 1):
        folder = tempfile.mkdtemp(prefix="willis-test-")
        try:
            func(folder)
            print(f"ok {n} {name}")
        except Skip as why:
            print(f"ok {n} {name} # SKIP {why}")
        except Exception:
            failed += 1
            print("\n".join("# " + line for line in traceback.format_exc().strip().split("\n")))
            print(f"not ok {n} {name}")
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        sys.stdout.flush()
    return 1 if failed else 0
