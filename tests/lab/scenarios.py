# SPDX-License-Identifier: BSD-3-Clause
"""
The scenarios of the lab. Each is a few lines, and is proven by the kernel's own counters.

Steps wait for what the kernels say, never for time, so that a slow machine sees the same as a fast
one.
"""

from scenario import PLAIN_TCP, AtLeast, Path, Scenario, facts, joined

WIFI = Path("wifi", 1)
LTE = Path("lte", 2, delay_ms=12)
FAR_LTE = Path("lte", 2, delay_ms=60)  # so far that Wi-Fi is chosen first, on any busy machine
DSL = Path("dsl", 3, delay_ms=8)
WIFI6 = Path("wifi", 1, family=6)
LTE6 = Path("lte", 2, family=6, delay_ms=12)
TWO = (WIFI, LTE)

W_CLIENT = WIFI.address("client")
L_CLIENT, L_SERVER = LTE.address("client"), LTE.address("server")

JOIN_LTE = {"client": (f"{L_CLIENT} dev lte subflow",)}
ANNOUNCE_LTE = {"server": (f"{L_SERVER} signal",)}
BOTH_SIDES = ("client", "server")
CHECKSUMS = {side: {"net.mptcp.checksum_enabled": 1} for side in BOTH_SIDES}
BOTH_PATHS = ("wifi c2s", "wifi s2c", "lte c2s", "lte s2c")
SOME = AtLeast(1)


# ---- Steps ------------------------------------------------------------------------------------


def after_joins(count=1):
    """The joins are established before the bulk of the data is sent."""

    def steps(world):
        world.wait_for_joins(count)
        world.go()

    return steps


def after(side, **counters):
    """The counters show it before the bulk of the data is sent."""

    def steps(world):
        world.wait_for(side, **counters)
        world.go()

    return steps


def remove_address(by, other, *endpoint):
    """An address goes away after data went both ways on both subflows."""

    def steps(world):
        world.wait_for_joins(1)
        world.go(8000)
        world.hold()
        world.ip(by, "mptcp", "endpoint", "delete", "id", *endpoint)
        world.wait_for(other, RmAddr=1)
        world.go()

    return steps


def ask_twice(world):
    """The SYN of a join is not answered, and sent again."""
    world.wait_for("client", MPJoinSynTx=1)
    world.wait_for_syn_again("client")
    world.go()


def remove_and_rejoin(world):
    """The initial address goes away, and comes back."""
    world.wait_for_joins(1)
    world.go(8000)
    world.hold()
    world.ip("client", "mptcp", "endpoint", "delete", "id", "0", W_CLIENT)
    world.wait_for("server", RmAddr=1)
    world.ip("client", "mptcp", "endpoint", "add", W_CLIENT, "dev", "wifi", "subflow")
    world.wait_for_joins(2)
    world.go()


def change_priority(world):
    """Backup at the join, then regular, then backup again."""
    world.wait_for_joins(1)
    world.go(4000)
    world.hold()
    world.ip("client", "mptcp", "endpoint", "change", "id", "1", "nobackup")
    world.wait_for("server", MPPrioRx=1)
    world.go(10000)
    world.hold()
    world.ip("client", "mptcp", "endpoint", "change", "id", "1", "backup")
    world.wait_for("server", MPPrioRx=2)
    world.go()


def go_dark_and_come_back(world):
    """The first path is given up as stale, and used again when it is back."""
    world.wait_for_joins(1)
    world.hold()
    world.emulate("dark wifi on")
    world.go()
    for side in BOTH_SIDES:
        world.wait_for(side, SubflowStale=1)
    world.emulate("dark wifi off")
    world.wait_for("client", SubflowRecover=1)


def go_dark(world):
    """The first path is given up as stale while data goes over the second."""
    world.wait_for_joins(1)
    world.hold()
    world.emulate("dark wifi on")
    world.go()
    world.wait_for("client", SubflowStale=1)


def kill_subflow(world):
    """The server's administrator closes the second subflow."""
    world.wait_for_joins(1)
    world.go(8000)
    world.hold()
    world.command("server", "ss", "-K", "dst", L_CLIENT)
    world.wait_for("client", MPRstRx=1)
    world.go()


def corrupt_then_go(world):
    """There is more to send once the client knows that it has to fall back."""
    world.go(4000)
    world.wait_for("client", MPFailRx=1)
    world.go()


def strip_then_go(world):
    """A middlebox begins to remove options while nothing is under way."""
    world.hold()
    world.rest()
    world.emulate("rule wifi * nosyn strip all")
    world.go()


# ---- The table --------------------------------------------------------------------------------

SCENARIOS = {
    # Joins.
    "two-paths": Scenario(
        about="the client opens a second subflow; data both ways on both",
        paths=TWO,
        endpoints=JOIN_LTE,
        octets=(12000, 16000),
        chunk=2000,
        hold=2000,
        steps=after_joins(),
        carries=BOTH_PATHS,
        expect=joined(),
        facts=facts(2),
    ),
    "three-subflows": Scenario(
        about="three paths, the client opens two further subflows",
        paths=(WIFI, LTE, DSL),
        endpoints={
            "client": (f"{L_CLIENT} dev lte subflow", f"{DSL.address('client')} dev dsl subflow")
        },
        octets=(10000, 10000),
        chunk=2000,
        hold=2000,
        steps=after_joins(2),
        carries=(*BOTH_PATHS, "dsl c2s", "dsl s2c"),
        expect=joined(2),
        facts=facts(3),
    ),
    "many-connections": Scenario(
        about="60 connections at once",
        paths=(WIFI,),
        connections=60,
        octets=(200, 100),
        expect={"server": {"MPCapableACKRX": 60}},
        facts=facts(60, connections=60),
    ),
    "many-joins": Scenario(
        about="60 connections at once, each with a second subflow",
        paths=TWO,
        endpoints=JOIN_LTE,
        connections=60,
        octets=(200, 100),
        hold=50,
        steps=after_joins(60),
        expect=joined(60),
        facts=facts(120, connections=60),
        sample=False,
    ),
    "ipv6": Scenario(
        about="two paths of IPv6",
        paths=(WIFI6, LTE6),
        endpoints={"client": (f"{LTE6.address('client')} dev lte subflow",)},
        hold=1000,
        steps=after_joins(),
        expect=joined(),
        facts=facts(2),
    ),
    "ipv6-ipv4": Scenario(
        about="the first subflow over IPv6; the server announces an IPv4 address for the second",
        paths=(WIFI6, LTE),
        endpoints=ANNOUNCE_LTE,
        hold=1000,
        steps=after_joins(),
        expect=joined(client={"AddAddr": SOME}),
        facts=facts(2),
    ),
    "nat": Scenario(
        about="a NAT on the second path rewrites the client's address and port",
        paths=TWO,
        endpoints=JOIN_LTE,
        directives=("nat lte 10.99.0.1",),
        routes={"server": ("10.99.0.1 dev lte",)},
        hold=1000,
        steps=after_joins(),
        expect=joined(),
        facts=facts(2),
        both_ends=True,
    ),
    "nat-ipv6": Scenario(
        about="the same over IPv6",
        paths=(WIFI6, LTE6),
        endpoints={"client": (f"{LTE6.address('client')} dev lte subflow",)},
        directives=("nat lte fd00:99::1",),
        routes={"server": ("fd00:99::1 dev lte",)},
        hold=1000,
        steps=after_joins(),
        expect=joined(),
        facts=facts(2),
        both_ends=True,
    ),
    "nat-both": Scenario(
        about="a NAT on either path: the initial subflow, too, has another address behind it",
        paths=TWO,
        endpoints=JOIN_LTE,
        directives=("nat wifi 10.98.0.1", "nat lte 10.99.0.1"),
        routes={"server": ("10.98.0.1 dev wifi", "10.99.0.1 dev lte")},
        hold=1000,
        steps=after_joins(),
        expect=joined(),
        facts=facts(2),
        sample=False,
    ),
    "syn-cookies": Scenario(
        about="the server keeps no state of half-open connections and joins",
        paths=TWO,
        endpoints=JOIN_LTE,
        sysctls={"server": {"net.ipv4.tcp_syncookies": 2}},
        hold=1000,
        steps=after_joins(),
        expect=joined(),
        facts=facts(2),
    ),
    "join-refused": Scenario(
        about="the server refuses the join with MP_TCPRST: administratively prohibited",
        paths=TWO,
        endpoints=JOIN_LTE,
        limits={"client": (4, 4), "server": (0, 0)},
        hold=1000,
        steps=after("server", MPJoinRejected=1),
        expect={
            "client": {"MPJoinSynAckRx": 1},
            "server": {"MPJoinRejected": 1, "MPJoinAckRx": 0},
        },
        facts=facts(),
    ),
    "join-unanswered": Scenario(
        about="the second path is dark: the join's SYN is never answered",
        paths=TWO,
        endpoints=JOIN_LTE,
        directives=("dark lte on",),
        hold=1000,
        steps=after("client", MPJoinSynTx=1),
        expect={"client": {"MPJoinSynTx": 1}, "server": {"MPJoinSynRx": 0}},
        facts=facts(),
    ),
    "rejoin": Scenario(
        about="the client removes the address of the initial subflow, and joins from it again",
        paths=TWO,
        endpoints=JOIN_LTE,
        octets=(10000, 10000),
        chunk=2000,
        hold=2000,
        steps=remove_and_rejoin,
        expect=joined(2, client={"RmAddrTx": 1}, server={"RmAddr": 1}),
        facts=facts(3),
    ),
    "full-mesh": Scenario(
        about="each address of the client joins each of the server's",
        paths=TWO,
        endpoints={
            "client": (
                f"{W_CLIENT} dev wifi subflow fullmesh",
                f"{L_CLIENT} dev lte subflow fullmesh",
            ),
            **ANNOUNCE_LTE,
        },
        hold=1000,
        steps=after_joins(3),
        expect=joined(3, client={"AddAddr": SOME}),
        facts=facts(4),
    ),
    "nat-announced": Scenario(
        about="the client announces the address that it joins from, which a NAT translates",
        paths=TWO,
        endpoints={"client": (f"{L_CLIENT} dev lte subflow signal",)},
        limits={"client": (4, 4), "server": (4, 0)},
        directives=("nat lte 10.99.0.1",),
        routes={"server": ("10.99.0.1 dev lte",)},
        hold=1000,
        steps=after_joins(),
        expect=joined(),
        facts=facts(2),
        both_ends=True,
    ),
    "announced-unreachable": Scenario(
        about="the server announces an address that cannot be reached: the join is never answered",
        paths=TWO,
        endpoints=ANNOUNCE_LTE,
        directives=("dark lte on",),
        hold=1000,
        steps=ask_twice,
        expect={"client": {"AddAddr": SOME, "MPJoinSynTx": 1}, "server": {"MPJoinSynRx": 0}},
        facts=facts(),
    ),
    "eight-addresses": Scenario(
        about="the server announces eight addresses; the client's limits let it join none",
        paths=(WIFI,),
        endpoints={"server": tuple(f"10.0.9.{n} signal" for n in range(1, 9))},
        limits={"client": (0, 0), "server": (4, 4)},
        hold=1000,
        steps=after("server", EchoAdd=8),
        expect={"client": {"AddAddr": 8, "MPJoinSynTx": 0}, "server": {"EchoAdd": 8}},
        facts=facts(),
    ),
    "bad-token": Scenario(
        about="the token of the join is changed on the way; the server knows no such connection",
        paths=TWO,
        endpoints=JOIN_LTE,
        directives=("rule lte c2s syn has mp_join flip token",),
        hold=1000,
        steps=after("server", MPJoinNoTokenFound=1),
        expect={"client": {"MPJoinSynAckRx": 0}, "server": {"MPJoinNoTokenFound": SOME}},
        facts=facts(server={"unlinked_subflows": 1}),
        both_ends=True,
    ),
    "bad-hmac-synack": Scenario(
        about="the HMAC in the join's SYN/ACK is changed on the way; the client refuses it",
        paths=TWO,
        endpoints=JOIN_LTE,
        directives=("rule lte s2c synack has mp_join flip hmac",),
        hold=1000,
        steps=after("client", MPJoinSynAckHMacFailure=1),
        expect={
            "client": {"MPJoinSynAckHMacFailure": 1, "MPRstTx": 1},
            "server": {"MPJoinAckRx": 0},
        },
        facts=facts(client={"invalid": ["syn_ack_hmac"]}),
        both_ends=True,
    ),
    "bad-hmac-ack": Scenario(
        about="the HMAC in the join's third ACK is changed on the way; the server refuses it",
        paths=TWO,
        endpoints=JOIN_LTE,
        directives=("rule lte c2s nosyn has mp_join flip hmac",),
        hold=1000,
        steps=after("server", MPJoinAckHMacFailure=1),
        expect={
            "client": {"MPJoinSynAckRx": 1},
            "server": {"MPJoinAckHMacFailure": 1, "MPJoinAckRx": 0},
        },
        facts=facts(server={"invalid": ["ack_hmac"]}),
        both_ends=True,
    ),
    # Addresses and priority.
    "add-addr": Scenario(
        about="the server announces its second address; the client opens a subflow to it",
        paths=TWO,
        endpoints=ANNOUNCE_LTE,
        hold=1000,
        steps=after_joins(),
        expect=joined(client={"AddAddr": SOME}, server={"EchoAdd": SOME}),
        facts=facts(2),
    ),
    "add-addr-port": Scenario(
        about="the server announces its second address with a port; the client joins there",
        paths=TWO,
        endpoints={"server": (f"{L_SERVER} signal port 44445",)},
        hold=1000,
        steps=after_joins(),
        expect=joined(
            client={"AddAddr": SOME, "PortAdd": SOME},
            server={"MPJoinPortAckRx": 1, "EchoAdd": SOME},
        ),
        facts=facts(2),
    ),
    "server-join": Scenario(
        about="the client announces its second address; the server opens a subflow to it",
        paths=TWO,
        endpoints={"client": (f"{L_CLIENT} signal",)},
        options={"client": ("--bind", W_CLIENT, "--bind-port", 41000, "--listen", L_CLIENT)},
        hold=1000,
        steps=after_joins(),
        expect={
            "client": {"MPJoinSynRx": SOME, "MPJoinAckRx": 1, "EchoAdd": SOME},
            "server": {"MPJoinSynAckRx": 1, "AddAddr": SOME},
        },
        facts=facts(2),
    ),
    "no-join-initial": Scenario(
        about="the server forbids joins to its initial address (flag C) and announces another",
        paths=TWO,
        endpoints=JOIN_LTE | ANNOUNCE_LTE,
        sysctls={"server": {"net.mptcp.allow_join_initial_addr_port": 0}},
        hold=1000,
        steps=after_joins(),
        expect=joined(client={"AddAddr": SOME}),
        facts=facts(2),
    ),
    "bad-hmac-addaddr": Scenario(
        about="the HMAC of the server's ADD_ADDR is changed on the way; the client ignores it",
        paths=TWO,
        endpoints=ANNOUNCE_LTE,
        directives=("rule wifi s2c nosyn has add_addr flip hmac",),
        hold=1000,
        steps=after("server", AddAddrTx=2),  # told, not echoed, told again
        expect={
            "client": {"AddAddr": 0, "MPJoinSynTx": 0},
            "server": {"AddAddrTx": AtLeast(2), "EchoAdd": 0},
        },
        facts=facts(client={"invalid": ["add_addr_hmac"]}),
        both_ends=True,
    ),
    "echo-stripped": Scenario(
        about="the echo of the server's ADD_ADDR is removed: announced again, joined all the same",
        paths=TWO,
        endpoints=ANNOUNCE_LTE,
        directives=("rule wifi c2s nosyn has add_addr strip add_addr",),
        hold=1000,
        steps=after("server", MPJoinAckRx=1, AddAddrTx=2),
        expect=joined(client={"AddAddr": SOME}, server={"AddAddrTx": AtLeast(2), "EchoAdd": 0}),
        facts=facts(2),
        both_ends=True,
    ),
    "remove-addr": Scenario(
        about="the client removes the address of its second subflow in mid-connection",
        paths=TWO,
        endpoints=JOIN_LTE,
        octets=(10000, 10000),
        chunk=2000,
        hold=2000,
        steps=remove_address("client", "server", "1"),
        carries=BOTH_PATHS,
        expect=joined(client={"RmAddrTx": 1, "RmSubflow": 1}, server={"RmAddr": 1}),
        facts=facts(2),
    ),
    "remove-initial": Scenario(
        about="the client removes the address of the initial subflow in mid-connection",
        paths=TWO,
        endpoints=JOIN_LTE,
        octets=(10000, 10000),
        chunk=2000,
        hold=2000,
        steps=remove_address("client", "server", "0", W_CLIENT),
        carries=BOTH_PATHS,
        expect=joined(client={"RmAddrTx": 1}, server={"RmAddr": 1}),
        facts=facts(2),
    ),
    "withdrawn-addr": Scenario(
        about="the server withdraws the address that it announced, after the client joined there",
        paths=TWO,
        endpoints=ANNOUNCE_LTE,
        octets=(10000, 10000),
        chunk=2000,
        hold=2000,
        steps=remove_address("server", "client", "1"),
        carries=BOTH_PATHS,
        expect=joined(client={"AddAddr": SOME, "RmAddr": 1}, server={"RmAddrTx": 1}),
        facts=facts(2),
    ),
    "backup-prio": Scenario(
        about="the second subflow is backup at its join, then regular, then backup again",
        paths=TWO,
        endpoints={"client": (f"{L_CLIENT} dev lte subflow backup",)},
        octets=(12000, 12000),
        chunk=2000,
        hold=2000,
        steps=change_priority,
        carries=BOTH_PATHS,
        expect=joined(client={"MPPrioTx": 2}, server={"MPPrioRx": 2, "MPJoinSynBackupRx": 1}),
        facts=facts(2),
    ),
    # Handshake and fallback.
    "plain-peer": Scenario(
        about="the server speaks plain TCP only",
        paths=TWO,
        endpoints=JOIN_LTE,
        options={"server": ("--tcp",)},
        expect={"client": {"MPCapableFallbackSYNACK": 1}, "server": {"MPCapableSYNRX": 0}},
        facts=facts(close="fin", fallback="synack-without-mp_capable"),
    ),
    "strip-syn": Scenario(
        about="MP_CAPABLE is removed from the SYN",
        paths=TWO,
        directives=("rule wifi c2s syn strip all",),
        expect={"client": {"MPCapableFallbackSYNACK": 1}, "server": {"MPCapableSYNRX": 0}},
        facts=facts(close="fin", fallback="synack-without-mp_capable", server=PLAIN_TCP),
        both_ends=True,
    ),
    "strip-synack": Scenario(
        about="MP_CAPABLE is removed from the SYN/ACK",
        paths=TWO,
        directives=("rule wifi s2c synack strip all",),
        expect={
            "client": {"MPCapableFallbackSYNACK": 1},
            "server": {"MPCapableSYNRX": 1, "MPCapableFallbackACK": 1},
        },
        facts=facts(
            close="fin",
            client={"fallback": "synack-without-mp_capable"},
            server={"fallback": "ack-without-mp_capable"},
        ),
        both_ends=True,
    ),
    "strip-after-handshake": Scenario(
        about="all MPTCP options are removed from everything after the third ACK",
        paths=TWO,
        directives=("rule wifi * later strip all",),
        expect={"client": {"MPCapableDataFallback": 1}, "server": {"DssFallback": 1}},
        facts=facts(close="fin", fallback="data-without-dss"),
        both_ends=True,
    ),
    "strip-second-path": Scenario(
        about="all MPTCP options are removed on the second path only: its join fails",
        paths=TWO,
        endpoints=JOIN_LTE,
        directives=("rule lte * any strip all",),
        hold=1000,
        steps=after("client", MPRstTx=1),
        expect={"client": {"MPJoinSynTx": 1, "MPJoinSynAckRx": 0}, "server": {"MPJoinSynRx": 0}},
        facts=facts(),
        both_ends=True,
    ),
    "strip-in-transfer": Scenario(
        about="from mid-transfer on all MPTCP options are removed: plain TCP from there on",
        paths=(WIFI,),
        octets=(8000, 8000),
        chunk=2000,
        hold=4000,
        steps=strip_then_go,
        expect={side: {"DssFallback": 1} for side in BOTH_SIDES},
        facts=facts(close="fin", fallback="data-without-dss"),
        both_ends=True,
    ),
    "strip-second-data": Scenario(
        about="all MPTCP options are removed from the second path's data: that subflow is reset",
        paths=TWO,
        endpoints=JOIN_LTE,
        directives=("rule lte * nosyn after 1000 strip all",),
        octets=(10000, 10000),
        chunk=2000,
        hold=2000,
        steps=after_joins(),
        expect=joined(),
        facts=facts(2),
        both_ends=True,
    ),
    "strip-join-ack": Scenario(
        about="MP_JOIN is removed from the third ACK of the join: the server resets it",
        paths=TWO,
        endpoints=JOIN_LTE,
        directives=("rule lte c2s nosyn has mp_join strip mp_join",),
        hold=1000,
        steps=after("client", MPJoinSynAckRx=1),
        expect={"client": {"MPJoinSynAckRx": 1}, "server": {"MPJoinSynRx": SOME, "MPJoinAckRx": 0}},
        facts=facts(),
        both_ends=True,
    ),
    "blackhole-syn": Scenario(
        about="SYNs with MP_CAPABLE vanish; the client tries without it",
        paths=(WIFI,),
        directives=("rule wifi c2s syn has mp_capable drop",),
        sysctls={"client": {"net.mptcp.syn_retrans_before_tcp_fallback": 1}},
        expect={"client": {"MPCapableSYNTXDrop": 1}, "server": {"MPCapableSYNRX": 0}},
        facts=facts(
            close="fin", fallback="syn-retransmitted-without-mp_capable", server=PLAIN_TCP
        ),
        both_ends=True,
    ),
    "mp-capable-ack-lost": Scenario(
        about="the third ACK is lost; the client's key arrives with the first data",
        paths=(WIFI,),
        directives=("rule wifi c2s ack3 count 1 drop",),
        expect={"server": {"MPCapableACKRX": 1, "MPCapableFallbackACK": 0}},
        facts=facts(),
        both_ends=True,
    ),
    "server-first": Scenario(
        about="the server speaks first",
        paths=(WIFI,),
        options={"client": ("--waits",)},
        octets=(3000, 6000),
        expect={"server": {"MPCapableACKRX": 1}},
        facts=facts(),
    ),
    "port-reuse": Scenario(
        about="two connections one after the other with the same addresses and ports",
        paths=(WIFI,),
        connections=2,
        sysctls={"client": {"net.ipv4.tcp_tw_reuse": 1, "net.ipv4.tcp_tw_reuse_delay": 1}},
        options={
            "client": (
                *("--sequential", "--bind", W_CLIENT, "--bind-port", 41000),
                *("--close", "answer"),
            )
        },
        octets=(3000, 3000),
        expect={"server": {"MPCapableACKRX": 2}},
        facts=facts(2, connections=2),
    ),
    "fast-open": Scenario(
        about="the first octets go with the SYN (TCP Fast Open)",
        paths=(WIFI,),
        sysctls={side: {"net.ipv4.tcp_fastopen": 0x607} for side in BOTH_SIDES},  # no cookie
        options={"client": ("--fast-open",)},
        chunk=500,
        octets=(3000, 3000),
        expect={"server": {"MPCapableACKRX": 1}},
        facts=facts(client={"syn_octets": 500}, server={"syn_octets": 500}),
    ),
    # Data.
    "hand-over": Scenario(
        about="the first path goes dark in mid-transfer; the second one carries on",
        paths=TWO,
        endpoints=JOIN_LTE,
        octets=(12000, 12000),
        chunk=2000,
        directives=("rule wifi * any after 9000 drop",),
        hold=2000,
        steps=after_joins(),
        closes=False,
        carries=BOTH_PATHS,
        expect=joined(client={"MPTCPRetrans": SOME}),
        facts=facts(2),
        both_ends=True,
    ),
    "hand-back": Scenario(
        about="the first path goes dark and is given up: the backup takes over, until it is back",
        paths=(WIFI, FAR_LTE),
        endpoints={"client": (f"{L_CLIENT} dev lte subflow backup",)},
        sysctls={side: {"net.mptcp.stale_loss_cnt": 1} for side in BOTH_SIDES},
        options={side: ("--pace-us", 50000) for side in BOTH_SIDES},
        octets=(24000, 24000),
        chunk=300,
        hold=2000,
        steps=go_dark_and_come_back,
        carries=BOTH_PATHS,
        expect=joined(
            client={"SubflowStale": SOME, "SubflowRecover": SOME},
            server={"SubflowStale": SOME},
        ),
        facts=facts(2),
    ),
    "path-dies": Scenario(
        about="the first path goes dark and is given up; the second one carries on alone",
        paths=(WIFI, FAR_LTE),
        endpoints=JOIN_LTE,
        sysctls={side: {"net.mptcp.stale_loss_cnt": 1} for side in BOTH_SIDES},
        options={"client": ("--pace-us", 50000)},
        octets=(24000, 6000),
        chunk=300,
        hold=2000,
        steps=go_dark,
        closes=False,
        carries=("wifi c2s", "lte c2s"),
        expect=joined(),
        facts=facts(2),
    ),
    "lossy-reordering": Scenario(
        about="two paths that lose and reorder",
        paths=(
            Path("wifi", 1, more="loss_percent 6 reorder_percent 10 reorder_ms 6"),
            Path("lte", 2, delay_ms=12, more="loss_percent 4 reorder_percent 10 reorder_ms 15"),
        ),
        endpoints=JOIN_LTE,
        octets=(16000, 16000),
        chunk=2000,
        hold=2000,
        steps=after_joins(),
        expect={"client": {"MPJoinSynAckRx": 1}, "server": {"MPJoinAckRx": 1}},
        facts=facts(2),
        both_ends=True,
    ),
    "losses": Scenario(
        # No DATA_FIN: until it is acknowledged, each acknowledgement carries it and has no room for
        # SACK, so that nobody says what was sent again needlessly.
        about="two paths that lose, and a transfer long enough to count what they lost",
        paths=(
            Path("wifi", 1, more="loss_percent 2"),
            Path("lte", 2, delay_ms=12, more="loss_percent 1"),
        ),
        endpoints=JOIN_LTE,
        octets=(600000, 600000),
        chunk=20000,
        options={side: ("--close", "open") for side in BOTH_SIDES},
        hold=2000,
        steps=after_joins(),
        closes=False,
        carries=BOTH_PATHS,
        expect={"client": {"MPJoinSynAckRx": 1}, "server": {"MPJoinAckRx": 1}},
        facts=facts(2, close="open"),
        sample=False,
    ),
    "checksums": Scenario(
        about="two paths, DSS checksums asked for by both sides",
        paths=TWO,
        endpoints=JOIN_LTE,
        sysctls=CHECKSUMS,
        hold=1000,
        steps=after_joins(),
        expect=joined(client={"DataCsumErr": 0}, server={"DataCsumErr": 0}),
        facts=facts(2),
    ),
    "checksums-by-server": Scenario(
        about="DSS checksums asked for by the server alone",
        paths=(WIFI,),
        sysctls={"server": CHECKSUMS["server"]},
        expect={"client": {"DataCsumErr": 0}, "server": {"DataCsumErr": 0, "MPCapableACKRX": 1}},
        facts=facts(),
    ),
    "checksum-fail-second": Scenario(
        about="payload is changed on the second of two subflows: MP_FAIL and RST, data sent again",
        paths=TWO,
        endpoints=JOIN_LTE,
        sysctls=CHECKSUMS,
        directives=("rule lte c2s data count 1 flip payload",),
        octets=(12000, 4000),
        chunk=2000,
        hold=2000,
        steps=after_joins(),
        expect=joined(client={"MPFailRx": SOME}, server={"DataCsumErr": SOME, "MPFailTx": SOME}),
        facts=facts(2, server={"invalid": ["dss_checksum"]}),
        both_ends=True,
    ),
    "checksum-fail-only": Scenario(
        about="payload is changed on the only subflow: MP_FAIL, then an infinite mapping",
        paths=(WIFI,),
        sysctls=CHECKSUMS,
        directives=("rule wifi c2s data after 4000 count 1 flip payload",),
        octets=(8000, 8000),
        chunk=2000,
        hold=2000,
        steps=corrupt_then_go,
        intact=False,
        expect={
            "client": {"MPFailRx": SOME, "InfiniteMapTx": SOME},
            "server": {"DataCsumErr": SOME, "MPFailTx": SOME, "InfiniteMapRx": SOME},
        },
        facts=facts(close="fin", fallback="mp_fail", server={"invalid": ["dss_checksum"]}),
        both_ends=True,
    ),
    "bad-ssn": Scenario(
        about="a mapping on the second path is moved by 64 KiB on its subflow: the server resets it",
        paths=TWO,
        endpoints=JOIN_LTE,
        directives=("rule lte c2s data has dss count 1 flip ssn",),
        octets=(12000, 4000),
        chunk=2000,
        hold=2000,
        steps=after_joins(),
        expect=joined(server={"DSSNoMatchTCP": SOME}),
        facts=facts(2),
        both_ends=True,
    ),
    # Ends.
    "fastclose": Scenario(
        about="the client aborts the connection (MP_FASTCLOSE) once all data has arrived",
        paths=TWO,
        endpoints=JOIN_LTE,
        aborts="client",
        hold=1000,
        steps=after_joins(),
        expect=joined(client={"MPFastcloseTx": SOME}, server={"MPFastcloseRx": SOME}),
        facts=facts(2, close="fastclose"),
    ),
    "reset-by-peer": Scenario(
        about="the server aborts the connection",
        paths=TWO,
        endpoints=JOIN_LTE,
        aborts="server",
        hold=1000,
        steps=after_joins(),
        expect=joined(client={"MPFastcloseRx": SOME}, server={"MPFastcloseTx": SOME}),
        facts=facts(2, close="fastclose"),
    ),
    "subflow-killed": Scenario(
        about="the server's administrator closes the second subflow; the first one carries on",
        paths=TWO,
        endpoints=JOIN_LTE,
        octets=(10000, 10000),
        chunk=2000,
        hold=2000,
        steps=kill_subflow,
        expect=joined(client={"MPRstRx": SOME}),
        facts=facts(2),
    ),
    "both-idle-open": Scenario(
        about="after the transfer both sides leave the connection open",
        paths=TWO,
        endpoints=JOIN_LTE,
        options={side: ("--close", "open") for side in BOTH_SIDES},
        hold=1000,
        steps=after_joins(),
        closes=False,
        expect=joined(),
        facts=facts(2, close="open"),
    ),
    # Captures.
    "mixed-links": Scenario(
        about="two paths, captured on interfaces of different link types: Ethernet and raw IP",
        paths=(Path("wifi", 1, link="ethernet"), LTE),
        endpoints=JOIN_LTE,
        hold=1000,
        steps=after_joins(),
        expect=joined(),
        facts=facts(2),
    ),
    "unordered-interfaces": Scenario(
        about="two paths in a capture whose interfaces are out of time order to each other",
        paths=TWO,
        endpoints=JOIN_LTE,
        directives=("batch 12",),
        octets=(12000, 16000),
        chunk=2000,
        hold=2000,
        steps=after_joins(),
        carries=BOTH_PATHS,
        expect=joined(),
        facts=facts(2),
    ),
}
