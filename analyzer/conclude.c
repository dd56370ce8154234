/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Conclusions at the end of a capture: what went wrong by not happening, and what can be named only
 * once nothing more will come.
 */
#include "analyzer/elapsed.h"
#include "analyzer/tracker.h"

/* A SYN sent once is unanswered if the capture goes on so long after it; Linux repeats it then. */
#define CONCLUDE_UNANSWERED_NS INT64_C(1000000000)

/* ---- Fallback ------------------------------------------------------------------------------- */

static const struct {
    enum finding_id id;
    const char *message;
} fallback_findings[] = {
    [MPTA_FALLBACK_SYNACK_WITHOUT_MP_CAPABLE] =
        {FINDING_FALLBACK_SYNACK,    "fell back to TCP: the SYN/ACK carries no MP_CAPABLE; the server "
                                  "does not speak MPTCP or something on the way removed it"},
    [MPTA_FALLBACK_SYN_RETRANSMITTED_WITHOUT_MP_CAPABLE] =
        {FINDING_FALLBACK_BLACKHOLE, "fell back to TCP: SYNs with MP_CAPABLE went unanswered, the "
                                     "client repeated its SYN without"                  },
    [MPTA_FALLBACK_ACK_WITHOUT_MP_CAPABLE] =
        {FINDING_FALLBACK_ACK,       "fell back to TCP: SYN and SYN/ACK carry MP_CAPABLE, the third ACK "
                               "does not; something on the way removed it"                    },
    [MPTA_FALLBACK_DATA_WITHOUT_DSS] = {FINDING_FALLBACK_DSS,
                                                   "fell back to TCP: data without DSS from here on"                                                                  },
    [MPTA_FALLBACK_MP_FAIL] = {FINDING_FALLBACK_MP_FAIL,
                                                   "fell back to TCP: MP_FAIL, the data was changed on the way"                                                       },
    [MPTA_FALLBACK_INFINITE_MAPPING] = {FINDING_FALLBACK_INFINITE,
                                                   "fell back to TCP: an infinite mapping"                                                                            },
    [MPTA_FALLBACK_VERSION_MISMATCH] =
        {FINDING_VERSION_MISMATCH,   "fell back to TCP: the SYN/ACK answers with another version "
                                   "than the SYN offered"                                 },
};

static bool conclude_fallback(struct connection *connection)
{
    struct mpta_place at;
    enum mpta_side by;
    enum mpta_fallback_cause cause = fallback_cause(&connection->fallback, &at, &by);
    if (cause == MPTA_FALLBACK_NONE)
        return true;
    const struct occurrence fallback = {
        .id = fallback_findings[cause].id,
        .at = at,
        .subflow = connection->subflows[0],
        .by = doer_of(by),
    };
    return finding_add(&connection->findings, &fallback, "%s", fallback_findings[cause].message);
}

/* ---- Handshake of the connection ------------------------------------------------------------- */

static bool conclude_handshake(struct connection *connection)
{
    const uint8_t *flags = connection->offered_flags;
    struct occurrence occurrence = {
        .id = FINDING_HANDSHAKE_NOT_CAPTURED,
        .at = connection->subflows[0]->first,
    };
    if (!connection->capable_seen && connection->key_source == MPTA_KEY_NONE)
        return finding_add(&connection->findings, &occurrence,
                           "the capture begins after the handshake: the keys are unknown, nothing "
                           "can be verified unless they are given with --key");
    if (!connection->offered[MPTA_CLIENT] || !connection->offered[MPTA_SERVER] ||
        !((flags[MPTA_CLIENT] ^ flags[MPTA_SERVER]) & MPTA_CAPABLE_A))
        return true;
    bool client = flags[MPTA_CLIENT] & MPTA_CAPABLE_A;
    occurrence.id = FINDING_CHECKSUM_ASYMMETRIC;
    occurrence.by = client ? BY_CLIENT : BY_SERVER;
    return finding_add(&connection->findings, &occurrence,
                       "only the %s asked for checksums; both sides must use them",
                       client ? "client" : "server");
}

static bool conclude_fastclose(struct connection *connection)
{
    const struct fastclose *fastclose = &connection->fastclose;
    if (!fastclose->seen)
        return true;
    bool verified =
        connection->identities[fastclose->by == MPTA_CLIENT ? MPTA_SERVER : MPTA_CLIENT].known;
    const struct occurrence abort = {
        .id = FINDING_FASTCLOSE,
        .at = fastclose->at,
        .subflow = fastclose->subflow,
        .by = doer_of(fastclose->by),
    };
    return finding_add(&connection->findings, &abort,
                       "the %s aborted the connection with MP_FASTCLOSE%s",
                       side_word(fastclose->by), verified ? "" : " (its key cannot be verified)");
}

/* ---- Joins and resets
 * ---------------------------------------------------------------------------- */

/* The reason of a reset in words, for a sentence. */
static const char *reset_reason(const struct subflow *subflow)
{
    const struct half *half = &subflow->halves[subflow->reset_by];
    return half->reset_reason_known ? mpta_reset_reason_text(half->reset_reason)
                                    : "no reason given";
}

/* What a connection's conclusions rest on besides one subflow. */
struct circumstances {
    int64_t newest_ns; /* of all packets */
    bool heard[2];     /* packets of this side were captured: an answer of it would be, too */
};

static struct circumstances circumstances_of(const struct mpta_tracker *tracker,
                                             const struct connection *connection)
{
    struct circumstances result = {.newest_ns = tracker->newest_ns};
    for (size_t i = 0; i < connection->subflow_count; i++) {
        const struct subflow *subflow = connection->subflows[i];
        for (int role = OPENER; role <= RESPONDER; role++) {
            if (subflow->halves[role].packets > 0)
                result.heard[subflow_side(subflow, (enum role)role)] = true;
        }
    }
    return result;
}

static bool join_is_unanswered(const struct circumstances *around, const struct subflow *subflow)
{
    return subflow->seen == SEEN_SYN && subflow->halves[RESPONDER].packets == 0 &&
           around->heard[subflow_side(subflow, RESPONDER)] &&
           (subflow->halves[OPENER].packets > 1 ||
            elapsed_ns(subflow->first.time_ns, around->newest_ns) >= CONCLUDE_UNANSWERED_NS);
}

static bool conclude_join(const struct circumstances *around, const struct subflow *subflow)
{
    struct finding_list *findings = &subflow->connection->findings;
    const struct occurrence stripped = {
        .id = FINDING_JOIN_STRIPPED, .at = subflow->stripped_at, .subflow = subflow};
    const struct occurrence refused =
        occurrence_by(FINDING_JOIN_REFUSED, subflow, RESPONDER, &subflow->reset_at);
    const struct occurrence unanswered =
        occurrence_by(FINDING_JOIN_UNANSWERED, subflow, OPENER, &subflow->first);
    if (subflow->stripped_at.packet != 0 && !subflow->established)
        return finding_add(findings, &stripped,
                           "the handshake of the join goes on without MP_JOIN: something on that "
                           "path strips options");
    if (subflow->was_reset && !subflow->established && subflow->reset_by == RESPONDER)
        return finding_add(findings, &refused, "the %s refused the join: %s",
                           side_word(subflow_side(subflow, RESPONDER)), reset_reason(subflow));
    if (join_is_unanswered(around, subflow))
        return finding_add(findings, &unanswered, "the SYN of the join was never answered");
    return true;
}

static bool conclude_reset(const struct subflow *subflow)
{
    struct finding_list *findings = &subflow->connection->findings;
    const struct half *half = &subflow->halves[subflow->reset_by];
    bool aborted = subflow->connection->fastclose.seen;
    struct occurrence reset =
        occurrence_by(FINDING_RESET_REASON_UNKNOWN, subflow, subflow->reset_by, &subflow->reset_at);
    if (!subflow->was_reset || subflow_close_of(subflow) != MPTA_CLOSE_RESET)
        return true;
    reset.variant = half->reset_reason_known ? 1U + half->reset_reason : 0;
    if (half->reset_reason_known && half->reset_reason > 6 &&
        !finding_add(findings, &reset, "a reset with the undefined reason %u", half->reset_reason))
        return false;
    if (aborted ||
        (subflow->kind == SUBFLOW_JOIN && !subflow->established && subflow->reset_by == RESPONDER))
        return true; /* said as fastclose or join-refused */
    reset.id = FINDING_SUBFLOW_RESET;
    return finding_add(findings, &reset, "the %s reset the subflow: %s%s",
                       side_word(subflow_side(subflow, subflow->reset_by)), reset_reason(subflow),
                       half->reset_reason_known && half->reset_transient ? ", transient" : "");
}

static bool conclude_subflow(const struct circumstances *around, const struct subflow *subflow)
{
    if (subflow->kind == SUBFLOW_JOIN &&
        (!join_report(subflow->connection, subflow) || !conclude_join(around, subflow)))
        return false;
    return conclude_reset(subflow);
}

/* The receiver of a join with an unknown token resets it: then it knows of no such connection. */
static bool conclude_unlinked(struct mpta_tracker *tracker, const struct subflow *subflow)
{
    bool refused = subflow->was_reset && subflow->reset_by == RESPONDER;
    if (!subflow->token_known)
        return true;
    const struct occurrence unknown = {
        .id = FINDING_JOIN_TOKEN_UNKNOWN,
        .variant = refused,
        .at = subflow->first,
        .subflow = subflow,
    };
    return finding_add_as(&tracker->findings, refused ? MPTA_WARNING : MPTA_NOTE, &unknown,
                          "a join with the token 0x%08x, which belongs to no connection that was "
                          "captured%s",
                          subflow->token, refused ? "; it was refused" : "");
}

static bool conclude_connection(struct mpta_tracker *tracker, struct connection *connection)
{
    if (!data_finish(tracker, connection) || !conclude_fallback(connection) ||
        !conclude_handshake(connection) || !conclude_fastclose(connection))
        return false;
    const struct circumstances around = circumstances_of(tracker, connection);
    for (size_t i = 0; i < connection->subflow_count; i++) {
        if (!conclude_subflow(&around, connection->subflows[i]))
            return false;
    }
    return true;
}

bool conclude(struct mpta_tracker *tracker)
{
    for (size_t i = 0; i < tracker->connection_count; i++) {
        if (!conclude_connection(tracker, tracker->connections[i]))
            return false;
    }
    for (size_t i = 0; i < tracker->unlinked_count; i++) {
        if (!conclude_unlinked(tracker, tracker->unlinked[i]))
            return false;
    }
    return true;
}
