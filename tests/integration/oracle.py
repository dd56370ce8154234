#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""
The live oracle: every scenario of the lab is run afresh with a new seed, and what the program says
of the captures is held against the kernels' counters, the applications, the paths, the scenario's
facts, what it made go wrong, and tshark, at both ends and at both at once.

    oracle.py [--seed N] [--keep DIR] [SCENARIO...]

The seed is printed, so that a run can be repeated. Skipped without root, TUN devices or a kernel with
Multipath TCP.
"""

import concurrent.futures
import json
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile

import diagnosis
import kernel
import losses
import merged
import tshark
from invariants import faults as invariant_faults
from support import ROOT, SKIP_STATUS, Skip, arguments, main, program, report_of

sys.path.insert(0, str(ROOT / "tests" / "lab"))
from scenarios import SCENARIOS  # noqa: E402  (the lab is beside this folder)
from world import Unavailable, require_lab  # noqa: E402

LAB = ROOT / "tests" / "lab" / "lab.py"
TRIES = 3  # a run that did not show what its scenario says, on a busy machine, is made once more
SHOWN = 8


def play(name, seed, folder, build):
    """Runs a scenario in a process of its own; returns its status and what it said."""
    for _ in range(TRIES):
        shutil.rmtree(folder, ignore_errors=True)
        done = subprocess.run(
            [sys.executable, "-B", LAB, "run", name, "--seed", str(seed), "--out", folder,
             "--build", build], capture_output=True, text=True, timeout=240, check=False)
        if done.returncode in (0, SKIP_STATUS):
            break
    return done.returncode, (done.stdout + done.stderr).strip()


def numbers_of(scenario):
    return {path.name: path.number for path in scenario.paths}


def packets_are_changed(run, scenario):
    """Then what one end sends is not what the other end gets: both captures are not of one network."""
    return run["emulator"]["rules"] or any(words.startswith("nat") for words in scenario.directives)


def end_faults(path, run, side, capture, report):
    """All that one end's capture is held against."""
    scenario = SCENARIOS[run["scenario"]]
    yield from invariant_faults(report)
    yield from kernel.faults(path, capture, side, run, report)
    yield from diagnosis.faults(run, side, report)
    yield from kernel.path_faults(run, side, report, numbers_of(scenario))
    if shutil.which("tshark") is not None:
        yield from tshark.disagreements(path, capture, report)


def run_faults(path, folder, name):
    run = json.loads((folder / "result.json").read_text())
    run["counters"] = json.loads((folder / "counters.json").read_text())
    captures = {side: folder / f"{side}.pcapng" for side in kernel.SIDES}
    reports = {side: report_of(path, captures[side])[1] for side in kernel.SIDES}
    for side in kernel.SIDES:
        for fault in end_faults(path, run, side, captures[side], reports[side]):
            yield f"{side}: {fault}"
    if any("loss_percent" in path.more for path in SCENARIOS[name].paths):
        yield from losses.faults(run, reports)
    changed = packets_are_changed(run, SCENARIOS[name])
    yield from merged.faults(path, run, captures, reports, changed)


def judge(path, build, seed, folder, name):
    """Plays a scenario and judges; (name, skipped because, faults)."""
    status, words = play(name, seed, folder, build)
    if status == SKIP_STATUS:
        return name, words, []
    if status != 0:
        return name, None, [f"the lab did not show it: {words}"]
    return name, None, list(run_faults(path, folder, name))


def test(checks):
    given = arguments(
        "Runs the lab afresh and compares what the program says with what others know.",
        (("--seed",), {"type": int, "default": random.SystemRandom().randrange(1 << 31)}),
        (("--keep",), {"type": pathlib.Path, "help": "keep captures and counters there"}),
        (("scenario",), {"nargs": "*", "help": "names; all"}))
    path = program(given.release)
    try:
        require_lab()
    except Unavailable as reason:
        raise Skip(str(reason)) from None
    print(f"seed {given.seed}", flush=True)
    folder = pathlib.Path(given.keep or tempfile.mkdtemp(prefix="oracle-"))
    try:
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            names = given.scenario or list(SCENARIOS)
            done = pool.map(lambda name: judge(path, given.build, given.seed, folder / name, name),
                            names)
            for name, skipped, faults in done:
                if skipped is not None:
                    print(f"{name}: not run: {skipped}")
                    continue
                words = "\n  ".join(faults[:SHOWN])
                checks.that(not faults, f"{name} (seed {given.seed}): {len(faults)} disagreements:"
                                        f"\n  {words}")
    finally:
        if given.keep is None:
            shutil.rmtree(folder)


main(test)
