#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""
The lab: real kernel Multipath TCP between two network namespaces, over emulated paths.

A run leaves in its folder client.pcapng and server.pcapng, counters.json (the kernel's MPTcpExt
counters of both hosts) and result.json (what the applications sent and received, and the
scenario's facts). Exit status: 0 the scenario showed what its name says, 1 it did not, 2 usage,
77 this machine cannot run it.
"""

import argparse
import pathlib
import random
import signal
import sys
import tempfile

from run import SKIPPED, Status, run_and_tell, worst
from samples import kept_scenarios, make_samples
from scenarios import SCENARIOS
from world import Unavailable, require_lab

ROOT = pathlib.Path(__file__).resolve().parents[2]


def known_scenario(name):
    if name not in SCENARIOS:
        raise argparse.ArgumentTypeError(f'no scenario "{name}"; see lab.py list')
    return name


def command_list(_):
    for name, scenario in SCENARIOS.items():
        print(f"{name:24} {scenario.about}")
    return Status.SHOWN


def command_run(arguments):
    name = arguments.scenario
    out = pathlib.Path(arguments.out or tempfile.mkdtemp(prefix=f"lab-{name}-"))
    return run_and_tell(name, arguments.seed, out, arguments.build, arguments.bytes)


def command_all(arguments):
    out = pathlib.Path(arguments.out or tempfile.mkdtemp(prefix="lab-"))
    return worst(
        run_and_tell(name, arguments.seed, out / name, arguments.build) for name in SCENARIOS
    )


def command_samples(arguments):
    names = arguments.scenarios or kept_scenarios()
    return make_samples(names, arguments.seed, arguments.folder, arguments.build)


def parse_arguments():
    parser = argparse.ArgumentParser(description="Real kernel Multipath TCP over emulated paths.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def add(name, function, about, seed=None):
        sub = commands.add_parser(name, help=about, description=about)
        sub.set_defaults(function=function)
        if function is not command_list:
            sub.add_argument("--build", default=ROOT / "build" / "dev", help="build directory")
            sub.add_argument("--seed", type=int, default=seed, help="of all that is chance here")
        return sub

    fresh = random.SystemRandom().randrange(1 << 31)
    add("list", command_list, "name all scenarios")
    one = add("run", command_run, "run one scenario", fresh)
    one.add_argument("scenario", type=known_scenario)
    one.add_argument("--out", help="folder for captures and results; default: a new one in /tmp")
    one.add_argument("--bytes", type=int, help="octets that each side sends on a connection")
    every = add("all", command_all, "run all scenarios, each into a folder of its own", fresh)
    every.add_argument("--out", help="folder for these folders; default: a new one in /tmp")
    samples = add("samples", command_samples, "make captures for samples/ anew", 1)
    samples.add_argument("folder", type=pathlib.Path)
    samples.add_argument("scenarios", nargs="*", type=known_scenario, metavar="scenario")
    return parser.parse_args()


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("lab.py: terminated"))
    arguments = parse_arguments()
    try:
        if arguments.function is not command_list:
            require_lab()
        return arguments.function(arguments).value
    except Unavailable as reason:
        print(f"lab.py: skipped: {reason}")
        return SKIPPED.value


if __name__ == "__main__":
    sys.exit(main())
