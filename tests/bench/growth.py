#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""growth.py PROGRAM FORGE DIR: how much longer the analysis of twice the packets takes.

FORGE makes each of its floods, once and twice as large, and two harmless captures, once and ten
times. Quoted is processor time, the least of a few runs in turn: it depends little on what else the
machine does. A table for the report and one for event lines, in Markdown, as docs/PERFORMANCE.md
has them.
"""
import pathlib
import subprocess
import sys

from bench import packets_of, run

RUNS = 5
FLOOD = 100000

# words, the forge's command, how much of it, how many times as much
HARMLESS = (
    ("short connections", ["crowd"], 4000, 10),
    ("the backbone mix", ["backbone"], 100000, 10),
)


def floods(forge):
    """(words, command, how much, how many times as much) of each."""
    lines = subprocess.run([forge, "floods"], check=True, capture_output=True, text=True).stdout
    for line in lines.splitlines():
        name, words = line.split(maxsplit=1)
        yield words, ["flood", name], FLOOD, 2


def measure(program, output, captures):
    """The least processor seconds that each capture takes."""
    words = [program, "-o", f"{output}=/dev/null", "--progress", "never"]
    seconds = [[run([*words, capture]).cpu for capture in captures] for _ in range(RUNS)]
    return [min(column) for column in zip(*seconds)]


def row(program, output, forge, folder, command, amount, times):
    """(packets, seconds) of the smaller capture and of the larger one."""
    captures = [folder / "less.pcapng", folder / "more.pcapng"]
    for capture, much in zip(captures, (amount, amount * times)):
        subprocess.run([forge, *command, str(much), capture], check=True)
    seconds = measure(program, output, captures)
    packets = [packets_of(capture) for capture in captures]
    for capture in captures:
        capture.unlink()
    return list(zip(packets, seconds))


def table(program, output, forge, folder):
    print(f"| traffic, `-o {output}` | packets | seconds | packets | seconds | times the packets "
          "| times the time |")
    print("|---|---|---|---|---|---|---|")
    for words, command, amount, times in (*HARMLESS, *floods(forge)):
        less, more = row(program, output, forge, folder, command, amount, times)
        print(f"| {words} | {less[0]} | {less[1]:.3f} | {more[0]} | {more[1]:.3f} "
              f"| {more[0] / less[0]:.2f} | {more[1] / less[1]:.2f} |", flush=True)


def main(program, forge, folder):
    for output in ("json", "text", "ndjson"):
        table(program, output, forge, pathlib.Path(folder))
        print()


if __name__ == "__main__":
    main(*sys.argv[1:])
