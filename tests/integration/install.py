#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""
What `cmake --install` puts in place works from there: program, manual page, completions, and the
library for other programs.
"""

import pathlib
import shutil
import tempfile

from support import PROGRAM, SAMPLES, arguments, main, program, run

PREFIX = "/usr/local"

# What another program does with the library: both headers, and a whole road from frame to finding.
CLIENT = """
#include <analyzer/analyzer.h>
#include <dissector/dissector.h>

#include <stdio.h>

int main(void)
{
    static const uint8_t frame[] = {0x45, 0, 0, 20};
    struct mpta_segment segment;
    struct mpta_summary summary;
    size_t kinds;
    struct mpta_tracker *tracker = mpta_tracker_new(NULL);
    if (tracker == NULL ||
        mpta_frame_dissect(101, frame, sizeof frame, 60, &segment) != MPTA_FRAME_CUT) {
        return 1;
    }
    mpta_tracker_finish(tracker);
    mpta_tracker_summary(tracker, &summary);
    mpta_tracker_free(tracker);
    mpta_finding_kinds(&kinds);
    printf("%08x %d\\n", (unsigned)mpta_key_token(0x0123456789abcdef, 1), kinds > 0);
    return summary.connections != 0;
}
"""

SAID = b"55c53f5d 1\n"  # the first octets of SHA-256 of that key

# Each header alone, with warnings that a user of it may have switched on.
LANGUAGES = {"c": ("gcc", "-std=c11", "-Wall", "-Wextra", "-pedantic", "-Werror"),
             "cpp": ("g++", "-std=c++17", "-Wall", "-Wextra", "-pedantic", "-Werror")}
HEADERS = ("analyzer/analyzer.h", "dissector/dissector.h")

COMPLETIONS = {
    "bash": "share/bash-completion/completions/mptcp-analyze",
    "zsh": "share/zsh/vendor-completions/_mptcp-analyze",
    "fish": "share/fish/vendor_completions.d/mptcp-analyze.fish",
}
MANUAL = "share/man/man1/mptcp-analyze.1"


def install(checks, release, destination):
    done = run("cmake", "--install", release, "--prefix", PREFIX,
               environment={"DESTDIR": str(destination)})
    checks.that(done.returncode == 0, f"cmake --install: {done.stderr.decode()}")
    return destination / PREFIX.lstrip("/")


def check_program(checks, root):
    done = run(root / "bin" / PROGRAM, "-j", SAMPLES / "two-paths.pcapng")
    checks.that(done.returncode == 0 and b'"connections"' in done.stdout,
                f"the program: exit status {done.returncode}: {done.stderr.decode()}")


def check_places(checks, root):
    """Nothing is installed but what is meant to be."""
    found = {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()}
    library = {name for name in found if name.startswith("lib/") and name.endswith(".a")}
    pkgconfig = {name for name in found if name.endswith("pkgconfig/mptcp-analyze.pc")}
    headers = {f"include/mptcp-analyze/{name}" for name in HEADERS}
    want = {f"bin/{PROGRAM}", MANUAL, *COMPLETIONS.values(), *headers} | library | pkgconfig
    checks.equal("files that are installed", found, want)
    checks.equal("libraries and pkg-config files", (len(library), len(pkgconfig)), (1, 1))


def check_manual(checks, root):
    if shutil.which("man") is None:
        print("not run: the manual page (no man)")
        return
    page = root / MANUAL
    done = run("man", "--warnings", "-l", page, environment={"MANWIDTH": "80"})
    text = done.stdout.decode()
    checks.that(done.returncode == 0 and done.stderr == b"", f"man: {done.stderr.decode()}")
    for word in ("NAME", "SYNOPSIS", "OPTIONS", "EXIT STATUS", "--fail-on", "--keys"):
        checks.that(word in text, f"the manual page has no {word}")
    checks.that(max(map(len, text.splitlines())) <= 80, "the manual page is wider than 80 columns")


def check_completions(checks, root):
    for shell, name in COMPLETIONS.items():
        if shutil.which(shell) is None:
            print(f"not run: completion of {shell}, which is not installed")
            continue
        done = run(shell, "-n", root / name)
        checks.that(done.returncode == 0 and done.stderr == b"",
                    f"completion of {shell}: {done.stderr.decode()}")


# What the package bash-completion gives to completions.
BASH_COMPLETION = """
_init_completion() { cur=${COMP_WORDS[COMP_CWORD]}; prev=${COMP_WORDS[COMP_CWORD - 1]}; }
_filedir() { COMPREPLY=(a-file); }
"""


def complete(root, *words):
    """What bash offers for the last word."""
    script = f"""{BASH_COMPLETION}
        source {root / COMPLETIONS["bash"]}
        COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
        spec=$(complete -p {PROGRAM}); name=${{spec##*-F }}; ${{name%% *}}
        printf '%s\\n' "${{COMPREPLY[@]}}"
    """
    return run("bash", "-c", script, "bash", *words).stdout.decode().split()


def check_completion_of_words(checks, root):
    for words, want in ((("--fail",), "--fail-on"), (("--fail-on", ""), "warning"),
                        (("--color", "al"), "always"), (("-o", "js"), "json"),
                        (("--keys", ""), "a-file"), (("x",), "a-file")):
        got = complete(root, PROGRAM, *words)
        checks.that(any(word.startswith(want) for word in got), f"completion of {words}: {got}")


def flags(root, *words):
    """pkg-config's answer, with the folder of this installation before the prefix."""
    folder = next(root.rglob("mptcp-analyze.pc")).parent
    done = run("pkg-config", *words, "mptcp-analyze", environment={
        "PKG_CONFIG_PATH": str(folder), "PKG_CONFIG_SYSROOT_DIR": str(root).removesuffix(PREFIX)})
    return done.stdout.decode().split()


def check_library(checks, root, folder):
    """A small program is compiled and linked as its author would do it."""
    source, client = folder / "client.c", folder / "client"
    source.write_text(CLIENT)
    for words in ((), ("--static",)):
        done = run(*LANGUAGES["c"], source, "-o", client, *flags(root, "--cflags", "--libs", *words))
        if checks.that(done.returncode == 0, f"linking {words}: {done.stderr.decode()}"):
            said = run(client)
            checks.equal("what a client of the library says", (said.returncode, said.stdout),
                         (0, SAID))


def check_headers(checks, root, folder):
    """Each header can be included first, alone and twice, from C and from C++."""
    cflags = flags(root, "--cflags")
    for language, compiler in LANGUAGES.items():
        if shutil.which(compiler[0]) is None:
            print(f"not run: headers with {compiler[0]}, which is not installed")
            continue
        for header in HEADERS:
            source = folder / f"header.{language}"
            source.write_text(f"#include <{header}>\n" * 2)
            done = run(*compiler, *cflags, "-c", source, "-o", "/dev/null")
            checks.that(done.returncode == 0, f"{header} in {language}: {done.stderr.decode()}")


def test(checks):
    given = arguments("Installs into a folder and uses what is there.")
    program(given.release)
    with tempfile.TemporaryDirectory(prefix="install-") as name:
        folder = pathlib.Path(name)
        root = install(checks, given.release, folder / "root")
        check_places(checks, root)
        check_program(checks, root)
        check_manual(checks, root)
        check_completions(checks, root)
        check_completion_of_words(checks, root)
        check_library(checks, root, folder)
        check_headers(checks, root, folder)


main(test)
