/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The handshake of a joining subflow, RFC 8684 section 3.2: token and nonce in the SYN, HMAC and
 * nonce in the SYN/ACK, HMAC in the ACK. "A" of the formulas is the opener of the subflow, also
 * where that is the server of the connection.
 */
#include "analyzer/connection.h"
#include "analyzer/elapsed.h"

#include <string.h>

static bool is_another_answer(const struct joining *said, const struct mpta_mp_join *join)
{
    return said->syn_ack_joined &&
           (join->nonce != said->nonce[RESPONDER] ||
            memcmp(join->hmac, said->syn_ack_hmac, sizeof(said->syn_ack_hmac)) != 0);
}

static void join_take_identity(struct subflow *subflow, enum role role,
                               const struct mpta_mp_join *join)
{
    struct half *half = &subflow->halves[role];
    subflow->joining->nonce_known[role] = true;
    subflow->joining->nonce[role] = join->nonce;
    half->address_id_known = true;
    half->address_id = join->address_id;
    half->backup = join->backup;
}

void join_take(struct subflow *subflow, enum role role, const struct mpta_mp_join *join,
               const struct mpta_packet *packet, bool changed)
{
    struct joining *said = subflow->joining;
    bool is_syn = packet->segment->flags & MPTA_TCP_SYN;
    if (join->form != MPTA_JOIN_ACK)
        said->syn_ack_proof.holds = false;
    if (role == OPENER && join->form == MPTA_JOIN_SYN && is_syn &&
        (!said->syn_ack_joined || !said->token_known)) {
        said->token_known = true;
        said->token = join->token;
        join_take_identity(subflow, OPENER, join);
    } else if (role == RESPONDER && join->form == MPTA_JOIN_SYN_ACK && is_syn && !changed &&
               is_another_answer(said, join)) {
        said->rival = (struct join_answer){.at = packet->place, .nonce = join->nonce};
        memcpy(said->rival.hmac, join->hmac, sizeof(said->rival.hmac));
    } else if (role == RESPONDER && join->form == MPTA_JOIN_SYN_ACK && is_syn) {
        join_take_identity(subflow, RESPONDER, join);
        memcpy(said->syn_ack_hmac, join->hmac, sizeof(said->syn_ack_hmac));
        if (!said->syn_ack_joined)
            said->syn_ack_first = packet->place;
        said->syn_ack_at = packet->place;
        said->syn_ack_joined = true;
    } else if (role == OPENER && join->form == MPTA_JOIN_ACK) {
        memcpy(said->ack_hmac, join->hmac, sizeof(said->ack_hmac));
        if (!said->ack_joined)
            said->ack_first = packet->place;
        said->ack_at = packet->place;
        said->ack_joined = true;
    }
}

/*
 * Only the packet that completes the three-way handshake must carry MP_JOIN; the opener repeats it
 * until the responder spoke. So one that is behind data proves nothing: the ACK may have come
 * before it, uncaptured.
 */
static bool is_third_ack(const struct subflow *subflow, enum role role,
                         const struct mpta_segment *segment)
{
    return role == OPENER && !(segment->flags & (MPTA_TCP_SYN | MPTA_TCP_RST)) &&
           segment->flags & MPTA_TCP_ACK && segment->payload_len == 0 &&
           subflow->joining->syn_ack_joined && !subflow->joining->ack_joined &&
           !(subflow->seen & SEEN_CONFIRMED) &&
           segment->seq == (uint32_t)subflow->halves[OPENER].isn + 1 &&
           segment->ack == (uint32_t)subflow->halves[RESPONDER].isn + 1;
}

void join_take_without(struct subflow *subflow, enum role role, const struct mpta_packet *packet)
{
    struct joining *said = subflow->joining;
    bool syn_ack =
        role == RESPONDER && packet->segment->flags & MPTA_TCP_SYN && !said->syn_ack_joined;
    if ((syn_ack || is_third_ack(subflow, role, packet->segment)) && said->stripped_at.packet == 0)
        said->stripped_at = packet->place;
}

/*
 * An HMAC costs more than all else that is done with a packet of a handshake, and that of the
 * SYN/ACK is asked for again with each packet. What it depends on, besides keys and version, are
 * both nonces and the HMAC itself: they change in join_take and answers_swap alone, where the proof
 * ceases to hold.
 */
static bool is_proven_with(const struct joining *join, const struct join_proof *proof)
{
    const struct join_proof *known = &join->syn_ack_proof;
    return known->holds && known->version_0 == proof->version_0 &&
           known->keys[OPENER] == proof->keys[OPENER] &&
           known->keys[RESPONDER] == proof->keys[RESPONDER];
}

enum mpta_verdict join_try_keys(struct joining *join, int version, uint64_t opener_key,
                                uint64_t responder_key)
{
    const struct join_proof proof = {
        .holds = true,
        .version_0 = version == 0,
        .keys = {[OPENER] = opener_key, [RESPONDER] = responder_key},
    };
    uint8_t hmac[20];
    if (!join->syn_ack_joined)
        return MPTA_ABSENT;
    if (!join->nonce_known[OPENER] || !join->nonce_known[RESPONDER])
        return MPTA_UNVERIFIABLE;
    if (is_proven_with(join, &proof))
        return MPTA_VALID;
    mpta_join_hmac(version, responder_key, opener_key, join->nonce[RESPONDER], join->nonce[OPENER],
                   hmac);
    if (memcmp(hmac, join->syn_ack_hmac, sizeof(join->syn_ack_hmac)) != 0)
        return MPTA_INVALID;
    join->syn_ack_proof = proof;
    return MPTA_VALID;
}

static enum mpta_verdict ack_try_keys(const struct joining *join, int version, uint64_t opener_key,
                                      uint64_t responder_key)
{
    uint8_t hmac[20];
    if (!join->ack_joined)
        return MPTA_ABSENT;
    if (!join->nonce_known[OPENER] || !join->nonce_known[RESPONDER])
        return MPTA_UNVERIFIABLE;
    mpta_join_hmac(version, opener_key, responder_key, join->nonce[OPENER], join->nonce[RESPONDER],
                   hmac);
    bool same = memcmp(hmac, join->ack_hmac, sizeof(join->ack_hmac)) == 0;
    return same ? MPTA_VALID : MPTA_INVALID;
}

/* The handshake went on from the other SYN/ACK. */
static void answers_swap(struct joining *join)
{
    struct join_answer answer = {
        .at = join->syn_ack_at,
        .nonce = join->nonce[RESPONDER],
        .verdict = join->syn_ack_verdict,
    };
    memcpy(answer.hmac, join->syn_ack_hmac, sizeof(answer.hmac));
    join->syn_ack_proof.holds = false;
    join->syn_ack_first = join->syn_ack_at = join->rival.at;
    join->nonce[RESPONDER] = join->rival.nonce;
    memcpy(join->syn_ack_hmac, join->rival.hmac, sizeof(join->syn_ack_hmac));
    join->rival = answer;
}

static void answer_verify(struct joining *join, int version, uint64_t opener_key,
                          uint64_t responder_key)
{
    join->syn_ack_verdict = join_try_keys(join, version, opener_key, responder_key);
    join->ack_verdict = ack_try_keys(join, version, opener_key, responder_key);
}

/*
 * Of two SYN/ACKs that differ the opener goes on from the first one that it gets. Which one that
 * was its ACK tells, or else their HMACs do; an ACK that fits neither may be of a third one.
 */
static void answers_verify(struct joining *join, int version, uint64_t opener_key,
                           uint64_t responder_key)
{
    answer_verify(join, version, opener_key, responder_key);
    if (join->rival.at.packet == 0)
        return;
    bool first_fits = join->ack_verdict == MPTA_VALID;
    bool first_wrong = join->syn_ack_verdict == MPTA_INVALID;
    answers_swap(join);
    answer_verify(join, version, opener_key, responder_key);
    bool other_fits =
        join->ack_verdict == MPTA_VALID || (first_wrong && join->syn_ack_verdict == MPTA_VALID);
    if (first_fits || !other_fits) {
        answers_swap(join);
        answer_verify(join, version, opener_key, responder_key);
    }
    if (join->ack_verdict == MPTA_INVALID)
        join->ack_verdict = MPTA_UNVERIFIABLE;
}

/* What is wrong under a key that may not be the right one is not proven to be. */
static enum mpta_verdict under_keys(const struct connection *connection, enum mpta_verdict verdict)
{
    bool doubtful = verdict == MPTA_INVALID && !connection_keys_are_certain(connection);
    return doubtful ? MPTA_UNVERIFIABLE : verdict;
}

void join_verify(struct subflow *subflow, const struct connection *connection)
{
    struct joining *join = subflow->joining;
    if (!connection || !connection_has_keys(connection)) {
        join->syn_ack_verdict = join->syn_ack_joined ? MPTA_UNVERIFIABLE : MPTA_ABSENT;
        join->ack_verdict = join->ack_joined ? MPTA_UNVERIFIABLE : MPTA_ABSENT;
        return;
    }
    int version = connection->version == 0 ? 0 : 1;
    uint64_t opener_key = connection->identities[subflow_side(subflow, OPENER)].key;
    uint64_t responder_key = connection->identities[subflow_side(subflow, RESPONDER)].key;
    answers_verify(join, version, opener_key, responder_key);
    join->syn_ack_verdict = under_keys(connection, join->syn_ack_verdict);
    join->rival.verdict = under_keys(connection, join->rival.verdict);
    join->ack_verdict = under_keys(connection, join->ack_verdict);
}

void join_make_hmacs(int version, uint64_t opener_key, uint64_t responder_key,
                     const uint32_t nonces[2], struct mpta_join_hmacs *hmacs)
{
    uint8_t syn_ack[20];
    version = version == 0 ? 0 : 1;
    mpta_join_hmac(version, responder_key, opener_key, nonces[RESPONDER], nonces[OPENER], syn_ack);
    mpta_join_hmac(version, opener_key, responder_key, nonces[OPENER], nonces[RESPONDER],
                   hmacs->ack);
    memcpy(hmacs->syn_ack, syn_ack, sizeof(hmacs->syn_ack));
}

bool join_nonces(const struct subflow *subflow, uint32_t nonces[2])
{
    const struct joining *join = subflow_joining(subflow);
    for (int role = OPENER; role <= RESPONDER; role++)
        nonces[role] = join->nonce[role];
    return join->nonce_known[OPENER] && join->nonce_known[RESPONDER];
}

bool join_hmacs(const struct subflow *subflow, struct mpta_join_hmacs *hmacs)
{
    const struct connection *connection = subflow->connection;
    uint32_t nonces[2];
    if (!connection || !connection_has_keys(connection) || !join_nonces(subflow, nonces))
        return false;
    join_make_hmacs(connection->version, connection->identities[subflow_side(subflow, OPENER)].key,
                    connection->identities[subflow_side(subflow, RESPONDER)].key, nonces, hmacs);
    return true;
}

/* ---- Where it came to a halt -----------------------------------------------------------------
 */

/* A packet that is repeated for so long is not going to be answered. */
#define JOIN_HUNG_NS INT64_C(3000000000)

/*
 * A host repeats its SYN/ACK, and its third ACK, until the other one has spoken. So whatever the
 * capture misses, one that comes again had no answer so far; silence alone would not prove that.
 */
bool join_hangs(const struct subflow *subflow, struct join_halt *halt)
{
    const struct joining *join = subflow_joining(subflow);
    bool on_ack = join->ack_joined;
    const struct mpta_place *first = on_ack ? &join->ack_first : &join->syn_ack_first;
    const struct mpta_place *last = on_ack ? &join->ack_at : &join->syn_ack_at;
    bool got_on = subflow->established || subflow->seen & SEEN_CONFIRMED ||
                  subflow->halves[OPENER].payload_bytes > 0 ||
                  subflow->halves[RESPONDER].payload_bytes > 0 ||
                  (subflow->seen & SEEN_ACK && !on_ack);
    *halt = (struct join_halt){*first, on_ack, elapsed_ns(first->time_ns, last->time_ns)};
    return !got_on && join->syn_ack_joined && first->capture == last->capture &&
           halt->lasted_ns >= JOIN_HUNG_NS;
}

void join_view_halt(const struct subflow *subflow, struct mpta_subflow *view)
{
    struct join_halt halt;
    if (!join_hangs(subflow, &halt))
        return;
    view->hung_at = halt.at;
    view->hung_on_ack = halt.on_ack;
    view->hung_ns = halt.lasted_ns;
}

/* ---- Whether it is repeated ------------------------------------------------------------------
 */

/* No packet is on its way so long, */
#define JOIN_WAY_NS INT64_C(2000000000)
/* and no SYN is sent again so soon: RFC 6298 section 2. */
#define JOIN_AGAIN_NS INT64_C(1000000000)

static bool is_before(const struct mpta_place *a, const struct mpta_place *b)
{
    return a->time_ns != b->time_ns ? a->time_ns < b->time_ns
                                    : a->capture == b->capture && a->packet < b->packet;
}

/*
 * A SYN passes everything on its way before it is answered. One that is captured behind the third
 * ACK, at the same place, is another one: unless the opener has sent it again, before the answer
 * came, and it was held up on its way.
 */
enum join_repeat join_judge_repeat(const struct subflow *join, const struct subflow *syn)
{
    const struct joining *said = subflow_joining(join);
    if (!said->ack_joined || !subflow_one_point(join, syn) ||
        !is_before(&said->ack_first, &syn->first))
        return JOIN_REPEAT_NONE;
    bool too_late = elapsed_ns(said->ack_at.time_ns, syn->first.time_ns) > JOIN_WAY_NS;
    bool too_soon = elapsed_ns(join->first.time_ns, syn->first.time_ns) < JOIN_AGAIN_NS;
    return too_late || too_soon ? JOIN_REPEAT_CERTAIN : JOIN_REPEAT_LATE;
}

static bool report_answer(struct connection *connection, const struct subflow *subflow,
                          const struct mpta_place *at, bool rival)
{
    struct occurrence syn_ack = occurrence_by(FINDING_JOIN_HMAC_SYNACK, subflow, RESPONDER, at);
    syn_ack.variant = rival;
    return finding_add(&connection->findings, &syn_ack,
                       "the HMAC in %s is wrong: it does not come from the host that holds the "
                       "key, or was changed on the way",
                       rival ? "one of two SYN/ACKs of the join, which did not go on from that one,"
                             : "the SYN/ACK of the join");
}

bool join_report(struct connection *connection, const struct subflow *subflow)
{
    const struct joining *join = subflow_joining(subflow);
    const struct occurrence ack =
        occurrence_by(FINDING_JOIN_HMAC_ACK, subflow, OPENER, &join->ack_at);
    if (join->syn_ack_verdict == MPTA_INVALID &&
        !report_answer(connection, subflow, &join->syn_ack_at, false))
        return false;
    if (join->rival.verdict == MPTA_INVALID &&
        !report_answer(connection, subflow, &join->rival.at, true))
        return false;
    return join->ack_verdict != MPTA_INVALID ||
           finding_add(&connection->findings, &ack,
                       "the HMAC in the third ACK of the join is wrong: it does not come from the "
                       "host that holds the key, or was changed on the way");
}
