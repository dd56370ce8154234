#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""docs/FINDINGS.md says what the catalogue says."""

import subprocess

from support import ROOT, arguments, main


def test(checks):
    given = arguments("Compares docs/FINDINGS.md with the catalogue.", (
        ("--generate",), {"required": True, "help": "the generator of pages"}))
    made = subprocess.run([given.generate, "findings"], check=True, capture_output=True, text=True)
    page = (ROOT / "docs" / "FINDINGS.md").read_text(encoding="utf-8")
    checks.that(made.stdout == page, "docs/FINDINGS.md is stale: ./dev golden makes it anew")


main(test)
