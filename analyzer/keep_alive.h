/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Keep-alives: a sender without data asks whether the other end is still there, with an octet that
 * was acknowledged before or is garbage. It must not be taken for data.
 */
#ifndef ANALYZER_KEEP_ALIVE_H
#define ANALYZER_KEEP_ALIVE_H

#include "analyzer/subflow.h"

/*
 * One octet that may be a keep-alive's, and so nobody's data: where the SYN was, RFC 9293 section
 * 3.8.4; or, where it was not seen before, right below what was acknowledged, and no mapping with
 * it.
 */
bool octet_is_probe(const struct extent *extent, const struct half *half,
                    const struct mpta_packet *packet, const struct options *options);

static inline bool extent_is_probe(const struct extent *extent, const struct half *half,
                                   const struct mpta_packet *packet, const struct options *options)
{
    return extent->end == extent->begin + 1 && octet_is_probe(extent, half, packet, options);
}

#endif
