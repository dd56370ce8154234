/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Rewrites a JSON report as it would be of the same packets at other times, or with other names.
 */
#ifndef REPORT_REWRITE_H
#define REPORT_REWRITE_H

#include <json-c/json_object.h>
#include <stdint.h>

#include "dissector/dissector.h"

/* Moves every time by so many nanoseconds, modulo 2^64. */
void report_move_times(struct json_object *report, uint64_t shift_ns);

/* An endpoint and what it is to be called. */
struct renamed {
    struct mpta_address address, new_address;
    uint16_t port, new_port;
};

#define RENAMED_MAX 4096
struct renaming {
    struct renamed items[RENAMED_MAX];
    size_t count;
};

/* Gives endpoints and addresses other names, also within sentences. */
void report_rename(struct json_object *report, const struct renaming *renaming);

#endif
