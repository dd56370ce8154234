#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""
--fail-on: exit status 4 if the report has a finding that is as bad as asked for, or worse, else 0;
whatever is written, wherever to, from one capture, from several, or from standard input. What the
report has is read off the JSON report, finding by finding.
"""

import itertools
import json
import pathlib
import tempfile

from support import SAMPLES, arguments, main, program, run, samples

SEVERITIES = ("note", "warning", "error")
DONE, FOUND = 0, 4

# One that has at worst a finding of this severity; what no connection has, and what two have.
WORST = {
    None: "two-paths",
    "note": "forge-synack-plain",
    "warning": "forge-join-unanswered",
    "error": "forge-join-bad-hmac-ack",
}
OF_NO_CONNECTION = "bad-token.server", "forge-key-series", "forge-offload"
OUTPUTS = (
    (), ("-q",), ("-v",), ("-j",), ("-o", "ndjson"), ("-o", "series"), ("-o", "payload=bytes"),
    ("-o", "text", "-o", "json=r.json", "-o", "ndjson=e.ndjson", "-o", "payload=bytes"),
    ("-o", "json=r.json", "-o", "ndjson"),
)


def sample(name):
    return SAMPLES / f"{name}.pcapng"


def findings_of(report):
    yield from report["findings"]
    for connection in report["connections"]:
        yield from connection["findings"]


def is_found(report, asked):
    """As the contract has it: of that severity or worse."""
    return any(SEVERITIES.index(finding["severity"]) >= SEVERITIES.index(asked)
               for finding in findings_of(report))


def check_one(checks, words, path, captures, options, **more):
    """Each level, and none."""
    report = json.loads(run(path, "-j", *captures, **more).stdout)
    checks.equal(f"{words}: nothing asked for", run(path, *options, *captures, **more).returncode,
                 DONE)
    for asked in SEVERITIES:
        done = run(path, "--fail-on", asked, *options, *captures, **more)
        checks.equal(f"{words}: --fail-on {asked}", done.returncode,
                     FOUND if is_found(report, asked) else DONE)
        checks.equal(f"{words}: --fail-on {asked}: message", done.stderr, b"")
    return report


def check_severities(checks, path, folder):
    """The samples of the table are what it says, so that all four answers are seen."""
    for worst, name in WORST.items():
        report = check_one(checks, name, path, [sample(name)], (), cwd=folder)
        found = [finding["severity"] for finding in findings_of(report)]
        checks.equal(f"{name}: worst", max(found, key=SEVERITIES.index, default=None), worst)


def check_outputs(checks, path, folder):
    for (worst, name), options in itertools.product(WORST.items(), OUTPUTS):
        words = f"{name} {' '.join(options)}"
        check_one(checks, words, path, [sample(name)], options, cwd=folder)


def check_complete(checks, path, folder):
    """What was found does not keep anything from being written."""
    captures = [sample(WORST["error"])]
    plain = run(path, "-o", "ndjson", "-o", "json=a.json", *captures, cwd=folder)
    found = run(path, "--fail-on", "note", "-o", "ndjson", "-o", "json=b.json", *captures,
                cwd=folder)
    checks.equal("statuses", (plain.returncode, found.returncode), (DONE, FOUND))
    checks.that(plain.stdout == found.stdout, "other events than without --fail-on")
    checks.that((folder / "a.json").read_bytes() == (folder / "b.json").read_bytes(),
                "another report than without --fail-on")


def check_several(checks, path, folder):
    """One capture of several is enough, wherever it stands."""
    for one, other in itertools.permutations(WORST.values(), 2):
        check_one(checks, f"{one} {other}", path, [sample(one), sample(other)], ("-q",), cwd=folder)


def check_standard_input(checks, path, folder):
    for name in WORST.values():
        check_one(checks, f"< {name}", path, ["-"], ("-o", "ndjson"), cwd=folder,
                  stdin=sample(name).read_bytes())


def check_count(checks, path, folder):
    """What comes after the last packet that was asked for is not found."""
    name = WORST["error"]
    report = json.loads(run(path, "-j", sample(name)).stdout)
    first = min(finding["packet"] for finding in findings_of(report)
                if finding["severity"] == "error")
    for count, status in ((first - 1, DONE), (first, FOUND)):
        done = run(path, "-q", "--fail-on", "error", "-c", count, sample(name), cwd=folder)
        checks.equal(f"{name}, {count} packets", done.returncode, status)


def worst_of(severities):
    return max(map(SEVERITIES.index, severities), default=-1)


def check_sentences(checks, words, report):
    """No sentence is worse than the findings that --fail-on goes by."""
    told = worst_of(sentence["severity"] for connection in report["connections"]
                    for sentence in connection["verdict"])
    found = max(SEVERITIES.index("note"),
                worst_of(finding["severity"] for finding in findings_of(report)))
    checks.that(told <= found, f"{words}: a sentence is worse than all findings")


def check_samples(checks, path, folder):
    """All of them, and findings that belong to no connection among them."""
    names = {capture.stem for capture in samples()}
    for name in OF_NO_CONNECTION:
        if checks.that(name in names, f"{name} is no sample"):
            report = json.loads(run(path, "-j", sample(name)).stdout)
            checks.that(report["findings"], f"{name}: all findings are of connections")
    for capture in samples():
        report = check_one(checks, capture.name, path, [capture], ("-q",), cwd=folder)
        check_sentences(checks, capture.name, report)


CHECKS = (check_severities, check_outputs, check_complete, check_several, check_standard_input,
          check_count, check_samples)


def test(checks):
    given = arguments("Checks exit statuses under --fail-on.")
    path = program(given.release)
    for check in CHECKS:
        with tempfile.TemporaryDirectory(prefix="fail-on-") as folder:
            check(checks, path, pathlib.Path(folder))


main(test)
