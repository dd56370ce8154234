/* SPDX-License-Identifier: BSD-3-Clause */
/* Findings are counted in rows, each named by its first occurrence; the catalogue is well-formed.
 */
#include "analyzer/finding.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static struct mpta_place place(uint64_t packet)
{
    return mpta_place_of(packet, 1000 * (int64_t)packet, 0);
}

static void one_row_a_kind_named_by_its_first_occurrence(void **state)
{
    (void)state;
    struct finding_list list = {0};
    struct mpta_finding view;
    for (unsigned i = 1; i <= 1000; i++) {
        struct occurrence join = {.id = FINDING_JOIN_HMAC_ACK, .at = place(i), .by = BY_SERVER};
        struct occurrence reset = {.id = FINDING_SUBFLOW_RESET, .at = place(i)};
        assert_true(finding_add(&list, &join, "join number %u", i));
        assert_true(finding_add(&list, &reset, "reset number %u", i));
    }
    assert_int_equal(list.count, 2);
    finding_view(&list.items[0], &view);
    assert_string_equal(view.kind->id, "join-hmac-ack");
    assert_string_equal(view.message, "join number 1");
    assert_int_equal(view.severity, MPTA_ERROR);
    assert_int_equal(view.witness_count, MPTA_WITNESSES_MAX);
    for (size_t i = 0; i < view.witness_count; i++) {
        assert_int_equal(view.witnesses[i].at.packet, i + 1);
        assert_true(view.witnesses[i].by_known);
        assert_int_equal(view.witnesses[i].by, MPTA_SERVER);
    }
    assert_int_equal(view.count, 1000);
    finding_list_clear(&list);
    assert_int_equal(list.count, 0);
}

static void a_row_is_as_severe_as_its_worst_occurrence(void **state)
{
    (void)state;
    static const struct {
        const char *words;
        enum mpta_severity first, second, expected;
    } cases[] = {
        {"worse",  MPTA_NOTE,    MPTA_ERROR,   MPTA_ERROR  },
        {"milder", MPTA_WARNING, MPTA_NOTE,    MPTA_WARNING},
        {"alike",  MPTA_WARNING, MPTA_WARNING, MPTA_WARNING},
    };
    const struct occurrence change = {.id = FINDING_KEY_CHANGED, .at = place(1)};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct finding_list list = {0};
        assert_true(finding_add_as(&list, cases[i].first, &change, "1"));
        assert_true(finding_add_as(&list, cases[i].second, &change, "2"));
        if (list.count != 1 || list.items[0].severity != cases[i].expected)
            fail_msg("%s", cases[i].words);
        finding_list_clear(&list);
    }
}

static void variants_are_rows_of_their_own(void **state)
{
    (void)state;
    struct finding_list list = {0};
    for (unsigned i = 0; i < 30; i++) {
        struct occurrence reset = {.id = FINDING_SUBFLOW_RESET, .variant = i % 3, .at = place(i)};
        assert_true(finding_add(&list, &reset, "reason %u", i % 3));
    }
    assert_int_equal(list.count, 3);
    for (size_t i = 0; i < list.count; i++)
        assert_int_equal(list.items[i].count, 10);
    assert_true(finding_is_there(&list, FINDING_SUBFLOW_RESET));
    assert_false(finding_is_there(&list, FINDING_FASTCLOSE));
    finding_list_clear(&list);
}

static void a_long_message_is_cut(void **state)
{
    (void)state;
    char words[2000];
    struct finding_list list = {0};
    const struct occurrence fastclose = {.id = FINDING_FASTCLOSE, .at = place(1)};
    memset(words, 'x', sizeof(words) - 1);
    words[sizeof(words) - 1] = '\0';
    assert_true(finding_add(&list, &fastclose, "%s", words));
    size_t len = strlen(list.items[0].message);
    assert_true(len > 100 && len < sizeof(words) - 1);
    finding_list_clear(&list);
}

static bool is_kebab_case(const char *id)
{
    return *id && strspn(id, "abcdefghijklmnopqrstuvwxyz0123456789-") == strlen(id);
}

static void every_row_of_the_catalogue_is_whole(void **state)
{
    (void)state;
    size_t count;
    const struct mpta_finding_kind *kinds = mpta_finding_kinds(&count);
    assert_int_equal(count, FINDING_COUNT);
    for (size_t i = 0; i < count; i++) {
        assert_true(is_kebab_case(kinds[i].id));
        assert_true(kinds[i].severity < MPTA_SEVERITY_COUNT);
        assert_true(!kinds[i].rfc || strncmp(kinds[i].rfc, "RFC ", 4) == 0);
        assert_true(strlen(kinds[i].meaning) > 10);
        assert_true(strlen(kinds[i].advice) > 10);
        assert_true(i == 0 || kinds[i - 1].group <= kinds[i].group);
        for (size_t k = 0; k < i; k++)
            assert_string_not_equal(kinds[i].id, kinds[k].id);
    }
}

static void severities_have_names(void **state)
{
    (void)state;
    assert_string_equal(mpta_severity_name(MPTA_NOTE), "note");
    assert_string_equal(mpta_severity_name(MPTA_WARNING), "warning");
    assert_string_equal(mpta_severity_name(MPTA_ERROR), "error");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_row_a_kind_named_by_its_first_occurrence),
        cmocka_unit_test(a_row_is_as_severe_as_its_worst_occurrence),
        cmocka_unit_test(variants_are_rows_of_their_own),
        cmocka_unit_test(a_long_message_is_cut),
        cmocka_unit_test(every_row_of_the_catalogue_is_whole),
        cmocka_unit_test(severities_have_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
