#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""
Wireshark's own views of what the plugin knows: streams to follow, tables, keys, and the profile.
"""

import json
import re
import shutil
import subprocess
import tempfile

from support import ROOT, SAMPLES, arguments, main, program, report_of, run
from wireshark import wireshark

STREAMS = ("two-paths", "three-subflows", "lossy-reordering", "forge-reinjection", "checksums",
           "strip-in-transfer", "forge-fast-open")
TABLES = ("two-paths", "many-connections", "forge-join-bad-hmac-ack")
PROFILE = ROOT / "wireshark" / "profile" / "MPTCP"


def followed(shark, capture, connection):
    """The octets of both directions as tshark prints them, client's first."""
    done = shark.run("tshark", "-n", "-2", "-q", "-r", capture, "-z",
                     f"follow,mptcpa,raw,{connection}")
    streams = [b"", b""]
    for line in done.stdout.decode().splitlines():
        found = re.fullmatch(r"(\t?)([0-9a-f]+)", line)
        if found:
            streams[found[1] == "\t"] += bytes.fromhex(found[2])
    return streams


def payload(path, sample):
    with tempfile.TemporaryDirectory() as folder:
        run(path, "-o", f"payload={folder}/out", sample)
        return [open(f"{folder}/out/0.{name}.bin", "rb").read() for name in ("c2s", "s2c")]


def check_streams(checks, shark, path, name):
    sample = SAMPLES / f"{name}.pcapng"
    want = payload(path, sample)
    got = followed(shark, shark.capture(sample), 0)
    checks.that(want == got and sum(map(len, want)) > 0,
                f"{name}: followed {[len(s) for s in got]} octets, not {[len(s) for s in want]}")


# ---- Tables ------------------------------------------------------------------------------------


def table(shark, capture, kind):
    """The rows of a table, as lists of cells."""
    done = shark.run("tshark", "-n", "-2", "-q", "-r", capture, "-z", f"mptcpa,{kind}")
    return [[cell.strip() for cell in line.split("|")] for line in done.stdout.decode().splitlines()
            if re.match(r"\d+ \|", line)]


def check_tables(checks, shark, path, name):
    sample = SAMPLES / f"{name}.pcapng"
    _, report = report_of(path, sample)
    capture = shark.capture(sample)
    rows = table(shark, capture, "connections")
    checks.equal(f"{name}: connections", [(row[4], row[6], row[7]) for row in rows],
                 [(str(len(c["subflows"])), str(c["c2s"]["data_bytes"]),
                   str(c["s2c"]["data_bytes"])) for c in report["connections"]])
    rows = table(shark, capture, "subflows")
    want = [(c["id"], s["id"], s["syn_ack_hmac"], s["ack_hmac"], s["c2s"]["payload_bytes"])
            for c in report["connections"] for s in c["subflows"]]
    got = [(int(row[0]), int(row[1]), row[5], row[6], int(row[7])) for row in rows]
    checks.equal(f"{name}: subflows", sorted(got), sorted(want))
    done = shark.run("tshark", "-n", "-q", "-r", capture, "-z", "conv,mptcpa")
    lines = [line for line in done.stdout.decode().splitlines() if "<->" in line]
    checks.equal(f"{name}: conversations", len(lines), len(report["connections"]))
    done = shark.run("tshark", "-n", "-q", "-r", capture, "-z", "mptcpa,tree")
    checks.that(b"subflow 0.0" in done.stdout, f"{name}: no tree of statistics")


# ---- Keys --------------------------------------------------------------------------------------


def unlinked(shark, capture, *options):
    """How many packets belong to a join whose connection is not known, and to any connection."""
    done = shark.run("tshark", "-n", "-2", *options, "-r", capture, "-T", "fields", "-e",
                     "mptcpa.unlinked", "-e", "mptcpa.conn")
    rows = [line.split("\t") for line in done.stdout.decode().splitlines()]
    return sum(row[0] != "" for row in rows), sum(row[1] == "0" for row in rows)


def check_keys(checks, shark, path):
    """With a key of the table, the join of a late capture finds its connection."""
    sample = SAMPLES / "two-paths.pcapng"
    _, report = report_of(path, sample)
    whole, late = shark.capture(sample), shark.folder / "late.pcapng"
    subprocess.run(["editcap", whole, late, "1-9"], check=True, capture_output=True)
    late.chmod(0o644)
    key = f"uat:mptcp_keys:\"{report['connections'][0]['server']['key']}\",\"server\""
    checks.that(unlinked(shark, late)[0] > 10, "without a key no packet is of an unlinked join")
    lost, found = unlinked(shark, late, "-o", key)
    # The handshake of the join comes before a DSS shows whose key it is.
    checks.that(lost < 4 and lost + found == unlinked(shark, whole)[1] - 9,
                f"with a key of the table {lost} packets are of no connection, {found} of it")
    wrong = shark.run("tshark", "-r", late, "-o", 'uat:mptcp_keys:"0x12","too short"')
    checks.that(wrong.returncode != 0, "a key that is none is taken")


# ---- Profile -----------------------------------------------------------------------------------


def check_profile(checks, shark):
    profiles = shark.folder / "home" / ".config" / "wireshark" / "profiles"
    profiles.mkdir(parents=True)
    shutil.copytree(PROFILE, profiles / "MPTCP")
    capture = shark.capture(SAMPLES / "two-paths.pcapng")
    done = shark.run("tshark", "-n", "-C", "MPTCP", "--color", "-r", capture)
    lines = re.sub(rb"\x1b\[[0-9;]*m", b"", done.stdout).decode().splitlines()
    checks.that(done.returncode == 0 and not re.search(rb"[Cc]olor|rror", done.stderr),
                f"the profile: {done.stderr.decode()}")
    checks.that(any(re.search(r"MPTCP +0 +1 +client", line) for line in lines),
                f"the profile's columns: {lines[:3]}")
    shown = shark.run("tshark", "-n", "-C", "MPTCP", "--color", "-r", capture, "-T", "fields", "-e",
                      "frame.coloring_rule.name").stdout.decode()
    checks.that("MPTCP: subflow 1" in shown, "the profile's colours are not used")


def test(checks):
    given = arguments("Compares Wireshark's views with the report.")
    path = program(given.release)
    with wireshark(given.release) as shark:
        for name in STREAMS:
            check_streams(checks, shark, path, name)
        for name in TABLES:
            check_tables(checks, shark, path, name)
        check_keys(checks, shark, path)
        check_profile(checks, shark)


main(test)
