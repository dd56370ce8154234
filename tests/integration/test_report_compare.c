/* SPDX-License-Identifier: BSD-3-Clause */
/* The comparison of reports: what it lets pass, and what it finds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <json-c/json_tokener.h>
#include <stdio.h>
#include <string.h>

#include "tests/integration/report_compare.h"

#define REPORT_MAX 4096

#define EXACTLY  RETOLD_EXACTLY
#define COPIED   RETOLD_COPIED
#define PARTLY   RETOLD_PARTLY
#define SPARSELY RETOLD_SPARSELY

struct compare_case {
    const char *words;
    enum retelling retelling;
    const char *whole; /* members of the one connection */
    const char *part;
    const char *fault; /* a part of it; NULL: it fits */
};

/* clang-format off */
static const struct compare_case compare_cases[] = {
    {"a member that no rule names", PARTLY, "'new': 1", "'new': 2", "connection.new"},
    {"a member that only one of them has", PARTLY, "'new': 1", "", "other members"},
    {"the same key", PARTLY, "'key_source': 1", "'key_source': 1", NULL},
    {"a key no more", PARTLY, "'version': 1", "'version': null", NULL},
    {"another version", PARTLY, "'version': 1", "'version': 0", "connection.version"},
    {"a version where none was", PARTLY, "'version': null", "'version': 1", "connection.version"},
    {"fewer octets", PARTLY, "'c2s': {'data_acked': 9}", "'c2s': {'data_acked': 8}", NULL},
    {"fewer octets, exactly", EXACTLY, "'c2s': {'data_acked': 9}", "'c2s': {'data_acked': 8}",
     "connection.way.data_acked"},
    {"more octets", PARTLY, "'c2s': {'data_acked': 8}", "'c2s': {'data_acked': 9}",
     "connection.way.data_acked: 9"},
    {"octets seen are octets missing", PARTLY, "'s2c': {'data_bytes': 9, 'missing_bytes': 1}",
     "'s2c': {'data_bytes': 2, 'missing_bytes': 8}", NULL},
    {"there were never so many", PARTLY, "'s2c': {'data_bytes': 9, 'missing_bytes': 1}",
     "'s2c': {'data_bytes': 2, 'missing_bytes': 9}", "more than 10"},
    {"a start that is later", PARTLY, "'start': '2024-01-01T00:00:00Z'",
     "'start': '2024-01-01T00:00:01Z'", NULL},
    {"a start that is earlier", PARTLY, "'start': '2024-01-01T00:00:01Z'",
     "'start': '2024-01-01T00:00:00Z'", "connection.start"},
    {"times at another place", COPIED, "'start': '2024-01-01T00:00:01Z'",
     "'start': '2024-01-01T00:00:00Z'", NULL},
    {"a weaker close", PARTLY, "'close': 'data_fin'", "'close': 'reset'", NULL},
    {"a stronger close", PARTLY, "'close': 'fin'", "'close': 'data_fin'", "connection.close"},
    {"no fallback any more", PARTLY, "'fallback': {'cause': 'mp_fail'}", "'fallback': null", NULL},
    {"a fallback", PARTLY, "'fallback': null", "'fallback': {'cause': 'mp_fail'}",
     "connection.fallback"},
    {"late", PARTLY, "'late': false", "'late': true", NULL},
    {"not late", PARTLY, "'late': true", "'late': false", "connection.late"},
};

/* The same for subflows, address events and findings of the one connection. */
static const struct compare_case subflow_cases[] = {
    {"unverifiable", PARTLY, "{'ack_hmac': 'valid'}", "{'ack_hmac': 'unverifiable'}", NULL},
    {"invalid", PARTLY, "{'ack_hmac': 'valid'}", "{'ack_hmac': 'invalid'}", "subflow.ack_hmac"},
    {"valid", PARTLY, "{'ack_hmac': 'invalid'}", "{'ack_hmac': 'valid'}", "subflow.ack_hmac"},
    {"verified", PARTLY, "{'ack_hmac': 'unverifiable'}", "{'ack_hmac': 'valid'}",
     "subflow.ack_hmac"},
    {"fewer subflows", PARTLY, "{}, {}", "{}", NULL},
    {"fewer subflows, exactly", EXACTLY, "{}, {}", "{}", "subflows: 1, not 2"},
    {"more subflows", PARTLY, "{}", "{}, {}", "no subflow has the ends"},
};

static const struct compare_case address_cases[] = {
    {"one of two", PARTLY, "{'op': 'add'}, {'op': 'echo'}", "{'op': 'echo'}", NULL},
    {"a new one", PARTLY, "{'op': 'add'}", "{'op': 'echo'}", "a new address event"},
    {"one of them twice", PARTLY, "{'op': 'add'}", "{'op': 'add'}, {'op': 'add'}",
     "a new address event"},
};

#define FINDING(id, severity, count)                                                               \
    "{'id': '" id "', 'severity': '" severity "', 'count': " #count ", 'message': 'words'}"

static const struct compare_case finding_cases[] = {
    {"an error less", PARTLY, FINDING("dss-checksum", "error", 1), "", NULL},
    {"an error", PARTLY, "", FINDING("dss-checksum", "error", 1), "a new error: dss-checksum"},
    {"an error more often", PARTLY, FINDING("dss-checksum", "error", 1),
     FINDING("dss-checksum", "error", 2), "a new error"},
    {"an error for a warning", PARTLY, FINDING("key-changed", "warning", 1),
     FINDING("key-changed", "error", 1), "a new error"},
    {"a warning for an error", PARTLY, FINDING("key-changed", "error", 1),
     FINDING("key-changed", "warning", 1), NULL},
    {"a warning", PARTLY, "", FINDING("join-refused", "warning", 1), "a new warning"},
    {"a warning in the place of another one", PARTLY, FINDING("join-stripped", "warning", 1),
     FINDING("join-refused", "warning", 1), NULL},
    {"a warning that takes much loss", PARTLY, FINDING("subflow-reset", "note", 1),
     FINDING("join-refused", "warning", 1), "a new warning"},
    {"the same with much loss", SPARSELY, FINDING("subflow-reset", "note", 1),
     FINDING("join-refused", "warning", 1), NULL},
    {"the next proof of a fallback", PARTLY, FINDING("version-mismatch", "warning", 1),
     FINDING("fallback-dss", "warning", 1), NULL},
    {"a note", PARTLY, "", FINDING("subflow-reset", "note", 1), NULL},
    {"a note, exactly", EXACTLY, "", FINDING("subflow-reset", "note", 1), "findings: 1, not 0"},
};
/* clang-format on */

/* Both reports have one connection between the same ends, with this in it. */
static struct json_object *report_of(const char *members, const char *list)
{
    static const char *const lists[] = {"subflows", "addresses", "findings"};
    char text[REPORT_MAX];
    int at = snprintf(text, sizeof text,
                      "{'connections': [{'client': {'address': 'a', 'port': 1}, "
                      "'server': {'address': 'b', 'port': 2}");
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        bool here = list != NULL && strcmp(list, lists[i]) == 0;
        at += snprintf(text + at, sizeof text - (size_t)at, ", '%s': [%s]", lists[i],
                       here ? members : "");
    }
    snprintf(text + at, sizeof text - (size_t)at,
             "%s%s}], 'unlinked_subflows': [], 'findings': []}",
             list == NULL && *members != '\0' ? ", " : "", list == NULL ? members : "");
    struct json_object *report = json_tokener_parse(text);
    assert_non_null(report);
    return report;
}

static bool case_holds(const struct compare_case *c, const char *list)
{
    char fault[256] = "it fits";
    struct json_object *whole = report_of(c->whole, list), *part = report_of(c->part, list);
    bool fits = report_compare(c->retelling, whole, part, fault, sizeof fault);
    bool holds = c->fault == NULL ? fits : !fits && strstr(fault, c->fault) != NULL;
    if (!holds) {
        print_error("%s: %s\n", c->words, fault);
    }
    json_object_put(whole);
    json_object_put(part);
    return holds;
}

static void reports_are_compared_as_the_rules_say(void **state)
{
    static const struct {
        const struct compare_case *cases;
        size_t count;
        const char *list;
    } tables[] = {
        {compare_cases, sizeof compare_cases / sizeof compare_cases[0], NULL       },
        {subflow_cases, sizeof subflow_cases / sizeof subflow_cases[0], "subflows" },
        {address_cases, sizeof address_cases / sizeof address_cases[0], "addresses"},
        {finding_cases, sizeof finding_cases / sizeof finding_cases[0], "findings" },
    };
    size_t wrong = 0;
    (void)state;
    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++) {
        for (size_t j = 0; j < tables[i].count; j++) {
            wrong += !case_holds(&tables[i].cases[j], tables[i].list);
        }
    }
    assert_int_equal(wrong, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reports_are_compared_as_the_rules_say),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
