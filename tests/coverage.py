#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""
Which lines of dissector and analyzer the tests reach, by gcov.

    coverage.py BUILD

BUILD is one of the preset `coverage`. Only tests that call the libraries in their own process are
run: unit tests, samples spoilt and told otherwise, seeds of the fuzz harnesses. The program itself
shuts its sandbox before gcov could write anything. Prints what is not reached, file by file, and
the part that is; the exit status is 1 where that is less than it should be, or a test fails.
"""

import itertools
import json
import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
TESTS = ("^(dissector_|analyzer_|fuzz_|sweep-|test_forge_scenarios|test_forge_packets|dsn_wrap|"
         "evict|half_open|outlook|records|retire)")
LEAST = {"dissector": 100.0, "analyzer": 95.0}  # percent of lines


def run_tests(build):
    for counted in build.rglob("*.gcda"):
        counted.unlink()
    return subprocess.run(["ctest", "--test-dir", build, "--output-on-failure", "--no-tests=error",
                           "--quiet", "-j", str(os.cpu_count()), "-R", TESTS],
                          check=False).returncode == 0


def lines_of(build, folder):
    """{(path, line): times} of a library; of its headers in its unit tests, too."""
    counted = sorted(str(path) for where in (folder, f"tests/unit/{folder}")
                     for path in (build / where).rglob("*.gcda"))
    said = subprocess.run(["gcov", "--json-format", "--stdout", *counted], cwd=build,
                          stdout=subprocess.PIPE, check=True).stdout
    lines = {}
    for unit in map(json.loads, said.splitlines()):
        in_test = f"/tests/unit/{folder}/" in unit["data_file"]
        for file in unit["files"]:
            path = os.path.relpath(os.path.join(unit["current_working_directory"], file["file"]), ROOT)
            if not path.startswith(folder + "/") or (in_test and not path.endswith(".h")):
                continue
            for line in file["lines"]:
                where = path, line["line_number"]
                lines[where] = lines.get(where, 0) + line["count"]
    return lines


def ranges(numbers):
    """Runs of numbers as words: 3-5 9."""
    words = []
    for _, run in itertools.groupby(enumerate(numbers), lambda item: item[1] - item[0]):
        run = [number for _, number in run]
        words.append(str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}")
    return " ".join(words)


def report(folder, lines):
    """Prints what is not reached; returns the percentage of what is."""
    missed = sorted(where for where, times in lines.items() if times == 0)
    for path, group in itertools.groupby(missed, lambda where: where[0]):
        print(f"{path}: {ranges([line for _, line in group])}")
    reached = len(lines) - len(missed)
    percent = 100 * reached / max(len(lines), 1)
    print(f"{folder}: {reached} of {len(lines)} lines, {percent:.2f} % (at least {LEAST[folder]:.0f})",
          flush=True)
    return percent


def main():
    build = pathlib.Path(sys.argv[1]).resolve()
    passed = run_tests(build)
    enough = [report(folder, lines_of(build, folder)) >= least for folder, least in LEAST.items()]
    return 0 if passed and all(enough) else 1


if __name__ == "__main__":
    sys.exit(main())
