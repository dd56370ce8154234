/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Packets in one line each. The options' wording is the dissector's; what cannot be decoded is said
 * in words, too.
 */
#include "cli/packet_line.h"

#include <inttypes.h>

#include "cli/escape.h"
#include "cli/units.h"

static void option_words(const struct mpta_tcp_option *option, bool show_keys,
                         struct text_line *words)
{
    struct mpta_mptcp_option decoded;
    char text[MPTA_OPTION_TEXT_MAX];
    enum mpta_option_status status = mpta_mptcp_decode(option->octets, option->length, &decoded);

    text_line_add(words, "%s", words->length > 0 ? "; " : "");
    if (status == MPTA_OPTION_OK) {
        mpta_mptcp_format(&decoded, show_keys, text, sizeof text);
        text_line_add(words, "%s", text);
    } else if (option->length < 3) {
        text_line_add(words, "malformed: an MPTCP option without a subtype");
    } else {
        text_line_add(words, "malformed %s of length %u: %s", mpta_subtype_name(decoded.subtype),
                      option->length, mpta_option_status_text(status));
    }
}

/* What the options of kind 30 say; empty where there are none. */
static void options_words(const struct packet_line *packet, bool show_keys, struct text_line *words)
{
    struct mpta_option_walk walk;
    struct mpta_tcp_option option;
    enum mpta_walk step;

    text_line_start(words);
    mpta_option_walk_start(&walk, packet->segment);
    while ((step = mpta_option_walk_next(&walk, &option)) == MPTA_WALK_OPTION) {
        if (option.kind == MPTA_KIND_MPTCP) {
            option_words(&option, show_keys, words);
        }
    }
    bool mptcp = words->length > 0 || packet->fed->has_subflow;
    if (mptcp && step == MPTA_WALK_OVERRUN) {
        text_line_add(words, "%smalformed: a TCP option reaches past the option area",
                      words->length > 0 ? "; " : "");
    } else if (mptcp && step == MPTA_WALK_CUT) {
        text_line_add(words, "%sfurther options cut by the snap length",
                      words->length > 0 ? "; " : "");
    }
}

/* "#17 0.103422", with the file's name where there are several. */
static void place_words(const struct text *text, const struct packet_line *packet,
                        struct text_line *line)
{
    char seconds[UNITS_TEXT_MAX];
    if (text->report->capture_count > 1) {
        words_capture(text->report, packet->frame->capture, line);
    }
    units_seconds(units_between(packet->first_ns, packet->frame->time_ns), seconds);
    text_line_add(line, "#%" PRIu64 " %s ", packet->frame->number, seconds);
}

/* The interface's name, or its number where the file does not name it. */
static void interface_words(const struct packet_line *packet, struct text_line *line)
{
    uint32_t index = packet->frame->interface;
    const char *name =
        index < packet->capture->interface_count ? packet->capture->interfaces[index].name : "";
    char printable[256];
    if (name[0] == '\0') {
        text_line_add(line, "if%" PRIu32 " ", index);
        return;
    }
    escape_format(name, printable, sizeof printable);
    text_line_add(line, "%s ", printable);
}

static void subflow_words(const struct mpta_fed *fed, struct text_line *line)
{
    if (fed->has_subflow && fed->has_connection) {
        text_line_add(line, "%" PRIu32 ".%" PRIu32 " ", fed->connection, fed->subflow);
    } else if (fed->has_subflow) {
        text_line_add(line, "u%" PRIu32 " ", fed->subflow);
    } else {
        text_line_add(line, "- ");
    }
}

static void segment_words(const struct mpta_segment *segment, struct text_line *line)
{
    char source[MPTA_ENDPOINT_TEXT_MAX];
    char destination[MPTA_ENDPOINT_TEXT_MAX];
    char flags[MPTA_TCP_FLAGS_TEXT_MAX];
    mpta_endpoint_format(&segment->src, segment->src_port, source, sizeof source);
    mpta_endpoint_format(&segment->dst, segment->dst_port, destination, sizeof destination);
    mpta_tcp_flags_format(segment->flags, flags, sizeof flags);
    text_line_add(line, "%s > %s %s seq %" PRIu32, source, destination, flags, segment->seq);
    if (segment->flags & MPTA_TCP_ACK) {
        text_line_add(line, " ack %" PRIu32, segment->ack);
    }
    text_line_add(line, " len %" PRIu32, segment->payload_len);
}

void packet_line_write(const struct text *text, const struct packet_line *packet)
{
    struct text_line options;
    struct text_line line;
    options_words(packet, text->style->show_keys, &options);
    if (options.length == 0) {
        return;
    }
    text_line_start(&line);
    place_words(text, packet, &line);
    interface_words(packet, &line);
    subflow_words(packet->fed, &line);
    segment_words(packet->segment, &line);
    fprintf(text->stream, "%s %s%s%s\n", line.text, options.text,
            packet->fed->duplicate ? " (again)" : "", packet->fed->damaged ? " (damaged)" : "");
}
