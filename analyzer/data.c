/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Where in the data stream a segment's payload lies, RFC 8684 section 3.3: mappings tie subflow
 * octets to data octets; each octet that is new on its subflow is placed in the stream, and told
 * apart into news, reinjections and remappings. What comes before its mapping waits for it.
 *
 * After a fallback (section 3.7) the subflow's octets go on as the stream's: see plain.c.
 */
#include "analyzer/data.h"
#include "analyzer/held.h"
#include "analyzer/keep_alive.h"
#include "analyzer/part.h"
#include "analyzer/seq.h"

/* ---- Placing payload ------------------------------------------------------------------------ */

/* A piece of the stream that is new on its subflow. */
struct news {
    uint64_t begin;
    uint64_t end;
    int64_t came_ns;
    uint64_t data_end; /* up to which there was data before */
    uint64_t seen;     /* octets of it that the stream had before, */
    uint64_t own;      /* over this subflow, too */
    bool certain;      /* else that may be no more than our guess */
};

/*
 * What others carried makes holes in what a subflow did, without end in a long transfer. That the
 * lowest are given up matters only where data comes again: it may have been this subflow's or not.
 */
static void news_blur(const struct rangeset *carried, struct stream *stream, struct news *news)
{
    uint64_t blurred_end = rangeset_blurred_end(carried);
    if (news->own > news->seen)
        news->own = news->seen; /* no subflow carried more */
    if (news->begin < blurred_end)
        stream->blurred_bytes += news->seen;
}

/* Puts it among what was seen. */
static bool news_add(struct incoming *in, struct news *news)
{
    struct stream *stream = sender_stream(in);
    news->data_end = stream_data_end(stream);
    news->certain = rangeset_made_up(&stream->seen) == 0;
    struct rangeset *carried = &sender_half(in)->carried;
    if (!rangeset_add(&stream->seen, news->begin, news->end, &news->seen) ||
        !rangeset_add(carried, news->begin, news->end, &news->own))
        return false;
    news_blur(carried, stream, news);
    return true;
}

/* How much of it the stream had already, and by whom. */
static bool news_count(struct incoming *in, const struct news *news)
{
    struct half *half = sender_half(in);
    struct stream *stream = sender_stream(in);
    uint64_t fresh = news->end - news->begin - news->seen;
    uint64_t reinjected = news->seen > news->own ? news->seen - news->own : 0;
    if (reinjected > 0 && news->certain && !reinject_take(in, news->begin, news->end, reinjected))
        return false;
    half->reinjected_bytes += reinjected;
    half->remapped_bytes += news->own;
    measure_fresh(&half->measure, news->came_ns, fresh);
    in->subflow->connection->measures[sender_side(in)].fresh_bytes += fresh;
    stream->reinjected_bytes += reinjected;
    if (news->end > stream->highest)
        stream->highest = news->end;
    stream_advance(stream, news->end);
    return true;
}

/* It lies behind all that its subflow has carried so far. */
static bool goes_on(const struct incoming *in)
{
    const struct range *last = rangeset_last(&sender_half(in)->seen);
    return last && in->extent.begin >= last->end;
}

/* Its mapping may have made it data only now. */
static struct stream_piece news_to_measure(const struct incoming *in, const struct news *news)
{
    const bool fresh = news->seen < news->end - news->begin;
    return (struct stream_piece){
        .by = sender_side(in),
        .time_ns = in->afterwards ? news->came_ns : in->packet->place.time_ns,
        .begin = news->begin,
        .end = news->end,
        .beyond = news->begin >= news->data_end,
        .waiting = stream_has_waiting(sender_stream(in)),
        .overdue = news->seen == 0 && news->end < news->data_end && goes_on(in),
        .fresh = fresh,
        .reinjected = news->seen > 0,
        .afterwards = in->afterwards,
    };
}

/* Measures a piece, and remembers the packet if it is the first, or has to wait. */
static bool take_course(struct incoming *in, const struct stream_piece *piece)
{
    struct stream_measure *measure = &in->subflow->connection->measures[sender_side(in)];
    struct course_watch *course = &sender_watch(in)->course;
    bool is_first = !measure->has_data, waited = measure_waits(measure);
    if (!measure_data(measure, in->subflow, piece))
        return false;
    if (is_first)
        course->first = remember(in);
    if (waited || !measure_waits(measure))
        return true;
    struct course_stalls *stalls = course->stalls =
        part_make(course->stalls, sizeof(*course->stalls));
    if (!stalls)
        return false;
    if (stalls->last.at.time_ns == measure->head_of_line->longest_at_ns)
        stalls->longest = stalls->last;
    stalls->last = remember(in);
    return true;
}

/* Counts what is new on its subflow, and when it came, by its position in the stream. */
static bool place_piece(struct incoming *in, uint64_t begin, uint64_t end, int64_t came_ns)
{
    struct news news = {.begin = begin, .end = end, .came_ns = came_ns};
    if (!news_add(in, &news) || !news_count(in, &news))
        return false;
    rules_take_data(in, begin, end);
    const struct stream_piece measured = news_to_measure(in, &news);
    return window_take_data(in, end) && hole_take_data(in, measured.waiting) &&
           take_course(in, &measured);
}

/* ---- Payload that waits for its mapping -------------------------------------------------------
 */

/* A mapping that was told, not one for lack of any, gives this octet of the sender's its place. */
static bool is_mapped(const struct incoming *in, uint64_t at)
{
    uint64_t next;
    return mapping_find(&sender_half(in)->mappings, at, &next) != NULL;
}

/* Hands on what was held of the octets that a mapping covers. */
static bool deliver_held(const struct mpta_tracker *tracker, struct incoming *in,
                         const struct mapping *mapping)
{
    const struct held_list *list = &half_waiting(sender_half(in))->held;
    bool done = true;
    for (size_t i = held_find(list, mapping->begin);
         done && i < list->count && list->items[i].begin < mapping->end; i++) {
        const struct held *held = &list->items[i];
        uint64_t begin = held->begin, end = held->begin + held->len;
        if (begin < mapping->begin)
            begin = mapping->begin;
        if (end > mapping->end)
            end = mapping->end;
        struct piece piece = {begin, end, mapping->data + (begin - mapping->begin),
                              held->octets + (begin - held->begin), .waited = true};
        done = deliver_piece(tracker, in, &piece) &&
               rewrite_take(tracker, in, &piece, is_mapped(in, begin));
    }
    return done;
}

/* Places a run of what waited, arrival by arrival: each counts for the time when it came. */
static bool place_waiting(const struct mpta_tracker *tracker, struct incoming *in,
                          const struct mapping *run)
{
    bool done = book_packet(tracker, in);
    for (uint64_t at = run->begin, next; at < run->end && done; at = next) {
        uint64_t position = run->data + (at - run->begin);
        next = run->end;
        int64_t came_ns = arrival_find(&half_waiting(sender_half(in))->arrivals, at,
                                       in->packet->place.time_ns, &next);
        done = place_piece(in, position, position + (next - at), came_ns) &&
               book_earlier(tracker, in, came_ns);
    }
    return done && deliver_held(tracker, in, run);
}

/* Places what came before its mapping. */
bool data_place_unmapped(const struct mpta_tracker *tracker, struct incoming *in,
                         const struct mapping *mapping)
{
    struct half *half = sender_half(in);
    uint64_t at = mapping->begin, from = at;
    struct range gap;
    struct waiting *waiting = half->waiting;
    if (!waiting || rangeset_count(&waiting->octets, mapping->begin, mapping->end) == 0)
        return true;
    for (; at < mapping->end; at = gap.end) {
        if (!rangeset_next_gap(&waiting->octets, &from, mapping->end, &gap))
            gap = (struct range){mapping->end, mapping->end};
        struct mapping run = {at, gap.begin, mapping->data + (at - mapping->begin)};
        if (run.begin < run.end && !place_waiting(tracker, in, &run))
            return false;
    }
    if (!rangeset_remove(&waiting->octets, mapping->begin, mapping->end))
        return false;
    held_prune(&waiting->held, mapping->begin, mapping->end, &waiting->octets);
    if (waiting->octets.count == 0)
        arrival_forget(&waiting->arrivals);
    return true;
}

static uint32_t captured_len(const struct incoming *in)
{
    const struct mpta_segment *segment = in->segment;
    return segment->payload_captured < segment->payload_len ? segment->payload_captured
                                                            : segment->payload_len;
}

/* The captured octets of [begin, end) of a segment, to be placed at `position`; empty if none. */
static struct piece captured_piece(const struct incoming *in, uint64_t begin, uint64_t end,
                                   uint64_t position)
{
    uint64_t captured_end = in->extent.begin + captured_len(in);
    if (end > captured_end)
        end = captured_end;
    if (begin >= end)
        return (struct piece){0};
    return (struct piece){begin, end, position, in->segment->payload + (begin - in->extent.begin),
                          .waited = false};
}

/* So many octets of [begin, end) were captured. */
static size_t captured_count(const struct incoming *in, uint64_t begin, uint64_t end)
{
    struct piece piece = captured_piece(in, begin, end, 0);
    return (size_t)(piece.end - piece.begin);
}

static bool keep_unmapped(struct incoming *in, uint64_t begin, uint64_t end)
{
    struct half *half = sender_half(in);
    struct piece piece = captured_piece(in, begin, end, 0);
    uint64_t overlap;
    struct waiting *waiting = half->waiting = part_make(half->waiting, sizeof(*half->waiting));
    if (!waiting)
        return false;
    if (!held_has_room(&waiting->held, (size_t)(piece.end - piece.begin)))
        waiting->unkept_bytes += piece.end - piece.begin;
    return unmapped_take(in, begin) && rangeset_add(&waiting->octets, begin, end, &overlap) &&
           arrival_note(&waiting->arrivals, begin, in->packet->place.time_ns) &&
           held_keep(&waiting->held, piece.begin, piece.octets, (size_t)(piece.end - piece.begin));
}

/* ---- One segment's payload --------------------------------------------------------------------
 */

static inline enum data_placing find_position(const struct incoming *in, uint64_t at, uint64_t *end,
                                              uint64_t *position)
{
    const struct half *half = sender_half(in);
    uint64_t next;
    const struct mapping *mapping = mapping_find(&half->mappings, at, &next);
    if (mapping)
        next = mapping->end;
    else if (at < half_aside(half)->plain_begin && half_aside(half)->plain_begin < next)
        next = half_aside(half)->plain_begin;
    if (next < *end)
        *end = next;
    if (!mapping)
        return plain_position(in, at, position) ? DATA_PLAIN : DATA_UNPLACED;
    *position = mapping->data + (at - mapping->begin);
    return DATA_MAPPED;
}

enum data_placing data_position(const struct incoming *in, uint64_t at, uint64_t *end,
                                uint64_t *position)
{
    return find_position(in, at, end, position);
}

/* Places [begin, end), which is new on the subflow, mapping by mapping. */
static bool place_new(const struct mpta_tracker *tracker, struct incoming *in, uint64_t begin,
                      uint64_t end)
{
    int64_t came_ns = in->packet->place.time_ns;
    bool done = true;
    for (uint64_t at = begin, next, position; at < end && done; at = next) {
        next = end;
        bool placed = find_position(in, at, &next, &position) != DATA_UNPLACED;
        if (!placed && plain_is_due(in, captured_count(in, at, next))) {
            if (!plain_start(tracker, in))
                return false;
            next = end;
            placed = find_position(in, at, &next, &position) != DATA_UNPLACED;
        }
        if (placed && !evasion_take_data(in, position, position + (next - at)))
            return false;
        done = placed ? place_piece(in, position, position + (next - at), came_ns)
                      : keep_unmapped(in, at, next);
    }
    return done;
}

/*
 * Hands on what has its place, be it new on the subflow or not: the stream may know better. A copy
 * from another capture point is compared with its original elsewhere.
 */
static bool deliver_payload(const struct mpta_tracker *tracker, struct incoming *in, bool copy)
{
    uint64_t end = in->extent.begin + captured_len(in);
    bool done = true;
    for (uint64_t at = in->extent.begin, next, position; at < end && done; at = next) {
        next = end;
        enum data_placing placing = find_position(in, at, &next, &position);
        if (placing == DATA_UNPLACED)
            continue;
        /* Without a mapping its place is what is usual, which proves nothing elsewhere. */
        struct piece piece = captured_piece(in, at, next, position);
        done = deliver_piece(tracker, in, &piece) &&
               (copy || rewrite_take(tracker, in, &piece, placing == DATA_MAPPED));
    }
    return done;
}

/* Data on a SYN has no DSN, but begins what the application reads; so it comes first, or not. */
static void take_syn_payload(const struct mpta_tracker *tracker, const struct incoming *in)
{
    struct half *half = sender_half(in);
    if (half->syn_seen == 0 && in->subflow->kind == SUBFLOW_INITIAL && !deliver_has_begun(in))
        deliver_syn(tracker, in);
    if (in->segment->payload_len > half->syn_seen)
        half->syn_seen = in->segment->payload_len;
}

/* Data on the SYN that was not accepted is sent again, with DSNs: RFC 7413 section 3. */
static bool take_back_syn_payload(const struct incoming *in)
{
    struct half *half = sender_half(in);
    if (half->syn_seen == 0)
        return true;
    uint64_t begin = half->isn + 1, end = begin + half->syn_seen;
    if (in->extent.begin != begin || in->extent.end == begin)
        return true;
    half->syn_seen = 0;
    return rangeset_remove(&half->seen, begin, end);
}

bool data_take_payload(struct mpta_tracker *tracker, struct incoming *in)
{
    struct half *half = sender_half(in);
    uint64_t from = in->extent.begin;
    struct range gap;
    if (in->extent.begin == in->extent.end && !(in->segment->flags & MPTA_TCP_SYN))
        return true; /* nothing to take */
    if (in->segment->flags & MPTA_TCP_RST ||
        extent_is_probe(&in->extent, half, in->packet, in->options))
        return true;
    if (in->segment->flags & MPTA_TCP_SYN) {
        take_syn_payload(tracker, in);
        return true;
    }
    if (!take_back_syn_payload(in))
        return false;
    while (rangeset_next_gap(&half->seen, &from, in->extent.end, &gap)) {
        if (!place_new(tracker, in, gap.begin, gap.end))
            return false;
    }
    return deliver_payload(tracker, in, false);
}

bool data_take_copy(struct mpta_tracker *tracker, struct incoming *in)
{
    const struct half *half = sender_half(in);
    if (!in->subflow->connection || !half->seq_known ||
        in->segment->flags & (MPTA_TCP_SYN | MPTA_TCP_RST))
        return true;
    in->extent.begin = seq_extend(in->segment->seq, half->next);
    in->extent.end = in->extent.begin + in->segment->payload_len;
    return deliver_payload(tracker, in, true);
}

bool data_take_unlinked(struct incoming *in)
{
    const struct mpta_mptcp_option *option = options_find(in->options, MPTA_DSS);
    uint64_t from = in->extent.begin;
    struct range gap;
    if (in->segment->flags & (MPTA_TCP_SYN | MPTA_TCP_RST) ||
        extent_is_probe(&in->extent, sender_half(in), in->packet, in->options))
        return true;
    while (rangeset_next_gap(&sender_half(in)->seen, &from, in->extent.end, &gap)) {
        if (!keep_unmapped(in, gap.begin, gap.end))
            return false;
    }
    return !option || !option->dss.has_map || defer_dss(in, &option->dss);
}

/* ---- The end ----------------------------------------------------------------------------------
 */

/* Whether data waits is known where its receiver was heard. */
static void finish_measures(struct connection *connection)
{
    int64_t end_ns = connection_end_ns(connection);
    for (int side = MPTA_CLIENT; side <= MPTA_SERVER; side++) {
        if (connection->streams[side].acked_known)
            measure_finish(&connection->measures[side], end_ns);
    }
}

bool data_finish(struct mpta_tracker *tracker, struct connection *connection)
{
    static const struct mpta_segment no_segment;
    static const struct options no_options;
    for (size_t i = 0; i < connection->subflow_count; i++) {
        struct subflow *subflow = connection->subflows[i];
        for (int role = OPENER; role <= RESPONDER; role++) {
            struct mpta_packet packet = {
                .segment = &no_segment,
                .place.time_ns = subflow->halves[role].measure.flow.last_data_ns,
            };
            struct incoming in = {
                .packet = &packet,
                .segment = &no_segment,
                .options = &no_options,
                .afterwards = true,
            };
            incoming_belong(&in, subflow, (enum role)role);
            if (!defer_finish(tracker, &in) || !bridge_finish(tracker, &in) ||
                !deliver_waiting(tracker, &in))
                return false;
        }
    }
    finish_measures(connection);
    return true;
}
