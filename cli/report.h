/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a report is made from: the tracker's views, and what is known of the inputs.
 */
#ifndef CLI_REPORT_H
#define CLI_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "analyzer/analyzer.h"
#include "cli/kernel_view.h"
#include "cli/payload.h"
#include "cli/source.h"

/* One input as it was read. */
struct report_capture {
    const struct capture *capture;
    uint64_t frames[MPTA_FRAME_COUNT]; /* by what they turned out to be */
    uint64_t mptcp_packets;            /* with a well-formed option of kind 30 */
    uint32_t unsupported;              /* link type of the first frame of an unsupported one */
};

struct report {
    const struct mpta_tracker *tracker;
    const struct report_capture *captures;
    const char *const *capture_names; /* by index, for sentences; see capture_names.h */
    size_t capture_count;
    const struct payload *payload;    /* NULL: none is written */
    const struct kernel_view *kernel; /* NULL: nothing is known from there */
    unsigned helpers;                 /* threads that may help to make it */
};

/* The verdict on a connection, with packets named as the report names them. */
size_t report_verdict(const struct report *report, uint32_t connection,
                      struct mpta_sentence sentences[MPTA_SENTENCES_MAX]);

/* How a text report looks. */
struct text_style {
    bool colour;
    bool utf8; /* the reader's encoding: arrows may be drawn */
    bool show_keys;
    bool quiet;   /* one line a connection */
    bool verbose; /* every connection in full */
};

/* The report for a program: contract output.schema.json, version 1. False if memory is short. */
bool report_json(const struct report *report, FILE *stream);

/* Measures over time, as CSV with a line of titles: a row for each direction of each subflow, of a
 * connection or of none, and of each connection, and each interval in which something was seen. */
void report_series(const struct report *report, FILE *stream);

/* The report for a person. False if memory is short. */
bool report_text(const struct report *report, const struct text_style *style, FILE *stream);

#endif
