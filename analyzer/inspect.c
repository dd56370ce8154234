/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What is wrong with the options of one segment: lengths, repetitions, subtypes that exclude each
 * other, options on segments that may not carry them, reserved bits. All of it can be read off the
 * segment itself, so no lost packet excuses it. The rules are in option_rules.c; what
 * options say to a connection is not known here.
 */
#include "analyzer/option_rules.h"
#include "analyzer/tracker.h"

/* Where a finding about a segment goes, which may belong to no subflow. */
static struct finding_list *findings_of(struct mpta_tracker *tracker, const struct incoming *in)
{
    const struct subflow *subflow = in->subflow;
    return subflow && subflow->connection ? &subflow->connection->findings : &tracker->findings;
}

static struct occurrence occurrence_here(enum finding_id id, const struct incoming *in)
{
    if (in->subflow && in->subflow->kind != SUBFLOW_PLAIN)
        return occurrence_in(id, in);
    return (struct occurrence){.id = id, .at = in->packet->place};
}

/* ---- The list of options -------------------------------------------------------------------- */

static bool inspect_refused(struct mpta_tracker *tracker, const struct incoming *in)
{
    const struct options *options = in->options;
    const struct occurrence illegal = occurrence_here(FINDING_OPTION_LENGTH_ILLEGAL, in);
    return options->refused_count == 0 ||
           finding_add(findings_of(tracker, in), &illegal, "%s of %u octets: %s",
                       options->refused_length < 3 ? "an MPTCP option"
                                                   : mpta_subtype_name(options->refused_subtype),
                       options->refused_length, mpta_option_status_text(options->refused_status));
}

/* Of plain TCP only options of kind 30 are our business. */
static bool inspect_walk(struct mpta_tracker *tracker, const struct incoming *in)
{
    const struct occurrence overrun = occurrence_here(FINDING_OPTION_OVERRUN, in);
    const struct occurrence unclean = occurrence_here(FINDING_OPTION_DATA_AFTER_EOL, in);
    if (!in->subflow)
        return true;
    if (in->options->overrun &&
        !finding_add(findings_of(tracker, in), &overrun,
                     "the TCP options are malformed: a length below 2 or past the option area"))
        return false;
    return !in->options->unclean_end || in->subflow->kind == SUBFLOW_PLAIN ||
           finding_add(findings_of(tracker, in), &unclean,
                       "octets that are not zero follow the end of the TCP options");
}

/* ---- The same subtype twice ------------------------------------------------------------------ */

static bool inspect_repeated(struct mpta_tracker *tracker, const struct incoming *in,
                             const struct mpta_mptcp_option *option)
{
    struct occurrence repeated = occurrence_here(FINDING_OPTION_DSS_REPEATED, in);
    repeated.variant = option->subtype;
    const struct mpta_mptcp_option *first = in->options->items;
    while (first->subtype != option->subtype)
        first++;
    return first == option || !options_contradict(first, option) ||
           finding_add(findings_of(tracker, in), &repeated,
                       "%s comes twice in one segment, with different content",
                       mpta_subtype_name(option->subtype));
}

/* CVE-2026-80586: receivers that keep parts of a DSS that they have refused. */
#define REPEATED_AFTER_REFUSED (MPTA_MP_EXPERIMENTAL + 1)

static bool inspect_after_refused(struct mpta_tracker *tracker, const struct incoming *in)
{
    struct occurrence after = occurrence_here(FINDING_OPTION_DSS_REPEATED, in);
    after.variant = REPEATED_AFTER_REFUSED;
    return !in->options->dss_after_refused ||
           finding_add(findings_of(tracker, in), &after,
                       "a malformed DSS, then a DSS or MP_CAPABLE with data in the same segment");
}

/* ---- Subtypes that exclude each other -------------------------------------------------------- */

static bool inspect_pair(struct mpta_tracker *tracker, const struct incoming *in,
                         const struct mpta_mptcp_option *a, const struct mpta_mptcp_option *b)
{
    struct occurrence pair = occurrence_here(FINDING_OPTION_EXCLUSIVE_PAIR, in);
    pair.variant = 1U << a->subtype | 1U << b->subtype;
    return !options_exclude(a, b) ||
           finding_add(findings_of(tracker, in), &pair,
                       "%s and %s in one segment: they exclude each other",
                       mpta_subtype_name(a->subtype), mpta_subtype_name(b->subtype));
}

/* An option and each one before it. */
static bool inspect_pairs(struct mpta_tracker *tracker, const struct incoming *in,
                          const struct mpta_mptcp_option *option)
{
    for (const struct mpta_mptcp_option *other = in->options->items; other < option; other++) {
        if (!inspect_pair(tracker, in, other, option))
            return false;
    }
    return true;
}

/* ---- Segments that may not carry it ---------------------------------------------------------- */

static const char *const segment_words[SEGMENT_KIND_COUNT] = {
    [SEGMENT_SYN] = "a SYN",
    [SEGMENT_SYN_ACK] = "a SYN/ACK",
    [SEGMENT_RST] = "a RST",
    [SEGMENT_OTHER] = "a segment without SYN and RST",
};

/* Which form it is, where one subtype has several. */
static const char *option_form_words(const struct mpta_mptcp_option *option)
{
    static const char *const join_forms[] = {
        [MPTA_JOIN_SYN] = " with a token",
        [MPTA_JOIN_SYN_ACK] = " with a short HMAC",
        [MPTA_JOIN_ACK] = " with a long HMAC",
    };
    if (option->subtype == MPTA_MP_JOIN)
        return join_forms[option->join.form];
    if (option->subtype != MPTA_MP_CAPABLE)
        return "";
    if (option->capable.has_receiver_key)
        return " with two keys";
    return option->capable.has_sender_key ? " with one key" : " without keys";
}

/*
 * MP_CAPABLE belongs on the first subflow, MP_JOIN on all others. Where the capture has gaps,
 * another flow may have taken the ports over.
 */
static bool on_wrong_subflow(const struct incoming *in, const struct mpta_mptcp_option *option)
{
    if (!in->subflow || !in->gapless || in->segment->flags & (MPTA_TCP_SYN | MPTA_TCP_RST))
        return false;
    return (option->subtype == MPTA_MP_CAPABLE && in->subflow->kind == SUBFLOW_JOIN) ||
           (option->subtype == MPTA_MP_JOIN && in->subflow->kind == SUBFLOW_INITIAL);
}

static bool inspect_place(struct mpta_tracker *tracker, const struct incoming *in,
                          const struct mpta_mptcp_option *option)
{
    struct finding_list *findings = findings_of(tracker, in);
    struct occurrence wrong = occurrence_here(FINDING_OPTION_WRONG_SEGMENT, in);
    enum segment_kind kind = segment_kind_of(in->segment->flags);
    wrong.variant = option->subtype;
    if (!option_may_be_on(option, kind))
        return finding_add(findings, &wrong, "%s%s on %s: it must not be there",
                           mpta_subtype_name(option->subtype), option_form_words(option),
                           segment_words[kind]);
    return !on_wrong_subflow(in, option) ||
           finding_add(findings, &wrong, "%s on a subflow that was opened by %s",
                       mpta_subtype_name(option->subtype),
                       option->subtype == MPTA_MP_JOIN ? "MP_CAPABLE" : "MP_JOIN");
}

/* ---- Reserved bits --------------------------------------------------------------------------- */

static bool inspect_reserved(struct mpta_tracker *tracker, const struct incoming *in,
                             const struct mpta_mptcp_option *option)
{
    const struct connection *connection = in->subflow ? in->subflow->connection : NULL;
    unsigned bits = option_reserved(option, connection ? connection->version : -1);
    struct occurrence reserved = occurrence_here(FINDING_OPTION_RESERVED_BITS, in);
    reserved.variant = option->subtype;
    return bits == 0 ||
           finding_add(findings_of(tracker, in), &reserved, "reserved bits of %s are set: 0x%x",
                       mpta_subtype_name(option->subtype), bits);
}

/* ---- All of it ------------------------------------------------------------------------------- */

static bool inspect_option(struct mpta_tracker *tracker, const struct incoming *in,
                           const struct mpta_mptcp_option *option)
{
    return inspect_repeated(tracker, in, option) && inspect_pairs(tracker, in, option) &&
           inspect_place(tracker, in, option) && inspect_reserved(tracker, in, option);
}

/* One DSS with nothing odd about it, or no option: what nearly all segments have. */
static bool options_are_usual(const struct incoming *in)
{
    const struct options *options = in->options;
    const struct mpta_mptcp_option *option = &options->items[0];
    if (options->refused_count > 0 || options->overrun || options->unclean_end)
        return false;
    return options->count == 0 ||
           (options->count == 1 && option->subtype == MPTA_DSS &&
            option_reserved(option, -1) == 0 && !(in->segment->flags & MPTA_TCP_SYN));
}

bool inspect_options(struct mpta_tracker *tracker, const struct incoming *in)
{
    if (options_are_usual(in))
        return true;
    if (!inspect_refused(tracker, in) || !inspect_walk(tracker, in) ||
        !inspect_after_refused(tracker, in))
        return false;
    for (size_t i = 0; i < in->options->count; i++) {
        if (!inspect_option(tracker, in, &in->options->items[i]))
            return false;
    }
    return true;
}
