#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""
The Wireshark plugin, built with sanitizers, under sharkd: samples, whole, with octets changed, or cut,
are dissected without a bug; a packet looks the same in whatever order packets are asked for.
"""

import concurrent.futures
import os
import random
import subprocess

from support import ENVIRONMENT, Skip, arguments, main, samples
from wireshark import wireshark

SHARE = 9        # of as many samples, one is spoilt
FRAMES_MAX = 12  # of a capture are looked at twice
BUG = "issector bug"
NOT_OURS = "packet-tcp.c"  # Wireshark's own stumbles over versions of MPTCP that do not exist

# What Wireshark itself makes of a packet may depend on the order.
OURS = "mptcpa"


def sanitizers():
    """The libraries that a program must load first whose plugin was built with sanitizers."""
    found = []
    for name in ("libasan.so", "libubsan.so"):
        path = subprocess.run(["gcc", f"-print-file-name={name}"], capture_output=True, text=True,
                              check=False).stdout.strip()
        if not os.path.isabs(path):
            raise Skip(f"needs {name}")
        found.append(path)
    return " ".join(found)


def our_branch(tree):
    """The plugin's part of a packet's tree, as text, and whether there is a bug in any part."""
    mine = [str(branch) for branch in tree if branch.get("f", "").startswith(OURS)]
    bugs = [part for part in str(tree).split("}") if BUG in part and NOT_OURS not in part]
    return mine, bool(bugs)


def spoilt(shark, sample, number):
    """Copies of a sample: octets changed at random, packets cut."""
    whole = shark.capture(sample)
    for name, options in (("flip", ("-E", "0.02", "--seed", number)), ("snap", ("-s", "100"))):
        copy = shark.folder / f"{name}-{sample.name}"
        done = subprocess.run(["editcap", *map(str, options), whole, copy], capture_output=True,
                              check=False)
        if done.returncode == 0:
            copy.chmod(0o644)
            yield copy


def look(checks, sharkd, capture):
    """Loads a capture and looks at its packets, in two orders."""
    sharkd.load(capture)
    numbers = [row["num"] for row in sharkd.ask("frames")][:FRAMES_MAX]
    branches = {}
    for number in numbers:
        branches[number], bug = our_branch(sharkd.ask("frame", frame=number, proto=True)["tree"])
        checks.that(not bug, f"{capture.name}: packet {number}: a dissector bug")
    shuffled = list(numbers)
    random.Random(capture.name).shuffle(shuffled)
    for number in shuffled:
        again, _ = our_branch(sharkd.ask("frame", frame=number, proto=True)["tree"])
        checks.that(again == branches[number], f"{capture.name}: packet {number} looks different")
    return any(branches.values())


def look_at_part(checks, shark, part):
    shown = 0
    with shark.sharkd() as sharkd:
        for number, sample in part:
            if number % SHARE == 0:
                for copy in spoilt(shark, sample, number):
                    look(checks, sharkd, copy)
            if number % 3 == 0:
                shown += look(checks, sharkd, shark.capture(sample))
    return shown


def test(checks):
    given = arguments("Looks at samples, whole and spoilt, with sanitizers.")
    ENVIRONMENT["ASAN_OPTIONS"] = "detect_leaks=0:abort_on_error=1"  # sharkd's own are many
    with wireshark(given.build, sanitizers()) as shark:
        numbered = list(enumerate(samples()))
        parts = [numbered[i::os.cpu_count()] for i in range(os.cpu_count())]
        with concurrent.futures.ThreadPoolExecutor(len(parts)) as pool:
            shown = sum(pool.map(lambda part: look_at_part(checks, shark, part), parts))
        checks.that(shown > len(numbered) // 5, "the plugin shows nothing")


main(test)
