# SPDX-License-Identifier: BSD-3-Clause
"""
Running Wireshark's programs with the plugin: as a user who is not root, for root's are ignored, with
an empty home, and copies of captures that this user can read.
"""

import contextlib
import json
import os
import pathlib
import shutil
import subprocess
import tempfile

from support import ENVIRONMENT, Skip, run

NOBODY = 65534
PLUGIN = "mptcpa.so"


class Wireshark:
    """The programs, with the plugin of a build directory; `preload` as LD_PRELOAD."""

    def __init__(self, build, folder, preload=None):
        plugins = pathlib.Path(build).resolve() / "plugins"
        if not (plugins / "version").exists():
            raise Skip(f"{plugins}: the plugin is not built, Wireshark's development files are missing")
        for name in ("tshark", "sharkd"):
            if shutil.which(name) is None:
                raise Skip(f"needs {name}")
        self.folder = pathlib.Path(folder)
        self.folder.chmod(0o755)
        shutil.copytree(plugins, self.folder / "plugins")
        (self.folder / "home").mkdir(mode=0o777)
        self.environment = {"HOME": str(self.folder / "home"),
                            "WIRESHARK_PLUGIN_DIR": str(self.folder / "plugins")}
        self.preload = ["env", f"LD_PRELOAD={preload}"] if preload else []
        if os.geteuid() == 0:
            os.chown(self.folder / "home", NOBODY, NOBODY)

    def words(self, *words):
        """A command line that is run without privileges."""
        drop = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
        return [*(drop if os.geteuid() == 0 else []), *self.preload, *map(str, words)]

    def capture(self, path, name=None):
        """A copy of a capture."""
        copy = self.folder / (name or pathlib.Path(path).name)
        shutil.copyfile(path, copy)
        copy.chmod(0o644)
        return copy

    def run(self, *words, plugin=True, timeout=120):
        """A command to its end; without the plugin where that is wanted."""
        environment = dict(self.environment)
        if not plugin:
            environment["WIRESHARK_PLUGIN_DIR"] = str(self.folder / "none")
        return run(*self.words(*words), environment=environment, timeout=timeout, cwd=self.folder)

    def require(self, checks):
        """The plugin is loaded at all."""
        listed = self.run("tshark", "-G", "plugins").stdout.decode()
        checks.that(PLUGIN in listed, f"tshark does not load {PLUGIN}: {listed}")

    @contextlib.contextmanager
    def sharkd(self):
        """A server that loads one capture after the other."""
        process = subprocess.Popen(self.words("sharkd", "-"), stdin=subprocess.PIPE,
                                   stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
                                   env=ENVIRONMENT | self.environment, cwd=self.folder)
        try:
            yield Sharkd(process)
        finally:
            process.stdin.close()
            process.wait(30)


class Sharkd:
    """Asks a running sharkd."""

    def __init__(self, process):
        self.process = process
        self.asked = 0

    def ask(self, method, **parameters):
        self.asked += 1
        question = {"jsonrpc": "2.0", "id": self.asked, "method": method, "params": parameters}
        self.process.stdin.write(json.dumps(question) + "\n")
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline())
        if "error" in answer:
            raise AssertionError(f"sharkd: {method} {parameters}: {answer['error']}")
        return answer["result"]

    def load(self, path):
        self.ask("load", file=str(path))

    def columns(self, *fields):
        """{frame: {field: [values]}}, all packets having been read before."""
        asked = {f"column{i}": f"{field}:0" for i, field in enumerate(fields)}
        return {row["num"]: {field: text.split(",") if text else []
                             for field, text in zip(fields, row["c"])}
                for row in self.ask("frames", **asked)}


@contextlib.contextmanager
def wireshark(build, preload=None):
    with tempfile.TemporaryDirectory() as folder:
        yield Wireshark(build, folder, preload)
