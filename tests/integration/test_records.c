/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Connections that leave a record when nothing more comes of them: every scenario of the forge and
 * every sample, named on the command line. Each view of a record is that of the connection in every
 * field, and the reports are those of a run that keeps all of them as they are.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "analyzer/record_layout.h"
#include "cli/report.h"
#include "tests/integration/tale.h"
#include "tests/unit/analyzer/layout_mask.h"
#include "tests/unit/analyzer/series_check.h"

#define INTERVAL_NS 10000000
#define VIEW_MAX    1024

static char **sample_paths;
static size_t sample_count;

/* ---- Views ----------------------------------------------------------------------------------- */

/* In all fields of their layout. */
static bool is_same(const struct pack_layout *layout, const void *a, const void *b)
{
    const unsigned char *one = a, *other = b;
    unsigned char mask[VIEW_MAX] = {0};
    bool same = true;
    layout_mask(layout, mask);
    for (size_t i = 0; i < VIEW_MAX && same; i++) {
        same = mask[i] == 0 || one[i] == other[i];
    }
    return same;
}

struct pair {
    const struct mpta_tracker *whole, *packed;
    uint32_t id;
};

static bool is_finding_same(const struct mpta_finding *a, const struct mpta_finding *b)
{
    bool same = a->kind == b->kind && a->severity == b->severity && a->count == b->count &&
                a->witness_count == b->witness_count && strcmp(a->message, b->message) == 0;
    for (size_t i = 0; i < a->witness_count && same; i++) {
        same = is_same(&record_witness, &a->witnesses[i], &b->witnesses[i]);
    }
    return same;
}

/* What a connection has several of. */
union part {
    struct mpta_subflow subflow;
    struct mpta_address_event address;
    struct mpta_finding finding;
};

static bool subflow_at(const struct mpta_tracker *tracker, uint32_t id, size_t i, union part *part)
{
    return mpta_tracker_subflow(tracker, id, i, &part->subflow);
}

static bool address_at(const struct mpta_tracker *tracker, uint32_t id, size_t i, union part *part)
{
    return mpta_tracker_address(tracker, id, i, &part->address);
}

static bool finding_at(const struct mpta_tracker *tracker, uint32_t id, size_t i, union part *part)
{
    return mpta_tracker_finding(tracker, id, i, &part->finding);
}

static const struct part_kind {
    const char *name;
    bool (*at)(const struct mpta_tracker *tracker, uint32_t id, size_t i, union part *part);
    const struct pack_layout *layout; /* NULL: of a finding, whose parts have several */
} part_kinds[] = {
    {"subflow", subflow_at, &record_subflow},
    {"address", address_at, &record_address},
    {"finding", finding_at, NULL           },
};

/* They end together, too. */
static bool parts_differ(const struct pair *pair, const struct part_kind *kind)
{
    union part part, packed;
    size_t i = 0;
    bool same = true;
    while (same && kind->at(pair->whole, pair->id, i, &part)) {
        same = kind->at(pair->packed, pair->id, i, &packed) &&
               (kind->layout != NULL ? is_same(kind->layout, &part, &packed)
                                     : is_finding_same(&part.finding, &packed.finding));
        i++;
    }
    return !same || kind->at(pair->packed, pair->id, i, &packed);
}

static const char *hmacs_differ(const struct pair *pair, const struct mpta_connection *connection)
{
    struct mpta_join_hmacs join, packed_join;
    uint64_t hmac, packed_hmac;
    for (size_t i = 0; i <= connection->subflow_count; i++) {
        bool known = mpta_tracker_join_hmacs(pair->whole, pair->id, i, &join);
        if (known != mpta_tracker_join_hmacs(pair->packed, pair->id, i, &packed_join) ||
            (known && memcmp(&join, &packed_join, sizeof join) != 0)) {
            return "HMACs of a join";
        }
    }
    for (size_t i = 0; i <= connection->address_count; i++) {
        bool known = mpta_tracker_address_hmac(pair->whole, pair->id, i, &hmac);
        if (known != mpta_tracker_address_hmac(pair->packed, pair->id, i, &packed_hmac) ||
            (known && hmac != packed_hmac)) {
            return "HMAC of an address";
        }
    }
    return NULL;
}

/* subflow: of the stream where there is none so high. */
static bool is_point_same(const struct pair *pair, uint32_t subflow, uint32_t count,
                          enum mpta_side side, size_t index, bool *more)
{
    struct mpta_series_point point, packed;
    bool packed_more;
    if (subflow < count) {
        *more = mpta_tracker_series_point(pair->whole, pair->id, subflow, side, index, &point);
        packed_more =
            mpta_tracker_series_point(pair->packed, pair->id, subflow, side, index, &packed);
    } else {
        *more = mpta_tracker_stream_point(pair->whole, pair->id, side, index, &point);
        packed_more = mpta_tracker_stream_point(pair->packed, pair->id, side, index, &packed);
    }
    return *more == packed_more && (!*more || memcmp(&point, &packed, sizeof point) == 0);
}

static const char *series_differ(const struct pair *pair, const struct mpta_connection *connection)
{
    uint32_t count = (uint32_t)connection->subflow_count;
    for (uint32_t subflow = 0; subflow <= count; subflow++) {
        for (enum mpta_side side = MPTA_CLIENT; side <= MPTA_SERVER; side++) {
            bool more = true;
            for (size_t i = 0; more; i++) {
                if (!is_point_same(pair, subflow, count, side, i, &more)) {
                    return "series";
                }
            }
        }
    }
    return NULL;
}

/* In what the views of a connection and of its record differ; NULL: in nothing. */
static const char *views_differ(const struct mpta_tracker *whole, const struct mpta_tracker *packed,
                                size_t index)
{
    struct mpta_connection connection, packed_connection;
    struct pair pair = {whole, packed, 0};
    uint32_t id;
    const char *what;
    if (!mpta_tracker_connection_at(whole, index, &connection) ||
        !mpta_tracker_connection_at(packed, index, &packed_connection) ||
        !is_same(&record_connection, &connection, &packed_connection)) {
        return "connection by index";
    }
    pair.id = connection.id;
    if (!mpta_tracker_connection(packed, pair.id, &packed_connection) ||
        !is_same(&record_connection, &connection, &packed_connection) ||
        !mpta_tracker_connection_id(packed, index, &id) || id != pair.id) {
        return "connection by id";
    }
    for (size_t i = 0; i < sizeof part_kinds / sizeof part_kinds[0]; i++) {
        if (parts_differ(&pair, &part_kinds[i])) {
            return part_kinds[i].name;
        }
    }
    what = hmacs_differ(&pair, &connection);
    return what != NULL ? what : series_differ(&pair, &connection);
}

/* ---- Reports --------------------------------------------------------------------------------- */

static char *report_of(const struct mpta_tracker *tracker, bool json)
{
    static const struct text_style style = {.utf8 = true, .show_keys = true, .verbose = true};
    static const struct capture capture = {.name = "tale"};
    static const char *const name = "tale";
    const struct report_capture captures[] = {{.capture = &capture}};
    const struct report report = {
        .tracker = tracker, .captures = captures, .capture_names = &name, .capture_count = 1};
    char *text = NULL;
    size_t len;
    FILE *stream = open_memstream(&text, &len);
    assert_non_null(stream);
    assert_true(json ? report_json(&report, stream) : report_text(&report, &style, stream));
    assert_int_equal(fclose(stream), 0);
    return text;
}

static bool is_report_same(const struct mpta_tracker *whole, const struct mpta_tracker *packed,
                           bool json, const char *name)
{
    char *a = report_of(whole, json), *b = report_of(packed, json);
    size_t same = 0;
    while (a[same] != '\0' && a[same] == b[same]) {
        same++;
    }
    bool equal = a[same] == b[same];
    if (!equal) {
        size_t from = same > 200 ? same - 200 : 0;
        print_error("%s, %s:\n  %.400s\n  %.400s\n", name, json ? "json" : "text", a + from,
                    b + from);
    }
    free(a);
    free(b);
    return equal;
}

/* ---- A run that keeps all, and one that keeps records ---------------------------------------- */

static struct mpta_tracker *play_asleep(const struct tale *tale)
{
    const struct mpta_config config = {
        .interval_ns = INTERVAL_NS, .keeps_records = true, .sleeps = true};
    struct mpta_tracker *tracker = mpta_tracker_new(&config);
    assert_non_null(tracker);
    tale_feed_sleepers(tale, tracker);
    strangers_pass(tracker, tale_end_ns(tale) + FAR_NS, LEAVE_NOT);
    assert_int_equal(mpta_tracker_finish(tracker), MPTA_OK);
    return tracker;
}

static struct mpta_tracker *play(const struct tale *tale, enum leaving leaving)
{
    const struct mpta_config config = {.interval_ns = INTERVAL_NS, .keeps_records = true};
    struct mpta_tracker *tracker = mpta_tracker_new(&config);
    struct mpta_summary summary;
    assert_non_null(tracker);
    tale_feed(tale, tracker, 0);
    uint64_t left = strangers_pass(tracker, tale_end_ns(tale) + FAR_NS, leaving);
    assert_int_equal(mpta_tracker_finish(tracker), MPTA_OK);
    mpta_tracker_summary(tracker, &summary);
    assert_int_equal(left, leaving == LEAVE_NOT ? 0 : summary.connections);
    assert_int_equal(summary.kept, summary.connections);
    return tracker;
}

/* Frees packed. */
static bool records_are_as_good(const struct tale *tale, struct mpta_tracker *packed)
{
    struct mpta_tracker *whole = play(tale, LEAVE_NOT);
    struct mpta_summary summary, packed_summary;
    struct mpta_connection connection;
    const char *what = series_check(packed);
    mpta_tracker_summary(whole, &summary);
    mpta_tracker_summary(packed, &packed_summary);
    if (memcmp(&summary, &packed_summary, sizeof summary) != 0) {
        what = "summary";
    }
    for (size_t i = 0; i < summary.kept && what == NULL; i++) {
        what = views_differ(whole, packed, i);
    }
    if (mpta_tracker_connection_at(packed, summary.kept, &connection)) {
        what = "end";
    }
    if (what != NULL) {
        print_error("%s: %s differ\n", tale->name, what);
    }
    bool same = is_report_same(whole, packed, true, tale->name) &&
                is_report_same(whole, packed, false, tale->name);
    mpta_tracker_free(whole);
    mpta_tracker_free(packed);
    return same && what == NULL;
}

static bool as_good_together(const struct tale *tale)
{
    return records_are_as_good(tale, play(tale, LEAVE_TOGETHER));
}

static bool as_good_one_by_one(const struct tale *tale)
{
    return records_are_as_good(tale, play(tale, LEAVE_ONE_BY_ONE));
}

static bool as_good_asleep(const struct tale *tale)
{
    return records_are_as_good(tale, play_asleep(tale));
}

static void records_tell_what_connections_did(void **state)
{
    (void)state;
    assert_int_equal(tales_try(sample_paths, sample_count, as_good_together), 0);
}

static void also_where_one_leaves_after_the_other(void **state)
{
    (void)state;
    assert_int_equal(tales_try(sample_paths, sample_count, as_good_one_by_one), 0);
}

static void those_who_sleep_between_their_packets_tell_the_same(void **state)
{
    (void)state;
    assert_int_equal(tales_try(sample_paths, sample_count, as_good_asleep), 0);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(records_tell_what_connections_did),
        cmocka_unit_test(also_where_one_leaves_after_the_other),
        cmocka_unit_test(those_who_sleep_between_their_packets_tell_the_same),
    };
    sample_paths = argv + 1;
    sample_count = (size_t)argc - 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
