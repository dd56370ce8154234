/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Whether several paths helped: a line for each direction whose data took more than one, and
 * only where there is something to say.
 */
#include <inttypes.h>

#include "cli/report_text.h"
#include "cli/units.h"

/* From here on a stall is felt. */
#define STALL_LEAST_NS INT64_C(10000000)

static void gain_words(const struct mpta_paths *paths, struct text_line *line)
{
    if (!paths->gain_is_telling) {
        return;
    }
    if (paths->gain >= MPTA_GAIN_LEAST) {
        text_line_item(line, "%zu paths gave %.2f times the best one", paths->count, paths->gain);
    } else {
        text_line_item(line, "%zu paths gave no more than the best one", paths->count);
    }
}

static void stall_words(const struct mpta_stream_measure *measure, struct text_line *line)
{
    char all[UNITS_TEXT_MAX];
    char longest[UNITS_TEXT_MAX];
    if (measure->stall_ns < STALL_LEAST_NS) {
        return;
    }
    units_duration(measure->stall_ns, all);
    units_duration(measure->longest_stall_ns, longest);
    text_line_item(line, "data waited %s behind gaps", all);
    if (measure->stalls > 1) {
        text_line_add(line, " (%s at most)", longest);
    }
}

void words_paths(const struct text *text, const struct mpta_connection *connection,
                 enum mpta_side sender, struct text_line *line)
{
    const struct mpta_stream *stream = &connection->streams[sender];
    const struct mpta_stream_measure *measure = &stream->measure;
    struct mpta_paths paths;
    mpta_tracker_paths(text->report->tracker, connection, sender, &paths);
    if (paths.count < 2) {
        return;
    }
    gain_words(&paths, line);
    if (measure->hand_overs > 0) {
        char count[UNITS_TEXT_MAX];
        units_count(measure->hand_overs, "hand-over", "hand-overs", count, sizeof count);
        text_line_item(line, "%s", count);
    }
    stall_words(measure, line);
}

void text_paths_write(const struct text *text, const struct mpta_connection *connection)
{
    const char *label = "paths";
    for (enum mpta_side side = MPTA_CLIENT; side <= MPTA_SERVER; side++) {
        struct text_line words;
        struct text_line line;
        text_line_start(&words);
        text_line_start(&line);
        words_paths(text, connection, side, &words);
        if (words.length > 0) {
            text_line_add(&line, "%s %s", text_arrow(text, side), words.text);
            text_labelled(text, PAINT_FAINT, label, &line);
            label = "";
        }
    }
}
