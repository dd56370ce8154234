/* SPDX-License-Identifier: BSD-3-Clause */
/* Rows about joins. */
#include "tests/unit/analyzer/catalogue/pairs.h"

#include <stdio.h>

/* Where the HMAC and the token of a join are in its option. */
#define HMAC_AT  6
#define TOKEN_AT 4

static struct story_packet *say_syn(struct wire *wire)
{
    return story_join_syn(&wire->story, &wire->peers, &wire->flows[PAIR_JOIN]);
}

static struct story_packet *say_syn_ack(struct wire *wire)
{
    return story_join_syn_ack(&wire->story, &wire->peers, &wire->flows[PAIR_JOIN]);
}

static struct story_packet *say_ack(struct wire *wire)
{
    return story_join_ack(&wire->story, &wire->peers, &wire->flows[PAIR_JOIN]);
}

/* ---- Tokens and HMACs ------------------------------------------------------------------------ */

static void token_unknown(struct wire *wire, bool near)
{
    pair_open_one(wire);
    struct story_packet *syn = say_syn(wire);
    if (!near)
        story_spoil(syn, TOKEN_AT);
    story_rst(&wire->story, &wire->flows[PAIR_JOIN], RESPONDER_SAYS, -1);
}

/* An HMAC of which the snap length has left half. */
static void spoil_hmac(struct story_packet *packet, bool near)
{
    story_spoil(packet, HMAC_AT);
    if (near)
        story_cut(packet, HMAC_AT + 4);
}

static void hmac_synack(struct wire *wire, bool near)
{
    pair_open_one(wire);
    say_syn(wire);
    spoil_hmac(say_syn_ack(wire), near);
}

static void hmac_ack(struct wire *wire, bool near)
{
    pair_open_one(wire);
    say_syn(wire);
    say_syn_ack(wire);
    spoil_hmac(say_ack(wire), near);
}

/* ---- What becomes of them -------------------------------------------------------------------- */

static void refused(struct wire *wire, bool near)
{
    pair_open_one(wire);
    say_syn(wire);
    if (near) {
        say_syn_ack(wire);
        say_ack(wire);
        story_data_ack(&wire->story, &wire->peers, &wire->flows[PAIR_JOIN], RESPONDER_SAYS);
    }
    story_rst(&wire->story, &wire->flows[PAIR_JOIN], RESPONDER_SAYS, 3);
}

static void unanswered(struct wire *wire, bool near)
{
    pair_open_one(wire);
    say_syn(wire);
    story_again(&wire->story, wire->story.count - 1, false);
    if (near)
        say_syn_ack(wire);
}

/* The SYN/ACK comes again, 3 s after it came first. */
static void hung(struct wire *wire, bool near)
{
    pair_open_one(wire);
    say_syn(wire);
    say_syn_ack(wire);
    pair_wait(wire, 3000 * STORY_MS);
    story_again(&wire->story, wire->story.count - 1, false);
    if (near) {
        say_ack(wire);
        story_data_ack(&wire->story, &wire->peers, &wire->flows[PAIR_JOIN], RESPONDER_SAYS);
    }
}

static void stripped(struct wire *wire, bool near)
{
    pair_open_one(wire);
    say_syn(wire);
    if (near)
        story_cut(say_syn_ack(wire), 0);
    else
        story_strip(say_syn_ack(wire));
}

/* ---- Nonces ---------------------------------------------------------------------------------- */

/* One more join with the nonce of the first, from this address. */
static void repeat_nonce(struct wire *wire, const char *address, const struct story_peers *peers)
{
    struct story_flow again = story_flow(address, 40010, "10.0.9.1", 443);
    again.nonce[OPENER_SAYS] = wire->flows[PAIR_JOIN].nonce[OPENER_SAYS];
    story_join(&wire->story, peers, &again);
}

static void replay(struct wire *wire, bool near)
{
    pair_open_two(wire);
    repeat_nonce(wire, near ? "10.0.2.1" : "198.51.100.66", &wire->peers);
}

static void nonce_reuse(struct wire *wire, bool near)
{
    const struct story_peers others = story_peers(1, STORY_KEY_THIRD, STORY_KEY_FOURTH);
    struct story_flow other = story_flow("10.0.2.1", 40011, "10.0.9.1", 443);
    pair_open_two(wire);
    story_capable(&wire->story, &others, &other);
    repeat_nonce(wire, "10.0.2.1", near ? &others : &wire->peers);
}

/* ---- Addresses of joins ---------------------------------------------------------------------- */

static void despite_c(struct wire *wire, bool near)
{
    wire->peers.flags |= MPTA_CAPABLE_C;
    wire->flows[PAIR_JOIN] = story_flow("10.0.2.1", 40002, "10.0.9.1", near ? 444 : 443);
    wire->flows[PAIR_JOIN].address_id[RESPONDER_SAYS] = 0;
    pair_open_two(wire);
}

static void remove_id(struct wire *wire, uint8_t id)
{
    pair_option(wire, OPENER_SAYS,
                (struct mpta_mptcp_option){
                    MPTA_REMOVE_ADDR, .remove_addr = {.count = 1, .address_ids = {id}}
    });
}

static void address_id(struct wire *wire, bool near)
{
    pair_open_one(wire);
    if (near)
        remove_id(wire, 0);
    wire->flows[PAIR_JOIN].address_id[OPENER_SAYS] = 0;
    story_join(&wire->story, &wire->peers, &wire->flows[PAIR_JOIN]);
    story_data(&wire->story, &wire->peers, &wire->flows[0], OPENER_SAYS, 100);
}

static void nat(struct wire *wire, bool near)
{
    pair_open_one(wire);
    story_add_addr(&wire->story, &wire->peers, &wire->flows[0], OPENER_SAYS, 2,
                   near ? "10.0.2.1" : "10.0.2.2", 0);
    story_join(&wire->story, &wire->peers, &wire->flows[PAIR_JOIN]);
}

/* ---- Many of them ---------------------------------------------------------------------------- */

static void flood(struct wire *wire, bool near)
{
    pair_open_one(wire);
    for (uint16_t i = 0; i < (near ? 8 : 257); i++) {
        struct story_flow join = story_flow("198.51.100.1", 41000, "10.0.9.1", 443);
        join.address[OPENER_SAYS].octets[2] = (uint8_t)(i >> 8);
        join.address[OPENER_SAYS].octets[3] = (uint8_t)i;
        join.nonce[OPENER_SAYS] = 1U + i;
        story_join_syn(&wire->story, &wire->peers, &join);
    }
}

static void amplification(struct wire *wire, bool near)
{
    pair_open_one(wire);
    for (uint16_t i = 0; i < (near ? 4 : 9); i++) {
        char target[24];
        (void)snprintf(target, sizeof(target), "203.0.113.%u", i);
        struct story_flow join = story_flow("10.0.2.1", (uint16_t)(41000 + i), target, 443);
        story_join_syn(&wire->story, &wire->peers, &join);
        story_again(&wire->story, wire->story.count - 1, false);
    }
}

static const struct pair pairs[] = {
    {"join-token-unknown", token_unknown, "the connection's token"                 },
    {"join-hmac-synack",   hmac_synack,   "half of the HMAC was not captured"      },
    {"join-hmac-ack",      hmac_ack,      "half of the HMAC was not captured"      },
    {"join-refused",       refused,       "it was established before"              },
    {"join-unanswered",    unanswered,    "answered at the second try"             },
    {"join-hung",          hung,          "confirmed in the end"                   },
    {"join-stripped",      stripped,      "its options were cut by the snap length"},
    {"join-replay",        replay,        "from the same address"                  },
    {"join-nonce-reuse",   nonce_reuse,   "in another connection"                  },
    {"join-despite-c",     despite_c,     "to another port"                        },
    {"join-address-id",    address_id,    "the initial address was removed before" },
    {"join-nat",           nat,           "from the address that was announced"    },
    {"join-flood",         flood,         "eight of them"                          },
    {"syn-amplification",  amplification, "one target less"                        },
};
const struct pair_list pairs_of_joins = {pairs, COUNT_OF(pairs)};
