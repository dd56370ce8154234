#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""
The screen on live captures: when it opens, that it shows what the saved packets say afterwards, the
kernel's own view, pauses, drops, interfaces that come and go, and what it costs.

Skipped without root, a kernel with Multipath TCP, or tmux.
"""

import json
import os
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time

from live_net import (SIDES, LabError, Live, Net, Place, Unavailable, capturing, cpu_seconds,
                      require_lab, settled, wait_until)
from support import Skip, arguments, main, report_of
from terminals import KEYS, LEAVE_SCREEN, SIZES, Tmux, terminal

ENTER_SCREEN = b"\x1b[?1049h"
NOBODY = 65534
MEBIBYTES = 20
RATE = 10000  # packets a second
COST_MAX = 0.05  # of a processor, for the screen at that rate


def in_namespace(net, side, *words):
    return ["ip", "netns", "exec", net.names[side], *map(str, words)]


class Screen(Tmux):
    """The program on tmux, capturing at the client; a context manager."""

    def __init__(self, place, net, *words, size="80x24", path=None):
        # The exit status outlives the window.
        self.status = pathlib.Path(tempfile.mkstemp(dir=place.folder)[1])
        self.program = " ".join(in_namespace(net, "client", path or place.path, *net.devices(),
                                             *words))
        super().__init__(place.folder, size, f"sh -c '{self.program}; echo $? >{self.status}'",
                         {"LC_ALL": "C.UTF-8", "TERM": "xterm"})

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def process(self):
        """The program's id, once it is there."""
        parent = self.pid()
        children = pathlib.Path(f"/proc/{parent}/task/{parent}/children")
        wait_until("started", lambda: children.read_text().split())
        return int(children.read_text().split()[0])

    def leave(self):
        self.press("q")
        wait_until("left", lambda: self.status.read_text() != "")
        return int(self.status.read_text())


def check_shows(checks, screen, what, pattern):
    checks.that(screen.shows(pattern), f"{what}: not {pattern!r} in\n{screen.shown()}")


# ---- When it opens -------------------------------------------------------------------------------


def check_opening(checks, place):
    """On a terminal, unless something else was asked for."""
    cases = (
        ("an interface", (), {}, True),
        ("input from elsewhere", (), {"stdin": subprocess.DEVNULL}, True),
        ("output elsewhere", (), {"stdout": subprocess.DEVNULL}, False),
        ("--no-tui", ("--no-tui",), {}, False),
        ("-j", ("-j",), {}, False),
        ("-o", ("-o", "text"), {}, False),
        ("-v", ("-v",), {}, False),
        ("-j --tui", ("-j", "--tui"), {}, True),
    )
    with Net(1) as net:
        for name, words, streams, wanted in cases:
            whole = in_namespace(net, "client", place.release, "-i", "path0", *words)
            with terminal(*whole, **streams) as here:
                settled(here)
                here.read(0.5)
                checks.equal(f"{name}: a screen", ENTER_SCREEN in here.written, wanted)
                here.process.send_signal(signal.SIGINT)
                status, _ = here.ends()
                checks.equal(f"{name}: exit status", status, 0)
                checks.equal(f"{name}: settings", here.settings() == here.before, True)


# ---- It shows what the saved file says -----------------------------------------------------------


def identity(report):
    """Tokens, subflows and verdicts of each connection."""
    return [{
        "tokens": [connection[side]["token"] for side in SIDES],
        "subflows": [(subflow["client"], subflow["server"], subflow["established"],
                      subflow["close"], subflow["syn_ack_hmac"], subflow["ack_hmac"])
                     for subflow in connection["subflows"]],
        "data": [connection[way]["data_bytes"] for way in ("c2s", "s2c")],
        "verdict": connection["verdict"],
        "close": connection["close"],
    } for connection in report["connections"]]


def save_as(screen, checks, item, path):
    """F2, and an item of the menu by its number from above."""
    screen.press("S" + "j" * item + "\r")
    check_shows(checks, screen, "F2", "Save as")
    screen.press("\x15" + f"{path}\r")
    check_shows(checks, screen, "F2", "saved as")


def check_truth(checks, place):
    """-w at the same time, F2, the report in the end: all say the same."""
    saved, report, shown, view = (place.folder / name for name in (
        "truth.pcapng", "truth.json", "shown.json", "view.txt"))
    packets = place.folder / "packets.pcapng"
    with Net() as net, Screen(place, net, "--tui", "-w", saved, "-o", f"json={report}",
                              size="100x40") as screen:
        check_shows(checks, screen, "truth", "No MPTCP connection so far")
        with net.transfer(place.build, 300000, "--hold", "1000") as peers:
            for peer in peers:
                peer.expect("held")
            screen.press("2")
            check_shows(checks, screen, "open", r"still\s+open\.")
            check_shows(checks, screen, "open", r"join by client, HMACs valid")
            check_shows(checks, screen, "the kernel", r"kernel's own view")
            check_shows(checks, screen, "the kernel",
                        r"client 0x[0-9a-f]{8}, established, 1 further subflow")
            for subflow in (0, 1):
                check_shows(checks, screen, "the kernel",
                            rf"{subflow} established +\d+ +[0-9.]+ [mµ]?s \w+ .* [Mm]?[mMjJ]\w*")
            check_shows(checks, screen, "the kernel", r"told of: .*established.*subflow_established")
            for peer in peers:
                peer.say("go")
        check_shows(checks, screen, "closed", "closed by DATA_FIN")
        save_as(screen, checks, 0, packets)
        save_as(screen, checks, 1, view)
        save_as(screen, checks, 3, shown)
        checks.equal("truth: exit status", screen.leave(), 0)
    status, after = report_of(place.path, saved)
    checks.equal("the saved capture", status, 0)
    checks.equal("connections in the saved capture", len(after["connections"]), 1)
    checks.equal("the report", identity(json.loads(report.read_text())), identity(after))
    checks.equal("what F2 saved as JSON", identity(json.loads(shown.read_text())), identity(after))
    checks.equal("what F2 saved as packets", [one["tokens"] for one in identity(report_of(
        place.path, packets)[1])], [one["tokens"] for one in identity(after)])
    tokens = identity(after)[0]["tokens"]
    checks.that(all(token in view.read_text() for token in tokens),
                f"the view that F2 saved does not have {tokens}: {view.read_text()}")


def check_outlook(checks, place):
    """What only the end concludes is shown while the capture goes on, as far as it holds by now."""
    with Net(1) as net, net.transfer(place.build, 100000, "--hold", "1000") as peers:
        for peer in peers:
            peer.expect("held")
        with Screen(place, net) as screen:
            check_shows(checks, screen, "outlook", "No MPTCP connection so far")
            for peer in peers:
                peer.say("go 50000")
            check_shows(checks, screen, "outlook, view 1", r"open .* n\d")
            screen.press("6")
            check_shows(checks, screen, "outlook, view 6", "begins after the handshake")
            screen.press("2")
            check_shows(checks, screen, "outlook, view 2", r"still\s+open")
            checks.that("ended" not in screen.shown(), f"outlook:\n{screen.shown()}")
            checks.equal("outlook: exit status", screen.leave(), 0)
        for peer in peers:
            peer.say("go")


def check_privileges(checks, place):
    """Nothing is left of them behind the screen."""
    with Net(1) as net, Screen(place, net) as screen:
        check_shows(checks, screen, "privileges", "No MPTCP connection so far")
        status = pathlib.Path(f"/proc/{screen.process()}/status").read_text()
        for line in ("CapPrm:\t0000000000000000", "CapEff:\t0000000000000000", "NoNewPrivs:\t1"):
            checks.that(line in status, f"privileges: not {line} in {status}")


# ---- Pause, drops, interfaces --------------------------------------------------------------------


def check_plain(checks, place):
    """Where no MPTCP comes, it is told what does."""
    with Net(1) as net, Screen(place, net) as screen:
        check_shows(checks, screen, "plain", r"packets: 0, TCP: 0, MPTCP: 0")
        with net.transfer(place.build, 100000, "--tcp"):
            pass
        check_shows(checks, screen, "plain", r"packets: [1-9]\d*, TCP: [1-9]\d*, MPTCP: 0")
        check_shows(checks, screen, "plain", "mptcpize run")
        screen.press("7")
        check_shows(checks, screen, "plain", "No MPTCP connection")
        checks.equal("plain: exit status", screen.leave(), 0)


def check_loopback(checks, place):
    """The kernel counts its packets twice, going out and coming in; none waits for that."""
    with Net(1) as net:
        for devices in ("lo", "any"):
            net.devices = lambda devices=devices: ["-i", devices]
            with Screen(place, net) as screen:
                check_shows(checks, screen, devices, "No MPTCP connection so far")
                with net.transfer(place.build, 100000, server="client", address="10.9.0.1"):
                    pass
                check_shows(checks, screen, devices, r"10\.9\.0\.1:4444 +closed")
                screen.press("8")
                check_shows(checks, screen, devices, r"packets that wait there +0\b")
                checks.equal(f"{devices}: exit status", screen.leave(), 0)


def check_denied(checks, place):
    """Root without its privileges may not write to a directory of somebody else, and is told why."""
    folder = place.folder / "nobody"
    folder.mkdir()
    os.chown(folder, NOBODY, NOBODY)
    with Net(1) as net, Screen(place, net, size="160x24") as screen:
        check_shows(checks, screen, "denied", "No MPTCP connection so far")
        screen.press("S\r")
        check_shows(checks, screen, "denied", "Save as")
        screen.press(f"\x15{folder}/view.txt\r")
        check_shows(checks, screen, "denied", "Permission denied; root's privileges were given up")
        checks.equal("denied: exit status", screen.leave(), 0)


def check_pause(checks, place):
    """What comes meanwhile waits, is counted, and is taken in afterwards."""
    with Net() as net, Screen(place, net) as screen:
        check_shows(checks, screen, "pause", "No MPTCP connection so far")
        screen.press("p")
        check_shows(checks, screen, "pause", "PAUSED, 0 waiting")
        with net.transfer(place.build, 100000):
            pass
        check_shows(checks, screen, "pause", r"PAUSED, [1-9]\d* waiting")
        checks.that("No MPTCP connection" in screen.shown(), f"paused:\n{screen.shown()}")
        net.ip("client", "link", "set", "path1", "down")
        check_shows(checks, screen, "pause", "path1: the interface is down")
        screen.press("8")
        check_shows(checks, screen, "pause", r"packets that wait there +[1-9]")
        check_shows(checks, screen, "the ring", r"ring of the kernel +64.0 MiB .*TPACKET_V3")
        screen.press("p1")
        check_shows(checks, screen, "no pause any more", "1 connection, [12] subflow")
        checks.that("PAUSED" not in screen.shown(), f"resumed:\n{screen.shown()}")
        checks.equal("pause: exit status", screen.leave(), 0)


def check_drops(checks, place):
    """What the kernel had to drop is at the top of the screen, and in its statistics."""
    with Net(1) as net, Screen(place, net, "-w", "/dev/null", path=place.release) as screen:
        check_shows(checks, screen, "drops", "No MPTCP connection so far")
        pid = screen.process()
        os.kill(pid, signal.SIGSTOP)
        with net.transfer(place.build, 100 * 1024 * 1024):
            pass
        os.kill(pid, signal.SIGCONT)
        check_shows(checks, screen, "drops", r"live .*[1-9][0-9.]*k? DROPPED")
        screen.press("8")
        check_shows(checks, screen, "drops", r"path0 +up, \d+ packets, [1-9]\d* dropped")


def check_interfaces(checks, place):
    """Down, up, and gone are said; with the last one the capture ends, and the screen stays."""
    with Net() as net, Screen(place, net) as screen:
        check_shows(checks, screen, "interfaces", "No MPTCP connection so far")
        net.ip("client", "link", "set", "path0", "down")
        check_shows(checks, screen, "down", "path0: the interface is down")
        check_shows(checks, screen, "down", "live .*path0 DOWN")
        net.ip("client", "link", "set", "path0", "up")
        check_shows(checks, screen, "up", "path0: the interface is up again")
        with net.transfer(place.build, 10000):
            pass
        net.ip("client", "link", "delete", "path1")
        check_shows(checks, screen, "vanished", "path1: the interface has vanished; the capture")
        net.ip("client", "link", "delete", "path0")
        check_shows(checks, screen, "all vanished", "no interface is left to capture from")
        check_shows(checks, screen, "all vanished", "ended after")
        screen.press("8")
        check_shows(checks, screen, "all vanished", "interface path0 +gone, ")
        checks.equal("interfaces: exit status", screen.leave(), 1)


def check_limits(checks, place):
    """-a and -c end the capture; the screen stays for who wants to look at it."""
    with Net(1) as net, Screen(place, net, "-a", "duration:1") as screen:
        check_shows(checks, screen, "-a", "ended after 0:00:0[12]")
        checks.equal("-a: exit status", screen.leave(), 0)
    with Net(1) as net, Screen(place, net, "-a", "duration:3") as screen:
        check_shows(checks, screen, "-a in a pause", "No MPTCP connection so far")
        screen.press("p")
        check_shows(checks, screen, "-a in a pause", "ended after 0:00:0[3-9]")
        checks.equal("-a in a pause: exit status", screen.leave(), 0)
    with Net(1) as net, Screen(place, net, "-c", "5") as screen:
        check_shows(checks, screen, "-c", "No MPTCP connection so far")
        with net.transfer(place.build, 100000):
            pass
        check_shows(checks, screen, "-c", "ended after")
        screen.press("8")
        check_shows(checks, screen, "-c", r"packets +5,")
        checks.equal("-c: exit status", screen.leave(), 0)


# ---- How it ends -------------------------------------------------------------------------------


def check_endings(checks, place):
    """By signal or with the terminal: at once, the terminal as it was, the saved packets whole."""
    ways = (
        ("q", lambda here: here.press(b"q")),
        ("SIGINT", lambda here: here.process.send_signal(signal.SIGINT)),
        ("SIGTERM", lambda here: here.process.send_signal(signal.SIGTERM)),
        ("SIGHUP", lambda here: here.process.send_signal(signal.SIGHUP)),
        ("a hang-up", lambda here: here.hang_up()),
    )
    for name, end in ways:
        saved = place.folder / f"end-{name.replace(' ', '-')}.pcapng"
        with Net(1) as net, terminal(*in_namespace(
                net, "client", place.path, "-i", "path0", "-w", saved)) as here:
            capturing(saved)
            checks.that(here.comes(b"so far"), f"{name}: no screen came")
            with net.transfer(place.build, 10000):
                pass
            end(here)
            status, seconds = here.ends()
            checks.equal(f"{name}: exit status", status, 0)
            checks.that(seconds < 1.2, f"{name}: took {seconds:.1f} s")
            if here.slave >= 0:
                checks.that(LEAVE_SCREEN in here.written, f"{name}: the screen was not left")
                checks.that(here.settings() == here.before, f"{name}: settings differ")
        _, file = report_of(place.path, saved)
        checks.equal(f"{name}: saved data", [c["c2s"]["data_bytes"] for c in file["connections"]],
                     [10000])


def check_random(checks, place):
    """Random keys and sizes while packets come: it goes on, and ends as it should."""
    seed = random.SystemRandom().randrange(1 << 31)
    chance = random.Random(seed)
    with Net() as net, terminal(*in_namespace(net, "client", place.path, *net.devices()),
                                cwd=place.folder) as here:
        checks.that(here.comes(b"so far"), "random keys: no screen came")
        for _ in range(10):
            with net.transfer(place.build, 200000):
                for _ in range(10):
                    here.press(b"".join(chance.choice(KEYS) for _ in range(20)))
                    here.read(0.02)
                    if chance.random() < 0.2:
                        here.resize(*chance.choice(SIZES))
                    here.written = b""
        checks.equal(f"random keys, seed {seed}: ended", here.process.poll(), None)
        here.process.send_signal(signal.SIGTERM)
        status, _ = here.ends()
        checks.equal(f"random keys, seed {seed}: exit status", status, 0)
        checks.that(here.settings() == here.before, f"random keys, seed {seed}: settings differ")


# ---- What it costs -------------------------------------------------------------------------------


def check_load(checks, place):
    """20 MiB over two paths at default settings: nothing is dropped while the screen is drawn."""
    octets = MEBIBYTES * 1024 * 1024
    report = place.folder / "load.json"
    with Net() as net, Screen(place, net, "--tui", "-o", f"json={report}",
                              path=place.release) as screen:
        check_shows(checks, screen, "load", "No MPTCP connection so far")
        for side in SIDES:  # packets as on a real link, not 64 KiB at once
            for path in range(net.paths):
                net.ip(side, "link", "set", f"path{path}", "gso_max_segs", "1")
        with net.transfer(place.build, octets, "--hold", "1000") as peers:
            for peer in peers:
                peer.expect("held")
            time.sleep(0.5)
            for peer in peers:
                peer.say("go")
        check_shows(checks, screen, "load", "1 connection, 2 subflows")
        time.sleep(0.5)
        checks.that("DROPPED" not in screen.shown(), f"load:\n{screen.shown()}")
        checks.equal("load: exit status", screen.leave(), 0)
    made = json.loads(report.read_text())
    checks.equal("load: kernel drops", made["captures"][0]["kernel_drops"], 0)
    checks.equal("load: data", made["connections"][0]["c2s"]["data_bytes"], octets)
    checks.equal("load: missing", made["connections"][0]["c2s"]["missing_bytes"], 0)


# Sends the frames of a pcapng file from the devices of its interfaces, so many a second.
PACE = """
import socket, struct, sys, time
octets, rate = open(sys.argv[1], "rb").read(), float(sys.argv[2])
links = [socket.socket(socket.AF_PACKET, socket.SOCK_RAW) for _ in sys.argv[3:]]
for link, name in zip(links, sys.argv[3:]):
    link.bind((name, 0))
frames, at = [], 0
while at < len(octets):
    kind, length = struct.unpack_from("<II", octets, at)
    if kind == 6:
        interface, _, _, captured = struct.unpack_from("<IIII", octets, at + 8)
        frames.append((links[interface], octets[at + 28:at + 28 + captured]))
    at += length
print(len(frames), flush=True)
begin = time.monotonic()
for at in range(0, len(frames), 10):
    time.sleep(max(0, begin + at / rate - time.monotonic()))
    for link, frame in frames[at:at + 10]:
        link.send(frame)
print(time.monotonic() - begin)
"""


def record(place, octets):
    """Traffic over two paths, as on a real link, to be sent again."""
    saved = place.folder / "recorded.pcapng"
    with Net() as net, Live(place.release, net.names["client"], *net.devices(), "-w", saved,
                            "-o", "json=/dev/null") as live:
        capturing(saved)
        for side in SIDES:
            for path in range(net.paths):
                net.ip(side, "link", "set", f"path{path}", "gso_max_segs", "1")
        with net.transfer(place.build, octets, "--hold", "1000") as peers:
            for peer in peers:
                peer.expect("held")
            time.sleep(0.5)
            for peer in peers:
                peer.say("go")
        time.sleep(0.3)
        live.end()
    return saved


def replayed(place, saved, keys, rate):
    """What a replay costs the program at the other end: its share of a processor, and octets that it
    wrote to the terminal. keys: of the view; none: without the screen."""
    with Net() as net, terminal(*in_namespace(
            net, "server", place.release, *net.devices(), *(() if keys else ("--no-tui",)))) as here:
        settled(here)
        here.read(0.5)
        here.press(keys)
        here.read(0.5)
        sender = subprocess.Popen(in_namespace(net, "client", sys.executable, "-c", PACE, saved,
                                               rate, "path0", "path1"), stdout=subprocess.PIPE)
        sender.stdout.readline()
        before, written = cpu_seconds(here.process.pid), len(here.written)
        while sender.poll() is None:
            here.read(0.1)
        seconds = float(sender.stdout.read())
        used = cpu_seconds(here.process.pid) - before
        return used / seconds, len(here.written) - written, seconds


def check_cost(checks, place, views, mebibytes):
    """At 10,000 packets a second the screen takes less than 5 % of a processor."""
    saved = record(place, mebibytes * 1024 * 1024)
    bare, _, seconds = replayed(place, saved, b"", RATE)
    print(f"cost, no screen: {100 * bare:.1f} % of a processor for {seconds:.1f} s", flush=True)
    for view in views:
        share, octets, seconds = replayed(place, saved, view.encode(), RATE)
        print(f"cost, view {view}: {100 * share:.1f} %, of which the screen "
              f"{100 * max(0, share - bare):.1f} %; {octets / seconds:.0f} octets/s", flush=True)
        checks.that(share - bare < COST_MAX, f"cost: view {view} takes {100 * (share - bare):.1f} % "
                    f"of a processor at {RATE} packets a second")


# ---- All of it -----------------------------------------------------------------------------------

CHECKS = (check_opening, check_truth, check_outlook, check_privileges, check_plain,
          check_loopback, check_denied, check_pause, check_drops, check_interfaces, check_limits,
          check_endings, check_random, check_load)


def test(checks):
    given = arguments("Checks the screen on live captures.", (
        ("only",), {"nargs": "*"}), (
        ("--cost",), {"action": "store_true", "help": "measure all views, and for longer"}))
    try:
        require_lab()
    except Unavailable as reason:
        raise Skip(reason) from None
    if shutil.which("tmux") is None:
        raise Skip("tmux is not installed: ./dev setup")
    with tempfile.TemporaryDirectory(prefix="live-screen-") as folder:
        place = Place(given, folder)
        for check in CHECKS:
            if not given.only or check.__name__ in given.only:
                check(checks, place)
        if not given.only or "check_cost" in given.only:
            check_cost(checks, place, "12345678" if given.cost else "15", 90 if given.cost else 25)


if __name__ == "__main__":
    try:
        main(test)
    except LabError as error:
        print(f"FAILED: the lab: {error}")
        sys.exit(1)
