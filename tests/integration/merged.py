# SPDX-License-Identifier: BSD-3-Clause
"""
One connection captured at both ends, both captures given at once: every packet that was captured
twice counts once, and nothing else changes.
"""

from support import report_of

CONNECTION = ("version", "late", "client", "server", "key_source", "close", "checksum_required")
STREAM = ("data_bytes", "missing_bytes", "data_fin", "data_acked")
SUBFLOW = ("type", "client", "server", "opened_by", "established", "close", "syn_ack_hmac",
           "ack_hmac", "token")
ADDRESS = ("op", "by", "id", "address", "port", "hmac")


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
    """Octets of payload on the wire, by subflow."""
    return {(c["id"], s["client"]["address"], s["client"]["port"]): s[way]["payload_bytes"]
            for c in report["connections"] for s in c["subflows"]}


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


def faults(path, captures, reports):
    """
    captures and reports by side. What a side sent is whole in its own capture only: a packet lost on
    the way is in no other.
    """
    status, both = report_of(path, captures["client"], captures["server"])
    _, turned = report_of(path, captures["server"], captures["client"])
    if status != 0:
        yield f"both ends at once: exit status {status}"
    yield from differences(essence(reports["client"]), essence(both))
    for side, way in (("client", "c2s"), ("server", "s2c")):
        there = payload(both, way)
        for subflow, octets in payload(reports[side], way).items():
            if there.get(subflow) != octets:
                yield f"both ends at once: payload {way} {there.get(subflow)}, {side} has {octets}"
    yield from (f"in the other order: {words}"
                for words in differences(essence(both), essence(turned)))
