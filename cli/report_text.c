/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The text report, for somebody who wants to know at three in the morning why it is slow: the
 * answer in the first lines, then what is wrong, then each connection, then what was read.
 */
#include "cli/report_text.h"

#include "cli/text_wrap.h"

/* With more connections than this, only those with errors or warnings are shown in full. */
#define CONNECTIONS_IN_FULL 8

static enum text_paint headline_paint(const struct mpta_summary *summary)
{
    if (summary->findings[MPTA_ERROR] > 0) {
        return PAINT_ERROR;
    }
    return summary->findings[MPTA_WARNING] > 0 ? PAINT_WARNING : PAINT_GOOD;
}

static void headline_write(const struct text *text, const struct mpta_summary *summary)
{
    struct text_line subjects;
    struct text_line findings;
    text_line_start(&subjects);
    text_line_start(&findings);
    words_subjects(summary, &subjects);
    words_findings(summary, &findings);
    bool fits = text_width(subjects.text) + text_width(findings.text) + 2 <= TEXT_COLUMNS;
    fprintf(text->stream, "%s%s:%s%s%s%s%s\n", text_paint(text, PAINT_HEADING), subjects.text,
            text_unpaint(text), fits ? " " : "\n  ", text_paint(text, headline_paint(summary)),
            findings.text, text_unpaint(text));
}

static void connections_write(const struct text *text, bool all)
{
    struct mpta_connection connection;
    if (!all) {
        text_overview_write(text);
    }
    for (size_t i = 0; mpta_tracker_connection_at(text->report->tracker, i, &connection); i++) {
        if (all || !text_connection_is_fine(text, &connection)) {
            text_connection_write(text, &connection);
        }
    }
}

bool report_text(const struct report *report, const struct text_style *style, FILE *stream)
{
    const struct text text = {report, style, stream};
    struct mpta_summary summary;
    mpta_tracker_summary(report->tracker, &summary);
    bool all = style->verbose || summary.connections <= CONNECTIONS_IN_FULL;

    headline_write(&text, &summary);
    text_damage_write(&text);
    text_unsupported_write(&text);
    if (!style->quiet) {
        text_verdicts_write(&text, &summary, all);
    }
    if (!text_findings_write(&text)) {
        return false;
    }
    if (style->quiet) {
        text_overview_write(&text);
        return true;
    }
    connections_write(&text, all);
    text_unlinked_write(&text, summary.unlinked_subflows);
    text_captures_write(&text);
    text_verified_write(&text);
    return true;
}
