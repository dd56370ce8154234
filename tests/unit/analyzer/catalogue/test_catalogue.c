/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Each row of the catalogue is made by one course, as bad as the catalogue says, and is not made by
 * another one that comes near. A row without such a pair fails.
 */
#include "tests/unit/analyzer/catalogue/pairs.h"

#include <string.h>

static const struct pair_list *const lists[] = {
    &pairs_of_options, &pairs_of_handshakes, &pairs_of_joins,    &pairs_of_addresses,
    &pairs_of_data,    &pairs_of_closing,    &pairs_of_captures,
};

/* A finding by its id, of whatever connection or of none; the worst of its rows. */
static bool find_worst(const struct mpta_tracker *tracker, const char *id,
                       struct mpta_finding *worst)
{
    struct mpta_connection connection;
    struct mpta_finding row;
    bool found = false;
    for (size_t i = 0; mpta_tracker_global_finding(tracker, i, &row); i++) {
        if (strcmp(row.kind->id, id) == 0 && (!found || row.severity > worst->severity)) {
            *worst = row;
            found = true;
        }
    }
    for (uint32_t id_of = 0; mpta_tracker_connection(tracker, id_of, &connection); id_of++) {
        for (size_t i = 0; mpta_tracker_finding(tracker, id_of, i, &row); i++) {
            if (strcmp(row.kind->id, id) == 0 && (!found || row.severity > worst->severity)) {
                *worst = row;
                found = true;
            }
        }
    }
    return found;
}

/* What is delivered is another test's business. */
static void leave_it(void *context, const struct mpta_octets *octets)
{
    (void)context;
    (void)octets;
}

/* One of a pair; packets whose numbers lie in [lost_begin, lost_end) are not captured. */
struct course {
    const struct pair *pair;
    bool near;
    uint64_t lost_begin, lost_end;
};

/* Tells it; true if the finding was made, and *finding is the worst of it; the message is void. */
static bool course_makes_it(const struct course *course, struct mpta_finding *finding,
                            uint64_t *packets)
{
    static struct wire wire;
    wire_open_for(&wire, leave_it, NULL);
    wire.lost_begin = course->lost_begin;
    wire.lost_end = course->lost_end;
    course->pair->tell(&wire, course->near);
    wire_tell(&wire);
    wire_finish(&wire);
    bool made = find_worst(wire.tracker, course->pair->id, finding);
    finding->message = NULL;
    *packets = wire.packets;
    wire_close(&wire);
    return made;
}

static const struct mpta_finding_kind *kind_of(const char *id)
{
    size_t count;
    const struct mpta_finding_kind *kinds = mpta_finding_kinds(&count);
    for (size_t i = 0; i < count; i++) {
        if (strcmp(kinds[i].id, id) == 0)
            return &kinds[i];
    }
    fail_msg("%s: the catalogue has no such row", id);
    return NULL;
}

/* Its first packet is named, and the subflow where it belongs to one: a flood of connections is
 * said of none of them. */
static bool is_placed(const struct mpta_finding *finding)
{
    const struct mpta_witness *first = &finding->witnesses[0];
    bool of_many = strcmp(finding->kind->id, "syn-flood") == 0;
    if (finding->kind->group == MPTA_GROUP_CAPTURE)
        return true;
    return finding->witness_count > 0 && first->at.packet > 0 && first->at.time_ns > 0 &&
           (first->has_subflow || of_many);
}

static bool is_made_as_it_should(const struct pair *pair)
{
    struct mpta_finding finding = {.severity = MPTA_NOTE};
    enum mpta_severity expected = kind_of(pair->id)->severity;
    uint64_t packets;
    bool made = course_makes_it(&(struct course){.pair = pair}, &finding, &packets);
    if (!made)
        print_error("%s: is not made\n", pair->id);
    else if (finding.severity != expected)
        print_error("%s: is made as %s, not as %s\n", pair->id,
                    mpta_severity_name(finding.severity), mpta_severity_name(expected));
    else if (!is_placed(&finding))
        print_error("%s: names no packet, or no subflow\n", pair->id);
    return made && finding.severity == expected && is_placed(&finding);
}

static bool is_missed(const struct pair *pair)
{
    struct mpta_finding finding = {.severity = MPTA_NOTE};
    uint64_t packets;
    bool made = course_makes_it(&(struct course){.pair = pair, .near = true}, &finding, &packets);
    if (made)
        print_error("%s: is made, as %s, although: %s\n", pair->id,
                    mpta_severity_name(finding.severity), pair->miss);
    return !made;
}

static bool pair_holds(const struct pair *pair)
{
    bool made = is_made_as_it_should(pair), missed = is_missed(pair);
    return made && missed;
}

static void each_pair_is_one_that_makes_it_and_one_that_does_not(void **state)
{
    size_t wrong = 0;
    (void)state;
    for (size_t i = 0; i < COUNT_OF(lists); i++) {
        for (size_t j = 0; j < lists[i]->count; j++)
            wrong += !pair_holds(&lists[i]->pairs[j]);
    }
    assert_int_equal(wrong, 0);
}

/* Longer courses say nothing more. */
#define LOSSES_PACKETS_MAX 64

/* Tells the near miss without any one packet, and without any run of them. */
static size_t losses_that_make_it(const struct pair *pair)
{
    struct mpta_finding finding;
    struct course course = {.pair = pair, .near = true};
    uint64_t packets, ignored;
    size_t wrong = 0;
    (void)course_makes_it(&course, &finding, &packets);
    for (course.lost_begin = 1; course.lost_begin <= packets; course.lost_begin++) {
        for (course.lost_end = course.lost_begin + 1;
             packets <= LOSSES_PACKETS_MAX && course.lost_end <= packets + 1; course.lost_end++) {
            if (!course_makes_it(&course, &finding, &ignored) || finding.severity != MPTA_ERROR)
                continue;
            print_error("%s: is made although: %s, where packets %llu to %llu are missing\n",
                        pair->id, pair->miss, (unsigned long long)course.lost_begin,
                        (unsigned long long)course.lost_end - 1);
            wrong++;
        }
    }
    return wrong;
}

/* What is proven is so whatever the capture misses. */
static void no_loss_makes_an_error_of_a_near_miss(void **state)
{
    size_t wrong = 0;
    (void)state;
    for (size_t i = 0; i < COUNT_OF(lists); i++) {
        for (size_t j = 0; j < lists[i]->count; j++) {
            if (kind_of(lists[i]->pairs[j].id)->evidence != MPTA_HEURISTIC)
                wrong += losses_that_make_it(&lists[i]->pairs[j]);
        }
    }
    assert_int_equal(wrong, 0);
}

static size_t pairs_with_id(const char *id)
{
    size_t found = 0;
    for (size_t i = 0; i < COUNT_OF(lists); i++) {
        for (size_t j = 0; j < lists[i]->count; j++)
            found += strcmp(lists[i]->pairs[j].id, id) == 0;
    }
    return found;
}

static void each_row_has_a_pair(void **state)
{
    size_t count, wrong = 0;
    const struct mpta_finding_kind *kinds = mpta_finding_kinds(&count);
    (void)state;
    for (size_t i = 0; i < count; i++) {
        size_t found = pairs_with_id(kinds[i].id);
        if (found != 1)
            print_error("%s: has %zu pairs\n", kinds[i].id, found);
        wrong += found != 1;
    }
    assert_int_equal(wrong, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_row_has_a_pair),
        cmocka_unit_test(each_pair_is_one_that_makes_it_and_one_that_does_not),
        cmocka_unit_test(no_loss_makes_an_error_of_a_near_miss),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
