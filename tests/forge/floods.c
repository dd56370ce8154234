/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Some floods come from thousands of sources at one moment, others lie within one connection whose
 * hosts send data in the most awkward pieces.
 */
#include "tests/forge/floods.h"

#include <string.h>

#include "tests/forge/scenario.h"

/* ---- Handshakes and addresses --------------------------------------------------------------- */

/* All packets are of one moment. */
static void stop_the_clock(struct forge *forge)
{
    for (size_t i = 0; i < forge->count; i++) {
        forge->packets[i].time_ns = forge->packets[0].time_ns;
    }
}

/* Its client has the index as the low half of its address. */
static void set_source(struct forge_subflow *subflow, unsigned index)
{
    subflow->ends[MPTA_CLIENT].address.octets[2] = (uint8_t)(index >> 8);
    subflow->ends[MPTA_CLIENT].address.octets[3] = (uint8_t)index;
}

/* A join of the story's connection from the source with this index. */
static struct forge_subflow join_from(struct story *story, unsigned index)
{
    struct forge_subflow subflow =
        forge_additional(&story->connection, 1, "198.18.0.0", "203.0.113.1");
    set_source(&subflow, index);
    return subflow;
}

/* Joins from thousands of sources; each third one has the right token. */
static void join_flood(struct forge *forge, unsigned count)
{
    struct story story;
    story_open(&story, forge, 1);
    const uint32_t token = story.connection.hosts[MPTA_SERVER].token;
    for (unsigned i = 0; i < count; i++) {
        struct forge_subflow subflow = join_from(&story, i);
        story.connection.hosts[MPTA_SERVER].token = i % 3 == 0 ? token : forge_random32(forge);
        forge_syn(&subflow);
    }
    stop_the_clock(forge);
}

/* Joins with one token that nobody has. */
static void join_flood_unknown(struct forge *forge, unsigned count)
{
    struct story story;
    story_open(&story, forge, 1);
    story.connection.hosts[MPTA_SERVER].token++;
    for (unsigned i = 0; i < count; i++) {
        struct forge_subflow subflow = join_from(&story, i);
        forge_syn(&subflow);
    }
    stop_the_clock(forge);
}

/* One SYN, to the last bit, from as many sources. */
static void join_flood_of_one(struct forge *forge, unsigned count)
{
    struct story story;
    story_open(&story, forge, 1);
    for (unsigned i = 0; i < count; i++) {
        struct forge_subflow subflow = story.second;
        set_source(&subflow, i);
        forge_syn(&subflow);
    }
    stop_the_clock(forge);
}

/* One nonce from as many sources, each with an ISN and an answer of its own. */
static void replay_flood(struct forge *forge, unsigned count)
{
    struct story story;
    story_open(&story, forge, 1);
    for (unsigned i = 0; i < count; i++) {
        struct forge_subflow subflow = join_from(&story, i);
        subflow.ends[MPTA_CLIENT].nonce = 4711;
        forge_syn(&subflow);
        forge_syn_ack(&subflow);
    }
    stop_the_clock(forge);
}

/* Joins from thousands of sources, all of which the server refuses. */
static void refused_flood(struct forge *forge, unsigned count)
{
    struct story story;
    story_open(&story, forge, 1);
    for (unsigned i = 0; i < count; i++) {
        struct forge_subflow subflow = join_from(&story, i);
        forge_syn(&subflow);
        subflow.ends[MPTA_SERVER].next = 0; /* RFC 9293 section 3.10.7.1 */
        forge_rst_reason(&subflow, MPTA_SERVER, (uint8_t)(i % 7), false);
    }
    stop_the_clock(forge);
}

/* Every ID again and again, each time with another address, some echoed, some removed. */
static void address_flood(struct forge *forge, unsigned count)
{
    struct story story;
    story_open(&story, forge, 1);
    for (unsigned i = 0; i < count; i++) {
        const uint8_t id = (uint8_t)forge_random32(forge);
        char address[] = "203.0.113.1";
        address[sizeof address - 2] = (char)('1' + i % 9);
        if (i % 7 == 0) {
            forge_remove_addr(&story.first, MPTA_SERVER, &id, 1);
        } else if (i % 7 == 1) {
            forge_add_addr_echo(&story.first, MPTA_CLIENT, id, address, 0);
        } else {
            forge_add_addr(&story.first, MPTA_SERVER, id, address, 0);
        }
    }
    stop_the_clock(forge);
}

/* Announcements and joins to all of them in turn, which look at what was announced. */
static void join_every_address(struct forge *forge, unsigned count)
{
    struct story story;
    story_open(&story, forge, 1);
    for (unsigned i = 0; i < count; i++) {
        struct forge_subflow join =
            forge_additional(&story.connection, (uint8_t)i, "198.18.0.0", "203.0.113.1");
        if (i < 256) {
            forge_add_addr(&story.first, MPTA_SERVER, (uint8_t)i, "203.0.113.1", 0);
        }
        join.ends[MPTA_CLIENT].address.octets[2] = (uint8_t)(i >> 8);
        join.ends[MPTA_CLIENT].address.octets[3] = (uint8_t)i;
        forge_syn(&join);
    }
}

/* SYNs of connections from thousands of sources, sent twice each. */
static void syn_flood(struct forge *forge, unsigned count)
{
    struct story story;
    story_open(&story, forge, 1);
    for (unsigned i = 0; i < count; i++) {
        struct forge_subflow subflow = story.first;
        set_source(&subflow, i);
        forge_syn(&subflow);
        forge_syn(&subflow);
    }
    stop_the_clock(forge);
}

/* The same of version 0, whose SYNs all have one key. */
static void syn_flood_of_one_key(struct forge *forge, unsigned count)
{
    struct story story;
    story_open(&story, forge, 0);
    for (unsigned i = 0; i < count; i++) {
        struct forge_subflow subflow = story.first;
        set_source(&subflow, i);
        forge_syn(&subflow);
    }
    stop_the_clock(forge);
}

/* ---- Subflows and tokens -------------------------------------------------------------------- */

/* Subflows of one connection, all of them established and in use: eight packets each. */
static void subflow_flood(struct forge *forge, unsigned count)
{
    struct story story;
    story_open(&story, forge, 1);
    for (unsigned i = 0; i < count / 8; i++) {
        struct forge_subflow subflow = join_from(&story, i);
        forge_join(&subflow);
        forge_send(&subflow, MPTA_CLIENT, 100);
        forge_send(&subflow, MPTA_SERVER, 100);
    }
}

/* A server has one key for all its connections, so that joins of all of them have one token. */
static void token_flood(struct forge *forge, unsigned count)
{
    const uint64_t key = forge_random(forge);
    for (unsigned i = 0; i < count / 8; i++) {
        struct story story;
        story_prepare(&story, forge, 1);
        set_source(&story.first, i);
        set_source(&story.second, i);
        story.second.ends[MPTA_CLIENT].address.octets[1]++;
        forge_set_key(&story.connection, MPTA_SERVER, key);
        forge_connect(&story.first);
        forge_send(&story.first, MPTA_CLIENT, 100);
        forge_join(&story.second);
    }
}

/* ---- Data ----------------------------------------------------------------------------------- */

/* Ten octets in each segment, under a mapping of its own. */
#define PIECE_LEN 10

/* The piece with an index, from the beginning of the client's stream and of its subflow. */
static void piece_send(struct story *story, uint32_t begin, unsigned index)
{
    const uint64_t offset = TALK_C2S + (uint64_t)index * PIECE_LEN;
    forge_retransmit(&story->first, MPTA_CLIENT, begin + index * PIECE_LEN, offset, PIECE_LEN);
}

/* The SSN after what has been said. */
static uint32_t story_ssn(const struct story *story)
{
    return forge_ssn(&story->first, MPTA_CLIENT, story->first.ends[MPTA_CLIENT].next);
}

/* Every other piece, and never what is between. */
static void hole_flood(struct forge *forge, unsigned count)
{
    struct story story;
    story_open(&story, forge, 1);
    const uint32_t begin = story_ssn(&story);
    for (unsigned i = 0; i < count; i++) {
        piece_send(&story, begin, 2 * i);
    }
}

/* All pieces, from the last to the first. */
static void backward_flood(struct forge *forge, unsigned count)
{
    struct story story;
    story_open(&story, forge, 1);
    const uint32_t begin = story_ssn(&story);
    for (unsigned i = count; i > 0; i--) {
        piece_send(&story, begin, i - 1);
    }
}

/* The same pieces again and again, in an order that jumps. */
static void repeat_flood(struct forge *forge, unsigned count)
{
    struct story story;
    story_open(&story, forge, 1);
    const uint32_t begin = story_ssn(&story);
    for (unsigned i = 0; i < count; i++) {
        piece_send(&story, begin, i * 331 % 1000);
    }
}

/* One octet in each segment, under a mapping of its own. */
static void mapping_flood(struct forge *forge, unsigned count)
{
    struct story story;
    story_open(&story, forge, 1);
    for (unsigned i = 0; i < count; i++) {
        forge_data(&story.first, MPTA_CLIENT, 1);
    }
}

/* Mappings with checksums, of which the last octets never come. */
static void checksum_flood(struct forge *forge, unsigned count)
{
    struct story story;
    story_prepare(&story, forge, 1);
    story.connection.hosts[MPTA_CLIENT].flags |= MPTA_CAPABLE_A;
    forge_connect(&story.first);
    story_talk(&story.first);
    const uint32_t begin = story_ssn(&story);
    for (unsigned i = 0; i < count; i++) {
        const struct forge_mapping mapping = {.offset = TALK_C2S + (uint64_t)i * 2 * PIECE_LEN,
                                              .ssn = begin + i * 2 * PIECE_LEN,
                                              .length = 2 * PIECE_LEN};
        forge_data_mapped(&story.first, MPTA_CLIENT, mapping.ssn, mapping.offset, PIECE_LEN,
                          &mapping);
    }
}

/* ---- The table ------------------------------------------------------------------------------ */

static const struct forge_flood floods[] = {
    {"joins",            "joins from everywhere",                join_flood,           "join-flood",    5   },
    {"joins-unknown",    "joins for a token of nobody",          join_flood_unknown,   "join-flood",    5   },
    {"joins-of-one",     "one join from everywhere",             join_flood_of_one,    "join-replay",   5   },
    {"nonces",           "one nonce from everywhere",            replay_flood,         "join-replay",   5   },
    {"joins-refused",    "joins from everywhere, refused",       refused_flood,        "join-refused",  10  },
    {"addresses",        "announcements, echoes, removals",      address_flood,        "addaddr-flood", 5   },
    {"joins-everywhere", "joins to every address",               join_every_address,   "join-flood",    10  },
    {"syns",             "SYNs from everywhere",                 syn_flood,            "syn-flood",     5   },
    {"syns-of-one-key",  "SYNs from everywhere with one key",    syn_flood_of_one_key, "syn-flood",     5   },
    {"subflows",         "many subflows",                        subflow_flood,        NULL,            20  },
    {"tokens",           "connections with one token",           token_flood,          "key-weak",      2500},
    {"holes",            "many holes",                           hole_flood,           NULL,            20  },
    {"backwards",        "data from the last to the first",      backward_flood,       NULL,            20  },
    {"repetitions",      "data again and again",                 repeat_flood,         NULL,            20  },
    {"mappings",         "mappings of one octet",                mapping_flood,        NULL,            20  },
    {"checksums",        "checksums of mappings that never end", checksum_flood,       NULL,            20  },
};

const struct forge_flood *forge_flood_at(size_t index)
{
    return index < sizeof floods / sizeof floods[0] ? &floods[index] : NULL;
}

const struct forge_flood *forge_flood_find(const char *name)
{
    const struct forge_flood *flood;
    for (size_t i = 0; (flood = forge_flood_at(i)) != NULL; i++) {
        if (strcmp(flood->name, name) == 0) {
            return flood;
        }
    }
    return NULL;
}
