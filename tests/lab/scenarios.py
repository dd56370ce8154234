# SPDX-License-Identifier: BSD-3-Clause
"""
The scenarios of the lab: what each run is made of, and what must be true of it afterwards.

A scenario is a few lines: its paths, what the hosts' path managers are told, what the paths do to
packets, the steps in mid-connection, and the kernel counters that show that it happened. Steps
wait for counters, never for time, so that a slow machine sees the same as a fast one.
"""

import dataclasses
import typing

PORT = 8080


@dataclasses.dataclass(frozen=True)
class Path:
    """One emulated path; its number gives its addresses."""

    name: str
    number: int
    family: int = 4
    delay_ms: float = 5
    more: str = ""  # further words of the emulator's "link" directive
    link: str = ""  # "ethernet", or raw IP
    mtu: int = 1500

    def address(self, side):
        host = {"client": 1, "server": 2}[side]
        return f"10.0.{self.number}.{host}" if self.family == 4 else f"fd00:{self.number}::{host}"

    @property
    def prefix_len(self):
        return 24 if self.family == 4 else 64

    @property
    def quality(self):
        return f"delay_ms {self.delay_ms} {self.more}"


@dataclasses.dataclass(frozen=True)
class AtLeast:
    """A counter's value of which only the lower bound is sure."""

    value: int


WIFI = Path("wifi", 1)
LTE = Path("lte", 2, delay_ms=12)
TWO_PATHS = (WIFI, LTE)


def plain_steps(world):
    """Nothing but the transfer."""


@dataclasses.dataclass(frozen=True)
class Scenario:
    about: str
    paths: tuple = TWO_PATHS
    endpoints: dict = dataclasses.field(default_factory=dict)  # side: words of "ip mptcp endpoint add"
    limits: dict = dataclasses.field(default_factory=lambda: {"client": (4, 4), "server": (4, 4)})
    sysctls: dict = dataclasses.field(default_factory=dict)
    routes: dict = dataclasses.field(default_factory=dict)
    directives: tuple = ()  # for the emulator
    octets: tuple = (8192, 8192)  # from client and server, on each connection
    connections: int = 1
    hold: int | None = None  # octets that each side sends before the steps; None: all at once
    options: dict = dataclasses.field(default_factory=dict)  # side: further options of the peer
    steps: typing.Callable = plain_steps
    closes: bool = True  # all subflows are closed when both applications are done
    intact: bool = True  # what was received is what was sent, whole
    expect: dict = dataclasses.field(default_factory=dict)  # side: {counter: value or AtLeast}
    facts: dict = dataclasses.field(default_factory=dict)  # for whoever analyses the captures


JOIN_LTE = {"client": (f"{LTE.address('client')} dev lte subflow",)}


def wait_for_join(world):
    """The client's second subflow is established before the bulk of the data is sent."""
    world.wait_for("server", MPJoinAckRx=1)
    world.go()


SCENARIOS = {
    "two-paths": Scenario(
        about="the client opens a second subflow; data both ways on both",
        endpoints=JOIN_LTE,
        octets=(12000, 16000),
        hold=2000,
        steps=wait_for_join,
        expect={
            "client": {"MPCapableSYNTX": 1, "MPJoinSynTx": 1, "MPJoinSynAckRx": 1},
            "server": {"MPCapableSYNRX": 1, "MPCapableACKRX": 1, "MPJoinSynRx": 1, "MPJoinAckRx": 1},
        },
        facts={"connections": 1, "subflows": 2},
    ),
}
