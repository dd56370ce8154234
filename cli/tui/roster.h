/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Which connections are shown, in which order, with or without their subflows. The order is kept
 * from one look to the next; only connections that changed are looked at again.
 */
#ifndef CLI_TUI_ROSTER_H
#define CLI_TUI_ROSTER_H

#include "cli/tui/facts.h"
#include "cli/tui/filter.h"

enum roster_order {
    ROSTER_BY_ID,
    ROSTER_BY_CLIENT,
    ROSTER_BY_SERVER,
    ROSTER_BY_STATE,
    ROSTER_BY_SUBFLOWS,
    ROSTER_BY_DATA,
    ROSTER_BY_GOODPUT,
    ROSTER_BY_RTT,
    ROSTER_BY_REINJECTED,
    ROSTER_BY_LASTED,
    ROSTER_BY_FINDINGS,
};
#define ROSTER_ORDER_COUNT 11

/* "number", "client", ... Static text. */
const char *roster_order_name(enum roster_order order);

/* It is the high values that one looks for. */
bool roster_order_is_descending(int order);

/* A row: a connection, or one of its subflows. */
struct roster_row {
    uint32_t connection;
    bool is_subflow;
    uint32_t subflow;
};

struct roster_entry {
    uint64_t key; /* by which it is sorted */
    uint32_t subflow_count;
    bool shown; /* the filter lets it pass */
    bool expanded;
    bool tagged;
};

/* All zero is a roster of nothing. */
struct roster {
    struct roster_entry *entries; /* by connection */
    size_t entry_count;
    uint32_t *shown; /* connections that are, in order */
    size_t shown_count;
    struct roster_row *rows;
    size_t row_count;
    size_t row_capacity;
    enum roster_order order;
    bool inverted;
    bool tree;  /* all are expanded but those that are marked so */
    bool whole; /* all are to be looked at again */
    bool dirty; /* rows are to be made again */
    char filter[FILTER_MAX];
};

void roster_free(struct roster *roster);

/* Takes in what changed in the model. False if memory is short; then it shows what it did. */
bool roster_update(struct roster *roster, const struct model *model);

void roster_sort(struct roster *roster, enum roster_order order, bool inverted);
void roster_filter(struct roster *roster, const char *filter);
void roster_expand(struct roster *roster, uint32_t connection, bool expanded);
void roster_expand_all(struct roster *roster, bool tree);
void roster_tag(struct roster *roster, uint32_t connection);
bool roster_is_expanded(const struct roster *roster, uint32_t connection);
bool roster_is_tagged(const struct roster *roster, uint32_t connection);
bool roster_is_shown(const struct roster *roster, uint32_t connection);
size_t roster_tag_count(const struct roster *roster);

/* The row of a connection, or row_count. */
size_t roster_find(const struct roster *roster, uint32_t connection);

#endif
