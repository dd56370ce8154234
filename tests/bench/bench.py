#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""bench.py PROGRAM DIR: what the whole analysis costs, as a ratio to libpcap's empty read loop.

DIR/client.pcapng is a capture of the lab. It is turned to pcap, because libpcap does not read every
pcapng, and both programs read the same file from the page cache, in turn. Quoted is the median of
the ratios of the pairs, with the smallest and the largest.
"""
import pathlib
import statistics
import subprocess
import sys
import time

PAIRS = 11


def seconds(words):
    begin = time.perf_counter()
    subprocess.run(words, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - begin


def main(program, folder):
    here = pathlib.Path(__file__).parent
    folder = pathlib.Path(folder)
    null, capture = folder / "null", folder / "client.pcap"
    subprocess.run(["cc", "-O2", "-o", null, here / "null.c", "-lpcap"], check=True)
    subprocess.run(["editcap", "-F", "pcap", folder / "client.pcapng", capture], check=True)
    ratios, ours, theirs = [], [], []
    for pair in range(PAIRS + 1):
        read = seconds([null, capture])
        analysed = seconds([program, "-o", "json=/dev/null", "--progress", "never", capture])
        if pair > 0:  # the first one warms up
            ratios.append(analysed / read)
            ours.append(analysed)
            theirs.append(read)
    size = capture.stat().st_size / 2**20
    print(f"{capture.name}: {size:.0f} MiB, {PAIRS} pairs")
    print(f"libpcap, empty loop  {statistics.median(theirs):.3f} s")
    print(f"mptcp-analyze, JSON  {statistics.median(ours):.3f} s")
    print(f"ratio                {statistics.median(ratios):.2f} "
          f"({min(ratios):.2f} to {max(ratios):.2f})")


main(*sys.argv[1:])
