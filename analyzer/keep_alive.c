/* SPDX-License-Identifier: BSD-3-Clause */
#include "analyzer/keep_alive.h"

#include "analyzer/elapsed.h"

/* A capture puts packets out of order by less than this, and a keep-alive follows later. */
#define KEEP_ALIVE_NS INT64_C(1000000000)

static bool tells_mapping(const struct options *options)
{
    const struct mpta_mptcp_option *dss = options_find(options, MPTA_DSS);
    const struct mpta_mptcp_option *capable = options_find(options, MPTA_MP_CAPABLE);
    return (dss && dss->dss.has_map) || (capable && capable->capable.has_data_len);
}

/* In a hole of the acknowledgements, too: the end of a mapping, after a silence. */
static bool ends_unheard(const struct extent *extent, const struct half *half, int64_t time_ns)
{
    uint64_t next;
    return half->seen.count > 0 && half->acked < extent->end && half->next <= extent->end &&
           mapping_find(&half->mappings, extent->begin, &next) &&
           elapsed_ns(half->measure.flow.last_data_ns, time_ns) >= KEEP_ALIVE_NS;
}

/*
 * The garbage octet of RFC 1122 section 4.2.3.6, in a hole of the capture. What goes on from the
 * octet before it may have been captured after its acknowledgement instead.
 */
static bool is_keep_alive(const struct extent *extent, const struct half *half,
                          const struct mpta_packet *packet, const struct options *options)
{
    uint64_t at = extent->begin;
    int64_t time_ns = packet->place.time_ns;
    bool ends_heard =
        half->acked == extent->end && (rangeset_count(&half->seen, at - 1, at) == 0 ||
                                       elapsed_ns(half->acked_ns, time_ns) >= KEEP_ALIVE_NS);
    return (ends_heard || ends_unheard(extent, half, time_ns)) &&
           rangeset_count(&half->seen, at, at + 1) == 0 &&
           !(packet->segment->flags & MPTA_TCP_SYN) && !tells_mapping(options);
}

bool octet_is_probe(const struct extent *extent, const struct half *half,
                    const struct mpta_packet *packet, const struct options *options)
{
    return (half->isn_known && extent->begin == half->isn) ||
           is_keep_alive(extent, half, packet, options);
}
