#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""
Live capture, from outside: what is captured while it happens is what its saved file says afterwards;
interfaces that go down, come back and vanish; signals; permissions; and that nothing is dropped.

Skipped without root, TUN devices or a kernel with Multipath TCP.
"""

import contextlib
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

from captures import frames_of
from invariants import faults
from live_net import (ANSWER, PATIENCE, SIDES, LabError, Live, Net, Place, Unavailable, capturing,
                      command, cpu_seconds, require_lab, settled, wait_until)
from merged import differences, essence
from support import ENVIRONMENT, ROOT, SAMPLES, Skip, arguments, main, report_of

sys.path.insert(0, str(ROOT / "tests" / "lab"))
import run as lab  # noqa: E402  (the lab is beside this folder)
from scenarios import SCENARIOS  # noqa: E402
from world import World  # noqa: E402

NOBODY = 65534
LAB_RUNS = ("two-paths", "lossy-reordering", "ipv6", "checksums", "fastclose")
MEBIBYTES = 20


# ---- Live is the file ----------------------------------------------------------------------------


class WatchedWorld(World):
    """A run of the lab that lets others do something before its interfaces vanish."""

    before_finish = None

    def finish(self):
        self.before_finish()
        return super().finish()


def comparable(report):
    """A report without what says where it comes from."""
    captures = [{name: value for name, value in capture.items() if name not in ("name", "format")}
                for capture in report["captures"]]
    connections = [{name: value for name, value in connection.items() if name != "kernel"}
                   for connection in report["connections"]]
    return report | {"captures": captures, "connections": connections}


def check_lab(checks, place, name):
    """One run of the lab, captured at both ends while it runs."""
    scenario = SCENARIOS[name]
    devices = [word for path in scenario.paths for word in ("-i", path.name)]
    seed = random.SystemRandom().randrange(1 << 31)
    folder = place.folder / name
    folder.mkdir()
    with contextlib.ExitStack() as stack:
        world = stack.enter_context(WatchedWorld(scenario, place.build, folder, seed))
        saved = {side: folder / f"{side}-live.pcapng" for side in SIDES}
        lives = {side: stack.enter_context(Live(place.path, world.namespaces[side], *devices, "-w",
                                                saved[side], "-j")) for side in SIDES}
        heads = stack.enter_context(Live(place.path, world.namespaces["client"], *devices, "-j",
                                         "-o", f"text={folder / 'heads.txt'}"))
        for side in SIDES:
            capturing(saved[side])
        time.sleep(0.2)
        ends = {}
        world.before_finish = lambda: ends.update(
            {side: live.end() for side, live in (*lives.items(), ("heads", heads))})
        lab.drive(world, scenario.octets)
    for side in SIDES:
        status, out, err, seconds = ends[side]
        what = f"{name}, seed {seed}, {side}"
        checks.that(status == 0 and err == "", f"{what}: exit status {status}: {err}")
        checks.that(seconds < 2, f"{what}: took {seconds:.1f} s to end")
        live = json.loads(out)
        checks.equal(f"{what}: what is wrong", list(faults(live)), [])
        after, file = report_of(place.path, saved[side])
        checks.equal(f"{what}: the saved file", after, 0)
        for words in differences(comparable(file), comparable(live)):
            checks.that(False, f"{what}: live {words}")
        _, emulated = report_of(place.path, folder / f"{side}.pcapng")
        checks.equal(f"{what}: the emulator's capture",
                     list(differences(essence(emulated), essence(live))), [])
        checks.equal(f"{what}: drops", live["captures"][0]["kernel_drops"], 0)
        for connection in live["connections"]:
            check_kernel(checks, what, side, connection)
    status, out, err, _ = ends["heads"]
    checks.that(status == 0, f"{name}: headers only: exit status {status}: {err}")
    checks.equal(f"{name}: headers only",
                 list(differences(essence(json.loads(ends["client"][1])),
                                  essence(json.loads(out)))), [])
    check_headers(checks, name, json.loads(out), (folder / "heads.txt").read_text())


def check_headers(checks, name, report, text):
    """That payload was not asked for is no finding; what it costs is said once."""
    found = [finding["id"] for connection in report["connections"]
             for finding in connection["findings"]]
    checks.that("capture-snapped" not in found, f"{name}: headers only: {found}")
    unverifiable = sum(connection[way]["dss_checksum"]["unverifiable"]
                       for connection in report["connections"] for way in ("c2s", "s2c"))
    cost = f", so that {unverifiable} checksum" if unverifiable else ": -w FILE"
    checks.equal(f"{name}: headers only: {text}",
                 " ".join(text.split()).count(f"payload was not captured{cost}"), 1)
    checks.equal(f"{name}: checksums that cannot be verified", unverifiable > 0,
                 name == "checksums")


def check_kernel(checks, what, side, connection):
    """What the kernel of one end says of its own socket: joined by token, and to the subflows."""
    kernel = connection["kernel"]
    if not checks.that(kernel is not None and kernel[side] is not None,
                       f"{what}: the kernel says nothing of the {side}: {kernel}"):
        return
    checks.equal(f"{what}: the kernel of the other machine",
                 kernel["client" if side == "server" else "server"], None)
    checks.equal(f"{what}: the kernel's token", kernel[side]["token"], connection[side]["token"])
    heard = [event["event"] for event in kernel[side]["events"]]
    checks.that("established" in heard, f"{what}: the kernel told of {heard}")
    subflows = [subflow["subflow"] for subflow in kernel[side]["subflows"]]
    checks.that(subflows and None not in subflows and len(set(subflows)) == len(subflows),
                f"{what}: the kernel's subflows are {subflows}")


def check_late(checks, place):
    """A connection that began before the capture: the kernel knows its token."""
    with Net(1) as net, net.transfer(place.build, 100000, "--hold", "1000") as peers:
        for peer in peers:
            peer.expect("held")
        saved = place.folder / "late.pcapng"
        with Live(place.path, net.names["client"], "-i", "path0", "-w", saved, "-j") as live:
            capturing(saved)
            time.sleep(0.2)
            for order in ("go 50000", "go"):
                for peer in peers:
                    peer.say(order)
                time.sleep(1.5)
            status, out, err, _ = live.end()
    connection = json.loads(out)["connections"][0]
    checks.that(status == 0 and connection["late"] and connection["client"]["token"] is None,
                f"late: exit status {status}, {connection['client']}: {err}")
    kernel = (connection["kernel"] or {}).get("client")
    checks.that(kernel and kernel["socket"] and kernel["subflows"][0]["congestion_window"] > 0
                and kernel["subflows"][0]["subflow"] == 0, f"late: the kernel says {kernel}")


def check_load(checks, place):
    """20 MiB over two paths: no drop, and what it costs."""
    octets = MEBIBYTES * 1024 * 1024
    saved = place.folder / "load.pcapng"
    with Net() as net, Live(place.release, net.names["client"], *net.devices(), "-w", saved,
                            "-j") as whole, \
            Live(place.release, net.names["server"], *net.devices(), "-j") as heads:
        capturing(saved)
        time.sleep(0.5)
        for side in SIDES:  # packets as on a real link, not 64 KiB at once
            for path in range(net.paths):
                net.ip(side, "link", "set", f"path{path}", "gso_max_segs", "1")
        idle = {live: cpu_seconds(live.process.pid) for live in (whole, heads)}
        with net.transfer(place.build, octets, "--hold", "1000") as peers:
            for peer in peers:
                peer.expect("held")
            wait_until("joined", lambda: "10.9.1.1" in command(
                "ip", "netns", "exec", net.names["server"], "ss", "-Htn", "state", "established"))
            time.sleep(0.2)
            begin = time.monotonic()
            for peer in peers:
                peer.say("go")
        seconds = time.monotonic() - begin
        time.sleep(0.3)
        for what, live in (("whole packets, saved", whole), ("headers", heads)):
            used = cpu_seconds(live.process.pid) - idle[live]
            status, out, err, _ = live.end()
            checks.that(status == 0 and err == "", f"load, {what}: exit status {status}: {err}")
            report = json.loads(out)
            capture = report["captures"][0]
            checks.equal(f"load, {what}: kernel drops", capture["kernel_drops"], 0)
            checks.equal(f"load, {what}: late frames", capture["late"], 0)
            connection = report["connections"][0]
            checks.equal(f"load, {what}: data", connection["c2s"]["data_bytes"], octets)
            checks.equal(f"load, {what}: missing", connection["c2s"]["missing_bytes"], 0)
            checks.equal(f"load, {what}: subflows", len(connection["subflows"]), 2)
            carried = [s["c2s"]["payload_bytes"] for s in connection["subflows"]]
            checks.that(all(carried), f"load, {what}: a path carried nothing: {carried}")
            packets = capture["packets"]
            print(f"load, {what}: {packets} packets in {seconds:.2f} s, {used:.2f} s of a "
                  f"processor: {1e6 * used / packets:.1f} us a packet", flush=True)
    status, file = report_of(place.path, saved)
    checks.that(status == 0 and file["connections"][0]["c2s"]["data_bytes"] == octets,
                "load: the saved file holds less")


def check_drops(checks, place):
    """A program that does not come to read loses packets, and says how many; so does its file."""
    saved = place.folder / "drops.pcapng"
    with Net(1) as net, Live(place.release, net.names["client"], "-i", "path0", "-w", saved, "-j",
                             "-o", f"text={place.folder / 'drops.txt'}") as live:
        capturing(saved)
        time.sleep(0.2)
        live.process.send_signal(signal.SIGSTOP)
        with net.transfer(place.build, 100 * 1024 * 1024):
            pass
        live.process.send_signal(signal.SIGCONT)
        time.sleep(0.5)
        status, out, err, seconds = live.end()
    report = json.loads(out)
    capture = report["captures"][0]
    checks.that(status == 0 and seconds < 2, f"drops: exit status {status}, {seconds:.1f} s: {err}")
    checks.that(capture["kernel_drops"] > 0, "drops: none are counted")
    text = " ".join((place.folder / "drops.txt").read_text().split())
    checks.that(f"{capture['kernel_drops']} dropped while capturing" in text,
                f"drops: the text does not tell: {text[-200:]}")
    _, file = report_of(place.path, saved)
    for words in differences(comparable(file), comparable(report)):
        checks.that(False, f"drops: live {words}")


def check_filtered(checks, place):
    """The kernel turns away what holds no TCP, on an interface and on all of them."""
    for device in ("lo", "any"):
        saved = place.folder / f"filtered-{device}.pcapng"
        with Net(1) as net, Live(place.path, net.names["client"], "-i", device, "-w", saved,
                                 "-j") as live:
            capturing(saved)
            time.sleep(0.2)
            command("ip", "netns", "exec", net.names["client"], sys.executable, "-c",
                    "import socket; s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\n"
                    "for _ in range(50): s.sendto(b'x', ('127.0.0.1', 9999))")
            status, out, err, _ = live.end()
        capture = json.loads(out)["captures"][0]
        checks.that(status == 0 and capture["packets"] == 0,
                    f"filtered, {device}: exit status {status}, {capture['packets']} packets {err}")


# Sends frames, each in hexadecimal on a line of standard input, from a device.
SEND = """
import socket, sys
link = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
link.bind((sys.argv[1], 0))
for line in sys.stdin:
    link.send(bytes.fromhex(line))
"""


def replay(net, side, device, frames):
    subprocess.run(["ip", "netns", "exec", net.names[side], sys.executable, "-c", SEND, device],
                   input="\n".join(map(bytes.hex, frames)), text=True, check=True,
                   timeout=PATIENCE)


def check_links(checks, place):
    """What stands before IP keeps no packet from the kernel's filter, in either direction."""
    samples = [path for path in sorted(SAMPLES.glob("forge-link-*.pcapng"))
               if {interface["link_type"] for interface in report_of(place.path, path)[1][
                   "captures"][0]["interfaces"]} == {1}]
    checks.that(len(samples) >= 5, f"samples of Ethernet: {samples}")
    for sample in samples:
        want = essence(report_of(place.path, sample)[1])
        frames = frames_of(sample.read_bytes())
        with Net(1) as net, \
                Live(place.path, net.names["client"], "-i", "path0", "-j") as received, \
                Live(place.path, net.names["client"], "-i", "any", "-j") as cooked, \
                Live(place.path, net.names["server"], "-i", "path0", "-j") as sent:
            lives = {"received": received, "received by any": cooked, "sent": sent}
            for live in lives.values():
                settled(live)
            time.sleep(0.2)
            replay(net, "server", "path0", frames)
            time.sleep(0.2)
            for words, live in lives.items():
                status, out, err, _ = live.end()
                checks.that(status == 0 and err == "",
                            f"{sample.name}, {words}: exit status {status}: {err}")
                wrong = list(differences(want, essence(json.loads(out))))
                if (sample.stem, words) == ("forge-link-qinq", "received by any"):
                    continue  # recent kernels tell of IP there, and show the inner tag before it
                checks.that(not wrong, f"{sample.name}, {words}: {str(wrong)[:300]}")


def check_outputs(checks, place):
    """Payload in files, which are still to be made when the privileges are gone."""
    streams = place.folder / "streams"
    with Net(1) as net, Live(place.path, net.names["client"], "-i", "path0", "-o",
                             f"payload={streams}", "-o", f"json={place.folder / 'side.json'}",
                             "-v") as live:
        settled(live)
        with net.transfer(place.build, 10000):
            pass
        time.sleep(0.3)
        status, out, err, _ = live.end()
    checks.that(status == 0 and err == "", f"payload: exit status {status}: {err}")
    checks.equal("payload: octets", {file.name: file.stat().st_size for file in streams.iterdir()},
                 {"0.c2s.bin": 10000, "0.s2c.bin": int(ANSWER)})
    checks.equal("payload: connections beside it", len(json.loads(
        (place.folder / "side.json").read_text())["connections"]), 1)
    checks.equal("payload: -v on standard output", out, b"")
    with Net(1) as net:
        for words, options, status in (("a full disk", ["-w", "/dev/full"], 5),
                                       ("no folder", ["-w", "no/such/file"], 5)):
            with Live(place.path, net.names["client"], "-i", "path0", *options) as live:
                got, _, err = live.wait()
                checks.that(got == status and err, f"-w, {words}: exit status {got}: {err}")


def check_sudo(checks, place):
    """Behind sudo the program goes on as the user who called it, unless it has files to write."""
    sudo = {"SUDO_UID": str(NOBODY), "SUDO_GID": str(NOBODY)}
    with Net(1) as net:
        for words, options, user in (
                ("nothing to write", ["-w", place.folder / "sudo.pcapng"], NOBODY),
                ("a report to write", ["-o", f"json={place.folder / 'sudo.json'}"], 0)):
            with Live(place.path, net.names["client"], "-i", "path0", *options,
                      environment=sudo) as live:
                settled(live)
                text = pathlib.Path(f"/proc/{live.process.pid}/status").read_text()
                checks.that(f"\nUid:\t{user}\t{user}\t{user}\t{user}\n" in text
                            and f"\nGid:\t{user}\t{user}\t{user}\t{user}\n" in text,
                            f"sudo, {words}: {text}")
                status, _, err, _ = live.end()
                checks.that(status == 0, f"sudo, {words}: exit status {status}: {err}")


# ---- Interfaces that come and go -----------------------------------------------------------------


def check_down_and_up(checks, place):
    """It is said, and the capture goes on, without privileges."""
    saved = place.folder / "down.pcapng"
    with Net() as net, Live(place.release, net.names["client"], *net.devices(), "-w", saved,
                            "-j") as live:
        capturing(saved)
        settled(live)
        confined = pathlib.Path(f"/proc/{live.process.pid}/status")
        status = confined.read_text()
        checks.that("CapPrm:\t0000000000000000" in status and "CapEff:\t0000000000000000" in status,
                    f"privileges: {status}")
        wait_until("confined", lambda: "\nSeccomp:\t2\n" in confined.read_text())
        net.ip("client", "link", "set", "path0", "down")
        checks.that(live.hears("path0: the interface is down"), "down: not said")
        net.ip("client", "link", "set", "path0", "up")
        checks.that(live.hears("path0: the interface is up again"), "up: not said")
        net.ip("client", "route", "replace", "default", "via", "10.9.0.2", "dev", "path0", "table",
               "100")
        with net.transfer(place.build, 10000):
            pass
        code, out, _, _ = live.end()
    report = json.loads(out)
    checks.equal("down and up: exit status", code, 0)
    checks.equal("down and up: data", [c["c2s"]["data_bytes"] for c in report["connections"]],
                 [10000])


def check_made_anew(checks, place):
    """One that vanishes and is made anew under its name is captured from again."""
    for path in (place.path, place.release):  # the latter is confined
        with Net() as net, Live(path, net.names["client"], *net.devices(), "-j") as live:
            settled(live)
            net.ip("client", "link", "delete", "path0")
            checks.that(live.hears("path0: the interface has vanished"), "made anew: not gone")
            net.join(0)
            checks.that(live.hears("path0: the interface is up again"), "made anew: not said")
            with net.transfer(place.build, 10000):
                pass
            status, out, err, _ = live.end()
        report = json.loads(out)
        checks.that(status == 0, f"made anew: exit status {status}: {err}")
        checks.equal("made anew: data", [connection["c2s"]["data_bytes"]
                                         for connection in report["connections"]], [10000])


def check_vanishing(checks, place):
    """One that vanishes is let go; with the last one the capture ends."""
    saved = place.folder / "vanish.pcapng"
    with Net() as net, Live(place.path, net.names["client"], *net.devices(), "-w", saved,
                            "-j") as live:
        capturing(saved)
        with net.transfer(place.build, 10000):
            pass
        net.ip("client", "link", "delete", "path1")
        checks.that(live.hears("path1: the interface has vanished"), "vanished: not said")
        checks.equal("one has vanished: ended", live.process.poll(), None)
        net.ip("client", "link", "delete", "path0")
        status, out, err = live.wait()
    checks.equal("the last has vanished: exit status", status, 1)
    checks.that("no interface is left" in err and "report covers" in err, f"the last: {err!r}")
    checks.equal("the last has vanished: data",
                 [c["c2s"]["data_bytes"] for c in json.loads(out)["connections"]], [10000])
    with Net(1) as net, Live(place.path, net.names["client"], "-i", "path0", "-j") as live:
        settled(live)
        net.ip("client", "link", "delete", "path0")
        status, out, err = live.wait()
        checks.that(status == 1 and "path0: the interface has vanished" in err
                    and json.loads(out)["connections"] == [],
                    f"the only one has vanished: exit status {status}: {err}")


# ---- How it ends -------------------------------------------------------------------------------


def check_signals(checks, place):
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        saved = place.folder / f"{number.name}.pcapng"
        with Net(1) as net, Live(place.path, net.names["client"], "-i", "path0", "-w", saved,
                                 "-o", "json", "-o", f"text={place.folder / 'text'}") as live:
            capturing(saved)
            with net.transfer(place.build, 10000, "--chunk", "1000"):
                pass
            status, out, err, seconds = live.end(number)
            checks.that(status == 0 and err == "", f"{number.name}: exit status {status}: {err}")
            checks.that(seconds < 2, f"{number.name}: {seconds:.1f} s")
            checks.equal(f"{number.name}: data, all that came before", [
                c["c2s"]["data_bytes"] for c in json.loads(out)["connections"]], [10000])
            checks.that((place.folder / "text").exists(), f"{number.name}: no text")


def check_second_signal(checks, place):
    """The first is a wish; a program that cannot fulfil it, for nobody reads, ends by the second."""
    with Net(1) as net, Live(place.path, net.names["client"], "-i", "path0", "-v") as live:
        settled(live)
        time.sleep(0.2)
        with net.transfer(place.build, 1000000, "--chunk", "500"):
            pass
        time.sleep(0.3)
        live.process.send_signal(signal.SIGINT)
        time.sleep(0.5)
        checks.equal("a pipe that nobody reads: ended", live.process.poll(), None)
        live.process.send_signal(signal.SIGTERM)
        checks.equal("the second signal", live.process.wait(PATIENCE), -signal.SIGTERM)


def check_limits(checks, place):
    """-a and -c end by themselves."""
    with Net(1) as net:
        begin = time.monotonic()
        with Live(place.path, net.names["client"], "-i", "path0", "-a", "duration:0.7",
                  "-j") as live:
            status, out, _ = live.wait()
        seconds = time.monotonic() - begin
        checks.that(status == 0 and 0.7 <= seconds < 4 and json.loads(out)["captures"],
                    f"-a: exit status {status} after {seconds:.1f} s")
        saved = place.folder / "count.pcapng"
        with Live(place.path, net.names["client"], "-i", "path0", "-c", "5", "-w", saved,
                  "-j") as live:
            capturing(saved)
            with net.transfer(place.build, 100000):
                pass
            status, out, _ = live.wait()
        _, file = report_of(place.path, saved)
        checks.equal("-c: packets", [status, json.loads(out)["captures"][0]["packets"],
                                     file["captures"][0]["packets"]], [0, 5, 5])


def data_in(path, saved):
    """Octets of the client's in a saved file, as far as it has grown."""
    _, report = report_of(path, saved)
    return sum(connection["c2s"]["data_bytes"] for connection in report["connections"])


def check_kill(checks, place):
    """A saved file can be read while it grows, and after the program was killed."""
    saved = place.folder / "killed.pcapng"
    with Net(1) as net, Live(place.path, net.names["client"], "-i", "path0", "-w", saved,
                             "-j") as live:
        capturing(saved)
        with net.transfer(place.build, 300000):
            pass
        # The last packets wait a moment for others that may have come before them.
        wait_until("saved", lambda: data_in(place.path, saved) >= 300000)
        for when in ("alive", "killed"):
            status, report = report_of(place.path, saved)
            checks.equal(f"a saved file, {when}", [status, report["captures"][0]["damaged"],
                                                   report["connections"][0]["c2s"]["data_bytes"]],
                         [0, None, 300000])
            live.process.kill()
            live.process.wait()


def check_events(checks, place):
    """ndjson lines come as things happen, through a pipe."""
    with Net(1) as net, Live(place.path, net.names["client"], "-i", "path0", "-o",
                             "ndjson") as live:
        settled(live)
        time.sleep(0.2)
        with net.transfer(place.build, 10000):
            line = live.process.stdout.readline()
        checks.equal("the first event", json.loads(line)["event_type"], "connection_start")
        checks.equal("when it came: ended", live.process.poll(), None)


# ---- What does not work ------------------------------------------------------------------------


def check_refusals(checks, place):
    """What is said without permission, and of an interface that is not there, or down."""
    with Net(1) as net, tempfile.TemporaryDirectory() as folder:
        net.ip("client", "link", "add", "idle", "type", "veth", "peer", "name", "idle2")
        os.chmod(folder, 0o755)
        free = pathlib.Path(folder) / "mptcp-analyze"
        shutil.copy(place.path, free)
        for words, path, device, more, wanted in (
                ("nobody", free, "path0", {"user": NOBODY}, "setcap cap_net_raw,cap_net_admin+ep"),
                ("no such interface", place.path, "nosuch", {}, "there are:"),
                ("an interface that is down", place.path, "idle", {}, "ip link set idle up")):
            status, out, err = refused(path, net.names["client"], device, **more)
            checks.that(status == 1 and out == b"" and wanted in err and device in err,
                        f"{words}: exit status {status}: {err}")
        _, _, err = refused(place.path, net.names["client"], "nosuch")
        checks.that("path0" in err and "lo" in err, f"which interfaces there are: {err}")


def refused(path, namespace, device, user=None):
    words = ["ip", "netns", "exec", namespace]
    words += ["setpriv", "--reuid", str(user), "--clear-groups"] if user is not None else []
    done = subprocess.run([*words, path, "-i", device], capture_output=True, env=ENVIRONMENT,
                          timeout=PATIENCE, check=False)
    return done.returncode, done.stdout, done.stderr.decode()


def check_list(checks, place):
    with Net(1) as net:
        done = subprocess.run(["ip", "netns", "exec", net.names["client"], place.path, "-D"],
                              capture_output=True, env=ENVIRONMENT, timeout=PATIENCE, check=False)
        text = done.stdout.decode()
        checks.that(done.returncode == 0 and "path0" in text and "10.9.0.1" in text
                    and "Ethernet" in text and "any" in text, f"-D: {text}{done.stderr}")


# ---- All of it -----------------------------------------------------------------------------------

CHECKS = (
    check_load, check_late, check_drops, check_filtered, check_links, check_outputs, check_sudo, check_down_and_up, check_made_anew, check_vanishing, check_signals,
    check_second_signal, check_limits, check_kill, check_events, check_refusals, check_list,
)


def test(checks):
    given = arguments("Checks live capture.", (("only",), {"nargs": "*"}))
    try:
        require_lab()
    except Unavailable as reason:
        raise Skip(reason) from None
    with tempfile.TemporaryDirectory(prefix="live-") as folder:
        place = Place(given, folder)
        for check in CHECKS:
            if not given.only or check.__name__ in given.only:
                check(checks, place)
        for name in LAB_RUNS:
            if not given.only or name in given.only:
                check_lab(checks, place, name)


try:
    main(test)
except LabError as error:
    print(f"FAILED: the lab: {error}")
    sys.exit(1)
