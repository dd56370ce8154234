#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""
What the Wireshark plugin costs: tshark's user time and memory with it, as ratios to those without.

    wireshark_cost.py PLUGINS CAPTURE [RUNS]

PLUGINS is what `./dev plugin-dir` prints. To be run as a user who is not root, for Wireshark ignores
plugins of root's. The least of RUNS (5) counts.
"""

import os
import subprocess
import sys

WAYS = {"one line a packet": (), "two passes": ("-2",), "whole trees": ("-V",)}


def cost(plugins, words, runs):
    """The least user time in seconds, and the memory in KiB."""
    times, memory = [], 0
    environment = os.environ | {"WIRESHARK_PLUGIN_DIR": plugins}
    for _ in range(runs):
        process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                   env=environment)
        _, status, usage = os.wait4(process.pid, 0)
        if status != 0:
            sys.exit(f"{' '.join(words)}: status {status}")
        times.append(usage.ru_utime)
        memory = usage.ru_maxrss
    return min(times), memory


def main(plugins, capture, runs=5):
    listed = subprocess.run(["tshark", "-G", "plugins"], capture_output=True, text=True, check=True,
                            env=os.environ | {"WIRESHARK_PLUGIN_DIR": plugins}).stdout
    if "mptcpa" not in listed:
        sys.exit("tshark does not load the plugin")
    for way, options in WAYS.items():
        words = ["tshark", "-n", *options, "-r", capture]
        before, with_it = cost("/nonexistent", words, int(runs)), cost(plugins, words, int(runs))
        print(f"{way}: user time {before[0]:.2f} s, {with_it[0] / before[0]:.2f} times; "
              f"memory {before[1] / 1024:.0f} MiB, {with_it[1] / before[1]:.2f} times")


main(*sys.argv[1:])
