# SPDX-License-Identifier: BSD-3-Clause
"""
What must be true of every JSON report, whatever was captured: it follows the schema, its totals are
the sums of its parts, tokens and IDSNs are those of the keys, and nothing points to where nothing
is.
"""

import hashlib
import json

import jsonschema

from support import ROOT

SCHEMA = json.loads((ROOT / "docs" / "output.schema.json").read_text())
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
VERDICTS = ("valid", "invalid", "unverifiable")
SEVERITIES = ("error", "warning", "note")
DIRECTIONS = ("c2s", "s2c")
UNLINKED_MAX = 10000  # the report lists no more


def count(values, names):
    values = list(values)
    return {name: values.count(name) for name in names}


def total(counts):
    """The sum of dictionaries of numbers."""
    sums = dict.fromkeys(VERDICTS, 0)
    for each in counts:
        sums = {name: sums[name] + each[name] for name in sums}
    return sums


def digest_of(key, version):
    octets = bytes.fromhex(key[2:])
    return (hashlib.sha1 if version == 0 else hashlib.sha256)(octets).digest()


def token_of(key, version):
    return f"0x{digest_of(key, version)[:4].hex()}"


def idsn_of(key, version):
    return str(int.from_bytes(digest_of(key, version)[-8:], "big"))


def schema_faults(report):
    for error in VALIDATOR.iter_errors(report):
        yield f"schema: /{'/'.join(map(str, error.absolute_path))}: {error.message}"


def summary_faults(report):
    """The summary counts what the rest of the report lists."""
    connections = report["connections"]
    subflows = [subflow for c in connections for subflow in c["subflows"]]
    unlinked = report["unlinked_subflows"]
    findings = [*report["findings"], *(f for c in connections for f in c["findings"])]
    joins = [s for s in (*subflows, *unlinked)]
    want = {
        "connections": len(connections),
        "subflows": len(subflows),
        "fallbacks": sum(c["fallback"] is not None for c in connections),
        "join_hmac": count((s[name] for s in joins for name in ("syn_ack_hmac", "ack_hmac")),
                           VERDICTS),
        "add_addr_hmac": count((a["hmac"] for c in connections for a in c["addresses"]), VERDICTS),
        "dss_checksum": total(c[way]["dss_checksum"] for c in connections for way in DIRECTIONS),
        "findings": count((f["severity"] for f in findings), SEVERITIES),
    }
    if len(unlinked) < UNLINKED_MAX:
        want["unlinked_subflows"] = len(unlinked)
    for name, value in want.items():
        if report["summary"][name] != value:
            yield f"summary.{name} is {report['summary'][name]}, the report's parts say {value}"


def span_faults(what, thing):
    if not thing["start"] <= thing["end"]:
        yield f"{what} ends before it starts"


def capture_faults(capture):
    name = capture["name"]
    if not capture["packets"] >= capture["tcp_packets"] >= capture["mptcp_packets"]:
        yield f"{name}: more MPTCP than TCP, or more TCP than packets"
    if (capture["packets"] == 0) != (capture["start"] is None):
        yield f"{name}: a start without packets, or packets without one"


def host_faults(what, host, version):
    """Token and IDSN are those of the key."""
    if host["key"] is not None and version is not None:
        if host["token"] != token_of(host["key"], version):
            yield f"{what}: token {host['token']} is not that of key {host['key']}"
        if host["idsn"] != idsn_of(host["key"], version):
            yield f"{what}: IDSN {host['idsn']} is not that of key {host['key']}"


def round_trip_faults(what, rtt):
    """Quantiles lie in their order between the bounds."""
    if rtt is not None and not (rtt["samples"] and rtt["min"] <= rtt["mean"] <= rtt["max"]
                                and 0 <= rtt["min"] <= rtt["median"] <= rtt["p95"] <= rtt["max"]):
        yield f"{what}: {rtt} is in no order"


def direction_faults(what, way):
    if way["retransmitted_bytes"] + way["reinjected_bytes"] > way["payload_bytes"]:
        yield f"{what}: more bytes repeated than sent"
    for name in ("rtt", "rtt_timestamps"):
        yield from round_trip_faults(f"{what} {name}", way[name])
    if not way["needless_packets"] <= way["retransmitted_packets"] <= way["data_packets"]:
        yield f"{what}: more packets sent again than sent"
    if (way["loss_ratio"] is None) != (way["data_packets"] == 0):
        yield f"{what}: a share of losses without packets, or packets without one"
    if way["loss_ratio"] is not None and not 0 <= way["loss_ratio"] <= 1:
        yield f"{what}: {way['loss_ratio']} of all packets were lost"


def subflow_faults(what, subflow):
    yield from span_faults(what, subflow)
    if subflow["close"] == "reset" and subflow["reset"] is None:
        yield f"{what}: reset by nobody"
    if (subflow["token"] is not None) != (subflow["type"] == "join"):
        if not (subflow["type"] == "join" and subflow["token"] is None):  # its SYN was not captured
            yield f"{what}: a token on an initial subflow"
    if subflow["type"] == "initial" and (subflow["syn_ack_hmac"], subflow["ack_hmac"]) != (
            "absent", "absent"):
        yield f"{what}: an HMAC on an initial subflow"
    if subflow["established"] and "invalid" in (subflow["syn_ack_hmac"], subflow["ack_hmac"]):
        yield f"{what}: established in spite of a wrong HMAC"
    for way in DIRECTIONS:
        yield from direction_faults(f"{what} {way}", subflow[way])


def stream_faults(what, connection, way):
    stream = connection[way]
    reinjected = sum(s[way]["reinjected_bytes"] for s in connection["subflows"])
    if stream["reinjected_bytes"] != reinjected:
        yield f"{what} {way}: {stream['reinjected_bytes']} bytes reinjected, by subflow {reinjected}"
    yield from round_trip_faults(f"{what} {way} data_ack_latency", stream["data_ack_latency"])
    times = (stream["first_hand_over"], stream["last_hand_over"])
    if (None in times) != (stream["hand_overs"] == 0) or (None not in times
                                                          and times[0] > times[1]):
        yield f"{what} {way}: {stream['hand_overs']} hand-overs from {times[0]} to {times[1]}"


def connection_faults(what, connection, packets):
    yield from span_faults(what, connection)
    for side in ("client", "server"):
        yield from host_faults(f"{what} {side}", connection[side], connection["version"])
    for index, subflow in enumerate(connection["subflows"]):
        if subflow["id"] != index:
            yield f"{what}: subflow {index} has id {subflow['id']}"
        yield from subflow_faults(f"{what} subflow {index}", subflow)
    for way in DIRECTIONS:
        yield from stream_faults(what, connection, way)
    for place in (*connection["addresses"], *filter(None, (connection["fallback"],))):
        if not 1 <= place["packet"] <= packets:
            yield f"{what}: packet {place['packet']} does not exist"
    if connection["late"] and connection["key_source"] == "handshake":
        yield f"{what}: late, but keys from a handshake"


def finding_faults(what, finding, subflows, packets):
    if finding["subflow"] is not None and not 0 <= finding["subflow"] < subflows:
        yield f"{what}: finding {finding['id']} on subflow {finding['subflow']}, which is none"
    if finding["packet"] is not None and not 1 <= finding["packet"] <= packets:
        yield f"{what}: finding {finding['id']} in packet {finding['packet']}, which is none"


def faults(report):
    """All that is wrong with a report, in words."""
    wrong = list(schema_faults(report))
    if wrong:
        return wrong
    packets = max((c["packets"] + c.get("filtered", 0) for c in report["captures"]), default=0)
    wrong += summary_faults(report)
    for capture in report["captures"]:
        wrong += capture_faults(capture)
    for index, connection in enumerate(report["connections"]):
        what = f"connection {index}"
        if connection["id"] != index:
            wrong.append(f"{what} has id {connection['id']}")
        wrong += connection_faults(what, connection, packets)
        for finding in connection["findings"]:
            wrong += finding_faults(what, finding, len(connection["subflows"]), packets)
    for index, subflow in enumerate(report["unlinked_subflows"]):
        wrong += subflow_faults(f"unlinked subflow {index}", subflow)
    for finding in report["findings"]:
        wrong += finding_faults("report", finding, len(report["unlinked_subflows"]), packets)
    return wrong
