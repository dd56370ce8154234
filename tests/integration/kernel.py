# SPDX-License-Identifier: BSD-3-Clause
"""
What the kernel and the applications know of a run of the lab, held against what the program says of
its captures.

A capture of one end shows what that end's kernel sent and received, so what the kernel counted must
be in it. Where the kernel counts less or more than there is on the wire, the table says so, with the
reason.
"""

import dataclasses
import hashlib
import pathlib
import tempfile
import typing

from packets import packets_of
from support import run as run_program

SIDES = ("client", "server")
WAYS = {"client": "c2s", "server": "s2c"}  # what a side sends


def other(side):
    return SIDES[1 - SIDES.index(side)]


class Seen:
    """What the program says of one end's capture."""

    def __init__(self, report, packets, side):
        self.side = side
        self.connections = report["connections"]
        self.unlinked = report["unlinked_subflows"]
        self.joins = [s for c in self.connections for s in c["subflows"] if s["type"] == "join"]
        self.addresses = [a for c in self.connections for a in c["addresses"]]
        self.packets = [(self.sender(packet), packet) for packet in packets if not packet.again]

    def sender(self, packet):
        """The side that sent a packet; None of what belongs to no connection or subflow."""
        if packet.subflow is None:
            return None
        subflows = (self.unlinked if packet.connection is None
                    else self.connections[packet.connection]["subflows"])
        client = subflows[packet.subflow]["client"]
        where = client["address"] if ":" not in client["address"] else f"[{client['address']}]"
        return "client" if packet.source == f"{where}:{client['port']}" else "server"

    def fallbacks(self, cause):
        return sum((c["fallback"] or {}).get("cause") == cause for c in self.connections)

    def opened(self, side, **verdicts):
        """Joins that a side opened, with these verdicts."""
        return sum(join["opened_by"] == side and all(join[name] == verdict for name, verdict
                                                     in verdicts.items()) for join in self.joins)

    def options(self, side, name):
        """Packets of a side that carry an option."""
        return sum(sender == side and packet.has(name) for sender, packet in self.packets)

    def infinite(self, side):
        """Subflows on which a side sent an infinite mapping."""
        return len({(packet.connection, packet.subflow) for sender, packet in self.packets
                    if sender == side and any("infinite" in o.words for o in packet.options)})

    def found(self, side, name):
        """Occurrences of a finding that are a side's doing."""
        return sum(finding["count"] for c in self.connections for finding in c["findings"]
                   if finding["id"] == name and finding["witnesses"][0]["by"] == side)

    def sent_again(self, side):
        """Octets of a side's stream that came under another SSN than before."""
        return sum(s[WAYS[side]][name] for c in self.connections for s in c["subflows"]
                   for name in ("reinjected_bytes", "remapped_bytes"))

    def announced(self, side, op, **values):
        return sum(a["by"] == side and a["op"] == op and all(a[name] == value for name, value
                                                             in values.items())
                   for a in self.addresses)


@dataclasses.dataclass(frozen=True)
class Row:
    """One or several counters, added up, and what they must be. `count` is told who counts (me)."""

    counters: str
    count: typing.Callable  # of Seen, the side that counts, the other side
    relation: str = "="  # or "<=": the kernel counts less than there is; ">=": more
    side: str | None = None  # only there


ROWS = (
    Row("MPCapableSYNRX", lambda seen, me, peer: len(seen.connections), side="server"),
    # connect() counts before it finds that all ports are taken, and again at each new try.
    Row("MPCapableSYNTX", lambda seen, me, peer: len(seen.connections), ">=", side="client"),
    Row("MPCapableSYNACKRX", lambda seen, me, peer: sum(
        c["server"]["key"] is not None for c in seen.connections), side="client"),
    Row("MPCapableACKRX MPCapableFallbackACK", lambda seen, me, peer: sum(
        c["server"]["key"] is not None for c in seen.connections), side="server"),
    Row("MPCapableFallbackACK", lambda seen, me, peer: seen.fallbacks("ack-without-mp_capable"),
        side="server"),
    Row("MPCapableFallbackSYNACK", lambda seen, me, peer: seen.fallbacks(
        "synack-without-mp_capable"), side="client"),
    Row("MPCapableSYNTXDrop", lambda seen, me, peer: seen.fallbacks(
        "syn-retransmitted-without-mp_capable"), side="client"),
    Row("InfiniteMapTx", lambda seen, me, peer: seen.infinite(me)),
    Row("InfiniteMapRx", lambda seen, me, peer: seen.infinite(peer)),
    # Both also count what goes on after MP_FAIL.
    Row("MPCapableDataFallback DssFallback", lambda seen, me, peer: seen.fallbacks(
        "data-without-dss"), ">="),
    # A SYN that is sent again, and a join that is tried again, count again.
    Row("MPJoinSynTx", lambda seen, me, peer: seen.opened(me), ">="),
    Row("MPJoinSynRx", lambda seen, me, peer: seen.opened(peer), ">="),
    Row("MPJoinNoTokenFound", lambda seen, me, peer: len(seen.unlinked), ">="),
    Row("MPJoinSynAckRx", lambda seen, me, peer: seen.opened(me, syn_ack_hmac="valid")),
    Row("MPJoinSynAckHMacFailure", lambda seen, me, peer: seen.opened(me, syn_ack_hmac="invalid")),
    Row("MPJoinAckRx MPJoinRejected", lambda seen, me, peer: seen.opened(peer, ack_hmac="valid")),
    Row("MPJoinAckHMacFailure", lambda seen, me, peer: seen.opened(peer, ack_hmac="invalid")),
    Row("AddAddr", lambda seen, me, peer: seen.announced(peer, "add", hmac="valid")),
    Row("AddAddrTx", lambda seen, me, peer: seen.announced(me, "add")),
    Row("EchoAdd", lambda seen, me, peer: seen.announced(peer, "echo")),
    Row("EchoAddTx", lambda seen, me, peer: seen.announced(me, "echo")),
    Row("RmAddr", lambda seen, me, peer: seen.announced(peer, "remove")),
    Row("RmAddrTx", lambda seen, me, peer: seen.announced(me, "remove")),
    Row("MPPrioTx", lambda seen, me, peer: seen.options(me, "MP_PRIO")),
    Row("MPPrioRx", lambda seen, me, peer: seen.options(peer, "MP_PRIO")),
    Row("MPFailTx", lambda seen, me, peer: seen.options(me, "MP_FAIL")),
    Row("MPFailRx", lambda seen, me, peer: seen.options(peer, "MP_FAIL")),
    Row("DataCsumErr", lambda seen, me, peer: sum(
        c[WAYS[peer]]["dss_checksum"]["invalid"] for c in seen.connections)),
    Row("DSSNotMatching", lambda seen, me, peer: seen.found(peer, "mapping-contradiction")),
    Row("DSSNoMatchTCP", lambda seen, me, peer: seen.found(peer, "mapping-off-stream")),
    # A window that has shrunk counts, too, for what was sent before its sender could know.
    Row("NoDSSInWindow", lambda seen, me, peer: seen.found(peer, "data-beyond-window"), ">="),
    # The receiver counts segments, of which it had all octets; a part of what was sent again.
    Row("DuplicateData", lambda seen, me, peer: seen.sent_again(peer), "<="),
    # What comes to a socket that is closed already is not counted, nor what is answered without one.
    Row("MPFastcloseTx", lambda seen, me, peer: seen.options(me, "MP_FASTCLOSE"), "<="),
    Row("MPFastcloseRx", lambda seen, me, peer: seen.options(peer, "MP_FASTCLOSE"), "<="),
    Row("MPRstTx", lambda seen, me, peer: seen.options(me, "MP_TCPRST"), "<="),
    Row("MPRstRx", lambda seen, me, peer: seen.options(peer, "MP_TCPRST"), "<="),
)

# Where a whole run is an exception: the scenario, the side, the counters, and why.
EXCEPTIONS = {
    ("plain-peer", "server", "MPCapableSYNRX"): "a listener of plain TCP does not look at options",
}


# ---- The kernels' counters ---------------------------------------------------------------------


def holds(relation, counted, there):
    return {"=": counted == there, "<=": counted <= there, ">=": counted >= there}[relation]


def counter_faults(run, side, seen):
    """Counters that a kernel does not have are passed over."""
    counters = run["counters"][side]
    for row in ROWS:
        names = row.counters.split()
        if (row.side not in (None, side) or (run["scenario"], side, row.counters) in EXCEPTIONS
                or not all(name in counters for name in names)):
            continue
        counted = sum(counters[name] for name in names)
        there = row.count(seen, side, other(side))
        if not holds(row.relation, counted, there):
            yield f"{' + '.join(names)} is {counted}, the program sees {there}"


# ---- The scenario's facts ------------------------------------------------------------------------

VERDICTS = {
    "syn_ack_hmac": lambda c: [s["syn_ack_hmac"] for s in c["subflows"]],
    "ack_hmac": lambda c: [s["ack_hmac"] for s in c["subflows"]],
    "add_addr_hmac": lambda c: [a["hmac"] for a in c["addresses"]],
    "dss_checksum": lambda c: ["invalid"] * sum(c[way]["dss_checksum"]["invalid"]
                                                for way in WAYS.values()),
}


def facts_of(report, facts):
    """The same things as the program has them."""
    connections = report["connections"]
    return {
        "connections": len(connections),
        "subflows": sum(s["established"] for c in connections for s in c["subflows"]),
        "unlinked_subflows": len(report["unlinked_subflows"]),
        "fallback": {(c["fallback"] or {}).get("cause") for c in connections} or {None},
        "close": {c["close"] for c in connections} or {None},
        "invalid": sorted(name for name, verdicts in VERDICTS.items()
                          if any("invalid" in verdicts(c) for c in connections)),
    } if facts else {}


def fact_faults(run, side, report):
    """What the scenario says that this end's capture shows."""
    facts = run["facts"][side]
    for name, got in facts_of(report, facts).items():
        want = sorted(facts[name]) if name == "invalid" else facts[name]
        if got != ({want} if isinstance(got, set) else want):
            yield f"{name}: {got}, the scenario says {want}"


# ---- The applications -----------------------------------------------------------------------------


def sockets_of(run, side, report):
    """Each socket with its connection; with one port they come in the same order."""
    waiting = list(report["connections"])
    for socket in run[side]["connections"]:
        port = socket["local_port"] if side == "client" else socket["remote_port"]
        found = [c for c in waiting if c["client"]["port"] == port]
        if found:
            waiting.remove(found[0])
            yield socket, found[0]


def socket_faults(run, side, socket, connection):
    """Tokens that the socket has, and how much was written to it and read from it."""
    what = f"connection {connection['id']}"
    # A socket that fell back has forgotten its token; one of plain TCP knows of nothing.
    fallback, token = socket.get("fallback"), socket.get("token")
    if token is not None and not fallback and connection[side]["token"] != token:
        yield f"{what}: token {connection[side]['token']}, the socket's is {token}"
    if fallback is not None and fallback != (connection["fallback"] is not None):
        yield f"{what}: fallback {connection['fallback']}, the socket says {fallback}"
    for name, way in (("sent", WAYS[side]), ("received", WAYS[other(side)])):
        early = run["facts"][side].get("syn_octets", 0) if way == "c2s" else 0
        stream = connection[way]
        if stream["data_bytes"] != socket[name] - early:
            yield f"{what} {way}: {stream['data_bytes']} bytes, the socket {name} {socket[name]}"
        if stream["missing_bytes"] != 0:
            yield f"{what} {way}: {stream['missing_bytes']} bytes missing in a whole capture"


def payload_faults(path, captures, side, sockets):
    """The payload files are, octet by octet, what a side's applications wrote and read."""
    with tempfile.TemporaryDirectory(prefix="payload-") as folder:
        done = run_program(path, "-o", f"payload={folder}", *captures)
        if done.returncode != 0:
            yield f"payload: {done.stderr.decode(errors='replace')}"
            return
        for socket, connection in sockets:
            for name, way in (("sent", WAYS[side]), ("received", WAYS[other(side)])):
                file = pathlib.Path(folder) / f"{connection['id']}.{way}.bin"
                digest = hashlib.sha256(file.read_bytes()).hexdigest()
                if digest != socket[f"{name}_sha256"]:
                    yield f"{file.name} is not what the {side}'s application {name}"


def application_faults(path, capture, side, run, report):
    sockets = list(sockets_of(run, side, report))
    for socket, connection in sockets:
        yield from socket_faults(run, side, socket, connection)
    yield from payload_faults(path, [capture], side, sockets)


# ---- The paths -------------------------------------------------------------------------------------


def path_faults(run, side, report, numbers):
    """
    Octets of payload that a side sent into each path; numbers: each path's, of its addresses. Behind
    a NAT the addresses tell nothing.
    """
    way = WAYS[side]
    subflows = [s for c in report["connections"] for s in c["subflows"]]
    sent = dict.fromkeys(numbers, 0)
    for subflow in subflows:
        name = next((name for name, number in numbers.items() if subflow["client"][
            "address"].startswith((f"10.0.{number}.", f"fd00:{number}::"))), None)
        if name is None:
            return
        sent[name] += subflow[way]["payload_bytes"]
    for name in numbers if subflows else ():
        there = run["emulator"]["paths"][name][way]["payload_octets"]
        if sent[name] != there:
            yield f"{name} {way}: {sent[name]} octets of payload, the path carried {there}"


def faults(path, capture, side, run, report):
    """All disagreements between the program and one end, in words."""
    seen = Seen(report, packets_of(path, capture), side)
    yield from counter_faults(run, side, seen)
    yield from fact_faults(run, side, report)
    yield from application_faults(path, capture, side, run, report)
