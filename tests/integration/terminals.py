# SPDX-License-Identifier: BSD-3-Clause
"""
Terminals for tests: a pseudo-terminal of our own, of which every octet is seen, and tmux, which shows
what a person would see.
"""

import contextlib
import fcntl
import os
import pathlib
import pty
import re
import select
import signal
import struct
import subprocess
import tempfile
import termios
import time

from support import ENVIRONMENT, SAMPLES

PATIENCE = 20  # seconds until something that must come has come
OWN_MEMORY = r"(memory of the whole .*?) [0-9.]+ [KMG]iB"  # in golden screens it is 32 MiB
LEAVE_SCREEN = b"\x1b[?1049l"


# Keys by name, and octets that are none. Nothing that ends the program, and no '/', so that files
# that are saved by chance stay where they may be.
KEYS = (b"\x1b[A", b"\x1b[B", b"\x1b[C", b"\x1b[D", b"\x1bOA", b"\x1bOB", b"\x1b[5~", b"\x1b[6~", b"\x1b[H",
        b"\x1b[F", b"\x1bOP", b"\x1bOQ", b"\x1bOR", b"\x1bOS", b"\x1b[15~", b"\x1b[17~", b"\x1b[20~", b"\x1b",
        b"\r", b"\t", b"\x1b[Z", b"\x7f", b"\x0c", b"\x15", b" ", b"\x1b[<0;9;4M", b"\x1b[<0;9;4m",
        b"\x1b[<64;9;4M", b"\x1b[<65;999;999M", b"\x1b[<", b"\x1b[200~", b"\xff", b"\xc3", b"\xe2\x82",
        "\u20ac".encode(), b"\0", *(bytes((letter,)) for letter in b"12345678?SnNtIed+-pA[]kjhlgGfoy!.:0"))
SIZES = ((24, 80), (10, 40), (50, 160), (5, 20), (1, 1), (2, 300), (300, 2), (24, 80), (40, 120))


class Tmux:
    """A server of its own with one window, in which the program runs."""

    def __init__(self, folder, size, command, environment, kind="tmux-256color"):
        self.socket = tempfile.mktemp(dir=folder)
        columns, rows = size.split("x")
        self.tmux("-f", "/dev/null", "new-session", "-d", "-x", columns, "-y", rows, "sleep 60",
                  environment=environment)
        self.tmux("set", "-g", "default-terminal", kind)
        self.tmux("set", "-g", "status", "off")
        self.tmux("set", "-g", "escape-time", "0")
        self.tmux("new-window", "-d", "-t", ":7", f"cd {SAMPLES} && exec {command}")
        self.tmux("resize-window", "-t", ":7", "-x", columns, "-y", rows)

    def tmux(self, *words, environment=None):
        done = subprocess.run(["tmux", "-S", self.socket, *words], capture_output=True,
                              env=ENVIRONMENT | (environment or {}), check=False, timeout=PATIENCE)
        return done.stdout.decode()

    def press(self, keys):
        self.tmux("send-keys", "-t", ":7", "-l", keys)

    def shown(self):
        shown = re.sub(OWN_MEMORY, r"\1 32.0 MiB", self.tmux("capture-pane", "-t", ":7", "-p"))
        lines = shown.split("\n")
        return "\n".join(line.rstrip() for line in lines).rstrip("\n")

    def comes(self, expected):
        """Waits until the screen is the expected one; returns what it is."""
        end = time.monotonic() + PATIENCE
        shown = self.shown()
        while shown != expected and time.monotonic() < end:
            time.sleep(0.05)
            shown = self.shown()
        return shown

    def shows(self, pattern):
        """Waits until a pattern stands on the screen; true when it does."""
        end = time.monotonic() + PATIENCE
        while not re.search(pattern, self.shown()) and time.monotonic() < end:
            time.sleep(0.05)
        return re.search(pattern, self.shown()) is not None

    def pid(self):
        """Of the program."""
        return int(self.tmux("list-panes", "-t", ":7", "-F", "#{pane_pid}"))

    def close(self):
        self.tmux("kill-server")


class Terminal:
    """The program on a pseudo-terminal; what it writes is kept."""

    def __init__(self, path, *words, size=(24, 80), environment=None, stdin=None, stdout=None,
                 cwd=SAMPLES):
        self.master, slave = pty.openpty()
        self.resize(*size)
        self.before = termios.tcgetattr(slave)
        self.slave = slave
        self.written = b""

        def own_terminal():
            for number in (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT):
                signal.signal(number, signal.SIG_DFL)  # tests in the background ignore them
            os.setsid()
            fcntl.ioctl(slave, termios.TIOCSCTTY, 0)

        self.process = subprocess.Popen(
            [path, *words], cwd=cwd, stdin=stdin if stdin is not None else slave,
            stdout=stdout if stdout is not None else slave, stderr=slave, preexec_fn=own_terminal,
            env=ENVIRONMENT | {"TERM": "xterm-256color"} | (environment or {}))

    def resize(self, rows, columns):
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def read(self, seconds=0.0):
        """Takes what comes within a time."""
        end = time.monotonic() + seconds
        while select.select([self.master], [], [], max(0, end - time.monotonic()))[0]:
            try:
                octets = os.read(self.master, 65536)
            except OSError:
                return
            if not octets:
                return
            self.written += octets

    def comes(self, pattern):
        """Waits until something has been written."""
        end = time.monotonic() + PATIENCE
        while not re.search(pattern, self.written) and time.monotonic() < end:
            self.read(0.05)
        return re.search(pattern, self.written) is not None

    def press(self, keys):
        """Who writes faster than the program reads takes what it draws meanwhile."""
        while keys:
            if select.select([], [self.master], [], 0.01)[1]:
                keys = keys[os.write(self.master, keys[:64]):]
            else:
                self.read()

    def ends(self, seconds=PATIENCE):
        """The exit status, or None; and how long it took."""
        begin = time.monotonic()
        while self.process.poll() is None and time.monotonic() < begin + seconds:
            if self.master >= 0:
                self.read(0.02)
            else:
                time.sleep(0.02)
        if self.master >= 0:
            self.read(0.05)
        return self.process.poll(), time.monotonic() - begin

    def fills(self):
        """Waits until the terminal takes no more of what the program draws, which nobody reads."""
        end = time.monotonic() + PATIENCE
        while select.select([], [self.slave], [], 0)[1] and time.monotonic() < end:
            os.write(self.master, b"\x0c")
            time.sleep(0.02)
        return not select.select([], [self.slave], [], 0)[1]

    def wait(self):
        """The exit status, or None, while nobody reads."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(PATIENCE)
        return self.process.poll()

    def settings(self):
        return termios.tcgetattr(self.slave)

    def hang_up(self):
        os.close(self.slave)
        self.slave = -1
        os.close(self.master)
        self.master = -1

    def close(self):
        with contextlib.suppress(ProcessLookupError):
            self.process.kill()
        self.process.wait()
        for descriptor in (self.master, self.slave):
            if descriptor >= 0:
                os.close(descriptor)


@contextlib.contextmanager
def terminal(path, *words, **more):
    here = Terminal(path, *words, **more)
    try:
        yield here
    finally:
        here.close()


def cpu_seconds(process):
    fields = pathlib.Path(f"/proc/{process.pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
