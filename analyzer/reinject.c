/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Data that goes again on another subflow, RFC 8684 section 3.3.6, and what had become of the one
 * that carried it first: that tells a path that died from a scheduler that sends all data twice.
 */
#include "analyzer/amount.h"
#include "analyzer/data.h"
#include "analyzer/elapsed.h"
#include "analyzer/part.h"

#include <stdio.h>
#include <string.h>

/* So many subflows, the newest, are asked whether they carried it. */
#define CARRIERS_MAX 16

static const struct subflow *first_carrier(const struct incoming *in, uint64_t begin, uint64_t end)
{
    const struct connection *connection = in->subflow->connection;
    enum mpta_side side = sender_side(in);
    size_t count = connection->subflow_count;
    for (size_t i = count > CARRIERS_MAX ? count - CARRIERS_MAX : 0; i < count; i++) {
        const struct subflow *subflow = connection->subflows[i];
        const struct half *half = &subflow->halves[subflow_role(subflow, side)];
        if (subflow != in->subflow && rangeset_count(&half->carried, begin, end) > 0)
            return subflow;
    }
    return NULL;
}

static enum reinject_reason reason_of(const struct incoming *in, uint64_t begin, uint64_t end)
{
    const struct subflow *carrier = first_carrier(in, begin, end);
    if (!carrier)
        return REINJECT_ALIVE;
    const struct half *half = &carrier->halves[subflow_role(carrier, sender_side(in))];
    int64_t silent_ns = elapsed_ns(half->progress.since.time_ns, in->packet->place.time_ns);
    if (carrier->was_reset || carrier->halves[OPENER].fin || carrier->halves[RESPONDER].fin)
        return REINJECT_CLOSED;
    return half->next > half->acked && silent_ns >= HAND_OVER_QUIET_NS ? REINJECT_SILENT
                                                                       : REINJECT_ALIVE;
}

bool reinject_take(struct incoming *in, uint64_t begin, uint64_t end, uint64_t octets)
{
    struct reinject_watch *watch = sender_watch(in)->reinject =
        part_make(sender_watch(in)->reinject, sizeof(*watch));
    if (!watch)
        return false;
    if (!watch->first.subflow)
        watch->first = remember(in);
    watch->octets[reason_of(in, begin, end)] += octets;
    return true;
}

/* Appends one reason to a sentence, if it has a share in it; how much it has unless it has all. */
static void add_reason(char *text, size_t size, uint64_t octets, uint64_t total, const char *words)
{
    size_t len = strlen(text);
    if (octets == total)
        (void)snprintf(text + len, size - len, " %s", words);
    else if (octets > 0)
        (void)snprintf(text + len, size - len, "%s %llu %s", len > 0 ? "," : ":",
                       (unsigned long long)octets, words);
}

bool reinject_conclude(struct connection *connection, enum mpta_side side)
{
    static const char *const words[] = {
        [REINJECT_CLOSED] = "after the first one was closed",
        [REINJECT_SILENT] = "after the first one had made no progress for 0.2 s or more",
        [REINJECT_ALIVE] = "while the first one was at work",
    };
    const struct reinject_watch *watch = connection->watches[side].reinject;
    if (!watch)
        return true;
    struct occurrence again = occurrence_remembered(FINDING_DATA_REINJECTED, &watch->first);
    uint64_t distinct = rangeset_total(&connection->streams[side].seen), total = 0;
    char reasons[160] = "";
    again.variant = side;
    for (int i = 0; i < REINJECT_REASON_COUNT; i++)
        total += watch->octets[i];
    for (int i = 0; i < REINJECT_REASON_COUNT; i++)
        add_reason(reasons, sizeof(reasons), watch->octets[i], total, words[i]);
    return total == 0 ||
           finding_add(&connection->findings, &again, "the %s sent %s again on another subflow%s%s",
                       side_word(side), amount_of(total, "byte").text, reasons,
                       2 * total > distinct ? "; most of its data came twice" : "");
}
