/* SPDX-License-Identifier: BSD-3-Clause */
/* Gathers the kind-30 options of a segment, its timestamps and D-SACK; what they mean is for others
 * to say. */
#include "analyzer/options.h"

#include "analyzer/seq.h"

static void options_refuse(struct options *options, const struct mpta_tcp_option *tcp_option,
                           enum mpta_option_status status)
{
    enum mpta_subtype subtype =
        tcp_option->length > 2 ? (enum mpta_subtype)(tcp_option->octets[2] >> 4) : MPTA_MP_CAPABLE;
    options->dss_refused |= subtype == MPTA_DSS;
    if (options->refused_count++ > 0)
        return;
    options->refused_status = status;
    options->refused_length = tcp_option->length;
    options->refused_subtype = subtype;
}

/* What a receiver may take for the rest of a DSS that it has refused. */
static bool follows_refused_dss(const struct options *options,
                                const struct mpta_mptcp_option *option)
{
    return options->dss_refused &&
           (option->subtype == MPTA_DSS ||
            (option->subtype == MPTA_MP_CAPABLE && option->capable.has_data_len));
}

static void options_take_mptcp(struct options *options, const struct mpta_tcp_option *tcp_option)
{
    if (options->count == OPTIONS_MAX)
        return;
    struct mpta_mptcp_option *option = &options->items[options->count];
    enum mpta_option_status status =
        mpta_mptcp_decode(tcp_option->octets, tcp_option->length, option);
    options->fits |= status != MPTA_OPTION_LENGTH;
    if (status != MPTA_OPTION_OK) {
        options_refuse(options, tcp_option, status);
        return;
    }
    options->dss_after_refused |= follows_refused_dss(options, option);
    options->subtypes |= 1U << option->subtype;
    options->count++;
}

/*
 * RFC 2883 section 4: the first block reports what came twice, if it lies below what the segment
 * acknowledges or within the second block.
 */
static void options_take_sack(struct options *options, const struct mpta_tcp_option *tcp_option,
                              uint32_t ack)
{
    struct mpta_sack sack;
    if (!mpta_sack_decode(tcp_option, &sack))
        return;
    uint32_t left = sack.blocks[0].left, right = sack.blocks[0].right;
    bool within = sack.count > 1 && !seq_is_after(sack.blocks[1].left, left) &&
                  !seq_is_after(right, sack.blocks[1].right);
    options->twice.present = seq_is_after(right, left) && (within || !seq_is_after(right, ack));
    options->twice.left = left;
    options->twice.right = right;
}

static void options_take(struct options *options, const struct mpta_tcp_option *tcp_option,
                         uint32_t ack)
{
    struct timestamps *timestamps = &options->timestamps;
    if (tcp_option->kind == MPTA_KIND_MPTCP)
        options_take_mptcp(options, tcp_option);
    else if (tcp_option->kind == MPTA_KIND_TIMESTAMPS && !timestamps->present)
        timestamps->present =
            mpta_timestamps_decode(tcp_option, &timestamps->value, &timestamps->echo);
    else if (tcp_option->kind == MPTA_KIND_SACK)
        options_take_sack(options, tcp_option, ack);
    else if (tcp_option->kind == MPTA_KIND_MSS)
        (void)mpta_mss_decode(tcp_option, &options->syn.mss);
    else if (tcp_option->kind == MPTA_KIND_WINDOW_SCALE)
        options->syn.scales = mpta_window_scale_decode(tcp_option, &options->syn.window_scale);
}

void options_read(struct options *options, const struct mpta_segment *segment)
{
    struct mpta_option_walk walk;
    struct mpta_tcp_option tcp_option;
    enum mpta_walk step;

    options->count = 0;
    options->subtypes = 0;
    options->refused_count = 0;
    options->dss_refused = false;
    options->dss_after_refused = false;
    options->fits = false;
    options->timestamps.present = false;
    options->twice.present = false;
    options->syn = (struct syn_options){0};
    mpta_option_walk_start(&walk, segment);
    while ((step = mpta_option_walk_next(&walk, &tcp_option)) == MPTA_WALK_OPTION)
        options_take(options, &tcp_option, segment->ack);
    options->cut = step == MPTA_WALK_CUT;
    options->overrun = step == MPTA_WALK_OVERRUN;
    options->unclean_end = walk.unclean_end;
}
