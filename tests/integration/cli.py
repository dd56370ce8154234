#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""
The program as scripts and people meet it: exit codes, messages, files, pipes, terminals.
"""

import bz2
import dataclasses
import fcntl
import gzip
import itertools
import json
import lzma
import os
import pathlib
import pty
import re
import signal
import struct
import subprocess
import tempfile
import termios
import time

from captures import (named_interface, packets_of, packets_of_interface, pcapng_file,
                      split_by_interface, statistics,
                      zstd_stored)
from invariants import faults
from merged import differences, essence
from support import ENVIRONMENT, SAMPLES, arguments, main, program, report_of, run

GOOD = SAMPLES / "two-paths.pcapng"
MANY = SAMPLES / "many-connections.pcapng"
ERROR = SAMPLES / "forge-join-bad-hmac-ack.pcapng"
WARNING = SAMPLES / "forge-join-unanswered.pcapng"
NOTE = SAMPLES / "forge-synack-plain.pcapng"
LATE = SAMPLES / "forge-late-start.pcapng"
LATE_KEYS = ("0x0123456789abcdef", "0xfedcba9876543210")

NASTY = b"n\x1b[31m\x07\x9b2J\xc2\x9b\r\n\xff\xe2\x80\xae.pcap"  # what no terminal may get raw
RAW = re.compile(rb"[\x00-\x09\x0b-\x1f\x7f]|\xc2\x9b|\xff|\xe2\x80\xae")
ESCAPE = b"\x1b"


class Place:
    """A folder of this test's own, and the program."""

    def __init__(self, path, folder, release):
        self.path = path
        self.release = release
        self.folder = pathlib.Path(folder)

    def file(self, name, octets):
        made = self.folder / name
        made.write_bytes(octets)
        return made

    def run(self, *options, **more):
        return run(self.path, *options, cwd=self.folder, **more)


def words_of(done):
    return (f"exit status {done.returncode}: {done.stderr.decode(errors='replace').strip()[:300]}")


# ---- Exit codes --------------------------------------------------------------------------------


def exit_table(place):
    """Words for the case, command line, exit status, what the message must contain."""
    cut = place.file("cut.pcapng", GOOD.read_bytes()[:-10])
    text = place.file("text.pcap", b"This is no capture, but a text of some length.\n" * 9)
    keys = place.file("keys", b"# comment\n" + "\n".join(LATE_KEYS).encode() + b"\n")
    bad_keys = place.file("bad-keys", b"0x0123456789abcdef\n0x012\n")
    return (
        ("a capture", [GOOD], 0, None),
        ("several captures", [GOOD, ERROR], 0, None),
        ("help", ["--help"], 0, None),
        ("version", ["-V"], 0, None),
        ("no argument", [], 2, "FILE"),
        ("an unknown long option", ["--nonsense", GOOD], 2, "--nonsense"),
        ("an unknown letter", ["-Z", GOOD], 2, "-Z"),
        ("an option without its argument", ["-f"], 2, "--filter"),
        ("a bad filter", ["-f", "tcp prot 80", GOOD], 2, "filter"),
        ("a good filter", ["-f", "tcp port 1", GOOD], 0, None),
        ("a bad key", ["--key", "0x123", GOOD], 2, "0x and 16"),
        ("a file of keys", ["--keys", keys, LATE], 0, None),
        ("a bad file of keys", ["--keys", bad_keys, LATE], 2, "line 2"),
        ("no file of keys", ["--keys", "no-such", LATE], 1, "no-such"),
        ("a count that is none", ["-c", "none", GOOD], 2, "none"),
        ("a count of zero", ["-c", "0", GOOD], 2, "0"),
        ("an unknown kind of output", ["-o", "xml", GOOD], 2, "xml"),
        ("an unknown severity", ["--fail-on", "panic", GOOD], 2, "panic"),
        ("an interval that is none", ["--interval", "soon", GOOD], 2, "0.001 to 3600"),
        ("an interval that is too short", ["--interval", "0.0001", GOOD], 2, "0.0001"),
        ("an interval that is too long", ["--interval", "3601", GOOD], 2, "3601"),
        ("measures over time", ["-o", "series", "--interval", "0.5", GOOD], 0, None),
        ("a full disk, measures over time", ["-o", "series=/dev/full", GOOD], 5, "/dev/full"),
        ("an unknown colour", ["--color", "red", GOOD], 2, "red"),
        ("standard input twice", ["-", "-"], 2, "twice"),
        ("two outputs to one place", ["-o", "text", "-j", GOOD], 2, "-o"),
        ("a file that is not there", ["no-such.pcap"], 1, "no-such.pcap"),
        ("a good file and one that is not there", [GOOD, "no-such.pcap"], 1, "no-such.pcap"),
        ("two files, none of them there", ["no-such.pcap", "nor-this.pcap"], 1, "no-such.pcap"),
        ("a directory", [place.folder], 1, str(place.folder)),
        ("an empty file", [place.file("empty.pcap", b"")], 1, "empty.pcap"),
        ("a text", [text], 1, "text.pcap"),
        ("a device without octets", ["/dev/null"], 1, "/dev/null"),
        ("a file that is cut", [cut], 3, "byte"),
        ("a good file and one that is cut", [GOOD, cut], 3, "cut.pcapng"),
        ("an error, asked for errors", ["--fail-on", "error", ERROR], 4, None),
        ("an error, asked for notes", ["--fail-on", "note", ERROR], 4, None),
        ("a warning, asked for errors", ["--fail-on", "error", WARNING], 0, None),
        ("a warning, asked for warnings", ["--fail-on", "warning", WARNING], 4, None),
        ("a note, asked for warnings", ["--fail-on", "warning", NOTE], 0, None),
        ("a note, asked for notes", ["--fail-on", "note", NOTE], 4, None),
        ("nothing wrong, asked for notes", ["--fail-on", "note", GOOD], 0, None),
        ("damage goes before findings", ["--fail-on", "note", cut, NOTE], 3, None),
        ("a full disk, text", ["-o", "text=/dev/full", GOOD], 5, "/dev/full"),
        ("a full disk, JSON", ["-o", "json=/dev/full", GOOD], 5, "/dev/full"),
        ("a full disk goes before findings",
         ["--fail-on", "error", "-o", "json=/dev/full", ERROR], 5, "/dev/full"),
        ("an output in no folder", ["-o", "json=no-such/report.json", GOOD], 5, "no-such"),
        ("an output that is a folder", ["-o", f"json={place.folder}", GOOD], 5, None),
        ("an output that is the input", ["-o", f"json={cut}", cut], 2, "cut.pcapng"),
    )


def check_exit_codes(checks, place):
    for words, options, status, message in exit_table(place):
        done = place.run(*options)
        checks.that(done.returncode == status, f"{words}: {words_of(done)}, not {status}")
        said = done.stderr.decode(errors="replace")
        if status in (1, 2, 3, 5):
            checks.that(said.startswith("mptcp-analyze: ") and (message or "") in said,
                        f"{words}: the message is: {said!r}")
        else:
            checks.that(said == "", f"{words}: a message in spite of success: {said!r}")
        if status in (0, 3, 4):
            checks.that(done.stdout != b"" or "/dev" in str(options), f"{words}: no output")


def check_full_standard_output(checks, place):
    for options in ((), ("-j",), ("-v",), ("--help",), ("--version",)):
        with open("/dev/full", "wb") as full:
            done = subprocess.run([place.path, *options, GOOD], stdout=full, check=False,
                                  stderr=subprocess.PIPE, env=ENVIRONMENT)
        checks.that(done.returncode == 5 and done.stderr != b"",
                    f"full standard output with {options}: {words_of(done)}")


def check_closed_descriptors(checks, place):
    """A program may be started without any of the three."""
    for closed in ("<&-", ">&-", "2>&-", "<&- >&- 2>&-"):
        done = run("sh", "-c", f'exec "$@" {closed}', "sh", place.path, GOOD)
        checks.that(done.returncode in (0, 5), f"{closed}: {words_of(done)}")


# ---- What a report is made of --------------------------------------------------------------------


def check_damaged(checks, place):
    """The report covers what came before, and says where the damage is."""
    whole = GOOD.read_bytes()
    status, report = report_of(place.path, place.file("half.pcapng", whole[:len(whole) // 2]))
    damaged = report["captures"][0]["damaged"]
    checks.equal("a half file: status", status, 3)
    checks.that(damaged and "byte" in damaged, f"a half file: damaged is {damaged!r}")
    checks.that(len(report["connections"]) == 1, "a half file: no connection")
    checks.equal("a half file: what is wrong", faults(report), [])


def capture_findings(report):
    """(id, capture) of the findings about captures."""
    return [(finding["id"], finding.get("capture")) for finding in report["findings"]
            if finding["id"].startswith("capture-")]


def check_capture_findings(checks, place):
    """What the readers know of a capture is said as findings, and of which one."""
    whole = GOOD.read_bytes()
    half = place.file("half.pcapng", whole[:len(whole) // 2])
    drops = place.file("drops.pcapng", whole + statistics(17))
    for words, captures, want in (
            ("a whole file", (GOOD,), []),
            ("half a file", (half,), [("capture-truncated", None)]),
            ("packets were dropped", (drops,), [("capture-drops", None)]),
            ("half a file among others", (GOOD, half, drops),
             [("capture-truncated", 1), ("capture-drops", 2), ("capture-duplicates", 1)])):
        _, report = report_of(place.path, *captures)
        checks.equal(f"{words}: findings", capture_findings(report), want)
    text = place.run(GOOD, drops).stdout.decode()
    checks.that("packets dropped while capturing: 17 by the kernel, 0 by interfaces\n         "
                "drops.pcapng  [capture-drops]" in text, f"the text does not say where packets were dropped:\n{text}")
    checks.equal("drops are a warning", place.run("--fail-on", "warning", drops).returncode, 4)


def check_count(checks, place):
    for count in (1, 7, 10**9):
        _, report = report_of(place.path, GOOD, options=("-c", str(count)))
        _, whole = report_of(place.path, GOOD)
        want = min(count, whole["captures"][0]["packets"])
        checks.equal(f"-c {count}: packets", report["captures"][0]["tcp_packets"], want)


def check_filter(checks, place):
    """A filter by address keeps one of two subflows."""
    _, whole = report_of(place.path, GOOD)
    first, second = whole["connections"][0]["subflows"]
    _, part = report_of(place.path, GOOD, options=("-f", f"host {first['client']['address']}"))
    kept = part["connections"][0]["subflows"]
    checks.equal("-f: subflows", [s["client"]["address"] for s in kept],
                 [first["client"]["address"]])
    _, none = report_of(place.path, GOOD, options=("-f", f"not host {second['server']['address']}"))
    checks.equal("-f: nothing passes", none["connections"], [])


def check_keys(checks, place):
    """Keys of the user identify a connection that began before the capture."""
    keys = place.file("late-keys", ("\n".join(LATE_KEYS) + "  # both\n").encode())
    by_option = report_of(place.path, LATE, options=[w for k in LATE_KEYS for w in ("--key", k)])[1]
    by_file = report_of(place.path, LATE, options=("--keys", str(keys)))[1]
    without = report_of(place.path, LATE)[1]
    checks.equal("--keys and --key", by_file["connections"], by_option["connections"])
    checks.equal("without keys: source", without["connections"][0]["key_source"], "none")
    connection = by_option["connections"][0]
    checks.equal("with keys: source", connection["key_source"], "user")
    checks.equal("with keys: subflows", len(connection["subflows"]), 2)
    checks.equal("with keys: unlinked", by_option["unlinked_subflows"], [])
    checks.that(by_option["summary"]["join_hmac"]["valid"] == 2
                and by_option["summary"]["add_addr_hmac"]["valid"] == 1,
                f"with keys: {by_option['summary']}")


def check_secrets(checks, place):
    """Text shows tokens; keys only when asked for."""
    _, report = report_of(place.path, GOOD)
    key = report["connections"][0]["client"]["key"].encode()
    for options, shown in (((), False), (("-v",), False), (("--show-keys",), True),
                           (("-v", "--show-keys"), True)):
        checks.equal(f"{options}: the key is shown", key in place.run(*options, GOOD).stdout, shown)


def check_verbosity(checks, place):
    lines = {options: len(place.run(*options, GOOD).stdout.splitlines())
             for options in (("-q",), (), ("-v",))}
    checks.that(lines[("-q",)] < lines[()] < lines[("-v",)], f"lines with -q, without, -v: {lines}")
    _, report = report_of(place.path, GOOD)
    packets = place.run("-v", GOOD).stdout.splitlines()
    checks.equal("-v: lines", sum(line.startswith(b"#") for line in packets),
                 report["captures"][0]["mptcp_packets"])


def check_unestablished(checks, place):
    """What nobody answered is not fine."""
    sample = SAMPLES / "forge-handshake.pcapng"
    for count, words in ((1, b"not established"), (2, b"not established"), (4, b"fine, open")):
        row = place.run("-q", "-c", count, sample).stdout
        checks.that(words in row, f"-c {count}: no {words}:\n{row.decode()}")
    text = place.run("-c", "1", sample).stdout
    checks.that(b"not established at the end of the capture" in text
                and b"Not established, as far as the capture goes: its SYN (packet 1)" in text,
                f"a SYN alone:\n{text.decode()}")


# Captures at both ends: who fell back for want of what, and the packets on either side.
STRIPPED = {
    "strip-syn": ("MP_CAPABLE from the SYN of the client", False),
    "strip-synack": ("MP_CAPABLE from the SYN/ACK of the server", True),
    "strip-after-handshake": ("MP_CAPABLE from data of the client", False),
}


def check_both_ends(checks, place):
    """The first sentence names what was taken off between them, and both packets."""
    for name, (what, by_server) in STRIPPED.items():
        ends = [f"{name}.pcapng", f"{name}.server.pcapng"]
        sender, receiver = ends[::-1] if by_server else ends
        want = (f"Fell back to TCP: a middlebox between the two capture points removed {what} "
                rf"\(packet \d+ of {sender} before it, packet \d+ of {receiver} behind it\)"
                r"\. Next: look for the middlebox")
        for order in (ends, ends[::-1]):
            _, report = report_of(place.path, *(SAMPLES / end for end in order))
            first = report["connections"][0]["verdict"][0]["sentence"]
            checks.that(re.match(want, first), f"{' '.join(order)}: {first}")


def check_determinism(checks, place):
    """The hash tables' secret keys change with each run; the report does not."""
    outputs = {place.run("-j", MANY).stdout for _ in range(4)}
    checks.equal("different reports of one file", len(outputs), 1)


# ---- Ways in -------------------------------------------------------------------------------------


def connections_of(place, *captures, **more):
    done = place.run("-j", *captures, **more)
    return json.loads(done.stdout)["connections"] if done.returncode == 0 else words_of(done)


def check_packed(checks, place):
    octets = GOOD.read_bytes()
    want = connections_of(place, GOOD)
    packed = {"gz": gzip.compress(octets), "xz": lzma.compress(octets), "bz2": bz2.compress(octets),
              "zst": zstd_stored(octets), "gz.gz": gzip.compress(gzip.compress(octets))}
    for name, content in packed.items():
        file = place.file(f"packed.pcapng.{name}", content)
        checks.equal(f"{name} file is the plain one", connections_of(place, file) == want, True)
        checks.equal(f"{name} on standard input is the plain one",
                     connections_of(place, "-", stdin=content) == want, True)
    cut = gzip.compress(MANY.read_bytes())[:-2000]
    done = place.run("-j", place.file("cut.gz", cut))
    checks.that(done.returncode == 3 and json.loads(done.stdout)["captures"][0]["damaged"],
                f"a cut gz file: {words_of(done)}")


def check_missing(checks, place):
    """What cannot be opened does not change the report about the others."""
    want = place.run(GOOD, ERROR)
    text = place.file("text.pcap", b"This is no capture, but a text of some length.\n" * 9)
    for words, files in (("first", ["no-such", GOOD, ERROR]), ("last", [GOOD, ERROR, "no-such"]),
                         ("no capture", [GOOD, text, ERROR])):
        done = place.run(*files)
        checks.that(done.returncode == 1 and done.stdout == want.stdout,
                    f"a bad name, {words}: {words_of(done)}")


def check_standard_input(checks, place):
    octets = GOOD.read_bytes()
    checks.equal("standard input is the file",
                 connections_of(place, "-", stdin=octets) == connections_of(place, GOOD), True)
    checks.equal("nothing on standard input", place.run("-", stdin=b"").returncode, 1)
    words = [place.path, "-j", "-"]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                          env=ENVIRONMENT) as slow:
        for at in range(0, len(octets), 1001):  # in pieces that end anywhere
            slow.stdin.write(octets[at:at + 1001])
            slow.stdin.flush()
        slow.stdin.close()
        got = json.loads(slow.stdout.read())["connections"]
    checks.equal("standard input in pieces", got == connections_of(place, GOOD), True)


def check_merging(checks, place):
    """Files of one network in any order are one capture."""
    octets = GOOD.read_bytes()
    parts = [place.file(f"part{number}.pcapng", part)
             for number, part in enumerate(split_by_interface(octets))]
    checks.equal("parts of the sample", len(parts), 2)
    want = essence(report_of(place.path, GOOD)[1])
    orders = [report_of(place.path, *order)[1] for order in itertools.permutations(parts)]
    for report in orders:
        checks.equal("parts together", list(differences(want, essence(report))), [])
    checks.equal("parts in another order",
                 orders[0]["connections"] == orders[1]["connections"], True)
    _, alone = report_of(place.path, parts[1])
    checks.that(alone["unlinked_subflows"] and not alone["connections"],
                "the second path alone is an unlinked subflow")


def set_ahead(octets, ahead_ns):
    """A pcapng file by a clock that is ahead."""
    interfaces, packets = packets_of(octets)
    return pcapng_file(interfaces, [dataclasses.replace(packet, time_ns=packet.time_ns + ahead_ns)
                                    for packet in packets])


def told(report):
    """What two captures tell, but for times, and what is said of the clocks."""
    found = [(connection["id"], finding["id"], finding["severity"], finding["count"])
             for connection in report["connections"] for finding in connection["findings"]]
    rows = [finding["id"] for finding in report["findings"] if finding["id"] != "capture-clocks"]
    return essence(report), report["summary"]["duplicates"], found, rows


def check_clocks(checks, place):
    """By whatever clock a file was written, with another one it tells the same."""
    for name in ("hand-over", "lossy-reordering", "nat", "strip-syn", "checksum-fail-second"):
        client, server = (SAMPLES / f"{name}{end}.pcapng" for end in ("", ".server"))
        _, want = report_of(place.path, client, server)
        checks.equal(f"{name}: clocks agree", [c["clock_ahead"] for c in want["captures"]], [0, 0])
        for ahead in (0.7, -3, 10, -3600):
            late = place.file("late.pcapng", set_ahead(server.read_bytes(), int(ahead * 10**9)))
            for order, sign in (([client, late], 1), ([late, client], -1)):
                _, got = report_of(place.path, *order)
                words = f"{name}, {ahead} s ahead, {'first' if sign < 0 else 'second'}"
                checks.equal(words, told(got), told(want))
                first, second = (c["clock_ahead"] for c in got["captures"])
                checks.that(first == 0 and abs(second - sign * ahead) < 0.05
                            and [f["id"] for f in got["findings"]].count("capture-clocks") == 1,
                            f"{words}: clocks {first} and {second}")


def check_twice(checks, place):
    """The same file twice: every packet counts once."""
    _, once = report_of(place.path, GOOD)
    _, twice = report_of(place.path, GOOD, GOOD)
    checks.equal("the same file twice", list(differences(essence(once), essence(twice))), [])


# ---- Ways out ------------------------------------------------------------------------------------


def check_files(checks, place):
    """A file appears when it is complete, or not at all."""
    target = place.folder / "report.json"
    target.write_bytes(b"old")
    before = set(os.listdir(place.folder))
    place.run("-o", f"json={target}", "no-such.pcap")
    checks.equal("a run that fails: the old file", target.read_bytes(), b"old")
    place.run("-o", f"json={target}", GOOD)
    checks.equal("the file is the report", target.read_bytes(), place.run("-j", GOOD).stdout)
    checks.equal("files left over", set(os.listdir(place.folder)) - before, set())
    both = place.run("-o", "text=both.txt", "-o", "json=both.json", GOOD)
    checks.that(both.returncode == 0 and both.stdout == b"", f"two files: {words_of(both)}")
    checks.equal("text beside JSON", (place.folder / "both.txt").read_bytes(),
                 place.run(GOOD).stdout)
    checks.equal("JSON beside text", (place.folder / "both.json").read_bytes(),
                 target.read_bytes())
    mixed = place.run("-o", "text", "-o", "json=mixed.json", GOOD)
    checks.equal("text to standard output beside a file", mixed.stdout, place.run(GOOD).stdout)


def check_links(checks, place):
    """A symbolic link is not followed, whatever it points to."""
    for name, target in (("link-to-file", "linked"), ("link-to-nothing", "nowhere")):
        link = place.folder / name
        link.symlink_to(place.folder / target)
        (place.folder / "linked").write_bytes(b"precious")
        done = place.run("-o", f"json={link}", GOOD)
        checks.that(done.returncode == 5, f"{name}: {words_of(done)}")
        checks.that(link.is_symlink() and not (place.folder / "nowhere").exists(),
                    f"{name}: was followed or replaced")
        checks.equal(f"{name}: the file behind it", (place.folder / "linked").read_bytes(),
                     b"precious")


def check_saving(checks, place):
    """-w keeps what is analysed: files merged and filtered, as one capture that says the same."""
    parts = [place.file(f"part{number}.pcapng", part)
             for number, part in enumerate(split_by_interface(GOOD.read_bytes()))]
    saved = place.folder / "saved.pcapng"
    done = place.run("-j", "-w", saved, *parts)
    checks.that(done.returncode == 0 and done.stderr == b"", f"-w: {words_of(done)}")
    whole, again = json.loads(done.stdout), report_of(place.path, saved)[1]
    checks.equal("-w: the saved packets", list(differences(essence(whole), essence(again))), [])
    checks.equal("-w: packets, interfaces",
                 [again["captures"][0]["packets"], len(again["captures"][0]["interfaces"])],
                 [sum(capture["packets"] for capture in whole["captures"]), 2])
    place.run("-q", "-w", saved, "-c", "5", "-f", "tcp", GOOD)
    checks.equal("-w with -c: packets", report_of(place.path, saved)[1]["captures"][0]["packets"], 5)
    done = place.run("-w", "-", "-o", "json=side.json", GOOD)
    checks.equal("-w -: what comes out", connections_of(place, "-", stdin=done.stdout),
                 json.loads((place.folder / "side.json").read_bytes())["connections"])
    link = place.folder / "link.pcapng"
    link.symlink_to(saved)
    for words, options, status in (
            ("a symbolic link", ["-w", link, GOOD], 5),
            ("the input", ["-w", saved, saved], 2),
            ("the report's place", ["-w", "-", GOOD], 2),
            ("a report's file", ["-w", "a", "-o", "json=a", GOOD], 2),
            ("a full disk", ["-w", "/dev/full", MANY], 5),
            ("a folder that is not there", ["-w", "no/such", GOOD], 5)):
        done = place.run(*options)
        checks.that(done.returncode == status and done.stderr, f"-w, {words}: {words_of(done)}")
    before = set(os.listdir(place.folder))
    place.run("-w", "new.pcapng", "no-such.pcap")
    checks.equal("-w without an input: files", set(os.listdir(place.folder)), before)


def has_read_all(process):
    """Nothing is left in the pipe, and the process waits for more."""
    waiting = fcntl.ioctl(process.stdin, termios.FIONREAD, bytes(4))
    state = pathlib.Path(f"/proc/{process.pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    return waiting == bytes(4) and state == "S"


def start_reading(place, *options, path=None):
    """The program in the middle of its input."""
    process = subprocess.Popen([path or place.path, *options, "-"], stdin=subprocess.PIPE,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=ENVIRONMENT,
                               cwd=place.folder)
    octets = MANY.read_bytes()
    process.stdin.write(octets[:len(octets) // 2])
    process.stdin.flush()
    end = time.monotonic() + 30
    while not has_read_all(process) and time.monotonic() < end:
        time.sleep(0.01)
    return process


def check_confined(checks, place):
    """While it reads packets, nothing is left open to a process that was led astray; sanitizers
    would not bear it."""
    if not pathlib.Path("/proc/sys/kernel/seccomp/actions_avail").exists():
        return
    for words, options in (("JSON", ["-j"]), ("several", ["-o", "text=t", "-w", "saved"]),
                           ("payload", ["-o", "payload=streams"])):
        process = start_reading(place, *options, path=place.release)
        status = pathlib.Path(f"/proc/{process.pid}/status").read_text().splitlines()
        for line in ("NoNewPrivs:\t1", "Seccomp:\t2"):
            checks.that(line in status, f"{words}: no {line!r} while it reads")
        process.communicate(timeout=30)


def check_ahead(checks, place):
    """A thread that reads a file ahead is confined as the rest, and changes nothing."""
    octets = MANY.read_bytes()
    large = place.file("large.pcapng", octets * (6 * 2**20 // len(octets)))
    cores = sorted(os.sched_getaffinity(0))
    alone = place.run("-j", large, preexec_fn=lambda: os.sched_setaffinity(0, cores[:1]))
    packed = place.file("large.pcapng.gz", gzip.compress(large.read_bytes()))
    for file in (large, packed):
        report, want = (json.loads(done.stdout) for done in (place.run("-j", file), alone))
        del report["captures"], want["captures"]
        checks.that(report == want, f"{file.name}: another report than with one processor")
    process = subprocess.Popen([place.release, "-v", large], stdout=subprocess.PIPE, env=ENVIRONMENT)
    fcntl.fcntl(process.stdout, fcntl.F_SETPIPE_SZ, 2**20)
    end = time.monotonic() + (30 if len(cores) > 1 else 1)
    tasks = []
    while len(tasks) < 2 and time.monotonic() < end:
        tasks = sorted(pathlib.Path(f"/proc/{process.pid}/task").iterdir())
    if len(cores) > 1:
        checks.equal("threads while a file is read", len(tasks), 2)
    if pathlib.Path("/proc/sys/kernel/seccomp/actions_avail").exists():
        for task in tasks:
            checks.that("Seccomp:\t2" in (task / "status").read_text(), f"{task}: is not confined")
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=30)


def check_crowd(checks, place):
    """The report of many connections is the same whether one thread makes it or several."""
    capture = place.folder / "crowd.pcap"
    subprocess.run([place.path.parent / "tests" / "forge" / "mpta-forge", "churn", "40000", capture],
                   check=True)
    first = sorted(os.sched_getaffinity(0))[:1]
    for path in (place.path, place.release):
        many = run(path, "-j", capture, timeout=120)
        one = run(path, "-j", capture, timeout=120, preexec_fn=lambda: os.sched_setaffinity(0, first))
        checks.that(many.stdout == one.stdout, "many connections: another report with one processor")
        checks.that(len(json.loads(one.stdout)["connections"]) > 1000, "these are not many")
        full = run(path, "-o", "json=/dev/full", capture, timeout=120)
        checks.that(full.returncode == 5, f"many connections, /dev/full: {words_of(full)}")


def check_signals(checks, place):
    """A signal ends the reading, and what was read is reported; a kill leaves the old file."""
    target = place.file("kept.json", b"old")
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        process = start_reading(place, "-j")
        process.send_signal(number)
        out, err = process.communicate(timeout=30)
        good = process.returncode == 0 and json.loads(out)["connections"]
        checks.that(good, f"{number.name}: exit status {process.returncode}: {err!r}")
    process = start_reading(place, "-o", f"json={target}")
    process.kill()
    process.communicate(timeout=30)
    checks.equal("after a kill: the old file", target.read_bytes(), b"old")


def check_pipes(checks, place):
    """A reader that closed the pipe is no failure, and makes no noise."""
    for options in ((), ("-j",), ("-v",), ("--help",)):
        for wanted in ("head -c 0", "head -n 1"):
            script = f'"$@" 2>errors | {wanted} >/dev/null; echo ${{PIPESTATUS[0]}}; cat errors'
            done = run("bash", "-c", script, "bash", place.path, *options, MANY, cwd=place.folder)
            checks.equal(f"{options} | {wanted}", done.stdout, b"0\n")


# ---- What may not reach a terminal ---------------------------------------------------------------


def check_nasty_names(checks, place):
    """Names of files and interfaces, filters and options reach no terminal raw."""
    nasty = os.fsdecode(NASTY)
    octets = GOOD.read_bytes()
    file = place.file(nasty, octets[:-10])
    frames = list(packets_of_interface(octets, 0))
    interface = place.file("nasty-interface.pcapng", named_interface(NASTY, frames))
    for options in ([file], ["-v", file, GOOD], ["-v", interface], [interface],
                    [place.folder / ("no-such" + nasty)], ["-f", nasty, GOOD], ["--" + nasty, GOOD],
                    ["-" + chr(27), GOOD], ["--key", nasty, GOOD], ["--keys", nasty + "x", GOOD],
                    ["-o", nasty, GOOD], ["-o", f"json=no/{nasty}", GOOD], ["-c", nasty, GOOD],
                    ["--color", nasty, GOOD], ["--fail-on", nasty, GOOD]):
        done = place.run(*options)
        raw = RAW.search(done.stdout + done.stderr)
        checks.that(raw is None, f"{options}: {raw and raw[0]!r} in the output")
        checks.that(done.returncode >= 0, f"{options}: {words_of(done)}")
    for options in ([file], [interface]):
        done = place.run("-j", *options)
        checks.that(RAW.search(done.stdout) is None, f"-j {options}: raw octets in JSON")
        checks.that(done.stdout.decode("utf-8") and json.loads(done.stdout)["captures"],
                    f"-j {options}: no JSON")


def on_terminal(place, *options, columns=80, **environment):
    """What the program writes to a terminal, both outputs."""
    leader, follower = pty.openpty()
    fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    process = subprocess.Popen([place.path, *options], stdin=subprocess.DEVNULL, stdout=follower,
                               stderr=follower, env=ENVIRONMENT | {"TERM": "xterm"} | environment)
    os.close(follower)
    output = b""
    try:
        while piece := os.read(leader, 65536):
            output += piece
    except OSError:  # the other end is closed
        pass
    os.close(leader)
    process.wait(timeout=30)
    return output


def check_colours(checks, place):
    """Where a colour may be: on a terminal, unless asked otherwise."""
    for words, coloured, output in (
            ("a pipe", False, place.run(ERROR).stdout),
            ("a pipe, --color always", True, place.run("--color", "always", ERROR).stdout),
            ("a pipe, always and NO_COLOR", True, place.run(
                "--color=always", ERROR, environment={"NO_COLOR": "1"}).stdout),
            ("a terminal", True, on_terminal(place, ERROR)),
            ("a terminal, --color never", False, on_terminal(place, "--color", "never", ERROR)),
            ("a terminal, NO_COLOR", False, on_terminal(place, ERROR, NO_COLOR="1")),
            ("a terminal, NO_COLOR empty", True, on_terminal(place, ERROR, NO_COLOR="")),
            ("a terminal that is dumb", False, on_terminal(place, ERROR, TERM="dumb")),
            ("JSON on a terminal", False, on_terminal(place, "-j", ERROR))):
        checks.equal(f"{words}: colours", ESCAPE in output, coloured)
        checks.that(b"join" in output, f"{words}: no report")
    plain = place.run(ERROR).stdout
    coloured = place.run("--color", "always", ERROR).stdout
    checks.equal("coloured without colours", re.sub(rb"\x1b\[[0-9;]*m", b"", coloured), plain)


def check_progress(checks, place):
    """Not in a pipe, not within the first second; always where it is asked for."""
    checks.equal("progress in a pipe", place.run(GOOD).stderr, b"")
    checks.equal("progress, never", place.run("--progress", "never", GOOD).stderr, b"")
    checks.that(place.run("--progress", "always", GOOD).stderr != b"", "progress, always: none")
    checks.equal("a terminal shows what a pipe does",
                 on_terminal(place, "--color", "never", GOOD).replace(b"\r\n", b"\n"),
                 place.run(GOOD).stdout)


def check_plain_locale(checks, place):
    output = place.run("-v", GOOD, environment={"LC_ALL": "C"}).stdout
    checks.that(output.isascii() and b"->" in output, "the C locale gets more than ASCII")


# ---- All of it -----------------------------------------------------------------------------------

CHECKS = (
    check_exit_codes, check_full_standard_output, check_closed_descriptors, check_damaged,
    check_capture_findings, check_count, check_filter, check_keys, check_secrets, check_verbosity,
    check_unestablished, check_both_ends, check_determinism,
    check_packed, check_missing, check_standard_input, check_merging, check_clocks,
    check_twice, check_files, check_links,
    check_saving,
    check_confined, check_ahead, check_crowd, check_signals, check_pipes, check_nasty_names, check_colours, check_progress,
    check_plain_locale,
)


def test(checks):
    given = arguments("Checks the program's command line.")
    path = program(given.build)
    for check in CHECKS:
        with tempfile.TemporaryDirectory(prefix="cli-") as folder:
            check(checks, Place(path.resolve(), folder, program(given.release)))


main(test)
