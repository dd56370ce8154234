/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Subflows and tokens lie in one table and one row, the oldest first. They are told apart by their
 * kind and whole key: where two have one hash by chance, the newer one hides the older.
 */
#include "analyzer/gone.h"

#include "analyzer/elapsed.h"
#include "analyzer/siphash.h"
#include "analyzer/token.h"

#include <stdlib.h>
#include <string.h>

/* Packets of a subflow lie this close to its end: its window at the most. */
#define GONE_REACH (UINT64_C(1) << 24)
/* The third packet of a handshake lies this close behind the ISN: data on the SYN is one segment.
 */
#define GONE_HANDSHAKE_REACH 65536
/* So many that had one key are considered, the newest. */
#define GONE_INCARNATIONS 4
/* It may be the subflow's, if it is no other's: nothing tells. */
#define GONE_PERHAPS (UINT64_MAX - 1)

/* What one end had sent. */
struct gone_end {
    bool isn_known;
    bool seq_known;
    bool fin;
    uint32_t isn;
    uint32_t next; /* sequence number after its last octet */
};

struct gone {
    struct link link;
    struct gone *younger;
    int64_t left_ns;
    bool is_token;
    uint32_t token;
    struct flow_key key;
    struct gone_end ends[2]; /* in the order of the key */
};

/* ---- The row --------------------------------------------------------------------------------- */

static bool is_on_its_way(const struct mpta_tracker *tracker, const struct gone *gone)
{
    return elapsed_ns(gone->left_ns, tracker->now_ns) <= GONE_NS;
}

static void row_drop_oldest(struct gone_list *list)
{
    struct gone *oldest = list->oldest;
    list->oldest = oldest->younger;
    if (!list->oldest)
        list->newest = NULL;
    list->count--;
    table_remove(&list->table, &oldest->link);
    free(oldest);
}

static void row_age(struct mpta_tracker *tracker)
{
    struct gone_list *list = &tracker->gone;
    while (list->oldest && !is_on_its_way(tracker, list->oldest))
        row_drop_oldest(list);
    while (list->oldest && list->count >= GONE_MAX) {
        list->token_lost |= list->oldest->is_token;
        row_drop_oldest(list);
    }
}

/* A new one, at the end of the row. NULL without memory. */
static struct gone *row_append(struct mpta_tracker *tracker, uint64_t hash)
{
    struct gone_list *list = &tracker->gone;
    row_age(tracker);
    struct gone *gone = table_reserve(&list->table) ? calloc(1, sizeof(*gone)) : NULL;
    if (!gone)
        return NULL;
    gone->left_ns = tracker->now_ns;
    table_insert(&list->table, &gone->link, hash);
    if (list->newest)
        list->newest->younger = gone;
    else
        list->oldest = gone;
    list->newest = gone;
    list->count++;
    return gone;
}

/* Of one hash the newest comes first: behind one that is too old there is none. */
static const struct gone *gone_of(const struct mpta_tracker *tracker, const struct link *link)
{
    const struct gone *gone =
        link ? (const struct gone *)((const char *)link - offsetof(struct gone, link)) : NULL;
    return gone && is_on_its_way(tracker, gone) ? gone : NULL;
}

static const struct gone *gone_first(const struct mpta_tracker *tracker, uint64_t hash)
{
    return gone_of(tracker, table_find(&tracker->gone.table, hash));
}

static const struct gone *gone_next(const struct mpta_tracker *tracker, const struct gone *gone)
{
    return gone_of(tracker, table_find_next(&gone->link));
}

void gone_clear(struct gone_list *list)
{
    while (list->oldest)
        row_drop_oldest(list);
    table_clear(&list->table);
    *list = (struct gone_list){0};
}

static uint64_t key_hash(const struct mpta_tracker *tracker, const struct flow_key *key)
{
    return siphash(tracker->hash_key, key, sizeof(*key));
}

/* ---- Leaving --------------------------------------------------------------------------------- */

/* Which end of its key has an address and a port. */
static unsigned end_of(const struct flow_key *key, const struct mpta_address *address,
                       uint16_t port)
{
    return key->port[0] == port && memcmp(key->address[0], address->octets, 16) == 0 ? 0 : 1;
}

void gone_add_subflow(struct mpta_tracker *tracker, const struct subflow *subflow)
{
    /* Behind a NAT it has other addresses, and the same numbers. */
    const struct subflow *own = subflow->kind == SUBFLOW_ALIAS ? subflow->same_as : subflow;
    if (!own->awake)
        return; /* there was no memory to wake it */
    struct gone *gone = row_append(tracker, key_hash(tracker, &subflow->key));
    if (!gone)
        return;
    gone->key = subflow->key;
    for (int role = OPENER; role <= RESPONDER; role++) {
        const struct half *half = &own->halves[role];
        const struct endpoint *at = &subflow->ends[role];
        gone->ends[end_of(&subflow->key, &at->address, at->port)] = (struct gone_end){
            .isn_known = half->isn_known,
            .seq_known = half->seq_known,
            .fin = half->fin && !own->altered,
            .isn = (uint32_t)half->isn,
            .next = (uint32_t)half->next,
        };
    }
}

void gone_add_token(struct mpta_tracker *tracker, uint32_t token)
{
    struct gone *gone = row_append(tracker, token_hash(tracker, token));
    tracker->gone.token_lost |= !gone;
    if (!gone)
        return;
    gone->is_token = true;
    gone->token = token;
}

/* ---- Late ------------------------------------------------------------------------------------ */

/* It carries what only the third packet of a handshake does. */
static bool is_third_ack(const struct incoming *in)
{
    const struct mpta_mptcp_option *join = options_find(in->options, MPTA_MP_JOIN);
    const struct mpta_mptcp_option *capable = options_find(in->options, MPTA_MP_CAPABLE);
    return (join && join->join.form == MPTA_JOIN_ACK) ||
           (capable && capable->capable.has_receiver_key);
}

static bool continues_handshake(const struct gone_end *sender, uint32_t seq)
{
    uint32_t ahead = seq - sender->isn;
    return sender->isn_known && ahead > 0 && ahead <= GONE_HANDSHAKE_REACH;
}

/* Ports are used again by others, whose SYNs have other numbers, and whose data lies elsewhere. */
static uint64_t end_distance(const struct gone_end *sender, const struct incoming *in)
{
    const struct mpta_segment *segment = in->segment;
    bool reset = segment->flags & MPTA_TCP_RST;
    if (segment->flags & MPTA_TCP_SYN)
        return sender->isn_known && sender->isn == segment->seq ? 0 : UINT64_MAX;
    if (is_third_ack(in) && !continues_handshake(sender, segment->seq))
        return UINT64_MAX;
    if (!sender->seq_known || (reset && segment->seq == 0))
        return GONE_PERHAPS;
    int64_t ahead = (int32_t)(segment->seq - sender->next);
    uint64_t distance = (uint64_t)(ahead < 0 ? -ahead : ahead);
    bool behind_fin = ahead > 0 && sender->fin && !reset;
    return behind_fin || distance >= GONE_REACH ? UINT64_MAX : distance;
}

static bool has_key(const struct gone *gone, const struct flow_key *key)
{
    return !gone->is_token && memcmp(&gone->key, key, sizeof(*key)) == 0;
}

uint64_t gone_distance(const struct mpta_tracker *tracker, const struct incoming *in,
                       const struct flow_key *key)
{
    const struct gone *gone = gone_first(tracker, key_hash(tracker, key));
    uint64_t least = UINT64_MAX;
    for (unsigned i = 0; gone && i < GONE_INCARNATIONS; i++, gone = gone_next(tracker, gone)) {
        if (!has_key(gone, key))
            continue;
        unsigned sender = end_of(key, &in->segment->src, in->segment->src_port);
        uint64_t distance = end_distance(&gone->ends[sender], in);
        least = distance < least ? distance : least;
    }
    return least;
}

bool gone_has_key(const struct mpta_tracker *tracker, const struct flow_key *key)
{
    const struct gone *gone = gone_first(tracker, key_hash(tracker, key));
    return gone && has_key(gone, key);
}

bool gone_has_token(const struct mpta_tracker *tracker, uint32_t token)
{
    const struct gone *gone = gone_first(tracker, token_hash(tracker, token));
    return gone && gone->is_token && gone->token == token;
}
