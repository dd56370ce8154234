/* SPDX-License-Identifier: BSD-3-Clause */
#include "analyzer/judge.h"

#include "analyzer/checksum.h"
#include "analyzer/data.h"

/* What is wrong where a checksum is. */
enum spoilt {
    SPOILT_SOMEHOW,
    SPOILT_SWAPPED, /* the checksum's octets */
    SPOILT_OPTION,  /* there is no payload */
    SPOILT_IN_PLACE,
    SPOILT_LONGER, /* payload that lies beyond its mapping, or before the next one */
    SPOILT_SHORTER,
};

static const char *const spoilt_words[] = {
    [SPOILT_SOMEHOW] = "the payload was changed on the way",
    [SPOILT_SWAPPED] =
        "its octets are swapped, as Linux 5.14 to 5.17 did on little-endian machines",
    [SPOILT_OPTION] = "it covers no payload, so that the option was changed, or made wrongly",
    [SPOILT_IN_PLACE] = "the payload was changed on the way, but not its length",
    [SPOILT_LONGER] = "the payload was changed on the way, and is longer than its mapping, as "
                      "behind a gateway that rewrites what an application says",
    [SPOILT_SHORTER] = "the payload was changed on the way, and is shorter than its mapping, as "
                       "behind a gateway that rewrites what an application says",
};

/*
 * A sender cuts its segments where its mappings end. As far as the packet tells that made this one
 * whole: its payload ends there, too; or it goes on without a mapping; or it begins with what the
 * mapping lacks, and a mapping of its own comes behind that.
 */
static enum spoilt spoilt_length(const struct incoming *in, const struct check *check)
{
    const struct mapping_list *mappings = &in->sender->mappings;
    const struct mpta_mptcp_option *option = options_find(in->options, MPTA_DSS);
    const struct extent *extent = &in->extent;
    uint64_t next;
    if (check->end == check->begin)
        return SPOILT_OPTION;
    if (extent->begin >= check->end || extent->end < check->end)
        return SPOILT_SOMEHOW;
    if (extent->end == check->end)
        return SPOILT_IN_PLACE;
    if (!mapping_find(mappings, check->end, &next))
        return SPOILT_LONGER;
    return option && option->dss.has_map && option->dss.ssn != check->ssn ? SPOILT_SHORTER
                                                                          : SPOILT_SOMEHOW;
}

static bool checksum_report(struct incoming *in, const struct check *check, uint64_t sum)
{
    uint16_t swapped = (uint16_t)(check->checksum << 8 | check->checksum >> 8);
    bool is_swapped = checksum_finish(sum + swapped) == 0;
    enum spoilt spoilt = is_swapped ? SPOILT_SWAPPED : spoilt_length(in, check);
    struct occurrence wrong =
        occurrence_by(FINDING_DSS_CHECKSUM, in->subflow, in->role, &check->at);
    wrong.variant = spoilt;
    return finding_add(&in->subflow->connection->findings, &wrong,
                       "the data-level checksum 0x%04x is wrong: %s", check->checksum,
                       spoilt_words[spoilt]);
}

static void judge_tell(const struct mpta_tracker *tracker, const struct incoming *in,
                       const struct check *check, uint64_t sum)
{
    struct mpta_judgement judgement = {
        .at = check->at,
        .connection = in->subflow->connection->id,
        .by = sender_side(in),
        .verdict = check->verdict,
        .checksum = check->checksum,
        .expected = checksum_finish(sum),
    };
    if (tracker->judge)
        tracker->judge(tracker->judge_context, &judgement);
}

/* A sum of a mapping's octets becomes that of all its checksum covers; false: its DSN is unknown.
 */
static bool sum_up(const struct incoming *in, const struct check *check, uint64_t *sum)
{
    uint64_t dsn;
    if (!stream_dsn(sender_stream(in), check->data, &dsn))
        return false;
    *sum += checksum_pseudo_header(dsn, check->ssn, check->data_len);
    return true;
}

bool judge_sum_is_right(const struct incoming *in, const struct check *check, uint64_t sum)
{
    return sum_up(in, check, &sum) && checksum_finish(sum + check->checksum) == 0;
}

/* Neither its DSN nor, if it has payload, where that lies on the subflow is a guess. */
static bool place_is_sure(const struct incoming *in, const struct check *check)
{
    return check->dsn_is_sure && (check->end == check->begin || !sender_half(in)->ssn_base_guessed);
}

bool judge_check(const struct mpta_tracker *tracker, struct incoming *in, struct check *check)
{
    struct stream *stream = sender_stream(in);
    uint64_t sum = check->sum;
    check->verdict = MPTA_UNVERIFIABLE;
    check->whole_sum = check->sum;
    rangeset_clear(&check->gathered);
    if (!sum_up(in, check, &sum))
        return true;
    bool valid = checksum_finish(sum + check->checksum) == 0, bare = check->end == check->begin;
    check->verdict = valid ? MPTA_VALID : MPTA_INVALID;
    if (!valid && (!place_is_sure(in, check) || check->mixed || in->subflow->altered))
        return true;
    if (valid && !bare)
        sender_half(in)->ssn_base_guessed = false;
    stream->checksums.unverifiable--;
    stream->checksums.valid += valid;
    stream->checksums.invalid += !valid;
    judge_tell(tracker, in, check, sum);
    return valid || checksum_report(in, check, sum);
}

bool judge_bare(const struct mpta_tracker *tracker, struct incoming *in, struct check *check)
{
    sender_stream(in)->checksums.unverifiable++;
    return judge_check(tracker, in, check);
}

enum mpta_verdict judge_alone(const struct incoming *in, const struct check *check)
{
    const struct mpta_segment *segment = in->segment;
    uint64_t len = check->end - check->begin, dsn, sum;
    uint64_t offset = check->begin - in->extent.begin;
    if (check->begin < in->extent.begin || segment->payload_captured < segment->payload_len ||
        offset + len > segment->payload_len || !stream_dsn(sender_stream(in), check->data, &dsn))
        return MPTA_UNVERIFIABLE;
    sum = checksum_piece(segment->payload + offset, (size_t)len, 0) +
          checksum_pseudo_header(dsn, check->ssn, check->data_len);
    if (checksum_finish(sum + check->checksum) == 0)
        return MPTA_VALID;
    return check->dsn_is_sure ? MPTA_INVALID : MPTA_UNVERIFIABLE;
}
