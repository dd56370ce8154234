/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Mappings and the data under them, RFC 8684 section 3.3: spread over segments, late, repeated on
 * the same subflow and on another, contradicting each other, not captured.
 */
#include "tests/forge/scenario.h"

/* The mapping of the next octets of the client's stream at its next SSN. */
static struct forge_mapping next_mapping(const struct story *story, uint16_t length)
{
    const struct forge_end *end = &story->first.ends[MPTA_CLIENT];
    return (struct forge_mapping){.offset = story->connection.hosts[MPTA_CLIENT].next,
                                  .ssn = forge_ssn(&story->first, MPTA_CLIENT, end->next),
                                  .length = length};
}

/* A part of the data under a mapping, from octet `at` of it on; with the mapping or without. */
static void send_part(struct story *story, const struct forge_mapping *mapping, uint16_t at,
                      uint16_t length, bool with_mapping)
{
    forge_data_mapped(&story->first, MPTA_CLIENT, mapping->ssn + at, mapping->offset + at, length,
                      with_mapping ? mapping : NULL);
}

static void acknowledge(struct story *story, const struct forge_mapping *mapping)
{
    story->connection.hosts[MPTA_CLIENT].next += mapping->length;
    forge_ack(&story->first, MPTA_SERVER);
}

/* Checksums are on: they can be verified only once the whole of a mapping is there. */
static void open_with_checksums(struct story *story, struct forge *forge)
{
    story_prepare(story, forge, 1);
    story->connection.hosts[MPTA_CLIENT].flags |= MPTA_CAPABLE_A;
    story->connection.hosts[MPTA_SERVER].flags |= MPTA_CAPABLE_A;
    forge_connect(&story->first);
    story_talk(&story->first);
}

static void mapping_spans(struct forge *forge)
{
    struct story story;
    open_with_checksums(&story, forge);
    const struct forge_mapping once = next_mapping(&story, 301);
    send_part(&story, &once, 0, 101, true);
    send_part(&story, &once, 101, 101, false);
    send_part(&story, &once, 202, 99, false);
    acknowledge(&story, &once);
    const struct forge_mapping each_time = next_mapping(&story, 300);
    for (uint16_t at = 0; at < 300; at = (uint16_t)(at + 100)) {
        send_part(&story, &each_time, at, 100, true);
    }
    acknowledge(&story, &each_time);
    story_end(&story);
}

/* RFC 8684 section 3.3.1: a mapping may come after its first data. */
static void mapping_late(struct forge *forge)
{
    struct story story;
    open_with_checksums(&story, forge);
    const struct forge_mapping mapping = next_mapping(&story, 300);
    send_part(&story, &mapping, 0, 100, false);
    send_part(&story, &mapping, 100, 100, false);
    send_part(&story, &mapping, 200, 100, true);
    acknowledge(&story, &mapping);
    story_end(&story);
}

/* A retransmission may hold the end of one mapping and the start of the next. */
static void mappings_in_segment(struct forge *forge)
{
    struct story story;
    open_with_checksums(&story, forge);
    const struct forge_mapping one = next_mapping(&story, 200);
    struct forge_mapping two = one;
    two.offset += 200;
    two.ssn += 200;
    send_part(&story, &one, 0, 100, true);
    forge_data_mapped(&story.first, MPTA_CLIENT, one.ssn + 100, one.offset + 100, 300, &two);
    story.connection.hosts[MPTA_CLIENT].next += 200;
    acknowledge(&story, &two);
    story_end(&story);
}

static void retransmission(struct forge *forge)
{
    struct story story;
    story_open(&story, forge, 1);
    const struct forge_mapping mapping = next_mapping(&story, 150);
    send_part(&story, &mapping, 0, 150, true);
    forge_wait(forge, 200 * FORGE_MS);
    send_part(&story, &mapping, 0, 150, true);
    acknowledge(&story, &mapping);
    story_end(&story);
}

/* What the second path does not acknowledge goes again over the first. */
static void reinjection(struct forge *forge)
{
    struct story story;
    story_open(&story, forge, 1);
    story_join(&story);
    uint64_t offset = story.connection.hosts[MPTA_CLIENT].next;
    forge_data(&story.second, MPTA_CLIENT, 150);
    forge_wait(forge, FORGE_S);
    forge_reinject(&story.first, MPTA_CLIENT, offset, 150);
    forge_ack(&story.first, MPTA_SERVER);
    story_end(&story);
}

/* The same DSNs under new SSNs of the same subflow. */
static void remapped(struct forge *forge)
{
    struct story story;
    story_open(&story, forge, 1);
    uint64_t offset = story.connection.hosts[MPTA_CLIENT].next;
    forge_data(&story.first, MPTA_CLIENT, 150);
    forge_reinject(&story.first, MPTA_CLIENT, offset, 150);
    forge_ack(&story.first, MPTA_SERVER);
    story_end(&story);
}

/* The same octets of the subflow, mapped to two places. */
static void mapping_contradiction(struct forge *forge)
{
    struct story story;
    story_open(&story, forge, 1);
    const struct forge_mapping mapping = next_mapping(&story, 150);
    struct forge_mapping other = mapping;
    other.offset += 5000;
    send_part(&story, &mapping, 0, 150, true);
    forge_data_mapped(&story.first, MPTA_CLIENT, mapping.ssn, mapping.offset, 150, &other);
    acknowledge(&story, &mapping);
    story_end(&story);
}

static void data_unseen(struct forge *forge)
{
    struct story story;
    story_open(&story, forge, 1);
    forge_send(&story.first, MPTA_SERVER, 250);
    forge->next.unseen = true;
    forge_send(&story.first, MPTA_SERVER, 250);
    forge_send(&story.first, MPTA_SERVER, 250);
    story_end(&story);
}

/* The second segment was sent first. */
static void out_of_order(struct forge *forge)
{
    struct story story;
    story_open(&story, forge, 1);
    forge_data(&story.first, MPTA_SERVER, 200);
    forge_data(&story.first, MPTA_SERVER, 100);
    forge_overtake(forge);
    forge_ack(&story.first, MPTA_CLIENT);
    story_end(&story);
}

#define ONE_SUBFLOW .connections = 1, .subflows = 1, .close = MPTA_CONNECTION_DATA_FIN

static const struct forge_scenario scenarios[] = {
    SCENARIO("mapping-spans", mapping_spans,
             "mappings of three segments, told once and told on each; checksums over all",
             "each mapping counts once", ONE_SUBFLOW, .data = {721, 300},
             .dss_checksum = {{.valid = 4}, {.valid = 2}}),
    SCENARIO("mapping-late", mapping_late,
             "a mapping that comes with the last of its three segments", NULL, ONE_SUBFLOW,
             .data = {420, 300}, .dss_checksum = {{.valid = 3}, {.valid = 2}}),
    SCENARIO("mappings-in-segment", mappings_in_segment,
             "a segment with the end of one mapping and all of the next", NULL, ONE_SUBFLOW,
             .data = {520, 300}, .dss_checksum = {{.valid = 4}, {.valid = 2}}),
    SCENARIO("retransmission", retransmission, "a segment with its mapping twice", NULL,
             ONE_SUBFLOW, .data = {270, 300}, .retransmitted = {150, 0}),
    SCENARIO("reinjection", reinjection, "data of the second path goes again over the first", NULL,
             .connections = 1, .subflows = 2, .join_hmac = {.valid = 2},
             .close = MPTA_CONNECTION_DATA_FIN, .data = {390, 600}, .reinjected = {150, 0}),
    SCENARIO("remapped", remapped, "the same DSNs under new SSNs of the same subflow", NULL,
             ONE_SUBFLOW, .data = {270, 300}, .remapped = {150, 0}),
    SCENARIO("mapping-contradiction", mapping_contradiction,
             "a retransmission whose mapping names other DSNs than the first one",
             "the first mapping stands", .connections = 1, .subflows = 1,
             .close = MPTA_CONNECTION_DATA_FIN, .errors = "mapping-contradiction data-after-fin",
             .data = {270, 300}, .retransmitted = {150, 0}),
    SCENARIO("data-unseen", data_unseen, "a segment that arrived but was not captured", NULL,
             ONE_SUBFLOW, .others = "capture-loss-estimated", .data = {120, 800},
             .missing = {0, 250}),
    SCENARIO("out-of-order", out_of_order, "a segment overtakes the one before it", NULL,
             ONE_SUBFLOW, .data = {120, 600}),
};

const struct forge_group forge_data_group = FORGE_GROUP(scenarios);
