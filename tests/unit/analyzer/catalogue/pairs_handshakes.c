/* SPDX-License-Identifier: BSD-3-Clause */
/* Rows about the handshake of a connection, its keys, and its fall back to TCP. */
#include "tests/unit/analyzer/catalogue/pairs.h"

/* ---- Fallback -------------------------------------------------------------------------------- */

/* What goes on as plain TCP. */
static void say_plain(struct wire *wire)
{
    story_plain(&wire->story, &wire->flows[0], OPENER_SAYS, MPTA_TCP_ACK, 0);
    story_unmapped(&wire->story, &wire->flows[0], OPENER_SAYS, 100);
    story_unmapped(&wire->story, &wire->flows[0], RESPONDER_SAYS, 100);
}

static void synack(struct wire *wire, bool near)
{
    story_syn(&wire->story, &wire->peers, &wire->flows[0]);
    struct story_packet *answer = story_syn_ack(&wire->story, &wire->peers, &wire->flows[0]);
    if (near)
        story_cut(answer, 0);
    else
        story_strip(answer);
    say_plain(wire);
}

static void ack(struct wire *wire, bool near)
{
    story_syn(&wire->story, &wire->peers, &wire->flows[0]);
    story_syn_ack(&wire->story, &wire->peers, &wire->flows[0]);
    story_strip(story_ack(&wire->story, &wire->peers, &wire->flows[0]));
    if (near)
        story_data(&wire->story, &wire->peers, &wire->flows[0], OPENER_SAYS, 100);
    else
        say_plain(wire);
}

static void dss(struct wire *wire, bool near)
{
    pair_open_one(wire);
    story_unmapped(&wire->story, &wire->flows[0], OPENER_SAYS, 100);
    story_unmapped(&wire->story, &wire->flows[0], OPENER_SAYS, 100);
    if (near)
        story_data_ack(&wire->story, &wire->peers, &wire->flows[0], OPENER_SAYS);
}

/* A mapping without length is the infinite one. */
static void say_infinite(struct wire *wire, uint16_t len)
{
    story_mapping(&wire->story, &wire->peers, &wire->flows[0], OPENER_SAYS, len, 100);
}

static void infinite(struct wire *wire, bool near)
{
    pair_open_one(wire);
    say_infinite(wire, near ? 100 : 0);
}

static void mp_fail(struct wire *wire, bool near)
{
    const struct mpta_mptcp_option fail = {.subtype = MPTA_MP_FAIL};
    uint16_t flags = near ? MPTA_TCP_RST | MPTA_TCP_ACK : MPTA_TCP_ACK;
    pair_open_two(wire);
    story_rst(&wire->story, &wire->flows[near ? 0 : PAIR_JOIN], RESPONDER_SAYS, 0);
    story_option(&wire->story, &wire->flows[near ? PAIR_JOIN : 0], OPENER_SAYS, flags, 0, fail);
}

/* Forged: the data that it is about goes on, and is acknowledged. */
static void ignored(struct wire *wire, bool near)
{
    mp_fail(wire, false);
    for (int i = 0; i < 2; i++)
        story_data(&wire->story, &wire->peers, &wire->flows[0], RESPONDER_SAYS, 100);
    if (near)
        story_plain(&wire->story, &wire->flows[0], OPENER_SAYS, MPTA_TCP_ACK, 0);
    else
        story_data_ack(&wire->story, &wire->peers, &wire->flows[0], OPENER_SAYS);
}

/* A RST ends one subflow. */
static void mp_fail_subflow(struct wire *wire, bool near)
{
    mp_fail(wire, !near);
}

static void unanswered(struct wire *wire, bool near)
{
    story_syn(&wire->story, &wire->peers, &wire->flows[0]);
    if (!near)
        wire->story.packets[wire->story.count++] = wire->story.packets[0];
    wire->story.packets[wire->story.count - 1].place.time_ns += 1000 * STORY_MS;
}

/* The server's answers do not get to the client; or do, at last. */
static void hung(struct wire *wire, bool near)
{
    story_syn(&wire->story, &wire->peers, &wire->flows[0]);
    story_syn_ack(&wire->story, &wire->peers, &wire->flows[0]);
    pair_wait(wire, 3000 * STORY_MS);
    story_again(&wire->story, 0, false);
    story_again(&wire->story, 1, false);
    if (near)
        story_ack(&wire->story, &wire->peers, &wire->flows[0]);
}

/* What refuses has no sequence number yet. */
static void refused(struct wire *wire, bool near)
{
    story_syn(&wire->story, &wire->peers, &wire->flows[0]);
    struct story_packet *answer = story_rst(&wire->story, &wire->flows[0], RESPONDER_SAYS, -1);
    answer->segment.seq = near ? answer->segment.seq + 1 : 0;
}

static void blackhole(struct wire *wire, bool near)
{
    struct story *story = &wire->story;
    story_syn(story, &wire->peers, &wire->flows[0]);
    story_again(story, 0, false);
    struct story_packet *last = story_again(story, 0, false);
    if (!near)
        story_strip(last);
    story_strip(story_syn_ack(story, &wire->peers, &wire->flows[0]));
    say_plain(wire);
}

static void mapping_after(struct wire *wire, bool near)
{
    struct story *story = &wire->story;
    pair_open_one(wire);
    say_infinite(wire, 0);
    uint32_t acked = story_unmapped(story, &wire->flows[0], RESPONDER_SAYS, 50)->segment.seq + 50;
    if (near)
        story_again(story, 3, false)->segment.ack = acked;
    else
        story_data(story, &wire->peers, &wire->flows[0], OPENER_SAYS, 100);
}

static void with_subflows(struct wire *wire, bool near)
{
    pair_open_two(wire);
    if (near)
        story_fins(&wire->story, &wire->peers, &wire->flows[PAIR_JOIN]);
    say_infinite(wire, 0);
    if (!near)
        story_data(&wire->story, &wire->peers, &wire->flows[PAIR_JOIN], RESPONDER_SAYS, 100);
    story_data_ack(&wire->story, &wire->peers, &wire->flows[PAIR_JOIN], OPENER_SAYS);
}

/* ---- What is agreed on ----------------------------------------------------------------------- */

static void version(struct wire *wire, bool near)
{
    const struct story_peers old = story_peers(0, STORY_KEY_CLIENT, STORY_KEY_SERVER);
    story_syn(&wire->story, near ? &old : &wire->peers, &wire->flows[0]);
    story_syn_ack(&wire->story, &old, &wire->flows[0]);
    say_plain(wire);
}

static void algorithm(struct wire *wire, bool near)
{
    wire->peers.flags = near ? MPTA_CAPABLE_H | MPTA_CAPABLE_A : MPTA_CAPABLE_A;
    story_capable(&wire->story, &wire->peers, &wire->flows[0]);
}

static void checksums(struct wire *wire, bool near)
{
    wire->peers.flags |= MPTA_CAPABLE_A;
    story_syn(&wire->story, &wire->peers, &wire->flows[0]);
    if (!near)
        wire->peers.flags = MPTA_CAPABLE_H;
    story_syn_ack(&wire->story, &wire->peers, &wire->flows[0]);
}

/* ---- Keys ------------------------------------------------------------------------------------ */

static void echo(struct wire *wire, bool near)
{
    struct story_peers others = story_peers(1, STORY_KEY_CLIENT, STORY_KEY_THIRD);
    story_syn(&wire->story, &wire->peers, &wire->flows[0]);
    story_syn_ack(&wire->story, &wire->peers, &wire->flows[0]);
    wire->flows[0].sent[RESPONDER_SAYS] = 0;
    if (near)
        story_syn_ack(&wire->story, &others, &wire->flows[0]);
    wire->flows[0].sent[RESPONDER_SAYS] = 1;
    if (!near)
        story_ack(&wire->story, &wire->peers, &wire->flows[0]);
    story_ack(&wire->story, &others, &wire->flows[0]);
}

static void changed(struct wire *wire, bool near)
{
    struct story_peers one = story_peers(0, STORY_KEY_CLIENT, STORY_KEY_SERVER);
    struct story_peers other = story_peers(0, STORY_KEY_THIRD, STORY_KEY_SERVER);
    story_syn(&wire->story, &one, &wire->flows[0]);
    wire->flows[0].sent[OPENER_SAYS] = 0;
    story_syn(&wire->story, near ? &one : &other, &wire->flows[0]);
}

static void weak(struct wire *wire, bool near)
{
    struct story_peers others =
        story_peers(1, STORY_KEY_THIRD, near ? STORY_KEY_FOURTH : STORY_KEY_SERVER);
    story_capable(&wire->story, &wire->peers, &wire->flows[0]);
    story_capable(&wire->story, &others, &wire->flows[1]);
}

/* It might have gone over the other subflow, had there been one. */
static void idsn(struct wire *wire, bool near)
{
    story_capable(&wire->story, &wire->peers, &wire->flows[0]);
    wire->peers.dsn[MPTA_CLIENT] += 1000;
    story_data(&wire->story, &wire->peers, &wire->flows[0], OPENER_SAYS, 100);
    if (near)
        story_join(&wire->story, &wire->peers, &wire->flows[PAIR_JOIN]);
}

static void collision(struct wire *wire, bool near)
{
    struct story_peers one = story_peers(1, STORY_KEY_CLIENT, STORY_KEY_TWIN_A);
    struct story_peers other = story_peers(1, STORY_KEY_THIRD, STORY_KEY_TWIN_B);
    struct story *story = &wire->story;
    story_capable(story, &one, &wire->flows[0]);
    story_data(story, &one, &wire->flows[0], OPENER_SAYS, 100);
    if (near)
        story_fins(story, &one, &wire->flows[0]);
    story_capable(story, &other, &wire->flows[1]);
    if (!near)
        story_data(story, &one, &wire->flows[0], OPENER_SAYS, 100);
}

static void not_captured(struct wire *wire, bool near)
{
    wire->flows[0].sent[OPENER_SAYS] = wire->flows[0].sent[RESPONDER_SAYS] = 1;
    if (near)
        story_ack(&wire->story, &wire->peers, &wire->flows[0]);
    story_data(&wire->story, &wire->peers, &wire->flows[0], OPENER_SAYS, 100);
    story_data(&wire->story, &wire->peers, &wire->flows[0], RESPONDER_SAYS, 100);
}

static void syn_flood(struct wire *wire, bool near)
{
    pair_open_one(wire);
    for (uint16_t i = 0; i < (near ? 100 : 101); i++) {
        struct story_flow flow = story_flow("198.51.100.1", (uint16_t)(41000 + i), "10.0.9.1", 443);
        story_syn(&wire->story, &wire->peers, &flow);
    }
}

static const struct pair pairs[] = {
    {"fallback-synack",        synack,          "its options were cut by the snap length"      },
    {"fallback-ack",           ack,             "the first data has a DSS"                     },
    {"fallback-dss",           dss,             "a later packet has DSS again"                 },
    {"fallback-infinite",      infinite,        "a mapping of just the data"                   },
    {"fallback-mp-fail",       mp_fail,         "on a RST, which ends one subflow"             },
    {"fallback-ignored",       ignored,         "no DATA_ACK of what was mapped after it"      },
    {"mp-fail",                mp_fail_subflow, "on an ACK, which ends the use of MPTCP"       },
    {"syn-unanswered",         unanswered,      "it was sent once, and may be answered yet"    },
    {"handshake-hung",         hung,            "the client goes on in the end"                },
    {"connection-refused",     refused,         "the RST has a sequence number of its own"     },
    {"syn-flood",              syn_flood,       "one less"                                     },
    {"fallback-blackhole",     blackhole,       "the last SYN still has MP_CAPABLE"            },
    {"mapping-after-fallback", mapping_after,   "data from before it, sent again"              },
    {"infinite-with-subflows", with_subflows,   "the other subflow was closed before"          },
    {"version-mismatch",       version,         "that version was offered"                     },
    {"algorithm-missing",      algorithm,       "flag H among others"                          },
    {"checksum-asymmetric",    checksums,       "both ask for checksums"                       },
    {"key-echo-mismatch",      echo,            "the key of a second SYN/ACK: SYN cookies"     },
    {"key-changed",            changed,         "a SYN that is repeated as it was"             },
    {"key-weak",               weak,            "another key in the second connection"         },
    {"idsn-mismatch",          idsn,            "another subflow could have carried the rest"  },
    {"token-collision",        collision,       "the other connection was over"                },
    {"handshake-not-captured", not_captured,    "the third ACK was captured, and has both keys"},
};
const struct pair_list pairs_of_handshakes = {pairs, COUNT_OF(pairs)};
