/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What was read: at the top whether it was damaged or of an unknown kind, at the end how much it
 * was, and what could be verified in it.
 */
#include <inttypes.h>

#include "cli/escape.h"
#include "cli/report_text.h"
#include "cli/text_wrap.h"
#include "cli/units.h"

void text_damage_write(const struct text *text)
{
    for (size_t i = 0; i < text->report->capture_count; i++) {
        const char *damaged = text->report->captures[i].capture->damaged;
        char printable[1024];
        struct text_line line;
        if (damaged == NULL) {
            continue;
        }
        text_line_start(&line);
        words_capture(text->report, i, &line);
        escape_format(damaged, printable, sizeof printable);
        text_line_add(&line, ": %s", printable);
        fprintf(text->stream, "\n%sdamaged%s  ", text_paint(text, PAINT_ERROR), text_unpaint(text));
        text_wrap(text->stream, 9, 9, line.text);
    }
}

static bool capture_is_unsupported(const struct report_capture *read)
{
    uint64_t unsupported = read->frames[MPTA_FRAME_LINK_UNSUPPORTED];
    return unsupported > 0 && unsupported == read->capture->packets;
}

void text_unsupported_write(const struct text *text)
{
    for (size_t i = 0; i < text->report->capture_count; i++) {
        const struct report_capture *read = &text->report->captures[i];
        struct text_line line;
        if (!capture_is_unsupported(read)) {
            continue;
        }
        text_line_start(&line);
        words_capture(text->report, i, &line);
        text_line_add(&line, ": link type %" PRIu32 " is not supported, no packet was understood",
                      read->unsupported);
        fprintf(text->stream, "\n%sunknown%s  ", text_paint(text, PAINT_WARNING),
                text_unpaint(text));
        text_wrap(text->stream, 9, 9, line.text);
    }
}

/* Frames that may have carried TCP and told nothing. */
static void frames_write(const struct text *text, const struct report_capture *read)
{
    static const struct {
        enum mpta_frame frame;
        const char *one;
        const char *many;
        const char *words;
    } rows[] = {
        {MPTA_FRAME_FRAGMENT,         "IP fragment", "IP fragments", "without a TCP header"     },
        {MPTA_FRAME_CUT,              "packet",      "packets",      "cut by the snap length"   },
        {MPTA_FRAME_MALFORMED,        "packet",      "packets",      "with malformed headers"   },
        {MPTA_FRAME_LINK_UNSUPPORTED, "packet",      "packets",      "of unsupported link types"},
    };
    struct text_line line;
    text_line_start(&line);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char count[UNITS_TEXT_MAX];
        if (read->frames[rows[i].frame] > 0) {
            units_count(read->frames[rows[i].frame], rows[i].one, rows[i].many, count,
                        sizeof count);
            text_line_item(&line, "%s %s", count, rows[i].words);
        }
    }
    if (line.length > 0) {
        fputs("  ", text->stream);
        text_wrap(text->stream, 2, 2, line.text);
    }
}

/* Counts that are worth a word only where they are not 0. */
static void exceptions_add(const struct capture *capture, struct text_line *line)
{
    const struct {
        uint64_t count;
        const char *words;
    } exceptions[] = {
        {capture->filtered,                                          "turned away by the filter"     },
        {capture->late,                                              "too late for the order of time"},
        {capture->kernel_drops_known ? capture->kernel_drops : 0,    "dropped while capturing"       },
        {capture->kernel_drops_known ? capture->interface_drops : 0, "dropped by the interface"      },
    };
    for (size_t i = 0; i < sizeof exceptions / sizeof exceptions[0]; i++) {
        if (exceptions[i].count > 0) {
            text_line_item(line, "%" PRIu64 " %s", exceptions[i].count, exceptions[i].words);
        }
    }
}

/* A live capture keeps headers unless payload is asked for: said once, with what it costs. */
static void left_out_write(const struct text *text, const struct capture *capture)
{
    struct mpta_summary summary;
    struct text_line line;
    if (!capture->headers_only || capture->shortened == 0) {
        return;
    }
    mpta_tracker_summary(text->report->tracker, &summary);
    uint64_t checksums = summary.dss_checksum.unverifiable;
    text_line_start(&line);
    text_line_add(&line, "payload was not captured");
    if (checksums > 0) {
        text_line_add(&line, ", so that %" PRIu64 " checksum%s could not be verified", checksums,
                      checksums == 1 ? "" : "s");
    }
    text_line_add(&line, ": -w FILE or -o payload=DIR keeps it");
    fputs("  ", text->stream);
    text_wrap(text->stream, 2, 2, line.text);
}

static void capture_write(const struct text *text, size_t index)
{
    const struct report_capture *read = &text->report->captures[index];
    const struct capture *capture = read->capture;
    char packets[UNITS_TEXT_MAX];
    char bytes[UNITS_TEXT_MAX];
    char duration[UNITS_TEXT_MAX];
    struct text_line line;

    text_line_start(&line);
    words_capture(text->report, index, &line);
    units_count(capture->packets, "packet", "packets", packets, sizeof packets);
    units_bytes(capture->bytes, bytes);
    text_line_add(&line, ": %s", packets);
    if (capture->packets > 0) {
        text_line_add(&line, " (%" PRIu64 " TCP, %" PRIu64 " MPTCP), %s",
                      read->frames[MPTA_FRAME_TCP], read->mptcp_packets, bytes);
    }
    if (capture->packets > 1 && capture->time_known) {
        units_duration(units_between(capture->start_ns, capture->end_ns), duration);
        text_line_add(&line, " in %s", duration);
    }
    if (capture->interface_count > 1) {
        text_line_item(&line, "%zu interfaces", capture->interface_count);
    }
    exceptions_add(capture, &line);
    if (capture->format == CAPTURE_LIVE && capture->kernel_drops + capture->interface_drops == 0) {
        text_line_item(&line, "none dropped");
    }
    text_wrap(text->stream, 0, 2, line.text);
    frames_write(text, read);
    left_out_write(text, capture);
}

void text_captures_write(const struct text *text)
{
    struct mpta_summary summary;
    putc('\n', text->stream);
    for (size_t i = 0; i < text->report->capture_count; i++) {
        capture_write(text, i);
    }
    mpta_tracker_summary(text->report->tracker, &summary);
    if (summary.duplicates > 0) {
        char packets[UNITS_TEXT_MAX];
        units_count(summary.duplicates, "packet", "packets", packets, sizeof packets);
        fprintf(text->stream, "%s captured more than once and counted once\n", packets);
    }
}

static void verdicts_add(const struct mpta_verdict_counts *counts, const char *what,
                         struct text_line *line)
{
    struct text_line verdicts;
    text_line_start(&verdicts);
    if (counts->invalid > 0) {
        text_line_item(&verdicts, "%" PRIu64 " invalid", counts->invalid);
    }
    if (counts->valid > 0) {
        text_line_item(&verdicts, "%" PRIu64 " valid", counts->valid);
    }
    if (counts->unverifiable > 0) {
        text_line_item(&verdicts, "%" PRIu64 " unverifiable", counts->unverifiable);
    }
    if (verdicts.length > 0) {
        text_line_add(line, "%s%s: %s", line->length > 0 ? "; " : "", what, verdicts.text);
    }
}

void text_verified_write(const struct text *text)
{
    struct mpta_summary summary;
    struct text_line line;
    mpta_tracker_summary(text->report->tracker, &summary);
    text_line_start(&line);
    verdicts_add(&summary.join_hmac, "join HMACs", &line);
    verdicts_add(&summary.add_addr_hmac, "ADD_ADDR HMACs", &line);
    verdicts_add(&summary.dss_checksum, "checksums", &line);
    if (line.length > 0) {
        text_wrap(text->stream, 0, 2, line.text);
    }
}
