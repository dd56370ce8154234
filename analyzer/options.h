/* SPDX-License-Identifier: BSD-3-Clause */
/* The kind-30 options of one segment, decoded, and what else is of use to measure. */
#ifndef ANALYZER_OPTIONS_H
#define ANALYZER_OPTIONS_H

#include "analyzer/echo.h"
#include "dissector/dissector.h"

/* 40 octets hold no more options of 3. */
#define OPTIONS_MAX 13

/* A segment that a receiver says it got twice, as 32-bit sequence numbers. */
struct received_twice {
    bool present;
    uint32_t left;
    uint32_t right;
};

/* What a SYN says besides. */
struct syn_options {
    uint16_t mss; /* 0: nothing */
    bool scales;
    uint8_t window_scale;
};

struct options {
    size_t count;      /* of well-formed options */
    unsigned subtypes; /* theirs, a bit each */
    struct mpta_mptcp_option items[OPTIONS_MAX];
    bool cut;             /* the snap length cut the options: what is absent may have been there */
    bool overrun;         /* the walk ended at a length that cannot be */
    bool unclean_end;     /* octets that are not zero follow the end of the list */
    bool fits;            /* some kind-30 option has a length that its subtype knows */
    size_t refused_count; /* kind-30 options of illegal length */
    enum mpta_option_status refused_status; /* of the first of them */
    enum mpta_subtype refused_subtype;
    uint8_t refused_length;
    bool dss_refused;             /* a DSS is among them, */
    bool dss_after_refused;       /* and another one, or MP_CAPABLE with data, comes after it */
    struct timestamps timestamps; /* the first option of that kind, RFC 7323 section 3 */
    struct syn_options syn;
    struct received_twice twice; /* D-SACK, RFC 2883 */
};

/* Reads the options of a segment. */
void options_read(struct options *options, const struct mpta_segment *segment);

/* The first option of a subtype, or NULL. Most are asked for in vain. */
static inline const struct mpta_mptcp_option *options_find(const struct options *options,
                                                           enum mpta_subtype subtype)
{
    const struct mpta_mptcp_option *option = options->items;
    if (!(options->subtypes >> subtype & 1))
        return NULL;
    while (option->subtype != subtype)
        option++;
    return option;
}

#endif
