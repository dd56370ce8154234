/* SPDX-License-Identifier: BSD-3-Clause */
/* The catalogue as a table, and lists of findings aggregated by kind. */
#include "analyzer/finding.h"

#include "analyzer/array.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define FINDING_MESSAGE_MAX 256

#define FINDING_ROW(name, id, severity, rfc, counter, meaning)                                     \
    [FINDING_##name] = {id, MPTA_##severity, rfc, counter, meaning},
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

const struct mpta_finding_kind *mpta_finding_kinds(size_t *count)
{
    *count = FINDING_COUNT;
    return finding_kinds;
}

const char *mpta_severity_name(enum mpta_severity severity)
{
    return severity_names[severity];
}

static struct finding *finding_find(struct finding_list *list, enum finding_id id)
{
    for (size_t i = 0; i < list->count; i++) {
        if (list->items[i].id == id)
            return &list->items[i];
    }
    return NULL;
}

static __attribute__((format(printf, 3, 0))) bool finding_append(struct finding_list *list,
                                                                 struct finding finding,
                                                                 const char *format,
                                                                 va_list arguments)
{
    char message[FINDING_MESSAGE_MAX];
    struct finding *items =
        array_reserve(list->items, list->count, &list->capacity, sizeof(*items));
    if (!items)
        return false;
    list->items = items;
    (void)vsnprintf(message, sizeof(message), format, arguments);
    finding.message = strdup(message);
    if (!finding.message)
        return false;
    items[list->count++] = finding;
    return true;
}

static __attribute__((format(printf, 3, 0))) bool finding_record(struct finding_list *list,
                                                                 struct finding finding,
                                                                 const char *format,
                                                                 va_list arguments)
{
    struct finding *row = finding_find(list, finding.id);
    if (!row)
        return finding_append(list, finding, format, arguments);
    row->count++;
    if (finding.severity > row->severity)
        row->severity = finding.severity;
    return true;
}

bool finding_add(struct finding_list *list, enum finding_id id, const struct subflow *subflow,
                 const struct mpta_place *place, const char *format, ...)
{
    struct finding finding = {id, finding_kinds[id].severity, NULL, *place, subflow, 1};
    va_list arguments;
    va_start(arguments, format);
    bool done = finding_record(list, finding, format, arguments);
    va_end(arguments);
    return done;
}

bool finding_add_as(struct finding_list *list, enum finding_id id, enum mpta_severity severity,
                    const struct subflow *subflow, const struct mpta_place *place,
                    const char *format, ...)
{
    struct finding finding = {id, severity, NULL, *place, subflow, 1};
    va_list arguments;
    va_start(arguments, format);
    bool done = finding_record(list, finding, format, arguments);
    va_end(arguments);
    return done;
}

void finding_view(const struct finding *finding, struct mpta_finding *view)
{
    *view = (struct mpta_finding){
        .kind = &finding_kinds[finding->id],
        .severity = finding->severity,
        .message = finding->message,
        .first = finding->first,
        .count = finding->count,
    };
}

void finding_list_clear(struct finding_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        free(list->items[i].message);
    free(list->items);
    *list = (struct finding_list){0};
}
