#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""
docs/output.schema.json tells of every member that the report has, by the golden reports.
"""

import json

from support import ROOT, arguments, main

SCHEMA = json.loads((ROOT / "docs" / "output.schema.json").read_text(encoding="utf-8"))


def resolved(node):
    while "$ref" in node:
        node = SCHEMA["$defs"][node["$ref"].rsplit("/", 1)[-1]]
    return next((option for option in map(resolved, node.get("anyOf", ()))
                 if "properties" in option), node)


def untold(value, node, path):
    """Paths of members that the schema does not know."""
    node = resolved(node)
    if isinstance(value, list):
        for item in value:
            yield from untold(item, node.get("items", {}), path + "[]")
    elif isinstance(value, dict):
        for name, member in value.items():
            known = node.get("properties", {}).get(name, node.get("additionalProperties"))
            if isinstance(known, dict):
                yield from untold(member, known, f"{path}.{name}")
            else:
                yield f"{path}.{name}"


def test(checks):
    arguments("Compares the members of golden reports with the schema.")
    missing = {}
    for path in sorted((ROOT / "tests" / "golden").glob("*.json")):
        report = json.loads(path.read_text(encoding="utf-8"))
        for member in untold(report, SCHEMA, ""):
            missing.setdefault(member, path.name)
    for member, name in missing.items():
        checks.that(False, f"{member}, as in {name}, is not in docs/output.schema.json")
    checks.that(True, "")


main(test)
