#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""
What web server and browser exchanged over two subflows that lose and reorder packets, Wireshark
exports byte for byte with the plugin: over HTTP, and over TLS 1.3 with its key log. What was not
captured does not keep it from what comes after.
"""

import hashlib
import json
import pathlib
import shutil
import sys
import tempfile

from support import ROOT, Skip, arguments, main, run
from wireshark import wireshark

sys.path.insert(0, str(ROOT / "tests" / "lab"))
from scenario import Path, Scenario  # pylint: disable=wrong-import-position
from world import Process, Unavailable, World, require_lab  # pylint: disable=wrong-import-position

WEB = ROOT / "tests" / "lab" / "web.py"
PORTS = {"http": 8080, "tls": 8443}
LOSSY = Scenario(
    about="web traffic over two paths that lose and reorder",
    paths=(Path("wifi", 1, more="loss_percent 2 reorder_percent 8 reorder_ms 6"),
           Path("lte", 2, delay_ms=8, more="loss_percent 2 reorder_percent 8 reorder_ms 9")),
    endpoints={"client": ("10.0.2.1 dev lte subflow",)},
)


def certificate_in(folder):
    if shutil.which("openssl") is None:
        raise Skip("needs openssl")
    key, file = folder / "key.pem", folder / "certificate.pem"
    run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
        "-subj", "/CN=lab", "-days", "2", "-keyout", key, "-out", file)
    file.write_bytes(key.read_bytes() + file.read_bytes())
    return file


def start(world, side, *words):
    process = Process(["ip", "netns", "exec", world.namespaces[side], "/usr/bin/python3", "-B",
                       str(WEB), side, *map(str, words)])
    world.processes[side] = process
    process.expect("ready")
    return process


def browse(world, kind, folder, seed):
    """Lets them exchange what they have; returns {name: SHA-256}."""
    tls = kind == "tls"
    server = start(world, "server", PORTS[kind], seed, *([certificate_in(folder)] if tls else []))
    client = start(world, "client", LOSSY.paths[0].address("server"), PORTS[kind], seed,
                   *([folder / "keys.log"] if tls else []))
    world.wait_for_joins(1)
    client.say("go")
    client.expect("done")
    digests = client.finish()
    server.finish()
    return digests


def capture(kind, folder, build, seed):
    folder.mkdir()
    with World(LOSSY, build, folder, seed) as world:
        digests = browse(world, kind, folder, seed)
    return digests


# ---- What Wireshark makes of it ----------------------------------------------------------------


def exported(shark, file, options, name):
    """SHA-256 of all objects that tshark exports."""
    folder = shark.folder / name
    folder.mkdir(mode=0o777)
    folder.chmod(0o777)
    done = shark.run("tshark", "-n", *options, "-q", "-r", file, "--export-objects",
                     f"http,{folder}")
    assert done.returncode == 0, done.stderr
    return {hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}


def subflows_used(shark, file):
    """How many subflows carried data of either direction."""
    done = shark.run("tshark", "-n", "-r", file, "-Y", "mptcpa.offset", "-T", "fields", "-e",
                     "mptcpa.subflow", "-e", "mptcpa.sender")
    return {tuple(line.split()) for line in done.stdout.decode().splitlines()}


def check_capture(checks, shark, kind, folder, digests):
    options = []
    if kind == "tls":
        keys = shark.capture(folder / "keys.log", f"{folder.name}.keys")
        options = ["-o", f"tls.keylog_file:{keys}"]
    for side in ("client", "server"):
        name = f"{folder.name}-{side}"
        file = shark.capture(folder / f"{side}.pcapng", f"{name}.pcapng")
        checks.equal(f"{name}: subflows with data", len(subflows_used(shark, file)), 4)
        for passes in ([], ["-2"]):
            found = exported(shark, file, options + passes, f"{name}-objects{''.join(passes)}")
            for object_name, digest in digests.items():
                checks.that(digest in found, f"{name} {passes}: {object_name} is not exported whole")
        off = ["-o", "mptcpa.reassemble:FALSE"]
        found = exported(shark, file, options + off, f"{name}-off")
        checks.that(not set(digests.values()) <= found,
                    f"{name}: without reassembly the same is exported, so this test shows nothing")


# ---- What was not captured ---------------------------------------------------------------------

LOST = 45_000  # an octet of the server's stream, within its first large object
SPOILT = "object-0"


def frames_with(shark, file, octet):
    """All packets that carried an octet of the server's stream."""
    done = shark.run("tshark", "-n", "-r", file, "-Y", 'mptcpa.sender == "server"', "-T", "fields",
                     "-e", "frame.number", "-e", "mptcpa.offset", "-e", "mptcpa.len")
    rows = (line.split("\t") for line in done.stdout.decode().splitlines())
    return [row[0] for row in rows if row[1] and int(row[1]) <= octet < int(row[1]) + int(row[2])]


def check_hole(checks, shark, digests):
    """Octets that were never captured spoil what they belong to, and nothing after it."""
    file, holed = shark.folder / "http-client.pcapng", shark.folder / "http-holed.pcapng"
    lost = frames_with(shark, file, LOST)
    checks.that(lost, "no packet carries the octet that is to be lost")
    run("editcap", file, holed, *lost)
    holed.chmod(0o644)
    found = exported(shark, holed, [], "http-holed-objects")
    for name, digest in digests.items():
        checks.equal(f"a hole in {SPOILT}: {name} is whole", digest in found, name != SPOILT)
    holes = shark.run("tshark", "-n", "-2", "-r", holed, "-Y", "mptcpa.hole", "-T", "fields", "-e",
                      "mptcpa.hole").stdout.split()
    checks.that(holes, "the hole is not shown")


def test(checks):
    given = arguments("Exports objects of HTTP and TLS over two subflows.",
                      (("--seed",), {"type": int, "default": 1}),
                      (("--keep",), {"type": pathlib.Path, "help": "leave the captures here"}))
    try:
        require_lab()
        with wireshark(given.release) as shark, tempfile.TemporaryDirectory() as temporary:
            shark.require(checks)
            out = given.keep or pathlib.Path(temporary)
            for kind in PORTS:
                folder = out / kind
                digests = capture(kind, folder, given.build, given.seed)
                (folder / "digests.json").write_text(json.dumps(digests))
                check_capture(checks, shark, kind, folder, digests)
                if kind == "http":
                    check_hole(checks, shark, digests)
    except Unavailable as reason:
        raise Skip(str(reason)) from None


main(test)
