#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""soak.py FORGE PROGRAM PACKETS: is a capture that lasts bounded?

The forge's churn of connections that come and go is piped into the program, which writes event lines
to nowhere. Resident memory and descriptors are looked at once a second. From a quarter of the way
on, memory may grow by one hundredth at most, descriptors not at all; and nothing may be found that
is worth a warning, for these connections are healthy.
"""
import os
import pathlib
import subprocess
import sys
import time

LOOKS_S = 1.0
WARM_UP = 4  # of all looks one in so many
SHARE = 100  # of its size memory may grow by one in so many


def look(pid):
    """(resident KiB, descriptors) of a process; None once it is over."""
    try:
        process = pathlib.Path(f"/proc/{pid}")
        status = dict(line.split(":", 1) for line in (process / "status").read_text().splitlines())
        return int(status["VmRSS"].split()[0]), len(os.listdir(process / "fd"))
    except (OSError, KeyError):
        return None


def soak(forge, program, packets):
    """All looks at the program, and its exit status."""
    looks = []
    with subprocess.Popen([forge, "churn", packets, "/dev/stdout"], stdout=subprocess.PIPE) as source:
        words = [program, "--fail-on", "warning", "--progress", "never", "-o", "ndjson=/dev/null", "-"]
        with subprocess.Popen(words, stdin=source.stdout) as process:
            source.stdout.close()
            while process.poll() is None:
                looks.append(look(process.pid))
                time.sleep(LOOKS_S)
        return [one for one in looks if one is not None], process.returncode or source.wait()


def main():
    forge, program, packets = sys.argv[1:]
    begin = time.monotonic()
    looks, status = soak(forge, program, packets)
    if status != 0 or len(looks) < 4 * WARM_UP:
        sys.exit(f"soak: exit status {status} after {len(looks)} looks")
    warm = looks[len(looks) // WARM_UP:]
    half = len(warm) // 2
    (before, files_before), (after, files_after) = (
        [max(column) for column in zip(*part)] for part in (warm[:half], warm[half:]))
    print(f"{packets} packets in {time.monotonic() - begin:.0f} s: {before} KiB resident at most in the "
          f"first half, {after} KiB in the second; {min(warm)[0]} KiB at least; descriptors "
          f"{files_before} and {files_after}")
    if after > before + before // SHARE or files_after > files_before:
        sys.exit("soak: it grows")


main()
