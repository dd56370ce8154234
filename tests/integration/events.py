#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""
Events against the JSON report, of every sample alone and of some together: whatever the report
tells stands in the lines, too. The last record of each connection, the lines of subflows without
one and the line of the captures are the report, whole.

Where only events are asked for, connections are forgotten as they end, and the lines say the same.
"""

import dataclasses
import filecmp
import json
import os
import pathlib
import subprocess
import tempfile

from captures import packets_of, pcapng_file
from support import arguments, main, program, run, samples

# Members of the report that stand in the line of the captures as they are.
WHOLE = ("schema_version", "generator", "captures", "summary", "findings")
# Told of both ends, or of connections that are compared with each other.
TOGETHER = (("bad-hmac-ack", "bad-hmac-ack.server"), ("forge-key-repeated", "forge-join"),
            ("checksum-fail-second", "checksum-fail-second.server"))


# Connections that are compared with each other: in the end, when they have long been over.
APART = ("forge-key-repeated", "forge-key-series", "forge-join-nonce-reused", "forge-token-collision")


def told(path, captures, report):
    """The lines and the report of one run."""
    done = run(path, "-o", "ndjson", "-o", f"json={report}", "--", *captures)
    lines = [json.loads(line) for line in done.stdout.decode().splitlines()]
    return lines, json.loads(report.read_text(encoding="utf-8"))


def later(sample, folder):
    """The same packets a minute later."""
    interfaces, packets = packets_of(sample.read_bytes())
    path = folder / sample.name
    path.write_bytes(pcapng_file(interfaces, [
        dataclasses.replace(packet, time_ns=packet.time_ns + 60 * 10**9) for packet in packets]))
    return path


def records(lines, *types):
    return [line for line in lines if line["event_type"] in types]


def check_connections(checks, words, lines, report):
    last = {}
    ends = records(lines, "connection_end")
    for line in records(lines, "connection_end", "connection_update"):
        checks.that(line["event_type"] == "connection_end" or line["connection"] in last,
                    f"{words}: news of connection {line['connection']} before its end")
        checks.that(line["record"] != last.get(line["connection"]),
                    f"{words}: no news of connection {line['connection']}")
        last[line["connection"]] = line["record"]
    checks.equal(f"{words}: ends", sorted(line["connection"] for line in ends),
                 [connection["id"] for connection in report["connections"]])
    for connection in report["connections"]:
        checks.that(last.get(connection["id"]) == connection,
                    f"{words}: the last record of connection {connection['id']} is not the report's")


def check_starts(checks, words, lines, report):
    """Each subflow has begun under the connection that it turned out to be of."""
    begun = {(line["connection"], frozenset(((line["src_ip"], line["src_port"]),
                                             (line["dest_ip"], line["dest_port"]))))
             for line in records(lines, "subflow_start")}
    there = {(c["id"], frozenset((s[side]["address"], s[side]["port"])
                                 for side in ("client", "server")))
             for c in report["connections"] for s in c["subflows"]}
    checks.equal(f"{words}: subflows that never began", there - begun, set())


def check(checks, words, lines, report):
    check_starts(checks, words, lines, report)
    check_connections(checks, words, lines, report)
    checks.equal(f"{words}: subflows without a connection",
                 [line["record"] for line in records(lines, "unlinked_subflow")],
                 report["unlinked_subflows"])
    checks.equal(f"{words}: the last line", lines[-1]["event_type"] if lines else None,
                 "capture_end")
    checks.equal(f"{words}: lines of captures", len(records(lines, "capture_end")), 1)
    for name in WHOLE:
        checks.that(lines[-1].get(name) == report[name], f"{words}: {name} differs")
    ends = {(line["connection"], line["subflow"]) for line in records(lines, "subflow_end")}
    there = {(c["id"], s["id"]) for c in report["connections"] for s in c["subflows"]}
    checks.equal(f"{words}: ends of subflows", sorted(ends), sorted(there))


def lines_to(path, lines, *words):
    """Writes the lines of a run to a file. The most memory that it took, in KiB."""
    process = subprocess.Popen([path, "--progress", "never", "-o", f"ndjson={lines}", *words])
    _, status, usage = os.wait4(process.pid, 0)
    assert status == 0, words
    return usage.ru_maxrss


def check_forgetting(checks, path, forge, folder):
    """Ten thousand connections in ten seconds: most are forgotten by the end, and all was told."""
    capture, kept, forgotten = folder / "churn.pcap", folder / "kept", folder / "forgotten"
    subprocess.run([forge, "churn", "200000", capture], check=True)
    all_of_it = lines_to(path, kept, "-o", "json=/dev/null", "--", capture)
    rest = lines_to(path, forgotten, "--", capture)
    checks.that(rest < all_of_it * 3 // 4, f"{rest} KiB are not much less than {all_of_it} KiB")
    checks.that(filecmp.cmp(kept, forgotten, shallow=False), "lines that were forgotten differ")


def by_name(name):
    return next(path for path in samples() if path.stem == name)


def test(checks):
    given = arguments("Compares lines of events with the JSON report.")
    path = program(given.release)
    updates = 0
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        # First: a child's memory counts from what its parent had.
        check_forgetting(checks, path, given.build / "tests" / "forge" / "mpta-forge", folder)
        runs = [(sample,) for sample in samples()]
        runs += [tuple(by_name(stem) for stem in stems) for stems in TOGETHER]
        runs += [(by_name(stem), later(by_name("forge-join"), folder)) for stem in APART]
        for captures in runs:
            words = " + ".join(str(capture) for capture in captures)
            lines, report = told(path, captures, folder / "report")
            check(checks, words, lines, report)
            updates += len(records(lines, "connection_update"))
    checks.that(updates > 0, "nowhere does more come to light of a connection after its end")


main(test)
