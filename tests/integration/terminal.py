#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""
The screen on terminals: what tmux shows is what the golden screens say; a terminal that goes away
ends the program, and whatever ends it leaves the terminal as it was.
"""

import json
import os
import pathlib
import random
import re
import shutil
import signal
import struct
import tempfile
import time

from support import ROOT, SAMPLES, Skip, arguments, main, program, report_of, run
from terminals import KEYS, LEAVE_SCREEN, SIZES, Tmux, cpu_seconds, terminal

SCREENS = ROOT / "tests" / "screens"
SAMPLE = "hand-over.pcapng"
MOUSE_OFF = re.compile(rb"\x1b\[\?[0-9;]*1000[0-9;]*l")


def golden(name):
    """The screens of a golden file, by the keys that lead to them."""
    text = (SCREENS / name).read_text(encoding="utf-8")
    return {part.split("\n", 1)[0]: part.split("\n", 1)[1].rstrip("\n")
            for part in text.split("=== ")[1:]}


# ---- tmux --------------------------------------------------------------------------------------

def check_tmux(checks, path, folder, size, locale, keys, golden_name):
    screens = golden(golden_name)
    tmux = Tmux(folder, size, f"{path} --tui {SAMPLE}", {"LC_ALL": locale, "TERM": "xterm"})
    try:
        for key in keys:
            tmux.press(key)
            shown = tmux.comes(screens[key])
            checks.that(shown == screens[key],
                        f"tmux {size} {locale} after {key!r}: shows\n{shown}\nnot\n{screens[key]}")
    finally:
        tmux.close()


def check_on_tmux(checks, path, folder):
    if shutil.which("tmux") is None:
        raise Skip("tmux is not installed: ./dev setup")
    keys = ("2", "3", "4", "5", "7", "8", "1")
    check_tmux(checks, path, folder, "80x24", "C.UTF-8", keys, "hand-over.80x24.txt")
    check_tmux(checks, path, folder, "40x10", "C.UTF-8", keys, "hand-over.40x10.txt")
    check_tmux(checks, path, folder, "160x50", "C.UTF-8", keys, "hand-over.160x50.txt")
    check_tmux(checks, path, folder, "80x24", "C", keys, "hand-over.80x24a.txt")


# ---- A terminal of our own ---------------------------------------------------------------------

def check_endings(checks, path, release):
    """However it ends, the terminal is as it was."""
    ways = (
        ("q", path, lambda here: here.press(b"q"), 0),
        ("F10", path, lambda here: here.press(b"\x1b[21~"), 0),
        ("Ctrl-C", path, lambda here: here.press(b"\x03"), 0),
        ("SIGTERM", path, lambda here: here.process.send_signal(signal.SIGTERM), 0),
        ("SIGHUP", path, lambda here: here.process.send_signal(signal.SIGHUP), 0),
        ("SIGQUIT", release, lambda here: here.process.send_signal(signal.SIGQUIT),
         -signal.SIGQUIT),
        ("SIGSEGV", release, lambda here: here.process.send_signal(signal.SIGSEGV),
         -signal.SIGSEGV),
    )
    for name, which, end, status in ways:
        with terminal(which, "--tui", SAMPLE) as here:
            checks.that(here.comes(b"Healthy"), f"{name}: no screen came")
            end(here)
            got, seconds = here.ends()
            checks.equal(f"{name}: exit status", got, status)
            checks.that(seconds < 3, f"{name}: took {seconds:.1f} s")
            checks.that(LEAVE_SCREEN in here.written, f"{name}: the screen was not left")
            checks.that(here.settings() == here.before, f"{name}: the terminal is not as it was")


def check_hang_up(checks, path):
    """A terminal that is no more ends the program at once."""
    for name, words in (("a file", (SAMPLE,)), ("help", (SAMPLE, "--no-mouse"))):
        with terminal(path, "--tui", *words) as here:
            checks.that(here.comes(b"Healthy"), f"{name}: no screen came")
            here.hang_up()
            status, seconds = here.ends(5)
            checks.equal(f"{name}: exit status after the hang-up", status, 0)
            checks.that(seconds < 1, f"{name}: ended {seconds:.1f} s after the hang-up")


def check_hang_up_ignored(checks, path):
    """The same where SIGHUP is ignored, as nohup has it: the end of input must do."""
    command = ("sh", "-c", f"trap '' HUP; exec {path} --tui {SAMPLE}")
    with terminal(*command) as here:
        checks.that(here.comes(b"Healthy"), "nohup: no screen came")
        here.hang_up()
        status, seconds = here.ends(5)
        checks.equal("nohup: exit status after the hang-up", status, 0)
        checks.that(seconds < 1, f"nohup: ended {seconds:.1f} s after the hang-up")


def check_stuck(checks, path, folder):
    """A terminal that takes nothing, as one stopped by Ctrl-S: signals are obeyed, results come."""
    for name, way in (("SIGTERM", signal.SIGTERM), ("SIGINT", signal.SIGINT)):
        report = pathlib.Path(folder) / f"stuck-{name}.json"
        with terminal(path, "--tui", "-o", f"json={report}", SAMPLE, size=(60, 200)) as here:
            checks.that(here.comes(b"Healthy"), f"stuck, {name}: no screen came")
            checks.that(here.fills(), f"stuck, {name}: the terminal takes all that is drawn")
            here.process.send_signal(way)
            checks.equal(f"stuck, {name}: exit status", here.wait(), 0)
            checks.that(here.settings() == here.before, f"stuck, {name}: the settings differ")
        checks.equal(f"stuck, {name}: the report", report.is_file(), True)
    with terminal(path, "--tui", SAMPLE, size=(60, 200)) as here:
        checks.that(here.comes(b"Healthy"), "stuck and free again: no screen came")
        checks.that(here.fills(), "stuck and free again: the terminal takes all that is drawn")
        time.sleep(1)  # longer than a picture may take
        here.written = b""
        here.press(b"8")
        checks.that(here.comes(b"Kept for the screen"), "stuck and free again: nothing is drawn")
        here.press(b"q")
        checks.equal("stuck and free again: exit status", here.ends()[0], 0)


def check_suspended(checks, path):
    """Ctrl-Z gives the terminal back to the shell, and fg draws the screen anew."""
    with terminal("/bin/sh", "-i", environment={"PS1": "ready> ", "ENV": ""}) as here:
        checks.that(here.comes(b"ready> "), "suspended: no shell")
        shell = here.settings()
        here.press(f"{path} --tui {SAMPLE}\r".encode())
        checks.that(here.comes(b"Healthy"), "suspended: no screen came")
        checks.that(here.settings() != shell, "suspended: the screen left the terminal as it was")
        for time_of_day in ("once", "twice"):
            here.written = b""
            here.press(b"\x1a")
            checks.that(here.comes(b"ready> "), f"suspended {time_of_day}: the shell is not back")
            checks.that(LEAVE_SCREEN in here.written and MOUSE_OFF.search(here.written),
                        f"suspended {time_of_day}: the screen was not left: {here.written}")
            checks.equal(f"suspended {time_of_day}: settings", here.settings(), shell)
            here.written = b""
            here.press(b"fg\r")
            checks.that(here.comes(b"Healthy"), f"resumed {time_of_day}: nothing is drawn")
        here.press(b"2")
        checks.that(here.comes(b"tokens"), "resumed: keys do nothing")
        here.written = b""
        here.press(b"q")
        checks.that(here.comes(b"ready> "), "resumed: q does not end it")
        checks.equal("resumed: settings afterwards", here.settings(), shell)


# ---- What a cat on the keyboard does -----------------------------------------------------------

def check_random(checks, path, folder, count):
    """So many random keys, and another size now and then: it goes on, and ends as it should."""
    seed = random.SystemRandom().randrange(1 << 31)
    chance = random.Random(seed)
    samples = [SAMPLES / name for name in ("many-connections.pcapng", SAMPLE,
                                           "forge-malformed-lengths.pcapng")]
    for sample in samples:
        what = f"{count} random keys, seed {seed}, {sample.name}"
        with terminal(path, "--tui", sample, cwd=folder) as here:
            checks.that(here.comes(b"F10"), f"{what}: no screen came")
            for _ in range(count // len(samples) // 20 + 1):
                here.press(b"".join(chance.choice(KEYS) for _ in range(20)))
                here.read(0.01)
                if chance.random() < 0.2:
                    here.resize(*chance.choice(SIZES))
                here.written = b""
                if here.process.poll() is not None:
                    break
            checks.equal(f"{what}: ended", here.process.poll(), None)
            here.process.send_signal(signal.SIGTERM)
            status, _ = here.ends()
            checks.equal(f"{what}: exit status", status, 0)
            checks.that(here.settings() == here.before, f"{what}: the terminal is not as it was")


def check_idle(checks, release):
    """Where nothing comes, nothing is done."""
    with terminal(release, "--tui", SAMPLE) as here:
        here.comes(b"Healthy")
        here.read(0.5)
        before = cpu_seconds(here.process)
        written = len(here.written)
        here.read(2)
        used = cpu_seconds(here.process) - before
        checks.that(used <= 0.04, f"idle: {used:.2f} s of a processor in 2 s")
        checks.equal("idle: octets written", len(here.written), written)


def check_redraws(checks, release):
    """However fast one types, the screen is drawn ten times a second at most."""
    with terminal(release, "--tui", "many-connections.pcapng",
                  environment={"NO_COLOR": "1"}) as here:
        here.comes(b"F10")
        here.read(0.5)
        here.written = b""
        begin = time.monotonic()
        for _ in range(100):
            here.press(b"j")
            here.read(0.01)
        here.read(0.3)
        seconds = time.monotonic() - begin
        # In each picture the bar is on another row.
        pictures = len(re.findall(rb"\x1b\[0?;?7m", here.written))
        checks.that(0 < pictures <= 10 * seconds + 1,
                    f"100 keys in {seconds:.1f} s: {pictures} pictures")


def check_colours(checks, path):
    colour = re.compile(rb"\x1b\[[0-9;]*(3[0-7]|4[0-7]|38;5|48;5)[0-9;]*m")
    cases = (
        ("256 colours", {"TERM": "xterm-256color"}, (), rb"38;5;", True),
        ("8 colours", {"TERM": "xterm"}, (), colour, True),
        ("no colours", {"TERM": "vt100"}, (), colour, False),
        ("NO_COLOR", {"NO_COLOR": "1"}, (), colour, False),
        ("--color never", {}, ("--color", "never"), colour, False),
        ("--color always", {"NO_COLOR": "1"}, ("--color", "always"), rb"38;5;", True),
    )
    for name, environment, words, pattern, wanted in cases:
        with terminal(path, "--tui", *words, SAMPLE, environment=environment) as here:
            checks.that(here.comes(b"Healthy"), f"{name}: no screen came: {here.written[-300:]}")
            here.press(b"q")
            status, _ = here.ends()
            checks.equal(f"{name}: exit status", status, 0)
            checks.equal(f"{name}: colours", re.search(pattern, here.written) is not None, wanted)


def check_mouse(checks, path):
    asks = re.compile(rb"\x1b\[\?[0-9;]*1000[0-9;]*h")
    for name, words, wanted in (("mouse", (), True), ("--no-mouse", ("--no-mouse",), False)):
        with terminal(path, "--tui", *words, SAMPLE) as here:
            here.comes(b"Healthy")
            checks.equal(f"{name}: asked for", asks.search(here.written) is not None, wanted)
            if wanted:
                here.press(b"\x1b[<0;31;4M\x1b[<0;31;4m")
                checks.that(here.comes(b"tokens"), "a click leads nowhere")
            here.press(b"q")
            checks.equal(f"{name}: exit status", here.ends()[0], 0)


def check_resizing(checks, path):
    with terminal(path, "--tui", SAMPLE) as here:
        here.comes(b"Healthy")
        for rows, columns in ((1, 1), (2, 5), (60, 200), (1, 200), (60, 1), (24, 80)):
            here.resize(rows, columns)
            here.read(0.25)
            checks.that(here.process.poll() is None, f"{columns}x{rows}: it has ended")
        here.written = b""
        here.press(b"2")
        checks.that(here.comes(b"tokens"), "after resizing: nothing is drawn")
        here.press(b"q")
        checks.equal("after resizing: exit status", here.ends()[0], 0)


def check_streams(checks, path, folder):
    """Keys come from the terminal also where standard input and output are something else."""
    report = pathlib.Path(folder) / "report.json"
    with open(SAMPLES / SAMPLE, "rb") as capture, \
            terminal(path, "--tui", "-o", f"json={report}", "-", stdin=capture) as here:
        checks.that(here.comes(b"Healthy"), "standard input: no screen came")
        here.press(b"q")
        checks.equal("standard input: exit status", here.ends()[0], 0)
    checks.equal("the report after the screen", json.loads(report.read_text())["schema_version"], 1)
    output = pathlib.Path(folder) / "output"
    with open(output, "wb") as stdout, \
            terminal(path, "--tui", "-j", SAMPLE, stdout=stdout) as here:
        checks.that(here.comes(b"Healthy"), "standard output: no screen came")
        here.press(b"q")
        checks.equal("standard output: exit status", here.ends()[0], 0)
    checks.equal("the report on standard output",
                 json.loads(output.read_text())["schema_version"], 1)


def check_pipe(checks, path):
    """While a pipe is silent the screen lives on; who leaves it does not wait for the pipe."""
    capture = (SAMPLES / "forge-join.pcapng").read_bytes()
    for name, octets, end in (("q", capture[:-100], lambda here: here.press(b"q")),
                              ("SIGTERM", capture[:-200], lambda here: here.process.terminate()),
                              ("its end", capture, None)):
        reader, writer = os.pipe()
        with terminal(path, "--tui", "-", stdin=reader) as here:
            os.close(reader)
            os.write(writer, octets)
            checks.that(here.comes(b"reading"), f"pipe, {name}: no screen came")
            here.press(b"2")
            checks.that(here.comes(b"tokens"), f"pipe, {name}: the screen waits for the pipe")
            if end is None:
                os.close(writer)
                checks.that(here.comes(b"standard input"), "pipe: its end was not seen")
                here.press(b"q")
            else:
                end(here)
            status, seconds = here.ends()
            checks.equal(f"pipe, {name}: exit status", status, 0)
            checks.that(seconds < 3, f"pipe, {name}: took {seconds:.1f} s")
            checks.that(b"damaged" not in here.written, f"pipe, {name}: said to be damaged")
        if end is not None:
            os.close(writer)


def check_refusals(checks, path, folder):
    with terminal(path, "--tui", "-o", "ndjson", SAMPLE) as here:
        checks.equal("events on the screen's terminal: exit status", here.ends()[0], 2)
        checks.that(b"give them a file" in here.written.replace(b"\r\n", b" "),
                    f"events on the terminal: {here.written}")
    kept = pathlib.Path(folder) / "kept.pcapng"
    kept.write_bytes(b"precious")
    for kind in ("nonsense", "dumb", ""):
        with terminal(path, "--tui", "-w", kept, SAMPLE, environment={"TERM": kind}) as here:
            checks.equal(f"TERM={kind}: exit status", here.ends()[0], 2)
            checks.that(b"set TERM" in here.written and b"--no-tui" in here.written,
                        f"TERM={kind}: {here.written}")
            checks.equal(f"TERM={kind}: the file of -w", kept.read_bytes(), b"precious")
    done = run("setsid", "--wait", path, "--tui", SAMPLES / SAMPLE)
    checks.equal("no terminal: exit status", done.returncode, 2)
    checks.that(b"--no-tui" in done.stderr, f"no terminal: {done.stderr}")
    done = run(path, "--no-tui", SAMPLES / SAMPLE)
    checks.that(done.returncode == 0 and b"Healthy" in done.stdout, "--no-tui: no report")
    with terminal(path, "--tui", "missing.pcap") as here:
        checks.equal("a missing file: exit status", here.ends()[0], 1)
        checks.that(LEAVE_SCREEN not in here.written, "a missing file: the screen was taken")


def block(kind, body):
    body += bytes(-len(body) % 4)
    length = len(body) + 12
    return struct.pack("<II", kind, length) + body + struct.pack("<I", length)


def check_memory(checks, path, folder):
    """What the screen keeps of packets is no memory of the analysis, and gives up no connection."""
    capture = pathlib.Path(folder) / "all.pcapng"
    report = pathlib.Path(folder) / "all.json"
    capture.write_bytes(b"".join(sample.read_bytes() for sample in sorted(SAMPLES.glob("*.pcapng"))))
    _, wanted = report_of(path, capture)
    checks.that(wanted["captures"][0]["packets"] > 4096, "memory: it is not asked for it")
    with terminal(path, "--tui", "--memory-limit", "50M", "-o", f"json={report}", capture,
                  size=(200, 100)) as here:
        checks.that(here.comes(b"connections"), "memory: no screen came")
        here.press(b"8")
        for _ in range(100):  # until all is read
            here.written = b""
            here.press(b"\x0c")
            here.read(0.2)
            if b"%d, " % wanted["captures"][0]["packets"] in here.written:
                break
        here.press(b"q")
        here.ends()
    checks.equal("memory: connections", len(json.loads(report.read_text())["connections"]),
                 len(wanted["connections"]))


def check_hostile_names(checks, path, folder):
    """Names in files cannot command the terminal."""
    name = b"\x1b]0;owned\x07\x9b31m"
    option = struct.pack("<HH", 2, len(name)) + name + bytes(-len(name) % 4) + bytes(4)
    capture = pathlib.Path(folder) / "hostile\x1b[5m.pcapng"
    capture.write_bytes(block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1)) +
                        block(1, struct.pack("<HHI", 101, 0, 0) + option))
    with terminal(path, "--tui", capture) as here:
        checks.that(here.comes(b"No MPTCP"), "hostile names: no screen came")
        here.press(b"8")
        checks.that(here.comes(rb"x1b]0;owned"), "hostile names: the interface is not shown")
        here.press(b"q")
        checks.equal("hostile names: exit status", here.ends()[0], 0)
        for octets in (b"\x1b]0;", b"\x9b", b"\x1b[5m"):
            checks.that(octets not in here.written, f"hostile names: {octets} reached the terminal")


def test(checks):
    given = arguments("The screen on real terminals.", (
        ("--keys",), {"type": int, "default": 3000, "help": "so many random keys"}))
    path = program(given.build)
    release = program(given.release)
    with tempfile.TemporaryDirectory() as folder:
        check_endings(checks, path, release)
        check_hang_up(checks, release)
        check_hang_up_ignored(checks, release)
        check_stuck(checks, path, folder)
        check_suspended(checks, path)
        check_random(checks, path, folder, given.keys)
        check_idle(checks, release)
        check_redraws(checks, release)
        check_colours(checks, path)
        check_mouse(checks, path)
        check_resizing(checks, path)
        check_streams(checks, path, folder)
        check_pipe(checks, release)
        check_refusals(checks, path, folder)
        check_memory(checks, release, folder)
        check_hostile_names(checks, path, folder)
        check_on_tmux(checks, path, folder)


main(test)
