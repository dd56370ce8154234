# SPDX-License-Identifier: BSD-3-Clause
"""
What the tests of this folder share: where things are, running the program, and telling what
failed. Every test prints one line for each thing that is wrong, and nothing that is right but how
much of it there was.
"""

import argparse
import json
import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "samples"
SKIP_STATUS = 77
PROGRAM = "mptcp-analyze"

# A clean place to run in: no colours asked for or forbidden, times and sorting as everywhere.
ENVIRONMENT = {
    "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
    "HOME": "/nonexistent",
    "LC_ALL": "C.UTF-8",
    "TZ": "UTC",
    "ASAN_OPTIONS": "abort_on_error=1:detect_leaks=1",
    "UBSAN_OPTIONS": "print_stacktrace=1",
}


class Skip(Exception):
    """This machine cannot run the test; the text says why."""


class Checks:
    """Counts what was checked, and prints what did not hold."""

    def __init__(self):
        self.done = 0
        self.failed = 0

    def that(self, condition, words):
        """One check; the words say what is wrong where it does not hold."""
        self.done += 1
        if not condition:
            self.failed += 1
            print(f"FAILED: {words}", flush=True)
        return bool(condition)

    def equal(self, what, got, want):
        return self.that(got == want, f"{what}: {got!r}, not {want!r}")


def arguments(description, *more):
    """The command line that all tests have; more: rows of add_argument's words and keywords."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build" / "dev",
                        help="build directory with tests and sanitizers")
    parser.add_argument("--release", type=pathlib.Path, default=ROOT / "build" / "release",
                        help="build directory of what is installed")
    for names, keywords in more:
        parser.add_argument(*names, **keywords)
    return parser.parse_args()


def program(build):
    """The program of a build directory."""
    path = pathlib.Path(build).resolve() / PROGRAM
    if not path.exists():
        raise Skip(f"{path} is not built")
    return path


def run(*words, stdin=None, timeout=60, environment=None, **more):
    """Runs a command; its output is octets."""
    return subprocess.run([str(word) for word in words], input=stdin, capture_output=True,
                          timeout=timeout, env=ENVIRONMENT | (environment or {}), check=False,
                          **more)


def samples():
    """All samples that are captures, in the order of their names."""
    found = sorted(path for path in SAMPLES.iterdir() if path.suffix in (".pcap", ".pcapng"))
    if not found:
        raise Skip("samples/ holds no capture")
    return found


def report_of(path, *captures, options=()):
    """The JSON report as (exit status, object)."""
    done = run(path, "-j", *options, "--", *captures)
    try:
        return done.returncode, json.loads(done.stdout)
    except ValueError:
        raise AssertionError(f"{captures}: exit status {done.returncode}, no JSON: "
                             f"{done.stderr.decode(errors='replace')}") from None


def main(test):
    """Runs test(checks) and ends the process as ctest wants it."""
    checks = Checks()
    try:
        test(checks)
    except Skip as reason:
        print(f"skipped: {reason}")
        sys.exit(SKIP_STATUS)
    print(f"{checks.done} checks, {checks.failed} failed")
    sys.exit(0 if checks.failed == 0 and checks.done > 0 else 1)
