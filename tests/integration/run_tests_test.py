#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""
The closing line of `./dev test` counts right: a folder of tests that pass, fail, crash, hang, are
skipped and cannot be started is run, all together and in parts.
"""

import pathlib
import sys
import tempfile

from support import ROOT, main, run

RUNNER = ROOT / "tests" / "integration" / "run_tests.py"

# name: what it does as a shell command
TESTS = {
    "good": "true",
    "good-too": "echo '1/1 Test #1: fake .......... Passed 0.00 sec'",
    "bad": "printf 'octets \\033[31m \\377'; exit 1",
    "crash": "kill -SEGV $$",
    "hang": "exec sleep 60",
    "skip": "echo more; echo 'skipped: needs <root> & a kernel'; exit 77",
}
REASON = "skipped: skip: needs <root> & a kernel"

# words for the case, the tests that are run, the last line, whether the status is 0
TABLE = (
    ("all", ".", "2 passed, 4 failed, 1 skipped", False),
    ("all is well", "good", "2 passed, 0 failed, 0 skipped", True),
    ("well or skipped", "good|skip", "2 passed, 0 failed, 1 skipped", True),
    ("only skipped", "skip", "0 passed, 0 failed, 1 skipped", True),
    ("one fails", "good|bad", "2 passed, 1 failed, 0 skipped", False),
    ("one crashes", "good$|crash", "1 passed, 1 failed, 0 skipped", False),
    ("one hangs", "hang", "0 passed, 1 failed, 0 skipped", False),
    ("one cannot be started", "good$|missing", "1 passed, 1 failed, 0 skipped", False),
)


def write_tests(folder):
    """What CMake would have made of add_test."""
    lines = [f"add_test({name} sh -c [==[{command}]==])" for name, command in TESTS.items()]
    lines.append("add_test(missing /nonexistent/program)")
    lines.append("set_tests_properties(hang PROPERTIES TIMEOUT 1)")
    lines.append("set_tests_properties(skip PROPERTIES SKIP_RETURN_CODE 77)")
    (folder / "CTestTestfile.cmake").write_text("\n".join(lines) + "\n")


def test(checks):
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        write_tests(folder)
        for words, pattern, want, good in TABLE:
            done = run(sys.executable, RUNNER, folder, "-R", pattern)
            lines = done.stdout.decode(errors="replace").splitlines()
            checks.equal(f"{words}: last line", lines[-1], want)
            checks.equal(f"{words}: status is 0", done.returncode == 0, good)
            checks.equal(f"{words}: the reason is told", REASON in lines, "1 skipped" in want)
        done = run(sys.executable, RUNNER, folder, "-R", "nothing-has-this-name")
        checks.that(done.returncode != 0, "no test at all is a success")


main(test)
