#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""
docs/TUI.md lists the keys that the program's table has; the report and the screen in the README are
golden ones. With --update all are made anew.
"""

import re
import subprocess

from support import ROOT, arguments, main

PAGE = ROOT / "docs" / "TUI.md"
BEGIN = "<!-- keys: made from cli/tui/keys.c by ./dev golden -->\n"
END = "<!-- end of keys -->\n"
README = ROOT / "README.md"
REPORT = re.compile(r"(?<=\n\$ \./dev run samples/strip-second-path\.pcapng\n).*?(?=```\n)",
                    re.DOTALL)
SCREEN = re.compile(r"(?<=```\n) #0 .*?(?=```\n)", re.DOTALL)


def golden_ladder():
    """The ladder that the README shows."""
    text = (ROOT / "tests" / "screens" / "ipv6-ipv4.80x24.txt").read_text(encoding="utf-8")
    return text.split("=== 4\n")[1].split("=== ")[0]


def golden_report():
    """The report that the README begins with."""
    return (ROOT / "tests" / "golden" / "strip-second-path.txt").read_text(encoding="utf-8")


def check_readme(checks, update):
    readme = README.read_text(encoding="utf-8")
    for words, place, golden in (("screen", SCREEN, golden_ladder()),
                                 ("report", REPORT, golden_report())):
        if update:
            readme = place.sub(lambda _, text=golden: text, readme)
            README.write_text(readme, encoding="utf-8")
        checks.equal(f"the {words} in README.md", place.findall(readme), [golden])


def test(checks):
    given = arguments("Compares the keys in docs/TUI.md with the table.", (
        ("--generate",), {"required": True, "help": "the generator of pages"}), (
        ("--update",), {"action": "store_true", "help": "write the list anew"}))
    made = subprocess.run([given.generate, "keys"], check=True, capture_output=True, text=True)
    page = PAGE.read_text(encoding="utf-8")
    head, rest = page.split(BEGIN)
    keys, tail = rest.split(END)
    if given.update:
        PAGE.write_text(head + BEGIN + made.stdout + END + tail, encoding="utf-8")
        keys = made.stdout
    checks.that(keys == made.stdout, "the keys in docs/TUI.md are stale: ./dev golden")
    checks.that(made.stdout.count("\n") > 20, f"the table is short: {made.stdout}")
    check_readme(checks, given.update)


main(test)
