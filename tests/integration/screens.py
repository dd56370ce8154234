#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""
What the screen shows of samples is what a person has read and found good.

    screens.py [--build DIR] [--release DIR] [--update] [SAMPLE...]

tests/screens/ holds for each sample and size NAME.COLUMNSxROWS.txt: one screen after the other, each
under the keys that lead to it. With --update they are written anew, all or those of the samples
named: look at what changed before it is committed.
"""

import difflib

from support import ROOT, SAMPLES, arguments, main, run

SCREENS = ROOT / "tests" / "screens"
LINES_SHOWN = 60

VIEWS = ("1", "2", "3", "3d", "4", "4e", "5", "6", "6e", "7", "8")
KEYS = (
    *VIEWS, "t", "?", "4t", "6<F5>", "<F6>", "<F6><Down><Down><Enter>", "<F2>", "<F2><Down><Enter>",
    "2<Down><Down><Down><Down><Down><Down><Down><Down><Down><Down><Down><Down><Enter>",
    "4<Down><Down><Enter>", "3+++<Right><Right><Right>", "5<Right><Right><Enter>", "/10.0", "<F4>open",
    "<F4>!closed<Enter>", "6e<F4>subflow<Enter>", "8<PgDn>",
)

# Each sample: the sizes, and what is pressed. An "a" behind a size: ASCII only.
SIZES = ("80x24", "40x10", "160x50")
SAMPLES_SHOWN = {
    "hand-over": (("80x24", "40x10", "160x50", "80x24a"), KEYS),
    "strip-second-path": (SIZES, VIEWS),
    "ipv6-ipv4": (SIZES, VIEWS),
    "checksum-fail-only": (("80x24",), (*VIEWS, "5d", "6<F5>")),
    "forge-v0-handshake": (("80x24",), VIEWS),
    "many-connections": (SIZES, ("1", "<F6>I<Enter>", "<F4>:424<Enter>", "G", "<PgDn><PgDn>", "   ",
                                 "/:42490<Enter>", "t", "6e<End>", "2]]]", "8")),
    "forge-malformed-lengths": (("80x24",), ("1", "6", "6<F5>", "4t", "7")),
}
# Small ones, in which everything must still find its place.
TINY = ("1x1", "2x2", "10x3", "20x5", "30x7")


def screens_of(screens, sample, size, keys):
    options = ("-a",) if size.endswith("a") else ()
    done = run(screens, *options, size.rstrip("a"), f"{sample}.pcapng", *keys, cwd=SAMPLES)
    if done.returncode != 0:
        raise AssertionError(f"{sample} {size}: {done.stderr.decode(errors='replace')}")
    return done.stdout


def expected(given, screens):
    """The name and content of each file."""
    for sample, (sizes, keys) in SAMPLES_SHOWN.items():
        if not given.sample or sample in given.sample:
            for size in sizes:
                yield f"{sample}.{size}.txt", screens_of(screens, sample, size, keys)
    if not given.sample:
        tiny = b"".join(screens_of(screens, "hand-over", size, VIEWS) for size in TINY)
        yield "tiny.txt", tiny


def check_form(checks, name, octets):
    """Lines are no wider than the screen, screens as high, and nothing commands the terminal."""
    size = name.split(".")[-2].rstrip("a")
    if "x" not in size:
        return
    columns, rows = map(int, size.split("x"))
    text = octets.decode()
    for screen in text.split("=== ")[1:]:
        lines = screen.split("\n")[1:-1]
        checks.equal(f"{name}: rows after {screen.splitlines()[0]!r}", len(lines), rows)
        checks.that(all(len(line) <= columns for line in lines),
                    f"{name}: {screen.splitlines()[0]!r}: a line is wider than the screen")
    checks.that(all(character == "\n" or character.isprintable() for character in text),
                f"{name}: a character commands the terminal")
    if name.endswith("a.txt"):
        checks.that(text.isascii(), f"{name}: not only ASCII")


def compare(checks, name, got):
    file = SCREENS / name
    want = file.read_bytes() if file.exists() else b""
    checks.done += 1
    if want != got:
        lines = difflib.unified_diff(want.decode().splitlines(), got.decode().splitlines(),
                                     f"tests/screens/{name}", "now", lineterm="", n=2)
        difference = "\n".join(list(lines)[:LINES_SHOWN])
        checks.that(False, f"{name}: the screen has changed; if it is right so: ./dev golden\n"
                           f"{difference}")


def test(checks):
    given = arguments("Compares screens with those that were read.",
                      (("--update",), {"action": "store_true", "help": "write them anew"}),
                      (("sample",), {"nargs": "*", "help": "names without suffix; all"}))
    screens = given.build.resolve() / "tests" / "unit" / "tui" / "screens"
    names = set()
    checks.done += bool(given.sample)  # not every sample has screens
    for name, got in expected(given, screens):
        names.add(name)
        check_form(checks, name, got)
        if given.update:
            (SCREENS / name).write_bytes(got)
        else:
            compare(checks, name, got)
    if not given.sample:
        for file in SCREENS.iterdir():
            if given.update and file.name not in names:
                file.unlink()
            checks.that(file.name in names, f"tests/screens/{file.name} belongs to no screen")


main(test)
