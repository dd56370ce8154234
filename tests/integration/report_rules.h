/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * How the JSON reports of one story may differ when it is captured otherwise, as tables to be read:
 * with each packet at several capture points, or with packets missing. What no row names must be
 * the same.
 *
 * A path is the members from a connection, subflow or address event on, joined by dots; either
 * direction is `way`, either end `host`. A row for an object or an array is for all within it.
 */
#ifndef REPORT_RULES_H
#define REPORT_RULES_H

#include <stdbool.h>

/* What a value may be, by what it is in the report that it is compared with. */
enum bound {
    BOUND_SAME,
    BOUND_KNOWN,   /* the same, or null: no longer known */
    BOUND_LOWER,   /* at most as high; or null. Numbers and times */
    BOUND_HIGHER,  /* at least as high */
    BOUND_VERDICT, /* the same, unverifiable, or absent */
    BOUND_FALSE,   /* the same, or false */
    BOUND_TRUE,    /* the same, or true */
    BOUND_CLOSE,   /* the same, or a close that says less: see report_close_says_less */
    BOUND_NULL,    /* null where it was null */
    BOUND_FREE,    /* anything */
};

enum retelling {
    RETOLD_EXACTLY,  /* the same packets, other names or numbers, or each of them twice at once */
    RETOLD_COPIED,   /* each packet again at another capture point, at another time */
    RETOLD_PARTLY,   /* one packet is missing, or one direction */
    RETOLD_SPARSELY, /* many packets are missing */
};

enum bound report_bound(enum retelling retelling, const char *path);

/* Members of an object that together are no higher where packets are missing. */
#define REPORT_SUM_MAX 3
struct report_sum {
    const char *path;
    const char *members[REPORT_SUM_MAX]; /* NULL: no more */
};

/* All of these, ended by one without path. */
const struct report_sum *report_sums(void);

/* Whether a close says less than another: what proves the other one is missing. */
bool report_close_says_less(const char *close, const char *than);

/*
 * Whether a finding that is no error may appear because packets are missing: in place of another
 * one that was made, or, with NULL, of none. Notes may: they accuse nobody.
 */
bool report_finding_may_stand(enum retelling retelling, const char *id, const char *instead);

#endif
