# SPDX-License-Identifier: BSD-3-Clause
"""
Link layers that hold an IP packet, as capture files have them: the octets before it, and the
LINKTYPE_ number of the tcpdump group's list.
"""

import dataclasses
import struct
import typing

from captures import Interface

ETHERNET, RAW = 1, 101
IPV4, IPV6 = 0x0800, 0x86DD
MACS = bytes.fromhex("020000000001020000000002")


def ether_type(ip):
    return IPV6 if ip[0] >> 4 == 6 else IPV4


def ip_of(interface, packet):
    """The IP packet of a frame of Ethernet without tags, or of none; None of any other frame."""
    if interface.link_type == RAW:
        ip = packet.octets
    elif interface.link_type == ETHERNET and packet.octets[12:14] in (
            struct.pack(">H", IPV4), struct.pack(">H", IPV6)):
        ip = packet.octets[14:]
    else:
        return None
    return ip if ip and ip[0] >> 4 in (4, 6) else None


@dataclasses.dataclass(frozen=True)
class Layer:
    name: str
    link_type: int
    header: typing.Callable  # of the IP packet
    families: tuple = (4, 6)

    def holds(self, ip):
        return ip[0] >> 4 in self.families

    def wrap(self, interfaces, packets):
        """The same interfaces and packets with this link layer."""
        wrapped = []
        for packet in packets:
            ip = ip_of(interfaces[packet.interface], packet)
            header = self.header(ip)
            before = len(packet.octets) - len(ip)
            wrapped.append(dataclasses.replace(
                packet, octets=header + ip, wire_len=packet.wire_len - before + len(header)))
        return [Interface(i.name, self.link_type) for i in interfaces], wrapped


def sll(ip):
    return struct.pack(">HHH8sH", 4, 1, 6, MACS[:6] + bytes(2), ether_type(ip))


def sll2(ip):
    return struct.pack(">HHIHBB8s", ether_type(ip), 0, 2, 1, 4, 6, MACS[:6] + bytes(2))


def family(ip, six):
    """AF_INET is 2 everywhere, AF_INET6 is not."""
    return six if ip[0] >> 4 == 6 else 2


def ppp(ip):
    return struct.pack(">H", 0x0057 if ip[0] >> 4 == 6 else 0x0021)


LAYERS = (
    Layer("Ethernet", ETHERNET, lambda ip: MACS + struct.pack(">H", ether_type(ip))),
    Layer("an 802.1Q tag", ETHERNET, lambda ip: MACS + struct.pack(
        ">HHH", 0x8100, 7, ether_type(ip))),
    Layer("an 802.1ad and an 802.1Q tag", ETHERNET, lambda ip: MACS + struct.pack(
        ">HHHHH", 0x88A8, 5, 0x8100, 7, ether_type(ip))),
    Layer("raw IP", RAW, lambda ip: b""),
    Layer("raw IP, 12", 12, lambda ip: b""),
    Layer("raw IP, 14", 14, lambda ip: b""),
    Layer("raw IPv4", 228, lambda ip: b"", (4,)),
    Layer("raw IPv6", 229, lambda ip: b"", (6,)),
    Layer("cooked", 113, sll),
    Layer("cooked, version 2", 276, sll2),
    Layer("loopback of Linux", 0, lambda ip: struct.pack("<I", family(ip, 10))),
    Layer("loopback of a big-endian BSD", 0, lambda ip: struct.pack(">I", family(ip, 28))),
    Layer("loopback of macOS", 0, lambda ip: struct.pack("<I", family(ip, 30))),
    Layer("loopback of OpenBSD", 108, lambda ip: struct.pack(">I", family(ip, 24))),
    Layer("PPP", 9, ppp),
    Layer("PPP in HDLC-like framing", 50, lambda ip: b"\xff\x03" + ppp(ip)),
)
