/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a host still sends after it said that it would not: mappings after an infinite mapping,
 * other subflows beside one (RFC 8684 section 3.7), data after its MP_FASTCLOSE (section 3.5).
 * Packets overtake each other, so the order of the capture proves nothing; what each says of its
 * own time does.
 */
#ifndef ANALYZER_AFTERMATH_H
#define ANALYZER_AFTERMATH_H

#include "analyzer/tracker.h"

/* Notes the first MP_FASTCLOSE of a connection. False if there is no memory. */
bool aftermath_note_fastclose(const struct incoming *in);

/*
 * Takes a DSS on a linked subflow: it may be an infinite mapping, or come after the end. False if
 * there is no memory.
 */
bool aftermath_take(const struct incoming *in, const struct mpta_dss *dss);

static inline bool aftermath_take_dss(const struct incoming *in, const struct mpta_dss *dss)
{
    bool ends = dss->has_map && dss->data_len == 0;
    return (!ends && !in->subflow->connection->aftermath) || aftermath_take(in, dss);
}

#endif
