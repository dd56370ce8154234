/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What is wrong, first of all: one entry for each kind of finding, however many connections show
 * it, so that this section is never longer than the catalogue.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cli/escape.h"
#include "cli/report_text.h"
#include "cli/text_wrap.h"

#define ALSO_MAX     4
#define LABEL_COLUMN 9

/* Where a finding stands: in a connection's list, or in the one of those without connection. */
struct witness {
    bool has_connection;
    uint32_t connection;
    size_t index;
};

/* All findings of one kind and severity. */
struct group {
    enum mpta_severity severity;
    int64_t time_ns; /* of the first row met */
    uint64_t rows;
    struct witness witnesses[1 + ALSO_MAX];
};

static bool witness_finding(const struct text *text, const struct witness *witness,
                            struct mpta_finding *finding)
{
    const struct mpta_tracker *tracker = text->report->tracker;
    return witness->has_connection
               ? mpta_tracker_finding(tracker, witness->connection, witness->index, finding)
               : mpta_tracker_global_finding(tracker, witness->index, finding);
}

/* There is a group for each kind and severity, in the order of the catalogue. */
static void group_add(struct group *groups, const struct mpta_finding *finding,
                      const struct witness *witness)
{
    size_t count;
    size_t kind = (size_t)(finding->kind - mpta_finding_kinds(&count));
    struct group *group = &groups[kind * MPTA_SEVERITY_COUNT + finding->severity];
    if (group->rows == 0) {
        group->severity = finding->severity;
        const struct mpta_place *first = &finding->witnesses[0].at;
        group->time_ns = first->packet != 0 ? first->time_ns : INT64_MAX;
    }
    if (group->rows < 1 + ALSO_MAX) {
        group->witnesses[group->rows] = *witness;
    }
    group->rows++;
}

static void groups_gather(const struct text *text, struct group *groups)
{
    const struct mpta_tracker *tracker = text->report->tracker;
    struct mpta_connection connection;
    struct mpta_finding finding;
    struct witness witness = {.has_connection = true};

    for (size_t i = 0; mpta_tracker_connection_at(tracker, i, &connection); i++) {
        witness.connection = connection.id;
        for (size_t j = 0; mpta_tracker_finding(tracker, connection.id, j, &finding); j++) {
            witness.index = j;
            group_add(groups, &finding, &witness);
        }
    }
    witness.has_connection = false;
    for (size_t j = 0; mpta_tracker_global_finding(tracker, j, &finding); j++) {
        witness.index = j;
        group_add(groups, &finding, &witness);
    }
}

/* The worst first, then in the order of time; groups without a finding last. */
static int group_compare(const void *left, const void *right)
{
    const struct group *a = left;
    const struct group *b = right;
    if ((a->rows == 0) != (b->rows == 0)) {
        return a->rows == 0 ? 1 : -1;
    }
    if (a->severity != b->severity) {
        return a->severity > b->severity ? -1 : 1;
    }
    return (a->time_ns > b->time_ns) - (a->time_ns < b->time_ns);
}

/* ", 7 times, then packets 20, 31": where else one row was seen. */
static void repetition_words(const struct mpta_finding *finding, struct text_line *line)
{
    uint32_t capture = finding->witnesses[0].at.capture;
    text_line_item(line, "%" PRIu64 " times", finding->count);
    for (size_t i = 1; i < finding->witness_count; i++) {
        const struct mpta_place *at = &finding->witnesses[i].at;
        if (at->packet == 0 || at->capture != capture) {
            return;
        }
        text_line_add(line, "%s %" PRIu64, i == 1 ? ", then packets" : ",", (uint64_t)at->packet);
    }
}

/* What is said of a whole capture, where there are several. */
static void capture_words(const struct text *text, uint32_t capture, struct text_line *line)
{
    if (text->report->capture_count > 1 && capture < text->report->capture_count) {
        text_line_item(line, "%s", "");
        words_capture(text->report, capture, line);
    }
}

/* "connection 0, subflow 1, packet 17". */
static void witness_words(const struct text *text, const struct witness *witness,
                          const struct mpta_finding *finding, struct text_line *line)
{
    if (witness->has_connection) {
        text_line_item(line, "connection %" PRIu32, witness->connection);
    }
    if (finding->witnesses[0].has_subflow) {
        text_line_item(line, "%ssubflow %" PRIu32, witness->has_connection ? "" : "unlinked ",
                       finding->witnesses[0].subflow);
    }
    words_place(text, &finding->witnesses[0].at, line);
    if (finding->kind->group == MPTA_GROUP_CAPTURE && finding->witnesses[0].at.packet == 0) {
        capture_words(text, finding->witnesses[0].at.capture, line);
    }
    if (finding->count > 1) {
        repetition_words(finding, line);
    }
}

static void indented(const struct text *text, const char *words)
{
    fprintf(text->stream, "%*s", LABEL_COLUMN, "");
    text_wrap(text->stream, LABEL_COLUMN, LABEL_COLUMN, words);
}

/* What to do about it, if asked for: the verdict has said it of the worst. */
static void advice_write(const struct text *text, const struct mpta_finding_kind *kind)
{
    struct text_line line;
    if (!text->style->verbose) {
        return;
    }
    text_line_start(&line);
    text_line_add(&line, "next: %s", kind->advice);
    indented(text, line.text);
}

/* The sentence of the first finding, where it is, and what to look up. */
static void group_first_write(const struct text *text, const struct group *group,
                              const struct mpta_finding *first)
{
    struct text_line line;
    fprintf(text->stream, "%s%-*s%s", text_paint(text, severity_paint(group->severity)),
            LABEL_COLUMN, mpta_severity_name(group->severity), text_unpaint(text));
    escape_format(first->message, line.text, sizeof line.text);
    text_wrap(text->stream, LABEL_COLUMN, LABEL_COLUMN, line.text);

    text_line_start(&line);
    witness_words(text, &group->witnesses[0], first, &line);
    text_line_add(&line, "%s[%s%s%s]", line.length > 0 ? "  " : "", first->kind->id,
                  first->kind->rfc != NULL ? ", " : "",
                  first->kind->rfc != NULL ? first->kind->rfc : "");
    indented(text, line.text);
}

/* One more place; with its sentence, where that is another than the first one's. */
static void also_write(const struct text *text, const struct witness *witness,
                       const struct mpta_finding *first)
{
    struct mpta_finding finding;
    struct text_line place;
    struct text_line line;
    if (!witness_finding(text, witness, &finding)) {
        return;
    }
    text_line_start(&place);
    text_line_start(&line);
    witness_words(text, witness, &finding, &place);
    text_line_add(&line, "also %s", place.text);
    if (strcmp(finding.message, first->message) != 0) {
        char message[TEXT_LINE_MAX];
        escape_format(finding.message, message, sizeof message);
        text_line_add(&line, ": %s", message);
    }
    indented(text, line.text);
}

/* A kind of finding: what it says, where, where else, and what to do. */
static void group_write(const struct text *text, const struct group *group)
{
    struct mpta_finding first;
    struct text_line line;
    uint64_t shown = group->rows < 1 + ALSO_MAX ? group->rows : 1 + ALSO_MAX;
    if (!witness_finding(text, &group->witnesses[0], &first)) {
        return;
    }
    group_first_write(text, group, &first);
    for (uint64_t i = 1; i < shown; i++) {
        also_write(text, &group->witnesses[i], &first);
    }
    if (group->rows > shown) {
        text_line_start(&line);
        text_line_add(&line, "and %" PRIu64 " more", group->rows - shown);
        indented(text, line.text);
    }
    advice_write(text, first.kind);
}

bool text_findings_write(const struct text *text)
{
    size_t kind_count;
    mpta_finding_kinds(&kind_count);
    size_t count = kind_count * MPTA_SEVERITY_COUNT;
    struct group *groups = calloc(count, sizeof *groups);
    if (groups == NULL) {
        return false;
    }
    groups_gather(text, groups);
    qsort(groups, count, sizeof *groups, group_compare);
    for (size_t i = 0; i < count && groups[i].rows > 0; i++) {
        if (i == 0) {
            putc('\n', text->stream);
        }
        group_write(text, &groups[i]);
    }
    free(groups);
    return true;
}
