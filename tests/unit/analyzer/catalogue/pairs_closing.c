/* SPDX-License-Identifier: BSD-3-Clause */
/* Rows about how connections and subflows end. */
#include "tests/unit/analyzer/catalogue/pairs.h"

/* Where the key of MP_FASTCLOSE ends. */
#define KEY_AT 11

static struct story_packet *abort_it(struct wire *wire)
{
    return story_fastclose(&wire->story, &wire->peers, &wire->flows[0], OPENER_SAYS, MPTA_TCP_ACK);
}

static void fastclose_key(struct wire *wire, bool near)
{
    pair_open_one(wire);
    struct story_packet *packet = abort_it(wire);
    if (!near)
        story_spoil(packet, KEY_AT);
}

static void fastclose(struct wire *wire, bool near)
{
    fastclose_key(wire, !near);
}

static void after_fastclose(struct wire *wire, bool near)
{
    pair_open_one(wire);
    abort_it(wire);
    story_data(&wire->story, &wire->peers, &wire->flows[0], RESPONDER_SAYS, 100);
    story_data(&wire->story, &wire->peers, &wire->flows[0], near ? RESPONDER_SAYS : OPENER_SAYS,
               100);
}

static void subflow_reset(struct wire *wire, bool near)
{
    pair_open_two(wire);
    if (near)
        story_fins(&wire->story, &wire->peers, &wire->flows[PAIR_JOIN]);
    story_rst(&wire->story, &wire->flows[PAIR_JOIN], RESPONDER_SAYS, -1);
}

static void reason_unknown(struct wire *wire, bool near)
{
    pair_open_two(wire);
    story_rst(&wire->story, &wire->flows[PAIR_JOIN], RESPONDER_SAYS, near ? 6 : 7);
}

/* One route more or less is no wonder. */
static void suspect(struct wire *wire, bool near)
{
    pair_open_two(wire);
    story_data_ack(&wire->story, &wire->peers, &wire->flows[PAIR_JOIN], RESPONDER_SAYS);
    story_data_ack(&wire->story, &wire->peers, &wire->flows[PAIR_JOIN], RESPONDER_SAYS);
    struct story_packet *rst = story_rst(&wire->story, &wire->flows[PAIR_JOIN], RESPONDER_SAYS, -1);
    for (size_t i = 0; i < wire->story.count; i++)
        wire->story.packets[i].segment.hop_limit = 50;
    rst->segment.hop_limit = near ? 45 : 44;
}

static void without_data_fin(struct wire *wire, bool near)
{
    pair_open_one(wire);
    if (near)
        story_data_fins(&wire->story, &wire->peers, &wire->flows[0]);
    story_fins(&wire->story, &wire->peers, &wire->flows[0]);
}

static const struct pair pairs[] = {
    {"fastclose-key",        fastclose_key,    "the receiver's key"                     },
    {"fastclose",            fastclose,        "another key than the receiver's"        },
    {"data-after-fastclose", after_fastclose,  "data of the other host, under way"      },
    {"subflow-reset",        subflow_reset,    "both hosts had closed it"               },
    {"reset-reason-unknown", reason_unknown,   "6, the last one that has a meaning"     },
    {"reset-suspect",        suspect,          "five hops away, as another route may be"},
    {"fin-without-datafin",  without_data_fin, "a DATA_FIN of both hosts before"        },
};
const struct pair_list pairs_of_closing = {pairs, COUNT_OF(pairs)};
