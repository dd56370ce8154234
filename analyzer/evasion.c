/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Is a request hidden from whoever sees only one path? Its head is then spread over several
 * subflows, in runs too short to be recognised.
 *
 * An honest host does the same if its application writes little at a time and its scheduler takes
 * turns. But it sets PSH on the last segment of what is queued (RFC 9293 section 3.9.1), so on each
 * such write; and while more is queued it fills its segments. Short segments without PSH, on one
 * subflow after the other, were cut out of something longer.
 */
#include "analyzer/data.h"

/* The head of a request, and how it is hidden: on so many subflows, in runs so short. */
#define EVASION_HEAD     512
#define EVASION_SUBFLOWS 4
#define EVASION_RUN      128
/* So many subflows are asked, the first ones: the head is what was sent first. */
#define EVASION_ASKED_MAX 64

void evasion_take_data(struct incoming *in, uint64_t position)
{
    struct half *half = sender_half(in);
    bool is_cut = !(in->segment->flags & (MPTA_TCP_PSH | MPTA_TCP_FIN)) &&
                  in->segment->payload_len < EVASION_RUN;
    if (is_cut && (half->cut_at == 0 || position < half->cut_at))
        half->cut_at = position;
}

/* How the octets [begin, end) of the client are spread. */
struct spread {
    uint64_t begin;
    uint64_t end;
    uint64_t longest; /* run on one subflow */
    size_t carriers;
    size_t cutters; /* of these, on which a short segment without PSH came */
};

/* The longest run of [begin, end) that a half carried. */
static uint64_t longest_run(const struct half *half, uint64_t begin, uint64_t end)
{
    uint64_t longest = 0, at = begin, from = begin;
    struct range gap;
    if (rangeset_count(&half->carried, begin, end) == 0)
        return 0;
    for (; at < end; at = gap.end) {
        if (!rangeset_next_gap(&half->carried, &from, end, &gap))
            gap = (struct range){end, end};
        if (gap.begin - at > longest)
            longest = gap.begin - at;
    }
    return longest;
}

static void spread_add(struct spread *spread, const struct half *half)
{
    uint64_t run = longest_run(half, spread->begin, spread->end);
    spread->carriers += run > 0;
    spread->cutters += run > 0 && half->cut_at >= spread->begin && half->cut_at < spread->end;
    if (run > spread->longest)
        spread->longest = run;
}

/* One of them may have carried nothing but the end, with PSH. */
static bool is_cut(const struct spread *spread)
{
    return spread->cutters + 1 >= EVASION_SUBFLOWS;
}

static bool report_evasion(struct connection *connection, const struct spread *spread)
{
    struct occurrence evasion = occurrence_remembered(
        FINDING_EVASION_FRAGMENTS, &connection->watches[MPTA_CLIENT].course.first);
    evasion.variant = is_cut(spread);
    return finding_add_as(
        &connection->findings, is_cut(spread) ? MPTA_WARNING : MPTA_NOTE, &evasion,
        "the first %llu bytes of the client are spread over %zu subflows (%u or more) in runs of "
        "%llu bytes at most (fewer than %u)%s",
        (unsigned long long)rangeset_count(&connection->streams[MPTA_CLIENT].seen, spread->begin,
                                           spread->end),
        spread->carriers, EVASION_SUBFLOWS, (unsigned long long)spread->longest, EVASION_RUN,
        is_cut(spread) ? ", cut out of something longer, for they end without PSH"
                       : ", as a scheduler does that takes turns, if the application writes so "
                         "little at a time");
}

bool evasion_conclude(struct connection *connection)
{
    const struct stream *stream = &connection->streams[MPTA_CLIENT];
    struct spread spread = {.begin = stream->first, .end = stream->first + EVASION_HEAD};
    if (!stream->first_is_known)
        return true;
    for (size_t i = 0; i < connection->subflow_count && i < EVASION_ASKED_MAX; i++) {
        const struct subflow *subflow = connection->subflows[i];
        spread_add(&spread, &subflow->halves[subflow_role(subflow, MPTA_CLIENT)]);
    }
    return spread.carriers < EVASION_SUBFLOWS || spread.longest >= EVASION_RUN ||
           report_evasion(connection, &spread);
}
