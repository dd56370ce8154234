/* SPDX-License-Identifier: BSD-3-Clause */
/* The rules for options of kind 30 as tables by subtype, and small functions where forms differ. */
#include "analyzer/option_rules.h"

#include <string.h>

#define BIT(number) (1U << (number))
/* 9 to 14 are unassigned, 15 is for experiments: no rule speaks of them. */
#define SUBTYPE_KNOWN_COUNT (MPTA_MP_TCPRST + 1)

static bool option_is_known(const struct mpta_mptcp_option *option)
{
    return option->subtype < SUBTYPE_KNOWN_COUNT;
}

/* ---- Which segments -------------------------------------------------------------------------- */

#define ON_SYN     BIT(SEGMENT_SYN)
#define ON_SYN_ACK BIT(SEGMENT_SYN_ACK)
#define ON_RST     BIT(SEGMENT_RST)
#define ON_OTHER   BIT(SEGMENT_OTHER)
#define ON_ANY     (ON_SYN | ON_SYN_ACK | ON_RST | ON_OTHER)

enum segment_kind segment_kind_of(uint16_t flags)
{
    if (flags & MPTA_TCP_SYN)
        return flags & MPTA_TCP_ACK ? SEGMENT_SYN_ACK : SEGMENT_SYN;
    return flags & MPTA_TCP_RST ? SEGMENT_RST : SEGMENT_OTHER;
}

/* RFC 8684 section 3.1; in version 0 already the SYN has a key, RFC 6824 section 3.1. */
static unsigned capable_places(const struct mpta_mp_capable *capable)
{
    if (capable->version > 1)
        return ON_ANY;
    if (capable->has_receiver_key)
        return ON_RST | ON_OTHER;
    if (capable->has_sender_key)
        return capable->version == 0 ? ON_SYN | ON_SYN_ACK : ON_SYN_ACK;
    return ON_SYN;
}

/* RFC 8684 section 3.2 */
static unsigned join_places(const struct mpta_mp_join *join)
{
    static const unsigned places[] = {
        [MPTA_JOIN_SYN] = ON_SYN,
        [MPTA_JOIN_SYN_ACK] = ON_SYN_ACK,
        [MPTA_JOIN_ACK] = ON_RST | ON_OTHER,
    };
    return places[join->form];
}

/*
 * Kernels put what an ACK would have on a RST, too. MP_TCPRST is for RSTs alone: RFC 8684 section
 * 3.6.
 */
static unsigned option_places(const struct mpta_mptcp_option *option)
{
    static const unsigned places[SUBTYPE_KNOWN_COUNT] = {
        [MPTA_DSS] = ON_RST | ON_OTHER,     [MPTA_ADD_ADDR] = ON_ANY,
        [MPTA_REMOVE_ADDR] = ON_ANY,        [MPTA_MP_PRIO] = ON_ANY,
        [MPTA_MP_FAIL] = ON_RST | ON_OTHER, [MPTA_MP_FASTCLOSE] = ON_RST | ON_OTHER,
        [MPTA_MP_TCPRST] = ON_RST,
    };
    if (option->subtype == MPTA_MP_CAPABLE)
        return capable_places(&option->capable);
    if (option->subtype == MPTA_MP_JOIN)
        return join_places(&option->join);
    return option_is_known(option) ? places[option->subtype] : ON_ANY;
}

bool option_may_be_on(const struct mpta_mptcp_option *option, enum segment_kind kind)
{
    return option_places(option) & BIT(kind);
}

/* ---- Which pairs ----------------------------------------------------------------------------- */

/*
 * Linux writes down in net/mptcp/options.c which subtypes it never sends together; since
 * CVE-2026-80587 it does not take them together either. Each pair stands at its higher subtype.
 * What RFC 8684 allows all the same is left out: DSS beside MP_CAPABLE, see maps_twice.
 */
static const unsigned excluded[SUBTYPE_KNOWN_COUNT] = {
    [MPTA_MP_JOIN] = BIT(MPTA_MP_CAPABLE),
    [MPTA_DSS] = BIT(MPTA_MP_JOIN),
    [MPTA_ADD_ADDR] = BIT(MPTA_MP_CAPABLE) | BIT(MPTA_MP_JOIN),
    [MPTA_MP_PRIO] = BIT(MPTA_MP_CAPABLE),
    [MPTA_MP_FAIL] = BIT(MPTA_MP_CAPABLE) | BIT(MPTA_MP_JOIN) | BIT(MPTA_ADD_ADDR) |
                     BIT(MPTA_REMOVE_ADDR) | BIT(MPTA_MP_PRIO),
    [MPTA_MP_FASTCLOSE] = BIT(MPTA_MP_CAPABLE) | BIT(MPTA_MP_JOIN) | BIT(MPTA_ADD_ADDR) |
                          BIT(MPTA_REMOVE_ADDR) | BIT(MPTA_MP_PRIO) | BIT(MPTA_MP_FAIL),
    [MPTA_MP_TCPRST] = BIT(MPTA_MP_CAPABLE) | BIT(MPTA_MP_JOIN) | BIT(MPTA_DSS) |
                       BIT(MPTA_ADD_ADDR) | BIT(MPTA_REMOVE_ADDR) | BIT(MPTA_MP_PRIO),
};

/* Stacks of version 0 put more beside MP_CAPABLE, and RFC 6824 lets them: all but another way in.
 */
static bool excluded_in_version_0(const struct mpta_mptcp_option *other)
{
    return other->subtype == MPTA_MP_JOIN;
}

/* MP_CAPABLE with data and a DSS with a mapping: two mappings for one segment. */
static bool maps_twice(const struct mpta_mptcp_option *capable, const struct mpta_mptcp_option *dss)
{
    return capable->capable.has_data_len && dss->subtype == MPTA_DSS && dss->dss.has_map;
}

bool options_exclude(const struct mpta_mptcp_option *a, const struct mpta_mptcp_option *b)
{
    const struct mpta_mptcp_option *lower = a->subtype < b->subtype ? a : b;
    const struct mpta_mptcp_option *higher = lower == a ? b : a;
    if (!option_is_known(higher))
        return false;
    if (lower->subtype == MPTA_MP_CAPABLE && lower->capable.version == 0)
        return excluded_in_version_0(higher);
    if (lower->subtype == MPTA_MP_CAPABLE && maps_twice(lower, higher))
        return true;
    return excluded[higher->subtype] & BIT(lower->subtype);
}

/* Decoding clears what it does not fill, padding included. */
static bool is_same(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(struct mpta_mptcp_option)) == 0;
}

/*
 * Several addresses may be announced and removed at once (RFC 6824 section 3.4.1), and the priority
 * of several subflows changed.
 */
bool options_contradict(const struct mpta_mptcp_option *a, const struct mpta_mptcp_option *b)
{
    bool same_subject = true;
    if (a->subtype == MPTA_ADD_ADDR)
        same_subject = a->add_addr.echo == b->add_addr.echo &&
                       a->add_addr.address_id == b->add_addr.address_id;
    else if (a->subtype == MPTA_MP_PRIO)
        same_subject = a->prio.has_address_id == b->prio.has_address_id &&
                       a->prio.address_id == b->prio.address_id;
    return option_is_known(a) && a->subtype != MPTA_REMOVE_ADDR && same_subject && !is_same(a, b);
}

/* ---- Reserved bits --------------------------------------------------------------------------- */

/* Flag B must be 0 until an extension uses it; other flags name no algorithm so far. */
static unsigned capable_reserved(const struct mpta_mp_capable *capable)
{
    static const uint8_t unused[] = {
        0xff ^ (MPTA_CAPABLE_A | MPTA_CAPABLE_H),
        0xff ^ (MPTA_CAPABLE_A | MPTA_CAPABLE_C | MPTA_CAPABLE_H),
    };
    return capable->version < sizeof(unused) ? capable->flags & unused[capable->version] : 0;
}

/* What has a meaning in the other forms is reserved in the ACK. */
static unsigned join_reserved(const struct mpta_mp_join *join)
{
    if (join->form == MPTA_JOIN_ACK)
        return (unsigned)join->flags << 8 | join->address_id;
    return join->flags & 0xeU;
}

unsigned option_reserved(const struct mpta_mptcp_option *option, int version)
{
    switch (option->subtype) {
    case MPTA_MP_CAPABLE:
        return capable_reserved(&option->capable);
    case MPTA_MP_JOIN:
        return join_reserved(&option->join);
    case MPTA_DSS:
        return (unsigned)option->dss.reserved << 8 | (option->dss.flags & 0xe0U);
    case MPTA_ADD_ADDR: /* in version 0 the nibble is the version of IP */
        return version == 1 ? option->add_addr.nibble & 0xeU : 0;
    case MPTA_REMOVE_ADDR:
        return option->remove_addr.nibble;
    case MPTA_MP_PRIO:
        return option->prio.nibble & 0xeU;
    case MPTA_MP_FAIL:
        return option->fail.reserved;
    case MPTA_MP_FASTCLOSE:
        return option->fastclose.reserved;
    case MPTA_MP_TCPRST:
        return option->tcprst.flags & 0xeU;
    case MPTA_MP_EXPERIMENTAL:
        break;
    }
    return 0;
}
