#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""
Measures over time of every sample: each row is well-formed, and all rows of a subflow or a
connection together are what the JSON report says of it, at any interval.
"""

import csv
import decimal
import io
import json

from support import arguments, main, program, run, samples

TITLES = ["time", "relative", "interval", "connection", "subflow", "direction", "packets",
          "payload_bytes", "fresh_bytes", "retransmitted_bytes", "reinjected_bytes",
          "max_in_flight", "data_acked_bytes", "rtt_samples", "rtt_mean", "throughput_bps",
          "goodput_bps", "remapped_bytes"]
INTERVALS = ("0.001", "0.1", "3600")
OF_SUBFLOW = ("packets", "payload_bytes", "fresh_bytes", "retransmitted_bytes", "reinjected_bytes",
              "remapped_bytes", "rtt_samples")
OF_STREAM = ("fresh_bytes", "reinjected_bytes", "data_acked_bytes", "rtt_samples")
NOT_OF_STREAM = ("packets", "payload_bytes", "retransmitted_bytes", "max_in_flight",
                 "throughput_bps", "remapped_bytes")


def rows_of(checks, words, octets):
    """All rows, by connection (None: not known), subflow (None: the connection's own), direction."""
    text = octets.decode("ascii")
    table = csv.DictReader(io.StringIO(text, newline=""))
    checks.equal(f"{words}: titles", table.fieldnames, TITLES)
    found = {}
    for row in table:
        ids = (int(row[name]) if row[name] else None for name in ("connection", "subflow"))
        found.setdefault((*ids, row["direction"]), []).append(row)
    return found


def rates_agree(row):
    octets = {"goodput_bps": row["fresh_bytes"], "throughput_bps": row["payload_bytes"]}
    return all(not row[name] or abs(int(row[name]) - int(count) * 8 / float(row["interval"])) <= 1
               for name, count in octets.items())


def check_rows(checks, words, rows, interval):
    """Rows are in the order of time, on the grid, and never empty."""
    times = [decimal.Decimal(row["relative"]) for row in rows]
    checks.that(all(a < b for a, b in zip(times, times[1:])), f"{words}: rows out of order")
    for row, time in zip(rows, times):
        width = decimal.Decimal(row["interval"])
        begin = decimal.Decimal(row["time"]) - time
        checks.that(width >= decimal.Decimal(interval) and time % width == 0
                    and begin == decimal.Decimal(rows[0]["time"]) - times[0],
                    f"{words}: a row at {row['time']} is not on the grid")
        checks.that(any(int(row[name] or 0) > 0 for name in (*OF_SUBFLOW, *OF_STREAM)),
                    f"{words}: an empty row at {row['time']}")
        checks.that((row["rtt_mean"] == "") == (row["rtt_samples"] == "0") and rates_agree(row),
                    f"{words}: {row}")


def total(rows, name):
    return sum(int(row[name]) for row in rows)


def check_subflow(checks, words, rows, direction):
    rtt = direction["rtt"] or {"samples": 0}
    want = {name: direction[name] for name in OF_SUBFLOW if name in direction}
    want["rtt_samples"] = rtt["samples"]
    checks.equal(f"{words}: sums", {name: total(rows, name) for name in OF_SUBFLOW}, want)
    highest = max((int(row["max_in_flight"]) for row in rows), default=0)
    checks.equal(f"{words}: in flight", highest, direction["max_in_flight"])
    if rtt["samples"]:
        mean = sum(float(row["rtt_mean"]) * int(row["rtt_samples"]) for row in rows
                   if row["rtt_mean"]) / rtt["samples"]
        checks.that(abs(mean - rtt["mean"]) < 1e-8, f"{words}: mean {mean}, not {rtt['mean']}")


def check_stream(checks, words, rows, connection, way):
    stream = connection[way]
    want = {"fresh_bytes": stream["data_bytes"], "reinjected_bytes": stream["reinjected_bytes"],
            "rtt_samples": (stream["data_ack_latency"] or {"samples": 0})["samples"]}
    if connection["key_source"] == "handshake" and not connection["late"]:
        want["data_acked_bytes"] = stream["data_acked"] or 0
    checks.equal(f"{words}: sums", {name: total(rows, name) for name in want}, want)
    checks.that(all(row[name] == "" for row in rows for name in NOT_OF_STREAM),
                f"{words}: a field that does not apply")


def check_sample(checks, path, sample, interval):
    words = f"{sample.name} at {interval} s"
    report = json.loads(run(path, "-j", sample).stdout)
    done = run(path, "-o", "series", "--interval", interval, sample)
    checks.that(done.returncode in (0, 3), f"{words}: exit status {done.returncode}")
    rows = rows_of(checks, words, done.stdout)
    for key, found in rows.items():
        check_rows(checks, f"{words}: {key}", found, interval)
    unlinked = {"id": None, "subflows": report["unlinked_subflows"]}
    for connection in [*report["connections"], unlinked]:
        for way in ("c2s", "s2c"):
            key = (connection["id"], None, way)
            if connection is not unlinked:
                check_stream(checks, f"{words}: {key}", rows.pop(key, []), connection, way)
            for subflow in connection["subflows"]:
                key = (connection["id"], subflow["id"], way)
                check_subflow(checks, f"{words}: {key}", rows.pop(key, []), subflow[way])
    checks.equal(f"{words}: rows of nobody", list(rows), [])


def test(checks):
    given = arguments("Compares measures over time with the totals of the JSON report.")
    path = program(given.release)
    for sample in samples():
        for interval in INTERVALS:
            check_sample(checks, path, sample, interval)


main(test)
