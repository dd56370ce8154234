/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Octets are sound unless a checksum has shown otherwise. Doubtful ones are handed on only where
 * there is nothing else, and again when a sound copy of them is met.
 */
#include "analyzer/checksum.h"
#include "analyzer/data.h"
#include "analyzer/judge.h"
#include "analyzer/part.h"
#include "analyzer/seq.h"

static struct check_list *sender_checks(const struct incoming *in)
{
    return &sender_half(in)->checks;
}

/* ---- To the application -----------------------------------------------------------------------
 */

/* Octets on the SYN that TCP Fast Open had accepted: they come before IDSN + 1. */
static uint64_t syn_data_len(const struct incoming *in)
{
    const struct subflow *first = in->subflow->connection->subflows[0];
    const struct half *half = &first->halves[subflow_role(first, sender_side(in))];
    bool known = first->kind == SUBFLOW_INITIAL && half->isn_known && half->ssn_base_known;
    return known ? half->ssn_base - half->isn : 0;
}

/* The position that has offset 0. It stays what it was when the first octet was handed on. */
static uint64_t stream_start(const struct incoming *in)
{
    const struct stream *stream = sender_stream(in);
    struct delivery *delivery = stream->delivery;
    if (!delivery->start_known) {
        uint64_t first = stream->first_is_known ? stream->first : STREAM_ORIGIN;
        delivery->syn_len = syn_data_len(in);
        delivery->start = first - delivery->syn_len;
        delivery->start_known = true;
    }
    return delivery->start;
}

static void hand_on(const struct mpta_tracker *tracker, const struct incoming *in, int64_t offset,
                    const uint8_t *octets, uint64_t len)
{
    struct mpta_octets delivery = {
        .connection = in->subflow->connection->id,
        .by = sender_side(in),
        .offset = offset,
        .octets = octets,
        .len = (size_t)len,
    };
    tracker->deliver(tracker->deliver_context, &delivery);
}

void deliver_syn(const struct mpta_tracker *tracker, const struct incoming *in)
{
    if (tracker->deliver && in->segment->payload_captured > 0)
        hand_on(tracker, in, 0, in->segment->payload, in->segment->payload_captured);
}

bool deliver_has_begun(const struct incoming *in)
{
    const struct delivery *delivery = sender_stream(in)->delivery;
    return delivery && delivery->start_known;
}

/* Nothing is handed on from below: the first octet, or what begins behind those on the SYN. */
static uint64_t stream_floor(const struct stream *stream)
{
    if (stream->first_is_known)
        return stream->first - stream->delivery->syn_len;
    return stream->delivery->syn_len > 0 ? stream->delivery->start : 0;
}

/* [begin, end) of a piece, in positions of the stream. */
static void hand_on_range(const struct mpta_tracker *tracker, const struct incoming *in,
                          const struct piece *piece, uint64_t begin, uint64_t end)
{
    uint64_t start = stream_start(in), floor = stream_floor(sender_stream(in));
    if (begin < floor)
        begin = floor;
    if (begin < end)
        hand_on(tracker, in, (int64_t)(begin - start), piece->octets + (begin - piece->position),
                end - begin);
}

static uint64_t piece_data_end(const struct piece *piece)
{
    return piece->position + (piece->end - piece->begin);
}

/* What is forgotten may come again, and is handed on again then: better so than never. */
static bool note_delivered(struct delivery *delivery, uint64_t begin, uint64_t end)
{
    uint64_t overlap;
    if (rangeset_is_full(&delivery->all))
        rangeset_forget_lowest(&delivery->all);
    return rangeset_add(&delivery->all, begin, end, &overlap);
}

/* NULL if there is no memory. */
static struct delivery *delivery_of(struct stream *stream)
{
    stream->delivery = part_make(stream->delivery, sizeof(*stream->delivery));
    return stream->delivery;
}

/* Hands on what of a piece was so far handed on only in doubt. */
static void hand_on_doubtful(const struct mpta_tracker *tracker, const struct incoming *in,
                             const struct piece *piece)
{
    const struct rangeset *doubtful = &sender_stream(in)->delivery->doubtful;
    uint64_t at = piece->position, from = at, end = piece_data_end(piece);
    struct range gap;
    while (at < end && rangeset_count(doubtful, at, end) > 0) {
        if (!rangeset_next_gap(doubtful, &from, end, &gap))
            gap = (struct range){end, end};
        hand_on_range(tracker, in, piece, at, gap.begin);
        at = gap.end;
    }
}

bool deliver_sound(const struct mpta_tracker *tracker, const struct incoming *in,
                   const struct piece *piece)
{
    struct delivery *delivery = delivery_of(sender_stream(in));
    uint64_t from = piece->position, end = piece_data_end(piece);
    struct range gap;
    if (!delivery)
        return false;
    while (rangeset_next_gap(&delivery->all, &from, end, &gap))
        hand_on_range(tracker, in, piece, gap.begin, gap.end);
    hand_on_doubtful(tracker, in, piece);
    return note_delivered(delivery, piece->position, end) &&
           rangeset_remove(&delivery->doubtful, piece->position, end);
}

static bool deliver_doubtful(const struct mpta_tracker *tracker, const struct incoming *in,
                             const struct piece *piece)
{
    struct delivery *delivery = delivery_of(sender_stream(in));
    uint64_t from = piece->position, end = piece_data_end(piece), overlap;
    struct range gap;
    if (!delivery)
        return false;
    while (rangeset_next_gap(&delivery->all, &from, end, &gap)) {
        hand_on_range(tracker, in, piece, gap.begin, gap.end);
        if (!rangeset_add(&delivery->doubtful, gap.begin, gap.end, &overlap))
            return false;
    }
    return note_delivered(delivery, piece->position, end);
}

/* The part [begin, end) of a piece, in positions of the subflow. */
static struct piece piece_part(const struct piece *piece, uint64_t begin, uint64_t end)
{
    uint64_t skip = begin - piece->begin;
    return (struct piece){begin, end, piece->position + skip, piece->octets + skip, piece->waited};
}

/* ---- Waiting for a verdict --------------------------------------------------------------------
 */

/*
 * Hands on the copies that a check made, as far as it got, and frees them. Where there is a verdict
 * they came again, and prove nothing.
 */
static bool check_let_go(const struct mpta_tracker *tracker, struct incoming *in,
                         struct check *check)
{
    struct piece all = {check->begin, check->end, check->data, check->octets, false};
    const struct range *ranges = rangeset_ranges(&check->gathered);
    bool done = true;
    for (uint32_t i = 0; done && i < check->gathered.count; i++) {
        struct piece part = piece_part(&all, ranges[i].begin, ranges[i].end);
        done = check->verdict == MPTA_ABSENT ? deliver_sound(tracker, in, &part)
                                             : deliver_doubtful(tracker, in, &part);
    }
    check_release(sender_checks(in), check);
    return done;
}

bool deliver_waiting(const struct mpta_tracker *tracker, struct incoming *in)
{
    struct check_list *checks = sender_checks(in);
    struct check *check;
    while ((check = checks_first_held(checks, checks->count))) {
        if (!check_let_go(tracker, in, check))
            return false;
    }
    return true;
}

/*
 * A check that lacks octets is proven right by what another one of the same octets has gathered:
 * those that came before its mapping was told are gone. Never wrong: some may have been changed on
 * the way that its own segments did not take.
 */
static bool check_prove(const struct mpta_tracker *tracker, struct incoming *in,
                        struct check *check, const struct check *twin)
{
    if (check->verdict != MPTA_ABSENT || twin->verdict == MPTA_ABSENT ||
        !judge_sum_is_right(in, check, twin->whole_sum))
        return true;
    check->verdict = MPTA_UNVERIFIABLE; /* what it has itself is no proof */
    if (check->octets && !check_let_go(tracker, in, check))
        return false;
    check->sum = twin->whole_sum;
    return judge_check(tracker, in, check);
}

static bool check_prove_twins(const struct mpta_tracker *tracker, struct incoming *in,
                              const struct check *check)
{
    struct check *twin;
    size_t at = 0;
    while ((twin = checks_next_twin(sender_checks(in), check, &at))) {
        if (!check_prove(tracker, in, twin, check))
            return false;
    }
    return true;
}

static bool check_prove_by_twins(const struct mpta_tracker *tracker, struct incoming *in,
                                 struct check *check)
{
    const struct check *twin;
    size_t at = 0;
    while ((twin = checks_next_twin(sender_checks(in), check, &at))) {
        if (!check_prove(tracker, in, check, twin))
            return false;
    }
    return true;
}

/* What a check covers need not be taken from another copy: this packet brings all of it. */
static bool packet_has_all(const struct incoming *in, const struct check *check)
{
    const struct mpta_segment *segment = in->segment;
    return check->begin >= in->extent.begin && check->end <= in->extent.end &&
           segment->payload_captured >= segment->payload_len && !(segment->flags & MPTA_TCP_RST);
}

bool deliver_expect(const struct mpta_tracker *tracker, struct incoming *in,
                    const struct check *check)
{
    struct check_list *checks = sender_checks(in);
    struct check *oldest, *added;
    while (checks->count == CHECKS_MAX && (oldest = checks_first_held(checks, checks->count / 2))) {
        if (!check_let_go(tracker, in, oldest))
            return false;
    }
    if (!checks_add(checks, check, &added))
        return false;
    if (!added)
        return true;
    sender_stream(in)->checksums.unverifiable++;
    return packet_has_all(in, added) || check_prove_by_twins(tracker, in, added);
}

/* Where the bound leaves no room for one more mapping, the oldest ones wait no longer. */
static bool make_room(const struct mpta_tracker *tracker, struct incoming *in,
                      const struct check *check)
{
    struct check_list *checks = sender_checks(in);
    struct check *oldest;
    while (!check->octets && check->gathered.count == 0 &&
           checks->held + (check->end - check->begin) > CHECKS_HELD_MAX &&
           (oldest = checks_first_held(checks, checks->count))) {
        if (!check_let_go(tracker, in, oldest))
            return false;
    }
    return true;
}

static bool piece_has_all(const struct piece *piece, const struct check *check)
{
    return piece->begin <= check->begin && piece->end >= check->end;
}

/* Check and piece agree on where the octets are in the stream. */
static bool same_place(const struct check *check, const struct piece *piece)
{
    return check->data - check->begin == piece->position - piece->begin;
}

/* Some of its octets were handed on in doubt, and nothing better came. */
static bool check_is_doubtful(const struct incoming *in, const struct check *check)
{
    const struct delivery *delivery = sender_stream(in)->delivery;
    return delivery && rangeset_count(&delivery->doubtful, check->data,
                                      check->data + (check->end - check->begin)) > 0;
}

/* Whatever of it comes again may tell which of the octets are wrong. */
static bool check_keep_doubtful(const struct incoming *in, struct check *check,
                                const struct piece *all)
{
    if (check_is_doubtful(in, check))
        return check_hold(sender_checks(in), check, all->octets);
    check_release(sender_checks(in), check);
    return true;
}

/* A mapping with a verdict is handed on, its last octets being in this piece. */
static bool check_hand_on(const struct mpta_tracker *tracker, struct incoming *in,
                          struct check *check, const struct piece *piece)
{
    struct piece all = {check->begin, check->end, check->data, check->octets, false};
    uint64_t overlap;
    if (!tracker->deliver || !same_place(check, piece))
        return true;
    if (!check->octets && !piece_has_all(piece, check)) { /* parts of it did not wait */
        struct delivery *delivery = delivery_of(sender_stream(in));
        return delivery &&
               (check->verdict != MPTA_INVALID ||
                rangeset_add(&delivery->doubtful, all.position, piece_data_end(&all), &overlap));
    }
    if (!check->octets)
        all = piece_part(piece, check->begin, check->end);
    if (check->verdict == MPTA_INVALID)
        return deliver_doubtful(tracker, in, &all) && check_keep_doubtful(in, check, &all);
    bool done = deliver_sound(tracker, in, &all);
    check_release(sender_checks(in), check);
    return done;
}

/* The packet tells another mapping of octets that it shares with a check. */
static bool tells_otherwise(const struct incoming *in, const struct check *check,
                            const struct piece *piece)
{
    const struct half *half = sender_half(in);
    uint64_t from = piece->begin > check->begin ? piece->begin : check->begin;
    uint64_t until = piece->end < check->end ? piece->end : check->end;
    struct mpta_dss told;
    if (piece->waited || !data_find_map(in, &told))
        return false;
    uint64_t begin = seq_extend((uint32_t)half->ssn_base + told.ssn, half->next);
    uint64_t end = begin + told.data_len - told.data_fin;
    bool same = begin == check->begin && told.data_len == check->data_len && told.has_checksum &&
                told.checksum == check->checksum;
    return !same && begin < until && end > from;
}

/* Gathers what a check lacks, and judges it once it is whole. */
static bool check_take(const struct mpta_tracker *tracker, struct incoming *in, struct check *check,
                       const struct piece *piece)
{
    struct check_list *checks = sender_checks(in);
    bool keep = tracker->deliver && same_place(check, piece);
    if (keep && !piece_has_all(piece, check) && !make_room(tracker, in, check))
        return false;
    if (check_lacks(check, piece->begin, piece->end))
        check->mixed |= tells_otherwise(in, check, piece);
    if (!check_gather(checks, check, piece->begin, piece->end, piece->octets, keep))
        return false;
    return !check_is_complete(check) ||
           (judge_check(tracker, in, check) && check_hand_on(tracker, in, check, piece) &&
            check_prove_twins(tracker, in, check));
}

/* What is right takes the place of what was handed on in doubt. */
static bool check_redeem(const struct mpta_tracker *tracker, const struct incoming *in,
                         struct check *check, const struct piece *right)
{
    bool done = deliver_sound(tracker, in, right);
    check_release(sender_checks(in), check);
    return done;
}

/*
 * Octets of a mapping that was judged come again, or with the packet that made it whole. Those
 * handed on in doubt give way once all are right, be it in this packet or with what came before.
 * The verdict stays, for one mapping has one.
 */
static bool check_take_again(const struct mpta_tracker *tracker, struct incoming *in,
                             struct check *check, const struct piece *piece, bool made_whole)
{
    struct piece all = {check->begin, check->end, check->data, check->octets, false};
    if (!tracker->deliver || !same_place(check, piece) || !check_is_doubtful(in, check))
        return true;
    if (piece_has_all(piece, check)) {
        const struct piece part = piece_part(piece, check->begin, check->end);
        uint64_t sum = checksum_piece(part.octets, (size_t)(part.end - part.begin), 0);
        if (judge_sum_is_right(in, check, sum))
            return check_redeem(tracker, in, check, &part);
    }
    if (made_whole || !check->octets)
        return true;
    check_overwrite(check, piece->begin, piece->end, piece->octets);
    return !judge_sum_is_right(in, check, check->sum) || check_redeem(tracker, in, check, &all);
}

static bool checks_gather(const struct mpta_tracker *tracker, struct incoming *in,
                          const struct piece *piece)
{
    struct check *check;
    bool done = true;
    size_t at = 0;
    while (done && (check = checks_next(sender_checks(in), piece->begin, piece->end, &at))) {
        bool lacks = check->verdict == MPTA_ABSENT;
        if (lacks)
            done = check_take(tracker, in, check, piece);
        if (done && check->verdict != MPTA_ABSENT)
            done = check_take_again(tracker, in, check, piece, lacks);
    }
    return done;
}

/* ---- Pieces -----------------------------------------------------------------------------------
 */

enum fate {
    FATE_SOUND,
    FATE_DOUBTFUL,
    FATE_WAIT,
};

/* What the checks over an octet make of it; *end is moved to where another answer may begin. */
static enum fate fate_at(struct check_list *checks, const struct piece *piece, uint64_t begin,
                         uint64_t *end)
{
    enum fate fate = FATE_SOUND;
    const struct check *check;
    size_t at = 0;
    while ((check = checks_next(checks, begin, *end, &at))) {
        if (check->begin > begin) {
            *end = check->begin;
            break;
        }
        if (check->end < *end)
            *end = check->end;
        if (check->data - check->begin != piece->position - piece->begin)
            continue;
        if (check->octets)
            fate = FATE_WAIT;
        else if (check->verdict == MPTA_INVALID && fate == FATE_SOUND)
            fate = FATE_DOUBTFUL;
    }
    return fate;
}

bool deliver_piece(const struct mpta_tracker *tracker, struct incoming *in,
                   const struct piece *piece)
{
    if (!tracker->deliver && sender_checks(in)->count == 0)
        return true; /* nobody asks */
    bool done = checks_gather(tracker, in, piece);
    for (uint64_t at = piece->begin, end; tracker->deliver && done && at < piece->end; at = end) {
        end = piece->end;
        enum fate fate = fate_at(sender_checks(in), piece, at, &end);
        struct piece part = piece_part(piece, at, end);
        if (fate == FATE_SOUND)
            done = deliver_sound(tracker, in, &part);
        else if (fate == FATE_DOUBTFUL)
            done = deliver_doubtful(tracker, in, &part);
    }
    return done;
}
