#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""bench.py PROGRAM DIR: what the whole analysis costs, as a ratio to libpcap's empty read loop.

DIR holds captures, pcapng, by the names of the rows below. Each is turned to pcap, because libpcap
does not read every pcapng, and both programs read the same file from the page cache, in turn. Quoted
is the median of the ratios of the pairs, with the smallest and the largest, and the program's
resident memory. The table is Markdown, as docs/PERFORMANCE.md has it.
"""
import os
import pathlib
import statistics
import subprocess
import sys
import time
import typing

PAIRS = 11

# capture, how many octets of each packet are left (None: all), words
ROWS = (
    ("full", None, "one connection, 2 subflows, whole packets"),
    ("full", 128, "the same, packets cut at 128 octets"),
    ("checksums", None, "with DSS checksums, all verified"),
    ("crowd", None, "short connections of 2 subflows"),
    ("backbone", None, "a backbone mix: 95 % of packets without MPTCP"),
)


class Cost(typing.NamedTuple):
    """What a command took."""

    seconds: float
    cpu: float  # seconds of a processor, the system's for it included
    resident: int  # the most, in KiB


def run(words):
    """The cost of a command."""
    begin = time.perf_counter()
    process = subprocess.Popen(words, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        sys.exit(f"bench: {words[0]} failed")
    return Cost(time.perf_counter() - begin, usage.ru_utime + usage.ru_stime, usage.ru_maxrss)


def prepare(folder, name, cut):
    capture = folder / (f"{name}.pcap" if cut is None else f"{name}-{cut}.pcap")
    words = ["editcap", "-F", "pcap", *(() if cut is None else ("-s", str(cut)))]
    subprocess.run([*words, folder / f"{name}.pcapng", capture], check=True)
    return capture


def packets_of(capture):
    words = subprocess.run(["capinfos", "-Mrc", capture], check=True, capture_output=True, text=True)
    return int(words.stdout.split()[-1])


def measure(program, null, capture):
    ratios, ours, memory = [], [], 0
    for pair in range(PAIRS + 1):
        read = run([null, capture])
        analysed = run([program, "-o", "json=/dev/null", "--progress", "never", capture])
        if pair > 0:  # the first one warms up
            ratios.append(analysed.seconds / read.seconds)
            ours.append(analysed.seconds)
            memory = max(memory, analysed.resident)
    return ratios, statistics.median(ours), memory


def main(program, folder):
    folder = pathlib.Path(folder)
    null = folder / "null"
    source = pathlib.Path(__file__).parent / "null.c"
    subprocess.run(["cc", "-O2", "-o", null, source, "-lpcap"], check=True)
    print("| capture | packets | MiB | seconds | µs a packet | ratio to libpcap | resident MiB |")
    print("|---|---|---|---|---|---|---|")
    for name, cut, words in ROWS:
        capture = prepare(folder, name, cut)
        packets = packets_of(capture)
        ratios, seconds, memory = measure(program, null, capture)
        print(f"| {words} | {packets} | {capture.stat().st_size / 2**20:.0f} | {seconds:.3f} "
              f"| {seconds / packets * 1e6:.2f} | {statistics.median(ratios):.2f} "
              f"({min(ratios):.2f} to {max(ratios):.2f}) | {memory / 1024:.0f} |", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
