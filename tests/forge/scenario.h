/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Scenarios: named stories, each about one thing, with what an analyser must make of it. They lie
 * in groups, one file a group; what a story has in common with others is told by struct story.
 */
#ifndef FORGE_SCENARIO_H
#define FORGE_SCENARIO_H

#include "tests/forge/forge.h"

/* What the tracker must say after the last packet; sentences about findings are left to it. */
struct forge_expectation {
    uint64_t connections;
    uint64_t subflows; /* linked ones */
    uint64_t unlinked;
    uint64_t late; /* connections whose MP_CAPABLE is not in the capture */
    struct mpta_verdict_counts join_hmac;
    struct mpta_verdict_counts add_addr_hmac;
    /* Of the first connection: */
    enum mpta_fallback_cause fallback;
    enum mpta_connection_close close;
    bool close_unsaid; /* too little was captured to demand one */
    uint64_t data[2];  /* distinct octets of each direction, and so on */
    uint64_t missing[2];
    uint64_t reinjected[2];
    uint64_t remapped[2]; /* over all subflows, and the same of the next */
    uint64_t retransmitted[2];
    struct mpta_verdict_counts dss_checksum[2];
    /*
     * Ids of findings of error severity that are right, beside which none may be, and of milder
     * ones that must be there; separated by spaces; NULL: none. One that the catalogue does not
     * have is not asked for.
     */
    const char *errors;
    const char *others;
    /* Of the packets themselves: */
    unsigned malformed; /* options that do not decode, or cannot be passed */
    unsigned partial;   /* TCP checksums that are not made */
};

struct forge_scenario {
    const char *name;
    void (*play)(struct forge *forge);
    enum forge_wrap wrap; /* of both interfaces */
    const char *shows;    /* one line */
    const char *says;     /* what is not in `expected`; NULL: nothing */
    struct forge_expectation expected;
};

/* A row of a group: name, function, what it shows, what is said, then members of `expected`. */
#define SCENARIO_IN(the_wrap, the_name, the_play, the_shows, the_says, ...)                        \
    {                                                                                              \
        .name = (the_name), .play = (the_play), .wrap = (the_wrap), .shows = (the_shows),          \
        .says = (the_says), .expected = {                                                          \
            __VA_ARGS__                                                                            \
        }                                                                                          \
    }
#define SCENARIO(the_name, the_play, the_shows, the_says, ...)                                     \
    SCENARIO_IN(FORGE_ETHERNET, the_name, the_play, the_shows, the_says, __VA_ARGS__)

struct forge_group {
    const struct forge_scenario *scenarios;
    size_t count;
};

extern const struct forge_group forge_version0_group;
extern const struct forge_group forge_handshake_group;
extern const struct forge_group forge_fallback_group;
extern const struct forge_group forge_join_group;
extern const struct forge_group forge_address_group;
extern const struct forge_group forge_attack_group;
extern const struct forge_group forge_data_group;
extern const struct forge_group forge_misuse_group;
extern const struct forge_group forge_sequence_group;
extern const struct forge_group forge_close_group;
extern const struct forge_group forge_malformed_group;
extern const struct forge_group forge_capture_group;
extern const struct forge_group forge_link_group;

#define FORGE_GROUP(table)                                                                         \
    {                                                                                              \
        (table), sizeof(table) / sizeof((table)[0])                                                \
    }

/* All scenarios by index, NULL beyond the last; one by name, NULL if there is none. */
const struct forge_scenario *forge_scenario_at(size_t index);
const struct forge_scenario *forge_scenario_find(const char *name);

/* A forge for a scenario, not played yet; and one that has played it. Both are the caller's. */
struct forge forge_scenario_forge(const struct forge_scenario *scenario, uint64_t seed);
struct forge forge_scenario_play(const struct forge_scenario *scenario, uint64_t seed);

/* ---- The usual story ------------------------------------------------------------------------ */

/* A connection of two paths. */
struct story {
    struct forge_connection connection;
    struct forge_subflow first;
    struct forge_subflow second;
    bool joined; /* the second is in use: story_end closes it, too */
};

/* Keys and addresses; nothing is sent yet. */
void story_prepare(struct story *story, struct forge *forge, int version);

/* The first subflow, and data both ways on it. */
void story_open(struct story *story, struct forge *forge, int version);

/* Data both ways: so many octets, and in a row of a table: how often. */
#define TALK_C2S      120
#define TALK_S2C      300
#define TALKED(times) .data = {(uint64_t)(times)*TALK_C2S, (uint64_t)(times)*TALK_S2C}
void story_talk(struct forge_subflow *subflow);

/* The second subflow, and data both ways on it. */
void story_join(struct story *story);

/* DATA_FIN both ways, then FIN both ways on what is open. */
void story_end(struct story *story);

#endif
