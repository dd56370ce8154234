#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""
The program as it is installed, with each of its allocations failing in turn: it may end with an
exit code of its contract and a message, or in success with the usual output; it may neither crash
nor hang. The preloaded library nomemory.c does the work; see there.
"""

import concurrent.futures
import os
import pathlib
import subprocess
import tempfile

from support import ENVIRONMENT, SAMPLES, Skip, arguments, main, program

# Small samples that together have what the reports are made of: a join and addresses; a fallback;
# findings and verdicts that are invalid.
CAPTURES = ("two-paths.pcapng", "add-addr-port.pcapng", "bad-hmac-ack.pcapng")
OPTIONS = (("-o", "text"), ("-v",), ("-j",), ("-o", "ndjson"), ("-o", "text", "-o", "payload=out"),
           ("-o", "text", "-o", "json=report.json"), ("-o", "series", "--interval", "0.01"))
CODES = "1 5"  # cannot read, cannot write

# Without memory for a locale the program goes on in plain ASCII, which is right but not the usual
# output; so there is none. Filters are left out: libpcap's own compiler of them ends the process
# where its scanner gets no memory.
LOCALE = "C"


def try_all(path, library, options, capture):
    """What the runs said, and which files they left behind that have no name of their own."""
    words = [path, *options, "--", capture]
    with tempfile.TemporaryDirectory(prefix="nomemory-") as folder:
        done = subprocess.run(words, capture_output=True, text=True, errors="replace", cwd=folder,
                              timeout=280, check=False, env=ENVIRONMENT | {
                                  "LC_ALL": LOCALE, "LD_PRELOAD": str(library),
                                  "NOMEMORY_CODES": CODES})
        left = [file.name for file in pathlib.Path(folder).rglob(".*")]
    return done, left


def test(checks):
    given = arguments("Fails each allocation of the program.", (
        ("--library",), {"required": True, "type": pathlib.Path,
                         "help": "the library that is preloaded"}))
    path = program(given.release)
    library = given.library.resolve()
    captures = [SAMPLES / name for name in CAPTURES if (SAMPLES / name).exists()]
    if not captures:
        raise Skip("samples/ holds no capture")
    cases = [(options, capture) for capture in captures for options in OPTIONS]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        runs = [pool.submit(try_all, path, library, *case) for case in cases]
        for (options, capture), future in zip(cases, runs):
            done, left = future.result()
            words = f"{' '.join(options)} {capture.name}"
            print(f"{words}: {(done.stdout.splitlines() or ['-'])[-1]}")
            checks.that(done.returncode == 0, f"{words}:\n{done.stdout}{done.stderr}")
            checks.equal(f"{words}: files that are not complete", left, [])


main(test)
