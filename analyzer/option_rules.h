/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What RFC 8684 and RFC 6824 demand of options of kind 30 besides their lengths, as pure functions
 * of decoded options. Where the RFCs leave room, what kernels send is allowed.
 */
#ifndef ANALYZER_OPTION_RULES_H
#define ANALYZER_OPTION_RULES_H

#include "dissector/dissector.h"

/* Segments by what they may carry. */
enum segment_kind {
    SEGMENT_SYN,
    SEGMENT_SYN_ACK,
    SEGMENT_RST,
    SEGMENT_OTHER,
};
#define SEGMENT_KIND_COUNT 4

enum segment_kind segment_kind_of(uint16_t flags);

/* True if this form of an option may be on such a segment. */
bool option_may_be_on(const struct mpta_mptcp_option *option, enum segment_kind kind);

/* True if two options in one segment, of different subtypes, exclude each other. */
bool options_exclude(const struct mpta_mptcp_option *a, const struct mpta_mptcp_option *b);

/* True if two options in one segment, of the same subtype, cannot both be meant. */
bool options_contradict(const struct mpta_mptcp_option *a, const struct mpta_mptcp_option *b);

/*
 * The reserved bits of an option that are set, flags of no meaning included; 0: none. version is
 * the connection's, -1 where it is unknown.
 */
unsigned option_reserved(const struct mpta_mptcp_option *option, int version);

#endif
