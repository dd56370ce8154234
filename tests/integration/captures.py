# SPDX-License-Identifier: BSD-3-Clause
"""
Capture files for tests of the program, made or taken apart octet by octet (pcap, pcapng, and a
zstd frame without compression, for which Python has no module).
"""

import struct

SECTION, INTERFACE, ENHANCED = 0x0A0D0D0A, 1, 6
ZSTD_BLOCK_MAX = 1 << 17


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


def block(kind, body):
    """A pcapng block."""
    body += bytes(-len(body) % 4)
    length = struct.pack("<I", len(body) + 12)
    return struct.pack("<I", kind) + length + body + length


def named_interface(name, packets=()):
    """A pcapng file with one raw-IP interface of this name, as octets."""
    option = struct.pack("<HH", 2, len(name)) + name + bytes(-len(name) % 4) + bytes(4)
    file = block(SECTION, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1))
    file += block(INTERFACE, struct.pack("<HHI", 101, 0, 0) + option)
    for number, packet in enumerate(packets):
        file += block(ENHANCED, struct.pack("<IIIII", 0, 0, number, len(packet), len(packet))
                      + packet)
    return file


def packets_of_interface(octets, number):
    """The frames that one interface captured."""
    for kind, content in blocks_of(octets):
        if kind == ENHANCED and interface_of(content) == number:
            captured = struct.unpack_from("<I", content, 20)[0]
            yield content[28:28 + captured]


def zstd_stored(octets):
    """A zstd frame (RFC 8878) of raw blocks: no compression, but the format."""
    frame = struct.pack("<IB", 0xFD2FB528, 0xA0) + struct.pack("<I", len(octets))
    pieces = [octets[at:at + ZSTD_BLOCK_MAX] for at in range(0, len(octets), ZSTD_BLOCK_MAX)]
    for piece in pieces:
        header = (len(piece) << 3) | (piece is pieces[-1])
        frame += header.to_bytes(3, "little") + piece
    return frame
