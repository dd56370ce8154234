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

enum source_filter_status {
    SOURCE_FILTER_OK,
    SOURCE_FILTER_REFUSED, /* libpcap does not compile it: *reason tells */
    SOURCE_FILTER_NO_MEMORY,
};

/* expression may be NULL. False without memory. */
bool source_filter_open(struct source_filter *filter, const char *expression);
void source_filter_close(struct source_filter *filter);

/*
 * Compiles the expression for a LINKTYPE_ value, unless that was done before. *reason is a sentence
 * about the expression, without the name of a file, that the caller frees.
 */
enum source_filter_status source_filter_prepare(struct source_filter *filter, uint32_t link_type,
                                                char **reason);

/* Whether a frame passes; *passes is set on SOURCE_FILTER_OK. */
enum source_filter_status source_filter_match(struct source_filter *filter,
                                              const struct frame *frame, bool *passes,
                                              char **reason);

#endif
