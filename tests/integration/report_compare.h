/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Holds a JSON report against another one of the same story, by the tables of report_rules.c.
 */
#ifndef REPORT_COMPARE_H
#define REPORT_COMPARE_H

#include <json-c/json_object.h>
#include <stdbool.h>
#include <stddef.h>

#include "tests/integration/report_rules.h"

/*
 * True if `part` is what the rules allow, `whole` being given. Both have the members connections,
 * unlinked_subflows and findings. Else what is wrong stands in `fault`. Findings about captures are
 * taken out of both.
 */
bool report_compare(enum retelling retelling, struct json_object *whole, struct json_object *part,
                    char *fault, size_t size);

/* ---- report_match.c, and what it needs ------------------------------------------------------- */

struct comparison {
    enum retelling retelling;
    bool turned; /* the whole report's client is the other one's server: a late connection's may be
                  */
    char *fault;
    size_t fault_size;
};

/* Notes what is wrong; returns false. */
__attribute__((format(printf, 2, 3))) bool report_differs(struct comparison *comparison,
                                                          const char *format, ...);

/* A member of an object, NULL where it is null. */
struct json_object *report_member(struct json_object *object, const char *name);

/* A side's or direction's word in the whole report. */
const char *report_word(const struct comparison *comparison, const char *word);

/* Compares two values under the bound of their path. */
bool report_value_fits(struct comparison *comparison, const char *path, struct json_object *whole,
                       struct json_object *part);

/* Compares a report of fewer packets. */
bool report_match(struct comparison *comparison, struct json_object *whole,
                  struct json_object *part);

#endif
