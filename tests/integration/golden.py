#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""
The reports of every sample are those that a person has read and found true.

    golden.py [--build DIR] [--release DIR] [--update] [SAMPLE...]

tests/golden/ holds for each sample NAME.txt, NAME.json and, for some, NAME.packets.txt (-v). With
--update they are written anew, all or those of the samples named: read what changed before it is
committed. Every JSON report is held against the schema and its own sums, and read by jq, too.
"""

import difflib
import json
import subprocess
import sys

from invariants import faults
from support import ROOT, SAMPLES, arguments, main, program, run, samples

GOLDEN = ROOT / "tests" / "golden"
LINES_SHOWN = 40

# Samples whose packets are told one by one, too: between them they have every option's wording.
PACKETS = {
    "two-paths", "add-addr-port", "backup-prio", "join-refused", "checksum-fail-only", "fastclose",
    "server-join", "ipv6-ipv4", "fast-open", "forge-subtypes-unknown", "forge-remove-addr",
    "forge-rst-reasons", "forge-fragments-tiny", "forge-snap-96", "forge-mirror",
}
PACKETS_PREFIXES = ("forge-v0-", "forge-malformed-")
COLUMNS = 80  # of a text report; lines about packets are as long as they are


def wants_packets(name):
    return name in PACKETS or name.startswith(PACKETS_PREFIXES)


def normalised(octets):
    """The JSON report without what changes with every release."""
    report = json.loads(octets)
    report["generator"]["version"] = "*"
    return json.dumps(report, indent=1, ensure_ascii=False).encode() + b"\n"


def reports_of(checks, path, sample):
    """Each golden file's name and what it must hold."""
    commands = {".txt": (), ".json": ("-j",)}
    if wants_packets(sample.stem):
        commands[".packets.txt"] = ("-v",)
    for suffix, options in commands.items():
        done = run(path, *options, sample.name, cwd=SAMPLES)
        words = f"{sample.name} {' '.join(options)}"
        checks.that(done.returncode in (0, 3), f"{words}: exit status {done.returncode}: "
                                               f"{done.stderr.decode(errors='replace')}")
        octets = done.stdout
        if suffix == ".json":
            check_json(checks, words, octets)
            octets = normalised(octets)
        if suffix == ".txt":
            widest = max(map(len, octets.decode().splitlines()))
            checks.that(widest <= COLUMNS, f"{words}: a line of {widest} columns")
        yield sample.stem + suffix, octets


def check_json(checks, words, octets):
    report = json.loads(octets)
    for fault in faults(report):
        checks.that(False, f"{words}: {fault}")
    second = run("jq", "-c", ".", stdin=octets)
    checks.that(second.returncode == 0 and json.loads(second.stdout) == report,
                f"{words}: jq reads something else")


def difference(name, want, got):
    lines = difflib.unified_diff(want.decode().splitlines(), got.decode().splitlines(),
                                 f"tests/golden/{name}", "now", lineterm="", n=1)
    return "\n".join(list(lines)[:LINES_SHOWN])


def compare(checks, name, got):
    file = GOLDEN / name
    if not file.exists():
        checks.that(False, f"tests/golden/{name} is missing: ./dev golden, and read it")
    elif file.read_bytes() != got:
        checks.that(False, f"{name}: the report has changed; if it is right so: ./dev golden "
                           f"{name.split('.')[0]}\n{difference(name, file.read_bytes(), got)}")
    else:
        checks.done += 1


def update(name, got):
    file = GOLDEN / name
    if not file.exists() or file.read_bytes() != got:
        print(f"tests/golden/{name}: {'changed' if file.exists() else 'new'}")
        file.write_bytes(got)


def update_screens(build, chosen):
    """What the screen shows of the same samples; only where it is built."""
    if (build / "tests" / "unit" / "tui" / "screens").exists():
        subprocess.run([sys.executable, "-B", ROOT / "tests" / "integration" / "screens.py",
                        "--update", "--build", build, *chosen], check=True)


def check_leftovers(checks, names):
    """No golden file without a sample."""
    for file in sorted(GOLDEN.iterdir()):
        checks.that(file.name in names, f"tests/golden/{file.name} belongs to no sample")


def test(checks):
    given = arguments("Compares the reports of all samples with those that were read.",
                      (("--update",), {"action": "store_true", "help": "write them anew"}),
                      (("sample",), {"nargs": "*", "help": "names without suffix; all"}))
    path = program(given.build)
    chosen = [s for s in samples() if not given.sample or s.stem in given.sample]
    if not chosen:
        sys.exit(f"golden.py: no such sample: {' '.join(given.sample)}")
    GOLDEN.mkdir(exist_ok=True)
    # All samples make a list of what belongs here; one alone does not.
    names = set()
    for sample in chosen:
        for name, octets in reports_of(checks, path, sample):
            names.add(name)
            if given.update:
                update(name, octets)
            else:
                compare(checks, name, octets)
    if given.update and not given.sample:
        for file in GOLDEN.iterdir():
            if file.name not in names:
                print(f"tests/golden/{file.name}: removed, it belongs to no sample")
                file.unlink()
    elif not given.sample:
        check_leftovers(checks, names)
    if given.update:
        update_screens(given.build, given.sample)


main(test)
