# SPDX-License-Identifier: BSD-3-Clause
"""
What tests of live capture share: two namespaces with traffic of the kernel's own Multipath TCP between
them, and the program that captures in one of them.
"""

import contextlib
import os
import pathlib
import signal
import subprocess
import sys
import time

from support import ENVIRONMENT, ROOT, program

sys.path.insert(0, str(ROOT / "tests" / "lab"))
from world import (PREFIX, SIDES, LabError, Process, Unavailable,  # noqa: E402, F401
                   command, remove_namespaces_of_the_dead, require_lab)

PATIENCE = 20  # seconds, for what takes a fraction of one
ANSWER = "5000"  # octets that the server sends


class Place:
    """What is tested, and where it may write."""

    def __init__(self, given, folder):
        self.build = given.build.resolve()
        self.path = program(given.build)
        self.release = program(given.release)
        self.folder = pathlib.Path(folder)


class Live:
    """The program, capturing; a context manager that ends it."""

    def __init__(self, path, namespace, *options, environment=None):
        self.words = ["ip", "netns", "exec", namespace, path, *options]
        self.process = subprocess.Popen([str(word) for word in self.words],
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                        env=ENVIRONMENT | (environment or {}))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate()

    def end(self, number=signal.SIGINT):
        """Asks it to end; returns exit status, outputs and seconds."""
        begin = time.monotonic()
        self.process.send_signal(number)
        out, err = self.process.communicate(timeout=PATIENCE)
        return self.process.returncode, out, err.decode(), time.monotonic() - begin

    def wait(self):
        out, err = self.process.communicate(timeout=PATIENCE)
        return self.process.returncode, out, err.decode()

    def hears(self, word):
        """Waits until it says something of this on standard error."""
        end = time.monotonic() + PATIENCE
        heard = b""
        os.set_blocking(self.process.stderr.fileno(), False)
        while word.encode() not in heard and time.monotonic() < end:
            heard += self.process.stderr.read() or b""
            time.sleep(0.02)
        os.set_blocking(self.process.stderr.fileno(), True)
        return word.encode() in heard


def wait_until(words, condition):
    end = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > end:
            raise AssertionError(f"not {words} after {PATIENCE} s")
        time.sleep(0.01)


def capturing(file):
    """A saved file has its name when everything is open."""
    wait_until(f"{file.name}: begun", lambda: file.exists() and file.stat().st_size > 0)


def settled(live):
    """Privileges are the last thing that goes before packets are read."""
    status = pathlib.Path(f"/proc/{live.process.pid}/status")
    wait_until("without privileges", lambda: "\nNoNewPrivs:\t1\n" in status.read_text())


# ---- A network of its own ------------------------------------------------------------------------


class Net:
    """Two namespaces joined by pairs of virtual Ethernet devices, path0 and path1 on either side."""

    def __init__(self, paths=2):
        self.paths = paths
        self.names = {side: f"{PREFIX}-{os.getpid()}-live{side}" for side in SIDES}

    def __enter__(self):
        remove_namespaces_of_the_dead()
        try:
            for side in SIDES:
                command("ip", "netns", "add", self.names[side])
                command("ip", "netns", "exec", self.names[side], "sysctl", "-qw",
                        "net.ipv6.conf.default.disable_ipv6=1")  # no chatter
                self.ip(side, "link", "set", "lo", "up")
            for path in range(self.paths):
                self.join(path)
                self.ip("client", "rule", "add", "from", f"10.9.{path}.1", *self.table(path))
            for side, more in (("client", ()), ("server", ("add_addr_accepted", "4"))):
                self.ip(side, "mptcp", "limits", "set", "subflow", "4", *more)
            for path in range(1, self.paths):
                self.ip("client", "mptcp", "endpoint", "add", f"10.9.{path}.1", "dev",
                        f"path{path}", "subflow")
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for name in self.names.values():
            command("ip", "netns", "delete", name, check=False)

    def ip(self, side, *words):
        return command("ip", "-n", self.names[side], *words)

    def join(self, path):
        device = f"path{path}"
        self.ip("client", "link", "add", device, "type", "veth", "peer", "name", device, "netns",
                self.names["server"])
        for side, host in (("client", 1), ("server", 2)):
            self.ip(side, "address", "add", f"10.9.{path}.{host}/24", "dev", device)
            self.ip(side, "link", "set", device, "up")
        self.ip("client", "route", "add", "default", "via", f"10.9.{path}.2", "dev", device,
                *self.table(path))

    @staticmethod
    def table(path):
        return "table", str(100 + path)

    def devices(self):
        return [word for path in range(self.paths) for word in ("-i", f"path{path}")]

    @contextlib.contextmanager
    def transfer(self, build, octets, *options, server="server", address="10.9.0.2"):
        """
        The applications of the lab; done when the context ends. The server sends, too: who has said
        DATA_FIN takes no further subflow. server: the side where it is.
        """
        words = ["--port", "4444", "--seed", "1", "--connections", "1", *options]
        peers = []
        try:
            for side, more in ((server, ["--server", "--address", "0.0.0.0", "--send", ANSWER,
                                         "--receive", str(octets)]),
                               ("client", ["--address", address, "--send", str(octets),
                                           "--receive", ANSWER])):
                peers.append(Process(["ip", "netns", "exec", self.names[side],
                                      str(pathlib.Path(build) / "tests" / "lab" / "lab_peer"),
                                      *words, *more]))
                peers[-1].expect("ready")
            yield peers
            for peer in peers:
                peer.expect("done")
        finally:
            for peer in peers:
                peer.end()


def cpu_seconds(pid):
    """What a process has used so far."""
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
