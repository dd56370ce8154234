#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""
What strangers can write into a capture or its name: every octet, and every character of Unicode
that controls, turns or hides text. No control character, no end of a line and none that turns the
order of text reaches an output raw; each output is UTF-8, and JSON is read by two parsers, alike.
"""

import json
import os
import pathlib
import struct
import sys
import tempfile
import unicodedata

from captures import ENHANCED, INTERFACE, SECTION, block, packets_of_interface
from support import SAMPLES, arguments, main, program, run

GOOD = SAMPLES / "two-paths.pcapng"
COMMENT, NAME, DESCRIPTION, FILTER, OS = 1, 2, 3, 11, 12
NAME_MAX = 255

INVISIBLE = [chr(code) for code in range(sys.maxunicode + 1)
             if unicodedata.category(chr(code)) in ("Cc", "Cf", "Zl", "Zp")]
TURNING = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
MARKS = "\u061c\u200e\u200f"
OCTETS = bytes(range(256))
HOSTILE = (OCTETS, OCTETS[::-1], "".join(INVISIBLE).encode())

OUTPUTS = (("-o", "text"), ("-v",), ("-q",), ("-j",), ("-o", "ndjson"), ("-o", "series"))


def option(code, value):
    return struct.pack("<HH", code, len(value)) + value + bytes(-len(value) % 4)


def capture_of(hostile):
    """The good sample's packets with a hostile text wherever the format has room for text."""
    every = option(COMMENT, hostile) + bytes(4)
    texts = b"".join(option(code, hostile) for code in (NAME, DESCRIPTION, OS, COMMENT))
    octets = block(SECTION, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1) + every)
    octets += block(INTERFACE, struct.pack("<HHI", 101, 0, 0) + texts
                    + option(FILTER, b"\0" + hostile) + bytes(4))
    for number, frame in enumerate(packets_of_interface(GOOD.read_bytes(), 0)):
        octets += block(ENHANCED, struct.pack("<IIIII", 0, 0, number, len(frame), len(frame))
                        + frame + bytes(-len(frame) % 4) + every)
    return octets


def file_names():
    """All that may be in a file's name, in names as long as they may be."""
    for hostile in HOSTILE:
        octets = bytes(octet for octet in hostile if octet not in b"\0/")
        for at in range(0, len(octets), NAME_MAX):
            yield octets[at:at + NAME_MAX]


def is_unsafe(character):
    return (unicodedata.category(character) in ("Cc", "Zl", "Zp") and character != "\n"
            or unicodedata.bidirectional(character) in TURNING or character in MARKS)


def unsafe_in(octets):
    """The first character of an output that no terminal should get; None: there is none."""
    try:
        text = octets.decode()
    except UnicodeDecodeError as error:
        return f"no UTF-8: {error}"
    return next((f"U+{ord(character):04X}" for character in text if is_unsafe(character)), None)


def check_outputs(checks, path, words, *captures):
    for output in OUTPUTS:
        done = run(path, *output, "--", *captures)
        where = f"{words}: {' '.join(output)}"
        checks.equal(f"{where}: exit status", done.returncode, 0)
        checks.that(len(done.stdout) > 0, f"{where}: nothing is written")
        for stream in (done.stdout, done.stderr):
            unsafe = unsafe_in(stream)
            checks.that(unsafe is None, f"{where}: {unsafe}")
        if output in (("-j",), ("-o", "ndjson")):
            check_json(checks, where, done.stdout)


def check_json(checks, where, octets):
    """Python and jq read the same; what one writes the other reads."""
    other = run("jq", "-c", ".", stdin=octets)
    checks.equal(f"{where}: jq", other.returncode, 0)
    lines = octets.decode().splitlines() if where.endswith("ndjson") else [octets.decode()]
    ours = [json.loads(line) for line in lines]
    checks.that(ours == [json.loads(line) for line in other.stdout.decode().split("\n") if line],
                f"{where}: jq reads something else")


def check_all(checks, path, folder):
    for number, hostile in enumerate(HOSTILE):
        file = folder / f"{number}.pcapng"
        file.write_bytes(capture_of(hostile[:60000]))
        check_outputs(checks, path, f"texts {number}", file)
    for number, name in enumerate(file_names()):
        file = folder / os.fsdecode(name)
        file.write_bytes(GOOD.read_bytes())
        check_outputs(checks, path, f"file name {number}", file)


def test(checks):
    path = program(arguments(__doc__).build)
    with tempfile.TemporaryDirectory() as folder:
        check_all(checks, path, pathlib.Path(folder))


main(test)
