# SPDX-License-Identifier: BSD-3-Clause
"""
One connection captured at both ends, both captures given at once, in either order: every packet that
was captured twice counts once, the streams are what the applications sent, and nothing else changes
where nothing on the way changed packets.
"""

import diagnosis
import kernel
from support import report_of

CONNECTION = ("version", "late", "client", "server", "key_source", "close", "checksum_required")
STREAM = ("data_bytes", "missing_bytes", "data_fin", "data_acked")
SUBFLOW = ("type", "client", "server", "opened_by", "established", "close", "syn_ack_hmac",
           "ack_hmac", "token")
ADDRESS = ("op", "by", "id", "address", "port", "hmac")


# Where something on the way changes packets: what both captures together prove of it.
OPTIONS, PAYLOAD = "options-altered", "payload-altered"
ALTERED = {
    "bad-token": {OPTIONS}, "bad-hmac-synack": {OPTIONS}, "bad-hmac-ack": {OPTIONS},
    "bad-hmac-addaddr": {OPTIONS}, "echo-stripped": {OPTIONS}, "strip-syn": {OPTIONS},
    "strip-synack": {OPTIONS}, "strip-after-handshake": {OPTIONS}, "strip-in-transfer": {OPTIONS},
    "strip-second-path": {OPTIONS}, "strip-second-data": {OPTIONS}, "strip-join-ack": {OPTIONS},
    "bad-ssn": {OPTIONS},
    "checksum-fail-second": {PAYLOAD}, "checksum-fail-only": {PAYLOAD},
}


def pick(thing, names):
    return {name: thing[name] for name in names}


def essence(report):
    """What does not depend on where a connection was captured, nor on how often."""
    return [
        pick(c, CONNECTION)
        | {way: pick(c[way], STREAM) for way in ("c2s", "s2c")}
        | {"fallback": (c["fallback"] or {}).get("cause")}
        | {"subflows": [pick(s, SUBFLOW) for s in c["subflows"]]}
        | {"addresses": sorted((pick(a, ADDRESS) for a in c["addresses"]), key=str)}
        for c in report["connections"]
    ]


def payload(report, way):
    """Octets of payload on the wire."""
    return sum(s[way]["payload_bytes"] for c in report["connections"] for s in c["subflows"])


def differences(want, got, where=""):
    """Where two values made of dictionaries and lists differ, in words."""
    if isinstance(want, dict) and isinstance(got, dict):
        for name in want:
            yield from differences(want[name], got.get(name), f"{where}.{name}")
    elif isinstance(want, list) and isinstance(got, list) and len(want) == len(got):
        for index, pair in enumerate(zip(want, got)):
            yield from differences(*pair, f"{where}[{index}]")
    elif want != got:
        yield f"connections{where}: {got}, not {want}"


def payload_faults(reports, both):
    """What a side sent is whole in its own capture only: a packet lost on the way is in no other."""
    for side, way in kernel.WAYS.items():
        if reports[side]["connections"] and payload(both, way) != payload(reports[side], way):
            yield f"payload {way} {payload(both, way)}, {side} has {payload(reports[side], way)}"


def altered_faults(run, both):
    found = {f["id"] for c in both["connections"] for f in c["findings"]} & {OPTIONS, PAYLOAD}
    if found != ALTERED.get(run["scenario"], set()):
        yield f"changed on the way: {sorted(found)}"


def order_faults(path, run, ends, report):
    """The streams, and what else holds in either order. ends: the captures."""
    sockets = list(kernel.sockets_of(run, "client", report))
    if not len(sockets) == len(report["connections"]) == len(run["client"]["connections"]):
        yield f"{len(report['connections'])} connections, of which {len(sockets)} are the sockets'"
    yield from kernel.payload_faults(path, ends, "client", sockets)


def faults(path, run, captures, reports, changed):
    """captures and reports by side; changed: something on the way changed packets."""
    ends = [captures["client"], captures["server"]]
    (status, both), (_, turned) = (report_of(path, *order) for order in (ends, ends[::-1]))
    yield from diagnosis.faults_of_ends(run, reports)
    found = [] if status == 0 else [f"exit status {status}"]
    found += order_faults(path, run, ends, both)
    found += [*payload_faults(reports, both), *altered_faults(run, both)]
    found += [] if changed else [*differences(essence(reports["client"]), essence(both)),
                                 *diagnosis.faults_of_both(run, both)]
    found += [f"in the other order: {words}" for words in (
        *order_faults(path, run, ends[::-1], turned),
        *differences(essence(both), essence(turned)))]
    yield from (f"both ends at once: {words}" for words in found)
