/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One initial subflow captured on both sides of a NAT: two pairs of addresses and ports, but one
 * SYN. Two SYNs with one ISN and one timestamp are it, for both are drawn by chance. The keys could
 * tell, too, but come too late: by then either side would be a connection. Joins have tokens and
 * nonces, see place.c.
 */
#include "analyzer/elapsed.h"
#include "analyzer/siphash.h"
#include "analyzer/tracker.h"

#include <stddef.h>

/* So many SYNs that are alike are looked at; more are made to be so. */
#define TWINS_MAX 8

static uint64_t twin_hash(const struct mpta_tracker *tracker, const struct incoming *in)
{
    const uint32_t numbers[2] = {in->segment->seq, in->options->timestamps.value};
    return siphash(tracker->hash_key, numbers, sizeof(numbers));
}

static bool is_syn(const struct incoming *in)
{
    return (in->segment->flags & (MPTA_TCP_SYN | MPTA_TCP_ACK)) == MPTA_TCP_SYN &&
           in->options->timestamps.present;
}

static bool is_close(const struct subflow *subflow, const struct incoming *in)
{
    return elapsed_ns(subflow->first.time_ns, in->packet->place.time_ns) <= DEDUP_WINDOW_NS &&
           elapsed_ns(in->packet->place.time_ns, subflow->first.time_ns) <= DEDUP_WINDOW_NS;
}

static bool is_twin(const struct subflow *subflow, const struct incoming *in)
{
    return subflow->awake->syn_number == in->segment->seq &&
           subflow->awake->syn_timestamp == in->options->timestamps.value;
}

bool twin_find(const struct mpta_tracker *tracker, const struct incoming *in, struct subflow **twin)
{
    struct link *link = is_syn(in) ? table_find(&tracker->initials, twin_hash(tracker, in)) : NULL;
    *twin = NULL;
    for (unsigned i = 0; link && !*twin && i < TWINS_MAX; i++, link = table_find_next(link)) {
        struct subflow *subflow =
            (struct subflow *)((char *)link - offsetof(struct subflow, place_link));
        if (!is_close(subflow, in))
            continue;
        if (!subflow_wake(tracker, subflow))
            return false;
        if (is_twin(subflow, in))
            *twin = subflow;
    }
    return true;
}

bool twin_remember(struct mpta_tracker *tracker, const struct incoming *in)
{
    struct subflow *subflow = in->subflow;
    if (!is_syn(in))
        return true;
    if (!table_reserve(&tracker->initials))
        return false;
    subflow->awake->syn_number = in->segment->seq;
    subflow->awake->syn_timestamp = in->options->timestamps.value;
    table_insert(&tracker->initials, &subflow->place_link, twin_hash(tracker, in));
    subflow->in_initials = true;
    return true;
}

void twin_forget(struct mpta_tracker *tracker, struct subflow *subflow)
{
    if (subflow->in_initials)
        table_remove(&tracker->initials, &subflow->place_link);
    subflow->in_initials = false;
}
