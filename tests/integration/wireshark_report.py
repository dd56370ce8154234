#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""
The Wireshark plugin says of each packet of every sample what the report of mptcp-analyze says.

All samples go through sharkd, which shows packets after it has read them all. Of some, tshark's one
pass must show the same but for what only later packets tell; disabled, the plugin changes nothing.
"""

import collections
import concurrent.futures
import os

from packets import packets_of
from support import arguments, main, program, report_of, samples
from wireshark import wireshark

NUMBERS = ("conn", "subflow", "unlinked", "dsn", "offset", "len", "retransmission", "reinjection",
           "reinjection_of", "reinjected_in")
WORDS = ("sender", "duplicate", "hmac.status", "checksum.status", "finding", "verdict", "data_fin")
FIELDS = tuple(f"mptcpa.{name}" for name in (*NUMBERS, *WORDS)) + ("tcp.len",)

# Told after the packets they are of, so that one pass cannot show them.
LATER = ("hmac.status", "checksum.status", "finding", "verdict", "reinjected_in", "hole")
ONE_PASS = ("two-paths", "checksum-fail-only", "forge-reinjection", "forge-v0-join", "mixed-links",
            "forge-late-start", "bad-hmac-synack", "forge-fragments", "port-reuse")

# Wireshark feeds packets as the file has them, mptcp-analyze in the order of time.
UNORDERED = ("unordered-interfaces",)
SHOWN = 6


class Packet:
    """What the plugin says of one frame."""

    def __init__(self, number, row):
        self.number = number
        for name in NUMBERS:
            values = row["mptcpa." + name]
            setattr(self, name, int(values[0]) if values else None)
        for name in WORDS:
            setattr(self, name.replace(".", "_"), row["mptcpa." + name])
        self.payload = int(row["tcp.len"][0]) if row["tcp.len"] else 0


def packets_shown(sharkd, capture):
    sharkd.load(capture)
    return [Packet(number, row) for number, row in sharkd.columns(*FIELDS).items()]


# ---- Against the report ------------------------------------------------------------------------


def is_of(packet, subflow):
    """Whether a packet went between the ends of a subflow."""
    ends = {"{address}:{port}".format(**subflow[side]) for side in ("client", "server")}
    return ends == {packet.source, packet.destination}


def id_faults(shown, told, report):
    """Connection and subflow as -v has them, or those that a join turned out to be of."""
    mine = {packet.number: packet for packet in shown}
    for packet in told:
        got = mine[packet.number]
        if packet.connection is None and got.conn is not None:
            right = is_of(packet, report["connections"][got.conn]["subflows"][got.subflow])
        else:
            own = got.unlinked if got.conn is None else got.subflow
            right = (packet.connection, packet.subflow) == (got.conn, own)
        if not right:
            yield f"packet {packet.number}: not {got.conn}.{got.subflow}"


def dsn_faults(shown, report):
    """DSN = IDSN + 1 + offset, and the octets placed are those of the stream."""
    for packet in shown:
        if packet.dsn is None:
            continue
        idsn = report["connections"][packet.conn][packet.sender[0]]["idsn"]
        if idsn and packet.dsn != (int(idsn) + 1 + packet.offset) % 2**64:
            yield f"packet {packet.number}: DSN {packet.dsn} at offset {packet.offset} of {idsn}"


def octets_of(shown, conn, sender):
    """How many distinct octets packets placed, and whether all their payload was, at once."""
    mine = [p for p in shown if p.conn == conn and p.sender == [sender]]
    ranges = sorted((p.offset, p.offset + p.len) for p in mine if p.offset is not None)
    whole = all(p.len == p.payload for p in mine if p.payload)
    total, reached = 0, None
    for begin, end in ranges:
        if reached is not None and begin < reached:
            begin = reached
        if end > begin:
            total += end - begin
            reached = end
    return total, whole


def stream_faults(shown, report):
    for connection in report["connections"]:
        for name, sender in (("c2s", "client"), ("s2c", "server")):
            words = f"connection {connection['id']} {name}"
            placed, whole = octets_of(shown, connection["id"], sender)
            want = connection[name]["data_bytes"]
            if placed > want or (whole and placed < want):
                yield f"{words}: {placed} octets placed, not {want}"


def sums(shown, field):
    total = collections.Counter()
    for packet in shown:
        if packet.conn is not None and packet.sender:
            total[packet.conn, packet.subflow, packet.sender[0]] += getattr(packet, field) or 0
    return total


def again_faults(shown, report):
    for field, member in (("retransmission", "retransmitted_bytes"),
                          ("reinjection", "reinjected_bytes")):
        total = sums(shown, field)
        for connection in report["connections"]:
            for subflow in connection["subflows"]:
                for name, sender in (("c2s", "client"), ("s2c", "server")):
                    got = total[connection["id"], subflow["id"], sender]
                    if got != subflow[name][member]:
                        yield (f"subflow {connection['id']}.{subflow['id']} {name}: {field} of "
                               f"{got} octets, not {subflow[name][member]}")


def reinjection_faults(shown):
    mine = {packet.number: packet for packet in shown}
    unplaced = set()  # connections with payload whose place is not known as it comes
    for packet in shown:
        first = packet.reinjection_of
        if packet.payload and packet.offset is None:
            unplaced.add(packet.conn)
        if packet.reinjection and not first and packet.conn not in unplaced:
            yield f"packet {packet.number}: nobody is named who carried its octets before"
        if first and (first >= packet.number or mine[first].subflow == packet.subflow or
                      not mine[first].reinjected_in):
            yield f"packet {packet.number} is no reinjection of {first}"


def hmac_faults(shown, report):
    """Verdicts of joins by subflow, of announcements by packet."""
    statuses = collections.defaultdict(set)
    for packet in shown:
        for status in packet.hmac_status:
            statuses[packet.conn, packet.subflow].add(status)
    for connection in report["connections"]:
        by_packet = {a["packet"]: a["hmac"] for a in connection["addresses"]
                     if a["hmac"] != "absent"}
        mine = {p.number: p for p in shown}
        for number, verdict in by_packet.items():
            if verdict not in mine[number].hmac_status:
                yield f"packet {number}: HMAC {mine[number].hmac_status}, not {verdict}"
        for subflow in connection["subflows"]:
            for name in ("syn_ack_hmac", "ack_hmac"):
                got = statuses[connection["id"], subflow["id"]]
                if subflow[name] != "absent" and subflow[name] not in got:
                    yield f"subflow {connection['id']}.{subflow['id']}: {name} {subflow[name]}, {got}"


def checksum_faults(shown, report):
    for connection in report["connections"]:
        for name, sender in (("c2s", "client"), ("s2c", "server")):
            got = {status for p in shown for status in p.checksum_status
                   if p.conn == connection["id"] and p.sender == [sender]}
            counts = connection[name]["dss_checksum"]
            for verdict in ("valid", "invalid"):
                if (verdict in got) != (counts[verdict] > 0):
                    yield f"connection {connection['id']} {name}: {got}, counted {counts}"


def finding_faults(shown, report):
    """The first packet of each finding shows it, and no packet shows another one."""
    want = collections.defaultdict(set)
    found = [(c["id"], finding) for c in report["connections"] for finding in c["findings"]]
    found += [(None, finding) for finding in report["findings"]]
    for _, finding in found:
        want[finding["id"]].add(finding["packet"])
    mine = {packet.number: packet for packet in shown}
    for identifier, numbers in want.items():
        for number in numbers - {None}:
            if number in mine and identifier not in mine[number].finding:
                yield f"packet {number}: no finding {identifier}"
    for packet in shown:
        for identifier in packet.finding:
            if not any(n is None or n <= packet.number for n in want[identifier]):
                yield f"packet {packet.number}: finding {identifier} is not in the report"


def verdict_faults(shown, report):
    """One packet of a connection has its sentences."""
    for connection in report["connections"]:
        want = [",".join(sentence["sentence"] for sentence in connection["verdict"])]
        got = [",".join(p.verdict) for p in shown if p.conn == connection["id"] and p.verdict]
        if got != want:
            yield f"connection {connection['id']}: verdict {got!r}, not {want!r}"


def faults_of(path, sharkd, sample, capture):
    _, report = report_of(path, sample)
    shown = packets_shown(sharkd, capture)
    yield from id_faults(shown, packets_of(path, sample), report)
    yield from dsn_faults(shown, report)
    yield from stream_faults(shown, report)
    yield from again_faults(shown, report)
    yield from reinjection_faults(shown)
    yield from hmac_faults(shown, report)
    yield from checksum_faults(shown, report)
    yield from finding_faults(shown, report)
    yield from verdict_faults(shown, report)


def compare_part(shark, path, part):
    """The samples of one sharkd, and what is wrong with each."""
    with shark.sharkd() as sharkd:
        for name in ("ip.defragment", "ipv6.defragment"):  # this project reads the first one
            sharkd.ask("setconf", name=name, value="FALSE")
        return [(sample, list(faults_of(path, sharkd, sample, shark.capture(sample))))
                for sample in part]


def check_reports(checks, shark, path):
    found = [sample for sample in samples() if sample.stem not in UNORDERED]
    parts = [found[i::os.cpu_count()] for i in range(os.cpu_count())]
    with concurrent.futures.ThreadPoolExecutor(len(parts)) as pool:
        for part in pool.map(lambda part: compare_part(shark, path, part), parts):
            for sample, faults in part:
                words = "\n  ".join(faults[:SHOWN])
                checks.that(not faults, f"{sample.name}: {len(faults)} differences:\n  {words}")


# ---- One pass, and none ------------------------------------------------------------------------


def tree_lines(shark, capture, *options):
    """The plugin's own lines of tshark -V."""
    names = [f"mptcpa.{name}" for name in (*NUMBERS, *WORDS) if name not in LATER]
    words = ["tshark", "-n", *options, "-r", capture, "-T", "fields"]
    for name in names:
        words += ["-e", name]
    done = shark.run(*words)
    return done.returncode, done.stdout


def check_passes(checks, shark, sample):
    capture = shark.capture(sample)
    one, two = tree_lines(shark, capture), tree_lines(shark, capture, "-2")
    checks.that(one[0] == 0 and one == two, f"{sample.name}: one pass differs from two")
    checks.that(len(set(one[1].splitlines())) > 2, f"{sample.name}: nothing is shown")


def check_disabled(checks, shark, sample):
    capture = shark.capture(sample)
    without = shark.run("tshark", "-n", "-2", "-V", "-r", capture, plugin=False)
    disabled = shark.run("tshark", "-n", "-2", "-V", "--disable-protocol", "mptcpa", "-r", capture)
    checks.that(without.returncode == 0 and len(without.stdout) > 1000 and
                without.stdout == disabled.stdout,
                f"{sample.name}: the plugin, disabled, changes what tshark shows")


def test(checks):
    given = arguments("Compares what the Wireshark plugin shows with the report.")
    path = program(given.release)
    with wireshark(given.release) as shark:
        shark.require(checks)
        check_reports(checks, shark, path)
        for sample in samples():
            if sample.stem in ONE_PASS:
                check_passes(checks, shark, sample)
                check_disabled(checks, shark, sample)


main(test)
