/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Hosts and paths that misuse the data level, RFC 8684 section 3.3: checksums against the
 * agreement, mappings of what is not there, other octets at the same DSN, data beyond its end, and
 * paths that keep data waiting.
 */
#include "tests/forge/scenario.h"

/* The mapping of the next octets of the client's stream on a subflow. */
static struct forge_mapping next_on(const struct forge_subflow *subflow, uint16_t length)
{
    const struct forge_host *client = forge_host_of(subflow, MPTA_CLIENT);
    return (struct forge_mapping){.offset = client->next,
                                  .ssn = forge_ssn(subflow, MPTA_CLIENT, subflow->ends[0].next),
                                  .length = length};
}

static void open_pair(struct story *story, struct forge *forge)
{
    story_open(story, forge, 1);
    story_join(story);
}

/* ---- Checksums ------------------------------------------------------------------------------ */

/* The next octets under a mapping whose checksum is there or not, against the agreement. */
static void send_against_agreement(struct forge_subflow *subflow, uint16_t length, bool checksum)
{
    const struct forge_mapping mapping = next_on(subflow, length);
    struct forge_segment segment = forge_segment(subflow, MPTA_CLIENT, MPTA_TCP_PSH | MPTA_TCP_ACK);
    forge_add_payload(subflow, MPTA_CLIENT, &segment, mapping.offset, length);
    struct mpta_dss *dss = forge_add_mapping(subflow, MPTA_CLIENT, &segment, &mapping);
    dss->has_checksum = checksum;
    dss->checksum = checksum ? forge_dss_checksum(dss->dsn, dss->ssn, dss->data_len,
                                                  segment.payload, segment.payload_len)
                             : 0;
    forge_emit(subflow, MPTA_CLIENT, &segment);
    forge_host_of(subflow, MPTA_CLIENT)->next += length;
    forge_ack(subflow, MPTA_SERVER);
}

static void checksum_missing(struct forge *forge)
{
    struct story story;
    story_prepare(&story, forge, 1);
    story.connection.hosts[MPTA_SERVER].flags |= MPTA_CAPABLE_A;
    forge_connect(&story.first);
    story_talk(&story.first);
    send_against_agreement(&story.first, 150, false);
    story_end(&story);
}

static void checksum_unasked(struct forge *forge)
{
    struct story story;
    story_open(&story, forge, 1);
    send_against_agreement(&story.first, 150, true);
    story_end(&story);
}

/* ---- Mappings ------------------------------------------------------------------------------- */

/* The server resets the second subflow; what went over it goes again over the first. */
static void give_up_second(struct story *story, uint64_t offset, uint16_t length)
{
    forge_rst_reason(&story->second, MPTA_SERVER, 1, false);
    story->joined = false;
    forge_reinject(&story->first, MPTA_CLIENT, offset, length);
    story->connection.hosts[MPTA_CLIENT].next = offset + length;
    forge_ack(&story->first, MPTA_SERVER);
    story_end(story);
}

/* SSN 0 is the SYN; nothing lies below. */
static void mapping_off_stream(struct forge *forge)
{
    struct story story;
    open_pair(&story, forge);
    struct forge_mapping mapping = next_on(&story.second, 150);
    uint32_t ssn = mapping.ssn;
    mapping.ssn = UINT32_MAX - 999;
    forge_data_mapped(&story.second, MPTA_CLIENT, ssn, mapping.offset, 150, &mapping);
    give_up_second(&story, mapping.offset, 150);
}

static void data_unmapped(struct forge *forge)
{
    struct story story;
    open_pair(&story, forge);
    const struct forge_mapping mapping = next_on(&story.second, 150);
    forge_data_mapped(&story.second, MPTA_CLIENT, mapping.ssn, mapping.offset, 150, NULL);
    give_up_second(&story, mapping.offset, 150);
}

/* ---- Other octets --------------------------------------------------------------------------- */

/* The same octets of a subflow or stream, said as another place of the stream has them. */
static void say_otherwise(struct forge_subflow *subflow, const struct forge_mapping *mapping)
{
    forge_data_mapped(subflow, MPTA_CLIENT, mapping->ssn, mapping->offset + 7000, mapping->length,
                      mapping);
    forge_ack(subflow, MPTA_SERVER);
}

/* Nothing of the second copy begins or ends where the first one does; what lies in its last cell of
 * 64 octets is enough for its marks to tell for certain. */
static void data_rewritten(struct forge *forge)
{
    struct story story;
    open_pair(&story, forge);
    uint64_t offset = story.connection.hosts[MPTA_CLIENT].next;
    forge_send(&story.second, MPTA_CLIENT, 250);
    struct forge_mapping mapping = next_on(&story.first, 200);
    mapping.offset = offset + 30;
    say_otherwise(&story.first, &mapping);
    story_end(&story);
}

static void overlap_differs(struct forge *forge)
{
    struct story story;
    story_open(&story, forge, 1);
    const struct forge_mapping mapping = next_on(&story.first, 150);
    forge_send(&story.first, MPTA_CLIENT, 150);
    say_otherwise(&story.first, &mapping);
    story_end(&story);
}

/* ---- Beyond what there is ---------------------------------------------------------------------
 */

/* Windows are 64,256 octets: the server does not take this. There is no DATA_FIN then. */
static void data_beyond_window(struct forge *forge)
{
    struct story story;
    open_pair(&story, forge);
    struct forge_mapping mapping = next_on(&story.first, 150);
    mapping.offset += 200000;
    forge_data_mapped(&story.first, MPTA_CLIENT, mapping.ssn, mapping.offset, 150, &mapping);
    forge_ack(&story.first, MPTA_SERVER);
    forge_close(&story.first);
    forge_close(&story.second);
}

static void ack_beyond_data(struct forge *forge)
{
    struct story story;
    story_open(&story, forge, 1);
    forge_data_fin(&story.first, MPTA_CLIENT);
    story.connection.hosts[MPTA_CLIENT].next += 500;
    forge_ack(&story.first, MPTA_SERVER);
    story.connection.hosts[MPTA_CLIENT].next -= 500;
    forge_data_fin(&story.first, MPTA_SERVER);
    forge_ack(&story.first, MPTA_CLIENT);
    forge_close(&story.first);
}

static void data_after_fin(struct forge *forge)
{
    struct story story;
    story_open(&story, forge, 1);
    forge_data_fin(&story.first, MPTA_CLIENT);
    story.connection.hosts[MPTA_CLIENT].next--;
    forge_send(&story.first, MPTA_CLIENT, 150);
    forge_data_fin(&story.first, MPTA_SERVER);
    forge_ack(&story.first, MPTA_CLIENT);
    forge_close(&story.first);
}

/* ---- Paths that keep data waiting -------------------------------------------------------------
 */

/* The server acknowledges on a subflow what the client said below an offset of its stream. */
static void acknowledge_below(struct forge_subflow *subflow, uint64_t offset)
{
    struct forge_host *client = forge_host_of(subflow, MPTA_CLIENT);
    uint64_t next = client->next;
    client->next = offset;
    forge_ack(subflow, MPTA_SERVER);
    client->next = next;
}

/* Data on the second path is lost; the first one's waits for it until it comes there, too. */
static void data_hole(struct forge *forge)
{
    struct story story;
    open_pair(&story, forge);
    uint64_t offset = story.connection.hosts[MPTA_CLIENT].next;
    story.connection.hosts[MPTA_CLIENT].next += 150;
    forge_data(&story.first, MPTA_CLIENT, 100);
    acknowledge_below(&story.first, offset);
    forge_wait(forge, 2400 * FORGE_MS);
    forge_data(&story.first, MPTA_CLIENT, 100);
    acknowledge_below(&story.first, offset);
    forge_reinject(&story.first, MPTA_CLIENT, offset, 150);
    forge_ack(&story.first, MPTA_SERVER);
    story_end(&story);
}

/* The second path is dead while the first one carries on. */
static void subflow_stale(struct forge *forge)
{
    struct story story;
    open_pair(&story, forge);
    const struct forge_mapping lost = next_on(&story.second, 150);
    forge_data(&story.second, MPTA_CLIENT, 150);
    for (int times = 0; times < 3; times++) {
        forge_wait(forge, 800 * FORGE_MS);
        forge_retransmit(&story.second, MPTA_CLIENT, lost.ssn, lost.offset, 150);
        forge_data(&story.first, MPTA_CLIENT, 100);
        acknowledge_below(&story.first, lost.offset);
    }
    forge_reinject(&story.first, MPTA_CLIENT, lost.offset, 150);
    forge_ack(&story.first, MPTA_SERVER);
    story.joined = false;
    story_end(&story);
}

/* A scheduler that sends all data over both paths. */
static void redundant(struct forge *forge)
{
    struct story story;
    open_pair(&story, forge);
    for (int times = 0; times < 4; times++) {
        uint64_t offset = story.connection.hosts[MPTA_CLIENT].next;
        forge_data(&story.first, MPTA_CLIENT, 200);
        forge_reinject(&story.second, MPTA_CLIENT, offset, 200);
        forge_ack(&story.first, MPTA_SERVER);
        forge_ack(&story.second, MPTA_SERVER);
    }
    story_end(&story);
}

/* A request of 320 octets, 40 on a subflow by turns; in one write, or in one each. */
static void take_turns(struct forge *forge, bool is_one_write)
{
    struct story story;
    struct forge_subflow subflows[4];
    story_prepare(&story, forge, 1);
    subflows[0] = story.first;
    forge_connect(&subflows[0]);
    for (uint8_t i = 1; i < 4; i++) {
        subflows[i] =
            forge_additional(&story.connection, (uint8_t)(i + 1), "198.51.100.10", "203.0.113.1");
        forge_join(&subflows[i]);
    }
    for (int i = 0; i < 8; i++) {
        story.connection.hosts[MPTA_CLIENT].more_queued = is_one_write && i < 7;
        forge_send(&subflows[i % 4], MPTA_CLIENT, 40);
    }
    forge_send(&subflows[0], MPTA_SERVER, TALK_S2C);
    forge_data_close(&subflows[0]);
    for (int i = 0; i < 4; i++) {
        forge_close(&subflows[i]);
    }
}

static void evasion(struct forge *forge)
{
    take_turns(forge, true);
}

static void small_writes(struct forge *forge)
{
    take_turns(forge, false);
}

#define ONE_SUBFLOW .connections = 1, .subflows = 1, .close = MPTA_CONNECTION_DATA_FIN
#define TWO_SUBFLOWS                                                                               \
    .connections = 1, .subflows = 2, .join_hmac = {.valid = 2}, .close = MPTA_CONNECTION_DATA_FIN

static const struct forge_scenario scenarios[] = {
    SCENARIO("checksum-missing", checksum_missing,
             "the server asked for checksums; the client sends a mapping without", NULL,
             ONE_SUBFLOW, .data = {270, 300}, .dss_checksum = {{.valid = 2}, {.valid = 2}},
             .errors = "dss-checksum-presence", .others = "checksum-asymmetric"),
    SCENARIO("checksum-unasked", checksum_unasked, "a checksum for which neither side asked",
             "it is right", ONE_SUBFLOW, .data = {270, 300}, .dss_checksum = {{.valid = 1}},
             .errors = "dss-checksum-presence"),
    SCENARIO("mapping-off-stream", mapping_off_stream,
             "a mapping below SSN 0, where the SYN is; the server resets that subflow",
             "its payload has no mapping then", TWO_SUBFLOWS, .data = {390, 600},
             .errors = "mapping-off-stream", .others = "data-unmapped subflow-reset"),
    SCENARIO("data-unmapped", data_unmapped,
             "data without DSS on one of two subflows, which the server resets",
             "a mapping may have been on a packet that was not captured", TWO_SUBFLOWS,
             .data = {390, 600}, .others = "data-unmapped subflow-reset"),
    SCENARIO("data-rewritten", data_rewritten,
             "200 of 250 bytes of the second path come again over the first with another content",
             "no mapping ends where another does", TWO_SUBFLOWS, .data = {490, 600},
             .reinjected = {200, 0}, .errors = "data-rewritten", .others = "data-reinjected"),
    SCENARIO("overlap-differs", overlap_differs, "a retransmission with another content", NULL,
             ONE_SUBFLOW, .data = {270, 300}, .retransmitted = {150, 0},
             .errors = "tcp-overlap-differs"),
    SCENARIO("data-beyond-window", data_beyond_window,
             "data 200,000 bytes beyond the last, while the window is 64,256", NULL,
             .connections = 1, .subflows = 2, .join_hmac = {.valid = 2},
             .close = MPTA_CONNECTION_FIN, .data = {390, 600}, .missing = {200000, 0},
             .others = "data-beyond-window"),
    SCENARIO("ack-beyond-data", ack_beyond_data,
             "a DATA_ACK that lies 500 bytes beyond the DATA_FIN", NULL, ONE_SUBFLOW,
             .data = {120, 300}, .errors = "ack-beyond-data"),
    SCENARIO("data-after-fin", data_after_fin, "data after the DATA_FIN",
             "the server acknowledges it", ONE_SUBFLOW, .data = {270, 300},
             .errors = "data-after-fin ack-beyond-data"),
    SCENARIO("data-hole", data_hole,
             "data of the first path waits 2.4 s for lost data of the second", NULL, TWO_SUBFLOWS,
             .data = {590, 600}, .others = "data-hole"),
    SCENARIO("subflow-stale", subflow_stale,
             "the second path is dead for 2.4 s while the first one carries on", NULL, TWO_SUBFLOWS,
             .data = {690, 600}, .retransmitted = {450, 0}, .reinjected = {150, 0},
             .others = "subflow-stale data-reinjected"),
    SCENARIO("redundant", redundant, "all data over both paths", "most data came twice",
             TWO_SUBFLOWS, .data = {1040, 600}, .reinjected = {800, 0},
             .others = "data-reinjected"),
    SCENARIO("evasion", evasion, "a request in runs of 40 bytes over four subflows", NULL,
             .connections = 1, .subflows = 4, .join_hmac = {.valid = 6},
             .close = MPTA_CONNECTION_DATA_FIN, .data = {320, 300}, .others = "evasion-fragments"),
    SCENARIO("small-writes", small_writes,
             "writes of 40 bytes over four subflows by turns, each with PSH",
             "a request cut up would look the same but for PSH", .connections = 1, .subflows = 4,
             .join_hmac = {.valid = 6}, .close = MPTA_CONNECTION_DATA_FIN, .data = {320, 300},
             .others = "evasion-fragments"),
};

const struct forge_group forge_misuse_group = FORGE_GROUP(scenarios);
