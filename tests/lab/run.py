# SPDX-License-Identifier: BSD-3-Clause
"""
One run of a scenario, and whether it showed what it should.
"""

import enum
import json
import pathlib
import platform

from scenario import PORT, AtLeast
from scenarios import SCENARIOS
from world import SIDES, LabError, Unavailable, World, deadline_of_transfer

LINGER_SECONDS = 20  # an application ends by itself so long after it should be done


class Status(enum.IntEnum):
    """Values are exit statuses; 77 is what test runners take for "skipped"."""

    SHOWN = 0
    NOT_SHOWN = 1
    SKIPPED = 77


SKIPPED = Status.SKIPPED


def worst(statuses):
    """The status of several runs: a skipped one does not spoil the others."""
    found = set(statuses)
    if Status.NOT_SHOWN in found:
        return Status.NOT_SHOWN
    return Status.SHOWN if Status.SHOWN in found else Status.SKIPPED


# ---- What has to be true afterwards -----------------------------------------------------------


def failed_expectations(expected, counters):
    """Each counter that is not what the scenario says, in words."""
    for side, values in expected.items():
        for name, want in values.items():
            got = counters[side][name]
            least = isinstance(want, AtLeast)
            if got < want.value if least else got != want:
                yield f"{side} {name} is {got}, not {f'{want.value} or more' if least else want}"


def unused_paths(carries, emulator):
    """Each path that carried no payload though the scenario says so, in words."""
    for path, direction in map(str.split, carries):
        if emulator["paths"][path][direction]["payload_octets"] == 0:
            yield f"{path} {direction} carried no payload"


def idle_rules(emulator):
    """Each rule that never met a packet it was made for, in words."""
    for number, acted in enumerate(emulator["rules"], start=1):
        if acted == 0:
            yield f"rule {number} never acted"


def failed_transfers(report):
    """Each stream that did not arrive whole and as it was sent, in words."""
    for side, other in (SIDES, SIDES[::-1]):
        sent = {c["sent_stream"]: c for c in report[side]["connections"]}
        for got in report[other]["connections"]:
            origin = sent.get(got.get("received_stream"))
            if origin is None:
                yield f"{other}: a connection received no stream of the {side}"
            elif got["received_sha256"] != origin["sent_sha256"]:
                yield f"{other}: stream {origin['sent_stream']} of the {side} is not as it was sent"


def failures(scenario, octets, report, counters):
    yield from failed_expectations(scenario.expect, counters)
    yield from idle_rules(report["emulator"])
    if octets >= scenario.octets:
        yield from unused_paths(scenario.carries, report["emulator"])
    if scenario.intact:
        yield from failed_transfers(report)


# ---- The run ----------------------------------------------------------------------------------


def peer_options(scenario, side, octets, seed):
    """The command line of an application, without the program."""
    sends, receives = octets if side == "client" else octets[::-1]
    # The server listens at all its addresses, so that those which it announces can be joined.
    address = {
        "client": scenario.paths[0].address("server"),
        "server": "::" if any(path.family == 6 for path in scenario.paths) else "0.0.0.0",
    }[side]
    return [
        *(["--server"] if side == "server" else []),
        *("--address", address, "--port", PORT, "--connections", scenario.connections),
        *("--seed", seed, "--send", sends, "--receive", receives, "--chunk", scenario.chunk),
        *("--timeout", deadline_of_transfer(sum(octets)) + LINGER_SECONDS),
        *(["--hold", scenario.hold] if scenario.hold is not None else []),
        *(["--close", "abort" if side == scenario.aborts else "open"] if scenario.aborts else []),
        *scenario.options.get(side, ()),
    ]


def drive(world, octets):
    """Lets the scenario happen; returns the processes' reports and the counters."""
    scenario = world.scenario
    for side in reversed(SIDES):
        world.start_peer(side, peer_options(scenario, side, octets, world.seed))
    world.require_counters(scenario.expect)
    scenario.steps(world)
    world.expect("done", deadline_of_transfer(sum(octets)))
    if scenario.aborts is not None:
        world.abort(scenario.aborts)
    if scenario.closes:
        world.wait_for_close()
    else:
        world.rest()
    return world.finish()


def run(name, seed, out, build, octets=None):
    """Runs one scenario into a folder; returns what it failed to show, in words."""
    scenario = SCENARIOS[name]
    octets = scenario.octets if octets is None else (octets, octets)
    out = pathlib.Path(out)
    out.mkdir(parents=True, exist_ok=True)
    with World(scenario, build, out, seed) as world:
        report, counters = drive(world, octets)
    result = {
        "scenario": name,
        "about": scenario.about,
        "seed": seed,
        "kernel": platform.release(),
        "facts": scenario.facts,
        **report,
    }
    (out / "result.json").write_text(json.dumps(result, indent=1) + "\n")
    (out / "counters.json").write_text(json.dumps(counters, indent=1) + "\n")
    return list(failures(scenario, octets, report, counters))


def run_and_tell(name, seed, out, build, octets=None):
    """Runs a scenario, prints a line about it, and returns its status."""
    status = Status.SHOWN
    words = "ok"
    try:
        failed = run(name, seed, out, build, octets)
        if failed:
            status, words = Status.NOT_SHOWN, "; ".join(failed)
    except LabError as error:
        status, words = Status.NOT_SHOWN, str(error)
    except Unavailable as reason:
        status, words = Status.SKIPPED, f"skipped: {reason}"
    print(f"{name}: seed {seed}: {words}", flush=True)
    return status
