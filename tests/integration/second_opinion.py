#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""
tshark reads every sample, too: each option of each packet, which packets belong to one connection,
and the tokens of keys must be the same.
"""

import concurrent.futures
import os

from support import arguments, main, program, report_of, samples
from tshark import disagreements, require_tshark

# Packets of these were cut: what is left of an option tshark names, this project does not.
CUT = ("forge-snap-96",)
SHOWN = 6


def opinions(path, sample):
    _, report = report_of(path, sample)
    return list(disagreements(path, sample, report, cut=sample.stem in CUT))


def test(checks):
    given = arguments("Compares every sample's options with what tshark says.")
    require_tshark()
    path = program(given.release)
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        found = samples()
        for sample, faults in zip(found, pool.map(lambda sample: opinions(path, sample), found)):
            words = "\n  ".join(faults[:SHOWN])
            checks.that(not faults, f"{sample.name}: {len(faults)} disagreements:\n  {words}")


main(test)
