/* SPDX-License-Identifier: BSD-3-Clause */
/* Stories told, and their findings gathered from wherever they lie. */
#include "tests/unit/analyzer/finding_case.h"

#include <string.h>

/* Occurrences of one kind, and its first row. */
struct gathered {
    uint64_t count;
    struct mpta_finding first;
};

static void gather(struct gathered *gathered, const struct mpta_finding *finding, const char *id)
{
    if (strcmp(finding->kind->id, id) != 0)
        return;
    if (gathered->count == 0)
        gathered->first = *finding;
    gathered->count += finding->count;
}

static struct gathered gather_all(const struct mpta_tracker *tracker, const char *id)
{
    struct gathered gathered = {.first = {.message = "none"}};
    struct mpta_finding finding;
    struct mpta_connection connection;
    for (uint32_t i = 0; mpta_tracker_connection(tracker, i, &connection); i++) {
        for (size_t j = 0; mpta_tracker_finding(tracker, i, j, &finding); j++)
            gather(&gathered, &finding, id);
    }
    for (size_t j = 0; mpta_tracker_global_finding(tracker, j, &finding); j++)
        gather(&gathered, &finding, id);
    return gathered;
}

static bool finding_is(const struct gathered *gathered, const struct finding_case *c)
{
    if (gathered->count != c->count)
        return false;
    return c->count == 0 ||
           (gathered->first.severity == c->severity && gathered->first.witnesses[0].at.packet > 0 &&
            (!c->message || strstr(gathered->first.message, c->message)));
}

void finding_cases_check(const struct finding_case *cases, size_t count)
{
    size_t wrong = 0;
    for (size_t i = 0; i < count; i++) {
        static struct story story;
        story_begin(&story);
        cases[i].tell(&story);
        struct mpta_tracker *tracker = story_tell(&story);
        struct gathered gathered = gather_all(tracker, cases[i].id);
        if (!finding_is(&gathered, &cases[i])) {
            print_error("%s: %s: %llu times, %s: %s\n", cases[i].words, cases[i].id,
                        (unsigned long long)gathered.count,
                        mpta_severity_name(gathered.first.severity), gathered.first.message);
            wrong++;
        }
        mpta_tracker_free(tracker);
    }
    assert_int_equal(wrong, 0);
}
