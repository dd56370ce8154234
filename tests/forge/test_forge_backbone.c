/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The backbone is what it is called: of all kinds of packets there are enough, one in twenty is
 * Multipath TCP, and nothing is wrong with any.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/forge/backbone.h"

#define PACKETS 30000

struct mix {
    size_t kinds[MPTA_FRAME_COUNT];
    size_t ipv6;
};

static void packet_count(const struct forge_packet *packet, struct mix *mix)
{
    struct mpta_segment segment;
    enum mpta_frame kind = mpta_frame_dissect(packet->link_type, packet->octets, packet->captured,
                                              packet->wire_len, &segment);
    mix->kinds[kind]++;
    mix->ipv6 += kind == MPTA_FRAME_TCP && segment.src.family == 6;
}

/* Packets of both directions of all subflows. */
static size_t multipath_packets(const struct mpta_tracker *tracker)
{
    struct mpta_connection connection;
    struct mpta_subflow subflow;
    size_t packets = 0;
    for (size_t i = 0; mpta_tracker_connection_at(tracker, i, &connection); i++) {
        for (size_t k = 0; mpta_tracker_subflow(tracker, connection.id, k, &subflow); k++) {
            packets += subflow.directions[MPTA_CLIENT].packets;
            packets += subflow.directions[MPTA_SERVER].packets;
        }
    }
    return packets;
}

static void packets_are_mixed(void **state)
{
    (void)state;
    struct forge forge = forge_new(1);
    struct mix mix = {0};
    backbone_play(&forge, PACKETS);
    assert_false(forge.failed);
    assert_in_range(forge.count, PACKETS, PACKETS + 20);
    for (size_t i = 0; i < forge.count; i++) {
        packet_count(&forge.packets[i], &mix);
    }
    assert_true(mix.kinds[MPTA_FRAME_TCP] > PACKETS / 2);
    assert_true(mix.kinds[MPTA_FRAME_OTHER] > PACKETS / 10);
    assert_true(mix.kinds[MPTA_FRAME_FRAGMENT] > PACKETS / 200);
    assert_int_equal(mix.kinds[MPTA_FRAME_MALFORMED], 0);
    assert_true(mix.ipv6 > PACKETS / 10);
    forge_free(&forge);
}

static void one_in_twenty_is_multipath_and_healthy(void **state)
{
    (void)state;
    struct forge forge = forge_new(1);
    struct mpta_tracker *tracker = mpta_tracker_new(NULL);
    struct mpta_summary summary;
    backbone_play(&forge, PACKETS);
    assert_int_equal(forge_feed(&forge, tracker), MPTA_OK);
    mpta_tracker_summary(tracker, &summary);
    assert_true(summary.connections > 100);
    assert_in_range(multipath_packets(tracker) * 1000 / forge.count, 48, 52);
    for (int severity = 0; severity < MPTA_SEVERITY_COUNT; severity++) {
        assert_int_equal(summary.findings[severity], 0);
    }
    mpta_tracker_free(tracker);
    forge_free(&forge);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(packets_are_mixed),
        cmocka_unit_test(one_in_twenty_is_multipath_and_healthy),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
