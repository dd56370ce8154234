/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Conclusions at the end of a capture: what went wrong by not happening, and what can be named only
 * once nothing more will come.
 */
#include "analyzer/elapsed.h"
#include "analyzer/registry.h"
#include "analyzer/survival.h"
#include "analyzer/token.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

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
        {FINDING_FALLBACK_ACK,
                                                   "fell back to TCP: SYN and SYN/ACK carry MP_CAPABLE, neither the "
         "third ACK nor the first data does; something removed it on the way, from the SYN/ACK "
         "before the client had it or from what the client sent"                                                                                                      },
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
    enum mpta_fallback_cause cause = fallback_cause(&connection->awake->fallback, &at, &by);
    if (cause == MPTA_FALLBACK_NONE)
        return true;
    const struct occurrence fallback = {
        .id = fallback_findings[cause].id,
        .at = at,
        .subflow = connection->subflows[0],
        .by = doer_of(by),
    };
    /* Where captures of both ends show who it was, there is nothing to guess. */
    bool known = finding_is_there(&connection->findings, FINDING_OPTIONS_ALTERED);
    const char *message = fallback_findings[cause].message;
    if (cause == MPTA_FALLBACK_SYN_RETRANSMITTED_WITHOUT_MP_CAPABLE &&
        connection->awake->fallback.unheard.packet != 0)
        message = "fell back to TCP: the server answered SYNs with MP_CAPABLE, but the client "
                  "repeated its SYN without, as if it had no answer";
    return finding_add(&connection->findings, &fallback, "%.*s",
                       (int)(known ? strcspn(message, ";") : strlen(message)), message);
}

/* ---- Handshake of the connection ------------------------------------------------------------- */

/* A SYN that is not repeated yet may still be answered. Of one among very many nothing is said
 * that is not said of all of them. */
static bool is_unanswered(const struct subflow *initial)
{
    return !initial->connection->in_flood && initial->seen == SEEN_SYN &&
           initial->halves[OPENER].packets > 1 && initial->halves[OPENER].payload_bytes == 0 &&
           initial->halves[RESPONDER].packets == 0;
}

static bool was_tried_plain(const struct connection *connection)
{
    const struct fallback *fallback = &connection->awake->fallback;
    return fallback_event(fallback, MPTA_FALLBACK_SYN_RETRANSMITTED_WITHOUT_MP_CAPABLE)->packet !=
           0;
}

/* A handshake in which something is repeated for so long after the first answer is not going on. */
#define HANDSHAKE_HUNG_NS INT64_C(3000000000)

/*
 * A host repeats its SYN until it is answered, and its SYN/ACK until that is: whatever the capture
 * misses, what comes again had no answer so far.
 */
static bool is_hung(const struct subflow *initial)
{
    const struct mpta_place *answer = &initial->awake->answer_at;
    const struct mpta_place *last = &initial->awake->handshake_at;
    return !initial->connection->in_flood && !(initial->seen & SEEN_ACK) && answer->packet != 0 &&
           !initial->was_reset && initial->halves[OPENER].payload_bytes == 0 &&
           answer->capture == last->capture &&
           elapsed_ns(answer->time_ns, last->time_ns) >= HANDSHAKE_HUNG_NS;
}

static bool report_hung(const struct subflow *initial)
{
    struct connection *connection = initial->connection;
    const struct occurrence hung =
        occurrence_by(FINDING_HANDSHAKE_HUNG, initial, RESPONDER, &initial->awake->answer_at);
    double lasted_s = (double)elapsed_ns(initial->awake->answer_at.time_ns,
                                         initial->awake->handshake_at.time_ns) /
                      1e9;
    const char *plain = was_tried_plain(connection) ? ", with MP_CAPABLE and without" : "";
    if (initial->asked_again)
        return finding_add(&connection->findings, &hung,
                           "the server answered, but the client repeated its SYN%s, as if it had "
                           "no answer: %.1f s (3 s or more) after the first SYN/ACK there was no "
                           "connection",
                           plain, lasted_s);
    return finding_add(&connection->findings, &hung,
                       "the SYN/ACK was repeated for %.1f s (3 s or more) and not answered",
                       lasted_s);
}

/* The opener of a connection that came to nothing. */
static bool conclude_opening(struct connection *connection)
{
    const struct subflow *initial = connection_initial(connection);
    struct occurrence occurrence = {.subflow = initial};
    if (!initial || initial->established)
        return true;
    if (initial->reset_syn) {
        occurrence.id = FINDING_CONNECTION_REFUSED;
        occurrence.by = BY_SERVER;
        occurrence.at = initial->awake->reset_at;
        return finding_add(&connection->findings, &occurrence,
                           "the server refused the connection by a RST");
    }
    if (is_hung(initial))
        return report_hung(initial);
    occurrence.id = FINDING_SYN_UNANSWERED;
    occurrence.at = initial->first;
    return !is_unanswered(initial) ||
           finding_add(&connection->findings, &occurrence,
                       "the SYN, sent %" PRIu64 " times, was never answered as long as the capture "
                       "goes%s",
                       initial->halves[OPENER].packets,
                       was_tried_plain(connection) ? "; nor was it without MP_CAPABLE" : "");
}

static bool conclude_handshake(struct connection *connection)
{
    const uint8_t *flags = connection->offered_flags;
    struct occurrence occurrence = {
        .id = FINDING_HANDSHAKE_NOT_CAPTURED,
        .at = connection->subflows[0]->first,
        .subflow = connection->subflows[0],
    };
    if (!connection->capable_seen && connection->key_source == MPTA_KEY_NONE)
        return finding_add(&connection->findings, &occurrence,
                           "the capture begins after the handshake: the keys are unknown, nothing "
                           "can be verified unless they are given (--key, or Wireshark's "
                           "preference Keys)");
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
    const struct fastclose *fastclose = &connection->awake->fastclose;
    if (!connection->fastclosed)
        return true;
    const struct identity *receiver = &connection->identities[side_other(fastclose->by)];
    bool verified = receiver->known && receiver->key == fastclose->key;
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

/* ---- Resets -------------------------------------------------------------------------------- */

static bool conclude_reset(const struct subflow *subflow)
{
    struct finding_list *findings = &subflow->connection->findings;
    const struct half *half = &subflow->halves[subflow->awake->reset_by];
    bool aborted = subflow->connection->fastclosed;
    struct occurrence reset = occurrence_by(FINDING_RESET_REASON_UNKNOWN, subflow,
                                            subflow->awake->reset_by, &subflow->awake->reset_at);
    if (!subflow->was_reset || subflow_close_of(subflow) != MPTA_CLOSE_RESET)
        return true;
    reset.variant = half->reset_reason_known ? 1U + half->reset_reason : 0;
    if (half->reset_reason_known && half->reset_reason > 6 &&
        !finding_add(findings, &reset, "a reset with the undefined reason %u", half->reset_reason))
        return false;
    if (aborted || subflow_is_refused(subflow))
        return true; /* said as fastclose or join-refused */
    reset.id = FINDING_SUBFLOW_RESET;
    if (subflow->awake->reset_doubt != MPTA_RESET_UNDOUBTED) {
        reset.variant += 512; /* no reason is so high */
        return finding_add(findings, &reset,
                           "a RST in the name of the %s, which may be forged, reset the subflow",
                           side_word(subflow_side(subflow, subflow->awake->reset_by)));
    }
    return finding_add(findings, &reset, "the %s reset the subflow: %s%s",
                       side_word(subflow_side(subflow, subflow->awake->reset_by)),
                       subflow_reset_reason(subflow),
                       half->reset_reason_known && half->reset_transient ? ", transient" : "");
}

bool conclude_connection(struct mpta_tracker *tracker, struct connection *connection)
{
    if (!tracker->registry)
        tracker->registry = calloc(1, sizeof(*tracker->registry));
    if (!tracker->registry || !data_conclude(connection) || !conclude_fallback(connection) ||
        !survival_conclude(connection) || !conclude_opening(connection) ||
        !conclude_handshake(connection) || !token_report_collision(tracker, connection) ||
        !idsn_conclude(connection) || !conclude_fastclose(connection) ||
        !conclude_close(connection) || !conclude_joins(tracker, connection) ||
        !conclude_addresses(tracker, connection, tracker->registry) ||
        !conclude_connection_quality(connection))
        return false;
    for (size_t i = 0; i < connection->subflow_count; i++) {
        if (!conclude_reset(connection->subflows[i]))
            return false;
    }
    return true;
}

/* Of some connection the tokens are not known, so that any token may be its. */
static bool tokens_are_unknown(const struct mpta_tracker *tracker)
{
    bool unknown = tracker->tokens_lost || tracker->gone.token_lost;
    for (size_t i = 0; i < tracker->connection_count && !unknown; i++)
        unknown = !connection_has_keys(tracker->connections[i]);
    return unknown;
}

static bool conclude_unlinked(struct mpta_tracker *tracker)
{
    bool unknown_tokens = tracker->unlinked_count > 0 && tokens_are_unknown(tracker);
    for (size_t i = 0; i < tracker->unlinked_count; i++) {
        const struct subflow *subflow = tracker->unlinked[i];
        if (concludes_for(tracker, subflow) &&
            !conclude_unlinked_join(tracker, subflow, unknown_tokens))
            return false;
    }
    return true;
}

static bool conclude_one(void *context, struct connection *connection)
{
    struct mpta_tracker *tracker = context;
    bool last = tracker->finished || tracker->parting;
    return (!last || data_finish(tracker, connection)) && conclude_connection(tracker, connection);
}

bool conclude_together(struct mpta_tracker *tracker)
{
    return conclude_syn_floods(tracker) && connections_visit(tracker, conclude_one, tracker) &&
           conclude_unlinked(tracker) && conclude_keys(tracker) && conclude_nonces(tracker) &&
           conclude_join_floods(tracker);
}

bool conclude(struct mpta_tracker *tracker)
{
    return conclude_together(tracker) && conclude_capture_quality(tracker);
}
