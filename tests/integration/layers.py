#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""
The arrows between the layers go one way, and each layer keeps out of what is not its own.

What a file includes is read from its text; what a layer calls is read from its object files, where
no macro can hide it.
"""

import pathlib
import re
import subprocess

from support import ROOT, arguments, main

# What a file of a folder may include, besides headers of its own folder; a name that ends in / or
# _ stands for all that begin with it.
STANDARD = ("assert.h", "inttypes.h", "limits.h", "stdalign.h", "stdarg.h", "stdbool.h", "stddef.h",
            "stdint.h", "string.h")
MAY_INCLUDE = {
    "dissector": STANDARD,
    "analyzer": (*STANDARD, "stdio.h", "stdlib.h", "nettle/", "zstd.h",
                 "dissector/dissector.h"),
}
PUBLIC = {"dissector": "dissector/dissector.h", "analyzer": "analyzer/analyzer.h"}
FRONTS = ("cli", "wireshark")

# Only these files of cli/ know how captures are read, how the kernel is asked, and
# what a terminal is.
CAPTURE_HEADERS = ("pcap", "archive")
KERNEL_HEADERS = ("libmnl",)
TERMINAL_HEADERS = ("curses", "ncurses", "ncursesw", "term")

# What object files may ask of others: their own layer and those below, and of the C library what
# neither allocates (dissector) nor does input or output.
SANITIZER = r"__(asan|ubsan|sanitizer|sancov|gcov|llvm)_\w+|__stack_chk_fail|_GLOBAL_OFFSET_TABLE_"
OCTETS = r"mem(cpy|set|cmp|move|chr|mem)|strlen|strcspn|__mem(cpy|set|move)_chk|__assert_fail"
MAY_CALL = {
    "dissector": rf"{SANITIZER}|{OCTETS}",
    "analyzer": rf"{SANITIZER}|{OCTETS}|nettle_\w+|ZSTD_\w+|mpta_\w+|str(cmp|ncmp|dup|ndup|chr|nlen)|"
                r"malloc|calloc|realloc|reallocarray|free|qsort|bsearch|v?snprintf|__v?snprintf_chk",
}

# The Wireshark plugin is linked with Wireshark, and has its licence.
LICENCES = {"wireshark": "SPDX-License-Identifier: GPL-2.0-or-later"}
LICENCE = "SPDX-License-Identifier: BSD-3-Clause"
SOURCE_SUFFIXES = {".c", ".h", ".py", ".sh", ".cmake"}
SOURCE_NAMES = {"CMakeLists.txt", "dev", "run"}


def sources(folder):
    return sorted(path for path in (ROOT / folder).rglob("*") if path.suffix in (".c", ".h"))


def includes(path):
    """What a file includes, as written between the quotes or brackets, with its line."""
    for number, line in enumerate(path.read_text().splitlines(), start=1):
        found = re.match(r'\s*#\s*include\s*([<"])([^>"]+)[>"]', line)
        if found:
            yield number, found[1] == '"', found[2]


def place(path, number):
    return f"{path.relative_to(ROOT)}:{number}"


def check_library_includes(checks, folder):
    """A library includes itself, what is below it, and little else."""
    for path in sources(folder):
        for number, quoted, name in includes(path):
            own = quoted and name.startswith(f"{folder}/") and (ROOT / name).exists()
            allowed = own or any(name == word or (word.endswith("/") and name.startswith(word))
                                 for word in MAY_INCLUDE[folder])
            checks.that(allowed, f"{place(path, number)}: {folder}/ may not include {name}")


def check_public_header(checks, folder):
    """The one header that others may include does not lean on private ones."""
    below = [PUBLIC[other] for other in PUBLIC if other != folder]
    for number, quoted, name in includes(ROOT / PUBLIC[folder]):
        checks.that(not quoted or name in below,
                    f"{PUBLIC[folder]}:{number}: a public header includes the private {name}")


def check_front_includes(checks, folder):
    """A front knows the libraries by their public headers alone, and no other front."""
    for path in sources(folder):
        for number, quoted, name in includes(path):
            if not quoted:
                continue
            owner = name.split("/")[0]
            allowed = owner == folder or name in PUBLIC.values()
            checks.that(allowed, f"{place(path, number)}: {folder}/ may not include {name}")
            checks.that((ROOT / name).exists() or owner == folder,
                        f"{place(path, number)}: {name} is not named from the project's root")


def check_front_headers(checks, headers, prefix):
    """What a library of the system is for is behind one door."""
    for path in sources("cli"):
        for number, _, name in includes(path):
            if re.match(rf"({'|'.join(headers)})[/._]", name):
                checks.that(path.name.startswith(prefix),
                            f"{place(path, number)}: only {prefix}* may include {name}")


def symbols(objects, kind):
    """Symbols of object files, as (object, name): kind 'undefined' or 'defined'."""
    listing = subprocess.run(["nm", "-A", "-P", f"--{kind}-only", *objects], check=True,
                             capture_output=True, text=True).stdout
    for line in listing.splitlines():
        file, name = line.split()[:2]
        yield pathlib.Path(file.rstrip(":")).name, name


def check_calls(checks, folder, objects):
    own = {name for _, name in symbols(objects, "defined")}
    for file, name in symbols(objects, "undefined"):
        checks.that(name in own or re.fullmatch(MAY_CALL[folder], name),
                    f"{folder}/{file}: {folder}/ may not use {name}")


def check_licences(checks):
    """Each source file of the project says its licence in its first lines."""
    listing = subprocess.run(["git", "-C", ROOT, "ls-files", "-z"], capture_output=True, check=False)
    names = listing.stdout.decode().split("\0")[:-1] if listing.returncode == 0 else [
        str(path.relative_to(ROOT)) for folder in ("dissector", "analyzer", "cli", "tests")
        for path in (ROOT / folder).rglob("*")]
    for name in names:
        path = ROOT / name
        if not path.is_file() or not (path.suffix in SOURCE_SUFFIXES or path.name in SOURCE_NAMES):
            continue
        want = LICENCES.get(name.split("/")[0], LICENCE)
        head = path.read_text(errors="replace").splitlines()[:3]
        checks.that(any(want in line for line in head), f"{name}: no line with {want}")


def test(checks):
    given = arguments("Checks what the layers include and call.", *(
        ((f"--{folder}-objects",), {"required": True, "nargs": "+", "help": "its object files"})
        for folder in PUBLIC))
    for folder in PUBLIC:
        check_library_includes(checks, folder)
        check_public_header(checks, folder)
        check_calls(checks, folder, getattr(given, f"{folder}_objects"))
    for folder in FRONTS:
        check_front_includes(checks, folder)
    check_front_headers(checks, CAPTURE_HEADERS, "source_")
    check_front_headers(checks, KERNEL_HEADERS, "kernel_")
    check_front_headers(checks, TERMINAL_HEADERS, "screen_curses")
    check_licences(checks)


main(test)
