/* SPDX-License-Identifier: BSD-3-Clause */
/* Rows about what a capture cannot prove. */
#include "tests/unit/analyzer/catalogue/pairs.h"

/* ---- What only a front knows ------------------------------------------------------------------
 */

static void note(struct wire *wire, const struct mpta_capture_facts *facts)
{
    pair_open_one(wire);
    wire_tell(wire);
    assert_int_equal(mpta_tracker_note_capture(wire->tracker, facts), MPTA_OK);
}

static void truncated(struct wire *wire, bool near)
{
    note(wire, &(struct mpta_capture_facts){.truncated = !near, .cut = near});
}

static void drops(struct wire *wire, bool near)
{
    note(wire, &(struct mpta_capture_facts){.kernel_drops = !near, .late = near});
}

static void unordered(struct wire *wire, bool near)
{
    note(wire, &(struct mpta_capture_facts){.late = !near, .kernel_drops = near});
}

static void clocks(struct wire *wire, bool near)
{
    note(wire, &(struct mpta_capture_facts){.clock_ahead_ns = near ? 0 : 5000000, .late = near});
}

/* ---- Octets that are missing ----------------------------------------------------------------- */

/* Of 100 segments so many are not captured; all are acknowledged. */
static void loss_estimated(struct wire *wire, bool near)
{
    struct story_flow *flow = &wire->flows[0];
    uint32_t missing = near ? 1 : 2;
    pair_open_one(wire);
    for (uint32_t i = 0; i < 99 - missing; i++)
        story_data(&wire->story, &wire->peers, flow, OPENER_SAYS, 100);
    flow->sent[OPENER_SAYS] += 100 * missing;
    flow->offset[OPENER_SAYS] += 100 * missing;
    wire->peers.dsn[MPTA_CLIENT] += 100 * missing;
    story_data_ack(&wire->story, &wire->peers, flow, RESPONDER_SAYS);
}

/* What a first IP fragment lacks is in the others. */
static void snapped(struct wire *wire, bool near)
{
    pair_open_one(wire);
    struct story_packet *packet =
        story_data(&wire->story, &wire->peers, &wire->flows[0], OPENER_SAYS, 100);
    packet->segment.payload_captured = 99;
    packet->segment.fragmented = near;
}

/* Nobody answers, so that there is nothing to capture. */
static void one_sided(struct wire *wire, bool near)
{
    struct story_flow *flow = &wire->flows[0];
    story_syn(&wire->story, &wire->peers, flow);
    flow->sent[RESPONDER_SAYS] = 1;
    if (near)
        return;
    story_ack(&wire->story, &wire->peers, flow);
    flow->sent[RESPONDER_SAYS] += 100;
    story_data(&wire->story, &wire->peers, flow, OPENER_SAYS, 100);
}

static void late(struct wire *wire, bool near)
{
    struct story_flow *flow = &wire->flows[0];
    flow->sent[OPENER_SAYS] = 1;
    if (near)
        story_syn_ack(&wire->story, &wire->peers, flow);
    flow->sent[RESPONDER_SAYS] = 1;
    story_ack(&wire->story, &wire->peers, flow);
    story_data(&wire->story, &wire->peers, flow, OPENER_SAYS, 100);
}

/* Every other octet of a stream, behind those with which the connection began. */
static void blurred(struct wire *wire, bool near)
{
    pair_open_one(wire);
    wire_tell(wire);
    uint32_t count = near ? RANGESET_MAX - 1 : RANGESET_MAX;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t at = 1000 + 2 * i;
        uint8_t octet = wire_octet(MPTA_CLIENT, at);
        struct wire_segment segment = {
            .ssn = at + 1,
            .octets = &octet,
            .len = 1,
            .map = {.ssn = at + 1, .data = at, .len = 1}
        };
        wire_send(wire, &segment);
    }
}

/* ---- Too many of them, or too large ---------------------------------------------------------- */

static void duplicates(struct wire *wire, bool near)
{
    pair_open_one(wire);
    story_again(&wire->story, wire->story.count - 1, !near);
}

/* Its receiver takes segments of so many octets. */
static void limit_segments(struct story_packet *syn, uint16_t mss)
{
    uint8_t *octets = syn->options + syn->segment.options_len;
    octets[0] = MPTA_KIND_MSS;
    octets[1] = 4;
    octets[2] = (uint8_t)(mss >> 8);
    octets[3] = (uint8_t)mss;
    syn->segment.options_len += 4;
    syn->segment.options_captured = syn->segment.options_len;
}

static void offload(struct wire *wire, bool near)
{
    limit_segments(story_syn(&wire->story, &wire->peers, &wire->flows[0]), 1460);
    limit_segments(story_syn_ack(&wire->story, &wire->peers, &wire->flows[0]), 1460);
    story_ack(&wire->story, &wire->peers, &wire->flows[0]);
    story_data(&wire->story, &wire->peers, &wire->flows[0], OPENER_SAYS, near ? 1460 : 1461);
}

/* The last packet of the client; where its octets are not known, nothing can be said of it. */
static void damaged(struct wire *wire, bool near)
{
    struct story *story = &wire->story;
    pair_open_one(wire);
    for (int i = 0; i < 4; i++)
        story_data(story, &wire->peers, &wire->flows[0], OPENER_SAYS, 100)->sum = SUM_GOOD;
    story->packets[story->count - 1].sum = near ? SUM_UNSEEN : SUM_BAD;
}

/* Given up in the middle, or only asked about. */
static void evicted(struct wire *wire, bool near)
{
    struct mpta_summary summary;
    pair_open_one(wire);
    wire_tell(wire);
    if (near)
        mpta_tracker_summary(wire->tracker, &summary);
    else
        assert_int_equal(mpta_tracker_evict(wire->tracker), 1);
}

static const struct pair pairs[] = {
    {"capture-truncated",      truncated,      "packets were cut, the file is whole"    },
    {"capture-drops",          drops,          "packets came late, but they came"       },
    {"capture-loss-estimated", loss_estimated, "just one of a hundred"                  },
    {"capture-snapped",        snapped,        "the rest is in other IP fragments"      },
    {"capture-one-sided",      one_sided,      "nobody answered"                        },
    {"capture-duplicates",     duplicates,     "it was sent twice"                      },
    {"capture-unordered",      unordered,      "packets were dropped, the rest in order"},
    {"capture-clocks",         clocks,         "packets came late, by clocks that agree"},
    {"capture-blurred",        blurred,        "just as many holes as are kept apart"   },
    {"capture-offload",        offload,        "just as much as the receiver takes"     },
    {"packets-damaged",        damaged,        "not all of its octets were captured"    },
    {"capture-late",           late,           "the SYN/ACK was captured"               },
    {"state-evicted",          evicted,        "all was kept"                           },
};
const struct pair_list pairs_of_captures = {pairs, COUNT_OF(pairs)};
