/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One visitor after the other, each whole before the next: how many are there at a time follows
 * from how long they are remembered, and from the clock. Ports and addresses are used again after a
 * while, by others.
 */
#include "tests/forge/churn.h"

#include <stdlib.h>

#include "tests/forge/scenario.h"

#define VISIT_NS INT64_C(1000000) /* from one visitor to the next, */
#define STAY_NS  INT64_C(5000000) /* or to the next who stays */
/* Of so many visitors one each is what few are. */
#define FEW_IN 32

/* ---- Files ----------------------------------------------------------------------------------- */

/* Times in nanoseconds; whoever reads it finds out the order of octets by the first number. */
static bool header_write(FILE *file)
{
    enum { NANOSECONDS = 0xa1b23c4d, VERSION_2_4 = 0x00040002, SNAP_LEN = 65535, ETHERNET = 1 };
    const uint32_t header[] = {NANOSECONDS, VERSION_2_4, 0, 0, SNAP_LEN, ETHERNET};
    return fwrite(header, sizeof header, 1, file) == 1;
}

static bool packet_write(const struct forge_packet *packet, FILE *file)
{
    const uint32_t header[] = {
        (uint32_t)(packet->time_ns / FORGE_S),
        (uint32_t)(packet->time_ns % FORGE_S),
        (uint32_t)packet->captured,
        (uint32_t)packet->wire_len,
    };
    return fwrite(header, sizeof header, 1, file) == 1 &&
           fwrite(packet->octets, packet->captured, 1, file) == 1;
}

/* What the forge has captured so far is not wanted, or written by now. */
static void packets_drop(struct forge *forge)
{
    for (size_t i = 0; i < forge->count; i++) {
        free(forge->packets[i].octets);
    }
    forge->count = 0;
}

static bool packets_write(struct forge *forge, FILE *file)
{
    bool written = !forge->failed;
    for (size_t i = 0; i < forge->count && written; i++) {
        written = packet_write(&forge->packets[i], file);
    }
    packets_drop(forge);
    return written;
}

/* ---- Visitors -------------------------------------------------------------------------------- */

static void visit_on_one_path(struct story *story)
{
    forge_connect(&story->first);
    story_talk(&story->first);
    story_end(story);
}

static void visit_on_two_paths(struct story *story)
{
    forge_connect(&story->first);
    story_talk(&story->first);
    story_join(story);
    story_end(story);
}

static void visit_in_vain(struct story *story)
{
    forge_syn(&story->first);
}

/* The capture begins in the middle. */
static void visit_seen_late(struct story *story)
{
    forge_connect(&story->first);
    story_talk(&story->first);
    packets_drop(story->connection.forge);
    story_talk(&story->first);
    story_end(story);
}

/* The first subflow took another way. */
static void visit_seen_in_part(struct story *story)
{
    forge_connect(&story->first);
    story_talk(&story->first);
    packets_drop(story->connection.forge);
    story_join(story);
    forge_close(&story->second);
}

static void (*const few[])(struct story *story) = {visit_in_vain, visit_seen_late,
                                                   visit_seen_in_part};

static void subflow_settle(struct forge_subflow *subflow, uint64_t number)
{
    struct mpta_address *client = &subflow->ends[MPTA_CLIENT].address;
    client->octets[2] = (uint8_t)(number >> 8);
    client->octets[3] = (uint8_t)number;
    subflow->rtt_ns = 0; /* other visitors are what takes time */
}

static void visit(struct forge *forge, uint64_t number)
{
    struct story story;
    uint64_t turn = number % FEW_IN;
    story_prepare(&story, forge, 1);
    subflow_settle(&story.first, number);
    subflow_settle(&story.second, number);
    if (turn < sizeof few / sizeof few[0]) {
        few[turn](&story);
    } else if (turn % 2 == 0) {
        visit_on_one_path(&story);
    } else {
        visit_on_two_paths(&story);
    }
}

/* Puts down what one visitor said, and waits until the next one comes. */
static bool visit_write(struct forge *forge, int64_t begin_ns, int64_t step_ns, FILE *file)
{
    int64_t rest_ns = step_ns - (forge->now_ns - begin_ns);
    forge_wait(forge, rest_ns > 0 ? rest_ns : 0);
    return packets_write(forge, file);
}

bool churn_write(struct forge *forge, uint64_t packets, FILE *file)
{
    uint64_t written = 0;
    bool going = header_write(file);
    for (uint64_t number = 0; going && written < packets; number++) {
        int64_t begin_ns = forge->now_ns;
        visit(forge, number);
        written += forge->count;
        going = visit_write(forge, begin_ns, VISIT_NS, file);
    }
    return going;
}

bool churn_write_open(struct forge *forge, uint64_t connections, FILE *file)
{
    bool going = header_write(file);
    for (uint64_t number = 0; going && number < connections; number++) {
        int64_t begin_ns = forge->now_ns;
        struct story story;
        story_prepare(&story, forge, 1);
        subflow_settle(&story.first, number);
        subflow_settle(&story.second, number);
        story.first.ends[MPTA_CLIENT].address.octets[1] = (uint8_t)(number >> 16);
        story.second.ends[MPTA_CLIENT].address.octets[1] = (uint8_t)(number >> 16);
        forge_connect(&story.first);
        story_talk(&story.first);
        story_join(&story);
        going = visit_write(forge, begin_ns, STAY_NS, file);
    }
    return going;
}
