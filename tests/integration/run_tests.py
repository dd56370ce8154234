#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""
Runs ctest in a build directory and ends with one line of totals.

    run_tests.py BUILD [CTEST-ARGUMENT...]

Before the totals each test that was skipped is named with its reason. What could not be started
counts as failed. The exit status is ctest's, and never 0 where a test failed.
"""

import os
import pathlib
import subprocess
import sys
import xml.etree.ElementTree

RESULTS = "test-results.xml"
SKIPPED = "SKIP_"  # what ctest's message of a skipped test begins with; others did not start


def state_of(case):
    """passed, failed or skipped."""
    if case.get("status") == "disabled":
        return "skipped"
    skipped = case.find("skipped")
    if skipped is not None and skipped.get("message", "").startswith(SKIPPED):
        return "skipped"
    return "passed" if case.get("status") == "run" else "failed"


def reason_of(case):
    """The last line that a skipped test printed, which says why."""
    lines = (case.findtext("system-out") or "").strip().splitlines()
    return (lines[-1] if lines else "no reason given").removeprefix("skipped: ")


def summarise(results):
    """Prints the reasons and the totals; returns how many failed."""
    cases = xml.etree.ElementTree.parse(results).getroot().findall("testcase")
    states = [state_of(case) for case in cases]
    for case, state in zip(cases, states):
        if state == "skipped":
            print(f"skipped: {case.get('name')}: {reason_of(case)}")
    passed, failed, skipped = map(states.count, ("passed", "failed", "skipped"))
    print(f"{passed} passed, {failed} failed, {skipped} skipped", flush=True)
    return failed


def main():
    build, *more = sys.argv[1:]
    results = pathlib.Path(build).resolve() / RESULTS
    results.unlink(missing_ok=True)
    status = subprocess.run(
        ["ctest", "--test-dir", build, "--output-on-failure", "--no-tests=error",
         "--output-junit", results, "-j", str(os.cpu_count()), *more], check=False).returncode
    if not results.exists():
        return status  # it was asked for something else than running tests, or could not
    failed = summarise(results)
    return status or min(failed, 1)


if __name__ == "__main__":
    sys.exit(main())
