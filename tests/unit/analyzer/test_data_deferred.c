/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Mappings that wait until it is known what they mean: where SSN 1 lies, or whose the subflow is.
 * So many of them wait, and not one more; neither repetitions nor what finds no room may cost the
 * others their meaning, or anybody an accusation.
 */
#include "tests/unit/analyzer/wire_case.h"

/* More than wait on a subflow. */
#define MANY 300

/* `len` octets of a side with a mapping, or with none where its length is 0. */
static void send_mapped(struct wire *wire, unsigned flow, enum story_from from, uint32_t at,
                        uint32_t len, struct wire_map map)
{
    uint8_t octets[100];
    enum mpta_side by = wire_side(wire, flow, from);
    struct wire_segment segment = {
        .flow = flow, .from = from, .ssn = at + 1, .octets = octets, .len = len, .map = map};
    wire_fill(octets, len, by, at);
    wire_send(wire, &segment);
}

/* The mapping of [begin, end), with its checksum. */
static struct wire_map checked_map(const struct wire *wire, enum mpta_side by, uint32_t begin,
                                   uint32_t end, bool fin)
{
    uint8_t octets[2 * MANY];
    struct wire_map map = {.ssn = begin + 1, .data = begin, .fin = fin, .has_checksum = true};
    map.len = (uint16_t)(end - begin + fin);
    wire_fill(octets, end - begin, by, begin);
    map.checksum = wire_checksum(wire, by, &map, octets);
    return map;
}

/*
 * A capture that begins late, in the middle of a mapping that each of its small segments tells: it
 * says nothing of where it began. The other side's mappings do.
 */
static void what_is_told_again_takes_no_room(void **state)
{
    (void)state;
    static struct wire wire;
    wire_open(&wire);
    wire_checksums(&wire, true, true);
    const struct wire_map told = checked_map(&wire, MPTA_SERVER, 0, 2 * MANY, false);
    const struct wire_map ended = checked_map(&wire, MPTA_SERVER, 0, 2 * MANY, true);
    for (uint32_t at = 1; at <= MANY; at++)
        send_mapped(&wire, 0, RESPONDER_SAYS, at, 1, told);
    send_mapped(&wire, 0, RESPONDER_SAYS, MANY + 1, 1, ended);
    for (uint32_t at = 0; at < 300; at += 100)
        send_mapped(&wire, 0, OPENER_SAYS, at, 100,
                    (struct wire_map){.ssn = at + 1, .data = at, .len = 100});
    wire_finish(&wire);
    const struct mpta_connection connection = story_connection(wire.tracker, 0);
    assert_int_equal(connection.streams[MPTA_CLIENT].data_bytes, 300);
    assert_int_equal(connection.streams[MPTA_CLIENT].unplaced_bytes, 0);
    assert_int_equal(connection.streams[MPTA_SERVER].unplaced_bytes, MANY + 1);
    assert_int_equal(connection.streams[MPTA_SERVER].dss_checksum.unverifiable, 2);
    wire_close(&wire);
}

/*
 * A join whose connection is known only once it is over. What had no room has no place, and that
 * is nothing that its sender did.
 */
static void nobody_is_accused_of_what_found_no_room(void **state)
{
    (void)state;
    static struct wire wire;
    const struct wire_segment last = {.flow = 3, .ssn = 10 * MANY + 1, .flags = MPTA_TCP_FIN};
    wire_open(&wire);
    wire_no_ack(&wire);
    wire_join(&wire, 3);
    for (uint32_t at = 0; at < 10 * MANY; at += 10)
        send_mapped(&wire, 3, OPENER_SAYS, at, 10,
                    (struct wire_map){.ssn = at + 1, .data = at, .len = 10});
    wire_send(&wire, &last);
    story_ack(&wire.story, &wire.peers, &wire.flows[0]);
    wire_tell(&wire);
    wire_finish(&wire);
    const struct mpta_connection connection = story_connection(wire.tracker, 0);
    const struct mpta_stream *stream = &connection.streams[MPTA_SERVER];
    assert_int_equal(connection.subflow_count, 2);
    assert_true(stream->unplaced_bytes > 0);
    assert_int_equal(stream->data_bytes + stream->unplaced_bytes, 10 * MANY);
    assert_null(story_worst(wire.tracker, MPTA_WARNING));
    wire_close(&wire);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_told_again_takes_no_room),
        cmocka_unit_test(nobody_is_accused_of_what_found_no_room),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
