/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The answer, before everything else: what happened to each connection, and why. Of very many
 * connections only those are answered for that something is to be said against.
 */
#include <inttypes.h>

#include "cli/escape.h"
#include "cli/report_text.h"
#include "cli/text_wrap.h"
#include "cli/units.h"

#define VERDICTS_SHOWN 20

static void sentence_write(const struct text *text, const struct mpta_sentence *sentence,
                           const char *before)
{
    char words[TEXT_LINE_MAX];
    size_t indent = before[0] == '\0' ? 0 : 2;
    size_t length = (size_t)snprintf(words, sizeof words, "%s", before);
    escape_format(sentence->text, words + length, sizeof words - length);
    fputs(text_paint(text, sentence->severity == MPTA_NOTE ? PAINT_HEADING
                                                           : severity_paint(sentence->severity)),
          text->stream);
    text_wrap(text->stream, 0, indent, words);
    fputs(text_unpaint(text), text->stream);
}

static void verdict_write(const struct text *text, uint32_t connection, bool alone)
{
    struct mpta_sentence sentences[MPTA_SENTENCES_MAX];
    char before[32] = "";
    size_t count = report_verdict(text->report, connection, sentences);
    for (size_t i = 0; i < count; i++) {
        if (!alone) {
            snprintf(before, sizeof before, i == 0 ? "Connection %" PRIu32 ": " : "  ", connection);
        }
        sentence_write(text, &sentences[i], before);
    }
}

void text_verdicts_write(const struct text *text, const struct mpta_summary *summary, bool all)
{
    struct mpta_connection connection;
    uint64_t shown = 0;
    uint64_t passed = 0;
    for (size_t i = 0; mpta_tracker_connection_at(text->report->tracker, i, &connection); i++) {
        if (!all && text_connection_is_fine(text, &connection)) {
            continue;
        }
        if (!all && shown == VERDICTS_SHOWN) {
            passed++;
            continue;
        }
        if (shown++ == 0) {
            putc('\n', text->stream);
        }
        verdict_write(text, connection.id, summary->connections == 1);
    }
    if (passed > 0) {
        fprintf(text->stream, "%" PRIu64 " more connections have findings; -v shows all.\n",
                passed);
    }
}
