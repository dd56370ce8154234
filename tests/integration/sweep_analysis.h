/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the program makes of some frames: the whole road from dissector to report, without files.
 */
#ifndef SWEEP_ANALYSIS_H
#define SWEEP_ANALYSIS_H

#include <json-c/json_object.h>
#include <stdbool.h>
#include <stddef.h>

#include "analyzer/analyzer.h"
#include "cli/source.h"

/* A tracker being fed. */
struct sweep_analysis {
    struct mpta_tracker *tracker;
};

struct sweep_analysis sweep_analysis_begin(void);

/* Takes a frame; its octets are borrowed for the call. */
void sweep_analysis_take(struct sweep_analysis *analysis, const struct frame *frame);

/* Changes a segment before the tracker sees it; what it points to is not its own. */
typedef void sweep_edit(struct mpta_segment *segment, const void *argument);

/* The same, with an edit. */
void sweep_analysis_take_edited(struct sweep_analysis *analysis, const struct frame *frame,
                                sweep_edit *edit, const void *argument);

/* After the last frame. */
void sweep_analysis_end(struct sweep_analysis *analysis);

void sweep_analysis_free(struct sweep_analysis *analysis);

/* How often each kind of finding of error severity was made, by its row in the catalogue. */
#define SWEEP_KINDS_MAX 256
struct sweep_errors {
    uint64_t counts[SWEEP_KINDS_MAX];
};

struct sweep_errors sweep_errors_of(const struct sweep_analysis *analysis);

/* The id of the first kind that `part` has and `whole` has not; NULL if there is none. */
const char *sweep_errors_new(const struct sweep_errors *part, const struct sweep_errors *whole);

/*
 * Writes all reports of what a source has brought into nowhere. False, after a message, if the text
 * is empty or the JSON is none.
 */
bool sweep_analysis_report(const struct sweep_analysis *analysis, const struct source *source);

/* The lists of the JSON report: connections, unlinked_subflows, findings. To be put. */
struct json_object *sweep_analysis_json(const struct sweep_analysis *analysis);

#endif
