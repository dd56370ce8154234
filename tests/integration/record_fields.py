#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Does a record keep every field of the views? What analyzer.h declares, record_layout.c must name."""
import pathlib
import re
import sys

VIEWS = ("place", "witness", "address_event", "subflow", "subflow_end", "subflow_direction", "flow_measure",
         "rtt", "connection", "host", "stream", "stream_measure", "verdict_counts")

# Bits of one number, which is kept whole: an assertion in record_layout.c sees to it.
SHARED = {("place", "packet"), ("place", "capture")}

analyzer = pathlib.Path(__file__).resolve().parents[2] / "analyzer"


def members(header, name):
    """The names that a struct declares, one a declaration."""
    body = re.search(r"struct mpta_%s \{(.*?)\n\};" % name, header, re.DOTALL).group(1)
    return re.findall(r"(\w+)(?:\[\w+\])?(?: : \d+)?;", re.sub(r"/\*.*?\*/", "", body, flags=re.DOTALL))


def main():
    header = (analyzer / "analyzer.h").read_text()
    layout = (analyzer / "record_layout.c").read_text()
    missing = [f"mpta_{view}.{member}" for view in VIEWS for member in members(header, view)
               if (view, member) not in SHARED and not re.search(r"\(struct mpta_%s, %s[,)]" % (view, member), layout)]
    count = sum(len(members(header, view)) for view in VIEWS)
    if missing or count < 100:
        sys.exit(f"record_layout.c lacks these of {count} fields: {', '.join(missing) or 'none'}")


main()
