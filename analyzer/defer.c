/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Mappings that cannot be understood yet and wait, within bounds: those of a subflow whose
 * connection is not known, and those of one whose handshake was not captured, so that its subflow
 * sequence numbers mean nothing until their base is found out.
 */
#include "analyzer/array.h"
#include "analyzer/checksum.h"
#include "analyzer/data.h"
#include "analyzer/seq.h"

/* So many different mappings wait on one subflow at most. */
#define DEFERRED_MAX 256

struct deferred {
    enum role role;
    struct mpta_place at;
    struct mpta_dss dss;
};

static bool maps_the_same(const struct mpta_dss *a, const struct mpta_dss *b)
{
    return a->ssn == b->ssn && a->dsn == b->dsn && a->dsn_is_64 == b->dsn_is_64 &&
           a->data_len == b->data_len && a->data_fin == b->data_fin &&
           a->has_checksum == b->has_checksum && a->checksum == b->checksum;
}

/* Segment after segment tells one mapping: what waits already is mostly the last one. */
static bool waits_already(const struct incoming *in, const struct mpta_dss *dss)
{
    const struct subflow *subflow = in->subflow;
    for (size_t i = subflow->awake->deferred_count; i-- > 0;) {
        if (subflow->awake->deferred[i].role == in->role &&
            maps_the_same(&subflow->awake->deferred[i].dss, dss))
            return true;
    }
    return false;
}

/* What finds no room leaves octets without a place, which is nothing that a host did. */
bool defer_dss(const struct incoming *in, const struct mpta_dss *dss)
{
    struct subflow *subflow = in->subflow;
    struct half *half = in->sender;
    bool is_full = subflow->awake->deferred_count == DEFERRED_MAX;
    if ((is_full && half->blind) || waits_already(in, dss))
        return true;
    if (is_full) {
        half->blind = true;
        return true;
    }
    struct deferred *deferred =
        array_reserve(subflow->awake->deferred, subflow->awake->deferred_count,
                      &subflow->awake->deferred_capacity, sizeof(*deferred));
    if (!deferred)
        return false;
    subflow->awake->deferred = deferred;
    deferred[subflow->awake->deferred_count++] =
        (struct deferred){in->role, in->packet->place, *dss};
    return true;
}

bool defer_replay(struct mpta_tracker *tracker, struct subflow *subflow)
{
    static const struct mpta_segment no_segment;
    static const struct options no_options;
    uint32_t kept = 0;
    for (size_t i = 0; i < subflow->awake->deferred_count; i++) {
        struct deferred deferred = subflow->awake->deferred[i];
        if (!subflow->halves[deferred.role].ssn_base_known) {
            subflow->awake->deferred[kept++] = deferred;
            continue;
        }
        struct mpta_packet packet = {.place = deferred.at, .segment = &no_segment};
        struct incoming in = {
            .packet = &packet,
            .segment = &no_segment,
            .options = &no_options,
            .afterwards = true,
        };
        incoming_belong(&in, subflow, deferred.role);
        if (!data_take_map(tracker, &in, &deferred.dss))
            return false;
    }
    subflow->awake->deferred_count = kept;
    return true;
}

/* ---- Where subflow sequence number 0 lies -----------------------------------------------------
 */

/*
 * A mapping usually covers the payload it comes with, so it begins at or before it, and ends at or
 * behind it. Each packet narrows down where the base can be. What does not fit begins anew, and so
 * does what a checksum disproves: RFC 8684 section 3.3.1 lets a mapping come with other payload,
 * too. Until a checksum proves the base, none is wrong for sure.
 */
static void guess_narrow(struct ssn_guess *guess, uint32_t low, uint32_t width)
{
    int32_t ahead = (int32_t)(low - guess->at);
    int64_t begin = ahead > 0 ? ahead : 0;
    int64_t end = ahead + (int64_t)width;
    if (end > guess->width)
        end = guess->width;
    if (begin > end) {
        guess->made = false;
        return;
    }
    guess->at += (uint32_t)begin;
    guess->width = (uint32_t)(end - begin);
}

static void guess_take(struct ssn_guess *guess, const struct incoming *in,
                       const struct mpta_dss *dss)
{
    uint32_t len = in->segment->payload_len, mapped = (uint32_t)dss->data_len - dss->data_fin;
    if (len == 0 || mapped < len)
        return;
    uint32_t width = mapped - len, low = in->segment->seq - dss->ssn - width;
    if (guess->made)
        guess_narrow(guess, low, width);
    if (guess->made)
        guess->twice |= dss->ssn != guess->ssn;
    else
        *guess = (struct ssn_guess){.made = true, .at = low, .width = width, .ssn = dss->ssn};
}

static bool guess_accept(struct mpta_tracker *tracker, const struct incoming *in, bool proven)
{
    struct half *half = in->sender;
    half->ssn_base = seq_extend(half->aside->ssn_guess.at, half->next);
    half->ssn_base_known = true;
    half->ssn_base_guessed = !proven;
    return defer_replay(tracker, in->subflow);
}

/* Gathers what waits of a mapping, and what this packet brings of it. */
static bool guess_gather(const struct incoming *in, struct check *check)
{
    const struct held_list *held = &half_waiting(sender_half(in))->held;
    const struct mpta_segment *segment = in->segment;
    uint64_t begin = in->extent.begin;
    for (size_t i = held_find(held, check->begin);
         i < held->count && held->items[i].begin < check->end; i++) {
        const struct held *item = &held->items[i];
        if (!check_gather(NULL, check, item->begin, item->begin + item->len, item->octets, false))
            return false;
    }
    uint32_t len = segment->payload_captured < segment->payload_len ? segment->payload_captured
                                                                    : segment->payload_len;
    return check_gather(NULL, check, begin, begin + len, segment->payload, false);
}

/* What the checksum of a mapping says of the guess, if all of its octets are there. */
static bool guess_judge(const struct incoming *in, const struct mpta_dss *dss, uint64_t position,
                        enum mpta_verdict *verdict)
{
    const struct half *half = sender_half(in);
    uint64_t begin = seq_extend(half->aside->ssn_guess.at + dss->ssn, half->next), dsn;
    struct check check = {.begin = begin, .end = begin + dss->data_len - dss->data_fin};
    *verdict = MPTA_UNVERIFIABLE;
    if (!dss->has_checksum || !stream_dsn(sender_stream(in), position, &dsn))
        return true;
    bool done = guess_gather(in, &check);
    if (done && check_is_complete(&check)) {
        uint64_t sum = check.sum + checksum_pseudo_header(dsn, dss->ssn, dss->data_len);
        *verdict = checksum_finish(sum + dss->checksum) == 0 ? MPTA_VALID : MPTA_INVALID;
    }
    rangeset_clear(&check.gathered);
    return done;
}

bool defer_take_map(struct mpta_tracker *tracker, struct incoming *in, const struct mpta_dss *dss,
                    uint64_t position)
{
    struct half *half = sender_half(in);
    enum mpta_verdict verdict;
    if (!half_make_aside(half))
        return false;
    struct ssn_guess *guess = &half->aside->ssn_guess;
    guess_take(guess, in, dss);
    if (!defer_dss(in, dss))
        return false;
    if (!guess->made || guess->width > 0)
        return true;
    if (!guess_judge(in, dss, position, &verdict))
        return false;
    guess->made = verdict != MPTA_INVALID;
    if (verdict == MPTA_VALID || (guess->made && guess->twice))
        return guess_accept(tracker, in, verdict == MPTA_VALID);
    return true;
}

/* A mapping that was never understood: its checksum cannot be verified. Each counts once. */
static bool deferred_is_first(const struct subflow *subflow, size_t index)
{
    const struct deferred *deferred = &subflow->awake->deferred[index];
    for (size_t i = 0; i < index; i++) {
        const struct mpta_dss *dss = &subflow->awake->deferred[i].dss;
        if (subflow->awake->deferred[i].role == deferred->role && dss->ssn == deferred->dss.ssn &&
            (uint32_t)dss->dsn == (uint32_t)deferred->dss.dsn &&
            dss->data_len == deferred->dss.data_len && dss->data_fin == deferred->dss.data_fin &&
            dss->checksum == deferred->dss.checksum)
            return false;
    }
    return true;
}

bool defer_finish(struct mpta_tracker *tracker, struct incoming *in)
{
    const struct subflow *subflow = in->subflow;
    const struct half *half = in->sender;
    struct stream *stream = &subflow->connection->streams[subflow_side(subflow, in->role)];
    const struct ssn_guess *guess = &half_aside(half)->ssn_guess;
    if (!half->ssn_base_known && guess->made && guess->width == 0)
        return guess_accept(tracker, in, false);
    for (size_t i = 0; i < subflow->awake->deferred_count; i++) {
        const struct deferred *deferred = &subflow->awake->deferred[i];
        if (deferred->role == in->role && deferred->dss.has_checksum &&
            deferred->dss.data_len > 0 && deferred_is_first(subflow, i))
            stream->checksums.unverifiable++;
    }
    return true;
}
