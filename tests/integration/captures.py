# SPDX-License-Identifier: BSD-3-Clause
"""
Capture files for tests of the program, made or taken apart octet by octet (pcap, pcapng, and a
zstd frame without compression, for which Python has no module).
"""

import dataclasses
import struct

SECTION, INTERFACE, STATISTICS, ENHANCED = 0x0A0D0D0A, 1, 5, 6
OS_DROPS = 7  # option isb_osdrop
ZSTD_BLOCK_MAX = 1 << 17


@dataclasses.dataclass(frozen=True)
class Interface:
    name: bytes
    link_type: int


@dataclasses.dataclass(frozen=True)
class Packet:
    interface: int
    time_ns: int
    wire_len: int
    octets: bytes


def blocks_of(octets):
    """The blocks of a little-endian pcapng file, as (type, whole block)."""
    at = 0
    while at < len(octets):
        kind, length = struct.unpack_from("<II", octets, at)
        yield kind, octets[at:at + length]
        at += length


def interface_of(block):
    """The interface that an enhanced packet block names."""
    return struct.unpack_from("<I", block, 8)[0]


def split_by_interface(octets):
    """One pcapng file for each interface, each with all the descriptions and only its packets."""
    blocks = list(blocks_of(octets))
    interfaces = sum(kind == INTERFACE for kind, _ in blocks)
    return [b"".join(block for kind, block in blocks
                     if kind in (SECTION, INTERFACE)
                     or (kind == ENHANCED and interface_of(block) == number))
            for number in range(interfaces)]


def ordered_block(order, kind, body):
    """A pcapng block of a byte order: "<" or ">", as struct has it."""
    body += bytes(-len(body) % 4)
    length = struct.pack(f"{order}I", len(body) + 12)
    return struct.pack(f"{order}I", kind) + length + body + length


def block(kind, body):
    """A pcapng block."""
    return ordered_block("<", kind, body)


def statistics(drops):
    """A block that says how many packets the system dropped on the first interface."""
    return block(STATISTICS, struct.pack("<III", 0, 0, 0)
                 + struct.pack("<HHQ", OS_DROPS, 8, drops) + bytes(4))


def named_interface(name, packets=()):
    """A pcapng file with one raw-IP interface of this name, as octets."""
    option = struct.pack("<HH", 2, len(name)) + name + bytes(-len(name) % 4) + bytes(4)
    file = block(SECTION, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1))
    file += block(INTERFACE, struct.pack("<HHI", 101, 0, 0) + option)
    for number, packet in enumerate(packets):
        file += block(ENHANCED, struct.pack("<IIIII", 0, 0, number, len(packet), len(packet))
                      + packet)
    return file


def frame_of(block):
    """The frame in an enhanced packet block."""
    return block[28:28 + struct.unpack_from("<I", block, 20)[0]]


def frames_of(octets):
    """All frames of a little-endian pcapng file, in its order."""
    return [frame_of(content) for kind, content in blocks_of(octets) if kind == ENHANCED]


def packets_of_interface(octets, number):
    """The frames that one interface captured."""
    for kind, content in blocks_of(octets):
        if kind == ENHANCED and interface_of(content) == number:
            yield frame_of(content)


# ---- Whole captures ------------------------------------------------------------------------------

IF_NAME, IF_TSRESOL, NANOSECONDS = 2, 9, 9


def options_of(octets):
    """The options of a little-endian block, as (code, value)."""
    at = 0
    while at + 4 <= len(octets):
        code, length = struct.unpack_from("<HH", octets, at)
        yield code, octets[at + 4:at + 4 + length]
        at += 4 + length + -length % 4


def packets_of(octets):
    """
    The interfaces and the packets of a little-endian pcapng file with times in nanoseconds, as this
    project's tools write them.
    """
    interfaces, packets = [], []
    for kind, content in blocks_of(octets):
        if kind == INTERFACE:
            options = dict(options_of(content[16:-4]))
            assert options.get(IF_TSRESOL) == bytes([NANOSECONDS])
            interfaces.append(Interface(options.get(IF_NAME, b""),
                                        struct.unpack_from("<H", content, 8)[0]))
        elif kind == ENHANCED:
            number, high, low, captured, wire_len = struct.unpack_from("<IIIII", content, 8)
            packets.append(Packet(number, high << 32 | low, wire_len,
                                  content[28:28 + captured]))
    return interfaces, packets


def interface_block(interface, order):
    body = struct.pack(f"{order}HHI", interface.link_type, 0, 0)
    for code, value in ((IF_NAME, interface.name), (IF_TSRESOL, bytes([NANOSECONDS]))):
        body += struct.pack(f"{order}HH", code, len(value)) + value + bytes(-len(value) % 4)
    return ordered_block(order, INTERFACE, body + bytes(4))


def pcapng_file(interfaces, packets, order="<", late=False):
    """
    A pcapng file of either byte order, as octets. Interfaces are described at its beginning or,
    late, before the first packet that needs it.
    """
    file = ordered_block(order, SECTION, struct.pack(f"{order}IHHq", 0x1A2B3C4D, 1, 0, -1))
    described = 0 if late else len(interfaces)
    for interface in interfaces[:described]:
        file += interface_block(interface, order)
    for packet in packets:
        for interface in interfaces[described:packet.interface + 1]:
            file += interface_block(interface, order)
        described = max(described, packet.interface + 1)
        body = struct.pack(f"{order}IIIII", packet.interface, packet.time_ns >> 32,
                           packet.time_ns & 0xFFFFFFFF, len(packet.octets), packet.wire_len)
        file += ordered_block(order, ENHANCED, body + packet.octets)
    return file


def pcap_file(interfaces, packets, order):
    """A pcap file with times in nanoseconds, of packets of one link type, as octets."""
    file = struct.pack(f"{order}IHHiIII", 0xA1B23C4D, 2, 4, 0, 0, 262144,
                       interfaces[packets[0].interface].link_type)
    for packet in packets:
        file += struct.pack(f"{order}IIII", *divmod(packet.time_ns, 10**9), len(packet.octets),
                            packet.wire_len) + packet.octets
    return file


def zstd_stored(octets):
    """A zstd frame (RFC 8878) of raw blocks: no compression, but the format."""
    frame = struct.pack("<IB", 0xFD2FB528, 0xA0) + struct.pack("<I", len(octets))
    pieces = [octets[at:at + ZSTD_BLOCK_MAX] for at in range(0, len(octets), ZSTD_BLOCK_MAX)]
    for piece in pieces:
        header = (len(piece) << 3) | (piece is pieces[-1])
        frame += header.to_bytes(3, "little") + piece
    return frame
