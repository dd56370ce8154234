/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Each scenario's packets are fed to a tracker, which must say what the table of scenarios says.
 * No finding of error severity may be made that the table does not name: healthy parts of a story
 * must stay healthy.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "tests/forge/scenario.h"

static struct mpta_tracker *tracker_fed(const struct forge *forge, const struct mpta_config *config)
{
    struct mpta_tracker *tracker = mpta_tracker_new(config);
    assert_non_null(tracker);
    assert_int_equal(forge_feed(forge, tracker), MPTA_OK);
    return tracker;
}

/* ---- Findings ------------------------------------------------------------------------------- */

/* True if an id is one of the words of a list, which may be NULL. */
static bool list_has(const char *list, const char *id)
{
    size_t length = strlen(id);
    for (const char *at = list; at && (at = strstr(at, id)) != NULL; at += length) {
        bool begins = at == list || at[-1] == ' ';
        if (begins && (at[length] == ' ' || at[length] == '\0')) {
            return true;
        }
    }
    return false;
}

/* Counts how often one kind occurred; complains of errors that are not in the list. */
static void finding_take(const struct mpta_finding *finding, const char *errors, const char *id,
                         uint64_t *met)
{
    *met += strcmp(finding->kind->id, id) == 0 ? finding->count : 0;
    if (finding->severity == MPTA_ERROR && !list_has(errors, finding->kind->id)) {
        fail_msg("error of a kind that was not made: %s: %s", finding->kind->id, finding->message);
    }
}

static uint64_t findings_count(const struct mpta_tracker *tracker, const char *errors,
                               const char *id)
{
    struct mpta_connection connection;
    struct mpta_finding finding;
    uint64_t met = 0;
    for (size_t i = 0; mpta_tracker_global_finding(tracker, i, &finding); i++) {
        finding_take(&finding, errors, id, &met);
    }
    for (size_t i = 0; mpta_tracker_connection_at(tracker, i, &connection); i++) {
        for (size_t j = 0; mpta_tracker_finding(tracker, connection.id, j, &finding); j++) {
            finding_take(&finding, errors, id, &met);
        }
    }
    return met;
}

/* Each kind of the catalogue that a scenario names was found. */
static void findings_check(const struct mpta_tracker *tracker,
                           const struct forge_expectation *expected)
{
    size_t count;
    const struct mpta_finding_kind *kinds = mpta_finding_kinds(&count);
    for (size_t i = 0; i < count; i++) {
        uint64_t met = findings_count(tracker, expected->errors, kinds[i].id);
        if (met == 0 &&
            (list_has(expected->errors, kinds[i].id) || list_has(expected->others, kinds[i].id))) {
            fail_msg("not found: %s", kinds[i].id);
        }
    }
}

/* Each option that cannot be read is told of, however it is wrong. */
static void refusals_check(const struct mpta_tracker *tracker,
                           const struct forge_expectation *expected)
{
    uint64_t refused = findings_count(tracker, expected->errors, "option-overrun") +
                       findings_count(tracker, expected->errors, "option-length-illegal");
    assert_int_equal(refused, expected->malformed);
}

/* ---- Counts and verdicts -------------------------------------------------------------------- */

static void verdicts_check(const struct mpta_verdict_counts *counts,
                           const struct mpta_verdict_counts *expected)
{
    assert_int_equal(counts->valid, expected->valid);
    assert_int_equal(counts->invalid, expected->invalid);
    assert_int_equal(counts->unverifiable, expected->unverifiable);
}

static void summary_check(const struct mpta_tracker *tracker,
                          const struct forge_expectation *expected)
{
    struct mpta_summary summary;
    mpta_tracker_summary(tracker, &summary);
    assert_int_equal(summary.connections, expected->connections);
    assert_int_equal(summary.subflows, expected->subflows);
    assert_int_equal(summary.unlinked_subflows, expected->unlinked);
    assert_int_equal(summary.fallbacks, expected->fallback != MPTA_FALLBACK_NONE);
    verdicts_check(&summary.join_hmac, &expected->join_hmac);
    verdicts_check(&summary.add_addr_hmac, &expected->add_addr_hmac);
}

/* Sums over the subflows of a connection. */
static void subflows_check(const struct mpta_tracker *tracker, uint32_t connection,
                           const struct forge_expectation *expected)
{
    struct mpta_subflow subflow;
    uint64_t retransmitted[2] = {0};
    uint64_t remapped[2] = {0};
    for (size_t i = 0; mpta_tracker_subflow(tracker, connection, i, &subflow); i++) {
        for (size_t side = 0; side < 2; side++) {
            retransmitted[side] += subflow.directions[side].retransmitted_bytes;
            remapped[side] += subflow.directions[side].remapped_bytes;
        }
    }
    for (size_t side = 0; side < 2; side++) {
        assert_int_equal(retransmitted[side], expected->retransmitted[side]);
        assert_int_equal(remapped[side], expected->remapped[side]);
    }
}

static void streams_check(const struct mpta_connection *connection,
                          const struct forge_expectation *expected)
{
    for (size_t side = 0; side < 2; side++) {
        const struct mpta_stream *stream = &connection->streams[side];
        assert_int_equal(stream->data_bytes, expected->data[side]);
        assert_int_equal(stream->missing_bytes, expected->missing[side]);
        assert_int_equal(stream->reinjected_bytes, expected->reinjected[side]);
        verdicts_check(&stream->dss_checksum, &expected->dss_checksum[side]);
    }
}

static void connections_check(const struct mpta_tracker *tracker,
                              const struct forge_expectation *expected)
{
    struct mpta_connection connection;
    uint64_t late = 0;
    for (size_t i = 0; mpta_tracker_connection_at(tracker, i, &connection); i++) {
        late += connection.late;
    }
    assert_int_equal(late, expected->late);
    if (mpta_tracker_connection(tracker, 0, &connection)) {
        assert_string_equal(mpta_fallback_cause_name(connection.fallback),
                            mpta_fallback_cause_name(expected->fallback));
        if (!expected->close_unsaid) {
            assert_int_equal(connection.close, expected->close);
        }
        streams_check(&connection, expected);
        subflows_check(tracker, connection.id, expected);
    }
}

static void scenario_check(void **state)
{
    const struct forge_scenario *scenario = *state;
    struct forge forge = forge_scenario_play(scenario, 3);
    struct mpta_tracker *tracker = tracker_fed(&forge, NULL);
    summary_check(tracker, &scenario->expected);
    connections_check(tracker, &scenario->expected);
    findings_check(tracker, &scenario->expected);
    refusals_check(tracker, &scenario->expected);
    mpta_tracker_free(tracker);
    forge_free(&forge);
}

/* ---- Keys of the user ----------------------------------------------------------------------- */

static void late_start_with_keys(void **state)
{
    static const uint64_t keys[] = {0x0123456789abcdef, 0xfedcba9876543210};
    static const struct forge_expectation expected = {
        .connections = 1,
        .subflows = 2,
        .late = 1,
        .join_hmac = {.valid = 2},
        .add_addr_hmac = {   .valid = 1         },
        .close = MPTA_CONNECTION_DATA_FIN,
        TALKED(2),
        .missing = { 120,          300}, /* before the capture begins: the IDSN tells */
    };
    const struct mpta_config config = {.keys = keys, .key_count = 2};
    (void)state;
    struct forge forge = forge_scenario_play(forge_scenario_find("late-start"), 3);
    struct mpta_tracker *tracker = tracker_fed(&forge, &config);
    summary_check(tracker, &expected);
    connections_check(tracker, &expected);
    findings_check(tracker, &expected);
    mpta_tracker_free(tracker);
    forge_free(&forge);
}

/* ---- Running -------------------------------------------------------------------------------- */

enum { TESTS_MAX = 256 };

/* One test a scenario, named after it; the initial state leads to it. */
int main(void)
{
    static struct CMUnitTest tests[TESTS_MAX] = {cmocka_unit_test(late_start_with_keys)};
    const struct forge_scenario *scenario;
    size_t count = 1;
    for (size_t i = 0; (scenario = forge_scenario_at(i)) != NULL && count < TESTS_MAX; i++) {
        const void *initial = scenario;
        tests[count] = (struct CMUnitTest){.name = scenario->name, .test_func = scenario_check};
        memcpy(&tests[count++].initial_state, &initial, sizeof initial);
    }
    return _cmocka_run_group_tests("forge_scenarios", tests, count, NULL, NULL);
}
