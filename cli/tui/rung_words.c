/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Rungs in words: of each option of an event what tells it from others of its kind, of data where
 * it lies in the stream.
 */
#include "cli/tui/rung_words.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

/* Adds a word after a blank, unless it is the first. */
__attribute__((format(printf, 2, 3))) static void word(struct text_line *line, const char *format,
                                                       ...)
{
    char text[256];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    text_line_add(line, "%s%s", line->length > 0 ? " " : "", text);
}

/* ---- Events --------------------------------------------------------------------------------- */

static void flags_words(const struct packet *packet, struct text_line *line)
{
    bool ack = (packet->flags & MPTA_TCP_ACK) != 0;
    if (packet->flags & MPTA_TCP_SYN) {
        word(line, "SYN%s", ack ? "/ACK" : "");
    } else if (packet->flags & MPTA_TCP_RST) {
        word(line, "RST");
    } else if (packet->flags & MPTA_TCP_FIN) {
        word(line, "FIN");
    } else if (ack && packet->payload_len == 0) {
        word(line, "ACK");
    }
}

static void add_addr_words(const struct mpta_add_addr *add_addr, struct text_line *line)
{
    char text[MPTA_ENDPOINT_TEXT_MAX];
    if (add_addr->has_port) {
        mpta_endpoint_format(&add_addr->address, add_addr->port, text, sizeof text);
    } else {
        mpta_address_format(&add_addr->address, text, sizeof text);
    }
    word(line, "%s id %u%s", text, add_addr->address_id, add_addr->echo ? " echo" : "");
}

static void remove_addr_words(const struct mpta_remove_addr *remove, struct text_line *line)
{
    for (size_t i = 0; i < remove->count && i < MPTA_REMOVE_ADDR_IDS_MAX; i++) {
        word(line, "id %u", remove->address_ids[i]);
    }
}

/* What an option says that its name does not. */
static void option_details(const struct mpta_mptcp_option *option, struct text_line *line)
{
    switch ((int)option->subtype) {
    case MPTA_MP_CAPABLE:
        word(line, "v%u", option->capable.version);
        break;
    case MPTA_MP_JOIN:
        if (option->join.form != MPTA_JOIN_ACK) {
            word(line, "id %u%s", option->join.address_id, option->join.backup ? " backup" : "");
        }
        break;
    case MPTA_ADD_ADDR:
        add_addr_words(&option->add_addr, line);
        break;
    case MPTA_REMOVE_ADDR:
        remove_addr_words(&option->remove_addr, line);
        break;
    case MPTA_MP_PRIO:
        word(line, "%s", option->prio.backup ? "backup" : "regular");
        break;
    case MPTA_MP_TCPRST:
        word(line, "%s", mpta_reset_reason_text(option->tcprst.reason));
        break;
    default:
        break;
    }
}

static void option_words(const struct mpta_tcp_option *option, struct text_line *line)
{
    struct mpta_mptcp_option decoded;
    enum mpta_option_status status = mpta_mptcp_decode(option->octets, option->length, &decoded);
    if (status != MPTA_OPTION_OK) {
        word(line, "malformed %s",
             option->length >= 3 ? mpta_subtype_name(decoded.subtype) : "MPTCP option");
    } else if (decoded.subtype == MPTA_DSS) {
        if (decoded.dss.data_fin) {
            word(line, "DATA_FIN");
        } else if (decoded.dss.has_map && decoded.dss.data_len == 0) {
            word(line, "infinite mapping");
        }
    } else {
        word(line, "%s", mpta_subtype_name(decoded.subtype));
        option_details(&decoded, line);
    }
}

static void event_words(const struct rung *rung, const struct packet_store *store,
                        struct text_line *line)
{
    const struct packet *packet = packet_store_get(store, rung->first);
    uint8_t octets[PACKET_OCTETS_MAX];
    struct mpta_segment segment;
    struct mpta_option_walk walk;
    struct mpta_tcp_option option;
    if (packet == NULL) {
        return;
    }
    flags_words(packet, line);
    packet_store_octets(store, packet, octets);
    if (mpta_frame_dissect(packet->link_type, octets, packet->kept, packet->wire_len, &segment) !=
        MPTA_FRAME_TCP) {
        return;
    }
    mpta_option_walk_start(&walk, &segment);
    while (mpta_option_walk_next(&walk, &option) == MPTA_WALK_OPTION) {
        if (option.kind == MPTA_KIND_MPTCP) {
            option_words(&option, line);
        }
    }
    if (packet->fed.duplicate) {
        word(line, "(seen before)");
    } else if (packet->fed.damaged) {
        word(line, "(damaged)");
    }
}

/* ---- Data ----------------------------------------------------------------------------------- */

/* What is between the first and the last octet, but not in this run, went elsewhere or comes later.
 */
static bool rung_has_gaps(const struct rung *rung)
{
    return rung->placed_bytes < (uint64_t)rung->end - (uint64_t)rung->begin;
}

static void range_words(const struct rung *rung, struct text_line *line)
{
    static const char *const repeats[] = {
        [REPEAT_NONE] = "", [REPEAT_AGAIN] = "again", [REPEAT_REINJECTED] = "reinjected"};
    if (rung->bytes == 0) {
        return;
    }
    if (rung->repeat != REPEAT_NONE) {
        word(line, "%s", repeats[rung->repeat]);
    }
    if (rung->placed && rung_has_gaps(rung)) {
        word(line, "%" PRIu64 " of", rung->placed_bytes);
    }
    if (rung->placed) {
        word(line, "%" PRId64 "..%" PRId64, rung->begin, rung->end);
    } else {
        word(line, "%" PRIu64 " octets", rung->bytes);
    }
    if (rung->packets > 1) {
        word(line, "x%" PRIu64, rung->packets);
    }
}

void rung_words(const struct rung *rung, const struct packet_store *store, struct text_line *line)
{
    text_line_start(line);
    switch (rung->kind) {
    case RUNG_EVENT:
        event_words(rung, store, line);
        break;
    case RUNG_DATA:
        word(line, "data");
        break;
    case RUNG_AGAIN: /* its range says so */
        break;
    case RUNG_ACK:
        if (!rung->acked) {
            word(line, "ACK");
        }
        break;
    }
    range_words(rung, line);
    if (rung->acked && rung->bytes == 0) {
        word(line, "DATA_ACK %" PRId64, rung->data_ack);
    }
}
