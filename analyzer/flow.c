/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * From a packet to its subflow. A flow is the pair of its ends; when ports are used again it has
 * several incarnations, told apart by sequence numbers. Plain TCP is none of our business and costs
 * one look-up a packet - unless it takes over the ports of a subflow, which must not get its
 * packets.
 */
#include "analyzer/leave.h"
#include "analyzer/siphash.h"

#include "analyzer/seq.h"

#include <string.h>

/* So many incarnations of one flow are considered; late packets belong to the last but one. */
#define FLOW_INCARNATIONS 4
/* A SYN that comes after the packets it opened lies this far below them at most. */
#define FLOW_LATE_SYN_REACH (UINT64_C(1) << 30)
/* The packets of a handshake lie this close behind the ISN: data on the SYN is one segment. */
#define FLOW_HANDSHAKE_REACH 65536
/* Packets of a closed subflow lie this close to its end: its window at the most. */
#define FLOW_CLOSED_REACH (UINT64_C(1) << 24)

/* ---- By its ends ---------------------------------------------------------------------------- */

static struct subflow *subflow_of(struct link *link, const struct flow_key *key)
{
    for (; link; link = table_find_next(link)) {
        struct subflow *subflow =
            (struct subflow *)((char *)link - offsetof(struct subflow, flow_link));
        if (memcmp(&subflow->key, key, sizeof(*key)) == 0)
            return subflow;
    }
    return NULL;
}

static struct subflow *incarnation_before(struct subflow *subflow)
{
    return subflow_of(table_find_next(&subflow->flow_link), &subflow->key);
}

static uint64_t flow_hash(const struct mpta_tracker *tracker, const struct flow_key *key)
{
    return siphash(tracker->hash_key, key, sizeof(*key));
}

/* Whom packets between these ends belonged to lately. Whoever has others put there only makes
 * that the table is asked. */
static struct subflow **flow_recent(struct mpta_tracker *tracker, const struct flow_key *key)
{
    unsigned mixed = key->port[0] ^ key->port[1];
    for (int i = 0; i < 2; i++)
        mixed ^= key->address[i][3] ^ key->address[i][15];
    return &tracker->recent_flows[(mixed ^ mixed >> 6) % FLOW_RECENT];
}

/* The newest incarnation of a flow. */
static struct subflow *flow_newest(struct mpta_tracker *tracker, const struct flow_key *key)
{
    struct subflow **recent = flow_recent(tracker, key);
    if (*recent && memcmp(&(*recent)->key, key, sizeof(*key)) == 0)
        return *recent;
    struct subflow *newest = subflow_of(table_find(&tracker->flows, flow_hash(tracker, key)), key);
    if (newest)
        *recent = newest;
    return newest;
}

void flow_remove(struct mpta_tracker *tracker, struct subflow *subflow)
{
    struct subflow **recent = flow_recent(tracker, &subflow->key);
    if (*recent == subflow)
        *recent = NULL;
    table_remove(&tracker->flows, &subflow->flow_link);
}

/* ---- By its numbers ------------------------------------------------------------------------- */

/* A SYN that was sent before anything seen of the subflow, and whose successors these may be. */
static bool syn_precedes(const struct subflow *subflow, const struct mpta_packet *packet)
{
    const struct half *opener = &subflow->halves[OPENER];
    if (opener->isn_known || !opener->seq_known || subflow->kind == SUBFLOW_PLAIN ||
        packet->place.time_ns > subflow->first.time_ns)
        return false;
    uint64_t position = seq_extend(packet->segment->seq, opener->next);
    return position < opener->next && opener->next - position < FLOW_LATE_SYN_REACH;
}

/* A SYN that comes again, when the first one was not captured but its answer was. */
static bool syn_was_answered(const struct subflow *subflow, const struct mpta_segment *segment)
{
    const struct half *opener = &subflow->halves[OPENER];
    return opener->seen.count == 0 && opener->acked > 0 && subflow->seen == SEEN_SYN_ACK &&
           (uint32_t)opener->acked == segment->seq + 1;
}

static bool syn_belongs(const struct subflow *subflow, const struct mpta_packet *packet)
{
    const struct half *opener = &subflow->halves[OPENER];
    if (subflow_sender(subflow, packet->segment) != OPENER)
        return false;
    if (opener->isn_known)
        return (uint32_t)opener->isn == packet->segment->seq;
    return syn_precedes(subflow, packet) || syn_was_answered(subflow, packet->segment);
}

/* Of an alias, the one that it is, too. */
static bool incarnation_wake(const struct mpta_tracker *tracker, const struct subflow *subflow)
{
    return subflow_wake(tracker, subflow->kind == SUBFLOW_ALIAS ? subflow->same_as : subflow);
}

static bool find_for_syn(const struct mpta_tracker *tracker, struct subflow *newest,
                         struct incoming *in)
{
    struct subflow *subflow = newest;
    for (int i = 0; subflow && !in->subflow && i < FLOW_INCARNATIONS; i++) {
        if (!incarnation_wake(tracker, subflow))
            return false;
        if (syn_belongs(subflow, in->packet))
            in->subflow = subflow;
        subflow = incarnation_before(subflow);
    }
    return true;
}

/*
 * A handshake packet of the opener goes on from its ISN, behind data on the SYN at the most; where
 * that was not captured, from the responder's, which SYN cookies may change.
 */
static bool continues_handshake(const struct subflow *subflow, const struct mpta_segment *segment)
{
    const struct half *opener = &subflow->halves[OPENER], *responder = &subflow->halves[RESPONDER];
    uint32_t ahead = opener->isn_known ? segment->seq - (uint32_t)opener->isn
                                       : segment->ack - (uint32_t)responder->isn;
    return (!opener->isn_known && !responder->isn_known) ||
           (ahead > 0 && ahead <= FLOW_HANDSHAKE_REACH);
}

/* All data of a half that was seen lies at a number or behind it. */
static bool precedes_data(const struct half *half, uint32_t number)
{
    return half->seen.count == 0 ||
           seq_extend(number, half->next) <= rangeset_ranges(&half->seen)[0].begin;
}

/* From the responder. */
static bool syn_ack_belongs(const struct subflow *subflow, const struct mpta_segment *segment)
{
    const struct half *opener = &subflow->halves[OPENER], *responder = &subflow->halves[RESPONDER];
    uint32_t acked = segment->ack - (uint32_t)opener->isn;
    if (opener->isn_known)
        return acked > 0 && acked <= FLOW_HANDSHAKE_REACH;
    if (responder->isn_known)
        return (uint32_t)responder->isn == segment->seq;
    return precedes_data(responder, segment->seq + 1) && precedes_data(opener, segment->ack);
}

/* Where no SYN was captured to tell, the client's key does: another one is another connection's. */
static bool has_another_key(const struct subflow *subflow, const struct mpta_mp_capable *capable)
{
    const struct connection *connection = subflow->connection;
    return !subflow->halves[OPENER].isn_known && connection &&
           connection->identities[MPTA_CLIENT].known &&
           connection->identities[MPTA_CLIENT].key != capable->sender_key;
}

static uint64_t distance(uint64_t a, uint64_t b)
{
    return a > b ? a - b : b - a;
}

/* How far a segment of `role` lies from what this subflow expects; 0 where nothing is known. */
static uint64_t subflow_distance(const struct subflow *subflow, enum role role,
                                 const struct mpta_segment *segment)
{
    const struct half *sender = &subflow->halves[role];
    const struct half *receiver = &subflow->halves[role_other(role)];
    /* A RST in answer to a segment has sequence number 0, or only its acknowledgement to tell. */
    bool bare_rst = segment->flags & MPTA_TCP_RST && segment->seq == 0;
    if (sender->seq_known && !bare_rst)
        return distance(seq_extend(segment->seq, sender->next), sender->next);
    if (receiver->seq_known && segment->flags & MPTA_TCP_ACK)
        return distance(seq_extend(segment->ack, receiver->next), receiver->next);
    return 0;
}

/*
 * A closed subflow cannot have sent this: it lies behind its FIN, or far away from its end. Where
 * something on the way changes how long payload is, FINs have another place behind it.
 */
static bool is_beyond_end(const struct subflow *subflow, enum role role,
                          const struct mpta_segment *segment)
{
    const struct half *half = &subflow->halves[role];
    /* Where a RST that may be forged has closed it, the next ones may be so, too. */
    if (segment->flags & MPTA_TCP_RST && subflow->awake->reset_doubt != MPTA_RESET_UNDOUBTED)
        return false;
    bool behind_fin = half->fin && !subflow->altered && !(segment->flags & MPTA_TCP_RST) &&
                      seq_extend(segment->seq, half->next) > half->fin_end;
    return behind_fin || subflow_distance(subflow, role, segment) >= FLOW_CLOSED_REACH;
}

/*
 * A packet that is no SYN may be of another incarnation whose SYN was not captured: its handshake
 * tells it by sequence numbers, and so does data that a closed subflow cannot have sent.
 */
static bool packet_belongs(const struct subflow *subflow, enum role role, const struct incoming *in)
{
    const struct mpta_segment *segment = in->segment;
    const struct mpta_mptcp_option *join = options_find(in->options, MPTA_MP_JOIN);
    const struct mpta_mptcp_option *capable = options_find(in->options, MPTA_MP_CAPABLE);
    bool third_ack = (join && join->join.form == MPTA_JOIN_ACK) ||
                     (capable && capable->capable.has_receiver_key);
    if (segment->flags & MPTA_TCP_SYN)
        return role == RESPONDER && syn_ack_belongs(subflow, segment);
    if (third_ack && role == OPENER &&
        (!continues_handshake(subflow, segment) ||
         (capable && has_another_key(subflow, &capable->capable))))
        return false;
    return !subflow_closed(subflow) || !is_beyond_end(subflow, role, segment);
}

/* How far a packet lies from a subflow, or from the one that it is, too; UINT64_MAX: elsewhere. */
static uint64_t packet_distance(const struct subflow *subflow, const struct incoming *in)
{
    const struct subflow *own = subflow->kind == SUBFLOW_ALIAS ? subflow->same_as : subflow;
    enum role role = subflow_sender(subflow, in->segment);
    return packet_belongs(own, role, in) ? subflow_distance(own, role, in->segment) : UINT64_MAX;
}

static bool find_nearest(const struct mpta_tracker *tracker, struct subflow *newest,
                         struct incoming *in)
{
    struct subflow *subflow = newest;
    uint64_t least = UINT64_MAX;
    for (int i = 0; subflow && i < FLOW_INCARNATIONS; i++) {
        if (!incarnation_wake(tracker, subflow))
            return false;
        uint64_t distance = packet_distance(subflow, in);
        if (distance < least) {
            least = distance;
            in->subflow = subflow;
        }
        subflow = incarnation_before(subflow);
    }
    return true;
}

/* ---- New subflows --------------------------------------------------------------------------- */

/* Who opened a subflow, judged by one of its packets; the higher port where nothing better tells.
 */
static enum role judge_role(const struct incoming *in)
{
    const struct mpta_segment *segment = in->segment;
    const struct mpta_mptcp_option *join = options_find(in->options, MPTA_MP_JOIN);
    const struct mpta_mptcp_option *capable = options_find(in->options, MPTA_MP_CAPABLE);
    if (segment->flags & MPTA_TCP_SYN)
        return segment->flags & MPTA_TCP_ACK ? RESPONDER : OPENER;
    if ((join && join->join.form == MPTA_JOIN_ACK) ||
        (capable && capable->capable.has_receiver_key))
        return OPENER;
    return segment->src_port >= segment->dst_port ? OPENER : RESPONDER;
}

/* What kind of subflow a packet opens, if any. */
static bool judge_kind(const struct incoming *in, bool reused, enum subflow_kind *kind)
{
    bool capable = options_find(in->options, MPTA_MP_CAPABLE);
    bool join = options_find(in->options, MPTA_MP_JOIN);
    bool syn = in->segment->flags & MPTA_TCP_SYN;
    *kind = capable || !join ? SUBFLOW_INITIAL : SUBFLOW_JOIN;
    if (!syn)
        return in->options->count > 0;
    if (!capable && !join) {
        *kind = SUBFLOW_PLAIN;
        return reused;
    }
    return true;
}

static bool flow_open(struct mpta_tracker *tracker, struct incoming *in, enum subflow_kind kind)
{
    if (!table_reserve(&tracker->flows))
        return false;
    leave_free_spent(tracker, 1);
    struct subflow *subflow = subflow_new(in->packet, judge_role(in));
    if (!subflow)
        return false;
    subflow->kind = kind;
    if (kind == SUBFLOW_JOIN && !subflow_make_join(subflow)) {
        subflow_free(subflow);
        return false;
    }
    subflow->succeeds = gone_has_key(tracker, &subflow->key);
    subflow_own(subflow, kind == SUBFLOW_PLAIN ? &tracker->followers : &tracker->owned);
    table_insert(&tracker->flows, &subflow->flow_link, flow_hash(tracker, &subflow->key));
    *flow_recent(tracker, &subflow->key) = subflow;
    in->subflow = subflow;
    return true;
}

/* It lies nearer to the end of a subflow that has left than to any that is here. */
static bool take_if_late(struct mpta_tracker *tracker, const struct incoming *in,
                         const struct flow_key *key)
{
    uint64_t own = in->subflow ? packet_distance(in->subflow, in) : UINT64_MAX;
    bool late = gone_distance(tracker, in, key) < own;
    tracker->late_packets += late;
    return late;
}

bool flow_find(struct mpta_tracker *tracker, struct incoming *in, bool *is_new)
{
    struct flow_key key = flow_key_of(in->segment);
    struct subflow *newest = flow_newest(tracker, &key);
    bool is_syn = (in->segment->flags & (MPTA_TCP_SYN | MPTA_TCP_ACK)) == MPTA_TCP_SYN;
    enum subflow_kind kind;

    *is_new = false;
    in->subflow = NULL;
    if (newest && !(is_syn ? find_for_syn(tracker, newest, in) : find_nearest(tracker, newest, in)))
        return false;
    if (in->subflow) {
        if (in->subflow->succeeds && !is_syn && take_if_late(tracker, in, &key))
            in->subflow = NULL;
        return true;
    }
    if (!judge_kind(in, newest != NULL, &kind) || take_if_late(tracker, in, &key))
        return true;
    *is_new = true;
    return flow_open(tracker, in, kind);
}

/* ---- Leaving --------------------------------------------------------------------------------- */

bool flow_guards(const struct mpta_tracker *tracker, const struct subflow *plain)
{
    struct subflow *subflow =
        subflow_of(table_find(&tracker->flows, plain->flow_link.hash), &plain->key);
    bool is_found = false, has_others = false;
    for (int i = 0; subflow && i < FLOW_INCARNATIONS; i++) {
        is_found |= subflow == plain;
        has_others |= subflow->kind != SUBFLOW_PLAIN && !subflow->given_up;
        subflow = incarnation_before(subflow);
    }
    return is_found && has_others;
}

void flow_note_leaver(struct mpta_tracker *tracker, const struct subflow *leaver)
{
    struct subflow *subflow =
        subflow_of(table_find(&tracker->flows, leaver->flow_link.hash), &leaver->key);
    for (int i = 0; subflow && i < FLOW_INCARNATIONS; i++) {
        subflow->succeeds = true;
        subflow = incarnation_before(subflow);
    }
    gone_add_subflow(tracker, leaver);
}
