/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * How far a host lets its peer send, RFC 8684 section 3.3.4: the window of whatever subflow counts
 * from the DATA_ACK, and the right edge that it gives is one for the connection. A receiver does
 * not take an edge back (RFC 9293 section 3.8.6), so what it says once it has the data is at least
 * what it had said before; acknowledgements that were not captured change nothing in that.
 */
#include "analyzer/amount.h"
#include "analyzer/data.h"
#include "analyzer/part.h"
#include "analyzer/seq.h"

/* The widest window that TCP has: 65535 octets, scaled by 14 (RFC 7323 section 2.3). */
#define WINDOW_MAX (UINT64_C(65535) << 14)
#define SCALE_MAX  14

static void take_scale(struct incoming *in)
{
    struct mpta_option_walk walk;
    struct mpta_tcp_option option;
    struct half *half = sender_half(in);
    enum mpta_walk step;
    half->scales = false;
    mpta_option_walk_start(&walk, in->segment);
    while ((step = mpta_option_walk_next(&walk, &option)) == MPTA_WALK_OPTION) {
        if (option.kind != MPTA_KIND_WINDOW_SCALE || option.length != 3)
            continue;
        half->scales = true;
        half->scale = option.octets[2] < SCALE_MAX ? option.octets[2] : SCALE_MAX;
    }
    half->scale_known = step == MPTA_WALK_END;
}

/* The window of a segment in octets; false if its scale is not known. */
static bool window_of(const struct incoming *in, uint64_t *window)
{
    const struct half *own = sender_half(in), *peer = receiver_half(in);
    bool scaled = own->scales && peer->scales && !(in->segment->flags & MPTA_TCP_SYN);
    *window = (uint64_t)in->segment->window << (scaled ? own->scale : 0);
    return own->scale_known && peer->scale_known;
}

/* The edge that a segment gives is relative to the highest DATA_ACK. */
static void take_edge(const struct incoming *in, const struct stream *stream,
                      struct window_watch *watch)
{
    uint64_t window, from = stream->acked_known ? stream->acked : stream->first;
    bool known = window_of(in, &window);
    if (!known && !(in->segment->flags & MPTA_TCP_SYN))
        watch->unbounded = true;
    else if ((stream->acked_known || stream->first_is_known) && from + window > watch->edge)
        watch->edge = from + window;
}

static bool report_beyond(struct incoming *in, const struct window_watch *watch, uint64_t data_ack)
{
    struct connection *connection = in->subflow->connection;
    const struct occurrence beyond =
        occurrence_remembered(FINDING_DATA_BEYOND_WINDOW, &watch->beyond->by);
    bool proven =
        watch->beyond->sure && data_is_sure(in) && watch->beyond->data_end > data_ack + WINDOW_MAX;
    return finding_add_as(
        &connection->findings, proven ? MPTA_ERROR : MPTA_WARNING, &beyond,
        "the %s sends data that ends %s beyond the %s's window%s", side_word(receiver_side(in)),
        amount_of(watch->beyond->data_end - watch->edge, "byte").text, side_word(sender_side(in)),
        proven ? ", and beyond any window that TCP has" : "");
}

/* The receiver of what went too far speaks: it has the data, and says how far it may go now. */
static bool settle(struct incoming *in, struct window_watch *watch)
{
    if (!watch->beyond || watch->beyond->by.subflow != in->subflow)
        return true;
    const struct mpta_mptcp_option *option = options_find(in->options, MPTA_DSS);
    const struct half *half = receiver_half(in);
    const struct stream *stream = &in->subflow->connection->streams[receiver_side(in)];
    if (!option || !option->dss.has_ack ||
        seq_extend(in->segment->ack, half->next) < watch->beyond->seq_end)
        return true;
    bool beyond = !watch->unbounded && watch->beyond->data_end > watch->edge + WINDOW_SLACK;
    bool done = !beyond || report_beyond(in, watch, stream->acked);
    watch->beyond->by.subflow = NULL;
    return done;
}

bool window_take(struct incoming *in)
{
    struct connection *connection = in->subflow->connection;
    struct window_watch *watch = &connection->watches[receiver_side(in)].window;
    if (in->segment->flags & MPTA_TCP_RST)
        return true;
    if (in->segment->flags & MPTA_TCP_SYN)
        take_scale(in);
    if (!(in->segment->flags & MPTA_TCP_ACK))
        return true;
    if (!stall_take_window(in))
        return false;
    take_edge(in, &connection->streams[receiver_side(in)], watch);
    return settle(in, watch);
}

bool window_take_beyond(struct incoming *in, uint64_t end)
{
    struct window_watch *watch = &sender_watch(in)->window;
    const struct half *half = sender_half(in);
    if (watch->unbounded || watch->edge == 0 || (watch->beyond && watch->beyond->by.subflow) ||
        half->infinite || half->plain)
        return true;
    watch->beyond = part_make(watch->beyond, sizeof(*watch->beyond));
    if (!watch->beyond)
        return false;
    *watch->beyond = (struct beyond_window){
        .by = remember(in),
        .data_end = end,
        .seq_end = in->extent.end,
        .sure = data_is_sure(in),
    };
    return true;
}
