#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""
Wireshark's own dissection stays as it was where the plugin knows no more: after a fallback, in a
capture that begins late, and where the snap length cut payload. The captures are made here, of one
subflow that carries HTTP, or TLS on a port where only its first record tells what it is.
"""

import dataclasses
import hashlib
import struct

from captures import Interface, Packet, pcapng_file
from support import arguments, main
from wireshark import wireshark

RAW = Interface(b"path", 101)
KEYS = (b"\x11" * 8, b"\x22" * 8)  # client's, server's
ADDRESSES = (b"\xc0\x00\x02\x0a", b"\xcb\x00\x71\x01")
ISN = (1000, 5000)
FIN, SYN, ACK = 0x01, 0x02, 0x10
SEGMENT_MAX = 1000


@dataclasses.dataclass
class Segment:
    side: int  # of its sender: 0 is the client
    flags: int
    options: bytes = b""
    payload: bytes = b""


# ---- Segments ----------------------------------------------------------------------------------


def capable(length, *more):
    return struct.pack(">BBBB", 30, length, 0x01, 0x01) + b"".join(more)


HANDSHAKE = [Segment(0, SYN, capable(4)), Segment(1, SYN | ACK, capable(12, KEYS[1])),
             Segment(0, ACK, capable(20, *KEYS))]


def with_keys(payload):
    """The client's first data, with the keys again."""
    return Segment(0, ACK, capable(22, *KEYS, struct.pack(">H", len(payload))), payload)


def idsn(side):
    return int.from_bytes(hashlib.sha256(KEYS[side]).digest()[-8:], "big")


def mapped(side, at, payload):
    """Data at an offset of the stream, which is that of the only subflow, too."""
    dsn, ack = (idsn(side) + 1 + at) % 2**64, (idsn(1 - side) + 1) % 2**64
    option = struct.pack(">BBBBQQIH", 30, 26, 0x20, 0x0F, ack, dsn, 1 + at, len(payload))
    return Segment(side, ACK, option, payload)


def cut_up(octets):
    return [octets[at:at + SEGMENT_MAX] for at in range(0, len(octets), SEGMENT_MAX)]


def plain(side, octets):
    return [Segment(side, ACK, b"", part) for part in cut_up(octets)]


def in_dss(side, octets):
    return [mapped(side, number * SEGMENT_MAX, part) for number, part in enumerate(cut_up(octets))]


def checksum(octets):
    octets += bytes(len(octets) % 2)
    total = sum(struct.unpack(f">{len(octets) // 2}H", octets))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def packet_of(segment, port, seqs):
    """IP and TCP around a segment; seqs are those that each side goes on with."""
    side = segment.side
    ports = (40000, port)
    options = segment.options + b"\x01" * (-len(segment.options) % 4)
    ack = seqs[1 - side] if segment.flags & ACK else 0
    tcp = struct.pack(">HHIIBBHHH", ports[side], ports[1 - side], seqs[side], ack,
                      (20 + len(options)) // 4 << 4, segment.flags, 60000, 0, 0)
    tcp += options + segment.payload
    ends = ADDRESSES[side] + ADDRESSES[1 - side]
    total = checksum(ends + struct.pack(">HH", 6, len(tcp)) + tcp)
    tcp = tcp[:16] + struct.pack(">H", total) + tcp[18:]
    ip = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(tcp), 1, 0, 64, 6, 0) + ends
    return ip[:10] + struct.pack(">H", checksum(ip)) + ip[12:] + tcp


def capture_of(segments, port, snap=65535):
    seqs, packets = list(ISN), []
    for number, segment in enumerate(segments):
        octets = packet_of(segment, port, seqs)
        seqs[segment.side] += len(segment.payload) + bool(segment.flags & (SYN | FIN))
        packets.append(Packet(0, 10**18 + number * 10**6, len(octets), octets[:snap]))
    return packets


# ---- What they carry ---------------------------------------------------------------------------

GET = b"GET /a HTTP/1.1\r\nHost: b\r\n\r\n"
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2500\r\n\r\n" + b"x" * 2500
ANSWER_UNTIL_END = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + b"y" * 2500


def record(kind, body):
    return struct.pack(">BHH", kind, 0x0303, len(body)) + body


HELLO = b"\x03\x03" + b"\x33" * 32 + b"\x00" + b"\x00\x02\x13\x01" + b"\x01\x00"
CLIENT_HELLO = record(22, b"\x01" + struct.pack(">I", len(HELLO))[1:] + HELLO)
SECRETS = record(23, b"\xaa" * 2700) + record(23, b"\xbb" * 1200)

HTTP, TLS = 80, 9999  # ports
LATE = 3              # packets that were not captured

CASES = (
    ("the server answers without DSS", "http.response",
     capture_of([*HANDSHAKE, with_keys(GET), *plain(1, ANSWER)], HTTP)),
    ("the server ceases to send DSS within its answer", "http.response",
     capture_of([*HANDSHAKE, with_keys(GET), *in_dss(1, ANSWER)[:1],
                 *plain(1, ANSWER[SEGMENT_MAX:]), *plain(0, GET), *plain(1, ANSWER)], HTTP)),
    ("... and its answer ends with the connection", "http.response",
     capture_of([*HANDSHAKE, with_keys(GET), *in_dss(1, ANSWER_UNTIL_END)[:1],
                 *plain(1, ANSWER_UNTIL_END[SEGMENT_MAX:]), Segment(1, FIN | ACK)], HTTP)),
    ("the client goes on without MPTCP", "tls.app_data",
     capture_of([*HANDSHAKE[:2], Segment(0, ACK), *plain(0, CLIENT_HELLO), *plain(1, SECRETS)],
                TLS)),
    ("the server goes on in TLS without DSS", "tls.app_data",
     capture_of([*HANDSHAKE, with_keys(CLIENT_HELLO), *plain(1, SECRETS)], TLS)),
    ("a capture that begins late", "tls.app_data",
     capture_of([*HANDSHAKE, mapped(0, 0, CLIENT_HELLO), *in_dss(1, SECRETS)], TLS)[LATE:]),
    ("payload that the snap length cut", "tls",
     capture_of([*HANDSHAKE, with_keys(CLIENT_HELLO), *in_dss(1, SECRETS)], TLS, snap=300)),
)


WORDS_FOR_PARTS = (b"[segment of a PDU reassembled over subflows]",
                   b"[TCP segment of a reassembled PDU]")


def shown(shark, capture, field, plugin=True):
    """A line a packet as tshark has it, and which protocols are in it, with a field of theirs."""
    lines = shark.run("tshark", "-n", "-2", "-r", capture, plugin=plugin).stdout
    layers = shark.run("tshark", "-n", "-2", "-r", capture, "-T", "fields", "-e", "frame.protocols",
                       "-e", field, plugin=plugin).stdout
    return lines.replace(*WORDS_FOR_PARTS), layers


def check_case(checks, shark, words, field, packets):
    capture = shark.folder / "case.pcapng"
    capture.write_bytes(pcapng_file([RAW], packets))
    capture.chmod(0o644)
    before = shown(shark, capture, field, plugin=False)
    checks.that(any(line.split(b"\t")[1:] > [b""] for line in before[1].splitlines()),
                f"{words}: without the plugin nothing has {field}")
    after = shown(shark, capture, field)
    checks.that(before == after, f"{words}: the plugin changes what Wireshark shows: "
                f"{before[0].decode()}\n{after[0].decode()}")
    known = shark.run("tshark", "-n", "-r", capture, "-Y", "mptcpa.conn == 0").stdout
    checks.that(known, f"{words}: the plugin knows no connection")


def test(checks):
    given = arguments("Compares what Wireshark shows with and without the plugin.")
    with wireshark(given.release) as shark:
        shark.require(checks)
        for words, field, packets in CASES:
            check_case(checks, shark, words, field, packets)


main(test)
