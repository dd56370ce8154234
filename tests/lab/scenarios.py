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
    world.go()


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
    carries: tuple = ()  # paths and directions that must have carried payload: "lte c2s"
    expect: dict = dataclasses.field(default_factory=dict)  # side: {counter: value or AtLeast}
    facts: dict = dataclasses.field(default_factory=dict)  # for whoever analyses the captures



# ---- What is used again and again ------------------------------------------------------------

W_CLIENT, W_SERVER = WIFI.address("client"), WIFI.address("server")
L_CLIENT, L_SERVER = LTE.address("client"), LTE.address("server")
DSL = Path("dsl", 3, delay_ms=8)

JOIN_LTE = {"client": (f"{L_CLIENT} dev lte subflow",)}
ANNOUNCE_LTE = {"server": (f"{L_SERVER} signal",)}
CHECKSUMS = {side: {"net.mptcp.checksum_enabled": 1} for side in ("client", "server")}
NEVER_RETRY = {"server": {"net.mptcp.add_addr_timeout": 0}}

SOME = AtLeast(1)


def after_joins(count=1):
    """Steps: the joins are established before the bulk of the data is sent."""

    def steps(world):
        world.wait_for_joins(count)
        world.go()

    return steps


def after(side, **counters):
    """Steps: the counters show it before the bulk of the data is sent."""

    def steps(world):
        world.wait_for(side, **counters)
        world.go()

    return steps


def joined(count=1, **more):
    """What both hosts count when the client opened so many further subflows."""
    return {
        "client": {"MPJoinSynAckRx": count, "MPJoinSynAckHMacFailure": 0, **more.get("client", {})},
        "server": {"MPJoinAckRx": count, "MPJoinAckHMacFailure": 0, **more.get("server", {})},
    }


def facts(connections=1, subflows=1, **more):
    """subflows: those that were established, the initial ones too."""
    return {"connections": connections, "subflows": subflows, **more}


# ---- Steps ------------------------------------------------------------------------------------


def remove_address(world):
    world.wait_for_joins(1)
    world.go(4000)
    world.hold()
    world.ip("client", "mptcp", "endpoint", "delete", "id", "1")
    world.wait_for("server", RmAddr=1)
    world.go()


def change_priority(world):
    """Backup at the join, then regular, then backup again."""
    world.wait_for_joins(1)
    world.go(4000)
    world.hold()
    world.ip("client", "mptcp", "endpoint", "change", "id", "1", "nobackup")
    world.wait_for("server", MPPrioRx=1)
    world.go(8000)
    world.hold()
    world.ip("client", "mptcp", "endpoint", "change", "id", "1", "backup")
    world.wait_for("server", MPPrioRx=2)
    world.go()


def corrupt_then_go(world):
    """There is more to send once the client knows that it has to fall back."""
    world.go(4000)
    world.wait_for("client", MPFailRx=1)
    world.go()


# ---- The table --------------------------------------------------------------------------------

SCENARIOS = {
    "two-paths": Scenario(
        about="the client opens a second subflow; data both ways on both",
        endpoints=JOIN_LTE,
        octets=(12000, 16000),
        hold=2000,
        steps=after_joins(),
        expect=joined(),
        facts=facts(subflows=2),
    ),
    "add-addr": Scenario(
        about="the server announces its second address; the client opens a subflow to it",
        endpoints=ANNOUNCE_LTE,
        hold=2000,
        steps=after_joins(),
        expect=joined(client={"AddAddr": SOME}, server={"EchoAdd": SOME}),
        facts=facts(subflows=2),
    ),
    "server-join": Scenario(
        about="the client announces its second address; the server opens a subflow to it",
        endpoints={"client": (f"{L_CLIENT} signal",)},
        options={"client": ("--bind", W_CLIENT, "--bind-port", 41000, "--listen", L_CLIENT)},
        hold=2000,
        steps=after_joins(),
        expect={
            "client": {"MPJoinSynRx": SOME, "MPJoinAckRx": 1, "EchoAdd": SOME},
            "server": {"MPJoinSynAckRx": 1, "AddAddr": SOME},
        },
        facts=facts(subflows=2),
    ),
    "add-addr-port": Scenario(
        about="the server announces its second address with a port; the client joins there",
        endpoints={"server": (f"{L_SERVER} signal port 9090",)},
        hold=2000,
        steps=after_joins(),
        expect=joined(
            client={"AddAddr": SOME, "PortAdd": SOME}, server={"MPJoinPortAckRx": 1, "EchoAdd": SOME}
        ),
        facts=facts(subflows=2),
    ),
    "remove-addr": Scenario(
        about="the client removes the address of its second subflow in mid-connection",
        endpoints=JOIN_LTE,
        hold=2000,
        steps=remove_address,
        expect=joined(client={"RmAddrTx": 1, "RmSubflow": 1}, server={"RmAddr": 1}),
        facts=facts(subflows=2),
    ),
    "backup-prio": Scenario(
        about="the second subflow is backup at its join, then regular, then backup again (MP_PRIO)",
        endpoints={"client": (f"{L_CLIENT} dev lte subflow backup",)},
        octets=(12000, 12000),
        hold=2000,
        steps=change_priority,
        expect=joined(client={"MPPrioTx": 2}, server={"MPPrioRx": 2, "MPJoinSynBackupRx": 1}),
        facts=facts(subflows=2),
    ),
    "fastclose": Scenario(
        about="the client aborts the connection (MP_FASTCLOSE) once all data has arrived",
        endpoints=JOIN_LTE,
        options={"client": ("--close", "reset"), "server": ("--close", "open")},
        hold=2000,
        steps=after_joins(),
        expect=joined(client={"MPFastcloseTx": SOME}, server={"MPFastcloseRx": 1}),
        facts=facts(subflows=2, close="fastclose"),
    ),
    "join-refused": Scenario(
        about="the server refuses the join with MP_TCPRST: administratively prohibited",
        endpoints=JOIN_LTE,
        limits={"client": (4, 4), "server": (0, 0)},
        hold=2000,
        steps=after("server", MPJoinRejected=1),
        expect={"client": {"MPJoinSynAckRx": 1}, "server": {"MPJoinRejected": 1, "MPJoinAckRx": 0}},
        facts=facts(),
    ),
    "bad-hmac-synack": Scenario(
        about="the HMAC in the join's SYN/ACK is changed on the way; the client refuses it",
        endpoints=JOIN_LTE,
        directives=("rule lte s2c synack has mp_join flip hmac",),
        hold=2000,
        steps=after("client", MPJoinSynAckHMacFailure=1),
        expect={
            "client": {"MPJoinSynAckHMacFailure": 1, "MPRstTx": 1},
            "server": {"MPJoinAckRx": 0},
        },
        facts=facts(),
    ),
    "bad-hmac-ack": Scenario(
        about="the HMAC in the join's third ACK is changed on the way; the server refuses it",
        endpoints=JOIN_LTE,
        directives=("rule lte c2s nosyn has mp_join flip hmac",),
        hold=2000,
        steps=after("server", MPJoinAckHMacFailure=1),
        expect={"client": {"MPJoinSynAckRx": 1}, "server": {"MPJoinAckHMacFailure": 1, "MPJoinAckRx": 0}},
        facts=facts(),
    ),
    "bad-hmac-addaddr": Scenario(
        about="the HMAC of the server's ADD_ADDR is changed on the way; the client ignores it",
        endpoints=ANNOUNCE_LTE,
        directives=("rule wifi s2c nosyn has add_addr flip hmac",),
        hold=2000,
        steps=after("server", AddAddrTx=2),  # told, not echoed, told again
        expect={"client": {"AddAddr": 0, "MPJoinSynTx": 0}, "server": {"AddAddrTx": AtLeast(2), "EchoAdd": 0}},
        facts=facts(),
    ),
    "bad-token": Scenario(
        about="the token of the join is changed on the way; the server knows no such connection",
        endpoints=JOIN_LTE,
        directives=("rule lte c2s syn has mp_join flip token",),
        hold=2000,
        steps=after("server", MPJoinNoTokenFound=1),
        expect={"client": {"MPJoinSynAckRx": 0}, "server": {"MPJoinNoTokenFound": 1}},
        facts=facts(),
    ),
    "strip-syn": Scenario(
        about="MP_CAPABLE is removed from the SYN",
        directives=("rule wifi c2s syn strip all",),
        expect={"client": {"MPCapableFallbackSYNACK": 1}, "server": {"MPCapableSYNRX": 0}},
        facts=facts(fallback={"client": "synack-without-mp_capable", "server": None}),
    ),
    "strip-synack": Scenario(
        about="MP_CAPABLE is removed from the SYN/ACK",
        directives=("rule wifi s2c synack strip all",),
        expect={
            "client": {"MPCapableFallbackSYNACK": 1},
            "server": {"MPCapableSYNRX": 1, "MPCapableFallbackACK": 1},
        },
        facts=facts(
            fallback={"client": "synack-without-mp_capable", "server": "ack-without-mp_capable"}
        ),
    ),
    "strip-after-handshake": Scenario(
        about="all MPTCP options are removed from everything after the third ACK",
        directives=("rule wifi * later strip all",),
        expect={"client": {"MPCapableDataFallback": 1}, "server": {"DssFallback": 1}},
        facts=facts(fallback={"client": "data-without-dss", "server": "data-without-dss"}),
    ),
    "strip-second-path": Scenario(
        about="all MPTCP options are removed on the second path only: its join fails",
        endpoints=JOIN_LTE,
        directives=("rule lte * any strip all",),
        hold=2000,
        steps=after("client", MPRstTx=1),
        expect={"client": {"MPJoinSynTx": 1, "MPJoinSynAckRx": 0}, "server": {"MPJoinSynRx": 0}},
        facts=facts(),
    ),
    "plain-peer": Scenario(
        about="the server speaks plain TCP only",
        endpoints=JOIN_LTE,
        options={"server": ("--tcp",)},
        expect={"client": {"MPCapableFallbackSYNACK": 1}, "server": {"MPCapableSYNRX": 0}},
        facts=facts(
            fallback={"client": "synack-without-mp_capable", "server": "synack-without-mp_capable"}
        ),
    ),
    "hand-over": Scenario(
        about="the first path goes dark in mid-transfer; the second one carries on",
        endpoints=JOIN_LTE,
        octets=(12000, 12000),
        directives=("rule wifi * any after 9000 drop",),
        hold=2000,
        steps=after_joins(),
        closes=False,
        expect=joined(client={"MPTCPRetrans": SOME}),
        facts=facts(subflows=2),
    ),
    "ipv6": Scenario(
        about="two paths of IPv6",
        paths=(Path("wifi", 1, family=6), Path("lte", 2, family=6, delay_ms=12)),
        endpoints={"client": ("fd00:2::1 dev lte subflow",)},
        hold=2000,
        steps=after_joins(),
        expect=joined(),
        facts=facts(subflows=2),
    ),
    "ipv6-ipv4": Scenario(
        about="the first subflow over IPv6; the server announces an IPv4 address for the second",
        paths=(Path("wifi", 1, family=6), LTE),
        endpoints=ANNOUNCE_LTE,
        hold=2000,
        steps=after_joins(),
        expect=joined(client={"AddAddr": SOME}),
        facts=facts(subflows=2),
    ),
    "nat": Scenario(
        about="a NAT on the second path rewrites the client's address and port",
        endpoints=JOIN_LTE,
        directives=("nat lte 10.99.0.1",),
        routes={"server": ("10.99.0.1 dev lte",)},
        hold=2000,
        steps=after_joins(),
        expect=joined(),
        facts=facts(subflows=2),
    ),
    "checksums": Scenario(
        about="two paths, DSS checksums asked for by both sides",
        endpoints=JOIN_LTE,
        sysctls=CHECKSUMS,
        hold=2000,
        steps=after_joins(),
        expect=joined(client={"DataCsumErr": 0}, server={"DataCsumErr": 0}),
        facts=facts(subflows=2),
    ),
    "checksum-fail-second": Scenario(
        about="payload is changed on the second of two subflows: MP_FAIL and RST, data sent again",
        endpoints=JOIN_LTE,
        sysctls=CHECKSUMS,
        directives=("rule lte c2s data flip payload",),
        octets=(30000, 4000),
        hold=2000,
        steps=after_joins(),
        expect=joined(server={"DataCsumErr": 1, "MPFailTx": 1}, client={"MPFailRx": 1}),
        facts=facts(subflows=2),
    ),
    "checksum-fail-only": Scenario(
        about="payload is changed on the only subflow: MP_FAIL, then an infinite mapping",
        paths=(WIFI,),
        sysctls=CHECKSUMS,
        directives=("rule wifi c2s data after 4000 count 1 flip payload",),
        hold=2000,
        steps=corrupt_then_go,
        intact=False,
        expect={
            "client": {"MPFailRx": 1, "InfiniteMapTx": 1},
            "server": {"DataCsumErr": 1, "MPFailTx": 1, "InfiniteMapRx": 1},
        },
        facts=facts(fallback={"client": "mp_fail", "server": "mp_fail"}),
    ),
    "lossy-reordering": Scenario(
        about="two paths that lose and reorder",
        paths=(
            Path("wifi", 1, more="loss_percent 6 reorder_percent 10 reorder_ms 6"),
            Path("lte", 2, delay_ms=12, more="loss_percent 4 reorder_percent 10 reorder_ms 15"),
        ),
        endpoints=JOIN_LTE,
        octets=(24000, 24000),
        hold=2000,
        steps=after_joins(),
        expect={},
        facts=facts(subflows=2),
    ),
    "three-subflows": Scenario(
        about="three paths, the client opens two further subflows",
        paths=(WIFI, LTE, DSL),
        endpoints={
            "client": (f"{L_CLIENT} dev lte subflow", f"{DSL.address('client')} dev dsl subflow")
        },
        octets=(16000, 16000),
        hold=2000,
        steps=after_joins(2),
        expect=joined(2),
        facts=facts(subflows=3),
    ),
    "many-connections": Scenario(
        about="60 connections at once, each with a second subflow",
        endpoints=JOIN_LTE,
        connections=60,
        octets=(300, 200),
        hold=100,
        steps=after_joins(60),
        expect=joined(60),
        facts=facts(connections=60, subflows=120),
    ),
    "mixed-links": Scenario(
        about="two-paths, captured on interfaces of different link types: Ethernet and raw IP",
        paths=(Path("wifi", 1, link="ethernet"), LTE),
        endpoints=JOIN_LTE,
        hold=2000,
        steps=after_joins(),
        expect=joined(),
        facts=facts(subflows=2),
    ),
    "server-first": Scenario(
        about="the server speaks first",
        paths=(WIFI,),
        options={"client": ("--waits",)},
        octets=(3000, 6000),
        expect={"server": {"MPCapableACKRX": 1}},
        facts=facts(),
    ),
    "blackhole-syn": Scenario(
        about="SYNs with MP_CAPABLE vanish; the client tries without it",
        paths=(WIFI,),
        directives=("rule wifi c2s syn has mp_capable drop",),
        sysctls={"client": {"net.mptcp.syn_retrans_before_tcp_fallback": 1}},
        expect={"client": {"MPCapableSYNTXDrop": 1}, "server": {"MPCapableSYNRX": 0}},
        facts=facts(fallback={"client": "syn-retransmitted-without-mp_capable", "server": None}),
    ),
    "mp-capable-ack-lost": Scenario(
        about="the third ACK is lost; the client's key arrives with the first data",
        paths=(WIFI,),
        directives=("rule wifi c2s ack3 count 1 drop",),
        expect={"server": {"MPCapableACKRX": 1, "MPCapableFallbackACK": 0}},
        facts=facts(),
    ),
    "fast": Scenario(
        about="two connections one after the other with the same addresses and ports",
        paths=(WIFI,),
        connections=2,
        sysctls={"client": {"net.ipv4.tcp_tw_reuse": 1, "net.ipv4.tcp_tw_reuse_delay": 1}},
        options={
            "client": ("--sequential", "--bind", W_CLIENT, "--bind-port", 41000, "--close", "answer")
        },
        octets=(3000, 3000),
        expect={"server": {"MPCapableACKRX": 2}},
        facts=facts(connections=2, subflows=2),
    ),
    "reset-by-peer": Scenario(
        about="the server aborts the connection",
        endpoints=JOIN_LTE,
        options={"client": ("--close", "open"), "server": ("--close", "reset")},
        hold=2000,
        steps=after_joins(),
        expect=joined(client={"MPFastcloseRx": 1}, server={"MPFastcloseTx": SOME}),
        facts=facts(subflows=2, close="fastclose"),
    ),
    "both-idle-open": Scenario(
        about="after the transfer both sides leave the connection open",
        endpoints=JOIN_LTE,
        options={"client": ("--close", "open"), "server": ("--close", "open")},
        hold=2000,
        steps=after_joins(),
        closes=False,
        expect=joined(),
        facts=facts(subflows=2, close="open"),
    ),
}
