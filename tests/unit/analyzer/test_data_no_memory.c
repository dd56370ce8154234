/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The k-th allocation fails while data is placed, for every k until none does. What is handed on
 * nevertheless is right, nobody is accused, and nothing leaks.
 */
#include "tests/unit/analyzer/scarce.h"
#include "tests/unit/analyzer/traffic.h"

static struct traffic traffic;

static void receive(void *context, const struct mpta_octets *octets)
{
    (void)context;
    assert_true((uint64_t)octets->offset + octets->len <= traffic.app_len[octets->by]);
    assert_memory_equal(octets->octets, traffic.app[octets->by] + octets->offset, octets->len);
}

/* Feeds the traffic while the k-th allocation fails; false if there were not so many. */
static bool run_short(struct wire *wire, size_t k)
{
    wire_open_for(wire, receive, NULL);
    wire_checksums(wire, traffic.style.checksums, traffic.style.mixed);
    wire_capable(wire);
    for (unsigned flow = 1; flow < traffic.style.flows; flow++)
        wire_join(wire, flow);
    wire->may_fail = true;
    memory.left = k;
    memory.armed = true;
    for (size_t i = 0; i < traffic.count; i++)
        wire_send(wire, &traffic.packets[i]);
    wire_finish(wire);
    bool failed = !memory.armed;
    memory.armed = false;
    if (failed != (wire->failures > 0))
        fail_msg("allocation %zu failed, and %zu calls", k, (size_t)wire->failures);
    assert_null(wire_worst(wire));
    wire_close(wire);
    return failed;
}

static void any_allocation_may_fail(void **state)
{
    (void)state;
    static struct wire wire;
    size_t total = 0;
    for (uint64_t seed = 1; seed < 60; seed++) {
        traffic_begin(&traffic, seed, false);
        if (traffic.style.missing != MISSING_NONE || !traffic.style.checksums)
            continue;
        wire_open(&wire);
        traffic_make(&traffic, &wire);
        wire_close(&wire);
        size_t k = 0;
        while (run_short(&wire, k))
            k++;
        total += k;
    }
    assert_true(total > 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_allocation_may_fail),
    };
    wire_fill(traffic.app[MPTA_CLIENT], TRAFFIC_APP_MAX, MPTA_CLIENT, 0);
    wire_fill(traffic.app[MPTA_SERVER], TRAFFIC_APP_MAX, MPTA_SERVER, 0);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
