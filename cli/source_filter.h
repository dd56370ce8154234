/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A libpcap filter expression over frames of any link types. What an expression compiles to depends
 * on the link type, so there is one program for each that occurs.
 */
#ifndef CLI_SOURCE_FILTER_H
#define CLI_SOURCE_FILTER_H

#include "cli/source.h"

struct source_filter_program;

struct source_filter {
    char *expression; /* NULL: everything passes */
    struct source_filter_program *programs;
    size_t count;
    size_t recent; /* index of the program used last */
};

/* expression may be NULL. False without memory. */
bool source_filter_open(struct source_filter *filter, const char *expression);
void source_filter_close(struct source_filter *filter);

/* The LINKTYPE_ number of a DLT_ number of this system: what libpcap says of a live capture. */
uint32_t source_filter_link_type(int dlt);

/* How messages name a link type: "101 (RAW)". A new string, or NULL without memory. */
char *source_filter_link_name(uint32_t link_type);

/*
 * Whether libpcap compiles the expression for any link type at all. If not, *reason is a sentence
 * about it, without the name of a file, that the caller frees; NULL without memory.
 */
bool source_filter_check(const struct source_filter *filter, char **reason);

enum source_filter_verdict {
    SOURCE_FILTER_PASSES,
    SOURCE_FILTER_TURNED_AWAY,
    SOURCE_FILTER_UNFIT, /* turned away: libpcap does not compile it for this link type */
    SOURCE_FILTER_NO_MEMORY,
};

enum source_filter_verdict source_filter_match(struct source_filter *filter,
                                               const struct frame *frame);

#endif
