# SPDX-License-Identifier: BSD-3-Clause
"""
What a scenario consists of: its paths, what the hosts' path managers are told, what the paths do to
packets, the steps in mid-connection, and what must be true of the run afterwards.
"""

import dataclasses
import typing

PORT = 44444


@dataclasses.dataclass(frozen=True)
class Path:
    """One emulated path; its number gives its addresses."""

    name: str
    number: int
    family: int = 4
    delay_ms: float = 5
    more: str = ""  # further words of the emulator's "link" directive
    link: str = ""  # "ethernet", or raw IP

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


def just_go(world):
    """The steps of a scenario in which nothing is done in mid-connection."""
    world.go()


def by_side(**values):
    return dataclasses.field(default_factory=lambda: dict(values))


@dataclasses.dataclass(frozen=True)
class Scenario:
    """Dictionaries are by side: "client", "server"."""

    about: str
    paths: tuple

    # What the hosts are told.
    endpoints: dict = by_side()  # words of "ip mptcp endpoint add"
    limits: dict = by_side(client=(4, 4), server=(4, 4))  # subflows, accepted ADD_ADDRs
    sysctls: dict = by_side()
    routes: dict = by_side()

    # What the paths do: further directives for the emulator.
    directives: tuple = ()

    # What the applications do.
    connections: int = 1
    octets: tuple = (3000, 3000)  # from client and server, on each connection
    chunk: int = 1000  # octets of a write; the kernel schedules each by itself
    hold: int | None = None  # octets that each side sends before the steps say more; None: all
    options: dict = by_side()  # further options of the application
    aborts: str | None = None  # the side that aborts the connections in the end

    # What happens in mid-connection.
    steps: typing.Callable = just_go
    closes: bool = True  # all subflows are closed when both applications are done

    # What must be true afterwards.
    intact: bool = True  # what was received is what was sent, whole
    carries: tuple = ()  # paths and directions that carried payload: "lte c2s"
    expect: dict = by_side()  # {counter: value or AtLeast}
    facts: dict = by_side()  # what the captures show: see facts() below
    sample: bool = True  # small enough to be kept in samples/
    both_ends: bool = False  # the captures of both ends tell something: both are samples


def facts(subflows=1, connections=1, close="data_fin", fallback=None, client=None, server=None):
    """
    What the captures of both ends show, in the words of the program's JSON report. subflows: those
    that were established, the initial ones too; invalid: the verdicts that come out invalid;
    syn_octets: what the client sent with the SYN, which has no DSN. What a middlebox did is seen
    at one end only: client and server say where they differ.
    """
    both = {
        "connections": connections,
        "subflows": subflows,
        "unlinked_subflows": 0,
        "fallback": fallback,
        "close": close,
        "invalid": [],
        "syn_octets": 0,
    }
    return {"client": both | (client or {}), "server": both | (server or {})}


# Where the SYN came without MP_CAPABLE, there is nothing for an analyser of MPTCP.
PLAIN_TCP = {"connections": 0, "subflows": 0, "fallback": None, "close": None}


def joined(count=1, client=None, server=None):
    """What both kernels count when the client opened so many further subflows, and more."""
    return {
        "client": {"MPJoinSynAckRx": count, "MPJoinSynAckHMacFailure": 0} | (client or {}),
        "server": {"MPJoinAckRx": count, "MPJoinAckHMacFailure": 0} | (server or {}),
    }
