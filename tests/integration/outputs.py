#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""
What becomes of outputs that cannot be written, for each kind there is: a device that takes nothing,
a file that may grow no more, a file system that is full, a process that is killed while it writes.
Whoever looks finds the old file or the new one, never half; and the exit status says which.
"""

import itertools
import os
import pathlib
import resource
import subprocess
import sys
import tempfile

from support import ENVIRONMENT, SAMPLES, Skip, arguments, main, program, run

MANY = SAMPLES / "many-connections.pcapng"
NAME = "out"
OLD = b"old\n"

# Words for the kind, and how it is asked for.
KINDS = {
    "text": ["-o", "text={}"],
    "text of packets": ["-v", "-o", "text={}"],
    "json": ["-o", "json={}"],
    "ndjson": ["-o", "ndjson={}"],
    "series": ["--interval", "0.001", "-o", "series={}"],
    "packets": ["-o", "text=/dev/null", "-w", "{}"],
}
PAYLOAD = ["-o", "payload={}"]

# A file system of 64 KiB of which a page is left, beside the old file; the rest is the command.
FULL_DISK = """
mount -t tmpfs -o size=64k none "$1" && cd "$1" && shift || exit 99
printf 'old\\n' >out && head -c 57344 /dev/zero >filler || exit 98
"$@"
printf '%s %s:' $? "$(ls | tr '\\n' ' ')"
cat out
"""


def words_for(options, target):
    return [word.replace("{}", str(target)) for word in options]


def whole(path, options, folder):
    """What a kind looks like when nothing is in its way."""
    target = folder / "whole"
    done = run(path, *words_for(options, target), MANY)
    if done.returncode != 0:
        raise AssertionError(f"{options}: {done.stderr.decode()}")
    return target.read_bytes()


def check_device(checks, path, words, options):
    done = run(path, *words_for(options, "/dev/full"), MANY)
    checks.that(done.returncode == 5 and b"/dev/full" in done.stderr,
                f"{words}, a full device: exit status {done.returncode}, {done.stderr!r}")


def check_standard_output(checks, path):
    """All that may go there, to a device that takes nothing."""
    for words, options in (("text", []), ("text of packets", ["-v"]), ("json", ["-j"]),
                           ("ndjson", ["-o", "ndjson"]), ("series", ["-o", "series"]),
                           ("packets", ["-w", "-", "-o", "text=/dev/null"])):
        with open("/dev/full", "wb") as full:
            done = subprocess.run([path, *options, MANY], stdout=full, stderr=subprocess.PIPE,
                                  env=ENVIRONMENT, check=False)
        checks.that(done.returncode == 5 and done.stderr,
                    f"{words}, full standard output: exit status {done.returncode}")


# ---- A file that may grow no more ----------------------------------------------------------------


def steps(size):
    """Sizes up to this one: none, a few octets, pages, all but one."""
    return sorted({0, 1, size - 1, *range(4096, size, max(4096, size // 8 // 4096 * 4096))})


def check_limit(checks, path, words, options, folder, octets):
    for limit in steps(len(octets)):
        target = folder / NAME
        target.write_bytes(OLD)
        done = run(path, *words_for(options, target), MANY, preexec_fn=lambda size=limit:
                   resource.setrlimit(resource.RLIMIT_FSIZE, (size, size)))
        checks.that(done.returncode == 5 and done.stderr,
                    f"{words}, no more than {limit} octets: exit status {done.returncode}")
        checks.equal(f"{words}, no more than {limit} octets: files",
                     {file.name: file.read_bytes() for file in folder.iterdir()}, {NAME: OLD})


# ---- A file system that is full ------------------------------------------------------------------


def full_disk(path, *options):
    """(exit status, what lies there, the old file), or a reason to skip."""
    with tempfile.TemporaryDirectory(prefix="outputs-") as folder:
        done = run("unshare", "--map-root-user", "--mount", "sh", "-c", FULL_DISK, "sh", folder,
                   path, *options, MANY)
    if done.returncode != 0 or b":" not in done.stdout:
        raise Skip(f"no file system of its own: {done.stderr.decode().strip()}")
    told, _, old = done.stdout.partition(b":")
    status, *files = told.decode().split()
    return int(status), files, old


def check_full_disk(checks, path, words, options):
    status, files, old = full_disk(path, *words_for(options, NAME))
    checks.equal(f"{words}, a full disk: exit status, files, the old one", (status, files, old),
                 (5, ["filler", NAME], OLD))


def check_full_disk_payload(checks, path):
    status, files, _ = full_disk(path, *words_for(PAYLOAD, "streams"))
    checks.equal("payload, a full disk: exit status", status, 5)
    checks.that(set(files) <= {"filler", NAME, "streams"}, f"payload, a full disk: {files}")


# ---- A process that is killed --------------------------------------------------------------------


def kill_at_write(path, number, options, cwd):
    """Runs the program until its n-th write, of whatever, kills it; None if it came to its end."""
    done = run("strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=write,pwrite64", "-e",
               f"inject=write,pwrite64:signal=KILL:when={number}", path, *options, MANY, cwd=cwd)
    if b"ptrace" in done.stderr:
        raise Skip(f"no process may be traced: {done.stderr.decode().strip()}")
    return None if done.returncode == 0 else done.returncode


def writes():
    """1, 2, 3, and then in steps that grow."""
    number = 1
    while True:
        yield number
        number += 1 + number // 4


def check_kill(checks, path, words, options, octets):
    kills = 0
    for number in writes():
        with tempfile.TemporaryDirectory(prefix="outputs-") as folder:
            target = pathlib.Path(folder) / NAME
            target.write_bytes(OLD)
            killed = kill_at_write(path, number, words_for(options, NAME), folder)
            checks.that(target.read_bytes() in ((OLD, octets) if killed else (octets,)),
                        f"{words}, killed at write {number}: neither the old file nor the new one")
        if killed is None:
            break
        kills += 1
    checks.that(kills > 0, f"{words}: nothing was written")


def contents(folder):
    return {file.name: file.read_bytes() for file in pathlib.Path(folder).iterdir()}


def check_kill_payload(checks, path, folder):
    """A stream has its name when it is whole; what is not has a name that is no stream's."""
    run(path, *words_for(PAYLOAD, folder / "streams"), MANY)
    want = contents(folder / "streams")
    for number in itertools.islice(writes(), 24):
        with tempfile.TemporaryDirectory(prefix="outputs-") as place:
            killed = kill_at_write(path, number, words_for(PAYLOAD, "streams"), place)
            streams = pathlib.Path(place) / "streams"
            found = contents(streams) if streams.exists() else {}
            named = {name: octets for name, octets in found.items() if name in want}
            checks.that(named.items() <= want.items(), f"payload, killed at write {number}: half")
        if killed is None:
            break
    checks.that(number > 1 and want, "payload: nothing was written")


def test(checks):
    given = arguments("Checks what becomes of outputs that cannot be written.")
    path, release = program(given.build), program(given.release)
    check_standard_output(checks, path)
    reasons = set()
    for words, options in KINDS.items():
        with tempfile.TemporaryDirectory(prefix="outputs-") as name:
            octets = whole(path, options, pathlib.Path(name))
        check_device(checks, path, words, options)
        with tempfile.TemporaryDirectory(prefix="outputs-") as name:
            check_limit(checks, path, words, options, pathlib.Path(name), octets)
        for check in (lambda: check_full_disk(checks, path, words, options),
                      # Under strace nobody can look for leaks.
                      lambda: check_kill(checks, release, words, options, octets)):
            attempt(check, reasons)
    attempt(lambda: check_full_disk_payload(checks, path), reasons)
    with tempfile.TemporaryDirectory(prefix="outputs-") as name:
        attempt(lambda: check_kill_payload(checks, release, pathlib.Path(name)), reasons)
    for reason in sorted(reasons):
        print(f"not checked: {reason}", file=sys.stderr)


def attempt(check, reasons):
    """What this machine does not allow is told in the end."""
    try:
        check()
    except Skip as reason:
        reasons.add(str(reason))


main(test)
