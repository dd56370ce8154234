#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""
The same packets in other files: every sample is cut into pieces by interface, by time and in turns,
given in any order, written as pcap and pcapng of either byte order, with other link layers and at
other times. The report is the same but for what it says of files: the captures, and at which place
of which file a packet stands.

    retold_files.py [--seed N] [--forms N] [SAMPLE...]

--forms: so many forms of each sample, by chance, which the seed repeats; 0: all.
"""

import concurrent.futures
import dataclasses
import datetime
import os
import pathlib
import random
import re
import tempfile

from captures import packets_of, pcap_file, pcapng_file
from link_layers import LAYERS, ip_of
from merged import differences
from support import SAMPLES, arguments, main, program, report_of, samples

SHOWN = 4
NS = 10**9
DELAY_NS = 50_000_000  # more than a mirror port's, and several packets of the sample long


@dataclasses.dataclass
class Form:
    """A sample in other files: each a list of indices of its packets, and how it is written."""

    words: str
    files: list
    write: object  # of interfaces and packets: octets
    change: object = None  # of an interface and a packet: both otherwise
    shift_ns: int = 0
    suffix: str = "pcapng"


# ---- Forms ---------------------------------------------------------------------------------------


def by_time(packets):
    """Thirds, none of which holds a packet that is older than one of those before."""
    order = sorted(range(len(packets)), key=lambda index: packets[index].time_ns)
    return [piece for third in range(3)
            if (piece := order[third * len(order) // 3:(third + 1) * len(order) // 3])]


def pieces_of(packets, piece_of):
    """
    Lists of indices, by the piece that piece_of gives for an index. A packet that is the same octet
    by octet as one before stays with it: in two files of the same time they would be one, captured
    twice.
    """
    pieces, before = {}, {}
    for index, packet in enumerate(packets):
        piece = before.setdefault(packet.octets, piece_of(index))
        pieces.setdefault(piece, []).append(index)
    return [pieces[piece] for piece in sorted(pieces)]


def by_interface(packets):
    return [[i for i, packet in enumerate(packets) if packet.interface == number]
            for number in sorted({packet.interface for packet in packets})]


def forms_in_pieces(_, packets):
    """Cut into files that are given in several orders."""
    for words, pieces in (
            ("by interface", by_interface(packets)),
            ("by time", by_time(packets)),
            ("in turns", pieces_of(packets, lambda index: index % 2))):
        if len(pieces) > 1:
            yield Form(f"{words}", pieces, pcapng_file)
            yield Form(f"{words}, the last file first", pieces[::-1], pcapng_file)


def may_be_described_late(packets):
    """
    As long as a file tells of one interface nothing waits for another: what is older than packets
    that stand before the second description comes too late.
    """
    alone = next((i for i, packet in enumerate(packets) if packet.interface > 0), 0)
    return alone == 0 or (max(packet.time_ns for packet in packets[:alone])
                          <= min(packet.time_ns for packet in packets[alone:]))


def forms_in_formats(_, packets):
    """pcap holds one link type, and no interfaces: a file for each."""
    for order, words in (("<", "little-endian"), (">", "big-endian")):
        yield Form(f"pcap, {words}", by_interface(packets),
                   lambda i, p, order=order: pcap_file(i, p, order), suffix="pcap")
        yield Form(f"pcapng, {words}", [list(range(len(packets)))],
                   lambda i, p, order=order: pcapng_file(i, p, order))
    if may_be_described_late(packets):
        yield Form("pcapng, interfaces described late", [list(range(len(packets)))],
                   lambda i, p: pcapng_file(i, p, late=True))


def forms_on_links(interfaces, packets):
    """Only what a link layer can hold, and what lies directly on one."""
    if any(ip_of(interfaces[p.interface], p) is None for p in packets):
        return
    for layer in LAYERS:
        if all(layer.holds(ip_of(interfaces[p.interface], p)) for p in packets):
            yield Form(layer.name, [list(range(len(packets)))], pcapng_file, change=layer.wrap)


def forms_at_times(_, packets):
    """pcap has 32 bits of seconds, pcapng 64 bits of any unit, of which the program takes 63."""
    first, last = (pick(p.time_ns for p in packets) for pick in (min, max))
    pieces = by_interface(packets)
    as_pcap = {"write": lambda i, p: pcap_file(i, p, "<"), "suffix": "pcap"}
    every = [list(range(len(packets)))]
    yield Form("from 1970 on", every, pcapng_file, shift_ns=-first)
    yield Form("from 1970 on, pcap", pieces, shift_ns=-first, **as_pcap)
    yield Form("to 2106, pcap", pieces, shift_ns=2**32 * NS - 1 - last, **as_pcap)
    yield Form("to 2262", every, pcapng_file, shift_ns=2**63 - 1 - last)


def forms_of(interfaces, packets, copies):
    """
    Where packets are captured several times, round trips are measured at one capture point at a
    time, and each file is one: then a sample stays in one piece.
    """
    return [*(() if copies else forms_in_pieces(interfaces, packets)),
            *forms_in_formats(interfaces, packets), *forms_on_links(interfaces, packets),
            *forms_at_times(interfaces, packets)]


# ---- What reports have in common -----------------------------------------------------------------

TIME = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\.(\d{9})Z")
PLACE = re.compile(r"packet \d+( of [^\s,)]+)?")
EPOCH = datetime.datetime(1970, 1, 1)


def moved(text, shift_ns):
    """A time as text, moved."""
    found = TIME.fullmatch(text)
    if found is None:
        return text
    seconds = (datetime.datetime.fromisoformat(found[1]) - EPOCH) // datetime.timedelta(seconds=1)
    time_s, ns = divmod(seconds * NS + int(found[2]) + shift_ns, NS)
    return f"{(EPOCH + datetime.timedelta(seconds=time_s)).isoformat()}.{ns:09}Z"


def told(value, number_of, shift_ns=0):
    """
    A part of a report as it would be of the whole sample: packets have the numbers that number_of
    gives for a capture and a packet of it, times are moved, sentences name no packets.
    """
    if isinstance(value, dict):
        value = {name: told(member, number_of, shift_ns) for name, member in value.items()}
        if value.get("packet") is not None:
            value["packet"] = number_of(value.pop("capture", 0), value["packet"])
        if "packets" in value and "sentence" in value:
            captures = value.pop("captures", [0] * len(value["packets"]))
            value["packets"] = [number_of(*place) for place in zip(captures, value["packets"])]
        return value
    if isinstance(value, list):
        return [told(member, number_of, shift_ns) for member in value]
    return moved(PLACE.sub("packet", value), shift_ns) if isinstance(value, str) else value


LISTS = ("summary", "connections", "unlinked_subflows", "findings")


def essence(report, number_of=lambda capture, packet: packet, shift_ns=0):
    return told({name: report[name] for name in LISTS}, number_of, shift_ns)


# ---- Samples -------------------------------------------------------------------------------------


def write_form(folder, form, interfaces, packets):
    """The files of a form, in the order of the command line."""
    for number, piece in enumerate(form.files):
        chosen = [dataclasses.replace(packets[i], time_ns=packets[i].time_ns + form.shift_ns)
                  for i in piece]
        described = list(interfaces)
        if form.change is not None:
            described, chosen = form.change(interfaces, chosen)
        file = folder / f"{number}.{form.suffix}"
        file.write_bytes(form.write(described, chosen))
        yield file


def form_faults(path, want, form, interfaces, packets):
    with tempfile.TemporaryDirectory(prefix="retold-") as folder:
        files = list(write_form(pathlib.Path(folder), form, interfaces, packets))
        status, report = report_of(path, *files)
    if status != 0:
        yield f"exit status {status}"
    got = essence(report, lambda capture, packet: form.files[capture][packet - 1] + 1)
    yield from differences(told(want, lambda _, packet: packet, form.shift_ns), got)


# Proven only where one capture point saw all of it: distances differ from point to point, and what
# two points saw may be one packet.
ONE_CAPTURE_POINT = (
    "forge-reset-from-elsewhere", "forge-join-nonce-reused", "forge-join-replayed")


def sample_faults(path, sample, form_count, seed):
    """(how many forms there were, what is wrong in words)"""
    interfaces, packets = packets_of(sample.read_bytes())
    want = essence(report_of(path, sample)[1])
    whole = want["summary"]["duplicates"] > 0 or sample.stem in ONE_CAPTURE_POINT
    forms = forms_of(interfaces, packets, whole)
    if 0 < form_count < len(forms):
        forms = random.Random(f"{seed} {sample.name}").sample(forms, form_count)
    faults = []
    for form in forms:
        faults += [f"{form.words}: {words}"
                   for words in list(form_faults(path, want, form, interfaces, packets))[:SHOWN]]
    return len(forms), faults


def twice(interfaces, packets):
    """Each packet a moment later on another interface, too."""
    others = [dataclasses.replace(i, name=i.name + b" too") for i in interfaces]
    copies = [dataclasses.replace(p, interface=p.interface + len(interfaces),
                                  time_ns=p.time_ns + DELAY_NS) for p in packets]
    return interfaces + others, sorted(packets + copies, key=lambda p: p.time_ns)


def check_late_interfaces(checks, path):
    """That a second interface is described when it has a packet, and not before, changes nothing."""
    interfaces, packets = packets_of((SAMPLES / "two-paths.pcapng").read_bytes())
    doubled = twice(interfaces, packets)
    with tempfile.TemporaryDirectory() as folder:
        reports = []
        for late in (False, True):
            file = pathlib.Path(folder) / f"{late}.pcapng"
            file.write_bytes(pcapng_file(*doubled, late=late))
            reports.append(report_of(path, file)[1])
    for report in reports:
        checks.equal("duplicates", report["summary"]["duplicates"], len(packets))
    found = list(differences(*(report["connections"] for report in reports)))
    checks.that(not found, f"interfaces described late: {found[:SHOWN]}")


def test(checks):
    given = arguments(
        "Compares the reports of each sample and of the same packets in other files.",
        (("--seed",), {"type": int, "default": random.SystemRandom().randrange(1 << 31)}),
        (("--forms",), {"type": int, "default": 0, "help": "of each sample, by chance; 0: all"}),
        (("sample",), {"nargs": "*", "help": "names without suffix; all"}))
    path = program(given.release)
    print(f"seed {given.seed}", flush=True)
    check_late_interfaces(checks, path)
    chosen = [s for s in samples() if not given.sample or s.stem in given.sample]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        done = pool.map(lambda s: sample_faults(path, s, given.forms, given.seed), chosen)
        for sample, (count, faults) in zip(chosen, done):
            checks.done += count - 1
            words = "\n  ".join(faults[:SHOWN * 4])
            checks.that(not faults, f"{sample.name}: {len(faults)} differences:\n  {words}")


main(test)
