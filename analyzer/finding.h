/* SPDX-License-Identifier: BSD-3-Clause */
/* Lists of findings: one row a kind and variant, with its first occurrences and a count. */
#ifndef ANALYZER_FINDING_H
#define ANALYZER_FINDING_H

#include "analyzer/analyzer.h"
#include "analyzer/catalogue.h"

struct subflow;

/* Whose doing a finding is. */
enum doer {
    BY_NOBODY,
    BY_CLIENT,
    BY_SERVER,
};

static inline enum doer doer_of(enum mpta_side side)
{
    return side == MPTA_CLIENT ? BY_CLIENT : BY_SERVER;
}

/* "client", "server": for sentences. */
static inline const char *side_word(enum mpta_side side)
{
    return side == MPTA_CLIENT ? "client" : "server";
}

struct occurrence {
    enum finding_id id;
    unsigned variant; /* occurrences with another variant make a row of their own; few of them */
    struct mpta_place at;
    struct mpta_place other;       /* the packet at another capture point; packet 0: none */
    const struct subflow *subflow; /* or NULL */
    enum doer by;
};

struct witness {
    struct mpta_place at;
    struct mpta_place other;
    const struct subflow *subflow;
    enum doer by;
};

struct finding {
    enum finding_id id;
    enum mpta_severity severity; /* the worst of its occurrences */
    unsigned variant;
    char *message;
    uint64_t count;
    struct witness witnesses[MPTA_WITNESSES_MAX]; /* as far as there are so many occurrences */
};

/* All zero is an empty list. */
struct finding_list {
    struct finding *items;
    size_t count;
    uint32_t capacity;
};

/*
 * Adds an occurrence: a new row, or one more of an old one. The message is made (printf) only for a
 * new row. False if there is no memory.
 */
bool finding_add(struct finding_list *list, const struct occurrence *occurrence, const char *format,
                 ...) __attribute__((format(printf, 3, 4)));

/* The same with a severity milder than the catalogue's. */
bool finding_add_as(struct finding_list *list, enum mpta_severity severity,
                    const struct occurrence *occurrence, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* True if there is a row of this kind, of whatever variant. */
bool finding_is_there(const struct finding_list *list, enum finding_id id);

/* Fills the view of a row but for its witnesses' subflows, which are the caller's to say. */
void finding_view(const struct finding *finding, struct mpta_finding *view);

/* Makes *copy a list of its own. False, and *copy empty, if there is no memory. */
bool finding_list_copy(const struct finding_list *list, struct finding_list *copy);

void finding_list_clear(struct finding_list *list);

/* Takes the first rows off. */
void finding_list_drop(struct finding_list *list, size_t count);

/*
 * A row by index: of a list, then of an outlook, as far as its rows are not in the list by now.
 * NULL beyond the last one.
 */
const struct finding *finding_nth(const struct finding_list *list,
                                  const struct finding_list *outlook, size_t index);

/* How many there are. */
size_t finding_count(const struct finding_list *list, const struct finding_list *outlook);

#endif
