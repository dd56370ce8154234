#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""
The lab's samples, held against what their kernels and applications knew when they were captured:
NAME.expect.json is the run, NAME.pcapng the client's end, NAME.server.pcapng the server's.
"""

import json

import diagnosis
import kernel
import merged
from support import SAMPLES, Skip, arguments, main, program, report_of

SHOWN = 8

# Of what was captured at both ends: packets were lost on the way, none was changed.
UNCHANGED = ("hand-over", "lossy-reordering", "mp-capable-ack-lost")


def ends_of(name):
    """The captures of a run that are kept, by side."""
    files = {"client": SAMPLES / f"{name}.pcapng", "server": SAMPLES / f"{name}.server.pcapng"}
    return {side: file for side, file in files.items() if file.exists()}


def run_of(file):
    """A kept run names only the counters that are not zero."""
    run = json.loads(file.read_text())
    names = [name for row in (*kernel.ROWS, *diagnosis.COUNTS) for name in row.counters.split()]
    run["counters"] = {side: dict.fromkeys(names, 0) | run[side]["counters"]
                       for side in kernel.SIDES}
    return run


def faults_of(path, run, captures):
    reports = {side: report_of(path, capture)[1] for side, capture in captures.items()}
    for side, capture in captures.items():
        for fault in (*kernel.faults(path, capture, side, run, reports[side]),
                      *diagnosis.faults(run, side, reports[side])):
            yield f"{side}: {fault}"
    if len(captures) == 2:
        changed = run["scenario"] not in UNCHANGED
        yield from merged.faults(path, run, captures, reports, changed)


def test(checks):
    given = arguments("Compares the lab's samples with what was known of them.")
    path = program(given.release)
    files = sorted(SAMPLES.glob("*.expect.json"))
    if not files:
        raise Skip("samples/ holds no run of the lab")
    checks.equal("counters of the catalogue that nothing compares", diagnosis.uncounted(), [])
    for file in files:
        name = file.name.removesuffix(".expect.json")
        faults = list(faults_of(path, run_of(file), ends_of(name)))
        words = "\n  ".join(faults[:SHOWN])
        checks.that(not faults, f"{name}: {len(faults)} disagreements:\n  {words}")


main(test)
