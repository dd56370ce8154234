/* SPDX-License-Identifier: BSD-3-Clause */
/* The catalogue as a table, and lists of findings aggregated by kind. */
#include "analyzer/finding.h"

#include "analyzer/array.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define FINDING_MESSAGE_MAX 320

#define FINDING_ROW(name, id, group, severity, evidence, rfc, counter, meaning, advice)            \
    [FINDING_##name] = {                                                                           \
        id, MPTA_GROUP_##group, MPTA_##severity, MPTA_##evidence, rfc, counter, meaning, advice},
static const struct mpta_finding_kind finding_kinds[] = {FINDING_CATALOGUE(FINDING_ROW)};
_Static_assert(sizeof(finding_kinds) / sizeof(finding_kinds[0]) == FINDING_COUNT,
               "one row for each finding");

static const char *const severity_names[] = {
    [MPTA_NOTE] = "note",
    [MPTA_WARNING] = "warning",
    [MPTA_ERROR] = "error",
};
_Static_assert(sizeof(severity_names) / sizeof(severity_names[0]) == MPTA_SEVERITY_COUNT,
               "one name for each severity");

static const char *const evidence_names[] = {
    [MPTA_PROVEN] = "proven",
    [MPTA_PROVEN_BY_KEY] = "proven-by-key",
    [MPTA_HEURISTIC] = "heuristic",
};

static const char *const group_titles[] = {
    [MPTA_GROUP_OPTIONS] = "Options and parsing",
    [MPTA_GROUP_HANDSHAKE] = "Handshake and fallback",
    [MPTA_GROUP_JOINS] = "Joins",
    [MPTA_GROUP_ADDRESSES] = "Addresses and priority",
    [MPTA_GROUP_DATA] = "Data",
    [MPTA_GROUP_CLOSING] = "Closing",
    [MPTA_GROUP_CAPTURE] = "Capture quality",
};
_Static_assert(sizeof(group_titles) / sizeof(group_titles[0]) == MPTA_FINDING_GROUP_COUNT,
               "one title for each group");

const struct mpta_finding_kind *mpta_finding_kinds(size_t *count)
{
    *count = FINDING_COUNT;
    return finding_kinds;
}

const char *mpta_severity_name(enum mpta_severity severity)
{
    return severity_names[severity];
}

const char *mpta_evidence_name(enum mpta_evidence evidence)
{
    return evidence_names[evidence];
}

const char *mpta_finding_group_title(enum mpta_finding_group group)
{
    return group_titles[group];
}

static struct finding *finding_find(const struct finding_list *list, enum finding_id id,
                                    unsigned variant)
{
    for (size_t i = 0; i < list->count; i++) {
        if (list->items[i].id == id && list->items[i].variant == variant)
            return &list->items[i];
    }
    return NULL;
}

bool finding_is_there(const struct finding_list *list, enum finding_id id)
{
    for (size_t i = 0; i < list->count; i++) {
        if (list->items[i].id == id)
            return true;
    }
    return false;
}

/* A new row without occurrences. NULL: no memory. */
static __attribute__((format(printf, 3, 0))) struct finding *
finding_append(struct finding_list *list, const struct occurrence *occurrence, const char *format,
               va_list arguments)
{
    char message[FINDING_MESSAGE_MAX];
    struct finding *items =
        array_reserve(list->items, list->count, &list->capacity, sizeof(*items));
    if (!items)
        return NULL;
    list->items = items;
    (void)vsnprintf(message, sizeof(message), format, arguments);
    struct finding *row = &items[list->count];
    *row = (struct finding){
        .id = occurrence->id,
        .variant = occurrence->variant,
        .message = strdup(message),
    };
    if (!row->message)
        return NULL;
    list->count++;
    return row;
}

static __attribute__((format(printf, 4, 0))) bool
finding_record(struct finding_list *list, enum mpta_severity severity,
               const struct occurrence *occurrence, const char *format, va_list arguments)
{
    struct finding *row = finding_find(list, occurrence->id, occurrence->variant);
    if (!row)
        row = finding_append(list, occurrence, format, arguments);
    if (!row)
        return false;
    if (row->count < MPTA_WITNESSES_MAX)
        row->witnesses[row->count] = (struct witness){occurrence->at, occurrence->other,
                                                      occurrence->subflow, occurrence->by};
    row->count++;
    if (severity > row->severity)
        row->severity = severity;
    return true;
}

bool finding_add(struct finding_list *list, const struct occurrence *occurrence, const char *format,
                 ...)
{
    va_list arguments;
    va_start(arguments, format);
    bool done =
        finding_record(list, finding_kinds[occurrence->id].severity, occurrence, format, arguments);
    va_end(arguments);
    return done;
}

bool finding_add_as(struct finding_list *list, enum mpta_severity severity,
                    const struct occurrence *occurrence, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    bool done = finding_record(list, severity, occurrence, format, arguments);
    va_end(arguments);
    return done;
}

void finding_view(const struct finding *finding, struct mpta_finding *view)
{
    *view = (struct mpta_finding){
        .kind = &finding_kinds[finding->id],
        .severity = finding->severity,
        .message = finding->message,
        .count = finding->count,
    };
    while (view->witness_count < MPTA_WITNESSES_MAX && view->witness_count < finding->count) {
        const struct witness *witness = &finding->witnesses[view->witness_count];
        view->witnesses[view->witness_count++] = (struct mpta_witness){
            .at = witness->at,
            .other = witness->other,
            .by_known = witness->by != BY_NOBODY,
            .by = witness->by == BY_SERVER ? MPTA_SERVER : MPTA_CLIENT,
        };
    }
}

void finding_list_clear(struct finding_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        free(list->items[i].message);
    free(list->items);
    *list = (struct finding_list){0};
}

bool finding_list_copy(const struct finding_list *list, struct finding_list *copy)
{
    *copy = (struct finding_list){0};
    for (size_t i = 0; i < list->count; i++) {
        struct finding *items =
            array_reserve(copy->items, copy->count, &copy->capacity, sizeof(*items));
        char *message = items ? strdup(list->items[i].message) : NULL;
        if (items)
            copy->items = items;
        if (!message) {
            finding_list_clear(copy);
            return false;
        }
        items[copy->count] = list->items[i];
        items[copy->count++].message = message;
    }
    return true;
}

void finding_list_drop(struct finding_list *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        free(list->items[i].message);
    list->count -= count;
    if (list->count == 0)
        finding_list_clear(list);
    else
        memmove(list->items, list->items + count, list->count * sizeof(*list->items));
}

const struct finding *finding_nth(const struct finding_list *list,
                                  const struct finding_list *outlook, size_t index)
{
    if (index < list->count)
        return &list->items[index];
    index -= list->count;
    for (size_t i = 0; i < outlook->count; i++) {
        const struct finding *row = &outlook->items[i];
        if (!finding_find(list, row->id, row->variant) && index-- == 0)
            return row;
    }
    return NULL;
}

size_t finding_count(const struct finding_list *list, const struct finding_list *outlook)
{
    size_t count = list->count;
    while (finding_nth(list, outlook, count))
        count++;
    return count;
}
