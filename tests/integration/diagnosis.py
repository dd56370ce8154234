# SPDX-License-Identifier: BSD-3-Clause
"""
What the program must find in each scenario of the lab, and what the kernels count of the same.

A scenario that is not in the table is healthy: neither error nor warning, at either end. One that
is has exactly the errors and warnings that it names, whatever the seed, and at least its notes.
Behind a question mark stands what chance puts at one end or the other, or at both; why it does stands
there.
"""

import dataclasses
import re

from support import ROOT

SIDES = ("client", "server")


@dataclasses.dataclass(frozen=True)
class Diagnosis:
    """What is found at each end: severity and id, with commas between."""

    client: str = ""
    server: str = ""

    def items(self, side):
        words = getattr(self, side)
        return {tuple(item.split()) for item in words.split(",")} if words else set()

    def sure(self, side):
        return {item for item in self.items(side) if item[0] != "?"}

    def possible(self, side):
        return {item[1:] for item in self.items(side) if item[0] == "?"}

    def allowed(self, side):
        return self.sure(side) | self.possible(side)


def both(found):
    return Diagnosis(found, found)


HEALTHY = Diagnosis()

DIAGNOSES = {
    # Joins. A host that refuses an HMAC resets the subflow; whoever sees the right one sees no more.
    "join-refused": both("warning join-refused"),
    "join-unanswered": Diagnosis(client="note join-unanswered"),
    "announced-unreachable": Diagnosis("warning join-unanswered", "note addaddr-unused"),
    "bad-token": Diagnosis("warning join-refused", "warning join-token-unknown"),
    "bad-hmac-synack": Diagnosis("error join-hmac-synack, note subflow-reset",
                                 "note subflow-reset"),
    "bad-hmac-ack": Diagnosis("warning join-refused", "error join-hmac-ack, warning join-refused"),
    "strip-second-path": Diagnosis(client="warning join-stripped"),
    "strip-join-ack": Diagnosis("warning join-refused", "warning join-stripped"),
    "nat-announced": Diagnosis(server="note join-nat"),
    # Addresses and priority.
    "bad-hmac-addaddr": Diagnosis("error addaddr-hmac", "note addaddr-no-echo"),
    "echo-stripped": Diagnosis(server="note addaddr-no-echo"),
    "hand-back": both("note backup-used"),
    # Handshake and fallback. Behind what strips a SYN there is plain TCP.
    "plain-peer": both("note fallback-synack"),
    "strip-syn": Diagnosis(client="note fallback-synack"),
    "strip-synack": Diagnosis("note fallback-synack", "warning fallback-ack"),
    "strip-after-handshake": both("warning fallback-dss"),
    "strip-in-transfer": both("warning fallback-dss"),
    "blackhole-syn": Diagnosis(client="warning fallback-blackhole"),
    # Data. What one end sent was changed before it came to the other.
    # Whoever gets data without DSS first resets the subflow. What went the other way may have come
    # before that, or had not left: the hosts send at the same time.
    "strip-second-data": both("? warning data-unmapped, note subflow-reset"),
    # The server resets the subflow at once: what would prove that nothing is missing never comes.
    "bad-ssn": Diagnosis(server="warning mapping-off-stream"),
    # The client goes on for 4 s after its path went dark. The server writes all at once, and when its
    # kernel sends that over the other path is up to timers.
    "path-dies": Diagnosis("warning subflow-stale", "? warning subflow-stale"),
    "checksums-by-server": both("note checksum-asymmetric"),
    "checksum-fail-second": Diagnosis("warning mp-fail, note subflow-reset",
                                      "error dss-checksum, warning mp-fail, note subflow-reset"),
    "checksum-fail-only": Diagnosis("error fallback-mp-fail",
                                    "error fallback-mp-fail, error dss-checksum"),
    # Ends.
    "fastclose": both("note fastclose"),
    "reset-by-peer": both("note fastclose"),
    "subflow-killed": both("note subflow-reset"),
}


# ---- What the kernels count -----------------------------------------------------------------------


@dataclasses.dataclass(frozen=True)
class Count:
    """Counters of one end, added up, and how often findings are met in what that end captured."""

    findings: str
    counters: str
    side: str | None = None  # only there
    more: dict = dataclasses.field(default_factory=dict)  # so many by the kernel alone, by scenario
    or_more: bool = False  # how often the kernel counts it is chance

    def is_met(self, counted, found, scenario, side):
        expected = found + self.more.get(scenario, {}).get(side, 0)
        return counted >= expected if self.or_more else counted == expected


COUNTS = (
    Count("fallback-synack", "MPCapableFallbackSYNACK", side="client"),
    Count("fallback-ack", "MPCapableFallbackACK", side="server"),
    Count("fallback-blackhole", "MPCapableSYNTXDrop", side="client"),
    # The server, which sent MP_FAIL, counts what follows from it as well: an infinite mapping, then
    # data without DSS. For the program MP_FAIL is the cause, and has its finding.
    Count("fallback-dss", "DssFallback MPCapableDataFallback",
          more={"checksum-fail-only": {"server": 1}}),
    Count("fallback-infinite", "InfiniteMapRx", more={"checksum-fail-only": {"server": 1}}),
    # The client answers with an MP_FAIL of its own, which tells nothing new.
    Count("fallback-mp-fail mp-fail", "MPFailRx MPFailTx",
          more={"checksum-fail-only": {"client": 1, "server": 1}}),
    # The kernel counts SYNs, the program joins: on a busy machine a SYN may be sent again before its
    # RST is there.
    Count("join-token-unknown", "MPJoinNoTokenFound", or_more=True),
    Count("join-hmac-synack", "MPJoinSynAckHMacFailure"),
    Count("join-hmac-ack", "MPJoinAckHMacFailure"),
    Count("dss-checksum", "DataCsumErr"),
    Count("mapping-contradiction", "DSSNotMatching"),
    Count("mapping-off-stream", "DSSNoMatchTCP"),
    # A receiver short of memory shrinks its window, and counts what was on its way by then. The
    # program goes by the widest window that was ever told.
    Count("data-beyond-window", "NoDSSInWindow", or_more=True),
)

# Counters that are of the same thing, but do not count it.
INCOMPARABLE = {
    ("data-reinjected", "DuplicateData"): "it counts what came twice, not what was sent twice",
    ("subflow-stale", "SubflowStale"): "it counts by timers of both levels, no time without progress",
}


def findings_of(report):
    for connection in report["connections"]:
        yield from connection["findings"]
    yield from report["findings"]


def count_faults(run, side, report):
    """Counters that a kernel does not have are passed over."""
    counters = run["counters"][side]
    for row in COUNTS:
        names = row.counters.split()
        if row.side not in (None, side) or not all(name in counters for name in names):
            continue
        counted = sum(counters[name] for name in names)
        found = sum(f["count"] for f in findings_of(report) if f["id"] in row.findings.split())
        if not row.is_met(counted, found, run["scenario"], side):
            yield f"{' + '.join(names)} is {counted}, the program finds {row.findings} {found} times"


def uncounted():
    """Findings for which the catalogue names a counter, and nothing here compares them."""
    page = (ROOT / "docs" / "FINDINGS.md").read_text(encoding="utf-8")
    named = re.findall(r"^### (\S+)\n\n.*kernel counter (\w+)", page, re.MULTILINE)
    compared = {(finding, counter) for row in COUNTS for finding in row.findings.split()
                for counter in row.counters.split()}
    return sorted(set(named) - compared - set(INCOMPARABLE))


# ---- What is found ------------------------------------------------------------------------------


def grave(found):
    """All but notes."""
    return {item for item in found if item[0] != "note"}


def found_in(report):
    return {(f["severity"], f["id"]) for f in findings_of(report)}


def faults(run, side, report):
    """What is found at one end and should not be, or should be and is not."""
    diagnosis, found = DIAGNOSES.get(run["scenario"], HEALTHY), found_in(report)
    for severity, name in sorted(grave(found) - diagnosis.allowed(side)):
        yield f"the {severity} {name} is not what the scenario made"
    for severity, name in sorted(diagnosis.sure(side) - found):
        yield f"no {severity} {name}"
    yield from count_faults(run, side, report)


def faults_of_ends(run, reports):
    """What chance puts at one end or the other is at one of them. reports: of both ends, by side."""
    diagnosis = DIAGNOSES.get(run["scenario"], HEALTHY)
    possible = {name for side in SIDES for _, name in diagnosis.possible(side)}
    found = {name for side in SIDES for _, name in found_in(reports[side])}
    for name in sorted(possible - found):
        yield f"{name} is found at neither end"


def faults_of_both(run, report):
    """Where both ends' captures are given at once, nothing is wrong that is wrong at neither."""
    diagnosis = DIAGNOSES.get(run["scenario"], HEALTHY)
    allowed = diagnosis.allowed("client") | diagnosis.allowed("server")
    for severity, name in sorted(grave(found_in(report)) - allowed):
        yield f"the {severity} {name} is at neither end"
