/* SPDX-License-Identifier: BSD-3-Clause */
/* Lists of findings: one row a kind, with its first occurrence and a count. */
#ifndef ANALYZER_FINDING_H
#define ANALYZER_FINDING_H

#include "analyzer/analyzer.h"
#include "analyzer/catalogue.h"

struct subflow;

struct finding {
    enum finding_id id;
    enum mpta_severity severity; /* the worst of its occurrences */
    char *message;
    struct mpta_place first;
    const struct subflow *subflow; /* of the first occurrence, or NULL */
    uint64_t count;
};

/* All zero is an empty list. */
struct finding_list {
    struct finding *items;
    size_t count;
    size_t capacity;
};

/*
 * Adds an occurrence: a new row, or one more of an old one. The message is made (printf) only for a
 * new row; subflow may be NULL. False if there is no memory.
 */
bool finding_add(struct finding_list *list, enum finding_id id, const struct subflow *subflow,
                 const struct mpta_place *place, const char *format, ...)
    __attribute__((format(printf, 5, 6)));

/* The same with a severity milder than the catalogue's. */
bool finding_add_as(struct finding_list *list, enum finding_id id, enum mpta_severity severity,
                    const struct subflow *subflow, const struct mpta_place *place,
                    const char *format, ...) __attribute__((format(printf, 6, 7)));

/* Fills the view of a row; the subflow's id is the caller's to say. */
void finding_view(const struct finding *finding, struct mpta_finding *view);

void finding_list_clear(struct finding_list *list);

#endif
