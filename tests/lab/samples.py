# SPDX-License-Identifier: BSD-3-Clause
"""
Samples: captures of the lab that are kept, each with what is known of it beside, and the page that
lists them.
"""

import json
import pathlib
import shutil
import tempfile

from run import Status, run_and_tell, worst
from scenarios import SCENARIOS
from world import SIDES

PAGE = "README.lab.md"

INTRODUCTION = """\
# Samples from the lab

Real traffic of the Linux kernel's Multipath TCP between two network namespaces; `tests/lab/` tells
how. Each sample was captured at the client; `NAME.server.pcapng` is the same run captured at the
server, where that tells something else. `NAME.expect.json` has the seed, the kernel's own MPTcpExt
counters of both hosts, and what the applications sent and received with its SHA-256.
`./dev samples` makes all of them anew, and this page.

| sample | what it shows | what the program must say |
|---|---|---|
"""


def count(number, noun):
    return f"{number} {noun}{'' if number == 1 else 's'}"


def facts_in_words(facts):
    """What the program must say of one capture."""
    if facts["connections"] == 0:
        return "no Multipath TCP"
    words = [count(facts["connections"], "connection"), count(facts["subflows"], "subflow")]
    if facts["unlinked_subflows"]:
        words.append(count(facts["unlinked_subflows"], "unlinked subflow"))
    if facts["fallback"]:
        words.append(f"fallback {facts['fallback']}")
    words += [f"{verdict} invalid" for verdict in facts["invalid"]]
    words.append(f"close {facts['close']}")
    return ", ".join(words)


def page_row(name, scenario):
    said = {side: facts_in_words(scenario.facts[side]) for side in SIDES}
    words = said["client"]
    if scenario.both_ends and said["server"] != said["client"]:
        words += f"; server's end: {said['server']}"
    return f"| {name} | {scenario.about} | {words} |\n"


def kept_scenarios():
    return [name for name, scenario in SCENARIOS.items() if scenario.sample]


def page():
    return INTRODUCTION + "".join(page_row(name, SCENARIOS[name]) for name in kept_scenarios())


def expectations(folder):
    """What is known of a run beside its captures."""
    result = json.loads((folder / "result.json").read_text())
    counters = json.loads((folder / "counters.json").read_text())
    del result["emulator"]
    for side in SIDES:
        result[side]["counters"] = {name: n for name, n in counters[side].items() if n != 0}
    return result


def make_sample(name, seed, out, build):
    """Runs a scenario; only a run that showed what it should becomes a sample."""
    with tempfile.TemporaryDirectory(prefix="lab-") as temporary:
        folder = pathlib.Path(temporary)
        status = run_and_tell(name, seed, folder, build)
        if status != Status.SHOWN:
            return status
        shutil.copyfile(folder / "client.pcapng", out / f"{name}.pcapng")
        if SCENARIOS[name].both_ends:
            shutil.copyfile(folder / "server.pcapng", out / f"{name}.server.pcapng")
        text = json.dumps(expectations(folder), indent=1)
        (out / f"{name}.expect.json").write_text(text + "\n")
    return status


def make_samples(names, seed, out, build):
    out.mkdir(parents=True, exist_ok=True)
    (out / PAGE).write_text(page())
    return worst([make_sample(name, seed, out, build) for name in names])
