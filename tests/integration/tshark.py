# SPDX-License-Identifier: BSD-3-Clause
"""
tshark as a second opinion on every option of every packet, and on which packets belong together.

Where it is known to be wrong, KNOWN_ERRORS says so with the reason; docs/TSHARK.md tells the same to
the users of both. An entry that no longer excuses anything is not an error of this project.
"""

import collections
import ipaddress
import shutil

from packets import packets_of
from support import Skip, run

MPTCP = "tcp.options.mptcp."
SUBTYPES = {
    "MP_CAPABLE": 0, "MP_JOIN": 1, "DSS": 2, "ADD_ADDR": 3, "REMOVE_ADDR": 4, "MP_PRIO": 5,
    "MP_FAIL": 6, "MP_FASTCLOSE": 7, "MP_TCPRST": 8, "MP_EXPERIMENTAL": 15,
} | {f"subtype {number}": number for number in range(9, 15)}

# What is compared: this project's name of it, tshark's field.
FIELDS = {
    "subtype": MPTCP + "subtype",
    "version": MPTCP + "version",
    "sender key": MPTCP + "sendkey",
    "receiver key": MPTCP + "recvkey",
    "token": MPTCP + "recvtok",
    "nonce": MPTCP + "sendrand",
    "truncated HMAC": MPTCP + "sendtrunchmac",
    "HMAC": MPTCP + "sendhmac",
    "ADD_ADDR HMAC": MPTCP + "addaddrtrunchmac",
    "address ID": MPTCP + "addrid",
    "IPv4": MPTCP + "ipv4",
    "IPv6": MPTCP + "ipv6",
    "port": MPTCP + "port",
    "DATA_ACK": MPTCP + "rawdataack",
    "DSN": MPTCP + "rawdataseqno",
    "SSN": MPTCP + "subflowseqno",
    "data-level length": MPTCP + "datalvllen",
    "reset reason": MPTCP + "rst_reason",
}
OTHERS = {"stream": "mptcp.stream", "token of key": "mptcp.expected_token"}

# Fragments stay as they are: this project uses the first one's header, tshark the whole packet's.
PREFERENCES = ("-o", "ip.defragment:FALSE", "-o", "ipv6.defragment:FALSE")

# Where tshark is wrong about which subflows belong to one connection: the sample, and why.
WRONG_STREAMS = {
    "forge-key-repeated": "two connections in which the server has one key become one",
    "forge-port-reuse": "late packets of the old connection are taken for the new one's",
    "forge-syn-cookies": "a second SYN/ACK with another key begins another connection",
    "forge-token-collision": "of two connections with one token, all joins go to the later one",
    "forge-token-reused": "two connections with one token, one after the other, become one",
}

# Where its token of a key is another one than this project's, which takes the key that is echoed.
WRONG_TOKENS = {
    "forge-key-changed": "the key of the first SYN/ACK stays",
    "forge-key-echo-mismatch": "the key of the SYN/ACK stays, whatever the client echoes",
    "forge-syn-cookies": "the key of the first SYN/ACK stays",
    "forge-version-mismatch": "the digest of the version that the SYN offered",
}


def require_tshark():
    if shutil.which("tshark") is None:
        raise Skip("needs tshark")


def decimal(text):
    """Numbers are written in decimal, whichever base a field has."""
    return str(int(text, 16)) if text.startswith("0x") else text


def seen_by_tshark(capture):
    """{packet number: {name: [values as text]}}"""
    words = ["tshark", "-n", *PREFERENCES, "-r", capture, "-T", "fields", "-E", "occurrence=a", "-E",
             "aggregator=,", "-e", "frame.number"]
    names = FIELDS | OTHERS
    for field in names.values():
        words += ["-e", field]
    done = run(*words, timeout=120)
    rows = {}
    for line in done.stdout.decode().splitlines():
        number, *columns = line.split("\t")
        rows[int(number)] = {name: [decimal(text) for text in column.split(",") if text]
                             for name, column in zip(names, columns)}
    return rows


# ---- The same values of this project's lines ---------------------------------------------------


def where_of(option):
    """The address and the port of an announcement."""
    text = option.values.get("where")
    if text is None:
        return {}
    port = None
    if text.startswith("["):
        text, port = text[1:].split("]:")
    elif text.count(":") == 1:
        text, port = text.split(":")
    address = ipaddress.ip_address(text)
    found = {f"IPv{address.version}": [address.compressed]}
    return found | ({"port": [port]} if port else {})


def values_of(option):
    """{name: [values as tshark writes them]}"""
    found = collections.defaultdict(list)
    if option.name in SUBTYPES:
        found["subtype"].append(str(SUBTYPES[option.name]))
    if option.refused:
        return found

    def take(name, word):
        value = option.number(word)
        if value is not None:
            found[name].append(str(value))

    if option.name == "MP_CAPABLE":
        take("version", "version")
        take("sender key", "sender-key")
        take("data-level length", "len")
    take("receiver key", "receiver-key")
    take("token", "token")
    take("nonce", "nonce")
    take("reset reason", "reason")
    if option.name == "DSS":
        take("DATA_ACK", "ack")
        take("DSN", "dsn")
        take("SSN", "ssn")
        take("data-level length", "len")
    if option.name == "MP_FAIL":
        take("DSN", "dsn")
    if option.name == "ADD_ADDR":
        take("ADD_ADDR HMAC", "hmac")
    elif "ACK" in option.words:
        found["HMAC"].append(option.values["hmac"][2:])
    else:
        take("truncated HMAC", "hmac")
    found["address ID"] += option.values.get("id", "").split(",") if "id" in option.values else []
    for name, values in where_of(option).items():
        found[name] += values
    return found


def values_of_packet(packet):
    found = {name: [] for name in FIELDS}
    for option in packet.options:
        for name, values in values_of(option).items():
            found[name] += values
    return found


# ---- Comparing -------------------------------------------------------------------------------


def option_faults(packet, row):
    """tshark shows the fields of options that cannot be; their subtype alone is compared."""
    refused = any(option.refused for option in packet.options)
    mine = values_of_packet(packet)
    for name in ("subtype",) if refused else FIELDS:
        if sorted(mine[name]) != sorted(row[name]):
            yield f"packet {packet.number}: {name}: {mine[name]}, tshark says {row[name]}"


def stream_faults(packets, rows):
    """Two packets are of one connection here if they are there."""
    pairs = {(packet.connection, row["stream"][0]) for packet in packets
             if packet.connection is not None and (row := rows[packet.number])["stream"]}
    for mine, stream in pairs:
        if any((mine == m) != (stream == s) for m, s in pairs):
            yield f"connection {mine} is not all of tshark's mptcp.stream {stream}"


def token_faults(rows, report):
    """tshark computes a token for each key on the wire; 0 where a join came before it."""
    tokens = {c[side]["token"] for c in report["connections"] for side in ("client", "server")}
    for number, row in rows.items():
        for text in row["token of key"]:
            if text != "0" and f"0x{int(text):08x}" not in tokens:
                yield f"packet {number}: no host has the token 0x{int(text):08x} of its key"


def disagreements(path, capture, report, cut=False):
    """What the program and tshark say differently, in words; cut: packets are not whole."""
    rows = seen_by_tshark(capture)
    packets = packets_of(path, capture)
    for packet in packets:
        yield from option_faults(packet, rows[packet.number])
    told = {packet.number for packet in packets}
    for number, row in rows.items():
        if row["subtype"] and number not in told and not cut:
            yield f"packet {number}: tshark sees an option of subtype {row['subtype']}"
    if capture.stem not in WRONG_STREAMS:
        yield from stream_faults(packets, rows)
    if capture.stem not in WRONG_TOKENS:
        yield from token_faults(rows, report)
