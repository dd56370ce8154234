#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""
The lab: real kernel Multipath TCP between two network namespaces, over emulated paths.

    lab.py list
    lab.py run SCENARIO [--seed N] [--out DIR] [--bytes N] [--build BUILD]
    lab.py all [--seed N] [--out DIR] [--build BUILD]
    lab.py samples [SCENARIO...] [--seed N] [--out DIR] [--build BUILD]

A run leaves in its folder client.pcapng and server.pcapng, counters.json (the kernel's MPTcpExt
counters of both hosts) and result.json (what the applications sent and received, and the
scenario's facts). Exit status: 0 the scenario showed what its name says, 1 it did not, 2 usage,
77 this machine cannot run the lab.
"""

import argparse
import json
import os
import pathlib
import platform
import random
import shutil
import signal
import sys
import tempfile

from scenario import PORT, AtLeast
from scenarios import SCENARIOS
from world import SIDES, LabError, Unavailable, World, require_lab

ROOT = pathlib.Path(__file__).resolve().parents[2]
USAGE_STATUS = 2
SKIP_STATUS = 77


# ---- One run --------------------------------------------------------------------------------


def peer_options(scenario, side, octets, seed):
    """The command line of an application, without the program."""
    sends, receives = octets if side == "client" else octets[::-1]
    # The server listens at all its addresses, so that those which it announces can be joined.
    server = {
        "client": scenario.paths[0].address("server"),
        "server": "::" if any(path.family == 6 for path in scenario.paths) else "0.0.0.0",
    }[side]
    return [
        *(["--server"] if side == "server" else []),
        *("--address", server, "--port", PORT, "--connections", scenario.connections),
        *("--seed", seed, "--send", sends, "--receive", receives, "--chunk", scenario.chunk),
        *(["--hold", scenario.hold] if scenario.hold is not None else []),
        *(["--close", "abort" if side == scenario.aborts else "open"] if scenario.aborts else []),
        *scenario.options.get(side, ()),
    ]


def failed_expectations(expected, counters):
    """Each counter that is not what the scenario says, in words."""
    for side, values in expected.items():
        for name, want in values.items():
            got = counters[side].get(name, 0)
            least = isinstance(want, AtLeast)
            if got < want.value if least else got != want:
                yield f"{side} {name} is {got}, not {f'{want.value} or more' if least else want}"


def unused_paths(carries, emulator):
    """Each path that carried no payload though the scenario says so, in words."""
    for path, direction in map(str.split, carries):
        if emulator["paths"][path][direction]["payload_octets"] == 0:
            yield f"{path} {direction} carried no payload"


def failed_transfers(report):
    """Each stream that did not arrive whole and as it was sent, in words."""
    for side, other in (SIDES, SIDES[::-1]):
        sent = {c["sent_stream"]: c for c in report[side]["connections"]}
        for got in report[other]["connections"]:
            origin = sent.get(got.get("received_stream"))
            if origin is None:
                yield f"{other}: a connection received no stream of the {side}"
            elif (got["received"], got["received_sha256"]) != (origin["sent"], origin["sent_sha256"]):
                yield f"{other}: stream {origin['sent_stream']} of the {side} is not as it was sent"


def drive(world, octets):
    """Lets the scenario happen; returns the processes' reports and the counters."""
    scenario = world.scenario
    for side in reversed(SIDES):
        world.start_peer(side, peer_options(scenario, side, octets, world.seed))
    scenario.steps(world)
    world.expect("done")
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
    failures = list(failed_expectations(scenario.expect, counters))
    if octets >= scenario.octets:
        failures += unused_paths(scenario.carries, report["emulator"])
    if scenario.intact:
        failures += failed_transfers(report)
    return failures


# ---- Samples --------------------------------------------------------------------------------


def expectations(folder):
    """What is known of a run beside its captures."""
    result = json.loads((folder / "result.json").read_text())
    del result["emulator"]
    counters = json.loads((folder / "counters.json").read_text())
    for side in SIDES:
        result[side]["counters"] = {name: n for name, n in counters[side].items() if n != 0}
    return result


def make_sample(name, seed, out, build):
    """Runs a scenario; only a run that showed what it should becomes a sample."""
    with tempfile.TemporaryDirectory(prefix="lab-") as temporary:
        folder = pathlib.Path(temporary)
        if not run_and_tell(name, seed, folder, build):
            return False
        shutil.copyfile(folder / "client.pcapng", out / f"{name}.pcapng")
        if SCENARIOS[name].both_ends:
            shutil.copyfile(folder / "server.pcapng", out / f"{name}.server.pcapng")
        text = json.dumps(expectations(folder), indent=None if SCENARIOS[name].connections > 9 else 1)
        (out / f"{name}.expect.json").write_text(text + "\n")
    return True


# ---- The command line -----------------------------------------------------------------------


def run_and_tell(name, seed, out, build, octets=None):
    """Runs a scenario, prints a line about it, and returns whether it showed what it should."""
    try:
        failures = run(name, seed, out, build, octets)
    except LabError as error:
        failures = [str(error)]
    print(f"{name}: seed {seed}: {'; '.join(failures) or 'ok'}", flush=True)
    return not failures


def command_list(_):
    for name, scenario in SCENARIOS.items():
        print(f"{name:24} {scenario.about}")
    return True


def require_scenario(name):
    if name not in SCENARIOS:
        print(f'lab.py: no scenario "{name}"; see lab.py list', file=sys.stderr)
        sys.exit(USAGE_STATUS)


def command_run(arguments):
    require_scenario(arguments.scenario)
    require_lab()
    out = arguments.out or tempfile.mkdtemp(prefix=f"lab-{arguments.scenario}-")
    return run_and_tell(arguments.scenario, arguments.seed, out, arguments.build, arguments.bytes)


def command_all(arguments):
    require_lab()
    out = pathlib.Path(arguments.out or tempfile.mkdtemp(prefix="lab-"))
    good = [run_and_tell(name, arguments.seed, out / name, arguments.build) for name in SCENARIOS]
    return all(good)


def command_samples(arguments):
    for name in arguments.scenarios:
        require_scenario(name)
    require_lab()
    out = pathlib.Path(arguments.out or ROOT / "samples")
    names = arguments.scenarios or SCENARIOS
    good = [make_sample(name, arguments.seed, out, arguments.build) for name in names]
    return all(good)


def parse_arguments():
    parser = argparse.ArgumentParser(description="Real kernel Multipath TCP over emulated paths.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    table = (
        ("list", command_list, "name all scenarios"),
        ("run", command_run, "run one scenario"),
        ("all", command_all, "run all scenarios, each into a folder of its own"),
        ("samples", command_samples, "make the captures in samples/ anew"),
    )
    for name, function, about in table:
        sub = commands.add_parser(name, help=about)
        sub.set_defaults(function=function)
        if name == "list":
            continue
        if name == "run":
            sub.add_argument("scenario")
            sub.add_argument("--bytes", type=int, help="octets that each side sends")
        if name == "samples":
            sub.add_argument("scenarios", nargs="*")
        sub.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 31))
        sub.add_argument("--out", help="folder for captures and results")
        sub.add_argument("--build", default=ROOT / "build" / "dev", help="build directory")
    return parser.parse_args()


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("lab.py: terminated"))
    arguments = parse_arguments()
    try:
        return 0 if arguments.function(arguments) else 1
    except Unavailable as reason:
        print(f"lab.py: skipped: {reason}")
        return SKIP_STATUS


if __name__ == "__main__":
    sys.exit(main())
