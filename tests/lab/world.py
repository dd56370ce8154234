# SPDX-License-Identifier: BSD-3-Clause
"""
The world of one run: two network namespaces, the emulator between them, the applications in them.

Everything that is made here ends with the run, however the run ends: namespaces are named after
this process, and those of a process that no longer exists are removed by the next run.
"""

import json
import os
import pathlib
import re
import selectors
import subprocess
import time

SIDES = ("client", "server")
PREFIX = "mptalab"
LOSS_COUNTERS = ("RetransSegs", "TCPSynRetrans", "TCPLossProbes", "TCPDSACKRecv", "TCPSpuriousRTOs")
DEADLINE_SECONDS = 40  # for anything that is waited for; a healthy run needs a few seconds in all
SLOWEST_BYTES_PER_SECOND = 5_000_000  # of large transfers, on a busy machine


class LabError(Exception):
    """The run did not go as the scenario says."""


class Unavailable(Exception):
    """This machine cannot run the lab; the text says why."""


def deadline_of_transfer(octets):
    """So many seconds are enough to send these octets."""
    return DEADLINE_SECONDS + octets // SLOWEST_BYTES_PER_SECOND


def command(*words, check=True):
    """Runs a command and returns what it printed."""
    done = subprocess.run(words, capture_output=True, text=True, timeout=DEADLINE_SECONDS)
    if check and done.returncode != 0:
        raise LabError(f"{' '.join(words)}: {done.stderr.strip()}")
    return done.stdout


def require_lab():
    """Raises Unavailable where the lab cannot run."""
    if os.geteuid() != 0:
        raise Unavailable("needs root, to make network namespaces")
    if not pathlib.Path("/proc/sys/net/mptcp/enabled").exists():
        raise Unavailable("needs a kernel with Multipath TCP (net.mptcp.enabled)")
    try:
        os.close(os.open("/dev/net/tun", os.O_RDWR))
    except OSError as error:
        raise Unavailable(f"needs TUN devices: /dev/net/tun: {error.strerror}") from None
    try:
        command("ip", "mptcp", "limits")
        name = f"{PREFIX}-{os.getpid()}-probe"
        command("ip", "netns", "add", name)
        command("ip", "netns", "delete", name)
    except (LabError, OSError) as error:
        raise Unavailable(f"needs iproute2 and network namespaces: {error}") from None


def remove_namespaces_of_the_dead():
    """Removes what killed runs left."""
    for line in command("ip", "netns", "list").splitlines():
        name = line.split()[0]
        parts = name.split("-")
        ours = parts[0] == PREFIX and len(parts) == 3
        if ours and not pathlib.Path(f"/proc/{parts[1]}").exists():
            command("ip", "netns", "delete", name, check=False)


class Process:
    """A program that talks in lines; it ends when its standard input does."""

    def __init__(self, words):
        self.words = words
        self.lines = []
        self.rest = b""
        try:
            self.process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        except FileNotFoundError:
            raise LabError(f"no program {words[0]}: build the project first") from None
        os.set_blocking(self.process.stdout.fileno(), False)

    @property
    def pid(self):
        return self.process.pid

    def say(self, line):
        self.process.stdin.write(line.encode() + b"\n")
        self.process.stdin.flush()

    def _read(self, seconds):
        """Reads what comes within some seconds; False at the end of output."""
        with selectors.DefaultSelector() as selector:
            selector.register(self.process.stdout, selectors.EVENT_READ)
            if not selector.select(max(seconds, 0)):
                return True
        octets = os.read(self.process.stdout.fileno(), 1 << 20)
        *whole, self.rest = (self.rest + octets).split(b"\n")
        self.lines += [line.decode() for line in whole]
        return octets != b""

    def abort(self, side):
        """Lets an application abort its connections."""
        self.processes[side].say("abort")

    def expect(self, word, seconds=DEADLINE_SECONDS):
        """Waits for a line of this one word, and forgets the lines before it."""
        end = time.monotonic() + seconds
        while word not in self.lines:
            left = end - time.monotonic()
            if left <= 0 or not self._read(left):
                raise LabError(f'{self.words[0:8]}: no "{word}"; it said {self.lines}')
        del self.lines[: self.lines.index(word) + 1]

    def finish(self):
        """Ends the program and returns its last line, which is JSON."""
        self.process.stdin.close()
        while self._read(DEADLINE_SECONDS):
            pass
        status = self.process.wait(DEADLINE_SECONDS)
        if status != 0 or not self.lines:
            raise LabError(f"{self.words[0:8]}: exit status {status}")
        return json.loads(self.lines[-1])

    def end(self):
        """Ends the program, by force if need be. An emulator that ends well leaves its captures."""
        if not self.process.stdin.closed:
            self.process.stdin.close()
        try:
            self.process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()


class World:
    """Two namespaces joined by the scenario's paths; a context manager."""

    def __init__(self, scenario, build, out, seed):
        self.scenario = scenario
        self.programs = pathlib.Path(build) / "tests" / "lab"
        self.out = pathlib.Path(out)
        self.seed = seed
        self.namespaces = {side: f"{PREFIX}-{os.getpid()}-{side}" for side in SIDES}
        self.processes = {}
        self.held = False

    # ---- making and ending -----------------------------------------------------------------

    def __enter__(self):
        try:
            remove_namespaces_of_the_dead()
            for side in SIDES:
                command("ip", "netns", "add", self.namespaces[side])
                self._set_sysctls(side)
            self._start_emulator()
            for side in SIDES:
                self._set_addresses(side)
                self._set_path_manager(side)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for process in self.processes.values():
            process.end()
        for name in self.namespaces.values():
            command("ip", "netns", "delete", name, check=False)

    def ip(self, side, *words):
        """Runs iproute2's ip in a namespace."""
        return command("ip", "-n", self.namespaces[side], *words)

    def command(self, side, *words):
        """Runs any command in a namespace."""
        return command("ip", "netns", "exec", self.namespaces[side], *words)

    def _set_sysctls(self, side):
        no_ipv6 = int(not any(path.family == 6 for path in self.scenario.paths))
        values = {
            "net.ipv4.conf.all.rp_filter": 0,
            "net.ipv4.conf.default.rp_filter": 0,
            "net.ipv4.tcp_no_metrics_save": 1,
            "net.ipv4.tcp_congestion_control": "reno",  # the one that every kernel has
            "net.ipv6.conf.all.disable_ipv6": no_ipv6,
            "net.ipv6.conf.default.disable_ipv6": no_ipv6,
            "net.ipv6.conf.default.addr_gen_mode": 1,  # no link-local address, no chatter
            "net.ipv6.conf.default.accept_dad": 0,
            "net.mptcp.add_addr_timeout": 1,
        }
        values |= self.scenario.sysctls.get(side, {})
        for name in values:
            if not pathlib.Path("/proc/sys", *name.split(".")).exists():
                raise Unavailable(f"needs a kernel with {name}")
        words = (f"{name}={value}" for name, value in values.items())
        self.command(side, "sysctl", "-qw", *words)

    def _start_emulator(self):
        emulator = Process([str(self.programs / "lab_emulator")])
        self.processes["emulator"] = emulator
        for side in SIDES:
            emulator.say(f"capture {side} {self.out / side}.pcapng")
        for path in self.scenario.paths:
            ends = " ".join(f"{self.namespaces[side]} {path.name}" for side in SIDES)
            emulator.say(f"path {path.name} {ends} {path.link}")
            emulator.say(f"link {path.name} * {path.quality}")
        emulator.say(f"seed {self.seed}")
        for directive in self.scenario.directives:
            emulator.say(directive)
        emulator.say("start")
        emulator.expect("ready")

    def _set_addresses(self, side):
        self.ip(side, "link", "set", "lo", "up")
        for table, path in enumerate(self.scenario.paths, start=101):
            family, address = f"-{path.family}", path.address(side)
            # A point-to-point device with its path's network behind it: no neighbour is asked for.
            nodad = ("nodad",) if path.family == 6 else ()
            self.ip(side, family, "address", "add", f"{address}/{path.prefix_len}", "dev",
                    path.name, *nodad)
            self.ip(side, "link", "set", path.name, "up")
            if side == "client":
                # The client's source address says which path a packet takes, whatever it is sent
                # to; the server answers on the path behind which the client's address lies.
                table = ("table", str(table))
                self.ip(side, family, "route", "add", "default", "dev", path.name, *table)
                self.ip(side, family, "rule", "add", "from", address, *table)
        for route in self.scenario.routes.get(side, ()):
            self.ip(side, "route", "add", *route.split())

    def _set_path_manager(self, side):
        subflows, addresses = self.scenario.limits[side]
        self.ip(side, "mptcp", "limits", "set", "subflow", str(subflows),
                "add_addr_accepted", str(addresses))
        for endpoint in self.scenario.endpoints.get(side, ()):
            self.ip(side, "mptcp", "endpoint", "add", *endpoint.split())

    # ---- the applications ------------------------------------------------------------------

    def start_peer(self, side, options):
        words = ["ip", "netns", "exec", self.namespaces[side], str(self.programs / "lab_peer")]
        peer = Process(words + [str(word) for word in options])
        self.processes[side] = peer
        peer.expect("ready")

    def hold(self):
        """Waits until both applications have sent what they may, so far."""
        if not self.held:
            self.expect("held")
        self.held = True

    def go(self, octets=None):
        """Then lets both send up to so many octets on each connection, or all."""
        if self.scenario.hold is None:
            return
        self.hold()
        self.held = False
        for side in SIDES:
            self.processes[side].say("go" if octets is None else f"go {octets}")

    def abort(self, side):
        """Lets an application abort its connections."""
        self.processes[side].say("abort")

    def expect(self, word, seconds=DEADLINE_SECONDS):
        """Waits until both applications have said a word: "held" or "done"."""
        for side in SIDES:
            self.processes[side].expect(word, seconds)

    # ---- what the kernel says --------------------------------------------------------------

    def counters(self, side, group="MPTcpExt"):
        """The kernel's counters of a namespace in which the application still runs."""
        text = pathlib.Path(f"/proc/{self.processes[side].pid}/net/netstat").read_text()
        rows = [line.split()[1:] for line in text.splitlines() if line.startswith(f"{group}:")]
        return dict(zip(rows[0], map(int, rows[1]))) if rows else {}

    def tcp_counters(self, side):
        """What the kernel counts of TCP in the same namespace, as far as it tells of losses."""
        net = pathlib.Path(f"/proc/{self.processes[side].pid}/net")
        counters = {}
        for file in ("snmp", "netstat"):
            lines = (net / file).read_text().splitlines()
            for names, values in zip(lines[::2], lines[1::2]):
                counters |= dict(zip(names.split()[1:], values.split()[1:]))
        return {name: int(counters[name]) for name in LOSS_COUNTERS if name in counters}

    def require_counters(self, expected):
        """Raises Unavailable where this kernel does not count what the scenario rests on."""
        for side, values in expected.items():
            for name in values:
                if name not in self.counters(side):
                    raise Unavailable(f"needs a kernel that counts {name}")

    def wait_for(self, side, **least):
        """Waits until counters have come to at least these values."""
        end = time.monotonic() + DEADLINE_SECONDS
        while any(self.counters(side)[name] < value for name, value in least.items()):
            if time.monotonic() > end:
                raise LabError(f"{side}: no {least}; counters: {self.nonzero_counters(side)}")
            time.sleep(0.005)

    def wait_for_syn_again(self, side):
        """Waits until some SYN has been sent again, which takes a second."""
        end = time.monotonic() + DEADLINE_SECONDS
        while self.counters(side, "TcpExt")["TCPSynRetrans"] == 0:
            if time.monotonic() > end:
                raise LabError(f"{side}: no SYN was sent again")
            time.sleep(0.01)

    def wait_for_joins(self, count):
        """Waits until so many further subflows are fully established, as both kernels see it."""
        end = time.monotonic() + DEADLINE_SECONDS
        while any(self._established_joins(side) < count for side in SIDES):
            if time.monotonic() > end:
                raise LabError(f"not {count} joins: {self.nonzero_counters('server')}")
            time.sleep(0.01)

    def _established_joins(self, side):
        """In ss's flags J or j stands for MP_JOIN, e for fully established."""
        text = self.command(side, "ss", "-Htin")
        flags = re.findall(r"tcp-ulp-mptcp flags:(\w+)", text)
        return sum("e" in word and ("J" in word or "j" in word) for word in flags)

    def nonzero_counters(self, side):
        return {name: value for name, value in self.counters(side).items() if value != 0}

    def _open_sockets(self, side):
        """How many TCP sockets are neither listening nor in TIME_WAIT (states 0A and 06)."""
        count = 0
        for name in ("tcp", "tcp6"):
            table = pathlib.Path(f"/proc/{self.processes[side].pid}/net/{name}")
            rows = table.read_text().splitlines()[1:] if table.exists() else []
            count += sum(row.split()[3] not in ("0A", "06") for row in rows)
        return count

    def wait_for_close(self):
        """Waits until all subflows are closed, and what they still had to say has arrived."""
        end = time.monotonic() + DEADLINE_SECONDS
        while any(self._open_sockets(side) for side in SIDES):
            if time.monotonic() > end:
                raise LabError("subflows stay open")
            time.sleep(0.01)
        self.rest()

    def rest(self):
        """Lets everything that is under way arrive."""
        time.sleep(0.05 + 4 * max(path.delay_ms for path in self.scenario.paths) / 1000)

    # ---- events ----------------------------------------------------------------------------

    def emulate(self, directive):
        """Changes the paths under way."""
        self.processes["emulator"].say(directive)
        self.processes["emulator"].expect("ok")

    def finish(self):
        """Ends the captures, then the applications; returns what each process reports."""
        report = {"emulator": self.processes["emulator"].finish()}
        counters = {side: self.counters(side) for side in SIDES}
        report["tcp"] = {side: self.tcp_counters(side) for side in SIDES}
        for side in SIDES:
            report[side] = self.processes[side].finish()
        return report, counters
