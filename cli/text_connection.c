/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One connection in full: who, how, when, what identifies it, then its subflows and addresses.
 */
#include <inttypes.h>

#include "cli/report_text.h"
#include "cli/text_wrap.h"
#include "cli/units.h"

void text_connection_findings(const struct text *text, const struct mpta_connection *connection,
                              uint64_t counts[MPTA_SEVERITY_COUNT])
{
    struct mpta_finding finding;
    counts[MPTA_NOTE] = counts[MPTA_WARNING] = counts[MPTA_ERROR] = 0;
    for (size_t i = 0; mpta_tracker_finding(text->report->tracker, connection->id, i, &finding);
         i++) {
        counts[finding.severity]++;
    }
}

static void heading_write(const struct text *text, const struct mpta_connection *connection)
{
    const struct mpta_host *hosts = connection->hosts;
    struct text_line line;
    char title[32];
    int width = snprintf(title, sizeof title, "Connection %" PRIu32, connection->id);

    text_line_start(&line);
    words_path(text, &hosts[MPTA_CLIENT].address, hosts[MPTA_CLIENT].port,
               &hosts[MPTA_SERVER].address, hosts[MPTA_SERVER].port, &line);
    fprintf(text->stream, "\n%s%s%s  ", text_paint(text, PAINT_HEADING), title, text_unpaint(text));
    text_wrap(text->stream, (size_t)width + 2, (size_t)width + 2, line.text);
}

static void version_words(const struct mpta_connection *connection, struct text_line *line)
{
    bool fell_back = connection->fallback != MPTA_FALLBACK_NONE;
    if (connection->version < 0) {
        text_line_item(line, "MPTCP of unknown version");
    } else {
        text_line_item(line, "MPTCP v%d", connection->version);
    }
    if (fell_back) {
        text_line_add(line, ", fell back to TCP");
    }
    if (connection->late) {
        text_line_item(line, "begun before the capture");
    }
    if (connection->checksum_required) {
        text_line_item(line, "with checksums");
    }
}

bool text_connection_is_fine(const struct text *text, const struct mpta_connection *connection)
{
    uint64_t counts[MPTA_SEVERITY_COUNT];
    text_connection_findings(text, connection, counts);
    return counts[MPTA_ERROR] + counts[MPTA_WARNING] == 0;
}

void words_course(const struct mpta_connection *connection, struct text_line *line)
{
    char duration[UNITS_TEXT_MAX];
    version_words(connection, line);
    if (connection->end_ns > connection->start_ns) {
        units_duration(units_between(connection->start_ns, connection->end_ns), duration);
        text_line_item(line, "lasted %s", duration);
    }
    words_connection_end(connection, line);
}

static void course_write(const struct text *text, const struct mpta_connection *connection)
{
    struct text_line line;
    text_line_start(&line);
    words_course(connection, &line);
    fputs("  ", text->stream);
    text_wrap(text->stream, 2, 2, line.text);
}

void words_tokens(const struct mpta_connection *connection, struct text_line *line)
{
    for (enum mpta_side side = MPTA_CLIENT; side <= MPTA_SERVER; side++) {
        if (connection->hosts[side].token_known) {
            text_line_item(line, "%s 0x%08" PRIx32, words_side(side),
                           connection->hosts[side].token);
        }
    }
    if (connection->key_source == MPTA_KEY_USER) {
        text_line_item(line, "by a key that was given");
    }
}

void words_keys(const struct mpta_connection *connection, struct text_line *line)
{
    for (enum mpta_side side = MPTA_CLIENT; side <= MPTA_SERVER; side++) {
        if (connection->hosts[side].key_known) {
            text_line_item(line, "%s 0x%016" PRIx64, words_side(side), connection->hosts[side].key);
        }
    }
}

static void identity_write(const struct text *text, const struct mpta_connection *connection)
{
    struct text_line tokens;
    struct text_line keys;
    text_line_start(&tokens);
    text_line_start(&keys);
    words_tokens(connection, &tokens);
    if (text->style->show_keys) {
        words_keys(connection, &keys);
    }
    text_labelled(text, PAINT_FAINT, "tokens", &tokens);
    text_labelled(text, PAINT_FAINT, "keys", &keys);
}

static void times_write(const struct text *text, const struct mpta_connection *connection)
{
    char begin[UNITS_TEXT_MAX];
    struct text_line line;
    text_line_start(&line);
    units_time_human(connection->start_ns, begin);
    text_line_add(&line, "%s", begin);
    text_labelled(text, PAINT_FAINT, "began", &line);
}

void words_stream(const struct text *text, const struct mpta_connection *connection,
                  enum mpta_side sender, struct text_line *line)
{
    const struct mpta_stream *stream = &connection->streams[sender];
    char bytes[UNITS_TEXT_MAX];
    if (stream->data_bytes == 0 && stream->missing_bytes == 0 && stream->unplaced_bytes == 0) {
        return;
    }
    units_bytes(stream->data_bytes, bytes);
    text_line_item(line, "%s %s", text_arrow(text, sender), bytes);
    if (stream->reinjected_bytes > 0) {
        units_bytes(stream->reinjected_bytes, bytes);
        text_line_add(line, " (%s reinjected)", bytes);
    }
    if (stream->below_idsn_bytes > 0) {
        units_bytes(stream->below_idsn_bytes, bytes);
        text_line_add(line, " (%s below IDSN + 1)", bytes);
    }
    if (stream->missing_bytes > 0) {
        units_bytes(stream->missing_bytes, bytes);
        text_line_add(line, " (%s not captured)", bytes);
    }
    if (stream->unplaced_bytes > 0 && connection->capture_over) {
        units_bytes(stream->unplaced_bytes, bytes);
        text_line_add(line, " (and %s that no known mapping covers)", bytes);
    }
    if (stream->unkept_bytes > 0) {
        units_bytes(stream->unkept_bytes, bytes);
        text_line_add(line, " (%s not kept until their mapping came)", bytes);
    }
    if (stream->uncompared_bytes > 0) {
        units_bytes(stream->uncompared_bytes, bytes);
        text_line_add(line, " (%s sent again and not compared)", bytes);
    }
    if (stream->blurred_bytes > 0) {
        units_bytes(stream->blurred_bytes, bytes);
        text_line_add(line, " (give or take %s)", bytes);
    }
    if (!stream->base_is_idsn) {
        text_line_add(line, connection->late ? " (begins in mid-stream)" : " (IDSN unknown)");
    }
}

static void data_write(const struct text *text, const struct mpta_connection *connection)
{
    struct text_line line;
    text_line_start(&line);
    for (enum mpta_side side = MPTA_CLIENT; side <= MPTA_SERVER; side++) {
        words_stream(text, connection, side, &line);
    }
    text_labelled(text, PAINT_FAINT, "data", &line);
}

static void holes_write(const struct text *text, const struct mpta_connection *connection)
{
    struct text_line line;
    text_line_start(&line);
    for (enum mpta_side side = MPTA_CLIENT; side <= MPTA_SERVER; side++) {
        char holes[UNITS_TEXT_MAX];
        char bytes[UNITS_TEXT_MAX];
        struct extent first;
        if (text->report->payload == NULL) {
            continue;
        }
        struct holes written =
            payload_holes(text->report->payload, connection->id, side, &connection->streams[side]);
        if (!holes_get(&written, 0, &first)) {
            continue;
        }
        units_count(holes_count(&written), "hole", "holes", holes, sizeof holes);
        units_bytes(holes_bytes(&written), bytes);
        text_line_item(&line, "%s %s of %s filled with zeros, from byte %" PRIu64 " on",
                       text_arrow(text, side), holes, bytes, first.begin);
    }
    text_labelled(text, PAINT_NOTE, "payload", &line);
}

/* Where there are several connections, the section of findings is far away. */
static void findings_write(const struct text *text, const struct mpta_connection *connection)
{
    struct mpta_finding finding;
    for (size_t i = 0; mpta_tracker_finding(text->report->tracker, connection->id, i, &finding);
         i++) {
        struct text_line line;
        text_line_start(&line);
        text_line_add(&line, "%s", finding.kind->id);
        if (finding.witnesses[0].has_subflow) {
            text_line_item(&line, "subflow %" PRIu32, finding.witnesses[0].subflow);
        }
        words_place(text, &finding.witnesses[0].at, &line);
        text_labelled(text, severity_paint(finding.severity), mpta_severity_name(finding.severity),
                      &line);
    }
}

void text_connection_write(const struct text *text, const struct mpta_connection *connection)
{
    uint32_t second;
    heading_write(text, connection);
    course_write(text, connection);
    times_write(text, connection);
    identity_write(text, connection);
    data_write(text, connection);
    text_paths_write(text, connection);
    holes_write(text, connection);
    if (mpta_tracker_connection_id(text->report->tracker, 1, &second)) {
        findings_write(text, connection);
    }
    text_subflows_write(text, connection);
    text_addresses_write(text, connection);
    text_kernel_write(text, connection);
}
