# SPDX-License-Identifier: BSD-3-Clause
"""
What the program estimates that lossy paths lost, held against what they did lose: the packets of
one end's capture that are not in the other's; and what it saw sent again against the kernels' own
counters.
"""

from kernel import SIDES, WAYS, other

# The estimate is one: so far it may be off, in packets and as a share of what was lost. From the
# sender's end it is rather too high, where a path puts packets out of order; from the receiver's too
# low, where the end of a burst was lost. The man page says how close it comes.
OFF_PACKETS = 4
OFF_SHARE = 0.6


def subflows_of(report):
    return [s for c in report["connections"] for s in c["subflows"]]


def estimate_faults(reports, side):
    """Each direction of each subflow that this side sent on, from both ends."""
    way = WAYS[side]
    sent = subflows_of(reports[side])
    received = subflows_of(reports[other(side)])
    for here, there in zip(sent, received):
        lost = here[way]["data_packets"] - there[way]["data_packets"]
        for end, subflow in ((side, here), (other(side), there)):
            estimate = subflow[way]["lost_packets"]
            if abs(estimate - lost) > OFF_PACKETS + OFF_SHARE * lost:
                yield (f"subflow {here['id']} {way}: {lost} of {here[way]['data_packets']} data "
                       f"packets were lost, the {end}'s capture gives {estimate}")


def repetition_faults(run, reports, side):
    """The kernel also counts SYNs and FINs that it sent again; a subflow has one of each a side."""
    subflows = subflows_of(reports[side])
    seen = sum(s[WAYS[side]]["retransmitted_packets"] for s in subflows)
    counters = run["tcp"][side]
    bare = counters.get("TCPSynRetrans", 0) + 8 * len(subflows)
    if not seen <= counters["RetransSegs"] <= seen + bare:
        yield f"{side}: RetransSegs is {counters['RetransSegs']}, the program sees {seen}"


def faults(run, reports):
    for side in SIDES:
        yield from estimate_faults(reports, side)
        yield from repetition_faults(run, reports, side)
